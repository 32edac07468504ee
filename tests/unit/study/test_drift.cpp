// Drift against figures done again from the rows, and in worlds whose truth is planted.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "aiueo/study/drift.hpp"

#include "observed_rows.hpp"

namespace test_drift {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

const drift_row& input_of(const drift_finding& found, std::string_view name) {
    for (const drift_row& one : found.inputs) {
        if (one.name == name) return one;
    }
    FAIL("no input " << name);
    return found.inputs.front();
}

const drift_contrast& condition_of(const drift_finding& found, std::string_view text,
                                   std::string_view against = "renewal") {
    for (const drift_condition& one : found.conditions) {
        if (one.condition == text && one.against == against) return one.contrast;
    }
    FAIL("no condition " << text);
    return found.conditions.front().contrast;
}

const drift_contrast& rung_of(const drift_finding& found, std::string_view rung,
                              std::string_view against) {
    for (const drift_rung& one : found.rungs) {
        if (one.rung == rung && one.against == against) return one.contrast;
    }
    FAIL("no rung " << rung);
    return found.rungs.front().contrast;
}

std::int32_t month_of_day(std::int32_t day) {
    const civil_date date = civil_from_days(day);
    return static_cast<std::int32_t>(date.year * 12 + date.month - 1);
}

/// Each customer's last row of each month.
std::map<std::pair<std::string, std::int32_t>, std::size_t> panel_of(const told_history& told) {
    std::map<std::pair<std::string, std::int32_t>, std::size_t> out;
    for (std::size_t i = 0; i < told.rows.size(); ++i) {
        const auto [at, fresh] =
            out.try_emplace({told.rows[i].customer, month_of_day(told.rows[i].as_of)}, i);
        if (!fresh && told.rows[at->second].as_of < told.rows[i].as_of) at->second = i;
    }
    return out;
}

double plain_psi(const std::vector<std::pair<double, double>>& bins) {
    double before = 0, after = 0, psi = 0;
    for (const auto& [e, a] : bins) {
        if (e + a == 0) continue;
        before += e == 0 ? 0.5 : e;
        after += a == 0 ? 0.5 : a;
    }
    for (const auto& [e, a] : bins) {
        if (e + a == 0) continue;
        const double x = (e == 0 ? 0.5 : e) / before, y = (a == 0 ? 0.5 : a) / after;
        psi += (y - x) * std::log(y / x);
    }
    return psi;
}

/// Monthly rows of customers that do not change, but for what `change` does to a row.
template <class Change>
told_history monthly(int customers, int months, std::uint64_t seed, Change change) {
    told_history out;
    std::uint64_t state = seed;
    for (int c = 0; c < customers; ++c) {
        history_row base;
        base.customer = "c" + std::to_string(c);
        base.term = 12;
        base.plan = "plan " + std::to_string(drawn(state) % 3);
        base.logins = static_cast<double>(drawn(state) % 101);
        base.setup = static_cast<double>(drawn(state) % 2);
        base.answers = static_cast<double>(drawn(state) % 11);
        base.wins = static_cast<double>(drawn(state) % 41);
        base.unused = static_cast<double>(drawn(state) % 5);
        for (int m = 0; m < months; ++m) {
            history_row row = base;
            row.as_of = static_cast<std::int32_t>(days_from_civil(2024 + m / 12, m % 12 + 1, 15));
            change(row, m, state);
            out.rows.push_back(std::move(row));
        }
    }
    return out;
}

}  // namespace

