#include <array>
#include <thread>

#include "aiueo/model/parse_expression.hpp"
#include "aiueo/score/bind.hpp"

#include "plans.hpp"

namespace test_score {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

double utilization(const plan& of, const batch& rows) {
    return scored(of, rows)[axis::utilization][0];
}

}  // namespace

TEST_CASE("a curve is linear between knots and clamped outside", "[score]") {
    const plan p = plan_of(model_text(
        R"("x": {"type": "number"})",
        R"("U": {"components": {"x": {"metric": "x", "curve": [[0, 10], [10, 60], [20, 100]]}}})"));
    CHECK(utilization(p, row_of(p, {{"x", -5.0}})) == 10);
    CHECK(utilization(p, row_of(p, {{"x", 0.0}})) == 10);
    CHECK(utilization(p, row_of(p, {{"x", 5.0}})) == 35);
    CHECK(utilization(p, row_of(p, {{"x", 10.0}})) == 60);
    CHECK(utilization(p, row_of(p, {{"x", 15.0}})) == 80);
    CHECK(utilization(p, row_of(p, {{"x", 1e300}})) == 100);
}

TEST_CASE("two knots at one position are a jump to the second", "[score]") {
    const plan p = plan_of(model_text(
        R"("x": {"type": "number"})",
        R"("U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [5, 20], [5, 80], [10, 100]]}}})"));
    CHECK(utilization(p, row_of(p, {{"x", 4.0}})) == 16);
    CHECK(utilization(p, row_of(p, {{"x", 5.0}})) == 80);
    CHECK(utilization(p, row_of(p, {{"x", 10.0}})) == 100);
}

TEST_CASE("at repeated percentile knots the first rank counts", "[score]") {
    const plan p = plan_of(model_text(
        R"("x": {"type": "number"})",
        R"("U": {"components": {"x": {"metric": "x", "percentile": [0, 0, 3, 5, 8, 20]}}})"));
    CHECK(utilization(p, row_of(p, {{"x", 0.0}})) == 0);
    CHECK(utilization(p, row_of(p, {{"x", 1.5}})) == 30);
    CHECK(utilization(p, row_of(p, {{"x", 3.0}})) == 40);
    CHECK(utilization(p, row_of(p, {{"x", 20.0}})) == 100);
}

TEST_CASE("unknown is never zero: policies, coverage and bounds", "[score]") {
    const auto model = [](const char* missing) {
        return model_text(R"("x": {"type": "number"}, "y": {"type": "number"})",
                          std::string{R"("U": {"min_coverage": 0, "components": {
                              "x": {"metric": "x", "curve": [[0, 0], [100, 100]]},
                              "y": {"metric": "y", "curve": [[0, 0], [100, 100]], "weight": 3, "missing": )"} +
                              missing + "}}}");
    };
    const auto row = [](const plan& p) { return row_of(p, {{"x", 80.0}}); };
    {
        const plan p = plan_of(model(R"("renormalize")"));
        const scores s = scored(p, row(p));
        CHECK(s[axis::utilization][0] == 80);
        CHECK(s.coverage(axis::utilization)[0] == 0.25);
        CHECK(s.lower(axis::utilization)[0] == 20);
        CHECK(s.upper(axis::utilization)[0] == 95);
    }
    {
        const plan p = plan_of(model(R"({"prior": 40})"));
        CHECK(utilization(p, row(p)) == 50);
        CHECK(scored(p, row(p)).coverage(axis::utilization)[0] == 0.25);
    }
    {
        const plan p = plan_of(model(R"("pessimistic")"));
        CHECK(utilization(p, row(p)) == 20);
    }
    {
        const plan p = plan_of(model(R"("fail")"));
        CHECK(std::isnan(utilization(p, row(p))));
    }
}

TEST_CASE("a group below its coverage is insufficient, and keeps its bounds", "[score]") {
    const plan p = plan_of(model_text(R"("x": {"type": "number"}, "y": {"type": "number"})",
                                      R"("U": {"min_coverage": 0.5, "components": {
                                          "x": {"metric": "x", "curve": [[0, 0], [100, 100]], "weight": 0.3},
                                          "y": {"metric": "y", "curve": [[0, 0], [100, 100]], "weight": 0.3}}})"));
    CHECK(utilization(p, row_of(p, {{"x", 80.0}})) == 80);  // exactly half
    const scores none = scored(p, row_of(p, {}));
    CHECK(std::isnan(none[axis::utilization][0]));
    CHECK(none.lower(axis::utilization)[0] == 0);
    CHECK(none.upper(axis::utilization)[0] == 100);
    CHECK(std::isnan(none.overall()[0]));
}

