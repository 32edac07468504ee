// study › bottleneck: where the chain from our work to revenue breaks. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/stats/intervals.hpp"
#include "aiueo/study/bottleneck_finding.hpp"
#include "aiueo/study/bottleneck_words.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/link_causes.hpp"
#include "aiueo/study/link_counts.hpp"
#include "aiueo/study/link_tables.hpp"

namespace aiueo {

struct bottleneck_options {
    /// 12 × year + month − 1: whose customers stand still. Nothing: the latest month of which at
    /// least half as many customers are known as of the month before.
    std::optional<std::int32_t> month;
};

namespace detail {

class bottleneck_study {
public:
    bottleneck_study(const evidence& of, const bottleneck_options& options)
        : evidence_(of),
          shape_(of.shape()),
          rules_(of.shape().model().steps),
          from_(of),
          options_(options) {}

    [[nodiscard]] bottleneck_finding run() {
        const aiueo::model& subject = shape_.model();
        out_.lead_days = shape_.leads()[static_cast<std::size_t>(shape_.mission_lead())];
        out_.threshold = rules_.threshold;
        out_.min_n = rules_.min_n;
        out_.min_effect = rules_.min_effect;
        out_.starved_below = rules_.starved_below;
        out_.alpha = subject.study.alpha;
        out_.currency = subject.currency;
        out_.minor_digits = subject.minor_digits;
        choose_month();
        add_monthly(chain_link::accompany_process, monthly_link::accompany_process);
        add_monthly(chain_link::process_success, monthly_link::process_success);
        add_mission(chain_link::success_renewal);
        add_mission(chain_link::success_growth);
        for (std::size_t k = 0; k < out_.links.size(); ++k) judge(out_.links[k], work_[k]);
        adjust_family(out_.links, [](link_finding& one) -> tested_figure& { return one.effect; });
        name_principal();
        add_patterns();
        tell_bottleneck(out_);
        return std::move(out_);
    }

private:
    /// What a link's figures are made of.
    struct work {
        link_counts counts;
        std::vector<std::vector<level_counts>> levels;  ///< [segment]
        group_choice chosen = all_groups();             ///< of which the figures are
        std::size_t stuck_cell = 0;
        std::size_t neither_cell = 0;
        grouped_outcomes::left_out recoverable;
    };

    void choose_month() {
        const monthly_panel months{evidence_};
        if (months.empty()) return;
        const auto& customers = months.customers();
        out_.first_month = month_name(customers.begin()->first);
        out_.last_month = month_name(customers.rbegin()->first);
        auto last = customers.rbegin();
        for (auto before = std::next(last); before != customers.rend(); ++before) {
            if (last->second * 2 >= before->second) break;
            last = before;
        }
        month_ = options_.month.value_or(last->first);
        out_.month = month_name(month_);
        const auto now = customers.find(month_), before = customers.find(month_ - 1);
        out_.month_before_is_known = now != customers.end() && before != customers.end() &&
                                     before->second * 2 >= now->second;
    }

    // ── counts ───────────────────────────────────────────────────────────────

    [[nodiscard]] std::size_t segments() const noexcept { return shape_.model().segments.size(); }

    /// On one half of the groups: where the effect stands out most from its error.
    [[nodiscard]] std::size_t choose_lag(monthly_link which) const {
        std::size_t best = 0;
        double highest = undefined;
        for (std::size_t lag = 0; lag < shape_.lags().size(); ++lag) {
            const link_counts half =
                from_.monthly(which, lag, reading::forward).chosen(half_of_groups(0));
            const jackknife_estimate found =
                half.leave_out([](const link_sums& one) { return one.effect(); },
                               [](const link_sums& one) { return one[link_field::compared]; })
                    .plain();
            if (!(found.error > 0)) continue;
            const double z = found.value / found.error;
            if (is_defined(highest) && z <= highest) continue;
            highest = z;
            best = lag;
        }
        return best;
    }

