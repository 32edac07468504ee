// evidence › counted: what is counted for a model, and in which tables. … ─► score ─► evidence
//
// The model's sections decide: leads, term bands, segments, ladders, bands, steps. Two plans with
// the same counting fingerprint count the same things in the same places.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/number.hpp"
#include "aiueo/base/sha256.hpp"
#include "aiueo/evidence/count_fields.hpp"
#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/groups.hpp"
#include "aiueo/evidence/link_fields.hpp"
#include "aiueo/evidence/revenue_shape.hpp"
#include "aiueo/evidence/table_id.hpp"
#include "aiueo/evidence/totals.hpp"
#include "aiueo/evidence/value_code.hpp"
#include "aiueo/model/fingerprint.hpp"
#include "aiueo/score/plan.hpp"

namespace aiueo {

inline constexpr std::size_t score_bins = 102;  ///< 0 to 100 by points, and unknown
inline constexpr std::size_t unknown_bin = 101;
inline constexpr std::int32_t observation_window_days = 31;
inline constexpr std::size_t max_segment_levels = 64;
inline constexpr std::size_t max_initiatives = 256;
inline constexpr std::size_t max_calls = 1024;  ///< variants of all initiatives

/// A score that evidence looks at: of a group, overall, or of a component.
struct score_variable {
    enum class kind : std::uint8_t { group, overall, component };
    kind what = kind::overall;
    std::uint32_t group = 0;      ///< of a group or component
    std::uint32_t component = 0;  ///< its number among all components
    std::string name;             ///< "U", "overall", "U.logins": the scores table's
};

/// A column of levels: a ladder, the bands, patterns, a step and the one before it, profiles, the
/// members' ranks.
struct level_variable {
    enum class kind : std::uint8_t { ladder, band, pattern, step, profile, rank };
    kind what = kind::ladder;
    std::size_t which = 0;  ///< number of the ladder, of the step
    std::string name;
    std::vector<std::string> levels;  ///< the last of a band, a step and of ranks is "unknown"
    std::size_t first = 0;            ///< where its levels begin among all; 0 is "everybody"
};

/// A comparison that a rung asks for, as its model writes it. Written twice, it is still one;
/// profiles may ask for others.
struct condition_variable {
    std::size_t ladder = 0;
    std::size_t rung = 0;  ///< the first that asks for it
    std::string text;
};

/// The number of the band [edge, next edge) that a value lies in; 0 is below the first edge.
[[nodiscard]] inline std::size_t band_between(std::span<const double> edges,
                                              double value) noexcept {
    std::size_t band = 0;
    while (band < edges.size() && value >= edges[band]) ++band;
    return band;
}

/// "< 2", "2 – 13", "≥ 13"; of a flag, which has no edges, "false" and "true".
[[nodiscard]] inline std::string edge_level_name(std::span<const double> edges, std::size_t band) {
    if (edges.empty()) return band == 0 ? "false" : "true";
    if (band == 0) return "< " + format_number(edges[0]);
    if (band == edges.size()) return "≥ " + format_number(edges.back());
    return format_number(edges[band - 1]) + " – " + format_number(edges[band]);
}

class counted {
public:
    explicit counted(const plan& of) : plan_(&of.data()) {
        add_scores();
        add_levels();
        add_conditions();
        const study_rules& study = model().study;
        leads_ = study.leads;
        add_lags();
        term_bands_ = study.term_bands;
        add_revenue();
    }

