#include <string>
#include <string_view>
#include <vector>

#include "aiueo/model/order.hpp"

#include "unit/model/conditions_fixture.hpp"

namespace test_order {

using namespace aiueo;
using aiueo::testing::derived_metric;
using aiueo::testing::ladder_of;
using aiueo::testing::parsed;
using aiueo::testing::small_model;

namespace {

std::string order_of(const model& subject) {
    const result<std::vector<evaluation_step>> order = evaluation_order(subject, subject.rules);
    if (!order) return order.error().to_string();
    std::string out;
    for (const evaluation_step& one : *order) {
        if (!out.empty()) out += " ";
        switch (one.what) {
        case evaluation_step::kind::derived_metric: out += subject.metrics[one.index].name; break;
        case evaluation_step::kind::group: out += group_names[one.index]; break;
        case evaluation_step::kind::overall: out += "overall"; break;
        case evaluation_step::kind::ladder: out += subject.rules.ladders[one.index].name; break;
        case evaluation_step::kind::band: out += "band"; break;
        }
    }
    return out;
}

void add_cap(std::vector<cap>& caps, std::string_view when) {
    cap one;
    one.when = parsed(when);
    one.at_most = 40;
    caps.push_back(std::move(one));
}

}  // namespace

TEST_CASE("the order is the model's own where nothing reads another", "[order]") {
    model subject = small_model();
    CHECK(order_of(subject) == "I U touch overall stage band");
    subject.metrics.push_back(derived_metric("rate", "logins_28d / seats"));
    CHECK(order_of(subject) == "rate I U touch overall stage band");
    subject.rules.bands.reset();
    subject.rules.overall.weights = {};
    CHECK(order_of(subject) == "rate I U touch stage");
}

TEST_CASE("what is read comes first", "[order]") {
    model subject = small_model();
    subject.metrics.push_back(derived_metric("c", "a + b"));
    subject.metrics.push_back(derived_metric("b", "a * 2"));
    subject.metrics.push_back(derived_metric("a", "nps + 1"));
    CHECK(order_of(subject) == "a b c I U touch overall stage band");
    add_cap(subject.rules.groups[1].caps, "touch > 3");
    CHECK(order_of(subject) == "a b c U touch I overall stage band");
    add_cap(subject.rules.overall.caps, "stage2 == 'Low'");
    subject.rules.ladders.push_back(ladder_of("stage2", {{"Low", ""}, {"High", "I > 3"}}));
    CHECK(order_of(subject) == "a b c U touch I stage stage2 overall band");
}

TEST_CASE("a cap may read the components and coverage of its own score", "[order]") {
    model subject = small_model();
    add_cap(subject.rules.groups[2].caps, "U.logins == 0 || U.coverage < 0.5");
    add_cap(subject.rules.overall.caps, "overall.coverage < 0.5 && U.logins == 0");
    CHECK(order_of(subject) == "I U touch overall stage band");
    add_cap(subject.rules.groups[1].caps, "U.logins == 0");
    CHECK(order_of(subject) == "U I touch overall stage band");
}

TEST_CASE("a circle is an error that spells it", "[order]") {
    model subject = small_model();
    SECTION("a cap that reads its own score") {
        add_cap(subject.rules.groups[2].caps, "setup_done && U < 3");
        CHECK(
            order_of(subject) ==
            "m.json:7:35: axes.U.caps[0].when at character 15: is computed from itself: U cap → U; one of these must not "
            "read the next");
    }
    SECTION("a cap that reads overall") {
        add_cap(subject.rules.groups[1].caps, "overall < 3");
        CHECK(
            order_of(subject) ==
            "m.json:7:21: axes.I.caps[0].when at character 1: is computed from itself: I cap → overall → I; one of these "
            "must not read the next");
    }
    SECTION("a cap of touch, through bands") {
        subject.rules.bands->of = "touch";
        add_cap(subject.rules.groups[5].caps, "band == 'Lv1'");
        CHECK(
            order_of(subject) ==
            "m.json:7:21: touch.caps[0].when at character 1: is computed from itself: touch cap → band → touch; one of "
            "these must not read the next");
    }
    SECTION("a rung that reads its own ladder") {
        subject.rules.ladders[0] =
            ladder_of("stage", {{"Entry", ""}, {"Onboard", "at_least(stage, 'Entry')"}});
        CHECK(
            order_of(subject) ==
            "m.json:7:30: ladders.stage[1].when at character 10: is computed from itself: stage rung \"Onboard\" → stage; "
            "one of these must not read the next");
    }
    SECTION("two ladders and overall") {
        subject.rules.ladders[0] = ladder_of("stage", {{"Entry", ""}, {"Onboard", "has(other)"}});
        subject.rules.ladders.push_back(ladder_of("other", {{"Low", ""}, {"High", "overall > 3"}}));
        add_cap(subject.rules.overall.caps, "stage == 'Entry'");
        CHECK(
            order_of(subject) ==
            "m.json:7:21: overall.caps[0].when at character 1: is computed from itself: overall cap → stage rung "
            "\"Onboard\" → other rung \"High\" → overall; one of these must not read the next");
    }
    SECTION("derived metrics") {
        subject.metrics.push_back(derived_metric("z", "y + 1"));
        subject.metrics.push_back(derived_metric("y", "nps + x"));
        subject.metrics.push_back(derived_metric("x", "y"));
        CHECK(
            order_of(subject) ==
            "m.json:7:27: metrics.y.derive at character 7: is computed from itself: y → x → y; one of these must not read "
            "the next");
    }
}

TEST_CASE("a path that the condition brings wins", "[order]") {
    model subject = small_model();
    add_cap(subject.rules.groups[2].caps, "U < 3");
    subject.rules.groups[2].caps[0].when.where.path = "profiles[0].patch.axes.U.caps[0].when";
    CHECK(evaluation_order(subject, subject.rules).error().where.path ==
          "profiles[0].patch.axes.U.caps[0].when");
}

TEST_CASE("long circles are shortened", "[order]") {
    model subject = small_model();
    for (int i = 0; i < 30; ++i) {
        subject.metrics.push_back(
            derived_metric("d" + std::to_string(i), "d" + std::to_string((i + 1) % 30) + " + 1"));
    }
    const result<std::vector<evaluation_step>> order = evaluation_order(subject, subject.rules);
    REQUIRE_FALSE(order);
    CHECK(
        order.error().message ==
        "at character 1: is computed from itself: d0 → d1 → d2 → d3 → d4 → d5 → d6 → d7 → d8 → d9 → d10 → d11 → … → "
        "d29 → d0; one of these must not read the next");
}

TEST_CASE("derived metrics are typed in the order in which they read each other", "[order]") {
    model subject = small_model();
    subject.metrics.push_back(derived_metric("often", "rate > 1 && has(soon)"));
    subject.metrics.push_back(derived_metric("rate", "logins_28d / seats"));
    subject.metrics.push_back(derived_metric("soon", "max(contract_end, as_of)"));
    subject.metrics.push_back(derived_metric("size", "often ? plan : 'small'"));
    problems found;
    check_derived_metrics(subject, found);
    CHECK(found.empty());
    CHECK(subject.find_metric("often")->type == metric_type::flag);
    CHECK(subject.find_metric("rate")->type == metric_type::number);
    CHECK(subject.find_metric("soon")->type == metric_type::date);
    CHECK(subject.find_metric("size")->type == metric_type::category);
    check_derived_metrics(subject, found);
    CHECK(found.empty());
}

TEST_CASE("errors of derived metrics do not spread", "[order]") {
    model subject = small_model();
    subject.metrics.push_back(derived_metric("wrong", "plan + 1"));
    subject.metrics.push_back(derived_metric("typo", "npps"));
    subject.metrics.push_back(derived_metric("score", "U + 1"));
    subject.metrics.push_back(derived_metric("reads", "typo == 'a' || typo > 1"));
    subject.metrics.push_back(derived_metric("a", "b + 1"));
    subject.metrics.push_back(derived_metric("b", "a + 1"));
    subject.metrics.push_back(derived_metric("after", "b + 1"));
    subject.metrics.push_back(derived_metric("fine", "nps + 1 > 3"));
    problems found;
    check_derived_metrics(subject, found);
    std::vector<std::string> said;
    for (const problem& one : found) said.push_back(one.what.to_string());
    const std::vector<std::string> wanted{
        "m.json:7:21: metrics.a.derive at character 1: is computed from itself: a → b → a; one of these must not read the "
        "next",
        "m.json:7:21: metrics.wrong.derive at character 1: \"plan\" is a category, and + needs a number",
        "m.json:7:21: metrics.typo.derive at character 1: \"npps\" is not a metric; did you mean \"nps\"?",
        "m.json:7:21: metrics.score.derive at character 1: \"U\" is not a metric; profile conditions and derived metrics see "
        "metrics only",
    };
    CHECK(said == wanted);
    CHECK(subject.find_metric("fine")->type == metric_type::flag);
}

}  // namespace test_order
