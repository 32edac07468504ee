// evidence › check_tables: tables that count the same ends must agree. A state is an untrusted
// file.
#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/state.hpp"
#include "aiueo/evidence/value_code.hpp"

#include "check_exposures.hpp"
#include "check_links.hpp"
#include "check_panel.hpp"
#include "check_ranks.hpp"
#include "check_revenue.hpp"
#include "contradiction.hpp"

namespace aiueo::detail {

namespace {

class table_check : contradiction_search {
public:
    using contradiction_search::contradiction_search;

    [[nodiscard]] status run() {
        static_cast<void>(check_totals() && check_ends() && check_scores() && check_sums() &&
                          check_products() && check_overall() && check_customers() &&
                          check_metrics() && check_conditions() && check_segments());
        if (wrong_.empty()) wrong_ = what_is_wrong_with_panel(shape_, tables_);
        if (wrong_.empty()) wrong_ = what_is_wrong_with_links(shape_, tables_);
        if (wrong_.empty()) wrong_ = what_is_wrong_with_exposures(shape_, tables_, ends_);
        if (wrong_.empty()) wrong_ = what_is_wrong_with_ranks(shape_, tables_);
        if (wrong_.empty()) wrong_ = what_is_wrong_with_revenue(shape_, tables_);
        if (wrong_.empty()) return {};
        return make_error(errc::bad_state, "the state contradicts itself: " + wrong_);
    }

private:
    bool check_totals() {
        const count_table& totals = table(table_id::totals);
        if (!totals.empty()) {
            // Sums of counts, and of squares of tenths, then fit 64 bits with room.
            constexpr std::int64_t most = std::int64_t{1} << 40;
            const auto block = totals.find({});
            for (std::size_t k = 0; k < total_count; ++k) {
                const auto which = static_cast<total>(k);
                if (which < total::due && block[k] > most)
                    return fail(totals, "counts more than there can be");
                if (which == total::paid && block[k] > most_paid)
                    return fail(totals, "adds up more money than there can be");
            }
            return true;
        }
        for (const count_table& one : tables_) {
            if (!one.empty()) return fail(one, "counts ends, but nothing was counted");
        }
        return true;
    }

    /// Each level variable divides "everybody"; what is a part is not more than the whole.
    bool check_end_block(const count_table& in, const count_table::block& block) {
        const std::size_t cells = shape_.term_bands() * evidence_groups;
        const auto at = [&](std::size_t level, std::size_t cell, end_field field) {
            return block[(level * cells + cell) * end_fields + static_cast<std::size_t>(field)];
        };
        for (std::size_t cell = 0; cell < cells; ++cell) {
            for (std::size_t level = 0; level < shape_.levels(); ++level) {
                if (!check_end(in, block.data() + (level * cells + cell) * end_fields))
                    return false;
            }
            for (const level_variable& one : shape_.level_variables()) {
                for (std::size_t field = 0; field < end_fields; ++field) {
                    std::int64_t sum = 0;
                    for (std::size_t k = 0; k < one.levels.size(); ++k) {
                        if (!add(sum, at(one.first + k, cell, static_cast<end_field>(field))))
                            return false;
                    }
                    if (sum != at(0, cell, static_cast<end_field>(field)))
                        return fail(in, "has levels of \"" + one.name + "\" that are not all");
                }
            }
        }
        return true;
    }

    /// Ends and those kept of "everybody", by group.
    bool add_ends(const count_table::block& block, std::int32_t kind, std::int32_t lead,
                  outcomes& to) {
        for (std::size_t band = 0; band < shape_.term_bands(); ++band) {
            for (std::int32_t g = 0; g < evidence_groups; ++g) {
                const std::size_t cell = shape_.end_cell(0, band, static_cast<std::size_t>(g));
                const std::int64_t ends = block[cell + static_cast<std::size_t>(end_field::ends)];
                const std::int64_t kept = block[cell + static_cast<std::size_t>(end_field::kept)];
                if (ends == 0) continue;
                auto& here = to[{kind, lead, g}];
                if (!add(here[0], ends - kept) || !add(here[1], kept)) return false;
            }
        }
        return true;
    }

    /// All fields of "everybody".
    bool add_fields(const count_table::block& block, std::array<std::int64_t, end_fields>& to) {
        const std::size_t cells = shape_.term_bands() * evidence_groups;
        for (std::size_t cell = 0; cell < cells; ++cell) {
            for (std::size_t field = 0; field < end_fields; ++field) {
                if (!add(to[field], block[cell * end_fields + field])) return false;
            }
        }
        return true;
    }

