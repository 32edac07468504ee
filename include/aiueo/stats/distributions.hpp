// stats › distributions: normal, t, chi-squared and beta, by Boost.Math. base ─► stats
//
// Within 1e-10 of SciPy, tails relatively so, for parameters up to 10^6. Arguments outside a
// function's domain give *undefined*. Nothing is computed in long double: its width differs between
// machines. Boost's own inverses are not used: some of them throw whatever the policy says.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>

#include <boost/math/distributions/students_t.hpp>
#include <boost/math/policies/policy.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>

#include "aiueo/stats/figure.hpp"

namespace aiueo {

namespace stats_detail {

namespace bp = boost::math::policies;

/// No exceptions, no errno, no wider type.
using quiet =
    bp::policy<bp::domain_error<bp::ignore_error>, bp::pole_error<bp::ignore_error>,
               bp::overflow_error<bp::ignore_error>, bp::underflow_error<bp::ignore_error>,
               bp::denorm_error<bp::ignore_error>, bp::evaluation_error<bp::ignore_error>,
               bp::rounding_error<bp::ignore_error>,
               bp::indeterminate_result_error<bp::ignore_error>, bp::promote_float<false>,
               bp::promote_double<false>>;

using t_distribution = boost::math::students_t_distribution<double, quiet>;

inline constexpr double root_half = 0.70710678118654752440;

/// Inside (0, 1); NaN is not.
[[nodiscard]] inline bool is_share(double p) noexcept { return p > 0 && p < 1; }

[[nodiscard]] inline bool is_positive(double x) noexcept { return x > 0 && std::isfinite(x); }

/// Beta parameters: 0 to 10^13, beyond every count and all that Boost takes in bounded time.
[[nodiscard]] inline bool is_shape(double x) noexcept { return x > 0 && x <= 1e13; }

/// The least x ≥ 0, up to `most`, that is not `below` the one sought. Halves the doubles between,
/// not the distance, so that 64 steps reach every x to its last bit, however small it is.
template <class Below>
[[nodiscard]] double search(double most, Below below) noexcept {
    std::uint64_t low = 0, high = std::bit_cast<std::uint64_t>(most);
    while (low < high) {
        const std::uint64_t middle = low + (high - low) / 2;
        if (below(std::bit_cast<double>(middle))) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return std::bit_cast<double>(low);
}

inline constexpr double largest = std::numeric_limits<double>::max();

}  // namespace stats_detail

/// P(Z ≤ z) of the standard normal.
[[nodiscard]] inline double normal_cdf(double z) noexcept {
    using namespace stats_detail;
    if (std::isinf(z)) return z > 0 ? 1.0 : 0.0;
    return is_defined(z) ? 0.5 * boost::math::erfc(-z * root_half, quiet{}) : undefined;
}

/// P(Z > z), exact in the tail.
[[nodiscard]] inline double normal_sf(double z) noexcept { return normal_cdf(-z); }

/// P(|Z| ≥ |z|): the p value of a z.
[[nodiscard]] inline double normal_two_sided(double z) noexcept {
    return 2.0 * normal_cdf(-std::fabs(z));
}

/// The z with P(Z ≤ z) = p; 0 < p < 1.
[[nodiscard]] inline double normal_quantile(double p) noexcept {
    using namespace stats_detail;
    if (!is_share(p)) return undefined;
    return -boost::math::erfc_inv(2.0 * p, quiet{}) / root_half;
}

/// P(T ≤ t) of Student's t; df > 0, not necessarily whole.
[[nodiscard]] inline double t_cdf(double t, double df) noexcept {
    using namespace stats_detail;
    if (!is_positive(df) || !is_defined(t)) return undefined;
    if (std::isinf(t)) return t > 0 ? 1.0 : 0.0;
    return boost::math::cdf(t_distribution{df}, t);
}

[[nodiscard]] inline double t_sf(double t, double df) noexcept { return t_cdf(-t, df); }

[[nodiscard]] inline double t_two_sided(double t, double df) noexcept {
    return 2.0 * t_cdf(-std::fabs(t), df);
}

/// The t with P(T ≤ t) = p; 0 < p < 1.
[[nodiscard]] inline double t_quantile(double p, double df) noexcept {
    using namespace stats_detail;
    if (!is_share(p) || !is_positive(df)) return undefined;
    if (p == 0.5) return 0.0;
    const double tail = p < 0.5 ? p : 1 - p;
    const double t = search(largest, [=](double x) { return t_cdf(-x, df) > tail; });
    return p < 0.5 ? -t : t;
}

/// P(X ≤ x) of chi-squared; x ≥ 0, df > 0.
[[nodiscard]] inline double chi_squared_cdf(double x, double df) noexcept {
    using namespace stats_detail;
    if (!is_positive(df) || !(x >= 0)) return undefined;
    if (std::isinf(x)) return 1.0;
    return boost::math::gamma_p(df / 2, x / 2, quiet{});
}

/// P(X > x): the p value of a chi-squared statistic.
[[nodiscard]] inline double chi_squared_sf(double x, double df) noexcept {
    using namespace stats_detail;
    if (!is_positive(df) || !(x >= 0)) return undefined;
    if (std::isinf(x)) return 0.0;
    return boost::math::gamma_q(df / 2, x / 2, quiet{});
}

/// The x with P(X ≤ x) = p; 0 < p < 1.
[[nodiscard]] inline double chi_squared_quantile(double p, double df) noexcept {
    using namespace stats_detail;
    if (!is_share(p) || !is_positive(df)) return undefined;
    return search(largest, [=](double x) {
        return p < 0.5 ? chi_squared_cdf(x, df) < p : chi_squared_sf(x, df) > 1 - p;
    });
}

/// P(X ≤ x) of Beta(a, b); 0 ≤ x ≤ 1, 0 < a ≤ 10^13, 0 < b ≤ 10^13.
[[nodiscard]] inline double beta_cdf(double x, double a, double b) noexcept {
    using namespace stats_detail;
    if (!is_shape(a) || !is_shape(b) || !(x >= 0 && x <= 1)) return undefined;
    return boost::math::ibeta(a, b, x, quiet{});
}

[[nodiscard]] inline double beta_sf(double x, double a, double b) noexcept {
    using namespace stats_detail;
    if (!is_shape(a) || !is_shape(b) || !(x >= 0 && x <= 1)) return undefined;
    return boost::math::ibetac(a, b, x, quiet{});
}

/// The x with P(X ≤ x) = p; 0 < p < 1.
[[nodiscard]] inline double beta_quantile(double p, double a, double b) noexcept {
    using namespace stats_detail;
    if (!is_share(p) || !is_shape(a) || !is_shape(b)) return undefined;
    return search(
        1.0, [=](double x) { return p < 0.5 ? beta_cdf(x, a, b) < p : beta_sf(x, a, b) > 1 - p; });
}

/// The x with P(X > x) = p; 0 < p < 1.
[[nodiscard]] inline double beta_upper_quantile(double p, double a, double b) noexcept {
    using namespace stats_detail;
    if (!is_share(p) || !is_shape(a) || !is_shape(b)) return undefined;
    return search(
        1.0, [=](double x) { return p < 0.5 ? beta_sf(x, a, b) > p : beta_cdf(x, a, b) < 1 - p; });
}

namespace stats_detail {

/// The z that leaves (1 − level) / 2 above it; undefined unless 0 < level < 1.
[[nodiscard]] inline double two_sided_z(double level) noexcept {
    return is_share(level) ? -normal_quantile((1.0 - level) / 2) : undefined;
}

/// t_quantile(0.975, df) of 1, 2, … degrees: a study asks for those of its groups hundreds of
/// times.
inline constexpr double two_sided_t_95[] = {
    12.706204736174692, 4.3026527297494619, 3.1824463052837078, 2.7764451051977939,
    2.570581835636315,  2.4469118511449697, 2.3646242515927849, 2.3060041352041658,
    2.2621571627982049, 2.2281388519862739, 2.2009851600916392, 2.1788128296672276,
    2.1603686564627917, 2.1447866879178026, 2.1314495455597755, 2.1199052992212546,
    2.1098155778333165, 2.1009220402410382, 2.0930240544083092};

[[nodiscard]] inline double two_sided_t(double level, double df) noexcept {
    if (level == 0.95) {
        for (std::size_t k = 0; k < std::size(two_sided_t_95); ++k)
            if (df == real(k + 1)) return two_sided_t_95[k];
    }
    return is_share(level) ? -t_quantile((1.0 - level) / 2, df) : undefined;
}

}  // namespace stats_detail

}  // namespace aiueo
