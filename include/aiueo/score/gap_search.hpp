// score › gap_search: a smallest set of comparisons that must change for rungs to hold. base ─►
// table ─► model ─► score
//
// What must hold is taken apart into the operands of its `&&`s, and these into groups that share no
// comparison: a smallest set for each group makes a smallest set for all. So a chain of `&&` takes
// time like its length; only what an `||` ties together is searched, within a budget.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <utility>
#include <vector>

#include "aiueo/model/expression.hpp"
#include "aiueo/model/scheme.hpp"
#include "aiueo/score/plan.hpp"

namespace aiueo::detail {

enum class truth : std::uint8_t { no, yes, maybe };

[[nodiscard]] constexpr truth operator!(truth a) noexcept {
    return a == truth::maybe ? a : (a == truth::yes ? truth::no : truth::yes);
}
[[nodiscard]] constexpr truth both(truth a, truth b) noexcept {
    if (a == truth::no || b == truth::no) return truth::no;
    return a == truth::yes && b == truth::yes ? truth::yes : truth::maybe;
}

/// An atom of the rungs that must hold. Written twice, it is still one.
struct gap_atom {
    std::uint32_t rung = 0;
    const planned_atom* plan = nullptr;
    const expression* source = nullptr;
    truth now = truth::maybe;
    truth then = truth::maybe;  ///< in the search: what it is assumed to become
    std::vector<std::pair<std::uint32_t, std::uint32_t>>
        places;  ///< rung and node of each time it is written
};

/// Of each group the smallest set, by trying every set of 1, 2, … atoms in the model's order: among
/// sets of one size the first. Exact while the parts of conditions that are looked at stay within
/// `budget`; conditions people write have a handful of atoms.
class gap_search {
public:
    /// `rungs`: that must hold.
    gap_search(std::vector<gap_atom>& atoms, const aiueo::ladder& rules,
               const std::vector<std::uint32_t>& rungs)
        : atoms_(atoms), rules_(rules), atom_at_(rules.rungs.size()) {
        for (const std::uint32_t r : rungs)
            atom_at_[r].resize(rules.rungs[r].when.nodes.size(), none);
        for (std::size_t k = 0; k < atoms.size(); ++k) {
            for (const auto& [rung, node] : atoms[k].places)
                atom_at_[rung][node] = static_cast<std::uint32_t>(k);
        }
        for (const std::uint32_t r : rungs) {
            const std::size_t nodes = rules.rungs[r].when.nodes.size();
            if (nodes > 0) take_apart({r, static_cast<std::uint32_t>(nodes - 1)});
        }
        make_groups();
    }

    /// Sets `then` of the atoms that change. False: no set found.
    [[nodiscard]] bool run(bool& minimal) {
        for (gap_atom& one : atoms_) one.then = one.now;
        minimal = true;
        for (group& one : groups_) {
            current_ = &one;
            if (search()) continue;
            if (looked_at_ <= budget) return false;
            minimal = false;
            if (!greedy()) return false;
        }
        return true;
    }

private:
    static constexpr std::size_t budget = 4'000'000;
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();
    static constexpr std::size_t no_group = std::numeric_limits<std::size_t>::max();

    /// A condition, or a part of one that must be true for itself.
    struct required {
        std::uint32_t rung = 0;
        std::uint32_t node = 0;
    };
    struct group {
        std::vector<required> parts;
        std::vector<std::size_t> atoms;  ///< ascending
    };

    [[nodiscard]] const expression& source(std::uint32_t rung) const {
        return rules_.rungs[rung].when;
    }

    void take_apart(required what) {
        const node& one = source(what.rung).nodes[what.node];
        if (one.what != op::logical_and) {
            parts_.push_back(what);
            return;
        }
        for (const std::uint32_t operand : one.operands) take_apart({what.rung, operand});
    }

    void list_atoms(required what, std::vector<std::size_t>& out) const {
        const std::uint32_t atom = atom_at_[what.rung][what.node];
        if (atom != none) {
            out.push_back(atom);
            return;
        }
        for (const std::uint32_t operand : source(what.rung).nodes[what.node].operands)
            list_atoms({what.rung, operand}, out);
    }

