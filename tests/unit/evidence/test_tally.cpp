// Every instruction set counts as a plain recount does.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/products.hpp"
#include "aiueo/evidence/tally_choice.hpp"
#include "aiueo/evidence/value_code.hpp"
#include "aiueo/score/kernel_choice.hpp"

#include "support/catch.hpp"

namespace test_tally {

using namespace aiueo;

namespace {

std::uint64_t next(std::uint64_t& state) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 33;
}

enum class holds { anything, nothing, zeros, hundreds };

/// Responses of some rows in tenths: `first` other columns, then the components.
struct responses {
    std::size_t first = 0;
    std::size_t components = 0;
    std::size_t width = 0;
    std::vector<std::int16_t> tenths;
    std::vector<std::uint32_t> rows;  ///< those that are counted, in an order of their own

    responses(std::size_t before, std::size_t count, std::size_t counted, holds what)
        : first(before),
          components(count),
          width(detail::response_rows::width_of(before, before + count)) {
        std::uint64_t state = counted * 1000 + count;
        const std::size_t all = counted + 3;
        tenths.assign(all * width, std::int16_t{-1});
        for (std::size_t i = 0; i < all; ++i) {
            for (std::size_t c = 0; c < first + components; ++c)
                tenths[i * width + c] = one_of(what, state);
        }
        for (std::size_t k = 0; k < counted; ++k)
            rows.push_back(static_cast<std::uint32_t>(k % 2 == 0 ? k / 2 : all - 1 - k / 2));
    }

    static std::int16_t one_of(holds what, std::uint64_t& state) {
        switch (what) {
        case holds::nothing: return -1;
        case holds::zeros: return 0;
        case holds::hundreds: return 1000;
        case holds::anything: break;
        }
        const std::uint64_t pick = next(state) % 20;
        if (pick < 3) return pick == 0 ? std::int16_t{-1} : static_cast<std::int16_t>(pick * 500);
        return static_cast<std::int16_t>(next(state) % 1001);
    }

    [[nodiscard]] detail::response_rows view() const { return {tenths.data(), width}; }
    [[nodiscard]] std::int64_t at(std::uint32_t row, std::size_t column) const {
        return tenths[row * width + column];
    }
};

/// (k₁s₁ …, k₁ …, y, 1) of a row.
std::vector<std::int64_t> vector_of(const responses& from, std::uint32_t row, bool kept) {
    std::vector<std::int64_t> out;
    for (std::size_t c = 0; c < from.components; ++c)
        out.push_back(std::max<std::int64_t>(from.at(row, from.first + c), 0));
    for (std::size_t c = 0; c < from.components; ++c)
        out.push_back(from.at(row, from.first + c) >= 0 ? 1 : 0);
    out.push_back(kept ? 1 : 0);
    out.push_back(1);
    return out;
}

void check_products(const responses& from, bool kept) {
    const std::size_t n = 2 * from.components + 2;
    std::vector<std::int64_t> plain(n * (n + 1) / 2, 7);
    for (const std::uint32_t row : from.rows) {
        const std::vector<std::int64_t> x = vector_of(from, row, kept);
        for (std::size_t i = 0; i < n; ++i) {
            for (std::size_t j = i; j < n; ++j)
                plain[counted::product_cell(i, j, n)] += x[i] * x[j];
        }
    }
    for (const kernel_table* set : available_kernels()) {
        INFO(set->name);
        const tally_table& loops = tally_for(set->isa);
        REQUIRE(loops.isa == set->isa);
        detail::product_sums sums{loops, from.first, from.components};
        std::vector<std::int64_t> counted(plain.size(), 7);  // they are added to what is there
        sums.add(from.view(), from.rows, kept, counted.data());
        CHECK(counted == plain);
    }
}

void check_squares(const responses& from, bool kept) {
    const std::size_t variables = from.first + from.components;
    std::vector<std::int64_t> plain(variables * 6, 7);
    for (const std::uint32_t row : from.rows) {
        for (std::size_t v = 0; v < variables; ++v) {
            const std::int64_t x = from.at(row, v);
            std::int64_t* to = plain.data() + (v * 2 + (kept ? 1 : 0)) * 3;
            to[0] += x >= 0 ? 1 : 0;
            to[1] += x >= 0 ? x : 0;
            to[2] += x >= 0 ? x * x : 0;
        }
    }
    for (const kernel_table* set : available_kernels()) {
        INFO(set->name);
        detail::variable_sums sums{tally_for(set->isa), variables};
        std::vector<std::int64_t> counted(plain.size(), 7);
        sums.add(from.view(), from.rows, kept, counted.data());
        CHECK(counted == plain);
    }
}

}  // namespace

