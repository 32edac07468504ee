#include <cmath>
#include <vector>

#include "aiueo/stats/exact.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_exact {

using namespace aiueo;
using namespace aiueo::testing;

using counts = std::vector<std::int64_t>;

TEST_CASE("few of a table are counted", "[stats][exact]") {
    // 3 of 2,000 are lost, one of them among the 5 with a flag: χ² calls that certain.
    const table_2x2 rare{1, 4, 2, 1993};
    CHECK(chi_squared_test(rare).p < 1e-25);
    const double none = 1995.0 * 1994 * 1993 / (2000.0 * 1999 * 1998);
    const double one = 3.0 * 5 * 1995 * 1994 / (2000.0 * 1999 * 1998);
    const double more = 1 - none - one;
    CHECK(near(exact_test(rare).p, 2 * (one / 2 + more), 1e-10));
    CHECK(exact_test(rare).statistic > 0);
    // Both ways round, and with outcomes exchanged.
    CHECK(near(exact_test({2, 1993, 1, 4}).p, exact_test(rare).p, 1e-12));
    CHECK(near(exact_test({4, 1, 1993, 2}).p, exact_test(rare).p, 1e-12));
    // Nobody of them was lost: no news at all.
    CHECK(exact_test({0, 5, 3, 1992}).p > 0.98);
    CHECK(exact_test({5, 5, 5, 5}).p == 1);
    // Many: as χ² says, without its correction.
    const table_2x2 many{5200, 4800, 5000, 5000};
    CHECK(same_bits(exact_test(many).p, cochran_mantel_haenszel(std::vector<table_2x2>{many}).p));
    const table_2x2 some{120, 280, 100, 300};
    CHECK(near(exact_test(some).p, chi_squared_test(some).p, 2e-3));
}

TEST_CASE("strata of few are counted together", "[stats][exact]") {
    // 1 of 4 drawn of 2 marked, twice: masses 1/6, 4/6, 1/6 each.
    const std::vector<table_2x2> twice{{2, 0, 0, 2}, {2, 0, 0, 2}};
    CHECK(near(exact_test(twice).p, 2 * (1.0 / 36) / 2, 1e-12));
    // A stratum with one side or one outcome says nothing.
    std::vector<table_2x2> more = twice;
    more.push_back({3, 4, 0, 0});
    more.push_back({5, 0, 7, 0});
    more.push_back({});
    CHECK(same_bits(exact_test(more).p, exact_test(twice).p));
    for (const std::vector<table_2x2>& nothing :
         {std::vector<table_2x2>{}, std::vector<table_2x2>{{3, 4, 0, 0}},
          std::vector<table_2x2>{{3, 0, 4, 0}}, std::vector<table_2x2>{{-1, 2, 3, 4}}})
        CHECK(all_undefined(exact_test(nothing)));
    // Larger than a double's exponent, and never 0.
    CHECK(exact_test({1000, 0, 0, 1000}).p > 0);
    CHECK(exact_test({1000, 0, 0, 1000}).p < 1e-50);
}

TEST_CASE("ranks of few are counted, of many approximated", "[stats][exact]") {
    // Two values: Fisher's test, whatever bins lie between.
    CHECK(near(rank_sum_test(counts{1993, 0, 4}, counts{2, 0, 1}).p, exact_test({1, 4, 2, 1993}).p,
               1e-12));
    // Nearly all have one value, in the middle, at an end: t is certain of what is nothing.
    const counts kept{2, 1, 1985, 2, 3}, lost{1, 0, 1, 0, 0};
    CHECK(spearman(kept, lost).p < 1e-8);
    CHECK(rank_sum_test(kept, lost).p > 1e-3);
    CHECK(rank_sum_test(kept, lost).p < 0.01);
    // Lost above and below alike: no direction, however rare the values.
    CHECK(rank_sum_test(counts{4, 1990, 4}, counts{1, 8, 1}).p > 0.9);
    // Many values: t.
    const counts a{3, 5, 8, 9, 9, 8, 5}, b{5, 8, 9, 9, 8, 5, 3};
    CHECK(same_bits(rank_sum_test(a, b).p, spearman(a, b).p));
    CHECK(near(rank_sum_test(a, b).statistic,
               spearman(a, b).value * std::sqrt(static_cast<double>(94 - 1)), 1e-12));
    // Skewed, though many: no smaller than t's.
    const counts skewed{400, 20, 20, 20, 20, 20}, few{40, 5, 6, 8, 7, 9};
    CHECK(rank_sum_test(skewed, few).p > spearman(skewed, few).p);
    for (const auto& [p, n] :
         {std::pair{counts{}, counts{}}, std::pair{counts{4}, counts{3}},
          std::pair{counts{4, 2}, counts{0, 0}}, std::pair{counts{4, 0}, counts{2, 0}},
          std::pair{counts{4, 1}, counts{2}}, std::pair{counts{4, -1}, counts{2, 3}}})
        CHECK(all_undefined(rank_sum_test(p, n)));
}

TEST_CASE("the rank sum is called significant as often as it says", "[stats][exact]") {
    // 200 of 2,000 have a value of their own, at both sides; 4 are lost, drawn anew each time.
    std::uint64_t state = 1;
    const auto drawn = [&state](std::uint64_t below) {
        state = state * 6364136223846793005U + 1442695040888963407U;
        return (state >> 33) % below;
    };
    int five = 0, one = 0, by_t = 0;
    constexpr int runs = 4000;
    for (int k = 0; k < runs; ++k) {
        counts kept{20, 30, 1850, 60, 40}, lost(5);
        for (int j = 0; j < 4; ++j) {
            auto at = static_cast<std::int64_t>(drawn(static_cast<std::uint64_t>(2000 - j)));
            std::size_t bin = 0;
            while (at >= kept[bin]) at -= kept[bin++];
            --kept[bin];
            ++lost[bin];
        }
        const double p = rank_sum_test(kept, lost).p;
        five += p <= 0.05 ? 1 : 0;
        one += p <= 0.001 ? 1 : 0;
        by_t += spearman(kept, lost).p <= 0.001 ? 1 : 0;
    }
    CHECK(five <= runs * 6 / 100);
    CHECK(one <= runs * 3 / 1000);
    CHECK(by_t > runs / 100);
}

}  // namespace test_exact
