// Arrow structures built from bytes. Buffers are real allocations of the size that lengths, offsets
// and counts claim (an importer cannot know more), and everything else about them may be a lie. At
// level full a table that is let in can be read to its last byte.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/table/accepts.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/text.hpp"

namespace {

using namespace aiueo;

class input {
public:
    input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}
    std::uint8_t byte() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    /// Mostly the honest value; now and then another.
    std::int64_t lie(std::int64_t honest) {
        switch (byte()) {
        case 200: return -1;
        case 201: return INT64_MAX;
        case 202: return INT64_MIN;
        case 203: return honest + 1;
        case 204: return honest - 1;
        case 205: return byte();
        case 206: return -2;
        default: return honest;
        }
    }
    void fill(std::uint8_t* to, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i) to[i] = byte();
    }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

/// Owns everything that the structures point at, each piece in an allocation of its own.
struct arena {
    std::deque<std::unique_ptr<std::uint8_t[]>> pieces;
    std::deque<std::string> texts;
    std::deque<std::vector<const void*>> buffer_lists;
    std::deque<ArrowSchema> schemas;
    std::deque<ArrowArray> arrays;
    std::vector<ArrowSchema*> child_schemas;
    std::vector<ArrowArray*> child_arrays;

    std::uint8_t* piece(std::int64_t bytes) {
        pieces.push_back(std::make_unique<std::uint8_t[]>(static_cast<std::size_t>(bytes)));
        return pieces.back().get();
    }
};

constexpr std::string_view formats[] = {
    "n",  "b",     "c",        "C",   "s",          "S",    "i",     "I",        "l",
    "L",  "e",     "f",        "g",   "z",          "Z",    "vz",    "u",        "U",
    "vu", "d:9,2", "d:9,2,32", "tdD", "tdm",        "tss:", "tsn:Z", "ttm",      "+l",
    "+s", "+r",    "+ud:0",    "w:5", "d:9,-3,256", "d:",   "ts",    "d:9,2,64", "??"};

/// Bytes of a value in a buffer, 0 for bits.
std::int64_t width_of(std::string_view format) {
    if (format == "c" || format == "C") return 1;
    if (format == "s" || format == "S" || format == "e") return 2;
    if (format == "i" || format == "I" || format == "f" || format == "tdD" || format == "d:9,2,32")
        return 4;
    if (format == "d:9,2") return 16;
    if (format == "d:9,-3,256") return 32;
    return format == "b" ? 0 : 8;
}

/// Offsets that mostly ascend, and as many characters as the largest of them wants.
template <class Offset>
void add_text(input& in, arena& to, std::int64_t rows, std::vector<const void*>& buffers) {
    auto* const offsets = to.piece((rows + 1) * static_cast<std::int64_t>(sizeof(Offset)));
    std::int64_t at = in.byte() % 4;
    std::int64_t most = 0;
    for (std::int64_t row = 0; row <= rows; ++row) {
        Offset value = static_cast<Offset>(at);
        const std::uint8_t step = in.byte();
        if (step == 255) value = static_cast<Offset>(-1);
        if (step == 254) value = static_cast<Offset>(at - 3);
        most = std::max(most, static_cast<std::int64_t>(value));
        std::memcpy(offsets + row * static_cast<std::int64_t>(sizeof(Offset)), &value,
                    sizeof value);
        at += step % 20;
    }
    auto* const characters = to.piece(most);
    in.fill(characters, static_cast<std::size_t>(most));
    buffers.push_back(offsets);
    buffers.push_back(characters);
}

