// evidence › mrr_months: how one customer's MRR moved from month to month. … ─► evidence
//
// docs/revenue.md. A month's MRR is that of its close, the end of its last day: the sum of
// the customer's ledger entries with start ≤ last day < end. What it says of a month is said
// against the close before.
//
// - A customer is *active* at a close where an entry is in force. Its MRR may be 0: who has moved
//   to a free plan has not left, which is contraction, and what is paid later is expansion. Where a
//   ledger has trials as entries of MRR 0 that is not meant: their conversion would be expansion,
//   and raise NRR. free_entries::ignored reads it without them: what is paid first is new.
// - A gap is a run of days on which none of the customer's entries is in force, between two on
//   which one is. A gap of at most grace_days is a renewal: on its days the customer is active with
//   the MRR of the day before it, the sum of the entries that ended there. What changed with the
//   renewal moves in the month whose close is the first to see it. Entries have no names, so where
//   one of several pauses this is no gap, but contraction and expansion.
// - Who came and went between two closes was never active: it is *new* at the first close that sees
//   it, and lost, if it leaves, at the first that does not.
// - Nothing after `data_until` is known: not entries that start later, not that one ends later. The
//   month it falls in has movements only if it is the month's last day, since its close is not seen
//   otherwise. A churn whose grace days are not over by then is *undecided*: a renewal may yet undo
//   it.
// - *New* is what the ledger has not seen before. Where it begins later than the business did, the
//   customers it begins with are new in its first month.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/ledger.hpp"

namespace aiueo {

/// What an MRR at the close of a month is against the close before.
enum class mrr_movement : std::uint8_t {
    new_customer,  ///< active, and never before
    reactivation,  ///< active again
    expansion,     ///< active at both, and more
    contraction,   ///< active at both, and less
    churn,         ///< no longer active
};
inline constexpr std::size_t mrr_movements = 5;

/// "new", "reactivation", …
[[nodiscard]] constexpr std::string_view name_of(mrr_movement one) noexcept {
    switch (one) {
    case mrr_movement::new_customer: return "new";
    case mrr_movement::reactivation: return "reactivation";
    case mrr_movement::expansion: return "expansion";
    case mrr_movement::contraction: return "contraction";
    case mrr_movement::churn: return "churn";
    }
    return "unknown";
}

/// What an entry of MRR 0 makes of its customer.
enum class free_entries : std::uint8_t {
    active,   ///< a customer like others
    ignored,  ///< nothing: as if the ledger had no such entry
};

/// How a ledger is read.
struct mrr_options {
    /// The last day that the ledger tells of, its close included. Years 1 to 9999.
    std::int32_t data_until = 0;
    /// The longest gap that is a renewal; 0 to max_grace_days.
    std::int32_t grace_days = 0;
    free_entries free = free_entries::active;
    friend bool operator==(const mrr_options&, const mrr_options&) = default;
};
inline constexpr std::int32_t max_grace_days = 3650;

/// invalid_argument: an option is out of its range.
[[nodiscard]] inline status check(const mrr_options& options) {
    if (options.data_until < min_text_day || options.data_until > max_text_day) {
        return make_error(errc::invalid_argument, "data_until is " +
                                                      format_date(options.data_until) +
                                                      "; it is a day of the years 1 to 9999");
    }
    if (options.grace_days < 0 || options.grace_days > max_grace_days) {
        return make_error(errc::invalid_argument, "grace_days is " +
                                                      std::to_string(options.grace_days) +
                                                      "; it is a number of days from 0 to " +
                                                      std::to_string(max_grace_days));
    }
    return {};
}

/// The latest month whose close is seen: 12 × year + month − 1.
[[nodiscard]] constexpr std::int32_t last_closed_month(std::int32_t data_until) noexcept {
    const civil_date next = civil_from_days(std::int64_t{data_until} + 1);
    return static_cast<std::int32_t>(next.year * 12 + next.month - 2);
}

/// One movement of one customer.
struct mrr_change {
    std::int32_t month = 0;  ///< 12 × year + month − 1
    mrr_movement what = mrr_movement::new_customer;
    bool undecided = false;  ///< churn whose grace days end after data_until
    std::int64_t mrr = 0;    ///< how much, minor units, ≥ 0
    friend bool operator==(const mrr_change&, const mrr_change&) = default;
};

/// Reads customers one after another. Its memory is that of the customer with the most entries, and
/// once it has met that one it allocates no more.
class mrr_months {
public:
    explicit mrr_months(const mrr_options& options) noexcept
        : options_(options), last_month_(last_closed_month(options.data_until)) {}

