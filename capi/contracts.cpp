// capi › contracts: how each contract and trial ended, collected, then shared.
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/json_writer.hpp"
#include "aiueo/evidence/contracts_table.hpp"

#include "evidence_handles.hpp"
#include "guard.hpp"

namespace {

using namespace aiueo;

template <class Name>
constexpr bool same(Name one, std::int32_t number) {
    return static_cast<std::int32_t>(one) == number;
}
static_assert(no_money == AIUEO_NO_MONEY);
static_assert(same(contract_kind::contract, AIUEO_CONTRACT));
static_assert(same(contract_kind::trial, AIUEO_TRIAL));
static_assert(same(contract_outcome::open, AIUEO_OPEN));
static_assert(same(contract_outcome::renewed, AIUEO_RENEWED));
static_assert(same(contract_outcome::churned, AIUEO_CHURNED));
static_assert(same(contract_outcome::converted, AIUEO_CONVERTED));
static_assert(same(contract_outcome::lapsed, AIUEO_LAPSED));

status require_open(const aiueo_contracts* contracts) {
    if (status ok = capi::require(contracts, "contracts"); !ok) return ok;
    if (contracts->history.finished()) {
        return make_error(errc::invalid_state, "the contracts are finished; no row can be added");
    }
    if (contracts->broken) {
        return make_error(errc::invalid_state,
                          "memory ran out in the middle of an earlier call; free the contracts and "
                          "begin again");
    }
    return {};
}

/// Runs `work`, which changes the rows all or not at all, unless an exception ends it: then they
/// are of no more use.
template <class Work>
status change(aiueo_contracts& contracts, Work work) {
    contracts.broken = true;
    status done = work();
    contracts.broken = false;
    return done;
}

status read_contract(const aiueo_contract* given, contract& out) {
    aiueo_contract from{};
    if (status ok = capi::require(given, "contract"); !ok) return ok;
    if (status ok = capi::read_options(given, "aiueo_contract", from); !ok) return ok;
    // Money that a shorter structure leaves out would be 0, which is an amount.
    if (given->struct_size < offsetof(aiueo_contract, mrr_after) + sizeof from.mrr_after) {
        return capi::invalid("struct_size of aiueo_contract is " +
                             std::to_string(given->struct_size) +
                             "; set it to sizeof(aiueo_contract)");
    }
    if (from.reserved != 0) {
        return make_error(errc::unsupported, "reserved of aiueo_contract is not 0");
    }
    if (from.kind < AIUEO_CONTRACT || from.kind > AIUEO_TRIAL) {
        return capi::invalid("kind is " + std::to_string(from.kind) +
                             "; give AIUEO_CONTRACT or AIUEO_TRIAL");
    }
    if (from.outcome < AIUEO_OPEN || from.outcome > AIUEO_LAPSED) {
        return capi::invalid("outcome is " + std::to_string(from.outcome) +
                             "; give AIUEO_OPEN to AIUEO_LAPSED");
    }
    out.start = from.start;
    out.end = from.end;
    out.kind = static_cast<contract_kind>(from.kind);
    out.outcome = static_cast<contract_outcome>(from.outcome);
    out.mrr_before = from.mrr_before;
    out.mrr_after = from.mrr_after;
    return {};
}

}  // namespace

namespace aiueo::capi {

status require_finished(const aiueo_contracts& contracts) {
    if (contracts.history.finished() && !contracts.broken) return {};
    return make_error(errc::invalid_state,
                      "the contracts are not finished; call aiueo_contracts_finish()");
}

}  // namespace aiueo::capi

extern "C" int32_t aiueo_contracts_new(const aiueo_plan* plan, aiueo_contracts** out,
                                       aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        *out = std::make_unique<aiueo_contracts>(plan->held->model()).release();
        return {};
    });
}

extern "C" int32_t aiueo_contracts_add(aiueo_contracts* contracts, const char* customer,
                                       size_t customer_length, const aiueo_contract* contract,
                                       aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view key;
        aiueo::contract one;
        if (status ok = require_open(contracts); !ok) return ok;
        if (status ok = capi::read_text(customer, customer_length, "customer", key); !ok) return ok;
        if (status ok = read_contract(contract, one); !ok) return ok;
        return change(*contracts, [&] { return contracts->history.add(key, one, -1); });
    });
}

extern "C" int32_t aiueo_contracts_add_stream(aiueo_contracts* contracts,
                                              struct ArrowArrayStream* stream, aiueo_error* error) {
    // Taken over before anything can fail.
    arrow_owner<ArrowArrayStream> taken;
    if (stream != nullptr) taken = arrow_owner<ArrowArrayStream>{*stream};
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(stream, "stream"); !ok) return ok;
        if (status ok = require_open(contracts); !ok) return ok;
        const capi::in_use kept{contracts};  // the stream is the host's
        return change(*contracts, [&] { return add_contracts(contracts->history, taken.get()); });
    });
}

extern "C" int32_t aiueo_contracts_finish(aiueo_contracts* contracts, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = require_open(contracts); !ok) return ok;
        return change(*contracts, [&] { return contracts->history.finish(); });
    });
}

extern "C" int32_t aiueo_contracts_warnings(const aiueo_contracts* contracts, char* out,
                                            size_t capacity, size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = capi::require(contracts, "contracts"); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        if (status ok = capi::require_finished(*contracts); !ok) return ok;
        std::string text;
        json_writer list{text};
        list.begin_array();
        for (const std::string& one : contracts->history.warnings()) list.string(one);
        list.end_array();
        return target.put(text);
    });
}

extern "C" void aiueo_contracts_free(aiueo_contracts* contracts) { capi::let_go(contracts); }