TEST_CASE("all components 60 is 60", "[score]") {
    std::string components;
    std::string metrics;
    for (int k = 0; k < 7; ++k) {
        const std::string name = "x" + std::to_string(k);
        metrics += (k == 0 ? "" : ", ") + ("\"" + name + "\": {\"type\": \"number\"}");
        components +=
            (k == 0 ? "" : ", ") +
            ("\"" + name + "\": {\"metric\": \"" + name +
             "\", \"curve\": [[0, 0], [100, 100]], \"weight\": 0." + std::to_string(k + 1) + "}");
    }
    const plan p = plan_of(model_text(metrics, "\"U\": {\"components\": {" + components + "}}"));
    const batch b = row_of(p, {{"x0", 60.0},
                               {"x1", 60.0},
                               {"x2", 60.0},
                               {"x3", 60.0},
                               {"x4", 60.0},
                               {"x5", 60.0},
                               {"x6", 60.0}});
    const scores s = scored(p, b);
    CHECK(s[axis::utilization][0] == 60);
    CHECK(s.overall()[0] == 60);
    CHECK(s.lower()[0] == 60);
    CHECK(s.upper()[0] == 60);
}

TEST_CASE("a cap whose condition is unknown lowers only the lower bound", "[score]") {
    const plan p = plan_of(
        model_text(R"("x": {"type": "number"}, "admins": {"type": "number"})",
                   R"("U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [100, 100]]}},
                                               "caps": [{"when": "admins == 0", "at_most": 40}]})"));
    const scores unknown = scored(p, row_of(p, {{"x", 80.0}}));
    CHECK(unknown[axis::utilization][0] == 80);
    CHECK(unknown.lower(axis::utilization)[0] == 40);
    CHECK(unknown.upper(axis::utilization)[0] == 80);
    const scores capped = scored(p, row_of(p, {{"x", 80.0}, {"admins", 0.0}}));
    CHECK(capped[axis::utilization][0] == 40);
    CHECK(capped.upper(axis::utilization)[0] == 40);
    const scores free = scored(p, row_of(p, {{"x", 80.0}, {"admins", 1.0}}));
    CHECK(free[axis::utilization][0] == 80);
    CHECK(free.lower(axis::utilization)[0] == 80);
}

TEST_CASE("an override replaces while it is fresh, and evidence can look behind it", "[score]") {
    const plan p = plan_of(model_text(
        R"("x": {"type": "number"}, "pulse": {"type": "number", "min": 0, "max": 100, "max_age_days": 30})",
        R"("U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [100, 100]]}},
                 "override": {"metric": "pulse", "mode": "replace"}})"));
    batch fresh = row_of(p, {{"x", 80.0}, {"pulse", 33.3}});
    REQUIRE(fresh.set_observed(*fresh.number_of("pulse"), 0, 19980).ok());
    CHECK(scored(p, fresh)[axis::utilization][0] == 33.3);
    CHECK(scored(p, fresh, false)[axis::utilization][0] == 80);
    batch stale = row_of(p, {{"x", 80.0}, {"pulse", 33.3}});
    REQUIRE(stale.set_observed(*stale.number_of("pulse"), 0, 19960).ok());
    const scores s = scored(p, stale);
    CHECK(s[axis::utilization][0] == 80);
    CHECK(s.count(value_state::stale)[0] == 1);
    batch undated = row_of(p, {{"x", 80.0}, {"pulse", 33.3}});
    CHECK(scored(p, undated)[axis::utilization][0] == 80);
    const scores alone = scored(p, [&] {
        batch b = row_of(p, {{"pulse", 70.0}});
        REQUIRE(b.set_observed(*b.number_of("pulse"), 0, 20000).ok());
        return b;
    }());
    CHECK(alone[axis::utilization][0] == 70);  // replace gives an insufficient group a score
}

