// study › percentile_fits: knots of percentile responses from who was seen. … ─► evidence ─► study
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/value_code.hpp"
#include "aiueo/study/calibration_finding.hpp"
#include "aiueo/study/model_patch.hpp"

namespace aiueo::detail {

/// As many knots as now, at equal ranks; of each bin the value nearest to 0.
inline void fit_percentile(const slices& from, contract_kind of, std::int32_t metric,
                           percentile_fit& to) {
    const auto kind = static_cast<std::int32_t>(of);
    const auto& blocks = from.source().table(table_id::metrics).blocks();
    std::vector<std::pair<double, std::int64_t>> values;
    for (auto at = blocks.lower_bound({kind, metric, unknown_code + 1, 0});
         at != blocks.end() && at->first[0] == kind && at->first[1] == metric; ++at) {
        std::int64_t n = 0;
        for (const std::int64_t one : at->second) n += one;
        values.emplace_back(value_of_code(at->first[2]), n);
        to.n += n;
    }
    to.fitted = knots_at_ranks(values, to.present.size());
    if (to.fitted.empty()) to.why = "too few values, or all alike";
}

/// New knots for every percentile response, from the distribution at the first lead.
[[nodiscard]] inline std::vector<percentile_fit> percentile_fits(const slices& from,
                                                                 contract_kind kind,
                                                                 std::int32_t lead) {
    const counted& shape = from.shape();
    std::vector<percentile_fit> out;
    for (std::uint32_t g = 0; g < group_count; ++g) {
        for (const component& one : shape.model().rules.groups[g].components) {
            if (one.how != response::percentile) continue;
            percentile_fit fit;
            fit.component = std::string{group_names[g]} + "." + one.name;
            for (const knot& each : one.knots) fit.present.push_back(each.at);
            if (one.is_share)
                fit.why = "a share's distribution is not counted";
            else if (lead != 0)
                fit.why = "raw metrics are counted at the first lead only";
            else
                fit_percentile(from, kind, static_cast<std::int32_t>(one.input_metrics[0]), fit);
            out.push_back(std::move(fit));
        }
    }
    return out;
}

}  // namespace aiueo::detail
