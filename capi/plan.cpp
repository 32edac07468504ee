// capi › plan: a model read, checked and compiled.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/kernel_choice.hpp"

#include "describe.hpp"
#include "guard.hpp"
#include "handles.hpp"
#include "plan_options.hpp"

namespace {

using namespace aiueo;

/// The kernels of this name; empty leaves the choice to the library.
result<const kernel_table*> kernels_of(std::string_view name) {
    if (name.empty()) return static_cast<const kernel_table*>(nullptr);
    std::string there;
    for (const kernel_table* one : available_kernels()) {
        if (name == one->name) return one;
        there += (there.empty() ? "" : ", ") + std::string{one->name};
    }
    return make_error(errc::unsupported, "instruction set " + quoted(name) +
                                             " is not available here; there are " + there);
}

void tell(const aiueo_plan_options& options, const std::string& line) {
    constexpr std::int32_t warning = 2;
    if (options.log != nullptr) options.log(options.log_user, warning, line.data(), line.size());
}

}  // namespace

extern "C" const char* aiueo_instruction_set_name(int32_t number) {
    const auto all = available_kernels();
    if (number < 0 || static_cast<std::size_t>(number) >= all.size()) return nullptr;
    return all[static_cast<std::size_t>(number)]->name;
}

extern "C" int32_t aiueo_plan_load(const char* json, size_t json_length,
                                   const aiueo_plan_options* options, aiueo_plan** out,
                                   aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        std::string_view text;
        std::string_view isa;
        aiueo_plan_options given{};
        read_options reading;
        if (status ok = capi::read_text(json, json_length, "json", text); !ok) return ok;
        if (status ok = capi::read_plan_options(options, given, reading); !ok) return ok;
        if (status ok = capi::read_text(given.instruction_set, given.instruction_set_length,
                                        "instruction_set", isa);
            !ok)
            return ok;
        const auto kernels = kernels_of(isa);
        if (!kernels) return kernels.error();

        std::vector<named_scorer> scorers;  // before the log is told, which may free them
        if (given.scorers != nullptr) scorers = given.scorers->all;
        model_reading read = inspect_model(text, reading);
        for (problem& one : read.found) {
            if (one.severity == problem::level::error) return std::move(one.what);
            tell(given, one.what.to_string());
        }
        if (!read.usable) return make_error(errc::bad_model, "the model cannot be used");
        compile_options with;
        with.kernels = *kernels;
        result<plan> made = compile(std::move(read.value), std::move(scorers), with);
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

extern "C" const char* aiueo_plan_instruction_set(const aiueo_plan* plan) {
    return plan == nullptr ? nullptr : plan->held->data().kernels->name;
}

extern "C" void aiueo_plan_free(aiueo_plan* plan) { const std::unique_ptr<aiueo_plan> gone{plan}; }
