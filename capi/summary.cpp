// capi › summary: counts over many scores.
#include <memory>
#include <utility>

#include "guard.hpp"
#include "handles.hpp"

namespace {

using namespace aiueo;

}  // namespace

extern "C" int32_t aiueo_summary_new(const aiueo_plan* plan, aiueo_summary** out,
                                     aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        auto handle = std::make_unique<aiueo_summary>();
        handle->held = std::make_shared<capi::summary_state>(plan->held);
        *out = handle.release();
        return {};
    });
}

extern "C" int32_t aiueo_summary_add(aiueo_summary* summary, aiueo_scores* scores, int64_t rows,
                                     aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(summary, "summary"); !ok) return ok;
        if (status ok = capi::require(scores, "scores"); !ok) return ok;
        if (rows < 0 || rows > scores->values.capacity()) {
            return capi::invalid("rows is " + std::to_string(rows) + "; the scores have " +
                                 std::to_string(scores->values.capacity()));
        }
        if (&summary->held->plan->data() != &scores->values.made_for()) {
            return capi::invalid("summary and scores must come from the same plan");
        }
        summary->held->counts.add(scores->values, rows);
        return {};
    });
}

extern "C" int32_t aiueo_summary_merge(aiueo_summary* summary, const aiueo_summary* other,
                                       aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(summary, "summary"); !ok) return ok;
        if (status ok = capi::require(other, "other"); !ok) return ok;
        return summary->held->counts.merge(other->held->counts);
    });
}

extern "C" int32_t aiueo_summary_json(const aiueo_summary* summary, char* out, size_t capacity,
                                      size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = capi::require(summary, "summary"); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        return target.put(summary->held->counts.json());
    });
}

extern "C" void aiueo_summary_free(aiueo_summary* summary) {
    const std::unique_ptr<aiueo_summary> gone{summary};
}
