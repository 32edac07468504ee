// study › histories: what evidence holds of calendar months. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/value_code.hpp"
#include "aiueo/stats/information.hpp"
#include "aiueo/study/contrasts.hpp"
#include "aiueo/study/slices.hpp"

namespace aiueo {

/// Calendar months, 12 × year + month − 1; both ends belong to it. Empty unless it is given.
struct month_range {
    std::int32_t first = 1;
    std::int32_t last = 0;

    [[nodiscard]] bool holds(std::int32_t month) const noexcept {
        return month >= first && month <= last;
    }
};

/// "2024-01".
[[nodiscard]] inline std::string month_name(std::int32_t month) {
    return std::to_string(month / 12) + "-" + std::to_string(101 + month % 12).substr(1);
}

/// The number of the period with which the later half begins: the halves are as equal as can be,
/// the later one has a period at least; of equals the first. `counts`: of two periods or more.
[[nodiscard]] inline std::ptrdiff_t later_half(std::span<const std::int64_t> counts) noexcept {
    std::int64_t all = 0;
    for (const std::int64_t one : counts) all += one;
    std::int64_t below = 0;
    std::int64_t least = std::numeric_limits<std::int64_t>::max();
    std::size_t out = 1;
    for (std::size_t k = 0; k + 1 < counts.size(); ++k) {
        below += counts[k];
        if (std::abs(all - 2 * below) >= least) continue;
        least = std::abs(all - 2 * below);
        out = k + 1;
    }
    return static_cast<std::ptrdiff_t>(out);
}

/// How many customers had each value.
struct value_counts {
    std::map<double, std::int64_t> by_value;  ///< of segments, by the number of the level
    std::int64_t unknown = 0;

    void add(const value_counts& other) {
        for (const auto& [value, n] : other.by_value) by_value[value] += n;
        unknown += other.unknown;
    }
    [[nodiscard]] std::int64_t known() const noexcept {
        std::int64_t sum = 0;
        for (const auto& [value, n] : by_value) sum += n;
        return sum;
    }
    [[nodiscard]] double unknown_share() const noexcept {
        return stats_detail::ratio(unknown, known() + unknown);
    }
    /// The lower median.
    [[nodiscard]] double median() const noexcept {
        const std::int64_t half = (known() + 1) / 2;
        std::int64_t below = 0;
        for (const auto& [value, n] : by_value) {
            below += n;
            if (below >= half && half > 0) return value;
        }
        return undefined;
    }
};

/// By month.
using monthly_values = std::map<std::int32_t, value_counts>;

/// Reads the panel of evidence; holds no more than the number of customers.
class monthly_panel {
public:
    explicit monthly_panel(const evidence& of) : evidence_(of) {
        for (const auto& [key, block] : of.table(table_id::panel_levels).blocks()) {
            std::int64_t sum = 0;
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g)
                sum += block[counted::panel_cell(0, g)];
            if (sum > 0) customers_[key[0]] = sum;
        }
    }

    [[nodiscard]] bool empty() const noexcept { return customers_.empty(); }
    [[nodiscard]] std::int32_t first() const noexcept { return customers_.begin()->first; }
    [[nodiscard]] std::int32_t last() const noexcept { return customers_.rbegin()->first; }
    /// By month, those that have any.
    [[nodiscard]] const std::map<std::int32_t, std::int64_t>& customers() const noexcept {
        return customers_;
    }

    /// A score, in points.
    [[nodiscard]] monthly_values scores(std::size_t variable) const {
        monthly_values out;
        for (const auto& [key, block] : evidence_.table(table_id::panel_scores).blocks()) {
            value_counts& to = out[key[0]];
            for (std::size_t bin = 0; bin < unknown_bin; ++bin) {
                const std::int64_t n = block[variable * score_bins + bin];
                if (n > 0) to.by_value[static_cast<double>(bin)] += n;
            }
            to.unknown += block[variable * score_bins + unknown_bin];
        }
        return out;
    }