    void add_monthly(chain_link name, monthly_link which) {
        link_finding& to = out_.links.emplace_back();
        work& with = work_.emplace_back();
        to.which = name;
        to.lag_chosen = !rules_.lag_months;
        const std::size_t lag = to.lag_chosen ? choose_lag(which) : 0;
        to.lag_months = shape_.lags()[lag];
        // What was chosen on one half would look better there than it is.
        if (to.lag_chosen) with.chosen = half_of_groups(1);
        with.counts = from_.monthly(which, lag, reading::forward);
        for (std::size_t s = 0; s < segments(); ++s)
            with.levels.push_back(from_.monthly_levels(s, which, lag));
        with.stuck_cell = stuck_cell(lag, which);
        with.neither_cell =
            standing_cell(which == monthly_link::accompany_process ? chain_place::without_1_2
                                                                   : chain_place::without_2_3);
        set_target(to, with);
        const link_counts used = with.counts.chosen(with.chosen);
        const link_sums all = used.total();
        to.customers = all[link_field::customers];
        to.customers_with = all[link_field::customers_with];
        to.customers_without = all[link_field::customers_without];
        to.effect = used.effect();
        to.placebo = from_.monthly(which, lag, reading::backward).chosen(with.chosen).effect();
    }

    void add_mission(chain_link name) {
        link_finding& to = out_.links.emplace_back();
        work& with = work_.emplace_back();
        to.which = name;
        with.stuck_cell = standing_cell(chain_place::due_success);
        with.neither_cell = standing_cell(chain_place::due_without);
        const std::vector<link_counts> terms = from_.ends(name);
        for (const link_counts& one : terms) with.counts.add(one);
        std::vector<std::vector<link_counts>> strata;  // [segment], or terms alone
        for (std::size_t s = 0; s < segments(); ++s) {
            std::vector<link_counts>& here = strata.emplace_back();
            std::vector<level_counts>& levels = with.levels.emplace_back();
            for (link_tables::level_ends& one : from_.ends_by_level(s, name)) {
                for (link_counts& stratum : one.by_term) here.push_back(stratum);
                levels.push_back(std::move(one.all));
            }
        }
        if (strata.empty()) strata.push_back(terms);
        set_target(to, with);
        add_effects(strata, to, with);
    }

    /// The segment that moves the crude difference most confounds most, whichever way it does so;
    /// where none confounds, they agree.
    void add_effects(std::vector<std::vector<link_counts>>& strata, link_finding& to,
                     const work& with) const {
        const link_sums all = with.counts.chosen(with.chosen).total();
        const double crude = all.conversion() - all.comparison();
        double farthest = -1;
        for (std::size_t s = 0; s < strata.size(); ++s) {
            for (link_counts& one : strata[s]) one = one.chosen(with.chosen);
            const tested_figure found = effect_within(strata[s]);
            const double moved = std::fabs(found.of.value - crude);
            if (s == 0 || moved > farthest) {
                to.effect = found;
                farthest = is_defined(moved) ? moved : -1;
            }
            to.effects.push_back(
                {segments() == 0 ? "" : shape_.model().segments[s].metric, found.of});
        }
    }

    // ── target and verdict ───────────────────────────────────────────────────

    /// Declared; or the rate of the best level with enough customers, drawn toward that of all. The
    /// level is chosen on one half of the groups and its rate taken from the other: the best of
    /// many levels looks better than it is.
    void set_target(link_finding& to, work& with) {
        const auto declared =
            rules_.target.find(std::string{link_names[static_cast<std::size_t>(to.which)]});
        if (declared != rules_.target.end()) {
            to.target = {declared->second, true, {}, {}};
            return;
        }
        const level_counts* best = nullptr;
        double highest = 0;
        const std::int64_t everybody = with.counts.total()[link_field::with];
        for (std::size_t s = 0; s < with.levels.size(); ++s) {
            for (const level_counts& one : with.levels[s]) {
                const link_sums here = one.counts.total();
                // A level that is everybody is no better than all.
                if (one.id < 0 || people(to, here) < rules_.min_n ||
                    here[link_field::with] == everybody)
                    continue;
                const double rate = shrunken(one.counts.chosen(half_of_groups(0)).total(),
                                             with.counts.chosen(half_of_groups(0)).total());
                if (!is_defined(rate) || (best != nullptr && rate <= highest)) continue;
                best = &one;
                highest = rate;
                to.target = {undefined, false, shape_.model().segments[s].metric, one.name};
            }
        }
        if (best == nullptr) return;
        with.chosen = half_of_groups(1);
        link_counts& best_counts = best_levels_[static_cast<std::size_t>(to.which)];
        best_counts = best->counts.chosen(with.chosen);
        to.target.value = shrunken(best_counts.total(), with.counts.chosen(with.chosen).total());
    }

