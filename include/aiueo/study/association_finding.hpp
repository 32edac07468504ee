// study › association_finding: what study_association() returns, and its JSON.
// … ─► evidence ─► study
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// Do those whose value is not known renew differently?
struct known_unknown {
    figure known;              ///< rate of those with a value
    figure unknown;            ///< rate of those without
    tested_figure difference;  ///< known − unknown
};

/// One level of a segment.
struct association_level {
    std::string level;  ///< empty: not known
    figure auc;
    double odds = undefined;  ///< ratio, high against low
};

/// A score within the levels of one segment, high against low.
struct association_segment {
    std::string segment;
    std::int64_t cut = 0;            ///< points from which a score is high
    figure crude;                    ///< odds ratio of all levels added up
    figure pooled;                   ///< Mantel–Haenszel's over the levels
    figure log_ratio;                ///< log(crude ÷ pooled)
    double homogeneity = undefined;  ///< p of Breslow–Day: one odds ratio in all levels
    bool reversed = false;           ///< crude and pooled say opposite things, beyond chance
    std::vector<association_level> levels;
};

/// One score or raw metric beside the outcome.
struct association_row {
    std::string name;
    std::string_view what;  ///< "axis", "touch", "overall", "component", "metric"
    bool used = true;       ///< the model reads it
    bool constant = false;  ///< all with a value have the same one
    tested_figure auc;
    tested_figure spearman;
    tested_figure point_biserial;  ///< of scores only
    figure ks;
    figure information;
    known_unknown presence;
    std::vector<association_segment> segments;
};

struct association_finding {
    contract_kind kind = contract_kind::contract;
    std::int32_t lead_days = 0;
    bool each_once = false;  ///< no customer has two ends here
    std::int64_t customers = 0;
    std::int64_t ends = 0;
    std::int64_t kept = 0;
    double alpha = undefined;
    std::vector<association_row> scores;   ///< by |AUC − ½|, the largest first, undefined last
    std::vector<association_row> metrics;  ///< likewise; at the first lead only
    remarks told;
};

namespace detail {

inline void write(json_writer& out, const association_segment& one) {
    out.begin_object().member("segment", one.segment).member("high_from", one.cut);
    write(out, "crude_odds_ratio", one.crude);
    write(out, "pooled_odds_ratio", one.pooled);
    write(out, "log_crude_over_pooled", one.log_ratio);
    out.member("homogeneity_p", one.homogeneity).member("reversed", one.reversed);
    out.key("levels").begin_array();
    for (const association_level& level : one.levels) {
        out.begin_object().key("level");
        level.level.empty() ? out.null() : out.string(level.level);
        write(out, "auc", level.auc);
        out.member("odds_ratio", level.odds).end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, const association_row& one) {
    const bool score = one.what != "metric";
    out.begin_object().member("name", one.name).member("what", one.what);
    out.member("used", one.used).member("constant", one.constant);
    const auto put = [&out](std::string_view key, const auto& of) {
        out.key(key);
        write(out, of);
    };
    put("auc", one.auc);
    put("spearman", one.spearman);
    if (score) put("point_biserial", one.point_biserial);
    put("ks", one.ks);
    put("information_value", one.information);
    out.key("known_against_unknown").begin_object();
    put("known", one.presence.known);
    put("unknown", one.presence.unknown);
    put("difference", one.presence.difference);
    out.end_object();
    if (score) {
        out.key("segments").begin_array();
        for (const association_segment& segment : one.segments) write(out, segment);
        out.end_array();
    }
    out.end_object();
}

}  // namespace detail

/// By schema/findings/association.schema.json.
inline void write_json(json_writer& out, const association_finding& found) {
    out.begin_object().member("study", "association").member("kind", name_of(found.kind));
    out.member("lead_days", found.lead_days)
        .member("customers", found.customers)
        .member("ends", found.ends)
        .member("kept", found.kept)
        .member("each_once", found.each_once)
        .member("alpha", found.alpha);
    detail::write(out, found.told);
    out.key("scores").begin_array();
    for (const association_row& one : found.scores) detail::write(out, one);
    out.end_array().key("metrics").begin_array();
    for (const association_row& one : found.metrics) detail::write(out, one);
    out.end_array().end_object();
}

}  // namespace aiueo
