// action › alerts: what happened to whom, told once. … ─► evidence ─► study ─► action
//
// A drop: a score fell by at least `drop` points through behaviour (docs/alerts.md) from
// its highest within `window_days`. A fall on a ladder: the customer surely stands below where it
// stood. Gone dark: a score that was known is insufficient. Once an alert has fired, a drop fires
// again only after the score rose by `rearm` from its lowest, and then looks at what came after;
// a fall is measured from where it ended; dark, when the score was known again. None of an alert
// fires for a customer within `quiet_days` of its last.
//
// An alert's key is its name, the day it fired, and the customer: a second run on the same
// snapshots makes the same keys, one more snapshot adds those of its day. Snapshots must reach as
// far back as an alert can: window_days and quiet_days before the first day that is listed.
#pragma once

#include <cstdint>
#include <string>

#include "aiueo/action/action_list.hpp"

namespace aiueo {

struct alert_options {
    std::string alert;  ///< empty: all of the model
    std::int32_t as_of = latest_day;
    std::int32_t since = latest_day;  ///< list what fired from this day on; 30 days before as_of
};

/// A row for each alert that fired in [since, as_of], latest first, then in the model's order, then
/// by key of the customer: key, fired, alert, customer, kind ("drop", "down", "dark"), open (is it
/// still so at the customer's latest snapshot?), from (the day it is compared with), before and
/// after (the score; null for ladders), behaviour (points, negative; of drops), because (the
/// component that behaviour moved most; of drops), stage_before and stage_after (of falls), reason
/// and reason_ja, play, owner, channel (of the first play for that component), stage, mrr (major
/// units), ends (the contract), member, team. Errors: those of list_next() but for the ladder;
/// not_found (the alert), invalid_argument (`since` after `as_of`).
[[nodiscard]] result<action_list> list_alerts(const action_inputs& in,
                                              const alert_options& with = {});

}  // namespace aiueo
