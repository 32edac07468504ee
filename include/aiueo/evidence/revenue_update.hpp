// evidence › revenue_update: the customers of an update, until their money is counted.
// … ─► score ─► evidence
//
// As the rest of an update: first everything that can be wrong is looked for, then it is counted.
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
#include "aiueo/base/int128.hpp"
#include "aiueo/base/money.hpp"
#include "aiueo/evidence/contract_chain.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/histories.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/evidence/paid_months.hpp"
#include "aiueo/evidence/panel.hpp"
#include "aiueo/evidence/revenue_counter.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo::detail {

/// Contracts and ledgers that go back further than this are a slip of the pen.
inline constexpr std::int32_t longest_history_days = 36525;

/// What a batch's panel says of customers, by its rows in the order of the batch.
struct panel_facts {
    std::span<const panel_row> rows;
    std::span<const std::size_t> place;      ///< of each customer's rows, one after the other
    std::span<const std::int32_t> segments;  ///< [row][segment], ids in the tables
    std::span<const std::int32_t> owners;    ///< [row][owner_roles], ids in the tables
};

class revenue_update {
public:
    revenue_update(const counted& shape, const histories& known)
        : shape_(shape),
          known_(known),
          options_{
              known.data_until, shape.model().study.grace_days,
              shape.model().study.free_is_customer ? free_entries::active : free_entries::ignored} {
        for (const level_variable& one : shape.level_variables()) {
            if (one.what == level_variable::kind::ladder || one.what == level_variable::kind::band)
                rung_variables_.push_back(&one);
        }
        find_rung();
    }

    /// Is money over time counted at all?
    [[nodiscard]] bool in_use() const noexcept { return known_.data_until != no_data_until; }

    /// `counted_before`: was any customer? Errors: invalid_argument, invalid_state.
    [[nodiscard]] status check_arguments(const std::vector<count_table>& tables,
                                         bool counted_before) const {
        const auto& days = tables[static_cast<std::size_t>(table_id::known_until)].blocks();
        if (!in_use()) {
            if (known_.ledger != nullptr) {
                return make_error(errc::invalid_argument,
                                  "data_until is missing: the last day that the ledger tells of");
            }
            if (days.empty()) return {};
            return make_error(errc::invalid_argument,
                              "data_until is missing; customers were counted until " +
                                  format_date(day_of(days.begin()->first)));
        }
        if (status ok = check(options_); !ok) return ok;
        if (known_.ledger != nullptr && !known_.ledger->finished())
            return make_error(errc::invalid_state, "the ledger is not finished");
        if (!days.empty() && day_of(days.begin()->first) != known_.data_until) {
            return make_error(errc::invalid_argument, "data_until is " +
                                                          format_date(known_.data_until) +
                                                          "; other customers were counted until " +
                                                          format_date(day_of(days.begin()->first)));
        }
        if (days.empty() && counted_before) {
            return make_error(errc::invalid_argument,
                              "data_until is given, and other customers were counted without it");
        }
        return {};
    }

    /// The next customers, as many as contracts.
    void add(std::span<const std::string_view> keys, std::span<const std::int32_t> groups,
             std::span<const std::span<const contract>> contracts) {
        if (!in_use()) return;
        ledgers_.resize(keys.size());
        if (known_.ledger != nullptr) known_.ledger->of_each(keys, ledgers_.data());
        for (std::size_t k = 0; k < keys.size(); ++k) {
            payer one;
            one.group = static_cast<std::uint32_t>(groups[k]);
            one.ledger = ledgers_[k];
            one.contracts = contracts[k];
            payers_.push_back(one);
            if (!too_early_) find_too_early(one, keys[k]);
        }
    }
    /// Snapshots of the customer added k-th, of which the panel has the last `months` rows.
    void seen(std::size_t k, std::span<const dated_row> rows, std::size_t months) {
        if (!in_use()) return;
        payers_[k].rows = rows;
        payers_[k].months = static_cast<std::uint32_t>(months);
    }

    /// Everything that can be wrong with them. `given`: nothing where nobody has snapshots; `paid`:
    /// total::paid so far.
    [[nodiscard]] status check_customers(const scores* given, std::int64_t paid) {
        if (!in_use()) return {};
        if (too_early_) return *too_early_;
        paid_ = paid;
        for (payer& one : payers_) {
            if (status ok = check_one(one); !ok) return ok;
            if (given != nullptr) find_completion(*given, one);
        }
        return {};
    }

