// The members' ranks as evidence counts them, against a plain count from the definitions.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/rank_counts.hpp"

#include "histories.hpp"
#include "ranked.hpp"

namespace test_rank_counts {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

std::int32_t month_on(std::int32_t day) {
    const civil_date date = civil_from_days(day);
    return static_cast<std::int32_t>(date.year * 12 + date.month - 1);
}

/// The latest date's lower median, day by day.
std::int32_t plain_rank(const told_ranks& told, const std::string& customer, std::int32_t day) {
    for (std::int32_t on = day; on >= day - told.days; --on) {
        std::vector<std::int32_t> given;
        for (const told_rank& one : told.rows) {
            if (one.customer == customer && one.as_of == on) given.push_back(one.rank);
        }
        if (given.empty()) continue;
        std::sort(given.begin(), given.end());
        return given[(given.size() - 1) / 2];
    }
    return -1;
}

}  // namespace

TEST_CASE("ranks are counted by month, member, stage and what came after", "[evidence][ranks]") {
    const plan plan = plan_of(ranked_model);
    const told_history told = made_history(200, 21);
    const told_ranks ranks = made_ranks(told, 4);
    evidence found = evidence_of(plan, told, ranks);
    const counted_rows rows = bound_rows(plan, told.rows);
    const counted& shape = found.shape();
    const count_table& table = found.table(table_id::ranks);

    table_cells wanted;
    std::int64_t seen = 0, unseen = 0;
    std::set<std::string> customers;
    std::map<std::pair<std::string, std::int32_t>, std::pair<std::int32_t, std::string>> first;
    std::map<std::pair<std::string, std::int32_t>, count_key> first_key;
    std::set<std::pair<std::string, count_key>> by_member;
    for (const told_rank& one : ranks.rows) {
        const history_row* best = nullptr;
        bool known = false;
        for (const history_row& row : told.rows) {
            if (row.customer != one.customer) continue;
            known = true;
            if (row.as_of > one.as_of || row.as_of < one.as_of - 31) continue;
            if (best == nullptr || best->as_of < row.as_of) best = &row;
        }
        if (!known) continue;
        if (best == nullptr) {
            ++unseen;
            continue;
        }
        ++seen;
        customers.insert(one.customer);
        std::set<std::string> became;
        for (const auto& [who, end] : told.contracts) {
            if (who != one.customer || end.end < one.as_of || end.end > one.as_of + 90) continue;
            became.insert(end.outcome == contract_outcome::open ? "open"
                          : is_kept(end)                        ? "kept"
                                                                : "lost");
        }
        const std::size_t fate = became.contains("lost")   ? 2
                                 : became.contains("kept") ? 1
                                 : became.contains("open") ? 3
                                                           : 0;
        const std::int32_t month = month_on(one.as_of);
        const count_key key{month, one.by.empty() ? -1 : table.find_name(one.by)};
        const auto stage = static_cast<std::size_t>(
            rows.given->stage(0)[static_cast<std::size_t>(best - told.rows.data())]);
        const std::size_t cell =
            ((static_cast<std::size_t>(one.rank) * 3 + stage) * 4 + fate) * 20 +
            static_cast<std::size_t>(evidence_group(one.customer));
        ++wanted[{key, cell}];
        by_member.insert({one.customer, key});
        const std::pair<std::int32_t, std::string> when{one.as_of, one.by};
        const auto [at, fresh] = first.try_emplace({one.customer, month}, when);
        if (fresh || when < at->second) {
            at->second = when;
            first_key[{one.customer, month}] = key;
        }
    }
    for (const auto& [who, key] : first_key) ++wanted[{key, shape.rank_customers_cell()}];
    for (const auto& [who, key] : by_member) ++wanted[{key, shape.rank_customers_cell() + 1}];
    CHECK(cells_of(table) == wanted);
    CHECK(found.count(total::ranks_seen) == seen);
    CHECK(found.count(total::ranks_unseen) == unseen);
    CHECK(found.count(total::customers_ranked) == static_cast<std::int64_t>(customers.size()));
    CHECK(seen > 400);
    CHECK(unseen > 20);
    std::set<std::size_t> fates_met;
    for (const auto& [where, n] : wanted) {
        if (where.second < shape.rank_customers_cell())
            fates_met.insert(where.second / evidence_groups % 4);
    }
    CHECK(fates_met.size() == 4);
}

