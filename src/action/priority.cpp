// action › priority: see action/priority.hpp.
#include "aiueo/action/priority.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/trigger_ladders.hpp"
#include "aiueo/study/nrr.hpp"

#include "columns.hpp"
#include "gap_plays.hpp"
#include "heads.hpp"
#include "portfolio.hpp"

namespace aiueo {

namespace {

using namespace detail;

/// What the study says of a level, per MRR.
struct level_worth {
    figure expected;  ///< NRR
    figure gain;      ///< of going up; undefined: not known
};

struct candidate {
    std::size_t customer = 0;
    std::int64_t row = 0;
    level_index stage = 0;
    level_index band = no_level;
    std::int32_t play = -1;
    double mrr = 0;
    double gain = 0;
    double effort = 1;
    bool first = false;
    bool chosen = false;

    [[nodiscard]] double ratio() const noexcept { return gain / effort; }
};

/// Sums of some customers. Bounds are added up, as if all levels erred the same way: no narrower
/// than the truth.
struct worth_sum {
    std::int64_t customers = 0;
    double mrr = 0, gain = 0, lower = 0, upper = 0, effort = 0;

    void add(const candidate& one, const figure& per_mrr) noexcept {
        ++customers;
        mrr += one.mrr;
        gain += one.gain;
        lower += one.mrr * per_mrr.interval.lower;
        upper += one.mrr * per_mrr.interval.upper;
        effort += one.effort;
    }
};

void write(json_writer& out, const worth_sum& of) {
    out.begin_object();
    out.member("customers", of.customers);
    out.member("mrr", of.mrr);
    detail::write(out, "gain", figure{of.gain, {of.lower, of.upper}, of.customers});
    out.member("effort", of.effort);
    out.member("gain_per_effort", of.effort > 0 ? of.gain / of.effort : undefined);
    out.end_object();
}

class priority_list {
public:
    priority_list(const action_inputs& in, const portfolio& of, const nrr_finding& found,
                  const priority_options& with)
        : of_(of),
          model_(in.with.model()),
          found_(found),
          with_(with),
          ladder_(model_.rules.ladders.front()),
          gaps_(in.with, in.rows) {
        for (const rung& one : ladder_.rungs) {
            level_worth worth;
            worth.expected = expected_nrr(found, one.name);
            for (const nrr_level_up& up : found.level_ups) {
                if (up.from == one.name) worth.gain = up.gain;
            }
            worth_.push_back(worth);
        }
        capacity_ = with.capacity ? with.capacity : model_.priority.capacity;
    }

    [[nodiscard]] result<action_list> run() {
        for (const std::size_t customer : of_.seen()) {
            if (status ok = consider(customer); !ok) return std::move(ok).error();
        }
        bound_ = most_under(capacity_);
        std::stable_sort(ranked_.begin(), ranked_.end(), [](const auto& a, const auto& b) {
            if (a.first != b.first) return a.first;
            if (a.ratio() != b.ratio()) return a.ratio() > b.ratio();
            return a.mrr > b.mrr;
        });
        choose();
        // A choice may be above the capacity by a rounding.
        bound_ = std::max(bound_, chosen_.gain);
        action_list out;
        auto rows = table();
        if (!rows) return std::move(rows).error();
        out.rows = *std::move(rows);
        out.head = head();
        return out;
    }

private:
    [[nodiscard]] const figure& per_mrr(const candidate& one) const {
        return worth_[static_cast<std::size_t>(one.stage)].gain;
    }

    [[nodiscard]] status consider(std::size_t customer) {
        candidate one;
        one.customer = customer;
        one.row = of_.row_of(customer);
        const auto at = static_cast<std::size_t>(one.row);
        one.stage = of_.given().stage(0)[at];
        if (model_.rules.bands) one.band = of_.given().band()[at];
        one.mrr = of_.value(role::mrr, one.row);
        // Over when the customer was last seen; what became of a later end is not known.
        const double ends = of_.value(role::contract_end, one.row);
        if (ends < of_.panel().day(one.row)) {
            ++ended_;
            return {};
        }
        if (static_cast<std::size_t>(one.stage) + 1 == ladder_.rungs.size()) {
            ++at_top_;
            return {};
        }
        if (one.mrr != one.mrr) {
            ++without_mrr_;
            return {};
        }
        // What is owed to a customer is no sum of which a part could be kept.
        if (one.mrr < 0) {
            ++below_zero_;
            return {};
        }
        if (!is_defined(per_mrr(one).value) || !is_defined(per_mrr(one).interval)) {
            ++without_rate_;
            return {};
        }
        one.gain = one.mrr * per_mrr(one).value;
        auto found = gaps_.read(one.row, ladder_.name);
        if (!found) return std::move(found).error();
        if (!model_.plays.empty()) {
            if (!found->answered) {
                ++without_play_;
                unanswered_ += std::max(0.0, one.gain);
                return {};
            }
            one.effort = found->effort;
            one.play = found->first;
        }
        one.first = with_.first && is_first(one.band);
        ranked_.push_back(one);
        return {};
    }

