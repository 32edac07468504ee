// evidence › check_exposures: do the tables of initiatives and calls agree? A state is an untrusted
// file.
#pragma once

#include <string>
#include <vector>

#include "aiueo/evidence/counted.hpp"

#include "contradiction.hpp"

namespace aiueo::detail {

/// Empty: nothing. Else what contradicts itself. `ends`: those of table "ends".
[[nodiscard]] std::string what_is_wrong_with_exposures(const counted& shape,
                                                       const std::vector<count_table>& tables,
                                                       const outcomes& ends);

}  // namespace aiueo::detail
