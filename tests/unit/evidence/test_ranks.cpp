// Ranks by customer.
#include <string>
#include <vector>

#include "aiueo/evidence/ranks_table.hpp"

#include "support/catch.hpp"
#include "tables.hpp"

namespace test_ranks {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

rank_history empty() { return rank_history{{"C", "B", "A", "Super"}, time_zone{}}; }

std::string refused(std::string_view row) {
    rank_history history = empty();
    const std::string out =
        said(add_ranks(history, table_of("customer,as_of,rank,by\n" + std::string{row})));
    CHECK(history.rows() == 0);
    CHECK(history.customers() == 0);
    CHECK(history.members().empty());
    return out;
}

}  // namespace

TEST_CASE("ranks are read from text, by customer and in order", "[evidence][ranks]") {
    rank_history history = empty();
    REQUIRE(add_ranks(history, table_of("customer,as_of,rank,by\n"
                                        "b,2025-01-02, A ,Yuki\n"
                                        "a,2025-01-02,B,Yuki\n"
                                        "a,2025-01-02,C,Aoi\n"
                                        "a,2025-01-02,Super,\n"
                                        "a,2025-01-01,A,Yuki\n"
                                        "c,2025-01-01,A, "))
                .ok());
    CHECK(history.rows() == 6);
    REQUIRE(history.finish().ok());
    REQUIRE(history.members().size() == 2);
    CHECK(history.members().text(0) == "Aoi");
    CHECK(history.members().find("Yuki") == 1);
    const auto of_a = history.of("a");
    REQUIRE(of_a.size() == 4);
    CHECK(of_a[0] == rank_entry{day("2025-01-01"), 2, 1});
    CHECK(of_a[1] == rank_entry{day("2025-01-02"), 3, -1});
    CHECK(of_a[2] == rank_entry{day("2025-01-02"), 0, 0});
    CHECK(of_a[3] == rank_entry{day("2025-01-02"), 1, 1});
    CHECK(history.of("b")[0].rank == 2);
    CHECK(history.of("c")[0].by == -1);
    CHECK(history.ranks().size() == 4);
    CHECK(history.finish().error().code == errc::invalid_state);
    CHECK(history.members().size() == 2);

    rank_history alone = empty();
    REQUIRE(add_ranks(alone, table_of("customer,as_of,rank\na,2025-01-01,A")).ok());
    REQUIRE(alone.finish().ok());
    CHECK(alone.of("a")[0].by == -1);
}

TEST_CASE("ranks that cannot be are refused, with row and column", "[evidence][ranks]") {
    CHECK(
        refused("a,2025-01-01,Supper,x") ==
        "ranks, row 1, customer a, column \"rank\": \"Supper\" is not a rank of the model; did you "
        "mean \"Super\"?");
    CHECK_THAT(refused("a,2025-01-01,a,x"), Contains("did you mean \"A\"?"));
    CHECK(refused("a,2025-01-01,,x") ==
          "ranks, row 1, customer a, column \"rank\": is empty; every row gives a rank");
    CHECK(refused("a,NULL,A,x") ==
          "ranks, row 1, customer a, column \"as_of\": is empty; every rank has the date on which "
          "it was given");
    CHECK_THAT(refused("a,2025-01-01,A,\xC0"), Contains("column \"by\"") && Contains("UTF-8"));
    CHECK_THAT(refused("a,2025-01-01,\xC0,x"), Contains("column \"rank\"") && Contains("UTF-8"));
    CHECK_THAT(refused("a,2025-01-01,A," + std::string(65537, 'm')),
               Contains("the name has 65537 bytes"));
    CHECK_THAT(refused(",2025-01-01,A,x"), Contains("key is missing"));
    // What came before the row that is refused is taken back, and so are its names.
    CHECK_THAT(refused("a,2025-01-01,A,x\nb,2025-01-01,Z,y"), Contains("row 2, customer b"));

    rank_history none{{}, time_zone{}};
    CHECK(said(none.add("a", {1, "A", ""}, -1)) ==
          "ranks, customer a, column \"rank\": \"A\" is not a rank of the model, which has none; "
          "list them in study.ranks, worst first");
    rank_history history = empty();
    CHECK_THAT(said(add_ranks(history, table_of("customer,as_of,ranks\na,2025-01-01,A"))),
               Contains("did you mean \"ranks\"?"));
    CHECK_THAT(said(add_ranks(history, table_of("customer,asof,rank\na,2025-01-01,A"))),
               Contains("did you mean \"asof\"?"));
    owned_table numbers = texts_of("customer,as_of\na,2025-01-01");
    REQUIRE(numbers.add_int32("rank", {1}).ok());
    CHECK(said(add_ranks(history, imported(std::move(numbers)))) ==
          "ranks, column \"rank\": a rank cannot be int32; cast it to text");
    owned_table members = texts_of("customer,as_of,rank\na,2025-01-01,A");
    REQUIRE(members.add_numbers("by", {1}).ok());
    CHECK_THAT(said(add_ranks(history, imported(std::move(members)))),
               Contains("a member's name cannot be float64"));
    CHECK_THAT(said(history.add("", {1, "A", ""}, -1)), Contains("key is missing"));
    CHECK(history.rows() == 0);
}

TEST_CASE("one rank a customer, date and member", "[evidence][ranks]") {
    rank_history twice = empty();
    REQUIRE(add_ranks(twice, table_of("customer,as_of,rank,by\n"
                                      "a,2025-01-01,A,Yuki\n"
                                      "b,2025-01-01,A,Yuki\n"
                                      "a,2025-01-02,A,Yuki\n"
                                      "a,2025-01-01,A,Aoi\n"
                                      "a,2025-01-01,A,\n"
                                      "a,2025-01-01,B,Yuki"))
                .ok());
    const status done = twice.finish();
    CHECK(said(done) ==
          "ranks, row 6, customer a: this customer already has a rank for 2025-01-01 by \"Yuki\", "
          "row 1; a member gives a customer one rank a day");
    CHECK(done.error().code == errc::duplicate_row);
    CHECK(twice.rows() == 0);
    rank_history nobody = empty();
    REQUIRE(nobody.add("a", {20000, "A", ""}, 0).ok());
    REQUIRE(nobody.add("a", {20000, "A", ""}, 1).ok());
    CHECK_THAT(said(nobody.finish()), Contains("for 2024-10-04, row 1;"));
}

TEST_CASE("a stream of ranks is added whole or not at all", "[evidence][ranks]") {
    const std::string names = "customer,as_of,rank,by\n";
    rank_history history = empty();
    REQUIRE(history.add("z", {1, "A", "Zoe"}, 0).ok());
    auto bad = stream_of({names + "a,2025-01-01,A,Ann", names + "b,2025-01-01,X,Bob"});
    CHECK_THAT(said(add_ranks(history, &bad)), Contains("row 2, customer b"));
    CHECK(history.rows() == 1);
    CHECK(history.members().size() == 1);
    auto good = stream_of({names + "a,2025-01-01,A,Ann", names + "b,2025-01-01,B,Bob"});
    REQUIRE(add_ranks(history, &good).ok());
    REQUIRE(history.finish().ok());
    CHECK(history.of("z")[0].by == 2);
    CHECK(history.of("b")[0].by == 1);
}

}  // namespace test_ranks
