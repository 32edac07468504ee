// score › batch: a table's columns bound to a plan. base ─► table ─► model ─► score
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/score/bound_metric.hpp"
#include "aiueo/score/initiatives.hpp"
#include "aiueo/score/load.hpp"
#include "aiueo/score/plan.hpp"
#include "aiueo/table/accepts.hpp"
#include "aiueo/table/column.hpp"
#include "aiueo/table/customers.hpp"
#include "aiueo/table/duplicates.hpp"
#include "aiueo/table/text.hpp"

namespace aiueo {

struct column_source;  // bind.hpp
class text_buffer;

struct batch_options {
    bool missing_columns_are_unknown =
        false;                 ///< a column the plan needs may be absent: all its rows are unknown
    bool all_metrics = false;  ///< keep the columns of metrics that scoring does not read, too:
                               ///< evidence looks at segments and at what the model does not use
    std::vector<std::string> null_texts{};  ///< texts that mean unknown, beside the empty one
    std::int64_t first_row = 0;             ///< rows of the table before this batch, for messages
};

/// Snapshots as columns: views of the host's memory, which must live as long as the batch, or the
/// batch's own. One writer; any number of threads may score it once it is bound.
class batch {
public:
    batch(const plan& of, std::int64_t rows, batch_options options = {})
        : plan_(&of.data()),
          rows_(rows),
          options_(std::move(options)),
          metrics_(of.data().metrics.size()),
          others_(options_.all_metrics ? of.data().model.metrics.size() : 0) {
        for (const std::string& one : options_.null_texts) null_texts_.push_back(one);
        for (bound_metric& one : metrics_) one.first_row = options_.first_row;
        for (bound_metric& one : others_) one.first_row = options_.first_row;
        for (const std::string_view text : plan_->texts.texts()) texts_.intern(text);
        answers_.resize(plan_->text_tests.size());
        answer_at_.resize(answers_.size());
        answer_texts();
    }

    batch(batch&&) noexcept = default;
    batch& operator=(batch&&) noexcept = default;
    batch(const batch&) = delete;
    batch& operator=(const batch&) = delete;
    ~batch() = default;

    // ── binding ──────────────────────────────────────────────────────────────

    /// Bind a column by its name: a metric, METRIC@ (when it was observed), `customer`, `as_of`,
    /// `parent`. Numbers and dictionaries are read in place; text is converted once. Metrics that
    /// scoring does not read are accepted and ignored. Errors: not_found (with a suggestion),
    /// bad_column (type, length, bound twice, computed by the model), bad_value (text that cannot
    /// be read: row and column).
    [[nodiscard]] status bind(std::string_view name, const column_view& column) {
        if (column.length != rows_) {
            return column_error(name, "has " + std::to_string(column.length) +
                                          " rows; the batch has " + std::to_string(rows_));
        }
        if (is_decimal(column.type) && (column.scale < -76 || column.scale > 76)) {
            return column_error(name, "has a decimal scale of " + std::to_string(column.scale) +
                                          "; scales from -76 to 76 are read");
        }
        if (name == "customer") return bind_customer(column);
        if (name == "as_of") return bind_as_of(column);
        if (name == "parent") return bind_parent(column);
        const bool is_observed = name.ends_with('@');
        const std::string_view metric_name = is_observed ? name.substr(0, name.size() - 1) : name;
        const metric* found = plan_->model.find_metric(metric_name);
        if (found == nullptr) return unknown_column(name);
        if (found->from != metric::source::column) {
            return column_error(name, why_not_given(*found));
        }
        const auto index = static_cast<std::size_t>(found - plan_->model.metrics.data());
        const std::int32_t number = plan_->metric_number[index];
        if (number < 0 && others_.empty()) return {};
        bound_metric& target =
            number < 0 ? others_[index] : metrics_[static_cast<std::size_t>(number)];
        if (is_observed)
            return bind_date(name, column, target.observed_given, target.observed,
                             target.observed_owned);
        return bind_metric(*found, column, target);
    }

