// study › revenue_words: a month's money in sentences, and what not to conclude.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/revenue_finding.hpp"
#include "aiueo/study/shown_money.hpp"

namespace aiueo::detail {

class revenue_words {
public:
    /// `year_before`: the month twelve before the last one, if it is known.
    revenue_words(const evidence& of, revenue_finding& out,
                  const std::optional<revenue_month>& year_before)
        : evidence_(of), out_(out), year_before_(year_before) {}

    void tell() {
        if (!out_.known) {
            out_.told.sentence = {
                "金額の推移は数えられていません。data_until（どの日までのデータか）と、台帳"
                "（ledger）またはMRRのある契約を与えてください。",
                "No money over time was counted: give data_until, the last day that is told of, "
                "and a ledger or contracts with their MRR."};
            return;
        }
        const std::string until = format_date(out_.known->data_until);
        if (out_.months.empty()) {
            out_.told.sentence = {
                until + "までに月末を迎えた有料の顧客はありません。",
                "Nobody was a customer at the close of a month up to " + until + "."};
        } else {
            out_.told.sentence = sentence();
        }
        add_cautions();
    }

private:
    [[nodiscard]] std::string money(std::int64_t minor) const {
        return shown_money(static_cast<double>(minor), out_.currency, out_.minor_digits);
    }
    [[nodiscard]] static std::string share(const figure& of, language in) {
        return shown_share(of, in);
    }

    [[nodiscard]] label sentence() const {
        const revenue_month& last = out_.months.back();
        const mrr_month& bridge = last.bridge;
        const std::string month = month_name(bridge.month);
        label out{month + "のMRRは" + money(bridge.start.mrr) + "から" + money(bridge.end.mrr) +
                      "（" + shown_count(bridge.end.customers) + "社）になりました。",
                  "In " + month + " MRR went from " + money(bridge.start.mrr) + " to " +
                      money(bridge.end.mrr) + ", of " + shown_count(bridge.end.customers) +
                      (bridge.end.customers == 1 ? " customer." : " customers.")};
        const auto add = [&out](const label& more) {
            out.en += " " + more.en;
            out.ja += more.ja;
        };
        if (bridge.start.customers > 0) add(rates_of_month(last));
        if (const label more = trailing(last); !more.en.empty()) add(more);
        if (const label more = largest(bridge); !more.en.empty()) add(more);
        return out;
    }

    [[nodiscard]] static label rates_of_month(const revenue_month& of) {
        const std::string n = shown_count(of.bridge.start.customers);
        const auto told = [&](language in) {
            return std::array{share(of.rates.nrr, in), share(of.rates.grr, in),
                              share(of.rates.customer_churn, in)};
        };
        const auto en = told(language::en), ja = told(language::ja);
        return {
            "NRRは" + ja[0] + "、GRRは" + ja[1] + "、顧客解約率は" + n + "社の" + ja[2] + "です。",
            "NRR was " + en[0] + ", GRR " + en[1] + "; " + en[2] + " of " + n +
                (of.bridge.start.customers == 1 ? " customer left." : " customers left.")};
    }

    /// From close to close, and what that was a year before.
    [[nodiscard]] label trailing(const revenue_month& of) const {
        const revenue_trailing& now = of.trailing;
        if (!is_defined(now.nrr.value)) return {};
        const std::string months = std::to_string(out_.trailing_months);
        const std::string n = shown_count(now.nrr.n);
        label out{months + "か月前の" + n + "社で見ると、NRRは" + share(now.nrr, language::ja) +
                      "、解約率は" + share(now.customer_churn, language::ja),
                  "Of the " + n + (now.nrr.n == 1 ? " customer of " : " customers of ") + months +
                      " months before, NRR is " + share(now.nrr, language::en) + " and " +
                      share(now.customer_churn, language::en) + " have left"};
        if (year_before_ && is_defined(year_before_->trailing.nrr.value)) {
            const revenue_trailing& then = year_before_->trailing;
            out.ja += "です。1年前はそれぞれ" + share(then.nrr, language::ja) + "と" +
                      share(then.customer_churn, language::ja) + "でした。";
            out.en += "; a year earlier it was " + share(then.nrr, language::en) + " and " +
                      share(then.customer_churn, language::en) + ".";
        } else {
            out.ja += "です。";
            out.en += ".";
        }
        return out;
    }

