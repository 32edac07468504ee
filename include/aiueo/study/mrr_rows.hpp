// study › mrr_rows: where a month's MRR came from, and what the month before became.
// … ─► evidence ─► study
//
// docs/revenue.md: start + new + reactivation + expansion − contraction − churn = end, to
// the minor unit. Evidence counts movements (mrr_months.hpp says what each is); here they become
// months, of everybody, of a cohort, of a level of a segment, and of each group of customers.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/mrr_months.hpp"
#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// Customers and their money, minor units.
struct mrr_sum {
    std::int64_t customers = 0;
    std::int64_t mrr = 0;
    friend bool operator==(const mrr_sum&, const mrr_sum&) = default;
};

/// One month of a bridge. `mrr` of a movement is how much moved; of `start` and `end`, all of it.
/// start + new_customers + reactivation + expansion − contraction − churn = end, in MRR; the same
/// without expansion and contraction in customers.
struct mrr_month {
    std::int32_t month = 0;  ///< 12 × year + month − 1
    mrr_sum start;           ///< active at the close of the month before
    mrr_sum new_customers;
    mrr_sum reactivation;
    mrr_sum expansion;
    mrr_sum contraction;
    mrr_sum churn;
    mrr_sum end;                 ///< active at the close of this one
    mrr_sum undecided;           ///< of the churn: its grace days end after data_until
    std::int64_t unchanged = 0;  ///< customers active at both closes, with the same MRR
    friend bool operator==(const mrr_month&, const mrr_month&) = default;
};

// ── rates ────────────────────────────────────────────────────────────────────

/// A share of what a month started with: `part` ÷ `whole`, undefined (NaN) where whole is 0, never
/// 0 or infinite. In customers or in minor units, as the rate says.
struct mrr_rate {
    double value = undefined;
    std::int64_t part = 0;
    std::int64_t whole = 0;
    std::int64_t n = 0;  ///< customers at the start
};

/// Does what came back count as kept?
enum class reactivated : std::uint8_t { left_out, counted };

namespace detail {

[[nodiscard]] constexpr mrr_rate mrr_rate_of(std::int64_t part, std::int64_t whole,
                                             const mrr_month& of) noexcept {
    return {stats_detail::ratio(part, whole), part, whole, of.start.customers};
}

}  // namespace detail

// docs/revenue.md.

/// Customers lost ÷ customers at the end of the month before (004).
[[nodiscard]] constexpr mrr_rate customer_churn_rate(const mrr_month& of) noexcept {
    return detail::mrr_rate_of(of.churn.customers, of.start.customers, of);
}

/// Lost MRR, churn ÷ start: what 004 calls gross revenue churn.
[[nodiscard]] constexpr mrr_rate lost_mrr_rate(const mrr_month& of) noexcept {
    return detail::mrr_rate_of(of.churn.mrr, of.start.mrr, of);
}

/// (Churn + contraction) ÷ start.
[[nodiscard]] constexpr mrr_rate gross_revenue_churn(const mrr_month& of) noexcept {
    return detail::mrr_rate_of(of.churn.mrr + of.contraction.mrr, of.start.mrr, of);
}

/// GRR = 1 − gross revenue churn, from its whole numbers: (start − contraction − churn) ÷ start.
[[nodiscard]] constexpr mrr_rate grr(const mrr_month& of) noexcept {
    return detail::mrr_rate_of(of.start.mrr - of.contraction.mrr - of.churn.mrr, of.start.mrr, of);
}

/// NRR = (start + expansion − contraction − churn) ÷ start, on request with reactivation.
[[nodiscard]] constexpr mrr_rate nrr(const mrr_month& of,
                                     reactivated back = reactivated::left_out) noexcept {
    const std::int64_t kept = of.start.mrr + of.expansion.mrr - of.contraction.mrr - of.churn.mrr +
                              (back == reactivated::counted ? of.reactivation.mrr : 0);
    return detail::mrr_rate_of(kept, of.start.mrr, of);
}

// ── months ───────────────────────────────────────────────────────────────────

namespace detail {

/// One month of one group from its movements, after a month that ended with `active`.
[[nodiscard]] inline mrr_month mrr_month_of(std::int32_t month, const mrr_sum& active,
                                            const std::int64_t* cell) noexcept {
    const auto moved = [cell](mrr_movement what) {
        const auto at = 2 * static_cast<std::size_t>(what);
        return mrr_sum{cell[at], cell[at + 1]};
    };
    mrr_month out;
    out.month = month;
    out.start = active;
    out.new_customers = moved(mrr_movement::new_customer);
    out.reactivation = moved(mrr_movement::reactivation);
    out.expansion = moved(mrr_movement::expansion);
    out.contraction = moved(mrr_movement::contraction);
    out.churn = moved(mrr_movement::churn);
    out.undecided = {cell[2 * mrr_movements], cell[2 * mrr_movements + 1]};
    out.end.customers = active.customers + out.new_customers.customers +
                        out.reactivation.customers - out.churn.customers;
    out.end.mrr = active.mrr + out.new_customers.mrr + out.reactivation.mrr + out.expansion.mrr -
                  out.contraction.mrr - out.churn.mrr;
    out.unchanged = active.customers - out.expansion.customers - out.contraction.customers -
                    out.churn.customers;
    return out;
}

static_assert(movement_fields == 2 * (mrr_movements + 1));

}  // namespace detail

