// Customers to be ranked, and a past in which what a step up is worth can be worked out by hand.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/action/priority.hpp"

#include "../study/nrr_books.hpp"
#include "acting.hpp"

namespace aiueo::testing {

/// Keeps the order of keys, which is that of plays and ladders.
using model_json = nlohmann::ordered_json;

/// What is lacked at Entry can always be answered, at Active nothing answers wins. NRR is over a
/// month, and so is the lag: what a step up is worth is read off two closes.
inline model_json priority_model() {
    return model_json::parse(R"json({
    "aiueo": 1, "name": "help", "currency": "JPY",
    "roles": {"mrr": "mrr", "contract_end": "finish", "member": "member", "team": "team"},
    "metrics": {"plan": {"type": "category"}, "mrr": {"type": "money"},
                "finish": {"type": "date"}, "member": {"type": "category"},
                "team": {"type": "category"}, "setup": {"type": "flag"},
                "logins": {"type": "number"}, "answers": {"type": "number"},
                "wins": {"type": "number"}},
    "axes": {
      "I": {"components": {"setup": {"metric": "setup"}}},
      "U": {"components": {"logins": {"metric": "logins", "curve": [[0, 0], [100, 100]]}}},
      "E": {"components": {"answers": {"metric": "answers", "curve": [[0, 0], [10, 100]]}}}},
    "bands": {"of": "U", "edges": [20, 40], "names": ["Lv1", "Lv2", "Lv3"]},
    "ladders": {"stage": [{"name": "Entry"}, {"name": "Active", "when": "setup && logins >= 50"},
                          {"name": "Loyal", "when": "answers >= 7 && wins > 2"}],
                "value": [{"name": "None"}, {"name": "Some", "when": "answers > 0"}]},
    "profiles": [{"name": "trial", "when": "plan == 'trial'",
                  "patch": {"ladders": {"stage": {"Active": {"when": "logins >= 20"}}}}}],
    "plays": {"call": {"for": ["I.setup"], "owner": "cs", "channel": "phone", "effort": 1},
              "train": {"for": ["U.logins"], "owner": "training", "effort": 2},
              "meet": {"for": ["E.answers"], "owner": "cs", "channel": "meeting", "effort": 4}},
    "steps": {"lag_months": 1},
    "study": {"horizon_months": 1}})json");
}

/// The levels of "stage".
inline constexpr int entry = 0, active = 1, loyal = 2;

/// A customer of two closes.
inline book_customer went(std::size_t group, book_close before, book_close after) {
    return {group, {before, after}, "", ""};
}

/// Twenty groups that are alike, but that later one pays somewhat more at each level and another
/// that much less, so that there are intervals. Of a group's customers:
///   at Entry 4 pay 400, and later 300: NRR 3/4; one of 4 gets to Active;
///   at Active 2 pay 200, and later 200: NRR 1; one of 2 gets to Loyal;
///   at Loyal one pays 100, and `loyal_later`, which is its NRR in percent.
/// So a unit of MRR gains 1/4 × (1 − 3/4) = 0.0625 at Entry, 1/2 × (NRR of Loyal − 1) at Active,
/// which is 0.25 where they pay 150. Without one of the two that differ NRR is 4 ÷ 7,600 lower or
/// higher at Entry, 4 ÷ 3,800 at Active and 4 ÷ 1,900 at Loyal, the gain 1 ÷ 7,600 at Entry and
/// 1 ÷ 1,900 at Active: their errors are √(19/20 · 2) of that.
inline std::vector<book_customer> equal_groups(std::int64_t loyal_later = 150) {
    std::vector<book_customer> out;
    for (std::size_t g = 0; g < 20; ++g) {
        const std::int64_t more = g == 18 ? 4 : g == 19 ? -4 : 0;
        out.push_back(went(g, at_level(entry, 100), gone()));
        out.push_back(went(g, at_level(entry, 100), at_level(active, 100)));
        out.push_back(went(g, at_level(entry, 100), at_level(entry, 100)));
        out.push_back(went(g, at_level(entry, 100), at_level(entry, 100 + more)));
        out.push_back(went(g, at_level(active, 100), at_level(loyal, 120 + more)));
        out.push_back(went(g, at_level(active, 100), at_level(active, 80)));
        out.push_back(went(g, at_level(loyal, 100), at_level(loyal, loyal_later + more)));
    }
    return out;
}

/// Half of the interval of a gain at Entry, by t of 19 degrees of freedom.
inline double unsure_at_entry() { return 2.093024054408263 * std::sqrt(1.9) / 7600; }

/// Rows beside the evidence of a past.
struct priority_world {
    std::unique_ptr<plan> past;
    evidence seen;
    acting_rows now;

    [[nodiscard]] result<action_list> run(std::string_view options = {},
                                          const initiative_log* done = nullptr) const {
        return run_action({*now.of, *now.rows, done, &seen}, "priority", options);
    }
    [[nodiscard]] nlohmann::json list(std::string_view options = {},
                                      const initiative_log* done = nullptr) const {
        return as_json(run(options, done));
    }
    [[nodiscard]] nlohmann::json list(const priority_options& with) const {
        return as_json(list_priority({*now.of, *now.rows, nullptr, &seen}, with));
    }
    [[nodiscard]] error refused(std::string_view options = {}) const {
        const auto made = run(options);
        REQUIRE_FALSE(made.ok());
        return made.error();
    }
};

/// `rows`: lines of cells under `columns`; metrics without a column are unknown.
inline priority_world world_of(std::string_view columns, std::string_view rows,
                               const std::vector<book_customer>& book = equal_groups(),
                               const model_json& model = priority_model()) {
    auto past = std::make_unique<plan>(plan_of(model.dump()));
    evidence seen = evidence_of(*past, book);
    return {std::move(past), std::move(seen), bound_to(plan_of(model.dump()), rows, columns)};
}

using texts = std::vector<std::string>;

/// Of a number of the head or a row.
inline Approx near(double value) { return Approx(value).epsilon(1e-9).margin(1e-12); }

}  // namespace aiueo::testing
