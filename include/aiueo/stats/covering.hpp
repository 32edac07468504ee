// stats › covering: the cheapest choice that gains enough, the best that costs no more than one
// has. base ─► stats
//
// Knapsacks whose items come in numbers. Exact by branch and bound over the kinds of items in the
// order of what they give for what they cost; the bound is Dantzig's, the choice with fractions
// allowed (Martello, Toth: "Knapsack Problems", 1990, 2.2). Where too much would have to be tried,
// the best that was found is returned with the bound, so that what it may lack is known.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

#include "aiueo/stats/figure.hpp"

namespace aiueo {

/// So many alike. Gain and cost of one are above 0.
struct choice_item {
    double gain = 0;
    double cost = 1;
    std::int64_t most = 0;
};

struct choice {
    std::vector<std::int64_t> taken;  ///< of each item
    double gain = 0;
    double cost = 0;
    bool possible = false;     ///< the gain that is asked for can be had
    bool exact = false;        ///< no choice is better
    double bound = undefined;  ///< no choice costs less, or gains more, than this
};

namespace stats_detail {

class choosing {
public:
    /// What rounding may cost when gains are added up.
    static constexpr double tolerance = 1e-12;

    choosing(std::span<const choice_item> items, std::int64_t most_nodes)
        : items_(items), nodes_left_(most_nodes), taken_(items.size()) {
        for (std::size_t k = 0; k < items.size(); ++k) {
            const choice_item& one = items[k];
            if (one.gain > 0 && one.cost > 0 && one.most > 0) order_.push_back(k);
        }
        std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) {
            return items[a].gain * items[b].cost > items[b].gain * items[a].cost;
        });
    }

    [[nodiscard]] choice cheapest(double need) {
        choice out;
        out.taken.assign(items_.size(), 0);
        enough_ = need * tolerance;
        if (!(need > 0)) {
            out.possible = out.exact = true;
            out.bound = 0;
            return out;
        }
        out.bound = least_cost(0, need);
        if (!std::isfinite(out.bound)) {
            for (const std::size_t k : order_) out.taken[k] = items_[k].most;
            out.bound = undefined;
            return summed(std::move(out));
        }
        out.possible = true;
        best_ = std::numeric_limits<double>::infinity();
        cover(0, need, 0);
        out.taken = best_taken_;
        out = summed(std::move(out));
        out.exact = nodes_left_ > 0;
        if (out.exact) out.bound = out.cost;
        return out;
    }

    [[nodiscard]] choice within(double room) {
        choice out;
        out.taken.assign(items_.size(), 0);
        out.possible = true;
        enough_ = room * tolerance;
        out.bound = most_gain(0, std::max(0.0, room));
        best_ = -1;
        fill(0, std::max(0.0, room), 0);
        out.taken = best_taken_;
        out = summed(std::move(out));
        out.exact = nodes_left_ > 0;
        if (out.exact) out.bound = out.gain;
        return out;
    }

private:
    [[nodiscard]] const choice_item& item(std::size_t k) const noexcept {
        return items_[order_[k]];
    }

    [[nodiscard]] choice summed(choice of) const {
        of.gain = of.cost = 0;
        for (std::size_t k = 0; k < items_.size(); ++k) {
            of.gain += real(of.taken[k]) * items_[k].gain;
            of.cost += real(of.taken[k]) * items_[k].cost;
        }
        return of;
    }

    [[nodiscard]] double least_cost(std::size_t k, double need) const noexcept {
        double cost = 0;
        for (; k < order_.size() && need > enough_; ++k) {
            const choice_item& one = item(k);
            const double n = std::min(real(one.most), need / one.gain);
            cost += n * one.cost;
            need -= n * one.gain;
        }
        return need > enough_ ? std::numeric_limits<double>::infinity() : cost;
    }

    [[nodiscard]] double most_gain(std::size_t k, double room) const noexcept {
        double gain = 0;
        for (; k < order_.size() && room > 0; ++k) {
            const choice_item& one = item(k);
            const double n = std::min(real(one.most), room / one.cost);
            gain += n * one.gain;
            room -= n * one.cost;
        }
        return gain;
    }

    void keep(double value) {
        best_ = value;
        best_taken_ = taken_;
    }

    /// The first path down takes as much as it can of the best kinds, which is the greedy choice:
    /// something is found however few nodes there are.
    void cover(std::size_t k, double need, double cost) {
        if (need <= enough_) {
            if (cost < best_) keep(cost);
            return;
        }
        if (k == order_.size() || (nodes_left_ <= 0 && std::isfinite(best_))) return;
        --nodes_left_;
        const choice_item& one = item(k);
        const double wanted = need / one.gain;
        const auto whole = static_cast<std::int64_t>(std::min(std::floor(wanted), real(one.most)));
        const auto at = [&](std::int64_t n) {
            taken_[order_[k]] = n;
            cover(k + 1, need - real(n) * one.gain, cost + real(n) * one.cost);
            taken_[order_[k]] = 0;
        };
        // One more than fits, and nothing else.
        if (whole < one.most && need - real(whole) * one.gain > enough_) at(whole + 1);
        for (std::int64_t n = whole; n >= 0; --n) {
            // Fewer of a better kind never make the bound smaller.
            const double rest = least_cost(k + 1, need - real(n) * one.gain);
            const double least = cost + real(n) * one.cost + rest;
            if (!(least < best_ * (1 - tolerance))) break;
            at(n);
            if (nodes_left_ <= 0) break;
        }
    }

    void fill(std::size_t k, double room, double gain) {
        if (gain > best_) keep(gain);
        if (k == order_.size()) greedy_is_done_ = true;
        if (k == order_.size() || (nodes_left_ <= 0 && greedy_is_done_)) return;
        --nodes_left_;
        const choice_item& one = item(k);
        const double fits = (room + enough_) / one.cost;
        const auto whole = static_cast<std::int64_t>(std::min(std::floor(fits), real(one.most)));
        for (std::int64_t n = whole; n >= 0; --n) {
            const double left = room - real(n) * one.cost;
            const double most = gain + real(n) * one.gain + most_gain(k + 1, left);
            if (greedy_is_done_ && !(most > best_ * (1 + tolerance))) break;
            taken_[order_[k]] = n;
            fill(k + 1, left, gain + real(n) * one.gain);
            taken_[order_[k]] = 0;
            if (nodes_left_ <= 0) break;
        }
    }

    std::span<const choice_item> items_;
    std::int64_t nodes_left_;
    std::vector<std::int64_t> taken_, best_taken_;
    std::vector<std::size_t> order_;
    double best_ = 0;
    double enough_ = 0;
    bool greedy_is_done_ = false;
};

}  // namespace stats_detail

/// So many choices are looked at before the best one so far has to do.
inline constexpr std::int64_t most_choices = 200'000;

/// The least cost at which items gain at least `need`. Not possible: all items, and what they gain.
[[nodiscard]] inline choice cheapest_choice(std::span<const choice_item> items, double need,
                                            std::int64_t most_nodes = most_choices) {
    return stats_detail::choosing{items, most_nodes}.cheapest(need);
}

/// The most that items gain at a cost of at most `room`.
[[nodiscard]] inline choice best_choice(std::span<const choice_item> items, double room,
                                        std::int64_t most_nodes = most_choices) {
    return stats_detail::choosing{items, most_nodes}.within(room);
}

}  // namespace aiueo
