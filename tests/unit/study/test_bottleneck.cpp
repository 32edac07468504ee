// The chain in worlds whose truth is known, and the parts that its figures are made of.
#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/study/bottleneck.hpp"
#include "aiueo/study/registry.hpp"

#include "unit/evidence/histories.hpp"

namespace test_bottleneck {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

std::string chain_model(const std::string& steps, const std::string& segments = R"(["plan"])") {
    return R"json({
    "aiueo": 1, "name": "chain", "currency": "USD",
    "metrics": {"logins": {"type": "number", "min": 0, "max": 100}, "setup": {"type": "flag"},
                "answers": {"type": "number", "min": 0, "max": 10}, "wins": {"type": "number"},
                "plan": {"type": "category"}, "term": {"type": "number"},
                "unused": {"type": "number"}},
    "segments": )json" +
           segments + R"json(,
    "touch": {"components": {"calls": {"metric": "unused", "curve": [[-2, 0], [3, 100]]}}},
    "axes": {
      "I": {"components": {"setup": {"metric": "setup"}}},
      "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]]}}},
      "E": {"components": {"answers": {"metric": "answers", "curve": [[0, 0], [10, 100]]}}},
      "O": {"components": {"wins": {"metric": "wins", "curve": [[0, 0], [40, 100]]}}}},
    "overall": {"weights": {"I": 1, "U": 2, "E": 1, "O": 2}},
    "plays": {"call": {"for": ["I.setup"], "owner": "customer success"},
              "visit": {"for": ["touch.calls", "O.wins"], "owner": "customer success"}},
    "steps": )json" +
           steps + R"json(, "study": {"leads": [90, 0]}})json";
}

/// Monthly chances of a step without and with the step before two months ago; of renewal and of
/// growth without and with success.
struct chances {
    double touch = 0.3;
    std::array<double, 2> process{0.05, 0.5}, success{0.05, 0.5}, renewal{0.6, 0.95},
        growth{0.1, 0.5};
    bool only_plan_b = false;  ///< the second link works in plan a whatever its chances are
};

told_history world(const chances& of, int customers = 1500, std::uint64_t seed = 9) {
    told_history out;
    std::uint64_t state = seed;
    const auto happens = [&state](double p) {
        return static_cast<double>(drawn(state) % 1'000'000) < p * 1e6;
    };
    for (int c = 0; c < customers; ++c) {
        const std::string name = "c" + std::to_string(c);
        const bool plan_b = c % 2 == 1;
        std::vector<std::array<bool, 3>> months;
        for (std::size_t t = 0; t < 24; ++t) {
            const auto ago = t >= 2 ? months[t - 2] : std::array<bool, 3>{};
            const auto last = t >= 1 ? months[t - 1] : std::array<bool, 3>{};
            const auto& second =
                of.only_plan_b && !plan_b ? std::array<double, 2>{0.05, 0.5} : of.success;
            months.push_back({happens(of.touch),
                              last[1] ? !happens(0.2) : happens(of.process[ago[0] ? 1 : 0]),
                              last[2] ? !happens(0.2) : happens(second[ago[1] ? 1 : 0])});
            history_row row;
            row.customer = name;
            row.as_of = 18276 + static_cast<std::int32_t>(t * 365 / 12);
            row.unused = months[t][0] ? 3 : -2;
            row.setup = months[t][1] ? 1 : 0;
            row.logins = months[t][1] ? 100 : 10;
            row.answers = months[t][2] ? 10 : 1;
            row.wins = months[t][2] ? 40 : 2;
            row.term = 12;
            row.plan = plan_b ? "b" : "a";
            out.rows.push_back(std::move(row));
        }
        for (const std::size_t end : {std::size_t{12}, std::size_t{23}}) {
            contract one;
            one.start = 18262 + (end == 12 ? 0 : 365);
            one.end = 18276 + static_cast<std::int32_t>(end * 365 / 12) + 5;
            one.mrr_before = 10'000;
            const std::size_t with = months[end][2] ? 1 : 0;
            const bool kept = happens(of.renewal[with]);
            one.outcome = kept ? contract_outcome::renewed : contract_outcome::churned;
            one.mrr_after = !kept ? 0 : happens(of.growth[with]) ? 15'000 : 10'000;
            out.contracts.emplace_back(name, one);
        }
        contract open;
        open.start = out.contracts.back().second.end;
        open.end = open.start + 300;
        open.mrr_before = 10'000;
        out.contracts.emplace_back(name, open);
    }
    return out;
}

