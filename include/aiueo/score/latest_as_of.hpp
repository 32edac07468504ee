// score › latest_as_of: the date of a batch's latest snapshot. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/plan.hpp"

namespace aiueo {

/// Errors: not_found (no row, or no dates), bad_value (a row without a date, or with what is none).
[[nodiscard]] inline result<std::int32_t> latest_as_of(const batch& rows) {
    constexpr std::int64_t block_rows = 128;
    std::array<double, block_rows> days{};
    std::array<value_state, block_rows> states{};
    if (rows.rows() == 0 || !rows.has_as_of())
        return make_error(errc::not_found, "no snapshot has a date, so there is no latest one");
    double latest = 0;
    for (std::int64_t begin = 0; begin < rows.rows(); begin += block_rows) {
        const auto count = static_cast<std::size_t>(std::min(block_rows, rows.rows() - begin));
        if (status ok = rows.load_as_of(begin, {days.data(), states.data(), count}); !ok)
            return std::move(ok).error();
        const double found = *std::max_element(days.begin(), days.begin() + count);
        latest = begin == 0 ? found : std::max(latest, found);
    }
    return static_cast<std::int32_t>(latest);
}

}  // namespace aiueo
