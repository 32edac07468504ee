// Every instruction set gives the same bits.
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <vector>

#include "aiueo/score/bind.hpp"

#include "plans.hpp"

namespace test_kernels {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

const char* const kernels_model = R"json({
    "aiueo": 1, "name": "kernels",
    "metrics": {"x": {"type": "number", "min": -50, "max": 900}, "y": {"type": "number"}, "z": {"type": "number"},
                "f": {"type": "flag"}, "r": {"derive": "x / y"}},
    "axes": {"I": {"components": {"f": {"metric": "f", "weight": 0.3}, "z": {"metric": "z", "steps": [[1, 40], [5, 90]]}}},
             "U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [10, 33.3], [10, 40], [700, 100]], "weight": 0.7},
                                  "r": {"metric": "r", "curve": [[-1, 5], [3, 95]], "missing": {"prior": 31}},
                                  "p": {"metric": "y", "percentile": [0, 0, 3, 50, 51]}}}},
    "overall": {"weights": {"I": 1, "U": 2.5}},
    "ladders": {"stage": [{"name": "a"}, {"name": "b", "when": "f || z > 2"},
                          {"name": "c", "when": "U >= 50 && (r > 1 ? x > 20 : y >= 3 || !f)"}]},
    "bands": {"of": "overall", "edges": [30, 60], "names": ["low", "middle", "high"]}})json";

std::uint64_t next(std::uint64_t& state) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 33;
}

}  // namespace

TEST_CASE("a choice between two truths, of every value of three flags", "[kernels]") {
    auto read = read_model(
        model_text(R"("f": {"type": "flag"}, "g": {"type": "flag"}, "h": {"type": "flag"})",
                   R"("U": {"components": {"g": {"metric": "g"}}})",
                   R"("ladders": {"stage": [{"name": "a"}, {"name": "b", "when": "f ? g : h"}]})"));
    if (!read) FAIL(read.error().to_string());
    const double truths[] = {0, 1, no_value};
    std::vector<double> f, g, h;
    for (const double one : truths) {
        for (const double other : truths) {
            for (const double third : truths) {
                f.push_back(one);
                g.push_back(other);
                h.push_back(third);
            }
        }
    }
    for (const kernel_table* kernels : available_kernels()) {
        auto made = compile(*read, {}, {.kernels = kernels, .log = {}});
        REQUIRE(made.ok());
        auto bound = bind(*made, 27, {{"f", f}, {"g", g}, {"h", h}});
        REQUIRE(bound.ok());
        scores all{*made, 27};
        REQUIRE(score(*made, *bound, {0, 27}, all).ok());
        for (std::size_t i = 0; i < 27; ++i) {
            INFO(kernels->name << ": " << f[i] << " ? " << g[i] << " : " << h[i]);
            const double value = f[i] == 1 ? g[i] : f[i] == 0 ? h[i] : no_value;
            CHECK(all.stage(0)[i] == (value == 1 ? 1 : 0));
            CHECK(all.provisional(0)[i] == (value != value ? 1 : no_level));
        }
    }
}

TEST_CASE("an instruction writes its own column and nothing beside it", "[kernels]") {
    // Columns lie side by side in a workspace: what is written behind one is another's.
    constexpr std::size_t columns = 5;
    constexpr slot left = 1;
    constexpr slot right = 2;
    constexpr slot out = 3;
    const std::array<std::uint8_t, 4> answer{0, 1, 0, 1};
    const std::array<const std::uint8_t*, 1> answers{answer.data()};
    for (const kernel_table* kernels : available_kernels()) {
        for (const std::size_t n : {std::size_t{1}, std::size_t{8}, chunk_rows - 1, chunk_rows}) {
            for (std::uint8_t k = 0;
                 k <= static_cast<std::uint8_t>(instruction::last_of_comparisons); ++k) {
                cache_line_vector<double> memory(columns * chunk_rows);
                std::vector<double*> slots;
                for (std::size_t c = 0; c < columns; ++c) {
                    slots.push_back(memory.data() + c * chunk_rows);
                    for (std::size_t i = 0; i < chunk_rows; ++i)
                        slots[c][i] = static_cast<double>((c + i) % 4);
                }
                std::vector<truth_column> truths(columns);
                for (std::size_t c = 0; c < columns; ++c) {
                    std::memset(truths[c].yes, 0x35, sizeof truths[c].yes);
                    std::memset(truths[c].no, 0x82, sizeof truths[c].no);
                }
                const cache_line_vector<double> before = memory;
                const std::vector<truth_column> truths_before = truths;
                instruction one;
                one.what = static_cast<instruction::code>(k);
                one.out = out;
                one.a = left;
                one.b = right;
                one.c = 1;
                one.constant = 2;
                one.other_constant = 3;
                const bool to_numbers = one.what <= instruction::last_of_numbers;
                const text_answers texts{answers.data()};
                kernels->run(&one, 1, slots.data(), truths.data(), n, texts);
                INFO(kernels->name << ", instruction " << int{k} << ", " << n << " rows");
                bool same = true;
                for (std::size_t c = 0; c < columns; ++c) {
                    if (to_numbers && c == out) continue;
                    same = same && std::equal(slots[c], slots[c] + chunk_rows,
                                              before.data() + c * chunk_rows);
                }
                for (std::size_t c = 0; c < columns; ++c) {
                    if (!to_numbers && c == out) continue;
                    const truth_column& was = truths_before[c];
                    same = same && std::ranges::equal(truths[c].yes, was.yes) &&
                           std::ranges::equal(truths[c].no, was.no);
                }
                CHECK(same);
            }
        }
    }
}