void add_views(input& in, arena& to, std::int64_t rows, std::vector<const void*>& buffers) {
    auto* const views = to.piece(rows * 16);
    in.fill(views, static_cast<std::size_t>(rows * 16));
    const int count = in.byte() % 3;
    auto* const sizes = to.piece(8 * std::int64_t{count});
    for (std::int64_t row = 0; row < rows; ++row) {
        // Random lengths are nearly always refused: make most of them small.
        std::int32_t parts[4];
        std::memcpy(parts, views + row * 16, 16);
        if (parts[1] % 8 != 0) parts[0] &= 31;
        if (parts[1] % 4 != 0) parts[2] &= 1, parts[3] &= 15;
        std::memcpy(views + row * 16, parts, 16);
    }
    buffers.push_back(views);
    for (int i = 0; i < count; ++i) {
        const std::int64_t bytes = in.byte() % 64;
        auto* const part = to.piece(bytes);
        in.fill(part, static_cast<std::size_t>(bytes));
        buffers.push_back(part);
        const std::int64_t said = in.byte() == 255 ? -1 : bytes;
        std::memcpy(sizes + 8 * i, &said, 8);
    }
    buffers.push_back(sizes);
}

void no_release(ArrowSchema*) {}

/// One array of `format` with `rows` rows behind `offset`; all but memory sizes may lie.
void build(input& in, arena& to, std::string_view format, std::int64_t rows, bool nested,
           ArrowSchema& schema, ArrowArray& array) {
    to.texts.emplace_back(format);
    schema.format = in.byte() == 255 ? nullptr : to.texts.back().c_str();
    to.texts.emplace_back(1, static_cast<char>(in.byte()));
    schema.name = in.byte() == 255 ? nullptr : to.texts.back().c_str();
    schema.release = in.byte() == 255 ? nullptr : no_release;
    const std::int64_t offset = in.byte() % 16;
    const std::int64_t all = rows + offset;
    to.buffer_lists.emplace_back();
    std::vector<const void*>& buffers = to.buffer_lists.back();
    if (format != "n") {
        if (in.byte() % 2 == 0) {
            auto* const validity = to.piece(bytes_for_bits(all));
            in.fill(validity, static_cast<std::size_t>(bytes_for_bits(all)));
            buffers.push_back(validity);
        } else {
            buffers.push_back(nullptr);
        }
        if (format == "u" || format == "z")
            add_text<std::int32_t>(in, to, all, buffers);
        else if (format == "U" || format == "Z")
            add_text<std::int64_t>(in, to, all, buffers);
        else if (format == "vu" || format == "vz")
            add_views(in, to, all, buffers);
        else {
            const std::int64_t bytes = format == "b" ? bytes_for_bits(all) : all * width_of(format);
            // Now and then not aligned.
            const std::int64_t shift = in.byte() == 250 ? 1 : 0;
            auto* const values = to.piece(bytes + shift) + shift;
            in.fill(values, static_cast<std::size_t>(bytes));
            if (in.byte() % 4 != 0 && bytes > 0 && width_of(format) <= 8) {
                for (std::int64_t i = 0; i < bytes; ++i)
                    values[i] =
                        i % std::max<std::int64_t>(1, width_of(format)) == 0 ? values[i] % 4 : 0;
            }
            buffers.push_back(values);
        }
        if (in.byte() == 255) buffers[in.byte() % buffers.size()] = nullptr;
    }
    // Lies about lengths may only make less memory needed, or be impossible: nobody could tell
    // otherwise.
    array.length = std::min(in.lie(rows), rows);
    array.offset = std::min(in.lie(offset), offset);
    if (in.byte() == 250) array.length = INT64_MAX - in.byte();
    if (in.byte() == 250) array.offset = INT64_MAX - in.byte();
    array.null_count = in.byte() % 2 == 0 ? -1 : in.lie(0);
    const auto honest = static_cast<std::int64_t>(buffers.size());
    array.n_buffers = std::min(in.lie(honest), honest);
    // The last buffer of views holds the sizes of those before it. With one buffer fewer another
    // would be taken for it, which has no such size: again nobody could tell.
    if (format.starts_with("v") && array.n_buffers > 3) array.n_buffers = honest;
    array.buffers = in.byte() == 255 ? nullptr : buffers.data();
    schema.n_children = in.byte() == 250 ? in.lie(0) : 0;
    array.n_children = in.byte() == 250 ? in.lie(0) : 0;
    array.release = in.byte() == 255 ? nullptr : [](ArrowArray*) {};
    if (!nested && in.byte() % 3 == 0) {
        ArrowSchema& words = to.schemas.emplace_back();
        ArrowArray& words_array = to.arrays.emplace_back();
        constexpr std::string_view of[] = {"u", "U", "vu", "z", "l", "+s"};
        build(in, to, of[in.byte() % 6], in.byte() % 8, true, words, words_array);
        if (in.byte() != 255) schema.dictionary = &words;
        if (in.byte() != 255) array.dictionary = &words_array;
    }
}

