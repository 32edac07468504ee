// score › change_json: a customer's change, and a portfolio's, as JSON. base ─► table ─► model ─►
// score
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/score/change_explain.hpp"
#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/match_customers.hpp"

namespace aiueo {

namespace detail {

inline void write_name(json_writer& out, std::string_view key, std::string_view name) {
    out.key(key);
    if (name.empty()) {
        out.null();
    } else {
        out.string(name);
    }
}

template <class F>
void write_parts(json_writer& out, std::string_view key, F value) {
    out.key(key).begin_object();
    for (std::size_t p = 0; p < change_part_count; ++p) out.member(change_part_names[p], value(p));
    out.end_object();
}

inline void write_line_name(json_writer& out, const change_line& one) {
    out.member("kind", name_of(one.what));
    out.member("of", change_score_name(one.group));
    if (one.what != change_line::kind::component) return;
    out.member("component", std::string{change_score_name(one.group)} + "." + one.either().name);
    write_label(out, one.either().shown);
    if (one.source == nullptr) out.member("only_in", "before");
    if (one.earlier == nullptr) out.member("only_in", "after");
}

[[nodiscard]] inline std::string_view cause_name(std::uint8_t cause) noexcept {
    return cause < change_part_count ? change_part_names[cause] : std::string_view{};
}

/// What a component was in one of the two explanations; nothing where the model has it not.
inline void write_component_then(json_writer& out, std::string_view key,
                                 const explained_score& score, const component* which) {
    out.key(key);
    for (const explained_component& one : score.components) {
        if (which == nullptr || one.source->name != which->name) continue;
        out.begin_object();
        out.member("state", aiueo::name_of(one.state));
        out.member("response", one.response);
        out.member("weight", one.source->weight);
        out.key("inputs").begin_array();
        for (const explained_input& input : one.inputs) write_input(out, input);
        out.end_array();
        out.end_object();
        return;
    }
    out.null();
}

[[nodiscard]] inline bool says_nothing(const explained_line& one) noexcept {
    const auto shows = [](double points) { return points == points && points != 0; };
    bool still = !shows(one.before) && !shows(one.after);
    for (const double part : one.parts) still = still && part == 0;
    return still;
}

inline void write_change(json_writer& out, const change_report& report, std::size_t which) {
    const explained_change& one = report.scores[which];
    const bool scored = one.outcome.kind == change_kind::scored;
    out.begin_object();
    out.member("name", change_score_name(which));
    out.member("kind", change_kind_names[static_cast<std::size_t>(one.outcome.kind)]);
    write_name(out, "cause", cause_name(one.outcome.cause));
    out.key("joined").begin_array();
    for (std::size_t p = 0; p < change_part_count; ++p) {
        if ((one.outcome.joined >> p & 1) != 0) out.string(change_part_names[p]);
    }
    out.end_array();
    out.member("before", one.before);
    out.member("after", one.after);
    out.member("change", scored ? one.after - one.before : unknown_value);
    write_parts(out, "parts", [&](std::size_t p) { return scored ? one.parts[p] : unknown_value; });
    out.key("lines").begin_array();
    for (const explained_line& line : one.lines) {
        const bool component = line.what.what == change_line::kind::component;
        if (says_nothing(line) && (!component || which == overall_change)) continue;
        out.begin_object();
        write_line_name(out, line.what);
        out.member("before", line.before);
        out.member("after", line.after);
        write_parts(out, "parts",
                    [&](std::size_t p) { return scored ? line.parts[p] : unknown_value; });
        if (component && which != overall_change) {
            write_component_then(out, "then", report.before.groups[which], line.what.earlier);
            write_component_then(out, "now", report.after.groups[which], line.what.source);
        }
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

/// "before", "after" and the parts at which a level moved.
template <class Name>
void write_levels(json_writer& out, std::span<const level_index, change_state_count> states,
                  Name name) {
    write_name(out, "before", name(std::size_t{0}));
    write_name(out, "after", name(change_state_count - 1));
    out.key("moved_by").begin_array();
    for (std::size_t p = 0; p < change_part_count; ++p) {
        if (p == 0 ? name(p) != name(p + 1) : states[p] != states[p + 1])
            out.string(change_part_names[p]);
    }
    out.end_array();
}

inline const ladder* ladder_named(const model& in, std::string_view name) noexcept {
    for (const ladder& one : in.rules.ladders) {
        if (one.name == name) return &one;
    }
    return nullptr;
}

[[nodiscard]] inline std::string_view rung_name(const ladder* of, level_index level) noexcept {
    if (of == nullptr || level == no_level) return {};
    return of->rungs[static_cast<std::size_t>(level)].name;
}

[[nodiscard]] inline std::string_view band_name(const model& of, level_index level) noexcept {
    if (!of.rules.bands || level == no_level) return {};
    return of.rules.bands->names[static_cast<std::size_t>(level)];
}

inline void write_side(json_writer& out, std::string_view key, const explanation& one) {
    out.key(key).begin_object();
    out.member("model", one.subject->name);
    out.member("row", one.row);
    write_day(out, "as_of", one.as_of ? static_cast<double>(*one.as_of) : unknown_value);
    out.member("profile", profile_name(*one.subject, one.profile));
    out.end_object();
}

}  // namespace detail

/// {"customer", "before", "after" (model, row, as_of, profile), "scores": the groups and overall,
/// each with "parts" and "lines", "ladders", "band"}. Points of the score; null where a change is
/// named and not subtracted.
[[nodiscard]] inline std::string change_json(const change_report& report) {
    std::string text;
    json_writer out{text};
    const model& then = *report.before.subject;
    const model& now = *report.after.subject;
    out.begin_object();
    out.member("customer", report.after.customer);
    detail::write_side(out, "before", report.before);
    detail::write_side(out, "after", report.after);
    out.key("scores").begin_array();
    for (std::size_t s = 0; s < change_scores; ++s) {
        if (report.scores[s].in_use) detail::write_change(out, report, s);
    }
    out.end_array();
    out.key("ladders").begin_array();
    for (std::size_t l = 0; l < report.stages.size(); ++l) {
        const ladder& rules = now.rules.ladders[l];
        const ladder* old = detail::ladder_named(then, rules.name);
        out.begin_object();
        out.member("name", rules.name);
        detail::write_label(out, rules.shown);
        detail::write_levels(out, report.stages[l], [&](std::size_t k) {
            return detail::rung_name(k == 0 ? old : &rules, report.stages[l][k]);
        });
        out.end_object();
    }
    out.end_array();
    if (now.rules.bands) {
        out.key("band").begin_object();
        detail::write_levels(out, report.band, [&](std::size_t k) {
            return detail::band_name(k == 0 ? then : now, report.band[k]);
        });
        out.end_object();
    }
    out.end_object();
    return text;
}

namespace detail {

inline void write_totals(json_writer& out, const changes& from, std::size_t which) {
    const change_totals& totals = from.totals();
    const change_totals::of_score& one = totals.scores[which];
    const auto mean = [&](std::int64_t sum) {
        return one.scored > 0 ? points_of(sum) / static_cast<double>(one.scored) : unknown_value;
    };
    out.begin_object();
    out.member("name", change_score_name(which));
    out.member("n", one.scored);
    out.member("before", mean(one.before));
    out.member("after", mean(one.after));
    out.member("change", mean(one.after - one.before));
    write_parts(out, "parts", [&](std::size_t p) { return mean(one.parts[p]); });
    for (const change_kind kind :
         {change_kind::became_insufficient, change_kind::became_sufficient}) {
        const auto k = static_cast<std::size_t>(kind);
        write_parts(out, change_kind_names[k], [&](std::size_t p) { return one.named[k][p]; });
    }
    out.member("insufficient", one.insufficient);
    out.member("joined", one.joined);
    out.key("lines").begin_array();
    const change_layout::block& block = from.layout().blocks[which];
    for (std::size_t k = block.first; k < block.first + block.count; ++k) {
        const auto& parts = totals.lines[k];
        const bool still = parts == std::array<std::int64_t, change_part_count>{};
        if (still || one.scored == 0) continue;
        out.begin_object();
        write_line_name(out, from.layout().lines[k]);
        out.member("change", mean(parts[0] + parts[1] + parts[2] + parts[3]));
        write_parts(out, "parts", [&](std::size_t p) { return mean(parts[p]); });
        out.end_object();
    }
    out.end_array();
    out.end_object();
}

/// How many went from each level to each other; a customer without a level is null.
template <class Before, class After>
void write_moves(json_writer& out, std::span<const level_index> before,
                 std::span<const level_index> after, std::size_t levels_before,
                 std::size_t levels_after, Before name_before, After name_after) {
    std::vector<std::int64_t> counts((levels_before + 1) * (levels_after + 1));
    const auto cell = [&](level_index a, level_index b) -> std::int64_t& {
        return counts[static_cast<std::size_t>(a + 1) * (levels_after + 1) +
                      static_cast<std::size_t>(b + 1)];
    };
    for (std::size_t i = 0; i < before.size(); ++i) ++cell(before[i], after[i]);
    out.key("moves").begin_array();
    for (int a = -1; a < static_cast<int>(levels_before); ++a) {
        for (int b = -1; b < static_cast<int>(levels_after); ++b) {
            const std::int64_t n = cell(static_cast<level_index>(a), static_cast<level_index>(b));
            if (n == 0) continue;
            out.begin_object();
            write_name(out, "from", name_before(static_cast<level_index>(a)));
            write_name(out, "to", name_after(static_cast<level_index>(b)));
            out.member("n", n);
            out.end_object();
        }
    }
    out.end_array();
}

}  // namespace detail

/// The portfolio: {"customers", "new", "gone", "scores": means of the parts over customers with a
/// score both times, by line, and how many became insufficient or sufficient through which part,
/// "ladders" and "band": who moved where}.
[[nodiscard]] inline std::string changes_json(const changes& from,
                                              const matched_customers& matched) {
    const default_float_mode usual;
    std::string text;
    json_writer out{text};
    const model& then = from.from().model;
    const model& now = from.with().model;
    const auto rows = static_cast<std::size_t>(from.totals().rows);
    out.begin_object();
    out.key("models").begin_object();
    out.member("before", then.name);
    out.member("after", now.name);
    out.member("same", &from.from() == &from.with());
    out.end_object();
    out.member("customers", from.totals().rows);
    out.member("new", matched.new_rows.size());
    out.member("gone", matched.gone_rows.size());
    out.key("scores").begin_array();
    for (std::size_t s = 0; s < change_scores; ++s) {
        if (from.layout().blocks[s].in_use) detail::write_totals(out, from, s);
    }
    out.end_array();
    out.key("ladders").begin_array();
    for (std::size_t l = 0; l < now.rules.ladders.size(); ++l) {
        const ladder& rules = now.rules.ladders[l];
        const ladder* old = detail::ladder_named(then, rules.name);
        out.begin_object();
        out.member("name", rules.name);
        detail::write_label(out, rules.shown);
        detail::write_moves(
            out, from.stage(l, 0).first(rows), from.stage(l, change_state_count - 1).first(rows),
            old == nullptr ? 0 : old->rungs.size(), rules.rungs.size(),
            [&](level_index k) { return detail::rung_name(old, k); },
            [&](level_index k) { return detail::rung_name(&rules, k); });
        out.end_object();
    }
    out.end_array();
    if (now.rules.bands) {
        out.key("band").begin_object();
        detail::write_moves(
            out, from.band(0).first(rows), from.band(change_state_count - 1).first(rows),
            then.rules.bands ? then.rules.bands->names.size() : 0, now.rules.bands->names.size(),
            [&](level_index k) { return detail::band_name(then, k); },
            [&](level_index k) { return detail::band_name(now, k); });
        out.end_object();
    }
    out.end_object();
    return text;
}

}  // namespace aiueo
