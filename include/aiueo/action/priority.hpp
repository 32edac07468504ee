// action › priority: whom to help first. … ─► evidence ─► study ─► action
//
// A customer's gain is what the study "nrr" says of its level: its MRR × the share of its level
// that reaches the next within the lag × (NRR of the next − NRR of its own). That is an
// association: it says where MRR was kept and added, not that help will do it. The effort is that
// of the plays that answer what the customer lacks. The list goes by gain per effort; bands that
// the model starts with (priority.first) come before all others, and the head says what that costs.
#pragma once

#include <cstdint>
#include <optional>

#include "aiueo/action/action_list.hpp"

namespace aiueo {

inline constexpr double most_capacity = 1e12;

struct priority_options {
    std::int32_t as_of = latest_day;
    /// The effort that there is, in the plays' units. Nothing: the model's priority.capacity, and
    /// without that as much as it takes. At most most_capacity.
    std::optional<double> capacity;
    bool first = true;          ///< do the bands of priority.first come before all others?
    std::int64_t limit = 1000;  ///< rows of the list, at most
};

/// A row for each customer that can be ranked, best first: rank (from 1), chosen (within the
/// capacity), customer, as_of, stage, target, band, first (is its band one to start with?), mrr,
/// ends (the contract), expected_nrr with expected_nrr_lower and _upper (of its level, at the
/// horizon), gain with gain_lower and gain_upper (MRR, major units, 95 %), n (customer-months
/// behind it), effort, gain_per_effort, play, owner, channel, reason and reason_ja, member, team.
/// Not ranked, and counted in the head: customers on the top rung, those without a known MRR, whose
/// contract is over, whose level's gain is not known, and those that no play answers.
/// Errors: those of list_next(); invalid_argument (no evidence, evidence without money over time,
/// a capacity that is none).
[[nodiscard]] result<action_list> list_priority(const action_inputs& in,
                                                const priority_options& with = {});

}  // namespace aiueo
