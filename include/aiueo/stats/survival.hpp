// stats › survival: time until an event, with those who have not had it yet. base ─► stats
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// What was seen at one time: events, and censored observations, which were last seen without the
/// event and are at risk up to and with this time.
struct survival_count {
    std::int64_t time = 0;
    std::int64_t events = 0;
    std::int64_t censored = 0;
};

struct survival_point {
    std::int64_t time = 0;
    std::int64_t at_risk = 0;  ///< just before this time
    std::int64_t events = 0;
    double survival = undefined;  ///< P(no event up to and with this time)
    double error = undefined;     ///< Greenwood's; undefined where survival is 0
    aiueo::interval interval;     ///< log-log; undefined where survival is 1 or 0
};

struct survival_quantile {
    double time = undefined;
    aiueo::interval interval;  ///< each bound may be undefined alone: not reached
};

/// Kaplan–Meier estimate (Kaplan, Meier 1958), one point a time in `counts`, whose times ascend.
/// Error by Greenwood 1926, interval S^exp(±z · error of ln(−ln S)) (Kalbfleisch, Prentice 1980).
/// `points` has as many places as `counts`. False, and nothing written, for lengths that differ,
/// times that do not ascend or counts that contradict themselves.
inline bool kaplan_meier(std::span<const survival_count> counts, std::span<survival_point> points,
                         double level = 0.95) noexcept {
    using namespace stats_detail;
    if (points.size() != counts.size()) return false;
    std::int64_t left = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::int64_t both[] = {left, counts[i].events, counts[i].censored};
        left = total_of(both);
        if (left == no_total || (i > 0 && counts[i].time <= counts[i - 1].time)) return false;
    }
    const double z = two_sided_z(level);
    double survival = 1, greenwood = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::int64_t events = counts[i].events;
        survival_point& point = points[i];
        point = {counts[i].time, left, events, undefined, undefined, {}};
        if (left == 0) continue;
        survival *= ratio(left - events, left);
        greenwood += ratio(events, int128{left} * (left - events));
        left -= events + counts[i].censored;
        point.survival = survival;
        if (!(survival > 0)) continue;
        point.error = survival * std::sqrt(greenwood);
        if (!(survival < 1) || !is_defined(z)) continue;
        const double log = std::log(survival);
        const double half = z * std::sqrt(greenwood) / -log;
        point.interval = {std::exp(log * std::exp(half)), std::exp(log * std::exp(-half))};
    }
    return true;
}

/// The first time at which survival is at most 1 − p (the median for p = ½), less 10⁻¹² for
/// rounding; the interval is from where the curve's lower and upper bound get there (Brookmeyer,
/// Crowley 1982). Undefined where they never do.
[[nodiscard]] inline survival_quantile survival_time(std::span<const survival_point> points,
                                                     double p = 0.5) noexcept {
    using namespace stats_detail;
    survival_quantile out;
    if (!is_share(p)) return out;
    const double wanted = 1 - p + 1e-12;
    for (const survival_point& point : points) {
        const double time = real(point.time);
        // Where nobody is left the bounds are those of before.
        if (!is_defined(out.time) && point.survival <= wanted) out.time = time;
        if (!is_defined(out.interval.lower) && point.interval.lower <= wanted) {
            out.interval.lower = time;
        }
        if (!is_defined(out.interval.upper) && point.interval.upper <= wanted) {
            out.interval.upper = time;
        }
    }
    return out;
}

}  // namespace aiueo