    [[nodiscard]] bool is_first(level_index band) const {
        if (band == no_level || !model_.rules.bands) return false;
        const std::string& name = model_.rules.bands->names[static_cast<std::size_t>(band)];
        const std::vector<std::string>& first = model_.priority.first;
        return std::find(first.begin(), first.end(), name) != first.end();
    }

    /// The gain that no choice under the capacity exceeds: the best by gain per effort, the last
    /// one in part (Dantzig 1957).
    [[nodiscard]] double most_under(std::optional<double> capacity) const {
        std::vector<std::pair<double, double>> by_ratio;  // gain, effort
        for (const candidate& one : ranked_) {
            if (one.gain > 0) by_ratio.emplace_back(one.gain, one.effort);
        }
        std::sort(by_ratio.begin(), by_ratio.end(), [](const auto& a, const auto& b) {
            return a.first * b.second > b.first * a.second;
        });
        double left = capacity.value_or(std::numeric_limits<double>::infinity());
        double out = 0;
        for (const auto& [gain, effort] : by_ratio) {
            const double part = std::min(1.0, left / effort);
            out += gain * part;
            left -= effort * part;
            if (!(left > 0)) break;
        }
        return out;
    }

    /// Ten efforts of 0.1 are one.
    [[nodiscard]] double spare() const { return capacity_ ? 1e-9 * *capacity_ : 0; }

    /// In the list's order, whoever fits into what is left.
    void choose() {
        double left = capacity_.value_or(std::numeric_limits<double>::infinity());
        for (candidate& one : ranked_) {
            if (!(one.gain > 0) || one.effort > left + spare()) continue;
            one.chosen = true;
            left -= one.effort;
            chosen_.add(one, per_mrr(one));
        }
        // Who is chosen is read first; else the order stays.
        std::stable_partition(ranked_.begin(), ranked_.end(),
                              [](const candidate& one) { return one.chosen; });
    }

    [[nodiscard]] result<owned_table> table() {
        text_cells_out customer, stage, target, band, play, owner, channel, reason, reason_ja;
        text_cells_out member, team;
        date_cells as_of, ends;
        integer_cells rank, n;
        flag_cells chosen, first;
        number_cells mrr, nrr, nrr_lower, nrr_upper, gain, gain_lower, gain_upper, effort, ratio;
        const std::size_t rows = std::min(
            ranked_.size(), static_cast<std::size_t>(std::max<std::int64_t>(0, with_.limit)));
        for (std::size_t k = 0; k < rows; ++k) {
            const candidate& one = ranked_[k];
            const auto level = static_cast<std::size_t>(one.stage);
            auto found = gaps_.read(one.row, ladder_.name);
            if (!found) return std::move(found).error();
            rank.add(static_cast<std::int64_t>(k) + 1);
            chosen.add(one.chosen);
            first.add(one.first);
            customer.add(of_.panel().key(one.customer));
            as_of.add(of_.panel().day(one.row));
            stage.add(ladder_.rungs[level].name);
            target.add(ladder_.rungs[level + 1].name);
            band.add(one.band == no_level
                         ? std::string_view{}
                         : std::string_view{
                               model_.rules.bands->names[static_cast<std::size_t>(one.band)]});
            mrr.add(one.mrr);
            ends.add_day(of_.value(role::contract_end, one.row));
            nrr.add(worth_[level].expected.value);
            nrr_lower.add(worth_[level].expected.interval.lower);
            nrr_upper.add(worth_[level].expected.interval.upper);
            gain.add(one.gain);
            gain_lower.add(one.mrr * per_mrr(one).interval.lower);
            gain_upper.add(one.mrr * per_mrr(one).interval.upper);
            n.add(per_mrr(one).n);
            effort.add(one.effort);
            ratio.add(one.ratio());
            const ::aiueo::play* answer =
                one.play < 0 ? nullptr : &model_.plays[static_cast<std::size_t>(one.play)];
            play.add(answer == nullptr ? std::string_view{} : answer->name);
            owner.add(answer == nullptr ? std::string_view{} : answer->owner);
            channel.add(answer == nullptr ? std::string_view{} : answer->channel);
            reason.add(reason_of(found->gap, language::en));
            reason_ja.add(reason_of(found->gap, language::ja));
            member.add(of_.text(role::member, one.row));
            team.add(of_.text(role::team, one.row));
        }
        return table_out{static_cast<std::int64_t>(rows)}
            .put("rank", rank)
            .put("chosen", chosen)
            .put("customer", customer)
            .put("as_of", as_of)
            .put("stage", stage)
            .put("target", target)
            .put("band", band)
            .put("first", first)
            .put("mrr", mrr)
            .put("ends", ends)
            .put("expected_nrr", nrr)
            .put("expected_nrr_lower", nrr_lower)
            .put("expected_nrr_upper", nrr_upper)
            .put("gain", gain)
            .put("gain_lower", gain_lower)
            .put("gain_upper", gain_upper)
            .put("n", n)
            .put("effort", effort)
            .put("gain_per_effort", ratio)
            .put("play", play)
            .put("owner", owner)
            .put("channel", channel)
            .put("reason", reason)
            .put("reason_ja", reason_ja)
            .put("member", member)
            .put("team", team)
            .finish();
    }

