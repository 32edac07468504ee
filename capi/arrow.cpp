// capi › arrow: an Arrow record batch as a batch.
#include <memory>
#include <utility>

#include "aiueo/score/stream.hpp"

#include "batch_options.hpp"
#include "guard.hpp"
#include "handles.hpp"

namespace {

using namespace aiueo;

status import_batch(const aiueo_plan* plan, std::int32_t kind, const ArrowSchema* schema,
                    ArrowArray* array, std::int32_t validation, const aiueo_batch_options* options,
                    aiueo_batch** out) {
    if (status ok = capi::require(plan, "plan"); !ok) return ok;
    if (status ok = capi::check_kind(kind); !ok) return ok;
    auto level = capi::read_validation(validation);
    if (!level) return std::move(level).error();
    auto settings = capi::read_batch_options(*plan, options);
    if (!settings) return std::move(settings).error();
    const std::int64_t first_row = settings->core.first_row;
    auto table = import_arrow(schema, array, *level, "snapshots");
    if (!table) {
        error why = std::move(table).error();
        if (why.where.row >= 0) why.where.row += first_row;
        return why;
    }
    if (status ok = capi::check_rows(table->rows()); !ok) return ok;
    auto made = capi::make_batch(*plan, table->rows(), *std::move(settings));
    if (!made) return std::move(made).error();
    (*made)->table.emplace(*std::move(table));
    if (status ok = bind_arrow((*made)->rows, *(*made)->table); !ok) return ok;
    *out = made->release();
    return {};
}

}  // namespace

extern "C" int32_t aiueo_batch_import(const aiueo_plan* plan, int32_t kind,
                                      const struct ArrowSchema* schema, struct ArrowArray* array,
                                      int32_t validation, const aiueo_batch_options* options,
                                      aiueo_batch** out, aiueo_error* error) {
    // Taken over before anything can fail.
    arrow_owner<ArrowArray> taken;
    if (array != nullptr) taken = arrow_owner<ArrowArray>{*array};
    return capi::guarded_new(out, error, [&]() -> status {
        if (status ok = capi::require(array, "array"); !ok) return ok;
        return import_batch(plan, kind, schema, taken.get(), validation, options, out);
    });
}
