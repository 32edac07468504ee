#include <cstdint>

#include "aiueo/base/int128.hpp"
#include "aiueo/evidence/revenue_shape.hpp"

#include "support/catch.hpp"

namespace test_revenue_shape {

using namespace aiueo;

TEST_CASE("a square in three digits", "[evidence][revenue]") {
    const std::int64_t most = (std::int64_t{1} << 48) - 1;
    for (const std::int64_t mrr :
         {std::int64_t{0}, std::int64_t{1}, std::int64_t{65535}, std::int64_t{65536},
          std::int64_t{0xFFFFFFFF}, std::int64_t{1} << 32, std::int64_t{123456789012345}, most}) {
        INFO(mrr);
        const auto digits = square_digits(mrr);
        const int128 base = int128{1} << 32;
        const int128 sum = digits[0] + base * (digits[1] + base * digits[2]);
        CHECK((sum == int128{mrr} * mrr));
        for (const std::int64_t digit : digits) CHECK((digit >= 0 && digit < base));
    }
}

}  // namespace test_revenue_shape
