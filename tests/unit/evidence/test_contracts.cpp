// Contracts by customer: reading, refusing, counting.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "aiueo/evidence/contracts_table.hpp"

#include "support/catch.hpp"
#include "tables.hpp"

namespace test_contracts {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

constexpr std::string_view head = "customer,start,end,outcome,mrr_before,mrr_after,kind\n";

contract_history empty(std::int32_t grace_days = 0, int digits = 2) {
    return contract_history{digits, time_zone{}, grace_days};
}

/// What adding one row with all columns says.
std::string refused(std::string_view row, int digits = 2) {
    contract_history history = empty(0, digits);
    const std::string out =
        said(add_contracts(history, table_of(std::string{head} + std::string{row})));
    CHECK(history.rows() == 0);
    CHECK(history.customers() == 0);
    return out;
}

contract one_of(std::string_view row) {
    contract_history history = empty();
    const status done = add_contracts(history, table_of(std::string{head} + std::string{row}));
    if (!done) FAIL(done.error().to_string());
    REQUIRE(history.finish().ok());
    REQUIRE(history.rows() == 1);
    return history.at(0)[0];
}

}  // namespace

TEST_CASE("contracts are read from text, by customer and in order", "[evidence][contracts]") {
    contract_history history = empty();
    REQUIRE(add_contracts(history, table_of("customer,start,end,outcome,mrr_before,mrr_after,kind\n"
                                            "b,2025-01-01,2026-01-01,renewed,100.50,120,contract\n"
                                            "a,2026-01-01,2027-01-01,, 12 ,NULL,NULL\n"
                                            "a,2025-12-01,2026-01-01, converted ,NULL,12,\n"
                                            "a,2024-01-01,2025-01-01,churned,7,,contract\n"
                                            "c,2025-12-01,2026-01-01,NULL,,,trial\n"
                                            "c,2025-11-01,2026-01-01,lapsed,,0,"))
                .ok());
    CHECK(history.rows() == 6);
    CHECK(history.customers() == 3);
    CHECK(history.of("a").empty());
    REQUIRE(history.finish().ok());
    CHECK(history.rows() == 6);
    REQUIRE(history.customers() == 3);
    CHECK(history.customer(0) == "a");
    CHECK(history.customer(2) == "c");
    REQUIRE(history.of("a").size() == 3);
    CHECK(history.of("a").data() == history.at(0).data());
    CHECK(history.of("a")[0] == contract{day("2024-01-01"), day("2025-01-01"),
                                         contract_kind::contract, contract_outcome::churned, 700,
                                         0});
    CHECK(history.of("a")[1] == contract{day("2025-12-01"), day("2026-01-01"), contract_kind::trial,
                                         contract_outcome::converted, no_money, 1200});
    CHECK(history.of("a")[2] == contract{day("2026-01-01"), day("2027-01-01"),
                                         contract_kind::contract, contract_outcome::open, 1200,
                                         no_money});
    CHECK(history.of("b")[0].mrr_before == 10050);
    CHECK(history.of("c")[0].outcome == contract_outcome::lapsed);
    CHECK(history.of("c")[0].kind == contract_kind::trial);
    CHECK(history.of("c")[1].kind == contract_kind::trial);
    CHECK(history.of("nobody").empty());
    CHECK(history.of("").empty());
    const auto& found = history.found();
    CHECK(found.contracts == 3);
    CHECK(found.trials == 3);
    CHECK(found.open == 2);
    CHECK(found.overlapping == 1);  // c's two trials
    CHECK(found.mrr_unknown == 0);
}

