// evidence › late_inputs: what a row knew later than it should. … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/score/batch.hpp"

namespace aiueo::detail {

class late_inputs {
public:
    /// An input that was observed after a day.
    struct found {
        const metric* source = nullptr;  ///< null: there is none
        double day = 0;
    };

    late_inputs(const counted& shape, const batch& rows) : shape_(shape), rows_(rows) {
        for (std::size_t k = 0; k < shape.model().metrics.size(); ++k) {
            const bound_metric* bound = rows.metric_column(k);
            if (bound != nullptr && bound->observed_given) dated_.push_back(k);
        }
    }

    /// The row's first input, in the model's order, that was observed after the cutoff.
    [[nodiscard]] result<found> of(std::int64_t row, std::int32_t cutoff) const {
        for (const std::size_t m : dated_) {
            const metric& source = shape_.model().metrics[m];
            double day = 0;
            value_state state{};
            if (status ok = rows_.metric_column(m)->load_observed(row, {&day, &state, 1}, source,
                                                                  shape_.model());
                !ok)
                return std::move(ok).error();
            if (day > static_cast<double>(cutoff)) return found{&source, day};
        }
        return found{};
    }

private:
    const counted& shape_;
    const batch& rows_;
    std::vector<std::size_t> dated_;  ///< metrics whose values have days of their own
};

}  // namespace aiueo::detail
