// score › mixed_rows: rows of an earlier and a later snapshot, mixed metric by metric, through a
// plan. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <span>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/change_types.hpp"
#include "aiueo/score/chunk.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo::detail {

/// Texts of two batches of one plan under one numbering: those of the first keep theirs.
class joined_texts {
public:
    joined_texts(const batch& first, const batch& second) : answers_(first.texts()) {
        if (&first == &second) return;
        const auto& own = first.known_texts().texts();
        for (const std::string_view text : own) all_.intern(text);
        id_of_second_.reserve(second.known_texts().size());
        for (const std::string_view text : second.known_texts().texts())
            id_of_second_.push_back(static_cast<double>(all_.intern(text)));
        if (all_.size() == own.size()) return;
        for (const text_test& one : first.made_for().text_tests) {
            std::vector<std::uint8_t>& holds = holds_.emplace_back();
            for (const std::string_view text : all_.texts()) holds.push_back(one.holds(text));
            at_.push_back(holds.data());
        }
        answers_ = {at_.data()};
    }
    joined_texts(const joined_texts&) = delete;
    joined_texts& operator=(const joined_texts&) = delete;

    /// A category's code in the second batch, under the numbering of both.
    [[nodiscard]] double of_second(double code) const noexcept {
        if (id_of_second_.empty() || code != code) return code;
        return id_of_second_[static_cast<std::size_t>(code)];
    }
    [[nodiscard]] text_answers answers() const noexcept { return answers_; }

private:
    dictionary all_;
    std::vector<double> id_of_second_;  ///< empty: the same batch
    std::vector<std::vector<std::uint8_t>> holds_;
    std::vector<const std::uint8_t*> at_;
    text_answers answers_;
};

/// What the rows of one snapshot hold, metric by metric, before anyone looks at their age.
struct side_values {
    explicit side_values(std::size_t metrics)
        : values(metrics * chunk_rows),
          states(metrics * chunk_rows),
          ages(metrics * chunk_rows),
          aged(metrics) {}
    std::vector<double> values;
    std::vector<value_state> states;
    std::vector<double> ages;        ///< in days; NaN where not known
    std::vector<std::uint8_t> aged;  ///< by metric: has the table its METRIC@?
    std::array<double, chunk_rows> as_of{};
};

/// Which of the two snapshots each value comes from.
enum class row_mix : std::uint8_t {
    before,   ///< the earlier, as it is
    aged,     ///< the earlier, each value as old as the later one is
    pattern,  ///< the same, known and unknown as in the later: what only that knows comes from it
    after,    ///< the later
};

/// At most chunk_rows pairs at a time: load(), then for each mix choose_rows() and run().
class mixed_rows : public chunk_scorer {
public:
    mixed_rows(const plan_data& plan, const batch& before, const batch& after, workspace& space,
               bool overrides)
        : chunk_scorer(plan, before, space, overrides, keep::everything),
          after_(after),
          texts_of_both_(before, after),
          before_values_(plan.metrics.size()),
          after_values_(plan.metrics.size()),
          finds_{std::vector<std::uint8_t>(plan.metrics.size() * chunk_rows),
                 std::vector<std::uint8_t>(plan.metrics.size() * chunk_rows)} {
        texts_ = texts_of_both_.answers();
        all_loaded_ = true;  // every input lies in its slot
        for (const planned_scheme& scheme : plan.schemes) {
            for (const planned_group& group : scheme.groups) {
                for (const planned_component& one : group.components)
                    finds_any_ = finds_any_ || may_find(one);
            }
        }
    }

    /// May a metric be known and yet unknown to the component that reads it? Then `pattern` needs
    /// the snapshots scored as they are.
    [[nodiscard]] bool finds() const noexcept { return finds_any_; }

