// Evidence against a plain count, end by end.
#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "histories.hpp"

namespace test_evidence {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

std::int64_t tenths_of(double score) {
    return score != score ? -1 : static_cast<std::int64_t>(std::floor(score * 10 + 0.5));
}
std::size_t bin_of(double score) {
    return score != score ? unknown_bin
                          : static_cast<std::size_t>(
                                std::floor(static_cast<double>(tenths_of(score)) / 10.0 + 0.5));
}

/// What the tables must hold, by the definitions, without regard for speed.
struct plain_count {
    using cells = table_cells;
    std::map<std::string, cells> tables;
    std::map<total, std::int64_t> totals;

    void add(const std::string& table, const count_key& key, std::size_t cell, std::int64_t n) {
        if (n != 0) tables[table][{key, cell}] += n;
    }
};

/// Of process or success: 0 not achieved, 1 the step before is, 2 achieved, 3 unknown.
std::size_t step_level_of(const scores& given, step which, std::size_t row) {
    const auto before = static_cast<step>(static_cast<int>(which) - 1);
    const std::uint8_t here = given.achieved(which)[row];
    if (here == 0) return 3;
    if (here == 2) return 2;
    return given.achieved(before)[row] == 2 ? 1 : 0;
}

/// Every customer once a calendar month, by its last snapshot in it.
void count_months_plainly(const plan& of, const told_history& told, plain_count& out) {
    const counted shape{of};
    const counted_rows rows = bound_rows(of, told.rows);
    std::map<std::pair<std::string, std::int32_t>, std::size_t> last;
    for (std::size_t i = 0; i < told.rows.size(); ++i) {
        const civil_date date = civil_from_days(told.rows[i].as_of);
        const auto month = static_cast<std::int32_t>(date.year * 12 + date.month - 1);
        const auto [found, fresh] = last.try_emplace({told.rows[i].customer, month}, i);
        if (!fresh && told.rows[found->second].as_of < told.rows[i].as_of) found->second = i;
    }
    out.totals[total::customer_months] = static_cast<std::int64_t>(last.size());
    for (const auto& [who, row] : last) {
        const std::int32_t month = who.second;
        const auto g = static_cast<std::size_t>(evidence_group(who.first));
        const auto& variables = shape.level_variables();
        const level_index band = rows.given->band()[row];
        const std::int64_t outcome = tenths_of((*rows.given)[axis::outcome][row]);
        for (const std::size_t level :
             {std::size_t{0},
              variables[0].first + static_cast<std::size_t>(rows.given->stage(0)[row]),
              variables[1].first + (band < 0 ? 3U : static_cast<std::size_t>(band)),
              variables[2].first + rows.given->pattern()[row],
              variables[3].first + step_level_of(*rows.given, step::process, row),
              variables[4].first + step_level_of(*rows.given, step::success, row)}) {
            const std::size_t cell = (level * 20 + g) * 3;
            out.add("customers by level", {month}, cell, 1);
            out.add("customers by level", {month}, cell + 1, outcome >= 0 ? 1 : 0);
            out.add("customers by level", {month}, cell + 2, std::max<std::int64_t>(outcome, 0));
        }
        for (std::size_t v = 0; v < shape.variables().size(); ++v) {
            const score_variable& one = shape.variables()[v];
            const double score = one.what == score_variable::kind::overall
                                     ? rows.given->overall()[row]
                                 : one.what == score_variable::kind::group
                                     ? (*rows.given)[static_cast<axis>(one.group)][row]
                                     : rows.given->component(one.component)[row];
            out.add("scores by month", {month}, v * 102 + bin_of(score), 1);
        }
        const auto is_met = [](double score, double least) -> std::size_t {
            return score != score ? 2 : score >= least ? 1 : 0;
        };
        const std::array<std::size_t, 2> states{is_met((*rows.given)[axis::utilization][row], 40),
                                                is_met((*rows.given)[axis::engagement][row], 30)};
        for (std::size_t c = 0; c < states.size() && outcome >= 0; ++c) {
            const std::size_t cell = ((c * 3 + states[c]) * 20 + g) * 2;
            out.add("conditions by month", {month}, cell, 1);
            out.add("conditions by month", {month}, cell + 1, outcome);
        }
        const history_row& seen = told.rows[row];
        const std::array<double, 6> raw{seen.logins, seen.setup, seen.answers,
                                        seen.wins,   seen.term,  seen.unused};
        const std::array<std::int32_t, 6> index{0, 1, 2, 3, 5, 6};
        for (std::size_t m = 0; m < raw.size(); ++m) {
            const std::int32_t code = value_code(raw[m]);
            out.add("metrics by month", {index[m], month, code < 0 ? -1 : code / 32},
                    static_cast<std::size_t>(code < 0 ? 0 : code % 32), 1);
        }
        const std::string term = seen.term < 2 ? "< 2" : seen.term < 13 ? "2 – 13" : "≥ 13";
        out.add("customers by plan " + seen.plan, {month}, 0, 1);
        out.add("customers by term " + term, {month}, 0, 1);
    }
}

plain_count counted_plainly(const plan& of, const told_history& told) {
    const counted shape{of};
    const counted_rows rows = bound_rows(of, told.rows);
    plain_count out;
    std::map<std::string, std::vector<std::size_t>> by_customer;
    for (std::size_t i = 0; i < told.rows.size(); ++i)
        by_customer[told.rows[i].customer].push_back(i);
    out.totals[total::rows] = static_cast<std::int64_t>(told.rows.size());
    out.totals[total::customers] = static_cast<std::int64_t>(by_customer.size());
    const auto variable = [&](std::size_t v, std::size_t row) {
        const score_variable& one = shape.variables()[v];
        if (one.what == score_variable::kind::overall) return rows.given->overall()[row];
        if (one.what == score_variable::kind::group)
            return (*rows.given)[static_cast<axis>(one.group)][row];
        return rows.given->component(one.component)[row];
    };
    std::set<std::tuple<std::string, std::int32_t, std::int32_t>> met;
    for (const auto& one : told.contracts) {
        const std::string& customer = one.first;
        const contract& end = one.second;
        const auto mine = by_customer.find(customer);
        if (mine == by_customer.end()) continue;
        if (end.outcome == contract_outcome::open) {
            ++out.totals[total::open];
            continue;
        }
        ++out.totals[total::ends];
        const bool kept = is_kept(end);
        const std::array<std::int32_t, 2> leads{90, 0};
        for (std::int32_t lead = 0; lead < 2; ++lead) {
            const std::int32_t days = leads[static_cast<std::size_t>(lead)];
            if (days >= end.end - end.start) {
                ++out.totals[total::lead_too_long];
                continue;
            }
            std::optional<std::size_t> best;
            for (const std::size_t i : mine->second) {
                const std::int32_t day = told.rows[i].as_of;
                if (day > end.end - days || day < end.end - days - 31) continue;
                if (!best || told.rows[*best].as_of < day) best = i;
            }
            if (!best) {
                ++out.totals[total::unobserved];
                continue;
            }
            ++out.totals[total::observed];
            const std::size_t row = *best;
            if (met.insert({customer, static_cast<std::int32_t>(end.kind), lead}).second)
                out.add("customers", {static_cast<std::int32_t>(end.kind), lead},
                        static_cast<std::size_t>(evidence_group(customer)), 1);
            const auto kind = static_cast<std::int32_t>(end.kind);
            const std::int32_t group = evidence_group(customer);
            const auto g = static_cast<std::size_t>(group);
            const civil_date date = civil_from_days(end.end);
            const auto month = static_cast<std::int32_t>(date.year * 12 + date.month - 1);
            const std::size_t y = kept ? 1 : 0;
            const std::size_t band = shape.term_band(detail::months_between(end.start, end.end));

            std::vector<std::size_t> levels{0};
            const auto& ladder = shape.level_variables()[0];
            const auto& bands = shape.level_variables()[1];
            const auto& patterns = shape.level_variables()[2];
            levels.push_back(ladder.first + static_cast<std::size_t>(rows.given->stage(0)[row]));
            const level_index in_band = rows.given->band()[row];
            levels.push_back(bands.first + (in_band < 0 ? 3U : static_cast<std::size_t>(in_band)));
            levels.push_back(patterns.first + rows.given->pattern()[row]);
            const std::size_t success = step_level_of(*rows.given, step::success, row);
            levels.push_back(shape.level_variables()[3].first +
                             step_level_of(*rows.given, step::process, row));
            levels.push_back(shape.level_variables()[4].first + success);
            const auto add_end = [&](const std::string& table, const count_key& key) {
                for (const std::size_t level : levels) {
                    const auto put = [&](end_field field, std::int64_t n) {
                        out.add(table, key,
                                ((level * 3 + band) * 20 + g) * end_fields +
                                    static_cast<std::size_t>(field),
                                n);
                    };
                    put(end_field::ends, 1);
                    put(end_field::kept, kept ? 1 : 0);
                    if (end.mrr_before == no_money) continue;
                    put(end_field::priced, 1);
                    put(end_field::due, end.mrr_before);
                    put(end_field::due_kept, kept ? end.mrr_before : 0);
                    const std::int64_t after = kept ? end.mrr_after : 0;
                    if (after == no_money) continue;
                    put(end_field::followed, 1);
                    put(end_field::base, end.mrr_before);
                    put(end_field::after, after);
                    put(end_field::followed_kept, kept ? 1 : 0);
                    put(end_field::expanded, kept && after > end.mrr_before ? 1 : 0);
                }
            };
            add_end("ends", {kind, lead, month});
            std::vector<std::int64_t> vector;  // (k s, k, y, 1)
            for (std::size_t v = 0; v < shape.variables().size(); ++v) {
                const double score = variable(v, row);
                const std::int64_t x = tenths_of(score);
                out.add("scores", {kind, lead, group}, (v * 2 + y) * 102 + bin_of(score), 1);
                if (v == shape.overall())
                    out.add("overall_scores", {kind, lead, month},
                            (g * 2 + y) * 102 + bin_of(score), 1);
                if (x >= 0) {
                    out.add("sums", {kind, lead, group}, (v * 2 + y) * 3, 1);
                    out.add("sums", {kind, lead, group}, (v * 2 + y) * 3 + 1, x);
                    out.add("sums", {kind, lead, group}, (v * 2 + y) * 3 + 2, x * x);
                }
                if (v >= shape.first_component()) vector.push_back(std::max<std::int64_t>(x, 0));
            }
            for (std::size_t v = shape.first_component(); v < shape.variables().size(); ++v)
                vector.push_back(tenths_of(variable(v, row)) >= 0 ? 1 : 0);
            vector.push_back(kept ? 1 : 0);
            vector.push_back(1);
            std::size_t cell = 0;
            for (std::size_t i = 0; i < vector.size(); ++i) {
                for (std::size_t j = i; j < vector.size(); ++j)
                    out.add("products", {kind, lead, group % 5, month / 3}, cell++,
                            vector[i] * vector[j]);
            }
            const history_row& seen = told.rows[row];
            const std::string term = seen.term < 2 ? "< 2" : seen.term < 13 ? "2 – 13" : "≥ 13";
            if (days == 0) {
                const bool followed =
                    kept && end.mrr_before != no_money && end.mrr_after != no_money;
                const bool grown = followed && end.mrr_after > end.mrr_before;
                for (const std::string& level : {"plan " + seen.plan, "term " + term}) {
                    const std::string table = "missions by " + level;
                    const std::size_t at = ((success * 3 + band) * 20 + g) * 4;
                    out.add(table, {kind}, at, 1);
                    out.add(table, {kind}, at + 1, kept ? 1 : 0);
                    out.add(table, {kind}, at + 2, followed ? 1 : 0);
                    out.add(table, {kind}, at + 3, grown ? 1 : 0);
                }
                if (grown) {
                    out.add("growth", {kind}, (success * 20 + g) * 2, end.mrr_before);
                    out.add("growth", {kind}, (success * 20 + g) * 2 + 1, end.mrr_after);
                }
            }
            if (lead != 0) continue;
            const auto is_met = [](double score, double least) -> std::size_t {
                return score != score ? 2 : score >= least ? 1 : 0;
            };
            const std::array<std::size_t, 2> states{
                is_met((*rows.given)[axis::utilization][row], 40),
                is_met((*rows.given)[axis::engagement][row], 30)};
            for (std::size_t c = 0; c < states.size(); ++c)
                out.add("conditions", {kind, month / 3}, ((c * 3 + states[c]) * 2 + y) * 20 + g, 1);
            const std::array<double, 6> raw{seen.logins, seen.setup, seen.answers,
                                            seen.wins,   seen.term,  seen.unused};
            const std::array<std::int32_t, 6> index{0, 1, 2, 3, 5, 6};
            for (std::size_t m = 0; m < raw.size(); ++m)
                out.add("metrics", {kind, index[m], value_code(raw[m])}, g * 2 + y, 1);
            for (const auto& [by, level] : {std::pair{std::string{"plan"}, seen.plan},
                                            std::pair{std::string{"term"}, term}}) {
                add_end("ends by " + by + " " + level, {kind});
                for (std::size_t v = 0; v < shape.variables().size(); ++v)
                    out.add("scores by " + by + " " + level, {kind},
                            (v * 2 + y) * 102 + bin_of(variable(v, row)), 1);
            }
        }
    }
    count_months_plainly(of, told, out);
    return out;
}

/// The tables as the plain count has them; names of levels stand in the table's name.
std::map<std::string, plain_count::cells> as_plain(const evidence& of) {
    std::map<std::string, plain_count::cells> out;
    for (const count_table& one : of.tables()) {
        // test_links counts these.
        const std::string& name = one.shape().name;
        if (name == "totals" || name.starts_with("links") || name.starts_with("standing")) continue;
        for (const auto& [key, block] : one.blocks()) {
            std::string shown = name;
            count_key under = key;
            if (one.shape().named) {
                const std::int32_t id = under[1];
                shown += " " + (id < 0 ? std::string{} : one.names()[static_cast<std::size_t>(id)]);
                under[1] = 0;
            }
            for (std::size_t i = 0; i < block.size(); ++i) {
                if (block[i] != 0) out[shown][{under, i}] = block[i];
            }
        }
    }
    return out;
}

}  // namespace

