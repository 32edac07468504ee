// model › check_sections: steps, plays, study, rollup, priority, alerts, triggers and goals.
// base ─► table ─► model
#pragma once

#include <algorithm>
#include <cmath>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "aiueo/model/check_context.hpp"
#include "aiueo/model/check_metrics.hpp"
#include "aiueo/model/check_scheme.hpp"

namespace aiueo::detail {

class section_checker {
public:
    explicit section_checker(check_context& in)
        : in_(in), model_(in.subject()), rules_(model_.rules), scope_(&model_, &model_.rules) {}

    void run() {
        check_steps();
        check_plays();
        check_study();
        check_rollup();
        check_priority();
        check_each(model_.alerts, "alerts",
                   [this](alert& one, const std::string& path) { check_alert(one, path); });
        check_each(model_.triggers, "triggers",
                   [this](trigger& one, const std::string& path) { check_trigger(one, path); });
        check_each(model_.goals, "goals",
                   [this](goal& one, const std::string& path) { check_goal(one, path); });
    }

private:
    /// Named things of a list: a sensible name, once.
    template <class list, class action>
    void check_each(list& all, std::string_view section, action&& act) {
        std::unordered_set<std::string_view> seen;
        for (auto& one : all) {
            if (in_.full()) return;
            const std::string path = path_of(one.where, std::string{section} + path_step(one.name));
            if (const std::string why = what_is_wrong_with_name(one.name); !why.empty())
                in_.wrong(one.where, path, why);
            else if (!seen.insert(one.name).second)
                in_.wrong(one.where, path, "is here a second time");
            act(one, path);
        }
    }

    template <class list>
    [[nodiscard]] static std::vector<std::string_view> names_of(const list& all) {
        std::vector<std::string_view> out;
        for (const auto& one : all) out.push_back(one.name);
        return out;
    }

    void check_steps() {
        const step_rules& one = model_.steps;
        const std::string path = path_of(one.where, "steps");
        in_.within(one.threshold, 0, 100, a_score, one.where, path + ".threshold");
        if (one.lag_months && *one.lag_months < 1)
            in_.wrong(one.where, path + ".lag_months", "must be a whole number from 1 up");
        if (one.min_n < 1)
            in_.wrong(one.where, path + ".min_n", "must be a whole number from 1 up");
        in_.within(one.min_effect, 0, 1, "a difference of shares from 0 to 1 (0.05 is 5 points)",
                   one.where, path + ".min_effect");
        in_.within(one.starved_below, 0, 1, "a share from 0 to 1", one.where,
                   path + ".starved_below");
        for (const auto& [link, share] : one.target) {
            const std::string at = path + ".target" + path_step(link);
            if (!is_link(link))
                in_.wrong(one.where, at,
                          "is not a link; there are \"1-2\", \"2-3\", \"3-4a\" and \"3-4b\"");
            in_.within(share, 0, 1, "a share from 0 to 1 (0.4 is 40 %)", one.where, at);
        }
        for (std::size_t i = 0; i < one.causes.size(); ++i) {
            const cause_rule& cause = one.causes[i];
            const std::string at = path_of(cause.where, path + ".causes" + path_step(i));
            if (!is_link(cause.link)) {
                in_.wrong(cause.where, at + ".link",
                          aiueo::quoted(cause.link, 60) +
                              " is not a link; there are \"1-2\", \"2-3\", \"3-4a\" and \"3-4b\"");
            }
            constexpr std::string_view verdicts[] = {"weak", "leaky", "starved"};
            if (std::find(std::begin(verdicts), std::end(verdicts), cause.verdict) ==
                std::end(verdicts)) {
                in_.wrong(cause.where, at + ".verdict",
                          aiueo::quoted(cause.verdict, 60) +
                              " is not a verdict with a cause; there are " +
                              listed(verdicts, " and ") + in_.suggest(cause.verdict, verdicts));
            }
            if (cause.cause.empty())
                in_.wrong(cause.where, at + ".cause", "is empty; say what is to be mended");
            if (cause.owners.empty())
                in_.wrong(cause.where, at + ".owners", "is empty; say whose job it is");
        }
    }

