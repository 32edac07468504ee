// Scores once more: a row at a time, each name when it is first asked for, in long doubles that are
// rounded where the definitions of docs/scores.md say so. Nothing here is shared with the library.
//
// A long double is not exact. `nearest_tie` says how close a row came to lying between two
// multiples of 2^-20, where it and the library's doubles may rightly differ.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "plain_model.hpp"
#include "plain_table.hpp"

namespace fuzzing {

using real = long double;

struct plain_score {
    std::optional<double> score{};
    double lower = 0;
    double upper = 100;
    double coverage = 0;
    std::vector<std::optional<double>> parts{};
};

inline real curve_at(const std::vector<std::pair<double, double>>& knots, double x) {
    if (x < knots[0].first) return knots[0].second;
    std::size_t i = 0;
    for (std::size_t k = 0; k < knots.size(); ++k) {
        if (knots[k].first <= x) i = k;
    }
    if (i + 1 == knots.size()) return knots[i].second;
    const auto& [x0, y0] = knots[i];
    const auto& [x1, y1] = knots[i + 1];
    return y0 + (real{x} - x0) * (real{y1} - y0) / (real{x1} - x0);
}

inline real percentile_at(const std::vector<std::pair<double, double>>& knots, double x) {
    const std::size_t last = knots.size() - 1;
    if (x > knots[last].first) return 100;
    std::size_t i = 0;
    while (knots[i].first < x) ++i;
    const real unit = real{100} / static_cast<real>(last);
    if (i == 0 || knots[i].first == x) return static_cast<real>(i) * unit;
    const real x0 = knots[i - 1].first;
    return (static_cast<real>(i - 1) + (x - x0) / (knots[i].first - x0)) * unit;
}

class plain_scorer {
public:
    plain_scorer(const plain_model& model, const plain_table& table, const plain_row& row,
                 bool overrides)
        : model_(model), table_(table), row_(row), overrides_(overrides), rules_(&model.rules) {
        for (std::size_t k = 0; k < model.profiles.size(); ++k) {
            if (!meaning(model.profiles[k].when, *this).is_true()) continue;
            profile = k + 1;
            rules_ = &model.profiles[k].rules;
            break;
        }
    }

    std::size_t profile = 0;
    double nearest_tie = 1;
    std::array<int, 3> counts{};  ///< stale, invalid, unseen

    [[nodiscard]] const plain_rules& rules() const { return *rules_; }

    // ── what conditions ask for ──

    plain_value value(const std::string& name) {
        const auto found = known_.find(name);
        if (found != known_.end()) return found->second;
        plain_value out = compute(name);
        known_[name] = out;
        return out;
    }

    plain_value at_least(const std::string& scale, const std::string& member) {
        if (scale == "band") {
            const int at = band();
            if (at < 0) return {};
            return of_flag(at >= index_of(rules_->bands->names, member));
        }
        const auto [stage, highest] = level(scale);
        const plain_ladder& ladder = *rules_->ladder(scale);
        int wanted = 0;
        while (ladder.rungs[static_cast<std::size_t>(wanted)].name != member) ++wanted;
        if (stage >= wanted) return of_flag(true);
        return highest >= wanted ? plain_value{} : of_flag(false);
    }

    // ── scores ──

    const plain_score& score(const std::string& name) {
        const auto found = scores_.find(name);
        if (found != scores_.end()) return found->second;
        plain_score out = name == "overall" ? overall() : group(name);
        return scores_[name] = std::move(out);
    }

    /// The rung reached, and the highest that could be.
    std::pair<int, int> level(const std::string& name) {
        const auto found = levels_.find(name);
        if (found != levels_.end()) return found->second;
        const plain_ladder& ladder = *rules_->ladder(name);
        int stage = 0;
        int highest = 0;
        for (std::size_t k = 1; k < ladder.rungs.size(); ++k) {
            const plain_value holds = meaning(ladder.rungs[k].when, *this);
            if (holds.is_false()) break;
            const int here = static_cast<int>(k);
            if (holds.is_true() && stage == here - 1) stage = here;
            highest = here;
        }
        return levels_[name] = {stage, highest};
    }

    /// −1: no score to band.
    int band() {
        const std::optional<double> of = score(rules_->bands->of).score;
        if (!of) return -1;
        int out = 0;
        for (const double edge : rules_->bands->edges) out += edge <= *of ? 1 : 0;
        return out;
    }

