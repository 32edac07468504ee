// evidence › check_revenue: see check_revenue.hpp.
#include "check_revenue.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <span>
#include <utility>

#include "aiueo/base/date.hpp"
#include "aiueo/evidence/mrr_months.hpp"

#include "contradiction.hpp"

namespace aiueo::detail {

namespace {

class revenue_check : contradiction_search {
public:
    revenue_check(const counted& shape, const std::vector<count_table>& tables)
        : contradiction_search(shape, tables), cells_(shape.revenue()) {}

    [[nodiscard]] std::string run() {
        static_cast<void>(check_day() && check_sums() && check_names() && check_movements() &&
                          check_retention() && check_moves() && check_owners() && check_due() &&
                          check_sizes() && check_ends() && check_renewals() && check_completion() &&
                          check_lives());
        return std::move(wrong_);
    }

private:
    using block = count_table::block;
    template <class Field>
    [[nodiscard]] static std::int64_t at(const block& in, std::size_t cell, Field field) {
        return in[cell + static_cast<std::size_t>(field)];
    }
    [[nodiscard]] static std::size_t place(table_id which) noexcept {
        return static_cast<std::size_t>(which);
    }
    [[nodiscard]] std::size_t segments() const { return shape_.model().segments.size(); }

    /// One day for everybody; without one nothing else is there.
    bool check_day() {
        const count_table& days = table(table_id::known_until);
        if (days.empty()) {
            for (std::size_t t = place(table_id::known_until); t < place(table_id::segments); ++t) {
                if (!tables_[t].empty()) return fail(tables_[t], "is of no day");
            }
            for (std::size_t s = 0; s < segments(); ++s) {
                for (const std::size_t t : of_segment(s)) {
                    if (!tables_[t].empty()) return fail(tables_[t], "is of no day");
                }
            }
            return true;
        }
        if (days.blocks().size() > 1) return fail(days, "has more than one day");
        const auto& [key, counts] = *days.blocks().begin();
        if (counts[0] != said(total::customers) + said(total::payers_unseen))
            return fail(days, "counts other customers than the totals");
        last_ = last_closed_month(key[0] + min_text_day);
        for (const total part : {total::never_active, total::unpriced}) {
            if (said(part) > said(total::payers)) return fail(days, "has totals that do not agree");
        }
        if (said(total::payers) > counts[0] || said(total::begun_unseen) > said(total::customers))
            return fail(days, "has totals that do not agree");
        return true;
    }

    [[nodiscard]] static std::array<std::size_t, 3> of_segment(std::size_t s) noexcept {
        return {counted::movements_of_segment(s), counted::retention_of_segment(s),
                counted::completion_of_segment(s)};
    }

    /// All integers of a table together fit 64 bits, and so does every sum of some of them; but for
    /// squares, which are summed as real numbers.
    bool check_sums() {
        for (std::size_t t = place(table_id::known_until); t < tables_.size(); ++t) {
            if (t >= place(table_id::segments)) {
                const std::size_t of = (t - place(table_id::segments)) % counted::tables_a_segment;
                if (of < counted::movements_of_segment(0) - counted::ends_of_segment(0)) continue;
            }
            const bool squares = t == place(table_id::due) || t == place(table_id::due_sizes);
            std::int64_t all = 0;
            for (const auto& [key, counts] : tables_[t].blocks()) {
                for (std::size_t k = 0; k < counts.size(); ++k) {
                    if (squares && k % due_fields >= static_cast<std::size_t>(due_field::square_0))
                        continue;
                    if (!add(all, counts[k])) return false;
                }
            }
        }
        return true;
    }

    bool check_names() {
        for (std::size_t s = 0; s < segments(); ++s) {
            for (const std::size_t t : of_segment(s)) {
                if (tables_[t].names() != tables_[counted::ends_of_segment(s)].names())
                    return fail(tables_[t], "has other levels than the segment's first table");
            }
        }
        return true;
    }

    // ── movements ────────────────────────────────────────────────────────────

    struct sum {
        std::int64_t customers = 0;
        std::int64_t mrr = 0;
        friend bool operator==(const sum&, const sum&) = default;
    };