    [[nodiscard]] static bool is_link(std::string_view name) {
        return name == "1-2" || name == "2-3" || name == "3-4a" || name == "3-4b";
    }

    void check_plays() {
        for (std::uint32_t g = 0; g < group_count; ++g) {
            for (const component& each : rules_.groups[g].components) {
                gaps_.push_back(std::string{group_names[g]} + "." + each.name);
            }
        }
        known_gaps_.insert(gaps_.begin(), gaps_.end());
        for (const trigger& each : model_.triggers) triggered_.insert(each.play);
        check_each(model_.plays, "plays", [this](play& one, const std::string& path) {
            std::unordered_set<std::string_view> seen;
            for (std::size_t i = 0; i < one.for_gaps.size() && !in_.full(); ++i) {
                const std::string at = path + ".for" + path_step(i);
                if (seen.insert(one.for_gaps[i]).second)
                    check_gap(one.for_gaps[i], one.where, at);
                else
                    in_.wrong(one.where, at,
                              aiueo::quoted(one.for_gaps[i], 60) + " is here a second time");
            }
            if (!(one.effort > 0 && std::isfinite(one.effort))) {
                in_.wrong(one.where, path + ".effort",
                          "must be a number above 0, not " + format_number(one.effort));
            }
            const bool used = !one.for_gaps.empty() || triggered_.contains(one.name);
            if (!used)
                in_.doubtful(one.where, path,
                             "is never used: it is \"for\" no component, and no trigger names it");
        });
    }

    void check_gap(const std::string& gap, const place& where, const std::string& path) {
        if (known_gaps_.contains(gap)) return;
        const bool axis_only = group_named(gap).has_value();
        in_.wrong(where, path,
                  aiueo::quoted(gap, 60) + " is not a component" +
                      (axis_only ? "; name the component too, such as " + example(gaps_, gap)
                                 : in_.suggest(gap, gaps_)));
    }

    [[nodiscard]] static std::string example(const std::vector<std::string>& all,
                                             const std::string& group) {
        for (const std::string& one : all) {
            if (one.starts_with(group + ".")) return aiueo::quoted(one);
        }
        return "\"U.logins\"";
    }

    void check_study() {
        const study_rules& one = model_.study;
        const std::string path = path_of(one.where, "study");
        if (one.leads.empty())
            in_.wrong(one.where, path + ".leads", "is empty; give at least one, such as [90, 0]");
        for (std::size_t i = 0; i < one.leads.size(); ++i) {
            in_.within(one.leads[i], 0, 3650, "a number of days from 0 to 3650", one.where,
                       path + ".leads" + path_step(i));
            if (std::find(one.leads.begin(), one.leads.begin() + static_cast<std::ptrdiff_t>(i),
                          one.leads[i]) != one.leads.begin() + static_cast<std::ptrdiff_t>(i)) {
                in_.wrong(one.where, path + ".leads" + path_step(i),
                          std::to_string(one.leads[i]) + " is here a second time");
            }
            if (i == 63) return in_.wrong(one.where, path + ".leads", "has more than 63 leads");
        }
        check_edges(in_, one.term_bands, one.where, path + ".term_bands");
        if (!one.term_bands.empty() && !(one.term_bands[0] > 0)) {
            in_.wrong(one.where, path + ".term_bands[0]", "must be a number of months above 0");
        }
        if (!(one.alpha > 0 && one.alpha <= 0.5)) {
            in_.wrong(one.where, path + ".alpha",
                      "must lie above 0 and at most at 0.5, not at " + format_number(one.alpha));
        }
        in_.within(one.shrinkage, 0, 1e6, "a number of customers from 0 up", one.where,
                   path + ".shrinkage");
        if (!(one.max_weight_share > 0 && one.max_weight_share <= 1)) {
            in_.wrong(one.where, path + ".max_weight_share",
                      "must lie above 0 and at most at 1 (0.4 is 40 %), not at " +
                          format_number(one.max_weight_share));
        }
        in_.within(one.grace_days, 0, 3650, "a number of days from 0 to 3650", one.where,
                   path + ".grace_days");
        if (one.nrr_target && !(*one.nrr_target > 0 && *one.nrr_target <= 10)) {
            in_.wrong(one.where, path + ".nrr_target",
                      "must be a ratio above 0 and at most 10 (1.1 is 110 %), not " +
                          format_number(*one.nrr_target));
        }
        in_.within(one.horizon_months, 1, 120, "a number of months from 1 to 120", one.where,
                   path + ".horizon_months");
        const auto days = [&](std::int32_t given, const char* key) {
            in_.within(given, 1, 3650, "a number of days from 1 to 3650", one.where, path + key);
        };
        days(one.rank_days, ".rank_days");
        days(one.exposure_days, ".exposure_days");
        days(one.response_days, ".response_days");
        if (one.ranks.size() == 1)
            in_.wrong(one.where, path + ".ranks",
                      "has one rank; give at least two, the worst first");
        std::unordered_set<std::string_view> seen;
        for (std::size_t i = 0; i < one.ranks.size(); ++i) {
            if (!what_is_wrong_with_name(one.ranks[i]).empty() ||
                !seen.insert(one.ranks[i]).second) {
                in_.wrong(one.where, path + ".ranks" + path_step(i),
                          aiueo::quoted(one.ranks[i], 60) +
                              " must be a rank of its own: not empty, not there twice");
            }
        }
        check_completion(one, path + ".completion");
    }

