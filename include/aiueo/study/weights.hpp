// study › weights: fitting an axis's weights to the outcome, from cross-products.
// … ─► evidence ─► study
//
// Components are numbered as in the evidence. Weights are shares that add up to 1.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/stats/correlation.hpp"
#include "aiueo/stats/least_squares.hpp"
#include "aiueo/stats/multiple.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// A weight must be above 0 in a model: a component that a fit leaves out keeps this share.
inline constexpr double least_weight_share = 0.01;

namespace detail {

/// Sums of products of two entries of (kᵢsᵢ …, kᵢ …, y, 1), responses in tenths of a point.
class cross_products {
public:
    explicit cross_products(std::size_t components)
        : components_(components), cells_((2 * components + 2) * (2 * components + 3) / 2) {}

    void add(std::span<const std::int64_t> block, std::int64_t sign = 1) {
        for (std::size_t k = 0; k < cells_.size(); ++k) cells_[k] += sign * block[k];
    }
    void add(const cross_products& other, std::int64_t sign = 1) { add(other.cells_, sign); }

    [[nodiscard]] std::size_t components() const noexcept { return components_; }
    [[nodiscard]] static std::size_t value(std::size_t c) noexcept { return c; }
    [[nodiscard]] std::size_t known(std::size_t c) const noexcept { return components_ + c; }
    [[nodiscard]] std::size_t outcome() const noexcept { return 2 * components_; }
    [[nodiscard]] std::size_t one() const noexcept { return 2 * components_ + 1; }
    [[nodiscard]] std::int64_t rows() const noexcept { return at(one(), one()); }

    [[nodiscard]] std::int64_t at(std::size_t i, std::size_t j) const noexcept {
        return cells_[counted::product_cell(std::min(i, j), std::max(i, j), 2 * components_ + 2)];
    }

    /// A component and the outcome, among those of whom it is known.
    [[nodiscard]] paired_sums pairs(std::size_t c) const noexcept {
        const std::int64_t kept = at(known(c), outcome());
        return {at(known(c), one()),    at(value(c), one()), kept, at(value(c), value(c)), kept,
                at(value(c), outcome())};
    }

