// study › revenue_tree: NRR by what moved and the stages it moved with. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/revenue_finding.hpp"
#include "aiueo/study/revenue_rates.hpp"

namespace aiueo::detail {

/// The levels that customers move between.
class stage_places {
public:
    explicit stage_places(const counted& shape) : shape_(shape.revenue()) {
        const level_variable* const of = shape.revenue_levels();
        if (of == nullptr) return;
        names_ = of->levels;
        // A ladder has a rung for everybody; of a band the last level is "unknown".
        if (of->what == level_variable::kind::band) names_.pop_back();
    }

    /// Known levels, the lowest first; then one for those that are not.
    [[nodiscard]] std::size_t count() const noexcept { return names_.size() + 1; }
    [[nodiscard]] std::string name(std::size_t level) const {
        return level < names_.size() ? names_[level] : std::string{};
    }
    /// Of a place in a table: level_of(outside) is nobody's.
    [[nodiscard]] std::size_t level_of(std::size_t place) const noexcept {
        return std::min(place, names_.size());
    }
    [[nodiscard]] stage_move move(std::size_t from, std::size_t to) const noexcept {
        if (from == shape_.outside()) return stage_move::came;
        if (to == shape_.outside()) return stage_move::left;
        if (from >= names_.size() || to >= names_.size()) return stage_move::unknown;
        return to > from ? stage_move::up : to < from ? stage_move::down : stage_move::same;
    }

private:
    const revenue_shape& shape_;
    std::vector<std::string> names_;
};

inline void add_moved(moved_mrr& to, stage_move how, const std::int64_t* cell) noexcept {
    const auto field = [cell](move_field which) { return cell[static_cast<std::size_t>(which)]; };
    const std::int64_t before = field(move_field::before), after = field(move_field::after);
    to.customers += field(move_field::customers);
    to.before += before;
    to.after += after;
    if (how == stage_move::came) {
        to.came += after;
    } else if (how == stage_move::left) {
        to.churned += before;
    } else {
        to.gained += field(move_field::gained);
        to.lost += field(move_field::gained) - (after - before);
    }
}

inline void add_moved(moved_mrr& to, const moved_mrr& one) noexcept {
    to.customers += one.customers;
    to.before += one.before;
    to.after += one.after;
    to.gained += one.gained;
    to.lost += one.lost;
    to.churned += one.churned;
    to.came += one.came;
}

/// Sums of moves, of each group of customers.
class grouped_moves {
public:
    explicit grouped_moves(const evidence& of)
        : shape_(of.shape().revenue()),
          places_(of.shape()),
          cells_(places_.count() * stage_moves * std::size_t{evidence_groups}) {}

    void add(std::span<const std::int64_t> block) {
        for (std::size_t from = 0; from < shape_.places(); ++from) {
            for (std::size_t to = 0; to < shape_.places(); ++to) {
                const stage_move how = places_.move(from, to);
                for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                    const std::int64_t* const cell = block.data() + shape_.move_cell(from, to, g);
                    add_moved(at(places_.level_of(from), how, g), how, cell);
                }
            }
        }
    }

    [[nodiscard]] const stage_places& places() const noexcept { return places_; }

    /// Σ over the levels and moves for which `wanted(level, move)` holds.
    template <class Wanted>
    [[nodiscard]] std::array<moved_mrr, evidence_groups> of(Wanted wanted) const {
        std::array<moved_mrr, evidence_groups> out{};
        for (std::size_t level = 0; level < places_.count(); ++level) {
            for (std::size_t k = 0; k < stage_moves; ++k) {
                const auto how = static_cast<stage_move>(k);
                if (!wanted(level, how)) continue;
                for (std::size_t g = 0; g < out.size(); ++g) add_moved(out[g], at(level, how, g));
            }
        }
        return out;
    }

    [[nodiscard]] static moved_mrr total(const std::array<moved_mrr, evidence_groups>& of) {
        moved_mrr out;
        for (const moved_mrr& one : of) add_moved(out, one);
        return out;
    }

private:
    // Who came has no level before: it lies under the unknown one, and no level is asked for it.
    [[nodiscard]] moved_mrr& at(std::size_t level, stage_move how, std::size_t group) noexcept {
        return cells_[(level * stage_moves + static_cast<std::size_t>(how)) *
                          std::size_t{evidence_groups} +
                      group];
    }
    [[nodiscard]] const moved_mrr& at(std::size_t level, stage_move how,
                                      std::size_t group) const noexcept {
        return cells_[(level * stage_moves + static_cast<std::size_t>(how)) *
                          std::size_t{evidence_groups} +
                      group];
    }

    const revenue_shape& shape_;
    stage_places places_;
    std::vector<moved_mrr> cells_;
};

class tree_study {
public:
    explicit tree_study(const evidence& of) : evidence_(of) {}

    /// Of the moves of the months `first` to `last`.
    [[nodiscard]] revenue_tree tree(std::int32_t first, std::int32_t last) const {
        grouped_moves moves{evidence_};
        for (const auto& [key, block] : evidence_.table(table_id::moves).blocks()) {
            if (key[0] >= first && key[0] <= last) moves.add(block);
        }
        revenue_tree out;
        out.first_month = month_name(first);
        out.last_month = month_name(last);
        const auto stayers =
            moves.of([](std::size_t, stage_move how) { return how != stage_move::came; });
        const moved_mrr all = grouped_moves::total(stayers);
        out.start = {all.customers, all.before};
        out.nrr = nrr_of(
            stayers, moves.of([](std::size_t, stage_move how) { return how == stage_move::left; }));
        const auto share = [&](auto part) { return share_of_start(stayers, stayers, part); };
        out.expansion = share([](const moved_mrr& one) { return one.gained; });
        out.contraction = share([](const moved_mrr& one) { return one.lost; });
        out.churn = share([](const moved_mrr& one) { return one.churned; });
        for (std::size_t k = 0; k < stage_moves; ++k) {
            const auto how = static_cast<stage_move>(k);
            const auto sums = moves.of([how](std::size_t, stage_move one) { return one == how; });
            revenue_tree::branch branch{how, grouped_moves::total(sums), {}};
            if (how != stage_move::came) {
                branch.share = share_of_start(sums, stayers, [](const moved_mrr& one) {
                    return one.gained - one.lost - one.churned;
                });
            }
            out.moves.push_back(std::move(branch));
        }
        for (std::size_t level = 0; level < moves.places().count(); ++level)
            add_level(moves, level, out);
        return out;
    }

