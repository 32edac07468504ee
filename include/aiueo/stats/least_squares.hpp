// stats › least_squares: weights from a Gram matrix, free or not below 0. base ─► stats
//
// G = AᵀA and h = Aᵀb are all that least squares needs of the rows, and both add up over groups of
// rows. Everything is computed on G scaled to a diagonal of ones, so that a column's unit does not
// matter. A column whose pivot, the share of its length that the columns before it do not explain,
// squared, is not above the tolerance depends on them: it is left out, with weight 0. The normal
// equations square the condition of A; with the default tolerance weights have about
// 16 − log₁₀(1/smallest pivot) digits.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

#include "aiueo/stats/figure.hpp"

namespace aiueo {

inline constexpr double pivot_tolerance = 1e-10;

struct least_squares_fit {
    bool valid = false;         ///< x was computed; else every x is undefined
    std::size_t columns = 0;    ///< with a weight of their own
    std::size_t dependent = 0;  ///< columns left out because others explain them, or of zeros
    std::size_t rounds = 0;     ///< of the active set
};

namespace stats_detail {

/// G and h with columns scaled to length 1, and the Cholesky factor of some of its columns.
class scaled_normal_equations {
public:
    scaled_normal_equations(std::span<const double> gram, std::span<const double> moments,
                            double tolerance)
        : n_(moments.size()),
          tolerance_(tolerance),
          gram_(n_ * n_),
          moments_(n_),
          scale_(n_),
          factor_(n_ * n_),
          work_(n_),
          rest_(n_) {
        if (gram.size() != n_ * n_) return;
        for (std::size_t i = 0; i < n_; ++i) {
            const double diagonal = gram[i * n_ + i];
            if (!(diagonal >= 0) || !std::isfinite(diagonal) || !std::isfinite(moments[i])) return;
            scale_[i] = diagonal > 0 ? 1 / std::sqrt(diagonal) : 0;
        }
        for (std::size_t i = 0; i < n_; ++i) {
            moments_[i] = moments[i] * scale_[i];
            for (std::size_t j = 0; j < n_; ++j) {
                const double value = gram[i * n_ + j] * scale_[i] * scale_[j];
                if (!std::isfinite(value)) return;
                gram_[i * n_ + j] = value;
            }
        }
        valid_ = true;
    }

    [[nodiscard]] bool valid() const noexcept { return valid_; }
    [[nodiscard]] std::size_t size() const noexcept { return n_; }
    [[nodiscard]] double moment(std::size_t i) const noexcept { return moments_[i]; }
    [[nodiscard]] double unscaled(std::size_t i, double x) const noexcept { return x * scale_[i]; }

    /// h − G x, of one row.
    [[nodiscard]] double gradient(std::size_t i, std::span<const double> x) const noexcept {
        double sum = moments_[i];
        for (std::size_t j = 0; j < n_; ++j) sum -= gram_[i * n_ + j] * x[j];
        return sum;
    }

    /// Adds column j to the factor of `columns` (which it is not yet in). False if it depends on
    /// them.
    [[nodiscard]] bool append(const std::vector<std::size_t>& columns, std::size_t j) noexcept {
        const std::size_t k = columns.size();
        double pivot = gram_[j * n_ + j];
        for (std::size_t a = 0; a < k; ++a) {
            double sum = gram_[columns[a] * n_ + j];
            for (std::size_t b = 0; b < a; ++b) sum -= factor_[a * n_ + b] * factor_[k * n_ + b];
            factor_[k * n_ + a] = sum / factor_[a * n_ + a];
            pivot -= factor_[k * n_ + a] * factor_[k * n_ + a];
        }
        if (!(pivot > tolerance_)) return false;
        factor_[k * n_ + k] = std::sqrt(pivot);
        return true;
    }

    /// The weights of `columns` alone, with one step of refinement; z is by place in `columns`.
    void solve(const std::vector<std::size_t>& columns, std::span<double> z) noexcept {
        const std::size_t k = columns.size();
        for (std::size_t a = 0; a < k; ++a) rest_[a] = moments_[columns[a]];
        substitute(k);
        for (std::size_t a = 0; a < k; ++a) z[a] = work_[a];
        for (std::size_t a = 0; a < k; ++a) {
            rest_[a] = moments_[columns[a]];
            for (std::size_t b = 0; b < k; ++b) {
                rest_[a] -= gram_[columns[a] * n_ + columns[b]] * z[b];
            }
        }
        substitute(k);
        for (std::size_t a = 0; a < k; ++a) z[a] += work_[a];
    }

private:
    /// work = (L Lᵀ)⁻¹ rest
    void substitute(std::size_t k) noexcept {
        for (std::size_t a = 0; a < k; ++a) {
            double sum = rest_[a];
            for (std::size_t b = 0; b < a; ++b) sum -= factor_[a * n_ + b] * work_[b];
            work_[a] = sum / factor_[a * n_ + a];
        }
        for (std::size_t a = k; a-- > 0;) {
            double sum = work_[a];
            for (std::size_t b = a + 1; b < k; ++b) sum -= factor_[b * n_ + a] * work_[b];
            work_[a] = sum / factor_[a * n_ + a];
        }
    }

