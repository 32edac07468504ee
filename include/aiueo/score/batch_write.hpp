// score › batch_write: a batch's memory of its own, filled row by row or column by column.
// base ─► table ─► model ─► score
//
// For requests, and for runtimes that may not lend their memory. The functions are batch's; see
// batch.hpp.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/score/batch.hpp"

namespace aiueo {

inline result<batch::writable_column> batch::reserve(std::string_view name, column_type type) {
    const std::int32_t width = byte_width(type);
    const metric* found = plan_->model.find_metric(name);
    const bool codes = found != nullptr && found->type == metric_type::category;
    if (width == 0 || width > 8 || (codes && type != column_type::int32)) {
        return column_error(name, codes ? "is a category; reserve int32 for the ids of its texts"
                                        : "cannot be reserved as " + std::string{name_of(type)} +
                                              "; reserve a number, a byte for a flag, or dates")
            .error();
    }
    const auto rows = static_cast<std::size_t>(rows_);
    // Words of 8 bytes, so that any fixed-width type is aligned.
    memory_.emplace_back((rows * static_cast<std::size_t>(width) + 7) / 8 + 1);
    std::vector<std::uint64_t>& values = memory_.back();
    column_view column;
    column.type = type;
    column.length = rows_;
    column.values = values.data();
    writable_column out{values.data(), nullptr};
    if (codes) {
        std::fill_n(static_cast<std::int32_t*>(out.values), rows, dictionary::none);
        const std::int32_t number =
            plan_->metric_number[static_cast<std::size_t>(found - plan_->model.metrics.data())];
        if (number < 0) return out;
        bound_metric& target = metrics_[static_cast<std::size_t>(number)];
        if (target.given)
            return column_error(name, "is there twice; a column has one name").error();
        target.values = column;
        target.is_codes = target.given = true;
        return out;
    }
    memory_.emplace_back(rows / 64 + 1);
    out.validity = reinterpret_cast<std::uint8_t*>(memory_.back().data());
    column.validity = out.validity;
    if (status ok = bind(name, column); !ok) return std::move(ok).error();
    return out;
}

inline result<std::int32_t> batch::text_id(std::string_view text) {
    if (!is_utf8(text)) return make_error(errc::bad_value, quoted(text) + " is not UTF-8");
    const std::int32_t id = texts_.intern(text);
    answer_texts();
    return id;
}

inline void batch::own_all() {
    for (std::size_t k = 0; k < metrics_.size(); ++k) {
        const metric& source = plan_->model.metrics[plan_->metrics[k].in_model];
        if (source.from != metric::source::column || metrics_[k].given) continue;
        own(metrics_[k], source);
    }
}

inline result<std::int32_t> batch::number_of(std::string_view name) const {
    const metric* found = plan_->model.find_metric(name);
    if (found == nullptr) return std::move(unknown_column(name)).error();
    if (found->from != metric::source::column)
        return column_error(name, why_not_given(*found)).error();
    return plan_->metric_number[static_cast<std::size_t>(found - plan_->model.metrics.data())];
}

inline status batch::set(std::int32_t number, std::int64_t row, double value) {
    if (number == -1) return {};
    bound_metric* target = owned_target(number, row);
    if (target == nullptr) return not_owned(number, row);
    const auto at = static_cast<std::size_t>(row);
    switch (target->owned.type) {
    case metric_type::number:
    case metric_type::money:
    case metric_type::flag: target->owned.numbers[at] = value; return {};
    case metric_type::date: {
        const bool known = value == value;
        if (known && (std::floor(value) != value || std::fabs(value) > 1e9)) {
            return make_error(errc::bad_value, "a date is a whole number of days since 1970-01-01");
        }
        target->owned.days[at] = known ? static_cast<std::int32_t>(value) : 0;
        set_bit(target->owned.validity.data(), row, known);
        return {};
    }
    case metric_type::category: break;
    }
    return make_error(errc::invalid_argument, "this metric is a category; give it a text");
}

inline status batch::set(std::int32_t number, std::int64_t row, std::string_view text) {
    if (number == -1) return {};
    bound_metric* target = owned_target(number, row);
    if (target == nullptr) return not_owned(number, row);
    if (target->owned.type != metric_type::category) {
        return make_error(errc::invalid_argument,
                          "this metric is not a category; give it a number");
    }
    if (!is_utf8(text)) return make_error(errc::bad_value, quoted(text) + " is not UTF-8");
    dictionary::id id = dictionary::none;
    if (!text.empty()) {
        id = texts_.intern(text);
        answer_texts();
    }
    target->owned.codes[static_cast<std::size_t>(row)] = id;
    return {};
}

inline status batch::set_observed(std::int32_t number, std::int64_t row,
                                  std::optional<std::int32_t> day) {
    if (number == -1) return {};
    bound_metric* target = owned_target(number, row);
    if (target == nullptr) return not_owned(number, row);
    if (!target->observed_settable) return {};  // a metric whose age does not matter
    target->observed_owned.days[static_cast<std::size_t>(row)] = day.value_or(0);
    set_bit(target->observed_owned.validity.data(), row, day.has_value());
    return {};
}

inline void batch::own(bound_metric& target, const metric& source) {
    const auto rows = static_cast<std::size_t>(rows_);
    const auto bits = static_cast<std::size_t>(bytes_for_bits(rows_));
    owned_column& memory = target.owned;
    memory.type = source.type;
    memory.length = rows_;
    switch (source.type) {
    case metric_type::number:
    case metric_type::money:
    case metric_type::flag: memory.numbers.assign(rows, detail::unknown_value); break;
    case metric_type::date:
        memory.days.assign(rows, 0);
        memory.validity.assign(bits, 0);
        break;
    case metric_type::category: memory.codes.assign(rows, dictionary::none); break;
    }
    target.values = memory.view();
    if (source.type == metric_type::money || source.type == metric_type::flag) {
        target.values.type = column_type::float64;
        target.values.values = memory.numbers.data();
        target.values.minor_units = false;
    }
    target.is_codes = source.type == metric_type::category;
    if (source.max_age_days && !target.observed_given) {
        target.observed_owned.type = metric_type::date;
        target.observed_owned.length = rows_;
        target.observed_owned.days.assign(rows, 0);
        target.observed_owned.validity.assign(bits, 0);
        target.observed = target.observed_owned.view();
        target.observed_given = target.observed_settable = true;
    }
    target.given = target.settable = true;  // last: memory may run out before
}

inline bound_metric* batch::owned_target(std::int32_t number, std::int64_t row) noexcept {
    if (number < 0 || static_cast<std::size_t>(number) >= metrics_.size() || row < 0 ||
        row >= rows_)
        return nullptr;
    bound_metric& target = metrics_[static_cast<std::size_t>(number)];
    return target.settable ? &target : nullptr;
}

inline status batch::not_owned(std::int32_t number, std::int64_t row) const {
    if (row < 0 || row >= rows_) {
        return make_error(errc::invalid_argument, "row " + std::to_string(row) +
                                                      " is not within the batch's " +
                                                      std::to_string(rows_) + " rows");
    }
    return make_error(
        errc::invalid_state,
        "metric " + std::to_string(number) +
            " has no memory of the batch's own; make the batch own its columns first");
}

}  // namespace aiueo
