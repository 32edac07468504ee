// Goals of customers at a rung, a portfolio that stands so, and the list that comes of them.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/action/goals.hpp"

#include "../study/plain_course.hpp"
#include "acting.hpp"

namespace aiueo::testing {

/// `goals`: members of "goals".
inline std::string goals_model(const std::string& goals) {
    return R"json({
    "aiueo": 1, "name": "aims", "currency": "JPY",
    "roles": {"mrr": "fee", "contract_end": "finish"},
    "metrics": {"logins": {"type": "number"}, "answers": {"type": "number"},
                "seats": {"type": "number"}, "fee": {"type": "money"},
                "finish": {"type": "date"}},
    "axes": {
      "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]]}}},
      "E": {"components": {"answers": {"metric": "answers", "curve": [[0, 0], [10, 100]]}}}},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Active", "when": "U >= 40"},
                          {"name": "Loyal", "when": "E >= 70"}],
                "value": [{"name": "Few"}, {"name": "Some", "when": "seats >= 10"}]},
    "goals": {)json" +
           goals + "}}";
}

inline constexpr std::string_view goal_columns = "customer,as_of,logins,answers,seats,fee,finish";

/// A goal of customers at Active or higher; `what` is its amount.
inline std::string active_goal(const std::string& name, const std::string& what,
                               const std::string& by = "2026-06-15") {
    return '"' + name + R"(": {"ladder": "stage", "at_least": "Active", )" + what + R"(, "by": ")" +
           by + "\"}";
}

/// So many customers at each level on a day.
inline std::string standing(int entry, int active, int loyal = 0,
                            const std::string& day = "2026-04-30") {
    std::string out;
    for (int k = 0; k < entry + active + loyal; ++k) {
        out += (k > 0 ? "\nc" : "c") + std::to_string(k) + "," + day;
        out += k < entry ? ",10,1" : k < entry + active ? ",80,1" : ",80,9";
        out += ",1,NULL,NULL";
    }
    return out;
}

/// The list of goals on these rows, with evidence of a book where there is one.
inline nlohmann::json list_of(const std::string& goals, const std::string& rows,
                              const std::optional<std::vector<book_customer>>& book = {},
                              std::string_view options = {}) {
    const acting_rows of = bound_to(plan_of(goals_model(goals)), rows, goal_columns);
    std::optional<evidence> seen;
    if (book) seen.emplace(evidence_of(*of.of, *book));
    return as_json(
        run_action({*of.of, *of.rows, nullptr, seen ? &*seen : nullptr}, "goals", options));
}

inline const nlohmann::json& row(const nlohmann::json& list, const char* goal) {
    for (const nlohmann::json& one : list["rows"]) {
        if (one["goal"] == goal) return one;
    }
    FAIL(goal);
    return list;
}

inline std::string said(const nlohmann::json& list, const char* goal) {
    const nlohmann::json& one = row(list, goal);
    return one["verdict"].get<std::string>() +
           (one["why"].is_null() ? "" : " " + one["why"].get<std::string>());
}

inline double number(const nlohmann::json& of) {
    return of.is_null() ? undefined : of.get<double>();
}

inline bool near(const nlohmann::json& found, double plain) {
    if (plain != plain) return found.is_null();
    return !found.is_null() &&
           std::fabs(found.get<double>() - plain) <= 1e-9 * std::max(std::fabs(plain), 1e-3);
}

}  // namespace aiueo::testing
