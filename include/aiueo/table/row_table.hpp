// table › row_table: a hash table from customer and date to the number of a row. base ─► table
//
// 17 bytes a row, seven eighths full at most and two thirds after growing: 26 bytes a row at most.
// The table is cut into 64 parts by the hash, and each grows for itself, so that growing needs
// little more. A byte of hash for each slot, eight in a group, stands apart from the slots
// (Kulukundis: "Designing a fast, efficient, cache-friendly hash table, step by step", 2017): a
// search for what is not there reads such a group, which mostly is in the cache, and no slot.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "aiueo/table/row_trail.hpp"

namespace aiueo::detail {

/// What stands for a row: its customer's hash with the date mixed in.
struct row_hash {
    std::uint64_t first = 0;
    std::uint32_t second = 0;

    /// For one customer every date gives another hash (each step can be undone); for two customers
    /// the sums are as random as their hashes. The mixing (Steele, Lea, Flood: "Fast splittable
    /// pseudorandom number generators", 2014) keeps dates that somebody chose from crowding into
    /// neighbouring slots.
    [[nodiscard]] static row_hash of(customer_hash customer, std::int32_t as_of) noexcept {
        std::uint64_t x = customer.low + static_cast<std::uint32_t>(as_of);
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
        x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
        return {x ^ (x >> 31), customer.high};
    }
};

class row_table {
public:
    /// Room for so many rows in all, so that insert() seldom allocates until then.
    void reserve(std::uint64_t rows) {
        make_parts();
        const auto each = static_cast<std::size_t>(rows / part_count);
        for (part& one : parts_) one.grow((each + each / 4) / group_size + 1);
    }

    /// A large table waits for memory: call this some rows before insert().
    void prefetch(row_hash row) const noexcept {
        if (parts_.empty()) return;
        const part& in = parts_[row.first >> part_shift];
        if (in.groups.empty()) return;
        [[maybe_unused]] const std::size_t group = in.group_of(row.first);
#if defined(__GNUC__)
        __builtin_prefetch(in.groups.data() + group);
        __builtin_prefetch(in.slots.data() + group * group_size, 1);
#endif
    }

    /// Was an equal row kept?
    [[nodiscard]] bool contains(row_hash row) const noexcept {
        if (parts_.empty()) return false;
        const part& in = parts_[row.first >> part_shift];
        if (in.groups.empty()) return false;
        const std::uint64_t wanted = tag_of(row.second) * ones;
        for (std::size_t group = in.group_of(row.first);; group = in.after(group)) {
            const std::uint64_t tags = in.groups[group];
            const std::uint64_t differ = tags ^ wanted;
            for (std::uint64_t alike = (differ - ones) & ~differ & highs; alike != 0;
                 alike &= alike - 1) {
                const slot& one = in.slots[group * group_size + first_byte(alike)];
                if (one.first == row.first && one.second == row.second) return true;
            }
            if ((~tags & highs) != 0) return false;
        }
    }

    /// 0 and the row is kept; or the number that an equal row was kept with. `number` above 0.
    [[nodiscard]] std::uint32_t insert(row_hash row, std::uint32_t number) {
        if (parts_.empty()) make_parts();
        part& in = parts_[row.first >> part_shift];
        if (in.used >= in.groups.size() * most_of_group)
            in.grow(in.groups.size() + in.groups.size() / 3 + 1);
        const std::uint64_t wanted = tag_of(row.second) * ones;
        for (std::size_t group = in.group_of(row.first);; group = in.after(group)) {
            const std::uint64_t tags = in.groups[group];
            const std::uint64_t differ = tags ^ wanted;
            // Each byte that is zero, and seldom one above it that is not.
            for (std::uint64_t alike = (differ - ones) & ~differ & highs; alike != 0;
                 alike &= alike - 1) {
                const slot& one = in.slots[group * group_size + first_byte(alike)];
                if (one.first == row.first && one.second == row.second) return one.number;
            }
            if ((~tags & highs) != 0) {
                in.put(group, {row.first, row.second, number});
                return 0;
            }
        }
    }

private:
    static constexpr std::size_t part_count = 64;
    static constexpr int part_shift = 58;
    static constexpr std::size_t group_size = 8;
    static constexpr std::size_t most_of_group = 7;  ///< on average
    static constexpr std::uint64_t ones = 0x0101010101010101u;
    static constexpr std::uint64_t highs = 0x8080808080808080u;

    struct slot {
        std::uint64_t first = 0;
        std::uint32_t second = 0;
        std::uint32_t number = 0;
    };

    /// Never 0, which is a slot's that is empty.
    [[nodiscard]] static std::uint64_t tag_of(std::uint32_t second) noexcept {
        return 128 | (second & 127);
    }
    [[nodiscard]] static std::size_t first_byte(std::uint64_t high_bits) noexcept {
        return static_cast<std::size_t>(std::countr_zero(high_bits)) / 8;
    }

    struct part {
        std::vector<std::uint64_t> groups;  ///< eight tags each
        std::vector<slot> slots;
        std::size_t used = 0;

        /// The hash as a fraction of the groups, by a multiplication: the 32 bits below those that
        /// chose the part.
        [[nodiscard]] std::size_t group_of(std::uint64_t first) const noexcept {
            const std::uint64_t fraction = (first >> 26) & 0xFFFFFFFFu;
            return static_cast<std::size_t>(fraction * groups.size() >> 32);
        }
        [[nodiscard]] std::size_t after(std::size_t group) const noexcept {
            return group + 1 == groups.size() ? 0 : group + 1;
        }
        /// Into a group that has room.
        void put(std::size_t group, const slot& one) noexcept {
            const std::size_t at = first_byte(~groups[group] & highs);
            groups[group] |= tag_of(one.second) << (8 * at);
            slots[group * group_size + at] = one;
            ++used;
        }
        void grow(std::size_t wanted) {
            if (wanted <= groups.size()) return;
            part larger;
            larger.groups.resize(wanted);
            larger.slots.resize(wanted * group_size);
            // A larger hash never has an earlier place, so both are walked from front to back.
            for (std::size_t group = 0; group < groups.size(); ++group) {
                for (std::uint64_t left = groups[group] & highs; left != 0; left &= left - 1) {
                    const slot& one = slots[group * group_size + first_byte(left)];
                    std::size_t to = larger.group_of(one.first);
                    while ((~larger.groups[to] & highs) == 0) to = larger.after(to);
                    larger.put(to, one);
                }
            }
            std::swap(*this, larger);
        }
    };

    void make_parts() {
        if (parts_.empty()) parts_.resize(part_count);
    }

    std::vector<part> parts_;
};

}  // namespace aiueo::detail
