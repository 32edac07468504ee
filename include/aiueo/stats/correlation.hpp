// stats › correlation: Pearson, point-biserial, Spearman, Kendall from counts. base ─► stats
//
// From exact sums, or from a contingency table in row-major order whose rows and columns ascend.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/base/int128.hpp"
#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// Sums over pairs (x, y) of integers. n is below counts_limit, the others below 2^127 in size.
struct paired_sums {
    std::int64_t n = 0;
    int128 x = 0, y = 0;
    int128 xx = 0, yy = 0, xy = 0;

    /// Adds `times` equal pairs. |x|, |y| < 2^42.
    constexpr void add(std::int64_t x_value, std::int64_t y_value,
                       std::int64_t times = 1) noexcept {
        n += times;
        x += int128{x_value} * times;
        y += int128{y_value} * times;
        xx += int128{x_value} * x_value * times;
        yy += int128{y_value} * y_value * times;
        xy += int128{x_value} * y_value * times;
    }
};

struct correlation {
    std::int64_t n = 0;
    double value = undefined;  ///< −1 to 1
    double p = undefined;      ///< of no association, two-sided
    aiueo::interval interval;
};

namespace stats_detail {

/// p by t of n − 2 degrees of freedom; interval tanh(atanh r ± z · error).
[[nodiscard]] inline correlation with_fisher(std::int64_t n, double r, double squared_error,
                                             double level) noexcept {
    correlation out{n, r, undefined, {}};
    if (!is_defined(r)) return out;
    if (n > 2) {
        const double df = real(n - 2);
        const double rest = (1 - r) * (1 + r);
        out.p = rest > 0 ? t_two_sided(r * std::sqrt(df / rest), df) : 0.0;
    }
    const double z = two_sided_z(level);
    if (n > 3 && is_defined(z)) {
        const double middle = std::atanh(r), half = z * std::sqrt(squared_error / real(n - 3));
        out.interval = {std::tanh(middle - half), std::tanh(middle + half)};
    }
    return out;
}

[[nodiscard]] inline double clamped(double r) noexcept { return std::clamp(r, -1.0, 1.0); }

/// A table of counts by row and column; the room's functions see every layout through it.
struct count_table {
    std::span<const std::int64_t> cells;
    std::size_t rows = 0;
    std::size_t columns = 0;

    [[nodiscard]] bool valid() const noexcept {
        return columns != 0 && cells.size() / columns == rows && cells.size() % columns == 0;
    }
    [[nodiscard]] std::int64_t at(std::size_t i, std::size_t j) const noexcept {
        return cells[i * columns + j];
    }
};

/// Two histograms as a table: row 0 the negatives, row 1 the positives, a column a bin. Two rows,
/// so that what grows with rows² is linear in the bins.
struct outcome_table {
    std::span<const std::int64_t> positives;
    std::span<const std::int64_t> negatives;
    std::size_t columns = positives.size();
    static constexpr std::size_t rows = 2;

    [[nodiscard]] bool valid() const noexcept { return positives.size() == negatives.size(); }
    [[nodiscard]] std::int64_t at(std::size_t i, std::size_t j) const noexcept {
        return i == 0 ? negatives[j] : positives[j];
    }
};

template <class Table>
[[nodiscard]] std::int64_t table_total(const Table& table) noexcept {
    if (!table.valid()) return no_total;
    std::int64_t total = 0;
    for (std::size_t i = 0; i < table.rows; ++i) {
        for (std::size_t j = 0; j < table.columns; ++j) {
            const std::int64_t count = table.at(i, j);
            if (count < 0 || count >= counts_limit - total) return no_total;
            total += count;
        }
    }
    return total;
}

template <class Table>
[[nodiscard]] std::int64_t row_total(const Table& table, std::size_t i) noexcept {
    std::int64_t total = 0;
    for (std::size_t j = 0; j < table.columns; ++j) total += table.at(i, j);
    return total;
}

template <class Table>
[[nodiscard]] std::int64_t column_total(const Table& table, std::size_t j) noexcept {
    std::int64_t total = 0;
    for (std::size_t i = 0; i < table.rows; ++i) total += table.at(i, j);
    return total;
}

/// Pearson's correlation of the midranks. Twice a midrank less its mean is the number below less
/// the number above, which is exact and adds up to 0.
template <class Table>
[[nodiscard]] correlation spearman_of(const Table& table, double level) noexcept {
    const std::int64_t n = table_total(table);
    if (n == no_total) return {};
    int128 xx = 0, yy = 0, xy = 0;
    std::int64_t x_below = 0;
    for (std::size_t i = 0; i < table.rows; ++i) {
        const std::int64_t row = row_total(table, i);
        const int128 x = 2 * int128{x_below} + row - n;
        x_below += row;
        xx += x * x * row;
        if (row == 0) continue;
        std::int64_t y_below = 0;
        for (std::size_t j = 0; j < table.columns; ++j) {
            const std::int64_t column = column_total(table, j);
            xy += x * (2 * int128{y_below} + column - n) * table.at(i, j);
            y_below += column;
        }
    }
    std::int64_t y_below = 0;
    for (std::size_t j = 0; j < table.columns; ++j) {
        const std::int64_t column = column_total(table, j);
        const int128 y = 2 * int128{y_below} + column - n;
        y_below += column;
        yy += y * y * column;
    }
    if (xx == 0 || yy == 0) return {n, undefined, undefined, {}};
    const double r = clamped(real(xy) / std::sqrt(real(xx)) / std::sqrt(real(yy)));
    return with_fisher(n, r, 1 + r * r / 2, level);
}

/// Sums over the groups of ties that Kendall's τ-b and its variance need.
struct tie_sums {
    int128 pairs = 0;   ///< Σ t (t − 1) / 2
    double cubic = 0;   ///< Σ t (t − 1) (t − 2)
    double spread = 0;  ///< Σ t (t − 1) (2 t + 5)