TEST_CASE("PSI of scores, metrics and segments is that of the rows") {
    const plan plan = plan_of(history_model);
    const told_history told =
        monthly(200, 16, 3, [](history_row& row, int m, std::uint64_t& state) {
            if (m < 13) return;
            if (drawn(state) % 3 == 0) row.logins = no_value;
            if (drawn(state) % 2 == 0) row.plan = "plan 9";
        });
    const drift_finding found = study_drift(evidence_of(plan, told));
    CHECK(found.before.first_month == "2024-02");
    CHECK(found.before.last_month == "2025-01");
    CHECK(found.after.first_month == "2025-02");
    CHECK(found.after.last_month == "2025-04");
    CHECK(found.before.customers == 200);

    const std::int32_t first = 2025 * 12 + 1;
    std::map<std::string, std::pair<double, double>> plans;
    std::map<double, std::pair<double, double>> logins;  // −1: unknown
    for (const auto& [who, row] : panel_of(told)) {
        if (who.second < first - 12) continue;
        const bool before = who.second < first;
        const auto count = [before](std::pair<double, double>& to) {
            (before ? to.first : to.second) += 1;
        };
        count(plans[told.rows[row].plan]);
        const double value = told.rows[row].logins;
        count(logins[value != value ? -1 : value_of_code(value_code(value))]);
    }
    std::vector<std::pair<double, double>> by_plan;
    for (const auto& [name, counts] : plans) by_plan.push_back(counts);
    const drift_row& plan_row = input_of(found, "plan");
    CHECK(plan_row.what == "segment");
    CHECK(near(plan_row.moved.value, plain_psi(by_plan), 1e-12));
    CHECK(plan_row.moved.alarm);

    // Tenths: a bin is full as soon as it and those below hold as many tenths of all.
    double known = 0;
    for (const auto& [value, counts] : logins) known += value < 0 ? 0 : counts.first;
    std::vector<std::pair<double, double>> tenths{{0, 0}};
    double below = 0;
    int next = 1;
    for (const auto& [value, counts] : logins) {
        if (value < 0) continue;
        tenths.back().first += counts.first;
        tenths.back().second += counts.second;
        below += counts.first;
        if (below >= known * next / 10 && below < known) {
            tenths.emplace_back(0, 0);
            while (below >= known * next / 10) ++next;
        }
    }
    tenths.push_back(logins[-1]);
    const drift_row& logins_row = input_of(found, "logins");
    CHECK(near(logins_row.moved.value, plain_psi(tenths), 1e-12));
    CHECK(logins_row.moved.bins == 11);
    CHECK(near(logins_row.unknown_after, 1.0 / 3, 0.05));
    CHECK(logins_row.unknown_before == 0);
    CHECK(logins_row.moved.alarm);
    CHECK(logins_row.months.size() == 16);

    const drift_row& still = input_of(found, "wins");
    CHECK(near(still.moved.value, 0.0, 1e-12));
    CHECK_FALSE(still.moved.alarm);
    CHECK(still.median_before == still.median_after);
    CHECK(found.told.sentence.en.find("most of all plan") != std::string::npos);
}

