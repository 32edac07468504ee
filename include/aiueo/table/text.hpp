// table › text: a text column as numbers, flags, dates, amounts or category codes. base ─► table
//
// CSV gives text only; typed tables give text where they have no better type. Either is read the
// same way: a text column is read as what the metric says it is. A dictionary's entries are read
// once each, when first met.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/table/column.hpp"
#include "aiueo/table/dictionary.hpp"
#include "aiueo/table/text_cells.hpp"
#include "aiueo/table/text_values.hpp"

namespace aiueo {

struct text_options {
    std::string_view table;      ///< for messages
    std::string_view column;     ///< for messages
    std::int64_t first_row = 0;  ///< the table's row that is this column's row 0, for messages
    std::span<const std::string_view>
        null_texts;  ///< "NA", "None": unknown, as empty and blank text always is
    std::size_t max_bytes = std::size_t{1} << 20;  ///< of one cell
    const time_zone* zone = nullptr;               ///< dates; null = UTC
    int minor_digits = 2;                          ///< money
};

/// A column that owns its values. Which vector is in use follows from the type.
struct owned_column {
    metric_type type = metric_type::number;
    std::int64_t length = 0;
    std::vector<double> numbers;      ///< number: NaN is unknown
    std::vector<std::int64_t> minor;  ///< money: minor units
    std::vector<std::int32_t> days;   ///< date
    std::vector<std::int32_t> codes;  ///< category: ids of the dictionary; −1 where unknown
    std::vector<std::uint8_t> flags;  ///< flag: 0 or 1
    std::vector<std::uint8_t>
        validity;  ///< bit per row, 1 = known; empty = all known, and for numbers
    std::vector<std::uint8_t> invalid;  ///< bit per row, 1 = invalid (and not known); empty = none
    std::int64_t invalid_count = 0;

    /// A view of the values: float64, int64 in minor units, date32, int32 codes, bytes.
    [[nodiscard]] column_view view() const noexcept {
        column_view out;
        out.length = length;
        out.validity = validity.empty() ? nullptr : validity.data();
        switch (type) {
        case metric_type::number:
            out.type = column_type::float64;
            out.values = numbers.data();
            break;
        case metric_type::money:
            out.type = column_type::int64;
            out.values = minor.data();
            out.minor_units = true;
            break;
        case metric_type::date:
            out.type = column_type::date32;
            out.values = days.data();
            break;
        case metric_type::category:
            out.type = column_type::int32;
            out.values = codes.data();
            break;
        case metric_type::flag:
            out.type = column_type::byte;
            out.values = flags.data();
            break;
        }
        return out;
    }
};

namespace detail {

/// Everything about a text column but the meaning of its texts.
class text_converter {
public:
    text_converter(const column_view& column, const text_options& options,
                   owned_column& out) noexcept
        : cells_(column), options_(options), out_(out) {}

    /// `read(text)` gives a text_value<T>. Values go to `values`; what is not known is `unknown`
    /// there.
    template <class T, class Read>
    status run(std::vector<T>& values, T unknown, bool with_validity, Read read) {
        const std::int64_t rows = cells_.size();
        values.assign(static_cast<std::size_t>(rows), unknown);
        // A dictionary larger than its column is cheaper to read row by row.
        const bool remember = cells_.is_dictionary() && cells_.word_count() <= rows;
        std::vector<text_value<T>> seen;
        std::vector<bool> met;
        if (remember) {
            seen.resize(static_cast<std::size_t>(cells_.word_count()));
            met.resize(seen.size());
        }
        for (std::int64_t row = 0; row < rows; ++row) {
            std::string_view text;
            const cell found = cells_.read(row, text);
            if (found == cell::broken)
                return fail(row, errc::bad_arrow, "its text lies outside the column's data");
            text_value<T> value{text_reading::null, unknown, {}};
            if (found == cell::known) {
                const std::size_t word = remember ? static_cast<std::size_t>(cells_.index(row)) : 0;
                if (remember && met[word]) {
                    value = seen[word];
                } else {
                    if (text.size() > options_.max_bytes) return too_long(row, text);
                    if (!is_null(text)) value = read(text);
                    if (value.what == text_reading::bad) return bad(row, text, value.right);
                    if (remember) {
                        seen[word] = value;
                        met[word] = true;
                    }
                }
            }
            if (value.what == text_reading::known)
                values[static_cast<std::size_t>(row)] = value.value;
            else
                not_known(row, with_validity, value.what == text_reading::invalid);
        }
        return {};
    }

private:
    [[nodiscard]] bool is_null(std::string_view text) const noexcept {
        const std::string_view trimmed = trim_blanks(text);
        if (trimmed.empty()) return true;
        for (const std::string_view null : options_.null_texts) {
            if (trimmed == null) return true;
        }
        return false;
    }

