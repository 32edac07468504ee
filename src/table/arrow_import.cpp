// table › arrow_import: see include/aiueo/table/arrow_import.hpp.
#include "aiueo/table/arrow_import.hpp"

#include <cstring>
#include <limits>
#include <utility>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/table/accepts.hpp"
#include "aiueo/table/text_cells.hpp"

#include "arrow_format.hpp"

namespace aiueo {
namespace {

/// The value of "ARROW:extension:name", empty if there is none. Metadata carries no total size:
/// what it says of itself has to be believed.
std::string_view extension_name(const char* metadata) noexcept {
    if (metadata == nullptr) return {};
    const auto take_count = [&metadata] {
        std::int32_t count = 0;
        std::memcpy(&count, metadata, sizeof count);
        metadata += sizeof count;
        return count;
    };
    const auto take_text = [&metadata, &take_count] {
        const std::int32_t size = take_count();
        const std::string_view text{metadata, size > 0 ? static_cast<std::size_t>(size) : 0};
        metadata += text.size();
        return text;
    };
    for (std::int32_t pairs = take_count(); pairs > 0; --pairs) {
        const std::string_view key = take_text();
        const std::string_view value = take_text();
        if (key == "ARROW:extension:name") return value;
    }
    return {};
}

std::string name_of_child(const ArrowSchema& child) {
    return child.name == nullptr ? std::string{} : child.name;
}

/// Widths that a kernel reads by type, and so must be aligned; decimals and views are read
/// bytewise.
std::int64_t needed_alignment(column_type type) noexcept {
    if (is_decimal(type)) return 1;
    const std::int32_t width = byte_width(type);
    return width == 0 ? 1 : width;
}

bool adds_up(std::int64_t a, std::int64_t b, std::int64_t& sum) noexcept {
    if (a < 0 || b < 0 || a > std::numeric_limits<std::int64_t>::max() - b) return false;
    sum = a + b;
    return true;
}

/// So many rows fit into an array whose bytes can be counted in int64, whatever its type.
constexpr std::int64_t max_rows = std::int64_t{1} << 57;

}  // namespace

/// Works on one import; the pieces become the imported_table.
class arrow_importer {
public:
    arrow_importer(arrow_validation level, std::string_view table) : level_(level) {
        out_.table_ = table;
    }

    status run(const ArrowSchema* schema, ArrowArray* array) {
        if (schema == nullptr || schema->release == nullptr)
            return fail(errc::invalid_argument, "the schema is missing or released");
        if (array == nullptr || array->release == nullptr)
            return fail(errc::invalid_argument, "the array is missing or released");
        if (schema->format == nullptr) return fail(errc::bad_arrow, "the schema has no format");
        if (std::string_view{schema->format} != "+s" || schema->dictionary != nullptr) {
            const arrow_format format = read_arrow_format(schema->format);
            return fail(
                errc::unsupported,
                "a table is a struct array with a column for each child; this is " +
                    (format.why_not.empty() ? std::string{name_of(format.type)} : format.why_not));
        }
        if (status shape = check_shape(*schema, *array, 1, 1); !shape) return shape;
        if (schema->n_children != array->n_children) {
            return fail(errc::bad_arrow, "the schema has " + std::to_string(schema->n_children) +
                                             " columns, the array " +
                                             std::to_string(array->n_children));
        }
        out_.rows_ = array->length;
        if (status found = find_null_rows(*array); !found) return found;
        for (std::int64_t i = 0; i < schema->n_children; ++i) {
            const ArrowSchema* const child_schema = schema->children[i];
            const ArrowArray* const child = array->children[i];
            if (child_schema == nullptr || child_schema->format == nullptr || child == nullptr ||
                child_schema->release == nullptr || child->release == nullptr) {
                return fail(errc::bad_arrow,
                            "child " + std::to_string(i) + " is missing or released");
            }
            column_ = name_of_child(*child_schema);
            if (!is_utf8(column_)) {
                return fail(errc::bad_arrow,
                            "the name of column " + std::to_string(i) + " is not UTF-8");
            }
            if (status added = add_column(*child_schema, *child, array->offset, array->length);
                !added)
                return added;
        }
        return {};
    }

    imported_table finish(ArrowArray* array) noexcept {
        out_.array_ = arrow_owner<ArrowArray>{*array};
        return std::move(out_);
    }

private:
    [[nodiscard]] error fail(errc code, std::string message) const {
        place where;
        where.table = out_.table_;
        where.column_name = column_;
        return make_error(code, std::move(message), std::move(where));
    }
    [[nodiscard]] error fail_at(std::int64_t row, std::string message) const {
        error out = fail(errc::bad_arrow, std::move(message));
        out.where.row = row;
        return out;
    }

