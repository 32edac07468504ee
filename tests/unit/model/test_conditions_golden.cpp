// The golden vectors of conditions, on the trees themselves: a plain interpreter, a value at a
// time, so that a tree that is put together wrongly is told from an engine that computes wrongly.

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/model/check_expression.hpp"
#include "aiueo/model/parse_expression.hpp"

#include "support/catch.hpp"

namespace test_conditions_golden {

using namespace aiueo;

namespace {

/// Numbers, dates as days, flags as 0 and 1; texts apart.
struct value {
    bool known = false;
    double number = 0;
    std::string text;
};

value unknown() { return {}; }
value number(double x) { return {true, x, {}}; }
value flag(bool x) { return {true, x ? 1.0 : 0.0, {}}; }
value finite(double x) { return std::isfinite(x) ? number(x) : unknown(); }

struct row {
    double as_of = 0;
    std::vector<value> metrics;
};

std::vector<std::string> split(const std::string& line, char by) {
    std::vector<std::string> out(1);
    for (const char c : line) {
        if (c == by)
            out.emplace_back();
        else
            out.back() += c;
    }
    return out;
}

std::vector<std::string> lines_of(const std::string& name) {
    std::ifstream file{aiueo::testing::tests_dir() + "/golden/" + name, std::ios::binary};
    REQUIRE(file.good());
    std::vector<std::string> out;
    for (std::string line; std::getline(file, line);) out.push_back(line);
    return out;
}

/// The metrics of conditions_model.json.
model golden_model() {
    model out;
    const auto add = [&out](const char* name, metric_type type) {
        metric one;
        one.name = name;
        one.type = type;
        out.metrics.push_back(std::move(one));
    };
    for (const char* name : {"logins", "seats", "nps"}) add(name, metric_type::number);
    for (const char* name : {"mrr", "mrr_before"}) add(name, metric_type::money);
    for (const char* name : {"setup_done", "case_study"}) add(name, metric_type::flag);
    for (const char* name : {"plan", "region"}) add(name, metric_type::category);
    for (const char* name : {"contract_end", "last_login"}) add(name, metric_type::date);
    return out;
}

value read_value(const std::string& text, metric_type type) {
    if (text.empty()) return unknown();
    switch (type) {
    case metric_type::number:
    case metric_type::money: return number(parse_number(text).value());
    case metric_type::flag: return flag(text == "true");
    case metric_type::category: return {true, 0, text};
    case metric_type::date: return number(parse_date(text).value());
    }
    return unknown();
}

/// The file has no quoted fields.
std::vector<row> read_rows(const model& subject) {
    const std::vector<std::string> lines = lines_of("conditions_rows.csv");
    const std::vector<std::string> names = split(lines.at(0), ',');
    std::vector<row> out;
    for (std::size_t i = 1; i < lines.size(); ++i) {
        const std::vector<std::string> fields = split(lines[i], ',');
        REQUIRE(fields.size() == names.size());
        row one;
        one.as_of = parse_date(fields[1]).value();
        for (const metric& each : subject.metrics) {
            const auto at = std::find(names.begin(), names.end(), each.name);
            REQUIRE(at != names.end());
            one.metrics.push_back(
                read_value(fields[static_cast<std::size_t>(at - names.begin())], each.type));
        }
        out.push_back(std::move(one));
    }
    return out;
}

value equal(const value& a, const value& b) {
    if (!a.known || !b.known) return unknown();
    return flag(a.number == b.number && a.text == b.text);
}

value negated(const value& a) { return a.known ? flag(a.number == 0) : unknown(); }

value either(const value& a, const value& b) {
    if ((a.known && a.number == 1) || (b.known && b.number == 1)) return flag(true);
    return a.known && b.known ? flag(false) : unknown();
}

value evaluate(const expression& all, std::uint32_t at, const row& on) {
    const node& one = all.nodes[at];
    std::vector<value> of;
    for (const std::uint32_t child : one.operands) of.push_back(evaluate(all, child, on));
    const bool known =
        std::all_of(of.begin(), of.end(), [](const value& each) { return each.known; });
    const auto x = [&of](std::size_t k) { return of[k].number; };
    switch (one.what) {
    case op::number:
    case op::flag: return number(one.number);
    case op::text: return {true, 0, one.text};
    case op::name:
        return one.resolved.what == symbol::kind::as_of ? number(on.as_of)
                                                        : on.metrics[one.resolved.index];
    case op::has: return flag(of[0].known);
    case op::logical_not: return negated(of[0]);
    case op::logical_or: return either(of[0], of[1]);
    case op::logical_and: return negated(either(negated(of[0]), negated(of[1])));
    case op::conditional: return !of[0].known ? unknown() : of[x(0) != 0 ? 1 : 2];
    case op::in_list: {
        value any = flag(false);
        for (std::size_t k = 1; k < of.size(); ++k) any = either(any, equal(of[0], of[k]));
        return any;
    }
    default: break;
    }
    if (!known) return unknown();
    switch (one.what) {
    case op::negate: return number(-x(0));
    case op::absolute: return number(std::fabs(x(0)));
    case op::days_since: return number(on.as_of - x(0));
    case op::days_until: return number(x(0) - on.as_of);
    case op::add: return finite(x(0) + x(1));
    case op::subtract: return finite(x(0) - x(1));
    case op::multiply: return finite(x(0) * x(1));
    case op::divide: return x(1) == 0 ? unknown() : finite(x(0) / x(1));
    case op::remainder: return x(1) == 0 ? unknown() : number(std::fmod(x(0), x(1)));
    case op::equal: return equal(of[0], of[1]);
    case op::not_equal: return negated(equal(of[0], of[1]));
    case op::less: return flag(x(0) < x(1));
    case op::less_equal: return flag(x(0) <= x(1));
    case op::greater: return flag(x(0) > x(1));
    case op::greater_equal: return flag(x(0) >= x(1));
    case op::starts_with: return flag(of[0].text.starts_with(of[1].text));
    case op::ends_with: return flag(of[0].text.ends_with(of[1].text));
    case op::contains: return flag(of[0].text.find(of[1].text) != std::string::npos);
    case op::minimum:
    case op::maximum: {
        double out = x(0);
        for (std::size_t k = 1; k < of.size(); ++k) {
            if (one.what == op::minimum ? x(k) < out : x(k) > out) out = x(k);
        }
        return number(out);
    }
    default: break;
    }
    FAIL("an operator without a meaning");
    return unknown();
}

std::string written(const value& of, value_type type) {
    if (!of.known) return "U";
    if (type == value_type::flag) return of.number != 0 ? "T" : "F";
    constexpr std::string_view digits = "0123456789abcdef";
    const auto bits = std::bit_cast<std::uint64_t>(of.number);
    std::string out;
    for (int shift = 60; shift >= 0; shift -= 4) out += digits[(bits >> shift) & 15U];
    return out;
}

}  // namespace

TEST_CASE("the trees of the golden vectors mean what the reference says", "[golden][conditions]") {
    const model subject = golden_model();
    const std::vector<row> rows = read_rows(subject);
    const expression_scope scope{&subject, &subject.rules, true};
    const std::vector<std::string> lines = lines_of("conditions.tsv");
    CHECK(lines.size() > 800);
    for (const std::string& line : lines) {
        const std::vector<std::string> fields = split(line, '\t');
        INFO(fields[0]);
        REQUIRE(fields.size() == rows.size() + 2);
        result<expression> tree = parse_expression(fields[0]);
        if (!tree) FAIL(tree.error().to_string());
        problems found;
        check_expression(*tree, scope, value_type::unknown, "", found);
        if (!found.empty()) FAIL(found[0].what.to_string());
        const value_type type = tree->root().type;
        CHECK(name_of(type) == fields[1]);
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const value out =
                evaluate(*tree, static_cast<std::uint32_t>(tree->nodes.size() - 1), rows[i]);
            if (written(out, type) != fields[i + 2]) {
                INFO("row " << i + 1);
                CHECK(written(out, type) == fields[i + 2]);
            }
        }
    }
}

}  // namespace test_conditions_golden
