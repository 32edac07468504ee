// study › initiative_words: what study_initiative() says of its figures, and what not to conclude.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>
#include <string_view>

#include "aiueo/study/initiative.hpp"

namespace aiueo::detail {

/// "12.3 points (4.1–20.5)", without its sign.
[[nodiscard]] inline std::string shown_points(const figure& of, language in) {
    const bool ja = in == language::ja;
    const double sign = of.value < 0 ? -1 : 1;
    std::string out = shown(std::fabs(of.value) * 100, 1, in) + (ja ? "ポイント" : " points");
    if (!is_defined(of.interval)) return out;
    const double a = sign * of.interval.lower * 100, b = sign * of.interval.upper * 100;
    const std::string low = shown(std::min(a, b), 1, in), high = shown(std::max(a, b), 1, in);
    return out + (ja ? "（" + low + "〜" + high + "）"
                     : " (" + low + (a < 0 || b < 0 ? " to " : "–") + high + ")");
}

[[nodiscard]] inline std::string shown_exposure(const initiative_association& of, language in) {
    if (in == language::en) return of.initiative + " (" + std::string{of.exposure} + ")";
    const std::string_view how = of.exposure == "invited"     ? "招待"
                                 : of.exposure == "attended"  ? "参加"
                                 : of.exposure == "responded" ? "回答"
                                                              : "参加と回答";
    return of.initiative + "（" + std::string{how} + "）";
}

inline void initiative_study::tell() {
    if (out_.ends == 0) {
        out_.told.sentence = {"この条件で観測できた契約終了はなく、施策との関連は不明です。",
                              "No contract end was observed this way; nothing is known."};
    } else if (out_.known == 0) {
        out_.told.sentence = {"施策のデータなしで集計されており、施策との関連は不明です。",
                              "This was counted without initiatives; what goes with them is "
                              "unknown."};
    } else if (out_.initiatives.empty()) {
        const std::string days = std::to_string(out_.exposure_days);
        out_.told.sentence = {
            "観測時点までの" + days + "日間に行われた施策はなく、関連は判断できません。",
            "No initiative lies in the " + days + " days before the cutoffs; nothing can be told."};
    } else {
        tell_strongest();
    }
    tell_effect();
    add_cautions();
}

inline void initiative_study::tell_strongest() {
    const bool trial = options_.kind == contract_kind::trial;
    const initiative_association* best = nullptr;
    std::size_t judged = 0, passed = 0;
    for (const initiative_association& row : out_.initiatives) {
        judged += row.judged ? 1U : 0U;
        if (!row.judged || !(row.stratified.q <= out_.alpha)) continue;
        ++passed;
        // Rows fall: the first is the highest, and if it is below 0 the last is the lowest.
        if (best == nullptr || best->stratified.of.value < 0) best = &row;
    }
    const std::string count = std::to_string(judged), alpha = format_number(out_.alpha);
    if (judged == 0) {
        const std::string least = std::to_string(out_.min_n);
        out_.told.sentence = {"受けた契約と受けていない契約がともに" + least +
                                  "件以上ある施策はなく、関連は判断できません。",
                              "No initiative has " + least +
                                  " ends with it and as many without; nothing can be told."};
        return;
    }
    if (best == nullptr) {
        out_.told.sentence = {
            "施策との接点" + count + "個のうち、偶然以上に" + (trial ? "本契約" : "更新") +
                "と関連するものはありません（q ≤ " + alpha + "）。",
            "None of " + count + " ways to have met an initiative goes with " +
                (trial ? "conversion" : "renewal") + " beyond chance (q ≤ " + alpha + ")."};
        return;
    }
    const bool up = best->stratified.of.value > 0;
    const std::string what =
        trial ? ": trials with it were converted " : ": contracts with it were renewed ";
    const std::string with = std::to_string(best->exposed.n);
    const std::string without = std::to_string(best->unexposed.n);
    out_.told.sentence = {
        (trial ? "本契約" : "更新") + std::string{"と最も関連する施策は"} +
            shown_exposure(*best, language::ja) + "です。同じ段階の顧客どうしで、" +
            (trial ? "本契約率" : "更新率") + "が" +
            shown_points(best->stratified.of, language::ja) + (up ? "高く" : "低く") +
            "なっています（あり" + with + "件、なし" + without + "件）。接点" + count + "個のうち" +
            std::to_string(passed) + "個が偶然以上です（q ≤ " + alpha + "）。",
        std::string{"What goes with "} + (trial ? "conversion" : "renewal") + " most is " +
            shown_exposure(*best, language::en) + what + (up ? "more" : "less") + " often by " +
            shown_points(best->stratified.of, language::en) +
            " than those without it at the same stage, n " + with + " with and " + without +
            " without; of " + count + " associations, " + std::to_string(passed) +
            (passed == 1 ? " is" : " are") + " beyond chance (q ≤ " + alpha + ")."};
}

inline void initiative_study::tell_effect() {
    const initiative_effect* best = nullptr;
    for (const initiative_effect& row : out_.effects) {
        if (!row.judged || !(row.effect.q <= out_.alpha)) continue;
        if (best == nullptr || best->effect.of.value < 0) best = &row;
    }
    if (best == nullptr) return;
    const bool up = best->effect.of.value > 0;
    const std::string chosen = std::to_string(best->chosen.n);
    const std::string held = std::to_string(best->held.n);
    out_.told.sentence.en += " By its hold-out, " + best->initiative + " has an effect of " +
                             (up ? "+" : "−") + shown_points(best->effect.of, language::en) +
                             ", n " + chosen + " chosen and " + held + " held out.";
    out_.told.sentence.ja += "対照群との比較では、" + best->initiative + "の効果は" +
                             shown_points(best->effect.of, language::ja) +
                             (up ? "の上昇" : "の低下") + "です（対象" + chosen + "件、対照" +
                             held + "件）。";
}

inline void initiative_study::add_cautions() {
    const std::string days = std::to_string(out_.exposure_days);
    if (!out_.initiatives.empty()) {
        out_.told.caution(
            "Customers who come and who answer are not like those who do not, also at the same "
            "stage: an association is no effect. Only hold-outs drawn at random tell one.",
            "参加や回答をする顧客は、同じ段階でもそうでない顧客とは異なります。関連は効果では"
            "ありません。効果がわかるのは、無作為に選んだ対照群があるときだけです。");
        out_.told.caution(
            "Only what happened in the " + days +
                " days before the cutoff counts, for everybody alike: those who stay longer "
                "have had more of everything. What came earlier may still act.",
            "全員同じく、観測時点までの" + days +
                "日間の出来事だけを数えています。長く続く顧客ほど多くの施策を受けるためです。"
                "それより前の施策が効いている可能性は残ります。");
    }
    if (!out_.effects.empty()) {
        out_.told.caution(
            "An effect is one only if hold-outs were drawn at random from those who would "
            "have been chosen. The first date in the window decides, whatever came later.",
            "効果といえるのは、対象候補から無作為に対照群を選んだときだけです。期間内の最初の"
            "日付で分け、その後の施策は問いません。");
    }
    if (out_.known > 0 && out_.known < out_.ends) {
        const std::string rest = std::to_string(out_.ends - out_.known);
        out_.told.caution("Counted without initiatives: " + rest + " of " +
                              std::to_string(out_.ends) + " ends; they are in no row.",
                          "契約終了" + std::to_string(out_.ends) + "件のうち" + rest +
                              "件は施策のデータなしで集計されており、どの行にも含まれていません。");
    }
    if (out_.unstaged > 0 && out_.unstaged < out_.known) {
        const std::string some = std::to_string(out_.unstaged);
        out_.told.caution(
            "The stage at the window's start is unknown of " + some +
                " ends; they are compared with each other.",
            "期間の始まりの段階が不明な" + some + "件は、その中どうしで比べています。");
    }
    std::string few_en, few_ja;
    for (const initiative_association& row : out_.initiatives) {
        if (row.reversed) {
            out_.told.caution(
                "Over all customers, " + shown_exposure(row, language::en) +
                    " points the other way than within the stages: believe the stages, not the "
                    "total.",
                shown_exposure(row, language::ja) +
                    "との関連は、全体と段階内とで向きが逆です。全体ではなく段階内を見て"
                    "ください。");
        }
        if (row.judged) continue;
        few_en += (few_en.empty() ? "" : ", ") + shown_exposure(row, language::en);
        few_ja += (few_ja.empty() ? "" : "、") + shown_exposure(row, language::ja);
    }
    if (!few_en.empty()) {
        out_.told.caution("Too few with or without it to judge: " + few_en + ".",
                          "件数が少なく判断できません: " + few_ja + "。");
    }
    if (out_.pending > 0) {
        const std::string calls = std::to_string(out_.pending);
        out_.told.caution("Sent so late that nobody saw whether they were answered in time: " +
                              calls + " calls; they are in no rate.",
                          "回答期間が終わる前までしか観測できていない" + calls +
                              "件の呼びかけは、どの率にも含まれていません。");
    }
    if (!out_.each_once && out_.ends > 0) {
        out_.told.caution("Some customers had several contract ends here; intervals allow for it.",
                          "契約終了が複数ある顧客を含みます。区間はそれを考慮しています。");
    }
}

}  // namespace aiueo::detail
