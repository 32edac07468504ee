// evidence › revenue_counter: what one customer adds to the tables of money over time.
// … ─► score ─► evidence
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aiueo/base/int128.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/evidence/block_index.hpp"
#include "aiueo/evidence/contract_chain.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/end_facts.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/many_blocks.hpp"
#include "aiueo/evidence/month_blocks.hpp"
#include "aiueo/evidence/paid_months.hpp"
#include "aiueo/evidence/value_code.hpp"

namespace aiueo::detail {

inline constexpr std::size_t owner_roles = 2;  ///< member, team

/// A month in which the customer was seen.
struct seen_month {
    std::int32_t month = 0;
    std::uint32_t level = 0;               ///< among counted::revenue_levels()
    const std::uint32_t* rungs = nullptr;  ///< rung levels, one a ladder and for bands
    std::array<std::int32_t, owner_roles> owner{-1, -1};  ///< ids in the tables
};

/// How long a customer took to the rung that completes onboarding.
struct completion_seen {
    std::int32_t start = 0;  ///< day
    completion_field what = completion_field::seen;
    std::int32_t days = 0;  ///< since the start
};

struct paying_customer {
    std::size_t group = 0;
    bool priced = true;                      ///< what it paid is known
    std::span<const ledger_entry> entries;   ///< by start
    std::span<const contract> contracts;     ///< as the history holds them
    std::span<const seen_month> months;      ///< ascending; none without snapshots
    std::span<const std::int32_t> segments;  ///< its levels, ids in the tables; empty: unknown
    std::optional<completion_seen> completion;
};

class revenue_counter {
public:
    /// `first`: the earliest month that any of the customers' entries begins in.
    revenue_counter(const counted& shape, std::vector<count_table>& tables,
                    const mrr_options& options, std::int32_t first)
        : shape_(shape),
          options_(options),
          paid_(options),
          last_(last_closed_month(options.data_until)),
          horizon_(static_cast<std::int32_t>(shape.revenue().horizon)),
          movements_(tables[at(table_id::movements)]),
          retention_(tables[at(table_id::retention)], first, last_),
          moves_(tables[at(table_id::moves)], first, last_),
          due_(tables[at(table_id::due)]),
          came_(tables[at(table_id::came)]),
          decisions_(tables[at(table_id::decisions)]),
          renewals_(tables[at(table_id::renewals)]),
          due_sizes_(tables[at(table_id::due_sizes)]),
          completion_(tables[at(table_id::completion)]),
          lives_(tables[at(table_id::lives)]) {
        for (const level_variable& one : shape.level_variables()) {
            if (one.what == level_variable::kind::ladder || one.what == level_variable::kind::band)
                ++rung_variables_;
        }
        owner_moves_.emplace_back(tables[at(table_id::moves_by_member)], first, last_, max_owners);
        if (shape.model().roles.contains("team"))
            owner_moves_.emplace_back(tables[at(table_id::moves_by_team)], first, last_,
                                      max_owners);
        for (std::size_t s = 0; s < shape.model().segments.size(); ++s) {
            movements_by_.emplace_back(tables[counted::movements_of_segment(s)], first, last_,
                                       max_segment_levels);
            retention_by_.emplace_back(tables[counted::retention_of_segment(s)], first, last_,
                                       max_segment_levels);
            completion_by_.emplace_back(tables[counted::completion_of_segment(s)]);
        }
    }

    /// All of one customer. Errors: what reading its entries says.
    [[nodiscard]] status count(const paying_customer& one) {
        customer_ = &one;
        place_months();
        count_contracts();
        count_completion();
        if (!one.priced) return {};
        if (status ok = paid_.read(one.entries); !ok) return ok;
        if (paid_.empty()) return {};
        count_movements();
        count_retention();
        count_moves();
        count_life();
        return {};
    }

    /// After the last customer.
    void finish() { lives_.hand_over(); }

    /// After count(): was it active at no close that is seen?
    [[nodiscard]] bool never_active() const noexcept { return paid_.empty(); }

private:
    [[nodiscard]] static constexpr std::size_t at(table_id which) noexcept {
        return static_cast<std::size_t>(which);
    }
    template <class Field>
    static void add(std::int64_t* to, Field field, std::int64_t n) noexcept {
        to[static_cast<std::size_t>(field)] += n;
    }

    // ── months ───────────────────────────────────────────────────────────────

