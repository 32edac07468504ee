// capi › change: what changed between two snapshots of the same customers, and through what.
#include <memory>
#include <string>
#include <utility>

#include "aiueo/score/change_table.hpp"

#include "guard.hpp"
#include "handles.hpp"

/// Everything it tells is made at once: nothing of the batches is needed afterwards.
struct aiueo_changes {
    std::string portfolio;
    aiueo::owned_table table;
};

namespace {

using namespace aiueo;

status sides_of(const aiueo_batch* before, const aiueo_batch* after,
                const aiueo_change_options* options, aiueo_change_options& given,
                change_sides& out) {
    if (status ok = capi::require(before, "before"); !ok) return ok;
    if (status ok = capi::require(after, "after"); !ok) return ok;
    if (status ok = capi::read_options(options, "aiueo_change_options", given); !ok) return ok;
    if (status ok =
            capi::check_flags(given.flags, AIUEO_SCORES_NO_OVERRIDES, "flags of the change");
        !ok)
        return ok;
    out.with = after->plan.get();
    out.before = &before->rows;
    out.after = &after->rows;
    out.overrides = (given.flags & AIUEO_SCORES_NO_OVERRIDES) == 0;
    if (given.from != nullptr) {
        out.from = given.from->plan.get();
        out.from_rows = &given.from->rows;
    }
    return out.check();
}

}  // namespace

extern "C" int32_t aiueo_changes_new(const aiueo_batch* before, const aiueo_batch* after,
                                     const aiueo_change_options* options, aiueo_changes** out,
                                     aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        aiueo_change_options given{};
        change_sides sides;
        if (status ok = sides_of(before, after, options, given, sides); !ok) return ok;
        // A scorer may free all of them.
        const capi::in_use kept_before{before};
        const capi::in_use kept_after{after};
        const capi::in_use kept_from{given.from};
        auto matched = match_customers(*sides.before, *sides.after);
        if (!matched) return std::move(matched).error();
        changes split{sides, matched->pairs.size()};
        if (status ok = split_changes(sides, matched->pairs, split); !ok) return ok;
        auto table = change_table(split, sides, *matched);
        if (!table) return std::move(table).error();
        *out = std::make_unique<aiueo_changes>(
                   aiueo_changes{changes_json(split, *matched), *std::move(table)})
                   .release();
        return {};
    });
}

extern "C" int32_t aiueo_changes_json(const aiueo_changes* changes, char* out, size_t capacity,
                                      size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = capi::require(changes, "changes"); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        return target.put(changes->portfolio);
    });
}

extern "C" int32_t aiueo_changes_export(const aiueo_changes* changes, struct ArrowSchema* schema,
                                        struct ArrowArray* array, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(changes, "changes"); !ok) return ok;
        if (status ok = capi::require(schema, "schema"); !ok) return ok;
        if (status ok = capi::require(array, "array"); !ok) return ok;
        owned_table copy = changes->table;
        return export_arrow(std::move(copy), schema, array);
    });
}

extern "C" void aiueo_changes_free(aiueo_changes* changes) {
    const std::unique_ptr<aiueo_changes> gone{changes};
}

extern "C" int32_t aiueo_change_explain(const aiueo_batch* before, int64_t row_before,
                                        const aiueo_batch* after, int64_t row_after,
                                        const aiueo_change_options* options, char* out,
                                        size_t capacity, size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        aiueo_change_options given{};
        change_sides sides;
        if (status ok = sides_of(before, after, options, given, sides); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        // A scorer may free all of them.
        const capi::in_use kept_before{before};
        const capi::in_use kept_after{after};
        const capi::in_use kept_from{given.from};
        const auto report = explain_change(sides, {row_before, row_after});
        if (!report) return report.error();
        return target.put(change_json(*report));
    });
}