    /// Counts and pointers that must be right before anything else is looked at.
    status check_shape(const ArrowSchema& schema, const ArrowArray& array, std::int64_t min_buffers,
                       std::int64_t max_buffers) const {
        if (array.n_buffers < min_buffers || array.n_buffers > max_buffers) {
            return fail(errc::bad_arrow, "the array has " + std::to_string(array.n_buffers) +
                                             " buffers; its type has " +
                                             std::to_string(min_buffers));
        }
        if (array.n_buffers > 0 && array.buffers == nullptr)
            return fail(errc::bad_arrow, "the list of buffers is missing");
        if (schema.n_children < 0 || array.n_children < 0)
            return fail(errc::bad_arrow, "a count of children is negative");
        if ((schema.n_children > 0 && schema.children == nullptr) ||
            (array.n_children > 0 && array.children == nullptr)) {
            return fail(errc::bad_arrow, "the list of children is missing");
        }
        if (level_ == arrow_validation::none) return {};
        std::int64_t end = 0;
        if (!adds_up(array.length, array.offset, end) || end > max_rows) {
            return fail(errc::bad_arrow, "length " + std::to_string(array.length) + " and offset " +
                                             std::to_string(array.offset) +
                                             " are not those of an array");
        }
        if (array.null_count < -1 || array.null_count > array.length) {
            return fail(errc::bad_arrow, "null_count " + std::to_string(array.null_count) +
                                             " is not within 0 and the length");
        }
        if (array.null_count > 0 && min_buffers > 0 && array.buffers[0] == nullptr) {
            return fail(errc::bad_arrow, "null_count is " + std::to_string(array.null_count) +
                                             " but there is no validity");
        }
        return {};
    }

    /// Whether rows of the struct itself are null.
    status find_null_rows(const ArrowArray& array) {
        const auto* const validity = static_cast<const std::uint8_t*>(array.buffers[0]);
        if (validity == nullptr || array.length == 0) return {};
        if (array.null_count == 0 && level_ != arrow_validation::full) return {};
        const std::int64_t nulls = array.length - count_bits(validity, array.offset, array.length);
        if (level_ == arrow_validation::full && array.null_count >= 0 &&
            nulls != array.null_count) {
            return fail(errc::bad_arrow, "null_count is " + std::to_string(array.null_count) +
                                             " but " + std::to_string(nulls) + " rows are null");
        }
        if (nulls > 0) {
            row_validity_ = validity;
            row_offset_ = array.offset;
        }
        return {};
    }

    status add_column(const ArrowSchema& schema, const ArrowArray& array, std::int64_t first,
                      std::int64_t rows) {
        arrow_format format = read_arrow_format(schema.format);
        const std::string_view extension = extension_name(schema.metadata);
        if (format.why_not.empty() && !extension.empty()) {
            if (extension == "arrow.bool8" && format.type == column_type::int8)
                format.type = column_type::byte;
            else
                format.why_not = "of the extension type " + quoted(extension);
        }
        std::string_view advice = "; cast it to numbers, dates, booleans or text";
        arrow_format words;
        if (schema.dictionary != nullptr && format.why_not.empty()) {
            if (!is_integer(format.type))
                return fail(errc::bad_arrow, "a dictionary's indices must be integers");
            if (array.dictionary == nullptr || schema.dictionary->format == nullptr) {
                return fail(errc::bad_arrow, "the dictionary is missing");
            }
            words = read_arrow_format(schema.dictionary->format);
            const bool text = words.why_not.empty() && is_text(words.type) &&
                              schema.dictionary->dictionary == nullptr;
            if (!text) {
                format.why_not = words.why_not.empty()
                                     ? "a dictionary of values that are not text"
                                     : "a dictionary whose values are " + words.why_not;
            }
            advice = "; decode it";
        }
        if (!format.why_not.empty()) {
            out_.unsupported_.push_back({column_, "is " + format.why_not + std::string{advice}});
            return {};
        }

        column_view view;
        if (schema.dictionary != nullptr) {
            column_view dictionary;
            const ArrowArray& words_array = *array.dictionary;
            if (status read = read_view(words, *schema.dictionary, words_array, 0,
                                        words_array.length, dictionary);
                !read) {
                return read;
            }
            if (level_ == arrow_validation::full) {
                if (status checked = check_text(dictionary, words.binary, true); !checked)
                    return checked;
            }
            out_.dictionaries_.push_back(std::make_unique<column_view>(dictionary));
            view.dictionary = out_.dictionaries_.back().get();
        }
        if (status read = read_view(format, schema, array, first, rows, view); !read) return read;
        if (schema.dictionary != nullptr) {
            view.index_type = view.type;
            view.type = column_type::dictionary;
        }
        if (level_ == arrow_validation::full) {
            if (status checked = check_rows(view, format.binary, array.null_count); !checked)
                return checked;
        }
        if (row_validity_ != nullptr) merge_validity(view);
        out_.columns_.push_back({column_, view});
        return {};
    }