    /// The same for what bind() (bind.hpp) takes: an array in place, or texts that the batch keeps.
    [[nodiscard]] status bind_source(std::string_view name, column_source source);

    /// Bind every column of a table that the plan knows; others are ignored.
    /// Errors: those of bind(); bad_column for a name that occurs twice.
    [[nodiscard]] status bind_table(std::span<const named_column> columns) {
        for (const named_column& one : columns) {
            if (!knows(one.name)) {
                ignored_.push_back(one.name);
                continue;
            }
            if (status ok = bind(one.name, one.values); !ok) return ok;
        }
        return ready();
    }

    /// Would bind() find a place for this name?
    [[nodiscard]] bool knows(std::string_view name) const noexcept {
        if (name == "customer" || name == "as_of" || name == "parent") return true;
        if (name.ends_with('@')) name.remove_suffix(1);
        return plan_->model.find_metric(name) != nullptr;
    }

    /// Does this batch keep the column of this name: does scoring read it, or are all kept?
    [[nodiscard]] bool reads(std::string_view name) const noexcept {
        if (name == "customer" || name == "as_of") return true;
        if (name.ends_with('@')) name.remove_suffix(1);
        const metric* found = plan_->model.find_metric(name);
        if (found == nullptr) return false;
        return !others_.empty() || plan_->metric_number[static_cast<std::size_t>(
                                       found - plan_->model.metrics.data())] >= 0;
    }

    /// One date for all rows, days since 1970-01-01, where there is no column `as_of`.
    void set_as_of(std::int32_t day) noexcept { constant_as_of_ = day; }

    /// The initiatives that the plan counts; must outlive the batch. Without them they are unknown.
    [[nodiscard]] status set_initiatives(const initiative_history& history) {
        if (&history.made_for() != plan_) {
            return make_error(errc::invalid_argument,
                              "the initiatives were prepared for another plan");
        }
        history_ = &history;
        return {};
    }

    // ── the batch's own memory: requests, and runtimes that may not lend theirs ──

    /// Where a host writes a column that the batch keeps. `validity` has a bit for each row; null
    /// for categories, whose unknown is id −1.
    struct writable_column {
        void* values = nullptr;
        std::uint8_t* validity = nullptr;
    };

    /// A column of a fixed-width type in the batch's memory, bound at once: zeros, all unknown.
    /// Categories are int32 ids of text_id(). Errors: as bind(); bad_column for a type that has no
    /// fixed width.
    [[nodiscard]] result<writable_column> reserve(std::string_view name, column_type type);

    /// The id under which this batch knows a text; new texts get one. Errors: bad_value (not
    /// UTF-8).
    [[nodiscard]] result<std::int32_t> text_id(std::string_view text);

    /// Give every metric that has no column yet memory of this batch's own, all unknown. Rows are
    /// then filled by set_….
    void own_all();

    /// The number under which set_… knows a metric; −1: not read by the plan.
    /// Errors: not_found (no such metric), bad_column (one that is computed).
    [[nodiscard]] result<std::int32_t> number_of(std::string_view name) const;

    /// A value of a number, money (major units), flag (0 or 1) or date (days since 1970-01-01); NaN
    /// is unknown. No allocation. Errors: invalid_argument, bad_value (a date that is not a whole
    /// day).
    [[nodiscard]] status set(std::int32_t number, std::int64_t row, double value);

    /// A category's text; empty is unknown. Allocates only for a text this batch has not met
    /// before.
    [[nodiscard]] status set(std::int32_t number, std::int64_t row, std::string_view text);

    /// When a value was observed, days since 1970-01-01; nothing = not known.
    [[nodiscard]] status set_observed(std::int32_t number, std::int64_t row,
                                      std::optional<std::int32_t> day);

    /// Many metrics of a row at once, numbers[k] becoming values[k] as with set(); categories are
    /// ids of text_id(), −1 or NaN unknown. `observed`: empty, or for each the day it was observed,
    /// initiative_history::no_date = not known. Metrics that are not named keep what they have. All
    /// or nothing; no allocation. Errors: invalid_argument, invalid_state, bad_value, naming the
    /// entry, from 0.
    [[nodiscard]] status set_row(std::int64_t row, std::span<const std::int32_t> numbers,
                                 std::span<const double> values,
                                 std::span<const std::int32_t> observed = {});