TEST_CASE("a rank is a level of the ends and months that it holds for", "[evidence][ranks]") {
    const plan plan = plan_of(ranked_model);
    const told_history told = made_history(150, 22);
    const told_ranks ranks = made_ranks(told, 3);
    const evidence found = evidence_of(plan, told, ranks);
    const level_variable& variable = found.shape().level_variables().back();
    REQUIRE(variable.what == level_variable::kind::rank);
    REQUIRE(variable.levels == std::vector<std::string>{"C", "B", "A", "unknown"});

    // [kind, lead, level] of ends; [month, level] of customers.
    std::map<std::array<std::size_t, 3>, std::int64_t> ends, mine;
    std::map<std::pair<std::int32_t, std::size_t>, std::int64_t> months, my_months;
    const auto level_of = [&](const std::string& customer, std::int32_t day) {
        const std::int32_t rank = plain_rank(ranks, customer, day);
        return rank < 0 ? std::size_t{3} : static_cast<std::size_t>(rank);
    };
    const std::array<std::int32_t, 2> leads{90, 0};
    for (const auto& [customer, end] : told.contracts) {
        if (end.outcome == contract_outcome::open) continue;
        for (std::size_t lead = 0; lead < leads.size(); ++lead) {
            if (leads[lead] >= end.end - end.start) continue;
            const std::int32_t cutoff = end.end - leads[lead];
            const std::string& who = customer;
            if (std::none_of(told.rows.begin(), told.rows.end(), [&](const history_row& row) {
                    return row.customer == who && row.as_of <= cutoff && row.as_of >= cutoff - 31;
                }))
                continue;
            ++ends[{static_cast<std::size_t>(end.kind), lead, level_of(customer, cutoff)}];
        }
    }
    std::map<std::pair<std::string, std::int32_t>, std::int32_t> last;
    for (const history_row& row : told.rows) {
        std::int32_t& day =
            last.try_emplace({row.customer, month_on(row.as_of)}, row.as_of).first->second;
        day = std::max(day, row.as_of);
    }
    for (const auto& [who, day] : last) ++months[{who.second, level_of(who.first, day)}];

    const counted& shape = found.shape();
    for (const auto& [key, block] : found.table(table_id::ends).blocks()) {
        for (std::size_t level = 0; level < 4; ++level) {
            for (std::size_t cell = 0; cell < shape.term_bands() * evidence_groups; ++cell) {
                const std::size_t at =
                    ((variable.first + level) * shape.term_bands() * evidence_groups + cell) *
                    end_fields;
                if (block[at] == 0) continue;
                mine[{static_cast<std::size_t>(key[0]), static_cast<std::size_t>(key[1]), level}] +=
                    block[at];
            }
        }
    }
    for (const auto& [key, block] : found.table(table_id::panel_levels).blocks()) {
        for (std::size_t level = 0; level < 4; ++level) {
            for (std::size_t g = 0; g < evidence_groups; ++g) {
                const std::int64_t n = block[counted::panel_cell(variable.first + level, g)];
                if (n != 0) my_months[{key[0], level}] += n;
            }
        }
    }
    CHECK(mine == ends);
    CHECK(my_months == months);
    for (std::size_t level = 0; level < 4; ++level) CHECK(ends[{0, 1, level}] > 5);
}

