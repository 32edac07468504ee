// action › triggers: see action/triggers.hpp.
#include "aiueo/action/triggers.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/hash.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/score/trigger_ladders.hpp"

#include "columns.hpp"
#include "condition_values.hpp"
#include "heads.hpp"
#include "portfolio.hpp"

namespace aiueo {

namespace {

using namespace detail;

/// What became of a trigger's customers.
struct trigger_counts {
    std::int64_t holds = 0;        ///< its condition is true
    std::int64_t unknown = 0;      ///< it cannot be told
    std::int64_t succeeded = 0;    ///< of those that hold: did it already
    std::int64_t sent_before = 0;  ///< of the rest: in this period
    std::int64_t held_out = 0;     ///< of the rest: on purpose
    std::vector<std::int64_t> variants;
};

struct trigger_columns {
    text_cells_out key, customer, initiative, variant, play, owner, channel, reason, stage;
    text_cells_out member, team;
    date_cells date, period;
    flag_cells holdout;
    number_cells effort, mrr;
    std::int64_t rows = 0;
};

/// When a trigger may come again: the metric whose day names the period; −1 = never.
[[nodiscard]] std::int32_t period_metric(const model& of, const trigger& one) {
    std::string named = one.once_per;
    if (named.empty()) {
        const auto start = of.roles.find("contract_start");
        if (start != of.roles.end()) named = start->second;
    }
    if (named.empty() || named == "customer") return -1;
    const metric* found = of.find_metric(named);
    return found == nullptr ? -1 : static_cast<std::int32_t>(found - of.metrics.data());
}

class trigger_list {
public:
    trigger_list(const action_inputs& in, const portfolio& of, const trigger_options& with)
        : in_(in), of_(of), model_(in.with.model()), with_(with) {}

    [[nodiscard]] result<action_list> run() {
        counts_.resize(model_.triggers.size());
        for (std::size_t k = 0; k < model_.triggers.size(); ++k) {
            const trigger& one = model_.triggers[k];
            counts_[k].variants.assign(one.variants.size(), 0);
            if (with_.trigger.empty() || with_.trigger == one.name) list(one, counts_[k]);
        }
        action_list out;
        auto rows = table();
        if (!rows) return std::move(rows).error();
        out.rows = *std::move(rows);
        out.head = head();
        return out;
    }

private:
    void list(const trigger& one, trigger_counts& counts) {
        const std::size_t asked = trigger_ladder(model_, trigger_prefix, one.name);
        const std::size_t success = trigger_ladder(model_, success_prefix, one.name);
        const std::int32_t period = period_metric(model_, one);
        const std::int32_t sent_as = initiative_id(one.name);
        std::vector<std::uint32_t> reads;
        add_metrics(one.when, reads);
        for (const std::size_t customer : of_.seen()) {
            const std::int64_t row = of_.row_of(customer);
            const auto at = static_cast<std::size_t>(row);
            if (of_.given().stage(asked)[at] == 0) {
                counts.unknown += of_.given().provisional(asked)[at] != no_level ? 1 : 0;
                continue;
            }
            ++counts.holds;
            if (success < model_.rules.ladders.size() && of_.given().stage(success)[at] == 1) {
                ++counts.succeeded;
                continue;
            }
            const double day =
                period < 0 ? unknown_value : of_.value(static_cast<std::uint32_t>(period), row);
            if (was_sent(customer, sent_as, since(row, day))) {
                ++counts.sent_before;
                continue;
            }
            const std::string_view key = of_.panel().key(customer);
            const std::int32_t variant = variant_of(one, key);
            if (variant < 0)
                ++counts.held_out;
            else if (!one.variants.empty())
                ++counts.variants[static_cast<std::size_t>(variant)];
            if (variant < 0 && !with_.holdouts) continue;
            add(one, key, row, variant, day, reads);
        }
    }

    [[nodiscard]] std::int32_t initiative_id(std::string_view name) const {
        if (in_.initiatives == nullptr) return -1;
        return in_.initiatives->initiatives().find(name);
    }

