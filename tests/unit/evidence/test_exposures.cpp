// Initiatives and calls in evidence, against a plain count and by hand.
#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "histories.hpp"

namespace test_exposures {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

std::string with_trigger() {
    std::string text = history_model;
    text.insert(text.rfind('}'),
                R"(, "plays": {"write": {"for": ["U.logins"]}},
                     "triggers": {"mail": {"when": "U < 40", "play": "write", "window_days": 7}})");
    return text;
}

using cells = std::map<std::string, std::map<std::size_t, std::int64_t>>;

/// "0/−1/meeting" or "meeting\x1F…/24230" to what stands there.
cells cells_of(const evidence& of, table_id which) {
    cells out;
    const count_table& table = of.table(which);
    const std::size_t part = table.name_part();
    for (const auto& [key, block] : table.blocks()) {
        std::string name;
        for (std::size_t k = 0; k < table.shape().key.size(); ++k) {
            const std::int32_t id = key[k];
            name += (k == 0 ? "" : "/");
            name += k == part && id >= 0 ? table.names()[static_cast<std::size_t>(id)]
                                         : std::to_string(id);
        }
        for (std::size_t i = 0; i < block.size(); ++i) {
            if (block[i] != 0) out[name][i] = block[i];
        }
    }
    return out;
}

/// Every decided end at the first lead with a snapshot in time, without regard for speed.
cells exposures_plainly(const plan& of, const told_history& told) {
    const counted_rows rows = bound_rows(of, told.rows);
    const auto latest = [&](const std::string& customer, std::int32_t day) {
        std::optional<std::size_t> best;
        for (std::size_t i = 0; i < told.rows.size(); ++i) {
            const history_row& one = told.rows[i];
            if (one.customer != customer || one.as_of > day || one.as_of < day - 31) continue;
            if (!best || told.rows[*best].as_of < one.as_of) best = i;
        }
        return best;
    };
    cells out;
    for (const auto& [customer, end] : told.contracts) {
        const std::int32_t cutoff = end.end - 90;
        if (end.outcome == contract_outcome::open || 90 >= end.end - end.start ||
            !latest(customer, cutoff))
            continue;
        const auto before = latest(customer, cutoff - 90);
        const std::string stage =
            std::to_string(before ? static_cast<int>(rows.given->stage(0)[*before]) : -1);
        const std::string kind = end.kind == contract_kind::contract ? "0/" : "1/";
        const std::size_t cell =
            (is_kept(end) ? 20U : 0U) + static_cast<std::size_t>(evidence_group(customer));
        ++out[kind + stage + "/-1"][cell];
        for (const std::string name : {"meeting", "mail", "nps"}) {
            const auto in = [&](std::int32_t day) { return day > cutoff - 90 && day <= cutoff; };
            std::int32_t first = INT32_MAX;
            bool held = false, invited = false, attended = false, responded = false;
            for (const told_initiative& one : *told.initiatives) {
                if (one.customer != customer || one.initiative != name) continue;
                if (in(one.date)) {
                    if (one.date < first) held = false;
                    first = std::min(first, one.date);
                    held = held || (one.date == first && one.holdout);
                    invited = invited || !one.holdout;
                }
                attended = attended || in(one.attended);
                responded = responded || in(one.responded);
            }
            const std::array<bool, 7> facts{
                false,    held,      first != INT32_MAX && !held, invited,
                attended, responded, attended && responded};
            for (std::size_t k = 0; k < facts.size(); ++k) {
                if (facts[k]) ++out[kind + stage + "/" + name][k * 40 + cell];
            }
        }
    }
    return out;
}

cells calls_plainly(const told_history& told, std::int64_t& pending) {
    cells out;
    for (const told_initiative& one : *told.initiatives) {
        std::int32_t last = INT32_MIN;
        for (const history_row& row : told.rows) {
            if (row.customer == one.customer) last = std::max(last, row.as_of);
        }
        if (last == INT32_MIN || one.date == initiative_entry::no_date) continue;
        const std::int32_t days = one.initiative == "mail" ? 7 : 14;
        if (one.date + days > last) {
            ++pending;
            continue;
        }
        const civil_date sent = civil_from_days(one.date);
        auto& to = out[one.initiative + "\x1F" + one.variant + "/" +
                       std::to_string(sent.year * 12 + sent.month - 1)];
        const std::size_t cell = static_cast<std::size_t>(evidence_group(one.customer)) * 4;
        ++to[cell + (one.holdout ? 2 : 0)];
        if (one.responded >= one.date && one.responded <= one.date + days)
            ++to[cell + (one.holdout ? 3 : 1)];
    }
    return out;
}

std::int64_t sum(const cells& of, const std::string& name, exposure what) {
    std::int64_t out = 0;
    const auto found = of.find(name);
    if (found == of.end()) return 0;
    for (const auto& [cell, n] : found->second) {
        if (cell / 40 == static_cast<std::size_t>(what)) out += n;
    }
    return out;
}

/// One customer, a yearly contract to day 19000, snapshots every 30 days; the window is (18820,
/// 18910], its start 18820.
told_history one_customer() {
    told_history told;
    contract end;
    end.start = 18635;
    end.end = 19000;
    end.outcome = contract_outcome::renewed;
    told.contracts.emplace_back("c", end);
    for (std::int32_t day = 18640; day <= 19000; day += 30) {
        history_row row;
        row.customer = "c";
        row.as_of = day;
        row.logins = day < 18800 ? 10 : 90;
        row.answers = row.wins = no_value;
        told.rows.push_back(row);
    }
    told.initiatives.emplace();
    return told;
}

}  // namespace

