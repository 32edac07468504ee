// Small tables for the tests of this folder.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/table/arrow_export.hpp"
#include "aiueo/table/arrow_import.hpp"

#include "support/catch.hpp"

namespace aiueo::testing {

inline std::vector<std::string_view> split(std::string_view text, char at) {
    std::vector<std::string_view> out;
    for (;;) {
        const std::size_t end = text.find(at);
        out.push_back(text.substr(0, end));
        if (end == std::string_view::npos) return out;
        text.remove_prefix(end + 1);
    }
}

/// Columns of text: names in the first line, cells between commas; "NULL" is null, nothing is empty
/// text.
inline owned_table texts_of(std::string_view text) {
    const auto lines = split(text, '\n');
    const auto names = split(lines[0], ',');
    std::vector<text_builder> columns(names.size());
    for (std::size_t row = 1; row < lines.size(); ++row) {
        const auto cells = split(lines[row], ',');
        REQUIRE(cells.size() == names.size());
        for (std::size_t k = 0; k < cells.size(); ++k) {
            if (cells[k] == "NULL")
                columns[k].add_null();
            else
                columns[k].add(cells[k]);
        }
    }
    owned_table out{static_cast<std::int64_t>(lines.size()) - 1};
    for (std::size_t k = 0; k < names.size(); ++k)
        REQUIRE(out.add_text(names[k], std::move(columns[k])).ok());
    return out;
}

/// Texts are not looked at, as a caller may choose. `formats` are Arrow formats for columns,
/// instead of their own, of the same width.
inline imported_table imported(
    owned_table table, std::initializer_list<std::pair<std::size_t, const char*>> formats = {}) {
    ArrowSchema schema{};
    ArrowArray array{};
    REQUIRE(export_arrow(std::move(table), &schema, &array).ok());
    for (const auto& [column, format] : formats) schema.children[column]->format = format;
    auto out = import_arrow(&schema, &array, arrow_validation::basic, "test");
    schema.release(&schema);
    REQUIRE(out.ok());
    return std::move(*out);
}

inline imported_table table_of(std::string_view text) { return imported(texts_of(text)); }

/// Each text a table of one stream.
inline ArrowArrayStream stream_of(std::vector<std::string> tables) {
    ArrowArrayStream out{};
    const auto fields = texts_of(tables.at(0)).fields();
    const auto source = [tables = std::move(tables),
                         next = std::size_t{0}]() mutable -> result<std::optional<owned_table>> {
        if (next == tables.size()) return std::optional<owned_table>{};
        return std::optional<owned_table>{texts_of(tables[next++])};
    };
    REQUIRE(export_stream(fields, source, &out).ok());
    return out;
}

inline std::int32_t day(std::string_view text) { return parse_date(text).value(); }

/// What a failed call says; a success fails the test.
inline std::string said(const status& what) {
    REQUIRE_FALSE(what.ok());
    CHECK(is_utf8(what.error().to_string()));
    return what.error().to_string();
}

}  // namespace aiueo::testing