    // ── steps and pattern ──

    std::optional<double> step_score(const std::vector<std::string>& axes) {
        real sum = 0;
        real total = 0;
        bool exact = true;
        for (const std::string& axis : axes) {
            const auto weight = rules_->overall.weights.find(axis);
            if (weight == rules_->overall.weights.end()) continue;
            const std::optional<double> one = score(axis).score;
            if (!one) return {};
            sum += real{weight->second} * *one;
            total += weight->second;
            exact = exact && is_short(weight->second);
        }
        if (total == 0) return {};
        return rounded(sum / total, exact);
    }

    /// Accompany, process, success.
    std::array<plain_value, 3> steps() {
        const auto achieved = [this](std::optional<double> score) {
            return score ? of_flag(*score >= *model_.threshold) : plain_value{};
        };
        const bool touch = rules_->group("touch") != nullptr;
        return {touch ? achieved(score("touch").score) : plain_value{},
                both(achieved(step_score({"I", "U"})), negated(overdue())),
                achieved(step_score({"E", "O"}))};
    }

    /// In the order of docs/scores.md, 0 is unknown.
    int pattern() {
        const auto [one, two, three] = steps();
        if (one.is_false() && two.is_false() && three.is_false()) return 1;
        if (one.is_true() && two.is_false() && three.is_false()) return 2;
        if (two.is_true() && three.is_false()) return 3;
        if (two.is_false() && three.is_true()) return 4;
        if (!two.is_true() || !three.is_true()) return 0;
        const plain_value mrr = role("mrr");
        const plain_value before = role("mrr_before");
        const bool no_growth = mrr.known() && before.known() && !(mrr.number > before.number);
        return no_growth ? 5 : 6;
    }

    /// Adds what metrics that scoring reads have in them; components have added theirs. Last.
    void count_metrics(const std::set<std::string>& read) {
        for (const std::string& name : read) {
            const plain_value seen = value(name);
            const auto found = trouble_.find(name);
            if (!seen.known() && found != trouble_.end()) ++counts[found->second];
        }
    }

private:
    enum : std::size_t { stale, invalid, unseen };

    static int index_of(const std::vector<std::string>& all, const std::string& one) {
        return static_cast<int>(std::find(all.begin(), all.end(), one) - all.begin());
    }

    /// Sums of these times scores are exact in doubles, and so is finding a tie.
    static bool is_short(double weight) {
        return weight < 1048576 && std::fmod(weight, 0.125) == 0;
    }

    double rounded(real x, bool exact = false) {
        const real scaled = x * 1048576;
        const real below = std::floor(scaled);
        const real over = scaled - below;
        const auto distance =
            static_cast<double>((over < 0.5L ? 0.5L - over : over - 0.5L)) / 1048576;
        if (distance > 0 || !exact) nearest_tie = std::min(nearest_tie, distance);
        const bool up = over > 0.5L || (over == 0.5L && std::fmod(below, 2.0L) != 0);
        return static_cast<double>((below + (up ? 1 : 0)) / 1048576);
    }

    plain_value compute(const std::string& name) {
        if (name == "as_of") return of_date(row_.as_of);
        if (model_.metric(name) != nullptr) return metric(*model_.metric(name));
        if (name == "band") {
            const int at = band();
            return at < 0 ? plain_value{}
                          : of_text(rules_->bands->names[static_cast<std::size_t>(at)]);
        }
        if (const plain_ladder* const ladder = rules_->ladder(name)) {
            const auto [stage, highest] = level(name);
            return stage == highest ? of_text(ladder->rungs[static_cast<std::size_t>(stage)].name)
                                    : plain_value{};
        }
        const std::size_t dot = name.find('.');
        const std::string head = name.substr(0, dot);
        const auto number = [](std::optional<double> x) {
            return x ? of_number(*x) : plain_value{};
        };
        if (dot == std::string::npos) return number(score(head).score);
        const std::string part = name.substr(dot + 1);
        if (part == "coverage") return of_number(score(head).coverage);
        const plain_group& group = *rules_->group(head);
        for (std::size_t k = 0; k < group.components.size(); ++k) {
            if (group.components[k].name == part) return number(score(head).parts[k]);
        }
        require(false, "a name that the model has: " + name);
        return {};
    }

