// Catch2, version 2 or 3, and the two comparisons of this project.
//
// Include this and never <catch2/...>. Use same_bits where the design promises the same bits,
// near where a reference implementation rounds differently; Catch2's own Approx is not used, since
// its default tolerance hides errors and its name moved between versions.

#pragma once

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <bit>
#include <cmath>
#include <cstdint>
#include <ios>
#include <limits>
#include <ostream>
#include <string>
#include <string_view>

#include "support/tests_dir.h"

namespace aiueo::testing {

// The folder tests/, for the inputs that a test reads.
inline std::string tests_dir() { return aiueo_tests_dir(); }

// What a comparison found; true or false in CHECK and REQUIRE, with both values in the message.
struct comparison {
    bool holds = false;
    double a = 0;
    double b = 0;
    std::uint64_t a_bits = 0;
    std::uint64_t b_bits = 0;

    explicit operator bool() const { return holds; }

    friend std::ostream& operator<<(std::ostream& out, const comparison& c) {
        const auto flags = out.flags();
        const auto digits = out.precision(std::numeric_limits<double>::max_digits10);
        out << c.a << (c.holds ? " matches " : " against ") << c.b << std::hex << " (bits 0x"
            << c.a_bits << ", 0x" << c.b_bits << "), difference " << std::defaultfloat << c.a - c.b;
        out.precision(digits);
        out.flags(flags);
        return out;
    }
};

// True when a and b are the same bits: 0.0 and -0.0 differ, a NaN equals itself.
inline comparison same_bits(double a, double b) {
    const auto x = std::bit_cast<std::uint64_t>(a);
    const auto y = std::bit_cast<std::uint64_t>(b);
    return {x == y, a, b, x, y};
}

inline comparison same_bits(float a, float b) {
    const auto x = std::bit_cast<std::uint32_t>(a);
    const auto y = std::bit_cast<std::uint32_t>(b);
    return {x == y, static_cast<double>(a), static_cast<double>(b), x, y};
}

// Comparing a double with a float converts one of them: say which you mean.
comparison same_bits(double a, float b) = delete;
comparison same_bits(float a, double b) = delete;

// True when |a - b| <= tolerance * max(1, |a|, |b|). NaN is near nothing, not even NaN; an infinity
// is near itself.
inline comparison near(double a, double b, double tolerance) {
    const double scale = std::fmax(1.0, std::fmax(std::fabs(a), std::fabs(b)));
    bool holds = std::fabs(a - b) <= tolerance * scale;
    if (std::isinf(a) || std::isinf(b)) {
        holds = std::isinf(a) && std::isinf(b) && std::signbit(a) == std::signbit(b);
    }
    return {holds, a, b, std::bit_cast<std::uint64_t>(a), std::bit_cast<std::uint64_t>(b)};
}

}  // namespace aiueo::testing
