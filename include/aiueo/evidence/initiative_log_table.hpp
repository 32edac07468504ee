// evidence › initiative_log_table: rows of an initiatives table into the log.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/evidence/initiative_log.hpp"
#include "aiueo/score/history_columns.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/text_cells.hpp"

namespace aiueo {
namespace detail {

static_assert(initiative_entry::no_date == no_day);

[[nodiscard]] inline status add_initiative_rows(initiative_log& to, const imported_table& from) {
    const history_columns table{from, "initiatives", to.zone()};
    const auto customers = table.customers();
    if (!customers) return customers.error();
    const auto names = table.texts("initiative", "an initiative's name");
    if (!names) return names.error();
    std::vector<std::int32_t> dates;
    std::vector<std::int32_t> attended;
    std::vector<std::int32_t> responded;
    std::vector<std::uint8_t> holdouts;
    if (status ok = table.read_days("date", true, dates); !ok) return ok;
    if (status ok = table.read_days("attended", false, attended); !ok) return ok;
    if (status ok = table.read_days("responded", false, responded); !ok) return ok;
    if (status ok = table.read_flags("holdout", holdouts); !ok) return ok;
    column_view variants;
    variants.length = table.rows();  // of no type: all null
    if (table.has("variant")) {
        auto found = table.texts("variant", "a variant's name");
        if (!found) return std::move(found).error();
        variants = *found;
    }
    const text_cells name_cells{*names};
    const text_cells variant_cells{variants};
    key_buffer buffer;
    for (std::int64_t row = 0; row < table.rows(); ++row) {
        const auto at = static_cast<std::size_t>(row);
        initiative_row one;
        if (status ok = table.read_text(name_cells, "initiative", row, one.initiative); !ok)
            return ok;
        if (status ok = table.read_text(variant_cells, "variant", row, one.variant); !ok) return ok;
        if (trim_blanks(one.variant).empty()) one.variant = {};
        one.date = dates[at];
        one.attended = attended[at];
        one.responded = responded[at];
        one.holdout = holdouts[at] != 0;
        status added = to.add(*customers->key_at(row, buffer), one, table.row_number(row));
        if (!added) return added;
    }
    return {};
}

}  // namespace detail

/// All rows of a table of initiatives: columns customer, initiative, date, and where they are there
/// attended, responded, variant and holdout (a flag; empty is no).
/// Errors: bad_column (one is missing, repeated or of the wrong type); bad_value, limit_exceeded
/// and bad_arrow (row and column); invalid_state after finish(). After an error nothing was added.
[[nodiscard]] inline status add_initiatives(initiative_log& to, const imported_table& from) {
    return to.all_or_nothing([&] { return detail::add_initiative_rows(to, from); });
}

/// All rows of a stream, which is taken over whatever comes of it; nothing of it after an error.
[[nodiscard]] inline status add_initiatives(initiative_log& to, ArrowArrayStream* stream,
                                            arrow_validation level = arrow_validation::full) {
    return to.all_or_nothing([&] {
        return detail::add_each(stream, level, "initiatives", [&to](const imported_table& table) {
            return detail::add_initiative_rows(to, table);
        });
    });
}

}  // namespace aiueo
