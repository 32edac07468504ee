// Agreement of ranks and stages, against published values and a plain jackknife.
#include <array>
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "aiueo/study/agreement.hpp"
#include "aiueo/study/registry.hpp"
#include "aiueo/study/renewal.hpp"

#include "../evidence/ranked.hpp"
#include "nlohmann/json.hpp"

namespace test_agreement {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// One member's ranks of customers in turn, each in a group of its own while there are some.
ranked_stages by_hand(const std::vector<std::vector<std::int64_t>>& matrix, bool each_once) {
    ranked_stages out;
    out.ladder = "stage";
    const std::array<const char*, 5> ranks{"C", "B", "A", "S", "SS"};
    const std::array<const char*, 4> stages{"Entry", "Onboard", "Active", "Loyal"};
    for (std::size_t r = 0; r < matrix.size(); ++r) out.ranks.emplace_back(ranks[r]);
    for (std::size_t s = 0; s < matrix[0].size(); ++s) out.stages.emplace_back(stages[s]);
    out.each_once = each_once;
    ranked_stages::of_member one{"Yuki", true, each_once, std::vector<std::int64_t>(out.size())};
    std::size_t group = 0;
    for (std::size_t r = 0; r < matrix.size(); ++r) {
        for (std::size_t s = 0; s < matrix[r].size(); ++s) {
            for (std::int64_t k = 0; k < matrix[r][s]; ++k) {
                const auto became = static_cast<std::size_t>(k) % fates;
                ++one.cells[((r * matrix[r].size() + s) * fates + became) * evidence_groups +
                            group++ % evidence_groups];
            }
        }
    }
    out.members.push_back(std::move(one));
    return out;
}

const std::vector<std::vector<std::int64_t>> forty{
    {8, 1, 0, 0}, {1, 9, 1, 0}, {0, 1, 10, 0}, {0, 1, 1, 7}};

struct seen_rank {
    std::size_t group = 0, rank = 0, stage = 0;
    std::string by;
};

/// From the rows: each rank beside the stage of the latest snapshot of the 31 days before.
std::vector<seen_rank> plainly(const plan& of, const told_history& told, const told_ranks& ranks) {
    const counted_rows rows = bound_rows(of, told.rows);
    std::vector<seen_rank> out;
    for (const told_rank& one : ranks.rows) {
        const history_row* best = nullptr;
        for (const history_row& row : told.rows) {
            if (row.customer != one.customer || row.as_of > one.as_of || row.as_of < one.as_of - 31)
                continue;
            if (best == nullptr || best->as_of < row.as_of) best = &row;
        }
        if (best == nullptr) continue;
        out.push_back({static_cast<std::size_t>(evidence_group(one.customer)),
                       static_cast<std::size_t>(one.rank),
                       static_cast<std::size_t>(
                           rows.given->stage(0)[static_cast<std::size_t>(best - told.rows.data())]),
                       one.by});
    }
    return out;
}

template <class Figure>
double plain_error(const std::vector<seen_rank>& seen, Figure figure) {
    std::vector<double> without;
    for (std::size_t g = 0; g < 20; ++g) {
        std::vector<seen_rank> rest;
        for (const seen_rank& one : seen) {
            if (one.group != g) rest.push_back(one);
        }
        if (rest.size() < seen.size()) without.push_back(figure(rest));
    }
    double mean = 0, squares = 0;
    const auto n = static_cast<double>(without.size());
    for (const double one : without) mean += one / n;
    for (const double one : without) squares += (one - mean) * (one - mean);
    return std::sqrt((n - 1) / n * squares);
}

double plain_agreed(const std::vector<seen_rank>& seen) {
    double same = 0;
    for (const seen_rank& one : seen) same += one.rank == one.stage ? 1 : 0;
    return same / static_cast<double>(seen.size());
}

double plain_kappa(const std::vector<seen_rank>& seen, int power) {
    const auto n = static_cast<double>(seen.size());
    std::array<double, 3> a{}, b{};
    double apart = 0, by_chance = 0;
    const auto cost = [power](std::size_t i, std::size_t j) {
        const double d = std::abs(static_cast<double>(i) - static_cast<double>(j));
        return power == 0 ? (d > 0 ? 1.0 : 0.0) : std::pow(d, power);
    };
    for (const seen_rank& one : seen) {
        a[one.rank] += 1 / n;
        b[one.stage] += 1 / n;
        apart += cost(one.rank, one.stage) / n;
    }
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) by_chance += a[i] * b[j] * cost(i, j);
    }
    return 1 - apart / by_chance;
}

json studied(const evidence& of, std::string_view options = {}) {
    auto found = run_study(of, "agreement", options);
    if (!found) FAIL(found.error().to_string());
    return json::parse(*found);
}

}  // namespace

