// action › gap_plays: see gap_plays.hpp.
#include "gap_plays.hpp"

#include <algorithm>
#include <utility>

#include "aiueo/base/date.hpp"

namespace aiueo::detail {

namespace {

/// Marks a metric, and what a derived one is made of.
void mark(const model& of, std::uint32_t metric_index, std::vector<std::uint8_t>& to) {
    if (to[metric_index] != 0) return;
    to[metric_index] = 1;
    for (const node& part : of.metrics[metric_index].derive.nodes) {
        if (part.what == op::name && part.resolved.what == symbol::kind::metric)
            mark(of, part.resolved.index, to);
    }
}

}  // namespace

gap_reader::gap_reader(const plan& with, const batch& rows)
    : model_(with.model()), trace_(with, rows, true) {
    // A profile may read other metrics for a component.
    for (const planned_scheme& scheme : with.data().schemes) {
        std::vector<std::vector<marks>>& of_scheme = inputs_.emplace_back(group_count);
        for (std::size_t g = 0; g < group_count; ++g) {
            for (const component& one : scheme.source->groups[g].components) {
                marks& mine = of_scheme[g].emplace_back(model_.metrics.size(), std::uint8_t{0});
                for (const std::uint32_t input : one.input_metrics) mark(model_, input, mine);
            }
        }
    }
    for (const play& one : model_.plays) {
        std::vector<target>& to = for_.emplace_back();
        for (std::size_t g = 0; g < group_count; ++g) {
            const std::vector<component>& all = model_.rules.groups[g].components;
            for (std::size_t k = 0; k < all.size(); ++k) {
                const std::string name = std::string{group_names[g]} + "." + all[k].name;
                if (std::find(one.for_gaps.begin(), one.for_gaps.end(), name) != one.for_gaps.end())
                    to.push_back({g, k});
            }
        }
    }
}

result<answered_gap> gap_reader::read(std::int64_t row, std::string_view ladder) {
    if (status ok = trace_.run(row); !ok) return std::move(ok).error();
    auto found = gap_of(trace_, ladder, {});
    if (!found) return std::move(found).error();
    answered_gap out;
    out.gap = *std::move(found);
    out.answered = out.gap.reachable && !out.gap.conditions.empty();
    std::vector<std::int32_t> different;
    for (const gap_condition& one : out.gap.conditions) {
        const std::int32_t which = play_for(one);
        out.plays.push_back(which);
        if (which < 0) {
            out.answered = false;
            continue;
        }
        if (out.first < 0) out.first = which;
        if (std::find(different.begin(), different.end(), which) == different.end())
            different.push_back(which);
    }
    if (out.answered) {
        out.effort = 0;
        for (const std::int32_t one : different)
            out.effort += model_.plays[static_cast<std::size_t>(one)].effort;
    }
    return out;
}

std::int32_t gap_reader::play_for(const gap_condition& one) {
    std::int32_t best = -1;
    double most = -1;
    for (std::size_t p = 0; p < for_.size(); ++p) {
        double sum = 0;
        bool answers = false;
        for (const target& to : for_[p]) {
            const bool read = std::any_of(
                one.reads.begin(), one.reads.end(),
                [&](const symbol& part) { return reads(part, to.group, to.component); });
            if (!read) continue;
            answers = true;
            sum += missing(to.group, to.component);
        }
        if (!answers || !(sum > most)) continue;
        most = sum;
        best = static_cast<std::int32_t>(p);
    }
    return best;
}

bool gap_reader::reads(const symbol& one, std::size_t group, std::size_t component) const {
    switch (one.what) {
    case symbol::kind::none:
    case symbol::kind::as_of:
    case symbol::kind::ladder:
    case symbol::kind::band: return false;
    case symbol::kind::metric:
        return inputs_[static_cast<std::size_t>(trace_.profile())][group][component][one.index] !=
               0;
    case symbol::kind::group: return one.index == group;
    case symbol::kind::coverage: return one.index == group || one.index == group_count;
    case symbol::kind::component: return one.index == group && one.member == component;
    case symbol::kind::overall: return group < axis_count;
    }
    return false;
}

double gap_reader::missing(std::size_t group, std::size_t component) const {
    const planned_component& one = trace_.scheme().groups[group].components[component];
    const double response = trace_.at(one.response);
    return one.source->weight * (response == response ? 100 - response : 100);
}

std::string reason_of(const gap_report& one, language in) {
    const bool ja = in == language::ja;
    std::string out;
    for (const gap_condition& part : one.conditions) {
        if (!out.empty()) out += "; ";
        if (!part.wanted) out += ja ? "次でないこと: " : "not ";
        out += part.text;
        if (part.unknown) {
            out += ja ? "（不明）" : " (unknown)";
            continue;
        }
        if (part.left != part.left) continue;
        const std::string now = part.dates ? format_date(static_cast<std::int32_t>(part.left))
                                           : shown(part.left, 1, in);
        out += ja ? "（現在 " + now + "）" : " (now " + now + ")";
    }
    return out;
}

}  // namespace aiueo::detail