    [[nodiscard]] const plan_data& plan() const noexcept { return *plan_; }
    [[nodiscard]] const aiueo::model& model() const noexcept { return plan_->model; }
    [[nodiscard]] const std::vector<score_variable>& variables() const noexcept {
        return variables_;
    }
    [[nodiscard]] const std::vector<level_variable>& level_variables() const noexcept {
        return level_variables_;
    }
    [[nodiscard]] const std::vector<condition_variable>& conditions() const noexcept {
        return conditions_;
    }
    /// "Everybody" and all levels of all level variables.
    [[nodiscard]] std::size_t levels() const noexcept { return levels_; }
    [[nodiscard]] std::size_t components() const noexcept { return plan_->component_count; }
    [[nodiscard]] std::size_t first_component() const noexcept {
        return variables_.size() - components();
    }
    /// The position of "overall" among the variables; variables().size() if there is none.
    [[nodiscard]] std::size_t overall() const noexcept { return overall_; }
    /// The position of axis O among the variables; variables().size() if it is not in use.
    [[nodiscard]] std::size_t outcome() const noexcept { return outcome_; }
    [[nodiscard]] const std::vector<std::int32_t>& leads() const noexcept { return leads_; }
    /// Months from a step to the next: the model's, or those that one is chosen of. Empty if the
    /// model has no steps.
    [[nodiscard]] const std::vector<std::int32_t>& lags() const noexcept { return lags_; }
    /// The lead at which steps are put beside the end itself: the shortest.
    [[nodiscard]] std::int32_t mission_lead() const noexcept {
        return static_cast<std::int32_t>(std::min_element(leads_.begin(), leads_.end()) -
                                         leads_.begin());
    }
    /// How customers' money over time is counted.
    [[nodiscard]] const revenue_shape& revenue() const noexcept { return revenue_; }
    /// The levels that renewal is forecast by: the first ladder's, else the bands'; nullptr without
    /// either.
    [[nodiscard]] const level_variable* revenue_levels() const noexcept {
        return revenue_.levels == 0 ? nullptr : &level_variables_.front();
    }
    /// The variable of a step, process or success; nullptr if the model has no steps.
    [[nodiscard]] const level_variable* levels_of_step(step which) const noexcept {
        for (const level_variable& one : level_variables_) {
            if (one.what == level_variable::kind::step &&
                one.which == static_cast<std::size_t>(which))
                return &one;
        }
        return nullptr;
    }
    [[nodiscard]] std::size_t term_bands() const noexcept { return term_bands_.size() + 1; }

    /// The band of a term: months, [edge, next edge).
    [[nodiscard]] std::size_t term_band(double months) const noexcept {
        return band_between(term_bands_, months);
    }

    /// The number of a condition of a ladder by its text; conditions().size() if there is none.
    [[nodiscard]] std::size_t find_condition(std::size_t ladder,
                                             std::string_view text) const noexcept {
        std::size_t k = 0;
        while (k < conditions_.size() &&
               (conditions_[k].ladder != ladder || conditions_[k].text != text))
            ++k;
        return k;
    }
    [[nodiscard]] static std::string text_of_condition(const planned_scheme& scheme,
                                                       std::size_t ladder, std::size_t rung,
                                                       const planned_atom& atom) {
        const expression& when = scheme.source->ladders[ladder].rungs[rung].when;
        return std::string{when.text_of(when.nodes[atom.node])};
    }

    // ── where a number lies in its block ─────────────────────────────────────

    [[nodiscard]] std::size_t end_cell(std::size_t level, std::size_t term_band,
                                       std::size_t group) const noexcept {
        return ((level * term_bands() + term_band) * evidence_groups + group) * end_fields;
    }
    [[nodiscard]] static std::size_t score_cell(std::size_t variable, bool kept,
                                                std::size_t bin) noexcept {
        return (variable * 2 + (kept ? 1 : 0)) * score_bins + bin;
    }
    /// Of entry (i, j), i ≤ j, in an upper triangle of `n` columns written row by row.
    [[nodiscard]] static constexpr std::size_t product_cell(std::size_t i, std::size_t j,
                                                            std::size_t n) noexcept {
        return i * n - i * (i + 1) / 2 + j;
    }
    /// Columns of the cross-products: responses, their presence, the outcome, one.
    [[nodiscard]] std::size_t product_columns() const noexcept { return 2 * components() + 2; }