    /// A view of the rows [first, first + rows) of an array. Pointers are advanced to whole bytes
    /// of validity, so that the view's own offset is below 8.
    status read_view(const arrow_format& format, const ArrowSchema& schema, const ArrowArray& array,
                     std::int64_t first, std::int64_t rows, column_view& out) {
        const bool plain_text =
            format.type == column_type::text32 || format.type == column_type::text64;
        const bool views = format.type == column_type::text_view;
        const std::int64_t buffers = format.type == column_type::none ? 0
                                     : plain_text || views            ? 3
                                                                      : 2;
        // Arrow before version 1 gave the null type a buffer; views have any number of data
        // buffers.
        const std::int64_t most = views ? std::int64_t{std::numeric_limits<std::int32_t>::max()}
                                  : buffers == 0 ? 1
                                                 : buffers;
        if (status shape = check_shape(schema, array, buffers, most); !shape) return shape;
        std::int64_t end = 0;
        std::int64_t start = 0;
        if (level_ != arrow_validation::none && (!adds_up(first, rows, end) || end > array.length ||
                                                 !adds_up(first, array.offset, start))) {
            return fail(errc::bad_arrow, "the column has " + std::to_string(array.length) +
                                             " rows, the table " + std::to_string(rows) + " from " +
                                             std::to_string(first) + " on");
        }
        start = first + array.offset;
        out.type = format.type;
        out.length = rows;
        out.scale = format.scale;
        out.unit = format.unit;
        out.zoned = format.zoned;
        out.text_is_raw = format.binary;
        // Without rows there may be no memory either, and nothing will be read.
        if (format.type == column_type::none || rows == 0) return {};
        out.offset = start & 7;
        const std::int64_t skipped = start - out.offset;
        const bool believed = array.null_count == 0 && level_ != arrow_validation::full;
        if (array.buffers[0] != nullptr && !believed) {
            out.validity = static_cast<const std::uint8_t*>(array.buffers[0]) + skipped / 8;
        }
        if (plain_text) return read_text(array, skipped, out);
        const void* const values = array.buffers[1];
        if (values == nullptr) {
            if (level_ != arrow_validation::none)
                return fail(errc::bad_arrow, "the values are missing");
        } else if (format.type == column_type::bit) {
            out.values = static_cast<const std::uint8_t*>(values) + skipped / 8;
        } else {
            const std::int64_t width = views ? 16 : byte_width(format.type);
            out.values = static_cast<const std::uint8_t*>(values) + skipped * width;
            out.values =
                aligned(out.values, (out.offset + rows) * width, needed_alignment(format.type));
        }
        return views ? read_view_buffers(array, out) : status{};
    }

    status read_text(const ArrowArray& array, std::int64_t skipped, column_view& out) {
        const std::int64_t width = out.type == column_type::text32 ? 4 : 8;
        out.bytes = static_cast<const char*>(array.buffers[2]);
        if (array.buffers[1] == nullptr) {
            return level_ == arrow_validation::none
                       ? status{}
                       : fail(errc::bad_arrow, "the offsets are missing");
        }
        out.offsets = static_cast<const std::uint8_t*>(array.buffers[1]) + skipped * width;
        out.offsets = aligned(out.offsets, (out.offset + out.length + 1) * width, width);
        if (level_ != arrow_validation::none && out.bytes == nullptr) {
            const auto at = [&out, width](std::int64_t row) -> std::int64_t {
                return width == 4 ? static_cast<const std::int32_t*>(out.offsets)[out.offset + row]
                                  : static_cast<const std::int64_t*>(out.offsets)[out.offset + row];
            };
            // Offsets between the ends ascend (or full says so), so equal ends mean that all texts
            // are empty.
            if (at(0) != at(out.length)) return fail(errc::bad_arrow, "the characters are missing");
        }
        return {};
    }

    status read_view_buffers(const ArrowArray& array, column_view& out) {
        out.buffer_count = static_cast<std::int32_t>(array.n_buffers - 3);
        out.buffers = array.buffers + 2;
        const void* const sizes = array.buffers[array.n_buffers - 1];
        if (out.buffer_count == 0) return {};
        if (sizes == nullptr)
            return fail(errc::bad_arrow, "the sizes of the text buffers are missing");
        out.buffer_sizes =
            static_cast<const std::int64_t*>(aligned(sizes, std::int64_t{out.buffer_count} * 8, 8));
        if (level_ == arrow_validation::none) return {};
        for (std::int32_t i = 0; i < out.buffer_count; ++i) {
            if (out.buffer_sizes[i] < 0)
                return fail(errc::bad_arrow, "the size of a text buffer is negative");
            if (out.buffer_sizes[i] > 0 && out.buffers[i] == nullptr)
                return fail(errc::bad_arrow, "a text buffer is missing");
        }
        return {};
    }