    /// When the period began that a day names: then, or, if the day is still to come and so ends
    /// the period, with the contract. Unknown: nobody knows, so it comes once.
    [[nodiscard]] double since(std::int64_t row, double day) const {
        if (!(day > of_.as_of())) return day;
        const double start = of_.value(role::contract_start, row);
        return start > of_.as_of() ? unknown_value : start;
    }

    /// Since the period began, or ever; never after the list's day.
    [[nodiscard]] bool was_sent(std::size_t customer, std::int32_t initiative, double since) const {
        if (initiative < 0) return false;
        for (const initiative_entry& one : in_.initiatives->of(of_.panel().key(customer))) {
            if (one.initiative != initiative || one.date == initiative_entry::no_date) continue;
            if (one.date > of_.as_of()) continue;
            if (since != since || static_cast<double>(one.date) >= since) return true;
        }
        return false;
    }

    void add(const trigger& one, std::string_view customer, std::int64_t row, std::int32_t variant,
             double period, const std::vector<std::uint32_t>& reads) {
        trigger_columns& c = columns_;
        std::string key = one.name + ":";
        if (period == period) key += format_date(static_cast<std::int32_t>(period));
        key += ":" + std::string{customer};
        c.key.add(key);
        c.customer.add(customer);
        c.initiative.add(one.name);
        c.date.add(of_.as_of());
        c.variant.add(
            variant < 0 || one.variants.empty()
                ? std::string_view{}
                : std::string_view{one.variants[static_cast<std::size_t>(variant)].first});
        c.holdout.add(variant < 0);
        const play* answer = nullptr;
        for (const play& each : model_.plays) {
            if (each.name == one.play) answer = &each;
        }
        c.play.add(one.play);
        c.owner.add(answer == nullptr ? std::string_view{} : answer->owner);
        c.channel.add(answer == nullptr ? std::string_view{} : answer->channel);
        c.effort.add(answer == nullptr ? unknown_value : answer->effort);
        c.reason.add(condition_with_values(one.when, reads, of_, in_.rows, row));
        c.period.add_day(period);
        c.stage.add(own_ladders(model_) == 0
                        ? std::string_view{}
                        : model_.rules.ladders[0]
                              .rungs[static_cast<std::size_t>(
                                  of_.given().stage(0)[static_cast<std::size_t>(row)])]
                              .name);
        c.mrr.add(of_.value(role::mrr, row));
        c.member.add(of_.text(role::member, row));
        c.team.add(of_.text(role::team, row));
        ++c.rows;
    }

    [[nodiscard]] result<owned_table> table() {
        trigger_columns& c = columns_;
        return table_out{c.rows}
            .put("key", c.key)
            .put("customer", c.customer)
            .put("initiative", c.initiative)
            .put("date", c.date)
            .put("variant", c.variant)
            .put("holdout", c.holdout)
            .put("play", c.play)
            .put("owner", c.owner)
            .put("channel", c.channel)
            .put("effort", c.effort)
            .put("reason", c.reason)
            .put("period", c.period)
            .put("stage", c.stage)
            .put("mrr", c.mrr)
            .put("member", c.member)
            .put("team", c.team)
            .finish();
    }

    [[nodiscard]] remarks told() const {
        remarks out;
        std::int64_t sent = 0, held_out = 0, unknown = 0, before = 0;
        std::size_t asked = 0;
        for (std::size_t k = 0; k < counts_.size(); ++k) {
            const trigger_counts& one = counts_[k];
            if (!with_.trigger.empty() && with_.trigger != model_.triggers[k].name) continue;
            ++asked;
            sent += one.holds - one.succeeded - one.sent_before - one.held_out;
            held_out += one.held_out;
            unknown += one.unknown;
            before += one.sent_before;
        }
        const std::string n = with_commas(sent);
        out.sentence.en = n + (sent == 1 ? " message" : " messages") + " to send by " +
                          std::to_string(asked) + (asked == 1 ? " trigger" : " triggers") +
                          (held_out > 0 ? ", and " + with_commas(held_out) + " held out" : "") +
                          (before > 0 ? "; " + with_commas(before) + " were sent before" : "") +
                          ".";
        out.sentence.ja =
            std::to_string(asked) + "個のトリガーで送るものは" + n + "件" +
            (held_out > 0 ? "、比較のため送らないものは" + with_commas(held_out) + "件" : "") +
            (before > 0 ? "、送付済みは" + with_commas(before) + "件" : "") + "です。";
        if (in_.initiatives == nullptr && asked > 0) {
            out.caution(
                "Without an initiatives table nobody knows what was sent: the same keys "
                "come again until the rows are recorded there.",
                "施策（initiatives）の表がないため送付済みかどうか分かりません。"
                "記録されるまで同じkeyが繰り返し出ます。");
        }
        if (unknown > 0) {
            out.caution(with_commas(unknown) + (unknown == 1 ? " time" : " times") +
                            " a condition could not be told, because what it reads is "
                            "unknown; nothing is sent then.",
                        "条件が読む値が不明なため判定できないものが" + with_commas(unknown) +
                            "件あり、送る対象にしていません。");
        }
        caution_not_seen(of_, out);
        return out;
    }

