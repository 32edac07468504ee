// A scorer as one would write it by hand: row by row, a virtual call a component, the same rules
// and bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "aiueo/model/model.hpp"

#include "outputs.hpp"
#include "world.hpp"

namespace bench {

class virtual_scorer {
public:
    explicit virtual_scorer(const aiueo::model& model);

    /// Rows [begin, end) of the columns into the same rows of `out`.
    void score(const std::array<const double*, column_count>& columns, std::int64_t begin,
               std::int64_t end, outputs& out) const;

private:
    struct response {
        virtual ~response() = default;
        [[nodiscard]] virtual double of(double x) const noexcept = 0;
    };
    struct curve_response;
    struct steps_response;
    struct flag_response;

    struct component {
        std::size_t column = 0;
        std::unique_ptr<const response> how;
        double weight = 1;
        double prior_weight = 0;
        double prior = 0;
    };
    struct axis {
        std::vector<component> components;
        double total = 0;
        double min_coverage = 0.5;
        double overall_weight = 0;
    };
    struct range {
        double low;
        double high;
    };
    struct comparison {
        std::size_t value;  ///< a column, then the four axes, then overall
        bool at_least;      ///< else at most
        double than;
    };
    using clause = std::vector<comparison>;  ///< any of them
    using rung = std::vector<clause>;        ///< all of them
    using values = std::array<double, column_count + 5>;

    [[nodiscard]] static double truth(const comparison& one, const values& row) noexcept;
    [[nodiscard]] static double truth(const rung& one, const values& row) noexcept;
    void score_row(values& row, std::size_t at, outputs& out) const;

    std::array<range, column_count> ranges_{};
    std::array<axis, 4> axes_;
    double min_axes_ = 2;
    double min_coverage_ = 0.5;
    double weights_ = 0;
    std::vector<rung> rungs_;
    std::vector<double> edges_;
};

}  // namespace bench
