// study › calibration_finding: what study_calibration() returns, and its JSON.
// … ─► evidence ─► study
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/evidence/contracts.hpp"
#include "aiueo/model/component.hpp"
#include "aiueo/stats/platt.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

struct calibration_options {
    enum class choice : std::uint8_t { best, correlation, least_squares };
    std::int32_t lead = 0;  ///< index into the model's leads
    contract_kind kind = contract_kind::contract;
    choice method = choice::best;  ///< best: of each axis what is better out of fold, else nothing
    bool refit_percentiles = false;  ///< the patch sets fitted percentile knots too
    /// The patch sets the responses that are better out of fold, and no weights: those are fitted
    /// to responses, so they come after the new responses have been counted.
    bool refit_responses = false;
};

/// New weights, or a new response, beside the present, on rows that neither was fitted to.
struct weight_comparison {
    figure present;            ///< correlation of the linear score with the outcome
    figure proposed;           ///< likewise
    tested_figure difference;  ///< proposed − present; q over all axes and methods, out of fold
    double present_r_squared = undefined;
    double proposed_r_squared = undefined;
};

/// One way of fitting one axis.
struct weight_proposal {
    std::string_view method;      ///< "correlation" or "least_squares"
    std::vector<double> weights;  ///< by component, as they would be written
    bool nothing_passed = false;  ///< equal weights, because no component had a reason for more
    bool cap_too_low = false;     ///< study.max_weight_share cannot hold for so few components
    weight_comparison out_of_fold;
    weight_comparison out_of_time;
    bool better = false;  ///< out of fold, beyond chance
};

struct calibrated_component {
    std::string name;
    double weight = undefined;  ///< at present
    double r = undefined;       ///< with the outcome, among those of whom it is known
    double q = undefined;
    std::int64_t known = 0;
};

/// An axis, or touch, of at least two components; or "overall", whose components are the axes.
struct calibrated_axis {
    std::string name;
    std::vector<calibrated_component> components;
    std::vector<weight_proposal> proposals;
    std::string_view best = "present";  ///< or the method that is better out of fold
};

/// One way of fitting a component's response.
struct response_proposal {
    std::string_view method;  ///< "monotone", "free": a curve; "levels": a table's scores
    std::vector<knot> curve;
    std::vector<std::pair<std::string, double>> table;
    double otherwise = undefined;  ///< a table's score for unlisted categories
    weight_comparison out_of_fold;
    bool better = false;  ///< out of fold, beyond chance
};

/// A component with a curve, steps, percentile knots or a table.
struct calibrated_response {
    std::string component;  ///< "U.logins"
    std::int64_t n = 0;     ///< of whom it is known
    response present = response::curve;
    std::vector<response_proposal> proposals;
    std::string_view best = "present";  ///< or the method that is better out of fold
    std::string_view why;               ///< nothing can be fitted
};

/// New knots for a percentile response.
struct percentile_fit {
    std::string component;  ///< "U.logins"
    std::vector<double> present;
    std::vector<double> fitted;  ///< empty: nothing to fit from, see `why`
    std::int64_t n = 0;
    std::string_view why;
};

struct weight_change {
    std::string component;
    double before = undefined;
    double after = undefined;
};

struct curve_point {
    std::int64_t score = 0;
    double probability = undefined;
    std::int64_t n = 0;
};

struct calibration_finding {
    contract_kind kind = contract_kind::contract;
    std::int32_t lead_days = 0;
    bool each_once = false;  ///< no customer has two ends here
    std::int64_t customers = 0;
    std::int64_t ends = 0;
    std::string split;  ///< first quarter held back for the out-of-time comparison; empty: none
    std::vector<calibrated_axis> axes;
    std::vector<calibrated_response> responses;
    std::vector<percentile_fit> percentiles;
    std::vector<curve_point> isotonic;  ///< of overall, at the scores that were met
    logistic_curve platt;               ///< likewise, with smoothed targets
    std::vector<weight_change> changes;
    std::string patch;  ///< JSON merge patch (RFC 7396) to the model file
    remarks told;
};

