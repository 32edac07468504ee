#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/gap_json.hpp"
#include "aiueo/score/summary.hpp"

#include "plans.hpp"

namespace test_explain {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

const char* const explained_model = R"({
    "aiueo": 1, "name": "explained",
    "metrics": {"setup": {"type": "flag"}, "logins": {"type": "number", "min": 0}, "breadth": {"type": "number"},
                "nps": {"type": "number", "min": 0, "max": 10, "max_age_days": 100}, "champion": {"type": "category"},
                "plan": {"type": "category"}},
    "axes": {
        "I": {"components": {"setup": {"metric": "setup"}}},
        "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [10, 100]], "weight": 3},
                             "breadth": {"metric": "breadth", "curve": [[0, 0], [10, 100]]}},
              "caps": [{"when": "!setup", "at_most": 40}]},
        "E": {"components": {"nps": {"metric": "nps", "curve": [[0, 0], [10, 100]]},
                             "champion": {"metric": "champion", "table": {"yes": 100, "no": 20}}}}},
    "overall": {"weights": {"I": 1, "U": 2, "E": 1}},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Onboard", "when": "setup"},
        {"name": "Active", "when": "U >= 60 && logins > 5"},
        {"name": "Loyal", "when": "nps >= 9 || champion == 'yes' && plan != 'trial' || E >= 90"}]}})";

}  // namespace

TEST_CASE("contributions add up to the score, potentials to what is left", "[explain]") {
    const plan p = plan_of(explained_model);
    const batch b = row_of(
        p,
        {{"setup", 1.0}, {"logins", 4.0}, {"breadth", 10.0}, {"champion", std::string{"maybe"}}});
    const auto e = explain(p, b, 0);
    REQUIRE(e.ok());
    const explained_score& u = e->groups[static_cast<std::size_t>(axis::utilization)];
    CHECK(u.score == 55);
    CHECK(u.lower == 55);
    CHECK(u.upper == 55);
    CHECK(u.components[0].contribution == 30);
    CHECK(u.components[1].contribution == 25);
    CHECK(u.components[0].potential == 45);
    CHECK(u.components[1].potential == 0);
    const explained_score& engagement = e->groups[static_cast<std::size_t>(axis::engagement)];
    CHECK(std::isnan(engagement.score));
    CHECK(engagement.lower == 0);
    CHECK(engagement.upper == 100);
    CHECK(engagement.components[0].state == value_state::missing);
    CHECK(engagement.components[1].state == value_state::unseen);
    CHECK(engagement.components[1].inputs[0].text == "maybe");
    // I and U have scores: 2 of 3 parts of 45 points.
    REQUIRE(e->movers.size() == 1);
    CHECK(near(e->movers[0].points, 30, 1e-12));
    const std::string json = explain_json(*e);
    CHECK(json.find("\"state\":\"unseen\"") != std::string::npos);
    for (const char* const rung : {"Entry", "Onboard", "Active", "Loyal"})
        CHECK(json.find("{\"name\":\"" + std::string{rung} + "\"") != std::string::npos);
}

TEST_CASE("a stale value is shown with its age, and does not count", "[explain]") {
    const plan p = plan_of(explained_model);
    batch b = row_of(p, {{"nps", 9.0}});
    REQUIRE(b.set_observed(*b.number_of("nps"), 0, 19800).ok());
    const auto e = explain(p, b, 0);
    REQUIRE(e.ok());
    const explained_input& nps =
        e->groups[static_cast<std::size_t>(axis::engagement)].components[0].inputs[0];
    CHECK(nps.state == value_state::stale);
    CHECK(nps.value == 9);
    CHECK(nps.age_days == 200);
}

TEST_CASE("caps and what was before them leave a trace", "[explain]") {
    const plan p = plan_of(explained_model);
    const auto e = explain(p, row_of(p, {{"setup", 0.0}, {"logins", 10.0}, {"breadth", 10.0}}), 0);
    REQUIRE(e.ok());
    const explained_score& u = e->groups[static_cast<std::size_t>(axis::utilization)];
    CHECK(u.before == 100);
    CHECK(u.score == 40);
    REQUIRE(u.caps.size() == 1);
    CHECK(u.caps[0].holds == 1);
    CHECK(u.caps[0].lowered);
}

