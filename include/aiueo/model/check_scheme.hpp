// model › check_scheme: axes, touch, overall, ladders and bands, of the model or of one profile.
// base ─► table ─► model
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "aiueo/model/check_component.hpp"
#include "aiueo/model/check_context.hpp"
#include "aiueo/model/order.hpp"

namespace aiueo::detail {

/// More than anyone can tell apart; what later rooms do for each pair of rungs stays small.
inline constexpr std::size_t most_ladders = 64;
inline constexpr std::size_t most_rungs = 100;  ///< and bands

class scheme_checker {
public:
    /// `prefix` stands before every path: "profiles[0].patch." for a profile's rules.
    scheme_checker(check_context& in, scheme& rules, std::string prefix)
        : in_(in), rules_(rules), scope_(&in.subject(), &rules), prefix_(std::move(prefix)) {}

    void run() {
        for (std::uint32_t i = 0; i < group_count && !in_.full(); ++i) check_group(i);
        check_overall();
        check_bands();
        check_ladders();
        check_order();
    }

private:
    [[nodiscard]] std::string group_path(std::uint32_t i) const {
        const std::string name{group_names[i]};
        return path_of(rules_.groups[i].where, prefix_ + (i < axis_count ? "axes." + name : name));
    }

    void check_group(std::uint32_t i) {
        group& one = rules_.groups[i];
        const std::string path = group_path(i);
        if (!one.in_use()) {
            // In a model built by hand every group is there, most of them empty.
            if (one.where.line != 0 || !one.caps.empty() || one.manual) {
                in_.wrong(one.where, path + ".components",
                          "is empty; give " + std::string{group_names[i]} +
                              " a component, or leave it out");
            }
            return;
        }
        std::unordered_set<std::string_view> seen;
        for (component& each : one.components) {
            if (in_.full()) return;
            const std::string at = path_of(each.where, path + ".components" + path_step(each.name));
            component_checker{in_, each, i, at}.run();
            if (!seen.insert(each.name).second)
                in_.wrong(each.where, at, "is the second component of this name");
        }
        check_common(one.min_coverage, one.caps, one.manual, one.where, path);
    }

    /// What axes, touch and overall have in common.
    void check_common(double min_coverage, std::vector<cap>& caps,
                      std::optional<score_override>& manual, const place& where,
                      const std::string& path) {
        in_.within(min_coverage, 0, 1, "a share from 0 to 1 (0.5 is half of the weight)", where,
                   path + ".min_coverage");
        for (std::size_t i = 0; i < caps.size(); ++i) {
            cap& one = caps[i];
            const std::string at = path_of(one.where, path + ".caps" + path_step(i));
            in_.within(one.at_most, 0, 100, a_score, one.where, at + ".at_most");
            if (one.when.empty() && one.when.source.empty()) {
                in_.wrong(one.where, at,
                          "needs \"when\": the condition under which the score is capped");
            }
            in_.condition(one.when, scope_, value_type::flag, at + ".when");
        }
        if (manual) check_override(*manual, path_of(manual->where, path + ".override"));
    }

    void check_override(score_override& one, const std::string& path) {
        const std::optional<std::uint32_t> found =
            in_.find_metric(one.metric, one.where, path + ".metric");
        if (!found) return;
        one.metric_index = *found;
        const metric& pulse = in_.subject().metrics[*found];
        if (pulse.type != metric_type::number) {
            in_.wrong(one.where, path + ".metric",
                      aiueo::quoted(pulse.name) + " is " + std::string{noun_of(pulse.type)} +
                          "; a score is overridden by a number from 0 to 100");
            return;
        }
        const bool ranged = pulse.min && pulse.max && *pulse.min >= 0 && *pulse.max <= 100;
        if (pulse.from == metric::source::column && !ranged) {
            in_.doubtful(one.where, path + ".metric",
                         aiueo::quoted(pulse.name) +
                             " may lie outside 0 to 100; give the "
                             "metric \"min\": 0 and \"max\": 100");
        }
        if (pulse.from == metric::source::column && !pulse.max_age_days) {
            in_.doubtful(one.where, path + ".metric",
                         aiueo::quoted(pulse.name) +
                             " never expires; give the metric "
                             "\"max_age_days\", or an old opinion stands for ever");
        }
    }