    /// After check_customers(). Errors: none that check_customers() would not have found.
    [[nodiscard]] status count(std::vector<count_table>& tables, const scores* given,
                               const panel_facts& panel) {
        if (!in_use()) return {};
        const std::int32_t last = last_closed_month(options_.data_until);
        revenue_counter counter{
            shape_, tables, options_,
            first_day_ == INT32_MAX ? last : std::min(last, month_of(first_day_))};
        std::size_t next = 0;
        for (const payer& one : payers_) {
            paying_customer who;
            who.group = one.group;
            who.priced = one.priced;
            who.contracts = one.contracts;
            who.completion = one.completion;
            who.entries = entries_of_payer(one);
            months_.clear();
            rungs_.resize(one.months * rung_variables_.size());
            for (std::size_t i = 0; i < one.months; ++i)
                read_month(*given, panel, panel.place[next + i], i);
            if (one.months > 0) {
                const std::size_t latest = panel.place[next + one.months - 1];
                const std::size_t segments = shape_.model().segments.size();
                who.segments = panel.segments.subspan(latest * segments, segments);
            }
            next += one.months;
            who.months = months_;
            if (status ok = counter.count(who); !ok) return ok;
            if (one.known && one.priced && counter.never_active()) ++never_active_;
        }
        counter.finish();
        add_totals(tables);
        return {};
    }

private:
    struct payer {
        std::span<const ledger_entry> ledger;
        std::span<const contract> contracts;
        std::span<const dated_row> rows;
        std::optional<completion_seen> completion;
        std::uint32_t group = 0;
        std::uint32_t months = 0;
        bool known = false;   ///< does anything tell what it paid?
        bool priced = false;  ///< and is it known?
    };

    [[nodiscard]] static std::int32_t day_of(const count_key& key) noexcept {
        return key[0] + min_text_day;
    }

    void find_rung() {
        const study_rules& study = shape_.model().study;
        for (const level_variable* one : rung_variables_) {
            if (one->what != level_variable::kind::ladder || one->name != study.completion_ladder)
                continue;
            const auto found =
                std::find(one->levels.begin(), one->levels.end(), study.completion_rung);
            if (found == one->levels.end()) continue;
            completion_ladder_ = one->which;
            completion_rung_ = static_cast<std::int32_t>(found - one->levels.begin());
        }
    }

    /// What a ledger says, or would say. They lie here until the next call.
    [[nodiscard]] std::span<const ledger_entry> entries_of_payer(const payer& one) {
        if (known_.ledger != nullptr) return one.ledger;
        if (!one.priced) return {};
        chain_.read(one.contracts, options_.grace_days, options_.data_until);
        static_cast<void>(entries_of(one.contracts, chain_, options_.data_until, entries_));
        return entries_;
    }

    // ── what can be wrong ────────────────────────────────────────────────────

    [[nodiscard]] status check_one(payer& one) {
        for (const contract& each : one.contracts) {
            if (each.kind != contract_kind::contract) continue;
            if (is_overdue(each, options_.data_until)) ++overdue_;
            first_day_ = std::min(first_day_, each.start);
            for (const std::int64_t money : {each.mrr_before, each.mrr_after}) {
                if (money != no_money && !add_paid(money)) return too_much_paid();
            }
        }
        one.priced = true;
        std::span<const ledger_entry> entries = one.ledger;
        if (known_.ledger == nullptr) {
            chain_.read(one.contracts, options_.grace_days, options_.data_until);
            one.priced = entries_of(one.contracts, chain_, options_.data_until, entries_);
            if (!one.priced) entries_.clear();
            entries = entries_;
        }
        one.known = !entries.empty() || !one.priced;
        if (one.known) ++payers_known_;
        if (!one.priced) ++unpriced_;
        for (const ledger_entry& entry : entries) {
            first_day_ = std::min(first_day_, entry.start);
            if (!add_paid(entry)) return too_much_paid();
        }
        return {};
    }

    /// Looked for where customers' keys are at hand.
    void find_too_early(const payer& one, std::string_view key) {
        const auto check = [&](std::int32_t start, const char* table) {
            if (options_.data_until - std::int64_t{start} <= longest_history_days) return;
            place where;
            where.table = table;
            where.key = key;
            where.column_name = "start";
            too_early_ = make_error(errc::bad_value,
                                    format_date(start) +
                                        " is more than a hundred years before data_until, " +
                                        format_date(options_.data_until),
                                    std::move(where));
        };
        for (const contract& each : one.contracts) {
            if (each.kind == contract_kind::contract) check(each.start, "contracts");
        }
        if (!one.ledger.empty()) check(one.ledger.front().start, "ledger");
    }

    /// At most so much is paid by an entry over all months, and by the grace days after it.
    [[nodiscard]] bool add_paid(const ledger_entry& one) {
        if (one.start > options_.data_until) return true;
        const std::int32_t until = std::min(one.end, options_.data_until);
        const std::int64_t months = (until - one.start + options_.grace_days) / 28 + 2;
        return add_paid(int128{one.mrr} * months);
    }
    [[nodiscard]] bool add_paid(int128 money) {
        if (money + paid_ > most_paid) return false;
        paid_ += static_cast<std::int64_t>(money);
        return true;
    }

    // ── onboarding ───────────────────────────────────────────────────────────