TEST_CASE("exposures and calls are what the definitions say", "[exposures]") {
    const plan plan = plan_of(with_trigger());
    const told_history told = with_initiatives(made_history(300, 7), 3);
    const evidence found = evidence_of(plan, told);
    const cells ends = exposures_plainly(plan, told);
    CHECK(cells_of(found, table_id::initiatives) == ends);
    std::int64_t pending = 0;
    CHECK(cells_of(found, table_id::calls) == calls_plainly(told, pending));
    CHECK(found.count(total::pending_calls) == pending);
    CHECK(pending > 0);
    // Each of the facts is met.
    for (std::size_t k = 1; k < exposures; ++k) {
        std::int64_t met = 0;
        for (const auto& [name, block] : ends)
            met += sum({{name, block}}, name, exposure{static_cast<std::uint8_t>(k)});
        INFO(k);
        CHECK(met > 5);
    }
    // The other tables do not change by it.
    told_history without = told;
    without.initiatives.reset();
    const evidence bare = evidence_of(plan, without);
    CHECK(bare.table(table_id::initiatives).empty());
    CHECK(bare.table(table_id::calls).empty());
    for (std::size_t k = 1; k < static_cast<std::size_t>(table_id::initiatives); ++k)
        CHECK(bare.tables()[k].blocks() == found.tables()[k].blocks());
}

TEST_CASE("the window's edges", "[exposures]") {
    const plan plan = plan_of(history_model);
    const auto counted = [&](std::int32_t date, std::int32_t attended, std::int32_t responded) {
        told_history told = one_customer();
        told.initiatives->push_back({"c", "meeting", "", date, attended, responded, false});
        return cells_of(evidence_of(plan, told), table_id::initiatives);
    };
    constexpr std::int32_t no = initiative_entry::no_date;
    // Stage Active: at 18820 the latest snapshot is of that day, with 90 logins.
    const std::string at = "0/1/meeting";
    CHECK(sum(counted(18821, no, no), at, exposure::invited) == 1);
    CHECK(sum(counted(18910, no, no), at, exposure::invited) == 1);
    CHECK(!counted(18820, no, no).contains(at));
    CHECK(!counted(18911, 18911, 18911).contains(at));  // after the cutoff
    const cells late = counted(18800, 18911, 18850);
    CHECK(sum(late, at, exposure::invited) == 0);
    CHECK(sum(late, at, exposure::attended) == 0);
    CHECK(sum(late, at, exposure::responded) == 1);
    CHECK(sum(late, at, exposure::both) == 0);
    CHECK(sum(counted(18830, 18840, 18910), at, exposure::both) == 1);
    CHECK(counted(18820, no, no).contains("0/1/-1"));  // it is known that there was nothing
}