    /// Every month's sums of a group: what came to stay stays until it moves.
    bool follow(const count_table& in, const block& month, std::size_t g, bool first, sum& active) {
        const std::size_t cell = revenue_shape::movement_cell(g);
        const auto moved = [&](std::size_t what) {
            return sum{month[cell + 2 * what], month[cell + 2 * what + 1]};
        };
        const auto of = [&](mrr_movement what) { return moved(static_cast<std::size_t>(what)); };
        const sum fresh = of(mrr_movement::new_customer), back = of(mrr_movement::reactivation),
                  more = of(mrr_movement::expansion), less = of(mrr_movement::contraction),
                  lost = of(mrr_movement::churn), undecided = moved(mrr_movements);
        if (!first && (fresh.customers != 0 || fresh.mrr != 0))
            return fail(in, "has new customers in a cohort that is older");
        if (undecided.customers > lost.customers || undecided.mrr > lost.mrr)
            return fail(in, "has a part that is more than its whole");
        for (const sum& one : {fresh, back, more, less, lost}) {
            if (one.customers == 0 && one.mrr != 0) return fail(in, "has money of no customer");
        }
        if (more.customers + less.customers + lost.customers > active.customers ||
            less.mrr + lost.mrr > active.mrr)
            return fail(in, "loses more than there is");
        active.customers += fresh.customers + back.customers - lost.customers;
        active.mrr += fresh.mrr + back.mrr + more.mrr - less.mrr - lost.mrr;
        if (active.customers == 0 && active.mrr != 0) return fail(in, "has money of no customer");
        return true;
    }

    bool check_movements() {
        const count_table& in = table(table_id::movements);
        std::array<sum, evidence_groups> active{};
        std::int32_t cohort = 0;
        std::map<std::int32_t, block> by_month;
        std::int64_t customers = 0;
        for (const auto& [key, counts] : in.blocks()) {
            if (key[1] < key[0] || key[1] > last_) return fail(in, "has a month out of its time");
            if (key[0] != cohort) active = {};
            cohort = key[0];
            block& month = by_month[key[1]];
            month.resize(counts.size());
            for (std::size_t k = 0; k < counts.size(); ++k) month[k] += counts[k];
            for (std::size_t g = 0; g < active.size(); ++g) {
                customers += counts[revenue_shape::movement_cell(g)];
                if (!follow(in, counts, g, key[0] == key[1], active[g])) return false;
            }
        }
        if (customers != said(total::payers) - said(total::never_active) - said(total::unpriced))
            return fail(in, "has other customers than the totals");
        sum all;
        for (auto month = by_month.begin(); month != by_month.end(); ++month) {
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                const auto of = [&](mrr_movement what, std::size_t part) {
                    return month->second[revenue_shape::movement_cell(g) +
                                         2 * static_cast<std::size_t>(what) + part];
                };
                using m = mrr_movement;
                all.customers += of(m::new_customer, 0) + of(m::reactivation, 0) - of(m::churn, 0);
                all.mrr += of(m::new_customer, 1) + of(m::reactivation, 1) + of(m::expansion, 1) -
                           of(m::contraction, 1) - of(m::churn, 1);
            }
            active_[month->first] = all;
        }
        for (std::size_t s = 0; s < segments(); ++s) {
            if (!check_parts(tables_[counted::movements_of_segment(s)], by_month, 0)) return false;
        }
        return true;
    }

    /// What is active at the close of a month.
    [[nodiscard]] sum active_at(std::int32_t month) const {
        const auto next = active_.upper_bound(month);
        return next == active_.begin() ? sum{} : std::prev(next)->second;
    }

    /// Do the blocks of a named table, added up by the key's part, give these?
    bool check_parts(const count_table& in, const std::map<std::int32_t, block>& whole,
                     std::size_t part) {
        std::map<std::int32_t, block> sums;
        for (const auto& [key, counts] : in.blocks()) {
            block& to = sums[key[part]];
            to.resize(counts.size());
            for (std::size_t k = 0; k < counts.size(); ++k) to[k] += counts[k];
        }
        return sums == whole || fail(in, "does not add up to everybody's");
    }

    // ── retention ────────────────────────────────────────────────────────────

