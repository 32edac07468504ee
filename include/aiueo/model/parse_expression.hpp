// model › parse_expression: from the text of a condition to its tree. base ─► table ─► model
//
// The language is a subset of CEL (docs/conditions.md). Names and types are resolved later, by
// check_expression(): a tree says only how the text is put together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/model/expression.hpp"
#include "aiueo/model/expression_hints.hpp"
#include "aiueo/model/expression_lexer.hpp"
#include "aiueo/model/expression_place.hpp"

namespace aiueo {
namespace expression_detail {

/// Recursive descent. Recursion happens only where depth_guard counts, so the stack is bounded by
/// expression_limits::depth; every chain of operators is a loop.
class expression_parser {
public:
    expression_parser(std::string_view source, place where, const expression_limits& limits)
        : limits_(limits), lexer_(source) {
        tree_.source = source;
        tree_.where = std::move(where);
    }

    [[nodiscard]] result<expression> run() {
        advance();
        if (now_.what == word::end) {
            fail(0, "the condition is empty; leave it out, or write true");
        } else if (conditional() && now_.what != word::end) {
            static_cast<void>(unexpected());
        }
        if (wrong_) return *std::move(wrong_);
        return std::move(tree_);
    }

private:
    /// A finished part: its node, and the bytes it covers with the parentheses around it.
    struct part {
        std::uint32_t node = 0;
        std::uint32_t begin = 0;
        std::uint32_t end = 0;
        bool fine = false;
        [[nodiscard]] explicit operator bool() const noexcept { return fine; }
    };

    class depth_guard {
    public:
        explicit depth_guard(expression_parser& owner) noexcept : owner_(owner) { ++owner_.depth_; }
        ~depth_guard() { --owner_.depth_; }
        depth_guard(const depth_guard&) = delete;
        depth_guard& operator=(const depth_guard&) = delete;

    private:
        expression_parser& owner_;
    };

    void advance() {
        last_ = std::move(now_);
        now_ = lexer_.next();
    }

    /// The first error is the one that counts.
    part fail(std::size_t at, std::string_view message, errc code = errc::bad_model) {
        if (!wrong_) wrong_ = error_in(tree_.source, tree_.where, at, message, code);
        return {};
    }

    [[nodiscard]] bool too_deep() {
        if (depth_ <= limits_.depth) return false;
        fail(now_.begin,
             "the condition is nested deeper than " + std::to_string(limits_.depth) + " levels",
             errc::limit_exceeded);
        return true;
    }

    [[nodiscard]] part add(node made) {
        if (tree_.nodes.size() >= limits_.nodes) {
            return fail(made.begin,
                        "the condition has more than " + std::to_string(limits_.nodes) + " parts",
                        errc::limit_exceeded);
        }
        const part out{static_cast<std::uint32_t>(tree_.nodes.size()), made.begin, made.end, true};
        tree_.nodes.push_back(std::move(made));
        return out;
    }

    [[nodiscard]] part add(op what, std::uint32_t begin, std::uint32_t end,
                           std::vector<std::uint32_t> operands) {
        node made;
        made.what = what;
        made.begin = begin;
        made.end = end;
        made.operands = std::move(operands);
        return add(std::move(made));
    }

    [[nodiscard]] part add_leaf(op what, double number, std::string text, std::uint32_t begin,
                                std::uint32_t end) {
        node made;
        made.what = what;
        made.number = number;
        made.text = std::move(text);
        made.begin = begin;
        made.end = end;
        return add(std::move(made));
    }

    /// What does not continue a finished value.
    part unexpected() {
        if (now_.what == word::invalid) return fail(now_.begin, now_.text);
        const std::string hint = operator_hint(last_, now_, tree_.source);
        // "not x" is noticed at x, but the slip is the word before it.
        return fail(is_not(last_) && now_.what != word::end ? last_.begin : now_.begin, hint);
    }

    /// A value should begin here, and does not.
    part missing_value() {
        if (now_.what == word::invalid) return fail(now_.begin, now_.text);
        return fail(now_.begin, value_hint(last_, now_, tree_.source));
    }

    /// The token that closes what was opened at `opened`.
    [[nodiscard]] bool expect(word what, std::string_view shown, std::uint32_t opened,
                              std::string_view inside) {
        if (now_.what == what) {
            advance();
            return true;
        }
        if (now_.what == word::end) {
            fail(opened,
                 std::string{inside} + " is not closed; \"" + std::string{shown} + "\" is missing");
        } else {
            static_cast<void>(unexpected());
        }
        return false;
    }

