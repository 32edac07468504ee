// Renewal by level, segment and term, against counts made from the rows themselves.
#include <map>
#include <set>
#include <string>

#include "aiueo/study/registry.hpp"
#include "aiueo/study/renewal.hpp"

#include "../evidence/histories.hpp"

namespace test_renewal {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

struct plain_cell {
    std::int64_t ends = 0, kept = 0, due = 0, due_kept = 0, base = 0, after = 0;
};

/// By stage (and "everybody"), of contracts seen `lead` days ahead; where `plan_name` is not empty,
/// of that level of the segment only.
std::map<std::string, plain_cell> counted_plainly(const plan& of, const told_history& told,
                                                  std::int32_t lead,
                                                  const std::string& plan_name = "") {
    const counted_rows rows = bound_rows(of, told.rows);
    std::map<std::string, plain_cell> out;
    const std::array<const char*, 3> stages{"Entry", "Active", "Loyal"};
    for (const auto& [customer, end] : told.contracts) {
        if (end.outcome == contract_outcome::open || end.kind != contract_kind::contract) continue;
        if (lead >= end.end - end.start) continue;
        std::int64_t best = -1;
        for (std::size_t i = 0; i < told.rows.size(); ++i) {
            const history_row& row = told.rows[i];
            if (row.customer != customer || row.as_of > end.end - lead ||
                row.as_of < end.end - lead - 31)
                continue;
            if (best < 0 || told.rows[static_cast<std::size_t>(best)].as_of < row.as_of)
                best = static_cast<std::int64_t>(i);
        }
        if (best < 0) continue;
        const auto at = static_cast<std::size_t>(best);
        if (!plan_name.empty() && told.rows[at].plan != plan_name) continue;
        const bool kept = end.outcome == contract_outcome::renewed;
        const std::string stage = stages[static_cast<std::size_t>(rows.given->stage(0)[at])];
        for (const std::string& name : {std::string{"everybody"}, stage}) {
            plain_cell& to = out[name];
            ++to.ends;
            to.kept += kept ? 1 : 0;
            if (end.mrr_before == no_money) continue;
            to.due += end.mrr_before;
            to.due_kept += kept ? end.mrr_before : 0;
            const std::int64_t after = kept ? end.mrr_after : 0;
            if (after == no_money) continue;
            to.base += end.mrr_before;
            to.after += after;
        }
    }
    return out;
}

void check_rows(const std::vector<renewal_row>& rows,
                const std::map<std::string, plain_cell>& wanted) {
    for (const renewal_row& row : rows) {
        INFO(row.level);
        const auto found = wanted.find(row.level);
        if (found == wanted.end()) {
            CHECK(row.rate.n == 0);
            CHECK(row.rate.value != row.rate.value);
            continue;
        }
        const plain_cell& cell = found->second;
        const auto share = [](std::int64_t a, std::int64_t b) {
            return static_cast<double>(a) / static_cast<double>(b);
        };
        CHECK(row.rate.n == cell.ends);
        CHECK(row.kept == cell.kept);
        CHECK(row.due == cell.due);
        CHECK(row.rate.value == share(cell.kept, cell.ends));
        CHECK(row.weighted.value == share(cell.due_kept, cell.due));
        if (cell.base == cell.due) {
            CHECK(row.retained.value == share(cell.after, cell.base));
        } else {  // what was lost is always followed
            const std::int64_t followed = cell.base - (cell.due - cell.due_kept);
            CHECK(near(row.retained.value,
                       share(cell.due_kept, cell.due) * share(cell.after, followed), 1e-12));
        }
        CHECK(row.rate.interval.lower <= row.rate.value);
        CHECK(row.rate.interval.upper >= row.rate.value);
    }
}

}  // namespace

