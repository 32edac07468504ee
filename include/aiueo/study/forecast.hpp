// study › forecast: how many contracts will be renewed, month by month. … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/evidence/mrr_months.hpp"
#include "aiueo/study/forecast_json.hpp"  // IWYU pragma: export
#include "aiueo/study/forecast_past.hpp"
#include "aiueo/study/forecast_words.hpp"
#include "aiueo/study/slices.hpp"

namespace aiueo {

/// Customers of a level that could be at another one before a month.
struct forecast_change {
    std::string from, to;        ///< levels by name
    std::int64_t customers = 0;  ///< of those at `from` at the origin
    std::int32_t before = 0;     ///< calendar month, 12 × year + month − 1
};

struct forecast_options {
    std::optional<std::int32_t> origin;  ///< calendar month; else the last whose close is seen
    std::vector<forecast_change> what_if;
    /// An earlier finding, to be compared with what came: its origin, data_until, model and months.
    std::optional<forecast_finding> saved;
};

namespace detail {

/// The month as a number; nothing for text that is none.
[[nodiscard]] inline std::optional<std::int32_t> month_number(const std::string& name) {
    const std::optional<std::int32_t> day = parse_date(name + "-01");
    return day ? std::optional{month_of(*day)} : std::nullopt;
}

class forecast_study {
public:
    forecast_study(const evidence& of, const forecast_options& options)
        : evidence_(of), shape_(of.shape()), options_(options) {
        const level_variable* levels = shape_.revenue_levels();
        if (levels != nullptr) names_ = levels->levels;
        names_.emplace_back();  // without a snapshot, or all where there are no levels
    }

    [[nodiscard]] result<forecast_finding> run() {
        const aiueo::model& subject = shape_.model();
        out_.model = shape_.fingerprint();
        out_.currency = subject.currency;
        out_.minor_digits = subject.minor_digits;
        out_.horizon_months = subject.study.horizon_months;
        out_.shrinkage = subject.study.shrinkage;
        out_.overdue = evidence_.count(total::overdue);
        if (shape_.revenue_levels() != nullptr) out_.levels = shape_.revenue_levels()->name;
        const auto& known = evidence_.table(table_id::known_until).blocks();
        if (known.empty()) return without("no_data_until");
        const std::int32_t until = known.rbegin()->first[0] + min_text_day;
        out_.data_until = format_date(until);
        last_ = last_closed_month(until);
        origin_ = options_.origin.value_or(last_);
        if (status ok = check(); !ok) return std::move(ok).error();
        out_.origin = month_name(origin_);
        // Prices are counted of the contracts in force now.
        forecast_origin at{evidence_, origin_, origin_ == last_};
        add_known(at);
        add_decided_ahead();
        add_unfollowed();
        if (at.due().empty()) {
            out_.why = "nothing_due";
        } else if (!at.knows()) {
            out_.why = "no_decisions";
            add_due_only(at);
        } else {
            at.expect();
            out_.together = period(at, 0);
            for (std::int32_t k = 1; k <= at.horizon(); ++k)
                out_.months.push_back(period(at, static_cast<std::size_t>(k)));
            for (const forecast_change& one : options_.what_if) add_what_if(at, one);
        }
        out_.trends = trends_of(evidence_, origin_, names_, at.months());
        out_.backtest = forecast_trials{evidence_, last_}.run();
        if (options_.saved) compare(*options_.saved);
        tell_forecast(out_);
        return std::move(out_);
    }

private:
    [[nodiscard]] forecast_finding without(std::string why) {
        out_.why = std::move(why);
        tell_forecast(out_);
        return std::move(out_);
    }

