// Counts: how many of so many contracts will renew, as an exact distribution: contracts by stage
// and term as a forecast has them, and each with a probability of its own; beside adding one
// contract after the other.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/stats/convolution.hpp"

#include "bench.hpp"

namespace bench {

namespace {

/// Contracts in so many groups, of probabilities from 0.5 to 0.98.
std::vector<aiueo::binomial_group> contracts(std::int64_t rows, std::int64_t groups) {
    std::vector<aiueo::binomial_group> out;
    for (std::int64_t k = 0; k < groups; ++k) {
        const auto at = static_cast<double>(k * 7919 % groups) / static_cast<double>(groups);
        out.push_back({rows * (k + 1) / groups - rows * k / groups, 0.5 + 0.48 * at});
    }
    return out;
}

/// What a textbook says: n² / 2 steps.
void one_by_one(const std::vector<aiueo::binomial_group>& groups, std::vector<double>& mass) {
    mass.assign(1, 1.0);
    for (const aiueo::binomial_group& group : groups) {
        for (std::int64_t t = 0; t < group.trials; ++t) {
            mass.push_back(0);
            for (std::size_t k = mass.size() - 1; k > 0; --k)
                mass[k] = mass[k] * (1 - group.probability) + mass[k - 1] * group.probability;
            mass[0] *= 1 - group.probability;
        }
    }
}

void must_agree(const aiueo::count_distribution& ours, const std::vector<double>& theirs) {
    for (std::size_t k = 0; k < theirs.size(); ++k) {
        const double mine = ours.pmf(static_cast<std::int64_t>(k));
        if (!(std::fabs(mine - theirs[k]) <= 1e-12 + 1e-9 * theirs[k]))
            fail("counts: the probability of " + std::to_string(k) + " differs");
    }
}

}  // namespace

void run_counts(const options& asked) {
    constexpr std::int64_t cells = 72;  // 6 stages × 12 terms
    const std::int64_t rows = asked.rows;
    const auto grouped = contracts(rows, std::min(rows, cells)), single = contracts(rows, rows);
    std::vector<double> mass;
    one_by_one(grouped, mass);
    must_agree(aiueo::successes(grouped), mass);
    one_by_one(single, mass);
    must_agree(aiueo::successes(single), mass);
    double seen = 0;
    std::vector<contender> all;
    all.push_back({"by stage and term", {}, 1, [&] { seen += aiueo::successes(grouped).mean(); }});
    all.push_back({"each its own", {}, 1, [&] { seen += aiueo::successes(single).mean(); }});
    all.push_back({"one by one", {}, 1, [&] { one_by_one(single, mass); }});
    race(all, rows, asked);
    if (!(seen > 0)) fail("counts: nobody renews");
    for (const contender& one : all) line{"counts"}.timed(one, rows).print();
    for (std::size_t k = 0; k < 2; ++k)
        compared("counts", all[k], all.back(), rows, "one by one").print();
}

}  // namespace bench
