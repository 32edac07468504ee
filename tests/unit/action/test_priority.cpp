// What helping a customer is worth and takes, and who cannot be told: each against a plain reading
// of the rows and of the past, or worked out by hand. The order is in test_priority_choice.cpp.
#include <array>
#include <cmath>
#include <string>
#include <vector>

#include "priority_world.hpp"

namespace test_priority {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// Student's t, the 97.5 % point: of one degree of freedom tan(0.475 π), of 19 from tables.
constexpr double t_of_1 = 12.706204736174707, t_of_19 = 2.093024054408263;

/// Two groups that differ, and their sums.
///            group 0                    group 1                    both
///   Entry    4 pay 400 → 300: 0.75      4 pay 400 → 200: 0.5       0.625
///     up     1 of 4: 0.25               2 of 4: 0.5                0.375
///   Active   2 pay 200 → 200: 1.0       2 pay 200 → 240: 1.2       1.1
///     up     1 of 2: 0.5                1 of 2: 0.5                0.5
///   Loyal    1 pays 100 → 150: 1.5      1 pays 100 → 110: 1.1      1.3
std::vector<book_customer> two_groups() {
    return {went(0, at_level(entry, 100), gone()),
            went(0, at_level(entry, 100), at_level(active, 100)),
            went(0, at_level(entry, 200), at_level(entry, 200)),
            went(0, at_level(entry, 0), at_level(entry, 0)),
            went(0, at_level(active, 100), at_level(loyal, 120)),
            went(0, at_level(active, 100), at_level(active, 80)),
            went(0, at_level(loyal, 100), at_level(loyal, 150)),
            went(1, at_level(entry, 100), gone()),
            went(1, at_level(entry, 100), gone()),
            went(1, at_level(entry, 100), at_level(active, 100)),
            went(1, at_level(entry, 100), at_level(active, 100)),
            went(1, at_level(active, 100), at_level(loyal, 140)),
            went(1, at_level(active, 100), at_level(active, 100)),
            went(1, at_level(loyal, 100), at_level(loyal, 110))};
}

/// What a book says, by plain loops over its customers; without the group `but`.
struct plain_past {
    const std::vector<book_customer>& book;
    int horizon, lag;

    [[nodiscard]] double nrr(int level, std::size_t but) const {
        std::int64_t before = 0, later = 0;
        for (const book_customer& one : book) {
            const auto h = static_cast<std::size_t>(horizon);
            for (std::size_t t = 0; t + h < one.closes.size(); ++t) {
                if (one.group == but || !one.closes[t].mrr || one.closes[t].level != level)
                    continue;
                before += *one.closes[t].mrr;
                later += one.closes[t + h].mrr.value_or(0);
            }
        }
        return static_cast<double>(later) / static_cast<double>(before);
    }

    /// By its first step: who is at `from` gets to the goal at once, or from where it is then with
    /// a month less. Who stays moves as those do who are seen again. Levels 0 to 2, 3: not seen,
    /// 4: gone.
    [[nodiscard]] double reach(int from, int goal, std::size_t but) const {
        std::array<std::array<double, 5>, 4> steps{};
        const auto place = [](const book_close& of) {
            return !of.mrr ? 4 : of.level == unseen ? 3 : of.level;
        };
        for (const book_customer& one : book) {
            for (std::size_t t = 0; one.group != but && t + 1 < one.closes.size(); ++t) {
                if (!one.closes[t].mrr) continue;
                ++steps.at(static_cast<std::size_t>(place(one.closes[t])))
                      .at(static_cast<std::size_t>(place(one.closes[t + 1])));
            }
        }
        std::array<double, 5> within{};
        for (int month = 0; month < lag; ++month) {
            std::array<double, 5> next{};
            for (std::size_t s = 0; s < 3; ++s) {
                double seen = 0, there = 0;
                for (std::size_t to = 0; to < 3; ++to) {
                    seen += steps[s][to];
                    there += steps[s][to] * (static_cast<int>(to) >= goal ? 1 : within[to]);
                }
                const double stay = 1 - steps[s][4] / (seen + steps[s][3] + steps[s][4]);
                if (seen > 0) next[s] = stay * there / seen;
            }
            within = next;
        }
        return within.at(static_cast<std::size_t>(from));
    }

