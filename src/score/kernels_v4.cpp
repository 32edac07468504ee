// score › kernels for x86-64-v4: the one source, compiled for that level (CMakeLists.txt sets it).
#if defined(__x86_64__) && defined(__GNUC__)

#define AIUEO_KERNELS v4
#include "aiueo/score/kernels.hpp"

#include "score/kernel_sets.hpp"

namespace aiueo::detail {

const kernel_table kernels_v4 = v4::make_table(instruction_set::x86_64_v4, "x86-64-v4");

}  // namespace aiueo::detail

#endif
