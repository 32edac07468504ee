// capi › actions: lists for people.
#include <memory>
#include <string_view>
#include <utility>

#include "aiueo/action/registry.hpp"
#include "aiueo/score/compile.hpp"

#include "evidence_handles.hpp"
#include "guard.hpp"

struct aiueo_actions {
    aiueo::action_list list;
};

namespace {

using namespace aiueo;

/// Rows of what was done, where the batch's initiatives keep all of them.
const initiative_log* log_of(const aiueo_batch& batch) {
    if (batch.initiatives == nullptr || !batch.initiatives->log) return nullptr;
    return &*batch.initiatives->log;
}

}  // namespace

extern "C" int32_t aiueo_plan_for_actions(const aiueo_plan* plan, const char* condition,
                                          size_t condition_length, aiueo_plan** out,
                                          aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        std::string_view asked;
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        if (status ok = capi::read_text(condition, condition_length, "condition", asked); !ok)
            return ok;
        auto made = compile_to_act(*plan->held, asked);
        if (!made) return std::move(made).error();
        auto held = std::make_unique<aiueo_plan>();
        held->held = std::make_shared<const aiueo::plan>(*std::move(made));
        *out = held.release();
        return {};
    });
}

extern "C" const char* aiueo_action_name(int32_t number) {
    const auto all = actions();
    if (number < 0 || static_cast<std::size_t>(number) >= all.size()) return nullptr;
    // The names are literals, so they end with a zero.
    return all[static_cast<std::size_t>(number)].name.data();
}

extern "C" int32_t aiueo_plan_act(const aiueo_plan* plan, const char* name, size_t name_length,
                                  const aiueo_batch* batch, const aiueo_evidence* evidence,
                                  const char* options, size_t options_length, aiueo_actions** out,
                                  aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        std::string_view called;
        std::string_view given;
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::read_text(name, name_length, "name", called); !ok) return ok;
        if (status ok = capi::read_text(options, options_length, "options", given); !ok) return ok;
        // A scorer may free all three.
        const capi::shared_plan with = plan->held;
        const capi::in_use kept_batch{batch};
        const capi::in_use kept_evidence{evidence};
        const action_inputs in{*with, batch->rows, log_of(*batch),
                               evidence == nullptr ? nullptr : &evidence->counts};
        auto made = run_action(in, called, given);
        if (!made) return std::move(made).error();
        *out = new aiueo_actions{*std::move(made)};
        return {};
    });
}

extern "C" int32_t aiueo_actions_head(const aiueo_actions* actions, char* out, size_t capacity,
                                      size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = capi::require(actions, "actions"); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        return target.put(actions->list.head);
    });
}

extern "C" int32_t aiueo_actions_count(const aiueo_actions* actions, int64_t* rows,
                                       aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(actions, "actions"); !ok) return ok;
        if (status ok = capi::require(rows, "rows"); !ok) return ok;
        *rows = actions->list.rows.rows();
        return {};
    });
}

extern "C" int32_t aiueo_actions_rows(const aiueo_actions* actions, int64_t first, int64_t count,
                                      char* out, size_t capacity, size_t* needed,
                                      aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = capi::require(actions, "actions"); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        const std::int64_t rows = actions->list.rows.rows();
        if (first < 0 || count < 0 || first > rows || count > rows - first) {
            return capi::invalid("rows [" + std::to_string(first) + ", " + std::to_string(first) +
                                 " + " + std::to_string(count) + ") are not within the list's " +
                                 std::to_string(rows) + " rows");
        }
        return target.put(rows_json(actions->list.rows, first, count));
    });
}

extern "C" int32_t aiueo_actions_export(const aiueo_actions* actions, struct ArrowSchema* schema,
                                        struct ArrowArray* array, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(actions, "actions"); !ok) return ok;
        if (status ok = capi::require(schema, "schema"); !ok) return ok;
        if (status ok = capi::require(array, "array"); !ok) return ok;
        owned_table copy = actions->list.rows;
        return export_arrow(std::move(copy), schema, array);
    });
}

extern "C" void aiueo_actions_free(aiueo_actions* actions) {
    const std::unique_ptr<aiueo_actions> gone{actions};
}
