// study › renewal: what became of customers at each stage, band and segment.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/trend.hpp"
#include "aiueo/study/slices.hpp"

namespace aiueo {

struct renewal_options {
    std::int32_t lead = 0;  ///< index into the model's leads
    contract_kind kind = contract_kind::contract;
};

/// One row of a table: a level, everybody, or one level within a segment.
struct renewal_row {
    std::string level;
    figure rate;      ///< of the ends
    figure shrunken;  ///< toward its level's rate over all; of segments only
    figure weighted;  ///< Σ MRR before of those kept ÷ Σ MRR before
    figure retained;  ///< Σ MRR after ÷ Σ MRR before: NRR at the end
    std::int64_t kept = 0;
    std::int64_t due = 0;  ///< Σ MRR before, minor units, of the ends whose MRR is known
};

/// A fall of the rate from one level to the next higher one.
struct renewal_fall {
    std::string from;
    std::string to;
    figure difference;  ///< below 0; Newcombe's interval, or the jackknife's
};

/// Levels of a ladder, of the bands, of patterns or profiles, for one term band or for all terms.
struct renewal_table {
    std::string of;                 ///< "stage", "band", …
    std::string terms;              ///< "all", "< 2", "2 – 13", …: months
    std::vector<renewal_row> rows;  ///< everybody first
    bool ordered = false;           ///< levels go from low to high
    /// Over the levels, where ordered: Cochran–Armitage where each customer counts once, else the
    /// slope's t by the jackknife.
    test_result trend;
    std::vector<renewal_fall> falls;
};

/// Levels within one level of a segment.
struct renewal_segment {
    std::string segment;
    std::string level;  ///< empty: not known
    std::vector<renewal_row> rows;
};

struct renewal_finding {
    contract_kind kind = contract_kind::contract;
    std::int32_t lead_days = 0;
    bool each_once = false;  ///< no customer has two ends here
    std::int64_t customers = 0;
    std::int64_t unobserved = 0;  ///< ends × leads without a snapshot in time
    std::int64_t open = 0;        ///< contracts not decided yet
    std::vector<renewal_table> tables;
    std::vector<renewal_segment> segments;
    remarks told;
};

namespace detail {

class renewal_study {
public:
    renewal_study(const evidence& of, const renewal_options& options)
        : from_(of), shape_(of.shape()), options_(options) {}

    [[nodiscard]] renewal_finding run() {
        out_.kind = options_.kind;
        out_.lead_days = shape_.leads()[static_cast<std::size_t>(options_.lead)];
        out_.each_once = from_.each_once(options_.kind, options_.lead);
        out_.customers = from_.customers(options_.kind, options_.lead);
        out_.unobserved = from_.source().count(total::unobserved);
        out_.open = from_.source().count(total::open);
        const std::size_t bands = shape_.term_bands();
        for (const level_variable& one : shape_.level_variables()) {
            if (is_known(one)) variables_.push_back(one);
        }
        if (variables_.empty())
            variables_.push_back({level_variable::kind::profile, 0, "profile", {}, 0});
        for (const level_variable& one : variables_) {
            add_table(one, {}, "all");
            for (std::size_t band = 0; bands > 1 && band < bands; ++band)
                add_table(one, band, term_name(band));
        }
        if (options_.lead == 0) add_segments();
        tell();
        return std::move(out_);
    }

private:
    [[nodiscard]] std::string term_name(std::size_t band) const {
        const std::vector<double>& edges = shape_.model().study.term_bands;
        return edge_level_name(edges, band);
    }

    [[nodiscard]] renewal_row row_of(std::string name, const grouped_ends& ends) const {
        renewal_row out;
        out.level = std::move(name);
        out.rate = kept_rate(ends, out_.each_once);
        out.weighted = share_of(ends, end_field::due_kept, end_field::due, end_field::priced);
        out.retained = retained_of(ends);
        const end_sums all = slices::total(ends);
        out.kept = all[end_field::kept];
        out.due = all[end_field::due];
        return out;
    }

