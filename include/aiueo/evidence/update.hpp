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
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/evidence/chain.hpp"
#include "aiueo/evidence/customer_groups.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/exposures.hpp"
#include "aiueo/evidence/late_inputs.hpp"
#include "aiueo/evidence/metric_values.hpp"
#include "aiueo/evidence/observed_tile.hpp"
#include "aiueo/evidence/panel.hpp"
#include "aiueo/evidence/rank_counts.hpp"
#include "aiueo/evidence/revenue_update.hpp"
#include "aiueo/evidence/segment_levels.hpp"
#include "aiueo/evidence/tally_choice.hpp"
#include "aiueo/evidence/tile_reader.hpp"

namespace aiueo {

class evidence_update {
public:
    evidence_update(evidence& to, const batch& rows, const scores& given, const histories& known)
        : to_(to),
          shape_(to.shape_),
          rows_(rows),
          scores_(given),
          known_(known),
          customers_(rows, to.seen_),
          segments_(shape_, rows),
          owners_(detail::segment_levels::of_owners(shape_, rows)),
          ranks_(shape_, known.ranks),
          initiatives_(shape_, known.initiatives),
          chain_(shape_),
          revenue_(shape_, known) {}

    [[nodiscard]] status run() {
        const default_float_mode usual;
        if (status ok = to_.usable(); !ok) return ok;
        if (status ok = check_arguments(); !ok) return ok;
        auto currency = to_.currency_with(known_);
        if (!currency) return std::move(currency).error();
        if (status ok = revenue_.check_arguments(
                to_.tables_, to_.customers_seen_ > 0 || to_.count(total::customers) > 0);
            !ok)
            return ok;
        if (status ok = customers_.run(); !ok) return ok;
        if (status ok = join(); !ok) return ok;
        if (status ok = check_rows(); !ok) return ok;
        if (status ok = check_panel(); !ok) return ok;
        if (status ok = look_at_initiatives(); !ok) return ok;
        if (status ok = check_money(); !ok) return ok;
        if (status ok = revenue_.check_customers(&scores_, to_.count(total::paid)); !ok) return ok;
        if (status ok = segments_.fit(to_.tables_); !ok) return ok;
        if (status ok = owners_.fit(to_.tables_); !ok) return ok;
        if (status ok = ranks_.fit(to_.tables_); !ok) return ok;
        to_.broken_ = true;
        if (status ok = count(); !ok) return ok;
        to_.currency_ = *std::move(currency);
        to_.broken_ = false;
        return {};
    }

private:
    using one_customer = detail::customer_groups::one_customer;

    [[nodiscard]] error fail(errc code, std::string message, std::string_view column = {},
                             std::int64_t row = -1) const {
        return detail::wrong_snapshots(rows_, code, std::move(message), column, row);
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
        for (std::size_t s = 0; s < segments_.size(); ++s) {
            const std::size_t index = segments_.metric(s);
            const metric& source = shape_.model().metrics[index];
            if (source.from != metric::source::column || rows_.metric_column(index) != nullptr ||
                rows_.options().missing_columns_are_unknown) {
                continue;
            }
            return fail(errc::bad_column,
                        "is not there, and the model has it as a segment; bind the column, or all "
                        "columns (batch_options::all_metrics)",
                        source.name);
        }
        return {};
    }

    // ── which row saw which end ──────────────────────────────────────────────

    [[nodiscard]] status join() {
        constexpr std::size_t together = detail::customer_groups::together;
        std::array<key_buffer, together> buffers;
        std::array<std::string_view, together> keys;
        std::array<std::span<const contract>, together> contracts;
        std::array<std::int32_t, together> groups;
        observed_.reserve(static_cast<std::size_t>(rows_.rows()));
        panel_.reserve(static_cast<std::size_t>(rows_.rows()));
        for (std::size_t begin = 0; begin < customers_.size(); begin += together) {
            const std::size_t n = std::min(together, customers_.size() - begin);
            for (std::size_t k = 0; k < n; ++k)
                keys[k] = *rows_.key_at(customers_.key_row(customers_[begin + k]), buffers[k]);
            known_.contracts.of_each({keys.data(), n}, contracts.data());
            for (std::size_t k = 0; k < n; ++k) groups[k] = customers_[begin + k].group();
            revenue_.add({keys.data(), n}, {groups.data(), n}, {contracts.data(), n});
            for (std::size_t k = 0; k < n; ++k) join_one(begin + k, keys[k], contracts[k]);
        }
        sort_by_row(observed_);
        sort_by_row(panel_);
        place_.resize(panel_.size());
        for (std::size_t k = 0; k < panel_.size(); ++k) place_[panel_[k].order] = k;
        chain_.place(place_);
        return {};
    }

