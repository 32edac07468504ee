// evidence › month_blocks: where a table's blocks of months lie. … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/evidence/count_table.hpp"

namespace aiueo::detail {

/// count_table::at() of {month}, or of {month, name}, found by the place: months of an update are
/// few and follow each other. Names go from −1 on.
class month_blocks {
public:
    /// `first`, `last`: of all months that will be asked for. `names`: how many there may be; 0 for
    /// a table without names.
    month_blocks(count_table& table, std::int32_t first, std::int32_t last, std::size_t names = 0)
        : table_(&table),
          first_(first),
          names_(names),
          months_(static_cast<std::size_t>(last - first + 1)) {}

    [[nodiscard]] std::int64_t* at(std::int32_t month, std::int32_t name = -1) {
        std::vector<std::int64_t*>& here = months_[static_cast<std::size_t>(month - first_)];
        if (here.empty()) here.resize(names_ + 1);
        std::int64_t*& block = here[static_cast<std::size_t>(name + 1)];
        if (block == nullptr)
            block = table_->at(names_ > 0 ? count_key{month, name} : count_key{month});
        return block;
    }

private:
    count_table* table_;
    std::int32_t first_;
    std::size_t names_;
    std::vector<std::vector<std::int64_t*>> months_;  ///< [month][name], where met
};

}  // namespace aiueo::detail
