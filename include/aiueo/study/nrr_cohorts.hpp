// study › nrr_cohorts: who began in one month, and what is paid since. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/study/nrr_counts.hpp"

namespace aiueo::detail {

/// The table `movements`, by starting month.
class nrr_cohorts {
public:
    /// At one close: customers and MRR of one cohort.
    struct state {
        std::array<paying, evidence_groups> by_group;
        [[nodiscard]] paying total() const noexcept {
            paying out;
            for (const paying& one : by_group) out += one;
            return out;
        }
    };

    struct cohort {
        std::int32_t start = 0;
        std::map<std::int32_t, state> moved;  ///< by month: what was added

        [[nodiscard]] state at(std::int32_t month) const {
            state out;
            for (auto here = moved.begin(); here != moved.end() && here->first <= month; ++here) {
                for (std::size_t g = 0; g < out.by_group.size(); ++g)
                    out.by_group[g] += here->second.by_group[g];
            }
            return out;
        }
    };

    explicit nrr_cohorts(const evidence& of) {
        for (const auto& [key, block] : of.table(table_id::movements).blocks()) {
            cohort& to = all_[key[0]];
            to.start = key[0];
            state& added = to.moved[key[1]];
            for (std::size_t g = 0; g < added.by_group.size(); ++g)
                add(added.by_group[g], &block[revenue_shape::movement_cell(g)]);
        }
    }

    /// By starting month.
    [[nodiscard]] const std::map<std::int32_t, cohort>& all() const noexcept { return all_; }

private:
    static void add(paying& to, const std::int64_t* cells) noexcept {
        const auto put = [&](mrr_movement what, std::int64_t customers, std::int64_t mrr) {
            const std::size_t at = 2 * static_cast<std::size_t>(what);
            to.customers += customers * cells[at];
            to.mrr += mrr * cells[at + 1];
        };
        put(mrr_movement::new_customer, 1, 1);
        put(mrr_movement::reactivation, 1, 1);
        put(mrr_movement::expansion, 0, 1);
        put(mrr_movement::contraction, 0, -1);
        put(mrr_movement::churn, -1, -1);
    }

    std::map<std::int32_t, cohort> all_;
};

}  // namespace aiueo::detail