TEST_CASE("evidence counts what the definitions say") {
    const plan plan = plan_of(history_model);
    const told_history told = made_history(300, 7);
    const evidence found = evidence_of(plan, told);
    const plain_count wanted = counted_plainly(plan, told);
    const auto tables = as_plain(found);
    REQUIRE(tables.size() == wanted.tables.size());
    for (const auto& [name, cells] : wanted.tables) {
        INFO(name);
        const auto mine = tables.find(name);
        REQUIRE(mine != tables.end());
        CHECK(mine->second == cells);
    }
    for (const auto& [which, count] : wanted.totals) {
        INFO(static_cast<int>(which));
        CHECK(found.count(which) == count);
    }
    CHECK(found.count(total::observed) > 300);
    CHECK(found.count(total::unobserved) > 10);
    CHECK(found.count(total::lead_too_long) > 10);
}

TEST_CASE("the bytes do not depend on parts, order or merging") {
    const plan plan = plan_of(history_model);
    const told_history told = with_initiatives(made_history(120, 11), 5);
    evidence whole = evidence_of(plan, told);
    const std::string wanted = bytes_of(whole);
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        std::uint64_t state = seed;
        const std::size_t parts = 1 + drawn(state) % 6;
        std::vector<told_history> part(parts);
        std::map<std::string, std::size_t> where;
        for (const history_row& row : told.rows) {
            const auto [at, fresh] = where.try_emplace(row.customer, 0);
            if (fresh) at->second = drawn(state) % parts;
            part[at->second].rows.push_back(row);
        }
        for (const auto& one : told.contracts) {
            const auto at = where.find(one.first);
            if (at != where.end()) part[at->second].contracts.push_back(one);
        }
        for (told_history& one : part) one.initiatives.emplace();
        for (const told_initiative& one : *told.initiatives) {
            const auto at = where.find(one.customer);
            if (at != where.end()) part[at->second].initiatives->push_back(one);
        }
        std::vector<evidence> states;
        for (told_history& one : part) {
            for (std::size_t i = one.rows.size(); i > 1; --i)
                std::swap(one.rows[i - 1], one.rows[drawn(state) % i]);
            for (std::size_t i = one.contracts.size(); i > 1; --i)
                std::swap(one.contracts[i - 1], one.contracts[drawn(state) % i]);
            for (std::size_t i = one.initiatives->size(); i > 1; --i)
                std::swap((*one.initiatives)[i - 1], (*one.initiatives)[drawn(state) % i]);
            states.push_back(evidence_of(plan, one));
        }
        while (states.size() > 1) {
            const std::size_t from = drawn(state) % states.size();
            evidence taken = std::move(states[from]);
            states.erase(states.begin() + static_cast<std::ptrdiff_t>(from));
            if (drawn(state) % 2 == 0) {  // through bytes, as between machines
                const std::string written = bytes_of(taken);
                auto read = read_state(plan, written);
                REQUIRE(read.ok());
                taken = std::move(*read);
            }
            REQUIRE(states[drawn(state) % states.size()].merge(taken).ok());
        }
        CHECK(bytes_of(states.front()) == wanted);
    }
}

