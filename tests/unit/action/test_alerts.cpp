// The list of alerts: what is told of each, in what order, and what is said above it.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "watching.hpp"

namespace test_alerts {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

const std::vector<watched_rule> rules{{.name = "fell", .of = "U", .drop = 20, .window = 30},
                                      {.name = "back", .kind = "down", .of = "stage"},
                                      {.name = "dark", .kind = "dark", .of = "E"}};

// As watched_columns: customer,as_of,plan,setup,a,b,b@,c,d,finish,mrr,member,team
constexpr std::string_view one_of_each =
    "c,2026-03-31,pro,yes,90,NULL,NULL,50,40,2026-12-31,100,Aoi,east\n"
    "c,2026-04-30,trial,yes,20,NULL,NULL,30,NULL,2027-03-31,120,Yuki,NULL";

acting_rows watched(std::string_view lines, const std::vector<watched_rule>& of = rules) {
    return bound_to(plan_of(watched_model(of)), lines, watched_columns);
}

std::vector<std::string> cautions(const json& list) {
    std::vector<std::string> out;
    for (const json& one : list["cautions"]) out.push_back(one["en"].get<std::string>());
    return out;
}

using names = std::vector<std::string>;

/// Lines of customers whose a is so much on each date; nothing else of U is known.
std::string lines_of(const std::vector<std::pair<std::string, std::string>>& dates,
                     const std::vector<std::string>& customers) {
    std::string out;
    for (const std::string& customer : customers) {
        for (const auto& [date, a] : dates)
            out += (out.empty() ? "" : "\n") + customer + "," + date + ",pro,yes," + a +
                   ",NULL,NULL,NULL,60,NULL,100,Aoi,east";
    }
    return out;
}

}  // namespace

TEST_CASE("what is told of a drop, of a fall and of a score that is gone", "[action][alerts]") {
    // U: (90 + 50) ÷ 2 = 70, then (20 + 30) ÷ 2 = 25: −35 from a, −10 from c. The trial's Active
    // begins at 30: from Active to Onboard. E was 40.
    const json list = watched(one_of_each).list("alerts");
    REQUIRE(list["rows"].size() == 3);
    const json now{{"fired", "2026-04-30"}, {"customer", "c"},    {"open", true},
                   {"from", "2026-03-31"},  {"stage", "Onboard"}, {"mrr", 120},
                   {"ends", "2027-03-31"},  {"member", "Yuki"},   {"team", nullptr}};
    json fell = now;
    fell.update(
        {{"key", "fell:2026-04-30:c"},
         {"alert", "fell"},
         {"kind", "drop"},
         {"before", 70},
         {"after", 25},
         {"behaviour", -45},
         {"because", "U.a"},
         {"stage_before", nullptr},
         {"stage_after", nullptr},
         {"reason",
          "U fell 45.0 points through behaviour, most by U.a (70.0 on 2026-03-31, 25.0 now)"},
         {"reason_ja", "Uが行動により45.0点低下、主にU.a（2026-03-31の70.0から25.0へ）"},
         {"play", "call"},
         {"owner", "cs"},
         {"channel", "phone"}});
    CHECK(list["rows"][0] == fell);
    json back = now;
    back.update({{"key", "back:2026-04-30:c"},
                 {"alert", "back"},
                 {"kind", "down"},
                 {"before", nullptr},
                 {"after", nullptr},
                 {"behaviour", nullptr},
                 {"because", nullptr},
                 {"stage_before", "Active"},
                 {"stage_after", "Onboard"},
                 {"reason", "back from Active to Onboard (since 2026-03-31)"},
                 {"reason_ja", "ActiveからOnboardへ後退（2026-03-31時点から）"},
                 {"play", nullptr},
                 {"owner", nullptr},
                 {"channel", nullptr}});
    CHECK(list["rows"][1] == back);
    json dark = back;
    dark.update({{"key", "dark:2026-04-30:c"},
                 {"alert", "dark"},
                 {"kind", "dark"},
                 {"before", 40},
                 {"stage_before", nullptr},
                 {"stage_after", nullptr},
                 {"reason", "E cannot be told any more (last 40.0 on 2026-03-31)"},
                 {"reason_ja", "Eが算出できなくなった（最後は2026-03-31の40.0）"}});
    CHECK(list["rows"][2] == dark);

    json head = list;
    head.erase("rows");
    const json kinds =
        json::array({json{{"alert", "fell"}, {"kind", "drop"}, {"fired", 1}, {"open", 1}},
                     json{{"alert", "back"}, {"kind", "down"}, {"fired", 1}, {"open", 1}},
                     json{{"alert", "dark"}, {"kind", "dark"}, {"fired", 1}, {"open", 1}}});
    CHECK(head == json{{"action", "alerts"},
                       {"model", "watched"},
                       {"currency", "JPY"},
                       {"minor_digits", 0},
                       {"as_of", "2026-04-30"},
                       {"customers", 1},
                       {"not_seen", 0},
                       {"left", 0},
                       {"sentence",
                        {{"en", "3 alerts since 2026-03-31, 3 of them still open."},
                         {"ja", "2026-03-31以降のアラートは3件、うち3件は継続中です。"}}},
                       {"cautions", json::array()},
                       {"since", "2026-03-31"},
                       {"alerts", kinds}});
}

