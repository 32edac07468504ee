// evidence › chain: what an update keeps of customers' months until their links are counted.
// … ─► score ─► evidence
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "aiueo/base/money.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/links.hpp"
#include "aiueo/evidence/panel.hpp"

namespace aiueo::detail {

/// MRR of the contracts in force on a day, in `mrr`: no_money where there is none, or one's is not
/// known. false: it does not fit into 64 bits.
[[nodiscard]] inline bool add_contracts(std::span<const contract> contracts, std::int32_t day,
                                        std::int64_t& mrr) noexcept {
    bool any = false, known = true;
    std::int64_t sum = 0;
    for (const contract& one : contracts) {
        if (!in_force(one, day)) continue;
        any = true;
        known = known && one.mrr_before != no_money;
        if (known && __builtin_add_overflow(sum, one.mrr_before, &sum)) return false;
    }
    mrr = any && known ? sum : no_money;
    return true;
}

/// The panel is read in the order of the batch; links want each customer's months together.
class chain_months {
public:
    explicit chain_months(const counted& shape) : shape_(shape) {
        const model& subject = shape.model();
        const auto role = subject.roles.find("mrr");
        if (role == subject.roles.end() || !in_use()) return;
        if (const metric* source = subject.find_metric(role->second); source != nullptr)
            mrr_metric_ = static_cast<std::size_t>(source - subject.metrics.data());
    }

    /// A model without steps has no chain.
    [[nodiscard]] bool in_use() const noexcept { return !shape_.lags().empty(); }
    /// The metric that says what a customer pays.
    [[nodiscard]] std::optional<std::size_t> mrr_metric() const noexcept { return mrr_metric_; }

    /// The next customer, whose last `months` rows the panel has just been given.
    void add(std::size_t months, std::span<const contract> contracts) {
        if (in_use() && months > 0) customers_.push_back({months, contracts});
    }

    /// After all customers: where the panel has their rows, one customer's after the other.
    void place(std::span<const std::size_t> at) {
        if (!in_use()) return;
        place_ = at;
        mrr_.assign(at.size(), no_money);
    }

    /// What panel row k pays by its metric; major units, NaN = unknown.
    void price(std::size_t k, double major) {
        const double minor = std::round(major * power_of_ten(shape_.model().minor_digits));
        if (minor >= 0 && minor < static_cast<double>(minor_units_limit))
            mrr_[k] = static_cast<std::int64_t>(minor);
    }

    /// Where no metric says it, by the contracts. Adds all of it to `sum`; false: it does not fit.
    [[nodiscard]] bool price_by_contracts(std::span<const panel_row> panel, std::int64_t& sum) {
        if (!in_use()) return true;
        std::size_t next = 0;
        for (const one_customer& one : customers_) {
            for (std::size_t i = 0; i < one.months; ++i) {
                const std::size_t k = place_[next++];
                if (mrr_[k] == no_money && !add_contracts(one.contracts, panel[k].as_of, mrr_[k]))
                    return false;
                if (mrr_[k] != no_money && __builtin_add_overflow(sum, mrr_[k], &sum)) return false;
            }
        }
        return true;
    }

    /// `levels`: [panel row][segment], ids in the tables.
    void count(std::span<const panel_row> panel, const scores& given, const std::int32_t* levels,
               std::vector<count_table>& tables) {
        if (!in_use() || panel.empty()) return;
        const std::size_t segments = shape_.model().segments.size();
        const auto [first, last] =
            std::minmax_element(panel.begin(), panel.end(),
                                [](const auto& a, const auto& b) { return a.month < b.month; });
        link_counter counter{shape_, given, tables, first->month, last->month};
        std::vector<link_counter::month_of_customer> months;
        std::size_t next = 0;
        for (const one_customer& one : customers_) {
            months.clear();
            for (std::size_t i = 0; i < one.months; ++i) {
                const std::size_t k = place_[next++];
                months.push_back({&panel[k], mrr_[k], levels + k * segments});
            }
            counter.count(months, one.contracts);
        }
    }

private:
    struct one_customer {
        std::size_t months = 0;
        std::span<const contract> contracts;
    };

    const counted& shape_;
    std::optional<std::size_t> mrr_metric_;
    std::vector<one_customer> customers_;
    std::span<const std::size_t> place_;
    std::vector<std::int64_t> mrr_;  ///< minor units, by panel row
};

}  // namespace aiueo::detail
