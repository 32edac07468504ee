// study › forecast_course: the way of the contracts in force from one end to the next.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/base/money.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/value_code.hpp"
#include "aiueo/study/forecast_history.hpp"

namespace aiueo::detail {

/// Contracts of one term at one place, in force at the origin, that end so many months later.
struct due_group {
    std::int32_t ahead = 1;
    std::int32_t term = 1;
    std::size_t band = 0;
    std::size_t place = 0;
    std::int64_t contracts = 0;
    std::int64_t priced = 0;
    double mrr = 0;      ///< Σ of the priced, minor units
    double squares = 0;  ///< Σ MRR²
    double cubes = 0;    ///< not less than Σ MRR³
    /// Price and how many pay it; of all priced ones, or empty.
    std::vector<std::pair<std::int64_t, std::int64_t>> prices;
};

/// The price that all contracts of a cell pay; 0 if they differ.
[[nodiscard]] inline std::int64_t one_price(std::int64_t priced, std::int64_t mrr, double squares,
                                            const std::int64_t* digits) noexcept {
    if (priced <= 0 || mrr <= 0 || mrr % priced != 0) return 0;
    const std::int64_t price = mrr / priced;
    // Σ x² ≥ (Σ x)²/n with equality only where all are alike; exact in 128 bits below 2³¹ of them.
    if (priced >= (std::int64_t{1} << 31) || !(squares < 0x1p120)) return 0;
    const int128 sum =
        (static_cast<int128>(digits[2]) << 64) + (static_cast<int128>(digits[1]) << 32) + digits[0];
    return sum == static_cast<int128>(price) * price * priced ? price : 0;
}

/// The contracts in force at a close, by when, how long and where; prices where they are counted.
[[nodiscard]] inline std::vector<due_group> due_at(const evidence& of, std::int32_t origin,
                                                   bool with_prices) {
    const counted& shape = of.shape();
    const std::size_t places = shape.revenue().levels + 1;
    constexpr std::int32_t least = std::numeric_limits<std::int32_t>::min();
    std::vector<due_group> out;
    const auto& blocks = of.table(table_id::due).blocks();
    const auto field = [](const std::int64_t* cell, due_field which) {
        return cell[static_cast<std::size_t>(which)];
    };
    for (auto at = blocks.lower_bound({origin, least, least, least});
         at != blocks.end() && at->first[0] == origin; ++at) {
        for (std::size_t l = 0; l < places; ++l) {
            const std::int64_t* cell = at->second.data() + revenue_shape::due_cell(l);
            due_group one;
            one.ahead = at->first[1] - origin;
            one.term = at->first[2];
            one.band = shape.term_band(static_cast<double>(one.term));
            one.place = l;
            one.contracts = field(cell, due_field::contracts);
            if (one.contracts == 0) continue;
            one.priced = field(cell, due_field::priced);
            one.mrr = static_cast<double>(field(cell, due_field::mrr));
            const std::int64_t* digits = cell + static_cast<std::size_t>(due_field::square_0);
            one.squares = sum_of_squares(digits[0], digits[1], digits[2]);
            // No amount is larger than their sum, nor than the root of the sum of squares.
            one.cubes = one.squares * std::min(one.mrr, std::sqrt(one.squares));
            out.push_back(std::move(one));
        }
    }
    if (!with_prices) return out;
    std::vector<double> cubes(out.size());
    std::vector<std::int64_t> told(out.size());
    std::vector<bool> alike(out.size(), true);
    const double minor = power_of_ten(shape.model().minor_digits);
    for (const auto& [key, block] : of.table(table_id::due_sizes).blocks()) {
        for (std::size_t k = 0; k < out.size(); ++k) {
            due_group& one = out[k];
            if (key[0] - origin != one.ahead || key[1] != one.term) continue;
            const std::int64_t* cell = block.data() + revenue_shape::due_cell(one.place);
            const std::int64_t n = field(cell, due_field::priced);
            if (n == 0) continue;
            const std::int64_t mrr = field(cell, due_field::mrr);
            const std::int64_t* digits = cell + static_cast<std::size_t>(due_field::square_0);
            const double squares = sum_of_squares(digits[0], digits[1], digits[2]);
            // Amounts of a bin are below the next bin's.
            const double most = std::min(
                {value_of_code(key[2] + 1) * minor, static_cast<double>(mrr), std::sqrt(squares)});
            cubes[k] += squares * most;
            told[k] += n;
            const std::int64_t price = one_price(n, mrr, squares, digits);
            if (price > 0)
                one.prices.emplace_back(price, n);
            else
                alike[k] = false;
        }
    }
    for (std::size_t k = 0; k < out.size(); ++k) {
        if (told[k] == out[k].priced) out[k].cubes = std::min(out[k].cubes, cubes[k]);
        if (told[k] != out[k].priced || !alike[k]) out[k].prices.clear();
    }
    return out;
}

/// Some of those who were at a level at the origin are put at another one at a close.
struct move_up {
    std::size_t from = 0;
    std::size_t to = 0;
    std::int32_t close = 0;  ///< months after the origin
};

/// Renewal probabilities: everybody's, and those of months that go otherwise.
class shifted_rates {
public:
    explicit shifted_rates(const std::vector<double>& p) : usual_(&p), moved_(p) {}
    /// By `shift` on the log-odds in all months, or in one.
    shifted_rates(const std::vector<double>& p, double shift, std::int32_t month = every_month)
        : usual_(&p), month_(month) {
        const double odds = std::exp(shift);
        for (const double one : p) moved_.push_back(shifted(one, odds));
    }
    [[nodiscard]] const std::vector<double>& at(std::int32_t ahead) const noexcept {
        return month_ == every_month || month_ == ahead ? moved_ : *usual_;
    }
    static constexpr std::int32_t every_month = -1;

private:
    const std::vector<double>* usual_;
    std::vector<double> moved_;
    std::int32_t month_ = every_month;
};

/// Levels move monthly; contracts decide at the level of the close before their end and, renewed,
/// are due again after as long a term.
class forecast_course {
public:
    forecast_course(const forecast_rates& rates, std::int32_t horizon)
        : rates_(&rates), horizon_(horizon) {
        const std::size_t k = rates.states;
        std::vector<double> power(k * k);
        for (std::size_t a = 0; a < k; ++a) power[a * k + a] = 1;
        for (std::int32_t n = 0; n <= horizon; ++n) {
            powers_.push_back(power);
            std::vector<double> next(k * k);
            for (std::size_t a = 0; a < k; ++a) {
                for (std::size_t b = 0; b < k; ++b) {
                    for (std::size_t c = 0; c < k; ++c)
                        next[a * k + c] += power[a * k + b] * rates.moves[b * k + c];
                }
            }
            power.swap(next);
        }
    }

