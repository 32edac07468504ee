// study › saved_forecast: what of an earlier forecast is compared with what came.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

#include "aiueo/study/forecast_finding.hpp"

#include "options.hpp"

namespace aiueo::detail {

inline void read_saved(study_options& from, std::string_view key, forecast_amount& to) {
    from.object(key, [&to](study_options& amount) {
        to.mean = amount.figure("mean");
        std::size_t k = 0;
        amount.each("intervals", [&](study_options& one) {
            const double level = one.figure("level");
            const interval found{one.figure("lower"), one.figure("upper")};
            if (k < forecast_levels.size() && level == forecast_levels[k])
                to.intervals[k++] = found;
            return false;
        });
        return false;
    });
}

/// A finding of this study as JSON. Keys that are not compared are not looked at: a later version
/// may write more.
inline forecast_finding read_saved_forecast(study_options& saved) {
    forecast_finding out;
    for (const std::string_view key : {"origin", "model", "months"}) saved.require(key);
    if (saved.has("origin")) out.origin = saved.text("origin").value_or("");
    if (saved.has("data_until")) out.data_until = saved.text("data_until").value_or("");
    out.model = saved.text("model").value_or("");
    saved.each("months", [&out](study_options& from) {
        forecast_period to;
        for (const std::string_view key : {"month", "renewed", "levels"}) from.require(key);
        to.month = from.text("month").value_or("");
        read_saved(from, "renewed", to.renewed);
        read_saved(from, "kept_mrr_minor_units", to.kept_mrr);
        from.each("levels", [&to](study_options& level) {
            forecast_level one;
            if (level.has("level")) one.level = level.text("level").value_or("");
            one.rate = level.figure("rate");
            one.due = level.figure("due");
            one.due_mrr = level.figure("due_mrr_minor_units");
            one.mrr_rate = level.figure("mrr_rate");
            to.levels.push_back(std::move(one));
            return false;
        });
        out.months.push_back(std::move(to));
        return false;
    });
    return out;
}

}  // namespace aiueo::detail
