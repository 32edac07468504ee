// study › forecast_words: the forecast in sentences, as a colleague would tell it.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/money.hpp"
#include "aiueo/study/forecast_finding.hpp"
#include "aiueo/study/link_words.hpp"

namespace aiueo::detail {

class forecast_words {
public:
    explicit forecast_words(forecast_finding& out) : out_(out) {}

    void tell() {
        out_.told.sentence = sentence();
        add_cautions();
    }

private:
    [[nodiscard]] static std::string count(double of) { return shown_count(std::llround(of)); }
    [[nodiscard]] std::string money(double minor) const {
        const double major = minor / power_of_ten(out_.minor_digits);
        return count(major) + (out_.currency.empty() ? "" : " " + out_.currency);
    }
    [[nodiscard]] const interval& eighty(const forecast_amount& of) const noexcept {
        return of.intervals[1];
    }

    [[nodiscard]] label sentence() const {
        if (out_.why == "no_data_until") {
            return {
                "いつまでの契約がわかっているか（data_until）が与えられていないため、予測できません"
                "。",
                "Nothing can be forecast: it was not said until when the contracts are known; "
                "give data_until."};
        }
        if (out_.why == "nothing_due") {
            const std::string n = std::to_string(out_.horizon_months);
            return {out_.origin + "末の時点で、" + n + "か月以内に終わる契約はありません。",
                    "At the close of " + out_.origin + " no contract ends within " + n +
                        " months; there is nothing to forecast."};
        }
        const forecast_period& all = out_.together;
        const std::string last = out_.months.back().month;
        if (out_.why == "no_decisions") {
            return {
                out_.origin + "末から" + last + "までに" + count(all.due) +
                    "件の契約が終わりますが、更新か解約かが決まった契約がまだないため、更新率はわかりま"
                    "せん。",
                "From the close of " + out_.origin + " until " + last + " " + count(all.due) +
                    " contracts end, but none was decided so far: the renewal rate is unknown."};
        }
        const interval& n = eighty(all.renewed);
        const label rate = shown_rate(all.rate);
        label out{out_.origin + "末から" + last + "までに" + count(all.due) +
                      "件の契約が終わり、そのうち" + count(all.renewed.mean) + "件（80%の確率で" +
                      count(n.lower) + "〜" + count(n.upper) +
                      "件）が更新される見込みです。更新率は" + rate.ja + "です。",
                  "From the close of " + out_.origin + " until " + last + " " + count(all.due) +
                      " contracts end; " + count(all.renewed.mean) +
                      " of them (80 %: " + count(n.lower) + "–" + count(n.upper) +
                      ") will be renewed, a rate of " + rate.en + "."};
        if (all.kept_mrr.mean == all.kept_mrr.mean) {
            const interval& m = eighty(all.kept_mrr);
            out.ja += "更新されるMRRは更新前の価格で" + money(all.kept_mrr.mean) + "（80%の確率で" +
                      money(m.lower) + "〜" + money(m.upper) + "）です。";
            out.en += " Their MRR before the renewal is " + money(all.kept_mrr.mean) +
                      " (80 %: " + money(m.lower) + " to " + money(m.upper) + ").";
        }
        return out;
    }

    /// "88.5 % (80 %: 84.4–91.6)"; the range without its share is read as one of 95 %.
    [[nodiscard]] label shown_rate(const forecast_amount& of) const {
        label out{shown_share(of.mean, language::ja), shown_share(of.mean, language::en)};
        const interval& at = eighty(of);
        if (!is_defined(at)) return out;
        const auto points = [](double share, language in) { return shown(share * 100, 1, in); };
        out.ja += "（80%の確率で" + points(at.lower, language::ja) + "〜" +
                  points(at.upper, language::ja) + "%）";
        out.en += " (80 %: " + points(at.lower, language::en) + "–" +
                  points(at.upper, language::en) + ")";
        return out;
    }

    void add_cautions() {
        auto& told = out_.told;
        if (out_.origin.empty()) return;
        add_unknown();
        if (out_.why.empty()) {
            told.caution(
                "This holds while customers move between levels and renew at their level as they "
                "did until " +
                    out_.origin + "; a new price, product or way of working is not in it.",
                out_.origin +
                    "までと同じように顧客が段階を移り、段階ごとに更新する場合の見込みです。価格、製品"
                    "、進め方の変更は含みません。");
            add_month_effect();
        }
        if (!out_.what_if.empty()) {
            told.caution(
                "What if: customers of a higher level renew more often; that those who are moved up "
                "would do so is an association, not an effect.",
                "仮定の計算：高い段階の顧客ほどよく更新しますが、段階を上げれば更新するとは限りません"
                "（関連であり、効果ではありません）。");
        }
        add_trends();
        add_backtest();
        add_compared();
    }

