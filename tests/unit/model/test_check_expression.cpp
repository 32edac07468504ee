#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/model/check_expression.hpp"

#include "unit/model/conditions_fixture.hpp"

namespace test_check_expression {

using namespace aiueo;
using aiueo::testing::parsed;
using aiueo::testing::small_model;

namespace {

struct checked {
    expression tree;
    problems found;
};

checked check(std::string_view source, value_type wanted = value_type::flag,
              bool metrics_only = false) {
    static const model subject = small_model();
    static const expression_scope all{&subject, &subject.rules};
    static const expression_scope metrics{&subject, &subject.rules, true};
    checked out{parsed(source), {}};
    check_expression(out.tree, metrics_only ? metrics : all, wanted, "ladders.stage[1].when",
                     out.found);
    return out;
}

/// "COLUMN message" of the first error; "fine" if there is none.
std::string wrong(std::string_view source, value_type wanted = value_type::flag,
                  bool metrics_only = false) {
    const checked out = check(source, wanted, metrics_only);
    if (out.found.empty()) return "fine";
    const error& first = out.found.front().what;
    CHECK(out.found.front().severity == problem::level::error);
    CHECK(first.code == errc::bad_model);
    CHECK(first.where.line == 7);
    CHECK(first.where.path == "ladders.stage[1].when");
    return std::to_string(first.where.column) + " " + first.message;
}

}  // namespace

TEST_CASE("conditions that mean something are fine", "[check_expression]") {
    for (const std::string_view source :
         {"setup_done",
          "!setup_done && U >= 60",
          "logins_28d / seats > 1 || has(nps)",
          "U.logins > 10 && U.coverage > 0.5",
          "overall > 3 && overall.coverage >= 0.5",
          "touch > 1 && touch.coverage > 0 && touch.mails == 100",
          "plan == 'trial' || 'pro' == plan || plan == region",
          "plan in ['a', region]",
          "logins_28d in [1, seats]",
          "setup_done == (nps > 3)",
          "setup_done in [true]",
          "stage == 'Active'",
          "'Active' != stage",
          "stage in ['Entry', 'Active']",
          "at_least(stage, 'Onboard')",
          "band == 'Lv1'",
          "at_least(band, 'Lv2')",
          "has(stage) && has(band) && has(overall) && has(U) && has(U.logins) && has(contract_end)",
          "contract_end > as_of",
          "contract_end == date('2026-04-01')",
          "days_since(last_login) < 3",
          "days_until(date('2027-01-01')) > 3",
          "contract_end - as_of < 90",
          "contract_end in [date('2026-04-01')]",
          "min(1, logins_28d) > 0",
          "max(contract_end, as_of) > as_of",
          "abs(nps - 5) > 1",
          "-nps < 3",
          "nps % 2 == 1",
          "plan.startsWith('a')",
          "(setup_done ? plan : region).contains('x')",
          "(setup_done ? 1 : 2) > 1",
          "(setup_done ? contract_end : as_of) > as_of",
          "setup_done ? true : false",
          "ログイン > 3"}) {
        INFO(source);
        CHECK(wrong(source) == "fine");
    }
}

TEST_CASE("what is wrong is named with its place and what would be right", "[check_expression]") {
    struct row {
        std::string_view source;
        std::string_view says;
    };
    const row rows[] = {
        {"login_28d > 3",
         "21 at character 1: \"login_28d\" is not a known name; did you mean \"logins_28d\"?"},
        {"setup_done && stge == 'Active'",
         "35 at character 15: \"stge\" is not a known name; did you mean \"stage\"?"},
        {"revenue > 3", "21 at character 1: \"revenue\" is not a known name"},
        {"True", "21 at character 1: \"True\" is not a known name; did you mean \"true\"?"},
        {"nps == None",
         "28 at character 8: \"None\" is not a known name; write has(x) for \"is known\", !has(x) for \"is "
         "unknown\""},
        {"contract_end < today",
         "36 at character 16: \"today\" is not a known name; the snapshot's date is as_of"},
        {"plan == trial",
         "29 at character 9: \"trial\" is not a known name; a text is written in quotes, 'trial'"},
        {"plan == トライアル",
         "29 at character 9: \"トライアル\" is not a known name; a text is written in quotes, "
         "'トライアル'"},
        {"plan in [trial]",
         "30 at character 10: \"trial\" is not a known name; a text is written in quotes, 'trial'"},
        {"stage == Active",
         "30 at character 10: \"Active\" is not a known name; a rung is written in quotes, 'Active'"},
        {"at_least(band, Lv2)",
         "36 at character 16: \"Lv2\" is not a known name; a band is written in quotes, 'Lv2'"},
        {"E > 3", "21 at character 1: axis E has no components, so it has no score"},
        {"E.nps > 3", "21 at character 1: axis E has no components, so it has no score"},
        {"U.lgins > 3",
         "21 at character 1: axis U has no component \"lgins\"; did you mean \"logins\"?"},
        {"U.lower > 3", "21 at character 1: axis U has no component \"lower\""},
        {"touch.mail > 3",
         "21 at character 1: touch has no component \"mail\"; did you mean \"mails\"?"},
        {"overall.lower > 3",
         "21 at character 1: \"overall.lower\" is not known; overall has only overall.coverage"},
        {"nps.coverage > 3",
         "21 at character 1: \"nps.coverage\" is not a known name; the metric \"nps\" has no parts"},
        {"nps", "21 at character 1: \"nps\" is a number, not a condition; write nps > 0"},
        {"nps + 1",
         "21 at character 1: \"nps + 1\" is a number, not a condition; write nps + 1 > 0"},
        {"plan", "21 at character 1: \"plan\" is a category, not a condition; write plan == '…'"},
        {"'a'", "21 at character 1: \"a\" is a text, not a condition"},
        {"contract_end",
         "21 at character 1: \"contract_end\" is a date, not a condition; write has(contract_end) or "
         "compare it with another date"},
        {"stage",
         "21 at character 1: \"stage\" is a rung, not a condition; write at_least(stage, 'Onboard')"},
        {"nps && setup_done",
         "21 at character 1: \"nps\" is a number, and && needs a condition; write nps > 0"},
        {"setup_done || plan",
         "35 at character 15: \"plan\" is a category, and || needs a condition; write plan == '…'"},
        {"!band",
         "22 at character 2: \"band\" is a band, and ! needs a condition; write at_least(band, 'Lv2')"},
        {"nps ? true : false",
         "21 at character 1: \"nps\" is a number, and ?: needs a condition; write nps > 0"},
        {"setup_done + 1 > 1",
         "21 at character 1: \"setup_done\" is a flag, and + needs a number; write setup_done ? 1 : 0"},
        {"-plan > 1", "22 at character 2: \"plan\" is a category, and - needs a number"},
        {"nps * '2' > 1",
         "27 at character 7: \"2\" is a text, and * needs a number; a number has no quotes"},
        {"abs(contract_end) > 1",
         "25 at character 5: \"contract_end\" is a date, and abs() needs a number; write "
         "days_since(…) or days_until(…)"},
        {"stage * 2 > 1",
         "21 at character 1: \"stage\" is a rung, and * needs a number; write at_least(stage, 'Onboard') ? "
         "1 : 0"},
        {"plan > 'a'", "21 at character 1: categories have no order; compare them by == or in"},
        {"setup_done < true", "21 at character 1: flags have no order; write x or !x"},
        {"plan == 3",
         "21 at character 1: \"plan\" is a category and \"3\" is a number, so they are never equal"},
        {"nps == '3'",
         "21 at character 1: \"nps\" is a number and \"3\" is a text, so they are never equal; a number has "
         "no quotes"},
        {"'3' == nps",
         "21 at character 1: \"3\" is a text and \"nps\" is a number, so they are never equal; a number has "
         "no quotes"},
        {"setup_done == 1",
         "21 at character 1: \"setup_done\" is a flag and \"1\" is a number, so they are never equal; "
         "write setup_done or !setup_done"},
        {"1 != setup_done",
         "21 at character 1: \"1\" is a number and \"setup_done\" is a flag, so they are never equal; "
         "write setup_done or !setup_done"},
        {"contract_end < '2026-04-01'",
         "21 at character 1: \"contract_end\" is a date and \"2026-04-01\" is a text, so they "
         "have no order; write date('2026-04-01')"},
        {"'soon' == contract_end",
         "21 at character 1: \"soon\" is a text and \"contract_end\" is a date, so they are never "
         "equal; a day is written date('2026-04-01')"},
        {"contract_end < 30",
         "21 at character 1: \"contract_end\" is a date and \"30\" is a number, so they have no order; "
         "write days_since(contract_end) or days_until(contract_end) for days"},
        {"nps in [1, 'a']",
         "32 at character 12: \"nps\" is a number and \"a\" is a text, so they are never equal"},
        {"contract_end + 30 > as_of",
         "21 at character 1: days are not added to or taken from a date; compare the number of "
         "days instead, as in days_since(x) >= 30, or subtract two dates"},
        {"contract_end - 30 > as_of",
         "21 at character 1: days are not added to or taken from a date; compare the number of "
         "days instead, as in days_since(x) >= 30, or subtract two dates"},
        {"contract_end + as_of > 1",
         "21 at character 1: days are not added to or taken from a date; compare the number of "
         "days instead, as in days_since(x) >= 30, or subtract two dates"},
        {"stage < 'Active'",
         "21 at character 1: rungs are not ordered by <; write !at_least(stage, 'Active')"},
        {"stage >= 'Active'",
         "21 at character 1: rungs are not ordered by >=; write at_least(stage, 'Active')"},
        {"'Active' > stage",
         "21 at character 1: rungs are not ordered by >; write !at_least(stage, 'Active')"},
        {"band >= 'Lv2'",
         "21 at character 1: bands are not ordered by >=; write at_least(band, 'Lv2')"},
        {"stage > 3",
         "21 at character 1: rungs are not ordered by >; write at_least(stage, 'Onboard')"},
        {"stage == 'Activ'",
         "30 at character 10: \"Activ\" is not a rung of \"stage\"; did you mean \"Active\"?"},
        {"stage in ['Active', 'Gold']",
         "41 at character 21: \"Gold\" is not a rung of \"stage\"; there are \"Entry\", "
         "\"Onboard\", \"Active\""},
        {"band == 'LV1'", "29 at character 9: \"LV1\" is not a band; did you mean \"Lv1\"?"},
        {"stage == 2",
         "30 at character 10: \"2\" is a number; a rung is compared with a name in quotes, as in stage == "
         "'Onboard'"},
        {"stage == stage",
         "30 at character 10: \"stage\" is a rung; a rung is compared with a name in quotes, as in stage == "
         "'Onboard'"},
        {"at_least(U, 60)",
         "30 at character 10: \"U\" is a number, and at_least() needs a ladder or band; write U >= 60"},
        {"at_least('Active', stage)",
         "30 at character 10: \"Active\" is a text, and at_least() needs a ladder or band; write "
         "at_least(stage, 'Active')"},
        {"at_least(stage, 2)",
         "37 at character 17: \"2\" is a number; a rung is compared with a name in quotes, as in stage "
         "== 'Onboard'"},
        {"at_least(stage, 'active')",
         "37 at character 17: \"active\" is not a rung of \"stage\"; did you mean \"Active\"?"},
        {"days_since(nps) > 3",
         "32 at character 12: \"nps\" is a number, and days_since() needs a date"},
        {"days_until('2026-04-01') > 3",
         "32 at character 12: \"2026-04-01\" is a text, and days_until() needs a date; write "
         "date('2026-04-01')"},
        {"has(1)", "25 at character 5: has() takes a name, as in has(nps)"},
        {"has('nps')",
         "25 at character 5: has() takes a name, as in has(nps); leave out the quotes"},
        {"has(nps > 1)", "25 at character 5: has() takes a name, as in has(nps)"},
        {"has(as_of)", "25 at character 5: \"as_of\" is always known, so has() says nothing"},
        {"has(U.coverage)",
         "25 at character 5: \"U.coverage\" is always known, so has() says nothing"},
        {"min(nps, contract_end) > 1",
         "30 at character 10: \"contract_end\" is a date, and min() began with a number"},
        {"max(as_of, nps) > as_of",
         "32 at character 12: \"nps\" is a number, and max() began with a date"},
        {"min(nps, setup_done) > 1",
         "30 at character 10: \"setup_done\" is a flag, and min() needs a number; write "
         "setup_done ? 1 : 0"},
        {"nps.contains('1')",
         "21 at character 1: \"nps\" is a number, and contains() needs a category"},
        {"stage.contains('A')",
         "21 at character 1: \"stage\" is a rung, and contains() needs a category; write stage in "
         "['Onboard']"},
        {"plan.endsWith(region)", "35 at character 15: endsWith() takes a text in quotes"},
        {"(setup_done ? 1 : 'a') == 1",
         "22 at character 2: \"1\" is a number and \"a\" is a text; both values of a "
         "conditional are of one type"},
        {"(setup_done ? stage : stage) == 'Active'",
         "35 at character 15: \"stage\" is a rung, which a conditional cannot "
         "give; compare it inside, as in at_least(stage, 'Onboard')"},
    };
    for (const row& one : rows) {
        INFO(one.source);
        CHECK(wrong(one.source) == one.says);
    }
}

TEST_CASE("one slip is one error, several are several", "[check_expression]") {
    CHECK(check("(nosuch + 1) * 2 > nps && setup_done").found.size() == 1);
    CHECK(check("(contract_end + 1) > as_of").found.size() == 1);
    CHECK(check("min(nosuch, contract_end) > as_of").found.size() == 1);
    CHECK(check("nosuch ? 1 : 'a'").found.size() == 2);
    CHECK(check("nosuch1 > 1 && nosuch2 > 1").found.size() == 2);
    CHECK(check("a1+a2+a3+a4+a5+a6+a7+a8+a9+b1 > 1").found.size() == 8);
}

TEST_CASE("profile conditions and derived metrics see metrics only", "[check_expression]") {
    CHECK(wrong("logins_28d > 1 && contract_end > as_of", value_type::flag, true) == "fine");
    CHECK(
        wrong("U > 1", value_type::flag, true) ==
        "21 at character 1: \"U\" is not a metric; profile conditions and derived metrics see metrics only");
    CHECK(
        wrong("stage == 'Active'", value_type::flag, true) ==
        "21 at character 1: \"stage\" is not a metric; profile conditions and derived metrics see metrics only");
    CHECK(wrong("stge == 'Active'", value_type::flag, true) ==
          "21 at character 1: \"stge\" is not a metric");
    CHECK(wrong("nsp > 1", value_type::flag, true) ==
          "21 at character 1: \"nsp\" is not a metric; did you mean \"nps\"?");
}

TEST_CASE("the type of the whole can be asked for", "[check_expression]") {
    CHECK(check("nps + 1", value_type::unknown).tree.root().type == value_type::number);
    CHECK(check("nps > 1", value_type::unknown).tree.root().type == value_type::flag);
    CHECK(check("setup_done ? plan : 'x'", value_type::unknown).tree.root().type ==
          value_type::text);
    CHECK(check("max(contract_end, last_login)", value_type::unknown).tree.root().type ==
          value_type::date);
    CHECK(wrong("nps + 1", value_type::number) == "fine");
    CHECK(
        wrong("setup_done", value_type::number) ==
        "21 at character 1: \"setup_done\" is a flag, where a number is needed; write setup_done ? 1 : 0");
    CHECK(wrong("nps", value_type::date) ==
          "21 at character 1: \"nps\" is a number, where a date is needed");
    CHECK(
        wrong("stage", value_type::unknown) ==
        "21 at character 1: \"stage\" is a rung, and a derived metric is a number, flag, category or date");
}

TEST_CASE("names, types and members are set on the nodes", "[check_expression]") {
    using kind = symbol::kind;
    const auto name = [](std::string_view source) {
        return check(source, value_type::unknown).tree.nodes.front().resolved;
    };
    CHECK(name("nps > 1") == symbol{kind::metric, 2, 0});
    CHECK(name("as_of > as_of") == symbol{kind::as_of, 0, 0});
    CHECK(name("I > 1") == symbol{kind::group, 1, 0});
    CHECK(name("touch > 1") == symbol{kind::group, 5, 0});
    CHECK(name("U.coverage > 1") == symbol{kind::coverage, 2, 0});
    CHECK(name("overall.coverage > 1") == symbol{kind::coverage, group_count, 0});
    CHECK(name("U.recency > 1") == symbol{kind::component, 2, 1});
    CHECK(name("overall > 1") == symbol{kind::overall, 0, 0});
    CHECK(name("stage == 'Entry'") == symbol{kind::ladder, 0, 0});
    CHECK(name("band == 'Lv1'") == symbol{kind::band, 0, 0});

    const expression rung = check("stage in ['Entry', 'Active']").tree;
    CHECK(rung.nodes[2].type == value_type::rung);
    CHECK(rung.nodes[2].member == 2);
    const expression band = check("'Lv2' == band").tree;
    CHECK(band.nodes[0].type == value_type::band);
    CHECK(band.nodes[0].member == 1);
    const expression day = check("contract_end > date('1970-01-03')").tree;
    CHECK(day.nodes[1].what == op::number);
    CHECK(day.nodes[1].type == value_type::date);
    CHECK(day.nodes[1].number == 2);
}

TEST_CASE("a check can be repeated, under another scheme too", "[check_expression]") {
    model subject = small_model();
    scheme other = subject.rules;
    std::swap(other.ladders[0].rungs[1], other.ladders[0].rungs[2]);
    expression tree = parsed("stage == 'Active' && contract_end > date('2026-04-01')");
    problems found;
    for (const scheme* rules : {&subject.rules, &other, &subject.rules}) {
        check_expression(tree, expression_scope{&subject, rules}, value_type::flag, "", found);
        CHECK(found.empty());
        CHECK(tree.nodes[1].member == (rules == &other ? 1U : 2U));
        CHECK(tree.nodes[4].type == value_type::date);
    }
}

TEST_CASE("what is not in the model is said so", "[check_expression]") {
    model subject = small_model();
    subject.rules.bands.reset();
    subject.rules.overall.weights = {};
    const expression_scope scope{&subject, &subject.rules};
    const auto says = [&scope](std::string_view source) {
        expression tree = parsed(source);
        problems found;
        check_expression(tree, scope, value_type::flag, "", found);
        REQUIRE(found.size() == 1);
        return found[0].what.message;
    };
    CHECK(says("band == 'Lv1'") == "at character 1: the model has no bands");
    CHECK(says("overall > 1") ==
          "at character 1: there is no overall score: no axis in use has a weight in overall");
    CHECK(says("overall.coverage > 1") ==
          "at character 1: there is no overall score: no axis in use has a weight in overall");
}

TEST_CASE("a derived metric without a type is not blamed twice", "[check_expression]") {
    model subject = small_model();
    subject.metrics.push_back(aiueo::testing::derived_metric("broken", "nosuch > 1"));
    const expression_scope scope{&subject, &subject.rules};
    expression tree = parsed("broken + 1 > contract_end - as_of || broken == 'a' || broken");
    problems found;
    check_expression(tree, scope, value_type::flag, "", found);
    CHECK(found.empty());
}

TEST_CASE("trees built by hand are held to the same shape", "[check_expression]") {
    const model subject = small_model();
    const expression_scope scope{&subject, &subject.rules};
    const auto leaf = [](op what, double number, std::string text = {}) {
        node out;
        out.what = what;
        out.number = number;
        out.text = std::move(text);
        return out;
    };
    const auto over = [](op what, std::vector<std::uint32_t> operands) {
        node out;
        out.what = what;
        out.operands = std::move(operands);
        return out;
    };
    const auto says = [&scope](std::vector<node> nodes) {
        expression tree;
        tree.nodes = std::move(nodes);
        problems found;
        check_expression(tree, scope, value_type::flag, "caps", found);
        return found.empty() ? std::string{"fine"} : found[0].what.to_string();
    };
    const node nps = leaf(op::name, 0, "nps");
    const node one = leaf(op::number, 1);
    CHECK(says({nps, one, over(op::greater, {0, 1})}) == "fine");
    CHECK(says({nps}) == "caps \"nps\" is a number, not a condition; write nps > 0");
    CHECK(says({nps, one, over(op::greater, {0})}) == "caps the tree is malformed at node 2");
    CHECK(says({nps, one, over(op::greater, {0, 2})}) == "caps the tree is malformed at node 2");
    CHECK(says({nps, one, over(op::greater, {0, 9})}) == "caps the tree is malformed at node 2");
    CHECK(says({nps, over(op::equal, {0, 0})}) == "caps the tree is malformed at node 1");
    CHECK(says({nps, one, over(op::has, {0})}) ==
          "caps the tree is malformed: node 1 belongs to no other");
    CHECK(says({over(op::minimum, {})}) == "caps the tree is malformed at node 0");
    CHECK(says({over(static_cast<op>(250), {})}) == "caps the tree is malformed at node 0");
    CHECK(says({leaf(op::flag, 0.5)}) == "caps the tree is malformed at node 0");
    CHECK(says({nps, leaf(op::number, std::numeric_limits<double>::infinity()),
                over(op::greater, {0, 1})}) == "caps the tree is malformed at node 1");
    CHECK(says({}) == "fine");
    node astray = leaf(op::flag, 1);
    astray.begin = 7;
    astray.end = 9;
    CHECK(says({astray}) == "fine");
}

TEST_CASE("reserved names and names of groups", "[check_expression]") {
    CHECK(is_reserved_name("U"));
    CHECK(is_reserved_name("in"));
    CHECK(is_reserved_name("as_of"));
    CHECK_FALSE(is_reserved_name("stage"));
    CHECK(group_named("touch") == 5U);
    CHECK_FALSE(group_named("X"));
}

}  // namespace test_check_expression
