#include "outputs.hpp"

#include <bit>
#include <string>

#include "bench.hpp"

namespace bench {

score_columns columns_of(const aiueo::scores& from) noexcept {
    using aiueo::axis;
    score_columns out;
    out.number = {from[axis::implementation].data(),
                  from[axis::utilization].data(),
                  from[axis::engagement].data(),
                  from[axis::outcome].data(),
                  from.overall().data(),
                  from.coverage().data(),
                  from.lower().data(),
                  from.upper().data()};
    out.level = {from.stage(0).data(), from.provisional(0).data(), from.band().data(),
                 from.profile().data()};
    return out;
}

score_columns columns_of(const outputs& from) noexcept {
    score_columns out;
    for (std::size_t k = 0; k < outputs::numbers; ++k) out.number[k] = from.number[k].data();
    for (std::size_t k = 0; k < outputs::levels; ++k) out.level[k] = from.level[k].data();
    return out;
}

void must_equal(const score_columns& ours, const score_columns& theirs, std::int64_t rows,
                const char* whose) {
    const auto differ = [&](std::int64_t row, const char* column, double a, double b) {
        fail("row " + std::to_string(row) + ": " + column + " is " + std::to_string(a) + ", by " +
             whose + " " + std::to_string(b));
    };
    for (std::int64_t i = 0; i < rows; ++i) {
        for (std::size_t k = 0; k < outputs::numbers; ++k) {
            const double a = ours.number[k][i];
            const double b = theirs.number[k][i];
            const bool same = std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b) ||
                              (a != a && b != b);
            if (!same) differ(i, number_names[k], a, b);
        }
        for (std::size_t k = 0; k < outputs::levels; ++k) {
            if (ours.level[k][i] != theirs.level[k][i]) {
                differ(i, level_names[k], ours.level[k][i], theirs.level[k][i]);
            }
        }
    }
}

}  // namespace bench
