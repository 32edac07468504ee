// stats › figure: what the functions of this room return. base ─► stats
//
// Numbers in, numbers out; nothing here knows what is counted. For the whole room:
//
// - A figure is a double, and NaN means *undefined*: empty input, input that is constant where the
//   figure needs a difference, or input that contradicts itself (spans of different lengths, a
//   negative count, more successes than trials, a level outside (0, 1)). Undefined is never 0. A
//   comparison with an undefined figure is false, so that no verdict follows from one.
// - An interval is two figures. Both are undefined or none is, unless a function says otherwise. An
//   interval of no width is given where its formula gives one, as from a standard error of 0.
// - A figure is never infinite. What grows without bound is undefined.
// - Counts are int64, not negative, and a table of them adds up to less than counts_limit; more is
//   a contradiction. Sums of products of counts are then exact in 128 bits, and are rounded once.
// - The same input gives the same bits: sums run in the order of the input.
// - No function throws; where one allocates, it says so, and std::bad_alloc can leave it.
// - Confidence levels are shares (0.95); p values are two-sided unless the name says otherwise.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

#include "aiueo/base/int128.hpp"

namespace aiueo {

inline constexpr double undefined = std::numeric_limits<double>::quiet_NaN();

/// Counts of one table add up to less than this, 4.4·10^12.
inline constexpr std::int64_t counts_limit = std::int64_t{1} << 42;

struct interval {
    double lower = undefined;
    double upper = undefined;
};

/// A figure with its standard error and its interval; each of them may be undefined alone.
struct estimate {
    double value = undefined;
    double error = undefined;
    aiueo::interval interval;
};

/// A test's statistic (z, or chi-squared with its degrees of freedom) and its p value.
struct test_result {
    double statistic = undefined;
    double p = undefined;
    std::int64_t degrees = 0;  ///< of freedom; 0 where the statistic is normal
};

[[nodiscard]] inline bool is_defined(double figure) noexcept { return !std::isnan(figure); }
[[nodiscard]] inline bool is_defined(const interval& i) noexcept {
    return is_defined(i.lower) && is_defined(i.upper);
}

namespace stats_detail {

inline constexpr std::int64_t no_total = -1;

[[nodiscard]] constexpr double real(int128 value) noexcept { return static_cast<double>(value); }
[[nodiscard]] constexpr double real(std::int64_t value) noexcept {
    return static_cast<double>(value);
}
[[nodiscard]] constexpr double real(std::size_t value) noexcept {
    return static_cast<double>(value);
}

/// The sum; no_total if a count is negative or the sum reaches counts_limit.
[[nodiscard]] constexpr std::int64_t total_of(std::span<const std::int64_t> counts) noexcept {
    std::int64_t total = 0;
    for (const std::int64_t count : counts) {
        if (count < 0 || count >= counts_limit - total) return no_total;
        total += count;
    }
    return total;
}

/// x of n, a proportion that can be.
[[nodiscard]] constexpr bool is_proportion(std::int64_t x, std::int64_t n) noexcept {
    return n > 0 && n < counts_limit && x >= 0 && x <= n;
}

/// The ratio of two exact numbers; undefined over 0.
[[nodiscard]] constexpr double ratio(int128 a, int128 b) noexcept {
    return b == 0 ? undefined : real(a) / real(b);
}

}  // namespace stats_detail

}  // namespace aiueo