    void check_overall() {
        overall_rule& one = rules_.overall;
        const std::string path = path_of(one.where, prefix_ + "overall");
        bool weighted = false;
        bool usable = false;
        std::vector<std::string_view> axes;
        for (std::uint32_t i = 0; i < axis_count; ++i) {
            const double weight = one.weights[i];
            const std::string at = path + ".weights." + std::string{group_names[i]};
            if (rules_.groups[i].in_use()) axes.push_back(group_names[i]);
            if (!(weight >= 0 && weight <= largest_weight)) {
                in_.wrong(
                    one.where, at,
                    "must be a number above 0 (at most 1000000), not " + format_number(weight));
                usable = true;  // said enough
            } else if (weight > 0 && !rules_.groups[i].in_use()) {
                in_.wrong(one.where, at,
                          "is a weight for an axis without components; give axis " +
                              std::string{group_names[i]} + " components, or leave the weight out");
                weighted = true;
            } else if (weight > 0) {
                usable = true;
            }
        }
        const bool asked = one.where.line != 0 || !one.caps.empty() || one.manual;
        if (!usable && !weighted && (!axes.empty() || asked)) {
            place at = one.where;
            for (const group& each : rules_.groups) {
                if (at.line == 0) at = each.where;
            }
            in_.wrong(at, path + ".weights",
                      axes.empty()
                          ? std::string{"has nothing to weigh: no axis has components"}
                          : "leaves every axis out of overall; give a weight to " + listed(axes));
        }
        if (one.min_axes < 1 || one.min_axes > axis_count) {
            in_.wrong(one.where, path + ".min_axes", "must be a whole number from 1 to 5");
        }
        check_common(one.min_coverage, one.caps, one.manual, one.where, path);
    }

    void check_bands() {
        if (!rules_.bands) return;
        band_rule& one = *rules_.bands;
        const std::string path = path_of(one.where, prefix_ + "bands");
        check_score_name(one.of, one.where, path + ".of", one.group);
        if (one.edges.empty()) {
            in_.wrong(one.where, path + ".edges",
                      "is empty; give at least one score that splits the bands, such as [50]");
            return;
        }
        if (one.edges.size() >= most_rungs) {
            in_.wrong(one.where, path + ".edges",
                      "makes more than " + std::to_string(most_rungs) + " bands");
            return;
        }
        for (std::size_t i = 0; i < one.edges.size(); ++i) {
            if (!(one.edges[i] > 0 && one.edges[i] < 100)) {
                in_.wrong(
                    one.where, path + ".edges" + path_step(i),
                    "must lie between 0 and 100, not " + format_number(one.edges[i]) +
                        "; the first band begins at 0 and the last ends at 100 by themselves");
                return;
            }
        }
        check_edges(in_, one.edges, one.where, path + ".edges");
        if (one.names.size() != one.edges.size() + 1) {
            // A profile moves edges only, so there the names are right.
            const std::size_t edges = one.edges.size();
            const std::string make = std::to_string(edges) +
                                     (edges == 1 ? " edge makes " : " edges make ") +
                                     std::to_string(edges + 1) + " bands";
            const std::string names =
                std::to_string(one.names.size()) + (one.names.size() == 1 ? " name" : " names");
            if (prefix_.empty())
                in_.wrong(one.where, path + ".names", "has " + names + ", but " + make);
            else
                in_.wrong(one.where, path + ".edges",
                          "does not fit the " + names + " of the bands: " + make);
        }
        check_name_list(one.names, one.where, path + ".names", "band");
    }

    void check_score_name(const std::string& name, const place& where, const std::string& path,
                          std::uint32_t& group) {
        if (const std::optional<std::uint32_t> found = score_index(in_, rules_, name, where, path))
            group = *found;
    }

    void check_name_list(const std::vector<std::string>& names, const place& where,
                         const std::string& path, std::string_view noun) {
        std::unordered_set<std::string_view> seen;
        for (std::size_t i = 0; i < names.size(); ++i) {
            const std::string at = path + path_step(i);
            if (const std::string why = what_is_wrong_with_name(names[i]); !why.empty())
                in_.wrong(where, at, why);
            else if (!seen.insert(names[i]).second) {
                in_.wrong(where, at,
                          aiueo::quoted(names[i], 60) + " is here a second time; every " +
                              std::string{noun} + " has a name of its own");
            }
        }
    }

    void check_ladders() {
        if (rules_.ladders.size() > most_ladders) {
            in_.wrong(rules_.ladders[most_ladders].where, prefix_ + "ladders",
                      "has more than " + std::to_string(most_ladders) + " ladders");
            return;
        }
        std::unordered_set<std::string> columns;
        for (ladder& one : rules_.ladders) {
            if (in_.full()) return;
            const std::string path = path_of(one.where, prefix_ + "ladders" + path_step(one.name));
            if (in_.readable_name(one.name, one.where, path, "a ladder")) {
                if (in_.metric_named(one.name)) {
                    in_.wrong(
                        one.where, path,
                        "is the name of a metric too, and conditions could not tell them apart; "
                        "rename one");
                } else if (is_column_of_scores(one.name)) {
                    in_.wrong(one.where, path,
                              "cannot be the name of a ladder: every scores table has a column " +
                                  aiueo::quoted(one.name));
                } else if (in_.subject().steps.declared && is_column_of_steps(one.name)) {
                    in_.wrong(one.where, path,
                              "cannot be the name of a ladder: the model has \"steps\", so its "
                              "scores table has a column " +
                                  aiueo::quoted(one.name) + "; rename the ladder");
                }
            }
            if (!columns.insert(one.name).second ||
                !columns.insert(one.name + "_provisional").second) {
                in_.wrong(
                    one.where, path,
                    "makes a column of scores that another ladder makes too: a ladder has two, its "
                    "name and its name with \"_provisional\"; rename one");
            }
            if (one.rungs.empty()) {
                in_.wrong(one.where, path, "has no rungs; give it at least one, the lowest first");
            }
            if (one.rungs.size() > most_rungs) {
                in_.wrong(one.where, path,
                          "has more than " + std::to_string(most_rungs) + " rungs");
                continue;
            }
            for (std::size_t i = 0; i < one.rungs.size() && !in_.full(); ++i) {
                check_rung(one.rungs[i], i, path_of(one.rungs[i].where, path + path_step(i)));
            }
            check_rung_names(one, path);
        }
    }

