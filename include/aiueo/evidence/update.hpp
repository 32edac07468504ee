// evidence › update: counting some customers' snapshots. … ─► score ─► evidence
//
// Three passes. The first puts rows together by customer, joins them with the contract ends, and
// finds each customer's last row of every month. The second reads what those rows hold and finds
// everything that can be wrong. The third counts and cannot fail, so that an error leaves the
// evidence as it was.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/evidence/conditions.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/exposures.hpp"
#include "aiueo/evidence/metric_values.hpp"
#include "aiueo/evidence/observed_tile.hpp"
#include "aiueo/evidence/panel.hpp"
#include "aiueo/evidence/rank_counts.hpp"
#include "aiueo/evidence/segment_levels.hpp"
#include "aiueo/evidence/tally_choice.hpp"
#include "aiueo/table/dictionary.hpp"

namespace aiueo {

class evidence_update {
public:
    evidence_update(evidence& to, const batch& rows, const scores& given, const histories& known)
        : to_(to),
          shape_(to.shape_),
          rows_(rows),
          scores_(given),
          known_(known),
          segments_(shape_, rows),
          ranks_(shape_, known.ranks),
          initiatives_(shape_, known.initiatives) {}

    [[nodiscard]] status run() {
        const default_float_mode usual;
        if (status ok = to_.usable(); !ok) return ok;
        if (status ok = check_arguments(); !ok) return ok;
        if (status ok = group_rows(); !ok) return ok;
        if (status ok = join(); !ok) return ok;
        if (status ok = check_rows(); !ok) return ok;
        if (status ok = check_panel(); !ok) return ok;
        if (status ok = look_at_initiatives(); !ok) return ok;
        if (status ok = check_money(); !ok) return ok;
        if (status ok = segments_.fit(to_.tables_); !ok) return ok;
        if (status ok = ranks_.fit(to_.tables_); !ok) return ok;
        to_.broken_ = true;
        if (status ok = count(); !ok) return ok;
        to_.broken_ = false;
        return {};
    }

private:
    static constexpr std::size_t some_customers = 32;  ///< looked up together

    [[nodiscard]] status fail(errc code, std::string message, std::string_view column = {},
                              std::int64_t row = -1) const {
        place where;
        where.table = "snapshots";
        where.column_name = column;
        if (row >= 0) {
            where.row = rows_.options().first_row + row;
            where.key = rows_.customer(row);
        }
        return make_error(code, std::move(message), std::move(where));
    }

    [[nodiscard]] status check_arguments() const {
        const plan_data* plan = &shape_.plan();
        if (&rows_.made_for() != plan || &scores_.made_for() != plan) {
            return make_error(errc::invalid_argument,
                              "batch and scores must come from the plan of the evidence");
        }
        if (!scores_.options().detail || scores_.options().overrides) {
            return make_error(errc::invalid_argument,
                              "evidence needs scores with detail and without overrides");
        }
        if (const std::string_view wrong = ranks_.problem(); !wrong.empty())
            return make_error(errc::invalid_argument, std::string{wrong});
        if (scores_.capacity() < rows_.rows()) {
            return make_error(errc::invalid_argument,
                              "the scores have " + std::to_string(scores_.capacity()) +
                                  " rows; the batch has " + std::to_string(rows_.rows()));
        }
        if (status ok = rows_.ready(); !ok) return ok;
        if (!rows_.has_customer()) {
            return fail(errc::bad_column,
                        "is not there; evidence needs to know whose rows these are", "customer");
        }
        if (!rows_.has_as_of()) {
            return fail(errc::bad_column, "is not there; evidence needs the date of every snapshot",
                        "as_of");
        }
        for (const segment& one : shape_.model().segments) {
            const std::size_t index = index_of(one.metric);
            const metric& source = shape_.model().metrics[index];
            if (source.from != metric::source::column || rows_.metric_column(index) != nullptr ||
                rows_.options().missing_columns_are_unknown) {
                continue;
            }
            return fail(errc::bad_column,
                        "is not there, and the model has it as a segment; bind the column, or all "
                        "columns (batch_options::all_metrics)",
                        one.metric);
        }
        return {};
    }