namespace {

const char* const ladder_model = R"({
    "aiueo": 1, "name": "ladder",
    "metrics": {"setup": {"type": "flag"}, "x": {"type": "number"}, "nps": {"type": "number"}},
    "axes": {"U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [100, 100]]}}}},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Onboard", "when": "setup"},
                          {"name": "Active", "when": "U >= 60"}, {"name": "Loyal", "when": "nps >= 9 || x >= 95"}]},
    "bands": {"of": "overall", "edges": [20, 40, 60, 80], "names": ["Lv1", "Lv2", "Lv3", "Lv4", "Lv5"]}})";

}  // namespace

TEST_CASE(
    "a stage is the highest rung with all below it true, and provisional where conditions are unknown",
    "[score]") {
    const plan p = plan_of(ladder_model);
    const auto stage = [&](batch b) {
        const scores s = scored(p, b);
        return std::pair<int, int>{s.stage(0)[0], s.provisional(0)[0]};
    };
    CHECK(stage(row_of(p, {{"setup", 1.0}, {"x", 70.0}, {"nps", 9.0}})) == std::pair{3, -1});
    CHECK(stage(row_of(p, {{"setup", 1.0}, {"x", 50.0}, {"nps", 9.0}})) == std::pair{1, -1});
    CHECK(stage(row_of(p, {{"setup", 0.0}, {"x", 70.0}, {"nps", 9.0}})) == std::pair{0, -1});
    CHECK(stage(row_of(p, {{"x", 70.0}, {"nps", 9.0}})) == std::pair{0, 3});
    CHECK(stage(row_of(p, {{"setup", 1.0}, {"x", 70.0}})) == std::pair{2, 3});
    CHECK(stage(row_of(p, {{"setup", 1.0}, {"x", 96.0}})) == std::pair{3, -1});
    CHECK(stage(row_of(p, {{"setup", 1.0}})) == std::pair{1, 3});
    CHECK(stage(row_of(p, {{"x", 10.0}})) == std::pair{0, 1});
}

TEST_CASE("a band takes the higher side of an edge, and none where there is no score", "[score]") {
    const plan p = plan_of(ladder_model);
    const auto band = [&](double x) {
        return static_cast<int>(scored(p, row_of(p, {{"x", x}})).band()[0]);
    };
    CHECK(band(0) == 0);
    CHECK(band(19.99) == 0);
    CHECK(band(20) == 1);
    CHECK(band(80) == 4);
    CHECK(band(100) == 4);
    CHECK(scored(p, row_of(p, {})).band()[0] == no_level);
}

TEST_CASE("chunks of one profile each score as that profile", "[score]") {
    const plan p = plan_of(R"({
        "aiueo": 1, "name": "profiles",
        "metrics": {"trial": {"type": "flag"}, "x": {"type": "number"}},
        "axes": {"I": {"components": {"x": {"metric": "x", "curve": [[0, 0], [100, 100]]}}}},
        "overall": {"weights": {"I": 1}, "min_axes": 1},
        "profiles": [{"name": "trial", "when": "trial",
                      "patch": {"axes": {"I": {"components": {"x": {"curve": [[0, 0], [50, 100]]}}}}}}]})");
    constexpr std::size_t rows = 4 * chunk_rows;
    std::vector<std::uint8_t> trial(rows, 0);
    const std::vector<double> x(rows, 30.0);
    for (std::size_t i = 0; i < rows; ++i) trial[i] = i / chunk_rows % 2 == 1 ? 1 : 0;
    auto bound = bind(p, rows, {{"trial", trial}, {"x", x}});
    REQUIRE(bound.ok());
    scores out{p, rows};
    REQUIRE(score(p, *bound, {0, rows}, out).ok());
    for (std::size_t i = 0; i < rows; ++i) REQUIRE(out.overall()[i] == (trial[i] == 1 ? 60 : 30));
}

