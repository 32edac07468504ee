// The room `stats` behind a pipe, for the tests that compare it with reference implementations.
//
// A request is one line: a function's name, then its arguments as numbers; a list is its length and
// then its elements. The answer is one line: the figures, "nan" for undefined. What a function
// takes and gives is written beside its name in `functions`, below. An unknown name or a line that
// is too short ends the program with status 1.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/stats/calibration.hpp"
#include "aiueo/stats/convolution.hpp"
#include "aiueo/stats/correlation.hpp"
#include "aiueo/stats/covering.hpp"
#include "aiueo/stats/distributions.hpp"
#include "aiueo/stats/exact.hpp"
#include "aiueo/stats/information.hpp"
#include "aiueo/stats/intervals.hpp"
#include "aiueo/stats/isotonic.hpp"
#include "aiueo/stats/jackknife.hpp"
#include "aiueo/stats/kappa.hpp"
#include "aiueo/stats/lattice.hpp"
#include "aiueo/stats/least_squares.hpp"
#include "aiueo/stats/mean_change.hpp"
#include "aiueo/stats/mixture.hpp"
#include "aiueo/stats/multiple.hpp"
#include "aiueo/stats/platt.hpp"
#include "aiueo/stats/ranking.hpp"
#include "aiueo/stats/stratified.hpp"
#include "aiueo/stats/survival.hpp"
#include "aiueo/stats/tables.hpp"
#include "aiueo/stats/tilting.hpp"
#include "aiueo/stats/trend.hpp"

namespace {

using namespace aiueo;
using counts = std::vector<std::int64_t>;
using reals = std::vector<double>;

struct bad_line {};

class arguments {
public:
    explicit arguments(std::string_view line) : rest_(line) {}