    // ── rows by customer ─────────────────────────────────────────────────────

    struct one_customer {
        std::size_t begin = 0;  ///< in by_customer_
        std::size_t count = 0;
        detail::row_hash hash;
    };

    [[nodiscard]] static std::int32_t group_of(const one_customer& one) noexcept {
        return static_cast<std::int32_t>(one.hash.first % std::uint64_t{evidence_groups});
    }

    [[nodiscard]] status group_rows() {
        const auto n = static_cast<std::size_t>(rows_.rows());
        std::vector<std::uint32_t> customer_of(n);
        customers_.reserve(n);
        // Some rows at a time, whose places in the tables are fetched together.
        std::array<key_buffer, 2> buffers;
        std::string_view last;
        std::array<detail::row_hash, some_customers> hashes;
        for (std::size_t begin = 0; begin < n; begin += some_customers) {
            const std::size_t end = std::min(begin + some_customers, n);
            std::uint64_t other = 0;  // a bit a row: another customer than the row before
            for (std::size_t row = begin; row < end; ++row) {
                const auto at = static_cast<std::int64_t>(row);
                const auto key = rows_.key_at(at, buffers[row & 1]);
                if (!key) {
                    return fail(errc::bad_value,
                                "the customer's key is missing; every row needs one", "customer",
                                at);
                }
                if (row == 0 || *key != last) {
                    other |= std::uint64_t{1} << (row - begin);
                    hashes[row - begin] = evidence_hash(*key);
                    met_.prefetch(hashes[row - begin]);
                    to_.seen_.prefetch(hashes[row - begin]);
                }
                last = *key;  // in the other buffer now
            }
            for (std::size_t row = begin; row < end; ++row) {
                if ((other >> (row - begin) & 1) != 0) {
                    const detail::row_hash hash = hashes[row - begin];
                    const auto fresh = static_cast<std::uint32_t>(customers_.size()) + 1;
                    const std::uint32_t earlier = met_.insert(hash, fresh);
                    if (earlier == 0) customers_.push_back({0, 0, hash});
                    customer_of[row] = (earlier == 0 ? fresh : earlier) - 1;
                } else {
                    customer_of[row] = customer_of[row - 1];
                }
                ++customers_[customer_of[row]].count;
            }
            // As if the rows that follow were like the first.
            if (begin == 0) met_.reserve(customers_.size() * std::uint64_t{n} / end);
        }
        std::size_t next = 0;
        for (one_customer& one : customers_) {
            one.begin = next;
            next += std::exchange(one.count, 0);
        }
        by_customer_.resize(n);
        std::array<double, chunk_rows> days{};
        std::array<value_state, chunk_rows> states{};
        for (std::size_t at = 0; at < n; at += chunk_rows) {
            const std::size_t count = std::min(chunk_rows, n - at);
            if (status ok = rows_.load_as_of(static_cast<std::int64_t>(at),
                                             {days.data(), states.data(), count});
                !ok)
                return ok;
            for (std::size_t i = 0; i < count; ++i) {
                one_customer& one = customers_[customer_of[at + i]];
                by_customer_[one.begin + one.count++] = {static_cast<std::int32_t>(days[i]),
                                                         static_cast<std::int64_t>(at + i)};
            }
        }
        return check_customers();
    }

    [[nodiscard]] status check_customers() {
        for (const one_customer& one : customers_) {
            const std::span<dated_row> mine = std::span{by_customer_}.subspan(one.begin, one.count);
            const auto earlier = [](const dated_row& a, const dated_row& b) {
                return a.as_of != b.as_of ? a.as_of < b.as_of : a.row < b.row;
            };
            if (!std::is_sorted(mine.begin(), mine.end(), earlier))
                std::sort(mine.begin(), mine.end(), earlier);
            for (std::size_t i = 1; i < mine.size(); ++i) {
                if (mine[i].as_of != mine[i - 1].as_of) continue;
                return fail(errc::duplicate_row,
                            "has a second snapshot of " + format_date(mine[i].as_of) +
                                ", after row " +
                                std::to_string(rows_.options().first_row + mine[i - 1].row + 1) +
                                "; a customer has one snapshot a date",
                            {}, mine[i].row);
            }
            if (to_.seen_.contains(one.hash)) {
                return fail(errc::duplicate_row,
                            "was counted before; an update takes all rows of a customer at once",
                            "customer", mine.front().row);
            }
        }
        return {};
    }

