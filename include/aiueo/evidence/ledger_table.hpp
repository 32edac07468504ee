// evidence › ledger_table: rows of a ledger table into a history.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/evidence/ledger.hpp"
#include "aiueo/score/history_columns.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/customers.hpp"

namespace aiueo {
namespace detail {

[[nodiscard]] inline status add_ledger_rows(ledger_history& to, const imported_table& from) {
    const history_columns table{from, "ledger", to.zone()};
    const auto customers = table.customers();
    if (!customers) return customers.error();
    if (status ok = to.read_currency(table); !ok) return ok;
    std::vector<std::int32_t> starts;
    std::vector<std::int32_t> ends;
    std::vector<std::int64_t> amounts;
    if (status ok = table.read_days("start", true, starts); !ok) return ok;
    if (status ok = table.read_days("end", true, ends); !ok) return ok;
    if (status ok = table.read_money("mrr", true, to.minor_digits(), amounts); !ok) return ok;
    key_buffer buffer;
    for (std::int64_t row = 0; row < table.rows(); ++row) {
        const auto at = static_cast<std::size_t>(row);
        const std::int32_t end = ends[at] == no_day ? ledger_entry::no_end : ends[at];
        status added = to.add(*customers->key_at(row, buffer), {starts[at], end, amounts[at]},
                              table.row_number(row));
        if (!added) return added;
    }
    return {};
}

}  // namespace detail

/// All rows of a ledger: columns customer, start, end (the first day without it, empty while it is
/// open), mrr (in major units), and where it is there currency (empty: that of the history).
/// Errors: bad_column (one is missing, repeated or of the wrong type); bad_value (among them
/// another currency), limit_exceeded and bad_arrow (row and column); invalid_state after finish().
/// After an error nothing was added.
[[nodiscard]] inline status add_ledger(ledger_history& to, const imported_table& from) {
    const default_float_mode usual;
    return to.all_or_nothing([&] { return detail::add_ledger_rows(to, from); });
}

/// All rows of a stream, which is taken over whatever comes of it; nothing of it after an error.
[[nodiscard]] inline status add_ledger(ledger_history& to, ArrowArrayStream* stream,
                                       arrow_validation level = arrow_validation::full) {
    const default_float_mode usual;
    return to.all_or_nothing([&] {
        return detail::add_each(stream, level, "ledger", [&to](const imported_table& table) {
            return detail::add_ledger_rows(to, table);
        });
    });
}

}  // namespace aiueo
