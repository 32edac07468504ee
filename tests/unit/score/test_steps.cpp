// The steps of the chain: their scores, whether they are achieved, and where both are shown.
#include <cmath>
#include <string>
#include <vector>

#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/scores_table.hpp"
#include "aiueo/score/summary.hpp"

#include "plans.hpp"

namespace test_steps {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

/// Each axis is one metric of its own name, 0..100; the first rung above the lowest is "done".
std::string chain(std::string_view weights, std::string_view more = "", double threshold = 60) {
    std::string out = R"({"aiueo": 1, "name": "chain", "metrics": {"kind": {"type": "category"},
        "t": {"type": "number"}, "i": {"type": "number"}, "u": {"type": "number"},
        "e": {"type": "number"}, "o": {"type": "number"}, "done": {"type": "flag"},
        "start": {"type": "date"}},
        "roles": {"contract_start": "start"}, "steps": {"threshold": )";
    out += std::to_string(threshold) +
           R"(}, "touch": {"components": {"t": {"metric": "t", "curve": [[0, 0], [100, 100]]}}},
        "axes": {)";
    for (const auto& [name, metric] :
         {std::pair{"I", "i"}, std::pair{"U", "u"}, std::pair{"E", "e"}, std::pair{"O", "o"}}) {
        out += std::string{"\""} + name + R"(": {"components": {"x": {"metric": ")" + metric +
               R"(", "curve": [[0, 0], [100, 100]]}}})" + (*name == 'O' ? "}" : ", ");
    }
    return out + R"(, "overall": {"weights": )" + std::string{weights} +
           R"(, "min_axes": 1}, "ladders": {"stage": [{"name": "Entry"},
               {"name": "Onboard", "when": "done", "expected_by_days": 60}]})" +
           std::string{more} + "}";
}

constexpr std::string_view even = R"({"I": 1, "U": 1, "E": 1, "O": 1})";
constexpr double long_ago = 19000;  // rows are of day 20000

struct found {
    achievement achieved;
    double score;
};

found step_of(const scores& from, step which, std::size_t row = 0) {
    return {static_cast<achievement>(from.achieved(which)[row]), from.score(which)[row]};
}

bool is(const found& one, achievement achieved, double score) {
    return one.achieved == achieved &&
           (std::isnan(score) ? std::isnan(one.score) : same_bits(one.score, score).holds);
}

/// Rows of every combination of a few values, profiles mixed.
batch every_row(const plan& of) {
    const std::vector<double> values{no_value, 20, 60, 71.7};
    std::vector<std::string_view> kinds{"", "trial"};
    constexpr std::int64_t rows = 2 * 4 * 4 * 4 * 3 * 2 + 5;
    batch out{of, rows};
    out.own_all();
    out.set_as_of(20000);
    const auto put = [&](const char* name, std::int64_t row, double value) {
        REQUIRE(out.set(*out.number_of(name), row, value).ok());
    };
    for (std::int64_t row = 0; row < rows; ++row) {
        auto rest = static_cast<std::size_t>(row);
        const auto pick = [&rest](std::size_t count) {
            const std::size_t out_of = rest % count;
            rest /= count;
            return out_of;
        };
        REQUIRE(out.set(*out.number_of("kind"), row, kinds[pick(2)]).ok());
        put("i", row, values[pick(4)]);
        put("u", row, values[pick(4)]);
        put("o", row, values[pick(4)]);
        put("e", row, 50);
        put("t", row, row % 5 == 0 ? no_value : static_cast<double>(row % 101));
        const std::size_t done = pick(3);
        put("done", row, done == 2 ? no_value : static_cast<double>(done));
        put("start", row, pick(2) == 0 ? long_ago : no_value);
    }
    return out;
}

}  // namespace

TEST_CASE("a step is unknown where an axis that it needs is", "[steps]") {
    const plan p = plan_of(chain(R"({"I": 1, "U": 3, "E": 1, "O": 1})"));
    const scores all =
        scored(p, row_of(p, {{"t", 60.0}, {"i", 100.0}, {"u", 40.0}, {"e", 100.0}, {"done", 1.0}}));
    CHECK(is(step_of(all, step::accompany), achievement::yes, 60));
    CHECK(is(step_of(all, step::process), achievement::no, 55));
    CHECK(is(step_of(all, step::success), achievement::unknown, no_value));
    // However high the other axis is.
    const scores other = scored(p, row_of(p, {{"u", 100.0}, {"o", 0.0}, {"done", 1.0}}));
    CHECK(is(step_of(other, step::accompany), achievement::unknown, no_value));
    CHECK(is(step_of(other, step::process), achievement::unknown, no_value));
    CHECK(is(step_of(other, step::success), achievement::unknown, no_value));
}

