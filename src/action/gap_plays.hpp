// action › gap_plays: what a customer lacks for its next rung, and which plays answer it.
//
// A play is "for" components of scores. A condition asks for a component where it reads the
// component itself, its axis, overall, or a metric that goes into it. Of the plays for a condition
// the one is taken whose components have most to gain (weight × what is missing to 100, all of it
// where a component is unknown); of equals the first in the model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/model/model.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/explain.hpp"
#include "aiueo/score/gap.hpp"
#include "aiueo/study/finding.hpp"

namespace aiueo::detail {

struct answered_gap {
    gap_report gap;
    std::vector<std::int32_t> plays;  ///< by condition: index in the model; −1 = none answers it
    std::int32_t first = -1;          ///< the play of the first condition that has one
    double effort = unknown_value;  ///< of the different plays; unknown where a condition has none
    bool answered = false;          ///< every condition has a play
};

/// One for many rows of a batch; not for several threads.
class gap_reader {
public:
    gap_reader(const plan& with, const batch& rows);

    /// The next rung above its stage of a ladder. Errors: those of gap().
    [[nodiscard]] result<answered_gap> read(std::int64_t row, std::string_view ladder);

private:
    [[nodiscard]] std::int32_t play_for(const gap_condition& one);
    [[nodiscard]] bool reads(const symbol& one, std::size_t group, std::size_t component) const;
    [[nodiscard]] double missing(std::size_t group, std::size_t component) const;

    struct target {
        std::size_t group = 0;
        std::size_t component = 0;
    };

    const model& model_;
    row_trace trace_;
    std::vector<std::vector<target>> for_;  ///< by play
    using marks = std::vector<std::uint8_t>;
    /// [profile][group][component]: 1 for each metric of the model that goes into it, by its index.
    std::vector<std::vector<std::vector<marks>>> inputs_;
};

/// "U >= 60 (now 41.3)": what is to change; "; " between several.
[[nodiscard]] std::string reason_of(const gap_report& one, language in);

}  // namespace aiueo::detail
