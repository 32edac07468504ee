// evidence › count_fields: what an end, a customer's month, an initiative, a rank adds to its cell.
// base ─► … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiueo/evidence/groups.hpp"

namespace aiueo {

/// The levels of a step, process or success.
enum class step_level : std::uint8_t {
    not_achieved,  ///< nor is the step before, or that is not known
    stuck,         ///< not achieved, but the step before is
    achieved,
    unknown,
};
inline constexpr std::size_t step_levels = 4;

/// What an end adds to a level of a segment, by the level of success and the band of terms.
enum class mission_field : std::uint8_t {
    ends,
    kept,           ///< of them renewed
    followed_kept,  ///< of those, with known MRR before and after
    expanded,       ///< of those, with more MRR after than before
};
inline constexpr std::size_t mission_fields = 4;

/// Of ends that were expanded, by the level of success: Σ MRR before; the next cell is Σ MRR after.
[[nodiscard]] constexpr std::size_t growth_cell(step_level success, std::size_t group) noexcept {
    return (static_cast<std::size_t>(success) * evidence_groups + group) * 2;
}
inline constexpr std::size_t growth_cells = step_levels * std::size_t{evidence_groups} * 2;

/// What an end adds to a cell: counts, and sums of money in minor units.
enum class end_field : std::uint8_t {
    ends,           ///< decided: renewed or churned, converted or lapsed
    kept,           ///< of them renewed or converted
    priced,         ///< of `ends`, with a known MRR before
    due,            ///< Σ MRR before
    due_kept,       ///< Σ MRR before of those that were kept
    followed,       ///< of `ends`, with known MRR before and after
    base,           ///< Σ MRR before of those
    after,          ///< Σ MRR after of those
    followed_kept,  ///< of `followed` those that were kept
    expanded,       ///< of these, with more MRR after than before
};
inline constexpr std::size_t end_fields = 10;

/// What a customer's last snapshot of a calendar month adds to its level's cell.
enum class panel_field : std::uint8_t {
    customers,
    known,    ///< of them with a score on axis O, the customer's own outcome
    outcome,  ///< Σ of that, in tenths of a point
};
inline constexpr std::size_t panel_fields = 3;

/// Is a condition met? The order of the cells.
enum class met : std::uint8_t { no, yes, unknown };
inline constexpr std::size_t met_states = 3;

/// What a customer had to do with an initiative in the days (cutoff − exposure_days, cutoff]. Each
/// fact by its own date; the order of the cells.
enum class exposure : std::uint8_t {
    all,        ///< whatever it was: the ends themselves, under no name and nowhere else
    held,       ///< a row of the first date that rows have in the window is a hold-out
    chosen,     ///< none of them is: drawn from the same customers, if hold-outs are drawn
    invited,    ///< a row that is no hold-out is dated in the window
    attended,   ///< came in the window
    responded,  ///< answered in the window
    both,       ///< came in it and answered in it
};
inline constexpr std::size_t exposures = 7;

/// What a call, a row of the initiatives, adds to its month.
enum class call_field : std::uint8_t {
    sent,           ///< rows that are no hold-outs
    answered,       ///< of them responded to in time
    held,           ///< hold-outs
    held_answered,  ///< of them those who did it by themselves in the same time
};
inline constexpr std::size_t call_fields = 4;

/// Between the initiative's name and the variant's, which is empty for none.
inline constexpr char call_separator = '\x1F';

/// What became, within rank_horizon_days after a member's rank, of the customer's contracts and
/// trials. The order of the cells.
enum class fate : std::uint8_t {
    none,  ///< none ended
    kept,  ///< one ended and was renewed or converted, none was lost
    lost,  ///< one ended and was lost
    open,  ///< one is due and not decided, none was decided
};
inline constexpr std::size_t fates = 4;
inline constexpr std::int32_t rank_horizon_days = 90;
inline constexpr std::size_t max_rank_members = 256;

}  // namespace aiueo
