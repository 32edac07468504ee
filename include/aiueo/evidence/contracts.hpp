// evidence › contracts: what was decided at the end of each contract and trial.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/evidence/money_rows.hpp"

namespace aiueo {

enum class contract_kind : std::uint8_t { contract = 0, trial = 1 };

/// `open`: not decided yet. Contracts are renewed or churned, trials converted or lapsed.
enum class contract_outcome : std::uint8_t {
    open = 0,
    renewed = 1,
    churned = 2,
    converted = 3,
    lapsed = 4,
};

[[nodiscard]] constexpr std::string_view name_of(contract_kind kind) noexcept {
    switch (kind) {
    case contract_kind::contract: return "contract";
    case contract_kind::trial: return "trial";
    }
    return "unknown";
}

[[nodiscard]] constexpr std::string_view name_of(contract_outcome outcome) noexcept {
    switch (outcome) {
    case contract_outcome::open: return "open";
    case contract_outcome::renewed: return "renewed";
    case contract_outcome::churned: return "churned";
    case contract_outcome::converted: return "converted";
    case contract_outcome::lapsed: return "lapsed";
    }
    return "unknown";
}

/// Days since 1970-01-01; money in minor units, `no_money` where it is not known.
struct contract {
    std::int32_t start = 0;
    std::int32_t end = 0;  ///< the day on which the decision takes effect; later than `start`
    contract_kind kind = contract_kind::contract;
    contract_outcome outcome = contract_outcome::open;
    std::int64_t mrr_before = no_money;
    std::int64_t mrr_after = no_money;
    friend bool operator==(const contract&, const contract&) = default;
};

/// The contracts of each customer by (end, start, kind). Made for a model's currency and time zone.
class contract_history : public money_rows<contract> {
public:
    /// How many there are of what a reader should know of.
    struct counts {
        std::int64_t contracts = 0;
        std::int64_t trials = 0;
        std::int64_t open = 0;  ///< of either kind
        /// Of either kind: not over when another of the same customer and kind has begun that ends
        /// no earlier.
        std::int64_t overlapping = 0;
        /// Churned contracts of a customer who has another that starts within [end, end + grace].
        std::int64_t churned_then_continued = 0;
        /// mrr_before of a contract, or mrr_after of what was renewed or converted, is not known.
        std::int64_t mrr_unknown = 0;
    };

    /// `grace_days` ≥ 0: for counts::churned_then_continued. `currency`: the model's, empty if it
    /// names none.
    explicit contract_history(int minor_digits, time_zone zone, std::int32_t grace_days = 0,
                              std::string currency = {})
        : money_rows("contracts", minor_digits, std::move(zone), std::move(currency)),
          grace_days_(grace_days) {}

    /// One row; `row` is for messages, from 0, and −1 if there is none. mrr_after of what churned
    /// or lapsed is 0 where it is not known. INT32_MIN is no date; others are from the year 1 to
    /// 9999. Errors: bad_value, limit_exceeded (the key's length, the number of customers),
    /// invalid_state after finish(). After an error nothing was added.
    status add(std::string_view customer, const contract& one, std::int64_t row) {
        if (status ok = check_customer(customer, row); !ok) return ok;
        if (status ok = check_dates(customer, one, row); !ok) return ok;
        if (status ok = check_outcome(customer, one, row); !ok) return ok;
        if (status ok = check_money(customer, one.mrr_before, row, "mrr_before"); !ok) return ok;
        if (status ok = check_money(customer, one.mrr_after, row, "mrr_after"); !ok) return ok;
        contract kept = one;
        if (one.outcome == contract_outcome::churned || one.outcome == contract_outcome::lapsed) {
            if (one.mrr_after > 0) {
                return fail(errc::bad_value,
                            "is more than 0, but the outcome is " +
                                std::string{name_of(one.outcome)} + "; leave one of them out",
                            customer, row, "mrr_after");
            }
            kept.mrr_after = 0;
        }
        return insert(customer, kept, row);
    }

    /// Sorts what was added and looks at neighbours. Call once, after the last row.
    /// Errors: duplicate_row (the same customer, kind, start and end twice; the message says
    /// whether the rows agree), then nothing is held; invalid_state if it was called before.
    status finish() {
        const auto key = [](const contract& one) {
            return std::tuple{one.end, one.start, one.kind};
        };
        status done = sort([key](const contract& a, const contract& b) { return key(a) < key(b); },
                           [this](const pending& a, const pending& b) {
                               return std::optional<error>{twice(a, b)};
                           });
        if (!done) return done;
        std::vector<std::int32_t> starts;
        for (std::size_t k = 0; k < static_cast<std::size_t>(customers()); ++k)
            count(at(k), starts);
        return {};
    }

    [[nodiscard]] const counts& found() const noexcept { return found_; }

