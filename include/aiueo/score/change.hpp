// score › change: what changed between two snapshots of the same customers, and through what. base
// ─► table ─► model ─► score
//
//     change_sides sides{&plan, &before, &after};              // or also .from, .from_rows
//     auto both = match_customers(before, after);              // pairs, new ones, gone ones
//     changes out{sides, both->pairs.size()};                  // all memory
//     status ok = split_changes(sides, both->pairs, out);      // parts of every score, by row
//
// The earlier snapshot is re-scored under the new model (model), with the ages of now (staleness),
// with what is known now (missingness), and the later one is scored (behaviour): docs/change.md.
// The parts of a score sum to its change, and so do those of each line, to the bit.
// Metrics from initiatives follow the date; derived ones are computed from the mixed inputs.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/change_lines.hpp"
#include "aiueo/score/change_types.hpp"
#include "aiueo/score/mixed_rows.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

/// What is the change of a score in one row?
struct change_outcome {
    change_kind kind = change_kind::insufficient;
    std::uint8_t cause = no_part;  ///< to or from insufficient: the part that did it for good
    /// A bit by change_part: its difference could not be told, because there was no score between,
    /// and is in the next part that has one.
    std::uint8_t joined = 0;
};

/// Sums over the rows of split_changes(): integers, so that the order of rows and the way they are
/// dealt out change no bit.
struct change_totals {
    struct of_score {
        std::int64_t scored = 0;  ///< a score both times: means are over these
        std::array<std::array<std::int64_t, change_part_count>, 4> named{};  ///< kind × cause
        std::int64_t insufficient = 0;                                       ///< both times
        std::int64_t joined = 0;  ///< of the scored: with a part that could not be told
        std::int64_t before = 0;  ///< in units of the grid, of the scored
        std::int64_t after = 0;
        std::array<std::int64_t, change_part_count> parts{};
    };
    std::array<of_score, change_scores> scores{};
    std::vector<std::array<std::int64_t, change_part_count>> lines;  ///< as in the layout
    std::int64_t rows = 0;

    void add(const change_totals& other) {
        rows += other.rows;
        for (std::size_t s = 0; s < change_scores; ++s) {
            of_score& to = scores[s];
            const of_score& from = other.scores[s];
            to.scored += from.scored;
            to.insufficient += from.insufficient;
            to.joined += from.joined;
            to.before += from.before;
            to.after += from.after;
            for (std::size_t p = 0; p < change_part_count; ++p) {
                to.parts[p] += from.parts[p];
                for (std::size_t k = 0; k < to.named.size(); ++k)
                    to.named[k][p] += from.named[k][p];
            }
        }
        for (std::size_t k = 0; k < lines.size(); ++k) {
            for (std::size_t p = 0; p < change_part_count; ++p) lines[k][p] += other.lines[k][p];
        }
    }
};

/// Columns of `capacity` pairs. All memory is taken here, none while splitting. One writer.
class changes {
public:
    /// A score's columns; empty where neither plan has it.
    struct of_score {
        std::vector<double> before;  ///< on the grid; NaN = insufficient
        std::vector<double> after;
        std::array<std::vector<double>, change_part_count> parts;  ///< NaN unless scored both times
        std::vector<change_outcome> outcome;
    };

    changes(const change_sides& sides, std::size_t capacity)
        : layout_(std::make_unique<change_layout>(sides.old_plan().data(), sides.with->data())),
          with_(&sides.with->data()),
          from_(&sides.old_plan().data()),
          capacity_(capacity) {
        for (std::size_t s = 0; s < change_scores; ++s) {
            if (!layout_->blocks[s].in_use) continue;
            scores_[s].before.assign(capacity, detail::unknown_value);
            scores_[s].after.assign(capacity, detail::unknown_value);
            for (auto& part : scores_[s].parts) part.assign(capacity, detail::unknown_value);
            scores_[s].outcome.resize(capacity);
        }
        const std::size_t ladders = with_->model.rules.ladders.size();
        for (std::size_t k = 0; k < ladders; ++k) {
            int same = -1;
            const auto& before = from_->model.rules.ladders;
            for (std::size_t j = 0; j < before.size(); ++j) {
                if (before[j].name == with_->model.rules.ladders[k].name)
                    same = static_cast<int>(j);
            }
            old_ladder_.push_back(same);
        }
        stages_.resize(ladders);
        for (auto& states : stages_) {
            for (auto& one : states) one.assign(capacity, no_level);
        }
        for (auto& one : bands_) one.assign(capacity, no_level);
        totals_.lines.resize(layout_->lines.size());
    }

