// score › gap: what exactly is missing for a rung. base ─► table ─► model ─► score
//
// A rung's condition is a formula over atomic comparisons. The gap is a smallest set of atoms that
// must change for the formula (and those of the rungs below it) to become true; ties go to the
// atoms that come first in the model. docs/scores.md.
#pragma once

#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/score/explain.hpp"

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

enum class truth : std::uint8_t { no, yes, maybe };

[[nodiscard]] constexpr truth operator!(truth a) noexcept {
    return a == truth::maybe ? a : (a == truth::yes ? truth::no : truth::yes);
}
[[nodiscard]] constexpr truth both(truth a, truth b) noexcept {
    if (a == truth::no || b == truth::no) return truth::no;
    return a == truth::yes && b == truth::yes ? truth::yes : truth::maybe;
}

/// An atom of the conjunction of rungs between the stage and the target. Written twice, it is still
/// one.
struct gap_atom {
    std::uint32_t rung = 0;
    const planned_atom* plan = nullptr;
    const expression* source = nullptr;
    truth now = truth::maybe;
    truth then = truth::maybe;  ///< in the search: what it is assumed to become
    std::vector<std::pair<std::uint32_t, std::uint32_t>>
        places;  ///< rung and node of each time it is written
};

/// Smallest changes by trying every set of 1, 2, … atoms in the model's order. Exact while the
/// number of sets tried stays within `budget`; conditions people write have a handful of atoms.
class gap_search {
public:
    gap_search(std::vector<gap_atom>& atoms, const aiueo::ladder& rules, std::uint32_t from,
               std::uint32_t target)
        : atoms_(atoms), rules_(rules), from_(from), target_(target) {}

    /// Sets `then` of the atoms that change. False: no set found.
    [[nodiscard]] bool run(bool& minimal) {
        reset();
        for (std::size_t size = 0; size <= atoms_.size(); ++size) {
            chosen_.clear();
            if (try_sets(0, size)) return true;
            if (tried_ > budget) break;
        }
        minimal = tried_ <= budget;
        if (minimal) return false;
        return greedy();
    }

private:
    static constexpr std::size_t budget = 200000;

    void reset() {
        for (gap_atom& one : atoms_) one.then = one.now;
    }

    /// All sets of `left` more atoms from `first` on, in lexicographic order.
    bool try_sets(std::size_t first, std::size_t left) {
        if (left == 0) return try_changes(0);
        for (std::size_t k = first; k + left <= atoms_.size(); ++k) {
            chosen_.push_back(k);
            if (try_sets(k + 1, left - 1)) return true;
            chosen_.pop_back();
            if (tried_ > budget) return false;
        }
        return false;
    }

    /// A known atom changes to its opposite; an unknown one to true, else to false.
    bool try_changes(std::size_t at) {
        if (at == chosen_.size()) {
            ++tried_;
            return holds();
        }
        gap_atom& one = atoms_[chosen_[at]];
        const bool unknown = one.now == truth::maybe;
        one.then = unknown ? truth::yes : !one.now;
        if (try_changes(at + 1)) return true;
        if (unknown) {
            one.then = truth::no;
            if (try_changes(at + 1)) return true;
        }
        one.then = one.now;
        return false;
    }

    /// Beyond the budget: change what a walk of the formula asks for, keeping what already holds.
    bool greedy() {
        reset();
        for (std::uint32_t r = from_ + 1; r <= target_; ++r) {
            cursor_rung_ = r;
            const expression& source = rules_.rungs[r].when;
            ask(source, static_cast<std::uint32_t>(source.nodes.size() - 1), truth::yes);
        }
        return holds();
    }

