// Who is ranked and who is not, with the reason; and what no priority can be told of.
#include <limits>
#include <string>
#include <vector>

#include "priority_world.hpp"

namespace test_priority_ranked {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

constexpr const char* columns = "customer,as_of,plan,mrr,finish,setup,logins,answers,wins";

/// Without those who were at a level at the first close.
std::vector<book_customer> without_level(int level) {
    std::vector<book_customer> out;
    for (const book_customer& one : equal_groups()) {
        if (one.closes[0].level != level) out.push_back(one);
    }
    return out;
}

/// ranked, at_top, ended, without_mrr, without_rate, without_play; together with those whose MRR is
/// below zero they are everybody.
std::vector<int> counts(const json& list) {
    std::vector<int> out;
    int all = list["below_zero"].get<int>();
    for (const char* key :
         {"ranked", "at_top", "ended", "without_mrr", "without_rate", "without_play"}) {
        out.push_back(list[key].get<int>());
        all += out.back();
    }
    CHECK(list["customers"] == all);
    CHECK(list["rows"].size() == static_cast<std::size_t>(out[0]));
    return out;
}

}  // namespace

TEST_CASE("who is not ranked is counted, once, for the first reason there is",
          "[action][priority]") {
    const json list = world_of(columns,
                               // Over when it was last seen, on the top rung, and for free.
                               "over,2026-04-30,pro,NULL,2026-04-29,yes,60,8,5\n"
                               "top,2026-04-30,pro,NULL,2026-12-31,yes,60,8,5\n"
                               // What it lacks has no play either.
                               "unpaid,2026-04-30,pro,NULL,2026-12-31,yes,60,8,1\n"
                               "stuck-1,2026-04-30,pro,400,2026-12-31,yes,60,8,1\n"
                               "stuck-2,2026-04-30,pro,2000,NULL,yes,60,3,NULL\n"
                               "fine,2026-04-30,pro,800,2026-04-30,no,60,8,5")
                          .list();
    CHECK(counts(list) == std::vector<int>{1, 1, 1, 1, 0, 2});
    CHECK(column(list, "customer") == texts{"fine"});
    // A quarter of 400 and of 2,000.
    CHECK_THAT(cautions_of(list),
               Contains("No play of the model answers what 2 customers lack, worth 600 JPY; they "
                        "are not ranked.\n"));
    CHECK_THAT(
        cautions_of(list, "ja"),
        Contains("不足に対応する施策がモデルにない2件（見込み600 JPY）は順位に入れていません。"));
    CHECK_THAT(cautions_of(list),
               Contains("The MRR of 1 customer is not known; it is not ranked.\n"));
    CHECK_THAT(cautions_of(list, "ja"), Contains("MRRが不明な1件は順位に入れていません。"));
    // Beside those two only that a gain is an association.
    CHECK(list["cautions"].size() == 3);
    CHECK_THAT(cautions_of(list), Contains("That help makes them do so is not shown.\n"));

    // Where Loyal keeps less, nothing is lost with those that no play answers.
    const json worse =
        world_of(columns, "stuck,2026-04-30,pro,400,NULL,yes,60,8,1", equal_groups(50)).list();
    CHECK(counts(worse) == std::vector<int>{0, 0, 0, 0, 0, 1});
    CHECK_THAT(cautions_of(worse),
               Contains("what 1 customer lacks, worth 0 JPY; it is not ranked."));
}

TEST_CASE("who is owed money is not ranked", "[action][priority]") {
    // Customers at Loyal kept half, so that a step up loses of what they pay: nobody gains by it.
    const json list = world_of(columns,
                               "owed-1,2026-04-30,pro,-400,NULL,yes,60,3,5\n"
                               "owed-2,2026-04-30,pro,-1,NULL,no,60,3,5\n"
                               "free,2026-04-30,pro,0,NULL,no,60,3,5",
                               equal_groups(50))
                          .list();
    CHECK(column(list, "customer") == texts{"free"});
    CHECK(list["below_zero"] == 2);
    CHECK(counts(list) == std::vector<int>{1, 0, 0, 0, 0, 0});
    CHECK(list["chosen"]["customers"] == 0);
    CHECK_THAT(cautions_of(list),
               Contains("The MRR of 2 customers is below 0; they are not ranked.\n"));
    CHECK_THAT(cautions_of(list, "ja"), Contains("MRRが0を下回る2件は順位に入れていません。"));
}

