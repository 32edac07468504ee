// model › expression_ops: how an operator is spelled and how many operands it has. base ─► table ─►
// model
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>

#include "aiueo/model/expression.hpp"

namespace aiueo::expression_detail {

/// As it is written, functions with their parentheses; empty for leaves.
[[nodiscard]] constexpr std::string_view spelling(op what) noexcept {
    switch (what) {
    case op::negate:
    case op::subtract: return "-";
    case op::logical_not: return "!";
    case op::has: return "has()";
    case op::absolute: return "abs()";
    case op::days_since: return "days_since()";
    case op::days_until: return "days_until()";
    case op::add: return "+";
    case op::multiply: return "*";
    case op::divide: return "/";
    case op::remainder: return "%";
    case op::equal: return "==";
    case op::not_equal: return "!=";
    case op::less: return "<";
    case op::less_equal: return "<=";
    case op::greater: return ">";
    case op::greater_equal: return ">=";
    case op::logical_and: return "&&";
    case op::logical_or: return "||";
    case op::at_least: return "at_least()";
    case op::starts_with: return "startsWith()";
    case op::ends_with: return "endsWith()";
    case op::contains: return "contains()";
    case op::minimum: return "min()";
    case op::maximum: return "max()";
    case op::conditional: return "?:";
    case op::in_list: return "in";
    case op::number:
    case op::text:
    case op::flag:
    case op::name: break;
    }
    return "";
}

/// How many operands an operator has: least and most.
[[nodiscard]] constexpr std::pair<std::size_t, std::size_t> arity(op what) noexcept {
    constexpr std::size_t many = std::numeric_limits<std::size_t>::max();
    switch (what) {
    case op::number:
    case op::text:
    case op::flag:
    case op::name: return {0, 0};
    case op::negate:
    case op::logical_not:
    case op::has:
    case op::absolute:
    case op::days_since:
    case op::days_until: return {1, 1};
    case op::add:
    case op::subtract:
    case op::multiply:
    case op::divide:
    case op::remainder:
    case op::equal:
    case op::not_equal:
    case op::less:
    case op::less_equal:
    case op::greater:
    case op::greater_equal:
    case op::logical_and:
    case op::logical_or:
    case op::at_least:
    case op::starts_with:
    case op::ends_with:
    case op::contains: return {2, 2};
    case op::minimum:
    case op::maximum: return {1, many};
    case op::conditional: return {3, 3};
    case op::in_list: return {2, many};
    }
    return {1, 0};
}

}  // namespace aiueo::expression_detail
