// score › rollup: customers rolled up to their parents, level by level. base ─► table ─► model ─►
// score
//
// The snapshots' column `parent` names the customer that a row's rolls up to. A parent's members
// are its direct children, and its own row where it has one; a child with children of its own
// counts with what those were rolled up to. Definitions as for overall (docs/scores.md):
//
// - Weights: the metric of `rollup.weight` (a rolled-up child's is the sum of its members'), or 1
//   for each member. A member whose weight is not known, or negative, counts with the mean of the
//   others', and is counted in `unweighted`; where all weights are 0, members count the same.
// - weighted_mean: Σ w s ÷ Σ w over the members with a score. minimum: the lowest of them.
//   share_good: 100 × Σ w of those from `good_from` on ÷ Σ w of those with a score.
// - coverage = Σ w c ÷ Σ w over all members, c = 0 for an insufficient one. Bounds combine the
//   members' bounds the same way, an insufficient member's being 0 and 100; the score is taken into
//   them. Below `min_coverage` of the axis (of overall) the parent is insufficient.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/change_types.hpp"
#include "aiueo/score/kernels.hpp"
#include "aiueo/score/match_customers.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo {

struct rolled_score {
    double score = detail::unknown_value;  ///< NaN: insufficient
    double coverage = 0;
    double lower = 0;
    double upper = 100;
};

struct rolled_parent {
    std::string key;
    std::string parent;                   ///< its own, empty if it has none
    std::int32_t level = 1;               ///< 1: above customers only, 2: above such parents, …
    std::int64_t children = 0;            ///< direct
    bool own = false;                     ///< has it a row of its own, which counts beside them?
    std::int64_t insufficient = 0;        ///< members without an overall score
    std::int64_t unweighted = 0;          ///< members whose weight is not known
    double good = detail::unknown_value;  ///< of the weight with an overall score: from `good_from`
    double mrr = detail::unknown_value;   ///< sum over all customers below, of those whose is known
    std::int64_t mrr_unknown = 0;         ///< customers below whose MRR is not known
    std::array<rolled_score, change_scores> scores{};  ///< the groups, then overall
};

struct rollup_result {
    const plan_data* plan = nullptr;
    std::vector<rolled_parent> parents;  ///< in byte order of their keys
};

namespace detail {

class rollup_job {
public:
    rollup_job(const batch& rows, const scores& from)
        : rows_(rows), from_(from), plan_(from.made_for()) {}

    [[nodiscard]] result<rollup_result> run() {
        if (status ok = check(); !ok) return std::move(ok).error();
        if (status ok = read_rows(); !ok) return std::move(ok).error();
        if (status ok = order_nodes(); !ok) return std::move(ok).error();
        rollup_result out;
        out.plan = &plan_;
        for (const std::size_t k : order_) {
            if (nodes_[k].children.empty()) continue;
            roll_up(k);
            out.parents.push_back(std::move(nodes_[k].told));
        }
        std::sort(out.parents.begin(), out.parents.end(),
                  [](const rolled_parent& a, const rolled_parent& b) { return a.key < b.key; });
        return out;
    }

private:
    /// What a member brings: a customer's row, or what its children were rolled up to.
    struct member {
        std::array<rolled_score, change_scores> scores{};
        double weight = unknown_value;
    };
    struct node {
        std::int64_t row = -1;  ///< −1: only named as a parent
        std::size_t parent = none;
        std::vector<std::size_t> children;
        std::size_t waits = 0;  ///< for so many children
        member as_child;
        rolled_parent told;
        double mrr = unknown_value;  ///< of all below, itself among them
        std::int64_t mrr_unknown = 0;
    };
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    [[nodiscard]] status check() const {
        if (&rows_.made_for() != &plan_ || from_.capacity() < rows_.rows() ||
            !from_.options().detail) {
            return make_error(errc::invalid_argument,
                              "a roll-up needs scores with detail of all rows of the batch");
        }
        return rows_.readable_parent();
    }

    // ── customers ────────────────────────────────────────────────────────────

    [[nodiscard]] status read_rows() {
        last_rows latest;
        if (status ok = latest.read(rows_, "given"); !ok) return ok;
        for (std::size_t k = 0; k < latest.row.size(); ++k)
            (void)names_.intern(latest.customers.text(static_cast<dictionary::id>(k)));
        nodes_.resize(latest.row.size());
        for (std::size_t k = 0; k < latest.row.size(); ++k) {
            key_buffer buffer;
            nodes_[k].row = latest.row[k];
            const auto parent = rows_.parent_at(latest.row[k], buffer);
            if (!parent) continue;
            const auto id = static_cast<std::size_t>(names_.intern(*parent));
            if (id == nodes_.size()) nodes_.emplace_back();
            nodes_[k].parent = id;
            nodes_[id].children.push_back(k);
        }
        const rollup_rule rule = plan_.model.rollup.value_or(rollup_rule{});
        if (status ok = read_metric(rule.weight, &node::mrr); !ok) return ok;
        for (node& one : nodes_) one.as_child.weight = one.mrr >= 0 ? one.mrr : unknown_value;
        const auto role = plan_.model.roles.find("mrr");
        const std::string mrr = role == plan_.model.roles.end() ? std::string{} : role->second;
        if (status ok = read_metric(mrr, &node::mrr); !ok) return ok;
        for (node& one : nodes_) {
            if (one.row >= 0) read_scores(one);
        }
        return {};
    }