TEST_CASE("a level whose step up nobody can tell is not ranked", "[action][priority]") {
    const char* const rows =
        "e,2026-04-30,pro,800,NULL,no,60,3,5\n"
        "a,2026-04-30,pro,800,NULL,yes,60,3,5\n"
        "l,2026-04-30,pro,800,NULL,yes,60,8,5";
    // Without a level in the past there is no NRR to go up to, nor one to go up from.
    const json no_loyal = world_of(columns, rows, without_level(loyal)).list();
    CHECK(counts(no_loyal) == std::vector<int>{1, 1, 0, 0, 1, 0});
    CHECK(column(no_loyal, "customer") == texts{"e"});
    CHECK(no_loyal["levels"][1]["gain_per_mrr"]["value"].is_null());
    // What is expected of it is everybody's: of a group's 600 stayed 300 and 200.
    CHECK(no_loyal["levels"][2]["expected_nrr"]["value"] == near(500.0 / 600));
    CHECK_THAT(cautions_of(no_loyal),
               Contains("What a step up is worth is not known for 1 customer; it is not "
                        "ranked.\n"));
    CHECK_THAT(cautions_of(no_loyal, "ja"),
               Contains("段が上がったときの見込みが不明な1件は順位に入れていません。"));
    CHECK(counts(world_of(columns, rows, without_level(active)).list()) ==
          std::vector<int>{0, 1, 0, 0, 2, 0});
    CHECK(column(world_of(columns, rows, without_level(entry)).list(), "customer") == texts{"a"});

    // One group alone has a figure and no error: how sure it is nobody knows.
    std::vector<book_customer> alone = equal_groups();
    alone.resize(7);
    const json one = world_of(columns, rows, alone).list();
    CHECK(one["levels"][0]["gain_per_mrr"]["value"] == near(0.0625));
    CHECK(one["levels"][0]["gain_per_mrr"]["lower"].is_null());
    CHECK(counts(one) == std::vector<int>{0, 1, 0, 0, 2, 0});
    CHECK(one["sentence"]["en"] == "Nobody can be named whom to help first: no gain is above 0.");
    CHECK(one["sentence"]["ja"] ==
          "見込みが0を上回る顧客がいないため、優先すべき顧客を挙げられません。");
    CHECK((one["at_most"] == 0 && one["chosen"]["customers"] == 0));
    CHECK(one["chosen"]["gain_per_effort"].is_null());
    // Nor is it known of two that are alike, and it is of two that are not.
    const std::vector<book_customer> all = equal_groups();
    const std::vector<book_customer> two(all.begin(), all.begin() + 14);
    CHECK(counts(world_of(columns, rows, two).list()) == std::vector<int>{0, 1, 0, 0, 2, 0});
    const std::vector<book_customer> apart(all.end() - 14, all.end());
    CHECK(counts(world_of(columns, rows, apart).list()) == std::vector<int>{2, 1, 0, 0, 0, 0});
}

TEST_CASE("who has left or was not seen is not listed", "[action][priority]") {
    const priority_world of = world_of(columns,
                                       "a,2026-04-30,pro,400,NULL,yes,60,3,5\n"
                                       "a,2026-03-31,pro,800,NULL,no,60,3,5\n"
                                       "left,2026-04-15,pro,800,2026-04-20,no,60,3,5\n"
                                       "over,2026-04-15,pro,800,2026-04-01,no,60,3,5\n"
                                       "stays,2026-04-15,pro,800,2026-05-01,no,60,3,5\n"
                                       "edge,2026-03-30,pro,160,NULL,no,60,3,5\n"
                                       "old,2026-03-29,pro,800,NULL,no,60,3,5");
    const json list = of.list();
    // 31 days later a snapshot still counts, a day later it does not.
    CHECK(counts(list) == std::vector<int>{3, 0, 1, 0, 0, 0});
    CHECK((list["left"] == 1 && list["not_seen"] == 1 && list["as_of"] == "2026-04-30"));
    CHECK(column(list, "customer") == texts{"stays", "a", "edge"});
    CHECK_THAT(cautions_of(list), Contains("1 customer had no snapshot in the 31 days up to "
                                           "2026-04-30 and is not in the list.\n"));
    CHECK_THAT(cautions_of(list), Contains("The contract of 1 customer ended after the latest "
                                           "snapshot, and it is not in the list.\n"));
    CHECK(column(list, "stage") == texts{"Entry", "Active", "Entry"});
    // On another day each stands by what was known then: "left" is there until its end.
    const json before = of.list(R"({"as_of": "2026-04-19"})");
    CHECK(column(before, "customer") == texts{"a", "left", "old", "stays", "edge"});
    CHECK(column(before, "as_of").at(0) == "2026-03-31");
    CHECK(column(before, "mrr").at(0) == "800");
    CHECK(before["as_of"] == "2026-04-19");
    const json early = of.list(R"({"as_of": "2026-03-31"})");
    CHECK(column(early, "customer") == texts{"a", "old", "edge"});
    CHECK((early["left"] == 0 && early["not_seen"] == 3));
}

