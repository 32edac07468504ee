// Money over time against a plain count, close by close.
#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "histories.hpp"

namespace test_revenue_counts {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;

namespace {

struct paid_history {
    told_history told;
    std::optional<std::vector<std::pair<std::string, ledger_entry>>> ledger;
    std::int32_t data_until = 0;
};

constexpr std::int32_t horizon = 6;

std::string paid_model(std::int32_t grace, bool free_is_customer = true) {
    std::string text = history_model;
    const auto put = [&text](const std::string& before, const std::string& what) {
        text.replace(text.find(before), 0, what);
    };
    put("\"metrics\"", R"("roles": {"member": "plan", "team": "plan"}, )");
    put("\"leads\"", R"("horizon_months": 6, "completion": {"stage": "Active"}, "grace_days": )" +
                         std::to_string(grace) + R"(, "free_entries": ")" +
                         (free_is_customer ? "customer" : "ignored") + R"(", )");
    return text;
}

/// Customers of made_history() and some without snapshots; contracts that follow, pause, overlap
/// and stay undecided; ledgers that have nothing to do with them.
paid_history made_paid(int customers, std::uint64_t seed, bool ledger) {
    paid_history out;
    out.told = made_history(customers, seed);
    out.told.contracts.clear();
    out.data_until = static_cast<std::int32_t>(18000 + 800 + seed % 60);
    if (ledger) out.ledger.emplace();
    std::uint64_t state = seed + 99;
    const auto up_to = [&state](std::uint64_t n) {
        return static_cast<std::int32_t>(drawn(state) % n);
    };
    for (int c = 0; c < customers + customers / 3; ++c) {
        const std::string name = "c" + std::to_string(c);
        std::int32_t begin = 17900 + up_to(500);
        const bool unknown_prices = up_to(6) == 0;
        for (int k = up_to(6); k > 0; --k) {
            contract one;
            one.kind = up_to(8) == 0 ? contract_kind::trial : contract_kind::contract;
            one.start = begin;
            one.end = begin + 30 * (1 + up_to(3) * up_to(6));
            const bool trial = one.kind == contract_kind::trial;
            const std::int32_t fate = up_to(8);
            if (fate > 0 && fate < 6)
                one.outcome = trial ? contract_outcome::converted : contract_outcome::renewed;
            else if (fate > 0)
                one.outcome = trial ? contract_outcome::lapsed : contract_outcome::churned;
            if (!unknown_prices || up_to(2) == 0) one.mrr_before = up_to(4) * up_to(90000);
            if (fate > 0 && fate < 6 && up_to(9) != 0) one.mrr_after = up_to(120000);
            out.told.contracts.emplace_back(name, one);
            begin = one.end + (up_to(3) == 0 ? up_to(50) - 10 : 0);
        }
        for (int k = up_to(5); ledger && k > 0; --k) {
            ledger_entry one;
            one.start = 17900 + up_to(900);
            one.end = up_to(4) == 0 ? ledger_entry::no_end : one.start + 1 + up_to(300);
            one.mrr = up_to(3) == 0 ? 0 : up_to(90000);
            out.ledger->emplace_back(name, one);
        }
    }
    return out;
}

/// Entries on their own pages, so that the test's figures owe nothing to the library's reading.
struct plain_payer {
    std::vector<ledger_entry> entries;
    std::vector<contract> contracts;  ///< no trials, by (end, start)
    bool priced = true;
};

std::int32_t month_at(std::int32_t day) {
    const civil_date date = civil_from_days(day);
    return static_cast<std::int32_t>(date.year * 12 + date.month - 1);
}
std::int32_t close_of(std::int32_t month) {
    return static_cast<std::int32_t>(days_from_civil((month + 1) / 12, (month + 1) % 12 + 1, 1)) -
           1;
}

class plain_revenue {
public:
    plain_revenue(const plan& of, const paid_history& history, std::int32_t grace, bool free)
        : history_(history), shape_(of), grace_(grace), free_(free) {
        last_ = month_at(history.data_until + 1) - 1;
        rows_ = bound_rows(of, history.told.rows);
        for (std::size_t i = 0; i < history.told.rows.size(); ++i) {
            const history_row& row = history.told.rows[i];
            by_customer_[row.customer].push_back(i);
        }
        for (auto& [name, rows] : by_customer_) {
            std::sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
                return history.told.rows[a].as_of < history.told.rows[b].as_of;
            });
        }
        std::set<std::string> names;
        for (const auto& one : by_customer_) names.insert(one.first);
        for (const auto& one : history.told.contracts) names.insert(one.first);
        if (history.ledger) {
            for (const auto& one : *history.ledger) names.insert(one.first);
        }
        for (const std::string& name : names) count(name);
        tables["known until"][{{history.data_until + 719162}, 0}] =
            static_cast<std::int64_t>(names.size());
    }

    std::map<std::string, table_cells> tables;
    std::map<total, std::int64_t> totals;

