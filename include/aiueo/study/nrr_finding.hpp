// study › nrr_finding: what study_nrr() returns. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/evidence/revenue_shape.hpp"
#include "aiueo/study/finding.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// Why something is not known; `none` where it is.
enum class nrr_gap : std::uint8_t {
    none,
    nothing_counted,  ///< no data_until, or neither a ledger nor contracts with MRR
    too_short,        ///< no month's close lies the horizon before a close that is seen
    no_levels,        ///< the model has neither a ladder nor bands
    other_levels,     ///< moves between these levels are not counted: of the first ladder they are
    no_customers,     ///< nobody is active
    no_target,        ///< neither an option nor the model's study.nrr_target
    out_of_range,     ///< no life is as good as the target, or none as bad
    unseen,           ///< it depends on customers who have no level at the last close
};

[[nodiscard]] constexpr std::string_view name_of(nrr_gap one) noexcept {
    switch (one) {
    case nrr_gap::none: return "";
    case nrr_gap::nothing_counted: return "nothing_counted";
    case nrr_gap::too_short: return "too_short";
    case nrr_gap::no_levels: return "no_levels";
    case nrr_gap::other_levels: return "other_levels";
    case nrr_gap::no_customers: return "no_customers";
    case nrr_gap::no_target: return "no_target";
    case nrr_gap::out_of_range: return "out_of_range";
    case nrr_gap::unseen: return "unseen";
    }
    return "";
}

/// Customers and what they pay, minor units.
struct paying {
    std::int64_t customers = 0;
    std::int64_t mrr = 0;

    paying& operator+=(const paying& other) noexcept {
        customers += other.customers;
        mrr += other.mrr;
        return *this;
    }
};

/// A level of the ladder, everybody, or those without a snapshot in the month.
struct nrr_level {
    std::string level;
    figure nrr;                  ///< Σ MRR later ÷ Σ MRR; n: customer-months
    figure grr;                  ///< Σ of the smaller of MRR then and later ÷ Σ MRR
    figure renewal;              ///< of Σ MRR, what those paid who were kept
    figure expansion;            ///< Σ MRR later ÷ what those paid then
    std::int64_t customers = 0;  ///< in the month with most of them: at least so many there are
    std::optional<paying> now;   ///< at the last close
    double share = undefined;    ///< of the MRR at the last close
    figure earlier;              ///< NRR of the starting months before the latest
    figure latest;               ///< NRR of the latest starting months
    tested_figure change;        ///< the latest less the earlier; q over the levels
};

/// A fall of NRR from one level to the next higher one.
struct nrr_fall {
    std::string from;
    std::string to;
    figure difference;  ///< below 0
};

/// Where what came is expected to lie, with so much confidence.
struct nrr_band {
    double level = 0;  ///< 0.5, 0.8, 0.95
    aiueo::interval between;
};

/// The MRR of some customers, and what the rates say of it.
struct nrr_portfolio {
    std::string name;  ///< of a member or team; empty: unnamed, or all customers
    paying now;
    figure expected;      ///< Σ share of MRR × NRR of the level; interval of the rates alone
    paying by_everybody;  ///< of them without a level, or at one without a rate: at everybody's
};

/// How many of a level reach a higher one.
struct nrr_reach {
    std::int32_t months = 0;
    figure share;  ///< of the customers that are there, within so many months; n: customer-months
};

/// An initiative that was drawn, with hold-outs, among the customers of a level.
struct nrr_experiment {
    std::string initiative;
    bool established = false;    ///< q ≤ the model's alpha, and more were kept of those drawn
    figure chosen;               ///< renewal rate
    figure held;                 ///< likewise
    tested_figure effect;        ///< chosen less held; q over all levels and initiatives
    std::int64_t contracts = 0;  ///< of the level, that end within the horizon
    std::int64_t due = 0;        ///< Σ their MRR, minor units
    figure impact;               ///< that × the effect × the level's expansion, minor units
};

/// What customers at the next rung keep and add more than those at this.
struct nrr_level_up {
    std::string from;
    std::string to;
    paying now;          ///< at `from`
    figure difference;   ///< NRR of `to` less that of `from`
    figure association;  ///< MRR at `from` × the difference, minor units
    /// Hold-outs among those at `from`, where there are enough of them.
    std::optional<nrr_experiment> experiment;
    bool by_experiment = false;  ///< it is established; else `impact` is the association
    figure impact;               ///< the experiment's, or the association, minor units
    std::vector<nrr_reach> reach;
    figure gain;  ///< share that gets there within the lag × the difference, per MRR
};

/// So many customers of a level brought to the next.
struct nrr_step {
    std::string from;
    std::string to;
    std::int64_t customers = 0;
    std::int64_t of = 0;        ///< that are there
    double usual = undefined;   ///< of those, that get there within the lag without a plan
    double mrr = undefined;     ///< mean of the level, minor units
    double effort = undefined;  ///< of all of them
    double gain = undefined;    ///< of the portfolio's NRR
    bool sure = false;          ///< the interval of the difference lies above 0
};

