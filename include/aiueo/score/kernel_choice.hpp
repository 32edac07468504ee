// score › kernel_choice: which instruction set scores. base ─► table ─► model ─► score
#pragma once

#include <span>

#include "aiueo/base/error.hpp"
#include "aiueo/score/kernel_types.hpp"
#include "aiueo/score/kernels.hpp"

namespace aiueo {

/// The kernels that headers alone give: what the compiler makes of them for its own target.
inline constexpr kernel_table portable_kernels =
    portable::make_table(instruction_set::portable, "portable");

#ifdef AIUEO_COMPILED  // defined for whoever links aiueo::aiueo
/// Compiled kernels that this processor can run, the widest last; the first is portable.
[[nodiscard]] std::span<const kernel_table* const> available_kernels() noexcept;

/// The widest that this processor can run.
[[nodiscard]] inline const kernel_table& default_kernels() noexcept {
    return *available_kernels().back();
}
#else
[[nodiscard]] inline const kernel_table& default_kernels() noexcept { return portable_kernels; }
#endif

}  // namespace aiueo
