// The course that reaches the target, cohorts beside it, and past expectations beside what came.
#include <cmath>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "aiueo/study/nrr.hpp"

#include "nrr_books.hpp"

namespace test_nrr_curve {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

/// `months` closes, of which the customer has those from `start` on.
book_customer life(std::size_t group, std::size_t start, const std::vector<std::int64_t>& mrr,
                   std::size_t months) {
    book_customer out;
    out.group = group;
    for (std::size_t t = 0; t < months; ++t) {
        const bool here = t >= start && t - start < mrr.size() && mrr[t - start] > 0;
        out.closes.push_back(here ? at_level(0, mrr[t - start]) : gone());
    }
    return out;
}

/// Twenty lives that halve and twenty that grow by half, over five closes.
std::vector<book_customer> halves_and_halves() {
    std::vector<book_customer> out;
    for (std::size_t g = 0; g < 20; ++g) {
        out.push_back(life(g, 0, {100, 80, 50, 50, 50}, 5));
        out.push_back(life(g, 0, {100, 100, 150, 150, 150}, 5));
    }
    return out;
}

const nrr_cohort& cohort_of(const nrr_finding& in, const std::string& start) {
    for (const nrr_cohort& one : in.curve.cohorts) {
        if (one.start == start) return one;
    }
    FAIL("no cohort of " << start);
    return in.curve.cohorts.front();
}

}  // namespace

TEST_CASE("the required course ends at the target", "[study][nrr]") {
    const nrr_curve curve = found_in(halves_and_halves(), 2, to(1.2)).curve;
    CHECK(curve.why == nrr_gap::none);
    CHECK(curve.lives == 40);
    CHECK(curve.achievers == 20);
    CHECK(curve.realised == 1);
    // Weights 3 to 7: 0.3 · 0.5 + 0.7 · 1.5 = 1.2.
    CHECK(curve.lambda == Approx(std::log(7.0 / 3)).epsilon(1e-12));
    CHECK(curve.effective == Approx(20 / (0.3 * 0.3 + 0.7 * 0.7)).epsilon(1e-12));
    REQUIRE(curve.points.size() == 3);
    CHECK(curve.points[0].required.value == 1);
    CHECK(curve.points[1].required.value == Approx(0.3 * 0.8 + 0.7).epsilon(1e-12));
    CHECK(curve.points[2].required.value == Approx(1.2).epsilon(1e-14));
    CHECK(curve.points[1].all == 0.9);
    CHECK(curve.points[1].achievers == 1);
    CHECK(curve.points[2].achievers == 1.5);
    // Without any group the mixture is the same: how it might differ was not seen.
    CHECK(!is_defined(curve.points[1].required.interval));
    CHECK(curve.points[2].required.interval.lower == curve.points[2].required.value);
}

TEST_CASE("a target that no life reaches has no course", "[study][nrr]") {
    for (const double target : {1.5, 1.6, 0.5, 0.3}) {
        const nrr_finding found = found_in(halves_and_halves(), 2, to(target));
        CHECK(found.curve.why == nrr_gap::out_of_range);
        CHECK(!is_defined(found.curve.lambda));
        CHECK(!is_defined(found.curve.points[1].required.value));
        CHECK(found.curve.points[1].all == 0.9);
    }
    const nrr_finding none = found_in(halves_and_halves(), 2);
    CHECK(none.curve.why == nrr_gap::no_target);
    CHECK(!is_defined(none.curve.points[1].required.value));
}

