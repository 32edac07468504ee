// The chain as evidence counts it, against a plain count from the definitions: month by month, with
// no bits.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/links.hpp"

#include "histories.hpp"
#include "tables.hpp"

namespace test_links {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

/// With touch, so that the first link is there, and with money.
std::string chain_model(const std::string& steps) {
    return R"json({
    "aiueo": 1, "name": "chain", "currency": "USD",
    "metrics": {"logins": {"type": "number", "min": 0, "max": 100}, "setup": {"type": "flag"},
                "answers": {"type": "number", "min": 0, "max": 10}, "wins": {"type": "number"},
                "plan": {"type": "category"}, "term": {"type": "number"},
                "unused": {"type": "number"}},
    "segments": ["plan", {"metric": "term", "edges": [2, 13]}],
    "touch": {"components": {"calls": {"metric": "unused", "curve": [[-2, 0], [3, 100]]}}},
    "axes": {
      "I": {"components": {"setup": {"metric": "setup"}}},
      "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]]}}},
      "E": {"components": {"answers": {"metric": "answers", "curve": [[0, 0], [10, 100]]}}},
      "O": {"components": {"wins": {"metric": "wins", "curve": [[0, 0], [40, 100]]}}}},
    "overall": {"weights": {"I": 1, "U": 2, "E": 1, "O": 2}},
    "steps": )json" +
           steps + R"json(,
    "study": {"leads": [90, 0], "term_bands": [2, 13]}})json";
}

/// A customer's month as the definitions see it.
struct plain_month {
    std::array<int, 3> achieved{};  ///< 0 unknown, 1 no, 2 yes
    std::int32_t as_of = 0;
    std::int64_t mrr = no_money;
    pattern where = pattern::unknown;
    std::array<std::string, 2> levels;  ///< of the segments; empty: unknown
};

struct plain_customer {
    std::map<std::int32_t, plain_month> months;
    std::vector<contract> contracts;
    std::size_t group = 0;
};

std::map<std::string, plain_customer> plain_customers(const told_history& told,
                                                      const counted_rows& rows) {
    std::map<std::string, plain_customer> out;
    for (const auto& [who, one] : told.contracts) {
        if (out[who].contracts.empty())
            out[who].group = static_cast<std::size_t>(evidence_group(who));
        out[who].contracts.push_back(one);
    }
    for (std::size_t i = 0; i < told.rows.size(); ++i) {
        const history_row& row = told.rows[i];
        const civil_date date = civil_from_days(row.as_of);
        const auto month = static_cast<std::int32_t>(date.year * 12 + date.month - 1);
        plain_month& to = out[row.customer].months[month];
        if (to.as_of > row.as_of) continue;
        to = {};
        to.as_of = row.as_of;
        for (std::size_t k = 0; k < 3; ++k)
            to.achieved[k] = rows.given->achieved(static_cast<step>(k))[i];
        to.where = static_cast<pattern>(rows.given->pattern()[i]);
        for (const contract& one : out[row.customer].contracts) {
            if (one.kind == contract_kind::contract && one.start <= row.as_of &&
                row.as_of < one.end)
                to.mrr = one.mrr_before;  // theirs do not overlap
        }
        to.levels = {row.plan, row.term < 2 ? "< 2" : row.term < 13 ? "2 – 13" : "≥ 13"};
        if (row.term != row.term) to.levels[1].clear();
    }
    return out;
}

int tenure_band(const plain_customer& who, std::int32_t month) {
    std::int32_t start = who.contracts.front().start;
    for (const contract& one : who.contracts) start = std::min(start, one.start);
    const civil_date date = civil_from_days(start);
    const std::int32_t tenure = month - static_cast<std::int32_t>(date.year * 12 + date.month - 1);
    return tenure <= 2 ? 0 : tenure <= 11 ? 1 : 2;
}

