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
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/score/batch.hpp"

namespace aiueo {

namespace detail {

/// A date as the setters take it: a whole number of days, or NaN.
inline bool is_day(double value) noexcept {
    return value != value || (std::floor(value) == value && std::fabs(value) <= 1e9);
}

inline void put_day(owned_column& to, std::int64_t row, bool known, std::int32_t day) noexcept {
    to.days[static_cast<std::size_t>(row)] = known ? day : 0;
    set_bit(to.validity.data(), row, known);
}

/// A value that the metric can have; see batch::takes().
inline void put_value(owned_column& to, std::int64_t row, double value) noexcept {
    const auto at = static_cast<std::size_t>(row);
    const bool known = value == value;
    switch (to.type) {
    case metric_type::number:
    case metric_type::money:
    case metric_type::flag: to.numbers[at] = value; return;
    case metric_type::date:
        put_day(to, row, known, known ? static_cast<std::int32_t>(value) : 0);
        return;
    case metric_type::category:
        to.codes[at] = known ? static_cast<dictionary::id>(value) : dictionary::none;
        return;
    }
}

}  // namespace detail

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
        const auto index = static_cast<std::size_t>(found - plan_->model.metrics.data());
        const std::int32_t number = plan_->metric_number[index];
        if (number < 0 && others_.empty()) return out;
        bound_metric& target =
            number < 0 ? others_[index] : metrics_[static_cast<std::size_t>(number)];
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
    if (target->owned.type == metric_type::category) {
        return make_error(errc::invalid_argument, "this metric is a category; give it a text");
    }
    if (target->owned.type == metric_type::date && !detail::is_day(value)) {
        return make_error(errc::bad_value, "a date is a whole number of days since 1970-01-01");
    }
    detail::put_value(target->owned, row, value);
    return {};
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
    detail::put_day(target->observed_owned, row, day.has_value(), day.value_or(0));
    return {};
}

inline status batch::set_row(std::int64_t row, std::span<const std::int32_t> numbers,
                             std::span<const double> values,
                             std::span<const std::int32_t> observed) {
    if (row < 0 || row >= rows_) return not_owned(-1, row);
    if (values.size() != numbers.size() ||
        (!observed.empty() && observed.size() != numbers.size())) {
        return make_error(errc::invalid_argument,
                          "there are " + std::to_string(numbers.size()) + " metrics, " +
                              std::to_string(values.size()) + " values and " +
                              std::to_string(observed.size()) + " days of observation");
    }
    for (std::size_t k = 0; k < numbers.size(); ++k) {
        if (!takes(numbers[k], values[k])) return refused(k, numbers[k], values[k]);
    }
    for (std::size_t k = 0; k < numbers.size(); ++k) {
        if (numbers[k] == -1) continue;
        bound_metric& target = metrics_[static_cast<std::size_t>(numbers[k])];
        detail::put_value(target.owned, row, values[k]);
        if (observed.empty() || !target.observed_settable) continue;
        const bool known = observed[k] != initiative_history::no_date;
        detail::put_day(target.observed_owned, row, known, observed[k]);
    }
    return {};
}

/// Can set_row() put this value there?
inline bool batch::takes(std::int32_t number, double value) const noexcept {
    if (number == -1) return true;
    if (number < 0 || static_cast<std::size_t>(number) >= metrics_.size()) return false;
    const bound_metric& target = metrics_[static_cast<std::size_t>(number)];
    if (!target.settable) return false;
    switch (target.owned.type) {
    case metric_type::number:
    case metric_type::money:
    case metric_type::flag: return true;
    case metric_type::date: return detail::is_day(value);
    case metric_type::category: break;
    }
    return value != value || (std::floor(value) == value && value >= dictionary::none &&
                              value < static_cast<double>(texts_.size()));
}

/// Why it cannot.
inline error batch::refused(std::size_t entry, std::int32_t number, double value) const {
    const std::string at = "entry " + std::to_string(entry);
    if (number < 0 || static_cast<std::size_t>(number) >= metrics_.size()) {
        return make_error(errc::invalid_argument,
                          at + ": " + std::to_string(number) + " is the number of no metric");
    }
    const auto k = static_cast<std::size_t>(number);
    const std::string which = at + ", metric " +
                              aiueo::quoted(plan_->model.metrics[plan_->metrics[k].in_model].name) +
                              ": ";
    if (!metrics_[k].settable) {
        return make_error(errc::invalid_state,
                          which +
                              "has no memory of the batch's own; make the batch own its "
                              "columns first");
    }
    if (metrics_[k].owned.type == metric_type::date) {
        return make_error(errc::bad_value,
                          which + std::to_string(value) +
                              " is no date, which is a whole number of days since 1970-01-01");
    }
    return make_error(errc::invalid_argument,
                      which + std::to_string(value) +
                          " is the id of no text; ids are what the batch gave out, -1 is unknown");
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
