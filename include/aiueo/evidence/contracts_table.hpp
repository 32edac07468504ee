// evidence › contracts_table: rows of a contracts table into a history.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/score/history_columns.hpp"
#include "aiueo/table/arrow_import.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/text_cells.hpp"

namespace aiueo {
namespace detail {

inline constexpr std::array<std::string_view, 2> contract_kinds{"contract", "trial"};
/// As contract_outcome counts them; what is open has no text.
inline constexpr std::array<std::string_view, 4> contract_outcomes{"renewed", "churned",
                                                                   "converted", "lapsed"};

/// A cell that holds one of a few words, blanks around it not counted. −1 where it is null.
class word_column {
public:
    /// `right` ends the message about any other word.
    static result<word_column> make(const history_columns& from, std::string_view name,
                                    std::string_view what, std::span<const std::string_view> words,
                                    std::string_view right) {
        const auto view = from.texts(name, what);
        if (!view) return view.error();
        return word_column{from, name, words, right, *view};
    }

    [[nodiscard]] result<int> at(std::int64_t row) const {
        std::string_view text;
        if (status ok = from_->read_text(cells_, name_, row, text); !ok)
            return std::move(ok).error();
        text = trim_blanks(text);
        if (text.empty()) return -1;
        for (std::size_t k = 0; k < words_.size(); ++k) {
            if (words_[k] == text) return static_cast<int>(k);
        }
        return from_->fail(name_, errc::bad_value,
                           quoted(text) + " " + std::string{right_} + did_you_mean(text, words_),
                           row);
    }

private:
    word_column(const history_columns& from, std::string_view name,
                std::span<const std::string_view> words, std::string_view right,
                const column_view& view)
        : from_(&from), name_(name), words_(words), right_(right), cells_(view) {}

    const history_columns* from_;
    std::string_view name_;
    std::span<const std::string_view> words_;
    std::string_view right_;
    text_cells cells_;
};

[[nodiscard]] inline status add_contract_rows(contract_history& to, const imported_table& from) {
    const history_columns table{from, "contracts", to.zone()};
    const auto customers = table.customers();
    if (!customers) return customers.error();
    if (status ok = to.read_currency(table); !ok) return ok;
    std::vector<std::int32_t> starts;
    std::vector<std::int32_t> ends;
    std::vector<std::int64_t> before;
    std::vector<std::int64_t> after;
    if (status ok = table.read_days("start", true, starts); !ok) return ok;
    if (status ok = table.read_days("end", true, ends); !ok) return ok;
    const auto outcomes = word_column::make(
        table, "outcome", "an outcome", contract_outcomes,
        "is not an outcome; write renewed, churned, converted or lapsed, or nothing while it is "
        "open");
    if (!outcomes) return outcomes.error();
    std::optional<word_column> kinds;
    if (table.has("kind")) {
        auto found = word_column::make(table, "kind", "a kind of contract", contract_kinds,
                                       "is not a kind of contract; write contract or trial");
        if (!found) return std::move(found).error();
        kinds = *found;
    }
    if (status ok = table.read_money("mrr_before", false, to.minor_digits(), before); !ok)
        return ok;
    if (status ok = table.read_money("mrr_after", false, to.minor_digits(), after); !ok) return ok;

    key_buffer buffer;
    for (std::int64_t row = 0; row < table.rows(); ++row) {
        const auto outcome = outcomes->at(row);
        if (!outcome) return outcome.error();
        contract one;
        one.outcome = static_cast<contract_outcome>(*outcome + 1);
        const bool of_trial =
            one.outcome == contract_outcome::converted || one.outcome == contract_outcome::lapsed;
        const result<int> kind = kinds ? kinds->at(row) : result<int>{-1};
        if (!kind) return kind.error();
        one.kind = *kind >= 0 ? static_cast<contract_kind>(*kind)
                   : of_trial ? contract_kind::trial
                              : contract_kind::contract;
        const auto at = static_cast<std::size_t>(row);
        one.start = starts[at];
        one.end = ends[at];
        one.mrr_before = before[at];
        one.mrr_after = after[at];
        status added = to.add(*customers->key_at(row, buffer), one, table.row_number(row));
        if (!added) return added;
    }
    return {};
}

}  // namespace detail

/// All rows of a table of contracts: columns customer, start, end, outcome (renewed, churned,
/// converted, lapsed, or empty while it is open), and where they are there mrr_before, mrr_after
/// (in major units), currency (empty: that of the history) and kind (contract, trial; empty follows
/// from the outcome, and is a contract while that is open). Errors: bad_column (one is missing,
/// repeated or of the wrong type); bad_value (among them another currency), limit_exceeded and
/// bad_arrow (row and column); invalid_state after finish(). After an error nothing was added.
[[nodiscard]] inline status add_contracts(contract_history& to, const imported_table& from) {
    const default_float_mode usual;
    return to.all_or_nothing([&] { return detail::add_contract_rows(to, from); });
}

/// All rows of a stream, which is taken over whatever comes of it; nothing of it after an error.
[[nodiscard]] inline status add_contracts(contract_history& to, ArrowArrayStream* stream,
                                          arrow_validation level = arrow_validation::full) {
    const default_float_mode usual;
    return to.all_or_nothing([&] {
        return detail::add_each(stream, level, "contracts", [&to](const imported_table& table) {
            return detail::add_contract_rows(to, table);
        });
    });
}

}  // namespace aiueo