    [[nodiscard]] static constexpr std::size_t panel_cell(std::size_t level,
                                                          std::size_t group) noexcept {
        return (level * evidence_groups + group) * panel_fields;
    }
    [[nodiscard]] static constexpr std::size_t condition_cell(std::size_t condition, met state,
                                                              bool kept,
                                                              std::size_t group) noexcept {
        return ((condition * met_states + static_cast<std::size_t>(state)) * 2 + (kept ? 1 : 0)) *
                   evidence_groups +
               group;
    }
    /// Rungs of the first ladder, which ranks are put beside; 0 if there is none.
    [[nodiscard]] std::size_t rank_stages() const noexcept {
        const auto& ladders = model().rules.ladders;
        return ladders.empty() ? 0 : ladders.front().rungs.size();
    }
    [[nodiscard]] std::size_t rank_cell(std::size_t rank, std::size_t stage, fate became,
                                        std::size_t group) const noexcept {
        return ((rank * rank_stages() + stage) * fates + static_cast<std::size_t>(became)) *
                   evidence_groups +
               group;
    }
    /// The last cells: of the ranks, those that are the customer's first of the month; and those
    /// that are its first of the month by this member.
    [[nodiscard]] std::size_t rank_customers_cell() const noexcept {
        return rank_cell(model().study.ranks.size(), 0, fate::none, 0);
    }
    [[nodiscard]] std::size_t member_customers_cell() const noexcept {
        return rank_customers_cell() + 1;
    }

    /// Of the customers with a score on axis O; the next cell is its Σ in tenths of a point.
    [[nodiscard]] static constexpr std::size_t panel_condition_cell(std::size_t condition,
                                                                    met state,
                                                                    std::size_t group) noexcept {
        return ((condition * met_states + static_cast<std::size_t>(state)) * evidence_groups +
                group) *
               2;
    }
    [[nodiscard]] static constexpr std::size_t exposure_cell(exposure what, bool kept,
                                                             std::size_t group) noexcept {
        return (static_cast<std::size_t>(what) * 2 + (kept ? 1 : 0)) * evidence_groups + group;
    }
    [[nodiscard]] static constexpr std::size_t call_cell(std::size_t group,
                                                         call_field field) noexcept {
        return group * call_fields + static_cast<std::size_t>(field);
    }
    /// Within how many days a call is answered: as the trigger of its name says, else as the study.
    [[nodiscard]] std::int32_t response_days(std::string_view initiative) const noexcept {
        for (const trigger& one : model().triggers) {
            if (one.name == initiative && one.window_days) return *one.window_days;
        }
        return model().study.response_days;
    }

    // The tables of a segment know the same levels under the same ids.
    static constexpr std::size_t tables_a_segment = 9;
    [[nodiscard]] static std::size_t ends_of_segment(std::size_t segment) noexcept {
        return static_cast<std::size_t>(table_id::segments) + tables_a_segment * segment;
    }
    [[nodiscard]] static std::size_t scores_of_segment(std::size_t segment) noexcept {
        return ends_of_segment(segment) + 1;
    }
    [[nodiscard]] static std::size_t panel_of_segment(std::size_t segment) noexcept {
        return ends_of_segment(segment) + 2;
    }
    [[nodiscard]] static std::size_t links_of_segment(std::size_t segment) noexcept {
        return ends_of_segment(segment) + 3;
    }
    [[nodiscard]] static std::size_t standing_of_segment(std::size_t segment) noexcept {
        return ends_of_segment(segment) + 4;
    }
    [[nodiscard]] static std::size_t missions_of_segment(std::size_t segment) noexcept {
        return ends_of_segment(segment) + 5;
    }
    [[nodiscard]] static std::size_t movements_of_segment(std::size_t segment) noexcept {
        return ends_of_segment(segment) + 6;
    }
    [[nodiscard]] static std::size_t retention_of_segment(std::size_t segment) noexcept {
        return ends_of_segment(segment) + 7;
    }
    [[nodiscard]] static std::size_t completion_of_segment(std::size_t segment) noexcept {
        return ends_of_segment(segment) + 8;
    }
    [[nodiscard]] std::size_t mission_cell(step_level success, std::size_t term_band,
                                           std::size_t group) const noexcept {
        return ((static_cast<std::size_t>(success) * term_bands() + term_band) * evidence_groups +
                group) *
               mission_fields;
    }

