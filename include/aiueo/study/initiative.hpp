// study › initiative: which of all initiatives go with renewal, on one axis, and which variant of a
// call is answered. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/stats/exact.hpp"
#include "aiueo/stats/stratified.hpp"
#include "aiueo/study/initiative_finding.hpp"

namespace aiueo {

struct initiative_options {
    contract_kind kind = contract_kind::contract;
    std::int64_t min_n = 0;  ///< on either side, for a row to be judged; 0: the model's
};

namespace detail {

/// Exposed and not exposed, kept and lost: [stratum][group of customers].
class grouped_strata {
public:
    using groups = std::array<table_2x2, evidence_groups>;

    [[nodiscard]] groups& add() { return strata_.emplace_back(); }
    [[nodiscard]] const std::vector<groups>& strata() const noexcept { return strata_; }

    /// What each stratum holds, but for one group (none: evidence_groups).
    [[nodiscard]] std::vector<table_2x2> tables(std::size_t without = std::size_t{
                                                    evidence_groups}) const {
        std::vector<table_2x2> out;
        for (const groups& each : strata_) {
            table_2x2 sum;
            for (std::size_t g = 0; g < each.size(); ++g) {
                if (g != without) sum = added(sum, each[g]);
            }
            out.push_back(sum);
        }
        return out;
    }

    [[nodiscard]] static table_2x2 added(const table_2x2& a, const table_2x2& b) noexcept {
        return {a.a + b.a, a.b + b.b, a.c + b.c, a.d + b.d};
    }
    [[nodiscard]] static table_2x2 whole(const std::vector<table_2x2>& strata) noexcept {
        table_2x2 sum;
        for (const table_2x2& one : strata) sum = added(sum, one);
        return sum;
    }

    /// The jackknife of what f makes of the strata.
    template <class F>
    [[nodiscard]] jackknife_estimate jackknife_of(F f) const {
        std::array<double, evidence_groups> without{};
        std::array<std::int64_t, evidence_groups> rows{};
        for (std::size_t g = 0; g < without.size(); ++g) {
            without[g] = f(tables(g));
            for (const groups& each : strata_) rows[g] += each[g].total();
        }
        return jackknife(f(tables()), without, rows);
    }

    [[nodiscard]] ends_by_group ends() const noexcept {
        ends_by_group out{};
        for (const groups& each : strata_) {
            for (std::size_t g = 0; g < each.size(); ++g) {
                out[g][0] += each[g].others();
                out[g][1] += each[g].events();
            }
        }
        return out;
    }

    /// The exposed side, or the other, as ends; of one stratum or (by default) of all.
    [[nodiscard]] grouped_ends side(bool exposed) const {
        grouped_ends out{};
        for (const groups& each : strata_) add_side(each, exposed, out);
        return out;
    }
    [[nodiscard]] static grouped_ends side_of(const groups& stratum, bool exposed) {
        grouped_ends out{};
        add_side(stratum, exposed, out);
        return out;
    }

private:
    static void add_side(const groups& from, bool exposed, grouped_ends& to) noexcept {
        for (std::size_t g = 0; g < from.size(); ++g) {
            const table_2x2& t = from[g];
            to[g].by_field[static_cast<std::size_t>(end_field::ends)] +=
                exposed ? t.exposed() : t.unexposed();
            to[g].by_field[static_cast<std::size_t>(end_field::kept)] += exposed ? t.a : t.c;
        }
    }

