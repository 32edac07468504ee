// score › initiatives_table: rows of an initiatives table into a history.
// base ─► table ─► model ─► score
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/score/history_columns.hpp"
#include "aiueo/score/initiatives.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/text_cells.hpp"

namespace aiueo {

static_assert(initiative_history::no_date == detail::no_day);

/// All rows of a table of initiatives: columns customer, initiative, date, and where they are there
/// attended, responded and holdout (a flag). A hold-out was left out on purpose: nothing was done.
/// Errors: bad_column (one is missing, repeated or of the wrong type), bad_value (row and column).
/// After an error some rows may have been added.
[[nodiscard]] inline status add_initiatives(initiative_history& to, const imported_table& from) {
    constexpr std::string_view name_column = "initiative";
    const detail::history_columns table{from, "initiatives", to.made_for().model.zone};
    const auto customers = table.customers();
    if (!customers) return customers.error();
    const auto names = table.texts(name_column, "an initiative's name");
    if (!names) return names.error();
    constexpr std::array<std::string_view, 3> date_names{"date", "attended", "responded"};
    std::array<std::vector<std::int32_t>, 3> days;
    for (std::size_t k = 0; k < days.size(); ++k) {
        if (status ok = table.read_days(date_names[k], k == 0, days[k]); !ok) return ok;
    }
    std::vector<std::uint8_t> holdouts;
    if (status ok = table.read_flags("holdout", holdouts); !ok) return ok;
    const text_cells cells{*names};
    key_buffer buffer;
    for (std::int64_t row = 0; row < table.rows(); ++row) {
        std::string_view name;
        if (status ok = table.read_text(cells, name_column, row, name); !ok) return ok;
        if (name.empty()) {
            return table.fail(name_column, errc::bad_value,
                              "is empty; every row names its initiative", row);
        }
        const auto at = static_cast<std::size_t>(row);
        if (holdouts[at] != 0) {
            for (auto& each : days) each[at] = initiative_history::no_date;
        }
        to.add(*customers->key_at(row, buffer), name, days[0][at], days[1][at], days[2][at]);
    }
    return {};
}

/// All rows of a stream, which is taken over whatever comes of it.
[[nodiscard]] inline status add_initiatives(initiative_history& to, ArrowArrayStream* stream,
                                            arrow_validation level = arrow_validation::full) {
    return detail::add_each(stream, level, "initiatives", [&to](const imported_table& table) {
        return add_initiatives(to, table);
    });
}

}  // namespace aiueo
