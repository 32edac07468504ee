// score › lower: from a checked expression to column instructions. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/model/expression.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/program.hpp"

namespace aiueo::detail {

/// Temporaries are numbered apart while programs are built, and moved behind the lasting slots at
/// the end.
inline constexpr slot temporary = 0x80000000u;

/// Builds programs and hands out slots.
class lowering {
public:
    explicit lowering(plan_data& target) : plan_(target) {}

    [[nodiscard]] slot lasting() noexcept { return next_++; }

    [[nodiscard]] slot constant(double value) {
        // By bits: 0 and -0 are different constants.
        const auto [found, fresh] =
            constants_.try_emplace(std::bit_cast<std::uint64_t>(value), next_);
        if (fresh) plan_.constants.emplace_back(lasting(), value);
        return found->second;
    }

    /// The whole expression; its result lies in `into`, or in a slot of its own (no_slot).
    [[nodiscard]] program lower(const expression& from, const planned_scheme* scheme,
                                slot into = no_slot) {
        program out = lower_part(from, static_cast<std::uint32_t>(from.nodes.size() - 1), scheme);
        finish(out, into == no_slot ? lasting() : into);
        return out;
    }

    /// A part of it, its result wherever it falls: read it before the next program runs.
    [[nodiscard]] program lower_part(const expression& from, std::uint32_t root,
                                     const planned_scheme* scheme) {
        program out;
        scheme_ = scheme;
        out.result = walk(from, root, 0, out);
        return out;
    }

    /// Move temporaries behind the lasting slots. Call once, after the last program.
    void place_temporaries(program& one) const {
        const auto moved = [this](slot at) {
            return (at & temporary) != 0 ? next_ + (at & ~temporary) : at;
        };
        for (instruction& step : one.code) {
            step.out = moved(step.out);
            step.a = moved(step.a);
            step.b = moved(step.b);
            step.c = moved(step.c);
        }
        one.result = moved(one.result);
    }

    [[nodiscard]] slot slot_count() const noexcept { return next_ + temporaries_; }

private:
    using code = instruction::code;

    static void finish(program& one, slot into) {
        if (!one.code.empty() && one.code.back().out == one.result &&
            (one.result & temporary) != 0) {
            one.code.back().out = into;
        } else {
            one.code.push_back({code::copy, into, one.result, 0, 0, 0});
        }
        one.result = into;
    }

    [[nodiscard]] slot temporary_at(std::uint32_t level) noexcept {
        temporaries_ = std::max(temporaries_, level + 1);
        return temporary | level;
    }

    [[nodiscard]] slot slot_of(const symbol& name) const {
        using kind = symbol::kind;
        switch (name.what) {
        case kind::none: break;
        case kind::as_of: return plan_.as_of;
        case kind::metric: {
            const std::int32_t number = plan_.metric_number[name.index];
            return plan_.metrics[static_cast<std::size_t>(number)].values;
        }
        case kind::group: return scheme_->groups[name.index].slots.score;
        case kind::coverage:
            return name.index < group_count ? scheme_->groups[name.index].slots.coverage
                                            : plan_.overall.coverage;
        case kind::component: return scheme_->groups[name.index].components[name.member].shown;
        case kind::overall: return plan_.overall.score;
        case kind::ladder: return scheme_->ladders[name.index].stage;
        case kind::band: return plan_.band;
        }
        return plan_.as_of;
    }

    slot emit(program& out, instruction one) {
        out.code.push_back(one);
        return one.out;
    }

    slot binary(program& out, code what, slot a, slot b, std::uint32_t level) {
        return emit(out, {what, temporary_at(level), a, b, 0, 0});
    }

    /// x == 'text' where x is a rung, a band, or anything that has a plain value.
    slot equals(const expression& from, const node& left, const node& right, std::uint32_t level,
                program& out) {
        const bool left_is_name = left.resolved.what == symbol::kind::ladder;
        const bool right_is_name = right.resolved.what == symbol::kind::ladder;
        if (left_is_name || right_is_name) {
            const node& name = left_is_name ? left : right;
            const node& rung = left_is_name ? right : left;
            const planned_ladder& ladder = scheme_->ladders[name.resolved.index];
            return emit(out, {code::rung_is, temporary_at(level), ladder.stage, ladder.could, 0,
                              rung.member});
        }
        const slot a = value_of(from, left, right, level, out);
        const slot b = value_of(from, right, left, level + 1, out);
        return binary(out, code::equal, a, b, level);
    }

