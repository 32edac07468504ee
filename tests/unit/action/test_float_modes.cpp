// The C++ entries compute in the default floating-point mode, whatever the host has set, and leave
// the host its own. tests/capi/host_modes.c does the same through C, over more kinds of call.
#include <cfenv>
#include <map>
#include <string>
#include <vector>

#include "aiueo/action/comparison_json.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/bind.hpp"
#include "aiueo/score/change.hpp"
#include "aiueo/score/explain_json.hpp"
#include "aiueo/score/gap_json.hpp"
#include "aiueo/score/rollup.hpp"
#include "aiueo/score/summary.hpp"
#include "aiueo/study/registry.hpp"

#include "../evidence/histories.hpp"

namespace test_float_modes {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

using answers = std::map<std::string, std::string>;

/// Tenths, thirds and numbers below the normal ones: other bits in any other mode.
std::string model_with(const char* weight) {
    return model_text(
        R"("a": {"type": "number"}, "b": {"type": "number"}, "tiny": {"type": "number"},
           "c": {"derive": "a / 3 + b * 0.1"})",
        std::string{R"("U": {"components": {
              "a": {"metric": "a", "curve": [[0.1, 0.3], [7.7, 99.9]], "weight": )"} +
            weight + R"(},
              "c": {"metric": "c", "curve": [[0, 0.1], [3.3, 70.7], [9.1, 100]]},
              "tiny": {"metric": "tiny", "curve": [[0, 0], [2e-310, 100]]}}})",
        R"("overall": {"weights": {"U": 0.7}, "min_axes": 1},
           "ladders": {"stage": [{"name": "low"}, {"name": "high", "when": "U >= 50.1"}]})");
}

constexpr std::int64_t count = 40;

/// What rows there are. Made once, before any mode is set.
struct columns {
    std::vector<std::string> customers, parents;
    std::vector<double> a, b, tiny;

    columns() {
        for (std::int64_t k = 0; k < count; ++k) {
            const auto x = static_cast<double>(k);
            customers.push_back("c" + std::to_string(k));
            parents.push_back("p" + std::to_string(k % 3));
            a.push_back(k % 7 == 3 ? no_value : 0.1 + x * 0.19);
            b.push_back(0.7 + x / 3);
            tiny.push_back(x * 7.3e-312);
        }
    }
    void bind(batch& to) const {
        REQUIRE(to.bind_source("customer", customers).ok());
        REQUIRE(to.bind_source("parent", parents).ok());
        REQUIRE(to.bind_source("a", a).ok());
        REQUIRE(to.bind_source("b", b).ok());
        REQUIRE(to.bind_source("tiny", tiny).ok());
    }
};

std::string hex(double value) {
    std::string out(17, ' ');
    const auto bits = std::bit_cast<std::uint64_t>(value);
    for (std::size_t k = 0; k < 16; ++k) out[k] = "0123456789abcdef"[bits >> (60 - 4 * k) & 15U];
    return out;
}

/// Each entry's answer, as text.
answers told(const columns& from, const told_history& history) {
    answers out;
    const std::string current_text = model_with("0.3");
    const model_reading reading = inspect_model(current_text);
    REQUIRE(reading.usable);
    out["inspect_model"] = reading.value.fingerprint;
    const plan current = plan_of(current_text);
    const plan proposed = plan_of(model_with("1.7"));

    batch rows{current, count, {.all_metrics = true}};
    from.bind(rows);
    batch others{proposed, count, {.all_metrics = true}};
    from.bind(others);
    scores given{current, count, {.detail = true}};
    REQUIRE(score(current, rows, {0, count}, given).ok());
    for (const double one : given.overall()) out["score"] += hex(one);

    for (std::int64_t row = 0; row < count; row += 9) {
        const auto explained = explain(current, rows, row);
        REQUIRE(explained.ok());
        out["explain"] += explain_json(*explained);
        const auto lacking = gap(current, rows, row, "stage", "high");
        REQUIRE(lacking.ok());
        out["gap"] += gap_json(*lacking);
    }
    summary seen{current};
    seen.add(given, count);
    out["summary"] = seen.json();

    const auto parents = roll_up(rows, given);
    REQUIRE(parents.ok());
    for (const rolled_parent& one : parents->parents)
        out["roll_up"] += hex(one.scores[overall_change].score);

    const auto compared = compare_models({&current, &rows, &proposed, &others});
    REQUIRE(compared.ok());
    json_writer writer{out["compare_models"]};
    write_json(writer, *compared);

    const plan counting = plan_of(history_model);
    evidence counted = evidence_of(counting, history);
    out["evidence"] = bytes_of(counted);
    for (const study_entry& one : studies()) {
        const auto found = run_study(counted, one.name);
        out["study " + std::string{one.name}] = found.ok() ? *found : found.error().to_string();
    }
    return out;
}

/// As a host would: the whole of the floating-point environment.
struct host_mode {
    std::fenv_t before{};
    explicit host_mode(int rounding, bool flushes) {
        std::fegetenv(&before);
        std::fesetround(rounding);
#if defined(__x86_64__)
        if (flushes) _mm_setcsr(_mm_getcsr() | 0x8040U);
#elif defined(__aarch64__)
        if (flushes) asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{1} << 24) : "memory");
#else
        static_cast<void>(flushes);
#endif
    }
    ~host_mode() { std::fesetenv(&before); }
    host_mode(const host_mode&) = delete;
    host_mode& operator=(const host_mode&) = delete;
};

}  // namespace

TEST_CASE("C++ entries answer the same in every floating-point mode, and leave it as it was") {
    const columns from;
    const told_history history = with_initiatives(made_history(30, 5), 6);
    const answers usual = told(from, history);
    struct named {
        const char* name;
        int rounding;
        bool flushes;
    };
    for (const named& mode : {named{"upward", FE_UPWARD, false},
                              {"downward", FE_DOWNWARD, false},
                              {"toward zero", FE_TOWARDZERO, false},
                              {"flushing", FE_TONEAREST, true},
                              {"both", FE_UPWARD, true}}) {
        INFO(mode.name);
        answers here;
        int after = 0;
        {
            const host_mode as{mode.rounding, mode.flushes};
            here = told(from, history);
            after = std::fegetround();
        }
        CHECK(after == mode.rounding);
        CHECK(here.size() == usual.size());
        for (const auto& [name, text] : usual) {
            INFO(name);
            const bool same = here[name] == text;
            CHECK(same);
        }
    }
}

}  // namespace test_float_modes
