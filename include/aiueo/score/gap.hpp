// score › gap: what exactly is missing for a rung. base ─► table ─► model ─► score
//
// A rung's condition is a formula over atomic comparisons. The gap is a smallest set of atoms that
// must change for the formula (and those of the rungs below it) to become true; ties go to the
// atoms of the rungs above the stage, and of these to those that come first in the model.
// docs/scores.md.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/score/explain.hpp"
#include "aiueo/score/gap_search.hpp"

namespace aiueo {

/// One comparison that must change.
struct gap_condition {
    std::uint32_t rung = 0;               ///< of the ladder
    std::string text;                     ///< as the model writes it
    bool wanted = true;                   ///< what it must become; false under a negation
    bool unknown = false;                 ///< unknown now, else the opposite of `wanted`
    double left = detail::unknown_value;  ///< comparisons of numbers and dates: both sides now
    double right = detail::unknown_value;
    double distance =
        detail::unknown_value;  ///< what `left` must gain (negative: lose) to just satisfy it
    bool strict = false;        ///< it must go beyond the distance, not only reach it
    bool dates = false;         ///< both sides are days since 1970-01-01, the distance is in days
    std::vector<explained_input> inputs;  ///< metrics it reads
    std::vector<symbol> reads;            ///< everything it reads, in its order
    std::vector<std::uint32_t>
        insufficient;  ///< groups it reads that have no score; group_count = overall
};

struct gap_report {
    const ladder* source = nullptr;
    level_index stage = 0;
    level_index provisional = no_level;
    level_index target = no_level;  ///< no_level: already on the top rung
    bool minimal = true;  ///< false: the search was cut off, and the set may be larger than needed
    bool reachable = true;  ///< false: no change of comparisons makes the condition true
    std::vector<gap_condition> conditions;
};

namespace detail {

/// `known`: the atoms that are written as the text.
inline void collect_atoms(row_trace& trace, const planned_rung& planned, const expression& source,
                          std::uint32_t rung, std::vector<gap_atom>& atoms,
                          std::unordered_map<std::string_view, std::size_t>& known) {
    for (const planned_atom& one : planned.atoms) {
        const std::string_view text = source.text_of(source.nodes[one.node]);
        const auto [found, fresh] = known.try_emplace(text, atoms.size());
        if (fresh) {
            const double now = trace.value_of(one.truth);
            const truth state = now != now ? truth::maybe : (now != 0 ? truth::yes : truth::no);
            atoms.push_back({rung, &one, &source, state, state, {}});
        }
        atoms[found->second].places.emplace_back(rung, one.node);
    }
}

inline void measure(row_trace& trace, const expression& source, const node& what,
                    const planned_atom& atom, gap_condition& out) {
    out.left = trace.value_of(atom.left);
    out.right = trace.value_of(atom.right);
    out.dates = source.nodes[what.operands.front()].type == value_type::date;
    if (out.unknown) return;
    out.distance = out.right - out.left;
    // x > 5 needs more than the distance to 5; so does the opposite of x <= 5.
    const bool touches =
        what.what == op::less_equal || what.what == op::greater_equal || what.what == op::equal;
    out.strict = touches != out.wanted;
}

/// The metrics and insufficient scores that a comparison reads.
inline void list_inputs(row_trace& trace, const expression& source, std::uint32_t at,
                        gap_condition& out) {
    const node& one = source.nodes[at];
    for (const std::uint32_t operand : one.operands) list_inputs(trace, source, operand, out);
    if (one.what != op::name) return;
    out.reads.push_back(one.resolved);
    const auto no_score = [&](std::uint32_t group, slot score) {
        if (trace.at(score) != trace.at(score)) out.insufficient.push_back(group);
    };
    if (one.resolved.what == symbol::kind::metric) {
        out.inputs.push_back(trace.input(
            static_cast<std::uint32_t>(trace.plan().metric_number[one.resolved.index])));
    } else if (one.resolved.what == symbol::kind::group) {
        no_score(one.resolved.index, trace.scheme().groups[one.resolved.index].slots.score);
    } else if (one.resolved.what == symbol::kind::overall) {
        no_score(group_count, trace.plan().overall.score);
    }
}

/// Does a rung read one of these atoms?
[[nodiscard]] inline bool reads_any(
    const planned_rung& planned, const expression& source,
    const std::unordered_map<std::string_view, std::size_t>& known) {
    return std::any_of(planned.atoms.begin(), planned.atoms.end(), [&](const planned_atom& one) {
        return known.find(source.text_of(source.nodes[one.node])) != known.end();
    });
}

/// Errors: not_found, with a suggestion.
[[nodiscard]] inline result<std::size_t> ladder_for_gap(const model& of, std::string_view name) {
    std::vector<std::string_view> names;
    for (std::size_t k = 0; k < of.rules.ladders.size(); ++k) {
        if (of.rules.ladders[k].name == name) return k;
        names.push_back(of.rules.ladders[k].name);
    }
    return make_error(errc::not_found, "the model has no ladder \"" + std::string{name} + "\"" +
                                           did_you_mean(name, names));
}

/// gap() of the row that a trace has run; many rows take one trace.
[[nodiscard]] inline result<gap_report> gap_of(row_trace& trace, std::string_view ladder_name,
                                               std::string_view target) {
    const auto which = ladder_for_gap(trace.plan().model, ladder_name);
    if (!which) return which.error();
    const planned_ladder& planned = trace.scheme().ladders[*which];
    const ladder& rules = trace.scheme().source->ladders[*which];

    gap_report out;
    out.source = &rules;
    out.stage = trace.level(planned);
    const level_index could = trace.possible_level(planned);
    if (could > out.stage) out.provisional = could;
    const auto top = static_cast<level_index>(rules.rungs.size() - 1);
    if (target.empty()) {
        if (out.stage == top) return out;
        out.target = static_cast<level_index>(out.stage + 1);
    } else {
        std::vector<std::string_view> rungs;
        for (const rung& one : rules.rungs) {
            rungs.push_back(one.name);
            if (one.name == target) out.target = static_cast<level_index>(rungs.size() - 1);
        }
        if (out.target == no_level) {
            return make_error(errc::not_found, "ladder \"" + rules.name + "\" has no rung \"" +
                                                   std::string{target} + "\"" +
                                                   did_you_mean(target, rungs));
        }
        if (out.target <= out.stage) return out;
    }

    std::vector<gap_atom> atoms;
    std::unordered_map<std::string_view, std::size_t> known;
    std::vector<std::uint32_t> rungs, beneath;
    for (std::uint32_t r = 1; r <= static_cast<std::uint32_t>(out.target); ++r)
        (r > static_cast<std::uint32_t>(out.stage) ? rungs : beneath).push_back(r);
    for (const std::uint32_t r : rungs)
        collect_atoms(trace, planned.rungs[r], rules.rungs[r].when, r, atoms, known);
    // A rung that holds must go on holding; where it reads what may change, it has a say.
    for (std::size_t k = 0; k < beneath.size();) {
        const std::uint32_t r = beneath[k];
        if (!reads_any(planned.rungs[r], rules.rungs[r].when, known)) {
            ++k;
            continue;
        }
        collect_atoms(trace, planned.rungs[r], rules.rungs[r].when, r, atoms, known);
        rungs.push_back(r);
        beneath.erase(beneath.begin() + static_cast<std::ptrdiff_t>(k));
        k = 0;
    }
    gap_search search{atoms, rules, rungs};
    out.reachable = search.run(out.minimal);
    if (!out.reachable) return out;
    for (const gap_atom& one : atoms) {
        if (one.then == one.now) continue;
        const node& what = one.source->nodes[one.plan->node];
        gap_condition condition;
        condition.rung = one.rung;
        condition.text = std::string{one.source->text_of(what)};
        condition.wanted = one.then == truth::yes;
        condition.unknown = one.now == truth::maybe;
        if (one.plan->comparison) measure(trace, *one.source, what, *one.plan, condition);
        list_inputs(trace, *one.source, one.plan->node, condition);
        out.conditions.push_back(std::move(condition));
    }
    return out;
}

}  // namespace detail

/// What a row lacks for `target` of a ladder (empty: the next rung above its stage).
/// Errors: not_found (ladder or rung, with a suggestion), and those of score().
[[nodiscard]] inline result<gap_report> gap(const plan& with, const batch& input, std::int64_t row,
                                            std::string_view ladder_name,
                                            std::string_view target = {}) {
    const default_float_mode usual;
    // A wrong name is told whatever the rows are.
    if (auto which = detail::ladder_for_gap(with.model(), ladder_name); !which)
        return std::move(which).error();
    detail::row_trace trace{with, input, true};
    if (status ok = trace.run(row); !ok) return std::move(ok).error();
    return detail::gap_of(trace, ladder_name, target);
}

}  // namespace aiueo
