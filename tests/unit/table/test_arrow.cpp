// Arrow in and out: hand-built arrays, what contradicts itself, and the round trip of our own
// tables.
#include <array>
#include <cerrno>
#include <cmath>
#include <cstdint>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/table/arrow_export.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/text.hpp"

#include "columns.hpp"
#include "support/catch.hpp"

namespace test_arrow {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

/// A struct array whose memory the test owns. Counts its releases.
struct hand_made {
    struct child {
        ArrowSchema schema{};
        ArrowArray array{};
        std::vector<const void*> buffers;
        std::string format;
        std::string name;
        std::unique_ptr<child> words;
    };
    ArrowSchema schema{};
    ArrowArray array{};
    std::vector<const void*> own_buffers{nullptr};
    std::vector<std::unique_ptr<child>> children;
    std::vector<ArrowSchema*> schemas;
    std::vector<ArrowArray*> arrays;
    int released = 0;

    explicit hand_made(std::int64_t rows) {
        schema.format = "+s";
        schema.release = [](ArrowSchema*) {};
        array.length = rows;
        array.n_buffers = 1;
        array.private_data = &released;
        array.release = [](ArrowArray* self) {
            ++*static_cast<int*>(self->private_data);
            self->release = nullptr;
        };
        own_buffers.assign(1, nullptr);
        array.buffers = own_buffers.data();
    }
    static std::unique_ptr<child> make(std::string name, std::string format, std::int64_t rows,
                                       std::vector<const void*> buffers) {
        auto out = std::make_unique<child>();
        out->name = std::move(name);
        out->format = std::move(format);
        out->buffers = std::move(buffers);
        out->schema.format = out->format.c_str();
        out->schema.name = out->name.c_str();
        out->schema.release = [](ArrowSchema*) {};
        out->array.length = rows;
        out->array.null_count = -1;
        out->array.n_buffers = static_cast<std::int64_t>(out->buffers.size());
        out->array.buffers = out->buffers.data();
        out->array.release = [](ArrowArray*) {};
        return out;
    }
    child& add(std::string name, std::string format, std::vector<const void*> buffers) {
        children.push_back(make(std::move(name), std::move(format), array.length + array.offset,
                                std::move(buffers)));
        schemas.push_back(&children.back()->schema);
        arrays.push_back(&children.back()->array);
        schema.n_children = array.n_children = static_cast<std::int64_t>(children.size());
        schema.children = schemas.data();
        array.children = arrays.data();
        return *children.back();
    }
    void give_words(child& to, std::string format, std::int64_t rows,
                    std::vector<const void*> buffers) {
        to.words = make("", std::move(format), rows, std::move(buffers));
        to.schema.dictionary = &to.words->schema;
        to.array.dictionary = &to.words->array;
    }
    result<imported_table> import(arrow_validation level = arrow_validation::full) {
        return import_arrow(&schema, &array, level, "snapshots");
    }
    std::string why(arrow_validation level = arrow_validation::full) {
        const auto got = import(level);
        return got ? "no error" : got.error().to_string();
    }
};

const std::int64_t longs[] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
const std::int32_t offsets[] = {0, 1, 3, 3, 6};
const char characters[] = "abbccc";

}  // namespace

