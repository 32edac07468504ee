// A small history whose counts a test can do by hand: customers, monthly snapshots, contract ends.
#pragma once

#include <cmath>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/state.hpp"
#include "aiueo/table/arrow_export.hpp"
#include "aiueo/table/arrow_import.hpp"

#include "../score/plans.hpp"

namespace aiueo::testing {

inline const char* const history_model = R"json({
    "aiueo": 1, "name": "history",
    "metrics": {"logins": {"type": "number", "min": 0, "max": 100}, "setup": {"type": "flag"},
                "answers": {"type": "number", "min": 0, "max": 10}, "wins": {"type": "number"},
                "plan": {"type": "category"}, "term": {"type": "number"},
                "unused": {"type": "number"}},
    "segments": ["plan", {"metric": "term", "edges": [2, 13]}],
    "axes": {
      "I": {"components": {"setup": {"metric": "setup"}}},
      "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]], "weight": 3}}},
      "E": {"components": {"answers": {"metric": "answers", "curve": [[0, 0], [6, 30], [10, 100]]}}},
      "O": {"components": {"wins": {"metric": "wins", "curve": [[0, 0], [40, 100]]}}}},
    "overall": {"weights": {"I": 1, "U": 2, "E": 1, "O": 2}},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Active", "when": "U >= 40"},
                          {"name": "Loyal", "when": "E >= 30"}]},
    "bands": {"of": "overall", "edges": [30, 60], "names": ["Lv1", "Lv2", "Lv3"]},
    "steps": {"threshold": 60},
    "study": {"leads": [90, 0], "term_bands": [2, 13]}})json";

struct history_row {
    std::string customer;
    std::int32_t as_of = 0;
    double logins = 0, setup = 0, answers = 0, wins = 0, term = 0, unused = 0;
    std::string plan;
};

struct told_initiative {
    std::string customer, initiative, variant;
    std::int32_t date = initiative_entry::no_date, attended = initiative_entry::no_date,
                 responded = initiative_entry::no_date;
    bool holdout = false;
};

/// Rows of snapshots, the contracts of their customers, and what was done for them if that is
/// known.
struct told_history {
    std::vector<history_row> rows;
    std::vector<std::pair<std::string, contract>> contracts;
    std::optional<std::vector<told_initiative>> initiatives;
};

inline std::uint64_t drawn(std::uint64_t& state) {
    state = state * 6364136223846793005ULL + 1442695040888963407ULL;
    return state >> 33;
}

inline told_history made_history(int customers, std::uint64_t seed,
                                 const std::string& prefix = "c") {
    told_history out;
    std::uint64_t state = seed;
    const auto value = [&state](std::uint64_t top) {
        const std::uint64_t x = drawn(state);
        return x % 9 == 0 ? no_value : static_cast<double>(drawn(state) % (top + 1));
    };
    for (int c = 0; c < customers; ++c) {
        const std::string name = prefix + std::to_string(c);
        const auto start = static_cast<std::int32_t>(18000 + drawn(state) % 700);
        const auto term = static_cast<std::int32_t>(30 * (1 + drawn(state) % 16));
        const double months = term / 30.0;
        std::int32_t begin = start;
        for (int k = 0; k < 2; ++k) {
            contract one;
            one.start = begin;
            one.end = begin + term;
            one.kind = drawn(state) % 5 == 0 ? contract_kind::trial : contract_kind::contract;
            const std::uint64_t fate = drawn(state) % 10;
            const bool trial = one.kind == contract_kind::trial;
            if (fate == 0)
                one.outcome = contract_outcome::open;
            else if (fate < 7)
                one.outcome = trial ? contract_outcome::converted : contract_outcome::renewed;
            else
                one.outcome = trial ? contract_outcome::lapsed : contract_outcome::churned;
            if (drawn(state) % 8 != 0)
                one.mrr_before = static_cast<std::int64_t>(drawn(state) % 90000);
            if (fate > 0 && fate < 7 && drawn(state) % 8 != 0)
                one.mrr_after = static_cast<std::int64_t>(drawn(state) % 120000);
            out.contracts.emplace_back(name, one);
            begin = one.end;
        }
        for (std::int32_t day = start + static_cast<std::int32_t>(drawn(state) % 20);
             day < begin + 40; day += 20 + static_cast<std::int32_t>(drawn(state) % 25)) {
            history_row row;
            row.customer = name;
            row.as_of = day;
            row.logins = value(100);
            row.setup = value(1);
            row.answers = value(10);
            row.wins = value(40);
            row.unused = value(5) - 2;
            row.term = months;
            row.plan = drawn(state) % 11 == 0 ? "" : "plan " + std::to_string(drawn(state) % 4);
            out.rows.push_back(std::move(row));
        }
    }
    return out;
}

/// The same with what was done for the customers: often within the days before an end, sometimes on
/// their very edges, sometimes without a date.
inline told_history with_initiatives(told_history told, std::uint64_t seed) {
    std::uint64_t state = seed;
    const auto one_in = [&state](std::uint64_t n) { return drawn(state) % n == 0; };
    const auto days = [&state](std::uint64_t n) {
        return static_cast<std::int32_t>(drawn(state) % n);
    };
    told.initiatives.emplace();
    for (const auto& [customer, end] : told.contracts) {
        for (std::uint64_t k = drawn(state) % 6; k > 0; --k) {
            told_initiative one;
            one.customer = customer;
            one.initiative = std::array{"meeting", "mail", "nps"}[drawn(state) % 3];
            if (one.initiative == "mail")
                one.variant = std::array{"", "video", "text"}[drawn(state) % 3];
            one.date = one_in(6) ? end.end - 90 - 90 * days(2) : end.end - days(260);
            if (one_in(3)) one.attended = one.date + days(30);
            if (one_in(2)) one.responded = one.date - 2 + days(20);
            one.holdout = one_in(5);
            if (one_in(9)) one.date = initiative_entry::no_date;
            told.initiatives->push_back(one);
            if (one_in(9)) {  // the same day, the other way
                one.holdout = !one.holdout;
                told.initiatives->push_back(one);
            }
        }
    }
    return told;
}

