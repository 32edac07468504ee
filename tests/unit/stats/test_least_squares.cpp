#include <cmath>
#include <vector>

#include "aiueo/stats/least_squares.hpp"

#include "support/catch.hpp"
#include "unit/stats/figures.hpp"

namespace test_least_squares {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("two columns, one of which would be negative", "[stats][least_squares]") {
    // A = [1 0; 1 1; 1 2], b = (3, 2, 0).
    const reals gram = {3, 3, 3, 5}, moments = {5, 2};
    reals x(2);
    const auto free = least_squares(gram, moments, x);
    CHECK(free.valid);
    CHECK(free.columns == 2);
    CHECK(near(x[0], 19.0 / 6, 1e-14));
    CHECK(near(x[1], -1.5, 1e-14));
    const auto bounded = non_negative_least_squares(gram, moments, x);
    CHECK(bounded.valid);
    CHECK(bounded.columns == 1);
    CHECK(near(x[0], 5.0 / 3, 1e-14));
    CHECK(x[1] == 0);
    // The first explains more and enters first; the second is then not wanted.
    CHECK(bounded.rounds == 1);
}

TEST_CASE("four columns that overlap", "[stats][least_squares]") {
    // Column j of A is 1 from row j on: the products are min(i, j). b = A (1, 2, 3, 4).
    const reals gram = {1, 1, 1, 1, 1, 2, 2, 2, 1, 2, 3, 3, 1, 2, 3, 4}, moments = {10, 19, 26, 30};
    reals x(4);
    CHECK(least_squares(gram, moments, x).columns == 4);
    for (std::size_t i = 0; i < 4; ++i) CHECK(near(x[i], static_cast<double>(i + 1), 1e-12));
    const auto bounded = non_negative_least_squares(gram, moments, x);
    CHECK(bounded.columns == 4);
    for (std::size_t i = 0; i < 4; ++i) CHECK(near(x[i], static_cast<double>(i + 1), 1e-12));
}

TEST_CASE("a column that leaves the set again", "[stats][least_squares]") {
    // The first column looks best alone and is worthless beside the other two:
    // A = [1 1 0; 1 0 1; 1 0 0], b = (5, 5, −1).
    const reals gram = {3, 1, 1, 1, 1, 0, 1, 0, 1}, moments = {9, 5, 5};
    reals x(3);
    const auto fit = non_negative_least_squares(gram, moments, x);
    CHECK(fit.valid);
    CHECK(fit.columns == 2);
    CHECK(x[0] == 0);
    CHECK(near(x[1], 5, 1e-14));
    CHECK(near(x[2], 5, 1e-14));
    // One after the other they enter; when the third does, the first leaves and the others stay.
    CHECK(fit.rounds == 3);
    CHECK(non_negative_least_squares(gram, reals{0.9, 0.5, 0.5}, x).rounds == 3);
    CHECK(near(x[1], 0.5, 1e-15));
}

TEST_CASE("columns that depend on each other", "[stats][least_squares]") {
    // The second is twice the first, the third is zeros.
    const reals gram = {2, 4, 0, 4, 8, 0, 0, 0, 0}, moments = {2, 4, 0};
    reals x(3);
    const auto free = least_squares(gram, moments, x);
    CHECK(free.valid);
    CHECK(free.columns == 1);
    CHECK(free.dependent == 2);
    CHECK(near(x[0], 1, 1e-15));
    CHECK(x[1] == 0);
    CHECK(x[2] == 0);
    const auto bounded = non_negative_least_squares(gram, moments, x);
    CHECK(bounded.valid);
    CHECK(bounded.columns == 1);
    CHECK(bounded.dependent >= 1);
    CHECK(near(x[0] + 2 * x[1], 1, 1e-14));
    CHECK(x[2] == 0);
    // Nothing to explain, nothing that explains.
    CHECK(non_negative_least_squares(gram, reals{0, 0, 0}, x).valid);
    CHECK(x[0] == 0);
    CHECK(non_negative_least_squares(reals{1}, reals{-3}, x = reals(1)).columns == 0);
    CHECK(x[0] == 0);
    reals none;
    CHECK(least_squares(none, none, none).valid);
    CHECK(non_negative_least_squares(none, none, none).valid);
}

TEST_CASE("units do not matter", "[stats][least_squares]") {
    const double far = 0x1p40;
    const reals gram = {3, 3 * far, 3 * far, 5 * far * far}, moments = {5, 6 * far};
    reals x(2), y(2);
    CHECK(least_squares(gram, moments, x).columns == 2);
    CHECK(least_squares(reals{3, 3, 3, 5}, reals{5, 6}, y).columns == 2);
    CHECK(near(x[0], y[0], 1e-14));
    CHECK(near(x[1] * far, y[1], 1e-14));
    CHECK(non_negative_least_squares(gram, moments, x).columns == 2);
    CHECK(near(x[1] * far, y[1], 1e-14));
}

TEST_CASE("systems that are none", "[stats][least_squares]") {
    const double nan = std::nan("");
    const auto refused = [](const reals& gram, const reals& moments, std::size_t n) {
        reals x(n, 1.0), y(n, 1.0);
        CHECK_FALSE(least_squares(gram, moments, x).valid);
        CHECK_FALSE(non_negative_least_squares(gram, moments, y).valid);
        for (std::size_t i = 0; i < n; ++i) {
            CHECK(std::isnan(x[i]));
            CHECK(std::isnan(y[i]));
        }
    };
    refused({1, 0, 0, 1}, {1, 2}, 3);
    refused({1, 0, 0}, {1, 2}, 2);
    refused({1, 0, 0, -1}, {1, 2}, 2);
    refused({1, 0, 0, nan}, {1, 2}, 2);
    refused({1, nan, 0, 1}, {1, 2}, 2);
    refused({1, 0, 0, HUGE_VAL}, {1, 2}, 2);
    refused({1, 0, 0, 1}, {1, nan}, 2);
    refused({1, 0, 0, 1}, {1, HUGE_VAL}, 2);
}

}  // namespace test_least_squares
