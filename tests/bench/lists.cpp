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

constexpr const char* sections = R"(,
  "alerts": {
    "health-drop": {"of": "overall", "drop": 15, "window_days": 31, "rearm": 5, "quiet_days": 14},
    "fell-back": {"ladder": "stage", "on": "down"},
    "gone-dark": {"of": "overall", "on": "dark", "quiet_days": 30}},
  "plays": {"help": {"for": ["U.done"], "owner": "customer success"}},
  "triggers": {
    "mail": {"when": "!u_done && u_count_a < 4", "play": "help",
             "variants": {"video": 0.4, "text": 0.4}, "holdout": 0.2},
    "call": {"when": "U < 30 && i_done", "play": "help"}}})";

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

/// The values of W1, anew every month: one in twenty is unknown, so that what is known differs
/// between nearly all months of a customer, and scores jump. `calm`: what a customer's first month
/// knows is known every month, and values move by a quarter as much; most portfolios are like that.
struct panel_world {
    std::array<std::vector<double>, column_count> columns;

    panel_world(std::int64_t rows, bool calm) {
        const wide_world from{rows};
        for (std::size_t k = 0; k < column_count; ++k) {
            columns[k].assign(from.column(k), from.column(k) + rows);
            if (calm) settle(columns[k], column_rules[k]);
        }
    }

    static void settle(std::vector<double>& values, const column_rule& rule) {
        for (std::size_t row = 0; row < values.size(); ++row) {
            const double first = values[row - row % static_cast<std::size_t>(months)];
            double& now = values[row];
            const bool moves = first == first && now == now && rule.what != kind::flag;
            now = moves ? first + (now - first) / 4 : first;
        }
    }
};

aiueo::batch bind(const aiueo::plan& to, const panel_world& from, const monthly& when) {
    aiueo::batch_options keep;
    keep.all_metrics = true;
    const auto rows = static_cast<std::int64_t>(when.dates.size());
    aiueo::batch out{to, rows, keep};
    aiueo::column_view column;
    column.length = rows;
    column.type = aiueo::column_type::int32;
    column.values = when.customers.data();
    must(out.bind("customer", column));
    column.type = aiueo::column_type::date32;
    column.values = when.dates.data();
    must(out.bind("as_of", column));
    column.type = aiueo::column_type::float64;
    for (std::size_t k = 0; k < column_count; ++k) {
        column.values = from.columns[k].data();
        must(out.bind(column_rules[k].name, column));
    }
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
    const panel_world world{rows, false};
    const panel_world calm{rows, true};
    const monthly when{rows};
    const aiueo::batch scored = bind(plan, world, when);
    const aiueo::batch still = bind(plan, calm, when);
    const aiueo::batch acted = bind(acting, world, when);
    aiueo::scores given{plan, rows};

    std::int64_t listed = 0;
    std::vector<contender> all;
    const auto alerts = [&](const char* name, const char* alert, const aiueo::batch& of) {
        all.push_back({name, {}, 1, [&, alert] {
                           const aiueo::action_inputs in{plan, of};
                           listed += must(aiueo::list_alerts(in, {alert})).rows.rows();
                       }});
    };
    alerts("alerts", "", scored);
    alerts("alerts, calm", "", still);
    alerts("alerts, calm: a fall", "fell-back", still);
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