    void not_known(std::int64_t row, bool with_validity, bool is_invalid) {
        const auto bytes = static_cast<std::size_t>(bytes_for_bits(cells_.size()));
        if (with_validity) {
            if (out_.validity.empty()) out_.validity.assign(bytes, 0xFF);
            set_bit(out_.validity.data(), row, false);
        }
        if (is_invalid) {
            if (out_.invalid.empty()) out_.invalid.assign(bytes, 0);
            set_bit(out_.invalid.data(), row, true);
            ++out_.invalid_count;
        }
    }

    [[nodiscard]] error fail(std::int64_t row, errc code, std::string message) const {
        place where;
        where.table = options_.table;
        where.column_name = options_.column;
        where.row = options_.first_row + row;
        return make_error(code, std::move(message), std::move(where));
    }
    [[nodiscard]] error too_long(std::int64_t row, std::string_view text) const {
        return fail(row, errc::limit_exceeded,
                    "the text has " + std::to_string(text.size()) + " bytes; at most " +
                        std::to_string(options_.max_bytes) + " are read");
    }
    [[nodiscard]] error bad(std::int64_t row, std::string_view text, std::string_view right) const {
        if (const std::size_t at = find_invalid_utf8(text); at != std::string_view::npos) {
            return fail(row, errc::bad_value,
                        quoted(text) + " is not UTF-8 (byte " + std::to_string(at + 1) +
                            "); save the table as UTF-8");
        }
        return fail(row, errc::bad_value, quoted(text) + " " + std::string{right});
    }

    text_cells cells_;
    const text_options& options_;
    owned_column& out_;
};

}  // namespace detail

/// Reads a text column as values of a metric into `out`, whose memory is used again. Categories go
/// into `categories`, which must be given for them and is not used for others; their text is kept
/// as it is, blanks included, and must be UTF-8.
///
/// Errors, naming the row and column: bad_value (a text that is not of that kind, or not UTF-8),
/// limit_exceeded (a cell above max_bytes, or too many categories), bad_arrow (an index that points
/// nowhere); bad_column if the column is not text. On an error `out` holds nothing of use.
inline status convert_text(const column_view& column, metric_type wanted,
                           const text_options& options, owned_column& out,
                           dictionary* categories = nullptr) {
    out.type = wanted;
    out.length = column.length;
    out.validity.clear();
    out.invalid.clear();
    out.invalid_count = 0;
    place where;
    where.table = options.table;
    where.column_name = options.column;
    if (column.type < column_type::text32 ||
        (column.type == column_type::dictionary && column.dictionary == nullptr)) {
        return make_error(errc::bad_column, "this is not a text column", std::move(where));
    }
    if (column.length < 0)
        return make_error(errc::invalid_argument, "the length is negative", std::move(where));
    detail::text_converter converter{column, options, out};
    switch (wanted) {
    case metric_type::number:
        return converter.run(out.numbers, std::numeric_limits<double>::quiet_NaN(), false,
                             read_number_text);
    case metric_type::money: {
        const int digits = column.minor_units ? 0 : options.minor_digits;
        return converter.run(out.minor, std::int64_t{0}, true, [digits](std::string_view text) {
            return read_money_text(text, digits);
        });
    }
    case metric_type::date: {
        const time_zone utc;
        const time_zone& zone = options.zone == nullptr ? utc : *options.zone;
        return converter.run(out.days, std::int32_t{0}, true,
                             [&zone](std::string_view text) { return read_date_text(text, zone); });
    }
    case metric_type::flag: return converter.run(out.flags, std::uint8_t{0}, true, read_flag_text);
    case metric_type::category: {
        if (categories == nullptr) {
            return make_error(errc::invalid_argument,
                              "categories need a dictionary to be read into", std::move(where));
        }
        bool full = false;
        status done =
            converter.run(out.codes, dictionary::none, true,
                          [categories, &full](std::string_view text) -> text_value<std::int32_t> {
                              dictionary::id id = categories->find(text);
                              if (id == dictionary::none) {
                                  if (!is_utf8(text)) return {};
                                  id = categories->intern(text);
                                  full = id == dictionary::none;
                                  if (full)
                                      return {text_reading::bad, id, "is one category too many"};
                              }
                              return {text_reading::known, id, {}};
                          });
        if (!done && full)
            return make_error(errc::limit_exceeded, done.error().message, done.error().where);
        return done;
    }
    }
    return make_error(errc::invalid_argument, "this type of metric is not known", std::move(where));
}

}  // namespace aiueo
