// evidence › check_exposures: do the tables of initiatives and calls agree? A state is an untrusted
// file.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "aiueo/evidence/counted.hpp"

namespace aiueo::detail {

/// Counts of lost and kept by (kind, lead, group).
using outcomes = std::map<std::array<std::int32_t, 3>, std::array<std::int64_t, 2>>;

/// Empty: nothing. Else what contradicts itself. `ends`: those of table "ends".
[[nodiscard]] std::string what_is_wrong_with_exposures(const std::vector<count_table>& tables,
                                                       const outcomes& ends);

}  // namespace aiueo::detail