    bool check_ends() {
        std::int64_t observed = 0;
        std::array<std::int64_t, end_fields> all{};
        for (const auto& [key, block] : table(table_id::ends).blocks()) {
            if (!check_end_block(table(table_id::ends), block) ||
                !add_ends(block, key[0], key[1], ends_) || !add_fields(block, all) ||
                (key[1] == 0 && !add_fields(block, first_lead_fields_)))
                return false;
        }
        const auto least = [&](end_field field, total whole) {
            return all[static_cast<std::size_t>(field)] <= said(whole);
        };
        // Dropped observations are in the totals, too.
        if (!least(end_field::due, total::due) || !least(end_field::after, total::after))
            return fail("its tables hold more money than its totals");
        for (const auto& [key, counts] : ends_) {
            if (!add(observed, counts[0]) || !add(observed, counts[1])) return false;
        }
        return observed == said(total::observed) ||
               fail("its total of observations is not that of its tables");
    }

    /// Every variable of every histogram has each end once.
    bool check_histograms(const count_table& in, const count_table::block& block,
                          const std::array<std::int64_t, 2>& wanted) {
        for (std::size_t v = 0; v < shape_.variables().size(); ++v) {
            for (const bool kept : {false, true}) {
                std::int64_t sum = 0;
                for (std::size_t bin = 0; bin < score_bins; ++bin) {
                    if (!add(sum, block[counted::score_cell(v, kept, bin)])) return false;
                }
                if (sum != wanted[kept ? 1 : 0])
                    return fail(in, "has a histogram of \"" + shape_.variables()[v].name +
                                        "\" that does not hold every end");
            }
        }
        return true;
    }

    bool check_scores() {
        const count_table& scores = table(table_id::scores);
        if (shape_.variables().empty()) return true;  // a block that holds nothing is not written
        if (scores.blocks().size() != ends_.size())
            return fail(scores, "misses or invents a group");
        for (const auto& [key, block] : scores.blocks()) {
            const auto wanted = ends_.find({key[0], key[1], key[2]});
            if (wanted == ends_.end()) return fail(scores, "has a group without ends");
            if (!check_histograms(scores, block, wanted->second)) return false;
        }
        return true;
    }

    bool check_sums() {
        const count_table& sums = table(table_id::sums);
        for (const auto& [key, block] : table(table_id::scores).blocks()) {
            const auto found = sums.find(key);
            for (std::size_t v = 0; v < shape_.variables().size(); ++v) {
                for (const bool kept : {false, true}) {
                    std::int64_t known = 0;
                    for (std::size_t bin = 0; bin < unknown_bin; ++bin)
                        known += block[counted::score_cell(v, kept, bin)];
                    std::array<std::int64_t, 3> said{};
                    for (std::size_t k = 0; k < 3 && !found.empty(); ++k)
                        said[k] = found[(v * 2 + (kept ? 1 : 0)) * 3 + k];
                    if (said[0] != known)
                        return fail(sums, "counts other ends than the histograms");
                    // 0 ≤ x ≤ 1000 for each; and (Σx)² ≤ n Σx² by Cauchy and Schwarz.
                    __extension__ using wide = __int128;
                    const wide n = known;
                    if (said[1] > n * 1000 || said[2] > wide{said[1]} * 1000 ||
                        wide{said[1]} * said[1] > n * said[2])
                        return fail(sums, "has sums that no scores have");
                }
            }
        }
        for (const auto& [key, block] : sums.blocks()) {
            if (table(table_id::scores).find(key).empty())
                return fail(sums, "has a group without ends");
        }
        return true;
    }

