// capi › model: what is wrong with a model, and what a model may say.
#include <string>

#include "aiueo/base/json_writer.hpp"
#include "aiueo/model/read.hpp"

#include "guard.hpp"
#include "plan_options.hpp"

namespace {

using namespace aiueo;

void write_problem(json_writer& out, const problem& one) {
    const error& what = one.what;
    out.begin_object();
    out.member("level", one.severity == problem::level::error ? "error" : "warning");
    out.member("code", name_of(what.code));
    out.member("line", what.where.line);
    out.member("column", what.where.column);
    out.member("path", what.where.path);
    out.member("message", what.message);
    out.member("text", what.to_string());
    out.end_object();
}

std::string check_json(const model_reading& read) {
    std::string text;
    json_writer out{text};
    out.begin_object();
    out.member("usable", read.usable);
    out.member("name", read.value.name);
    out.member("fingerprint", read.value.fingerprint);
    out.key("problems").begin_array();
    for (const problem& one : read.found) write_problem(out, one);
    out.end_array();
    out.key("profiles").begin_array();
    for (const profile& one : read.value.profiles) {
        out.begin_object().member("name", one.name).key("changes").begin_array();
        for (const std::string& change : one.changes) out.string(change);
        out.end_array().end_object();
    }
    out.end_array();
    out.end_object();
    return text;
}

}  // namespace

extern "C" int32_t aiueo_model_check(const char* json, size_t json_length, const char* file,
                                     size_t file_length, char* out, size_t capacity, size_t* needed,
                                     aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        std::string_view text;
        std::string_view name;
        if (status ok = capi::read_text(json, json_length, "json", text); !ok) return ok;
        if (status ok = capi::read_text(file, file_length, "file", name); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        read_options options;
        if (!name.empty()) options.file = name;
        return target.put(check_json(inspect_model(text, options)));
    });
}

extern "C" int32_t aiueo_model_check_with(const char* json, size_t json_length,
                                          const aiueo_plan_options* options, char* out,
                                          size_t capacity, size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        std::string_view text;
        aiueo_plan_options given{};
        read_options reading;
        if (status ok = capi::read_text(json, json_length, "json", text); !ok) return ok;
        if (status ok = capi::read_plan_options(options, given, reading); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        return target.put(check_json(inspect_model(text, reading)));
    });
}

extern "C" int32_t aiueo_model_schema(char* out, size_t capacity, size_t* needed,
                                      aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = target.check(); !ok) return ok;
        return target.put(model_schema());
    });
}
