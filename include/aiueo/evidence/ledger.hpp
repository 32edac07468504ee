// evidence › ledger: which MRR each customer paid from when to when.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/evidence/money_rows.hpp"

namespace aiueo {

/// One subscription: its MRR on each day of [start, end). Days since 1970-01-01.
struct ledger_entry {
    static constexpr std::int32_t no_end = INT32_MAX;  ///< still open

    std::int32_t start = 0;
    std::int32_t end = no_end;
    std::int64_t mrr = 0;  ///< minor units, ≥ 0
    friend bool operator==(const ledger_entry&, const ledger_entry&) = default;
};

/// The subscriptions of each customer by (start, end), then MRR. Several at a time add up. Made for
/// a model's currency and time zone.
class ledger_history : public money_rows<ledger_entry> {
public:
    /// `currency`: the model's, empty if it names none.
    explicit ledger_history(int minor_digits, time_zone zone, std::string currency = {})
        : money_rows("ledger", minor_digits, std::move(zone), std::move(currency)) {}

    /// One row; `row` is for messages, from 0, and −1 if there is none. A start of INT32_MIN and an
    /// MRR of `no_money` are missing.
    /// Errors: bad_value, limit_exceeded (the key's length, the number of customers), invalid_state
    /// after finish(). After an error nothing was added.
    status add(std::string_view customer, const ledger_entry& one, std::int64_t row) {
        if (status ok = check_customer(customer, row); !ok) return ok;
        if (one.start == INT32_MIN)
            return fail(errc::bad_value, "is empty; every row has a start", customer, row, "start");
        if (!is_text_day(one.start))
            return fail(errc::bad_value, no_text_day(one.start), customer, row, "start");
        if (one.end <= one.start) {
            return fail(errc::bad_value,
                        format_date(one.end) + " is not later than the start, " +
                            format_date(one.start) + "; the end is the first day without it",
                        customer, row, "end");
        }
        if (one.mrr == no_money)
            return fail(errc::bad_value, "is empty; every row has an MRR", customer, row, "mrr");
        if (one.mrr < 0) {
            return fail(errc::bad_value, "is negative; an MRR is 0 or more", customer, row, "mrr");
        }
        if (one.mrr >= minor_units_limit) {
            return fail(errc::bad_value, "is too large; an MRR is less than 2^48 minor units",
                        customer, row, "mrr");
        }
        return insert(customer, one, row);
    }

    /// Sorts what was added. Call once, after the last row. invalid_state if it was called before.
    status finish() {
        const auto key = [](const ledger_entry& one) {
            return std::tuple{one.start, one.end, one.mrr};
        };
        return sort([key](const ledger_entry& a, const ledger_entry& b) { return key(a) < key(b); },
                    [](const pending&, const pending&) { return std::optional<error>{}; });
    }
};

}  // namespace aiueo
