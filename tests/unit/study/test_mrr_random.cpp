// The MRR bridge of random ledgers against a plain count of days, and merged in any order.
#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "plain_mrr.hpp"

namespace test_mrr_random {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

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

}  // namespace

TEST_CASE("random ledgers give what a plain count of days gives", "[study][mrr]") {
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

        payers all{options};
        for (const plain_customer& one : customers) all.add(one.entries, one.level);
        const evidence whole = all.counted();
        const std::vector<mrr_month> months = all_months(whole);
        REQUIRE(told(months) == plain_told(customers, options));
        const std::int32_t last = last_closed_month(options.data_until);

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
        REQUIRE(whole.count(total::never_active) == never);
        std::vector<std::int32_t> keys;
        for (const auto& [cohort, members] : cohorts) {
            keys.push_back(cohort);
            REQUIRE(told(mrr_of_cohort(whole, cohort, last).months()) ==
                    plain_told(members, options));
        }
        REQUIRE(mrr_cohorts(whole) == keys);
        const count_table& by_level = whole.tables()[counted::movements_of_segment(0)];
        for (const auto& [level, members] : levels) {
            const lines plain = plain_told(members, options);
            const std::int32_t first = month(plain.front().substr(0, 7));
            const std::int32_t id =
                level < 0 ? -1 : by_level.find_name("level " + std::to_string(level));
            REQUIRE(told(mrr_of_level(whole, 0, id, first, last).months()) == plain);
        }

        for (const mrr_month& row : months) {
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
        const bool partial = known_revenue(whole)->partial_month().has_value();
        met["partial"] += partial ? 1 : 0;
        met["whole"] += partial ? 0 : 1;
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

TEST_CASE("any partition, merged in any order, is the same bridge", "[study][mrr]") {
    for (std::uint64_t world = 0; world < 40; ++world) {
        dice random{world + 1000};
        const mrr_options options{day("2025-03-31"), random.roll(20)};
        payers all{options};
        std::vector<std::int32_t> part;
        const std::int32_t most = random.roll(4);
        for (int i = 0; i < 30; ++i) {
            const plain_customer one = made_customer(random);
            all.add(one.entries, one.level);
            part.push_back(random.roll(most));
        }
        evidence whole = all.counted();
        std::vector<evidence> parts;
        for (std::int32_t k = 0; k <= most; ++k)
            parts.push_back(all.counted([&](std::size_t i) { return part[i] == k; }));
        while (parts.size() > 1) {
            const auto from =
                static_cast<std::size_t>(random.roll(static_cast<std::int32_t>(parts.size()) - 1));
            const evidence taken = parts[from];
            parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(from));
            const auto to =
                static_cast<std::size_t>(random.roll(static_cast<std::int32_t>(parts.size()) - 1));
            REQUIRE(parts[to].merge(taken).ok());
        }
        CAPTURE(world);
        REQUIRE(told(all_months(parts[0])) == told(all_months(whole)));
        REQUIRE(bytes_of(parts[0]) == bytes_of(whole));
    }
}

}  // namespace test_mrr_random
