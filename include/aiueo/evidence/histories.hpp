// evidence › histories: what is known of the customers beside their snapshots.
// … ─► table ─► model ─► score ─► evidence
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/error.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/initiative_log.hpp"
#include "aiueo/evidence/ledger.hpp"
#include "aiueo/evidence/ranks.hpp"
#include "aiueo/evidence/revenue_shape.hpp"

namespace aiueo {

/// What an update of evidence looks at beside the snapshots; all finished. Customers that are not
/// in the batch are not looked at. A table that is not given is unknown, not empty.
struct histories {
    const contract_history& contracts;
    const initiative_log* initiatives = nullptr;
    const rank_history* ranks = nullptr;
    /// What customers paid from when to when. Without it their contracts tell.
    const ledger_history* ledger = nullptr;
    /// The last day that contracts and ledger tell of, its close included: days since 1970-01-01,
    /// of the years 1 to 9999. Without it nothing is counted of money over time.
    std::int32_t data_until = no_data_until;
};

namespace detail {

/// The currency of contracts and ledger; empty: nobody says. `known`: the one that is known, or
/// empty; `whose`, for messages: "of the model". invalid_argument: there are two.
[[nodiscard]] inline result<std::string> one_currency_of(const histories& of, std::string known,
                                                         std::string_view whose) {
    const std::string_view ledger =
        of.ledger == nullptr ? std::string_view{} : of.ledger->currency();
    for (const auto& [found, table] :
         {std::pair{std::string_view{of.contracts.currency()}, "of the contracts"},
          std::pair{ledger, "of the ledger"}}) {
        if (found.empty() || found == known) continue;
        if (!known.empty()) {
            return make_error(errc::invalid_argument,
                              "amounts " + std::string{table} + " are in " + std::string{found} +
                                  ", those " + std::string{whose} + " in " + known +
                                  "; there is one currency a model: convert the amounts before");
        }
        known = found;
        whose = table;
    }
    return known;
}

}  // namespace detail

}  // namespace aiueo
