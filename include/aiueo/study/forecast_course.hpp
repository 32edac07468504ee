// study › forecast_course: the way of the contracts in force from one end to the next.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/base/money.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/value_code.hpp"
#include "aiueo/study/forecast_history.hpp"

namespace aiueo::detail {

/// Contracts of one term and tenure at one place, in force at the origin, that end so many months
/// later.
struct due_group {
    std::int32_t ahead = 1;
    std::int32_t term = 1;
    std::int32_t tenure = 0;  ///< months at the origin, at most longest_tenure
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
            one.tenure = at->first[3];
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
            if (key[0] - origin != one.ahead || key[1] != one.term || key[3] != one.tenure)
                continue;
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
/// are due again after as long a term or another one.
class forecast_course {
public:
    /// `of`: whose term bands they are.
    forecast_course(const counted& of, const forecast_rates& rates, std::int32_t horizon)
        : shape_(&of), rates_(&rates), horizon_(horizon) {
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
    [[nodiscard]] std::size_t band_of(std::int32_t term) const noexcept {
        return shape_->term_band(static_cast<double>(term));
    }
    /// Of a customer of that tenure at the origin, so many months later.
    [[nodiscard]] static std::size_t growth_class(std::size_t band, std::int32_t tenure,
                                                  std::int32_t ahead) noexcept {
        return renewal_rates::class_of(band,
                                       tenure < longest_tenure ? tenure + ahead : longest_tenure);
    }
    /// Of a state, a band and a growth class of it: the share of renewals whose term becomes
    /// another one.
    [[nodiscard]] double changes(std::size_t state, std::size_t band,
                                 std::size_t of_class) const noexcept {
        const std::size_t cell = rates_->place_of(state) * rates_->bands + band;
        return rates_->renewals.changes[cell * tenure_bands + of_class % growth_classes];
    }

    /// Moves on from the close `from` to the close `to`, months after the origin, who is in these
    /// states. `spare` is memory to work in.
    void advance(std::span<double> at, std::vector<double>& spare, std::int32_t from,
                 std::int32_t to, const std::optional<move_up>& up = {}) const {
        if (up && from <= up->close && up->close <= to) {
            // Wherever it was by then, it is there now.
            double all = 0;
            for (double& one : at) all += std::exchange(one, 0.0);
            at[up->to] = all;
            from = up->close;
        }
        if (from == to) return;
        const std::vector<double>& by = power(to - from);
        const std::size_t k = at.size();
        spare.assign(k, 0.0);
        for (std::size_t a = 0; a < k; ++a) {
            if (at[a] == 0) continue;
            for (std::size_t b = 0; b < k; ++b) spare[b] += at[a] * by[a * k + b];
        }
        std::copy(spare.begin(), spare.end(), at.begin());
    }
    /// The moves of so many months, [state][state].
    [[nodiscard]] const std::vector<double>& power(std::int32_t months) const noexcept {
        return powers_[static_cast<std::size_t>(months)];
    }

private:
    const counted* shape_;
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

/// All contracts go their way together, for expected numbers add up: those that are due in the same
/// month with the same term and tenure are one crowd.
class expected_way {
public:
    expected_way(const forecast_course& course, const shifted_rates& p, bool by_level,
                 std::optional<move_up> up)
        : course_(course), p_(p), up_(up), by_level_(by_level) {
        const auto months = static_cast<std::size_t>(course.horizon()) + 1;
        out_.periods.resize(months);
        if (!by_level) return;
        out_.levels.resize(months);
        for (expected_levels& one : out_.levels) one.resize(course.rates().places);
    }

    [[nodiscard]] expected_course of(std::span<const due_group> due) {
        const std::size_t k = states();
        std::vector<double> at(k);
        for (const due_group& one : due) {
            if (one.ahead > course_.horizon()) continue;
            course_.rates().put(one.place, at);
            crowd& to = crowd_of(one.ahead, one.term, one.tenure);
            to.band = one.band;
            for (std::size_t s = 0; s < k; ++s) {
                to.first[s] += static_cast<double>(one.contracts) * at[s];
                to.first[k + s] += one.mrr * at[s];
            }
        }
        // Whoever comes back comes back later.
        for (auto next = crowds_.begin(); next != crowds_.end(); ++next) {
            const auto& [ahead, term, tenure] = next->first;
            decide(next->second, ahead, term, tenure);
        }
        return std::move(out_);
    }

private:
    using crowd_key = std::array<std::int32_t, 3>;  ///< months ahead, term, tenure at the origin
    struct crowd {
        std::size_t band = 0;
        std::vector<double> first, again;  ///< contracts, then MRR, by state; again: renewed before
    };

    [[nodiscard]] std::size_t states() const noexcept { return course_.rates().states; }
    [[nodiscard]] crowd& crowd_of(std::int32_t ahead, std::int32_t term, std::int32_t tenure) {
        crowd& one = crowds_[{ahead, term, tenure}];
        if (one.first.empty()) {
            one.band = course_.band_of(term);
            one.first.resize(2 * states());
            one.again.resize(2 * states());
        }
        return one;
    }

    void decide(crowd& here, std::int32_t ahead, std::int32_t term, std::int32_t tenure) {
        const forecast_rates& rates = course_.rates();
        const std::size_t k = states(), band = here.band;
        for (const std::size_t part : {std::size_t{0}, k}) {
            course_.advance({here.first.data() + part, k}, spare_, 0, ahead - 1, up_);
            if (ahead > term)
                course_.advance({here.again.data() + part, k}, spare_, ahead - term - 1, ahead - 1,
                                up_);
        }
        for (std::size_t i = 0; i < 2 * k; ++i) here.first[i] += here.again[i];
        const std::vector<double>& rate = p_.at(ahead);
        const std::size_t of_class = forecast_course::growth_class(band, tenure, ahead);
        const double stays = rates.renewals.growth_at(of_class);
        const double goes = rates.renewals.growth_at(renewal_rates::class_of_change(band));
        const std::array<std::size_t, 2> periods{static_cast<std::size_t>(ahead), 0};
        same_.assign(2 * k, 0.0);
        other_.assign(2 * k, 0.0);
        bool any_other = false;
        for (std::size_t s = 0; s < k; ++s) {
            const double n = here.first[s], money = here.first[k + s];
            const double p = rate[s * rates.bands + band],
                         change = course_.changes(s, band, of_class);
            same_[s] = n * p * (1 - change);
            other_[s] = n * p * change;
            same_[k + s] = money * p * (1 - change) * stays;
            other_[k + s] = money * p * change * goes;
            any_other = any_other || change > 0;
            for (const std::size_t month : periods) {
                expected_period& to = out_.periods[month];
                to.due += n;
                to.renewed += n * p;
                to.due_mrr += money;
                to.kept_mrr += money * p;
                to.renewed_mrr += same_[k + s] + other_[k + s];
                if (!by_level_) continue;
                expected_levels& level = out_.levels[month];
                const std::size_t l = rates.place_of(s);
                level.due[l] += n;
                level.renewed[l] += n * p;
                level.due_mrr[l] += money;
                level.kept_mrr[l] += money * p;
            }
        }
        go_on(same_, 1, ahead + term, term, tenure);
        if (!any_other) return;
        for (const auto& [months, share] : rates.renewals.next[band])
            go_on(other_, share, ahead + months, months, tenure);
    }

    void go_on(const std::vector<double>& who, double share, std::int32_t ahead, std::int32_t term,
               std::int32_t tenure) {
        if (ahead > course_.horizon()) return;
        crowd& to = crowd_of(ahead, term, tenure);
        for (std::size_t i = 0; i < who.size(); ++i) to.again[i] += share * who[i];
    }

    const forecast_course& course_;
    const shifted_rates& p_;
    std::optional<move_up> up_;
    bool by_level_;
    std::map<crowd_key, crowd> crowds_;
    std::vector<double> same_, other_, spare_;
    expected_course out_;
};

[[nodiscard]] inline expected_course expected_of(const forecast_course& course,
                                                 std::span<const due_group> due,
                                                 const shifted_rates& p, bool by_level = false,
                                                 const std::optional<move_up>& up = {}) {
    return expected_way{course, p, by_level, up}.of(due);
}

}  // namespace aiueo::detail
