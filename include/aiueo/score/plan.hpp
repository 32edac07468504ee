// score › plan: a model compiled once, immutable, shared by any number of batches and threads.
// base ─► table ─► model ─► score
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/model/model.hpp"
#include "aiueo/model/order.hpp"
#include "aiueo/score/kernel_types.hpp"
#include "aiueo/score/program.hpp"
#include "aiueo/score/scorer.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo {

/// Ranges given to score() start at multiples of this.
inline constexpr std::size_t row_alignment = 64;
inline constexpr slot no_slot = 0xFFFFFFFFu;

/// Why a value is what it is. Order matters to nobody; numbers are part of the C ABI.
enum class value_state : std::uint8_t {
    known = 0,
    missing = 1,  ///< null or NaN
    stale = 2,    ///< older than max_age_days, or of unknown age
    invalid = 3,  ///< out of range, infinite, a date on the wrong side
    unseen = 4,   ///< a category that the component does not list
    unused = 5,   ///< the component is not in use on this date
};

[[nodiscard]] constexpr std::string_view name_of(value_state state) noexcept {
    switch (state) {
    case value_state::known: return "known";
    case value_state::missing: return "missing";
    case value_state::stale: return "stale";
    case value_state::invalid: return "invalid";
    case value_state::unseen: return "unseen";
    case value_state::unused: return "unused";
    }
    return "unknown";
}

/// Where a customer stands in the chain (docs/scores.md).
enum class pattern : std::uint8_t {
    unknown = 0,
    untouched = 1,
    contacted_not_using = 2,
    using_without_outcome = 3,
    outcome_without_use = 4,
    outcome_without_growth = 5,
    succeeding = 6,
};
inline constexpr std::array<std::string_view, 7> pattern_names{"unknown",
                                                               "untouched",
                                                               "contacted_not_using",
                                                               "using_without_outcome",
                                                               "outcome_without_use",
                                                               "outcome_without_growth",
                                                               "succeeding"};

/// The steps of the chain that a snapshot shows; the fourth, mission, is seen at contract ends.
enum class step : std::uint8_t { accompany, process, success };
inline constexpr std::array<std::string_view, 3> step_names{"accompany", "process", "success"};

/// Is a step achieved? The order of the codes in scores::achieved().
enum class achievement : std::uint8_t { unknown = 0, no = 1, yes = 2 };
inline constexpr std::array<std::string_view, 3> achievement_names{"unknown", "not_achieved",
                                                                   "achieved"};

/// When a metric's column is read.
enum class metric_reading : std::uint8_t {
    ahead,           ///< into its slot, before anything else
    with_component,  ///< by the one component that responds to it, which leaves it in its slot
    in_place,        ///< by that component alone: nobody needs a slot
};

/// A metric the plan reads, and where it comes from. Position in plan_data::metrics = its number in
/// a batch.
struct planned_metric {
    std::uint32_t in_model = 0;  ///< index in model::metrics
    slot values = no_slot;
    program derive;  ///< derived metrics
    metric_reading reading = metric_reading::ahead;
    std::uint32_t initiative = 0;  ///< number among the initiative metrics
    std::uint32_t states = 0;      ///< its column of states while scoring; 0 is nobody's
};

struct planned_component {
    std::uint32_t number = 0;  ///< among all components of the scheme, for states
    slot response = no_slot;   ///< unrounded
    slot shown = no_slot;      ///< rounded to the grid, where a condition reads it
    std::vector<slot> inputs;
    std::vector<std::uint32_t> input_metrics;  ///< plan metric numbers
    std::uint32_t knots = 0;                   ///< or thresholds; the three have room for eight
    std::vector<double> at;
    std::vector<double> score;
    std::vector<double> slope;
    std::vector<double> table;  ///< by text id of the plan
    double otherwise = detail::unknown_value;
    double of_zero = detail::unknown_value;
    const component* source = nullptr;
    std::uint32_t scorer = 0;
    bool simple = false;       ///< one metric through a curve, steps or a flag: a kernel reads and
                               ///< responds at once
    std::uint32_t states = 0;  ///< its column of states while scoring; 0 is nobody's
};

struct planned_cap {
    program when;
    double at_most = 100;
};

struct planned_override {
    slot value = no_slot;
    score_override::mode how = score_override::mode::replace;
};

