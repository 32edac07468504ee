// evidence › check_links: see check_links.hpp.
#include "check_links.hpp"

#include <array>
#include <map>
#include <utility>

#include "contradiction.hpp"

namespace aiueo::detail {

namespace {

class link_check : contradiction_search {
public:
    using contradiction_search::contradiction_search;

    [[nodiscard]] std::string run() {
        static_cast<void>(check_use() && check_growth() && check_links() && check_standing() &&
                          check_segments());
        return std::move(wrong_);
    }

private:
    using f = link_field;
    using cell = const std::int64_t*;

    [[nodiscard]] static std::int64_t of(cell at, link_field field) noexcept {
        return at[static_cast<std::size_t>(field)];
    }

    /// Without steps there is nothing.
    bool check_use() {
        if (!shape_.lags().empty()) return true;
        if (said(total::mrr) != 0)
            return fail("it counts MRR by month, but the model has no steps");
        for (const table_id which : {table_id::growth, table_id::links, table_id::standing}) {
            if (!table(which).empty())
                return fail(table(which), "is there, but the model has no steps");
        }
        return true;
    }

    /// What grew is a part of the ends at that level, and became more.
    bool check_growth() {
        const count_table& growth = table(table_id::growth);
        const level_variable* success = shape_.levels_of_step(step::success);
        if (success == nullptr) return true;
        using whole_cell = std::array<std::int64_t, end_fields>;
        std::map<std::array<std::size_t, 3>, whole_cell> wholes;  // kind, level, group
        for (const auto& [key, block] : table(table_id::ends).blocks()) {
            if (key[1] != shape_.mission_lead()) continue;
            for (std::size_t level = 0; level < step_levels; ++level) {
                for (std::size_t band = 0; band < shape_.term_bands(); ++band) {
                    for (std::size_t g = 0; g < evidence_groups; ++g) {
                        whole_cell& to = wholes[{static_cast<std::size_t>(key[0]), level, g}];
                        const std::size_t at = shape_.end_cell(success->first + level, band, g);
                        for (std::size_t field = 0; field < end_fields; ++field)
                            if (!add(to[field], block[at + field])) return false;
                    }
                }
            }
        }
        for (const auto& [key, whole] : wholes) {
            if (whole[static_cast<std::size_t>(end_field::expanded)] > 0 &&
                growth.find({static_cast<std::int32_t>(key[0])}).empty())
                return fail(growth, "misses ends that table \"ends\" has");
        }
        for (const auto& [key, block] : growth.blocks()) {
            for (std::size_t level = 0; level < step_levels; ++level) {
                for (std::size_t g = 0; g < evidence_groups; ++g) {
                    const std::size_t at = growth_cell(static_cast<step_level>(level), g);
                    const whole_cell& whole = wholes[{static_cast<std::size_t>(key[0]), level, g}];
                    const auto of_all = [&](end_field field) {
                        return whole[static_cast<std::size_t>(field)];
                    };
                    const bool any = of_all(end_field::expanded) > 0;
                    if ((block[at + 1] > 0) != any || (any && block[at + 1] <= block[at]) ||
                        block[at] > of_all(end_field::base) ||
                        block[at + 1] > of_all(end_field::after))
                        return fail(growth, "counts other ends than table \"ends\"");
                }
            }
        }
        return true;
    }

    bool check_cell(const count_table& in, cell at) {
        const std::int64_t n1 = of(at, f::with), n0 = of(at, f::without);
        const std::int64_t customers = of(at, f::customers);
        const std::int64_t with = of(at, f::customers_with), without = of(at, f::customers_without);
        __extension__ using wide = __int128;
        const bool parts = of(at, f::with_reached) <= n1 && of(at, f::without_reached) <= n0 &&
                           of(at, f::gained) <= of(at, f::compared) &&
                           of(at, f::gained_anyway) <= of(at, f::compared) &&
                           of(at, f::gained) <= wide{of(at, f::with_reached)} * n0 &&
                           of(at, f::gained_anyway) <= wide{of(at, f::without_reached)} * n1 &&
                           of(at, f::compared) <= wide{n1} * n0;
        if (!parts) return fail(in, "has a part that is more than its whole");
        const bool whose = with <= n1 && without <= n0 && (with == 0) == (n1 == 0) &&
                           (without == 0) == (n0 == 0) && with <= customers &&
                           without <= customers && customers <= wide{with} + without &&
                           customers <= said(total::customers) &&
                           wide{n1} + n0 <= said(total::customer_months);
        return whose || fail(in, "counts months of no customer");
    }