TEST_CASE("a drop names the first play of the component that fell most, if there is one",
          "[action][alerts]") {
    const auto play_of = [](const char* before, const char* after) {
        const json list =
            watched("c,2026-03-31," + std::string{before} + ",60,NULL,100,Aoi,east\nc,2026-04-30," +
                    after + ",60,NULL,100,Aoi,east")
                .list("alerts", R"({"alert": "fell"})");
        REQUIRE(list["rows"].size() == 1);
        return column(list, "because")[0] + " " + column(list, "play")[0] + " " +
               column(list, "owner")[0] + " " + column(list, "channel")[0];
    };
    // Two plays answer U.a, the first in the model is told; U.b's has no channel; U.c has none.
    CHECK(play_of("pro,yes,90,90,2026-03-31,90", "pro,yes,0,90,2026-04-30,90") ==
          "U.a call cs phone");
    CHECK(play_of("pro,yes,90,90,2026-03-31,90", "pro,yes,90,0,2026-04-30,90") == "U.b mail crm -");
    CHECK(play_of("pro,yes,90,90,2026-03-31,90", "pro,yes,90,90,2026-04-30,0") == "U.c - - -");
}

TEST_CASE("a drop that no component made has no because, and a model without ladders no stage",
          "[action][alerts]") {
    // wins fall below 3: a cap, which is of no component. 80 → 41.3.
    const std::string model = model_text(
        R"("x": {"type": "number"}, "wins": {"type": "number"}, "said": {"type": "number"})",
        R"json("U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [100, 100]]}},
                     "caps": [{"when": "wins < 3", "at_most": 41.25}],
                     "override": {"metric": "said", "mode": "ceiling"}})json",
        text_of({{.name = "fell"}}));
    const auto list_of = [&](std::string_view lines) {
        return bound_to(plan_of(model), lines, "customer,as_of,x,wins,said").list("alerts");
    };
    json list = list_of("c,2026-04-20,80,3,NULL\nc,2026-04-30,80,2,NULL");
    REQUIRE(list["rows"].size() == 1);
    CHECK(list["rows"][0]["because"].is_null());
    CHECK(list["rows"][0]["play"].is_null());
    CHECK(list["rows"][0]["stage"].is_null());
    CHECK(list["rows"][0]["mrr"].is_null());
    CHECK(list["rows"][0]["ends"].is_null());
    CHECK(list["rows"][0]["behaviour"] == -38.75);
    CHECK(list["rows"][0]["reason"] ==
          "U fell 38.8 points through behaviour (80.0 on 2026-04-20, 41.3 now)");
    CHECK(list["rows"][0]["reason_ja"] == "Uが行動により38.8点低下（2026-04-20の80.0から41.3へ）");
    // Of whom wins were unknown nobody knows whether the cap held before.
    CHECK(list_of("c,2026-04-20,80,NULL,NULL\nc,2026-04-30,80,2,NULL")["rows"].empty());
    // The managers' word counts: it is what the score is. That it was said at all is no behaviour.
    list = list_of("c,2026-04-20,80,3,80\nc,2026-04-30,80,3,10");
    REQUIRE(list["rows"].size() == 1);
    CHECK(list["rows"][0]["after"] == 10);
    CHECK(list["rows"][0]["because"].is_null());
    CHECK(list_of("c,2026-04-20,80,3,NULL\nc,2026-04-30,80,3,10")["rows"].empty());
}

