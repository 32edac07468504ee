// capi › initiatives: what was done for customers, collected, then shared.
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/json_writer.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/evidence/initiative_log_table.hpp"
#include "aiueo/score/initiatives_table.hpp"

#include "guard.hpp"
#include "handles.hpp"

namespace {

using namespace aiueo;

static_assert(initiative_history::no_date == AIUEO_NO_DATE);
static_assert(initiative_entry::no_date == AIUEO_NO_DATE);

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

/// Runs `work`, which changes the rows. A log changes all or not at all, unless an exception ends
/// it; rows without one are of no more use unless `work` comes to its end.
template <class Work>
status change(capi::initiatives_state& rows, Work work) {
    rows.broken = true;
    status done = work();
    rows.broken = !done && !rows.log;
    return done;
}

status check_names(std::string_view customer, std::string_view initiative) {
    if (customer.empty() || initiative.empty()) {
        return make_error(errc::bad_value,
                          std::string{customer.empty() ? "customer" : "initiative"} + " is empty");
    }
    if (!is_utf8(customer) || !is_utf8(initiative)) {
        return make_error(errc::bad_value,
                          quoted(is_utf8(customer) ? initiative : customer) + " is not UTF-8");
    }
    if (customer.size() > customer_keys::max_key_bytes) {
        return make_error(errc::limit_exceeded, "the customer's key has " +
                                                    std::to_string(customer.size()) +
                                                    " bytes; at most 65536 are read");
    }
    return {};
}

/// A hold-out was left out on purpose: its name is known, nothing was done.
template <class Row>
void count(std::string_view customer, const Row& one, std::string_view name,
           initiative_history& to) {
    constexpr std::int32_t never = initiative_history::no_date;
    if (one.holdout)
        to.add(customer, name, never, never, never);
    else
        to.add(customer, name, one.date, one.attended, one.responded);
}

status add(capi::initiatives_state& rows, std::string_view customer, const initiative_row& one) {
    if (status ok = check_names(customer, one.initiative); !ok) return ok;
    return change(rows, [&]() -> status {
        if (rows.log) return rows.log->add(customer, one, -1);
        count(customer, one, one.initiative, rows.history);
        return {};
    });
}

status read_row(const aiueo_initiative* given, initiative_row& out) {
    aiueo_initiative from{};
    if (status ok = capi::require(given, "row"); !ok) return ok;
    if (status ok = capi::read_options(given, "aiueo_initiative", from); !ok) return ok;
    // Dates that a shorter structure leaves out would be 0, which is a day.
    if (given->struct_size < offsetof(aiueo_initiative, variant)) {
        return capi::invalid("struct_size of aiueo_initiative is " +
                             std::to_string(given->struct_size) +
                             "; set it to sizeof(aiueo_initiative)");
    }
    if (from.reserved != 0) {
        return make_error(errc::unsupported, "reserved of aiueo_initiative is not 0");
    }
    if (from.holdout != 0 && from.holdout != 1) return capi::invalid("holdout is neither 0 nor 1");
    if (status ok =
            capi::read_text(from.initiative, from.initiative_length, "initiative", out.initiative);
        !ok)
        return ok;
    if (status ok = capi::read_text(from.variant, from.variant_length, "variant", out.variant); !ok)
        return ok;
    if (!is_utf8(out.variant)) {
        return make_error(errc::bad_value, quoted(out.variant) + " is not UTF-8");
    }
    if (trim_blanks(out.variant).empty()) out.variant = {};  // as in a stream
    out.date = from.date;
    out.attended = from.attended;
    out.responded = from.responded;
    out.holdout = from.holdout == 1;
    return {};
}

/// What the model counts of the log's rows.
void count_from(const initiative_log& log, initiative_history& to) {
    for (std::size_t k = 0; k < static_cast<std::size_t>(log.customers()); ++k) {
        for (const initiative_entry& one : log.at(k))
            count(log.customer(k), one, log.initiatives().text(one.initiative), to);
    }
}

}  // namespace

namespace aiueo::capi {

status require_finished(const initiatives_state& initiatives) {
    if (initiatives.finished) return {};
    return make_error(errc::invalid_state,
                      "the initiatives are not finished; call aiueo_initiatives_finish()");
}

}  // namespace aiueo::capi

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

extern "C" int32_t aiueo_initiatives_keep_all(aiueo_initiatives* initiatives, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = require_open(initiatives); !ok) return ok;
        capi::initiatives_state& rows = *initiatives->held;
        if (rows.log) return {};
        if (rows.history.rows() > 0) {
            return make_error(errc::invalid_state,
                              "rows were added that are not kept; call "
                              "aiueo_initiatives_keep_all() before the first");
        }
        rows.log.emplace(rows.plan->model().zone);
        return {};
    });
}

extern "C" int32_t aiueo_initiatives_add(aiueo_initiatives* initiatives, const char* customer,
                                         size_t customer_length, const char* initiative,
                                         size_t initiative_length, int32_t date, int32_t attended,
                                         int32_t responded, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view key;
        initiative_row one;
        if (status ok = require_open(initiatives); !ok) return ok;
        if (status ok = capi::read_text(customer, customer_length, "customer", key); !ok) return ok;
        if (status ok =
                capi::read_text(initiative, initiative_length, "initiative", one.initiative);
            !ok)
            return ok;
        one.date = date;
        one.attended = attended;
        one.responded = responded;
        return add(*initiatives->held, key, one);
    });
}

extern "C" int32_t aiueo_initiatives_add_row(aiueo_initiatives* initiatives, const char* customer,
                                             size_t customer_length, const aiueo_initiative* row,
                                             aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view key;
        initiative_row one;
        if (status ok = require_open(initiatives); !ok) return ok;
        if (status ok = capi::read_text(customer, customer_length, "customer", key); !ok) return ok;
        if (status ok = read_row(row, one); !ok) return ok;
        return add(*initiatives->held, key, one);
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
        const auto held = initiatives->held;  // the stream is the host's, who may free the handle
        capi::initiatives_state& rows = *held;
        return change(rows, [&] {
            return rows.log ? add_initiatives(*rows.log, taken.get())
                            : add_initiatives(rows.history, taken.get());
        });
    });
}

extern "C" int32_t aiueo_initiatives_finish(aiueo_initiatives* initiatives, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = require_open(initiatives); !ok) return ok;
        capi::initiatives_state& rows = *initiatives->held;
        return change(rows, [&]() -> status {
            if (rows.log) {
                if (status ok = rows.log->finish(); !ok) return ok;
                count_from(*rows.log, rows.history);
            }
            rows.history.finish();
            rows.finished = true;
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
        if (status ok = capi::require_finished(*initiatives->held); !ok) return ok;
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