    [[nodiscard]] const forecast_rates& rates() const noexcept { return *rates_; }
    [[nodiscard]] std::int32_t horizon() const noexcept { return horizon_; }
    /// MRR after ÷ before of a renewal; 1 where nothing is known of it.
    [[nodiscard]] double growth(std::size_t band) const noexcept {
        const double known = rates_->growth[band];
        return known == known ? known : 1.0;
    }

    /// Calls visit(ahead, at, renewed) for each decision of one contract until `last` months ahead:
    /// at[state], the probability that it decides then and there; renewed, that it then renews.
    template <class Visit>
    void follow(const due_group& of, const shifted_rates& p, std::int32_t last, Visit visit,
                const std::optional<move_up>& up = {}) const {
        const std::size_t k = rates_->states;
        std::vector<double> at(k), next(k);
        rates_->put(of.place, at);
        std::int32_t close = 0;
        for (std::int32_t ahead = of.ahead; ahead <= last; ahead += of.term) {
            if (up && close <= up->close && up->close <= ahead - 1) {
                // Wherever it was by then, it is there now.
                double all = 0;
                for (double& one : at) all += std::exchange(one, 0.0);
                at[up->to] = all;
                close = up->close;
            }
            advance(at, next, ahead - 1 - close);
            close = ahead - 1;
            const std::vector<double>& rate = p.at(ahead);
            double renewed = 0;
            for (std::size_t l = 0; l < k; ++l) {
                next[l] = at[l] * rate[l * rates_->bands + of.band];
                renewed += next[l];
            }
            visit(ahead, std::span<const double>{at}, renewed);
            at.swap(next);
        }
    }

private:
    void advance(std::vector<double>& at, std::vector<double>& spare, std::int32_t months) const {
        if (months == 0) return;
        const std::vector<double>& by = powers_[static_cast<std::size_t>(months)];
        const std::size_t k = at.size();
        std::fill(spare.begin(), spare.end(), 0.0);
        for (std::size_t a = 0; a < k; ++a) {
            if (at[a] == 0) continue;
            for (std::size_t b = 0; b < k; ++b) spare[b] += at[a] * by[a * k + b];
        }
        at.swap(spare);
    }

