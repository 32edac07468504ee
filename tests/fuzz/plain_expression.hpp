// Conditions once more, as a tree that is walked value by value with three-valued logic. Written
// from docs/conditions.md, and shares nothing with the parser, the checks and the instructions of
// the library, so that the two can disagree.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "choices.hpp"

namespace fuzzing {

enum class kind : std::uint8_t { unknown, number, flag, text, date };

/// What an expression is on a row. Dates are days since 1970-01-01, flags 0 and 1.
struct plain_value {
    kind what = kind::unknown;
    double number = 0;
    std::string text{};

    [[nodiscard]] bool known() const { return what != kind::unknown; }
    [[nodiscard]] bool is_true() const { return what == kind::flag && number == 1; }
    [[nodiscard]] bool is_false() const { return what == kind::flag && number == 0; }
};

inline plain_value of_flag(bool holds) { return {kind::flag, holds ? 1.0 : 0.0}; }
/// No infinity and no NaN comes out of a calculation.
inline plain_value of_number(double x) {
    return std::isfinite(x) ? plain_value{kind::number, x} : plain_value{};
}
inline plain_value of_text(std::string x) { return {kind::text, 0, std::move(x)}; }
inline plain_value of_date(double day) { return {kind::date, day}; }

/// `what`: "value", "name" (of `text`), or an operator as it is written; "-x" is the sign,
/// "at_least" has a name and a value.
struct tree {
    std::string_view what = "value";
    std::vector<tree> parts{};
    plain_value value{};
    std::string text{};  ///< names; and dates as they are written
};

inline tree name_tree(std::string name) { return {"name", {}, {}, std::move(name)}; }
inline tree value_tree(plain_value value) { return {"value", {}, std::move(value), {}}; }

/// ── meaning ──

inline plain_value both(const plain_value& a, const plain_value& b) {
    if (a.is_false() || b.is_false()) return of_flag(false);
    return a.known() && b.known() ? of_flag(true) : plain_value{};
}
inline plain_value negated(const plain_value& a) {
    return a.known() ? of_flag(a.is_false()) : plain_value{};
}
inline bool equal(const plain_value& a, const plain_value& b) {
    return a.what == kind::text ? a.text == b.text : a.number == b.number;
}

/// Of two known operands.
inline plain_value meaning_of_two(std::string_view sign, const plain_value& a,
                                  const plain_value& b) {
    const double x = a.number;
    const double y = b.number;
    if (sign == "+") return of_number(x + y);
    if (sign == "-") return of_number(x - y);
    if (sign == "*") return of_number(x * y);
    if (sign == "/") return y == 0 ? plain_value{} : of_number(x / y);
    if (sign == "%") return y == 0 ? plain_value{} : of_number(std::fmod(x, y));
    if (sign == "<") return of_flag(x < y);
    if (sign == "<=") return of_flag(x <= y);
    if (sign == ">") return of_flag(x > y);
    if (sign == ">=") return of_flag(x >= y);
    if (sign == "==") return of_flag(equal(a, b));
    if (sign == "!=") return of_flag(!equal(a, b));
    if (sign == "startsWith") return of_flag(a.text.compare(0, b.text.size(), b.text) == 0);
    if (sign == "contains") return of_flag(a.text.find(b.text) != std::string::npos);
    if (sign == "endsWith") {
        return of_flag(a.text.size() >= b.text.size() &&
                       a.text.compare(a.text.size() - b.text.size(), b.text.size(), b.text) == 0);
    }
    require(false, "an operator that the interpreter knows");
    return {};
}

/// `row` answers value(name) and at_least(scale, member).
template <class Row>
plain_value meaning(const tree& of, Row& row) {
    if (of.what == "value") return of.value;
    if (of.what == "name") return row.value(of.text);
    if (of.what == "has") return of_flag(row.value(of.parts[0].text).known());
    if (of.what == "at_least") return row.at_least(of.parts[0].text, of.parts[1].value.text);
    std::vector<plain_value> all;
    for (const tree& part : of.parts) all.push_back(meaning(part, row));
    if (of.what == "!") return negated(all[0]);
    if (of.what == "&&") return both(all[0], all[1]);
    if (of.what == "||") return negated(both(negated(all[0]), negated(all[1])));
    if (of.what == "?:") {
        if (!all[0].known()) return {};
        return all[0].is_true() ? all[1] : all[2];
    }
    if (of.what == "in") {
        bool any_unknown = false;
        for (std::size_t i = 1; i < all.size(); ++i) {
            const bool comparable = all[0].known() && all[i].known();
            if (comparable && equal(all[0], all[i])) return of_flag(true);
            any_unknown = any_unknown || !comparable;
        }
        return any_unknown ? plain_value{} : of_flag(false);
    }
    for (const plain_value& one : all) {
        if (!one.known()) return {};
    }
    if (of.what == "-x") return of_number(-all[0].number);
    if (of.what == "abs") return of_number(all[0].number < 0 ? -all[0].number : all[0].number);
    if (of.what == "days_since") return of_number(row.value("as_of").number - all[0].number);
    if (of.what == "days_until") return of_number(all[0].number - row.value("as_of").number);
    if (of.what == "min" || of.what == "max") {
        plain_value best = all[0];
        for (const plain_value& one : all) {
            if (of.what == "min" ? one.number < best.number : one.number > best.number) best = one;
        }
        return best;
    }
    return meaning_of_two(of.what, all[0], all[1]);
}

/// ── text ──

inline std::string written_number(double x) {
    std::array<char, 40> out{};
    std::snprintf(out.data(), out.size(), "%.17g", x);
    return out.data();
}

inline std::string written_value(const tree& of) {
    switch (of.value.what) {
    case kind::flag: return of.value.number == 1 ? "true" : "false";
    case kind::date: return "date('" + of.text + "')";
    case kind::text: {
        std::string out = "'";
        for (const char c : of.value.text) {
            if (c == '\'' || c == '\\') out += '\\';
            out += c;
        }
        return out + "'";
    }
    case kind::number:
    case kind::unknown: break;
    }
    return written_number(of.value.number);
}

/// 1 for || to 5 for *; 0 for what is no operator between two operands.
inline int level_of(std::string_view sign) {
    constexpr std::array<std::array<std::string_view, 6>, 5> levels{
        {{"||"}, {"&&"}, {"<", "<=", ">", ">=", "==", "!="}, {"+", "-"}, {"*", "/", "%"}}};
    for (std::size_t i = 0; i < levels.size(); ++i) {
        for (const std::string_view one : levels[i]) {
            if (!one.empty() && one == sign) return static_cast<int>(i) + 1;
        }
    }
    return 0;
}

/// As a model file has it, with the parentheses that are needed. `needed`: the level around it, 0
/// for ?:, 1 to 5 as above, 6 for a sign before it, 7 for what a method is called on.
inline std::string written(const tree& of, int needed = 0) {
    std::string out;
    int level = 7;
    const auto listed = [&of](std::size_t from) {
        std::string list;
        for (std::size_t i = from; i < of.parts.size(); ++i)
            list += (i == from ? "" : ", ") + written(of.parts[i]);
        return list;
    };
    const std::string sign{of.what};
    if (of.what == "value") {
        out = written_value(of);
    } else if (of.what == "name") {
        out = of.text;
    } else if (of.what == "?:") {
        level = 0;
        out = written(of.parts[0], 1) + " ? " + written(of.parts[1], 1) + " : " +
              written(of.parts[2], 0);
    } else if (of.what == "in") {
        level = 3;
        out = written(of.parts[0], 4) + " in [" + listed(1) + "]";
    } else if (of.what == "-x" || of.what == "!") {
        level = 6;
        out = sign.substr(0, 1) + written(of.parts[0], 6);
    } else if (of.what == "startsWith" || of.what == "endsWith" || of.what == "contains") {
        out = written(of.parts[0], 7) + "." + sign + "(" + written(of.parts[1]) + ")";
    } else if (level_of(of.what) > 0) {
        level = level_of(of.what);
        out = written(of.parts[0], level == 3 ? level + 1 : level) + " " + sign + " " +
              written(of.parts[1], level + 1);
    } else {
        out = sign + "(" + listed(0) + ")";
    }
    return level < needed ? "(" + out + ")" : out;
}

/// A text as a JSON string.
inline std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

inline void collect_names(const tree& of, std::vector<std::string>& to) {
    if (of.what == "name") to.push_back(of.text);
    for (const tree& part : of.parts) collect_names(part, to);
}

}  // namespace fuzzing