private:
    void add(const std::string& table, const count_key& key, std::size_t cell, std::int64_t n) {
        if (n != 0) tables[table][{key, cell}] += n;
    }

    plain_payer payer_of(const std::string& name) const {
        plain_payer out;
        for (const auto& [who, one] : history_.told.contracts) {
            if (who == name && one.kind == contract_kind::contract) out.contracts.push_back(one);
        }
        std::stable_sort(out.contracts.begin(), out.contracts.end(), [](auto& a, auto& b) {
            return std::pair{a.end, a.start} < std::pair{b.end, b.start};
        });
        if (history_.ledger) {
            for (const auto& [who, one] : *history_.ledger) {
                if (who == name) out.entries.push_back(one);
            }
            return out;
        }
        for (const contract& one : out.contracts) {
            if (one.start > history_.data_until) continue;
            if (one.mrr_before == no_money) out.priced = false;
            bool followed = false;
            for (const contract& other : out.contracts)
                followed = followed || (other.start > one.start && other.end > one.end &&
                                        other.start <= history_.data_until);
            const bool over = one.end <= history_.data_until && !followed;
            const bool waits = over && one.outcome == contract_outcome::open;
            out.entries.push_back(
                {one.start, waits ? ledger_entry::no_end : one.end, one.mrr_before});
            if (!over || one.outcome != contract_outcome::renewed) continue;
            if (one.mrr_after == no_money) out.priced = false;
            out.entries.push_back({one.end, ledger_entry::no_end, one.mrr_after});
        }
        return out;
    }

    /// Active at the close of a month, and with what MRR? A gap of at most grace_ days is none.
    std::optional<std::int64_t> paid(const plain_payer& who, std::int32_t month) const {
        const std::int32_t day = close_of(month);
        std::int64_t sum = 0;
        bool any = false;
        std::int32_t until = INT32_MIN, next = INT32_MAX;
        for (const ledger_entry& one : who.entries) {
            if (one.start > history_.data_until || (!free_ && one.mrr == 0)) continue;
            if (one.start <= day && day < one.end) {
                any = true;
                sum += one.mrr;
            }
            if (one.start <= day) until = std::max(until, one.end);
            if (one.start > day) next = std::min(next, one.start);
        }
        if (any) return sum;
        if (until == INT32_MIN || next == INT32_MAX || next - until > grace_) return {};
        for (const ledger_entry& one : who.entries) {
            if (one.start <= day && one.end == until && (free_ || one.mrr != 0)) sum += one.mrr;
        }
        return sum;
    }

    /// The row of the customer's last snapshot of a month; nothing: none.
    std::optional<std::size_t> row_at(const std::string& name, std::int32_t month) const {
        std::optional<std::size_t> out;
        const auto mine = by_customer_.find(name);
        if (mine == by_customer_.end()) return out;
        for (const std::size_t i : mine->second) {
            if (month_at(history_.told.rows[i].as_of) == month) out = i;
        }
        return out;
    }
    std::size_t level_at(const std::string& name, std::int32_t month) const {
        const auto row = row_at(name, month);
        return row ? static_cast<std::size_t>(rows_.given->stage(0)[*row]) : 3U;
    }

    void count(const std::string& name) {
        const auto g = static_cast<std::size_t>(evidence_group(name));
        const plain_payer who = payer_of(name);
        const auto mine = by_customer_.find(name);
        const bool has_rows = mine != by_customer_.end();
        if (!who.entries.empty() || !who.priced) ++totals[total::payers];
        if (!who.priced) ++totals[total::unpriced];
        if (!has_rows) ++totals[total::payers_unseen];
        std::string plan = "?", term = "?";
        if (has_rows) {
            const history_row& latest = history_.told.rows[mine->second.back()];
            if (!latest.plan.empty()) plan = latest.plan;
            term = latest.term < 2 ? "< 2" : latest.term < 13 ? "2 – 13" : "≥ 13";
        }
        segments_ = {"plan " + plan, "term " + term};
        count_contracts(name, who, g);
        if (has_rows) count_completion(who, mine->second);
        if (!who.priced) return;
        std::optional<std::int32_t> first;
        for (std::int32_t month = 12 * 2018; month <= last_ && !first; ++month) {
            if (paid(who, month)) first = month;
        }
        if (!first) {
            if (!who.entries.empty()) ++totals[total::never_active];
            return;
        }
        count_closes(name, who, *first, g);
    }

    void count_closes(const std::string& name, const plain_payer& who, std::int32_t first,
                      std::size_t g) {
        const auto owner = [&](std::int32_t month) -> std::string {
            std::string out = "?";
            const auto mine = by_customer_.find(name);
            if (mine == by_customer_.end()) return out;
            for (const std::size_t i : mine->second) {
                if (month_at(history_.told.rows[i].as_of) > month) break;
                // A month is its last snapshot.
                out = history_.told.rows[i].plan.empty() ? "?" : history_.told.rows[i].plan;
            }
            return out;
        };
        const auto place = [&](std::int32_t month) {
            return paid(who, month) ? level_at(name, month) : std::size_t{4};
        };
        for (std::int32_t month = first; month <= last_; ++month) {
            const auto before = paid(who, month - 1), now = paid(who, month);
            std::optional<std::size_t> what;
            std::int64_t by = 0;
            if (!before && now) {
                what = month == first ? 0 : 1;
                by = *now;
            } else if (before && !now) {
                what = 4;
                by = *before;
            } else if (before && now && *now != *before) {
                what = *now > *before ? 2 : 3;
                by = std::abs(*now - *before);
            }
            if (what) {
                std::int32_t until = INT32_MIN;
                for (const ledger_entry& one : who.entries) {
                    if (one.start <= history_.data_until && (free_ || one.mrr != 0))
                        until = std::max(until, one.end);
                }
                const bool undecided = *what == 4 && month_at(until) == month &&
                                       std::int64_t{until} + grace_ > history_.data_until;
                const auto put = [&](const std::string& table, const count_key& key) {
                    add(table, key, g * 12 + 2 * *what, 1);
                    add(table, key, g * 12 + 2 * *what + 1, by);
                    add(table, key, g * 12 + 10, undecided ? 1 : 0);
                    add(table, key, g * 12 + 11, undecided ? by : 0);
                };
                put("movements", {first, month});
                for (const std::string& level : segments_) put("movements by " + level, {month});
            }
            for (std::size_t cycle = 0; cycle < 3; ++cycle) {
                const std::int32_t earlier = month - std::array{1, 3, 6}[cycle];
                const std::size_t from = place(earlier), to = place(month);
                if (from == 4 && to == 4) continue;
                const std::int64_t a = paid(who, earlier).value_or(0), b = now.value_or(0);
                const auto put = [&](const std::string& table, std::size_t cell) {
                    add(table, {month}, cell * 4, 1);
                    add(table, {month}, cell * 4 + 1, a);
                    add(table, {month}, cell * 4 + 2, b);
                    add(table, {month}, cell * 4 + 3, std::max<std::int64_t>(0, b - a));
                };
                if (cycle == 0) put("moves", (from * 5 + to) * 20 + g);
                put("moves by member " + owner(month), (cycle * 5 + from) * 5 + to);
                put("moves by team " + owner(month), (cycle * 5 + from) * 5 + to);
                for (const std::string role : {"member ", "team "}) {
                    if (from == 4) continue;
                    const std::size_t cell = (75 + cycle * 20 + g) * 4;
                    const std::string table = "moves by " + role + owner(month);
                    add(table, {month}, cell, 1);
                    add(table, {month}, cell + 1, a);
                    add(table, {month}, cell + 2, now ? a : 0);
                    add(table, {month}, cell + 3, b);
                }
            }
            if (now && month + horizon <= last_) {
                const auto later = paid(who, month + horizon);
                const auto put = [&](const std::string& table, std::size_t level) {
                    const std::size_t cell = (level * 20 + g) * 6;
                    add(table, {month}, cell, 1);
                    add(table, {month}, cell + 1, *now);
                    add(table, {month}, cell + 2, later ? 1 : 0);
                    add(table, {month}, cell + 3, later ? *now : 0);
                    add(table, {month}, cell + 4, later.value_or(0));
                    add(table, {month}, cell + 5,
                        later && *later < *now ? *later
                        : later                ? *now
                                               : 0);
                };
                put("retention", 0);
                if (const auto row = row_at(name, month); row) {
                    const level_index band = rows_.given->band()[*row];
                    put("retention", 1 + static_cast<std::size_t>(rows_.given->stage(0)[*row]));
                    put("retention", 4 + (band < 0 ? 3U : static_cast<std::size_t>(band)));
                }
                for (const std::string& level : segments_) put("retention by " + level, 0);
            }
        }
        const std::int64_t begun = *paid(who, first);
        if (begun == 0 || first + horizon > last_) return;
        const auto ended = static_cast<double>(paid(who, first + horizon).value_or(0));
        const auto ratio = static_cast<std::int32_t>(
            std::min(1000.0, std::floor(ended / static_cast<double>(begun) * 100 + 0.5)));
        const count_key life{static_cast<std::int32_t>(g), ratio, first};
        add("lives", life, 0, 1);
        for (std::int32_t k = 0; k <= horizon; ++k)
            add("lives", life, 1 + static_cast<std::size_t>(k), paid(who, first + k).value_or(0));
    }

    void count_contracts(const std::string& name, const plain_payer& who, std::size_t g) {
        const std::vector<contract>& all = who.contracts;
        const auto held = [](const contract& one, std::int32_t month) {
            return one.start <= close_of(month) && close_of(month) < one.end;
        };
        // Which contract each went on from, those that began first choosing first.
        std::vector<std::size_t> order(all.size()), from(all.size(), all.size());
        for (std::size_t k = 0; k < all.size(); ++k) order[k] = k;
        std::stable_sort(order.begin(), order.end(),
                         [&](std::size_t a, std::size_t b) { return all[a].start < all[b].start; });
        for (const std::size_t k : order) {
            for (std::size_t j = 0; j < all.size(); ++j) {
                const bool renews = all[j].outcome == contract_outcome::renewed &&
                                    all[j].end <= all[k].start &&
                                    all[k].start - all[j].end <= grace_;
                if (renews && std::find(from.begin(), from.end(), j) == from.end() &&
                    (from[k] == all.size() || from[k] < j)) {
                    from[k] = j;
                }
            }
        }
        std::int32_t begun = last_;
        for (const contract& one : all) begun = std::min(begun, month_at(one.start));
        for (std::size_t k = 0; k < all.size(); ++k) {
            const contract& one = all[k];
            if (one.outcome == contract_outcome::open && one.end <= history_.data_until) {
                ++totals[total::overdue];
                continue;
            }
            const std::int32_t end = month_at(one.end);
            const double months = detail::months_between(one.start, one.end);
            const auto term = static_cast<std::int32_t>(std::max(1.0, std::floor(months + 0.5)));
            for (std::int32_t close = end - horizon; close < end; ++close) {
                if (close > last_ || !held(one, close)) continue;
                const std::size_t cell = level_at(name, close) * 6;
                const std::int32_t tenure = std::min(close - begun, 12);
                const auto put = [&](const std::string& table, const count_key& key) {
                    add(table, key, cell, 1);
                    if (one.mrr_before == no_money) return;
                    add(table, key, cell + 1, 1);
                    add(table, key, cell + 2, one.mrr_before);
                    const std::int64_t square = one.mrr_before * one.mrr_before;
                    add(table, key, cell + 3, square % (std::int64_t{1} << 32));
                    add(table, key, cell + 4, square >> 32);
                };
                put("due", {close, end, term, tenure});
                if (close == last_ && one.mrr_before != no_money)
                    put("due sizes",
                        {end, term, value_code(static_cast<double>(one.mrr_before) / 100), tenure});
            }
            if (one.outcome == contract_outcome::open || end > last_ || !held(one, end - 1))
                continue;
            const std::size_t band = months < 2 ? 0 : months < 13 ? 1 : 2;
            const bool kept = one.outcome == contract_outcome::renewed;
            const bool priced = one.mrr_before != no_money;
            // What is lost pays nothing afterwards.
            const std::int64_t after = kept ? one.mrr_after : 0;
            const bool followed = priced && after != no_money;
            const std::array<std::int64_t, 10> facts{
                1,
                kept ? 1 : 0,
                priced ? 1 : 0,
                priced ? one.mrr_before : 0,
                priced && kept ? one.mrr_before : 0,
                followed ? 1 : 0,
                followed ? one.mrr_before : 0,
                followed ? after : 0,
                followed && kept ? 1 : 0,
                followed && kept && after > one.mrr_before ? 1 : 0};
            const std::size_t level = level_at(name, end - 1);
            if (kept) {
                std::int32_t next = -1;
                for (std::size_t j = 0; j < all.size(); ++j) {
                    if (from[j] != k || month_at(all[j].start) != end) continue;
                    const double then = detail::months_between(all[j].start, all[j].end);
                    next = static_cast<std::int32_t>(std::max(1.0, std::floor(then + 0.5)));
                    if (next == term) next = 0;
                }
                const std::int32_t tenure = end - begun;
                const std::size_t band_of = tenure < 3 ? 0 : tenure < 6 ? 1 : tenure < 12 ? 2 : 3;
                const std::size_t cell = (((level * 3 + band) * 4 + band_of) * 20 + g) * 4;
                add("renewals", {end, next}, cell, 1);
                add("renewals", {end, next}, cell + 1, followed ? 1 : 0);
                add("renewals", {end, next}, cell + 2, followed ? one.mrr_before : 0);
                add("renewals", {end, next}, cell + 3, followed ? after : 0);
            }
            for (std::size_t f = 0; f < facts.size(); ++f) {
                add("decisions", {end}, ((level * 3 + band) * 20 + g) * 10 + f, facts[f]);
                for (std::int32_t close = end - horizon; close < end; ++close) {
                    bool any = false;
                    for (std::size_t at = k; at != all.size(); at = from[at])
                        any = any || held(all[at], close);
                    if (any) add("came", {close, end}, (level * 3 + band) * 10 + f, facts[f]);
                }
            }
        }
    }

    void count_completion(const plain_payer& who, const std::vector<std::size_t>& rows) {
        std::optional<std::int32_t> start;
        const auto counts = [&](std::int64_t mrr) { return free_ || mrr != 0; };
        for (const contract& one : who.contracts) {
            if (counts(one.mrr_before)) start = std::min(start.value_or(one.start), one.start);
        }
        if (!start) {
            for (const ledger_entry& one : who.entries) {
                if (counts(one.mrr)) start = std::min(start.value_or(one.start), one.start);
            }
        }
        if (!start || *start > history_.data_until) return;
        const auto as_of = [&](std::size_t i) { return history_.told.rows[i].as_of; };
        if (as_of(rows.front()) > *start + 31) {
            ++totals[total::begun_unseen];
            return;
        }
        const auto put = [&](std::int32_t day, std::size_t what) {
            const std::int32_t days = std::max(0, day - *start);
            add("completion", {month_at(*start), days}, what, 1);
            for (const std::string& level : segments_)
                add("completion by " + level, {days}, what, 1);
        };
        std::int32_t last = *start;
        for (const std::size_t i : rows) {
            if (as_of(i) > history_.data_until) break;
            last = as_of(i);
            if (rows_.given->stage(0)[i] >= 1) return put(last, 0);
        }
        std::optional<std::int32_t> until;
        for (const ledger_entry& one : who.entries) {
            if (one.start <= history_.data_until && counts(one.mrr))
                until = std::max(until.value_or(one.end), one.end);
        }
        if (who.priced && until && *until <= history_.data_until) return put(*until, 2);
        put(last, 1);
    }

    const paid_history& history_;
    counted shape_;
    std::int32_t grace_;
    bool free_;
    std::int32_t last_ = 0;
    counted_rows rows_;
    std::map<std::string, std::vector<std::size_t>> by_customer_;
    std::array<std::string, 2> segments_;
};