    /// An operand; a text compared with a band is that band's number.
    slot value_of(const expression& from, const node& one, const node& other, std::uint32_t level,
                  program& out) {
        if (one.what == op::text && other.resolved.what == symbol::kind::band) {
            return constant(static_cast<double>(one.member));
        }
        return walk(from, static_cast<std::uint32_t>(&one - from.nodes.data()), level, out);
    }

    [[nodiscard]] static code code_of(op what) noexcept {
        switch (what) {
        case op::add: return code::add;
        case op::subtract:
        case op::days_since:
        case op::days_until: return code::subtract;
        case op::multiply: return code::multiply;
        case op::divide: return code::divide;
        case op::remainder: return code::remainder;
        case op::negate: return code::negate;
        case op::logical_not: return code::logical_not;
        case op::absolute: return code::absolute;
        case op::has: return code::known;
        case op::minimum: return code::minimum;
        case op::maximum: return code::maximum;
        case op::equal: return code::equal;
        case op::not_equal: return code::not_equal;
        case op::less: return code::less;
        case op::less_equal: return code::less_equal;
        case op::greater: return code::less;
        case op::greater_equal: return code::less_equal;
        case op::logical_and: return code::logical_and;
        case op::logical_or: return code::logical_or;
        case op::number:
        case op::text:
        case op::flag:
        case op::name:
        case op::at_least:
        case op::starts_with:
        case op::ends_with:
        case op::contains:
        case op::conditional:
        case op::in_list: break;
        }
        return code::copy;
    }

    slot text_test_of(const expression& from, const node& one, std::uint32_t level, program& out) {
        using kind = text_test::kind;
        const kind what = one.what == op::starts_with ? kind::starts_with
                          : one.what == op::ends_with ? kind::ends_with
                                                      : kind::contains;
        const slot subject = walk(from, one.operands[0], level, out);
        const auto number = static_cast<std::uint32_t>(plan_.text_tests.size());
        plan_.text_tests.push_back({what, from.nodes[one.operands[1]].text});
        return emit(out, {code::text_test, temporary_at(level), subject, 0, 0, number});
    }

    slot at_least(const expression& from, const node& one, std::uint32_t level, program& out) {
        const node& name = from.nodes[one.operands[0]];
        const std::uint32_t rung = from.nodes[one.operands[1]].member;
        if (name.resolved.what == symbol::kind::ladder) {
            const planned_ladder& ladder = scheme_->ladders[name.resolved.index];
            return emit(out, {code::rung_at_least, temporary_at(level), ladder.stage, ladder.could,
                              0, rung});
        }
        return binary(out, code::less_equal, constant(static_cast<double>(rung)), plan_.band,
                      level);
    }

    /// Whether a stage is known is whether it is not provisional; anything else, whether it has a
    /// value.
    slot has(const expression& from, const node& one, std::uint32_t level, program& out) {
        const node& name = from.nodes[one.operands[0]];
        if (name.resolved.what == symbol::kind::ladder) {
            const planned_ladder& ladder = scheme_->ladders[name.resolved.index];
            return binary(out, code::equal, ladder.stage, ladder.could, level);
        }
        return emit(out, {code::known, temporary_at(level), slot_of(name.resolved), 0, 0, 0});
    }

