#include <string>

#include "aiueo/base/date.hpp"
#include "aiueo/model/read.hpp"

#include "model_files.hpp"

namespace test_read_model {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

const component& part(const scheme& rules, axis of, std::size_t i) {
    return rules.groups[static_cast<std::size_t>(of)].components.at(i);
}

}  // namespace

TEST_CASE("the example of the model file is read as it stands", "[model][read]") {
    const std::string text = file_text(tests_dir() + "/golden/models/hr-saas.json");
    const model_reading read = inspect_model(text, {"hr-saas.json", {}});
    REQUIRE(told(read.found).empty());
    REQUIRE(read.usable);
    const model& made = read.value;
    CHECK(made.name == "hr-saas");
    CHECK(made.file == "hr-saas.json");
    CHECK(made.currency == "JPY");
    CHECK(made.minor_digits == 0);
    CHECK(made.zone.name == "Asia/Tokyo");
    CHECK(made.zone.offset_at(1700000000) == 9 * 3600);
    CHECK(made.roles.at("member") == "csm");
    CHECK(made.roles.size() == 6);
    CHECK(made.fingerprint.size() == 64);

    REQUIRE(made.metrics.size() == 29);
    CHECK(made.metrics[0].name == "plan");
    CHECK(made.metrics[0].shown.ja == "プラン");
    CHECK(made.metrics[0].shown.en == "Plan");
    const metric& nps = *made.find_metric("nps");
    CHECK((nps.type == metric_type::number && nps.min == 0.0 && nps.max == 10.0 &&
           nps.max_age_days == 180));
    const metric& meetings = *made.find_metric("user_meetings");
    CHECK(meetings.from == metric::source::initiatives);
    CHECK(meetings.counted.initiative == "user_meeting");
    CHECK((meetings.counted.window_days == 365 && meetings.type == metric_type::number));
    CHECK(made.find_metric("case_study")->type == metric_type::flag);
    const metric& rate = *made.find_metric("login_rate");
    CHECK((rate.from == metric::source::derived && rate.type == metric_type::number &&
           !rate.derive.empty()));
    CHECK(nps.where.line == 31);
    CHECK(nps.where.path == "metrics.nps");

    REQUIRE(made.segments.size() == 3);
    CHECK(made.segments[2].edges == std::vector<double>{2, 13});

    const component& mails = part(made.rules, axis::touch, 0);
    CHECK((mails.how == response::curve && mails.from == parse_date("2026-04-01") && !mails.until));
    const group& ready = made.rules.groups[static_cast<std::size_t>(axis::implementation)];
    CHECK((ready.min_coverage == 0.5 && ready.caps.size() == 1 && ready.caps[0].at_most == 40));
    CHECK((ready.components[0].how == response::flag && ready.components[0].weight == 2));
    CHECK((ready.components[1].how == response::steps && ready.components[1].knots.size() == 2));
    const component& logins = part(made.rules, axis::utilization, 0);
    CHECK((logins.missing == missing_policy::pessimistic && logins.weight == 3));
    CHECK(made.metrics[logins.input_metrics.at(0)].name == "login_rate");
    CHECK(part(made.rules, axis::utilization, 1).how == response::days_since);
    const component& breadth = part(made.rules, axis::utilization, 2);
    CHECK(breadth.how == response::percentile);
    REQUIRE(breadth.knots.size() == 6);
    CHECK((breadth.knots[3].at == 5 && breadth.knots[3].score == 60));
    const component& habit = part(made.rules, axis::utilization, 4);
    CHECK((habit.is_share && habit.of_zero == 0.0 &&
           habit.inputs == std::vector<std::string>{"top_topic_views", "views"}));
    const component& champion = part(made.rules, axis::engagement, 1);
    CHECK((champion.table.size() == 2 && champion.otherwise == 50.0 &&
           champion.table[0].first == "yes"));
    CHECK((part(made.rules, axis::engagement, 0).missing == missing_policy::prior));
    CHECK(part(made.rules, axis::engagement, 0).prior == 50);
    const score_override& pulse =
        *made.rules.groups[static_cast<std::size_t>(axis::engagement)].manual;
    CHECK(made.metrics[pulse.metric_index].name == "csm_pulse");
    CHECK_FALSE(made.rules.groups[0].in_use());

    CHECK(made.rules.overall.weights == std::array<double, axis_count>{0, 1, 2, 1, 2});
    REQUIRE(made.rules.ladders.size() == 1);
    const ladder& stage = made.rules.ladders[0];
    REQUIRE(stage.rungs.size() == 4);
    CHECK(stage.rungs[0].meaning.en == "Signed, not yet ready to work with it");
    CHECK(
        (stage.rungs[1].expected_by_days == 60 && stage.rungs[1].approach.en == "onboarding call"));
    CHECK((stage.rungs[2].hypothesis && stage.rungs[2].review_by == parse_date("2026-08-01")));
    CHECK(made.rules.bands->names.size() == 5);
    CHECK(made.rules.bands->group == group_count);

    REQUIRE(made.profiles.size() == 1);
    CHECK(made.profiles[0].name == "trial");
    CHECK(made.profiles[0].rules.overall.weights == std::array<double, axis_count>{0, 3, 2, 0, 0});
    CHECK(made.profiles[0].changes == std::vector<std::string>{"overall.weights.I: 1 → 3",
                                                               "overall.weights.E: 1 → left out",
                                                               "overall.weights.O: 2 → left out"});
    CHECK(part(made.profiles[0].rules, axis::utilization, 0).input_metrics.size() == 1);

    CHECK(
        (made.steps.declared && made.steps.lag_months == 2 && made.steps.target.at("3-4b") == 0.2));
    REQUIRE(made.plays.size() == 2);
    CHECK((made.plays[1].effort == 2 && made.plays[0].for_gaps.size() == 2));
    CHECK((made.study.completion_ladder == "stage" && made.study.completion_rung == "Onboard"));
    CHECK((made.study.nrr_target == 1.1 && made.study.ranks.size() == 4 &&
           made.study.max_weight_share == 0.4));
    CHECK((made.rollup && made.rollup->weight == "mrr"));
    CHECK((made.priority.capacity == 20.0 && made.priority.first.size() == 2));
    REQUIRE(made.alerts.size() == 3);
    CHECK((made.alerts[0].what == alert::on::drop && made.alerts[0].drop == 15 &&
           made.alerts[0].quiet_days == 14));
    CHECK((made.alerts[1].what == alert::on::down && made.alerts[1].ladder == "stage"));
    CHECK((made.alerts[2].what == alert::on::dark && made.alerts[2].of == "overall"));
    REQUIRE(made.triggers.size() == 2);
    CHECK((made.triggers[0].variants.size() == 2 && made.triggers[0].holdout == 0.1 &&
           made.triggers[0].window_days == 7));
    CHECK_FALSE(made.triggers[0].success.empty());
    CHECK((made.triggers[0].once_per.empty() && made.triggers[1].once_per == "contract_end"));
    REQUIRE(made.goals.size() == 2);
    CHECK((made.goals[0].share == 0.6 && made.goals[0].by == parse_date("2027-03-31") &&
           made.goals[1].count == 30.0));
}

