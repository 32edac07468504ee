// evidence › histories: what is known of the customers beside their snapshots.
// … ─► table ─► model ─► score ─► evidence
#pragma once

#include <cstdint>

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

}  // namespace aiueo