    bool check_links() {
        const count_table& links = table(table_id::links);
        for (const auto& [key, block] : links.blocks()) {
            if (!check_cells(links, block)) return false;
        }
        return true;
    }

    /// Every group, and all of them together: studies add them up.
    bool check_cells(const count_table& in, const count_table::block& block) {
        constexpr std::size_t groups = std::size_t{evidence_groups} * link_fields;
        for (std::size_t begin = 0; begin < block.size(); begin += groups) {
            std::array<std::int64_t, link_fields> sum{};
            for (std::size_t k = begin; k < begin + groups; k += link_fields) {
                if (!check_cell(in, block.data() + k)) return false;
                for (std::size_t field = 0; field < link_fields; ++field)
                    if (!add(sum[field], block[k + field])) return false;
            }
            if (!check_cell(in, sum.data())) return false;
        }
        return true;
    }

    bool check_standing() {
        const count_table& table = this->table(table_id::standing);
        const level_variable* patterns = nullptr;
        for (const level_variable& one : shape_.level_variables()) {
            if (one.what == level_variable::kind::pattern) patterns = &one;
        }
        std::int64_t mrr = 0;
        std::size_t months = 0;
        for (const auto& [key, block] : table.blocks()) {
            const auto levels = this->table(table_id::panel_levels).find({key[0]});
            if (levels.empty()) return fail(table, "has a month that is not in the panel");
            ++months;
            std::array<std::int64_t, standing_fields> everybody{};
            for (std::size_t k = 0; k < pattern_names.size(); ++k) {
                std::int64_t seen = 0;
                for (std::size_t g = 0; g < evidence_groups; ++g)
                    if (!add(seen, levels[counted::panel_cell(patterns->first + k, g)]))
                        return false;
                const std::size_t at = pattern_cell(static_cast<pattern>(k));
                if (block[at] != seen)
                    return fail(table, "does not hold every customer of a month");
                for (std::size_t field = 0; field < standing_fields; ++field)
                    if (!add(everybody[field], block[at + field])) return false;
            }
            if (!add(mrr, everybody[static_cast<std::size_t>(standing_field::mrr)])) return false;
            if (!check_standing_block(table, block, everybody)) return false;
        }
        if (mrr != said(total::mrr)) return fail("its total of MRR by month is not its tables'");
        return shape_.lags().empty() ||
               months == this->table(table_id::panel_levels).blocks().size() ||
               fail(table, "misses a month of the panel");
    }

    bool check_standing_block(const count_table& in, const count_table::block& block,
                              const std::array<std::int64_t, standing_fields>& everybody) {
        for (std::size_t at = 0; at < block.size(); at += standing_fields) {
            const std::int64_t customers = block[at], priced = block[at + 1], sum = block[at + 2];
            if (customers > everybody[0] || priced > everybody[1] || sum > everybody[2] ||
                priced > customers || (priced == 0 && sum != 0))
                return fail(in, "has a part that is more than its whole");
        }
        std::int64_t due = block[standing_cell(chain_place::due_success)];
        if (!add(due, block[standing_cell(chain_place::due_without)])) return false;
        if (due > everybody[0]) return fail(in, "has a part that is more than its whole");
        // Who stands still for longer has stood still for less.
        for (std::size_t lag = 1; lag < shape_.lags().size(); ++lag) {
            for (std::size_t k = 0; k < monthly_links; ++k) {
                const auto which = static_cast<monthly_link>(k);
                for (std::size_t field = 0; field < standing_fields; ++field) {
                    if (block[stuck_cell(lag, which) + field] >
                        block[stuck_cell(lag - 1, which) + field])
                        return fail(in, "has a part that is more than its whole");
                }
            }
        }
        return true;
    }

    bool check_segments() {
        for (std::size_t s = 0; s < shape_.model().segments.size(); ++s) {
            for (const std::size_t t :
                 {counted::links_of_segment(s), counted::standing_of_segment(s),
                  counted::missions_of_segment(s)}) {
                const count_table& one = tables_[t];
                if (one.names() != tables_[counted::ends_of_segment(s)].names())
                    return fail(one, "has other levels than the segment's first table");
                if (shape_.lags().empty() && !one.empty())
                    return fail(one, "is there, but the model has no steps");
            }
            if (!check_level_links(tables_[counted::links_of_segment(s)]) ||
                !check_level_standing(tables_[counted::standing_of_segment(s)]) ||
                !check_missions(tables_[counted::missions_of_segment(s)]))
                return false;
        }
        return true;
    }

