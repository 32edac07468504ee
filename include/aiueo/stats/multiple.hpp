// stats › multiple: many tests at once. base ─► stats
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// Benjamini–Hochberg q values of one family of tests (Benjamini, Hochberg 1995): q₍ᵢ₎ is the
/// smallest of p₍ⱼ₎ m / j over j ≥ i. A p that is undefined or outside [0, 1] has an undefined q
/// and does not count toward m. `q` may be `p`; lengths differ: nothing is written. Allocates one
/// index a test.
inline void benjamini_hochberg(std::span<const double> p, std::span<double> q) {
    if (p.size() != q.size()) return;
    std::vector<std::size_t> order;
    order.reserve(p.size());
    for (std::size_t i = 0; i < p.size(); ++i) {
        if (p[i] >= 0 && p[i] <= 1) {
            order.push_back(i);
        } else {
            q[i] = undefined;
        }
    }
    std::sort(order.begin(), order.end(),
              [p](std::size_t a, std::size_t b) { return p[a] != p[b] ? p[a] < p[b] : a < b; });
    const double m = stats_detail::real(order.size());
    double least = 1;
    for (std::size_t rank = order.size(); rank > 0; --rank) {
        const std::size_t i = order[rank - 1];
        least = std::min(least, p[i] * m / stats_detail::real(rank));
        q[i] = least;
    }
}

}  // namespace aiueo