TEST_CASE("34 of 40: Wilson, and the kappas of scikit-learn and statsmodels", "[study][ranks]") {
    const agreement_finding found = study_agreement(by_hand(forty, true));
    CHECK(found.n == 40);
    CHECK(found.comparable);
    CHECK(near(found.agreed.value, 0.85, 1e-12));
    CHECK(near(found.agreed.interval.lower, 0.709, 5e-4));
    CHECK(near(found.agreed.interval.upper, 0.929, 5e-4));
    CHECK(near(found.chance, 0.255, 1e-12));
    const std::array<std::array<double, 3>, 3> wanted{
        {{0.7986577181208053, 0.649915156944741, 0.9474002792968697},
         {0.8504273504273505, 0.7309333909229538, 0.9699213099317472},
         {0.8977272727272727, 0.7967892439296455, 0.9986653015249}}};
    for (std::size_t k = 0; k < 3; ++k) {
        CHECK(near(found.kappa[k].value, wanted[k][0], 1e-9));
        CHECK(near(found.kappa[k].interval.lower, wanted[k][1], 1e-9));
        CHECK(near(found.kappa[k].interval.upper, wanted[k][2], 1e-9));
    }
    CHECK(near(found.spearman.value, 0.8993617801625219, 1e-9));
    CHECK(near(found.kendall.value, 0.8629249631609028, 1e-9));
    CHECK(is_defined(found.kendall.interval));
    CHECK(found.ranked_higher == 4);
    CHECK(found.ranked_lower == 2);
    CHECK_THAT(std::string{found.sentence()},
               Contains("agree for 34 of 40 customers, 85.0 % (70.9–92.9); chance would give "
                        "25.5 %"));
    CHECK_THAT(std::string{found.sentence(language::ja)},
               Contains("40社のうち34社、85.0%（70.9〜92.9）で一致しました。偶然なら25.5%です"));
}

TEST_CASE("all agree, and none can", "[study][ranks]") {
    const agreement_finding all = study_agreement(by_hand({{5, 0}, {0, 5}}, true));
    CHECK(all.agreed.value == 1);
    CHECK(all.agreed.interval.lower < 0.8);
    CHECK(all.kappa[0].value == 1);
    CHECK(!is_defined(all.kappa[0].interval));
    for (const bool once : {true, false}) {
        const agreement_finding each = study_agreement(by_hand({{5, 0}, {0, 5}}, once));
        for (const figure& one : {each.spearman, each.kendall}) {
            CHECK(near(one.value, 1, 1e-12));
            CHECK(!is_defined(one.interval));
        }
    }
    const agreement_finding same = study_agreement(by_hand({{5, 0}, {0, 0}}, true));
    CHECK(!is_defined(same.kappa[0].value));
    CHECK(!is_defined(same.spearman.value));
}