ledger_history ledger_of(const paid_history& history) {
    ledger_history out{2, {}};
    std::int64_t row = 0;
    for (const auto& [who, one] : *history.ledger) REQUIRE(out.add(who, one, row++).ok());
    REQUIRE(out.finish().ok());
    return out;
}

evidence counted_paid(const plan& of, const paid_history& history) {
    const contract_history contracts = history_of(history.told);
    std::optional<ledger_history> ledger;
    if (history.ledger) ledger.emplace(ledger_of(history));
    histories known{contracts};
    known.ledger = ledger ? &*ledger : nullptr;
    known.data_until = history.data_until;
    const counted_rows rows = bound_rows(of, history.told.rows);
    evidence out{of};
    status ok = out.update(*rows.rows, *rows.given, known);
    if (!ok) FAIL(ok.error().to_string());
    ok = out.count_unseen(known);
    if (!ok) FAIL(ok.error().to_string());
    ok = out.count_unseen(known);  // nobody is left
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

/// Cells by the name in the key, "?" where it is unknown, without it in the key.
std::map<std::string, table_cells> revenue_tables(const evidence& from) {
    std::map<std::string, table_cells> out;
    for (std::size_t t = static_cast<std::size_t>(table_id::known_until); t < from.tables().size();
         ++t) {
        const count_table& table = from.tables()[t];
        const std::string& name = table.shape().name;
        const bool by_segment = t >= static_cast<std::size_t>(table_id::segments);
        if (by_segment && name.find("movements") != 0 && name.find("retention") != 0 &&
            name.find("completion") != 0)
            continue;
        for (const auto& [at, n] : cells_of(table)) {
            auto [key, cell] = at;
            std::string whole = name;
            if (table.shape().named) {
                const std::size_t part = table.name_part();
                const std::int32_t id = key[part];
                key[part] = 0;
                whole += " " + (id < 0 ? "?" : table.names()[static_cast<std::size_t>(id)]);
            }
            out[whole][{key, cell}] = n;
        }
    }
    return out;
}

void check_same(const std::map<std::string, table_cells>& is,
                const std::map<std::string, table_cells>& should_be) {
    std::set<std::string> names;
    for (const auto& one : is) names.insert(one.first);
    for (const auto& one : should_be) names.insert(one.first);
    for (const std::string& name : names) {
        INFO(name);
        REQUIRE(is.count(name) == 1);
        REQUIRE(should_be.count(name) == 1);
        const table_cells &a = is.at(name), &b = should_be.at(name);
        const auto [x, y] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
        const auto text = [](const auto& at, const auto& end) {
            if (at == end) return std::string{"nothing"};
            const auto& [key, cell] = at->first;
            return std::to_string(key[0]) + "," + std::to_string(key[1]) + "," +
                   std::to_string(key[2]) + " [" + std::to_string(cell) +
                   "] = " + std::to_string(at->second);
        };
        INFO("counted " << text(x, a.end()) << ", plainly " << text(y, b.end()));
        CHECK(a.size() == b.size());
        CHECK((x == a.end() && y == b.end()));
    }
}

}  // namespace

