// evidence › groups: to which group a customer belongs. base ─► … ─► evidence
#pragma once

#include <cstdint>
#include <string_view>

#include "aiueo/base/hash.hpp"
#include "aiueo/table/row_table.hpp"

namespace aiueo {

inline constexpr std::int32_t evidence_groups = 20;  ///< of customers, by hash: jackknife
inline constexpr std::int32_t evidence_folds = 5;    ///< of four groups each: cross-validation

/// What a customer's group is drawn from: 128 bits of SipHash-1-3 of its key's canonical text, with
/// the key 0.
[[nodiscard]] inline detail::row_hash evidence_hash(std::string_view customer) noexcept {
    const hash_128 all = hash_text_128(customer);
    return {all.low, static_cast<std::uint32_t>(all.high >> 32)};
}

/// The customer's group, 0 to 19: the same in every runtime and for every order of rows.
[[nodiscard]] inline std::int32_t evidence_group(std::string_view customer) noexcept {
    return static_cast<std::int32_t>(evidence_hash(customer).first %
                                     std::uint64_t{evidence_groups});
}

}  // namespace aiueo