TEST_CASE("ranks high and low beside stages high and low", "[study][ranks]") {
    // by_hand's k-th of a cell became: none, kept, lost, open, none, …
    const agreement_finding four =
        study_agreement(by_hand({{1, 1, 1, 1}, {1, 1, 1, 1}, {4, 3, 1, 1}, {8, 0, 1, 1}}, true));
    const auto& [surprise, reverse, high, low] = four.corners;
    CHECK(surprise.ranked_high);
    CHECK(!surprise.stage_high);
    CHECK(surprise.ranks == 15);
    CHECK(surprise.kept == 4);  // of 4: 1, of 3: 1, of 8: 2
    CHECK(surprise.lost == 4);
    CHECK(surprise.open == 3);
    CHECK(surprise.ending() == 11);
    CHECK(surprise.renewed.n == 8);
    CHECK(near(surprise.renewed.value, 0.5, 1e-12));
    CHECK(!reverse.ranked_high);
    CHECK(reverse.stage_high);
    CHECK(reverse.ranks == 4);
    CHECK(reverse.ending() == 0);
    CHECK(!is_defined(reverse.renewed.value));
    CHECK(high.ranks == 4);
    CHECK(low.ranks == 4);
    CHECK_THAT(std::string{four.sentence()},
               Contains("within 90 days: 11, of which 4 lost, 4 kept, 3 open"));

    // The middle of three is neither high nor low.
    const agreement_finding three =
        study_agreement(by_hand({{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}, true));
    CHECK(three.corners[0].ranks == 7);
    CHECK(three.corners[1].ranks == 3);
    CHECK(three.corners[2].ranks == 9);
    CHECK(three.corners[3].ranks == 1);
}

TEST_CASE("as many ranks as stages, or correlation alone", "[study][ranks]") {
    const agreement_finding found =
        study_agreement(by_hand({{5, 1, 0}, {1, 5, 1}, {0, 1, 5}, {0, 0, 4}}, true));
    CHECK(!found.comparable);
    CHECK(!is_defined(found.agreed.value));
    CHECK(!is_defined(found.chance));
    for (const figure& one : found.kappa) CHECK(!is_defined(one.value));
    CHECK(found.spearman.value > 0.7);
    CHECK(is_defined(found.kendall.value));
    CHECK(found.members.front().agreed.n == 23);
    CHECK_THAT(std::string{found.sentence()}, Contains("4 ranks and 3 stages"));
    bool said = false;
    for (const label& one : found.told.cautions)
        said = said || one.en.find("as many ranks") != std::string::npos;
    CHECK(said);
}

TEST_CASE("customers that are ranked again and again", "[study][ranks]") {
    const plan plan = plan_of(ranked_model);
    const told_history told = made_history(150, 31);
    const told_ranks ranks = made_ranks(told, 4);
    const evidence of = evidence_of(plan, told, ranks);
    const std::vector<seen_rank> seen = plainly(plan, told, ranks);
    const agreement_finding found = study_agreement(of);
    REQUIRE(seen.size() > 300);
    CHECK(found.n == static_cast<std::int64_t>(seen.size()));
    CHECK(found.unseen == of.count(total::ranks_unseen));
    CHECK(!found.each_once);
    std::vector<std::int64_t> cells(9);
    for (const seen_rank& one : seen) ++cells[one.rank * 3 + one.stage];
    CHECK(found.cells == cells);
    const double t19 = 2.093024054408263;
    const auto check = [&](const figure& one, auto plain) {
        CHECK(near(one.value, plain(seen), 1e-9));
        CHECK(near(one.interval.upper - one.value, t19 * plain_error(seen, plain), 1e-9));
    };
    // A share's interval is that of its log-odds.
    const auto log_odds = [](double p) { return std::log(p / (1 - p)); };
    const auto check_share = [&](const figure& one, auto plain) {
        CHECK(near(one.value, plain(seen), 1e-9));
        const double error = plain_error(
            seen, [&](const std::vector<seen_rank>& some) { return log_odds(plain(some)); });
        CHECK(near(log_odds(one.interval.upper) - log_odds(one.value), t19 * error, 1e-9));
    };
    check_share(found.agreed, plain_agreed);
    for (int power = 0; power < 3; ++power) {
        check(found.kappa[static_cast<std::size_t>(power)],
              [power](const std::vector<seen_rank>& some) { return plain_kappa(some, power); });
    }
    CHECK_THAT(std::string{found.sentence()}, Contains(" ranks, "));

    // By member, who agrees least first.
    std::map<std::string, std::vector<seen_rank>> by;
    for (const seen_rank& one : seen) by[one.by].push_back(one);
    REQUIRE(found.members.size() == by.size());
    REQUIRE(by.size() == 3);
    double least = 0;
    for (const agreement_member& one : found.members) {
        const std::vector<seen_rank>& mine = by[one.by];
        CHECK(one.named == !one.by.empty());
        CHECK(one.agreed.n == static_cast<std::int64_t>(mine.size()));
        CHECK(near(one.agreed.value, plain_agreed(mine), 1e-12));
        CHECK(one.agreed.value >= least);
        least = one.agreed.value;
        std::int64_t higher = 0, lower = 0;
        for (const seen_rank& each : mine) {
            higher += each.rank > each.stage ? 1 : 0;
            lower += each.rank < each.stage ? 1 : 0;
        }
        CHECK(one.ranked_higher == higher);
        CHECK(one.ranked_lower == lower);
    }

    // One member; one month.
    const json yuki = studied(of, R"({"member": "Yuki"})");
    CHECK(yuki["n"] == by["Yuki"].size());
    CHECK(yuki["members"].size() == 1);
    std::int64_t all = 0;
    std::set<std::int32_t> months;
    for (const auto& [key, block] : of.table(table_id::ranks).blocks()) months.insert(key[0]);
    for (const std::int32_t month : months) {
        const std::string name = "\"" + std::to_string(month / 12) + (month % 12 < 9 ? "-0" : "-") +
                                 std::to_string(month % 12 + 1) + "\"";
        std::string options = R"({"first_month": )";
        options += name + R"(, "last_month": )" + name + "}";
        const std::int64_t n = studied(of, options)["n"];
        CHECK(n > 0);
        all += n;
    }
    CHECK(all == found.n);
    for (const auto& [options, why] : std::vector<std::pair<std::string, std::string>>{
             {R"({"member": "Yuk"})", "did you mean \"Yuki\"?"},
             {R"({"member": 3})", "option \"member\" is a text"},
             {R"({"first_month": "2020"})", "is a month, such as"},
             {R"({"first_month": "2020-13"})", "is a month, such as"},
             {R"({"first_month": "2020-02", "last_month": "2020-01"})", "before"},
             {R"({"lead": 90})", "is not an option of this study"}}) {
        const auto refused = run_study(of, "agreement", options);
        REQUIRE(!refused.ok());
        CHECK_THAT(refused.error().to_string(), Contains(why));
    }
}

TEST_CASE("each customer once, in all or in the month that is asked for", "[study][ranks]") {
    const plan plan = plan_of(ranked_model);
    told_history told;
    told_ranks ranks;
    for (int c = 0; c < 30; ++c) {
        history_row row;
        row.customer = "c" + std::to_string(c);
        row.as_of = 18300;
        row.logins = 10 * (c % 10);
        row.answers = c % 3 == 0 ? 9 : 2;
        told.rows.push_back(row);
        ranks.rows.push_back({row.customer, 18310, c % 3, "Aoi"});
    }
    const json once = studied(evidence_of(plan, told, ranks));
    CHECK(once["each_once"] == true);
    CHECK(once["n"] == 30);

    told_ranks again = ranks;
    for (const told_rank& one : ranks.rows) {
        if (one.rank > 0) again.rows.push_back({one.customer, 18320, one.rank, "Yuki"});
    }
    const evidence two_days = evidence_of(plan, told, again);  // 18 and 28 February 2020
    CHECK(studied(two_days)["each_once"] == false);
    CHECK(studied(two_days, R"({"member": "Aoi"})")["each_once"] == true);
    CHECK(studied(two_days, R"({"member": "Yuki"})")["each_once"] == true);

    for (history_row row : std::vector<history_row>{told.rows}) {
        row.as_of = 18340;
        told.rows.push_back(row);
    }
    told_ranks later = ranks;
    for (const told_rank& one : ranks.rows)
        later.rows.push_back({one.customer, 18345, one.rank, "Aoi"});  // 24 March
    const evidence two_months = evidence_of(plan, told, later);
    CHECK(studied(two_months)["each_once"] == false);
    CHECK(studied(two_months, R"({"first_month": "2020-03"})")["each_once"] == true);
    CHECK(studied(two_months, R"({"last_month": "2020-02"})")["each_once"] == true);
    CHECK(studied(two_months, R"({"first_month": "2020-04"})")["n"] == 0);
}

TEST_CASE("nothing to agree with is said in words", "[study][ranks]") {
    const told_history told = made_history(30, 32);
    const plan ranked = plan_of(ranked_model);
    const plan plain = plan_of(history_model);
    CHECK_THAT(studied(evidence_of(plain, told))["sentence"]["en"].get<std::string>(),
               Contains("no ranks (study.ranks)"));
    CHECK_THAT(studied(evidence_of(ranked, told))["sentence"]["en"].get<std::string>(),
               Contains("No rank has a snapshot"));
    std::string text = ranked_model;
    const std::size_t from = text.find("\"ladders\"");
    text.erase(from, text.find("\"bands\"") - from);
    const json found = studied(evidence_of(plan_of(text), told, made_ranks(told, 2)));
    CHECK(found["ladder"].is_null());
    CHECK_THAT(found["sentence"]["en"].get<std::string>(), Contains("no ladder"));
}

TEST_CASE("renewal by the members' rank, where there are ranks", "[study][ranks]") {
    const plan plan = plan_of(ranked_model);
    const told_history told = made_history(200, 33);
    const auto rank_tables = [](const renewal_finding& found) {
        std::vector<renewal_table> out;
        for (const renewal_table& one : found.tables) {
            if (one.of == "rank") out.push_back(one);
        }
        return out;
    };
    CHECK(rank_tables(study_renewal(evidence_of(plan, told))).empty());
    const evidence of = evidence_of(plan, told, made_ranks(told, 4));
    const auto tables = rank_tables(study_renewal(of, {.lead = 1}));
    REQUIRE(!tables.empty());
    const renewal_table& all = tables.front();
    REQUIRE(all.rows.size() == 5);  // everybody, C, B, A, unknown
    CHECK(all.rows[1].level == "C");
    CHECK(all.rows[4].level == "unknown");
    CHECK(all.ordered);
    std::int64_t n = 0;
    for (std::size_t k = 1; k < all.rows.size(); ++k) n += all.rows[k].rate.n;
    CHECK(n == all.rows[0].rate.n);
    CHECK(all.rows[1].rate.n > 10);
}

}  // namespace test_agreement
