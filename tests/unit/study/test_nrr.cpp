// Expected NRR on books whose figures can be worked out by hand, and what must hold in any book.
#include <cmath>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/study/nrr.hpp"
#include "aiueo/study/registry.hpp"

#include "nrr_books.hpp"

namespace test_nrr {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

constexpr int entry = 0, active = 1, loyal = 2;

/// Five customers over four closes, the horizon is two months.
std::vector<book_customer> small_book() {
    return {
        {0,
         {at_level(entry, 100), at_level(entry, 100), at_level(entry, 50), gone()},
         "ann",
         "north"},
        {1,
         {at_level(entry, 200), at_level(entry, 200), at_level(entry, 200), at_level(entry, 200)},
         "ann",
         "north"},
        {2,
         {at_level(active, 100), at_level(active, 100), at_level(active, 150),
          at_level(active, 150)},
         "bob",
         "north"},
        {3, {at_level(unseen, 100), gone(), gone(), gone()}, "", ""},
        {4,
         {at_level(active, 300), at_level(loyal, 300), at_level(loyal, 300), at_level(loyal, 330)},
         "bob",
         "south"},
    };
}

nrr_options latest(std::int32_t months) {
    nrr_options out;
    out.months = months;
    return out;
}

nrr_options of_bands(double target) {
    nrr_options out = to(target);
    out.of = "band";
    return out;
}

double sum_of_parts(const nrr_change& of) {
    double sum = 0;
    for (const figure& one : of.parts) sum += one.value;
    return sum;
}

}  // namespace

TEST_CASE("NRR by level is what customers paid later", "[study][nrr]") {
    const nrr_finding found = found_in(small_book());
    CHECK(found.why == nrr_gap::none);
    CHECK(found.of == "stage");
    CHECK(found.horizon == 2);
    CHECK(found.first_start == "2020-01");
    CHECK(found.last_start == "2020-02");
    CHECK(found.last_month == "2020-04");
    REQUIRE(found.levels.size() == 3);
    CHECK(found.levels[0].level == "Entry");
    CHECK(found.levels[0].nrr.value == 450.0 / 600);
    CHECK(found.levels[0].renewal.value == 500.0 / 600);
    CHECK(found.levels[0].expansion.value == 450.0 / 500);
    CHECK(found.levels[0].nrr.n == 4);
    CHECK(found.levels[0].customers == 2);
    CHECK(found.levels[1].nrr.value == 600.0 / 500);
    CHECK(found.levels[1].nrr.n == 3);
    // What grew elsewhere makes up for nothing: c0 kept 50 of 200, the others all they paid.
    CHECK(found.levels[0].grr.value == 450.0 / 600);
    CHECK(found.levels[1].grr.value == 1);
    CHECK(found.levels[2].grr.value == 1);
    CHECK(found.everybody.grr.value == 1250.0 / 1500);
    CHECK(found.everybody.grr.n == 9);
    CHECK(found.everybody.grr.interval.upper < 1);
    CHECK(found.levels[2].nrr.value == 330.0 / 300);
    CHECK(found.unseen.nrr.value == 0);
    CHECK(found.unseen.nrr.n == 1);
    CHECK(found.everybody.nrr.value == 1380.0 / 1500);
    CHECK(found.everybody.nrr.n == 9);
    // Two groups: without the one 400 ÷ 400, without the other 50 ÷ 200, which are equally far from
    // each other on the logarithms' scale: the error is half their distance, t has one degree.
    CHECK(found.levels[0].nrr.interval.lower ==
          Approx(0.75 * std::exp(-12.706204736 * std::log(4.0) / 2)));
    CHECK(found.levels[0].nrr.interval.upper ==
          Approx(0.75 * std::exp(12.706204736 * std::log(4.0) / 2)));
    // A share stays one.
    CHECK(found.levels[0].renewal.interval.upper < 1);
    // One customer alone has no error.
    CHECK(!is_defined(found.levels[2].nrr.interval));
    REQUIRE(found.falls.size() == 1);
    CHECK(found.falls[0].from == "Active");
    CHECK(found.falls[0].to == "Loyal");
    CHECK(found.falls[0].difference.value == Approx(-0.1));
    CHECK(expected_nrr(found, "Active").value == 1.2);
    CHECK(expected_nrr(found, "").value == 1380.0 / 1500);
    CHECK(expected_nrr(found, "nobody").value == 1380.0 / 1500);

    const nrr_finding late = found_in(small_book(), 2, latest(1));
    CHECK(late.first_start == "2020-02");
    CHECK(late.levels[0].nrr.value == 200.0 / 300);
    CHECK(late.everybody.nrr.n == 4);
}

