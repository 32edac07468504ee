// score › bound_metric: a column as one metric of a plan. base ─► table ─► model ─► score
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/model/model.hpp"
#include "aiueo/score/load.hpp"
#include "aiueo/table/column.hpp"
#include "aiueo/table/text.hpp"

namespace aiueo::detail {

/// Either a view of the host's memory, or what was converted from its text. The value's bits are
/// the same.
struct bound_metric {
    bool given = false;
    column_view values;
    bool is_codes = false;       ///< categories: values are text ids of the batch already
    std::int64_t first_row = 0;  ///< rows of the table before this batch, for messages
    std::size_t texts = 0;       ///< how many ids the batch has given out; others are invalid
    std::vector<std::int32_t>
        remap;              ///< dictionary columns: index → text id of the batch, −1 = null
    owned_column owned;     ///< converted text, or the batch's own memory
    bool settable = false;  ///< `owned` is the batch's own memory, to be filled by row
    bool observed_given = false;
    column_view observed;  ///< the METRIC@ column
    owned_column observed_owned;
    bool observed_settable = false;

    /// Rows [begin, begin + count) as doubles with their states.
    /// Errors: bad_value (a wall-clock time in a date).
    [[nodiscard]] status load(std::int64_t begin, const chunk_target& to, const metric& source,
                              const model& subject) const {
        double low = -std::numeric_limits<double>::max();
        double high = std::numeric_limits<double>::max();
        switch (source.type) {
        case metric_type::number:
            load_plain(values, begin, to);
            low = source.min.value_or(low);
            high = source.max.value_or(high);
            break;
        case metric_type::money:
            load_money(values, begin, to, subject.minor_digits);
            low = source.min.value_or(low);
            high = source.max.value_or(high);
            break;
        case metric_type::flag:
            load_plain(values, begin, to);
            settle_flags(to, values.type == column_type::byte);
            break;
        case metric_type::category:
            if (values.type == column_type::none) {
                load_plain(values, begin, to);
            } else if (is_codes) {
                // A host writes reserved memory itself: an id nobody gave out must index nothing.
                load_each<std::int32_t>(values, begin, to, [this](std::int32_t code) {
                    if (code < 0) return unknown_value;
                    return static_cast<std::size_t>(code) < texts ? static_cast<double>(code)
                                                                  : impossible;
                });
            } else {
                load_codes(values, begin, to, remap);
            }
            break;
        case metric_type::date: {
            std::int64_t bad_row = -1;
            load_date(values, begin, to, subject.zone, bad_row);
            if (bad_row >= 0) return wall_clock(first_row + bad_row, source.name);
            break;
        }
        }
        settle(to, low, high);
        apply_validity(values, begin, to);
        if (!owned.invalid.empty()) {
            for (std::size_t i = 0; i < to.count; ++i) {
                if (bit_at(owned.invalid.data(), begin + static_cast<std::int64_t>(i)))
                    to.states[i] = value_state::invalid;
            }
        }
        return {};
    }

    /// The dates on which the values were observed, NaN where unknown.
    [[nodiscard]] status load_observed(std::int64_t begin, const chunk_target& to,
                                       const metric& source, const model& subject) const {
        return load_days(observed, begin, to, subject, source.name + "@", first_row);
    }

    [[nodiscard]] static status load_days(const column_view& from, std::int64_t begin,
                                          const chunk_target& to, const model& subject,
                                          const std::string& name, std::int64_t first_row) {
        std::int64_t bad_row = -1;
        load_date(from, begin, to, subject.zone, bad_row);
        if (bad_row >= 0) return wall_clock(first_row + bad_row, name);
        settle(to, -std::numeric_limits<double>::max(), std::numeric_limits<double>::max());
        apply_validity(from, begin, to);
        return {};
    }

private:
    [[nodiscard]] static error wall_clock(std::int64_t row, const std::string& name) {
        place where;
        where.table = "snapshots";
        where.column_name = name;
        where.row = row;
        return make_error(
            errc::bad_value,
            "is a time of day without an offset; give a date, or a timestamp with its offset or time zone",
            std::move(where));
    }
};

}  // namespace aiueo::detail

namespace aiueo {
using detail::bound_metric;
}