    void check_completion(const study_rules& one, const std::string& path) {
        if (one.completion_ladder.empty()) return;
        const ladder* const found =
            find_ladder(one.completion_ladder, one.where, path + path_step(one.completion_ladder));
        if (found == nullptr) return;
        const rung* const reached = find_rung(*found, one.completion_rung, one.where,
                                              path + path_step(one.completion_ladder));
        if (reached != nullptr && !reached->expected_by_days) {
            in_.doubtful(one.where, path + path_step(one.completion_ladder),
                         aiueo::quoted(reached->name, 60) +
                             " has no \"expected_by_days\", so nobody completes it in time");
        }
    }

    /// Linear, as there are at most most_ladders of at most most_rungs; with more nothing else is
    /// checked.
    const ladder* find_ladder(const std::string& name, const place& where,
                              const std::string& path) {
        if (rules_.ladders.size() > most_ladders) return nullptr;
        for (const ladder& one : rules_.ladders) {
            if (one.name == name) return &one;
        }
        in_.wrong(where, path,
                  aiueo::quoted(name, 60) + " is not a ladder" +
                      (rules_.ladders.empty() ? "; the model has none"
                                              : in_.suggest(name, names_of(rules_.ladders))));
        return nullptr;
    }

    const rung* find_rung(const ladder& of, const std::string& name, const place& where,
                          const std::string& path) {
        if (of.rungs.size() > most_rungs) return nullptr;
        for (const rung& one : of.rungs) {
            if (one.name == name) return &one;
        }
        const std::vector<std::string_view> names = names_of(of.rungs);
        const std::string meant = in_.suggest(name, names);
        in_.wrong(where, path,
                  aiueo::quoted(name, 60) + " is not a rung of " + aiueo::quoted(of.name) +
                      (meant.empty() && !names.empty() && names.size() <= 8
                           ? "; it has " + listed(names, " and ")
                           : meant));
        return nullptr;
    }

    /// A metric that weighs customers.
    void check_weight(const std::string& name, const place& where, const std::string& path) {
        const std::optional<std::uint32_t> found = in_.find_metric(name, where, path);
        if (!found) return;
        const metric_type type = model_.metrics[*found].type;
        if (type == metric_type::number || type == metric_type::money) return;
        in_.wrong(where, path,
                  aiueo::quoted(name) + " is " + std::string{noun_of(type)} +
                      "; customers are weighed by a number or by money");
    }

