// study › nrr_counts: what customers paid later, by level and starting month, without any one
// group. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/mrr_months.hpp"
#include "aiueo/stats/jackknife.hpp"
#include "aiueo/study/nrr_finding.hpp"

namespace aiueo::detail {

/// Stands for a group where none is left out.
inline constexpr std::size_t none_left_out = evidence_groups;

/// A figure of all groups and of all but each; `of(g)` is asked for every g up to none_left_out.
struct over_groups {
    double value = undefined;
    std::array<double, evidence_groups> without{};

    template <class F>
    [[nodiscard]] static over_groups made(F of) {
        over_groups out;
        out.value = of(none_left_out);
        for (std::size_t g = 0; g < out.without.size(); ++g) out.without[g] = of(g);
        return out;
    }
    /// Groups with rows count; all of them without any.
    [[nodiscard]] jackknife_estimate plain(std::span<const std::int64_t> rows) const noexcept {
        return jackknife(value, without, rows);
    }
    /// Of a ratio of money, which is skew: through its logarithm, within 0 where it has none.
    [[nodiscard]] jackknife_estimate positive(std::span<const std::int64_t> rows) const noexcept {
        jackknife_estimate out = jackknife_positive(value, without, rows);
        if (is_defined(out.interval) || !is_defined(out.error)) return out;
        out = plain(rows);
        if (is_defined(out.interval)) out.interval.lower = std::max(0.0, out.interval.lower);
        return out;
    }
    [[nodiscard]] jackknife_estimate share(std::span<const std::int64_t> rows) const noexcept {
        return jackknife_share(value, without, rows);
    }
};

using group_rows = std::array<std::int64_t, evidence_groups>;

/// The sums of retention_field.
struct retained_sums {
    std::int64_t customers = 0, mrr = 0, kept = 0, kept_mrr = 0, later = 0, lasting = 0;

    void add(const std::int64_t* cells, std::int64_t sign = 1) noexcept {
        customers += sign * cells[static_cast<std::size_t>(retention_field::customers)];
        mrr += sign * cells[static_cast<std::size_t>(retention_field::mrr)];
        kept += sign * cells[static_cast<std::size_t>(retention_field::kept)];
        kept_mrr += sign * cells[static_cast<std::size_t>(retention_field::kept_mrr)];
        later += sign * cells[static_cast<std::size_t>(retention_field::later)];
        lasting += sign * cells[static_cast<std::size_t>(retention_field::lasting)];
    }
    void add(const retained_sums& other, std::int64_t sign = 1) noexcept {
        customers += sign * other.customers;
        mrr += sign * other.mrr;
        kept += sign * other.kept;
        kept_mrr += sign * other.kept_mrr;
        later += sign * other.later;
        lasting += sign * other.lasting;
    }
    [[nodiscard]] double nrr() const noexcept { return stats_detail::ratio(later, mrr); }
    [[nodiscard]] double grr() const noexcept { return stats_detail::ratio(lasting, mrr); }
    [[nodiscard]] double renewal() const noexcept { return stats_detail::ratio(kept_mrr, mrr); }
    [[nodiscard]] double expansion() const noexcept { return stats_detail::ratio(later, kept_mrr); }
};

/// A run of starting months by their positions, [first, end).
struct start_range {
    std::size_t first = 0;
    std::size_t end = 0;
    [[nodiscard]] bool empty() const noexcept { return first >= end; }
    [[nodiscard]] std::size_t size() const noexcept { return empty() ? 0 : end - first; }
};

/// The table `retention` over the levels of one ladder or the bands. Places: the levels, those
/// without one, everybody.
class retention_counts {
public:
    retention_counts(const evidence& of, const level_variable* levels)
        : levels_(levels == nullptr ? 0 : levels->levels.size()) {
        const auto& blocks = of.table(table_id::retention).blocks();
        // prefix_[i] holds the months before i.
        std::vector<retained_sums> sums(places() * stride);
        prefix_.push_back(sums);
        for (const auto& [key, block] : blocks) {
            months_.push_back(key[0]);
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                const std::int64_t* const all = &block[revenue_shape::retention_cell(0, g)];
                sums[everybody() * stride + g].add(all);
                sums[unseen() * stride + g].add(all);
                for (std::size_t k = 0; k < levels_; ++k) {
                    const std::int64_t* const here =
                        &block[revenue_shape::retention_cell(levels->first + k, g)];
                    sums[k * stride + g].add(here);
                    sums[unseen() * stride + g].add(here, -1);
                }
            }
            for (std::size_t place = 0; place < places(); ++place) {
                retained_sums& all = sums[place * stride + none_left_out];
                all = {};
                for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g)
                    all.add(sums[place * stride + g]);
            }
            prefix_.push_back(sums);
        }
    }

    [[nodiscard]] std::size_t levels() const noexcept { return levels_; }
    [[nodiscard]] std::size_t unseen() const noexcept { return levels_; }
    [[nodiscard]] std::size_t everybody() const noexcept { return levels_ + 1; }
    [[nodiscard]] std::size_t places() const noexcept { return levels_ + 2; }
    /// Starting months, ascending.
    [[nodiscard]] const std::vector<std::int32_t>& months() const noexcept { return months_; }
    [[nodiscard]] start_range all() const noexcept { return {0, months_.size()}; }
    /// Those up to a month.
    [[nodiscard]] start_range until(std::int32_t month) const noexcept {
        const auto end = std::upper_bound(months_.begin(), months_.end(), month);
        return {0, static_cast<std::size_t>(end - months_.begin())};
    }
    [[nodiscard]] start_range latest(std::size_t most) const noexcept {
        return {months_.size() > most ? months_.size() - most : 0, months_.size()};
    }

    /// Of one group alone.
    [[nodiscard]] retained_sums of_group(start_range in, std::size_t place,
                                         std::size_t group) const noexcept {
        retained_sums out;
        if (in.empty()) return out;
        out.add(prefix_[in.end][place * stride + group]);
        out.add(prefix_[in.first][place * stride + group], -1);
        return out;
    }
    /// Of all groups but one; of all where none is left out.
    [[nodiscard]] retained_sums sums(start_range in, std::size_t place,
                                     std::size_t without = none_left_out) const noexcept {
        retained_sums out = of_group(in, place, none_left_out);
        if (without != none_left_out) out.add(of_group(in, place, without), -1);
        return out;
    }
    [[nodiscard]] group_rows rows(start_range in, std::size_t place) const noexcept {
        group_rows out{};
        for (std::size_t g = 0; g < out.size(); ++g) out[g] = of_group(in, place, g).customers;
        return out;
    }