    // ── what scoring reads ───────────────────────────────────────────────────

    [[nodiscard]] std::int64_t rows() const noexcept { return rows_; }
    [[nodiscard]] const plan_data& made_for() const noexcept { return *plan_; }
    [[nodiscard]] const batch_options& options() const noexcept { return options_; }
    [[nodiscard]] bool has_as_of() const noexcept {
        return constant_as_of_.has_value() || as_of_given_;
    }
    [[nodiscard]] bool has_customer() const noexcept { return customers_.has_value(); }
    [[nodiscard]] const bound_metric& column_of(std::size_t number) const noexcept {
        return metrics_[number];
    }
    /// The column of a metric by its index in the model, whether scoring reads it or not; null
    /// where none is bound.
    [[nodiscard]] const bound_metric* metric_column(std::size_t index) const noexcept {
        const std::int32_t number = plan_->metric_number[index];
        if (number < 0 && others_.empty()) return nullptr;
        const bound_metric& one =
            number < 0 ? others_[index] : metrics_[static_cast<std::size_t>(number)];
        return one.given ? &one : nullptr;
    }
    [[nodiscard]] text_answers texts() const noexcept { return {answer_at_.data()}; }
    [[nodiscard]] const std::vector<std::string>& ignored() const noexcept { return ignored_; }
    /// Did the plan want initiatives that nobody gave?
    [[nodiscard]] bool lacks_initiatives() const noexcept {
        return plan_->needs_initiatives && history_ == nullptr;
    }
    /// Null where none were given.
    [[nodiscard]] const initiative_history* initiatives() const noexcept { return history_; }

    /// The texts of categories, by their id: the plan's first, then those of the columns.
    [[nodiscard]] const dictionary& known_texts() const noexcept { return texts_; }

    [[nodiscard]] std::string text(double code) const {
        return std::string{texts_.text(static_cast<dictionary::id>(code))};
    }

    /// Is everything there that the plan needs? bad_column names all that is not.
    [[nodiscard]] status ready() const {
        std::string missing;
        std::size_t count = 0;
        const auto add = [&](const std::string& name, bool suggest) {
            ++count;
            missing += (missing.empty() ? "\"" : ", \"") + name + "\"";
            if (suggest) missing += did_you_mean(name, ignored_);
        };
        for (std::size_t k = 0; k < metrics_.size(); ++k) {
            const metric& source = plan_->model.metrics[plan_->metrics[k].in_model];
            if (source.from != metric::source::column) continue;
            if (!metrics_[k].given && !options_.missing_columns_are_unknown) add(source.name, true);
            if (metrics_[k].given && source.max_age_days && !metrics_[k].observed_given)
                add(source.name + "@", true);
        }
        if (count > 0) {
            place where;
            where.table = "snapshots";
            return make_error(
                errc::bad_column,
                (count == 1 ? "the model needs column " : "the model needs columns ") + missing +
                    (count == 1 ? ", which is not there" : ", which are not there"),
                std::move(where));
        }
        if (plan_->needs_as_of && !has_as_of()) {
            return column_error(
                "as_of",
                "is not there, and the model counts days; give the column or one date for all rows");
        }
        if (history_ != nullptr && plan_->needs_initiatives && !has_customer()) {
            return column_error("customer", "is not there; initiatives are counted by customer");
        }
        return {};
    }

    [[nodiscard]] status load_as_of(std::int64_t begin, const detail::chunk_target& to) const {
        if (!as_of_given_) {
            std::fill_n(to.values, to.count, static_cast<double>(*constant_as_of_));
            return {};
        }
        if (status ok = bound_metric::load_days(as_of_, begin, to, plan_->model, "as_of",
                                                options_.first_row);
            !ok)
            return ok;
        for (std::size_t i = 0; i < to.count; ++i) {
            const double day = to.values[i];
            if (day >= min_text_day && day <= max_text_day) continue;
            return row_error(begin + static_cast<std::int64_t>(i), "as_of",
                             day == day ? no_text_day(static_cast<std::int64_t>(day))
                                        : "is empty or not a date; every snapshot needs its date");
        }
        return {};
    }

