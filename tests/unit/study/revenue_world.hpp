// Customers who pay, are seen and sign, and what a study of their money says, done again from them
// one by one.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/revenue.hpp"

#include "plain_mrr.hpp"

namespace aiueo::testing {

/// The model of histories.hpp with a member, a rung that completes onboarding, and this in "study".
inline std::string revenue_model(const std::string& study = "") {
    std::string text = history_model;
    const auto put = [&text](const std::string& before, const std::string& more) {
        text.insert(text.find(before) + before.size(), more);
    };
    put("\"study\": {", "\"completion\": {\"stage\": \"Active\"}, " + study);
    put("\"name\": \"Active\"", ", \"expected_by_days\": 60");
    put("\"steps\": {\"threshold\": 60", ", \"min_n\": 10");
    put("\"name\": \"history\",", "\"currency\": \"JPY\", \"roles\": {\"member\": \"plan\"},");
    return text;
}

struct revenue_customer {
    std::string name;
    ledger entries;
    std::vector<history_row> rows;
    std::vector<contract> contracts;

    // What a plain reading makes of it.
    std::size_t group = 0;
    std::map<std::int32_t, std::int64_t> paid;               ///< by month, where it was active
    std::map<std::int32_t, std::size_t> stage;               ///< of its last snapshot in a month
    std::map<std::int32_t, std::string> plan_in;             ///< likewise
    std::string plan;                                        ///< of its last snapshot
    std::vector<std::pair<std::int32_t, std::size_t>> seen;  ///< day and stage, ascending

    [[nodiscard]] bool active(std::int32_t at) const { return paid.contains(at); }
    [[nodiscard]] std::int64_t mrr(std::int32_t at) const {
        const auto found = paid.find(at);
        return found == paid.end() ? 0 : found->second;
    }
    [[nodiscard]] std::int32_t first() const { return paid.begin()->first; }
    /// 3: not seen.
    [[nodiscard]] std::size_t stage_at(std::int32_t at) const {
        const auto found = stage.find(at);
        return found == stage.end() ? 3 : found->second;
    }
};

using some_customers = std::vector<const revenue_customer*>;

struct revenue_world {
    mrr_options options;
    std::unique_ptr<plan> model;
    std::vector<revenue_customer> customers;
    std::unique_ptr<evidence> counted;

