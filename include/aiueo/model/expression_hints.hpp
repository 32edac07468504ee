// model › expression_hints: the functions of the language, and what to say to people who know
// another one. base ─► table ─► model
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/date.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/model/expression.hpp"
#include "aiueo/model/expression_lexer.hpp"

namespace aiueo::expression_detail {

struct function_form {
    std::string_view name;
    op what = op::number;
    std::size_t at_least = 1;
    std::size_t at_most = 1;
    std::string_view takes;
};

inline constexpr std::size_t any_number = std::numeric_limits<std::size_t>::max();

inline constexpr std::array<function_form, 8> functions{{
    {"has", op::has, 1, 1, "one name, as in has(nps)"},
    {"days_since", op::days_since, 1, 1, "one date, as in days_since(last_login)"},
    {"days_until", op::days_until, 1, 1, "one date, as in days_until(contract_end)"},
    {"at_least", op::at_least, 2, 2, "a ladder and a rung, as in at_least(stage, 'Active')"},
    {"min", op::minimum, 1, any_number, "at least one value"},
    {"max", op::maximum, 1, any_number, "at least one value"},
    {"abs", op::absolute, 1, 1, "one number"},
    {"date", op::number, 1, 1, "one date in quotes, as in date('2026-04-01')"},
}};

inline constexpr std::array<std::pair<std::string_view, op>, 3> methods{{
    {"startsWith", op::starts_with},
    {"endsWith", op::ends_with},
    {"contains", op::contains},
}};

inline constexpr std::array<std::string_view, 11> callable_names{
    "has", "days_since", "days_until", "at_least", "min",     "max",
    "abs", "date",       "startsWith", "endsWith", "contains"};

[[nodiscard]] constexpr const function_form* function_named(std::string_view name) noexcept {
    for (const function_form& one : functions) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

[[nodiscard]] constexpr std::optional<op> method_named(std::string_view name) noexcept {
    for (const auto& [known, what] : methods) {
        if (known == name) return what;
    }
    return std::nullopt;
}

/// Words of other languages and what they are here.
struct foreign_word {
    std::string_view word;
    std::string_view here;
};

[[nodiscard]] inline std::string_view translated(std::string_view word,
                                                 const auto& table) noexcept {
    for (const foreign_word& one : table) {
        if (detail::same_but_for_case(one.word, word)) return one.here;
    }
    return {};
}

inline constexpr std::array<foreign_word, 21> foreign_operators{{
    {"and", "write \"&&\" for and"},
    {"or", "write \"||\" for or"},
    {"not", "\"x not in [..]\" is written !(x in [..])"},
    {"is", "write \"==\" to compare, has(x) for \"is known\""},
    {"in", "write \"in\" in lower case"},
    {"mod", "write \"%\" for the remainder"},
    {"div", "write \"/\" to divide"},
    {"xor", "write \"!=\" between two flags"},
    {"eq", "write \"==\""},
    {"ne", "write \"!=\""},
    {"lt", "write \"<\""},
    {"le", "write \"<=\""},
    {"gt", "write \">\""},
    {"ge", "write \">=\""},
    {"equals", "write \"==\""},
    {"between", "write x >= a && x <= b"},
    {"like", "write x.startsWith('…'), x.endsWith('…') or x.contains('…')"},
    {"contains", "write x.contains('…')"},
    {"then", "a choice is written c ? a : b"},
    {"else", "a choice is written c ? a : b"},
    {"if", "a choice is written c ? a : b"},
}};

inline constexpr std::array<foreign_word, 27> foreign_functions{{
    {"if", "a choice is written c ? a : b"},
    {"iff", "a choice is written c ? a : b"},
    {"isnull", "write !has(x)"},
    {"is_null", "write !has(x)"},
    {"isnan", "write !has(x)"},
    {"exists", "write has(x)"},
    {"defined", "write has(x)"},
    {"coalesce", "write has(x) ? x : y"},
    {"ifnull", "write has(x) ? x : y"},
    {"nvl", "write has(x) ? x : y"},
    {"now", "the snapshot's date is as_of"},
    {"today", "the snapshot's date is as_of"},
    {"current_date", "the snapshot's date is as_of"},
    {"timestamp", "a day is written date('2026-04-01')"},
    {"duration", "the difference of two dates is a number of days"},
    {"datediff", "the difference of two dates is a number of days"},
    {"double", "all numbers are doubles already"},
    {"int", "all numbers are doubles, and there is no rounding"},
    {"uint", "all numbers are doubles, and there is no rounding"},
    {"round", "all numbers are doubles, and there is no rounding"},
    {"floor", "all numbers are doubles, and there is no rounding"},
    {"ceil", "all numbers are doubles, and there is no rounding"},
    {"string", "values are not converted to text"},
    {"size", "a text has no length here"},
    {"len", "a text has no length here"},
    {"matches", "write x.startsWith('…'), x.endsWith('…') or x.contains('…')"},
    {"least", "write min(x, y)"},
}};

[[nodiscard]] inline std::string function_hint(std::string_view name) {
    if (method_named(name)) {
        return std::string{name} + "() is written behind its category, as in plan." +
               std::string{name} + "('pro')";
    }
    const std::string out = "there is no function " + aiueo::quoted(name);
    if (const std::string_view here = translated(name, foreign_functions); !here.empty()) {
        return out + "; " + std::string{here};
    }
    return out + did_you_mean(name, callable_names);
}

[[nodiscard]] inline std::string method_hint(std::string_view name) {
    if (function_named(name) != nullptr) {
        return std::string{name} + "() is written before its value, as in " + std::string{name} +
               "(x)";
    }
    const std::string out = "there is no method " + aiueo::quoted(name);
    if (const std::string_view here = translated(name, foreign_functions); !here.empty()) {
        return out + "; " + std::string{here};
    }
    return out + did_you_mean(name, callable_names);
}

[[nodiscard]] inline bool is_not(const token& one) noexcept {
    return one.what == word::name && detail::same_but_for_case(one.text, "not");
}

[[nodiscard]] inline std::string spelled(const token& one, std::string_view source) {
    return aiueo::quoted(source.substr(one.begin, one.end - one.begin));
}

/// `now` stands where an operator, or the end, was expected.
[[nodiscard]] inline std::string operator_hint(const token& last, const token& now,
                                               std::string_view source) {
    if (is_not(last) && now.what != word::end)
        return "\"not\" is not an operator; write \"!\" for not";
    switch (now.what) {
    case word::name:
        if (const std::string_view here = translated(now.text, foreign_operators); !here.empty()) {
            return spelled(now, source) + " is not an operator; " + std::string{here};
        }
        return "an operator is missing before " + spelled(now, source);
    case word::comma:
        if (last.what == word::number) {
            return "a comma has no meaning here; numbers are written without separators, as in 1000000";
        }
        return "a comma has no meaning here; it separates the values of a list or a function";
    case word::close:
    case word::close_list: return spelled(now, source) + " closes nothing that is open here";
    case word::colon: return "\":\" belongs to a conditional, c ? a : b";
    case word::open_list: return "\"[\" picks nothing here; a list stands only after \"in\"";
    default: return "an operator is missing before " + spelled(now, source);
    }
}

/// `now` stands where a value was expected.
[[nodiscard]] inline std::string value_hint(const token& last, const token& now,
                                            std::string_view source) {
    const std::string percent = last.what == word::percent
                                    ? "; \"%\" is the remainder, a share of 50 % is written 0.5"
                                    : "";
    switch (now.what) {
    case word::end: return "the condition ends where a value should follow" + percent;
    case word::close:
        if (last.what == word::open) return "there is nothing between the parentheses";
        return "a value is missing before \")\"" + percent;
    case word::plus: return "a value is missing before \"+\"; a positive number has no sign";
    case word::open_list: return "a list stands only after \"in\", as in x in [1, 2]";
    case word::equal:
    case word::less:
    case word::greater:
        if (last.what == word::less || last.what == word::greater ||
            last.what == word::logical_not) {
            return "a value is missing before " + spelled(now, source) +
                   "; an operator is written without spaces";
        }
        return "a value is missing before " + spelled(now, source) + percent;
    default: return "a value is missing before " + spelled(now, source) + percent;
    }
}

}  // namespace aiueo::expression_detail
