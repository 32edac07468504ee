// The date of a batch's latest snapshot: of columns, of one date for all, of neither.
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/score/latest_as_of.hpp"

#include "plans.hpp"

namespace test_latest_as_of {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

plan some_plan() {
    return plan_of(
        model_text(R"("n": {"type": "number"})",
                   R"("U": {"components": {"n": {"metric": "n", "curve": [[0, 0], [1, 100]]}}})"));
}

batch of_dates(const plan& of, const std::vector<std::int32_t>& dates, const std::uint8_t* known) {
    batch_options options;
    options.missing_columns_are_unknown = true;
    options.first_row = 100;
    batch out{of, static_cast<std::int64_t>(dates.size()), options};
    column_view as_of;
    as_of.type = column_type::date32;
    as_of.length = out.rows();
    as_of.values = dates.data();
    as_of.validity = known;
    REQUIRE(out.bind("as_of", as_of).ok());
    return out;
}

}  // namespace

TEST_CASE("the latest date, wherever it is", "[latest_as_of]") {
    const plan p = some_plan();
    for (const std::size_t rows : {1u, 127u, 128u, 129u, 1000u}) {
        for (const std::size_t at : {std::size_t{0}, rows / 2, rows - 1}) {
            for (const std::int32_t day : {20000, -5}) {  // before 1970, too
                std::vector<std::int32_t> dates(rows, day - 1);
                dates[at] = day;
                const auto found = latest_as_of(of_dates(p, dates, nullptr));
                REQUIRE(found.ok());
                CHECK(*found == day);
            }
        }
    }
    batch constant{p, 3, {}};
    constant.set_as_of(20000);
    CHECK(latest_as_of(constant).ok());
    CHECK(*latest_as_of(constant) == 20000);
}

TEST_CASE("without a date there is no latest one", "[latest_as_of]") {
    const plan p = some_plan();
    CHECK(latest_as_of(batch{p, 3, {}}).error().code == errc::not_found);
    batch nothing{p, 0, {}};
    nothing.set_as_of(20000);
    CHECK(latest_as_of(nothing).error().code == errc::not_found);
    const std::vector<std::int32_t> dates(3, 20000);
    const std::uint8_t known = 0x05;
    const auto found = latest_as_of(of_dates(p, dates, &known));
    REQUIRE_FALSE(found.ok());
    CHECK(found.error().code == errc::bad_value);
    CHECK_THAT(found.error().to_string(), Contains("row 102") && Contains("as_of"));
}

}  // namespace test_latest_as_of