    /// Levels and owners by month, from the first month that anything is known of.
    void place_months() {
        const paying_customer& one = *customer_;
        first_ = last_;
        if (!one.entries.empty()) first_ = std::min(first_, month_of(one.entries.front().start));
        for (const contract& each : one.contracts) first_ = std::min(first_, month_of(each.start));
        if (!one.months.empty()) first_ = std::min(first_, one.months.front().month);
        const auto months = static_cast<std::size_t>(last_ - first_ + 1);
        const auto unseen = static_cast<std::uint32_t>(shape_.revenue().unseen());
        levels_.assign(months, unseen);
        rungs_.assign(months, nullptr);
        owners_.assign(months, {-1, -1});
        std::size_t next = 0;
        for (const seen_month& seen : one.months) {
            if (seen.month > last_) break;
            const auto here = static_cast<std::size_t>(seen.month - first_);
            levels_[here] = seen.level;
            rungs_[here] = seen.rungs;
            for (; next > 0 && next < here; ++next) owners_[next] = owners_[next - 1];
            owners_[here] = seen.owner;
            next = here + 1;
        }
        for (; next > 0 && next < months; ++next) owners_[next] = owners_[next - 1];
    }

    [[nodiscard]] std::size_t level_at(std::int32_t month) const noexcept {
        return month < first_ ? shape_.revenue().unseen()
                              : levels_[static_cast<std::size_t>(month - first_)];
    }
    [[nodiscard]] std::int32_t level_of_segment(std::size_t s) const noexcept {
        return customer_->segments.empty() ? -1 : customer_->segments[s];
    }

    // ── what it paid ─────────────────────────────────────────────────────────

    void count_movements() {
        const std::size_t cell = revenue_shape::movement_cell(customer_->group);
        const auto put = [&](const mrr_change& one, std::int64_t* block) {
            const auto add = [&](std::size_t which) {
                block[cell + 2 * which] += 1;
                block[cell + 2 * which + 1] += one.mrr;
            };
            add(static_cast<std::size_t>(one.what));
            if (one.undecided) add(mrr_movements);
        };
        for (const mrr_change& one : paid_.changes()) {
            put(one, movements_.at({paid_.first(), one.month}));
            for (std::size_t s = 0; s < movements_by_.size(); ++s)
                put(one, movements_by_[s].at(one.month, level_of_segment(s)));
        }
    }

    void count_retention() {
        for (std::int32_t month = paid_.first(); month + horizon_ <= last_; ++month) {
            if (!paid_.active(month)) continue;
            const std::int64_t now = paid_.mrr(month);
            const bool kept = paid_.active(month + horizon_);
            const std::int64_t later = paid_.mrr(month + horizon_);
            const auto put = [&](std::int64_t* to) {
                add(to, retention_field::customers, 1);
                add(to, retention_field::mrr, now);
                if (!kept) return;
                add(to, retention_field::kept, 1);
                add(to, retention_field::kept_mrr, now);
                add(to, retention_field::later, later);
                add(to, retention_field::lasting, std::min(now, later));
            };
            std::int64_t* const block = retention_.at(month);
            put(block + revenue_shape::retention_cell(0, customer_->group));
            const std::uint32_t* const rungs = rungs_[static_cast<std::size_t>(month - first_)];
            for (std::size_t v = 0; rungs != nullptr && v < rung_variables_; ++v)
                put(block + revenue_shape::retention_cell(rungs[v], customer_->group));
            for (std::size_t s = 0; s < retention_by_.size(); ++s) {
                put(retention_by_[s].at(month, level_of_segment(s)) +
                    revenue_shape::retention_cell(0, customer_->group));
            }
        }
    }

