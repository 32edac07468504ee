// The rows of W1: 24 columns in the order of model.json, and the same values in narrow types.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/score/batch.hpp"
#include "aiueo/score/plan.hpp"

namespace bench {

inline constexpr std::size_t column_count = 24;

enum class kind : std::uint8_t { amount, count, flag };

struct column_rule {
    const char* name;
    kind what;
    double top;    ///< largest value in range
    double shape;  ///< power of a uniform number: more of it is more small values
};

/// i_amount_a … o_done: for each of I, U, E, O two amounts, two counts, a small count and a flag.
extern const std::array<column_rule, column_count> column_rules;

/// One value. A pure function of row and column, so that any part of the data is the same in every
/// process and at every size. 5 % are missing, more of them in one row in a hundred; 0.2 % are out
/// of range.
[[nodiscard]] double value_at(std::size_t column, std::int64_t row) noexcept;

class wide_world {
public:
    explicit wide_world(std::int64_t rows, std::int64_t first_row = 0);
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    [[nodiscard]] const double* column(std::size_t k) const noexcept { return columns_[k].data(); }
    [[nodiscard]] std::array<const double*, column_count> columns() const noexcept;
    [[nodiscard]] aiueo::column_view view(std::size_t k) const noexcept;

private:
    std::int64_t rows_;
    std::array<std::vector<double>, column_count> columns_;
};

/// The same values: amounts as float32 (NaN is missing), counts as int32 and flags as bits, both
/// with bitmaps.
class narrow_world {
public:
    explicit narrow_world(const wide_world& from);
    [[nodiscard]] aiueo::column_view view(std::size_t k) const noexcept;
    [[nodiscard]] std::int64_t bytes() const noexcept;

private:
    std::int64_t rows_;
    std::array<std::vector<float>, column_count> amounts_;
    std::array<std::vector<std::int32_t>, column_count> counts_;
    std::array<std::vector<std::uint8_t>, column_count> bits_;
    std::array<std::vector<std::uint8_t>, column_count> validity_;
};

template <class World>
[[nodiscard]] aiueo::batch bind(const aiueo::plan& to, const World& from, std::int64_t rows);

extern template aiueo::batch bind(const aiueo::plan&, const wide_world&, std::int64_t);
extern template aiueo::batch bind(const aiueo::plan&, const narrow_world&, std::int64_t);

}  // namespace bench