    bool check_products() {
        const count_table& products = table(table_id::products);
        if (shape_.components() == 0)
            return products.empty() || fail(products, "is there, but the model has no components");
        const std::size_t n = shape_.product_columns();
        std::map<std::array<std::int32_t, 3>, std::array<std::int64_t, 2>> by_fold;
        for (const auto& [key, block] : products.blocks()) {
            const std::int64_t ends = block[counted::product_cell(n - 1, n - 1, n)];
            const std::int64_t kept = block[counted::product_cell(n - 2, n - 2, n)];
            auto& here = by_fold[{key[0], key[1], key[2]}];
            if (!add(here[0], ends - kept) || !add(here[1], kept)) return false;
            if (kept > ends || !check_triangle(block, ends))
                return wrong_.empty() ? fail(products, "has sums that no scores have") : false;
        }
        std::map<std::array<std::int32_t, 3>, std::array<std::int64_t, 2>> wanted;
        for (const auto& [key, counts] : ends_) {
            auto& here = wanted[{key[0], key[1], key[2] % evidence_folds}];
            here[0] += counts[0];
            here[1] += counts[1];
        }
        return by_fold == wanted || fail(products, "counts other ends than table \"ends\"");
    }

    /// A presence counts at most every end, a product of two at most what either allows.
    bool check_triangle(const count_table::block& block, std::int64_t ends) const noexcept {
        const std::size_t n = shape_.product_columns();
        const std::size_t c = shape_.components();
        __extension__ using wide = __int128;
        const std::int64_t kept = block[counted::product_cell(n - 2, n - 2, n)];
        if (block[counted::product_cell(n - 2, n - 1, n)] != kept) return false;
        const auto known_of = [&](std::size_t i) {
            return block[counted::product_cell(c + i, n - 1, n)];
        };
        for (std::size_t i = 0; i < c; ++i) {
            const std::int64_t known = known_of(i);
            const std::int64_t sum = block[counted::product_cell(i, n - 1, n)];
            const std::int64_t known_kept = block[counted::product_cell(c + i, n - 2, n)];
            if (known > ends || known != block[counted::product_cell(c + i, c + i, n)] ||
                sum != block[counted::product_cell(i, c + i, n)] || sum > wide{known} * 1000 ||
                known_kept > known || known_kept > kept ||
                block[counted::product_cell(i, n - 2, n)] > sum)
                return false;
            for (std::size_t j = 0; j < c; ++j) {
                const wide both =
                    block[counted::product_cell(c + std::min(i, j), c + std::max(i, j), n)];
                if (both > known || both > known_of(j) ||
                    block[counted::product_cell(i, c + j, n)] > both * 1000 ||
                    (j >= i && block[counted::product_cell(i, j, n)] > both * 1'000'000))
                    return false;
            }
        }
        return true;
    }

    bool check_overall() {
        const count_table& overall = table(table_id::overall_scores);
        if (shape_.overall() >= shape_.variables().size())
            return overall.empty() || fail(overall, "is there, but the model has no overall");
        std::map<std::array<std::int32_t, 3>, std::array<std::int64_t, 2 * score_bins>> sums;
        for (const auto& [key, block] : overall.blocks()) {
            if (table(table_id::ends).find({key[0], key[1], key[2]}).empty())
                return fail(overall, "has a month without ends");
            for (std::int32_t g = 0; g < evidence_groups; ++g) {
                auto& to = sums[{key[0], key[1], g}];
                for (std::size_t i = 0; i < 2 * score_bins; ++i) {
                    if (!add(to[i], block[static_cast<std::size_t>(g) * 2 * score_bins + i]))
                        return false;
                }
            }
        }
        for (const auto& [key, block] : table(table_id::scores).blocks()) {
            const auto& mine = sums[{key[0], key[1], key[2]}];
            for (std::size_t i = 0; i < 2 * score_bins; ++i) {
                if (mine[i] != block[shape_.overall() * 2 * score_bins + i])
                    return fail(overall, "differs from the histograms of overall");
            }
        }
        return true;
    }

    /// Where there are ends there are customers, and not more of them.
    bool check_customers() {
        const count_table& customers = table(table_id::customers);
        outcomes left = ends_;
        for (const auto& [key, block] : customers.blocks()) {
            for (std::int32_t g = 0; g < evidence_groups; ++g) {
                const std::int64_t count = block[static_cast<std::size_t>(g)];
                if (count == 0) continue;
                const auto ends = left.find({key[0], key[1], g});
                if (ends == left.end() || count > ends->second[0] + ends->second[1])
                    return fail(customers, "has more customers than ends");
                left.erase(ends);
            }
        }
        return left.empty() || fail(customers, "misses a group that has ends");
    }

    /// Ends at the first lead.
    [[nodiscard]] outcomes first_lead() const {
        outcomes out;
        for (const auto& [key, counts] : ends_) {
            if (key[1] == 0) out.emplace(key, counts);
        }
        return out;
    }