bottleneck_finding found_in(const chances& of, const std::string& steps,
                            const bottleneck_options& options = {}) {
    const plan plan = plan_of(chain_model(steps).c_str());
    return study_bottleneck(evidence_of(plan, world(of)), options);
}

const link_finding& link_of(const bottleneck_finding& in, chain_link which) {
    return in.links.at(static_cast<std::size_t>(which));
}

constexpr const char* declared =
    R"({"lag_months": 2, "target": {"1-2": 0.35, "2-3": 0.35, "3-4a": 0.9, "3-4b": 0.3}})";

void link_sums_of(detail::link_sums& to, std::int64_t n1, std::int64_t x1, std::int64_t n0,
                  std::int64_t x0, std::int64_t compared, std::int64_t gained,
                  std::int64_t gained_anyway) {
    to[link_field::with] = n1;
    to[link_field::with_reached] = x1;
    to[link_field::without] = n0;
    to[link_field::without_reached] = x0;
    to[link_field::compared] = compared;
    to[link_field::gained] = gained;
    to[link_field::gained_anyway] = gained_anyway;
}

}  // namespace

TEST_CASE("nothing is broken where every step leads to the next", "[study][bottleneck]") {
    const bottleneck_finding found = found_in({}, declared);
    for (const link_finding& one : found.links) {
        INFO(link_names[static_cast<std::size_t>(one.which)]);
        CHECK(one.verdict == link_verdict::flows);
        CHECK_FALSE(one.cause);
        CHECK_FALSE(one.concentrated);
    }
    CHECK(found.principal.empty());
    CHECK_THAT(found.told.sentence.en, Contains("nothing is broken"));
    const link_finding& first = link_of(found, chain_link::accompany_process);
    CHECK(first.effect.of.interval.lower > 0.2);
    CHECK(first.lag_months == 2);
    CHECK_FALSE(first.lag_chosen);
    CHECK(first.customers_with <= first.customers);
    CHECK(link_of(found, chain_link::success_renewal).conversion.value ==
          Approx(0.95).margin(0.02));
}

TEST_CASE("the broken link is named", "[study][bottleneck]") {
    chances of;
    chain_link wanted = chain_link::accompany_process;
    link_verdict verdict = link_verdict::weak;
    SECTION("1-2 weak") { of.process = {0.1, 0.1}; }
    SECTION("1-2 leaky") {
        of.process = {0.02, 0.13};
        verdict = link_verdict::leaky;
    }
    SECTION("1-2 starved") {
        of.touch = 0.05;
        verdict = link_verdict::starved;
    }
    SECTION("2-3 weak") {
        of.success = {0.1, 0.1};
        wanted = chain_link::process_success;
    }
    SECTION("3-4a weak") {
        of.renewal = {0.8, 0.8};
        wanted = chain_link::success_renewal;
    }
    SECTION("3-4b weak") {
        of.growth = {0.2, 0.2};
        wanted = chain_link::success_growth;
    }
    const bottleneck_finding found = found_in(of, declared);
    CHECK(found.principal == std::vector<chain_link>{wanted});
    const link_finding& one = link_of(found, wanted);
    CHECK(one.verdict == verdict);
    REQUIRE(one.cause);
    CHECK(one.concentrated == false);
    CHECK_FALSE(one.owners.empty());
    CHECK_THAT(found.told.sentence.en, Contains(one.sentence.en));
    CHECK_THAT(found.told.sentence.ja, Contains(one.sentence.ja));
    CHECK(one.sentence.en.find("nan") == std::string::npos);
    CHECK((verdict == link_verdict::starved ? one.neither : one.stuck).customers > 0);
}

