// score › change_types: what a change between two snapshots is split into. base ─► table ─► model
// ─► score
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/plan.hpp"

namespace aiueo {

/// What can have changed a score (docs/change.md), in the order in which it is changed.
enum class change_part : std::uint8_t {
    model = 0,        ///< the old values under the new model
    staleness = 1,    ///< with the ages that the values have now
    missingness = 2,  ///< with what is known and unknown now
    behaviour = 3,    ///< with the values and the date of now
};
inline constexpr std::size_t change_part_count = 4;
inline constexpr std::array<std::string_view, change_part_count> change_part_names{
    "model", "staleness", "missingness", "behaviour"};

/// Between the parts: as it was, and after each of them. The last is as it is.
inline constexpr std::size_t change_state_count = change_part_count + 1;

/// Is there a change to split?
enum class change_kind : std::uint8_t {
    scored = 0,               ///< a score both times: the parts sum to the change
    became_insufficient = 1,  ///< named, not subtracted
    became_sufficient = 2,
    insufficient = 3,  ///< both times
};
inline constexpr std::array<std::string_view, 4> change_kind_names{
    "scored", "became_insufficient", "became_sufficient", "insufficient"};

/// No part: of a change that needs no cause.
inline constexpr std::uint8_t no_part = 0xFF;

/// Scores a change is told of: the groups, then overall.
inline constexpr std::size_t change_scores = group_count + 1;
inline constexpr std::size_t overall_change = group_count;

[[nodiscard]] constexpr std::string_view change_score_name(std::size_t which) noexcept {
    return which == overall_change ? std::string_view{"overall"} : group_names[which];
}

/// A customer's row in the earlier and in the later snapshots.
struct row_pair {
    std::int64_t before = 0;
    std::int64_t after = 0;
};

/// What is compared. Both batches are bound to `with`, and may be one and the same (a panel).
/// Where the earlier snapshots were scored with another model, `from` is its plan and `from_rows`
/// the same rows bound to it.
struct change_sides {
    const plan* with = nullptr;
    const batch* before = nullptr;
    const batch* after = nullptr;
    const plan* from = nullptr;
    const batch* from_rows = nullptr;
    bool overrides = true;  ///< false: without the managers' word, as evidence sees it

    [[nodiscard]] const plan& old_plan() const noexcept { return from != nullptr ? *from : *with; }

    /// Errors: invalid_argument (a batch of another plan, rows that differ), those of
    /// batch::ready().
    [[nodiscard]] status check() const {
        if (with == nullptr || before == nullptr || after == nullptr ||
            (from == nullptr) != (from_rows == nullptr)) {
            return make_error(errc::invalid_argument,
                              "a change needs a plan and two batches, and with another plan for "
                              "the earlier rows these rows bound to it");
        }
        if (&before->made_for() != &with->data() || &after->made_for() != &with->data() ||
            (from != nullptr && &from_rows->made_for() != &from->data())) {
            return make_error(errc::invalid_argument,
                              "each batch must come from the plan that scores it");
        }
        if (from != nullptr && from_rows->rows() != before->rows()) {
            return make_error(errc::invalid_argument,
                              "the earlier snapshots have " + std::to_string(before->rows()) +
                                  " rows for one model and " + std::to_string(from_rows->rows()) +
                                  " for the other; both read the same table");
        }
        if (status ok = before->ready(); !ok) return ok;
        if (status ok = after->ready(); !ok) return ok;
        return from == nullptr ? status{} : from_rows->ready();
    }
};

}  // namespace aiueo