    std::size_t n_;
    double tolerance_;
    bool valid_ = false;
    std::vector<double> gram_, moments_, scale_, factor_, work_, rest_;
};

}  // namespace stats_detail

/// x that minimises ½ xᵀG x − hᵀx: G symmetric and positive semi-definite, n × n in row-major
/// order, h and x of n. By Cholesky, columns in their order: of columns that depend on each other
/// the first ones stay. Undefined for lengths that differ, a negative diagonal, anything not
/// finite. Allocates 2 n² + 4 n doubles; time n³.
inline least_squares_fit least_squares(std::span<const double> gram,
                                       std::span<const double> moments, std::span<double> x,
                                       double tolerance = pivot_tolerance) {
    using namespace stats_detail;
    std::fill(x.begin(), x.end(), undefined);
    if (x.size() != moments.size()) return {};
    scaled_normal_equations equations{gram, moments, tolerance};
    if (!equations.valid()) return {};
    least_squares_fit out{true, 0, 0, 1};
    std::vector<std::size_t> columns;
    columns.reserve(x.size());
    for (std::size_t j = 0; j < x.size(); ++j) {
        if (equations.append(columns, j)) {
            columns.push_back(j);
        } else {
            ++out.dependent;
        }
    }
    std::vector<double> z(columns.size());
    equations.solve(columns, z);
    std::fill(x.begin(), x.end(), 0.0);
    for (std::size_t a = 0; a < columns.size(); ++a) {
        x[columns[a]] = equations.unscaled(columns[a], z[a]);
    }
    out.columns = columns.size();
    return out;
}

/// The same with every x ≥ 0: Lawson, Hanson, "Solving Least Squares Problems", 1974, chapter 23,
/// on the normal equations (Bro, de Jong 1997). The column with the steepest scaled gradient enters
/// first, the earlier of equals; gradients below 10⁻¹² of the largest |h| count as 0. A column that
/// depends on those already in stays out while they are in. Each round lowers the error, so that no
/// set of columns comes back; after 30 n + 100 rounds, which rounding alone can cause, the result
/// is not valid. Allocates 2 n² + 8 n doubles.
inline least_squares_fit non_negative_least_squares(std::span<const double> gram,
                                                    std::span<const double> moments,
                                                    std::span<double> x,
                                                    double tolerance = pivot_tolerance) {
    using namespace stats_detail;
    std::fill(x.begin(), x.end(), undefined);
    const std::size_t n = moments.size();
    if (x.size() != n) return {};
    scaled_normal_equations equations{gram, moments, tolerance};
    if (!equations.valid()) return {};

    enum class standing : unsigned char { outside, inside, refused };
    std::vector<standing> places(n, standing::outside);
    std::vector<std::size_t> columns, kept;
    columns.reserve(n);
    kept.reserve(n);
    std::vector<double> now(n), z(n), gradient(n);
    std::vector<unsigned char> explained(n);  // refused by its pivot since the last progress
    double steepest = 0;
    for (std::size_t i = 0; i < n; ++i)
        steepest = std::max(steepest, std::fabs(equations.moment(i)));
    const double flat = 1e-12 * steepest;
    for (std::size_t i = 0; i < n; ++i) gradient[i] = equations.gradient(i, now);

    least_squares_fit out;
    for (bool found = true; found; ++out.rounds) {
        if (out.rounds > 30 * n + 100) return {false, 0, 0, out.rounds};
        std::size_t j = n;
        for (std::size_t i = 0; i < n; ++i) {
            if (places[i] == standing::outside && gradient[i] > flat &&
                (j == n || gradient[i] > gradient[j])) {
                j = i;
            }
        }
        found = j < n;
        if (!found) break;
        if (!equations.append(columns, j)) {
            places[j] = standing::refused;
            explained[j] = 1;
            continue;
        }
        columns.push_back(j);
        equations.solve(columns, z);
        if (!(z[columns.size() - 1] > 0)) {  // rounding alone made it look useful
            columns.pop_back();
            places[j] = standing::refused;
            continue;
        }
        places[j] = standing::inside;
        for (;;) {
            // As far toward z as stays feasible; who reaches 0 on the way leaves.
            double step = 1;
            std::size_t first = n;
            for (std::size_t a = 0; a < columns.size(); ++a) {
                const double from = now[columns[a]];
                if (z[a] > 0) continue;
                const double part = from / (from - z[a]);
                if (first == n || part < step) {
                    step = part;
                    first = a;
                }
            }
            if (first == n) break;
            kept.clear();
            for (std::size_t a = 0; a < columns.size(); ++a) {
                const std::size_t i = columns[a];
                now[i] += step * (z[a] - now[i]);
                if (a == first || !(now[i] > 0)) {
                    now[i] = 0;
                    places[i] = standing::outside;
                } else {
                    kept.push_back(i);
                }
            }
            columns.clear();
            for (const std::size_t i : kept) {
                if (equations.append(columns, i)) {
                    columns.push_back(i);
                } else {
                    now[i] = 0;
                    places[i] = standing::refused;
                }
            }
            equations.solve(columns, z);
        }
        for (std::size_t a = 0; a < columns.size(); ++a) now[columns[a]] = z[a];
        for (std::size_t i = 0; i < n; ++i) {
            gradient[i] = equations.gradient(i, now);
            if (places[i] == standing::refused) places[i] = standing::outside;
            explained[i] = 0;
        }
    }
    out.valid = true;
    out.columns = columns.size();
    for (std::size_t i = 0; i < n; ++i) {
        x[i] = equations.unscaled(i, now[i]);
        out.dependent += explained[i] != 0 || gram[i * n + i] == 0 ? 1u : 0u;
    }
    return out;
}

}  // namespace aiueo