    /// Where nobody gave ranks, a table of them would say nothing.
    [[nodiscard]] bool is_known(const level_variable& one) const {
        if (one.what != level_variable::kind::rank) return true;
        const end_filter which{options_.kind, options_.lead, {}};
        for (std::size_t k = 0; k + 1 < one.levels.size(); ++k) {
            if (slices::total(from_.ends(which, one.first + k))[end_field::ends] > 0) return true;
        }
        return false;
    }

    /// Patterns, steps and profiles have no order, and "unknown" is no level of a scale.
    [[nodiscard]] static std::size_t scale_of(const level_variable& one) noexcept {
        switch (one.what) {
        case level_variable::kind::ladder: return one.levels.size();
        case level_variable::kind::band:
        case level_variable::kind::rank: return one.levels.size() - 1;
        case level_variable::kind::pattern:
        case level_variable::kind::step:
        case level_variable::kind::profile: return 0;
        }
        return 0;
    }

    void add_table(const level_variable& of, std::optional<std::size_t> band, std::string terms) {
        const end_filter which{options_.kind, options_.lead, band};
        renewal_table table;
        table.of = of.name;
        table.terms = std::move(terms);
        table.rows.push_back(row_of("everybody", from_.ends(which, 0)));
        std::vector<grouped_ends> scale;
        for (std::size_t k = 0; k < of.levels.size(); ++k) {
            const grouped_ends ends = from_.ends(which, of.first + k);
            table.rows.push_back(row_of(of.levels[k], ends));
            if (k < scale_of(of)) scale.push_back(ends);
        }
        table.ordered = scale.size() > 1;
        if (table.ordered) add_order(of, scale, table);
        out_.tables.push_back(std::move(table));
    }

    /// Does the rate rise along the scale, and where does it not?
    void add_order(const level_variable& of, const std::vector<grouped_ends>& scale,
                   renewal_table& table) const {
        std::vector<std::int64_t> kept;
        std::vector<std::int64_t> ends;
        for (const grouped_ends& one : scale) {
            const end_sums all = slices::total(one);
            kept.push_back(all[end_field::kept]);
            ends.push_back(all[end_field::ends]);
        }
        table.trend = out_.each_once ? cochran_armitage(kept, ends) : trend_over_groups(scale);
        std::vector<violation> falls(ends.size());
        falls.resize(monotonicity_violations(kept, ends, falls));
        for (const violation& one : falls) {
            figure difference{one.difference, one.interval, ends[one.before] + ends[one.after]};
            if (!out_.each_once) {
                difference.interval =
                    over_groups({scale[one.before], scale[one.after]}, [](const auto& levels) {
                        return rate(levels[1]) - rate(levels[0]);
                    }).interval;
            }
            table.falls.push_back({of.levels[one.before], of.levels[one.after], difference});
        }
    }

    [[nodiscard]] static double rate(const end_sums& of) noexcept {
        return of[end_field::ends] == 0 ? undefined
                                        : static_cast<double>(of[end_field::kept]) /
                                              static_cast<double>(of[end_field::ends]);
    }

    /// A figure of some levels' sums, and of the same without each group of customers.
    template <class F>
    [[nodiscard]] static jackknife_estimate over_groups(const std::vector<grouped_ends>& levels,
                                                        F figure_of_levels) {
        std::vector<end_sums> all;
        for (const grouped_ends& one : levels) all.push_back(slices::total(one));
        std::array<double, evidence_groups> without{};
        std::array<std::int64_t, evidence_groups> rows{};
        for (std::size_t g = 0; g < without.size(); ++g) {
            std::vector<end_sums> others = all;
            for (std::size_t k = 0; k < levels.size(); ++k) {
                rows[g] += levels[k][g][end_field::ends];
                for (std::size_t f = 0; f < end_fields; ++f)
                    others[k].by_field[f] -= levels[k][g].by_field[f];
            }
            without[g] = figure_of_levels(others);
        }
        return jackknife(figure_of_levels(all), without, rows);
    }

