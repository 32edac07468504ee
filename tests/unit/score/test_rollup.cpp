// Children rolled up to parents: weights, bounds, what is not known, several levels, circles.
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/score/bind.hpp"
#include "aiueo/score/rollup_table.hpp"

#include "plans.hpp"

namespace test_rollup {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

std::string text_with(std::string_view rollup) {
    return model_text(
        R"("a": {"type": "number"}, "b": {"type": "number"}, "mrr": {"type": "money"})",
        R"("U": {"components": {"a": {"metric": "a", "curve": [[0, 0], [100, 100]]},
                                "b": {"metric": "b", "curve": [[0, 0], [100, 100]]}}})",
        R"("currency": "JPY", "roles": {"mrr": "mrr"}, "overall": {"weights": {"U": 1}, "min_axes": 1})" +
            std::string{rollup});
}

struct customer_row {
    std::string key;
    std::string parent;  ///< empty: none
    double a = no_value;
    double b = no_value;
    double mrr = no_value;
};

result<rollup_result> rolled(const plan& of, const std::vector<customer_row>& rows,
                             bool with_parent = true, bool detail = true) {
    std::vector<std::string> keys;
    std::vector<std::string> parents;
    std::vector<double> a;
    std::vector<double> b;
    std::vector<double> mrr;
    for (const customer_row& one : rows) {
        keys.push_back(one.key);
        parents.push_back(one.parent);
        a.push_back(one.a);
        b.push_back(one.b);
        mrr.push_back(one.mrr);
    }
    batch out{of, static_cast<std::int64_t>(rows.size()), {.all_metrics = true}};
    REQUIRE(out.bind_source("customer", keys).ok());
    if (with_parent) REQUIRE(out.bind_source("parent", parents).ok());
    REQUIRE(out.bind_source("a", a).ok());
    REQUIRE(out.bind_source("b", b).ok());
    REQUIRE(out.bind_source("mrr", mrr).ok());
    scores from{of, out.rows(), {.detail = detail}};
    REQUIRE(score(of, out, {0, out.rows()}, from).ok());
    return roll_up(out, from);
}

const rolled_score& overall(const rolled_parent& one) { return one.scores[overall_change]; }

const char* const weighted =
    R"(, "rollup": {"combine": "weighted_mean", "weight": "mrr", "good_from": 60})";

}  // namespace

TEST_CASE("A parent's score is the weighted mean of its members, and unknown is never zero") {
    const plan of = plan_of(text_with(weighted));
    // u is insufficient: nothing is known of it.
    const auto out = rolled(of, {{"x", "p", 80, 80, 300},
                                 {"y", "p", 40, 40, 100},
                                 {"u", "p", no_value, no_value, 100},
                                 {"z", ""}});
    REQUIRE(out.ok());
    REQUIRE(out->parents.size() == 1);
    const rolled_parent& p = out->parents[0];
    CHECK(p.key == "p");
    CHECK(p.children == 3);
    CHECK(p.insufficient == 1);
    CHECK(p.unweighted == 0);
    CHECK_FALSE(p.own);
    CHECK(p.level == 1);
    CHECK(overall(p).score == 70);      // (300 · 80 + 100 · 40) ÷ 400
    CHECK(overall(p).coverage == 0.8);  // u's 100 of 500 are not known
    CHECK(overall(p).lower == 56);      // u at 0
    CHECK(overall(p).upper == 76);      // u at 100
    CHECK(p.good == 0.75);
    CHECK(p.mrr == 500);
    CHECK(p.mrr_unknown == 0);
    CHECK(p.scores[static_cast<std::size_t>(axis::utilization)].score == 70);

    // Mostly unknown: no score, but bounds.
    const auto few = rolled(of, {{"x", "p", 80, 80, 100}, {"u", "p", no_value, no_value, 300}});
    CHECK(overall(few->parents[0]).score != overall(few->parents[0]).score);
    CHECK(overall(few->parents[0]).lower == 20);
    CHECK(overall(few->parents[0]).upper == 95);

    // A member's own bounds count, and its score is taken into those of all.
    const auto half = rolled(of, {{"x", "p", 80, no_value, 100}, {"y", "p", 40, 40, 100}});
    CHECK(overall(half->parents[0]).coverage == 0.75);
    CHECK(overall(half->parents[0]).lower == 40);
    CHECK(overall(half->parents[0]).upper == 65);
    CHECK(overall(half->parents[0]).score == 60);
}

