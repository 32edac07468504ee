// study › forecast_history: what a forecast may know as of a month. … ─► evidence ─► study
//
// Decisions and moves are added up to a month, by group of customers, so that a forecast as of then
// sees nothing later, and so that each group can be left out.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
#include <span>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/stats/intervals.hpp"
#include "aiueo/study/forecast_renewals.hpp"

namespace aiueo::detail {

/// How much a customer's row of moves is believed beside everybody's: as one customer-month.
inline constexpr double move_prior = 1;

/// Decisions and moves up to a month. Cells are [level][band of terms].
struct forecast_sums {
    std::size_t places = 1;  ///< levels, then "without a snapshot"
    std::size_t bands = 1;
    std::vector<grouped_number> ends, kept;  ///< by cell
    renewal_sums renewals;
    std::vector<grouped_number> moves;                              ///< [from][to], customers
    std::vector<std::vector<double>> ends_by_month, kept_by_month;  ///< months with decisions

    [[nodiscard]] std::size_t cell(std::size_t place, std::size_t band) const noexcept {
        return place * bands + band;
    }
    [[nodiscard]] double decisions() const noexcept {
        double sum = 0;
        for (const grouped_number& one : ends) sum += one.total();
        return sum;
    }
    /// Decisions by group: those that have none do not move anything.
    [[nodiscard]] std::array<std::int64_t, evidence_groups> rows() const noexcept {
        std::array<std::int64_t, evidence_groups> out{};
        for (const grouped_number& one : ends) {
            for (std::size_t g = 0; g < out.size(); ++g)
                out[g] += static_cast<std::int64_t>(one.by_group[g]);
        }
        return out;
    }
};

/// Everything known at the close of `origin`, a calendar month.
[[nodiscard]] inline forecast_sums sums_until(const evidence& of, std::int32_t origin) {
    const revenue_shape& shape = of.shape().revenue();
    forecast_sums out;
    out.places = shape.levels + 1;
    out.bands = shape.term_bands;
    const std::size_t cells = out.places * out.bands;
    out.ends.resize(cells);
    out.kept.resize(cells);
    out.renewals = renewals_until(of, origin);
    out.moves.resize(out.places * out.places);
    for (const auto& [key, block] : of.table(table_id::decisions).blocks()) {
        if (key[0] > origin) break;
        std::vector<double> ends(cells), kept(cells);
        double any = 0;
        for (std::size_t l = 0; l < out.places; ++l) {
            for (std::size_t b = 0; b < out.bands; ++b) {
                const std::size_t c = out.cell(l, b);
                for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                    const std::int64_t* at = block.data() + shape.decision_cell(l, b, g);
                    const auto field = [at](end_field which) {
                        return static_cast<double>(at[static_cast<std::size_t>(which)]);
                    };
                    out.ends[c].add(g, field(end_field::ends));
                    out.kept[c].add(g, field(end_field::kept));
                    ends[c] += field(end_field::ends);
                    kept[c] += field(end_field::kept);
                    any += field(end_field::ends);
                }
            }
        }
        if (any == 0) continue;
        out.ends_by_month.push_back(std::move(ends));
        out.kept_by_month.push_back(std::move(kept));
    }
    for (const auto& [key, block] : of.table(table_id::moves).blocks()) {
        if (key[0] > origin) break;
        for (std::size_t from = 0; from < out.places; ++from) {
            for (std::size_t to = 0; to < out.places; ++to) {
                for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g)
                    out.moves[from * out.places + to].add(
                        g, static_cast<double>(block[shape.move_cell(from, to, g)]));
            }
        }
    }
    return out;
}

/// What a forecast multiplies. A *place* is where evidence sees a customer at a close: a level, or
/// "without a snapshot". A *state* is what is behind: a level, seen or not, for a customer who is
/// not seen in a month still has one. Where the model has no levels there is one place, and one
/// state.
struct forecast_rates {
    std::size_t places = 1;
    std::size_t states = 1;
    std::size_t bands = 1;
    std::vector<double> cells;    ///< renewal by [place][band]
    std::vector<double> level;    ///< by place, over all terms; that of `pooled` if borrowed
    std::vector<double> decided;  ///< by place: decisions
    double pooled = undefined;    ///< undefined: nobody has decided
    std::vector<double> seen;     ///< [level][level] of those who are seen in both months
    std::vector<double> hides;    ///< by place: the share that has no snapshot in the next month
    std::vector<double> hidden;   ///< [level]: of those who have no snapshot
    std::vector<double> p;        ///< renewal by [state][band]
    std::vector<double> moves;    ///< monthly, [state][state]
    renewal_rates renewals;

