// action › alerts: see action/alerts.hpp.
#include "aiueo/action/alerts.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"

#include "alert_watch.hpp"
#include "columns.hpp"
#include "heads.hpp"
#include "portfolio.hpp"

namespace aiueo {

namespace {

using namespace detail;

[[nodiscard]] std::string_view kind_name(alert::on what) {
    switch (what) {
    case alert::on::drop: return "drop";
    case alert::on::down: return "down";
    case alert::on::dark: return "dark";
    }
    return "drop";
}

[[nodiscard]] std::size_t group_of(const alert& one) {
    for (std::size_t g = 0; g < group_count; ++g) {
        if (group_names[g] == one.of) return g;
    }
    return overall_change;
}

class alert_list {
public:
    alert_list(const action_inputs& in, const portfolio& of, const alert_options& with,
               std::int32_t since)
        : in_(in), of_(of), model_(in.with.model()), with_(with), since_(since) {}

    [[nodiscard]] result<action_list> run() {
        counts_.assign(model_.alerts.size(), 0);
        open_.assign(model_.alerts.size(), 0);
        std::vector<fired_alert> all;
        for (std::size_t k = 0; k < model_.alerts.size(); ++k) {
            const alert& one = model_.alerts[k];
            if (!with_.alert.empty() && with_.alert != one.name) continue;
            if (status ok = watch(k, all); !ok) return std::move(ok).error();
        }
        std::erase_if(all, [this](const fired_alert& one) { return one.day < since_; });
        std::sort(all.begin(), all.end(), [](const fired_alert& a, const fired_alert& b) {
            if (a.day != b.day) return a.day > b.day;
            return a.alert != b.alert ? a.alert < b.alert : a.customer < b.customer;
        });
        for (const fired_alert& one : all) add(one);
        action_list out;
        auto rows = table(static_cast<std::int64_t>(all.size()));
        if (!rows) return std::move(rows).error();
        out.rows = *std::move(rows);
        out.head = head(static_cast<std::int64_t>(all.size()));
        return out;
    }

private:
    [[nodiscard]] status watch(std::size_t k, std::vector<fired_alert>& to) {
        const alert& one = model_.alerts[k];
        switch (one.what) {
        case alert::on::drop: {
            if (!known_) {
                auto known = known_inputs::read(in_);
                if (!known) return std::move(known).error();
                known_ = *std::move(known);
            }
            return watch_drop(in_, of_, *known_, k, group_of(one), to);
        }
        case alert::on::down: {
            auto ladder = own_ladder_named(model_, one.ladder);
            if (!ladder) return std::move(ladder).error();
            watch_fall(of_, model_, k, *ladder, to);
            return {};
        }
        case alert::on::dark: watch_dark(of_, model_, k, group_of(one), to); return {};
        }
        return {};
    }

    [[nodiscard]] double score_at(const alert& one, std::int64_t row) const {
        const std::size_t group = group_of(one);
        const auto at = static_cast<std::size_t>(row);
        return group == overall_change ? of_.given().overall()[at]
                                       : of_.given()[static_cast<axis>(group)][at];
    }

    [[nodiscard]] std::string rung_at(const alert& one, std::int64_t row) const {
        const std::size_t ladder = *own_ladder_named(model_, one.ladder);
        const level_index at = of_.given().stage(ladder)[static_cast<std::size_t>(row)];
        return model_.rules.ladders[ladder].rungs[static_cast<std::size_t>(at)].name;
    }

    /// The first play for a component.
    [[nodiscard]] const play* play_for(const std::string& component) const {
        for (const play& one : model_.plays) {
            if (std::find(one.for_gaps.begin(), one.for_gaps.end(), component) !=
                one.for_gaps.end())
                return &one;
        }
        return nullptr;
    }