    /// c ? a : b. As in CEL a conditional in the middle needs parentheses, one at the end does not.
    [[nodiscard]] part conditional() {
        const depth_guard guard{*this};
        if (too_deep()) return {};
        const part condition = logical_or();
        if (!condition || now_.what != word::question) return condition;
        const std::uint32_t question = now_.begin;
        advance();
        const part yes = logical_or();
        if (!yes) return {};
        if (now_.what == word::question) {
            return fail(now_.begin, "a conditional between \"?\" and \":\" needs parentheses");
        }
        if (now_.what == word::end) return fail(question, "\"?\" needs a \":\" and a second value");
        if (now_.what != word::colon) return unexpected();
        advance();
        const part no = conditional();
        if (!no) return {};
        return add(op::conditional, condition.begin, no.end, {condition.node, yes.node, no.node});
    }

    [[nodiscard]] part logical_or() {
        part left = logical_and();
        while (left && now_.what == word::logical_or)
            left = join(op::logical_or, left, &expression_parser::logical_and);
        return left;
    }

    [[nodiscard]] part logical_and() {
        part left = relation();
        while (left && now_.what == word::logical_and)
            left = join(op::logical_and, left, &expression_parser::relation);
        return left;
    }

    [[nodiscard]] part sum() {
        part left = product();
        while (left && (now_.what == word::plus || now_.what == word::minus)) {
            left = join(now_.what == word::plus ? op::add : op::subtract, left,
                        &expression_parser::product);
        }
        return left;
    }

    [[nodiscard]] part product() {
        part left = prefixed();
        while (left && (now_.what == word::star || now_.what == word::slash ||
                        now_.what == word::percent)) {
            const op what = now_.what == word::star    ? op::multiply
                            : now_.what == word::slash ? op::divide
                                                       : op::remainder;
            left = join(what, left, &expression_parser::prefixed);
        }
        return left;
    }

    [[nodiscard]] part join(op what, const part& left, part (expression_parser::*next)()) {
        advance();
        const part right = (this->*next)();
        if (!right) return {};
        return add(what, left.begin, right.end, {left.node, right.node});
    }

    [[nodiscard]] static std::optional<op> comparison(const token& one) noexcept {
        switch (one.what) {
        case word::equal: return op::equal;
        case word::not_equal: return op::not_equal;
        case word::less: return op::less;
        case word::less_equal: return op::less_equal;
        case word::greater: return op::greater;
        case word::greater_equal: return op::greater_equal;
        case word::name:
            if (one.text == "in") return op::in_list;
            return std::nullopt;
        default: return std::nullopt;
        }
    }

    [[nodiscard]] part relation() {
        const part left = sum();
        if (!left) return {};
        const std::optional<op> what = comparison(now_);
        if (!what) return left;
        const part out =
            *what == op::in_list ? list(left) : join(*what, left, &expression_parser::sum);
        if (out && comparison(now_)) {
            return fail(
                now_.begin,
                "comparisons do not chain; write a < b && b < c, or put one in parentheses");
        }
        return out;
    }

    [[nodiscard]] part list(const part& left) {
        advance();
        if (now_.what == word::open)
            return fail(now_.begin, "a list is written in brackets, as in x in [1, 2]");
        if (now_.what != word::open_list) {
            if (now_.what == word::invalid) return missing_value();
            return fail(now_.begin, "a list in brackets must follow \"in\", as in x in [1, 2]");
        }
        const std::uint32_t opened = now_.begin;
        advance();
        std::vector<std::uint32_t> operands{left.node};
        if (now_.what == word::close_list)
            return fail(opened, "the list is empty, so nothing can be in it");
        if (!arguments(word::close_list, operands)) return {};
        if (!expect(word::close_list, "]", opened, "the list")) return {};
        return add(op::in_list, left.begin, last_.end, std::move(operands));
    }

    /// Values between commas, up to `close`. In a list a last comma is allowed, as in CEL.
    [[nodiscard]] bool arguments(word close, std::vector<std::uint32_t>& operands) {
        while (true) {
            const part one = conditional();
            if (!one) return false;
            operands.push_back(one.node);
            if (now_.what != word::comma) return true;
            advance();
            if (now_.what == close && close == word::close_list) return true;
        }
    }

    [[nodiscard]] part prefixed() {
        if (now_.what != word::minus && now_.what != word::logical_not) return selected();
        const depth_guard guard{*this};
        if (too_deep()) return {};
        const op what = now_.what == word::minus ? op::negate : op::logical_not;
        const std::uint32_t begin = now_.begin;
        advance();
        const part inner = prefixed();
        if (!inner) return {};
        node& operand = tree_.nodes[inner.node];
        // A literal keeps its sign, so that lists and limits are leaves.
        if (what == op::negate && operand.what == op::number &&
            operand.type == value_type::unknown && operand.begin == inner.begin) {
            operand.number = -operand.number;
            operand.begin = begin;
            return {inner.node, begin, inner.end, true};
        }
        return add(what, begin, inner.end, {inner.node});
    }

    /// A value and what follows it after a point: a part of a name, or a method.
    [[nodiscard]] part selected() {
        part value = primary();
        while (value && now_.what == word::dot) {
            advance();
            if (now_.what != word::name) {
                return fail(now_.begin, "a name must follow the point");
            }
            const token member = now_;
            advance();
            value = now_.what == word::open ? method(value, member) : dotted(value, member);
        }
        return value;
    }

