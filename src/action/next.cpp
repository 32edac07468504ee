// action › next: see action/next.hpp.
#include "aiueo/action/next.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/study/nrr.hpp"

#include "columns.hpp"
#include "gap_plays.hpp"
#include "heads.hpp"
#include "portfolio.hpp"

namespace aiueo {

namespace {

using namespace detail;

/// A condition that customers lack.
struct lacking {
    std::int64_t customers = 0;
    std::int64_t unknown = 0;  ///< of those: it is not known whether it holds
    std::int64_t alone = 0;    ///< of those: nothing else is to change
    std::int32_t play = -1;
};

struct next_columns {
    text_cells_out customer, stage, provisional, target, reason, reason_ja, play, owner, channel;
    text_cells_out member, team;
    date_cells as_of, ends;
    integer_cells conditions, unknown;
    number_cells effort, mrr, nrr, nrr_lower, nrr_upper;
};

class next_list {
public:
    next_list(const action_inputs& in, const portfolio& of, std::size_t ladder)
        : in_(in), of_(of), ladder_(in.with.model().rules.ladders[ladder]), at_(ladder) {
        if (in.seen == nullptr) return;
        nrr_options with;
        with.of = ladder_.name;
        const nrr_finding found = study_nrr(*in.seen, with);
        if (found.why != nrr_gap::none || found.of != ladder_.name) return;
        for (const ::aiueo::rung& one : ladder_.rungs)
            expected_.push_back(expected_nrr(found, one.name));
    }

    [[nodiscard]] result<action_list> run() {
        gap_reader gaps{in_.with, in_.rows};
        moves_.resize(ladder_.rungs.size());
        for (const std::size_t customer : of_.seen()) {
            if (status ok = add(customer, gaps); !ok) return std::move(ok).error();
        }
        action_list out;
        auto rows = table();
        if (!rows) return std::move(rows).error();
        out.rows = *std::move(rows);
        out.head = head();
        return out;
    }

private:
    [[nodiscard]] const std::string& rung(level_index k) const {
        return ladder_.rungs[static_cast<std::size_t>(k)].name;
    }

    [[nodiscard]] status add(std::size_t customer, gap_reader& gaps) {
        const std::int64_t row = of_.row_of(customer);
        const auto at = static_cast<std::size_t>(row);
        const level_index stage = of_.given().stage(at_)[at];
        const level_index could = of_.given().provisional(at_)[at];
        columns_.customer.add(of_.panel().key(customer));
        columns_.as_of.add(of_.panel().day(row));
        columns_.stage.add(rung(stage));
        columns_.provisional.add(could == no_level ? std::string_view{} : rung(could));
        columns_.mrr.add(of_.value(role::mrr, row));
        columns_.ends.add_day(of_.value(role::contract_end, row));
        columns_.member.add(of_.text(role::member, row));
        columns_.team.add(of_.text(role::team, row));
        const figure nrr =
            expected_.empty() ? figure{} : expected_[static_cast<std::size_t>(stage)];
        columns_.nrr.add(nrr.value);
        columns_.nrr_lower.add(nrr.interval.lower);
        columns_.nrr_upper.add(nrr.interval.upper);
        if (stage + 1 == static_cast<level_index>(ladder_.rungs.size())) {
            ++at_top_;
            add_nothing();
            return {};
        }
        auto found = gaps.read(row, ladder_.name);
        if (!found) return std::move(found).error();
        add_gap(stage, *found);
        return {};
    }

    void add_nothing() {
        for (text_cells_out* one : {&columns_.target, &columns_.reason, &columns_.reason_ja,
                                    &columns_.play, &columns_.owner, &columns_.channel})
            one->add({});
        columns_.conditions.add_unknown();
        columns_.unknown.add_unknown();
        columns_.effort.add(unknown_value);
    }

    void add_gap(level_index stage, const answered_gap& found) {
        const std::vector<play>& plays = in_.with.model().plays;
        ++moves_[static_cast<std::size_t>(stage)];
        std::int64_t unknown = 0;
        for (std::size_t k = 0; k < found.gap.conditions.size(); ++k) {
            const gap_condition& one = found.gap.conditions[k];
            unknown += one.unknown ? 1 : 0;
            lacking& sum = lacking_[(one.wanted ? "" : "not ") + one.text];
            ++sum.customers;
            sum.unknown += one.unknown ? 1 : 0;
            sum.alone += found.gap.conditions.size() == 1 ? 1 : 0;
            sum.play = found.plays[k];
        }
        if (!found.gap.reachable) ++unreachable_;
        if (found.gap.reachable && !found.answered) ++without_play_;
        columns_.target.add(rung(found.gap.target));
        columns_.conditions.add(static_cast<std::int64_t>(found.gap.conditions.size()));
        columns_.unknown.add(unknown);
        columns_.reason.add(reason_of(found.gap, language::en));
        columns_.reason_ja.add(reason_of(found.gap, language::ja));
        const play* first =
            found.first < 0 ? nullptr : &plays[static_cast<std::size_t>(found.first)];
        columns_.play.add(first == nullptr ? std::string_view{} : first->name);
        columns_.owner.add(first == nullptr ? std::string_view{} : first->owner);
        columns_.channel.add(first == nullptr ? std::string_view{} : first->channel);
        columns_.effort.add(found.effort);
    }