    [[nodiscard]] status check() const {
        const auto refuse = [](std::string what) {
            return make_error(errc::invalid_argument, std::move(what));
        };
        if (origin_ > last_) {
            return refuse("the last month whose close is seen is " + month_name(last_) +
                          "; option \"origin\" is " + month_name(origin_));
        }
        for (const forecast_change& one : options_.what_if) {
            for (const std::string* level : {&one.from, &one.to}) {
                if (place_of(*level)) continue;
                return make_error(errc::not_found, aiueo::quoted(*level) + " is not a level" +
                                                       did_you_mean(*level, names_));
            }
            if (one.from == one.to) return refuse("\"from\" and \"to\" are the same level");
            if (one.before <= origin_ || one.before > origin_ + out_.horizon_months) {
                return refuse("\"before\" is a month from " + month_name(origin_ + 1) + " to " +
                              month_name(origin_ + out_.horizon_months));
            }
            const std::int64_t there = customers_at(*place_of(one.from));
            if (one.customers < 1 || one.customers > there) {
                return refuse("at the close of " + month_name(origin_) + " " +
                              std::to_string(there) + " customers are at " +
                              aiueo::quoted(one.from) +
                              "; \"customers\" is at least 1 and at most that");
            }
        }
        if (!options_.saved) return {};
        const std::optional<std::int32_t> origin = month_number(options_.saved->origin);
        if (!origin) return refuse("the saved finding has no forecast: its \"origin\" is no month");
        if (*origin > last_) {
            return refuse("the saved forecast is as of " + options_.saved->origin +
                          ", later than what is known now: " + month_name(last_));
        }
        return {};
    }

    /// A level by its name.
    [[nodiscard]] std::optional<std::size_t> place_of(const std::string& name) const {
        for (std::size_t l = 0; l + 1 < names_.size(); ++l) {
            if (names_[l] == name) return l;
        }
        return std::nullopt;
    }

    [[nodiscard]] std::int64_t customers_at(std::size_t place) const {
        const revenue_shape& shape = shape_.revenue();
        const auto block = evidence_.table(table_id::moves).find({origin_});
        std::int64_t sum = 0;
        for (std::size_t from = 0; from < shape.places() && !block.empty(); ++from) {
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g)
                sum += block[shape.move_cell(from, place, g)];
        }
        return sum;
    }

    [[nodiscard]] std::string terms(std::size_t band) const {
        const std::vector<double>& edges = shape_.model().study.term_bands;
        return edges.empty() ? "all" : edge_level_name(edges, band);
    }

    // ── what is known ────────────────────────────────────────────────────────

    /// At the lead that saw most of them.
    void add_decided_ahead() {
        if (origin_ != last_) return;
        const slices from{evidence_};
        for (std::size_t k = 0; k < shape_.model().study.leads.size(); ++k) {
            end_filter later;
            later.lead = static_cast<std::int32_t>(k);
            later.first_month = origin_ + 1;
            out_.decided_ahead =
                std::max(out_.decided_ahead, slices::total(from.ends(later, 0))[end_field::ends]);
        }
    }

    /// Renewals of late, and those of them whose next contract is not among the rows.
    void add_unfollowed() {
        const auto& blocks = evidence_.table(table_id::renewals).blocks();
        const auto first = blocks.upper_bound({origin_ - out_.horizon_months, longest_term});
        for (auto at = first; at != blocks.end() && at->first[0] <= origin_; ++at) {
            for (std::size_t cell = 0; cell < at->second.size(); cell += renewal_fields) {
                const std::int64_t kept =
                    at->second[cell + static_cast<std::size_t>(renewal_field::kept)];
                out_.renewed += kept;
                if (at->first[1] == no_next_term) out_.unfollowed += kept;
            }
        }
    }

    void add_known(const forecast_origin& at) {
        const forecast_sums& sums = at.sums();
        out_.decisions = static_cast<std::int64_t>(sums.decisions());
        out_.decision_months = static_cast<std::int64_t>(sums.ends_by_month.size());
        if (at.months().variance == at.months().variance)
            out_.month_effect = std::sqrt(at.months().variance);
        out_.month_effect_months = at.months().months;
        if (!at.knows()) return;
        const forecast_rates& rates = at.rates();
        for (std::size_t l = 0; l < rates.places; ++l) {
            for (std::size_t b = 0; b < rates.bands; ++b) {
                forecast_rate one;
                one.level = names_[l];
                one.terms = terms(b);
                const std::size_t c = sums.cell(l, b);
                one.borrowed = rates.decided[l] == 0;
                one.rate.value = rates.cells[c];
                one.rate.n = static_cast<std::int64_t>(sums.ends[c].total());
                if (!one.borrowed) {
                    const auto kept = static_cast<std::int64_t>(sums.kept[c].total());
                    one.rate.interval =
                        shrunken_rate(kept, one.rate.n, rates.level[l], at.shrinkage()).interval;
                }
                out_.rates.push_back(std::move(one));
            }
        }
        add_moves(sums, rates);
        add_renewals(at);
    }

