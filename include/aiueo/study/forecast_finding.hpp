// study › forecast_finding: what study_forecast() returns. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/stats/convolution.hpp"
#include "aiueo/study/finding.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// The shares of the predictive distribution that intervals are told of.
inline constexpr std::array<double, 3> forecast_levels{0.5, 0.8, 0.95};

/// How a predictive distribution was found.
enum class forecast_method : std::uint8_t {
    unknown,  ///< there is none
    exact,    ///< every count or amount has its own probability
    normal,   ///< of the same mean and variance
};

[[nodiscard]] constexpr std::string_view name_of(forecast_method one) noexcept {
    switch (one) {
    case forecast_method::unknown: return "unknown";
    case forecast_method::exact: return "exact";
    case forecast_method::normal: return "normal";
    }
    return "unknown";
}

/// What is to come: a number of contracts, or money in minor units.
struct forecast_amount {
    double mean = undefined;
    double error = undefined;  ///< standard deviation of what comes around the mean
    std::array<interval, forecast_levels.size()> intervals;
    forecast_method method = forecast_method::unknown;
    /// How far the distribution function of what comes, given the rates, can be from the one told;
    /// 0 where it is exact, undefined where no bound is known.
    double error_bound = undefined;
};

/// Where the variance of the renewed contracts comes from.
struct forecast_variance {
    double chance = undefined;      ///< Σ a²p(1 − p)
    double parameters = undefined;  ///< rates and moves are estimated
    double months = undefined;      ///< whole months go better or worse
};

/// A level's part in a month; expected contracts and money at the close before it.
struct forecast_level {
    std::string level;  ///< empty: without a snapshot
    double rate = undefined;
    double due = 0;
    double due_mrr = 0;
    double mrr_rate = undefined;  ///< of the money
};

/// One month, or all of them together.
struct forecast_period {
    std::string month;          ///< empty: all together
    double due = 0;             ///< expected decisions
    std::int64_t certain = 0;   ///< of them the first of a contract in force at the origin
    std::int64_t unpriced = 0;  ///< of those without a known MRR
    double due_mrr = 0;
    forecast_amount renewed;      ///< contracts
    forecast_amount rate;         ///< renewed ÷ due
    forecast_amount kept_mrr;     ///< of those renewed, at the price before
    forecast_amount renewed_mrr;  ///< at the price after
    forecast_amount churned_mrr;  ///< of those that are lost, at the price before
    forecast_variance variance;
    count_distribution distribution;  ///< of the renewed contracts; undefined if not exact
    std::vector<forecast_level> levels;
};

/// A rate that the forecast uses.
struct forecast_rate {
    std::string level;  ///< empty: without a snapshot
    std::string terms;
    figure rate;            ///< shrunken toward its level's; n decisions
    bool borrowed = false;  ///< nobody decided at this level: everybody's rate
};

struct forecast_move {
    std::string from, to;  ///< empty: without a snapshot
    double share = undefined;
    std::int64_t n = 0;  ///< customer-months at `from`
};

/// How often what is renewed gets another term; n renewals of which it is known.
struct forecast_change_of_term {
    std::string level;  ///< empty: without a snapshot
    std::string terms;
    std::string tenure;  ///< months since the first contract
    figure share;        ///< drawn toward that of these terms and tenure at all levels
};

/// What it then is.
struct forecast_next_term {
    std::string terms;  ///< before
    std::int32_t months = 0;
    double share = undefined;
    std::int64_t n = 0;
};

/// MRR after ÷ before of what was renewed.
struct forecast_growth {
    std::string terms;
    std::string tenure;  ///< months since the first contract; empty: of another term from then on
    figure ratio;
    bool pooled = false;  ///< too few of these: that of the terms or, of too few, of all
};

/// What would be if customers moved up before a month; an association.
struct forecast_what_if {
    std::string from, to;
    std::int64_t customers = 0;
    std::string before;
    std::int64_t there = 0;  ///< customers at `from` at the origin
    double contracts = 0;    ///< of those who move, expected decisions from that month on
    figure renewed;          ///< more contracts
    figure kept_mrr;         ///< minor units
    figure renewed_mrr;      ///< minor units
};

/// How a level's rate moved.
struct forecast_trend {
    std::string level;  ///< empty: without a snapshot
    figure recent;      ///< the last twelve months
    figure before;
    tested_figure difference;
};

/// came − forecast = ends + mix + rate.
struct forecast_split {
    double ends = undefined;  ///< more or fewer decisions than expected
    double mix = undefined;   ///< at other levels
    double rate = undefined;  ///< renewed otherwise at their level
};

struct forecast_coverage {
    double level = undefined;     ///< 0.5, 0.8, 0.95
    double expected = undefined;  ///< what the intervals hold by their own word: counts are whole
    figure share;                 ///< of the months, inside
};