    [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }
    [[nodiscard]] const change_layout& layout() const noexcept { return *layout_; }
    [[nodiscard]] const plan_data& with() const noexcept { return *with_; }
    [[nodiscard]] const plan_data& from() const noexcept { return *from_; }

    /// By group_names, then overall.
    [[nodiscard]] const of_score& operator[](std::size_t which) const noexcept {
        return scores_[which];
    }
    /// The rung of a ladder of the new model as it was (0), after each part (1 to 4; 4 is now). As
    /// it was, it counts the rungs of the old model's ladder of that name; no_level if it has none.
    [[nodiscard]] std::span<const level_index> stage(std::size_t ladder,
                                                     std::size_t state) const noexcept {
        return stages_[ladder][state];
    }
    /// The old model's ladder of the same name, or −1.
    [[nodiscard]] int old_ladder(std::size_t ladder) const noexcept { return old_ladder_[ladder]; }
    [[nodiscard]] std::span<const level_index> band(std::size_t state) const noexcept {
        return bands_[state];
    }
    [[nodiscard]] const change_totals& totals() const noexcept { return totals_; }

private:
    friend class change_splitter;
    std::unique_ptr<change_layout> layout_;
    const plan_data* with_;
    const plan_data* from_;
    std::size_t capacity_;
    std::array<of_score, change_scores> scores_;
    std::vector<int> old_ladder_;
    std::vector<std::array<std::vector<level_index>, change_state_count>> stages_;
    std::array<std::vector<level_index>, change_state_count> bands_;
    change_totals totals_;
};

/// The working memory of split_changes(): one for a thread, for any number of blocks of pairs.
class change_splitter {
public:
    /// `layout` is of the sides' plans, and outlives this. After change_sides::check().
    change_splitter(const change_sides& sides, const change_layout& layout)
        : sides_(sides),
          layout_(layout),
          space_(sides.with->data(), true),
          rows_(sides.with->data(), *sides.before, *sides.after, space_, sides.overrides),
          lines_(layout, sides.with->data(), space_, 1) {
        const std::size_t ladders = std::max(sides.with->model().rules.ladders.size(),
                                             sides.old_plan().model().rules.ladders.size());
        for (std::size_t k = 0; k < change_state_count; ++k) states_.emplace_back(layout, ladders);
        if (sides.from == nullptr) return;
        old_space_ = std::make_unique<detail::workspace>(sides.from->data(), true);
        old_rows_ = std::make_unique<detail::mixed_rows>(
            sides.from->data(), *sides.from_rows, *sides.from_rows, *old_space_, sides.overrides);
        old_lines_ =
            std::make_unique<detail::line_reader>(layout, sides.from->data(), *old_space_, 0);
    }

    /// All states of at most chunk_rows pairs. Errors: those of score().
    [[nodiscard]] status run(std::span<const row_pair> pairs) {
        lines_wanted_ = true;
        return run_all(pairs);
    }

    /// The same under one model, but of each state nothing except its scores: enough for outcome(),
    /// in less time. `before` and `after`: the scores of the two batches, overrides as the sides
    /// say.
    [[nodiscard]] status run_scores(std::span<const row_pair> pairs, const scores& before,
                                    const scores& after) {
        const default_float_mode usual;
        lines_wanted_ = false;
        if (old_rows_ != nullptr || rows_.finds()) return run_all(pairs);
        if (status ok = rows_.load(pairs); !ok) return ok;
        recall(pairs, &row_pair::before, before, states_[1]);
        take(states_[0], states_[1]);
        recall(pairs, &row_pair::after, after, states_[4]);
        std::array<std::uint16_t, chunk_rows> all{};
        const std::span<const std::uint16_t> every = every_of(pairs, all);
        if (status ok = rescore(detail::row_mix::aged, every, 2); !ok) return ok;
        return rescore(detail::row_mix::pattern, every, 3);
    }

    [[nodiscard]] const detail::change_state& state(std::size_t k) const noexcept {
        return states_[k];
    }

    /// After run(): what became of score `which` in row i of the block.
    [[nodiscard]] change_outcome outcome(std::size_t which, std::size_t i) const noexcept {
        const auto known = [&](std::size_t k) {
            const double score = states_[k].scores[which][i];
            return score == score;
        };
        change_outcome out;
        const bool was = known(0);
        const bool is = known(change_state_count - 1);
        if (was && is) {
            out.kind = change_kind::scored;
            for (std::size_t p = 0; p < change_part_count; ++p) {
                if (!known(p + 1)) out.joined = static_cast<std::uint8_t>(out.joined | 1U << p);
            }
            return out;
        }
        if (!was && !is) return out;
        out.kind = was ? change_kind::became_insufficient : change_kind::became_sufficient;
        for (std::size_t p = 0; p < change_part_count; ++p) {
            if (known(p) != known(p + 1) && known(p + 1) == is)
                out.cause = static_cast<std::uint8_t>(p);
        }
        return out;
    }