    [[nodiscard]] std::string head() const {
        std::string text;
        json_writer out{text};
        begin_head(out, "triggers", model_, of_, told());
        out.key("triggers").begin_array();
        for (std::size_t k = 0; k < counts_.size(); ++k) {
            const trigger& one = model_.triggers[k];
            const trigger_counts& n = counts_[k];
            if (!with_.trigger.empty() && with_.trigger != one.name) continue;
            out.begin_object();
            out.member("trigger", one.name);
            out.member("when", one.when.source);
            out.member("play", one.play);
            out.member("holds", n.holds);
            out.member("unknown", n.unknown);
            out.member("succeeded", n.succeeded);
            out.member("sent_before", n.sent_before);
            out.member("held_out", n.held_out);
            out.member("to_send", n.holds - n.succeeded - n.sent_before - n.held_out);
            out.key("variants").begin_array();
            for (std::size_t v = 0; v < one.variants.size(); ++v) {
                out.begin_object()
                    .member("variant", one.variants[v].first)
                    .member("share", one.variants[v].second)
                    .member("to_send", n.variants[v])
                    .end_object();
            }
            out.end_array();
            out.end_object();
        }
        out.end_array();
        out.end_object();
        return text;
    }

    const action_inputs& in_;
    const portfolio& of_;
    const model& model_;
    const trigger_options& with_;
    std::vector<trigger_counts> counts_;
    trigger_columns columns_;
};

}  // namespace

std::int32_t variant_of(const trigger& of, std::string_view customer) {
    std::string text;
    text.reserve(of.name.size() + 1 + customer.size());
    text += of.name;
    text += '\x1F';
    text += customer;
    const double at = static_cast<double>(hash_text(text) >> 11) * 0x1p-53;
    double reached = of.holdout;
    if (at < reached) return -1;
    for (std::size_t k = 0; k + 1 < of.variants.size(); ++k) {
        reached += of.variants[k].second;
        if (at < reached) return static_cast<std::int32_t>(k);
    }
    return of.variants.empty() ? 0 : static_cast<std::int32_t>(of.variants.size()) - 1;
}

result<action_list> list_triggers(const action_inputs& in, const trigger_options& with) {
    const default_float_mode usual;
    const model& subject = in.with.model();
    if (!subject.triggers.empty() && own_ladders(subject) == subject.rules.ladders.size()) {
        return make_error(errc::invalid_argument,
                          "this plan does not ask triggers; bind the batch to a plan that is made "
                          "to act");
    }
    std::vector<std::string_view> names;
    for (const trigger& one : subject.triggers) names.push_back(one.name);
    if (!with.trigger.empty() &&
        std::find(names.begin(), names.end(), with.trigger) == names.end()) {
        return make_error(errc::not_found, "the model has no trigger " +
                                               aiueo::quoted(with.trigger) +
                                               did_you_mean(with.trigger, names));
    }
    std::vector<std::uint32_t> metrics;
    for (const trigger& one : subject.triggers) {
        add_metrics(one.when, metrics);
        const std::int32_t period = period_metric(subject, one);
        if (period >= 0) metrics.push_back(static_cast<std::uint32_t>(period));
    }
    auto of = portfolio::make(in, with.as_of, metrics);
    if (!of) return std::move(of).error();
    return trigger_list{in, *of, with}.run();
}

}  // namespace aiueo
