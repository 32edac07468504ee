// study › forecast_renewals: what a renewal leads to: which term, and how much MRR.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/stats/intervals.hpp"

namespace aiueo::detail {

/// No group is left out.
inline constexpr std::size_t every_group = evidence_groups;

/// A number of each group; the last is of all together.
struct grouped_number {
    std::array<double, evidence_groups + 1> by_group{};

    void add(std::size_t group, double n) noexcept {
        by_group[group] += n;
        by_group[every_group] += n;
    }
    [[nodiscard]] double without(std::size_t group) const noexcept {
        return by_group[every_group] - (group == every_group ? 0.0 : by_group[group]);
    }
    [[nodiscard]] double total() const noexcept { return by_group[every_group]; }
};

/// Fewest renewals whose MRR is known before a tenure of a band of terms, or the band, has a ratio
/// of its own.
inline constexpr double least_for_growth = 30;

/// MRR grows by tenure, and otherwise where the term becomes another one: classes of a band.
inline constexpr std::size_t other_term = tenure_bands;
inline constexpr std::size_t growth_classes = tenure_bands + 1;

/// Whose renewals tell a class's growth: of one class (itself, else the nearest tenure, younger
/// before older, of the same band), of its band, or of all.
struct growth_source {
    enum class kind : std::uint8_t { one_class, band, all };
    kind what = kind::all;
    std::size_t index = 0;  ///< of the class, or of any class of the band

    [[nodiscard]] bool has(std::size_t of_class) const noexcept {
        switch (what) {
        case kind::one_class: return of_class == index;
        case kind::band: return of_class / growth_classes == index / growth_classes;
        case kind::all: return true;
        }
        return true;
    }
};

/// Renewals up to a month. Where no later contract is known, the term is taken to stay.
struct renewal_sums {
    std::size_t bands = 1;
    /// [place][band][tenure]: what follows is known; is another term.
    std::vector<grouped_number> told, changed;
    std::vector<std::map<std::int32_t, grouped_number>> next;  ///< by band: what it is then
    std::vector<grouped_number> base, after;                   ///< [band][growth class]
    std::vector<double> grown;                                 ///< how many
    /// Of months, levels and groups: Σ after², Σ after × base, Σ base², Σ base² ÷ renewals.
    std::vector<std::array<double, 4>> squares;

    /// Calls visit(class) for each class of a source.
    template <class Visit>
    void each(const growth_source& of, Visit visit) const {
        for (std::size_t k = 0; k < grown.size(); ++k) {
            if (of.has(k)) visit(k);
        }
    }

    /// Of the same band, nearest first; a change of terms has no other like it.
    [[nodiscard]] growth_source source_of(std::size_t of_class) const {
        using kind = growth_source::kind;
        const std::size_t band = of_class / growth_classes, at = of_class % growth_classes;
        const auto enough = [&](std::size_t k) {
            return grown[band * growth_classes + k] >= least_for_growth;
        };
        const auto one = [&](std::size_t k) {
            return growth_source{kind::one_class, band * growth_classes + k};
        };
        if (enough(at)) return one(at);
        if (at != other_term) {
            for (std::size_t k = at; k-- > 0;) {
                if (enough(k)) return one(k);
            }
            for (std::size_t k = at + 1; k < tenure_bands; ++k) {
                if (enough(k)) return one(k);
            }
        }
        double of_band = 0;
        each({kind::band, of_class}, [&](std::size_t k) { of_band += grown[k]; });
        return {of_band >= least_for_growth ? kind::band : kind::all, of_class};
    }
};

/// Everything known at the close of `origin`, a calendar month.
[[nodiscard]] inline renewal_sums renewals_until(const evidence& of, std::int32_t origin) {
    const revenue_shape& shape = of.shape().revenue();
    const std::size_t places = shape.levels + 1;
    renewal_sums out;
    out.bands = shape.term_bands;
    out.told.resize(places * out.bands * tenure_bands);
    out.changed.resize(out.told.size());
    out.next.resize(out.bands);
    const std::size_t classes = out.bands * growth_classes;
    out.base.resize(classes);
    out.after.resize(classes);
    out.grown.resize(classes);
    out.squares.resize(classes);
    for (const auto& each : of.table(table_id::renewals).blocks()) {
        const count_key& key = each.first;
        const count_table::block& block = each.second;
        if (key[0] > origin) break;
        const std::int32_t next = key[1];
        const bool changes = next > as_long_as_before;
        for (std::size_t cell = 0; cell < block.size(); cell += renewal_fields) {
            const auto field = [&block, cell](renewal_field which) {
                return static_cast<double>(block[cell + static_cast<std::size_t>(which)]);
            };
            const double kept = field(renewal_field::kept);
            if (kept == 0) continue;
            std::size_t rest = cell / renewal_fields;
            const std::size_t g = rest % evidence_groups;
            rest /= evidence_groups;
            const std::size_t tenure = rest % tenure_bands;
            const std::size_t band = rest / tenure_bands % out.bands;
            if (next != no_next_term) out.told[rest].add(g, kept);
            if (changes) {
                out.changed[rest].add(g, kept);
                out.next[band][next].add(g, kept);
            }
            const double n = field(renewal_field::followed), base = field(renewal_field::before),
                         after = field(renewal_field::after);
            if (!(base > 0)) continue;
            const std::size_t of_class = band * growth_classes + (changes ? other_term : tenure);
            out.base[of_class].add(g, base);
            out.after[of_class].add(g, after);
            out.grown[of_class] += n;
            auto& squares = out.squares[of_class];
            squares[0] += after * after;
            squares[1] += after * base;
            squares[2] += base * base;
            squares[3] += base * base / n;
        }
    }
    return out;
}

/// What the forecast multiplies at a renewal.
struct renewal_rates {
    std::vector<double> changes;  ///< [place][band][tenure]: the share that gets another term
    std::vector<std::vector<std::pair<std::int32_t, double>>> next;  ///< by band: months and share
    std::vector<double> growth;  ///< [band][growth class]; undefined: nothing is known of it
    std::vector<growth_source> growth_from;