    /// The movements of one customer by month, at most one in each; a month without one left its
    /// MRR as it was. They lie here until the next call. `entries`: all of the customer's, as the
    /// ledger holds them (by start).
    /// Errors: invalid_argument (an option is out of its range), bad_value (no ledger holds such an
    /// entry, or they are not in order), limit_exceeded (the entries add up to more than 64 bits
    /// hold).
    [[nodiscard]] result<std::span<const mrr_change>> read(std::span<const ledger_entry> entries) {
        if (status ok = check(options_); !ok) return ok.error();
        turns_.clear();
        changes_.clear();
        given_ = 0;
        const ledger_entry* before = nullptr;
        bool begun = false;
        std::int32_t until = 0;   // the first day that nothing so far is in force on
        std::int64_t at_end = 0;  // MRR of the day before
        for (const ledger_entry& one : entries) {
            if (status ok = check_entry(one, before); !ok) return ok.error();
            before = &one;
            if (one.start > options_.data_until) continue;
            if (one.mrr == 0 && options_.free == free_entries::ignored) continue;
            const std::int64_t gap = begun ? std::int64_t{one.start} - until : 0;
            if (gap > 0 && gap <= options_.grace_days) {
                if (!put({until, one.start, at_end})) return too_much();
            }
            if (!put(one)) return too_much();
            if (!begun || one.end > until) {
                until = one.end;
                at_end = one.mrr;
            } else if (one.end == until) {
                at_end += one.mrr;
            }
            begun = true;
        }
        compare_closes();
        const bool may_go_on = std::int64_t{until} + options_.grace_days > options_.data_until;
        if (!changes_.empty() && may_go_on) {
            mrr_change& last = changes_.back();
            last.undecided =
                last.what == mrr_movement::churn && last.month == detail::month_of(until);
        }
        return std::span<const mrr_change>{changes_};
    }

    [[nodiscard]] const mrr_options& options() const noexcept { return options_; }
    [[nodiscard]] std::int32_t last_month() const noexcept { return last_month_; }

private:
    /// What begins, or ends, to be in force at a close.
    struct turn {
        std::int32_t month = 0;
        std::int32_t entries = 0;
        std::int64_t mrr = 0;
    };

    [[nodiscard]] static status check_entry(const ledger_entry& one, const ledger_entry* before) {
        const auto fail = [&one](const std::string& what) {
            return make_error(errc::bad_value, "the ledger's entry from " + format_date(one.start) +
                                                   " to " + format_date(one.end) + " " + what);
        };
        if (one.start < min_text_day || one.start > max_text_day)
            return fail("starts outside the years 1 to 9999");
        if (one.end <= one.start) return fail("does not end later than it starts");
        if (one.mrr < 0 || one.mrr >= minor_units_limit)
            return fail("has an MRR that is not from 0 to less than 2^48 minor units");
        if (before != nullptr && one.start < before->start)
            return fail("comes after one that starts later; entries are read by their start");
        return {};
    }

    [[nodiscard]] static error too_much() {
        return make_error(errc::limit_exceeded,
                          "the MRR of a customer's entries does not add up within 64 bits; are "
                          "amounts in the right unit?");
    }

    /// An entry is in force at the closes of the months from its start's to the one before its
    /// end's: a month's last day is before a day of a later month, and never before its own start.
    /// false: a sum could overflow.
    [[nodiscard]] bool put(const ledger_entry& one) {
        if (__builtin_add_overflow(given_, one.mrr, &given_)) return false;
        const std::int32_t from = detail::month_of(one.start);
        const std::int32_t to = detail::month_of(one.end);
        if (from == to || from > last_month_) return true;
        turns_.push_back({from, 1, one.mrr});
        if (to <= last_month_) turns_.push_back({to, -1, -one.mrr});
        return true;
    }

    void compare_closes() {
        std::sort(turns_.begin(), turns_.end(),
                  [](const turn& a, const turn& b) { return a.month < b.month; });
        std::int64_t entries = 0, mrr = 0;
        for (std::size_t i = 0; i < turns_.size();) {
            const std::int32_t month = turns_[i].month;
            const std::int64_t entries_before = entries, mrr_before = mrr;
            for (; i < turns_.size() && turns_[i].month == month; ++i) {
                entries += turns_[i].entries;
                mrr += turns_[i].mrr;
            }
            const auto moved = [&](mrr_movement what, std::int64_t by) {
                changes_.push_back({month, what, false, by});
            };
            if (entries_before == 0 && entries > 0)
                moved(changes_.empty() ? mrr_movement::new_customer : mrr_movement::reactivation,
                      mrr);
            else if (entries_before > 0 && entries == 0)
                moved(mrr_movement::churn, mrr_before);
            else if (mrr > mrr_before)
                moved(mrr_movement::expansion, mrr - mrr_before);
            else if (mrr < mrr_before)
                moved(mrr_movement::contraction, mrr_before - mrr);
        }
    }

    mrr_options options_;
    std::int32_t last_month_;
    std::int64_t given_ = 0;  ///< Σ MRR of the customer at hand: no sum of some of them is larger
    std::vector<turn> turns_;
    std::vector<mrr_change> changes_;
};

}  // namespace aiueo