TEST_CASE("renewal is what the rows say, by stage and segment, at each lead") {
    const plan plan = plan_of(history_model);
    const told_history told = made_history(250, 21);
    const evidence seen = evidence_of(plan, told);
    for (const std::int32_t lead : {0, 1}) {
        const renewal_finding found = study_renewal(seen, {.lead = lead});
        const std::int32_t days = lead == 0 ? 90 : 0;
        CHECK(found.lead_days == days);
        CHECK(!found.each_once);
        // Stage, band, pattern, process and success; all terms and three bands.
        REQUIRE(found.tables.size() == 20);
        CHECK(found.tables[0].of == "stage");
        CHECK(found.tables[0].terms == "all");
        check_rows(found.tables[0].rows, counted_plainly(plan, told, days));
        CHECK(found.segments.empty() == (lead != 0));
    }
    const renewal_finding found = study_renewal(seen);
    std::set<std::string> plans;
    for (const renewal_segment& one : found.segments) {
        if (one.segment != "plan" || one.level.empty()) continue;
        plans.insert(one.level);
        check_rows(one.rows, counted_plainly(plan, told, 90, one.level));
        for (const renewal_row& row : one.rows) {
            if (row.rate.n == 0) continue;
            const double mean = [&] {
                for (const renewal_row& all : found.tables[0].rows) {
                    if (all.level == row.level) return all.rate.value;
                }
                return no_value;
            }();
            const double n = static_cast<double>(row.rate.n);
            CHECK(near(row.shrunken.value, (static_cast<double>(row.kept) + 10 * mean) / (n + 10),
                       1e-12));
        }
    }
    CHECK(plans == std::set<std::string>{"plan 0", "plan 1", "plan 2", "plan 3"});
    // No interval of a share leaves 0 to 1, and none claims certainty.
    for (const renewal_table& table : found.tables) {
        for (const renewal_row& row : table.rows) {
            for (const figure& share : {row.rate, row.weighted}) {
                if (!is_defined(share.interval)) continue;
                CHECK(share.interval.lower >= 0);
                CHECK(share.interval.upper <= 1);
                CHECK(share.interval.lower < share.interval.upper);
            }
        }
    }
    CHECK(found.tables[0].trend.degrees == 19);
    CHECK(found.tables[0].trend.p > 0);
    // Terms divide the whole.
    std::int64_t ends = 0;
    for (std::size_t band = 1; band <= 3; ++band) ends += found.tables[band].rows[0].rate.n;
    CHECK(ends == found.tables[0].rows[0].rate.n);
    CHECK(found.tables[1].terms == "< 2");
}

TEST_CASE("ends without a churn do not say that none will come") {
    const plan plan = plan_of(history_model);
    told_history told = made_history(250, 21);
    for (auto& [customer, one] : told.contracts) {
        if (one.outcome == contract_outcome::churned) {
            one.outcome = contract_outcome::renewed;
            one.mrr_after = no_money;
        }
        if (one.outcome == contract_outcome::renewed && one.mrr_after == no_money)
            one.mrr_after = one.mrr_before;
    }
    const renewal_finding found = study_renewal(evidence_of(plan, told));
    const renewal_row& all = found.tables[0].rows[0];
    REQUIRE(all.weighted.value == 1);
    // 20 groups that all kept: Wilson's of 20 of 20.
    CHECK(near(all.weighted.interval.lower, wilson_interval(20, 20).lower, 1e-12));
    // What became of some MRR is not known, but it is no surer than that all was kept.
    CHECK(all.retained.value >= 1);
    CHECK(all.retained.interval.lower <=
          all.retained.value * wilson_interval(20, 20).lower * (1 + 1e-12));
    CHECK(all.retained.interval.upper > all.retained.value);
}