TEST_CASE("a step that is never reached, or always, is no mystery", "[study][bottleneck]") {
    chances of;
    chain_link wanted = chain_link::process_success;
    SECTION("success never") { of.success = {0, 0}; }
    SECTION("growth never") {
        of.growth = {0, 0};
        wanted = chain_link::success_growth;
    }
    SECTION("process never") {
        of.process = {0, 0};
        wanted = chain_link::accompany_process;
    }
    SECTION("renewal always") {
        of.renewal = {1, 1};
        wanted = chain_link::success_renewal;
    }
    const bottleneck_finding found = found_in(of, declared);
    const link_finding& one = link_of(found, wanted);
    CHECK(one.verdict == link_verdict::weak);
    CHECK(one.effect.of.value == 0);
    CHECK(one.effect.of.interval.lower < 0);
    CHECK(one.effect.of.interval.upper > 0);
    CHECK(one.effect.of.interval.upper < 0.05);
    CHECK(one.effect.p == 1);
}

TEST_CASE("who stands still is not known where the month before tells of nobody",
          "[study][bottleneck]") {
    chances of;
    of.success = {0.05, 0.05};
    told_history told = world(of);
    std::erase_if(told.rows, [](const history_row& row) {
        return row.as_of == 18276 + static_cast<std::int32_t>(22 * 365 / 12);
    });
    const plan plan = plan_of(chain_model(declared).c_str());
    const bottleneck_finding found = study_bottleneck(evidence_of(plan, told));
    CHECK_FALSE(found.month_before_is_known);
    const link_finding& one = link_of(found, chain_link::process_success);
    CHECK(one.verdict == link_verdict::weak);
    CHECK_FALSE(one.stuck_is_known);
    CHECK(!is_defined(one.recoverable.value));
    CHECK_THAT(one.sentence.en, Contains("How many stand still in 2021-12 is not known."));
    CHECK(link_of(found, chain_link::success_renewal).stuck_is_known);
    std::string said;
    for (const label& caution : found.told.cautions) said += caution.en + "\n";
    CHECK_THAT(said, Contains("who stands still for longer, and what that costs, is not known"));
    CHECK_THAT(said, !Contains("What 2→3 costs is unknown"));
    std::string text;
    json_writer out{text};
    write_json(out, found);
    CHECK_THAT(text, Contains("\"stuck\":null"));
}

TEST_CASE("a level that nobody knows is no segment to look at", "[study][bottleneck]") {
    chances of;
    of.success = {0.05, 0.05};
    of.only_plan_b = true;
    told_history told = world(of);
    for (history_row& row : told.rows) {
        if (row.plan == "b") row.plan.clear();
    }
    const plan plan = plan_of(chain_model(declared).c_str());
    const link_finding one =
        link_of(study_bottleneck(evidence_of(plan, told)), chain_link::process_success);
    CHECK(one.verdict == link_verdict::leaky);
    CHECK(one.concentrated == false);
    const link_level& unknown = one.segments.at(0).levels.at(1);
    CHECK(unknown.level.empty());
    CHECK_FALSE(unknown.below);
    CHECK(unknown.q != unknown.q);
}

TEST_CASE("a link that is broken in one segment is concentrated there", "[study][bottleneck]") {
    chances of;
    of.success = {0.05, 0.05};
    of.only_plan_b = true;
    const bottleneck_finding found = found_in(of, declared);
    const link_finding& one = link_of(found, chain_link::process_success);
    CHECK(one.verdict == link_verdict::leaky);
    CHECK(one.concentrated == true);
    REQUIRE(one.segments.size() == 1);
    REQUIRE(one.segments[0].levels.size() == 2);
    CHECK(one.segments[0].levels[0].reaches);
    CHECK_FALSE(one.segments[0].levels[0].below);
    CHECK(one.segments[0].levels[1].below);
    CHECK_THAT(one.sentence.en, Contains("first in plan b"));
    CHECK(one.cause->en == "winning customers who can succeed");
}