    /// A raw metric, within 3 % of the value; empty if it was not looked at.
    [[nodiscard]] monthly_values metric(std::size_t index) const {
        monthly_values out;
        const auto& blocks = evidence_.table(table_id::panel_metrics).blocks();
        constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
        for (auto at = blocks.lower_bound({static_cast<std::int32_t>(index), least, least, least});
             at != blocks.end() && at->first[0] == static_cast<std::int32_t>(index); ++at) {
            value_counts& to = out[at->first[1]];
            const std::int32_t octave = at->first[2];
            for (std::int32_t k = 0; k < codes_an_octave; ++k) {
                const std::int64_t n = at->second[static_cast<std::size_t>(k)];
                if (n == 0) continue;
                if (octave < 0)
                    to.unknown += n;
                else
                    to.by_value[value_of_code(octave * codes_an_octave + k)] += n;
            }
        }
        return out;
    }

    [[nodiscard]] monthly_values segment(std::size_t segment) const {
        monthly_values out;
        for (const auto& [key, block] :
             evidence_.tables()[counted::panel_of_segment(segment)].blocks()) {
            value_counts& to = out[key[0]];
            if (key[1] < 0)
                to.unknown += block[0];
            else
                to.by_value[static_cast<double>(key[1])] += block[0];
        }
        return out;
    }

    /// Σ of axis O in tenths of a point ÷ customers with it, at levels [from, to) of a variable.
    [[nodiscard]] grouped_sums outcome(const level_variable& of, std::size_t from, std::size_t to,
                                       month_range range) const {
        grouped_sums out{};
        for (const auto& [key, block] : evidence_.table(table_id::panel_levels).blocks()) {
            if (!range.holds(key[0])) continue;
            for (std::size_t k = from; k < to; ++k) {
                for (std::size_t g = 0; g < out.size(); ++g) {
                    const std::size_t at = counted::panel_cell(of.first + k, g);
                    out[g].add(block[at + static_cast<std::size_t>(panel_field::outcome)],
                               block[at + static_cast<std::size_t>(panel_field::known)]);
                }
            }
        }
        return out;
    }

    /// The same of customers who met a condition, and of those who did not.
    [[nodiscard]] std::array<grouped_sums, 2> outcome(std::size_t condition,
                                                      month_range range) const {
        std::array<grouped_sums, 2> out{};
        for (const auto& [key, block] : evidence_.table(table_id::panel_conditions).blocks()) {
            if (!range.holds(key[0])) continue;
            for (std::size_t g = 0; g < out[0].size(); ++g) {
                for (const met state : {met::yes, met::no}) {
                    const std::size_t at = counted::panel_condition_cell(condition, state, g);
                    out[state == met::yes ? 0 : 1][g].add(block[at + 1], block[at]);
                }
            }
        }
        return out;
    }

private:
    const evidence& evidence_;
    std::map<std::int32_t, std::int64_t> customers_;
};

/// PSI of two periods: numbers over tenths of the first period's customers (values that are alike
/// stay together), others over their own levels; the unknown is a bin. `customers`: see
/// population_stability().
[[nodiscard]] inline stability stability_of(const value_counts& before, const value_counts& after,
                                            bool ordered, std::int64_t customers_before,
                                            std::int64_t customers_after) {
    constexpr std::int64_t parts = 10;
    value_counts all = before;
    all.add(after);
    const std::int64_t known = before.known();
    std::vector<std::int64_t> expected, actual;
    std::int64_t below = 0, next = 1;
    bool open = false;
    const auto count = [](const value_counts& in, double value) {
        const auto found = in.by_value.find(value);
        return found == in.by_value.end() ? std::int64_t{0} : found->second;
    };
    for (const auto& [value, n] : all.by_value) {
        if (!open) {
            expected.push_back(0);
            actual.push_back(0);
            open = true;
        }
        const std::int64_t then = count(before, value);
        expected.back() += then;
        actual.back() += count(after, value);
        below += then;
        if (!ordered || (below * parts >= known * next && below < known)) {
            open = false;
            while (below * parts >= known * next && next < parts) ++next;
        }
    }
    expected.push_back(before.unknown);
    actual.push_back(after.unknown);
    return population_stability(expected, actual, customers_before, customers_after);
}

}  // namespace aiueo
