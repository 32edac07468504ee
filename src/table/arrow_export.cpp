// table › arrow_export: see include/aiueo/table/arrow_export.hpp.
#include "aiueo/table/arrow_export.hpp"

#include <array>
#include <cerrno>
#include <cmath>
#include <exception>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace aiueo {
namespace {

const char* format_of(export_type type) noexcept {
    switch (type) {
    case export_type::float64: return "g";
    case export_type::int32: return "i";
    case export_type::uint32: return "I";
    case export_type::int64: return "l";
    case export_type::flag: return "b";
    case export_type::date: return "tdD";
    case export_type::text: return "u";
    case export_type::dictionary16: return "S";
    case export_type::dictionary32: return "i";
    }
    return "n";
}

bool has_dictionary(export_type type) noexcept {
    return type == export_type::dictionary16 || type == export_type::dictionary32;
}

// Some consumers do not take a null pointer for an empty buffer.
alignas(64) constexpr std::array<std::uint8_t, 64> nothing{};

template <class Buffer>
const void* pointer_of(const Buffer& buffer) noexcept {
    return buffer.empty() ? static_cast<const void*>(nothing.data())
                          : static_cast<const void*>(buffer.data());
}

const void* values_of(const owned_table::column& from) noexcept {
    switch (from.field.type) {
    case export_type::float64: return pointer_of(from.float64);
    case export_type::int32:
    case export_type::date:
    case export_type::text:  // its offsets
    case export_type::dictionary32: return pointer_of(from.int32);
    case export_type::uint32: return pointer_of(from.uint32);
    case export_type::int64: return pointer_of(from.int64);
    case export_type::flag: return pointer_of(from.bits);
    case export_type::dictionary16: return pointer_of(from.uint16);
    }
    return nullptr;
}

/// What an exported array's private_data points at: the column, its buffers, and the arrays below
/// it.
struct array_holder {
    owned_table::column from;
    std::array<const void*, 3> buffers{};
    std::vector<ArrowArray> children;
    std::vector<ArrowArray*> child_pointers;
    ArrowArray dictionary{};

    array_holder() = default;
    array_holder(const array_holder&) = delete;
    array_holder& operator=(const array_holder&) = delete;
    ~array_holder() {
        // A consumer may have moved a child out; it is marked released here then.
        for (ArrowArray& child : children) {
            if (child.release != nullptr) child.release(&child);
        }
        if (dictionary.release != nullptr) dictionary.release(&dictionary);
    }
};

struct schema_holder {
    export_field field;
    std::vector<ArrowSchema> children;
    std::vector<ArrowSchema*> child_pointers;
    ArrowSchema dictionary{};