TEST_CASE("columns are read where they lie, and released once", "[table][arrow]") {
    hand_made table{4};
    const std::uint8_t validity = 0b1011;
    const std::uint8_t bits = 0b0110;
    const std::int8_t codes[] = {2, 0, 1, 0};
    table.add("n", "l", {&validity, longs});
    table.add("s", "u", {nullptr, offsets, characters});
    table.add("b", "b", {nullptr, &bits});
    auto& words = table.add("w", "c", {nullptr, codes});
    table.give_words(words, "u", 4, {nullptr, offsets, characters});
    table.add("nothing", "n", {});
    table.add("at", "tsu:Asia/Tokyo", {nullptr, longs});
    table.add("wall", "tsm:", {nullptr, longs});
    table.add("amount", "d:10,2,64", {nullptr, longs});
    table.add("raw", "z", {nullptr, offsets, characters});
    {
        auto got = table.import();
        REQUIRE(got.ok());
        CHECK(table.array.release == nullptr);
        CHECK(got->rows() == 4);
        const imported_table moved = *std::move(got);
        REQUIRE(moved.columns().size() == 9);
        const column_view n = moved.find("n").value();
        CHECK(n.type == column_type::int64);
        CHECK(n.values == longs);
        CHECK(n.known(1));
        CHECK_FALSE(n.known(2));
        std::string_view text;
        CHECK(text_cells{moved.find("s").value()}.read(1, text) == cell::known);
        CHECK(text == "bb");
        CHECK(text_cells{moved.find("w").value()}.read(0, text) == cell::known);
        CHECK(text.empty());
        CHECK(text_cells{moved.find("w").value()}.read(2, text) == cell::known);
        CHECK(text == "bb");
        CHECK(moved.find("nothing")->type == column_type::none);
        CHECK(moved.find("at")->zoned);
        CHECK(moved.find("at")->unit == time_unit::micro);
        CHECK_FALSE(moved.find("wall")->zoned);
        CHECK(moved.find("amount")->type == column_type::decimal64);
        CHECK(moved.find("amount")->scale == 2);
        CHECK(moved.find("raw")->text_is_raw);
        CHECK_THAT(moved.find("x").error().to_string(),
                   Contains("snapshots, column \"x\": there is no such column"));
        CHECK(table.released == 0);
    }
    CHECK(table.released == 1);
}

TEST_CASE("offsets of the table and of a column add up", "[table][arrow]") {
    hand_made table{2};
    table.array.offset = 1;
    auto& n = table.add("n", "l", {nullptr, longs});
    n.array.offset = 9;
    n.array.length = 3;
    const std::uint8_t bits[] = {0, 0b1000};  // bit 11
    auto& b = table.add("b", "b", {nullptr, bits});
    b.array.offset = 9;
    auto& s = table.add("s", "u", {nullptr, offsets, characters});
    s.array.offset = 1;
    const auto got = table.import();
    REQUIRE(got.ok());
    const column_view column = got->find("n").value();
    CHECK(static_cast<const std::int64_t*>(column.values)[column.offset] == 11);
    const column_view flags = got->find("b").value();
    CHECK_FALSE(bit_at(static_cast<const std::uint8_t*>(flags.values), flags.offset));
    CHECK(bit_at(static_cast<const std::uint8_t*>(flags.values), flags.offset + 1));
    std::string_view text;
    CHECK(text_cells{got->find("s").value()}.read(1, text) == cell::known);
    CHECK(text == "ccc");
}

TEST_CASE("rows that are null as a whole are null in every column", "[table][arrow]") {
    hand_made table{3};
    const std::uint8_t rows = 0b1101 << 1;
    table.array.offset = 1;
    table.array.null_count = 1;
    table.own_buffers[0] = &rows;
    table.array.buffers = table.own_buffers.data();
    const std::uint8_t validity = 0b0111;
    auto& n = table.add("n", "l", {&validity, longs});
    n.array.null_count = -1;
    const auto got = table.import();
    REQUIRE(got.ok());
    const column_view column = got->find("n").value();
    CHECK(column.known(0));        // row 1 of the child
    CHECK_FALSE(column.known(1));  // null in the struct
    CHECK_FALSE(column.known(2));  // null in the column
    CHECK(static_cast<const std::int64_t*>(column.values)[column.offset + 0] == 2);
}

