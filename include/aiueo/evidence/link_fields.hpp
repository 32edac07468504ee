// evidence › link_fields: what is counted of the chain accompany → process → success.
// base ─► … ─► score ─► evidence
//
// docs/bottleneck.md. A period is a calendar month. Of a link, what counts are the months t in
// which the later step is not achieved and the earlier one, and the later one L months on, are
// known.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiueo/evidence/groups.hpp"
#include "aiueo/score/plan.hpp"

namespace aiueo {

/// The links between steps that a snapshot shows. The two that end at a contract end are counted
/// with the ends.
enum class monthly_link : std::uint8_t { accompany_process, process_success };
inline constexpr std::size_t monthly_links = 2;

[[nodiscard]] constexpr step earlier_step(monthly_link of) noexcept {
    return static_cast<step>(of);
}
[[nodiscard]] constexpr step later_step(monthly_link of) noexcept {
    return static_cast<step>(static_cast<std::size_t>(of) + 1);
}

/// Lags that are looked at where the model declares none: 1 to this many months.
inline constexpr std::int32_t longest_lag_months = 6;

/// The two ways to read a link. Backward, the later step stands before the earlier one: a placebo,
/// which never decides.
enum class reading : std::uint8_t { forward, backward };
inline constexpr std::size_t readings = 2;

/// What a customer adds: months, and products of the months in one tenure band. The order of the
/// cells. Bands: months 0 to 2, 3 to 11, and 12 on since the start of the customer's first contract
/// or trial; a customer without either has one band.
enum class link_field : std::uint8_t {
    with,             ///< n₁: months with the step before
    with_reached,     ///< x₁: of them with the step after, L months on
    without,          ///< n₀
    without_reached,  ///< x₀
    gained,           ///< Σ x₁ n₀ over customers and tenure bands
    gained_anyway,    ///< Σ x₀ n₁
    compared,         ///< Σ n₁ n₀
    customers,        ///< with a month that counts
    customers_with,   ///< with one of n₁
    customers_without,
};
inline constexpr std::size_t link_fields = 10;

[[nodiscard]] constexpr std::size_t link_cell(monthly_link which, reading way,
                                              std::size_t group) noexcept {
    return ((static_cast<std::size_t>(which) * readings + static_cast<std::size_t>(way)) *
                evidence_groups +
            group) *
           link_fields;
}
inline constexpr std::size_t link_cells =
    monthly_links * readings * std::size_t{evidence_groups} * link_fields;

/// Of a segment's level: forward only.
[[nodiscard]] constexpr std::size_t level_link_cell(monthly_link which,
                                                    std::size_t group) noexcept {
    return (static_cast<std::size_t>(which) * evidence_groups + group) * link_fields;
}
inline constexpr std::size_t level_link_cells =
    monthly_links * std::size_t{evidence_groups} * link_fields;

/// Who stands where in a month. The order of the rows of cells; `stuck` follows for each lag.
enum class chain_place : std::uint8_t {
    without_1_2,      ///< neither accompanied nor process
    without_2_3,      ///< neither process nor success
    due_success,      ///< a contract ends within 12 months, success achieved
    due_without,      ///< a contract ends within 12 months, success not achieved
    first_pattern,    ///< by `pattern`
    first_stuck = 11  ///< [lag][monthly_link]: the earlier step and not the later one, L months on
};
inline constexpr std::int32_t due_within_months = 12;

/// What a customer adds to where it stands. MRR in minor units.
enum class standing_field : std::uint8_t {
    customers,
    priced,  ///< of them with a known MRR
    mrr,     ///< Σ of that
};
inline constexpr std::size_t standing_fields = 3;

[[nodiscard]] constexpr std::size_t standing_cell(chain_place of) noexcept {
    return static_cast<std::size_t>(of) * standing_fields;
}
[[nodiscard]] constexpr std::size_t pattern_cell(pattern of) noexcept {
    return (static_cast<std::size_t>(chain_place::first_pattern) + static_cast<std::size_t>(of)) *
           standing_fields;
}
[[nodiscard]] constexpr std::size_t stuck_cell(std::size_t lag, monthly_link which) noexcept {
    return (static_cast<std::size_t>(chain_place::first_stuck) + lag * monthly_links +
            static_cast<std::size_t>(which)) *
           standing_fields;
}
static_assert(static_cast<std::size_t>(chain_place::first_stuck) ==
              static_cast<std::size_t>(chain_place::first_pattern) + pattern_names.size());

}  // namespace aiueo
