// score › change_lines: what a score is the sum of, line by line, on the score grid. base ─► table
// ─► model ─► score
//
// Every line is a whole number of 2^-20 points, as the scores are, so that lines sum to their score
// and the parts of a change to the change, to the bit, in any order.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "aiueo/score/change_types.hpp"
#include "aiueo/score/kernels.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

/// Points of score in units of the grid, 2^-20.
using grid_units = std::int32_t;
[[nodiscard]] constexpr double points_of(std::int64_t units) noexcept {
    return static_cast<double>(units) * 0x1p-20;
}

/// One line of a score: a component, or what happens to their sum.
struct change_line {
    enum class kind : std::uint8_t {
        component,  ///< w s ÷ (Σ_K w + Σ_P w), of overall times the axis's share in it; a prior's
                    ///< share where it stands in
        caps,       ///< what caps took
        override_,  ///< what the override made of it; all of a score that only it gives
        bounds,     ///< overall: the score taken into its bounds
        rounding,   ///< to the grid: the rest
    };
    kind what = kind::component;
    std::uint8_t group = 0;              ///< whose component, caps or override; overall_change
    const component* source = nullptr;   ///< in the new model; null: the old model's alone
    const component* earlier = nullptr;  ///< in the old model; null: the new model's alone

    [[nodiscard]] const component& either() const noexcept {
        return source != nullptr ? *source : *earlier;
    }
};

[[nodiscard]] constexpr std::string_view name_of(change_line::kind what) noexcept {
    switch (what) {
    case change_line::kind::component: return "component";
    case change_line::kind::caps: return "caps";
    case change_line::kind::override_: return "override";
    case change_line::kind::bounds: return "bounds";
    case change_line::kind::rounding: return "rounding";
    }
    return "unknown";
}

/// The lines of every score of two plans, which may be one: components are matched by name.
struct change_layout {
    struct block {
        std::size_t first = 0;
        std::size_t count = 0;
        bool in_use = false;  ///< by either plan
    };
    std::vector<change_line> lines;
    std::array<block, change_scores> blocks{};
    std::array<std::size_t, group_count> group_first{};    ///< of a group's own lines: components,
    std::array<std::size_t, group_count> group_size{};     ///< caps, override; how many components
    std::array<std::size_t, group_count> overall_first{};  ///< of the axis's within overall
    std::array<std::vector<std::uint32_t>, 2> place;       ///< of a component in its group, by
                                                           ///< number: old plan, new plan

    change_layout(const plan_data& earlier, const plan_data& now) {
        const auto find = [](const planned_group& in, const std::string& name) {
            const component* out = nullptr;
            for (const planned_component& one : in.components) {
                if (one.source->name == name) out = one.source;
            }
            return out;
        };
        place[0].resize(earlier.component_count);
        place[1].resize(now.component_count);
        for (std::size_t g = 0; g < group_count; ++g) {
            const planned_group& old_group = earlier.schemes[0].groups[g];
            const planned_group& new_group = now.schemes[0].groups[g];
            const auto group = static_cast<std::uint8_t>(g);
            group_first[g] = lines.size();
            blocks[g].first = lines.size();
            for (const planned_component& one : new_group.components)
                lines.push_back({change_line::kind::component, group, one.source,
                                 find(old_group, one.source->name)});
            for (const planned_component& one : old_group.components) {
                if (find(new_group, one.source->name) == nullptr)
                    lines.push_back({change_line::kind::component, group, nullptr, one.source});
            }
            group_size[g] = lines.size() - group_first[g];
            set_places(old_group, g, place[0]);
            set_places(new_group, g, place[1]);
            lines.push_back({change_line::kind::caps, group});
            lines.push_back({change_line::kind::override_, group});
            lines.push_back({change_line::kind::rounding, group});
            blocks[g].count = lines.size() - blocks[g].first;
            blocks[g].in_use = old_group.in_use || new_group.in_use;
        }
        block& all = blocks[overall_change];
        all.first = lines.size();
        all.in_use = earlier.has_overall || now.has_overall;
        for (std::size_t g = 0; g < axis_count; ++g) {
            overall_first[g] = lines.size();
            const std::size_t own = group_size[g] + 2;  // without rounding: overall has its own
            for (std::size_t k = 0; k < own; ++k) {
                const change_line copy = lines[group_first[g] + k];
                lines.push_back(copy);
            }
        }
        constexpr auto whole = static_cast<std::uint8_t>(overall_change);
        lines.push_back({change_line::kind::bounds, whole});
        lines.push_back({change_line::kind::caps, whole});
        lines.push_back({change_line::kind::override_, whole});
        lines.push_back({change_line::kind::rounding, whole});
        all.count = lines.size() - all.first;
    }

