// The same values give the same bits, whatever the instruction set, the type and place of the
// columns, and the ranges they are scored in.
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "plans.hpp"

namespace test_sameness {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

// Every kind of group, response and scale that kernels know, and metrics that are read in place,
// with their component, and ahead.
const char* const everything = R"json({
    "aiueo": 1, "name": "sameness",
    "metrics": {"a": {"type": "number", "min": 0, "max": 100}, "b": {"type": "number", "max": 90},
                "c": {"type": "number"}, "d": {"type": "number", "min": 1},
                "e": {"type": "number"}, "f": {"type": "flag"}, "g": {"type": "flag"},
                "h": {"type": "number", "min": 0, "max": 110}, "mrr": {"type": "number"},
                "before": {"type": "number"}, "twice": {"derive": "e * 2 - h"}},
    "axes": {
      "I": {"components": {"a": {"metric": "a", "curve": [[10, 3], [90, 97]], "weight": 0.7},
                           "b": {"metric": "b", "curve": [[5, 0], [20, 40], [20, 45], [33, 44.5], [70, 90], [80, 100]], "weight": 3},
                           "f": {"metric": "f", "weight": 1.1}},
            "caps": [{"when": "g || a < 3", "at_most": 61.3}]},
      "U": {"components": {"c": {"metric": "c", "percentile": [0, 0, 3, 9, 20, 33, 34, 50, 61, 77, 99], "weight": 2},
                           "d": {"metric": "d", "steps": [[5, 30], [40, 61], [80, 100]], "below": 7, "missing": {"prior": 37}},
                           "g": {"metric": "g", "invert": true, "missing": "pessimistic"}}},
      "E": {"components": {"e": {"metric": "e", "curve": [[0, 100], [50, 50], [120, 0]], "missing": "fail"},
                           "t": {"metric": "twice", "curve": [[0, 0], [150, 100]]}}},
      "O": {"components": {"s": {"share": ["h", "e"], "of_zero": 10, "curve": [[0, 0], [2, 100]]},
                           "m": {"metric": "mrr", "curve": [[0, 20], [100, 80]]}}}},
    "touch": {"components": {"h": {"metric": "h", "curve": [[0, 0], [100, 100]]}}},
    "overall": {"weights": {"I": 1, "U": 2.5, "E": 0.3, "O": 1}},
    "ladders": {"stage": [{"name": "one"},
                          {"name": "two", "when": "b >= 10 || f", "expected_by_days": 30},
                          {"name": "three", "when": "U >= 30 && (e > 20 ? d >= 40 : c != 3 || !has(a))"},
                          {"name": "four", "when": "overall > 45 && I.a >= 20 && O.coverage > 0.4"}],
                "other": [{"name": "x"}, {"name": "y", "when": "at_least(stage, 'two') && band != 'low'"},
                          {"name": "z", "when": "stage in ['three', 'four'] || min(a, b) * 2 > h"}]},
    "bands": {"of": "overall", "edges": [30, 45, 60], "names": ["low", "middle", "good", "high"]},
    "roles": {"mrr": "mrr", "mrr_before": "before"},
    "steps": {"threshold": 50}})json";

constexpr std::array<const char*, 10> names{"a", "b", "c", "d",   "e",
                                            "f", "g", "h", "mrr", "before"};
constexpr std::size_t flags_from = 5;
constexpr std::size_t flags_to = 7;

std::uint64_t next(std::uint64_t& state) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 33;
}

/// Whole numbers from 0 to 120, which every type holds; some unknown, some out of range.
std::vector<double> made(std::size_t rows, bool flag, std::uint64_t seed) {
    std::vector<double> out;
    for (std::size_t i = 0; i < rows; ++i) {
        const std::uint64_t pick = next(seed) % 100;
        const auto value = static_cast<double>(next(seed) % (flag ? 2 : 121));
        out.push_back(pick < 8 ? no_value : value);
    }
    return out;
}

