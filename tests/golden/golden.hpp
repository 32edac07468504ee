// The golden vectors as C++ tests read them: tables of text without quotes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/table/column.hpp"

#include "support/catch.hpp"

namespace aiueo::testing {

inline std::string golden_path(std::string_view name) {
    return tests_dir() + "/golden/" + std::string{name};
}

inline std::optional<std::string> try_golden(std::string_view name) {
    std::ifstream file{golden_path(name), std::ios::binary};
    if (!file) return std::nullopt;
    return std::string{std::istreambuf_iterator<char>{file}, {}};
}

inline std::string read_golden(std::string_view name) {
    std::optional<std::string> text = try_golden(name);
    if (!text) FAIL("cannot read " << golden_path(name));
    return std::move(*text);
}

inline std::vector<std::string> split(std::string_view text, char at) {
    std::vector<std::string> out;
    for (std::size_t begin = 0;;) {
        const std::size_t end = text.find(at, begin);
        out.emplace_back(text.substr(begin, end - begin));
        if (end == std::string_view::npos) return out;
        begin = end + 1;
    }
}

inline std::vector<std::string> lines_of(std::string_view text) {
    std::vector<std::string> out = split(text, '\n');
    if (!out.empty() && out.back().empty()) out.pop_back();
    return out;
}

/// A column of text in Arrow's layout.
struct text_column {
    std::string name;
    std::string bytes;
    std::vector<std::int32_t> offsets{0};

    void add(std::string_view text) {
        bytes += text;
        offsets.push_back(static_cast<std::int32_t>(bytes.size()));
    }
    [[nodiscard]] column_view view() const {
        column_view out;
        out.type = column_type::text32;
        out.length = static_cast<std::int64_t>(offsets.size()) - 1;
        out.offsets = offsets.data();
        out.bytes = bytes.data();
        out.text_is_raw = true;
        return out;
    }
};

/// A table of text, by cells and by columns.
struct text_table {
    std::vector<std::string> names;
    std::vector<std::vector<std::string>> rows;
    std::vector<text_column> columns;

    explicit text_table(std::string_view text) {
        for (const std::string& line : lines_of(text)) {
            if (names.empty()) {
                names = split(line, ',');
                for (const std::string& name : names) columns.push_back({name, {}, {0}});
                continue;
            }
            rows.push_back(split(line, ','));
            REQUIRE(rows.back().size() == names.size());
            for (std::size_t i = 0; i < names.size(); ++i) columns[i].add(rows.back()[i]);
        }
    }

    [[nodiscard]] std::vector<named_column> views() const {
        std::vector<named_column> out;
        for (const text_column& one : columns) out.push_back({one.name, one.view()});
        return out;
    }
    [[nodiscard]] std::size_t index(std::string_view name) const {
        for (std::size_t i = 0; i < names.size(); ++i) {
            if (names[i] == name) return i;
        }
        FAIL("no column " << name);
        return 0;
    }
};

/// The 16 hexadecimal digits of a double's bits.
inline std::string hex_of(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    std::string out;
    for (int at = 60; at >= 0; at -= 4) out += "0123456789abcdef"[(bits >> at) & 15U];
    return out;
}

}  // namespace aiueo::testing
