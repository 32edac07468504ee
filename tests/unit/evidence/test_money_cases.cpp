// Money over time that is wrong, odd or on an edge: each case of the table in docs/revenue.md.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/evidence/contracts_table.hpp"
#include "aiueo/evidence/ledger_table.hpp"
#include "aiueo/evidence/mrr_months.hpp"
#include "aiueo/evidence/paid_months.hpp"

#include "support/catch.hpp"
#include "tables.hpp"

namespace test_money_cases {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

/// What is said of a second row that is refused; its code is bad_value unless it is another.
std::string refused_ledger(const std::string& row) {
    ledger_history to{2, {}, "USD"};
    const status ok = add_ledger(
        to, table_of("customer,start,end,mrr,currency\na,2025-01-01,NULL,1,NULL\n" + row));
    REQUIRE_FALSE(ok.ok());
    CHECK(ok.error().code == errc::bad_value);
    CHECK(ok.error().where.row == 1);
    CHECK(to.rows() == 0);
    return ok.error().to_string();
}

std::string refused_contract(const std::string& row, errc code = errc::bad_value) {
    contract_history to{2, {}, 0, "USD"};
    status ok =
        add_contracts(to, table_of("customer,start,end,outcome,mrr_before,mrr_after,currency\n"
                                   "a,2025-01-01,2025-02-01,churned,1,NULL,NULL\n" +
                                   row));
    if (ok.ok()) ok = to.finish();
    REQUIRE_FALSE(ok.ok());
    CHECK(ok.error().code == code);
    CHECK(ok.error().where.row == 1);
    CHECK(to.rows() == 0);
    return ok.error().to_string();
}

using lines = std::vector<std::string>;

ledger_entry entry(std::string_view start, std::string_view end, std::int64_t mrr) {
    return {day(start), end.empty() ? ledger_entry::no_end : day(end), mrr};
}

/// What moved one customer's MRR, by month: "2025-02 churn 10".
lines moved(std::string_view until, std::int32_t grace, const std::vector<ledger_entry>& entries) {
    mrr_months reader{{day(until), grace}};
    const auto changes = reader.read(entries);
    REQUIRE(changes.ok());
    lines out;
    for (const mrr_change& one : *changes) {
        const auto first =
            static_cast<std::int32_t>(days_from_civil(one.month / 12, one.month % 12 + 1, 1));
        out.push_back(format_date(first).substr(0, 7) + " " + std::string{name_of(one.what)} + " " +
                      std::to_string(one.mrr));
    }
    return out;
}

}  // namespace

TEST_CASE("rows of a ledger that are refused", "[evidence][money]") {
    for (const auto& [row, said] : {
             std::pair{"a,2025-03-01,2025-02-01,5,NULL", "is not later than the start"},
             {"a,2025-03-01,2025-03-01,5,NULL", "the end is the first day without it"},
             {"a,NULL,2025-03-01,5,NULL", "every row has a start"},
             {"a,2025-02-29,NULL,5,NULL", "\"2025-02-29\" is not a date"},
             {"a,2025-02-28,2025-04-31,5,NULL", "column \"end\": \"2025-04-31\""},
             {"a,2025-03-01,NULL,-5,NULL", "is negative"},
             {"a,2025-03-01,NULL,NULL,NULL", "every row has an MRR"},
             {"a,2025-03-01,NULL,5.005,NULL", "5.005 is finer"},
             {"a,2025-03-01,NULL,3e12,NULL", "is too large"},
             {"a,2025-03-01,NULL,much,NULL", "\"much\" is not an amount"},
             {"a,2025-03-01,NULL,5,EUR", "is not the model's currency"},
             {"NULL,2025-03-01,NULL,5,NULL", "key is missing"},
         }) {
        INFO(row);
        CHECK_THAT(refused_ledger(row), Contains(said) && Contains("ledger, row 2, "));
    }
}

TEST_CASE("contracts that are refused", "[evidence][money]") {
    for (const auto& [row, said] : {
             std::pair{"a,2025-03-01,2025-02-01,NULL,5,NULL,NULL", "is not later than the start"},
             {"a,2025-03-01,2025-03-01,NULL,5,NULL,NULL", "is not later than the start"},
             {"a,NULL,2025-03-01,NULL,5,NULL,NULL", "every contract has a start"},
             {"a,2025-03-01,NULL,NULL,5,NULL,NULL", "every contract has an end"},
             {"a,2023-02-29,2025-03-01,NULL,5,NULL,NULL", "\"2023-02-29\" is not a date"},
             {"a,2025-03-01,2025-04-01,NULL,-5,NULL,NULL", "\"mrr_before\": is negative"},
             {"a,2025-03-01,2025-04-01,renewed,5,-1,NULL", "\"mrr_after\": is negative"},
             {"a,2025-03-01,2025-04-01,NULL,5.005,NULL,NULL", "5.005 is finer"},
             {"a,2025-03-01,2025-04-01,NULL,3e12,NULL,NULL", "is too large"},
             {"a,2025-03-01,2025-04-01,churned,5,5,NULL", "is more than 0, but the outcome is"},
             {"a,2025-03-01,2025-04-01,NULL,5,NULL,JPY", "is not the model's currency"},
         }) {
        INFO(row);
        CHECK_THAT(refused_contract(row), Contains(said) && Contains("contracts, row 2, "));
    }
    CHECK_THAT(refused_contract("a,2025-01-01,2025-02-01,churned,1,NULL,NULL", errc::duplicate_row),
               Contains("already has a contract"));
}

