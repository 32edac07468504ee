// Association against figures done again from the rows, and in worlds whose truth is planted.
#include <algorithm>
#include <cmath>

#include "aiueo/study/association.hpp"
#include "aiueo/study/registry.hpp"

#include "observed_rows.hpp"

namespace test_association {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

const association_row& row_of(const std::vector<association_row>& rows, std::string_view name) {
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const association_row& one) { return one.name == name; });
    if (found == rows.end()) FAIL("no row " << name);
    return *found;
}

double value_of(const observed_row& one, std::size_t v) {
    return one.tenths[v] < 0 ? undefined : static_cast<double>(one.points(v));
}

/// Rows by points, of one outcome.
std::vector<std::int64_t> counted_of(const std::vector<observed_row>& rows, std::size_t v,
                                     bool kept) {
    std::vector<std::int64_t> out(101);
    for (const observed_row& one : rows) {
        if (one.kept == kept && one.tenths[v] >= 0) ++out[static_cast<std::size_t>(one.points(v))];
    }
    return out;
}

ends_by_group ends_of(const std::vector<observed_row>& rows, std::size_t v) {
    ends_by_group out{};
    for (const observed_row& one : rows) {
        if (one.tenths[v] >= 0) ++out[one.group % out.size()][one.kept ? 1 : 0];
    }
    return out;
}

/// Half the width of an interval ÷ its error: t of 19.
constexpr double t19 = 2.093024054408263;

}  // namespace

TEST_CASE("association is what the rows say", "[study][association]") {
    const plan model = plan_of(history_model);
    const told_history told = made_history(400, 7);
    const evidence seen = evidence_of(model, told);
    const counted shape{model};
    for (const contract_kind kind : {contract_kind::contract, contract_kind::trial}) {
        for (const std::int32_t lead : {0, 1}) {
            const association_finding found = study_association(seen, {lead, kind});
            const std::vector<observed_row> rows = observed_rows(model, told, kind, lead);
            REQUIRE(rows.size() > 60);
            CHECK(found.ends == static_cast<std::int64_t>(rows.size()));
            CHECK(found.scores.size() == shape.variables().size());
            CHECK(!found.each_once);
            for (std::size_t v = 0; v < shape.variables().size(); ++v) {
                const association_row& row = row_of(found.scores, shape.variables()[v].name);
                INFO(row.name << " at " << found.lead_days);
                const auto auc = [v](const std::vector<observed_row>& of) {
                    return plain_auc(of, [v](const observed_row& one) { return value_of(one, v); });
                };
                CHECK(near(row.auc.of.value, auc(rows), 1e-12));
                const double error = plain_jackknife(rows, auc);
                const auto odds = [](double share) { return std::log(share / (1 - share)); };
                const double odds_error = plain_jackknife(
                    rows, [&](const std::vector<observed_row>& of) { return odds(auc(of)); });
                // Never surer than independent observations: DeLong's interval, and the rank sum.
                const std::vector<std::int64_t> kept = counted_of(rows, v, true),
                                                lost = counted_of(rows, v, false);
                const interval independent = auc_interval(rank_statistics(kept, lost));
                const double by_ranks =
                    detail::p_of_repeated(rank_sum_test(kept, lost).p, ends_of(rows, v));
                const double upper =
                    std::max(odds(auc(rows)) + t19 * odds_error, odds(independent.upper));
                CHECK(near(row.auc.p,
                           std::max(by_ranks, t_two_sided((row.auc.of.value - 0.5) / error, 19)),
                           1e-9));
                CHECK(near(odds(row.auc.of.interval.upper),
                           row.auc.p > 0.05 ? std::max(0.0, upper) : upper, 1e-9));
                const auto biserial = [v](const std::vector<observed_row>& of) {
                    std::vector<std::pair<double, double>> pairs;
                    for (const observed_row& one : of) {
                        if (one.tenths[v] >= 0)
                            pairs.emplace_back(static_cast<double>(one.tenths[v]),
                                               one.kept ? 1 : 0);
                    }
                    return plain_correlation(pairs);
                };
                CHECK(near(row.point_biserial.of.value, biserial(rows), 1e-12));
                const double z_error = plain_jackknife(
                    rows,
                    [&](const std::vector<observed_row>& of) { return std::atanh(biserial(of)); });
                const double none = 1 / std::sqrt(static_cast<double>(row.point_biserial.of.n - 1));
                const double lower =
                    std::atanh(row.point_biserial.of.value) - t19 * std::max(z_error, none);
                CHECK(near(std::atanh(row.point_biserial.of.interval.lower),
                           row.point_biserial.p > 0.05 ? std::min(0.0, lower) : lower, 1e-9));
                CHECK(row.point_biserial.p >= by_ranks);
                // Known against unknown.
                double known = 0, known_kept = 0, unknown = 0, unknown_kept = 0;
                for (const observed_row& one : rows) {
                    (one.tenths[v] >= 0 ? known : unknown) += 1;
                    (one.tenths[v] >= 0 ? known_kept : unknown_kept) += one.kept ? 1 : 0;
                }
                CHECK(row.auc.of.n == static_cast<std::int64_t>(known));
                CHECK(row.presence.unknown.n == static_cast<std::int64_t>(unknown));
                if (unknown > 0)
                    CHECK(near(row.presence.difference.of.value,
                               known_kept / known - unknown_kept / unknown, 1e-12));
                else
                    CHECK(std::isnan(row.presence.difference.of.value));
                // Few are unknown; that all of them renewed is no certainty.
                const tested_figure& gap = row.presence.difference;
                if (is_defined(row.presence.unknown.interval))
                    CHECK(row.presence.unknown.interval.lower <
                          row.presence.unknown.interval.upper);
                if (gap.of.interval.lower > 0 || gap.of.interval.upper < 0) CHECK(gap.p <= 0.05);
            }
            for (std::size_t k = 1; k < found.scores.size(); ++k)
                CHECK(std::fabs(found.scores[k - 1].auc.of.value - 0.5) >=
                      std::fabs(found.scores[k].auc.of.value - 0.5));
            CHECK(found.metrics.empty() == (lead != 0));
            if (lead != 0) continue;
            const std::vector<std::pair<const char*, double history_row::*>> raw{
                {"logins", &history_row::logins},   {"setup", &history_row::setup},
                {"answers", &history_row::answers}, {"wins", &history_row::wins},
                {"unused", &history_row::unused},
            };
            for (const auto& [name, member] : raw) {
                const association_row& row = row_of(found.metrics, name);
                // Values above 32 share a code with their neighbours.
                const double auc = plain_auc(rows, [m = member](const observed_row& one) {
                    const std::int32_t code = value_code(one.raw.*m);
                    return code == unknown_code ? undefined : code;
                });
                CHECK(near(row.auc.of.value, auc, 1e-12));
                CHECK(row.used == (row.name != "unused"));
                CHECK(std::isnan(row.point_biserial.of.value));
            }
        }
    }
}