    /// The rate's slope over the scale by least squares, its error by the jackknife: t and p with
    /// one degree of freedom less than there are groups.
    [[nodiscard]] static test_result trend_over_groups(const std::vector<grouped_ends>& scale) {
        const jackknife_estimate slope = over_groups(scale, [](const auto& levels) {
            int128 n = 0, sn = 0, ssn = 0, x = 0, sx = 0;
            for (std::size_t k = 0; k < levels.size(); ++k) {
                const int128 ends = levels[k][end_field::ends];
                const int128 kept = levels[k][end_field::kept];
                const auto at = static_cast<int128>(k);
                n += ends;
                sn += at * ends;
                ssn += at * at * ends;
                x += kept;
                sx += at * kept;
            }
            return stats_detail::ratio(n * sx - sn * x, n * ssn - sn * sn);
        });
        test_result out;
        out.degrees = slope.groups - 1;
        if (!(slope.error > 0)) return {};
        out.statistic = slope.value / slope.error;
        out.p = t_two_sided(out.statistic, static_cast<double>(out.degrees));
        return out;
    }

    void add_segments() {
        const level_variable& of = variables_.front();
        const end_filter which{options_.kind, 0, {}};
        const double weight = shape_.model().study.shrinkage;
        for (std::size_t s = 0; s < shape_.model().segments.size(); ++s) {
            for (const slices::segment_level& level : from_.segment_levels(s)) {
                renewal_segment segment{shape_.model().segments[s].metric, level.name, {}};
                const auto add = [&](const std::string& name, std::size_t cell) {
                    renewal_row row = row_of(name, from_.ends_of_segment(s, level.id, which, cell));
                    const figure toward = kept_rate(from_.ends(which, cell), out_.each_once);
                    row.shrunken = figure_of(
                        shrunken_rate(row.kept, row.rate.n, toward.value, weight), row.rate.n);
                    segment.rows.push_back(std::move(row));
                };
                add("everybody", 0);
                for (std::size_t k = 0; k < of.levels.size(); ++k) add(of.levels[k], of.first + k);
                if (segment.rows.front().rate.n > 0) out_.segments.push_back(std::move(segment));
            }
        }
    }

    // ── words ────────────────────────────────────────────────────────────────

    void tell() {
        const bool trial = options_.kind == contract_kind::trial;
        if (out_.tables.front().rows.front().rate.n == 0) {
            out_.told.sentence = {"この条件で観測できた契約終了はなく、更新率は不明です。",
                                  "No contract end was observed this way; the rate is unknown."};
            add_cautions();
            return;
        }
        const renewal_table& first = out_.tables.front();
        const figure& all = first.rows.front().rate;
        const std::string days = std::to_string(out_.lead_days);
        std::string en = "Of " + std::to_string(all.n) +
                         (trial ? " trials that ended, " : " contracts that ended, ") +
                         shown_share(all, language::en) + (trial ? " converted" : " renewed");
        std::string ja = "終了した" + std::string{trial ? "トライアル" : "契約"} +
                         std::to_string(all.n) + "件のうち、" + shown_share(all, language::ja) +
                         (trial ? "が本契約に進みました" : "が更新しました");
        const std::size_t levels = first.ordered ? scale_of(variables_.front()) : std::size_t{0};
        const renewal_row* low = nullptr;
        const renewal_row* high = nullptr;
        for (std::size_t k = 1; k <= levels; ++k) {
            if (first.rows[k].rate.n == 0) continue;
            if (low == nullptr) low = &first.rows[k];
            high = &first.rows[k];
        }
        if (first.ordered && low != high) {
            en += "; seen " + days + " days before, from " + shown_share(low->rate, language::en) +
                  " of those at " + low->level + " to " + shown_share(high->rate, language::en) +
                  " at " + high->level;
            ja += "。" + days + "日前の段階別では、" + low->level + "で" +
                  shown_share(low->rate, language::ja) + "、" + high->level + "で" +
                  shown_share(high->rate, language::ja) + "です";
        }
        out_.told.sentence = {ja + "。", en + "."};
        add_cautions();
    }

