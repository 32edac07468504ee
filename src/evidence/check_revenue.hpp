// evidence › check_revenue: do the tables of money over time agree? A state is an untrusted file.
#pragma once

#include <string>
#include <vector>

#include "aiueo/evidence/counted.hpp"

namespace aiueo::detail {

/// Empty: nothing is wrong with them.
[[nodiscard]] std::string what_is_wrong_with_revenue(const counted& shape,
                                                     const std::vector<count_table>& tables);

}  // namespace aiueo::detail
