// Alerts worked out a second time, in the plainest way: by docs/alerts.md from a customer's days,
// scores and rungs, and these by docs/scores.md and docs/change.md from the cells of a small model.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "acting.hpp"

namespace aiueo::testing {

// ── one customer's alerts, whatever its scores are made of ───────────────────

/// An alert of a model. `of`: the score, or the ladder.
struct watched_rule {
    std::string name;
    std::string kind = "drop";  ///< "drop", "down", "dark"
    std::string of = "U";
    double drop = 20;
    int window = 30;
    double rearm = 0;
    int quiet = 0;
};

/// "alerts": …, for the text of a model.
inline std::string text_of(const std::vector<watched_rule>& rules) {
    std::string out;
    for (const watched_rule& one : rules) {
        out += (out.empty() ? "\"" : ", \"") + one.name + "\": {";
        out += one.kind == "down" ? "\"ladder\": \"" : "\"of\": \"";
        out += one.of + "\", \"on\": \"" + one.kind + "\"";
        if (one.kind == "drop") {
            out += ", \"drop\": " + std::to_string(one.drop) +
                   ", \"window_days\": " + std::to_string(one.window) +
                   ", \"rearm\": " + std::to_string(one.rearm);
        }
        out += ", \"quiet_days\": " + std::to_string(one.quiet) + "}";
    }
    return "\"alerts\": {" + out + "}";
}

/// What was told of a customer: positions among its snapshots.
struct told_alert {
    std::size_t at = 0;
    std::size_t from = 0;
    bool open = true;
    double behaviour = no_value;
};

using days_of_one = std::vector<std::int32_t>;

/// Nothing was told within the quiet days before this one.
inline bool may_tell(const watched_rule& rule, const days_of_one& days,
                     const std::vector<told_alert>& told, std::size_t at) {
    return told.empty() || days[at] - days[told.back().at] >= rule.quiet;
}

/// `behaviour(i, j)`: by how much the score moved through behaviour between two snapshots.
inline std::vector<told_alert> plain_drops(
    const watched_rule& rule, const days_of_one& days, const std::vector<double>& score,
    const std::function<double(std::size_t, std::size_t)>& behaviour) {
    std::vector<told_alert> out;
    std::size_t compared_from = 0;
    bool waits = false;  // for the score to rise again
    double lowest = 0;
    for (std::size_t at = 0; at < days.size(); ++at) {
        if (std::isnan(score[at])) continue;
        if (waits) {
            lowest = std::min(lowest, score[at]);
            if (score[at] >= lowest + rule.rearm) {
                waits = false;
                out.back().open = false;
                compared_from = at;
            }
            continue;
        }
        if (!may_tell(rule, days, out, at)) continue;
        std::optional<std::size_t> highest;
        for (std::size_t k = compared_from; k < at; ++k) {
            if (days[k] < days[at] - rule.window || std::isnan(score[k])) continue;
            if (!highest || score[k] > score[*highest]) highest = k;
        }
        if (!highest) continue;
        const double moved = behaviour(*highest, at);
        if (!(moved <= -rule.drop)) continue;
        out.push_back({at, *highest, true, moved});
        waits = true;
        lowest = score[at];
    }
    return out;
}

/// `sure`: the rung on which it surely stands; `perhaps`: the highest on which it could.
inline std::vector<told_alert> plain_falls(const watched_rule& rule, const days_of_one& days,
                                           const std::vector<int>& sure,
                                           const std::vector<int>& perhaps) {
    std::vector<told_alert> out;
    std::size_t stood = 0;
    for (std::size_t at = 1; at < days.size(); ++at) {
        if (sure[at] < sure[stood] && perhaps[at] >= sure[stood]) continue;  // not lost for sure
        if (sure[at] < sure[stood] && may_tell(rule, days, out, at)) {
            out.push_back({at, stood});
        }
        stood = at;
    }
    for (told_alert& one : out) {
        for (std::size_t k = one.at + 1; k < days.size(); ++k)
            one.open = one.open && sure[k] < sure[one.from];
    }
    return out;
}

inline std::vector<told_alert> plain_darks(const watched_rule& rule, const days_of_one& days,
                                           const std::vector<double>& score) {
    std::vector<told_alert> out;
    std::optional<std::size_t> known;
    bool is_told = false;
    for (std::size_t at = 0; at < days.size(); ++at) {
        if (!std::isnan(score[at])) {
            known = at;
            if (is_told) out.back().open = false;
            is_told = false;
        } else if (known && !is_told && may_tell(rule, days, out, at)) {
            out.push_back({at, *known});
            is_told = true;
        }
    }
    return out;
}

// ── a model small enough for its scores to be worked out by hand ─────────────

inline constexpr std::string_view watched_columns =
    "customer,as_of,plan,setup,a,b,b@,c,d,finish,mrr,member,team";

/// U is the mean of those of a, b and c that are known (b for 40 days), E is d. Overall is the mean
/// of both; for a trial U counts three times.
inline std::string watched_model(const std::vector<watched_rule>& rules) {
    return R"json({
    "aiueo": 1, "name": "watched", "currency": "JPY",
    "roles": {"contract_end": "finish", "mrr": "mrr", "member": "member", "team": "team"},
    "metrics": {"plan": {"type": "category"}, "setup": {"type": "flag"},
                "a": {"type": "number"}, "b": {"type": "number", "max_age_days": 40},
                "c": {"type": "number"}, "d": {"type": "number"}, "finish": {"type": "date"},
                "mrr": {"type": "money"}, "member": {"type": "category"},
                "team": {"type": "category"}},
    "axes": {
      "U": {"min_coverage": 0.3, "components": {
            "a": {"metric": "a", "curve": [[0, 0], [100, 100]]},
            "b": {"metric": "b", "curve": [[0, 0], [100, 100]]},
            "c": {"metric": "c", "curve": [[0, 0], [100, 100]]}}},
      "E": {"components": {"d": {"metric": "d", "curve": [[0, 0], [100, 100]]}}}},
    "overall": {"weights": {"U": 1, "E": 1}, "min_axes": 1, "min_coverage": 0},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Onboard", "when": "setup"},
                          {"name": "Active", "when": "U >= 48"},
                          {"name": "Loyal", "when": "E >= 60 && overall >= 51"}],
                "value": [{"name": "None"}, {"name": "Some", "when": "overall >= 45"}]},
    "profiles": [{"name": "trial", "when": "plan == 'trial'",
                  "patch": {"overall": {"weights": {"U": 3}},
                            "ladders": {"stage": {"Active": {"when": "U >= 30"}}}}}],
    "plays": {"call": {"for": ["U.a", "E.d"], "owner": "cs", "channel": "phone"},
              "mail": {"for": ["U.b", "U.a"], "owner": "crm"}},
    )json" +
           text_of(rules) + "}";
}

