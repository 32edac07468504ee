// The study of initiatives: by hand, done again from the customers, and on worlds whose truth is
// known.
#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "aiueo/study/initiative.hpp"
#include "aiueo/study/registry.hpp"

#include "observed_rows.hpp"

namespace test_initiative {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

constexpr std::int32_t no = initiative_entry::no_date;
constexpr std::int32_t contract_end = 19000;  // the window: (18820, 18910]

struct person {
    std::string name;
    bool active = false;  ///< at the window's start
    bool met = false;     ///< attended "meeting"
    bool kept = false;
};

/// One end each, seen at the window's start and at the cutoff.
void live(const person& one, told_history& to) {
    contract end;
    end.start = contract_end - 365;
    end.end = contract_end;
    end.outcome = one.kept ? contract_outcome::renewed : contract_outcome::churned;
    to.contracts.emplace_back(one.name, end);
    for (const std::int32_t before : {185, 100}) {
        history_row row;
        row.customer = one.name;
        row.as_of = contract_end - before;
        row.logins = one.active ? 90 : 10;
        row.answers = row.wins = no_value;
        to.rows.push_back(row);
    }
    if (one.met)
        to.initiatives->push_back({one.name, "meeting", "", no, contract_end - 120, no, false});
}

/// Entry: 6 of 10 with it were kept and 8 of 20 without; Active: 18 of 20 and 4 of 5.
std::vector<person> people() {
    std::vector<person> out;
    const auto add = [&out](bool active, bool met, int n, int kept) {
        for (int k = 0; k < n; ++k)
            out.push_back({"p" + std::to_string(out.size()), active, met, k < kept});
    };
    add(false, true, 10, 6);
    add(false, false, 20, 8);
    add(true, true, 20, 18);
    add(true, false, 5, 4);
    return out;
}

told_history told_of(const std::vector<person>& people) {
    told_history out;
    out.initiatives.emplace();
    for (const person& one : people) live(one, out);
    return out;
}

/// Σ (a n₀ − c n₁)/n ÷ Σ n₁ n₀/n over the two stages.
double pooled_of(const std::vector<person>& people, std::size_t without_group) {
    double above = 0, below = 0;
    for (const bool active : {false, true}) {
        double a = 0, n1 = 0, c = 0, n0 = 0;
        for (const person& one : people) {
            if (one.active != active ||
                static_cast<std::size_t>(evidence_group(one.name)) == without_group)
                continue;
            (one.met ? n1 : n0) += 1;
            (one.met ? a : c) += one.kept ? 1 : 0;
        }
        if (n1 == 0 || n0 == 0) continue;
        above += (a * n0 - c * n1) / (n1 + n0);
        below += n1 * n0 / (n1 + n0);
    }
    return above / below;
}

const initiative_association& row_of(const initiative_finding& found, const std::string& name,
                                     std::string_view how) {
    for (const initiative_association& one : found.initiatives) {
        if (one.initiative == name && one.exposure == how) return one;
    }
    FAIL("no row of " << name);
    return found.initiatives.front();
}

std::string cautions_of(const initiative_finding& found) {
    std::string out;
    for (const label& one : found.told.cautions) out += one.en + "\n";
    return out;
}

/// Healthy customers attend, whatever it does; who is invited to "training" is drawn, one in four
/// is held out, and it moves renewal by `effect`.
told_history drawn_world(int customers, std::uint64_t seed, double effect, double per_stage = 0.4) {
    told_history out;
    out.initiatives.emplace();
    std::uint64_t state = seed;
    for (int k = 0; k < customers; ++k) {
        person one{"c" + std::to_string(k), chance(state) < 0.5, false, false};
        one.met = chance(state) < (one.active ? 0.6 : 0.2);
        const bool drawn = chance(state) < 0.5, held = drawn && chance(state) < 0.25;
        const double p = 0.4 + (one.active ? per_stage : 0) + (drawn && !held ? effect : 0);
        one.kept = chance(state) < p;
        if (drawn)
            out.initiatives->push_back(
                {one.name, "training", "", contract_end - 150, no, no, held});
        live(one, out);
    }
    return out;
}

}  // namespace

