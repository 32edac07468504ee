// A plan that is made to act scores as the plan it was made from, to the bit.
#include <string>
#include <vector>

#include "../action/acting.hpp"

namespace test_trigger_ladders {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

std::string drawn_rows() {
    std::string out;
    std::uint64_t state = 5;
    const auto draw = [&state](std::uint64_t n) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state >> 33) % n;
    };
    for (int k = 0; k < 1500; ++k) {
        const auto number = [&](std::uint64_t top) {
            return draw(7) == 0 ? std::string{"NULL"} : std::to_string(draw(top + 1));
        };
        out += (k > 0 ? "\n" : "") + ("c" + std::to_string(k)) + ",2026-04-30," +
               (draw(3) == 0 ? "trial" : "pro") + "," + number(999) +
               ",2025-05-01,2026-07-31,Aoi,east," +
               std::vector<std::string>{"yes", "no", "NULL"}[draw(3)] + "," + number(100) + "," +
               number(10) + "," + number(9);
    }
    return out;
}

template <class span_type>
bool same(const span_type& a, const span_type& b) {
    REQUIRE(a.size() == b.size());
    for (std::size_t k = 0; k < a.size(); ++k) {
        if constexpr (std::is_same_v<typename span_type::value_type, double>) {
            if (!same_bits(a[k], b[k])) return false;
        } else if (a[k] != b[k]) {
            return false;
        }
    }
    return true;
}

}  // namespace

TEST_CASE("a plan that is made to act gives the same scores", "[score][act]") {
    const std::string text = drawn_rows();
    const acting_rows plain = bound_to(plan_of(acting_model), text);
    const acting_rows asking = acting(text, "overall < 50 && logins < 30");
    const scores a = scored(*plain.of, *plain.rows);
    const scores b = scored(*asking.of, *asking.rows);
    for (const axis one : {axis::implementation, axis::utilization, axis::engagement}) {
        CHECK(same(a[one], b[one]));
        CHECK(same(a.coverage(one), b.coverage(one)));
        CHECK(same(a.lower(one), b.lower(one)));
        CHECK(same(a.upper(one), b.upper(one)));
    }
    CHECK(same(a.overall(), b.overall()));
    CHECK(same(a.coverage(), b.coverage()));
    CHECK(same(a.band(), b.band()));
    CHECK(same(a.profile(), b.profile()));
    CHECK(same(a.pattern(), b.pattern()));
    for (std::size_t k = 0; k < 2; ++k) {
        CHECK(same(a.stage(k), b.stage(k)));
        CHECK(same(a.provisional(k), b.provisional(k)));
    }
}

TEST_CASE("the ladders of a plan that is made to act", "[score][act]") {
    const plan of = plan_of(acting_model);
    const auto names = [](const plan& one) {
        std::vector<std::string> out;
        for (const ladder& each : one.model().rules.ladders) out.push_back(each.name);
        return out;
    };
    using texts = std::vector<std::string>;
    const auto acting_plan = compile_to_act(of);
    REQUIRE(acting_plan.ok());
    const texts triggers{"stage",           "value",           "trigger quiet",
                         "trigger welcome", "success welcome", "trigger ends"};
    CHECK(names(*acting_plan) == triggers);
    CHECK(detail::own_ladders(acting_plan->model()) == 2);
    // From one that acts already, with another condition, without and with one again.
    const auto again = compile_to_act(*acting_plan, "logins < 3");
    REQUIRE(again.ok());
    CHECK(names(*again).size() == triggers.size() + 1);
    CHECK(detail::own_ladders(again->model()) == 2);
    CHECK(again->model().profiles[0].rules.ladders.size() == triggers.size() + 1);
    const auto back = compile_to_act(*again);
    REQUIRE(back.ok());
    CHECK(names(*back) == triggers);
    CHECK(back->model().fingerprint == of.model().fingerprint);
    CHECK(names(of) == texts{"stage", "value"});
}

}  // namespace test_trigger_ladders
