// study › nrr_levels: expected NRR by level and of a portfolio, and what the next rung is worth.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/nrr_counts.hpp"

namespace aiueo::detail {

/// Starting months that a level's latest NRR is of.
inline constexpr std::size_t latest_starts = 12;

/// A level's figure, of all its sums and without each group.
template <class F>
[[nodiscard]] over_groups level_figure(const retention_counts& from, start_range in,
                                       std::size_t place, F of) {
    return over_groups::made([&](std::size_t g) { return of(from.sums(in, place, g)); });
}

[[nodiscard]] inline figure nrr_figure(const retention_counts& from, start_range in,
                                       std::size_t place) {
    const over_groups found =
        level_figure(from, in, place, [](const retained_sums& of) { return of.nrr(); });
    return figure_of(found.positive(from.rows(in, place)), from.sums(in, place).customers);
}

/// Everybody, a level, or those without one; what is there now is filled in by the caller.
[[nodiscard]] inline nrr_level level_row(const retention_counts& from, start_range in,
                                         std::size_t place, std::string name) {
    nrr_level out;
    out.level = std::move(name);
    const group_rows rows = from.rows(in, place);
    out.nrr = nrr_figure(from, in, place);
    out.grr = figure_of(
        level_figure(from, in, place, [](const auto& of) { return of.grr(); }).share(rows),
        out.nrr.n);
    out.renewal = figure_of(
        level_figure(from, in, place, [](const auto& of) { return of.renewal(); }).share(rows),
        out.nrr.n);
    out.expansion = figure_of(
        level_figure(from, in, place, [](const auto& of) { return of.expansion(); }).positive(rows),
        out.nrr.n);
    for (std::size_t i = in.first; i < in.end; ++i)
        out.customers = std::max(out.customers, from.sums({i, i + 1}, place).customers);
    const start_range latest = from.latest(latest_starts), earlier{0, latest.first};
    out.latest = nrr_figure(from, latest, place);
    out.earlier = nrr_figure(from, earlier, place);
    const over_groups apart = over_groups::made([&](std::size_t g) {
        return from.sums(latest, place, g).nrr() - from.sums(earlier, place, g).nrr();
    });
    out.change =
        tested_of(apart.plain(from.rows(from.all(), place)), 0, out.latest.n + out.earlier.n);
    return out;
}

/// NRR of one level less that of another, of all customers and without each group.
[[nodiscard]] inline over_groups rate_difference(const retention_counts& from, start_range in,
                                                 std::size_t lower, std::size_t higher) {
    return over_groups::made([&](std::size_t g) {
        return from.sums(in, higher, g).nrr() - from.sums(in, lower, g).nrr();
    });
}

[[nodiscard]] inline group_rows rows_of_both(const retention_counts& from, start_range in,
                                             std::size_t a, std::size_t b) {
    group_rows out = from.rows(in, a);
    const group_rows more = from.rows(in, b);
    for (std::size_t g = 0; g < out.size(); ++g) out[g] += more[g];
    return out;
}

/// What a portfolio pays by place: the levels, then those without one.
using level_mix = std::vector<paying>;

[[nodiscard]] inline level_mix mix_of(const move_table& moves, const revenue_shape& shape) {
    level_mix out;
    for (std::size_t place = 0; place <= shape.unseen(); ++place)
        out.push_back(moves.arrived_at(place));
    return out;
}

[[nodiscard]] inline paying sum_of(const level_mix& mix) noexcept {
    paying out;
    for (const paying& one : mix) out += one;
    return out;
}

/// Σ share of MRR × rate, of all customers' rates and of those without each group.
[[nodiscard]] inline over_groups expected_of(const level_mix& mix, const nrr_rates& rates) {
    const double all = static_cast<double>(sum_of(mix).mrr);
    return over_groups::made([&](std::size_t g) {
        double sum = 0;
        for (std::size_t place = 0; place < mix.size(); ++place) {
            if (mix[place].mrr > 0) sum += static_cast<double>(mix[place].mrr) * rates.at(place, g);
        }
        return all > 0 ? sum / all : undefined;
    });
}

[[nodiscard]] inline nrr_portfolio portfolio_of(std::string name, const level_mix& mix,
                                                const nrr_rates& rates, const group_rows& rows) {
    nrr_portfolio out;
    out.name = std::move(name);
    out.now = sum_of(mix);
    out.expected = figure_of(expected_of(mix, rates).positive(rows), out.now.customers);
    for (std::size_t place = 0; place < mix.size(); ++place) {
        if (rates.is_own(place)) continue;
        out.by_everybody += mix[place];
    }
    return out;
}

/// Monthly moves of customers between places, all months together.
class monthly_moves {
public:
    explicit monthly_moves(const evidence& of) : shape_(of.shape().revenue()) {
        const std::size_t places = shape_.places();
        sums_.resize(places * places * (evidence_groups + 1));
        for (const auto& [key, block] : of.table(table_id::moves).blocks()) {
            for (std::size_t from = 0; from < places; ++from) {
                for (std::size_t to = 0; to < places; ++to) {
                    for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                        const std::int64_t n = block[shape_.move_cell(from, to, g)];
                        sums_[cell(from, to, g)] += n;
                        sums_[cell(from, to, none_left_out)] += n;
                    }
                }
            }
        }
    }