TEST_CASE("information value is over tenths and unknown", "[study][association]") {
    const plan model = plan_of(history_model);
    const told_history told = made_history(300, 3);
    const association_finding found = study_association(evidence_of(model, told), {0, {}});
    const std::vector<observed_row> rows = observed_rows(model, told, contract_kind::contract, 0);
    const counted shape{model};
    for (std::size_t v = 0; v < shape.variables().size(); ++v) {
        std::int64_t known = 0;
        for (const observed_row& one : rows) known += one.tenths[v] >= 0 ? 1 : 0;
        std::map<std::int64_t, std::pair<double, double>> bins;
        for (const observed_row& one : rows) {
            std::int64_t below = 0;
            for (const observed_row& other : rows)
                below += other.tenths[v] >= 0 && other.points(v) < one.points(v) ? 1 : 0;
            auto& cell = bins[one.tenths[v] < 0 ? -1 : below * 10 / known];
            (one.kept ? cell.first : cell.second) += 1;
        }
        double kept = 0, lost = 0, value = 0;
        for (const auto& [bin, cell] : bins) {
            kept += cell.first + 0.5;
            lost += cell.second + 0.5;
        }
        for (const auto& [bin, cell] : bins) {
            const double g = (cell.first + 0.5) / kept, b = (cell.second + 0.5) / lost;
            value += (g - b) * std::log(g / b);
        }
        const association_row& row = row_of(found.scores, shape.variables()[v].name);
        CHECK(near(row.information.value, value, 1e-12));
        CHECK(row.information.n == static_cast<std::int64_t>(rows.size()));
    }
}