    // ── which row saw which end ──────────────────────────────────────────────

    [[nodiscard]] status join() {
        std::array<key_buffer, some_customers> buffers;
        std::array<std::string_view, some_customers> keys;
        std::array<std::span<const contract>, some_customers> contracts;
        observed_.reserve(by_customer_.size());
        panel_.reserve(by_customer_.size());
        for (std::size_t begin = 0; begin < customers_.size(); begin += some_customers) {
            const std::size_t n = std::min(some_customers, customers_.size() - begin);
            for (std::size_t k = 0; k < n; ++k)
                keys[k] = *rows_.key_at(key_row(customers_[begin + k]), buffers[k]);
            known_.contracts.of_each({keys.data(), n}, contracts.data());
            for (std::size_t k = 0; k < n; ++k) join_one(begin + k, keys[k], contracts[k]);
        }
        sort_by_row(observed_);
        sort_by_row(panel_);
        return {};
    }

    /// A row on which the customer's key stands.
    [[nodiscard]] std::int64_t key_row(const one_customer& one) const noexcept {
        return by_customer_[one.begin].row;
    }

    void join_one(std::size_t customer, std::string_view key, std::span<const contract> contracts) {
        const one_customer& one = customers_[customer];
        const std::span<const rank_entry> ranks = ranks_.of(key);
        const std::size_t first_observed = observed_.size();
        const std::size_t first_panel = panel_.size();
        if (contracts.empty()) ++without_contract_;
        const std::span<const dated_row> mine =
            std::span{by_customer_}.subspan(one.begin, one.count);
        join_customer(mine, contracts, shape_.leads(), group_of(one),
                      static_cast<std::uint32_t>(customer), observed_, joined_);
        detail::add_panel_rows(mine, group_of(one), panel_);
        if (ranks.empty()) return;
        ranks_.add(ranks, mine, contracts, group_of(one));
        for (observation& seen : std::span{observed_}.subspan(first_observed))
            seen.rank = ranks_.on(ranks, seen.cutoff);
        for (detail::panel_row& seen : std::span{panel_}.subspan(first_panel))
            seen.rank = ranks_.on(ranks, seen.as_of);
    }

    template <class Row>
    static void sort_by_row(std::vector<Row>& rows) {
        const auto earlier = [](const Row& a, const Row& b) { return a.row < b.row; };
        if (!std::is_sorted(rows.begin(), rows.end(), earlier))
            std::stable_sort(rows.begin(), rows.end(), earlier);
    }

    // ── what can be wrong with the observed rows ─────────────────────────────

    /// Calls f(at, n, first, last) for each chunk of the table that has such rows: n rows from `at`
    /// on, and those numbered [first, last) among them.
    template <class Row, class F>
    [[nodiscard]] status each_chunk(const std::vector<Row>& found, F f) const {
        const auto step = static_cast<std::int64_t>(chunk_rows);
        for (std::size_t first = 0; first < found.size();) {
            const std::int64_t at = found[first].row / step * step;
            const auto n = static_cast<std::size_t>(std::min(step, rows_.rows() - at));
            std::size_t last = first;
            while (last < found.size() && found[last].row < at + step) ++last;
            if (status ok = f(at, n, first, last); !ok) return ok;
            first = last;
        }
        return {};
    }

