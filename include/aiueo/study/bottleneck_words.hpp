// study › bottleneck_words: the chain in sentences, as a colleague would tell it.
// … ─► evidence ─► study
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/study/bottleneck_finding.hpp"

namespace aiueo::detail {

/// "12,345".
[[nodiscard]] inline std::string shown_count(std::int64_t of) {
    std::string out = std::to_string(of);
    for (std::size_t at = out.size(); at > (of < 0 ? 4U : 3U); at -= 3) out.insert(at - 3, ",");
    return out;
}

/// "1,234,500 JPY": an amount in minor units; whole major units, since nobody reads the rest.
[[nodiscard]] inline std::string shown_mrr(double minor, const bottleneck_finding& in) {
    if (minor != minor) return "?";
    double major = std::fabs(minor);
    for (int k = 0; k < in.minor_digits; ++k) major /= 10;
    if (!(major < 9e15)) return format_number(minor < 0 ? -major : major);
    const std::string digits = shown_count(std::llround(major));
    return (minor < 0 && digits != "0" ? "−" : "") + digits +
           (in.currency.empty() ? "" : " " + in.currency);
}

/// "4.2 points (−1.9 to 10.4)" of a share.
[[nodiscard]] inline std::string shown_difference(const figure& of, language in) {
    const bool ja = in == language::ja;
    if (of.value != of.value) return ja ? "不明" : "unknown";
    std::string out = shown(of.value * 100, 1, in) + (ja ? "ポイント" : " points");
    if (!is_defined(of.interval)) return out;
    return out + (ja ? "（" : " (") + shown(of.interval.lower * 100, 1, in) + (ja ? "〜" : " to ") +
           shown(of.interval.upper * 100, 1, in) + (ja ? "）" : ")");
}

class link_words {
public:
    link_words(const bottleneck_finding& in, const link_finding& of) : in_(in), of_(of) {}

    [[nodiscard]] label tell() const {
        label out = told();
        const label facts = this->facts();
        out.en += " " + facts.en;
        out.ja += facts.ja;
        if (!is_broken(of_.verdict)) return out;
        const label cost = this->cost(), advice = this->advice();
        out.en += " " + cost.en + " " + advice.en;
        out.ja += cost.ja + advice.ja;
        return out;
    }

private:
    struct noun {
        std::string_view en, ja;
    };
    [[nodiscard]] std::size_t at() const noexcept { return static_cast<std::size_t>(of_.which); }
    [[nodiscard]] noun before() const noexcept {
        static constexpr noun words[] = {
            {"contact", "接触"}, {"use", "利用"}, {"success", "成果"}, {"success", "成果"}};
        return words[at()];
    }
    [[nodiscard]] noun after() const noexcept {
        static constexpr noun words[] = {
            {"use", "利用"}, {"success", "成果"}, {"renewal", "更新"}, {"growth", "拡大"}};
        return words[at()];
    }