TEST_CASE("renewal with and without an initiative, by hand", "[study][initiative]") {
    const plan model = plan_of(history_model);
    const std::vector<person> all = people();
    const initiative_finding found = study_initiative(evidence_of(model, told_of(all)), {{}, 10});
    CHECK(found.each_once);
    CHECK(found.ends == 55);
    CHECK(found.known == 55);
    CHECK(found.unstaged == 0);
    REQUIRE(found.initiatives.size() == 1);
    const initiative_association& row = found.initiatives.front();
    CHECK(row.initiative == "meeting");
    CHECK(row.exposure == "attended");
    CHECK(row.judged);
    CHECK(row.exposed.n == 30);
    CHECK(near(row.exposed.value, 0.8, 1e-15));
    CHECK(near(row.exposed.interval.lower, wilson_interval(24, 30).lower, 1e-15));
    CHECK(row.unexposed.n == 25);
    CHECK(near(row.unexposed.value, 0.48, 1e-15));
    CHECK(near(row.crude.value, 0.32, 1e-12));
    CHECK(
        near(row.crude.interval.upper, newcombe_difference(24, 30, 12, 25).interval.upper, 1e-12));
    // (4/3 + 2/5) ÷ (20/3 + 4)
    CHECK(near(row.stratified.of.value, 0.1625, 1e-12));
    CHECK(row.stratified.of.n == 55);
    CHECK(row.strata == 2);
    REQUIRE(row.stages.size() == 3 - 1);
    CHECK(row.stages[0].stage == "Entry");
    CHECK(near(row.stages[0].unexposed.value, 0.4, 1e-15));
    CHECK(row.stages[1].stage == "Active");
    CHECK(near(row.stages[1].exposed.value, 0.9, 1e-15));

    std::vector<double> without;
    for (std::size_t g = 0; g < 20; ++g) {
        const bool any = std::any_of(all.begin(), all.end(), [g](const person& one) {
            return static_cast<std::size_t>(evidence_group(one.name)) == g;
        });
        if (any) without.push_back(pooled_of(all, g));
    }
    const auto n = static_cast<double>(without.size());
    double mean = 0, squares = 0;
    for (const double one : without) mean += one / n;
    for (const double one : without) squares += (one - mean) * (one - mean);
    const double error = std::sqrt((n - 1) / n * squares);
    // Never surer than independent customers: Sato's interval, and the exact test of both stages.
    const std::vector<table_2x2> stages{{6, 4, 8, 12}, {18, 2, 4, 1}};
    const double upper = std::max(0.1625 + t_quantile(0.975, n - 1) * error,
                                  mantel_haenszel_risk_difference(stages).interval.upper);
    CHECK(near(row.stratified.of.interval.upper, upper, 1e-9));
    CHECK(row.stratified.p >= exact_test(stages).p);
    CHECK(row.stratified.p >= t_two_sided(0.1625 / error, n - 1) * (1 - 1e-9));
    CHECK(near(row.stratified.q, row.stratified.p, 1e-15));  // a family of one
}

TEST_CASE("too few to judge are shown and not judged", "[study][initiative]") {
    const plan model = plan_of(history_model);
    const evidence seen = evidence_of(model, told_of(people()));
    const initiative_finding found = study_initiative(seen);  // 30 on either side
    REQUIRE(found.initiatives.size() == 1);
    const initiative_association& row = found.initiatives.front();
    CHECK(!row.judged);
    CHECK(std::isnan(row.stratified.p));
    CHECK(std::isnan(row.stratified.q));
    CHECK(near(row.stratified.of.value, 0.1625, 1e-12));
    CHECK(found.told.sentence.en.find("No initiative has 30 ends with it and as many") == 0);
    CHECK(cautions_of(found).find("to judge: meeting (attended).") != std::string::npos);
}