TEST_CASE("several updates of one evidence are the same as one") {
    const plan plan = plan_of(history_model);
    const told_history told = with_initiatives(made_history(40, 3), 8);
    const contract_history contracts = history_of(told);
    const initiative_log log = log_of(told);
    evidence piecewise{plan};
    std::vector<history_row> some;
    for (std::size_t i = 0; i < told.rows.size(); ++i) {
        some.push_back(told.rows[i]);
        const bool last =
            i + 1 == told.rows.size() || told.rows[i + 1].customer != some[0].customer;
        if (!last) continue;
        const counted_rows rows = bound_rows(plan, some);
        REQUIRE(piecewise.update(*rows.rows, *rows.given, {contracts, &log, nullptr}).ok());
        some.clear();
    }
    evidence whole = evidence_of(plan, told);
    CHECK(bytes_of(piecewise) == bytes_of(whole));
}

TEST_CASE("a state is not believed") {
    const plan plan = plan_of(history_model);
    evidence found = evidence_of(plan, with_initiatives(made_history(30, 5), 2));
    const std::string good = bytes_of(found);
    auto again = read_state(plan, good);
    REQUIRE(again.ok());
    CHECK(bytes_of(*again) == good);
    CHECK(again->count(total::observed) == found.count(total::observed));

    SECTION("cut off anywhere") {
        for (std::size_t size = 0; size < good.size(); size += 1 + size / 50) {
            const auto read = read_state(plan, std::string_view{good}.substr(0, size));
            REQUIRE(!read.ok());
            CHECK(read.error().code == errc::bad_state);
        }
    }
    SECTION("a byte changed") {
        for (std::size_t at = 0; at < good.size(); at += 7) {
            std::string bad = good;
            bad[at] = static_cast<char>(bad[at] ^ 4);
            CHECK(!read_state(plan, bad).ok());
        }
    }
    SECTION("a byte changed, and the check sum with it") {
        std::size_t accepted = 0;
        std::size_t tried = 0;
        for (std::size_t at = 56; at + 8 < good.size(); at += 11) {
            std::string bad = good.substr(0, good.size() - 8);
            bad[at] = static_cast<char>(bad[at] ^ 1);
            const std::uint64_t sum = hash_text(bad);
            for (int i = 0; i < 8; ++i) bad += static_cast<char>(sum >> (8 * i) & 0xFFU);
            const auto read = read_state(plan, bad);
            accepted += read.ok() ? 1U : 0U;
            ++tried;
            if (!read.ok()) CHECK(read.error().code == errc::bad_state);
        }
        // Sums of products and of money have no second table to be compared with.
        CHECK(accepted * 2 < tried);
    }
    SECTION("a number of more than 64 bits") {
        std::string bad = good.substr(0, 56) + std::string(9, '\xFF') + '\x7F' + good.substr(57);
        bad.resize(bad.size() - 8);
        const std::uint64_t length = bad.size() - 56;
        for (std::size_t i = 0; i < 8; ++i) bad[48 + i] = static_cast<char>(length >> (8 * i));
        const std::uint64_t sum = hash_text(bad);
        for (int i = 0; i < 8; ++i) bad += static_cast<char>(sum >> (8 * i) & 0xFFU);
        const auto read = read_state(plan, bad);
        REQUIRE(!read.ok());
        CHECK(read.error().code == errc::bad_state);
        CHECK_THAT(read.error().message, Catch::Matchers::Contains("more than 64 bits"));
    }
    SECTION("of another model") {
        std::string text = history_model;
        text.replace(text.find("[90, 0]"), 7, "[60, 0]");
        const auto read = read_state(plan_of(text), good);
        REQUIRE(!read.ok());
        CHECK(read.error().code == errc::invalid_argument);
    }
    SECTION("larger than allowed") {
        const auto read = read_state(plan, good, {.max_integers = 1000});
        REQUIRE(!read.ok());
        CHECK(read.error().code == errc::limit_exceeded);
    }
    SECTION("labels, targets and plays void nothing") {
        std::string text = history_model;
        text.insert(text.find("\"threshold\": 60"), "\"min_n\": 50, \"target\": {\"1-2\": 0.5}, ");
        CHECK(read_state(plan_of(text), good).ok());
    }
}

