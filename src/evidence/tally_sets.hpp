// evidence › tally_sets: the compiled loops over observations, by instruction set.
#pragma once

#include "aiueo/evidence/tally_types.hpp"

namespace aiueo::detail {

extern const tally_table tally_v2;
extern const tally_table tally_v3;
extern const tally_table tally_v4;

}  // namespace aiueo::detail