    void add(const fired_alert& one) {
        const alert& rule = model_.alerts[one.alert];
        const std::string_view customer = of_.panel().key(one.customer);
        const bool ladder = rule.what == alert::on::down;
        const std::string because =
            one.because == nullptr ? std::string{}
                                   : std::string{group_names[static_cast<std::size_t>(one.group)]} +
                                         "." + one.because->name;
        ++counts_[one.alert];
        open_[one.alert] += one.open ? 1 : 0;
        key_.add(rule.name + ":" + format_date(one.day) + ":" + std::string{customer});
        fired_.add(one.day);
        alert_.add(rule.name);
        customer_.add(customer);
        kind_.add(kind_name(rule.what));
        still_.add(one.open);
        from_.add(of_.panel().day(one.from));
        before_.add(ladder ? unknown_value : score_at(rule, one.from));
        after_.add(ladder ? unknown_value : score_at(rule, one.row));
        behaviour_.add(one.behaviour);
        because_.add(because);
        stage_before_.add(ladder ? rung_at(rule, one.from) : std::string{});
        stage_after_.add(ladder ? rung_at(rule, one.row) : std::string{});
        reason_.add(reason(one, because, language::en));
        reason_ja_.add(reason(one, because, language::ja));
        const play* answer = because.empty() ? nullptr : play_for(because);
        play_.add(answer == nullptr ? std::string_view{} : answer->name);
        owner_.add(answer == nullptr ? std::string_view{} : answer->owner);
        channel_.add(answer == nullptr ? std::string_view{} : answer->channel);
        const std::int64_t shown = of_.panel().last(one.customer, of_.as_of());
        stage_.add(own_stage(shown));
        mrr_.add(of_.value(role::mrr, shown));
        ends_.add_day(of_.value(role::contract_end, shown));
        member_.add(of_.text(role::member, shown));
        team_.add(of_.text(role::team, shown));
    }

    [[nodiscard]] std::string own_stage(std::int64_t row) const {
        if (!own_ladder_named(model_, {}).ok()) return {};
        const level_index at = of_.given().stage(0)[static_cast<std::size_t>(row)];
        return model_.rules.ladders[0].rungs[static_cast<std::size_t>(at)].name;
    }

    [[nodiscard]] std::string reason(const fired_alert& one, const std::string& because,
                                     language in) const {
        const bool ja = in == language::ja;
        const alert& rule = model_.alerts[one.alert];
        const std::string from = format_date(of_.panel().day(one.from));
        switch (rule.what) {
        case alert::on::drop: {
            const std::string fall = shown(-one.behaviour, 1, in);
            const std::string before = shown(score_at(rule, one.from), 1, in);
            const std::string after = shown(score_at(rule, one.row), 1, in);
            return ja ? rule.of + "が行動により" + fall + "点低下" +
                            (because.empty() ? "" : "、主に" + because) + "（" + from + "の" +
                            before + "から" + after + "へ）"
                      : rule.of + " fell " + fall + " points through behaviour" +
                            (because.empty() ? "" : ", most by " + because) + " (" + before +
                            " on " + from + ", " + after + " now)";
        }
        case alert::on::down:
            return ja ? rung_at(rule, one.from) + "から" + rung_at(rule, one.row) + "へ後退（" +
                            from + "時点から）"
                      : "back from " + rung_at(rule, one.from) + " to " + rung_at(rule, one.row) +
                            " (since " + from + ")";
        case alert::on::dark: {
            const std::string before = shown(score_at(rule, one.from), 1, in);
            return ja ? rule.of + "が算出できなくなった（最後は" + from + "の" + before + "）"
                      : rule.of + " cannot be told any more (last " + before + " on " + from + ")";
        }
        }
        return {};
    }

    [[nodiscard]] result<owned_table> table(std::int64_t rows) {
        return table_out{rows}
            .put("key", key_)
            .put("fired", fired_)
            .put("alert", alert_)
            .put("customer", customer_)
            .put("kind", kind_)
            .put("open", still_)
            .put("from", from_)
            .put("before", before_)
            .put("after", after_)
            .put("behaviour", behaviour_)
            .put("because", because_)
            .put("stage_before", stage_before_)
            .put("stage_after", stage_after_)
            .put("reason", reason_)
            .put("reason_ja", reason_ja_)
            .put("play", play_)
            .put("owner", owner_)
            .put("channel", channel_)
            .put("stage", stage_)
            .put("mrr", mrr_)
            .put("ends", ends_)
            .put("member", member_)
            .put("team", team_)
            .finish();
    }

