// study › nrr_words: the NRR that is expected, in sentences. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>

#include "aiueo/study/link_words.hpp"
#include "aiueo/study/nrr_finding.hpp"
#include "aiueo/study/shown_money.hpp"

namespace aiueo::detail {

class nrr_words {
public:
    explicit nrr_words(nrr_finding& out) : out_(out) {}

    void tell() {
        out_.told.sentence = sentence();
        add_cautions();
    }

private:
    static constexpr language en = language::en, ja = language::ja;

    [[nodiscard]] std::string money(double minor) const {
        return shown_money(minor, out_.currency, out_.minor_digits);
    }
    [[nodiscard]] std::string months(language in) const {
        const std::string n = std::to_string(out_.horizon);
        if (in == ja) return n + "か月";
        return n + (out_.horizon == 1 ? " month" : " months");
    }

    [[nodiscard]] label sentence() const {
        if (out_.why == nrr_gap::nothing_counted) {
            return {
                "MRRの推移が数えられていないため、期待NRRは不明です。data_untilと、"
                "ledgerまたはMRRのある契約を渡してください。",
                "Nothing was counted of money over time, so that NRR is unknown: give "
                "data_until, and a ledger or contracts with MRR."};
        }
        if (out_.why == nrr_gap::too_short) {
            return {months(ja) + "後まで見届けた月がまだなく、期待NRRは不明です。" +
                        out_.known_from + "の月末に最初の値がわかります。",
                    "No month is known " + months(en) +
                        " on yet, so that NRR is unknown; the first rate is known at the close "
                        "of " +
                        out_.known_from + "."};
        }
        label out = out_.portfolio_why == nrr_gap::none ? of_portfolio() : of_everybody();
        append(out, of_levels());
        append(out, of_plan());
        append(out, of_experiments());
        append(out, of_review());
        append(out, of_cohorts());
        append(out, of_calls());
        append(out, of_trust());
        return out;
    }

    static void append(label& to, const label& more) {
        if (more.en.empty()) return;
        to.en += " " + more.en;
        to.ja += more.ja;
    }

    [[nodiscard]] label of_portfolio() const {
        const nrr_portfolio& all = out_.portfolio;
        const std::string mrr = money(static_cast<double>(all.now.mrr));
        const std::string n = shown_count(all.now.customers);
        label out{out_.last_month + "末の" + n + "社、MRR " + mrr + "の" + months(ja) +
                      "後の期待NRRは" + shown_share(all.expected, ja),
                  "The expected NRR over " + months(en) + " of " + mrr + " of MRR (" + n +
                      (all.now.customers == 1 ? " customer" : " customers") + ") at the close of " +
                      out_.last_month + " is " + shown_share(all.expected, en)};
        if (is_defined(out_.plan.target)) {
            out.en += "; the target is " + shown_share(out_.plan.target, en);
            out.ja += "、目標は" + shown_share(out_.plan.target, ja);
        }
        return {out.ja + "です。", out.en + "."};
    }

    [[nodiscard]] label of_everybody() const {
        const figure& all = out_.everybody.nrr;
        return {months(ja) + "後のNRRは、全体で" + shown_share(all, ja) + "です。",
                "NRR over " + months(en) + " is " + shown_share(all, en) + " of everybody."};
    }

    [[nodiscard]] label of_levels() const {
        const nrr_level* low = nullptr;
        const nrr_level* high = nullptr;
        for (const nrr_level& one : out_.levels) {
            if (!is_defined(one.nrr.value) || one.level == "unknown") continue;
            if (low == nullptr) low = &one;
            high = &one;
        }
        if (low == high) return {};
        return {"段階別では、" + low->level + "で" + shown_share(low->nrr.value, ja) + "、" +
                    high->level + "で" + shown_share(high->nrr.value, ja) + "です。",
                "It is " + shown_share(low->nrr.value, en) + " of those at " + low->level +
                    " and " + shown_share(high->nrr.value, en) + " of those at " + high->level +
                    "."};
    }

    [[nodiscard]] std::string steps(language in) const {
        std::string out;
        for (const nrr_step& one : out_.plan.steps) {
            out += out.empty() ? "" : in == ja ? "、" : ", ";
            if (in == ja)
                out += one.from + "から" + one.to + "へ" + shown_count(one.customers) + "社";
            else
                out += shown_count(one.customers) + " from " + one.from + " to " + one.to;
        }
        return out;
    }

