// table › arrow_import: Arrow arrays and streams as columns, read where they lie. base ─► table
//
// A table is a struct array, a column for each child. Numbers, booleans, decimals, dates,
// timestamps, text (binary counts as text: CSV readers hand bytes) and dictionaries of text with
// any index type become views. Other types fail only when they are used: they are kept apart with
// the reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/table/arrow_abi.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo {

/// How much of an array is checked before it is believed. The interface does not carry the sizes of
/// buffers, so no level can tell that a buffer is shorter than its lengths and offsets say.
enum class arrow_validation : std::uint8_t {
    none,   ///< the shape only: counts of children and buffers
    basic,  ///< lengths, offsets, null counts and missing buffers; by column, not by row
    full,   ///< every row too: offsets ascend, indices and views point inside, null counts hold,
            ///< text is UTF-8
};

/// A column that cannot be read, and why, as the end of a sentence: "is a list; …".
struct unsupported_column {
    std::string name;
    std::string reason;
};

/// The columns of a table, and the Arrow array that owns their memory. Movable; views stay valid.
class imported_table {
public:
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    /// Rows of the same stream that came before.
    [[nodiscard]] std::int64_t first_row() const noexcept { return first_row_; }
    [[nodiscard]] const std::vector<named_column>& columns() const noexcept { return columns_; }
    [[nodiscard]] const std::vector<unsupported_column>& unsupported() const noexcept {
        return unsupported_;
    }

    /// The column of that name. bad_column if it is not there, there twice, or of a type that
    /// cannot be read.
    [[nodiscard]] result<column_view> find(std::string_view name) const;

private:
    friend class arrow_importer;
    friend class stream_reader;
    imported_table() = default;

    arrow_owner<ArrowArray> array_;
    std::string table_;
    std::int64_t rows_ = 0;
    std::int64_t first_row_ = 0;
    std::vector<named_column> columns_;
    std::vector<unsupported_column> unsupported_;
    // Views point at these. Not a deque: moving one allocates, and a move must not fail.
    std::vector<std::unique_ptr<column_view>> dictionaries_;
    std::vector<std::unique_ptr<std::uint64_t[]>> copies_;  // what could not be read in place
};

/// Imports a struct array. On success the array is taken over and `array` left released; on an
/// error it stays with the caller, untouched. The schema is only read. `table` is for messages.
///
/// Columns are read in place, with two exceptions that are copied: validity where the struct itself
/// has null rows, and buffers that are not aligned for their type.
///
/// Errors: bad_arrow (a structure that contradicts itself), unsupported (not a struct array).
[[nodiscard]] result<imported_table> import_arrow(const ArrowSchema* schema, ArrowArray* array,
                                                  arrow_validation level = arrow_validation::basic,
                                                  std::string_view table = {});

/// Reads the tables of a stream one after the other. Owns the stream.
class stream_reader {
public:
    /// Takes the stream over, whatever comes of it, and asks for its schema.
    [[nodiscard]] static result<stream_reader> open(
        ArrowArrayStream* stream, arrow_validation level = arrow_validation::basic,
        std::string_view table = {});

    /// The names of the columns, in order.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

    /// The next table, or nothing at the end. What the producer says of a failure is in the error.
    /// After an error or the end the stream is not asked again: the same comes back.
    [[nodiscard]] result<std::optional<imported_table>> next();

    /// Rows read so far.
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }

private:
    stream_reader() = default;
    [[nodiscard]] error producer_error(int code, std::string_view what);

    arrow_owner<ArrowArrayStream> stream_;
    arrow_owner<ArrowSchema> schema_;
    arrow_validation level_ = arrow_validation::basic;
    std::string table_;
    std::vector<std::string> names_;
    std::int64_t rows_ = 0;
    bool ended_ = false;
    std::optional<error> failed_;
};

}  // namespace aiueo