    schema_holder() = default;
    schema_holder(const schema_holder&) = delete;
    schema_holder& operator=(const schema_holder&) = delete;
    ~schema_holder() {
        for (ArrowSchema& child : children) {
            if (child.release != nullptr) child.release(&child);
        }
        if (dictionary.release != nullptr) dictionary.release(&dictionary);
    }
};

extern "C" {
static void release_array(ArrowArray* array) {
    const std::unique_ptr<array_holder> holder{static_cast<array_holder*>(array->private_data)};
    array->private_data = nullptr;
    array->release = nullptr;
}
static void release_schema(ArrowSchema* schema) {
    const std::unique_ptr<schema_holder> holder{static_cast<schema_holder*>(schema->private_data)};
    schema->private_data = nullptr;
    schema->release = nullptr;
}
}

ArrowArray array_of(owned_table::column&& from) {
    auto holder = std::make_unique<array_holder>();
    ArrowArray out{};
    if (!from.dictionary.empty()) {
        holder->dictionary = array_of(std::move(from.dictionary.front()));
        out.dictionary = &holder->dictionary;
        from.dictionary.clear();
    }
    holder->from = std::move(from);
    const owned_table::column& held = holder->from;
    out.length = held.length;
    out.null_count = held.null_count;
    out.n_buffers = held.field.type == export_type::text ? 3 : 2;
    holder->buffers[0] = held.null_count == 0 ? nullptr : pointer_of(held.validity);
    holder->buffers[1] = values_of(held);
    holder->buffers[2] = pointer_of(held.characters);
    out.buffers = holder->buffers.data();
    out.release = release_array;
    out.private_data = holder.release();
    return out;
}

ArrowSchema schema_of(const export_field& field) {
    auto holder = std::make_unique<schema_holder>();
    ArrowSchema out{};
    if (has_dictionary(field.type)) {
        holder->dictionary = schema_of({"", export_type::text});
        out.dictionary = &holder->dictionary;
    }
    holder->field = field;
    out.format = format_of(field.type);
    out.name = holder->field.name.c_str();
    out.flags = ARROW_FLAG_NULLABLE;
    out.release = release_schema;
    out.private_data = holder.release();
    return out;
}

ArrowArray struct_array(owned_table&& table) {
    auto holder = std::make_unique<array_holder>();
    holder->children.reserve(table.columns().size());
    for (owned_table::column& column : table.columns())
        holder->children.push_back(array_of(std::move(column)));
    for (ArrowArray& child : holder->children) holder->child_pointers.push_back(&child);
    ArrowArray out{};
    out.length = table.rows();
    out.n_buffers = 1;  // no validity: no row is null as a whole
    out.buffers = holder->buffers.data();
    out.n_children = static_cast<std::int64_t>(holder->children.size());
    out.children = holder->child_pointers.data();
    out.release = release_array;
    out.private_data = holder.release();
    return out;
}

ArrowSchema struct_schema(const std::vector<export_field>& fields) {
    auto holder = std::make_unique<schema_holder>();
    holder->children.reserve(fields.size());
    for (const export_field& field : fields) holder->children.push_back(schema_of(field));
    for (ArrowSchema& child : holder->children) holder->child_pointers.push_back(&child);
    ArrowSchema out{};
    out.format = "+s";
    out.name = "";
    out.n_children = static_cast<std::int64_t>(holder->children.size());
    out.children = holder->child_pointers.data();
    out.release = release_schema;
    out.private_data = holder.release();
    return out;
}

/// What an exported stream's private_data points at.
struct stream_holder {
    std::vector<export_field> fields;
    table_source source;
    bool ended = false;
    bool busy = false;      // the source is being asked; it may call whoever reads the stream
    bool released = false;  // meanwhile: gone when the call returns
    int failed = 0;         // errno; the same comes back once the source has failed
    std::string said;
    const char* said_plainly = nullptr;  // where memory ran out there is none for a text

    int fail(int code, const char* text) noexcept {
        failed = code;
        said_plainly = text;
        return code;
    }
};

int errno_of(errc code) noexcept {
    if (code == errc::out_of_memory) return ENOMEM;
    if (code == errc::cancelled) return ECANCELED;
    return code == errc::io ? EIO : EINVAL;
}

stream_holder* holder_of(ArrowArrayStream* stream) noexcept {
    return static_cast<stream_holder*>(stream->private_data);
}

int next_table(stream_holder& held, ArrowArray& out) {
    if (held.failed != 0) return held.failed;
    if (held.ended) return 0;
    result<std::optional<owned_table>> got = held.source();
    if (!got) {
        held.said = got.error().to_string();
        return held.failed = errno_of(got.error().code);
    }
    if (!got->has_value()) {
        held.ended = true;
        return 0;
    }
    if ((**got).fields() != held.fields)
        return held.fail(EINVAL, "a table has other columns than the stream");
    out = struct_array(std::move(**got));
    return 0;
}

/// No exception may leave through C.
template <class Work>
int guarded(stream_holder& held, Work work) noexcept {
    try {
        return work();
    } catch (const std::bad_alloc&) {
        return held.fail(ENOMEM, "out of memory");
    } catch (const std::exception& why) {
        try {
            held.said = why.what();
            return held.failed = EIO;
        } catch (...) {
            return held.fail(EIO, "the source of the tables threw an exception");
        }
    } catch (...) {
        return held.fail(EIO, "the source of the tables threw an exception");
    }
}

extern "C" {
static int stream_get_schema(ArrowArrayStream* stream, ArrowSchema* out) {
    stream_holder& held = *holder_of(stream);
    *out = ArrowSchema{};
    return guarded(held, [&] {
        *out = struct_schema(held.fields);
        return 0;
    });
}
static int stream_get_next(ArrowArrayStream* stream, ArrowArray* out) {
    stream_holder& held = *holder_of(stream);
    *out = ArrowArray{};
    if (held.busy) return EINVAL;
    held.busy = true;
    // From here on `stream` is not looked at: it may be released, or moved, before this returns.
    const int code = guarded(held, [&] { return next_table(held, *out); });
    held.busy = false;
    if (held.released) std::unique_ptr<stream_holder>{&held}.reset();
    return code;
}
static const char* stream_get_last_error(ArrowArrayStream* stream) {
    if (stream->private_data == nullptr) return nullptr;  // released within the call that failed
    const stream_holder& held = *holder_of(stream);
    if (held.busy) return "the stream is being read: a callback cannot ask it for more";
    if (held.failed == 0) return nullptr;
    return held.said_plainly != nullptr ? held.said_plainly : held.said.c_str();
}
static void release_stream(ArrowArrayStream* stream) {
    std::unique_ptr<stream_holder> holder{holder_of(stream)};
    stream->private_data = nullptr;
    stream->release = nullptr;
    if (holder->busy) holder.release()->released = true;  // by a callback of its own call
}
}

error missing(const char* what) {
    return make_error(errc::invalid_argument,
                      std::string{what} + " is a null pointer; give one to fill");
}

}  // namespace

