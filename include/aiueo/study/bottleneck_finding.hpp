// study › bottleneck_finding: what study_bottleneck() returns, and its JSON. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/study/finding.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// The links of the chain accompany → process → success → mission; mission is renewal (4a) and
/// growth of the MRR of what was renewed (4b).
enum class chain_link : std::uint8_t {
    accompany_process,
    process_success,
    success_renewal,
    success_growth
};
inline constexpr std::size_t link_count = 4;
inline constexpr std::array<std::string_view, link_count> link_names{"1-2", "2-3", "3-4a", "3-4b"};

/// The first that applies; docs/bottleneck.md.
enum class link_verdict : std::uint8_t {
    unknown,       ///< too few to tell
    starved,       ///< the step before is too rare
    weak,          ///< it does not lead to the next
    leaky,         ///< it does, too seldom
    flows,         ///< it does, as often as it should
    inconclusive,  ///< none of these
};

[[nodiscard]] constexpr std::string_view name_of(link_verdict one) noexcept {
    switch (one) {
    case link_verdict::unknown: return "unknown";
    case link_verdict::starved: return "starved";
    case link_verdict::weak: return "weak";
    case link_verdict::leaky: return "leaky";
    case link_verdict::flows: return "flows";
    case link_verdict::inconclusive: return "inconclusive";
    }
    return "unknown";
}

/// What is broken: a verdict that costs money.
[[nodiscard]] constexpr bool is_broken(link_verdict one) noexcept {
    return one == link_verdict::starved || one == link_verdict::weak || one == link_verdict::leaky;
}

/// Customers of the month at hand. MRR in minor units.
struct standing_customers {
    std::int64_t customers = 0;
    std::int64_t priced = 0;  ///< with a known MRR
    std::int64_t mrr = 0;     ///< of those
};

/// The conversion that a link should have.
struct link_target {
    double value = undefined;
    bool declared = false;  ///< by the model; else that of the best level of a segment
    std::string segment;
    std::string level;
};

/// A link within one level of a segment.
struct link_level {
    std::string level;           ///< empty: not known
    std::int64_t customers = 0;  ///< with the step before; contract ends where these are counted
    figure prevalence;
    figure conversion;
    double p = undefined;  ///< of the conversion against the target; of a starved link of the
                           ///< prevalence against `starved_below`
    double q = undefined;  ///< within the segment's levels
    bool reaches = false;  ///< at or above it, with enough customers to say so
    bool below = false;    ///< below it, q ≤ α
    standing_customers stuck;
    bool stuck_is_known = true;
};

struct link_segment {
    std::string segment;
    bool concentrated = false;
    std::vector<link_level> levels;
    figure crude_odds;
    figure pooled_odds;              ///< Mantel–Haenszel over the levels
    figure log_ratio;                ///< log(crude ÷ pooled)
    double homogeneity = undefined;  ///< p of Breslow–Day, for how often customers repeat
    bool reversed = false;
};

/// The effect within the levels of a segment and bands of terms.
struct stratified_effect {
    std::string by;  ///< the segment; empty: terms alone
    figure effect;
};

struct link_finding {
    chain_link which = chain_link::accompany_process;
    link_verdict verdict = link_verdict::unknown;
    std::string why;                         ///< of "unknown": "few", "few_with", "few_without"
    std::optional<std::int32_t> lag_months;  ///< of monthly links
    bool lag_chosen = false;                 ///< not declared: on one half of the groups
    std::int64_t eligible = 0;               ///< customer-months, contract ends, or renewals
    std::optional<std::int64_t> customers, customers_with, customers_without;
    figure prevalence;         ///< of the step before, among the eligible
    std::int64_t reached = 0;  ///< of those with it
    figure conversion;
    figure comparison;
    tested_figure crude;
    tested_figure effect;
    std::optional<tested_figure> placebo;
    std::vector<stratified_effect> effects;
    link_target target;
    figure gap;  ///< target less conversion
    standing_customers stuck;
    bool stuck_is_known = true;  ///< false: it is for longer than a month, and the month before
                                 ///< tells of hardly anybody
    standing_customers neither;
    figure nrr_difference;
    figure recoverable;  ///< MRR, minor units
    std::optional<bool> concentrated;
    std::vector<link_segment> segments;
    std::optional<label> cause;
    std::vector<label> owners;
    label sentence;
};

/// Customers in one pattern, and what would take them on.
struct pattern_customers {
    std::string name;
    standing_customers now;
    std::vector<std::string> plays;  ///< names, in the model's order
};

struct bottleneck_finding {
    std::string month;  ///< whose customers stand still; empty: there is none
    std::string first_month, last_month;
    bool month_before_is_known = false;  ///< of at least half as many customers
    std::int32_t lead_days = 0;
    double threshold = undefined, min_effect = undefined, starved_below = undefined,
           alpha = undefined;
    std::int64_t min_n = 0;
    std::string currency;
    int minor_digits = 0;
    std::vector<link_finding> links;    ///< all four
    std::vector<chain_link> principal;  ///< none, one, or two that cannot be told apart
    std::vector<pattern_customers> patterns;
    remarks told;
};