    /// Without the later rows there is only the mix `before`. Errors: bad_value (a row without its
    /// date).
    [[nodiscard]] status load(std::span<const row_pair> pairs, bool both = true) {
        pairs_ = pairs;
        if (status ok = load_side(batch_, &row_pair::before, before_values_); !ok || !both)
            return ok;
        if (status ok = load_side(after_, &row_pair::after, after_values_); !ok) return ok;
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            if (metric_of(k).from != metric::source::column ||
                metric_of(k).type != metric_type::category)
                continue;
            double* codes = after_values_.values.data() + k * chunk_rows;
            for (std::size_t i = 0; i < pairs.size(); ++i)
                codes[i] = texts_of_both_.of_second(codes[i]);
        }
        return {};
    }

    /// What is known of the earlier snapshot, in known_words() words: two rows of which the same is
    /// known differ by nothing but behaviour, once their ages are set equal. After load(), and
    /// where finds() after `before` has run.
    void known(std::size_t row, std::uint64_t* words) const noexcept {
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            if (metric_of(k).from != metric::source::column) continue;
            const std::uint64_t is = own_state(k, row) == value_state::known ? 1 : 0;
            const std::uint64_t found = finds_[0][at(k, row)];
            words[k / 32] |= (is | found << 1) << (k % 32 * 2);
        }
    }
    [[nodiscard]] std::size_t known_words() const noexcept {
        return (plan_.metrics.size() + 31) / 32;
    }

    /// Does a mix differ from the one before it in this row? `aged` after `before` has run, and
    /// `pattern` after `aged` and `after` have.
    [[nodiscard]] bool differs(row_mix what, std::size_t row) const noexcept {
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            if (metric_of(k).from != metric::source::column) continue;
            if (what == row_mix::aged) {
                if ((own_state(k, row) == value_state::known) !=
                    (aged_state(k, row) == value_state::known))
                    return true;
            } else if (what == row_mix::pattern && enters(k, row)) {
                return true;
            }
        }
        return false;
    }

    /// Scores these rows of the loaded pairs, in this mix. Calls
    /// to(profile, slots, where): row i of the slots, and of the workspace's truths and component
    /// states, is row where[i] of the pairs.
    template <class F>
    [[nodiscard]] status run(row_mix what, std::span<const std::uint16_t> rows, F to) {
        if (rows.empty()) return {};
        fill(what, rows);
        for (const std::uint32_t number : plan_.derived_order) {
            run_code(plan_.metrics[number].derive, space_.slots.at.data());
            settle_derived(number);
        }
        std::array<level_index, chunk_rows> profile{};
        choose_profiles(profile.data());
        std::array<std::uint16_t, chunk_rows> from{};
        std::array<std::uint16_t, chunk_rows> where{};
        for (std::size_t k = 0; k < plan_.schemes.size(); ++k) {
            std::size_t count = 0;
            for (std::size_t i = 0; i < rows.size(); ++i) {
                if (static_cast<std::size_t>(profile[i]) != k) continue;
                from[count] = static_cast<std::uint16_t>(i);
                where[count++] = rows[i];
            }
            if (count == 0) continue;
            double* const* slots = space_.slots.at.data();
            if (count < rows.size()) {
                gather(std::span{from}.first(count));
                slots = space_.gathered.at.data();
            }
            if (status ok = run_scheme(k, slots, count); !ok) return ok;
            const std::span<const std::uint16_t> there{where.data(), count};
            if (finds_any_ && what != row_mix::pattern)
                note_finds(what, plan_.schemes[k], slots, there);
            to(static_cast<level_index>(k), slots, there);
        }
        return {};
    }

    [[nodiscard]] const plan_data& made_for() const noexcept { return plan_; }
    [[nodiscard]] workspace& space() noexcept { return space_; }

