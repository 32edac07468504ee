// evidence › segment_levels: the levels of segments that some rows have. … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo::detail {

/// Levels get numbers as they are met; names() then puts them into the tables, where they get the
/// ids that blocks are under.
class segment_levels {
public:
    static constexpr std::int32_t unknown = -1;

    segment_levels(const counted& shape, const batch& rows) : shape_(shape), rows_(rows) {
        const model& subject = shape.model();
        for (const segment& one : subject.segments) {
            metrics_.push_back(
                static_cast<std::size_t>(subject.find_metric(one.metric) - subject.metrics.data()));
        }
        texts_.resize(metrics_.size());
        ids_.resize(metrics_.size());
        met_.resize(metrics_.size());
    }

    [[nodiscard]] std::size_t size() const noexcept { return metrics_.size(); }
    /// The index in the model of segment `s`'s metric.
    [[nodiscard]] std::size_t metric(std::size_t s) const noexcept { return metrics_[s]; }

    /// The number of a value's level in segment `s`.
    [[nodiscard]] std::int32_t number_of(std::size_t s, double value) {
        if (value != value) return unknown;
        const aiueo::metric& source = shape_.model().metrics[metrics_[s]];
        const bool category = source.type == metric_type::category;
        const std::size_t band = category ? 0 : band_of(s, value);
        const std::size_t at = category ? static_cast<std::size_t>(value) : band;
        if (at >= met_[s].size()) met_[s].resize(at + 1);
        std::int32_t& met = met_[s][at];
        if (met == 0) {
            met = 1 + texts_[s].intern(
                          category ? rows_.text(value)
                                   : edge_level_name(shape_.model().segments[s].edges, band));
        }
        return met - 1;
    }

    /// Do the levels that are new fit into the tables? limit_exceeded names the segment.
    [[nodiscard]] status fit(const std::vector<count_table>& tables) const {
        for (std::size_t s = 0; s < texts_.size(); ++s) {
            const count_table& ends = tables[counted::ends_of_segment(s)];
            if (status ok = ends.can_name(texts_[s].texts()); !ok) return ok;
        }
        return {};
    }

    /// After fit() said yes.
    void name(std::vector<count_table>& tables) {
        for (std::size_t s = 0; s < texts_.size(); ++s) {
            ids_[s].clear();
            for (const std::string_view name : texts_[s].texts()) {
                const std::size_t first = counted::ends_of_segment(s);
                for (std::size_t t = 0; t < counted::tables_a_segment; ++t) {
                    auto id = tables[first + t].name_id(name);
                    if (t == 0) ids_[s].push_back(*id);
                }
            }
        }
    }

    /// Of a number, after name().
    [[nodiscard]] std::int32_t id(std::size_t s, std::int32_t number) const noexcept {
        return number < 0 ? unknown : ids_[s][static_cast<std::size_t>(number)];
    }

private:
    [[nodiscard]] std::size_t band_of(std::size_t s, double value) const noexcept {
        const std::vector<double>& edges = shape_.model().segments[s].edges;
        if (edges.empty()) return value == 0 ? 0 : 1;  // a flag
        return band_between(edges, value);
    }

    const counted& shape_;
    const batch& rows_;
    std::vector<std::size_t> metrics_;
    std::vector<dictionary> texts_;
    std::vector<std::vector<std::int32_t>> ids_;
    /// [segment][text's id or band]: the level's number + 1; 0 was not met.
    std::vector<std::vector<std::int32_t>> met_;
};

}  // namespace aiueo::detail