TEST_CASE("the gap is the fewest comparisons to change, each with its distance", "[gap]") {
    const plan p = plan_of(explained_model);
    const batch b = row_of(p, {{"setup", 1.0},
                               {"logins", 4.0},
                               {"breadth", 10.0},
                               {"champion", std::string{"no"}},
                               {"plan", std::string{"pro"}}});
    const auto next = gap(p, b, 0, "stage");
    REQUIRE(next.ok());
    CHECK(next->stage == 1);
    CHECK(next->target == 2);
    REQUIRE(next->conditions.size() == 2);
    CHECK(next->conditions[0].text == "U >= 60");
    CHECK(next->conditions[0].distance == 5);
    CHECK_FALSE(next->conditions[0].strict);
    CHECK(next->conditions[1].text == "logins > 5");
    CHECK(next->conditions[1].distance == 1);
    CHECK(next->conditions[1].strict);
    const auto top = gap(p, b, 0, "stage", "Loyal");
    REQUIRE(top.ok());
    // One of three ways: the first in the model's order of those with one change.
    REQUIRE(top->conditions.size() == 3);
    CHECK(top->conditions[2].text == "nps >= 9");
    CHECK(top->conditions[2].unknown);
    CHECK(top->minimal);
    const std::string json = gap_json(*top);
    CHECK(json.find("\"condition\":\"nps \\u003e= 9\"") != std::string::npos);
}

TEST_CASE("a gap knows unknown from unmet, and the top from the middle", "[gap]") {
    const plan p = plan_of(explained_model);
    const auto unknown = gap(p, row_of(p, {}), 0, "stage");
    REQUIRE(unknown.ok());
    REQUIRE(unknown->conditions.size() == 1);
    CHECK(unknown->conditions[0].unknown);
    CHECK(unknown->conditions[0].inputs[0].state == value_state::missing);
    batch best = row_of(p, {{"setup", 1.0}, {"logins", 9.0}, {"breadth", 10.0}, {"nps", 10.0}});
    REQUIRE(best.set_observed(*best.number_of("nps"), 0, 20000).ok());
    const auto top = gap(p, best, 0, "stage");
    REQUIRE(top.ok());
    CHECK(top->stage == 3);
    CHECK(top->target == no_level);
    const auto wrong = gap(p, best, 0, "stages");
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message == "the model has no ladder \"stages\"; did you mean \"stage\"?");
    CHECK_FALSE(gap(p, best, 0, "stage", "Loyall").ok());
    CHECK_FALSE(gap(p, best, 1, "stage").ok());
}

TEST_CASE("dates of a gap are dates, and their distance is in days", "[gap]") {
    const plan p = plan_of(
        model_text(R"("last": {"type": "date"}, "x": {"type": "number"})",
                   R"("U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [10, 100]]}}})",
                   R"("ladders": {"stage": [{"name": "a"},
           {"name": "b", "when": "last >= date('2024-10-01') && days_since(last) < 5"},
           {"name": "c", "when": "as_of > date('2024-10-04') && x > 2"}]})"));
    // 19,990 is 2024-09-24.
    const batch b = row_of(p, {{"last", 19990.0}, {"x", 1.0}});
    const auto found = gap(p, b, 0, "stage", "c");
    REQUIRE(found.ok());
    REQUIRE(found->conditions.size() == 4);
    const auto& of = found->conditions;
    CHECK((of[0].dates && of[0].left == 19990 && of[0].distance == 7 && !of[0].strict));
    CHECK((!of[1].dates && of[1].left == 10 && of[1].right == 5));
    CHECK((of[2].dates && of[2].distance == 0 && of[2].strict));
    CHECK((!of[3].dates && of[3].distance == 1));
    const std::string json = gap_json(*found);
    using Catch::Matchers::Contains;
    CHECK_THAT(json, Contains(R"("now":"2024-09-24","threshold":"2024-10-01","distance":7)") &&
                         Contains(R"("now":10,"threshold":5,"distance":-5)") &&
                         Contains(R"("now":"2024-10-04","threshold":"2024-10-04","distance":0)") &&
                         Contains(R"("now":1,"threshold":2,"distance":1)"));
    // What is not known is neither a date nor a number.
    const auto unknown = gap(p, row_of(p, {{"x", 1.0}}), 0, "stage");
    REQUIRE(unknown.ok());
    REQUIRE(unknown->conditions.size() == 2);
    CHECK_THAT(gap_json(*unknown),
               Contains(R"("now":null,"threshold":"2024-10-01","distance":null)"));
}