    bool check_metrics() {
        const count_table& metrics = table(table_id::metrics);
        std::map<std::int32_t, outcomes> by_metric;
        for (const auto& [key, block] : metrics.blocks()) {
            if (key[2] >= 0 && !(value_of_code(key[2]) == value_of_code(key[2])))
                return fail(metrics, "has a bin that no number falls into");
            for (std::int32_t g = 0; g < evidence_groups; ++g) {
                const auto at = static_cast<std::size_t>(g) * 2;
                if (block[at] == 0 && block[at + 1] == 0) continue;
                auto& to = by_metric[key[1]][{key[0], 0, g}];
                if (!add(to[0], block[at]) || !add(to[1], block[at + 1])) return false;
            }
        }
        const outcomes wanted = first_lead();
        for (const auto& [metric, counts] : by_metric) {
            if (counts != wanted)
                return fail(metrics,
                            "does not hold every end of metric \"" +
                                shape_.model().metrics[static_cast<std::size_t>(metric)].name +
                                "\"");
        }
        return true;
    }

    /// Each end at the first lead answers each condition at most once: profiles differ in what they
    /// ask for.
    bool check_conditions() {
        const count_table& conditions = table(table_id::conditions);
        std::map<std::array<std::int32_t, 3>, std::array<std::int64_t, 2>> most;
        for (const auto& [key, block] : table(table_id::ends).blocks()) {
            if (key[1] != 0) continue;
            outcomes month;
            if (!add_ends(block, key[0], 0, month)) return false;
            for (const auto& [group, counts] : month) {
                auto& to = most[{key[0], key[2] / 3, group[2]}];
                if (!add(to[0], counts[0]) || !add(to[1], counts[1])) return false;
            }
        }
        for (const auto& [key, block] : conditions.blocks()) {
            for (std::int32_t g = 0; g < evidence_groups; ++g) {
                const auto found = most.find({key[0], key[1], g});
                for (std::size_t c = 0; c < shape_.conditions().size(); ++c) {
                    for (const bool kept : {false, true}) {
                        std::int64_t sum = 0;
                        for (std::size_t k = 0; k < met_states; ++k) {
                            if (!add(sum,
                                     block[counted::condition_cell(c, static_cast<met>(k), kept,
                                                                   static_cast<std::size_t>(g))]))
                                return false;
                        }
                        if (sum > (found == most.end() ? 0 : found->second[kept ? 1 : 0]))
                            return fail(conditions, "counts other ends than table \"ends\"");
                    }
                }
            }
        }
        return true;
    }

    bool check_segments() {
        const outcomes wanted = first_lead();
        for (std::size_t s = 0; s < shape_.model().segments.size(); ++s) {
            const count_table& ends = tables_[counted::ends_of_segment(s)];
            const count_table& scores = tables_[counted::scores_of_segment(s)];
            const bool any_scores = !shape_.variables().empty();
            if (ends.names() != scores.names() ||
                (any_scores && ends.blocks().size() != scores.blocks().size()))
                return fail(scores, "has other levels than table \"" + ends.shape().name + "\"");
            outcomes found;
            std::array<std::int64_t, end_fields> fields{};
            for (const auto& [key, block] : ends.blocks()) {
                outcomes level;
                if (!add_fields(block, fields)) return false;
                if (!check_end_block(ends, block) || !add_ends(block, key[0], 0, level))
                    return false;
                std::array<std::int64_t, 2> all{};
                for (const auto& [group, counts] : level) {
                    auto& to = found[group];
                    for (std::size_t y = 0; y < 2; ++y) {
                        if (!add(to[y], counts[y]) || !add(all[y], counts[y])) return false;
                    }
                }
                if (!any_scores) continue;
                const auto twin = scores.blocks().find(key);
                if (twin == scores.blocks().end())
                    return fail(scores,
                                "has other levels than table \"" + ends.shape().name + "\"");
                if (!check_histograms(scores, twin->second, all)) return false;
            }
            if (found != wanted || fields != first_lead_fields_)
                return fail(ends, "does not hold every end");
        }
        return true;
    }

    outcomes ends_;
    std::array<std::int64_t, end_fields> first_lead_fields_{};
};

}  // namespace

status check_tables(const counted& shape, const std::vector<count_table>& tables) {
    return table_check{shape, tables}.run();
}

}  // namespace aiueo::detail
