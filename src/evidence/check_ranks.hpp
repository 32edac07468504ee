// evidence › check_ranks: does the table of members' ranks agree with its totals? A state is an
// untrusted file.
#pragma once

#include <string>
#include <vector>

#include "aiueo/evidence/counted.hpp"

namespace aiueo::detail {

/// Empty: nothing. Else what contradicts itself.
[[nodiscard]] std::string what_is_wrong_with_ranks(const counted& shape,
                                                   const std::vector<count_table>& tables);

}  // namespace aiueo::detail
