// study › nrr_json: the finding of the study `nrr` as JSON, by schema/findings/nrr.schema.json.
// … ─► evidence ─► study
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "aiueo/base/json_writer.hpp"
#include "aiueo/study/nrr_finding.hpp"

namespace aiueo {

namespace detail {

inline void write(json_writer& out, std::string_view key, const paying& one) {
    out.key(key)
        .begin_object()
        .member("customers", one.customers)
        .member("mrr_minor_units", one.mrr)
        .end_object();
}

inline void write(json_writer& out, const nrr_level& one) {
    out.begin_object();
    write_text_or_null(out, "level", one.level);
    write(out, "nrr", one.nrr);
    write(out, "grr", one.grr);
    write(out, "renewal", one.renewal);
    write(out, "expansion", one.expansion);
    out.member("customers", one.customers);
    if (one.now)
        write(out, "now", *one.now);
    else
        out.key("now").null();
    out.member("share", one.share);
    write(out, "earlier", one.earlier);
    write(out, "latest", one.latest);
    write(out, "change", one.change);
    out.end_object();
}

inline void write(json_writer& out, std::string_view key, const std::vector<nrr_band>& bands) {
    out.key(key).begin_array();
    for (const nrr_band& one : bands) {
        out.begin_object()
            .member("level", one.level)
            .member("lower", one.between.lower)
            .member("upper", one.between.upper)
            .end_object();
    }
    out.end_array();
}

inline void write(json_writer& out, const nrr_portfolio& one, bool named) {
    out.begin_object();
    if (named) write_text_or_null(out, "name", one.name);
    write(out, "now", one.now);
    write(out, "expected", one.expected);
    write(out, "by_everybody", one.by_everybody);
    out.end_object();
}

inline void write(json_writer& out, std::string_view key, const std::vector<nrr_portfolio>& all) {
    out.key(key).begin_array();
    for (const nrr_portfolio& one : all) write(out, one, true);
    out.end_array();
}

inline void write(json_writer& out, const nrr_experiment& one) {
    out.begin_object().member("initiative", one.initiative).member("established", one.established);
    write(out, "chosen", one.chosen);
    write(out, "held_out", one.held);
    write(out, "effect", one.effect);
    out.member("contracts", one.contracts).member("due_mrr_minor_units", one.due);
    write(out, "impact_minor_units", one.impact);
    out.end_object();
}

inline void write(json_writer& out, const nrr_level_up& one) {
    out.begin_object().member("from", one.from).member("to", one.to);
    write(out, "now", one.now);
    write(out, "difference", one.difference);
    out.member("evidence", one.by_experiment ? "experiment" : "association");
    write(out, "impact_minor_units", one.impact);
    write(out, "association_minor_units", one.association);
    out.key("experiment");
    if (one.experiment)
        write(out, *one.experiment);
    else
        out.null();
    out.key("reach").begin_array();
    for (const nrr_reach& each : one.reach) {
        out.begin_object().member("months", each.months);
        write(out, "share", each.share);
        out.end_object();
    }
    out.end_array();
    write(out, "gain", one.gain);
    out.end_object();
}

inline void write(json_writer& out, const nrr_plan& one) {
    out.begin_object().member("state", name_of(one.state));
    write_text_or_null(out, "why", name_of(one.why));
    out.member("target", one.target).member("capacity", one.capacity);
    out.member("evidence", "association").member("mrr_of_a_customer", "mean_of_its_level");
    out.key("steps").begin_array();
    for (const nrr_step& each : one.steps) {
        out.begin_object()
            .member("from", each.from)
            .member("to", each.to)
            .member("customers", each.customers)
            .member("of", each.of)
            .member("usual", each.usual)
            .member("mean_mrr_minor_units", each.mrr)
            .member("effort", each.effort)
            .member("gain", each.gain)
            .member("sure", each.sure)
            .end_object();
    }
    out.end_array();
    out.member("effort", one.effort)
        .member("method", one.exact ? "exact" : "greedy")
        .member("bound", one.bound);
    write(out, "expected", one.expected);
    out.end_object();
}

inline void write(json_writer& out, const nrr_change& one, bool named) {
    out.begin_object();
    if (named) write_text_or_null(out, "name", one.name);
    write(out, "before", one.before);
    write(out, "after", one.after);
    write(out, "change", one.change);
    out.key("parts").begin_object();
    for (std::size_t k = 0; k < nrr_parts; ++k) write(out, nrr_part_names[k], one.parts[k]);
    out.end_object();
    if (named) out.member("of_all", one.of_all);
    out.end_object();
}

inline void write(json_writer& out, const nrr_review& one) {
    out.begin_object().member("months", one.months).member("from", one.from).member("to", one.to);
    out.key("all");
    write(out, one.all, false);
    for (const bool members : {true, false}) {
        out.key(members ? "members" : "teams").begin_array();
        for (const nrr_change& each : members ? one.members : one.teams) write(out, each, true);
        out.end_array();
    }
    out.end_object();
}

inline void write(json_writer& out, const nrr_cohort& one) {
    out.begin_object();
    write_text_or_null(out, "start", one.start);
    out.key("months");
    if (one.start.empty())
        out.null();
    else
        out.integer(one.months);
    write(out, "then", one.then);
    write(out, "now", one.now);
    out.member("verdict", name_of(one.verdict));
    write(out, "ratio", one.ratio);
    out.member("required", one.required);
    write(out, "difference", one.difference);
    out.member("by_renewal", one.by_renewal)
        .member("by_expansion", one.by_expansion)
        .member("by_target", one.by_target)
        .end_object();
}

inline void write(json_writer& out, const nrr_course_backtest& one) {
    out.begin_object()
        .member("verdict", name_of(one.verdict))
        .member("origins", one.origins)
        .member("independent", one.independent);
    write(out, "right", one.right);
    write(out, "apart", one.apart);
    for (const bool better : {true, false}) {
        const nrr_verdict which = better ? one.better : one.worse;
        write_text_or_null(out, better ? "better" : "worse",
                           which == nrr_verdict::unknown ? std::string_view{} : name_of(which));
    }
    out.key("calls").begin_array();
    for (const nrr_call& each : one.calls) {
        out.begin_object()
            .member("called", name_of(each.called))
            .member("cohorts", each.cohorts)
            .member("customers", each.customers)
            .member("months", each.months)
            .member("reversed", each.reversed)
            .member("reached", each.reached)
            .member("realised", each.realised)
            .end_object();
    }
    out.end_array();
    out.key("each").begin_array();
    for (const nrr_course_origin& each : one.each) {
        out.begin_object()
            .member("month", each.month)
            .member("lives", each.lives)
            .member("verdict", name_of(each.verdict));
        write(out, "difference", each.difference);
        out.member("ahead", each.ahead)
            .member("behind", each.behind)
            .member("realised", each.realised)
            .end_object();
    }
    out.end_array();
    out.end_object();
}

inline void write(json_writer& out, const nrr_curve& one) {
    out.begin_object();
    write_text_or_null(out, "why", name_of(one.why));
    out.member("target", one.target)
        .member("lives", one.lives)
        .member("achievers", one.achievers)
        .member("realised", one.realised)
        .member("lambda", one.lambda)
        .member("effective_lives", one.effective);
    out.key("points").begin_array();
    for (const nrr_point& each : one.points) {
        out.begin_object().member("months", each.months).member("all", each.all);
        out.member("achievers", each.achievers);
        write(out, "required", each.required);
        out.end_object();
    }
    out.end_array();
    out.key("cohorts").begin_array();
    for (const nrr_cohort& each : one.cohorts) write(out, each);
    out.end_array();
    out.key("together");
    if (one.together)
        write(out, *one.together);
    else
        out.null();
    out.key("backtest");
    write(out, one.backtest);
    out.end_object();
}

inline void write(json_writer& out, const nrr_backtest& one) {
    out.begin_object()
        .member("verdict", name_of(one.verdict))
        .member("origins", one.origins)
        .member("independent", one.independent);
    write(out, "bias", one.bias);
    out.member("spread", one.spread).member("month_effect", one.month_effect);
    out.key("coverage").begin_array();
    for (const nrr_coverage& each : one.coverage) {
        out.begin_object().member("level", each.level).member("covered", each.covered).end_object();
    }
    out.end_array();
    out.key("levels").begin_array();
    for (const nrr_deviation& each : one.levels) {
        out.begin_object();
        write_text_or_null(out, "level", each.level);
        write(out, "part", each.part);
        out.member("by_renewal", each.by_renewal)
            .member("by_expansion", each.by_expansion)
            .end_object();
    }
    out.end_array();
    out.key("each").begin_array();
    for (const nrr_origin& each : one.each) {
        out.begin_object()
            .member("month", each.month)
            .member("months", each.months)
            .member("expected", each.expected)
            .member("error", each.error);
        write(out, "bands", each.bands);
        out.member("realised", each.realised).member("deviation", each.deviation);
        write_text_or_null(out, "level", each.level);
        out.member("by_level", each.by_level).end_object();
    }
    out.end_array();
    out.end_object();
}

}  // namespace detail

/// By schema/findings/nrr.schema.json.
inline void write_json(json_writer& out, const nrr_finding& found) {
    out.begin_object().member("study", "nrr");
    detail::write_text_or_null(out, "why", name_of(found.why));
    detail::write_text_or_null(out, "of", found.of);
    out.member("horizon_months", found.horizon);
    detail::write_text_or_null(out, "last_month", found.last_month);
    detail::write_text_or_null(out, "first_start", found.first_start);
    detail::write_text_or_null(out, "last_start", found.last_start);
    detail::write_text_or_null(out, "known_from", found.known_from);
    out.member("lag_months", found.lag);
    detail::write_text_or_null(out, "currency", found.currency);
    out.member("minor_digits", found.minor_digits).member("latest_months", found.latest_months);
    detail::write(out, found.told);
    out.key("everybody");
    detail::write(out, found.everybody);
    out.key("levels").begin_array();
    for (const nrr_level& one : found.levels) detail::write(out, one);
    out.end_array();
    out.key("unseen");
    detail::write(out, found.unseen);
    out.key("falls").begin_array();
    for (const nrr_fall& one : found.falls) {
        out.begin_object().member("from", one.from).member("to", one.to);
        detail::write(out, "difference", one.difference);
        out.end_object();
    }
    out.end_array();
    out.key("portfolio").begin_object();
    detail::write_text_or_null(out, "why", name_of(found.portfolio_why));
    detail::write(out, "now", found.portfolio.now);
    detail::write(out, "expected", found.portfolio.expected);
    detail::write(out, "by_everybody", found.portfolio.by_everybody);
    detail::write(out, "realised", found.realised);
    out.end_object();
    detail::write(out, "members", found.members);
    detail::write(out, "teams", found.teams);
    out.key("level_ups").begin_array();
    for (const nrr_level_up& one : found.level_ups) detail::write(out, one);
    out.end_array();
    out.key("plan");
    detail::write(out, found.plan);
    out.key("reviews").begin_array();
    for (const nrr_review& one : found.reviews) detail::write(out, one);
    out.end_array();
    out.key("curve");
    detail::write(out, found.curve);
    out.key("backtest");
    detail::write(out, found.backtest);
    out.end_object();
}

}  // namespace aiueo