TEST_CASE("a portfolio is expected to keep what its levels keep", "[study][nrr]") {
    const nrr_finding found = found_in(small_book());
    const double expected = (200 * 0.75 + 150 * 1.2 + 330 * 1.1) / 680;
    CHECK(found.portfolio_why == nrr_gap::none);
    CHECK(found.portfolio.now.customers == 3);
    CHECK(found.portfolio.now.mrr == 680);
    CHECK(found.portfolio.expected.value == Approx(expected).epsilon(1e-14));
    CHECK(found.portfolio.by_everybody.customers == 0);
    CHECK(found.levels[1].now->mrr == 150);
    CHECK(found.levels[1].share == 150.0 / 680);
    REQUIRE(found.members.size() == 2);
    CHECK(found.members[0].name == "ann");
    CHECK(found.members[0].expected.value == Approx(0.75));
    CHECK(found.members[1].expected.value == Approx((180 + 363) / 480.0));
    REQUIRE(found.teams.size() == 2);
    CHECK(found.teams[0].now.mrr == 350);

    // Who is not seen is counted with everybody's, and told apart.
    std::vector<book_customer> book = small_book();
    book[1].closes[3].level = unseen;
    const nrr_finding blind = found_in(book);
    CHECK(blind.portfolio.by_everybody.customers == 1);
    CHECK(blind.portfolio.by_everybody.mrr == 200);
    CHECK(blind.portfolio.expected.value == Approx((200 * 0.92 + 180 + 363) / 680));
    CHECK(blind.unseen.now->customers == 1);
}

TEST_CASE("a level without a rate takes everybody's", "[study][nrr]") {
    std::vector<book_customer> book = small_book();
    book[4].closes[1].level = active;  // so that nobody was at Loyal two months ago
    const nrr_finding found = found_in(book);
    CHECK(!is_defined(found.levels[2].nrr.value));
    CHECK(found.portfolio.by_everybody.mrr == 330);
    CHECK(found.portfolio.expected.value ==
          Approx((200 * 0.75 + 150 * (930.0 / 800) + 330 * 0.92) / 680));
    CHECK(!is_defined(found.level_ups[1].difference.value));
    CHECK(expected_nrr(found, "Loyal").value == 0.92);
}

TEST_CASE("what the next rung is worth, and how many get there", "[study][nrr]") {
    const nrr_finding found = found_in(small_book());
    REQUIRE(found.level_ups.size() == 2);
    CHECK(found.lag == 3);
    CHECK(found.level_ups[0].now.mrr == 200);
    CHECK(found.level_ups[0].impact.value == Approx(200 * 0.45));
    CHECK(found.level_ups[1].impact.value == Approx(150 * -0.1));
    // Of four months at Active one ended at Loyal.
    REQUIRE(found.level_ups[1].reach.size() == 3);
    CHECK(found.level_ups[1].reach[0].share.value == Approx(0.25));
    CHECK(found.level_ups[1].reach[0].share.n == 4);
    CHECK(found.level_ups[1].reach[1].months == 3);
    CHECK(found.level_ups[1].reach[1].share.value == Approx(1 - 0.75 * 0.75 * 0.75));
    CHECK(found.level_ups[1].gain.value == Approx((1 - 0.421875) * -0.1));
    CHECK(found.level_ups[0].reach[2].share.value == 0);
}