    /// The movement of most MRR, and with which stages.
    [[nodiscard]] label largest(const mrr_month& of) const {
        struct movement {
            const char* en;
            const char* ja;
            std::int64_t mrr;
            bool up;
        };
        const std::array<movement, 5> all{{{"new customers", "新規", of.new_customers.mrr, true},
                                           {"reactivation", "復帰", of.reactivation.mrr, true},
                                           {"expansion", "拡大", of.expansion.mrr, true},
                                           {"contraction", "縮小", of.contraction.mrr, false},
                                           {"churn", "解約", of.churn.mrr, false}}};
        const auto most =
            std::max_element(all.begin(), all.end(),
                             [](const movement& a, const movement& b) { return a.mrr < b.mrr; });
        if (most->mrr == 0) return {"金額の動きはありません。", "No amount moved."};
        const std::string amount = (most->up ? "+" : "−") + money(most->mrr);
        label out{"最も大きく動いたのは" + std::string{most->ja} + "（" + amount + "）",
                  std::string{"What moved it most: "} + most->en + ", " + amount};
        const label whose = whose_movement(static_cast<std::size_t>(most - all.begin()), most->mrr);
        out.ja += whose.ja + "です。";
        out.en += whose.en + ".";
        return out;
    }

    /// "…, 1,200 JPY of it with customers who stayed at their stage".
    [[nodiscard]] label whose_movement(std::size_t which, std::int64_t all) const {
        const revenue_tree& tree = out_.trees.front();
        if (evidence_.shape().revenue_levels() == nullptr) return {};
        const auto told = [&](std::int64_t part, const label& who) -> label {
            if (part == all) return {"で、すべて" + who.ja, ", all of it " + who.en};
            return {"で、うち" + money(part) + "は" + who.ja,
                    ", " + money(part) + " of it " + who.en};
        };
        if (which == 2 || which == 3) {
            const auto part = [which](const revenue_tree::branch& one) {
                return which == 2 ? one.sums.gained : one.sums.lost;
            };
            const auto most =
                std::max_element(tree.moves.begin(), tree.moves.end(),
                                 [&](const auto& a, const auto& b) { return part(a) < part(b); });
            const label who = who_moved(most->move);
            if (part(*most) == 0 || who.en.empty()) return {};
            return told(part(*most), {who.ja, "with customers " + who.en});
        }
        if (which != 4) return {};
        const auto most = std::max_element(
            tree.levels.begin(), tree.levels.end(),
            [](const auto& a, const auto& b) { return a.sums.churned < b.sums.churned; });
        if (most == tree.levels.end() || most->sums.churned == 0) return {};
        if (most->name.empty())
            return told(most->sums.churned,
                        {"段階が不明な顧客", "of customers whose stage is not known"});
        return told(most->sums.churned, {most->name + "の顧客", "at " + most->name});
    }

    [[nodiscard]] static label who_moved(stage_move how) {
        switch (how) {
        case stage_move::up: return {"段階が上がった顧客", "who moved up"};
        case stage_move::same: return {"段階が同じ顧客", "who stayed at their stage"};
        case stage_move::down: return {"段階が下がった顧客", "who moved down"};
        case stage_move::unknown:
            return {"段階が不明な顧客", "whose stage is not known at both closes"};
        case stage_move::left:
        case stage_move::came: return {};
        }
        return {};
    }

    // ── what not to conclude ─────────────────────────────────────────────────

    void add_cautions() {
        if (const auto partial = out_.known->partial_month(); partial) {
            const std::string month = month_name(*partial);
            out_.told.caution("Data ends within " + month + ": nothing is said of that month.",
                              month + "はデータが月の途中までのため、何も示していません。");
        }
        if (!out_.months.empty()) {
            add_cautions_of_months();
            out_.told.caution(
                "That MRR grew with customers who moved up does not say that moving up made it "
                "grow.",
                "段階が上がった顧客のMRRが増えていても、段階を上げれば増えるとは限りません。");
        }
        add_cautions_of_input();
        if (out_.completion) add_cautions_of_completion(*out_.completion);
    }

