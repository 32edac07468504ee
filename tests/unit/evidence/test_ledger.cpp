// The ledger by customer.
#include <string>

#include "aiueo/evidence/ledger_table.hpp"

#include "support/catch.hpp"
#include "tables.hpp"

namespace test_ledger {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

std::string refused(std::string_view row, int digits = 2) {
    ledger_history history{digits, time_zone{}};
    const std::string out =
        said(add_ledger(history, table_of("customer,start,end,mrr\n" + std::string{row})));
    CHECK(history.rows() == 0);
    CHECK(history.customers() == 0);
    return out;
}

}  // namespace

TEST_CASE("a ledger is read from text, by customer and in order", "[evidence][ledger]") {
    ledger_history history{0, time_zone{}};
    REQUIRE(add_ledger(history, table_of("mrr,customer,start,end,note\n"
                                         "300,b,2025-01-01,,x\n"
                                         "200,a,2025-02-01,2025-03-01,\n"
                                         "0,a,2025-01-01,NULL,\n"
                                         "120,a,2025-01-01,2025-02-01,\n"
                                         "100,a,2025-01-01,2025-02-01,\n"
                                         "120,a,2025-01-01,2025-02-01,NULL"))
                .ok());
    CHECK(history.rows() == 6);
    CHECK(history.of("a").empty());
    REQUIRE(history.finish().ok());
    CHECK(history.customers() == 2);
    CHECK(history.customer(1) == "b");
    const auto of_a = history.of("a");
    REQUIRE(of_a.size() == 5);
    CHECK(of_a[0] == ledger_entry{day("2025-01-01"), day("2025-02-01"), 100});
    CHECK(of_a[1] == ledger_entry{day("2025-01-01"), day("2025-02-01"), 120});
    CHECK(of_a[2] == of_a[1]);
    CHECK(of_a[3] == ledger_entry{day("2025-01-01"), ledger_entry::no_end, 0});
    CHECK(of_a[4].mrr == 200);
    CHECK(history.at(1)[0].mrr == 300);
    CHECK(history.of("c").empty());
    CHECK(history.finish().error().code == errc::invalid_state);
    CHECK(history.add("a", {1, 2, 3}, -1).error().code == errc::invalid_state);
}

TEST_CASE("a ledger that cannot be is refused, with row and column", "[evidence][ledger]") {
    CHECK(refused("a,,2025-01-01,1") ==
          "ledger, row 1, customer a, column \"start\": is empty; every row has a start");
    CHECK(refused("a,2025-01-01,2025-01-01,1") ==
          "ledger, row 1, customer a, column \"end\": 2025-01-01 is not later than the start, "
          "2025-01-01; the end is the first day without it");
    CHECK_THAT(refused("a,2025-01-02,2025-01-01,1"), Contains("not later"));
    CHECK(refused("a,2025-01-01,,NULL") ==
          "ledger, row 1, customer a, column \"mrr\": is empty; every row has an MRR");
    CHECK(refused("a,2025-01-01,,-1") ==
          "ledger, row 1, customer a, column \"mrr\": is negative; an MRR is 0 or more");
    CHECK_THAT(refused("a,2025-01-01,,0.001"), Contains("finer") && Contains("at most 2 digits"));
    CHECK_THAT(refused("a,2025-01-01,,0.55", 1), Contains("at most 1 digit after"));
    CHECK_THAT(refused("a,2025-01-01,,281474976710656", 0), Contains("too large"));
    CHECK_THAT(refused("a,2025-01-01,,x"), Contains("not an amount"));
    CHECK_THAT(refused("a,yesterday,,1"), Contains("\"yesterday\" is not a date"));
    CHECK_THAT(refused("a,2025-01-01,never,1"), Contains("column \"end\""));
    CHECK_THAT(refused("NULL,2025-01-01,,1"), Contains("key is missing"));

    ledger_history history{2, time_zone{}};
    CHECK_THAT(said(history.add("a", {1, 2, minor_units_limit}, 0)), Contains("too large"));
    CHECK(history.add("a", {1, 2, minor_units_limit - 1}, 0).ok());
    CHECK_THAT(said(history.add("a", {1, 2, no_money}, 0)), Contains("has an MRR"));
    CHECK_THAT(said(history.add("", {1, 2, 0}, 0)), Contains("key is missing"));
    for (const char* const gone : {"customer", "start", "end", "mrr"}) {
        std::string names = "customer,start,end,mrr";
        names.replace(names.find(gone), std::string_view{gone}.size(), std::string{gone} + "x");
        CHECK(said(add_ledger(history, table_of(names + "\na,2025-01-01,,1"))) ==
              "ledger, column \"" + std::string{gone} + "\": is not there; did you mean \"" + gone +
                  "x\"?");
    }
    owned_table flags = texts_of("customer,start,end\na,2025-01-01,");
    REQUIRE(flags.add_flags("mrr", {1}).ok());
    CHECK_THAT(said(add_ledger(history, imported(std::move(flags)))), Contains("booleans"));
    CHECK(history.rows() == 1);
}

TEST_CASE("a stream of the ledger is added whole or not at all", "[evidence][ledger]") {
    const std::string names = "customer,start,end,mrr\n";
    ledger_history history{2, time_zone{}};
    auto bad = stream_of({names + "a,2025-01-01,,1", names + "b,2025-01-01,,-1"});
    CHECK_THAT(said(add_ledger(history, &bad)), Contains("row 2, customer b"));
    CHECK(history.rows() == 0);
    auto good = stream_of({names + "a,2025-01-01,,1", names + "b,2025-01-01,,1"});
    REQUIRE(add_ledger(history, &good).ok());
    REQUIRE(history.finish().ok());
    CHECK(history.customers() == 2);
}

}  // namespace test_ledger