    bool check_retention() {
        const count_table& in = table(table_id::retention);
        using f = retention_field;
        std::map<std::int32_t, block> everybody;
        for (const auto& [key, counts] : in.blocks()) {
            if (key[0] + static_cast<std::int32_t>(cells_.horizon) > last_)
                return fail(in, "has a month out of its time");
            for (std::size_t cell = 0; cell < counts.size(); cell += retention_fields) {
                const std::int64_t kept = at(counts, cell, f::kept),
                                   now = at(counts, cell, f::kept_mrr),
                                   later = at(counts, cell, f::later),
                                   lasting = at(counts, cell, f::lasting);
                if (kept > at(counts, cell, f::customers) || now > at(counts, cell, f::mrr) ||
                    lasting > std::min(now, later))
                    return fail(in, "has a part that is more than its whole");
                if ((at(counts, cell, f::customers) == 0 && at(counts, cell, f::mrr) != 0) ||
                    (kept == 0 && (now != 0 || later != 0)))
                    return fail(in, "has money of no customer");
                if (kept == 1 && lasting != std::min(now, later))
                    return fail(in, "has a customer that lost what it pays");
            }
            if (!check_rungs(in, counts)) return false;
            std::int64_t customers = 0, mrr = 0;
            const std::size_t all = revenue_shape::retention_cell(1, 0);
            for (std::size_t cell = 0; cell < all; cell += retention_fields) {
                customers += at(counts, cell, f::customers);
                mrr += at(counts, cell, f::mrr);
            }
            if (!(active_at(key[0]) == sum{customers, mrr}))
                return fail(in, "has other customers than the movements");
            everybody[key[0]] =
                block(counts.begin(), counts.begin() + static_cast<std::ptrdiff_t>(all));
        }
        for (std::size_t s = 0; s < segments(); ++s) {
            if (!check_parts(tables_[counted::retention_of_segment(s)], everybody, 0)) return false;
        }
        return true;
    }

    /// The levels of each variable are some of everybody: not all are seen.
    bool check_rungs(const count_table& in, const block& counts) {
        for (const level_variable& one : shape_.level_variables()) {
            if (one.first + one.levels.size() > cells_.rung_levels) break;
            for (std::size_t k = 0; k < revenue_shape::retention_cell(1, 0); ++k) {
                std::int64_t seen = 0;
                for (std::size_t level = 0; level < one.levels.size(); ++level)
                    seen += counts[revenue_shape::retention_cell(one.first + level, 0) + k];
                if (seen > counts[k]) return fail(in, "has levels that are more than all");
            }
        }
        return true;
    }

    // ── moves ────────────────────────────────────────────────────────────────

    /// Four integers of a move: is anything wrong with them?
    bool check_move(const count_table& in, const std::int64_t* move, std::size_t from,
                    std::size_t to) {
        const auto of = [move](move_field field) { return move[static_cast<std::size_t>(field)]; };
        const std::int64_t before = of(move_field::before), after = of(move_field::after),
                           gained = of(move_field::gained);
        if (of(move_field::customers) == 0 && (before != 0 || after != 0 || gained != 0))
            return fail(in, "has money of no customer");
        if ((from == cells_.outside() && before != 0) || (to == cells_.outside() && after != 0) ||
            (from == cells_.outside() && to == cells_.outside() && of(move_field::customers) != 0))
            return fail(in, "has customers who pay and are none");
        if (gained > after || gained < after - before)
            return fail(in, "has a part that is more than its whole");
        return true;
    }

    bool check_moves() {
        const count_table& in = table(table_id::moves);
        for (const auto& [key, counts] : in.blocks()) {
            if (key[0] > last_) return fail(in, "has a month out of its time");
            sum before, after;
            for (std::size_t from = 0; from < cells_.places(); ++from) {
                for (std::size_t to = 0; to < cells_.places(); ++to) {
                    for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                        const std::int64_t* const move =
                            counts.data() + cells_.move_cell(from, to, g);
                        if (!check_move(in, move, from, to)) return false;
                        if (from != cells_.outside()) before.customers += move[0];
                        if (to != cells_.outside()) after.customers += move[0];
                        before.mrr += move[static_cast<std::size_t>(move_field::before)];
                        after.mrr += move[static_cast<std::size_t>(move_field::after)];
                    }
                }
            }
            if (!(after == active_at(key[0])) || !(before == active_at(key[0] - 1)))
                return fail(in, "has other customers than the movements");
        }
        return true;
    }

