// Reads the 24 columns and writes outputs of the same sizes, without scoring: what memory alone
// costs.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "outputs.hpp"
#include "world.hpp"

namespace bench {

struct ceiling_call {
    std::array<const double*, column_count> in{};
    std::array<double*, outputs::numbers> number{};
    std::array<std::int16_t*, outputs::levels> level{};
};

/// Ways to write that loop. Which is fastest depends on the processor and on whether the data fit
/// its caches.
struct ceiling_form {
    bool blocks = false;  ///< 1,024 rows, an axis (6 columns) at a time, rather than all 24 columns
                          ///< side by side
    bool stream = false;  ///< stores that bypass the caches
    bool prefetch = false;  ///< ask for each column's lines ahead
};

using ceiling_function = void (*)(const ceiling_call&, std::size_t begin, std::size_t end);

/// The loop in one form, compiled for an instruction set; null where this build has none.
[[nodiscard]] ceiling_function ceiling_base(const ceiling_form& form) noexcept;
[[nodiscard]] ceiling_function ceiling_for_v3(const ceiling_form& form) noexcept;
[[nodiscard]] ceiling_function ceiling_for_v4(const ceiling_form& form) noexcept;

}  // namespace bench
