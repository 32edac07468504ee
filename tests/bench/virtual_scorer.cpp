#include "virtual_scorer.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace bench {

namespace {

/// To the nearest multiple of 2⁻²⁰, ties to even.
double on_grid(double x) noexcept {
    constexpr double shift = 6442450944.0;
    return (x + shift) - shift;
}

constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Names of model.json in its conditions, as positions in a row.
enum at : std::size_t {
    i_count_a = 2,
    i_level = 4,
    u_amount_b = 7,
    u_count_a = 8,
    e_count_b = 15,
    e_level = 16,
    o_amount_a = 18,
    implementation = column_count,
    utilization,
    engagement,
    outcome,
    overall
};

}  // namespace

struct virtual_scorer::curve_response final : response {
    std::vector<aiueo::knot> knots;
    std::vector<double> slope;  ///< from each knot; 0 at the last
    explicit curve_response(const std::vector<aiueo::knot>& from)
        : knots(from), slope(from.size(), 0.0) {
        for (std::size_t k = 0; k + 1 < knots.size(); ++k) {
            slope[k] = (knots[k + 1].score - knots[k].score) / (knots[k + 1].at - knots[k].at);
        }
    }
    [[nodiscard]] double of(double x) const noexcept override {
        if (x < knots[0].at) return knots[0].score;
        std::size_t j = 0;
        while (j + 1 < knots.size() && x >= knots[j + 1].at) ++j;
        return knots[j].score + (x - knots[j].at) * slope[j];
    }
};

struct virtual_scorer::steps_response final : response {
    std::vector<aiueo::knot> thresholds;
    double below;
    steps_response(const std::vector<aiueo::knot>& from, double under)
        : thresholds(from), below(under) {}
    [[nodiscard]] double of(double x) const noexcept override {
        double out = below;
        for (const aiueo::knot& one : thresholds) {
            if (x < one.at) break;
            out = one.score;
        }
        return out;
    }
};

struct virtual_scorer::flag_response final : response {
    double when_true;
    explicit flag_response(bool invert) : when_true(invert ? 0.0 : 100.0) {}
    [[nodiscard]] double of(double x) const noexcept override {
        return x != 0 ? when_true : 100.0 - when_true;
    }
};

virtual_scorer::virtual_scorer(const aiueo::model& model) {
    using aiueo::missing_policy;
    for (std::size_t k = 0; k < column_count; ++k) {
        const aiueo::metric* one = model.find_metric(column_rules[k].name);
        constexpr double all = std::numeric_limits<double>::max();
        ranges_[k] = {one->min.value_or(-all), one->max.value_or(all)};
    }
    constexpr std::array order{aiueo::axis::implementation, aiueo::axis::utilization,
                               aiueo::axis::engagement, aiueo::axis::outcome};
    for (std::size_t a = 0; a < axes_.size(); ++a) {
        const aiueo::group& from = model.rules.groups[static_cast<std::size_t>(order[a])];
        axis& to = axes_[a];
        to.min_coverage = on_grid(from.min_coverage);
        to.overall_weight = model.rules.overall.weights[static_cast<std::size_t>(order[a])];
        weights_ += to.overall_weight;
        for (const aiueo::component& one : from.components) {
            component made;
            const auto found =
                std::find_if(column_rules.begin(), column_rules.end(),
                             [&](const column_rule& rule) { return one.inputs[0] == rule.name; });
            made.column = static_cast<std::size_t>(found - column_rules.begin());
            made.weight = one.weight;
            if (one.missing != missing_policy::renormalize) made.prior_weight = one.weight;
            if (one.missing == missing_policy::prior) made.prior = one.prior;
            if (one.how == aiueo::response::curve)
                made.how = std::make_unique<curve_response>(one.knots);
            if (one.how == aiueo::response::steps)
                made.how = std::make_unique<steps_response>(one.knots, one.below);
            if (one.how == aiueo::response::flag)
                made.how = std::make_unique<flag_response>(one.invert);
            to.total += one.weight;
            to.components.push_back(std::move(made));
        }
    }
    min_axes_ = static_cast<double>(model.rules.overall.min_axes);
    min_coverage_ = on_grid(model.rules.overall.min_coverage);
    edges_ = model.rules.bands->edges;
    // The ladder of model.json.
    rungs_ = {
        {{{implementation, true, 35}}, {{i_level, true, 1}}, {{i_count_a, true, 2}}},
        {{{utilization, true, 35}}, {{u_count_a, true, 3}}, {{u_amount_b, true, 12.5}}},
        {{{engagement, true, 40}}, {{e_level, true, 3}, {e_count_b, true, 90}}},
        {{{outcome, true, 40}}, {{overall, true, 45}}, {{o_amount_a, false, 800}}},
    };
}

