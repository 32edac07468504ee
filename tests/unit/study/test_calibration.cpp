// Calibration against least squares and correlations done again from the rows, and in worlds whose
// truth is planted.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "aiueo/study/calibration.hpp"
#include "aiueo/study/registry.hpp"

#include "nlohmann/json.hpp"
#include "observed_rows.hpp"

namespace test_calibration {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

const std::string usual = weighted_model(R"({"leads": [90, 0]})");

/// Solves a small system by elimination with pivots.
std::vector<double> solved(std::vector<std::vector<double>> a, std::vector<double> b) {
    const std::size_t n = b.size();
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t best = k;
        for (std::size_t i = k; i < n; ++i) {
            if (std::fabs(a[i][k]) > std::fabs(a[best][k])) best = i;
        }
        std::swap(a[k], a[best]);
        std::swap(b[k], b[best]);
        for (std::size_t i = 0; i < n; ++i) {
            if (i == k) continue;
            const double part = a[i][k] / a[k][k];
            for (std::size_t j = 0; j < n; ++j) a[i][j] -= part * a[k][j];
            b[i] -= part * b[k];
        }
    }
    for (std::size_t k = 0; k < n; ++k) b[k] /= a[k][k];
    return b;
}

/// Weights ≥ 0 of three responses, with three effects of being known and a constant: the best of
/// all subsets of responses whose weights come out above 0.
std::array<double, 3> plain_least_squares(const std::vector<observed_row>& rows, std::size_t v) {
    std::array<double, 3> out{};
    double least = 1e300;
    for (unsigned subset = 0; subset < 8; ++subset) {
        const auto line = [&](const observed_row& one) {
            std::vector<double> x{1};
            for (std::size_t k = 0; k < 3; ++k) {
                const std::int64_t s = one.tenths[v + k];
                x.push_back(s >= 0 ? 1 : 0);
                if ((subset >> k & 1U) != 0)
                    x.push_back(s >= 0 ? static_cast<double>(s) / 1000 : 0);
            }
            return x;
        };
        const std::size_t n = line(rows.front()).size();
        std::vector<std::vector<double>> gram(n, std::vector<double>(n));
        std::vector<double> moments(n);
        for (const observed_row& one : rows) {
            const std::vector<double> x = line(one);
            for (std::size_t i = 0; i < n; ++i) {
                moments[i] += x[i] * (one.kept ? 1 : 0);
                for (std::size_t j = 0; j < n; ++j) gram[i][j] += x[i] * x[j];
            }
        }
        const std::vector<double> beta = solved(gram, moments);
        double error = 0;
        for (const observed_row& one : rows) {
            const std::vector<double> x = line(one);
            const double y = one.kept ? 1 : 0;
            const double off = y - std::inner_product(x.begin(), x.end(), beta.begin(), 0.0);
            error += off * off;
        }
        std::array<double, 3> weights{};
        std::size_t at = 1;
        bool fine = true;
        for (std::size_t k = 0; k < 3; ++k) {
            ++at;
            if ((subset >> k & 1U) == 0) continue;
            weights[k] = beta[at++];
            fine = fine && weights[k] > 0;
        }
        if (!fine || error >= least) continue;
        least = error;
        out = weights;
    }
    const double sum = out[0] + out[1] + out[2];
    for (double& one : out) one /= sum;
    return out;
}

/// Linear scores of rows: unknown counts as the training rows' mean.
std::vector<std::pair<double, double>> plain_scores(const std::vector<observed_row>& training,
                                                    const std::vector<observed_row>& others,
                                                    std::size_t v, const std::array<double, 3>& w) {
    std::array<double, 3> mean{};
    for (std::size_t k = 0; k < 3; ++k) {
        double n = 0;
        for (const observed_row& one : training) {
            if (one.tenths[v + k] < 0) continue;
            mean[k] += static_cast<double>(one.tenths[v + k]);
            n += 1;
        }
        mean[k] /= n;
    }
    std::vector<std::pair<double, double>> out;
    for (const observed_row& one : others) {
        double score = 0;
        for (std::size_t k = 0; k < 3; ++k) {
            if (one.tenths[v + k] >= 0)
                score += w[k] * (static_cast<double>(one.tenths[v + k]) - mean[k]);
        }
        out.emplace_back(score, one.kept ? 1 : 0);
    }
    return out;
}