    /// What is the matter, in half a sentence.
    [[nodiscard]] label told() const {
        static constexpr std::array<std::array<noun, 6>, link_count> sentences{{
            {{{"Whether contact leads to use is unknown.", "接触が利用につながるかは不明です。"},
              {"Few customers are contacted at all.", "そもそも接触できている顧客が少数です。"},
              {"Contact reaches customers, but use does not follow.",
               "接触はできていますが、利用が続きません。"},
              {"Contact helps customers to use it, but too seldom.",
               "接触は利用につながりますが、頻度が足りません。"},
              {"Contact leads to use as it should.", "接触は期待どおり利用につながっています。"},
              {"Whether contact leads to use cannot be told yet.",
               "接触が利用につながるかは、まだ判断できません。"}}},
            {{{"Whether use leads to success is unknown.", "利用が成果につながるかは不明です。"},
              {"Few customers are ready and using it.", "準備が整い利用している顧客が少数です。"},
              {"Customers use it, but success does not follow.",
               "利用されていますが、成果が続きません。"},
              {"Use leads to success, but too seldom.",
               "利用は成果につながりますが、頻度が足りません。"},
              {"Use leads to success as it should.", "利用は期待どおり成果につながっています。"},
              {"Whether use leads to success cannot be told yet.",
               "利用が成果につながるかは、まだ判断できません。"}}},
            {{{"Whether success leads to renewal is unknown.",
               "成果が更新につながるかは不明です。"},
              {"Few customers have success when their contracts end.",
               "契約終了時に成果が出ている顧客が少数です。"},
              {"Customers with success renew no more than the others.",
               "成果が出ている顧客も、ほかの顧客と同じようにしか更新しません。"},
              {"Success helps renewal, but too little.",
               "成果は更新につながりますが、十分ではありません。"},
              {"Success leads to renewal as it should.",
               "成果は期待どおり更新につながっています。"},
              {"Whether success leads to renewal cannot be told yet.",
               "成果が更新につながるかは、まだ判断できません。"}}},
            {{{"Whether success leads to growth is unknown.", "成果が拡大につながるかは不明です。"},
              {"Few customers have success when their contracts are renewed.",
               "更新時に成果が出ている顧客が少数です。"},
              {"Customers with success grow no more than the others.",
               "成果が出ている顧客も、ほかの顧客と同じようにしか拡大しません。"},
              {"Success helps growth, but too little.",
               "成果は拡大につながりますが、十分ではありません。"},
              {"Success leads to growth as it should.", "成果は期待どおり拡大につながっています。"},
              {"Whether success leads to growth cannot be told yet.",
               "成果が拡大につながるかは、まだ判断できません。"}}},
        }};
        // A weak link may well have an effect: one too small to matter.
        static constexpr std::array<noun, link_count> hardly{
            {{"Contact reaches customers, but use hardly follows from it.",
              "接触はできていますが、利用にはほとんどつながっていません。"},
             {"Customers use it, but success hardly follows from it.",
              "利用されていますが、成果にはほとんどつながっていません。"},
             {"Customers with success renew hardly more than the others.",
              "成果が出ている顧客の更新は、ほかの顧客とほとんど変わりません。"},
             {"Customers with success grow hardly more than the others.",
              "成果が出ている顧客の拡大は、ほかの顧客とほとんど変わりません。"}}};
        const bool some = of_.verdict == link_verdict::weak && of_.effect.of.interval.lower > 0;
        const noun& one =
            some ? hardly[at()] : sentences[at()][static_cast<std::size_t>(of_.verdict)];
        return {std::string{one.ja}, std::string{one.en}};
    }

    [[nodiscard]] label facts() const {
        if (of_.eligible == 0)
            return {"数えられる観測がありません。", "Nothing that counts was observed."};
        if (of_.verdict == link_verdict::starved) return prevalence();
        const bool monthly = of_.lag_months.has_value();
        label out = monthly ? month_facts() : end_facts();
        if (of_.verdict != link_verdict::unknown && is_defined(of_.target.value)) {
            out.en += " The target is " + shown_share(of_.target.value, language::en) +
                      (of_.target.declared ? "." : ", that of " + of_.target.level + ".");
            out.ja += "目標は" + shown_share(of_.target.value, language::ja) +
                      (of_.target.declared ? "です。" : "（" + of_.target.level + "の水準）です。");
        }
        if (of_.verdict == link_verdict::unknown) {
            const std::string least = shown_count(in_.min_n);
            out.en += " That is fewer than " + least + " on one side: too few to judge.";
            out.ja += "判断には片側で" + least + "件以上が必要です。";
        }
        return out;
    }

    [[nodiscard]] label prevalence() const {
        const bool monthly = of_.lag_months.has_value();
        const bool renewals = of_.which == chain_link::success_growth;
        const std::string n = shown_count(of_.eligible);
        return {std::string{before().ja} + "があるのは" + n +
                    (monthly    ? "顧客月のうち"
                     : renewals ? "件の更新のうち"
                                : "件の契約終了のうち") +
                    shown_share(of_.prevalence, language::ja) + "です。",
                std::string{"There was "} + std::string{before().en} + " in " +
                    shown_share(of_.prevalence, language::en) + " of " + n +
                    (monthly    ? " customer-months."
                     : renewals ? " renewals."
                                : " contract ends.")};
    }