    [[nodiscard]] std::string money(double value) const {
        // A metric may be anything; what no int64 holds is written as it is.
        return (std::abs(value) < 1e18 ? with_commas(static_cast<std::int64_t>(std::llround(value)))
                                       : format_number(value)) +
               (model_.currency.empty() ? "" : " " + model_.currency);
    }

    [[nodiscard]] remarks told() const {
        remarks out;
        const std::int64_t n = chosen_.customers;
        const std::string effort = format_number(std::round(chosen_.effort * 10) / 10);
        out.sentence.en = n == 0 ? "Nobody can be named whom to help first: no gain is above 0."
                                 : "Help " + customers_en(n) + " first: " + money(chosen_.gain) +
                                       " of MRR (95 %: " + money(chosen_.lower) + " to " +
                                       money(chosen_.upper) + ") for an effort of " + effort + ".";
        out.sentence.ja =
            n == 0 ? "見込みが0を上回る顧客がいないため、優先すべき顧客を挙げられません。"
                   : "まず" + with_commas(n) + "件を支援してください。工数" + effort +
                         "に対し、MRR" + money(chosen_.gain) + "（95%: " + money(chosen_.lower) +
                         "〜" + money(chosen_.upper) + "）が見込めます。";
        out.caution(
            "The gain is an association: customers of the next level kept and added more "
            "MRR. That help makes them do so is not shown.",
            "見込みは関連であって効果ではありません。上の段の顧客ほどMRRを保ち増やした、"
            "というだけで、支援すればそうなるとは示されていません。");
        if (chosen_.lower < 0 && n > 0)
            out.caution("The interval reaches below 0: it is not sure that there is a gain at all.",
                        "区間が0を下回っており、見込みがあるとは言い切れません。");
        const double lost = bound_ - chosen_.gain;
        if (n > 0 && capacity_ && lost > 0.1 * bound_ && any_first()) {
            out.caution("If " + names_of_first() +
                            " did not come first, the same effort would be worth up to " +
                            money(bound_) + ".",
                        names_of_first() + "を優先しなければ、同じ工数で最大" + money(bound_) +
                            "が見込めます。");
        }
        if (without_play_ > 0)
            out.caution("No play of the model answers what " + customers_en(without_play_) +
                            (without_play_ == 1 ? " lacks, worth " : " lack, worth ") +
                            money(unanswered_) + not_ranked(without_play_),
                        "不足に対応する施策がモデルにない" + with_commas(without_play_) +
                            "件（見込み" + money(unanswered_) + "）は順位に入れていません。");
        if (without_mrr_ > 0)
            out.caution("The MRR of " + customers_en(without_mrr_) + " is not known" +
                            not_ranked(without_mrr_),
                        "MRRが不明な" + with_commas(without_mrr_) + "件は順位に入れていません。");
        if (below_zero_ > 0)
            out.caution(
                "The MRR of " + customers_en(below_zero_) + " is below 0" + not_ranked(below_zero_),
                "MRRが0を下回る" + with_commas(below_zero_) + "件は順位に入れていません。");
        if (without_rate_ > 0)
            out.caution("What a step up is worth is not known for " + customers_en(without_rate_) +
                            not_ranked(without_rate_),
                        "段が上がったときの見込みが不明な" + with_commas(without_rate_) +
                            "件は順位に入れていません。");
        caution_not_seen(of_, out);
        return out;
    }

