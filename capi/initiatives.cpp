// capi › initiatives: what was done for customers, collected, then shared.
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/json_writer.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/score/initiatives_table.hpp"

#include "guard.hpp"
#include "handles.hpp"

namespace {

using namespace aiueo;

static_assert(initiative_history::no_date == AIUEO_NO_DATE);

status require_open(const aiueo_initiatives* initiatives) {
    if (status ok = capi::require(initiatives, "initiatives"); !ok) return ok;
    if (initiatives->held->finished) {
        return make_error(errc::invalid_state, "the initiatives are finished; no row can be added");
    }
    if (initiatives->held->broken) {
        return make_error(errc::invalid_state,
                          "an earlier call failed in the middle of its rows; free the initiatives "
                          "and begin again");
    }
    return {};
}

/// Runs `work`, which changes the rows; unless it comes to its end they are of no more use.
template <class Work>
status change(capi::initiatives_state& rows, Work work) {
    rows.broken = true;
    if (status done = work(); !done) return done;
    rows.broken = false;
    return {};
}

}  // namespace

extern "C" int32_t aiueo_initiatives_new(const aiueo_plan* plan, aiueo_initiatives** out,
                                         aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        auto handle = std::make_unique<aiueo_initiatives>();
        handle->held = std::make_shared<capi::initiatives_state>(plan->held);
        *out = handle.release();
        return {};
    });
}

extern "C" int32_t aiueo_initiatives_add(aiueo_initiatives* initiatives, const char* customer,
                                         size_t customer_length, const char* initiative,
                                         size_t initiative_length, int32_t date, int32_t attended,
                                         int32_t responded, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view key;
        std::string_view name;
        if (status ok = require_open(initiatives); !ok) return ok;
        if (status ok = capi::read_text(customer, customer_length, "customer", key); !ok) return ok;
        if (status ok = capi::read_text(initiative, initiative_length, "initiative", name); !ok) {
            return ok;
        }
        if (key.empty() || name.empty()) {
            return make_error(errc::bad_value,
                              std::string{key.empty() ? "customer" : "initiative"} + " is empty");
        }
        if (!is_utf8(key) || !is_utf8(name)) {
            return make_error(errc::bad_value, quoted(is_utf8(key) ? name : key) + " is not UTF-8");
        }
        if (key.size() > customer_keys::max_key_bytes) {
            return make_error(errc::limit_exceeded, "the customer's key has " +
                                                        std::to_string(key.size()) +
                                                        " bytes; at most 65536 are read");
        }
        return change(*initiatives->held, [&]() -> status {
            initiatives->held->history.add(key, name, date, attended, responded);
            return {};
        });
    });
}

extern "C" int32_t aiueo_initiatives_add_stream(aiueo_initiatives* initiatives,
                                                struct ArrowArrayStream* stream,
                                                aiueo_error* error) {
    // Taken over before anything can fail.
    arrow_owner<ArrowArrayStream> taken;
    if (stream != nullptr) taken = arrow_owner<ArrowArrayStream>{*stream};
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(stream, "stream"); !ok) return ok;
        if (status ok = require_open(initiatives); !ok) return ok;
        return change(*initiatives->held,
                      [&] { return add_initiatives(initiatives->held->history, taken.get()); });
    });
}

extern "C" int32_t aiueo_initiatives_finish(aiueo_initiatives* initiatives, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = require_open(initiatives); !ok) return ok;
        return change(*initiatives->held, [&]() -> status {
            initiatives->held->history.finish();
            initiatives->held->finished = true;
            return {};
        });
    });
}

extern "C" int32_t aiueo_initiatives_warnings(const aiueo_initiatives* initiatives, char* out,
                                              size_t capacity, size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = capi::require(initiatives, "initiatives"); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        if (!initiatives->held->finished) {
            return make_error(errc::invalid_state,
                              "the initiatives are not finished; call aiueo_initiatives_finish()");
        }
        std::string text;
        json_writer list{text};
        list.begin_array();
        for (const std::string& one : initiatives->held->history.warnings()) list.string(one);
        list.end_array();
        return target.put(text);
    });
}

extern "C" void aiueo_initiatives_free(aiueo_initiatives* initiatives) {
    const std::unique_ptr<aiueo_initiatives> gone{initiatives};
}