    std::vector<groups> strata_;
};

/// The strata that have both sides.
[[nodiscard]] inline std::vector<table_2x2> carried(std::vector<table_2x2> strata) {
    std::erase_if(strata,
                  [](const table_2x2& one) { return one.exposed() == 0 || one.unexposed() == 0; });
    return strata;
}

[[nodiscard]] inline double difference_of(const std::vector<table_2x2>& strata) noexcept {
    const table_2x2 t = grouped_strata::whole(strata);
    return stats_detail::ratio(t.a, t.exposed()) - stats_detail::ratio(t.c, t.unexposed());
}

/// Of the jackknife and of independent observations what is less sure: both intervals together, the
/// larger p. Where no group moves the difference there is no error to be seen, and neither.
[[nodiscard]] inline tested_figure less_sure(const jackknife_estimate& groups, double p,
                                             const interval& independent, std::int64_t n) noexcept {
    tested_figure out{{groups.value, {}, n}, undefined, undefined};
    if (!(groups.error > 0)) return out;
    out.p = p_of(groups, 0, p);
    out.of.interval =
        is_defined(independent) ? hull(groups.interval, independent) : groups.interval;
    out = reaching(out, 0);
    out.of = within(out.of, -1, 1);
    return out;
}

/// Exposed − not exposed over all strata: Newcombe's interval and Fisher's exact test where each
/// counts once, else the jackknife's, neither surer than those.
[[nodiscard]] inline tested_figure tested_difference(const grouped_strata& from, bool each_once) {
    const table_2x2 t = grouped_strata::whole(from.tables());
    const estimate once = risk_difference(t);
    const double p = exact_test(t).p;
    if (each_once) return reaching({figure_of(once, t.total()), p, undefined}, 0);
    return less_sure(from.jackknife_of(difference_of), p_of_repeated(p, from.ends()), once.interval,
                     t.total());
}

/// Mantel–Haenszel's over the strata, with the jackknife's interval and test, neither surer than
/// Sato's interval and the exact test of the strata.
[[nodiscard]] inline tested_figure stratified_difference(const grouped_strata& from) {
    const std::vector<table_2x2> strata = carried(from.tables());
    return less_sure(from.jackknife_of([](const std::vector<table_2x2>& each) {
        return mantel_haenszel_risk_difference(each).value;
    }),
                     p_of_repeated(exact_test(strata).p, from.ends()),
                     mantel_haenszel_risk_difference(strata).interval,
                     grouped_strata::whole(strata).total());
}

class initiative_study {
public:
    initiative_study(const evidence& of, const initiative_options& options)
        : from_(of),
          shape_(of.shape()),
          options_(options),
          table_(of.table(table_id::initiatives)) {}

    [[nodiscard]] initiative_finding run() {
        const study_rules& study = shape_.model().study;
        out_.kind = options_.kind;
        out_.lead_days = shape_.leads().front();
        out_.exposure_days = study.exposure_days;
        out_.each_once = from_.each_once(options_.kind, 0);
        out_.customers = from_.customers(options_.kind, 0);
        out_.ends = slices::total(from_.ends({options_.kind, 0, {}}, 0))[end_field::ends];
        out_.pending = from_.source().count(total::pending_calls);
        out_.min_n = options_.min_n > 0 ? options_.min_n : shape_.model().steps.min_n;
        out_.alpha = study.alpha;
        find_stages();
        for (const std::string& name : sorted_names()) {
            const std::int32_t id = table_.find_name(name);
            add_rows(name, id);
            add_effect(name, id);
        }
        rank(
            out_.initiatives, [](auto& one) -> auto& { return one.stratified; });
        rank(
            out_.effects, [](auto& one) -> auto& { return one.effect; });
        add_calls();
        tell();
        return std::move(out_);
    }

private:
    // ── ends ─────────────────────────────────────────────────────────────────

    void find_stages() {
        for (const auto& [key, block] : table_.blocks()) {
            if (key[0] != static_cast<std::int32_t>(options_.kind) || key[2] >= 0) continue;
            stages_.push_back(key[1]);
            std::int64_t n = 0;
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                for (const bool kept : {false, true})
                    n += block[counted::exposure_cell(exposure::all, kept, g)];
            }
            out_.known += n;
            if (key[1] < 0) out_.unstaged += n;
        }
    }

    [[nodiscard]] std::vector<std::string> sorted_names() const {
        std::vector<std::string> names = table_.names();
        std::sort(names.begin(), names.end());
        return names;
    }

