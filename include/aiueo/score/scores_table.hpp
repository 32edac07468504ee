// score › scores_table: scores as the table that every runtime shows, writes and hands on.
// base ─► table ─► model ─► score
//
// customer, as_of, profile, the axes and touch in use, overall, coverage, lower, upper,
// insufficient, each ladder and LADDER_provisional, band, pattern; with detail also accompany,
// process, success, process.score and success.score, U.coverage, U.lower, U.upper and U.COMPONENT
// for each axis and touch, and stale, invalid, unseen.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/table/arrow_export.hpp"

namespace aiueo {

/// A column of the scores table.
struct score_column {
    enum class field : std::uint8_t {
        customer,
        as_of,
        profile,
        group,
        overall,
        coverage,
        lower,
        upper,
        insufficient,
        stage,
        provisional,
        band,
        pattern,
        step,
        step_score,
        group_coverage,
        group_lower,
        group_upper,
        component,
        stale,
        invalid,
        unseen,
    };
    std::string name;
    field what = field::overall;
    std::uint32_t index = 0;  ///< of the axis, ladder, step or component it belongs to

    [[nodiscard]] bool is_level() const noexcept {
        return what == field::profile || what == field::stage || what == field::provisional ||
               what == field::band || has_codes();
    }
    /// Levels of a byte each: score_codes().
    [[nodiscard]] bool has_codes() const noexcept {
        return what == field::pattern || what == field::step;
    }
    [[nodiscard]] bool is_count() const noexcept {
        return what == field::stale || what == field::invalid || what == field::unseen;
    }
    [[nodiscard]] bool is_number() const noexcept {
        return !is_level() && !is_count() && what != field::customer && what != field::as_of &&
               what != field::insufficient;
    }
};

/// The columns in their order.
[[nodiscard]] inline std::vector<score_column> score_columns(const plan_data& plan, bool detail) {
    using field = score_column::field;
    const model& subject = plan.model;
    std::vector<score_column> out;
    const auto add = [&out](std::string name, field what, std::size_t index = 0) {
        out.push_back({std::move(name), what, static_cast<std::uint32_t>(index)});
    };
    add("customer", field::customer);
    add("as_of", field::as_of);
    add("profile", field::profile);
    for (std::size_t g = 0; g < group_count; ++g) {
        if (plan.groups_in_use[g]) add(std::string{group_names[g]}, field::group, g);
    }
    add("overall", field::overall);
    add("coverage", field::coverage);
    add("lower", field::lower);
    add("upper", field::upper);
    add("insufficient", field::insufficient);
    for (std::size_t k = 0; k < subject.rules.ladders.size(); ++k) {
        add(subject.rules.ladders[k].name, field::stage, k);
        add(subject.rules.ladders[k].name + "_provisional", field::provisional, k);
    }
    if (subject.rules.bands) add("band", field::band);
    if (plan.has_patterns) add("pattern", field::pattern);
    if (!detail) return out;
    if (plan.has_patterns) {
        for (std::size_t k = 0; k < step_names.size(); ++k)
            add(std::string{step_names[k]}, field::step, k);
        // Accompany's score is the column touch.
        for (std::size_t k = 1; k < step_names.size(); ++k)
            add(std::string{step_names[k]} + ".score", field::step_score, k);
    }
    std::size_t number = 0;
    for (std::size_t g = 0; g < group_count; ++g) {
        const std::string name{group_names[g]};
        if (plan.groups_in_use[g]) {
            add(name + ".coverage", field::group_coverage, g);
            add(name + ".lower", field::group_lower, g);
            add(name + ".upper", field::group_upper, g);
        }
        for (const component& one : subject.rules.groups[g].components) {
            add(name + "." + one.name, field::component, number++);
        }
    }
    add("stale", field::stale);
    add("invalid", field::invalid);
    add("unseen", field::unseen);
    return out;
}

/// What the codes of a level column mean, in their order; empty for other columns.
[[nodiscard]] inline std::vector<std::string_view> score_words(const model& subject,
                                                               const score_column& column) {
    using field = score_column::field;
    std::vector<std::string_view> out;
    if (column.what == field::profile) {
        out.push_back("default");
        for (const profile& one : subject.profiles) out.push_back(one.name);
    } else if (column.what == field::stage || column.what == field::provisional) {
        for (const rung& one : subject.rules.ladders[column.index].rungs) out.push_back(one.name);
    } else if (column.what == field::band && subject.rules.bands) {
        for (const std::string& one : subject.rules.bands->names) out.push_back(one);
    } else if (column.what == field::pattern) {
        out.assign(pattern_names.begin(), pattern_names.end());
    } else if (column.what == field::step) {
        out.assign(achievement_names.begin(), achievement_names.end());
    }
    return out;
}

[[nodiscard]] inline export_type type_of(const score_column& column) noexcept {
    using field = score_column::field;
    if (column.is_level()) return export_type::dictionary16;
    if (column.is_count()) return export_type::uint32;
    if (column.what == field::customer) return export_type::text;
    if (column.what == field::as_of) return export_type::date;
    return column.what == field::insufficient ? export_type::flag : export_type::float64;
}

[[nodiscard]] inline std::vector<export_field> score_fields(const plan_data& plan, bool detail) {
    std::vector<export_field> out;
    for (const score_column& one : score_columns(plan, detail)) {
        out.push_back({one.name, type_of(one)});
    }
    return out;
}

/// The values of a number column; empty for others.
[[nodiscard]] inline std::span<const double> score_numbers(const scores& from,
                                                           const score_column& column) noexcept {
    using field = score_column::field;
    const auto group = static_cast<axis>(column.index);
    switch (column.what) {
    case field::group: return from[group];
    case field::overall: return from.overall();
    case field::coverage: return from.coverage();
    case field::lower: return from.lower();
    case field::upper: return from.upper();
    case field::group_coverage: return from.coverage(group);
    case field::group_lower: return from.lower(group);
    case field::group_upper: return from.upper(group);
    case field::component: return from.component(column.index);
    case field::step_score: return from.score(static_cast<step>(column.index));
    case field::customer:
    case field::as_of:
    case field::profile:
    case field::insufficient:
    case field::stage:
    case field::provisional:
    case field::band:
    case field::pattern:
    case field::step:
    case field::stale:
    case field::invalid:
    case field::unseen: break;
    }
    return {};
}

/// The codes of a level column whose codes are bytes; empty for others.
[[nodiscard]] inline std::span<const std::uint8_t> score_codes(
    const scores& from, const score_column& column) noexcept {
    using field = score_column::field;
    if (column.what == field::pattern) return from.pattern();
    if (column.what == field::step) return from.achieved(static_cast<step>(column.index));
    return {};
}

/// The codes of the other level columns; empty for others.
[[nodiscard]] inline std::span<const level_index> score_levels(
    const scores& from, const score_column& column) noexcept {
    using field = score_column::field;
    if (column.what == field::profile) return from.profile();
    if (column.what == field::stage) return from.stage(column.index);
    if (column.what == field::provisional) return from.provisional(column.index);
    if (column.what == field::band) return from.band();
    return {};
}

/// The counts of a count column; empty for others, and without detail.
[[nodiscard]] inline std::span<const std::uint16_t> score_counts(
    const scores& from, const score_column& column) noexcept {
    using field = score_column::field;
    if (column.what == field::stale) return from.count(value_state::stale);
    if (column.what == field::invalid) return from.count(value_state::invalid);
    if (column.what == field::unseen) return from.count(value_state::unseen);
    return {};
}

namespace detail {

/// Builds the table of rows [0, rows).
class scores_table_builder {
public:
    scores_table_builder(const scores& from, const batch* of, std::int64_t rows)
        : from_(from), plan_(from.made_for()), batch_(of), rows_(rows), out_(rows) {}

