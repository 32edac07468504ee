// evidence › paid_months: what one customer paid at the close of each month. … ─► evidence
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <tuple>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/evidence/contract_chain.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/ledger.hpp"
#include "aiueo/evidence/mrr_months.hpp"

namespace aiueo::detail {

/// What a ledger would hold of a customer's contracts, by start. What is past its end and
/// undecided goes on until another follows; what was renewed and nothing follows goes on with the
/// MRR it was renewed to. false: a price that is needed is not known.
/// `chain`: of these contracts.
[[nodiscard]] inline bool entries_of(std::span<const contract> contracts,
                                     const contract_chain& chain, std::int32_t data_until,
                                     std::vector<ledger_entry>& out) {
    out.clear();
    for (std::size_t k = 0; k < contracts.size(); ++k) {
        const contract& one = contracts[k];
        if (one.kind != contract_kind::contract || one.start > data_until) continue;
        if (one.mrr_before == no_money) return false;
        ledger_entry entry{one.start, one.end, one.mrr_before};
        const bool undecided = is_overdue(one, data_until);
        const bool goes_on =
            one.end <= data_until && (undecided || is_kept(one)) && !chain.followed(k);
        if (goes_on && undecided) entry.end = ledger_entry::no_end;
        out.push_back(entry);
        if (!goes_on || undecided) continue;
        if (one.mrr_after == no_money) return false;
        out.push_back({one.end, ledger_entry::no_end, one.mrr_after});
    }
    std::sort(out.begin(), out.end(), [](const ledger_entry& a, const ledger_entry& b) {
        return std::tuple{a.start, a.end, a.mrr} < std::tuple{b.start, b.end, b.mrr};
    });
    return true;
}

/// Reads customers one after another, without allocating once it has met the longest.
class paid_months {
public:
    explicit paid_months(const mrr_options& options) noexcept : reader_(options) {}

    /// `entries`: all of the customer's, by start. Errors: as mrr_months::read().
    [[nodiscard]] status read(std::span<const ledger_entry> entries) {
        changes_ = {};
        auto changes = reader_.read(entries);
        if (!changes) return std::move(changes).error();
        changes_ = *changes;
        active_.clear();
        mrr_.clear();
        if (changes_.empty()) return {};
        const auto months = static_cast<std::size_t>(reader_.last_month() - first() + 1);
        active_.resize(months);
        mrr_.resize(months);
        std::int64_t mrr = 0;
        bool active = false;
        auto next = changes_.begin();
        for (std::size_t k = 0; k < months; ++k) {
            if (next != changes_.end() && next->month == first() + static_cast<std::int32_t>(k)) {
                active = next->what != mrr_movement::churn;
                switch (next->what) {
                case mrr_movement::new_customer:
                case mrr_movement::reactivation: mrr = next->mrr; break;
                case mrr_movement::expansion: mrr += next->mrr; break;
                case mrr_movement::contraction: mrr -= next->mrr; break;
                case mrr_movement::churn: mrr = 0; break;
                }
                ++next;
            }
            active_[k] = active ? 1 : 0;
            mrr_[k] = mrr;
        }
        return {};
    }

    /// Active at no close that is seen?
    [[nodiscard]] bool empty() const noexcept { return changes_.empty(); }
    /// The month of being first active; there is one unless empty().
    [[nodiscard]] std::int32_t first() const noexcept { return changes_.front().month; }
    [[nodiscard]] std::int32_t last() const noexcept { return reader_.last_month(); }
    [[nodiscard]] std::span<const mrr_change> changes() const noexcept { return changes_; }

    /// At the close of a month up to last().
    [[nodiscard]] bool active(std::int32_t month) const noexcept {
        return month >= first() && active_[static_cast<std::size_t>(month - first())] != 0;
    }
    [[nodiscard]] std::int64_t mrr(std::int32_t month) const noexcept {
        return month < first() ? 0 : mrr_[static_cast<std::size_t>(month - first())];
    }

private:
    mrr_months reader_;
    std::span<const mrr_change> changes_;
    std::vector<std::uint8_t> active_;  ///< by month from first() on
    std::vector<std::int64_t> mrr_;
};

}  // namespace aiueo::detail