TEST_CASE("columns of contracts that are not there", "[evidence][contracts]") {
    contract_history history = empty();
    REQUIRE(add_contracts(history, table_of("customer,start,end,outcome\n"
                                            "a,2025-01-01,2026-01-01,renewed\n"
                                            "a,2024-01-01,2025-01-01,churned\n"
                                            "a,2026-01-01,2027-01-01,\n"
                                            "b,2026-01-01,2026-02-01,lapsed"))
                .ok());
    REQUIRE(history.finish().ok());
    CHECK(history.of("a")[0].mrr_before == no_money);
    CHECK(history.of("a")[0].mrr_after == 0);
    CHECK(history.of("a")[1].mrr_after == no_money);
    CHECK(history.of("a")[2].kind == contract_kind::contract);
    CHECK(history.of("b")[0].kind == contract_kind::trial);
    CHECK(history.found().mrr_unknown == 3);
    REQUIRE(history.warnings().size() == 2);
    CHECK(history.warnings()[1] == "3 of 4 contracts lack an MRR; figures in money leave them out");

    contract_history other = empty();
    CHECK(said(add_contracts(other, table_of("customer,start,end,outcom\na,b,c,d"))) ==
          "contracts, row 1, column \"start\": \"b\" is not a date; write it as 2026-11-21");
    CHECK(said(add_contracts(other, table_of("customer,start,ends,outcome\n"
                                             "a,2025-01-01,2026-01-01,renewed"))) ==
          "contracts, column \"end\": is not there; did you mean \"ends\"?");
    CHECK(said(add_contracts(other, table_of("customer,start,end,outcom\n"
                                             "a,2025-01-01,2026-01-01,renewed"))) ==
          "contracts, column \"outcome\": is not there; did you mean \"outcom\"?");
    CHECK_THAT(said(add_contracts(other, table_of("customers,start\na,b"))),
               Contains("did you mean \"customers\"?"));
    CHECK_THAT(said(add_contracts(other, table_of("customer,start,start\na,b,c"))),
               Contains("\"start\""));
    CHECK(other.rows() == 0);
}

TEST_CASE("contracts that cannot be are refused, with row and column", "[evidence][contracts]") {
    CHECK(refused("a,,2026-01-01,renewed,1,1,") ==
          "contracts, row 1, customer a, column \"start\": is empty; every contract has a start");
    CHECK(refused("a,2026-01-01,NULL,,1,1,") ==
          "contracts, row 1, customer a, column \"end\": is empty; every contract has an end, the "
          "day on which its decision takes effect");
    CHECK(refused("a,2026-01-01,2026-01-01,renewed,1,1,") ==
          "contracts, row 1, customer a, column \"end\": 2026-01-01 is not later than the start, "
          "2026-01-01");
    CHECK_THAT(refused("a,2026-01-02,2026-01-01,renewed,1,1,"), Contains("not later"));
    CHECK(refused("a,2025-01-01,2026-01-01,renewd,1,1,") ==
          "contracts, row 1, column \"outcome\": \"renewd\" is not an outcome; write renewed, "
          "churned, converted or lapsed, or nothing while it is open; did you mean \"renewed\"?");
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,CHURNED,1,1,"),
               Contains("did you mean \"churned\"?"));
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,open,1,1,"), Contains("nothing while it is open"));
    CHECK(
        refused("a,2025-01-01,2026-01-01,renewed,1,1,contrat") ==
        "contracts, row 1, column \"kind\": \"contrat\" is not a kind of contract; write contract "
        "or trial; did you mean \"contract\"?");
    CHECK(refused("a,2025-01-01,2026-01-01,renewed,1,1,trial") ==
          "contracts, row 1, customer a, column \"outcome\": a trial cannot be renewed; a trial is "
          "converted or lapsed");
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,churned,1,0,trial"),
               Contains("a trial cannot be churned"));
    CHECK(refused("a,2025-01-01,2026-01-01,lapsed,1,0,contract") ==
          "contracts, row 1, customer a, column \"outcome\": a contract cannot be lapsed; a "
          "contract is renewed or churned");
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,converted,1,0,contract"),
               Contains("a contract cannot be converted"));
    CHECK(refused("a,2025-01-01,2026-01-01,churned,1,2,") ==
          "contracts, row 1, customer a, column \"mrr_after\": is more than 0, but the outcome is "
          "churned; leave one of them out");
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,lapsed,1,0.01,"),
               Contains("the outcome is lapsed"));
    CHECK_THAT(refused(",2025-01-01,2026-01-01,renewed,1,1,"), Contains("key is missing"));
    CHECK_THAT(refused("\xFF,2025-01-01,2026-01-01,renewed,1,1,"), Contains("not UTF-8"));
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,\xFF,1,1,"), Contains("not UTF-8"));
    CHECK_THAT(refused(std::string(65537, 'a') + ",2025-01-01,2026-01-01,,1,1,"),
               Contains("65537 bytes; at most 65536"));
    CHECK_THAT(refused("a,2025-01-01T12:00,2026-01-01,renewed,1,1,"), Contains("no offset"));

    owned_table numbers = texts_of("customer,start,end\na,2025-01-01,2026-01-01");
    REQUIRE(numbers.add_int32("outcome", {1}).ok());
    contract_history history = empty();
    CHECK(said(add_contracts(history, imported(std::move(numbers)))) ==
          "contracts, column \"outcome\": an outcome cannot be int32; cast it to text");
}