TEST_CASE("of several members on the latest day the lower median counts", "[evidence][ranks]") {
    using ranks = std::vector<rank_entry>;
    const ranks of_two{{10, 0, 0}, {10, 3, 1}};
    CHECK(rank_on(of_two, 10, 183) == 0);
    const ranks of_three{{10, 3, 0}, {10, 0, 1}, {10, 2, 2}};
    CHECK(rank_on(of_three, 10, 183) == 2);
    const ranks two_days{{10, 3, 0}, {11, 1, 0}, {12, 2, 1}};
    CHECK(rank_on(two_days, 9, 183) == -1);  // never from the future
    CHECK(rank_on(two_days, 10, 183) == 3);
    CHECK(rank_on(two_days, 11, 183) == 1);
    CHECK(rank_on(two_days, 500, 488) == 2);
    CHECK(rank_on(two_days, 501, 488) == -1);
    CHECK(rank_on(ranks{}, 10, 183) == -1);
    CHECK(rank_on(two_days, INT32_MIN, 183) == -1);
}

TEST_CASE("what became of a customer within 90 days", "[evidence][ranks]") {
    const auto end = [](std::int32_t day, contract_outcome outcome) {
        contract one;
        one.start = day - 30;
        one.end = day;
        one.outcome = outcome;
        return one;
    };
    using enum contract_outcome;
    CHECK(fate_after(std::vector<contract>{}, 100) == fate::none);
    CHECK(fate_after(std::vector{end(99, churned), end(191, churned)}, 100) == fate::none);
    CHECK(fate_after(std::vector{end(100, churned)}, 100) == fate::lost);
    CHECK(fate_after(std::vector{end(190, renewed)}, 100) == fate::kept);
    CHECK(fate_after(std::vector{end(150, open)}, 100) == fate::open);
    CHECK(fate_after(std::vector{end(120, renewed), end(150, open)}, 100) == fate::kept);
    CHECK(fate_after(std::vector{end(120, open), end(150, converted)}, 100) == fate::kept);
    CHECK(fate_after(std::vector{end(120, renewed), end(150, lapsed)}, 100) == fate::lost);
}

TEST_CASE("the bytes with ranks do not depend on parts, order or merging", "[evidence][ranks]") {
    const plan plan = plan_of(ranked_model);
    const told_history told = made_history(90, 23);
    const told_ranks ranks = made_ranks(told, 4);
    evidence whole = evidence_of(plan, told, ranks);
    const std::string wanted = bytes_of(whole);
    for (std::uint64_t seed = 1; seed <= 12; ++seed) {
        std::uint64_t state = seed;
        const std::size_t parts = 1 + drawn(state) % 4;
        std::vector<told_history> part(parts);
        std::map<std::string, std::size_t> where;
        for (const history_row& row : told.rows) {
            const auto [at, fresh] = where.try_emplace(row.customer, 0);
            if (fresh) at->second = drawn(state) % parts;
            part[at->second].rows.push_back(row);
        }
        told_ranks shuffled = ranks;
        for (std::size_t i = shuffled.rows.size(); i > 1; --i)
            std::swap(shuffled.rows[i - 1], shuffled.rows[drawn(state) % i]);
        std::vector<evidence> states;
        for (told_history& one : part) {
            one.contracts = told.contracts;
            for (std::size_t i = one.rows.size(); i > 1; --i)
                std::swap(one.rows[i - 1], one.rows[drawn(state) % i]);
            states.push_back(evidence_of(plan, one, shuffled));
        }
        while (states.size() > 1) {
            evidence taken = std::move(states.back());
            states.pop_back();
            if (drawn(state) % 2 == 0) {
                auto read = read_state(plan, bytes_of(taken));
                if (!read) FAIL(read.error().to_string());
                taken = std::move(*read);
            }
            REQUIRE(states[drawn(state) % states.size()].merge(taken).ok());
        }
        CHECK(bytes_of(states.front()) == wanted);
    }
    const evidence without = evidence_of(plan, told);
    CHECK(without.table(table_id::ranks).empty());
    CHECK(without.count(total::ranks_unseen) == 0);
}

