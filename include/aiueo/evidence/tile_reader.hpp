// evidence › tile_reader: scores, levels, raw metrics and conditions of some rows, into a tile.
// … ─► score ─► evidence
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/evidence/conditions.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/metric_values.hpp"
#include "aiueo/evidence/row_tile.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo::detail {

/// Takes the rows of a chunk one by one, then reads what they hold column by column.
class tile_reader {
public:
    /// `screened`: metrics, by their index in the model.
    tile_reader(const counted& shape, const scores& given, std::span<const std::int32_t> screened)
        : shape_(shape), scores_(given), screened_(screened), conditions_(shape) {}

    /// The chunk of n rows from `at` on, which `values` has loaded.
    void begin(metric_values& values, std::int64_t at, std::size_t n) {
        values_ = &values;
        at_ = static_cast<std::size_t>(at);
        conditions_.run(values, scores_, at, n);
        forget();
    }
    void forget() noexcept {
        scored_.clear();
        coded_.clear();
        ranks_.clear();
    }

    /// The next row. `coded`: its raw metrics are wanted too. `rank`: the members', −1 = none.
    void add(std::int64_t row, std::int32_t rank, bool coded) {
        scored_.push_back(static_cast<std::size_t>(row));
        ranks_.push_back(rank);
        if (coded) coded_.push_back(static_cast<std::size_t>(row) - at_);
    }

    /// Into a tile: the rows from row `to` on, raw metrics from code `codes_to` on.
    void read(row_tile& tile, std::size_t to, std::size_t codes_to) {
        read_scores(tile, to);
        read_codes(tile, codes_to);
        for (std::size_t c = 0; c < tile.conditions.size(); ++c) {
            const std::uint8_t* from = conditions_.of(c);
            for (std::size_t i = 0; i < scored_.size(); ++i)
                tile.conditions[c][to + i] = from[scored_[i] - at_];
        }
    }

private:
    void read_scores(row_tile& tile, std::size_t to) {
        if (scored_.empty()) return;
        const bool neighbours =
            std::adjacent_find(scored_.begin(), scored_.end(), [](std::size_t a, std::size_t b) {
                return b != a + 1;
            }) == scored_.end();
        for (std::size_t v = 0; v < shape_.variables().size(); ++v) {
            const double* from = score_column(shape_.variables()[v]);
            from = neighbours ? from + scored_.front() : gather(from, scored_);
            tile.set_scores(v, to, from, scored_.size());
        }
        tile.set_bins(to, scored_.size());
        for (std::size_t v = 0; v < tile.levels.size(); ++v)
            read_levels(shape_.level_variables()[v], tile.levels[v].data() + to);
    }

    void read_codes(row_tile& tile, std::size_t to) {
        for (std::size_t m = 0; m < screened_.size(); ++m) {
            const auto metric_at = static_cast<std::size_t>(screened_[m]);
            const double* from = gather(values_->of(metric_at), coded_);
            if (shape_.model().metrics[metric_at].type == metric_type::date) {
                for (std::size_t i = 0; i < gathered_.size(); ++i)
                    gathered_[i] = values_->as_of()[coded_[i]] - gathered_[i];
            }
            tile.set_codes(m, to, from, coded_.size());
        }
    }

    [[nodiscard]] const double* gather(const double* from, const std::vector<std::size_t>& rows) {
        gathered_.resize(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) gathered_[i] = from[rows[i]];
        return gathered_.data();
    }

    [[nodiscard]] const double* score_column(const score_variable& one) const noexcept {
        switch (one.what) {
        case score_variable::kind::group: return scores_[static_cast<axis>(one.group)].data();
        case score_variable::kind::overall: return scores_.overall().data();
        case score_variable::kind::component: return scores_.component(one.component).data();
        }
        return nullptr;
    }

    /// Numbered among all levels.
    void read_levels(const level_variable& one, std::uint32_t* to) const noexcept {
        const auto put = [&](auto level_at) {
            for (std::size_t i = 0; i < scored_.size(); ++i)
                to[i] = static_cast<std::uint32_t>(one.first +
                                                   static_cast<std::size_t>(level_at(scored_[i])));
        };
        switch (one.what) {
        case level_variable::kind::ladder:
            put([of = scores_.stage(one.which)](std::size_t row) { return of[row]; });
            break;
        case level_variable::kind::band:
            put([of = scores_.band(), unknown = one.levels.size() - 1](std::size_t row) {
                return of[row] < 0 ? unknown : static_cast<std::size_t>(of[row]);
            });
            break;
        case level_variable::kind::pattern:
            put([of = scores_.pattern()](std::size_t row) { return of[row]; });
            break;
        case level_variable::kind::step: read_step(one, to); break;
        case level_variable::kind::profile:
            put([of = scores_.profile()](std::size_t row) { return of[row]; });
            break;
        case level_variable::kind::rank:
            for (std::size_t i = 0; i < ranks_.size(); ++i) {
                const std::size_t level =
                    ranks_[i] < 0 ? one.levels.size() - 1 : static_cast<std::size_t>(ranks_[i]);
                to[i] = static_cast<std::uint32_t>(one.first + level);
            }
            break;
        }
    }

    void read_step(const level_variable& one, std::uint32_t* to) const noexcept {
        const std::span<const std::uint8_t> before =
            scores_.achieved(static_cast<step>(one.which - 1));
        const std::span<const std::uint8_t> here = scores_.achieved(static_cast<step>(one.which));
        // By the step itself, then by the one before it.
        constexpr auto no = step_level::not_achieved, stuck = step_level::stuck,
                       yes = step_level::achieved, unknown = step_level::unknown;
        static constexpr step_level levels[3][3] = {
            {unknown, unknown, unknown}, {no, no, stuck}, {yes, yes, yes}};
        for (std::size_t i = 0; i < scored_.size(); ++i) {
            const std::size_t row = scored_[i];
            to[i] = static_cast<std::uint32_t>(
                one.first + static_cast<std::size_t>(levels[here[row]][before[row]]));
        }
    }

    const counted& shape_;
    const scores& scores_;
    std::span<const std::int32_t> screened_;
    condition_states conditions_;
    metric_values* values_ = nullptr;
    std::size_t at_ = 0;               ///< the chunk's first row
    std::vector<std::size_t> scored_;  ///< rows of the batch
    std::vector<std::int32_t> ranks_;  ///< the members', of these
    std::vector<std::size_t> coded_;   ///< rows of the chunk whose raw metrics are wanted
    std::vector<double> gathered_;
};

}  // namespace aiueo::detail