    [[nodiscard]] static std::size_t class_of(std::size_t band, std::int32_t tenure) noexcept {
        return band * growth_classes + tenure_band(tenure);
    }
    [[nodiscard]] static std::size_t class_of_change(std::size_t band) noexcept {
        return band * growth_classes + other_term;
    }
    /// Is a class's growth that of its own renewals?
    [[nodiscard]] bool own_growth(std::size_t of_class) const noexcept {
        const growth_source& from = growth_from[of_class];
        return from.what == growth_source::kind::one_class && from.index == of_class;
    }
    [[nodiscard]] bool knows_growth() const noexcept {
        return !growth.empty() && growth.front() == growth.front();
    }
    /// 1 where nothing is known.
    [[nodiscard]] double growth_at(std::size_t of_class) const noexcept {
        return growth[of_class] == growth[of_class] ? growth[of_class] : 1.0;
    }
};

/// All but group `without`. A level's share is drawn toward that of all levels, of the same terms
/// and tenure; this one toward that of the next younger tenure, since customers settle; and that of
/// the youngest toward that of the same terms.
[[nodiscard]] inline renewal_rates renewal_rates_of(const renewal_sums& from, double shrinkage,
                                                    std::size_t without) {
    renewal_rates out;
    const std::size_t classes = from.bands * tenure_bands;
    std::vector<double> told(from.bands), changed(from.bands);
    std::vector<double> told_of_class(classes), changed_of_class(classes);
    for (std::size_t c = 0; c < from.told.size(); ++c) {
        const double n = from.told[c].without(without), x = from.changed[c].without(without);
        told_of_class[c % classes] += n;
        changed_of_class[c % classes] += x;
        told[c % classes / tenure_bands] += n;
        changed[c % classes / tenure_bands] += x;
    }
    const auto drawn = [shrinkage](double x, double n, double toward) {
        return n + shrinkage > 0 ? (x + shrinkage * toward) / (n + shrinkage) : toward;
    };
    std::vector<double> usual(classes);
    for (std::size_t c = 0; c < classes; ++c) {
        const std::size_t b = c / tenure_bands;
        const double younger = c % tenure_bands > 0 ? usual[c - 1]
                               : told[b] > 0        ? changed[b] / told[b]
                                                    : 0.0;
        usual[c] = drawn(changed_of_class[c], told_of_class[c], younger);
    }
    for (std::size_t c = 0; c < from.told.size(); ++c) {
        out.changes.push_back(drawn(from.changed[c].without(without), from.told[c].without(without),
                                    usual[c % classes]));
    }
    for (std::size_t b = 0; b < from.bands; ++b) {
        out.next.emplace_back();
        for (const auto& [months, n] : from.next[b]) {
            const double share = n.without(without);
            if (share > 0) out.next.back().emplace_back(months, share / changed[b]);
        }
    }
    for (std::size_t k = 0; k < from.grown.size(); ++k) {
        const growth_source source = from.source_of(k);
        double base = 0, after = 0;
        from.each(source, [&](std::size_t c) {
            base += from.base[c].without(without);
            after += from.after[c].without(without);
        });
        out.growth.push_back(base > 0 ? after / base : undefined);
        out.growth_from.push_back(source);
    }
    return out;
}

/// Variance of a single renewal's ratio after ÷ before around its class's, by the method of
/// moments: Σ (after − ratio × before)² over months, levels and groups ÷ Σ before² ÷ renewals.
/// Where such a cell holds several contracts of different size this is rather too large.
[[nodiscard]] inline double growth_variance(const renewal_sums& from, const renewal_rates& rates,
                                            std::size_t of_class) noexcept {
    double above = 0, below = 0;
    const double g = rates.growth[of_class];
    from.each(rates.growth_from[of_class], [&](std::size_t c) {
        const auto& s = from.squares[c];
        above += s[0] - 2 * g * s[1] + g * g * s[2];
        below += s[3];
    });
    return below > 0 ? std::max(0.0, above / below) : 0.0;
}

}  // namespace aiueo::detail