    [[nodiscard]] double gain(int level, std::size_t but) const {
        return reach(level, level + 1, but) * (nrr(level + 1, but) - nrr(level, but));
    }

    /// The jackknife over 20 groups: a group's figure is without it.
    template <class F>
    [[nodiscard]] static double error(F of) {
        double sum = 0, squares = 0;
        for (std::size_t g = 0; g < 20; ++g) sum += of(g);
        for (std::size_t g = 0; g < 20; ++g) squares += std::pow(of(g) - sum / 20, 2);
        return std::sqrt(squares * 19 / 20);
    }

    /// Customer-months at a level of which a later one is known, of a group or of all.
    [[nodiscard]] std::int64_t months_at(int level, std::size_t group) const {
        std::int64_t n = 0;
        for (const book_customer& one : book) {
            if (group != none && one.group != group) continue;
            for (std::size_t t = 0; t + static_cast<std::size_t>(horizon) < one.closes.size(); ++t)
                n += one.closes[t].mrr && one.closes[t].level == level ? 1 : 0;
        }
        return n;
    }

    static constexpr std::size_t none = 99;
};

constexpr const char* columns = "customer,as_of,plan,mrr,finish,setup,logins,answers,wins";

/// The list of one customer that lacks a condition; its cells are of a, b, met, lone and begun.
json lacking(const std::string& when, const std::string& cells, const model_json& plays = {}) {
    model_json model = model_json::parse(R"json({
        "aiueo": 1, "name": "answers", "currency": "JPY", "roles": {"mrr": "mrr"},
        "metrics": {"mrr": {"type": "money"}, "a": {"type": "number"}, "b": {"type": "number"},
                    "met": {"type": "flag"}, "lone": {"type": "number"},
                    "twice": {"derive": "as_of > due ? a + a : 0"}, "begun": {"type": "date"},
                    "due": {"type": "date"}},
        "axes": {
          "I": {"components": {"met": {"metric": "met"},
                               "begun": {"metric": "begun", "days_since": [[0, 100], [9, 0]]}}},
          "U": {"components": {
            "a": {"metric": "twice", "curve": [[0, 0], [200, 100]], "weight": 3},
            "b": {"metric": "b", "curve": [[0, 0], [100, 100]], "weight": 1}}}},
        "touch": {"components": {"met": {"metric": "met"}}},
        "bands": {"of": "U", "edges": [50], "names": ["low", "high"]},
        "ladders": {"stage": [{"name": "Entry"}, {"name": "Active"}, {"name": "Loyal",
                                                                      "when": "lone > 1000"}],
                    "value": [{"name": "None"}, {"name": "Some", "when": "lone > 50"}]},
        "plays": {"of-a": {"for": ["U.a"], "effort": 1.5}, "of-b": {"for": ["U.b"], "effort": 2.5},
                  "greet": {"for": ["touch.met"], "effort": 8},
                  "only by triggers": {"effort": 16}},
        "steps": {"lag_months": 1}, "study": {"horizon_months": 1}})json");
    model["ladders"]["stage"][1]["when"] = when;
    if (!plays.is_null()) model["plays"] = plays;
    return world_of("customer,as_of,due,mrr,a,b,met,lone,begun",
                    "x,2026-04-30,2026-01-01,1600," + cells, equal_groups(), model)
        .list();
}

/// The play it is given, and what it takes: "of-a 1.5"; or that it is not ranked for want of one.
std::string answer_to(const std::string& when, const std::string& cells,
                      const model_json& plays = {}) {
    const json list = lacking(when, cells, plays);
    if (list["without_play"] == 1 && list["rows"].empty()) return "nothing";
    return column(list, "play").at(0) + " " + column(list, "effort").at(0);
}

}  // namespace

