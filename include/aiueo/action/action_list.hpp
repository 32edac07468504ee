// action › action_list: what every action returns: a list for people, and what is said above it.
// … ─► evidence ─► study ─► action
//
// The list is a table, a row a customer (or a goal), in the order in which it is to be read; the
// head says of when it is, how many customers were looked at, what was left out and why. An action
// computes no figure of its own: scores come from a plan, rates and intervals from studies.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/initiative_log.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/table/arrow_export.hpp"

namespace aiueo {

/// "As of the latest snapshot".
inline constexpr std::int32_t latest_day = INT32_MIN;

/// What an action looks at. Snapshots of several dates are a panel: alerts and goals look at all of
/// it, the others at each customer's latest snapshot in [as_of − 31 days, as_of].
struct action_inputs {
    const plan& with;
    const batch& rows;  ///< bound to `with`, with all metrics and the columns customer and as_of
    const initiative_log* initiatives = nullptr;  ///< finished; null: nobody knows what we did
    const evidence* seen = nullptr;               ///< null: there is no evidence
};

struct action_list {
    std::string head;  ///< JSON by the schema of the action's name
    owned_table rows{0};
};

/// Rows [first, first + count) of a list as a JSON array of objects, a member for each column;
/// null where unknown. Dates as text.
[[nodiscard]] std::string rows_json(const owned_table& rows, std::int64_t first,
                                    std::int64_t count);

}  // namespace aiueo