    void join_one(std::size_t customer, std::string_view key, std::span<const contract> contracts) {
        const one_customer& one = customers_[customer];
        const std::span<const rank_entry> ranks = ranks_.of(key);
        const std::size_t first_observed = observed_.size();
        const std::size_t first_panel = panel_.size();
        if (contracts.empty()) ++without_contract_;
        const std::span<const dated_row> mine = customers_.rows_of(one);
        join_customer(mine, contracts, shape_.leads(), one.group(),
                      static_cast<std::uint32_t>(customer), observed_, joined_);
        detail::add_panel_rows(mine, one.group(), panel_);
        chain_.add(panel_.size() - first_panel, contracts);
        revenue_.seen(customer, mine, panel_.size() - first_panel);
        if (ranks.empty()) return;
        ranks_.add(ranks, mine, contracts, one.group());
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
        }
        late_.emplace(shape_, rows_);
        detail::metric_values values{plan, rows_, wanted_in_checks()};
        return each_chunk(
            observed_,
            [&](std::int64_t at, std::size_t n, std::size_t first, std::size_t last) -> status {
                if (status ok = values.load(at, n); !ok) return ok;
                for (std::size_t k = first; k < last; ++k) {
                    if (status ok = check_scored(observed_[k].row); !ok) return ok;
                    if (status ok = check_leaks(k); !ok) return ok;
                    // Segments carry the first lead, and the one of the mission.
                    if (dropped_[k] != 0 ||
                        (observed_[k].lead != 0 && observed_[k].lead != shape_.mission_lead()))
                        continue;
                    number_levels(values, observed_[k].row - at,
                                  levels_.data() + k * segments_.size());
                }
                return {};
            });
    }