TEST_CASE("what was planted is found, and nothing else", "[study][association]") {
    const plan model = plan_of(history_model);
    const told_history told = lived(1500, 11, [](history_row& row, std::uint64_t& state, int) {
        row.logins = std::floor(chance(state) * 100);
        row.answers = std::floor(chance(state) * 11);
        row.setup = 1;
        row.wins = chance(state) < 0.3 ? no_value : std::floor(chance(state) * 40);
        row.unused = std::floor(chance(state) * 5);
        // Logins raise renewal, answers lower it, wins say nothing but by their absence.
        return 0.45 + 0.4 * (row.logins / 100 - 0.5) - 0.3 * (row.answers / 10 - 0.5) +
               (row.wins != row.wins ? -0.2 : 0.1);
    });
    const association_finding found = study_association(evidence_of(model, told), {0, {}});
    CHECK(found.each_once);
    const association_row& logins = row_of(found.scores, "U.logins");
    CHECK(logins.auc.of.interval.lower > 0.55);
    CHECK(logins.auc.q < 1e-6);
    CHECK(logins.point_biserial.of.value > 0.15);
    CHECK(logins.spearman.q < 1e-6);
    const association_row& answers = row_of(found.scores, "E.answers");
    CHECK(answers.auc.of.interval.upper < 0.5);
    CHECK(answers.auc.q < 0.001);
    const association_row& wins = row_of(found.scores, "O.wins");
    CHECK(wins.auc.q > 0.05);
    CHECK(wins.presence.difference.of.interval.lower > 0.15);
    CHECK(wins.presence.difference.q < 1e-6);
    const association_row& setup = row_of(found.scores, "I.setup");
    CHECK(setup.constant);
    CHECK(std::isnan(setup.auc.of.value));
    CHECK(std::isnan(setup.auc.q));
    CHECK(found.scores.back().constant);
    CHECK(row_of(found.metrics, "unused").auc.q > 0.05);
    CHECK(found.told.sentence.en.find("the strongest component is U.logins, AUC 0.6") !=
          std::string::npos);
    std::string cautions;
    for (const label& one : found.told.cautions) cautions += one.en + "\n";
    CHECK(cautions.find("higher E.answers renewed less often") != std::string::npos);
    CHECK(cautions.find("O.wins is unknown renew less often") != std::string::npos);
    CHECK(cautions.find("I, I.setup") != std::string::npos);
}

TEST_CASE("a customer that counts often is no crowd", "[study][association]") {
    const plan model = plan_of(history_model);
    // Ten ends of each customer with one score and one fate; truly nothing goes with anything.
    int alarms = 0, naive = 0;
    for (std::uint64_t seed = 1; seed <= 40; ++seed) {
        const told_history told = lived(
            60, seed * 977,
            [](history_row& row, std::uint64_t& state, int k) {
                if (k == 0) {
                    row.logins = std::floor(chance(state) * 100);
                    row.wins = chance(state);  // a fate
                    row.setup = row.answers = no_value;
                }
                return row.wins < 0.5 ? 0.9 : 0.1;
            },
            10);
        const association_finding found = study_association(evidence_of(model, told), {0, {}});
        REQUIRE(!found.each_once);
        const association_row& logins = row_of(found.scores, "U.logins");
        alarms += logins.auc.p < 0.05 ? 1 : 0;
        const auto rows = observed_rows(model, told, contract_kind::contract, 0);
        std::vector<std::int64_t> kept(101), lost(101);
        const counted shape{model};
        for (const observed_row& one : rows)
            ++(one.kept ? kept
                        : lost)[static_cast<std::size_t>(one.points(shape.first_component() + 1))];
        const ranking ranked = rank_statistics(kept, lost);
        naive += normal_two_sided((ranked.auc - 0.5) / ranked.error) < 0.05 ? 1 : 0;
    }
    CHECK(alarms <= 6);
    CHECK(naive >= 12);
}

TEST_CASE("three lost of two thousand say nothing of a rare flag", "[study][association]") {
    const plan model = plan_of(history_model);
    // Each once: five of 2,000 are set up; of three that are lost one is among them.
    const auto world = [](int ends) {
        int customer = 0;
        return lived(
            2000, 7,
            [&customer](history_row& row, std::uint64_t& state, int k) {
                if (k == 0) ++customer;
                row.setup = customer % 400 == 0 ? 1 : 0;
                row.logins = row.answers = row.wins = no_value;
                row.unused = customer % 2 == 0 ? no_value : 1;
                const bool lost = customer == 400 || customer == 401 || customer == 1203;
                (void)state;
                return lost && k == 0 ? 0.0 : 1.0;
            },
            ends);
    };
    for (const int ends : {1, 3}) {
        const association_finding found = study_association(evidence_of(model, world(ends)));
        CHECK(found.each_once == (ends == 1));
        const association_row& setup = row_of(found.scores, "I.setup");
        const table_2x2 seen{5 * ends - 1, 1, 1995 * ends - 2, 2};
        CHECK(near(setup.auc.p, exact_test(seen).p, ends == 1 ? 1e-9 : 1));
        CHECK(setup.auc.p > 0.005);
        CHECK(setup.spearman.p > 0.005);
        CHECK(setup.point_biserial.p > 0.005);
        CHECK(spearman(std::vector<std::int64_t>{1995 * ends - 2, 5 * ends - 1},
                       std::vector<std::int64_t>{2, 1})
                  .p < 1e-8);
        // 1 of 3 lost is among the 1,000 of whom `unused` is unknown.
        const association_row& unused = row_of(found.metrics, "unused");
        CHECK(unused.presence.difference.p > 0.3);
    }
}