/// The ten fields of one customer's link; months at `level` only, where one is given.
std::array<std::int64_t, 10> plain_link(
    const plain_customer& who, std::size_t before, std::size_t after, std::int32_t lag,
    const std::optional<std::pair<std::size_t, std::string>>& level) {
    std::map<int, std::array<std::int64_t, 4>> bands;
    for (const auto& [t, here] : who.months) {
        if (level && here.levels[level->first] != level->second) continue;
        const auto then = who.months.find(t + lag);
        if (here.achieved[after] != 1 || here.achieved[before] == 0 || then == who.months.end() ||
            then->second.achieved[after] == 0)
            continue;
        auto& band = bands[tenure_band(who, t)];
        const std::size_t side = here.achieved[before] == 2 ? 0 : 2;
        ++band[side];
        if (then->second.achieved[after] == 2) ++band[side + 1];
    }
    std::array<std::int64_t, 10> out{};
    for (const auto& [band, n] : bands) {
        for (std::size_t k = 0; k < 4; ++k) out[k] += n[k];
        out[4] += n[1] * n[2];
        out[5] += n[3] * n[0];
        out[6] += n[0] * n[2];
    }
    out[7] = out[0] + out[2] > 0 ? 1 : 0;
    out[8] = out[0] > 0 ? 1 : 0;
    out[9] = out[2] > 0 ? 1 : 0;
    return out;
}

void count_link(const evidence& of, const plain_customer& who, std::size_t lag, table_cells& links,
                std::array<table_cells, 2>& by_segment) {
    const auto months = of.shape().lags()[lag];
    const auto key = static_cast<std::int32_t>(lag);
    for (std::size_t link = 0; link < 2; ++link) {
        for (std::size_t way = 0; way < 2; ++way) {
            const std::size_t a = way == 0 ? link : link + 1, b = way == 0 ? link + 1 : link;
            const auto found = plain_link(who, a, b, months, {});
            for (std::size_t k = 0; k < 10; ++k) {
                const std::size_t at = ((link * 2 + way) * 20 + who.group) * 10 + k;
                if (found[k] != 0) links[{{key}, at}] += found[k];
            }
        }
        for (std::size_t s = 0; s < 2; ++s) {
            std::set<std::string> met;
            for (const auto& one : who.months) met.insert(one.second.levels[s]);
            for (const std::string& level : met) {
                const auto found = plain_link(who, link, link + 1, months, std::pair{s, level});
                const std::int32_t id =
                    level.empty() ? -1 : of.tables()[counted::links_of_segment(s)].find_name(level);
                for (std::size_t k = 0; k < 10; ++k) {
                    if (found[k] != 0)
                        by_segment[s][{{key, id}, (link * 20 + who.group) * 10 + k}] += found[k];
                }
            }
        }
    }
}

void check_links(const std::string& steps, std::size_t lags) {
    const plan plan = plan_of(chain_model(steps).c_str());
    const told_history told = made_history(150, 77);
    evidence found = evidence_of(plan, told);
    const counted_rows rows = bound_rows(plan, told.rows);
    REQUIRE(found.shape().lags().size() == lags);
    table_cells links;
    std::array<table_cells, 2> by_segment;
    for (const auto& [name, who] : plain_customers(told, rows)) {
        for (std::size_t lag = 0; lag < lags; ++lag) count_link(found, who, lag, links, by_segment);
    }
    CHECK(links.size() > 300 * lags);
    CHECK(cells_of(found.table(table_id::links)) == links);
    for (std::size_t s = 0; s < 2; ++s)
        CHECK(cells_of(found.tables()[counted::links_of_segment(s)]) == by_segment[s]);
}

}  // namespace

TEST_CASE("links are counted by lag, customer and tenure", "[evidence][links]") {
    SECTION("the lag is chosen later") { check_links(R"({"threshold": 55})", 6); }
    SECTION("the lag is declared") { check_links(R"({"threshold": 55, "lag_months": 2})", 1); }
    SECTION("longer than any history") {
        const plan plan = plan_of(chain_model(R"({"lag_months": 70})").c_str());
        CHECK(evidence_of(plan, made_history(40, 3)).table(table_id::links).empty());
    }
}

