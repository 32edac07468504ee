// What a customer lacks for its next rung, and which play answers it.
#include <string>
#include <vector>

#include "acting.hpp"

namespace test_next {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

// customer,as_of,plan,mrr,start,finish,member,team,setup,logins,answers,wins
constexpr std::string_view portfolio =
    "d-top,2026-04-30,pro,1200,2025-05-01,2026-07-31,Aoi,east,yes,80,9,5\n"
    "a-new,2026-04-30,pro,500,2026-04-01,2027-03-31,Aoi,east,no,10,5,0\n"
    "b-idle,2026-04-30,pro,NULL,2025-05-01,NULL,NULL,west,yes,40,5,0\n"
    "c-trial,2026-04-30,trial,0,2026-04-15,2026-05-15,Yuki,west,yes,40,NULL,NULL\n"
    "e-dark,2026-04-20,pro,300,2025-05-01,2026-09-30,Yuki,east,NULL,90,9,5\n"
    "a-new,2026-03-31,pro,500,2026-04-01,2027-03-31,Aoi,east,yes,90,9,9\n"
    "f-old,2026-03-01,pro,800,2025-05-01,2026-09-30,Yuki,east,yes,90,9,5";

}  // namespace

TEST_CASE("next: a row a customer, in byte order, by its latest snapshot", "[action][next]") {
    const acting_rows of = bound_to(plan_of(acting_model), portfolio);
    const json list = of.list("next");
    CHECK(list["action"] == "next");
    CHECK(list["model"] == "acting");
    CHECK(list["ladder"] == "stage");
    CHECK(list["as_of"] == "2026-04-30");
    CHECK(list["customers"] == 5);
    CHECK(list["not_seen"] == 1);
    CHECK(column(list, "customer") ==
          std::vector<std::string>{"a-new", "b-idle", "c-trial", "d-top", "e-dark"});
    CHECK(column(list, "as_of").back() == "2026-04-20");
    CHECK(column(list, "stage") ==
          std::vector<std::string>{"Entry", "Onboard", "Active", "Loyal", "Entry"});
    // The trial is Active by its profile, at U 40.
    CHECK(column(list, "target") ==
          std::vector<std::string>{"Onboard", "Active", "Loyal", "-", "Onboard"});
    CHECK(column(list, "provisional") == std::vector<std::string>{"-", "-", "Loyal", "-", "Loyal"});
    CHECK(column(list, "play") == std::vector<std::string>{"call", "train", "meet", "-", "call"});
    CHECK(column(list, "owner") == std::vector<std::string>{"cs", "training", "cs", "-", "cs"});
    CHECK(column(list, "channel") ==
          std::vector<std::string>{"phone", "-", "meeting", "-", "phone"});
    // Nothing answers wins, so the effort to Loyal is not known.
    CHECK(column(list, "effort") == std::vector<std::string>{"1", "2", "-", "-", "1"});
    CHECK(column(list, "conditions") == std::vector<std::string>{"1", "1", "2", "-", "1"});
    CHECK(column(list, "unknown") == std::vector<std::string>{"0", "0", "2", "-", "1"});
    CHECK(column(list, "mrr") == std::vector<std::string>{"500", "-", "0", "1200", "300"});
    CHECK(column(list, "ends") ==
          std::vector<std::string>{"2027-03-31", "-", "2026-05-15", "2026-07-31", "2026-09-30"});
    CHECK(column(list, "member") == std::vector<std::string>{"Aoi", "-", "Yuki", "Aoi", "Yuki"});
    CHECK(column(list, "team")[1] == "west");
    CHECK(column(list, "reason")[1] == "U >= 60 (now 40.0)");
    CHECK(column(list, "reason_ja")[1] == "U >= 60（現在 40.0）");
    CHECK_THAT(column(list, "reason")[2], Contains("E >= 70 (unknown); wins > 2 (unknown)"));
}

TEST_CASE("next is the gap of every row", "[action][next]") {
    std::string rows;
    std::uint64_t state = 11;
    const auto draw = [&state](std::uint64_t n) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state >> 33) % n;
    };
    for (int k = 0; k < 500; ++k) {
        const auto number = [&](std::uint64_t top) {
            return draw(7) == 0 ? std::string{"NULL"} : std::to_string(draw(top + 1));
        };
        if (k > 0) rows += '\n';
        rows += "c" + std::to_string(1000 + k) + ",2026-04-30," + (draw(3) == 0 ? "trial" : "pro") +
                ",10,2025-05-01,2026-07-31,Aoi,east," +
                std::vector<std::string>{"yes", "no", "NULL"}[draw(3)] + "," + number(100) + "," +
                number(10) + "," + number(9);
    }
    const acting_rows of = bound_to(plan_of(acting_model), rows);
    for (const char* ladder : {"stage", "value"}) {
        const json list = of.list("next", std::string{R"({"ladder": ")"} + ladder + "\"}");
        const std::vector<rung>* rungs = nullptr;
        for (const auto& one : of.of->model().rules.ladders) {
            if (one.name == ladder) rungs = &one.rungs;
        }
        REQUIRE(rungs != nullptr);
        REQUIRE(list["rows"].size() == 500);
        std::int64_t at_top = 0, alone = 0;
        for (std::int64_t row = 0; row < 500; ++row) {
            INFO(ladder << " row " << row);
            const json& told = list["rows"][static_cast<std::size_t>(row)];
            const auto found = gap(*of.of, *of.rows, row, ladder);
            REQUIRE(found.ok());
            const auto name = [&](level_index at) {
                return at == no_level ? json{} : json((*rungs)[static_cast<std::size_t>(at)].name);
            };
            CHECK(told["stage"] == name(found->stage));
            CHECK(told["provisional"] == name(found->provisional));
            CHECK(told["target"] == name(found->target));
            if (found->target == no_level) {
                ++at_top;
                CHECK(told["reason"].is_null());
                continue;
            }
            std::int64_t unknown = 0;
            for (const gap_condition& one : found->conditions) {
                unknown += one.unknown ? 1 : 0;
                CHECK_THAT(told["reason"].get<std::string>(), Contains(one.text));
            }
            alone += found->conditions.size() == 1 ? 1 : 0;
            CHECK(told["conditions"] == found->conditions.size());
            CHECK(told["unknown"] == unknown);
        }
        CHECK(list["at_top"] == at_top);
        std::int64_t steps = 0, told_alone = 0;
        for (const json& one : list["steps"]) steps += one["customers"].get<std::int64_t>();
        for (const json& one : list["conditions"]) told_alone += one["alone"].get<std::int64_t>();
        CHECK(steps == 500 - at_top);
        CHECK(told_alone == alone);
        CHECK(at_top > 0);
    }
}

