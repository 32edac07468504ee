// table › accepts: which columns can be read as which metric. base ─► table
//
// | metric   | columns                                                                          |
// | number   | integers, floats, decimals                                                       |
// | money    | integers, floats, decimals; `minor_units` only on integers and text              |
// | flag     | bits, bytes; integers and floats that hold 0 and 1, any other value being invalid |
// | date     | date32, date64, timestamps                                                       |
// | category | text                                                                             |
//
// Text columns (and dictionaries of text) are read as any of them: table/text.hpp converts. A
// column without values (Arrow's null type) is any of them too, all unknown.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/error.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo {

/// A column type in the words of messages.
[[nodiscard]] constexpr std::string_view name_of(column_type type) noexcept {
    switch (type) {
    case column_type::none: return "a column without values";
    case column_type::bit: return "booleans";
    case column_type::byte: return "booleans";
    case column_type::int8: return "int8";
    case column_type::int16: return "int16";
    case column_type::int32: return "int32";
    case column_type::int64: return "int64";
    case column_type::uint8: return "uint8";
    case column_type::uint16: return "uint16";
    case column_type::uint32: return "uint32";
    case column_type::uint64: return "uint64";
    case column_type::float16: return "float16";
    case column_type::float32: return "float32";
    case column_type::float64: return "float64";
    case column_type::decimal32: return "decimal32";
    case column_type::decimal64: return "decimal64";
    case column_type::decimal128: return "decimal128";
    case column_type::decimal256: return "decimal256";
    case column_type::date32: return "dates";
    case column_type::date64: return "dates";
    case column_type::timestamp: return "timestamps";
    case column_type::text32: return "text";
    case column_type::text64: return "text";
    case column_type::text_view: return "text";
    case column_type::dictionary: return "text (a dictionary)";
    }
    return "an unknown type";
}

[[nodiscard]] constexpr bool is_integer(column_type type) noexcept {
    return type >= column_type::int8 && type <= column_type::uint64;
}
[[nodiscard]] constexpr bool is_float(column_type type) noexcept {
    return type >= column_type::float16 && type <= column_type::float64;
}
[[nodiscard]] constexpr bool is_decimal(column_type type) noexcept {
    return type >= column_type::decimal32 && type <= column_type::decimal256;
}
/// Plain text, or a dictionary of it.
[[nodiscard]] constexpr bool is_text(column_type type) noexcept {
    return type >= column_type::text32 && type <= column_type::dictionary;
}
[[nodiscard]] constexpr bool is_date(column_type type) noexcept {
    return type >= column_type::date32 && type <= column_type::timestamp;
}

/// Bytes of one value of a fixed-width type; 0 for bits, text and none.
[[nodiscard]] constexpr std::int32_t byte_width(column_type type) noexcept {
    switch (type) {
    case column_type::byte:
    case column_type::int8:
    case column_type::uint8: return 1;
    case column_type::int16:
    case column_type::uint16:
    case column_type::float16: return 2;
    case column_type::int32:
    case column_type::uint32:
    case column_type::float32:
    case column_type::decimal32:
    case column_type::date32: return 4;
    case column_type::int64:
    case column_type::uint64:
    case column_type::float64:
    case column_type::decimal64:
    case column_type::date64:
    case column_type::timestamp: return 8;
    case column_type::decimal128: return 16;
    case column_type::decimal256: return 32;
    case column_type::none:
    case column_type::bit:
    case column_type::text32:
    case column_type::text64:
    case column_type::text_view:
    case column_type::dictionary: return 0;
    }
    return 0;
}

/// Can this column be read as that metric? bad_column says what it is and what would be right.
[[nodiscard]] inline status check_readable(const column_view& column, metric_type wanted,
                                           std::string_view name, std::string_view table = {}) {
    const auto refuse = [&](std::string_view right) {
        place where;
        where.table = table;
        where.column_name = name;
        std::string message = "a " + std::string{name_of(wanted)} + " metric cannot be read from ";
        message += name_of(column.type);
        message += "; ";
        message += right;
        return make_error(errc::bad_column, std::move(message), std::move(where));
    };
    if (column.minor_units &&
        (wanted != metric_type::money || !(is_integer(column.type) || is_text(column.type)))) {
        return refuse("minor units are for money in whole numbers");
    }
    if (column.type == column_type::none || is_text(column.type)) return {};
    const bool numeric = is_integer(column.type) || is_float(column.type);
    switch (wanted) {
    case metric_type::number:
        if (numeric || is_decimal(column.type)) return {};
        if (is_date(column.type)) return refuse("declare the metric as a date, or give numbers");
        return refuse("declare the metric as a flag, or give numbers");
    case metric_type::money:
        if (numeric || is_decimal(column.type)) return {};
        return refuse("give amounts as integers, floats or decimals");
    case metric_type::flag:
        if (numeric || column.type == column_type::bit || column.type == column_type::byte)
            return {};
        return refuse("give booleans, or 0 and 1");
    case metric_type::date:
        if (is_date(column.type)) return {};
        return refuse("give dates, timestamps, or text such as 2026-11-21");
    case metric_type::category: return refuse("cast the column to text");
    }
    return refuse("this type of metric is not known");
}

}  // namespace aiueo
