// study › revenue_json: the finding of study_revenue() as JSON. … ─► evidence ─► study
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/revenue_finding.hpp"

namespace aiueo {

namespace detail {

inline void write(json_writer& out, std::string_view key, const mrr_sum& one) {
    out.key(key)
        .begin_object()
        .member("customers", one.customers)
        .member("mrr_minor_units", one.mrr)
        .end_object();
}

/// The members of a month's bridge.
inline void write_members(json_writer& out, const mrr_month& one) {
    out.member("month", month_name(one.month));
    write(out, "start", one.start);
    write(out, "new", one.new_customers);
    write(out, "reactivation", one.reactivation);
    write(out, "expansion", one.expansion);
    write(out, "contraction", one.contraction);
    write(out, "churn", one.churn);
    write(out, "end", one.end);
    write(out, "undecided", one.undecided);
    out.member("unchanged", one.unchanged);
}

inline void write(json_writer& out, std::string_view key, const revenue_rates& one) {
    out.key(key).begin_object();
    write(out, "customer_churn_rate", one.customer_churn);
    write(out, "lost_mrr_rate", one.lost_mrr);
    write(out, "gross_revenue_churn", one.gross_churn);
    write(out, "grr", one.grr);
    write(out, "nrr", one.nrr);
    out.end_object();
}

inline void write(json_writer& out, const revenue_trailing& one) {
    out.key("trailing").begin_object();
    write(out, "customer_churn_rate", one.customer_churn);
    write(out, "lost_mrr_rate", one.lost_mrr);
    write(out, "grr", one.grr);
    write(out, "nrr", one.nrr);
    write(out, "kept_growth", one.kept_growth);
    out.end_object();
}

inline void write(json_writer& out, const revenue_month& one) {
    out.begin_object();
    write_members(out, one.bridge);
    write(out, "rates", one.rates);
    write(out, "compounded_year", one.compounded);
    write(out, one.trailing);
    out.end_object();
}

inline void write(json_writer& out, const revenue_cohort& one) {
    out.begin_object().member("cohort", one.month).key("months").begin_array();
    for (const cohort_month& each : one.months) {
        out.begin_object().member("months", each.months);
        write(out, "active", each.active);
        write(out, "customers_kept", each.customers_kept);
        write(out, "mrr_kept", each.mrr_kept);
        write(out, "gross_mrr_kept", each.gross_kept);
        out.end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, const revenue_segment& one) {
    out.begin_object().member("segment", one.segment).key("levels").begin_array();
    for (const revenue_level& level : one.levels) {
        out.begin_object();
        write_text_or_null(out, "level", level.level);
        write(out, "rates", level.rates);
        write(out, "compounded_year", level.compounded);
        write(out, level.trailing);
        write(out, "churn_difference", level.churn_difference);
        write(out, "nrr_difference", level.nrr_difference);
        out.key("months").begin_array();
        for (const mrr_month& month : level.months) {
            out.begin_object();
            write_members(out, month);
            out.end_object();
        }
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, const revenue_due& one) {
    out.begin_object().member("month", one.month).member("due_mrr_minor_units", one.due);
    write(out, "renewal_rate", one.renewal_rate);
    write(out, "renewed_mrr_rate", one.renewed_mrr_rate);
    write(out, "retained_mrr_rate", one.retained_mrr_rate);
    out.end_object();
}

inline void write(json_writer& out, std::string_view of, const completion_row& one) {
    out.begin_object();
    if (!of.empty()) write_text_or_null(out, of, one.of);
    out.member("started", one.started)
        .member("in_time", one.in_time)
        .member("judged", one.judged)
        .member("open", one.open)
        .member("left", one.left);
    write(out, "rate", one.rate);
    write(out, "by_limit", one.by_limit);
    write(out, "median_days", one.median_days);
    out.end_object();
}

inline void write(json_writer& out, const revenue_completion& one) {
    out.begin_object().member("ladder", one.ladder).member("rung", one.rung);
    out.key("expected_by_days");
    if (one.expected_by_days)
        out.integer(*one.expected_by_days);
    else
        out.null();
    out.member("begun_unseen", one.begun_unseen).key("everybody");
    write(out, {}, one.everybody);
    out.key("curve").begin_array();
    for (const completion_point& point : one.curve) {
        out.begin_object().member("days", point.days).member("at_risk", point.at_risk);
        write(out, "reached", point.reached);
        out.end_object();
    }
    out.end_array().key("months").begin_array();
    for (const completion_row& month : one.months) write(out, "month", month);
    out.end_array().key("segments").begin_array();
    for (const revenue_completion::segment& segment : one.segments) {
        out.begin_object().member("segment", segment.name).key("levels").begin_array();
        for (const completion_row& level : segment.levels) write(out, "level", level);
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

inline void write_members(json_writer& out, const moved_mrr& one) {
    out.member("customers", one.customers)
        .member("before_minor_units", one.before)
        .member("after_minor_units", one.after)
        .member("gained_minor_units", one.gained)
        .member("lost_minor_units", one.lost)
        .member("churned_minor_units", one.churned)
        .member("came_minor_units", one.came);
}

inline void write(json_writer& out, const revenue_tree& one) {
    out.begin_object().member("first_month", one.first_month).member("last_month", one.last_month);
    write(out, "start", one.start);
    write(out, "nrr", one.nrr);
    write(out, "expansion", one.expansion);
    write(out, "contraction", one.contraction);
    write(out, "churn", one.churn);
    out.key("moves").begin_array();
    for (const revenue_tree::branch& branch : one.moves) {
        out.begin_object().member("move", name_of(branch.move));
        write_members(out, branch.sums);
        write(out, "share", branch.share);
        out.end_object();
    }
    out.end_array().key("levels").begin_array();
    for (const revenue_tree::level& level : one.levels) {
        out.begin_object();
        write_text_or_null(out, "level", level.name);
        write_members(out, level.sums);
        for (std::size_t k = 0; k < stage_moves; ++k) {
            const auto how = static_cast<stage_move>(k);
            if (how != stage_move::came) out.member(name_of(how), level.customers[k]);
        }
        write(out, "nrr", level.nrr);
        out.end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, std::string_view key, const std::vector<revenue_owner>& all) {
    out.key(key).begin_array();
    for (const revenue_owner& one : all) {
        out.begin_object();
        write_text_or_null(out, "name", one.name);
        out.member("cycle_months", one.cycle_months);
        write(out, "start", one.start);
        write(out, "nrr", one.nrr);
        out.key("moves").begin_array();
        for (std::size_t k = 0; k < stage_moves; ++k) {
            out.begin_object().member("move", name_of(static_cast<stage_move>(k)));
            write_members(out, one.moves[k]);
            out.end_object();
        }
        out.end_array().end_object();
    }
    out.end_array();
}

template <class Rows>
void write_rows(json_writer& out, std::string_view key, const Rows& rows) {
    out.key(key).begin_array();
    for (const auto& one : rows) write(out, one);
    out.end_array();
}

}  // namespace detail

/// By schema/findings/revenue.schema.json.
inline void write_json(json_writer& out, const revenue_finding& found) {
    out.begin_object().member("study", "revenue");
    const auto month = [&](std::string_view key, std::optional<std::int32_t> of) {
        detail::write_text_or_null(out, key, of ? month_name(*of) : std::string{});
    };
    detail::write_text_or_null(out, "data_until",
                               found.known ? format_date(found.known->data_until) : std::string{});
    month("last_month", found.known ? std::optional{found.known->last_month} : std::nullopt);
    month("partial_month", found.known ? found.known->partial_month() : std::nullopt);
    out.member("trailing_months", found.trailing_months)
        .member("reactivation", found.back == reactivated::counted ? "counted" : "left_out")
        .member("grace_days", found.grace_days)
        .member("free_entries", found.free_is_customer ? "customer" : "ignored");
    detail::write_text_or_null(out, "currency", found.currency);
    out.member("minor_digits", found.minor_digits);
    detail::write(out, found.told);
    detail::write_rows(out, "months", found.months);
    detail::write_rows(out, "cohorts", found.cohorts);
    detail::write_rows(out, "segments", found.segments);
    detail::write_rows(out, "due", found.due);
    out.key("due_year");
    if (found.due_year)
        detail::write(out, *found.due_year);
    else
        out.null();
    out.key("completion");
    if (found.completion)
        detail::write(out, *found.completion);
    else
        out.null();
    detail::write_rows(out, "trees", found.trees);
    detail::write(out, "members", found.members);
    detail::write(out, "teams", found.teams);
    out.end_object();
}

}  // namespace aiueo
