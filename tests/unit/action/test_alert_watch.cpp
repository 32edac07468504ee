// When an alert fires for a customer, and until when it is open.
#include <string>
#include <vector>

#include "watching.hpp"

namespace test_alert_watch {

using namespace aiueo;
using namespace aiueo::testing;
using nlohmann::json;
using texts = std::vector<std::string>;

namespace {

constexpr std::int32_t first_day = 20454;  // 2026-01-01

/// A customer of one rule that watches U, ten days from snapshot to snapshot: U is `values`, NaN
/// where it is insufficient.
texts fired(const watched_rule& rule, const std::vector<double>& values, int apart = 10,
            std::string_view options = R"({"since": "2020-01-01"})") {
    std::vector<snapshot> rows;
    for (std::size_t k = 0; k < values.size(); ++k) {
        snapshot one;
        one.customer = "c";
        one.day = first_day + apart * static_cast<int>(k);
        one.parts = {values[k], no_value, no_value, 60};
        rows.push_back(one);
    }
    texts out;
    const json list = watched(rows, {rule}).list("alerts", options);
    for (const json& row : list["rows"])
        out.push_back(row["fired"].get<std::string>().substr(5) + " from " +
                      row["from"].get<std::string>().substr(5) +
                      (row["open"] == true ? " open" : " closed"));
    return out;
}

}  // namespace

TEST_CASE("a drop is measured from the highest of its window, and fires at just as much",
          "[action][alerts]") {
    watched_rule rule{.name = "x", .drop = 20, .window = 20};
    // 80 is 20 above 60: exactly enough; a hundredth less is not.
    CHECK(fired(rule, {80, 60}) == texts{"01-11 from 01-01 open"});
    CHECK(fired(rule, {79.99, 60}).empty());
    // From the highest, not the one before; the earliest of equals.
    CHECK(fired(rule, {90, 75, 69}) == texts{"01-21 from 01-01 open"});
    CHECK(fired(rule, {70, 90, 90, 69}) == texts{"01-31 from 01-11 open"});
    // The window's first day counts (01-01 for 01-21, 20 days), the day before does not.
    CHECK(fired(rule, {90, 75, 70}) == texts{"01-21 from 01-01 open"});
    CHECK(fired(rule, {90, 75, 75, 70}).empty());
    rule.window = 19;
    CHECK(fired(rule, {90, 75, 70}).empty());
    // Nothing to compare with, or with nothing that is known.
    CHECK(fired(rule, {20}).empty());
    CHECK(fired(rule, {no_value, 20}).empty());
    // A score that became unknown has not fallen; the next known one is compared across the gap.
    rule.window = 20;
    CHECK(fired(rule, {80, no_value}).empty());
    CHECK(fired(rule, {80, no_value, 60}) == texts{"01-21 from 01-01 open"});
    // A rise is no drop.
    CHECK(fired(rule, {20, 90}).empty());
}

TEST_CASE("a drop fires again after the score rose by rearm from its lowest", "[action][alerts]") {
    watched_rule rule{.name = "x", .drop = 20, .window = 365, .rearm = 10};
    // Told at 50; lowest 45, so 55 is a recovery and 54.99 none; from then only what came later
    // counts: 36 is 19 below 55, 35 is 20 below.
    CHECK(fired(rule, {80, 50, 45, 54.99, 20}) == texts{"01-11 from 01-01 open"});
    CHECK(fired(rule, {80, 50, 45, 55, 36}) == texts{"01-11 from 01-01 closed"});
    CHECK(fired(rule, {80, 50, 45, 55, 35}) ==
          texts{"02-10 from 01-31 open", "01-11 from 01-01 closed"});
    // The lowest may come later than the alert, and a gap is no recovery.
    CHECK(fired(rule, {80, 50, no_value, 42, 51, 52}) == texts{"01-11 from 01-01 closed"});
    CHECK(fired(rule, {80, 50, no_value, 42, 51}) == texts{"01-11 from 01-01 open"});
    // Without rearm the next known snapshot is a new beginning.
    rule.rearm = 0;
    CHECK(fired(rule, {80, 50, no_value, 50, 30}) ==
          texts{"02-10 from 01-31 open", "01-11 from 01-01 closed"});
}

TEST_CASE("quiet days hold an alert back, and what is still so after them fires then",
          "[action][alerts]") {
    watched_rule rule{.name = "x", .drop = 20, .window = 365, .rearm = 10, .quiet = 30};
    // Told 01-11, recovered 01-21, 40 below on 01-31: 20 days after, still quiet. 02-10 is the
    // thirtieth day after.
    CHECK(fired(rule, {80, 50, 80, 40, 41}) ==
          texts{"02-10 from 01-21 open", "01-11 from 01-01 closed"});
    rule.quiet = 31;
    CHECK(fired(rule, {80, 50, 80, 40, 41}) == texts{"01-11 from 01-01 closed"});
    CHECK(fired(rule, {80, 50, 80, 40, 41, 41}) ==
          texts{"02-20 from 01-21 open", "01-11 from 01-01 closed"});

    watched_rule dark{.name = "x", .kind = "dark", .quiet = 30};
    CHECK(fired(dark, {80, no_value, 80, no_value, no_value}) ==
          texts{"02-10 from 01-21 open", "01-11 from 01-01 closed"});
    dark.quiet = 20;
    CHECK(fired(dark, {80, no_value, 80, no_value, no_value}) ==
          texts{"01-31 from 01-21 open", "01-11 from 01-01 closed"});

    // Active, Onboard, Active, Onboard, …: the fall of 01-31 is within the quiet days, and not told
    // later, because a fall is measured from where it ended.
    watched_rule down{.name = "x", .kind = "down", .of = "stage", .quiet = 21};
    CHECK(fired(down, {50, 40, 50, 40, 40, 40}) == texts{"01-11 from 01-01 closed"});
    down.quiet = 20;
    CHECK(fired(down, {50, 40, 50, 40, 40, 40}) ==
          texts{"01-31 from 01-21 open", "01-11 from 01-01 closed"});
}

TEST_CASE("a score goes dark once, until it is known again", "[action][alerts]") {
    const watched_rule rule{.name = "x", .kind = "dark"};
    CHECK(fired(rule, {80, no_value, no_value}) == texts{"01-11 from 01-01 open"});
    CHECK(fired(rule, {80, 30, no_value, 30}) == texts{"01-21 from 01-11 closed"});
    // Who was never known has not gone dark.
    CHECK(fired(rule, {no_value, no_value, 30}).empty());
    CHECK(fired(rule, {no_value}).empty());
    // Zero is known.
    CHECK(fired(rule, {80, 0}).empty());
}

TEST_CASE("a fall on a ladder is sure, and measured from where the last one ended",
          "[action][alerts]") {
    const watched_rule rule{.name = "x", .kind = "down", .of = "stage"};
    // Active needs U of 48. Unknown: perhaps still Active, so it waits until it can be told.
    CHECK(fired(rule, {48, 47}) == texts{"01-11 from 01-01 open"});
    CHECK(fired(rule, {48, no_value}).empty());
    CHECK(fired(rule, {48, no_value, 47}) == texts{"01-21 from 01-01 open"});
    CHECK(fired(rule, {48, no_value, 48}).empty());
    // From where it last stood: not from 01-01.
    CHECK(fired(rule, {48, 50, 47}) == texts{"01-21 from 01-11 open"});
    // Back where it stood; and a second fall.
    CHECK(fired(rule, {48, 47, 48}) == texts{"01-11 from 01-01 closed"});
    // Perhaps is not back.
    CHECK(fired(rule, {48, 47, no_value}) == texts{"01-11 from 01-01 open"});
    // A rung higher than it was at first, and back to that.
    CHECK(fired(rule, {40, 48, 40}) == texts{"01-21 from 01-11 open"});
}

TEST_CASE("who is back on the rung above two falls has recovered from both", "[action][alerts]") {
    // Some of them: setup is lost after U, so Active → Onboard → Entry, and back to Active.
    std::vector<snapshot> rows(4);
    for (std::size_t k = 0; k < rows.size(); ++k) {
        rows[k].customer = "c";
        rows[k].day = first_day + 10 * static_cast<int>(k);
        rows[k].parts = {k == 0 || k == 3 ? 50.0 : 40.0, no_value, no_value, no_value};
        rows[k].setup = k == 2 ? 0 : 1;
    }
    const watched_rule rule{.name = "x", .kind = "down", .of = "stage"};
    const json list = watched(rows, {rule}).list("alerts");
    REQUIRE(list["rows"].size() == 2);
    CHECK(list["rows"][0]["open"] == false);
    CHECK(list["rows"][1]["open"] == false);
}

TEST_CASE("only what the customer did is a drop", "[action][alerts]") {
    const watched_rule rule{.name = "x", .drop = 10, .window = 30};
    const auto moved = [&](std::array<double, 4> before, std::array<double, 4> after,
                           int age_before = 0, int age_after = 0, const char* of = "U",
                           const char* plan_after = "pro") {
        std::vector<snapshot> rows(2);
        rows[0].parts = before;
        rows[1].parts = after;
        for (std::size_t k = 0; k < 2; ++k) {
            rows[k].customer = "c";
            rows[k].day = first_day + 30 * static_cast<int>(k);
            rows[k].b_seen = rows[k].day - (k == 0 ? age_before : age_after);
        }
        rows[1].plan = plan_after;
        watched_rule one = rule;
        one.of = of;
        const json list = watched(rows, {one}).list("alerts");
        if (list["rows"].empty()) return std::string{"nothing"};
        REQUIRE(list["rows"].size() == 1);
        return list["rows"][0]["behaviour"].dump() + " " +
               list["rows"][0]["because"].get<std::string>();
    };
    // (90 + 30) ÷ 2 = 60; without a only c is left: 30 lower, and nobody did anything.
    CHECK(moved({90, no_value, 30, 60}, {no_value, no_value, 30, 60}) == "nothing");
    // The same where b is too old now: 41 days; 40 are not too many.
    CHECK(moved({30, 90, 30, 60}, {30, 90, 30, 60}, 0, 41) == "nothing");
    CHECK(moved({30, 90, 30, 60}, {30, 60, 30, 60}, 0, 41) == "nothing");
    CHECK(moved({30, 90, 30, 60}, {30, 60, 30, 60}, 0, 40) == "-10 U.b");
    // b was unknown: it enters as it is now, 0, and is no fall. Too old is another thing: with the
    // age of now 90 is known (that is staleness), and 90 → 0 of three is what the customer did.
    CHECK(moved({60, no_value, 60, 60}, {60, 0, 60, 60}) == "nothing");
    CHECK(moved({60, 90, 60, 60}, {60, 0, 60, 60}, 41, 0) == "-30 U.b");
    // Hidden: a falls by 40; c becomes known and makes up for it. (50 + 90) ÷ 2 less (10 + 90) ÷ 2.
    CHECK(moved({50, no_value, no_value, 60}, {10, no_value, 90, 60}) == "-20 U.a");
    // In part: a falls by 30, b becomes unknown: (90 + 30) ÷ 2 less (60 + 30) ÷ 2.
    CHECK(moved({90, 90, 30, 60}, {60, no_value, 30, 60}) == "-15 U.a");
    // The most of two: −24 and −9 of three.
    CHECK(moved({90, 90, 90, 60}, {81, 90, 66, 60}) == "-11 U.c");
    // Another profile is what the customer did: ¾ · 40 + ¼ · 80 instead of ½ · 40 + ½ · 80, −10.
    // E counts for less (¼ · 80 less ½ · 80 = −20), U for more.
    CHECK(moved({40, 40, 40, 80}, {40, 40, 40, 80}, 0, 0, "overall", "trial") == "-10 E.d");
    CHECK(moved({40, 40, 40, 80}, {40, 40, 40, 80}, 0, 0, "overall") == "nothing");
}

}  // namespace test_alert_watch
