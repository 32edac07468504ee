// action › comparison_json: a comparison of two models as JSON. … ─► study ─► action
#pragma once

#include <string>

#include "aiueo/action/comparison.hpp"
#include "aiueo/base/json_writer.hpp"

namespace aiueo {

namespace detail {

inline void write(json_writer& out, const segment_moves& one) {
    const auto mean = [&](std::int64_t sum) {
        return one.scored > 0 ? points_of(sum) / static_cast<double>(one.scored) : unknown_value;
    };
    out.begin_object().member("segment", one.segment);
    write_text_or_null(out, "level", one.level);
    out.member("customers", one.customers)
        .member("n", one.scored)
        .member("current", mean(one.before))
        .member("proposed", mean(one.after))
        .member("change", mean(one.after - one.before))
        .member("lost_score", one.lost)
        .member("got_score", one.gained)
        .member("up", one.up)
        .member("down", one.down)
        .end_object();
}

inline void write(json_writer& out, const judged_model& one) {
    out.begin_object().member("ends", one.ends);
    out.key("auc").begin_array();
    for (const auto& [name, auc] : one.auc) {
        out.begin_object().member("score", name);
        write(out, "auc", auc);
        out.end_object();
    }
    out.end_array();
    out.key("renewal").begin_array();
    for (const renewal_table& table : one.tables) write(out, table);
    out.end_array();
    out.key("segments").begin_array();
    for (const renewal_segment& part : one.segments) {
        out.begin_object().member("segment", part.segment);
        write_text_or_null(out, "level", part.level);
        out.key("rows").begin_array();
        for (const renewal_row& row : part.rows) write(out, row, true);
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

/// What moved one customer's overall, the largest line first.
inline void write_mover(json_writer& out, const change_report& one) {
    const explained_change& overall = one.scores[overall_change];
    out.begin_object().member("customer", one.after.customer);
    out.member("current", overall.before)
        .member("proposed", overall.after)
        .member("change", overall.after - overall.before);
    const model& then = *one.before.subject;
    const model& now = *one.after.subject;
    out.key("ladders").begin_array();
    for (std::size_t l = 0; l < one.stages.size(); ++l) {
        const ladder& rules = now.rules.ladders[l];
        out.begin_object().member("name", rules.name);
        write_name(out, "current",
                   rung_name(ladder_named(then, rules.name), one.stages[l].front()));
        write_name(out, "proposed", rung_name(&rules, one.stages[l].back()));
        out.end_object();
    }
    out.end_array();
    std::vector<const explained_line*> lines;
    for (const explained_line& line : overall.lines) {
        if (line.parts[0] != 0) lines.push_back(&line);
    }
    std::stable_sort(lines.begin(), lines.end(),
                     [](const explained_line* a, const explained_line* b) {
                         return std::fabs(a->parts[0]) > std::fabs(b->parts[0]);
                     });
    out.key("lines").begin_array();
    for (const explained_line* line : lines) {
        out.begin_object();
        write_line_name(out, line->what);
        out.member("current", line->before)
            .member("proposed", line->after)
            .member("change", line->parts[0])
            .end_object();
    }
    out.end_array().end_object();
}

}  // namespace detail

/// By schema/comparison.schema.json.
inline void write_json(json_writer& out, const comparison_finding& found) {
    out.begin_object();
    const auto side = [&](std::string_view key, const std::string& name, const std::string& print,
                          const std::optional<judged_model>& judged) {
        out.key(key).begin_object().member("name", name).member("fingerprint", print);
        out.key("evidence");
        if (judged)
            detail::write(out, *judged);
        else
            out.null();
        out.end_object();
    };
    detail::write(out, found.told);
    side("current", found.current, found.current_fingerprint, found.current_judged);
    side("proposed", found.proposed, found.proposed_fingerprint, found.proposed_judged);
    out.key("lead_days");
    if (found.lead_days)
        out.integer(*found.lead_days);
    else
        out.null();
    out.member("kind", name_of(found.kind));
    out.key("moves").raw(changes_json(*found.moves, found.customers));
    out.key("movers").begin_array();
    for (const change_report& one : found.movers) detail::write_mover(out, one);
    out.end_array();
    out.key("segments").begin_array();
    for (const segment_moves& one : found.segments) detail::write(out, one);
    out.end_array().end_object();
}

}  // namespace aiueo