TEST_CASE("amounts are exact, or refused", "[evidence][contracts][money]") {
    CHECK(refused("a,2025-01-01,2026-01-01,renewed,1.005,1,") ==
          "contracts, row 1, column \"mrr_before\": 1.005 is finer than the currency's smallest "
          "unit; give at most 2 digits after the point");
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,renewed,1.5,1,", 0),
               Contains("give whole numbers"));
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,renewed,2814749767106.56,1,"),
               Contains("2814749767106.56 is too large; amounts are less than 2^48 minor units"));
    CHECK(one_of("a,2025-01-01,2026-01-01,renewed,2814749767106.55,1,").mrr_before ==
          minor_units_limit - 1);
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,renewed,1,1e999,"), Contains("is too large"));
    CHECK(refused("a,2025-01-01,2026-01-01,renewed,1,-0.01,") ==
          "contracts, row 1, customer a, column \"mrr_after\": is negative; an MRR is 0 or more");
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,renewed,-1e30,1,"), Contains("is negative"));
    CHECK_THAT(refused("a,2025-01-01,2026-01-01,renewed,$5,1,"), Contains("is not an amount"));
    CHECK(one_of("a,2025-01-01,2026-01-01,renewed,-0,1,").mrr_before == 0);

    const auto typed = [](owned_table table, const char* format = nullptr) {
        contract_history history = empty();
        const auto from = format == nullptr ? imported(std::move(table))
                                            : imported(std::move(table), {{4, format}});
        const status done = add_contracts(history, from);
        if (!done) return done.error().to_string();
        CHECK(history.finish().ok());
        std::string out;
        for (const contract& one : history.at(0)) {
            out += out.empty() ? "" : " ";
            out += one.mrr_before == no_money ? "unknown" : std::to_string(one.mrr_before);
        }
        return out;
    };
    const auto three = [] {
        return texts_of(
            "customer,start,end,outcome\n"
            "a,2022-01-01,2023-01-01,renewed\n"
            "a,2023-01-01,2024-01-01,renewed\n"
            "a,2024-01-01,2025-01-01,renewed");
    };
    owned_table floats = three();
    REQUIRE(floats.add_numbers("mrr_before", {0.1, std::nan(""), 1e10}).ok());
    CHECK(typed(std::move(floats)) == "10 unknown 1000000000000");
    owned_table fine = three();
    REQUIRE(fine.add_numbers("mrr_before", {1, 2, 0.125}).ok());
    CHECK(typed(std::move(fine)) ==
          "contracts, row 3, column \"mrr_before\": 0.125 is finer than the currency's smallest "
          "unit; give at most 2 digits after the point");
    owned_table infinite = three();
    REQUIRE(
        infinite.add_numbers("mrr_before", {1, std::numeric_limits<double>::infinity(), 2}).ok());
    CHECK_THAT(typed(std::move(infinite)), Contains("row 2") && Contains("inf is too large"));
    owned_table whole = three();
    REQUIRE(whole.add_int64("mrr_before", {5, INT64_MAX, 7}, {0b101}).ok());
    CHECK(typed(std::move(whole)) == "500 unknown 700");
    owned_table decimals = three();
    REQUIRE(decimals.add_int64("mrr_before", {1230, 0, 999990}).ok());
    CHECK(typed(std::move(decimals), "d:18,3,64") == "123 0 99999");
    owned_table finer = three();
    REQUIRE(finer.add_int64("mrr_before", {1230, 1, 999990}).ok());
    CHECK_THAT(typed(std::move(finer), "d:18,3,64"),
               Contains("row 2") && Contains("0.001 is finer"));
    owned_table flags = three();
    REQUIRE(flags.add_flags("mrr_before", {7}).ok());
    CHECK_THAT(typed(std::move(flags)), Contains("cannot be read from booleans"));
}

