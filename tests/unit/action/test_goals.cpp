// How far each goal is, and what is said of the day by which it is to be reached.
#include <cmath>
#include <string>
#include <tuple>
#include <vector>

#include "goal_lists.hpp"

namespace test_goals {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

TEST_CASE("a goal is reached, likely, open, unlikely or missed", "[action][goals]") {
    // Of 64 customers half are expected at Active, 32 ± 4, whoever is there now (plain_course.hpp).
    const json list = list_of(
        active_goal("few", R"("count": 14)") + "," + active_goal("near", R"("count": 29)") + "," +
            active_goal("less near", R"("count": 30)") + "," +
            active_goal("less far", R"("count": 35)") + "," + active_goal("far", R"("count": 36)") +
            "," + active_goal("today", R"("count": 14)", "2026-04-30") + "," +
            active_goal("over", R"("count": 15)", "2026-04-30"),
        standing(50, 14), steady_book(11));
    CHECK(said(list, "few") == "reached");
    CHECK(said(list, "near") == "likely");
    CHECK(said(list, "less near") == "open");
    CHECK(said(list, "less far") == "open");
    CHECK(said(list, "far") == "unlikely");
    CHECK(said(list, "today") == "reached past");
    CHECK(said(list, "over") == "missed past");
    // 29 customers are there from 28.5 on: t = 3.5 ÷ 4 is just above 0.861, which leaves a fifth.
    CHECK(near(row(list, "few")["probability"], plain_t_sf((13.5 - 32) / 4)));
    CHECK(near(row(list, "near")["probability"], plain_t_sf(-3.5 / 4)));
    CHECK(near(row(list, "less near")["probability"], plain_t_sf(-2.5 / 4)));
    CHECK(near(row(list, "less far")["probability"], plain_t_sf(2.5 / 4)));
    CHECK(near(row(list, "far")["probability"], plain_t_sf(3.5 / 4)));
    CHECK(row(list, "over")["probability"].is_null());
    for (std::size_t k = 0; k < 7; ++k) {
        CHECK(list["goals"][k]["goal"] == list["rows"][k]["goal"]);
        CHECK(list["goals"][k]["verdict"] == list["rows"][k]["verdict"]);
    }
}

TEST_CASE("who stands there now and is not expected to stay has not reached it",
          "[action][goals]") {
    const json list = list_of(
        active_goal("all", R"("count": 50)") + "," + active_goal("most", R"("count": 33)") + "," +
            active_goal("half", R"("count": 32)") + "," + active_goal("share", R"("share": 0.6)"),
        standing(14, 50), steady_book(11));
    // 50 now, 32 ± 4 expected.
    CHECK(said(list, "all") == "unlikely");
    CHECK(said(list, "most") == "open");
    CHECK(near(row(list, "most")["probability"], plain_t_sf(0.5 / 4)));
    CHECK(said(list, "half") == "reached");
    CHECK(near(row(list, "half")["probability"], plain_t_sf(-0.5 / 4)));
    CHECK(said(list, "share") == "unlikely");
    for (const json& one : list["rows"]) CHECK(one["missing"].is_null());
}

TEST_CASE("a goal's row says all of it", "[action][goals]") {
    const json list = list_of(
        active_goal("share", R"("share": 0.45)") + "," + active_goal("count", R"("count": 36)"),
        standing(40, 14, 10), steady_book(11));
    REQUIRE(list["rows"].size() == 2);
    const json& share = list["rows"][0];
    CHECK(share["goal"] == "share");
    CHECK(share["ladder"] == "stage");
    CHECK(share["at_least"] == "Active");
    CHECK(share["of"] == "share");
    CHECK(share["by"] == "2026-06-15");
    CHECK(share["now"] == 0.375);
    CHECK(share["could"] == 0.375);
    CHECK(share["customers"] == 64);
    CHECK(share["target"] == 0.45);
    CHECK(near(share["missing"], 0.075));
    CHECK(share["months"] == 2);
    // Nobody of the book was at Loyal, so those stay: 54 ÷ 2 + 10 of 64, of which 54 are left to
    // chance.
    const double expected = 37.0 / 64, error = std::sqrt(54.0) / 2 / 64;
    CHECK(near(share["expected"], expected));
    CHECK(near(share["lower"], expected - plain_t(0.8) * error));
    CHECK(near(share["upper"], expected + plain_t(0.8) * error));
    CHECK(near(share["lower_95"], expected - plain_t(0.95) * error));
    CHECK(near(share["upper_95"], expected + plain_t(0.95) * error));
    CHECK(near(share["probability"], plain_t_sf((0.45 - expected) / error)));
    CHECK(share["n"] == 10 * 80);
    // Ten moves: the first words are after six, and the last ones two months before the end.
    CHECK(share["origins"] == 3);
    CHECK(share["held_80"] == 3);
    CHECK(number(list["goals"][0]["bias"]) == Approx(0).margin(1e-12));
    const json& count = list["rows"][1];
    CHECK(count["of"] == "count");
    CHECK(count["now"] == 24);
    CHECK(count["could"] == 24);
    CHECK(count["target"] == 36);
    CHECK(count["missing"] == 12);
    CHECK(near(count["expected"], 37));
    CHECK(near(count["upper"], 37 + plain_t(0.8) * std::sqrt(54.0) / 2));
    CHECK(near(count["probability"], plain_t_sf((35.5 - 37) / (std::sqrt(54.0) / 2))));
    CHECK(list["action"] == "goals");
    CHECK(list["customers"] == 64);
    CHECK(list["as_of"] == "2026-04-30");
}

TEST_CASE("what is said is what the plain chain says", "[action][goals]") {
    std::string goals, separator;
    for (const char* at : {"Active", "Loyal"}) {
        for (const char* what : {R"("share": 0.4)", R"("count": 35)"}) {
            for (const char* by : {"2026-05-01", "2026-08-31"}) {
                goals += separator + "\"" + std::to_string(goals.size()) +
                         R"(": {"ladder": "stage", "at_least": ")" + at + "\", " + what +
                         R"(, "by": ")" + by + "\"}";
                separator = ", ";
            }
        }
    }
    for (const std::uint64_t seed : {1U, 2U, 3U}) {
        const std::vector<book_customer> book = made_book(300, 15, seed);
        const plain_course plain{book};
        const json list = list_of(goals, standing(50, 30, 20), book);
        for (std::size_t k = 0; k < 8; ++k) {
            INFO("seed " << seed << ", goal " << k);
            const json& found = list["rows"][k];
            const std::size_t least = k < 4 ? 1 : 2;
            const bool share = k % 4 < 2;
            const int months = k % 2 == 0 ? 1 : 4;
            CHECK(found["months"] == months);
            const plain_said ahead = plain.said({50, 30, 20, 0, 0}, least, months, share);
            const double most = share ? 1 : HUGE_VAL;
            CHECK(near(found["expected"], ahead.expected));
            CHECK(near(found["lower"], ahead.end(0.8, -1, most)));
            CHECK(near(found["upper"], ahead.end(0.8, 1, most)));
            CHECK(near(found["lower_95"], ahead.end(0.95, -1, most)));
            CHECK(near(found["upper_95"], ahead.end(0.95, 1, most)));
            CHECK(found["n"] == ahead.n);
            const double target = share ? 0.4 : 34.5;
            CHECK(number(found["probability"]) ==
                  Approx(plain_t_sf((target - ahead.expected) / ahead.error))
                      .epsilon(1e-9)
                      .margin(1e-12));
            const auto past = plain.past(least, months, share);
            CHECK(found["origins"] == past.origins);
            CHECK(found["held_80"] == past.held);
            CHECK(near(list["goals"][k]["bias"], past.bias));
        }
    }
}

TEST_CASE("who is surely there, and who may be", "[action][goals]") {
    // Active: a and e. b and c may be, of whom nobody knows how often they log in; d is not,
    // however well it answers. Loyal: nobody, but c and e may be.
    const std::string rows =
        "a,2026-04-30,80,1,20,NULL,NULL\n"
        "b,2026-04-30,NULL,1,5,NULL,NULL\n"
        "c,2026-04-30,NULL,9,NULL,NULL,NULL\n"
        "d,2026-04-30,10,9,20,NULL,NULL\n"
        "e,2026-04-30,80,NULL,5,NULL,NULL";
    const std::string by = R"(, "by": "2026-05-31"})";
    const json list = list_of(
        active_goal("active", R"("count": 3)") + "," + active_goal("part", R"("share": 0.5)") +
            R"(, "loyal": {"ladder": "stage", "at_least": "Loyal", "count": 1)" + by +
            R"(, "some": {"ladder": "value", "at_least": "Some", "share": 0.1)" + by +
            R"(, "all": {"ladder": "stage", "at_least": "Entry", "share": 1)" + by,
        rows, steady_book(7));
    const auto check = [&](const char* goal, double now, double could) {
        INFO(goal);
        CHECK(near(row(list, goal)["now"], now));
        CHECK(near(row(list, goal)["could"], could));
        CHECK(row(list, goal)["customers"] == 5);
    };
    check("active", 2, 4);
    check("part", 0.4, 0.8);
    check("loyal", 0, 2);
    // On its own ladder: 20 seats are enough, 5 are not.
    check("some", 0.4, 0.6);
    check("all", 1, 1);
    CHECK(row(list, "loyal")["missing"] == 1);
    // Whose level is not known starts at the one that is sure: b, c and d below, a and e above.
    CHECK(near(row(list, "active")["expected"], 2.5));
    CHECK(near(row(list, "loyal")["expected"], 0));
    // All of the customers are at the lowest rung or above, surely.
    CHECK(row(list, "all")["probability"] == 1);
    CHECK(said(list, "all") == "reached");
    CHECK(said(list, "loyal") == "unlikely");
    CHECK(row(list, "loyal")["probability"] == 0);
}

TEST_CASE("a share can be of seats, or of money", "[action][goals]") {
    const std::string rows =
        "a,2026-04-30,80,1,10,700,NULL\n"
        "b,2026-04-30,10,1,30,100,NULL\n"
        "c,2026-04-30,80,9,NULL,200,NULL\n"
        "d,2026-04-30,NULL,1,40,NULL,NULL";
    const std::string goals =
        active_goal("seats", R"("share": 0.2, "weight": "seats")") + "," +
        active_goal("mrr", R"("share": 0.85, "weight": "mrr")") + "," +
        active_goal("fee", R"("share": 0.95, "weight": "fee")") + "," +
        active_goal("old", R"("share": 0.2, "weight": "seats")", "2026-04-01");
    const json list = list_of(goals, rows, steady_book(7));
    // Who weighs nobody knows what is not in it: c by seats, d by money.
    const json& seats = row(list, "seats");
    CHECK(seats["of"] == "share of seats");
    CHECK(seats["now"] == 10.0 / 80);
    CHECK(seats["could"] == 50.0 / 80);
    CHECK(seats["customers"] == 3);
    CHECK(near(seats["missing"], 0.075));
    CHECK(seats["expected"].is_null());
    CHECK(seats["n"].is_null());
    CHECK(seats["origins"].is_null());
    CHECK(seats["held_80"].is_null());
    CHECK(said(list, "seats") == "unknown weighted");
    // By the role, and by the metric that has it.
    CHECK(row(list, "mrr")["of"] == "share of mrr");
    CHECK(row(list, "mrr")["now"] == 0.9);
    CHECK(row(list, "fee")["now"] == 0.9);
    CHECK(row(list, "mrr")["customers"] == 3);
    CHECK(said(list, "mrr") == "reached weighted");
    CHECK(said(list, "fee") == "unknown weighted");
    CHECK(said(list, "old") == "unknown past");  // nobody was seen by then
    CHECK(list["goals"][0]["course"] ==
          json::parse(R"([{"month": "2026-04", "now": 0.125, "customers": 3}])"));
    CHECK_THAT(cautions_of(list), Contains("There is no forecast of shares that are weighted."));

    // Of nobody's weight there is no share.
    const json none = list_of(goals, "a,2026-04-30,80,1,NULL,NULL,NULL");
    for (const char* goal : {"seats", "mrr"}) {
        CHECK(row(none, goal)["now"].is_null());
        CHECK(row(none, goal)["could"].is_null());
        CHECK(row(none, goal)["missing"].is_null());
        CHECK(row(none, goal)["customers"] == 0);
        CHECK(said(none, goal) == "unknown no_evidence");
    }
    CHECK(said(none, "old") == "unknown past");
    CHECK_THAT(none["sentence"]["en"].get<std::string>(), Contains("seats: unknown now, 20.0 %"));
}

TEST_CASE("why there is no forecast: the first reason counts", "[action][goals]") {
    const std::string other = R"(, "by": "2026-06-15"})";
    const std::string goals =
        active_goal("plain", R"("count": 5)") + "," +
        active_goal("weighed", R"("share": 0.9, "weight": "seats")") +
        R"(, "other": {"ladder": "value", "at_least": "Some", "count": 5)" + other +
        R"(, "both": {"ladder": "value", "at_least": "Some", "share": 0.9, "weight": "seats")" +
        other + "," + active_goal("over", R"("count": 5)", "2026-03-31") + "," +
        active_goal("had", R"("count": 2)");
    const std::string rows = standing(2, 2);
    const auto reasons = [](const json& list) {
        std::vector<std::string> out;
        for (const json& one : list["rows"])
            out.push_back(one["why"].is_null() ? "" : one["why"].get<std::string>());
        return out;
    };
    using texts = std::vector<std::string>;
    const json bare = list_of(goals, rows);
    CHECK(reasons(bare) ==
          texts{"no_evidence", "no_evidence", "no_evidence", "no_evidence", "past", "no_evidence"});
    const json young = list_of(goals, rows, steady_book(6));
    CHECK(reasons(young) ==
          texts{"too_short", "weighted", "other_ladder", "weighted", "past", "too_short"});
    const json old = list_of(goals, rows, steady_book(7));
    CHECK(reasons(old) == texts{"", "weighted", "other_ladder", "weighted", "past", ""});
    CHECK(row(old, "plain")["origins"].is_null());
    // What stands there without a forecast has been reached, and of the rest nothing is known.
    for (const json* list : {&bare, &young}) {
        CHECK(row(*list, "plain")["verdict"] == "unknown");
        CHECK(row(*list, "other")["verdict"] == "unknown");
        CHECK(row(*list, "had")["verdict"] == "reached");
        CHECK(row(*list, "over")["verdict"] == "unknown");  // nobody was seen by then
        CHECK(row(*list, "plain")["probability"].is_null());
    }
    CHECK_THAT(cautions_of(bare), Contains("no forecast without evidence"));
    CHECK_THAT(cautions_of(bare), !Contains("six months") && !Contains("first ladder only"));
    CHECK_THAT(cautions_of(young), Contains("six months are needed") &&
                                       Contains("of the first ladder only") &&
                                       Contains("weighted") && !Contains("without evidence"));
    CHECK_THAT(cautions_of(old), !Contains("six months"));

    // Evidence of a ladder with another number of rungs, and of one whose rungs are others.
    const acting_rows of = bound_to(plan_of(goals_model(goals)), rows, goal_columns);
    std::string renamed = goals_model(goals);
    renamed.replace(renamed.find("\"Loyal\""), 7, "\"Happy\"");
    for (const std::string& text : {std::string{acting_model}, renamed}) {
        const plan another = plan_of(text);
        const evidence counted{another};
        const auto made = list_goals({*of.of, *of.rows, nullptr, &counted});
        REQUIRE(made.ok());
        const json rungs = json::parse(rows_json(made->rows, 0, 1));
        CHECK(rungs[0]["why"] == "other_ladder");
    }
}

TEST_CASE("what stands on one group of customers has no chance of its own", "[action][goals]") {
    std::vector<book_customer> book = steady_book(9);
    for (book_customer& one : book) one.group = 4;
    const json list = list_of(active_goal("count", R"("count": 30)"), standing(50, 14), book);
    CHECK(near(list["rows"][0]["expected"], 32));
    CHECK(list["rows"][0]["lower"].is_null());
    CHECK(list["rows"][0]["probability"].is_null());
    CHECK(list["rows"][0]["n"] == 8 * 80);
    CHECK(list["rows"][0]["origins"].is_null());
    CHECK(said(list, "count") == "unknown too_few");
    CHECK_THAT(cautions_of(list), Contains("too few customers to tell") && !Contains("six months"));
    // What is there in the month of the day itself needs no chance.
    const json now = list_of(active_goal("had", R"("count": 14)", "2026-04-30") + "," +
                                 active_goal("not", R"("count": 15)", "2026-04-30"),
                             standing(50, 14, 0, "2026-04-10"), book);
    CHECK(said(now, "had") == "reached");
    CHECK(said(now, "not") == "unlikely");
}

TEST_CASE("in the month of the day itself it is what is there now", "[action][goals]") {
    const std::string goals = active_goal("had", R"("count": 14)", "2026-04-30") + "," +
                              active_goal("not", R"("count": 15)", "2026-04-30") + "," +
                              active_goal("part", R"("share": 0.25)", "2026-04-11") + "," +
                              active_goal("that day", R"("count": 14)", "2026-04-10");
    const json list = list_of(goals, standing(42, 14, 0, "2026-04-10"), steady_book(8));
    CHECK(said(list, "had") == "reached");
    CHECK(said(list, "not") == "unlikely");
    CHECK(said(list, "part") == "reached");
    CHECK(said(list, "that day") == "reached past");
    CHECK(row(list, "had")["probability"] == 1);
    CHECK(row(list, "not")["probability"] == 0);
    CHECK(row(list, "not")["months"] == 0);
    CHECK(row(list, "not")["expected"] == 14);
    CHECK(row(list, "not")["lower_95"] == 14);
    CHECK(row(list, "not")["upper_95"] == 14);
    // What was said at past closes is of the month after them.
    CHECK(row(list, "not")["origins"] == 1);
    // A day that is over has no months left, however long ago.
    CHECK(row(list_of(active_goal("old", R"("count": 1)", "2020-01-01"), standing(1, 1)),
              "old")["months"] == 0);
}

TEST_CASE("the course has a point a month, of who was a customer then", "[action][goals]") {
    // b is seen once, and for 31 days from then on. c is at Active until its contract ends, d for
    // as long as it is seen: of a row that was written after the end nobody knows better.
    const std::string rows =
        "a,2026-01-10,10,1,1,NULL,NULL\n"
        "a,2026-02-28,80,1,1,NULL,NULL\n"
        "a,2026-03-31,80,1,1,NULL,NULL\n"
        "a,2026-04-20,10,1,1,NULL,NULL\n"
        "a,2026-04-28,80,1,1,NULL,NULL\n"
        "b,2026-01-31,80,1,1,NULL,NULL\n"
        "c,2026-02-10,80,1,1,NULL,2026-03-31\n"
        "c,2026-03-05,80,1,1,NULL,2026-03-31\n"
        "d,2026-03-30,80,1,1,NULL,2026-03-29\n"
        "d,2026-05-02,80,1,1,NULL,NULL";
    const std::string goals =
        active_goal("count", R"("count": 2)") + "," + active_goal("share", R"("share": 0.5)");
    const json list = list_of(goals, rows, {}, R"({"as_of": "2026-04-20"})");
    const auto points = [](std::vector<std::tuple<const char*, double, int>> of) {
        json out = json::array();
        for (const auto& [month, now, customers] : of)
            out.push_back({{"month", month}, {"now", now}, {"customers", customers}});
        return out;
    };
    // January: a below, b above. February: a and c, since b was last seen 28 days before, three.
    // March: a and d; c left on the last day. April, up to the day and no further: a below, d
    // above.
    CHECK(
        list["goals"][0]["course"] ==
        points(
            {{"2026-01", 1.0, 2}, {"2026-02", 3.0, 3}, {"2026-03", 2.0, 2}, {"2026-04", 1.0, 2}}));
    CHECK(
        list["goals"][1]["course"] ==
        points(
            {{"2026-01", 0.5, 2}, {"2026-02", 1.0, 3}, {"2026-03", 1.0, 2}, {"2026-04", 0.5, 2}}));
    CHECK(row(list, "count")["now"] == 1);
    CHECK(row(list, "share")["now"] == 0.5);
    CHECK(row(list, "share")["customers"] == 2);
    CHECK(list["as_of"] == "2026-04-20");
    // December's close is the year's last day.
    const json winter =
        list_of(goals, "a,2025-12-31,80,1,1,NULL,NULL\nb,2026-01-01,80,1,1,NULL,NULL");
    CHECK(winter["goals"][0]["course"] == points({{"2025-12", 1.0, 1}, {"2026-01", 2.0, 2}}));
    // A month in which the only customer left has no share.
    const json left =
        list_of(goals, "a,2026-01-10,80,1,1,NULL,2026-01-20\nb,2026-02-10,80,1,1,NULL,NULL");
    CHECK(left["goals"][0]["course"] == points({{"2026-01", 0.0, 0}, {"2026-02", 1.0, 1}}));
    CHECK(left["goals"][1]["course"][0]["now"].is_null());
    CHECK(left["left"] == 1);
    CHECK_THAT(cautions_of(left), Contains("The contract of 1 customer ended"));
}

TEST_CASE("who left or is not seen is in no forecast", "[action][goals]") {
    const std::string rows = standing(50, 14) +
                             "\nleft,2026-04-20,80,1,1,NULL,2026-04-25"
                             "\nold,2026-03-01,80,1,1,NULL,NULL";
    const json list = list_of(active_goal("count", R"("count": 14)"), rows, steady_book(7));
    CHECK(list["rows"][0]["now"] == 14);
    CHECK(near(list["rows"][0]["expected"], 32));
    CHECK(list["left"] == 1);
    CHECK(list["not_seen"] == 1);
}

TEST_CASE("goals are told in a sentence each", "[action][goals]") {
    const std::string goals =
        active_goal("wide", R"("share": 0.5, "label": {"ja": "広く"})") + "," +
        active_goal("many", R"("count": 40, "label": {"en": "Many", "ja": "多数"})") + "," +
        active_goal("bare", R"("count": 5)", "2026-04-01");
    const json list = list_of(goals, standing(50, 14), steady_book(7));
    // 32 ± 4, with t of 80 % from 26.7 to 37.3; of 64, 41.7 % to 58.3 %.
    CHECK(
        list["sentence"]["en"] ==
        "広く: 21.9 % now, 50.0 % wanted by 2026-06-15, 50.0 % expected (80 %: 41.7 % to 58.3 %). "
        "Many: 14 now, 40 wanted by 2026-06-15, 32 expected (80 %: 27 to 37). "
        "bare: 14 now, 5 wanted by 2026-04-01.");
    CHECK(
        list["sentence"]["ja"] ==
        "広く：現在21.9%、目標は2026-06-15までに50.0%、見込みは50.0%（80%の確からしさで41.7%〜58.3%）。"
        "多数：現在14、目標は2026-06-15までに40、見込みは32（80%の確からしさで27〜37）。"
        "bare：現在14、目標は2026-04-01までに5。");
    CHECK(list["goals"][1]["label"] == json{{"en", "Many"}, {"ja", "多数"}});
    CHECK(list["cautions"].size() == 1);
    CHECK_THAT(cautions_of(list), Contains("customers go on moving as they did"));
    CHECK_THAT(cautions_of(list, "ja"), Contains("これまでと同じように"));
}

TEST_CASE("words that seldom held are rough", "[action][goals]") {
    // Of `closes`, all are at Entry at the last one: the word of the month before did not hold.
    const auto told = [](std::size_t closes) {
        std::vector<book_customer> book = steady_book(closes);
        for (book_customer& one : book) one.closes.back() = at_level(0, 100);
        return list_of(active_goal("next", R"("count": 40)", "2026-05-31"), standing(50, 14), book);
    };
    // One of two held, two of three: less than six of ten, and more.
    const json half = told(9), more = told(10);
    CHECK(half["rows"][0]["origins"] == 2);
    CHECK(half["rows"][0]["held_80"] == 1);
    CHECK_THAT(cautions_of(half), Contains("less than 6 times of 10: take the forecasts as rough"));
    CHECK(more["rows"][0]["origins"] == 3);
    CHECK(more["rows"][0]["held_80"] == 2);
    CHECK_THAT(cautions_of(more), !Contains("as rough"));
}

TEST_CASE("what goals cannot be listed of", "[action][goals]") {
    const std::string goals = active_goal("count", R"("count": 2)");
    const acting_rows of = bound_to(plan_of(goals_model(goals)), standing(1, 1), goal_columns);
    CHECK_THAT(of.refused("goals", R"({"as_of": "30.4."})"), Contains("a date, such as"));
    CHECK_THAT(of.refused("goals", R"({"as_off": "2026-04-30"})"), Contains("is not an option"));
    CHECK_THAT(of.refused("goals", R"({"as_of": "2026-04-29"})"),
               Contains("no customer has a snapshot in the 31 days up to 2026-04-29"));
    CHECK_THAT(of.refused("goals", R"({"as_of": "2026-06-01"})"),
               Contains("the latest is of 2026-04-30"));
    CHECK(of.list("goals", R"({"as_of": "2026-05-31"})")["rows"][0]["now"] == 1);

    const plan other = plan_of(goals_model(goals));
    const auto made = list_goals({other, *of.rows, nullptr, nullptr});
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == errc::invalid_argument);

