// The same values in any column type give the same bits.
#include <array>
#include <cstring>

#include "plans.hpp"

namespace test_columns {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

const char* const model_of_all_types = R"({
    "aiueo": 1, "name": "types", "currency": "USD", "time_zone": "Asia/Tokyo",
    "metrics": {"n": {"type": "number", "min": 0}, "m": {"type": "money"}, "f": {"type": "flag"},
                "c": {"type": "category"}, "d": {"type": "date"}},
    "axes": {"U": {"min_coverage": 0, "components": {
        "n": {"metric": "n", "curve": [[0, 0], [200, 100]]}, "m": {"metric": "m", "curve": [[0, 0], [200, 100]]},
        "f": {"metric": "f"}, "c": {"metric": "c", "table": {"a": 10, "b": 90}},
        "d": {"metric": "d", "days_since": [[0, 100], [100, 0]]}}}}})";

template <class T>
column_view view(column_type type, const std::vector<T>& values, std::int64_t offset = 0) {
    column_view out;
    out.type = type;
    out.length = static_cast<std::int64_t>(values.size()) - offset;
    out.offset = offset;
    out.values = values.data();
    return out;
}

/// Responses of one component when only `name` is bound.
std::vector<double> responses(const plan& of, const char* name, const column_view& column,
                              std::size_t component, value_state* first_state = nullptr) {
    batch b{
        of, column.length, {.missing_columns_are_unknown = true, .null_texts = {}, .first_row = 0}};
    b.set_as_of(20000);
    const status bound = b.bind(name, column);
    if (!bound) FAIL(bound.error().to_string());
    const scores s = scored(of, b);
    if (first_state != nullptr)
        *first_state =
            s.count(value_state::invalid)[0] != 0 ? value_state::invalid : value_state::known;
    const auto out = s.component(component);
    return {out.begin(), out.end()};
}

void same(const std::vector<double>& a, const std::vector<double>& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t i = 0; i < a.size(); ++i) CHECK(same_bits(a[i], b[i]));
}

template <class T>
std::vector<T> counts() {
    return {0, 1, 7, 40, 100, 127};
}

}  // namespace

TEST_CASE("numbers of every width", "[columns]") {
    const plan p = plan_of(model_of_all_types);
    const auto expected = responses(p, "n", view(column_type::float64, counts<double>()), 0);
    CHECK(expected[3] == 20);
    same(expected, responses(p, "n", view(column_type::float32, counts<float>()), 0));
    same(expected, responses(p, "n", view(column_type::int8, counts<std::int8_t>()), 0));
    same(expected, responses(p, "n", view(column_type::int16, counts<std::int16_t>()), 0));
    same(expected, responses(p, "n", view(column_type::int32, counts<std::int32_t>()), 0));
    same(expected, responses(p, "n", view(column_type::int64, counts<std::int64_t>()), 0));
    same(expected, responses(p, "n", view(column_type::uint8, counts<std::uint8_t>()), 0));
    same(expected, responses(p, "n", view(column_type::uint16, counts<std::uint16_t>()), 0));
    same(expected, responses(p, "n", view(column_type::uint32, counts<std::uint32_t>()), 0));
    same(expected, responses(p, "n", view(column_type::uint64, counts<std::uint64_t>()), 0));
    const std::vector<std::uint16_t> halves{0x0000, 0x3C00, 0x4700, 0x5100, 0x5640, 0x57F0};
    same(expected, responses(p, "n", view(column_type::float16, halves), 0));
    std::vector<std::int64_t> wide;  // decimal128, two words a value, scale 2
    for (const auto x : counts<std::int64_t>()) wide.insert(wide.end(), {x * 100, 0});
    column_view decimal = view(column_type::decimal128, wide);
    decimal.length /= 2;
    decimal.scale = 2;
    same(expected, responses(p, "n", decimal, 0));
}

TEST_CASE("decimals are rounded once, from their exact value", "[columns]") {
    const plan p = plan_of(model_of_all_types);
    const std::vector<std::int64_t> hundredths{1999, 0, -1, -1, 3333333333333333333, 0};
    column_view decimal = view(column_type::decimal128, hundredths);
    decimal.length = 3;
    decimal.scale = 2;
    const auto money = responses(p, "m", decimal, 1);
    const std::vector<double> major{19.99, -0.01, 33333333333333333.33};
    same(money, responses(p, "m", view(column_type::float64, major), 1));
    CHECK(money[0] == portable::on_grid(19.99 / 2));
    CHECK(std::isnan(money[2]));  // 2^48 minor units and more are not an amount
    decimal.scale = 20;
    const auto tiny = responses(p, "n", decimal, 0);
    CHECK(tiny[0] == 0);
    CHECK(std::isnan(tiny[1]));  // below the metric's minimum
}