enum class forecast_verdict : std::uint8_t {
    too_little_history,
    biased,
    overconfident,
    trust,
};

[[nodiscard]] constexpr std::string_view name_of(forecast_verdict one) noexcept {
    switch (one) {
    case forecast_verdict::too_little_history: return "too_little_history";
    case forecast_verdict::biased: return "biased";
    case forecast_verdict::overconfident: return "overconfident";
    case forecast_verdict::trust: return "trust";
    }
    return "too_little_history";
}

/// How forecasts of one kind, of so many months ahead, came out.
struct forecast_trial {
    std::optional<std::int32_t> ahead;  ///< months; nothing: all
    std::int64_t months = 0;            ///< different months that were forecast
    forecast_verdict verdict = forecast_verdict::too_little_history;
    std::vector<forecast_coverage> coverage;
    figure bias;                     ///< Σ (forecast − came) ÷ Σ came
    double error = undefined;        ///< Σ |forecast − came| ÷ Σ came
    double naive_error = undefined;  ///< the same with everybody's rate so far
};

/// One past origin: everything forecast then whose month is closed.
struct forecast_past {
    std::string origin;
    std::int64_t months = 0;
    double forecast = undefined, came = undefined;  ///< renewed contracts
    forecast_split split;
    double mrr_forecast = undefined, mrr_came = undefined;  ///< kept MRR, minor units
    forecast_split mrr_split;
};

struct forecast_backtest {
    /// Of renewed contracts: that of the next month or, if it is trusted, of the fewest months
    /// ahead that are known not to be.
    forecast_verdict verdict = forecast_verdict::too_little_history;
    std::int64_t forecasts = 0;  ///< pairs of origin and month
    std::vector<forecast_trial> renewed;
    std::vector<forecast_trial> kept_mrr;
    std::vector<forecast_past> origins;

    /// The forecasts that the verdict is of; null: nothing was tested.
    [[nodiscard]] const forecast_trial* judged() const noexcept {
        const forecast_trial* out = nullptr;
        for (const forecast_trial& one : renewed) {
            if (!one.ahead) continue;
            if (out == nullptr) out = &one;
            const bool fails = one.verdict == forecast_verdict::biased ||
                               one.verdict == forecast_verdict::overconfident;
            if (out->verdict == forecast_verdict::trust && fails) out = &one;
        }
        return out;
    }
};

/// A month of a forecast that was saved, beside what came.
struct forecast_compared_month {
    std::string month;
    double forecast = undefined;
    std::array<interval, forecast_levels.size()> intervals;
    std::optional<std::int64_t> came;  ///< nothing: the month is not closed
    double inside = undefined;         ///< the narrowest interval that holds it; 1: none does
    forecast_split split;
    double mrr_forecast = undefined;
    std::array<interval, forecast_levels.size()> mrr_intervals;
    std::optional<std::int64_t> mrr_came;
    double mrr_inside = undefined;
    forecast_split mrr_split;
};

struct forecast_compared {
    std::string origin;
    std::string data_until;
    bool same_model = false;   ///< counted by the same definitions
    bool same_levels = false;  ///< else nothing can be said of mix and rate
    std::vector<forecast_compared_month> months;
};

struct forecast_finding {
    std::string origin;  ///< empty: there is no forecast
    std::string data_until;
    std::string model;   ///< fingerprint of what is counted
    std::string why;     ///< of no forecast: "no_data_until", "no_levels", "nothing_due", …
    std::string levels;  ///< "stage", "band": what the levels are of; empty: none
    std::int32_t horizon_months = 0;
    double shrinkage = undefined;
    std::string currency;
    int minor_digits = 0;
    std::int64_t decisions = 0;  ///< up to the origin
    std::int64_t decision_months = 0;
    std::int64_t overdue = 0;
    /// Contracts that end later and have an outcome already, of those that were observed at one
    /// lead: they are forecast as if they had none. Of the latest origin alone.
    std::int64_t decided_ahead = 0;
    std::int64_t renewed = 0;         ///< in the latest `horizon_months` up to the origin
    std::int64_t unfollowed = 0;      ///< of them: no contract begins in the month of the end
    double month_effect = undefined;  ///< standard deviation of a month's log-odds
    std::int64_t month_effect_months = 0;
    forecast_period together;
    std::vector<forecast_period> months;
    std::vector<forecast_rate> rates;
    std::vector<forecast_move> moves;
    std::vector<forecast_change_of_term> term_changes;
    std::vector<forecast_next_term> next_terms;
    std::vector<forecast_growth> growth;
    std::vector<forecast_what_if> what_if;
    std::vector<forecast_trend> trends;
    std::optional<forecast_backtest> backtest;
    std::optional<forecast_compared> compared;
    remarks told;
};

}  // namespace aiueo
