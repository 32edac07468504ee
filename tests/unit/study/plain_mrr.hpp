// MRR at each close by a plain count of days, and customers made at random.
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>

#include "bridges.hpp"

namespace aiueo::testing {

struct plain_customer {
    ledger entries;
    std::int32_t level = -1;
};

/// MRR at each close up to data_until, by month, day by day; nothing where it is not active.
inline std::map<std::int32_t, std::optional<std::int64_t>> plain_closes(
    const ledger& entries, const mrr_options& options) {
    std::map<std::int32_t, std::optional<std::int64_t>> out;
    std::int32_t first = INT32_MAX;
    for (const ledger_entry& one : entries) first = std::min(first, one.start);
    const bool free_counts = options.free == free_entries::active;
    std::map<std::int32_t, std::int64_t> days;
    for (std::int32_t d = first; d <= options.data_until; ++d) {
        for (const ledger_entry& one : entries) {
            if (one.start <= d && d < one.end && (one.mrr > 0 || free_counts)) days[d] += one.mrr;
        }
    }
    std::map<std::int32_t, std::int64_t> bridged = days;
    for (auto at = days.begin(); at != days.end(); ++at) {
        const auto next = std::next(at);
        if (next == days.end() || next->first - at->first - 1 > options.grace_days) continue;
        for (std::int32_t d = at->first + 1; d < next->first; ++d) bridged[d] = at->second;
    }
    for (std::int32_t d = first; d <= options.data_until; ++d) {
        const civil_date today = civil_from_days(d);
        if (civil_from_days(d + 1).day != 1) continue;
        const auto found = bridged.find(d);
        out[static_cast<std::int32_t>(today.year * 12 + today.month - 1)] =
            found == bridged.end() ? std::nullopt : std::optional{found->second};
    }
    return out;
}

class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}
    /// 0 to top.
    std::int32_t roll(std::int32_t top) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return static_cast<std::int32_t>((state_ >> 33) % (static_cast<std::uint64_t>(top) + 1));
    }
    bool one_in(std::int32_t n) { return roll(n - 1) == 0; }

private:
    std::uint64_t state_;
};

/// To the first of its month, or the day before, at times.
inline std::int32_t moved(std::int32_t d, dice& random) {
    const std::int32_t first = d - civil_from_days(d).day + 1;
    if (random.one_in(4)) return first;
    return random.one_in(6) ? first - 1 : d;
}

inline plain_customer made_customer(dice& random) {
    plain_customer out;
    out.level = random.roll(3) - 1;
    std::int32_t at = random.one_in(4) ? day("2025-01-01") + random.roll(160)
                                       : day("2023-11-10") + random.roll(200);
    for (std::int32_t n = random.roll(6); n > 0; --n) {
        ledger_entry one;
        one.start = moved(at, random);
        one.end = std::max(one.start + 1,
                           moved(one.start + 1 + random.roll(random.one_in(4) ? 15 : 150), random));
        if (random.one_in(12)) one.end = ledger_entry::no_end;
        one.mrr = random.one_in(6) ? 0 : 10 * random.roll(4);
        out.entries.push_back(one);
        if (random.one_in(8)) out.entries.push_back(one);
        const std::int32_t from = one.end == ledger_entry::no_end ? one.start : one.end;
        at = random.one_in(4) ? one.start + random.roll(60)
                              : from + (random.one_in(3) ? 0 : random.roll(50));
    }
    std::sort(out.entries.begin(), out.entries.end(),
              [](const ledger_entry& a, const ledger_entry& b) { return a.start < b.start; });
    return out;
}

}  // namespace aiueo::testing
