// All initiatives by customer, and the history that scoring reads from the same table.
#include <string>
#include <vector>

#include "aiueo/evidence/initiative_log_table.hpp"

#include "support/catch.hpp"
#include "tables.hpp"

namespace test_initiative_log {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

constexpr std::int32_t no_date = initiative_entry::no_date;

std::string refused(std::string_view row) {
    initiative_log log{time_zone{}};
    const std::string out = said(add_initiatives(
        log, table_of("customer,initiative,date,attended,responded,variant,holdout\n" +
                      std::string{row})));
    CHECK(log.rows() == 0);
    CHECK(log.customers() == 0);
    CHECK(log.initiatives().empty());
    CHECK(log.variants().empty());
    return out;
}

}  // namespace

TEST_CASE("initiatives are read from text, by customer and in order", "[evidence][initiatives]") {
    initiative_log log{time_zone{}};
    REQUIRE(add_initiatives(log,
                            table_of("customer,initiative,date,attended,responded,variant,holdout\n"
                                     "b,nps,2025-01-01,,2025-01-05,B,0\n"
                                     "a,seminar,2025-01-01,2025-01-02,NULL,,yes\n"
                                     "a,nps,2025-01-01,NULL,,A,NULL\n"
                                     "a,nps,,,,A,\n"
                                     "a,nps,2025-01-01,,,,false\n"
                                     "a,nps,2025-01-01,,,A,no\n"
                                     "a,nps,2025-01-01,,,A,true"))
                .ok());
    CHECK(log.rows() == 7);
    REQUIRE(log.finish().ok());
    CHECK(log.customers() == 2);
    CHECK(log.initiatives().texts() == std::vector<std::string_view>{"nps", "seminar"});
    CHECK(log.variants().texts() == std::vector<std::string_view>{"A", "B"});
    const std::int32_t first = day("2025-01-01");
    const auto of_a = log.of("a");
    REQUIRE(of_a.size() == 6);
    CHECK(of_a[0] == initiative_entry{0, no_date, no_date, no_date, 0, false});
    CHECK(of_a[1] == initiative_entry{0, first, no_date, no_date, -1, false});
    CHECK(of_a[2] == initiative_entry{0, first, no_date, no_date, 0, false});
    CHECK(of_a[3] == of_a[2]);  // alike, and kept
    CHECK(of_a[4] == initiative_entry{0, first, no_date, no_date, 0, true});
    CHECK(of_a[5] == initiative_entry{1, first, first + 1, no_date, -1, true});
    CHECK(log.of("b")[0] == initiative_entry{0, first, no_date, first + 4, 1, false});
    CHECK(log.finish().error().code == errc::invalid_state);
    CHECK(log.add("a", {"nps"}, -1).error().code == errc::invalid_state);
    CHECK(log.initiatives().size() == 2);
}

TEST_CASE("columns of initiatives that need not be there", "[evidence][initiatives]") {
    initiative_log log{time_zone{}};
    REQUIRE(add_initiatives(log, table_of("customer,initiative,date\na,nps,2025-01-01")).ok());
    REQUIRE(log.finish().ok());
    CHECK(log.of("a")[0] == initiative_entry{0, day("2025-01-01"), no_date, no_date, -1, false});

    initiative_log typed{time_zone{}};
    owned_table table = texts_of("customer,initiative\na,x\na,y\na,z");
    REQUIRE(table.add_dates("date", {1, 2, 3}, {0b101}).ok());
    REQUIRE(table.add_flags("holdout", {0b110}, {0b011}).ok());
    REQUIRE(add_initiatives(typed, imported(std::move(table))).ok());
    owned_table floats = texts_of("customer,initiative,date\nb,x,\nb,y,\nb,z,");
    REQUIRE(floats.add_numbers("holdout", {1, 0, std::nan("")}).ok());
    REQUIRE(add_initiatives(typed, imported(std::move(floats))).ok());
    REQUIRE(typed.finish().ok());
    CHECK(typed.of("a")[0].date == no_date);
    CHECK(typed.of("a")[0].holdout);
    CHECK_FALSE(typed.of("a")[1].holdout);
    CHECK_FALSE(typed.of("a")[2].holdout);  // null
    CHECK(typed.of("b")[0].holdout);
    CHECK_FALSE(typed.of("b")[1].holdout);
    CHECK_FALSE(typed.of("b")[2].holdout);
}

