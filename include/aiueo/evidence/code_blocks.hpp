// evidence › code_blocks: where a metric's codes are counted. … ─► score ─► evidence
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "aiueo/evidence/count_table.hpp"

namespace aiueo::detail {

/// Blocks of one metric in the table of raw metrics. Codes are sparse, and most are met again: each
/// block is looked up once, and then found in pages of neighbouring codes.
class code_blocks {
public:
    code_blocks(count_table& table, std::int32_t metric)
        : table_(&table), metric_(metric), pages_(kinds * pages_of_kind) {}

    /// The block of a kind and a code; zeros if it is new.
    [[nodiscard]] std::int64_t* at(std::int32_t kind, std::int32_t code) {
        const auto place = static_cast<std::size_t>(code + 1);  // unknown_code is −1
        const std::size_t which =
            static_cast<std::size_t>(kind) * pages_of_kind + place / page_size;
        if (pages_[which] != nullptr) {
            std::int64_t* const known = (*pages_[which])[place % page_size];
            if (known != nullptr) return known;
        }
        return meet(kind, code, which, place % page_size);
    }

private:
    static constexpr std::size_t kinds = 2;
    static constexpr std::size_t page_size = 256;
    static constexpr std::size_t most_codes = (std::size_t{1} << 17) + 1;
    static constexpr std::size_t pages_of_kind = most_codes / page_size + 1;
    using page = std::array<std::int64_t*, page_size>;

    std::int64_t* meet(std::int32_t kind, std::int32_t code, std::size_t which, std::size_t at) {
        if (pages_[which] == nullptr) pages_[which] = std::make_unique<page>();
        return (*pages_[which])[at] = table_->at({kind, metric_, code});
    }

    count_table* table_;
    std::int32_t metric_;
    std::vector<std::unique_ptr<page>> pages_;
};

}  // namespace aiueo::detail