    /// All tables, empty.
    [[nodiscard]] std::vector<count_table> tables() const {
        using part = key_part;
        const std::size_t ends = levels_ * term_bands() * evidence_groups * end_fields;
        const std::size_t scores = variables_.size() * 2 * score_bins;
        const std::size_t n = product_columns();
        std::vector<count_table> out;
        const auto add = [&out](std::string name, std::vector<part> key, std::size_t width) {
            out.emplace_back(
                count_table_shape{std::move(name), std::move(key), width, false, 0, {}});
        };
        const auto add_named = [&out](std::string name, std::vector<part> key, std::size_t width,
                                      std::size_t most, const std::string& whose,
                                      const std::string& what) {
            out.emplace_back(
                count_table_shape{std::move(name), std::move(key), width, true, most,
                                  whose + " has more than " + std::to_string(most) + " " + what});
        };
        add("totals", {}, total_count);
        add("ends", {part::kind, part::lead, part::month}, ends);
        add("scores", {part::kind, part::lead, part::group}, scores);
        add("sums", {part::kind, part::lead, part::group}, variables_.size() * 2 * 3);
        add("products", {part::kind, part::lead, part::fold, part::quarter}, n * (n + 1) / 2);
        add("overall_scores", {part::kind, part::lead, part::month},
            std::size_t{evidence_groups} * 2 * score_bins);
        add("customers", {part::kind, part::lead}, std::size_t{evidence_groups});
        add("metrics", {part::kind, part::metric, part::code}, std::size_t{evidence_groups} * 2);
        add("customers by level", {part::month}, levels_ * evidence_groups * panel_fields);
        add("scores by month", {part::month}, variables_.size() * score_bins);
        add("conditions by month", {part::month},
            conditions_.size() * met_states * evidence_groups * 2);
        add("metrics by month", {part::metric, part::month, part::octave}, codes_an_octave);
        add("conditions", {part::kind, part::quarter},
            conditions_.size() * met_states * 2 * evidence_groups);
        const std::string table = "the table \"initiatives\"";
        add_named("initiatives", {part::kind, part::stage, part::name},
                  exposures * 2 * evidence_groups, max_initiatives, table,
                  "different initiatives; give those that are alike one name");
        add_named("calls", {part::name, part::month}, std::size_t{evidence_groups} * call_fields,
                  max_calls, table, "different variants; give those that are alike one name");
        add_named("ranks", {part::month, part::name},
                  rank_stages() == 0 ? 0 : member_customers_cell() + 1, max_rank_members,
                  "column \"by\" of the ranks",
                  "members; leave the name out where it does not matter");
        const std::size_t links = lags_.empty() ? 0 : link_cells;
        const std::size_t level_links = lags_.empty() ? 0 : level_link_cells;
        const std::size_t standings =
            lags_.empty() ? 0 : stuck_cell(lags_.size(), monthly_link::accompany_process);
        add("growth", {part::kind}, lags_.empty() ? 0 : growth_cells);
        add("links", {part::lag}, links);
        add("standing", {part::month}, standings);
        add("known until", {part::day}, 1);
        add("movements", {part::month, part::month}, revenue_shape::movement_cell(evidence_groups));
        add("retention", {part::month}, revenue_shape::retention_cell(revenue_.rung_levels, 0));
        add("moves", {part::month}, revenue_.move_cells());
        for (const char* const owner : {"member", "team"}) {
            add_named("moves by " + std::string{owner}, {part::month, part::name},
                      revenue_.owner_cells(), max_owners, "role \"" + std::string{owner} + "\"",
                      "different names; leave the role out of the model");
        }
        add("due", {part::month, part::month, part::term, part::tenure}, revenue_.due_cells());
        add("came", {part::month, part::month}, revenue_.came_cells());
        add("decisions", {part::month}, revenue_.decision_cells());
        add("renewals", {part::month, part::next}, revenue_.renewal_cells());
        add("due sizes", {part::month, part::term, part::code, part::tenure}, revenue_.due_cells());
        add("completion", {part::month, part::days}, revenue_.completion_cells());
        add("lives", {part::group, part::ratio, part::month}, revenue_.life_cells());
        for (const segment& one : model().segments) {
            const auto named = [&](std::string name, part first, std::size_t width) {
                add_named(std::move(name), {first, part::name}, width, max_segment_levels,
                          "segment \"" + one.metric + "\"",
                          "levels; group them, or leave it out of the model");
            };
            named("ends by " + one.metric, part::kind, ends);
            named("scores by " + one.metric, part::kind, scores);
            named("customers by " + one.metric, part::month, 1);
            named("links by " + one.metric, part::lag, level_links);
            named("standing by " + one.metric, part::month, standings);
            named(
                "missions by " + one.metric, part::kind,
                lags_.empty() ? 0 : step_levels * term_bands() * evidence_groups * mission_fields);
            named("movements by " + one.metric, part::month,
                  revenue_shape::movement_cell(evidence_groups));
            named("retention by " + one.metric, part::month, revenue_shape::retention_cell(1, 0));
            named("completion by " + one.metric, part::days, revenue_.completion_cells());
        }
        return out;
    }

