// evidence › revenue_shape: what is counted of customers' money over time, and where it lies.
// … ─► score ─► evidence
//
// Counted where the caller says until when the data tells (data_until). A customer's MRR by month
// is the ledger's; without a ledger, that of its contracts. A month counts if its close is seen.
// The level of a customer in a month is that of its last snapshot in it; without one it is
// *unseen*.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/evidence/count_fields.hpp"
#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/groups.hpp"

namespace aiueo {

/// What a customer adds to a month's movements: of each movement customers and MRR, then of the
/// churn that is undecided. The order of the cells is mrr_movement's.
inline constexpr std::size_t movement_fields = 12;

/// What became, `horizon_months` later, of a customer that paid in a month.
enum class retention_field : std::uint8_t {
    customers,  ///< active at the month's close, `horizon_months` before a close that is seen
    mrr,        ///< Σ MRR then
    kept,       ///< of the customers, active at the later close
    kept_mrr,   ///< Σ MRR then of those
    later,      ///< Σ MRR at the later close
    lasting,    ///< Σ of the smaller of both, customer by customer: what was neither lost nor cut
};
inline constexpr std::size_t retention_fields = 6;

/// What a customer adds to a move between two closes.
enum class move_field : std::uint8_t {
    customers,
    before,  ///< Σ MRR at the earlier close
    after,   ///< Σ MRR at the later one
    gained,  ///< Σ of what each pays more
};
inline constexpr std::size_t move_fields = 4;

/// What an owner's customer adds that was active at the earlier close of a cycle.
enum class owner_field : std::uint8_t {
    customers,
    mrr,       ///< Σ MRR then
    kept_mrr,  ///< of that, of those who are active at the later close
    later,     ///< Σ MRR at the later close
};
inline constexpr std::size_t owner_fields = 4;

/// Months between the closes of a member's moves: the month, and the usual review cycles.
inline constexpr std::array<std::int32_t, 3> move_cycles{1, 3, 6};

/// What a contract in force at a close adds to those that are due in a later month. Squares are
/// Σ of the three digits of MRR² in base 2³², the lowest first.
enum class due_field : std::uint8_t { contracts, priced, mrr, square_0, square_1, square_2 };
inline constexpr std::size_t due_fields = 6;

/// What a contract that was renewed adds, by the term that follows.
enum class renewal_field : std::uint8_t {
    kept,      ///< renewed
    followed,  ///< of them, with known MRR before and after
    before,    ///< Σ MRR before of those
    after,     ///< Σ MRR after of those
};
inline constexpr std::size_t renewal_fields = 4;

/// Calendar months since that of the customer's first contract, where MRR begins to grow otherwise:
/// those of the links, and half a year.
inline constexpr std::array<std::int32_t, 3> tenure_edges{3, 6, 12};
inline constexpr std::size_t tenure_bands = tenure_edges.size() + 1;
inline constexpr std::int32_t longest_tenure = tenure_edges.back();  ///< more is as much

[[nodiscard]] constexpr std::size_t tenure_band(std::int32_t months) noexcept {
    std::size_t band = 0;
    while (band < tenure_edges.size() && months >= tenure_edges[band]) ++band;
    return band;
}

/// The term that follows a renewal, in months, but for these.
inline constexpr std::int32_t as_long_as_before = 0;
inline constexpr std::int32_t no_next_term = -1;  ///< no later contract begins in that month

/// How a customer stands to the rung that completes onboarding.
enum class completion_field : std::uint8_t {
    reached,  ///< on that day
    seen,     ///< was last seen on that day, without it
    left,     ///< was no longer a customer from that day on, without it
};
inline constexpr std::size_t completion_fields = 3;

inline constexpr std::int32_t longest_term = 120;         ///< months; longer ones count as this
inline constexpr std::int32_t longest_completion = 3660;  ///< days; later is as late as this
inline constexpr std::int32_t largest_ratio = 1000;       ///< hundredths; more is counted as this
inline constexpr std::size_t max_owners = 256;            ///< members, and teams
inline constexpr std::int32_t no_data_until = INT32_MIN;

/// How many levels and bands there are, and which cell is whose.
struct revenue_shape {
    std::size_t rung_levels = 1;  ///< "everybody", then all rungs of all ladders, then bands
    std::size_t levels = 0;       ///< of the first ladder, else of the bands; 0 without either
    std::size_t term_bands = 1;
    std::size_t horizon = 12;  ///< months
    bool completes = false;    ///< the model names the rung that completes onboarding