    /// Parts of a line of score `which` in row i, where it is scored both times: differences
    /// between the states that have a score.
    [[nodiscard]] std::array<grid_units, change_part_count> parts(std::size_t which,
                                                                  std::size_t line,
                                                                  std::size_t i) const noexcept {
        std::array<grid_units, change_part_count> out{};
        std::size_t last = 0;
        for (std::size_t k = 1; k < change_state_count; ++k) {
            const double score = states_[k].scores[which][i];
            if (score != score) continue;
            const std::size_t at = line * chunk_rows + i;
            out[k - 1] = states_[k].lines[at] - states_[last].lines[at];
            last = k;
        }
        return out;
    }

    /// Rows [first, first + n) of `to` from the block that has run, and its sums.
    void store(std::size_t first, std::size_t n, changes& to) const {
        to.totals_.rows += static_cast<std::int64_t>(n);
        for (std::size_t s = 0; s < change_scores; ++s) {
            if (layout_.blocks[s].in_use) store_score(s, first, n, to);
        }
        for (std::size_t k = 0; k < change_state_count; ++k) {
            const detail::change_state& from = states_[k];
            for (std::size_t l = 0; l < to.stages_.size(); ++l) {
                const int ladder = k == 0 ? to.old_ladder_[l] : static_cast<int>(l);
                if (ladder < 0) continue;
                std::copy_n(from.stages.data() + static_cast<std::size_t>(ladder) * chunk_rows, n,
                            to.stages_[l][k].data() + first);
            }
            const plan_data& plan = k == 0 ? to.from() : to.with();
            if (plan.model.rules.bands)
                std::copy_n(from.band.data(), n, to.bands_[k].data() + first);
        }
    }

private:
    [[nodiscard]] status run_all(std::span<const row_pair> pairs) {
        const default_float_mode usual;
        std::array<std::uint16_t, chunk_rows> all{};
        const std::span<const std::uint16_t> every = every_of(pairs, all);
        if (status ok = rows_.load(pairs); !ok) return ok;
        if (status ok = score(detail::row_mix::before, every, states_[1]); !ok) return ok;
        if (status ok = run_old(pairs, every); !ok) return ok;
        if (status ok = score(detail::row_mix::after, every, states_[4]); !ok) return ok;
        if (status ok = rescore(detail::row_mix::aged, every, 2); !ok) return ok;
        return rescore(detail::row_mix::pattern, every, 3);
    }

    [[nodiscard]] status score(detail::row_mix what, std::span<const std::uint16_t> rows,
                               detail::change_state& to) {
        return rows_.run(
            what, rows,
            [&](level_index profile, double* const* slots, std::span<const std::uint16_t> where) {
                read(lines_, profile, slots, where, to);
            });
    }

    void read(detail::line_reader& by, level_index profile, double* const* slots,
              std::span<const std::uint16_t> where, detail::change_state& to) {
        if (lines_wanted_) {
            by.read(profile, slots, where, to);
        } else {
            by.read_scores(profile, slots, where, to);
        }
    }

    [[nodiscard]] static std::span<const std::uint16_t> every_of(
        std::span<const row_pair> pairs, std::array<std::uint16_t, chunk_rows>& rows) noexcept {
        for (std::size_t i = 0; i < pairs.size(); ++i) rows[i] = static_cast<std::uint16_t>(i);
        return {rows.data(), pairs.size()};
    }

    /// Scores that were computed before.
    void recall(std::span<const row_pair> pairs, std::int64_t row_pair::*which, const scores& from,
                detail::change_state& to) const {
        for (std::size_t s = 0; s < change_scores; ++s) {
            const std::span<const double> given =
                s == overall_change ? from.overall() : from[static_cast<axis>(s)];
            if (given.empty()) continue;
            for (std::size_t i = 0; i < pairs.size(); ++i)
                to.scores[s][i] = given[static_cast<std::size_t>(pairs[i].*which)];
        }
    }

    void take(detail::change_state& to, const detail::change_state& from) {
        if (lines_wanted_) {
            to = from;
        } else {
            to.scores = from.scores;
        }
    }

    [[nodiscard]] status run_old(std::span<const row_pair> pairs,
                                 std::span<const std::uint16_t> every) {
        if (old_rows_ == nullptr) {
            take(states_[0], states_[1]);
            return {};
        }
        if (status ok = old_rows_->load(pairs, false); !ok) return ok;
        return old_rows_->run(
            detail::row_mix::before, every,
            [&](level_index profile, double* const* slots, std::span<const std::uint16_t> where) {
                read(*old_lines_, profile, slots, where, states_[0]);
            });
    }