    /// Leaks, levels of segments, and whether every column can be read at all.
    [[nodiscard]] status check_rows() {
        const plan_data& plan = shape_.plan();
        const model& subject = shape_.model();
        levels_.assign(observed_.size() * segments_.size(), detail::segment_levels::unknown);
        dropped_.assign(observed_.size(), 0);
        for (std::size_t k = 0; k < subject.metrics.size(); ++k) {
            if (is_screened(subject.metrics[k])) screened_.push_back(static_cast<std::int32_t>(k));
            const bound_metric* bound = rows_.metric_column(k);
            if (bound == nullptr) continue;
            if (bound->observed_given) dated_.push_back(k);
        }
        detail::metric_values values{plan, rows_, wanted_in_checks()};
        return each_chunk(
            observed_,
            [&](std::int64_t at, std::size_t n, std::size_t first, std::size_t last) -> status {
                if (status ok = values.load(at, n); !ok) return ok;
                for (std::size_t k = first; k < last; ++k) {
                    if (status ok = check_scored(observed_[k].row); !ok) return ok;
                    if (status ok = check_leaks(k); !ok) return ok;
                    // Segments carry the first lead.
                    if (dropped_[k] != 0 || observed_[k].lead != 0) continue;
                    const auto i = static_cast<std::size_t>(observed_[k].row - at);
                    for (std::size_t s = 0; s < segments_.size(); ++s) {
                        levels_[k * segments_.size() + s] =
                            segments_.number_of(s, values.of(segments_.metric(s))[i]);
                    }
                }
                return {};
            });
    }

    /// What segments hold, and columns that may be unreadable: dates.
    [[nodiscard]] std::vector<std::uint8_t> wanted_in_checks() const {
        std::vector<std::uint8_t> out(shape_.model().metrics.size());
        for (std::size_t s = 0; s < segments_.size(); ++s) out[segments_.metric(s)] = 1;
        for (std::size_t k = 0; k < out.size(); ++k) {
            const bound_metric* bound = rows_.metric_column(k);
            if (bound == nullptr) continue;
            if (bound->observed_given || shape_.model().metrics[k].type == metric_type::date)
                out[k] = 1;
        }
        return out;
    }

    [[nodiscard]] std::size_t index_of(std::string_view metric) const noexcept {
        return static_cast<std::size_t>(shape_.model().find_metric(metric) -
                                        shape_.model().metrics.data());
    }

    /// Is this metric put beside the outcome whether the model uses it or not? Categories are, as
    /// segments.
    [[nodiscard]] static bool is_screened(const metric& one) noexcept {
        return one.type != metric_type::category;
    }

    /// A row that nobody scored has no stage.
    [[nodiscard]] status check_scored(std::int64_t row) const {
        for (std::size_t k = 0; k < shape_.model().rules.ladders.size(); ++k) {
            if (scores_.stage(k)[static_cast<std::size_t>(row)] != no_level) continue;
            return make_error(errc::invalid_argument,
                              "row " + std::to_string(rows_.options().first_row + row + 1) +
                                  " of the batch was not scored");
        }
        return {};
    }

    /// A row's input that was observed after a day.
    struct late_input {
        const metric* source = nullptr;  ///< null: there is none
        double day = 0;
    };
    [[nodiscard]] result<late_input> late_input_of(std::int64_t row, std::int32_t cutoff) const {
        for (const std::size_t m : dated_) {
            const metric& source = shape_.model().metrics[m];
            double day = 0;
            value_state state{};
            if (status ok = rows_.metric_column(m)->load_observed(row, {&day, &state, 1}, source,
                                                                  shape_.model());
                !ok)
                return std::move(ok).error();
            if (day > static_cast<double>(cutoff)) return late_input{&source, day};
        }
        return late_input{};
    }

    /// Was an input observed after the cutoff?
    [[nodiscard]] status check_leaks(std::size_t k) {
        const observation& one = observed_[k];
        const auto late = late_input_of(one.row, one.cutoff);
        if (!late) return late.error();
        if (late->source == nullptr) return {};
        if (to_.options_.drop_leaks) {
            dropped_[k] = 1;
            ++leaked_;
            return {};
        }
        return fail(errc::bad_value,
                    "was observed on " + format_date(static_cast<std::int32_t>(late->day)) +
                        ", after the cutoff " + format_date(one.cutoff) +
                        " of the contract that ended on " + format_date(one.end->end) +
                        ": it tells what only the future knew. Take the snapshot as it was, or "
                        "drop such rows on request",
                    late->source->name, one.row);
    }