    /// "U.logins", "U caps", "overall rounding".
    [[nodiscard]] std::string name(const change_line& one) const {
        const std::string group{change_score_name(one.group)};
        return one.what == change_line::kind::component
                   ? group + "." + one.either().name
                   : group + " " + std::string{name_of(one.what)};
    }

private:
    void set_places(const planned_group& of, std::size_t g, std::vector<std::uint32_t>& out) {
        for (const planned_component& one : of.components) {
            for (std::size_t k = 0; k < group_size[g]; ++k) {
                if (lines[group_first[g] + k].either().name == one.source->name)
                    out[one.number] = static_cast<std::uint32_t>(k);
            }
        }
    }
};

namespace detail {

/// Scores, levels and lines of the pairs of a block, in one state between the parts.
struct change_state {
    explicit change_state(const change_layout& layout, std::size_t ladders)
        : lines(layout.lines.size() * chunk_rows), stages(ladders * chunk_rows) {
        for (auto& one : scores) one.fill(unknown_value);
    }
    std::array<std::array<double, chunk_rows>, change_scores> scores;
    std::vector<grid_units> lines;  ///< line × row
    std::vector<level_index> stages;
    std::array<level_index, chunk_rows> band{};
    std::array<level_index, chunk_rows> profile{};
};

/// Reads a state from the slots of a scheme that has run.
class line_reader {
public:
    /// `which` of the layout's plans this one is: 0 the old, 1 the new.
    line_reader(const change_layout& layout, const plan_data& plan, workspace& space,
                std::size_t which)
        : layout_(layout),
          plan_(plan),
          space_(space),
          place_(layout.place[which]),
          shares_(plan.component_count * chunk_rows) {}

    void read(level_index profile, double* const* slots, std::span<const std::uint16_t> where,
              change_state& out) {
        const planned_scheme& scheme = plan_.schemes[static_cast<std::size_t>(profile)];
        slots_ = slots;
        for (const std::uint16_t row : where) out.profile[row] = profile;
        for (std::size_t g = 0; g < group_count; ++g) read_group(scheme, g, where, out);
        read_overall(scheme, where, out);
        for (std::size_t l = 0; l < scheme.ladders.size(); ++l) {
            for (std::size_t i = 0; i < where.size(); ++i)
                out.stages[l * chunk_rows + where[i]] = level(scheme.ladders[l], i);
        }
        if (!plan_.model.rules.bands) return;
        for (std::size_t i = 0; i < where.size(); ++i) {
            out.band[where[i]] = holds(scheme.band.certain, i) ? level(scheme.band, i) : no_level;
        }
    }

    /// Nothing but the scores.
    void read_scores(level_index profile, double* const* slots,
                     std::span<const std::uint16_t> where, change_state& out) {
        const planned_scheme& scheme = plan_.schemes[static_cast<std::size_t>(profile)];
        slots_ = slots;
        for (std::size_t g = 0; g < group_count; ++g) {
            const planned_group& group = scheme.groups[g];
            for (std::size_t i = 0; i < where.size(); ++i)
                out.scores[g][where[i]] =
                    group.in_use ? rounded(at(group.slots.score, i)) : unknown_value;
        }
        for (std::size_t i = 0; i < where.size(); ++i)
            out.scores[overall_change][where[i]] = rounded(at(plan_.overall.score, i));
    }

private:
    static double rounded(double points) noexcept { return portable::on_grid(points); }
    static grid_units units(double on_the_grid) noexcept {
        return static_cast<grid_units>(on_the_grid * 0x1p20);
    }

