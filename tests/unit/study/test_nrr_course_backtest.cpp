// Past verdicts on cohorts beside what became of them.
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "aiueo/study/nrr.hpp"

#include "nrr_books.hpp"

namespace test_nrr_course_backtest {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

/// `size` customers begin at every close; k months later the one of place c pays `course(s, k, c)`.
std::vector<book_customer> cohorts(
    int months, int size, const std::function<std::int64_t(int start, int k, int c)>& course) {
    std::vector<book_customer> out;
    for (int s = 0; s < months; ++s) {
        for (int c = 0; c < size; ++c) {
            book_customer one;
            one.group = static_cast<std::size_t>(c % 20);
            for (int t = 0; t < months; ++t) {
                const std::int64_t mrr = t < s ? 0 : course(s, t - s, c);
                one.closes.push_back(mrr > 0 ? at_level(0, mrr) : gone());
            }
            out.push_back(std::move(one));
        }
    }
    return out;
}

std::int64_t mrr_in(const std::vector<book_customer>& book, std::size_t start, std::size_t t) {
    std::int64_t out = 0;
    for (const book_customer& one : book) {
        bool before = false;
        for (std::size_t k = 0; k < start; ++k) before = before || one.closes[k].mrr;
        if (before || !one.closes[start].mrr) continue;
        out += one.closes[t].mrr.value_or(0);
    }
    return out;
}

std::string month_of_close(std::size_t t) {
    return month_name(book_start + static_cast<std::int32_t>(t));
}

}  // namespace

TEST_CASE("a past close says what the finding would have said then", "[study][nrr]") {
    constexpr std::size_t months = 21, horizon = 4;
    constexpr double target = 1.02;
    const std::vector<book_customer> book = made_book(800, months, 77);
    const nrr_course_backtest found = found_in(book, horizon, to(target)).curve.backtest;
    std::map<std::string, nrr_course_origin> by_month;
    for (const nrr_course_origin& one : found.each) by_month[one.month] = one;
    std::map<std::size_t, nrr_verdict> first;
    std::size_t origins = 0;
    for (std::size_t t = horizon; t + 1 < months; ++t) {
        std::vector<book_customer> cut = book;
        for (book_customer& one : cut) one.closes.resize(t + 1);
        const nrr_curve then = found_in(cut, horizon, to(target)).curve;
        INFO(month_of_close(t));
        const auto at = by_month.find(month_of_close(t));
        REQUIRE((at != by_month.end()) == (then.why == nrr_gap::none));
        if (at == by_month.end()) continue;
        const nrr_course_origin& one = at->second;
        ++origins;
        REQUIRE(then.together);
        CHECK(one.lives == then.lives);
        CHECK(one.verdict == then.together->verdict);
        CHECK(one.difference.value == then.together->difference.of.value);
        CHECK(one.difference.interval.lower == then.together->difference.of.interval.lower);
        std::int64_t ahead = 0, behind = 0, began = 0, ended = 0;
        for (const nrr_cohort& cohort : then.cohorts) {
            ahead += cohort.verdict == nrr_verdict::ahead ? 1 : 0;
            behind += cohort.verdict == nrr_verdict::behind ? 1 : 0;
            const auto age = static_cast<std::size_t>(cohort.months);
            if (t - age + horizon >= months) continue;
            began += mrr_in(book, t - age, t - age);
            ended += mrr_in(book, t - age, t - age + horizon);
            if (age == horizon || cohort.verdict == nrr_verdict::unknown) continue;
            nrr_verdict& called = first.try_emplace(t - age, nrr_verdict::on).first->second;
            if (called == nrr_verdict::on) called = cohort.verdict;
        }
        CHECK(one.ahead == ahead);
        CHECK(one.behind == behind);
        // The youngest began a month before.
        if (t - 1 + horizon < months)
            CHECK(one.realised == Approx(static_cast<double>(ended) / static_cast<double>(began)));
        else
            CHECK_FALSE(is_defined(one.realised));
    }
    CHECK(origins > 10);
    CHECK(found.origins == static_cast<std::int64_t>(origins));
    REQUIRE(found.calls.size() == 3);
    std::int64_t right = 0, called = 0;
    for (const nrr_call& one : found.calls) {
        std::int64_t n = 0, reached = 0, began = 0, ended = 0;
        for (const auto& [start, verdict] : first) {
            if (verdict != one.called) continue;
            const std::int64_t then = mrr_in(book, start, start);
            const std::int64_t later = mrr_in(book, start, start + horizon);
            ++n;
            began += then;
            ended += later;
            reached += static_cast<double>(later) / static_cast<double>(then) >= target ? 1 : 0;
        }
        CHECK(one.cohorts == n);
        CHECK(one.reached == reached);
        if (n > 0)
            CHECK(one.realised == Approx(static_cast<double>(ended) / static_cast<double>(began)));
        else
            CHECK_FALSE(is_defined(one.realised));
        if (one.called == nrr_verdict::on) continue;
        called += n;
        right += one.called == nrr_verdict::ahead ? reached : n - reached;
    }
    CHECK(found.right.n == called);
    if (called > 0)
        CHECK(found.right.value ==
              Approx(static_cast<double>(right) / static_cast<double>(called)));
}