    /// The stage at which the window of exposure begins; −1 where no snapshot tells, or one that
    /// knew more than its day.
    [[nodiscard]] result<std::int32_t> stage_before(const observation& seen,
                                                    std::span<const dated_row> mine) const {
        if (shape_.model().rules.ladders.empty()) return -1;
        const std::int32_t start = seen.cutoff - shape_.model().study.exposure_days;
        const dated_row* row = latest_row(mine, start);
        if (row == nullptr) return -1;
        if (status ok = check_scored(row->row); !ok) return std::move(ok).error();
        const auto late = late_input_of(row->row, start);
        if (!late) return late.error();
        if (late->source != nullptr) return -1;
        return static_cast<std::int32_t>(scores_.stage(0)[static_cast<std::size_t>(row->row)]);
    }

    /// What was done for the customers, and whether the tables have room for it.
    [[nodiscard]] status look_at_initiatives() {
        if (known_.initiatives == nullptr) return {};
        key_buffer buffer;
        const auto rows_of = [this](const one_customer& one) {
            return std::span<const dated_row>{by_customer_}.subspan(one.begin, one.count);
        };
        const auto entries_of = [&](const one_customer& one) {
            return known_.initiatives->of(*rows_.key_at(key_row(one), buffer));
        };
        for (std::size_t k = 0; k < observed_.size(); ++k) {
            if (dropped_[k] != 0 || observed_[k].lead != 0) continue;
            const one_customer& one = customers_[observed_[k].customer];
            const auto stage = stage_before(observed_[k], rows_of(one));
            if (!stage) return stage.error();
            initiatives_.add_end(observed_[k], *stage, entries_of(one));
        }
        for (const one_customer& one : customers_)
            initiatives_.add_calls(entries_of(one), rows_of(one).back().as_of, group_of(one));
        return initiatives_.fit(to_.tables_);
    }

    /// Whether the rows of the panel and beside ranks can be read, and the panel's levels of
    /// segments.
    [[nodiscard]] status check_panel() {
        if (status ok = ranks_.each_row([this](std::int64_t row) { return check_scored(row); });
            !ok)
            return ok;
        panel_levels_.resize(panel_.size() * segments_.size());
        detail::metric_values values{shape_.plan(), rows_, wanted_in_checks()};
        return each_chunk(
            panel_,
            [&](std::int64_t at, std::size_t n, std::size_t first, std::size_t last) -> status {
                if (status ok = values.load(at, n); !ok) return ok;
                for (std::size_t k = first; k < last; ++k) {
                    if (status ok = check_scored(panel_[k].row); !ok) return ok;
                    const auto i = static_cast<std::size_t>(panel_[k].row - at);
                    for (std::size_t s = 0; s < segments_.size(); ++s) {
                        panel_levels_[k * segments_.size() + s] =
                            segments_.number_of(s, values.of(segments_.metric(s))[i]);
                    }
                }
                return {};
            });
    }

    // ── what can be too much ─────────────────────────────────────────────────

    /// No cell holds more than all ends together: if these sums fit, every sum does.
    [[nodiscard]] status check_money() {
        due_ = to_.count(total::due);
        after_ = to_.count(total::after);
        for (std::size_t k = 0; k < observed_.size(); ++k) {
            const contract& end = *observed_[k].end;
            const bool fits = (end.mrr_before == no_money ||
                               !__builtin_add_overflow(due_, end.mrr_before, &due_)) &&
                              (end.mrr_after == no_money ||
                               !__builtin_add_overflow(after_, end.mrr_after, &after_));
            if (fits) continue;
            return make_error(errc::limit_exceeded,
                              "the sum of MRR does not fit into 64 bits; are amounts in the right "
                              "unit?");
        }
        return {};
    }

    // ── counting ─────────────────────────────────────────────────────────────