std::array<double, 3> with_least(std::array<double, 3> w) {
    double low = 0, high = 0;
    for (const double one : w) (one < 0.01 ? low : high) += one < 0.01 ? 0.01 : one;
    for (double& one : w) one = one < 0.01 ? 0.01 : one * (1 - low) / high;
    return w;
}

const calibrated_axis& axis_of(const calibration_finding& found, std::string_view name) {
    for (const calibrated_axis& one : found.axes) {
        if (one.name == name) return one;
    }
    FAIL("no axis " << name);
    return found.axes.front();
}

told_history planted(double on_logins, double on_answers, std::uint64_t seed,
                     int customers = 3000) {
    return lived(customers, seed, [=](history_row& row, std::uint64_t& state, int) {
        row.logins = chance(state) < 0.1 ? no_value : std::floor(chance(state) * 100);
        row.answers = chance(state) < 0.05 ? no_value : std::floor(chance(state) * 101) / 10;
        row.wins = chance(state) < 0.05 ? no_value : std::floor(chance(state) * 41);
        row.setup = chance(state) < 0.5 ? 1 : 0;
        row.unused = std::floor(chance(state) * 3);
        const double used = row.logins == row.logins ? row.logins / 100 : 0.1;
        const double answered = row.answers == row.answers ? row.answers / 10 : 0.5;
        return 0.2 + on_logins * used + on_answers * answered;
    });
}

}  // namespace