TEST_CASE("who is not seen moves as those who are", "[study][nrr]") {
    // Nobody ever changes level, and every second or third snapshot is missing.
    for (const std::size_t every : {2U, 3U}) {
        std::vector<book_customer> book;
        for (std::size_t k = 0; k < 120; ++k) {
            book_customer one{k % 20, {}, "", ""};
            for (std::size_t t = 0; t < 12; ++t)
                one.closes.push_back(
                    at_level((k + t) % every == 0 ? unseen : static_cast<int>(k % 2), 100));
            book.push_back(std::move(one));
        }
        const nrr_finding found = found_in(book);
        for (const nrr_reach& each : found.level_ups[0].reach) {
            if (every == 3) {
                CHECK(each.share.value == 0);
                CHECK(each.share.n == 60 * 11 / 3);
            } else {
                CHECK(!is_defined(each.share.value));
            }
        }
        CHECK(is_defined(found.level_ups[0].gain.value) == (every == 3));
        std::string said;
        for (const label& one : found.told.cautions) said += one.en;
        CHECK((said.find("how many get to the next level") == std::string::npos) == (every == 3));
    }
    // At Entry 1 of 4 months ends at Active, of those that were seen again; 1 of 6 leaves, seen
    // or not.
    std::vector<book_customer> book;
    for (std::size_t g = 0; g < 20; ++g) {
        const auto went_to = [&](book_close later) {
            book.push_back({g, {at_level(entry, 100), later}, "", ""});
        };
        went_to(at_level(active, 100));
        for (int k = 0; k < 3; ++k) went_to(at_level(entry, 100));
        went_to(at_level(unseen, 100));
        went_to(gone());
    }
    const nrr_finding found = found_in(book, 1);
    const double up = 5.0 / 6 / 4, stay = 5.0 / 6 * 3 / 4;
    const std::vector<nrr_reach>& reach = found.level_ups[0].reach;
    CHECK(reach[0].share.value == Approx(up).epsilon(1e-12));
    CHECK(reach[0].share.n == 100);
    CHECK(reach[1].share.value == Approx(up * (1 + stay + stay * stay)).epsilon(1e-12));
}

TEST_CASE("who leaves does not get there", "[study][nrr]") {
    // From Entry: half leave, half are not seen, so that nobody knows where they are.
    std::vector<book_customer> book;
    for (std::size_t g = 0; g < 20; ++g) {
        const bool leaves = g % 2 == 0;
        book.push_back({g,
                        {at_level(entry, 100), leaves ? gone() : at_level(unseen, 100),
                         leaves ? gone() : at_level(active, 100)},
                        "",
                        ""});
    }
    const nrr_finding found = found_in(book, 1);
    const std::vector<nrr_reach>& reach = found.level_ups[0].reach;
    CHECK(!is_defined(reach[0].share.value));
    CHECK(!is_defined(reach[1].share.value));
    CHECK(reach[1].share.n == 10);
    CHECK(found.members.empty());
}

TEST_CASE("the change over a cycle is told customer by customer", "[study][nrr]") {
    const nrr_finding found = found_in(small_book());
    REQUIRE(found.reviews.size() == 3);
    const nrr_change& month = found.reviews[0].all;
    const double before = (150 + 37.5 + 180 + 330) / 700, after = 693.0 / 680;
    CHECK(month.before.value == Approx(before).epsilon(1e-14));
    CHECK(month.after.value == Approx(after).epsilon(1e-14));
    const double middle = (before + after) / 2;
    const auto part = [](const nrr_change& of, nrr_part which) {
        return of.parts[static_cast<std::size_t>(which)];
    };
    CHECK(part(month, nrr_part::lost).value == Approx(-50 * (0.75 - middle) / 690));
    CHECK(part(month, nrr_part::lost).n == 1);
    CHECK(part(month, nrr_part::mrr).value == Approx(30 * (1.1 - middle) / 690));
    CHECK(part(month, nrr_part::mrr).n == 3);
    CHECK(part(month, nrr_part::level_ups).value == 0);
    CHECK(part(month, nrr_part::level_ups).n == 0);
    CHECK(sum_of_parts(month) == Approx(month.change.value).epsilon(1e-12));

    CHECK(found.reviews[1].months == 3);
    CHECK(found.reviews[1].from == "2020-01");
    const nrr_change& quarter = found.reviews[1].all;
    // 300 at Active became 330 at Loyal, which keeps less.
    CHECK(part(quarter, nrr_part::level_ups).value == Approx(315 * -0.1 / 740));
    CHECK(part(quarter, nrr_part::level_ups).n == 1);
    CHECK(part(quarter, nrr_part::lost).n == 2);
    CHECK(sum_of_parts(quarter) == Approx(quarter.change.value).epsilon(1e-12));
    // Half a year ago there was nobody.
    CHECK(!is_defined(found.reviews[2].all.change.value));
    CHECK(!is_defined(found.reviews[2].all.parts[0].value));
    CHECK(found.reviews[2].all.after.value == Approx(after));

    REQUIRE(found.reviews[1].members.size() == 3);
    CHECK(found.reviews[1].members[0].name.empty());
    double of_all = 0;
    for (const nrr_change& one : found.reviews[1].members) of_all += one.of_all;
    CHECK(of_all == Approx(quarter.change.value).epsilon(1e-12));
}

