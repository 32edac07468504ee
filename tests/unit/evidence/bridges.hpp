// Ledgers written down shortly, and bridges told in lines, for the tests of this folder.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/evidence/mrr_bridge.hpp"

#include "support/catch.hpp"

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

inline mrr_bridge bridge_of(const mrr_options& options, std::initializer_list<ledger> customers) {
    mrr_bridge out{options};
    for (const ledger& one : customers) REQUIRE(out.add(one).ok());
    return out;
}

inline lines months_of(std::string_view data_until, std::int32_t grace, const ledger& customer) {
    return told(bridge_of({day(data_until), grace}, {customer}).months());
}

}  // namespace aiueo::testing
