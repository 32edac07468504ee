// evidence › tally for x86-64-v4: the one source, compiled for that level (CMakeLists.txt sets it).
#if defined(__x86_64__) && defined(__GNUC__)

#define AIUEO_TALLY v4
#include "aiueo/evidence/tally.hpp"

#include "evidence/tally_sets.hpp"

namespace aiueo::detail {

const tally_table tally_v4 = tally::v4::make_table(instruction_set::x86_64_v4);

}  // namespace aiueo::detail

#endif