TEST_CASE("healthy customers come: the stages see through it", "[study][initiative]") {
    const plan model = plan_of(history_model);
    const told_history told = drawn_world(4000, 3, 0.15);
    const initiative_finding found = study_initiative(evidence_of(model, told));
    const initiative_association& meeting = row_of(found, "meeting", "attended");
    CHECK(meeting.crude.interval.lower > 0.1);  // healthy customers renew and come
    CHECK(meeting.stratified.of.interval.lower < 0.02);
    CHECK(std::fabs(meeting.stratified.of.value) < 0.04);
    CHECK(meeting.stratified.q > 0.05);
    const initiative_association& training = row_of(found, "training", "invited");
    CHECK(training.stratified.q < 1e-4);
    CHECK(&training == &found.initiatives.front());
    REQUIRE(found.effects.size() == 1);
    const initiative_effect& effect = found.effects.front();
    CHECK(effect.initiative == "training");
    CHECK(effect.chosen.n + effect.held.n > 1900);
    CHECK(effect.effect.of.interval.lower > 0.05);
    CHECK(effect.effect.of.interval.lower < 0.15);
    CHECK(effect.effect.of.interval.upper > 0.15);
    CHECK(effect.effect.q < 1e-4);
    const std::string& en = found.told.sentence.en;
    CHECK(en.find("What goes with renewal most is training (invited): contracts with it were "
                  "renewed more often by ") == 0);
    CHECK(en.find("By its hold-out, training has an effect of +") != std::string::npos);
    CHECK(found.told.sentence.ja.find("training（招待）") != std::string::npos);
    const std::string cautions = cautions_of(found);
    CHECK(cautions.find("an association is no effect") != std::string::npos);
    CHECK(cautions.find("90 days before the cutoff") != std::string::npos);
}

TEST_CASE("no effect gives no alarm", "[study][initiative]") {
    const plan model = plan_of(history_model);
    int stratified = 0, crude = 0, effects = 0;
    for (std::uint64_t seed = 1; seed <= 60; ++seed) {
        const evidence seen = evidence_of(model, drawn_world(500, seed * 7919, 0));
        const initiative_finding found = study_initiative(seen);
        const initiative_association& meeting = row_of(found, "meeting", "attended");
        stratified += meeting.stratified.p < 0.05 ? 1 : 0;
        crude += meeting.crude.interval.lower > 0 ? 1 : 0;
        REQUIRE(found.effects.size() == 1);
        effects += found.effects.front().effect.p < 0.05 ? 1 : 0;
    }
    CHECK(stratified <= 8);
    CHECK(effects <= 8);
    CHECK(crude >= 40);
}

TEST_CASE("few lost in few groups are no effect of anything", "[study][initiative]") {
    // Four of 500 customers are lost, each with one of four ends; 40 met an initiative that does
    // nothing, and their stage says nothing. The jackknife alone alarms in more than 30 of 100.
    std::uint64_t state = 3;
    int stratified = 0, crude = 0, apart = 0;
    constexpr int runs = 300;
    for (int k = 0; k < runs; ++k) {
        detail::grouped_strata from;
        detail::grouped_strata::groups stages[2] = {};
        int left = 4;
        for (int c = 0; c < 500; ++c) {
            const std::size_t g = drawn(state) % std::size_t{evidence_groups};
            table_2x2& t = stages[drawn(state) % 2][g];
            const int lost = chance(state) * (500 - c) < left ? 1 : 0;
            left -= lost;
            (c < 40 ? t.b : t.d) += lost;
            (c < 40 ? t.a : t.c) += 4 - lost;
        }
        for (const auto& one : stages) from.add() = one;
        const tested_figure found = detail::stratified_difference(from);
        stratified += found.p <= 0.05 ? 1 : 0;
        apart += found.of.interval.lower > 0 || found.of.interval.upper < 0 ? 1 : 0;
        crude += detail::tested_difference(from, false).p <= 0.05 ? 1 : 0;
    }
    CHECK(stratified <= runs * 8 / 100);
    CHECK(apart <= runs * 8 / 100);
    CHECK(crude <= runs * 8 / 100);
}

