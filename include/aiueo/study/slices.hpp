// study › slices: parts of evidence as the statistics want them. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/stats/intervals.hpp"
#include "aiueo/stats/jackknife.hpp"
#include "aiueo/study/finding.hpp"
#include "aiueo/study/shown_money.hpp"

namespace aiueo {

/// Sums over contract ends; money in minor units.
struct end_sums {
    std::array<std::int64_t, end_fields> by_field{};

    [[nodiscard]] std::int64_t operator[](end_field of) const noexcept {
        return by_field[static_cast<std::size_t>(of)];
    }
    void add(const std::int64_t* cell) noexcept {
        for (std::size_t k = 0; k < end_fields; ++k) by_field[k] += cell[k];
    }
};

/// The same for each group of customers.
using grouped_ends = std::array<end_sums, evidence_groups>;

/// Which ends. Months are calendar months of the end, 12 × year + month − 1.
struct end_filter {
    contract_kind kind = contract_kind::contract;
    std::int32_t lead = 0;                 ///< index into the model's leads
    std::optional<std::size_t> term_band;  ///< nothing: all terms
    std::int32_t first_month = std::numeric_limits<std::int32_t>::min();
    std::int32_t last_month = std::numeric_limits<std::int32_t>::max();
};

/// Counts of the outcomes lost and kept by bin, as score_bins each; the last is unknown.
struct outcome_histogram {
    std::array<std::int64_t, score_bins> lost{};
    std::array<std::int64_t, score_bins> kept{};
};

/// Reads evidence; holds nothing of its own.
class slices {
public:
    explicit slices(const evidence& of) : evidence_(of), shape_(of.shape()) {}

    [[nodiscard]] const counted& shape() const noexcept { return shape_; }
    [[nodiscard]] const evidence& source() const noexcept { return evidence_; }

    /// Kinds of which an end was observed at this lead.
    [[nodiscard]] bool has(contract_kind kind, std::int32_t lead) const noexcept {
        return customers(kind, lead) > 0;
    }

    /// Customers with an observed end.
    [[nodiscard]] std::int64_t customers(contract_kind kind, std::int32_t lead) const noexcept {
        std::int64_t sum = 0;
        for (const std::int64_t one :
             evidence_.table(table_id::customers).find({static_cast<std::int32_t>(kind), lead}))
            sum += one;
        return sum;
    }

    /// Does each customer count once? Then intervals of independent trials hold.
    [[nodiscard]] bool each_once(contract_kind kind, std::int32_t lead) const {
        return total(ends({kind, lead, {}}, 0))[end_field::ends] == customers(kind, lead);
    }

    /// Ends of a level (0: everybody; else level_variable::first + its position) by group.
    [[nodiscard]] grouped_ends ends(const end_filter& which, std::size_t level) const {
        grouped_ends out{};
        for (const auto& [key, block] : evidence_.table(table_id::ends).blocks()) {
            if (key[0] != static_cast<std::int32_t>(which.kind) || key[1] != which.lead ||
                key[2] < which.first_month || key[2] > which.last_month)
                continue;
            add_ends(block.data(), which.term_band, level, out);
        }
        return out;
    }

    /// The same within a level of a segment, at the first lead; −1 = the level is not known.
    [[nodiscard]] grouped_ends ends_of_segment(std::size_t segment, std::int32_t name,
                                               const end_filter& which, std::size_t level) const {
        grouped_ends out{};
        const auto block = evidence_.tables()[counted::ends_of_segment(segment)].find(
            {static_cast<std::int32_t>(which.kind), name});
        if (!block.empty()) add_ends(block.data(), which.term_band, level, out);
        return out;
    }

    /// Levels of a segment that have been met, in the order a reader expects: of a number by its
    /// edges, of a category by name; −1, not known, last.
    struct segment_level {
        std::int32_t id = -1;
        std::string name;  ///< empty: not known
    };
    [[nodiscard]] std::vector<segment_level> segment_levels(std::size_t segment) const {
        const count_table& table = evidence_.tables()[counted::ends_of_segment(segment)];
        const std::vector<double>& edges = shape_.model().segments[segment].edges;
        std::vector<segment_level> out;
        const auto add = [&](const std::string& name) {
            if (const std::int32_t id = table.find_name(name); id >= 0) out.push_back({id, name});
        };
        if (edges.empty()) {
            std::vector<std::string> names = table.names();
            std::sort(names.begin(), names.end());
            for (const std::string& name : names) add(name);
        } else {
            for (std::size_t band = 0; band <= edges.size(); ++band)
                add(edge_level_name(edges, band));
        }
        for (const auto& [key, block] : table.blocks()) {
            if (key[1] != -1) continue;
            out.push_back({-1, {}});
            break;
        }
        return out;
    }