    void ask(const expression& source, std::uint32_t at, truth wanted) {
        if (value(source, at) == wanted) return;
        const node& one = source.nodes[at];
        if (one.what == op::logical_not) return ask(source, one.operands[0], !wanted);
        const bool all = (one.what == op::logical_and) == (wanted == truth::yes);
        if (one.what == op::logical_and || one.what == op::logical_or) {
            for (const std::uint32_t operand : one.operands) {
                ask(source, operand, wanted);
                if (!all) return;
            }
            return;
        }
        if (one.what == op::conditional) {
            ask(source, one.operands[0], truth::yes);
            return ask(source, one.operands[1], wanted);
        }
        if (gap_atom* atom = find(at)) atom->then = wanted;
    }

    [[nodiscard]] bool holds() {
        for (std::uint32_t r = from_ + 1; r <= target_; ++r) {
            cursor_rung_ = r;
            const expression& source = rules_.rungs[r].when;
            if (value(source, static_cast<std::uint32_t>(source.nodes.size() - 1)) != truth::yes)
                return false;
        }
        return true;
    }

    [[nodiscard]] gap_atom* find(std::uint32_t node) {
        for (gap_atom& one : atoms_) {
            for (const auto& [rung, at] : one.places) {
                if (rung == cursor_rung_ && at == node) return &one;
            }
        }
        return nullptr;
    }

    [[nodiscard]] truth value(const expression& source, std::uint32_t at) {
        const node& one = source.nodes[at];
        switch (one.what) {
        case op::flag: return one.number != 0 ? truth::yes : truth::no;
        case op::logical_not: return !value(source, one.operands[0]);
        case op::logical_and: {
            truth all = truth::yes;
            for (const std::uint32_t operand : one.operands)
                all = both(all, value(source, operand));
            return all;
        }
        case op::logical_or: {
            truth none = truth::yes;
            for (const std::uint32_t operand : one.operands)
                none = both(none, !value(source, operand));
            return !none;
        }
        case op::conditional: {
            const truth which = value(source, one.operands[0]);
            if (which == truth::maybe) return which;
            return value(source, one.operands[which == truth::yes ? 1 : 2]);
        }
        default: {
            const gap_atom* atom = find(at);
            return atom != nullptr ? atom->then : truth::maybe;
        }
        }
    }

    std::vector<gap_atom>& atoms_;
    const aiueo::ladder& rules_;
    std::uint32_t from_;
    std::uint32_t target_;
    std::vector<std::size_t> chosen_;
    std::size_t tried_ = 0;
    std::uint32_t cursor_rung_ = 0;
};

inline void collect_atoms(row_trace& trace, const planned_rung& planned, const expression& source,
                          std::uint32_t rung, std::vector<gap_atom>& atoms) {
    for (const planned_atom& one : planned.atoms) {
        const std::string_view text = source.text_of(source.nodes[one.node]);
        gap_atom* known = nullptr;
        for (gap_atom& other : atoms) {
            if (!text.empty() &&
                other.source->text_of(other.source->nodes[other.plan->node]) == text)
                known = &other;
        }
        if (known == nullptr) {
            const double now = trace.value_of(one.truth);
            const truth state = now != now ? truth::maybe : (now != 0 ? truth::yes : truth::no);
            atoms.push_back({rung, &one, &source, state, state, {}});
            known = &atoms.back();
        }
        known->places.emplace_back(rung, one.node);
    }
}

inline void measure(row_trace& trace, const node& what, const planned_atom& atom,
                    gap_condition& out) {
    out.left = trace.value_of(atom.left);
    out.right = trace.value_of(atom.right);
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

}  // namespace detail

namespace detail {

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
    for (auto r = static_cast<std::uint32_t>(out.stage + 1);
         r <= static_cast<std::uint32_t>(out.target); ++r) {
        collect_atoms(trace, planned.rungs[r], rules.rungs[r].when, r, atoms);
    }
    gap_search search{atoms, rules, static_cast<std::uint32_t>(out.stage),
                      static_cast<std::uint32_t>(out.target)};
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
        if (one.plan->comparison) measure(trace, what, *one.plan, condition);
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
