// Validation against figures done again from the rows, and in worlds whose truth is planted.
#include <algorithm>
#include <cmath>
#include <set>

#include "aiueo/study/registry.hpp"
#include "aiueo/study/validation.hpp"

#include "observed_rows.hpp"

namespace test_validation {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

const validation_row& row_of(const validation_finding& found, std::string_view name) {
    for (const validation_row& one : found.scores) {
        if (one.name == name) return one;
    }
    FAIL("no row " << name);
    return found.scores.front();
}

/// The isotonic rate at x by its definition: max over a ≤ x of min over b ≥ x of the mean between;
/// in between straight lines.
double plain_isotonic(const std::vector<std::pair<std::int64_t, bool>>& rows, std::int64_t x) {
    std::map<std::int64_t, std::pair<double, double>> bins;
    for (const auto& [points, kept] : rows) {
        bins[points].first += kept ? 1 : 0;
        bins[points].second += 1;
    }
    const auto at = [&](std::int64_t where) {
        double best = -1;
        for (const auto& [a, first] : bins) {
            if (a > where) break;
            double least = 2, sum = 0, n = 0;
            for (auto b = bins.find(a); b != bins.end(); ++b) {
                sum += b->second.first;
                n += b->second.second;
                if (b->first >= where) least = std::min(least, sum / n);
            }
            best = std::max(best, least);
        }
        return best;
    };
    const auto above = bins.lower_bound(x);
    if (above == bins.end()) return at(bins.rbegin()->first);
    if (above->first == x || above == bins.begin()) return at(above->first);
    const std::int64_t low = std::prev(above)->first, high = above->first;
    const double part = static_cast<double>(x - low) / static_cast<double>(high - low);
    return at(low) + part * (at(high) - at(low));
}

std::vector<std::pair<std::int64_t, bool>> points_of(const std::vector<observed_row>& rows,
                                                     std::size_t v) {
    std::vector<std::pair<std::int64_t, bool>> out;
    for (const observed_row& one : rows) {
        if (one.tenths[v] >= 0) out.emplace_back(one.points(v), one.kept);
    }
    return out;
}

/// Of the share with the lowest points, the expected share of all who left.
double plain_capture(std::vector<std::pair<std::int64_t, bool>> rows, double share) {
    std::sort(rows.begin(), rows.end());
    double left = share * static_cast<double>(rows.size()), lost = 0, all = 0;
    for (const auto& [points, kept] : rows) all += kept ? 0 : 1;
    for (std::size_t k = 0; k < rows.size() && left > 0;) {
        double size = 0, mine = 0;
        const std::int64_t points = rows[k].first;
        for (; k < rows.size() && rows[k].first == points; ++k) {
            size += 1;
            mine += rows[k].second ? 0 : 1;
        }
        lost += mine * std::min(1.0, left / size);
        left -= size;
    }
    return lost / all;
}

}  // namespace

