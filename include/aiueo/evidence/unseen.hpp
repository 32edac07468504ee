// evidence › unseen: counting the money of customers without snapshots. … ─► score ─► evidence
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/groups.hpp"
#include "aiueo/evidence/revenue_update.hpp"

namespace aiueo {

class unseen_update {
public:
    unseen_update(evidence& to, const histories& known)
        : to_(to), known_(known), revenue_(to.shape_, known) {}

    [[nodiscard]] status run() {
        const default_float_mode usual;
        if (status ok = to_.usable(); !ok) return ok;
        if (!revenue_.in_use()) {
            return make_error(errc::invalid_argument,
                              "data_until is missing: the last day that is told of");
        }
        if (status ok = revenue_.check_arguments(to_.tables_, to_.count(total::customers) > 0); !ok)
            return ok;
        if (!known_.contracts.finished())
            return make_error(errc::invalid_state, "the contracts are not finished");
        auto currency = to_.currency_with(known_);
        if (!currency) return std::move(currency).error();
        if (known_.ledger != nullptr) find(*known_.ledger, nullptr);
        find(known_.contracts, known_.ledger);
        if (fresh_.empty()) return {};
        if (status ok = revenue_.check_customers(nullptr, to_.count(total::paid)); !ok) return ok;
        to_.broken_ = true;
        for (const detail::row_hash& hash : fresh_)
            static_cast<void>(to_.seen_.insert(hash, ++to_.customers_seen_));
        if (status ok = revenue_.count(to_.tables_, nullptr, {}); !ok) return ok;
        to_.tables_[0].at({})[static_cast<std::size_t>(total::payers_unseen)] +=
            static_cast<std::int64_t>(fresh_.size());
        to_.currency_ = *std::move(currency);
        to_.broken_ = false;
        return {};
    }

private:
    /// Who is in `all` and was not looked at in `before`.
    template <class Rows>
    void find(const Rows& all, const ledger_history* before) {
        constexpr std::size_t together = 32;
        std::array<std::string_view, together> keys;
        std::array<std::int32_t, together> groups;
        std::array<std::span<const contract>, together> contracts;
        std::size_t n = 0;
        const auto flush = [&] {
            known_.contracts.of_each({keys.data(), n}, contracts.data());
            revenue_.add({keys.data(), n}, {groups.data(), n}, {contracts.data(), n});
            n = 0;
        };
        for (std::size_t k = 0; k < static_cast<std::size_t>(all.customers()); ++k) {
            const std::string_view key = all.customer(k);
            if (before != nullptr && !before->of(key).empty()) continue;
            const detail::row_hash hash = evidence_hash(key);
            if (to_.seen_.contains(hash)) continue;
            fresh_.push_back(hash);
            keys[n] = key;
            groups[n] = static_cast<std::int32_t>(hash.first % std::uint64_t{evidence_groups});
            if (++n == together) flush();
        }
        flush();
    }

    evidence& to_;
    const histories& known_;
    detail::revenue_update revenue_;
    std::vector<detail::row_hash> fresh_;
};

inline status evidence::count_unseen(const histories& known) {
    return unseen_update{*this, known}.run();
}

}  // namespace aiueo