    [[nodiscard]] double initiative_value(std::uint32_t number, std::int64_t row,
                                          double as_of) const noexcept {
        if (history_ == nullptr || as_of != as_of) return detail::unknown_value;
        key_buffer buffer;
        const auto key = customers_->key_at(row, buffer);
        return history_->value(number, key ? history_->find(*key) : -1,
                               static_cast<std::int32_t>(as_of));
    }

    // ── for messages and explanations ────────────────────────────────────────

    /// The customer's key, in the column's memory or in `buffer`; nothing without a column
    /// `customer`.
    [[nodiscard]] std::optional<std::string_view> key_at(std::int64_t row,
                                                         key_buffer& buffer) const noexcept {
        return customers_ ? customers_->key_at(row, buffer) : std::nullopt;
    }

    /// The key of the customer that a row's rolls up to; nothing where the cell is empty, and
    /// without a column `parent`.
    [[nodiscard]] std::optional<std::string_view> parent_at(std::int64_t row,
                                                            key_buffer& buffer) const noexcept {
        return parents_ ? parents_->key_at(row, buffer) : std::nullopt;
    }
    /// Is there a column `parent`, and of keys? bad_column says why not.
    [[nodiscard]] status readable_parent() const {
        if (parents_) return {};
        if (parent_type_ == column_type::none)
            return column_error("parent",
                                "is not there; it names the customer that each rolls up to");
        return column_error("parent", "cannot be " + std::string{name_of(parent_type_)} +
                                          "; cast it to text or to an integer");
    }

    /// The customer's key, empty without a column `customer`.
    [[nodiscard]] std::string customer(std::int64_t row) const {
        key_buffer buffer;
        const auto key = key_at(row, buffer);
        return key ? std::string{*key} : std::string{};
    }

    /// The last row of a customer (the latest date; of equal dates the last), or −1.
    [[nodiscard]] std::int64_t find_customer(std::string_view key) const {
        std::int64_t best = -1;
        double latest = 0;
        if (!customers_) return best;
        for (std::int64_t row = customers_->find(key); row >= 0;
             row = customers_->find(key, row + 1)) {
            double day = 0;
            value_state state{};
            if (!as_of_given_ || !load_as_of(row, {&day, &state, 1})) day = 0;
            if (best < 0 || day >= latest) {
                best = row;
                latest = day;
            }
        }
        return best;
    }

    struct raw_value {
        double value = detail::unknown_value;
        std::string text;
        std::optional<std::int32_t> observed;
    };

    /// What a row holds for a metric, whether it counts or not.
    [[nodiscard]] raw_value raw(std::size_t number, std::int64_t row) const {
        raw_value out;
        const bound_metric& bound = metrics_[number];
        metric source = plan_->model.metrics[plan_->metrics[number].in_model];
        if (!bound.given) return out;
        source.min.reset();
        source.max.reset();
        value_state state{};
        if (!bound.load(row, {&out.value, &state, 1}, source, plan_->model)) return out;
        if (source.type == metric_type::category && out.value == out.value)
            out.text = text(out.value);
        double day = 0;
        if (bound.observed_given &&
            bound.load_observed(row, {&day, &state, 1}, source, plan_->model) && day == day) {
            out.observed = static_cast<std::int32_t>(day);
        }
        return out;
    }