    /// The levels of a row of the chunk, one a segment.
    void number_levels(const detail::metric_values& values, std::int64_t row, std::int32_t* to) {
        for (std::size_t s = 0; s < segments_.size(); ++s)
            to[s] = segments_.number_of(s, values.of(segments_.metric(s))[row]);
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

    /// Was an input observed after the cutoff?
    [[nodiscard]] status check_leaks(std::size_t k) {
        const observation& one = observed_[k];
        const auto late = late_->of(one.row, one.cutoff);
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
        const auto late = late_->of(row->row, start);
        if (!late) return late.error();
        if (late->source != nullptr) return -1;
        return static_cast<std::int32_t>(scores_.stage(0)[static_cast<std::size_t>(row->row)]);
    }

    /// What was done for the customers, and whether the tables have room for it.
    [[nodiscard]] status look_at_initiatives() {
        if (known_.initiatives == nullptr) return {};
        key_buffer buffer;
        const auto entries_of = [&](const one_customer& one) {
            return known_.initiatives->of(*rows_.key_at(customers_.key_row(one), buffer));
        };
        for (std::size_t k = 0; k < observed_.size(); ++k) {
            if (dropped_[k] != 0 || observed_[k].lead != 0) continue;
            const one_customer& one = customers_[observed_[k].customer];
            const auto stage = stage_before(observed_[k], customers_.rows_of(one));
            if (!stage) return stage.error();
            initiatives_.add_end(observed_[k], *stage, entries_of(one));
        }
        for (const one_customer& one : customers_.all())
            initiatives_.add_calls(entries_of(one), customers_.rows_of(one).back().as_of,
                                   one.group());
        return initiatives_.fit(to_.tables_);
    }

    /// Whether the rows of the panel and beside ranks can be read, and the panel's levels of
    /// segments.
    [[nodiscard]] status check_panel() {
        if (status ok = ranks_.each_row([this](std::int64_t row) { return check_scored(row); });
            !ok)
            return ok;
        panel_levels_.resize(panel_.size() * segments_.size());
        if (revenue_.in_use())
            panel_owners_.assign(panel_.size() * detail::owner_roles,
                                 detail::segment_levels::unknown);
        std::vector<std::uint8_t> wanted = wanted_in_checks();
        for (std::size_t o = 0; o < owners_.size(); ++o) wanted[owners_.metric(o)] = 1;
        if (chain_.mrr_metric()) wanted[*chain_.mrr_metric()] = 1;
        detail::metric_values values{shape_.plan(), rows_, std::move(wanted)};
        return each_chunk(
            panel_,
            [&](std::int64_t at, std::size_t n, std::size_t first, std::size_t last) -> status {
                if (status ok = values.load(at, n); !ok) return ok;
                for (std::size_t k = first; k < last; ++k) {
                    if (status ok = check_scored(panel_[k].row); !ok) return ok;
                    if (chain_.mrr_metric())
                        chain_.price(k, values.of(*chain_.mrr_metric())[panel_[k].row - at]);
                    number_levels(values, panel_[k].row - at,
                                  panel_levels_.data() + k * segments_.size());
                    for (std::size_t o = 0; revenue_.in_use() && o < owners_.size(); ++o)
                        owner_at(k, o) =
                            owners_.number_of(o, values.of(owners_.metric(o))[panel_[k].row - at]);
                }
                return {};
            });
    }

    /// Of panel row k by role; owners_ has those roles that the model gives.
    [[nodiscard]] std::int32_t& owner_at(std::size_t k, std::size_t o) noexcept {
        return panel_owners_[k * detail::owner_roles + owners_.first_table(o) -
                             static_cast<std::size_t>(table_id::moves_by_member)];
    }

    // ── what can be too much ─────────────────────────────────────────────────

    /// No cell holds more than all ends together: if these sums fit, every sum does.
    [[nodiscard]] status check_money() {
        due_ = to_.count(total::due);
        after_ = to_.count(total::after);
        mrr_ = to_.count(total::mrr);
        if (!chain_.price_by_contracts(panel_, mrr_)) return too_much_money();
        for (std::size_t k = 0; k < observed_.size(); ++k) {
            const contract& end = *observed_[k].end;
            const bool fits = (end.mrr_before == no_money ||
                               !__builtin_add_overflow(due_, end.mrr_before, &due_)) &&
                              (end.mrr_after == no_money ||
                               !__builtin_add_overflow(after_, end.mrr_after, &after_));
            if (!fits) return too_much_money();
        }
        return {};
    }

    [[nodiscard]] static error too_much_money() {
        return make_error(
            errc::limit_exceeded,
            "the sum of MRR does not fit into 64 bits; are amounts in the right unit?");
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
        add(total::ranks_seen, ranks_.seen());
        add(total::ranks_unseen, ranks_.unseen());
        add(total::customers_ranked, ranks_.customers());
        add(total::without_contract, without_contract_);
        all[static_cast<std::size_t>(total::due)] = due_;
        all[static_cast<std::size_t>(total::after)] = after_;
        all[static_cast<std::size_t>(total::mrr)] = mrr_;
        if (to_.customers_seen_ == 0) {
            to_.seen_ = customers_.take_known();
            to_.customers_seen_ = static_cast<std::uint32_t>(customers_.size());
        } else {
            for (const one_customer& one : customers_.all())
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
        chain_.count(panel_, scores_, panel_levels_.data(), to_.tables_);
        if (status ok = count_revenue(); !ok) return ok;
        if (status ok = count_observations(); !ok) return ok;
        return count_panel();
    }

    [[nodiscard]] status count_revenue() {
        if (!revenue_.in_use()) return {};
        owners_.name(to_.tables_);
        for (std::size_t k = 0; k < panel_.size(); ++k) {
            for (std::size_t o = 0; o < owners_.size(); ++o)
                owner_at(k, o) = owners_.id(o, owner_at(k, o));
        }
        return revenue_.count(to_.tables_, &scores_,
                              {panel_, place_, panel_levels_, panel_owners_});
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
        detail::tile_reader reader{shape_, scores_, screened_};
        const auto flush = [&] {
            if (tile.size > 0) counter.count(tile);
            tile.clear();
        };
        status done = each_chunk(
            observed_,
            [&](std::int64_t at, std::size_t n, std::size_t first, std::size_t last) -> status {
                if (status ok = values.load(at, n); !ok) return ok;
                reader.begin(values, at, n);
                if (tile.size + (last - first) > detail::observed_tile::rows) flush();
                found_.clear();
                for (std::size_t k = first; k < last; ++k) {
                    if (dropped_[k] == 0) found_.push_back(k);
                }
                // More ends than rows can look at one chunk.
                for (std::span<const std::size_t> left{found_}; !left.empty();) {
                    const std::size_t some =
                        std::min(left.size(), detail::observed_tile::rows - tile.size);
                    read_tile(reader, left.first(some), tile);
                    left = left.subspan(some);
                    if (!left.empty()) flush();
                }
                return {};
            });
        flush();
        return done;
    }

    /// What the observations' rows hold, into a tile.
    void read_tile(detail::tile_reader& reader, std::span<const std::size_t> found,
                   detail::observed_tile& tile) const {
        const std::size_t to = tile.size;
        const std::size_t first_lead = tile.first_leads.size();
        tile.size += found.size();
        reader.forget();
        for (std::size_t i = 0; i < found.size(); ++i) {
            const observation& one = observed_[found[i]];
            tile.set_end(to + i, one, shape_);
            reader.add(one.row, one.rank, one.lead == 0);
            for (std::size_t s = 0; s < tile.segment_levels.size(); ++s)
                tile.segment_levels[s][to + i] = levels_[found[i] * tile.segment_levels.size() + s];
        }
        reader.read(tile, to, first_lead);
    }

    [[nodiscard]] status count_panel() {
        const plan_data& plan = shape_.plan();
        detail::row_tile tile{shape_, tally_for(plan.kernels->isa), segments_.size(),
                              screened_.size()};
        detail::panel_counter counter{shape_, to_.tables_, screened_};
        detail::metric_values values{plan, rows_, wanted_in_counts()};
        detail::tile_reader reader{shape_, scores_, screened_};
        const auto flush = [&] {
            if (tile.size > 0) counter.count(tile);
            tile.size = 0;
        };
        status done = each_chunk(
            panel_,
            [&](std::int64_t at, std::size_t n, std::size_t first, std::size_t last) -> status {
                if (status ok = values.load(at, n); !ok) return ok;
                reader.begin(values, at, n);
                if (tile.size + (last - first) > detail::row_tile::rows) flush();
                const std::size_t to = tile.size;
                tile.size += last - first;
                for (std::size_t k = first; k < last; ++k) {
                    const detail::panel_row& one = panel_[k];
                    const std::size_t i = to + k - first;
                    tile.month[i] = one.month;
                    tile.group[i] = one.group;
                    reader.add(one.row, one.rank, true);
                    for (std::size_t s = 0; s < tile.segment_levels.size(); ++s)
                        tile.segment_levels[s][i] = panel_levels_[k * segments_.size() + s];
                }
                reader.read(tile, to, to);
                return {};
            });
        flush();
        return done;
    }

    evidence& to_;
    const counted& shape_;
    const batch& rows_;
    const scores& scores_;
    const histories& known_;

    detail::customer_groups customers_;
    std::vector<observation> observed_;  ///< ascending by row
    join_counts joined_;
    std::int64_t without_contract_ = 0;
    std::int64_t leaked_ = 0;
    std::int64_t due_ = 0;
    std::int64_t after_ = 0;
    std::int64_t mrr_ = 0;
    detail::segment_levels segments_;
    detail::segment_levels owners_;
    detail::rank_counts ranks_;
    std::vector<std::int32_t> levels_;        ///< [observation][segment]
    std::vector<detail::panel_row> panel_;    ///< ascending by row
    std::vector<std::size_t> place_;          ///< in the panel, by the order of customers
    std::vector<std::int32_t> panel_levels_;  ///< [panel row][segment]
    std::vector<std::int32_t> panel_owners_;  ///< [panel row][owner_roles], if money is counted
    std::vector<std::int32_t> screened_;      ///< metrics, by index in the model
    std::optional<detail::late_inputs> late_;
    detail::initiative_counts initiatives_;
    detail::chain_months chain_;
    detail::revenue_update revenue_;
    std::vector<std::uint8_t> dropped_;  ///< by observation
    std::vector<std::size_t> found_;     ///< observations of the chunk at hand
};

inline status evidence::update(const batch& rows, const scores& given, const histories& known) {
    return evidence_update{*this, rows, given, known}.run();
}

}  // namespace aiueo