    void add(int128 t) noexcept {
        pairs += t * (t - 1) / 2;
        cubic += real(t * (t - 1)) * real(t - 2);
        spread += real(t * (t - 1)) * real(2 * t + 5);
    }
};

template <class Table>
[[nodiscard]] correlation kendall_of(const Table& table) noexcept {
    const std::int64_t n = table_total(table);
    if (n == no_total) return {};
    tie_sums x, y;
    for (std::size_t i = 0; i < table.rows; ++i) x.add(row_total(table, i));
    for (std::size_t j = 0; j < table.columns; ++j) y.add(column_total(table, j));
    int128 apart = 0;  // concordant − discordant pairs
    for (std::size_t i = 0; i < table.rows; ++i) {
        for (std::size_t k = i + 1; k < table.rows; ++k) {
            // To the left of the column: row i's, for pairs that rise; row k's, for those that
            // fall.
            std::int64_t rising = 0, falling = 0;
            for (std::size_t j = 0; j < table.columns; ++j) {
                apart += int128{rising} * table.at(k, j) - int128{falling} * table.at(i, j);
                rising += table.at(i, j);
                falling += table.at(k, j);
            }
        }
    }
    const int128 pairs = int128{n} * (n - 1) / 2;
    correlation out{n, undefined, undefined, {}};
    if (pairs == x.pairs || pairs == y.pairs) return out;
    out.value =
        clamped(real(apart) / std::sqrt(real(pairs - x.pairs)) / std::sqrt(real(pairs - y.pairs)));
    const double m = real(2 * pairs), size = real(n);
    double variance =
        (m * (2 * size + 5) - x.spread - y.spread) / 18 + 2 * real(x.pairs) * real(y.pairs) / m;
    if (n > 2) variance += x.cubic * y.cubic / (9 * m * (size - 2));
    if (variance > 0) out.p = normal_two_sided(real(apart) / std::sqrt(variance));
    return out;
}

}  // namespace stats_detail

/// Pearson's r with p by t of n − 2 and Fisher's interval (from n = 3 and n = 4 on). Undefined if x
/// or y is constant. r and the sums of squares under it are rounded once, from exact numbers.
[[nodiscard]] inline correlation pearson(const paired_sums& sums, double level = 0.95) noexcept {
    using namespace stats_detail;
    using detail::difference, detail::product, detail::to_double;
    if (sums.n < 0 || sums.n >= counts_limit) return {};
    const double xx = to_double(difference(product(sums.n, sums.xx), product(sums.x, sums.x)));
    const double yy = to_double(difference(product(sums.n, sums.yy), product(sums.y, sums.y)));
    const double xy = to_double(difference(product(sums.n, sums.xy), product(sums.x, sums.y)));
    if (!(xx > 0 && yy > 0)) return {sums.n, undefined, undefined, {}};
    return with_fisher(sums.n, clamped(xy / std::sqrt(xx) / std::sqrt(yy)), 1, level);
}

/// Pearson's r of a score and a yes or no: values[i] is the score of bin i, |value| < 2^42, in
/// whatever unit (r has none). For the example of 10: 0.551677.
[[nodiscard]] inline correlation point_biserial(std::span<const std::int64_t> values,
                                                std::span<const std::int64_t> positives,
                                                std::span<const std::int64_t> negatives,
                                                double level = 0.95) noexcept {
    using namespace stats_detail;
    const outcome_table table{positives, negatives};
    if (positives.size() != values.size() || table_total(table) == no_total) return {};
    paired_sums sums;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (values[i] <= -counts_limit || values[i] >= counts_limit) return {};
        sums.add(values[i], 1, positives[i]);
        sums.add(values[i], 0, negatives[i]);
    }
    return pearson(sums, level);
}

/// Spearman's ρ of a table of rows × columns counts: midranks, p by t of n − 2, interval with the
/// variance (1 + ρ²/2)/(n − 3) of Bonett, Wright 2000. Undefined if either side is constant. Time:
/// rows² × columns.
[[nodiscard]] inline correlation spearman(std::span<const std::int64_t> cells, std::size_t rows,
                                          std::size_t columns, double level = 0.95) noexcept {
    return stats_detail::spearman_of(stats_detail::count_table{cells, rows, columns}, level);
}

/// The same of a score and a yes or no, from the two histograms.
[[nodiscard]] inline correlation spearman(std::span<const std::int64_t> positives,
                                          std::span<const std::int64_t> negatives,
                                          double level = 0.95) noexcept {
    return stats_detail::spearman_of(stats_detail::outcome_table{positives, negatives}, level);
}

/// Kendall's τ-b of a table; p by the normal approximation with its variance under ties (Kendall
/// 1970). The interval is left undefined: take the jackknife's. Undefined if either side is
/// constant. Time: rows² × columns.
[[nodiscard]] inline correlation kendall(std::span<const std::int64_t> cells, std::size_t rows,
                                         std::size_t columns) noexcept {
    return stats_detail::kendall_of(stats_detail::count_table{cells, rows, columns});
}

/// The same of a score and a yes or no, from the two histograms.
[[nodiscard]] inline correlation kendall(std::span<const std::int64_t> positives,
                                         std::span<const std::int64_t> negatives) noexcept {
    return stats_detail::kendall_of(stats_detail::outcome_table{positives, negatives});
}

}  // namespace aiueo
