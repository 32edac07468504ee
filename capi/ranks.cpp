// capi › ranks: which rank members of the team gave each customer, collected, then shared.
#include <memory>
#include <string_view>
#include <utility>

#include "aiueo/base/number.hpp"
#include "aiueo/evidence/ranks_table.hpp"

#include "evidence_handles.hpp"
#include "guard.hpp"

namespace {

using namespace aiueo;

status require_open(const aiueo_ranks* ranks) {
    if (status ok = capi::require(ranks, "ranks"); !ok) return ok;
    if (ranks->history.finished()) {
        return make_error(errc::invalid_state, "the ranks are finished; no row can be added");
    }
    if (ranks->broken) {
        return make_error(errc::invalid_state,
                          "memory ran out in the middle of an earlier call; free the ranks and "
                          "begin again");
    }
    return {};
}

/// Runs `work`, which changes the rows all or not at all, unless an exception ends it: then they
/// are of no more use.
template <class Work>
status change(aiueo_ranks& ranks, Work work) {
    ranks.broken = true;
    status done = work();
    ranks.broken = false;
    return done;
}

}  // namespace

namespace aiueo::capi {

status require_finished(const aiueo_ranks& ranks) {
    if (ranks.history.finished() && !ranks.broken) return {};
    return make_error(errc::invalid_state, "the ranks are not finished; call aiueo_ranks_finish()");
}

}  // namespace aiueo::capi

extern "C" int32_t aiueo_ranks_new(const aiueo_plan* plan, aiueo_ranks** out, aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        *out = std::make_unique<aiueo_ranks>(plan->held->model()).release();
        return {};
    });
}

extern "C" int32_t aiueo_ranks_add(aiueo_ranks* ranks, const char* customer, size_t customer_length,
                                   int32_t as_of, const char* rank, size_t rank_length,
                                   const char* by, size_t by_length, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view key;
        rank_row one;
        if (status ok = require_open(ranks); !ok) return ok;
        if (status ok = capi::read_text(customer, customer_length, "customer", key); !ok) return ok;
        if (status ok = capi::read_text(rank, rank_length, "rank", one.rank); !ok) return ok;
        if (status ok = capi::read_text(by, by_length, "by", one.by); !ok) return ok;
        if (trim_blanks(one.by).empty()) one.by = {};  // as in a stream
        one.as_of = as_of;
        return change(*ranks, [&] { return ranks->history.add(key, one, -1); });
    });
}

extern "C" int32_t aiueo_ranks_add_stream(aiueo_ranks* ranks, struct ArrowArrayStream* stream,
                                          aiueo_error* error) {
    // Taken over before anything can fail.
    arrow_owner<ArrowArrayStream> taken;
    if (stream != nullptr) taken = arrow_owner<ArrowArrayStream>{*stream};
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(stream, "stream"); !ok) return ok;
        if (status ok = require_open(ranks); !ok) return ok;
        const capi::in_use kept{ranks};  // the stream is the host's
        return change(*ranks, [&] { return add_ranks(ranks->history, taken.get()); });
    });
}

extern "C" int32_t aiueo_ranks_finish(aiueo_ranks* ranks, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = require_open(ranks); !ok) return ok;
        return change(*ranks, [&] { return ranks->history.finish(); });
    });
}

extern "C" void aiueo_ranks_free(aiueo_ranks* ranks) { capi::let_go(ranks); }