    [[nodiscard]] label of_plan() const {
        const nrr_plan& plan = out_.plan;
        const std::string far_en = shown_share(plan.expected.value, en);
        const std::string far_ja = shown_share(plan.expected.value, ja);
        switch (plan.state) {
        case nrr_plan_state::unknown:
            if (plan.why != nrr_gap::unseen) return {};
            return {"段階が不明な顧客が多く、目標に届くかどうかはわかりません。",
                    "Whether level-ups reach it is not known: it depends on customers without a "
                    "level."};
        case nrr_plan_state::there:
            return {"目標に達しています。", "That is at the target already."};
        case nrr_plan_state::reached:
            return {(plan.exact ? "最も少ない工数で目標に届くレベルアップは、"
                                : "目標に届くレベルアップの例は、") +
                        steps(ja) + "です（効果は相関による試算）。",
                    (plan.exact ? "The cheapest level-ups that would reach it, by association: "
                                : "Level-ups that would reach it, by association: ") +
                        steps(en) + "."};
        case nrr_plan_state::capacity:
            return {"この工数では目標に届きません。" +
                        (plan.steps.empty() ? std::string{"上げられる顧客はありません。"}
                                            : steps(ja) + "で" + far_ja + "までです。"),
                    "The capacity does not reach it: " +
                        (plan.steps.empty() ? std::string{"no level-up fits into it."}
                                            : steps(en) + " would bring it to " + far_en + ".")};
        case nrr_plan_state::out_of_reach:
            return {"全員が1段階上がっても目標に届かず、" + far_ja + "までです。",
                    "Level-ups alone do not reach it: they would bring it to " + far_en + "."};
        }
        return {};
    }

    /// Those that are established.
    [[nodiscard]] label of_experiments() const {
        label out;
        for (const nrr_level_up& one : out_.level_ups) {
            if (!one.by_experiment) continue;
            const nrr_experiment& of = *one.experiment;
            const std::string due = money(static_cast<double>(of.due));
            append(out,
                   {one.from + "では実験の裏付けがあります。" + of.initiative +
                        "の対象の更新率は対照を" + shown_difference(of.effect.of, ja) + "上回り、" +
                        months(ja) + "以内に満了する" + due + "に対して" + money(of.impact.value) +
                        "に相当します。",
                    "At " + one.from +
                        " an experiment stands behind a gain: the renewal "
                        "rate of customers drawn for " +
                        of.initiative + " is " + shown_difference(of.effect.of, en) +
                        " above that of those held out, which on the " + due + " that end within " +
                        months(en) + " is worth " + money(of.impact.value) + "."});
        }
        if (!out.en.empty()) out.en.erase(0, 1);
        return out;
    }

    /// The longest review that is known.
    [[nodiscard]] label of_review() const {
        for (auto at = out_.reviews.rbegin(); at != out_.reviews.rend(); ++at) {
            const nrr_change& all = at->all;
            if (!is_defined(all.change.value)) continue;
            std::size_t most = 0;
            for (std::size_t k = 1; k < nrr_parts; ++k) {
                if (std::fabs(all.parts[k].value) > std::fabs(all.parts[most].value)) most = k;
            }
            const std::string n = std::to_string(at->months);
            const auto points = [](double value, language in) {
                return (value > 0 ? "+" : "") + shown(value * 100, 1, in) +
                       (in == ja ? "ポイント" : " points");
            };
            label out{"段階別の率を固定すると、直近" + n + "か月の期待NRRの変化は" +
                          points(all.change.value, ja),
                      "Over " + n + (at->months == 1 ? " month" : " months") + " it moved by " +
                          points(all.change.value, en) + " at the same rates"};
            if (all.parts[most].value != 0) {
                out.en += ", most by " + part_name(most).en + " (" +
                          points(all.parts[most].value, en) + ")";
                out.ja += "、主な要因は" + part_name(most).ja + "（" +
                          points(all.parts[most].value, ja) + "）";
            }
            return {out.ja + "です。", out.en + "."};
        }
        return {};
    }

    [[nodiscard]] static label part_name(std::size_t part) {
        switch (static_cast<nrr_part>(part)) {
        case nrr_part::level_ups: return {"レベルアップ", "level-ups"};
        case nrr_part::level_downs: return {"レベルダウン", "level-downs"};
        case nrr_part::seen: return {"記録の有無", "customers that began or ceased to be seen"};
        case nrr_part::arrived: return {"新規", "new customers"};
        case nrr_part::lost: return {"解約", "lost customers"};
        case nrr_part::mrr: return {"MRRの増減", "changes of MRR"};
        }
        return {};
    }