TEST_CASE("a trial stands by its own profile, and is worth what it pays", "[action][priority]") {
    // At 30 logins and without setup a trial is Active: it needs answers, not a call.
    const json list = world_of(columns,
                               "p,2026-04-30,pro,800,NULL,no,30,3,5\n"
                               "t,2026-04-30,trial,800,NULL,no,30,3,5\n"
                               "u,2026-04-30,NULL,800,NULL,no,30,3,5\n"
                               "free,2026-04-30,trial,0,NULL,no,30,3,5\n"
                               "slow,2026-04-30,trial,800,NULL,no,19,3,5")
                          .list();
    // 200 for 4, 50 for a training, twice 50 for a call and a training, nothing.
    CHECK(column(list, "customer") == texts{"t", "slow", "p", "u", "free"});
    CHECK(column(list, "stage") == texts{"Active", "Entry", "Entry", "Entry", "Active"});
    CHECK(column(list, "play") == texts{"meet", "train", "call", "call", "meet"});
    CHECK(column(list, "effort") == texts{"4", "2", "3", "3", "4"});
    CHECK(column(list, "reason").at(1) == "logins >= 20 (now 19.0)");
    CHECK(column(list, "gain").back() == "0");
    CHECK(column(list, "chosen") == texts{"true", "true", "true", "true", "false"});
}

TEST_CASE("a profile that reads another metric for a component is answered by its play",
          "[action][priority]") {
    model_json model = priority_model();
    model["metrics"]["visits"] = {{"type", "number"}};
    model["profiles"][0]["patch"] = model_json::parse(
        R"({"axes": {"U": {"components": {"logins": {"metric": "visits"}}}},
            "ladders": {"stage": {"Active": {"when": "visits >= 50"}}}})");
    const json list = world_of("customer,as_of,plan,mrr,setup,logins,visits,answers,wins",
                               "p,2026-04-30,pro,800,yes,30,90,3,5\n"
                               "t,2026-04-30,trial,800,yes,90,10,3,5",
                               equal_groups(), model)
                          .list();
    CHECK(list["without_play"] == 0);
    CHECK(column(list, "play") == texts{"train", "train"});
    CHECK(column(list, "reason") == texts{"logins >= 50 (now 30.0)", "visits >= 50 (now 10.0)"});
}

TEST_CASE("neither another ladder nor what was done before changes the list",
          "[action][priority]") {
    const char* const rows =
        "a,2026-04-30,pro,800,NULL,no,60,NULL,5\n"
        "b,2026-04-30,pro,800,NULL,yes,60,3,5\n"
        "c,2026-04-30,pro,800,NULL,yes,60,9,5";
    const priority_world of = world_of(columns, rows);
    const json list = of.list();
    CHECK(counts(list) == std::vector<int>{2, 1, 0, 0, 0, 0});
    // Plays are no initiatives: who was called yesterday lacks what it lacks.
    const initiative_log done = sent("a,call,2026-04-29\nb,meet,2026-04-30");
    CHECK(of.list({}, &done) == list);
    model_json model = priority_model();
    model["ladders"].erase("value");
    CHECK(world_of(columns, rows, equal_groups(), model).list() == list);
    model["ladders"]["other"] = {{{"name", "Low"}}, {{"name", "Top"}, {"when", "wins > 0"}}};
    CHECK(world_of(columns, rows, equal_groups(), model).list() == list);
}