    /// The start of the first contract that counts; without one of the first entry.
    [[nodiscard]] std::optional<std::int32_t> start_of(const payer& one) {
        std::optional<std::int32_t> start;
        for (const contract& each : one.contracts) {
            if (each.kind == contract_kind::contract && counts(each.mrr_before) &&
                (!start || each.start < *start))
                start = each.start;
        }
        if (start) return start;
        for (const ledger_entry& entry : entries_of_payer(one)) {
            if (counts(entry.mrr)) return entry.start;
        }
        return start;
    }
    /// Does who pays so much count as a customer?
    [[nodiscard]] bool counts(std::int64_t mrr) const noexcept {
        return mrr != 0 || options_.free != free_entries::ignored;
    }

    /// From which day on it is no customer any more; nothing: it still is on data_until.
    [[nodiscard]] std::optional<std::int32_t> left_on(const payer& one) {
        if (!one.priced) return {};
        std::int32_t until = INT32_MIN;
        for (const ledger_entry& entry : entries_of_payer(one)) {
            if (entry.start <= options_.data_until && counts(entry.mrr))
                until = std::max(until, entry.end);
        }
        return until <= options_.data_until && until != INT32_MIN ? std::optional{until}
                                                                  : std::nullopt;
    }

    void find_completion(const scores& given, payer& one) {
        if (completion_rung_ < 0 || one.rows.empty()) return;
        const std::optional<std::int32_t> start = start_of(one);
        if (!start || *start > options_.data_until) return;
        if (one.rows.front().as_of - std::int64_t{*start} > observation_window_days) {
            ++begun_unseen_;
            return;
        }
        const auto stages = given.stage(completion_ladder_);
        const auto days_at = [&](std::int32_t day) { return std::max(0, day - *start); };
        std::int32_t last = 0;
        for (const dated_row& row : one.rows) {
            if (row.as_of > options_.data_until) break;
            last = days_at(row.as_of);
            const std::int32_t stage = stages[static_cast<std::size_t>(row.row)];
            if (stage == no_level || stage < completion_rung_) continue;
            one.completion = completion_seen{*start, completion_field::reached, last};
            return;
        }
        one.completion = completion_seen{*start, completion_field::seen, last};
        if (const auto left = left_on(one); left)
            one.completion = completion_seen{*start, completion_field::left, days_at(*left)};
    }

    // ── counting ─────────────────────────────────────────────────────────────

    void read_month(const scores& given, const panel_facts& panel, std::size_t k, std::size_t i) {
        const panel_row& row = panel.rows[k];
        const auto at = static_cast<std::size_t>(row.row);
        std::uint32_t* const rungs = rungs_.data() + i * rung_variables_.size();
        for (std::size_t v = 0; v < rung_variables_.size(); ++v) {
            const level_variable& one = *rung_variables_[v];
            const bool ladder = one.what == level_variable::kind::ladder;
            const std::int32_t level =
                ladder ? std::int32_t{given.stage(one.which)[at]} : std::int32_t{given.band()[at]};
            const std::size_t unknown = one.levels.size() - 1;
            rungs[v] = static_cast<std::uint32_t>(
                one.first + (level < 0 ? unknown : static_cast<std::size_t>(level)));
        }
        seen_month seen;
        seen.month = row.month;
        seen.rungs = rungs;
        if (!rung_variables_.empty())
            seen.level = rungs[0] - static_cast<std::uint32_t>(rung_variables_[0]->first);
        for (std::size_t role = 0; role < owner_roles; ++role)
            seen.owner[role] = panel.owners[k * owner_roles + role];
        months_.push_back(seen);
    }

    void add_totals(std::vector<count_table>& tables) {
        std::int64_t* const all = tables[0].at({});
        const auto add = [all](total which, std::int64_t n) {
            all[static_cast<std::size_t>(which)] += n;
        };
        add(total::payers, payers_known_);
        add(total::never_active, never_active_);
        add(total::unpriced, unpriced_);
        add(total::overdue, overdue_);
        add(total::begun_unseen, begun_unseen_);
        all[static_cast<std::size_t>(total::paid)] = paid_;
        *tables[static_cast<std::size_t>(table_id::known_until)].at(
            {known_.data_until - min_text_day}) += static_cast<std::int64_t>(payers_.size());
    }

    const counted& shape_;
    const histories& known_;
    mrr_options options_;
    std::vector<const level_variable*> rung_variables_;
    std::size_t completion_ladder_ = 0;
    std::int32_t completion_rung_ = -1;
    std::vector<payer> payers_;
    std::vector<std::span<const ledger_entry>> ledgers_;
    std::int32_t first_day_ = INT32_MAX;  ///< that an entry or a contract starts on
    std::optional<error> too_early_;  ///< of the first customer with a row that starts too early
    std::int64_t paid_ = 0;
    std::int64_t payers_known_ = 0;
    std::int64_t never_active_ = 0;
    std::int64_t unpriced_ = 0;
    std::int64_t overdue_ = 0;
    std::int64_t begun_unseen_ = 0;

    // Of the customer at hand.
    contract_chain chain_;
    std::vector<ledger_entry> entries_;
    std::vector<seen_month> months_;
    std::vector<std::uint32_t> rungs_;
};

}  // namespace aiueo::detail
