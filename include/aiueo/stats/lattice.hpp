// stats › lattice: what successes are worth together where they have prices. base ─► stats
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/stats/convolution.hpp"
#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// `trials` independent tries that succeed with `probability`; a success is worth `price`.
struct priced_group {
    std::int64_t trials = 0;
    double probability = undefined;
    std::int64_t price = 0;
};

/// Most values that a sum may take, and most products of two probabilities that it may cost.
struct lattice_limits {
    std::size_t points = std::size_t{1} << 16;
    std::size_t products = std::size_t{1} << 24;
};

/// Sums are whole multiples of `unit`, the greatest common divisor of all prices.
struct lattice_sum {
    std::int64_t unit = 1;
    count_distribution in_units;  ///< undefined: beyond the limits, or a group that cannot be
    std::size_t products = 0;     ///< what it cost
};

namespace stats_detail {

/// What is less probable than this at either end of a step is left out: of at most 2¹⁶ values.
inline constexpr double least_lattice_mass = 1e-16;

[[nodiscard]] inline count_distribution thinned(const count_distribution& of) {
    const auto mass = of.mass();
    std::size_t from = 0, to = mass.size();
    while (to - from > 1 && mass[from] < least_lattice_mass) ++from;
    while (to - from > 1 && mass[to - 1] < least_lattice_mass) --to;
    return {of.first() + static_cast<std::int64_t>(from),
            std::vector<double>(mass.begin() + static_cast<std::ptrdiff_t>(from),
                                mass.begin() + static_cast<std::ptrdiff_t>(to))};
}

/// a + stride × b, independent.
[[nodiscard]] inline count_distribution strided(const count_distribution& a,
                                                const count_distribution& b, std::size_t stride) {
    std::vector<double> mass(a.mass().size() + (b.mass().size() - 1) * stride);
    for (std::size_t j = 0; j < b.mass().size(); ++j) {
        const double m = b.mass()[j];
        double* const to = mass.data() + j * stride;
        for (std::size_t i = 0; i < a.mass().size(); ++i) to[i] += m * a.mass()[i];
    }
    return thinned({a.first() + static_cast<std::int64_t>(stride) * b.first(), std::move(mass)});
}

}  // namespace stats_detail

/// The distribution of the worth of all successes, groups independent of each other, prices above
/// 0. Only what is less probable than 10⁻¹⁶ at an end of a step is left out. Undefined beyond the
/// limits, for a price that is not above 0, and where successes() is. Allocates.
[[nodiscard]] inline lattice_sum lattice_successes(std::span<const priced_group> groups,
                                                   const lattice_limits& limits = {}) {
    using namespace stats_detail;
    lattice_sum out;
    std::map<std::int64_t, std::vector<binomial_group>> by_price;
    std::int64_t unit = 0;
    for (const priced_group& one : groups) {
        if (one.price <= 0) return out;
        if (one.trials == 0) continue;
        unit = std::gcd(unit, one.price);
        by_price[one.price].push_back({one.trials, one.probability});
    }
    out.unit = unit == 0 ? 1 : unit;
    std::vector<std::pair<std::size_t, count_distribution>> parts;  // by stride
    double points = 1;
    for (const auto& [price, same] : by_price) {
        const count_distribution all = successes(same);
        if (!all.is_defined()) return out;
        points += real(price / out.unit) * real(all.mass().size());
        if (points > 1e15) return out;
        parts.emplace_back(static_cast<std::size_t>(price / out.unit), thinned(all));
    }
    // Short steps first, so that the long ones meet what is already thinned.
    count_distribution sum{0, {1.0}};
    for (const auto& [stride, one] : parts) {
        const double width = real(sum.mass().size()) + real(one.mass().size() - 1) * real(stride);
        const double cost = real(sum.mass().size()) * real(one.mass().size());
        if (width > real(limits.points) || real(out.products) + cost > real(limits.products))
            return out;
        out.products += static_cast<std::size_t>(cost);
        sum = strided(sum, one, stride);
    }
    out.in_units = std::move(sum);
    return out;
}

/// The sum of `times` independent counts of this distribution, by doubling. Undefined beyond the
/// limits or where `of` is, or for negative `times`. Allocates.
[[nodiscard]] inline count_distribution repeated(const count_distribution& of, std::int64_t times,
                                                 const lattice_limits& limits = {}) {
    using namespace stats_detail;
    if (!of.is_defined() || times < 0) return {};
    count_distribution out{0, {1.0}}, power = thinned(of);
    double products = 0;
    const auto join = [&](const count_distribution& a, const count_distribution& b) {
        products += real(a.mass().size()) * real(b.mass().size());
        if (products > real(limits.products) ||
            a.mass().size() + b.mass().size() > limits.points + 1)
            return count_distribution{};
        return strided(a, b, 1);
    };
    for (;;) {
        if ((times & 1) != 0) out = join(out, power);
        times >>= 1;
        if (times == 0 || !out.is_defined()) return out;
        power = join(power, power);
        if (!power.is_defined()) return {};
    }
}

}  // namespace aiueo
