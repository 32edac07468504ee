// score › match_customers: which rows of two snapshots are the same customer's. base ─► table ─►
// model ─► score
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/change_types.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo {

struct matched_customers {
    std::vector<row_pair> pairs;          ///< in the order of the later rows
    std::vector<std::int64_t> new_rows;   ///< of `after`: not in `before`
    std::vector<std::int64_t> gone_rows;  ///< of `before`: not in `after`
};

namespace detail {

/// The last row of each customer: the latest date, of equal dates the last.
struct last_rows {
    dictionary customers;
    std::vector<std::int64_t> row;

    [[nodiscard]] status read(const batch& from, const char* which) {
        if (!from.has_customer()) {
            place where;
            where.table = "snapshots";
            where.column_name = "customer";
            return make_error(errc::bad_column,
                              "is not there in the " + std::string{which} +
                                  " snapshots; customers are matched by it",
                              std::move(where));
        }
        std::vector<double> latest;
        for (std::int64_t at = 0; at < from.rows(); ++at) {
            key_buffer buffer;
            const auto key = from.key_at(at, buffer);
            if (!key) {
                place where;
                where.table = "snapshots";
                where.column_name = "customer";
                where.row = from.options().first_row + at;
                return make_error(errc::bad_value,
                                  "the customer's key is missing; every row needs one",
                                  std::move(where));
            }
            double day = 0;
            value_state state{};
            if (from.has_as_of()) {
                if (status ok = from.load_as_of(at, {&day, &state, 1}); !ok) return ok;
            }
            const auto id = static_cast<std::size_t>(customers.intern(*key));
            if (id == row.size()) {
                row.push_back(at);
                latest.push_back(day);
            } else if (day >= latest[id]) {
                row[id] = at;
                latest[id] = day;
            }
        }
        return {};
    }
};

}  // namespace detail

/// Pairs the last row of each customer (the latest date) by the text of its key.
/// Errors: bad_column (no column `customer`), bad_value (a row without its key or date).
[[nodiscard]] inline result<matched_customers> match_customers(const batch& before,
                                                               const batch& after) {
    detail::last_rows earlier;
    detail::last_rows later;
    if (status ok = earlier.read(before, "earlier"); !ok) return std::move(ok).error();
    if (status ok = later.read(after, "later"); !ok) return std::move(ok).error();
    matched_customers out;
    for (std::size_t k = 0; k < later.row.size(); ++k) {
        const auto id = earlier.customers.find(later.customers.text(static_cast<std::int32_t>(k)));
        if (id == dictionary::none) {
            out.new_rows.push_back(later.row[k]);
        } else {
            out.pairs.push_back({earlier.row[static_cast<std::size_t>(id)], later.row[k]});
        }
    }
    for (std::size_t k = 0; k < earlier.row.size(); ++k) {
        if (later.customers.find(earlier.customers.text(static_cast<std::int32_t>(k))) ==
            dictionary::none)
            out.gone_rows.push_back(earlier.row[k]);
    }
    return out;
}

}  // namespace aiueo