    /// `from` itself, or an aligned copy of its bytes.
    const void* aligned(const void* from, std::int64_t bytes, std::int64_t alignment) {
        if (reinterpret_cast<std::uintptr_t>(from) % static_cast<std::uintptr_t>(alignment) == 0 ||
            bytes == 0)
            return from;
        auto copy = std::make_unique<std::uint64_t[]>(static_cast<std::size_t>(bytes / 8 + 1));
        std::memcpy(copy.get(), from, static_cast<std::size_t>(bytes));
        out_.copies_.push_back(std::move(copy));
        return out_.copies_.back().get();
    }

    /// A row is known if the struct's row is, and the column's.
    void merge_validity(column_view& view) {
        const std::int64_t bits = view.offset + view.length;
        auto copy = std::make_unique<std::uint64_t[]>(static_cast<std::size_t>(bits / 64 + 1));
        auto* const merged = reinterpret_cast<std::uint8_t*>(copy.get());
        for (std::int64_t row = 0; row < view.length; ++row) {
            set_bit(merged, row + view.offset,
                    bit_at(row_validity_, row + row_offset_) && view.known(row));
        }
        out_.copies_.push_back(std::move(copy));
        view.validity = merged;
    }

    status check_rows(const column_view& view, bool binary, std::int64_t null_count) {
        const std::int64_t nulls =
            view.validity == nullptr
                ? 0
                : view.length - count_bits(view.validity, view.offset, view.length);
        // The count is of the whole column, the view may be a part of it.
        if (view.type != column_type::none && null_count >= 0 && nulls > null_count) {
            return fail(errc::bad_arrow, "null_count is " + std::to_string(null_count) + " but " +
                                             std::to_string(nulls) + " rows are null");
        }
        if (view.type == column_type::dictionary) {
            const text_cells cells{view};
            for (std::int64_t row = 0; row < view.length; ++row) {
                if (view.known(row) && cells.index(row) < 0) {
                    return fail_at(row, "the index lies outside the dictionary of " +
                                            std::to_string(view.dictionary->length) + " entries");
                }
            }
            return {};
        }
        return is_text(view.type) ? check_text(view, binary, false) : status{};
    }

    /// Every text lies inside its buffer as far as can be known, and is UTF-8 if it claims to be.
    status check_text(const column_view& view, bool binary, bool in_dictionary) {
        const std::string of = in_dictionary ? "an entry of the dictionary" : "the text";
        const text_cells cells{view};
        column_view all = view;  // offsets of null rows must ascend too
        all.validity = nullptr;
        const text_cells with_nulls{all};
        std::string_view text;
        for (std::int64_t row = 0; row < view.length; ++row) {
            const std::int64_t shown = in_dictionary ? -1 : row;
            const bool offsets = view.type != column_type::text_view;
            if ((offsets ? with_nulls : cells).read(row, text) == cell::broken) {
                return fail_at(shown, of + " lies outside its data");
            }
            if (!text.empty() && text.data() == nullptr)
                return fail_at(shown, "the characters are missing");
            if (!binary && view.known(row) && !is_utf8(text))
                return fail_at(shown, of + " " + quoted(text) + " is not UTF-8");
        }
        return {};
    }

    arrow_validation level_;
    std::string column_;  // the one at hand, for messages
    const std::uint8_t* row_validity_ = nullptr;
    std::int64_t row_offset_ = 0;
    imported_table out_;
};

result<column_view> imported_table::find(std::string_view name) const {
    const named_column* found = nullptr;
    place where;
    where.table = table_;
    where.column_name = name;
    for (const named_column& one : columns_) {
        if (one.name != name) continue;
        if (found != nullptr)
            return make_error(errc::bad_column, "there are two columns of this name",
                              std::move(where));
        found = &one;
    }
    for (const unsupported_column& one : unsupported_) {
        if (one.name != name) continue;
        if (found != nullptr)
            return make_error(errc::bad_column, "there are two columns of this name",
                              std::move(where));
        return make_error(errc::bad_column, "the column " + one.reason, std::move(where));
    }
    if (found == nullptr)
        return make_error(errc::bad_column, "there is no such column", std::move(where));
    return found->values;
}

result<imported_table> import_arrow(const ArrowSchema* schema, ArrowArray* array,
                                    arrow_validation level, std::string_view table) {
    arrow_importer importer{level, table};
    if (status done = importer.run(schema, array); !done) return std::move(done).error();
    return importer.finish(array);
}

}  // namespace aiueo