    /// A variable's histograms by group.
    [[nodiscard]] std::array<outcome_histogram, evidence_groups> scores(
        contract_kind kind, std::int32_t lead, std::size_t variable) const {
        std::array<outcome_histogram, evidence_groups> out{};
        for (std::int32_t g = 0; g < evidence_groups; ++g) {
            const auto block =
                evidence_.table(table_id::scores).find({static_cast<std::int32_t>(kind), lead, g});
            if (block.empty()) continue;
            outcome_histogram& to = out[static_cast<std::size_t>(g)];
            for (std::size_t bin = 0; bin < score_bins; ++bin) {
                to.lost[bin] = block[counted::score_cell(variable, false, bin)];
                to.kept[bin] = block[counted::score_cell(variable, true, bin)];
            }
        }
        return out;
    }

    /// The same in a level of a segment, pooled, at the first lead.
    [[nodiscard]] outcome_histogram scores_of_segment(std::size_t segment, std::int32_t name,
                                                      contract_kind kind,
                                                      std::size_t variable) const {
        outcome_histogram out;
        const auto block = evidence_.tables()[counted::scores_of_segment(segment)].find(
            {static_cast<std::int32_t>(kind), name});
        for (std::size_t bin = 0; bin < score_bins && !block.empty(); ++bin) {
            out.lost[bin] = block[counted::score_cell(variable, false, bin)];
            out.kept[bin] = block[counted::score_cell(variable, true, bin)];
        }
        return out;
    }

    [[nodiscard]] static end_sums total(const grouped_ends& of) noexcept {
        end_sums out;
        for (const end_sums& one : of) out.add(one.by_field.data());
        return out;
    }

    /// Adds one block of a table of ends.
    void add_block(const count_table::block& block, std::optional<std::size_t> term_band,
                   std::size_t level, grouped_ends& to) const noexcept {
        add_ends(block.data(), term_band, level, to);
    }

private:
    void add_ends(const std::int64_t* block, std::optional<std::size_t> term_band,
                  std::size_t level, grouped_ends& to) const noexcept {
        for (std::size_t band = 0; band < shape_.term_bands(); ++band) {
            if (term_band && *term_band != band) continue;
            for (std::size_t g = 0; g < to.size(); ++g)
                to[g].add(block + shape_.end_cell(level, band, g));
        }
    }

