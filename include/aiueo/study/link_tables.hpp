// study › link_tables: the tables of evidence that hold the chain, as counts of a link.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/study/bottleneck_finding.hpp"
#include "aiueo/study/contrasts.hpp"
#include "aiueo/study/link_counts.hpp"
#include "aiueo/study/slices.hpp"

namespace aiueo::detail {

/// Reads evidence of a model with steps; holds nothing of its own.
class link_tables {
public:
    explicit link_tables(const evidence& of)
        : evidence_(of),
          shape_(of.shape()),
          from_(of),
          process_(*shape_.levels_of_step(step::process)),
          success_(*shape_.levels_of_step(step::success)) {}

    // ── by month ─────────────────────────────────────────────────────────────

    [[nodiscard]] link_counts monthly(monthly_link which, std::size_t lag, reading way) const {
        const auto block = evidence_.table(table_id::links).find({static_cast<std::int32_t>(lag)});
        link_counts out;
        for (std::size_t g = 0; g < out.groups.size() && !block.empty(); ++g)
            out.groups[g].add(block.data() + link_cell(which, way, g));
        return out;
    }

    [[nodiscard]] std::vector<level_counts> monthly_levels(std::size_t segment, monthly_link which,
                                                           std::size_t lag) const {
        const count_table& table = evidence_.tables()[counted::links_of_segment(segment)];
        std::vector<level_counts> out = levels(segment, table);
        for (level_counts& one : out) {
            const auto block = table.find({static_cast<std::int32_t>(lag), one.id});
            for (std::size_t g = 0; g < one.counts.groups.size() && !block.empty(); ++g)
                one.counts.groups[g].add(block.data() + level_link_cell(which, g));
        }
        return out;
    }

    // ── at contract ends ─────────────────────────────────────────────────────

    /// By bands of terms.
    [[nodiscard]] std::vector<link_counts> ends(chain_link which) const {
        std::vector<link_counts> out(shape_.term_bands());
        for (std::size_t band = 0; band < out.size(); ++band) {
            for (const step_level level : known_levels) {
                const grouped_ends here = ends_at(success_, level, band);
                for (std::size_t g = 0; g < here.size(); ++g) {
                    const end_sums& of = here[g];
                    add_end(which, level,
                            {of[end_field::ends], of[end_field::kept], of[end_field::followed_kept],
                             of[end_field::expanded]},
                            out[band].groups[g]);
                }
            }
        }
        return out;
    }

    /// By level of a segment, then by band of terms.
    struct level_ends {
        level_counts all;
        std::vector<link_counts> by_term;
    };
    [[nodiscard]] std::vector<level_ends> ends_by_level(std::size_t segment,
                                                        chain_link which) const {
        const count_table& table = evidence_.tables()[counted::missions_of_segment(segment)];
        std::vector<level_ends> out;
        for (level_counts& one : levels(segment, table)) {
            level_ends& to = out.emplace_back();
            to.all = std::move(one);
            to.by_term.resize(shape_.term_bands());
            const auto block = table.find({contract, to.all.id});
            if (block.empty()) continue;
            for (std::size_t band = 0; band < to.by_term.size(); ++band) {
                for (const step_level level : known_levels) {
                    for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                        const std::int64_t* cell =
                            block.data() + shape_.mission_cell(level, band, g);
                        add_end(which, level, {cell[0], cell[1], cell[2], cell[3]},
                                to.by_term[band].groups[g]);
                    }
                }
                to.all.counts.add(to.by_term[band]);
            }
        }
        return out;
    }

    // ── money ────────────────────────────────────────────────────────────────