private:
    static constexpr std::size_t stride = evidence_groups + 1;

    std::size_t levels_;
    std::vector<std::int32_t> months_;
    std::vector<std::vector<retained_sums>> prefix_;
};

/// NRR by level: of all customers, and without each group. Where a level has none, and where
/// customers have no level, it is everybody's.
class nrr_rates {
public:
    nrr_rates(const retention_counts& from, start_range in)
        : places_(from.places()), known_(from.places()), rates_(places_ * (evidence_groups + 1)) {
        for (std::size_t g = 0; g <= none_left_out; ++g) {
            const double everybody = from.sums(in, from.everybody(), g).nrr();
            for (std::size_t place = 0; place < places_; ++place) {
                const double own =
                    place < from.levels() ? from.sums(in, place, g).nrr() : everybody;
                rates_[g * places_ + place] = is_defined(own) ? own : everybody;
                if (g == none_left_out) known_[place] = place < from.levels() && is_defined(own);
            }
        }
    }

    /// Has the level a rate of its own?
    [[nodiscard]] bool is_own(std::size_t place) const noexcept { return known_[place]; }
    [[nodiscard]] double at(std::size_t place, std::size_t without = none_left_out) const noexcept {
        return rates_[without * places_ + place];
    }

private:
    std::size_t places_;
    std::vector<bool> known_;
    std::vector<double> rates_;
};

/// Σ of the customers that moved from one place to another.
struct moved_sums {
    std::int64_t customers = 0, before = 0, after = 0;

    void add(const std::int64_t* cells) noexcept {
        customers += cells[static_cast<std::size_t>(move_field::customers)];
        before += cells[static_cast<std::size_t>(move_field::before)];
        after += cells[static_cast<std::size_t>(move_field::after)];
    }
};

/// Moves between two closes, [from][to] over the places of revenue_shape.
class move_table {
public:
    explicit move_table(const revenue_shape& shape)
        : places_(shape.places()), cells_(places_ * places_) {}

    [[nodiscard]] std::size_t places() const noexcept { return places_; }
    [[nodiscard]] moved_sums& at(std::size_t from, std::size_t to) noexcept {
        return cells_[from * places_ + to];
    }
    [[nodiscard]] const moved_sums& at(std::size_t from, std::size_t to) const noexcept {
        return cells_[from * places_ + to];
    }
    void add(const move_table& other) noexcept {
        for (std::size_t k = 0; k < cells_.size(); ++k) {
            cells_[k].customers += other.cells_[k].customers;
            cells_[k].before += other.cells_[k].before;
            cells_[k].after += other.cells_[k].after;
        }
    }
    /// Those at a place at the later close.
    [[nodiscard]] paying arrived_at(std::size_t to) const noexcept {
        paying out;
        for (std::size_t from = 0; from < places_; ++from) {
            out.customers += at(from, to).customers;
            out.mrr += at(from, to).after;
        }
        return out;
    }

    /// Of one owner, over so many months (an index into move_cycles).
    [[nodiscard]] static move_table of_owner(const revenue_shape& shape,
                                             std::span<const std::int64_t> block,
                                             std::size_t cycle) {
        move_table out{shape};
        for (std::size_t from = 0; from < out.places_; ++from) {
            for (std::size_t to = 0; to < out.places_; ++to)
                out.at(from, to).add(&block[shape.owner_move_cell(cycle, from, to)]);
        }
        return out;
    }

    /// Of everybody, over a month.
    [[nodiscard]] static move_table of_all(const revenue_shape& shape,
                                           std::span<const std::int64_t> block) {
        move_table out{shape};
        for (std::size_t from = 0; from < out.places_; ++from) {
            for (std::size_t to = 0; to < out.places_; ++to) {
                for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g)
                    out.at(from, to).add(&block[shape.move_cell(from, to, g)]);
            }
        }
        return out;
    }

private:
    std::size_t places_;
    std::vector<moved_sums> cells_;
};

/// The last month whose close is seen; nothing where nothing was counted of money over time.
[[nodiscard]] inline std::optional<std::int32_t> last_close_of(const evidence& of) {
    const auto& blocks = of.table(table_id::known_until).blocks();
    if (blocks.empty()) return {};
    return last_closed_month(blocks.begin()->first[0] + min_text_day);
}

}  // namespace aiueo::detail