TEST_CASE("a customer that counts once has Wilson's interval") {
    const plan plan = plan_of(history_model);
    told_history told = made_history(60, 2);
    std::vector<std::pair<std::string, contract>> first;
    std::set<std::string> met;
    for (const auto& one : told.contracts) {
        if (one.second.kind == contract_kind::contract && met.insert(one.first).second)
            first.push_back(one);
    }
    told.contracts = first;
    const evidence seen = evidence_of(plan, told);
    const renewal_finding found = study_renewal(seen);
    CHECK(found.each_once);
    const renewal_row& all = found.tables[0].rows[0];
    const interval wilson = wilson_interval(all.kept, all.rate.n);
    CHECK(all.rate.interval.lower == wilson.lower);
    CHECK(all.rate.interval.upper == wilson.upper);
}

TEST_CASE("nothing observed is unknown, in words and figures") {
    const plan plan = plan_of(history_model);
    const evidence nothing{plan};
    const renewal_finding found = study_renewal(nothing);
    CHECK(found.tables[0].rows[0].rate.n == 0);
    CHECK(found.tables[0].rows[0].rate.value != found.tables[0].rows[0].rate.value);
    CHECK(found.told.sentence.en == "No contract end was observed this way; the rate is unknown.");
    CHECK(!found.told.sentence.ja.empty());
    const auto text = run_study(nothing, "renewal");
    REQUIRE(text.ok());
    CHECK(text->find("\"rate\":{\"value\":null,\"lower\":null,\"upper\":null,\"n\":0}") !=
          std::string::npos);
}

TEST_CASE("studies are found by name, and their options are checked") {
    const plan plan = plan_of(history_model);
    const evidence seen = evidence_of(plan, made_history(20, 2));
    REQUIRE(!studies().empty());
    for (const study_entry& one : studies()) CHECK(run_study(seen, one.name).ok());
    const auto refused = [&](const char* name, const char* options) {
        const auto found = run_study(seen, name, options);
        REQUIRE(!found.ok());
        return found.error();
    };
    CHECK(refused("renewals", "").message ==
          R"("renewals" is not a study; did you mean "renewal"?)");
    CHECK(refused("renewal", "{\"leed\": 0}").message ==
          R"("leed" is not an option of this study; did you mean "lead"?)");
    CHECK(refused("renewal", "{\"lead\": 30}").message ==
          R"(option "lead" is one of the model's leads: 90, 0)");
    CHECK(refused("renewal", "{\"kind\": 1}").message ==
          R"(option "kind" is one of "contract", "trial")");
    CHECK(refused("renewal", "[]").code == errc::invalid_argument);
    CHECK(refused("renewal", "{").code == errc::bad_json);
    CHECK(run_study(seen, "renewal", R"({"lead": 0, "kind": "trial"})").ok());
}

TEST_CASE("a renewal whose MRR after is not known is no sign of loss", "[study][renewal]") {
    // In each group 3 of 4 renew, and what is known of them grew from 100 to 110.
    const auto retained = [](std::int64_t known, std::int64_t unknown, std::int64_t lost) {
        grouped_ends ends{};
        for (end_sums& one : ends) {
            const auto put = [&](end_field field, std::int64_t n) {
                one.by_field[static_cast<std::size_t>(field)] = n;
            };
            put(end_field::ends, known + unknown + lost);
            put(end_field::kept, known + unknown);
            put(end_field::priced, known + unknown + lost);
            put(end_field::due, 100 * (known + unknown + lost));
            put(end_field::due_kept, 100 * (known + unknown));
            put(end_field::followed, known + lost);
            put(end_field::base, 100 * (known + lost));
            put(end_field::after, 110 * known);
            put(end_field::followed_kept, known);
        }
        return retained_of(ends);
    };
    CHECK(retained(3, 0, 1).value == Approx(0.825).epsilon(1e-12));
    CHECK(retained(3, 0, 1).n == 80);
    CHECK(retained(1, 2, 1).value == Approx(0.825).epsilon(1e-12));
    CHECK(retained(1, 2, 1).n == 40);
    CHECK(!is_defined(retained(0, 3, 1).value));
    CHECK(retained(0, 0, 4).value == 0);
}

}  // namespace test_renewal
