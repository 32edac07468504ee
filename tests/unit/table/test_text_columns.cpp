#include <cmath>
#include <limits>
#include <string>

#include "aiueo/table/text.hpp"

#include "columns.hpp"
#include "support/catch.hpp"

namespace test_text_columns {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

constexpr std::string_view null_texts[] = {"NA", "None"};

text_options options() {
    text_options out;
    out.table = "snapshots";
    out.column = "x";
    out.null_texts = null_texts;
    return out;
}

std::string message(const column_view& column, metric_type type,
                    const text_options& how = options()) {
    owned_column out;
    dictionary words;
    const status done = convert_text(column, type, how, out, &words);
    return done.ok() ? "no error" : done.error().to_string();
}

bool bit(const std::vector<std::uint8_t>& bits, std::int64_t row, bool without) {
    return bits.empty() ? without : bit_at(bits.data(), row);
}

}  // namespace

TEST_CASE("text of every layout as numbers", "[table][text]") {
    const text_fixture texts{"1", " -2.5 ", "", std::nullopt, "NA", "+1e3", "a very long one"};
    const text_fixture good{
        "1", " -2.5 ", "", std::nullopt, " NA ", "+1e3", "0.1000000000000000000", "1e999"};
    for (const column_type layout : text_layouts) {
        INFO(static_cast<int>(layout));
        owned_column out;
        REQUIRE(convert_text(good.view(layout), metric_type::number, options(), out).ok());
        const double expected[] = {1, -2.5, NAN, NAN, NAN, 1000, 0.1, HUGE_VAL};
        REQUIRE(out.numbers.size() == 8);
        for (std::size_t i = 0; i < 8; ++i) {
            CHECK((std::isnan(expected[i]) ? std::isnan(out.numbers[i])
                                           : out.numbers[i] == expected[i]));
        }
        CHECK(out.view().type == column_type::float64);
        CHECK(out.view().validity == nullptr);
        CHECK(
            message(texts.view(layout), metric_type::number) ==
            "snapshots, row 7, column \"x\": \"a very long one\" is not a number; a number looks like 12 "
            "or -3.5, without separators or units");
    }
}

TEST_CASE("a slice of a text column", "[table][text]") {
    const text_fixture texts{"x", "1", std::nullopt, "3", "x"};
    for (const column_type layout : text_layouts) {
        column_view part = texts.view(layout);
        part.offset = 1;
        part.length = 3;
        owned_column out;
        REQUIRE(convert_text(part, metric_type::number, options(), out).ok());
        CHECK(out.numbers[0] == 1);
        CHECK(std::isnan(out.numbers[1]));
        CHECK(out.numbers[2] == 3);
    }
    text_options later = options();
    later.first_row = 100;
    CHECK_THAT(message(texts.view(), metric_type::number, later), Contains("row 101,"));
}

TEST_CASE("text as flags", "[table][text]") {
    const text_fixture texts{"true", "FALSE", "1",   "0",   "Yes", "n",
                             "t",    "F",     "1.0", "0.0", "2",   ""};
    owned_column out;
    REQUIRE(convert_text(texts.view(), metric_type::flag, options(), out).ok());
    const int expected[] = {1, 0, 1, 0, 1, 0, 1, 0, 1, 0, -1, -1};
    for (std::int64_t i = 0; i < 12; ++i) {
        const int want = expected[i];
        CHECK(bit(out.validity, i, true) == (want >= 0));
        CHECK(bit(out.invalid, i, false) == (i == 10));
        if (want >= 0) CHECK(out.flags[static_cast<std::size_t>(i)] == want);
    }
    CHECK(out.invalid_count == 1);
    CHECK(out.view().type == column_type::byte);
    CHECK_THAT(message(text_fixture{"maybe"}.view(), metric_type::flag),
               Contains("write true or false"));
}

TEST_CASE("text as dates", "[table][text]") {
    const text_fixture texts{"2026-11-21",           "2026-11-21T00:00:00",
                             "2026-11-20T15:00:00Z", "2026-11-21 08:59:59+09:00",
                             std::nullopt,           " 2026-11-21 "};
    const time_zone tokyo = time_zone::fixed(32400);
    text_options how = options();
    how.zone = &tokyo;
    owned_column out;
    REQUIRE(convert_text(texts.view(), metric_type::date, how, out).ok());
    for (const std::size_t i : {0u, 1u, 2u, 3u, 5u}) CHECK(out.days[i] == 20778);
    CHECK_FALSE(out.view().known(4));
    how.zone = nullptr;
    REQUIRE(convert_text(texts.view(), metric_type::date, how, out).ok());
    CHECK(out.days[2] == 20777);
    CHECK_THAT(message(text_fixture{"2026-11-21T10:00"}.view(), metric_type::date),
               Contains("no offset"));
    CHECK_THAT(message(text_fixture{"2026-11-21T00:00:00.001"}.view(), metric_type::date),
               Contains("no offset"));
    CHECK_THAT(message(text_fixture{"21.11.2026"}.view(), metric_type::date),
               Contains("\"21.11.2026\" is not a date; write it as 2026-11-21"));
}

