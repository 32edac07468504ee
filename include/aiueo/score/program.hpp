// score › program: a condition as column instructions. base ─► table ─► model ─► score
//
// Numbers lie in slots: columns of doubles in the workspace, one a row of the chunk, NaN where
// unknown. Conditions lie in truth columns: two bits a row (Kleene).
#pragma once

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
        // out, a and b are numbers
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
        weighted_mean,  ///< (constant a + other_constant b) ÷ their sum, on the grid
        number_of,      ///< 1, 0 or unknown as truth a is
        select,         ///< truth c ? a : b; unknown where c is
        // out is a truth, a and b are numbers; unknown where either is
        equal,
        less,
        less_equal,
        equal_to,  ///< from here on: a beside `constant`
        less_than,
        at_most,
        more_than,
        at_least,
        holds,      ///< a flag that lies as a number
        known,      ///< yes where a is known, else no
        text_test,  ///< predicate `immediate` of category code a
        // all are truths
        constant_truth,  ///< `immediate`: 0, 1 or 2 = unknown
        copy_truth,
        logical_and,
        logical_or,
        logical_not,
        same_truth,
        known_truth,   ///< yes where a is known, else no
        surely_not,    ///< yes where a does not hold, else no
        only_where,    ///< a where b holds, else unknown
        select_truth,  ///< c ? a : b; unknown where c is
    };
    static constexpr code last_of_numbers = code::select;
    static constexpr code last_of_comparisons = code::text_test;

    code what = code::add;
    slot out = 0;
    slot a = 0;
    slot b = 0;
    slot c = 0;
    std::uint32_t immediate = 0;
    double constant = 0;
    double other_constant = 0;
};

struct program {
    std::vector<instruction> code;
    slot result = 0;  ///< a truth or a number; may be an input itself: a program of no instructions
    bool is_truth = false;
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

}  // namespace detail
}  // namespace aiueo