TEST_CASE("a type that cannot be read fails when it is used", "[table][arrow]") {
    hand_made table{0};
    for (const char* const format : {"+l", "+s", "+m", "+ud:0", "+r", "w:3", "ttm", "tDs", "tiM",
                                     "d:5", "d:5,2,16", "tsx:", "??", "", "+vl", "+w:3"}) {
        table.add(format, format, {});
    }
    auto& numbers = table.add("coded", "i", {nullptr, nullptr});
    table.give_words(numbers, "l", 0, {nullptr, nullptr});
    const char metadata[] = "\1\0\0\0\x14\0\0\0ARROW:extension:name\x0A\0\0\0arrow.uuid";
    auto& id = table.add("id", "z", {nullptr, nullptr, nullptr});
    id.schema.metadata = metadata;
    const char bool8[] = "\1\0\0\0\x14\0\0\0ARROW:extension:name\x0B\0\0\0arrow.bool8";
    auto& flag = table.add("flag", "c", {nullptr, nullptr});
    flag.schema.metadata = bool8;
    const auto got = table.import();
    REQUIRE(got.ok());
    CHECK(got->unsupported().size() == 18);
    CHECK(got->find("flag")->type == column_type::byte);
    CHECK(got->find("+r").error().message ==
          "the column is run-end encoded; cast it to numbers, dates, booleans or text");
    CHECK_THAT(got->find("+l").error().message, Contains("is a list;"));
    CHECK_THAT(got->find("id").error().message, Contains("extension type \"arrow.uuid\""));
    CHECK_THAT(got->find("coded").error().message,
               Contains("a dictionary of values that are not text"));
    CHECK_THAT(got->find("??").error().message, Contains("unknown Arrow type \"??\""));
}

TEST_CASE("two columns of one name are an error only when asked for", "[table][arrow]") {
    hand_made table{1};
    table.add("n", "l", {nullptr, longs});
    table.add("n", "l", {nullptr, longs});
    const auto got = table.import();
    REQUIRE(got.ok());
    CHECK_THAT(got->find("n").error().message, Contains("two columns"));
}