    void check_rung_names(const ladder& one, const std::string& path) {
        std::unordered_set<std::string_view> seen;
        for (std::size_t i = 0; i < one.rungs.size(); ++i) {
            const rung& each = one.rungs[i];
            const std::string at = path_of(each.where, path + path_step(i)) + ".name";
            if (const std::string why = what_is_wrong_with_name(each.name); !why.empty()) {
                in_.wrong(each.where, at, why);
            } else if (!seen.insert(each.name).second) {
                in_.wrong(each.where, at,
                          aiueo::quoted(each.name, 60) + " is the name of a lower rung too");
            }
        }
    }

    void check_rung(rung& one, std::size_t i, const std::string& path) {
        const bool conditioned = !one.when.empty() || !one.when.source.empty();
        if (i == 0 && conditioned) {
            in_.wrong(one.where, path + ".when",
                      "stands on the first rung, which everyone has reached; leave it out, or "
                      "put a rung without condition below");
        } else if (i > 0 && !conditioned) {
            in_.wrong(one.where, path,
                      "needs \"when\": the condition for this rung; only the first has none");
        } else {
            in_.condition(one.when, scope_, value_type::flag, path + ".when");
        }
        if (one.expected_by_days && *one.expected_by_days < 0) {
            in_.wrong(one.where, path + ".expected_by_days", "must be a whole number from 0 up");
        } else if (one.expected_by_days && !in_.subject().roles.contains("contract_start")) {
            in_.doubtful(
                one.where, path + ".expected_by_days",
                "counts from the start of the contract, which no metric gives; add \"roles\": { "
                "\"contract_start\": … }");
        }
        if (one.since && one.review_by && *one.since > *one.review_by) {
            in_.wrong(one.where, path + ".review_by", "is before \"since\"");
        }
    }

    /// Circles are looked for once every name has its meaning; a name without one is reported
    /// already.
    void check_order() {
        if (in_.full()) return;
        const result<std::vector<evaluation_step>> order = evaluation_order(in_.subject(), rules_);
        if (order) return;
        error why = order.error();
        for (const problem& one :
             in_.found()) {  // metrics computed from themselves have been reported
            const place& said = one.what.where;
            if (one.what.message == why.message && said.line == why.where.line &&
                said.column == why.where.column)
                return;
        }
        if (why.where.path.empty()) why.where.path = prefix_ + "overall";
        in_.add({problem::level::error, std::move(why)});
    }

public:
    /// The group that a score's name stands for, group_count for "overall"; a problem if it has no
    /// score.
    static std::optional<std::uint32_t> score_index(check_context& in, const scheme& rules,
                                                    const std::string& name, const place& where,
                                                    const std::string& path) {
        if (name == "overall") {
            if (overall_in_use(rules)) return group_count;
            for (std::uint32_t i = 0; i < axis_count; ++i) {
                if (rules.groups[i].in_use())
                    return std::nullopt;  // check_overall() has said why there is none
            }
            in.wrong(where, path,
                     "is \"overall\", but no axis has components, so there is no such score");
            return std::nullopt;
        }
        const std::optional<std::uint32_t> found = group_named(name);
        if (found && rules.groups[*found].in_use()) return found;
        std::vector<std::string_view> scores;
        for (std::uint32_t i = 0; i < group_count; ++i) {
            if (rules.groups[i].in_use()) scores.push_back(group_names[i]);
        }
        if (overall_in_use(rules)) scores.emplace_back("overall");
        in.wrong(where, path,
                 aiueo::quoted(name, 60) +
                     (found ? " has no components, so it has no score" : " is not a score") +
                     (scores.empty() ? std::string{} : "; there is " + listed(scores)));
        return std::nullopt;
    }

private:
    check_context& in_;
    scheme& rules_;
    expression_scope scope_;
    std::string prefix_;
};

}  // namespace aiueo::detail