    void add_cautions_of_months() {
        mrr_sum undecided;
        std::int64_t most_new = 0;
        for (const revenue_month& one : out_.months) {
            undecided.customers += one.bridge.undecided.customers;
            undecided.mrr += one.bridge.undecided.mrr;
            if (&one != &out_.months.front())
                most_new = std::max(most_new, one.bridge.new_customers.customers);
        }
        if (undecided.customers > 0) {
            const std::string n = shown_count(undecided.customers), mrr = money(undecided.mrr);
            out_.told.caution(
                "Of the churn, that of " + n +
                    (undecided.customers == 1 ? " customer (" : " customers (") + mrr +
                    ") is undecided: a renewal within the grace days may yet undo it.",
                "解約のうち" + n + "社（" + mrr +
                    "）は未確定です。猶予期間内の更新で取り消される可能性があります。");
        }
        const mrr_month& first = out_.months.front().bridge;
        if (first.start.customers == 0 && first.new_customers.customers > most_new) {
            const std::string n = shown_count(first.new_customers.customers);
            const std::string month = month_name(first.month);
            out_.told.caution(
                "What is known begins in " + month + ": the " + n +
                    (first.new_customers.customers == 1 ? " customer" : " customers") +
                    " of that month are new there, whenever they came.",
                "記録は" + month + "から始まるため、その月の" + n +
                    "社は、いつからの顧客でも新規と数えられています。");
        }
        const std::int32_t least = evidence_.shape().model().steps.min_n;
        const auto few = std::count_if(
            out_.months.begin(), out_.months.end(), [least](const revenue_month& one) {
                return one.bridge.start.customers > 0 && one.bridge.start.customers < least;
            });
        if (few > 0) {
            const std::string n = std::to_string(few), min = std::to_string(least);
            out_.told.caution(
                n + (few == 1 ? " month begins" : " months begin") + " with fewer than " + min +
                    " customers: read the intervals there, not the rates.",
                n + "か月は月初の顧客が" + min + "社未満です。率ではなく区間を見てください。");
        }
        if (out_.trailing_months != 12) {
            const std::string h = std::to_string(out_.trailing_months);
            out_.told.caution("Trailing rates are over " + h +
                                  " months, the model's horizon_months, and not over a year.",
                              "「か月前の顧客」の率は、モデルのhorizon_monthsにより" + h +
                                  "か月間のもので、1年間ではありません。");
        }
    }

    void add_cautions_of_input() {
        const auto n = [this](total of) { return evidence_.count(of); };
        const auto customers = [](std::int64_t count) {
            return shown_count(count) + (count == 1 ? " customer" : " customers");
        };
        if (out_.grace_days > 0) {
            const std::string days = std::to_string(out_.grace_days);
            out_.told.caution("A gap of at most " + days +
                                  " days between two contracts is a renewal: meanwhile the "
                                  "customer counts with what it paid before.",
                              days +
                                  "日以内の空白は更新とみなし、その間も直前のMRRの顧客と数えてい"
                                  "ます。");
        }
        if (!out_.free_is_customer) {
            out_.told.caution(
                "Entries of MRR 0 are ignored, as the model says: who pays first is new then, and "
                "who stops paying has left.",
                "MRRが0の期間は、モデルの指定により顧客と数えません。支払いを始めた月に新規、やめ"
                "た月に解約となります。");
        }
        if (const std::int64_t count = n(total::unpriced); count > 0) {
            out_.told.caution(
                "In no amount, because there is no ledger and the MRR of a contract "
                "is not known: " +
                    customers(count) + ".",
                shown_count(count) +
                    "社は、台帳がなく契約のMRRも不明なため、どの金額にも含まれていま"
                    "せん。");
        }
        if (const std::int64_t count = n(total::overdue); count > 0) {
            out_.told.caution(
                shown_count(count) + (count == 1 ? " contract is" : " contracts are") +
                    " past the end and not decided: in no rate of contracts due, and without a "
                    "ledger taken to go on.",
                shown_count(count) +
                    "件の契約は、終了日を過ぎても結果がありません。契約終了の率には含まれず、台帳が"
                    "なければ継続中とみなしています。");
        }
        if (const std::int64_t count = n(total::payers_unseen); count > 0) {
            out_.told.caution(
                "In the bridge, but at no stage and in no segment, for want of "
                "snapshots: " +
                    customers(count) + ".",
                shown_count(count) +
                    "社はスナップショットがなく、金額には含まれますが、段階と区分は不"
                    "明です。");
        }
    }

    void add_cautions_of_completion(const revenue_completion& of) {
        if (!of.expected_by_days) {
            out_.told.caution(
                "The rung " + of.rung + " has no expected_by_days: nothing is in time or late.",
                of.rung + "にexpected_by_daysがないため、期限内かどうかはわかりません。");
        }
        if (of.everybody.started > 0) {
            out_.told.caution(
                "A rung is reached on the day of the first snapshot that shows it: with seldom "
                "snapshots that is late, and some who were in time are not.",
                "段階に達した日は、それが見えた最初のスナップショットの日です。間隔が長いと、実際よ"
                "り遅く数えられます。");
        }
        if (of.begun_unseen > 0) {
            const std::string n = shown_count(of.begun_unseen);
            out_.told.caution(
                "Not among those who were onboarded, because first seen more than 31 "
                "days after the start: " +
                    n + (of.begun_unseen == 1 ? " customer." : " customers."),
                n + "社は開始から31日を過ぎて初めて記録され、オンボーディングの集計に"
                    "含まれていません。");
        }
    }

    const evidence& evidence_;
    revenue_finding& out_;
    const std::optional<revenue_month>& year_before_;
};

}  // namespace aiueo::detail