    /// Of everything that decides what is counted where: scoring, segments, step threshold and lag,
    /// leads, term bands, ranks and the days in which they, initiatives and answers count. 64 hex
    /// digits. Labels, targets, plays and other limits are not in it.
    [[nodiscard]] std::string fingerprint() const {
        detail::canonical_writer to;
        to.text("aiueo evidence 5");
        to.text(model().fingerprint.empty() ? fingerprint_of(model()) : model().fingerprint);
        to.each(model().segments, [&to](const segment& one) {
            to.text(one.metric);
            to.each(one.edges, [&to](double edge) { to.number(edge); });
        });
        to.number(model().steps.threshold);
        to.integer(model().steps.lag_months);
        to.each(leads_, [&to](std::int32_t lead) { to.integer(std::int64_t{lead}); });
        to.each(term_bands_, [&to](double edge) { to.number(edge); });
        const study_rules& study = model().study;
        to.each(study.ranks, [&to](const std::string& rank) { to.text(rank); });
        for (const std::int32_t days : {study.rank_days, study.exposure_days, study.response_days})
            to.integer(std::int64_t{days});
        to.each(model().triggers, [&to](const trigger& one) {
            to.text(one.name);
            to.integer(std::int64_t{one.window_days.value_or(0)});
        });
        for (const std::int32_t number : {study.grace_days, study.horizon_months})
            to.integer(std::int64_t{number});
        to.integer(std::int64_t{study.free_is_customer ? 1 : 0});
        to.text(study.completion_ladder);
        to.text(study.completion_rung);
        for (const char* const role : {"member", "team"}) {
            const auto found = model().roles.find(role);
            to.text(found == model().roles.end() ? std::string_view{}
                                                 : std::string_view{found->second});
        }
        return sha256_hex(to.take());
    }

private:
    void add_scores() {
        const scheme& rules = model().rules;
        for (std::uint32_t g = 0; g < group_count; ++g) {
            if (!plan_->groups_in_use[g]) continue;
            if (g == static_cast<std::uint32_t>(axis::outcome)) outcome_ = variables_.size();
            variables_.push_back({score_variable::kind::group, g, 0, std::string{group_names[g]}});
        }
        overall_ = variables_.size();
        if (plan_->has_overall) {
            variables_.push_back({score_variable::kind::overall, 0, 0, "overall"});
        }
        std::uint32_t number = 0;
        for (std::uint32_t g = 0; g < group_count; ++g) {
            for (const component& one : rules.groups[g].components) {
                variables_.push_back({score_variable::kind::component, g, number++,
                                      std::string{group_names[g]} + "." + one.name});
            }
        }
        if (!plan_->has_overall) overall_ = variables_.size();
        if (!plan_->groups_in_use[static_cast<std::size_t>(axis::outcome)])
            outcome_ = variables_.size();
    }