TEST_CASE("weights are what the rows say", "[study][calibration]") {
    const plan model = plan_of(usual);
    const told_history told = planted(0.3, 0.15, 5, 500);
    const calibration_finding found =
        study_calibration(evidence_of(model, told), {0, {}, {}, {}, {}});
    const counted shape{model};
    const std::size_t v = shape.first_component();
    const auto rows = observed_rows(model, told, contract_kind::contract, 0);
    REQUIRE(found.ends == static_cast<std::int64_t>(rows.size()));
    REQUIRE(found.axes.size() == 3);  // U, touch, overall
    const calibrated_axis& u = axis_of(found, "U");
    REQUIRE(u.proposals.size() == 2);

    const auto correlations = [&](const std::vector<observed_row>& of) {
        std::vector<double> p;
        std::vector<double> r;
        for (std::size_t k = 0; k < shape.components(); ++k) {
            std::vector<std::pair<double, double>> pairs;
            for (const observed_row& one : of) {
                if (one.tenths[v + k] >= 0)
                    pairs.emplace_back(static_cast<double>(one.tenths[v + k]), one.kept ? 1 : 0);
            }
            r.push_back(plain_correlation(pairs));
            const auto df = static_cast<double>(pairs.size()) - 2;
            p.push_back(t_two_sided(r[k] * std::sqrt(df / (1 - r[k] * r[k])), df));
        }
        benjamini_hochberg(p, p);
        return std::pair{r, p};
    };
    const auto by_correlation = [&](const std::vector<observed_row>& of) {
        const auto [r, q] = correlations(of);
        std::array<double, 3> w{};
        double sum = 0;
        for (std::size_t k = 0; k < 3; ++k) sum += w[k] = q[k] <= 0.05 && r[k] > 0 ? r[k] : 0;
        if (sum == 0) return std::array<double, 3>{1.0 / 3, 1.0 / 3, 1.0 / 3};
        for (double& one : w) one /= sum;
        return with_least(w);
    };
    const auto by_squares = [&](const std::vector<observed_row>& of) {
        return with_least(plain_least_squares(of, v));
    };
    const auto [r, q] = correlations(rows);
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(near(u.components[k].r, r[k], 1e-12));
        CHECK(near(u.components[k].q, q[k], 1e-9));
        // Four is what the present weights add up to; three digits.
        CHECK(near(u.proposals[0].weights[k], 4 * by_correlation(rows)[k], 0.005));
        CHECK(near(u.proposals[1].weights[k], 4 * by_squares(rows)[k], 0.005));
    }

    for (std::size_t method = 0; method < 2; ++method) {
        INFO(u.proposals[method].method);
        const auto fit = [&](const std::vector<observed_row>& of) {
            return method == 0 ? by_correlation(of) : by_squares(of);
        };
        double present = 0, mine = 0, squares = 0, r_squared = 0;
        std::array<double, 5> gain{};
        for (std::size_t fold = 0; fold < 5; ++fold) {
            std::vector<observed_row> training, others;
            for (const observed_row& one : rows)
                (one.group % 5 == fold ? others : training).push_back(one);
            const auto old =
                plain_correlation(plain_scores(training, others, v, {0.25, 0.25, 0.5}));
            const auto scores = plain_scores(training, others, v, fit(training));
            present += old / 5;
            mine += plain_correlation(scores) / 5;
            gain[fold] = plain_correlation(scores) - old;
            // The line through the training rows, held against the others.
            const auto line = plain_scores(training, training, v, fit(training));
            double mx = 0, my = 0, xx = 0, xy = 0;
            for (const auto& [x, y] : line) {
                mx += x / static_cast<double>(line.size());
                my += y / static_cast<double>(line.size());
            }
            for (const auto& [x, y] : line) {
                xx += (x - mx) * (x - mx);
                xy += (x - mx) * (y - my);
            }
            double error = 0, mean = 0, spread = 0;
            for (const auto& [x, y] : scores) mean += y / static_cast<double>(scores.size());
            for (const auto& [x, y] : scores) {
                const double off = y - my - xy / xx * (x - mx);
                error += off * off;
                spread += (y - mean) * (y - mean);
            }
            r_squared += (1 - error / spread) / 5;
        }
        const weight_comparison& seen = u.proposals[method].out_of_fold;
        CHECK(near(seen.present.value, present, 1e-6));
        CHECK(near(seen.proposed.value, mine, 1e-6));
        CHECK(near(seen.difference.of.value, mine - present, 1e-6));
        CHECK(near(seen.proposed_r_squared, r_squared, 1e-6));
        for (const double one : gain)
            squares += (one - (mine - present)) * (one - (mine - present));
        CHECK(near(seen.difference.of.interval.upper - seen.difference.of.value,
                   2.7764451051977987 * std::sqrt(squares / 4 / 5), 1e-6));
    }

    // Out of time: the quarter before which the share is nearest to 70 %.
    std::int32_t split = 0;
    double nearest = 1e9;
    for (const observed_row& one : rows) {
        double below = 0;
        for (const observed_row& other : rows) below += other.month / 3 < one.month / 3 ? 1 : 0;
        const double apart = std::fabs(below - 0.7 * static_cast<double>(rows.size()));
        if (below > 0 && apart < nearest) {
            nearest = apart;
            split = one.month / 3;
        }
    }
    CHECK(found.split == std::to_string(split / 4) + "-Q" + std::to_string(split % 4 + 1));
    std::vector<observed_row> earlier, later;
    for (const observed_row& one : rows) (one.month / 3 < split ? earlier : later).push_back(one);
    const weight_comparison& seen = u.proposals[1].out_of_time;
    const auto later_r = [&](const std::vector<observed_row>& of) {
        return plain_correlation(plain_scores(earlier, of, v, by_squares(earlier))) -
               plain_correlation(plain_scores(earlier, of, v, {0.25, 0.25, 0.5}));
    };
    CHECK(seen.difference.of.n == static_cast<std::int64_t>(later.size()));
    CHECK(near(seen.difference.of.value, later_r(later), 1e-6));
    CHECK(near(seen.difference.of.interval.upper - seen.difference.of.value,
               2.7764451051977987 * plain_jackknife(later, later_r, 5), 1e-6));
}