    void check_rollup() {
        if (!model_.rollup) return;
        const rollup_rule& one = *model_.rollup;
        const std::string path = path_of(one.where, "rollup");
        if (!one.weight.empty()) check_weight(one.weight, one.where, path + ".weight");
        in_.within(one.good_from, 0, 100, a_score, one.where, path + ".good_from");
    }

    void check_priority() {
        const priority_rule& one = model_.priority;
        const std::string path = path_of(one.where, "priority");
        if (one.capacity && !(*one.capacity > 0 && std::isfinite(*one.capacity))) {
            in_.wrong(one.where, path + ".capacity",
                      "must be a number above 0, not " + format_number(*one.capacity));
        }
        if (one.first.empty()) return;
        if (!rules_.bands) {
            in_.wrong(one.where, path + ".first",
                      "names bands, but the model has none; add \"bands\"");
            return;
        }
        const std::vector<std::string>& bands = rules_.bands->names;
        const std::unordered_set<std::string_view> known(bands.begin(), bands.end());
        std::unordered_set<std::string_view> seen;
        for (std::size_t i = 0; i < one.first.size() && !in_.full(); ++i) {
            const std::string& name = one.first[i];
            const std::string at = path + ".first" + path_step(i);
            if (!known.contains(name)) {
                in_.wrong(one.where, at,
                          aiueo::quoted(name, 60) + " is not a band" +
                              (bands.size() <= 8 ? "; there are " + listed(bands, " and ")
                                                 : in_.suggest(name, bands)));
            } else if (!seen.insert(name).second) {
                in_.wrong(one.where, at, aiueo::quoted(name, 60) + " is here a second time");
            }
        }
    }

    void check_alert(const alert& one, const std::string& path) {
        if (one.quiet_days < 0)
            in_.wrong(one.where, path + ".quiet_days", "must be a whole number from 0 up");
        if (one.what == alert::on::down) {
            static_cast<void>(find_ladder(one.ladder, one.where, path + ".ladder"));
            return;
        }
        static_cast<void>(
            scheme_checker::score_index(in_, rules_, one.of, one.where, path + ".of"));
        if (one.what == alert::on::dark) return;
        if (!(one.drop > 0 && one.drop <= 100)) {
            in_.wrong(one.where, path + ".drop",
                      "must be a number of points above 0 and at most 100, not " +
                          format_number(one.drop));
        }
        if (one.window_days < 1)
            in_.wrong(one.where, path + ".window_days", "must be a whole number from 1 up");
        in_.within(one.rearm, 0, 100, "a number of points from 0 to 100", one.where,
                   path + ".rearm");
    }

    void check_trigger(trigger& one, const std::string& path) {
        if (one.when.empty() && one.when.source.empty()) {
            in_.wrong(one.where, path, "needs \"when\": the condition under which it fires");
        }
        in_.condition(one.when, scope_, value_type::flag, path + ".when");
        in_.condition(one.success, scope_, value_type::flag, path + ".success");
        if (plays_.empty() && !model_.plays.empty()) {
            for (const play& each : model_.plays) plays_.insert(each.name);
        }
        if (!plays_.contains(one.play) && !in_.full()) {
            in_.wrong(one.where, path + ".play",
                      aiueo::quoted(one.play, 60) + " is not a play" +
                          (plays_.empty() ? "; the model has none"
                                          : in_.suggest(one.play, names_of(model_.plays))));
        }
        if (one.window_days && *one.window_days < 1) {
            in_.wrong(one.where, path + ".window_days", "must be a whole number from 1 up");
        }
        check_period(one, path);
        const bool succeeds = !one.success.empty() || !one.success.source.empty();
        if (succeeds && !one.window_days) {
            in_.wrong(one.where, path,
                      "needs \"window_days\": within how many days \"success\" counts");
        }
        check_shares(one, path);
    }

