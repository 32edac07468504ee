// How many will stand at a level in so many months, beside a plain chain of the same customers and
// beside numbers that can be worked out by hand.
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "aiueo/study/level_course.hpp"

#include "plain_course.hpp"

namespace test_level_course {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

/// A course of a book; the evidence stays where it is, since the course looks at its shape.
struct read_book {
    plan model;
    evidence counted;
    level_course course;

    explicit read_book(const std::vector<book_customer>& book)
        : model(plan_of(nrr_model(2))), counted(evidence_of(model, book)), course(counted) {}
    read_book(const read_book&) = delete;
    read_book& operator=(const read_book&) = delete;
};

/// 20 more who are at the top for one close, one of each group, at every close.
void add_visitors(std::vector<book_customer>& to) {
    const std::size_t closes = to.front().closes.size();
    for (std::size_t g = 0; g < 20; ++g) {
        for (std::size_t t = 0; t < closes; ++t) {
            book_customer one;
            one.group = g;
            one.closes.assign(closes, gone());
            one.closes[t] = at_level(2, 100);
            to.push_back(one);
        }
    }
}

/// Everybody at this level at a close of a book.
void all_at(std::vector<book_customer>& book, std::size_t close, int level) {
    for (book_customer& one : book) one.closes[close] = at_level(level, 100);
}

bool near(double found, double plain) {
    if (plain != plain) return found != found;
    return std::fabs(found - plain) <= 1e-9 * std::max(std::fabs(plain), 1e-3);
}

void check_point(const level_course_point& found, const plain_said& plain, bool share) {
    const double most = share ? 1 : std::numeric_limits<double>::infinity();
    INFO("found " << found.expected << " ± " << found.error << ", plain " << plain.expected << " ± "
                  << plain.error);
    CHECK(near(found.expected, plain.expected));
    CHECK(near(found.error, plain.error));
    CHECK(near(found.within_80.lower, plain.end(0.8, -1, most)));
    CHECK(near(found.within_80.upper, plain.end(0.8, 1, most)));
    CHECK(near(found.within_95.lower, plain.end(0.95, -1, most)));
    CHECK(near(found.within_95.upper, plain.end(0.95, 1, most)));
    CHECK(found.n == plain.n);
}

}  // namespace

TEST_CASE("the plain Student's t is the one of the tables", "[study][level_course]") {
    // Of 19 degrees of freedom, 90 % lie below 1.3277 and 97.5 % below 2.0930.
    CHECK(plain_t(0.8) == Approx(1.3277).margin(5e-5));
    CHECK(plain_t(0.95) == Approx(2.0930).margin(5e-5));
    CHECK(plain_t_sf(-1) + plain_t_sf(1) == Approx(1));
}

TEST_CASE("where half of each level go to the other, half of all are expected there",
          "[study][level_course]") {
    const read_book of{steady_book(7)};
    REQUIRE(of.course.knows());
    CHECK(of.course.levels() == 3);
    for (const std::int32_t months : {1, 2, 5}) {
        // 64 tosses of a coin: 32 ± 4, since no group and no month differs from another.
        const level_course_point count = of.course.at({50, 14, 0}, 1, months, false);
        CHECK(count.months == months);
        CHECK(count.expected == Approx(32).epsilon(1e-12));
        CHECK(count.error == Approx(4).epsilon(1e-12));
        CHECK(count.n == 6 * 80);
        CHECK(count.within_80.lower == Approx(32 - 4 * 1.3277282).epsilon(1e-7));
        CHECK(count.within_80.upper == Approx(32 + 4 * 1.3277282).epsilon(1e-7));
        CHECK(count.within_95.lower == Approx(32 - 4 * 2.0930241).epsilon(1e-7));
        CHECK(count.within_95.upper == Approx(32 + 4 * 2.0930241).epsilon(1e-7));
        const level_course_point share = of.course.at({50, 14, 0}, 1, months, true);
        CHECK(share.expected == Approx(0.5).epsilon(1e-12));
        CHECK(share.error == Approx(4.0 / 64).epsilon(1e-12));
    }
    // Now is now.
    const level_course_point now = of.course.at({50, 14, 0}, 1, 0, false);
    CHECK(now.expected == 14);
    CHECK(now.error == 0);
    CHECK(now.within_95.lower == 14);
    CHECK(now.within_95.upper == 14);
    // Nobody is expected above all levels, surely.
    CHECK(of.course.at({50, 14, 0}, 3, 2, false).expected == 0);
    CHECK(of.course.at({50, 14, 0}, 3, 2, false).error == 0);
}