TEST_CASE("A weight that is not known is the others' mean, and is counted") {
    const plan of = plan_of(text_with(weighted));
    const auto out = rolled(
        of, {{"x", "p", 90, 90, 300}, {"y", "p", 30, 30, 100}, {"w", "p", 60, 60, no_value}});
    const rolled_parent& p = out->parents[0];
    CHECK(p.unweighted == 1);
    CHECK(overall(p).score == 70);  // (300 · 90 + 100 · 30 + 200 · 60) ÷ 600
    CHECK(p.mrr == 400);
    CHECK(p.mrr_unknown == 1);
    const auto free = rolled(of, {{"x", "p", 90, 90, 0}, {"y", "p", 30, 30, 0}});
    CHECK(overall(free->parents[0]).score == 60);
    const auto none = rolled(of, {{"x", "p", 90, 90}, {"y", "p", 30, 30}});
    CHECK(overall(none->parents[0]).score == 60);
    CHECK(none->parents[0].unweighted == 2);
    CHECK(none->parents[0].mrr != none->parents[0].mrr);
}

TEST_CASE("The lowest member, or the share in good standing, where the model says so") {
    const std::vector<customer_row> rows{
        {"x", "p", 80, 80, 300}, {"y", "p", 40, 40, 100}, {"u", "p", no_value, no_value, 100}};
    const plan least = plan_of(text_with(R"(, "rollup": {"combine": "minimum", "weight": "mrr"})"));
    const auto low = rolled(least, rows);
    CHECK(overall(low->parents[0]).score == 40);
    CHECK(overall(low->parents[0]).lower == 0);  // u may be worse
    CHECK(overall(low->parents[0]).upper == 40);
    const plan share =
        plan_of(text_with(R"(, "rollup": {"combine": "share_good", "good_from": 80})"));
    const auto good = rolled(share, rows);
    CHECK(overall(good->parents[0]).score == 50);
    CHECK(near(overall(good->parents[0]).lower, 100.0 / 3, 1e-6));
    CHECK(near(overall(good->parents[0]).upper, 200.0 / 3, 1e-6));
}

TEST_CASE("Parents roll up to theirs, with the weight of those below, beside their own row") {
    const plan of = plan_of(text_with(weighted));
    const std::vector<customer_row> rows{{"x", "m", 80, 80, 300},
                                         {"y", "m", 40, 40, 100},
                                         {"m", "top", 20, 20, 100},
                                         {"z", "top", 50, 50, 500}};
    const auto out = rolled(of, rows);
    REQUIRE(out->parents.size() == 2);
    const rolled_parent& m = out->parents[0];
    const rolled_parent& top = out->parents[1];
    CHECK(m.parent == "top");
    CHECK(m.own);
    CHECK(m.children == 2);
    CHECK(overall(m).score == 60);  // (24000 + 4000 + 2000) ÷ 500
    CHECK(top.level == 2);
    CHECK(top.children == 2);
    CHECK_FALSE(top.own);
    CHECK(overall(top).score == 55);
    CHECK(top.mrr == 1000);
    // The order of rows decides nothing.
    const auto turned = rolled(of, {rows.rbegin(), rows.rend()});
    CHECK(same_bits(overall(turned->parents[1]).score, overall(top).score));
    const auto first =
        rolled(of, {rows[2], rows[0], rows[1], rows[3]});  // its own row is the first
    CHECK(first->parents[0].own);
    CHECK(overall(first->parents[0]).score == 60);
    auto table = rollup_table(*out);
    REQUIRE(table.ok());
    CHECK(table->rows() == 2);
    CHECK(table->fields().size() == 19);
}

TEST_CASE("Parents that go round in a circle are named") {
    const plan of = plan_of(text_with(weighted));
    const auto out = rolled(
        of,
        {{"leaf", "a", 1, 1, 1}, {"a", "b", 1, 1, 1}, {"b", "c", 1, 1, 1}, {"c", "a", 1, 1, 1}});
    REQUIRE(!out.ok());
    CHECK(out.error().code == errc::bad_value);
    const std::string text = out.error().to_string();
    for (const char* const one : {"\"a\"", "\"b\"", "\"c\""}) CHECK_THAT(text, Contains(one));
    CHECK_THAT(text, !Contains("leaf"));
    CHECK(rolled(of, {{"a", "a", 1, 1, 1}}).error().code == errc::bad_value);
    CHECK(rolled(of, {{"a", "", 1, 1, 1}}, false).error().code == errc::bad_column);
    CHECK(rolled(of, {{"a", "", 1, 1, 1}}, true, false).error().code == errc::invalid_argument);
    CHECK(rolled(of, {{"a", "", 1, 1, 1}})->parents.empty());
}

}  // namespace test_rollup
