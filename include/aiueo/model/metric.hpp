// model › metric: one raw observation of a customer. base ─► table ─► model
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "aiueo/base/error.hpp"
#include "aiueo/model/expression.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo {

/// What a person reads instead of a name; either one text for all, or one for each language.
struct label {
    std::string ja;
    std::string en;
    [[nodiscard]] bool empty() const noexcept { return ja.empty() && en.empty(); }
};

/// A metric counted from the initiatives table: rows of `initiative` dated in (as_of − window_days,
/// as_of].
struct initiative_source {
    enum class value : std::uint8_t { count, done, days_since };
    enum class dated_by : std::uint8_t { date, attended, responded };
    std::string initiative;
    value what = value::count;
    dated_by of = dated_by::date;
    std::int32_t window_days = 0;
};

struct metric {
    enum class source : std::uint8_t { column, initiatives, derived };
    std::string name;
    label shown;
    source from = source::column;
    metric_type type = metric_type::number;  ///< derived: set by check_model()
    std::optional<double> min;               ///< numbers and money (major units): below is invalid
    std::optional<double> max;
    std::optional<std::int32_t> max_age_days;  ///< older is stale
    initiative_source counted;                 ///< from == initiatives
    expression derive;                         ///< from == derived; reads metrics only
    place where;
};

}  // namespace aiueo
