// evidence › links: how each customer moved along the chain accompany → process → success, and
// where it stands. … ─► score ─► evidence
//
// A customer's months are bits, a word for 64 of them, so that a link, a lag and a tenure band are
// counted by a few ands and population counts, however long the history is.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/base/money.hpp"
#include "aiueo/evidence/block_index.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/month_blocks.hpp"
#include "aiueo/evidence/panel.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo::detail {

/// Is it a contract (not a trial, which has no MRR to renew) that runs on that day?
[[nodiscard]] inline bool in_force(const contract& one, std::int32_t day) noexcept {
    return one.kind == contract_kind::contract && one.start <= day && day < one.end;
}

/// Months by bit, the customer's first one lowest.
using month_bits = std::vector<std::uint64_t>;

/// What one customer adds to a link.
using link_tally = std::array<std::int64_t, link_fields>;

class link_counter {
public:
    /// A month of the customer: its row of the panel, what it pays, and its level of each segment.
    struct month_of_customer {
        const panel_row* seen = nullptr;
        std::int64_t mrr = no_money;
        const std::int32_t* levels = nullptr;  ///< [segment], −1 = unknown
    };

    /// `first`, `last`: of all months that will be counted.
    link_counter(const counted& shape, const scores& given, std::vector<count_table>& tables,
                 std::int32_t first, std::int32_t last)
        : shape_(shape),
          scores_(given),
          segments_(shape.model().segments.size()),
          levels_(segments_),
          levels_met_(segments_),
          standings_(segments_ + 1),
          links_(tables[static_cast<std::size_t>(table_id::links)]),
          standing_(tables[static_cast<std::size_t>(table_id::standing)], first, last) {
        for (std::size_t s = 0; s < segments_; ++s) {
            level_links_.emplace_back(tables[counted::links_of_segment(s)]);
            level_standing_.emplace_back(tables[counted::standing_of_segment(s)], first, last,
                                         max_segment_levels);
        }
    }

    /// All months of one customer, ascending.
    void count(std::span<const month_of_customer> months, std::span<const contract> contracts) {
        if (months.empty()) return;
        months_ = months;
        first_ = months.front().seen->month;
        words_ = static_cast<std::size_t>(months.back().seen->month - first_) / 64 + 1;
        read_steps();
        set_bands(contracts);
        set_levels();
        for (std::size_t lag = 0; lag < shape_.lags().size(); ++lag) count_links(lag);
        count_standing(contracts);
    }

private:
    struct level_months {
        std::int32_t level = -1;
        month_bits months;
    };

    [[nodiscard]] std::size_t place_of(const panel_row& row) const noexcept {
        return static_cast<std::size_t>(row.month - first_);
    }
    static void set(month_bits& bits, std::size_t at) noexcept {
        bits[at / 64] |= std::uint64_t{1} << (at % 64);
    }
    [[nodiscard]] static bool is_set(const month_bits& bits, std::size_t at) noexcept {
        return (bits[at / 64] >> (at % 64) & 1) != 0;
    }
    /// Bits of word `w` as they are `by` months on.
    [[nodiscard]] static std::uint64_t later(const month_bits& bits, std::size_t w,
                                             std::size_t by) noexcept {
        const std::size_t from = w + by / 64, rest = by % 64;
        const auto word = [&](std::size_t k) { return k < bits.size() ? bits[k] : 0; };
        return rest == 0 ? word(from) : word(from) >> rest | word(from + 1) << (64 - rest);
    }

    void read_steps() {
        for (auto& one : yes_) one.assign(words_, 0);
        for (auto& one : no_) one.assign(words_, 0);
        for (const month_of_customer& month : months_) {
            const std::size_t at = place_of(*month.seen);
            const auto row = static_cast<std::size_t>(month.seen->row);
            for (std::size_t k = 0; k < step_names.size(); ++k) {
                const auto state =
                    static_cast<achievement>(scores_.achieved(static_cast<step>(k))[row]);
                if (state == achievement::yes) set(yes_[k], at);
                if (state == achievement::no) set(no_[k], at);
            }
        }
    }

