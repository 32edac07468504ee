// study › nrr_review: why the expected NRR of a portfolio moved between two closes, at the same
// rates. … ─► evidence ─► study
//
// Each customer's part of the change is mean_change's. A move from one level to another weighs what
// the customer paid on average: up or down the ladder, or to and from not being seen. What it pays
// more or less moves the mean by how far its rate is from the mean. The new and the lost are the
// same with one side empty. The parts add up to the change.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/stats/mean_change.hpp"
#include "aiueo/study/nrr_counts.hpp"

namespace aiueo::detail {

class nrr_reviewer {
public:
    /// `scale`: so many of the levels are in order; the others say no more than not being seen.
    nrr_reviewer(const revenue_shape& shape, std::size_t scale, const nrr_rates& rates,
                 const group_rows& rows)
        : shape_(shape), scale_(scale), rates_(rates), rows_(rows) {}

    /// `all`: the whole portfolio, where the moves are those of a part of it.
    [[nodiscard]] nrr_change change(std::string name, const move_table& moves,
                                    const move_table* all = nullptr) const {
        nrr_change out;
        out.name = std::move(name);
        std::array<over_groups, nrr_parts + 3> sums;
        for (std::size_t g = 0; g <= none_left_out; ++g) {
            const std::vector<weighted_part> parts = parts_of(moves, g);
            const mean_change mean{parts};
            std::array<double, nrr_parts + 3> here{};
            add_parts(moves, parts, mean, here.data());
            here[nrr_parts] = mean.before();
            here[nrr_parts + 1] = mean.after();
            here[nrr_parts + 2] = mean.change();
            for (std::size_t k = 0; k < here.size(); ++k) {
                // A mean that is not known at both closes did not change by anything known.
                const bool known =
                    k == nrr_parts || k == nrr_parts + 1 || is_defined(here[nrr_parts + 2]);
                (g == none_left_out ? sums[k].value : sums[k].without[g]) =
                    known ? here[k] : undefined;
            }
        }
        const std::array<std::int64_t, nrr_parts + 3> n = customers_of(moves);
        const auto figure_at = [&](std::size_t k) { return figure_of(sums[k].plain(rows_), n[k]); };
        for (std::size_t k = 0; k < nrr_parts; ++k) out.parts[k] = figure_at(k);
        out.before = figure_of(sums[nrr_parts].positive(rows_), n[nrr_parts]);
        out.after = figure_of(sums[nrr_parts + 1].positive(rows_), n[nrr_parts + 1]);
        out.change = figure_at(nrr_parts + 2);
        if (all != nullptr) {
            const mean_change mean{parts_of(*all, none_left_out)};
            std::array<double, nrr_parts> here{};
            add_parts(moves, parts_of(moves, none_left_out), mean, here.data());
            out.of_all = 0;
            for (const double one : here) out.of_all += one;
        }
        return out;
    }

private:
    [[nodiscard]] nrr_part part_at(std::size_t from, std::size_t to) const noexcept {
        if (from == shape_.outside()) return nrr_part::arrived;
        if (to == shape_.outside()) return nrr_part::lost;
        if (from == to) return nrr_part::mrr;
        if (from >= scale_ || to >= scale_) return nrr_part::seen;
        return to > from ? nrr_part::level_ups : nrr_part::level_downs;
    }

    /// In the order of the table.
    [[nodiscard]] std::vector<weighted_part> parts_of(const move_table& moves,
                                                      std::size_t without) const {
        std::vector<weighted_part> out;
        const auto rate = [&](std::size_t place) {
            return place == shape_.outside() ? undefined : rates_.at(place, without);
        };
        for (std::size_t from = 0; from < moves.places(); ++from) {
            for (std::size_t to = 0; to < moves.places(); ++to) {
                const moved_sums& here = moves.at(from, to);
                if (here.customers == 0) continue;
                out.push_back({static_cast<double>(here.before), static_cast<double>(here.after),
                               rate(from), rate(to)});
            }
        }
        return out;
    }

    void add_parts(const move_table& moves, const std::vector<weighted_part>& parts,
                   const mean_change& mean, double* to_parts) const {
        std::size_t at = 0;
        for (std::size_t from = 0; from < moves.places(); ++from) {
            for (std::size_t to = 0; to < moves.places(); ++to) {
                if (moves.at(from, to).customers == 0) continue;
                const part_of_change found = mean.of(parts[at++]);
                const nrr_part part = part_at(from, to);
                const bool stays = part != nrr_part::arrived && part != nrr_part::lost;
                to_parts[static_cast<std::size_t>(part)] += found.by_value;
                to_parts[static_cast<std::size_t>(stays ? nrr_part::mrr : part)] += found.by_weight;
            }
        }
    }

    /// By part, then before, after, and of all that were there at either close.
    [[nodiscard]] std::array<std::int64_t, nrr_parts + 3> customers_of(
        const move_table& moves) const noexcept {
        std::array<std::int64_t, nrr_parts + 3> out{};
        for (std::size_t from = 0; from < moves.places(); ++from) {
            for (std::size_t to = 0; to < moves.places(); ++to) {
                const std::int64_t n = moves.at(from, to).customers;
                const nrr_part part = part_at(from, to);
                const bool was = from != shape_.outside(), is = to != shape_.outside();
                if (part != nrr_part::mrr) out[static_cast<std::size_t>(part)] += n;
                if (was && is) out[static_cast<std::size_t>(nrr_part::mrr)] += n;
                if (was) out[nrr_parts] += n;
                if (is) out[nrr_parts + 1] += n;
                out[nrr_parts + 2] += n;
            }
        }
        return out;
    }

    const revenue_shape& shape_;
    std::size_t scale_;
    const nrr_rates& rates_;
    const group_rows& rows_;
};

}  // namespace aiueo::detail