    void count_moves() {
        const revenue_shape& cells = shape_.revenue();
        // Before the first month it was outside, and paid nothing.
        constexpr std::size_t back = move_cycles.back();
        const auto months = static_cast<std::size_t>(last_ - paid_.first() + 1);
        places_.assign(back + months, static_cast<std::uint32_t>(cells.outside()));
        mrr_.assign(back + months, 0);
        for (std::size_t k = 0; k < months; ++k) {
            const std::int32_t month = paid_.first() + static_cast<std::int32_t>(k);
            if (!paid_.active(month)) continue;
            places_[back + k] = static_cast<std::uint32_t>(level_at(month));
            mrr_[back + k] = paid_.mrr(month);
        }
        const std::size_t roles = owner_moves_.size();
        for (std::size_t k = back; k < back + months; ++k) {
            const std::size_t to = places_[k];
            const std::int64_t after = mrr_[k];
            bool any = to != cells.outside();
            for (const std::int32_t cycle : move_cycles)
                any = any || places_[k - static_cast<std::size_t>(cycle)] != cells.outside();
            if (!any) continue;
            const std::int32_t month = paid_.first() + static_cast<std::int32_t>(k - back);
            const auto& owners = owners_[static_cast<std::size_t>(month - first_)];
            std::array<std::int64_t*, owner_roles> blocks{};
            for (std::size_t role = 0; role < roles; ++role)
                blocks[role] = owner_moves_[role].at(month, owners[role]);
            for (std::size_t cycle = 0; cycle < move_cycles.size(); ++cycle) {
                const std::size_t earlier = k - static_cast<std::size_t>(move_cycles[cycle]);
                const std::size_t from = places_[earlier];
                if (from == cells.outside() && to == cells.outside()) continue;
                const std::int64_t before = mrr_[earlier];
                const std::int64_t gained = std::max<std::int64_t>(0, after - before);
                const auto put = [&](std::int64_t* cell) {
                    add(cell, move_field::customers, 1);
                    add(cell, move_field::before, before);
                    add(cell, move_field::after, after);
                    add(cell, move_field::gained, gained);
                };
                if (move_cycles[cycle] == 1)
                    put(moves_.at(month) + cells.move_cell(from, to, customer_->group));
                const std::size_t at = cells.owner_move_cell(cycle, from, to);
                for (std::size_t role = 0; role < roles; ++role) put(blocks[role] + at);
                if (from == cells.outside()) continue;
                const std::size_t mine = cells.owner_cell(cycle, customer_->group);
                for (std::size_t role = 0; role < roles; ++role) {
                    std::int64_t* const cell = blocks[role] + mine;
                    add(cell, owner_field::customers, 1);
                    add(cell, owner_field::mrr, before);
                    if (to == cells.outside()) continue;
                    add(cell, owner_field::kept_mrr, before);
                    add(cell, owner_field::later, after);
                }
            }
        }
    }

    void count_life() {
        const std::int32_t first = paid_.first();
        const std::int64_t begun = paid_.mrr(first);
        if (begun == 0 || first + horizon_ > last_) return;
        const std::int64_t ended = paid_.mrr(first + horizon_);
        // Both are below 2^63, so that only a wider product is exact.
        const auto ratio = static_cast<std::int64_t>(
            std::min<int128>((int128{ended} * 200 + begun) / (int128{begun} * 2), largest_ratio));
        std::int64_t* const to = lives_.at(
            {static_cast<std::int32_t>(customer_->group), static_cast<std::int32_t>(ratio), first});
        to[0] += 1;
        for (std::int32_t k = 0; k <= horizon_; ++k)
            to[1 + static_cast<std::size_t>(k)] += paid_.mrr(first + k);
    }

    // ── what it signed ───────────────────────────────────────────────────────

    void count_contracts() {
        const std::span<const contract> all = customer_->contracts;
        chain_.read(all, options_.grace_days, options_.data_until);
        next_.assign(all.size(), contract_chain::none);
        begun_ = last_;
        for (std::size_t k = 0; k < all.size(); ++k) {
            if (all[k].kind != contract_kind::contract) continue;
            begun_ = std::min(begun_, month_of(all[k].start));
            if (chain_.before(k) != contract_chain::none) next_[chain_.before(k)] = k;
        }
        for (std::size_t k = 0; k < all.size(); ++k) {
            const contract& one = all[k];
            if (one.kind != contract_kind::contract || one.start > options_.data_until) continue;
            if (is_overdue(one, options_.data_until)) continue;
            count_due(one);
            if (one.outcome != contract_outcome::open && month_of(one.end) <= last_)
                count_decision(k);
        }
    }

    [[nodiscard]] static std::int32_t term_of(const contract& one) {
        return static_cast<std::int32_t>(
            std::clamp(std::round(months_between(one.start, one.end)), 1.0, double{longest_term}));
    }

    void count_due(const contract& one) {
        const std::int32_t end = month_of(one.end);
        const std::int32_t begin = std::max(month_of(one.start), end - horizon_);
        const std::int32_t term = term_of(one);
        const bool priced = one.mrr_before != no_money;
        const auto put = [&](std::int64_t* to) {
            add(to, due_field::contracts, 1);
            if (!priced) return;
            add(to, due_field::priced, 1);
            add(to, due_field::mrr, one.mrr_before);
            const auto digits = square_digits(one.mrr_before);
            add(to, due_field::square_0, digits[0]);
            add(to, due_field::square_1, digits[1]);
            add(to, due_field::square_2, digits[2]);
        };
        for (std::int32_t close = begin; close < end && close <= last_; ++close) {
            const std::size_t cell = revenue_shape::due_cell(level_at(close));
            const std::int32_t tenure = std::min(close - begun_, longest_tenure);
            put(due_.at({close, end, term, tenure}) + cell);
            if (close != last_ || !priced) continue;
            const double major =
                static_cast<double>(one.mrr_before) / power_of_ten(shape_.model().minor_digits);
            put(due_sizes_.at({end, term, value_code(major), tenure}) + cell);
        }
    }