TEST_CASE("a lag and a target that nobody declared are found", "[study][bottleneck]") {
    const bottleneck_finding found = found_in({}, "{}");
    for (const chain_link which : {chain_link::accompany_process, chain_link::process_success}) {
        const link_finding& one = link_of(found, which);
        CHECK(one.lag_chosen);
        CHECK(one.lag_months >= 2);
        CHECK(one.lag_months <= 3);
        CHECK_FALSE(one.target.declared);
        CHECK(one.target.segment == "plan");
        // Of one half of the customers' groups.
        CHECK(one.customers < 900);
    }
    CHECK(found.principal.empty());
    // All figures of a link are of one half.
    for (const link_finding& one : found.links) CHECK(one.crude.of.n == one.eligible);
    // Effects are of what was compared: pairs of months, and ends of strata with both sides.
    for (const chain_link which : {chain_link::success_renewal, chain_link::success_growth}) {
        CHECK(link_of(found, which).effect.of.n > 0);
        CHECK(link_of(found, which).effect.of.n <= link_of(found, which).eligible);
    }
    CHECK_THAT(found.told.cautions.back().en, Contains("one half of the customers"));
}

TEST_CASE("an effect's n is what it was computed from", "[study][bottleneck]") {
    detail::link_counts of;
    link_sums_of(of.groups[0], 8, 6, 12, 3, 24, 18, 6);
    link_sums_of(of.groups[1], 4, 1, 6, 2, 0, 0, 0);
    link_sums_of(of.groups[2], 5, 3, 5, 1, 9, 6, 2);
    CHECK(of.effect().of.n == 33);
    CHECK(near(of.effect().of.value, (18.0 + 6 - 6 - 2) / 33, 1e-12));
    CHECK(of.crude().of.n == 40);
    // A stratum of one side says nothing of the effect.
    detail::link_counts one_side;
    link_sums_of(one_side.groups[0], 50, 20, 0, 0, 0, 0, 0);
    CHECK(detail::effect_within({of, one_side}).of.n == 40);
    CHECK(detail::effect_within({one_side}).of.n == 0);
}

TEST_CASE("one level that is everybody is no target", "[study][bottleneck]") {
    told_history told = world({});
    for (history_row& row : told.rows) row.plan = "the only one";
    const plan plan = plan_of(chain_model(R"({"lag_months": 2})").c_str());
    for (const link_finding& one : study_bottleneck(evidence_of(plan, told)).links) {
        CHECK(one.target.value != one.target.value);
        CHECK(one.verdict == link_verdict::inconclusive);
        CHECK(one.recoverable.value != one.recoverable.value);
    }
}

TEST_CASE("months of a few stragglers are not the month at hand", "[study][bottleneck]") {
    told_history told = world({});
    for (int later = 0; later < 2; ++later) {
        for (int c = 0; c < 400 / (1 + 30 * later); ++c) {
            history_row row = told.rows[static_cast<std::size_t>(c) * 24 + 23];
            row.as_of += 31 * (1 + later);
            told.rows.push_back(row);
        }
    }
    const plan plan = plan_of(chain_model(declared).c_str());
    const bottleneck_finding found = study_bottleneck(evidence_of(plan, told));
    CHECK(found.last_month == "2022-02");
    CHECK(found.month == "2021-12");
}

TEST_CASE("few customers say nothing", "[study][bottleneck]") {
    const plan plan = plan_of(chain_model(declared).c_str());
    const bottleneck_finding found = study_bottleneck(evidence_of(plan, world({}, 12)));
    for (const link_finding& one : found.links) {
        CHECK(one.verdict == link_verdict::unknown);
        CHECK(one.why == "few");
    }
    CHECK(found.principal.empty());
    const bottleneck_finding nothing = study_bottleneck(evidence{plan});
    CHECK(nothing.links.size() == 4);
    CHECK(nothing.month.empty());
}

TEST_CASE("a model's own causes stand before the library's", "[study][bottleneck]") {
    chances of;
    of.process = {0.1, 0.1};
    const std::string steps =
        R"({"lag_months": 2, "target": {"1-2": 0.35}, "causes": [
            {"link": "1-2", "verdict": "weak", "concentration": "general",
             "cause": {"en": "our own reason", "ja": "独自の理由"}, "owners": ["Hanako"]}]})";
    const bottleneck_finding found = found_in(of, steps);
    const link_finding& one = link_of(found, chain_link::accompany_process);
    REQUIRE(one.cause);
    CHECK(one.cause->en == "our own reason");
    CHECK(one.owners.at(0).ja == "Hanako");
    CHECK_THAT(one.sentence.ja, Contains("独自の理由"));
}