    [[nodiscard]] status count() {
        std::int64_t* all = to_.tables_[0].at({});
        const auto add = [all](total which, std::int64_t n) {
            all[static_cast<std::size_t>(which)] += n;
        };
        add(total::rows, rows_.rows());
        add(total::customers, static_cast<std::int64_t>(customers_.size()));
        add(total::ends, joined_.ends);
        add(total::open, joined_.open);
        add(total::observed, joined_.observed - leaked_);
        add(total::unobserved, joined_.unobserved);
        add(total::lead_too_long, joined_.lead_too_long);
        add(total::leaked, leaked_);
        add(total::customer_months, static_cast<std::int64_t>(panel_.size()));
        add(total::pending_calls, initiatives_.pending());
        add(total::without_contract, without_contract_);
        all[static_cast<std::size_t>(total::due)] = due_;
        all[static_cast<std::size_t>(total::after)] = after_;
        if (to_.customers_seen_ == 0) {
            to_.seen_ = std::move(met_);
            to_.customers_seen_ = static_cast<std::uint32_t>(customers_.size());
        } else {
            for (const one_customer& one : customers_)
                static_cast<void>(to_.seen_.insert(one.hash, ++to_.customers_seen_));
        }
        segments_.name(to_.tables_);
        for (std::size_t k = 0; k < levels_.size(); ++k)
            levels_[k] = segments_.id(k % segments_.size(), levels_[k]);
        for (std::size_t k = 0; k < panel_levels_.size(); ++k)
            panel_levels_[k] = segments_.id(k % segments_.size(), panel_levels_[k]);
        count_customers();
        initiatives_.count(to_.tables_);
        ranks_.count(scores_, to_.tables_);
        if (status ok = count_observations(); !ok) return ok;
        return count_panel();
    }

    void count_customers() {
        const std::size_t leads = shape_.leads().size();
        const std::size_t slices = 2 * leads;
        count_table& table = to_.tables_[static_cast<std::size_t>(table_id::customers)];
        std::vector<std::int64_t*> blocks(slices);
        std::vector<bool> met(customers_.size() * slices);
        for (std::size_t k = 0; k < observed_.size(); ++k) {
            const observation& one = observed_[k];
            const std::size_t slice = static_cast<std::size_t>(one.end->kind) * leads + one.lead;
            const std::size_t at = one.customer * slices + slice;
            if (dropped_[k] != 0 || met[at]) continue;
            met[at] = true;
            if (blocks[slice] == nullptr)
                blocks[slice] = table.at({static_cast<std::int32_t>(one.end->kind), one.lead});
            ++blocks[slice][one.group];
        }
    }

    /// Everything that is put beside the outcome, and so all that conditions compare but
    /// categories, which are there in any case.
    [[nodiscard]] std::vector<std::uint8_t> wanted_in_counts() const {
        std::vector<std::uint8_t> out(shape_.model().metrics.size());
        for (const std::int32_t k : screened_) out[static_cast<std::size_t>(k)] = 1;
        return out;
    }

    [[nodiscard]] status count_observations() {
        const plan_data& plan = shape_.plan();
        const tally_table& loops = tally_for(plan.kernels->isa);
        detail::observed_tile tile{shape_, loops, segments_.size(), screened_.size()};
        detail::tile_counter counter{shape_, loops, to_.tables_, screened_};
        detail::metric_values values{plan, rows_, wanted_in_counts()};
        detail::condition_states conditions{shape_};
        const auto flush = [&] {
            if (tile.size > 0) counter.count(tile);
            tile.clear();
        };
        status done = each_chunk(
            observed_,
            [&](std::int64_t at, std::size_t n, std::size_t first, std::size_t last) -> status {
                if (status ok = values.load(at, n); !ok) return ok;
                conditions.run(values, scores_, at, n);
                if (tile.size + (last - first) > detail::observed_tile::rows) flush();
                found_.clear();
                for (std::size_t k = first; k < last; ++k) {
                    if (dropped_[k] == 0) found_.push_back(k);
                }
                // More ends than rows can look at one chunk.
                for (std::span<const std::size_t> left{found_}; !left.empty();) {
                    const std::size_t some =
                        std::min(left.size(), detail::observed_tile::rows - tile.size);
                    read_tile(values, conditions, left.first(some), at, tile);
                    left = left.subspan(some);
                    if (!left.empty()) flush();
                }
                return {};
            });
        flush();
        return done;
    }

