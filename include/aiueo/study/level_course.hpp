// study › level_course: how many customers will stand at or above a rung in so many months.
// … ─► evidence ─► study
//
// A Markov chain: between two closes, customers move as all of them did on average over the months
// that were seen; new ones arrive as they did, with the levels that they had. Who leaves is gone;
// who comes back is among the new.
//
// The error has three parts. Rates: delete-a-group jackknife. Chance: each customer moves for
// itself, and arrivals are Poisson's. Months: what one month differs from another by more than
// chance, as a factor on the variance of chance, the mean of squared standardised errors of the
// next month's number, never below 1 (McCullagh, Nelder: "Generalized Linear Models", 1989, 4.5).
// Intervals are t's of 19 degrees of freedom.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/revenue_shape.hpp"
#include "aiueo/stats/distributions.hpp"
#include "aiueo/study/nrr_counts.hpp"

namespace aiueo {

/// Customers by level of the first ladder (of the bands where there is no ladder), lowest first.
using level_mix_now = std::vector<std::int64_t>;

/// What is expected in so many months: of a number of customers, or of a share of them.
struct level_course_point {
    std::int32_t months = 0;
    double expected = undefined;
    double error = undefined;  ///< standard deviation of what comes about what is expected
    aiueo::interval within_80;
    aiueo::interval within_95;
    std::int64_t n = 0;  ///< customer-months that the rates are of
};

/// Past closes at which the same was said with the months before them, and what came.
struct level_course_past {
    std::int64_t origins = 0;
    std::int64_t held_80 = 0;  ///< of those: what came was within the interval
    double bias = undefined;   ///< mean of what came less what was expected
};

class level_course {
public:
    /// Fewer months between closes tell nothing.
    static constexpr std::size_t fewest_months = 6;

    explicit level_course(const evidence& of) : shape_(of.shape().revenue()) {
        for (const auto& [key, block] : of.table(table_id::moves).blocks()) {
            moves one;
            // Customers whose level was known at the first close and at the second, and at the
            // second those whose level was not.
            std::int64_t seen = 0, seen_after = 0, unseen_after = 0;
            one.month = key[0];
            one.cells.resize(shape_.places() * shape_.places() * (evidence_groups + 1));
            for (std::size_t from = 0; from < shape_.places(); ++from) {
                for (std::size_t to = 0; to < shape_.places(); ++to) {
                    for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                        const std::int64_t n = block[shape_.move_cell(from, to, g)];
                        one.cells[cell(from, to, g)] += n;
                        one.cells[cell(from, to, none_left_out)] += n;
                        if (from < shape_.levels) seen += n;
                        if (to < shape_.levels) seen_after += n;
                        if (to == shape_.unseen()) unseen_after += n;
                    }
                }
            }
            // Where nobody's level was looked at, before the first snapshots or between two, a
            // month tells nothing of moves: neither to there nor from there.
            const bool dark_after = seen_after == 0 && unseen_after > 0;
            if (seen > 0 && !dark_after) months_.push_back(std::move(one));
        }
        sum_up(months_.size());
    }

    [[nodiscard]] bool knows() const noexcept {
        return shape_.levels > 0 && months_.size() >= fewest_months;
    }
    [[nodiscard]] std::size_t levels() const noexcept { return shape_.levels; }

    /// The number of customers at level `least` or higher; with `share`, of all customers.
    [[nodiscard]] level_course_point at(const level_mix_now& now, std::size_t least,
                                        std::int32_t months, bool share) const {
        level_course_point out;
        out.months = months;
        if (!knows() || months < 0 || now.size() != shape_.levels) return out;
        std::vector<double> here(shape_.places(), 0.0);
        for (std::size_t k = 0; k < now.size(); ++k) here[k] = static_cast<double>(now[k]);
        return point(here, least, months, share);
    }

    /// The same at each past close with at least `fewest_months` before it, at levels `least` up.
    [[nodiscard]] level_course_past past(std::size_t least, std::int32_t months, bool share) const {
        level_course_past out;
        if (!knows() || months < 1) return out;
        level_course before{*this};
        double sum = 0;
        for (std::size_t at = fewest_months; at < months_.size(); ++at) {
            const std::vector<double> came = mix_at(std::int64_t{months_[at].month} - 1 + months);
            if (came.empty()) continue;
            before.sum_up(at);
            const level_course_point said = before.point(mix_before(at), least, months, share);
            const double real = ratio(came, least, share);
            if (!is_defined(said.within_80) || real != real) continue;
            ++out.origins;
            if (real >= said.within_80.lower && real <= said.within_80.upper) ++out.held_80;
            sum += real - said.expected;
        }
        if (out.origins > 0) out.bias = sum / static_cast<double>(out.origins);
        return out;
    }

private:
    static constexpr std::size_t none_left_out = static_cast<std::size_t>(evidence_groups);