    [[nodiscard]] double shrunken(const link_sums& of, const link_sums& toward) const noexcept {
        return shrunken_rate(of[link_field::with_reached], of[link_field::with],
                             toward.conversion(), shape_.model().study.shrinkage)
            .value;
    }

    /// Customers with the step before; contract ends where these are counted.
    [[nodiscard]] static std::int64_t people(const link_finding& of,
                                             const link_sums& sums) noexcept {
        return sums[of.lag_months ? link_field::customers_with : link_field::with];
    }

    void judge(link_finding& to, work& with) {
        const link_counts used = with.counts.chosen(with.chosen);
        const link_sums all = used.total();
        to.eligible = all.eligible();
        to.reached = all[link_field::with_reached];
        to.prevalence = used.prevalence();
        to.conversion = used.conversion();
        to.comparison = used.comparison();
        to.crude = used.crude();
        to.gap = gap_of(to, used);
        to.verdict = verdict_of(to, all);
        if (!out_.month.empty()) {
            to.stuck = from_.standing_at(month_, with.stuck_cell);
            to.stuck_is_known = to.lag_months.value_or(0) <= 1 || out_.month_before_is_known;
            to.neither = from_.standing_at(month_, with.neither_cell);
        }
        set_recoverable(to, with, used);
        for (std::size_t s = 0; s < with.levels.size(); ++s) add_segment(s, to, with);
        if (!is_broken(to.verdict)) return;
        to.concentrated = std::any_of(to.segments.begin(), to.segments.end(),
                                      [](const link_segment& one) { return one.concentrated; });
        link_cause found = cause_of(rules_, to.which, to.verdict, *to.concentrated);
        to.cause = std::move(found.cause);
        to.owners = std::move(found.owners);
    }

    /// Target less conversion. A declared target has no error of its own; another moves with the
    /// groups that it is made of.
    [[nodiscard]] figure gap_of(const link_finding& of, const link_counts& used) const {
        const figure& p = of.conversion;
        const double target = of.target.value;
        if (of.target.declared || !is_defined(target))
            return {target - p.value, {target - p.interval.upper, target - p.interval.lower}, p.n};
        const link_sums all = used.total();
        grouped_outcomes::left_out found;
        found.value = target - p.value;
        for (std::size_t g = 0; g < found.without.size(); ++g) {
            const link_sums others = all.without(used.groups[g]);
            found.without[g] = target_without(of, g, others) - others.conversion();
            found.rows[g] = used.groups[g][link_field::with];
        }
        return figure_of(found.plain(), p.n);
    }

    /// What the target would be without group g; `others`: the link's sums without it.
    [[nodiscard]] double target_without(const link_finding& of, std::size_t g,
                                        const link_sums& others) const {
        if (of.target.declared || !is_defined(of.target.value)) return of.target.value;
        const link_counts& best = best_levels_[static_cast<std::size_t>(of.which)];
        return shrunken(best.total().without(best.groups[g]), others);
    }

    [[nodiscard]] link_verdict verdict_of(link_finding& of, const link_sums& all) const {
        const auto few = [&](std::int64_t count, const char* why) {
            if (count >= rules_.min_n) return false;
            of.why = why;
            return true;
        };
        if (few(of.customers.value_or(of.eligible), "few")) return link_verdict::unknown;
        if (of.prevalence.value < rules_.starved_below) return link_verdict::starved;
        if (few(of.customers_with.value_or(all[link_field::with]), "few_with") ||
            few(of.customers_without.value_or(all[link_field::without]), "few_without"))
            return link_verdict::unknown;
        const interval& effect = of.effect.of.interval;
        if (effect.upper < rules_.min_effect) return link_verdict::weak;
        if (effect.lower > 0 && of.gap.interval.lower > 0) return link_verdict::leaky;
        if (effect.lower > 0 && of.gap.interval.upper <= 0) return link_verdict::flows;
        return link_verdict::inconclusive;
    }