TEST_CASE("a model without plays, bands, currency and owners has a list, too",
          "[action][priority]") {
    model_json model = priority_model();
    for (const char* key : {"plays", "bands", "currency"}) model.erase(key);
    model["metrics"]["mrr"]["type"] = "number";
    model["roles"] = {{"mrr", "mrr"}};
    const char* const rows =
        "a,2026-04-30,pro,400,2026-01-01,no,30,3,0\n"
        "b,2026-04-30,pro,800,2026-12-31,yes,60,3,0";
    const json list = world_of(columns, rows, equal_groups(), model).list();
    // Every customer takes 1, also where nothing could answer wins; no contract is known to be
    // over.
    CHECK(column(list, "customer") == texts{"b", "a"});
    CHECK(column(list, "effort") == texts{"1", "1"});
    CHECK(column(list, "gain_per_effort") == texts{"200", "25"});
    for (const char* key : {"play", "owner", "channel", "band", "ends", "member", "team"}) {
        INFO(key);
        CHECK(column(list, key) == texts{"-", "-"});
    }
    CHECK(list["bands"].empty());
    CHECK(list["sentence"]["en"] ==
          "Help 2 customers first: 225 of MRR (95 %: 224 to 226) for an effort of 2.");

    model["roles"] = {{"contract_end", "finish"}};
    const json blind = world_of(columns, rows, equal_groups(), model).list();
    CHECK(counts(blind) == std::vector<int>{0, 0, 1, 1, 0, 0});
}

TEST_CASE("without evidence of money over time there is no priority", "[action][priority]") {
    const char* const rows = "a,2026-04-30,pro,800,NULL,no,60,3,5";
    const priority_world of = world_of(columns, rows);
    const auto refused = [](const action_inputs& in) {
        const auto made = list_priority(in);
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().code == errc::invalid_argument);
        return made.error().to_string();
    };
    CHECK(refused({*of.now.of, *of.now.rows, nullptr, nullptr}) ==
          "what a step up is worth comes from evidence; give it");
    const evidence nothing{*of.past};
    CHECK_THAT(refused({*of.now.of, *of.now.rows, nullptr, &nothing}),
               Contains("the evidence does not say what a step up is worth (nothing_counted): ") &&
                   Contains("data_until"));
    // Two closes, and twelve months to see.
    model_json model = priority_model();
    model["study"]["horizon_months"] = 12;
    CHECK_THAT(world_of(columns, rows, equal_groups(), model).refused().to_string(),
               Contains("the evidence does not say what a step up is worth (too_short): "));

    // Evidence of another ladder, and of a model that had bands alone.
    model = priority_model();
    model["ladders"]["steps"] = model["ladders"]["stage"];
    model["ladders"].erase("stage");
    model["ladders"].erase("value");
    model["profiles"] = model_json::array();
    const acting_rows other = bound_to(plan_of(model.dump()), rows, columns);
    CHECK(refused({*other.of, *other.rows, nullptr, &of.seen}) ==
          "the evidence is of ladder \"stage\", the model's first is \"steps\"");
    model.erase("ladders");
    const priority_world banded = world_of(columns, rows, equal_groups(), model);
    CHECK(refused({*of.now.of, *of.now.rows, nullptr, &banded.seen}) ==
          "the evidence is of ladder \"band\", the model's first is \"stage\"");
    // Without a ladder nobody goes up, whatever the evidence is.
    CHECK(banded.refused().to_string() == "the model has no ladder, so nobody stands on a rung");
}

TEST_CASE("options of a priority that are wrong say what is right", "[action][priority]") {
    const priority_world of = world_of(columns, "a,2026-04-30,pro,800,NULL,no,60,3,5");
    const auto refused = [&](const char* options) {
        const error found = of.refused(options);
        CHECK(found.code == errc::invalid_argument);
        return found.to_string();
    };
    const std::string number = "option \"capacity\" is a number from 0 to 1000000000000";
    for (const char* one : {"-1e-300", "1.1e12", "\"20\"", "null", "true", "[20]"}) {
        INFO(one);
        CHECK(refused((std::string{"{\"capacity\": "} + one + "}").c_str()) == number);
    }
    const std::string whole = "option \"limit\" is a whole number from 0 to 1000000000";
    for (const char* one : {"-1", "0.5", "1000000001", "\"3\""}) {
        INFO(one);
        CHECK(refused((std::string{"{\"limit\": "} + one + "}").c_str()) == whole);
    }
    CHECK(refused(R"({"first": "false"})") == "option \"first\" is true or false");
    for (const char* one : {"\"2026-02-29\"", "\"today\"", "20260430"}) {
        INFO(one);
        CHECK(refused((std::string{"{\"as_of\": "} + one + "}").c_str()) ==
              "option \"as_of\" is a date, such as \"2026-04-30\"");
    }
    CHECK(refused(R"({"capacty": 1})") ==
          "\"capacty\" is not an option of this action; did you mean \"capacity\"?");
    CHECK(refused("[]") == "options are a JSON object");
    // The first that is wrong is told, in the order in which they are listed.
    CHECK(refused(R"({"limit": -1, "capacity": -1})") == number);
    CHECK(of.refused("{").code == errc::bad_json);
    // The largest that there may be is fine.
    CHECK(of.list(R"({"capacity": 1e12, "limit": 1000000000})")["ranked"] == 1);
}

