// score › history_columns: the columns of a small table (initiatives, contracts, …), each read
// whole. base ─► table ─► model ─► score
//
// Every column may be text: CSV gives nothing else.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/score/load.hpp"
#include "aiueo/table/accepts.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/text.hpp"
#include "aiueo/table/text_cells.hpp"
#include "aiueo/table/text_values.hpp"

namespace aiueo::detail {

/// Stands for a day that is not known.
inline constexpr std::int32_t no_day = INT32_MIN;

/// The columns of one table, by name. `table` and `zone` outlive it. Each error names the table,
/// the column and, where it is one cell's, the row.
class history_columns {
public:
    history_columns(const imported_table& from, std::string_view table,
                    const time_zone& zone) noexcept
        : from_(from), table_(table), zone_(zone) {}

    [[nodiscard]] std::int64_t rows() const noexcept { return from_.rows(); }
    /// A row of this table, counted through its stream.
    [[nodiscard]] std::int64_t row_number(std::int64_t row) const noexcept {
        return from_.first_row() + row;
    }

    [[nodiscard]] error fail(std::string_view name, errc code, std::string message,
                             std::int64_t row = -1) const {
        place where;
        where.table = table_;
        where.column_name = name;
        if (row >= 0) where.row = row_number(row);
        return make_error(code, std::move(message), std::move(where));
    }

    /// Also where the column is of a type that cannot be read.
    [[nodiscard]] bool has(std::string_view name) const {
        const auto named = [name](const auto& one) { return one.name == name; };
        return std::any_of(from_.columns().begin(), from_.columns().end(), named) ||
               std::any_of(from_.unsupported().begin(), from_.unsupported().end(), named);
    }

    /// bad_column where it is not there (with the name that is meant perhaps), there twice, or of a
    /// type that cannot be read.
    [[nodiscard]] result<column_view> column(std::string_view name) const {
        if (has(name)) return from_.find(name);
        std::vector<std::string_view> names;
        for (const named_column& one : from_.columns()) names.push_back(one.name);
        return fail(name, errc::bad_column, "is not there" + did_you_mean(name, names));
    }

    /// The column "customer", every key of which can be used.
    [[nodiscard]] result<customer_keys> customers() const {
        auto view = column("customer");
        if (!view) return std::move(view).error();
        auto keys = customer_keys::make(*view, table_, "customer");
        if (!keys) return std::move(keys).error();
        if (status ok = keys->check(0, from_.rows(), from_.first_row()); !ok)
            return std::move(ok).error();
        return keys;
    }

    /// Days since 1970-01-01, no_day where null. A column that is not needed and not there is all
    /// null.
    [[nodiscard]] status read_days(std::string_view name, bool needed,
                                   std::vector<std::int32_t>& out) const {
        const auto rows = static_cast<std::size_t>(from_.rows());
        out.assign(rows, no_day);
        if (!needed && !has(name)) return {};
        column_view from;
        owned_column converted;
        if (status ok = open(name, metric_type::date, 0, from, converted); !ok) return ok;
        std::array<double, chunk_rows> values;
        std::array<value_state, chunk_rows> states;
        for (std::size_t at = 0; at < rows; at += chunk_rows) {
            const auto begin = static_cast<std::int64_t>(at);
            const chunk_target to{values.data(), states.data(), std::min(chunk_rows, rows - at)};
            std::int64_t bad_row = -1;
            load_date(from, begin, to, zone_, bad_row);
            if (bad_row >= 0) {
                return fail(name, errc::bad_value,
                            "is a time of day without an offset; give a date, or a timestamp with "
                            "its offset or time zone",
                            bad_row);
            }
            apply_validity(from, begin, to);
            for (std::size_t i = 0; i < to.count; ++i) {
                if (values[i] != values[i]) continue;
                if (values[i] - values[i] != 0 || values[i] == no_day) {
                    return fail(name, errc::bad_value, "is not a whole day",
                                begin + static_cast<std::int64_t>(i));
                }
                out[at + i] = static_cast<std::int32_t>(values[i]);
            }
        }
        return {};
    }

    /// Amounts of a currency with `digits` minor digits, in minor units; no_money where null. A
    /// column that is not needed and not there is all null. bad_value for what is finer than the
    /// minor unit and from 2^48 minor units on; negative amounts come back as they are.
    [[nodiscard]] status read_money(std::string_view name, bool needed, int digits,
                                    std::vector<std::int64_t>& out) const {
        const auto rows = static_cast<std::size_t>(from_.rows());
        out.assign(rows, no_money);
        if (!needed && !has(name)) return {};
        column_view from;
        owned_column converted;
        if (status ok = open(name, metric_type::money, digits, from, converted); !ok) return ok;
        std::array<double, chunk_rows> values;
        std::array<value_state, chunk_rows> states;
        for (std::size_t at = 0; at < rows; at += chunk_rows) {
            const auto begin = static_cast<std::int64_t>(at);
            const chunk_target to{values.data(), states.data(), std::min(chunk_rows, rows - at)};
            load_money(from, begin, to, digits);
            apply_validity(from, begin, to);
            for (std::size_t i = 0; i < to.count; ++i) {
                const auto row = begin + static_cast<std::int64_t>(i);
                if (!converted.invalid.empty() && bit_at(converted.invalid.data(), row))
                    return no_amount(name, row, digits);
                if (values[i] != values[i]) continue;
                // Below 2^48 the double says the minor units exactly.
                const auto minor = minor_from_major(values[i], digits);
                if (!minor) return no_amount(name, row, digits);
                out[at + i] = *minor;
            }
        }
        return {};
    }