    [[nodiscard]] label of_cohorts() const {
        const nrr_curve& curve = out_.curve;
        if (curve.why != nrr_gap::none || !curve.together) return {};
        const nrr_cohort& all = *curve.together;
        label out = verdict_on(all);
        std::int64_t ahead = 0, behind = 0;
        for (const nrr_cohort& one : curve.cohorts) {
            ahead += one.difference.q <= 0.05 && one.verdict == nrr_verdict::ahead ? 1 : 0;
            behind += one.difference.q <= 0.05 && one.verdict == nrr_verdict::behind ? 1 : 0;
        }
        if (out.en.empty() || ahead + behind == 0) return out;
        out.en += " By month, " + std::to_string(ahead) + (ahead == 1 ? " is" : " are") +
                  " ahead and " + std::to_string(behind) + " behind.";
        out.ja += "開始月別では先行" + std::to_string(ahead) + "、遅れ" + std::to_string(behind) +
                  "です。";
        return out;
    }

    [[nodiscard]] label verdict_on(const nrr_cohort& all) const {
        const std::string figures_en = shown_share(all.ratio.value, en) +
                                       " of what they began with, where " +
                                       shown_share(all.required, en) + " is required";
        const std::string figures_ja = "開始時の" + shown_share(all.ratio.value, ja) + "、必要は" +
                                       shown_share(all.required, ja);
        const std::string who_en = "Customers of the last " + months(en) + " are ";
        const std::string who_ja = "直近" + months(ja) + "の新規顧客は、目標に届く曲線";
        switch (all.verdict) {
        case nrr_verdict::unknown: return {};
        case nrr_verdict::ahead:
            return {who_ja + "より先行しています（" + figures_ja + "）。",
                    who_en + "ahead of the course that reaches the target: " + figures_en + "."};
        case nrr_verdict::behind:
            return {who_ja + "より遅れています（" + figures_ja + "）。",
                    who_en + "behind the course that reaches the target: " + figures_en + "."};
        case nrr_verdict::on:
            return {who_ja + "と区別できません（" + figures_ja + "）。",
                    who_en + "neither ahead nor behind the course that reaches the target: " +
                        figures_en + "."};
        }
        return {};
    }

    [[nodiscard]] label of_trust() const {
        const nrr_backtest& test = out_.backtest;
        const std::string n = std::to_string(test.origins);
        switch (test.verdict) {
        case nrr_trust::too_little:
            return {"過去の期待値と実績を比べるには、まだ履歴が足りません。",
                    "History is too short to say how often such an expectation was right."};
        case nrr_trust::biased:
            return {"過去" + n + "回の期待値は実績から偏っており、実績との差は平均" +
                        shown_difference(test.bias, ja) + "でした。",
                    "Past expectations were biased: what came was " +
                        shown_difference(test.bias, en) + " off, the mean of " + n + " closes."};
        case nrr_trust::overconfident:
            return {"過去" + n + "回の実績は期待区間の外に多く、区間は狭すぎます。",
                    "Past expectations were too sure of themselves: over " + n +
                        " closes what came lay outside their intervals too often."};
        case nrr_trust::trust:
            return {"過去" + n + "回の期待値は実績と合っていました。",
                    "Past expectations held: over " + n +
                        " closes they were neither biased nor "
                        "too sure."};
        }
        return {};
    }

    /// Of verdicts on cohorts; nothing where there were too few to tell.
    [[nodiscard]] label of_calls() const {
        const nrr_course_backtest& test = out_.curve.backtest;
        if (out_.curve.why != nrr_gap::none || test.verdict == nrr_course_trust::too_little)
            return {};
        const std::string n = std::to_string(test.right.n);
        const std::string right =
            std::to_string(std::llround(test.right.value * static_cast<double>(test.right.n)));
        return {"過去に先行または遅れとされた" + n + "か月の開始月のうち" + right +
                    "か月が、その側で終わりました。",
                "Of " + n + " starting months that were called ahead or behind in the past, " +
                    right + " ended on that side of the target."};
    }

    // ── what not to conclude ─────────────────────────────────────────────────