TEST_CASE("cohorts are ahead, on the course or behind", "[study][nrr]") {
    std::vector<book_customer> book = halves_and_halves();
    SECTION("ahead") {
        for (std::size_t g = 0; g < 20; ++g)
            book.push_back(life(g, 3, {100, g % 2 == 0 ? 200 : 150}, 5));
        const nrr_finding found = found_in(book, 2, to(1.2));
        REQUIRE(found.curve.cohorts.size() == 1);
        const nrr_cohort& one = cohort_of(found, "2020-04");
        CHECK(one.months == 1);
        CHECK(one.ratio.value == 1.75);
        CHECK(one.required == Approx(0.94));
        CHECK(one.verdict == nrr_verdict::ahead);
        CHECK(one.difference.q == one.difference.p);
        CHECK(one.by_renewal == 0);
        CHECK(one.by_expansion == Approx(1.75 - 0.9));
        CHECK(one.by_target == Approx(0.9 - 0.94));
        CHECK_THAT(found.told.sentence.en, Contains("ahead of the course"));
        CHECK_THAT(found.told.sentence.en, Contains("1 is ahead and 0 behind"));
    }
    SECTION("behind") {
        for (std::size_t g = 0; g < 20; ++g)
            book.push_back(
                life(g, 3, {100, g % 2 == 0 ? 0 : 100 + static_cast<std::int64_t>(g)}, 5));
        const nrr_cohort one = cohort_of(found_in(book, 2, to(1.2)), "2020-04");
        CHECK(one.verdict == nrr_verdict::behind);
        CHECK(one.then.customers == 20);
        CHECK(one.now.customers == 10);
        CHECK(one.by_renewal < -0.4);
        CHECK(one.by_renewal + one.by_expansion + one.by_target ==
              Approx(one.difference.of.value).epsilon(1e-12));
    }
    SECTION("nothing has moved yet") {
        for (std::size_t g = 0; g < 12; ++g) book.push_back(life(g, 3, {100, 100}, 5));
        const nrr_cohort one = cohort_of(found_in(book, 2, to(1.2)), "2020-04");
        CHECK(one.difference.of.value == Approx(0.06));
        CHECK(one.verdict == nrr_verdict::on);
        const double lower = wilson_interval(12, 12).lower;
        CHECK(one.ratio.interval.lower == Approx(lower));
        CHECK(one.difference.of.interval.lower == Approx(0.06 - (1 - lower)).epsilon(1e-6));
    }
    SECTION("that one pays a little more makes none of the others sure") {
        for (std::size_t g = 0; g < 17; ++g)
            book.push_back(life(g, 3, {100, g == 0 ? 101 : 100}, 5));
        const nrr_cohort one = cohort_of(found_in(book, 2, to(1.2)), "2020-04");
        CHECK(one.difference.of.value > 0.06);
        CHECK(one.verdict == nrr_verdict::on);
        CHECK(one.difference.p > 0.4);
    }
    SECTION("too few") {
        for (std::size_t g = 0; g < 9; ++g)
            book.push_back(life(g, 3, {100, 200 + static_cast<std::int64_t>(g)}, 5));
        const nrr_cohort one = cohort_of(found_in(book, 2, to(1.2)), "2020-04");
        CHECK(one.verdict == nrr_verdict::unknown);
        CHECK(!is_defined(one.difference.q));
        CHECK(one.ratio.value > 2);
    }
    SECTION("who is as old as the horizon is seen beside the target") {
        for (std::size_t g = 0; g < 20; ++g)
            book.push_back(life(g, 2, {100, 100, 90 + static_cast<std::int64_t>(g)}, 5));
        const nrr_finding found = found_in(book, 2, to(1.2));
        CHECK(found.curve.lives == 60);
        const nrr_cohort& one = cohort_of(found, "2020-03");
        CHECK(one.months == 2);
        CHECK(one.required == Approx(1.2));
        CHECK(one.verdict == nrr_verdict::behind);
    }
    SECTION("all together, each at its own age") {
        // 10,000 a month old and 20,000 of two months.
        for (std::size_t k = 0; k < 100; ++k) {
            const std::size_t g = k % 20;
            book.push_back(life(g, 3, {100, g % 4 == 0 ? 0 : 100}, 5));
            book.push_back(life(g, 2, {200, 200, 220 + static_cast<std::int64_t>(g)}, 5));
        }
        const nrr_finding found = found_in(book, 2, to(1.2));
        REQUIRE(found.curve.together);
        const nrr_cohort& all = *found.curve.together;
        CHECK(all.then.mrr == 30000);
        CHECK(all.then.customers == 200);
        const double ratio = (1500 + 4590) / 6000.0;
        CHECK(all.ratio.value == Approx(ratio));
        const double course = found.curve.points[1].required.value;
        CHECK(all.required == Approx((2000 * course + 4000 * 1.2) / 6000));
        CHECK(all.difference.of.value == Approx(ratio - all.required));
        CHECK(all.verdict == nrr_verdict::behind);
        CHECK(all.by_renewal + all.by_expansion + all.by_target ==
              Approx(all.difference.of.value).epsilon(1e-12));
        CHECK(found.curve.cohorts.size() == 2);
    }
}

namespace {

/// 400 places, each of which has a customer at every close. `fate(t, c)`: how many percent of its
/// MRR the one of place c pays a month after close t; at 0 it leaves, and another one comes.
std::vector<book_customer> places(int months, const std::function<int(int, int)>& fate) {
    std::vector<book_customer> out;
    for (int c = 0; c < 400; ++c) {
        std::size_t from = 0;
        const auto month = [](int t) { return static_cast<std::size_t>(t); };
        book_customer one;
        const auto begin = [&] {
            one = {};
            one.group = month((c / 2 + static_cast<int>(from)) % 20);
            one.closes.assign(from, gone());
        };
        begin();
        std::int64_t mrr = 1000;
        for (int t = 0; t < months; ++t) {
            one.closes.push_back(at_level(c % 2, mrr));
            mrr = mrr * fate(t, c) / 100;
            if (mrr > 0) continue;
            one.closes.resize(month(months));
            out.push_back(std::move(one));
            from = month(t) + 1;
            mrr = 1000;
            begin();
        }
        one.closes.resize(month(months));
        if (from < month(months)) out.push_back(std::move(one));
    }
    return out;
}

nrr_backtest tested(int months, const std::function<int(int, int)>& fate) {
    return found_in(places(months, fate), 1).backtest;
}

std::uint64_t mixed(int t, int c, std::uint64_t seed) {
    std::uint64_t state = seed * 1'000'003 + static_cast<std::uint64_t>(t) * 7919 +
                          static_cast<std::uint64_t>(c) * 104'729;
    for (int k = 0; k < 5; ++k) drawn(state);
    return drawn(state);
}

}  // namespace

