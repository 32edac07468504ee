// evidence › observed_tile: some thousand observations, and how they are counted.
// … ─► score ─► evidence
//
// The tables of evidence are larger than a cache, and an observation counts in fifty places of
// them. So observations are put together by the block they count in (a counting sort: keys are
// small), and a block is filled while it is near. An observation's scores lie side by side, a line
// or two of the cache, since every sort reads them in an order of its own.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/evidence/code_blocks.hpp"
#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/end_facts.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/products.hpp"
#include "aiueo/evidence/row_tile.hpp"

namespace aiueo::detail {

/// Observations, of which each number is a column but for their scores.
struct observed_tile : row_tile {
    std::vector<std::int32_t> kind, lead;
    std::vector<std::uint8_t> kept;
    std::vector<std::array<std::int64_t, end_fields>> money;  ///< what an end adds to a cell
    std::vector<std::uint32_t> term_cell;                     ///< of term band and group
    std::vector<std::uint32_t> first_leads;                   ///< rows that carry the first lead

    observed_tile(const counted& shape, const tally_table& loops, std::size_t segments,
                  std::size_t screened)
        : row_tile(shape, loops, segments, screened) {
        for (auto* one : {&kind, &lead}) one->resize(rows);
        kept.resize(rows);
        money.resize(rows);
        term_cell.resize(rows);
        first_leads.reserve(rows);
    }

    void clear() noexcept {
        size = 0;
        first_leads.clear();
    }

    /// What is known of the end itself.
    void set_end(std::size_t i, const observation& seen, const counted& shape) {
        const contract& end = *seen.end;
        kind[i] = static_cast<std::int32_t>(end.kind);
        lead[i] = seen.lead;
        if (seen.lead == 0) first_leads.push_back(static_cast<std::uint32_t>(i));
        group[i] = seen.group;
        if (last_end_ != seen.end) {  // neighbours often are of one end
            last_end_ = seen.end;
            last_month_ = month_of(end.end);
            last_band_ = shape.term_band(months_between(end.start, end.end));
        }
        month[i] = last_month_;
        kept[i] = is_kept(end) ? 1 : 0;
        term_cell[i] = static_cast<std::uint32_t>(last_band_ * evidence_groups +
                                                  static_cast<std::size_t>(seen.group));
        money[i] = end_facts(end);
    }

private:
    const contract* last_end_ = nullptr;
    std::int32_t last_month_ = 0;
    std::size_t last_band_ = 0;
};

class tile_counter {
public:
    tile_counter(const counted& shape, const tally_table& loops, std::vector<count_table>& tables,
                 std::span<const std::int32_t> screened)
        : shape_(shape),
          tables_(tables),
          sums_(loops, shape.variables().size()),
          products_(loops, shape.first_component(), shape.components()) {
        code_blocks_.reserve(screened.size());
        for (const std::int32_t metric : screened)
            code_blocks_.emplace_back(table(table_id::metrics), metric);
    }

    void count(const observed_tile& tile) {
        tile_ = &tile;
        all_.resize(tile.size);
        for (std::size_t i = 0; i < tile.size; ++i) all_[i] = static_cast<std::uint32_t>(i);
        const auto leads = static_cast<std::int32_t>(shape_.leads().size());
        const auto slice = [&](std::uint32_t i) { return tile.kind[i] * leads + tile.lead[i]; };

        by_key(
            all_,
            [&](std::uint32_t i) {
                return (slice(i) * evidence_groups + tile.group[i]) * 2 + tile.kept[i];
            },
            [&](std::uint32_t i, rows_of rows) {
                const count_key key{tile.kind[i], tile.lead[i], tile.group[i]};
                add_scores(rows, table(table_id::scores).at(key));
                sums_.add(tile.responses(), rows, tile.kept[i] != 0, table(table_id::sums).at(key));
            });
        const auto [low, high] = std::minmax_element(
            tile.month.begin(), tile.month.begin() + static_cast<std::ptrdiff_t>(tile.size));
        const std::int32_t first = *low;
        const std::int32_t months = *high - first + 1;
        by_key(
            all_, [&](std::uint32_t i) { return slice(i) * months + tile.month[i] - first; },
            [&](std::uint32_t i, rows_of rows) {
                const count_key key{tile.kind[i], tile.lead[i], tile.month[i]};
                add_ends(rows, table(table_id::ends).at(key));
                if (shape_.overall() < shape_.variables().size())
                    add_overall(rows, table(table_id::overall_scores).at(key));
            });
        if (shape_.components() > 0) {
            const std::int32_t quarters = *high / 3 - first / 3 + 1;
            const auto fold = [&](std::uint32_t i) { return tile.group[i] % evidence_folds; };
            by_key(
                all_,
                [&](std::uint32_t i) {
                    const std::int32_t quarter = tile.month[i] / 3 - first / 3;
                    return ((slice(i) * evidence_folds + fold(i)) * quarters + quarter) * 2 +
                           tile.kept[i];
                },
                [&](std::uint32_t i, rows_of rows) {
                    const count_key key{tile.kind[i], tile.lead[i], fold(i), tile.month[i] / 3};
                    products_.add(tile.responses(), rows, tile.kept[i] != 0,
                                  table(table_id::products).at(key));
                });
        }
        count_first_lead();
        count_missions();
    }

private:
    using rows_of = std::span<const std::uint32_t>;