TEST_CASE("planted weights are found, and the patched model loads", "[study][calibration]") {
    const plan model = plan_of(usual);
    const evidence seen = evidence_of(model, planted(0.5, 0.25, 41));
    const calibration_finding found = study_calibration(seen, {0, {}, {}, {}, {}});
    CHECK(found.each_once);
    const calibrated_axis& u = axis_of(found, "U");
    CHECK(u.best != "present");
    for (const weight_proposal& one : u.proposals) {
        CHECK(one.better);
        CHECK(one.out_of_fold.difference.of.value > 0.03);
        CHECK(one.out_of_time.difference.of.value > 0);
        CHECK(one.out_of_fold.proposed_r_squared > one.out_of_fold.present_r_squared);
        CHECK(near(std::accumulate(one.weights.begin(), one.weights.end(), 0.0), 4, 0.02));
        CHECK(near(one.weights[0] / one.weights[1], 2, 0.6));
        CHECK(one.weights[2] < 0.3);
        CHECK(one.weights[2] > 0);
    }
    CHECK(found.told.sentence.en.find(
              "new weights correlate more with renewal than the old: U by") != std::string::npos);

    const nlohmann::json patch = nlohmann::json::parse(found.patch);
    nlohmann::json changed = nlohmann::json::parse(usual);
    changed.merge_patch(patch);
    const plan after = plan_of(changed.dump());
    CHECK(!found.changes.empty());
    for (const weight_change& one : found.changes) {
        const std::string axis = one.component.substr(0, one.component.find('.'));
        const std::string name = one.component.substr(axis.size() + 1);
        if (axis == "overall") {
            const double now = after.data().model.rules.overall.weights[name == "U" ? 2 : 3];
            CHECK(now == one.after);
            continue;
        }
        const std::size_t g = axis == "touch" ? 5 : 2;
        bool met = false;
        for (const component& each : after.data().model.rules.groups[g].components) {
            if (each.name != name) continue;
            met = true;
            CHECK(each.weight == one.after);
        }
        CHECK(met);
        CHECK(one.before != one.after);
    }
    // What was asked for is in the patch whatever it is worth.
    const calibration_finding asked =
        study_calibration(seen, {0, {}, calibration_options::choice::correlation, true, {}});
    const nlohmann::json all = nlohmann::json::parse(asked.patch);
    CHECK(all["axes"]["U"]["components"]["logins"]["weight"] == u.proposals[0].weights[0]);
    CHECK(all["touch"]["components"].size() == 2);
    REQUIRE(asked.percentiles.size() == 1);
    // A third each of 0, 1 and 2.
    CHECK(asked.percentiles[0].fitted == std::vector<double>{0, 0, 1, 2, 2});
    CHECK(all["axes"]["E"]["components"]["unused"]["percentile"] ==
          nlohmann::json({0, 0, 1, 2, 2}));
    nlohmann::json whole = nlohmann::json::parse(usual);
    whole.merge_patch(all);
    CHECK(plan_of(whole.dump()).data().model.rules.groups[3].components[0].knots[2].at == 1);
}

TEST_CASE("no better weights: the old ones stay", "[study][calibration]") {
    // Nothing goes with anything.
    const calibration_finding none = study_calibration(
        evidence_of(plan_of(usual), planted(0, 0, 77, 1200)), {0, {}, {}, {}, {}});
    CHECK(axis_of(none, "U").best == "present");
    CHECK(axis_of(none, "U").proposals[0].nothing_passed);
    for (const double one : axis_of(none, "U").proposals[0].weights) CHECK(one == 1.33);
    CHECK(none.patch == "{}");
    CHECK(none.changes.empty());
    CHECK(none.told.sentence.en.find("Keep the old ones.") != std::string::npos);
    std::string cautions;
    for (const label& one : none.told.cautions) cautions += one.en + "\n";
    CHECK(cautions.find("No component of U goes with renewal beyond chance") != std::string::npos);

    // The present weights are the truth.
    const std::string right = [] {
        nlohmann::json model = nlohmann::json::parse(usual);
        auto& of = model["axes"]["U"]["components"];
        of["logins"]["weight"] = 4;
        of["answers"]["weight"] = 2;
        of["wins"]["weight"] = 0.05;
        return model.dump();
    }();
    const calibration_finding same =
        study_calibration(evidence_of(plan_of(right), planted(0.4, 0.2, 78)), {0, {}, {}, {}, {}});
    CHECK(axis_of(same, "U").best == "present");
    CHECK(std::fabs(axis_of(same, "U").proposals[1].out_of_fold.difference.of.value) < 0.02);
}

TEST_CASE("being unknown is modelled, not mistaken for a low response", "[study][calibration]") {
    // Answers say nothing, but those who do not answer leave; logins carry all.
    const told_history told = lived(3000, 91, [](history_row& row, std::uint64_t& state, int) {
        const bool answers = chance(state) < 0.5;
        row.logins = std::floor(chance(state) * 101);
        row.answers = answers ? 5 + std::floor(chance(state) * 51) / 10 : no_value;
        row.wins = std::floor(chance(state) * 41);
        row.setup = row.unused = 1;
        return 0.1 + 0.3 * row.logins / 100 + (answers ? 0.5 : 0.0);
    });
    const plan model = plan_of(usual);
    const calibration_finding found =
        study_calibration(evidence_of(model, told), {0, {}, {}, {}, {}});
    const weight_proposal& squares = axis_of(found, "U").proposals[1];
    CHECK(squares.weights[0] > 3.3);
    CHECK(squares.weights[1] < 0.6);
    CHECK(found.percentiles[0].fitted.empty());  // all alike
    CHECK(found.percentiles[0].why == "too few values, or all alike");
}