/// Months of a bridge, one after another, of some customers and of each group of them.
class mrr_rows {
public:
    /// `first` to `last`, both among them; what moves before `first` is in its start. No months
    /// where `last` is before `first`.
    mrr_rows(std::int32_t first, std::int32_t last)
        : first_(first),
          last_(last),
          cells_(last < first ? 0 : (static_cast<std::size_t>(last - first) + 2) * width) {}

    /// Adds a block of one of the tables `movements`. What moves after `last` is not looked at.
    void add(std::int32_t month, std::span<const std::int64_t> block) noexcept {
        if (month > last_ || cells_.empty()) return;
        const std::size_t at = month < first_ ? 0 : static_cast<std::size_t>(month - first_) + 1;
        for (std::size_t k = 0; k < width; ++k) cells_[at * width + k] += block[k];
    }

    /// Of all; sums do not overflow, in whatever order, because all movements together do not.
    [[nodiscard]] std::vector<mrr_month> months() const {
        return made([](std::size_t) { return true; });
    }
    /// Of the customers of one group.
    [[nodiscard]] std::vector<mrr_month> months_of(std::size_t group) const {
        return made([group](std::size_t g) { return g == group; });
    }
    /// Of all others: for the jackknife.
    [[nodiscard]] std::vector<mrr_month> months_without(std::size_t group) const {
        return made([group](std::size_t g) { return g != group; });
    }

private:
    static constexpr std::size_t width = revenue_shape::movement_cell(evidence_groups);

    template <class Wanted>
    [[nodiscard]] std::vector<mrr_month> made(Wanted wanted) const {
        std::vector<mrr_month> out;
        mrr_sum active;
        for (std::size_t at = 0; at * width < cells_.size(); ++at) {
            std::array<std::int64_t, movement_fields> sums{};
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                if (!wanted(g)) continue;
                const std::int64_t* const cell =
                    cells_.data() + at * width + revenue_shape::movement_cell(g);
                for (std::size_t k = 0; k < sums.size(); ++k) sums[k] += cell[k];
            }
            const auto month =
                static_cast<std::int32_t>(first_ + static_cast<std::int32_t>(at) - 1);
            const mrr_month row = detail::mrr_month_of(month, active, sums.data());
            active = row.end;
            if (at > 0) out.push_back(row);
        }
        return out;
    }

    std::int32_t first_;
    std::int32_t last_;
    std::vector<std::int64_t> cells_;  ///< [before `first`, then by month][group][movement_fields]
};

// ── what evidence counted ────────────────────────────────────────────────────

/// Until when the money that evidence counted is known.
struct revenue_known {
    std::int32_t data_until = 0;  ///< days since 1970-01-01
    std::int64_t customers = 0;   ///< who were counted until then
    std::int32_t last_month = 0;  ///< the latest whose close is seen

    /// The month that data_until falls in, unless it is that month's last day: its close is not
    /// seen, and nothing is claimed of it.
    [[nodiscard]] std::optional<std::int32_t> partial_month() const noexcept {
        const std::int32_t month = detail::month_of(data_until);
        return month > last_month ? std::optional{month} : std::nullopt;
    }
};

/// Nothing where no money was counted.
[[nodiscard]] inline std::optional<revenue_known> known_revenue(const evidence& of) {
    const auto& blocks = of.table(table_id::known_until).blocks();
    if (blocks.empty()) return std::nullopt;
    // The table's days begin with 0001-01-01.
    const std::int32_t day = blocks.begin()->first[0] + min_text_day;
    return revenue_known{day, blocks.begin()->second[0], last_closed_month(day)};
}

/// The months in which somebody was first active, ascending.
[[nodiscard]] inline std::vector<std::int32_t> mrr_cohorts(const evidence& of) {
    std::vector<std::int32_t> out;
    for (const auto& [key, block] : of.table(table_id::movements).blocks()) {
        if (out.empty() || out.back() != key[0]) out.push_back(key[0]);
    }
    return out;
}

/// Months of everybody.
[[nodiscard]] inline mrr_rows mrr_of_everybody(const evidence& of, std::int32_t first,
                                               std::int32_t last) {
    mrr_rows out{first, last};
    for (const auto& [key, block] : of.table(table_id::movements).blocks()) out.add(key[1], block);
    return out;
}

/// Months of the customers who were first active in `cohort`, from that one on.
[[nodiscard]] inline mrr_rows mrr_of_cohort(const evidence& of, std::int32_t cohort,
                                            std::int32_t last) {
    constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
    mrr_rows out{cohort, last};
    const auto& blocks = of.table(table_id::movements).blocks();
    for (auto at = blocks.lower_bound({cohort, least, least, least});
         at != blocks.end() && at->first[0] == cohort; ++at)
        out.add(at->first[1], at->second);
    return out;
}

/// Months of the customers at a level of a segment; −1 is unknown.
[[nodiscard]] inline mrr_rows mrr_of_level(const evidence& of, std::size_t segment,
                                           std::int32_t level, std::int32_t first,
                                           std::int32_t last) {
    mrr_rows out{first, last};
    for (const auto& [key, block] : of.tables()[counted::movements_of_segment(segment)].blocks()) {
        if (key[1] == level) out.add(key[0], block);
    }
    return out;
}

}  // namespace aiueo