TEST_CASE("patterns say who stands where, and which play takes them on", "[study][bottleneck]") {
    const bottleneck_finding found = found_in({}, declared);
    std::int64_t all = 0;
    for (const pattern_customers& one : found.patterns) all += one.now.customers;
    CHECK(all == 1500);
    CHECK(found.patterns.at(1).name == "untouched");
    CHECK(found.patterns.at(1).plays == std::vector<std::string>{"visit"});
    CHECK(found.patterns.at(2).plays == std::vector<std::string>{"call"});
    CHECK(found.patterns.at(3).plays == std::vector<std::string>{"visit"});
    CHECK(found.patterns.at(6).plays.empty());
}

TEST_CASE("another month can be asked for", "[study][bottleneck]") {
    const bottleneck_finding last = found_in({}, declared);
    bottleneck_options options;
    options.month = 12 * 2020 + 5;
    const bottleneck_finding then = found_in({}, declared, options);
    CHECK(last.month == "2021-12");
    CHECK(then.month == "2020-06");
    CHECK(then.links[0].conversion.value == last.links[0].conversion.value);
    CHECK(then.patterns[6].now.customers != last.patterns[6].now.customers);
    const plan plan = plan_of(chain_model(declared).c_str());
    const auto none =
        run_study(evidence_of(plan, world({}, 40)), "bottleneck", R"({"month": "2031-05"})");
    REQUIRE_FALSE(none);
    CHECK_THAT(none.error().message, Contains("2031-05") && Contains("2020-01 to 2021-12"));
}

TEST_CASE("a model without steps has no chain", "[study][bottleneck]") {
    std::string text = chain_model("{}");
    text.erase(text.find("\"steps\""), text.find("\"study\"") - text.find("\"steps\""));
    const plan plan = plan_of(text.c_str());
    const auto found = run_study(evidence{plan}, "bottleneck");
    REQUIRE(found);
    CHECK_THAT(*found, Contains("add the section"));
    CHECK_FALSE(run_study(evidence{plan}, "bottleneck", R"({"month": "soon"})"));
}

TEST_CASE("the effect is of customers with themselves", "[study][bottleneck]") {
    // One customer moves 3 of 4 months with and 1 of 4 without, the other 0 of 1 and 1 of 2:
    // Σ (x₁n₀ − x₀n₁) ÷ Σ n₁n₀ = ((12 − 4) + (0 − 1)) ÷ (16 + 2).
    detail::link_sums sums;
    sums[link_field::gained] = 12 + 0;
    sums[link_field::gained_anyway] = 4 + 1;
    sums[link_field::compared] = 16 + 2;
    CHECK(sums.effect() == Approx(7.0 / 18));
    detail::link_counts none;
    CHECK(none.effect().of.value != none.effect().of.value);
    CHECK(none.conversion().value != none.conversion().value);
}

TEST_CASE("a share against a target", "[study][bottleneck]") {
    detail::link_counts of;
    for (std::size_t g = 0; g < of.groups.size(); ++g) {
        of.groups[g][link_field::with] = 50;
        of.groups[g][link_field::with_reached] = 10 + static_cast<std::int64_t>(g % 3);
    }
    CHECK(detail::p_against(of, 0.5, 300) < 1e-9);
    CHECK(detail::p_against(of, of.total().conversion(), 300) == Approx(1.0));
    for (auto& one : of.groups) one[link_field::with_reached] = 0;
    // Nobody at all: 20 customers of whom half should. z = −½ ÷ √(¼ ÷ 20).
    CHECK(detail::p_against(of, 0.5, 20) == Approx(normal_two_sided(-0.5 / std::sqrt(0.25 / 20))));
    const double none = detail::p_against(of, 0.5, 0);
    CHECK(none != none);
}

}  // namespace test_bottleneck
