// evidence › observed_tile: some thousand observations, column by column, and how they are counted.
// … ─► score ─► evidence
//
// The tables of evidence are larger than a cache, and an observation counts in fifty places of
// them. So observations are put together by the block they count in (a counting sort: keys are
// small), and a block is filled variable by variable while it is near.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/products.hpp"

namespace aiueo::detail {

/// Scores as they are counted: in tenths of a point for sums (−1 = unknown), in points for
/// histograms.
inline void quantise_scores(const double* values, std::size_t count, std::int16_t* tenths,
                            std::uint8_t* bins) noexcept {
    for (std::size_t i = 0; i < count; ++i) {
        const double value = values[i];
        const auto tenth = static_cast<std::int32_t>((value == value ? value : 0.0) * 10 + 0.5);
        const std::int32_t points = (tenth + 5) / 10;
        tenths[i] = static_cast<std::int16_t>(value == value ? tenth : -1);
        bins[i] = static_cast<std::uint8_t>(
            value == value ? points : static_cast<std::int32_t>(unknown_bin));
    }
}

/// Observations of which each number is a column.
struct observed_tile {
    static constexpr std::size_t rows = std::size_t{1} << 15;

    std::size_t size = 0;
    std::vector<std::int32_t> kind, lead, group, month;
    std::vector<std::uint8_t> kept;
    std::vector<std::array<std::int64_t, end_fields>> money;  ///< what an end adds to a cell
    std::vector<std::uint32_t> term_cell;                     ///< of term band and group
    std::vector<std::vector<std::int16_t>> tenths;            ///< [variable], −1 = unknown
    std::vector<std::vector<std::uint8_t>> bins;              ///< [variable]
    std::vector<std::vector<std::uint32_t>> levels;           ///< [level variable]: among all
    std::vector<std::vector<std::int32_t>> segment_levels;  ///< [segment]: name id, −1 = unknown
    std::vector<std::vector<std::int32_t>> codes;           ///< [screened metric]
    std::vector<std::vector<std::uint8_t>> conditions;      ///< a `met`, or not asked

    observed_tile(const counted& shape, std::size_t segments, std::size_t screened)
        : tenths(shape.variables().size()),
          bins(shape.variables().size()),
          levels(shape.level_variables().size()),
          segment_levels(segments),
          codes(screened),
          conditions(shape.conditions().size()) {
        for (auto* one : {&kind, &lead, &group, &month}) one->resize(rows);
        kept.resize(rows);
        money.resize(rows);
        term_cell.resize(rows);
        for (auto& one : tenths) one.resize(rows);
        for (auto& one : bins) one.resize(rows);
        for (auto& one : levels) one.resize(rows);
        for (auto& one : segment_levels) one.resize(rows);
        for (auto& one : codes) one.resize(rows);
        for (auto& one : conditions) one.resize(rows);
    }

    /// What is known of the end itself.
    void set_end(std::size_t i, const observation& seen, const counted& shape) {
        const contract& end = *seen.end;
        kind[i] = static_cast<std::int32_t>(end.kind);
        lead[i] = seen.lead;
        group[i] = seen.group;
        month[i] = month_of(end.end);
        kept[i] = is_kept(end) ? 1 : 0;
        const std::size_t band = shape.term_band(months_between(end.start, end.end));
        term_cell[i] = static_cast<std::uint32_t>(band * evidence_groups +
                                                  static_cast<std::size_t>(seen.group));
        auto& adds = money[i];
        adds.fill(0);
        const auto put = [&adds](end_field field, std::int64_t n) {
            adds[static_cast<std::size_t>(field)] = n;
        };
        put(end_field::ends, 1);
        put(end_field::kept, kept[i]);
        if (end.mrr_before == no_money) return;
        put(end_field::priced, 1);
        put(end_field::due, end.mrr_before);
        put(end_field::due_kept, kept[i] != 0 ? end.mrr_before : 0);
        if (end.mrr_after == no_money) return;
        put(end_field::followed, 1);
        put(end_field::base, end.mrr_before);
        put(end_field::after, end.mrr_after);
        put(end_field::expanded, kept[i] != 0 && end.mrr_after > end.mrr_before ? 1 : 0);
    }
};

class tile_counter {
public:
    tile_counter(const counted& shape, std::vector<count_table>& tables,
                 std::span<const std::int32_t> screened)
        : shape_(shape), tables_(tables), screened_(screened), block_(shape.components()) {}

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
                add_sums(rows, table(table_id::sums).at(key));
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
                    return (slice(i) * evidence_folds + fold(i)) * quarters + tile.month[i] / 3 -
                           first / 3;
                },
                [&](std::uint32_t i, rows_of rows) {
                    add_products(rows,
                                 table(table_id::products)
                                     .at({tile.kind[i], tile.lead[i], fold(i), tile.month[i] / 3}));
                });
        }
        count_first_lead();
    }

