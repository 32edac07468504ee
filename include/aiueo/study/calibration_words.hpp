// study › calibration_words: what a calibration says, and what not to conclude from it.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/model/model.hpp"
#include "aiueo/study/calibration_finding.hpp"

namespace aiueo::detail {

/// What a good end is called: of a contract, or of a trial.
struct outcome_words {
    std::string en, verb_en, ja;
};
[[nodiscard]] inline outcome_words outcome_of(const calibration_finding& of) {
    if (of.kind == contract_kind::trial) return {"conversion", "convert", "本契約"};
    return {"renewal", "renew", "更新"};
}

/// Was there anything to test? Not where all had the same fate, or the same score.
[[nodiscard]] inline bool was_tested(const calibrated_axis& axis) noexcept {
    return std::any_of(axis.components.begin(), axis.components.end(),
                       [](const calibrated_component& one) { return is_defined(one.q); });
}

inline void add_response_cautions(calibration_finding& out, const calibration_options& asked) {
    const auto better =
        std::count_if(out.responses.begin(), out.responses.end(),
                      [](const calibrated_response& one) { return one.best != "present"; });
    if (better == 0) return;
    const outcome_words outcome = outcome_of(out);
    if (!asked.refit_responses) {
        out.told.caution(
            "New responses would correlate more with " + outcome.en +
                " than the present ones, components: " + std::to_string(better) +
                ". Ask for responses \"refit\", count again, then fit weights.",
            "新しい応答曲線のほうが" + outcome.ja + "との相関が高い要素が" +
                std::to_string(better) +
                "個あります。responsesに\"refit\"を指定し、数え直してから重みを合わせて"
                "ください。");
        return;
    }
    out.told.caution(
        "The patch has responses and no weights: count the evidence again with the new "
        "model, then fit its weights.",
        "差分は応答曲線だけで重みを含みません。新しいモデルで数え直してから重みを合わせて"
        "ください。");
    out.told.caution(
        "New responses were compared on customers they were not fitted to, but not on "
        "later ends: validate the new model over time.",
        "新しい応答曲線は学習に使っていない顧客で比べたもので、後の契約終了では比べて"
        "いません。新しいモデルで時期ごとに検証してください。");
}

/// Which responses are better, the largest gains first.
inline void tell_responses(calibration_finding& out) {
    std::vector<std::pair<figure, std::string_view>> gains;
    bool compared = false;
    for (const calibrated_response& each : out.responses) {
        for (const response_proposal& one : each.proposals) {
            compared = compared || is_defined(one.out_of_fold.difference.p);
            if (one.method == each.best)
                gains.emplace_back(one.out_of_fold.difference.of, each.component);
        }
    }
    if (!compared) {
        out.told.sentence = {
            "今の応答曲線と比べられる新しい応答曲線がなく、より良いものがあるかは不明です。今のまま"
            "にしてください。",
            "No new response could be compared with the present one; whether any is better is "
            "unknown. Keep the old ones."};
        return;
    }
    const outcome_words outcome = outcome_of(out);
    if (gains.empty()) {
        out.told.sentence = {
            "学習に使っていない顧客で今より確かに良い応答曲線はありません。今のままにしてください。",
            "No new response is better beyond chance on customers it was not fitted to. Keep the "
            "old ones."};
        return;
    }
    std::stable_sort(gains.begin(), gains.end(),
                     [](const auto& a, const auto& b) { return a.first.value > b.first.value; });
    constexpr std::size_t named = 3;
    std::string en, ja;
    for (std::size_t k = 0; k < std::min(named, gains.size()); ++k) {
        const std::string name{gains[k].second};
        en += (k == 0 ? "" : "; ") + name + " by " + shown_figure(gains[k].first, 3, language::en);
        ja += (k == 0 ? "" : "、") + name + "は" + shown_figure(gains[k].first, 3, language::ja);
    }
    const std::string count = std::to_string(gains.size());
    const std::string all = std::to_string(out.responses.size());
    out.told.sentence = {
        "学習に使っていない顧客で、応答曲線" + all + "個のうち" + count + "個は新しいほうが" +
            outcome.ja + "との相関が高くなりました。改善の大きい順に: " + ja + "。",
        "On customers they were not fitted to, new responses correlate more with " + outcome.en +
            " than the present for " + count + " of " + all +
            " components; the largest gains: " + en + "."};
}

inline void add_cautions(calibration_finding& out, const calibration_options& asked,
                         const model& of) {
    const outcome_words outcome = outcome_of(out);
    out.told.caution(
        "Weights that go with " + outcome.en + " need not be what makes customers " +
            outcome.verb_en + ".",
        outcome.ja + "と関連する重みが、" + outcome.ja + "の原因を表すとは限りません。");
    bool changed = !out.changes.empty();
    if (changed) {
        out.told.caution(
            "New weights move scores, and with them stages and bands: compare both models on "
            "the customers before using them.",
            "重みを変えるとスコアと段階・バンドも動きます。使う前に両モデルを比較してください。");
    }
    for (const calibrated_axis& axis : out.axes) {
        for (const weight_proposal& one : axis.proposals) {
            const bool correlated = one.method == "correlation";
            if (one.nothing_passed && correlated) {
                const bool whole = axis.name == "overall", tested = was_tested(axis);
                const std::string en = (whole ? "No axis of " : "No component of ") + axis.name;
                const std::string ja = whole ? "軸" : "要素";
                if (tested)
                    out.told.caution(en + " goes with " + outcome.en +
                                         " beyond chance; its correlation weights are equal.",
                                     axis.name + "には" + outcome.ja + "と偶然以上に関連する" + ja +
                                         "がなく、相関による重みは均等です。");
                else
                    out.told.caution(
                        en + " could be tested; its correlation weights are equal.",
                        axis.name + "には検定できる" + ja + "がなく、相関による重みは均等です。");
            }
            if (one.cap_too_low) {
                out.told.caution(
                    "In " + axis.name +
                        " too few components remain for the largest share "
                        "declared; it is not kept.",
                    axis.name + "では残る要素が少なく、宣言された重みの上限を守れません。");
            }
            if (one.method != axis.best) continue;
            if (one.out_of_time.difference.of.value < 0) {
                out.told.caution(
                    "On the later ends the new weights of " + axis.name +
                        " are not better than the old: " +
                        shown_figure(one.out_of_time.difference.of, 3, language::en) + ".",
                    "最近の契約終了では、" + axis.name + "の新しい重みは今より良くありません: " +
                        shown_figure(one.out_of_time.difference.of, 3, language::ja) + "。");
            }
        }
        for (const weight_change& one : out.changes) {
            if (asked.method == calibration_options::choice::best || axis.best != "present" ||
                !one.component.starts_with(axis.name + "."))
                continue;
            out.told.caution(
                "The weights of " + axis.name +
                    " in the patch were asked for; they are not better beyond chance.",
                axis.name + "の重みは指定によるもので、今より確かに良いとは言えません。");
            break;
        }
    }
    add_response_cautions(out, asked);
    if (!of.profiles.empty()) {
        out.told.caution(
            "Profiles may set weights of their own; these are the default's.",
            "プロファイルに独自の重みがある場合があります。ここで扱うのは既定の重みです。");
    }
}

/// Of some component or axis it can be said whether it goes with the outcome.
[[nodiscard]] inline bool was_tested(const calibration_finding& of) noexcept {
    return std::any_of(of.axes.begin(), of.axes.end(),
                       [](const calibrated_axis& one) { return was_tested(one); });
}

/// Neither a component nor an axis has a correlation toward the good that is beyond chance.
[[nodiscard]] inline bool nothing_passed(const calibration_finding& of) noexcept {
    for (const calibrated_axis& axis : of.axes) {
        for (const weight_proposal& one : axis.proposals) {
            if (one.method == "correlation" && !one.nothing_passed) return false;
        }
    }
    return !of.axes.empty();
}

inline void tell(calibration_finding& out, const calibration_options& asked, const model& of) {
    if (out.ends == 0) {
        out.told.sentence = {"この条件で観測できた契約終了はなく、較正できません。",
                             "No contract end was observed this way; nothing can be calibrated."};
        return;
    }
    if (asked.refit_responses) {
        tell_responses(out);
        return add_cautions(out, asked, of);
    }
    const outcome_words outcome = outcome_of(out);
    std::string en, ja;
    const weight_proposal* closest = nullptr;
    for (const calibrated_axis& axis : out.axes) {
        for (const weight_proposal& one : axis.proposals) {
            const figure& by = one.out_of_fold.difference.of;
            if (is_defined(by.value) &&
                (closest == nullptr || by.value > closest->out_of_fold.difference.of.value))
                closest = &one;
            if (one.method != axis.best) continue;
            const bool squares = one.method == "least_squares";
            en += (en.empty() ? "" : "; ") + axis.name + " by " +
                  (squares ? "least squares " : "correlation ") + shown_figure(by, 3, language::en);
            ja += (ja.empty() ? "" : "、") + axis.name + "は" + (squares ? "最小二乗" : "相関") +
                  "で" + shown_figure(by, 3, language::ja);
        }
    }
    if (out.axes.empty()) {
        out.told.sentence = {"要素が2つ以上ある軸がなく、見直す重みはありません。",
                             "No axis has two components; there are no weights to fit."};
    } else if (en.empty() && !was_tested(out)) {
        out.told.sentence = {
            "両方の結果の顧客が足りず、検定できる要素も軸もありません。より良い重みがあるかは不明"
            "です。今の重みのままにしてください。",
            "No component and no axis can be tested, for want of customers of both outcomes; "
            "whether other weights are better is unknown. Keep the old ones."};
    } else if (en.empty() && nothing_passed(out)) {
        out.told.sentence = {
            outcome.ja +
                "と偶然以上に関連する要素も軸もなく、重みを合わせる手がかりがありません。今の重みの"
                "ままにしてください。",
            "No component and no axis goes with " + outcome.en +
                " beyond chance: there is no signal to fit weights to. Keep the old ones."};
    } else if (en.empty() && closest == nullptr) {
        out.told.sentence = {
            "学習に使っていない顧客で新旧の重みを比べられず、どちらが良いかは不明です。今の重みの"
            "ままにしてください。",
            "New weights could not be compared with the old on customers they were not fitted to; "
            "which are better is unknown. Keep the old ones."};
    } else if (en.empty()) {
        const figure& by = closest->out_of_fold.difference.of;
        const std::string by_en =
            "; the largest gain in correlation is " + shown_figure(by, 3, language::en);
        const std::string by_ja = "（相関の改善は最大で" + shown_figure(by, 3, language::ja) + "）";
        out.told.sentence = {"学習に使っていない顧客で今の重みより確かに良い重みはありません" +
                                 by_ja + "。今の重みのままにしてください。",
                             "No new weights are better beyond chance on customers they were not "
                             "fitted to" +
                                 by_en + ". Keep the old ones."};
    } else {
        out.told.sentence = {
            "学習に使っていない顧客で、新しい重みは今の重みより" + outcome.ja +
                "との相関が高くなりました: " + ja + "。",
            "On customers they were not fitted to, new weights correlate more with " + outcome.en +
                " than the old: " + en + "."};
    }
    add_cautions(out, asked, of);
}

}  // namespace aiueo::detail