double virtual_scorer::truth(const comparison& one, const values& row) noexcept {
    const double x = row[one.value];
    if (x != x) return nan;
    return (one.at_least ? x >= one.than : x <= one.than) ? 1.0 : 0.0;
}

double virtual_scorer::truth(const rung& one, const values& row) noexcept {
    bool maybe = false;
    for (const clause& any : one) {
        double holds = 0;
        for (const comparison& part : any) {
            const double here = truth(part, row);
            if (here == 1) {
                holds = 1;
                break;
            }
            if (here != here) holds = nan;
        }
        if (holds == 0) return 0;
        maybe = maybe || holds != holds;
    }
    return maybe ? nan : 1.0;
}

void virtual_scorer::score_row(values& row, std::size_t at, outputs& out) const {
    double weighted = 0;
    double known = 0;
    double have = 0;
    double covered = 0;
    double low_sum = 0;
    double high_sum = 0;
    for (std::size_t a = 0; a < axes_.size(); ++a) {
        const axis& of = axes_[a];
        double sum = 0;
        double weight = 0;
        double standing = 0;
        double priors = 0;
        for (const component& one : of.components) {
            const double x = row[one.column];
            if (x == x) {
                sum += one.weight * one.how->of(x);
                weight += one.weight;
            } else {
                standing += one.prior_weight * one.prior;
                priors += one.prior_weight;
            }
        }
        const double coverage = weight / of.total;
        const double low = sum / of.total;
        const double high = on_grid(low + 100.0 * (1.0 - coverage));
        const bool insufficient = on_grid(coverage) < of.min_coverage;
        const double score = insufficient ? nan : on_grid((sum + standing) / (weight + priors));
        row[column_count + a] = score;
        out.number[a][at] = score;
        if (score == score) {
            weighted += of.overall_weight * score;
            known += of.overall_weight;
            have += 1;
        }
        covered += of.overall_weight * coverage;
        low_sum += of.overall_weight * on_grid(low);
        high_sum += of.overall_weight * high;
    }
    const double share = covered / weights_;
    const double low = on_grid(low_sum / weights_);
    const double high = on_grid(high_sum / weights_);
    double score = nan;
    if (have >= min_axes_ && on_grid(share) >= min_coverage_) {
        score = std::min(std::max(on_grid(weighted / known), low), high);
    }
    row[overall] = score;
    out.number[4][at] = score;
    out.number[5][at] = share;
    out.number[6][at] = low;
    out.number[7][at] = high;

    std::int16_t stage = 0;
    std::int16_t could = 0;
    for (const rung& one : rungs_) {
        const double holds = truth(one, row);
        if (holds == 0) break;
        if (holds == 1 && stage == could) ++stage;
        ++could;
    }
    out.level[0][at] = stage;
    out.level[1][at] = could > stage ? could : std::int16_t{-1};
    std::int16_t band = -1;
    if (score == score) {
        band = 0;
        for (const double edge : edges_) {
            if (score >= edge) ++band;
        }
    }
    out.level[2][at] = band;
    out.level[3][at] = 0;
}

void virtual_scorer::score(const std::array<const double*, column_count>& columns,
                           std::int64_t begin, std::int64_t end, outputs& out) const {
    for (std::int64_t i = begin; i < end; ++i) {
        values row;
        for (std::size_t k = 0; k < column_count; ++k) {
            const double x = columns[k][i];
            row[k] = x >= ranges_[k].low && x <= ranges_[k].high ? x : nan;
        }
        score_row(row, static_cast<std::size_t>(i), out);
    }
}

}  // namespace bench