TEST_CASE("parts of a change add up to it, and backward they are the opposite", "[study][nrr]") {
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const std::vector<book_customer> book = made_book(300, 12, seed);
        const nrr_finding found = found_in(book);
        for (const nrr_review& one : found.reviews) {
            double members = 0, teams = 0;
            CHECK(std::fabs(sum_of_parts(one.all) - one.all.change.value) < 1e-14);
            for (const nrr_change& each : one.members) {
                if (is_defined(each.change.value))
                    CHECK(std::fabs(sum_of_parts(each) - each.change.value) < 1e-14);
                members += each.of_all;
            }
            for (const nrr_change& each : one.teams) teams += each.of_all;
            CHECK(std::fabs(members - one.all.change.value) < 1e-14);
            CHECK(std::fabs(teams - one.all.change.value) < 1e-14);
        }
        const plan plan = plan_of(nrr_model(2));
        const evidence seen = evidence_of(plan, book);
        const revenue_shape& shape = seen.shape().revenue();
        detail::move_table moves =
            detail::move_table::of_all(shape, seen.table(table_id::moves).find({book_start + 11}));
        detail::move_table back{shape};
        for (std::size_t a = 0; a < moves.places(); ++a) {
            for (std::size_t b = 0; b < moves.places(); ++b) {
                const detail::moved_sums& one = moves.at(a, b);
                back.at(b, a) = {one.customers, one.after, one.before};
            }
        }
        const detail::retention_counts counts{seen, seen.shape().revenue_levels()};
        const detail::nrr_rates rates{counts, counts.all()};
        const detail::group_rows rows = counts.rows(counts.all(), counts.everybody());
        const detail::nrr_reviewer review{shape, 3, rates, rows};
        const nrr_change there = review.change("", moves), here = review.change("", back);
        const auto at = [](nrr_part which) { return static_cast<std::size_t>(which); };
        const auto is_opposite = [&](nrr_part a, nrr_part b) {
            const double sum = there.parts[at(a)].value + here.parts[at(b)].value;
            CHECK(std::fabs(sum) < 1e-14);
        };
        is_opposite(nrr_part::level_ups, nrr_part::level_downs);
        is_opposite(nrr_part::level_downs, nrr_part::level_ups);
        is_opposite(nrr_part::arrived, nrr_part::lost);
        is_opposite(nrr_part::lost, nrr_part::arrived);
        is_opposite(nrr_part::seen, nrr_part::seen);
        is_opposite(nrr_part::mrr, nrr_part::mrr);
        CHECK(there.parts[at(nrr_part::level_ups)].value != 0);
        CHECK(there.parts[at(nrr_part::seen)].value != 0);
    }
}

TEST_CASE("the cheapest level-ups to a target", "[study][nrr]") {
    const double expected = (200 * 0.75 + 150 * 1.2 + 330 * 1.1) / 680, up = 0.45 * 200 / 680;
    const auto planned = [](const nrr_options& options, const std::string& study = "") {
        return found_in(small_book(), 2, options, study).plan;
    };
    CHECK(planned({}).state == nrr_plan_state::unknown);
    CHECK(planned({}).why == nrr_gap::no_target);
    CHECK(planned(to(1.0)).state == nrr_plan_state::there);
    CHECK(planned(to(1.0)).effort == 0);

    nrr_plan plan = planned(to(1.05));
    CHECK(plan.state == nrr_plan_state::reached);
    REQUIRE(plan.steps.size() == 1);
    CHECK(plan.steps[0].from == "Entry");
    CHECK(plan.steps[0].customers == 1);
    CHECK(plan.steps[0].of == 1);
    CHECK(plan.steps[0].mrr == 200);
    CHECK(plan.steps[0].gain == Approx(up));
    CHECK(plan.expected.value == Approx(expected + up));
    CHECK(plan.exact);
    CHECK(plan.effort == 1);
    CHECK(plan.bound == 1);
    CHECK(!plan.steps[0].sure);

    plan = planned({}, R"("nrr_target": 1.2, )");
    CHECK(plan.target == 1.2);
    CHECK(plan.state == nrr_plan_state::out_of_reach);
    CHECK(plan.expected.value == Approx(expected + up));
    CHECK(plan.bound == Approx(expected + up));

    nrr_options few = to(1.05);
    few.capacity = 2.5;
    few.effort["Entry"] = 3;
    plan = planned(few);
    CHECK(plan.state == nrr_plan_state::capacity);
    CHECK(plan.steps.empty());
    CHECK(plan.expected.value == Approx(expected));
    few.capacity = 3;
    CHECK(planned(few).state == nrr_plan_state::reached);
    CHECK(planned(few).effort == 3);
}