    [[nodiscard]] remarks told(std::int64_t rows) const {
        remarks out;
        std::int64_t open = 0;
        for (const std::int64_t one : open_) open += one;
        const std::string since = format_date(since_);
        out.sentence.en = with_commas(rows) + (rows == 1 ? " alert" : " alerts") + " since " +
                          since + ", " + with_commas(open) + " of them still open.";
        out.sentence.ja = since + "以降のアラートは" + with_commas(rows) + "件、うち" +
                          with_commas(open) + "件は継続中です。";
        bool panel = false;
        for (std::size_t k = 0; k < of_.panel().customers() && !panel; ++k) {
            const auto rows_of_one = of_.panel().rows_of(k);
            panel = rows_of_one.size() > 1 && of_.panel().day(rows_of_one[1]) <= of_.as_of();
        }
        if (!panel && !model_.alerts.empty())
            out.caution("No customer has snapshots of two dates, so nothing can have changed.",
                        "2時点のスナップショットを持つ顧客がいないため、変化は分かりません。");
        caution_windows(out);
        return out;
    }

    /// Customers whose last two snapshots are further apart than an alert looks back.
    void caution_windows(remarks& out) const {
        for (const alert& one : model_.alerts) {
            if (one.what != alert::on::drop) continue;
            if (!with_.alert.empty() && with_.alert != one.name) continue;
            std::int64_t apart = 0;
            for (const std::size_t k : of_.seen()) {
                const std::span<const std::int64_t> rows = of_.panel().rows_of(k);
                const auto at = std::find(rows.begin(), rows.end(), of_.row_of(k));
                if (at == rows.begin()) continue;
                apart +=
                    of_.panel().day(*at) - of_.panel().day(*(at - 1)) > one.window_days ? 1 : 0;
            }
            if (apart == 0) continue;
            const std::string days = std::to_string(one.window_days);
            out.caution("The last two snapshots of " + customers_en(apart) + " are more than " +
                            days + " days apart, which is as far as " + one.name +
                            " looks back: it compares nothing there.",
                        one.name + "が遡る" + days + "日より直近2回のスナップショットの間隔が長い" +
                            with_commas(apart) + "件では、何も比較していません。");
        }
    }

    [[nodiscard]] std::string head(std::int64_t rows) const {
        std::string text;
        json_writer out{text};
        begin_head(out, "alerts", model_, of_, told(rows));
        out.member("since", format_date(since_));
        out.key("alerts").begin_array();
        for (std::size_t k = 0; k < model_.alerts.size(); ++k) {
            if (!with_.alert.empty() && with_.alert != model_.alerts[k].name) continue;
            out.begin_object()
                .member("alert", model_.alerts[k].name)
                .member("kind", kind_name(model_.alerts[k].what))
                .member("fired", counts_[k])
                .member("open", open_[k])
                .end_object();
        }
        out.end_array();
        out.end_object();
        return text;
    }

    const action_inputs& in_;
    const portfolio& of_;
    const model& model_;
    const alert_options& with_;
    std::int32_t since_;
    std::optional<known_inputs> known_;  ///< once a drop asks for it
    std::vector<std::int64_t> counts_, open_;
    text_cells_out key_, alert_, customer_, kind_, because_, stage_before_, stage_after_, reason_;
    text_cells_out reason_ja_, play_, owner_, channel_, stage_, member_, team_;
    date_cells fired_, from_, ends_;
    flag_cells still_;
    number_cells before_, after_, behaviour_, mrr_;
};

}  // namespace

result<action_list> list_alerts(const action_inputs& in, const alert_options& with) {
    const default_float_mode usual;
    const model& subject = in.with.model();
    std::vector<std::string_view> names;
    for (const alert& one : subject.alerts) names.push_back(one.name);
    if (!with.alert.empty() && std::find(names.begin(), names.end(), with.alert) == names.end()) {
        return make_error(errc::not_found, "the model has no alert " + aiueo::quoted(with.alert) +
                                               did_you_mean(with.alert, names));
    }
    auto of = portfolio::make(in, with.as_of);
    if (!of) return std::move(of).error();
    const std::int32_t since = with.since == latest_day ? of->as_of() - 30 : with.since;
    if (since > of->as_of()) {
        return make_error(errc::invalid_argument, "since " + format_date(since) +
                                                      " is after the list's date, " +
                                                      format_date(of->as_of()));
    }
    return alert_list{in, *of, with, since}.run();
}

}  // namespace aiueo