    /// Every row has a key and a date, and no customer two rows for one date. `seen` may span
    /// batches. Errors: bad_value, duplicate_row.
    [[nodiscard]] status check_rows(duplicate_finder& seen) const {
        if (!customers_)
            return column_error("customer", "is not there; every snapshot needs its customer");
        if (status ok = customers_->check(0, rows_, options_.first_row); !ok) return ok;
        constexpr std::int64_t block_rows = 128;
        std::array<key_buffer, block_rows> buffers;  // NOLINT: key_at() writes what it returns
        std::array<customer_date, block_rows> keys{};
        std::array<double, block_rows> days{};
        std::array<value_state, block_rows> states{};
        std::int64_t step = block_rows;
        for (std::int64_t begin = 0; begin < rows_; begin += step) {
            auto count = static_cast<std::size_t>(std::min(step, rows_ - begin));
            if (has_as_of()) {
                status dates = load_as_of(begin, {days.data(), states.data(), count});
                if (!dates && count > 1) {
                    // Row by row from here: the first row with an error of either kind is named.
                    step = 1;
                    count = 1;
                    dates = load_as_of(begin, {days.data(), states.data(), count});
                }
                if (!dates) return dates;
            }
            for (std::size_t i = 0; i < count; ++i) {
                keys[i] = {*customers_->key_at(begin + static_cast<std::int64_t>(i), buffers[i]),
                           static_cast<std::int32_t>(days[i])};
            }
            if (status ok = seen.add(std::span{keys}.first(count)); !ok) return ok;
        }
        return {};
    }

private:
    [[nodiscard]] static place at_column(std::string_view name) {
        place where;
        where.table = "snapshots";
        where.column_name = name;
        return where;
    }

    [[nodiscard]] static status column_error(std::string_view name, std::string message) {
        return make_error(errc::bad_column, std::move(message), at_column(name));
    }

    [[nodiscard]] status row_error(std::int64_t row, std::string_view name,
                                   std::string message) const {
        place where = at_column(name);
        where.row = options_.first_row + row;
        if (name != "customer") where.key = customer(row);
        return make_error(errc::bad_value, std::move(message), std::move(where));
    }

    [[nodiscard]] static std::string why_not_given(const metric& one) {
        return one.from == metric::source::derived
                   ? "is computed by the model from other metrics; leave the column out or rename it"
                   : "is counted from the initiatives table; leave the column out or rename it";
    }

    [[nodiscard]] status unknown_column(std::string_view name) const {
        std::vector<std::string_view> names{"customer", "as_of", "parent"};
        for (const metric& one : plan_->model.metrics) names.push_back(one.name);
        return make_error(errc::not_found, "\"" + std::string{name} +
                                               "\" is not a metric of the model" +
                                               did_you_mean(name, names));
    }

    [[nodiscard]] text_options reading(std::string_view name) const {
        text_options out;
        out.table = "snapshots";
        out.column = name;
        out.first_row = options_.first_row;
        out.null_texts = null_texts_;
        out.zone = &plan_->model.zone;
        out.minor_digits = plan_->model.minor_digits;
        return out;
    }

    [[nodiscard]] status bind_customer(const column_view& column) {
        if (customers_) return column_error("customer", "is there twice; a column has one name");
        auto keys = customer_keys::make(column, "snapshots");
        if (!keys) return std::move(keys).error();
        customers_.emplace(std::move(*keys));
        return {};
    }

    [[nodiscard]] status bind_parent(const column_view& column) {
        if (parents_) return column_error("parent", "is there twice; a column has one name");
        if (column.type == column_type::none) return {};  // nobody has one
        // A type that is no key is no matter to scoring: whoever rolls up asks readable_parent().
        auto keys = customer_keys::make(column, "snapshots", "parent");
        parent_type_ = column.type;
        if (keys) parents_.emplace(std::move(*keys));
        return {};
    }

    [[nodiscard]] status bind_as_of(const column_view& column) {
        return bind_date("as_of", column, as_of_given_, as_of_, as_of_owned_);
    }

    [[nodiscard]] status bind_date(std::string_view name, const column_view& column, bool& given,
                                   column_view& view, owned_column& owned) {
        if (given) return column_error(name, "is there twice; a column has one name");
        if (status ok = check_readable(column, metric_type::date, name, "snapshots"); !ok)
            return ok;
        view = column;
        if (is_text(column.type)) {
            if (status ok = convert_text(column, metric_type::date, reading(name), owned); !ok)
                return ok;
            view = owned.view();
        }
        given = true;
        return {};
    }

