// evidence › segment_levels: the levels of segments, and the owners, that some rows have.
// … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
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

    /// Segments of the model; each names its levels in all of its tables.
    segment_levels(const counted& shape, const batch& rows)
        : segment_levels(rows, columns_of_segments(shape)) {}

    /// Member and team of each customer, by the model's roles; without a role its is unknown.
    [[nodiscard]] static segment_levels of_owners(const counted& shape, const batch& rows) {
        return segment_levels{rows, columns_of_owners(shape)};
    }

    [[nodiscard]] std::size_t size() const noexcept { return columns_.size(); }
    /// The index in the model of column `s`'s metric.
    [[nodiscard]] std::size_t metric(std::size_t s) const noexcept { return columns_[s].metric; }

    /// The first of the tables that know column `s`'s names.
    [[nodiscard]] std::size_t first_table(std::size_t s) const noexcept {
        return columns_[s].first_table;
    }

    /// The number of a value's level in column `s`.
    [[nodiscard]] std::int32_t number_of(std::size_t s, double value) {
        if (value != value) return unknown;
        const bool category = columns_[s].category;
        const std::size_t band = category ? 0 : band_of(s, value);
        const std::size_t at = category ? static_cast<std::size_t>(value) : band;
        if (at >= met_[s].size()) met_[s].resize(at + 1);
        std::int32_t& met = met_[s][at];
        if (met == 0) {
            met = 1 + texts_[s].intern(category ? rows_.text(value)
                                                : edge_level_name(columns_[s].edges, band));
        }
        return met - 1;
    }

    /// Do the levels that are new fit into the tables? limit_exceeded names the column.
    [[nodiscard]] status fit(const std::vector<count_table>& tables) const {
        for (std::size_t s = 0; s < texts_.size(); ++s) {
            const count_table& first = tables[columns_[s].first_table];
            if (status ok = first.can_name(texts_[s].texts()); !ok) return ok;
        }
        return {};
    }

    /// After fit() said yes.
    void name(std::vector<count_table>& tables) {
        for (std::size_t s = 0; s < texts_.size(); ++s) {
            ids_[s].clear();
            for (const std::string_view name : texts_[s].texts()) {
                for (std::size_t t = 0; t < columns_[s].tables; ++t) {
                    auto id = tables[columns_[s].first_table + t].name_id(name);
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
    struct column {
        std::size_t metric = 0;
        bool category = true;
        std::span<const double> edges;  ///< of a number
        std::size_t first_table = 0;    ///< of `tables` in a row that know its names
        std::size_t tables = 1;
    };

    segment_levels(const batch& rows, std::vector<column> columns)
        : rows_(rows),
          columns_(std::move(columns)),
          texts_(columns_.size()),
          ids_(columns_.size()),
          met_(columns_.size()) {}

    [[nodiscard]] static std::vector<column> columns_of_segments(const counted& shape) {
        const model& subject = shape.model();
        std::vector<column> out;
        for (const segment& one : subject.segments) {
            const aiueo::metric* const source = subject.find_metric(one.metric);
            out.push_back({static_cast<std::size_t>(source - subject.metrics.data()),
                           source->type == metric_type::category, one.edges,
                           counted::ends_of_segment(out.size()), counted::tables_a_segment});
        }
        return out;
    }

    [[nodiscard]] static std::vector<column> columns_of_owners(const counted& shape) {
        const model& subject = shape.model();
        std::vector<column> out;
        for (const auto& [role, table] : {std::pair{"member", table_id::moves_by_member},
                                          std::pair{"team", table_id::moves_by_team}}) {
            const auto named = subject.roles.find(role);
            if (named == subject.roles.end()) continue;
            const aiueo::metric* const source = subject.find_metric(named->second);
            if (source == nullptr || source->type != metric_type::category) continue;
            out.push_back({static_cast<std::size_t>(source - subject.metrics.data()),
                           true,
                           {},
                           static_cast<std::size_t>(table),
                           1});
        }
        return out;
    }

    [[nodiscard]] std::size_t band_of(std::size_t s, double value) const noexcept {
        const std::span<const double> edges = columns_[s].edges;
        if (edges.empty()) return value == 0 ? 0 : 1;  // a flag
        return band_between(edges, value);
    }

    const batch& rows_;
    std::vector<column> columns_;
    std::vector<dictionary> texts_;
    std::vector<std::vector<std::int32_t>> ids_;
    /// [column][text's id or band]: the level's number + 1; 0 was not met.
    std::vector<std::vector<std::int32_t>> met_;
};

}  // namespace aiueo::detail
