// check_model() on models built in C++: no text, no lines, the same problems.
#include <limits>
#include <string>

#include "aiueo/model/check.hpp"
#include "aiueo/model/parse_expression.hpp"

#include "model_files.hpp"

namespace test_check {

using namespace aiueo;
using aiueo::testing::told;

namespace {

expression condition(std::string_view text) { return *parse_expression(text); }

metric number(std::string name) {
    metric out;
    out.name = std::move(name);
    return out;
}

component curve(std::string name, std::string input) {
    component out;
    out.name = std::move(name);
    out.inputs = {std::move(input)};
    out.how = response::curve;
    out.knots = {{0, 0}, {10, 100}};
    return out;
}

model small() {
    model out;
    out.metrics = {number("seats"), number("logins")};
    out.rules.groups[2].components = {curve("use", "logins")};
    out.rules.overall.weights[2] = 1;
    return out;
}

}  // namespace

TEST_CASE("a model built by hand is checked and resolved", "[model][check]") {
    model subject = small();
    subject.rules.groups[2].caps = {{condition("seats == 0"), 40, {}}};
    subject.rules.ladders = {{"stage", {}, {{}, {}}, {}}};
    subject.rules.ladders[0].rungs[0].name = "Low";
    subject.rules.ladders[0].rungs[1].name = "High";
    subject.rules.ladders[0].rungs[1].when = condition("U >= 60");
    subject.rules.bands = band_rule{"U", group_count, {50}, {"red", "green"}, {}};
    CHECK(told(check_model(subject)).empty());
    CHECK(subject.fingerprint.size() == 64);
    CHECK(subject.rules.groups[2].components[0].input_metrics == std::vector<std::uint32_t>{1});
    CHECK(subject.rules.bands->group == 2);
    CHECK(subject.rules.groups[2].caps[0].when.root().type == value_type::flag);
}

TEST_CASE("paths stand for places where there is no text", "[model][check]") {
    model subject = small();
    subject.rules.groups[2].components[0].weight = 0;
    subject.rules.groups[2].components[0].inputs = {"login"};
    subject.rules.ladders = {{"logins", {}, {}, {}}};
    CHECK(
        told(check_model(subject)) ==
        "0:0: axes.U.components.use.metric \"login\" is not a metric; did you mean \"logins\"?\n"
        "0:0: axes.U.components.use.weight must be a number above 0 (at most 1000000), not 0; to leave the component "
        "out, remove it\n"
        "0:0: ladders.logins is the name of a metric too, and conditions could not tell them apart; rename one\n"
        "0:0: ladders.logins has no rungs; give it at least one, the lowest first\n");
    CHECK(subject.fingerprint.empty());
}

TEST_CASE("numbers that JSON cannot hold are found too", "[model][check]") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    constexpr double infinity = std::numeric_limits<double>::infinity();
    const auto problems_of = [](auto&& spoil) {
        model subject = small();
        spoil(subject);
        return check_model(subject).size();
    };
    const auto use = [](model& subject) -> component& {
        return subject.rules.groups[2].components[0];
    };
    CHECK(problems_of([](model&) {}) == 0);
    CHECK(problems_of([&](model& m) { use(m).weight = nan; }) == 1);
    CHECK(problems_of([&](model& m) { use(m).weight = infinity; }) == 1);
    CHECK(problems_of([&](model& m) { use(m).knots[0].at = -infinity; }) == 1);
    CHECK(problems_of([&](model& m) { use(m).knots[1].at = nan; }) == 1);
    CHECK(problems_of([&](model& m) { use(m).knots[1].score = nan; }) == 1);
    CHECK(problems_of([&](model& m) { m.metrics[0].min = nan; }) == 1);
    CHECK(problems_of([&](model& m) { m.rules.groups[2].min_coverage = nan; }) == 1);
    CHECK(problems_of([&](model& m) { m.rules.overall.weights[2] = nan; }) == 1);
    CHECK(problems_of([&](model& m) { m.rules.overall.min_axes = 6; }) == 1);
    CHECK(problems_of([&](model& m) {
              m.rules.bands = band_rule{"overall", 0, {nan}, {"a", "b"}, {}};
          }) == 1);
    CHECK(problems_of([&](model& m) { m.study.alpha = nan; }) == 1);
    CHECK(problems_of([&](model& m) { m.study.nrr_target = nan; }) == 1);
    CHECK(problems_of([&](model& m) { m.steps.threshold = nan; }) == 1);
    CHECK(problems_of([&](model& m) {
              use(m).missing = missing_policy::prior;
              use(m).prior = nan;
          }) == 1);
    CHECK(problems_of(
              [&](model& m) { use(m).scorer_version = 0, use(m).how = response::custom; }) == 2);
    CHECK(problems_of([&](model& m) { m.metrics[1].name = "se\xFF"; }) >= 1);
    CHECK(problems_of([&](model& m) { m.metrics.push_back(number("seats")); }) == 1);
    CHECK(problems_of([&](model& m) { use(m).inputs.clear(); }) == 1);
    CHECK(problems_of([&](model& m) { m.metrics.clear(); }) == 1);
}

