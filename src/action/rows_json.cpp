// action › rows_json: the rows of a list as JSON objects.
#include <algorithm>
#include <string>
#include <string_view>

#include "aiueo/action/action_list.hpp"
#include "aiueo/base/date.hpp"
#include "aiueo/base/json_writer.hpp"

namespace aiueo {

namespace {

[[nodiscard]] bool bit(const owned_table::bitmap& of, std::size_t at) {
    return (of[at / 8] >> (at % 8) & 1) != 0;
}

[[nodiscard]] bool is_null(const owned_table::column& of, std::size_t row) {
    return !of.validity.empty() && !bit(of.validity, row);
}

[[nodiscard]] std::string_view text_at(const owned_table::column& of, std::size_t row) {
    const auto begin = static_cast<std::size_t>(of.int32[row]);
    const auto end = static_cast<std::size_t>(of.int32[row + 1]);
    return std::string_view{of.characters}.substr(begin, end - begin);
}

void write_code(json_writer& out, const owned_table::column& of, std::int64_t code) {
    const bool known = code >= 0 && !of.dictionary.empty() && code < of.dictionary.front().length;
    if (known)
        out.string(text_at(of.dictionary.front(), static_cast<std::size_t>(code)));
    else
        out.null();
}

void write_cell(json_writer& out, const owned_table::column& of, std::size_t row) {
    if (is_null(of, row)) {
        out.null();
        return;
    }
    switch (of.field.type) {
    case export_type::float64: out.number(of.float64[row]); return;
    case export_type::int32: out.integer(of.int32[row]); return;
    case export_type::uint32: out.integer(static_cast<std::int64_t>(of.uint32[row])); return;
    case export_type::int64: out.integer(of.int64[row]); return;
    case export_type::flag: out.boolean(bit(of.bits, row)); return;
    case export_type::date: out.string(format_date(of.int32[row])); return;
    case export_type::text: out.string(text_at(of, row)); return;
    case export_type::dictionary16:
        write_code(out, of, of.uint16[row] == 0xFFFF ? -1 : std::int64_t{of.uint16[row]});
        return;
    case export_type::dictionary32: write_code(out, of, of.int32[row]); return;
    }
}

}  // namespace

std::string rows_json(const owned_table& rows, std::int64_t first, std::int64_t count) {
    std::string text;
    json_writer out{text};
    out.begin_array();
    first = std::clamp<std::int64_t>(first, 0, rows.rows());
    const std::int64_t end = first + std::clamp<std::int64_t>(count, 0, rows.rows() - first);
    for (std::int64_t row = first; row < end; ++row) {
        out.begin_object();
        for (const owned_table::column& one : rows.columns()) {
            out.key(one.field.name);
            write_cell(out, one, static_cast<std::size_t>(row));
        }
        out.end_object();
    }
    out.end_array();
    return text;
}

}  // namespace aiueo