    [[nodiscard]] double at(slot which, std::size_t i) const noexcept { return slots_[which][i]; }
    [[nodiscard]] bool holds(slot which, std::size_t i) const noexcept {
        return (space_.truths[which].yes[i / 8] >> (i % 8) & 1) != 0;
    }
    [[nodiscard]] level_index level(const planned_levels& of, std::size_t i) const noexcept {
        level_index out = 0;
        for (const slot one : of.reached)
            out = static_cast<level_index>(out + (holds(one, i) ? 1 : 0));
        return out;
    }

    /// A score's caps and override as lines, and what its components gave.
    struct limits {
        double before = unknown_value;
        double caps = 0;
        double manual = 0;
    };
    [[nodiscard]] limits limits_of(const std::vector<planned_cap>& caps, const score_slots& slots,
                                   std::size_t i) const noexcept {
        limits out;
        const double score = rounded(at(slots.score, i));
        out.before = at(slots.before, i);
        if (out.before != out.before) {
            if (score == score) out.manual = score;
            return out;
        }
        double reached = out.before;
        for (const planned_cap& one : caps) {
            if (reached > one.at_most && holds(one.when.result, i)) reached = one.at_most;
        }
        out.caps = rounded(reached) - out.before;
        out.manual = score - rounded(reached);
        return out;
    }

    void read_group(const planned_scheme& scheme, std::size_t g,
                    std::span<const std::uint16_t> where, change_state& out) {
        grid_units* lines = out.lines.data() + layout_.group_first[g] * chunk_rows;
        const std::size_t size = layout_.group_size[g];
        for (std::size_t k = 0; k < size + 3; ++k) {
            for (const std::uint16_t row : where) lines[k * chunk_rows + row] = 0;
        }
        const planned_group& group = scheme.groups[g];
        if (!group.in_use) {
            for (const std::uint16_t row : where) out.scores[g][row] = unknown_value;
            return;
        }
        share_out(group, where.size());
        for (std::size_t i = 0; i < where.size(); ++i) {
            const std::size_t row = where[i];
            const limits one = limits_of(group.caps, group.slots, i);
            out.scores[g][row] = rounded(at(group.slots.score, i));
            lines[size * chunk_rows + row] = units(one.caps);
            lines[(size + 1) * chunk_rows + row] = units(one.manual);
            if (one.before != one.before) continue;
            grid_units rest = units(one.before);
            for (const planned_component& part : group.components) {
                const grid_units mine = units(rounded(shares_[part.number * chunk_rows + i]));
                lines[place_[part.number] * chunk_rows + row] = mine;
                rest -= mine;
            }
            lines[(size + 2) * chunk_rows + row] = rest;
        }
    }

    /// Contributions of a group's components, unrounded; 0 for those that count nothing.
    void share_out(const planned_group& group, std::size_t n) {
        std::array<double, chunk_rows> weights{};
        for (const planned_component& part : group.components) {
            const component& from = *part.source;
            const bool stands = from.missing == missing_policy::prior ||
                                from.missing == missing_policy::pessimistic;
            const double prior = from.missing == missing_policy::prior ? from.prior : 0.0;
            const value_state* states = space_.states_of(part);
            const double* response = slots_[part.response];
            double* share = shares_.data() + part.number * chunk_rows;
            for (std::size_t i = 0; i < n; ++i) {
                const bool known = response[i] == response[i];
                const bool counts = known || (stands && states[i] != value_state::unused);
                weights[i] += counts ? from.weight : 0.0;
                share[i] = counts ? from.weight * (known ? response[i] : prior) : 0.0;
            }
        }
        for (const planned_component& part : group.components) {
            double* share = shares_.data() + part.number * chunk_rows;
            for (std::size_t i = 0; i < n; ++i)
                share[i] = share[i] > 0 ? share[i] / weights[i] : 0.0;
        }
    }

