// study › revenue_finding: what study_revenue() returns. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/study/finding.hpp"
#include "aiueo/study/mrr_rows.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// Rates of what was there at the start (docs/revenue.md). `n`: customers at the start.
struct revenue_rates {
    figure customer_churn;  ///< customers lost ÷ customers
    figure lost_mrr;        ///< churn ÷ start
    figure gross_churn;     ///< (churn + contraction) ÷ start
    figure grr;             ///< 1 − that
    figure nrr;             ///< (start + expansion − contraction − churn) ÷ start
};

/// What became, `trailing_months` later, of the customers who were active then: from close to
/// close, whatever happened between. `n`: those customers.
struct revenue_trailing {
    figure customer_churn;  ///< no longer active ÷ all
    figure lost_mrr;        ///< MRR then of those ÷ MRR then of all
    figure grr;             ///< Σ of the smaller of MRR then and now ÷ MRR then
    figure nrr;             ///< MRR now ÷ MRR then
    figure kept_growth;     ///< MRR now ÷ MRR then of those who are active at both
};

struct revenue_month {
    mrr_month bridge;
    revenue_rates rates;
    /// What the rates of twelve months come to, one after another: 1 − Π(1 − rate), and Π of GRR
    /// and NRR. Of whoever was there at each start.
    revenue_rates compounded;
    revenue_trailing trailing;
};

/// A cohort so many months after the month in which its customers were first active.
struct cohort_month {
    std::int32_t months = 0;
    mrr_sum active;
    figure customers_kept;  ///< active ÷ all of the cohort
    figure mrr_kept;    ///< MRR ÷ MRR at the cohort's first close: NRR since, with who came back
    figure gross_kept;  ///< Π of the months' GRR: without expansion, and nobody comes back
};

struct revenue_cohort {
    std::string month;
    std::vector<cohort_month> months;
};

/// A level of a segment. Differences are to all other customers.
struct revenue_level {
    std::string level;  ///< empty: not known
    std::vector<mrr_month> months;
    revenue_rates rates;       ///< of the last month
    revenue_rates compounded;  ///< of the last twelve
    revenue_trailing trailing;
    tested_figure churn_difference;  ///< of trailing customer churn; Newcombe's interval
    tested_figure nrr_difference;    ///< of trailing NRR
};

struct revenue_segment {
    std::string segment;
    std::vector<revenue_level> levels;
};

/// Contracts that were due in a month: decided ends of contracts in force at the close before.
struct revenue_due {
    std::string month;         ///< the last of twelve, where it is of twelve
    std::int64_t due = 0;      ///< Σ MRR before, minor units, where it is known
    figure renewal_rate;       ///< renewed ÷ decided
    figure renewed_mrr_rate;   ///< Σ MRR before of the renewed ÷ Σ MRR before
    figure retained_mrr_rate;  ///< Σ MRR after ÷ Σ MRR before
};

/// Who started in a month, or is at a level, and when they reached the rung.
struct completion_row {
    std::string of;  ///< month, level; empty: not known
    std::int64_t started = 0;
    std::int64_t in_time = 0;  ///< reached it within the limit
    std::int64_t judged = 0;   ///< of whom that is known: they did, or the limit has passed
    std::int64_t open = 0;     ///< seen last before it had passed
    std::int64_t left = 0;     ///< who left without it; they are among the judged
    figure rate;               ///< in_time ÷ judged; undefined while the limit runs
    figure by_limit;           ///< Kaplan–Meier's share by then, of whom n started
    figure median_days;        ///< Kaplan–Meier's
};

/// The share who have reached it by a day.
struct completion_point {
    std::int64_t days = 0;
    std::int64_t at_risk = 0;  ///< just before: leavers are, until the end
    figure reached;
};

struct revenue_completion {
    std::string ladder, rung;
    std::optional<std::int32_t> expected_by_days;
    std::int64_t begun_unseen = 0;  ///< customers first seen too late to tell
    completion_row everybody;
    std::vector<completion_point> curve;
    std::vector<completion_row> months;
    struct segment {
        std::string name;
        std::vector<completion_row> levels;
    };
    std::vector<segment> segments;
};

/// Where customers moved between two closes.
enum class stage_move : std::uint8_t {
    up,
    same,
    down,
    unknown,  ///< active at both, and a level is not known
    left,
    came,  ///< new, or again
};
inline constexpr std::size_t stage_moves = 6;

[[nodiscard]] constexpr std::string_view name_of(stage_move one) noexcept {
    switch (one) {
    case stage_move::up: return "up";
    case stage_move::same: return "same";
    case stage_move::down: return "down";
    case stage_move::unknown: return "unknown";
    case stage_move::left: return "left";
    case stage_move::came: return "came";
    }
    return "unknown";
}

/// Sums over customers who moved alike; money in minor units.
struct moved_mrr {
    std::int64_t customers = 0;
    std::int64_t before = 0;
    std::int64_t after = 0;
    std::int64_t gained = 0;   ///< Σ of what those pay more who were active at both closes
    std::int64_t lost = 0;     ///< Σ of what those pay less
    std::int64_t churned = 0;  ///< MRR of those who left
    std::int64_t came = 0;     ///< MRR of those who came
};

/// NRR taken apart: into what moved, and by the stages it moved with.
struct revenue_tree {
    std::string first_month, last_month;
    mrr_sum start;  ///< over several months their sum: customer-months, and MRR
    // Shares of start; over several months the mean, weighted by it. `n`: of start.
    figure nrr, expansion, contraction, churn;
    struct branch {
        stage_move move = stage_move::same;
        moved_mrr sums;
        figure share;  ///< (gained − lost − churned) ÷ start: its part of NRR − 1
    };
    std::vector<branch> moves;
    struct level {
        std::string name;  ///< at the close before; empty: not known
        moved_mrr sums;
        std::array<std::int64_t, stage_moves> customers{};  ///< by move
        figure nrr;
    };
    std::vector<level> levels;
};

/// A member's or a team's customers between two closes.
struct revenue_owner {
    std::string name;  ///< empty: nobody's
    std::int32_t cycle_months = 1;
    mrr_sum start;
    figure nrr;  ///< n: customers at the start
    std::array<moved_mrr, stage_moves> moves{};
};

struct revenue_finding {
    std::optional<revenue_known> known;  ///< nothing: no money was counted
    std::int32_t trailing_months = 12;
    reactivated back = reactivated::left_out;
    std::int32_t grace_days = 0;
    bool free_is_customer = true;
    std::string currency;
    int minor_digits = 0;
    std::vector<revenue_month> months;
    std::vector<revenue_cohort> cohorts;
    std::vector<revenue_segment> segments;
    std::vector<revenue_due> due;
    std::optional<revenue_due> due_year;  ///< the last twelve months together
    std::optional<revenue_completion> completion;
    std::vector<revenue_tree> trees;  ///< of the last month, and of the last twelve
    std::vector<revenue_owner> members, teams;
    remarks told;
};

}  // namespace aiueo
