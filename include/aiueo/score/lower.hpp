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
/// the end; slots that only explanations fill come last of all.
inline constexpr slot temporary = 0x80000000u;
inline constexpr slot traced = 0x40000000u;

/// Builds programs and hands out slots and truths.
class lowering {
public:
    explicit lowering(plan_data& target) : plan_(target) {}

    [[nodiscard]] slot lasting() noexcept { return next_++; }
    [[nodiscard]] slot lasting_truth() noexcept { return next_truth_++; }
    [[nodiscard]] slot for_traces() noexcept { return traced | next_traced_++; }

    [[nodiscard]] slot constant(double value) {
        // By bits: 0 and -0 are different constants.
        const auto [found, fresh] =
            constants_.try_emplace(std::bit_cast<std::uint64_t>(value), next_);
        if (fresh) plan_.constants.emplace_back(lasting(), value);
        return found->second;
    }

    /// A whole condition; its result is the truth `into`.
    [[nodiscard]] program lower_condition(const expression& from, const planned_scheme* scheme,
                                          slot into) {
        program out = lower_part(from, root_of(from), scheme);
        finish(out, into, code::copy_truth);
        return out;
    }

    /// A whole expression as numbers, in slot `into`; conditions become 1, 0 and unknown.
    [[nodiscard]] program lower_number(const expression& from, slot into) {
        program out = lower_part(from, root_of(from), nullptr);
        if (out.is_truth) {
            out.code.push_back({code::number_of, into, out.result, 0, 0, 0, 0, 0});
            out.is_truth = false;
            out.result = into;
        } else {
            finish(out, into, code::copy);
        }
        return out;
    }

    /// A part of it, its result wherever it falls: read it before the next program runs.
    /// `for_explanations`: what is the same for all rows gets a slot that only they fill.
    [[nodiscard]] program lower_part(const expression& from, std::uint32_t root,
                                     const planned_scheme* scheme, bool for_explanations = false) {
        program out;
        scheme_ = scheme;
        const operand result = walk(from, root, 0, out);
        out.is_truth = result.what == operand::kind::truth;
        out.result = result.at;
        if (result.what == operand::kind::constant) {
            out.result = for_explanations ? for_traces() : constant(result.value);
            if (for_explanations) plan_.constants.emplace_back(out.result, result.value);
        }
        return out;
    }

    /// A slot where it lies in the end. Call once all programs are there.
    [[nodiscard]] slot placed(slot at) const noexcept {
        if (at == no_slot) return at;
        if ((at & temporary) != 0) return next_ + (at & ~temporary);
        if ((at & traced) != 0) return next_ + temporaries_ + (at & ~traced);
        return at;
    }

    /// Move temporaries behind the lasting slots. Call once, after the last program.
    void place(program& one) const {
        const auto truth = [this](slot at) {
            return (at & temporary) != 0 ? next_truth_ + (at & ~temporary) : at;
        };
        for (instruction& step : one.code) {
            const bool to_number = step.what <= instruction::last_of_numbers;
            const bool from_number =
                step.what <= instruction::last_of_comparisons && step.what != code::number_of;
            step.out = to_number ? placed(step.out) : truth(step.out);
            step.a = from_number ? placed(step.a) : truth(step.a);
            step.b = from_number ? placed(step.b) : truth(step.b);
            step.c = truth(step.c);  // only select reads it
        }
        one.result = one.is_truth ? truth(one.result) : placed(one.result);
    }

    /// Slots that scoring needs, those that explanations need, and truths.
    [[nodiscard]] slot working_slots() const noexcept { return next_ + temporaries_; }
    [[nodiscard]] slot slot_count() const noexcept { return working_slots() + next_traced_; }
    [[nodiscard]] slot truth_count() const noexcept { return next_truth_ + truth_temporaries_; }

    [[nodiscard]] slot temporary_at(std::uint32_t level) noexcept {
        temporaries_ = std::max(temporaries_, level + 1);
        return temporary | level;
    }

    [[nodiscard]] slot temporary_truth(std::uint32_t level) noexcept {
        truth_temporaries_ = std::max(truth_temporaries_, level + 1);
        return temporary | level;
    }

private:
    using code = instruction::code;