    // ── money ────────────────────────────────────────────────────────────────

    /// MRR standing still × what is missing to the target × what the later step is worth. MRR is
    /// that of the customers at hand and has no error; the other two move with the groups.
    void set_recoverable(link_finding& to, work& with, const link_counts& used) {
        std::int64_t ends = 0;
        const std::array<grouped_sums, 2> retained = from_.retained(to.which, ends);
        const ratio_sums later = total_of(retained[0]), alone = total_of(retained[1]);
        to.nrr_difference = difference_of(retained[0], retained[1]);
        to.nrr_difference.n = ends;
        if (to.verdict == link_verdict::unknown) return;
        const bool starved = to.verdict == link_verdict::starved;
        const standing_customers& who = starved ? to.neither : to.stuck;
        const link_sums all = used.total();
        const auto product = [&](const link_sums& sums, double target, const ratio_sums& a,
                                 const ratio_sums& b) {
            const double missing = target - (starved ? sums.comparison() : sums.conversion());
            // + 0.0: no figure is −0.
            return static_cast<double>(who.mrr) * (missing < 0 ? 0 : missing) *
                       (a.ratio() - b.ratio()) +
                   0.0;
        };
        grouped_outcomes::left_out& found = with.recoverable;
        found.value = product(all, to.target.value, later, alone);
        for (std::size_t g = 0; g < found.without.size(); ++g) {
            const link_sums others = all.without(used.groups[g]);
            found.without[g] =
                product(others, target_without(to, g, others), later.without(retained[0][g]),
                        alone.without(retained[1][g]));
            found.rows[g] = retained[0][g].below > 0 || retained[1][g].below > 0 ||
                                    used.groups[g].eligible() > 0
                                ? 1
                                : 0;
        }
        if (who.customers > 0 && who.priced == 0) found.value = undefined;
        if (!starved && !to.stuck_is_known) found.value = undefined;
        to.recoverable = figure_of(found.plain(), who.customers);
        // Nothing that could move, or a part of it whose error is not known.
        if (found.value == 0 || !is_defined(to.nrr_difference.interval))
            to.recoverable.interval = {};
    }

    /// The broken link that costs most; where it cannot be told from the next, both.
    void name_principal() {
        std::vector<std::size_t> broken;
        for (std::size_t k = 0; k < out_.links.size(); ++k) {
            if (is_broken(out_.links[k].verdict)) broken.push_back(k);
        }
        const auto worth = [this](std::size_t k) {
            const double value = work_[k].recoverable.value;
            return is_defined(value) ? value : -1;
        };
        std::stable_sort(broken.begin(), broken.end(),
                         [&](std::size_t a, std::size_t b) { return worth(a) > worth(b); });
        if (broken.empty()) return;
        out_.principal.push_back(out_.links[broken[0]].which);
        if (broken.size() < 2) return;
        grouped_outcomes::left_out apart = work_[broken[0]].recoverable;
        const grouped_outcomes::left_out& next = work_[broken[1]].recoverable;
        apart.value -= next.value;
        for (std::size_t g = 0; g < apart.without.size(); ++g) apart.without[g] -= next.without[g];
        const interval between = apart.plain().interval;
        const bool sure = is_defined(out_.links[broken[0]].recoverable.interval);
        if (sure && between.lower > 0) return;
        out_.principal.push_back(out_.links[broken[1]].which);
        std::sort(out_.principal.begin(), out_.principal.end());
    }

    // ── by segment ───────────────────────────────────────────────────────────

