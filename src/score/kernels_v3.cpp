// score › kernels for x86-64-v3: the one source, compiled for that level (CMakeLists.txt sets it).
#if defined(__x86_64__) && defined(__GNUC__)

#define AIUEO_KERNELS v3
#include "aiueo/score/kernels.hpp"

#include "score/kernel_sets.hpp"

namespace aiueo::detail {

const kernel_table kernels_v3 = v3::make_table(instruction_set::x86_64_v3, "x86-64-v3");

}  // namespace aiueo::detail

#endif
