// A world whose stages, renewals and months are known, as evidence up to a month.
#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/forecast.hpp"

#include "observed_rows.hpp"

namespace aiueo::testing {

/// What is true.
struct forecast_truth {
    std::array<std::array<double, 3>, 3> moves{
        {{0.90, 0.09, 0.01}, {0.04, 0.90, 0.06}, {0.01, 0.05, 0.94}}};
    std::array<double, 3> renewal{0.55, 0.80, 0.93};
    double month_effect = 0.0;  ///< standard deviation of a month's log-odds
    std::vector<std::int32_t> terms{12};
    double growth = 1.05;
    double change = 0.0;         ///< chance that a renewal has the other of two terms
    std::int64_t price = 10000;  ///< minor units, times 1, 2, 3
    int customers = 1000;
    std::int32_t months = 48;
};

inline constexpr std::int32_t forecast_first = 2018 * 12;  ///< the first month of every world

inline std::int32_t day_of(std::int32_t month, std::int32_t day) {
    return static_cast<std::int32_t>(days_from_civil(month / 12, month % 12 + 1, day));
}

/// All that happens; what is known at a month's close is cut out of it.
inline told_history forecast_history_of(const forecast_truth& truth, std::uint64_t seed) {
    std::uint64_t state = seed * 2654435761U + 12345;
    for (int k = 0; k < 5; ++k) drawn(state);
    const auto normal = [&state] {
        const double u = 1 - chance(state), v = chance(state);
        return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
    };
    std::vector<double> effects;
    for (std::int32_t m = 0; m <= truth.months; ++m)
        effects.push_back(truth.month_effect * normal());
    told_history out;
    for (int c = 0; c < truth.customers; ++c) {
        history_row row;
        row.customer = "c" + std::to_string(c);
        row.plan = "plan 0";
        std::int32_t term = truth.terms[drawn(state) % truth.terms.size()];
        row.term = term;
        // A new one for each that leaves, so that there is always somebody to renew.
        std::int32_t m = static_cast<std::int32_t>(drawn(state) % 12);
        for (int life = 0; m < truth.months; ++life) {
            if (life > 0) row.customer = "c" + std::to_string(c) + "-" + std::to_string(life);
            std::size_t level = drawn(state) % 10 < 6 ? 0 : 1;
            std::int64_t mrr = truth.price * static_cast<std::int64_t>(1 + drawn(state) % 3);
            bool here = true;
            while (here && m < truth.months) {
                contract one;
                one.start = day_of(forecast_first + m, 15);
                one.end = day_of(forecast_first + m + term, 15);
                one.mrr_before = mrr;
                for (std::int32_t k = 0; k < term && m < truth.months; ++k, ++m) {
                    row.as_of = day_of(forecast_first + m, 20);
                    row.logins = level >= 1 ? 80 : 10;
                    row.answers = level == 2 ? 10 : 1;
                    row.setup = 1;
                    row.wins = 10;
                    out.rows.push_back(row);
                    if (k + 1 == term) break;
                    const double u = chance(state);
                    const auto& p = truth.moves[level];
                    level = u < p[0] ? 0 : u < p[0] + p[1] ? 1 : 2;
                }
                if (m >= truth.months) {
                    out.contracts.emplace_back(row.customer, one);
                    break;
                }
                ++m;
                const double p = truth.renewal[level];
                const double odds =
                    std::log(p / (1 - p)) +
                    (m <= truth.months ? effects[static_cast<std::size_t>(m)] : 0.0);
                here = chance(state) < 1 / (1 + std::exp(-odds));
                one.outcome = here ? contract_outcome::renewed : contract_outcome::churned;
                if (here) {
                    mrr = static_cast<std::int64_t>(
                        std::llround(static_cast<double>(mrr) * truth.growth));
                    one.mrr_after = mrr;
                    if (truth.change > 0 && chance(state) < truth.change)
                        term =
                            term == truth.terms.front() ? truth.terms.back() : truth.terms.front();
                    const double u = chance(state);
                    const auto& to = truth.moves[level];
                    level = u < to[0] ? 0 : u < to[0] + to[1] ? 1 : 2;
                }
                out.contracts.emplace_back(row.customer, one);
            }
        }
    }
    return out;
}

/// Evidence as it was at the close of a month, counted from forecast_first.
inline evidence known_at(const plan& of, const told_history& all, std::int32_t month) {
    const std::int32_t until = day_of(forecast_first + month + 1, 1) - 1;
    told_history told;
    for (const history_row& one : all.rows) {
        if (one.as_of <= until) told.rows.push_back(one);
    }
    for (auto [customer, one] : all.contracts) {
        if (one.start > until) continue;
        if (one.end > until) {
            one.outcome = contract_outcome::open;
            one.mrr_after = no_money;
        }
        told.contracts.emplace_back(customer, one);
    }
    const contract_history contracts = history_of(told);
    const counted_rows rows = bound_rows(of, told.rows);
    evidence out{of};
    histories known{contracts};
    known.data_until = until;
    const status ok = out.update(*rows.rows, *rows.given, known);
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

}  // namespace aiueo::testing