    /// Parts that share an atom, themselves or through others, in one group.
    void make_groups() {
        std::vector<std::size_t> leader(atoms_.size());
        std::iota(leader.begin(), leader.end(), std::size_t{0});
        const auto leader_of = [&leader](std::size_t k) {
            while (leader[k] != k) k = leader[k] = leader[leader[k]];
            return k;
        };
        std::vector<std::vector<std::size_t>> read(parts_.size());
        for (std::size_t p = 0; p < parts_.size(); ++p) {
            list_atoms(parts_[p], read[p]);
            for (const std::size_t k : read[p]) {
                const std::size_t a = leader_of(read[p].front()), b = leader_of(k);
                leader[std::max(a, b)] = std::min(a, b);
            }
        }
        std::vector<std::size_t> group_of(atoms_.size(), no_group);
        for (std::size_t p = 0; p < parts_.size(); ++p) {
            if (read[p].empty()) {
                groups_.push_back({{parts_[p]}, {}});
                continue;
            }
            std::size_t& at = group_of[leader_of(read[p].front())];
            if (at == no_group) {
                at = groups_.size();
                groups_.emplace_back();
            }
            groups_[at].parts.push_back(parts_[p]);
        }
        for (std::size_t k = 0; k < atoms_.size(); ++k) {
            const std::size_t at = group_of[leader_of(k)];
            if (at != no_group) groups_[at].atoms.push_back(k);
        }
    }

    [[nodiscard]] bool search() {
        for (std::size_t size = 0; size <= current_->atoms.size(); ++size) {
            chosen_.clear();
            if (try_sets(0, size)) return true;
            if (looked_at_ > budget) break;
        }
        return false;
    }

    /// All sets of `left` more atoms from `first` on, in lexicographic order.
    bool try_sets(std::size_t first, std::size_t left) {
        if (left == 0) return try_changes(0);
        for (std::size_t k = first; k + left <= current_->atoms.size(); ++k) {
            chosen_.push_back(current_->atoms[k]);
            if (try_sets(k + 1, left - 1)) return true;
            chosen_.pop_back();
            if (looked_at_ > budget) return false;
        }
        return false;
    }

    /// A known atom changes to its opposite; an unknown one to true, else to false.
    bool try_changes(std::size_t at) {
        if (at == chosen_.size()) return looked_at_ <= budget && holds();
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
        for (const std::size_t k : current_->atoms) atoms_[k].then = atoms_[k].now;
        for (const required& one : current_->parts) ask(one, truth::yes);
        return holds();
    }

    void ask(required what, truth wanted) {
        if (value(what) == wanted) return;
        const node& one = source(what.rung).nodes[what.node];
        const auto below = [&what](std::uint32_t operand) { return required{what.rung, operand}; };
        if (one.what == op::logical_not) return ask(below(one.operands[0]), !wanted);
        const bool all = (one.what == op::logical_and) == (wanted == truth::yes);
        if (one.what == op::logical_and || one.what == op::logical_or) {
            for (const std::uint32_t operand : one.operands) {
                ask(below(operand), wanted);
                if (!all) return;
            }
            return;
        }
        if (one.what == op::conditional) {
            ask(below(one.operands[0]), truth::yes);
            return ask(below(one.operands[1]), wanted);
        }
        const std::uint32_t atom = atom_at_[what.rung][what.node];
        if (atom != none) atoms_[atom].then = wanted;
    }

    [[nodiscard]] bool holds() {
        return std::all_of(current_->parts.begin(), current_->parts.end(),
                           [this](required one) { return value(one) == truth::yes; });
    }

    [[nodiscard]] truth value(required what) {
        ++looked_at_;
        const node& one = source(what.rung).nodes[what.node];
        const auto below = [&](std::size_t k) { return value({what.rung, one.operands[k]}); };
        switch (one.what) {
        case op::flag: return one.number != 0 ? truth::yes : truth::no;
        case op::logical_not: return !below(0);
        case op::logical_and: {
            truth all = truth::yes;
            for (std::size_t k = 0; k < one.operands.size(); ++k) all = both(all, below(k));
            return all;
        }
        case op::logical_or: {
            truth none_of_them = truth::yes;
            for (std::size_t k = 0; k < one.operands.size(); ++k)
                none_of_them = both(none_of_them, !below(k));
            return !none_of_them;
        }
        case op::conditional: {
            const truth which = below(0);
            if (which == truth::maybe) return which;
            return below(which == truth::yes ? 1 : 2);
        }
        default: {
            const std::uint32_t atom = atom_at_[what.rung][what.node];
            return atom == none ? truth::maybe : atoms_[atom].then;
        }
        }
    }

    std::vector<gap_atom>& atoms_;
    const aiueo::ladder& rules_;
    std::vector<std::vector<std::uint32_t>> atom_at_;  ///< by rung and node
    std::vector<required> parts_;
    std::vector<group> groups_;
    const group* current_ = nullptr;
    std::vector<std::size_t> chosen_;
    std::size_t looked_at_ = 0;
};

}  // namespace aiueo::detail
