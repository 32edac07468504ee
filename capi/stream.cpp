// capi › stream: an Arrow stream of snapshots becomes one of scores.
#include "aiueo/score/stream.hpp"

#include <memory>
#include <optional>
#include <utility>

#include "batch_options.hpp"
#include "guard.hpp"
#include "handles.hpp"
#include "scores_options.hpp"

namespace {

using namespace aiueo;

/// A stream, and what it must not outlive.
struct held_stream {
    capi::shared_plan plan;
    std::shared_ptr<const capi::initiatives_state> initiatives;
    std::shared_ptr<capi::summary_state> summary;
    std::optional<score_stream> scored;
};

status score_arrow(const aiueo_plan* plan, ArrowArrayStream* in,
                   const aiueo_stream_options* options, ArrowArrayStream* out) {
    aiueo_stream_options given{};
    if (status ok = capi::require(plan, "plan"); !ok) return ok;
    if (status ok = capi::require(out, "out"); !ok) return ok;
    if (status ok = capi::read_options(options, "aiueo_stream_options", given); !ok) return ok;
    if (status ok = capi::check_flags(given.flags, AIUEO_STREAM_NO_DUPLICATE_CHECK, "flags"); !ok) {
        return ok;
    }
    auto level = capi::read_validation(given.validation);
    if (!level) return std::move(level).error();
    auto flags = capi::read_scores_flags(given.scores_flags);
    if (!flags) return std::move(flags).error();
    auto budget = capi::read_budget(given.duplicate_budget, "duplicate_budget");
    if (!budget) return std::move(budget).error();
    auto settings = capi::read_batch_options(*plan, given.batch);
    if (!settings) return std::move(settings).error();

    const auto held = std::make_shared<held_stream>();
    held->plan = plan->held;
    held->initiatives = settings->initiatives;
    score_stream_options wanted;
    wanted.scores = *flags;
    wanted.batch = std::move(settings->core);
    wanted.as_of = settings->as_of;
    wanted.validation = *level;
    wanted.duplicate_budget = *budget;
    wanted.check_duplicates = (given.flags & AIUEO_STREAM_NO_DUPLICATE_CHECK) == 0;
    if (held->initiatives != nullptr) wanted.initiatives = &held->initiatives->history;
    if (given.summary != nullptr) {
        held->summary = given.summary->held;
        if (&held->summary->plan->data() != &plan->held->data()) {
            return capi::invalid("the summary was made for another plan");
        }
        wanted.add_to = &held->summary->counts;
    }
    if (given.progress != nullptr) {
        wanted.progress = [report = given.progress, user = given.progress_user](std::int64_t rows) {
            return report(user, rows) == 0;
        };
    }
    auto opened = score_stream::open(*held->plan, in, std::move(wanted));
    if (!opened) return std::move(opened).error();
    held->scored.emplace(*std::move(opened));
    return export_stream(
        held->scored->fields(), [held] { return held->scored->next(); }, out);
}

}  // namespace

extern "C" int32_t aiueo_plan_score_stream(const aiueo_plan* plan, struct ArrowArrayStream* in,
                                           const aiueo_stream_options* options,
                                           struct ArrowArrayStream* out, aiueo_error* error) {
    // Taken over before anything can fail.
    arrow_owner<ArrowArrayStream> taken;
    if (in != nullptr) taken = arrow_owner<ArrowArrayStream>{*in};
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(in, "in"); !ok) return ok;
        return score_arrow(plan, taken.get(), options, out);
    });
}