    /// The share of those at `start` that get to `goal` or higher (of `scale` levels) within so
    /// many months: first passage of the chain whose monthly moves are the mean of all months. Who
    /// leaves does not come back. Where who stayed was not seen a month later, nothing is known of
    /// its move, and it is taken to move as those do who were: undefined where nobody at `start`
    /// was seen again. n: customer-months that were, or in which the customer left.
    [[nodiscard]] figure reached(std::size_t start, std::size_t goal, std::size_t scale,
                                 std::int32_t months) const {
        const over_groups found = passage(start, goal, scale, months);
        group_rows rows{};
        std::int64_t n = 0;
        for (std::size_t g = 0; g < rows.size(); ++g) {
            for (std::size_t to = 0; to < shape_.places(); ++to)
                if (to != shape_.unseen()) rows[g] += sums_[cell(start, to, g)];
            n += rows[g];
        }
        return figure_of(jackknife_share(found.value, found.without, rows), n);
    }

    [[nodiscard]] over_groups passage(std::size_t start, std::size_t goal, std::size_t scale,
                                      std::int32_t months) const {
        return over_groups::made([&](std::size_t without) {
            std::vector<double> here(shape_.levels), next(shape_.levels);
            here[start] = 1;
            double arrived = 0;
            for (std::int32_t month = 0; month < months; ++month) {
                std::fill(next.begin(), next.end(), 0.0);
                for (std::size_t from = 0; from < shape_.levels; ++from) {
                    if (!(here[from] > 0)) continue;
                    const moved_from moved = of_level(from, without);
                    if (moved.seen == 0) {
                        if (from == start) return undefined;
                        next[from] += here[from] * (1 - moved.leave());
                        continue;
                    }
                    for (std::size_t to = 0; to < shape_.levels; ++to) {
                        const double share = here[from] *
                                             static_cast<double>(count(from, to, without)) /
                                             static_cast<double>(moved.all) * moved.of_one_seen();
                        if (to >= goal && to < scale)
                            arrived += share;
                        else
                            next[to] += share;
                    }
                }
                here.swap(next);
            }
            return arrived;
        });
    }

private:
    /// Customer-months at a level.
    struct moved_from {
        std::int64_t all = 0;
        std::int64_t left = 0;
        std::int64_t seen = 0;  ///< at some level a month later

        [[nodiscard]] double leave() const noexcept {
            return all > 0 ? static_cast<double>(left) / static_cast<double>(all) : 0.0;
        }
        /// How many of those that stayed one stands for that was seen.
        [[nodiscard]] double of_one_seen() const noexcept {
            return static_cast<double>(all - left) / static_cast<double>(seen);
        }
    };

    [[nodiscard]] std::int64_t count(std::size_t from, std::size_t to, std::size_t without) const {
        const std::int64_t all = sums_[cell(from, to, none_left_out)];
        return without == none_left_out ? all : all - sums_[cell(from, to, without)];
    }
    [[nodiscard]] moved_from of_level(std::size_t from, std::size_t without) const {
        moved_from out;
        for (std::size_t to = 0; to < shape_.places(); ++to) {
            const std::int64_t n = count(from, to, without);
            out.all += n;
            if (to == shape_.outside()) out.left += n;
            if (to < shape_.levels) out.seen += n;
        }
        return out;
    }

    [[nodiscard]] std::size_t cell(std::size_t from, std::size_t to,
                                   std::size_t group) const noexcept {
        return (from * shape_.places() + to) * (evidence_groups + 1) + group;
    }

    const revenue_shape& shape_;
    std::vector<std::int64_t> sums_;
};

}  // namespace aiueo::detail