    void add_cautions() {
        auto& told = out_.told;
        if (out_.why != nrr_gap::none) return;
        if (out_.portfolio_why == nrr_gap::other_levels) {
            told.caution(
                "Moves are counted between the levels of the first ladder (without one, "
                "bands): of " +
                    out_.of + " there are rates, and no portfolio, level-ups or reviews.",
                "段階間の移動は最初のラダー（なければバンド）についてのみ数えています。" + out_.of +
                    "では率だけがわかります。");
        }
        told.caution(
            "That customers at a higher level keep and grow more is an association. It does not "
            "say that lifting a customer to that level makes it so; only an experiment does.",
            "上の段階の顧客ほどNRRが高いのは相関です。段階を上げればNRRが上がるとは限らず、"
            "それは実験でしかわかりません。");
        told.caution(
            "The months of a customer overlap and repeat each other; intervals count customers by "
            "group, n counts customer-months.",
            "同じ顧客の期間は重なっています。区間は顧客のグループ単位で計算し、nは延べ顧客月数です。");
        const figure& expected = out_.portfolio.expected;
        if (is_defined(expected.value) && !is_defined(expected.interval)) {
            told.caution(
                "How sure the expected NRR is cannot be told: no two groups of customers differ, "
                "or too few groups have customers.",
                "顧客のグループの間に差がないか、顧客のいるグループが足りないため、期待NRRの確かさは"
                "わかりません。");
        } else if (out_.portfolio_why == nrr_gap::none) {
            told.caution(
                "The interval of an expected NRR is that of the rates alone. What comes strays "
                "further; where it may lie is told beside it.",
                "期待NRRの区間は率の誤差だけを表します。実績はより広くばらつき、その範囲は別に"
                "示しています。");
        }
        caution_of_months();
        caution_of_unseen();
        caution_of_reach();
        caution_of_order();
        caution_of_movement();
        caution_of_experiments();
        caution_of_plan();
        caution_of_curve();
    }

    void caution_of_experiments() {
        for (const nrr_level_up& one : out_.level_ups) {
            if (!one.experiment) continue;
            const nrr_experiment& of = *one.experiment;
            if (of.established) {
                out_.told.caution("The experiment at " + one.from + " is of being drawn for " +
                                      of.initiative +
                                      ", on contracts that end: it does not say that reaching " +
                                      one.to + " made the difference.",
                                  one.from + "の実験は、" + of.initiative +
                                      "の対象になることが契約満了時に持つ効果です。" + one.to +
                                      "に上がったための差とは言えません。");
            } else {
                out_.told.caution("The experiment at " + one.from +
                                      " does not show a gain: the renewal rate of those "
                                      "drawn for " +
                                      of.initiative + " less that of those held out is " +
                                      shown_difference(of.effect.of, en) + ".",
                                  one.from + "の実験では効果が確認できません。" + of.initiative +
                                      "の対象と対照の更新率の差は" +
                                      shown_difference(of.effect.of, ja) + "です。");
            }
        }
    }

    /// Where months differ, so do the rates of other years: the groups of customers cannot see it.
    void caution_of_months() {
        const interval& at = out_.portfolio.expected.interval;
        const double months = out_.backtest.month_effect;
        if (!(months > (at.upper - at.lower) / 4)) return;
        out_.told.caution("Starting months differ from each other beyond chance, by about " +
                              shown(months * 100, 1, en) +
                              " points: intervals of customers' groups do not know that, those of "
                              "what comes do.",
                          "開始月どうしの差が偶然を超えており、その標準偏差は約" +
                              shown(months * 100, 1, ja) +
                              "ポイントです。顧客のグループによる区間には含まれず、実績の範囲には"
                              "含まれています。");
    }

    void caution_of_unseen() {
        const paying& these = out_.portfolio.by_everybody;
        if (out_.portfolio_why != nrr_gap::none || these.customers == 0) return;
        const std::string n = shown_count(these.customers);
        const std::string mrr = money(static_cast<double>(these.mrr));
        std::string more_en, more_ja;
        const figure &own = out_.unseen.nrr, &all = out_.everybody.nrr;
        if (own.interval.upper < all.value || own.interval.lower > all.value) {
            more_en = " Those without a level kept " + shown_share(own, en) + " in the past.";
            more_ja = "過去に段階が不明だった顧客の実績は" + shown_share(own, ja) + "です。";
        }
        out_.told.caution(n + (these.customers == 1 ? " customer" : " customers") + " with " + mrr +
                              " have no level in " + out_.last_month +
                              " or one without a rate: they are counted with everybody's." +
                              more_en,
                          out_.last_month + "に段階が不明か率のない" + n + "社（MRR " + mrr +
                              "）は、全体の率で数えています。" + more_ja);
    }