enum class nrr_plan_state : std::uint8_t {
    unknown,       ///< see `why`
    there,         ///< the portfolio is at the target or above
    reached,       ///< with these steps
    capacity,      ///< not with so much capacity: the steps go as far as it can
    out_of_reach,  ///< not if everybody is a rung higher
};

[[nodiscard]] constexpr std::string_view name_of(nrr_plan_state one) noexcept {
    switch (one) {
    case nrr_plan_state::unknown: return "unknown";
    case nrr_plan_state::there: return "there";
    case nrr_plan_state::reached: return "reached";
    case nrr_plan_state::capacity: return "capacity";
    case nrr_plan_state::out_of_reach: return "out_of_reach";
    }
    return "unknown";
}

/// The cheapest steps to the target.
struct nrr_plan {
    nrr_plan_state state = nrr_plan_state::unknown;
    nrr_gap why = nrr_gap::none;
    double target = undefined;
    double capacity = undefined;  ///< undefined: none was given
    std::vector<nrr_step> steps;
    double effort = undefined;  ///< of all steps
    bool exact = true;          ///< no other steps take less (at a capacity: reach more)
    double bound = undefined;   ///< no steps take less effort (at a capacity: NRR no higher)
    figure expected;            ///< of the portfolio after the steps
};

/// What a change of the expected NRR is made of; together the change.
enum class nrr_part : std::uint8_t { level_ups, level_downs, seen, arrived, lost, mrr };
inline constexpr std::size_t nrr_parts = 6;
inline constexpr std::array<std::string_view, nrr_parts> nrr_part_names{
    "level_ups", "level_downs", "seen", "new", "lost", "mrr"};

/// A portfolio at two closes, at the same rates.
struct nrr_change {
    std::string name;  ///< of a member or team; empty: unnamed, or all customers
    figure before;
    figure after;
    figure change;
    std::array<figure, nrr_parts> parts;  ///< n: the customers
    double of_all = undefined;  ///< a member's: its part of the change of all; they add up to it
};

struct nrr_review {
    std::int32_t months = 0;
    std::string from;  ///< the earlier month
    std::string to;
    nrr_change all;
    std::vector<nrr_change> members;
    std::vector<nrr_change> teams;
};

/// Mean course of lives, as a share of what they began with.
struct nrr_point {
    std::int32_t months = 0;  ///< since the first close
    double all = undefined;
    double achievers = undefined;
    figure required;
};

enum class nrr_verdict : std::uint8_t { unknown, behind, on, ahead };
[[nodiscard]] constexpr std::string_view name_of(nrr_verdict one) noexcept {
    switch (one) {
    case nrr_verdict::unknown: return "unknown";
    case nrr_verdict::behind: return "behind";
    case nrr_verdict::on: return "on";
    case nrr_verdict::ahead: return "ahead";
    }
    return "unknown";
}

/// Customers that began in one month, or all recent ones together, at the last close.
struct nrr_cohort {
    std::string start;        ///< empty: together
    std::int32_t months = 0;  ///< since then; together: 0
    paying then;
    paying now;
    nrr_verdict verdict = nrr_verdict::unknown;
    figure ratio;  ///< MRR now ÷ at first
    double required = undefined;
    tested_figure difference;  ///< ratio less what is required
    // The difference is these three.
    double by_renewal = undefined;    ///< more or fewer kept than usual at that age
    double by_expansion = undefined;  ///< more or less MRR of each kept than usual
    double by_target = undefined;     ///< what is usual, less what is required
};

enum class nrr_course_trust : std::uint8_t { too_little, misleading, undecided, trust };
[[nodiscard]] constexpr std::string_view name_of(nrr_course_trust one) noexcept {
    switch (one) {
    case nrr_course_trust::too_little: return "too_little_history";
    case nrr_course_trust::misleading: return "misleading";
    case nrr_course_trust::undecided: return "undecided";
    case nrr_course_trust::trust: return "trust";
    }
    return "too_little_history";
}

/// What became of cohorts that were first called this while they were younger than the horizon.
struct nrr_call {
    nrr_verdict called = nrr_verdict::unknown;  ///< on: never called anything else
    std::int64_t cohorts = 0;
    std::int64_t customers = 0;
    double months = undefined;    ///< mean age at the first call; undefined for `on`
    std::int64_t reversed = 0;    ///< of them that were called the contrary later
    std::int64_t reached = 0;     ///< of them that reached the target at the horizon
    double realised = undefined;  ///< NRR of all their customers at the horizon
};

/// The verdict on all recent cohorts together at a past close, and what came.
struct nrr_course_origin {
    std::string month;
    std::int64_t lives = 0;  ///< that were known then
    nrr_verdict verdict = nrr_verdict::unknown;
    figure difference;
    std::int64_t ahead = 0;  ///< cohorts that were called so at that close
    std::int64_t behind = 0;
    double realised = undefined;  ///< NRR of the same customers at the horizon
};

