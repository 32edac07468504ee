// score › summary: a portfolio's scores in counts. base ─► table ─► model ─► score
//
// Integers only: scores lie on multiples of 2⁻²⁰, so their sum is exact, and a summary does not
// depend on the order or the batches in which rows were added.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

/// Of one score: how many have it, their mean (exact), and quantiles to a tenth of a point.
struct score_summary {
    std::int64_t scored = 0;
    std::int64_t insufficient = 0;
    std::int64_t sum = 0;  ///< in units of 2⁻²⁰
    std::array<std::int64_t, 1001> tenths{};

    void add(std::span<const double> values) noexcept {
        for (const double value : values) {
            if (value != value) {
                ++insufficient;
                continue;
            }
            ++scored;
            sum += static_cast<std::int64_t>(std::nearbyint(value * 1048576.0));
            ++tenths[static_cast<std::size_t>(std::clamp(value * 10.0 + 0.5, 0.0, 1000.0))];
        }
    }

    void merge(const score_summary& other) noexcept {
        scored += other.scored;
        insufficient += other.insufficient;
        sum += other.sum;
        for (std::size_t k = 0; k < tenths.size(); ++k) tenths[k] += other.tenths[k];
    }

    [[nodiscard]] double mean() const noexcept {
        return scored == 0 ? detail::unknown_value
                           : static_cast<double>(sum) / 1048576.0 / static_cast<double>(scored);
    }

    /// The smallest tenth that at least `share` of the scores do not exceed; NaN of none.
    [[nodiscard]] double quantile(double share) const noexcept {
        if (scored == 0) return detail::unknown_value;
        const double wanted = std::max(1.0, std::ceil(share * static_cast<double>(scored)));
        std::int64_t seen = 0;
        for (std::size_t k = 0; k < tenths.size(); ++k) {
            seen += tenths[k];
            if (static_cast<double>(seen) >= wanted) return static_cast<double>(k) / 10.0;
        }
        return 100.0;
    }
};

class summary {
public:
    explicit summary(const plan& of) : plan_(&of.data()) {
        const plan_data& data = *plan_;
        for (const ladder& one : data.model.rules.ladders) {
            stages_.emplace_back(one.rungs.size());
            provisional_.emplace_back(one.rungs.size());
        }
        if (data.model.rules.bands) bands_.resize(data.model.rules.bands->names.size());
        profiles_.resize(data.schemes.size());
        metrics_.resize(data.metrics.size());
        components_.resize(data.component_count);
        finds_.resize(data.component_count);
    }

    /// Rows [0, rows) of `from`, and its tally, which is cleared so that nothing counts twice.
    void add(scores& from, std::int64_t rows) {
        const default_float_mode usual;
        const auto n = static_cast<std::size_t>(std::clamp<std::int64_t>(rows, 0, from.capacity()));
        rows_ += static_cast<std::int64_t>(n);
        for (std::size_t g = 0; g < group_count; ++g) {
            if (plan_->groups_in_use[g]) groups_[g].add(from[static_cast<axis>(g)].first(n));
        }
        overall_.add(from.overall().first(n));
        for (std::size_t k = 0; k < stages_.size(); ++k) {
            count(from.stage(k).first(n), stages_[k]);
            count(from.provisional(k).first(n), provisional_[k]);
        }
        if (!bands_.empty()) no_band_ += count(from.band().first(n), bands_);
        count(from.profile().first(n), profiles_);
        if (plan_->has_patterns) {
            for (const std::uint8_t one : from.pattern().first(n)) ++patterns_[one];
            for (std::size_t k = 0; k < steps_.size(); ++k) {
                add_up(steps_[k],
                       from.achievements(static_cast<step>(k), static_cast<std::int64_t>(n)));
            }
        }
        for (std::size_t s = 0; s < state_count; ++s) {
            const auto state = static_cast<value_state>(s);
            for (std::size_t k = 0; k < metrics_.size(); ++k)
                metrics_[k][s] += from.tally_of_metric(k, state);
            for (std::size_t k = 0; k < components_.size(); ++k) {
                components_[k][s] += from.tally_of_component(k, state);
                finds_[k][s] += from.tally_of_finds(k, state);
            }
        }
        from.clear_tally();
    }