    /// What follows a renewal: the term, and how much MRR.
    void add_renewals(const forecast_origin& at) {
        const renewal_sums& sums = at.sums().renewals;
        const renewal_rates& rates = at.rates().renewals;
        const std::vector<double> edges(tenure_edges.begin(), tenure_edges.end());
        std::vector<renewal_rates> rest;
        for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g)
            rest.push_back(renewal_rates_of(sums, at.shrinkage(), g));
        std::array<double, evidence_groups> without{};
        std::array<std::int64_t, evidence_groups> rows{};
        for (std::size_t c = 0; c < rates.changes.size(); ++c) {
            if (sums.told[c].total() == 0) continue;
            forecast_change_of_term one;
            one.level = names_[c / tenure_bands / sums.bands];
            one.terms = terms(c / tenure_bands % sums.bands);
            one.tenure = edge_level_name(edges, c % tenure_bands);
            for (std::size_t g = 0; g < rows.size(); ++g) {
                without[g] = rest[g].changes[c];
                rows[g] = static_cast<std::int64_t>(sums.told[c].by_group[g]);
            }
            one.share = figure_of(jackknife_share(rates.changes[c], without, rows),
                                  static_cast<std::int64_t>(sums.told[c].total()));
            out_.term_changes.push_back(std::move(one));
        }
        for (std::size_t b = 0; b < sums.bands; ++b) {
            for (const auto& [months, share] : rates.next[b])
                out_.next_terms.push_back(
                    {terms(b), months, share,
                     static_cast<std::int64_t>(sums.next[b].at(months).total())});
        }
        for (std::size_t c = 0; c < rates.growth.size(); ++c) {
            rows.fill(0);
            sums.each(rates.growth_from[c], [&](std::size_t k) {
                for (std::size_t g = 0; g < rows.size(); ++g)
                    rows[g] += sums.base[k].by_group[g] > 0 ? 1 : 0;
            });
            for (std::size_t g = 0; g < rows.size(); ++g) without[g] = rest[g].growth[c];
            forecast_growth one;
            one.terms = terms(c / growth_classes);
            if (c % growth_classes != other_term)
                one.tenure = edge_level_name(edges, c % growth_classes);
            one.ratio = figure_of(jackknife_positive(rates.growth[c], without, rows),
                                  static_cast<std::int64_t>(sums.grown[c]));
            one.pooled = !rates.own_growth(c);
            out_.growth.push_back(std::move(one));
        }
    }

    /// Between levels, of those who are seen in both months; then who is not seen in the next one.
    void add_moves(const forecast_sums& sums, const forecast_rates& rates) {
        const std::size_t levels = rates.places - 1;
        const auto count = [&](std::size_t from, std::size_t to) {
            return static_cast<std::int64_t>(sums.moves[from * rates.places + to].total());
        };
        for (std::size_t from = 0; from < levels; ++from) {
            std::int64_t seen = 0;
            for (std::size_t to = 0; to < levels; ++to) seen += count(from, to);
            for (std::size_t to = 0; to < levels; ++to)
                out_.moves.push_back(
                    {names_[from], names_[to], rates.seen[from * levels + to], seen});
            out_.moves.push_back({names_[from], {}, rates.hides[from], seen + count(from, levels)});
        }
        std::int64_t hidden = 0;
        for (std::size_t to = 0; to <= levels; ++to) hidden += count(levels, to);
        if (levels > 0) out_.moves.push_back({{}, {}, rates.hides[levels], hidden});
    }

    // ── what is to come ──────────────────────────────────────────────────────

