// capi › evidence_handles: what is behind aiueo_contracts, aiueo_ledger, aiueo_ranks and
// aiueo_evidence.
#pragma once

#include <utility>

#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/ledger.hpp"
#include "aiueo/evidence/ranks.hpp"

#include "handles.hpp"

struct aiueo_contracts : aiueo::capi::kept_handle {
    explicit aiueo_contracts(const aiueo::model& of)
        : history(of.minor_digits, of.zone, of.study.grace_days, of.currency) {}
    aiueo::contract_history history;
    bool broken = false;  ///< memory ran out in the middle of a call
};

struct aiueo_ledger : aiueo::capi::kept_handle {
    explicit aiueo_ledger(const aiueo::model& of)
        : history(of.minor_digits, of.zone, of.currency) {}
    aiueo::ledger_history history;
    bool broken = false;  ///< memory ran out in the middle of a call
};

struct aiueo_ranks : aiueo::capi::kept_handle {
    explicit aiueo_ranks(const aiueo::model& of) : history(of.study.ranks, of.zone) {}
    aiueo::rank_history history;
    bool broken = false;  ///< memory ran out in the middle of a call
};

struct aiueo_evidence : aiueo::capi::kept_handle {
    aiueo_evidence(aiueo::capi::shared_plan of, aiueo::evidence held)
        : plan(std::move(of)), counts(std::move(held)) {}
    aiueo::capi::shared_plan plan;
    aiueo::evidence counts;
};

namespace aiueo::capi {

/// Errors: invalid_state.
[[nodiscard]] status require_finished(const aiueo_contracts& contracts);
[[nodiscard]] status require_finished(const aiueo_ledger& ledger);
[[nodiscard]] status require_finished(const aiueo_ranks& ranks);

}  // namespace aiueo::capi