    /// What a reader should know, a sentence each. After finish().
    [[nodiscard]] std::vector<std::string> warnings() const {
        std::vector<std::string> out;
        const std::string all = std::to_string(rows());
        if (found_.overlapping > 0) {
            out.push_back(std::to_string(found_.overlapping) + " of " + all +
                          " contracts overlap another of the same customer and kind; each counts "
                          "as a decision of its own");
        }
        if (found_.churned_then_continued > 0) {
            const std::string when = grace_days_ > 0 ? "at most " + std::to_string(grace_days_) +
                                                           " days after they ended"
                                                     : std::string{"on the day they ended"};
            out.push_back(std::to_string(found_.churned_then_continued) + " of " + all +
                          " contracts are churned, yet the same customer has another that starts " +
                          when + "; they count as churned");
        }
        if (found_.mrr_unknown > 0) {
            out.push_back(std::to_string(found_.mrr_unknown) + " of " + all +
                          " contracts lack an MRR; figures in money leave them out");
        }
        return out;
    }

private:
    [[nodiscard]] status check_dates(std::string_view customer, const contract& one,
                                     std::int64_t row) const {
        constexpr std::int32_t none = INT32_MIN;
        if (one.start == none)
            return fail(errc::bad_value, "is empty; every contract has a start", customer, row,
                        "start");
        if (one.end == none) {
            return fail(errc::bad_value,
                        "is empty; every contract has an end, the day on which its decision takes "
                        "effect",
                        customer, row, "end");
        }
        for (const auto& [column, day] : {std::pair{"start", one.start}, {"end", one.end}}) {
            if (is_text_day(day)) continue;
            return fail(errc::bad_value, no_text_day(day), customer, row, column);
        }
        if (one.end <= one.start) {
            return fail(
                errc::bad_value,
                format_date(one.end) + " is not later than the start, " + format_date(one.start),
                customer, row, "end");
        }
        return {};
    }

    [[nodiscard]] status check_outcome(std::string_view customer, const contract& one,
                                       std::int64_t row) const {
        std::optional<contract_kind> needs;
        switch (one.outcome) {
        case contract_outcome::open: break;
        case contract_outcome::renewed:
        case contract_outcome::churned: needs = contract_kind::contract; break;
        case contract_outcome::converted:
        case contract_outcome::lapsed: needs = contract_kind::trial; break;
        }
        if (!needs || *needs == one.kind) return {};
        const bool trial = one.kind == contract_kind::trial;
        return fail(
            errc::bad_value,
            "a " + std::string{name_of(one.kind)} + " cannot be " +
                std::string{name_of(one.outcome)} +
                (trial ? "; a trial is converted or lapsed" : "; a contract is renewed or churned"),
            customer, row, "outcome");
    }

    [[nodiscard]] status check_money(std::string_view customer, std::int64_t minor,
                                     std::int64_t row, std::string_view column) const {
        if (minor == no_money || (minor >= 0 && minor < minor_units_limit)) return {};
        return fail(errc::bad_value,
                    minor < 0 ? "is negative; an MRR is 0 or more"
                              : "is too large; an MRR is less than 2^48 minor units",
                    customer, row, column);
    }

    [[nodiscard]] error twice(const pending& a, const pending& b) const {
        std::string message = "this customer already has a " + std::string{name_of(b.one.kind)} +
                              " from " + format_date(b.one.start) + " to " + format_date(b.one.end);
        if (a.row >= 0) message += ", row " + std::to_string(a.row + 1);
        message += a.one == b.one ? "; leave one of them out"
                                  : ", and the two contradict each other in outcome or MRR; leave "
                                    "the wrong one out";
        return fail(errc::duplicate_row, std::move(message), key_of(b), b.row);
    }

    /// Contracts of one customer, by (end, start, kind). `starts` is memory to work in.
    void count(std::span<const contract> all, std::vector<std::int32_t>& starts) {
        starts.clear();
        std::array<std::int64_t, 2> begun{INT64_MAX, INT64_MAX};  // by kind, of those further on
        for (std::size_t i = all.size(); i-- > 0;) {
            const contract& one = all[i];
            const bool trial = one.kind == contract_kind::trial;
            ++(trial ? found_.trials : found_.contracts);
            if (one.outcome == contract_outcome::open) ++found_.open;
            std::int64_t& next = begun[static_cast<std::size_t>(one.kind)];
            if (next < one.end) ++found_.overlapping;
            next = std::min<std::int64_t>(next, one.start);
            const bool goes_on = one.outcome == contract_outcome::renewed ||
                                 one.outcome == contract_outcome::converted;
            if ((!trial && one.mrr_before == no_money) || (goes_on && one.mrr_after == no_money))
                ++found_.mrr_unknown;
            if (!trial) starts.push_back(one.start);
        }
        std::sort(starts.begin(), starts.end());
        for (const contract& one : all) {
            if (one.outcome != contract_outcome::churned) continue;
            const auto next = std::lower_bound(starts.begin(), starts.end(), one.end);
            if (next != starts.end() && *next - std::int64_t{one.end} <= grace_days_)
                ++found_.churned_then_continued;
        }
    }

    std::int32_t grace_days_;
    counts found_;
};

}  // namespace aiueo
