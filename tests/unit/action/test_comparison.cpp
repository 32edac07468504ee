// Two models on the same snapshots: who moves, and through what.
#include <string>
#include <vector>

#include "aiueo/action/comparison_json.hpp"
#include "aiueo/score/bind.hpp"

#include "../score/plans.hpp"
#include "nlohmann/json.hpp"

namespace test_comparison {

using namespace aiueo;
using namespace aiueo::testing;
using nlohmann::json;

namespace {

/// `weight`: of the component b beside a's 1.
std::string text_of_model(const char* weight, const char* stage = "U >= 50") {
    return model_text(
        R"("a": {"type": "number"}, "b": {"type": "number"}, "plan": {"type": "category"}, "seats": {"type": "number"})",
        std::string{R"("U": {"components": {"a": {"metric": "a", "curve": [[0, 0], [100, 100]]},
                                "b": {"metric": "b", "curve": [[0, 0], [100, 100]], "weight": )"} +
            weight + "}}}",
        std::string{R"("overall": {"weights": {"U": 1}, "min_axes": 1},
           "segments": ["plan", {"metric": "seats", "edges": [10]}],
           "ladders": {"stage": [{"name": "low"}, {"name": "high", "when": ")"} +
            stage + R"("}]})");
}

struct compared {
    plan current = plan_of(text_of_model("1"));
    plan proposed = plan_of(text_of_model("3"));
    std::vector<std::string> keys{"p", "q", "r", "s"};
    std::vector<std::string> plans{"pro", "pro", "free", ""};
    std::vector<double> a{80, 20, 60, 50};
    std::vector<double> b{20, 90, 60, no_value};
    std::vector<double> seats{5, 50, 10, no_value};

    [[nodiscard]] batch bound(const plan& to) const {
        batch out{to, 4, {.all_metrics = true}};
        REQUIRE(out.bind_source("customer", keys).ok());
        REQUIRE(out.bind_source("plan", plans).ok());
        REQUIRE(out.bind_source("a", a).ok());
        REQUIRE(out.bind_source("b", b).ok());
        REQUIRE(out.bind_source("seats", seats).ok());
        return out;
    }
};

json json_of(const comparison_finding& found) {
    std::string text;
    json_writer out{text};
    write_json(out, found);
    REQUIRE(out.well_formed());
    return json::parse(text);
}

}  // namespace

TEST_CASE("A comparison names who moves, through which component, in which segment") {
    const compared world;
    const batch before = world.bound(world.current);
    const batch after = world.bound(world.proposed);
    const auto found = compare_models({&world.current, &before, &world.proposed, &after});
    REQUIRE(found.ok());
    // p: 50 to 35; q: 55 to 72.5; r: 60 both; s: 50 to insufficient (1 of 4 known).
    REQUIRE(found->movers.size() == 2);
    CHECK(found->movers[0].after.customer == "q");
    CHECK(found->movers[1].after.customer == "p");
    const json out = json_of(*found);
    CHECK(out["movers"][0]["change"] == 17.5);
    CHECK(out["movers"][1]["current"] == 50);
    CHECK(out["movers"][1]["lines"][0]["component"] == "U.a");  // 40 to 20
    CHECK(out["movers"][1]["lines"][0]["change"] == -20);
    CHECK(out["movers"][1]["ladders"][0]["proposed"] == "low");
    const json& overall = out["moves"]["scores"].back();
    CHECK(overall["n"] == 3);
    CHECK(overall["became_insufficient"]["model"] == 1);
    CHECK(overall["parts"]["behaviour"] == 0);
    CHECK(out["moves"]["ladders"][0]["moves"].size() == 2);  // high to low, high to high
    const json& segments = out["segments"];
    REQUIRE(segments.size() == 6);
    CHECK(segments[0]["level"] == "free");
    CHECK(segments[1]["level"] == "pro");
    CHECK(segments[1]["customers"] == 2);
    CHECK(segments[1]["change"] == 1.25);
    CHECK(segments[1]["down"] == 1);
    CHECK(segments[2]["level"].is_null());
    CHECK(segments[2]["lost_score"] == 1);
    CHECK(segments[2]["change"].is_null());
    CHECK(segments[3]["level"] == "< 10");
    CHECK(segments[4]["level"] == "≥ 10");
    CHECK(segments[4]["customers"] == 2);
    CHECK(out["current"]["evidence"].is_null());
    CHECK(out["cautions"].size() == 2);
    CHECK(found->told.sentence.en.find("0 of 4 customers move up a stage and 2 down") !=
          std::string::npos);
    CHECK(compare_models({&world.current, &before, &world.proposed, &after}, {.movers = 1})
              ->movers.size() == 1);
}

TEST_CASE("Sides of a comparison belong together") {
    const compared world;
    const batch before = world.bound(world.current);
    const batch after = world.bound(world.proposed);
    CHECK(compare_models({&world.current, &after, &world.proposed, &before}).error().code ==
          errc::invalid_argument);
    CHECK(compare_models({}).error().code == errc::invalid_argument);
    const evidence seen{world.proposed};
    CHECK(compare_models({&world.current, &before, &world.proposed, &after, &seen, nullptr})
              .error()
              .code == errc::invalid_argument);
    CHECK(compare_models({&world.current, &before, &world.proposed, &after, &seen, &seen})
              .error()
              .code == errc::invalid_argument);
    const evidence own{world.current};
    const auto judged =
        compare_models({&world.current, &before, &world.proposed, &after, &own, &seen});
    REQUIRE(judged.ok());
    CHECK(json_of(*judged)["proposed"]["evidence"]["ends"] == 0);
}

}  // namespace test_comparison
