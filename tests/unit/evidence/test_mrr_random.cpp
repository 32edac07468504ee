// The MRR bridge of random ledgers against a plain count of days, and merged in any order.
#include <algorithm>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "bridges.hpp"

using namespace aiueo;
using namespace aiueo::testing;

namespace {

struct plain_customer {
    ledger entries;
    std::int32_t level = -1;
};

/// MRR at each close up to data_until, by month, day by day; nothing where it is not active.
std::map<std::int32_t, std::optional<std::int64_t>> plain_closes(const ledger& entries,
                                                                 const mrr_options& options) {
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

using plain_rows = std::map<std::int32_t, mrr_month>;

/// One customer's months into the rows of a bridge that has them all.
void add_plain(plain_rows& to, const plain_customer& who, const mrr_options& options) {
    const auto closes = plain_closes(who.entries, options);
    // As it would be if the customer came back on the day after data_until.
    ledger back;
    for (const ledger_entry& one : who.entries) {
        if (one.start <= options.data_until) back.push_back(one);
    }
    back.push_back({options.data_until + 1, ledger_entry::no_end, 1});
    const auto closes_if_back =
        plain_closes(back, {options.data_until + 1, options.grace_days, options.free});
    std::optional<std::int64_t> before;
    bool ever = false;
    const auto put = [](mrr_sum& sum, std::int64_t mrr) {
        ++sum.customers;
        sum.mrr += mrr;
    };
    for (const auto& [at, now] : closes) {
        mrr_month& row = to[at];
        if (before) put(row.start, *before);
        if (now) put(row.end, *now);
        if (now && !before) put(ever ? row.reactivation : row.new_customers, *now);
        if (before && !now) {
            put(row.churn, *before);
            if (closes_if_back.at(at)) put(row.undecided, *before);
        }
        if (now && before && *now > *before) put(row.expansion, *now - *before);
        if (now && before && *now < *before) put(row.contraction, *before - *now);
        if (now && before && *now == *before) ++row.unchanged;
        ever = ever || now.has_value();
        before = now;
    }
}

std::optional<std::int32_t> plain_cohort(const plain_customer& who, const mrr_options& options) {
    for (const auto& [at, now] : plain_closes(who.entries, options)) {
        if (now) return at;
    }
    return std::nullopt;
}

/// The months from the first active one to the last.
lines plain_told(const std::vector<plain_customer>& customers, const mrr_options& options) {
    plain_rows rows;
    for (const plain_customer& one : customers) add_plain(rows, one, options);
    lines out;
    std::int32_t last = 0;
    for (auto& [at, row] : rows) {
        row.month = at;
        if (out.empty() && row.end.customers == 0) continue;
        if (!out.empty()) REQUIRE(at == last + 1);
        last = at;
        out.push_back(told(row));
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
std::int32_t moved(std::int32_t d, dice& random) {
    const std::int32_t first = d - civil_from_days(d).day + 1;
    if (random.one_in(4)) return first;
    return random.one_in(6) ? first - 1 : d;
}

plain_customer made_customer(dice& random) {
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

}  // namespace

TEST_CASE("random ledgers give what a plain count of days gives", "[evidence][mrr]") {
    std::map<std::string, std::int64_t> met;
    std::int64_t moved_mrr = 0;
    for (std::uint64_t world = 0; world < 120; ++world) {
        dice random{world};
        const mrr_options options{moved(day("2024-07-10") + random.roll(300), random),
                                  random.one_in(3) ? 0 : random.roll(random.one_in(2) ? 90 : 20),
                                  random.one_in(3) ? free_entries::ignored : free_entries::active};
        std::vector<plain_customer> customers;
        for (int i = 0; i < 8; ++i) customers.push_back(made_customer(random));
        CAPTURE(world, format_date(options.data_until), options.grace_days);

        mrr_bridge whole{options};
        for (const plain_customer& one : customers) REQUIRE(whole.add(one.entries, one.level).ok());
        REQUIRE(told(whole.months()) == plain_told(customers, options));

        std::map<std::int32_t, std::vector<plain_customer>> cohorts, levels;
        std::int64_t never = 0;
        for (const plain_customer& one : customers) {
            if (const auto cohort = plain_cohort(one, options)) {
                cohorts[*cohort].push_back(one);
                levels[one.level].push_back(one);
            } else if (!one.entries.empty()) {
                ++never;
            }
        }
        REQUIRE(whole.never_active() == never);
        std::vector<std::int32_t> keys;
        for (const auto& [cohort, members] : cohorts) {
            keys.push_back(cohort);
            REQUIRE(told(whole.months_of_cohort(cohort)) == plain_told(members, options));
        }
        REQUIRE(whole.cohorts() == keys);
        keys.clear();
        for (const auto& [level, members] : levels) {
            keys.push_back(level);
            REQUIRE(told(whole.months_of_level(level)) == plain_told(members, options));
        }
        REQUIRE(whole.levels() == keys);

        for (const mrr_month& row : whole.months()) {
            REQUIRE(row.start.mrr + row.new_customers.mrr + row.reactivation.mrr +
                        row.expansion.mrr - row.contraction.mrr - row.churn.mrr ==
                    row.end.mrr);
            REQUIRE(row.start.customers + row.new_customers.customers + row.reactivation.customers -
                        row.churn.customers ==
                    row.end.customers);
            REQUIRE(row.start.customers - row.churn.customers ==
                    row.unchanged + row.expansion.customers + row.contraction.customers);
            met["new"] += row.new_customers.customers;
            met["reactivation"] += row.reactivation.customers;
            met["expansion"] += row.expansion.customers;
            met["contraction"] += row.contraction.customers;
            met["churn"] += row.churn.customers;
            met["undecided"] += row.undecided.customers;
            met["unchanged"] += row.unchanged;
            moved_mrr += row.expansion.mrr;
        }
        met["never"] += never;
        met["partial"] += whole.partial_month() ? 1 : 0;
        met["whole"] += whole.partial_month() ? 0 : 1;
        const lines bare = plain_told(customers, {options.data_until, 0, options.free});
        met["bridged"] += plain_told(customers, options) != bare ? 1 : 0;
    }
    for (const char* const what :
         {"new", "reactivation", "expansion", "contraction", "churn", "undecided", "unchanged",
          "never", "partial", "whole", "bridged"}) {
        CAPTURE(what);
        CHECK(met[what] >= 15);
    }
    CHECK(moved_mrr > 0);
}

TEST_CASE("any partition, merged in any order, is the same bridge", "[evidence][mrr]") {
    for (std::uint64_t world = 0; world < 200; ++world) {
        dice random{world + 1000};
        const mrr_options options{day("2025-03-31"), random.roll(20)};
        mrr_bridge whole{options};
        std::vector<mrr_bridge> parts(static_cast<std::size_t>(1 + random.roll(4)),
                                      mrr_bridge{options});
        for (int i = 0; i < 30; ++i) {
            const plain_customer one = made_customer(random);
            REQUIRE(whole.add(one.entries, one.level).ok());
            const auto part = random.roll(static_cast<std::int32_t>(parts.size()) - 1);
            REQUIRE(parts[static_cast<std::size_t>(part)].add(one.entries, one.level).ok());
        }
        while (parts.size() > 1) {
            const auto from =
                static_cast<std::size_t>(random.roll(static_cast<std::int32_t>(parts.size()) - 1));
            const mrr_bridge taken = parts[from];
            parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(from));
            const auto to =
                static_cast<std::size_t>(random.roll(static_cast<std::int32_t>(parts.size()) - 1));
            CHECK_FALSE((taken == whole && taken == parts[to]));
            REQUIRE(parts[to].merge(taken).ok());
        }
        CAPTURE(world);
        REQUIRE(parts[0] == whole);
        REQUIRE(told(parts[0].months()) == told(whole.months()));
    }
}