    CHECK_THAT(
        bound_to(plan_of(goals_model(goals)), "a,2026-04-10,80,1,1,NULL,2026-04-20", goal_columns)
            .refused("goals", R"({"as_of": "2026-04-20"})"),
        Contains("every customer's contract has ended"));

    acting_rows empty;
    empty.of = std::make_unique<plan>(plan_of(goals_model(goals)));
    empty.table = std::make_unique<imported_table>(table_of(goal_columns));
    empty.rows = std::make_unique<batch>(*empty.of, 0, batch_options{.all_metrics = true});
    REQUIRE(empty.rows->bind_table(empty.table->columns()).ok());
    CHECK_THAT(empty.refused("goals"), Contains("there is no snapshot"));
}

TEST_CASE("a model without goals has an empty list", "[action][goals]") {
    const json list = list_of("", standing(1, 1), steady_book(7));
    CHECK(list["rows"].empty());
    CHECK(list["goals"].empty());
    CHECK(list["sentence"]["en"] == "The model has no goals.");
    CHECK(list["sentence"]["ja"] == "モデルに目標（goals）がありません。");
    CHECK(list["cautions"].empty());
}

TEST_CASE("a verdict has its name", "[action][goals]") {
    CHECK(name_of(goal_verdict::reached) == "reached");
    CHECK(name_of(goal_verdict::likely) == "likely");
    CHECK(name_of(goal_verdict::open) == "open");
    CHECK(name_of(goal_verdict::unlikely) == "unlikely");
    CHECK(name_of(goal_verdict::missed) == "missed");
    CHECK(name_of(goal_verdict::unknown) == "unknown");
}

TEST_CASE("a day that is over is judged by what stood then", "[action][goals]") {
    // Latest snapshots in the 31 days up to the day count, as they do for the list's own.
    const std::string goals = active_goal("then", R"("count": 1)", "2026-04-05") + ", " +
                              active_goal("before", R"("count": 1)", "2026-03-09");
    const auto seen = [&](const char* first, const char* then) {
        return list_of(goals, "a,2026-03-10," + std::string{first} +
                                  ",1,1,NULL,NULL\na,2026-04-30," + then + ",1,1,NULL,NULL");
    };
    const json lost = seen("80", "10");
    CHECK(said(lost, "then") == "reached past");
    CHECK(row(lost, "then")["now"] == 0);
    const json late = seen("10", "80");
    CHECK(said(late, "then") == "missed past");
    CHECK(row(late, "then")["now"] == 1);
    CHECK(said(late, "before") == "unknown past");
}

}  // namespace test_goals