    /// Mean response of those of whom it is known, in tenths; 0 where nobody is.
    [[nodiscard]] double mean(std::size_t c) const noexcept {
        const std::int64_t n = at(known(c), one());
        return n == 0 ? 0 : static_cast<double>(at(value(c), one())) / static_cast<double>(n);
    }

private:
    std::size_t components_;
    std::vector<std::int64_t> cells_;
};

/// Components [first, first + count).
struct component_range {
    std::size_t first = 0;
    std::size_t count = 0;
};

/// A component's correlation with the outcome, toward the good, and its q among all components.
struct component_correlation {
    double r = undefined;
    double p = undefined;
    double q = undefined;
};

/// Of every component; `units[u][c]` are the sums of unit u, which is kept together. p by t of
/// n − 2 where each customer counts once, else by the jackknife over the units, and never surer
/// than that.
[[nodiscard]] inline std::vector<component_correlation> component_correlations(
    std::span<const std::vector<paired_sums>> units, bool each_once) {
    const std::size_t count = units.empty() ? 0 : units.front().size();
    std::vector<component_correlation> out(count);
    std::vector<double> p(count);
    const auto sum = [](paired_sums& to, const paired_sums& one, int sign) {
        to = {to.n + sign * one.n,   to.x + sign * one.x,   to.y + sign * one.y,
              to.xx + sign * one.xx, to.yy + sign * one.yy, to.xy + sign * one.xy};
    };
    for (std::size_t c = 0; c < count; ++c) {
        paired_sums all;
        for (const auto& unit : units) sum(all, unit[c], 1);
        const correlation found = pearson(all);
        out[c].r = found.value;
        out[c].p = found.p;
        if (!each_once) {
            std::vector<double> without;
            std::vector<std::int64_t> rows;
            for (const auto& unit : units) {
                paired_sums rest = all;
                sum(rest, unit[c], -1);
                without.push_back(pearson(rest).value);
                rows.push_back(unit[c].n);
            }
            out[c].p = p_of(jackknife(found.value, without, rows), 0, found.p);
        }
        p[c] = out[c].p;
    }
    benjamini_hochberg(p, p);
    for (std::size_t c = 0; c < count; ++c) out[c].q = p[c];
    return out;
}

/// Weights as they would be written into a model.
struct weight_shares {
    std::vector<double> share;
    bool nothing_passed = false;  ///< all weights are equal, because none had a reason
    bool cap_too_low = false;     ///< the declared share cannot hold for so few
};

/// Shares of what is above 0, none larger than `most`: the rest is spread over the others in
/// proportion, again and again. Then everybody gets the least share.
[[nodiscard]] inline weight_shares shares_of(std::vector<double> raw, double most) {
    weight_shares out;
    const std::size_t n = raw.size();
    std::size_t positive = 0;
    double sum = 0;
    for (double& one : raw) {
        if (!(one > 0)) one = 0;
        positive += one > 0 ? 1U : 0U;
        sum += one;
    }
    if (positive == 0 || !std::isfinite(sum)) {
        out.share.assign(n, 1 / static_cast<double>(n));
        out.nothing_passed = true;
        return out;
    }
    for (double& one : raw) one /= sum;
    out.cap_too_low = most * static_cast<double>(positive) < 1;
    const double cap = std::max(most, 1 / static_cast<double>(positive));
    const double least = std::min(least_weight_share, 0.5 / static_cast<double>(n));
    // Those for whom `outside` holds take `bound`, and are held there.
    const auto bounded = [&](double bound, auto outside) {
        std::vector<bool> held(n, false);
        for (bool again = true; again;) {
            again = false;
            double taken = 0, rest = 0;
            for (std::size_t k = 0; k < n; ++k) {
                if (!held[k] && outside(raw[k])) {
                    held[k] = true;
                    again = true;
                    raw[k] = bound;
                }
                (held[k] ? taken : rest) += raw[k];
            }
            if (!again || !(rest > 0)) break;
            for (std::size_t k = 0; k < n; ++k) {
                if (!held[k]) raw[k] *= (1 - taken) / rest;
            }
        }
    };
    bounded(cap, [cap](double one) { return one > cap; });
    bounded(least, [least](double one) { return one < least; });
    out.share = std::move(raw);
    return out;
}

/// wᵢ ∝ max(0, rᵢ) · 1[qᵢ ≤ α].
[[nodiscard]] inline weight_shares correlation_weights(std::span<const component_correlation> all,
                                                       component_range of, double alpha,
                                                       double most) {
    std::vector<double> raw(of.count);
    for (std::size_t k = 0; k < of.count; ++k) {
        const component_correlation& one = all[of.first + k];
        raw[k] = one.q <= alpha && one.r > 0 ? one.r : 0;
    }
    return shares_of(std::move(raw), most);
}

/// y ≈ Σ wᵢ kᵢsᵢ + Σ bᵢ kᵢ + b with wᵢ ≥ 0; bᵢ and b are free, so that who is not known may renew
/// as they do. The free columns are taken out of the others first (Frisch, Waugh 1933), which
/// leaves non-negative least squares of what remains.
[[nodiscard]] inline weight_shares least_squares_weights(const cross_products& from,
                                                         component_range of, double most) {
    const std::size_t n = of.count, free = n + 1;
    const auto column = [&](std::size_t f) {
        return f < n ? from.known(of.first + f) : from.one();
    };
    const auto real = [&](std::size_t i, std::size_t j) {
        return static_cast<double>(from.at(i, j));
    };
    std::vector<double> inner(free * free);
    for (std::size_t a = 0; a < free; ++a) {
        for (std::size_t b = 0; b < free; ++b) inner[a * free + b] = real(column(a), column(b));
    }
    // What the free columns explain of each response, and of the outcome.
    std::vector<std::vector<double>> explained;
    for (std::size_t k = 0; k <= n; ++k) {
        const std::size_t target = k < n ? of.first + k : from.outcome();
        std::vector<double> moments(free), x(free);
        for (std::size_t f = 0; f < free; ++f) moments[f] = real(target, column(f));
        if (!least_squares(inner, moments, x).valid) return shares_of(std::vector<double>(n), most);
        explained.push_back(std::move(x));
    }
    const auto rest = [&](std::size_t i, std::size_t j, std::size_t target) {
        double value = real(of.first + i, target);
        for (std::size_t f = 0; f < free; ++f)
            value -= real(of.first + i, column(f)) * explained[j][f];
        return value;
    };
    std::vector<double> gram(n * n), moments(n), x(n);
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j) gram[i * n + j] = rest(i, j, of.first + j);
        moments[i] = rest(i, n, from.outcome());
    }
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < i; ++j)
            gram[i * n + j] = gram[j * n + i] = (gram[i * n + j] + gram[j * n + i]) / 2;
    }
    // A response that is the same for all leaves only rounding.
    for (std::size_t i = 0; i < n; ++i) {
        const double whole = real(of.first + i, of.first + i);
        if (gram[i * n + i] > 1e-9 * whole) continue;
        for (std::size_t j = 0; j < n; ++j) gram[i * n + j] = gram[j * n + i] = 0;
        moments[i] = 0;
    }
    if (!non_negative_least_squares(gram, moments, x).valid) x.assign(n, 0);
    return shares_of(std::move(x), most);
}

