// evidence › block_index: where a table's blocks lie. … ─► score ─► evidence
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/evidence/count_table.hpp"

namespace aiueo::detail {

[[nodiscard]] inline std::size_t hash_of(const count_key& key) noexcept {
    std::uint64_t hash = 0;
    for (const std::int32_t part : key)
        hash = (std::rotl(hash, 21) ^ static_cast<std::uint32_t>(part)) * 0x9E3779B97F4A7C15u;
    return static_cast<std::size_t>(hash >> 32);
}

/// count_table::at() in one step where a block was asked for before: the table's own search goes
/// through its ordered keys. For counting that asks for the same blocks for every tile.
class block_index {
public:
    explicit block_index(count_table& table) : table_(&table), slots_(64) {}

    [[nodiscard]] std::int64_t* at(const count_key& key) {
        std::size_t place = place_of(key);
        if (slots_[place].block != nullptr) return slots_[place].block;
        if ((used_ + 1) * 2 > slots_.size()) {
            grow();
            place = place_of(key);
        }
        std::int64_t* const block = table_->at(key);
        slots_[place] = {key, block};
        ++used_;
        return block;
    }

private:
    struct slot {
        count_key key{};
        std::int64_t* block = nullptr;
    };

    /// Where the key is, or where there is room for it.
    [[nodiscard]] std::size_t place_of(const count_key& key) const noexcept {
        const std::size_t mask = slots_.size() - 1;
        std::size_t place = hash_of(key) & mask;
        while (slots_[place].block != nullptr && slots_[place].key != key)
            place = (place + 1) & mask;
        return place;
    }

    void grow() {
        std::vector<slot> before(slots_.size() * 2);
        slots_.swap(before);
        for (const slot& one : before) {
            if (one.block != nullptr) slots_[place_of(one.key)] = one;
        }
    }

    count_table* table_;
    std::vector<slot> slots_;  ///< a power of two of them, at most half in use
    std::size_t used_ = 0;
};

}  // namespace aiueo::detail
