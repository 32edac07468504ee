// action › condition_values: a condition as the reason of a row: its text, and what the customer
// has for the metrics in it.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/model/expression.hpp"
#include "aiueo/score/batch.hpp"

#include "portfolio.hpp"

namespace aiueo::detail {

/// Metrics that an expression reads, each once.
inline void add_metrics(const expression& from, std::vector<std::uint32_t>& to) {
    for (const node& part : from.nodes) {
        if (part.what != op::name || part.resolved.what != symbol::kind::metric) continue;
        if (std::find(to.begin(), to.end(), part.resolved.index) == to.end())
            to.push_back(part.resolved.index);
    }
}

/// "logins < 3 (logins 1)". `reads`: those of add_metrics(), whose values the portfolio has.
[[nodiscard]] inline std::string condition_with_values(const expression& when,
                                                       const std::vector<std::uint32_t>& reads,
                                                       const portfolio& of, const batch& rows,
                                                       std::int64_t row) {
    std::string out = when.source;
    for (std::size_t k = 0; k < reads.size(); ++k) {
        const metric& named = rows.made_for().model.metrics[reads[k]];
        const double value = of.value(reads[k], row);
        out += (k == 0 ? " (" : ", ") + named.name + " ";
        if (value != value) {
            out += "unknown";
            continue;
        }
        switch (named.type) {
        case metric_type::number:
        case metric_type::money: out += format_number(std::round(value * 100) / 100); break;
        case metric_type::flag: out += value != 0 ? "yes" : "no"; break;
        case metric_type::date: out += format_date(static_cast<std::int32_t>(value)); break;
        case metric_type::category: out += rows.text(value); break;
        }
    }
    return reads.empty() ? out : out + ")";
}

}  // namespace aiueo::detail