/// Σ wᵢ xᵢ over entries of cross-products; weights in millionths, so that every sum is exact.
using linear_terms = std::vector<std::pair<std::size_t, std::int64_t>>;

/// The linear score Σ wᵢ kᵢ (sᵢ − mᵢ), where mᵢ is the mean of `training`: who is not known counts
/// as average.
[[nodiscard]] inline linear_terms linear_score(const cross_products& training, component_range of,
                                               std::span<const double> shares) {
    linear_terms out;
    for (std::size_t k = 0; k < of.count; ++k) {
        const auto w = static_cast<std::int64_t>(std::llround(shares[k] * 1e6));
        if (w == 0) continue;
        out.emplace_back(of.first + k, w);
        out.emplace_back(training.known(of.first + k),
                         -static_cast<std::int64_t>(
                             std::llround(static_cast<double>(w) * training.mean(of.first + k))));
    }
    return out;
}

/// Σ over rows of the product of two linear scores.
[[nodiscard]] inline int128 product(const cross_products& rows, const linear_terms& a,
                                    const linear_terms& b) {
    int128 out = 0;
    for (const auto& [i, wi] : a) {
        for (const auto& [j, wj] : b) out += int128{wi} * wj * rows.at(i, j);
    }
    return out;
}

/// A linear score beside the outcome.
[[nodiscard]] inline paired_sums linear_sums(const cross_products& rows,
                                             const linear_terms& terms) {
    const linear_terms y{{rows.outcome(), 1}}, one{{rows.one(), 1}};
    const std::int64_t kept = rows.at(rows.outcome(), rows.one());
    return {rows.rows(), product(rows, terms, one), kept, product(rows, terms, terms),
            kept,        product(rows, terms, y)};
}

/// y ≈ Σ wₐ zₐ + b with wₐ ≥ 0, for linear scores z.
[[nodiscard]] inline weight_shares least_squares_weights(const cross_products& from,
                                                         std::span<const linear_terms> columns,
                                                         double most) {
    const std::size_t n = columns.size();
    const auto rows = static_cast<double>(from.rows());
    const auto real = [](int128 value) { return static_cast<double>(value); };
    std::vector<double> gram(n * n), moments(n), x(n);
    std::vector<paired_sums> each;
    for (const linear_terms& one : columns) each.push_back(linear_sums(from, one));
    for (std::size_t i = 0; i < n; ++i) {
        for (std::size_t j = 0; j < n; ++j)
            gram[i * n + j] = real(product(from, columns[i], columns[j])) -
                              real(each[i].x) * real(each[j].x) / rows;
        moments[i] = real(each[i].xy) - real(each[i].x) * real(each[i].y) / rows;
    }
    if (!non_negative_least_squares(gram, moments, x).valid) x.assign(n, 0);
    return shares_of(std::move(x), most);
}

/// A line through training rows, held against others.
struct line_fit {
    double r = undefined;          ///< of the linear score and the outcome in the others
    double r_squared = undefined;  ///< 1 − squared error ÷ squared error of their own mean
};

[[nodiscard]] inline line_fit line_between(const paired_sums& fitted, const paired_sums& seen) {
    line_fit out;
    out.r = pearson(seen).value;
    const auto real = [](int128 value) { return static_cast<double>(value); };
    const double n = real(fitted.n), spread = real(fitted.xx) - real(fitted.x) / n * real(fitted.x);
    const double m = real(seen.n), y = real(seen.y);
    if (fitted.n == 0 || !(spread > 0) || seen.y == 0 || seen.y == seen.n) return out;
    const double slope = (real(fitted.xy) - real(fitted.x) / n * real(fitted.y)) / spread;
    const double base = (real(fitted.y) - slope * real(fitted.x)) / n;
    const double error = y - 2 * base * y - 2 * slope * real(seen.xy) + m * base * base +
                         2 * base * slope * real(seen.x) + slope * slope * real(seen.xx);
    out.r_squared = 1 - error / (y * (m - y) / m);
    return out;
}

[[nodiscard]] inline line_fit held_against(const cross_products& training,
                                           const cross_products& others, component_range of,
                                           std::span<const double> shares) {
    const linear_terms terms = linear_score(training, of, shares);
    return line_between(linear_sums(training, terms), linear_sums(others, terms));
}

}  // namespace detail
}  // namespace aiueo