    /// Those with an exposure against those with another; nullptr: against all without it.
    [[nodiscard]] grouped_strata strata_of(std::int32_t initiative, exposure what,
                                           const exposure* against = nullptr) const {
        grouped_strata out;
        const auto kind = static_cast<std::int32_t>(options_.kind);
        for (const std::int32_t stage : stages_) {
            const auto all = table_.find({kind, stage, -1});
            const auto mine = table_.find({kind, stage, initiative});
            grouped_strata::groups& to = out.add();
            for (std::size_t g = 0; g < to.size(); ++g) {
                const auto of = [g](const auto& block, exposure which, bool kept) {
                    return block.empty() ? std::int64_t{0}
                                         : block[counted::exposure_cell(which, kept, g)];
                };
                table_2x2& t = to[g];
                t.a = of(mine, what, true);
                t.b = of(mine, what, false);
                t.c = against == nullptr ? of(all, exposure::all, true) - t.a
                                         : of(mine, *against, true);
                t.d = against == nullptr ? of(all, exposure::all, false) - t.b
                                         : of(mine, *against, false);
            }
        }
        return out;
    }

    [[nodiscard]] bool enough(const table_2x2& t) const noexcept {
        return t.exposed() >= out_.min_n && t.unexposed() >= out_.min_n;
    }

    void add_rows(const std::string& name, std::int32_t id) {
        std::int64_t least = 0;  // of those who attended, and of those who responded
        const auto add = [&](exposure what, std::string_view how) {
            const grouped_strata from = strata_of(id, what);
            const table_2x2 all = grouped_strata::whole(from.tables());
            if (what == exposure::attended) least = all.exposed();
            if (what == exposure::responded) least = std::min(least, all.exposed());
            // Who did both is a row of its own where not all of one did the other.
            if (all.exposed() == 0 || (what == exposure::both && all.exposed() == least)) return;
            initiative_association row;
            row.initiative = name;
            row.exposure = how;
            row.exposed = kept_rate(from.side(true), out_.each_once);
            row.unexposed = kept_rate(from.side(false), out_.each_once);
            row.crude = tested_difference(from, out_.each_once).of;
            row.stratified = stratified_difference(from);
            row.judged = enough(all) && is_defined(row.stratified.p);
            row.reversed = row.judged && is_reversed(from, row);
            if (!row.judged) row.stratified.p = undefined;
            add_stages(from, row);
            out_.initiatives.push_back(std::move(row));
        };
        add(exposure::invited, "invited");
        add(exposure::attended, "attended");
        add(exposure::responded, "responded");
        add(exposure::both, "attended and responded");
    }

    [[nodiscard]] static bool is_reversed(const grouped_strata& from,
                                          const initiative_association& row) {
        // Stages that have one side only move the total and say nothing of the other figure.
        const double crude = difference_of(carried(from.tables()));
        if (!(crude * row.stratified.of.value < 0)) return false;
        const jackknife_estimate apart =
            from.jackknife_of([](const std::vector<table_2x2>& strata) {
                return difference_of(carried(strata)) -
                       mantel_haenszel_risk_difference(strata).value;
            });
        return apart.interval.lower > 0 || apart.interval.upper < 0;
    }

    void add_stages(const grouped_strata& from, initiative_association& to) const {
        for (std::size_t k = 0; k < stages_.size(); ++k) {
            initiative_stage one;
            if (stages_[k] >= 0)
                one.stage = shape_.model()
                                .rules.ladders.front()
                                .rungs[static_cast<std::size_t>(stages_[k])]
                                .name;
            const auto& groups = from.strata()[k];
            one.exposed = kept_rate(grouped_strata::side_of(groups, true), out_.each_once);
            one.unexposed = kept_rate(grouped_strata::side_of(groups, false), out_.each_once);
            one.carried = one.exposed.n > 0 && one.unexposed.n > 0;
            to.strata += one.carried ? 1 : 0;
            to.stages.push_back(std::move(one));
        }
        // Unknown is no step of the ladder.
        if (!stages_.empty() && stages_.front() < 0)
            std::rotate(to.stages.begin(), to.stages.begin() + 1, to.stages.end());
    }