/// At past closes: the course of lives that were known then, and which cohorts kept up with it.
struct nrr_course_backtest {
    nrr_course_trust verdict = nrr_course_trust::too_little;
    std::int64_t origins = 0;
    double independent = undefined;  ///< windows without overlap that would say as much
    figure right;  ///< share of called cohorts that ended on that side; n: cohorts
    /// Share that reached the target of the cohorts first called `better`, less that of `worse`:
    /// ahead and behind, or never either in the place of one with too few. n: cohorts.
    figure apart;
    nrr_verdict better = nrr_verdict::unknown, worse = nrr_verdict::unknown;
    std::vector<nrr_call> calls;  ///< behind, on, ahead
    std::vector<nrr_course_origin> each;
};

struct nrr_curve {
    nrr_gap why = nrr_gap::none;  ///< there is no curve that reaches the target
    double target = undefined;
    std::int64_t lives = 0;
    std::int64_t achievers = 0;
    double realised = undefined;  ///< NRR of all lives
    double lambda = undefined;
    double effective = undefined;  ///< lives of equal weight that would say as much
    std::vector<nrr_point> points;
    std::vector<nrr_cohort> cohorts;     ///< of the horizon or younger
    std::optional<nrr_cohort> together;  ///< all of them, each beside the course at its age
    nrr_course_backtest backtest;
};

enum class nrr_trust : std::uint8_t { too_little, biased, overconfident, trust };
[[nodiscard]] constexpr std::string_view name_of(nrr_trust one) noexcept {
    switch (one) {
    case nrr_trust::too_little: return "too_little_history";
    case nrr_trust::biased: return "biased";
    case nrr_trust::overconfident: return "overconfident";
    case nrr_trust::trust: return "trust";
    }
    return "too_little_history";
}

/// What would have been said at a past close, and what came.
struct nrr_origin {
    std::string month;
    std::int32_t months = 0;  ///< starting months that the rates were of
    double expected = undefined;
    double error = undefined;
    std::vector<nrr_band> bands;
    double realised = undefined;
    double deviation = undefined;  ///< realised less expected
    std::string level;             ///< that deviated most; empty: nobody had a level
    double by_level = undefined;   ///< its part of the deviation
};

/// A level's part of the deviation, the mean over the origins.
struct nrr_deviation {
    std::string level;                ///< empty: without a level
    figure part;                      ///< n: origins
    double by_renewal = undefined;    ///< its MRR was kept more or less than expected
    double by_expansion = undefined;  ///< what was kept grew more or less
};

struct nrr_coverage {
    double level = 0;
    double covered = undefined;  ///< share of the origins whose interval held what came
};

struct nrr_backtest {
    nrr_trust verdict = nrr_trust::too_little;
    std::int64_t origins = 0;
    double independent = undefined;  ///< windows without overlap that would say as much
    figure bias;                     ///< mean deviation
    double spread = undefined;  ///< mean of (deviation ÷ its error)²; 1 where errors are right
    double month_effect = undefined;  ///< standard deviation of starting months beyond chance
    std::vector<nrr_coverage> coverage;
    std::vector<nrr_deviation> levels;
    std::vector<nrr_origin> each;
};

struct nrr_finding {
    nrr_gap why = nrr_gap::none;
    std::string of;                       ///< the ladder, or "band"; empty: no levels
    std::int32_t horizon = 12;            ///< months
    std::string last_month;               ///< the last close that is seen; empty: none
    std::string first_start, last_start;  ///< starting months of the rates; empty: none
    std::string known_from;  ///< the month whose close makes a first rate known; empty: done
    std::int32_t lag = 0;    ///< months: of the shares that go up
    std::string currency;
    int minor_digits = 0;
    remarks told;
    nrr_level everybody;
    std::vector<nrr_level> levels;
    nrr_level unseen;
    std::int32_t latest_months = 12;  ///< starting months that are "latest"
    std::vector<nrr_fall> falls;
    nrr_gap portfolio_why = nrr_gap::none;
    nrr_portfolio portfolio;
    std::vector<nrr_band> realised;  ///< where the portfolio's NRR will lie
    std::vector<nrr_portfolio> members;
    std::vector<nrr_portfolio> teams;
    std::vector<nrr_level_up> level_ups;
    nrr_plan plan;
    std::vector<nrr_review> reviews;
    nrr_curve curve;
    nrr_backtest backtest;
};

/// The NRR that a customer at this level is expected to have: that of its level, of everybody where
/// the level is empty, unknown or has no rate.
[[nodiscard]] inline const figure& expected_nrr(const nrr_finding& found,
                                                std::string_view level) noexcept {
    for (const nrr_level& one : found.levels) {
        if (one.level == level && is_defined(one.nrr.value)) return one.nrr;
    }
    return found.everybody.nrr;
}

}  // namespace aiueo
