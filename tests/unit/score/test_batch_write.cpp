// A batch's memory of its own: many metrics of a row at once.
#include <array>
#include <cstdint>
#include <limits>

#include "plans.hpp"
#include "support/catch.hpp"

namespace test_batch_write {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
constexpr std::int32_t no_date = initiative_history::no_date;

plan small_plan() {
    return plan_of(model_text(
        R"("plan": {"type": "category"}, "x": {"type": "number"}, "done": {"type": "flag"},
           "paid": {"type": "money"}, "last": {"type": "date", "max_age_days": 10},
           "unread": {"type": "number"})",
        R"("I": {"components": {
             "plan": {"metric": "plan", "table": {"trial": 10, "pro": 90}},
             "x": {"metric": "x", "curve": [[0, 0], [100, 100]]},
             "done": {"metric": "done"},
             "paid": {"metric": "paid", "curve": [[0, 0], [1000, 100]]},
             "last": {"metric": "last", "days_since": [[0, 100], [30, 0]]}}})",
        R"("currency": "JPY")"));
}

struct owned_batch {
    plan of = small_plan();
    batch rows{of, 3};
    std::array<std::int32_t, 6> numbers{};

    owned_batch() {
        constexpr std::array names{"plan", "x", "done", "paid", "last", "unread"};
        rows.own_all();
        rows.set_as_of(20000);
        for (std::size_t k = 0; k < names.size(); ++k) numbers[k] = *rows.number_of(names[k]);
    }
    double score(std::size_t row) {
        scores out{of, 3};
        REQUIRE(aiueo::score(of, rows, {0, 3}, out).ok());
        return out[axis::implementation][row];
    }
};

}  // namespace

TEST_CASE("a row set at once is the row set value by value", "[batch]") {
    owned_batch b;
    const double pro = *b.rows.text_id("pro");
    const std::array values{pro, 40.0, 1.0, 250.5, 19995.0, 7.0};
    const std::array<std::int32_t, 6> observed{no_date, no_date, no_date, no_date, 19999, no_date};
    REQUIRE(b.numbers[5] == -1);
    REQUIRE(b.rows.set_row(1, b.numbers, values, observed).ok());
    REQUIRE(b.rows.set(b.numbers[0], 2, std::string_view{"pro"}).ok());
    for (std::size_t k = 1; k < 5; ++k) REQUIRE(b.rows.set(b.numbers[k], 2, values[k]).ok());
    REQUIRE(b.rows.set_observed(b.numbers[4], 2, 19999).ok());
    CHECK(same_bits(b.score(1), b.score(2)));
    CHECK(b.score(1) == b.score(1));
    CHECK(b.score(0) != b.score(0));
    // Without days of observation those there are stay; what is not named stays.
    REQUIRE(b.rows.set_row(1, std::array{b.numbers[4]}, std::array{19995.0}).ok());
    CHECK(same_bits(b.score(1), b.score(2)));
    REQUIRE(
        b.rows.set_row(1, b.numbers, std::array{-1.0, unknown, unknown, unknown, unknown, unknown})
            .ok());
    CHECK(b.score(1) != b.score(1));
    REQUIRE(b.rows.set_row(1, {}, {}).ok());
}

TEST_CASE("a row that is wrong anywhere is not changed anywhere", "[batch]") {
    owned_batch b;
    const double pro = *b.rows.text_id("pro");
    const std::array good{pro, 40.0, 1.0, 250.5, 19995.0, 7.0};
    const std::array<std::int32_t, 6> observed{0, 0, 0, 0, 19999, 0};
    REQUIRE(b.rows.set_row(0, b.numbers, good, observed).ok());
    const double before = b.score(0);
    const auto refused = [&](std::size_t entry, double value, errc code) {
        std::array values{unknown, 1.0, 0.0, 3.0, unknown, 1.0};
        values[entry] = value;
        const status done = b.rows.set_row(0, b.numbers, values, observed);
        INFO(value);
        REQUIRE(!done.ok());
        CHECK(done.error().code == code);
        CHECK(done.error().message.starts_with("entry " + std::to_string(entry) + ", metric "));
        CHECK(same_bits(b.score(0), before));
    };
    refused(0, 0.5, errc::invalid_argument);
    refused(0, -2, errc::invalid_argument);
    refused(0, 1e9, errc::invalid_argument);
    refused(0, std::numeric_limits<double>::infinity(), errc::invalid_argument);
    refused(4, 0.5, errc::bad_value);
    refused(4, 1e300, errc::bad_value);
    refused(4, -std::numeric_limits<double>::infinity(), errc::bad_value);
    CHECK(b.rows.set_row(3, b.numbers, good).error().code == errc::invalid_argument);
    CHECK(b.rows.set_row(-1, b.numbers, good).error().code == errc::invalid_argument);
    CHECK(b.rows.set_row(0, b.numbers, std::array{1.0}).error().code == errc::invalid_argument);
    CHECK(b.rows.set_row(0, b.numbers, good, std::array<std::int32_t, 1>{0}).error().code ==
          errc::invalid_argument);
    for (const std::int32_t number : {-2, 1000}) {
        const status done = b.rows.set_row(0, std::array{number}, std::array{1.0});
        REQUIRE(!done.ok());
        CHECK(done.error().message ==
              "entry 0: " + std::to_string(number) + " is the number of no metric");
    }
    batch bare{b.of, 1};
    CHECK(bare.set_row(0, b.numbers, good).error().code == errc::invalid_state);
    CHECK(same_bits(b.score(0), before));
}

}  // namespace test_batch_write
