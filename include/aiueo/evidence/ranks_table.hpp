// evidence › ranks_table: rows of a ranks table into a history.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/evidence/ranks.hpp"
#include "aiueo/score/history_columns.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/text_cells.hpp"

namespace aiueo {
namespace detail {

[[nodiscard]] inline status add_rank_rows(rank_history& to, const imported_table& from) {
    const history_columns table{from, "ranks", to.zone()};
    const auto customers = table.customers();
    if (!customers) return customers.error();
    std::vector<std::int32_t> dates;
    if (status ok = table.read_days("as_of", true, dates); !ok) return ok;
    const auto ranks = table.texts("rank", "a rank");
    if (!ranks) return ranks.error();
    column_view by;
    by.length = table.rows();  // of no type: all null
    if (table.has("by")) {
        auto found = table.texts("by", "a member's name");
        if (!found) return std::move(found).error();
        by = *found;
    }
    const text_cells rank_cells{*ranks};
    const text_cells by_cells{by};
    key_buffer buffer;
    for (std::int64_t row = 0; row < table.rows(); ++row) {
        rank_row one;
        one.as_of = dates[static_cast<std::size_t>(row)];
        if (status ok = table.read_text(rank_cells, "rank", row, one.rank); !ok) return ok;
        if (status ok = table.read_text(by_cells, "by", row, one.by); !ok) return ok;
        if (trim_blanks(one.by).empty()) one.by = {};
        status added = to.add(*customers->key_at(row, buffer), one, table.row_number(row));
        if (!added) return added;
    }
    return {};
}

}  // namespace detail

/// All rows of a table of ranks: columns customer, as_of, rank, and where it is there by (a
/// member). Errors: bad_column (one is missing, repeated or of the wrong type); bad_value,
/// limit_exceeded and bad_arrow (row and column); invalid_state after finish(). After an error
/// nothing was added.
[[nodiscard]] inline status add_ranks(rank_history& to, const imported_table& from) {
    return to.all_or_nothing([&] { return detail::add_rank_rows(to, from); });
}

/// All rows of a stream, which is taken over whatever comes of it; nothing of it after an error.
[[nodiscard]] inline status add_ranks(rank_history& to, ArrowArrayStream* stream,
                                      arrow_validation level = arrow_validation::full) {
    return to.all_or_nothing([&] {
        return detail::add_each(stream, level, "ranks", [&to](const imported_table& table) {
            return detail::add_rank_rows(to, table);
        });
    });
}

}  // namespace aiueo
