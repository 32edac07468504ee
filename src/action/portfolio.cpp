// action › portfolio: see portfolio.hpp.
#include "portfolio.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "aiueo/base/date.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/metric_values.hpp"
#include "aiueo/score/score.hpp"
#include "aiueo/score/trigger_ladders.hpp"
#include "aiueo/table/customer_rows.hpp"

namespace aiueo::detail {

namespace {

[[nodiscard]] error fail(errc code, std::string message, std::string_view column,
                         std::string_view customer = {}) {
    place where;
    where.table = "snapshots";
    where.column_name = column;
    where.key = customer;
    return make_error(code, std::move(message), std::move(where));
}

}  // namespace

result<std::size_t> own_ladder_named(const model& of, std::string_view name) {
    const std::size_t own = own_ladders(of);
    if (own == 0) {
        return make_error(errc::invalid_argument,
                          "the model has no ladder, so nobody stands on a rung");
    }
    if (name.empty()) return std::size_t{0};
    std::vector<std::string_view> names;
    for (std::size_t k = 0; k < own; ++k) {
        if (of.rules.ladders[k].name == name) return k;
        names.push_back(of.rules.ladders[k].name);
    }
    return make_error(errc::not_found,
                      "the model has no ladder " + aiueo::quoted(name) + did_you_mean(name, names));
}

// ── the panel ────────────────────────────────────────────────────────────────

result<customer_panel> customer_panel::make(const batch& rows) {
    customer_panel out;
    if (!rows.has_customer())
        return fail(errc::bad_column, "is not there; a list names its customers", "customer");
    if (!rows.has_as_of())
        return fail(errc::bad_column, "is not there; give the column or one date for all rows",
                    "as_of");
    if (status ok = out.read(rows); !ok) return std::move(ok).error();
    return out;
}

status customer_panel::read(const batch& rows) {
    const auto count = static_cast<std::size_t>(rows.rows());
    std::vector<std::int32_t> ids(count);
    days_.resize(count);
    std::array<double, chunk_rows> days{};
    std::array<value_state, chunk_rows> states{};
    key_buffer buffer;
    for (std::size_t at = 0; at < count; at += days.size()) {
        const std::size_t n = std::min(days.size(), count - at);
        if (status ok =
                rows.load_as_of(static_cast<std::int64_t>(at), {days.data(), states.data(), n});
            !ok)
            return ok;
        for (std::size_t i = 0; i < n; ++i) {
            const auto key = rows.key_at(static_cast<std::int64_t>(at + i), buffer);
            if (!key)
                return fail(errc::bad_value, "the customer's key is missing; every row needs one",
                            "customer");
            ids[at + i] = names_.intern(*key);
            days_[at + i] = static_cast<std::int32_t>(days[i]);
        }
    }
    if (count > 0) last_day_ = *std::max_element(days_.begin(), days_.end());
    return sort(ids);
}

status customer_panel::sort(const std::vector<std::int32_t>& ids) {
    order_ = order_of(names_);
    std::vector<std::size_t> place(order_.size());
    for (std::size_t k = 0; k < order_.size(); ++k) place[static_cast<std::size_t>(order_[k])] = k;
    first_.assign(order_.size() + 1, 0);
    for (const std::int32_t id : ids) ++first_[place[static_cast<std::size_t>(id)] + 1];
    for (std::size_t k = 1; k < first_.size(); ++k) first_[k] += first_[k - 1];
    std::vector<std::size_t> next(first_.begin(), first_.end() - 1);
    rows_.resize(ids.size());
    for (std::size_t row = 0; row < ids.size(); ++row)
        rows_[next[place[static_cast<std::size_t>(ids[row])]]++] = static_cast<std::int64_t>(row);
    for (std::size_t k = 0; k < customers(); ++k) {
        const auto begin = rows_.begin() + static_cast<std::ptrdiff_t>(first_[k]);
        const auto end = rows_.begin() + static_cast<std::ptrdiff_t>(first_[k + 1]);
        const auto earlier = [this](std::int64_t a, std::int64_t b) { return day(a) < day(b); };
        if (!std::is_sorted(begin, end, earlier)) std::stable_sort(begin, end, earlier);
        const auto twice = std::adjacent_find(
            begin, end, [this](std::int64_t a, std::int64_t b) { return day(a) == day(b); });
        if (twice == end) continue;
        return fail(errc::duplicate_row,
                    "has two snapshots of " + format_date(day(*twice)) +
                        "; a customer has one snapshot a date",
                    {}, key(k));
    }
    return {};
}

std::int64_t customer_panel::last(std::size_t customer, std::int32_t as_of) const noexcept {
    const std::span<const std::int64_t> all = rows_of(customer);
    const auto after =
        std::upper_bound(all.begin(), all.end(), as_of,
                         [this](std::int32_t at, std::int64_t row) { return at < day(row); });
    return after == all.begin() ? -1 : *(after - 1);
}

std::int64_t customer_panel::latest(std::size_t customer, std::int32_t as_of) const noexcept {
    const std::int64_t row = last(customer, as_of);
    return row < 0 || day(row) < std::int64_t{as_of} - observation_window_days ? -1 : row;
}

// ── the portfolio ────────────────────────────────────────────────────────────

portfolio::portfolio(const action_inputs& in, customer_panel panel)
    : rows_(&in.rows),
      panel_(std::move(panel)),
      scores_(in.with, in.rows.rows(), scores_options{false, true}) {
    const model& subject = in.with.model();
    roles_.fill(-1);
    kept_.assign(subject.metrics.size(), -1);
    for (std::size_t k = 0; k < role_names.size(); ++k) {
        const auto named = subject.roles.find(std::string{role_names[k]});
        if (named == subject.roles.end()) continue;
        const metric* found = subject.find_metric(named->second);
        if (found != nullptr) roles_[k] = static_cast<std::int32_t>(found - subject.metrics.data());
    }
}

result<portfolio> portfolio::make(const action_inputs& in, std::int32_t as_of,
                                  const std::vector<std::uint32_t>& metrics) {
    if (&in.rows.made_for() != &in.with.data()) {
        return make_error(errc::invalid_argument,
                          "the batch must come from the plan that the action is given");
    }
    auto panel = customer_panel::make(in.rows);
    if (!panel) return std::move(panel).error();
    portfolio out{in, *std::move(panel)};
    out.as_of_ = as_of == latest_day ? out.panel_.last_day() : as_of;
    out.row_.assign(out.panel_.customers(), -1);
    for (std::size_t k = 0; k < out.row_.size(); ++k) {
        out.row_[k] = out.panel_.latest(k, out.as_of_);
        if (out.row_[k] >= 0) out.seen_.push_back(k);
    }
    if (out.seen_.empty()) {
        return make_error(errc::not_found, in.rows.rows() == 0
                                               ? std::string{"there is no snapshot"}
                                               : "no customer has a snapshot in the " +
                                                     std::to_string(observation_window_days) +
                                                     " days up to " + format_date(out.as_of_) +
                                                     "; the latest is of " +
                                                     format_date(out.panel_.last_day()));
    }
    if (status ok = scoring::run(in.with, in.rows, {0, in.rows.rows()}, out.scores_); !ok)
        return std::move(ok).error();
    if (status ok = out.read(metrics); !ok) return std::move(ok).error();
    if (status ok = out.leave_out_ended(); !ok) return std::move(ok).error();
    return out;
}

status portfolio::leave_out_ended() {
    if (!has(role::contract_end)) return {};
    std::size_t kept = 0;
    for (const std::size_t k : seen_) {
        if (left_by(row_[k], as_of_)) {
            row_[k] = -1;
            ++left_;
        } else {
            seen_[kept++] = k;
        }
    }
    seen_.resize(kept);
    if (kept > 0) return {};
    return make_error(errc::not_found,
                      "every customer's contract has ended since its latest "
                      "snapshot, up to " +
                          format_date(as_of_));
}

status portfolio::read(const std::vector<std::uint32_t>& metrics) {
    const plan_data& plan = rows_->made_for();
    std::vector<std::uint8_t> wanted(plan.model.metrics.size(), 0);
    for (const std::int32_t one : roles_) {
        if (one >= 0) wanted[static_cast<std::size_t>(one)] = 1;
    }
    for (const std::uint32_t one : metrics) wanted[one] = 1;
    const auto rows = static_cast<std::size_t>(rows_->rows());
    for (std::size_t k = 0; k < wanted.size(); ++k) {
        if (wanted[k] == 0) continue;
        kept_[k] = static_cast<std::int32_t>(values_.size());
        values_.emplace_back(rows, unknown_value);
    }
    if (values_.empty()) return {};
    metric_values reader{plan, *rows_, wanted};
    for (std::size_t at = 0; at < rows; at += chunk_rows) {
        const std::size_t n = std::min<std::size_t>(chunk_rows, rows - at);
        if (status ok = reader.load(static_cast<std::int64_t>(at), n); !ok) return ok;
        for (std::size_t k = 0; k < wanted.size(); ++k) {
            if (wanted[k] == 0) continue;
            std::copy_n(reader.of(k), n, values_[static_cast<std::size_t>(kept_[k])].data() + at);
        }
    }
    return {};
}

double portfolio::value(std::uint32_t metric, std::int64_t row) const noexcept {
    const std::int32_t place = kept_[metric];
    if (place < 0 || row < 0) return unknown_value;
    return values_[static_cast<std::size_t>(place)][static_cast<std::size_t>(row)];
}

double portfolio::value(role of, std::int64_t row) const noexcept {
    const std::int32_t metric = roles_[static_cast<std::size_t>(of)];
    return metric < 0 ? unknown_value : value(static_cast<std::uint32_t>(metric), row);
}

std::string portfolio::text(role of, std::int64_t row) const {
    const double code = value(of, row);
    return code == code ? rows_->text(code) : std::string{};
}

}  // namespace aiueo::detail