    /// Contract k, which ended in a month that is closed.
    void count_decision(std::size_t k) {
        const contract& one = customer_->contracts[k];
        const std::int32_t end = month_of(one.end);
        if (month_of(one.start) >= end) return;
        const revenue_shape& cells = shape_.revenue();
        const std::size_t level = level_at(end - 1);
        const std::size_t band = shape_.term_band(months_between(one.start, one.end));
        const auto facts = end_facts(one);
        const auto put = [&facts](std::int64_t* to) {
            for (std::size_t f = 0; f < end_fields; ++f) to[f] += facts[f];
        };
        put(decisions_.at({end}) + cells.decision_cell(level, band, customer_->group));
        if (is_kept(one)) count_renewal(k, end, level, band, facts);
        // The contracts it followed were in force before it.
        std::size_t held = k;
        for (std::int32_t close = end - 1; close >= end - horizon_; --close) {
            while (month_of(customer_->contracts[held].start) > close) {
                held = chain_.before(held);
                if (held == contract_chain::none) return;
            }
            if (month_of(customer_->contracts[held].end) <= close) continue;  // a gap
            put(came_.at({close, end}) + cells.came_cell(level, band));
        }
    }

    /// What follows is known of what begins in the month of the end: later it was not.
    void count_renewal(std::size_t k, std::int32_t end, std::size_t level, std::size_t band,
                       const std::array<std::int64_t, end_fields>& facts) {
        std::int32_t next = no_next_term;
        if (next_[k] != contract_chain::none &&
            month_of(customer_->contracts[next_[k]].start) == end) {
            const std::int32_t term = term_of(customer_->contracts[next_[k]]);
            next = term == term_of(customer_->contracts[k]) ? as_long_as_before : term;
        }
        std::int64_t* const to =
            renewals_.at({end, next}) +
            shape_.revenue().renewal_cell(level, band, tenure_band(end - begun_), customer_->group);
        const auto fact = [&facts](end_field field) {
            return facts[static_cast<std::size_t>(field)];
        };
        add(to, renewal_field::kept, 1);
        if (fact(end_field::followed) == 0) return;
        add(to, renewal_field::followed, 1);
        add(to, renewal_field::before, fact(end_field::base));
        add(to, renewal_field::after, fact(end_field::after));
    }

    // ── when it was ready ────────────────────────────────────────────────────

    void count_completion() {
        if (!customer_->completion) return;
        const completion_seen& seen = *customer_->completion;
        const std::int32_t days = std::min(seen.days, longest_completion);
        add(completion_.at({month_of(seen.start), days}), seen.what, 1);
        for (std::size_t s = 0; s < completion_by_.size(); ++s)
            add(completion_by_[s].at({days, level_of_segment(s)}), seen.what, 1);
    }

    const counted& shape_;
    mrr_options options_;
    paid_months paid_;
    std::int32_t last_;
    std::int32_t horizon_;
    std::size_t rung_variables_ = 0;  ///< ladders, and the bands
    block_index movements_;
    month_blocks retention_, moves_;
    block_index due_, came_, decisions_, renewals_, due_sizes_, completion_;
    many_blocks lives_;
    std::vector<month_blocks> owner_moves_;                  ///< by role
    std::vector<month_blocks> movements_by_, retention_by_;  ///< by segment
    std::vector<block_index> completion_by_;

    // Of the customer at hand.
    const paying_customer* customer_ = nullptr;
    std::int32_t first_ = 0;
    std::vector<std::uint32_t> levels_;  ///< by month from first_ on
    std::vector<const std::uint32_t*> rungs_;
    std::vector<std::array<std::int32_t, owner_roles>> owners_;
    std::vector<std::uint32_t> places_;  ///< by month, the first so many before the first
    std::vector<std::int64_t> mrr_;
    contract_chain chain_;
    std::int32_t begun_ = 0;         ///< month of the first contract
    std::vector<std::size_t> next_;  ///< by contract: the one that goes on from it
};

}  // namespace aiueo::detail