    /// Months are divided between the levels; products of them, and customers, only partly.
    bool check_level_links(const count_table& in) {
        std::map<std::int32_t, count_table::block> sums;
        for (const auto& [key, block] : in.blocks()) {
            count_table::block& to = sums[key[0]];
            to.resize(level_link_cells);
            if (!check_cells(in, block)) return false;
            for (std::size_t k = 0; k < block.size(); ++k) {
                if (!add(to[k], block[k])) return false;
            }
        }
        const count_table::block nothing(level_link_cells);
        for (std::int32_t lag = 0; lag < static_cast<std::int32_t>(shape_.lags().size()); ++lag) {
            const auto whole = table(table_id::links).find({lag});
            const auto found = sums.find(lag);
            const count_table::block& parts = found == sums.end() ? nothing : found->second;
            for (std::size_t k = 0; k < monthly_links; ++k) {
                for (std::size_t g = 0; g < evidence_groups; ++g) {
                    const auto which = static_cast<monthly_link>(k);
                    for (std::size_t field = 0; field < link_fields; ++field) {
                        const std::int64_t all =
                            whole.empty() ? 0
                                          : whole[link_cell(which, reading::forward, g) + field];
                        const std::int64_t part = parts[level_link_cell(which, g) + field];
                        const auto what = static_cast<link_field>(field);
                        const bool months = what <= f::without_reached;
                        const bool products = what > f::without_reached && what < f::customers;
                        if (months ? part != all : products ? part > all : part < all)
                            return fail(in, "counts other months than table \"links\"");
                    }
                }
            }
        }
        return true;
    }

    /// The ends of each level of success, divided between the segment's levels.
    bool check_missions(const count_table& in) {
        const level_variable* success = shape_.levels_of_step(step::success);
        if (success == nullptr) return true;
        constexpr std::array fields{end_field::ends, end_field::kept, end_field::followed_kept,
                                    end_field::expanded};
        std::map<std::int32_t, count_table::block> wanted, found;  // by kind
        for (const auto& [key, block] : table(table_id::ends).blocks()) {
            if (key[1] != shape_.mission_lead()) continue;
            count_table::block& to = wanted[key[0]];
            to.resize(in.shape().width);
            for (std::size_t level = 0; level < step_levels; ++level) {
                for (std::size_t band = 0; band < shape_.term_bands(); ++band) {
                    for (std::size_t g = 0; g < evidence_groups; ++g) {
                        const std::size_t place =
                            shape_.mission_cell(static_cast<step_level>(level), band, g);
                        const std::size_t from = shape_.end_cell(success->first + level, band, g);
                        for (std::size_t k = 0; k < fields.size(); ++k)
                            if (!add(to[place + k],
                                     block[from + static_cast<std::size_t>(fields[k])]))
                                return false;
                    }
                }
            }
        }
        for (const auto& [key, block] : in.blocks()) {
            count_table::block& to = found[key[0]];
            to.resize(block.size());
            for (std::size_t k = 0; k < block.size(); ++k)
                if (!add(to[k], block[k])) return false;
        }
        return found == wanted || fail(in, "does not hold every end");
    }

    bool check_level_standing(const count_table& in) {
        std::map<std::int32_t, count_table::block> sums;
        for (const auto& [key, block] : in.blocks()) {
            constexpr std::int64_t any = INT64_MAX;  // the levels' sum is checked below
            if (!check_standing_block(in, block, {any, any, any})) return false;
            count_table::block& to = sums[key[0]];
            to.resize(block.size());
            for (std::size_t k = 0; k < block.size(); ++k) {
                if (!add(to[k], block[k])) return false;
            }
        }
        const auto& whole = table(table_id::standing).blocks();
        if (sums.size() != whole.size()) return fail(in, "has other months than \"standing\"");
        for (const auto& [key, block] : whole) {
            const auto found = sums.find(key[0]);
            if (found == sums.end() || found->second != block)
                return fail(in, "does not hold every customer of a month");
        }
        return true;
    }
};

}  // namespace

std::string what_is_wrong_with_links(const counted& shape, const std::vector<count_table>& tables) {
    return link_check{shape, tables}.run();
}

}  // namespace aiueo::detail
