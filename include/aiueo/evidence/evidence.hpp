// evidence › evidence: what history says of a model, in integers that add up.
// … ─► score ─► evidence
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/groups.hpp"
#include "aiueo/evidence/histories.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/table/row_table.hpp"

namespace aiueo {

struct evidence_options {
    /// An input observed after the cutoff tells what only the future knew. false: such a row is an
    /// error; true: the observation is dropped and counted.
    bool drop_leaks = false;
};

/// Mergeable counts of one plan, which must outlive them. One writer; a reader needs nothing but
/// the tables.
class evidence {
public:
    explicit evidence(const plan& of, evidence_options options = {})
        : shape_(of), options_(options), tables_(shape_.tables()) {}

    /// Counts all snapshots of some customers. Every row of a customer is in this batch, in any
    /// order; a customer is counted once in all. `scores`: of the same rows, with detail and
    /// without overrides (a manager's pulse must not confirm itself). Customers without snapshots
    /// are not counted. Errors: invalid_argument (scores of another kind), invalid_state (an
    /// earlier call ran out of memory half-way), bad_column (no customer or date, a segment's
    /// metric is not there), bad_value, duplicate_row (a customer's date twice, or the customer was
    /// counted before), limit_exceeded (levels of a segment, sums of money), and leaks; amounts in
    /// two currencies are an invalid_argument, too. After an error nothing is counted of this call.
    [[nodiscard]] status update(const batch& rows, const scores& given, const histories& known);
    [[nodiscard]] status update(const batch& rows, const scores& given,
                                const contract_history& contracts) {
        return update(rows, given, histories{contracts});
    }

    /// Counts the money of customers that no update has seen, because they have no snapshots: all
    /// others of ledger and contracts. Once for all customers, after the last
    /// update; they count as seen from then on. Errors: invalid_argument (no data_until, or another
    /// than before), invalid_state, bad_value, limit_exceeded. After an error nothing is counted of
    /// this call.
    [[nodiscard]] status count_unseen(const histories& known);

    /// Adds what `other` counted. Both are of one plan, or of plans that count the same, and hold
    /// different customers: which these were is not known, nor after reading a state, and a later
    /// update() does not find them again.
    /// Errors: invalid_argument (other things were counted), limit_exceeded (what an update of all
    /// would be refused for, too). Nothing is half-added.
    [[nodiscard]] status merge(const evidence& other) {
        if (status ok = usable(); !ok) return ok;
        if (status ok = other.usable(); !ok) return ok;
        if (&other == this) {
            return make_error(errc::invalid_argument, "evidence cannot be merged with itself");
        }
        if (shape_.fingerprint() != other.shape_.fingerprint()) {
            return make_error(errc::invalid_argument,
                              "the two states were counted with different models: scoring, "
                              "segments, leads, term bands or steps differ");
        }
        if (!currency_.empty() && !other.currency_.empty() && currency_ != other.currency_) {
            return make_error(errc::invalid_argument,
                              "one was counted in " + currency_ + ", the other in " +
                                  other.currency_ +
                                  "; there is one currency a model: convert the amounts before");
        }
        if (status ok = same_days(other); !ok) return ok;
        if (count(total::paid) > most_paid - other.count(total::paid))
            return detail::too_much_paid();
        for (std::size_t k = 0; k < tables_.size(); ++k) {
            if (status ok = tables_[k].can_add(other.tables_[k]); !ok) return ok;
        }
        broken_ = true;
        if (currency_.empty()) currency_ = other.currency_;
        for (std::size_t k = 0; k < tables_.size(); ++k) tables_[k].add(other.tables_[k]);
        broken_ = false;
        return {};
    }

    [[nodiscard]] const counted& shape() const noexcept { return shape_; }
    [[nodiscard]] const std::vector<count_table>& tables() const noexcept { return tables_; }
    [[nodiscard]] const count_table& table(table_id which) const noexcept {
        return tables_[static_cast<std::size_t>(which)];
    }
    [[nodiscard]] std::int64_t count(total of) const noexcept {
        const auto block = tables_[0].find({});
        return block.empty() ? 0 : block[static_cast<std::size_t>(of)];
    }

    /// For the codec: names in order.
    [[nodiscard]] std::vector<count_table>& sorted_tables() {
        broken_ = true;  // two tables of a segment number its levels alike, or neither is of use
        for (count_table& one : tables_) {
            if (one.shape().named) one.sort_names();
        }
        broken_ = false;
        return tables_;
    }

    [[nodiscard]] status usable() const {
        if (!broken_) return {};
        return make_error(errc::invalid_state,
                          "memory ran out in the middle of an earlier call; begin again with new "
                          "evidence");
    }

private:
    friend class evidence_codec;
    friend class evidence_update;
    friend class unseen_update;

    /// Were both told of customers until the same day, where they were told of any?
    [[nodiscard]] status same_days(const evidence& other) const {
        const auto counts = [](const evidence& of) {
            return of.count(total::customers) > 0 || !of.table(table_id::known_until).empty();
        };
        const auto& mine = table(table_id::known_until).blocks();
        const auto& others = other.table(table_id::known_until).blocks();
        if (!counts(*this) || !counts(other) || (mine.empty() && others.empty())) return {};
        if (!mine.empty() && !others.empty() && mine.begin()->first == others.begin()->first)
            return {};
        const auto day = [](const auto& blocks) {
            return blocks.empty() ? std::string{"no day"}
                                  : format_date(blocks.begin()->first[0] + min_text_day);
        };
        return make_error(errc::invalid_argument,
                          "the two states were counted with different data_until: " + day(mine) +
                              " and " + day(others));
    }

    /// What `known` says of the currency, if nothing else is known.
    [[nodiscard]] result<std::string> currency_with(const histories& known) const {
        const std::string& of_model = shape_.model().currency;
        return of_model.empty() ? detail::one_currency_of(known, currency_, "counted before")
                                : detail::one_currency_of(known, of_model, "of the model");
    }

    counted shape_;
    evidence_options options_;
    std::vector<count_table> tables_;
    detail::row_table seen_;
    std::string currency_;  ///< what histories said, where the model is silent; no state has it
    std::uint32_t customers_seen_ = 0;
    bool broken_ = false;
};

}  // namespace aiueo

#include "aiueo/evidence/unseen.hpp"  // IWYU pragma: keep
#include "aiueo/evidence/update.hpp"  // IWYU pragma: keep