TEST_CASE("rows of several profiles in one chunk score as each profile alone", "[score]") {
    const plan p = plan_of(R"({
        "aiueo": 1, "name": "profiles",
        "metrics": {"plan": {"type": "category"}, "x": {"type": "number"}, "y": {"type": "number"}},
        "axes": {"I": {"components": {"x": {"metric": "x", "curve": [[0, 0], [100, 100]]}}},
                 "U": {"components": {"y": {"metric": "y", "curve": [[0, 0], [100, 100]]}}}},
        "overall": {"weights": {"I": 1, "U": 1}},
        "profiles": [{"name": "trial", "when": "plan == 'trial'",
                      "patch": {"overall": {"weights": {"I": 3, "U": 1}},
                                "axes": {"U": {"components": {"y": {"curve": [[0, 0], [50, 100]]}}}}}}]})");
    constexpr std::int64_t rows = 300;
    batch mixed{p, rows};
    mixed.own_all();
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto k = static_cast<double>(i % 101);
        REQUIRE(
            mixed.set(*mixed.number_of("plan"), i, std::string_view{i % 3 == 0 ? "trial" : "pro"})
                .ok());
        REQUIRE(mixed.set(*mixed.number_of("x"), i, k).ok());
        REQUIRE(mixed.set(*mixed.number_of("y"), i, 100 - k).ok());
    }
    const scores all = scored(p, mixed);
    for (std::int64_t i = 0; i < rows; ++i) {
        const auto at = static_cast<std::size_t>(i);
        const auto k = static_cast<double>(i % 101);
        const bool trial = i % 3 == 0;
        const scores one = scored(
            p,
            row_of(p, {{"plan", std::string{trial ? "trial" : "pro"}}, {"x", k}, {"y", 100 - k}}));
        REQUIRE(all.profile()[at] == (trial ? 1 : 0));
        REQUIRE(same_bits(all.overall()[at], one.overall()[0]));
        REQUIRE(same_bits(all[axis::utilization][at], one[axis::utilization][0]));
    }
}

TEST_CASE("ranges, order and workers do not change a bit", "[score]") {
    const plan p = plan_of(ladder_model);
    constexpr std::int64_t rows = 1000;
    std::vector<double> x(rows);
    std::vector<double> nps(rows);
    std::vector<std::uint8_t> setup(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        x[i] = i % 7 == 0 ? no_value : static_cast<double>(i % 113) * 0.9137;
        nps[i] = i % 5 == 0 ? no_value : static_cast<double>(i % 11);
        setup[i] = i % 3 != 0;
    }
    batch b{p, rows};
    const auto column = [&](column_type type, const void* values) {
        column_view out;
        out.type = type;
        out.length = rows;
        out.values = values;
        return out;
    };
    REQUIRE(b.bind("x", column(column_type::float64, x.data())).ok());
    REQUIRE(b.bind("nps", column(column_type::float64, nps.data())).ok());
    REQUIRE(b.bind("setup", column(column_type::byte, setup.data())).ok());
    const scores whole = scored(p, b);
    scores parts{p, rows};
    for (const row_range part : {row_range{640, 1000}, row_range{64, 640}, row_range{0, 64}}) {
        REQUIRE(score(p, b, part, parts).ok());
    }
    for (std::size_t i = 0; i < rows; ++i) {
        REQUIRE(same_bits(whole.overall()[i], parts.overall()[i]));
        REQUIRE(whole.stage(0)[i] == parts.stage(0)[i]);
        REQUIRE(whole.provisional(0)[i] == parts.provisional(0)[i]);
    }
    CHECK_FALSE(score(p, b, {1, 10}, parts).ok());
    CHECK_FALSE(score(p, b, {0, rows + 1}, parts).ok());
    CHECK_FALSE(score(p, b, {64, 0}, parts).ok());
}

