// Dictionaries, customer keys, and what is readable as what.
#include <cstdint>
#include <limits>
#include <string>
#include <unordered_map>

#include "aiueo/table/accepts.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/dictionary.hpp"

#include "columns.hpp"
#include "support/catch.hpp"

namespace test_keys {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

TEST_CASE("ids are dense, in first-come order, and texts stay", "[table][dictionary]") {
    dictionary words;
    CHECK(words.find("a") == dictionary::none);
    CHECK(words.intern("b") == 0);
    CHECK(words.intern("") == 1);
    CHECK(words.intern("a") == 2);
    CHECK(words.intern("b") == 0);
    CHECK(words.intern(std::string_view{"a\0", 2}) == 3);
    const char* const where = words.text(0).data();
    std::unordered_map<std::string, std::int32_t> want;
    for (std::int32_t i = 0; i < 50000; ++i) {
        const std::string text = "customer-" + std::to_string(i * 7919 % 30000);
        const auto [at, fresh] = want.try_emplace(text, static_cast<std::int32_t>(words.size()));
        if (words.intern(text) != at->second) FAIL(text);
    }
    CHECK(words.size() == want.size() + 4);
    CHECK(words.text(0).data() == where);
    for (const auto& [text, id] : want) {
        if (words.find(text) != id || words.text(id) != text) FAIL(text);
    }
    const std::string huge(3 << 20, 'x');
    CHECK(words.text(words.intern(huge)) == huge);
    CHECK(words.find("customer-x") == dictionary::none);
    dictionary moved = std::move(words);
    CHECK(moved.find("a") == 2);
    moved.clear();
    CHECK(moved.empty());
    CHECK(moved.find("a") == dictionary::none);
    CHECK(moved.intern("z") == 0);
    moved.reserve(1000);
    CHECK(moved.find("z") == 0);
}

TEST_CASE("a customer's key is the same text in every column type", "[table][customers]") {
    const text_fixture texts{"7", "c-2", std::nullopt, "", "あ"};
    key_buffer buffer;
    for (const column_type layout : text_layouts) {
        const auto keys = customer_keys::make(texts.view(layout), "snapshots");
        REQUIRE(keys.ok());
        CHECK(keys->key_at(0, buffer) == "7");
        CHECK(keys->key_at(4, buffer) == "あ");
        CHECK_FALSE(keys->key_at(2, buffer).has_value());
        CHECK_FALSE(keys->key_at(3, buffer).has_value());
        CHECK(keys->find("c-2") == 1);
        CHECK(keys->find("c-2", 2) == -1);
        CHECK(keys->check(0, 2).ok());
        CHECK_THAT(keys->check(0, 5, 10).error().to_string(),
                   Contains("snapshots, row 13, column \"customer\""));
        CHECK_FALSE(keys->check(3, 4).ok());
    }
    const auto integers = [&buffer]<class T>(column_type type, T low, T high) {
        const std::vector<T> values{7, low, high};
        const auto keys = customer_keys::make(values_of(type, values), "snapshots");
        CHECK(keys->key_at(0, buffer) == "7");
        CHECK(keys->key_at(1, buffer) == std::to_string(low));
        CHECK(keys->key_at(2, buffer) == std::to_string(high));
        CHECK(keys->find(std::to_string(high)) == 2);
        CHECK(keys->check(0, 3).ok());
    };
    const auto whole = [&]<class T>(column_type type, T) {
        integers(type, std::numeric_limits<T>::min(), std::numeric_limits<T>::max());
    };
    whole(column_type::int8, std::int8_t{});
    whole(column_type::int16, std::int16_t{});
    whole(column_type::int32, std::int32_t{});
    whole(column_type::int64, std::int64_t{});
    whole(column_type::uint8, std::uint8_t{});
    whole(column_type::uint16, std::uint16_t{});
    whole(column_type::uint32, std::uint32_t{});
    whole(column_type::uint64, std::uint64_t{});
    const std::vector<double> doubles{1};
    CHECK_THAT(
        customer_keys::make(values_of(column_type::float64, doubles), "snapshots").error().message,
        Contains("cannot be float64; cast it to text or to an integer"));
    CHECK_THAT(customer_keys::make(text_fixture{"a\xFF"}.view(), "t")->check(0, 1).error().message,
               Contains("not UTF-8"));
    CHECK(customer_keys::make(text_fixture{std::string(70000, 'x')}.view(), "t")
              ->check(0, 1)
              .error()
              .code == errc::limit_exceeded);
}

TEST_CASE("which column can be read as which metric", "[table][accepts]") {
    using enum column_type;
    const auto reads = [](column_type type, metric_type wanted, bool minor = false) {
        column_view column;
        column.type = type;
        column.minor_units = minor;
        return check_readable(column, wanted, "x", "snapshots").ok();
    };
    for (const column_type type : {none, text32, text64, text_view, dictionary}) {
        for (const metric_type wanted :
             {metric_type::number, metric_type::flag, metric_type::category, metric_type::date,
              metric_type::money}) {
            CHECK(reads(type, wanted));
        }
    }
    for (const column_type type :
         {int8, int16, int32, int64, uint8, uint16, uint32, uint64, float16, float32, float64}) {
        CHECK(reads(type, metric_type::number));
        CHECK(reads(type, metric_type::money));
        CHECK(reads(type, metric_type::flag));
        CHECK_FALSE(reads(type, metric_type::date));
        CHECK_FALSE(reads(type, metric_type::category));
        CHECK(byte_width(type) > 0);
    }
    for (const column_type type : {decimal32, decimal64, decimal128, decimal256}) {
        CHECK(reads(type, metric_type::number));
        CHECK(reads(type, metric_type::money));
        CHECK_FALSE(reads(type, metric_type::flag));
    }
    for (const column_type type : {date32, date64, timestamp}) {
        CHECK(reads(type, metric_type::date));
        CHECK_FALSE(reads(type, metric_type::number));
        CHECK_FALSE(reads(type, metric_type::money));
        CHECK_FALSE(reads(type, metric_type::flag));
    }
    for (const column_type type : {bit, byte}) {
        CHECK(reads(type, metric_type::flag));
        CHECK_FALSE(reads(type, metric_type::number));
        CHECK_FALSE(reads(type, metric_type::category));
    }
    CHECK(reads(int64, metric_type::money, true));
    CHECK(reads(text32, metric_type::money, true));
    CHECK_FALSE(reads(float64, metric_type::money, true));
    CHECK_FALSE(reads(int64, metric_type::number, true));
    column_view column;
    column.type = float64;
    CHECK(
        check_readable(column, metric_type::category, "plan", "snapshots").error().to_string() ==
        "snapshots, column \"plan\": a category metric cannot be read from float64; cast the column to text");
}

}  // namespace test_keys
