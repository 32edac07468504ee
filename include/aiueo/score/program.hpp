// score › program: a condition as column instructions. base ─► table ─► model ─► score
//
// Operands and results are slots: columns of doubles in the workspace, one value a row of the
// chunk. Unknown is NaN; a condition is 0, 1 or NaN (Kleene). Constants are slots that are filled
// once.
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
        known,          ///< 1 where a is known, else 0
        select,         ///< a ? b : c; unknown where a is
        text_test,      ///< predicate `immediate` of category code a
        rung_is,        ///< a = stage, b = could: stage == immediate, unknown while provisional
        rung_at_least,  ///< a = stage, b = could: stage ≥ immediate, unknown while it could be
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

}  // namespace detail
}  // namespace aiueo
