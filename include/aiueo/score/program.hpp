// score › program: a condition as column instructions. base ─► table ─► model ─► score
//
// Operands and results are slots: columns of doubles in the workspace, one value a row of the chunk.
// Unknown is NaN; a condition is 0, 1 or NaN (Kleene). Constants are slots that are filled once.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/version.hpp"

namespace aiueo {

using slot = std::uint32_t;

struct instruction {
    enum class code : std::uint8_t {
        copy,
        add,
        subtract,
        multiply,
        divide,
        remainder,
        negate,
        absolute,
        minimum,
        maximum,
        equal,
        not_equal,
        less,
        less_equal,
        logical_and,
        logical_or,
        logical_not,
        known,         ///< 1 where a is known, else 0
        select,        ///< a ? b : c; unknown where a is
        text_test,     ///< predicate `immediate` of category code a
        rung_is,       ///< a = stage, b = could: stage == immediate, unknown while provisional
        rung_at_least, ///< a = stage, b = could: stage ≥ immediate, unknown while it could be
    };
    code what = code::add;
    slot out = 0;
    slot a = 0;
    slot b = 0;
    slot c = 0;
    std::uint32_t immediate = 0;
};

struct program {
    std::vector<instruction> code;
    slot result = 0;  ///< may be an input slot itself: a program of no instructions
    [[nodiscard]] bool empty() const noexcept { return code.empty(); }
};

/// A text predicate of the model, asked once of every text a batch knows rather than of every row.
struct text_test {
    enum class kind : std::uint8_t { starts_with, ends_with, contains };
    kind what = kind::starts_with;
    std::string text;
    [[nodiscard]] bool holds(std::string_view subject) const noexcept {
        switch (what) {
            case kind::starts_with: return subject.starts_with(text);
            case kind::ends_with: return subject.ends_with(text);
            case kind::contains: return subject.find(text) != std::string_view::npos;
        }
        return false;
    }
};

/// Answers of text predicates (startsWith, endsWith, contains) for every text a batch knows.
struct text_answers {
    const std::uint8_t* const* of = nullptr;  ///< of[predicate][text id] is 0 or 1
};

namespace detail {

inline constexpr double unknown_value = std::numeric_limits<double>::quiet_NaN();

/// A result that is not finite is unknown, so that no infinity ever reaches a comparison.
[[nodiscard]] inline double finite_or_unknown(double x) noexcept {
    return x - x == 0 ? x : unknown_value;
}

template <class F>
inline void each(std::size_t n, const double* a, double* out, F f) noexcept {
    for (std::size_t i = 0; i < n; ++i) out[i] = f(a[i]);
}

template <class F>
inline void each(std::size_t n, const double* a, const double* b, double* out, F f) noexcept {
    for (std::size_t i = 0; i < n; ++i) out[i] = f(a[i], b[i]);
}

/// A comparison, unknown where either side is.
template <class F>
inline void compare(std::size_t n, const double* a, const double* b, double* out, F f) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const bool both = a[i] == a[i] && b[i] == b[i];
        out[i] = both ? (f(a[i], b[i]) ? 1.0 : 0.0) : unknown_value;
    }
}

inline void run(const instruction& one, double* slots, std::size_t stride, std::size_t n,
                const text_answers& texts) noexcept {
    const double* a = slots + one.a * stride;
    const double* b = slots + one.b * stride;
    const double* c = slots + one.c * stride;
    double* out = slots + one.out * stride;
    const auto immediate = static_cast<double>(one.immediate);
    using code = instruction::code;
    switch (one.what) {
        case code::copy: return each(n, a, out, [](double x) { return x; });
        case code::add: return each(n, a, b, out, [](double x, double y) { return finite_or_unknown(x + y); });
        case code::subtract: return each(n, a, b, out, [](double x, double y) { return finite_or_unknown(x - y); });
        case code::multiply: return each(n, a, b, out, [](double x, double y) { return finite_or_unknown(x * y); });
        case code::divide: return each(n, a, b, out, [](double x, double y) { return finite_or_unknown(x / y); });
        case code::remainder:
            // fmod is exact in IEEE arithmetic, so it is the same everywhere; x % 0 is NaN by itself.
            return each(n, a, b, out, [](double x, double y) { return std::fmod(x, y); });
        case code::negate: return each(n, a, out, [](double x) { return -x; });
        case code::absolute: return each(n, a, out, [](double x) { return std::fabs(x); });
        case code::minimum:
            return each(n, a, b, out, [](double x, double y) { return x != x ? x : (y != y ? y : (y < x ? y : x)); });
        case code::maximum:
            return each(n, a, b, out, [](double x, double y) { return x != x ? x : (y != y ? y : (x < y ? y : x)); });
        case code::equal: return compare(n, a, b, out, [](double x, double y) { return x == y; });
        case code::not_equal: return compare(n, a, b, out, [](double x, double y) { return x != y; });
        case code::less: return compare(n, a, b, out, [](double x, double y) { return x < y; });
        case code::less_equal: return compare(n, a, b, out, [](double x, double y) { return x <= y; });
        case code::logical_and:
            return each(n, a, b, out, [](double x, double y) {
                return x == 0 || y == 0 ? 0.0 : (x != x ? x : y);
            });
        case code::logical_or:
            return each(n, a, b, out, [](double x, double y) {
                return x == 1 || y == 1 ? 1.0 : (x != x ? x : y);
            });
        case code::logical_not: return each(n, a, out, [](double x) { return 1.0 - x; });
        case code::known: return each(n, a, out, [](double x) { return x == x ? 1.0 : 0.0; });
        case code::select:
            for (std::size_t i = 0; i < n; ++i) out[i] = a[i] != a[i] ? a[i] : (a[i] != 0 ? b[i] : c[i]);
            return;
        case code::text_test:
            for (std::size_t i = 0; i < n; ++i) {
                out[i] = a[i] == a[i] ? static_cast<double>(texts.of[one.immediate][static_cast<std::size_t>(a[i])])
                                      : unknown_value;
            }
            return;
        case code::rung_is:
            for (std::size_t i = 0; i < n; ++i) {
                out[i] = a[i] != b[i] ? unknown_value : (a[i] == immediate ? 1.0 : 0.0);
            }
            return;
        case code::rung_at_least:
            for (std::size_t i = 0; i < n; ++i) {
                out[i] = a[i] >= immediate ? 1.0 : (b[i] >= immediate ? unknown_value : 0.0);
            }
            return;
    }
}

/// Run a program over n rows.
inline void run(const program& todo, double* slots, std::size_t stride, std::size_t n,
                const text_answers& texts) noexcept {
    for (const instruction& one : todo.code) run(one, slots, stride, n, texts);
}

}  // namespace detail
}  // namespace aiueo