    [[nodiscard]] std::int32_t last() const { return last_closed_month(options.data_until); }
    template <class Wanted>
    [[nodiscard]] some_customers those(Wanted wanted) const {
        some_customers out;
        for (const revenue_customer& one : customers) {
            if (wanted(one)) out.push_back(&one);
        }
        return out;
    }
    [[nodiscard]] some_customers all() const {
        return those([](const revenue_customer&) { return true; });
    }
};

/// Counts the world's customers, and reads them plainly.
inline void count_world(revenue_world& world) {
    ledger_history paid{world.model->data().model.minor_digits, time_zone{}};
    told_history told;
    std::int64_t row = 0;
    for (revenue_customer& one : world.customers) {
        one.group = static_cast<std::size_t>(evidence_group(one.name));
        for (const ledger_entry& each : one.entries) REQUIRE(paid.add(one.name, each, row++).ok());
        for (const contract& each : one.contracts) told.contracts.emplace_back(one.name, each);
        told.rows.insert(told.rows.end(), one.rows.begin(), one.rows.end());
        if (one.entries.empty()) continue;
        for (const auto& [at, mrr] : plain_closes(one.entries, world.options)) {
            if (mrr) one.paid[at] = *mrr;
        }
    }
    REQUIRE(paid.finish().ok());
    const contract_history contracts = history_of(told);
    const counted_rows rows = bound_rows(*world.model, told.rows);
    std::size_t next = 0;
    for (revenue_customer& one : world.customers) {
        for (const history_row& each : one.rows) {
            const auto stage = static_cast<std::size_t>(rows.given->stage(0)[next++]);
            const std::int32_t at = detail::month_of(each.as_of);
            one.seen.emplace_back(each.as_of, stage);
            one.stage[at] = stage;
            one.plan_in[at] = each.plan;
            one.plan = each.plan;
        }
    }
    const histories known{contracts, nullptr, nullptr, &paid, world.options.data_until};
    world.counted = std::make_unique<evidence>(*world.model);
    status ok = world.counted->update(*rows.rows, *rows.given, known);
    if (!ok) FAIL(ok.error().to_string());
    ok = world.counted->count_unseen(known);
    if (!ok) FAIL(ok.error().to_string());
}

/// Customers of three plans over three years; some are never seen, some pay nothing for a while.
inline revenue_world made_world(int customers, std::uint64_t seed, std::int32_t data_until,
                                std::int32_t grace = 5) {
    revenue_world out;
    out.options = {data_until, grace, free_entries::active};
    out.model = std::make_unique<plan>(
        plan_of(revenue_model("\"grace_days\": " + std::to_string(grace) + ", ")));
    dice random{seed};
    for (int c = 0; c < customers; ++c) {
        revenue_customer& one = out.customers.emplace_back();
        one.name = "customer " + std::to_string(c);
        const std::string plan = random.one_in(12) ? "" : "plan " + std::to_string(random.roll(2));
        const std::int32_t start = moved(day("2022-03-05") + random.roll(900), random);
        std::int32_t at = start;
        for (std::int32_t n = random.roll(4); n > 0 || at == start; --n) {
            contract signed_one;
            signed_one.start = at;
            signed_one.end = moved(at + 60 + random.roll(400), random);
            signed_one.mrr_before = random.one_in(10) ? 0 : 1000 * random.roll(90);
            const bool over = signed_one.end <= data_until;
            const bool kept = n > 1 && !random.one_in(5);
            if (over)
                signed_one.outcome = kept ? contract_outcome::renewed : contract_outcome::churned;
            if (over && kept) signed_one.mrr_after = signed_one.mrr_before + 500 * random.roll(9);
            one.contracts.push_back(signed_one);
            one.entries.push_back({signed_one.start, signed_one.end, signed_one.mrr_before});
            at = signed_one.end + (random.one_in(3) ? random.roll(70) : 0);
            if (n <= 0) break;
        }
        std::sort(one.entries.begin(), one.entries.end(),
                  [](const auto& a, const auto& b) { return a.start < b.start; });
        if (random.one_in(9)) continue;
        double logins = random.roll(70);
        const std::int32_t begun = start + (random.one_in(9) ? 50 : random.roll(25));
        for (std::int32_t seen = begun; seen < std::min(at + 20, data_until + 1);
             seen += 18 + random.roll(20)) {
            history_row row;
            row.customer = one.name;
            row.as_of = seen;
            logins = std::clamp(logins + random.roll(30) - 13, 0.0, 100.0);
            row.logins = logins;
            row.answers = random.roll(10);
            row.setup = row.wins = row.unused = 0;
            row.term = 12;
            row.plan = plan;
            one.rows.push_back(row);
        }
    }
    count_world(out);
    return out;
}

/// A ratio of sums over customers, of all and without each group. Rows: customers for which
/// `counts` holds.
template <class Part, class Whole, class Counts>
[[nodiscard]] grouped_ratio plain_ratio(const some_customers& of, Part part, Whole whole,
                                        Counts counts) {
    grouped_ratio out;
    const auto without = [&](std::size_t group) {
        double above = 0, below = 0;
        for (const revenue_customer* one : of) {
            if (one->group == group) continue;
            above += static_cast<double>(part(*one));
            below += static_cast<double>(whole(*one));
        }
        return below == 0 ? undefined : above / below;
    };
    out.value = without(evidence_groups);
    for (std::size_t g = 0; g < out.without.size(); ++g) {
        out.without[g] = without(g);
        for (const revenue_customer* one : of) {
            if (one->group == g && counts(*one)) ++out.rows[g];
        }
        out.n += out.rows[g];
    }
    return out;
}

inline bool like(double a, double b) {
    return (a != a && b != b) || std::fabs(a - b) <= 1e-11 * std::max(1.0, std::fabs(b));
}

/// The same figure: value, interval and number of observations.
inline bool like(const figure& a, const figure& b) {
    return like(a.value, b.value) && like(a.interval.lower, b.interval.lower) &&
           like(a.interval.upper, b.interval.upper) && a.n == b.n;
}

inline std::string told(const figure& one) {
    return format_number(one.value) + " (" + format_number(one.interval.lower) + " to " +
           format_number(one.interval.upper) + ") of " + std::to_string(one.n);
}

inline figure plain_share(const grouped_ratio& of) {
    return figure_of(jackknife_share(of.value, of.without, of.rows), of.n);
}

inline figure plain_wilson(std::int64_t x, std::int64_t n) {
    return {n == 0 ? undefined : static_cast<double>(x) / static_cast<double>(n),
            wilson_interval(x, n), n};
}

inline figure one_less(const figure& of) {
    return {1 - of.value, {1 - of.interval.upper, 1 - of.interval.lower}, of.n};
}

}  // namespace aiueo::testing

#define CHECK_FIGURE(found, expected)     \
    do {                                  \
        INFO("found " << told(found));    \
        INFO("plain " << told(expected)); \
        CHECK(like(found, expected));     \
    } while (false)
