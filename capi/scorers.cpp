// capi › scorers: a host's own responses, called back a chunk of rows at a time.
#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/utf8.hpp"

#include "guard.hpp"
#include "handles.hpp"

namespace {

using namespace aiueo;

/// The host's message, if it left one. The structure is ours, but what is in it is the host's.
std::string_view message_of(const aiueo_error& why) noexcept {
    const char* const end = std::find(why.message, why.message + sizeof why.message, '\0');
    return {why.message, static_cast<std::size_t>(end - why.message)};
}

struct callback {
    aiueo_scorer_fn function;
    void* user;

    status operator()(const scorer_call& call) const {
        aiueo_scorer_call out{};
        out.struct_size = sizeof out;
        out.input_count = static_cast<std::uint32_t>(call.inputs.size());
        out.rows = static_cast<std::int64_t>(call.rows);
        out.inputs = call.inputs.data();
        out.as_of = call.as_of;
        out.params = call.params.data();
        out.params_length = call.params.size();
        out.out = call.out;
        aiueo_error why{};
        why.struct_size = sizeof why;
        const std::int32_t code = function(user, &out, &why);
        if (code == AIUEO_OK) return {};
        const std::string_view said = message_of(why);
        std::string message = said.empty()
                                  ? "gave status " + std::to_string(code) + " and no message"
                                  : std::string{said};
        return make_error(code == AIUEO_CANCELLED ? errc::cancelled : errc::scorer_failed,
                          std::move(message));
    }
};

}  // namespace

extern "C" int32_t aiueo_scorers_new(aiueo_scorers** out, aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        *out = std::make_unique<aiueo_scorers>().release();
        return {};
    });
}

extern "C" int32_t aiueo_scorers_add(aiueo_scorers* scorers, const char* name, size_t name_length,
                                     int32_t version, int32_t inputs, aiueo_scorer_fn function,
                                     void* user, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view called;
        if (status ok = capi::require(scorers, "scorers"); !ok) return ok;
        if (status ok = capi::read_text(name, name_length, "name", called); !ok) return ok;
        if (called.empty() || !is_utf8(called)) {
            return capi::invalid("a scorer's name is UTF-8 and not empty");
        }
        if (version < 1) return capi::invalid("version is below 1");
        if (inputs < -1) return capi::invalid("inputs is below -1, which means any number");
        if (function == nullptr) return capi::invalid("function is NULL");
        for (const named_scorer& one : scorers->all) {
            if (one.name != called) continue;
            return capi::invalid("there is a scorer " + quoted(called) + " already");
        }
        named_scorer fresh{std::string{called}, scorer_function{callback{function, user}}, version};
        fresh.inputs = inputs;
        scorers->all.push_back(std::move(fresh));
        return {};
    });
}

extern "C" void aiueo_scorers_free(aiueo_scorers* scorers) {
    const std::unique_ptr<aiueo_scorers> gone{scorers};
}