    [[nodiscard]] forecast_period period(const forecast_origin& at, std::size_t k) const {
        const expected_period& expected = at.expected().periods[k];
        const expected_levels& levels = at.expected().levels[k];
        forecast_period out = due_only(at, k);
        out.due = expected.due;
        out.due_mrr = expected.due_mrr;
        const auto find = [&](forecast_quantity what) {
            return forecast_prediction{at, k, what}.find();
        };
        forecast_prediction count{at, k, forecast_quantity::renewed};
        out.renewed = count.find();
        out.distribution = count.distribution();
        const auto q = static_cast<std::size_t>(forecast_quantity::renewed);
        out.variance = {
            count.chance(), at.extra(k)[q][0],
            at.months().variance == at.months().variance ? at.extra(k)[q][1] : undefined};
        out.rate = find(forecast_quantity::rate);
        if (expected.due_mrr > 0) {
            out.kept_mrr = find(forecast_quantity::kept_mrr);
            out.renewed_mrr = find(forecast_quantity::renewed_mrr);
            out.churned_mrr = churned(out, at, k);
        }
        out.levels.clear();
        const std::vector<double> rates = rates_in(levels.due, levels.renewed, at.rates().level);
        const std::vector<double> of_mrr =
            rates_in(levels.due_mrr, levels.kept_mrr, at.rates().level);
        for (std::size_t l = 0; l < names_.size(); ++l)
            out.levels.push_back(
                {names_[l], rates[l], levels.due[l], levels.due_mrr[l], of_mrr[l]});
        return out;
    }

    /// What is due is kept or lost: where it is known how much is due, one tells the other.
    [[nodiscard]] static forecast_amount churned(const forecast_period& of,
                                                 const forecast_origin& at, std::size_t k) {
        forecast_prediction lost{at, k, forecast_quantity::churned_mrr};
        if (!lost.certain_due()) return lost.find();
        forecast_amount out = of.kept_mrr;
        out.mean = of.due_mrr - of.kept_mrr.mean;
        for (interval& one : out.intervals) one = {of.due_mrr - one.upper, of.due_mrr - one.lower};
        return out;
    }

    /// The contracts in force that end in a month, or in any of them.
    [[nodiscard]] forecast_period due_only(const forecast_origin& at, std::size_t k) const {
        forecast_period out;
        if (k > 0) out.month = month_name(origin_ + static_cast<std::int32_t>(k));
        for (const due_group& one : at.due()) {
            if (k > 0 && one.ahead != static_cast<std::int32_t>(k)) continue;
            out.certain += one.contracts;
            out.unpriced += one.contracts - one.priced;
            out.due_mrr += one.mrr;
        }
        out.due = static_cast<double>(out.certain);
        return out;
    }

    void add_due_only(const forecast_origin& at) {
        out_.together = due_only(at, 0);
        for (std::int32_t k = 1; k <= at.horizon(); ++k)
            out_.months.push_back(due_only(at, static_cast<std::size_t>(k)));
    }

    // ── what would be ────────────────────────────────────────────────────────

    /// Renewed, kept MRR and renewed MRR more than without the change; then expected decisions of
    /// those who move.
    [[nodiscard]] static std::array<double, 4> gain(const forecast_course& course,
                                                    const forecast_origin& at,
                                                    const move_up& change, double share) {
        const shifted_rates p{course.rates().p};
        std::vector<due_group> of;
        std::copy_if(at.due().begin(), at.due().end(), std::back_inserter(of),
                     [&](const due_group& one) { return one.place == change.from; });
        const expected_course moved = expected_of(course, of, p, false, change);
        const expected_course usual = expected_of(course, of, p);
        const expected_period &with = moved.periods[0], &without = usual.periods[0];
        std::array<double, 4> out{share * (with.renewed - without.renewed),
                                  share * (with.kept_mrr - without.kept_mrr),
                                  share * (with.renewed_mrr - without.renewed_mrr), 0};
        if (!course.rates().renewals.knows_growth()) out[2] = undefined;
        for (auto k = static_cast<std::size_t>(change.close) + 1; k < moved.periods.size(); ++k)
            out[3] += share * moved.periods[k].due;
        return out;
    }