TEST_CASE("shares are capped, spread and kept above 0", "[study][calibration]") {
    using detail::shares_of;
    const auto close = [](const std::vector<double>& of, const std::vector<double>& expected) {
        REQUIRE(of.size() == expected.size());
        for (std::size_t k = 0; k < of.size(); ++k) CHECK(near(of[k], expected[k], 1e-12));
    };
    close(shares_of({6, 3, 1}, 1).share, {0.6, 0.3, 0.1});
    close(shares_of({6, 3, 1}, 0.5).share, {0.5, 0.375, 0.125});
    // The second passes the cap only once the first gave away.
    close(shares_of({6, 3.5, 0.5}, 0.5).share, {0.5, 0.4375, 0.0625});
    close(shares_of({50, 39, 6, 5}, 0.4).share, {0.4, 0.4, 0.2 * 6 / 11, 0.2 * 5 / 11});
    const auto two = shares_of({3, 1, 0}, 0.4);
    CHECK(two.cap_too_low);
    close(two.share, {0.495, 0.495, 0.01});
    const auto none = shares_of({0, -1, 0}, 1);
    CHECK(none.nothing_passed);
    close(none.share, {1.0 / 3, 1.0 / 3, 1.0 / 3});

    const plan model = plan_of(weighted_model(R"({"leads": [90, 0], "max_weight_share": 0.5})"));
    const calibration_finding found =
        study_calibration(evidence_of(model, planted(0.5, 0.25, 41)), {0, {}, {}, {}, {}});
    for (const weight_proposal& one : axis_of(found, "U").proposals) {
        for (const double weight : one.weights) CHECK(weight <= 2);
    }
}

TEST_CASE("curves of overall", "[study][calibration]") {
    const plan model = plan_of(usual);
    const told_history told = planted(0.5, 0.25, 13, 800);
    const calibration_finding found =
        study_calibration(evidence_of(model, told), {1, {}, {}, {}, {}});
    const counted shape{model};
    const auto rows = observed_rows(model, told, contract_kind::contract, 1);
    std::vector<double> at;
    std::vector<std::int64_t> kept, lost;
    std::map<std::int64_t, std::pair<std::int64_t, std::int64_t>> bins;
    for (const observed_row& one : rows) {
        if (one.tenths[shape.overall()] < 0) continue;
        at.push_back(static_cast<double>(one.points(shape.overall())));
        kept.push_back(one.kept ? 1 : 0);
        lost.push_back(one.kept ? 0 : 1);
        auto& bin = bins[one.points(shape.overall())];
        ++(one.kept ? bin.first : bin.second);
    }
    const logistic_curve platt = fit_logistic(at, kept, lost, platt_targets::smoothed);
    CHECK(near(found.platt.slope, platt.slope, 1e-9));
    CHECK(near(found.platt.intercept, platt.intercept, 1e-8));
    REQUIRE(found.isotonic.size() == bins.size());
    std::size_t k = 0;
    double last = 0, sum = 0;
    for (const auto& [points, bin] : bins) {
        const curve_point& one = found.isotonic[k++];
        CHECK(one.score == points);
        CHECK(one.n == bin.first + bin.second);
        CHECK(one.probability >= last);
        last = one.probability;
        sum += one.probability * static_cast<double>(one.n);
    }
    CHECK(near(sum, static_cast<double>(std::accumulate(kept.begin(), kept.end(), 0)), 1e-9));
    CHECK(found.percentiles[0].why == "raw metrics are counted at the first lead only");
}

TEST_CASE("calibration where nothing was observed", "[study][calibration]") {
    const plan model = plan_of(usual);
    const evidence nothing{model};
    const calibration_finding found = study_calibration(nothing);
    CHECK(found.patch == "{}");
    CHECK(found.split.empty());
    CHECK(std::isnan(found.axes[0].proposals[0].out_of_fold.difference.of.value));
    CHECK(found.told.sentence.en ==
          "No contract end was observed this way; nothing can be calibrated.");
    CHECK(run_study(nothing, "calibration", R"({"method": "least_squares"})").ok());
    CHECK(run_study(nothing, "calibration", R"({"percentiles": "refit"})").ok());
    const auto wrong = run_study(nothing, "calibration", R"({"method": "magic"})");
    REQUIRE(!wrong.ok());
    CHECK(wrong.error().to_string().find("\"best\", \"correlation\", \"least_squares\"") !=
          std::string::npos);
}

}  // namespace test_calibration