TEST_CASE("an interval stays within what can be", "[study][level_course]") {
    const read_book of{steady_book(7)};
    // One customer: 0.5 ± 0.5, so ± 0.66 with t of 80 %.
    const level_course_point count = of.course.at({1, 0, 0}, 1, 1, false);
    CHECK(count.error == Approx(0.5).epsilon(1e-12));
    CHECK(count.within_80.lower == 0);
    CHECK(count.within_80.upper == Approx(0.5 + 0.5 * 1.3277282).epsilon(1e-7));
    const level_course_point share = of.course.at({1, 0, 0}, 1, 1, true);
    CHECK(share.within_80.lower == 0);
    CHECK(share.within_80.upper == 1);
}

TEST_CASE("new ones arrive as they did, by Poisson's variance", "[study][level_course]") {
    std::vector<book_customer> book = steady_book(8);
    add_visitors(book);
    const read_book of{book};
    for (const std::int32_t months : {1, 4}) {
        // Those of the top leave within a month; 20 come in each, and the last 20 are still there.
        const level_course_point count = of.course.at({30, 34, 7}, 2, months, false);
        CHECK(count.expected == Approx(20).epsilon(1e-12));
        CHECK(count.error == Approx(std::sqrt(20.0)).epsilon(1e-9));
        CHECK(count.n == 7 * 100);
        // The 64 others stay customers for sure. Of 84 are 20 at the top; a visitor more changes
        // the share by (1 − 20/84)/84.
        const level_course_point share = of.course.at({30, 34, 7}, 2, months, true);
        CHECK(share.expected == Approx(20.0 / 84).epsilon(1e-12));
        CHECK(share.error == Approx(std::sqrt(20.0) * 64 / 84 / 84).epsilon(1e-9));
    }
    // Without anybody, only who arrives is expected: 20, all of them at the top.
    CHECK(of.course.at({0, 0, 0}, 2, 3, false).expected == Approx(20).epsilon(1e-12));
    CHECK(of.course.at({0, 0, 0}, 2, 3, true).expected == Approx(1).epsilon(1e-12));
}

TEST_CASE("new ones of one group alone may as well not come", "[study][level_course]") {
    // One a month, always of group 5: none without it, and 20/19 without any other, for whom the
    // other 19 stand. So the error of the rate is √(19/20 · (1 + 19 · (1/19)²)) = 1, and Poisson's
    // variance of one is 1, too.
    std::vector<book_customer> book = steady_book(8);
    for (std::size_t t = 0; t < 8; ++t) {
        book_customer one;
        one.group = 5;
        one.closes.assign(8, gone());
        one.closes[t] = at_level(2, 100);
        book.push_back(one);
    }
    const read_book of{book};
    const level_course_point count = of.course.at({30, 34, 0}, 2, 3, false);
    CHECK(count.expected == Approx(1).epsilon(1e-12));
    CHECK(count.error == Approx(std::sqrt(2.0)).epsilon(1e-12));
}

TEST_CASE("months that differ by more than chance widen what is said", "[study][level_course]") {
    // All 20 walk together: two closes below, two above. Of eight moves from either level half go
    // to the other one, but all at once: 10 are expected and 0 or 20 come, 10²/5 = 20 times what
    // chance would do.
    std::vector<book_customer> book;
    for (std::size_t g = 0; g < 20; ++g) {
        book_customer one;
        one.group = g;
        for (std::size_t t = 0; t < 9; ++t) one.closes.push_back(at_level(t % 4 < 2 ? 0 : 1, 100));
        book.push_back(one);
    }
    const read_book of{book};
    const level_course_point count = of.course.at({40, 24, 0}, 1, 2, false);
    CHECK(count.expected == Approx(32).epsilon(1e-12));
    CHECK(count.error == Approx(std::sqrt(16.0 * 20)).epsilon(1e-12));
    // Of a share it is the same factor.
    CHECK(of.course.at({40, 24, 0}, 1, 2, true).error ==
          Approx(std::sqrt(16.0 * 20) / 64).epsilon(1e-12));
    // A month that leaves nothing to chance says nothing of it: all begin at the top, from where
    // everybody comes down.
    for (book_customer& one : book) one.closes.insert(one.closes.begin(), at_level(2, 100));
    const read_book from_top{book};
    CHECK(from_top.course.at({40, 24, 0}, 1, 2, false).error ==
          Approx(std::sqrt(16.0 * 20)).epsilon(1e-12));
}