private:
    using rows_of = std::span<const std::uint32_t>;

    [[nodiscard]] count_table& table(table_id which) noexcept {
        return tables_[static_cast<std::size_t>(which)];
    }

    /// What carries one lead only: segments and raw metrics.
    void count_first_lead() {
        const observed_tile& tile = *tile_;
        first_lead_.clear();
        for (const std::uint32_t i : all_) {
            if (tile.lead[i] == 0) first_lead_.push_back(i);
        }
        for (std::size_t s = 0; s < tile.segment_levels.size(); ++s) {
            const auto level = [&](std::uint32_t i) { return tile.segment_levels[s][i]; };
            constexpr auto width = static_cast<std::int32_t>(max_segment_levels) + 1;
            by_key(
                first_lead_,
                [&](std::uint32_t i) {
                    return (tile.kind[i] * width + level(i) + 1) * 2 + tile.kept[i];
                },
                [&](std::uint32_t i, rows_of rows) {
                    const count_key key{tile.kind[i], level(i)};
                    add_ends(rows, tables_[counted::ends_of_segment(s)].at(key));
                    add_scores(rows, tables_[counted::scores_of_segment(s)].at(key));
                });
        }
        for (std::size_t m = 0; m < tile.codes.size(); ++m) count_codes(m);
        count_conditions();
    }

    void count_conditions() {
        const observed_tile& tile = *tile_;
        if (tile.conditions.empty() || first_lead_.empty()) return;
        std::int32_t first = tile.month[first_lead_.front()] / 3;
        std::int32_t last = first;
        for (const std::uint32_t i : first_lead_) {
            first = std::min(first, tile.month[i] / 3);
            last = std::max(last, tile.month[i] / 3);
        }
        const std::int32_t quarters = last - first + 1;
        by_key(
            first_lead_,
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
        const bool kept = tile_->kept[rows.front()] != 0;
        for (std::size_t v = 0; v < tile_->bins.size(); ++v) {
            const std::uint8_t* bin = tile_->bins[v].data();
            std::int64_t* to = block + counted::score_cell(v, kept, 0);
            for (const std::uint32_t i : rows) ++to[bin[i]];
        }
    }

    void add_overall(rows_of rows, std::int64_t* block) const noexcept {
        const std::uint8_t* bin = tile_->bins[shape_.overall()].data();
        for (const std::uint32_t i : rows) {
            const auto group = static_cast<std::size_t>(tile_->group[i]);
            ++block[(group * 2 + tile_->kept[i]) * score_bins + bin[i]];
        }
    }

    /// `rows` have one outcome.
    void add_sums(rows_of rows, std::int64_t* block) const noexcept {
        const std::size_t y = tile_->kept[rows.front()];
        for (std::size_t v = 0; v < tile_->tenths.size(); ++v) {
            const std::int16_t* value = tile_->tenths[v].data();
            std::int64_t known = 0;
            std::int64_t sum = 0;
            std::int64_t squares = 0;
            for (const std::uint32_t i : rows) {
                const std::int32_t x = value[i];
                const std::int32_t there = x >= 0 ? x : 0;
                known += x >= 0 ? 1 : 0;
                sum += there;
                squares += there * there;
            }
            std::int64_t* to = block + (v * 2 + y) * 3;
            to[0] += known;
            to[1] += sum;
            to[2] += squares;
        }
    }

    void add_ends(rows_of rows, std::int64_t* block) const noexcept {
        const auto add = [&](std::size_t level, std::uint32_t i) {
            std::int64_t* to =
                block +
                (level * shape_.term_bands() * evidence_groups + tile_->term_cell[i]) * end_fields;
            const auto& adds = tile_->money[i];
            for (std::size_t k = 0; k < end_fields; ++k) to[k] += adds[k];
        };
        for (const std::uint32_t i : rows) add(0, i);
        for (const auto& levels : tile_->levels) {
            for (const std::uint32_t i : rows) add(levels[i], i);
        }
    }

    void add_products(rows_of rows, std::int64_t* block) {
        const std::vector<std::int16_t>* first = tile_->tenths.data() + shape_.first_component();
        for (std::size_t at = 0; at < rows.size(); at += product_block::rows) {
            const rows_of some = rows.subspan(at, std::min(product_block::rows, rows.size() - at));
            block_.add(
                some.size(), [&](std::size_t c, std::size_t i) { return first[c][some[i]]; },
                [&](std::size_t i) { return tile_->kept[some[i]] != 0; }, block);
        }
    }

    // ── raw metrics ──────────────────────────────────────────────────────────

    /// Codes are sparse, and most of a tile's are met again: they are counted under small numbers
    /// first.
    void count_codes(std::size_t m) {
        const observed_tile& tile = *tile_;
        constexpr std::size_t cells = 2 * evidence_groups;  // of a kind
        if (place_.empty()) place_.assign((std::size_t{1} << 18) + 2, 0);
        found_.clear();
        counts_.clear();
        for (const std::uint32_t i : first_lead_) {
            const std::int32_t code = tile.codes[m][i];
            const std::size_t at = place_of(tile.kind[i], code);
            if (place_[at] == 0) {
                found_.push_back({tile.kind[i], code});
                counts_.resize(counts_.size() + cells);
                place_[at] = static_cast<std::uint32_t>(found_.size());
            }
            ++counts_[(place_[at] - 1) * cells + static_cast<std::size_t>(tile.group[i]) * 2 +
                      tile.kept[i]];
        }
        for (std::size_t k = 0; k < found_.size(); ++k) {
            const auto [kind, code] = found_[k];
            std::int64_t* to = table(table_id::metrics).at({kind, screened_[m], code});
            for (std::size_t c = 0; c < cells; ++c) to[c] += counts_[k * cells + c];
            place_[place_of(kind, code)] = 0;
        }
    }

    [[nodiscard]] static std::size_t place_of(std::int32_t kind, std::int32_t code) noexcept {
        return static_cast<std::size_t>(code + 1) << 1 | static_cast<std::size_t>(kind);
    }

    struct found_code {
        std::int32_t kind = 0;
        std::int32_t code = 0;
    };

    const counted& shape_;
    std::vector<count_table>& tables_;
    std::span<const std::int32_t> screened_;
    product_block block_;
    const observed_tile* tile_ = nullptr;
    std::vector<std::uint32_t> all_, first_lead_, keys_, sorted_, starts_;
    std::vector<std::uint32_t> place_;  ///< by kind and code: where in found_, from 1
    std::vector<found_code> found_;
    std::vector<std::int64_t> counts_;
};

}  // namespace aiueo::detail