    /// Of one table of owners, between the closes that end with `last`; nobody's customers come
    /// after those of all names.
    [[nodiscard]] std::vector<revenue_owner> owners(table_id which, std::int32_t last) const {
        const revenue_shape& cells = evidence_.shape().revenue();
        const count_table& table = evidence_.table(which);
        const stage_places places{evidence_.shape()};
        std::vector<revenue_owner> out;
        for (const auto& [key, block] : table.blocks()) {
            if (key[0] != last) continue;
            for (std::size_t cycle = 0; cycle < move_cycles.size(); ++cycle) {
                revenue_owner one;
                if (key[1] >= 0) one.name = table.names()[static_cast<std::size_t>(key[1])];
                one.cycle_months = move_cycles[cycle];
                moved_mrr all;
                for (std::size_t from = 0; from < cells.places(); ++from) {
                    for (std::size_t to = 0; to < cells.places(); ++to) {
                        const stage_move how = places.move(from, to);
                        const std::int64_t* const cell =
                            block.data() + cells.owner_move_cell(cycle, from, to);
                        add_moved(one.moves[static_cast<std::size_t>(how)], how, cell);
                        if (how != stage_move::came) add_moved(all, how, cell);
                    }
                }
                one.start = {all.customers, all.before};
                one.nrr = owner_nrr(cells, block, cycle);
                const std::int64_t came =
                    one.moves[static_cast<std::size_t>(stage_move::came)].customers;
                if (all.customers + came > 0) out.push_back(std::move(one));
            }
        }
        std::stable_sort(out.begin(), out.end(),
                         [](const revenue_owner& a, const revenue_owner& b) {
                             if (a.name.empty() != b.name.empty()) return b.name.empty();
                             return a.name < b.name;
                         });
        return out;
    }

private:
    using grouped = std::array<moved_mrr, evidence_groups>;

    /// Σ part of some ÷ Σ MRR before of all; with the plain jackknife, as it may be below 0.
    template <class Part>
    [[nodiscard]] static figure share_of_start(const grouped& some, const grouped& all, Part part) {
        std::array<std::int64_t, evidence_groups> above{}, below{}, rows{};
        std::int64_t n = 0;
        for (std::size_t g = 0; g < above.size(); ++g) {
            above[g] = part(some[g]);
            below[g] = all[g].before;
            rows[g] = all[g].customers;
            n += rows[g];
        }
        return figure_of(jackknife_ratio(above, below, rows), n);
    }

    /// `all`: those of a level, or of all, who were there before; `left`: of them.
    [[nodiscard]] static figure nrr_of(const grouped& all, const grouped& left) {
        grouped_ends ends{};
        for (std::size_t g = 0; g < ends.size(); ++g) {
            const auto put = [&to = ends[g]](end_field field, std::int64_t value) {
                to.by_field[static_cast<std::size_t>(field)] = value;
            };
            for (const end_field field : {end_field::priced, end_field::followed})
                put(field, all[g].customers);
            put(end_field::due, all[g].before);
            put(end_field::base, all[g].before);
            put(end_field::due_kept, all[g].before - left[g].before);
            put(end_field::after, all[g].after);
        }
        return retained_of(ends);
    }

    [[nodiscard]] static figure owner_nrr(const revenue_shape& cells,
                                          std::span<const std::int64_t> block, std::size_t cycle) {
        grouped_ends ends{};
        for (std::size_t g = 0; g < ends.size(); ++g) {
            const std::int64_t* const cell = block.data() + cells.owner_cell(cycle, g);
            const auto put = [&to = ends[g], cell](end_field field, owner_field of) {
                to.by_field[static_cast<std::size_t>(field)] = cell[static_cast<std::size_t>(of)];
            };
            for (const end_field field : {end_field::priced, end_field::followed})
                put(field, owner_field::customers);
            put(end_field::due, owner_field::mrr);
            put(end_field::base, owner_field::mrr);
            put(end_field::due_kept, owner_field::kept_mrr);
            put(end_field::after, owner_field::later);
        }
        return retained_of(ends);
    }

    static void add_level(const grouped_moves& moves, std::size_t level, revenue_tree& to) {
        const auto sums = moves.of([level](std::size_t at, stage_move how) {
            return at == level && how != stage_move::came;
        });
        revenue_tree::level out;
        out.name = moves.places().name(level);
        out.sums = grouped_moves::total(sums);
        if (out.sums.customers == 0 && out.name.empty()) return;
        for (std::size_t k = 0; k < stage_moves; ++k) {
            const auto how = static_cast<stage_move>(k);
            if (how == stage_move::came) continue;
            out.customers[k] =
                grouped_moves::total(moves.of([level, how](std::size_t at, stage_move one) {
                    return at == level && one == how;
                })).customers;
        }
        out.nrr = nrr_of(sums, moves.of([level](std::size_t at, stage_move how) {
            return at == level && how == stage_move::left;
        }));
        to.levels.push_back(std::move(out));
    }

    const evidence& evidence_;
};

}  // namespace aiueo::detail