TEST_CASE("what evidence refuses, and that it then counts nothing") {
    const plan plan = plan_of(history_model);
    const told_history told = made_history(80, 9);
    const contract_history contracts = history_of(told);
    evidence found{plan};
    const std::string empty = bytes_of(found);
    const auto refused = [&](const std::vector<history_row>& rows, scores_options options,
                             std::vector<std::pair<std::string, std::int32_t>> observed = {}) {
        const counted_rows bound = bound_rows(plan, rows, options, std::move(observed));
        const status ok = found.update(*bound.rows, *bound.given, contracts);
        REQUIRE(!ok.ok());
        CHECK(bytes_of(found) == empty);
        return ok.error();
    };
    const scores_options right{.detail = true, .overrides = false};
    CHECK(refused(told.rows, {.detail = true, .overrides = true}).code == errc::invalid_argument);
    CHECK(refused(told.rows, {.detail = false, .overrides = false}).code == errc::invalid_argument);

    std::vector<history_row> twice = told.rows;
    twice.push_back(twice.front());
    const error second = refused(twice, right);
    CHECK(second.code == errc::duplicate_row);
    CHECK(second.to_string().find("after row 1;") != std::string::npos);

    const error leak = refused(told.rows, right, {{"logins@", 30000}});
    CHECK(leak.code == errc::bad_value);
    CHECK(leak.where.column_name == "logins");

    std::vector<history_row> many = told.rows;
    for (std::size_t i = 0; i < many.size(); ++i) many[i].plan = "plan " + std::to_string(i);
    const error levels = refused(many, right);
    CHECK(levels.code == errc::limit_exceeded);
    CHECK(levels.message.find("segment \"plan\"") != std::string::npos);

    const counted_rows rows = bound_rows(plan, told.rows);
    const scores nothing{plan, rows.rows->rows(), right};
    const status unscored = found.update(*rows.rows, nothing, contracts);
    REQUIRE(!unscored.ok());
    CHECK(unscored.error().code == errc::invalid_argument);
    REQUIRE(found.update(*rows.rows, *rows.given, contracts).ok());
    const std::string once = bytes_of(found);
    const status again = found.update(*rows.rows, *rows.given, contracts);
    REQUIRE(!again.ok());
    CHECK(again.error().code == errc::duplicate_row);
    CHECK(bytes_of(found) == once);
}

