// table › customers: the canonical text of a customer's key. base ─► table
//
// A customer is the same in every table and every runtime if its key has the same text: the text
// itself, byte by byte, or an integer in decimal digits (so 7 and "7" are one customer).
#pragma once

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/error.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/table/accepts.hpp"
#include "aiueo/table/column.hpp"
#include "aiueo/table/text_cells.hpp"

namespace aiueo {

/// Room for an integer's digits, the caller's, so that reading a key allocates nothing.
using key_buffer = std::array<char, 24>;

/// A column of customer keys: text, a dictionary of text, or integers.
class customer_keys {
public:
    /// bad_column for every other type.
    [[nodiscard]] static result<customer_keys> make(const column_view& column,
                                                    std::string_view table,
                                                    std::string_view name = "customer") {
        const bool text = is_text(column.type) &&
                          (column.type != column_type::dictionary || column.dictionary != nullptr);
        if (!text && !is_integer(column.type)) {
            place where;
            where.table = table;
            where.column_name = name;
            return make_error(errc::bad_column,
                              "a customer's key cannot be " + std::string{name_of(column.type)} +
                                  "; cast it to text or to an integer",
                              std::move(where));
        }
        return customer_keys{column, table, name};
    }

    [[nodiscard]] std::int64_t size() const noexcept { return column_.length; }

    /// The key of a row, in the column's own memory or in `buffer`. Nothing where it is null,
    /// empty, broken; check() says which. Bytes are not checked for UTF-8 here.
    [[nodiscard]] std::optional<std::string_view> key_at(std::int64_t row,
                                                         key_buffer& buffer) const noexcept {
        if (!column_.known(row)) return std::nullopt;
        const std::int64_t at = row + column_.offset;
        const column_type type = column_.type;
        if (type == column_type::int64) return digits<std::int64_t>(at, buffer);
        if (type == column_type::int32) return digits<std::int32_t>(at, buffer);
        if (type == column_type::int16) return digits<std::int16_t>(at, buffer);
        if (type == column_type::int8) return digits<std::int8_t>(at, buffer);
        if (type == column_type::uint64) return digits<std::uint64_t>(at, buffer);
        if (type == column_type::uint32) return digits<std::uint32_t>(at, buffer);
        if (type == column_type::uint16) return digits<std::uint16_t>(at, buffer);
        if (type == column_type::uint8) return digits<std::uint8_t>(at, buffer);
        std::string_view text;
        if (cells_.read(row, text) != cell::known || text.empty()) return std::nullopt;
        return text;
    }

    /// Has every row in [begin, end) a key that can be used? bad_value names the first row that has
    /// not. `first_row` is the table's row that is this column's row 0, for messages.
    [[nodiscard]] status check(std::int64_t begin, std::int64_t end,
                               std::int64_t first_row = 0) const {
        key_buffer buffer;
        const bool integers = is_integer(column_.type);
        for (std::int64_t row = begin; row < end; ++row) {
            if (integers && column_.known(row)) continue;
            const auto key = key_at(row, buffer);
            const bool valid = key && is_utf8(*key);
            if (valid && key->size() <= max_key_bytes) continue;
            place where;
            where.table = table_;
            where.column_name = name_;
            where.row = first_row + row;
            if (!key) {
                return make_error(errc::bad_value,
                                  "the customer's key is missing; every row needs one",
                                  std::move(where));
            }
            if (!valid) {
                return make_error(errc::bad_value,
                                  quoted(*key) + " is not UTF-8; save the table as UTF-8",
                                  std::move(where));
            }
            return make_error(errc::limit_exceeded,
                              "the customer's key has " + std::to_string(key->size()) +
                                  " bytes; at most " + std::to_string(max_key_bytes) + " are read",
                              std::move(where));
        }
        return {};
    }

    /// The first row from `from` on whose key is `key`, or −1. Reads the column row by row.
    [[nodiscard]] std::int64_t find(std::string_view key, std::int64_t from = 0) const noexcept {
        key_buffer buffer;
        for (std::int64_t row = from; row < column_.length; ++row) {
            if (key_at(row, buffer) == key) return row;
        }
        return -1;
    }

    /// A longer key is an error: no system has such, and messages and indices hold keys.
    static constexpr std::size_t max_key_bytes = 65536;

private:
    customer_keys(const column_view& column, std::string_view table, std::string_view name)
        : column_(column), cells_(column), table_(table), name_(name) {}

    template <class T>
    [[nodiscard]] std::string_view digits(std::int64_t at, key_buffer& buffer) const noexcept {
        const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size(),
                                       static_cast<const T*>(column_.values)[at]);
        return {buffer.data(), static_cast<std::size_t>(end.ptr - buffer.data())};
    }

    column_view column_;
    text_cells cells_;
    std::string table_;
    std::string name_;
};

}  // namespace aiueo
