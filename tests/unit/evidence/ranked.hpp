// The small history with members' ranks.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/evidence/ranks.hpp"

#include "histories.hpp"

namespace aiueo::testing {

inline const std::string ranked_model = [] {
    std::string text = history_model;
    const std::string study = "\"study\": {";
    text.insert(text.find(study) + study.size(), R"("ranks": ["C", "B", "A"], "rank_days": 60, )");
    return text;
}();

struct told_rank {
    std::string customer;
    std::int32_t as_of = 0;
    std::int32_t rank = 0;
    std::string by;
};

struct told_ranks {
    std::vector<told_rank> rows;
    std::int32_t days = 60;
};

/// Up to `rounds` dates of each customer, on some of them by two or three members, one unnamed.
inline told_ranks made_ranks(const told_history& told, int rounds) {
    told_ranks out;
    std::uint64_t state = 77;
    std::string last;
    for (std::size_t i = 0; i < told.rows.size(); ++i) {
        const history_row& row = told.rows[i];
        if (row.customer == last) continue;
        last = row.customer;
        std::int32_t end = row.as_of;
        for (const history_row& one : told.rows) {
            if (one.customer == last) end = std::max(end, one.as_of);
        }
        std::int32_t day = row.as_of - 30;
        for (int k = 0; k < rounds; ++k) {
            day += 1 + static_cast<std::int32_t>(
                           drawn(state) %
                           static_cast<std::uint64_t>(2 * (end - row.as_of + 60) / rounds));
            const std::vector<std::string> by{"Aoi", "Yuki", ""};
            const std::size_t members = 1 + drawn(state) % 3;
            const std::size_t start = drawn(state) % 3;
            for (std::size_t m = 0; m < members; ++m)
                out.rows.push_back({last, day, static_cast<std::int32_t>(drawn(state) % 3),
                                    by[(start + m) % by.size()]});
        }
    }
    out.rows.push_back({"nobody", 18500, 1, "Mei"});
    return out;
}

inline rank_history history_of(const told_ranks& told) {
    const std::vector<std::string> names{"C", "B", "A"};
    rank_history out{names, time_zone{}};
    for (const told_rank& one : told.rows) {
        const status ok = out.add(
            one.customer, {one.as_of, names[static_cast<std::size_t>(one.rank)], one.by}, -1);
        if (!ok) FAIL(ok.error().to_string());
    }
    const status ok = out.finish();
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

inline evidence evidence_of(const plan& of, const told_history& told, const told_ranks& ranks) {
    const contract_history contracts = history_of(told);
    const rank_history given = history_of(ranks);
    const counted_rows rows = bound_rows(of, told.rows);
    evidence out{of};
    const status ok = out.update(*rows.rows, *rows.given, {contracts, nullptr, &given});
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

}  // namespace aiueo::testing
