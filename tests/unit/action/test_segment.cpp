// The customers for whom a condition of one's own holds.
#include <string>
#include <vector>

#include "acting.hpp"

namespace test_segment {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

// customer,as_of,plan,mrr,start,finish,member,team,setup,logins,answers,wins
constexpr std::string_view portfolio =
    "b,2026-04-30,pro,700,2025-05-01,2026-07-29,Aoi,east,yes,40,9,9\n"
    "a,2026-04-30,trial,500,2026-04-01,2027-03-31,Aoi,east,yes,40,5,0\n"
    "c,2026-04-30,pro,NULL,2025-06-01,2026-07-30,NULL,NULL,no,90,1,1\n"
    "d,2026-04-30,pro,900,NULL,NULL,Yuki,west,NULL,NULL,5,NULL\n"
    "b,2026-03-31,pro,700,2025-05-01,2026-07-29,Aoi,east,yes,95,9,9";

std::vector<std::string> keys_for(std::string_view condition, std::int64_t unknown,
                                  std::string_view options = {}) {
    const json list = acting(portfolio, condition).list("segment", options);
    CHECK(list["unknown"] == unknown);
    CHECK(list["holds"] == list["rows"].size());
    CHECK(list["when"] == std::string{condition});
    std::vector<std::string> out;
    for (const json& row : list["rows"]) out.push_back(row["customer"]);
    return out;
}

std::string refused_condition(std::string_view condition) {
    const auto made = compile_to_act(plan_of(acting_model), condition);
    REQUIRE_FALSE(made.ok());
    CHECK(made.error().code == errc::bad_model);
    return made.error().to_string();
}

}  // namespace

TEST_CASE("a segment lists whom its condition is true for", "[action][segment]") {
    using texts = std::vector<std::string>;
    CHECK(keys_for("logins < 60", 1) == texts{"a", "b"});
    CHECK(keys_for("logins > 60", 0, R"({"as_of": "2026-04-01"})") == texts{"b"});
    CHECK(keys_for("mrr >= 700", 1) == texts{"b", "d"});
    CHECK(keys_for("U < 60 && setup", 1) == texts{"a", "b"});
    CHECK(keys_for("U < 60 || setup", 1) == texts{"a", "b"});
    // What is true whatever the unknown is, is true.
    CHECK(keys_for("setup || mrr == 900", 1) == texts{"a", "b", "d"});
    // Rungs are those of each customer's profile.
    CHECK(keys_for("at_least(stage, 'Active')", 1) == texts{"a"});
    CHECK(keys_for("plan == 'trial'", 0) == texts{"a"});
    CHECK(keys_for("logins > 1000", 1).empty());
}

TEST_CASE("a segment's columns", "[action][segment]") {
    const acting_rows of = acting(portfolio, "logins <= 40 && finish > as_of && plan == 'pro'");
    const json list = of.list("segment");
    REQUIRE(list["rows"].size() == 1);
    const json& row = list["rows"][0];
    const scores given = scored(*of.of, *of.rows);
    CHECK(row["as_of"] == "2026-04-30");
    CHECK(row["stage"] == "Onboard");
    CHECK(row["band"] == "high");
    CHECK(row["overall"] == given.overall()[0]);
    CHECK(row["mrr"] == 700);
    CHECK(row["ends"] == "2026-07-29");
    CHECK(row["reason"] ==
          "logins <= 40 && finish > as_of && plan == 'pro' "
          "(logins 40, finish 2026-07-29, plan pro)");
    CHECK(row["member"] == "Aoi");
    CHECK(row["team"] == "east");
    CHECK(list["customers"] == 4);
    CHECK(list["sentence"]["en"] ==
          "For 1 customer of 4: logins <= 40 && finish > as_of && plan == 'pro'.");
    CHECK_THAT(list["cautions"][0]["en"].get<std::string>(), Contains("it cannot be told"));
    CHECK_THAT(list["sentence"]["ja"].get<std::string>(), Contains("4件のうち1件が"));
    // The plan asks triggers as well.
    CHECK(of.list("triggers")["triggers"].size() == 3);
}

TEST_CASE("a condition that cannot be asked says where", "[action][segment]") {
    CHECK_THAT(refused_condition("logins <"), Contains("when at character 9"));
    CHECK_THAT(refused_condition("logns < 3"), Contains("did you mean \"logins\"?"));
    CHECK_THAT(refused_condition("logins < 3 && nps > 1"), Contains("when at character 15"));
    CHECK_THAT(refused_condition("logins"), Contains("is a number, not a condition"));
    CHECK_THAT(refused_condition("logins < 'a'"), Contains("when at character"));
    CHECK_THAT(acting(portfolio).refused("segment"), Contains("no condition to ask"));
}

}  // namespace test_segment