    void check_period(const trigger& one, const std::string& path) {
        if (one.once_per.empty() || one.once_per == "customer") return;
        const metric* const found = model_.find_metric(one.once_per);
        std::vector<std::string_view> dates{"customer"};
        for (const metric& each : model_.metrics) {
            if (each.type == metric_type::date) dates.emplace_back(each.name);
        }
        if (found == nullptr) {
            in_.wrong(one.where, path + ".once_per",
                      aiueo::quoted(one.once_per, 60) + " is neither \"customer\" nor a date" +
                          in_.suggest(one.once_per, dates));
        } else if (found->type != metric_type::date) {
            in_.wrong(one.where, path + ".once_per",
                      aiueo::quoted(one.once_per, 60) +
                          " is not a date; name the date at which a new period begins, or "
                          "\"customer\"");
        }
    }

    void check_shares(const trigger& one, const std::string& path) {
        if (!(one.holdout >= 0 && one.holdout < 1)) {
            in_.wrong(one.where, path + ".holdout",
                      "must be a share from 0 to below 1 (0.1 is 10 %), not " +
                          format_number(one.holdout));
            return;
        }
        if (one.variants.empty()) return;
        double sum = one.holdout;
        std::unordered_set<std::string_view> seen;
        for (const auto& [name, share] : one.variants) {
            const std::string at = path + ".variants" + path_step(name);
            if (const std::string why = what_is_wrong_with_name(name); !why.empty())
                return in_.wrong(one.where, at, why);
            if (name == "holdout")
                return in_.wrong(one.where, at,
                                 "is what those without any variant are called; rename it");
            if (!seen.insert(name).second) return in_.wrong(one.where, at, "is here a second time");
            if (!(share > 0 && share <= 1)) {
                return in_.wrong(one.where, at,
                                 "must be a share above 0 (0.5 is half of the customers), not " +
                                     format_number(share));
            }
            sum += share;
        }
        if (!(std::fabs(sum - 1) <= 1e-9)) {
            in_.wrong(one.where, path + ".variants",
                      "and \"holdout\" sum to " + format_number(std::round(sum * 1e9) / 1e9) +
                          "; together they must be 1");
        }
    }

    void check_goal(const goal& one, const std::string& path) {
        if (const ladder* const found = find_ladder(one.ladder, one.where, path + ".ladder")) {
            const rung* const aim = find_rung(*found, one.at_least, one.where, path + ".at_least");
            if (aim != nullptr && aim == found->rungs.data()) {
                in_.doubtful(one.where, path + ".at_least",
                             aiueo::quoted(one.at_least, 60) +
                                 " is the lowest rung, which everyone has reached");
            }
        }
        if (one.share.has_value() == one.count.has_value()) {
            in_.wrong(one.where, path, "needs either \"share\" or \"count\"");
        }
        if (one.share && !(*one.share > 0 && *one.share <= 1)) {
            in_.wrong(one.where, path + ".share",
                      "must be a share above 0 and at most 1 (0.6 is 60 %), not " +
                          format_number(*one.share));
        }
        if (one.count &&
            !(*one.count >= 1 && *one.count <= 1e12 && std::floor(*one.count) == *one.count)) {
            in_.wrong(
                one.where, path + ".count",
                "must be a whole number of customers from 1 up, not " + format_number(*one.count));
        }
        if (one.weight == "customers") return;
        if (one.count) {
            in_.wrong(one.where, path + ".weight",
                      "means nothing beside \"count\", which counts customers; leave it out");
        } else if (!in_.metric_named(one.weight) &&
                   !(one.weight == "mrr" && model_.roles.contains("mrr"))) {
            std::vector<std::string_view> all = in_.metric_names();
            all.emplace_back("customers");
            in_.wrong(one.where, path + ".weight",
                      aiueo::quoted(one.weight, 60) + " is neither \"customers\" nor a metric" +
                          in_.suggest(one.weight, all));
        } else if (in_.metric_named(one.weight)) {
            check_weight(one.weight, one.where, path + ".weight");
        }
    }

    check_context& in_;
    model& model_;
    const scheme& rules_;
    expression_scope scope_;
    std::vector<std::string> gaps_;  ///< "I.setup", in the model's order
    std::unordered_set<std::string_view> known_gaps_;
    std::unordered_set<std::string_view> triggered_;  ///< plays that a trigger names
    std::unordered_set<std::string_view> plays_;
};

}  // namespace aiueo::detail
