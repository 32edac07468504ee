// evidence › totals: single numbers about everything that was counted. … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiueo/base/error.hpp"

namespace aiueo {

/// Single numbers about everything that was counted. Sums of money come last.
enum class total : std::uint8_t {
    rows,              ///< snapshots given
    customers,         ///< with snapshots
    ends,              ///< decided ends of customers with snapshots
    open,              ///< contracts still open: censored, never renewed
    observed,          ///< pairs of end and lead with a snapshot in their window
    unobserved,        ///< without one
    lead_too_long,     ///< pairs whose lead is not shorter than the contract's term
    leaked,            ///< pairs dropped because an input was observed after the cutoff
    without_contract,  ///< customers with snapshots and no contract
    customer_months,   ///< pairs of a customer and a calendar month with a snapshot
    pending_calls,     ///< calls whose customer was not seen since they could be answered
    ranks_seen,        ///< members' ranks with a snapshot in the window before them
    ranks_unseen,      ///< without one
    customers_ranked,  ///< with a rank that is among `ranks_seen`
    payers,            ///< customers that the ledger, or without one the contracts, tell of
    payers_unseen,     ///< of them without snapshots
    never_active,      ///< of them active at no month's close that is seen
    unpriced,          ///< customers left out: no ledger, and the MRR of a contract is not known
    overdue,           ///< contracts whose end is past and who are not decided
    begun_unseen,      ///< customers first seen too late to tell when onboarding was completed
    due,               ///< Σ MRR before, minor units: no cell's sum is larger
    after,             ///< Σ MRR after
    mrr,               ///< Σ MRR of customers' months, where the model has steps
    paid,              ///< Σ MRR over months of what customers paid, and more: no sum is larger
};
inline constexpr std::size_t total_count = 24;

/// Of total::paid. Every table adds up what each customer paid a few times a month, at most for as
/// long as the horizon; so all of it stays within 64 bits, and each sum within a double.
inline constexpr std::int64_t most_paid = std::int64_t{1} << 53;

namespace detail {

[[nodiscard]] inline error too_much_paid() {
    return make_error(errc::limit_exceeded,
                      "the MRR of all customers, added up over the months, is more than 2^53 minor "
                      "units; are amounts in the right unit?");
}

}  // namespace detail

/// "rows", "lead_too_long"; sums of money say their unit.
[[nodiscard]] constexpr std::string_view name_of(total one) noexcept {
    switch (one) {
    case total::rows: return "rows";
    case total::customers: return "customers";
    case total::ends: return "ends";
    case total::open: return "open";
    case total::observed: return "observed";
    case total::unobserved: return "unobserved";
    case total::lead_too_long: return "lead_too_long";
    case total::leaked: return "leaked";
    case total::without_contract: return "without_contract";
    case total::customer_months: return "customer_months";
    case total::pending_calls: return "pending_calls";
    case total::ranks_seen: return "ranks_seen";
    case total::ranks_unseen: return "ranks_unseen";
    case total::customers_ranked: return "customers_ranked";
    case total::payers: return "payers";
    case total::payers_unseen: return "payers_unseen";
    case total::never_active: return "never_active";
    case total::unpriced: return "unpriced";
    case total::overdue: return "overdue";
    case total::begun_unseen: return "begun_unseen";
    case total::due: return "due_minor_units";
    case total::after: return "after_minor_units";
    case total::mrr: return "mrr_minor_units";
    case total::paid: return "paid_minor_units";
    }
    return "unknown";
}

}  // namespace aiueo