TEST_CASE("initiatives that cannot be are refused, with row and column",
          "[evidence][initiatives]") {
    CHECK(refused("a,,2025-01-01,,,,") ==
          "initiatives, row 1, customer a, column \"initiative\": is empty; every row names its "
          "initiative");
    CHECK_THAT(refused("a,nps,2025-13-01,,,,"), Contains("column \"date\""));
    for (const std::int32_t day : {max_text_day + 1, min_text_day - 1}) {
        initiative_log log{time_zone{}};
        const std::string what = std::to_string(day) + " days since 1970-01-01 are no date";
        CHECK_THAT(said(log.add("a", {"nps", day}, 3)), Contains(what));
        CHECK_THAT(said(log.add("a", {"nps", 0, day}, 3)), Contains(what));
        CHECK_THAT(said(log.add("a", {"nps", 0, 0, day}, 3)), Contains(what));
        CHECK(log.rows() == 0);
    }
    CHECK_THAT(refused("a,nps,,x,,,"), Contains("column \"attended\""));
    CHECK_THAT(refused("a,nps,,,x,,"), Contains("column \"responded\""));
    CHECK_THAT(refused("a,nps,,,,,perhaps"), Contains("\"perhaps\" is not a flag"));
    CHECK(refused("a,nps,,,,,2") ==
          "initiatives, row 1, column \"holdout\": 2 is not a flag; give 1 or 0");
    CHECK_THAT(refused("a,nps\xFF,,,,,"), Contains("column \"initiative\"") && Contains("UTF-8"));
    CHECK_THAT(refused("a,nps,,,,\xFF,"), Contains("column \"variant\"") && Contains("UTF-8"));
    CHECK_THAT(refused("a,n\x1Fps,,,,,"), Contains("column \"initiative\"") && Contains("U+001F"));
    CHECK_THAT(refused("a,nps,,,,\x1F,"), Contains("column \"variant\"") && Contains("U+001F"));
    CHECK_THAT(refused("a," + std::string(65537, 'n') + ",,,,,"), Contains("65537 bytes"));
    CHECK_THAT(refused("a,nps,,,," + std::string(65537, 'n') + ","), Contains("65537 bytes"));
    CHECK_THAT(refused("a,nps,,,,A,\nb,,,,,B,"), Contains("row 2, customer b"));

    initiative_log log{time_zone{}};
    CHECK_THAT(said(add_initiatives(log, table_of("customer,initiatives,date\na,b,"))),
               Contains("did you mean \"initiatives\"?"));
    CHECK_THAT(said(add_initiatives(log, table_of("customer,initiative,dat\na,b,"))),
               Contains("did you mean \"dat\"?"));
    owned_table numbers = texts_of("customer,date\na,2025-01-01");
    REQUIRE(numbers.add_int32("initiative", {1}).ok());
    CHECK(said(add_initiatives(log, imported(std::move(numbers)))) ==
          "initiatives, column \"initiative\": an initiative's name cannot be int32; cast it to "
          "text");
    owned_table variants = texts_of("customer,initiative,date\na,x,2025-01-01");
    REQUIRE(variants.add_int32("variant", {1}).ok());
    CHECK_THAT(said(add_initiatives(log, imported(std::move(variants)))),
               Contains("a variant's name cannot be int32"));
    owned_table flags = texts_of("customer,initiative,date\na,x,\na,x,");
    REQUIRE(flags.add_int32("holdout", {1, 3}).ok());
    CHECK_THAT(said(add_initiatives(log, imported(std::move(flags)))),
               Contains("row 2") && Contains("3 is not a flag"));
    CHECK_THAT(said(log.add("", {"x"}, -1)), Contains("key is missing"));
    CHECK(log.rows() == 0);
}

TEST_CASE("so many initiatives and variants, and no more", "[evidence][initiatives]") {
    initiative_log log{time_zone{}};
    const auto name = [](std::size_t k) { return "n" + std::to_string(k); };
    for (std::size_t k = 0; k < initiative_log::most_names; ++k) {
        const std::string both = name(k);
        REQUIRE(log.add("a", {both, 1, no_date, no_date, both}, -1).ok());
    }
    const status more = log.add("a", {"one more", 1}, 7);
    CHECK(
        said(more) ==
        "initiatives, row 8, customer a, column \"initiative\": \"one more\" is one initiative too "
        "many; at most 4096 different ones are held");
    CHECK(more.error().code == errc::limit_exceeded);
    const status variant = log.add("a", {"n0", 1, no_date, no_date, "one more"}, 7);
    CHECK_THAT(said(variant), Contains("column \"variant\"") && Contains("one variant too many"));
    CHECK(variant.error().code == errc::limit_exceeded);
    CHECK(log.add("b", {"n4095", 1, no_date, no_date, "n0"}, 7).ok());
    REQUIRE(log.finish().ok());
    CHECK(log.rows() == 4097);
    CHECK(log.initiatives().text(log.of("b")[0].initiative) == "n4095");
    CHECK(log.variants().text(log.of("b")[0].variant) == "n0");
    for (std::int32_t id = 1; id < 4096; ++id)
        REQUIRE(log.initiatives().text(id - 1) < log.initiatives().text(id));
}

TEST_CASE("a stream of initiatives is added whole or not at all", "[evidence][initiatives]") {
    const std::string names = "customer,initiative,date,variant\n";
    initiative_log log{time_zone{}};
    REQUIRE(log.add("z", {"kept", 1, no_date, no_date, "K"}, -1).ok());
    auto bad = stream_of({names + "a,nps,2025-01-01,A", names + "b,,2025-01-01,B"});
    CHECK_THAT(said(add_initiatives(log, &bad)), Contains("row 2, customer b"));
    CHECK(log.rows() == 1);
    CHECK(log.initiatives().size() == 1);
    CHECK(log.variants().size() == 1);
    auto good = stream_of({names + "a,nps,2025-01-01,A", names + "b,call,2025-01-01,B"});
    REQUIRE(add_initiatives(log, &good).ok());
    REQUIRE(log.finish().ok());
    CHECK(log.initiatives().texts() == std::vector<std::string_view>{"call", "kept", "nps"});
    CHECK(log.of("a")[0].initiative == 2);
    CHECK(log.of("z")[0].variant == 2);
}

}  // namespace test_initiative_log