TEST_CASE("leaks are dropped and counted on request") {
    const plan plan = plan_of(history_model);
    const told_history told = made_history(20, 9);
    const contract_history contracts = history_of(told);
    const counted_rows rows =
        bound_rows(plan, told.rows, {.detail = true, .overrides = false}, {{"logins@", 30000}});
    evidence found{plan, {.drop_leaks = true}};
    REQUIRE(found.update(*rows.rows, *rows.given, contracts).ok());
    CHECK(found.count(total::observed) == 0);
    CHECK(found.count(total::leaked) > 10);
    REQUIRE(read_state(plan, bytes_of(found)).ok());
}

TEST_CASE("a sum of money that does not fit is an error") {
    const plan plan = plan_of(history_model);
    told_history told = made_history(2, 1);
    // Many yearly ends of customers that pay almost 2^48 minor units each.
    told.contracts.clear();
    told.rows.clear();
    for (int c = 0; c < 33000; ++c) {
        const std::string name = "rich" + std::to_string(c);
        contract one;
        one.start = 18000;
        one.end = 18365;
        one.outcome = contract_outcome::renewed;
        one.mrr_before = minor_units_limit - 1;
        told.contracts.emplace_back(name, one);
        history_row row;
        row.customer = name;
        row.as_of = 18365;
        told.rows.push_back(row);
    }
    const contract_history contracts = history_of(told);
    const counted_rows rows = bound_rows(plan, told.rows);
    evidence found{plan};
    const status ok = found.update(*rows.rows, *rows.given, contracts);
    REQUIRE(!ok.ok());
    CHECK(ok.error().code == errc::limit_exceeded);
    CHECK(found.count(total::rows) == 0);
}