TEST_CASE("validation is what the rows say", "[study][validation]") {
    const plan model = plan_of(history_model);
    const told_history told = made_history(400, 21);
    const evidence seen = evidence_of(model, told);
    const counted shape{model};
    const validation_finding found = study_validation(seen, {1, contract_kind::contract});
    const auto rows = observed_rows(model, told, contract_kind::contract, 1);
    REQUIRE(found.scores.size() == 5);
    CHECK(found.scores.front().name == "overall");
    CHECK(found.lead_days == 0);
    for (std::size_t v = 0; v < shape.first_component(); ++v) {
        const validation_row& row = row_of(found, shape.variables()[v].name);
        INFO(row.name);
        const auto points = points_of(rows, v);
        CHECK(row.known == static_cast<std::int64_t>(points.size()));
        CHECK(row.known + row.unknown == static_cast<std::int64_t>(rows.size()));
        const auto auc = [v](const std::vector<observed_row>& of) {
            return plain_auc(of, [v](const observed_row& one) {
                return one.tenths[v] < 0 ? undefined : static_cast<double>(one.points(v));
            });
        };
        CHECK(near(row.auc.value, auc(rows), 1e-12));
        CHECK(near(row.gini.value, 2 * auc(rows) - 1, 1e-12));
        const auto odds = [](double share) { return std::log(share / (1 - share)); };
        // The jackknife's, or what independent ends would have where that is wider.
        std::vector<std::int64_t> kept_at(101), lost_at(101);
        for (const auto& [x, y] : points) ++(y ? kept_at : lost_at)[static_cast<std::size_t>(x)];
        const double error = plain_jackknife(
            rows, [&](const std::vector<observed_row>& of) { return odds(auc(of)); });
        const double upper =
            std::max({odds(auc(rows)) + 2.093024054408263 * error,
                      odds(auc_interval(rank_statistics(kept_at, lost_at)).upper)});
        CHECK(near(odds((row.gini.interval.upper + 1) / 2), upper, 1e-9));
        for (const auto* shares : {&row.lowest, &row.highest}) {
            for (const validation_share& one : *shares) {
                CHECK(one.capture.interval.lower < one.capture.value);
                CHECK(one.capture.interval.upper > one.capture.value);
                CHECK(near(one.capture.interval.lower, one.share * one.lift.interval.lower, 1e-12));
            }
        }
        // One that was certain and wrong decides the mean.
        CHECK(!is_defined(row.checks[0].log_loss.interval));
        CHECK(near(row.leads[1].auc.value, row.auc.value, 0));
        CHECK(near(row.leads[0].auc.value,
                   auc(observed_rows(model, told, contract_kind::contract, 0)), 1e-12));
        for (const validation_share& one : row.lowest)
            CHECK(near(one.capture.value, plain_capture(points, one.share), 1e-12));

        REQUIRE(row.checks.size() == 3);
        std::array<double, 3> brier{}, loss{};
        std::vector<std::vector<std::pair<std::int64_t, bool>>> rest;
        std::vector<logistic_curve> platt;
        for (std::size_t fold = 0; fold < 5; ++fold) {
            std::vector<observed_row> others;
            for (const observed_row& one : rows) {
                if (one.group % 5 != fold) others.push_back(one);
            }
            rest.push_back(points_of(others, v));
            std::vector<double> at;
            std::vector<std::int64_t> kept, lost;
            for (const auto& [x, y] : rest.back()) {
                at.push_back(static_cast<double>(x));
                kept.push_back(y ? 1 : 0);
                lost.push_back(y ? 0 : 1);
            }
            platt.push_back(fit_logistic(at, kept, lost, platt_targets::smoothed));
        }
        std::map<std::pair<std::size_t, std::int64_t>, double> isotonic;
        for (const observed_row& one : rows) {
            if (one.tenths[v] < 0) continue;
            const std::size_t fold = one.group % 5;
            const auto key = std::pair{fold, one.points(v)};
            if (!isotonic.contains(key)) isotonic[key] = plain_isotonic(rest[fold], one.points(v));
            const std::array<double, 3> p{
                static_cast<double>(one.points(v)) / 100, isotonic[key],
                platt[fold].probability(static_cast<double>(one.points(v)))};
            for (std::size_t k = 0; k < 3; ++k) {
                const double y = one.kept ? 1 : 0;
                brier[k] += (y - p[k]) * (y - p[k]) / static_cast<double>(points.size());
                const double safe = std::clamp(p[k], 0x1p-52, 1 - 0x1p-52);
                loss[k] -=
                    std::log(one.kept ? safe : 1 - safe) / static_cast<double>(points.size());
            }
        }
        for (std::size_t k = 0; k < 3; ++k) {
            INFO(row.checks[k].read_as);
            CHECK(near(row.checks[k].brier.value, brier[k], 1e-9));
            CHECK(near(row.checks[k].parts.brier, brier[k], 1e-9));
            CHECK(near(row.checks[k].log_loss.value, loss[k], 1e-9));
            CHECK(row.checks[k].brier.interval.lower < brier[k]);
            CHECK(row.checks[k].brier.interval.upper > brier[k]);
        }
    }

    REQUIRE(found.bands.size() == 4);
    double all_lost = 0;
    for (const observed_row& one : rows) all_lost += one.kept ? 0 : 1;
    for (std::size_t band = 0; band < 4; ++band) {
        double n = 0, kept = 0;
        for (const observed_row& one : rows) {
            n += one.band == band ? 1 : 0;
            kept += one.band == band && one.kept ? 1 : 0;
        }
        CHECK(near(found.bands[band].rate.value, kept / n, 1e-12));
        CHECK(near(found.bands[band].capture_lost.value, (n - kept) / all_lost, 1e-12));
        const double rate = 1 - all_lost / static_cast<double>(rows.size());
        CHECK(near(found.bands[band].lift.value, kept / n / rate, 1e-12));
    }
    std::vector<std::pair<double, double>> ranked;
    for (const observed_row& one : rows) {
        if (one.band == 3) continue;
        double below = 0, same = 0;
        for (const observed_row& other : rows) {
            below += other.band < one.band ? 1 : 0;
            same += other.band == one.band ? 1 : 0;
        }
        ranked.emplace_back(2 * below + same, one.kept ? 1 : 0);
    }
    CHECK(near(found.rank.of.value, plain_correlation(ranked), 1e-12));
    CHECK(std::isnan(found.trend.p));  // customers count more than once

    REQUIRE(found.time.has_value());
    std::set<std::int32_t> months;
    for (const observed_row& one : rows) months.insert(one.month);
    double least = 1e9;
    std::int32_t split = 0;
    for (const std::int32_t month : months) {
        double below = 0;
        for (const observed_row& one : rows) below += one.month < month ? 1 : 0;
        const double apart = std::fabs(static_cast<double>(rows.size()) - 2 * below);
        if (below == 0 || apart >= least) continue;
        least = apart;
        split = month;
    }
    const auto difference = [&](const std::vector<observed_row>& of) {
        std::vector<observed_row> before, after;
        for (const observed_row& one : of) (one.month < split ? before : after).push_back(one);
        const auto overall = [&](const observed_row& one) {
            const std::size_t v = shape.overall();
            return one.tenths[v] < 0 ? undefined : static_cast<double>(one.points(v));
        };
        return plain_auc(after, overall) - plain_auc(before, overall);
    };
    CHECK(near(found.time->difference.value, difference(rows), 1e-12));
    CHECK(near(found.time->difference.value - found.time->difference.interval.lower,
               2.093024054408263 * plain_jackknife(rows, difference), 1e-9));
    const std::int32_t first = *months.begin();
    CHECK(found.time->earlier.first_month == std::to_string(first / 12) +
                                                 (first % 12 < 9 ? "-0" : "-") +
                                                 std::to_string(first % 12 + 1));
}

