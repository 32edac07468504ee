// evidence › mrr_bridge: where a month's MRR came from, and what the month before became.
// … ─► score ─► evidence
//
// 3-definitions section 7: start + new + reactivation + expansion − contraction − churn = end, to
// the minor unit, by calendar month, by cohort and by level of a segment. What a movement is stands
// in mrr_months.hpp. Only movements are kept, as integers under a month: an entry costs the months
// in which it begins and ends, however long it lasts, and a month's start is what all movements
// before it add up to.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/ledger.hpp"
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

/// What is kept of a month, of customers and of MRR each: the movements, then `undecided`.
inline constexpr std::size_t mrr_bridge_width = 2 * (mrr_movements + 1);

/// The movements of many customers. One writer.
class mrr_bridge {
public:
    explicit mrr_bridge(const mrr_options& options)
        : reader_(options),
          tables_{table("bridge", {key_part::month}),
                  table("bridge_of_cohorts", {key_part::month, key_part::month}),
                  table("bridge_of_levels", {key_part::name, key_part::month})} {}

    /// Counts one customer, who is counted once in all. `entries`: all of the customer's, as the
    /// ledger holds them; a customer without any is none. `level`: of a segment, 0 to
    /// max_segment_levels − 1, and −1 where it is not known; one for all of the customer's months.
    /// Allocates only where a month, cohort or level is new, or the customer has more entries than
    /// any before.
    /// Errors: invalid_argument (an option or the level is out of its range), bad_value (no ledger
    /// holds such an entry, or they are not in order), limit_exceeded (all movements together are
    /// 2^63 minor units or more). After an error the customer is not counted, nor after
    /// std::bad_alloc, though then its months may be there with zeros.
    status add(std::span<const ledger_entry> entries, std::int32_t level = -1) {
        if (level < -1 || level >= static_cast<std::int32_t>(max_segment_levels)) {
            return make_error(errc::invalid_argument, "the level is " + std::to_string(level) +
                                                          "; it is a number from 0 " + "to " +
                                                          std::to_string(max_segment_levels - 1) +
                                                          ", or -1 for unknown");
        }
        const auto changes = reader_.read(entries);
        if (!changes) return changes.error();
        if (entries.empty()) return {};
        totals more;
        if (changes->empty()) more.never_active = 1;
        more.customers = 1 - more.never_active;
        more.movements = static_cast<std::int64_t>(changes->size());
        for (const mrr_change& one : *changes) {
            if (__builtin_add_overflow(more.mrr, one.mrr, &more.mrr)) return too_much();
        }
        const std::optional<totals> sums = sum(totals_, more);
        if (!sums) return too_much();
        blocks_.clear();
        for (const mrr_change& one : *changes) {
            const std::int32_t cohort = changes->front().month;
            blocks_.push_back({tables_[of_all].at({one.month}),
                               tables_[of_cohorts].at({cohort, one.month}),
                               tables_[of_levels].at({level, one.month})});
        }
        for (std::size_t k = 0; k < changes->size(); ++k) {
            for (std::int64_t* const block : blocks_[k]) count((*changes)[k], block);
        }
        totals_ = *sums;
        return {};
    }

    /// Adds what `other` counted: other customers, read with the same options.
    /// Errors: invalid_argument (its options differ, or it is this one), limit_exceeded as in
    /// add(). After an error, and after std::bad_alloc, nothing is added.
    status merge(const mrr_bridge& other) {
        if (&other == this)
            return make_error(errc::invalid_argument, "a bridge cannot be merged with itself");
        if (options() != other.options()) {
            return make_error(errc::invalid_argument,
                              "the two bridges were counted with another data_until, "
                              "other grace_days or other free entries");
        }
        const std::optional<totals> sums = sum(totals_, other.totals_);
        if (!sums) return too_much();
        auto tables = tables_;
        for (std::size_t k = 0; k < tables.size(); ++k) tables[k].add(other.tables_[k]);
        tables_ = std::move(tables);
        totals_ = *sums;
        return {};
    }

    // ── what was counted ─────────────────────────────────────────────────────

    /// Every month from the first with a movement to last_month(); none before anything was
    /// counted. Years are 1 to 9999, so there are fewer than 120,000.
    [[nodiscard]] std::vector<mrr_month> months() const {
        const auto& blocks = tables_[of_all].blocks();
        return rows(blocks.begin(), blocks.end(), 0);
    }
    /// The same of the customers who were first active in a month, from that one on.
    [[nodiscard]] std::vector<mrr_month> months_of_cohort(std::int32_t cohort) const {
        return rows_under(of_cohorts, cohort);
    }
    /// The same of the customers at a level, from their first movement on; −1 is unknown.
    [[nodiscard]] std::vector<mrr_month> months_of_level(std::int32_t level) const {
        return rows_under(of_levels, level);
    }

    /// Months in which somebody was first active, ascending.
    [[nodiscard]] std::vector<std::int32_t> cohorts() const { return first_parts(of_cohorts); }
    /// Levels that an active customer had, ascending; −1 is unknown.
    [[nodiscard]] std::vector<std::int32_t> levels() const { return first_parts(of_levels); }

    /// Customers who were active at a close.
    [[nodiscard]] std::int64_t customers() const noexcept { return totals_.customers; }
    /// Customers with entries who were active at none: they came and went between two, came after
    /// the last, or have but free entries that are ignored.
    [[nodiscard]] std::int64_t never_active() const noexcept { return totals_.never_active; }