TEST_CASE("dates of contracts in every type", "[evidence][contracts]") {
    const auto with_start = [](std::int64_t start, const char* format) {
        owned_table table = texts_of("customer,end,outcome\n7,2026-01-01,");
        CHECK(table.add_int64("start", {start}).ok());
        contract_history history{2, time_zone::fixed(9 * 3600)};
        const status done = add_contracts(history, imported(std::move(table), {{3, format}}));
        if (!done) return done.error().to_string();
        CHECK(history.finish().ok());
        return format_date(history.of("7")[0].start);
    };
    const std::int64_t noon = std::int64_t{day("2025-03-04")} * 86400 + 16 * 3600;
    CHECK(with_start(noon, "tss:UTC") == "2025-03-05");  // one in the morning, nine hours on
    CHECK(with_start(noon * 1000, "tsm:UTC") == "2025-03-05");
    CHECK_THAT(with_start(noon, "tss:"), Contains("time of day without an offset"));
    CHECK(with_start(noon - 16 * 3600, "tss:") == "2025-03-04");
    CHECK(with_start(86400000, "tdm") == "1970-01-02");
    CHECK_THAT(with_start(86400001, "tdm"), Contains("is not a whole day"));
    CHECK_THAT(with_start(INT32_MIN * std::int64_t{86400000}, "tdm"),
               Contains("is not a whole day"));
    owned_table days = texts_of("customer,outcome\nc,\nd,");
    REQUIRE(days.add_dates("start", {20000, 20001}).ok());
    REQUIRE(days.add_dates("end", {20100, 20001}).ok());
    contract_history history = empty();
    CHECK_THAT(said(add_contracts(history, imported(std::move(days)))), Contains("row 2"));
    owned_table keys{1};
    REQUIRE(keys.add_int64("customer", {42}).ok());
    REQUIRE(keys.add_dates("start", {20000}).ok());
    REQUIRE(keys.add_dates("end", {20100}).ok());
    text_builder nothing;
    nothing.add_null();
    REQUIRE(keys.add_text("outcome", std::move(nothing)).ok());
    REQUIRE(add_contracts(history, imported(std::move(keys))).ok());
    REQUIRE(history.finish().ok());
    CHECK(history.of("42").size() == 1);
}