TEST_CASE("fewer than six months between closes say nothing", "[study][level_course]") {
    const auto nothing = [](const level_course& of, const level_mix_now& now) {
        const level_course_point found = of.at(now, 1, 3, false);
        CHECK(found.months == 3);
        CHECK(!is_defined(found.expected));
        CHECK(!is_defined(found.error));
        CHECK(!is_defined(found.within_80));
        CHECK(!is_defined(found.within_95));
        CHECK(found.n == 0);
        CHECK(std::isnan(reaches(found, 0)));
    };
    const read_book five{steady_book(6)}, six{steady_book(7)};
    CHECK_FALSE(five.course.knows());
    nothing(five.course, {50, 14, 0});
    CHECK(five.course.past(1, 1, false).origins == 0);
    CHECK(six.course.knows());
    CHECK(is_defined(six.course.at({50, 14, 0}, 1, 3, false).error));
    // Nor a mix that is none of these levels'.
    nothing(six.course, {50, 14});
    nothing(six.course, {50, 14, 0, 0});
    nothing(six.course, {});

    const read_book nobody{{}};
    CHECK_FALSE(nobody.course.knows());
    CHECK(nobody.course.levels() == 3);
    nothing(nobody.course, {0, 0, 0});
    // Neither rungs nor bands: there is no level to be at.
    const plan bare =
        plan_of(model_text(R"("x": {"type": "number"})",
                           R"("I": {"components": {"x": {"metric": "x", "steps": [[1, 100]]}}})"));
    const evidence none{bare};
    const level_course flat{none};
    CHECK(flat.levels() == 0);
    CHECK_FALSE(flat.knows());
    nothing(flat, {});
}

TEST_CASE("months before the first snapshots count for nothing", "[study][level_course]") {
    std::vector<book_customer> book = steady_book(10);
    for (book_customer& one : book) {
        for (std::size_t t = 0; t < 3; ++t) one.closes[t].level = unseen;
    }
    // Of ten closes three are of nobody's level: from the fourth on there are six moves.
    const read_book of{book};
    REQUIRE(of.course.knows());
    const level_course_point found = of.course.at({50, 14, 0}, 1, 2, false);
    CHECK(found.n == 6 * 80);
    CHECK(found.expected == Approx(32).epsilon(1e-12));
    CHECK(found.error == Approx(4).epsilon(1e-12));
    for (book_customer& one : book) one.closes[3].level = unseen;
    CHECK_FALSE(read_book{book}.course.knows());
}

TEST_CASE("who is where nobody was stays there", "[study][level_course]") {
    const read_book of{steady_book(7)};
    const level_course_point ten = of.course.at({0, 0, 10}, 2, 6, false);
    CHECK(ten.expected == 10);
    CHECK(ten.error == 0);
    // 64 with 10 who stay above: 42 are expected, and only the 64 are left to chance.
    const level_course_point found = of.course.at({50, 14, 10}, 1, 6, false);
    CHECK(found.expected == Approx(42).epsilon(1e-12));
    CHECK(found.error == Approx(4).epsilon(1e-12));
}

TEST_CASE("what is expected is the plain chain's, with the error of groups, chance and months",
          "[study][level_course]") {
    // 400 fill every group and level; 25 leave some of them empty.
    for (const int customers : {400, 25}) {
        for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
            const std::vector<book_customer> book =
                made_book(customers, 8 + static_cast<int>(seed), seed);
            const read_book of{book};
            const plain_course plain{book};
            for (const std::int32_t months : {1, 3, 7}) {
                for (std::size_t least = 1; least < 3; ++least) {
                    for (const bool share : {false, true}) {
                        for (const level_mix_now& now :
                             {level_mix_now{60, 30, 10}, level_mix_now{0, 3, 0}}) {
                            INFO(customers << " of seed " << seed << ": " << months
                                           << " months, level " << least
                                           << (share ? ", share" : ", count"));
                            course_mix mix{};
                            for (std::size_t k = 0; k < 3; ++k)
                                mix[k] = static_cast<double>(now[k]);
                            check_point(of.course.at(now, least, months, share),
                                        plain.said(mix, least, months, share), share);
                        }
                    }
                }
            }
        }
    }
}

TEST_CASE("months do differ in some of those books, and not in others", "[study][level_course]") {
    // Or the comparison above would not see the factor, or its floor.
    int above = 0, floor = 0;
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U, 5U, 6U}) {
        const std::vector<book_customer> book = made_book(400, 8 + static_cast<int>(seed), seed);
        const plain_course plain{book};
        for (std::size_t least = 1; least < 3; ++least) {
            const double factor = plain.month_factor(plain.months(), least);
            (factor > 1 ? above : floor) += 1;
        }
    }
    CHECK(above > 0);
    CHECK(floor > 0);
}

