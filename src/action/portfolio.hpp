// action › portfolio: the customers of a batch, their snapshots in order, and what lists show of
// them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/action/action_list.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo::detail {

/// Snapshots by customer, keys in byte order; of a customer by date.
class customer_panel {
public:
    /// Errors: bad_column (no customer, no date), bad_value (a key or date that is none),
    /// duplicate_row (two snapshots of a customer on a day).
    [[nodiscard]] static result<customer_panel> make(const batch& rows);

    [[nodiscard]] std::size_t customers() const noexcept { return first_.size() - 1; }
    [[nodiscard]] std::string_view key(std::size_t customer) const noexcept {
        return names_.text(order_[customer]);
    }
    /// Rows of the batch, earliest date first.
    [[nodiscard]] std::span<const std::int64_t> rows_of(std::size_t customer) const noexcept {
        return std::span<const std::int64_t>{rows_}.subspan(
            first_[customer], first_[customer + 1] - first_[customer]);
    }
    [[nodiscard]] std::int32_t day(std::int64_t row) const noexcept {
        return days_[static_cast<std::size_t>(row)];
    }
    /// Of all snapshots; latest_day where there is none.
    [[nodiscard]] std::int32_t last_day() const noexcept { return last_day_; }
    /// The latest row up to as_of, however old; −1 = none.
    [[nodiscard]] std::int64_t last(std::size_t customer, std::int32_t as_of) const noexcept;
    /// The same, if it is in [as_of − 31 days, as_of]; −1 = none.
    [[nodiscard]] std::int64_t latest(std::size_t customer, std::int32_t as_of) const noexcept;

private:
    customer_panel() = default;
    [[nodiscard]] status read(const batch& rows);
    [[nodiscard]] status sort(const std::vector<std::int32_t>& ids);

    dictionary names_;
    std::vector<std::int32_t> order_;  ///< ids in byte order of the keys
    std::vector<std::size_t> first_{0};
    std::vector<std::int64_t> rows_;
    std::vector<std::int32_t> days_;  ///< by row
    std::int32_t last_day_ = latest_day;
};

/// What plays a part in a list, where the model has it.
enum class role : std::uint8_t { mrr, contract_start, contract_end, member, team };
inline constexpr std::array<std::string_view, 5> role_names{"mrr", "contract_start", "contract_end",
                                                            "member", "team"};

/// The customers at a date, each by its latest row, scored with the managers' overrides.
class portfolio {
public:
    /// `metrics`: by index in the model, whose values are wanted beside those of the roles; names
    /// of columns that nobody gave are unknown. Errors: those of customer_panel, scoring; not_found
    /// (no customer has a snapshot then).
    [[nodiscard]] static result<portfolio> make(const action_inputs& in, std::int32_t as_of,
                                                const std::vector<std::uint32_t>& metrics = {});

    [[nodiscard]] const customer_panel& panel() const noexcept { return panel_; }
    [[nodiscard]] const scores& given() const noexcept { return scores_; }
    [[nodiscard]] std::int32_t as_of() const noexcept { return as_of_; }
    /// Customers with a snapshot then, in byte order: positions in the panel, and their rows.
    [[nodiscard]] std::span<const std::size_t> seen() const noexcept { return seen_; }
    [[nodiscard]] std::int64_t row_of(std::size_t customer) const noexcept {
        return row_[customer];
    }
    /// Customers whose snapshots are all too old (or later).
    [[nodiscard]] std::int64_t not_seen() const noexcept {
        return static_cast<std::int64_t>(panel_.customers() - seen_.size()) - left_;
    }
    /// Customers whose contract ended after their latest snapshot, by the role contract_end: as far
    /// as anybody knows they have left, and they are not among those seen.
    [[nodiscard]] std::int64_t left() const noexcept { return left_; }
    /// Did the contract of a row's customer end between the row and a day?
    [[nodiscard]] bool left_by(std::int64_t row, std::int32_t day) const noexcept {
        const double end = value(role::contract_end, row);
        return panel_.day(row) < day && end >= panel_.day(row) && end <= day;
    }

    /// A number, date (days), flag or money (major units) of a row; NaN = unknown.
    [[nodiscard]] double value(std::uint32_t metric, std::int64_t row) const noexcept;
    [[nodiscard]] double value(role of, std::int64_t row) const noexcept;
    /// A category's text; empty = unknown.
    [[nodiscard]] std::string text(role of, std::int64_t row) const;
    /// Does the model name a metric for it?
    [[nodiscard]] bool has(role of) const noexcept {
        return roles_[static_cast<std::size_t>(of)] >= 0;
    }

private:
    portfolio(const action_inputs& in, customer_panel panel);
    [[nodiscard]] status read(const std::vector<std::uint32_t>& metrics);
    [[nodiscard]] status leave_out_ended();

    const batch* rows_;
    customer_panel panel_;
    scores scores_;
    std::int32_t as_of_ = latest_day;
    std::vector<std::size_t> seen_;
    std::int64_t left_ = 0;
    std::vector<std::int64_t> row_;                        ///< by customer; −1 = not seen
    std::array<std::int32_t, role_names.size()> roles_{};  ///< index in the model; −1 = none
    std::vector<std::int32_t> kept_;           ///< by index in the model: its place in values_
    std::vector<std::vector<double>> values_;  ///< [place][row]
};

/// The position of one of the model's own ladders; an empty name is the first.
/// Errors: not_found, invalid_argument (there is none).
[[nodiscard]] result<std::size_t> own_ladder_named(const model& of, std::string_view name);

}  // namespace aiueo::detail