    /// 1 where the flag is set, 0 where it is not, null, or the column is not there.
    [[nodiscard]] status read_flags(std::string_view name, std::vector<std::uint8_t>& out) const {
        const auto rows = static_cast<std::size_t>(from_.rows());
        out.assign(rows, 0);
        if (!has(name)) return {};
        column_view from;
        owned_column converted;
        if (status ok = open(name, metric_type::flag, 0, from, converted); !ok) return ok;
        std::array<double, chunk_rows> values;
        std::array<value_state, chunk_rows> states;
        for (std::size_t at = 0; at < rows; at += chunk_rows) {
            const auto begin = static_cast<std::int64_t>(at);
            const chunk_target to{values.data(), states.data(), std::min(chunk_rows, rows - at)};
            load_plain(from, begin, to);
            settle_flags(to, from.type == column_type::byte);
            apply_validity(from, begin, to);
            for (std::size_t i = 0; i < to.count; ++i) {
                const auto row = begin + static_cast<std::int64_t>(i);
                if (values[i] - values[i] != 0 && values[i] == values[i]) return no_flag(name, row);
                if (!converted.invalid.empty() && bit_at(converted.invalid.data(), row))
                    return no_flag(name, row);
                out[at + i] = values[i] == 1 ? 1 : 0;
            }
        }
        return {};
    }

    /// A column of text. `what` starts the message for another type: "an initiative's name".
    [[nodiscard]] result<column_view> texts(std::string_view name, std::string_view what) const {
        auto view = column(name);
        if (!view) return view;
        if (is_text(view->type) || view->type == column_type::none) return view;
        return fail(name, errc::bad_column,
                    std::string{what} + " cannot be " + std::string{name_of(view->type)} +
                        "; cast it to text");
    }

    /// The text of a cell, empty where it is null. bad_arrow where it lies outside the data,
    /// bad_value where it is not UTF-8.
    [[nodiscard]] status read_text(const text_cells& cells, std::string_view name, std::int64_t row,
                                   std::string_view& out) const {
        if (cells.read(row, out) == cell::broken) {
            return fail(name, errc::bad_arrow, "its text lies outside the column's data", row);
        }
        if (is_utf8(out)) return {};
        return fail(name, errc::bad_value, quoted(out) + " is not UTF-8; save the table as UTF-8",
                    row);
    }

private:
    /// `out` is the column, or what its texts say, which is then in `converted`.
    [[nodiscard]] status open(std::string_view name, metric_type wanted, int digits,
                              column_view& out, owned_column& converted) const {
        auto view = column(name);
        if (!view) return std::move(view).error();
        if (status ok = check_readable(*view, wanted, name, table_); !ok) return ok;
        out = *view;
        if (!is_text(out.type)) return {};
        text_options options;
        options.table = table_;
        options.column = name;
        options.first_row = from_.first_row();
        options.zone = &zone_;
        options.minor_digits = digits;
        if (status ok = convert_text(out, wanted, options, converted); !ok) return ok;
        out = converted.view();
        return {};
    }

    /// The number in a cell of any type but dates, for a message.
    [[nodiscard]] double number_at(std::string_view name, std::int64_t row) const {
        const auto view = column(name);
        if (!view) return unknown_value;
        if (is_text(view->type)) {
            std::string_view text;
            (void)text_cells{*view}.read(row, text);
            return read_number_text(text).value;
        }
        double value = unknown_value;
        value_state state{};
        load_plain(*view, row, {&value, &state, 1});
        return value;
    }

    [[nodiscard]] error no_amount(std::string_view name, std::int64_t row, int digits) const {
        const double value = number_at(name, row);
        std::string message = format_number(value);
        if (value < 0) {
            message += " is negative and no amount of this currency";
        } else if (!(value * power_of_ten(digits) < static_cast<double>(minor_units_limit))) {
            message += " is too large; amounts are less than 2^48 minor units";
        } else if (digits == 0) {
            message += " is finer than the currency's smallest unit; give whole numbers";
        } else {
            message += " is finer than the currency's smallest unit; give at most " +
                       std::to_string(digits) + (digits == 1 ? " digit" : " digits") +
                       " after the point";
        }
        return fail(name, errc::bad_value, std::move(message), row);
    }

    [[nodiscard]] error no_flag(std::string_view name, std::int64_t row) const {
        return fail(name, errc::bad_value,
                    format_number(number_at(name, row)) + " is not a flag; give 1 or 0", row);
    }

    const imported_table& from_;
    std::string_view table_;
    const time_zone& zone_;
};

/// add(table) for every table of a stream, which is taken over whatever comes of it.
template <class add_type>
[[nodiscard]] status add_each(ArrowArrayStream* stream, arrow_validation level,
                              std::string_view table, add_type add) {
    auto reader = stream_reader::open(stream, level, table);
    if (!reader) return std::move(reader).error();
    for (;;) {
        auto next = reader->next();
        if (!next) return std::move(next).error();
        if (!next->has_value()) return {};
        if (status ok = add(**next); !ok) return ok;
    }
}

}  // namespace aiueo::detail
