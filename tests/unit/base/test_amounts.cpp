// Money, decimals, bitmaps and the floating-point mode.
#include <algorithm>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/decimal.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/base/number.hpp"

#include "support/catch.hpp"

namespace test_amounts {

using namespace aiueo;
using aiueo::testing::same_bits;

TEST_CASE("minor digits of ISO 4217", "[base][money]") {
    CHECK(minor_digits("JPY") == 0);
    CHECK(minor_digits("USD") == 2);
    CHECK(minor_digits("KWD") == 3);
    CHECK(minor_digits("CLF") == 4);
    CHECK(minor_digits("HUF") == 2);
    CHECK(minor_digits("ISK") == 0);
    for (const char* const wrong : {"", "jpy", "XAU", "XXX", "US", "USDD", "ABC"}) {
        CHECK_FALSE(minor_digits(wrong).has_value());
    }
    const auto sorted = [](const auto& list) {
        return std::is_sorted(std::begin(list), std::end(list));
    };
    CHECK(sorted(detail::currencies_of_0_digits));
    CHECK(sorted(detail::currencies_of_2_digits));
    CHECK(sorted(detail::currencies_of_3_digits));
    CHECK(sorted(detail::currencies_of_4_digits));
}

TEST_CASE("an amount and its minor units are each other's inverse", "[base][money]") {
    std::mt19937_64 random{11};
    for (int i = 0; i < 200000; ++i) {
        const int digits = static_cast<int>(random() % 5);
        const int shift = static_cast<int>(random() % 48);
        auto minor = static_cast<std::int64_t>((random() & 0xFFFFFFFFFFFF) >> shift);
        if ((random() & 1) != 0) minor = -minor;
        if (minor_from_major(major_from_minor(minor, digits), digits) != minor) {
            FAIL(minor << " with " << digits << " digits");
        }
    }
    CHECK(minor_from_major(0.1 + 0.2, 2) == std::nullopt);  // not the double nearest to 0.30
    CHECK(minor_from_major(0.3, 2) == 30);
    CHECK(minor_from_major(12.345, 2) == std::nullopt);
    CHECK(minor_from_major(12.345, 3) == 12345);
    CHECK(minor_from_major(0.5, 0) == std::nullopt);
    CHECK(minor_from_major(-0.0, 2) == 0);
    CHECK(minor_from_major(281474976710655.0, 0) == minor_units_limit - 1);
    CHECK(minor_from_major(281474976710656.0, 0) == std::nullopt);
    CHECK(minor_from_major(-281474976710655.0, 0) == 1 - minor_units_limit);
    CHECK(minor_from_major(-281474976710656.0, 0) == std::nullopt);
    for (const double bad : {std::nan(""), HUGE_VAL, -HUGE_VAL, 1e300, 5e-324}) {
        CHECK(minor_from_major(bad, 2) == std::nullopt);
    }
    CHECK(minor_from_major(0.1f, 2) == 10);
    CHECK(minor_from_major(0.125f, 2) == std::nullopt);
    CHECK(minor_from_major(-1234.56f, 2) == -123456);
    CHECK(minor_from_major(std::numeric_limits<float>::quiet_NaN(), 2) == std::nullopt);
    CHECK(minor_from_major(std::int64_t{-12}, 2) == -1200);
    CHECK(minor_from_major(std::int64_t{2814749767106}, 2) == 281474976710600);
    CHECK(minor_from_major(std::int64_t{2814749767107}, 2) == std::nullopt);
    CHECK(minor_from_major(std::numeric_limits<std::int64_t>::min(), 0) == std::nullopt);
}

TEST_CASE("amounts in text are exact", "[base][money]") {
    const auto minor = [](std::string_view text, int digits) {
        return minor_from_major(split_decimal(text).value(), digits);
    };
    CHECK(minor("12.50", 2) == 1250);
    CHECK(minor("12.5000000000000000000000000000000000000000", 2) == 1250);
    CHECK(minor("12.5000000000000000000000000000000000000001", 2) == std::nullopt);
    CHECK(minor("-.07", 2) == -7);
    CHECK(minor("1e3", 0) == 1000);
    CHECK(minor("1.2e1", 0) == 12);
    CHECK(minor("1200e-2", 0) == 12);
    CHECK(minor("1e-1", 0) == std::nullopt);
    CHECK(minor("0e999999999999", 2) == 0);
    CHECK(minor("1e999999999999", 2) == std::nullopt);
    CHECK(minor("1e-999999999999", 2) == std::nullopt);
    CHECK(minor("281474976710655", 0) == minor_units_limit - 1);
    CHECK(minor("281474976710656", 0) == std::nullopt);
    CHECK(minor("000000000000000000000000000000000001", 2) == 100);
}

TEST_CASE("decimals of every width are the nearest double, and exact money", "[base][decimal]") {
    const auto of = [](std::int64_t value) { return decimal_integer::load(&value, 8); };
    CHECK(same_bits(decimal_to_double(of(1), 1), 0.1));
    CHECK(same_bits(decimal_to_double(of(-123456), 2), -1234.56));
    CHECK(same_bits(decimal_to_double(of(5), -3), 5000.0));
    CHECK(same_bits(decimal_to_double(of(9007199254740993), 0), 9007199254740992.0));
    CHECK(same_bits(decimal_to_double(of(9007199254740993), 1), 900719925474099.3));
    CHECK(same_bits(decimal_to_double(of(std::numeric_limits<std::int64_t>::min()), 0), -0x1p63));
    CHECK(same_bits(decimal_to_double(of(1), 400), 0.0));
    CHECK(same_bits(decimal_to_double(of(-1), -400), -HUGE_VAL));
    CHECK(same_bits(decimal_to_double(of(0), -400), 0.0));
    std::array<std::uint8_t, 32> least{};  // −2^255
    least[31] = 0x80;
    CHECK(same_bits(decimal_to_double(decimal_integer::load(least.data(), 32), 0), -0x1p255));
    CHECK(same_bits(decimal_to_double(decimal_integer::load(least.data(), 32), 76),
                    -5.7896044618658097711785492504343953926634992332820));
    std::array<std::uint8_t, 32> ones;
    ones.fill(0xFF);  // −1 in every width
    for (const std::size_t bytes : {4u, 8u, 16u, 32u}) {
        CHECK(same_bits(decimal_to_double(decimal_integer::load(ones.data(), bytes), 2), -0.01));
        CHECK(minor_from_decimal(decimal_integer::load(ones.data(), bytes), 2, 2) == -1);
        CHECK(minor_from_decimal(decimal_integer::load(ones.data(), bytes), 3, 2) == std::nullopt);
    }
    CHECK(minor_from_decimal(of(1230), 3, 2) == 123);
    CHECK(minor_from_decimal(of(12), -2, 2) == 120000);
    CHECK(minor_from_decimal(of(12), 0, 0) == 12);
    CHECK(minor_from_decimal(of(0), 2000000000, 2) == 0);
    CHECK(minor_from_decimal(of(1), -2000000000, 2) == std::nullopt);
    CHECK(minor_from_decimal(of(1), 2000000000, 2) == std::nullopt);
    CHECK(minor_from_decimal(of(281474976710655), 0, 0) == minor_units_limit - 1);
    CHECK(minor_from_decimal(of(281474976710656), 0, 0) == std::nullopt);
    CHECK(minor_from_decimal(decimal_integer::load(least.data(), 32), 0, 0) == std::nullopt);
}

TEST_CASE("bitmaps at any bit", "[base][bits]") {
    std::mt19937_64 random{3};
    std::vector<std::uint8_t> bits(24);
    for (auto& byte : bits) byte = static_cast<std::uint8_t>(random());
    for (std::int64_t at = 0; at < 100; ++at) {
        for (int count = 0; count <= 64; ++count) {
            // A copy that ends with the last byte needed: reading beyond it is caught by the
            // sanitizer.
            const std::vector<std::uint8_t> tight(bits.begin(),
                                                  bits.begin() + bytes_for_bits(at + count));
            const std::uint64_t got = bits_at(tight.data(), at, count);
            std::uint64_t want = 0;
            for (int i = 0; i < count; ++i) {
                want |= std::uint64_t{bit_at(bits.data(), at + i)} << i;
            }
            if (got != want) FAIL(at << ", " << count);
            if (count_bits(tight.data(), at, count) != std::popcount(want)) FAIL("count " << at);
        }
    }
    CHECK(count_bits(bits.data(), 3, 180) == [&] {
        std::int64_t n = 0;
        for (int i = 3; i < 183; ++i) n += bit_at(bits.data(), i);
        return n;
    }());
    std::vector<std::uint8_t> copy(bytes_for_bits(131), 0xAA);
    copy_bits(bits.data(), 5, 131, copy.data());
    for (int i = 0; i < 131; ++i) CHECK(bit_at(copy.data(), i) == bit_at(bits.data(), i + 5));
    CHECK((copy.back() >> 3) == 0);
    set_bit(copy.data(), 9, true);
    CHECK(bit_at(copy.data(), 9));
    set_bit(copy.data(), 9, false);
    CHECK_FALSE(bit_at(copy.data(), 9));
}

TEST_CASE("the host's floating-point mode is set aside and given back", "[base][float_mode]") {
    REQUIRE(std::fesetround(FE_UPWARD) == 0);
    volatile double one = 1;
    volatile double three = 3;
    const double upward = one / three;
    double inside = 0;
    {
        const default_float_mode mode;
        inside = one / three;
    }
    const double after = one / three;
    std::fesetround(FE_TONEAREST);
    CHECK(same_bits(inside, 1.0 / 3.0));
    CHECK(same_bits(after, upward));
    CHECK_FALSE(same_bits(upward, inside));
}

TEST_CASE("numbers are read and written the same in every mode of the host", "[base][float_mode]") {
    const std::vector<std::string> texts{
        "915.571", "3659930e-12", "0.1", "1e23", "7.3e-312", "-2.2250738585072014e-308", "1e-320"};
    std::vector<double> usual;
    for (const std::string& text : texts) usual.push_back(parse_number(text).value());
    for (const int rounding : {FE_UPWARD, FE_DOWNWARD, FE_TOWARDZERO}) {
        std::vector<double> read;
        std::vector<std::string> written;
        std::fesetround(rounding);
#if defined(__x86_64__)
        _mm_setcsr(_mm_getcsr() | 0x8040U);  // subnormals are taken for 0, and results flushed
#endif
        for (const std::string& text : texts) read.push_back(parse_number(text).value_or(-1));
        for (const double one : usual) written.push_back(format_number(one));
        std::fesetenv(FE_DFL_ENV);
        for (std::size_t k = 0; k < texts.size(); ++k) {
            INFO(texts[k]);
            CHECK(same_bits(read[k], usual[k]));
            CHECK(same_bits(parse_number(written[k]).value(), usual[k]));
        }
    }
}

}  // namespace test_amounts
