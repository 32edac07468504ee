// evidence › row_tile: what some thousand rows hold, before it is counted. … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/base/cache_line.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/products.hpp"
#include "aiueo/evidence/tally_types.hpp"

namespace aiueo::detail {

/// Each number is a column, but a row's scores lie side by side: counting reads all of them, of
/// rows in many orders.
struct row_tile {
    static constexpr std::size_t rows = std::size_t{1} << 14;

    std::size_t size = 0;
    std::size_t width;  ///< of a row of scores
    std::vector<std::int32_t> month, group;
    cache_line_vector<std::int16_t> tenths;                 ///< [row][variable], −1 = unknown
    cache_line_vector<std::uint8_t> bins;                   ///< [row][variable]
    std::vector<std::vector<std::uint32_t>> levels;         ///< [level variable]: among all
    std::vector<std::vector<std::int32_t>> segment_levels;  ///< [segment]: name id, −1 = unknown
    std::vector<std::vector<std::int32_t>> codes;           ///< [screened metric], as they came
    std::vector<std::vector<std::uint8_t>> conditions;      ///< a `met`, or not asked

    row_tile(const counted& shape, const tally_table& loops, std::size_t segments,
             std::size_t screened)
        : width(response_rows::width_of(shape.first_component(), shape.variables().size())),
          month(rows),
          group(rows),
          tenths(rows * width, std::int16_t{-1}),
          bins(rows * width),
          levels(shape.level_variables().size()),
          segment_levels(segments),
          codes(screened),
          conditions(shape.conditions().size()),
          loops_(loops) {
        for (auto& one : levels) one.resize(rows);
        for (auto& one : segment_levels) one.resize(rows);
        for (auto& one : codes) one.resize(rows);
        for (auto& one : conditions) one.resize(rows);
    }

    /// A score as sums count it: in tenths of a point. `first`: the row.
    void set_scores(std::size_t variable, std::size_t first, const double* values,
                    std::size_t count) noexcept {
        loops_.tenths(values, count, tenths.data() + first * width + variable, width);
    }
    /// As histograms count it, in points; after all scores of the rows.
    void set_bins(std::size_t first, std::size_t count) noexcept {
        loops_.bins(tenths.data() + first * width, count * width, bins.data() + first * width);
    }
    void set_codes(std::size_t metric, std::size_t first, const double* values,
                   std::size_t count) noexcept {
        loops_.codes(values, count, codes[metric].data() + first);
    }

    [[nodiscard]] response_rows responses() const noexcept { return {tenths.data(), width}; }

private:
    const tally_table& loops_;
};

}  // namespace aiueo::detail
