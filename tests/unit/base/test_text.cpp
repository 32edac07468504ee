// Numbers, UTF-8, hashes and JSON text.
#include <clocale>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>

#include "aiueo/base/hash.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/utf8.hpp"

#include "support/catch.hpp"

namespace test_text {

using namespace aiueo;
using aiueo::testing::same_bits;

TEST_CASE("numbers are decimal text and nothing else", "[base][number]") {
    CHECK(same_bits(parse_number("12.5").value(), 12.5));
    CHECK(same_bits(parse_number(" \t+1e3\r\n").value(), 1000.0));
    CHECK(same_bits(parse_number("-0").value(), -0.0));
    CHECK(same_bits(parse_number(".5").value(), 0.5));
    CHECK(same_bits(parse_number("5.").value(), 5.0));
    CHECK(same_bits(parse_number("0.1").value(), 0.1));
    CHECK(same_bits(parse_number("1e-400").value(), 0.0));
    CHECK(same_bits(parse_number("-0.000e999").value(), -0.0));
    CHECK(same_bits(parse_number("-" + std::string(400, '0') + "e-1").value(), -0.0));
    CHECK(same_bits(parse_number("0." + std::string(400, '0') + "1e380").value(), 1e-21));
    CHECK(same_bits(parse_number("5e-324").value(), 5e-324));
    for (const char* const wrong :
         {"",      " ",  "nan", "NaN", "inf", "-inf",  "infinity", "0x10",  "1,000",
          "1_000", "１", "1e",  "1e+", "+-1", "-+1",   "--1",      "1.2.3", ".",
          "-",     "+",  "1 2", "12%", "$1",  "1e999", "-1e999",   "e5"}) {
        INFO(wrong);
        CHECK_FALSE(parse_number(wrong).has_value());
    }
    CHECK_FALSE(parse_number(std::string_view{"1\0", 2}).has_value());
    CHECK_FALSE(parse_number(std::string(400, '9')).has_value());
}

TEST_CASE("numbers do not follow the locale", "[base][number]") {
    const std::string before = std::setlocale(LC_ALL, nullptr);
    const bool german = std::setlocale(LC_ALL, "de_DE.UTF-8") != nullptr;
    CHECK(format_number(0.5) == "0.5");
    CHECK(parse_number("0.5") == 0.5);
    CHECK_FALSE(parse_number("0,5").has_value());
    std::setlocale(LC_ALL, before.c_str());
    if (!german) SUCCEED("this system has no locale with a decimal comma");
}

TEST_CASE("a number's text is the shortest that reads back", "[base][number]") {
    CHECK(format_number(100000) == "100000");
    CHECK(format_number(0.1) == "0.1");
    CHECK(format_number(1e15) == "1e+15");
    CHECK(format_number(999999999999999) == "999999999999999");
    CHECK(format_number(1e-5) == "0.00001");
    CHECK(format_number(9e-6) == "9e-06");
    CHECK(format_number(-0.0) == "-0");
    CHECK(format_number(std::nan("")) == "nan");
    CHECK(format_number(-HUGE_VAL) == "-inf");
    std::mt19937_64 random{7};
    for (int i = 0; i < 20000; ++i) {
        const double value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        const auto back = parse_number(format_number(value));
        if (!back || !same_bits(*back, value)) FAIL(format_number(value));
    }
}

TEST_CASE("UTF-8 is what the Unicode Standard says", "[base][utf8]") {
    CHECK(is_utf8("plain, あいうえお, 😀, \x7F"));
    CHECK(is_utf8("\xEF\xBF\xBF \xF4\x8F\xBF\xBF \xED\x9F\xBF \xEE\x80\x80 \xC2\x80"));
    struct sample {
        const char* text;
        std::size_t at;
    };
    for (const sample& one :
         {sample{"\x80", 0}, sample{"a\xC0\x80", 1}, sample{"\xC1\xBF", 0},
          sample{"\xE0\x9F\xBF", 0}, sample{"\xED\xA0\x80", 0}, sample{"\xF0\x8F\xBF\xBF", 0},
          sample{"\xF4\x90\x80\x80", 0}, sample{"\xF5\x80\x80\x80", 0},
          sample{"abcdefghijk\xFF", 11}, sample{"あ\xE3\x81", 3}, sample{"\xC3", 0},
          sample{"\xF0\x9F\x98", 0}, sample{"\xE3\x81 ", 0}}) {
        CHECK(find_invalid_utf8(one.text) == one.at);
    }
    CHECK(count_code_points("aあ😀") == 3);
    CHECK(decode_utf8("😀", 0).code == 0x1F600);
}

TEST_CASE("a stranger's text is shown safely", "[base][utf8]") {
    CHECK(quoted("a\"b\\c\n\t\r") == "\"a\\\"b\\\\c\\n\\t\\r\"");
    CHECK(quoted("\x1B[31m\x7F") == "\"\\u001B[31m\\u007F\"");
    CHECK(quoted("a\xFFz") == "\"a\\xFFz\"");
    CHECK(quoted("\u202Etxt") == "\"\\u202Etxt\"");
    CHECK(quoted("あいうえお", 3) == "\"あいう…\"");
    CHECK(quoted("あいう", 3) == "\"あいう\"");
    CHECK(quoted("") == "\"\"");
}

TEST_CASE("the hash is SipHash-1-3", "[base][hash]") {
    // Of 0x00, 0x01, … under the key 0x00 … 0x0f: vectors of Rust's core::hash (SipHasher13).
    const hash_key key{0x0706050403020100u, 0x0f0e0d0c0b0a0908u};
    std::string text;
    constexpr std::uint64_t expected[] = {0xabac0158050fc4dcu, 0xc9f49bf37d57ca93u,
                                          0x82cb9b024dc7d44du};
    for (const std::uint64_t hash : expected) {
        CHECK(hash_text(text, key) == hash);
        text += static_cast<char>(text.size());
    }
    // The form of 128 bits: SipHasher13 of the Rust crate siphasher.
    text.clear();
    constexpr std::uint64_t wide[][2] = {{0xbea58827b2bc7ee7u, 0x013030dd6adb62fdu},
                                         {0xa8edd36004376ffcu, 0x63f02f2bcc73055eu},
                                         {0x9b836905097f7875u, 0x95ea6a8c54c95b85u}};
    for (const auto& [low, high] : wide) {
        CHECK(hash_text_128(text, key).low == low);
        CHECK(hash_text_128(text, key).high == high);
        text += static_cast<char>(text.size());
    }
    text = {0, 1, 2, 3, 4, 5, 6, 7, 8};
    CHECK(hash_text_128(text, key).low == 0x9439f32c04b8dd81u);
    CHECK(hash_text_128(text, key).high == 0x427c1394000e72f4u);
    CHECK(hash_text("abcdefgh") != hash_text("abcdefg"));
    CHECK(hash_text(std::string_view{"\0", 1}) != hash_text(""));
}

TEST_CASE("JSON text", "[base][json]") {
    std::string out;
    json_writer json{out};
    json.begin_object();
    json.member("name", "あ\"\\\n\x01\xFF</script>")
        .member("n", 0.1)
        .member("count", std::int64_t{-7});
    json.member("yes", true).member("none", std::numeric_limits<double>::quiet_NaN());
    json.key("list").begin_array().integer(1u).number(HUGE_VAL).null().string("\u2028").end_array();
    json.key("empty").begin_object().end_object();
    json.key("raw").raw("[1,2]");
    CHECK_FALSE(json.well_formed());
    json.end_object();
    CHECK(json.well_formed());
    CHECK(out ==
          "{\"name\":\"あ\\\"\\\\\\n\\u0001\xEF\xBF\xBD\\u003c/script\\u003e\",\"n\":0.1,"
          "\"count\":-7,\"yes\":true,\"none\":null,\"list\":[1,null,null,\"\\u2028\"],"
          "\"empty\":{},\"raw\":[1,2]}");
}

TEST_CASE("JSON in a wrong order is noticed", "[base][json]") {
    const auto wrong = [](auto write) {
        std::string out;
        json_writer json{out};
        write(json);
        return !json.well_formed();
    };
    CHECK(wrong([](json_writer&) {}));
    CHECK(wrong([](json_writer& json) { json.begin_object().integer(1).end_object(); }));
    CHECK(wrong([](json_writer& json) { json.begin_object().key("a").end_object(); }));
    CHECK(wrong([](json_writer& json) { json.begin_object().end_array(); }));
    CHECK(wrong([](json_writer& json) { json.begin_array().key("a").end_array(); }));
    CHECK(wrong([](json_writer& json) { json.integer(1).integer(2); }));
    CHECK(wrong([](json_writer& json) { json.integer(1).end_array(); }));
    CHECK(wrong([](json_writer& json) {
        for (int i = 0; i < 64; ++i) json.begin_array();
        for (int i = 0; i < 64; ++i) json.end_array();
    }));
    CHECK_FALSE(wrong([](json_writer& json) {
        for (int i = 0; i < 63; ++i) json.begin_array();
        for (int i = 0; i < 63; ++i) json.end_array();
    }));
}

}  // namespace test_text
