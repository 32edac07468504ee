// capi › columns: see columns.hpp.
#include "columns.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <utility>

#include "aiueo/table/accepts.hpp"

#include "guard.hpp"

namespace aiueo::capi {
namespace {

struct numbered_type {
    std::int32_t number;
    column_type type;
};

// Numbers of the C ABI are fixed; those of the enumeration are not.
constexpr std::array<numbered_type, 24> types{{
    {AIUEO_TYPE_NONE, column_type::none},
    {AIUEO_TYPE_BIT, column_type::bit},
    {AIUEO_TYPE_BYTE, column_type::byte},
    {AIUEO_TYPE_INT8, column_type::int8},
    {AIUEO_TYPE_INT16, column_type::int16},
    {AIUEO_TYPE_INT32, column_type::int32},
    {AIUEO_TYPE_INT64, column_type::int64},
    {AIUEO_TYPE_UINT8, column_type::uint8},
    {AIUEO_TYPE_UINT16, column_type::uint16},
    {AIUEO_TYPE_UINT32, column_type::uint32},
    {AIUEO_TYPE_UINT64, column_type::uint64},
    {AIUEO_TYPE_FLOAT16, column_type::float16},
    {AIUEO_TYPE_FLOAT32, column_type::float32},
    {AIUEO_TYPE_FLOAT64, column_type::float64},
    {AIUEO_TYPE_DECIMAL32, column_type::decimal32},
    {AIUEO_TYPE_DECIMAL64, column_type::decimal64},
    {AIUEO_TYPE_DECIMAL128, column_type::decimal128},
    {AIUEO_TYPE_DECIMAL256, column_type::decimal256},
    {AIUEO_TYPE_DATE32, column_type::date32},
    {AIUEO_TYPE_DATE64, column_type::date64},
    {AIUEO_TYPE_TIMESTAMP, column_type::timestamp},
    {AIUEO_TYPE_TEXT32, column_type::text32},
    {AIUEO_TYPE_TEXT64, column_type::text64},
    {AIUEO_TYPE_DICTIONARY, column_type::dictionary},
}};

aiueo::error at_column(errc code, std::string_view name, std::string message,
                       std::int64_t row = -1) {
    place where;
    where.column_name = name;
    where.row = row;
    return make_error(code, std::move(message), std::move(where));
}

/// Offsets that ascend within the characters. Null rows too: their offsets are read as well.
template <class Offset>
status check_offsets(const aiueo_column& from, std::string_view name) {
    const auto* const offsets = static_cast<const Offset*>(from.offsets) + from.offset;
    Offset before = offsets[0];
    for (std::int64_t row = 0; row <= from.length; ++row) {
        const Offset here = offsets[row];
        if (here < before || here < 0 || std::int64_t{here} > from.bytes_size) {
            return at_column(errc::bad_value, name,
                             "its text's offset is " + std::to_string(here) +
                                 "; offsets ascend from 0 to bytes_size, which is " +
                                 std::to_string(from.bytes_size),
                             row == 0 ? 0 : row - 1);
        }
        before = here;
    }
    return {};
}

status check_text(const aiueo_column& from, column_type type, std::string_view name) {
    if (from.bytes_size < 0)
        return at_column(errc::invalid_argument, name, "bytes_size is negative");
    if (from.length == 0) return {};
    if (from.offsets == nullptr) return at_column(errc::invalid_argument, name, "offsets is NULL");
    if (from.bytes == nullptr && from.bytes_size > 0) {
        return at_column(errc::invalid_argument, name, "bytes is NULL but bytes_size is not 0");
    }
    return type == column_type::text32 ? check_offsets<std::int32_t>(from, name)
                                       : check_offsets<std::int64_t>(from, name);
}

/// The caller's structure as far as it goes, and what is fixed about every column.
status read_head(const aiueo_column* given, std::string_view name, aiueo_column& from) {
    if (given == nullptr) return invalid("column is NULL");
    if (status read = read_options(given, "aiueo_column", from); !read) return read;
    if (from.length < 0 || from.length > max_rows) {
        return at_column(errc::invalid_argument, name,
                         "length is " + std::to_string(from.length) + "; from 0 to 2^40 are read");
    }
    if (from.offset < 0 || from.offset > max_rows) {
        return at_column(errc::invalid_argument, name,
                         "offset is " + std::to_string(from.offset) + "; from 0 to 2^40 are read");
    }
    return check_flags(from.flags, AIUEO_COLUMN_ZONED | AIUEO_COLUMN_MINOR_UNITS, "flags");
}

status fill(const aiueo_column& from, std::string_view name, column_view& out) {
    result<column_type> type = read_type(from.type);
    if (!type) return at_column(errc::invalid_argument, name, std::move(type).error().message);
    out.type = *type;
    out.length = from.length;
    out.offset = from.offset;
    out.values = from.values;
    out.validity = from.validity;
    out.scale = from.scale;
    out.zoned = (from.flags & AIUEO_COLUMN_ZONED) != 0;
    out.minor_units = (from.flags & AIUEO_COLUMN_MINOR_UNITS) != 0;
    if (out.type == column_type::timestamp) {
        if (from.unit < AIUEO_UNIT_SECOND || from.unit > AIUEO_UNIT_NANO) {
            return at_column(errc::invalid_argument, name,
                             "unit is " + std::to_string(from.unit) + ", which is no AIUEO_UNIT_…");
        }
        out.unit = static_cast<time_unit>(from.unit);
    }
    if (out.type == column_type::text32 || out.type == column_type::text64) {
        if (status text = check_text(from, out.type, name); !text) return text;
        out.offsets = from.offsets;
        out.bytes = from.bytes;
        return {};
    }
    if (out.type != column_type::none && out.length > 0 && out.values == nullptr) {
        return at_column(errc::invalid_argument, name, "values is NULL");
    }
    return {};
}

}  // namespace

static_assert(static_cast<std::int32_t>(time_unit::second) == AIUEO_UNIT_SECOND);
static_assert(static_cast<std::int32_t>(time_unit::milli) == AIUEO_UNIT_MILLI);
static_assert(static_cast<std::int32_t>(time_unit::micro) == AIUEO_UNIT_MICRO);
static_assert(static_cast<std::int32_t>(time_unit::nano) == AIUEO_UNIT_NANO);

result<column_type> read_type(std::int32_t type) {
    for (const numbered_type& one : types) {
        if (one.number == type) return one.type;
    }
    return invalid("type is " + std::to_string(type) + ", which is no AIUEO_TYPE_…");
}

result<column_view> read_column(const aiueo_column* given, std::string_view name,
                                std::deque<column_view>& dictionaries) {
    aiueo_column from{};
    if (status head = read_head(given, name, from); !head) return std::move(head).error();
    column_view out;
    if (status filled = fill(from, name, out); !filled) return std::move(filled).error();
    if (out.type != column_type::dictionary) return out;

    result<column_type> index = read_type(from.index_type);
    if (!index || !is_integer(*index)) {
        return at_column(errc::invalid_argument, name,
                         "index_type is " + std::to_string(from.index_type) +
                             "; a dictionary is indexed by AIUEO_TYPE_INT8 to AIUEO_TYPE_UINT64");
    }
    out.index_type = *index;
    if (from.dictionary == nullptr) {
        return at_column(errc::invalid_argument, name, "dictionary is NULL");
    }
    aiueo_column words{};
    if (status head = read_head(from.dictionary, name, words); !head)
        return std::move(head).error();
    if (words.type != AIUEO_TYPE_TEXT32 && words.type != AIUEO_TYPE_TEXT64) {
        return at_column(errc::bad_column, name,
                         "its dictionary has type " + std::to_string(words.type) +
                             "; a dictionary holds AIUEO_TYPE_TEXT32 or AIUEO_TYPE_TEXT64");
    }
    column_view text;
    if (status filled = fill(words, name, text); !filled) return std::move(filled).error();
    dictionaries.push_back(text);
    out.dictionary = &dictionaries.back();
    return out;
}

}  // namespace aiueo::capi