TEST_CASE("while a rung is overdue process is not achieved, whatever its score", "[steps]") {
    const plan p = plan_of(chain(even));
    const auto process = [&](double done, double start, double i = 80) {
        const batch row = row_of(p, {{"i", i}, {"u", 70.0}, {"done", done}, {"start", start}});
        return step_of(scored(p, row), step::process);
    };
    CHECK(is(process(1, long_ago), achievement::yes, 75));
    CHECK(is(process(0, long_ago), achievement::no, 75));
    CHECK(is(process(0, long_ago, no_value), achievement::no, no_value));
    CHECK(is(process(0, 19940), achievement::yes, 75));  // the sixtieth day
    CHECK(is(process(0, 19939), achievement::no, 75));
    CHECK(is(process(0, no_value), achievement::unknown, 75));
    CHECK(is(process(0, no_value, 0), achievement::no, 35));       // overdue or not
    CHECK(is(process(no_value, long_ago), achievement::yes, 75));  // perhaps reached
}

TEST_CASE("a role is read wherever its metric stands in the model", "[steps]") {
    std::string text = chain(even);
    const std::string start = R"("start": {"type": "date"})";
    text.replace(text.find(start), start.size(), R"("last": {"type": "date"})");
    text.replace(text.find(R"("kind")"), 6, start + R"(, "kind")");
    const plan p = plan_of(text);
    const auto process = [&](double done) {
        const batch row =
            row_of(p, {{"i", 80.0}, {"u", 70.0}, {"done", done}, {"start", long_ago}});
        return step_of(scored(p, row), step::process);
    };
    CHECK(is(process(1), achievement::yes, 75));
    CHECK(is(process(0), achievement::no, 75));
}

TEST_CASE("one axis in use is the step, and none is nothing", "[steps]") {
    const plan p = plan_of(chain(R"({"U": 0.3, "E": 7})"));
    const scores all =
        scored(p, row_of(p, {{"i", 0.0}, {"u", 71.7}, {"e", 33.3}, {"o", 100.0}, {"done", 1.0}}));
    CHECK(is(step_of(all, step::process), achievement::yes, all[axis::utilization][0]));
    CHECK(is(step_of(all, step::success), achievement::no, all[axis::engagement][0]));
    const plan bare = plan_of(chain(R"({"I": 2, "U": 1})"));
    const scores some =
        scored(bare, row_of(bare, {{"i", 30.0}, {"u", 90.0}, {"e", 90.0}, {"o", 90.0}}));
    CHECK(is(step_of(some, step::process), achievement::no, 50));
    CHECK(is(step_of(some, step::success), achievement::unknown, no_value));
}

TEST_CASE("the score that is shown is the one that meets the threshold", "[steps]") {
    constexpr double grid = 1.0 / 1048576;
    const plan p = plan_of(chain(R"({"I": 1, "U": 2, "E": 1, "O": 2})"));
    const scores met = scored(p, row_of(p, {{"i", 50.0}, {"u", 65.0}, {"done", 1.0}}));
    CHECK(is(step_of(met, step::process), achievement::yes, 60));
    // A third of the grid below is shown as the threshold, two thirds are not.
    const scores near_it = scored(
        p,
        row_of(p, {{"i", 60 - grid}, {"u", 60.0}, {"e", 60.0}, {"o", 60 - grid}, {"done", 1.0}}));
    CHECK(is(step_of(near_it, step::process), achievement::yes, 60));
    CHECK(is(step_of(near_it, step::success), achievement::no, 60 - grid));
}