    [[nodiscard]] part dotted(part value, const token& member) {
        node& owner = tree_.nodes[value.node];
        if (owner.what != op::name || owner.begin != value.begin) {
            return fail(member.begin, "only a name has parts, as in U.coverage");
        }
        owner.text += "." + member.text;
        owner.end = member.end;
        value.end = member.end;
        return value;
    }

    [[nodiscard]] part method(const part& value, const token& called) {
        const std::optional<op> what = method_named(called.text);
        if (!what) return fail(called.begin, method_hint(called.text));
        const std::uint32_t opened = now_.begin;
        advance();
        if (now_.what == word::close) {
            return fail(opened,
                        called.text + "() takes a text, as in plan." + called.text + "('pro')");
        }
        std::vector<std::uint32_t> operands{value.node};
        if (!arguments(word::close, operands)) return {};
        if (operands.size() != 2) {
            return fail(tree_.nodes[operands[2]].begin, called.text + "() takes one text");
        }
        if (!expect(word::close, ")", opened, "the parenthesis")) return {};
        return add(*what, value.begin, last_.end, std::move(operands));
    }

    [[nodiscard]] part function() {
        const token called = last_;
        const function_form* form = function_named(called.text);
        if (form == nullptr) return fail(called.begin, function_hint(called.text));
        const std::uint32_t opened = now_.begin;
        advance();
        if (called.text == "date") return date_literal(called, opened);
        std::vector<std::uint32_t> operands;
        if (now_.what != word::close && !arguments(word::close, operands)) return {};
        if (!expect(word::close, ")", opened, "the parenthesis")) return {};
        if (operands.size() < form->at_least || operands.size() > form->at_most) {
            return fail(called.begin, called.text + "() takes " + std::string{form->takes});
        }
        return add(form->what, called.begin, last_.end, std::move(operands));
    }

    [[nodiscard]] part date_literal(const token& called, std::uint32_t opened) {
        if (now_.what == word::invalid) return missing_value();
        if (now_.what != word::text) {
            return fail(now_.begin, "date() takes a date in quotes, as in date('2026-04-01')");
        }
        const token literal = now_;
        const std::optional<std::int32_t> days = parse_date(literal.text);
        if (!days) {
            return fail(literal.begin, aiueo::quoted(literal.text) +
                                           " is not a date of the calendar as in '2026-04-01'");
        }
        advance();
        if (!expect(word::close, ")", opened, "the parenthesis")) return {};
        node made;
        made.what = op::number;
        made.type = value_type::date;
        made.number = *days;
        made.begin = called.begin;
        made.end = last_.end;
        return add(std::move(made));
    }

    [[nodiscard]] part primary() {
        const std::uint32_t begin = now_.begin;
        const std::uint32_t end = now_.end;
        switch (now_.what) {
        case word::number: advance(); return add_leaf(op::number, last_.number, {}, begin, end);
        case word::text: advance(); return add_leaf(op::text, 0, std::move(last_.text), begin, end);
        case word::name: return name();
        case word::open: return parenthesised();
        default: return missing_value();
        }
    }

    [[nodiscard]] part name() {
        const std::uint32_t begin = now_.begin;
        const std::uint32_t end = now_.end;
        if (now_.text == "in") return missing_value();
        if (now_.text == "null") {
            return fail(
                begin,
                "null cannot be compared; write has(x) for \"is known\" and !has(x) for \"is unknown\"");
        }
        advance();
        if (now_.what == word::open && !is_not(last_)) return function();
        if (last_.text == "true" || last_.text == "false") {
            return add_leaf(op::flag, last_.text == "true" ? 1 : 0, {}, begin, end);
        }
        return add_leaf(op::name, 0, last_.text, begin, end);
    }

    [[nodiscard]] part parenthesised() {
        const std::uint32_t opened = now_.begin;
        advance();
        part inner = conditional();
        if (!inner || !expect(word::close, ")", opened, "the parenthesis")) return {};
        inner.begin = opened;
        inner.end = last_.end;
        return inner;
    }

    expression_limits limits_;
    expression_lexer lexer_;
    expression tree_;
    token now_;
    token last_;
    std::optional<error> wrong_;
    std::uint32_t depth_ = 0;
};

}  // namespace expression_detail

/// The tree of a condition. `where` is the place of its first character in the model file, if it
/// has one. Errors are bad_model, or limit_exceeded for a text that is too long, too large or too
/// deep.
[[nodiscard]] inline result<expression> parse_expression(std::string_view source, place where = {},
                                                         const expression_limits& limits = {}) {
    if (source.size() > limits.bytes) {
        return make_error(errc::limit_exceeded,
                          "the condition is longer than " + std::to_string(limits.bytes) + " bytes",
                          std::move(where));
    }
    return expression_detail::expression_parser{source, std::move(where), limits}.run();
}

}  // namespace aiueo