    /// Where nobody of a level was seen in two months running, nor is it told how many go up.
    void caution_of_reach() {
        std::string at;
        for (const nrr_level_up& one : out_.level_ups) {
            if (one.now.customers == 0 || is_defined(one.reach.front().share.value)) continue;
            at += (at.empty() ? "" : ", ") + one.from;
        }
        if (at.empty()) return;
        out_.told.caution("Nobody at " + at +
                              " was seen in two months running: how many get to the next level, "
                              "and what that gains, is not known.",
                          at + "で2か月続けて記録のある顧客がいないため、次の段階に上がる割合も"
                               "その見込みも不明です。");
    }

    void caution_of_order() {
        for (const nrr_fall& one : out_.falls) {
            if (!(one.difference.interval.upper < 0)) continue;
            out_.told.caution(
                "NRR falls from " + one.from + " to " + one.to +
                    ": the order of the levels is in doubt.",
                one.to + "のNRRは" + one.from + "より低く、段階の順序に疑問があります。");
        }
    }

    void caution_of_movement() {
        std::string names_en, names_ja;
        for (const nrr_level& one : out_.levels) {
            if (!(one.change.q <= 0.05)) continue;
            names_en += (names_en.empty() ? "" : ", ") + one.level;
            names_ja += (names_ja.empty() ? "" : "、") + one.level;
        }
        if (names_en.empty()) return;
        out_.told.caution(
            "NRR is not what it was at " + names_en +
                ": the latest starting months differ from those before. The option "
                "\"months\" leaves old ones out.",
            names_ja + "のNRRは以前と変わっています。古い月はオプションmonthsで除けます。");
    }

    void caution_of_plan() {
        const nrr_plan& plan = out_.plan;
        if (plan.steps.empty()) return;
        out_.told.caution(
            "The plan counts any customer with the mean MRR of its level, and as lifted for good: "
            "it names none, and its numbers are to be compared with how many get there anyway.",
            "試算では、どの顧客も段階の平均MRRで数え、上がった段階に留まるとしています。個々の顧客は"
            "選んでいません。自然に上がる顧客数と見比べてください。");
        for (const nrr_step& one : plan.steps) {
            if (one.sure) continue;
            out_.told.caution(
                "Whether NRR is higher at " + one.to + " than at " + one.from + " is not certain.",
                one.to + "のNRRが" + one.from + "より高いかは確かではありません。");
        }
    }

    void caution_of_curve() {
        const nrr_curve& curve = out_.curve;
        if (curve.why == nrr_gap::out_of_range) {
            out_.told.caution(
                "No weighting of the " + shown_count(curve.lives) +
                    " lives that are known reaches the target: there is no course to compare with.",
                "これまでの" + shown_count(curve.lives) +
                    "件の実績をどう重み付けしても目標に届かず、理想曲線は引けません。");
        } else if (curve.why == nrr_gap::none && curve.effective < 30) {
            out_.told.caution("The course that reaches the target rests on as much as " +
                                  shown(curve.effective, 0, en) + " lives.",
                              "目標に届く曲線は、実質" + shown(curve.effective, 0, ja) +
                                  "件の実績に基づいています。");
        }
        const nrr_course_trust calls = curve.backtest.verdict;
        if (curve.why == nrr_gap::none && calls == nrr_course_trust::misleading) {
            out_.told.caution(
                "In the past, cohorts that were called better reached the target less often: such a "
                "verdict is no guide here.",
                "過去に良いとされた開始月ほど目標に届いておらず、この判定は当てになりません。");
        } else if (curve.why == nrr_gap::none && calls == nrr_course_trust::undecided) {
            out_.told.caution(
                "Whether \"ahead\" and \"behind\" tell where a cohort ends is not known: in the past those "
                "that were called better did not reach the target more often than chance may have it.",
                "先行・遅れの判定が結果を言い当てるかは、まだわかりません。過去に良いとされた開始月の目標到達は、"
                "偶然の範囲を超えて多くはありません。");
        }
        if (curve.why == nrr_gap::none && !curve.cohorts.empty()) {
            out_.told.caution(
                "Contracts of a year decide at their end: until then a cohort and the course "
                "hardly move, and \"neither\" says little.",
                "年契約では終了時まで曲線がほとんど動かないため、それまでの「どちらとも言えない」には"
                "あまり意味がありません。");
        }
    }

    nrr_finding& out_;
};

inline void tell_nrr(nrr_finding& out) { nrr_words{out}.tell(); }

}  // namespace aiueo::detail