TEST_CASE("values fall into bins that are ordered like them") {
    const std::vector<double> values{-1e9, -3.5, -1, -1e-9, 0, 1e-9, 0.5, 1, 1.5, 2, 100, 1e12};
    for (std::size_t i = 1; i < values.size(); ++i) {
        INFO(values[i]);
        CHECK(value_code(values[i - 1]) < value_code(values[i]));
    }
    CHECK(value_code(-0.0) == value_code(0.0));
    CHECK(value_code(no_value) == unknown_code);
    for (const double value : values) {
        const double low = value_of_code(value_code(value));
        CHECK(std::abs(low) <= std::abs(value));
        CHECK(std::abs(value - low) <= std::abs(value) / 32);
    }
}

TEST_CASE("segments by what the model computes, and by what is stale") {
    std::string text = history_model;
    const auto put = [&text](const std::string& from, const std::string& to) {
        const std::size_t at = text.find(from);
        REQUIRE(at != std::string::npos);
        text.replace(at, from.size(), to);
    };
    put("\"term\": {\"type\": \"number\"}",
        "\"term\": {\"type\": \"number\", \"max_age_days\": 30}, "
        "\"twice\": {\"derive\": \"logins * 2\"}");
    put("\"segments\": [\"plan\",", "\"segments\": [{\"metric\": \"twice\", \"edges\": [100]},");
    const plan plan = plan_of(text);
    const told_history told = made_history(60, 4);
    const contract_history contracts = history_of(told);
    const counted_rows rows =
        bound_rows(plan, told.rows, {.detail = true, .overrides = false}, {{"term@", 0}});
    evidence found{plan};
    REQUIRE(found.update(*rows.rows, *rows.given, contracts).ok());
    const count_table& twice = found.tables()[counted::ends_of_segment(0)];
    CHECK(twice.names().size() == 2);
    CHECK(twice.find_name("< 100") >= 0);
    CHECK(twice.find_name("≥ 100") >= 0);
    // Every observed term is from 1970.
    const count_table& term = found.tables()[counted::ends_of_segment(1)];
    CHECK(term.names().empty());
    CHECK(!term.blocks().empty());
    REQUIRE(read_state(plan, bytes_of(found)).ok());
}

