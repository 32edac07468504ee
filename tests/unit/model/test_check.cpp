// check_model() on models built in C++: no text, no lines, the same problems.
#include <limits>
#include <string>

#include "aiueo/model/check.hpp"
#include "aiueo/model/parse_expression.hpp"

#include "model_files.hpp"

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
