// action › segment: the customers for whom a condition holds. … ─► evidence ─► study ─► action
#pragma once

#include <cstdint>

#include "aiueo/action/action_list.hpp"

namespace aiueo {

struct segment_options {
    std::int32_t as_of = latest_day;
};

/// A row for each customer for whom the condition of the plan (see compile_to_act()) holds, in byte
/// order of the keys: customer, as_of, the first ladder's stage, band, overall, mrr (major units),
/// ends (the contract), reason (the condition, and what it reads), member, team. Who cannot be told
/// is counted in the head, and not listed.
/// Errors: those of list_next() but for the ladder; invalid_argument (a plan without a condition).
[[nodiscard]] result<action_list> list_segment(const action_inputs& in,
                                               const segment_options& with = {});

}  // namespace aiueo
