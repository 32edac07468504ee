// model › expression: a condition or derived metric as a tree of plain values. base ─► table ─►
// model
//
// The text form is a subset of CEL (docs/conditions.md). Trees come from parse_expression() or are
// built by hand; check_model() resolves names and types; score compiles them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/error.hpp"

namespace aiueo {

enum class op : std::uint8_t {
    // leaves
    number,  ///< `number`
    text,    ///< `text`
    flag,    ///< `number` is 0 or 1
    name,    ///< `text`: "logins_28d", "U", "U.logins", "U.coverage", "stage", "band", "as_of"
    // one operand
    negate,
    logical_not,
    has,         ///< has(name): is it known? never unknown itself
    absolute,    ///< abs(x)
    days_since,  ///< days_since(date): as_of − date, signed
    days_until,  ///< days_until(date): date − as_of, signed
    // two operands
    add,
    subtract,
    multiply,
    divide,
    remainder,
    equal,
    not_equal,
    less,
    less_equal,
    greater,
    greater_equal,
    logical_and,
    logical_or,
    at_least,     ///< at_least(stage, 'Active')
    starts_with,  ///< x.startsWith('…')
    ends_with,
    contains,
    // any number
    minimum,
    maximum,
    conditional,  ///< c ? a : b
    in_list,      ///< first operand in [the others]
};

/// What a value is, once names are resolved. Money and numbers calculate alike.
enum class value_type : std::uint8_t { unknown, number, flag, text, date, rung, band };

[[nodiscard]] constexpr std::string_view name_of(value_type type) noexcept {
    switch (type) {
    case value_type::unknown: return "unknown";
    case value_type::number: return "number";
    case value_type::flag: return "flag";
    case value_type::text: return "category";
    case value_type::date: return "date";
    case value_type::rung: return "rung";
    case value_type::band: return "band";
    }
    return "unknown";
}

/// What a name stands for. `index` and `member` count in the model's order.
struct symbol {
    enum class kind : std::uint8_t {
        none,
        as_of,      ///< the snapshot's date
        metric,     ///< model.metrics[index]
        group,      ///< score of group `index` (A I U E O touch)
        coverage,   ///< coverage of group `index`; index = group_count for overall
        component,  ///< response of component `member` of group `index`
        overall,
        ladder,  ///< model ladder `index`
        band,
    };
    kind what = kind::none;
    std::uint32_t index = 0;
    std::uint32_t member = 0;
    friend bool operator==(const symbol&, const symbol&) = default;
};

struct node {
    op what = op::number;
    value_type type = value_type::unknown;  ///< set by check_model()
    double number = 0;
    std::string text;
    std::vector<std::uint32_t>
        operands;     ///< indices into expression::nodes, each smaller than its own
    symbol resolved;  ///< names: set by check_model()
    std::uint32_t member =
        0;  ///< text compared with a rung or band: its index, set by check_model()
    std::uint32_t begin = 0;  ///< bytes of the source this node covers, [begin, end)
    std::uint32_t end = 0;
};

/// A tree in one vector, operands before their operator, so that every walk is a loop.
struct expression {
    std::string source;       ///< as written
    std::vector<node> nodes;  ///< the root is the last; empty = no condition
    place where;              ///< where the source starts in the model file

    [[nodiscard]] bool empty() const noexcept { return nodes.empty(); }
    [[nodiscard]] const node& root() const { return nodes.back(); }
    [[nodiscard]] std::string_view text_of(const node& part) const {
        return std::string_view{source}.substr(part.begin, part.end - part.begin);
    }
};

/// Bounds that keep a hostile text from costing more than its length.
struct expression_limits {
    std::uint32_t bytes = 16384;
    std::uint32_t nodes = 2048;
    std::uint32_t depth = 64;
};

}  // namespace aiueo
