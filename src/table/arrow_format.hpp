// table › arrow_format: Arrow's format strings as column types. Used by arrow_import.cpp alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/utf8.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo {

/// What a format string says. If `why_not` is not empty the type cannot be read: "a list", …
struct arrow_format {
    column_type type = column_type::none;
    std::int32_t scale = 0;
    time_unit unit = time_unit::second;
    bool zoned = false;
    bool binary = false;  ///< bytes of unknown meaning, read as text
    std::string why_not;
};

namespace detail {

/// A decimal integer of at most 9 digits, '-' allowed. Advances `text`.
inline bool take_integer(std::string_view& text, std::int32_t& out) noexcept {
    const bool negative = !text.empty() && text.front() == '-';
    if (negative) text.remove_prefix(1);
    std::size_t digits = 0;
    out = 0;
    while (digits < text.size() && digits < 9 && text[digits] >= '0' && text[digits] <= '9') {
        out = out * 10 + (text[digits++] - '0');
    }
    text.remove_prefix(digits);
    if (negative) out = -out;
    return digits > 0;
}

inline bool read_decimal_format(std::string_view text, arrow_format& out) noexcept {
    std::int32_t precision = 0;
    std::int32_t bits = 128;
    if (!take_integer(text, precision) || !text.starts_with(',')) return false;
    text.remove_prefix(1);
    if (!take_integer(text, out.scale)) return false;
    if (text.starts_with(',')) {
        text.remove_prefix(1);
        if (!take_integer(text, bits)) return false;
    }
    if (!text.empty()) return false;
    if (bits == 32)
        out.type = column_type::decimal32;
    else if (bits == 64)
        out.type = column_type::decimal64;
    else if (bits == 128)
        out.type = column_type::decimal128;
    else if (bits == 256)
        out.type = column_type::decimal256;
    else
        return false;
    return true;
}

}  // namespace detail

[[nodiscard]] inline arrow_format read_arrow_format(std::string_view format) {
    arrow_format out;
    const auto is = [&out](column_type type) {
        out.type = type;
        return out;
    };
    const auto refuse = [&out](std::string why) {
        out.why_not = std::move(why);
        return out;
    };
    if (format.size() == 1) {
        switch (format[0]) {
        case 'n': return is(column_type::none);
        case 'b': return is(column_type::bit);
        case 'c': return is(column_type::int8);
        case 'C': return is(column_type::uint8);
        case 's': return is(column_type::int16);
        case 'S': return is(column_type::uint16);
        case 'i': return is(column_type::int32);
        case 'I': return is(column_type::uint32);
        case 'l': return is(column_type::int64);
        case 'L': return is(column_type::uint64);
        case 'e': return is(column_type::float16);
        case 'f': return is(column_type::float32);
        case 'g': return is(column_type::float64);
        case 'u': return is(column_type::text32);
        case 'U': return is(column_type::text64);
        case 'z': out.binary = true; return is(column_type::text32);
        case 'Z': out.binary = true; return is(column_type::text64);
        default: break;
        }
    }
    if (format == "vu") return is(column_type::text_view);
    if (format == "vz") {
        out.binary = true;
        return is(column_type::text_view);
    }
    if (format == "tdD") return is(column_type::date32);
    if (format == "tdm") return is(column_type::date64);
    if (format.starts_with("ts") && format.size() >= 4 && format[3] == ':') {
        constexpr std::string_view units = "smun";
        const std::size_t unit = units.find(format[2]);
        if (unit != std::string_view::npos) {
            out.unit = static_cast<time_unit>(unit);
            out.zoned = format.size() > 4;
            return is(column_type::timestamp);
        }
    }
    if (format.starts_with("d:") && detail::read_decimal_format(format.substr(2), out)) return out;
    if (format.starts_with("w:")) return refuse("binary of a fixed size");
    if (format.starts_with("tt")) return refuse("a time of day");
    if (format.starts_with("tD")) return refuse("a duration");
    if (format.starts_with("ti")) return refuse("an interval");
    if (format == "+l" || format == "+L" || format == "+vl" || format == "+vL" ||
        format.starts_with("+w:")) {
        return refuse("a list");
    }
    if (format == "+s") return refuse("a struct");
    if (format == "+m") return refuse("a map");
    if (format.starts_with("+u")) return refuse("a union");
    if (format == "+r") return refuse("run-end encoded");
    return refuse("of the unknown Arrow type " + quoted(format));
}

}  // namespace aiueo