    /// What another summary counted, whose rows are others: the same as if they had been added
    /// here. A warning that both have comes once. Errors: invalid_argument (its model scores
    /// differently; it is this summary); limit_exceeded (more rows than a sum of scores has room
    /// for).
    [[nodiscard]] status merge(const summary& other) {
        if (&other == this) {
            return make_error(errc::invalid_argument,
                              "a summary cannot be merged with itself; its rows would count twice");
        }
        const plan_data& theirs = *other.plan_;
        if (plan_ != &theirs && plan_->model.fingerprint != theirs.model.fingerprint) {
            return make_error(errc::invalid_argument,
                              "the summaries count for different models, " +
                                  plan_->model.fingerprint.substr(0, shown) + " and " +
                                  theirs.model.fingerprint.substr(0, shown));
        }
        bool fits = rows_ + other.rows_ <= most_rows;
        for (std::size_t k = 0; k < metrics_.size(); ++k)
            fits = fits && have_room(metrics_[k], other.metrics_[k]);
        for (std::size_t k = 0; k < components_.size(); ++k) {
            fits = fits && have_room(components_[k], other.components_[k]) &&
                   have_room(finds_[k], other.finds_[k]);
        }
        if (!fits) {
            return make_error(errc::limit_exceeded, "together the summaries count more than " +
                                                        std::to_string(most_rows) + " rows");
        }
        // Memory first: from here on nothing fails halfway.
        std::vector<std::string> said = warnings_;
        for (const std::string& one : other.warnings_) {
            if (std::find(said.begin(), said.end(), one) == said.end()) said.push_back(one);
        }
        warnings_ = std::move(said);
        rows_ += other.rows_;
        for (std::size_t g = 0; g < group_count; ++g) groups_[g].merge(other.groups_[g]);
        overall_.merge(other.overall_);
        for (std::size_t k = 0; k < stages_.size(); ++k) {
            add_up(stages_[k], other.stages_[k]);
            add_up(provisional_[k], other.provisional_[k]);
        }
        add_up(bands_, other.bands_);
        no_band_ += other.no_band_;
        add_up(patterns_, other.patterns_);
        for (std::size_t k = 0; k < steps_.size(); ++k) add_up(steps_[k], other.steps_[k]);
        add_up(profiles_, other.profiles_);
        for (std::size_t k = 0; k < metrics_.size(); ++k) add_up(metrics_[k], other.metrics_[k]);
        for (std::size_t k = 0; k < components_.size(); ++k) {
            add_up(components_[k], other.components_[k]);
            add_up(finds_[k], other.finds_[k]);
        }
        return {};
    }

    /// A sentence that belongs to the figures ("the model counts initiatives, and none were
    /// given").
    void warn(std::string text) {
        if (std::find(warnings_.begin(), warnings_.end(), text) == warnings_.end())
            warnings_.push_back(std::move(text));
    }

    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    [[nodiscard]] const score_summary& overall() const noexcept { return overall_; }
    [[nodiscard]] const score_summary& of(axis which) const noexcept {
        return groups_[static_cast<std::size_t>(which)];
    }

    /// schema/summary.schema.json
    [[nodiscard]] std::string json() const {
        const default_float_mode usual;
        const model& subject = plan_->model;
        std::string text;
        json_writer out{text};
        out.begin_object();
        out.member("model", subject.name);
        out.member("fingerprint", subject.fingerprint);
        out.member("rows", rows_);
        out.key("axes").begin_array();
        for (std::size_t g = 0; g < group_count; ++g) {
            if (!plan_->groups_in_use[g]) continue;
            out.begin_object();
            out.member("name", group_names[g]);
            out.member("kana", group_kana[g]);
            out.member("title", group_titles[g]);
            detail::write_label(out, subject.rules.groups[g].shown);
            write(out, groups_[g]);
            out.end_object();
        }
        out.end_array();
        out.key("overall");
        if (plan_->has_overall) {
            out.begin_object();
            write(out, overall_);
            out.end_object();
        } else {
            out.null();
        }
        write_ladders(out);
        if (subject.rules.bands) write_bands(out);
        if (plan_->has_patterns) {
            out.key("patterns").begin_array();
            for (std::size_t k = 0; k < pattern_names.size(); ++k) {
                out.begin_object()
                    .member("name", pattern_names[k])
                    .member("count", patterns_[k])
                    .end_object();
            }
            out.end_array();
            write_steps(out);
        }
        out.key("profiles").begin_array();
        for (std::size_t k = 0; k < profiles_.size(); ++k) {
            out.begin_object();
            out.member("name", detail::profile_name(subject, static_cast<level_index>(k)));
            out.member("count", profiles_[k]).end_object();
        }
        out.end_array();
        write_states(out);
        out.key("warnings").begin_array();
        for (const std::string& one : warnings_) out.string(one);
        out.end_array();
        out.end_object();
        return text;
    }

private:
    static constexpr std::size_t shown = 12;  ///< of a fingerprint, in a message
    /// Of merged summaries: their sums of scores stay within 64 bits.
    static constexpr std::int64_t most_rows = std::int64_t{1} << 36;
    static constexpr std::size_t state_count = 6;
    using states = std::array<std::int64_t, state_count>;

    /// Counts levels; how many rows have none comes back.
    static std::int64_t count(std::span<const level_index> levels,
                              std::vector<std::int64_t>& into) noexcept {
        std::int64_t none = 0;
        for (const level_index one : levels) {
            if (one < 0) {
                ++none;
            } else {
                ++into[static_cast<std::size_t>(one)];
            }
        }
        return none;
    }