TEST_CASE("money over time is counted as it is told", "[evidence][revenue]") {
    for (const bool ledger : {true, false}) {
        for (const std::int32_t grace : {0, 20}) {
            for (std::uint64_t seed = 1; seed <= 6; ++seed) {
                const bool free = seed % 2 == 0;
                const plan of = plan_of(paid_model(grace, free));
                const paid_history history = made_paid(30, seed, ledger);
                const plain_revenue plainly{of, history, grace, free};
                INFO("seed " << seed << ", grace " << grace << (ledger ? ", ledger" : ""));
                evidence counted = counted_paid(of, history);
                check_same(revenue_tables(counted), plainly.tables);
                for (const total which : {total::payers, total::payers_unseen, total::never_active,
                                          total::unpriced, total::overdue, total::begun_unseen}) {
                    INFO(name_of(which));
                    const auto found = plainly.totals.find(which);
                    CHECK(counted.count(which) ==
                          (found == plainly.totals.end() ? 0 : found->second));
                }
                const std::string bytes = bytes_of(counted);
                auto again = read_state(of, bytes);
                if (!again) FAIL(again.error().to_string());
                CHECK(bytes_of(*again) == bytes);
            }
        }
    }
}

TEST_CASE("money over time does not depend on how customers are divided", "[evidence][revenue]") {
    const plan of = plan_of(paid_model(20));
    for (const bool ledger : {true, false}) {
        const paid_history whole = made_paid(40, 5, ledger);
        evidence at_once = counted_paid(of, whole);
        std::array<paid_history, 3> parts;
        const auto part_of = [](const std::string& name) { return hash_text(name) % 3; };
        for (paid_history& one : parts) {
            one.data_until = whole.data_until;
            if (ledger) one.ledger.emplace();
        }
        for (const history_row& row : whole.told.rows)
            parts[part_of(row.customer)].told.rows.push_back(row);
        for (const auto& one : whole.told.contracts)
            parts[part_of(one.first)].told.contracts.push_back(one);
        for (std::size_t k = 0; ledger && k < whole.ledger->size(); ++k)
            parts[part_of((*whole.ledger)[k].first)].ledger->push_back((*whole.ledger)[k]);
        evidence merged = counted_paid(of, parts[2]);
        for (std::size_t k = 0; k < 2; ++k) {
            evidence one = counted_paid(of, parts[k]);
            REQUIRE(merged.merge(one).ok());
        }
        CHECK(bytes_of(merged) == bytes_of(at_once));
    }
}

