// evidence › products: sums of responses, their squares and their products. … ─► score ─► evidence
//
// An observation is the vector (k₁s₁ … k_c s_c, k₁ … k_c, y, 1): responses in tenths of a point (0
// where unknown), whether each is known, the outcome, and one. Correlation weights and least
// squares need the sums of all products of two of its entries, 1,275 for 24 components.
// Observations of one outcome are taken together, so that y is a constant; and since kᵢ is 0 or 1
// and sᵢ is 0 where kᵢ is, sᵢ · 1 is sᵢkᵢ and kᵢ · 1 is kᵢkᵢ. What is left to multiply are the
// responses and their presence, in short integers, two observations at a time (tally.hpp). The sum
// of 2,048 products of responses, at most 10⁶ each, fits 32 bits.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/tally_types.hpp"

namespace aiueo::detail {

/// Responses of observations, side by side: [observation][width], in tenths, −1 = unknown.
struct response_rows {
    const std::int16_t* tenths = nullptr;
    std::size_t width = 0;

    /// So wide must a row be: columns `first` to `end` are packed, and columns 0 to `end` too.
    [[nodiscard]] static std::size_t width_of(std::size_t first, std::size_t end) noexcept {
        return std::max(whole(end, packed_columns), first + whole(end - first, packed_columns));
    }
    [[nodiscard]] static std::size_t whole(std::size_t n, std::size_t of) noexcept {
        return (n + of - 1) / of * of;
    }
};

/// Some columns of observations in pairs, a few hundred observations at a time.
class response_panel {
public:
    response_panel(const tally_table& loops, std::size_t first, std::size_t columns)
        : loops_(loops),
          first_(first),
          columns_(columns),
          lanes_(response_rows::whole(columns + response_rows::whole(columns, packed_columns),
                                      panel_lanes)),
          pairs_(lanes_ * rows) {}

    [[nodiscard]] std::size_t lanes() const noexcept { return lanes_; }

    /// Calls add(panel, pairs) until all rows were in a panel, and flush(n) after the last of n ≤
    /// 2,048 rows.
    template <class Add, class Flush>
    void each(response_rows from, std::span<const std::uint32_t> all, Add add, Flush flush) {
        const tally_panel panel{pairs_.data(), columns_, lanes_};
        while (!all.empty()) {
            const std::size_t summed = std::min(all.size(), most_summed);
            for (std::size_t at = 0; at < summed; at += rows) {
                const std::size_t n = std::min(rows, summed - at);
                loops_.pack(from.tenths + first_, from.width, all.data() + at, n, panel);
                add(panel, (n + 1) / 2);
            }
            flush(summed);
            all = all.subspan(summed);
        }
    }

private:
    static constexpr std::size_t rows = 256;  ///< 24 KiB for 24 components
    static constexpr std::size_t most_summed = 2048;
    static_assert(most_summed * 1000 * 1000 <= INT32_MAX && most_summed % rows == 0);

    const tally_table& loops_;
    std::size_t first_;
    std::size_t columns_;
    std::size_t lanes_;
    std::vector<std::int16_t> pairs_;  ///< lanes beyond the columns stay 0
};

/// How often each variable was known, Σ and Σ².
class variable_sums {
public:
    variable_sums(const tally_table& loops, std::size_t variables)
        : loops_(loops),
          variables_(variables),
          panel_(loops, 0, variables),
          sums_(panel_.lanes()),
          squares_(panel_.lanes()) {}

    /// Adds observations of one outcome to `block`: [variable][lost, kept][n, Σ, Σ²].
    void add(response_rows from, std::span<const std::uint32_t> rows, bool kept,
             std::int64_t* block) {
        panel_.each(
            from, rows,
            [&](const tally_panel& some, std::size_t pairs) {
                loops_.squares(some, pairs, sums_.data(), squares_.data());
            },
            [&](std::size_t) {
                for (std::size_t v = 0; v < variables_; ++v) {
                    std::int64_t* to = block + (v * 2 + (kept ? 1 : 0)) * 3;
                    to[0] += sums_[variables_ + v];
                    to[1] += sums_[v];
                    to[2] += squares_[v];
                }
                std::fill(sums_.begin(), sums_.end(), 0);
                std::fill(squares_.begin(), squares_.end(), 0);
            });
    }

private:
    const tally_table& loops_;
    std::size_t variables_;
    response_panel panel_;
    std::vector<std::int32_t> sums_;
    std::vector<std::int32_t> squares_;
};

/// Cross-products of the components.
class product_sums {
public:
    product_sums(const tally_table& loops, std::size_t first_component, std::size_t components)
        : loops_(loops),
          components_(components),
          panel_(loops, first_component, components),
          sums_(panel_.lanes() * panel_.lanes()) {}

    /// Adds observations of one outcome to `block`, the upper triangle of the products.
    void add(response_rows from, std::span<const std::uint32_t> rows, bool kept,
             std::int64_t* block) {
        panel_.each(
            from, rows,
            [&](const tally_panel& some, std::size_t pairs) {
                loops_.products(some, pairs, sums_.data());
            },
            [&](std::size_t n) { flush(static_cast<std::int64_t>(n), kept, block); });
    }

private:
    void flush(std::int64_t rows, bool kept, std::int64_t* block) {
        const std::size_t summed = 2 * components_;
        const std::size_t n = summed + 2;
        const std::size_t y = summed;
        const std::size_t one = summed + 1;
        for (std::size_t i = 0; i < summed; ++i) {
            const std::int32_t* from = sums_.data() + i * panel_.lanes();
            std::int64_t* to = block + counted::product_cell(i, i, n) - i;
            for (std::size_t j = i; j < summed; ++j) to[j] += from[j];
            const std::int32_t alone = from[i < components_ ? components_ + i : i];
            to[one] += alone;
            if (kept) to[y] += alone;
        }
        block[counted::product_cell(one, one, n)] += rows;
        if (kept) {
            block[counted::product_cell(y, y, n)] += rows;
            block[counted::product_cell(y, one, n)] += rows;
        }
        std::fill(sums_.begin(), sums_.end(), 0);
    }

    const tally_table& loops_;
    std::size_t components_;
    response_panel panel_;
    std::vector<std::int32_t> sums_;  ///< [lane][lane]
};

}  // namespace aiueo::detail
