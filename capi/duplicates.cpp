// capi › duplicates: the same customer and date in several batches of one table.
#include <cstdint>
#include <memory>
#include <utility>

#include "batch_options.hpp"
#include "guard.hpp"
#include "handles.hpp"

using namespace aiueo;

extern "C" int32_t aiueo_duplicates_new(int64_t budget, aiueo_duplicates** out,
                                        aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        auto rows = capi::read_budget(budget, "budget");
        if (!rows) return std::move(rows).error();
        auto handle = std::make_unique<aiueo_duplicates>(
            aiueo_duplicates{duplicate_finder{"snapshots", *rows}});
        *out = handle.release();
        return {};
    });
}

extern "C" int32_t aiueo_duplicates_add(aiueo_duplicates* seen, const aiueo_batch* batch,
                                        aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(seen, "seen"); !ok) return ok;
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        return batch->rows.check_rows(seen->seen);
    });
}

extern "C" int64_t aiueo_duplicates_checked(const aiueo_duplicates* seen) {
    return seen == nullptr ? -1 : seen->seen.checked();
}

extern "C" void aiueo_duplicates_free(aiueo_duplicates* seen) {
    const std::unique_ptr<aiueo_duplicates> gone{seen};
}
