// table › arrow_export: owned columns as Arrow arrays and streams for other libraries. base ─►
// table
//
// Vectors move in, and their memory is what the consumer reads: nothing is copied. Every exported
// structure owns what it points at and gives it up in its release callback; children can be moved
// out on their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/table/arrow_abi.hpp"

namespace aiueo {

/// What an exported column is in Arrow.
enum class export_type : std::uint8_t {
    float64,       ///< "g"
    int32,         ///< "i"
    uint32,        ///< "I"
    int64,         ///< "l"
    flag,          ///< "b", bits
    date,          ///< "tdD"
    text,          ///< "u"
    dictionary16,  ///< "S" into a dictionary of text
    dictionary32,  ///< "i" into a dictionary of text
};

struct export_field {
    std::string name;
    export_type type = export_type::float64;
    friend bool operator==(const export_field&, const export_field&) = default;
};

/// Texts one after the other, as Arrow lays them out.
class text_builder {
public:
    void reserve(std::size_t rows, std::size_t bytes) {
        offsets_.reserve(rows + 1);
        bytes_.reserve(bytes);
    }
    void add(std::string_view text) {
        bytes_.append(text);
        offsets_.push_back(static_cast<std::int32_t>(bytes_.size()));
        if (bytes_.size() > max_bytes) overflowed_ = true;
        ++rows_;
    }
    void add_null() {
        if (validity_.empty())
            validity_.assign(static_cast<std::size_t>(bytes_for_bits(rows_ + 1)), 0xFF);
        add({});
        mark(false);
        ++nulls_;
    }
    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    /// Offsets are int32: no more characters than that.
    static constexpr std::size_t max_bytes = 0x7FFFFFFF;

private:
    friend class owned_table;
    void mark(bool known) {
        validity_.resize(static_cast<std::size_t>(bytes_for_bits(rows_)), 0xFF);
        set_bit(validity_.data(), rows_ - 1, known);
    }
    std::vector<std::int32_t> offsets_{0};
    std::string bytes_;
    std::vector<std::uint8_t> validity_;  // may be shorter than the rows: those after it are known
    std::int64_t rows_ = 0;
    std::int64_t nulls_ = 0;
    bool overflowed_ = false;
};

/// Columns of one length, built one by one, then exported. A column of another length, a text
/// column above 2^31 − 1 bytes or a code outside its dictionary is an error, and is not added.
class owned_table {
public:
    explicit owned_table(std::int64_t rows) : rows_(rows) {}

    /// A bit for each row, 1 = known; empty = all known.
    using bitmap = std::vector<std::uint8_t>;

    status add_numbers(std::string_view name, std::vector<double> values);  ///< NaN becomes null
    status add_int32(std::string_view name, std::vector<std::int32_t> values, bitmap validity = {});
    status add_uint32(std::string_view name, std::vector<std::uint32_t> values,
                      bitmap validity = {});
    status add_int64(std::string_view name, std::vector<std::int64_t> values, bitmap validity = {});
    status add_dates(std::string_view name, std::vector<std::int32_t> days, bitmap validity = {});
    status add_flags(std::string_view name, bitmap bits, bitmap validity = {});  ///< bit per row
    status add_text(std::string_view name, text_builder texts);
    /// Codes into `words`. 0xFFFF, and for int32 any negative code, is null.
    status add_codes(std::string_view name, std::vector<std::uint16_t> codes, text_builder words);
    status add_codes(std::string_view name, std::vector<std::int32_t> codes, text_builder words);

    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::vector<export_field> fields() const;

    /// One column's buffers; public for the code that exports them.
    struct column {
        export_field field;
        std::int64_t length = 0;
        std::int64_t null_count = 0;
        bitmap validity;                  // empty = all known
        std::vector<double> float64;      // one of these holds the values
        std::vector<std::int32_t> int32;  // offsets of text too
        std::vector<std::uint32_t> uint32;
        std::vector<std::int64_t> int64;
        std::vector<std::uint16_t> uint16;
        bitmap bits;
        std::string characters;
        std::vector<column> dictionary;  // none or one
    };
    [[nodiscard]] std::vector<column>& columns() noexcept { return columns_; }
    [[nodiscard]] const std::vector<column>& columns() const noexcept { return columns_; }

private:
    status add(column&& fresh, std::size_t values, bitmap&& validity);
    [[nodiscard]] static result<column> text_column(std::string_view name, text_builder&& texts);
    template <class Code>
    status add_codes_of(std::string_view name, std::vector<Code>&& codes, text_builder&& words);

    std::int64_t rows_;
    std::vector<column> columns_;
};

/// The table as a struct array. On success both structures belong to the consumer, who releases
/// them; on an error (invalid_argument: a null pointer) neither is touched.
status export_arrow(owned_table&& table, ArrowSchema* schema, ArrowArray* array);

/// A schema alone, for a stream or an empty result.
status export_schema(const std::vector<export_field>& fields, ArrowSchema* schema);

/// Gives the next table, nothing at the end, or an error, which the consumer sees as the stream's.
using table_source = std::function<result<std::optional<owned_table>>()>;

/// A stream of tables that all have these fields. `source` is asked on the consumer's thread, a
/// table at a time, not again after its end or an error, and is destroyed when the stream is
/// released. What `source` calls may release the stream: then that is when it returns. The next
/// table cannot be asked for meanwhile (EINVAL).
status export_stream(std::vector<export_field> fields, table_source source,
                     ArrowArrayStream* stream);

}  // namespace aiueo
