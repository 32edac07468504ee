// The calls of actions that test_injection.cpp lets fail.
#include <string_view>

#include "scenarios.hpp"

namespace capi_test {

namespace {

constexpr std::string_view condition = "setup && stage == 'Active'";

owned<aiueo_plan> to_act(const aiueo_plan* of) {
    aiueo_plan* out = nullptr;
    must(aiueo_plan_for_actions(of, condition.data(), condition.size(), &out, nullptr));
    return owned<aiueo_plan>{out};
}

owned<aiueo_actions> some_actions(const aiueo_plan* plan, const aiueo_batch* batch) {
    aiueo_actions* out = nullptr;
    must(aiueo_plan_act(plan, "next", 4, batch, nullptr, nullptr, 0, &out, nullptr));
    return owned<aiueo_actions>{out};
}

}  // namespace

void add_actions(scenarios& all) {
    all["aiueo_plan_for_actions"].run = [](attempt& now) {
        const auto plan = load(small_model);
        makes_handle<aiueo_plan>(now, [&](aiueo_plan** out, aiueo_error* error) {
            return aiueo_plan_for_actions(plan.get(), condition.data(), condition.size(), out,
                                          error);
        });
    };
    // One action after the other, so that a failure strikes in each.
    all["aiueo_plan_act"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto acting = to_act(plan.get());
        const auto initiatives = all_initiatives(acting.get());
        aiueo_batch_options options = batch_options(initiatives.get());
        options.flags = AIUEO_BATCH_ALL_METRICS;
        aiueo_batch* made = nullptr;
        must(aiueo_batch_new(acting.get(), AIUEO_SNAPSHOTS, row_count, &options, &made, nullptr));
        const owned<aiueo_batch> batch{made};
        bind_all(batch.get());
        makes_handle<aiueo_actions>(now, [&](aiueo_actions** out, aiueo_error* error) {
            std::int32_t status = AIUEO_OK;
            bool listed = false;
            for (const std::string_view name : {"next", "triggers", "segment"}) {
                if (listed) aiueo_actions_free(*out);
                status = aiueo_plan_act(acting.get(), name.data(), name.size(), batch.get(),
                                        nullptr, "{}", 2, out, error);
                listed = status == AIUEO_OK;
                if (!listed) break;
            }
            return status;
        });
    };
    all["aiueo_actions_head"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = full_batch(plan.get());
        const auto list = some_actions(plan.get(), batch.get());
        writes_text(now, [&](auto... rest) { return aiueo_actions_head(list.get(), rest...); });
    };
    all["aiueo_actions_count"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = full_batch(plan.get());
        const auto list = some_actions(plan.get(), batch.get());
        std::int64_t rows = -1;
        now([&](aiueo_error* error) { return aiueo_actions_count(list.get(), &rows, error); });
        now.must_hold(rows == (now.failed() ? -1 : row_count));
    };
    all["aiueo_actions_rows"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = full_batch(plan.get());
        const auto list = some_actions(plan.get(), batch.get());
        writes_text(now, [&](auto... rest) {
            return aiueo_actions_rows(list.get(), 0, row_count, rest...);
        });
    };
    all["aiueo_actions_export"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = full_batch(plan.get());
        const auto list = some_actions(plan.get(), batch.get());
        ArrowSchema schema{};
        ArrowArray array{};
        now([&](aiueo_error* error) {
            return aiueo_actions_export(list.get(), &schema, &array, error);
        });
        now.must_hold((schema.release == nullptr) == now.failed());
        now.must_hold((array.release == nullptr) == now.failed());
        if (schema.release != nullptr) schema.release(&schema);
        if (array.release != nullptr) array.release(&array);
    };
}

}  // namespace capi_test
