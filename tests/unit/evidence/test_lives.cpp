// The first months of customers: by group, by what became of their MRR, by the month they begin in.
#include <cstdint>
#include <iterator>
#include <string>
#include <vector>

#include "aiueo/evidence/ledger_table.hpp"

#include "histories.hpp"
#include "tables.hpp"

namespace test_lives {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

/// A key of a customer in a group.
std::string key_in(std::int32_t group, const std::string& prefix) {
    for (int k = 0;; ++k) {
        std::string key = prefix + std::to_string(k);
        if (evidence_group(key) == group) return key;
    }
}

plan plan_of_horizon(int months) {
    std::string text = history_model;
    text.insert(text.find("\"leads\""), "\"horizon_months\": " + std::to_string(months) + ", ");
    text.insert(text.find("\"name\": \"history\""), "\"currency\": \"JPY\", ");
    return plan_of(text);
}

evidence counted_ledger(const plan& of, const std::string& rows, std::string_view until) {
    ledger_history ledger{0, {}, "JPY"};
    status ok = add_ledger(ledger, table_of("customer,start,end,mrr" + rows));
    if (!ok) FAIL(ok.error().to_string());
    ok = ledger.finish();
    if (!ok) FAIL(ok.error().to_string());
    const contract_history contracts = history_of({});
    histories known{contracts};
    known.ledger = &ledger;
    known.data_until = day(until);
    evidence out{of};
    ok = out.count_unseen(known);
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

}  // namespace

TEST_CASE("lives of the smallest amounts, in every group, are counted and read again",
          "[evidence][lives]") {
    // Each begins with one yen: one grows to three, one stays, one is gone after a month.
    const plan of = plan_of_horizon(3);
    std::string rows;
    for (std::int32_t g = 0; g < evidence_groups; ++g) {
        const std::string grows = key_in(g, "grows ");
        rows += "\n" + grows + ",2025-01-10,2025-03-01,1";
        rows += "\n" + grows + ",2025-03-01,NULL,3";
        rows += "\n" + key_in(g, "stays ") + ",2025-01-20,NULL,1";
        rows += "\n" + key_in(g, "goes ") + ",2025-01-31,2025-02-10,1";
        rows += "\n" + key_in(g, "young ") + ",2025-02-01,NULL,1";  // its month 3 is not seen yet
    }
    evidence counted = counted_ledger(of, rows, "2025-04-30");
    constexpr std::int32_t january = 12 * 2025;
    table_cells expected;
    for (std::int32_t g = 0; g < evidence_groups; ++g) {
        const auto life = [&](std::int32_t ratio, std::vector<std::int64_t> cells) {
            for (std::size_t k = 0; k < cells.size(); ++k) {
                if (cells[k] != 0) expected[{{g, ratio, january, 0}, k}] = cells[k];
            }
        };
        life(300, {1, 1, 1, 3, 3});
        life(100, {1, 1, 1, 1, 1});
        life(0, {1, 1, 0, 0, 0});
    }
    CHECK(cells_of(counted.table(table_id::lives)) == expected);
    const std::string bytes = bytes_of(counted);
    auto again = read_state(of, bytes);
    if (!again) FAIL(again.error().to_string());
    CHECK(cells_of(again->table(table_id::lives)) == expected);
    CHECK(bytes_of(*again) == bytes);
}

TEST_CASE("a ratio is of hundredths, to the nearest, and has a largest", "[evidence][lives]") {
    const plan of = plan_of_horizon(1);
    const auto ratio_of = [&](std::int64_t begun, std::int64_t ended) {
        const evidence counted =
            counted_ledger(of,
                           "\na,2025-01-01,2025-02-01," + std::to_string(begun) +
                               "\na,2025-02-01,NULL," + std::to_string(ended),
                           "2025-02-28");
        const auto& blocks = counted.table(table_id::lives).blocks();
        REQUIRE(blocks.size() == 1);
        return blocks.begin()->first[1];
    };
    CHECK(ratio_of(1000, 1004) == 100);
    CHECK(ratio_of(1000, 1005) == 101);  // the half goes up
    CHECK(ratio_of(3, 2) == 67);
    CHECK(ratio_of(1000, 4) == 0);
    CHECK(ratio_of(1, 10) == 1000);
    CHECK(ratio_of(1, 1'000'000'000'000) == 1000);
}

TEST_CASE("lives whose money does not fit into 64 bits are refused as that", "[evidence][lives]") {
    const plan of = plan_of_horizon(3);
    const evidence whole =
        counted_ledger(of, "\na,2025-01-10,NULL,5\nb,2025-02-10,NULL,7", "2025-06-30");
    std::vector<count_table> tables = whole.tables();
    count_table& lives = tables[static_cast<std::size_t>(table_id::lives)];
    REQUIRE(lives.blocks().size() == 2);
    const auto second = std::next(lives.blocks().begin())->first;
    lives.at(lives.blocks().begin()->first)[3] = std::int64_t{1} << 62;
    lives.at(second)[3] = std::int64_t{1} << 62;
    const status found = detail::check_tables(whole.shape(), tables);
    REQUIRE_FALSE(found.ok());
    CHECK_THAT(found.error().message, Catch::Matchers::Contains("does not fit into 64 bits"));
}

TEST_CASE("states add up to no more money than one update takes", "[evidence][ledger]") {
    // Alone each is below 2^53 over all its months, together they are above.
    const plan of = plan_of_horizon(3);
    const std::string much = ",2023-04-01,NULL,200000000000000";
    evidence one = counted_ledger(of, "\na" + much, "2025-06-30");
    const evidence other = counted_ledger(of, "\nb" + much, "2025-06-30");
    const std::string before = bytes_of(one);
    const status merged = one.merge(other);
    REQUIRE_FALSE(merged.ok());
    CHECK(merged.error().code == errc::limit_exceeded);
    CHECK_THAT(merged.error().message, Catch::Matchers::Contains("more than 2^53 minor units"));
    CHECK(bytes_of(one) == before);
    const evidence less = counted_ledger(of, "\nb,2023-04-01,NULL,1000", "2025-06-30");
    CHECK(one.merge(less).ok());

    // No state says so either.
    std::vector<count_table> tables = other.tables();
    std::int64_t& paid = tables[0].at({})[static_cast<std::size_t>(total::paid)];
    CHECK(paid > most_paid / 2);
    paid = most_paid;
    CHECK(detail::check_tables(other.shape(), tables).ok());
    paid = most_paid + 1;
    const status found = detail::check_tables(other.shape(), tables);
    REQUIRE_FALSE(found.ok());
    CHECK_THAT(found.error().message, Catch::Matchers::Contains("more money than there can be"));
}

}  // namespace test_lives
