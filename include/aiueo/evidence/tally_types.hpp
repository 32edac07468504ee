// evidence › tally_types: the table through which the loops over observations are called.
// … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiueo/score/kernel_types.hpp"

namespace aiueo {

/// Components that are packed at a time: rows of responses have room for a multiple of it.
inline constexpr std::size_t packed_columns = 8;
/// A panel's lanes are a multiple of this.
inline constexpr std::size_t panel_lanes = 16;

/// A panel holds observations in pairs, [pair][lane][2]: in each lane an entry of two observations
/// side by side, which is what instruction sets multiply and add. Lanes of `columns` responses are
/// (s …, k …, 0 …): tenths of a point, 0 where unknown, and whether each is known.
struct tally_panel {
    std::int16_t* pairs = nullptr;
    std::size_t columns = 0;
    std::size_t lanes = 0;
};

/// One set of loops. Integers only, but for reading scores and values.
struct tally_table {
    instruction_set isa = instruction_set::portable;
    /// Scores, NaN = unknown, as tenths of a point, −1 = unknown; `stride` apart.
    void (*tenths)(const double* scores, std::size_t n, std::int16_t* to,
                   std::size_t stride) noexcept = nullptr;
    /// Tenths as points, rounded: bins of a histogram, 101 = unknown.
    void (*bins)(const std::int16_t* tenths, std::size_t n, std::uint8_t* to) noexcept = nullptr;
    /// value_code() of each.
    void (*codes)(const double* values, std::size_t n, std::int32_t* to) noexcept = nullptr;
    /// Fills (n + 1) / 2 pairs. `tenths` is [observation][width]; each row has room for whole
    /// packed_columns, unknown beyond `columns`.
    void (*pack)(const std::int16_t* tenths, std::size_t width, const std::uint32_t* rows,
                 std::size_t n, const tally_panel& to) noexcept = nullptr;
    /// Adds Σ and Σ² of each lane.
    void (*squares)(const tally_panel& of, std::size_t pairs, std::int32_t* sums,
                    std::int32_t* squares) noexcept = nullptr;
    /// Adds Σ of the products of lanes i ≤ j < 2 · columns at [i][j] of a square `lanes` wide. What
    /// else it leaves there means nothing.
    void (*products)(const tally_panel& of, std::size_t pairs,
                     std::int32_t* sums) noexcept = nullptr;
};

}  // namespace aiueo
