// score › trigger_ladders: triggers as ladders of two rungs, for plans that ask their conditions.
// base ─► table ─► model ─► score
//
// Scoring reads no more columns than scores need, so a plan knows nothing of its model's triggers.
// A plan that is made to act does: each trigger is a ladder behind those of the model, "no" and
// "yes", and another one where the trigger says what success is. So triggers are asked by the
// kernels that ask rungs, a trigger that cannot be answered is a provisional "no", and the scores
// are those of the other plan, to the bit.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/model/check_expression.hpp"
#include "aiueo/model/expression_scope.hpp"
#include "aiueo/model/model.hpp"
#include "aiueo/model/parse_expression.hpp"

namespace aiueo::detail {

/// Names that no ladder of a model file can have.
inline constexpr std::string_view trigger_prefix = "trigger ";
inline constexpr std::string_view success_prefix = "success ";
inline constexpr std::string_view segment_name = "segment ";  ///< of a condition asked for once

[[nodiscard]] inline bool is_of_trigger(const ladder& one) noexcept {
    return one.name.starts_with(trigger_prefix) || one.name.starts_with(success_prefix) ||
           one.name == segment_name;
}

/// How many ladders the model has of its own; they come first.
[[nodiscard]] inline std::size_t own_ladders(const model& of) noexcept {
    std::size_t k = 0;
    while (k < of.rules.ladders.size() && !is_of_trigger(of.rules.ladders[k])) ++k;
    return k;
}

/// The position of a trigger's ladder; rules.ladders.size() where there is none.
[[nodiscard]] inline std::size_t trigger_ladder(const model& of, std::string_view prefix,
                                                std::string_view trigger) noexcept {
    std::size_t k = own_ladders(of);
    for (; k < of.rules.ladders.size(); ++k) {
        const std::string_view name = of.rules.ladders[k].name;
        if (name.starts_with(prefix) && name.substr(prefix.size()) == trigger) break;
    }
    return k;
}

[[nodiscard]] inline ladder yes_or_no(std::string name, const place& where,
                                      const expression& when) {
    ladder out;
    out.name = std::move(name);
    out.where = where;
    out.rungs.resize(2);
    out.rungs[0].name = "no";
    out.rungs[1].name = "yes";
    out.rungs[1].when = when;
    return out;
}

/// After check_model(), which resolved the conditions.
inline void add_trigger_ladders(model& to) {
    const auto ladder_of = [](std::string_view prefix, const trigger& of, const expression& when) {
        return yes_or_no(std::string{prefix} + of.name, of.where, when);
    };
    const auto add = [&](scheme& rules) {
        for (const trigger& one : to.triggers) {
            rules.ladders.push_back(ladder_of(trigger_prefix, one, one.when));
            if (!one.success.empty())
                rules.ladders.push_back(ladder_of(success_prefix, one, one.success));
        }
    };
    add(to.rules);
    for (profile& one : to.profiles) add(one.rules);
}

/// A condition of the caller's, as one more ladder. Errors: bad_model (what is wrong with it).
[[nodiscard]] inline status add_segment(model& to, std::string_view condition) {
    place where;
    where.path = "when";
    auto parsed = parse_expression(condition, where);
    if (!parsed) return std::move(parsed).error();
    problems found;
    check_expression(*parsed, expression_scope{&to, &to.rules}, value_type::flag, "when", found);
    for (problem& one : found) {
        if (one.severity == problem::level::error) return std::move(one.what);
    }
    to.rules.ladders.push_back(yes_or_no(std::string{segment_name}, {}, *parsed));
    for (profile& one : to.profiles)
        one.rules.ladders.push_back(yes_or_no(std::string{segment_name}, {}, *parsed));
    return {};
}

inline void drop_trigger_ladders(model& of) {
    const std::size_t own = own_ladders(of);
    of.rules.ladders.resize(own);
    for (profile& one : of.profiles) one.rules.ladders.resize(own);
}

}  // namespace aiueo::detail
