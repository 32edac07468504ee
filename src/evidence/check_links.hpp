// evidence › check_links: do the tables of the chain agree with the panel and with each other? A
// state is an untrusted file.
#pragma once

#include <string>
#include <vector>

#include "aiueo/evidence/counted.hpp"

namespace aiueo::detail {

/// Empty: nothing. Else what contradicts itself.
[[nodiscard]] std::string what_is_wrong_with_links(const counted& shape,
                                                   const std::vector<count_table>& tables);

}  // namespace aiueo::detail