    [[nodiscard]] result<owned_table> run() {
        if (rows_ < 0 || rows_ > from_.capacity() ||
            (batch_ != nullptr && rows_ > batch_->rows())) {
            return make_error(errc::invalid_argument,
                              std::to_string(rows_) + " rows are not within the scores' " +
                                  std::to_string(from_.capacity()) + " and the batch's " +
                                  std::to_string(batch_ == nullptr ? rows_ : batch_->rows()));
        }
        if (batch_ != nullptr && &batch_->made_for() != &plan_) {
            return make_error(errc::invalid_argument,
                              "batch and scores must come from the same plan");
        }
        for (const score_column& one : score_columns(plan_, from_.options().detail)) {
            if (status added = add(one); !added) return std::move(added).error();
        }
        return std::move(out_);
    }

private:
    using field = score_column::field;

    [[nodiscard]] std::size_t count() const noexcept { return static_cast<std::size_t>(rows_); }

    [[nodiscard]] status add(const score_column& one) {
        if (one.what == field::customer) return batch_ == nullptr ? status{} : add_customers();
        if (one.what == field::as_of) return batch_ == nullptr ? status{} : add_dates();
        if (one.what == field::insufficient) return add_insufficient();
        if (one.is_level()) return add_levels(one);
        if (one.is_count()) {
            const auto counts = score_counts(from_, one).first(count());
            return out_.add_uint32(one.name, {counts.begin(), counts.end()});
        }
        const auto numbers = score_numbers(from_, one).first(count());
        return out_.add_numbers(one.name, {numbers.begin(), numbers.end()});
    }