    struct moves {
        std::vector<std::int64_t> cells;  ///< [from][to][group, then all]
        std::int32_t month = 0;           ///< from its predecessor's close to its own
    };
    /// Where who starts at a place is after so many months.
    struct chances {
        double high = 0;  ///< at the level or above
        double low = 0;   ///< a customer, but not there
    };

    [[nodiscard]] std::size_t cell(std::size_t from, std::size_t to,
                                   std::size_t group) const noexcept {
        return (from * shape_.places() + to) * (evidence_groups + 1) + group;
    }

    void sum_up(std::size_t months) {
        used_ = months;
        sums_.assign(shape_.places() * shape_.places() * (evidence_groups + 1), 0);
        for (std::size_t m = 0; m < months; ++m) {
            for (std::size_t k = 0; k < sums_.size(); ++k) sums_[k] += months_[m].cells[k];
        }
    }

    [[nodiscard]] double count(std::size_t from, std::size_t to, std::size_t without) const {
        std::int64_t out = sums_[cell(from, to, none_left_out)];
        if (without != none_left_out) out -= sums_[cell(from, to, without)];
        return static_cast<double>(out);
    }

    /// Customers by place at the close before month `at`.
    [[nodiscard]] std::vector<double> mix_before(std::size_t at) const {
        std::vector<double> out(shape_.places(), 0.0);
        for (std::size_t from = 0; from < shape_.outside(); ++from) {
            for (std::size_t to = 0; to < shape_.places(); ++to)
                out[from] += static_cast<double>(months_[at].cells[cell(from, to, none_left_out)]);
        }
        return out;
    }
    /// At the close after month `at`.
    [[nodiscard]] std::vector<double> mix_after(std::size_t at) const {
        std::vector<double> out(shape_.places(), 0.0);
        for (std::size_t from = 0; from < shape_.places(); ++from) {
            for (std::size_t to = 0; to < shape_.outside(); ++to)
                out[to] += static_cast<double>(months_[at].cells[cell(from, to, none_left_out)]);
        }
        return out;
    }
    /// At the close of a month; empty where no month tells of it.
    [[nodiscard]] std::vector<double> mix_at(std::int64_t month) const {
        for (std::size_t at = 0; at < months_.size(); ++at) {
            if (months_[at].month == month) return mix_after(at);
            if (months_[at].month == month + 1) return mix_before(at);
        }
        return {};
    }

    [[nodiscard]] double ratio(const std::vector<double>& mix, std::size_t least,
                               bool share) const {
        double high = 0, all = 0;
        for (std::size_t k = 0; k < shape_.levels; ++k) {
            all += mix[k];
            if (k >= least) high += mix[k];
        }
        if (!share) return high;
        return all > 0 ? high / all : undefined;
    }

    /// [months + 1][place]: chances of who starts there.
    [[nodiscard]] std::vector<std::vector<chances>> ahead(std::size_t least, std::int32_t months,
                                                          std::size_t without) const {
        const std::size_t places = shape_.places();
        std::vector<std::vector<chances>> out(static_cast<std::size_t>(months) + 1,
                                              std::vector<chances>(places));
        for (std::size_t k = 0; k < shape_.levels; ++k)
            (k >= least ? out[0][k].high : out[0][k].low) = 1;
        std::vector<double> all(shape_.outside(), 0.0);
        for (std::size_t from = 0; from < shape_.outside(); ++from) {
            for (std::size_t to = 0; to < places; ++to) all[from] += count(from, to, without);
        }
        for (std::size_t m = 1; m < out.size(); ++m) {
            for (std::size_t from = 0; from < shape_.outside(); ++from) {
                if (!(all[from] > 0)) {  // nobody was there: who is stays
                    out[m][from] = out[m - 1][from];
                    continue;
                }
                for (std::size_t to = 0; to < shape_.outside(); ++to) {
                    const double p = count(from, to, without) / all[from];
                    out[m][from].high += p * out[m - 1][to].high;
                    out[m][from].low += p * out[m - 1][to].low;
                }
            }
        }
        return out;
    }

    struct sums {
        double high = 0, low = 0;
        double chance = 0;  ///< variance of high − s (high + low), s the share that is expected
    };