    [[nodiscard]] std::size_t place_of(std::size_t state) const noexcept {
        return std::min(state, places - 1);
    }
    /// Which states a customer at a place is in.
    void put(std::size_t place, std::vector<double>& to) const noexcept {
        std::fill(to.begin(), to.end(), 0.0);
        if (states == 1 || place + 1 < places) {
            to[place] = 1;
            return;
        }
        for (std::size_t l = 0; l < hidden.size(); ++l) to[hidden.size() + l] = hidden[l];
    }
};

/// A share that is never 0 or 1: the mean of Jeffreys' posterior.
[[nodiscard]] inline double never_certain(double x, double n) noexcept {
    return (x + 0.5) / (n + 1);
}

/// p with so much more log-odds.
[[nodiscard]] inline double shifted(double p, double odds) noexcept {
    return p * odds / (1 - p + p * odds);
}

/// A level's rate is Jeffreys' mean; a band of terms within it is shrunken toward it; a level
/// nobody decided at has everybody's rate.
inline void find_rates(const forecast_sums& from, double shrinkage, std::size_t without,
                       forecast_rates& out) {
    std::vector<double> ends(from.places), kept(from.places);
    double all_ends = 0, all_kept = 0;
    for (std::size_t l = 0; l < from.places; ++l) {
        for (std::size_t b = 0; b < from.bands; ++b) {
            ends[l] += from.ends[from.cell(l, b)].without(without);
            kept[l] += from.kept[from.cell(l, b)].without(without);
        }
        all_ends += ends[l];
        all_kept += kept[l];
    }
    if (all_ends > 0) out.pooled = never_certain(all_kept, all_ends);
    for (std::size_t l = 0; l < from.places; ++l) {
        const double mean = ends[l] > 0 ? never_certain(kept[l], ends[l]) : out.pooled;
        out.level.push_back(mean);
        for (std::size_t b = 0; b < from.bands; ++b) {
            const double n = from.ends[from.cell(l, b)].without(without);
            const double x = from.kept[from.cell(l, b)].without(without);
            const double p = shrinkage + n > 0 ? (x + shrinkage * mean) / (n + shrinkage) : mean;
            out.cells.push_back(std::clamp(p, 1e-9, 1 - 1e-9));
        }
    }
    out.decided = std::move(ends);
}

/// A row of moves is its own with everybody's as one more customer-month: stay as often as all do,
/// else move to where those go who move.
inline void find_moves(const forecast_sums& from, std::size_t without, forecast_rates& out) {
    const std::size_t levels = from.places - 1;
    const auto count = [&](std::size_t a, std::size_t b) {
        return from.moves[a * from.places + b].without(without);
    };
    double seen = 0, stayed = 0, all = 0, all_hid = 0;
    std::vector<double> arrived(levels), rows(levels), hid(levels), mix(levels);
    for (std::size_t a = 0; a < levels; ++a) {
        for (std::size_t b = 0; b < levels; ++b) {
            rows[a] += count(a, b);
            (a == b ? stayed : arrived[b]) += count(a, b);
        }
        hid[a] = count(a, levels);
        seen += rows[a];
        all += rows[a] + hid[a];
        all_hid += hid[a];
    }
    const double stay = seen > 0 ? never_certain(stayed, seen) : 1.0;
    for (std::size_t a = 0; a < levels; ++a) {
        double elsewhere = 0;
        for (std::size_t b = 0; b < levels; ++b) elsewhere += b == a ? 0 : arrived[b];
        for (std::size_t b = 0; b < levels; ++b) {
            const double usual = a == b          ? (elsewhere > 0 ? stay : 1.0)
                                 : elsewhere > 0 ? (1 - stay) * arrived[b] / elsewhere
                                                 : 0.0;
            out.seen.push_back((count(a, b) + move_prior * usual) / (rows[a] + move_prior));
        }
        const double usual = all > 0 ? all_hid / all : 0.0;
        out.hides.push_back((hid[a] + move_prior * usual) / (rows[a] + hid[a] + move_prior));
        mix[a] = all > 0 ? (rows[a] + hid[a]) / all : 1 / static_cast<double>(levels);
    }
    double returned = 0;
    for (std::size_t b = 0; b < levels; ++b) returned += count(levels, b);
    out.hides.push_back(never_certain(count(levels, levels), returned + count(levels, levels)));
    for (std::size_t b = 0; b < levels; ++b)
        out.hidden.push_back((count(levels, b) + move_prior * mix[b]) / (returned + move_prior));
}