TEST_CASE("rows of which no priority can be made", "[action][priority]") {
    const auto told = [](const char* names, const char* rows, errc code,
                         const char* options = "{}") {
        const error found = world_of(names, rows).refused(options);
        CHECK(found.code == code);
        return found.to_string();
    };
    CHECK_THAT(told("as_of,mrr", "2026-04-30,1", errc::bad_column),
               Contains("column \"customer\": is not there; a list names its customers"));
    CHECK_THAT(told("customer,mrr", "a,1", errc::bad_column),
               Contains("column \"as_of\": is not there"));
    CHECK_THAT(told("customer,as_of,mrr", "a,2026-04-30,1\na,2026-04-30,2", errc::duplicate_row),
               Contains("has two snapshots of 2026-04-30; a customer has one snapshot a date"));
    CHECK_THAT(told("customer,as_of,mrr", "NULL,2026-04-30,1", errc::bad_value),
               Contains("the customer's key is missing; every row needs one"));
    CHECK_THAT(
        told("customer,as_of,mrr", "a,2026-04-30,1", errc::not_found, R"({"as_of": "2026-06-01"})"),
        Contains("no customer has a snapshot in the 31 days up to 2026-06-01; the latest "
                 "is of 2026-04-30"));
    CHECK_THAT(told("customer,as_of,mrr,finish", "a,2026-04-30,1,2026-05-01", errc::not_found,
                    R"({"as_of": "2026-05-01"})"),
               Contains("every customer's contract has ended since its latest snapshot, up to "
                        "2026-05-01"));
    // Nobody at all.
    const priority_world of = world_of(columns, "a,2026-04-30,pro,800,NULL,no,60,3,5");
    batch none{*of.now.of, 0, {.missing_columns_are_unknown = true, .all_metrics = true}};
    const imported_table empty = table_of("customer,as_of");
    REQUIRE(none.bind_table(empty.columns()).ok());
    const auto made = list_priority({*of.now.of, none, nullptr, &of.seen});
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == errc::not_found);
    CHECK(made.error().to_string() == "there is no snapshot");
    // Rows of another plan.
    const auto mixed = list_priority({*of.past, *of.now.rows, nullptr, &of.seen});
    REQUIRE_FALSE(mixed.ok());
    CHECK(mixed.error().code == errc::invalid_argument);
    CHECK(mixed.error().to_string() ==
          "the batch must come from the plan that the action is given");
}

TEST_CASE("a capacity that is none is refused in C++, too", "[action][priority]") {
    const priority_world of = world_of(columns, "a,2026-04-30,pro,800,NULL,no,60,NULL,5");
    for (const double capacity : {-1.0, 2e12, std::numeric_limits<double>::quiet_NaN()}) {
        priority_options with;
        with.capacity = capacity;
        const auto made = list_priority({*of.now.of, *of.now.rows, nullptr, &of.seen}, with);
        REQUIRE_FALSE(made.ok());
        CHECK_THAT(made.error().to_string(), Contains("the capacity is a number from 0 to"));
    }
}

TEST_CASE("amounts beyond every integer are written as they are", "[action][priority]") {
    model_json model = priority_model();
    model["metrics"]["mrr"] = {{"type", "number"}};
    const json list =
        world_of(columns, "a,2026-04-30,pro,1e300,NULL,yes,10,1,1", equal_groups(), model).list();
    // A sixteenth of it.
    CHECK_THAT(list["sentence"]["en"].get<std::string>(), Contains("6.25e+298 JPY of MRR"));
}

TEST_CASE("what is chosen is at most what could be", "[action][priority]") {
    // An effort that is above the capacity by less than counts as a rounding.
    model_json model = priority_model();
    model["plays"]["train"]["effort"] = 1.0000000005;
    const json list =
        world_of(columns, "a,2026-04-30,pro,800,NULL,yes,10,1,1", equal_groups(), model)
            .list(R"({"capacity": 1})");
    CHECK(column(list, "chosen") == texts{"true"});
    CHECK(list["at_most"].get<double>() >= list["rows"][0]["gain"].get<double>());
}

}  // namespace test_priority_ranked
