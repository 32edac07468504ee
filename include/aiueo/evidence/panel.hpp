// evidence › panel: every customer once a calendar month, whatever its contracts do.
// … ─► score ─► evidence
//
// A month is seen through the customer's last snapshot in it; a month without one is not there.
// What drifts is found here: scores, inputs, segments, and how levels stand to the customer's own
// outcome.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/evidence/block_index.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/metric_values.hpp"
#include "aiueo/evidence/row_tile.hpp"
#include "aiueo/evidence/segment_levels.hpp"
#include "aiueo/evidence/value_code.hpp"

namespace aiueo::detail {

/// A customer in a month.
struct panel_row {
    std::int64_t row = 0;  ///< of the batch
    std::int32_t month = 0;
    std::int32_t group = 0;
    std::int32_t as_of = 0;
    std::int32_t rank = -1;   ///< the members' on that day; −1 = unknown
    std::uint32_t order = 0;  ///< among all, each customer's together
};

/// Appends those of one customer; `rows` ascending by date.
inline void add_panel_rows(std::span<const dated_row> rows, std::int32_t group,
                           std::vector<panel_row>& to) {
    std::int32_t month = rows.empty() ? 0 : month_of(rows.front().as_of);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const std::int32_t next = i + 1 < rows.size() ? month_of(rows[i + 1].as_of) : month + 1;
        if (next != month) {
            const auto order = static_cast<std::uint32_t>(to.size());
            to.push_back({rows[i].row, month, group, rows[i].as_of, -1, order});
        }
        month = next;
    }
}

/// Adds tiles to the tables, month by month and column by column.
class panel_counter {
public:
    panel_counter(const counted& shape, std::vector<count_table>& tables,
                  std::span<const std::int32_t> screened)
        : shape_(shape),
          tables_(tables),
          screened_(screened),
          metric_blocks_(table(table_id::panel_metrics)) {}

    void count(const row_tile& tile) {
        sort_by_month(tile);
        for (std::size_t begin = 0; begin < sorted_.size();) {
            const std::int32_t month = tile.month[sorted_[begin]];
            std::size_t end = begin;
            while (end < sorted_.size() && tile.month[sorted_[end]] == month) ++end;
            const std::span<const std::uint32_t> rows{sorted_.data() + begin, end - begin};
            add_levels(tile, rows, table(table_id::panel_levels).at({month}));
            add_scores(tile, rows, table(table_id::panel_scores).at({month}));
            if (!tile.conditions.empty() && shape_.outcome() < shape_.variables().size())
                add_conditions(tile, rows, table(table_id::panel_conditions).at({month}));
            for (std::size_t m = 0; m < tile.codes.size(); ++m) add_codes(tile, rows, m, month);
            for (std::size_t s = 0; s < tile.segment_levels.size(); ++s)
                add_segment(tile, rows, s, month);
            begin = end;
        }
    }

private:
    using rows_of = std::span<const std::uint32_t>;

    [[nodiscard]] count_table& table(table_id which) noexcept {
        return tables_[static_cast<std::size_t>(which)];
    }

    void sort_by_month(const row_tile& tile) {
        sorted_.resize(tile.size);
        for (std::size_t i = 0; i < tile.size; ++i) sorted_[i] = static_cast<std::uint32_t>(i);
        const auto earlier = [&tile](std::uint32_t a, std::uint32_t b) {
            return tile.month[a] < tile.month[b];
        };
        if (!std::is_sorted(sorted_.begin(), sorted_.end(), earlier))
            std::stable_sort(sorted_.begin(), sorted_.end(), earlier);
    }

    void add_levels(const row_tile& tile, rows_of rows, std::int64_t* block) const noexcept {
        const bool has_outcome = shape_.outcome() < shape_.variables().size();
        const std::int16_t* outcome = tile.tenths.data() + (has_outcome ? shape_.outcome() : 0);
        const auto add = [&](std::size_t level, std::uint32_t i) {
            std::int64_t* to =
                block + counted::panel_cell(level, static_cast<std::size_t>(tile.group[i]));
            const std::int32_t tenths = has_outcome ? outcome[i * tile.width] : -1;
            to[static_cast<std::size_t>(panel_field::customers)] += 1;
            to[static_cast<std::size_t>(panel_field::known)] += tenths >= 0 ? 1 : 0;
            to[static_cast<std::size_t>(panel_field::outcome)] += tenths >= 0 ? tenths : 0;
        };
        for (const std::uint32_t i : rows) add(0, i);
        for (const auto& levels : tile.levels) {
            for (const std::uint32_t i : rows) add(levels[i], i);
        }
    }

    void add_scores(const row_tile& tile, rows_of rows, std::int64_t* block) const noexcept {
        const std::size_t variables = shape_.variables().size();
        for (const std::uint32_t i : rows) {
            const std::uint8_t* bin = tile.bins.data() + i * tile.width;
            std::int64_t* to = block;
            for (std::size_t v = 0; v < variables; ++v, to += score_bins) ++to[bin[v]];
        }
    }

    void add_conditions(const row_tile& tile, rows_of rows, std::int64_t* block) const noexcept {
        const std::int16_t* outcome = tile.tenths.data() + shape_.outcome();
        for (std::size_t c = 0; c < tile.conditions.size(); ++c) {
            const std::uint8_t* states = tile.conditions[c].data();
            for (const std::uint32_t i : rows) {
                const std::int16_t tenths = outcome[i * tile.width];
                if (states[i] >= met_states || tenths < 0) continue;
                std::int64_t* to =
                    block + counted::panel_condition_cell(c, static_cast<met>(states[i]),
                                                          static_cast<std::size_t>(tile.group[i]));
                to[0] += 1;
                to[1] += tenths;
            }
        }
    }

    /// Most values of a month share a few powers of two: each one's block is looked for once.
    void add_codes(const row_tile& tile, rows_of rows, std::size_t m, std::int32_t month) {
        constexpr std::size_t octaves = 0x20000 / codes_an_octave + 1;
        places_.resize(octaves);
        const std::int32_t* codes = tile.codes[m].data();
        for (const std::uint32_t i : rows) {
            const std::int32_t octave = octave_of(codes[i]);
            std::int64_t*& place = places_[static_cast<std::size_t>(octave + 1)];
            if (place == nullptr) {
                place = metric_blocks_.at({screened_[m], month, octave});
                found_.push_back(octave);
            }
            ++place[octave < 0 ? 0 : codes[i] % codes_an_octave];
        }
        for (const std::int32_t octave : found_)
            places_[static_cast<std::size_t>(octave + 1)] = nullptr;
        found_.clear();
    }

    void add_segment(const row_tile& tile, rows_of rows, std::size_t s, std::int32_t month) {
        std::array<std::int64_t, max_segment_levels + 1> counts{};
        const std::int32_t* level = tile.segment_levels[s].data();
        for (const std::uint32_t i : rows) ++counts[static_cast<std::size_t>(level[i] + 1)];
        count_table& to = tables_[counted::panel_of_segment(s)];
        for (std::size_t k = 0; k < counts.size(); ++k) {
            if (counts[k] > 0) *to.at({month, static_cast<std::int32_t>(k) - 1}) += counts[k];
        }
    }

    const counted& shape_;
    std::vector<count_table>& tables_;
    std::span<const std::int32_t> screened_;
    block_index metric_blocks_;
    std::vector<std::uint32_t> sorted_;
    std::vector<std::int64_t*> places_;  ///< by octave + 1, those of found_
    std::vector<std::int32_t> found_;
};

}  // namespace aiueo::detail
