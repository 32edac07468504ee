// table › duplicates: the same customer and date twice, found as rows pass by. base ─► table
//
// Keeps 16 bytes a row (96 bits of hash and the row's number) in slots that are four fifths full at
// most: 25 bytes a row at most, 45 while the slots grow. Two different rows are taken for one with
// a probability below 2^-49 at the default budget. Beyond the budget rows are no longer checked,
// and complete() says so.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/hash.hpp"

namespace aiueo {

class duplicate_finder {
public:
    static constexpr std::int64_t default_budget = std::int64_t{1} << 24;
    /// Row numbers are kept in 32 bits.
    static constexpr std::int64_t max_budget = 0xFFFFFFFF;

    /// `table` is for messages; `budget` rows are remembered at most.
    explicit duplicate_finder(std::string_view table, std::int64_t budget = default_budget)
        : table_(table), budget_(std::clamp(budget, std::int64_t{0}, max_budget)) {}

    /// Room for so many rows in all (within the budget), so that add() does not allocate until
    /// then.
    void reserve(std::int64_t rows) {
        if (rows > budget_) rows = budget_;
        const auto wanted = static_cast<std::size_t>(rows) + static_cast<std::size_t>(rows) / 4 + 1;
        if (wanted > slots_.size()) grow(wanted);
    }

    /// The next row. duplicate_row names both rows, the customer and the date.
    status add(std::string_view customer, std::int32_t as_of) {
        const std::int64_t row = seen_++;
        if (row >= budget_) return {};
        if (slots_.empty() || static_cast<std::size_t>(used_) >= slots_.size() / 5 * 4) {
            grow(slots_.empty() ? 64 : slots_.size() + slots_.size() / 4);
        }
        // The date enters the key of the hash; the two hashes differ in the other half of it.
        const auto day = static_cast<std::uint64_t>(static_cast<std::uint32_t>(as_of));
        const std::uint64_t first = hash_text(customer, {seed_ ^ day, 1});
        const auto second = static_cast<std::uint32_t>(hash_text(customer, {seed_ ^ day, 2}));
        slot& here = slot_of(slots_, first, second);
        if (here.row_plus_1 == 0) {
            here = {first, second, static_cast<std::uint32_t>(row + 1)};
            ++used_;
            return {};
        }
        place where;
        where.table = table_;
        where.row = row;
        where.key = customer;
        return make_error(errc::duplicate_row,
                          "this customer already has a row for " + format_date(as_of) + ", row " +
                              std::to_string(here.row_plus_1) +
                              "; a customer has one row for each date",
                          std::move(where));
    }

    /// Rows given to add().
    [[nodiscard]] std::int64_t rows() const noexcept { return seen_; }
    /// Was every row compared with all before it?
    [[nodiscard]] bool complete() const noexcept { return seen_ <= budget_; }
    [[nodiscard]] std::int64_t budget() const noexcept { return budget_; }

private:
    struct slot {
        std::uint64_t first = 0;
        std::uint32_t second = 0;
        std::uint32_t row_plus_1 = 0;  // 0 = empty
    };

    [[nodiscard]] static slot& slot_of(std::vector<slot>& slots, std::uint64_t first,
                                       std::uint32_t second) noexcept {
        std::size_t at = static_cast<std::size_t>(first % slots.size());
        while (slots[at].row_plus_1 != 0 &&
               (slots[at].first != first || slots[at].second != second)) {
            if (++at == slots.size()) at = 0;
        }
        return slots[at];
    }

    void grow(std::size_t wanted) {
        std::vector<slot> larger(wanted);
        // As in dictionary: a key that whoever wrote the table does not know.
        if (slots_.empty()) seed_ = reinterpret_cast<std::uintptr_t>(larger.data());
        for (const slot& one : slots_) {
            if (one.row_plus_1 != 0) slot_of(larger, one.first, one.second) = one;
        }
        slots_.swap(larger);
    }

    std::string table_;
    std::int64_t budget_;
    std::int64_t seen_ = 0;
    std::int64_t used_ = 0;
    std::uint64_t seed_ = 0;
    std::vector<slot> slots_;
};

}  // namespace aiueo
