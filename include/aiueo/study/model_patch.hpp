// study › model_patch: changes of components as a JSON merge patch (RFC 7396) to a model file.
// … ─► evidence ─► study
#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/json_writer.hpp"
#include "aiueo/model/scheme.hpp"
#include "aiueo/stats/figure.hpp"

namespace aiueo::detail {

/// What changes in a component.
struct component_patch {
    double weight = undefined;
    const std::vector<double>* percentile = nullptr;
    response before = response::curve;         ///< what a curve stands in for
    const std::vector<knot>* curve = nullptr;  ///< or of a table:
    const std::vector<std::pair<std::string, double>>* table = nullptr;
    double otherwise = undefined;
};

/// By "U.logins"; the weight of an axis in overall by "overall.U".
using component_patches = std::map<std::string, component_patch>;

/// To three significant digits.
[[nodiscard]] inline double rounded(double value) noexcept {
    char text[32];
    const auto written =
        std::to_chars(text, text + sizeof text, value, std::chars_format::scientific, 2);
    double out = value;
    std::from_chars(text, written.ptr, out);
    return out;
}

/// What the response was goes, since a component has one.
inline void write_response(json_writer& to, const component_patch& one) {
    if (one.curve != nullptr) {
        if (one.before == response::steps) to.key("steps").null().key("below").null();
        if (one.before == response::percentile) to.key("percentile").null();
        to.key("curve").begin_array();
        for (const knot& each : *one.curve)
            to.begin_array().number(each.at).number(each.score).end_array();
        to.end_array();
    }
    if (one.table != nullptr) {
        to.key("table").begin_object();
        for (const auto& [level, score] : *one.table) to.member(level, score);
        to.end_object();
        if (is_defined(one.otherwise)) to.member("else", one.otherwise);
    }
}

inline void write_group(json_writer& to, std::uint32_t g, const component_patches& changed) {
    const std::string prefix = std::string{group_names[g]} + ".";
    auto at = changed.lower_bound(prefix);
    to.key(group_names[g]).begin_object().key("components").begin_object();
    for (; at != changed.end() && at->first.starts_with(prefix); ++at) {
        to.key(at->first.substr(prefix.size())).begin_object();
        if (is_defined(at->second.weight)) to.member("weight", at->second.weight);
        if (at->second.percentile != nullptr) {
            to.key("percentile").begin_array();
            for (const double one : *at->second.percentile) to.number(one);
            to.end_array();
        }
        write_response(to, at->second);
        to.end_object();
    }
    to.end_object().end_object();
}

/// {"axes": {"U": {"components": {"logins": {"weight": 2}}}}, "touch": …}; {} for no changes.
[[nodiscard]] inline std::string merge_patch_of(const component_patches& changed) {
    const auto has = [&changed](std::uint32_t g) {
        const std::string prefix = std::string{group_names[g]} + ".";
        const auto first = changed.lower_bound(prefix);
        return first != changed.end() && first->first.starts_with(prefix);
    };
    std::string out;
    json_writer to{out};
    to.begin_object();
    bool axes = false;
    for (std::uint32_t g = 0; g < axis_count; ++g) {
        if (!has(g)) continue;
        if (!axes) to.key("axes").begin_object();
        axes = true;
        write_group(to, g, changed);
    }
    if (axes) to.end_object();
    if (has(axis_count)) write_group(to, axis_count, changed);  // stands beside the axes
    constexpr std::string_view overall = "overall.";
    if (auto at = changed.lower_bound(std::string{overall});
        at != changed.end() && at->first.starts_with(overall)) {
        to.key("overall").begin_object().key("weights").begin_object();
        for (; at != changed.end() && at->first.starts_with(overall); ++at)
            to.member(at->first.substr(overall.size()), at->second.weight);
        to.end_object().end_object();
    }
    to.end_object();
    return out;
}

/// `knots` values at equal ranks of a sorted histogram: each is the smallest value with at least
/// k/(knots − 1) of all at or below it. Empty if there are fewer observations than knots, or if all
/// are alike.
[[nodiscard]] inline std::vector<double> knots_at_ranks(
    std::span<const std::pair<double, std::int64_t>> values, std::size_t knots) {
    std::int64_t all = 0;
    for (const auto& [value, n] : values) all += n;
    if (knots < 2 || all < static_cast<std::int64_t>(knots)) return {};
    std::vector<double> out;
    std::int64_t reached = values[0].second;
    std::size_t i = 0;
    for (std::size_t k = 0; k < knots; ++k) {
        const int128 wanted = int128{all} * static_cast<std::int64_t>(k);
        while (int128{reached} * static_cast<std::int64_t>(knots - 1) < wanted)
            reached += values[++i].second;
        out.push_back(values[i].first);
    }
    if (out.front() == out.back()) return {};
    return out;
}

}  // namespace aiueo::detail