TEST_CASE("contrasts of rungs and conditions are those of the rows") {
    const plan plan = plan_of(history_model);
    const told_history told = made_history(400, 11);
    const drift_finding found = study_drift(evidence_of(plan, told));
    const std::vector<observed_row> rows = observed_rows(plan, told, contract_kind::contract, 0);
    REQUIRE_FALSE(found.split.empty());
    const std::int32_t split =
        std::stoi(found.split.substr(0, 4)) * 12 + std::stoi(found.split.substr(5)) - 1;
    const auto later = [&](const observed_row& one) { return one.month >= split; };
    const auto rate = [&](const std::vector<observed_row>& of, bool wanted_later, auto side,
                          int wanted) {
        double kept = 0, n = 0;
        for (const observed_row& one : of) {
            if (later(one) != wanted_later || side(one) != wanted) continue;
            kept += one.kept ? 100 : 0;
            n += 1;
        }
        return n > 0 ? kept / n : undefined;
    };
    const counted shape{plan};
    std::size_t u = 0, e = 0;
    for (std::size_t v = 0; v < shape.variables().size(); ++v) {
        if (shape.variables()[v].name == "U") u = v;
        if (shape.variables()[v].name == "E") e = v;
    }
    const auto at_least = [](std::size_t v, std::int64_t tenths) {
        return [v, tenths](const observed_row& one) {
            return one.tenths[v] < 0 ? -1 : one.tenths[v] >= tenths ? 1 : 0;
        };
    };
    const auto check = [&](const drift_contrast& of, auto side) {
        const auto difference = [&](const std::vector<observed_row>& some, bool when) {
            return rate(some, when, side, 1) - rate(some, when, side, 0);
        };
        CHECK(near(of.earlier.value, difference(rows, false), 1e-10));
        CHECK(near(of.later.value, difference(rows, true), 1e-10));
        const auto change = [&](const std::vector<observed_row>& some) {
            return difference(some, true) - difference(some, false);
        };
        CHECK(near(of.change.of.value, change(rows), 1e-10));
        std::vector<observed_row> sided;
        for (const observed_row& one : rows) {
            if (side(one) >= 0) sided.push_back(one);
        }
        const double error = plain_jackknife(sided, change);
        CHECK(near((of.change.of.interval.upper - of.change.of.interval.lower) / 2,
                   error * t_quantile(0.975, 19), 1e-8));
        CHECK(of.change.of.n == static_cast<std::int64_t>(sided.size()));
    };
    check(condition_of(found, "U >= 40"), at_least(u, 400));
    check(condition_of(found, "E >= 30"), at_least(e, 300));
    check(rung_of(found, "Active", "renewal"),
          [](const observed_row& one) { return one.stage >= 1 ? 1 : 0; });

    // Axis O beside the rung, over the months.
    const counted_rows bound = bound_rows(plan, told.rows);
    std::array<std::array<std::array<double, 2>, 2>, 2> sums{};  // later, high: Σ, n
    auto used = sums;
    for (const auto& [who, row] : panel_of(told)) {
        const double outcome = (*bound.given)[axis::outcome][row];
        if (outcome != outcome) continue;
        const double points = std::floor(outcome * 10 + 0.5) / 10;
        const std::size_t when = who.second >= split ? 1 : 0;
        auto& to = sums[when][bound.given->stage(0)[row] >= 2 ? 1 : 0];
        to[0] += points;
        to[1] += 1;
        const double use = (*bound.given)[axis::utilization][row];
        if (use != use) continue;
        auto& by_use = used[when][use >= 40 ? 1 : 0];
        by_use[0] += points;
        by_use[1] += 1;
    }
    const drift_contrast& loyal = rung_of(found, "Loyal", "outcome");
    const auto apart = [](const auto& of) { return of[1][0] / of[1][1] - of[0][0] / of[0][1]; };
    CHECK(near(loyal.earlier.value, apart(sums[0]), 1e-9));
    CHECK(near(loyal.later.value, apart(sums[1]), 1e-9));
    const drift_contrast& use = condition_of(found, "U >= 40", "outcome");
    CHECK(near(use.earlier.value, apart(used[0]), 1e-9));
    CHECK(near(use.later.value, apart(used[1]), 1e-9));
}

TEST_CASE("the condition that lost its power is named, and no other") {
    const plan plan = plan_of(history_model);
    int named = 0, false_alarms = 0;
    for (std::uint64_t seed = 1; seed <= 10; ++seed) {
        const told_history told = lived(
            1500, seed,
            [](history_row& row, std::uint64_t& state, int k) {
                row.logins = static_cast<double>(drawn(state) % 101);
                row.answers = static_cast<double>(drawn(state) % 11);
                row.setup = 1;
                row.wins = 20;
                const double by_use = row.logins >= 40 ? 0.25 : -0.25;
                const double by_answers = row.answers >= 6 ? 0.2 : -0.2;
                return 0.5 + by_answers + (k == 0 ? by_use : 0);
            },
            3);
        const drift_finding found = study_drift(evidence_of(plan, told));
        named += condition_of(found, "U >= 40").verdict == drift_verdict::lost ? 1 : 0;
        false_alarms += condition_of(found, "E >= 30").verdict == drift_verdict::holds ? 0 : 1;
        if (seed == 1) {
            CHECK(found.told.sentence.en.find(
                      "\"U >= 40\" (of Active) no longer separates by renewal: ") !=
                  std::string::npos);
            CHECK(found.told.sentence.ja.find("「U >= 40」") != std::string::npos);
        }
    }
    // The halves overlap: the later one has first contracts, too, so some worlds stay unclear.
    CHECK(named >= 7);
    CHECK(false_alarms == 0);
}