TEST_CASE("a date falls into bins by its age on the snapshot's day") {
    constexpr std::int32_t since = 17000;
    std::string text = history_model;
    text.insert(text.find(R"("unused")"), R"("since": {"type": "date"}, )");
    const plan plan = plan_of(text);
    told_history told = made_history(60, 11);
    for (history_row& one : told.rows) one.unused = one.as_of - since;
    const counted_rows rows =
        bound_rows(plan, told.rows, {.detail = true, .overrides = false}, {{"since", since}});
    const contract_history contracts = history_of(told);
    evidence found{plan};
    REQUIRE(found.update(*rows.rows, *rows.given, contracts).ok());
    // By metric: what the table says of the date, and of the same as a number.
    std::map<std::int32_t, std::map<count_key, count_table::block>> by_metric;
    for (const auto& [key, block] : found.table(table_id::metrics).blocks())
        by_metric[key[1]][{key[0], key[2]}] = block;
    const auto index = [&plan](std::string_view name) {
        const auto& metrics = plan.data().model.metrics;
        for (std::size_t k = 0; k < metrics.size(); ++k) {
            if (metrics[k].name == name) return static_cast<std::int32_t>(k);
        }
        return -1;
    };
    CHECK(by_metric[index("since")].size() > 10);
    CHECK(by_metric[index("since")] == by_metric[index("unused")]);
}

