// Responses and the weights of axes that are fitted to what happened, in worlds whose truth is
// planted.
#include <algorithm>
#include <cmath>

#include "aiueo/study/calibration.hpp"
#include "aiueo/study/registry.hpp"

#include "nlohmann/json.hpp"
#include "observed_rows.hpp"

namespace test_responses {

using namespace aiueo;
using namespace aiueo::testing;
using detail::curve_at;
using detail::fitted_curve;

namespace {

const std::string usual = weighted_model(R"({"leads": [90, 0], "max_weight_share": 1})");

/// Counts of kept and lost by bin, none unknown.
outcome_counts counts_of(std::vector<std::int64_t> kept, std::vector<std::int64_t> lost) {
    kept.push_back(0);
    lost.push_back(0);
    return {std::move(lost), std::move(kept)};
}

/// Renewal is likely where logins are neither few nor many; answers say something, wins nothing.
told_history hill(std::uint64_t seed, int customers = 3000) {
    return lived(customers, seed, [](history_row& row, std::uint64_t& state, int) {
        row.logins = chance(state) < 0.1 ? no_value : std::floor(chance(state) * 101);
        row.answers = std::floor(chance(state) * 101) / 10;
        row.wins = std::floor(chance(state) * 41);
        row.setup = 1;
        row.unused = std::floor(chance(state) * 100);
        const bool middle = row.logins >= 30 && row.logins <= 70;
        return 0.3 + (middle ? 0.5 : 0.0) + 0.01 * row.answers;
    });
}

const calibrated_response& response_of(const calibration_finding& found, std::string_view name) {
    for (const calibrated_response& one : found.responses) {
        if (one.component == name) return one;
    }
    FAIL("no response " << name);
    return found.responses.front();
}

}  // namespace

TEST_CASE("a fitted curve has the rates' order and reach", "[study][calibration]") {
    const std::vector<double> at{0, 1, 2, 3};
    // Rates 0.2, 0.4, 0.3 and 0.9: monotone joins the middle two.
    const outcome_counts of = counts_of({20, 40, 30, 90}, {80, 60, 70, 10});
    const auto rising = fitted_curve(at, of, response_shape::monotone, 0);
    REQUIRE(rising.size() == 4);
    CHECK(rising[0].score == 0);
    CHECK(rising[1].at == 1);
    CHECK(rising[2].at == 2);
    CHECK(rising[1].score == rising[2].score);
    CHECK(near(rising[1].score, 100 * (0.35 - 0.2) / 0.7, 0.05));
    CHECK(rising[3].score == 100);
    const auto free = fitted_curve(at, of, response_shape::free, 0);
    REQUIRE(free.size() == 4);
    CHECK(near(free[1].score, 100 * 0.2 / 0.7, 0.05));
    CHECK(near(free[2].score, 100 * 0.1 / 0.7, 0.05));
    // Downward is a direction, too.
    const auto falling = fitted_curve(at, counts_of({90, 30, 40, 20}, {10, 70, 60, 80}),
                                      response_shape::monotone, 0);
    REQUIRE(falling.size() == 4);
    CHECK(falling.front().score == 100);
    CHECK(falling.back().score == 0);

    // Few are taken together with their neighbours, so that two of two do not make a 100.
    const auto tail =
        fitted_curve(at, counts_of({20, 40, 60, 2}, {80, 60, 40, 0}), response_shape::free, 0);
    REQUIRE(tail.size() == 4);
    CHECK(tail[2].at == 2);
    CHECK(tail[3].at == 3);
    CHECK(tail[2].score == tail[3].score);
    CHECK(fitted_curve(at, counts_of({50, 50, 50, 50}, {50, 50, 50, 50}), response_shape::free, 10)
              .empty());
    CHECK(
        fitted_curve(at, counts_of({5, 0, 0, 0}, {5, 0, 0, 0}), response_shape::free, 10).empty());
}

TEST_CASE("rates drawn toward all stay in order", "[study][calibration]") {
    // 100 customers at 0.05 are drawn above 4,000 at 0.2; monotone must not turn.
    const std::vector<double> at{0, 1, 2};
    const outcome_counts of = counts_of({5, 800, 3600}, {95, 3200, 400});
    const auto monotone = fitted_curve(at, of, response_shape::monotone, 100);
    REQUIRE(monotone.size() == 3);
    CHECK(monotone[0].score == monotone[1].score);
    const auto free = fitted_curve(at, of, response_shape::free, 100);
    REQUIRE(free.size() == 3);
    CHECK(free[0].score > free[1].score);
}

TEST_CASE("at most six levels, the cheapest joined first", "[study][calibration]") {
    std::vector<double> at;
    std::vector<std::int64_t> kept, lost;
    for (int k = 0; k < 40; ++k) {
        at.push_back(k);
        kept.push_back(k < 20 ? 20 + k % 3 : 80 - k % 3);
        lost.push_back(100 - kept.back());
    }
    const auto curve = fitted_curve(at, counts_of(kept, lost), response_shape::free, 10);
    CHECK(curve.size() <= 2 * fitted_levels);
    CHECK(curve_at(curve, 5) < 5);
    CHECK(curve_at(curve, 19) < 5);
    CHECK(curve_at(curve, 20) > 95);
    CHECK(near(curve_at(curve, 19.5), (curve_at(curve, 19) + curve_at(curve, 20)) / 2, 1e-9));
    CHECK(curve_at(curve, -1) == curve.front().score);
    CHECK(curve_at(curve, 99) == curve.back().score);
    CHECK(std::isnan(curve_at(curve, no_value)));
}

TEST_CASE("a table's levels get the rates of who has them", "[study][calibration]") {
    component of;
    of.how = response::table;
    of.table = {{"a", 0}, {"b", 50}, {"c", 50}, {"d", 80}};
    of.otherwise = 100;
    outcome_counts counts{std::vector<std::int64_t>(score_bins),
                          std::vector<std::int64_t>(score_bins)};
    counts.kept[0] = 90, counts.lost[0] = 10;
    counts.kept[50] = 20, counts.lost[50] = 80;
    counts.kept[100] = 40, counts.lost[100] = 60;
    counts.kept[unknown_bin] = 1000;  // not looked at
    const auto points = detail::fitted_points(of, counts, 0.001);
    REQUIRE(points.size() == unknown_bin);
    CHECK(points[0] == 100);
    CHECK(points[50] == 0);
    CHECK(near(points[100], 100 * 0.2 / 0.7, 0.1));
    CHECK(near(points[80], 100 * 0.3 / 0.7, 0.1));  // of nobody: the rate of all, a half
    CHECK(std::isnan(points[1]));
    of.table.resize(1);
    of.otherwise.reset();
    CHECK(detail::fitted_points(of, counts, 0.001).empty());
}

TEST_CASE("a hill is found, and the patch draws it", "[study][calibration]") {
    const plan before = plan_of(usual);
    const evidence seen = evidence_of(before, hill(7));
    calibration_options asked;
    asked.refit_responses = true;
    const calibration_finding found = study_calibration(seen, asked);
    const calibrated_response& logins = response_of(found, "U.logins");
    CHECK(logins.best == "free");
    REQUIRE(logins.proposals.size() == 2);
    const response_proposal& free = logins.proposals[1];
    CHECK(free.out_of_fold.difference.of.value > 0.3);
    CHECK(std::fabs(free.out_of_fold.present.value) < 0.1);
    CHECK(free.out_of_fold.proposed_r_squared > 0.15);
    CHECK(curve_at(free.curve, 10) < 15);
    CHECK(curve_at(free.curve, 50) > 85);
    CHECK(curve_at(free.curve, 90) < 15);
    CHECK(logins.n == free.out_of_fold.difference.of.n);
    CHECK(logins.n < found.ends);
    // Nothing is in these.
    CHECK(response_of(found, "U.wins").best == "present");
    CHECK(response_of(found, "E.unused").best == "present");
    CHECK(found.told.sentence.en.find("U.logins by 0.") != std::string::npos);

    const nlohmann::json patch = nlohmann::json::parse(found.patch);
    CHECK(patch["axes"]["U"]["components"]["logins"].size() == 1);
    CHECK(!patch.contains("overall"));
    CHECK(found.changes.empty());
    nlohmann::json changed = nlohmann::json::parse(usual);
    changed.merge_patch(patch);
    const plan after = plan_of(changed.dump());
    const auto& components = after.data().model.rules.groups[2].components;
    const component& now = *std::find_if(components.begin(), components.end(),
                                         [](const component& one) { return one.name == "logins"; });
    REQUIRE(now.knots.size() == free.curve.size());
    for (std::size_t k = 0; k < now.knots.size(); ++k) {
        CHECK(now.knots[k].at == free.curve[k].at);
        CHECK(now.knots[k].score == free.curve[k].score);
    }
    // The new model goes with renewal as the proposal said, on the rows themselves.
    const calibration_finding again = study_calibration(evidence_of(after, hill(7)));
    for (const calibrated_component& one : again.axes[0].components) {
        if (one.name == "logins") CHECK(near(one.r, free.out_of_fold.proposed.value, 0.03));
    }

    // Without being asked for, it is only mentioned.
    const calibration_finding kept = study_calibration(seen);
    CHECK(
        !nlohmann::json::parse(kept.patch)["axes"]["U"]["components"]["logins"].contains("curve"));
    const auto mentions = [](const label& one) {
        return one.en.find("Ask for responses \"refit\"") != std::string::npos;
    };
    CHECK(std::any_of(kept.told.cautions.begin(), kept.told.cautions.end(), mentions));
    CHECK(!std::any_of(found.told.cautions.begin(), found.told.cautions.end(), mentions));
}

TEST_CASE("steps and percentiles give way to a curve", "[study][calibration]") {
    nlohmann::json model = nlohmann::json::parse(usual);
    auto& axes = model["axes"];
    axes["U"]["components"]["logins"] = {
        {"metric", "logins"}, {"steps", {{50, 100}}}, {"below", 5}};
    axes["E"]["components"]["unused"] = {{"metric", "logins"}, {"percentile", {0, 50, 100}}};
    calibration_options asked;
    asked.refit_responses = asked.refit_percentiles = true;
    const calibration_finding found =
        study_calibration(evidence_of(plan_of(model.dump()), hill(11)), asked);
    model.merge_patch(nlohmann::json::parse(found.patch));
    CHECK(model["axes"]["U"]["components"]["logins"].size() == 2);
    CHECK(model["axes"]["U"]["components"]["logins"].contains("curve"));
    CHECK(model["axes"]["E"]["components"]["unused"].size() == 2);
    CHECK(plan_of(model.dump()).data().model.rules.groups[3].components[0].how == response::curve);
    // Raw metrics are counted at the first lead only.
    asked.lead = 1;
    const calibration_finding later =
        study_calibration(evidence_of(plan_of(usual), hill(11, 300)), asked);
    CHECK(response_of(later, "U.logins").why == "raw metrics are counted at the first lead only");
    CHECK(later.patch == "{}");
}

TEST_CASE("the axes' weights follow what the axes tell", "[study][calibration]") {
    // Three times as much depends on E as on U.
    const auto world = [](history_row& row, std::uint64_t& state, int) {
        row.logins = std::floor(chance(state) * 101);
        row.answers = row.wins = 5;
        row.setup = 1;
        row.unused = std::floor(chance(state) * 5);
        return 0.1 + 0.2 * row.logins / 100 + 0.6 * row.unused / 4;
    };
    nlohmann::json model = nlohmann::json::parse(usual);
    model["axes"]["E"]["components"]["unused"] = {{"metric", "unused"},
                                                  {"curve", {{0, 0}, {4, 100}}}};
    model["axes"]["U"]["components"] = {
        {"logins", {{"metric", "logins"}, {"curve", {{0, 0}, {100, 100}}}}}};
    const calibration_finding found =
        study_calibration(evidence_of(plan_of(model.dump()), lived(4000, 3, world)));
    const calibrated_axis& overall = found.axes.back();
    REQUIRE(overall.name == "overall");
    REQUIRE(overall.components.size() == 2);
    CHECK(overall.components[0].name == "U");
    CHECK(overall.components[1].weight == 1);
    CHECK(overall.best == "least_squares");
    const weight_proposal& squares = overall.proposals[1];
    CHECK(squares.method == "least_squares");
    CHECK(near(squares.weights[1] / squares.weights[0], 3, 0.7));
    CHECK(near(squares.weights[0] + squares.weights[1], 2, 0.02));
    CHECK(squares.out_of_fold.difference.of.value > 0.01);
    CHECK(squares.out_of_time.difference.of.value > 0);
    const nlohmann::json patch = nlohmann::json::parse(found.patch);
    CHECK(patch["overall"]["weights"]["E"] == squares.weights[1]);
    CHECK(patch["overall"]["weights"]["U"] == squares.weights[0]);
    model.merge_patch(patch);
    CHECK(plan_of(model.dump()).data().model.rules.overall.weights[3] == squares.weights[1]);
    CHECK(found.changes.back().component == "overall.E");

    model["overall"]["combine"] = "minimum";
    const calibration_finding least =
        study_calibration(evidence_of(plan_of(model.dump()), lived(400, 3, world)));
    for (const calibrated_axis& one : least.axes) CHECK(one.name != "overall");
}

TEST_CASE("no signal is said in words", "[study][calibration]") {
    const told_history told = lived(1500, 77, [](history_row& row, std::uint64_t& state, int) {
        row.logins = std::floor(chance(state) * 100);
        row.answers = std::floor(chance(state) * 11);
        row.wins = std::floor(chance(state) * 41);
        row.setup = chance(state) < 0.5 ? 1 : 0;
        row.unused = std::floor(chance(state) * 3);
        return 0.7;
    });
    const plan model = plan_of(usual);
    const evidence seen = evidence_of(model, told);
    const calibration_finding found = study_calibration(seen);
    CHECK(found.patch == "{}");
    CHECK(found.told.sentence.en.find("there is no signal to fit weights to") != std::string::npos);
    calibration_options asked;
    asked.refit_responses = true;
    const calibration_finding responses = study_calibration(seen, asked);
    CHECK(responses.patch == "{}");
    CHECK(responses.told.sentence.en.find("No new response is better") != std::string::npos);
    CHECK(run_study(seen, "calibration", R"({"responses": "refit"})").ok());
    CHECK(!run_study(seen, "calibration", R"({"responses": "new"})").ok());
}

TEST_CASE("what could not be tested is not said to have no signal", "[study][calibration]") {
    const plan model = plan_of(usual);
    const evidence all_kept =
        evidence_of(model, lived(200, 3, [](history_row& row, std::uint64_t& state, int) {
                        row.logins = std::floor(chance(state) * 100);
                        row.answers = std::floor(chance(state) * 11);
                        return 1.0;
                    }));
    const calibration_finding found = study_calibration(all_kept);
    REQUIRE(found.ends > 0);
    CHECK(found.patch == "{}");
    CHECK(found.told.sentence.en ==
          "No component and no axis can be tested, for want of customers of both outcomes; whether "
          "other weights are better is unknown. Keep the old ones.");
    CHECK(found.told.sentence.ja.find("不明") != std::string::npos);
    for (const label& one : found.told.cautions)
        CHECK(one.en.find("beyond chance") == std::string::npos);
    calibration_options asked;
    asked.refit_responses = true;
    CHECK(study_calibration(all_kept, asked)
              .told.sentence.en.find("whether any is better is "
                                     "unknown") != std::string::npos);
}

TEST_CASE("trials convert, they do not renew", "[study][calibration]") {
    const plan model = plan_of(history_model);
    const evidence seen = evidence_of(model, made_history(400, 7));
    for (const bool refit : {false, true}) {
        calibration_options asked;
        asked.kind = contract_kind::trial;
        asked.refit_responses = refit;
        const calibration_finding found = study_calibration(seen, asked);
        REQUIRE(found.ends > 0);
        CHECK(found.told.sentence.en.find("renew") == std::string::npos);
        CHECK(found.told.sentence.ja.find("更新") == std::string::npos);
        for (const label& one : found.told.cautions) {
            CHECK(one.en.find("renew") == std::string::npos);
            CHECK(one.ja.find("更新") == std::string::npos);
        }
    }
}

}  // namespace test_responses