    plain_value role(const std::string& name) {
        const auto found = model_.roles.find(name);
        return found == model_.roles.end() ? plain_value{} : value(found->second);
    }

    plain_value metric(const plain_metric& of) {
        if (of.from == plain_metric::source::derived) return meaning(of.derive, *this);
        if (of.from == plain_metric::source::initiatives) return counted(of);
        const plain_cell& cell = row_.cells.at(of.name);
        if (cell.is == plain_cell::state::missing) return {};
        const bool outside = (of.min && cell.number < *of.min) || (of.max && cell.number > *of.max);
        if (cell.is == plain_cell::state::bad || outside) {
            trouble_[of.name] = invalid;
            return {};
        }
        if (of.max_age) {
            const double age = cell.observed ? row_.as_of - *cell.observed : *of.max_age + 1.0;
            if (age < 0 || age > *of.max_age) {
                trouble_[of.name] = age < 0 ? invalid : stale;
                return {};
            }
        }
        return {of.what, cell.number, cell.text};
    }

    plain_value counted(const plain_metric& of) {
        if (!table_.events) return {};
        int count = 0;
        double nearest = 0;
        for (const plain_event& one : *table_.events) {
            if (one.customer != row_.customer || one.initiative != of.initiative) continue;
            const std::optional<int>& day = one.days.at(of.dated_by);
            if (!day) continue;
            const double age = row_.as_of - *day;
            if (age < 0 || age >= of.window) continue;
            nearest = count == 0 ? age : std::min(nearest, age);
            ++count;
        }
        if (of.counted == "count") return of_number(count);
        if (of.counted == "done") return of_flag(count > 0);
        return count > 0 ? of_number(nearest) : plain_value{};
    }

    std::optional<real> response(const plain_component& of) {
        plain_value x = value(of.inputs[0]);
        if (of.inputs.size() == 2) {
            const plain_value whole = value(of.inputs[1]);
            if (!x.known() || !whole.known()) return {};
            if (whole.number == 0) {
                x = of.of_zero ? of_number(*of.of_zero) : plain_value{};
            } else {
                x = of_number(x.number / whole.number);
                if (!x.known()) ++counts[invalid];
            }
        }
        if (!x.known()) return {};
        if (of.how == "table") {
            for (const auto& [text, score] : of.table) {
                if (text == x.text) return score;
            }
            if (of.otherwise) return *of.otherwise;
            ++counts[unseen];
            return {};
        }
        if (of.how == "flag") return x.is_true() != of.invert ? 100 : 0;
        if (of.how == "days_since" || of.how == "days_until") {
            const double days =
                of.how == "days_since" ? row_.as_of - x.number : x.number - row_.as_of;
            if (days >= 0) return curve_at(of.knots, days);
            ++counts[invalid];
            return {};
        }
        if (of.how == "percentile") return percentile_at(of.knots, x.number);
        if (of.how == "curve") return curve_at(of.knots, x.number);
        real out = of.below;
        for (const auto& [at, score] : of.knots) {
            if (at <= x.number) out = score;
        }
        return out;
    }

    plain_score group(const std::string& name) {
        const plain_group& of = *rules_->group(name);
        plain_score out;
        double total = 0;
        double known = 0;
        real sum = 0;
        real stand_ins = 0;
        real stood_in = 0;
        bool failed = false;
        for (const plain_component& one : of.components) {
            out.parts.emplace_back();
            if (one.from && row_.as_of < today + *one.from) continue;
            if (one.until && row_.as_of > today + *one.until) continue;
            total += one.weight;
            if (const std::optional<real> s = response(one)) {
                out.parts.back() = rounded(*s);
                known += one.weight;
                sum += real{one.weight} * *s;
            } else if (one.missing == "fail") {
                failed = true;
            } else if (one.missing != "renormalize") {
                stand_ins += real{one.weight} * (one.missing == "prior" ? one.prior : 0);
                stood_in += one.weight;
            }
        }
        out.coverage = total > 0 ? known / total : 0;
        const real lower = total > 0 ? sum / total : 0;
        out.lower = rounded(lower);
        out.upper = rounded(total > 0 ? lower + 100 * (1 - real{known} / total) : 100);
        const real counts_in_all = known + stood_in;
        if (!failed && counts_in_all > 0 && enough(out.coverage, of.min_coverage))
            out.score = rounded((sum + stand_ins) / counts_in_all);
        for (std::size_t k = 0; k < of.components.size(); ++k) {
            const std::optional<double>& part = out.parts[k];
            known_[name + "." + of.components[k].name] = part ? of_number(*part) : plain_value{};
        }
        return bounded(name, std::move(out), of);
    }