TEST_CASE("until when data tells is one day for everybody", "[evidence][revenue]") {
    const plan of = plan_of(paid_model(0));
    const paid_history history = made_paid(10, 3, true);
    const contract_history contracts = history_of(history.told);
    const ledger_history ledger = ledger_of(history);
    const counted_rows rows = bound_rows(of, history.told.rows);
    const auto said = [](const status& ok) {
        return ok.ok() ? std::string{"fine"} : ok.error().to_string();
    };
    histories known{contracts};
    known.ledger = &ledger;
    evidence fresh{of};
    CHECK_THAT(said(fresh.update(*rows.rows, *rows.given, known)),
               Contains("data_until is missing"));
    CHECK_THAT(said(fresh.count_unseen(known)), Contains("data_until is missing"));
    known.data_until = INT32_MAX;
    CHECK_THAT(said(fresh.update(*rows.rows, *rows.given, known)), Contains("years 1 to 9999"));
    CHECK(fresh.count(total::rows) == 0);
    known.data_until = history.data_until;
    REQUIRE(fresh.update(*rows.rows, *rows.given, known).ok());
    known.data_until += 1;
    CHECK_THAT(said(fresh.count_unseen(known)), Contains("counted until"));
    evidence later = counted_paid(of, [&] {
        paid_history other = made_paid(10, 4, true);
        other.data_until = history.data_until + 1;
        return other;
    }());
    CHECK_THAT(said(fresh.merge(later)), Contains("different data_until"));
    evidence without = evidence_of(of, history.told);
    CHECK_THAT(said(fresh.merge(without)), Contains("different data_until"));
    CHECK_THAT(said(without.count_unseen(known)), Contains("counted without it"));
    evidence nothing{of};
    CHECK(said(fresh.merge(nothing)) == "fine");
    CHECK(said(nothing.merge(fresh)) == "fine");
}

