// A batch's keys, dates and duplicates: the first row that is wrong is the one that is named.
#include <vector>

#include "plans.hpp"

namespace test_check_rows {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

constexpr std::int64_t rows = 1000;

/// Customers 0, 1, …, all on one date, that a test spoils.
struct table {
    std::vector<std::int64_t> customers = std::vector<std::int64_t>(rows);
    std::vector<std::int32_t> dates = std::vector<std::int32_t>(rows, 20000);
    std::vector<std::uint8_t> known = std::vector<std::uint8_t>(rows / 8, 0xFF);

    table() {
        for (std::int64_t i = 0; i < rows; ++i) customers[static_cast<std::size_t>(i)] = i;
    }
    void forget_date(std::size_t row) {
        known[row / 8] = static_cast<std::uint8_t>(known[row / 8] & ~(1u << row % 8));
    }
    [[nodiscard]] status check(const plan& of, duplicate_finder& seen,
                               std::int64_t first_row = 0) const {
        batch_options options;
        options.missing_columns_are_unknown = true;
        options.first_row = first_row;
        batch b{of, rows, options};
        column_view customer;
        customer.type = column_type::int64;
        customer.length = rows;
        customer.values = customers.data();
        column_view as_of;
        as_of.type = column_type::date32;
        as_of.length = rows;
        as_of.values = dates.data();
        as_of.validity = known.data();
        for (const auto& [name, column] : {std::pair{"customer", customer}, {"as_of", as_of}}) {
            if (status ok = b.bind(name, column); !ok) return ok;
        }
        return b.check_rows(seen);
    }
    [[nodiscard]] std::string trouble(const plan& of) const {
        duplicate_finder seen{"snapshots"};
        const status found = check(of, seen);
        return found ? "" : found.error().to_string();
    }
};

}  // namespace

TEST_CASE("rows are checked block by block as if one by one", "[check_rows]") {
    const plan p = plan_of(
        model_text(R"("n": {"type": "number"})",
                   R"("U": {"components": {"n": {"metric": "n", "curve": [[0, 0], [1, 100]]}}})"));
    CHECK(table{}.trouble(p).empty());
    for (const std::size_t row : {1u, 127u, 128u, 300u, 999u}) {
        INFO("row " << row);
        table t;
        t.customers[row] = 0;
        CHECK_THAT(t.trouble(p), Contains("row " + std::to_string(row + 1) + ", customer 0:") &&
                                     Contains(", row 1; "));
        t.forget_date(row - 1);  // comes first, whatever block the two are in
        CHECK_THAT(t.trouble(p), Contains("row " + std::to_string(row) + ",") &&
                                     Contains("column \"as_of\"") && Contains("not a date"));
        table later;
        later.customers[row] = 0;
        if (row + 1 < rows) later.forget_date(row + 1);
        CHECK_THAT(later.trouble(p), Contains("row " + std::to_string(row + 1) + ", customer 0:"));
    }
    // A finder that several batches share counts on.
    duplicate_finder seen{"snapshots"};
    table first;
    CHECK(first.check(p, seen).ok());
    table second;
    for (std::int64_t& customer : second.customers) customer += rows;
    CHECK(second.check(p, seen, rows).ok());
    CHECK(seen.rows() == 2 * rows);
    const status again = first.check(p, seen, 2 * rows);
    REQUIRE_FALSE(again.ok());
    CHECK_THAT(again.error().to_string(),
               Contains("row 2001, customer 0:") && Contains(", row 1;"));
}

}  // namespace test_check_rows
