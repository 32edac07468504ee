// score › initiatives_table: rows of an initiatives table into a history.
// base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/score/initiatives.hpp"
#include "aiueo/score/load.hpp"
#include "aiueo/table/accepts.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/text.hpp"
#include "aiueo/table/text_cells.hpp"

namespace aiueo {
namespace detail {

/// One table of initiatives: columns customer, initiative, date, and where they are there attended
/// and responded.
class initiative_rows {
public:
    initiative_rows(const imported_table& from, const time_zone& zone) : from_(from), zone_(zone) {}

    [[nodiscard]] status add_to(initiative_history& history) {
        auto keys = column("customer");
        if (!keys) return std::move(keys).error();
        auto customers = customer_keys::make(*keys, table, "customer");
        if (!customers) return std::move(customers).error();
        if (status ok = customers->check(0, from_.rows(), from_.first_row()); !ok) return ok;
        auto names = column("initiative");
        if (!names) return std::move(names).error();
        if (!is_text(names->type) && names->type != column_type::none) {
            return fail("initiative", errc::bad_column,
                        "an initiative's name cannot be " + std::string{name_of(names->type)} +
                            "; cast it to text");
        }
        std::array<std::vector<std::int32_t>, 3> days;
        for (std::size_t k = 0; k < days.size(); ++k) {
            if (status ok = read_days(date_names[k], k == 0, days[k]); !ok) return ok;
        }
        const text_cells cells{*names};
        key_buffer buffer;
        for (std::int64_t row = 0; row < from_.rows(); ++row) {
            std::string_view name;
            const cell found = cells.read(row, name);
            if (found == cell::broken) {
                return fail("initiative", errc::bad_arrow,
                            "its text lies outside the column's data", row);
            }
            if (found == cell::null || name.empty()) {
                return fail("initiative", errc::bad_value,
                            "is empty; every row names its initiative", row);
            }
            if (!is_utf8(name)) {
                return fail("initiative", errc::bad_value,
                            quoted(name) + " is not UTF-8; save the table as UTF-8", row);
            }
            const auto at = static_cast<std::size_t>(row);
            history.add(*customers->key_at(row, buffer), name, days[0][at], days[1][at],
                        days[2][at]);
        }
        return {};
    }

private:
    static constexpr std::string_view table = "initiatives";
    static constexpr std::array<std::string_view, 3> date_names{"date", "attended", "responded"};

    [[nodiscard]] error fail(std::string_view name, errc code, std::string message,
                             std::int64_t row = -1) const {
        place where;
        where.table = table;
        where.column_name = name;
        if (row >= 0) where.row = from_.first_row() + row;
        return make_error(code, std::move(message), std::move(where));
    }

    [[nodiscard]] bool has(std::string_view name) const {
        const auto named = [name](const auto& one) { return one.name == name; };
        return std::any_of(from_.columns().begin(), from_.columns().end(), named) ||
               std::any_of(from_.unsupported().begin(), from_.unsupported().end(), named);
    }

    [[nodiscard]] result<column_view> column(std::string_view name) const {
        if (has(name)) return from_.find(name);
        std::vector<std::string_view> names;
        for (const named_column& one : from_.columns()) names.push_back(one.name);
        return fail(name, errc::bad_column, "is not there" + did_you_mean(name, names));
    }

    [[nodiscard]] status read_days(std::string_view name, bool needed,
                                   std::vector<std::int32_t>& out) const {
        const auto rows = static_cast<std::size_t>(from_.rows());
        out.assign(rows, initiative_history::no_date);
        if (!needed && !has(name)) return {};
        auto view = column(name);
        if (!view) return std::move(view).error();
        if (status ok = check_readable(*view, metric_type::date, name, table); !ok) return ok;
        owned_column converted;
        column_view from = *view;
        if (is_text(from.type)) {
            text_options options;
            options.table = table;
            options.column = name;
            options.first_row = from_.first_row();
            options.zone = &zone_;
            if (status ok = convert_text(from, metric_type::date, options, converted); !ok) {
                return ok;
            }
            from = converted.view();
        }
        std::array<double, chunk_rows> values;
        std::array<value_state, chunk_rows> states;
        for (std::size_t at = 0; at < rows; at += chunk_rows) {
            const auto begin = static_cast<std::int64_t>(at);
            const chunk_target to{values.data(), states.data(), std::min(chunk_rows, rows - at)};
            std::int64_t bad_row = -1;
            load_date(from, begin, to, zone_, bad_row);
            if (bad_row >= 0) {
                return fail(name, errc::bad_value,
                            "is a time of day without an offset; give a date, or a timestamp with "
                            "its offset or time zone",
                            bad_row);
            }
            apply_validity(from, begin, to);
            for (std::size_t i = 0; i < to.count; ++i) {
                if (values[i] != values[i]) continue;
                if (values[i] - values[i] != 0) {
                    return fail(name, errc::bad_value, "is not a whole day",
                                begin + static_cast<std::int64_t>(i));
                }
                out[at + i] = static_cast<std::int32_t>(values[i]);
            }
        }
        return {};
    }

    const imported_table& from_;
    const time_zone& zone_;
};

}  // namespace detail

/// All rows of a table of initiatives.
/// Errors: bad_column (one is missing, repeated or of the wrong type), bad_value (row and column).
/// After an error some rows may have been added.
[[nodiscard]] inline status add_initiatives(initiative_history& to, const imported_table& from) {
    return detail::initiative_rows{from, to.made_for().model.zone}.add_to(to);
}

/// All rows of a stream, which is taken over whatever comes of it.
[[nodiscard]] inline status add_initiatives(initiative_history& to, ArrowArrayStream* stream,
                                            arrow_validation level = arrow_validation::full) {
    auto reader = stream_reader::open(stream, level, "initiatives");
    if (!reader) return std::move(reader).error();
    for (;;) {
        auto table = reader->next();
        if (!table) return std::move(table).error();
        if (!table->has_value()) return {};
        if (status ok = add_initiatives(to, **table); !ok) return ok;
    }
}

}  // namespace aiueo