TEST_CASE("an update of customers who never paid anything", "[evidence][revenue]") {
    const plan of = plan_of(paid_model(0));
    paid_history whole = made_paid(6, 3, true);
    evidence at_once = counted_paid(of, whole);
    paid_history none;  // nobody at all
    none.data_until = whole.data_until;
    none.ledger.emplace();
    evidence merged = counted_paid(of, none);
    CHECK(merged.count(total::payers) == 0);
    REQUIRE(merged.merge(at_once).ok());
    CHECK(bytes_of(merged) == bytes_of(at_once));
    whole.ledger->clear();
    whole.told.contracts.clear();
    evidence silent = counted_paid(of, whole);  // with snapshots alone
    CHECK(silent.count(total::customers) == at_once.count(total::customers));
    CHECK(silent.count(total::payers) == 0);
}

TEST_CASE("a history of more than a hundred years is a slip of the pen", "[evidence][revenue]") {
    const plan of = plan_of(paid_model(0));
    paid_history history = made_paid(3, 3, true);
    history.ledger->emplace_back("c1", ledger_entry{-60000, ledger_entry::no_end, 5});
    const contract_history contracts = history_of(history.told);
    const ledger_history ledger = ledger_of(history);
    histories known{contracts};
    known.ledger = &ledger;
    known.data_until = history.data_until;
    evidence out{of};
    const status ok = out.count_unseen(known);
    REQUIRE_FALSE(ok.ok());
    CHECK(ok.error().to_string() ==
          "ledger, customer c1, column \"start\": " + format_date(-60000) +
              " is more than a hundred years before data_until, " +
              format_date(history.data_until));
    CHECK(out.count(total::payers) == 0);
}