    void add_effect(const std::string& name, std::int32_t id) {
        const exposure held = exposure::held;
        const grouped_strata from = strata_of(id, exposure::chosen, &held);
        const table_2x2 all = grouped_strata::whole(from.tables());
        if (all.unexposed() == 0) return;
        initiative_effect row;
        row.initiative = name;
        row.chosen = kept_rate(from.side(true), out_.each_once);
        row.held = kept_rate(from.side(false), out_.each_once);
        row.effect = tested_difference(from, out_.each_once);
        row.judged = enough(all) && is_defined(row.effect.p);
        if (!row.judged) row.effect.p = undefined;
        out_.effects.push_back(std::move(row));
    }

    /// q within the family; then what can be judged first, the highest first.
    template <class Row, class Of>
    static void rank(std::vector<Row>& rows, Of of) {
        adjust_family(rows, of);
        std::stable_sort(rows.begin(), rows.end(), [&](const Row& a, const Row& b) {
            if (a.judged != b.judged) return a.judged;
            const double x = of(a).of.value, y = of(b).of.value;
            if (is_defined(x) != is_defined(y)) return is_defined(x);
            return x > y;
        });
    }

    // ── calls ────────────────────────────────────────────────────────────────

    /// By group: what was sent and answered of a variant.
    using sent_groups = std::array<std::array<std::int64_t, call_fields>, evidence_groups>;

    [[nodiscard]] static grouped_ends ends_of(const sent_groups& from, call_field sent,
                                              call_field answered) {
        grouped_ends out{};
        for (std::size_t g = 0; g < from.size(); ++g) {
            out[g].by_field[static_cast<std::size_t>(end_field::ends)] =
                from[g][static_cast<std::size_t>(sent)];
            out[g].by_field[static_cast<std::size_t>(end_field::kept)] =
                from[g][static_cast<std::size_t>(answered)];
        }
        return out;
    }

    /// A customer can be sent a call more than once, so that groups tell the error.
    [[nodiscard]] static tested_figure call_difference(const grouped_ends& a,
                                                       const grouped_ends& b) {
        grouped_strata both;
        grouped_strata::groups& to = both.add();
        for (std::size_t g = 0; g < to.size(); ++g) {
            to[g] = {a[g][end_field::kept], a[g][end_field::ends] - a[g][end_field::kept],
                     b[g][end_field::kept], b[g][end_field::ends] - b[g][end_field::kept]};
        }
        return tested_difference(both, false);
    }

    void add_calls() {
        const count_table& table = from_.source().table(table_id::calls);
        std::map<std::string, std::map<std::string, sent_groups>> by_name;
        for (const auto& [key, block] : table.blocks()) {
            const std::string& name = table.names()[static_cast<std::size_t>(key[0])];
            const std::size_t end = name.find(call_separator);
            sent_groups& to = by_name[name.substr(0, end)][name.substr(end + 1)];
            for (std::size_t g = 0; g < to.size(); ++g) {
                for (std::size_t f = 0; f < call_fields; ++f)
                    to[g][f] += block[counted::call_cell(g, static_cast<call_field>(f))];
            }
        }
        for (const auto& [name, variants] : by_name) {
            if (is_call(variants)) add_call(name, variants);
        }
        std::vector<call_variant*> rows;
        std::vector<call_best*> best;
        for (call_rates& one : out_.calls) {
            for (call_variant& row : one.rows) rows.push_back(&row);
            if (one.best) best.push_back(&*one.best);
        }
        adjust_family(rows, [](call_variant* one) -> tested_figure& { return one->difference; });
        adjust_family(best, [](call_best* one) -> tested_figure& { return one->difference; });
    }

    /// What nobody answered, and has no variants, asks for no answer: a meeting.
    [[nodiscard]] static bool is_call(const std::map<std::string, sent_groups>& variants) {
        for (const auto& [variant, groups] : variants) {
            if (!variant.empty()) return true;
            for (const auto& one : groups) {
                if (one[static_cast<std::size_t>(call_field::answered)] > 0 ||
                    one[static_cast<std::size_t>(call_field::held_answered)] > 0)
                    return true;
            }
        }
        return false;
    }

