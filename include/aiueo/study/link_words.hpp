// study › link_words: a link of the chain in sentences. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/study/bottleneck_finding.hpp"
#include "aiueo/study/shown_money.hpp"

namespace aiueo::detail {

/// An amount in minor units of the finding's currency.
[[nodiscard]] inline std::string shown_mrr(double minor, const bottleneck_finding& in) {
    return shown_money(minor, in.currency, in.minor_digits);
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
               "接触はできていますが、利用につながっていません。"},
              {"Contact helps customers to use it, but too seldom.",
               "接触は利用につながっていますが、その割合が目標に届いていません。"},
              {"Contact leads to use as it should.", "接触は期待どおり利用につながっています。"},
              {"Whether contact leads to use cannot be told yet.",
               "接触が利用につながるかは、まだ判断できません。"}}},
            {{{"Whether use leads to success is unknown.", "利用が成果につながるかは不明です。"},
              {"Few customers are ready and using it.", "準備が整い利用している顧客が少数です。"},
              {"Customers use it, but success does not follow.",
               "利用されていますが、成果につながっていません。"},
              {"Use leads to success, but too seldom.",
               "利用は成果につながっていますが、その割合が目標に届いていません。"},
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
        if (of_.verdict == link_verdict::unknown) {
            const label few = this->few();
            return {out.ja + few.ja, out.en + " " + few.en};
        }
        if (is_defined(of_.target.value)) {
            const std::string whose = of_.target.segment + " " + of_.target.level;
            out.en += " The target is " + shown_share(of_.target.value, language::en) +
                      (of_.target.declared ? "." : ", that of " + whose + ".");
            out.ja += "目標は" + shown_share(of_.target.value, language::ja) +
                      (of_.target.declared ? "です。" : "（" + whose + "の水準）です。");
        }
        return out;
    }

    /// Of what there is too little.
    [[nodiscard]] label few() const {
        const bool monthly = of_.lag_months.has_value();
        const std::string en_unit = monthly                                    ? "customers"
                                    : of_.which == chain_link::success_renewal ? "contract ends"
                                                                               : "renewals";
        const std::string ja_unit = monthly ? "社" : "件";
        const std::string least = shown_count(in_.min_n);
        std::int64_t count = of_.customers.value_or(of_.eligible);
        std::string en = "in all", ja = "全体で";
        if (of_.why == "few_with") {
            count = of_.customers_with.value_or(of_.conversion.n);
            en = "with " + std::string{before().en};
            ja = std::string{before().ja} + "のあるものが";
        } else if (of_.why == "few_without") {
            count = of_.customers_without.value_or(of_.comparison.n);
            en = "without " + std::string{before().en};
            ja = std::string{before().ja} + "のないものが";
        }
        return {ja + shown_count(count) + ja_unit + "で、判断に必要な" + least + ja_unit +
                    "に足りません。",
                "Too few to judge: " + shown_count(count) + " " + en_unit + " " + en + ", " +
                    least + " are needed."};
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
                      months(language::ja) + "に" + b_ja + "に至ったのは" + x + "顧客月、" +
                      shown_share(of_.conversion, language::ja) + "です。",
                  "Of " + n + (of_.conversion.n == 1 ? " month with " : " months with ") + a_en +
                      " and without " + b_en + " (" + who +
                      (of_.customers_with == 1 ? " customer), " : " customers), ") + x + " had " +
                      b_en + " " + months(language::en) + ", " +
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
        label out{"成果のある" + n +
                      (renewal ? "件の契約終了のうち更新は" : "件の更新のうち拡大は") + x + "件、" +
                      shown_share(of_.conversion, language::ja) + "です。",
                  "Of " + n +
                      (of_.conversion.n == 1
                           ? (renewal ? " contract end with success, " : " renewal with success, ")
                       : renewal ? " contract ends with success, "
                                 : " renewals with success, ") +
                      x +
                      (!renewal           ? " grew, "
                       : of_.reached == 1 ? " was renewed, "
                                          : " were renewed, ") +
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
        if (!starved && !of_.stuck_is_known)
            return {in_.month + "時点で何社が止まっているかは不明です。",
                    "How many stand still in " + in_.month + " is not known."};
        const standing_customers& who = starved ? of_.neither : of_.stuck;
        const std::string count = shown_count(who.customers);
        const std::string mrr = shown_mrr(static_cast<double>(who.mrr), in_);
        label out = where(starved);
        out.en += " " + count + (who.customers == 1 ? " customer" : " customers");
        out.ja += count + "社";
        if (who.priced > 0) {
            out.en += " with " + mrr + " of MRR";
            out.ja += "、MRR " + mrr;
            if (who.priced < who.customers) {
                out.en += " (known of " + shown_count(who.priced) + ")";
                out.ja += "（判明している" + shown_count(who.priced) + "社分）";
            }
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
            if (back.interval.lower <= 0) {
                out.en += ", or nothing: that is not sure";
                out.ja += "（0の可能性もあります）";
            }
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
            out.en = "Look at " + std::string{text_of(*of_.cause, language::en)};
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

}  // namespace aiueo::detail
