// score › explain_json: an explanation as JSON (schema/explanation.schema.json).
// base ─► table ─► model ─► score
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/date.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/score/explain.hpp"

namespace aiueo {

namespace detail {

/// {"ja": …, "en": …} where the model has a label.
inline void write_label(json_writer& out, const label& shown, std::string_view name = "label") {
    if (shown.empty()) return;
    out.key(name).begin_object();
    if (!shown.ja.empty()) out.member("ja", shown.ja);
    if (!shown.en.empty()) out.member("en", shown.en);
    out.end_object();
}

/// true, false, or null for unknown.
inline void write_truth(json_writer& out, std::string_view name, double holds) {
    out.key(name);
    if (holds != holds) {
        out.null();
    } else {
        out.boolean(holds != 0);
    }
}

/// A date as text, or null.
inline void write_day(json_writer& out, std::string_view name, double day) {
    out.key(name);
    if (day != day) {
        out.null();
    } else {
        out.string(format_date(static_cast<std::int32_t>(day)));
    }
}

inline void write_input(json_writer& out, const explained_input& one) {
    out.begin_object();
    out.member("metric", one.which->name);
    write_label(out, one.which->shown);
    out.member("type", name_of(one.which->type));
    out.member("state", name_of(one.state));
    switch (one.which->type) {
    case metric_type::number:
    case metric_type::money: out.member("value", one.value); break;
    case metric_type::flag: write_truth(out, "value", one.value); break;
    case metric_type::date: write_day(out, "value", one.value); break;
    case metric_type::category:
        out.key("value");
        if (one.text.empty()) {
            out.null();
        } else {
            out.string(one.text);
        }
        break;
    }
    if (one.age_days) out.member("age_days", *one.age_days);
    if (one.which->max_age_days) out.member("max_age_days", *one.which->max_age_days);
    out.end_object();
}

[[nodiscard]] constexpr std::string_view name_of(missing_policy policy) noexcept {
    switch (policy) {
    case missing_policy::renormalize: return "renormalize";
    case missing_policy::prior: return "prior";
    case missing_policy::pessimistic: return "pessimistic";
    case missing_policy::fail: return "fail";
    }
    return "unknown";
}

[[nodiscard]] constexpr std::string_view name_of(score_override::mode how) noexcept {
    switch (how) {
    case score_override::mode::replace: return "replace";
    case score_override::mode::floor: return "floor";
    case score_override::mode::ceiling: return "ceiling";
    }
    return "unknown";
}

inline void write_component(json_writer& out, const explained_component& one) {
    out.begin_object();
    out.member("name", one.source->name);
    write_label(out, one.source->shown);
    out.member("state", aiueo::name_of(one.state));
    out.member("response", one.response);
    out.member("weight", one.source->weight);
    out.member("missing", name_of(one.source->missing));
    if (one.source->missing == missing_policy::prior) out.member("prior", one.source->prior);
    out.member("contribution", one.contribution);
    out.member("potential", one.potential);
    out.member("overall_potential", one.overall_potential);
    out.key("inputs").begin_array();
    for (const explained_input& input : one.inputs) write_input(out, input);
    out.end_array();
    out.end_object();
}

/// The members of a score, without the braces.
inline void write_score(json_writer& out, const explained_score& one) {
    out.member("score", one.score);
    out.member("insufficient", one.score != one.score);
    out.member("before_limits", one.before);
    out.member("coverage", one.coverage);
    out.member("lower", one.lower);
    out.member("upper", one.upper);
    out.key("caps").begin_array();
    for (const explained_cap& cap : one.caps) {
        out.begin_object();
        out.member("when", cap.source->when.source);
        out.member("at_most", cap.source->at_most);
        write_truth(out, "holds", cap.holds);
        out.member("lowered", cap.lowered);
        out.end_object();
    }
    out.end_array();
    if (!one.manual) return;
    out.key("override").begin_object();
    out.member("mode", name_of(one.manual->source->how));
    out.member("applied", one.manual->applied);
    out.key("input");
    write_input(out, one.manual->value);
    out.end_object();
}

inline void write_ladder(json_writer& out, const explained_ladder& one) {
    out.begin_object();
    out.member("name", one.source->name);
    write_label(out, one.source->shown);
    out.member("stage", one.source->rungs[static_cast<std::size_t>(one.stage)].name);
    out.key("provisional");
    if (one.provisional == no_level) {
        out.null();
    } else {
        out.string(one.source->rungs[static_cast<std::size_t>(one.provisional)].name);
    }
    out.key("rungs").begin_array();
    for (std::size_t r = 0; r < one.source->rungs.size(); ++r) {
        const rung& step = one.source->rungs[r];
        out.begin_object();
        out.member("name", step.name);
        write_label(out, step.shown);
        write_truth(out, "holds", one.holds[r]);
        if (!step.when.empty()) out.member("when", step.when.source);
        write_label(out, step.meaning, "meaning");
        write_label(out, step.approach, "approach");
        if (step.hypothesis) out.member("hypothesis", true);
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

inline void write_steps(json_writer& out, const explanation& one) {
    out.key("steps").begin_array();
    for (const explained_step& part : one.steps) {
        out.begin_object();
        out.member("name", step_names[static_cast<std::size_t>(part.which)]);
        out.member("score", part.score);
        out.member("threshold", one.subject->steps.threshold);
        const bool known = part.achieved != achievement::unknown;
        write_truth(out, "achieved",
                    known ? static_cast<double>(part.achieved == achievement::yes) : unknown_value);
        if (part.which == step::process) write_truth(out, "overdue", part.overdue);
        out.end_object();
    }
    out.end_array();
}

/// "default", or the name of a profile.
[[nodiscard]] inline std::string_view profile_name(const model& subject,
                                                   level_index profile) noexcept {
    return profile <= 0 ? std::string_view{"default"}
                        : subject.profiles[static_cast<std::size_t>(profile - 1)].name;
}

}  // namespace detail

[[nodiscard]] inline std::string explain_json(const explanation& one) {
    std::string text;
    json_writer out{text};
    out.begin_object();
    out.member("row", one.row);
    out.member("customer", one.customer);
    detail::write_day(out, "as_of",
                      one.as_of ? static_cast<double>(*one.as_of) : detail::unknown_value);
    out.member("profile", detail::profile_name(*one.subject, one.profile));
    out.key("axes").begin_array();
    for (std::size_t g = 0; g < group_count; ++g) {
        const explained_score& group = one.groups[g];
        if (!group.in_use) continue;
        out.begin_object();
        out.member("name", group_names[g]);
        out.member("kana", group_kana[g]);
        out.member("title", group_titles[g]);
        detail::write_label(out, one.subject->rules.groups[g].shown);
        out.member("weight", group.weight);
        detail::write_score(out, group);
        out.key("components").begin_array();
        for (const explained_component& part : group.components) detail::write_component(out, part);
        out.end_array();
        out.end_object();
    }
    out.end_array();
    out.key("overall");
    if (one.overall.in_use) {
        out.begin_object();
        detail::write_score(out, one.overall);
        out.end_object();
    } else {
        out.null();
    }
    out.key("ladders").begin_array();
    for (const explained_ladder& ladder : one.ladders) detail::write_ladder(out, ladder);
    out.end_array();
    if (one.subject->rules.bands) {
        out.key("band");
        if (one.band == no_level) {
            out.null();
        } else {
            out.string(one.subject->rules.bands->names[static_cast<std::size_t>(one.band)]);
        }
    }
    if (one.subject->steps.declared) {
        out.member("pattern", pattern_names[static_cast<std::size_t>(one.where)]);
        detail::write_steps(out, one);
    }
    out.key("movers").begin_array();
    for (const mover& part : one.movers) {
        const explained_component& component = one.groups[part.group].components[part.component];
        out.begin_object();
        out.member("component",
                   std::string{group_names[part.group]} + "." + component.source->name);
        detail::write_label(out, component.source->shown);
        out.member("points", part.points);
        out.end_object();
    }
    out.end_array();
    out.end_object();
    return text;
}

}  // namespace aiueo
