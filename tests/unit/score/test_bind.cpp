#include <array>
#include <chrono>

#include "aiueo/aiueo.hpp"

#include "plans.hpp"

namespace test_bind {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("a host's arrays bind in one call", "[bind]") {
    const plan p = plan_of(R"({"aiueo": 1, "name": "bound", "currency": "USD",
        "metrics": {"logins": {"type": "number"}, "setup": {"type": "flag"}, "plan": {"type": "category"},
                    "mrr": {"type": "money"}, "last": {"type": "date"}, "open": {"type": "flag"}},
        "axes": {"U": {"min_coverage": 0, "components": {
            "logins": {"metric": "logins", "curve": [[0, 0], [10, 100]]}, "setup": {"metric": "setup"},
            "plan": {"metric": "plan", "table": {"pro": 100, "trial": 0}},
            "mrr": {"metric": "mrr", "curve": [[0, 0], [100, 100]]},
            "last": {"metric": "last", "days_since": [[0, 100], [100, 0]]}, "open": {"metric": "open"}}}}})");
    constexpr std::int64_t rows = 3;
    const std::vector<std::string> ids{"a", "b", "c"};
    const std::vector<std::chrono::sys_days> as_of(3,
                                                   std::chrono::sys_days{std::chrono::days{20000}});
    const std::vector<std::int32_t> logins{1, 5, 10};
    const std::array<std::uint8_t, 1> setup{0b101};
    const std::vector<std::int8_t> plans{0, 1, -1};
    const std::vector<std::string_view> plan_names{"pro", "trial"};
    const std::vector<std::int64_t> cents{5000, 10000, 0};
    const std::vector<std::int32_t> last{20000, 19950, 19900};
    const std::array<bool, 3> open{true, false, true};
    const std::array<std::uint8_t, 1> known{0b011};

    auto b = bind(p, rows,
                  {{"customer", ids},
                   {"as_of", as_of},
                   {"logins", logins},
                   {"setup", bits(setup, rows)},
                   {"plan", codes(plans, plan_names)},
                   {"mrr", minor_units(cents)},
                   {"last", dates(last)},
                   {"open", known_where(known, column_source{open}.view)}});
    if (!b) FAIL(b.error().to_string());
    const batch moved = std::move(*b);
    const scores s = scored(p, moved);
    CHECK(s.component(0)[1] == 50);
    CHECK(s.component(1)[1] == 0);
    CHECK(s.component(2)[0] == 100);
    CHECK(s.component(2)[1] == 0);
    CHECK(std::isnan(s.component(2)[2]));
    CHECK(s.component(3)[0] == 50);
    CHECK(s.component(4)[1] == 50);
    CHECK(s.component(5)[0] == 100);
    CHECK(std::isnan(s.component(5)[2]));
    CHECK(moved.customer(1) == "b");
    CHECK(moved.find_customer("c") == 2);
    auto wrong = bind(p, rows, {{"login", logins}});
    REQUIRE_FALSE(wrong.ok());
    CHECK(wrong.error().message.find("did you mean \"logins\"") != std::string::npos);
}

}  // namespace test_bind
