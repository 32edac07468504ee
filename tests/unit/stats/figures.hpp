// What the tests of `stats` share: comparison with published values of six digits, and NaN.
#pragma once

#include <cmath>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "aiueo/stats/figure.hpp"

#include "support/catch.hpp"

namespace aiueo::testing {

using counts = std::vector<std::int64_t>;
using reals = std::vector<double>;

/// To the six decimals that a document prints.
inline comparison printed(double found, double expected) { return near(found, expected, 5e-7); }

inline bool all_undefined(std::initializer_list<double> figures) {
    for (const double figure : figures) {
        if (!std::isnan(figure)) return false;
    }
    return true;
}
inline bool all_undefined(const interval& i) { return all_undefined({i.lower, i.upper}); }
inline bool all_undefined(const estimate& e) {
    return all_undefined({e.value, e.error}) && all_undefined(e.interval);
}
inline bool all_undefined(const test_result& t) { return all_undefined({t.statistic, t.p}); }

}  // namespace aiueo::testing
