// score › load: a chunk of somebody's column as doubles. base ─► table ─► model ─► score
//
// Whatever the column's type, the same value becomes the same double: money and decimals are
// rounded once, from their exact value. Unknown is NaN; `states` says why.
#pragma once

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/date.hpp"
#include "aiueo/base/decimal.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/table/accepts.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo::detail {

/// Where a chunk goes.
struct chunk_target {
    double* values = nullptr;
    value_state* states = nullptr;
    std::size_t count = 0;
};

/// Host pointers may have any alignment, so values are copied out, never dereferenced as T.
template <class T>
[[nodiscard]] inline T value_at(const void* values, std::int64_t at) noexcept {
    T out;
    std::memcpy(&out, static_cast<const char*>(values) + at * static_cast<std::int64_t>(sizeof(T)),
                sizeof(T));
    return out;
}

/// An IEEE half as a double, exactly.
[[nodiscard]] inline double from_half(std::uint16_t bits) noexcept {
    const int exponent = (bits >> 10) & 31;
    const int fraction = bits & 1023;
    const double sign = (bits & 0x8000) != 0 ? -1.0 : 1.0;
    if (exponent == 31)
        return fraction != 0 ? unknown_value : sign * std::numeric_limits<double>::infinity();
    if (exponent == 0) return sign * std::ldexp(fraction, -24);
    return sign * std::ldexp(1024 + fraction, exponent - 25);
}

[[nodiscard]] inline decimal_integer decimal_at(const column_view& column,
                                                std::int64_t at) noexcept {
    const std::int32_t width = byte_width(column.type);
    return decimal_integer::load(static_cast<const char*>(column.values) + at * width,
                                 static_cast<std::size_t>(width));
}

/// Nulls of the column into the chunk.
inline void apply_validity(const column_view& column, std::int64_t begin,
                           const chunk_target& to) noexcept {
    if (column.validity == nullptr) return;
    for (std::size_t i = 0; i < to.count; i += 64) {
        const int count = static_cast<int>(to.count - i < 64 ? to.count - i : 64);
        std::uint64_t known =
            bits_at(column.validity, column.offset + begin + static_cast<std::int64_t>(i), count);
        const std::uint64_t all = count == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
        std::uint64_t holes = ~known & all;
        while (holes != 0) {
            const auto at = i + static_cast<std::size_t>(std::countr_zero(holes));
            to.values[at] = unknown_value;
            to.states[at] = value_state::missing;
            holes &= holes - 1;
        }
    }
}

/// One value a row through `convert(raw)`, which answers NaN for null and infinity for what cannot
/// be.
template <class T, class F>
inline void load_each(const column_view& column, std::int64_t begin, const chunk_target& to,
                      F convert) noexcept {
    const std::int64_t first = column.offset + begin;
    for (std::size_t i = 0; i < to.count; ++i) {
        to.values[i] = convert(value_at<T>(column.values, first + static_cast<std::int64_t>(i)));
    }
}

inline constexpr double impossible = std::numeric_limits<double>::infinity();

/// What became of each value: NaN is missing, infinity or out of range is invalid.
inline void settle(const chunk_target& to, double low, double high) noexcept {
    for (std::size_t i = 0; i < to.count; ++i) {
        const double v = to.values[i];
        const bool inside = v >= low && v <= high;
        to.states[i] =
            inside ? value_state::known : (v != v ? value_state::missing : value_state::invalid);
        to.values[i] = inside ? v : unknown_value;
    }
}

inline void load_unknown(const chunk_target& to) noexcept {
    for (std::size_t i = 0; i < to.count; ++i) to.values[i] = unknown_value;
}

/// load_each() for the integer types.
template <class F>
inline void load_integers(column_type type, const column_view& column, std::int64_t begin,
                          const chunk_target& to, F convert) noexcept {
    switch (type) {
    case column_type::int8: load_each<std::int8_t>(column, begin, to, convert); return;
    case column_type::int16: load_each<std::int16_t>(column, begin, to, convert); return;
    case column_type::int32: load_each<std::int32_t>(column, begin, to, convert); return;
    case column_type::int64: load_each<std::int64_t>(column, begin, to, convert); return;
    case column_type::uint8: load_each<std::uint8_t>(column, begin, to, convert); return;
    case column_type::uint16: load_each<std::uint16_t>(column, begin, to, convert); return;
    case column_type::uint32: load_each<std::uint32_t>(column, begin, to, convert); return;
    case column_type::uint64: load_each<std::uint64_t>(column, begin, to, convert); return;
    default: load_unknown(to); return;  // no index and no amount: refused when bound
    }
}

