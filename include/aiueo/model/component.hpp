// model › component: a metric mapped to 0..100 by a response, with a weight. base ─► table ─► model
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/model/metric.hpp"

namespace aiueo {

struct knot {
    double at = 0;     ///< position on the input, in the metric's unit (days for dates)
    double score = 0;  ///< 0..100
};

enum class response : std::uint8_t {
    curve,  ///< piecewise linear, clamped outside; two knots at one position: a jump, the second
            ///< counts there
    steps,  ///< the score from that threshold up; `below` under the first
    table,  ///< category → score; `otherwise` for unlisted ones
    days_since,  ///< curve over as_of − date; a date after as_of is invalid
    days_until,  ///< curve over date − as_of; a date before as_of is invalid
    percentile,  ///< knots at equal ranks 0..100; at repeated knots the first rank counts
    flag,        ///< true 100, false 0
    custom,      ///< a scorer registered with the plan
};

enum class missing_policy : std::uint8_t {
    renormalize,  ///< left out
    prior,        ///< `prior` stands in
    pessimistic,  ///< 0 stands in
    fail,         ///< the group is insufficient
};

struct component {
    std::string name;
    label shown;

    std::vector<std::string>
        inputs;  ///< one metric; two for a share (part, whole); any number for custom
    std::vector<std::uint32_t>
        input_metrics;  ///< their indices in model::metrics, set by check_model()
    bool is_share = false;
    std::optional<double> of_zero;  ///< a share's value where whole = 0; else unknown

    response how = response::flag;
    std::vector<knot> knots;  ///< curve, steps, days_since, days_until, percentile (score = rank)
    double below = 0;         ///< steps
    std::vector<std::pair<std::string, double>> table;
    std::optional<double> otherwise;
    bool invert = false;  ///< flag: true 0, false 100

    std::string scorer;  ///< custom
    std::int32_t scorer_version = 1;
    std::string params = "{}";  ///< custom: JSON text

    double weight = 1;
    missing_policy missing = missing_policy::renormalize;
    double prior = 0;
    std::optional<std::int32_t> from;   ///< days since 1970-01-01; touch: in use from this date
    std::optional<std::int32_t> until;  ///< touch: in use up to this date, inclusive
    place where;
};

/// "At most 40 while no admin is registered."
struct cap {
    expression when;
    double at_most = 100;
    place where;
};

/// A manager's pulse that stands in for, or bounds, a score while it is fresh.
struct score_override {
    enum class mode : std::uint8_t { replace, floor, ceiling };
    std::string metric;
    std::uint32_t metric_index = 0;  ///< set by check_model()
    mode how = mode::replace;
    place where;
};

}  // namespace aiueo