    [[nodiscard]] static std::string not_ranked(std::int64_t n) {
        return n == 1 ? "; it is not ranked." : "; they are not ranked.";
    }
    [[nodiscard]] bool any_first() const {
        return std::any_of(ranked_.begin(), ranked_.end(),
                           [](const candidate& one) { return one.first; });
    }
    [[nodiscard]] std::string names_of_first() const {
        std::string out;
        for (const std::string& one : model_.priority.first) out += (out.empty() ? "" : ", ") + one;
        return out;
    }

    [[nodiscard]] std::string head() const {
        std::string text;
        json_writer out{text};
        begin_head(out, "priority", model_, of_, told());
        out.member("ladder", ladder_.name);
        out.member("horizon_months", found_.horizon);
        out.member("lag_months", found_.lag);
        out.member("capacity", capacity_.value_or(undefined));
        out.member("basis", "association");
        out.member("ranked", static_cast<std::int64_t>(ranked_.size()));
        out.member("at_top", at_top_);
        out.member("ended", ended_);
        out.member("without_mrr", without_mrr_);
        out.member("below_zero", below_zero_);
        out.member("without_rate", without_rate_);
        out.member("without_play", without_play_);
        out.key("chosen");
        write(out, chosen_);
        out.member("at_most", bound_);
        write_levels(out);
        write_bands(out);
        out.end_object();
        return text;
    }

    void write_levels(json_writer& out) const {
        out.key("levels").begin_array();
        for (std::size_t k = 0; k < worth_.size(); ++k) {
            out.begin_object();
            out.member("level", ladder_.rungs[k].name);
            detail::write(out, "expected_nrr", worth_[k].expected);
            detail::write(out, "gain_per_mrr", worth_[k].gain);
            out.end_object();
        }
        out.end_array();
    }

    /// What each band would give, so that the bands to start with can be checked.
    void write_bands(json_writer& out) const {
        out.key("bands").begin_array();
        const std::size_t bands = model_.rules.bands ? model_.rules.bands->names.size() : 0;
        for (std::size_t b = 0; b < bands; ++b) {
            worth_sum sum;
            for (const candidate& one : ranked_) {
                if (one.band == static_cast<level_index>(b)) sum.add(one, per_mrr(one));
            }
            out.begin_object();
            out.member("band", model_.rules.bands->names[b]);
            out.member("first", is_first(static_cast<level_index>(b)));
            out.key("all");
            write(out, sum);
            out.end_object();
        }
        out.end_array();
    }

    const portfolio& of_;
    const model& model_;
    const nrr_finding& found_;
    const priority_options& with_;
    const ladder& ladder_;
    gap_reader gaps_;
    std::optional<double> capacity_;
    std::vector<level_worth> worth_;  ///< by rung
    std::vector<candidate> ranked_;
    worth_sum chosen_;
    double bound_ = 0;
    double unanswered_ = 0;
    std::int64_t at_top_ = 0, ended_ = 0, without_mrr_ = 0, below_zero_ = 0, without_rate_ = 0,
                 without_play_ = 0;
};

}  // namespace

result<action_list> list_priority(const action_inputs& in, const priority_options& with) {
    const default_float_mode usual;
    if (auto ladder = own_ladder_named(in.with.model(), {}); !ladder)
        return std::move(ladder).error();
    if (with.capacity && !(*with.capacity >= 0 && *with.capacity <= most_capacity)) {
        return make_error(errc::invalid_argument, "the capacity is a number from 0 to " +
                                                      format_number(most_capacity) + ", not " +
                                                      format_number(*with.capacity));
    }
    if (in.seen == nullptr) {
        return make_error(errc::invalid_argument,
                          "what a step up is worth comes from evidence; give it");
    }
    const nrr_finding found = study_nrr(*in.seen);
    if (found.why != nrr_gap::none) {
        return make_error(errc::invalid_argument,
                          "the evidence does not say what a step up is worth (" +
                              std::string{name_of(found.why)} + "): " + found.told.sentence.en);
    }
    if (found.of != in.with.model().rules.ladders.front().name) {
        return make_error(errc::invalid_argument, "the evidence is of ladder \"" + found.of +
                                                      "\", the model's first is \"" +
                                                      in.with.model().rules.ladders.front().name +
                                                      "\"");
    }
    auto of = portfolio::make(in, with.as_of);
    if (!of) return std::move(of).error();
    return priority_list{in, *of, found, with}.run();
}

}  // namespace aiueo