/// Whoever is not seen keeps moving as others do, and is of the levels at which those come back who
/// come back. That they renew otherwise is one more odds ratio for all levels, such that their rate
/// is what it was.
inline void find_states(forecast_rates& out) {
    const std::size_t levels = out.hidden.size();
    if (levels == 0) {
        out.p = out.cells;
        out.moves = {1.0};
        return;
    }
    out.states = 2 * levels;
    out.p.assign(out.cells.begin(), out.cells.end() - static_cast<std::ptrdiff_t>(out.bands));
    double odds = 1;
    if (out.decided.back() > 0) {
        double low = -20, high = 20;  // of their logarithm
        for (int k = 0; k < 60; ++k) {
            odds = std::exp((low + high) / 2);
            double rate = 0;
            for (std::size_t l = 0; l < levels; ++l)
                rate += out.hidden[l] * shifted(out.level[l], odds);
            (rate < out.level.back() ? low : high) = (low + high) / 2;
        }
    }
    for (std::size_t k = 0; k < levels * out.bands; ++k)
        out.p.push_back(std::clamp(shifted(out.cells[k], odds), 1e-9, 1 - 1e-9));
    if (!(out.decided.back() > 0)) {
        // Nobody was unseen when it decided: what is said of such is what is reckoned with.
        out.level.back() = 0;
        for (std::size_t l = 0; l < levels; ++l) out.level.back() += out.hidden[l] * out.level[l];
        for (std::size_t b = 0; b < out.bands; ++b) {
            double& cell = out.cells[levels * out.bands + b];
            cell = 0;
            for (std::size_t l = 0; l < levels; ++l)
                cell += out.hidden[l] * out.cells[l * out.bands + b];
        }
    }
    for (std::size_t a = 0; a < out.states; ++a) {
        const double hides = out.hides[out.place_of(a)];
        for (std::size_t b = 0; b < out.states; ++b) {
            const double moves = out.seen[a % levels * levels + b % levels];
            out.moves.push_back(moves * (b < levels ? 1 - hides : hides));
        }
    }
}

/// All but group `without`.
[[nodiscard]] inline forecast_rates rates_of(const forecast_sums& from, double shrinkage,
                                             std::size_t without = every_group) {
    forecast_rates out;
    out.places = from.places;
    out.bands = from.bands;
    find_rates(from, shrinkage, without, out);
    find_moves(from, without, out);
    find_states(out);
    out.renewals = renewal_rates_of(from.renewals, shrinkage, without);
    return out;
}

/// How much whole months differ.
struct month_effect {
    double variance = undefined;  ///< of the log-odds
    std::int64_t months = 0;
    double shared = 0;  ///< share of it that the rates themselves have: Σ w², w a month's weight
};

/// Months' renewals around what the rates say: Σ r²/V = Σ (V − H)/V + τ² Σ ((V − H)² + Σ H′²)/V,
/// where V is a month's p(1 − p), and H what the rates took from the month itself (and H′ from
/// another one); τ² by this and not below 0 (the method of moments of DerSimonian and Laird 1986,
/// on the log-odds' scale to first order). Undefined below three months.
[[nodiscard]] inline month_effect month_effect_of(const forecast_sums& from,
                                                  const forecast_rates& rates) {
    month_effect out;
    const std::size_t months = from.ends_by_month.size(), cells = rates.cells.size();
    std::vector<double> v(months);
    double all = 0;
    for (std::size_t e = 0; e < months; ++e) {
        for (std::size_t c = 0; c < cells; ++c)
            v[e] += from.ends_by_month[e][c] * rates.cells[c] * (1 - rates.cells[c]);
        if (v[e] > 0) ++out.months;
        all += v[e];
    }
    if (out.months < 3) return out;
    double squares = 0, chance = 0, slope = 0;
    for (std::size_t e = 0; e < months; ++e) {
        if (!(v[e] > 0)) continue;
        out.shared += v[e] / all * (v[e] / all);
        double apart = 0, own = 0, others = 0;
        for (std::size_t c = 0; c < cells; ++c)
            apart += from.kept_by_month[e][c] - from.ends_by_month[e][c] * rates.cells[c];
        for (std::size_t f = 0; f < months; ++f) {
            double taken = 0;
            for (std::size_t c = 0; c < cells; ++c) {
                const double n = from.ends[c].total();
                if (n > 0)
                    taken += from.ends_by_month[e][c] * from.ends_by_month[f][c] * rates.cells[c] *
                             (1 - rates.cells[c]) / n;
            }
            if (f == e)
                own = taken;
            else
                others += taken * taken;
        }
        squares += apart * apart / v[e];
        chance += (v[e] - own) / v[e];
        slope += ((v[e] - own) * (v[e] - own) + others) / v[e];
    }
    out.variance = slope > 0 ? std::max(0.0, (squares - chance) / slope) : 0.0;
    return out;
}

}  // namespace aiueo::detail