TEST_CASE("alerts are listed latest first, then in the model's order, then by key in byte order",
          "[action][alerts]") {
    // Everyone falls on 04-10, is back on 04-20, and falls again on 04-30; both alerts tell it.
    const std::vector<watched_rule> both{{.name = "z", .of = "overall", .drop = 10},
                                         {.name = "a", .kind = "down", .of = "stage"},
                                         {.name = "m", .kind = "down", .of = "value"}};
    const std::string lines = lines_of(
        {{"2026-03-31", "90"}, {"2026-04-10", "0"}, {"2026-04-20", "90"}, {"2026-04-30", "0"}},
        {"b", "é", "a", "~", "B", "a0", "aa", "10", "9"});
    const json list = watched(lines, both).list("alerts");
    const names order{"10", "9", "B", "a", "a0", "aa", "b", "~", "é"};
    names expected;
    for (const char* day : {"2026-04-30", "2026-04-10"}) {
        for (const char* rule : {"z", "a", "m"}) {
            for (const std::string& key : order)
                expected.push_back(std::string{rule} + ":" + day + ":" + key);
        }
    }
    CHECK(column(list, "key") == expected);
    CHECK(list["sentence"]["en"] == "54 alerts since 2026-03-31, 27 of them still open.");
    for (const json& one : list["alerts"]) CHECK((one["fired"] == 18 && one["open"] == 9));
}

TEST_CASE("each ladder and each score has alerts of its own", "[action][alerts]") {
    // U 60 → 36, E 60 → 60: stage Loyal (overall 60) → Onboard, value Some (overall 48 ≥ 45) stays.
    const std::string lines =
        "c,2026-04-20,pro,yes,60,NULL,NULL,NULL,60,NULL,1,Aoi,east\n"
        "c,2026-04-30,pro,yes,36,NULL,NULL,NULL,60,NULL,1,Aoi,east";
    const std::vector<watched_rule> all{{.name = "stage", .kind = "down", .of = "stage"},
                                        {.name = "value", .kind = "down", .of = "value"},
                                        {.name = "U", .of = "U", .drop = 24},
                                        {.name = "E", .of = "E", .drop = 1},
                                        {.name = "more", .of = "overall", .drop = 12.5},
                                        {.name = "overall", .of = "overall", .drop = 12}};
    const json list = watched(lines, all).list("alerts");
    CHECK(column(list, "alert") == names{"stage", "U", "overall"});
    CHECK(column(list, "stage_before") == names{"Loyal", "-", "-"});
    CHECK(column(list, "stage_after") == names{"Onboard", "-", "-"});
    CHECK(column(list, "behaviour") == names{"-", "-24", "-12"});
    // As a trial from the first day: ¾ · 36 + ¼ · 60 = 42 is below 45, and 36 is still Active.
    std::string trial = lines;
    for (std::size_t at = 0; (at = trial.find("pro", at)) != std::string::npos;)
        trial.replace(at, 3, "trial");
    const json other = watched(trial, all).list("alerts");
    CHECK(column(other, "alert") == names{"stage", "value", "U", "more", "overall"});
    CHECK(column(other, "stage_after") == names{"Active", "None", "-", "-", "-"});
    CHECK(column(other, "behaviour") == names{"-", "-", "-24", "-18", "-18"});
}

