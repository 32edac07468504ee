// study › nrr_experiments: what hold-outs say of renewal at a level. … ─► evidence ─► study
//
// An initiative that was drawn among the customers of a level, with some held out of it, says by
// experiment what doing it there keeps. Of the MRR at the level only what ends within the horizon
// can be kept by it: Σ MRR of those contracts × (renewal rate of the drawn − of the held out) ×
// what a kept MRR comes to at the horizon, the level's `expansion`. That is the effect of being
// drawn, whether or not one came, at the customer's stage as the exposure window begins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/initiative.hpp"
#include "aiueo/study/nrr_levels.hpp"

namespace aiueo::detail {

/// Of the first ladder: the stages that initiatives are counted by.
class nrr_experiments {
public:
    /// `levels`: as many as have a next one.
    nrr_experiments(const evidence& of, const retention_counts& from, start_range used,
                    std::size_t levels, std::int32_t last)
        : evidence_(of), from_(from), used_(used), last_(last) {
        const model& subject = of.shape().model();
        least_ = subject.steps.min_n;
        alpha_ = subject.study.alpha;
        for (std::size_t level = 0; level < levels; ++level) {
            for (const std::string& name : names()) add(level, name);
        }
        adjust_family(found_, [](tried& one) -> tested_figure& { return one.shown.effect; });
        for (tried& one : found_) one.shown.established = is_established(one.shown);
    }

    /// The one that says most of a level: an established one before any other, the highest lower
    /// bound of what it is worth first. Nothing where none has enough on both sides.
    [[nodiscard]] std::optional<nrr_experiment> at(std::size_t level) const {
        const nrr_experiment* best = nullptr;
        for (const tried& one : found_) {
            if (one.level != level) continue;
            if (best == nullptr || is_better(one.shown, *best)) best = &one.shown;
        }
        return best == nullptr ? std::nullopt : std::optional{*best};
    }

private:
    struct tried {
        std::size_t level = 0;
        nrr_experiment shown;
    };

    [[nodiscard]] std::vector<std::string> names() const {
        std::vector<std::string> out = evidence_.table(table_id::initiatives).names();
        std::sort(out.begin(), out.end());
        return out;
    }

    void add(std::size_t level, const std::string& name) {
        const count_table& table = evidence_.table(table_id::initiatives);
        const auto block = table.find({static_cast<std::int32_t>(contract_kind::contract),
                                       static_cast<std::int32_t>(level), table.find_name(name)});
        if (block.empty()) return;
        grouped_strata drawn;
        grouped_strata::groups& to = drawn.add();
        group_rows rows{};
        for (std::size_t g = 0; g < to.size(); ++g) {
            const auto of = [block, g](exposure what, bool kept) {
                return block[counted::exposure_cell(what, kept, g)];
            };
            to[g] = {of(exposure::chosen, true), of(exposure::chosen, false),
                     of(exposure::held, true), of(exposure::held, false)};
            rows[g] = to[g].total();
        }
        const table_2x2 all = grouped_strata::whole(drawn.tables());
        if (all.exposed() < least_ || all.unexposed() < least_) return;
        nrr_experiment out;
        out.initiative = name;
        out.chosen = kept_rate(drawn.side(true), false);
        out.held = kept_rate(drawn.side(false), false);
        // A customer can count twice, which groups know; that all of a few were kept they do not.
        out.effect = tested_difference(drawn, false);
        const tested_figure once = tested_difference(drawn, true);
        if (!is_defined(out.effect.p) || !is_defined(once.p)) return;
        out.effect.of.interval = both(out.effect.of.interval, once.of.interval);
        out.effect.p = std::max(out.effect.p, once.p);
        add_due(level, out);
        const over_groups worth = over_groups::made([&](std::size_t g) {
            return difference_of(drawn.tables(g)) * from_.sums(used_, level, g).expansion() *
                   static_cast<double>(out.due);
        });
        out.impact = figure_of(worth.plain(rows), out.effect.of.n);
        const double of_a_point =
            from_.sums(used_, level).expansion() * static_cast<double>(out.due);
        const interval& effect = out.effect.of.interval;
        if (is_defined(of_a_point) && is_defined(out.impact.interval)) {
            out.impact.interval =
                both(out.impact.interval, {effect.lower * of_a_point, effect.upper * of_a_point});
        }
        found_.push_back({level, std::move(out)});
    }

    /// As unsure as either says.
    [[nodiscard]] static interval both(const interval& a, const interval& b) noexcept {
        return {std::min(a.lower, b.lower), std::max(a.upper, b.upper)};
    }

    /// Contracts in force at the last close that end within the horizon, where MRR is known.
    void add_due(std::size_t level, nrr_experiment& to) const {
        const std::size_t cell = revenue_shape::due_cell(level);
        const auto& blocks = evidence_.table(table_id::due).blocks();
        for (auto at = blocks.lower_bound({last_}); at != blocks.end() && at->first[0] == last_;
             ++at) {
            to.contracts += at->second[cell + static_cast<std::size_t>(due_field::priced)];
            to.due += at->second[cell + static_cast<std::size_t>(due_field::mrr)];
        }
    }

    [[nodiscard]] bool is_established(const nrr_experiment& of) const noexcept {
        return of.effect.q <= alpha_ && of.effect.of.interval.lower > 0 && of.due > 0 &&
               of.impact.interval.lower > 0;
    }

    [[nodiscard]] static bool is_better(const nrr_experiment& a, const nrr_experiment& b) noexcept {
        if (a.established != b.established) return a.established;
        return a.effect.of.interval.lower > b.effect.of.interval.lower;
    }

    const evidence& evidence_;
    const retention_counts& from_;
    start_range used_;
    std::int32_t last_;
    std::int64_t least_ = 0;
    double alpha_ = 0;
    std::vector<tried> found_;
};

}  // namespace aiueo::detail