TEST_CASE("a total that contradicts the stages", "[study][initiative]") {
    const plan model = plan_of(history_model);
    // Help goes to those at Entry and helps them; few of Active need it.
    told_history told;
    told.initiatives.emplace();
    std::uint64_t state = 5;
    for (int k = 0; k < 3000; ++k) {
        person one{"c" + std::to_string(k), chance(state) < 0.5, false, false};
        one.met = chance(state) < (one.active ? 0.1 : 0.7);
        one.kept = chance(state) < (one.active ? 0.85 : 0.3) + (one.met ? 0.12 : 0);
        live(one, told);
    }
    const initiative_finding found = study_initiative(evidence_of(model, told));
    const initiative_association& row = row_of(found, "meeting", "attended");
    CHECK(row.crude.interval.upper < 0);
    CHECK(row.stratified.of.interval.lower > 0);
    CHECK(row.reversed);

    // A stage that only has the one side moves the total, and contradicts nothing.
    std::vector<person> some = people();
    for (int k = 0; k < 60; ++k) some.push_back({"q" + std::to_string(k), true, true, false});
    std::erase_if(some, [](const person& one) { return one.active && !one.met; });
    const initiative_finding lone = study_initiative(evidence_of(model, told_of(some)), {{}, 10});
    CHECK(lone.initiatives.front().crude.value < 0);
    CHECK(near(lone.initiatives.front().stratified.of.value, 0.2, 1e-12));
    CHECK(lone.initiatives.front().strata == 1);
    CHECK(!lone.initiatives.front().reversed);
    CHECK(cautions_of(found).find("meeting (attended) points the other way") != std::string::npos);
}

TEST_CASE("who did both is a row where it is another set", "[study][initiative]") {
    const plan model = plan_of(history_model);
    told_history told = told_of(people());
    for (int k = 0; k < 6; ++k)
        told.initiatives->push_back(
            {"p" + std::to_string(k), "meeting", "", no, no, contract_end - 110, false});
    CHECK(study_initiative(evidence_of(model, told), {{}, 5}).initiatives.size() == 2);
    told.initiatives->push_back({"p10", "meeting", "", no, no, contract_end - 110, false});
    const initiative_finding found = study_initiative(evidence_of(model, told), {{}, 5});
    REQUIRE(found.initiatives.size() == 3);
    CHECK(row_of(found, "meeting", "responded").exposed.n == 7);
    CHECK(row_of(found, "meeting", "attended and responded").exposed.n == 6);
}