TEST_CASE("next: of several plays the one with most to gain", "[action][next]") {
    // "overall >= 50" asks for every component: with weights, U lacks 3 × (100 − logins), E
    // 100 − 10 × answers, I 100 without setup; "push" is for U and E together.
    const acting_rows of = bound_to(plan_of(acting_model),
                                    "all-u,2026-04-30,pro,1,2025-05-01,NULL,A,t,no,0,10,0\n"
                                    "both,2026-04-30,pro,1,2025-05-01,NULL,A,t,yes,0,0,0\n"
                                    "no-setup,2026-04-30,pro,1,2025-05-01,NULL,A,t,no,90,9,0");
    const json list = of.list("next", R"({"ladder": "value"})");
    // Where E lacks nothing, "train" and "push" gain the same, and the model's first is taken.
    CHECK(column(list, "play") == std::vector<std::string>{"train", "push", "-"});
    CHECK(column(list, "effort") == std::vector<std::string>{"2", "8", "-"});
    CHECK(list["conditions"][0]["condition"] == "overall >= 50");
    CHECK(list["conditions"][0]["customers"] == 2);
}

TEST_CASE("next: what is said above it", "[action][next]") {
    const json list = bound_to(plan_of(acting_model), portfolio).list("next");
    CHECK(list["sentence"]["en"] ==
          "Of 5 customers, 1 is on the top rung of stage. What the others lack most often is "
          "setup: 2, of whom 2 lack nothing else.");
    CHECK_THAT(list["sentence"]["ja"].get<std::string>(), Contains("5件のうち1件が"));
    CHECK(list["steps"] == json::parse(R"([{"from": "Entry", "to": "Onboard", "customers": 2},
                          {"from": "Onboard", "to": "Active", "customers": 1},
                          {"from": "Active", "to": "Loyal", "customers": 1}])"));
    CHECK(list["conditions"][0] ==
          json::parse(R"({"condition": "setup", "customers": 2, "unknown": 1, "alone": 2,
                          "play": "call"})"));
    CHECK(list["without_play"] == 1);
    CHECK(list["unreachable"] == 0);
    CHECK(list["cautions"].size() == 2);
    CHECK_THAT(list["cautions"][0]["en"].get<std::string>(),
               Contains("1 customer had no snapshot in the 31 days up to 2026-04-30"));
}

TEST_CASE("next: as of an earlier day, and of a ladder of one's own", "[action][next]") {
    const acting_rows of = bound_to(plan_of(acting_model), portfolio);
    const json before = of.list("next", R"({"as_of": "2026-04-01"})");
    CHECK(column(before, "customer") == std::vector<std::string>{"a-new", "f-old"});
    CHECK(before["rows"][0]["stage"] == "Loyal");
    CHECK(before["not_seen"] == 4);

    const json plain = bound_to(plan_of(model_text(R"("x": {"type": "number"})",
                                                   R"("I": {"components": {"x":
                                                       {"metric": "x", "steps": [[1, 100]]}}})",
                                                   R"("ladders": {"stage": [{"name": "A"},
                                                       {"name": "B", "when": "I >= 60"}]})")),
                                "c,2026-04-30,0", "customer,as_of,x")
                           .list("next");
    CHECK(plain["rows"][0]["play"].is_null());
    CHECK(plain["rows"][0]["mrr"].is_null());
    CHECK(plain["without_play"] == 1);

    CHECK_THAT(of.refused("next", R"({"ladder": "stag"})"),
               Contains("no ladder \"stag\"; did you mean \"stage\"?"));
    const acting_rows none = bound_to(plan_of(model_text(R"("x": {"type": "number"})",
                                                         R"("I": {"components": {"x":
                                        {"metric": "x", "steps": [[1, 100]]}}})")),
                                      "c,2026-04-30,0", "customer,as_of,x");
    CHECK_THAT(none.refused("next"), Contains("no ladder, so nobody stands on a rung"));
}

}  // namespace test_next