TEST_CASE("a customer's gain is its MRR times what its level gains within the lag",
          "[action][priority]") {
    const priority_world of =
        world_of("customer,as_of,mrr,finish,member,team,setup,logins,answers,wins",
                 "b,2026-04-30,1000,NULL,NULL,NULL,yes,60,3,5\n"
                 "a,2026-04-20,800,2026-12-31,Aoi,east,no,30,1,NULL",
                 two_groups());
    const json list = of.list();
    CHECK(list["action"] == "priority");
    CHECK((list["ladder"] == "stage" && list["currency"] == "JPY"));
    CHECK((list["horizon_months"] == 1 && list["lag_months"] == 1));
    CHECK(list["basis"] == "association");
    REQUIRE(list["rows"].size() == 2);
    const json &a = list["rows"][0], &b = list["rows"][1];

    // A unit at Entry: 0.375 × (1.1 − 0.625) of both groups, 0.25 × 0.25 and 0.5 × 0.7 of each.
    // Of two figures the jackknife's error is half of what they are apart, with t of one degree.
    const double up = 0.375 * 0.475, error = (0.5 * 0.7 - 0.25 * 0.25) / 2;
    CHECK((a["customer"] == "a" && a["rank"] == 1 && a["as_of"] == "2026-04-20"));
    CHECK((a["stage"] == "Entry" && a["target"] == "Active" && a["band"] == "Lv2"));
    CHECK((a["mrr"] == 800 && a["ends"] == "2026-12-31"));
    CHECK((a["member"] == "Aoi" && a["team"] == "east"));
    CHECK(a["gain"] == near(800 * up));
    CHECK(a["gain_lower"] == near(800 * (up - t_of_1 * error)));
    CHECK(a["gain_upper"] == near(800 * (up + t_of_1 * error)));
    CHECK(a["n"] == 8 + 4);
    // It lacks both: a call of 1 and a training of 2. The first condition names the play.
    CHECK((a["play"] == "call" && a["owner"] == "cs" && a["channel"] == "phone"));
    CHECK(a["effort"] == 3);
    CHECK(a["gain_per_effort"] == near(800 * up / 3));
    CHECK(a["reason"] == "setup; logins >= 50 (now 30.0)");
    CHECK(a["reason_ja"] == "setup; logins >= 50（現在 30.0）");
    // NRR goes through its logarithm: half of ln 0.75 − ln 0.5.
    CHECK(a["expected_nrr"] == near(0.625));
    CHECK(a["expected_nrr_lower"] == near(0.625 * std::pow(1.5, -t_of_1 / 2)));
    CHECK(a["expected_nrr_upper"] == near(0.625 * std::pow(1.5, t_of_1 / 2)));

    // At Active: 0.5 × (1.3 − 1.1), and 0.5 × 0.5 or 0.5 × −0.1 of each group.
    CHECK((b["stage"] == "Active" && b["target"] == "Loyal" && b["play"] == "meet"));
    CHECK(b["gain"] == near(100));
    CHECK(b["gain_lower"] == near(1000 * (0.1 - t_of_1 * 0.15)));
    CHECK(b["gain_upper"] == near(1000 * (0.1 + t_of_1 * 0.15)));
    CHECK(b["n"] == 4 + 2);
    CHECK((b["effort"] == 4 && b["gain_per_effort"] == near(25)));
    CHECK(b["expected_nrr"] == near(1.1));
    CHECK(b["expected_nrr_upper"] == near(1.1 * std::pow(1.2, t_of_1 / 2)));
    for (const char* none : {"ends", "member", "team"}) CHECK(b[none].is_null());

    REQUIRE(list["levels"].size() == 3);
    CHECK(list["levels"][0]["level"] == "Entry");
    CHECK(list["levels"][0]["gain_per_mrr"]["value"] == near(up));
    CHECK(list["levels"][1]["gain_per_mrr"]["lower"] == near(0.1 - t_of_1 * 0.15));
    // There is nothing above.
    CHECK(list["levels"][2]["gain_per_mrr"]["value"].is_null());
    CHECK(list["levels"][2]["expected_nrr"]["value"] == near(1.3));

    // Bounds of a sum are the sums of bounds.
    const json& sum = list["chosen"];
    CHECK(sum["gain"]["value"] == near(800 * up + 100));
    CHECK(sum["gain"]["lower"] == near(800 * (up - t_of_1 * error) + 1000 * (0.1 - t_of_1 * 0.15)));
    CHECK(sum["gain"]["upper"] == near(800 * (up + t_of_1 * error) + 1000 * (0.1 + t_of_1 * 0.15)));
    CHECK((sum["mrr"] == 1800 && sum["effort"] == 7 && sum["customers"] == 2));
    CHECK(sum["gain_per_effort"] == near((800 * up + 100) / 7));
}

