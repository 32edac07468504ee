// study › bottleneck_words: the chain in sentences, as a colleague would tell it.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/study/bottleneck_finding.hpp"
#include "aiueo/study/link_words.hpp"

namespace aiueo::detail {

class bottleneck_words {
public:
    explicit bottleneck_words(bottleneck_finding& out) : out_(out) {}

    void tell() {
        for (link_finding& one : out_.links) one.sentence = link_words{out_, one}.tell();
        out_.told.sentence = sentence();
        add_cautions();
    }

private:
    [[nodiscard]] const link_finding& finding_of(chain_link which) const noexcept {
        return out_.links[static_cast<std::size_t>(which)];
    }
    [[nodiscard]] static std::string arrow(chain_link which) {
        static constexpr std::string_view names[] = {"1→2", "2→3", "3→4a", "3→4b"};
        return std::string{names[static_cast<std::size_t>(which)]};
    }

    /// Links of which nothing is known stand beside what is broken: they may cost more.
    [[nodiscard]] label with_open(label out) const {
        std::string en, ja;
        for (const link_finding& one : out_.links) {
            if (one.verdict != link_verdict::inconclusive && one.verdict != link_verdict::unknown)
                continue;
            en += (en.empty() ? "" : ", ") + arrow(one.which);
            ja += (ja.empty() ? "" : "、") + arrow(one.which);
        }
        if (en.empty()) return out;
        return {out.ja + ja + "はまだ判断できません。",
                out.en + " No verdict can be given on " + en + " yet."};
    }

    [[nodiscard]] label sentence() const {
        if (out_.principal.size() == 1) {
            const link_finding& one = finding_of(out_.principal[0]);
            return with_open({"ボトルネックは" + arrow(one.which) + "です。" + one.sentence.ja,
                              "The bottleneck is " + arrow(one.which) + ". " + one.sentence.en});
        }
        if (out_.principal.size() == 2) {
            const link_finding& a = finding_of(out_.principal[0]);
            const link_finding& b = finding_of(out_.principal[1]);
            return with_open({"ボトルネックは" + arrow(a.which) + "と" + arrow(b.which) +
                                  "で、どちらの影響が大きいかは区別できません。" + arrow(a.which) +
                                  "：" + a.sentence.ja + arrow(b.which) + "：" + b.sentence.ja,
                              "The chain breaks at " + arrow(a.which) + " and " + arrow(b.which) +
                                  "; which costs more cannot be told. " + arrow(a.which) + ": " +
                                  a.sentence.en + " " + arrow(b.which) + ": " + b.sentence.en});
        }
        std::string open_en, open_ja;
        bool known = false;
        for (const link_finding& one : out_.links) {
            if (one.verdict == link_verdict::flows) {
                known = true;
                continue;
            }
            open_en += (open_en.empty() ? "" : ", ") + arrow(one.which);
            open_ja += (open_ja.empty() ? "" : "、") + arrow(one.which);
        }
        if (open_en.empty())
            return {"どのつながりも期待どおりに機能しており、ボトルネックはありません。",
                    "Every link does what it should; nothing is broken."};
        if (!known)
            return {"まだどのつながりについても判断できません。",
                    "Nothing can be said of any link yet."};
        return {"壊れているつながりは見つかりません。" + open_ja + "はまだ判断できません。",
                "No link was found broken; no verdict can be given on " + open_en + " yet."};
    }

    void add_cautions() {
        auto& told = out_.told;
        told.caution(
            "An effect here is the difference between the same customers' months, or between "
            "customers alike; only an experiment shows what would happen if the step were changed.",
            "ここでの効果は同じ顧客の月どうし、または似た顧客どうしの差です。手を打った結果どうなる"
            "かは、実験でしかわかりません。");
        for (const link_finding& one : out_.links) {
            if (one.placebo && one.placebo->of.interval.lower > 0) {
                told.caution(
                    "Read backward, " + arrow(one.which) +
                        " shows an effect, too: part of what is seen may be a cause of both steps.",
                    arrow(one.which) +
                        "は逆向きにも効果が見えます。両方の段階に共通の原因が混じっている可能性が"
                        "あります。");
            }
            for (const link_segment& segment : one.segments) {
                if (!segment.reversed) continue;
                told.caution("Over all customers, " + arrow(one.which) +
                                 " points the other way than within the levels of " +
                                 segment.segment + ": believe the levels, not the total.",
                             arrow(one.which) + "は、全体と" + segment.segment +
                                 "の区分内とで向きが逆です。全体ではなく区分内を見てください。");
            }
            const bool counted = one.verdict == link_verdict::starved || one.stuck_is_known;
            if (is_broken(one.verdict) && counted && !is_defined(one.recoverable.value)) {
                told.caution(
                    "What " + arrow(one.which) +
                        " costs is unknown: MRR, contract ends or a target are missing.",
                    arrow(one.which) +
                        "の損失額は不明です。MRR、契約終了の実績、または目標がありません。");
            }
        }
        add_cautions_of_halves();
        const pattern_customers& unknown = out_.patterns.front();
        std::int64_t all = 0;
        for (const pattern_customers& one : out_.patterns) all += one.now.customers;
        if (unknown.now.customers * 5 > all) {
            told.caution("In " + out_.month + " the pattern of " +
                             shown_count(unknown.now.customers) + " of " + shown_count(all) +
                             " customers is not known: a step of theirs is missing.",
                         out_.month + "は、" + shown_count(all) + "社のうち" +
                             shown_count(unknown.now.customers) +
                             "社の状態が不明です（いずれかの段階がわかりません）。");
        }
        const bool waits = std::any_of(out_.links.begin(), out_.links.end(), [](const auto& one) {
            return one.lag_months.value_or(0) > 1;
        });
        if (waits && all > 0 && !out_.month_before_is_known) {
            told.caution("Hardly anybody has a snapshot in the month before " + out_.month +
                             ": who stands still for longer, and what that costs, is not known.",
                         out_.month +
                             "の前月の記録がほとんどないため、長く止まっている顧客もその損失額も"
                             "不明です。");
        }
    }

    /// What was chosen on one half of the customers is told of the other.
    void add_cautions_of_halves() {
        std::string en, ja;
        for (const link_finding& one : out_.links) {
            if (one.eligible == 0 ||
                (!one.lag_chosen && (one.target.declared || !is_defined(one.target.value))))
                continue;
            en += (en.empty() ? "" : ", ") + arrow(one.which);
            ja += (ja.empty() ? "" : "、") + arrow(one.which);
        }
        if (en.empty()) return;
        out_.told.caution(
            "The model does not say which lag or target holds: for " + en +
                " it was chosen on one half of the customers, and figures are of the other half.",
            "ラグまたは目標がモデルにないため、" + ja +
                "では顧客の半分で選び、残りの半分で計算しています。");
    }

    bottleneck_finding& out_;
};

inline void tell_bottleneck(bottleneck_finding& out) { bottleneck_words{out}.tell(); }

}  // namespace aiueo::detail