    /// A metric of every customer; unknown where it has none. An empty name is no metric.
    [[nodiscard]] status read_metric(const std::string& name, double node::*to) {
        for (node& one : nodes_) one.*to = unknown_value;
        if (name.empty()) return {};
        const metric* const source = plan_.model.find_metric(name);
        if (source->from != metric::source::column) {
            return make_error(errc::unsupported,
                              aiueo::quoted(name) +
                                  " is computed by the model; a roll-up takes weights "
                                  "and MRR from columns of the snapshots");
        }
        const bound_metric* const column =
            rows_.metric_column(static_cast<std::size_t>(source - plan_.model.metrics.data()));
        if (column == nullptr) {
            place where;
            where.table = "snapshots";
            where.column_name = name;
            return make_error(errc::bad_column,
                              "is not there, or the batch did not keep it (make it with all "
                              "metrics); parents are rolled up by it",
                              std::move(where));
        }
        for (node& one : nodes_) {
            value_state state{};
            if (one.row < 0) continue;
            if (status ok = column->load(one.row, {&(one.*to), &state, 1}, *source, plan_.model);
                !ok)
                return ok;
        }
        return {};
    }

    void read_scores(node& to) const {
        const auto at = static_cast<std::size_t>(to.row);
        for (std::size_t g = 0; g < group_count; ++g) {
            if (!plan_.groups_in_use[g]) continue;
            const auto which = static_cast<axis>(g);
            to.as_child.scores[g] = {from_[which][at], from_.coverage(which)[at],
                                     from_.lower(which)[at], from_.upper(which)[at]};
        }
        to.as_child.scores[overall_change] = {from_.overall()[at], from_.coverage()[at],
                                              from_.lower()[at], from_.upper()[at]};
    }

    // ── order ────────────────────────────────────────────────────────────────

    /// Children before their parents. bad_value names a cycle.
    [[nodiscard]] status order_nodes() {
        for (std::size_t k = 0; k < nodes_.size(); ++k) {
            nodes_[k].waits = nodes_[k].children.size();
            if (nodes_[k].waits == 0) order_.push_back(k);
        }
        for (std::size_t at = 0; at < order_.size(); ++at) {
            const std::size_t parent = nodes_[order_[at]].parent;
            if (parent != none && --nodes_[parent].waits == 0) order_.push_back(parent);
        }
        if (order_.size() == nodes_.size()) return {};
        // Whoever still waits is on a cycle or above one: following parents leads around it.
        std::size_t at = 0;
        while (nodes_[at].waits == 0) ++at;
        for (std::size_t k = 0; k < nodes_.size(); ++k) at = nodes_[at].parent;
        std::string text;
        constexpr std::size_t most = 8;
        std::size_t length = 0;
        const std::size_t first = at;
        do {
            if (length++ < most) text += aiueo::quoted(name(at)) + " → ";
            at = nodes_[at].parent;
        } while (at != first);
        if (length > most) text += "… → ";
        place where;
        where.table = "snapshots";
        where.column_name = "parent";
        where.row = rows_.options().first_row + nodes_[first].row;
        return make_error(errc::bad_value,
                          "goes round in a circle: " + text + aiueo::quoted(name(first)),
                          std::move(where));
    }

    [[nodiscard]] std::string name(std::size_t k) const {
        return std::string{names_.text(static_cast<dictionary::id>(k))};
    }

    // ── rolling up ───────────────────────────────────────────────────────────

    void roll_up(std::size_t k) {
        node& to = nodes_[k];
        // In byte order of keys, so that sums do not depend on the order of rows.
        std::sort(to.children.begin(), to.children.end(), [this](std::size_t a, std::size_t b) {
            return names_.text(static_cast<dictionary::id>(a)) <
                   names_.text(static_cast<dictionary::id>(b));
        });
        std::vector<const member*> members;
        rolled_parent& out = to.told;
        out.key = name(k);
        if (to.parent != none) out.parent = name(to.parent);
        out.children = static_cast<std::int64_t>(to.children.size());
        out.own = to.row >= 0;
        const member own = to.as_child;
        if (out.own) members.push_back(&own);
        double mrr = to.mrr;
        std::int64_t mrr_unknown = out.own && mrr != mrr;
        for (const std::size_t child : to.children) {
            const node& one = nodes_[child];
            members.push_back(&one.as_child);
            if (!one.children.empty()) out.level = std::max(out.level, level_of(child) + 1);
            if (one.mrr == one.mrr) mrr = mrr == mrr ? mrr + one.mrr : one.mrr;
            mrr_unknown += one.children.empty() ? one.mrr != one.mrr : one.mrr_unknown;
        }
        levels_.resize(nodes_.size());
        levels_[k] = out.level;
        to.mrr = out.mrr = mrr;
        to.mrr_unknown = out.mrr_unknown = mrr_unknown;
        combine(members, to);
    }