/// Any column whose values are numbers, as they are.
inline void load_plain(const column_view& column, std::int64_t begin,
                       const chunk_target& to) noexcept {
    const auto plain = [](auto x) { return static_cast<double>(x); };
    switch (column.type) {
    case column_type::int8:
    case column_type::int16:
    case column_type::int32:
    case column_type::int64:
    case column_type::uint8:
    case column_type::uint16:
    case column_type::uint32:
    case column_type::uint64: load_integers(column.type, column, begin, to, plain); return;
    case column_type::byte: load_each<std::uint8_t>(column, begin, to, plain); return;
    case column_type::float16: load_each<std::uint16_t>(column, begin, to, from_half); return;
    case column_type::float32: load_each<float>(column, begin, to, plain); return;
    case column_type::float64: load_each<double>(column, begin, to, plain); return;
    case column_type::bit:
        for (std::size_t i = 0; i < to.count; ++i) {
            const std::int64_t at = column.offset + begin + static_cast<std::int64_t>(i);
            to.values[i] = bit_at(static_cast<const std::uint8_t*>(column.values), at) ? 1.0 : 0.0;
        }
        return;
    case column_type::decimal32:
    case column_type::decimal64:
    case column_type::decimal128:
    case column_type::decimal256:
        for (std::size_t i = 0; i < to.count; ++i) {
            const std::int64_t at = column.offset + begin + static_cast<std::int64_t>(i);
            to.values[i] = decimal_to_double(decimal_at(column, at), column.scale);
        }
        return;
    case column_type::none: load_unknown(to); return;
    case column_type::date32:
    case column_type::date64:
    case column_type::timestamp:
    case column_type::text32:
    case column_type::text64:
    case column_type::text_view:
    case column_type::dictionary: load_unknown(to); return;  // refused when bound
    }
}

inline void load_money(const column_view& column, std::int64_t begin, const chunk_target& to,
                       int digits) noexcept {
    const auto major = [digits](std::optional<std::int64_t> minor) {
        return minor ? major_from_minor(*minor, digits) : impossible;
    };
    const auto from_minor = [&](std::int64_t minor) {
        const bool fits = minor < minor_units_limit && minor > -minor_units_limit;
        return fits ? major_from_minor(minor, digits) : impossible;
    };
    const auto from_integer = [&](auto x) {
        if constexpr (sizeof(x) == 8 && std::is_unsigned_v<decltype(x)>) {
            if (x >= static_cast<std::uint64_t>(minor_units_limit)) return impossible;
        }
        const auto amount = static_cast<std::int64_t>(x);
        return column.minor_units ? from_minor(amount) : major(minor_from_major(amount, digits));
    };
    switch (column.type) {
    case column_type::int8:
    case column_type::int16:
    case column_type::int32:
    case column_type::int64:
    case column_type::uint8:
    case column_type::uint16:
    case column_type::uint32:
    case column_type::uint64: load_integers(column.type, column, begin, to, from_integer); return;
    case column_type::float16:  // the wider type says exactly what a half says
        load_each<std::uint16_t>(column, begin, to, [&](std::uint16_t bits) {
            const double x = from_half(bits);
            return x != x ? x : major(minor_from_major(x, digits));
        });
        return;
    case column_type::float32:
        load_each<float>(column, begin, to, [&](float x) {
            return x != x ? unknown_value : major(minor_from_major(x, digits));
        });
        return;
    case column_type::float64:
        load_each<double>(column, begin, to, [&](double x) {
            return x != x ? x : major(minor_from_major(x, digits));
        });
        return;
    case column_type::decimal32:
    case column_type::decimal64:
    case column_type::decimal128:
    case column_type::decimal256:
        for (std::size_t i = 0; i < to.count; ++i) {
            const std::int64_t at = column.offset + begin + static_cast<std::int64_t>(i);
            to.values[i] = major(minor_from_decimal(decimal_at(column, at), column.scale, digits));
        }
        return;
    case column_type::none: load_unknown(to); return;
    case column_type::bit:
    case column_type::byte:
    case column_type::date32:
    case column_type::date64:
    case column_type::timestamp:
    case column_type::text32:
    case column_type::text64:
    case column_type::text_view:
    case column_type::dictionary: load_unknown(to); return;  // refused when bound
    }
}