    [[nodiscard]] std::string months(language in) const {
        const std::int32_t lag = of_.lag_months.value_or(0);
        if (in == language::ja) return std::to_string(lag) + "か月後";
        return lag == 1 ? "a month later" : std::to_string(lag) + " months later";
    }

    [[nodiscard]] label month_facts() const {
        const std::string n = shown_count(of_.conversion.n), x = shown_count(of_.reached);
        const std::string who = shown_count(of_.customers_with.value_or(0));
        const std::string a_en{before().en}, b_en{after().en}, a_ja{before().ja}, b_ja{after().ja};
        label out{a_ja + "があり" + b_ja + "がまだの" + n + "顧客月（" + who + "社）のうち、" +
                      months(language::ja) + "に" + b_ja + "に至ったのは" + x + "、" +
                      shown_share(of_.conversion, language::ja) + "です。",
                  "Of " + n + " months with " + a_en + " and without " + b_en + " (" + who +
                      " customers), " + x + " had " + b_en + " " + months(language::en) + ", " +
                      shown_share(of_.conversion, language::en) + "."};
        if (is_defined(of_.effect.of.value)) {
            out.en += " Compared with the same customers' months without " + a_en +
                      ", that is a difference of " + shown_difference(of_.effect.of, language::en) +
                      ".";
            out.ja += "同じ顧客の" + a_ja + "のない月との差は" +
                      shown_difference(of_.effect.of, language::ja) + "です。";
        }
        return out;
    }

    [[nodiscard]] label end_facts() const {
        const bool renewal = of_.which == chain_link::success_renewal;
        const std::string n = shown_count(of_.conversion.n), x = shown_count(of_.reached);
        label out{
            "成果のある" + n + (renewal ? "件の契約終了のうち更新は" : "件の更新のうち拡大は") + x +
                "件、" + shown_share(of_.conversion, language::ja) + "です。",
            "Of " + n + (renewal ? " contract ends with success, " : " renewals with success, ") +
                x + (renewal ? " were renewed, " : " grew, ") +
                shown_share(of_.conversion, language::en) + "."};
        if (is_defined(of_.effect.of.value)) {
            std::string by;
            for (const stratified_effect& one : of_.effects) {
                if (one.effect.value == of_.effect.of.value) by = one.by;
            }
            out.en += " Within " + (by.empty() ? "" : by + " and ") +
                      "term of contract, the difference to those without is " +
                      shown_difference(of_.effect.of, language::en) + ".";
            out.ja += (by.empty() ? "" : by + "と") +
                      std::string{"契約期間の区分内で、成果のない顧客との差は"} +
                      shown_difference(of_.effect.of, language::ja) + "です。";
        }
        return out;
    }

    /// Who stands still, and what that is worth.
    [[nodiscard]] label cost() const {
        const bool starved = of_.verdict == link_verdict::starved;
        const standing_customers& who = starved ? of_.neither : of_.stuck;
        const std::string count = shown_count(who.customers);
        const std::string mrr = shown_mrr(static_cast<double>(who.mrr), in_);
        label out = where(starved);
        out.en += " " + count + (who.customers == 1 ? " customer" : " customers");
        out.ja += count + "社";
        if (who.priced > 0) {
            out.en += " with " + mrr + " of MRR";
            out.ja += "、MRR " + mrr;
        }
        const figure& back = of_.recoverable;
        if (back.value > 0) {
            const std::string amount = shown_mrr(back.value, in_);
            out.en += "; at the target about " + amount;
            out.ja += "です。目標どおりなら約" + amount;
            if (is_defined(back.interval)) {
                const std::string low = shown_mrr(back.interval.lower, in_);
                const std::string high = shown_mrr(back.interval.upper, in_);
                out.en += " (" + low + " to " + high + ")";
                out.ja += "（" + low + "〜" + high + "）";
            }
            out.en += " of it would be kept or won";
            out.ja += "を維持・獲得できる計算";
        }
        return {out.ja + "です。", out.en + "."};
    }