TEST_CASE("what a quotient by weights lacks is known to the last bit", "[kernels]") {
    const plan p = plan_of(
        model_text(R"("x": {"type": "number"})",
                   R"("I": {"components": {"x": {"metric": "x", "curve": [[0, 0], [10, 100]]}}},
           "U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [10, 100]]}}})",
                   R"("overall": {"weights": {"I": 1, "U": 2}})"));
    const kernel_divisor& by = p.data().schemes[0].overall_weights;
    CHECK(by.exact);
    CHECK(by.by == 3);
    // A third has the bits 0101…: 54 places are (1 − 2⁻⁵⁴) / 3.
    CHECK(same_bits(by.high, 1.0 / 3));
    CHECK(same_bits(by.low, 0x1p-54 / 3));
}

TEST_CASE("every instruction set gives the same bits, for every number of rows", "[kernels]") {
    auto read = read_model(kernels_model);
    if (!read) FAIL(read.error().to_string());
    REQUIRE(available_kernels().front() == &portable_kernels);
    for (const std::int64_t rows : {1, 3, 8, 31, 64, 255, 256, 257, 1000}) {
        std::uint64_t state = 42;
        std::vector<double> x;
        std::vector<std::int16_t> y;
        std::vector<float> z;
        std::vector<std::uint8_t> f;
        for (std::int64_t i = 0; i < rows; ++i) {
            const std::uint64_t pick = next(state) % 10;
            x.push_back(pick == 0 ? no_value
                                  : static_cast<double>(next(state) % 20000) / 20.0 - 60.0);
            y.push_back(static_cast<std::int16_t>(next(state) % 60));
            z.push_back(pick == 1 ? std::numeric_limits<float>::quiet_NaN()
                                  : static_cast<float>(next(state) % 80) / 10.0F);
            f.push_back(static_cast<std::uint8_t>(next(state) % 2));
        }
        std::vector<scores> all;
        std::vector<plan> plans;
        for (const kernel_table* kernels : available_kernels()) {
            auto made = compile(*read, {}, {.kernels = kernels, .log = {}});
            REQUIRE(made.ok());
            plans.push_back(std::move(*made));
            auto bound = bind(plans.back(), rows, {{"x", x}, {"y", y}, {"z", z}, {"f", f}});
            if (!bound) FAIL(bound.error().to_string());
            all.emplace_back(plans.back(), rows);
            REQUIRE(score(plans.back(), *bound, {0, rows}, all.back()).ok());
        }
        for (std::size_t k = 1; k < all.size(); ++k) {
            INFO(available_kernels()[k]->name << ", " << rows << " rows");
            bool same = true;
            for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
                same =
                    same && same_bits(all[0].overall()[i], all[k].overall()[i]).holds &&
                    same_bits(all[0].coverage()[i], all[k].coverage()[i]).holds &&
                    same_bits(all[0].lower()[i], all[k].lower()[i]).holds &&
                    same_bits(all[0].upper()[i], all[k].upper()[i]).holds &&
                    same_bits(all[0][axis::implementation][i], all[k][axis::implementation][i])
                        .holds &&
                    same_bits(all[0][axis::utilization][i], all[k][axis::utilization][i]).holds &&
                    all[0].stage(0)[i] == all[k].stage(0)[i] &&
                    all[0].provisional(0)[i] == all[k].provisional(0)[i] &&
                    all[0].band()[i] == all[k].band()[i];
            }
            CHECK(same);
            CHECK(all[0].tally_of_metric(0, value_state::invalid) ==
                  all[k].tally_of_metric(0, value_state::invalid));
            CHECK(all[0].tally_of_metric(0, value_state::missing) ==
                  all[k].tally_of_metric(0, value_state::missing));
        }
    }
}

}  // namespace test_kernels