TEST_CASE("touch is watched as the axes are", "[action][alerts]") {
    const std::string model = model_text(
        R"("x": {"type": "number"}, "y": {"type": "number"})",
        R"("I": {"components": {"x": {"metric": "x", "curve": [[0, 0], [100, 100]]}}})",
        R"("touch": {"components": {"y": {"metric": "y", "curve": [[0, 0], [100, 100]]}}}, )" +
            text_of({{.name = "fell", .of = "touch"},
                     {.name = "dark", .kind = "dark", .of = "touch"}}));
    const json list = bound_to(plan_of(model),
                               "a,2026-04-20,80,70\na,2026-04-30,80,50\nb,2026-04-20,80,50\n"
                               "b,2026-04-30,10,NULL",
                               "customer,as_of,x,y")
                          .list("alerts");
    CHECK(column(list, "key") == names{"fell:2026-04-30:a", "dark:2026-04-30:b"});
    CHECK(column(list, "because") == names{"touch.y", "-"});
    CHECK(column(list, "before") == names{"70", "50"});
}

TEST_CASE("since, as_of and alert choose what is listed, and change nothing of it",
          "[action][alerts]") {
    // Falls on 03-01, 03-31 and 04-30; back on 03-11 and 04-10.
    const std::string lines = lines_of({{"2026-02-19", "90"},
                                        {"2026-03-01", "10"},
                                        {"2026-03-11", "90"},
                                        {"2026-03-31", "10"},
                                        {"2026-04-10", "90"},
                                        {"2026-04-30", "10"}},
                                       {"c"});
    const acting_rows of = watched(lines);
    const auto keys = [&](std::string_view options) {
        return column(of.list("alerts", options), "key");
    };
    const names fell{"fell:2026-04-30:c", "fell:2026-03-31:c", "fell:2026-03-01:c"};
    // By default thirty days: 03-31 is the first of them.
    CHECK(keys(R"({"alert": "fell"})") == names{fell[0], fell[1]});
    CHECK(keys(R"({"alert": "fell", "since": "2026-03-01"})") == fell);
    CHECK(keys(R"({"alert": "fell", "since": "2026-03-02"})") == names{fell[0], fell[1]});
    CHECK(keys(R"({"alert": "fell", "since": "2026-04-30"})") == names{fell[0]});
    CHECK(keys(R"({"alert": "back"})") == names{"back:2026-04-30:c", "back:2026-03-31:c"});
    CHECK(keys(R"({"alert": "dark"})").empty());
    const json one = of.list("alerts", R"({"alert": "fell", "since": "2026-04-30"})");
    REQUIRE(one["alerts"].size() == 1);
    CHECK(one["alerts"][0] == json{{"alert", "fell"}, {"kind", "drop"}, {"fired", 1}, {"open", 1}});
    CHECK(one["sentence"]["en"] == "1 alert since 2026-04-30, 1 of them still open.");
    // What came later is not looked at: on the day before 04-10 the second fall was still open.
    const json early = of.list("alerts", R"({"alert": "fell", "as_of": "2026-04-09"})");
    CHECK(column(early, "key") == names{fell[1]});
    CHECK(column(early, "open") == names{"true"});
    CHECK(early["since"] == "2026-03-10");
    CHECK(column(of.list("alerts", R"({"alert": "fell", "as_of": "2026-04-10"})"), "open") ==
          names{"false"});
    CHECK(keys(R"({"alert": "back", "as_of": "2026-04-09"})") == names{"back:2026-03-31:c"});
    // The day of the list is a day on which it may fire.
    CHECK(keys(R"({"alert": "fell", "as_of": "2026-03-31", "since": "2026-03-31"})") ==
          names{fell[1]});
}

