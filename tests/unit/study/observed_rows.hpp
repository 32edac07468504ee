// What evidence saw, row by row and without regard for speed, so that a study can be done again
// from the rows. And worlds in which the truth is known.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/stats/figure.hpp"

#include "unit/evidence/histories.hpp"

namespace aiueo::testing {

/// A model with several components an axis, and a percentile response.
inline std::string weighted_model(std::string_view study) {
    return R"json({
    "aiueo": 1, "name": "calibration",
    "metrics": {"logins": {"type": "number", "min": 0, "max": 100}, "setup": {"type": "flag"},
                "answers": {"type": "number"}, "wins": {"type": "number"},
                "plan": {"type": "category"}, "term": {"type": "number"},
                "unused": {"type": "number"}},
    "axes": {
      "U": {"components": {
        "logins": {"metric": "logins", "curve": [[0, 0], [100, 100]], "weight": 1},
        "answers": {"metric": "answers", "curve": [[0, 0], [10, 100]], "weight": 1},
        "wins": {"metric": "wins", "curve": [[0, 0], [40, 100]], "weight": 2}}},
      "E": {"components": {"unused": {"metric": "unused", "percentile": [0, 1, 2, 3, 4]}}}},
    "touch": {"components": {
        "setup": {"metric": "setup", "weight": 3},
        "again": {"metric": "logins", "curve": [[0, 100], [100, 0]], "weight": 1}}},
    "overall": {"weights": {"U": 1, "E": 1}},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Active", "when": "U >= 40"}]},
    "bands": {"of": "overall", "edges": [30, 60], "names": ["Lv1", "Lv2", "Lv3"]},
    "study": )json" +
           std::string{study} + "}";
}

struct observed_row {
    std::string customer;
    std::size_t group = 0;
    contract_kind kind = contract_kind::contract;
    std::int32_t lead = 0;  ///< index
    std::int32_t month = 0;
    bool kept = false;
    std::vector<std::int64_t> tenths;  ///< by score variable, −1 = unknown
    std::size_t stage = 0, band = 0;
    history_row raw;

    [[nodiscard]] std::int64_t points(std::size_t v) const {
        return tenths[v] < 0 ? -1 : (tenths[v] + 5) / 10;
    }
};

inline std::vector<observed_row> observed_rows(const plan& of, const told_history& told) {
    const counted shape{of};
    const counted_rows rows = bound_rows(of, told.rows);
    std::map<std::string, std::vector<std::size_t>> by_customer;
    for (std::size_t i = 0; i < told.rows.size(); ++i)
        by_customer[told.rows[i].customer].push_back(i);
    std::vector<observed_row> out;
    for (const auto& [customer, end] : told.contracts) {
        if (end.outcome == contract_outcome::open) continue;
        for (std::size_t lead = 0; lead < shape.leads().size(); ++lead) {
            const std::int32_t days = shape.leads()[lead];
            if (days >= end.end - end.start) continue;
            const history_row* best = nullptr;
            for (const std::size_t i : by_customer[customer]) {
                const history_row& one = told.rows[i];
                if (one.as_of > end.end - days || one.as_of < end.end - days - 31) continue;
                if (best == nullptr || best->as_of < one.as_of) best = &one;
            }
            if (best == nullptr) continue;
            const auto row = static_cast<std::size_t>(best - told.rows.data());
            observed_row seen;
            seen.customer = customer;
            seen.group = static_cast<std::size_t>(evidence_group(customer));
            seen.kind = end.kind;
            seen.lead = static_cast<std::int32_t>(lead);
            const civil_date date = civil_from_days(end.end);
            seen.month = static_cast<std::int32_t>(date.year * 12 + date.month - 1);
            seen.kept = end.outcome == contract_outcome::renewed ||
                        end.outcome == contract_outcome::converted;
            for (const score_variable& one : shape.variables()) {
                double score = 0;
                if (one.what == score_variable::kind::overall)
                    score = rows.given->overall()[row];
                else if (one.what == score_variable::kind::group)
                    score = (*rows.given)[static_cast<axis>(one.group)][row];
                else
                    score = rows.given->component(one.component)[row];
                seen.tenths.push_back(
                    score != score ? -1 : static_cast<std::int64_t>(std::floor(score * 10 + 0.5)));
            }
            seen.stage = static_cast<std::size_t>(rows.given->stage(0)[row]);
            const level_index band = rows.given->band()[row];
            seen.band = band < 0 ? 3 : static_cast<std::size_t>(band);
            seen.raw = *best;
            out.push_back(std::move(seen));
        }
    }
    return out;
}