    /// What the observations' rows hold, column by column.
    void read_tile(const detail::metric_values& values, const detail::condition_states& conditions,
                   std::span<const std::size_t> found, std::int64_t at,
                   detail::observed_tile& tile) {
        const std::size_t to = tile.size;
        const std::size_t first_lead = tile.first_leads.size();
        tile.size += found.size();
        scored_rows_.clear();
        coded_rows_.clear();
        ranks_read_.clear();
        for (std::size_t i = 0; i < found.size(); ++i) {
            const observation& one = observed_[found[i]];
            tile.set_end(to + i, one, shape_);
            scored_rows_.push_back(static_cast<std::size_t>(one.row));
            ranks_read_.push_back(one.rank);
            if (one.lead == 0) coded_rows_.push_back(static_cast<std::size_t>(one.row - at));
            for (std::size_t s = 0; s < tile.segment_levels.size(); ++s)
                tile.segment_levels[s][to + i] = levels_[found[i] * tile.segment_levels.size() + s];
        }
        read_scores(tile, to);
        read_codes(values, tile, first_lead);
        read_conditions(conditions, at, tile, to);
    }

    /// Conditions of scored_rows_, of the chunk at `at`.
    void read_conditions(const detail::condition_states& conditions, std::int64_t at,
                         detail::row_tile& tile, std::size_t to) const {
        for (std::size_t c = 0; c < tile.conditions.size(); ++c) {
            const std::uint8_t* from = conditions.of(c);
            for (std::size_t i = 0; i < scored_rows_.size(); ++i)
                tile.conditions[c][to + i] = from[scored_rows_[i] - static_cast<std::size_t>(at)];
        }
    }

    /// Scores and levels of scored_rows_, into a tile from `to` on.
    void read_scores(detail::row_tile& tile, std::size_t to) {
        if (scored_rows_.empty()) return;
        const bool neighbours = std::adjacent_find(scored_rows_.begin(), scored_rows_.end(),
                                                   [](std::size_t a, std::size_t b) {
                                                       return b != a + 1;
                                                   }) == scored_rows_.end();
        for (std::size_t v = 0; v < shape_.variables().size(); ++v) {
            const double* from = score_column(shape_.variables()[v]);
            from = neighbours ? from + scored_rows_.front() : gather(from, scored_rows_);
            tile.set_scores(v, to, from, scored_rows_.size());
        }
        tile.set_bins(to, scored_rows_.size());
        for (std::size_t v = 0; v < tile.levels.size(); ++v)
            read_levels(shape_.level_variables()[v], tile.levels[v].data() + to);
    }

    /// Raw metrics of coded_rows_, into a tile's codes from `to` on.
    void read_codes(const detail::metric_values& values, detail::row_tile& tile, std::size_t to) {
        for (std::size_t m = 0; m < screened_.size(); ++m) {
            const auto metric_at = static_cast<std::size_t>(screened_[m]);
            const double* from = gather(values.of(metric_at), coded_rows_);
            if (shape_.model().metrics[metric_at].type == metric_type::date) {
                for (std::size_t i = 0; i < gathered_.size(); ++i)
                    gathered_[i] = values.as_of()[coded_rows_[i]] - gathered_[i];
            }
            tile.set_codes(m, to, from, coded_rows_.size());
        }
    }

    [[nodiscard]] const double* gather(const double* from, const std::vector<std::size_t>& rows) {
        gathered_.resize(rows.size());
        for (std::size_t i = 0; i < rows.size(); ++i) gathered_[i] = from[rows[i]];
        return gathered_.data();
    }

    [[nodiscard]] status count_panel() {
        const plan_data& plan = shape_.plan();
        detail::row_tile tile{shape_, tally_for(plan.kernels->isa), segments_.size(),
                              screened_.size()};
        detail::panel_counter counter{shape_, to_.tables_, screened_};
        detail::metric_values values{plan, rows_, wanted_in_counts()};
        detail::condition_states conditions{shape_};
        const auto flush = [&] {
            if (tile.size > 0) counter.count(tile);
            tile.size = 0;
        };
        status done = each_chunk(
            panel_,
            [&](std::int64_t at, std::size_t n, std::size_t first, std::size_t last) -> status {
                if (status ok = values.load(at, n); !ok) return ok;
                conditions.run(values, scores_, at, n);
                if (tile.size + (last - first) > detail::row_tile::rows) flush();
                const std::size_t to = tile.size;
                tile.size += last - first;
                scored_rows_.clear();
                coded_rows_.clear();
                ranks_read_.clear();
                for (std::size_t k = first; k < last; ++k) {
                    const detail::panel_row& one = panel_[k];
                    const std::size_t i = to + k - first;
                    tile.month[i] = one.month;
                    tile.group[i] = one.group;
                    scored_rows_.push_back(static_cast<std::size_t>(one.row));
                    ranks_read_.push_back(one.rank);
                    coded_rows_.push_back(static_cast<std::size_t>(one.row - at));
                    for (std::size_t s = 0; s < tile.segment_levels.size(); ++s)
                        tile.segment_levels[s][i] = panel_levels_[k * segments_.size() + s];
                }
                read_scores(tile, to);
                read_codes(values, tile, to);
                read_conditions(conditions, at, tile, to);
                return {};
            });
        flush();
        return done;
    }