    [[nodiscard]] status bind_metric(const metric& source, const column_view& column,
                                     bound_metric& target) {
        if (target.given) return column_error(source.name, "is there twice; a column has one name");
        if (status ok = check_readable(column, source.type, source.name, "snapshots"); !ok)
            return ok;
        // What a column that could not be read left behind must not meet one that can.
        target.owned = {};
        target.is_codes = false;
        target.values = column;
        if (is_text(column.type)) {
            const bool in_place =
                source.type == metric_type::category && column.type == column_type::dictionary;
            if (status ok = in_place ? map_dictionary(source, column, target)
                                     : convert(source, column, target);
                !ok)
                return ok;
        }
        target.given = true;
        return {};
    }

    [[nodiscard]] status convert(const metric& source, const column_view& column,
                                 bound_metric& target) {
        if (status ok =
                convert_text(column, source.type, reading(source.name), target.owned, &texts_);
            !ok)
            return ok;
        target.values = target.owned.view();
        target.is_codes = source.type == metric_type::category;
        answer_texts();
        return {};
    }

    /// Categories of a dictionary column stay where they are; only its words are looked up.
    [[nodiscard]] status map_dictionary(const metric& source, const column_view& column,
                                        bound_metric& target) {
        if (column.dictionary == nullptr)
            return column_error(source.name, "is a dictionary without its texts");
        owned_column words;
        if (status ok = convert_text(*column.dictionary, metric_type::category,
                                     reading(source.name), words, &texts_);
            !ok) {
            error why = std::move(ok).error();
            why.where.row = -1;  // an entry of the dictionary, not a row
            return why;
        }
        target.remap = std::move(words.codes);
        answer_texts();
        return {};
    }

    void own(bound_metric& target, const metric& source);

    [[nodiscard]] bound_metric* owned_target(std::int32_t number, std::int64_t row) noexcept;

    [[nodiscard]] status not_owned(std::int32_t number, std::int64_t row) const;

    [[nodiscard]] bool takes(std::int32_t number, double value) const noexcept;

    [[nodiscard]] error refused(std::size_t entry, std::int32_t number, double value) const;

    /// Ask the model's text predicates of every text that is new.
    void answer_texts() {
        for (std::size_t k = 0; k < answers_.size(); ++k) {
            while (answers_[k].size() < texts_.size()) {
                const auto id = static_cast<dictionary::id>(answers_[k].size());
                answers_[k].push_back(plan_->text_tests[k].holds(texts_.text(id)) ? 1 : 0);
                answer_at_[k] = answers_[k].data();  // at once: memory may run out at the next text
            }
        }
        // Ids count from here on; every predicate has its answer.
        for (bound_metric& one : metrics_) one.texts = texts_.size();
        for (bound_metric& one : others_) one.texts = texts_.size();
    }

    const plan_data* plan_;
    std::int64_t rows_;
    batch_options options_;
    std::vector<std::string_view> null_texts_;
    dictionary texts_;  ///< the plan's texts first, then those of the columns
    std::vector<std::vector<std::uint8_t>> answers_;
    std::vector<const std::uint8_t*> answer_at_;
    std::vector<bound_metric> metrics_;
    std::vector<bound_metric> others_;                ///< by index in the model, where all are kept
    std::vector<std::vector<std::uint64_t>> memory_;  ///< reserved columns
    // Shared, because their types are complete only in bind.hpp; nobody else holds them.
    std::vector<std::shared_ptr<text_buffer>> kept_texts_;
    std::vector<std::shared_ptr<column_view>> kept_words_;
    std::vector<std::vector<std::int32_t>> kept_days_;
    std::optional<customer_keys> customers_;
    std::optional<customer_keys> parents_;
    column_type parent_type_ = column_type::none;
    bool as_of_given_ = false;
    column_view as_of_;
    owned_column as_of_owned_;
    std::optional<std::int32_t> constant_as_of_;
    const initiative_history* history_ = nullptr;
    std::vector<std::string> ignored_;
};

}  // namespace aiueo

#include "aiueo/score/batch_write.hpp"  // IWYU pragma: keep