status owned_table::add(column&& fresh, std::size_t values, bitmap&& validity) {
    place where;
    where.column_name = fresh.field.name;
    if (values != static_cast<std::size_t>(rows_)) {
        return make_error(errc::invalid_argument,
                          "the column has " + std::to_string(values) + " values, the table " +
                              std::to_string(rows_) + " rows",
                          std::move(where));
    }
    if (!validity.empty()) {
        if (validity.size() < static_cast<std::size_t>(bytes_for_bits(rows_))) {
            return make_error(errc::invalid_argument, "the validity is shorter than the column",
                              std::move(where));
        }
        fresh.null_count = rows_ - count_bits(validity.data(), 0, rows_);
        if (fresh.null_count > 0) fresh.validity = std::move(validity);
    }
    fresh.length = rows_;
    columns_.push_back(std::move(fresh));
    return {};
}

status owned_table::add_numbers(std::string_view name, std::vector<double> values) {
    bitmap validity;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!std::isnan(values[i])) continue;
        if (validity.empty())
            validity.assign(
                static_cast<std::size_t>(bytes_for_bits(static_cast<std::int64_t>(values.size()))),
                0xFF);
        set_bit(validity.data(), static_cast<std::int64_t>(i), false);
    }
    column fresh;
    fresh.field = {std::string{name}, export_type::float64};
    fresh.float64 = std::move(values);
    const std::size_t count = fresh.float64.size();
    return add(std::move(fresh), count, std::move(validity));
}

status owned_table::add_int32(std::string_view name, std::vector<std::int32_t> values,
                              bitmap validity) {
    column fresh;
    fresh.field = {std::string{name}, export_type::int32};
    fresh.int32 = std::move(values);
    const std::size_t count = fresh.int32.size();
    return add(std::move(fresh), count, std::move(validity));
}

status owned_table::add_uint32(std::string_view name, std::vector<std::uint32_t> values,
                               bitmap validity) {
    column fresh;
    fresh.field = {std::string{name}, export_type::uint32};
    fresh.uint32 = std::move(values);
    const std::size_t count = fresh.uint32.size();
    return add(std::move(fresh), count, std::move(validity));
}

status owned_table::add_int64(std::string_view name, std::vector<std::int64_t> values,
                              bitmap validity) {
    column fresh;
    fresh.field = {std::string{name}, export_type::int64};
    fresh.int64 = std::move(values);
    const std::size_t count = fresh.int64.size();
    return add(std::move(fresh), count, std::move(validity));
}

status owned_table::add_dates(std::string_view name, std::vector<std::int32_t> days,
                              bitmap validity) {
    column fresh;
    fresh.field = {std::string{name}, export_type::date};
    fresh.int32 = std::move(days);
    const std::size_t count = fresh.int32.size();
    return add(std::move(fresh), count, std::move(validity));
}

status owned_table::add_flags(std::string_view name, bitmap bits, bitmap validity) {
    column fresh;
    fresh.field = {std::string{name}, export_type::flag};
    // A bitmap has no length in rows: as many bytes as the rows need are enough.
    const bool enough = bits.size() >= static_cast<std::size_t>(bytes_for_bits(rows_));
    const std::size_t count = enough ? static_cast<std::size_t>(rows_) : bits.size() * 8;
    fresh.bits = std::move(bits);
    return add(std::move(fresh), count, std::move(validity));
}