namespace detail {

inline void write(json_writer& out, const weight_comparison& one) {
    out.begin_object();
    write(out, "present", one.present);
    write(out, "proposed", one.proposed);
    write(out, "difference", one.difference);
    out.member("present_r_squared", one.present_r_squared)
        .member("proposed_r_squared", one.proposed_r_squared)
        .end_object();
}

inline void write(json_writer& out, const calibrated_axis& one) {
    out.begin_object().member("name", one.name).member("best", one.best);
    out.key("components").begin_array();
    for (const calibrated_component& each : one.components) {
        out.begin_object()
            .member("name", each.name)
            .member("weight", each.weight)
            .member("r", each.r)
            .member("q", each.q)
            .member("known", each.known)
            .end_object();
    }
    out.end_array().key("proposals").begin_array();
    for (const weight_proposal& each : one.proposals) {
        out.begin_object().member("method", each.method).key("weights").begin_object();
        for (std::size_t k = 0; k < each.weights.size(); ++k)
            out.member(one.components[k].name, each.weights[k]);
        out.end_object()
            .member("nothing_passed", each.nothing_passed)
            .member("cap_too_low", each.cap_too_low)
            .member("better", each.better);
        out.key("out_of_fold");
        write(out, each.out_of_fold);
        out.key("out_of_time");
        write(out, each.out_of_time);
        out.end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, const calibrated_response& one) {
    out.begin_object()
        .member("component", one.component)
        .member("n", one.n)
        .member("best", one.best)
        .member("why", one.why)
        .key("proposals")
        .begin_array();
    for (const response_proposal& each : one.proposals) {
        out.begin_object().member("method", each.method).key("curve").begin_array();
        for (const knot& k : each.curve) out.begin_array().number(k.at).number(k.score).end_array();
        out.end_array().key("table").begin_object();
        for (const auto& [level, score] : each.table) out.member(level, score);
        out.end_object().member("else", each.otherwise).member("better", each.better);
        out.key("out_of_fold");
        write(out, each.out_of_fold);
        out.end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, std::string_view key, const std::vector<double>& numbers) {
    out.key(key).begin_array();
    for (const double one : numbers) out.number(one);
    out.end_array();
}

inline void write_curves(json_writer& out, const calibration_finding& found) {
    out.key("isotonic").begin_array();
    for (const curve_point& one : found.isotonic) {
        out.begin_object()
            .member("score", one.score)
            .member("probability", one.probability)
            .member("n", one.n)
            .end_object();
    }
    out.end_array().key("platt").begin_object();
    out.member("fitted", found.platt.status == logistic_status::fitted)
        .member("intercept", found.platt.intercept)
        .member("slope", found.platt.slope)
        .member("intercept_error", found.platt.intercept_error)
        .member("slope_error", found.platt.slope_error)
        .end_object();
}

}  // namespace detail

/// By schema/findings/calibration.schema.json.
inline void write_json(json_writer& out, const calibration_finding& found) {
    out.begin_object().member("study", "calibration").member("kind", name_of(found.kind));
    out.member("lead_days", found.lead_days)
        .member("customers", found.customers)
        .member("ends", found.ends)
        .member("each_once", found.each_once);
    detail::write(out, found.told);
    out.key("out_of_time_from");
    found.split.empty() ? out.null() : out.string(found.split);
    out.key("axes").begin_array();
    for (const calibrated_axis& one : found.axes) detail::write(out, one);
    out.end_array().key("responses").begin_array();
    for (const calibrated_response& one : found.responses) detail::write(out, one);
    out.end_array().key("percentiles").begin_array();
    for (const percentile_fit& one : found.percentiles) {
        out.begin_object().member("component", one.component).member("n", one.n);
        detail::write(out, "present", one.present);
        detail::write(out, "fitted", one.fitted);
        out.member("why", one.why).end_object();
    }
    out.end_array();
    detail::write_curves(out, found);
    out.key("changes").begin_array();
    for (const weight_change& one : found.changes) {
        out.begin_object()
            .member("component", one.component)
            .member("before", one.before)
            .member("after", one.after)
            .end_object();
    }
    out.end_array().key("patch").raw(found.patch).end_object();
}

}  // namespace aiueo