    void add_levels() {
        const scheme& rules = model().rules;
        const auto add = [this](level_variable one) {
            one.first = levels_;
            levels_ += one.levels.size();
            level_variables_.push_back(std::move(one));
        };
        for (std::size_t k = 0; k < rules.ladders.size(); ++k) {
            level_variable one{level_variable::kind::ladder, k, rules.ladders[k].name, {}, 0};
            for (const rung& step : rules.ladders[k].rungs) one.levels.push_back(step.name);
            add(std::move(one));
        }
        if (rules.bands) {
            level_variable one{level_variable::kind::band, 0, "band", rules.bands->names, 0};
            one.levels.emplace_back("unknown");
            add(std::move(one));
        }
        if (plan_->has_patterns) {
            level_variable one{level_variable::kind::pattern, 0, "pattern", {}, 0};
            for (const std::string_view name : pattern_names) one.levels.emplace_back(name);
            add(std::move(one));
            for (const step which : {step::process, step::success}) {
                const auto k = static_cast<std::size_t>(which);
                add({level_variable::kind::step,
                     k,
                     std::string{step_names[k]},
                     {"not_achieved", "stuck", "achieved", "unknown"},
                     0});
            }
        }
        if (!model().profiles.empty()) {
            level_variable one{level_variable::kind::profile, 0, "profile", {"default"}, 0};
            for (const profile& each : model().profiles) one.levels.push_back(each.name);
            add(std::move(one));
        }
        if (!model().study.ranks.empty()) {
            level_variable one{level_variable::kind::rank, 0, "rank", model().study.ranks, 0};
            one.levels.emplace_back("unknown");
            add(std::move(one));
        }
    }

    void add_lags() {
        if (!plan_->has_patterns) return;
        if (const std::optional<std::int32_t>& declared = model().steps.lag_months; declared) {
            lags_.push_back(*declared);
            return;
        }
        for (std::int32_t lag = 1; lag <= longest_lag_months; ++lag) lags_.push_back(lag);
    }

    void add_revenue() {
        for (const level_variable& one : level_variables_) {
            if (one.what != level_variable::kind::ladder && one.what != level_variable::kind::band)
                break;
            if (revenue_.levels == 0) revenue_.levels = one.levels.size();
            revenue_.rung_levels += one.levels.size();
        }
        revenue_.term_bands = term_bands();
        revenue_.horizon = static_cast<std::size_t>(model().study.horizon_months);
        revenue_.completes = !model().study.completion_rung.empty();
    }

    void add_conditions() {
        for (const planned_scheme& scheme : plan_->schemes) {
            for (std::size_t k = 0; k < scheme.ladders.size(); ++k) {
                for (std::size_t r = 0; r < scheme.ladders[k].rungs.size(); ++r) {
                    for (const planned_atom& atom : scheme.ladders[k].rungs[r].atoms) {
                        const std::string text = text_of_condition(scheme, k, r, atom);
                        if (find_condition(k, text) == conditions_.size())
                            conditions_.push_back({k, r, text});
                    }
                }
            }
        }
    }

    const plan_data* plan_;
    std::vector<score_variable> variables_;
    std::vector<level_variable> level_variables_;
    std::size_t levels_ = 1;
    std::vector<condition_variable> conditions_;
    std::size_t overall_ = 0;
    std::size_t outcome_ = 0;
    std::vector<std::int32_t> leads_;
    std::vector<std::int32_t> lags_;
    std::vector<double> term_bands_;
    revenue_shape revenue_;
};

}  // namespace aiueo