TEST_CASE("gains of any past are those of a plain reading of it", "[action][priority]") {
    model_json model = priority_model();
    model["study"]["horizon_months"] = 2;
    model["steps"]["lag_months"] = 3;
    for (const std::uint64_t seed : {1U, 2U}) {
        INFO("seed " << seed);
        const std::vector<book_customer> book = made_book(300, 10, seed);
        const plain_past past{book, 2, 3};
        const json list = world_of(columns,
                                   "a,2026-04-30,pro,700,NULL,yes,20,0,9\n"
                                   "b,2026-04-30,pro,900,NULL,yes,50,0,9",
                                   book, model)
                              .list();
        CHECK((list["horizon_months"] == 2 && list["lag_months"] == 3));
        CHECK(list["ranked"] == 2);
        for (const json& row : list["rows"]) {
            const int level = row["customer"] == "a" ? entry : active;
            const double mrr = level == entry ? 700 : 900;
            for (std::size_t g = 0; g < 20; ++g)
                REQUIRE(past.months_at(level, g) + past.months_at(level + 1, g) > 0);
            const auto gain = [&](std::size_t but) { return past.gain(level, but); };
            const double value = gain(plain_past::none), error = plain_past::error(gain);
            CHECK(row["gain"] == near(mrr * value));
            CHECK(row["gain_lower"] == near(mrr * (value - t_of_19 * error)));
            CHECK(row["gain_upper"] == near(mrr * (value + t_of_19 * error)));
            CHECK(row["n"] == past.months_at(level, plain_past::none) +
                                  past.months_at(level + 1, plain_past::none));
            const auto log = [&](std::size_t but) { return std::log(past.nrr(level, but)); };
            const double nrr = past.nrr(level, plain_past::none), wide = plain_past::error(log);
            CHECK(row["expected_nrr"] == near(nrr));
            CHECK(row["expected_nrr_lower"] == near(nrr * std::exp(-t_of_19 * wide)));
            CHECK(row["expected_nrr_upper"] == near(nrr * std::exp(t_of_19 * wide)));
        }
    }
}