    std::string_view word() {
        while (!rest_.empty() && rest_.front() == ' ') rest_.remove_prefix(1);
        if (rest_.empty()) throw bad_line{};
        const std::string_view out = rest_.substr(0, rest_.find(' '));
        rest_.remove_prefix(out.size());
        return out;
    }
    double real() {
        const std::string text{word()};
        char* end = nullptr;
        const double out = std::strtod(text.c_str(), &end);
        if (end != text.c_str() + text.size()) throw bad_line{};
        return out;
    }
    int128 wide() {
        std::string_view text = word();
        const bool negative = text.front() == '-';
        if (negative) text.remove_prefix(1);
        int128 out = 0;
        for (const char digit : text) {
            if (digit < '0' || digit > '9') throw bad_line{};
            out = out * 10 + (digit - '0');
        }
        return negative ? -out : out;
    }
    std::int64_t whole() { return static_cast<std::int64_t>(wide()); }
    std::size_t size() { return static_cast<std::size_t>(whole()); }
    counts wholes() {
        counts out(size());
        for (auto& value : out) value = whole();
        return out;
    }
    reals floats() {
        reals out(size());
        for (auto& value : out) value = real();
        return out;
    }
    std::vector<table_2x2> strata() {
        std::vector<table_2x2> out(size());
        for (auto& t : out) {
            t.a = whole();
            t.b = whole();
            t.c = whole();
            t.d = whole();
        }
        return out;
    }
    table_2x2 table() {
        table_2x2 t;
        t.a = whole();
        t.b = whole();
        t.c = whole();
        t.d = whole();
        return t;
    }

private:
    std::string_view rest_;
};

class answer {
public:
    answer& operator<<(double value) {
        char text[32];
        std::snprintf(text, sizeof text, "%.17g", value);
        if (!text_.empty()) text_ += ' ';
        text_ += value != value ? "nan" : text;
        return *this;
    }
    answer& operator<<(std::int64_t value) { return *this << static_cast<double>(value); }
    answer& operator<<(std::size_t value) { return *this << static_cast<double>(value); }
    answer& operator<<(const interval& i) { return *this << i.lower << i.upper; }
    answer& operator<<(const estimate& e) { return *this << e.value << e.error << e.interval; }
    answer& operator<<(const test_result& t) { return *this << t.statistic << t.p << t.degrees; }
    answer& operator<<(const correlation& c) { return *this << c.value << c.p << c.interval; }
    answer& operator<<(const jackknife_estimate& j) {
        return *this << j.value << j.error << j.interval << j.groups;
    }
    answer& operator<<(const selection& s) {
        return *this << s.customers << s.positives << s.share << s.rate << s.capture << s.lift;
    }
    answer& operator<<(const reals& values) {
        for (const double value : values) *this << value;
        return *this;
    }
    [[nodiscard]] const std::string& text() const { return text_; }

private:
    std::string text_;
};

using function = std::function<void(arguments&, answer&)>;

// The order in which arguments are read is the order of statements: never two in one expression.
const std::map<std::string_view, function> functions = {
    {"normal",  // z p → cdf sf two-sided quantile(p)
     [](arguments& in, answer& out) {
         const double z = in.real(), p = in.real();
         out << normal_cdf(z) << normal_sf(z) << normal_two_sided(z) << normal_quantile(p);
     }},
    {"t",  // t p df → cdf sf two-sided quantile(p)
     [](arguments& in, answer& out) {
         const double t = in.real(), p = in.real(), df = in.real();
         out << t_cdf(t, df) << t_sf(t, df) << t_two_sided(t, df) << t_quantile(p, df);
     }},
    {"chi_squared",  // x p df → cdf sf quantile(p)
     [](arguments& in, answer& out) {
         const double x = in.real(), p = in.real(), df = in.real();
         out << chi_squared_cdf(x, df) << chi_squared_sf(x, df) << chi_squared_quantile(p, df);
     }},
    {"beta",  // x p a b → cdf sf quantile(p) upper quantile(p)
     [](arguments& in, answer& out) {
         const double x = in.real(), p = in.real(), a = in.real(), b = in.real();
         out << beta_cdf(x, a, b) << beta_sf(x, a, b) << beta_quantile(p, a, b)
             << beta_upper_quantile(p, a, b);
     }},
    {"proportion",  // x n level → Wilson, Jeffreys
     [](arguments& in, answer& out) {
         const auto x = in.whole(), n = in.whole();
         const double level = in.real();
         out << wilson_interval(x, n, level) << jeffreys_interval(x, n, level);
     }},
    {"newcombe",  // x1 n1 x0 n0 level
     [](arguments& in, answer& out) {
         const auto x1 = in.whole(), n1 = in.whole(), x0 = in.whole(), n0 = in.whole();
         out << newcombe_difference(x1, n1, x0, n0, in.real());
     }},
    {"shrunken",  // x n mean weight level
     [](arguments& in, answer& out) {
         const auto x = in.whole(), n = in.whole();
         const double mean = in.real(), weight = in.real();
         out << shrunken_rate(x, n, mean, weight, in.real());
     }},
    {"wald",  // value error df level → t interval, z interval
     [](arguments& in, answer& out) {
         const double value = in.real(), error = in.real(), df = in.real(), level = in.real();
         out << wald_t_interval(value, error, df, level) << wald_interval(value, error, level);
     }},
    {"jackknife",  // total without[] rows[] level
     [](arguments& in, answer& out) {
         const double total = in.real();
         const reals without = in.floats();
         const counts rows = in.wholes();
         out << jackknife(total, without, rows, in.real());
     }},
    {"jackknife_scales",  // total without[] rows[] level → as a share, above 0, a correlation
     [](arguments& in, answer& out) {
         const double total = in.real();
         const reals without = in.floats();
         const counts rows = in.wholes();
         const double level = in.real();
         out << jackknife_share(total, without, rows, level)
             << jackknife_positive(total, without, rows, level)
             << jackknife_correlation(total, without, rows, level);
     }},
    {"jackknife_together",  // a[] b[]
     [](arguments& in, answer& out) {
         const reals a = in.floats(), b = in.floats();
         out << jackknife_together(a, b);
     }},
    {"effective_wilson",  // share effective quantile
     [](arguments& in, answer& out) {
         const double share = in.real(), effective = in.real();
         out << effective_wilson_interval(share, effective, in.real());
     }},
    {"mover",  // a lower upper b lower upper correlation
     [](arguments& in, answer& out) {
         const double a = in.real(), a_lower = in.real(), a_upper = in.real();
         const double b = in.real(), b_lower = in.real(), b_upper = in.real();
         out << mover_difference(a, {a_lower, a_upper}, b, {b_lower, b_upper}, in.real());
     }},
    {"auc_interval",  // positives[] negatives[] wider level → AUC, error, degrees, interval
     [](arguments& in, answer& out) {
         const counts p = in.wholes(), n = in.wholes();
         const double wider = in.real(), level = in.real();
         const ranking found = rank_statistics(p, n);
         out << found.auc << found.error << found.degrees << auc_interval(found, wider, level);
     }},
    {"jackknife_ratio",  // numerators[] denominators[] rows[] level
     [](arguments& in, answer& out) {
         const counts above = in.wholes(), below = in.wholes(), rows = in.wholes();
         out << jackknife_ratio(above, below, rows, in.real());
     }},
    {"tilt",  // values[] masses[] target → λ, mean and variance with it, effective number
     [](arguments& in, answer& out) {
         const reals values = in.floats(), masses = in.floats();
         const double lambda = tilt_to(values, masses, in.real());
         const tilted_moments at = tilted(values, masses, lambda);
         out << lambda << at.mean << at.variance << effective_number(values, masses, lambda);
     }},
    {"choice",  // best? gains[] costs[] most[] need (best: room) nodes → possible exact gain cost
                // bound taken[]
     [](arguments& in, answer& out) {
         const bool best = in.whole() != 0;
         const reals gains = in.floats(), costs = in.floats();
         const counts most = in.wholes();
         std::vector<choice_item> items;
         for (std::size_t k = 0; k < gains.size(); ++k)
             items.push_back({gains[k], costs[k], most[k]});
         const double limit = in.real();
         const std::int64_t nodes = in.whole();
         const choice found =
             best ? best_choice(items, limit, nodes) : cheapest_choice(items, limit, nodes);
         out << std::int64_t{found.possible} << std::int64_t{found.exact} << found.gain
             << found.cost << found.bound;
         for (const std::int64_t n : found.taken) out << n;
     }},
    {"mean_change",  // before[] after[] value_before[] value_after[] → before after change, then
                     // by value and by weight of each part
     [](arguments& in, answer& out) {
         const reals before = in.floats(), after = in.floats();
         const reals value_before = in.floats(), value_after = in.floats();
         std::vector<weighted_part> parts;
         for (std::size_t k = 0; k < before.size(); ++k)
             parts.push_back({before[k], after[k], value_before[k], value_after[k]});
         const mean_change mean{parts};
         out << mean.before() << mean.after() << mean.change();
         for (const weighted_part& one : parts) {
             const part_of_change found = mean.of(one);
             out << found.by_value << found.by_weight;
         }
     }},
    {"cochran_armitage",  // successes[] trials[] positions[]
     [](arguments& in, answer& out) {
         const counts x = in.wholes(), n = in.wholes(), s = in.wholes();
         out << cochran_armitage(x, n, s);
     }},
    {"violations",  // successes[] trials[] → count, then before after difference interval of each
     [](arguments& in, answer& out) {
         const counts x = in.wholes(), n = in.wholes();
         std::vector<violation> found(n.size());
         const std::size_t count = monotonicity_violations(x, n, found);
         out << count;
         for (std::size_t i = 0; i < count; ++i) {
             out << found[i].before << found[i].after << found[i].difference << found[i].interval;
         }
     }},
    {"benjamini_hochberg",  // p[]
     [](arguments& in, answer& out) {
         const reals p = in.floats();
         reals q(p.size());
         benjamini_hochberg(p, q);
         out << q;
     }},
    {"ranking",  // positives[] negatives[] level → auc error interval gini ks ks_bin
     [](arguments& in, answer& out) {
         const counts p = in.wholes(), n = in.wholes();
         const ranking r = rank_statistics(p, n, in.real());
         out << r.auc << r.error << r.interval << r.gini << r.ks << r.ks_bin;
     }},
    {"exact",  // strata[]
     [](arguments& in, answer& out) { out << exact_test(in.strata()); }},
    {"rank_sum",  // positives[] negatives[] → z and p
     [](arguments& in, answer& out) {
         const counts p = in.wholes(), n = in.wholes();
         const test_result found = rank_sum_test(p, n);
         out << found.statistic << found.p;
     }},
    {"top_share",  // positives[] negatives[] share from
     [](arguments& in, answer& out) {
         const counts p = in.wholes(), n = in.wholes();
         const double share = in.real();
         out << top_share(p, n, share,
                          in.whole() == 0 ? ranked_from::highest : ranked_from::lowest);
     }},
    {"band",  // positives[] negatives[] first last
     [](arguments& in, answer& out) {
         const counts p = in.wholes(), n = in.wholes();
         const std::size_t first = in.size();
         out << band_of(p, n, first, in.size());
     }},
    {"pearson",  // n x y xx yy xy level
     [](arguments& in, answer& out) {
         paired_sums sums;
         sums.n = in.whole();
         sums.x = in.wide();
         sums.y = in.wide();
         sums.xx = in.wide();
         sums.yy = in.wide();
         sums.xy = in.wide();
         out << pearson(sums, in.real());
     }},
    {"point_biserial",  // values[] positives[] negatives[] level
     [](arguments& in, answer& out) {
         const counts s = in.wholes(), p = in.wholes(), n = in.wholes();
         out << point_biserial(s, p, n, in.real());
     }},
    {"rank_correlations",  // cells[] rows columns level → Spearman, Kendall
     [](arguments& in, answer& out) {
         const counts cells = in.wholes();
         const std::size_t rows = in.size(), columns = in.size();
         out << spearman(cells, rows, columns, in.real()) << kendall(cells, rows, columns);
     }},
    {"rank_biserial",  // positives[] negatives[] level → Spearman, Kendall
     [](arguments& in, answer& out) {
         const counts p = in.wholes(), n = in.wholes();
         out << spearman(p, n, in.real()) << kendall(p, n);
     }},
    {"information",  // positives[] negatives[] → value bins evidence[]
     [](arguments& in, answer& out) {
         const counts p = in.wholes(), n = in.wholes();
         reals evidence(p.size());
         const information i = information_value(p, n, evidence);
         out << i.value << i.bins << evidence;
     }},
    {"stability",  // expected[] actual[] → value threshold bins alarm
     [](arguments& in, answer& out) {
         const counts e = in.wholes(), a = in.wholes();
         const stability s = population_stability(e, a);
         out << s.value << s.threshold << s.bins << (s.alarm ? 1.0 : 0.0);
     }},
    {"chi_squared_test",  // cells[] rows columns
     [](arguments& in, answer& out) {
         const counts cells = in.wholes();
         const std::size_t rows = in.size();
         out << chi_squared_test(cells, rows, in.size());
     }},
    {"table",  // a b c d level → chi-squared, with Yates, odds ratio, risk difference
     [](arguments& in, answer& out) {
         const table_2x2 t = in.table();
         const double level = in.real();
         out << chi_squared_test(t) << chi_squared_test(t, continuity::yates)
             << odds_ratio(t, level) << risk_difference(t, level);
     }},
    {"strata",  // tables[] level → crude, MH odds, MH difference, CMH, with Yates, BD, Tarone's
     [](arguments& in, answer& out) {
         const auto s = in.strata();
         const double level = in.real();
         out << crude_odds_ratio(s, level) << mantel_haenszel_odds_ratio(s, level)
             << mantel_haenszel_risk_difference(s, level) << cochran_mantel_haenszel(s)
             << cochran_mantel_haenszel(s, continuity::yates) << breslow_day(s, tarone::without)
             << breslow_day(s);
     }},
    {"kappa",  // cells[] categories weights level → observed chance kappa error interval
     [](arguments& in, answer& out) {
         const counts cells = in.wholes();
         const std::size_t k = in.size();
         const auto weights = static_cast<kappa_weights>(in.whole());
         const agreement a = cohen_kappa(cells, k, weights, in.real());
         out << a.observed << a.chance << a.kappa << a.error << a.interval;
     }},
    {"isotonic_rates",  // successes[] trials[]
     [](arguments& in, answer& out) {
         const counts x = in.wholes(), n = in.wholes();
         reals rates(n.size());
         out << (isotonic_rates(x, n, rates) ? 1.0 : 0.0) << rates;
     }},
    {"isotonic_means",  // means[] weights[]
     [](arguments& in, answer& out) {
         const reals y = in.floats(), w = in.floats();
         reals fitted(y.size());
         out << (isotonic_means(y, w, fitted) ? 1.0 : 0.0) << fitted;
     }},
    {"logistic",  // scores[] positives[] negatives[] smoothed
     [](arguments& in, answer& out) {
         const reals s = in.floats();
         const counts p = in.wholes(), n = in.wholes();
         const auto targets = in.whole() == 0 ? platt_targets::plain : platt_targets::smoothed;
         const logistic_curve c = fit_logistic(s, p, n, targets);
         out << static_cast<double>(c.status) << c.intercept << c.slope << c.intercept_error
             << c.slope_error << c.covariance << c.log_likelihood;
     }},
    {"least_squares",  // gram[] moments[] → valid columns dependent x[]
     [](arguments& in, answer& out) {
         const reals gram = in.floats(), h = in.floats();
         reals x(h.size());
         const auto fit = least_squares(gram, h, x);
         out << (fit.valid ? 1.0 : 0.0) << fit.columns << fit.dependent << x;
     }},
    {"nnls",  // gram[] moments[] → valid columns dependent rounds x[]
     [](arguments& in, answer& out) {
         const reals gram = in.floats(), h = in.floats();
         reals x(h.size());
         const auto fit = non_negative_least_squares(gram, h, x);
         out << (fit.valid ? 1.0 : 0.0) << fit.columns << fit.dependent << fit.rounds << x;
     }},
    {"probabilities",  // predicted[] positives[] negatives[]
     [](arguments& in, answer& out) {
         const reals f = in.floats();
         const counts p = in.wholes(), n = in.wholes();
         const probability_scores s = score_probabilities(f, p, n);
         out << s.n << s.rate << s.mean_predicted << s.brier << s.log_loss << s.reliability
             << s.resolution << s.uncertainty << s.skill;
     }},
    {"calibration",  // predicted[] positives[] negatives[] rows → ece, then n positives predicted
                     // rate of each
     [](arguments& in, answer& out) {
         const reals f = in.floats();
         const counts p = in.wholes(), n = in.wholes();
         std::vector<calibration_row> rows(in.size());
         calibration_table(f, p, n, rows);
         out << expected_calibration_error(rows);
         for (const auto& row : rows) out << row.n << row.positives << row.predicted << row.rate;
     }},
    {"hosmer_lemeshow",  // predicted[] positives[] negatives[] fitted
     [](arguments& in, answer& out) {
         const reals f = in.floats();
         const counts p = in.wholes(), n = in.wholes();
         out << hosmer_lemeshow(f, p, n, in.whole());
     }},
    {"successes",  // trials[] probabilities[] counts[] quantiles[] → mean variance, pmf cdf sf of
                   // each count, each quantile
     [](arguments& in, answer& out) {
         const counts n = in.wholes();
         const reals p = in.floats();
         const counts at = in.wholes();
         const reals quantiles = in.floats();
         std::vector<binomial_group> groups;
         for (std::size_t i = 0; i < n.size(); ++i) groups.push_back({n[i], p[i]});
         const count_distribution d = successes(groups);
         out << d.mean() << d.variance();
         for (const auto k : at) out << d.pmf(k) << d.cdf(k) << d.sf(k);
         for (const double q : quantiles) out << d.quantile(q);
     }},
    {"lattice",  // trials[] probabilities[] prices[] → unit, first, mass…
     [](arguments& in, answer& out) {
         const counts n = in.wholes();
         const reals p = in.floats();
         const counts price = in.wholes();
         std::vector<priced_group> groups;
         for (std::size_t i = 0; i < n.size(); ++i) groups.push_back({n[i], p[i], price[i]});
         const lattice_sum found = lattice_successes(groups);
         out << static_cast<double>(found.unit) << static_cast<double>(found.in_units.first());
         for (const double m : found.in_units.mass()) out << m;
     }},
    {"repeated",  // mass[] times → first, mass…
     [](arguments& in, answer& out) {
         const reals mass = in.floats();
         const count_distribution found = repeated({0, mass}, in.whole());
         out << static_cast<double>(found.first());
         for (const double m : found.mass()) out << m;
     }},
    {"normal_mixture",  // weights[] means[] errors[] at[] quantiles[] → cdf of each, each quantile
     [](arguments& in, answer& out) {
         const reals weight = in.floats(), mean = in.floats(), error = in.floats();
         std::vector<normal_part> parts;
         for (std::size_t k = 0; k < weight.size(); ++k)
             parts.push_back({weight[k], mean[k], error[k]});
         for (const double x : in.floats()) out << mixture_cdf(parts, x);
         for (const double q : in.floats()) out << mixture_quantile(parts, q);
     }},
    {"survival",  // times[] events[] censored[] p level → ok, time + interval, then at_risk
                  // survival error interval of each
     [](arguments& in, answer& out) {
         const counts times = in.wholes(), events = in.wholes(), censored = in.wholes();
         const double p = in.real(), level = in.real();
         std::vector<survival_count> seen;
         for (std::size_t i = 0; i < times.size(); ++i) {
             seen.push_back({times[i], events[i], censored[i]});
         }
         std::vector<survival_point> points(seen.size());
         out << (kaplan_meier(seen, points, level) ? 1.0 : 0.0);
         const survival_quantile q = survival_time(points, p);
         out << q.time << q.interval;
         for (const auto& s : points) out << s.at_risk << s.survival << s.error << s.interval;
     }},
};

}  // namespace

int main() {
    std::ios::sync_with_stdio(false);
    std::string line;
    while (std::getline(std::cin, line)) {
        arguments in{line};
        answer out;
        try {
            const auto found = functions.find(in.word());
            if (found == functions.end()) throw bad_line{};
            found->second(in, out);
        } catch (const bad_line&) {
            std::cerr << "aiueo_stats_probe: not a request: " << line << '\n';
            return 1;
        }
        std::cout << out.text() << '\n';
    }
    return 0;
}