TEST_CASE("what stands on one group alone has no error", "[study][level_course]") {
    std::vector<book_customer> book = steady_book(7);
    for (book_customer& one : book) one.group = 11;
    const read_book of{book};
    const level_course_point found = of.course.at({50, 14, 0}, 1, 2, false);
    CHECK(found.expected == Approx(32).epsilon(1e-12));
    CHECK(!is_defined(found.error));
    CHECK(!is_defined(found.within_80));
    CHECK(found.n == 6 * 80);
    CHECK(std::isnan(reaches(found, 30)));

    // One of each group leaves within a month, but for that of group 3, which stays for six:
    // without it nobody is left to be a share of.
    std::vector<book_customer> brief;
    for (std::size_t g = 0; g < 20; ++g) {
        book_customer one;
        one.group = g;
        one.closes.assign(7, g == 3 ? at_level(0, 100) : gone());
        one.closes[0] = at_level(0, 100);
        brief.push_back(one);
    }
    const read_book few{brief};
    const level_course_point share = few.course.at({8, 0, 0}, 1, 1, true);
    CHECK(share.expected == 0);
    CHECK(!is_defined(share.error));
    CHECK(!is_defined(share.within_95));
    CHECK(share.n == 19 + 6);
    // Of customers at any level, 6 of 25 months go on.
    const level_course_point count = few.course.at({50, 0, 0}, 0, 1, false);
    CHECK(count.expected == Approx(12).epsilon(1e-12));
    CHECK(is_defined(count.error));
}

TEST_CASE("a share of nobody is not defined, a number is 0", "[study][level_course]") {
    const read_book of{steady_book(7)};
    const level_course_point share = of.course.at({0, 0, 0}, 1, 2, true);
    CHECK(!is_defined(share.expected));
    CHECK(!is_defined(share.error));
    CHECK(std::isnan(reaches(share, 0.1)));
    const level_course_point count = of.course.at({0, 0, 0}, 1, 2, false);
    CHECK(count.expected == 0);
    CHECK(count.error == 0);
}

TEST_CASE("at past closes the same is said with the months before them", "[study][level_course]") {
    // Eight moves; the first forecast has six behind it, the second seven.
    std::vector<book_customer> book = steady_book(9);
    const read_book steady{book};
    const level_course_past right = steady.course.past(1, 1, false);
    CHECK(right.origins == 2);
    CHECK(right.held_80 == 2);
    CHECK(right.bias == Approx(0).margin(1e-12));
    // 40 of 80 were expected at the last close, and none came: half of two words held.
    all_at(book, 8, 0);
    const read_book fallen{book};
    const level_course_past found = fallen.course.past(1, 1, false);
    CHECK(found.origins == 2);
    CHECK(found.held_80 == 1);
    CHECK(found.bias == Approx(-20).epsilon(1e-12));
    const level_course_past share = fallen.course.past(1, 1, true);
    CHECK(share.origins == 2);
    CHECK(share.held_80 == 1);
    CHECK(share.bias == Approx(-0.25).epsilon(1e-12));
    // Two months ahead, only the first word can be looked at; three ahead there is none.
    const level_course_past two = fallen.course.past(1, 2, false);
    CHECK(two.origins == 1);
    CHECK(two.held_80 == 0);
    CHECK(two.bias == Approx(-40).epsilon(1e-12));
    for (const std::int32_t months : {3, 1000, INT32_MAX, 0, -1}) {
        const level_course_past none = fallen.course.past(1, months, false);
        CHECK(none.origins == 0);
        CHECK(none.held_80 == 0);
        CHECK(!is_defined(none.bias));
    }
    // The course itself is as before.
    CHECK(steady.course.at({50, 14, 0}, 1, 1, false).n == 8 * 80);
}

TEST_CASE("a past close with nothing to say or nobody left is not counted",
          "[study][level_course]") {
    std::vector<book_customer> book = steady_book(9);
    for (book_customer& one : book) one.closes[8] = gone();
    const read_book of{book};
    // A share of nobody is not one; a number of nobody is 0.
    CHECK(of.course.past(1, 1, true).origins == 1);
    CHECK(of.course.past(1, 1, true).bias == Approx(0).margin(1e-12));
    CHECK(of.course.past(1, 1, false).origins == 2);
    CHECK(of.course.past(1, 1, false).bias == Approx(-20).epsilon(1e-12));
    // One group has no interval to be in.
    for (book_customer& one : book) one.group = 7;
    const read_book alone{book};
    CHECK(alone.course.past(1, 1, false).origins == 0);
}

