// evidence › customer_groups: the rows of a batch by customer, in the order of their dates.
// … ─► table ─► model ─► score ─► evidence
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/evidence/groups.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/table/row_table.hpp"

namespace aiueo::detail {

/// An error of the snapshots, with the row and its customer.
[[nodiscard]] inline error wrong_snapshots(const batch& rows, errc code, std::string message,
                                           std::string_view column = {}, std::int64_t row = -1) {
    place where;
    where.table = "snapshots";
    where.column_name = column;
    if (row >= 0) {
        where.row = rows.options().first_row + row;
        where.key = rows.customer(row);
    }
    return make_error(code, std::move(message), std::move(where));
}

class customer_groups {
public:
    static constexpr std::size_t together = 32;  ///< customers that are looked up at a time

    struct one_customer {
        std::size_t begin = 0;
        std::size_t count = 0;
        row_hash hash;

        /// 0 to 19, by its key.
        [[nodiscard]] std::int32_t group() const noexcept {
            return static_cast<std::int32_t>(hash.first % std::uint64_t{evidence_groups});
        }
    };

    /// `counted_before`: customers that may not come again.
    customer_groups(const batch& rows, const row_table& counted_before)
        : rows_(rows), before_(counted_before) {}

    /// Errors: bad_value (a key that is missing), duplicate_row (a customer's date twice, or a
    /// customer that was counted before), and what reading dates says.
    [[nodiscard]] status run() {
        if (status ok = number_customers(); !ok) return ok;
        if (status ok = put_together(); !ok) return ok;
        return check();
    }

    [[nodiscard]] std::size_t size() const noexcept { return customers_.size(); }
    [[nodiscard]] const std::vector<one_customer>& all() const noexcept { return customers_; }
    [[nodiscard]] const one_customer& operator[](std::size_t k) const noexcept {
        return customers_[k];
    }
    /// Ascending by date; never empty.
    [[nodiscard]] std::span<const dated_row> rows_of(const one_customer& one) const noexcept {
        return std::span{by_customer_}.subspan(one.begin, one.count);
    }
    /// A row on which the customer's key stands.
    [[nodiscard]] std::int64_t key_row(const one_customer& one) const noexcept {
        return by_customer_[one.begin].row;
    }
    /// The customers as counted; numbered from 1.
    [[nodiscard]] row_table take_known() noexcept { return std::move(known_); }

private:
    [[nodiscard]] status number_customers() {
        const auto n = static_cast<std::size_t>(rows_.rows());
        customer_of_.resize(n);
        customers_.reserve(n);
        // Some rows at a time, whose places in the tables are fetched together.
        std::array<key_buffer, 2> buffers;
        std::string_view last;
        std::array<row_hash, together> hashes;
        for (std::size_t begin = 0; begin < n; begin += together) {
            const std::size_t end = std::min(begin + together, n);
            std::uint64_t other = 0;  // a bit a row: another customer than the row before
            for (std::size_t row = begin; row < end; ++row) {
                const auto at = static_cast<std::int64_t>(row);
                const auto key = rows_.key_at(at, buffers[row & 1]);
                if (!key) {
                    return wrong_snapshots(rows_, errc::bad_value,
                                           "the customer's key is missing; every row needs one",
                                           "customer", at);
                }
                if (row == 0 || *key != last) {
                    other |= std::uint64_t{1} << (row - begin);
                    hashes[row - begin] = evidence_hash(*key);
                    known_.prefetch(hashes[row - begin]);
                    before_.prefetch(hashes[row - begin]);
                }
                last = *key;  // in the other buffer now
            }
            for (std::size_t row = begin; row < end; ++row) {
                const bool is_other = (other >> (row - begin) & 1) != 0;
                customer_of_[row] =
                    is_other ? number_of(hashes[row - begin]) : customer_of_[row - 1];
                ++customers_[customer_of_[row]].count;
            }
            // As if the rows that follow were like the first.
            if (begin == 0) known_.reserve(customers_.size() * std::uint64_t{n} / end);
        }
        return {};
    }

    [[nodiscard]] std::uint32_t number_of(const row_hash& hash) {
        const auto fresh = static_cast<std::uint32_t>(customers_.size()) + 1;
        const std::uint32_t earlier = known_.insert(hash, fresh);
        if (earlier == 0) customers_.push_back({0, 0, hash});
        return (earlier == 0 ? fresh : earlier) - 1;
    }

    [[nodiscard]] status put_together() {
        const std::size_t n = customer_of_.size();
        std::size_t next = 0;
        for (one_customer& one : customers_) {
            one.begin = next;
            next += std::exchange(one.count, 0);
        }
        by_customer_.resize(n);
        std::array<double, chunk_rows> days{};
        std::array<value_state, chunk_rows> states{};
        for (std::size_t at = 0; at < n; at += chunk_rows) {
            const std::size_t count = std::min(chunk_rows, n - at);
            if (status ok = rows_.load_as_of(static_cast<std::int64_t>(at),
                                             {days.data(), states.data(), count});
                !ok)
                return ok;
            for (std::size_t i = 0; i < count; ++i) {
                one_customer& one = customers_[customer_of_[at + i]];
                by_customer_[one.begin + one.count++] = {static_cast<std::int32_t>(days[i]),
                                                         static_cast<std::int64_t>(at + i)};
            }
        }
        return {};
    }

    [[nodiscard]] status check() {
        for (const one_customer& one : customers_) {
            const std::span<dated_row> mine = std::span{by_customer_}.subspan(one.begin, one.count);
            const auto earlier = [](const dated_row& a, const dated_row& b) {
                return a.as_of != b.as_of ? a.as_of < b.as_of : a.row < b.row;
            };
            if (!std::is_sorted(mine.begin(), mine.end(), earlier))
                std::sort(mine.begin(), mine.end(), earlier);
            for (std::size_t i = 1; i < mine.size(); ++i) {
                if (mine[i].as_of != mine[i - 1].as_of) continue;
                return wrong_snapshots(
                    rows_, errc::duplicate_row,
                    "has a second snapshot of " + format_date(mine[i].as_of) + ", after row " +
                        std::to_string(rows_.options().first_row + mine[i - 1].row + 1) +
                        "; a customer has one snapshot a date",
                    {}, mine[i].row);
            }
            if (before_.contains(one.hash)) {
                return wrong_snapshots(
                    rows_, errc::duplicate_row,
                    "was counted before; an update takes all rows of a customer at once",
                    "customer", mine.front().row);
            }
        }
        return {};
    }

    const batch& rows_;
    const row_table& before_;
    row_table known_;
    std::vector<one_customer> customers_;
    std::vector<std::uint32_t> customer_of_;  ///< by row
    std::vector<dated_row> by_customer_;
};

}  // namespace aiueo::detail