    /// A customer without a snapshot in the month.
    [[nodiscard]] std::size_t unseen() const noexcept { return levels; }
    /// Not a customer: before it came, after it left.
    [[nodiscard]] std::size_t outside() const noexcept { return levels + 1; }
    [[nodiscard]] std::size_t places() const noexcept { return levels + 2; }

    [[nodiscard]] static constexpr std::size_t movement_cell(std::size_t group) noexcept {
        return group * movement_fields;
    }
    [[nodiscard]] static constexpr std::size_t retention_cell(std::size_t rung_level,
                                                              std::size_t group) noexcept {
        return (rung_level * evidence_groups + group) * retention_fields;
    }
    [[nodiscard]] std::size_t move_cell(std::size_t from, std::size_t to,
                                        std::size_t group) const noexcept {
        return ((from * places() + to) * evidence_groups + group) * move_fields;
    }
    [[nodiscard]] std::size_t owner_move_cell(std::size_t cycle, std::size_t from,
                                              std::size_t to) const noexcept {
        return ((cycle * places() + from) * places() + to) * move_fields;
    }
    /// After the moves, since a group's of each pair of places would be too many.
    [[nodiscard]] std::size_t owner_cell(std::size_t cycle, std::size_t group) const noexcept {
        return owner_move_cell(move_cycles.size(), 0, 0) +
               (cycle * evidence_groups + group) * owner_fields;
    }
    [[nodiscard]] static constexpr std::size_t due_cell(std::size_t level) noexcept {
        return level * due_fields;
    }
    [[nodiscard]] std::size_t came_cell(std::size_t level, std::size_t term_band) const noexcept {
        return (level * term_bands + term_band) * end_fields;
    }
    [[nodiscard]] std::size_t decision_cell(std::size_t level, std::size_t term_band,
                                            std::size_t group) const noexcept {
        return ((level * term_bands + term_band) * evidence_groups + group) * end_fields;
    }

    [[nodiscard]] std::size_t renewal_cell(std::size_t level, std::size_t term_band,
                                           std::size_t tenure, std::size_t group) const noexcept {
        return (((level * term_bands + term_band) * tenure_bands + tenure) * evidence_groups +
                group) *
               renewal_fields;
    }

    [[nodiscard]] std::size_t move_cells() const noexcept { return move_cell(places(), 0, 0); }
    [[nodiscard]] std::size_t owner_cells() const noexcept {
        return owner_cell(move_cycles.size(), 0);
    }
    [[nodiscard]] std::size_t due_cells() const noexcept { return due_cell(levels + 1); }
    [[nodiscard]] std::size_t came_cells() const noexcept { return came_cell(levels + 1, 0); }
    [[nodiscard]] std::size_t decision_cells() const noexcept {
        return decision_cell(levels + 1, 0, 0);
    }
    [[nodiscard]] std::size_t renewal_cells() const noexcept {
        return renewal_cell(levels + 1, 0, 0, 0);
    }
    [[nodiscard]] std::size_t completion_cells() const noexcept {
        return completes ? completion_fields : 0;
    }
    /// Lives: how many, then Σ MRR at the close 0, 1, … `horizon` months after the first.
    [[nodiscard]] std::size_t life_cells() const noexcept { return horizon + 2; }
};

/// Digits of MRR² in base 2³², the lowest first; `mrr` is less than 2⁴⁸.
[[nodiscard]] constexpr std::array<std::int64_t, 3> square_digits(std::int64_t mrr) noexcept {
    const auto low = static_cast<std::uint64_t>(mrr) & 0xFFFFFFFFU;
    const auto high = static_cast<std::uint64_t>(mrr) >> 32;
    const std::uint64_t twice = 2 * low * high;  // below 2⁴⁹
    const std::uint64_t first = low * low;
    const std::uint64_t second = (first >> 32) + (twice & 0xFFFFFFFFU);
    return {static_cast<std::int64_t>(first & 0xFFFFFFFFU),
            static_cast<std::int64_t>(second & 0xFFFFFFFFU),
            static_cast<std::int64_t>((second >> 32) + (twice >> 32) + high * high)};
}

/// Σ MRR² from Σ of its digits.
[[nodiscard]] constexpr double sum_of_squares(std::int64_t first, std::int64_t second,
                                              std::int64_t third) noexcept {
    return static_cast<double>(first) + 0x1p32 * static_cast<double>(second) +
           0x1p64 * static_cast<double>(third);
}

}  // namespace aiueo
