// Exact products and differences of 128-bit numbers.
#include <random>

#include "aiueo/base/int128.hpp"

#include "support/catch.hpp"

namespace test_int128 {

using namespace aiueo;
using aiueo::testing::same_bits;

TEST_CASE("products of 128 bits and their differences are exact", "[base][int128]") {
    using detail::difference, detail::product, detail::to_double;
    std::mt19937_64 random{3};
    const auto draw = [&random] {
        const auto high = static_cast<std::int64_t>(random());
        return (int128{high} * 4294967296 + static_cast<std::int64_t>(random() >> 32)) >>
               (random() % 90);
    };
    for (int i = 0; i < 20000; ++i) {
        const int128 a = draw(), b = draw(), c = draw();
        // a (b + c) − a c = a b, whatever the signs.
        const int128 half_b = b / 2, half_c = c / 2;
        const auto found = difference(product(a, half_b + half_c), product(a, half_c));
        const auto wanted = product(a, half_b);
        const bool same = found.high == wanted.high && found.low == wanted.low &&
                          (found.negative == wanted.negative || (found.high | found.low) == 0);
        if (!same) FAIL("difference of products, case " << i);
    }
    CHECK(same_bits(to_double(product(int128{3} << 100, int128{5} << 100)), 15 * 0x1p200));
    CHECK(same_bits(to_double(product(int128{-3} << 100, int128{5} << 100)), -15 * 0x1p200));
    CHECK(to_double(difference(product(7, 9), product(9, 7))) == 0);
    CHECK(to_double(difference(product(-7, 9), product(7, 9))) == -126);
    CHECK(to_double(difference(product(2, 3), product(7, 9))) == -57);
    const int128 least = static_cast<int128>(uint128{1} << 127);
    CHECK(same_bits(to_double(product(least, least)), 0x1p254));
    CHECK(same_bits(to_double(product(least, 1)), -0x1p127));
    // A carry from the lower half, both ways.
    const auto ones = product(static_cast<int128>(~std::uint64_t{0}), int128{1} << 64);
    CHECK(to_double(difference(ones, product(-1, 1))) == 0x1p128 - 0x1p64);
    CHECK(to_double(difference(product(int128{1} << 64, int128{1} << 64), product(1, 1))) ==
          0x1p128);
}

}  // namespace test_int128