TEST_CASE("periods that overlap add up, the same one twice, too", "[evidence][money]") {
    CHECK(moved("2025-04-30", 0,
                {entry("2025-01-01", "", 10), entry("2025-02-15", "2025-04-15", 5)}) ==
          lines{"2025-01 new 10", "2025-02 expansion 5", "2025-04 contraction 5"});
    CHECK(moved("2025-01-31", 0, {entry("2025-01-01", "", 10), entry("2025-01-01", "", 10)}) ==
          lines{"2025-01 new 20"});
    contract_history to{2, {}};
    REQUIRE(add_contracts(to, table_of("customer,start,end,outcome\n"
                                       "a,2025-01-01,2025-03-01,churned\n"
                                       "a,2025-02-01,2025-04-01,churned"))
                .ok());
    REQUIRE(to.finish().ok());
    CHECK(to.found().overlapping == 1);
    CHECK_THAT(to.warnings().at(0), Contains("1 of 2 contracts overlap"));
}

TEST_CASE("a gap shows where a month closes in it, unless it is of grace", "[evidence][money]") {
    const lines steady{"2025-01 new 10"};
    const lines broken{"2025-01 new 10", "2025-02 churn 10", "2025-03 reactivation 10"};
    const auto gap = [](const char* end, const char* start, std::int32_t grace) {
        return moved("2025-03-31", grace, {entry("2025-01-01", end, 10), entry(start, "", 10)});
    };
    CHECK(gap("2025-02-28", "2025-03-01", 0) == broken);
    CHECK(gap("2025-02-28", "2025-03-01", 1) == steady);
    CHECK(gap("2025-02-27", "2025-02-28", 0) == steady);
    CHECK(gap("2025-02-28", "2025-03-02", 1) == broken);
    CHECK(gap("2025-02-28", "2025-03-02", 2) == steady);
}

TEST_CASE("starts and ends at the end of a month, and leap days", "[evidence][money]") {
    CHECK(moved("2025-03-31", 0, {entry("2025-01-31", "2025-03-31", 10)}) ==
          lines{"2025-01 new 10", "2025-03 churn 10"});
    CHECK(moved("2025-04-30", 0, {entry("2025-02-01", "2025-04-01", 10)}) ==
          lines{"2025-02 new 10", "2025-04 churn 10"});
    CHECK(moved("2025-02-28", 0, {entry("2025-02-01", "2025-02-28", 10)}).empty());
    CHECK(moved("2024-03-31", 0, {entry("2024-02-29", "2024-03-31", 10)}) ==
          lines{"2024-02 new 10", "2024-03 churn 10"});
    CHECK(moved("2024-02-29", 0, {entry("2024-01-31", "2024-02-29", 5)}) ==
          lines{"2024-01 new 5", "2024-02 churn 5"});
    CHECK(moved("2024-02-28", 0, {entry("2024-01-31", "2024-02-28", 5)}) ==
          lines{"2024-01 new 5"});  // of a leap year's February the close is not seen yet
}

TEST_CASE("what is later than the data is not known", "[evidence][money]") {
    const std::vector all{entry("2025-01-01", "2025-02-20", 10), entry("2025-02-25", "", 5)};
    CHECK(moved("2025-02-15", 0, all) == lines{"2025-01 new 10"});
    CHECK(moved("2025-02-28", 0, all) == lines{"2025-01 new 10", "2025-02 contraction 5"});
}

TEST_CASE("a contract that ends on the last day that data tells of", "[evidence][money]") {
    // Its end is seen, and so is that nothing follows: what was renewed goes on as it was renewed
    // to, what is undecided as it was. A day earlier the end itself is not seen yet.
    const auto told = [](contract_outcome what, std::string_view until) {
        contract one;
        one.start = day("2025-01-01");
        one.end = day("2025-03-31");
        one.outcome = what;
        one.mrr_before = 10;
        if (what == contract_outcome::renewed) one.mrr_after = 12;
        const std::vector<contract> all{one};
        detail::contract_chain chain;
        chain.read(all, 0, day(until));
        std::vector<ledger_entry> out;
        REQUIRE(detail::entries_of(all, chain, day(until), out));
        lines shown;
        for (const ledger_entry& each : out) {
            const bool open = each.end == ledger_entry::no_end;
            shown.push_back(format_date(each.start) + " " +
                            (open ? std::string{"on"} : format_date(each.end)) + " " +
                            std::to_string(each.mrr));
        }
        return shown;
    };
    const std::string until_end = "2025-01-01 2025-03-31 10";
    using is = contract_outcome;
    CHECK(told(is::renewed, "2025-03-31") == lines{until_end, "2025-03-31 on 12"});
    CHECK(told(is::renewed, "2025-03-30") == lines{until_end});
    CHECK(told(is::open, "2025-03-31") == lines{"2025-01-01 on 10"});
    CHECK(told(is::open, "2025-03-30") == lines{until_end});
    CHECK(told(is::churned, "2025-03-31") == lines{until_end});
}

}  // namespace test_money_cases