    [[nodiscard]] status add_customers() {
        text_builder keys;
        keys.reserve(count(), count() * 8);
        for (std::int64_t row = 0; row < rows_; ++row) {
            key_buffer buffer;
            if (const auto key = batch_->key_at(row, buffer)) {
                keys.add(*key);
            } else {
                keys.add_null();
            }
        }
        return out_.add_text("customer", std::move(keys));
    }

    [[nodiscard]] status add_dates() {
        std::vector<std::int32_t> days(count());
        if (!batch_->has_as_of()) {
            std::vector<std::uint8_t> none(static_cast<std::size_t>(bytes_for_bits(rows_)));
            return out_.add_dates("as_of", std::move(days), std::move(none));
        }
        std::vector<double> chunk(chunk_rows);
        std::vector<value_state> states(chunk_rows);
        for (std::size_t at = 0; at < count(); at += chunk_rows) {
            const std::size_t n = std::min(chunk_rows, count() - at);
            const chunk_target to{chunk.data(), states.data(), n};
            if (status ok = batch_->load_as_of(static_cast<std::int64_t>(at), to); !ok) return ok;
            for (std::size_t i = 0; i < n; ++i) days[at + i] = static_cast<std::int32_t>(chunk[i]);
        }
        return out_.add_dates("as_of", std::move(days));
    }

    [[nodiscard]] status add_insufficient() {
        std::vector<std::uint8_t> bits(static_cast<std::size_t>(bytes_for_bits(rows_)));
        const auto overall = from_.overall();
        for (std::size_t i = 0; i < count(); ++i) {
            if (overall[i] != overall[i]) set_bit(bits.data(), static_cast<std::int64_t>(i), true);
        }
        return out_.add_flags("insufficient", std::move(bits));
    }

    [[nodiscard]] status add_levels(const score_column& one) {
        text_builder words;
        for (const std::string_view word : score_words(plan_.model, one)) words.add(word);
        std::vector<std::uint16_t> codes(count());
        if (one.has_codes()) {
            const auto bytes = score_codes(from_, one).first(count());
            std::copy(bytes.begin(), bytes.end(), codes.begin());
        } else {
            // −1 becomes 0xFFFF, which is null.
            const auto levels = score_levels(from_, one).first(count());
            std::transform(levels.begin(), levels.end(), codes.begin(),
                           [](level_index level) { return static_cast<std::uint16_t>(level); });
        }
        return out_.add_codes(one.name, std::move(codes), std::move(words));
    }

    const scores& from_;
    const plan_data& plan_;
    const batch* batch_;
    std::int64_t rows_;
    owned_table out_;
};

}  // namespace detail

/// Rows [0, rows) of the scores as a table of their own. `customer` and `as_of` come from `of`;
/// without it they are left out. What the batch has no column for is null.
/// Errors: invalid_argument (rows, another plan), bad_value (a row without its date), and those of
/// owned_table.
[[nodiscard]] inline result<owned_table> scores_table(const scores& from, const batch* of,
                                                      std::int64_t rows) {
    return detail::scores_table_builder{from, of, rows}.run();
}

}  // namespace aiueo