TEST_CASE("a profile built by hand has the model's shape", "[model][check]") {
    model subject = small();
    profile trial;
    trial.name = "trial";
    trial.when = condition("seats > 3");
    trial.rules = subject.rules;
    trial.rules.groups[2].components[0].weight = 2;
    subject.profiles = {trial};
    CHECK(told(check_model(subject)).empty());
    CHECK(subject.profiles[0].rules.groups[2].components[0].input_metrics.size() == 1);

    subject.profiles[0].rules.groups[2].components[0].name = "usage";
    CHECK(told(check_model(subject)) ==
          "0:0: profiles[0] has other components, rungs or bands than the model; a profile "
          "may only weight and shape them anew\n");
}

TEST_CASE("circles are named once", "[model][check]") {
    model subject = small();
    subject.metrics.push_back(number("a"));
    subject.metrics.push_back(number("b"));
    for (std::size_t i : {2U, 3U}) subject.metrics[i].from = metric::source::derived;
    subject.metrics[2].derive = condition("b + 1");
    subject.metrics[3].derive = condition("a + 1");
    const problems found = check_model(subject);
    REQUIRE(found.size() == 1);
    CHECK(found[0].what.message.find("a → b → a") != std::string::npos);
}

TEST_CASE("checking twice finds the same, and changes nothing more", "[model][check]") {
    model subject = small();
    CHECK(told(check_model(subject)).empty());
    const std::string before = canonical_bytes(subject);
    CHECK(told(check_model(subject)).empty());
    CHECK(canonical_bytes(subject) == before);
}