TEST_CASE("what alerts cannot do", "[action][alerts]") {
    const acting_rows of = watched(one_of_each);
    CHECK(of.refused("alerts", R"({"alert": "fall"})") ==
          "the model has no alert \"fall\"; did you mean \"fell\"?");
    CHECK(of.refused("alerts", R"({"alert": "health"})") == "the model has no alert \"health\"");
    CHECK(of.refused("alerts", R"({"since": "2026-05-01"})") ==
          "since 2026-05-01 is after the list's date, 2026-04-30");
    CHECK(of.refused("alerts", R"({"since": "2026-04-30", "as_of": "2026-04-29"})") ==
          "since 2026-04-30 is after the list's date, 2026-04-29");
    CHECK(of.refused("alerts", R"({"as_of": "2026-03-30"})") ==
          "no customer has a snapshot in the 31 days up to 2026-03-30; the latest is of "
          "2026-04-30");
    CHECK(of.refused("alerts", R"({"as_of": "2027-03-31"})") ==
          "no customer has a snapshot in the 31 days up to 2027-03-31; the latest is of "
          "2026-04-30");
    CHECK_THAT(of.refused("alerts", R"({"alert": 1})"), Contains("\"alert\" is a text"));
    CHECK_THAT(of.refused("alerts", R"({"since": 20454})"),
               Contains("\"since\" is a date, such as \"2026-04-30\""));
    CHECK_THAT(of.refused("alerts", R"({"as_of": "2026-02-30"})"),
               Contains("\"as_of\" is a date, such as \"2026-04-30\""));
    CHECK_THAT(of.refused("alerts", R"({"sinse": "2026-04-30"})"),
               Contains("\"sinse\" is not an option of this action; did you mean \"since\"?"));
    CHECK_THAT(of.refused("alerts", "[]"), Contains("options are a JSON object"));
    CHECK_THAT(watched("c,2026-04-30,pro,yes,1,1,NULL,1,1,NULL,1,A,t\n"
                       "c,2026-04-30,pro,yes,2,1,NULL,1,1,NULL,1,A,t")
                   .refused("alerts"),
               Contains("has two snapshots of 2026-04-30"));
}

TEST_CASE("nothing to tell is an empty list that says so", "[action][alerts]") {
    const std::string two = lines_of({{"2026-04-20", "90"}, {"2026-04-30", "90"}}, {"c"});
    const json calm = watched(two).list("alerts");
    CHECK(calm["rows"].empty());
    CHECK(calm["sentence"]["en"] == "0 alerts since 2026-03-31, 0 of them still open.");
    CHECK(cautions(calm).empty());
    // A customer of one snapshot has not changed; no customer of two: said.
    const json once = watched(lines_of({{"2026-04-30", "0"}}, {"a", "b"})).list("alerts");
    CHECK(once["rows"].empty());
    CHECK(once["customers"] == 2);
    CHECK(cautions(once) ==
          names{"No customer has snapshots of two dates, so nothing can have changed."});
    CHECK(once["cautions"][0]["ja"] ==
          "2時点のスナップショットを持つ顧客がいないため、変化は分かりません。");
    CHECK(cautions(watched(two + "\n" + lines_of({{"2026-04-30", "0"}}, {"a"})).list("alerts"))
              .empty());
    // A model that watches nothing has nothing to warn of.
    const json none = watched(lines_of({{"2026-04-30", "0"}}, {"a"}), {}).list("alerts");
    CHECK((none["rows"].empty() && none["alerts"].empty() && none["cautions"].empty()));
    // No rows at all.
    const acting_rows empty = [] {
        acting_rows out;
        out.of = std::make_unique<plan>(plan_of(watched_model(rules)));
        out.table = std::make_unique<imported_table>(table_of(watched_columns));
        out.rows = std::make_unique<batch>(
            *out.of, 0, batch_options{.missing_columns_are_unknown = true, .all_metrics = true});
        REQUIRE(out.rows->bind_table(out.table->columns()).ok());
        return out;
    }();
    CHECK(empty.refused("alerts") == "there is no snapshot");
}

TEST_CASE("as of a day by which nobody had two snapshots nothing can have changed",
          "[action][alerts]") {
    const acting_rows of = watched(lines_of({{"2026-04-20", "90"}, {"2026-04-30", "90"}}, {"c"}));
    CHECK(cautions(of.list("alerts", R"({"as_of": "2026-04-29"})")).size() == 1);
}

