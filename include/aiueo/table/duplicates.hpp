// table › duplicates: the same customer and date twice, found as rows pass by. base ─► table
//
// Most tables come in order: by customer, then date, or by date, then customer, each upward or
// downward, keys by their bytes or as numbers are ordered (shorter keys first). While at least one
// of those orders holds without a tie, no two rows are alike, and each row is compared with the
// one before only. But a row that breaks the order must be compared with all before it, and those
// have passed by. So each row leaves a trail (row_trail.hpp): 1 to 5 bytes in most sorted tables,
// 16 on average at most, written one after the other and read once, if ever. When the order breaks,
// the rows of the trail go into a hash table (row_table.hpp, 26 bytes a row at most), and every
// further row with them. Nothing is lost, wherever the break comes, and nobody has to say that a
// table is sorted. Customers whose rows stand together but in no order of keys go to the table,
// too, where a customer is hashed once for its group.
//
// Rows in order are checked to the end, however many. Of others `budget` rows are remembered, in
// the trail or in the table; when order breaks later than that, or the table is full, rows are no
// longer checked, and complete() says so. A budget of 1 therefore checks sorted tables of any
// length in constant memory, and of a table that turns out not to be sorted only the beginning.
//
// In the table, two different rows are taken for one with a probability below 2^-49 at the default
// budget (96 bits of hash). In order, never.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/hash.hpp"
#include "aiueo/table/row_table.hpp"
#include "aiueo/table/row_trail.hpp"

namespace aiueo {

struct customer_date {
    std::string_view customer;
    std::int32_t as_of = 0;
};

namespace detail {

/// An order has two choices of what comes first and two of how keys compare, a direction for keys
/// and one for dates: 16 orders, a bit each. Those that allow a step from one row to the next, by
/// the signs of the differences in the key's bytes, in its length and then its bytes, and in date.
[[nodiscard]] constexpr std::uint16_t orders_that_allow(int by_bytes, int by_length,
                                                        int by_date) noexcept {
    std::uint16_t out = 0;
    for (unsigned order = 0; order < 16; ++order) {
        const int key = (order & 1u) != 0 ? by_length : by_bytes;
        const int key_step = (order & 2u) != 0 ? -key : key;
        const int date_step = (order & 4u) != 0 ? -by_date : by_date;
        const bool dates_first = (order & 8u) != 0;
        const int first = dates_first ? date_step : key_step;
        const int second = dates_first ? key_step : date_step;
        if (first > 0 || (first == 0 && second > 0))
            out = static_cast<std::uint16_t>(out | 1u << order);
    }
    return out;
}
inline constexpr auto allowed_orders = [] {
    std::array<std::uint16_t, 27> out{};
    for (int bytes = -1; bytes <= 1; ++bytes) {
        for (int length = -1; length <= 1; ++length) {
            for (int date = -1; date <= 1; ++date) {
                out[static_cast<std::size_t>(bytes * 9 + length * 3 + date + 13)] =
                    orders_that_allow(bytes, length, date);
            }
        }
    }
    return out;
}();

}  // namespace detail

class duplicate_finder {
public:
    static constexpr std::int64_t default_budget = std::int64_t{1} << 24;
    /// Row numbers are kept in 32 bits.
    static constexpr std::int64_t max_budget = 0xFFFFFFFF;

    /// `table` is for messages; `budget` rows are remembered at most, and with 0 none is checked.
    explicit duplicate_finder(std::string_view table, std::int64_t budget = default_budget)
        : table_(table), budget_(std::clamp(budget, std::int64_t{0}, max_budget)) {
        if (budget_ == 0) now_ = phase::stopped;
    }

    /// So many rows will come (within the budget): the hash table, if it comes to that, is made
    /// for them at once.
    void reserve(std::int64_t rows) {
        expected_ = std::max(expected_, std::min(rows, budget_));
        if (now_ == phase::hashed) rows_by_hash_.reserve(static_cast<std::uint64_t>(expected_));
    }

    /// The next rows, up to the first that was there before: duplicate_row names both rows, the
    /// customer and the date. Many rows at a time are faster than one.
    status add(std::span<const customer_date> rows) {
        if (now_ == phase::ordered) {
            const auto [done, end] = follow(rows);
            if (end == place_in_order::same) return duplicate(rows[done - 1], last_new_);
            if (end == place_in_order::broken) leave_order();
            rows = rows.subspan(done);
        }
        while (now_ == phase::hashed && !rows.empty()) {
            if (seen_ == budget_) {
                now_ = phase::stopped;
                checked_ = budget_;
                rows_by_hash_ = {};
                break;
            }
            const auto left = static_cast<std::size_t>(
                std::min(budget_ - seen_, static_cast<std::int64_t>(block_rows)));
            const std::span<const customer_date> block = rows.first(std::min(left, rows.size()));
            if (status ok = look_up(block); !ok) return ok;
            rows = rows.subspan(block.size());
        }
        seen_ += static_cast<std::int64_t>(rows.size());
        return {};
    }

    status add(std::string_view customer, std::int32_t as_of) {
        const customer_date one{customer, as_of};
        return add(std::span<const customer_date>{&one, 1});
    }

    /// Rows given to add().
    [[nodiscard]] std::int64_t rows() const noexcept { return seen_; }
    /// The first of them, each of which was compared with all before it.
    [[nodiscard]] std::int64_t checked() const noexcept {
        return now_ == phase::stopped ? std::min(seen_, checked_) : seen_;
    }
    /// Was every row compared with all before it?
    [[nodiscard]] bool complete() const noexcept { return checked() == seen_; }
    [[nodiscard]] std::int64_t budget() const noexcept { return budget_; }

private:
    enum class phase { ordered, hashed, stopped };
    enum class place_in_order { next, same, broken };
    static constexpr std::size_t block_rows = 32;