    [[nodiscard]] count_table& table(table_id which) noexcept {
        return tables_[static_cast<std::size_t>(which)];
    }

    /// What carries one lead only: segments and raw metrics.
    void count_first_lead() {
        const observed_tile& tile = *tile_;
        for (std::size_t s = 0; s < tile.segment_levels.size(); ++s) {
            const auto level = [&](std::uint32_t i) { return tile.segment_levels[s][i]; };
            constexpr auto width = static_cast<std::int32_t>(max_segment_levels) + 1;
            by_key(
                tile.first_leads,
                [&](std::uint32_t i) {
                    return (tile.kind[i] * width + level(i) + 1) * 2 + tile.kept[i];
                },
                [&](std::uint32_t i, rows_of rows) {
                    const count_key key{tile.kind[i], level(i)};
                    add_ends(rows, tables_[counted::ends_of_segment(s)].at(key));
                    add_scores(rows, tables_[counted::scores_of_segment(s)].at(key));
                });
        }
        count_codes();
        count_conditions();
    }

    /// How the step before the last one stood at the end itself.
    void count_missions() {
        const level_variable* success = shape_.levels_of_step(step::success);
        if (success == nullptr) return;
        const observed_tile& tile = *tile_;
        const std::vector<std::uint32_t>& levels =
            tile.levels[static_cast<std::size_t>(success - shape_.level_variables().data())];
        for (std::uint32_t i = 0; i < tile.size; ++i) {
            if (tile.lead[i] != shape_.mission_lead()) continue;
            const auto of = [&money = tile.money[i]](end_field field) {
                return money[static_cast<std::size_t>(field)];
            };
            const auto level = static_cast<step_level>(levels[i] - success->first);
            const std::size_t cell =
                shape_.mission_cell(level, 0, 0) + tile.term_cell[i] * mission_fields;
            const std::array<std::int64_t, mission_fields> adds{
                of(end_field::ends), of(end_field::kept), of(end_field::followed_kept),
                of(end_field::expanded)};
            for (std::size_t s = 0; s < tile.segment_levels.size(); ++s) {
                std::int64_t* to = tables_[counted::missions_of_segment(s)].at(
                                       {tile.kind[i], tile.segment_levels[s][i]}) +
                                   cell;
                for (std::size_t k = 0; k < mission_fields; ++k) to[k] += adds[k];
            }
            if (of(end_field::expanded) == 0) continue;
            std::int64_t* to = table(table_id::growth).at({tile.kind[i]}) +
                               growth_cell(level, static_cast<std::size_t>(tile.group[i]));
            to[0] += of(end_field::base);
            to[1] += of(end_field::after);
        }
    }

    void count_conditions() {
        const observed_tile& tile = *tile_;
        if (tile.conditions.empty() || tile.first_leads.empty()) return;
        std::int32_t first = tile.month[tile.first_leads.front()] / 3;
        std::int32_t last = first;
        for (const std::uint32_t i : tile.first_leads) {
            first = std::min(first, tile.month[i] / 3);
            last = std::max(last, tile.month[i] / 3);
        }
        const std::int32_t quarters = last - first + 1;
        by_key(
            tile.first_leads,
            [&](std::uint32_t i) { return tile.kind[i] * quarters + tile.month[i] / 3 - first; },
            [&](std::uint32_t i, rows_of rows) {
                add_conditions(rows,
                               table(table_id::conditions).at({tile.kind[i], tile.month[i] / 3}));
            });
    }