TEST_CASE("a customer is drawn once: by the first date of the window", "[exposures]") {
    const plan plan = plan_of(history_model);
    const auto drawn = [&](std::vector<std::pair<std::int32_t, bool>> rows) {
        told_history told = one_customer();
        for (const auto& [date, holdout] : rows)
            told.initiatives->push_back({"c", "m", "", date, initiative_entry::no_date,
                                         initiative_entry::no_date, holdout});
        const cells found = cells_of(evidence_of(plan, told), table_id::initiatives);
        return std::array{sum(found, "0/1/m", exposure::held),
                          sum(found, "0/1/m", exposure::chosen),
                          sum(found, "0/1/m", exposure::invited)};
    };
    using three = std::array<std::int64_t, 3>;
    CHECK(drawn({{18850, true}, {18880, false}}) == three{1, 0, 1});
    CHECK(drawn({{18880, false}, {18850, true}}) == three{1, 0, 1});
    CHECK(drawn({{18850, false}, {18880, true}}) == three{0, 1, 1});
    CHECK(drawn({{18850, true}}) == three{1, 0, 0});
    CHECK(drawn({{18800, true}, {18880, false}}) == three{0, 1, 1});  // not in the window
}

TEST_CASE("the stage at the window's start is of its day or unknown", "[exposures]") {
    const plan plan = plan_of(history_model);
    told_history told = one_customer();
    const auto stages = [&](const told_history& of,
                            std::vector<std::pair<std::string, std::int32_t>> observed = {}) {
        const contract_history contracts = history_of(of);
        const counted_rows rows =
            bound_rows(plan, of.rows, {.detail = true, .overrides = false}, std::move(observed));
        const initiative_log log = log_of(of);
        evidence found{plan};
        REQUIRE(found.update(*rows.rows, *rows.given, {contracts, &log, nullptr}).ok());
        std::set<std::string> names;
        for (const auto& one : cells_of(found, table_id::initiatives)) names.insert(one.first);
        return names;
    };
    CHECK(stages(told) == std::set<std::string>{"0/1/-1"});
    // A row that knew more than its day: 18820 is before 18821.
    CHECK(stages(told, {{"logins@", 18821}}) == std::set<std::string>{"0/-1/-1"});
    // None within 31 days before the start.
    const auto around = [](const history_row& row) {
        return row.as_of >= 18789 && row.as_of <= 18820;
    };
    std::erase_if(told.rows, around);
    CHECK(stages(told) == std::set<std::string>{"0/-1/-1"});
    history_row early;
    early.customer = "c";
    early.as_of = 18789;
    early.logins = 10;
    told.rows.push_back(early);
    CHECK(stages(told) == std::set<std::string>{"0/0/-1"});
}

TEST_CASE("a call counts when there was time to answer it", "[exposures]") {
    const plan plan = plan_of(with_trigger());
    const auto call = [&](std::string initiative, std::int32_t date, std::int32_t responded,
                          bool holdout) {
        told_history told = one_customer();  // last seen on 19000
        told.initiatives->push_back(
            {"c", std::move(initiative), "v", date, initiative_entry::no_date, responded, holdout});
        const evidence found = evidence_of(plan, told);
        std::array<std::int64_t, 5> out{};
        for (const auto& [name, block] : cells_of(found, table_id::calls)) {
            for (const auto& [cell, n] : block) out[cell % 4] += n;
        }
        out[4] = found.count(total::pending_calls);
        return out;
    };
    using five = std::array<std::int64_t, 5>;
    CHECK(call("mail", 18993, 19000, false) == five{1, 1, 0, 0, 0});
    CHECK(call("mail", 18994, 19000, false) == five{0, 0, 0, 0, 1});
    CHECK(call("mail", 18900, 18908, false) == five{1, 0, 0, 0, 0});  // a day late
    CHECK(call("mail", 18900, 18899, false) == five{1, 0, 0, 0, 0});  // before it was sent
    CHECK(call("mail", 18900, 18900, true) == five{0, 0, 1, 1, 0});
    CHECK(call("other", 18986, 19000, false) == five{1, 1, 0, 0, 0});  // 14 days, as the study
    CHECK(call("other", 18987, 19000, false) == five{0, 0, 0, 0, 1});
    CHECK(call("other", initiative_entry::no_date, 19000, false) == five{0, 0, 0, 0, 0});
}

