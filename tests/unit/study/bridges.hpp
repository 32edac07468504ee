// Ledgers written down shortly, counted, and bridges told in lines.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/study/mrr_rows.hpp"

#include "unit/evidence/histories.hpp"

namespace aiueo::testing {

using ledger = std::vector<ledger_entry>;

inline std::int32_t day(std::string_view text) { return parse_date(text).value(); }

/// "2025-01"
inline std::int32_t month(std::string_view text) {
    const civil_date date = civil_from_days(day(std::string{text} + "-01"));
    return static_cast<std::int32_t>(date.year * 12 + date.month - 1);
}

inline std::string month_text(std::int32_t of) {
    return format_date(static_cast<std::int32_t>(days_from_civil(of / 12, of % 12 + 1, 1)))
        .substr(0, 7);
}

/// An end of "" is none.
inline ledger_entry entry(std::string_view start, std::string_view end, std::int64_t mrr) {
    return {day(start), end.empty() ? ledger_entry::no_end : day(end), mrr};
}

/// "2025-01: 2/300 new 1/100 churn 1/50 = 2/350": customers/MRR. Movements of nobody are left out.
inline std::string told(const mrr_month& of) {
    const auto text = [](const mrr_sum& one) {
        return std::to_string(one.customers) + "/" + std::to_string(one.mrr);
    };
    std::string out = month_text(of.month) + ": " + text(of.start);
    const auto add = [&](const char* name, const mrr_sum& one) {
        if (one != mrr_sum{}) out += std::string{" "} + name + " " + text(one);
    };
    add("new", of.new_customers);
    add("reactivation", of.reactivation);
    add("expansion", of.expansion);
    add("contraction", of.contraction);
    add("churn", of.churn);
    add("undecided", of.undecided);
    if (of.unchanged != 0) out += " unchanged " + std::to_string(of.unchanged);
    return out + " = " + text(of.end);
}

using lines = std::vector<std::string>;

inline lines told(const std::vector<mrr_month>& rows) {
    lines out;
    for (const mrr_month& one : rows) out.push_back(told(one));
    return out;
}

/// The model of histories.hpp, with these options of reading a ledger.
inline plan plan_reading(const mrr_options& options) {
    std::string text = history_model;
    const std::string study = "\"study\": {";
    const std::string with =
        "\"grace_days\": " + std::to_string(options.grace_days) + R"(, "free_entries": ")" +
        (options.free == free_entries::active ? "customer" : "ignored") + "\", ";
    text.insert(text.find(study) + study.size(), with);
    return plan_of(text);
}

/// Customers who pay; those with a level have a snapshot, which says that their plan is it.
class payers {
public:
    explicit payers(const mrr_options& options)
        : options_(options), plan_(std::make_unique<plan>(plan_reading(options))) {}

    void add(const ledger& entries, std::int32_t level = -1) {
        customers_.push_back({"customer " + std::to_string(customers_.size()), entries, level});
    }

    /// Counts every customer of whom `wanted(its number)` holds.
    template <class Wanted>
    [[nodiscard]] evidence counted(Wanted wanted) const {
        ledger_history paid{2, time_zone{}};
        contract_history contracts{2, time_zone{}};
        std::vector<history_row> rows;
        std::int64_t row = 0;
        for (std::size_t k = 0; k < customers_.size(); ++k) {
            const customer& one = customers_[k];
            if (!wanted(k)) continue;
            for (const ledger_entry& each : one.entries)
                REQUIRE(paid.add(one.name, each, row++).ok());
            if (one.level < 0) continue;
            history_row seen;
            seen.customer = one.name;
            seen.as_of = options_.data_until;
            seen.plan = "level " + std::to_string(one.level);
            rows.push_back(seen);
        }
        REQUIRE(paid.finish().ok());
        REQUIRE(contracts.finish().ok());
        const histories known{contracts, nullptr, nullptr, &paid, options_.data_until};
        evidence out{*plan_};
        if (!rows.empty()) {
            const counted_rows bound = bound_rows(*plan_, rows);
            const status ok = out.update(*bound.rows, *bound.given, known);
            if (!ok) FAIL(ok.error().to_string());
        }
        const status ok = out.count_unseen(known);
        if (!ok) FAIL(ok.error().to_string());
        return out;
    }
    [[nodiscard]] evidence counted() const {
        return counted([](std::size_t) { return true; });
    }

private:
    struct customer {
        std::string name;
        ledger entries;
        std::int32_t level;
    };

    mrr_options options_;
    std::unique_ptr<plan> plan_;
    std::vector<customer> customers_;
};

/// From the first month with a movement to the last whose close is seen; none before anybody was
/// active.
inline std::vector<mrr_month> all_months(const evidence& of) {
    const std::vector<std::int32_t> cohorts = mrr_cohorts(of);
    if (cohorts.empty()) return {};
    return mrr_of_everybody(of, cohorts.front(), known_revenue(of)->last_month).months();
}

inline lines months_of(const mrr_options& options, std::initializer_list<ledger> customers) {
    payers all{options};
    for (const ledger& one : customers) all.add(one);
    return told(all_months(all.counted()));
}

inline lines months_of(std::string_view data_until, std::int32_t grace, const ledger& customer) {
    return months_of({day(data_until), grace}, {customer});
}

}  // namespace aiueo::testing
