// Random models, and random rows of two snapshots, for the tests of change.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/score/bind.hpp"
#include "aiueo/score/change.hpp"

#include "plans.hpp"

namespace aiueo::testing {

/// Small whole numbers, the same everywhere.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed * 2654435761u + 12345) {}
    std::uint64_t below(std::uint64_t n) {
        state_ = state_ * 6364136223846793005ULL + 1442695040888963407ULL;
        return (state_ >> 33) % n;
    }
    bool one_in(std::uint64_t n) { return below(n) == 0; }
    double number(double low, double high) {
        return low + (high - low) * static_cast<double>(below(1001)) / 1000;
    }

private:
    std::uint64_t state_;
};

/// A cell of a snapshot. Categories are texts.
struct raw_cell {
    double value = no_value;
    std::string text;
    std::optional<std::int32_t> observed;
    [[nodiscard]] bool null() const { return value != value && text.empty(); }
};

/// The metrics of random models: all of them read these columns.
inline const char* const change_metrics =
    R"("n0": {"type": "number", "min": 0, "max": 100, "max_age_days": 30},
       "n1": {"type": "number", "min": 0},
       "n2": {"type": "number", "max_age_days": 60},
       "n3": {"type": "number"},
       "f0": {"type": "flag"},
       "f1": {"type": "flag", "max_age_days": 45},
       "c0": {"type": "category"},
       "c1": {"type": "category"},
       "d0": {"type": "date"},
       "d1": {"type": "date"},
       "pulse": {"type": "number", "min": 0, "max": 100, "max_age_days": 40},
       "ratio": {"derive": "n1 / n3"},
       "sum": {"derive": "n0 + n2"})";
enum : std::size_t { n0, n1, n2, n3, f0, f1, c0, c1, d0, d1, pulse, change_metric_count };
struct change_metric {
    const char* name;
    metric_type type;
    std::optional<int> max_age;
    double low;
    double high;
};
inline constexpr double anything = 1e300;
inline const change_metric change_metric_of[change_metric_count] = {
    {"n0", metric_type::number, 30, 0, 100},
    {"n1", metric_type::number, {}, 0, anything},
    {"n2", metric_type::number, 60, -anything, anything},
    {"n3", metric_type::number, {}, -anything, anything},
    {"f0", metric_type::flag, {}, 0, 1},
    {"f1", metric_type::flag, 45, 0, 1},
    {"c0", metric_type::category, {}, 0, 0},
    {"c1", metric_type::category, {}, 0, 0},
    {"d0", metric_type::date, {}, -anything, anything},
    {"d1", metric_type::date, {}, -anything, anything},
    {"pulse", metric_type::number, 40, 0, 100}};
inline const char* const change_words[] = {"yes", "no", "maybe", "ynot"};