/// One column in one of the forms a host may have it in: some rows before it that are not its own,
/// unknown as NaN or by bitmap.
struct shaped {
    std::vector<std::uint8_t> bytes;
    std::vector<std::uint8_t> validity;
    column_view view;

    template <class T>
    void put(const std::vector<double>& values, std::size_t before) {
        bytes.assign((values.size() + before) * sizeof(T), 0xAB);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double v = values[i];
            const T one = v == v || std::is_floating_point_v<T> ? static_cast<T>(v) : T{77};
            std::memcpy(bytes.data() + (i + before) * sizeof(T), &one, sizeof one);
        }
    }

    shaped(const std::vector<double>& values, column_type type, std::size_t before, bool bitmap) {
        switch (type) {
        case column_type::int8: put<std::int8_t>(values, before); break;
        case column_type::int16: put<std::int16_t>(values, before); break;
        case column_type::int32: put<std::int32_t>(values, before); break;
        case column_type::int64: put<std::int64_t>(values, before); break;
        case column_type::uint16: put<std::uint16_t>(values, before); break;
        case column_type::uint32: put<std::uint32_t>(values, before); break;
        case column_type::uint64: put<std::uint64_t>(values, before); break;
        case column_type::float32: put<float>(values, before); break;
        case column_type::float64: put<double>(values, before); break;
        case column_type::bit:
            bytes.assign((values.size() + before) / 8 + 1, 0x5A);
            for (std::size_t i = 0; i < values.size(); ++i) {
                const std::size_t at = i + before;
                const auto bit = static_cast<std::uint8_t>(1U << (at % 8));
                const bool on = values[i] == 1;
                bytes[at / 8] =
                    static_cast<std::uint8_t>(on ? bytes[at / 8] | bit : bytes[at / 8] & ~bit);
            }
            break;
        default: put<std::uint8_t>(values, before); break;  // uint8 and byte
        }
        view.type = type;
        view.length = static_cast<std::int64_t>(values.size());
        view.offset = static_cast<std::int64_t>(before);
        view.values = bytes.data();
        const bool has_nan = type == column_type::float32 || type == column_type::float64;
        if (has_nan && !bitmap) return;
        validity.assign((values.size() + before) / 8 + 1, 0);
        for (std::size_t i = 0; i < values.size(); ++i) {
            const std::size_t at = i + before;
            if (values[i] == values[i])
                validity[at / 8] = static_cast<std::uint8_t>(validity[at / 8] | 1U << (at % 8));
        }
        view.validity = validity.data();
    }
};

struct form {
    column_type number;
    column_type flag;
    std::size_t before;
    bool bitmap;
};

/// Exact-size copies, so that a sanitizer sees a read behind the last row.
struct world {
    std::vector<shaped> columns;
    world(std::size_t rows, const form& as) {
        for (std::size_t k = 0; k < names.size(); ++k) {
            const bool flag = k >= flags_from && k < flags_to;
            columns.emplace_back(made(rows, flag, k + 1), flag ? as.flag : as.number, as.before,
                                 as.bitmap);
            columns.back().bytes.shrink_to_fit();
        }
    }
    [[nodiscard]] batch bound(const plan& to, std::int64_t rows) const {
        batch out{to, rows};
        for (std::size_t k = 0; k < names.size(); ++k) {
            const status ok = out.bind(names[k], columns[k].view);
            if (!ok) FAIL(ok.error().to_string());
        }
        return out;
    }
};

template <class A, class B>
bool same_bytes(A a, B b, std::size_t rows) {
    return std::memcmp(a.data(), b.data(), rows * sizeof(a[0])) == 0;
}

bool same_numbers(std::span<const double> a, std::span<const double> b) {
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (!same_bits(a[i], b[i]).holds) return false;
    }
    return a.size() == b.size();
}