private:
    static std::size_t at(std::size_t metric, std::size_t row) noexcept {
        return metric * chunk_rows + row;
    }

    // ── loading ──────────────────────────────────────────────────────────────

    /// Rows that lie close to each other in the table are read together, with those between them.
    [[nodiscard]] status load_side(const batch& from, std::int64_t row_pair::*which,
                                   side_values& to) {
        for (std::size_t begin = 0; begin < pairs_.size();) {
            const std::int64_t first = pairs_[begin].*which;
            std::size_t end = begin + 1;
            for (; end < pairs_.size(); ++end) {
                const std::int64_t ahead = pairs_[end].*which - first;
                const auto most = static_cast<std::int64_t>(
                    std::min<std::size_t>(2 * (end - begin + 1), chunk_rows));
                if (pairs_[end].*which <= pairs_[end - 1].*which || ahead >= most) break;
            }
            if (status ok = load_run(from, which, begin, end, to); !ok) return ok;
            begin = end;
        }
        return {};
    }

    /// Pairs [begin, end), by ascending rows.
    [[nodiscard]] status load_run(const batch& from, std::int64_t row_pair::*which,
                                  std::size_t begin, std::size_t end, side_values& to) {
        const std::int64_t row = pairs_[begin].*which;
        const auto count = static_cast<std::size_t>(pairs_[end - 1].*which - row) + 1;
        const auto place = [&](auto* column) { return column + begin; };
        const auto keep = [&](const auto* read, auto* column) {
            if (read == column) return;
            for (std::size_t i = begin; i < end; ++i)
                column[i - begin] = read[static_cast<std::size_t>(pairs_[i].*which - row)];
        };
        const bool dense = count == end - begin;
        double* as_of = place(to.as_of.data());
        std::fill_n(as_of, end - begin, unknown_value);
        if (from.has_as_of()) {
            double* read = dense ? as_of : spare_.data();
            if (status ok = from.load_as_of(row, {read, space_.spare_states(), count}); !ok)
                return ok;
            keep(read, as_of);
        }
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            const metric& source = metric_of(k);
            if (source.from != metric::source::column) continue;
            const bound_metric& bound = from.column_of(k);
            double* values = place(to.values.data() + at(k, 0));
            value_state* states = place(to.states.data() + at(k, 0));
            to.aged[k] = bound.given && bound.observed_given;
            if (!bound.given) {
                std::fill_n(values, end - begin, unknown_value);
                std::fill_n(states, end - begin, value_state::missing);
                continue;
            }
            double* read = dense ? values : spare_.data();
            value_state* read_states = dense ? states : space_.spare_states();
            if (status ok = bound.load(row, {read, read_states, count}, source, plan_.model); !ok)
                return ok;
            keep(read, values);
            keep(read_states, states);
            if (!bound.observed_given) continue;
            double* ages = place(to.ages.data() + at(k, 0));
            read = dense ? ages : spare_.data();
            if (status ok = bound.load_observed(row, {read, space_.spare_states(), count}, source,
                                                plan_.model);
                !ok)
                return ok;
            keep(read, ages);
            for (std::size_t i = 0; i < end - begin; ++i) ages[i] = as_of[i] - ages[i];
        }
        return {};
    }

    // ── mixing ───────────────────────────────────────────────────────────────

    /// As chunk_inputs::apply_age().
    [[nodiscard]] value_state with_age(value_state now, std::size_t number,
                                       double age) const noexcept {
        if (now != value_state::known) return now;
        if (age < 0) return value_state::invalid;
        const auto& most = metric_of(number).max_age_days;
        return most && !(age <= static_cast<double>(*most)) ? value_state::stale : now;
    }

    [[nodiscard]] value_state state_in(const side_values& side, std::size_t k,
                                       std::size_t row) const noexcept {
        const value_state now = side.states[at(k, row)];
        return side.aged[k] != 0 ? with_age(now, k, side.ages[at(k, row)]) : now;
    }
    [[nodiscard]] value_state own_state(std::size_t k, std::size_t row) const noexcept {
        return state_in(before_values_, k, row);
    }
    [[nodiscard]] value_state after_state(std::size_t k, std::size_t row) const noexcept {
        return state_in(after_values_, k, row);
    }
    /// A value that is null now keeps its own age: there is none to compare with.
    [[nodiscard]] value_state aged_state(std::size_t k, std::size_t row) const noexcept {
        const bool has_other =
            after_values_.aged[k] != 0 && after_values_.states[at(k, row)] != value_state::missing;
        if (!has_other) return own_state(k, row);
        return with_age(before_values_.states[at(k, row)], k, after_values_.ages[at(k, row)]);
    }

    /// Is this metric known in one of the two only? An unlisted category and a date on the wrong
    /// side are unknown too, but only its component sees that.
    [[nodiscard]] bool enters(std::size_t k, std::size_t row) const noexcept {
        const bool was = aged_state(k, row) == value_state::known;
        const bool is = after_state(k, row) == value_state::known;
        return was != is || (was && finds_[0][at(k, row)] != finds_[1][at(k, row)]);
    }

    /// A date that comes from the later snapshot keeps its distance from it, as an age does.
    [[nodiscard]] double entering(std::size_t k, std::size_t row) const noexcept {
        const double value = after_values_.values[at(k, row)];
        if (metric_of(k).type != metric_type::date) return value;
        const double moved = after_values_.as_of[row] - before_values_.as_of[row];
        return moved == moved ? value - moved : value;
    }

    void pick(row_mix what, std::size_t k, std::size_t row, double& value,
              value_state& state) const noexcept {
        const bool from_after =
            what == row_mix::after || (what == row_mix::pattern && enters(k, row));
        if (from_after) {
            state = after_state(k, row);
            value = what == row_mix::after ? after_values_.values[at(k, row)] : entering(k, row);
        } else {
            state = what == row_mix::before ? own_state(k, row) : aged_state(k, row);
            value = before_values_.values[at(k, row)];
        }
        if (state != value_state::known) value = unknown_value;
    }

    void fill(row_mix what, std::span<const std::uint16_t> rows) {
        const bool later = what == row_mix::after;
        const side_values& side = later ? after_values_ : before_values_;
        const batch& from = later ? after_ : batch_;
        n_ = rows.size();
        rows_ = n_;
        double* as_of = input(plan_.as_of);
        for (std::size_t i = 0; i < n_; ++i) as_of[i] = side.as_of[rows[i]];
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            const metric& source = metric_of(k);
            const chunk_target to = target_of(k);
            if (source.from == metric::source::column) {
                for (std::size_t i = 0; i < n_; ++i)
                    pick(what, k, rows[i], to.values[i], to.states[i]);
            } else if (source.from == metric::source::initiatives) {
                for (std::size_t i = 0; i < n_; ++i) {
                    const row_pair& pair = pairs_[rows[i]];
                    to.values[i] = from.initiative_value(
                        plan_.metrics[k].initiative, later ? pair.after : pair.before, as_of[i]);
                }
                settle(to, -largest, largest);
            }
        }
    }

    void gather(std::span<const std::uint16_t> from) {
        const auto move = [&](slot s) {
            for (std::size_t i = 0; i < from.size(); ++i)
                space_.gathered.at[s][i] = space_.slots.at[s][from[i]];
        };
        move(plan_.as_of);
        for (const planned_metric& one : plan_.metrics) move(one.values);
    }

    /// One that knows an unlisted category, or a date on the wrong side, from a value.
    [[nodiscard]] static bool may_find(const planned_component& one) noexcept {
        return one.inputs.size() == 1 &&
               (one.source->how == response::table || one.source->how == response::days_since ||
                one.source->how == response::days_until);
    }

    /// Metrics that are known and yet unknown to the component that reads them.
    void note_finds(row_mix what, const planned_scheme& scheme, double* const* slots,
                    std::span<const std::uint16_t> where) {
        std::vector<std::uint8_t>& finds = finds_[what == row_mix::after ? 1 : 0];
        for (std::size_t k = 0; k < plan_.metrics.size(); ++k) {
            for (const std::uint16_t row : where) finds[at(k, row)] = 0;
        }
        for (const planned_group& group : scheme.groups) {
            for (const planned_component& one : group.components) {
                if (!may_find(one)) continue;
                const std::size_t k = one.input_metrics[0];
                const value_state* states = space_.states_of(one);
                for (std::size_t i = 0; i < where.size(); ++i) {
                    const bool found =
                        slots[one.inputs[0]][i] == slots[one.inputs[0]][i] &&
                        (states[i] == value_state::unseen || states[i] == value_state::invalid);
                    if (found) finds[at(k, where[i])] = 1;
                }
            }
        }
    }

    const batch& after_;
    joined_texts texts_of_both_;
    side_values before_values_;
    side_values after_values_;
    std::array<std::vector<std::uint8_t>, 2> finds_;  ///< with the earlier values, with the later
    std::array<double, chunk_rows> spare_{};
    bool finds_any_ = false;
    std::span<const row_pair> pairs_;
};

}  // namespace aiueo::detail