TEST_CASE("a gap needs both of two conditions, and a constant is what it says", "[gap]") {
    const auto model = [](std::string_view when) {
        return plan_of(model_text(
            R"("x": {"type": "number"}, "y": {"type": "flag"}, "z": {"type": "flag"})",
            R"("U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [10, 100]]}}})",
            R"("ladders": {"stage": [{"name": "a"}, {"name": "b", "when": ")" + std::string{when} +
                "\"}]}"));
    };
    const auto changes = [&](std::string_view when, double x) {
        const plan p = model(when);
        const auto found = gap(p, row_of(p, {{"x", x}, {"y", 1.0}, {"z", 0.0}}), 0, "stage");
        REQUIRE(found.ok());
        return found->conditions.size();
    };
    // x is not known: y alone is not enough.
    CHECK(changes("z || x > 3 && y", no_value) == 1);
    CHECK(changes("z && (x > 3 && y || z)", no_value) == 1);
    CHECK(changes("x > 3 || false", 1) == 1);
    CHECK(changes("x > 3 && (z || true)", 1) == 1);
}

TEST_CASE("an atom written in two rungs is one change", "[gap]") {
    const plan p = plan_of(
        R"({"aiueo": 1, "name": "twice", "metrics": {"x": {"type": "number"}, "y": {"type": "flag"}},
        "axes": {"U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [10, 100]]}}}},
        "ladders": {"stage": [{"name": "a"}, {"name": "b", "when": "x > 3"}, {"name": "c", "when": "x > 3 && !y"}]}})");
    const auto both = gap(p, row_of(p, {{"x", 1.0}, {"y", 1.0}}), 0, "stage", "c");
    REQUIRE(both.ok());
    REQUIRE(both->conditions.size() == 2);
    CHECK(both->conditions[0].text == "x > 3");
    CHECK(both->conditions[1].text == "y");
    CHECK_FALSE(both->conditions[1].wanted);
}

TEST_CASE("a summary counts every row once, whatever the batches", "[summary]") {
    const plan p = plan_of(explained_model);
    summary one{p};
    summary many{p};
    for (int i = 0; i < 50; ++i) {
        const batch b = row_of(p, {{"setup", i % 2 ? 1.0 : 0.0},
                                   {"logins", i * 0.37},
                                   {"breadth", i % 4 ? 5.0 : no_value}});
        scores s = scored(p, b);
        many.add(s, 1);
        scores again = scored(p, b);
        one.add(again, 1);
    }
    CHECK(one.json() == many.json());
    CHECK(one.rows() == 50);
    CHECK(one.of(axis::utilization).scored == 50);
    CHECK(one.of(axis::engagement).insufficient == 50);
    CHECK(one.json().find("\"missing\"") != std::string::npos);
    // Of 6 metrics 2 are always known, and breadth in 37 of 50 rows; 150 + 13 are missing.
    const std::string text = one.json();
    const std::string values = text.substr(text.find("\"values\":{"));
    CHECK(values.find("\"known\":137,") != std::string::npos);
    CHECK(values.find("\"missing\":163,") != std::string::npos);
}

