// capi › rollup: customers rolled up to their parents.
#include <utility>

#include "aiueo/score/rollup_table.hpp"

#include "guard.hpp"
#include "handles.hpp"

extern "C" int32_t aiueo_rollup_export(const aiueo_batch* batch, const aiueo_scores* scores,
                                       struct ArrowSchema* schema, struct ArrowArray* array,
                                       aiueo_error* error) {
    using namespace aiueo;
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::require(scores, "scores"); !ok) return ok;
        if (status ok = capi::require(schema, "schema"); !ok) return ok;
        if (status ok = capi::require(array, "array"); !ok) return ok;
        const auto rolled = roll_up(batch->rows, scores->values);
        if (!rolled) return rolled.error();
        auto table = rollup_table(*rolled);
        if (!table) return std::move(table).error();
        return export_arrow(*std::move(table), schema, array);
    });
}