    void add_conditions(rows_of rows, std::int64_t* block) const noexcept {
        const observed_tile& tile = *tile_;
        for (std::size_t c = 0; c < tile.conditions.size(); ++c) {
            const std::uint8_t* states = tile.conditions[c].data();
            for (const std::uint32_t i : rows) {
                if (states[i] >= met_states) continue;
                ++block[counted::condition_cell(c, static_cast<met>(states[i]), tile.kept[i] != 0,
                                                static_cast<std::size_t>(tile.group[i]))];
            }
        }
    }

    /// Calls f(first of them, rows) for the rows of each key; in a block rows keep their order.
    template <class Key, class F>
    void by_key(const std::vector<std::uint32_t>& rows, Key key, F f) {
        if (rows.empty()) return;
        keys_.resize(rows.size());
        std::size_t range = 0;
        for (std::size_t k = 0; k < rows.size(); ++k) {
            keys_[k] = static_cast<std::uint32_t>(key(rows[k]));
            range = std::max(range, std::size_t{keys_[k]} + 1);
        }
        sorted_.resize(rows.size());
        starts_.assign(range + 1, 0);
        for (const std::uint32_t one : keys_) ++starts_[one + 1];
        for (std::size_t k = 1; k <= range; ++k) starts_[k] += starts_[k - 1];
        for (std::size_t k = 0; k < rows.size(); ++k) sorted_[starts_[keys_[k]]++] = rows[k];
        // Each start has moved to its end.
        std::size_t begin = 0;
        for (std::size_t k = 0; k < range; ++k) {
            const std::size_t end = starts_[k];
            if (end > begin) f(sorted_[begin], rows_of{sorted_}.subspan(begin, end - begin));
            begin = end;
        }
    }

    /// `rows` have one outcome.
    void add_scores(rows_of rows, std::int64_t* block) const noexcept {
        const std::size_t variables = shape_.variables().size();
        if (variables == 0) return;  // and there is no block
        const bool kept = tile_->kept[rows.front()] != 0;
        for (const std::uint32_t i : rows) {
            const std::uint8_t* bin = tile_->bins.data() + i * tile_->width;
            std::int64_t* to = block + counted::score_cell(0, kept, 0);
            for (std::size_t v = 0; v < variables; ++v, to += 2 * score_bins) ++to[bin[v]];
        }
    }

    void add_overall(rows_of rows, std::int64_t* block) const noexcept {
        const std::uint8_t* bin = tile_->bins.data() + shape_.overall();
        for (const std::uint32_t i : rows) {
            const auto group = static_cast<std::size_t>(tile_->group[i]);
            ++block[(group * 2 + tile_->kept[i]) * score_bins + bin[i * tile_->width]];
        }
    }

    void add_ends(rows_of rows, std::int64_t* block) const noexcept {
        const std::size_t of_level = shape_.term_bands() * evidence_groups;
        for (const std::uint32_t i : rows) {
            const std::array<std::int64_t, end_fields> adds = tile_->money[i];
            const auto add = [&](std::size_t level) {
                std::int64_t* to = block + (level * of_level + tile_->term_cell[i]) * end_fields;
                for (std::size_t k = 0; k < end_fields; ++k) to[k] += adds[k];
            };
            add(0);
            for (const auto& levels : tile_->levels) add(levels[i]);
        }
    }

    /// Raw metrics: a value's code under its kind, by group and outcome.
    void count_codes() {
        const observed_tile& tile = *tile_;
        keys_.resize(tile.first_leads.size());
        for (std::size_t k = 0; k < keys_.size(); ++k) {
            const std::uint32_t i = tile.first_leads[k];
            keys_[k] = static_cast<std::uint32_t>(tile.group[i] * 2 + tile.kept[i]);
        }
        for (std::size_t m = 0; m < tile.codes.size(); ++m) {
            const std::int32_t* code = tile.codes[m].data();
            for (std::size_t k = 0; k < keys_.size(); ++k)
                ++code_blocks_[m].at(tile.kind[tile.first_leads[k]], code[k])[keys_[k]];
        }
    }

    const counted& shape_;
    std::vector<count_table>& tables_;
    variable_sums sums_;
    product_sums products_;
    std::vector<code_blocks> code_blocks_;  ///< by screened metric
    const observed_tile* tile_ = nullptr;
    std::vector<std::uint32_t> all_, keys_, sorted_, starts_;
};

}  // namespace aiueo::detail
