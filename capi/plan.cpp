// capi › plan: a model read, checked and compiled.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"

#include "describe.hpp"
#include "guard.hpp"
#include "handles.hpp"

namespace {

using namespace aiueo;

constexpr std::uint32_t max_depth = 256;

status read_limits_of(const aiueo_plan_options& options, read_limits& out) {
    if (options.max_bytes > static_cast<std::uint64_t>(PTRDIFF_MAX)) {
        return capi::invalid("max_bytes is more than any memory has");
    }
    if (options.max_depth > max_depth) {
        return capi::invalid("max_depth is " + std::to_string(options.max_depth) +
                             "; at most 256 levels are read");
    }
    if (options.max_bytes != 0) out.bytes = static_cast<std::size_t>(options.max_bytes);
    if (options.max_depth != 0) out.depth = options.max_depth;
    if (options.max_nodes != 0) out.nodes = options.max_nodes;
    return {};
}

void tell(const aiueo_plan_options& options, const std::string& line) {
    constexpr std::int32_t warning = 2;
    if (options.log != nullptr) options.log(options.log_user, warning, line.data(), line.size());
}

}  // namespace

extern "C" int32_t aiueo_plan_load(const char* json, size_t json_length,
                                   const aiueo_plan_options* options, aiueo_plan** out,
                                   aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        std::string_view text;
        std::string_view file;
        aiueo_plan_options given{};
        read_options reading;
        if (status ok = capi::read_text(json, json_length, "json", text); !ok) return ok;
        if (status ok = capi::read_options(options, "aiueo_plan_options", given); !ok) return ok;
        if (given.reserved != 0) {
            return make_error(errc::unsupported, "reserved of aiueo_plan_options is not 0");
        }
        if (status ok = capi::read_text(given.file, given.file_length, "file", file); !ok)
            return ok;
        if (status ok = read_limits_of(given, reading.limits); !ok) return ok;
        if (!file.empty()) reading.file = file;

        model_reading read = inspect_model(text, reading);
        for (problem& one : read.found) {
            if (one.severity == problem::level::error) return std::move(one.what);
            tell(given, one.what.to_string());
        }
        if (!read.usable) return make_error(errc::bad_model, "the model cannot be used");
        std::vector<named_scorer> scorers;
        if (given.scorers != nullptr) scorers = given.scorers->all;
        result<plan> made = compile(std::move(read.value), std::move(scorers));
        if (!made) return std::move(made).error();
        auto handle = std::make_unique<aiueo_plan>();
        handle->held = std::make_shared<const plan>(std::move(*made));
        *out = handle.release();
        return {};
    });
}

extern "C" int32_t aiueo_plan_describe(const aiueo_plan* plan, char* out, size_t capacity,
                                       size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        return target.put(capi::describe(*plan->held));
    });
}

extern "C" void aiueo_plan_free(aiueo_plan* plan) { const std::unique_ptr<aiueo_plan> gone{plan}; }