TEST_CASE("a score that is a probability, and one that is not", "[study][validation]") {
    const plan model = plan_of(history_model);
    const auto world = [](double floor) {
        return lived(4000, 17, [floor](history_row& row, std::uint64_t& state, int) {
            row.logins = std::floor(chance(state) * 101);
            row.setup = row.answers = row.wins = no_value;
            return floor + (1 - floor) * row.logins / 100;
        });
    };
    const validation_finding fair = study_validation(evidence_of(model, world(0)), {0, {}});
    const validation_row& yes = row_of(fair, "U");
    CHECK(fair.each_once);
    CHECK(yes.checks[0].calibration_error < 0.03);
    CHECK(yes.auc.interval.lower > 0.78);
    CHECK(yes.leads.size() == 2);

    const validation_finding high = study_validation(evidence_of(model, world(0.6)), {0, {}});
    const validation_row& no = row_of(high, "U");
    CHECK(no.checks[0].calibration_error > 0.2);
    for (const std::size_t fitted : {1U, 2U}) {
        CHECK(no.checks[fitted].calibration_error < 0.05);
        CHECK(no.checks[fitted].brier.interval.upper < no.checks[0].brier.interval.lower);
        CHECK(no.checks[fitted].parts.skill > 0);
    }
    CHECK(no.lowest[1].lift.interval.lower > 1.3);
    CHECK(no.highest[1].lift.interval.lower > 1.1);
}

