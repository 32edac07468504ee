// score › initiatives: what we did for each customer, ready to be counted at a date.
// base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo {

/// The rows of an initiatives table that a plan's metrics count, by customer and date. Built once,
/// then shared by any number of batches and threads. 4 bytes a counted date, and the customers'
/// keys.
class initiative_history {
public:
    explicit initiative_history(const plan& for_plan) : plan_(&for_plan.data()) {
        const plan_data& data = *plan_;
        for (const planned_metric& one : data.metrics) {
            const metric& named = data.model.metrics[one.in_model];
            if (named.from == metric::source::initiatives)
                counted_.push_back({&named.counted, {}, {}, {}, false});
        }
    }

    /// One row. Dates are days since 1970-01-01; `no_date` where the cell is empty.
    void add(std::string_view customer, std::string_view initiative, std::int32_t date,
             std::int32_t attended, std::int32_t responded) {
        const std::int32_t id = customers_.intern(customer);
        ++rows_;
        bool counts = false;
        for (counted& one : counted_) {
            if (one.source->initiative != initiative) continue;
            counts = true;
            one.met = true;
            const std::int32_t day = one.source->of == initiative_source::dated_by::date ? date
                                     : one.source->of == initiative_source::dated_by::attended
                                         ? attended
                                         : responded;
            if (day != no_date) one.pending.emplace_back(id, day);
        }
        if (counts) return;
        ++unused_rows_;
        if (others_.size() < most_names) others_.intern(initiative);
    }

    /// Sort what was added. Call once, after the last row.
    void finish() {
        for (counted& one : counted_) {
            std::sort(one.pending.begin(), one.pending.end());
            one.first.assign(customers_.size() + 1, 0);
            one.days.reserve(one.pending.size());
            for (const auto& [customer, day] : one.pending) {
                ++one.first[static_cast<std::size_t>(customer) + 1];
                one.days.push_back(day);
            }
            for (std::size_t k = 1; k < one.first.size(); ++k) one.first[k] += one.first[k - 1];
            one.pending = {};
        }
    }

    /// Initiatives that the model counts and no row has: perhaps a slip in a name, since all their
    /// counts are 0.
    [[nodiscard]] std::vector<std::string> warnings() const {
        std::vector<std::string> out;
        for (const counted& one : counted_) {
            if (one.met || rows_ == 0) continue;
            out.push_back("no row of the initiatives table has initiative \"" +
                          one.source->initiative + "\", which the model counts" +
                          did_you_mean(one.source->initiative, others_.texts()));
        }
        std::sort(out.begin(), out.end());
        out.erase(std::unique(out.begin(), out.end()), out.end());
        return out;
    }

    /// −1 for a customer without a row.
    [[nodiscard]] std::int32_t find(std::string_view customer) const noexcept {
        return customers_.find(customer);
    }

    /// Value of initiative metric `number` for a customer (−1: none) at `as_of`: rows in
    /// (as_of − window, as_of]. NaN is unknown.
    [[nodiscard]] double value(std::uint32_t number, std::int32_t customer,
                               std::int32_t as_of) const noexcept {
        const counted& one = counted_[number];
        const std::int32_t* begin = nullptr;
        const std::int32_t* end = nullptr;
        if (customer >= 0) {
            begin = one.days.data() + one.first[static_cast<std::size_t>(customer)];
            end = one.days.data() + one.first[static_cast<std::size_t>(customer) + 1];
        }
        const std::int64_t after = std::int64_t{as_of} - one.source->window_days;
        const std::int32_t* last = std::upper_bound(begin, end, as_of);
        const std::int32_t* first = std::upper_bound(
            begin, last, after, [](std::int64_t limit, std::int32_t day) { return limit < day; });
        const auto count = static_cast<double>(last - first);
        switch (one.source->what) {
        case initiative_source::value::count: return count;
        case initiative_source::value::done: return count >= 1 ? 1.0 : 0.0;
        case initiative_source::value::days_since:
            return count >= 1 ? static_cast<double>(as_of - *(last - 1)) : detail::unknown_value;
        }
        return detail::unknown_value;
    }

    [[nodiscard]] const plan_data& made_for() const noexcept { return *plan_; }
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::int64_t unused_rows() const noexcept { return unused_rows_; }
    [[nodiscard]] std::int64_t customers() const noexcept {
        return static_cast<std::int64_t>(customers_.size());
    }

    static constexpr std::int32_t no_date = INT32_MIN;

private:
    struct counted {
        const initiative_source* source;
        std::vector<std::pair<std::int32_t, std::int32_t>> pending;  ///< (customer, day)
        std::vector<std::uint64_t> first;  ///< by customer: its first day in `days`
        std::vector<std::int32_t> days;
        bool met = false;  ///< some row has this initiative
    };

    static constexpr std::size_t most_names = 256;  ///< of initiatives kept for suggestions

    const plan_data* plan_;
    dictionary others_;
    dictionary customers_;
    std::vector<counted> counted_;
    std::int64_t rows_ = 0;
    std::int64_t unused_rows_ = 0;
};

}  // namespace aiueo