TEST_CASE("summaries merge to what one would have counted", "[summary]") {
    const plan p = plan_of(explained_model);
    const plan same = plan_of(explained_model);
    summary whole{p};
    std::vector<summary> parts{summary{p}, summary{same}, summary{p}};
    for (int i = 0; i < 50; ++i) {
        const std::size_t k = i < 20 ? 0 : i < 21 ? 1 : 2;
        const plan& made = k == 1 ? same : p;
        const batch b = row_of(made, {{"setup", i % 2 ? 1.0 : 0.0},
                                      {"logins", i * 0.37},
                                      {"breadth", i % 4 ? 5.0 : no_value}});
        scores s = scored(made, b);
        parts[k].add(s, 1);
        const batch again = row_of(p, {{"setup", i % 2 ? 1.0 : 0.0},
                                       {"logins", i * 0.37},
                                       {"breadth", i % 4 ? 5.0 : no_value}});
        scores t = scored(p, again);
        whole.add(t, 1);
    }
    whole.warn("both");
    whole.warn("one");
    parts[2].warn("both");
    parts[0].warn("both");
    parts[1].warn("one");
    REQUIRE(parts[2].merge(parts[0]).ok());
    REQUIRE(parts[2].merge(parts[1]).ok());
    CHECK(parts[2].json() == whole.json());

    // Merged into each other again and again they end at a limit, and stay what they were.
    std::size_t merged = 0;
    status last;
    for (; last.ok() && merged < 200; ++merged)
        last = parts[merged % 2].merge(parts[1 - merged % 2]);
    REQUIRE_FALSE(last.ok());
    CHECK(last.error().code == errc::limit_exceeded);
    CHECK(merged > 30);
    CHECK(parts[0].rows() + parts[1].rows() > std::int64_t{1} << 36);
    CHECK(std::max(parts[0].rows(), parts[1].rows()) <= std::int64_t{1} << 36);
    // Not only rows: what was scored and not added counts values without them.
    summary seen{p};
    summary more{p};
    const batch unread = row_of(p, {{"setup", 1.0}});
    scores values = scored(p, unread);
    seen.add(values, 0);
    for (merged = 0, last = {}; last.ok() && merged < 200; ++merged)
        last = merged % 2 == 0 ? more.merge(seen) : seen.merge(more);
    CHECK(seen.rows() == 0);
    CHECK(last.error().code == errc::limit_exceeded);

    CHECK(parts[0].merge(parts[0]).error().code == errc::invalid_argument);
    const plan other = plan_of(std::string{
        model_text(R"("x": {"type": "flag"})", R"("U": {"components": {"x": {"metric": "x"}}})")});
    const std::string before = whole.json();
    const status refused = whole.merge(summary{other});
    CHECK(refused.error().code == errc::invalid_argument);
    CHECK(refused.error().message.find("different models") != std::string::npos);
    CHECK(whole.json() == before);
}

TEST_CASE("of a minimum only the lowest axis moves overall, up to the next", "[explain]") {
    const plan p = plan_of(
        model_text(R"("a": {"type": "number"}, "b": {"type": "number"}, "c": {"type": "number"})",
                   R"("U": {"components": {"a": {"metric": "a", "curve": [[0, 0], [100, 100]]},
                                "c": {"metric": "c", "curve": [[0, 0], [100, 100]]}}},
           "O": {"components": {"b": {"metric": "b", "curve": [[0, 0], [100, 100]]}}})",
                   R"("overall": {"weights": {"U": 1, "O": 2}, "combine": "minimum"})"));
    const auto moved = [&](double a, double b, double c) {
        const batch row = row_of(p, {{"a", a}, {"b", b}, {"c", c}});
        const auto found = explain(p, row, 0);
        REQUIRE(found.ok());
        std::vector<double> out;
        for (const mover& one : found->movers) out.push_back(one.points);
        return out;
    };
    // U is 80, O is 90: of 10 points from a and 10 from c each could give all.
    CHECK(moved(80, 90, 80) == std::vector<double>{10, 10});
    // U is 40, and a could bring it to 70.
    CHECK(moved(40, 60, 40) == std::vector<double>{20, 20});
    CHECK(moved(40, 100, 40) == std::vector<double>{30, 30});
    CHECK(moved(90, 50, 90) == std::vector<double>{40});
    // Both are lowest: no component moves it alone.
    CHECK(moved(50, 50, 50).empty());
}

}  // namespace test_explain
