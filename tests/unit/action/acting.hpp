// A portfolio of a few lines that lists for people are made of.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/action/registry.hpp"
#include "aiueo/evidence/initiative_log_table.hpp"
#include "aiueo/score/compile.hpp"

#include "../evidence/tables.hpp"
#include "../score/plans.hpp"
#include "nlohmann/json.hpp"

namespace aiueo::testing {

inline const char* const acting_model = R"json({
    "aiueo": 1, "name": "acting", "currency": "JPY",
    "roles": {"mrr": "mrr", "contract_start": "start", "contract_end": "finish",
              "member": "member", "team": "team"},
    "metrics": {"plan": {"type": "category"}, "mrr": {"type": "money"},
                "start": {"type": "date"}, "finish": {"type": "date"},
                "member": {"type": "category"}, "team": {"type": "category"},
                "setup": {"type": "flag"}, "logins": {"type": "number"},
                "answers": {"type": "number"}, "wins": {"type": "number"},
                "asked": {"derive": "answers + 0"}},
    "axes": {
      "I": {"components": {"setup": {"metric": "setup"}}},
      "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]], "weight": 3}}},
      "E": {"components": {"answers": {"metric": "asked", "curve": [[0, 0], [10, 100]]}}}},
    "overall": {"weights": {"I": 1, "U": 2, "E": 1}},
    "bands": {"of": "overall", "edges": [50], "names": ["low", "high"]},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Onboard", "when": "setup"},
                          {"name": "Active", "when": "U >= 60"},
                          {"name": "Loyal", "when": "E >= 70 && wins > 2"}],
                "value": [{"name": "None"}, {"name": "Some", "when": "overall >= 50"}]},
    "profiles": [{"name": "trial", "when": "plan == 'trial'",
                  "patch": {"ladders": {"stage": {"Active": {"when": "U >= 30"}}}}}],
    "plays": {"call": {"for": ["I.setup"], "owner": "cs", "channel": "phone", "effort": 1},
              "train": {"for": ["U.logins"], "owner": "training", "effort": 2},
              "meet": {"for": ["E.answers"], "owner": "cs", "channel": "meeting", "effort": 4},
              "push": {"for": ["U.logins", "E.answers"], "effort": 8}},
    "triggers": {
      "quiet": {"when": "logins < 3 && !(wins > 5)", "play": "train"},
      "welcome": {"when": "!setup", "play": "call", "once_per": "customer",
                  "success": "wins > 0", "window_days": 7,
                  "variants": {"video": 0.5, "text": 0.3}, "holdout": 0.2},
      "ends": {"when": "days_until(finish) <= 90", "play": "meet", "once_per": "finish"}}})json";

inline constexpr std::string_view acting_columns =
    "customer,as_of,plan,mrr,start,finish,member,team,setup,logins,answers,wins";

/// The head of a list, with all rows under "rows".
inline nlohmann::json as_json(const result<action_list>& made) {
    if (!made) FAIL(made.error().to_string());
    nlohmann::json out = nlohmann::json::parse(made->head);
    out["rows"] = nlohmann::json::parse(rows_json(made->rows, 0, made->rows.rows()));
    return out;
}

/// A column of the rows, "-" where unknown.
inline std::vector<std::string> column(const nlohmann::json& list, const char* name) {
    std::vector<std::string> out;
    for (const nlohmann::json& row : list["rows"]) {
        const nlohmann::json& cell = row.at(name);
        out.push_back(cell.is_null()     ? "-"
                      : cell.is_string() ? cell.get<std::string>()
                                         : cell.dump());
    }
    return out;
}

/// All that is to be kept in mind, a line each.
inline std::string cautions_of(const nlohmann::json& list, const char* language = "en") {
    std::string out;
    for (const nlohmann::json& one : list["cautions"])
        out += one[language].get<std::string>() + "\n";
    return out;
}

/// A plan, rows of text that are bound to it, and the lists they make.
struct acting_rows {
    std::unique_ptr<plan> of;
    std::unique_ptr<imported_table> table;
    std::unique_ptr<batch> rows;

    [[nodiscard]] result<action_list> run(std::string_view name, std::string_view options = {},
                                          const initiative_log* done = nullptr) const {
        return run_action({*of, *rows, done, nullptr}, name, options);
    }
    [[nodiscard]] nlohmann::json list(std::string_view name, std::string_view options = {},
                                      const initiative_log* done = nullptr) const {
        return as_json(run(name, options, done));
    }
    [[nodiscard]] std::string refused(std::string_view name, std::string_view options = {}) const {
        const auto made = run(name, options);
        REQUIRE_FALSE(made.ok());
        return made.error().to_string();
    }
};

/// `rows`: lines of cells under `columns`.
inline acting_rows bound_to(plan of, std::string_view rows,
                            std::string_view columns = acting_columns) {
    acting_rows out;
    out.of = std::make_unique<plan>(std::move(of));
    out.table =
        std::make_unique<imported_table>(table_of(std::string{columns} + "\n" + std::string{rows}));
    out.rows = std::make_unique<batch>(
        *out.of, out.table->rows(),
        batch_options{.missing_columns_are_unknown = true, .all_metrics = true});
    const status ok = out.rows->bind_table(out.table->columns());
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

/// Bound to a plan that asks triggers, and `condition`.
inline acting_rows acting(std::string_view rows, std::string_view condition = {},
                          std::string_view model = acting_model) {
    auto of = compile_to_act(plan_of(model), condition);
    if (!of) FAIL(of.error().to_string());
    return bound_to(std::move(*of), rows);
}

/// Lines of "customer,initiative,date".
inline initiative_log sent(std::string_view lines) {
    initiative_log out{time_zone{}};
    status ok = add_initiatives(out, table_of("customer,initiative,date\n" + std::string{lines}));
    if (!ok) FAIL(ok.error().to_string());
    ok = out.finish();
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

}  // namespace aiueo::testing