TEST_CASE("initiatives are counted from after as_of minus window up to as_of", "[score]") {
    const plan p = plan_of(R"({
        "aiueo": 1, "name": "initiatives",
        "metrics": {"meetings": {"from": "initiatives", "initiative": "meeting", "value": "count", "window_days": 30},
                    "study": {"from": "initiatives", "initiative": "study", "value": "done", "window_days": 10, "of": "attended"},
                    "since": {"from": "initiatives", "initiative": "meeting", "value": "days_since", "window_days": 1000}},
        "axes": {"E": {"components": {
            "meetings": {"metric": "meetings", "curve": [[0, 0], [10, 100]]},
            "study": {"metric": "study"},
            "since": {"metric": "since", "curve": [[0, 0], [100, 100]], "missing": "pessimistic"}}}}})");
    initiative_history history{p};
    history.add("a", "meeting", 20000, initiative_history::no_date, initiative_history::no_date);
    history.add("a", "meeting", 19971, initiative_history::no_date, initiative_history::no_date);
    history.add("a", "meeting", 19970, initiative_history::no_date,
                initiative_history::no_date);  // outside
    history.add("a", "meeting", 20001, initiative_history::no_date,
                initiative_history::no_date);  // after
    history.add("a", "study", 19000, 19999, initiative_history::no_date);
    history.add("b", "study", 20000, initiative_history::no_date,
                initiative_history::no_date);  // invited only
    history.finish();
    CHECK(history.warnings().empty());
    initiative_history slip{p};
    slip.add("a", "meetings", 20000, initiative_history::no_date, initiative_history::no_date);
    slip.add("a", "study", 20000, initiative_history::no_date, initiative_history::no_date);
    slip.finish();
    REQUIRE(slip.warnings().size() == 1);
    CHECK(slip.warnings()[0] ==
          "no row of the initiatives table has initiative \"meeting\", which the model counts; "
          "did you mean \"meetings\"?");

    const std::string keys = "abc";
    const std::array<std::int32_t, 4> offsets{0, 1, 2, 3};
    column_view customers;
    customers.type = column_type::text32;
    customers.length = 3;
    customers.offsets = offsets.data();
    customers.bytes = keys.data();
    batch b{p, 3};
    b.set_as_of(20000);
    REQUIRE(b.bind("customer", customers).ok());
    const scores without = scored(p, b);
    CHECK(std::isnan(without.component(0)[0]));
    REQUIRE(b.set_initiatives(history).ok());
    const scores s = scored(p, b);
    CHECK(s.component(0)[0] == 20);
    CHECK(s.component(1)[0] == 100);
    CHECK(s.component(2)[0] == 0);
    CHECK(s.component(0)[1] == 0);
    CHECK(s.component(1)[1] == 0);
    CHECK(std::isnan(s.component(2)[1]));
    CHECK(s.component(0)[2] == 0);
}

TEST_CASE("custom scorers compute a chunk or a row, nonsense is invalid and failure fails the call",
          "[score]") {
    const std::string text = model_text(
        R"("seats": {"type": "number"}, "users": {"type": "number"})",
        R"("U": {"components": {"pressure": {"scorer": "seat_pressure", "metrics": ["users", "seats"], "params": {"top": 2}}}})");
    const auto row = [](const plan& p) { return row_of(p, {{"users", 30.0}, {"seats", 40.0}}); };
    {
        const plan p = plan_of(
            text,
            {{"seat_pressure", [](double users, double seats) { return 100 * users / seats; }}});
        CHECK(utilization(p, row(p)) == 75);
        CHECK(std::isnan(utilization(p, row_of(p, {{"users", 30.0}}))));
        int calls = 0;
        const plan counted = plan_of(text, {{"seat_pressure", [&calls](double, double) {
                                                 ++calls;
                                                 return 1.0;
                                             }}});
        CHECK(utilization(counted, row(counted)) == 1);
        CHECK(calls == 1);
    }
    {
        std::string params;
        const plan p = plan_of(
            text, {{"seat_pressure", scorer_function{[&params](const scorer_call& call) -> status {
                        params = std::string{call.params};
                        for (std::size_t i = 0; i < call.rows; ++i) call.out[i] = 101;
                        return {};
                    }}}});
        const scores s = scored(p, row(p));
        CHECK(std::isnan(s[axis::utilization][0]));
        CHECK(s.count(value_state::invalid)[0] == 1);
        CHECK(params.find("top") != std::string::npos);
    }
    {
        const plan p =
            plan_of(text, {{"seat_pressure", scorer_function{[](const scorer_call&) -> status {
                                return make_error(errc::scorer_failed, "no connection");
                            }}}});
        const batch b = row(p);
        scores s{p, 1};
        const status failed = score(p, b, {0, 1}, s);
        REQUIRE_FALSE(failed.ok());
        CHECK(failed.error().code == errc::scorer_failed);
    }
    auto read = read_model(text);
    REQUIRE(read.ok());
    const auto missing = compile(*read, {{"seat_presure", [](double, double) { return 0.0; }}});
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().to_string().find("did you mean \"seat_presure\"") != std::string::npos);
}