inline std::vector<observed_row> observed_rows(const plan& of, const told_history& told,
                                               contract_kind kind, std::int32_t lead) {
    std::vector<observed_row> out;
    for (observed_row& one : observed_rows(of, told)) {
        if (one.kind == kind && one.lead == lead) out.push_back(std::move(one));
    }
    return out;
}

/// A share in [0, 1).
inline double chance(std::uint64_t& state) {
    return static_cast<double>(drawn(state)) / 2147483648.0;
}

/// One contract a customer, seen once at each lead; `live` fills in a row and says how probable
/// renewal is.
template <class Live>
told_history lived(int customers, std::uint64_t seed, Live live, int contracts = 1) {
    told_history out;
    std::uint64_t state = seed;
    for (int c = 0; c < customers; ++c) {
        history_row row;
        row.customer = "c" + std::to_string(c);
        row.term = 12;
        row.plan = "plan 0";
        auto begin = static_cast<std::int32_t>(18000 + drawn(state) % 700);
        for (int k = 0; k < contracts; ++k) {
            const double p = live(row, state, k);
            contract one;
            one.start = begin;
            one.end = begin + 365;
            one.outcome = chance(state) < p ? contract_outcome::renewed : contract_outcome::churned;
            out.contracts.emplace_back(row.customer, one);
            for (const std::int32_t before : {100, 10}) {
                row.as_of = one.end - before;
                out.rows.push_back(row);
            }
            begin = one.end;
        }
    }
    return out;
}

/// AUC of kept against lost, pair by pair.
template <class Value>
double plain_auc(const std::vector<observed_row>& rows, Value value) {
    double won = 0, pairs = 0;
    for (const observed_row& a : rows) {
        const double x = value(a);
        if (!a.kept || x != x) continue;
        for (const observed_row& b : rows) {
            const double y = value(b);
            if (b.kept || y != y) continue;
            won += x > y ? 1 : x == y ? 0.5 : 0;
            pairs += 1;
        }
    }
    return pairs > 0 ? won / pairs : undefined;
}

/// Pearson's r by its definition.
inline double plain_correlation(const std::vector<std::pair<double, double>>& pairs) {
    double mx = 0, my = 0;
    for (const auto& [x, y] : pairs) {
        mx += x;
        my += y;
    }
    mx /= static_cast<double>(pairs.size());
    my /= static_cast<double>(pairs.size());
    double xx = 0, yy = 0, xy = 0;
    for (const auto& [x, y] : pairs) {
        xx += (x - mx) * (x - mx);
        yy += (y - my) * (y - my);
        xy += (x - mx) * (y - my);
    }
    return xy / std::sqrt(xx * yy);
}

/// √((G − 1)/G Σ (θ₍g₎ − mean)²) of a figure of rows, over the groups that have some.
template <class Figure>
double plain_jackknife(const std::vector<observed_row>& rows, Figure figure,
                       std::size_t groups = 20) {
    std::vector<double> without;
    for (std::size_t g = 0; g < groups; ++g) {
        std::vector<observed_row> rest;
        for (const observed_row& one : rows) {
            if (one.group % groups != g) rest.push_back(one);
        }
        if (rest.size() < rows.size()) without.push_back(figure(rest));
    }
    double mean = 0, squares = 0;
    const auto n = static_cast<double>(without.size());
    for (const double one : without) mean += one / n;
    for (const double one : without) squares += (one - mean) * (one - mean);
    return std::sqrt((n - 1) / n * squares);
}

}  // namespace aiueo::testing
