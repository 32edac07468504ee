// evidence › join: which snapshot saw which contract end coming. … ─► score ─► evidence
//
// For a contract that ended on day `end` and a lead of L days: the customer's latest snapshot in
// [end − L − 31, end − L]. What is dated later is not looked at; a contract that is still open is
// censored, never renewed; a lead that is not shorter than the contract itself is left out, since
// it would look at the customer before there was one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/counted.hpp"

namespace aiueo {

/// A snapshot that was `lead` days ahead of a decided contract end.
struct observation {
    std::int64_t row = 0;  ///< of the batch
    const contract* end = nullptr;
    std::uint32_t customer = 0;  ///< a number of its own for each customer of the update
    std::int32_t cutoff = 0;     ///< day: what was observed later is leakage
    std::int32_t rank = -1;      ///< the members' at the cutoff; −1 = unknown
    std::uint16_t lead = 0;      ///< index into the model's leads
    std::uint16_t group = 0;
};

namespace detail {

/// Calendar months, and the day's part of its month where two dates are apart by less than a whole
/// one: 15 January to 15 July is 6, to 30 July 6.48. Months of different lengths count the same.
[[nodiscard]] inline double months_between(std::int32_t start, std::int32_t end) noexcept {
    const civil_date a = civil_from_days(start);
    const civil_date b = civil_from_days(end);
    const auto whole = static_cast<double>((b.year - a.year) * 12 + b.month - a.month);
    // A month's last day stands for the day that a shorter month has not: 31 January to 28
    // February.
    const std::int32_t last = days_in_month(b.year, b.month);
    const std::int32_t from = std::min(a.day, last);
    return whole + static_cast<double>(b.day - from) / static_cast<double>(last);
}

[[nodiscard]] inline std::int32_t month_of(std::int32_t day) noexcept {
    const civil_date date = civil_from_days(day);
    return static_cast<std::int32_t>(date.year * 12 + date.month - 1);
}

}  // namespace detail

/// One of a customer's snapshots.
struct dated_row {
    std::int32_t as_of = 0;
    std::int64_t row = 0;
};

/// What joining found for some customers.
struct join_counts {
    std::int64_t ends = 0;
    std::int64_t open = 0;
    std::int64_t observed = 0;
    std::int64_t unobserved = 0;
    std::int64_t lead_too_long = 0;
};

/// The latest of some rows, ascending by date, in the window up to a day; null if there is none.
[[nodiscard]] inline const dated_row* latest_row(std::span<const dated_row> rows,
                                                 std::int32_t day) noexcept {
    const auto after =
        std::upper_bound(rows.begin(), rows.end(), day,
                         [](std::int32_t to, const dated_row& row) { return to < row.as_of; });
    if (after == rows.begin()) return nullptr;
    const dated_row& latest = *std::prev(after);
    return latest.as_of < day - observation_window_days ? nullptr : &latest;
}

/// All observations of one customer, appended to `out`. `rows`: ascending by date.
inline void join_customer(std::span<const dated_row> rows, std::span<const contract> contracts,
                          std::span<const std::int32_t> leads, std::int32_t group,
                          std::uint32_t customer, std::vector<observation>& out,
                          join_counts& counts) {
    for (const contract& one : contracts) {
        if (one.outcome == contract_outcome::open) {
            ++counts.open;
            continue;
        }
        ++counts.ends;
        for (std::size_t k = 0; k < leads.size(); ++k) {
            if (leads[k] >= one.end - one.start) {
                ++counts.lead_too_long;
                continue;
            }
            const std::int32_t cutoff = one.end - leads[k];
            const dated_row* seen = latest_row(rows, cutoff);
            if (seen == nullptr) {
                ++counts.unobserved;
                continue;
            }
            ++counts.observed;
            out.push_back({seen->row, &one, customer, cutoff, -1, static_cast<std::uint16_t>(k),
                           static_cast<std::uint16_t>(group)});
        }
    }
}

/// Renewed or converted?
[[nodiscard]] inline bool is_kept(const contract& one) noexcept {
    return one.outcome == contract_outcome::renewed || one.outcome == contract_outcome::converted;
}

}  // namespace aiueo