/// Of every group one at Entry, who pays a fifth less each month, and one at Active; at the last
/// close with these levels.
std::vector<book_customer> alike(int last_entry, int last_active) {
    std::vector<book_customer> out;
    for (std::size_t g = 0; g < 20; ++g) {
        out.push_back({g,
                       {at_level(0, 1250), at_level(0, 1000), at_level(0, 800), at_level(0, 640),
                        at_level(last_entry, 512)},
                       "",
                       ""});
        out.push_back({g,
                       {at_level(1, 488), at_level(1, 488), at_level(1, 488), at_level(1, 488),
                        at_level(last_active, 488)},
                       "",
                       ""});
    }
    return out;
}

TEST_CASE("groups that are all alike make nothing certain", "[study][nrr]") {
    const nrr_finding found = found_in(alike(0, 1), 1, to(0.95));
    CHECK(found.levels[0].nrr.value == Approx(0.8));
    CHECK(found.levels[1].nrr.value == Approx(1));
    CHECK(found.levels[0].nrr.n == 80);
    for (const nrr_level& one : found.levels) {
        CHECK(!is_defined(one.nrr.interval));
        CHECK(!is_defined(one.latest.interval));
    }
    CHECK(found.portfolio.expected.value == Approx(0.512 * 0.8 + 0.488));
    CHECK(!is_defined(found.portfolio.expected.interval));
    for (const nrr_band& one : found.realised) CHECK(!is_defined(one.between));
    CHECK(!is_defined(found.backtest.bias.interval));
    CHECK(!is_defined(found.backtest.spread));
    CHECK(found.level_ups[0].difference.value == Approx(0.2));
    CHECK(!is_defined(found.level_ups[0].difference.interval));
    CHECK(!is_defined(found.level_ups[0].impact.interval));
    REQUIRE(found.plan.steps.size() == 1);
    CHECK(!found.plan.steps[0].sure);
    CHECK(!is_defined(found.plan.expected.interval));
    CHECK_THAT(cautions_of(found), Contains("How sure the expected NRR is cannot be told"));
    CHECK_THAT(cautions_of(found), !Contains("is that of the rates alone"));
    CHECK_THAT(cautions_of(found), Contains("is not certain"));
    CHECK_THAT(cautions_of(found_in(small_book(), 2, to(1.05))), !Contains("cannot be told"));
}

