// score › gap_json: what is missing for a rung, as JSON (schema/gap.schema.json). base ─► table ─►
// model ─► score
#pragma once

#include <string>

#include "aiueo/base/json_writer.hpp"
#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/gap.hpp"

namespace aiueo {

/// `target` is null on the top rung; then there are no conditions.
[[nodiscard]] inline std::string gap_json(const gap_report& one) {
    std::string text;
    json_writer out{text};
    const auto rung_name = [&](const char* name, level_index at) {
        out.key(name);
        if (at == no_level) {
            out.null();
        } else {
            out.string(one.source->rungs[static_cast<std::size_t>(at)].name);
        }
    };
    out.begin_object();
    out.member("ladder", one.source->name);
    detail::write_label(out, one.source->shown);
    rung_name("stage", one.stage);
    rung_name("provisional", one.provisional);
    rung_name("target", one.target);
    if (one.target != no_level) {
        const rung& step = one.source->rungs[static_cast<std::size_t>(one.target)];
        detail::write_label(out, step.meaning, "meaning");
        detail::write_label(out, step.approach, "approach");
    }
    out.member("reachable", one.reachable);
    out.member("minimal", one.minimal);
    out.key("conditions").begin_array();
    for (const gap_condition& part : one.conditions) {
        out.begin_object();
        out.member("rung", one.source->rungs[part.rung].name);
        out.member("condition", part.text);
        out.member("state", part.unknown ? "unknown" : "unmet");
        out.member("wanted", part.wanted);
        const auto write_side = [&](const char* name, double value) {
            if (part.dates)
                detail::write_day(out, name, value);
            else
                out.member(name, value);
        };
        write_side("now", part.left);
        write_side("threshold", part.right);
        out.member("distance", part.distance);
        out.member("strict", part.strict);
        out.key("inputs").begin_array();
        for (const explained_input& input : part.inputs) detail::write_input(out, input);
        out.end_array();
        out.key("insufficient").begin_array();
        for (const std::uint32_t group : part.insufficient) {
            out.string(group < group_count ? group_names[group] : std::string_view{"overall"});
        }
        out.end_array();
        out.end_object();
    }
    out.end_array();
    out.end_object();
    return text;
}

}  // namespace aiueo