TEST_CASE("histories of more than 64 months are counted whole", "[evidence][links]") {
    const plan plan = plan_of(chain_model(R"({"threshold": 55, "lag_months": 65})").c_str());
    told_history told;
    std::uint64_t state = 5;
    for (int c = 0; c < 30; ++c) {
        const std::string name = "long" + std::to_string(c);
        contract one;
        one.start = 12000;
        one.end = 18000;
        told.contracts.emplace_back(name, one);
        for (std::int32_t month = 0; month < 150; ++month) {
            if (drawn(state) % 7 == 0) continue;
            history_row row;
            row.customer = name;
            row.as_of = 12000 + month * 31;
            row.logins = static_cast<double>(drawn(state) % 101);
            row.setup = static_cast<double>(drawn(state) % 2);
            row.answers = static_cast<double>(drawn(state) % 11);
            row.wins = static_cast<double>(drawn(state) % 41);
            row.unused = static_cast<double>(drawn(state) % 6) - 2;
            row.term = 12;
            row.plan = month < 70 ? "a" : "b";
            told.rows.push_back(std::move(row));
        }
    }
    evidence found = evidence_of(plan, told);
    const counted_rows rows = bound_rows(plan, told.rows);
    table_cells links;
    std::array<table_cells, 2> by_segment;
    for (const auto& [name, who] : plain_customers(told, rows))
        count_link(found, who, 0, links, by_segment);
    CHECK(links.size() > 300);
    CHECK(cells_of(found.table(table_id::links)) == links);
    CHECK(cells_of(found.tables()[counted::links_of_segment(0)]) == by_segment[0]);
}

TEST_CASE("who stands where is counted by month", "[evidence][links]") {
    const plan plan = plan_of(chain_model(R"({"threshold": 55})").c_str());
    const told_history told = made_history(150, 78);
    evidence found = evidence_of(plan, told);
    const counted_rows rows = bound_rows(plan, told.rows);
    table_cells wanted;
    std::array<table_cells, 2> by_segment;
    std::int64_t mrr = 0;
    for (const auto& [name, who] : plain_customers(told, rows)) {
        for (const auto& [t, here] : who.months) {
            std::vector<std::size_t> places{4 + static_cast<std::size_t>(here.where)};
            for (std::size_t k = 0; k < 2; ++k) {
                if (here.achieved[k] == 1 && here.achieved[k + 1] == 1) places.push_back(k);
                for (std::int32_t lag = 1; lag <= 6; ++lag) {
                    bool stuck = true;
                    for (std::int32_t ago = 0; ago < lag; ++ago) {
                        const auto then = who.months.find(t - ago);
                        stuck = stuck && then != who.months.end() &&
                                then->second.achieved[k] == 2 && then->second.achieved[k + 1] == 1;
                    }
                    if (stuck) places.push_back(11 + static_cast<std::size_t>(lag - 1) * 2 + k);
                }
            }
            std::optional<std::int64_t> due;  // Σ MRR of what ends within 12 months
            bool due_known = true;
            for (const contract& one : who.contracts) {
                if (one.kind != contract_kind::contract || one.start > here.as_of ||
                    here.as_of >= one.end || detail::months_between(here.as_of, one.end) > 12)
                    continue;
                due = due.value_or(0) + (one.mrr_before == no_money ? 0 : one.mrr_before);
                due_known = due_known && one.mrr_before != no_money;
            }
            std::optional<std::size_t> due_place;
            if (due && here.achieved[2] != 0) due_place = here.achieved[2] == 2 ? 2 : 3;
            if (due_place) places.push_back(*due_place);
            if (here.mrr != no_money) mrr += here.mrr;
            for (const std::size_t place : places) {
                const std::int64_t part = due_place == place && due_known && here.mrr != no_money
                                              ? std::min(here.mrr, *due)
                                              : here.mrr;
                const std::array<std::int64_t, 3> adds{1, part == no_money ? 0 : 1,
                                                       part == no_money ? 0 : part};
                for (std::size_t k = 0; k < 3; ++k) {
                    if (adds[k] == 0) continue;
                    wanted[{{t}, place * 3 + k}] += adds[k];
                    for (std::size_t s = 0; s < 2; ++s) {
                        const count_table& table = found.tables()[counted::standing_of_segment(s)];
                        const std::int32_t id =
                            here.levels[s].empty() ? -1 : table.find_name(here.levels[s]);
                        by_segment[s][{{t, id}, place * 3 + k}] += adds[k];
                    }
                }
            }
        }
    }
    CHECK(cells_of(found.table(table_id::standing)) == wanted);
    for (std::size_t s = 0; s < 2; ++s)
        CHECK(cells_of(found.tables()[counted::standing_of_segment(s)]) == by_segment[s]);
    CHECK(found.count(total::mrr) == mrr);
    CHECK(mrr > 0);
}

