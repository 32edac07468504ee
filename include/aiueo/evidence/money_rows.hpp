// evidence › money_rows: what tables with amounts have in common: one currency.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/error.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/score/history_columns.hpp"
#include "aiueo/table/customer_rows.hpp"
#include "aiueo/table/text_cells.hpp"

namespace aiueo {

/// The currency of a table's amounts: the model's, or, where it names none, that of the first row
/// that names one.
class one_currency {
public:
    explicit one_currency(std::string of_model)
        : code_(std::move(of_model)), of_model_(!code_.empty()) {}

    /// Empty while nobody named one.
    [[nodiscard]] const std::string& code() const noexcept { return code_; }

    /// The column "currency" of a table; without it, and where a cell is empty, amounts are in
    /// code(). Blanks around a code do not count. Errors: bad_column (repeated, or no text),
    /// bad_value (another currency), bad_arrow.
    [[nodiscard]] status read(const detail::history_columns& from) {
        constexpr std::string_view column = "currency";
        if (!from.has(column)) return {};
        const auto view = from.texts(column, "a currency");
        if (!view) return view.error();
        const text_cells cells{*view};
        for (std::int64_t row = 0; row < from.rows(); ++row) {
            std::string_view text;
            if (status ok = from.read_text(cells, column, row, text); !ok) return ok;
            text = trim_blanks(text);
            if (text.empty() || text == code_) continue;
            if (!code_.empty()) return from.fail(column, errc::bad_value, other(text), row);
            if (text.size() > longest) {
                return from.fail(column, errc::bad_value,
                                 quoted(text) + " is no currency; write its code, such as USD",
                                 row);
            }
            code_ = text;
            row_ = from.row_number(row);
        }
        return {};
    }

private:
    static constexpr std::size_t longest = 16;  ///< bytes of a code: more than ISO's, or a coin's

    [[nodiscard]] std::string other(std::string_view found) const {
        const std::string_view code{code_};
        const std::string known =
            of_model_ ? "the model's currency, " + quoted(code)
                      : "the currency of row " + std::to_string(row_ + 1) + ", " + quoted(code);
        return quoted(found) + " is not " + known +
               (detail::same_but_for_case(found, code)
                    ? "; write it the same way"
                    : "; there is one currency a model: convert the amounts before");
    }

    std::string code_;
    bool of_model_;
    std::int64_t row_ = 0;  ///< that named it first, where the model did not
};

/// Rows with amounts, made for a model's currency and time zone.
template <class entry>
class money_rows : public customer_rows<entry> {
public:
    [[nodiscard]] int minor_digits() const noexcept { return minor_digits_; }
    [[nodiscard]] const time_zone& zone() const noexcept { return zone_; }
    /// What its amounts are in: the model's, or what a table said. Empty: not known.
    [[nodiscard]] const std::string& currency() const noexcept { return currency_.code(); }

    /// The currencies of a table whose rows are to be added; see one_currency::read().
    [[nodiscard]] status read_currency(const detail::history_columns& from) {
        return currency_.read(from);
    }

    /// As customer_rows' of the same name.
    template <class fill_type>
    status all_or_nothing(fill_type fill) {
        const one_currency before = currency_;
        status done = customer_rows<entry>::all_or_nothing(std::move(fill));
        if (!done) currency_ = before;
        return done;
    }

protected:
    /// `table` is for messages, and a literal.
    money_rows(std::string_view table, int minor_digits, time_zone zone, std::string currency)
        : customer_rows<entry>(table),
          minor_digits_(minor_digits),
          zone_(std::move(zone)),
          currency_(std::move(currency)) {}

private:
    int minor_digits_;
    time_zone zone_;
    one_currency currency_;
};

}  // namespace aiueo