void check_same(const scores& a, const scores& b, std::size_t rows) {
    for (const axis one :
         {axis::implementation, axis::utilization, axis::engagement, axis::outcome, axis::touch})
        CHECK(same_numbers(a[one], b[one]));
    CHECK(same_numbers(a.overall(), b.overall()));
    CHECK(same_numbers(a.coverage(), b.coverage()));
    CHECK(same_numbers(a.lower(), b.lower()));
    CHECK(same_numbers(a.upper(), b.upper()));
    for (std::size_t l = 0; l < 2; ++l) {
        CHECK(same_bytes(a.stage(l), b.stage(l), rows));
        CHECK(same_bytes(a.provisional(l), b.provisional(l), rows));
    }
    CHECK(same_bytes(a.band(), b.band(), rows));
    CHECK(same_bytes(a.pattern(), b.pattern(), rows));
    for (const step one : {step::accompany, step::process, step::success}) {
        const auto count = static_cast<std::int64_t>(rows);
        CHECK(a.achievements(one, count) == b.achievements(one, count));
        if (!a.options().detail || !b.options().detail) continue;
        CHECK(same_bytes(a.achieved(one), b.achieved(one), rows));
        CHECK(same_numbers(a.score(one), b.score(one)));
    }
    for (std::size_t s = 0; s <= static_cast<std::size_t>(value_state::unused); ++s) {
        const auto state = static_cast<value_state>(s);
        for (std::size_t k = 0; k < a.made_for().metrics.size(); ++k) {
            INFO("metric " << k << ", " << name_of(state));
            CHECK(a.tally_of_metric(k, state) == b.tally_of_metric(k, state));
        }
        for (std::uint32_t k = 0; k < a.made_for().component_count; ++k) {
            INFO("component " << k << ", " << name_of(state));
            CHECK(a.tally_of_component(k, state) == b.tally_of_component(k, state));
            CHECK(a.tally_of_finds(k, state) == b.tally_of_finds(k, state));
        }
    }
}

std::vector<plan> plans() {
    auto read = read_model(everything);
    if (!read) FAIL(read.error().to_string());
    std::vector<plan> out;
    for (const kernel_table* kernels : available_kernels()) {
        auto made = compile(*read, {}, {.kernels = kernels, .log = {}});
        if (!made) FAIL(made.error().to_string());
        out.push_back(std::move(*made));
    }
    return out;
}

scores scored_in(const plan& with, const batch& rows, std::int64_t step, bool detail) {
    scores out{with, rows.rows(), {.detail = detail}};
    for (std::int64_t at = 0; at < rows.rows(); at += step) {
        const status ok = score(with, rows, {at, std::min(at + step, rows.rows())}, out);
        if (!ok) FAIL(ok.error().to_string());
    }
    return out;
}

}  // namespace

TEST_CASE("the same bits for every instruction set and every type of column", "[sameness]") {
    constexpr std::array numbers{column_type::float64, column_type::float32, column_type::int8,
                                 column_type::int16,   column_type::int32,   column_type::int64,
                                 column_type::uint8,   column_type::uint16,  column_type::uint32,
                                 column_type::uint64};
    constexpr std::array flags{column_type::bit, column_type::byte, column_type::float64,
                               column_type::uint8};
    const std::vector<plan> all = plans();
    constexpr std::size_t rows = 1003;
    const world usual{rows, {column_type::float64, column_type::float64, 0, false}};
    const scores expected = scored_in(all[0], usual.bound(all[0], rows), rows, false);
    std::size_t stages = 0;
    for (const level_index one : expected.stage(0)) stages |= std::size_t{1} << one;
    REQUIRE(stages == 0b1111);  // the world reaches every rung
    for (std::size_t k = 0; k < all.size(); ++k) {
        for (std::size_t n = 0; n < numbers.size(); ++n) {
            for (const std::size_t before : std::initializer_list<std::size_t>{0, 3, 64}) {
                const form as{numbers[n], flags[n % flags.size()], before, n % 2 == 0};
                const world here{rows, as};
                INFO(all[k].data().kernels->name << ", " << name_of(as.number) << " and "
                                                 << name_of(as.flag) << ", offset " << before);
                check_same(expected, scored_in(all[k], here.bound(all[k], rows), rows, false),
                           rows);
            }
        }
    }
}