TEST_CASE("a contract twice", "[evidence][contracts]") {
    const auto finished = [](std::string_view rows) {
        contract_history history = empty();
        REQUIRE(add_contracts(history, table_of(std::string{head} + std::string{rows})).ok());
        const status done = history.finish();
        CHECK(history.finish().error().code == errc::invalid_state);
        if (done) return std::string{"ok"};
        CHECK(done.error().code == errc::duplicate_row);
        CHECK(history.rows() == 0);
        CHECK(history.customers() == 0);
        CHECK(history.of("a").empty());
        return done.error().to_string();
    };
    CHECK(finished("a,2025-01-01,2026-01-01,renewed,1,1,\n"
                   "b,2025-01-01,2026-01-01,renewed,1,1,\n"
                   "a,2025-01-01,2026-01-01,renewed,1.00,1,contract") ==
          "contracts, row 3, customer a: this customer already has a contract from 2025-01-01 to "
          "2026-01-01, row 1; leave one of them out");
    CHECK(finished("a,2025-01-01,2026-01-01,renewed,1,1,\n"
                   "a,2025-01-01,2026-01-01,churned,1,,") ==
          "contracts, row 2, customer a: this customer already has a contract from 2025-01-01 to "
          "2026-01-01, row 1, and the two contradict each other in outcome or MRR; leave the wrong "
          "one out");
    CHECK_THAT(finished("a,2025-01-01,2026-01-01,lapsed,1,0,\n"
                        "a,2025-01-01,2026-01-01,lapsed,2,0,"),
               Contains("already has a trial") && Contains("contradict"));
    // The first repeated row of the table, whichever customer's it is.
    CHECK_THAT(finished("b,2025-01-01,2026-01-01,,1,,\n"
                        "a,2025-01-01,2026-01-01,,1,,\n"
                        "b,2025-01-01,2026-01-01,,1,,\n"
                        "a,2025-01-01,2026-01-01,,1,,"),
               Contains("row 3, customer b") && Contains("row 1;"));
    CHECK(finished("a,2025-01-01,2026-01-01,renewed,1,1,\n"
                   "a,2025-01-01,2026-01-01,lapsed,1,0,\n"
                   "a,2025-01-02,2026-01-01,renewed,1,1,\n"
                   "a,2025-01-01,2026-01-02,renewed,1,1,") == "ok");
}

TEST_CASE("of many contracts twice, the first repeated row is named", "[evidence][contracts]") {
    contract_history history = empty();
    for (std::int32_t row = 0; row < 200; ++row)
        REQUIRE(history.add("a", {row * 37 % 100, 1000}, row).ok());
    CHECK_THAT(said(history.finish()), Contains("row 101, customer a") && Contains("row 1;"));
}

