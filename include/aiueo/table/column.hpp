// table › column: a column of somebody's table, read in place. base ─► table
//
// A view owns nothing. It says what the bytes are, where the nulls are, and nothing about
// customers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/version.hpp"

namespace aiueo {

/// What a metric means, and so what a column must be readable as.
enum class metric_type : std::uint8_t { number, flag, category, date, money };

[[nodiscard]] constexpr std::string_view name_of(metric_type type) noexcept {
    switch (type) {
    case metric_type::number: return "number";
    case metric_type::flag: return "flag";
    case metric_type::category: return "category";
    case metric_type::date: return "date";
    case metric_type::money: return "money";
    }
    return "unknown";
}

/// How the values lie in memory. Layouts are Arrow's.
enum class column_type : std::uint8_t {
    none,  ///< no values: every row is unknown (Arrow's null type)
    bit,   ///< one bit a row, least significant first
    byte,  ///< one byte a row, 0 or not 0 (C bool, NumPy bool_)
    int8,
    int16,
    int32,
    int64,
    uint8,
    uint16,
    uint32,
    uint64,
    float16,
    float32,
    float64,    ///< NaN is unknown
    decimal32,  ///< two's complement little-endian, with a scale
    decimal64,
    decimal128,
    decimal256,
    date32,      ///< int32 days since 1970-01-01
    date64,      ///< int64 milliseconds since 1970-01-01, a multiple of a day
    timestamp,   ///< int64 since 1970-01-01T00:00 in `unit`; `zoned` says whether that is UTC or a
                 ///< wall clock
    text32,      ///< UTF-8 with int32 offsets
    text64,      ///< UTF-8 with int64 offsets
    text_view,   ///< UTF-8 as 16-byte views over data buffers
    dictionary,  ///< indices (`index_type`) into a text column
};

enum class time_unit : std::uint8_t { second, milli, micro, nano };

/// Text a host already holds as pointers and lengths is not a layout here: it is encoded once into
/// a dictionary (table/dictionary.hpp).
struct column_view {
    column_type type = column_type::none;
    std::int64_t length = 0;  ///< rows
    std::int64_t offset =
        0;  ///< rows before the first, in `values`, `offsets` and `validity` alike

    const void* values = nullptr;  ///< fixed-width values, bits, indices, or text views
    const std::uint8_t* validity =
        nullptr;  ///< bit per row, least significant first, 1 = known; null = all known

    const void* offsets = nullptr;               ///< text32, text64: length + offset + 1 offsets
    const char* bytes = nullptr;                 ///< text32, text64: the characters
    const void* const* buffers = nullptr;        ///< text_view: data buffers
    const std::int64_t* buffer_sizes = nullptr;  ///< text_view: their sizes in bytes
    std::int32_t buffer_count = 0;

    std::int32_t scale = 0;  ///< decimals: value = unscaled ÷ 10^scale
    time_unit unit = time_unit::second;
    bool zoned = false;        ///< timestamps: instants (UTC), to be shown in the model's time zone
    bool minor_units = false;  ///< money: integers count the currency's minor unit

    column_type index_type = column_type::int32;  ///< dictionary
    const column_view* dictionary =
        nullptr;  ///< dictionary: the text column that indices point into
    bool text_is_raw =
        false;  ///< text of unknown meaning (CSV): may be parsed as number, flag or date

    [[nodiscard]] bool known(std::int64_t row) const noexcept {
        if (type == column_type::none) return false;
        if (validity == nullptr) return true;
        const std::int64_t at = row + offset;
        return ((validity[at >> 3] >> (at & 7)) & 1) != 0;
    }
};

/// A column and its name in the table.
struct named_column {
    std::string name;
    column_view values;
};

}  // namespace aiueo
