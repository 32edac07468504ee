// One customer's movements of MRR, and what cannot be read.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/evidence/mrr_months.hpp"

#include "support/catch.hpp"

namespace test_mrr_months {

using namespace aiueo;
using Catch::Matchers::Contains;

namespace {

using ledger = std::vector<ledger_entry>;

constexpr std::int64_t most = minor_units_limit - 1;

std::int32_t day(std::string_view text) { return parse_date(text).value(); }

std::int32_t month(std::string_view text) {
    const civil_date date = civil_from_days(day(std::string{text} + "-01"));
    return static_cast<std::int32_t>(date.year * 12 + date.month - 1);
}

/// An end of "" is none.
ledger_entry entry(std::string_view start, std::string_view end, std::int64_t mrr) {
    return {day(start), end.empty() ? ledger_entry::no_end : day(end), mrr};
}

}  // namespace

TEST_CASE("movements have names", "[evidence][mrr]") {
    CHECK(name_of(mrr_movement::new_customer) == "new");
    CHECK(name_of(mrr_movement::reactivation) == "reactivation");
    CHECK(name_of(mrr_movement::expansion) == "expansion");
    CHECK(name_of(mrr_movement::contraction) == "contraction");
    CHECK(name_of(mrr_movement::churn) == "churn");
}

TEST_CASE("one customer's movements, as they are read", "[evidence][mrr]") {
    mrr_months reader{{day("2025-06-30"), 90}};
    const ledger customer{entry("2025-01-01", "2025-02-01", 4),
                          entry("2025-06-10", "2025-06-20", 9)};
    const auto changes = reader.read(customer);
    REQUIRE(changes.ok());
    REQUIRE(changes->size() == 2);
    CHECK((*changes)[0] == mrr_change{month("2025-01"), mrr_movement::new_customer, false, 4});
    CHECK((*changes)[1] == mrr_change{month("2025-02"), mrr_movement::churn, false, 4});
    CHECK(reader.read({})->empty());
    CHECK(reader.last_month() == month("2025-06"));
    CHECK(last_closed_month(day("2025-06-29")) == month("2025-05"));
    CHECK(last_closed_month(day("2024-02-28")) == month("2024-01"));
    CHECK(last_closed_month(day("2024-02-29")) == month("2024-02"));
}

TEST_CASE("the first and the last day there are can be read", "[evidence][mrr]") {
    mrr_months reader{{max_text_day, max_grace_days}};
    const ledger first{{min_text_day, min_text_day + 31, 3}};
    const auto begun = reader.read(first);
    REQUIRE(begun.ok());
    REQUIRE(begun->size() == 2);
    CHECK((*begun)[0] == mrr_change{month("0001-01"), mrr_movement::new_customer, false, 3});
    CHECK((*begun)[1] == mrr_change{month("0001-02"), mrr_movement::churn, false, 3});
    const ledger last{{max_text_day, max_text_day + 1, 4}};
    REQUIRE(reader.read(last)->size() == 1);
    CHECK(reader.read(last)->front().month == month("9999-12"));
}

TEST_CASE("a churn may yet be undone while its grace days last", "[evidence][mrr]") {
    mrr_months reader{{day("2025-03-31"), 40}};
    const auto last_of = [&reader](const ledger& what) {
        const auto found = reader.read(what);
        REQUIRE(found.ok());
        return found->back();
    };
    CHECK(last_of({entry("2025-01-01", "2025-03-15", 5)}) ==
          mrr_change{month("2025-03"), mrr_movement::churn, true, 5});
    CHECK(last_of({entry("2025-01-01", "2025-02-10", 5)}) ==
          mrr_change{month("2025-02"), mrr_movement::churn, false, 5});
    // What only became less is no churn.
    CHECK_FALSE(
        last_of({entry("2025-01-01", "", 2), entry("2025-01-01", "2025-03-15", 5)}).undecided);
}

TEST_CASE("entries and options that cannot be are refused", "[evidence][mrr]") {
    mrr_months reader{{day("2025-03-31"), 0}};
    const auto refused = [&](const ledger& what) {
        const auto found = reader.read(what);
        REQUIRE_FALSE(found.ok());
        CHECK(found.error().code == errc::bad_value);
        return found.error().message;
    };
    const std::int32_t start = day("2025-01-01");
    CHECK(refused({{start, start, 1}}) ==
          "the ledger's entry from 2025-01-01 to 2025-01-01 does not end later than it starts");
    CHECK_THAT(refused({{start, start + 1, -1}}), Contains("2^48"));
    CHECK_THAT(refused({{start, start + 1, most + 1}}), Contains("2^48"));
    CHECK_THAT(refused({{INT32_MIN, start, 1}}), Contains("years 1 to 9999"));
    CHECK_THAT(refused({{max_text_day + 1, INT32_MAX, 1}}), Contains("years"));
    CHECK_THAT(refused({{start, start + 9, 1}, {start - 1, start + 20, 1}}),
               Contains("by their start"));
    // Also behind data_until.
    const std::int32_t later = day("2026-01-01");
    CHECK_THAT(refused({{later, later + 9, 1}, {start, start + 20, 1}}),
               Contains("by their start"));
    CHECK_THAT(refused({{later, later, 1}}), Contains("does not end later"));
    // It reads on.
    CHECK(reader.read(ledger{entry("2025-01-01", "", 1)})->size() == 1);

    for (const mrr_options& options :
         {mrr_options{INT32_MAX, 0}, mrr_options{INT32_MIN, 0}, mrr_options{max_text_day + 1, 0},
          mrr_options{start, -1}, mrr_options{start, max_grace_days + 1}}) {
        const auto found = mrr_months{options}.read(ledger{entry("2025-01-01", "", 1)});
        REQUIRE_FALSE(found.ok());
        CHECK(found.error().code == errc::invalid_argument);
    }
}

TEST_CASE("a customer's MRR that does not fit is an error", "[evidence][mrr]") {
    mrr_months reader{{day("2025-02-28"), 40}};
    const auto limit = [&reader](const ledger& what) {
        const auto found = reader.read(what);
        REQUIRE_FALSE(found.ok());
        CHECK(found.error().code == errc::limit_exceeded);
        CHECK_THAT(found.error().message, Contains("64 bits"));
    };
    const ledger_entry one{day("2025-01-01"), ledger_entry::no_end, most};
    CHECK(reader.read(ledger(32768, one))->front().mrr == 32768 * most);
    limit(ledger(32769, one));
    // What is carried over a gap counts too.
    ledger gap(32768, {day("2025-01-01"), day("2025-01-20"), most});
    gap.push_back({day("2025-02-10"), ledger_entry::no_end, 0});
    limit(gap);
}

}  // namespace test_mrr_months