    void add_cautions() {
        out_.told.caution(
            "That customers at a higher level renew more often does not say that lifting a customer "
            "to that level makes it renew.",
            "上の段階の顧客ほど更新していても、段階を上げれば更新するとは限りません。");
        if (out_.unobserved > 0) {
            out_.told.caution(
                "Over all leads and kinds, " + std::to_string(out_.unobserved) +
                    " looks at a contract end found no snapshot in time; they are in no rate.",
                "全ての観測時点と種別を合わせて" + std::to_string(out_.unobserved) +
                    "件の契約終了は、期間内のスナップショットがなく、どの率にも含まれていません。");
        }
        if (out_.open > 0) {
            out_.told.caution("Contracts and trials still open: " + std::to_string(out_.open) +
                                  "; they count neither as kept nor as lost.",
                              "継続中の契約とトライアル" + std::to_string(out_.open) +
                                  "件は、更新にも解約にも数えていません。");
        }
        caution_unfollowed(from_.ends({options_.kind, options_.lead, {}}, 0), out_.told);
        for (const renewal_fall& one : out_.tables.front().falls) {
            if (!(one.difference.interval.upper < 0)) continue;
            out_.told.caution(
                "Customers at " + one.to + " renewed less often than those at " + one.from +
                    ": the order of the levels is in doubt.",
                one.to + "の顧客の更新率は" + one.from + "より低く、段階の順序に疑問があります。");
        }
    }

    slices from_;
    const counted& shape_;
    renewal_options options_;
    std::vector<level_variable> variables_;  ///< those that are shown
    renewal_finding out_;
};

inline void write(json_writer& out, const test_result& one) {
    out.begin_object().member("statistic", one.statistic).member("p", one.p).end_object();
}

inline void write(json_writer& out, const renewal_row& one, bool in_segment) {
    out.begin_object().member("level", one.level).member("kept", one.kept);
    write(out, "rate", one.rate);
    if (in_segment) {
        write(out, "shrunken", one.shrunken);
    }
    write(out, "weighted", one.weighted);
    write(out, "retained", one.retained);
    out.member("due_minor_units", one.due).end_object();
}

inline void write(json_writer& out, const std::vector<renewal_fall>& falls) {
    out.key("falls").begin_array();
    for (const renewal_fall& one : falls) {
        out.begin_object().member("from", one.from).member("to", one.to);
        write(out, "difference", one.difference);
        out.end_object();
    }
    out.end_array();
}

inline void write(json_writer& out, const renewal_table& one) {
    out.begin_object()
        .member("of", one.of)
        .member("terms", one.terms)
        .member("ordered", one.ordered);
    out.key("rows").begin_array();
    for (const renewal_row& row : one.rows) write(out, row, false);
    out.end_array();
    if (one.ordered) {
        out.key("trend");
        write(out, one.trend);
        write(out, one.falls);
    }
    out.end_object();
}

}  // namespace detail

/// Renewal (or, of trials, conversion) by stage, band, pattern, profile, the members' rank and
/// segment, by term.
/// Rates: Wilson's interval where each customer counts once, else the jackknife's
/// (docs/evidence.md); shrunken rates in segments; Cochran–Armitage over ordered levels.
/// `options.lead` is an index into the model's leads; segments carry the first lead only.
[[nodiscard]] inline renewal_finding study_renewal(const evidence& of,
                                                   const renewal_options& options = {}) {
    return detail::renewal_study{of, options}.run();
}

/// By schema/findings/renewal.schema.json.
inline void write_json(json_writer& out, const renewal_finding& found) {
    out.begin_object().member("study", "renewal").member("kind", name_of(found.kind));
    out.member("lead_days", found.lead_days)
        .member("customers", found.customers)
        .member("each_once", found.each_once)
        .member("unobserved", found.unobserved)
        .member("open", found.open);
    detail::write(out, found.told);
    out.key("tables").begin_array();
    for (const renewal_table& one : found.tables) detail::write(out, one);
    out.end_array();
    out.key("segments").begin_array();
    for (const renewal_segment& one : found.segments) {
        out.begin_object().member("segment", one.segment).key("level");
        if (one.level.empty()) {
            out.null();
        } else {
            out.string(one.level);
        }
        out.key("rows").begin_array();
        for (const renewal_row& row : one.rows) detail::write(out, row, true);
        out.end_array().end_object();
    }
    out.end_array().end_object();
}

}  // namespace aiueo