    /// Tenure: calendar months since that of the first contract or trial.
    void set_bands(std::span<const contract> contracts) {
        for (auto& one : bands_) one.assign(words_, 0);
        if (contracts.empty()) {
            std::fill(bands_[0].begin(), bands_[0].end(), ~std::uint64_t{0});
            return;
        }
        std::int32_t start = contracts.front().start;
        for (const contract& one : contracts) start = std::min(start, one.start);
        const std::int32_t begin = month_of(start);
        for (const month_of_customer& month : months_) {
            const std::int32_t tenure = month.seen->month - begin;
            set(bands_[tenure < 3 ? 0 : tenure < 12 ? 1 : 2], place_of(*month.seen));
        }
    }

    /// The months that the customer was at each level of each segment.
    void set_levels() {
        for (std::size_t s = 0; s < segments_; ++s) {
            std::vector<level_months>& here = levels_[s];
            std::size_t& used = levels_met_[s];
            used = 0;
            for (const month_of_customer& month : months_) {
                const std::int32_t level = month.levels[s];
                std::size_t k = 0;
                while (k < used && here[k].level != level) ++k;
                if (k == used) {
                    if (used == here.size()) here.emplace_back();
                    here[used].level = level;
                    here[used++].months.assign(words_, 0);
                }
                set(here[k].months, place_of(*month.seen));
            }
        }
    }

    /// `within`: the months t that are asked for; null: all.
    [[nodiscard]] link_tally tally_of(step before, step after, std::size_t lag,
                                      const month_bits* within) const noexcept {
        const auto a = static_cast<std::size_t>(before), b = static_cast<std::size_t>(after);
        std::array<std::array<std::int64_t, 4>, 3> by_band{};
        for (std::size_t w = 0; w < words_; ++w) {
            const std::uint64_t reached = later(yes_[b], w, lag);
            const std::uint64_t counts = no_[b][w] & (yes_[a][w] | no_[a][w]) &
                                         (reached | later(no_[b], w, lag)) &
                                         (within == nullptr ? ~std::uint64_t{0} : (*within)[w]);
            if (counts == 0) continue;
            for (std::size_t band = 0; band < bands_.size(); ++band) {
                const std::uint64_t here = counts & bands_[band][w];
                if (here == 0) continue;
                auto& to = by_band[band];
                to[0] += std::popcount(here & yes_[a][w]);
                to[1] += std::popcount(here & yes_[a][w] & reached);
                to[2] += std::popcount(here & no_[a][w]);
                to[3] += std::popcount(here & no_[a][w] & reached);
            }
        }
        link_tally out{};
        const auto at = [&out](link_field field) -> std::int64_t& {
            return out[static_cast<std::size_t>(field)];
        };
        for (const auto& [n1, x1, n0, x0] : by_band) {
            at(link_field::with) += n1;
            at(link_field::with_reached) += x1;
            at(link_field::without) += n0;
            at(link_field::without_reached) += x0;
            at(link_field::gained) += x1 * n0;
            at(link_field::gained_anyway) += x0 * n1;
            at(link_field::compared) += n1 * n0;
        }
        const bool any_with = at(link_field::with) > 0, any_without = at(link_field::without) > 0;
        at(link_field::customers) = any_with || any_without ? 1 : 0;
        at(link_field::customers_with) = any_with ? 1 : 0;
        at(link_field::customers_without) = any_without ? 1 : 0;
        return out;
    }

    static void add(const link_tally& what, std::int64_t* to) noexcept {
        for (std::size_t k = 0; k < link_fields; ++k) to[k] += what[k];
    }

    void count_links(std::size_t lag) {
        const auto group = static_cast<std::size_t>(months_.front().seen->group);
        const auto months = static_cast<std::size_t>(shape_.lags()[lag]);
        constexpr auto customers = static_cast<std::size_t>(link_field::customers);
        for (std::size_t k = 0; k < monthly_links; ++k) {
            const auto which = static_cast<monthly_link>(k);
            const step before = earlier_step(which), after = later_step(which);
            const auto put = [&](const link_tally& what, reading way) {
                if (what[customers] == 0) return;
                add(what,
                    links_.at({static_cast<std::int32_t>(lag)}) + link_cell(which, way, group));
            };
            put(tally_of(after, before, months, nullptr), reading::backward);
            const link_tally forward = tally_of(before, after, months, nullptr);
            put(forward, reading::forward);
            if (forward[customers] == 0) continue;
            for (std::size_t s = 0; s < segments_; ++s) {
                for (const level_months& level : std::span{levels_[s]}.first(levels_met_[s])) {
                    const link_tally here = levels_met_[s] == 1
                                                ? forward
                                                : tally_of(before, after, months, &level.months);
                    if (here[customers] == 0) continue;
                    add(here, level_links_[s].at({static_cast<std::int32_t>(lag), level.level}) +
                                  level_link_cell(which, group));
                }
            }
        }
    }