namespace detail {

inline void write(json_writer& out, std::string_view key, const standing_customers& one) {
    out.key(key)
        .begin_object()
        .member("customers", one.customers)
        .member("priced", one.priced)
        .member("mrr_minor_units", one.mrr)
        .end_object();
}

inline void write_stuck(json_writer& out, const standing_customers& one, bool is_known) {
    if (is_known)
        write(out, "stuck", one);
    else
        out.key("stuck").null();
}

inline void write(json_writer& out, std::string_view key, const std::optional<std::int64_t>& one) {
    out.key(key);
    if (one)
        out.integer(*one);
    else
        out.null();
}

inline void write(json_writer& out, const link_segment& one) {
    out.begin_object().member("segment", one.segment).member("concentrated", one.concentrated);
    out.key("levels").begin_array();
    for (const link_level& level : one.levels) {
        out.begin_object();
        write_text_or_null(out, "level", level.level);
        out.member("customers", level.customers);
        write(out, "prevalence", level.prevalence);
        write(out, "conversion", level.conversion);
        out.member("p", level.p)
            .member("q", level.q)
            .member("reaches", level.reaches)
            .member("below", level.below);
        write_stuck(out, level.stuck, level.stuck_is_known);
        out.end_object();
    }
    out.end_array();
    out.key("reversal").begin_object();
    write(out, "crude_odds_ratio", one.crude_odds);
    write(out, "pooled_odds_ratio", one.pooled_odds);
    write(out, "log_crude_over_pooled", one.log_ratio);
    out.member("homogeneity_p", one.homogeneity).member("reversed", one.reversed).end_object();
    out.end_object();
}

inline void write(json_writer& out, const link_finding& one) {
    out.begin_object()
        .member("link", link_names[static_cast<std::size_t>(one.which)])
        .member("verdict", name_of(one.verdict));
    write_text_or_null(out, "why", one.why);
    write(out, "lag_months",
          one.lag_months ? std::optional<std::int64_t>{*one.lag_months} : std::nullopt);
    out.member("lag_chosen", one.lag_chosen).member("eligible", one.eligible);
    write(out, "customers", one.customers);
    write(out, "customers_with", one.customers_with);
    write(out, "customers_without", one.customers_without);
    write(out, "prevalence", one.prevalence);
    out.member("reached", one.reached);
    write(out, "conversion", one.conversion);
    write(out, "comparison", one.comparison);
    write(out, "crude", one.crude);
    write(out, "effect", one.effect);
    if (one.placebo)
        write(out, "placebo", *one.placebo);
    else
        out.key("placebo").null();
    out.key("effects").begin_array();
    for (const stratified_effect& each : one.effects) {
        out.begin_object();
        write_text_or_null(out, "stratified_by", each.by);
        write(out, "effect", each.effect);
        out.end_object();
    }
    out.end_array();
    out.key("target")
        .begin_object()
        .member("value", one.target.value)
        .member("declared", one.target.declared);
    write_text_or_null(out, "segment", one.target.segment);
    write_text_or_null(out, "level", one.target.level);
    out.end_object();
    write(out, "gap", one.gap);
    write_stuck(out, one.stuck, one.stuck_is_known);
    write(out, "neither", one.neither);
    write(out, "nrr_difference", one.nrr_difference);
    write(out, "recoverable_mrr_minor_units", one.recoverable);
    out.key("concentration");
    if (one.concentrated)
        out.string(*one.concentrated ? "concentrated" : "general");
    else
        out.null();
    out.key("segments").begin_array();
    for (const link_segment& each : one.segments) write(out, each);
    out.end_array();
    if (one.cause)
        write_text(out, "cause", *one.cause);
    else
        out.key("cause").null();
    out.key("owners").begin_array();
    for (const label& owner : one.owners) write(out, owner);
    out.end_array();
    write_text(out, "sentence", one.sentence);
    out.end_object();
}

}  // namespace detail

/// By schema/findings/bottleneck.schema.json.
inline void write_json(json_writer& out, const bottleneck_finding& found) {
    out.begin_object().member("study", "bottleneck");
    detail::write_text_or_null(out, "month", found.month);
    detail::write_text_or_null(out, "first_month", found.first_month);
    detail::write_text_or_null(out, "last_month", found.last_month);
    out.member("lead_days", found.lead_days)
        .member("threshold", found.threshold)
        .member("min_n", found.min_n)
        .member("min_effect", found.min_effect)
        .member("starved_below", found.starved_below)
        .member("alpha", found.alpha);
    detail::write_text_or_null(out, "currency", found.currency);
    out.member("minor_digits", found.minor_digits);
    detail::write(out, found.told);
    out.key("principal").begin_array();
    for (const chain_link one : found.principal)
        out.string(link_names[static_cast<std::size_t>(one)]);
    out.end_array();
    out.key("links").begin_array();
    for (const link_finding& one : found.links) detail::write(out, one);
    out.end_array();
    out.key("patterns").begin_array();
    for (const pattern_customers& one : found.patterns) {
        out.begin_object().member("pattern", one.name);
        detail::write(out, "now", one.now);
        out.key("plays").begin_array();
        for (const std::string& play : one.plays) out.string(play);
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

}  // namespace aiueo