    /// The moves of a cycle, and the same customers by group.
    bool check_cycle(const count_table& in, const block& counts, std::size_t cycle) {
        block begun(owner_fields);
        const auto put = [&begun](owner_field field, std::int64_t n) {
            begun[static_cast<std::size_t>(field)] += n;
        };
        for (std::size_t from = 0; from < cells_.places(); ++from) {
            for (std::size_t to = 0; to < cells_.places(); ++to) {
                const std::int64_t* const move =
                    counts.data() + cells_.owner_move_cell(cycle, from, to);
                if (!check_move(in, move, from, to)) return false;
                if (from == cells_.outside()) continue;
                const std::int64_t before = move[static_cast<std::size_t>(move_field::before)];
                put(owner_field::customers, move[static_cast<std::size_t>(move_field::customers)]);
                put(owner_field::mrr, before);
                if (to == cells_.outside()) continue;
                put(owner_field::kept_mrr, before);
                put(owner_field::later, move[static_cast<std::size_t>(move_field::after)]);
            }
        }
        for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
            using f = owner_field;
            const std::size_t cell = cells_.owner_cell(cycle, g);
            if (at(counts, cell, f::customers) == 0 &&
                (at(counts, cell, f::mrr) != 0 || at(counts, cell, f::later) != 0))
                return fail(in, "has money of no customer");
            if (at(counts, cell, f::kept_mrr) > at(counts, cell, f::mrr))
                return fail(in, "has a part that is more than its whole");
            for (std::size_t k = 0; k < owner_fields; ++k) begun[k] -= counts[cell + k];
        }
        return begun == block(owner_fields) || fail(in, "has other groups than moves");
    }

    bool check_owners() {
        const count_table& whole = table(table_id::moves);
        const std::size_t places = cells_.places();
        for (const table_id which : {table_id::moves_by_member, table_id::moves_by_team}) {
            const count_table& in = table(which);
            if (which == table_id::moves_by_team && !shape_.model().roles.contains("team")) {
                if (!in.empty()) return fail(in, "has teams, and the model has none");
                continue;
            }
            std::map<std::int32_t, block> sums;
            for (const auto& [key, counts] : in.blocks()) {
                if (key[0] > last_) return fail(in, "has a month out of its time");
                block& to = sums[key[0]];
                to.resize(counts.size());
                for (std::size_t k = 0; k < counts.size(); ++k) to[k] += counts[k];
            }
            for (const auto& [month, counts] : sums) {
                for (std::size_t cycle = 0; cycle < move_cycles.size(); ++cycle) {
                    if (!check_cycle(in, counts, cycle)) return false;
                }
            }
            for (const auto& [key, counts] : whole.blocks()) {
                block of_month(places * places * move_fields);
                for (std::size_t k = 0; k < counts.size(); ++k) {
                    const std::size_t pair = k / (evidence_groups * move_fields);
                    of_month[pair * move_fields + k % move_fields] += counts[k];
                }
                const auto found = sums.find(key[0]);
                if (found == sums.end() ||
                    !std::equal(of_month.begin(), of_month.end(), found->second.begin()))
                    return fail(in, "does not add up to everybody's");
            }
        }
        return true;
    }

    // ── contracts ────────────────────────────────────────────────────────────

    bool check_due() {
        const count_table& in = table(table_id::due);
        for (const auto& [key, counts] : in.blocks()) {
            if (key[0] > last_ || key[1] <= key[0] ||
                key[1] > key[0] + static_cast<std::int32_t>(cells_.horizon))
                return fail(in, "has a month out of its time");
            if (!check_priced(in, counts)) return false;
        }
        return true;
    }

    bool check_priced(const count_table& in, const block& counts) {
        using f = due_field;
        for (std::size_t cell = 0; cell < counts.size(); cell += due_fields) {
            if (at(counts, cell, f::priced) > at(counts, cell, f::contracts))
                return fail(in, "has a part that is more than its whole");
            if (at(counts, cell, f::priced) > 0) continue;
            for (const f field : {f::mrr, f::square_0, f::square_1, f::square_2}) {
                if (at(counts, cell, field) != 0) return fail(in, "has money of no contract");
            }
        }
        return true;
    }

    /// What is due by size is what is due of the present portfolio, where its price is known.
    bool check_sizes() {
        const count_table& in = table(table_id::due_sizes);
        std::map<std::array<std::int32_t, 3>, block> sums;
        for (const auto& [key, counts] : in.blocks()) {
            if (!check_priced(in, counts)) return false;
            block& to = sums[{key[0], key[1], key[3]}];
            to.resize(counts.size());
            for (std::size_t k = 0; k < counts.size(); ++k) {
                if (!add(to[k], counts[k])) return false;
            }
        }
        std::map<std::array<std::int32_t, 3>, block> whole;
        for (const auto& [key, counts] : table(table_id::due).blocks()) {
            if (key[0] != last_) continue;
            block priced = counts;
            bool any = false;
            for (std::size_t cell = 0; cell < priced.size(); cell += due_fields) {
                priced[cell] = priced[cell + static_cast<std::size_t>(due_field::priced)];
                any = any || priced[cell] > 0;
            }
            if (any) whole[{key[1], key[2], key[3]}] = std::move(priced);
        }
        return sums == whole || fail(in, "does not add up to what is due");
    }

    bool check_ends() {
        const count_table& came = table(table_id::came);
        std::map<std::int32_t, block> before;
        for (const auto& [key, counts] : came.blocks()) {
            if (key[1] > last_ || key[1] <= key[0] ||
                key[1] > key[0] + static_cast<std::int32_t>(cells_.horizon))
                return fail(came, "has a month out of its time");
            for (std::size_t cell = 0; cell < counts.size(); cell += end_fields) {
                if (!check_end(came, counts.data() + cell)) return false;
            }
            if (key[0] == key[1] - 1) before[key[1]] = counts;
        }
        const count_table& decisions = table(table_id::decisions);
        std::map<std::int32_t, block> sums;
        for (const auto& [key, counts] : decisions.blocks()) {
            block& to = sums[key[0]];
            to.resize(cells_.came_cells());
            for (std::size_t cell = 0; cell < counts.size(); cell += end_fields) {
                if (!check_end(decisions, counts.data() + cell)) return false;
                const std::size_t pair = cell / (evidence_groups * end_fields);
                for (std::size_t k = 0; k < end_fields; ++k)
                    to[pair * end_fields + k] += counts[cell + k];
            }
        }
        return sums == before || fail(decisions, "is not what came of the month before");
    }

    /// What was renewed, whatever followed, is what was decided so.
    bool check_renewals() {
        const count_table& in = table(table_id::renewals);
        using f = renewal_field;
        std::map<std::int32_t, block> sums;
        constexpr std::size_t groups = evidence_groups * renewal_fields;
        for (const auto& [key, counts] : in.blocks()) {
            block& to = sums[key[0]];
            to.resize(counts.size() / tenure_bands);
            for (std::size_t cell = 0; cell < counts.size(); cell += renewal_fields) {
                if (at(counts, cell, f::followed) > at(counts, cell, f::kept))
                    return fail(in, "has a part that is more than its whole");
                if (at(counts, cell, f::followed) == 0 &&
                    (at(counts, cell, f::before) != 0 || at(counts, cell, f::after) != 0))
                    return fail(in, "has money of no contract");
                const std::size_t pair = cell / groups / tenure_bands;
                for (std::size_t k = 0; k < renewal_fields; ++k)
                    to[pair * groups + cell % groups + k] += counts[cell + k];
            }
        }
        for (const auto& [key, counts] : table(table_id::decisions).blocks()) {
            const auto found = sums.find(key[0]);
            for (std::size_t cell = 0; cell < counts.size(); cell += end_fields) {
                const std::size_t there = cell / end_fields * renewal_fields;
                const auto renewed = [&](f field) {
                    return found == sums.end() ? 0 : at(found->second, there, field);
                };
                if (renewed(f::kept) != at(counts, cell, end_field::kept) ||
                    renewed(f::followed) != at(counts, cell, end_field::followed_kept) ||
                    renewed(f::after) != at(counts, cell, end_field::after) ||
                    renewed(f::before) > at(counts, cell, end_field::due_kept) ||
                    renewed(f::before) > at(counts, cell, end_field::base))
                    return fail(in, "is not what was renewed");
            }
            if (found != sums.end()) sums.erase(found);
        }
        const bool rest = std::any_of(sums.begin(), sums.end(), [](const auto& one) {
            return std::any_of(one.second.begin(), one.second.end(),
                               [](std::int64_t n) { return n != 0; });
        });
        return !rest || fail(in, "is not what was renewed");
    }

    // ── onboarding, lives ────────────────────────────────────────────────────

    bool check_completion() {
        const count_table& in = table(table_id::completion);
        std::map<std::int32_t, block> by_days;
        std::int64_t all = 0;
        for (const auto& [key, counts] : in.blocks()) {
            block& to = by_days[key[1]];
            to.resize(counts.size());
            for (std::size_t k = 0; k < counts.size(); ++k) {
                to[k] += counts[k];
                all += counts[k];
            }
        }
        if (all > said(total::customers) - said(total::begun_unseen))
            return fail(in, "has more customers than there are");
        for (std::size_t s = 0; s < segments(); ++s) {
            if (!check_parts(tables_[counted::completion_of_segment(s)], by_days, 0)) return false;
        }
        return true;
    }

    /// Lives of a month begin with all that its cohort began with. What began with nothing is no
    /// life and may pay later, so that afterwards the cohort has at least as much.
    bool check_lives() {
        const count_table& in = table(table_id::lives);
        const auto horizon = static_cast<std::int32_t>(cells_.horizon);
        // By first month. A group without lives is empty: a small file can name many months.
        std::map<std::int32_t, std::array<block, evidence_groups>> lived;
        for (const auto& [key, counts] : in.blocks()) {
            if (counts[0] == 0 || counts[1] < counts[0])
                return fail(in, "has lives that begin with nothing");
            if (key[1] == 0 && counts.back() > counts[1])
                return fail(in, "has a ratio that is not its sums'");
            if (key[2] + horizon > last_) return fail(in, "has lives that are not over");
            block& to = lived[key[2]][static_cast<std::size_t>(key[0])];
            to.resize(counts.size());
            for (std::size_t k = 0; k < counts.size(); ++k) to[k] += counts[k];
        }
        std::size_t cohorts = 0;
        for (const auto& [key, began] : table(table_id::movements).blocks()) {
            if (key[0] != key[1] || key[0] + horizon > last_) continue;
            ++cohorts;
            if (!check_lives_of(key[0], began, lived[key[0]])) return false;
        }
        return lived.size() == cohorts || fail(in, "has lives of no cohort");
    }

    bool check_lives_of(std::int32_t start, const block& began,
                        const std::array<block, evidence_groups>& lived) {
        const count_table& in = table(table_id::lives);
        const auto& moved = table(table_id::movements).blocks();
        for (std::size_t g = 0; g < lived.size(); ++g) {
            const std::size_t cell = revenue_shape::movement_cell(g);
            const bool none = lived[g].empty();
            if (began[cell + 1] != (none ? 0 : lived[g][1]))
                return fail(in, "does not begin with the movements'");
            if (!none && lived[g][0] > began[cell])
                return fail(in, "has more customers than the movements");
        }
        std::array<sum, evidence_groups> active{};
        for (std::size_t k = 0; k <= cells_.horizon; ++k) {
            const std::int32_t now = start + static_cast<std::int32_t>(k);
            const auto month = moved.find({start, now});
            for (std::size_t g = 0; g < lived.size(); ++g) {
                if (month != moved.end() && !follow(in, month->second, g, k == 0, active[g]))
                    return false;
                if (!lived[g].empty() && lived[g][1 + k] > active[g].mrr)
                    return fail(in, "pays more than the movements");
            }
        }
        return true;
    }

    const revenue_shape& cells_;
    std::int32_t last_ = 0;
    std::map<std::int32_t, sum> active_;  ///< at the close of months with movements
};

}  // namespace

std::string what_is_wrong_with_revenue(const counted& shape,
                                       const std::vector<count_table>& tables) {
    return revenue_check{shape, tables}.run();
}

}  // namespace aiueo::detail