    /// What a part of an expression leaves: numbers in a slot, truths, or the same for all rows.
    struct operand {
        enum class kind : std::uint8_t { number, truth, constant };
        kind what = kind::number;
        slot at = 0;
        double value = 0;
    };

    [[nodiscard]] static operand number_in(slot at) noexcept {
        return {operand::kind::number, at, 0};
    }
    [[nodiscard]] static operand truth_in(slot at) noexcept {
        return {operand::kind::truth, at, 0};
    }
    [[nodiscard]] static operand constant_of(double value) noexcept {
        return {operand::kind::constant, 0, value};
    }
    [[nodiscard]] static std::uint32_t root_of(const expression& from) noexcept {
        return static_cast<std::uint32_t>(from.nodes.size() - 1);
    }

    static void finish(program& one, slot into, code copy) {
        if (!one.code.empty() && one.code.back().out == one.result &&
            (one.result & temporary) != 0) {
            one.code.back().out = into;
        } else {
            one.code.push_back({copy, into, one.result, 0, 0, 0, 0, 0});
        }
        one.result = into;
    }

    [[nodiscard]] slot number(const operand& from) {
        return from.what == operand::kind::constant ? constant(from.value) : from.at;
    }

    operand to_number(program& out, code what, slot a, slot b, std::uint32_t level) {
        const slot at = temporary_at(level);
        out.code.push_back({what, at, a, b, 0, 0, 0, 0});
        return number_in(at);
    }

    operand to_truth(program& out, code what, slot a, slot b, std::uint32_t level) {
        const slot at = temporary_truth(level);
        out.code.push_back({what, at, a, b, 0, 0, 0, 0});
        return truth_in(at);
    }

    operand always(program& out, std::uint32_t truth, std::uint32_t level) {
        const slot at = temporary_truth(level);
        out.code.push_back({code::constant_truth, at, 0, 0, 0, truth, 0, 0});
        return truth_in(at);
    }

    /// Compares a column with what is the same for all rows where it can: no column is made of it.
    operand compare(program& out, code what, const operand& left, const operand& right,
                    std::uint32_t level) {
        using kind = operand::kind;
        if (left.what == kind::truth && right.what == kind::truth)
            return to_truth(out, code::same_truth, left.at, right.at, level);
        const bool turned = left.what == kind::constant && right.what != kind::constant;
        const operand& column = turned ? right : left;
        const operand& other = turned ? left : right;
        if (other.what != kind::constant)
            return to_truth(out, what, number(left), number(right), level);
        code with = code::equal_to;
        if (what == code::less) with = turned ? code::more_than : code::less_than;
        if (what == code::less_equal) with = turned ? code::at_least : code::at_most;
        const slot at = temporary_truth(level);
        out.code.push_back({with, at, number(column), 0, 0, 0, other.value, 0});
        return truth_in(at);
    }