TEST_CASE("money over time that contradicts itself is refused", "[evidence][revenue][state]") {
    const plan of = plan_of(paid_model(20));
    const evidence whole = counted_paid(of, made_paid(60, 7, true));
    REQUIRE(detail::check_tables(whole.shape(), whole.tables()).ok());
    const auto place = [](table_id which) { return static_cast<std::size_t>(which); };
    // The latest block's first cell that is not 0 and is `cell` of `width`, or just the first.
    const auto refused = [&](std::size_t table, std::size_t cell, std::size_t width,
                             std::int64_t by, const std::string& why) {
        std::vector<count_table> tables = whole.tables();
        bool changed = false;
        for (auto at = tables[table].blocks().rbegin();
             at != tables[table].blocks().rend() && !changed; ++at) {
            for (std::size_t k = cell; k < at->second.size() && !changed; k += width) {
                if (at->second[k] == 0) continue;
                const count_key key = at->first;
                tables[table].at(key)[k] += by;
                changed = true;
            }
        }
        INFO(whole.tables()[table].shape().name << " " << cell << " of " << width);
        if (!changed) tables[table].at(tables[table].blocks().rbegin()->first)[cell] += by;
        const status found = detail::check_tables(whole.shape(), tables);
        REQUIRE_FALSE(found.ok());
        CHECK_THAT(found.error().message, Contains(why));
    };
    using id = table_id;
    refused(place(id::known_until), 0, 1, 1, "other customers than the totals");
    refused(place(id::movements), 0, 12, 1, "other customers than the totals");
    refused(place(id::movements), 1, 12, 1, "does not add up to everybody's");
    refused(place(id::movements), 8, 12, 1'000'000, "loses more than there is");
    refused(place(id::movements), 10, 12, 1'000'000, "more than its whole");
    refused(counted::movements_of_segment(1), 1, 12, 1, "does not add up to everybody's");
    refused(place(id::retention), 0, 6, 1, "other customers than the movements");
    refused(place(id::retention), 1, 6, 1, "other customers than the movements");
    refused(place(id::retention), 2, 6, 1'000'000, "more than its whole");
    refused(place(id::retention), 4, 6, 1, "does not add up to everybody's");
    refused(place(id::retention), 5, 6, 1'000'000, "more than its whole");
    refused(counted::retention_of_segment(0), 3, 6, 1, "does not add up to everybody's");
    refused(place(id::moves), 0, 4, 1, "other customers than the movements");
    refused(place(id::moves), 2, 4, 1, "");
    refused(place(id::moves), 3, 4, std::int64_t{1} << 40, "more than its whole");
    refused(place(id::moves_by_member), 0, 4, 1, "other groups than moves");
    refused(place(id::moves_by_team), 1, 4, 1, "");
    // After the moves of 3 cycles between 5 places: what became of an owner's customers, by group.
    refused(place(id::moves_by_member), 3 * 25 * 4, 4, 1, "other groups than moves");
    refused(place(id::moves_by_member), 3 * 25 * 4 + 2, 4, 1'000'000, "more than its whole");
    refused(place(id::moves_by_team), 3 * 25 * 4 + 3, 4, 1, "other groups than moves");
    refused(place(id::due), 1, 6, 1'000'000, "more than its whole");
    refused(place(id::due_sizes), 2, 6, 1, "does not add up to what is due");
    refused(place(id::came), 0, 10, 1, "");
    refused(place(id::decisions), 0, 10, 1, "not what came of the month before");
    refused(place(id::decisions), 1, 10, 1'000'000, "more than its whole");
    refused(place(id::renewals), 0, 4, 1, "not what was renewed");
    refused(place(id::renewals), 1, 4, 1'000'000, "more than its whole");
    refused(place(id::renewals), 2, 4, std::int64_t{1} << 40, "not what was renewed");
    refused(place(id::renewals), 3, 4, 1, "not what was renewed");
    refused(place(id::completion), 0, 3, 1, "does not add up to everybody's");
    refused(counted::completion_of_segment(0), 1, 3, 1, "does not add up to everybody's");
    refused(place(id::lives), 0, 8, 1'000'000'000, "begin with nothing");
    refused(place(id::lives), 1, 8, 1, "does not begin with the movements'");
    refused(place(id::lives), 2, 8, 1'000'000'000, "pays more than the movements");
    refused(place(id::totals), static_cast<std::size_t>(total::payers), total_count, 1,
            "other customers than the totals");
    // An owner's customer more, in its group too: the owners are more than everybody.
    std::vector<count_table> tables = whole.tables();
    count_table& owned = tables[place(id::moves_by_member)];
    std::int64_t* const block = owned.at(owned.blocks().rbegin()->first);
    const revenue_shape& cells = whole.shape().revenue();
    block[cells.owner_move_cell(0, 0, 0)] += 1;
    block[cells.owner_cell(0, 3)] += 1;
    const status found = detail::check_tables(whole.shape(), tables);
    REQUIRE_FALSE(found.ok());
    CHECK_THAT(found.error().message, Contains("\"moves by member\" does not add up"));
}

}  // namespace test_revenue_counts