TEST_CASE("a score that stopped telling is caught out of time", "[study][validation]") {
    const std::string text = std::string{history_model};
    const plan model = plan_of(text);
    const auto world = [](bool drifts) {
        told_history out = lived(3000, 29, [drifts](history_row& row, std::uint64_t& state, int) {
            const bool late = chance(state) < 0.5;
            row.term = late ? 1 : 0;
            row.logins = row.answers = row.wins = std::floor(chance(state) * 11);
            row.wins *= 4;
            row.logins *= 10;
            row.setup = row.logins > 50 ? 1 : 0;
            return drifts && late ? 0.5 : 0.2 + row.logins / 160;
        });
        // The late ones end a year and more later.
        for (std::size_t k = 0; k < out.contracts.size(); ++k) {
            if (out.rows[2 * k].term != 1) continue;
            out.contracts[k].second.start += 800;
            out.contracts[k].second.end += 800;
            out.rows[2 * k].as_of += 800;
            out.rows[2 * k + 1].as_of += 800;
        }
        return out;
    };
    const validation_finding bad = study_validation(evidence_of(model, world(true)), {0, {}});
    REQUIRE(bad.time.has_value());
    CHECK(bad.time->earlier.auc.interval.lower > 0.65);
    CHECK(bad.time->later.auc.interval.lower < 0.53);
    CHECK(bad.time->difference.interval.upper < -0.1);
    std::string cautions;
    for (const label& one : bad.told.cautions) cautions += one.en + "\n";
    CHECK(cautions.find("told more of the earlier ends") != std::string::npos);
    CHECK(bad.time->checks[2].calibration_error > 0.1);

    const validation_finding good = study_validation(evidence_of(model, world(false)), {0, {}});
    CHECK(good.time->difference.interval.lower < 0);
    CHECK(good.time->difference.interval.upper > 0);
    CHECK(good.time->checks[2].calibration_error < 0.08);
    CHECK(good.trend.p < 1e-6);
    CHECK(good.rank.of.interval.lower > 0.1);
    CHECK(good.falls.empty());
    CHECK(good.told.sentence.en.find("overall as it was 90 days before ranks a customer") == 0);
}

TEST_CASE("validation where nothing can be said", "[study][validation]") {
    const plan model = plan_of(history_model);
    const evidence nothing{model};
    const validation_finding found = study_validation(nothing);
    CHECK(!found.time);
    CHECK(std::isnan(found.scores.front().auc.value));
    CHECK(std::isnan(found.scores.front().checks[1].brier.value));
    CHECK(run_study(nothing, "validation", R"({"lead": 90})").ok());
    CHECK(!run_study(nothing, "validation", R"({"leed": 90})").ok());
    // Everybody renewed.
    const validation_finding all = study_validation(
        evidence_of(model, lived(200, 3, [](history_row& row, std::uint64_t& state, int) {
                        row.logins = std::floor(chance(state) * 100);
                        return 1.1;
                    })));
    CHECK(std::isnan(all.scores.front().auc.value));
    CHECK(all.told.sentence.en.find("nothing can be validated") != std::string::npos);
}

TEST_CASE("what is captured of few lost has an interval that holds", "[study][validation]") {
    const plan model = plan_of(history_model);
    // One in 60 is lost, whatever the score: the lowest tenth holds a tenth of them.
    int held = 0, defined = 0, lift_held = 0;
    constexpr int runs = 60;
    for (std::uint64_t seed = 1; seed <= runs; ++seed) {
        const told_history told =
            lived(400, seed * 7919, [](history_row& row, std::uint64_t& state, int) {
                row.logins = std::floor(chance(state) * 101);
                row.setup = row.answers = row.wins = no_value;
                return 1 - 1.0 / 60;
            });
        const validation_finding found = study_validation(evidence_of(model, told));
        REQUIRE(found.each_once);
        if (found.kept == found.ends) continue;
        const validation_share& tenth = row_of(found, "U").lowest[1];
        const interval& capture = tenth.capture.interval;
        const interval& lift = tenth.lift.interval;
        if (!is_defined(capture) || !is_defined(lift)) continue;
        ++defined;
        CHECK(capture.lower <= tenth.capture.value);
        CHECK(capture.upper >= tenth.capture.value);
        held += capture.lower <= 0.1 && capture.upper >= 0.1 ? 1 : 0;
        lift_held += lift.lower <= 1 && lift.upper >= 1 ? 1 : 0;
    }
    CHECK(defined >= runs - 3);
    CHECK(held >= defined - 8);
    CHECK(lift_held >= defined - 8);
}

}  // namespace test_validation