result<owned_table::column> owned_table::text_column(std::string_view name, text_builder&& texts) {
    if (texts.overflowed_) {
        place where;
        where.column_name = name;
        return make_error(errc::limit_exceeded,
                          "the texts have more than 2^31 - 1 bytes; export fewer rows at a time",
                          std::move(where));
    }
    column fresh;
    fresh.field = {std::string{name}, export_type::text};
    fresh.length = texts.rows_;
    fresh.null_count = texts.nulls_;
    if (texts.nulls_ > 0) {
        texts.validity_.resize(static_cast<std::size_t>(bytes_for_bits(texts.rows_)), 0xFF);
        fresh.validity = std::move(texts.validity_);
    }
    fresh.int32 = std::move(texts.offsets_);
    fresh.characters = std::move(texts.bytes_);
    return fresh;
}

status owned_table::add_text(std::string_view name, text_builder texts) {
    const std::size_t count = static_cast<std::size_t>(texts.rows());
    result<column> fresh = text_column(name, std::move(texts));
    if (!fresh) return std::move(fresh).error();
    return add(std::move(*fresh), count, {});
}

template <class Code>
status owned_table::add_codes_of(std::string_view name, std::vector<Code>&& codes,
                                 text_builder&& words) {
    const std::int64_t word_count = words.rows();
    bitmap validity;
    for (std::size_t i = 0; i < codes.size(); ++i) {
        const bool null =
            std::is_signed_v<Code> ? codes[i] < 0 : codes[i] == static_cast<Code>(0xFFFF);
        if (null) {
            if (validity.empty())
                validity.assign(static_cast<std::size_t>(
                                    bytes_for_bits(static_cast<std::int64_t>(codes.size()))),
                                0xFF);
            set_bit(validity.data(), static_cast<std::int64_t>(i), false);
            codes[i] = 0;  // some consumers look at the code of a null row
        } else if (std::int64_t{codes[i]} >= word_count) {
            place where;
            where.column_name = name;
            where.row = static_cast<std::int64_t>(i);
            return make_error(errc::invalid_argument,
                              "code " + std::to_string(codes[i]) + " lies outside the " +
                                  std::to_string(word_count) + " words",
                              std::move(where));
        }
    }
    result<column> dictionary = text_column("", std::move(words));
    if (!dictionary) return std::move(dictionary).error();
    column fresh;
    const std::size_t count = codes.size();
    if constexpr (std::is_signed_v<Code>) {
        fresh.field = {std::string{name}, export_type::dictionary32};
        fresh.int32 = std::move(codes);
    } else {
        fresh.field = {std::string{name}, export_type::dictionary16};
        fresh.uint16 = std::move(codes);
    }
    fresh.dictionary.push_back(std::move(*dictionary));
    return add(std::move(fresh), count, std::move(validity));
}

status owned_table::add_codes(std::string_view name, std::vector<std::uint16_t> codes,
                              text_builder words) {
    return add_codes_of(name, std::move(codes), std::move(words));
}

status owned_table::add_codes(std::string_view name, std::vector<std::int32_t> codes,
                              text_builder words) {
    return add_codes_of(name, std::move(codes), std::move(words));
}

std::vector<export_field> owned_table::fields() const {
    std::vector<export_field> out;
    out.reserve(columns_.size());
    for (const column& one : columns_) out.push_back(one.field);
    return out;
}

status export_schema(const std::vector<export_field>& fields, ArrowSchema* schema) {
    if (schema == nullptr) return missing("the schema");
    *schema = struct_schema(fields);
    return {};
}

status export_arrow(owned_table&& table, ArrowSchema* schema, ArrowArray* array) {
    if (schema == nullptr) return missing("the schema");
    if (array == nullptr) return missing("the array");
    ArrowSchema made = struct_schema(table.fields());
    arrow_owner<ArrowSchema> guard{made};  // released again if memory runs out below
    *array = struct_array(std::move(table));
    *schema = *guard.get();
    guard.get()->release = nullptr;
    return {};
}

status export_stream(std::vector<export_field> fields, table_source source,
                     ArrowArrayStream* stream) {
    if (stream == nullptr) return missing("the stream");
    if (!source) return make_error(errc::invalid_argument, "the source of the tables is empty");
    auto holder = std::make_unique<stream_holder>();
    holder->fields = std::move(fields);
    holder->source = std::move(source);
    *stream = ArrowArrayStream{stream_get_schema, stream_get_next, stream_get_last_error,
                               release_stream, holder.release()};
    return {};
}

}  // namespace aiueo