TEST_CASE("every instruction set sums products as a plain recount does", "[tally]") {
    for (const std::size_t components : {1U, 3U, 8U, 24U, 67U}) {
        for (const std::size_t rows : {1U, 2U, 63U, 255U, 256U, 257U, 2049U}) {
            if (components == 67 && rows > 300) continue;
            for (const std::size_t first : {0U, 5U}) {
                INFO(components << " components, " << rows << " rows, after " << first);
                const responses from{first, components, rows, holds::anything};
                for (const bool kept : {false, true}) {
                    check_products(from, kept);
                    check_squares(from, kept);
                }
            }
        }
    }
}

TEST_CASE("sums of extremes fit, however many rows", "[tally]") {
    for (const holds what : {holds::nothing, holds::zeros, holds::hundreds}) {
        for (const std::size_t rows : {1U, 2048U, 5001U}) {
            INFO(rows << " rows");
            const responses from{5, 9, rows, what};
            check_products(from, true);
            check_squares(from, false);
        }
    }
}

TEST_CASE("every instruction set quantises scores and values alike", "[tally]") {
    constexpr double no_value = std::numeric_limits<double>::quiet_NaN();
    std::vector<double> scores{no_value, 0.0, 0.04, 0.05, 0.449, 0.45, 99.949, 99.95, 100.0};
    for (int k = 0; k <= 1000; ++k) scores.push_back(k / 10.0);
    std::uint64_t state = 1;
    while (scores.size() < 1500)
        scores.push_back(std::ldexp(static_cast<double>(next(state) % 104857600), -20));
    std::vector<double> values{no_value,
                               0.0,
                               -0.0,
                               -1.0,
                               1.0,
                               std::numeric_limits<double>::denorm_min(),
                               std::numeric_limits<double>::max(),
                               -std::numeric_limits<double>::max()};
    while (values.size() < 1001) {
        const double size = std::ldexp(1.0, static_cast<int>(next(state) % 200) - 100);
        values.push_back((static_cast<double>(next(state) % 2001) - 1000.0) * size);
    }
    for (const kernel_table* set : available_kernels()) {
        INFO(set->name);
        const tally_table& loops = tally_for(set->isa);
        constexpr std::size_t stride = 3;
        std::vector<std::int16_t> tenths(scores.size() * stride, 77);
        loops.tenths(scores.data(), scores.size(), tenths.data(), stride);
        std::vector<std::uint8_t> bins(tenths.size());
        loops.bins(tenths.data(), tenths.size(), bins.data());
        bool same = true;
        for (std::size_t i = 0; i < scores.size(); ++i) {
            const bool known = scores[i] == scores[i];
            const int tenth = known ? static_cast<int>(scores[i] * 10 + 0.5) : -1;
            same = same && tenths[i * stride] == tenth && tenths[i * stride + 1] == 77 &&
                   bins[i * stride] == (known ? (tenth + 5) / 10 : static_cast<int>(unknown_bin)) &&
                   bins[i * stride + 1] == 8;
        }
        CHECK(same);
        std::vector<std::int32_t> codes(values.size());
        loops.codes(values.data(), values.size(), codes.data());
        for (std::size_t i = 0; i < values.size(); ++i) {
            INFO(values[i]);
            REQUIRE(codes[i] == value_code(values[i]));
        }
    }
}

}  // namespace test_tally