    const evidence& evidence_;
    const counted& shape_;
};

/// Σ a ÷ Σ b over the groups, and without each of them.
struct grouped_ratio {
    double value = undefined;
    std::array<double, evidence_groups> without{};
    std::array<std::int64_t, evidence_groups> rows{};
    std::int64_t n = 0;  ///< Σ rows
};

[[nodiscard]] inline grouped_ratio ratio_of(const grouped_ends& ends, end_field a, end_field b,
                                            end_field counts) noexcept {
    grouped_ratio out;
    int128 above = 0, below = 0;
    for (const end_sums& one : ends) {
        above += one[a];
        below += one[b];
    }
    out.value = stats_detail::ratio(above, below);
    for (std::size_t g = 0; g < ends.size(); ++g) {
        out.without[g] = stats_detail::ratio(above - ends[g][a], below - ends[g][b]);
        out.rows[g] = ends[g][counts];
        out.n += out.rows[g];
    }
    return out;
}

/// A share, with the jackknife's interval.
[[nodiscard]] inline figure share_of(const grouped_ends& ends, end_field a, end_field b,
                                     end_field counts) noexcept {
    const grouped_ratio of = ratio_of(ends, a, b, counts);
    return figure_of(jackknife_share(of.value, of.without, of.rows), of.n);
}

/// What a ratio of MRR after ÷ before comes to, from what was kept and how much that grew, which
/// multiply to it. The lower end of its interval is put together, on the log scale, from both: a
/// churn is rare and costs all, so that customers without any would look certain. What no group
/// moves has no error to be seen, not none.
[[nodiscard]] inline figure retained_of(const grouped_ratio& all, const grouped_ratio& kept,
                                        const grouped_ratio& grown) noexcept {
    figure out{all.value, {}, all.n};
    const jackknife_estimate whole = jackknife_positive(all.value, all.without, all.rows);
    if (!(whole.error > 0)) return out;
    out.interval = whole.interval;
    const interval of_kept = jackknife_share(kept.value, kept.without, kept.rows).interval;
    const jackknife_estimate growth = jackknife_positive(grown.value, grown.without, grown.rows);
    // Prices that no group changes add nothing to what the shares that were kept stray.
    const interval of_grown =
        growth.error == 0 ? interval{grown.value, grown.value} : growth.interval;
    const auto log = [](const interval& of) {
        return interval{std::log(of.lower), std::log(of.upper)};
    };
    const interval shrunk = log(of_grown);
    const interval sum = mover_difference(std::log(kept.value), log(of_kept),
                                          -std::log(grown.value), {-shrunk.upper, -shrunk.lower},
                                          -jackknife_together(kept.without, grown.without));
    if (is_defined(sum)) out.interval.lower = std::exp(sum.lower);
    return is_defined(out.interval) ? out : figure{out.value, {}, out.n};
}

/// MRR after ÷ MRR before, with the jackknife's interval: what was kept × what that came to. What
/// was lost pays nothing afterwards, so where some MRR after is not known, the ends of which it is
/// known are too often those that were lost: what was kept is then taken to have come to as much as
/// where that is known, and n is of those. Undefined where it is known of nothing that was kept.
[[nodiscard]] inline figure retained_of(const grouped_ends& ends) noexcept {
    const grouped_ratio kept =
        ratio_of(ends, end_field::due_kept, end_field::due, end_field::priced);
    grouped_ends followed = ends;
    bool all_known = true;
    for (end_sums& one : followed) {
        const std::int64_t lost = one[end_field::due] - one[end_field::due_kept];
        one.by_field[static_cast<std::size_t>(end_field::base)] -= lost;
        all_known = all_known && one[end_field::followed] == one[end_field::priced];
    }
    grouped_ratio grown =
        ratio_of(followed, end_field::after, end_field::base, end_field::followed);
    for (std::size_t g = 0; g < ends.size(); ++g)
        if (followed[g][end_field::base] == 0) grown.rows[g] = 0;
    grouped_ratio all = ratio_of(ends, end_field::after, end_field::base, end_field::followed);
    if (!all_known) {
        all.value = kept.value * grown.value;
        all.rows = kept.rows;
        for (std::size_t g = 0; g < ends.size(); ++g)
            all.without[g] = kept.without[g] * grown.without[g];
    }
    return retained_of(all, kept, grown);
}

/// What retained_of() takes for given, where it does.
inline void caution_unfollowed(const grouped_ends& ends, remarks& told) {
    const end_sums all = slices::total(ends);
    const std::int64_t n = all[end_field::priced] - all[end_field::followed];
    if (n == 0) return;
    const bool one = n == 1;
    const std::string en = "The MRR after " + detail::shown_count(n) +
                           (one ? " renewal" : " renewals") + " is not known: ";
    const std::string ja = "更新後のMRRが不明な契約が" + detail::shown_count(n) + "件あり、";
    if (all[end_field::followed_kept] > 0)
        told.caution(en + "retained MRR takes it to have become what that of the others did.",
                     ja + "維持MRRでは他の更新と同じ割合になったとしています。");
    else
        told.caution(en + "nor is what was retained.", ja + "維持MRRは不明です。");
}

/// The share that was kept: Wilson's interval where each customer counts once, else the
/// jackknife's.
[[nodiscard]] inline figure kept_rate(const grouped_ends& ends, bool each_once) {
    if (!each_once) return share_of(ends, end_field::kept, end_field::ends, end_field::ends);
    const end_sums all = slices::total(ends);
    const std::int64_t n = all[end_field::ends];
    if (n == 0) return {};
    return {static_cast<double>(all[end_field::kept]) / static_cast<double>(n),
            wilson_interval(all[end_field::kept], n), n};
}

}  // namespace aiueo