    /// Result in temporary `level` or in a lasting slot; temporaries under `level` stay untouched.
    slot walk(const expression& from, std::uint32_t at, std::uint32_t level, program& out) {
        const node& one = from.nodes[at];
        const auto operand = [&](std::size_t k, std::uint32_t l) {
            return walk(from, one.operands[k], l, out);
        };
        const auto node_of = [&](std::size_t k) -> const node& {
            return from.nodes[one.operands[k]];
        };
        switch (one.what) {
        case op::number:
        case op::flag: return constant(one.number);
        case op::text: return constant(static_cast<double>(plan_.texts.intern(one.text)));
        case op::name: return slot_of(one.resolved);
        case op::has: return has(from, one, level, out);
        case op::at_least: return at_least(from, one, level, out);
        case op::starts_with:
        case op::ends_with:
        case op::contains: return text_test_of(from, one, level, out);
        case op::negate:
        case op::logical_not:
        case op::absolute: {
            const slot a = operand(0, level);
            return emit(out, {code_of(one.what), temporary_at(level), a, 0, 0, 0});
        }
        case op::days_since:
            return binary(out, code::subtract, plan_.as_of, operand(0, level), level);
        case op::days_until:
            return binary(out, code::subtract, operand(0, level), plan_.as_of, level);
        case op::equal: return equals(from, node_of(0), node_of(1), level, out);
        case op::not_equal: {
            const slot same = equals(from, node_of(0), node_of(1), level, out);
            return emit(out, {code::logical_not, temporary_at(level), same, 0, 0, 0});
        }
        case op::add:
        case op::subtract:
        case op::multiply:
        case op::divide:
        case op::remainder:
        case op::less:
        case op::less_equal:
        case op::greater:
        case op::greater_equal:
        case op::logical_and:
        case op::logical_or:
        case op::minimum:
        case op::maximum: return chain(from, at, level, out);
        case op::conditional: {
            const slot c = operand(0, level);
            const slot a = operand(1, level + 1);
            const slot b = operand(2, level + 2);
            return emit(out, {code::select, temporary_at(level), c, a, b, 0});
        }
        case op::in_list: return in_list(from, one, level, out);
        }
        return plan_.as_of;
    }

    [[nodiscard]] static bool chains(op what) noexcept {
        switch (what) {
        case op::add:
        case op::subtract:
        case op::multiply:
        case op::divide:
        case op::remainder:
        case op::less:
        case op::less_equal:
        case op::greater:
        case op::greater_equal:
        case op::logical_and:
        case op::logical_or:
        case op::minimum:
        case op::maximum: return true;
        default: return false;
        }
    }

    /// a + b + c …: long chains lean to the left, so their spine is walked in a loop and not by
    /// recursion.
    slot chain(const expression& from, std::uint32_t at, std::uint32_t level, program& out) {
        std::vector<std::uint32_t> spine;
        while (chains(from.nodes[at].what)) {
            spine.push_back(at);
            at = from.nodes[at].operands[0];
        }
        slot sum = walk(from, at, level, out);
        for (std::size_t k = spine.size(); k-- > 0;) {
            const node& one = from.nodes[spine[k]];
            const bool turned =
                one.what == op::greater || one.what == op::greater_equal;  // a > b is b < a
            for (std::size_t o = 1; o < one.operands.size(); ++o) {
                const slot other = walk(from, one.operands[o], level + 1, out);
                sum = turned ? binary(out, code_of(one.what), other, sum, level)
                             : binary(out, code_of(one.what), sum, other, level);
            }
        }
        return sum;
    }

    /// x in [a, b]: x == a || x == b, with x computed once.
    slot in_list(const expression& from, const node& one, std::uint32_t level, program& out) {
        const node& subject = from.nodes[one.operands[0]];
        const bool of_rungs = subject.resolved.what == symbol::kind::ladder;
        const slot x = of_rungs ? no_slot : walk(from, one.operands[0], level, out);
        slot any = constant(0);
        for (std::size_t k = 1; k < one.operands.size(); ++k) {
            const node& element = from.nodes[one.operands[k]];
            const slot same =
                of_rungs ? equals(from, subject, element, level + 2, out)
                         : binary(out, code::equal, x,
                                  value_of(from, element, subject, level + 2, out), level + 2);
            any = binary(out, code::logical_or, any, same, level + 1);
        }
        return emit(out, {code::copy, temporary_at(level), any, 0, 0, 0});
    }

    plan_data& plan_;
    const planned_scheme* scheme_ = nullptr;
    std::unordered_map<std::uint64_t, slot> constants_;
    slot next_ = 0;
    std::uint32_t temporaries_ = 0;
};

}  // namespace aiueo::detail