TEST_CASE("hypotheses by the ends since their date") {
    const char* const text = R"json({
        "aiueo": 1, "name": "h",
        "metrics": {"logins": {"type": "number"}, "setup": {"type": "flag"},
                    "answers": {"type": "number"}, "wins": {"type": "number"},
                    "plan": {"type": "category"}, "term": {"type": "number"},
                    "unused": {"type": "number"}},
        "axes": {"U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]]}}}},
        "ladders": {"stage": [{"name": "Entry"},
            {"name": "Active", "when": "U >= 50", "status": "hypothesis", "since": "2020-01-01",
             "review_by": "2020-06-01"},
            {"name": "Loyal", "when": "setup", "status": "hypothesis", "review_by": "2999-01-01"}]},
        "bands": {"of": "U", "edges": [30, 60], "names": ["Lv1", "Lv2", "Lv3"]}})json";
    const plan plan = plan_of(text);
    const told_history told = lived(900, 5, [](history_row& row, std::uint64_t& state, int) {
        row.logins = static_cast<double>(drawn(state) % 101);
        row.setup = static_cast<double>(drawn(state) % 2);
        return row.logins >= 50 ? 0.8 : 0.4;
    });
    const drift_finding found = study_drift(evidence_of(plan, told));
    REQUIRE(found.hypotheses.size() == 2);
    const drift_hypothesis& active = found.hypotheses[0];
    CHECK(active.verdict == "confirmed");
    CHECK(active.due == true);
    CHECK(active.since == "2020-01-01");
    double kept[2] = {}, n[2] = {};
    for (const observed_row& one : observed_rows(plan, told, contract_kind::contract, 0)) {
        if (one.month < 2020 * 12) continue;
        kept[one.stage >= 1 ? 1 : 0] += one.kept ? 100 : 0;
        n[one.stage >= 1 ? 1 : 0] += 1;
    }
    CHECK(near(active.renewal.value, kept[1] / n[1] - kept[0] / n[0], 1e-10));
    CHECK(active.renewal.n == static_cast<std::int64_t>(n[0] + n[1]));
    // Nothing is better at Loyal than at Active, though it is better than at Entry.
    const drift_hypothesis& loyal = found.hypotheses[1];
    CHECK(loyal.verdict == "open");
    CHECK(loyal.due == false);
    CHECK(loyal.since.empty());
    kept[0] = kept[1] = n[0] = n[1] = 0;
    for (const observed_row& one : observed_rows(plan, told, contract_kind::contract, 0)) {
        if (one.stage == 0) continue;
        kept[one.stage - 1] += one.kept ? 100 : 0;
        n[one.stage - 1] += 1;
    }
    CHECK(near(loyal.renewal.value, kept[1] / n[1] - kept[0] / n[0], 1e-10));

    // A month that began under another meaning does not count, nor is a review due in the month
    // that its day is in, but for the first: the day may not have come.
    std::int32_t last = 0;
    std::int64_t later = 0;
    for (const observed_row& one : observed_rows(plan, told, contract_kind::contract, 0)) {
        last = std::max(last, one.month);
        if (one.month > 2020 * 12) ++later;
    }
    const std::string month = (last % 12 < 9 ? "-0" : "-") + std::to_string(last % 12 + 1);
    std::string changed = text;
    changed.replace(changed.find("2020-01-01"), 10, "2020-01-02");
    changed.replace(changed.find("2020-06-01"), 10, std::to_string(last / 12) + month + "-02");
    const aiueo::plan since = plan_of(changed.c_str());
    const drift_finding again = study_drift(evidence_of(since, told));
    CHECK(again.hypotheses[0].renewal.n == later);
    CHECK(again.hypotheses[0].due == false);
}

TEST_CASE("drift of little or nothing is unknown, not none") {
    const plan plan = plan_of(history_model);
    const drift_finding nothing = study_drift(evidence{plan});
    CHECK(nothing.inputs.size() == 11);
    for (const drift_row& one : nothing.inputs) {
        CHECK_FALSE(one.moved.alarm);
        CHECK(one.moved.value != one.moved.value);
    }
    CHECK(nothing.rungs.empty());
    CHECK(nothing.told.sentence.en.find("unknown") != std::string::npos);
    CHECK(nothing.told.sentence.en.find("Whether stages still separate is unknown") !=
          std::string::npos);

    const told_history month = monthly(30, 1, 1, [](history_row&, int, std::uint64_t&) {});
    const drift_finding one = study_drift(evidence_of(plan, month));
    CHECK(one.before.customers == 0);
    CHECK(one.after.customers == 30);
    for (const drift_row& row : one.inputs) CHECK_FALSE(row.moved.alarm);
}

}  // namespace test_drift
