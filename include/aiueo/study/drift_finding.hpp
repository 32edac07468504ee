// study › drift_finding: what study_drift() returns, and its JSON. … ─► evidence ─► study
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/evidence/contracts.hpp"
#include "aiueo/stats/information.hpp"
#include "aiueo/study/finding.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// Months of snapshots that are put together.
struct drift_period {
    std::string first_month;  ///< "2025-07"; empty: there is none
    std::string last_month;
    std::int64_t customers = 0;  ///< of the month that has most: those of other months are the same
};

/// A score or an input in one month.
struct drift_month {
    std::string month;
    std::int64_t known = 0;
    std::int64_t unknown = 0;
    double median = undefined;
};

/// How a distribution moved from the first period to the second.
struct drift_row {
    std::string what;  ///< "score", "metric" or "segment"
    std::string name;
    stability moved;          ///< over tenths of the first period, and the unknown
    std::int64_t before = 0;  ///< customers in the month that has most
    std::int64_t after = 0;
    double unknown_before = undefined;  ///< share
    double unknown_after = undefined;
    double median_before = undefined;  ///< of a metric within 3 %; of segments none
    double median_after = undefined;
    std::vector<drift_month> months;
};

/// Does what separated customers still do so?
enum class drift_verdict : std::uint8_t {
    holds,     ///< the later interval lies above 0
    weaker,    ///< it does, and less than before by more than chance
    lost,      ///< it did before, the later does not, and the difference is beyond chance
    reversed,  ///< the later interval lies below 0
    unclear,   ///< none of these
    unknown,   ///< a side is missing
};

[[nodiscard]] constexpr std::string_view name_of(drift_verdict one) noexcept {
    switch (one) {
    case drift_verdict::holds: return "holds";
    case drift_verdict::weaker: return "weaker";
    case drift_verdict::lost: return "lost";
    case drift_verdict::reversed: return "reversed";
    case drift_verdict::unclear: return "unclear";
    case drift_verdict::unknown: return "unknown";
    }
    return "unknown";
}

/// A difference between customers above and below, earlier and later, in points: hundredths of a
/// share, or points of a score.
struct drift_contrast {
    figure earlier;
    figure later;
    tested_figure change;  ///< later − earlier
    drift_verdict verdict = drift_verdict::unknown;
};

/// Customers at a rung or above against those below.
struct drift_rung {
    std::string ladder;
    std::string rung;
    std::string against;  ///< "renewal", or "outcome": axis O
    drift_contrast contrast;
};

/// Customers who met a condition against those who did not.
struct drift_condition {
    std::string ladder;
    std::string rung;
    std::string condition;
    std::string against;  ///< "renewal", or "outcome": axis O
    drift_contrast contrast;
};

/// A rung that was declared as a hypothesis.
struct drift_hypothesis {
    std::string ladder;
    std::string rung;
    std::string since;  ///< dates; empty: not said
    std::string review_by;
    std::optional<bool> due;  ///< is there history up to the review? nothing: no date
    figure renewal;  ///< points, at the rung or above − on the one beneath, of ends since then
    std::string verdict;  ///< "confirmed", "contradicted", "open"
};

struct drift_finding {
    contract_kind kind = contract_kind::contract;
    std::int32_t lead_days = 0;
    drift_period before;
    drift_period after;
    std::string split;  ///< the month in which "later" begins; empty: there is no earlier
    std::vector<drift_row> inputs;
    std::vector<drift_rung> rungs;
    std::vector<drift_condition> conditions;
    std::vector<drift_hypothesis> hypotheses;
    remarks told;
};

namespace detail {

inline void write(json_writer& out, std::string_view key, const drift_period& one) {
    out.key(key).begin_object();
    write_text_or_null(out, "first_month", one.first_month);
    write_text_or_null(out, "last_month", one.last_month);
    out.member("customers", one.customers).end_object();
}

inline void write(json_writer& out, const drift_row& one) {
    out.begin_object()
        .member("what", one.what)
        .member("name", one.name)
        .member("alarm", one.moved.alarm)
        .member("before", one.before)
        .member("after", one.after)
        .member("psi", one.moved.value)
        .member("threshold", one.moved.threshold)
        .member("bins", static_cast<std::int64_t>(one.moved.bins))
        .member("unknown_before", one.unknown_before)
        .member("unknown_after", one.unknown_after)
        .member("median_before", one.median_before)
        .member("median_after", one.median_after);
    out.key("months").begin_array();
    for (const drift_month& month : one.months) {
        out.begin_object()
            .member("month", month.month)
            .member("known", month.known)
            .member("unknown", month.unknown)
            .member("median", month.median)
            .end_object();
    }
    out.end_array().end_object();
}

inline void write_members(json_writer& out, const drift_contrast& one) {
    out.member("verdict", name_of(one.verdict));
    write(out, "earlier", one.earlier);
    write(out, "later", one.later);
    write(out, "change", one.change);
}

inline void write(json_writer& out, const drift_rung& one) {
    out.begin_object()
        .member("ladder", one.ladder)
        .member("rung", one.rung)
        .member("against", one.against);
    write_members(out, one.contrast);
    out.end_object();
}

inline void write(json_writer& out, const drift_condition& one) {
    out.begin_object()
        .member("condition", one.condition)
        .member("ladder", one.ladder)
        .member("rung", one.rung)
        .member("against", one.against);
    write_members(out, one.contrast);
    out.end_object();
}

inline void write(json_writer& out, const drift_hypothesis& one) {
    out.begin_object().member("ladder", one.ladder).member("rung", one.rung);
    write_text_or_null(out, "since", one.since);
    write_text_or_null(out, "review_by", one.review_by);
    out.key("due");
    if (one.due)
        out.boolean(*one.due);
    else
        out.null();
    out.member("verdict", one.verdict);
    write(out, "renewal", one.renewal);
    out.end_object();
}

template <class Row>
void write_list(json_writer& out, std::string_view key, const std::vector<Row>& rows) {
    out.key(key).begin_array();
    for (const Row& one : rows) write(out, one);
    out.end_array();
}

}  // namespace detail

/// By schema/findings/drift.schema.json.
inline void write_json(json_writer& out, const drift_finding& found) {
    out.begin_object()
        .member("study", "drift")
        .member("kind", name_of(found.kind))
        .member("lead_days", found.lead_days);
    detail::write(out, "before", found.before);
    detail::write(out, "after", found.after);
    detail::write_text_or_null(out, "split", found.split);
    detail::write(out, found.told);
    detail::write_list(out, "inputs", found.inputs);
    detail::write_list(out, "rungs", found.rungs);
    detail::write_list(out, "conditions", found.conditions);
    detail::write_list(out, "hypotheses", found.hypotheses);
    out.end_object();
}

}  // namespace aiueo