    [[nodiscard]] std::int32_t level_of(std::size_t k) const noexcept { return levels_[k]; }

    void combine(const std::vector<const member*>& members, node& to) {
        const rollup_rule rule = plan_.model.rollup.value_or(rollup_rule{});
        const std::vector<double> weights = weights_of(members, rule, to);
        for (std::size_t s = 0; s < change_scores; ++s) {
            const bool in_use = s == overall_change ? plan_.has_overall : plan_.groups_in_use[s];
            if (in_use) to.told.scores[s] = combine_score(members, weights, rule, s);
        }
        double good = 0;
        double scored = 0;
        for (std::size_t i = 0; i < members.size(); ++i) {
            const double overall = members[i]->scores[overall_change].score;
            to.told.insufficient += overall != overall;
            scored += overall == overall ? weights[i] : 0.0;
            good += overall >= rule.good_from ? weights[i] : 0.0;
        }
        to.told.good = scored > 0 ? good / scored : unknown_value;
        to.as_child.scores = to.told.scores;
    }

    /// And the weight that the parent has as a child.
    [[nodiscard]] static std::vector<double> weights_of(const std::vector<const member*>& members,
                                                        const rollup_rule& rule, node& to) {
        std::vector<double> out(members.size(), 1.0);
        if (rule.weight.empty()) return out;
        double sum = 0;
        double known = 0;
        for (const member* one : members) {
            if (one->weight != one->weight) continue;
            sum += one->weight;
            ++known;
        }
        to.told.unweighted = static_cast<std::int64_t>(static_cast<double>(members.size()) - known);
        to.as_child.weight = known > 0 ? sum : unknown_value;
        if (!(sum > 0)) return out;
        for (std::size_t i = 0; i < members.size(); ++i) {
            const double own = members[i]->weight;
            out[i] = own == own ? own : sum / known;
        }
        return out;
    }

    [[nodiscard]] rolled_score combine_score(const std::vector<const member*>& members,
                                             const std::vector<double>& weights,
                                             const rollup_rule& rule, std::size_t s) const {
        using way = rollup_rule::combine;
        double total = 0;
        double covered = 0;
        double scored = 0;
        double sum = 0;
        double low = 0;
        double high = 0;
        double least = unknown_value;
        double least_low = 100;
        double least_high = 100;
        for (std::size_t i = 0; i < members.size(); ++i) {
            const rolled_score& one = members[i]->scores[s];
            const double w = weights[i];
            const bool known = one.score == one.score;
            const double from = known ? one.lower : 0.0;
            const double to = known ? one.upper : 100.0;
            const auto worth = [&](double x) {
                return rule.how == way::share_good ? (x >= rule.good_from ? 100.0 : 0.0) : x;
            };
            total += w;
            low += w * worth(from);
            high += w * worth(to);
            if (w > 0) {
                least_low = std::min(least_low, from);
                least_high = std::min(least_high, to);
            }
            if (!known) continue;
            covered += w * one.coverage;
            scored += w;
            sum += w * worth(one.score);
            if (w > 0 && !(least <= one.score)) least = one.score;
        }
        rolled_score out;
        const bool minimum = rule.how == way::minimum;
        out.coverage = covered / total;
        out.lower = portable::on_grid(minimum ? least_low : low / total);
        out.upper = portable::on_grid(minimum ? least_high : high / total);
        const double score = portable::on_grid(minimum ? least : sum / scored);
        const aiueo::scheme& rules = plan_.model.rules;
        const double enough =
            s == overall_change ? rules.overall.min_coverage : rules.groups[s].min_coverage;
        const bool sufficient =
            scored > 0 && portable::on_grid(out.coverage) >= portable::on_grid(enough);
        if (sufficient) out.score = std::clamp(score, out.lower, out.upper);
        return out;
    }

    const batch& rows_;
    const scores& from_;
    const plan_data& plan_;
    dictionary names_;  ///< of customers and parents: ids are places in `nodes_`
    std::vector<node> nodes_;
    std::vector<std::size_t> order_;
    std::vector<std::int32_t> levels_;
};

}  // namespace detail

/// Rolls the latest row of each customer up to its parent, upwards. `from`: scores with detail of
/// all rows; the batch has kept the metrics of `rollup.weight` and of the role `mrr`. Without a
/// section `rollup` members count the same in a weighted mean, and are good from 60 on.
/// Errors: bad_column (no customer or parent, a metric that is not there), bad_value (a row without
/// its key, parents that go round in a circle: it names them), invalid_argument, unsupported.
[[nodiscard]] inline result<rollup_result> roll_up(const batch& rows, const scores& from) {
    const default_float_mode usual;
    return detail::rollup_job{rows, from}.run();
}

}  // namespace aiueo
