// Duplicates: exact in order and out of it, wherever the order breaks.
#include <algorithm>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/table/duplicates.hpp"

#include "support/catch.hpp"

namespace test_duplicates {

using namespace aiueo;
using Catch::Matchers::Contains;

namespace {

using row = std::pair<std::string, std::int32_t>;

/// What is said of each row, 0 or the row (from 1) that it repeats; by the finder, `at_a_time` rows
/// in a call.
std::vector<std::int64_t> found_in(const std::vector<row>& rows, std::size_t at_a_time,
                                   duplicate_finder finder = duplicate_finder{"t"}) {
    std::vector<std::int64_t> out(rows.size());
    std::vector<customer_date> keys;
    for (const row& one : rows) keys.push_back({one.first, one.second});
    for (std::size_t begin = 0; begin < keys.size();) {
        const std::size_t count = std::min(at_a_time, keys.size() - begin);
        const status added = finder.add(std::span{keys}.subspan(begin, count));
        const auto passed = static_cast<std::size_t>(finder.rows());
        if (!added) {
            const auto& where = added.error().where;
            if (where.row + 1 != finder.rows() || where.key != rows[passed - 1].first ||
                where.table != "t")
                FAIL(added.error().to_string());
            const std::string& text = added.error().message;
            const std::size_t at = text.find(", row ");
            out[passed - 1] = std::stoll(text.substr(at + 6));
        } else if (passed != begin + count) {
            FAIL("rows were left out");
        }
        begin = passed;
    }
    CHECK(finder.complete());
    CHECK(finder.checked() == finder.rows());
    return out;
}

/// The same by a map.
std::vector<std::int64_t> found_by_map(const std::vector<row>& rows) {
    std::map<row, std::int64_t> first;
    std::vector<std::int64_t> out;
    for (const row& one : rows) {
        const auto number = static_cast<std::int64_t>(out.size()) + 1;
        const auto [at, fresh] = first.try_emplace(one, number);
        out.push_back(fresh ? 0 : at->second);
    }
    return out;
}

void must_agree(const std::vector<row>& rows, const std::string& what) {
    const auto wanted = found_by_map(rows);
    for (const std::size_t at_a_time : {std::size_t{1}, std::size_t{7}, std::size_t{100'000}}) {
        INFO(what << ", " << at_a_time << " rows at a time");
        CHECK(found_in(rows, at_a_time) == wanted);
    }
}

/// 300 customers and 12 dates, customer by customer.
std::vector<row> table_of(const std::string& prefix, int digits) {
    std::vector<row> out;
    for (int customer = 0; customer < 300; ++customer) {
        std::string key = std::to_string(customer);
        if (digits > 0) key.insert(0, static_cast<std::size_t>(digits) - key.size(), '0');
        for (int month = 0; month < 12; ++month) out.emplace_back(prefix + key, 20000 + month * 30);
    }
    return out;
}

template <class Before>
std::vector<row> sorted(std::vector<row> rows, Before before) {
    std::sort(rows.begin(), rows.end(), before);
    return rows;
}

}  // namespace

TEST_CASE("the same customer and date twice", "[table][duplicates]") {
    duplicate_finder rows{"snapshots"};
    for (std::int32_t i = 0; i < 20000; ++i) {
        const status added = rows.add("c-" + std::to_string(i % 5000), 20000 + i / 5000);
        if (!added) FAIL(added.error().to_string());
    }
    const status again = rows.add("c-7", 20001);
    REQUIRE_FALSE(again.ok());
    CHECK(again.error().code == errc::duplicate_row);
    CHECK(
        again.error().to_string() ==
        "snapshots, row 20001, customer c-7: this customer already has a row for 2024-10-05, row 5008; a "
        "customer has one row for each date");
    CHECK(rows.complete());

    duplicate_finder few{"snapshots", 2};
    few.reserve(100);
    CHECK(few.add("a", 1).ok());
    CHECK(few.add("b", 1).ok());
    CHECK(few.complete());
    CHECK(few.add("a", 1).ok());  // beyond the budget
    CHECK_FALSE(few.complete());
    CHECK(few.rows() == 3);
    CHECK(few.budget() == 2);
    duplicate_finder none{"snapshots", -5};
    CHECK(none.add("a", 1).ok());
    CHECK_FALSE(none.complete());
}

TEST_CASE("sorted tables leave a short trail and no hash", "[table][duplicates]") {
    // A budget of one row: what is remembered cannot be what finds the duplicates.
    const auto rows = table_of("c-", 4);
    const auto numbered = table_of("", 0);
    const auto by_length = [](const row& a, const row& b) {
        return std::pair{a.first.size(), a} < std::pair{b.first.size(), b};
    };
    const auto by_date = [](const row& a, const row& b) {
        return std::pair{a.second, a.first} < std::pair{b.second, b.first};
    };
    const auto latest_first = [](const row& a, const row& b) {
        return std::pair{a.first, -a.second} < std::pair{b.first, -b.second};
    };
    const auto by_falling_date = [](const row& a, const row& b) {
        return std::pair{-a.second, a.first} < std::pair{-b.second, b.first};
    };
    std::vector<std::vector<row>> tables{rows,
                                         sorted(rows, by_date),
                                         sorted(rows, latest_first),
                                         sorted(rows, by_falling_date),
                                         sorted(numbered, by_length),
                                         sorted(numbered, std::less<>{})};
    for (std::size_t k = tables.size(); k-- > 0;) {
        tables.push_back(tables[k]);
        std::reverse(tables.back().begin(), tables.back().end());
    }
    for (std::size_t k = 0; k < tables.size(); ++k) {
        INFO("order " << k);
        const std::vector<row>& table = tables[k];
        CHECK(found_in(table, 1000, duplicate_finder{"t", 1}) ==
              std::vector<std::int64_t>(table.size()));
        std::vector<row> twice = table;
        twice.insert(twice.begin() + 2000, {twice[1999], twice[1999]});
        const auto found = found_in(twice, 1000, duplicate_finder{"t", 1});
        CHECK(found[2000] == 2000);
        CHECK(found[2001] == 2000);
        CHECK(std::count(found.begin(), found.end(), 0) == 3600);
        must_agree(twice, "a sorted table");
    }
}

TEST_CASE("nothing is lost when the order breaks late", "[table][duplicates]") {
    std::mt19937 random{7};
    for (const auto& [prefix, digits] : std::vector<std::pair<std::string, int>>{
             {"c-", 4}, {"", 0}, {"a-long-beginning-that-all-have-", 9}, {"あ", 3}}) {
        const auto rows = sorted(table_of(prefix, digits), std::less<>{});
        for (const std::size_t repeated : {0u, 1u, 17u, 1234u, 3598u}) {
            auto late = rows;  // the last row repeats an early one
            late.push_back(rows[repeated]);
            must_agree(late, prefix + ", row " + std::to_string(repeated));
            late.insert(late.begin() + 100, late[99]);  // and one in order does
            late.emplace_back("new", 1);
            late.push_back(rows[repeated]);
            must_agree(late, prefix + ", with a tie, row " + std::to_string(repeated));
        }
        auto all = rows;
        all.insert(all.end(), rows.begin(), rows.end());
        must_agree(all, prefix + ", all rows twice");
        std::shuffle(all.begin(), all.end(), random);
        must_agree(all, prefix + ", in no order");
    }
    // Keys whose texts are too long for the trail, of every length, and the empty one.
    std::vector<row> odd;
    for (int i = 0; i < 600; ++i) {
        std::string key(static_cast<std::size_t>(i * i % 700), static_cast<char>('a' + i % 3));
        key += static_cast<char>(random() % 256);
        odd.emplace_back(key, static_cast<std::int32_t>(random()));
    }
    odd.emplace_back("", 5);
    odd.emplace_back("x", std::numeric_limits<std::int32_t>::min());
    odd.emplace_back("x", std::numeric_limits<std::int32_t>::max());
    odd = sorted(odd, std::less<>{});
    const std::size_t count = odd.size();
    for (std::size_t i = 0; i < count; ++i) odd.push_back(odd[i]);
    must_agree(odd, "odd keys");
    // Random identifiers: the trail has hashes and texts in turns.
    std::vector<row> ids;
    for (int i = 0; i < 5000; ++i) {
        std::string id;
        for (int k = 0; k < 36; ++k) id += "0123456789abcdef"[random() % 16];
        ids.emplace_back(id, 20000);
        if (i % 3 == 0) ids.emplace_back(id, 20031);
    }
    ids = sorted(ids, std::less<>{});
    for (std::size_t i = 0; i < 200; ++i) ids.push_back(ids[i * 31]);
    must_agree(ids, "random identifiers");
}

TEST_CASE("a trail is short", "[table][duplicates]") {
    const auto bytes_a_row = [](const std::vector<row>& rows) {
        detail::row_trail trail;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const std::string last = i == 0 ? "" : rows[i - 1].first;
            trail.add(rows[i].first, rows[i].second, detail::common_prefix(last, rows[i].first),
                      i > 0 && last == rows[i].first, {1, 2});
        }
        return static_cast<double>(trail.bytes()) / static_cast<double>(rows.size());
    };
    CHECK(bytes_a_row(table_of("customer-", 8)) < 2.5);
    std::vector<row> one_date = table_of("customer-", 8);
    one_date.erase(std::remove_if(one_date.begin(), one_date.end(),
                                  [](const row& one) { return one.second != 20000; }),
                   one_date.end());
    CHECK(one_date.size() == 300);
    CHECK(bytes_a_row(one_date) < 4);
    std::vector<row> strangers;
    for (int i = 0; i < 500; ++i) {
        strangers.emplace_back(std::string(200, static_cast<char>(i % 250)),
                               i % 2 == 0 ? 1 << 30 : 0);
    }
    CHECK(bytes_a_row(strangers) <= 18);
}

TEST_CASE("beyond the budget only order can tell", "[table][duplicates]") {
    duplicate_finder finder{"t", 100};
    for (std::int32_t i = 0; i < 1000; ++i) CHECK(finder.add("c", i).ok());
    CHECK(finder.complete());
    CHECK(finder.checked() == 1000);
    CHECK_FALSE(finder.add("c", 999).ok());
    CHECK(finder.add("c", 5).ok());  // order breaks, and the table has no room
    CHECK(finder.add("c", 5).ok());
    CHECK_FALSE(finder.complete());
    CHECK(finder.checked() == 1001);
    CHECK(finder.rows() == 1003);

    duplicate_finder early{"t", 100};
    early.reserve(1 << 20);
    for (std::int32_t i = 0; i < 50; ++i) CHECK(early.add("c", i).ok());
    CHECK(early.add("b", 1).ok());
    CHECK(early.add("d", 1).ok());
    early.reserve(60);
    for (std::int32_t i = 50; i < 98; ++i) CHECK(early.add("c", i).ok());
    CHECK(early.complete());
    duplicate_finder copy = early;
    CHECK(copy.add("c", 3).ok());  // row 101
    CHECK_FALSE(copy.complete());
    CHECK(copy.checked() == 100);
}

}  // namespace test_duplicates