TEST_CASE("a profile may leave a step without axes, beside rows that have them", "[steps]") {
    const plan p =
        plan_of(chain(even, R"(, "profiles": [{"name": "trial", "when": "kind == 'trial'",
        "patch": {"overall": {"weights": {"E": null, "O": null, "I": 3}}}}])"));
    const batch rows = every_row(p);
    const scores all = scored(p, rows);
    std::size_t known = 0;
    for (std::int64_t row = 0; row < rows.rows(); ++row) {
        const auto at = static_cast<std::size_t>(row);
        const bool trial = row % 2 == 1;
        REQUIRE(all.profile()[at] == (trial ? 1 : 0));
        const double i = all[axis::implementation][at];
        const double u = all[axis::utilization][at];
        const double mean = trial ? (3 * i + u) / 4 : (i + u) / 2;
        const found process = step_of(all, step::process, at);
        REQUIRE(is(process, process.achieved, std::nearbyint(mean / 0x1p-20) * 0x1p-20));
        const found success = step_of(all, step::success, at);
        if (trial) REQUIRE(is(success, achievement::unknown, no_value));
        if (std::isnan(success.score)) continue;
        ++known;
        REQUIRE((success.achieved == achievement::yes) == (success.score >= 60));
    }
    CHECK(known > 100);
}

TEST_CASE("an explanation shows the steps that scoring stores, for every instruction set",
          "[steps][explain]") {
    for (const kernel_table* kernels : available_kernels()) {
        auto read = read_model(chain(even, R"(, "profiles": [{"name": "trial",
            "when": "kind == 'trial'",
            "patch": {"overall": {"weights": {"E": null, "O": null, "I": 3}}}}])"));
        REQUIRE(read.ok());
        const auto p = compile(std::move(*read), {}, {.kernels = kernels, .log = {}});
        REQUIRE(p.ok());
        const batch rows = every_row(*p);
        const scores all = scored(*p, rows);
        INFO(kernels->name);
        for (std::int64_t row = 0; row < rows.rows(); ++row) {
            const auto at = static_cast<std::size_t>(row);
            const auto e = explain(*p, rows, row);
            REQUIRE(e.ok());
            REQUIRE(e->steps.size() == 3);
            for (const explained_step& one : e->steps)
                REQUIRE(is(step_of(all, one.which, at), one.achieved, one.score));
            REQUIRE(static_cast<std::size_t>(e->where) == all.pattern()[at]);
            const double overdue = e->steps[1].overdue;
            if (overdue == 1) REQUIRE(e->steps[1].achieved == achievement::no);
            if (std::isnan(overdue)) REQUIRE(e->steps[1].achieved != achievement::yes);
        }
    }
}

TEST_CASE("an explanation in JSON says why a step is not achieved", "[steps][explain]") {
    const plan p = plan_of(chain(even));
    const auto json_of = [&p](const batch& row) {
        const auto e = explain(p, row, 0);
        REQUIRE(e.ok());
        return explain_json(*e);
    };
    const std::string late = json_of(row_of(
        p,
        {{"i", 80.0}, {"u", 70.0}, {"e", 10.0}, {"o", 20.0}, {"done", 0.0}, {"start", long_ago}}));
    CHECK(
        late.find(R"("pattern":"unknown","steps":[)"
                  R"({"name":"accompany","score":null,"threshold":60,"achieved":null},)"
                  R"({"name":"process","score":75,"threshold":60,"achieved":false,"overdue":true},)"
                  R"({"name":"success","score":15,"threshold":60,"achieved":false}])") !=
        std::string::npos);
    const std::string perhaps = json_of(row_of(p, {{"i", 80.0}, {"u", 70.0}, {"done", 0.0}}));
    CHECK(perhaps.find(R"("score":75,"threshold":60,"achieved":null,"overdue":null})") !=
          std::string::npos);
    const plan without = plan_of(
        model_text(R"("x": {"type": "flag"})", R"("U": {"components": {"x": {"metric": "x"}}})"));
    const auto e = explain(without, row_of(without, {{"x", 1.0}}), 0);
    REQUIRE(e.ok());
    CHECK(e->steps.empty());
    CHECK(explain_json(*e).find("steps") == std::string::npos);
}