TEST_CASE("a state whose ranks contradict each other is refused", "[evidence][ranks]") {
    const plan plan = plan_of(ranked_model);
    const told_history told = made_history(30, 24);
    evidence found = evidence_of(plan, told, made_ranks(told, 3));
    const counted& shape = found.shape();
    const auto said_after = [&](auto change) {
        std::vector<count_table> tables = found.tables();
        change(tables, tables[static_cast<std::size_t>(table_id::ranks)]);
        return detail::check_tables(shape, tables);
    };
    const auto total_at = [](std::vector<count_table>& tables, total which) -> std::int64_t& {
        return tables[0].at({})[static_cast<std::size_t>(which)];
    };
    using tables_of = std::vector<count_table>&;
    const count_key key = found.table(table_id::ranks).blocks().begin()->first;
    CHECK(said_after([](tables_of, count_table&) {}).ok());
    const auto refused = [&](auto change, const char* why) {
        const status ok = said_after(change);
        REQUIRE(!ok.ok());
        CHECK(ok.error().code == errc::bad_state);
        CHECK_THAT(ok.error().message, Contains(why));
    };
    refused([&](tables_of all, count_table&) { ++total_at(all, total::ranks_seen); },
            "does not hold every rank");
    refused([&](tables_of, count_table& ranks) { ++ranks.at(key)[0]; }, "does not hold every rank");
    refused(
        [&](tables_of, count_table& ranks) { ranks.at(key)[shape.rank_customers_cell()] += 1000; },
        "more customers than ranks");
    refused([&](tables_of all, count_table&) { total_at(all, total::customers_ranked) = 0; },
            "ranked customers");
    refused([&](tables_of all, count_table&) { total_at(all, total::customers_ranked) = 31; },
            "ranked customers");
    refused([&](tables_of all, count_table&) { total_at(all, total::customers_ranked) = 1; },
            "more customers than its totals");
    refused([&](tables_of, count_table& ranks) { REQUIRE(ranks.name_id("Zen").ok()); },
            "who gave no rank");
    refused(
        [&](tables_of, count_table& ranks) {
            for (const auto& [at, block] : ranks.blocks()) {
                if (at[0] == key[0]) ranks.at(at)[shape.rank_customers_cell()] = 0;
            }
        },
        "a month without customers");
}

TEST_CASE("ranks that evidence refuses", "[evidence][ranks]") {
    const plan plan = plan_of(ranked_model);
    const told_history told = made_history(20, 25);
    const contract_history contracts = history_of(told);
    const counted_rows rows = bound_rows(plan, told.rows);
    evidence found{plan};
    const std::string empty = bytes_of(found);
    const auto refused = [&](const rank_history& ranks) {
        const status ok = found.update(*rows.rows, *rows.given, {contracts, nullptr, &ranks});
        REQUIRE(!ok.ok());
        CHECK(bytes_of(found) == empty);
        return ok.error();
    };
    rank_history other{{"bad", "good"}, time_zone{}};
    REQUIRE(other.finish().ok());
    CHECK(refused(other).code == errc::invalid_argument);
    CHECK(refused(rank_history{{"C", "B", "A"}, time_zone{}}).code == errc::invalid_argument);

    rank_history many{{"C", "B", "A"}, time_zone{}};
    for (int k = 0; k <= 256; ++k) {
        const std::string by = "member " + std::to_string(k);
        REQUIRE(many.add(told.rows[0].customer, {told.rows[0].as_of, "A", by}, -1).ok());
    }
    REQUIRE(many.finish().ok());
    const error too_many = refused(many);
    CHECK(too_many.code == errc::limit_exceeded);
    CHECK_THAT(too_many.message, Contains("column \"by\" of the ranks has more than 256 members"));
}

TEST_CASE("ranks of a model without a ladder are a level alone", "[evidence][ranks]") {
    std::string text = ranked_model;
    const std::size_t from = text.find("\"ladders\"");
    text.erase(from, text.find("\"bands\"") - from);
    const plan plan = plan_of(text);
    const told_history told = made_history(40, 26);
    evidence found = evidence_of(plan, told, made_ranks(told, 3));
    CHECK(found.table(table_id::ranks).empty());
    CHECK(found.count(total::ranks_seen) > 20);
    const auto again = read_state(plan, bytes_of(found));
    CHECK(again.ok());
}

}  // namespace test_rank_counts