TEST_CASE("money: major units, minor units, and fractions that do not exist", "[columns]") {
    const plan p = plan_of(model_of_all_types);
    const auto expected =
        responses(p, "m", view(column_type::float64, std::vector<double>{19.99, 100, 0.1}), 1);
    same(expected,
         responses(p, "m", view(column_type::float32, std::vector<float>{19.99F, 100, 0.1F}), 1));
    column_view minor = view(column_type::int64, std::vector<std::int64_t>{1999, 10000, 10});
    const std::vector<std::int64_t> minor_values{1999, 10000, 10};
    minor.values = minor_values.data();
    minor.minor_units = true;
    same(expected, responses(p, "m", minor, 1));
    const std::vector<std::uint16_t> halves{0x5640, 0x3800};  // 100 and a half
    const auto half = responses(p, "m", view(column_type::float16, halves), 1);
    CHECK(half[0] == 50);
    CHECK(half[1] == 0.25);
    value_state state{};
    const auto finer =
        responses(p, "m", view(column_type::float64, std::vector<double>{0.001, 19.99}), 1, &state);
    CHECK(std::isnan(finer[0]));
    CHECK(state == value_state::invalid);
}

TEST_CASE("flags as bits at any offset, bytes, numbers", "[columns]") {
    const plan p = plan_of(model_of_all_types);
    const auto expected =
        responses(p, "f", view(column_type::byte, std::vector<std::uint8_t>{1, 0, 1, 1, 0}), 2);
    for (std::int64_t offset = 0; offset < 11; ++offset) {
        std::array<std::uint8_t, 4> bits{};
        for (std::int64_t i = 0; i < 5; ++i) set_bit(bits.data(), offset + i, i != 1 && i != 4);
        column_view column;
        column.type = column_type::bit;
        column.length = 5;
        column.offset = offset;
        column.values = bits.data();
        same(expected, responses(p, "f", column, 2));
    }
    same(expected,
         responses(p, "f", view(column_type::float64, std::vector<double>{1, 0, 1, 1, 0}), 2));
    value_state state{};
    CHECK(std::isnan(
        responses(p, "f", view(column_type::int32, std::vector<std::int32_t>{2}), 2, &state)[0]));
    CHECK(state == value_state::invalid);
}

TEST_CASE("a null bitmap at any offset, and NaN, are the same unknown", "[columns]") {
    const plan p = plan_of(model_of_all_types);
    std::vector<double> with_nan(200);
    for (std::size_t i = 0; i < with_nan.size(); ++i)
        with_nan[i] = i % 3 == 0 ? no_value : static_cast<double>(i);
    const auto expected = responses(p, "n", view(column_type::float64, with_nan), 0);
    for (const std::int64_t offset : {0, 1, 7, 8, 63, 64, 65}) {
        std::vector<double> values(200 + static_cast<std::size_t>(offset), 55.0);
        std::vector<std::uint8_t> bits(64, 0);
        for (std::int64_t i = 0; i < 200; ++i) {
            values[static_cast<std::size_t>(i + offset)] =
                i % 3 == 0 ? -1e308 : static_cast<double>(i);
            set_bit(bits.data(), offset + i, i % 3 != 0);
        }
        column_view column = view(column_type::float64, values, offset);
        column.validity = bits.data();
        same(expected, responses(p, "n", column, 0));
    }
}