TEST_CASE("a plan for customers whose level is not known is not known", "[study][nrr]") {
    // A rung up is worth 0.2 where it is worth something at all: who is not seen might be there.
    const auto planned = [](const nrr_finding& of) {
        return std::pair{of.plan.state, of.plan.why};
    };
    using plan = std::pair<nrr_plan_state, nrr_gap>;
    const nrr_finding dark = found_in(alike(unseen, unseen), 1, to(0.95));
    CHECK(planned(dark) == plan{nrr_plan_state::unknown, nrr_gap::unseen});
    CHECK(!is_defined(dark.plan.expected.value));
    CHECK(dark.plan.steps.empty());
    CHECK_THAT(dark.told.sentence.en, Contains("Whether level-ups reach it is not known"));
    // Not even if they all were at Entry.
    const double everybody = dark.portfolio.expected.value;
    CHECK(planned(found_in(alike(unseen, unseen), 1, to(everybody + 0.19))) ==
          plan{nrr_plan_state::unknown, nrr_gap::unseen});
    CHECK(planned(found_in(alike(unseen, unseen), 1, to(everybody + 0.21))) ==
          plan{nrr_plan_state::out_of_reach, nrr_gap::none});
    // With those of Entry at hand the rest adds no more than 0.2 of its part.
    const double half = found_in(alike(0, unseen), 1, to(1)).portfolio.expected.value;
    CHECK(planned(found_in(alike(0, unseen), 1, to(half + 0.1))) ==
          plan{nrr_plan_state::reached, nrr_gap::none});
    CHECK(planned(found_in(alike(0, unseen), 1, to(half + 0.15))) ==
          plan{nrr_plan_state::unknown, nrr_gap::unseen});
    CHECK(planned(found_in(alike(0, unseen), 1, to(half + 0.21))) ==
          plan{nrr_plan_state::out_of_reach, nrr_gap::none});
    CHECK(planned(found_in(alike(unseen, unseen), 1, to(0.5))) ==
          plan{nrr_plan_state::there, nrr_gap::none});
}

TEST_CASE("too early, and nothing to count", "[study][nrr]") {
    const plan plan = plan_of(nrr_model(6));
    const nrr_finding nothing = study_nrr(evidence{plan});
    CHECK(nothing.why == nrr_gap::nothing_counted);
    CHECK(nothing.curve.why == nrr_gap::nothing_counted);
    CHECK_THAT(nothing.told.sentence.en, Contains("data_until"));
    CHECK(nothing.portfolio.now.customers == 0);

    const nrr_finding early = study_nrr(evidence_of(plan, small_book()), to(1.0));
    CHECK(early.why == nrr_gap::too_short);
    CHECK(early.known_from == "2020-07");
    CHECK_THAT(early.told.sentence.en, Contains("2020-07"));
    CHECK(!is_defined(early.everybody.nrr.value));
    CHECK(!is_defined(early.portfolio.expected.value));
    CHECK(early.portfolio.now.mrr == 680);
    CHECK(early.plan.state == nrr_plan_state::unknown);
    CHECK(early.plan.why == nrr_gap::too_short);
    CHECK(early.curve.why == nrr_gap::too_short);
    CHECK(early.backtest.verdict == nrr_trust::too_little);
    for (const nrr_band& one : early.realised) CHECK(!is_defined(one.between));
}

TEST_CASE("levels other than the first ladder's have rates alone", "[study][nrr]") {
    const nrr_finding found = found_in(small_book(), 2, of_bands(1.0));
    CHECK(found.of == "band");
    CHECK(found.portfolio_why == nrr_gap::other_levels);
    CHECK(found.everybody.nrr.value == 0.92);
    CHECK(!found.everybody.now);
    CHECK(found.reviews.empty());
    CHECK(found.plan.why == nrr_gap::other_levels);
    CHECK(found.plan.state == nrr_plan_state::unknown);
}

TEST_CASE("options of the study nrr", "[study][nrr]") {
    const plan plan = plan_of(nrr_model(2));
    const evidence seen = evidence_of(plan, small_book());
    CHECK(run_study(seen, "nrr", R"({"of": "band", "months": 1, "target": 1.1, "capacity": 3})")
              .ok());
    CHECK(run_study(seen, "nrr", R"({"effort": {"Entry": 2, "Active": 0.5}})").ok());
    const auto refused = [&](const char* options) {
        const auto found = run_study(seen, "nrr", options);
        REQUIRE(!found.ok());
        return found.error().to_string();
    };
    CHECK_THAT(refused(R"({"effort": {"Entri": 2}})"), Contains("Entry"));
    CHECK_THAT(refused(R"({"effort": {"Entry": 0}})"), Contains("effort.Entry"));
    CHECK_THAT(refused(R"({"effort": 2})"), Contains("effort"));
    CHECK_THAT(refused(R"({"of": "stages"})"), Contains("\"stage\", \"band\""));
    CHECK_THAT(refused(R"({"months": 0})"), Contains("months"));
    CHECK_THAT(refused(R"({"target": 0})"), Contains("target"));
    CHECK_THAT(refused(R"({"capacity": -1})"), Contains("capacity"));
}

}  // namespace test_nrr