TEST_CASE("a total that contradicts its segments is called out", "[study][association]") {
    const plan model = plan_of(history_model);
    // The big plan logs in a lot and leaves a lot; within each plan logins help.
    const auto world = [](bool confounded) {
        return [confounded](history_row& row, std::uint64_t& state, int) {
            const bool big = chance(state) < 0.5;
            row.plan = big ? "big" : "small";
            row.logins =
                std::floor(confounded && big ? 30 + 70 * chance(state) : 70 * chance(state));
            row.setup = row.answers = row.wins = no_value;
            return 0.2 + 0.004 * row.logins + (confounded && !big ? 0.4 : 0.0);
        };
    };
    const association_finding bad =
        study_association(evidence_of(model, lived(4000, 5, world(true))), {0, {}});
    const association_row& row = row_of(bad.scores, "U.logins");
    REQUIRE(row.segments.size() == 2);
    const association_segment& plans = row.segments.front();
    CHECK(plans.segment == "plan");
    CHECK(plans.crude.value < 1);
    CHECK(plans.pooled.interval.lower > 1);
    CHECK(plans.log_ratio.interval.upper < 0);
    CHECK(plans.reversed);
    REQUIRE(plans.levels.size() == 2);
    for (const association_level& one : plans.levels) {
        CHECK(one.auc.interval.lower > 0.5);
        CHECK(one.odds > 1);
    }
    CHECK(!row.segments.back().reversed);  // one term for all
    std::string cautions;
    for (const label& one : bad.told.cautions) cautions += one.en + "\n";
    CHECK(cautions.find("than within the levels of plan") != std::string::npos);

    // Done again from the rows.
    const told_history told = lived(4000, 5, world(true));
    const auto rows = observed_rows(model, told, contract_kind::contract, 0);
    const std::size_t v = counted{model}.first_component() + 1;
    std::map<std::string, table_2x2> tables;
    for (const observed_row& one : rows) {
        table_2x2& t = tables[one.raw.plan];
        const bool high = one.points(v) >= plans.cut;
        ++(high ? (one.kept ? t.a : t.b) : (one.kept ? t.c : t.d));
    }
    double above = 0, below = 0;
    table_2x2 all;
    for (const auto& [name, t] : tables) {
        const auto n = static_cast<double>(t.total());
        above += static_cast<double>(t.a) * static_cast<double>(t.d) / n;
        below += static_cast<double>(t.b) * static_cast<double>(t.c) / n;
        all = {all.a + t.a, all.b + t.b, all.c + t.c, all.d + t.d};
    }
    CHECK(near(plans.pooled.value, above / below, 1e-12));
    CHECK(near(plans.crude.value,
               static_cast<double>(all.a) * static_cast<double>(all.d) /
                   (static_cast<double>(all.b) * static_cast<double>(all.c)),
               1e-12));
    CHECK(std::abs(all.exposed() - all.unexposed()) < 120);  // near the median

    const association_finding good =
        study_association(evidence_of(model, lived(4000, 5, world(false))), {0, {}});
    for (const association_segment& one : row_of(good.scores, "U.logins").segments)
        CHECK(!one.reversed);
}

TEST_CASE("association where nothing was observed", "[study][association]") {
    const plan model = plan_of(history_model);
    const evidence nothing{model};
    const association_finding found = study_association(nothing, {0, contract_kind::trial});
    CHECK(found.ends == 0);
    for (const association_row& row : found.scores) {
        CHECK(std::isnan(row.auc.of.value));
        CHECK(std::isnan(row.auc.p));
        CHECK(row.segments.empty());
    }
    CHECK(found.told.sentence.en == "No contract end was observed this way; nothing is known.");
    CHECK(run_study(nothing, "association", R"({"kind": "trial", "lead": 0})").ok());
    CHECK(!run_study(nothing, "association", R"({"lead": 5})").ok());
}

TEST_CASE("what cannot be tested is not known, and trials convert", "[study][association]") {
    const plan model = plan_of(history_model);
    const auto all_kept = [](history_row& row, std::uint64_t& state, int) {
        row.logins = static_cast<double>(drawn(state) % 101);
        return 1.0;
    };
    const association_finding none = study_association(evidence_of(model, lived(60, 3, all_kept)));
    CHECK(none.ends > 0);
    CHECK(none.told.sentence.en.find("can be tested, for want of customers of both outcomes") !=
          std::string::npos);
    CHECK(none.told.sentence.ja.find("検定できません") != std::string::npos);

    const association_finding trials =
        study_association(evidence_of(model, made_history(400, 7)), {0, contract_kind::trial});
    CHECK(trials.told.cautions.front().en.find("What goes with conversion need not") == 0);
    for (const label& one : trials.told.cautions) CHECK(one.en.find("renew") == std::string::npos);
}

}  // namespace test_association
