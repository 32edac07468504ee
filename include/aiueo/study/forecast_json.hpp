// study › forecast_json: a forecast as JSON, by schema/findings/forecast.schema.json.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "aiueo/study/forecast_finding.hpp"

namespace aiueo {

namespace detail {

/// Of a distribution, counts less probable than this at either end are left out of JSON; and a
/// distribution of more counts is.
inline constexpr double least_told_mass = 1e-6;
inline constexpr std::size_t most_told_counts = 1024;

inline void write_intervals(json_writer& out,
                            const std::array<interval, forecast_levels.size()>& of) {
    out.key("intervals").begin_array();
    for (std::size_t k = 0; k < of.size(); ++k) {
        out.begin_object()
            .member("level", forecast_levels[k])
            .member("lower", of[k].lower)
            .member("upper", of[k].upper)
            .end_object();
    }
    out.end_array();
}

inline void write(json_writer& out, std::string_view key, const forecast_amount& one) {
    out.key(key)
        .begin_object()
        .member("mean", one.mean)
        .member("error", one.error)
        .member("method", name_of(one.method))
        .member("error_bound", one.error_bound);
    write_intervals(out, one.intervals);
    out.end_object();
}

inline void write(json_writer& out, std::string_view key, const count_distribution& one) {
    const auto mass = one.mass();
    std::size_t from = 0, to = mass.size();
    while (to - from > 1 && mass[from] < least_told_mass) ++from;
    while (to - from > 1 && mass[to - 1] < least_told_mass) --to;
    out.key(key);
    if (mass.empty() || to - from > most_told_counts) {
        out.null();
        return;
    }
    out.begin_object().member("first", one.first() + static_cast<std::int64_t>(from));
    out.key("probabilities").begin_array();
    for (std::size_t k = from; k < to; ++k) out.number(mass[k]);
    out.end_array().end_object();
}

inline void write(json_writer& out, const forecast_period& one) {
    out.begin_object();
    write_text_or_null(out, "month", one.month);
    out.member("due", one.due)
        .member("certain", one.certain)
        .member("unpriced", one.unpriced)
        .member("due_mrr_minor_units", one.due_mrr);
    write(out, "renewed", one.renewed);
    write(out, "rate", one.rate);
    write(out, "kept_mrr_minor_units", one.kept_mrr);
    write(out, "renewed_mrr_minor_units", one.renewed_mrr);
    write(out, "churned_mrr_minor_units", one.churned_mrr);
    out.key("variance")
        .begin_object()
        .member("chance", one.variance.chance)
        .member("parameters", one.variance.parameters)
        .member("months", one.variance.months)
        .end_object();
    write(out, "distribution", one.distribution);
    out.key("levels").begin_array();
    for (const forecast_level& level : one.levels) {
        out.begin_object();
        write_text_or_null(out, "level", level.level);
        out.member("rate", level.rate)
            .member("due", level.due)
            .member("due_mrr_minor_units", level.due_mrr)
            .member("mrr_rate", level.mrr_rate)
            .end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, std::string_view key, const forecast_split& one) {
    out.key(key)
        .begin_object()
        .member("ends", one.ends)
        .member("mix", one.mix)
        .member("rate", one.rate)
        .end_object();
}

inline void write_or_null(json_writer& out, std::string_view key,
                          const std::optional<std::int64_t>& one) {
    out.key(key);
    if (one)
        out.integer(*one);
    else
        out.null();
}

inline void write_trials(json_writer& out, std::string_view key,
                         const std::vector<forecast_trial>& of) {
    out.key(key).begin_array();
    for (const forecast_trial& one : of) {
        out.begin_object();
        write_or_null(out, "months_ahead",
                      one.ahead ? std::optional<std::int64_t>{*one.ahead} : std::nullopt);
        out.member("months", one.months).member("verdict", name_of(one.verdict));
        out.key("coverage").begin_array();
        for (const forecast_coverage& each : one.coverage) {
            out.begin_object().member("level", each.level).member("expected", each.expected);
            write(out, "share", each.share);
            out.end_object();
        }
        out.end_array();
        write(out, "bias", one.bias);
        out.member("error", one.error).member("naive_error", one.naive_error).end_object();
    }
    out.end_array();
}

inline void write(json_writer& out, const forecast_backtest& one) {
    out.begin_object().member("verdict", name_of(one.verdict)).member("forecasts", one.forecasts);
    write_trials(out, "renewed", one.renewed);
    write_trials(out, "kept_mrr", one.kept_mrr);
    out.key("origins").begin_array();
    for (const forecast_past& each : one.origins) {
        out.begin_object()
            .member("origin", each.origin)
            .member("months", each.months)
            .member("forecast", each.forecast)
            .member("came", each.came);
        write(out, "deviation", each.split);
        out.member("mrr_forecast_minor_units", each.mrr_forecast)
            .member("mrr_came_minor_units", each.mrr_came);
        write(out, "mrr_deviation", each.mrr_split);
        out.end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, const forecast_compared& one) {
    out.begin_object().member("origin", one.origin);
    write_text_or_null(out, "data_until", one.data_until);
    out.member("same_model", one.same_model).member("same_levels", one.same_levels);
    out.key("months").begin_array();
    for (const forecast_compared_month& each : one.months) {
        out.begin_object().member("month", each.month);
        const auto put = [&out](std::string_view key, double forecast, const auto& intervals,
                                const auto& came, double inside, const forecast_split& split) {
            out.key(key).begin_object().member("forecast", forecast);
            write_intervals(out, intervals);
            write_or_null(out, "came", came);
            out.member("inside", inside);
            write(out, "deviation", split);
            out.end_object();
        };
        put("renewed", each.forecast, each.intervals, each.came, each.inside, each.split);
        put("kept_mrr_minor_units", each.mrr_forecast, each.mrr_intervals, each.mrr_came,
            each.mrr_inside, each.mrr_split);
        out.end_object();
    }
    out.end_array().end_object();
}

}  // namespace detail

/// By schema/findings/forecast.schema.json.
inline void write_json(json_writer& out, const forecast_finding& found) {
    out.begin_object().member("study", "forecast");
    detail::write_text_or_null(out, "origin", found.origin);
    detail::write_text_or_null(out, "data_until", found.data_until);
    out.member("model", found.model);
    detail::write_text_or_null(out, "why", found.why);
    detail::write_text_or_null(out, "level_of", found.levels);
    out.member("horizon_months", found.horizon_months).member("shrinkage", found.shrinkage);
    detail::write_text_or_null(out, "currency", found.currency);
    out.member("minor_digits", found.minor_digits)
        .member("decisions", found.decisions)
        .member("decision_months", found.decision_months)
        .member("overdue", found.overdue)
        .member("decided_ahead", found.decided_ahead)
        .member("renewed", found.renewed)
        .member("unfollowed", found.unfollowed);
    out.key("month_effect")
        .begin_object()
        .member("error", found.month_effect)
        .member("months", found.month_effect_months)
        .end_object();
    detail::write(out, found.told);
    out.key("together");
    if (found.months.empty())
        out.null();
    else
        detail::write(out, found.together);
    out.key("months").begin_array();
    for (const forecast_period& one : found.months) detail::write(out, one);
    out.end_array();
    out.key("rates").begin_array();
    for (const forecast_rate& one : found.rates) {
        out.begin_object();
        detail::write_text_or_null(out, "level", one.level);
        out.member("terms", one.terms);
        detail::write(out, "rate", one.rate);
        out.member("borrowed", one.borrowed).end_object();
    }
    out.end_array();
    out.key("moves").begin_array();
    for (const forecast_move& one : found.moves) {
        out.begin_object();
        detail::write_text_or_null(out, "from", one.from);
        detail::write_text_or_null(out, "to", one.to);
        out.member("share", one.share).member("n", one.n).end_object();
    }
    out.end_array();
    out.key("term_changes").begin_array();
    for (const forecast_change_of_term& one : found.term_changes) {
        out.begin_object();
        detail::write_text_or_null(out, "level", one.level);
        out.member("terms", one.terms).member("tenure", one.tenure);
        detail::write(out, "share", one.share);
        out.end_object();
    }
    out.end_array();
    out.key("next_terms").begin_array();
    for (const forecast_next_term& one : found.next_terms) {
        out.begin_object()
            .member("terms", one.terms)
            .member("months", std::int64_t{one.months})
            .member("share", one.share)
            .member("n", one.n)
            .end_object();
    }
    out.end_array();
    out.key("growth").begin_array();
    for (const forecast_growth& one : found.growth) {
        out.begin_object().member("terms", one.terms);
        detail::write_text_or_null(out, "tenure", one.tenure);
        detail::write(out, "ratio", one.ratio);
        out.member("pooled", one.pooled).end_object();
    }
    out.end_array();
    out.key("what_if").begin_array();
    for (const forecast_what_if& one : found.what_if) {
        out.begin_object()
            .member("from", one.from)
            .member("to", one.to)
            .member("customers", one.customers)
            .member("before", one.before)
            .member("there", one.there)
            .member("contracts", one.contracts)
            .member("meaning", "association");
        detail::write(out, "renewed", one.renewed);
        detail::write(out, "kept_mrr_minor_units", one.kept_mrr);
        detail::write(out, "renewed_mrr_minor_units", one.renewed_mrr);
        out.end_object();
    }
    out.end_array();
    out.key("trends").begin_array();
    for (const forecast_trend& one : found.trends) {
        out.begin_object();
        detail::write_text_or_null(out, "level", one.level);
        detail::write(out, "recent", one.recent);
        detail::write(out, "before", one.before);
        detail::write(out, "difference", one.difference);
        out.end_object();
    }
    out.end_array();
    out.key("backtest");
    if (found.backtest)
        detail::write(out, *found.backtest);
    else
        out.null();
    out.key("compared");
    if (found.compared)
        detail::write(out, *found.compared);
    else
        out.null();
    out.end_object();
}

}  // namespace aiueo
