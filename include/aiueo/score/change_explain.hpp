// score › change_explain: why one customer's scores changed, line by line. base ─► table ─► model
// ─► score
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/score/change.hpp"
#include "aiueo/score/explain.hpp"

namespace aiueo {

struct explained_line {
    change_line what;
    double before = detail::unknown_value;  ///< points of the score; NaN where it is insufficient
    double after = detail::unknown_value;
    std::array<double, change_part_count> parts{};  ///< 0 unless scored both times
};

struct explained_change {
    bool in_use = false;
    change_outcome outcome;
    double before = detail::unknown_value;  ///< on the grid
    double after = detail::unknown_value;
    std::array<double, change_part_count> parts{};  ///< 0 unless scored both times
    std::vector<explained_line> lines;
};

struct change_report {
    explanation before;  ///< of the earlier row, under its own model
    explanation after;
    std::array<explained_change, change_scores> scores;  ///< the groups, then overall
    /// By ladder of the new model: its rung as it was and after each part. The first counts rungs
    /// of the old model's ladder of that name; no_level if it has none.
    std::vector<std::array<level_index, change_state_count>> stages;
    std::array<level_index, change_state_count> band{no_level, no_level, no_level, no_level,
                                                     no_level};
    std::array<level_index, change_state_count> profile{};
};

/// The change of one pair of rows. Allocates. Errors: as split_changes().
[[nodiscard]] inline result<change_report> explain_change(const change_sides& sides,
                                                          row_pair pair) {
    changes columns{sides, 1};
    const std::span<const row_pair> one{&pair, 1};
    if (status ok = split_changes(sides, one, columns); !ok) return std::move(ok).error();
    const change_layout& layout = columns.layout();
    change_splitter job{sides, layout};
    if (status ok = job.run(one); !ok) return std::move(ok).error();
    const batch& old_rows = sides.from != nullptr ? *sides.from_rows : *sides.before;
    change_report out;
    auto before = explain(sides.old_plan(), old_rows, pair.before, sides.overrides);
    if (!before) return std::move(before).error();
    auto after = explain(*sides.with, *sides.after, pair.after, sides.overrides);
    if (!after) return std::move(after).error();
    out.before = std::move(*before);
    out.after = std::move(*after);
    for (std::size_t s = 0; s < change_scores; ++s) {
        const change_layout::block& block = layout.blocks[s];
        if (!block.in_use) continue;
        explained_change& to = out.scores[s];
        to.in_use = true;
        to.outcome = columns[s].outcome[0];
        to.before = columns[s].before[0];
        to.after = columns[s].after[0];
        const bool scored = to.outcome.kind == change_kind::scored;
        for (std::size_t p = 0; p < change_part_count && scored; ++p)
            to.parts[p] = columns[s].parts[p][0];
        for (std::size_t k = block.first; k < block.first + block.count; ++k) {
            explained_line line;
            line.what = layout.lines[k];
            if (to.before == to.before) line.before = points_of(job.state(0).lines[k * chunk_rows]);
            if (to.after == to.after) line.after = points_of(job.state(4).lines[k * chunk_rows]);
            const auto parts = job.parts(s, k, 0);
            for (std::size_t p = 0; p < change_part_count && scored; ++p)
                line.parts[p] = points_of(parts[p]);
            to.lines.push_back(line);
        }
    }
    out.stages.resize(sides.with->model().rules.ladders.size());
    for (std::size_t k = 0; k < change_state_count; ++k) {
        for (std::size_t l = 0; l < out.stages.size(); ++l)
            out.stages[l][k] = columns.stage(l, k)[0];
        out.band[k] = columns.band(k)[0];
        out.profile[k] = job.state(k).profile[0];
    }
    return out;
}

}  // namespace aiueo