[[nodiscard]] inline std::int64_t units_per_second(time_unit unit) noexcept {
    switch (unit) {
    case time_unit::second: return 1;
    case time_unit::milli: return 1'000;
    case time_unit::micro: return 1'000'000;
    case time_unit::nano: return 1'000'000'000;
    }
    return 1;
}

/// A day that int32 cannot hold is no date.
[[nodiscard]] inline double day_number(std::int64_t day) noexcept {
    const bool fits = day >= std::numeric_limits<std::int32_t>::min() &&
                      day <= std::numeric_limits<std::int32_t>::max();
    return fits ? static_cast<double>(day) : impossible;
}

/// Days since 1970-01-01. The row that holds a wall-clock time other than 00:00 comes back in
/// `bad_row`.
inline void load_date(const column_view& column, std::int64_t begin, const chunk_target& to,
                      const time_zone& zone, std::int64_t& bad_row) noexcept {
    bad_row = -1;
    switch (column.type) {
    case column_type::date32:
        load_each<std::int32_t>(column, begin, to,
                                [](std::int32_t day) { return static_cast<double>(day); });
        return;
    case column_type::date64:
        load_each<std::int64_t>(column, begin, to, [](std::int64_t milli) {
            constexpr std::int64_t day = seconds_per_day * 1000;
            return floor_mod(milli, day) == 0 ? day_number(floor_div(milli, day)) : impossible;
        });
        return;
    case column_type::timestamp: {
        const std::int64_t per_second = units_per_second(column.unit);
        for (std::size_t i = 0; i < to.count; ++i) {
            const std::int64_t row = begin + static_cast<std::int64_t>(i);
            const auto raw = value_at<std::int64_t>(column.values, column.offset + row);
            const std::int64_t seconds = floor_div(raw, per_second);
            if (column.zoned) {
                to.values[i] = zone.local_day(seconds);
                continue;
            }
            const bool midnight =
                floor_mod(raw, per_second) == 0 && floor_mod(seconds, seconds_per_day) == 0;
            // Bytes under a null are anything: only a known value can be wrong.
            if (!midnight && column.known(row) && bad_row < 0) bad_row = row;
            to.values[i] = day_number(floor_div(seconds, seconds_per_day));
        }
        return;
    }
    case column_type::none: load_unknown(to); return;
    default: load_unknown(to); return;  // refused when bound
    }
}

/// Category codes through `remap` (dictionary index → text id of the batch, −1 = null).
inline void load_codes(const column_view& column, std::int64_t begin, const chunk_target& to,
                       std::span<const std::int32_t> remap) noexcept {
    const auto code = [remap](auto index) {
        using unsigned_type = std::make_unsigned_t<decltype(index)>;
        const auto at = static_cast<std::uint64_t>(static_cast<unsigned_type>(index));
        if (at >= remap.size()) return impossible;
        return remap[at] < 0 ? unknown_value : static_cast<double>(remap[at]);
    };
    load_integers(column.index_type, column, begin, to, code);
}

/// A flag is 0 or 1 (a C bool may be any non-zero byte); any other number is invalid.
inline void settle_flags(const chunk_target& to, bool any_byte) noexcept {
    for (std::size_t i = 0; i < to.count; ++i) {
        const double v = to.values[i];
        if (any_byte && v == v) to.values[i] = v != 0 ? 1.0 : 0.0;
        if (!any_byte && v == v && v != 0 && v != 1) to.values[i] = impossible;
    }
}

}  // namespace aiueo::detail