TEST_CASE("an expectation is made of what was known then", "[study][nrr]") {
    // Two closes: at the third the first start is known.
    std::vector<book_customer> book;
    for (std::size_t g = 0; g < 20; ++g) {
        book.push_back({g, {at_level(0, 100), at_level(0, 80), at_level(0, 80)}, "", ""});
        book.push_back({g,
                        {at_level(1, 100), at_level(1, 110 + static_cast<std::int64_t>(g)), gone()},
                        "",
                        ""});
    }
    const nrr_backtest found = found_in(book, 1).backtest;
    REQUIRE(found.each.size() == 1);
    const nrr_origin& one = found.each[0];
    CHECK(one.month == "2020-02");
    CHECK(one.months == 1);
    // 1,600 at level 0 with 0.8; 2,390 at level 1 with 2,390 ÷ 2,000.
    CHECK(one.expected == Approx((1600 * 0.8 + 2390 * 1.195) / 3990));
    CHECK(one.realised == Approx(1600.0 / 3990));
    CHECK(one.level == "Active");
    CHECK(one.by_level == Approx(-2390 * 1.195 / 3990));
    CHECK(found.verdict == nrr_trust::too_little);
    CHECK(found.origins == 1);
    CHECK(found.independent == 1);
    REQUIRE(found.levels.size() == 4);
    double sum = 0;
    for (const nrr_deviation& each : found.levels) {
        sum += each.part.value;
        CHECK(each.by_renewal + each.by_expansion == Approx(each.part.value).margin(1e-14));
    }
    CHECK(sum == Approx(one.deviation));
    CHECK(found.bias.value == Approx(one.deviation));
    CHECK(found.levels[0].by_expansion == Approx(1600 * 0.2 / 3990));
    CHECK(found.levels[1].by_expansion == Approx(0).margin(1e-14));
}

TEST_CASE("past expectations are trusted, biased or too sure", "[study][nrr]") {
    SECTION("the same chance in all months") {
        const nrr_backtest found =
            tested(30, [](int t, int c) { return mixed(t, c, 5) % 100 < 20U ? 0 : 100; });
        CHECK(found.verdict == nrr_trust::trust);
        CHECK(found.origins == 28);
        CHECK(found.independent == Approx(28));
        CHECK(found.coverage[2].covered >= 0.85);
        CHECK(found.spread < 1.5);
    }
    SECTION("it gets worse and worse") {
        const nrr_backtest found = tested(30, [](int t, int c) {
            return mixed(t, c, 5) % 100 < static_cast<std::uint64_t>(2 + t) ? 0 : 100;
        });
        CHECK(found.verdict == nrr_trust::biased);
        CHECK(found.bias.interval.upper < 0);
    }
    SECTION("months that were calm become wild") {
        const nrr_backtest found = tested(30, [](int t, int c) {
            const int wild = t < 20 ? 0 : t % 2 == 0 ? 30 : -30;
            return 100 + wild + static_cast<int>(mixed(t, c, 5) % 10);
        });
        CHECK(found.verdict == nrr_trust::overconfident);
        CHECK(found.coverage[2].covered < 0.95);
    }
}

TEST_CASE("windows that overlap say less", "[study][nrr]") {
    const std::vector<std::int32_t> apart{0, 3, 6}, close{0, 1, 2};
    CHECK(detail::overlap_of(apart, 3) == Approx(1.0 / 3));
    CHECK(detail::overlap_of(close, 3) == Approx((3 + 2 * (2 * 2.0 / 3 + 1.0 / 3)) / 9));
    CHECK(detail::overlap_of(std::vector<std::int32_t>{5}, 3) == 1);
}

TEST_CASE("a level whose NRR moves is noticed", "[study][nrr]") {
    const auto change = [](bool moves) {
        return found_in(places(30,
                               [moves](int t, int c) {
                                   const std::uint64_t lost =
                                       moves && t >= 17 && c % 2 == 0 ? 40 : 20;
                                   return mixed(t, c, 8) % 100 < lost ? 0 : 100;
                               }),
                        1)
            .levels;
    };
    const auto moved = change(true), still = change(false);
    CHECK(moved[0].change.q < 0.01);
    CHECK(moved[0].change.of.value < -0.05);
    CHECK(moved[1].change.q > 0.05);
    CHECK(still[0].change.q > 0.05);
}

}  // namespace test_nrr_curve