inline constexpr std::array<const char*, 4> part_names{"U.a", "U.b", "U.c", "E.d"};
inline const std::array<std::vector<std::string>, 2> rung_names{
    std::vector<std::string>{"Entry", "Onboard", "Active", "Loyal"}, {"None", "Some"}};

/// A row. NaN, −1, empty text and no day are unknown.
struct snapshot {
    std::string customer;
    std::int32_t day = 0;
    std::string plan = "pro";
    int setup = 1;
    std::array<double, 4> parts{60, 60, 60, 60};  ///< a, b, c; d
    std::optional<std::int32_t> b_seen{};
    std::optional<std::int32_t> ends{};

    [[nodiscard]] std::string line() const {
        const auto date = [](std::optional<std::int32_t> when) {
            return when ? format_date(*when) : std::string{"NULL"};
        };
        const auto number = [](double value) {
            return std::isnan(value) ? std::string{"NULL"} : std::to_string(value);
        };
        return customer + "," + format_date(day) + "," + (plan.empty() ? "NULL" : plan) + "," +
               (setup < 0    ? "NULL"
                : setup == 0 ? "no"
                             : "yes") +
               "," + number(parts[0]) + "," + number(parts[1]) + "," + date(b_seen) + "," +
               number(parts[2]) + "," + number(parts[3]) + "," + date(ends) + ",100,Aoi,east";
    }
};

