// capi › ledger: which MRR each customer paid from when to when, collected, then shared.
#include <memory>
#include <string_view>

#include "aiueo/evidence/ledger_table.hpp"

#include "evidence_handles.hpp"
#include "guard.hpp"

namespace {

using namespace aiueo;

status require_open(const aiueo_ledger* ledger) {
    if (status ok = capi::require(ledger, "ledger"); !ok) return ok;
    if (ledger->history.finished()) {
        return make_error(errc::invalid_state, "the ledger is finished; no row can be added");
    }
    if (ledger->broken) {
        return make_error(errc::invalid_state,
                          "memory ran out in the middle of an earlier call; free the ledger and "
                          "begin again");
    }
    return {};
}

/// Runs `work`, which changes the rows all or not at all, unless an exception ends it: then they
/// are of no more use.
template <class Work>
status change(aiueo_ledger& ledger, Work work) {
    ledger.broken = true;
    status done = work();
    ledger.broken = false;
    return done;
}

}  // namespace

namespace aiueo::capi {

status require_finished(const aiueo_ledger& ledger) {
    if (ledger.history.finished() && !ledger.broken) return {};
    return make_error(errc::invalid_state,
                      "the ledger is not finished; call aiueo_ledger_finish()");
}

}  // namespace aiueo::capi

extern "C" int32_t aiueo_ledger_new(const aiueo_plan* plan, aiueo_ledger** out,
                                    aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        *out = std::make_unique<aiueo_ledger>(plan->held->model()).release();
        return {};
    });
}

extern "C" int32_t aiueo_ledger_add(aiueo_ledger* ledger, const char* customer,
                                    size_t customer_length, int32_t start, int32_t end, int64_t mrr,
                                    aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view key;
        if (status ok = require_open(ledger); !ok) return ok;
        if (status ok = capi::read_text(customer, customer_length, "customer", key); !ok) return ok;
        const ledger_entry one{start, end == AIUEO_NO_DATE ? ledger_entry::no_end : end, mrr};
        return change(*ledger, [&] { return ledger->history.add(key, one, -1); });
    });
}

extern "C" int32_t aiueo_ledger_add_stream(aiueo_ledger* ledger, struct ArrowArrayStream* stream,
                                           aiueo_error* error) {
    // Taken over before anything can fail.
    arrow_owner<ArrowArrayStream> taken;
    if (stream != nullptr) taken = arrow_owner<ArrowArrayStream>{*stream};
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(stream, "stream"); !ok) return ok;
        if (status ok = require_open(ledger); !ok) return ok;
        const capi::in_use kept{ledger};  // the stream is the host's
        return change(*ledger, [&] { return add_ledger(ledger->history, taken.get()); });
    });
}

extern "C" int32_t aiueo_ledger_finish(aiueo_ledger* ledger, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = require_open(ledger); !ok) return ok;
        return change(*ledger, [&] { return ledger->history.finish(); });
    });
}

extern "C" void aiueo_ledger_free(aiueo_ledger* ledger) { capi::let_go(ledger); }
