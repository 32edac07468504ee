// evidence › end_facts: what one decided end adds to its cells. base ─► … ─► score ─► evidence
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "aiueo/base/money.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/count_fields.hpp"
#include "aiueo/evidence/join.hpp"

namespace aiueo::detail {

/// By end_field.
[[nodiscard]] inline std::array<std::int64_t, end_fields> end_facts(const contract& end) noexcept {
    std::array<std::int64_t, end_fields> out{};
    const auto put = [&out](end_field field, std::int64_t n) {
        out[static_cast<std::size_t>(field)] = n;
    };
    const bool kept = is_kept(end);
    put(end_field::ends, 1);
    put(end_field::kept, kept ? 1 : 0);
    if (end.mrr_before == no_money) return out;
    put(end_field::priced, 1);
    put(end_field::due, end.mrr_before);
    put(end_field::due_kept, kept ? end.mrr_before : 0);
    if (end.mrr_after == no_money) return out;
    put(end_field::followed, 1);
    put(end_field::base, end.mrr_before);
    put(end_field::after, end.mrr_after);
    put(end_field::followed_kept, kept ? 1 : 0);
    put(end_field::expanded, kept && end.mrr_after > end.mrr_before ? 1 : 0);
    return out;
}

}  // namespace aiueo::detail