/// A batch, its scores and the memory below, in one place.
struct counted_rows {
    std::unique_ptr<imported_table> table;
    std::unique_ptr<batch> rows;
    std::unique_ptr<scores> given;
};

inline counted_rows bound_rows(const plan& of, const std::vector<history_row>& rows,
                               scores_options options = {.detail = true, .overrides = false},
                               std::vector<std::pair<std::string, std::int32_t>> observed = {}) {
    owned_table table{static_cast<std::int64_t>(rows.size())};
    text_builder customers, plans;
    std::vector<std::int32_t> days;
    std::array<std::vector<double>, 6> numbers;
    for (const history_row& one : rows) {
        customers.add(one.customer);
        if (one.plan.empty())
            plans.add_null();
        else
            plans.add(one.plan);
        days.push_back(one.as_of);
        const std::array<double, 6> mine{one.logins, one.setup, one.answers,
                                         one.wins,   one.term,  one.unused};
        for (std::size_t k = 0; k < mine.size(); ++k) numbers[k].push_back(mine[k]);
    }
    REQUIRE(table.add_text("customer", std::move(customers)).ok());
    REQUIRE(table.add_text("plan", std::move(plans)).ok());
    counted_rows out;
    ArrowSchema schema{};
    ArrowArray array{};
    REQUIRE(export_arrow(std::move(table), &schema, &array).ok());
    auto imported = import_arrow(&schema, &array, arrow_validation::basic, "snapshots");
    schema.release(&schema);
    REQUIRE(imported.ok());
    out.table = std::make_unique<imported_table>(std::move(*imported));
    out.rows = std::make_unique<batch>(of, static_cast<std::int64_t>(rows.size()),
                                       batch_options{.all_metrics = true});
    for (const named_column& one : out.table->columns()) {
        const status ok = out.rows->bind(one.name, one.values);
        if (!ok) FAIL(ok.error().to_string());
    }
    const auto keep = [&](const char* name, column_type type, const void* from, std::size_t bytes) {
        auto to = out.rows->reserve(name, type);
        if (!to) FAIL(to.error().to_string());
        if (bytes > 0) std::memcpy(to->values, from, bytes);
        if (to->validity != nullptr) std::memset(to->validity, 0xFF, (rows.size() + 7) / 8);
    };
    keep("as_of", column_type::date32, days.data(), days.size() * sizeof(std::int32_t));
    const std::array<const char*, 6> names{"logins", "setup", "answers", "wins", "term", "unused"};
    for (std::size_t k = 0; k < names.size(); ++k)
        keep(names[k], column_type::float64, numbers[k].data(), rows.size() * sizeof(double));
    for (const auto& [name, day] : observed) {
        const std::vector<std::int32_t> all(rows.size(), day);
        keep(name.c_str(), column_type::date32, all.data(), all.size() * sizeof(std::int32_t));
    }
    out.given = std::make_unique<scores>(of, out.rows->rows(), options);
    const status ok = score(of, *out.rows, {0, out.rows->rows()}, *out.given);
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

inline contract_history history_of(const told_history& told) {
    contract_history out{2, {}};
    std::int64_t row = 0;
    for (const auto& [customer, one] : told.contracts) {
        const status ok = out.add(customer, one, row++);
        if (!ok) FAIL(ok.error().to_string());
    }
    const status ok = out.finish();
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

inline initiative_log log_of(const told_history& told) {
    initiative_log out{time_zone{}};
    std::int64_t row = 0;
    for (const told_initiative& one : *told.initiatives) {
        const status ok = out.add(
            one.customer,
            {one.initiative, one.date, one.attended, one.responded, one.variant, one.holdout},
            row++);
        if (!ok) FAIL(ok.error().to_string());
    }
    const status ok = out.finish();
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

inline evidence evidence_of(const plan& of, const told_history& told) {
    const contract_history contracts = history_of(told);
    const counted_rows rows = bound_rows(of, told.rows);
    std::optional<initiative_log> log;
    if (told.initiatives) log.emplace(log_of(told));
    evidence out{of};
    const status ok =
        out.update(*rows.rows, *rows.given, {contracts, log ? &*log : nullptr, nullptr});
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

/// What a table holds but for zeros, by block and place.
using table_cells = std::map<std::pair<count_key, std::size_t>, std::int64_t>;

inline table_cells cells_of(const count_table& from) {
    table_cells out;
    for (const auto& [key, block] : from.blocks()) {
        for (std::size_t k = 0; k < block.size(); ++k) {
            if (block[k] != 0) out[{key, k}] = block[k];
        }
    }
    return out;
}

inline std::string bytes_of(evidence& of) {
    auto out = write_state(of);
    if (!out) FAIL(out.error().to_string());
    return std::move(*out);
}

}  // namespace aiueo::testing