inline acting_rows watched(const std::vector<snapshot>& rows,
                           const std::vector<watched_rule>& rules) {
    std::string lines;
    for (const snapshot& one : rows) lines += (lines.empty() ? "" : "\n") + one.line();
    return bound_to(plan_of(watched_model(rules)), lines, watched_columns);
}

/// What of a row is known to the model.
struct watched_values {
    std::string plan;
    int setup = -1;
    std::array<double, 4> parts{};
};

/// `of` with b as old as it is in `age`, unless there is none in `age`.
inline watched_values values_of(const snapshot& of, const snapshot& age) {
    watched_values out{of.plan, of.setup, of.parts};
    const snapshot& by = std::isnan(age.parts[1]) ? of : age;
    if (!by.b_seen || *by.b_seen > by.day || by.day - *by.b_seen > 40) out.parts[1] = no_value;
    return out;
}
inline watched_values values_of(const snapshot& of) { return values_of(of, of); }

/// A score, and what each component gives to it.
struct watched_score {
    double score = no_value;
    std::array<double, 4> from{};
};

inline watched_score score_of(const watched_values& of, const std::string& name) {
    if (name == "E") return {of.parts[3], {0, 0, 0, of.parts[3]}};
    watched_score out;
    if (name == "U") {
        double sum = 0, count = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            if (std::isnan(of.parts[k])) continue;
            sum += of.parts[k];
            ++count;
        }
        if (count == 0) return out;
        out.score = sum / count;
        for (std::size_t k = 0; k < 3; ++k)
            out.from[k] = std::isnan(of.parts[k]) ? 0 : of.parts[k] / count;
        return out;
    }
    const watched_score u = score_of(of, "U");
    const watched_score e = score_of(of, "E");
    if (std::isnan(u.score)) return e;
    if (std::isnan(e.score)) return u;
    const double weight = of.plan == "trial" ? 3 : 1;
    out.score = (weight * u.score + e.score) / (weight + 1);
    for (std::size_t k = 0; k < 4; ++k)
        out.from[k] = (k < 3 ? weight * u.from[k] : e.from[k]) / (weight + 1);
    return out;
}

/// From the earlier row, known and unknown as in the later one, to the later one. A score of this
/// model is known by which of its cells are known, so there is one between, too.
inline watched_score behaviour_of(const snapshot& before, const snapshot& after,
                                  const std::string& name) {
    watched_values between = values_of(before, after);
    const watched_values now = values_of(after);
    if (between.plan.empty() || now.plan.empty()) between.plan = now.plan;
    for (std::size_t k = 0; k < 4; ++k) {
        if (std::isnan(between.parts[k]) || std::isnan(now.parts[k]))
            between.parts[k] = now.parts[k];
    }
    const watched_score was = score_of(between, name);
    watched_score out = score_of(now, name);
    out.score -= was.score;
    for (std::size_t k = 0; k < 4; ++k) out.from[k] -= was.from[k];
    return out;
}

/// The rung, surely, or perhaps: with every condition that cannot be told as if it held.
inline int rung_of(const watched_values& of, const std::string& ladder, bool perhaps) {
    const auto least = [](double score, double edge) {
        return std::isnan(score) ? -1 : score >= edge ? 1 : 0;
    };
    const double overall = score_of(of, "overall").score;
    std::vector<int> conditions{least(overall, 45)};
    if (ladder == "stage") {
        const int good = least(score_of(of, "E").score, 60);
        const int enough = least(overall, 51);
        const int both = good == 0 || enough == 0 ? 0 : good == 1 && enough == 1 ? 1 : -1;
        conditions = {of.setup, least(score_of(of, "U").score, of.plan == "trial" ? 30 : 48), both};
    }
    int rung = 0;
    for (const int one : conditions) {
        if (one == 0 || (one < 0 && !perhaps)) break;
        ++rung;
    }
    return rung;
}

}  // namespace aiueo::testing
