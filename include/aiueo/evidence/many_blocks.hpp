// evidence › many_blocks: blocks that are nearly as many as customers. … ─► score ─► evidence
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "aiueo/evidence/block_index.hpp"
#include "aiueo/evidence/count_table.hpp"

namespace aiueo::detail {

/// Counts in blocks of its own, and hands them to the table in the order of their keys at the end.
/// Where most keys are new, as they are of customers' lives, looking for the place of each among
/// all others would be most of the work.
class many_blocks {
public:
    explicit many_blocks(count_table& table) : table_(&table), slots_(64, 0) {}

    /// Zeros if it is new. Until the next call.
    [[nodiscard]] std::int64_t* at(const count_key& key) {
        std::uint32_t& slot = slots_[place_of(key)];
        if (slot != 0) return blocks_[slot - 1].second.data();
        blocks_.emplace_back(key, count_table::block(table_->shape().width));
        slot = static_cast<std::uint32_t>(blocks_.size());
        if (blocks_.size() * 2 > slots_.size()) grow();
        return blocks_.back().second.data();
    }

    /// What was counted goes to the table; call once, at the end.
    void hand_over() {
        std::sort(blocks_.begin(), blocks_.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        table_->add_in_order(blocks_);
        blocks_.clear();
    }

private:
    /// Where the key is, or where there is room for it.
    [[nodiscard]] std::size_t place_of(const count_key& key) const noexcept {
        const std::size_t mask = slots_.size() - 1;
        std::size_t place = hash_of(key) & mask;
        while (slots_[place] != 0 && blocks_[slots_[place] - 1].first != key)
            place = (place + 1) & mask;
        return place;
    }

    void grow() {
        slots_.assign(slots_.size() * 2, 0);
        for (std::size_t k = 0; k < blocks_.size(); ++k)
            slots_[place_of(blocks_[k].first)] = static_cast<std::uint32_t>(k + 1);
    }

    count_table* table_;
    std::vector<std::pair<count_key, count_table::block>> blocks_;  ///< as they were met
    std::vector<std::uint32_t> slots_;  ///< a power of two: a block's number and one, or 0
};

}  // namespace aiueo::detail