TEST_CASE("a model needs its version and one metric, the rest has defaults", "[model][read]") {
    const model made =
        good_model(R"({ "aiueo": 1, "metrics": { "seats": { "type": "number" } } })");
    CHECK(made.zone.name == "UTC");
    CHECK((made.currency.empty() && made.minor_digits == 2));
    CHECK((made.study.leads == std::vector<std::int32_t>{90, 0} && made.study.alpha == 0.05));
    CHECK_FALSE(made.steps.declared);
    CHECK_FALSE(made.rollup.has_value());

    const model scored = good_model(model_text(R"("axes": {
        "A": { "components": { "size": { "metric": "seats", "steps": [[10, 100]] } } },
        "U": { "components": { "use": { "metric": "logins", "curve": [[0, 0], [9, 100]] } } },
        "O": { "components": { "goal": { "metric": "ready" } } } })"));
    CHECK(scored.rules.overall.weights == std::array<double, axis_count>{0, 0, 1, 0, 1});
    CHECK((scored.rules.overall.min_axes == 2 && scored.rules.overall.min_coverage == 0.5));
    const component& use = part(scored.rules, axis::utilization, 0);
    CHECK((use.weight == 1 && use.missing == missing_policy::renormalize));
}

TEST_CASE("a byte order mark and windows line ends are nothing to speak of", "[model][read]") {
    const model_reading read = inspect_model(
        "\xEF\xBB\xBF{\r\n\"aiueo\": 1,\r\n\"metrics\": { \"a\": { \"type\": \"x\" } } }\r\n");
    REQUIRE(read.found.size() == 1);
    CHECK(read.found[0].what.where.line == 3);
    CHECK(read.found[0].what.where.column == 29);
}

