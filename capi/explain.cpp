// capi › explain: why a row's scores are what they are, and what it lacks.
#include <string_view>
#include <utility>

#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/gap_json.hpp"

#include "guard.hpp"
#include "handles.hpp"

namespace {

using namespace aiueo;

status require_both(const aiueo_plan* plan, const aiueo_batch* batch) {
    if (status ok = capi::require(plan, "plan"); !ok) return ok;
    return capi::require(batch, "batch");
}

}  // namespace

extern "C" int32_t aiueo_plan_explain(const aiueo_plan* plan, const aiueo_batch* batch, int64_t row,
                                      char* out, size_t capacity, size_t* needed,
                                      aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = require_both(plan, batch); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        const capi::shared_plan with = plan->held;  // a scorer may free both
        const capi::in_use kept{batch};
        auto why = explain(*with, batch->rows, row);
        if (!why) return std::move(why).error();
        return target.put(explain_json(*why));
    });
}

extern "C" int32_t aiueo_plan_gap(const aiueo_plan* plan, const aiueo_batch* batch, int64_t row,
                                  const char* ladder, size_t ladder_length, const char* target,
                                  size_t target_length, char* out, size_t capacity, size_t* needed,
                                  aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target text{out, capacity, needed};
        std::string_view of;
        std::string_view to;
        if (status ok = require_both(plan, batch); !ok) return ok;
        if (status ok = capi::read_text(ladder, ladder_length, "ladder", of); !ok) return ok;
        if (status ok = capi::read_text(target, target_length, "target", to); !ok) return ok;
        if (status ok = text.check(); !ok) return ok;
        const capi::shared_plan with = plan->held;  // a scorer may free both
        const capi::in_use kept{batch};
        auto report = gap(*with, batch->rows, row, of, to);
        if (!report) return std::move(report).error();
        return text.put(gap_json(*report));
    });
}