    void add_unknown() {
        auto& told = out_.told;
        std::string names_en, names_ja, last;
        for (const forecast_rate& one : out_.rates) {
            if (!one.borrowed || one.level.empty() || one.level == last) continue;
            if (!is_due_at(one.level)) continue;
            last = one.level;
            names_en += (names_en.empty() ? "" : ", ") + one.level;
            names_ja += (names_ja.empty() ? "" : "、") + one.level;
        }
        if (!names_en.empty()) {
            told.caution(
                "Nobody has decided yet at " + names_en +
                    ": everybody's rate stands in, taken to be as uncertain as one decision leaves "
                    "it.",
                names_ja +
                    "で更新か解約かが決まった契約はまだなく、決定1件ぶんの確かさしかないものとして、"
                    "全体の更新率で代えています。");
        }
        if (!out_.levels.empty() && !out_.months.empty() && !out_.months.front().levels.empty()) {
            // The first month's are where they were at the origin.
            const std::vector<forecast_level>& now = out_.months.front().levels;
            double all = 0;
            for (const forecast_level& one : now) all += one.due;
            if (now.back().due * 5 > all) {
                told.caution(
                    shown_share(now.back().due / all, language::en) + " of the contracts due in " +
                        out_.months.front().month +
                        " have no snapshot in the month before: they are taken to be at the "
                        "levels at which others were seen again.",
                    out_.months.front().month + "に終わる契約の" +
                        shown_share(now.back().due / all, language::ja) +
                        "は前月の記録がなく、再び記録された顧客と同じ段階の構成とみなしています。");
            }
        }
        if (out_.levels.empty() && out_.why.empty()) {
            told.caution("The model has no ladder and no bands: one rate holds for everybody.",
                         "モデルに段階も区分もないため、全体で1つの更新率を使っています。");
        }
        if (out_.together.unpriced > 0) {
            const std::string n = shown_count(out_.together.unpriced);
            told.caution(n + " of the contracts due have no known MRR: amounts leave them out.",
                         "終わる契約のうち" + n + "件はMRRが不明で、金額に含まれていません。");
        }
        if (out_.overdue > 0) {
            const std::string n = shown_count(out_.overdue);
            told.caution(
                n + " contracts are past their end and not decided: they are not in the forecast.",
                n + "件の契約は期限を過ぎても更新か解約かが決まっておらず、予測に含まれていません。");
        }
        if (out_.decided_ahead > 0) {
            const std::string n = shown_count(out_.decided_ahead);
            told.caution(
                "At least " + n + " contracts that end after " + out_.origin +
                    " have an outcome already: they are forecast as if they had none.",
                out_.origin + "より後に終わる契約のうち少なくとも" + n +
                    "件は更新か解約かがすでに決まっていますが、未定として予測しています。");
        }
        // A gap between two contracts may hide the next one of a few.
        if (out_.unfollowed * 20 > out_.renewed) {
            const std::string n = shown_count(out_.unfollowed);
            const std::string of = shown_count(out_.renewed);
            const std::string months = std::to_string(out_.horizon_months);
            told.caution(
                "Of " + of + " contracts renewed in the last " + months + " months " + n +
                    " are followed by none that begins when they end: unless it is among "
                    "the contracts, what comes after is not in the forecast.",
                "直近" + months + "か月に更新された" + of + "件のうち" + n +
                    "件には、終了した月に始まる次の契約がありません。契約データにない場合、"
                    "その先は予測に含まれません。");
        }
        const bool grows = std::any_of(out_.growth.begin(), out_.growth.end(), [](const auto& one) {
            return one.ratio.value == one.ratio.value;
        });
        if (out_.why.empty() && out_.together.due_mrr > 0 && !grows) {
            told.caution("No MRR after a renewal is known: amounts are at the price before.",
                         "更新後のMRRが1件もわからないため、金額は更新前の価格です。");
        }
        if (out_.why.empty() && !out_.levels.empty() &&
            std::all_of(out_.moves.begin(), out_.moves.end(),
                        [](const auto& one) { return one.to.empty() || one.n == 0; })) {
            told.caution("No customer was seen in two months running: levels are taken to stay.",
                         "2か月続けて記録のある顧客がないため、段階は変わらないとしています。");
        }
    }