TEST_CASE("labels are one text for all languages, or one for each", "[model][read]") {
    const model made = good_model(R"({ "aiueo": 1, "label": "Health", "metrics": {
        "a": { "type": "flag", "label": { "ja": "あ" } } },
        "axes": { "U": { "label": "Use", "components": { "c": { "metric": "a", "label": { "en": "C" } } } } },
        "ladders": { "stage": { "label": "Stage", "rungs": [{ "name": "Low", "label": "low" }] } },
        "profiles": [{ "name": "p", "label": "P", "when": "a", "patch": {} }] })");
    CHECK((made.shown.ja == "Health" && made.shown.en == "Health"));
    CHECK((made.metrics[0].shown.ja == "あ" && made.metrics[0].shown.en.empty()));
    CHECK(made.rules.groups[2].shown.en == "Use");
    CHECK(part(made.rules, axis::utilization, 0).shown.en == "C");
    CHECK((made.rules.ladders[0].shown.en == "Stage" &&
           made.rules.ladders[0].rungs[0].shown.ja == "low"));
    CHECK(made.profiles[0].shown.ja == "P");
}

TEST_CASE("a host's own scorer gets its parameters as JSON text", "[model][read]") {
    const model made = good_model(model_text(R"("axes": { "U": { "components": { "pressure": {
        "scorer": "seat_pressure", "version": 3, "metrics": ["seats", "plan"],
        "params": { "soft" : 0.80, "list": [ 1, "é\n" ] }, "weight": 2 } } } })"));
    const component& own = part(made.rules, axis::utilization, 0);
    CHECK(
        (own.how == response::custom && own.scorer == "seat_pressure" && own.scorer_version == 3));
    CHECK((own.input_metrics.size() == 2 && own.weight == 2));
    CHECK(own.params == R"({"soft":0.80,"list":[1,"é\u000a"]})");
}

TEST_CASE("a profile weights and shapes anew", "[model][profile]") {
    const model made = good_model(model_text(R"(
      "axes": {
        "U": { "components": { "use": { "metric": "logins", "curve": [[0, 0], [9, 100]], "missing": "pessimistic" },
                               "ready": { "metric": "ready" } }, "caps": [{ "when": "!ready", "at_most": 40 }] },
        "O": { "components": { "goal": { "metric": "ready" } } } },
      "overall": { "weights": { "U": 1, "O": 1 } },
      "ladders": { "stage": [{ "name": "Low" }, { "name": "High", "when": "U >= 60" }],
                   "level": { "rungs": [{ "name": "1" }, { "name": "2", "when": "O >= 50" }] } },
      "bands": { "edges": [50], "names": ["red", "green"] },
      "profiles": [{ "name": "trial", "when": "plan == 'trial'", "patch": {
        "axes": { "U": { "components": { "use": { "curve": null, "steps": [[1, 100]], "missing": { "prior": 30 } } },
                         "caps": null, "min_coverage": 0.2 } },
        "overall": { "weights": { "O": null } },
        "ladders": { "stage": { "High": { "when": "U >= 40" } }, "level": { "2": { "when": "true" } } },
        "bands": { "edges": [40], "names": ["red", "green"] } } }])"));
    const scheme& trial = made.profiles[0].rules;
    const component& use = part(trial, axis::utilization, 0);
    CHECK((use.how == response::steps && use.missing == missing_policy::prior && use.prior == 30));
    CHECK(use.inputs == std::vector<std::string>{"logins"});
    CHECK(trial.groups[2].caps.empty());
    CHECK(trial.groups[2].min_coverage == 0.2);
    CHECK(trial.overall.weights == std::array<double, axis_count>{0, 0, 1, 0, 0});
    CHECK(trial.ladders[0].rungs[1].when.source == "U >= 40");
    CHECK(trial.ladders[1].rungs[1].when.source == "true");
    CHECK(trial.bands->edges == std::vector<double>{40});
    CHECK(made.rules.ladders[0].rungs[1].when.source == "U >= 60");
    CHECK(made.profiles[0].changes ==
          std::vector<std::string>{
              "axes.U.components.use.curve: [[0,0],[9,100]] → left out",
              "axes.U.components.use.steps: not set → [[1,100]]",
              "axes.U.components.use.missing: \"pessimistic\" → {\"prior\":30}",
              "axes.U.caps: [{\"when\":\"!ready\",\"at_most\":40}] → left out",
              "axes.U.min_coverage: not set → 0.2", "overall.weights.O: 1 → left out",
              "bands.edges: [50] → [40]", "ladders.stage.High.when: \"U >= 60\" → \"U >= 40\"",
              "ladders.level.2.when: \"O >= 50\" → \"true\""});
}

TEST_CASE("the schema is the published one", "[model][schema]") {
    CHECK(model_schema() == file_text(tests_dir() + "/../schema/aiueo-model.schema.json"));
}

}  // namespace test_read_model
