// score › kernel_sets: the compiled kernels, by instruction set.
#pragma once

#include "aiueo/score/kernel_types.hpp"

namespace aiueo::detail {

extern const kernel_table kernels_v2;
extern const kernel_table kernels_v3;
extern const kernel_table kernels_v4;

}  // namespace aiueo::detail
