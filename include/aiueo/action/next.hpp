// action › next: what each customer lacks for its next rung, and which play answers it.
// … ─► evidence ─► study ─► action
#pragma once

#include <cstdint>
#include <string>

#include "aiueo/action/action_list.hpp"

namespace aiueo {

struct next_options {
    std::string ladder;  ///< empty: the model's first
    std::int32_t as_of = latest_day;
};

/// A row for each customer with a snapshot in [as_of − 31 days, as_of], in byte order of the keys:
/// customer, as_of, stage, provisional, target (null on the top rung), conditions and unknown (how
/// many are to change, and how many of those are not known), reason (English) and reason_ja, play,
/// owner, channel, effort (of all plays it takes; null where a condition has none), mrr (major
/// units), ends (the contract), expected_nrr with _lower and _upper (of its level at the horizon,
/// by the study "nrr"; null without evidence that says it), member, team. Stages are those with the
/// managers' overrides. Errors: those of scoring; bad_column, bad_value, duplicate_row (snapshots
/// without customer or date, two of one day), not_found (the ladder; no snapshot then),
/// invalid_argument (a model without a ladder; a batch of another plan).
[[nodiscard]] result<action_list> list_next(const action_inputs& in, const next_options& with = {});

}  // namespace aiueo