    void add_segment(std::size_t s, link_finding& to, const work& with) {
        const bool starved = to.verdict == link_verdict::starved;
        const double bar = starved ? rules_.starved_below : to.target.value;
        link_segment out;
        out.segment = shape_.model().segments[s].metric;
        std::vector<level_counts> used;
        std::int64_t n = 0;
        for (const level_counts& one : with.levels[s]) {
            level_counts& here =
                used.emplace_back(level_counts{one.name, one.id, one.counts.chosen(with.chosen)});
            const link_sums all = here.counts.total();
            if (all.eligible() == 0) {
                used.pop_back();
                continue;
            }
            n += all.eligible();
            link_level level;
            level.level = one.name;
            level.customers = people(to, all);
            level.prevalence = here.counts.prevalence();
            level.conversion = here.counts.conversion();
            const double value = starved ? level.prevalence.value : level.conversion.value;
            const std::int64_t asked =
                starved ? all[to.lag_months ? link_field::customers : link_field::with] +
                              (to.lag_months ? 0 : all[link_field::without])
                        : level.customers;
            level.p = starved ? p_against(as_prevalence(here.counts), bar, asked)
                              : p_against(here.counts, bar, asked);
            // Who is at no level is no segment to look at.
            if (one.id < 0) level.p = undefined;
            level.reaches = one.id >= 0 && asked >= rules_.min_n && value >= bar;
            if (!out_.month.empty()) {
                level.stuck = from_.standing_at(s, one.id, month_,
                                                starved ? with.neither_cell : with.stuck_cell);
                level.stuck_is_known = starved || to.stuck_is_known;
            }
            out.levels.push_back(std::move(level));
        }
        std::vector<double> p;
        for (const link_level& one : out.levels) p.push_back(one.p);
        benjamini_hochberg(p, p);
        bool some_reach = false, some_below = false;
        for (std::size_t k = 0; k < p.size(); ++k) {
            link_level& one = out.levels[k];
            one.q = p[k];
            const double value = starved ? one.prevalence.value : one.conversion.value;
            one.below = value < bar && one.q <= out_.alpha;
            some_reach |= one.reaches;
            some_below |= one.below;
        }
        out.concentrated = some_reach && some_below;
        if (!used.empty()) {
            compare_within(used, n, out.crude_odds, out.pooled_odds, out.log_ratio,
                           out.homogeneity);
            out.reversed = is_reversed(out.crude_odds, out.pooled_odds, out.log_ratio);
        }
        to.segments.push_back(std::move(out));
    }

    /// With the step before, of the eligible, as if that were a conversion.
    [[nodiscard]] static link_counts as_prevalence(const link_counts& of) noexcept {
        link_counts out;
        for (std::size_t g = 0; g < of.groups.size(); ++g) {
            out.groups[g][link_field::with] = of.groups[g].eligible();
            out.groups[g][link_field::with_reached] = of.groups[g][link_field::with];
        }
        return out;
    }

    // ── patterns ─────────────────────────────────────────────────────────────

    void add_patterns() {
        for (std::size_t k = 0; k < pattern_names.size(); ++k) {
            const auto which = static_cast<pattern>(k);
            pattern_customers out;
            out.name = pattern_names[k];
            if (!out_.month.empty()) out.now = from_.standing_at(month_, pattern_cell(which));
            out.plays = plays_for(shape_.model(), which);
            out_.patterns.push_back(std::move(out));
        }
    }

    const evidence& evidence_;
    const counted& shape_;
    const step_rules& rules_;
    link_tables from_;
    bottleneck_options options_;
    std::int32_t month_ = 0;
    std::vector<work> work_;
    std::array<link_counts, link_count> best_levels_;  ///< that targets were taken from
    bottleneck_finding out_;
};

}  // namespace detail

/// The chain accompany → process → success → mission over all months and contract ends
/// (docs/bottleneck.md): each link's conversion against the target, its effect within
/// customers and tenure bands (at the ends within a segment and terms: of the segments the one that
/// moves the crude difference most), its verdict, who stands still and what that costs. Intervals
/// are the jackknife's over 20 groups of customers; over 10 where a lag or a target is chosen, on
/// the other 10. q: Benjamini–Hochberg over the four effects, and over the levels of each segment.
/// Ends are seen at the model's shortest lead. A model without the section "steps" has no chain:
/// the finding has no links, and says so.
[[nodiscard]] inline bottleneck_finding study_bottleneck(const evidence& of,
                                                         const bottleneck_options& options = {}) {
    if (of.shape().lags().empty()) {
        bottleneck_finding out;
        out.told.sentence = {"モデルに段階（steps）がないため、つながりは調べられません。",
                             "The model has no chain to look at; add the section \"steps\" to it."};
        return out;
    }
    return detail::bottleneck_study{of, options}.run();
}

}  // namespace aiueo