TEST_CASE("text as money", "[table][text]") {
    const text_fixture texts{"12.50", "12.505", "-3", "1e20", "0.10", "None"};
    owned_column out;
    REQUIRE(convert_text(texts.view(), metric_type::money, options(), out).ok());
    CHECK(out.minor == std::vector<std::int64_t>{1250, 0, -300, 0, 10, 0});
    CHECK(out.invalid_count == 2);
    CHECK(bit(out.invalid, 1, false));
    CHECK(bit(out.invalid, 3, false));
    CHECK_FALSE(bit(out.invalid, 5, false));
    for (const std::int64_t i : {1, 3, 5}) CHECK_FALSE(out.view().known(i));
    CHECK(out.view().minor_units);
    const text_fixture amounts{"1250", "12.5"};
    column_view minor = amounts.view();
    minor.minor_units = true;
    REQUIRE(convert_text(minor, metric_type::money, options(), out).ok());
    CHECK(out.minor[0] == 1250);
    CHECK(bit(out.invalid, 1, false));
    CHECK_THAT(message(text_fixture{"1,200"}.view(), metric_type::money),
               Contains("is not an amount"));
    CHECK_THAT(message(text_fixture{"¥1200"}.view(), metric_type::money),
               Contains("is not an amount"));
}

TEST_CASE("text as categories", "[table][text]") {
    const text_fixture texts{"gold", "trial", "gold", std::nullopt, " gold", "", "プラン"};
    for (const column_type layout : text_layouts) {
        dictionary words;
        owned_column out;
        REQUIRE(
            convert_text(texts.view(layout), metric_type::category, options(), out, &words).ok());
        CHECK(out.codes == std::vector<std::int32_t>{0, 1, 0, -1, 2, -1, 3});
        CHECK(words.text(3) == "プラン");
        CHECK_FALSE(out.view().known(3));
        // A second batch goes on with the same ids.
        REQUIRE(convert_text(text_fixture{"trial", "new"}.view(), metric_type::category, options(),
                             out, &words)
                    .ok());
        CHECK(out.codes == std::vector<std::int32_t>{1, 4});
    }
    owned_column out;
    CHECK(convert_text(texts.view(), metric_type::category, options(), out).error().code ==
          errc::invalid_argument);
}

TEST_CASE("what is no text, too long, not UTF-8 or broken is named", "[table][text]") {
    for (const metric_type type : {metric_type::number, metric_type::date, metric_type::category,
                                   metric_type::flag, metric_type::money}) {
        const std::string found = message(text_fixture{std::nullopt, "a\xFFz"}.view(), type);
        CHECK_THAT(found, Contains("row 2, column \"x\""));
        CHECK_THAT(found, Contains("\"a\\xFFz\" is not UTF-8 (byte 2)"));
    }
    text_options small = options();
    small.max_bytes = 4;
    CHECK(message(text_fixture{"1234", "12345"}.view(), metric_type::number, small) ==
          "snapshots, row 2, column \"x\": the text has 5 bytes; at most 4 are read");
    const std::string longer(1000, 'x');
    CHECK_THAT(message(text_fixture{longer}.view(), metric_type::number),
               Contains("xxx…\" is not a number"));

    column_view numbers;
    numbers.type = column_type::float64;
    CHECK_THAT(message(numbers, metric_type::number), Contains("not a text column"));
    numbers.type = column_type::dictionary;
    CHECK_THAT(message(numbers, metric_type::number), Contains("not a text column"));
    column_view negative = text_fixture{"1"}.view();
    negative.length = -1;
    CHECK_THAT(message(negative, metric_type::number), Contains("negative"));

    const text_fixture texts{"1", "2"};
    column_view broken = texts.view(column_type::dictionary);
    const std::int8_t indices[] = {0, 2};
    broken.values = indices;
    CHECK_THAT(message(broken, metric_type::number), Contains("row 2") && Contains("outside"));
    const std::int32_t offsets[] = {0, 1, 0};
    column_view descending = texts.view();
    descending.offsets = offsets;
    CHECK_THAT(message(descending, metric_type::number), Contains("outside"));
    const text_fixture long_text{"0000000000000000001"};
    for (const std::int32_t buffer : {-1, 1}) {
        std::int32_t view[4] = {19, 0, buffer, 0};
        column_view outside = long_text.view(column_type::text_view);
        outside.values = view;
        CHECK_THAT(message(outside, metric_type::number), Contains("outside"));
        view[2] = 0;
        view[3] = 1;
        CHECK_THAT(message(outside, metric_type::number), Contains("outside"));
        view[0] = -1;
        CHECK_THAT(message(outside, metric_type::number), Contains("outside"));
    }
}

TEST_CASE("indices of every type", "[table][text]") {
    const text_fixture texts{"7", "8"};
    const auto run = [&]<class T>(column_type type, T) {
        const std::vector<T> indices{1, 0, 1};
        column_view column = texts.view(column_type::dictionary);
        column.index_type = type;
        column.length = 3;
        column.values = indices.data();
        owned_column out;
        REQUIRE(convert_text(column, metric_type::number, options(), out).ok());
        CHECK(out.numbers == std::vector<double>{8, 7, 8});
        const std::vector<T> wrong{std::numeric_limits<T>::max(), 0, 0};
        column.values = wrong.data();
        CHECK_FALSE(convert_text(column, metric_type::number, options(), out).ok());
    };
    run(column_type::int8, std::int8_t{});
    run(column_type::int16, std::int16_t{});
    run(column_type::int32, std::int32_t{});
    run(column_type::int64, std::int64_t{});
    run(column_type::uint8, std::uint8_t{});
    run(column_type::uint16, std::uint16_t{});
    run(column_type::uint32, std::uint32_t{});
    run(column_type::uint64, std::uint64_t{});
}

}  // namespace test_text_columns