    void add_call(const std::string& name, const std::map<std::string, sent_groups>& variants) {
        call_rates to{name, shape_.response_days(name), {}, {}};
        sent_groups all{};
        for (const auto& one : variants) {
            for (std::size_t g = 0; g < all.size(); ++g) {
                for (std::size_t f = 0; f < call_fields; ++f) all[g][f] += one.second[g][f];
            }
        }
        const auto row_of = [&](const std::string& variant, const grouped_ends& ends) {
            call_variant row;
            row.variant = variant;
            row.answered = slices::total(ends)[end_field::kept];
            row.rate = kept_rate(ends, false);
            return row;
        };
        const grouped_ends held = ends_of(all, call_field::held, call_field::held_answered);
        call_variant other = row_of({}, held);
        other.holdout = true;
        std::vector<std::pair<call_variant, grouped_ends>> rows;
        for (const auto& [variant, groups] : variants) {
            const grouped_ends ends = ends_of(groups, call_field::sent, call_field::answered);
            call_variant row = row_of(variant, ends);
            if (row.rate.n == 0) continue;
            if (other.rate.n > 0) {
                row.difference = call_difference(ends, held);
                if (row.rate.n < out_.min_n || other.rate.n < out_.min_n)
                    row.difference.p = undefined;
            }
            rows.emplace_back(std::move(row), ends);
        }
        std::stable_sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) {
            return a.first.rate.value > b.first.rate.value;
        });
        to.best = best_of(rows);
        for (auto& one : rows) to.rows.push_back(std::move(one.first));
        if (other.rate.n > 0) to.rows.push_back(std::move(other));
        out_.calls.push_back(std::move(to));
    }

    [[nodiscard]] std::optional<call_best> best_of(
        const std::vector<std::pair<call_variant, grouped_ends>>& rows) const {
        const std::pair<call_variant, grouped_ends>* first = nullptr;
        for (const auto& one : rows) {
            if (one.first.rate.n < out_.min_n) continue;
            if (first != nullptr) {
                return call_best{first->first.variant, one.first.variant,
                                 call_difference(first->second, one.second)};
            }
            first = &one;
        }
        return {};
    }

    // ── words ────────────────────────────────────────────────────────────────

    void tell();
    void tell_strongest();
    void tell_effect();
    void add_cautions();

    slices from_;
    const counted& shape_;
    initiative_options options_;
    const count_table& table_;
    std::vector<std::int32_t> stages_;  ///< that have ends, ascending
    initiative_finding out_;
};

}  // namespace detail
}  // namespace aiueo

#include "aiueo/study/initiative_words.hpp"  // IWYU pragma: keep

namespace aiueo {

/// Every initiative beside the outcome, by how a customer met it in the days before the cutoff, and
/// the action rates of calls. Evidence counts initiatives at the first lead only.
///
/// Rates: Wilson's interval where each customer counts once, else the jackknife's. Crude
/// difference: Newcombe's, or the jackknife's. Stratified difference: Mantel–Haenszel's over the
/// stages at the window's start (Greenland, Robins 1985), unknown being one; interval and p by the
/// jackknife over the groups of customers. No jackknife is surer than independent observations:
/// Newcombe's or Sato's interval, and Fisher's exact test (stats/exact.hpp). It is an association:
/// who comes and who answers was not drawn. Effects are of hold-outs alone: the first date a
/// customer has in the window decides whether it was chosen or held out, whatever came later, so
/// that what was drawn is compared. q: Benjamini–Hochberg over all judged rows, and apart from them
/// over the effects, the calls against their hold-outs, and the best variants against the next.
///
/// A call's action rate: answered in time ÷ sent, by the jackknife, as a customer can be sent one
/// call many times. The best variant is the highest rate; that it was picked makes its p no
/// smaller, as the two highest of many that are alike lie closer than any two of them.
[[nodiscard]] inline initiative_finding study_initiative(const evidence& of,
                                                         const initiative_options& options = {}) {
    return detail::initiative_study{of, options}.run();
}

}  // namespace aiueo