TEST_CASE("what a reader of contracts should know is counted", "[evidence][contracts]") {
    const auto counted = [](std::string_view rows, std::int32_t grace = 0) {
        contract_history history = empty(grace);
        REQUIRE(add_contracts(history, table_of(std::string{head} + std::string{rows})).ok());
        REQUIRE(history.finish().ok());
        return history;
    };
    // One after the other is no overlap; a trial beside a contract is none either.
    CHECK(counted("a,2024-01-01,2025-01-01,renewed,1,1,\n"
                  "a,2025-01-01,2026-01-01,renewed,1,1,\n"
                  "a,2025-01-01,2025-02-01,lapsed,1,0,")
              .warnings()
              .empty());
    const auto three = counted(
        "a,2024-01-01,2025-01-01,renewed,1,1,\n"
        "a,2024-06-01,2025-06-01,renewed,1,1,\n"
        "a,2024-12-31,2026-01-01,renewed,1,1,\n"
        "b,2024-01-01,2026-01-01,renewed,1,1,\n"
        "b,2024-02-01,2024-03-01,renewed,1,1,\n"
        "b,2024-04-01,2024-05-01,renewed,1,1,\n"
        "b,2026-01-01,2027-01-01,renewed,1,1,");
    CHECK(three.found().overlapping == 4);
    REQUIRE(three.warnings().size() == 1);
    CHECK(three.warnings()[0] ==
          "4 of 7 contracts overlap another of the same customer and kind; each counts as a "
          "decision of its own");

    constexpr std::string_view again =
        "a,2024-01-01,2025-01-01,churned,1,0,\n"
        "a,2025-01-31,2026-01-31,churned,1,0,\n"
        "a,2026-01-31,2026-03-01,lapsed,1,0,\n"  // a trial is no contract that goes on
        "b,2024-01-01,2025-01-01,renewed,1,1,\n"
        "b,2025-01-01,2026-01-01,,1,,\n"
        "c,2025-01-01,2026-01-01,churned,1,0,\n"
        "c,2025-01-01,2027-01-01,,1,,";
    CHECK(counted(again, 29).found().churned_then_continued == 0);
    CHECK(counted(again, 30).found().churned_then_continued == 1);
    CHECK(counted(again, 30).warnings().back() ==
          "1 of 7 contracts are churned, yet the same customer has another that starts at most 30 "
          "days after they ended; they count as churned");
    const auto at_once = counted(
        "a,2024-01-01,2025-01-01,churned,1,0,\n"
        "a,2025-01-01,2026-01-01,,1,,");
    CHECK(at_once.found().churned_then_continued == 1);
    CHECK_THAT(at_once.warnings().back(), Contains("on the day they ended"));
    // The first and the last dates there are.
    contract_history far{2, time_zone{}, INT32_MAX};
    contract early{min_text_day, min_text_day + 1};
    early.outcome = contract_outcome::churned;
    REQUIRE(far.add("a", early, -1).ok());
    REQUIRE(far.add("a", {max_text_day - 1, max_text_day}, -1).ok());
    CHECK(far.add("a", {max_text_day, max_text_day + 1}, -1).error().code == errc::bad_value);
    CHECK(far.add("a", {min_text_day - 1, 0}, -1).error().code == errc::bad_value);
    REQUIRE(far.finish().ok());
    CHECK(far.found().churned_then_continued == 1);  // within a grace of millennia

    CHECK(counted("a,2024-01-01,2025-01-01,renewed,,1,\n"
                  "a,2025-01-01,2026-01-01,renewed,1,,\n"
                  "a,2026-01-01,2027-01-01,churned,1,,\n"
                  "a,2027-01-01,2028-01-01,,1,,\n"
                  "b,2024-01-01,2025-01-01,converted,,,\n"
                  "b,2025-01-01,2026-01-01,lapsed,,,\n"
                  "b,2026-01-01,2027-01-01,,,,trial")
              .found()
              .mrr_unknown == 3);
}

TEST_CASE("contracts one by one", "[evidence][contracts]") {
    contract_history history = empty();
    CHECK(said(history.add("", {1, 2}, 3)) ==
          "contracts, row 4, column \"customer\": the customer's key is missing; every row needs "
          "one");
    CHECK_THAT(said(history.add("\xFF", {1, 2}, -1)), Contains("is not UTF-8"));
    CHECK(history.add(std::string(65537, 'x'), {1, 2}, -1).error().code == errc::limit_exceeded);
    CHECK(history.add(std::string(65536, 'x'), {1, 2}, -1).ok());
    CHECK_THAT(said(history.add("a", {}, -1)), Contains("not later"));
    CHECK_THAT(said(history.add("a", {INT32_MIN, 2}, -1)), Contains("has a start"));
    CHECK_THAT(said(history.add("a", {1, INT32_MIN}, -1)), Contains("has an end"));
    contract dear{1, 2};
    dear.mrr_after = minor_units_limit;
    CHECK_THAT(said(history.add("a", dear, -1)), Contains("is too large"));
    dear.mrr_after = -1;
    CHECK_THAT(said(history.add("a", dear, -1)), Contains("is negative"));
    CHECK(history.rows() == 1);
    REQUIRE(history.finish().ok());
    CHECK(history.finished());
    CHECK(history.add("a", {1, 2}, -1).error().code == errc::invalid_state);
    CHECK(history.finish().error().code == errc::invalid_state);
    CHECK(add_contracts(history, table_of("customer,start,end,outcome\n"
                                          "b,2025-01-01,2026-01-01,renewed"))
              .error()
              .code == errc::invalid_state);
    CHECK(history.rows() == 1);

    contract_history twice = empty();
    REQUIRE(twice.add("a", {1, 2}, -1).ok());
    REQUIRE(twice.add("a", {1, 2}, -1).ok());
    CHECK(said(twice.finish()) ==
          "contracts, customer a: this customer already has a contract from 1970-01-02 to "
          "1970-01-03; leave one of them out");
    contract_history none = empty();
    REQUIRE(none.finish().ok());
    CHECK(none.customers() == 0);
    CHECK(none.of("a").empty());
    CHECK(none.warnings().empty());
}