TEST_CASE("calls, their hold-out and the best variant", "[study][initiative]") {
    const plan model = plan_of(history_model);
    told_history told;
    told.initiatives.emplace();
    int customers = 0;
    const auto send = [&](const std::string& variant, bool holdout, int n, int answered) {
        for (int k = 0; k < n; ++k) {
            person one{"m" + std::to_string(customers++), false, false, true};
            live(one, told);
            told.initiatives->push_back({one.name, "mail", variant, contract_end - 200, no,
                                         k < answered ? contract_end - 195 : no, holdout});
        }
    };
    send("video", false, 200, 40);
    send("text", false, 150, 9);
    send("new", false, 10, 9);  // too few to be the best
    send("", true, 100, 3);
    told.initiatives->push_back({"m0", "mail", "video", contract_end - 105, no, no, false});
    told.initiatives->push_back(
        {"m0", "visit", "", contract_end - 200, contract_end - 199, no, true});
    const initiative_finding found = study_initiative(evidence_of(model, told));
    CHECK(found.pending == 1);
    REQUIRE(found.calls.size() == 1);
    const call_rates& mail = found.calls.front();
    CHECK(mail.initiative == "mail");
    CHECK(mail.answer_days == 14);
    REQUIRE(mail.rows.size() == 4);
    CHECK(mail.rows[0].variant == "new");
    CHECK(std::isnan(mail.rows[0].difference.p));
    CHECK(mail.rows[1].variant == "video");
    CHECK(mail.rows[1].answered == 40);
    CHECK(mail.rows[1].rate.n == 200);
    CHECK(near(mail.rows[1].rate.value, 0.2, 1e-15));
    CHECK(near(mail.rows[1].difference.of.value, 0.17, 1e-12));
    CHECK(mail.rows[1].difference.of.n == 300);
    CHECK(mail.rows[1].difference.q < 0.001);
    CHECK(mail.rows[2].variant == "text");
    CHECK(near(mail.rows[2].difference.of.value, 0.03, 1e-12));
    CHECK(mail.rows[2].difference.q > 0.05);
    CHECK(mail.rows[3].holdout);
    CHECK(near(mail.rows[3].rate.value, 0.03, 1e-15));
    CHECK(std::isnan(mail.rows[3].difference.of.value));
    REQUIRE(mail.best);
    CHECK(mail.best->variant == "video");
    CHECK(mail.best->next == "text");
    CHECK(near(mail.best->difference.of.value, 0.14, 1e-12));
    CHECK(mail.best->difference.q < 0.01);
    CHECK(cautions_of(found).find("in time: 1 calls") != std::string::npos);

    // The jackknife of the rate through its log-odds, done again.
    std::vector<double> without;
    for (std::int32_t g = 0; g < 20; ++g) {
        double answered = 0, sent = 0;
        for (int k = 0; k < 200; ++k) {
            if (evidence_group("m" + std::to_string(k)) == g) continue;
            sent += 1;
            answered += k < 40 ? 1 : 0;
        }
        without.push_back(std::log(answered / (sent - answered)));
    }
    double mean = 0, squares = 0;
    for (const double one : without) mean += one / 20;
    for (const double one : without) squares += (one - mean) * (one - mean);
    const double error = std::sqrt(19.0 / 20.0 * squares);
    const double upper = std::log(0.25) + t_quantile(0.975, 19) * error;
    CHECK(near(mail.rows[1].rate.interval.upper, 1 / (1 + std::exp(-upper)), 1e-9));
}

TEST_CASE("what was counted without initiatives is unknown", "[study][initiative]") {
    const plan model = plan_of(history_model);
    const initiative_finding nothing = study_initiative(evidence{model});
    CHECK(nothing.told.sentence.en == "No contract end was observed this way; nothing is known.");
    told_history told = told_of(people());
    const std::vector<told_initiative> rows = *told.initiatives;
    told.initiatives.reset();
    evidence some = evidence_of(model, told);
    const initiative_finding unknown = study_initiative(some);
    CHECK(unknown.ends == 55);
    CHECK(unknown.known == 0);
    CHECK(unknown.initiatives.empty());
    CHECK(unknown.told.sentence.en ==
          "This was counted without initiatives; what goes with them is unknown.");
    told.initiatives.emplace();
    const initiative_finding none = study_initiative(evidence_of(model, told));
    CHECK(none.known == 55);
    CHECK(none.told.sentence.en ==
          "No initiative lies in the 90 days before the cutoffs; nothing can be told.");

    // Half of the customers with, half without.
    told_history others = drawn_world(300, 9, 0);
    REQUIRE(some.merge(evidence_of(model, others)).ok());
    const initiative_finding mixed = study_initiative(some);
    CHECK(mixed.ends == 355);
    CHECK(mixed.known == 300);
    const initiative_association& row = row_of(mixed, "meeting", "attended");
    CHECK(row.exposed.n + row.unexposed.n == 300);
    CHECK(cautions_of(mixed).find("Counted without initiatives: 55 of 355 ends") !=
          std::string::npos);
}

TEST_CASE("options of the study of initiatives", "[study][initiative]") {
    const plan model = plan_of(history_model);
    const evidence seen = evidence_of(model, told_of(people()));
    CHECK(run_study(seen, "initiative", R"({"lead": 90, "kind": "trial", "min_n": 5})").ok());
    const auto late = run_study(seen, "initiative", R"({"lead": 0})");
    REQUIRE(!late.ok());
    CHECK(late.error().code == errc::invalid_argument);
    CHECK(late.error().message.find("option \"lead\" is 90") != std::string::npos);
    CHECK(!run_study(seen, "initiative", R"({"min_n": 0})").ok());
    CHECK(!run_study(seen, "initiative", R"({"min": 3})").ok());
}

}  // namespace test_initiative
