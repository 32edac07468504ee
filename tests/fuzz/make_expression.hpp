// Expressions of a wanted type, made of choices. They are right by construction: whatever they are,
// a model with them is accepted.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plain_expression.hpp"

namespace fuzzing {

struct plain_day {
    const char* text;
    double day;
};
inline constexpr std::array<plain_day, 8> plain_days{{{"2026-11-21", 20778},
                                                      {"2026-11-14", 20771},
                                                      {"2026-11-22", 20779},
                                                      {"2024-02-29", 19782},
                                                      {"1970-01-01", 0},
                                                      {"1969-12-31", -1},
                                                      {"0001-01-01", -719162},
                                                      {"9999-12-31", 2932896}}};
inline constexpr double today = 20778;

inline const std::vector<std::string>& plain_texts() {
    static const std::vector<std::string> all{"pro",  "trial", "lite", "東", "x y",
                                              "東京", "it's",  "pr",   "\\", "o"};
    return all;
}

/// Names that an expression may use, by their type.
struct plain_names {
    std::vector<std::string> numbers{};
    std::vector<std::string> flags{};
    std::vector<std::string> texts{};
    std::vector<std::string> dates{};      ///< as_of not among them
    std::vector<std::string> scores{};     ///< "U", "U.k0", "overall"
    std::vector<std::string> coverages{};  ///< "U.coverage"
    std::vector<std::pair<std::string, std::vector<std::string>>> levels{};  ///< ladders and bands
};

class expression_maker {
public:
    expression_maker(choices& in, const plain_names& names, std::size_t most_parts = 60)
        : in_(in), names_(names), left_(most_parts) {}

    tree make(kind type, std::size_t depth) {
        if (left_ == 0 || depth == 0 || in_.one_in(6)) return leaf(type);
        --left_;
        if (in_.one_in(11)) {
            tree out{"?:"};
            out.parts.push_back(make(kind::flag, depth - 1));
            out.parts.push_back(make(type, depth - 1));
            out.parts.push_back(make(type, depth - 1));
            return out;
        }
        switch (type) {
        case kind::number: return number(depth - 1);
        case kind::date:
            return several(in_.pick<std::string_view>({"min", "max"}), type, depth - 1);
        case kind::text: return leaf(type);
        case kind::flag:
        case kind::unknown: break;
        }
        return condition(depth - 1);
    }

    /// A number that stands in an expression: finite, without a sign.
    double literal() {
        if (in_.one_in(9)) {
            const double x = std::fabs(in_.any_double());
            return std::isfinite(x) ? x : 7.0;
        }
        return in_.pick<double>({0, 1, 2, 3, 60, 0.5, 0.1, 100, 7, 10, 50, 1e-9, 1e300, 1e-308,
                                 5e-324, 1e308, 30, 0.75, 9007199254740993.0});
    }

private:
    tree leaf(kind type) {
        const bool by_name = in_.byte() % 4 != 3;
        switch (type) {
        case kind::number:
            if (by_name && !names_.scores.empty() && in_.one_in(2))
                return name_tree(in_.pick(in_.one_in(5) ? names_.coverages : names_.scores));
            return by_name && !names_.numbers.empty() ? name_tree(in_.pick(names_.numbers))
                                                      : value_tree({kind::number, literal()});
        case kind::text:
            return by_name && !names_.texts.empty() ? name_tree(in_.pick(names_.texts))
                                                    : value_tree(of_text(in_.pick(plain_texts())));
        case kind::date: {
            if (by_name && !names_.dates.empty()) return name_tree(in_.pick(names_.dates));
            if (in_.one_in(2)) return name_tree("as_of");
            const plain_day& day = plain_days[in_.below(plain_days.size())];
            tree out = value_tree(of_date(day.day));
            out.text = day.text;
            return out;
        }
        case kind::flag:
        case kind::unknown: break;
        }
        return by_name && !names_.flags.empty() ? name_tree(in_.pick(names_.flags))
                                                : value_tree(of_flag(in_.one_in(2)));
    }

    tree two(std::string_view sign, kind type, std::size_t depth) {
        tree out{sign};
        out.parts.push_back(make(type, depth));
        out.parts.push_back(make(type, depth));
        return out;
    }

    tree several(std::string_view what, kind type, std::size_t depth) {
        tree out{what};
        for (std::size_t n = 1 + in_.below(3); n > 0; --n) out.parts.push_back(make(type, depth));
        return out;
    }

    tree number(std::size_t depth) {
        switch (in_.below(8)) {
        case 0: return {"-x", {make(kind::number, depth)}};
        case 1: return {"abs", {make(kind::number, depth)}};
        case 2: return several(in_.pick<std::string_view>({"min", "max"}), kind::number, depth);
        case 3:
            return {in_.pick<std::string_view>({"days_since", "days_until"}),
                    {make(kind::date, depth)}};
        case 4: return two("-", kind::date, depth);
        default:
            return two(in_.pick<std::string_view>({"+", "-", "*", "/", "%"}), kind::number, depth);
        }
    }

    tree level() {
        const auto& [name, members] = in_.pick(names_.levels);
        const auto member = [this, &all = members] { return value_tree(of_text(in_.pick(all))); };
        switch (in_.below(5)) {
        case 0: return {in_.pick<std::string_view>({"==", "!="}), {name_tree(name), member()}};
        case 1: return {"in", {name_tree(name), member(), member()}};
        case 2: return {"has", {name_tree(name)}};
        default: return {"at_least", {name_tree(name), member()}};
        }
    }

    tree has() {
        std::vector<std::string> all = names_.scores;
        for (const auto* some : {&names_.numbers, &names_.flags, &names_.texts, &names_.dates})
            all.insert(all.end(), some->begin(), some->end());
        return {"has", {name_tree(in_.pick(all))}};
    }

    tree condition(std::size_t depth) {
        const auto any = [this] {
            return in_.pick({kind::number, kind::number, kind::flag, kind::text, kind::date});
        };
        switch (in_.below(11)) {
        case 0:
        case 1: return two("&&", kind::flag, depth);
        case 2: return two("||", kind::flag, depth);
        case 3: return {"!", {make(kind::flag, depth)}};
        case 4: return two(in_.pick<std::string_view>({"==", "!="}), any(), depth);
        case 5: {
            const kind type = any();
            tree out{"in"};
            out.parts.push_back(make(type, depth));
            for (std::size_t n = 1 + in_.below(3); n > 0; --n)
                out.parts.push_back(make(type, depth > 1 ? 1 : depth));
            return out;
        }
        case 6: return has();
        case 7:
            return {in_.pick<std::string_view>({"startsWith", "endsWith", "contains"}),
                    {make(kind::text, depth), value_tree(of_text(in_.pick(plain_texts())))}};
        case 8:
            if (!names_.levels.empty()) return level();
            [[fallthrough]];
        default:
            return two(in_.pick<std::string_view>({">=", "<", "<=", ">"}),
                       in_.one_in(4) ? kind::date : kind::number, depth);
        }
    }

    choices& in_;
    const plain_names& names_;
    std::size_t left_;
};

}  // namespace fuzzing