TEST_CASE("dates: days, milliseconds, instants in the model's zone, text", "[columns]") {
    const plan p = plan_of(model_of_all_types);
    const auto expected = responses(
        p, "d", view(column_type::date32, std::vector<std::int32_t>{19990, 20000, 20001}), 4);
    CHECK(expected[0] == 90);
    CHECK(std::isnan(expected[2]));  // after the snapshot
    constexpr std::int64_t day = 86400;
    const std::vector<std::int64_t> millis{19990 * day * 1000, 20000 * day * 1000,
                                           20001 * day * 1000};
    same(expected, responses(p, "d", view(column_type::date64, millis), 4));
    // 15:00 UTC is midnight in Tokyo: one second earlier is still the day before.
    const std::vector<std::int64_t> instants{19989 * day + 15 * 3600, 20000 * day + 15 * 3600 - 1,
                                             20000 * day + 15 * 3600};
    column_view zoned = view(column_type::timestamp, instants);
    zoned.zoned = true;
    same(expected, responses(p, "d", zoned, 4));
    const std::string text = "2024-09-242024-10-04T23:59:59+09:002024-10-04T15:00:00Z";
    const std::vector<std::int32_t> offsets{0, 10, 35, 55};
    column_view words;
    words.type = column_type::text32;
    words.length = 3;
    words.offsets = offsets.data();
    words.bytes = text.data();
    same(expected, responses(p, "d", words, 4));
    const std::vector<std::int64_t> noon{19990 * day + 43200};
    batch b{p, 1, {.missing_columns_are_unknown = true, .null_texts = {}, .first_row = 10}};
    b.set_as_of(20000);
    REQUIRE(b.bind("d", view(column_type::timestamp, noon)).ok());
    scores s{p, 1};
    const status failed = score(p, b, {0, 1}, s);
    REQUIRE_FALSE(failed.ok());
    CHECK(failed.error().code == errc::bad_value);
    CHECK(failed.error().where.column_name == "d");
}

TEST_CASE("categories: dictionaries of any index type, and plain text", "[columns]") {
    const plan p = plan_of(model_of_all_types);
    const std::string bytes = "bazz";
    const std::vector<std::int32_t> offsets{0, 1, 2, 4};
    column_view words;
    words.type = column_type::text32;
    words.length = 3;
    words.offsets = offsets.data();
    words.bytes = bytes.data();
    const auto expected = responses(p, "c", words, 3);
    CHECK(expected[0] == 90);
    CHECK(expected[1] == 10);
    CHECK(std::isnan(expected[2]));
    const auto coded = [&](column_type index, const auto& indices) {
        column_view column = view(column_type::dictionary, indices);
        column.index_type = index;
        column.dictionary = &words;
        return responses(p, "c", column, 3);
    };
    same(expected, coded(column_type::int8, std::vector<std::int8_t>{0, 1, 2}));
    same(expected, coded(column_type::uint16, std::vector<std::uint16_t>{0, 1, 2}));
    same(expected, coded(column_type::int64, std::vector<std::int64_t>{0, 1, 2}));
    // An index that points nowhere is no category at all.
    CHECK(std::isnan(coded(column_type::int32, std::vector<std::int32_t>{-1, 7})[1]));
}

TEST_CASE("binding says what is wrong with a table", "[batch]") {
    const plan p = plan_of(model_of_all_types);
    const std::vector<double> values{1, 2, 3};
    batch b{p, 3};
    const status unknown = b.bind("N", view(column_type::float64, values));
    REQUIRE_FALSE(unknown.ok());
    CHECK(unknown.error().to_string() == "\"N\" is not a metric of the model; did you mean \"n\"?");
    CHECK_FALSE(b.bind("n", view(column_type::float64, std::vector<double>{1})).ok());
    CHECK_FALSE(b.bind("c", view(column_type::float64, values)).ok());
    const std::vector<std::int64_t> words(6);  // two a value
    for (const std::int32_t scale : {-77, 77}) {
        column_view decimals = view(column_type::decimal128, words);
        decimals.length = 3;
        decimals.scale = scale;
        CHECK_FALSE(b.bind("n", decimals).ok());
        decimals.scale = scale < 0 ? -76 : 76;
        batch good{p, 3};
        CHECK(good.bind("n", decimals).ok());
    }
    REQUIRE(b.bind("n", view(column_type::float64, values)).ok());
    CHECK_FALSE(b.bind("n", view(column_type::float64, values)).ok());
    const status missing = b.ready();
    REQUIRE_FALSE(missing.ok());
    CHECK(missing.error().to_string() ==
          "snapshots: the model needs columns \"m\", \"f\", \"c\", \"d\", which are not there");
    scores s{p, 3};
    CHECK_FALSE(score(p, b, {0, 3}, s).ok());
}

}  // namespace test_columns