    operand name(const node& one, std::uint32_t level, program& out) {
        const slot at = slot_of(one.resolved);
        if (one.type != value_type::flag) return number_in(at);
        return to_truth(out, code::holds, at, 0, level);
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
        case kind::ladder:
        case kind::band: break;  // truths: see is_member(), at_least(), has()
        }
        return plan_.as_of;
    }

    // ── rungs and bands ──────────────────────────────────────────────────────

    [[nodiscard]] const planned_levels& levels_of(const symbol& scale) const {
        return scale.what == symbol::kind::band ? scheme_->band : scheme_->ladders[scale.index];
    }

    [[nodiscard]] static bool is_scale(const node& one) noexcept {
        return one.resolved.what == symbol::kind::ladder || one.resolved.what == symbol::kind::band;
    }

    /// Is the stage rung `member`? Unknown while the stage is provisional, or there is no band.
    operand is_member(const symbol& scale, std::uint32_t member, std::uint32_t level,
                      program& out) {
        const planned_levels& all = levels_of(scale);
        const bool top = member + 1 > all.reached.size();
        operand is = truth_in(0);
        if (!top) is = to_truth(out, code::logical_not, all.reached[member], 0, level);
        if (member > 0) {
            const slot here = all.reached[member - 1];
            is = top ? truth_in(here) : to_truth(out, code::logical_and, is.at, here, level);
        } else if (top) {
            is = always(out, 1, level);
        }
        return to_truth(out, code::only_where, is.at, all.certain, level);
    }

    operand at_least(const expression& from, const node& one, std::uint32_t level, program& out) {
        const symbol& scale = from.nodes[one.operands[0]].resolved;
        const std::uint32_t member = from.nodes[one.operands[1]].member;
        const planned_levels& all = levels_of(scale);
        if (member > 0) return truth_in(all.reached[member - 1]);
        operand is = always(out, 1, level);
        if (scale.what == symbol::kind::ladder) return is;
        return to_truth(out, code::only_where, is.at, all.certain, level);
    }

    /// Whether a stage is known is whether it is not provisional; anything else, whether it has a
    /// value.
    operand has(const expression& from, const node& one, std::uint32_t level, program& out) {
        const node& name = from.nodes[one.operands[0]];
        if (is_scale(name)) return truth_in(levels_of(name.resolved).certain);
        return to_truth(out, code::known, slot_of(name.resolved), 0, level);
    }

    // ── operators ────────────────────────────────────────────────────────────

    operand equals(const expression& from, const node& left, const node& right, std::uint32_t level,
                   program& out) {
        if (is_scale(left)) return is_member(left.resolved, right.member, level, out);
        if (is_scale(right)) return is_member(right.resolved, left.member, level, out);
        const operand a = walk(from, index_of(from, left), level, out);
        const operand b = walk(from, index_of(from, right), level + 1, out);
        return compare(out, code::equal, a, b, level);
    }

    [[nodiscard]] static std::uint32_t index_of(const expression& from, const node& one) noexcept {
        return static_cast<std::uint32_t>(&one - from.nodes.data());
    }

    operand text_test_of(const expression& from, const node& one, std::uint32_t level,
                         program& out) {
        using kind = text_test::kind;
        const kind what = one.what == op::starts_with ? kind::starts_with
                          : one.what == op::ends_with ? kind::ends_with
                                                      : kind::contains;
        const operand subject = walk(from, one.operands[0], level, out);
        const auto number_of_test = static_cast<std::uint32_t>(plan_.text_tests.size());
        plan_.text_tests.push_back({what, from.nodes[one.operands[1]].text});
        const slot at = temporary_truth(level);
        out.code.push_back({code::text_test, at, number(subject), 0, 0, number_of_test, 0, 0});
        return truth_in(at);
    }

    /// Operators that fold their operands from the left: long chains of them lean to the left, so
    /// their spine is walked in a loop and not by recursion.
    [[nodiscard]] static bool chains(op what) noexcept {
        return (what >= op::add && what <= op::remainder) ||
               (what >= op::less && what <= op::logical_or) || what == op::minimum ||
               what == op::maximum;
    }

    operand fold(op what, const operand& a, const operand& b, std::uint32_t level, program& out) {
        const auto numbers = [&](code with) {
            return to_number(out, with, number(a), number(b), level);
        };
        switch (what) {
        case op::add: return numbers(code::add);
        case op::subtract: return numbers(code::subtract);
        case op::multiply: return numbers(code::multiply);
        case op::divide: return numbers(code::divide);
        case op::remainder: return numbers(code::remainder);
        case op::minimum: return numbers(code::minimum);
        case op::maximum: return numbers(code::maximum);
        case op::less: return compare(out, code::less, a, b, level);
        case op::less_equal: return compare(out, code::less_equal, a, b, level);
        case op::greater: return compare(out, code::less, b, a, level);
        case op::greater_equal: return compare(out, code::less_equal, b, a, level);
        case op::logical_and: return to_truth(out, code::logical_and, a.at, b.at, level);
        case op::logical_or: return to_truth(out, code::logical_or, a.at, b.at, level);
        default: return a;  // chains() lists the others
        }
    }

    operand chain(const expression& from, std::uint32_t at, std::uint32_t level, program& out) {
        std::vector<std::uint32_t> spine;
        while (chains(from.nodes[at].what)) {
            spine.push_back(at);
            at = from.nodes[at].operands[0];
        }
        operand sum = walk(from, at, level, out);
        for (std::size_t k = spine.size(); k-- > 0;) {
            const node& one = from.nodes[spine[k]];
            for (std::size_t o = 1; o < one.operands.size(); ++o)
                sum = fold(one.what, sum, walk(from, one.operands[o], level + 1, out), level, out);
        }
        return sum;
    }

    /// x in [a, b]: x == a || x == b, with x computed once.
    operand in_list(const expression& from, const node& one, std::uint32_t level, program& out) {
        const node& subject = from.nodes[one.operands[0]];
        const bool by_name = is_scale(subject);
        const operand x = by_name ? operand{} : walk(from, one.operands[0], level, out);
        operand any = always(out, 0, level + 1);
        for (std::size_t k = 1; k < one.operands.size(); ++k) {
            const node& element = from.nodes[one.operands[k]];
            operand same;
            if (by_name || is_scale(element)) {
                same = equals(from, subject, element, level + 2, out);
            } else {
                same = compare(out, code::equal, x, walk(from, one.operands[k], level + 2, out),
                               level + 2);
            }
            any = to_truth(out, code::logical_or, any.at, same.at, level + 1);
        }
        return to_truth(out, code::copy_truth, any.at, 0, level);
    }

    operand conditional(const expression& from, const node& one, std::uint32_t level,
                        program& out) {
        const operand c = walk(from, one.operands[0], level, out);
        const operand a = walk(from, one.operands[1], level + 1, out);
        const operand b = walk(from, one.operands[2], level + 2, out);
        const bool truths = a.what == operand::kind::truth;
        const operand to =
            truths ? truth_in(temporary_truth(level)) : number_in(temporary_at(level));
        out.code.push_back({truths ? code::select_truth : code::select, to.at,
                            truths ? a.at : number(a), truths ? b.at : number(b), c.at, 0, 0, 0});
        return to;
    }

    /// Result in temporary `level` or in a lasting place; temporaries under `level` stay untouched.
    operand walk(const expression& from, std::uint32_t at, std::uint32_t level, program& out) {
        const node& one = from.nodes[at];
        const auto part = [&](std::size_t k) { return walk(from, one.operands[k], level, out); };
        switch (one.what) {
        case op::number: return constant_of(one.number);
        case op::flag: return always(out, one.number != 0 ? 1 : 0, level);
        case op::text: return constant_of(static_cast<double>(plan_.texts.intern(one.text)));
        case op::name: return name(one, level, out);
        case op::has: return has(from, one, level, out);
        case op::at_least: return at_least(from, one, level, out);
        case op::starts_with:
        case op::ends_with:
        case op::contains: return text_test_of(from, one, level, out);
        case op::negate: return to_number(out, code::negate, number(part(0)), 0, level);
        case op::absolute: return to_number(out, code::absolute, number(part(0)), 0, level);
        case op::logical_not: return to_truth(out, code::logical_not, part(0).at, 0, level);
        case op::days_since:
            return to_number(out, code::subtract, plan_.as_of, number(part(0)), level);
        case op::days_until:
            return to_number(out, code::subtract, number(part(0)), plan_.as_of, level);
        case op::equal:
            return equals(from, from.nodes[one.operands[0]], from.nodes[one.operands[1]], level,
                          out);
        case op::not_equal: {
            const operand same =
                equals(from, from.nodes[one.operands[0]], from.nodes[one.operands[1]], level, out);
            return to_truth(out, code::logical_not, same.at, 0, level);
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
        case op::conditional: return conditional(from, one, level, out);
        case op::in_list: return in_list(from, one, level, out);
        }
        return constant_of(unknown_value);
    }

    plan_data& plan_;
    const planned_scheme* scheme_ = nullptr;
    std::unordered_map<std::uint64_t, slot> constants_;
    slot next_ = 0;
    slot next_truth_ = 0;
    slot next_traced_ = 0;
    std::uint32_t temporaries_ = 0;
    std::uint32_t truth_temporaries_ = 0;
};

}  // namespace aiueo::detail