TEST_CASE("what holds nothing is not in the bytes") {
    const plan plan = plan_of(history_model);
    evidence never{plan};
    evidence empty{plan};
    const counted_rows none = bound_rows(plan, {});
    const contract_history contracts = history_of({});
    REQUIRE(empty.update(*none.rows, *none.given, contracts).ok());
    CHECK(bytes_of(empty) == bytes_of(never));
    REQUIRE(read_state(plan, bytes_of(empty)).ok());

    // A customer of whom nothing is known.
    told_history told;
    history_row row;
    row.customer = "silent";
    row.as_of = 19000;
    row.logins = row.setup = row.answers = row.wins = row.term = row.unused = no_value;
    told.rows.push_back(row);
    contract one;
    one.start = 18600;
    one.end = 19000;
    one.outcome = contract_outcome::churned;
    told.contracts.emplace_back("silent", one);
    evidence silent = evidence_of(plan, told);
    CHECK(silent.count(total::observed) == 1);
    REQUIRE(read_state(plan, bytes_of(silent)).ok());
}

TEST_CASE("a model without any score has evidence of its ladders") {
    const std::string text = R"json({"aiueo": 1, "name": "plain",
        "metrics": {"logins": {"type": "number"}, "setup": {"type": "flag"},
                    "answers": {"type": "number"}, "wins": {"type": "number"},
                    "plan": {"type": "category"}, "term": {"type": "number"},
                    "unused": {"type": "number"}},
        "segments": ["plan"], "axes": {},
        "ladders": {"stage": [{"name": "Entry"}, {"name": "Active", "when": "logins >= 40"}]}})json";
    auto read = read_model(text);
    if (!read) return;  // a model needs axes
    const plan plan = plan_of(text);
    evidence found = evidence_of(plan, made_history(40, 6));
    CHECK(found.count(total::observed) > 10);
    REQUIRE(read_state(plan, bytes_of(found)).ok());
}

}  // namespace test_evidence