    const forecast_rates* rates_;
    std::int32_t horizon_;
    std::vector<std::vector<double>> powers_;
};

/// Expected numbers of one month, or of all.
struct expected_period {
    double due = 0, renewed = 0;
    double due_mrr = 0, kept_mrr = 0, renewed_mrr = 0;

    [[nodiscard]] double rate() const noexcept { return due > 0 ? renewed / due : undefined; }
    [[nodiscard]] double churned_mrr() const noexcept { return due_mrr - kept_mrr; }
};

/// The same of each place.
struct expected_levels {
    std::vector<double> due, renewed, due_mrr, kept_mrr;

    void resize(std::size_t places) {
        for (auto* one : {&due, &renewed, &due_mrr, &kept_mrr}) one->resize(places);
    }
};

/// By months ahead; 0 is all together.
struct expected_course {
    std::vector<expected_period> periods;
    std::vector<expected_levels> levels;  ///< empty unless asked for
};

[[nodiscard]] inline expected_course expected_of(const forecast_course& course,
                                                 std::span<const due_group> due,
                                                 const shifted_rates& p, bool by_level = false) {
    expected_course out;
    const auto months = static_cast<std::size_t>(course.horizon()) + 1;
    const forecast_rates& rates = course.rates();
    const std::size_t bands = rates.bands;
    out.periods.resize(months);
    if (by_level) {
        out.levels.resize(months);
        for (expected_levels& one : out.levels) one.resize(rates.places);
    }
    for (const due_group& one : due) {
        const double n = static_cast<double>(one.contracts), growth = course.growth(one.band);
        double money = one.mrr;
        course.follow(one, p, course.horizon(), [&](std::int32_t ahead, auto at, double renewed) {
            double all = 0;
            for (const double share : at) all += share;
            for (const std::size_t k : {static_cast<std::size_t>(ahead), std::size_t{0}}) {
                expected_period& to = out.periods[k];
                to.due += n * all;
                to.renewed += n * renewed;
                to.due_mrr += money * all;
                to.kept_mrr += money * renewed;
                to.renewed_mrr += money * growth * renewed;
                if (!by_level) continue;
                expected_levels& level = out.levels[k];
                const std::vector<double>& rate = p.at(ahead);
                for (std::size_t s = 0; s < rates.states; ++s) {
                    const std::size_t l = rates.place_of(s);
                    const double kept = at[s] * rate[s * bands + one.band];
                    level.due[l] += n * at[s];
                    level.renewed[l] += n * kept;
                    level.due_mrr[l] += money * at[s];
                    level.kept_mrr[l] += money * kept;
                }
            }
            money *= growth;
        });
    }
    return out;
}

}  // namespace aiueo::detail