    // ── where it stands ──────────────────────────────────────────────────────

    void count_standing(std::span<const contract> contracts) {
        // How many months on end, up to this one, the earlier step without the later one.
        std::array<std::int32_t, monthly_links> stuck{};
        std::int32_t last = first_ - 1;
        for (const month_of_customer& month : months_) {
            const std::size_t at = place_of(*month.seen);
            const bool next = month.seen->month == last + 1;
            last = month.seen->month;
            standings_[segments_] = standing_.at(month.seen->month, -1);
            for (std::size_t s = 0; s < segments_; ++s)
                standings_[s] = level_standing_[s].at(month.seen->month, month.levels[s]);
            const auto put = [&](std::size_t cell, std::int64_t mrr) {
                for (std::int64_t* block : standings_) add_standing(block + cell, mrr);
            };
            for (std::size_t k = 0; k < monthly_links; ++k) {
                const auto which = static_cast<monthly_link>(k);
                const bool here = is_set(yes_[k], at) && is_set(no_[k + 1], at);
                stuck[k] = here ? (next ? stuck[k] : 0) + 1 : 0;
                for (std::size_t lag = 0; lag < shape_.lags().size(); ++lag) {
                    if (stuck[k] >= shape_.lags()[lag]) put(stuck_cell(lag, which), month.mrr);
                }
                if (is_set(no_[k], at) && is_set(no_[k + 1], at))
                    put(standing_cell(k == 0 ? chain_place::without_1_2 : chain_place::without_2_3),
                        month.mrr);
            }
            constexpr auto success = static_cast<std::size_t>(step::success);
            const bool with = is_set(yes_[success], at);
            const auto due = with || is_set(no_[success], at)
                                 ? due_part(contracts, month.seen->as_of, month.mrr)
                                 : std::nullopt;
            if (due)
                put(standing_cell(with ? chain_place::due_success : chain_place::due_without),
                    *due);
            put(pattern_cell(static_cast<pattern>(
                    scores_.pattern()[static_cast<std::size_t>(month.seen->row)])),
                month.mrr);
        }
    }

    static void add_standing(std::int64_t* to, std::int64_t mrr) noexcept {
        to[static_cast<std::size_t>(standing_field::customers)] += 1;
        if (mrr == no_money) return;
        to[static_cast<std::size_t>(standing_field::priced)] += 1;
        to[static_cast<std::size_t>(standing_field::mrr)] += mrr;
    }

    /// What a customer pays by contracts of that day that end within 12 months, of `mrr` that it
    /// pays in all; nothing: no contract does.
    [[nodiscard]] static std::optional<std::int64_t> due_part(std::span<const contract> contracts,
                                                              std::int32_t day,
                                                              std::int64_t mrr) noexcept {
        std::int64_t due = 0;
        bool any = false;
        for (const contract& one : contracts) {
            if (!in_force(one, day) || months_between(day, one.end) > due_within_months) continue;
            any = true;
            // Of a contract whose price is not known, all of it may be.
            due = one.mrr_before == no_money || due > minor_units_limit ? INT64_MAX
                                                                        : due + one.mrr_before;
        }
        if (!any) return std::nullopt;
        return mrr == no_money ? no_money : std::min(mrr, due);
    }

    const counted& shape_;
    const scores& scores_;
    std::size_t segments_;
    std::vector<std::vector<level_months>> levels_;  ///< [segment], the first levels_met_ of them
    std::vector<std::size_t> levels_met_;
    std::vector<std::int64_t*> standings_;  ///< of the month at hand: [segment], everybody
    block_index links_;
    month_blocks standing_;
    std::vector<block_index> level_links_;
    std::vector<month_blocks> level_standing_;

    // Of the customer at hand.
    std::span<const month_of_customer> months_;
    std::int32_t first_ = 0;
    std::size_t words_ = 0;
    std::array<month_bits, step_names.size()> yes_, no_;
    std::array<month_bits, 3> bands_;  ///< by tenure
};

}  // namespace aiueo::detail