TEST_CASE("a stream of contracts is added whole or not at all", "[evidence][contracts]") {
    const std::string names = "customer,start,end,outcome\n";
    contract_history history = empty();
    REQUIRE(history.add("z", {1, 2}, -1).ok());
    auto bad = stream_of({names + "a,2025-01-01,2026-01-01,renewed\nb,2025-01-01,2026-01-01,",
                          names + "c,2025-01-01,2026-01-01,\nd,2025-01-01,2025-01-01,"});
    CHECK_THAT(said(add_contracts(history, &bad)), Contains("contracts, row 4, customer d"));
    CHECK(bad.release == nullptr);
    CHECK(history.rows() == 1);
    CHECK(history.customers() == 1);
    auto good = stream_of({names + "a,2025-01-01,2026-01-01,renewed",
                           names + "b,2025-01-01,2026-01-01,\na,2025-01-01,2026-01-01,churned"});
    REQUIRE(add_contracts(history, &good).ok());
    CHECK(history.rows() == 4);
    CHECK_THAT(said(history.finish()), Contains("row 3, customer a") && Contains("row 1, and"));
    contract_history other = empty();
    CHECK_FALSE(add_contracts(other, nullptr).ok());
}

TEST_CASE("histories do not depend on the order of rows", "[evidence][contracts]") {
    struct row {
        std::string customer;
        contract one;
    };
    std::mt19937 random{7};
    std::vector<row> rows;
    for (std::int32_t i = 0; i < 3000; ++i) {
        row one;
        one.customer = "c" + std::to_string(random() % 700);
        one.one.start = static_cast<std::int32_t>(random() % 1000);
        one.one.end = one.one.start + 1 + i;  // never twice
        one.one.kind = static_cast<contract_kind>(random() % 2);
        one.one.mrr_before = static_cast<std::int64_t>(random());
        rows.push_back(std::move(one));
    }
    const auto build = [&rows] {
        contract_history out = empty(30);
        for (std::size_t i = 0; i < rows.size(); ++i)
            REQUIRE(out.add(rows[i].customer, rows[i].one, static_cast<std::int64_t>(i)).ok());
        REQUIRE(out.finish().ok());
        return out;
    };
    const contract_history first = build();
    std::shuffle(rows.begin(), rows.end(), random);
    const contract_history second = build();
    REQUIRE(first.customers() == second.customers());
    std::int64_t all = 0;
    for (std::size_t k = 0; k < static_cast<std::size_t>(first.customers()); ++k) {
        REQUIRE(first.customer(k) == second.customer(k));
        REQUIRE(std::equal(first.at(k).begin(), first.at(k).end(), second.at(k).begin(),
                           second.at(k).end()));
        REQUIRE(std::is_sorted(first.at(k).begin(), first.at(k).end(),
                               [](const contract& a, const contract& b) { return a.end < b.end; }));
        REQUIRE(first.of(first.customer(k)).data() == first.at(k).data());
        all += static_cast<std::int64_t>(first.at(k).size());
    }
    CHECK(all == 3000);
    CHECK(first.found().overlapping == second.found().overlapping);
}

}  // namespace test_contracts
