// study › validation_finding: what study_validation() returns, and its JSON.
// … ─► evidence ─► study
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/study/curves.hpp"
#include "aiueo/study/renewal.hpp"

namespace aiueo {

/// A share of the customers with a score, chosen from one end.
struct validation_share {
    double share = undefined;
    figure capture;  ///< of all lost (from below) or all kept (from above)
    figure lift;     ///< their rate ÷ the rate of all
};

struct validation_lead {
    std::int32_t lead_days = 0;
    figure auc;
};

/// One score held against what happened.
struct validation_row {
    std::string name;
    std::int64_t known = 0;
    std::int64_t unknown = 0;
    figure auc;
    figure gini;
    figure ks;
    std::vector<probability_check> checks;
    std::vector<validation_share> lowest;   ///< of the lost
    std::vector<validation_share> highest;  ///< of the kept
    std::vector<validation_lead> leads;     ///< at every declared lead
};

struct validation_band {
    std::string band;  ///< the last one is "unknown"
    figure rate;
    figure lift;
    figure capture_kept;
    figure capture_lost;
};

struct validation_half {
    std::string first_month;  ///< "2024-01"
    std::string last_month;
    figure auc;
};

/// Overall in the earlier half of the ends against the later half.
struct out_of_time {
    validation_half earlier;
    validation_half later;
    figure difference;                      ///< of AUC, later − earlier
    std::vector<probability_check> checks;  ///< fitted to the earlier half, of the later
};

struct validation_finding {
    contract_kind kind = contract_kind::contract;
    std::int32_t lead_days = 0;
    bool each_once = false;  ///< no customer has two ends here
    std::int64_t customers = 0;
    std::int64_t ends = 0;
    std::int64_t kept = 0;
    std::vector<validation_row> scores;  ///< overall first
    std::vector<validation_band> bands;  ///< low to high
    test_result trend;                   ///< Cochran–Armitage over the bands
    tested_figure rank;                  ///< Spearman's, of band and outcome
    std::vector<renewal_fall> falls;
    std::optional<out_of_time> time;  ///< nothing: all ends in one month, or no overall
    remarks told;
};

namespace detail {

inline void write(json_writer& out, std::string_view key,
                  const std::vector<validation_share>& shares) {
    out.key(key).begin_array();
    for (const validation_share& one : shares) {
        out.begin_object().member("share", one.share);
        write(out, "capture", one.capture);
        write(out, "lift", one.lift);
        out.end_object();
    }
    out.end_array();
}

inline void write(json_writer& out, const std::vector<probability_check>& checks) {
    out.key("probability").begin_array();
    for (const probability_check& one : checks) write(out, one);
    out.end_array();
}

inline void write(json_writer& out, const validation_row& one) {
    out.begin_object()
        .member("name", one.name)
        .member("known", one.known)
        .member("unknown", one.unknown);
    write(out, "auc", one.auc);
    write(out, "gini", one.gini);
    write(out, "ks", one.ks);
    write(out, one.checks);
    write(out, "lowest", one.lowest);
    write(out, "highest", one.highest);
    out.key("leads").begin_array();
    for (const validation_lead& lead : one.leads) {
        out.begin_object().member("lead_days", lead.lead_days);
        write(out, "auc", lead.auc);
        out.end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, const validation_half& one) {
    out.begin_object().member("first_month", one.first_month).member("last_month", one.last_month);
    write(out, "auc", one.auc);
    out.end_object();
}

inline void write_bands(json_writer& out, const validation_finding& found) {
    out.key("bands").begin_object().key("rows").begin_array();
    for (const validation_band& one : found.bands) {
        out.begin_object().member("band", one.band);
        write(out, "rate", one.rate);
        write(out, "lift", one.lift);
        write(out, "capture_kept", one.capture_kept);
        write(out, "capture_lost", one.capture_lost);
        out.end_object();
    }
    out.end_array();
    out.key("trend");
    write(out, found.trend);
    write(out, "rank_correlation", found.rank);
    write(out, found.falls);
    out.end_object();
}

}  // namespace detail

/// By schema/findings/validation.schema.json.
inline void write_json(json_writer& out, const validation_finding& found) {
    out.begin_object().member("study", "validation").member("kind", name_of(found.kind));
    out.member("lead_days", found.lead_days)
        .member("customers", found.customers)
        .member("ends", found.ends)
        .member("kept", found.kept)
        .member("each_once", found.each_once);
    detail::write(out, found.told);
    out.key("scores").begin_array();
    for (const validation_row& one : found.scores) detail::write(out, one);
    out.end_array();
    if (found.bands.empty())
        out.key("bands").null();
    else
        detail::write_bands(out, found);
    out.key("out_of_time");
    if (found.time) {
        out.begin_object();
        out.key("earlier");
        detail::write(out, found.time->earlier);
        out.key("later");
        detail::write(out, found.time->later);
        detail::write(out, "difference", found.time->difference);
        detail::write(out, found.time->checks);
        out.end_object();
    } else {
        out.null();
    }
    out.end_object();
}

}  // namespace aiueo