/// Slots of a score: after caps and overrides, and as the components alone gave it.
struct score_slots {
    slot score = no_slot;
    slot coverage = no_slot;
    slot lower = no_slot;
    slot upper = no_slot;
    slot before = no_slot;  ///< before caps and overrides
};

/// What a group's components need beside their sums.
enum class group_kind : std::uint8_t {
    plain,   ///< nothing
    priors,  ///< what stands in for the unknown
    any,     ///< components in use on some dates only, or `fail`
};

struct planned_group {
    bool in_use = false;
    std::vector<planned_component> components;
    std::vector<planned_cap> caps;
    std::optional<planned_override> manual;
    score_slots slots;
    kernel_divisor total;  ///< by Σ w
    group_kind kind = group_kind::plain;
};

struct planned_atom {
    program truth;
    program left;  ///< comparisons: both sides, for the distance
    program right;
    std::uint32_t node = 0;  ///< in the rung's expression
    bool comparison = false;
};

struct planned_rung {
    program when;
    std::vector<planned_atom> atoms;  ///< for gap()
};

/// A scale as truths: the rungs of a ladder, or the bands. The program computes all of them.
struct planned_levels {
    std::vector<slot> reached;  ///< [k − 1]: at least level k
    slot certain = 0;           ///< yes where the level is known: not provisional, a score to band
    program climb;
};

struct planned_ladder : planned_levels {
    std::vector<planned_rung> rungs;
};

/// Everything one profile computes.
struct planned_scheme {
    const scheme* source = nullptr;
    std::vector<evaluation_step> order;
    std::array<planned_group, group_count> groups;
    std::vector<planned_cap> overall_caps;
    std::optional<planned_override> overall_manual;
    std::vector<planned_ladder> ladders;
    planned_levels band;
    std::vector<slot> patterns;                                  ///< [k − 1]: truth of pattern k
    std::array<std::array<slot, 2>, step_names.size()> steps{};  ///< not achieved, achieved
    slot overdue = 0;      ///< truth: a rung of the first ladder is, so process is not achieved
    program find_pattern;  ///< of steps and patterns
    kernel_divisor overall_weights;  ///< by those of the axes that overall is made of
    std::uint32_t component_count = 0;
    bool has_overall = false;  ///< an axis with components and a weight
};

/// What compile() makes. Hosts read it through `plan`.
struct plan_data {
    aiueo::model model;
    const kernel_table* kernels = nullptr;
    dictionary texts;  ///< every text the model compares with; ids are shared by all batches
    std::vector<planned_metric>
        metrics;  ///< those that scoring reads, columns and initiatives before derived ones
    std::vector<std::uint32_t> derived_order;  ///< plan metric numbers
    std::vector<std::int32_t> metric_number;   ///< model index → plan number, −1 = not read
    std::vector<std::pair<slot, double>> constants;
    std::vector<text_test> text_tests;
    std::vector<named_scorer> scorers;

    slot as_of = 0;
    slot working_slots = 0;  ///< those that scoring needs; the rest is for explanations
    slot slot_count = 0;
    slot truth_count = 0;
    std::uint32_t metric_states = 1;  ///< columns of states that scoring needs
    std::uint32_t component_states = 1;
    std::size_t sums = 0;  ///< columns that groups of kind `any` add up in
    score_slots overall;
    std::array<slot, step_names.size()> step_scores{no_slot, no_slot, no_slot};  ///< touch's first
    std::array<bool, group_count> groups_in_use{};
    bool has_overall = false;
    bool needs_as_of = false;
    bool needs_initiatives = false;
    std::uint32_t component_count =
        0;  ///< the same in every scheme: profiles may not add components

    std::vector<program> profile_when;
    std::vector<planned_scheme> schemes;  ///< [0] is the default, [k] profile k − 1
    bool has_patterns = false;
};

/// Immutable and shareable between threads; batches and scores made from it must not outlive it.
class plan {
public:
    explicit plan(std::unique_ptr<const plan_data> compiled) : data_(std::move(compiled)) {}

    [[nodiscard]] const aiueo::model& model() const noexcept { return data_->model; }
    [[nodiscard]] const plan_data& data() const noexcept { return *data_; }

private:
    std::unique_ptr<const plan_data> data_;
};

}  // namespace aiueo