    [[nodiscard]] bool is_due_at(const std::string& level) const {
        return std::any_of(out_.together.levels.begin(), out_.together.levels.end(),
                           [&](const auto& one) { return one.level == level && one.due > 0; });
    }

    void add_month_effect() {
        auto& told = out_.told;
        const std::string n = std::to_string(out_.month_effect_months);
        if (out_.month_effect != out_.month_effect) {
            told.caution("How much whole months differ is not known of " + n +
                             " months with decisions: the intervals are too narrow.",
                         "更新の実績が" + n +
                             "か月分しかなく、月ごとの変動がわかりません。区間は狭すぎます。");
        } else if (out_.month_effect_months < 12) {
            told.caution("How much whole months differ is known of " + n + " months only.",
                         "月ごとの変動は" + n + "か月分からしかわかりません。");
        }
    }

    void add_trends() {
        for (const forecast_trend& one : out_.trends) {
            if (!(one.difference.q <= 0.05)) continue;
            const std::string en = one.level.empty() ? "customers without a snapshot" : one.level;
            const std::string ja = one.level.empty() ? "記録のない顧客" : one.level;
            out_.told.caution(
                "Renewal at " + en + " was " + shown_share(one.recent, language::en) +
                    " in the last twelve months and " + shown_share(one.before, language::en) +
                    " before; the forecast takes both together.",
                ja + "の更新率は、直近12か月が" + shown_share(one.recent, language::ja) +
                    "、それ以前が" + shown_share(one.before, language::ja) +
                    "です。予測は両方を合わせて使っています。");
        }
    }

    void add_backtest() {
        if (!out_.backtest) return;
        auto& told = out_.told;
        const forecast_trial* judged = out_.backtest->judged();
        label ahead{"翌月", "of the next month"};
        if (judged != nullptr && judged->ahead.value_or(1) > 1) {
            const std::string months = std::to_string(*judged->ahead);
            ahead = {months + "か月先", months + " months ahead"};
        }
        switch (out_.backtest->verdict) {
        case forecast_verdict::too_little_history:
            told.caution(
                "Past forecasts cannot be tested yet: fewer than four quarters came after "
                "them.",
                "過去の予測を検証できる期間がまだ4四半期に足りません。");
            return;
        case forecast_verdict::biased: {
            const figure& bias = judged->bias;
            const bool high = bias.value > 0;
            told.caution("Past forecasts " + ahead.en + " were too " +
                             std::string{high ? "high" : "low"} + ", by " +
                             shown_share(std::fabs(bias.value), language::en) +
                             " of what came; look at the table of the past before you believe one "
                             "that looks further.",
                         ahead.ja + "についての過去の予測は実績より" +
                             shown_share(std::fabs(bias.value), language::ja) +
                             std::string{high ? "高め" : "低め"} +
                             "でした。さらに先の予測は、過去の表を見てから使ってください。");
            return;
        }
        case forecast_verdict::overconfident: {
            const figure& share = judged->coverage[1].share;
            told.caution("Past intervals of 80 % for forecasts " + ahead.en + " held " +
                             shown_share(share, language::en) +
                             " of what came: they are too narrow.",
                         ahead.ja + "についての過去の80%区間に入った実績は" +
                             shown_share(share, language::ja) + "で、区間が狭すぎました。");
            return;
        }
        case forecast_verdict::trust: return;
        }
    }

    void add_compared() {
        if (!out_.compared) return;
        if (!out_.compared->same_model) {
            out_.told.caution(
                "The saved forecast was made with other definitions: part of what is apart may be "
                "theirs.",
                "保存された予測は別の定義によるものです。差の一部は定義の違いかもしれません。");
        }
        if (!out_.compared->same_levels) {
            out_.told.caution(
                "The saved forecast has other levels: mix and rate cannot be told apart.",
                "保存された予測とは段階が異なるため、構成と更新率の影響は分けられません。");
        }
    }

    forecast_finding& out_;
};

inline void tell_forecast(forecast_finding& out) { forecast_words{out}.tell(); }

}  // namespace aiueo::detail