/// A model of these metrics: components, policies, caps, overrides and weights by chance.
inline std::string random_model(dice& by) {
    const auto number = [&](double low, double high) {
        return std::to_string(by.number(low, high));
    };
    const auto shape = [&](std::string metric) {
        std::string out = "{\"metric\": \"" + metric + "\", ";
        if (by.one_in(2))
            return out + "\"curve\": [[0, " + number(0, 40) + "], [50, " + number(0, 100) +
                   "], [90, " + number(0, 100) + "]]";
        return out + "\"steps\": [[20, " + number(0, 60) + "], [70, " + number(0, 100) +
               "]], \"below\": " + number(0, 30);
    };
    const auto component = [&](std::size_t k) -> std::string {
        switch (k % 10) {
        case 0: return shape("n0");
        case 1: return shape("n1");
        case 2: return shape("n2");
        case 3: return shape("ratio");
        case 4: return "{\"metric\": \"f0\"";
        case 5: return "{\"metric\": \"f1\", \"invert\": true";
        case 6:
            return std::string{"{\"metric\": \"c0\", \"table\": {\"yes\": 90.5, \"no\": 12.25}"} +
                   (by.one_in(2) ? ", \"else\": 40" : "");
        case 7: return "{\"metric\": \"d0\", \"days_since\": [[0, 100], [30, 47.1], [90, 0]]";
        case 8: return "{\"metric\": \"d1\", \"days_until\": [[0, 10], [60, 50], [200, 97]]";
        default: return shape("sum");
        }
    };
    std::string axes;
    const char* const names[] = {"I", "U", "E", "O"};
    std::size_t next = by.below(10);
    for (std::size_t g = 0; g < 4; ++g) {
        std::string components;
        const std::size_t count = 1 + by.below(4);
        for (std::size_t k = 0; k < count; ++k) {
            const std::size_t which = next++;
            std::string one = component(which);
            one += ", \"weight\": " + number(0.1, 3);
            const std::uint64_t policy = by.below(6);
            if (policy == 0) one += R"(, "missing": "pessimistic")";
            if (policy == 1) one += R"(, "missing": {"prior": 61.7})";
            if (policy == 2 && by.one_in(3)) one += R"(, "missing": "fail")";
            components +=
                (k == 0 ? "\"k" : ", \"k") + std::to_string(which % 10) + "\": " + one + "}";
        }
        axes += (g == 0 ? "\"" : ", \"") + std::string{names[g]} + "\": {\"components\": {" +
                components + "}, \"min_coverage\": " + number(0, 0.7);
        if (by.one_in(3))
            axes += R"j(, "caps": [{"when": "n1 < 30 || c1.startsWith('y')", "at_most": 41.3}])j";
        if (by.one_in(5)) {
            const char* const modes[] = {"replace", "floor", "ceiling"};
            axes += std::string{R"(, "override": {"metric": "pulse", "mode": ")"} +
                    modes[by.below(3)] + "\"}";
        }
        axes += "}";
    }
    std::string more = R"("overall": {"weights": {"I": 1, "U": )" + number(0.2, 3) +
                       R"(, "E": 0.7, "O": )" + number(0.2, 3) +
                       R"(}, "min_axes": 2, "combine": ")" +
                       (by.one_in(4) ? "minimum" : "weighted_mean") + "\"";
    if (by.one_in(3)) more += R"j(, "caps": [{"when": "!has(n3)", "at_most": 55}])j";
    more += R"(}, "ladders": {"stage": [{"name": "a"}, {"name": "b", "when": "I >= 30"},
              {"name": "c", "when": "n0 > 20 && overall > 40"}]},
              "bands": {"of": "overall", "edges": [30, 60], "names": ["low", "mid", "high"]})";
    if (by.one_in(2)) {
        more += R"(, "profiles": [{"name": "p", "when": "n2 > 50 && c1 != 'no'", "patch":
                   {"overall": {"weights": {"I": 3, "O": null}}}}])";
    }
    return model_text(change_metrics, axes, more);
}

/// A row of every metric, as of a day.
struct raw_row {
    std::vector<raw_cell> cells;
    std::int32_t as_of = 0;
};

inline raw_row random_row(dice& by, std::int32_t as_of) {
    raw_row out{std::vector<raw_cell>(change_metric_count), as_of};
    for (std::size_t k = 0; k < change_metric_count; ++k) {
        raw_cell& one = out.cells[k];
        if (!by.one_in(6)) {
            switch (change_metric_of[k].type) {
            case metric_type::category: one.text = change_words[by.below(4)]; break;
            case metric_type::flag: one.value = static_cast<double>(by.below(2)); break;
            case metric_type::date:
                one.value = as_of + static_cast<double>(by.below(150)) - (k == d0 ? 120 : 30);
                break;
            case metric_type::number:
            case metric_type::money: one.value = by.number(-5, 110); break;
            }
        }
        if (!by.one_in(8))
            one.observed = as_of - static_cast<std::int32_t>(by.below(80)) + (by.one_in(9) ? 3 : 0);
    }
    return out;
}

/// Later: some of it the same, some new.
inline raw_row later_row(dice& by, const raw_row& before, std::int32_t as_of) {
    raw_row out = random_row(by, as_of);
    for (std::size_t k = 0; k < change_metric_count; ++k) {
        if (by.one_in(2)) out.cells[k] = before.cells[k];
    }
    return out;
}

/// The rows in columns of a batch's own; `observed` too.
inline batch batch_of(const plan& of, const std::vector<raw_row>& rows) {
    batch out{of, static_cast<std::int64_t>(rows.size())};
    out.own_all();
    std::vector<std::int32_t> days;
    for (const raw_row& one : rows) days.push_back(one.as_of);
    std::vector<std::string> keys;
    for (std::size_t i = 0; i < rows.size(); ++i) keys.push_back("k" + std::to_string(i));
    column_source as_of{days};
    as_of.days = days;
    as_of.view = dates(as_of.days);
    REQUIRE(out.bind_source("as_of", std::move(as_of)).ok());
    REQUIRE(out.bind_source("customer", keys).ok());
    for (std::size_t k = 0; k < change_metric_count; ++k) {
        const auto number = out.number_of(change_metric_of[k].name);
        REQUIRE(number.ok());
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const raw_cell& one = rows[i].cells[k];
            const auto row = static_cast<std::int64_t>(i);
            if (change_metric_of[k].type == metric_type::category) {
                REQUIRE(out.set(*number, row, std::string_view{one.text}).ok());
            } else {
                REQUIRE(out.set(*number, row, one.value).ok());
            }
            REQUIRE(out.set_observed(*number, row, one.observed).ok());
        }
    }
    return out;
}

}  // namespace aiueo::testing
