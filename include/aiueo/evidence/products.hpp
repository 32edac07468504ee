// evidence › products: sums of cross-products of quantised responses. … ─► score ─► evidence
//
// An observation is the vector (k₁s₁ … k_c s_c, k₁ … k_c, y, 1): responses in tenths of a point (0
// where unknown), whether each is known, the outcome, and one. Correlation weights and least
// squares need the sums of all products of two of its entries, 1,275 for 24 components.
// Observations are taken 64 at a time, column by column, so that the sums become dot products of
// short vectors of 16-bit integers, which every instruction set multiplies and adds in pairs. A
// block's sum of two responses is at most 64 · 10⁶ and fits 32 bits; how often two are known
// together is counted with bits.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/evidence/counted.hpp"

namespace aiueo::detail {

class product_block {
public:
    static constexpr std::size_t rows = 64;

    explicit product_block(std::size_t components)
        : components_(components),
          values_(components * rows),
          present_(components * rows),
          known_(components) {}

    /// Adds `count` ≤ 64 observations to `sums`: tenths(c, i) of component c, −1 = unknown;
    /// kept(i).
    template <class Tenths, class Kept>
    void add(std::size_t count, const Tenths& tenths, const Kept& kept, std::int64_t* sums) {
        for (std::size_t c = 0; c < components_; ++c) {
            std::int16_t* value = values_.data() + c * rows;
            std::int16_t* present = present_.data() + c * rows;
            std::uint64_t bits = 0;
            for (std::size_t i = 0; i < count; ++i) {
                const std::int16_t one = tenths(c, i);
                value[i] = std::max(one, std::int16_t{0});
                present[i] = one >= 0 ? 1 : 0;
                bits |= std::uint64_t{one >= 0} << i;
            }
            std::fill(value + count, value + rows, std::int16_t{0});
            std::fill(present + count, present + rows, std::int16_t{0});
            known_[c] = bits;
        }
        std::uint64_t kept_bits = 0;
        kept_.fill(0);
        for (std::size_t i = 0; i < count; ++i) {
            kept_[i] = kept(i) ? 1 : 0;
            kept_bits |= std::uint64_t{kept(i)} << i;
        }
        add_products(count, kept_bits, sums);
    }

private:
    void add_products(std::size_t count, std::uint64_t kept_bits, std::int64_t* sums) const {
        const std::size_t n = 2 * components_ + 2;
        for (std::size_t i = 0; i < components_; ++i) {
            std::int64_t* row = sums + counted::product_cell(i, i, n) - i;
            const std::int16_t* a = values_.data() + i * rows;
            for (std::size_t j = i; j < components_; ++j)
                row[j] += dot(a, values_.data() + j * rows);
            for (std::size_t j = 0; j < components_; ++j)
                row[components_ + j] += dot(a, present_.data() + j * rows);
            row[n - 2] += dot(a, kept_.data());
            row[n - 1] += dot(a, present_.data() + i * rows);
        }
        for (std::size_t i = 0; i < components_; ++i) {
            const std::size_t at = components_ + i;
            std::int64_t* row = sums + counted::product_cell(at, at, n) - at;
            for (std::size_t j = i; j < components_; ++j)
                row[components_ + j] += std::popcount(known_[i] & known_[j]);
            row[n - 2] += std::popcount(known_[i] & kept_bits);
            row[n - 1] += std::popcount(known_[i]);
        }
        sums[counted::product_cell(n - 2, n - 2, n)] += std::popcount(kept_bits);
        sums[counted::product_cell(n - 2, n - 1, n)] += std::popcount(kept_bits);
        sums[counted::product_cell(n - 1, n - 1, n)] += static_cast<std::int64_t>(count);
    }

    [[nodiscard]] static std::int32_t dot(const std::int16_t* a, const std::int16_t* b) noexcept {
        std::int32_t sum = 0;
        for (std::size_t i = 0; i < rows; ++i)
            sum += static_cast<std::int32_t>(a[i]) * static_cast<std::int32_t>(b[i]);
        return sum;
    }

    std::size_t components_;
    std::vector<std::int16_t> values_;   ///< [component][row]
    std::vector<std::int16_t> present_;  ///< [component][row], 1 where known
    std::vector<std::uint64_t> known_;   ///< by component, a bit a row
    std::array<std::int16_t, rows> kept_{};
};

}  // namespace aiueo::detail
