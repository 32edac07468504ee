// capi › batch: columns bound to a plan.
#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "aiueo/score/latest_as_of.hpp"

#include "batch_options.hpp"
#include "columns.hpp"
#include "guard.hpp"
#include "handles.hpp"

namespace {

using namespace aiueo;

/// A metric's number and a row, as the setters take them.
status check_cell(const aiueo_batch* batch, std::int32_t metric, std::int64_t row) {
    if (status ok = capi::require(batch, "batch"); !ok) return ok;
    const auto count = static_cast<std::int64_t>(batch->plan->data().metrics.size());
    if (metric < -1 || metric >= count) {
        return capi::invalid("metric is " + std::to_string(metric) +
                             ", which is no number of aiueo_batch_metric()");
    }
    if (row < 0 || row >= batch->rows.rows()) {
        return capi::invalid("row " + std::to_string(row) + " is not within the batch's " +
                             std::to_string(batch->rows.rows()) + " rows");
    }
    return {};
}

/// What can be reserved: values of one width that a host writes with one store.
bool can_reserve(column_type type) noexcept {
    return is_integer(type) || type == column_type::byte || type == column_type::float32 ||
           type == column_type::float64 || type == column_type::date32;
}

}  // namespace

extern "C" int32_t aiueo_batch_new(const aiueo_plan* plan, int32_t kind, int64_t rows,
                                   const aiueo_batch_options* options, aiueo_batch** out,
                                   aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        if (status ok = capi::check_kind(kind); !ok) return ok;
        if (status ok = capi::check_rows(rows); !ok) return ok;
        auto settings = capi::read_batch_options(*plan, options);
        if (!settings) return std::move(settings).error();
        auto made = capi::make_batch(*plan, rows, *std::move(settings));
        if (!made) return std::move(made).error();
        *out = made->release();
        return {};
    });
}

extern "C" int32_t aiueo_batch_bind(aiueo_batch* batch, const char* name, size_t name_length,
                                    const aiueo_column* column, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view called;
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::read_text(name, name_length, "name", called); !ok) return ok;
        auto view = capi::read_column(column, called, batch->dictionaries);
        if (!view) return std::move(view).error();
        return batch->rows.bind(called, *view);
    });
}

extern "C" int32_t aiueo_batch_reserve(aiueo_batch* batch, const char* name, size_t name_length,
                                       int32_t type, void** values, uint8_t** validity,
                                       aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view called;
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::read_text(name, name_length, "name", called); !ok) return ok;
        if (status ok = capi::require(values, "values"); !ok) return ok;
        if (status ok = capi::require(validity, "validity"); !ok) return ok;
        auto wanted = capi::read_type(type);
        if (!wanted) return std::move(wanted).error();
        if (!can_reserve(*wanted)) {
            return capi::invalid("type is " + std::to_string(type) +
                                 ", which cannot be reserved; reserve a number, AIUEO_TYPE_BYTE "
                                 "for a flag, AIUEO_TYPE_DATE32 for dates");
        }
        auto column = batch->rows.reserve(called, *wanted);
        if (!column) return std::move(column).error();
        *values = column->values;
        *validity = column->validity;
        return {};
    });
}

extern "C" int32_t aiueo_batch_text(aiueo_batch* batch, const char* text, size_t text_length,
                                    int32_t* id, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view word;
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::read_text(text, text_length, "text", word); !ok) return ok;
        if (status ok = capi::require(id, "id"); !ok) return ok;
        auto known = batch->rows.text_id(word);
        if (!known) return std::move(known).error();
        *id = *known;
        return {};
    });
}

extern "C" int32_t aiueo_batch_own(aiueo_batch* batch, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        batch->rows.own_all();
        return {};
    });
}

extern "C" int32_t aiueo_batch_metric(const aiueo_batch* batch, const char* name,
                                      size_t name_length, int32_t* number, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view called;
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::read_text(name, name_length, "name", called); !ok) return ok;
        if (status ok = capi::require(number, "number"); !ok) return ok;
        auto found = batch->rows.number_of(called);
        if (!found) return std::move(found).error();
        *number = *found;
        return {};
    });
}

extern "C" int32_t aiueo_batch_set_number(aiueo_batch* batch, int32_t metric, int64_t row,
                                          double value, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = check_cell(batch, metric, row); !ok) return ok;
        return batch->rows.set(metric, row, value);
    });
}

extern "C" int32_t aiueo_batch_set_text(aiueo_batch* batch, int32_t metric, int64_t row,
                                        const char* text, size_t text_length, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view word;
        if (status ok = check_cell(batch, metric, row); !ok) return ok;
        if (status ok = capi::read_text(text, text_length, "text", word); !ok) return ok;
        return batch->rows.set(metric, row, word);
    });
}

extern "C" int32_t aiueo_batch_set_observed(aiueo_batch* batch, int32_t metric, int64_t row,
                                            int32_t day, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = check_cell(batch, metric, row); !ok) return ok;
        std::optional<std::int32_t> observed;
        if (day != AIUEO_NO_DATE) observed = day;
        return batch->rows.set_observed(metric, row, observed);
    });
}

extern "C" int32_t aiueo_batch_set_row(aiueo_batch* batch, int64_t row, const int32_t* metrics,
                                       const double* values, const int32_t* observed, size_t count,
                                       aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (count > static_cast<std::size_t>(PTRDIFF_MAX) / sizeof(double)) {
            return capi::invalid("count is more than any memory has");
        }
        if (count > 0) {
            if (status ok = capi::require(metrics, "metrics"); !ok) return ok;
            if (status ok = capi::require(values, "values"); !ok) return ok;
        }
        return batch->rows.set_row(row, {metrics, count}, {values, count},
                                   {observed, observed == nullptr ? 0 : count});
    });
}

extern "C" int32_t aiueo_batch_set_as_of(aiueo_batch* batch, int32_t day, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::check_as_of(day); !ok) return ok;
        batch->rows.set_as_of(day);
        return {};
    });
}

extern "C" int64_t aiueo_batch_rows(const aiueo_batch* batch) {
    return batch == nullptr ? -1 : batch->rows.rows();
}

extern "C" int32_t aiueo_batch_find(const aiueo_batch* batch, const char* customer,
                                    size_t customer_length, int64_t* row, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        std::string_view key;
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::read_text(customer, customer_length, "customer", key); !ok) return ok;
        if (status ok = capi::require(row, "row"); !ok) return ok;
        if (!batch->rows.has_customer()) {
            return make_error(errc::invalid_state,
                              "the batch has no column \"customer\"; bind it first");
        }
        const std::int64_t found = batch->rows.find_customer(key);
        if (found < 0) return make_error(errc::not_found, "no row has customer " + quoted(key));
        *row = found;
        return {};
    });
}

extern "C" int32_t aiueo_batch_latest_as_of(const aiueo_batch* batch, int32_t* day,
                                            aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        if (status ok = capi::require(day, "day"); !ok) return ok;
        const auto found = latest_as_of(batch->rows);
        if (!found) return found.error();
        *day = *found;
        return {};
    });
}

extern "C" int32_t aiueo_batch_check_rows(const aiueo_batch* batch, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(batch, "batch"); !ok) return ok;
        duplicate_finder seen{"snapshots",
                              std::max(batch->rows.rows(), duplicate_finder::default_budget)};
        return batch->rows.check_rows(seen);
    });
}

extern "C" void aiueo_batch_free(aiueo_batch* batch) { aiueo::capi::let_go(batch); }