    [[nodiscard]] sums expected(const std::vector<double>& here, std::size_t least,
                                std::int32_t months, std::size_t without,
                                std::optional<double> s) const {
        sums out;
        const auto then = ahead(least, months, without);
        const double seen = static_cast<double>(used_);
        // Groups that are left out bring fewer customers, and no fewer a customer.
        double part = 1;
        if (without != none_left_out) {
            double all = 0, rest = 0;
            for (std::size_t to = 0; to < shape_.outside(); ++to) {
                all += count(shape_.outside(), to, none_left_out);
                rest += count(shape_.outside(), to, without);
            }
            constexpr double groups = evidence_groups;
            part = all > 0 && rest > 0 ? groups / (groups - 1) : 1;
        }
        const auto add = [&](double n, const chances& p, bool poisson) {
            out.high += n * p.high;
            out.low += n * p.low;
            if (!s) return;
            const double up = 1 - *s, down = -*s;
            const double mean = p.high * up + p.low * down;
            const double square = p.high * up * up + p.low * down * down;
            // Of who is sure to be there, nothing is left but rounding.
            out.chance += n * (poisson ? square : std::max(0.0, square - mean * mean));
        };
        for (std::size_t k = 0; k < shape_.outside(); ++k) add(here[k], then.back()[k], false);
        for (std::size_t k = 0; k < shape_.outside(); ++k) {
            const double a_month = part * count(shape_.outside(), k, without) / seen;
            for (std::size_t m = 0; m + 1 < then.size(); ++m) add(a_month, then[m][k], true);
        }
        return out;
    }

    [[nodiscard]] static double value_of(const sums& of, bool share) noexcept {
        if (!share) return of.high;
        return of.high + of.low > 0 ? of.high / (of.high + of.low) : undefined;
    }

    [[nodiscard]] level_course_point point(const std::vector<double>& here, std::size_t least,
                                           std::int32_t months, bool share) const {
        level_course_point out;
        out.months = months;
        const detail::over_groups said = detail::over_groups::made([&](std::size_t without) {
            return value_of(expected(here, least, months, without, {}), share);
        });
        detail::group_rows rows{};
        for (std::size_t g = 0; g < rows.size(); ++g) {
            for (std::size_t from = 0; from < shape_.outside(); ++from) {
                for (std::size_t to = 0; to < shape_.places(); ++to)
                    rows[g] += sums_[cell(from, to, g)];
            }
            out.n += rows[g];
        }
        const jackknife_estimate rates = said.plain(rows);
        out.expected = said.value;
        if (!is_defined(out.expected)) return out;
        const sums all = expected(here, least, months, none_left_out,
                                  share ? std::optional{said.value} : std::optional{0.0});
        const double size = share ? all.high + all.low : 1;
        const double chance = all.chance / size / size * month_factor(least);
        if (!is_defined(rates.error)) return out;
        out.error = std::sqrt(rates.error * rates.error + chance);
        const double most = share ? 1.0 : std::numeric_limits<double>::infinity();
        const auto within = [&](double level) {
            const double reach = stats_detail::two_sided_t(level, evidence_groups - 1) * out.error;
            return aiueo::interval{std::max(0.0, out.expected - reach),
                                   std::min(most, out.expected + reach)};
        };
        out.within_80 = within(0.8);
        out.within_95 = within(0.95);
        return out;
    }

    /// How much more than chance one month differs from the next; 1 where that cannot be told.
    [[nodiscard]] double month_factor(std::size_t least) const {
        if (used_ < 2) return 1;
        double squares = 0;
        std::int64_t n = 0;
        for (std::size_t m = 0; m + 1 < used_; ++m) {
            const sums next = expected(mix_before(m), least, 1, none_left_out, 0.0);
            if (!(next.chance > 0)) continue;
            const double off = ratio(mix_after(m), least, false) - next.high;
            squares += off * off / next.chance;
            ++n;
        }
        return n == 0 ? 1 : std::max(1.0, squares / static_cast<double>(n));
    }

    const revenue_shape& shape_;
    std::vector<moves> months_;       ///< in order
    std::vector<std::int64_t> sums_;  ///< of the first used_ months
    std::size_t used_ = 0;
};

/// The chance that what comes is at least `target`.
[[nodiscard]] inline double reaches(const level_course_point& of, double target) noexcept {
    if (!is_defined(of.expected) || !is_defined(of.error)) return undefined;
    if (of.error == 0) return of.expected >= target ? 1 : 0;
    return t_sf((target - of.expected) / of.error, evidence_groups - 1);
}

}  // namespace aiueo