TEST_CASE("a condition takes the play that has most to gain from what it reads",
          "[action][priority]") {
    // An axis reads both: what is missing to 100 counts by weight, 3 of a and 1 of b.
    CHECK(answer_to("U >= 95", "50,0,no,0,NULL") == "of-a 1.5");    // 150 against 100
    CHECK(answer_to("U >= 95", "75,0,no,0,NULL") == "of-b 2.5");    // 75 against 100
    CHECK(answer_to("U >= 95", "75,25,no,0,NULL") == "of-a 1.5");   // 75 each: the first
    CHECK(answer_to("U >= 95", "NULL,0,no,0,NULL") == "of-a 1.5");  // unknown: all of it
    CHECK(answer_to("overall >= 95", "75,0,no,0,NULL") == "of-b 2.5");
    CHECK(answer_to("U.coverage >= 1", "75,NULL,no,0,NULL") == "of-b 2.5");  // 75 against 100
    CHECK(answer_to("overall.coverage >= 1", "50,NULL,yes,0,NULL") == "of-a 1.5");
    // A component, the metric of one, and a metric that another one is made of.
    CHECK(answer_to("U.b >= 60", "0,50,no,0,NULL") == "of-b 2.5");
    CHECK(answer_to("b >= 60", "0,50,no,0,NULL") == "of-b 2.5");
    CHECK(answer_to("twice >= 60", "0,50,no,0,NULL") == "of-a 1.5");
    CHECK(answer_to("a >= 60", "0,50,no,0,NULL") == "of-a 1.5");
    CHECK(answer_to("a + b >= 260", "75,0,no,0,NULL") == "of-b 2.5");
    // What is no part of a score, and what asks for several at once, nothing is for.
    for (const char* when : {"lone > 5", "band == 'high'", "value == 'Some'", "has(begun)",
                             "as_of > date('2026-05-01')"}) {
        INFO(when);
        CHECK(answer_to(when, "0,0,no,0,NULL") == "nothing");
    }
    // Overall is made of axes: touch is no part of it, I.met has no play.
    CHECK(answer_to("overall >= 95", "100,100,no,0,NULL", {{"greet", {{"for", {"touch.met"}}}}}) ==
          "nothing");
    CHECK(answer_to("touch >= 50", "0,0,no,0,NULL") == "greet 8");
    CHECK(answer_to("met", "0,0,no,0,NULL") == "greet 8");  // the flag of a touch, too
    // One play for both is worth what both are, and is taken once.
    const model_json both = {{"of-b", {{"for", {"U.b"}}, {"effort", 1}}},
                             {"of-both", {{"for", {"U.a", "U.b"}}, {"effort", 4}}}};
    CHECK(answer_to("U >= 95", "90,0,no,0,NULL", both) == "of-both 4");  // 30 + 100 against 100
    CHECK(answer_to("U.a >= 95 && a > 95", "90,0,no,0,NULL", both) == "of-both 4");
    // Different plays add up; the first condition says who begins. One without a play is enough to
    // leave the customer out.
    CHECK(answer_to("b >= 60 && a >= 60", "0,0,no,0,NULL") == "of-b 4");
    CHECK(answer_to("a >= 60 && b >= 60 && met", "0,0,no,0,NULL") == "of-a 12");
    CHECK(answer_to("a >= 60 && lone > 5", "0,0,no,0,NULL") == "nothing");
    CHECK(answer_to("a >= 60 || lone > 5", "0,0,no,0,NULL") == "of-a 1.5");
    // What can never be has no play, and what is lacked may be that something is not.
    CHECK(answer_to("a > 5 && !(a > 5)", "0,0,no,0,NULL") == "nothing");
    CHECK(answer_to("!(b < 60)", "0,0,no,0,NULL") == "of-b 2.5");
}

TEST_CASE("the reason is what is to change, with what it is now", "[action][priority]") {
    const model_json plays = {{"any", {{"for", {"U.a", "U.b", "I.met", "I.begun"}}}}};
    const auto reasons = [&](const char* when, const char* cells) {
        const json list = lacking(when, cells, plays);
        return texts{column(list, "reason").at(0), column(list, "reason_ja").at(0)};
    };
    CHECK(reasons("b >= 60 && met", "0,12.34,no,0,NULL") ==
          texts{"b >= 60 (now 12.3); met", "b >= 60（現在 12.3）; met"});
    CHECK(reasons("b >= 60", "0,NULL,no,0,NULL") == texts{"b >= 60 (unknown)", "b >= 60（不明）"});
    // That something is not: said so, before what it is.
    CHECK(reasons("!(b < 60)", "0,50,no,0,NULL") ==
          texts{"not b < 60 (now 50.0)", "次でないこと: b < 60（現在 50.0）"});
    CHECK(reasons("!met", "0,50,yes,0,NULL") == texts{"not met", "次でないこと: met"});
    // A date is shown as one, days as a number.
    CHECK(reasons("begun >= due", "0,0,no,0,2025-12-31") ==
          texts{"begun >= due (now 2025-12-31)", "begun >= due（現在 2025-12-31）"});
    CHECK(reasons("days_since(begun) <= 5", "0,0,no,0,2026-04-20") ==
          texts{"days_since(begun) <= 5 (now 10.0)", "days_since(begun) <= 5（現在 10.0）"});
    CHECK(reasons("begun >= date('2027-01-01')", "0,0,no,0,1960-05-05").at(0) ==
          "begun >= date('2027-01-01') (now 1960-05-05)");
    CHECK(reasons("date('2020-01-01') >= begun", "0,0,no,0,2025-12-31").at(0) ==
          "date('2020-01-01') >= begun (now 2020-01-01)");
    CHECK(reasons("due - begun >= 9000", "0,0,no,0,2025-12-31").at(0).find("-12-") ==
          std::string::npos);
}

}  // namespace test_priority