TEST_CASE("structures that contradict themselves", "[table][arrow]") {
    const auto refuse = [](const std::string& what,
                           const std::function<void(hand_made&, hand_made::child&)>& spoil,
                           arrow_validation level = arrow_validation::basic) {
        INFO(what);
        hand_made table{4};
        auto& column = table.add("x", "u", {nullptr, offsets, characters});
        spoil(table, column);
        CHECK_THAT(table.why(level), Contains(what));
        CHECK(table.released == 0);  // an error leaves the array with the caller
    };
    using child = hand_made::child;
    refuse("columns, the array", [](hand_made& t, child&) { t.array.n_children = 0; });
    refuse("length -1", [](hand_made& t, child&) { t.array.length = -1; });
    refuse("length 4 and offset 9223372036854775807",
           [](hand_made& t, child&) { t.array.offset = INT64_MAX; });
    refuse("list of buffers is missing", [](hand_made& t, child&) { t.array.buffers = nullptr; });
    refuse("list of children is missing", [](hand_made& t, child&) { t.array.children = nullptr; });
    refuse("count of children is negative", [](hand_made& t, child&) { t.schema.n_children = -1; });
    refuse("child 0 is missing", [](hand_made& t, child&) { t.arrays[0] = nullptr; });
    refuse("child 0 is missing", [](hand_made&, child& c) { c.array.release = nullptr; });
    refuse("child 0 is missing", [](hand_made&, child& c) { c.schema.format = nullptr; });
    refuse("schema is missing", [](hand_made& t, child&) { t.schema.release = nullptr; });
    refuse("no format", [](hand_made& t, child&) { t.schema.format = nullptr; });
    refuse("a table is a struct array", [](hand_made& t, child&) { t.schema.format = "l"; });
    refuse("column \"x\": the array has 2 buffers; its type has 3",
           [](hand_made&, child& c) { c.array.n_buffers = 2; });
    refuse("the column has 3 rows, the table 4", [](hand_made&, child& c) { c.array.length = 3; });
    refuse("null_count 5", [](hand_made&, child& c) { c.array.null_count = 5; });
    refuse("null_count -2", [](hand_made&, child& c) { c.array.null_count = -2; });
    refuse("there is no validity", [](hand_made&, child& c) { c.array.null_count = 1; });
    refuse("offsets are missing", [](hand_made&, child& c) { c.buffers[1] = nullptr; });
    refuse("characters are missing", [](hand_made&, child& c) { c.buffers[2] = nullptr; });
    refuse("name of column 0 is not UTF-8", [](hand_made&, child& c) { c.schema.name = "\xFF"; });
    refuse("values are missing", [](hand_made&, child& c) {
        c.schema.format = "l";
        c.array.n_buffers = 2;
        c.buffers[1] = nullptr;
    });
    const std::int8_t codes[] = {0, 1, 2, 3};
    refuse("dictionary is missing", [&](hand_made& t, child& c) {
        c.schema.format = "c";
        c.array.n_buffers = 2;
        c.buffers[1] = codes;
        t.give_words(c, "u", 3, {nullptr, offsets, characters});
        c.array.dictionary = nullptr;
    });
    refuse("indices must be integers", [&](hand_made& t, child& c) {
        t.give_words(c, "u", 3, {nullptr, offsets, characters});
    });

    const std::int32_t descending[] = {0, 3, 1, 6, 6};
    const std::int32_t negative[] = {-1, 0, 1, 2, 3};
    static const std::uint8_t three = 0b0111;
    constexpr auto full = arrow_validation::full;
    refuse(
        "row 2, column \"x\": the text lies outside",
        [&](hand_made&, child& c) { c.buffers[1] = descending; }, full);
    refuse(
        "row 1, column \"x\": the text lies outside",
        [&](hand_made&, child& c) { c.buffers[1] = negative; }, full);
    refuse(
        "is not UTF-8",
        [](hand_made&, child& c) {
            c.buffers[2] =
                "ab\xFF"
                "ccc";
        },
        full);
    refuse(
        "null_count is 0 but 1 rows are null",
        [](hand_made&, child& c) {
            c.buffers[0] = &three;
            c.array.null_count = 0;
        },
        full);
    refuse(
        "null_count is 2 but 1 rows are null",
        [](hand_made& t, child&) {
            t.own_buffers[0] = &three;
            t.array.buffers = t.own_buffers.data();
            t.array.null_count = 2;
        },
        full);
    refuse(
        "row 4, column \"x\": the index lies outside the dictionary of 3 entries",
        [&](hand_made& t, child& c) {
            c.schema.format = "c";
            c.array.n_buffers = 2;
            c.buffers[1] = codes;
            t.give_words(c, "u", 3, {nullptr, offsets, characters});
        },
        full);
    refuse(
        "an entry of the dictionary",
        [&](hand_made& t, child& c) {
            c.schema.format = "c";
            c.array.n_buffers = 2;
            c.buffers[1] = codes;
            t.give_words(c, "u", 4, {nullptr, descending, characters});
        },
        full);
    const std::int64_t sizes[] = {6};
    const std::int32_t views[] = {1, 'a', 0, 0, 20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};
    const auto as_views = [&](child& c) {
        c.schema.format = "vu";
        c.buffers = {nullptr, views, characters, sizes};
        c.array.n_buffers = 4;
        c.array.buffers = c.buffers.data();
    };
    refuse(
        "row 2, column \"x\": the text lies outside", [&](hand_made&, child& c) { as_views(c); },
        full);
    refuse("sizes of the text buffers",
           [&](hand_made&, child& c) { as_views(c), c.buffers[3] = nullptr; });
    refuse("a text buffer is missing",
           [&](hand_made&, child& c) { as_views(c), c.buffers[2] = nullptr; });
    const std::int64_t minus[] = {-6};
    refuse("size of a text buffer is negative",
           [&](hand_made&, child& c) { as_views(c), c.buffers[3] = minus; });
    hand_made table{1};
    CHECK_FALSE(import_arrow(nullptr, &table.array).ok());
    CHECK_FALSE(import_arrow(&table.schema, nullptr).ok());
}

TEST_CASE("no rows need no memory", "[table][arrow]") {
    hand_made table{0};
    table.add("n", "l", {nullptr, nullptr});
    table.add("s", "u", {nullptr, nullptr, nullptr});
    table.add("v", "vu", {nullptr, nullptr, nullptr});
    auto& words = table.add("w", "c", {nullptr, nullptr});
    table.give_words(words, "u", 0, {nullptr, nullptr, nullptr});
    for (const auto level :
         {arrow_validation::none, arrow_validation::basic, arrow_validation::full}) {
        hand_made again{0};
        again.add("n", "l", {nullptr, nullptr});
        CHECK(again.import(level).ok());
    }
    const auto got = table.import();
    REQUIRE(got.ok());
    for (const named_column& one : got->columns()) {
        owned_column out;
        dictionary categories;
        if (one.name != "n")
            CHECK(convert_text(one.values, metric_type::category, {}, out, &categories).ok());
    }
}