    [[nodiscard]] result<owned_table> table() {
        next_columns& c = columns_;
        return table_out{static_cast<std::int64_t>(of_.seen().size())}
            .put("customer", c.customer)
            .put("as_of", c.as_of)
            .put("stage", c.stage)
            .put("provisional", c.provisional)
            .put("target", c.target)
            .put("conditions", c.conditions)
            .put("unknown", c.unknown)
            .put("reason", c.reason)
            .put("reason_ja", c.reason_ja)
            .put("play", c.play)
            .put("owner", c.owner)
            .put("channel", c.channel)
            .put("effort", c.effort)
            .put("mrr", c.mrr)
            .put("ends", c.ends)
            .put("expected_nrr", c.nrr)
            .put("expected_nrr_lower", c.nrr_lower)
            .put("expected_nrr_upper", c.nrr_upper)
            .put("member", c.member)
            .put("team", c.team)
            .finish();
    }

    /// What most customers lack first; of equals in the order of the texts.
    [[nodiscard]] std::vector<std::pair<std::string, lacking>> by_customers() const {
        std::vector<std::pair<std::string, lacking>> out{lacking_.begin(), lacking_.end()};
        std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
            return a.second.customers > b.second.customers;
        });
        return out;
    }

    [[nodiscard]] remarks told(
        const std::vector<std::pair<std::string, lacking>>& conditions) const {
        remarks out;
        const auto n = static_cast<std::int64_t>(of_.seen().size());
        const label shown = ladder_.shown;
        const auto called = [&](language in) {
            const std::string_view text = text_of(shown, in);
            return std::string{text.empty() ? std::string_view{ladder_.name} : text};
        };
        std::string& en = out.sentence.en;
        std::string& ja = out.sentence.ja;
        en = "Of " + customers_en(n) + ", " + with_commas(at_top_) +
             (at_top_ == 1 ? " is" : " are") + " on the top rung of " + called(language::en) + ".";
        ja = with_commas(n) + "件のうち" + with_commas(at_top_) + "件が" + called(language::ja) +
             "の最上段にいます。";
        if (!conditions.empty()) {
            const auto& [text, most] = conditions.front();
            en += " What the others lack most often is " + text + ": " +
                  with_commas(most.customers) + ", of whom " + with_commas(most.alone) +
                  (most.alone == 1 ? " lacks" : " lack") + " nothing else.";
            ja += "次の段に最も不足しているのは「" + text + "」で" + with_commas(most.customers) +
                  "件、うち" + with_commas(most.alone) + "件はそれだけで上がります。";
        }
        caution_not_seen(of_, out);
        if (without_play_ > 0) {
            out.caution("For " + customers_en(without_play_) +
                            " no play of the model answers what they lack.",
                        with_commas(without_play_) +
                            "件については、不足に対応する施策（plays）がモデルにありません。");
        }
        if (unreachable_ > 0) {
            out.caution(
                customers_en(unreachable_) +
                    " cannot reach the next rung by any change of a condition.",
                with_commas(unreachable_) + "件は、どの条件が変わっても次の段に上がれません。");
        }
        return out;
    }

    [[nodiscard]] std::string head() const {
        const auto conditions = by_customers();
        const std::vector<play>& plays = in_.with.model().plays;
        std::string text;
        json_writer out{text};
        begin_head(out, "next", in_.with.model(), of_, told(conditions));
        out.member("ladder", ladder_.name);
        out.member("at_top", at_top_);
        out.member("without_play", without_play_);
        out.member("unreachable", unreachable_);
        out.key("steps").begin_array();
        for (std::size_t k = 0; k + 1 < moves_.size(); ++k) {
            out.begin_object()
                .member("from", ladder_.rungs[k].name)
                .member("to", ladder_.rungs[k + 1].name)
                .member("customers", moves_[k])
                .end_object();
        }
        out.end_array();
        out.key("conditions").begin_array();
        for (const auto& [condition, one] : conditions) {
            out.begin_object()
                .member("condition", condition)
                .member("customers", one.customers)
                .member("unknown", one.unknown)
                .member("alone", one.alone);
            write_text_or_null(
                out, "play",
                one.play < 0 ? std::string_view{}
                             : std::string_view{plays[static_cast<std::size_t>(one.play)].name});
            out.end_object();
        }
        out.end_array();
        out.end_object();
        return text;
    }

    const action_inputs& in_;
    const portfolio& of_;
    const ladder& ladder_;
    std::size_t at_;
    std::vector<figure> expected_;  ///< NRR by rung; none without evidence that says it
    next_columns columns_;
    std::map<std::string, lacking> lacking_;
    std::vector<std::int64_t> moves_;  ///< by rung: who is to go to the next
    std::int64_t at_top_ = 0;
    std::int64_t without_play_ = 0;
    std::int64_t unreachable_ = 0;
};

}  // namespace

result<action_list> list_next(const action_inputs& in, const next_options& with) {
    const default_float_mode usual;
    auto ladder = detail::own_ladder_named(in.with.model(), with.ladder);
    if (!ladder) return std::move(ladder).error();
    auto of = portfolio::make(in, with.as_of);
    if (!of) return std::move(of).error();
    return next_list{in, *of, *ladder}.run();
}

}  // namespace aiueo