TEST_CASE("the sections of a model built by hand are checked like those of a file",
          "[model][check]") {
    const auto told_of = [](auto&& spoil) {
        model subject = small();
        subject.rules.ladders = {{"stage", {}, {rung{}, rung{}}, {}}};
        subject.rules.ladders[0].rungs[0].name = "Low";
        subject.rules.ladders[0].rungs[1].name = "High";
        subject.rules.ladders[0].rungs[1].when = condition("U >= 60");
        spoil(subject);
        return told(check_model(subject));
    };
    CHECK(told_of([](model&) {}).empty());
    CHECK(told_of([](model& m) { m.study.leads.clear(); }) ==
          "0:0: study.leads is empty; give at least one, such as [90, 0]\n");
    CHECK(told_of([](model& m) {
              for (int i = 0; i < 70; ++i) m.study.leads.push_back(i + 100);
          }) == "0:0: study.leads has more than 63 leads\n");
    CHECK(
        told_of([](model& m) {
            m.steps.lag_months = 0;
            m.steps.min_n = 0;
            m.steps.target["3"] = 0.5;
            m.steps.causes.push_back({});
        }) ==
        "0:0: steps.lag_months must be a whole number from 1 up\n"
        "0:0: steps.min_n must be a whole number from 1 up\n"
        "0:0: steps.target.3 is not a link; there are \"1-2\", \"2-3\", \"3-4a\" and \"3-4b\"\n"
        "0:0: steps.causes[0].link \"\" is not a link; there are \"1-2\", \"2-3\", \"3-4a\" and \"3-4b\"\n"
        "0:0: steps.causes[0].verdict \"\" is not a verdict with a cause; there are \"weak\", \"leaky\" and "
        "\"starved\"\n"
        "0:0: steps.causes[0].cause is empty; say what is to be mended\n"
        "0:0: steps.causes[0].owners is empty; say whose job it is\n");
    CHECK(
        told_of([](model& m) { m.roles["mrrr"] = "seats"; }) ==
        "0:0: roles.mrrr is not a role; there are \"mrr\", \"mrr_before\", \"contract_start\", \"contract_end\", "
        "\"member\" and \"team\"; did you mean \"mrr\"?\n");
    CHECK(told_of([](model& m) {
              m.goals.push_back({});
              m.goals[0].name = "g";
              m.goals[0].ladder = "stage";
              m.goals[0].at_least = "High";
          }) == "0:0: goals.g needs either \"share\" or \"count\"\n");
    CHECK(told_of([](model& m) {
              m.alerts.resize(2);
              m.alerts[0].of = m.alerts[1].of = "U";
              m.alerts[0].drop = 5;
              m.alerts[0].window_days = 0;
              m.alerts[0].quiet_days = -1;
              m.alerts[1].name = "a\x01";
              m.alerts[1].drop = 5;
          }) ==
          "0:0: alerts[\"\"] is empty; a name has at least one character\n"
          "0:0: alerts[\"\"].quiet_days must be a whole number from 0 up\n"
          "0:0: alerts[\"\"].window_days must be a whole number from 1 up\n"
          "0:0: alerts[\"a\\u0001\"] has a control character; leave it out\n");
    CHECK(told_of([](model& m) {
              m.triggers.resize(1);
              m.triggers[0].name = "t";
              m.triggers[0].window_days = 0;
          }) ==
          "0:0: triggers.t needs \"when\": the condition under which it fires\n"
          "0:0: triggers.t.play \"\" is not a play; the model has none\n"
          "0:0: triggers.t.window_days must be a whole number from 1 up\n");
    CHECK(told_of([](model& m) {
              for (int i = 0; i < 120; ++i)
                  m.rules.ladders[0].rungs.push_back(m.rules.ladders[0].rungs[1]);
          }) == "0:0: ladders.stage has more than 100 rungs\n");
    CHECK(told_of([](model& m) {
              for (int i = 0; i < 70; ++i) m.rules.ladders.push_back(m.rules.ladders[0]);
          }) == "0:0: ladders has more than 64 ladders\n");
    CHECK(told_of([](model& m) {
              m.rules.groups[1].caps = {{condition("seats > 1"), 40, {}}};
          }) == "0:0: axes.I.components is empty; give I a component, or leave it out\n");
    CHECK(told_of([](model& m) {
              m.rules.groups[2].caps = {{{}, 40, {}}};
          }) ==
          "0:0: axes.U.caps[0] needs \"when\": the condition under which the score is capped\n");
    CHECK(told_of([](model& m) {
              m.metrics.resize(4);
              m.metrics[2].name = "counted";
              m.metrics[2].from = metric::source::initiatives;
              m.metrics[3].name = "derived";
              m.metrics[3].from = metric::source::derived;
          }) ==
          "0:0: metrics.counted.initiative is empty; give the name the initiatives table has\n"
          "0:0: metrics.counted.window_days must be a whole number from 1 up\n"
          "0:0: metrics.derived.derive is empty; give the expression that computes the metric\n");
}

}  // namespace test_check