    /// MRR after ÷ before at the ends: with the later step, and with the earlier one alone. `n`: of
    /// how many ends.
    [[nodiscard]] std::array<grouped_sums, 2> retained(chain_link which, std::int64_t& n) const {
        std::array<grouped_sums, 2> out{};
        n = 0;
        switch (which) {
        case chain_link::accompany_process:
        case chain_link::process_success: {
            const level_variable& of = which == chain_link::accompany_process ? process_ : success_;
            const std::array sides{ends_at(of, step_level::achieved, {}),
                                   ends_at(of, step_level::stuck, {})};
            for (std::size_t side = 0; side < sides.size(); ++side) {
                for (std::size_t g = 0; g < sides[side].size(); ++g) {
                    out[side][g].add(sides[side][g][end_field::after],
                                     sides[side][g][end_field::base]);
                    n += sides[side][g][end_field::followed];
                }
            }
            break;
        }
        case chain_link::success_renewal:
        case chain_link::success_growth: {
            const grouped_ends ends = ends_at(success_, step_level::achieved, {});
            const auto growth = evidence_.table(table_id::growth).find({contract});
            for (std::size_t g = 0; g < ends.size(); ++g) {
                const end_sums& of = ends[g];
                // What is lost pays nothing afterwards: its MRR after is known where that before
                // is.
                const std::int64_t lost = of[end_field::due] - of[end_field::due_kept];
                const std::int64_t base = of[end_field::base] - lost;
                const std::int64_t after = of[end_field::after];
                n += of[which == chain_link::success_renewal ? end_field::followed
                                                             : end_field::followed_kept];
                if (which == chain_link::success_renewal) {
                    out[0][g].add(after, base);
                    out[1][g].add(0, base);  // who does not renew pays nothing
                    continue;
                }
                const std::size_t at = growth_cell(step_level::achieved, g);
                const std::int64_t grown_base = growth.empty() ? 0 : growth[at];
                const std::int64_t grown_after = growth.empty() ? 0 : growth[at + 1];
                out[0][g].add(grown_after, grown_base);
                out[1][g].add(after - grown_after, base - grown_base);
            }
            break;
        }
        }
        return out;
    }

    // ── who stands where ─────────────────────────────────────────────────────

    [[nodiscard]] standing_customers standing_at(std::int32_t month, std::size_t cell) const {
        return standing_in(evidence_.table(table_id::standing).find({month}), cell);
    }
    [[nodiscard]] standing_customers standing_at(std::size_t segment, std::int32_t level,
                                                 std::int32_t month, std::size_t cell) const {
        return standing_in(
            evidence_.tables()[counted::standing_of_segment(segment)].find({month, level}), cell);
    }

private:
    static constexpr auto contract = static_cast<std::int32_t>(contract_kind::contract);
    static constexpr std::array known_levels{step_level::not_achieved, step_level::stuck,
                                             step_level::achieved};

    /// What a level of success adds to a link at the ends: ends, kept, followed and kept, expanded.
    static void add_end(chain_link which, step_level success, const std::array<std::int64_t, 4>& of,
                        link_sums& to) noexcept {
        const bool with = success == step_level::achieved;
        const bool renewal = which == chain_link::success_renewal;
        to[with ? link_field::with : link_field::without] += of[renewal ? 0 : 2];
        to[with ? link_field::with_reached : link_field::without_reached] += of[renewal ? 1 : 3];
    }

    [[nodiscard]] grouped_ends ends_at(const level_variable& of, step_level level,
                                       std::optional<std::size_t> term_band) const {
        end_filter which{contract_kind::contract, shape_.mission_lead(), term_band};
        return from_.ends(which, of.first + static_cast<std::size_t>(level));
    }

    /// Those that a table has, as a reader expects them. Its keys have the level second.
    [[nodiscard]] std::vector<level_counts> levels(std::size_t segment,
                                                   const count_table& table) const {
        std::vector<level_counts> out;
        for (slices::segment_level& one : from_.segment_levels(segment)) {
            if (one.id >= 0) out.push_back({std::move(one.name), one.id, {}});
        }
        const auto& blocks = table.blocks();
        if (std::any_of(blocks.begin(), blocks.end(),
                        [](const auto& one) { return one.first[1] == -1; }))
            out.push_back({});
        return out;
    }

    [[nodiscard]] static standing_customers standing_in(std::span<const std::int64_t> block,
                                                        std::size_t cell) noexcept {
        if (block.empty()) return {};
        return {block[cell], block[cell + 1], block[cell + 2]};
    }

    const evidence& evidence_;
    const counted& shape_;
    slices from_;
    const level_variable& process_;
    const level_variable& success_;
};

}  // namespace aiueo::detail