    static bool have_room(const states& into, const states& from) noexcept {
        for (std::size_t s = 0; s < state_count; ++s) {
            if (into[s] + from[s] > most_rows) return false;
        }
        return true;
    }

    template <class Counts>
    static void add_up(Counts& into, const Counts& from) noexcept {
        for (std::size_t k = 0; k < into.size(); ++k) into[k] += from[k];
    }

    static void write(json_writer& out, const score_summary& one) {
        out.member("scored", one.scored)
            .member("insufficient", one.insufficient)
            .member("mean", one.mean());
        out.key("quantiles").begin_object();
        out.member("min", one.quantile(0))
            .member("q25", one.quantile(0.25))
            .member("median", one.quantile(0.5));
        out.member("q75", one.quantile(0.75)).member("max", one.quantile(1));
        out.end_object();
        out.key("histogram").begin_array();  // ten points a bar; the last holds 100
        for (std::size_t bar = 0; bar < 10; ++bar) {
            std::int64_t sum = bar == 9 ? one.tenths[1000] : 0;
            for (std::size_t k = 0; k < 100; ++k) sum += one.tenths[bar * 100 + k];
            out.integer(sum);
        }
        out.end_array();
    }

    void write_ladders(json_writer& out) const {
        out.key("ladders").begin_array();
        for (std::size_t k = 0; k < stages_.size(); ++k) {
            const ladder& one = plan_->model.rules.ladders[k];
            out.begin_object();
            out.member("name", one.name);
            detail::write_label(out, one.shown);
            out.key("rungs").begin_array();
            for (std::size_t r = 0; r < one.rungs.size(); ++r) {
                out.begin_object();
                out.member("name", one.rungs[r].name);
                detail::write_label(out, one.rungs[r].shown);
                out.member("count", stages_[k][r])
                    .member("could_be", provisional_[k][r])
                    .end_object();
            }
            out.end_array();
            out.end_object();
        }
        out.end_array();
    }

    void write_bands(json_writer& out) const {
        out.key("bands").begin_array();
        for (std::size_t k = 0; k < bands_.size(); ++k) {
            out.begin_object()
                .member("name", plan_->model.rules.bands->names[k])
                .member("count", bands_[k])
                .end_object();
        }
        out.end_array();
        out.member("without_band", no_band_);
    }

    void write_steps(json_writer& out) const {
        out.key("steps").begin_array();
        for (std::size_t k = 0; k < steps_.size(); ++k) {
            out.begin_object().member("name", step_names[k]);
            for (std::size_t a = achievement_names.size(); a-- > 0;)
                out.member(achievement_names[a], steps_[k][a]);
            out.end_object();
        }
        out.end_array();
    }

    static void write_counts(json_writer& out, const states& one) {
        for (std::size_t s = 0; s < state_count; ++s)
            out.member(name_of(static_cast<value_state>(s)), one[s]);
    }

    void write_states(json_writer& out) const {
        states totals{};
        out.key("metrics").begin_array();
        for (std::size_t k = 0; k < metrics_.size(); ++k) {
            const metric& one = plan_->model.metrics[plan_->metrics[k].in_model];
            out.begin_object().member("name", one.name);
            detail::write_label(out, one.shown);
            write_counts(out, metrics_[k]);
            out.end_object();
            for (std::size_t s = 0; s < state_count; ++s) totals[s] += metrics_[k][s];
        }
        out.end_array();
        out.key("components").begin_array();
        std::size_t number = 0;
        for (std::size_t g = 0; g < group_count; ++g) {
            for (const component& one : plan_->model.rules.groups[g].components) {
                out.begin_object().member("name", std::string{group_names[g]} + "." + one.name);
                write_counts(out, components_[number]);
                // What only the component can see: an unlisted category, a date on the wrong side.
                for (const value_state s : {value_state::invalid, value_state::unseen}) {
                    const std::int64_t found = finds_[number][static_cast<std::size_t>(s)];
                    out.member("found_" + std::string{name_of(s)}, found);
                    totals[static_cast<std::size_t>(s)] += found;
                }
                out.end_object();
                ++number;
            }
        }
        out.end_array();
        out.key("values").begin_object();
        write_counts(out, totals);
        out.end_object();
    }

    const plan_data* plan_;
    std::int64_t rows_ = 0;
    std::array<score_summary, group_count> groups_;
    score_summary overall_;
    std::vector<std::vector<std::int64_t>> stages_;
    std::vector<std::vector<std::int64_t>> provisional_;
    std::vector<std::int64_t> bands_;
    std::int64_t no_band_ = 0;
    std::array<std::int64_t, pattern_names.size()> patterns_{};
    std::array<std::array<std::int64_t, achievement_names.size()>, step_names.size()> steps_{};
    std::vector<std::int64_t> profiles_;
    std::vector<states> metrics_;
    std::vector<states> components_;
    std::vector<states> finds_;
    std::vector<std::string> warnings_;
};

}  // namespace aiueo