    bool enough(double coverage, double least) {
        return rounded(coverage, true) >= rounded(least, true);
    }

    /// After caps and override. A cap sees the coverage that was before them.
    plain_score bounded(const std::string& name, plain_score out, const plain_bounds& rule) {
        const std::string own = name + ".coverage";
        known_[own] = of_number(out.coverage);
        for (const plain_cap& one : rule.caps) {
            const plain_value holds = meaning(one.when, *this);
            if (holds.is_false()) continue;
            out.lower = std::min(out.lower, one.at_most);
            if (!holds.is_true()) continue;
            out.upper = std::min(out.upper, one.at_most);
            if (out.score) out.score = std::min(*out.score, one.at_most);
        }
        known_.erase(own);
        if (rule.override_by.empty() || !overrides_) return out;
        const plain_value by = value(rule.override_by);
        if (!by.known()) return out;
        const double x = std::clamp(by.number, 0.0, 100.0);
        if (rule.mode == "replace") {
            out.score = out.lower = out.upper = x;
            out.coverage = 1;
            return out;
        }
        const auto act = [&rule, x](double one) {
            return rule.mode == "floor" ? std::max(one, x) : std::min(one, x);
        };
        out.lower = act(out.lower);
        out.upper = act(out.upper);
        if (out.score) out.score = act(*out.score);
        return out;
    }

    /// The mean, or the smallest, of (weight, value).
    double combined(const std::vector<std::pair<double, double>>& all) {
        real sum = 0;
        real total = 0;
        double least = std::numeric_limits<double>::infinity();
        bool exact = true;
        for (const auto& [weight, one] : all) {
            sum += real{weight} * one;
            total += weight;
            least = std::min(least, one);
            exact = exact && is_short(weight);
        }
        return rules_->overall.minimum ? rounded(least) : rounded(sum / total, exact);
    }

    plain_score overall() {
        const plain_overall& rule = rules_->overall;
        plain_score out;
        std::vector<std::pair<double, double>> scores;
        std::vector<std::pair<double, double>> lower;
        std::vector<std::pair<double, double>> upper;
        double covered = 0;
        double total = 0;
        for (const plain_group& group : rules_->groups) {  // in the order of the axes
            const auto weight = rule.weights.find(group.name);
            if (weight == rule.weights.end()) continue;
            const plain_score& one = score(group.name);
            if (one.score) scores.emplace_back(weight->second, *one.score);
            lower.emplace_back(weight->second, one.lower);
            upper.emplace_back(weight->second, one.upper);
            covered += weight->second * one.coverage;
            total += weight->second;
        }
        out.coverage = covered / total;
        out.lower = combined(lower);
        out.upper = combined(upper);
        if (!scores.empty() && scores.size() >= std::min(rule.min_axes, lower.size()) &&
            enough(out.coverage, rule.min_coverage))
            out.score = std::min(std::max(combined(scores), out.lower), out.upper);
        return bounded("overall", std::move(out), rule);
    }

    plain_value overdue() {
        if (model_.roles.count("contract_start") == 0 || rules_->ladders.empty())
            return of_flag(false);
        const plain_value start = role("contract_start");
        const plain_ladder& ladder = rules_->ladders[0];
        plain_value out = of_flag(false);
        for (const plain_rung& one : ladder.rungs) {
            if (!one.expected_by || !at_least(ladder.name, one.name).is_false()) continue;
            if (!start.known())
                out = {};
            else if (row_.as_of - start.number > *one.expected_by)
                return of_flag(true);
        }
        return out;
    }

    const plain_model& model_;
    const plain_table& table_;
    const plain_row& row_;
    bool overrides_;
    const plain_rules* rules_;
    std::map<std::string, plain_value> known_;
    std::map<std::string, plain_score> scores_;
    std::map<std::string, std::pair<int, int>> levels_;
    std::map<std::string, std::size_t> trouble_;
};

}  // namespace fuzzing
