// evidence › rank_counts: the members' ranks beside what the data said and what came after.
// … ─► score ─► evidence
//
// A rank is looked at twice. As a level of the customer it holds for study.rank_days, so that
// renewal is counted by it. By itself it is put beside the stage of the customer's latest snapshot
// before it, and beside the contract ends soon after it.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/ranks.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo {

/// The rank that holds on a day: that of the latest date in [day − days, day]; of several members
/// on that date the lower median. −1: none. `entries`: a customer's, in the history's order.
[[nodiscard]] inline std::int32_t rank_on(std::span<const rank_entry> entries, std::int32_t day,
                                          std::int32_t days) {
    const auto after =
        std::upper_bound(entries.begin(), entries.end(), day,
                         [](std::int32_t on, const rank_entry& one) { return on < one.as_of; });
    if (after == entries.begin()) return -1;
    const std::int32_t latest = std::prev(after)->as_of;
    if (std::int64_t{latest} < std::int64_t{day} - days) return -1;
    std::vector<std::int32_t> given;
    for (auto at = after; at != entries.begin() && std::prev(at)->as_of == latest; --at)
        given.push_back(std::prev(at)->rank);
    const auto middle = given.begin() + static_cast<std::ptrdiff_t>((given.size() - 1) / 2);
    std::nth_element(given.begin(), middle, given.end());
    return *middle;
}

/// Of the contracts and trials that end in [day, day + rank_horizon_days].
[[nodiscard]] inline fate fate_after(std::span<const contract> contracts,
                                     std::int32_t day) noexcept {
    fate out = fate::none;
    for (const contract& one : contracts) {
        if (one.end < day || std::int64_t{one.end} > std::int64_t{day} + rank_horizon_days)
            continue;
        if (one.outcome == contract_outcome::open) {
            if (out == fate::none) out = fate::open;
        } else if (!is_kept(one)) {
            return fate::lost;
        } else {
            out = fate::kept;
        }
    }
    return out;
}

namespace detail {

/// The ranks of some customers: collected, then counted.
class rank_counts {
public:
    rank_counts(const counted& shape, const rank_history* ranks) : shape_(shape), ranks_(ranks) {}

    /// The message of what is wrong with the ranks; empty: nothing.
    [[nodiscard]] std::string_view problem() const noexcept {
        if (ranks_ == nullptr) return {};
        if (!ranks_->finished()) return "the ranks are not finished";
        if (ranks_->ranks() != shape_.model().study.ranks)
            return "the ranks were read for a model with other ranks than that of the evidence";
        return {};
    }

    [[nodiscard]] std::span<const rank_entry> of(std::string_view customer) const noexcept {
        if (ranks_ == nullptr) return {};
        return ranks_->of(customer);
    }

    [[nodiscard]] std::int32_t on(std::span<const rank_entry> entries, std::int32_t day) const {
        return entries.empty() ? -1 : rank_on(entries, day, shape_.model().study.rank_days);
    }

    /// All ranks of one customer. `rows`: ascending by date.
    void add(std::span<const rank_entry> entries, std::span<const dated_row> rows,
             std::span<const contract> contracts, std::int32_t group) {
        bool any = false;
        std::int32_t last_month = -1;
        met_.clear();
        for (const rank_entry& one : entries) {
            const dated_row* const row = latest_row(rows, one.as_of);
            if (row == nullptr) {
                ++unseen_;
                continue;
            }
            const std::int32_t month = month_of(one.as_of);
            std::int32_t member = -1;
            if (one.by >= 0) member = members_.intern(ranks_->members().text(one.by));
            const bool first = month != last_month;
            if (first) met_.clear();
            last_month = month;
            const bool first_of_member = std::find(met_.begin(), met_.end(), member) == met_.end();
            if (first_of_member) met_.push_back(member);
            seen_.push_back({row->row, month, member, one.rank, group,
                             fate_after(contracts, one.as_of), first, first_of_member});
            any = true;
        }
        if (any) ++customers_;
    }

    /// The rows that ranks are put beside.
    template <class F>
    [[nodiscard]] status each_row(F f) const {
        for (const seen_rank& one : seen_) {
            if (status ok = f(one.row); !ok) return ok;
        }
        return {};
    }

    /// Ranks with a snapshot before them, without one, and the customers of the former.
    [[nodiscard]] std::int64_t seen() const noexcept {
        return static_cast<std::int64_t>(seen_.size());
    }
    [[nodiscard]] std::int64_t unseen() const noexcept { return unseen_; }
    [[nodiscard]] std::int64_t customers() const noexcept { return customers_; }

    /// Do the members fit into the table? Errors: limit_exceeded.
    [[nodiscard]] status fit(const std::vector<count_table>& tables) const {
        return tables[static_cast<std::size_t>(table_id::ranks)].can_name(members_.texts());
    }

    /// After fit() said yes.
    void count(const scores& given, std::vector<count_table>& tables) const {
        if (shape_.rank_stages() == 0) return;
        count_table& to = tables[static_cast<std::size_t>(table_id::ranks)];
        std::vector<std::int32_t> ids;
        for (const std::string_view name : members_.texts()) ids.push_back(*to.name_id(name));
        for (const seen_rank& one : seen_) {
            const std::int32_t id = one.member < 0 ? -1 : ids[static_cast<std::size_t>(one.member)];
            std::int64_t* block = to.at({one.month, id});
            const auto stage =
                static_cast<std::size_t>(given.stage(0)[static_cast<std::size_t>(one.row)]);
            ++block[shape_.rank_cell(static_cast<std::size_t>(one.rank), stage, one.became,
                                     static_cast<std::size_t>(one.group))];
            if (one.first) ++block[shape_.rank_customers_cell()];
            if (one.first_of_member) ++block[shape_.member_customers_cell()];
        }
    }

private:
    struct seen_rank {
        std::int64_t row = 0;  ///< of the batch
        std::int32_t month = 0;
        std::int32_t member = -1;  ///< among members_
        std::int32_t rank = 0;
        std::int32_t group = 0;
        fate became = fate::none;
        bool first = false;            ///< of the customer's in that month
        bool first_of_member = false;  ///< and of those by this member
    };

    const counted& shape_;
    const rank_history* ranks_;
    dictionary members_;
    std::vector<seen_rank> seen_;
    std::vector<std::int32_t> met_;  ///< who ranked the customer in the month at hand
    std::int64_t unseen_ = 0;
    std::int64_t customers_ = 0;
};

}  // namespace detail
}  // namespace aiueo