    [[nodiscard]] const double* score_column(const score_variable& one) const noexcept {
        switch (one.what) {
        case score_variable::kind::group: return scores_[static_cast<axis>(one.group)].data();
        case score_variable::kind::overall: return scores_.overall().data();
        case score_variable::kind::component: return scores_.component(one.component).data();
        }
        return nullptr;
    }

    /// The levels of scored_rows_, numbered among all levels.
    void read_levels(const level_variable& one, std::uint32_t* to) const noexcept {
        const auto put = [&](auto level_at) {
            for (std::size_t i = 0; i < scored_rows_.size(); ++i)
                to[i] = static_cast<std::uint32_t>(
                    one.first + static_cast<std::size_t>(level_at(scored_rows_[i])));
        };
        switch (one.what) {
        case level_variable::kind::ladder:
            put([of = scores_.stage(one.ladder)](std::size_t row) { return of[row]; });
            break;
        case level_variable::kind::band:
            put([of = scores_.band(), unknown = one.levels.size() - 1](std::size_t row) {
                return of[row] < 0 ? unknown : static_cast<std::size_t>(of[row]);
            });
            break;
        case level_variable::kind::pattern:
            put([of = scores_.pattern()](std::size_t row) { return of[row]; });
            break;
        case level_variable::kind::profile:
            put([of = scores_.profile()](std::size_t row) { return of[row]; });
            break;
        case level_variable::kind::rank:
            for (std::size_t i = 0; i < ranks_read_.size(); ++i) {
                const std::size_t level = ranks_read_[i] < 0
                                              ? one.levels.size() - 1
                                              : static_cast<std::size_t>(ranks_read_[i]);
                to[i] = static_cast<std::uint32_t>(one.first + level);
            }
            break;
        }
    }

    evidence& to_;
    const counted& shape_;
    const batch& rows_;
    const scores& scores_;
    const histories& known_;

    detail::row_table met_;  ///< customers of this call, numbered from 1
    std::vector<one_customer> customers_;
    std::vector<dated_row> by_customer_;
    std::vector<observation> observed_;  ///< ascending by row
    join_counts joined_;
    std::int64_t without_contract_ = 0;
    std::int64_t leaked_ = 0;
    std::int64_t due_ = 0;
    std::int64_t after_ = 0;
    detail::segment_levels segments_;
    detail::rank_counts ranks_;
    std::vector<std::int32_t> levels_;        ///< [observation][segment]
    std::vector<detail::panel_row> panel_;    ///< ascending by row
    std::vector<std::int32_t> panel_levels_;  ///< [panel row][segment]
    std::vector<std::int32_t> screened_;      ///< metrics, by index in the model
    std::vector<std::size_t> dated_;          ///< metrics whose values have days of their own
    detail::initiative_counts initiatives_;
    std::vector<std::uint8_t> dropped_;     ///< by observation
    std::vector<std::size_t> found_;        ///< observations of the chunk at hand
    std::vector<std::size_t> scored_rows_;  ///< of the batch, that a tile takes
    std::vector<std::int32_t> ranks_read_;  ///< the members' of these
    std::vector<std::size_t> coded_rows_;   ///< of the chunk, whose raw metrics it takes
    std::vector<double> gathered_;          ///< their values of one column
};

inline status evidence::update(const batch& rows, const scores& given, const histories& known) {
    return evidence_update{*this, rows, given, known}.run();
}

}  // namespace aiueo