TEST_CASE("past words are the plain chain's, for shares and numbers", "[study][level_course]") {
    std::int64_t origins = 0, held = 0;
    for (const std::uint64_t seed : {1U, 2U, 3U, 4U}) {
        const std::vector<book_customer> book = made_book(seed == 4 ? 25 : 300, 16, seed);
        const read_book of{book};
        const plain_course plain{book};
        for (const std::int32_t months : {1, 4}) {
            for (std::size_t least = 1; least < 3; ++least) {
                for (const bool share : {false, true}) {
                    INFO("seed " << seed << ": " << months << " months, level " << least
                                 << (share ? ", share" : ", count"));
                    const level_course_past found = of.course.past(least, months, share);
                    const auto expected = plain.past(least, months, share);
                    CHECK(found.origins == expected.origins);
                    CHECK(found.held_80 == expected.held);
                    CHECK(near(found.bias, expected.bias));
                    origins += found.origins;
                    held += found.held_80;
                }
            }
        }
    }
    // Some held and some did not, or a mistake in either would not be seen.
    CHECK(held > 0);
    CHECK(held < origins);
}

TEST_CASE("a target is reached by the chance of Student's t above it", "[study][level_course]") {
    level_course_point of;
    CHECK(std::isnan(reaches(of, 1)));
    of.expected = 32;
    CHECK(std::isnan(reaches(of, 1)));
    of.error = 4;
    for (const double target : {20.0, 28.5, 32.0, 33.0, 35.5, 60.0})
        CHECK(reaches(of, target) == Approx(plain_t_sf((target - 32) / 4)).epsilon(1e-9));
    // Without an error it is there or it is not, and exactly there is there.
    of.error = 0;
    CHECK(reaches(of, 31.9) == 1);
    CHECK(reaches(of, 32) == 1);
    CHECK(reaches(of, 32.1) == 0);
}

TEST_CASE("a close that nobody was looked at tells nothing of moves", "[study][level_course]") {
    // 80 customers who never move, half at level 1.
    const auto still = [](int closes) {
        std::vector<book_customer> out(80);
        for (std::size_t k = 0; k < out.size(); ++k) {
            out[k].group = k / 4;
            out[k].closes.assign(static_cast<std::size_t>(closes),
                                 at_level(k % 2 == 0 ? 0 : 1, 100));
        }
        return out;
    };
    std::vector<book_customer> one_missed = still(13);
    for (book_customer& one : one_missed) one.closes[5].level = unseen;
    const read_book of{one_missed};
    for (const std::int32_t months : {1, 3, 6}) {
        const level_course_point found = of.course.at({40, 40, 0}, 1, months, false);
        CHECK(found.expected == 40);
        CHECK(found.error == 0);
        CHECK(found.n == 10 * 80);  // of twelve months two touch that close
    }
    // Closes 8 to 12 are origins (six months before them); what came three later is known of 8, 9.
    const level_course_past past = of.course.past(1, 3, false);
    CHECK(past.origins == 2);
    CHECK(past.held_80 == 2);
    CHECK(past.bias == 0);
    // Looked at every third month: no two closes follow each other.
    std::vector<book_customer> quarterly = still(24);
    for (book_customer& one : quarterly) {
        for (std::size_t t = 0; t < one.closes.size(); ++t) {
            if (t % 3 != 0) one.closes[t].level = unseen;
        }
    }
    CHECK_FALSE(read_book{quarterly}.course.knows());
}

TEST_CASE("who is surely there leaves nothing to chance, however it is rounded",
          "[study][level_course]") {
    // From level 0 to all three, nobody leaves: the chances of being at any sum to 1 and a
    // rounding.
    std::vector<book_customer> book;
    for (std::size_t k = 0; k < 26; ++k) {
        book_customer one;
        one.group = k / 13;
        const int to = k % 13 < 3 ? 0 : k % 13 < 12 ? 1 : 2;
        one.closes.assign(7, at_level(to, 100));
        one.closes[0] = at_level(0, 100);
        book.push_back(one);
    }
    const read_book of{book};
    const level_course_point found = of.course.at({50, 14, 3}, 0, 1, false);
    CHECK(found.expected == Approx(67).epsilon(1e-12));
    CHECK(found.error == Approx(0).margin(1e-6));
    CHECK(!is_defined(of.course.at({50, 14, 3}, 0, -1, false).expected));
}

}  // namespace test_level_course
