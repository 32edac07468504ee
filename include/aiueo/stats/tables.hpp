// stats › tables: tables of counts, one 2 × 2 or one of any size. base ─► stats
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/intervals.hpp"

namespace aiueo {

/// Two groups by two outcomes: a and b are the exposed with and without the event, c and d the
/// unexposed.
struct table_2x2 {
    std::int64_t a = 0, b = 0, c = 0, d = 0;

    [[nodiscard]] constexpr std::int64_t exposed() const noexcept { return a + b; }
    [[nodiscard]] constexpr std::int64_t unexposed() const noexcept { return c + d; }
    [[nodiscard]] constexpr std::int64_t events() const noexcept { return a + c; }
    [[nodiscard]] constexpr std::int64_t others() const noexcept { return b + d; }
    [[nodiscard]] constexpr std::int64_t total() const noexcept { return a + b + c + d; }
};

namespace stats_detail {

[[nodiscard]] constexpr bool is_table(const table_2x2& t) noexcept {
    const std::int64_t cells[] = {t.a, t.b, t.c, t.d};
    return total_of(cells) != no_total;
}

/// No row and no column is empty.
[[nodiscard]] constexpr bool has_margins(const table_2x2& t) noexcept {
    return is_table(t) && t.exposed() > 0 && t.unexposed() > 0 && t.events() > 0 && t.others() > 0;
}

}  // namespace stats_detail

/// Yates' continuity correction (SciPy's default for 2 × 2 tables; not R's meaning of it for CMH).
enum class continuity : std::uint8_t { none, yates };

/// Pearson's test that rows and columns are independent, of a table of rows × columns counts in
/// row-major order. Empty rows and columns are left out. Undefined with fewer than two of either.
[[nodiscard]] inline test_result chi_squared_test(std::span<const std::int64_t> cells,
                                                  std::size_t rows, std::size_t columns) noexcept {
    using namespace stats_detail;
    if (columns == 0 || cells.size() % columns != 0 || cells.size() / columns != rows) return {};
    const std::int64_t n = total_of(cells);
    if (n <= 0) return {};
    const auto row_of = [&](std::size_t i) {
        return total_of(cells.subspan(i * columns, columns));
    };
    const auto column_of = [&](std::size_t j) {
        std::int64_t total = 0;
        for (std::size_t i = 0; i < rows; ++i) total += cells[i * columns + j];
        return total;
    };
    double sum = 0;
    std::int64_t used_rows = 0, used_columns = 0;
    for (std::size_t j = 0; j < columns; ++j) {
        const std::int64_t column = column_of(j);
        used_columns += column > 0 ? 1 : 0;
        used_rows = 0;
        for (std::size_t i = 0; i < rows; ++i) {
            const std::int64_t row = row_of(i);
            used_rows += row > 0 ? 1 : 0;
            if (row == 0 || column == 0) continue;
            const int128 expected = int128{row} * column;  // times n
            const double apart = real(int128{cells[i * columns + j]} * n - expected);
            sum += apart / real(expected) * (apart / real(n));
        }
    }
    if (used_rows < 2 || used_columns < 2) return {};
    const std::int64_t degrees = (used_rows - 1) * (used_columns - 1);
    return {sum, chi_squared_sf(sum, real(degrees)), degrees};
}

/// The same of a 2 × 2 table, (|ad − bc| − n/2)² in place of (ad − bc)² with Yates' correction (no
/// less than 0). Undefined if a row or a column is empty.
[[nodiscard]] inline test_result chi_squared_test(
    const table_2x2& t, continuity correction = continuity::none) noexcept {
    using namespace stats_detail;
    if (!has_margins(t)) return {};
    const int128 cross = int128{t.a} * t.d - int128{t.b} * t.c;
    double apart = real(cross < 0 ? -cross : cross);
    if (correction == continuity::yates) apart = std::fmax(0.0, apart - real(t.total()) / 2);
    const double x = apart / real(int128{t.exposed()} * t.unexposed()) * apart /
                     real(int128{t.events()} * t.others()) * real(t.total());
    return {x, chi_squared_sf(x, 1), 1};
}

/// (a d) ÷ (b c), with ½ added to all four cells if one of them is 0 (Haldane 1956, Anscombe 1956).
/// `error` is of the logarithm: √(1/a + 1/b + 1/c + 1/d), and the interval is exp(log ± z · error)
/// (Woolf 1955). Undefined if a row or a column is empty.
[[nodiscard]] inline estimate odds_ratio(const table_2x2& t, double level = 0.95) noexcept {
    using namespace stats_detail;
    if (!has_margins(t)) return {};
    const double shift = t.a == 0 || t.b == 0 || t.c == 0 || t.d == 0 ? 0.5 : 0.0;
    const double a = real(t.a) + shift, b = real(t.b) + shift;
    const double c = real(t.c) + shift, d = real(t.d) + shift;
    estimate out{(a * d) / (b * c), std::sqrt(1 / a + 1 / b + 1 / c + 1 / d), {}};
    const double z = two_sided_z(level);
    if (is_defined(z)) {
        out.interval = {out.value * std::exp(-z * out.error), out.value * std::exp(z * out.error)};
    }
    return out;
}

/// a/(a + b) − c/(c + d) with Newcombe's interval. Undefined if a row is empty.
[[nodiscard]] inline estimate risk_difference(const table_2x2& t, double level = 0.95) noexcept {
    if (!stats_detail::is_table(t)) return {};
    return newcombe_difference(t.a, t.exposed(), t.c, t.unexposed(), level);
}

}  // namespace aiueo
