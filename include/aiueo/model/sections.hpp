// model › sections: what later rooms read from a model: segments, steps, plays, study, alerts and
// the rest. base ─► table ─► model
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/model/expression.hpp"
#include "aiueo/model/metric.hpp"

namespace aiueo {

/// A split of the portfolio: by category, or by edges of a number.
struct segment {
    std::string metric;
    std::vector<double> edges;  ///< empty for a category
    place where;
};

/// Causes and owners of a broken link; the first that fits stands before the library's own table.
struct cause_rule {
    std::string link;     ///< "1-2", "2-3", "3-4a", "3-4b"
    std::string verdict;  ///< "weak", "leaky", "starved"
    bool concentrated = false;
    label cause;
    std::vector<std::string> owners;
    place where;
};

/// The four steps of docs/scores.md and what makes a link good. `declared` says whether
/// the model has the section at all (patterns are a column only then).
struct step_rules {
    bool declared = false;
    double threshold = 60;
    std::optional<std::int32_t> lag_months;
    std::int32_t min_n = 30;
    double min_effect = 0.05;
    double starved_below = 0.1;
    std::map<std::string, double> target;  ///< "1-2", "2-3", "3-4a", "3-4b"
    std::vector<cause_rule> causes;
    place where;
};

struct play {
    std::string name;
    label shown;
    std::vector<std::string> for_gaps;  ///< "I.setup"
    std::string owner;
    std::string channel;
    double effort = 1;
    place where;
};

struct study_rules {
    std::vector<std::int32_t> leads{90, 0};
    std::vector<double> term_bands;  ///< months
    double alpha = 0.05;
    double shrinkage = 10;
    double max_weight_share = 1;
    std::int32_t grace_days = 0;
    bool free_is_customer = true;  ///< is a ledger's entry of MRR 0 a customer's?
    std::optional<double> nrr_target;
    std::int32_t horizon_months = 12;
    std::string completion_ladder;  ///< and the rung that completes onboarding
    std::string completion_rung;
    std::vector<std::string> ranks;   ///< worst first
    std::int32_t rank_days = 183;     ///< so long a member's rank is looked at
    std::int32_t exposure_days = 90;  ///< before the cutoff: when an initiative counts
    std::int32_t response_days = 14;  ///< to answer a call that is no trigger's
    place where;
};

struct rollup_rule {
    enum class combine : std::uint8_t { weighted_mean, minimum, share_good };
    combine how = combine::weighted_mean;
    std::string weight;  ///< a metric, empty = every child counts the same
    double good_from = 60;
    place where;
};

struct priority_rule {
    std::optional<double> capacity;
    std::vector<std::string> first;  ///< bands to start with
    place where;
};

struct alert {
    enum class on : std::uint8_t { drop, down, dark };
    std::string name;
    label shown;
    on what = on::drop;
    std::string of;      ///< a score; empty for ladder alerts
    std::string ladder;  ///< empty for score alerts
    double drop = 0;
    std::int32_t window_days = 30;
    double rearm = 0;
    std::int32_t quiet_days = 0;
    place where;
};

struct trigger {
    std::string name;
    label shown;
    expression when;
    std::string play;
    std::vector<std::pair<std::string, double>> variants;
    double holdout = 0;
    std::string once_per;  ///< a date that names the period in which it comes once, or "customer":
                           ///< once in its life; empty: the role contract_start, if there is one
    expression success;
    std::optional<std::int32_t> window_days;
    place where;
};

struct goal {
    std::string name;
    label shown;
    std::string ladder;
    std::string at_least;
    std::optional<double> share;
    std::optional<double> count;
    std::string weight = "customers";
    std::int32_t by = 0;  ///< days since 1970-01-01
    place where;
};

}  // namespace aiueo