    void add_what_if(const forecast_origin& at, const forecast_change& asked) {
        forecast_what_if one;
        one.from = asked.from;
        one.to = asked.to;
        one.customers = asked.customers;
        one.before = month_name(asked.before);
        const move_up change{*place_of(asked.from), *place_of(asked.to),
                             asked.before - 1 - origin_};
        one.there = customers_at(change.from);
        const double share = static_cast<double>(asked.customers) / static_cast<double>(one.there);
        const std::array<double, 4> total = gain(at.course(), at, change, share);
        one.contracts = total[3];
        std::array<std::array<double, evidence_groups>, 3> without{};
        for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
            const forecast_rates rates = rates_of(at.sums(), at.shrinkage(), g);
            const forecast_course course{shape_, rates, at.horizon()};
            const std::array<double, 4> rest = gain(course, at, change, share);
            for (std::size_t q = 0; q < without.size(); ++q) without[q][g] = rest[q];
        }
        const std::array<std::int64_t, evidence_groups> rows = at.sums().rows();
        const std::array<figure*, 3> figures{&one.renewed, &one.kept_mrr, &one.renewed_mrr};
        for (std::size_t q = 0; q < figures.size(); ++q)
            *figures[q] = figure_of(jackknife(total[q], without[q], rows), asked.customers);
        out_.what_if.push_back(std::move(one));
    }

    // ── what came of a saved forecast ────────────────────────────────────────

    void compare(const forecast_finding& saved) {
        forecast_compared out;
        out.origin = saved.origin;
        out.data_until = saved.data_until;
        out.same_model = saved.model == out_.model;
        const std::int32_t origin = *month_number(saved.origin);
        out.same_levels = true;
        for (const forecast_period& month : saved.months) {
            bool same = month.levels.size() == names_.size();
            for (std::size_t l = 0; same && l < names_.size(); ++l)
                same = month.levels[l].level == names_[l];
            out.same_levels = out.same_levels && same;
        }
        for (const forecast_period& month : saved.months) {
            const std::optional<std::int32_t> number = month_number(month.month);
            if (!number || *number <= origin) continue;
            forecast_compared_month one;
            one.month = month.month;
            one.forecast = month.renewed.mean;
            one.intervals = month.renewed.intervals;
            one.mrr_forecast = month.kept_mrr.mean;
            one.mrr_intervals = month.kept_mrr.intervals;
            if (*number <= last_) add_came(one, month, origin, *number, out.same_levels);
            out.months.push_back(std::move(one));
        }
        out_.compared = std::move(out);
    }

    void add_came(forecast_compared_month& one, const forecast_period& month, std::int32_t origin,
                  std::int32_t number, bool split) const {
        const came_levels came = came_of(evidence_, origin, number);
        const double kept = came_levels::sum(came.kept);
        const double kept_mrr = came_levels::sum(came.kept_mrr);
        one.came = static_cast<std::int64_t>(kept);
        one.mrr_came = static_cast<std::int64_t>(kept_mrr);
        one.inside = narrowest(one.intervals, kept);
        one.mrr_inside = narrowest(one.mrr_intervals, kept_mrr);
        if (!split) return;
        std::vector<double> due, rate, due_mrr, mrr_rate;
        for (const forecast_level& level : month.levels) {
            due.push_back(level.due);
            rate.push_back(level.rate);
            due_mrr.push_back(level.due_mrr);
            mrr_rate.push_back(level.mrr_rate);
        }
        one.split = split_of(due, rate, came.due, came.kept);
        one.mrr_split = split_of(due_mrr, mrr_rate, came.due_mrr, came.kept_mrr);
    }

    /// The level of the narrowest interval that holds it; 1: none does.
    [[nodiscard]] static double narrowest(
        const std::array<interval, forecast_levels.size()>& intervals, double came) noexcept {
        if (!is_defined(intervals.back())) return undefined;
        for (std::size_t k = 0; k < forecast_levels.size(); ++k) {
            if (came >= intervals[k].lower && came <= intervals[k].upper) return forecast_levels[k];
        }
        return 1;
    }

    const evidence& evidence_;
    const counted& shape_;
    const forecast_options& options_;
    std::vector<std::string> names_;
    std::int32_t last_ = 0, origin_ = 0;
    forecast_finding out_;
};

}  // namespace detail

/// Renewals of the contracts in force, by month of their end, with their MRR (docs/forecast.md).
/// Contracts decide at their ends only, at the level of the close before, with the rate
/// of that level and their term; levels move monthly until then, as those of customers under
/// contract did; what is renewed is due again after its term. Everything is of months up to the
/// origin. The variance is that of chance, of what is estimated (jackknife of the whole forecast)
/// and of months that go better or worse as a whole.
/// Errors: not_found (a level of `what_if`, with a suggestion), invalid_argument (an origin that is
/// not over, a month beyond the horizon, more customers than there are, a saved finding without a
/// forecast).
[[nodiscard]] inline result<forecast_finding> study_forecast(const evidence& of,
                                                             const forecast_options& options = {}) {
    return detail::forecast_study{of, options}.run();
}

}  // namespace aiueo