TEST_CASE("a model built by hand needs no file", "[score]") {
    model by_hand;
    by_hand.name = "by hand";
    metric logins;
    logins.name = "logins";
    by_hand.metrics.push_back(logins);
    component part;
    part.name = "logins";
    part.inputs = {"logins"};
    part.how = response::curve;
    part.knots = {{0, 0}, {10, 100}};
    by_hand.rules.groups[static_cast<std::size_t>(axis::utilization)].components.push_back(part);
    by_hand.rules.overall.weights[static_cast<std::size_t>(axis::utilization)] = 1;
    ladder steps;
    steps.name = "stage";
    steps.rungs.resize(2);
    steps.rungs[0].name = "Entry";
    steps.rungs[1].name = "Active";
    steps.rungs[1].when = *parse_expression("U >= 50 && logins > 3");
    by_hand.rules.ladders.push_back(steps);
    auto p = compile(by_hand);
    if (!p) FAIL(p.error().to_string());
    const scores s = scored(*p, row_of(*p, {{"logins", 7.0}}));
    CHECK(s[axis::utilization][0] == 70);
    CHECK(s.stage(0)[0] == 1);
}

TEST_CASE("without an axis there is no overall, and no zero in its place", "[score]") {
    const plan p = plan_of(
        R"({"aiueo": 1, "name": "stages only", "metrics": {"x": {"type": "number"}}, "axes": {},
        "ladders": {"stage": [{"name": "a"}, {"name": "b", "when": "x > 1"}]}})");
    const batch b = row_of(p, {{"x", 2.0}});
    const scores s = scored(p, b);
    CHECK(std::isnan(s.overall()[0]));
    CHECK(s.lower()[0] == 0);
    CHECK(s.upper()[0] == 100);
    CHECK(s.stage(0)[0] == 1);
    const auto e = explain(p, b, 0);
    REQUIRE(e.ok());
    CHECK_FALSE(e->overall.in_use);
}

TEST_CASE("the date of a value whose age does not matter is compared with the snapshot's",
          "[score]") {
    const plan p = plan_of(
        model_text(R"("x": {"type": "number"}, "y": {"type": "number"})", R"("U": {"components": {
        "x": {"metric": "x", "curve": [[0, 0], [100, 100]]},
        "y": {"metric": "y", "curve": [[0, 0], [100, 100]]}}})"));
    const std::vector<double> x{40, 60};
    const std::vector<std::int32_t> days{19990, 20001};
    auto bound = bind(p, 2, {{"x", x}, {"x@", dates(days)}, {"y", x}});
    REQUIRE(bound.ok());
    bound->set_as_of(20000);
    scores out{p, 2};
    REQUIRE(score(p, *bound, {0, 2}, out).ok());
    CHECK(out[axis::utilization][0] == 40);
    CHECK(out[axis::utilization][1] == 60);
    CHECK(out.tally_of_metric(0, value_state::known) == 1);
    CHECK(out.tally_of_metric(0, value_state::invalid) == 1);  // observed after the snapshot
}

TEST_CASE("a snapshot is of a day from the year 1 to 9999", "[score]") {
    const plan p =
        plan_of(model_text(R"("x": {"type": "number"}, "last": {"type": "date"})",
                           R"("U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [1, 1]]},
                                "last": {"metric": "last", "days_since": [[0, 100], [9, 0]]}}})"));
    for (const std::int32_t day :
         {min_text_day - 1, min_text_day, max_text_day, max_text_day + 1}) {
        const std::array<std::int32_t, 2> days{20000, day};
        batch rows{p, 2};
        rows.own_all();
        column_view column;
        column.type = column_type::date32;
        column.length = 2;
        column.values = days.data();
        REQUIRE(rows.bind("as_of", column).ok());
        scores out{p, 2};
        const status done = score(p, rows, {0, 2}, out);
        CHECK(done.ok() == is_text_day(day));
        if (done.ok()) continue;
        CHECK(done.error().code == errc::bad_value);
        CHECK(done.error().where.row == 1);
        CHECK_THAT(done.error().message,
                   Catch::Matchers::Contains("are no date from the year 1 to 9999"));
    }
}

}  // namespace test_score
