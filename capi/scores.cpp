// capi › scores: what scoring writes, and how a host reads it.
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/suggest.hpp"
#include "aiueo/score/score.hpp"
#include "aiueo/score/scores_table.hpp"

#include "guard.hpp"
#include "handles.hpp"
#include "scores_options.hpp"

namespace {

using namespace aiueo;

static_assert(static_cast<std::int32_t>(axis::account) == AIUEO_ACCOUNT);
static_assert(static_cast<std::int32_t>(axis::implementation) == AIUEO_IMPLEMENTATION);
static_assert(static_cast<std::int32_t>(axis::utilization) == AIUEO_UTILIZATION);
static_assert(static_cast<std::int32_t>(axis::engagement) == AIUEO_ENGAGEMENT);
static_assert(static_cast<std::int32_t>(axis::outcome) == AIUEO_OUTCOME);
static_assert(static_cast<std::int32_t>(axis::touch) == AIUEO_TOUCH);

/// A column of the scores, as a host reads it.
struct raw_column {
    std::int32_t type = AIUEO_TYPE_NONE;
    const void* values = nullptr;
};

raw_column read(const scores& from, const score_column& one) {
    if (one.is_number()) return {AIUEO_TYPE_FLOAT64, score_numbers(from, one).data()};
    if (one.is_count()) return {AIUEO_TYPE_UINT16, score_counts(from, one).data()};
    if (one.has_codes()) return {AIUEO_TYPE_UINT8, score_codes(from, one).data()};
    if (one.is_level()) return {AIUEO_TYPE_INT16, score_levels(from, one).data()};
    return {};
}

status find_column(const scores& from, std::string_view name, raw_column& out) {
    const plan_data& plan = from.made_for();
    std::vector<std::string_view> names;
    const auto columns = score_columns(plan, true);
    const std::size_t there = score_columns(plan, from.options().detail).size();
    for (std::size_t k = 0; k < columns.size(); ++k) {
        const score_column& one = columns[k];
        const bool is_kept = one.is_number() || one.is_level() || one.is_count();
        if (!is_kept) continue;
        names.push_back(one.name);
        if (one.name != name) continue;
        if (k >= there) {
            return make_error(errc::not_found, quoted(name) +
                                                   " is kept with detail only; make "
                                                   "the scores with AIUEO_SCORES_DETAIL");
        }
        out = read(from, one);
        return {};
    }
    if (name == "insufficient") {
        return make_error(errc::not_found,
                          "\"insufficient\" is not kept as a column: it is where overall is NaN");
    }
    return make_error(errc::not_found, quoted(name) + " is not a column of these scores" +
                                           did_you_mean(name, names));
}

}  // namespace

namespace aiueo::capi {

result<scores_options> read_scores_flags(std::uint32_t flags) {
    constexpr std::uint32_t known = AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES;
    if (status ok = check_flags(flags, known, "flags of the scores"); !ok) {
        return std::move(ok).error();
    }
    scores_options out;
    out.detail = (flags & AIUEO_SCORES_DETAIL) != 0;
    out.overrides = (flags & AIUEO_SCORES_NO_OVERRIDES) == 0;
    return out;
}

}  // namespace aiueo::capi

extern "C" int32_t aiueo_scores_new(const aiueo_plan* plan, int64_t rows,
                                    const aiueo_scores_options* options, aiueo_scores** out,
                                    aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        aiueo_scores_options given{};
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        if (status ok = capi::check_rows(rows); !ok) return ok;
        if (status ok = capi::read_options(options, "aiueo_scores_options", given); !ok) return ok;
        auto flags = capi::read_scores_flags(given.flags);
        if (!flags) return std::move(flags).error();
        *out = std::make_unique<aiueo_scores>(plan->held, rows, *flags).release();
        return {};
    });
}

extern "C" int32_t aiueo_plan_score(const aiueo_plan* plan, const aiueo_batch* batch, int64_t begin,
                                    int64_t end, aiueo_scores* scores, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::require(scores, "scores"); !ok) return ok;
        // A scorer may free all three.
        const capi::shared_plan with = plan->held;
        const capi::in_use kept_batch{batch};
        const capi::in_use kept_scores{scores};
        return score(*with, batch->rows, {begin, end}, scores->values);
    });
}

extern "C" int32_t aiueo_scores_axis(const aiueo_scores* scores, int32_t axis, const double** out,
                                     aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(scores, "scores"); !ok) return ok;
        if (status ok = capi::require(out, "out"); !ok) return ok;
        if (axis < AIUEO_ACCOUNT || axis > AIUEO_TOUCH) {
            return capi::invalid("axis is " + std::to_string(axis) +
                                 "; give AIUEO_ACCOUNT to AIUEO_TOUCH");
        }
        const auto which = static_cast<std::size_t>(axis);
        if (!scores->values.made_for().groups_in_use[which]) {
            return make_error(errc::not_found,
                              "the model does not use axis " + std::string{group_names[which]});
        }
        *out = scores->values[static_cast<aiueo::axis>(axis)].data();
        return {};
    });
}

extern "C" int32_t aiueo_scores_column(const aiueo_scores* scores, const char* name,
                                       size_t name_length, int32_t* type, const void** values,
                                       aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view called;
        if (status ok = capi::require(scores, "scores"); !ok) return ok;
        if (status ok = capi::read_text(name, name_length, "name", called); !ok) return ok;
        if (status ok = capi::require(type, "type"); !ok) return ok;
        if (status ok = capi::require(values, "values"); !ok) return ok;
        raw_column found;
        if (status ok = find_column(scores->values, called, found); !ok) return ok;
        *type = found.type;
        *values = found.values;
        return {};
    });
}

extern "C" int32_t aiueo_scores_export(const aiueo_scores* scores, const aiueo_batch* batch,
                                       int64_t rows, struct ArrowSchema* schema,
                                       struct ArrowArray* array, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(scores, "scores"); !ok) return ok;
        if (status ok = capi::require(schema, "schema"); !ok) return ok;
        if (status ok = capi::require(array, "array"); !ok) return ok;
        auto table = scores_table(scores->values, batch == nullptr ? nullptr : &batch->rows, rows);
        if (!table) return std::move(table).error();
        return export_arrow(*std::move(table), schema, array);
    });
}

extern "C" void aiueo_scores_free(aiueo_scores* scores) { capi::let_go(scores); }