TEST_CASE("the same bits for every number of rows, range and with detail", "[sameness]") {
    const std::vector<plan> all = plans();
    for (const std::size_t rows : std::initializer_list<std::size_t>{1, 2, 7, 8, 9, 31, 33, 64, 255,
                                                                     256, 257, 511, 512, 700}) {
        const world usual{rows, {column_type::float64, column_type::bit, 0, false}};
        const auto count = static_cast<std::int64_t>(rows);
        const batch first = usual.bound(all[0], count);
        const scores expected = scored_in(all[0], first, count, false);
        const scores detailed = scored_in(all[0], first, count, true);
        for (const plan& one : all) {
            const batch bound = usual.bound(one, count);
            for (const std::int64_t step : {64, 192, 320, 4096}) {
                INFO(one.data().kernels->name << ", " << rows << " rows by " << step);
                check_same(expected, scored_in(one, bound, step, false), rows);
                check_same(expected, scored_in(one, bound, step, true), rows);
                check_same(detailed, scored_in(one, bound, step, true), rows);
            }
        }
    }
}

TEST_CASE("the same bits from several threads", "[sameness]") {
    const std::vector<plan> all = plans();
    constexpr std::size_t rows = 4096;
    const world usual{rows, {column_type::float32, column_type::byte, 5, true}};
    for (const plan& one : all) {
        const batch bound = usual.bound(one, rows);
        const scores expected = scored_in(one, bound, rows, false);
        scores out{one, rows};
        std::vector<std::thread> threads;
        for (std::int64_t t = 0; t < 4; ++t) {
            threads.emplace_back([&, t] {
                const status ok = score(one, bound, {t * 1024, (t + 1) * 1024}, out);
                if (!ok) std::abort();
            });
        }
        for (std::thread& each : threads) each.join();
        check_same(expected, out, rows);
    }
}

// Kernels read a column without saying why a value is unknown. A component that cannot say it
// either, a share or one with dates, was counted as missing where its metric was out of range.
TEST_CASE("why a component is unknown is counted with and without detail", "[sameness]") {
    const plan subject = plan_of(R"json({"aiueo": 1, "name": "reasons",
        "metrics": {"a": {"type": "number", "min": 0}, "b": {"type": "number", "min": 0},
                    "c": {"type": "number", "min": 0}},
        "touch": {"components": {"a": {"metric": "a", "curve": [[0, 0], [1, 100]],
                                       "from": "2020-01-01"}}},
        "axes": {"U": {"components": {"s": {"share": ["b", "c"], "curve": [[0, 0], [1, 100]]}}}},
        "ladders": {"stage": [{"name": "low"}, {"name": "high", "when": "a > 0"}]}})json");
    const std::array<double, 4> a{-1, no_value, 1, -1};
    const std::array<double, 4> b{-1, -1, no_value, 1};
    const std::array<double, 4> c{no_value, 1, -1, 1};
    batch rows{subject, 4};
    rows.set_as_of(20000);
    for (const auto& [name, values] : {std::pair{"a", &a}, {"b", &b}, {"c", &c}}) {
        column_view column;
        column.type = column_type::float64;
        column.length = 4;
        column.values = values->data();
        REQUIRE(rows.bind(name, column).ok());
    }
    for (const bool detail : {false, true}) {
        INFO("detail " << detail);
        scores out{subject, 4, {.detail = detail}};
        REQUIRE(score(subject, rows, {0, 4}, out).ok());
        CHECK(out.tally_of_component(0, value_state::invalid) == 2);  // U.s
        CHECK(out.tally_of_component(0, value_state::missing) == 1);
        CHECK(out.tally_of_component(0, value_state::known) == 1);
        CHECK(out.tally_of_component(1, value_state::invalid) == 2);  // touch.a
        CHECK(out.tally_of_component(1, value_state::missing) == 1);
        CHECK(out.tally_of_component(1, value_state::known) == 1);
    }
}

}  // namespace test_sameness
