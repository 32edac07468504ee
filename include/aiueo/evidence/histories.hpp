// evidence › histories: what is known of the customers beside their snapshots.
// … ─► table ─► model ─► score ─► evidence
#pragma once

#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/initiative_log.hpp"
#include "aiueo/evidence/ranks.hpp"

namespace aiueo {

/// What an update of evidence looks at beside the snapshots; all finished. Customers that are not
/// in the batch are not looked at. A table that is not given is unknown, not empty.
struct histories {
    const contract_history& contracts;
    const initiative_log* initiatives = nullptr;
    const rank_history* ranks = nullptr;
};

}  // namespace aiueo