    void read_overall(const planned_scheme& scheme, std::span<const std::uint16_t> where,
                      change_state& out) {
        const change_layout::block& block = layout_.blocks[overall_change];
        const std::size_t ends = block.first + block.count - 4;  // bounds, caps, override, rounding
        for (std::size_t i = 0; i < where.size(); ++i) {
            const std::size_t row = where[i];
            grid_units* lines = out.lines.data() + row;
            for (std::size_t k = 0; k < block.count; ++k) lines[(block.first + k) * chunk_rows] = 0;
            out.scores[overall_change][row] = rounded(at(plan_.overall.score, i));
            const limits one = limits_of(scheme.overall_caps, plan_.overall, i);
            lines[(ends + 1) * chunk_rows] = units(one.caps);
            lines[(ends + 2) * chunk_rows] = units(one.manual);
            if (one.before != one.before) continue;
            std::array<double, axis_count> share{};
            const double mean = rounded(combine(scheme, i, share));
            lines[ends * chunk_rows] = units(one.before - mean);
            grid_units rest = units(mean);
            for (std::size_t g = 0; g < axis_count; ++g) {
                if (share[g] > 0) rest -= put_axis(scheme.groups[g], g, i, share[g], lines);
            }
            lines[(ends + 3) * chunk_rows] = rest;
        }
    }

    /// What an axis gives to overall. Its sum.
    grid_units put_axis(const planned_group& group, std::size_t g, std::size_t i, double share,
                        grid_units* lines) const noexcept {
        const std::size_t first = layout_.overall_first[g];
        grid_units sum = 0;
        const auto put = [&](std::size_t k, double points) {
            const grid_units mine = units(rounded(share * points));
            lines[(first + k) * chunk_rows] = mine;
            sum += mine;
        };
        const limits one = limits_of(group.caps, group.slots, i);
        put(layout_.group_size[g], one.caps);
        put(layout_.group_size[g] + 1, one.manual);
        if (one.before != one.before) return sum;
        for (const planned_component& part : group.components)
            put(place_[part.number], shares_[part.number * chunk_rows + i]);
        return sum;
    }

    /// Overall before it is taken into its bounds, and each axis's share in it: of the mean its
    /// weight among the axes that have a score; of the minimum all for the first that is it.
    [[nodiscard]] double combine(const planned_scheme& scheme, std::size_t i,
                                 std::array<double, axis_count>& share) const noexcept {
        const overall_rule& rule = scheme.source->overall;
        double weighted = 0;
        double weights = 0;
        double least = unknown_value;
        std::size_t lowest = 0;
        for (std::size_t g = 0; g < axis_count; ++g) {
            if (!scheme.groups[g].in_use || !(rule.weights[g] > 0)) continue;
            const double score = at(scheme.groups[g].slots.score, i);
            if (score != score) continue;
            weighted += rule.weights[g] * score;
            weights += rule.weights[g];
            share[g] = rule.weights[g];
            if (least == least && !(score < least)) continue;
            least = score;
            lowest = g;
        }
        if (rule.how == overall_rule::combine::minimum) {
            share.fill(0);
            share[lowest] = 1;
            return least;
        }
        for (double& one : share) one /= weights;
        return weighted / weights;
    }

    const change_layout& layout_;
    const plan_data& plan_;
    workspace& space_;
    const std::vector<std::uint32_t>& place_;
    std::vector<double> shares_;  ///< contributions of components, by number × row
    double* const* slots_ = nullptr;
};

}  // namespace detail

}  // namespace aiueo
