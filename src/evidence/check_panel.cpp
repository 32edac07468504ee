// evidence › check_panel: see check_panel.hpp.
#include "check_panel.hpp"

#include <map>
#include <utility>

#include "aiueo/evidence/value_code.hpp"

#include "contradiction.hpp"

namespace aiueo::detail {

namespace {

class panel_check : contradiction_search {
public:
    using contradiction_search::contradiction_search;

    [[nodiscard]] std::string run() {
        static_cast<void>(check());
        return std::move(wrong_);
    }

private:
    /// Every customer of a month once in each variable, metric and segment.
    bool check() {
        std::map<std::int32_t, std::int64_t> customers;  // by month
        std::int64_t all = 0;
        for (const auto& [key, block] : table(table_id::panel_levels).blocks()) {
            std::int64_t& here = customers[key[0]];
            if (!check_panel_levels(block, here) || !add(all, here)) return false;
        }
        if (all != said(total::customer_months))
            return fail("its total of customers' months is not that of its tables");
        if (!check_panel_scores(customers) || !check_panel_conditions()) return false;
        const count_table& metrics = table(table_id::panel_metrics);
        if (!check_panel_counts(metrics, customers, [](const count_key& key) {
                return std::pair{key[0], key[1]};
            }))
            return false;
        for (const auto& [key, block] : metrics.blocks()) {
            for (std::int32_t k = 0; k < codes_an_octave; ++k) {
                if (block[static_cast<std::size_t>(k)] == 0) continue;
                const std::int32_t code = key[2] * codes_an_octave + k;
                if (key[2] < 0 ? k > 0 : !(value_of_code(code) == value_of_code(code)))
                    return fail(metrics, "has a bin that no number falls into");
            }
        }
        for (std::size_t s = 0; s < shape_.model().segments.size(); ++s) {
            const count_table& segment = tables_[counted::panel_of_segment(s)];
            if (segment.names() != tables_[counted::ends_of_segment(s)].names())
                return fail(segment, "has other levels than the segment's first table");
            if (!check_panel_counts(segment, customers, [](const count_key& key) {
                    return std::pair{0, key[0]};
                }))
                return false;
        }
        return true;
    }

    bool check_panel_levels(const count_table::block& block, std::int64_t& customers) {
        const count_table& levels = table(table_id::panel_levels);
        const auto at = [&](std::size_t level, std::size_t group, panel_field field) {
            return block[counted::panel_cell(level, group) + static_cast<std::size_t>(field)];
        };
        using f = panel_field;
        for (std::size_t g = 0; g < evidence_groups; ++g) {
            if (!add(customers, at(0, g, f::customers))) return false;
            for (std::size_t level = 0; level < shape_.levels(); ++level) {
                const std::int64_t known = at(level, g, f::known);
                if (known > at(level, g, f::customers) ||
                    (known == 0 && at(level, g, f::outcome) != 0) ||
                    at(level, g, f::outcome) / 1000 > known)
                    return fail(levels, "has sums that no scores have");
            }
            for (const level_variable& one : shape_.level_variables()) {
                for (std::size_t field = 0; field < panel_fields; ++field) {
                    std::int64_t sum = 0;
                    for (std::size_t k = 0; k < one.levels.size(); ++k) {
                        if (!add(sum, at(one.first + k, g, static_cast<f>(field)))) return false;
                    }
                    if (sum != at(0, g, static_cast<f>(field)))
                        return fail(levels, "has levels of \"" + one.name + "\" that are not all");
                }
            }
        }
        return true;
    }

    bool check_panel_scores(const std::map<std::int32_t, std::int64_t>& customers) {
        const count_table& scores = table(table_id::panel_scores);
        if (shape_.variables().empty()) return true;
        if (scores.blocks().size() != customers.size())
            return fail(scores, "misses or invents a month");
        for (const auto& [key, block] : scores.blocks()) {
            const auto wanted = customers.find(key[0]);
            for (std::size_t v = 0; v < shape_.variables().size(); ++v) {
                std::int64_t sum = 0;
                for (std::size_t bin = 0; bin < score_bins; ++bin) {
                    if (!add(sum, block[v * score_bins + bin])) return false;
                }
                if (wanted == customers.end() || sum != wanted->second)
                    return fail(scores, "does not hold every customer of a month");
            }
        }
        return true;
    }

    /// Customers with an outcome answer each condition at most once: profiles differ in what they
    /// ask for.
    bool check_panel_conditions() {
        const count_table& conditions = table(table_id::panel_conditions);
        for (const auto& [key, block] : conditions.blocks()) {
            const auto levels = table(table_id::panel_levels).find({key[0]});
            for (std::size_t g = 0; g < evidence_groups; ++g) {
                const auto whole = [&](panel_field field) {
                    return levels.empty() ? std::int64_t{0}
                                          : levels[counted::panel_cell(0, g) +
                                                   static_cast<std::size_t>(field)];
                };
                for (std::size_t c = 0; c < shape_.conditions().size(); ++c) {
                    std::int64_t known = 0, outcome = 0;
                    for (std::size_t k = 0; k < met_states; ++k) {
                        const std::size_t at =
                            counted::panel_condition_cell(c, static_cast<met>(k), g);
                        if (block[at + 1] / 1000 > block[at])
                            return fail(conditions, "has sums that no scores have");
                        if (!add(known, block[at]) || !add(outcome, block[at + 1])) return false;
                    }
                    if (known > whole(panel_field::known) || outcome > whole(panel_field::outcome))
                        return fail(conditions, "counts more customers than there are");
                }
            }
        }
        return true;
    }

    /// `part_of` gives a block's metric (or 0) and month; those that are there hold every customer
    /// of every month.
    template <class PartOf>
    bool check_panel_counts(const count_table& in,
                            const std::map<std::int32_t, std::int64_t>& customers,
                            const PartOf& part_of) {
        std::map<std::int32_t, std::map<std::int32_t, std::int64_t>> found;
        for (const auto& [key, block] : in.blocks()) {
            const std::pair<std::int32_t, std::int32_t> part = part_of(key);
            for (const std::int64_t one : block) {
                if (!add(found[part.first][part.second], one)) return false;
            }
        }
        for (const auto& [which, months] : found) {
            if (months != customers) return fail(in, "does not hold every customer of a month");
        }
        return true;
    }
};

}  // namespace

std::string what_is_wrong_with_panel(const counted& shape, const std::vector<count_table>& tables) {
    return panel_check{shape, tables}.run();
}

}  // namespace aiueo::detail
