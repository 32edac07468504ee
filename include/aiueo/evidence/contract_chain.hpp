// evidence › contract_chain: which of a customer's contracts goes on from which. … ─► evidence
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/join.hpp"

namespace aiueo::detail {

/// Is it past its end, and nobody says what became of it?
[[nodiscard]] inline bool is_overdue(const contract& one, std::int32_t data_until) noexcept {
    return one.outcome == contract_outcome::open && one.end <= data_until;
}

/// Contracts without trials. Reads customers one after another; time is n log n of the contracts.
class contract_chain {
public:
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    /// `all`: one customer's, as the history holds them. What starts after `data_until` follows
    /// nothing yet.
    void read(std::span<const contract> all, std::int32_t grace_days, std::int32_t data_until) {
        find_followed(all, data_until);
        find_before(all, grace_days);
    }

    /// Is there one that begins and ends later than contract k, and has begun?
    [[nodiscard]] bool followed(std::size_t k) const noexcept { return followed_[k] != 0; }

    /// The renewed contract that contract k went on from, at most grace_days after its end, and no
    /// other did: the one that ended last. `none` if there is none.
    [[nodiscard]] std::size_t before(std::size_t k) const noexcept { return before_[k]; }

private:
    [[nodiscard]] static bool is_contract(const contract& one) noexcept {
        return one.kind == contract_kind::contract;
    }

    /// Ends ascend, so that what ends later stands behind.
    void find_followed(std::span<const contract> all, std::int32_t data_until) {
        followed_.assign(all.size(), 0);
        std::int64_t latest = INT64_MIN;  // start, among those that end later than the one at hand
        for (std::size_t end = all.size(); end > 0;) {
            std::size_t begin = end;
            while (begin > 0 && all[begin - 1].end == all[end - 1].end) --begin;
            for (std::size_t k = begin; k < end; ++k) followed_[k] = latest > all[k].start ? 1 : 0;
            for (std::size_t k = begin; k < end; ++k) {
                if (is_contract(all[k]) && all[k].start <= data_until)
                    latest = std::max<std::int64_t>(latest, all[k].start);
            }
            end = begin;
        }
    }

    void find_before(std::span<const contract> all, std::int32_t grace_days) {
        before_.assign(all.size(), none);
        // free_[k + 1]: 1 + the last contract up to k that could be gone on from; 0: none.
        free_.resize(all.size() + 1);
        std::iota(free_.begin(), free_.end(), std::size_t{0});
        for (std::size_t k = 0; k < all.size(); ++k) {
            if (!is_contract(all[k]) || !is_kept(all[k])) free_[k + 1] = k;
        }
        by_start_.clear();
        for (std::size_t k = 0; k < all.size(); ++k) {
            if (is_contract(all[k])) by_start_.push_back(k);
        }
        std::stable_sort(by_start_.begin(), by_start_.end(), [all](std::size_t a, std::size_t b) {
            return all[a].start < all[b].start;
        });
        for (const std::size_t k : by_start_) {
            const auto later = std::upper_bound(
                all.begin(), all.end(), all[k].start,
                [](std::int32_t day, const contract& one) { return day < one.end; });
            std::size_t at = static_cast<std::size_t>(later - all.begin());
            while (free_[at] != at) at = free_[at] = free_[free_[at]];
            if (at == 0) continue;
            const std::size_t found = at - 1;
            if (all[k].start - std::int64_t{all[found].end} > grace_days) continue;
            before_[k] = found;
            free_[at] = found;
        }
    }

    std::vector<std::uint8_t> followed_;
    std::vector<std::size_t> before_;
    std::vector<std::size_t> free_;
    std::vector<std::size_t> by_start_;
};

}  // namespace aiueo::detail