    /// Where a row stands to the last one. `orders_` and `common_` are brought up to date unless
    /// the order is broken.
    [[nodiscard]] place_in_order compare(const customer_date& row, std::string_view last) noexcept {
        if (seen_ == 0) return place_in_order::next;
        const std::size_t common = detail::common_prefix(last, row.customer);
        const auto sign = [](auto a, auto b) { return static_cast<int>(a > b) - (a < b); };
        const int by_size = sign(row.customer.size(), last.size());
        const bool within = common < last.size() && common < row.customer.size();
        const int by_bytes = within ? sign(static_cast<std::uint8_t>(row.customer[common]),
                                           static_cast<std::uint8_t>(last[common]))
                                    : by_size;
        const int by_length = by_size != 0 ? by_size : by_bytes;
        const int by_date = sign(row.as_of, last_as_of_);
        if (by_bytes == 0 && by_date == 0) return place_in_order::same;
        const auto left =
            static_cast<std::uint16_t>(orders_ & detail::allowed_orders[static_cast<std::size_t>(
                                                     by_bytes * 9 + by_length * 3 + by_date + 13)]);
        if (left == 0) return place_in_order::broken;
        orders_ = left;
        common_ = common;
        same_customer_ = by_bytes == 0;
        return place_in_order::next;
    }

    /// How many rows are kept, and why no more: all are (next), the last of them repeats the one
    /// before (same), or the one after them is out of order (broken).
    [[nodiscard]] std::pair<std::size_t, place_in_order> follow(
        std::span<const customer_date> rows) {
        try {
            // The caller's memory, copied once a call.
            std::string_view last = last_customer_;
            place_in_order found = place_in_order::next;
            std::size_t done = 0;
            while (done < rows.size()) {
                const customer_date& row = rows[done];
                found = compare(row, last);
                if (found == place_in_order::broken) break;
                keep(row, found);
                ++done;
                last = row.customer;
                if (found == place_in_order::same) break;
            }
            last_customer_.assign(last);
            return {done, found};
        } catch (...) {
            // Out of memory: the last key and the trail may disagree.
            now_ = phase::stopped;
            checked_ = seen_;
            throw;
        }
    }

    /// A row in order, or equal to the last one.
    void keep(const customer_date& row, place_in_order found) {
        if (found == place_in_order::same) {
            common_ = row.customer.size();
            same_customer_ = true;
        }
        if (seen_ == 0) key_ = {trail_.secret(), 1};
        if (seen_ < budget_) trail_.add(row.customer, row.as_of, common_, same_customer_, key_);
        ++seen_;
        if (found == place_in_order::same) return;
        last_new_ = seen_;
        last_as_of_ = row.as_of;
    }

    /// From the trail to the table. Out of memory on the way, nothing further is checked.
    void leave_order() {
        const std::int64_t in_order = seen_;
        now_ = phase::stopped;
        checked_ = in_order;
        if (in_order >= budget_) {
            trail_ = {};
            return;
        }
        rows_by_hash_.reserve(static_cast<std::uint64_t>(std::max(expected_, in_order)));
        std::array<detail::row_hash, block_rows> waiting{};
        std::size_t count = 0;
        std::uint32_t number = 0;
        const auto insert = [&] {
            for (std::size_t i = 0; i < count; ++i)
                (void)rows_by_hash_.insert(waiting[i], ++number);  // told of when it came
            count = 0;
        };
        trail_.replay(key_, [&](detail::customer_hash customer, std::int32_t as_of) {
            waiting[count] = detail::row_hash::of(customer, as_of);
            rows_by_hash_.prefetch(waiting[count]);
            if (++count == block_rows) insert();
        });
        insert();
        now_ = phase::hashed;
    }

    /// At most block_rows rows, all within the budget.
    [[nodiscard]] status look_up(std::span<const customer_date> rows) {
        std::array<detail::row_hash, block_rows> hashes{};
        detail::customer_hash customer;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            if (i == 0 || rows[i].customer != rows[i - 1].customer)
                customer = detail::customer_hash::of(rows[i].customer, key_);
            hashes[i] = detail::row_hash::of(customer, rows[i].as_of);
            rows_by_hash_.prefetch(hashes[i]);
        }
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const auto number = static_cast<std::uint32_t>(++seen_);
            if (const std::uint32_t before = rows_by_hash_.insert(hashes[i], number); before != 0)
                return duplicate(rows[i], before);
        }
        return {};
    }

    /// The row that was just counted is the one that had number `before`.
    [[nodiscard]] error duplicate(const customer_date& row, std::int64_t before) const {
        place where;
        where.table = table_;
        where.row = seen_ - 1;
        where.key = row.customer;
        return make_error(errc::duplicate_row,
                          "this customer already has a row for " + format_date(row.as_of) +
                              ", row " + std::to_string(before) +
                              "; a customer has one row for each date",
                          std::move(where));
    }

    std::string table_;
    std::int64_t budget_;
    std::int64_t expected_ = 0;
    std::int64_t seen_ = 0;
    std::int64_t checked_ = 0;
    phase now_ = phase::ordered;
    // As in dictionary: a key that whoever wrote the table does not know.
    hash_key key_;

    std::uint16_t orders_ = 0xFFFF;
    bool same_customer_ = false;
    std::size_t common_ = 0;
    std::string last_customer_;
    std::int32_t last_as_of_ = 0;
    std::int64_t last_new_ = 0;  ///< number, from 1, of the last row that was no duplicate
    detail::row_trail trail_;
    detail::row_table rows_by_hash_;
};

}  // namespace aiueo
