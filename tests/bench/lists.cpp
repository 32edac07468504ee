// Lists: alerts and triggers for the rows of W1, as a panel of six months, beside scoring them.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/action/alerts.hpp"
#include "aiueo/action/triggers.hpp"
#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/score.hpp"
#include "aiueo/score/trigger_ladders.hpp"

#include "bench.hpp"
#include "world.hpp"

namespace bench {

namespace {

constexpr std::int64_t months = 6;
constexpr std::int32_t first_day = 18'993;  // 1 January 2022

/// A component in twenty is unknown anew every month, so that nearly every pair of months differs
/// in what is known: more for a drop to look at than where the same is known every time.
constexpr const char* sections = R"(,
  "alerts": {
    "health-drop": {"of": "overall", "drop": 15, "window_days": 31, "rearm": 5, "quiet_days": 14},
    "fell-back": {"ladder": "stage", "on": "down"},
    "gone-dark": {"of": "overall", "on": "dark", "quiet_days": 30}},
  "triggers": {
    "mail": {"when": "!u_done && u_count_a < 4", "variants": {"video": 0.4, "text": 0.4},
             "holdout": 0.2},
    "call": {"when": "U < 30 && i_done"}}})";

void must(const aiueo::status& ok) {
    if (!ok) fail(ok.error().to_string());
}

template <class T>
T must(aiueo::result<T> got) {
    if (!got) fail(got.error().to_string());
    return *std::move(got);
}

struct monthly {
    std::vector<std::int32_t> customers, dates;

    explicit monthly(std::int64_t rows) {
        for (std::int64_t row = 0; row < rows; ++row) {
            customers.push_back(static_cast<std::int32_t>(row / months));
            dates.push_back(first_day + static_cast<std::int32_t>(row % months * 30));
        }
    }
};

aiueo::batch bind(const aiueo::plan& to, const wide_world& from, const monthly& when) {
    aiueo::batch_options keep;
    keep.all_metrics = true;
    aiueo::batch out{to, from.rows(), keep};
    aiueo::column_view column;
    column.length = from.rows();
    column.type = aiueo::column_type::int32;
    column.values = when.customers.data();
    must(out.bind("customer", column));
    column.type = aiueo::column_type::date32;
    column.values = when.dates.data();
    must(out.bind("as_of", column));
    for (std::size_t k = 0; k < column_count; ++k)
        must(out.bind(column_rules[k].name, from.view(k)));
    return out;
}

}  // namespace

void run_lists(const options& asked) {
    const std::int64_t rows = asked.rows / months * months;
    if (rows == 0) fail("lists takes at least 6 rows");
    std::string text = model_text();
    text = text.substr(0, text.rfind('}')) + sections;
    const auto model = must(aiueo::read_model(text));
    const aiueo::plan plan = must(aiueo::compile(model, {}));
    const aiueo::plan acting = must(aiueo::compile_to_act(plan));
    const wide_world world{rows};
    const monthly when{rows};
    const aiueo::batch scored = bind(plan, world, when);
    const aiueo::batch acted = bind(acting, world, when);
    aiueo::scores given{plan, rows};

    std::int64_t listed = 0;
    std::vector<contender> all;
    const auto alerts = [&](const char* name, const char* alert) {
        all.push_back({name, {}, 1, [&, alert] {
                           const aiueo::action_inputs in{plan, scored};
                           listed += must(aiueo::list_alerts(in, {alert})).rows.rows();
                       }});
    };
    alerts("alerts", "");
    alerts("alerts: a drop", "health-drop");
    alerts("alerts: a fall", "fell-back");
    all.push_back({"triggers", {}, 1, [&] {
                       const aiueo::action_inputs in{acting, acted};
                       listed += must(aiueo::list_triggers(in)).rows.rows();
                   }});
    all.push_back({"W1", {}, 1, [&] { must(aiueo::score(plan, scored, {0, rows}, given)); }});
    race(all, rows, asked);
    if (listed == 0 && rows > 10'000) fail("the lists are empty");
    for (const contender& one : all) line{"lists"}.timed(one, rows).print();
    for (std::size_t k = 0; k + 1 < all.size(); ++k)
        compared("lists", all[k], all.back(), rows, "W1").print();
}

}  // namespace bench