TEST_CASE("buffers that are not aligned are copied", "[table][arrow]") {
    hand_made table{3};
    alignas(8) std::array<std::uint8_t, 64> memory{};
    const double values[] = {1.5, 2.5, 3.5};
    std::memcpy(memory.data() + 1, values, sizeof values);
    table.add("d", "g", {nullptr, memory.data() + 1});
    const auto got = table.import();
    REQUIRE(got.ok());
    const column_view column = got->find("d").value();
    CHECK(reinterpret_cast<std::uintptr_t>(column.values) % 8 == 0);
    CHECK(static_cast<const double*>(column.values)[2] == 3.5);
}

namespace {

owned_table sample(std::int64_t first) {
    owned_table out{3};
    text_builder names;
    names.add("あ");
    names.add_null();
    names.add("");
    text_builder words;
    words.add("Entry");
    words.add("Loyal");
    CHECK(out.add_numbers("U", {1.5, std::nan(""), static_cast<double>(first)}).ok());
    CHECK(out.add_int32("i", {-1, 0, 1}, {0b101}).ok());
    CHECK(out.add_uint32("u", {1, 2, 3}).ok());
    CHECK(out.add_int64("l", {1, 2, first}).ok());
    CHECK(out.add_dates("day", {0, 1, 20778}).ok());
    CHECK(out.add_flags("ok", {0b110}, {0b011}).ok());
    CHECK(out.add_text("name", std::move(names)).ok());
    CHECK(out.add_codes("stage", std::vector<std::uint16_t>{1, 0xFFFF, 0}, words).ok());
    CHECK(out.add_codes("band", std::vector<std::int32_t>{-1, 1, 1}, words).ok());
    return out;
}

void check_sample(const imported_table& got, std::int64_t first) {
    CHECK(got.rows() == 3);
    CHECK(got.unsupported().empty());
    const column_view u = got.find("U").value();
    CHECK(static_cast<const double*>(u.values)[2] == static_cast<double>(first));
    CHECK_FALSE(u.known(1));
    CHECK_FALSE(got.find("i")->known(1));
    CHECK(got.find("u")->type == column_type::uint32);
    CHECK(got.find("day")->type == column_type::date32);
    CHECK(got.find("ok")->type == column_type::bit);
    CHECK_FALSE(got.find("ok")->known(2));
    std::string_view text;
    CHECK(text_cells{got.find("name").value()}.read(0, text) == cell::known);
    CHECK(text == "あ");
    CHECK(text_cells{got.find("name").value()}.read(1, text) == cell::null);
    CHECK(text_cells{got.find("name").value()}.read(2, text) == cell::known);
    CHECK(text_cells{got.find("stage").value()}.read(0, text) == cell::known);
    CHECK(text == "Loyal");
    CHECK(got.find("stage")->index_type == column_type::uint16);
    CHECK(text_cells{got.find("stage").value()}.read(1, text) == cell::null);
    CHECK(text_cells{got.find("band").value()}.read(0, text) == cell::null);
}

}  // namespace

TEST_CASE("our tables come back as they went out", "[table][arrow]") {
    ArrowSchema schema{};
    ArrowArray array{};
    REQUIRE(export_arrow(sample(3), &schema, &array).ok());
    const arrow_owner<ArrowSchema> held{schema};
    CHECK(std::string{held.get()->children[7]->format} == "S");
    // A consumer may keep one column and give the rest back.
    ArrowArray kept = *array.children[0];
    array.children[0]->release = nullptr;
    ArrowArray rest{};
    REQUIRE(export_arrow(sample(4), &schema, &rest).ok());
    array.release(&array);
    CHECK(array.release == nullptr);
    CHECK(static_cast<const double*>(kept.buffers[1])[2] == 3);
    kept.release(&kept);
    const arrow_owner<ArrowSchema> second{schema};
    const auto got = import_arrow(second.get(), &rest, arrow_validation::full);
    REQUIRE(got.ok());
    check_sample(*got, 4);
    CHECK_FALSE(export_arrow(sample(1), nullptr, &rest).ok());
    CHECK_FALSE(export_arrow(sample(1), &schema, nullptr).ok());
}