    [[nodiscard]] const mrr_options& options() const noexcept { return reader_.options(); }
    /// The latest month whose close is seen, the last of every bridge.
    [[nodiscard]] std::int32_t last_month() const noexcept { return reader_.last_month(); }
    /// The month that data_until falls in, unless it is that month's last day. Its close is not
    /// seen, so no movement is claimed of it; it starts from where last_month() ends.
    [[nodiscard]] std::optional<std::int32_t> partial_month() const noexcept {
        const std::int32_t month = detail::month_of(options().data_until);
        return month > last_month() ? std::optional{month} : std::nullopt;
    }

    /// Whether the same was counted.
    friend bool operator==(const mrr_bridge& a, const mrr_bridge& b) noexcept {
        for (std::size_t k = 0; k < a.tables_.size(); ++k) {
            if (a.tables_[k].blocks() != b.tables_[k].blocks()) return false;
        }
        return a.options() == b.options() && a.totals_ == b.totals_;
    }

private:
    using blocks_at = std::map<count_key, count_table::block>::const_iterator;
    enum { of_all, of_cohorts, of_levels, table_count };

    /// Of everything: no sum of what lies in some blocks is larger than `movements`, or `mrr`.
    struct totals {
        std::int64_t movements = 0;
        std::int64_t mrr = 0;  ///< how much moved
        std::int64_t customers = 0;
        std::int64_t never_active = 0;
        friend bool operator==(const totals&, const totals&) = default;
    };

    /// Nothing if it overflows. There are no more customers than movements.
    [[nodiscard]] static std::optional<totals> sum(const totals& a, const totals& b) noexcept {
        totals out;
        if (__builtin_add_overflow(a.movements, b.movements, &out.movements) ||
            __builtin_add_overflow(a.mrr, b.mrr, &out.mrr) ||
            __builtin_add_overflow(a.never_active, b.never_active, &out.never_active))
            return std::nullopt;
        out.customers = a.customers + b.customers;
        return out;
    }

    [[nodiscard]] static count_table table(std::string name, std::vector<key_part> key) {
        count_table_shape shape;
        shape.name = std::move(name);
        shape.key = std::move(key);
        shape.width = mrr_bridge_width;
        return count_table{std::move(shape)};
    }

    [[nodiscard]] static error too_much() {
        return make_error(errc::limit_exceeded,
                          "the movements of MRR do not add up within 64 bits; are amounts in the "
                          "right unit?");
    }

    static void count(const mrr_change& one, std::int64_t* block) noexcept {
        const auto put = [block, &one](std::size_t at) {
            block[2 * at] += 1;
            block[2 * at + 1] += one.mrr;
        };
        put(static_cast<std::size_t>(one.what));
        if (one.undecided) put(mrr_movements);
    }

    [[nodiscard]] static mrr_sum sum_at(const count_table::block& block, std::size_t at) noexcept {
        return {block[2 * at], block[2 * at + 1]};
    }
    [[nodiscard]] static mrr_sum sum_of(const count_table::block& block,
                                        mrr_movement what) noexcept {
        return sum_at(block, static_cast<std::size_t>(what));
    }

    /// Blocks of one bridge, ascending by month, which is the key's part `part`. Sums of movements
    /// do not overflow, in whatever order, because all of them together do not.
    [[nodiscard]] std::vector<mrr_month> rows(blocks_at from, blocks_at to,
                                              std::size_t part) const {
        std::vector<mrr_month> out;
        if (from == to) return out;
        const std::int32_t first = from->first[part];
        out.reserve(static_cast<std::size_t>(last_month() - first + 1));
        mrr_sum active;
        for (std::int32_t month = first; month <= last_month(); ++month) {
            mrr_month& row = out.emplace_back();
            row.month = month;
            row.start = active;
            if (from != to && from->first[part] == month) {
                const count_table::block& block = (from++)->second;
                row.new_customers = sum_of(block, mrr_movement::new_customer);
                row.reactivation = sum_of(block, mrr_movement::reactivation);
                row.expansion = sum_of(block, mrr_movement::expansion);
                row.contraction = sum_of(block, mrr_movement::contraction);
                row.churn = sum_of(block, mrr_movement::churn);
                row.undecided = sum_at(block, mrr_movements);
            }
            active.customers +=
                row.new_customers.customers + row.reactivation.customers - row.churn.customers;
            active.mrr += row.new_customers.mrr + row.reactivation.mrr + row.expansion.mrr -
                          row.contraction.mrr - row.churn.mrr;
            row.end = active;
            row.unchanged = row.start.customers - row.expansion.customers -
                            row.contraction.customers - row.churn.customers;
        }
        return out;
    }

    [[nodiscard]] std::vector<mrr_month> rows_under(std::size_t which, std::int32_t first) const {
        const auto& blocks = tables_[which].blocks();
        return rows(blocks.lower_bound({first, INT32_MIN}),
                    blocks.upper_bound({first, INT32_MAX, INT32_MAX, INT32_MAX}), 1);
    }

    [[nodiscard]] std::vector<std::int32_t> first_parts(std::size_t which) const {
        std::vector<std::int32_t> out;
        for (const auto& [key, block] : tables_[which].blocks()) {
            if (out.empty() || out.back() != key[0]) out.push_back(key[0]);
        }
        return out;
    }

    mrr_months reader_;
    std::array<count_table, table_count> tables_;
    totals totals_;
    /// Of the customer at hand, by its changes. All of them are there before any is added to.
    std::vector<std::array<std::int64_t*, table_count>> blocks_;
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

// 3-definitions section 7, of a month that a bridge gave.

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

}  // namespace aiueo