/// Reads all there is, as a user would.
void read_all(const imported_table& table) {
    std::uint64_t sum = 0;
    for (const named_column& one : table.columns()) {
        const column_view& column = one.values;
        if (column.length != table.rows()) std::abort();
        const std::int32_t width = byte_width(column.type);
        for (std::int64_t row = 0; row < column.length; ++row) {
            sum += column.known(row) ? 1 : 0;
            if (column.type == column_type::bit) {
                sum += bit_at(static_cast<const std::uint8_t*>(column.values), column.offset + row)
                           ? 1
                           : 0;
            }
            const auto* const value =
                static_cast<const std::uint8_t*>(column.values) + (column.offset + row) * width;
            for (std::int32_t i = 0; i < width; ++i) sum += value[i];
            if (is_text(column.type)) {
                std::string_view text;
                if (text_cells{column}.read(row, text) == cell::broken) std::abort();
                for (const char c : text) sum += static_cast<std::uint8_t>(c);
            }
        }
        if (is_text(column.type)) {
            owned_column out;
            dictionary words;
            (void)convert_text(column, metric_type::category, {}, out, &words);
            (void)convert_text(column, metric_type::number, {}, out, &words);
        }
        (void)customer_keys::make(column, "snapshots");
        (void)table.find(one.name);
    }
    const volatile std::uint64_t kept = sum;  // so that no reading is left out
    (void)kept;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    input in{data, size};
    arena memory;
    ArrowSchema schema{};
    ArrowArray array{};
    int released = 0;
    schema.format = in.byte() == 255 ? "l" : "+s";
    schema.release = no_release;
    const std::int64_t rows = in.byte() % 20;
    const std::int64_t offset = in.byte() % 12;
    const std::int64_t columns = in.byte() % 5;
    for (std::int64_t i = 0; i < columns; ++i) {
        ArrowSchema& child = memory.schemas.emplace_back();
        ArrowArray& values = memory.arrays.emplace_back();
        build(in, memory, formats[in.byte() % std::size(formats)], rows + offset, false, child,
              values);
        memory.child_schemas.push_back(in.byte() == 255 ? nullptr : &child);
        memory.child_arrays.push_back(in.byte() == 255 ? nullptr : &values);
    }
    schema.n_children = std::min(in.lie(columns), columns);
    schema.children = memory.child_schemas.data();
    array.n_children = std::min(in.lie(columns), columns);
    array.children = memory.child_arrays.data();
    array.length = std::min(in.lie(rows), rows);
    array.offset = std::min(in.lie(offset), offset);
    array.null_count = in.byte() % 2 == 0 ? 0 : in.lie(-1);
    array.n_buffers = in.lie(1) == 1 ? 1 : 0;
    std::vector<const void*> own{nullptr};
    if (in.byte() % 2 == 0) {
        auto* const validity = memory.piece(bytes_for_bits(rows + offset));
        in.fill(validity, static_cast<std::size_t>(bytes_for_bits(rows + offset)));
        own[0] = validity;
    }
    array.buffers = own.data();
    array.private_data = &released;
    array.release = [](ArrowArray* self) {
        ++*static_cast<int*>(self->private_data);
        self->release = nullptr;
    };
    bool taken = false;
    {
        auto got = import_arrow(&schema, &array, arrow_validation::full, "snapshots");
        taken = got.ok();
        if (taken) {
            const imported_table moved = *std::move(got);
            read_all(moved);
        } else if (got.error().message.empty() || array.release == nullptr) {
            std::abort();
        }
    }
    if (released != (taken ? 1 : 0)) std::abort();
    if (!taken) (void)import_arrow(&schema, &array, arrow_validation::basic, "snapshots");
    return 0;
}