    [[nodiscard]] label where(bool starved) const {
        if (of_.lag_months) {
            if (starved)
                return {in_.month + "時点で" + std::string{before().ja} + "も" +
                            std::string{after().ja} + "もないのは",
                        std::string{"With neither in "} + in_.month + ":"};
            return {in_.month + "時点で止まっているのは",
                    std::string{"Standing still in "} + in_.month + ":"};
        }
        if (starved)
            return {
                in_.month + "時点で成果がなく、12か月以内に契約が終わるのは",
                "Without success in " + in_.month + ", and a contract that ends within 12 months:"};
        return {in_.month + "時点で成果があり、12か月以内に契約が終わるのは",
                "With success in " + in_.month + ", and a contract that ends within 12 months:"};
    }

    [[nodiscard]] label advice() const {
        label out;
        if (of_.cause) {
            out.en = "Look at " + of_.cause->en;
            out.ja = "まず見るべきは" + std::string{text_of(*of_.cause, language::ja)};
        }
        std::string en, ja;
        for (const label& owner : of_.owners) {
            en += (en.empty() ? "" : ", ") + owner.en;
            ja += (ja.empty() ? "" : "、") + owner.ja;
        }
        if (!en.empty()) {
            out.en += " (" + en + ")";
            out.ja += "（" + ja + "）";
        }
        if (const auto first = first_level(); !first.second.empty()) {
            out.en += ", first in " + first.first + " " + first.second;
            out.ja += "、" + first.first + "の" + first.second + "から";
        }
        out.en += ".";
        out.ja += "です。";
        return out;
    }

    /// The level below the bar with most MRR standing still, where that is concentrated.
    [[nodiscard]] std::pair<std::string, std::string> first_level() const {
        std::pair<std::string, std::string> out;
        std::int64_t most = -1;
        for (const link_segment& segment : of_.segments) {
            if (!segment.concentrated) continue;
            for (const link_level& level : segment.levels) {
                if (!level.below || level.level.empty() || level.stuck.mrr <= most) continue;
                most = level.stuck.mrr;
                out = {segment.segment, level.level};
            }
        }
        return out;
    }

    const bottleneck_finding& in_;
    const link_finding& of_;
};

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

    [[nodiscard]] label sentence() const {
        if (out_.principal.size() == 1) {
            const link_finding& one = finding_of(out_.principal[0]);
            return {"ボトルネックは" + arrow(one.which) + "です。" + one.sentence.ja,
                    "The bottleneck is " + arrow(one.which) + ". " + one.sentence.en};
        }
        if (out_.principal.size() == 2) {
            const link_finding& a = finding_of(out_.principal[0]);
            const link_finding& b = finding_of(out_.principal[1]);
            return {"ボトルネックは" + arrow(a.which) + "と" + arrow(b.which) +
                        "で、どちらの影響が大きいかは区別できません。" + arrow(a.which) + "：" +
                        a.sentence.ja + arrow(b.which) + "：" + b.sentence.ja,
                    "The chain breaks at " + arrow(a.which) + " and " + arrow(b.which) +
                        "; which costs more cannot be told. " + arrow(a.which) + ": " +
                        a.sentence.en + " " + arrow(b.which) + ": " + b.sentence.en};
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
                "No link was found broken; of " + open_en + " nothing can be said yet."};
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
            if (is_broken(one.verdict) && !is_defined(one.recoverable.value)) {
                told.caution(
                    "What " + arrow(one.which) +
                        " costs is unknown: MRR, contract ends or a target are missing.",
                    arrow(one.which) +
                        "の損失額は不明です。MRR、契約終了の実績、または目標がありません。");
            }
        }
        const pattern_customers& unknown = out_.patterns.front();
        std::int64_t all = 0;
        for (const pattern_customers& one : out_.patterns) all += one.now.customers;
        if (unknown.now.customers * 5 > all) {
            told.caution("In " + out_.month + " the step of " + shown_count(unknown.now.customers) +
                             " of " + shown_count(all) +
                             " customers is not known; they stand nowhere.",
                         out_.month + "は、" + shown_count(all) + "社のうち" +
                             shown_count(unknown.now.customers) +
                             "社の段階が不明で、集計に入っていません。");
        }
    }

    bottleneck_finding& out_;
};

inline void tell_bottleneck(bottleneck_finding& out) { bottleneck_words{out}.tell(); }

}  // namespace aiueo::detail