TEST_CASE("a chain that contradicts itself is refused", "[evidence][links][state]") {
    const plan plan = plan_of(chain_model(R"({"threshold": 55, "lag_months": 2})").c_str());
    const evidence whole = evidence_of(plan, made_history(60, 79));
    const auto refused = [&](std::size_t table, std::size_t cell, std::int64_t by,
                             const std::string& why) {
        std::vector<count_table> tables = whole.tables();
        const auto [key, block] = *tables[table].blocks().begin();
        tables[table].at(key)[cell] += by;
        const status found = detail::check_tables(whole.shape(), tables);
        REQUIRE_FALSE(found.ok());
        CHECK_THAT(found.error().message, Contains(why));
    };
    REQUIRE(detail::check_tables(whole.shape(), whole.tables()).ok());
    const auto at = [](table_id which) { return static_cast<std::size_t>(which); };
    std::size_t used = 0;  // a group with months
    const auto& links = whole.table(table_id::links).blocks().begin()->second;
    while (links[used * link_fields] == 0) ++used;
    const std::size_t cell = used * link_fields;
    refused(at(table_id::links), cell + 1, 1'000'000, "more than its whole");
    refused(at(table_id::links), cell + 7, 1'000'000, "months of no customer");
    refused(at(table_id::links), cell, 1, "other months than table \"links\"");
    refused(at(table_id::links), cell + 4, 1'000'000, "more than its whole");
    refused(at(table_id::standing), 2 * 3 + 2, std::int64_t{1} << 40, "more than its whole");
    refused(at(table_id::growth), 1, 1, "other ends than table \"ends\"");
    refused(at(table_id::standing), 4 * 3, 1, "every customer of a month");
    refused(at(table_id::standing), 0, 1'000'000, "more than its whole");
    refused(counted::standing_of_segment(0), 0, 1, "every customer of a month");
    const std::size_t by_plan = counted::links_of_segment(0);
    const auto& of_plan = whole.tables()[by_plan].blocks().begin()->second;
    for (const auto which : {monthly_link::accompany_process, monthly_link::process_success}) {
        std::size_t group = 0;
        while (of_plan[level_link_cell(which, group)] == 0) ++group;
        refused(by_plan, level_link_cell(which, group), 1, "other months than table \"links\"");
    }
    refused(counted::missions_of_segment(1), 0, 1, "does not hold every end");
    refused(at(table_id::totals), static_cast<std::size_t>(total::mrr), 1, "total of MRR by month");
}

TEST_CASE("without steps there is nothing of a chain", "[evidence][links][state]") {
    std::string text = history_model;
    const std::string steps = R"("steps": {"threshold": 60},)";
    text.erase(text.find(steps), steps.size());
    const plan plan = plan_of(text);
    const evidence whole = evidence_of(plan, made_history(40, 80));
    REQUIRE(detail::check_tables(whole.shape(), whole.tables()).ok());
    const auto refused = [&](std::size_t table) {
        std::vector<count_table> tables = whole.tables();
        static_cast<void>(tables[table].at({0, 0}));
        const status found = detail::check_tables(whole.shape(), tables);
        REQUIRE_FALSE(found.ok());
        CHECK_THAT(found.error().message, Contains("is there, but the model has no steps"));
    };
    refused(static_cast<std::size_t>(table_id::links));
    refused(static_cast<std::size_t>(table_id::standing));
    refused(static_cast<std::size_t>(table_id::growth));
    for (std::size_t s = 0; s < 2; ++s) {
        refused(counted::links_of_segment(s));
        refused(counted::standing_of_segment(s));
    }
}

}  // namespace test_links