TEST_CASE("verdicts on cohorts are trusted where they come true", "[study][nrr]") {
    // A good start gains 4 a month of a hundred, a bad one loses 4, up to the horizon.
    const auto steady = [](int s, int k, int c) -> std::int64_t {
        const int months = k < 6 ? k : 6;
        return 1000 + (s % 2 == 0 ? 40 : -40) * months + c % 7;
    };
    const nrr_finding found = found_in(cohorts(30, 40, steady), 6, to(1.0));
    const nrr_course_backtest& test = found.curve.backtest;
    CHECK(test.verdict == nrr_course_trust::trust);
    CHECK(test.right.value == 1);
    CHECK(test.right.n >= 15);
    CHECK(test.right.interval.lower > 0.8);
    CHECK(test.apart.value == 1);
    CHECK(test.apart.n == test.right.n);
    CHECK(test.better == nrr_verdict::ahead);
    CHECK(test.worse == nrr_verdict::behind);
    CHECK(test.calls[0].called == nrr_verdict::behind);
    CHECK(test.calls[0].reached == 0);
    CHECK(test.calls[0].realised == Approx(0.76).margin(0.001));
    CHECK(test.calls[2].called == nrr_verdict::ahead);
    CHECK(test.calls[2].reached == test.calls[2].cohorts);
    CHECK(test.calls[2].realised == Approx(1.24).margin(0.001));
    CHECK(test.calls[2].months >= 1);
    CHECK(test.calls[2].months < 6);
    CHECK(test.calls[0].reversed + test.calls[2].reversed == 0);
    CHECK(test.independent > 3);
    CHECK_THAT(found.told.sentence.en,
               Contains("starting months that were called ahead or behind in the past"));
}

TEST_CASE("verdicts on cohorts that turn are misleading", "[study][nrr]") {
    // What falls at first ends above, what rises ends below.
    const auto turning = [](int s, int k, int c) -> std::int64_t {
        const int sign = s % 2 == 0 ? 1 : -1;
        const int by = k == 0 ? 0 : k < 5 ? -120 : 200;
        return 1000 + sign * by + c % 7;
    };
    const nrr_finding found = found_in(cohorts(30, 40, turning), 6, to(1.0));
    const nrr_course_backtest& test = found.curve.backtest;
    CHECK(test.verdict == nrr_course_trust::misleading);
    // The first ones are judged after they have turned.
    CHECK(test.right.value < 0.1);
    CHECK(test.apart.value < -0.9);
    CHECK(test.calls[0].reached >= test.calls[0].cohorts - 1);
    CHECK(test.calls[0].reversed >= test.calls[0].cohorts - 1);
    CHECK_THAT(cautions_of(found), Contains("no guide here"));
}

TEST_CASE("that all end below the target makes no verdict good", "[study][nrr]") {
    // Every second start loses early what the others lose at the end; a fifth of both gains.
    const auto losing = [](int s, int k, int c) -> std::int64_t {
        if (k >= 4) return c % 5 == 0 ? 1300 : 900;
        return (k > 0 && s % 2 == 0 ? 700 : 1000) + c % 7;
    };
    const nrr_course_backtest test = found_in(cohorts(30, 40, losing), 4, to(1.05)).curve.backtest;
    REQUIRE(test.calls.size() == 3);
    const nrr_call &behind = test.calls[0], &ahead = test.calls[2];
    CHECK(behind.cohorts >= 10);
    CHECK(behind.reached == 0);
    CHECK(ahead.cohorts >= 10);
    CHECK(ahead.reached == 0);
    CHECK(test.right.value == Approx(static_cast<double>(behind.cohorts) /
                                     static_cast<double>(behind.cohorts + ahead.cohorts)));
    CHECK(test.apart.value == 0);
    CHECK(test.verdict == nrr_course_trust::undecided);
}

TEST_CASE("where few are called ahead, those never called stand in their place", "[study][nrr]") {
    // Every fifth start loses, the others keep.
    const auto fewer = [](int s, int k, int c) -> std::int64_t {
        return 1000 - (s % 5 == 0 ? 100 * k : 0) + c % 7;
    };
    const nrr_finding found = found_in(cohorts(36, 40, fewer), 4, to(0.99));
    const nrr_course_backtest& test = found.curve.backtest;
    REQUIRE(test.calls.size() == 3);
    CHECK(test.calls[0].cohorts >= 5);
    CHECK(test.calls[2].cohorts == 0);
    CHECK(test.worse == nrr_verdict::behind);
    CHECK(test.better == nrr_verdict::on);
    CHECK(test.apart.value == 1);
    CHECK(test.apart.n == test.calls[0].cohorts + test.calls[1].cohorts);
    CHECK(test.verdict == nrr_course_trust::trust);
}

TEST_CASE("of few verdicts nothing is said", "[study][nrr]") {
    const auto steady = [](int s, int k, int c) -> std::int64_t {
        return 1000 + (s % 2 == 0 ? 100 : -100) * (k < 3 ? k : 3) + c % 7;
    };
    SECTION("few cohorts") {
        const nrr_finding found = found_in(cohorts(11, 40, steady), 3, to(1.0));
        const nrr_course_backtest& test = found.curve.backtest;
        CHECK(test.verdict == nrr_course_trust::too_little);
        CHECK(test.origins > 0);
        CHECK(test.right.n > 0);
        CHECK(test.right.n < 10);
        CHECK(found.told.sentence.en.find("were called ahead or behind") == std::string::npos);
    }
    SECTION("no target, no close, too small cohorts") {
        const std::vector<book_customer> book = cohorts(12, 40, steady);
        const plan plan = plan_of(nrr_model(3));
        CHECK(study_nrr(evidence_of(plan, book), {}).curve.backtest.origins == 0);
        CHECK(study_nrr(evidence_of(plan, std::vector<book_customer>{}), to(1.0))
                  .curve.backtest.origins == 0);
        const nrr_course_backtest small =
            found_in(cohorts(12, 9, steady), 3, to(1.0)).curve.backtest;
        CHECK(small.right.n == 0);
        CHECK_FALSE(is_defined(small.right.value));
        CHECK(small.verdict == nrr_course_trust::too_little);
    }
}

}  // namespace test_nrr_course_backtest
