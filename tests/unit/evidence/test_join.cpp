#include "aiueo/evidence/join.hpp"

#include "support/catch.hpp"

namespace test_join {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

std::int32_t day(int year, int month, int of_month) {
    return static_cast<std::int32_t>(days_from_civil(year, month, of_month));
}

}  // namespace

TEST_CASE("calendar months between two days", "[evidence][join]") {
    using detail::months_between;
    CHECK(months_between(day(2025, 1, 15), day(2025, 7, 15)) == 6);
    CHECK(near(months_between(day(2025, 1, 15), day(2025, 7, 30)), 6 + 15.0 / 31, 1e-15));
    CHECK(near(months_between(day(2025, 1, 15), day(2025, 7, 5)), 6 - 10.0 / 31, 1e-15));
    CHECK(months_between(day(2024, 11, 3), day(2026, 2, 3)) == 15);
    CHECK(months_between(day(2025, 1, 31), day(2025, 2, 28)) == 1);
    CHECK(months_between(day(2025, 7, 15), day(2025, 1, 15)) == -6);
    CHECK(months_between(day(2025, 5, 9), day(2025, 5, 9)) == 0);
}

}  // namespace test_join