TEST_CASE("columns that do not fit are not added", "[table][arrow]") {
    owned_table table{2};
    text_builder words;
    words.add("a");
    CHECK(table.add_numbers("x", {1}).error().message ==
          "the column has 1 values, the table 2 rows");
    CHECK_FALSE(table.add_int32("x", {1, 2}, {}).ok() == false);
    owned_table many{9};
    CHECK_FALSE(many.add_int32("x", std::vector<std::int32_t>(9), {0xFF}).ok());
    CHECK_FALSE(many.add_flags("x", {0xFF}).ok());
    CHECK(table.add_codes("x", std::vector<std::int32_t>{0, 1}, words).error().message ==
          "code 1 lies outside the 1 words");
    CHECK_FALSE(table.add_text("x", words).ok());
    CHECK(table.fields().size() == 1);
}

TEST_CASE("a stream of tables", "[table][arrow]") {
    const auto fields = sample(0).fields();
    std::int64_t left = 3;
    ArrowArrayStream stream{};
    const auto source = [&left]() -> result<std::optional<owned_table>> {
        if (left == 0) return std::optional<owned_table>{};
        return std::optional<owned_table>{sample(left--)};
    };
    REQUIRE(export_stream(fields, source, &stream).ok());
    auto reader = stream_reader::open(&stream, arrow_validation::full, "scores");
    REQUIRE(reader.ok());
    CHECK(stream.release == nullptr);
    CHECK(reader->names().at(6) == "name");
    for (std::int64_t i = 3; i > 0; --i) {
        auto got = reader->next();
        REQUIRE(got.ok());
        REQUIRE(got->has_value());
        CHECK((**got).first_row() == (3 - i) * 3);
        check_sample(**got, i);
    }
    CHECK_FALSE(reader->next()->has_value());
    CHECK_FALSE(reader->next()->has_value());
    CHECK(reader->rows() == 9);
}

TEST_CASE("a stream that fails says why, and goes on failing", "[table][arrow]") {
    const auto fields = sample(0).fields();
    const auto failing = [&](table_source source) {
        ArrowArrayStream stream{};
        REQUIRE(export_stream(fields, std::move(source), &stream).ok());
        auto reader = stream_reader::open(&stream, arrow_validation::basic, "scores");
        REQUIRE(reader.ok());
        CHECK_FALSE(reader->next().ok());
        return reader->next().error();
    };
    using reply = result<std::optional<owned_table>>;
    int asked = 0;
    const error told = failing([&asked]() -> reply {
        ++asked;
        return make_error(errc::cancelled, "stopped by the user");
    });
    CHECK(asked == 1);
    CHECK(told.code == errc::cancelled);
    CHECK_THAT(told.to_string(),
               Contains("scores: the producer") && Contains("stopped by the user"));
    CHECK(failing([]() -> reply { throw std::bad_alloc{}; }).code == errc::out_of_memory);
    CHECK_THAT(failing([]() -> reply { throw std::runtime_error{"odd"}; }).message,
               Contains("odd"));
    CHECK_THAT(failing([]() -> reply { throw 7; }).message, Contains("threw"));
    CHECK_THAT(
        failing([]() -> reply { return std::optional<owned_table>{owned_table{0}}; }).message,
        Contains("other columns"));
    ArrowArrayStream none{};
    CHECK_FALSE(stream_reader::open(&none).ok());
    CHECK_FALSE(stream_reader::open(nullptr).ok());
    CHECK_FALSE(export_stream({}, {}, &none).ok());
    CHECK_FALSE(export_stream(
                    {}, [] { return reply{std::optional<owned_table>{}}; }, nullptr)
                    .ok());
}

}  // namespace test_arrow