TEST_CASE("a summary counts the steps of the rows it is given, with and without detail",
          "[steps][summary]") {
    const plan p =
        plan_of(chain(even, R"(, "profiles": [{"name": "trial", "when": "kind == 'trial'",
        "patch": {"overall": {"weights": {"E": null, "O": null}}}}])"));
    const batch rows = every_row(p);
    scores detailed = scored(p, rows);
    scores plain{p, rows.rows() + 70};
    REQUIRE(score(p, rows, {0, rows.rows()}, plain).ok());
    // Scored again, parts of bytes: the rows behind them stay what they were.
    for (std::int64_t at = 0; at + 64 < rows.rows(); at += 64)
        REQUIRE(score(p, rows, {at, at + 1 + at / 64 % 7}, plain).ok());
    for (const std::int64_t count :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{331}, rows.rows(), plain.capacity()}) {
        for (const step which : {step::accompany, step::process, step::success}) {
            std::array<std::int64_t, 3> wanted{};
            for (std::size_t at = 0; at < static_cast<std::size_t>(count); ++at) {
                const bool given = at < detailed.achieved(which).size();
                ++wanted[given ? detailed.achieved(which)[at] : 0];
            }
            CHECK(plain.achievements(which, count) == wanted);
            if (count <= rows.rows()) CHECK(detailed.achievements(which, count) == wanted);
        }
    }
    CHECK(plain.achieved(step::process).empty());
    CHECK(plain.score(step::process).empty());
    CHECK(plain.score(step::accompany).empty());

    scores once{p, rows.rows()};
    REQUIRE(score(p, rows, {0, rows.rows()}, once).ok());
    summary one{p};
    one.add(once, rows.rows());
    summary other{p};
    other.add(detailed, rows.rows());
    CHECK(one.json() == other.json());
    const auto counts = plain.achievements(step::process, rows.rows());
    const auto text = [&counts](std::int64_t times) {
        return R"({"name":"process","achieved":)" + std::to_string(times * counts[2]) +
               R"(,"not_achieved":)" + std::to_string(times * counts[1]) + R"(,"unknown":)" +
               std::to_string(times * counts[0]) + "}";
    };
    CHECK((counts[0] > 0 && counts[1] > 0 && counts[2] > 0));
    CHECK(one.json().find(text(1)) != std::string::npos);
    REQUIRE(one.merge(other).ok());
    CHECK(one.json().find(text(2)) != std::string::npos);
}

TEST_CASE("steps are columns with detail, next to the pattern", "[steps][columns]") {
    const plan p = plan_of(chain(even));
    std::vector<std::string> names;
    for (const score_column& one : score_columns(p.data(), true)) names.push_back(one.name);
    const auto at = std::find(names.begin(), names.end(), "pattern");
    REQUIRE(names.end() - at > 6);
    CHECK(std::vector<std::string>(at + 1, at + 7) ==
          std::vector<std::string>{"accompany", "process", "success", "process.score",
                                   "success.score", "I.coverage"});
    CHECK(score_columns(p.data(), false).back().name == "pattern");
    for (const score_column& one : score_columns(p.data(), true)) {
        if (one.what != score_column::field::step) continue;
        CHECK(score_words(p.model(), one) ==
              std::vector<std::string_view>{"unknown", "not_achieved", "achieved"});
    }
}

TEST_CASE("a column says where there is no score", "[columns]") {
    const plan p = plan_of(chain(even));
    const scores all = scored(p, every_row(p));
    const auto rows = static_cast<std::int64_t>(all.overall().size());
    const auto table = scores_table(all, nullptr, rows);
    REQUIRE(table.ok());
    const auto column =
        std::find_if(table->columns().begin(), table->columns().end(),
                     [](const auto& one) { return one.field.name == "insufficient"; });
    REQUIRE(column != table->columns().end());
    std::int64_t without = 0;
    for (std::int64_t row = 0; row < rows; ++row) {
        const bool none = std::isnan(all.overall()[static_cast<std::size_t>(row)]);
        CHECK(bit_at(column->bits.data(), row) == none);
        without += none ? 1 : 0;
    }
    CHECK((without > 0 && without < rows));
}

TEST_CASE("a ladder may be called like a step only where no step is a column", "[steps][columns]") {
    const auto model = [](std::string_view more) {
        return model_text(R"("x": {"type": "flag"})",
                          R"("U": {"components": {"x": {"metric": "x"}}})",
                          R"("ladders": {"success": [{"name": "a"}, {"name": "b", "when": "x"}]})" +
                              std::string{more});
    };
    const plan p = plan_of(model(""));
    const auto columns = score_columns(p.data(), true);
    CHECK(std::count_if(columns.begin(), columns.end(), [](const score_column& one) {
              return one.name == "success" && one.what == score_column::field::stage;
          }) == 1);
    const auto refused = read_model(model(R"(, "steps": {})"));
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().to_string().find(
              "ladders.success cannot be the name of a ladder: the model has \"steps\"") !=
          std::string::npos);
}

}  // namespace test_steps