TEST_CASE("snapshots that are farther apart than a drop looks back are said", "[action][alerts]") {
    const std::vector<watched_rule> two{{.name = "near", .window = 30},
                                        {.name = "far", .window = 60},
                                        {.name = "back", .kind = "down", .of = "stage"}};
    const auto told = [&](std::string_view before, const char* options = "{}") {
        const std::string day{before};
        return cautions(watched(lines_of({{day, "90"}, {"2026-04-30", "90"}}, {"c"}) + "\n" +
                                    lines_of({{"2026-04-30", "9"}}, {"new"}),
                                two)
                            .list("alerts", options));
    };
    // 30 days before 04-30 is 03-31; 60 days is 03-01.
    CHECK(told("2026-03-31").empty());
    CHECK(told("2026-03-30") ==
          names{"The last two snapshots of 1 customer are more than 30 days apart, which is as far "
                "as near looks back: it compares nothing there."});
    CHECK(told("2026-03-01").size() == 1);
    CHECK(told("2026-02-28").size() == 2);
    CHECK(told("2026-02-28", R"({"alert": "far"})") ==
          names{"The last two snapshots of 1 customer are more than 60 days apart, which is as far "
                "as far looks back: it compares nothing there."});
    CHECK(told("2026-02-28", R"({"alert": "back"})").empty());
    // By the last two up to the day of the list.
    for (const std::string& one : told("2026-03-30", R"({"as_of": "2026-04-29"})"))
        CHECK_THAT(one, !Contains("days apart"));

    std::vector<std::string> many;
    for (int k = 0; k < 1001; ++k) many.push_back("c" + std::to_string(k));
    const json list =
        watched(lines_of({{"2026-03-01", "90"}, {"2026-04-30", "9"}}, many), {two[0], two[2]})
            .list("alerts");
    REQUIRE(list["cautions"].size() == 1);
    CHECK_THAT(cautions(list)[0], Contains("of 1,001 customers are more than 30 days apart"));
    CHECK(list["cautions"][0]["ja"] ==
          "nearが遡る30日より直近2回のスナップショットの間隔が長い1,001件では、"
          "何も比較していません。");
    // The ladder looks back as far as there is something: Active, then Onboard.
    CHECK(list["sentence"]["en"] == "1,001 alerts since 2026-03-31, 1,001 of them still open.");
    CHECK(list["sentence"]["ja"] == "2026-03-31以降のアラートは1,001件、うち1,001件は継続中です。");
}

TEST_CASE("who has left, or was not seen lately, is told of as at the latest snapshot",
          "[action][alerts]") {
    // left: its contract ended on 04-15, after its snapshot. gone: the latest is of 03-29, 32 days
    // before the list. An alert tells what happened, whoever is there now.
    const std::string lines =
        "gone,2026-03-19,pro,yes,90,NULL,NULL,NULL,60,NULL,1,Aoi,east\n"
        "gone,2026-03-29,pro,yes,10,NULL,NULL,NULL,60,NULL,2,Yuki,west\n"
        "left,2026-03-31,pro,yes,90,NULL,NULL,NULL,60,2026-12-31,3,Aoi,east\n"
        "left,2026-04-10,pro,yes,10,NULL,NULL,NULL,60,2026-04-15,4,Yuki,west\n"
        "there,2026-04-30,pro,yes,10,NULL,NULL,NULL,60,NULL,5,Aoi,east";
    const json list = watched(lines, {rules[0]}).list("alerts", R"({"since": "2026-01-01"})");
    CHECK((list["customers"] == 1 && list["left"] == 1 && list["not_seen"] == 1));
    CHECK(column(list, "customer") == names{"left", "gone"});
    CHECK(column(list, "ends") == names{"2026-04-15", "-"});
    CHECK(column(list, "mrr") == names{"4", "2"});
    CHECK(column(list, "member") == names{"Yuki", "Yuki"});
    CHECK(column(list, "stage") == names{"Onboard", "Onboard"});
}

}  // namespace test_alerts