    /// State k is the one before it but in the rows whose mix differs from it.
    [[nodiscard]] status rescore(detail::row_mix what, std::span<const std::uint16_t> every,
                                 std::size_t k) {
        take(states_[k], states_[k - 1]);
        std::array<std::uint16_t, chunk_rows> rows{};
        std::size_t count = 0;
        for (const std::uint16_t row : every) {
            if (rows_.differs(what, row)) rows[count++] = row;
        }
        return score(what, std::span{rows}.first(count), states_[k]);
    }

    void store_score(std::size_t s, std::size_t first, std::size_t n, changes& to) const {
        changes::of_score& out = to.scores_[s];
        change_totals::of_score& sums = to.totals_.scores[s];
        std::array<std::uint16_t, chunk_rows> scored{};
        std::size_t count = 0;
        for (std::size_t i = 0; i < n; ++i) {
            const change_outcome what = outcome(s, i);
            out.before[first + i] = states_[0].scores[s][i];
            out.after[first + i] = states_[4].scores[s][i];
            out.outcome[first + i] = what;
            if (what.kind != change_kind::scored) {
                if (what.kind == change_kind::insufficient) {
                    ++sums.insufficient;
                } else {
                    ++sums.named[static_cast<std::size_t>(what.kind)][what.cause];
                }
                continue;
            }
            scored[count++] = static_cast<std::uint16_t>(i);
            ++sums.scored;
            sums.joined += what.joined != 0;
            sums.before += units(states_[0].scores[s][i]);
            sums.after += units(states_[4].scores[s][i]);
            std::size_t last = 0;
            for (std::size_t k = 1; k < change_state_count; ++k) {
                const double score = states_[k].scores[s][i];
                const bool is = score == score;
                const double part = is ? score - states_[last].scores[s][i] : 0.0;
                if (is) last = k;
                out.parts[k - 1][first + i] = part;
                sums.parts[k - 1] += units(part);
            }
        }
        const change_layout::block& block = layout_.blocks[s];
        for (std::size_t line = block.first; line < block.first + block.count; ++line) {
            for (std::size_t i = 0; i < count; ++i) {
                const auto one = parts(s, line, scored[i]);
                for (std::size_t p = 0; p < change_part_count; ++p)
                    to.totals_.lines[line][p] += one[p];
            }
        }
    }

    static std::int64_t units(double on_the_grid) noexcept {
        return static_cast<std::int64_t>(on_the_grid * 0x1p20);
    }

    change_sides sides_;
    const change_layout& layout_;
    detail::workspace space_;
    detail::mixed_rows rows_;
    detail::line_reader lines_;
    bool lines_wanted_ = true;
    std::unique_ptr<detail::workspace> old_space_;
    std::unique_ptr<detail::mixed_rows> old_rows_;
    std::unique_ptr<detail::line_reader> old_lines_;
    std::vector<detail::change_state> states_;
};

/// Splits the change of each pair; pair k becomes row k of `out`, which was made for these sides.
/// Rows are re-scored only where an age or what is known differs. No memory is taken by the row.
/// Errors: invalid_argument (sides, a row outside its batch, too small an `out`), bad_column,
/// bad_value (a row without its date), scorer_failed.
[[nodiscard]] inline status split_changes(const change_sides& sides,
                                          std::span<const row_pair> pairs, changes& out) {
    if (status ok = sides.check(); !ok) return ok;
    if (&out.with() != &sides.with->data() || &out.from() != &sides.old_plan().data() ||
        out.capacity() < pairs.size()) {
        return make_error(errc::invalid_argument,
                          "the changes were made for other plans, or for fewer pairs");
    }
    for (const row_pair& one : pairs) {
        if (one.before >= 0 && one.before < sides.before->rows() && one.after >= 0 &&
            one.after < sides.after->rows())
            continue;
        return make_error(errc::invalid_argument,
                          "rows " + std::to_string(one.before) + " and " +
                              std::to_string(one.after) + " are not within the batches' " +
                              std::to_string(sides.before->rows()) + " and " +
                              std::to_string(sides.after->rows()) + " rows");
    }
    change_splitter job{sides, out.layout()};
    for (std::size_t at = 0; at < pairs.size(); at += chunk_rows) {
        const std::size_t n = std::min(chunk_rows, pairs.size() - at);
        if (status ok = job.run(pairs.subspan(at, n)); !ok) return ok;
        job.store(at, n, out);
    }
    return {};
}

}  // namespace aiueo