TEST_CASE("more initiatives than a state holds", "[exposures]") {
    const plan plan = plan_of(history_model);
    const auto update = [&](std::size_t initiatives, std::size_t variants) {
        told_history told = one_customer();
        for (std::size_t k = 0; k < initiatives; ++k)
            told.initiatives->push_back({"c", "i" + std::to_string(k), "", 18850,
                                         initiative_entry::no_date, initiative_entry::no_date,
                                         false});
        for (std::size_t k = 0; k < variants; ++k)
            told.initiatives->push_back({"c", "i0", "v" + std::to_string(k), 18700,
                                         initiative_entry::no_date, initiative_entry::no_date,
                                         false});
        const contract_history contracts = history_of(told);
        const counted_rows rows = bound_rows(plan, told.rows);
        const initiative_log log = log_of(told);
        evidence found{plan};
        const std::string empty = bytes_of(found);
        const status ok = found.update(*rows.rows, *rows.given, {contracts, &log, nullptr});
        if (ok) return std::string{};
        CHECK(ok.error().code == errc::limit_exceeded);
        CHECK(bytes_of(found) == empty);
        return ok.error().message;
    };
    CHECK(update(256, 768).empty());
    CHECK(update(257, 0).find("the table \"initiatives\" has more than 256 different") == 0);
    CHECK(update(256, 769).find("the table \"initiatives\" has more than 1024 different") == 0);
}

TEST_CASE("states in which initiatives contradict each other are refused", "[exposures][state]") {
    const plan plan = plan_of(history_model);
    const told_history told = with_initiatives(made_history(60, 7), 3);
    evidence good = evidence_of(plan, told);
    const std::string bytes = bytes_of(good);
    REQUIRE(read_state(plan, bytes).ok());
    std::vector<count_table> tables = good.tables();
    const auto bad = [&](table_id which, const auto& change) {
        std::vector<count_table> changed = good.tables();
        count_table& table = changed[static_cast<std::size_t>(which)];
        std::map<count_key, count_table::block> blocks = table.blocks();
        std::vector<std::string> names = table.names();
        change(names, blocks);
        table.restore(names, blocks);
        const status ok = detail::check_tables(good.shape(), changed);
        return ok.ok() ? std::string{} : ok.error().message;
    };
    const auto in_first = [&](table_id which, bool named, std::size_t cell, std::int64_t n) {
        return bad(which, [&](auto&, auto& blocks) {
            const std::size_t part = which == table_id::calls ? 0 : 2;
            for (auto& [key, block] : blocks) {
                if ((key[part] >= 0) != named) continue;
                block[cell] += n;
                break;
            }
        });
    };
    using e = exposure;
    const auto cell = [](e what) { return counted::exposure_cell(what, false, 4); };
    CHECK(detail::check_tables(good.shape(), tables).ok());
    CHECK(in_first(table_id::initiatives, false, cell(e::all), 1000).find("more ends than") !=
          std::string::npos);
    CHECK(in_first(table_id::initiatives, false, cell(e::held), 1).find("exposure to nothing") !=
          std::string::npos);
    for (const e what : {e::all, e::held, e::chosen, e::invited, e::both}) {
        INFO(static_cast<int>(what));
        CHECK(in_first(table_id::initiatives, true, cell(what), 50).find("than its whole") !=
              std::string::npos);
    }
    // All came and all answered, but nobody did both: they would be twice as many as there are.
    const auto came_and_answered = [](auto&, auto& blocks) {
        for (auto& [key, block] : blocks) {
            if (key[2] < 0) continue;
            const auto whole = blocks.find({key[0], key[1], -1});
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                const std::int64_t all = whole->second[counted::exposure_cell(e::all, false, g)];
                if (all == 0) continue;
                block[counted::exposure_cell(e::attended, false, g)] = all;
                block[counted::exposure_cell(e::responded, false, g)] = all;
                block[counted::exposure_cell(e::both, false, g)] = 0;
                return;
            }
        }
    };
    CHECK(bad(table_id::initiatives, came_and_answered).find("than its whole") !=
          std::string::npos);
    for (const std::size_t field : {1U, 3U})
        CHECK(in_first(table_id::calls, true, field, 50).find("than its whole") !=
              std::string::npos);
    CHECK(in_first(table_id::calls, true, 0, std::int64_t{1} << 41).find("than there can be") !=
          std::string::npos);
    CHECK(bad(table_id::calls, [](auto& names, auto&) {
              names[0] = "plain";
          }).find("an initiative's and a variant's") != std::string::npos);
    CHECK(bad(table_id::calls, [](auto& names, auto&) {
              names.emplace_back("z\x1F");
          }).find("a name of nothing") != std::string::npos);
    CHECK(bad(table_id::initiatives, [](auto&, auto& blocks) {
              std::erase_if(blocks, [](const auto& one) { return one.first[2] < 0; });
          }).find("stage without ends") != std::string::npos);
}

}  // namespace test_exposures
