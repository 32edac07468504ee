// Lists of alerts worked out twice: of random portfolios by a plain reading, of random models by
// the documented split of every change, of many customers whatever the order of their rows.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "../score/changed_rows.hpp"
#include "watching.hpp"

namespace test_alerts_at_random {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

constexpr std::int32_t first_day = 20454;  // 2026-01-01

/// A few customers, each of its own dates, some of them seen once.
std::vector<snapshot> random_snapshots(dice& by, std::size_t customers) {
    static const char* const names[] = {"b", "B", "a", "é", "aa", "日本", "Z", "~", "0", "10", "9"};
    std::vector<snapshot> out;
    for (std::size_t k = 0; k < customers; ++k) {
        snapshot one;
        one.customer = (k < 11 ? names[k] : "c" + std::to_string(k * 7919 % 1000));
        one.day = first_day + static_cast<int>(by.below(40));
        for (double& part : one.parts) part = 6.0 * static_cast<double>(by.below(17));
        const std::array<double, 4> start = one.parts;
        std::array<double, 4> level = start;
        const std::uint64_t dates = by.one_in(6) ? 1 : 2 + by.below(8);
        for (std::uint64_t n = 0; n < dates; ++n) {
            const int gaps[] = {7, 14, 30, 30, 31, 62};
            one.day += gaps[by.below(6)];
            for (std::size_t p = 0; p < 4; ++p) {
                if (by.one_in(2)) level[p] = 6.0 * static_cast<double>(by.below(17));
                one.parts[p] = by.one_in(5) ? no_value : level[p];
            }
            if (by.one_in(4)) one.plan = by.one_in(3) ? "" : by.one_in(2) ? "pro" : "trial";
            one.setup = by.one_in(8) ? -1 : by.one_in(6) ? 0 : 1;
            one.b_seen = one.day - static_cast<int>(by.below(60));
            if (by.one_in(8)) one.b_seen = by.one_in(2) ? std::optional{one.day + 1} : std::nullopt;
            if (by.one_in(3)) {
                const int until = static_cast<int>(by.below(300));
                one.ends = by.one_in(3) ? std::nullopt : std::optional{one.day + until};
            }
            out.push_back(one);
        }
    }
    for (std::size_t k = out.size(); k > 1; --k) std::swap(out[k - 1], out[by.below(k)]);
    return out;
}

std::vector<watched_rule> random_rules(dice& by) {
    std::vector<watched_rule> out;
    const char* const scores[] = {"U", "E", "overall"};
    for (std::size_t k = 0; k < 5; ++k) {
        watched_rule one;
        one.name = "rule" + std::to_string(9 - k);
        one.kind = k < 3 ? "drop" : k == 3 ? "down" : "dark";
        one.of = one.kind == "down" ? (by.one_in(2) ? "stage" : "value") : scores[by.below(3)];
        one.drop = 3.0 * static_cast<double>(1 + by.below(9));
        one.window = static_cast<int>(1 + by.below(90));
        one.rearm = by.one_in(3) ? 0 : 3.0 * static_cast<double>(by.below(9));
        one.quiet = by.one_in(3) ? 0 : static_cast<int>(by.below(80));
        out.push_back(one);
    }
    return out;
}

std::string four(double value) {
    if (std::isnan(value)) return "-";
    char buffer[40];
    std::snprintf(buffer, sizeof buffer, "%.4f", value);
    return buffer;
}

/// A row as it must be.
struct plain_row {
    std::string line;
    std::set<std::string> because;  ///< any of those that fell most
    std::string open;               ///< empty: see "who is back on the rung above two falls"
};

struct plain_list {
    std::vector<plain_row> rows;
    std::map<std::string, std::pair<int, int>> counts;  ///< by rule: fired, open
    int seen = 0, left = 0, not_seen = 0;
    std::vector<int> apart;  ///< by drop: customers whose last two are farther apart than it looks
};

plain_list plain_alerts(const std::vector<snapshot>& all, const std::vector<watched_rule>& rules,
                        std::int32_t as_of, std::int32_t since) {
    std::map<std::string, std::map<std::int32_t, const snapshot*>> panel;
    for (const snapshot& one : all) panel[one.customer][one.day] = &one;
    struct found_row {
        std::int32_t day;
        std::size_t rule;
        std::string customer;
        plain_row row;
    };
    std::vector<found_row> found;
    plain_list out;
    out.apart.resize(rules.size());
    for (const auto& [customer, by_day] : panel) {
        std::vector<const snapshot*> mine;
        days_of_one days;
        for (const auto& [day, row] : by_day) {
            if (day > as_of) break;
            mine.push_back(row);
            days.push_back(day);
        }
        const bool recent = !mine.empty() && days.back() >= as_of - 31;
        const bool left = recent && days.back() < as_of && mine.back()->ends &&
                          *mine.back()->ends >= days.back() && *mine.back()->ends <= as_of;
        ++(left ? out.left : recent ? out.seen : out.not_seen);
        for (std::size_t r = 0; r < rules.size(); ++r) {
            const watched_rule& rule = rules[r];
            std::vector<double> score;
            std::vector<int> sure, perhaps;
            for (const snapshot* row : mine) {
                score.push_back(score_of(values_of(*row), rule.of).score);
                sure.push_back(rung_of(values_of(*row), rule.of, false));
                perhaps.push_back(rung_of(values_of(*row), rule.of, true));
            }
            const auto moved = [&](std::size_t i, std::size_t j) {
                return behaviour_of(*mine[i], *mine[j], rule.of);
            };
            const std::vector<told_alert> told =
                rule.kind == "drop"
                    ? plain_drops(rule, days, score,
                                  [&](std::size_t i, std::size_t j) { return moved(i, j).score; })
                : rule.kind == "down" ? plain_falls(rule, days, sure, perhaps)
                                      : plain_darks(rule, days, score);
            for (const told_alert& one : told) {
                if (days[one.at] < since) continue;
                const bool down = rule.kind == "down";
                const auto& rungs = rung_names[rule.of == "value" ? 1 : 0];
                const auto name = [&](std::size_t at) {
                    return down ? rungs[static_cast<std::size_t>(sure[at])] : "-";
                };
                const auto points = [&](std::size_t at) { return down ? no_value : score[at]; };
                plain_row row;
                row.line = rule.name + ":" + format_date(days[one.at]) + ":" + customer + "|" +
                           rule.kind + "|" + format_date(days[one.from]) + "|" +
                           four(points(one.from)) + "|" + four(points(one.at)) + "|" +
                           four(one.behaviour) + "|" + name(one.from) + "|" + name(one.at);
                // What is so now is of its latest snapshot, however old.
                const snapshot& now = *mine.back();
                const int stage = rung_of(values_of(now), "stage", false);
                row.line += "|" + rung_names[0][static_cast<std::size_t>(stage)] + "|" +
                            (now.ends ? format_date(*now.ends) : "-");
                if (rule.kind == "drop") {
                    const std::array<double, 4> from = moved(one.from, one.at).from;
                    const double most = *std::min_element(from.begin(), from.end());
                    for (std::size_t k = 0; k < 4; ++k) {
                        if (from[k] < most + 1e-4) row.because.insert(part_names[k]);
                    }
                } else {
                    row.because.insert("-");
                }
                row.open = one.open ? "true" : "false";
                found.push_back({days[one.at], r, customer, row});
                out.counts[rule.name].first += 1;
                out.counts[rule.name].second += one.open ? 1 : 0;
            }
            if (recent && !left && mine.size() > 1 && rule.kind == "drop" &&
                days.back() - days[days.size() - 2] > rule.window)
                ++out.apart[r];
        }
    }
    // Customers are there in byte order: std::string compares bytes as unsigned.
    std::stable_sort(found.begin(), found.end(), [](const found_row& x, const found_row& y) {
        return x.day != y.day ? x.day > y.day : x.rule < y.rule;
    });
    for (found_row& one : found) out.rows.push_back(std::move(one.row));
    return out;
}

std::string text_or(const json& cell) {
    return cell.is_null()     ? "-"
           : cell.is_number() ? four(cell.get<double>())
                              : cell.get<std::string>();
}

/// Rows, counts and cautions as they must be.
void check_list(const json& list, const plain_list& plain, const std::vector<watched_rule>& rules) {
    REQUIRE(list["rows"].size() == plain.rows.size());
    std::size_t wrong = 0;
    for (std::size_t k = 0; k < plain.rows.size() && wrong == 0; ++k) {
        const json& row = list["rows"][k];
        std::string line = text_or(row["key"]);
        for (const char* column : {"kind", "from", "before", "after", "behaviour", "stage_before",
                                   "stage_after", "stage", "ends"})
            line += "|" + text_or(row[column]);
        const plain_row& is = plain.rows[k];
        const bool same = line == is.line && row["open"].dump() == is.open &&
                          is.because.count(text_or(row["because"])) == 1;
        if (same) continue;
        ++wrong;
        CAPTURE(k, is.open, is.because);
        CHECK(row.dump() == is.line);
    }
    CHECK(list["customers"] == plain.seen);
    CHECK(list["left"] == plain.left);
    CHECK(list["not_seen"] == plain.not_seen);
    for (std::size_t r = 0; r < rules.size(); ++r) {
        const auto counted = plain.counts.find(rules[r].name);
        CHECK(list["alerts"][r]["alert"] == rules[r].name);
        const auto [told, open] = counted == plain.counts.end() ? std::pair{0, 0} : counted->second;
        CHECK(list["alerts"][r]["fired"] == told);
        CHECK(list["alerts"][r]["open"] == open);
    }
    int cautions = 0;
    for (const json& one : list["cautions"])
        cautions += one["en"].get<std::string>().find("days apart") != std::string::npos;
    CHECK(cautions ==
          std::count_if(plain.apart.begin(), plain.apart.end(), [](int n) { return n > 0; }));
}

}  // namespace

TEST_CASE("the alerts of random portfolios are those of a plain reading of the definitions",
          "[action][alerts]") {
    std::map<std::string, int> kinds;
    int refused = 0;
    for (std::uint64_t seed = 0; seed < 300; ++seed) {
        dice by{seed};
        const std::vector<watched_rule> rules = random_rules(by);
        const std::vector<snapshot> rows = random_snapshots(by, 1 + by.below(14));
        std::int32_t last = 0;
        for (const snapshot& one : rows) last = std::max(last, one.day);
        const std::int32_t as_of = by.one_in(2) ? last : last - static_cast<int>(by.below(120));
        const std::int32_t since =
            by.one_in(2) ? as_of - 30 : as_of - static_cast<int>(by.below(400));
        std::string options = "{\"since\": \"" + format_date(since) + "\"";
        if (as_of != last) options += ", \"as_of\": \"" + format_date(as_of) + "\"";
        CAPTURE(seed, options, watched_model(rules));
        const acting_rows of = watched(rows, rules);
        const plain_list plain = plain_alerts(rows, rules, as_of, since);
        if (plain.seen == 0) {
            ++refused;
            CHECK_THAT(of.refused("alerts", options + "}"),
                       Contains(plain.left > 0 ? "every customer's contract has ended since"
                                               : "no customer has a snapshot in the 31 days"));
            continue;
        }
        const json list = of.list("alerts", options + "}");
        check_list(list, plain, rules);
        for (const json& row : list["rows"]) ++kinds[row["kind"].get<std::string>()];
    }
    // There was something to compare.
    CAPTURE(kinds["drop"], kinds["down"], kinds["dark"], refused);
    CHECK((kinds["drop"] > 500 && kinds["down"] > 200 && kinds["dark"] > 100 && refused > 3));
}

TEST_CASE("thousands of customers have the same alerts whatever the order of their rows",
          "[action][alerts]") {
    // More than two thousand questions at once, and more than a chunk (256) of those who fell.
    dice by{7};
    std::vector<watched_rule> rules = random_rules(by);
    for (watched_rule& one : rules) {
        one.drop = 6;
        one.window = 62;
        one.rearm = 12;
        one.quiet = 7;
    }
    std::vector<snapshot> rows = random_snapshots(by, 999);
    REQUIRE(rows.size() > 9 * 256);
    std::int32_t last = 0;
    for (const snapshot& one : rows) last = std::max(last, one.day);
    const std::string options = R"({"since": "2020-01-01"})";
    const std::int32_t since = 18262;  // 2020-01-01
    const json list = watched(rows, rules).list("alerts", options);
    check_list(list, plain_alerts(rows, rules, last, since), rules);
    std::map<std::string, int> counts;
    for (const json& one : list["alerts"]) counts[one["kind"]] += one["fired"].get<int>();
    CAPTURE(counts["drop"], counts["down"], counts["dark"]);
    CHECK((counts["drop"] > 1000 && counts["down"] > 256 && counts["dark"] > 256));

    const std::string told = list.dump();
    std::sort(rows.begin(), rows.end(), [](const snapshot& x, const snapshot& y) {
        return x.customer != y.customer ? x.customer < y.customer : x.day < y.day;
    });
    CHECK((watched(rows, rules).list("alerts", options).dump() == told));
    std::reverse(rows.begin(), rows.end());
    CHECK((watched(rows, rules).list("alerts", options).dump() == told));
}

namespace {

/// Rows of changed_rows.hpp as lines of text.
std::string line_of(const std::string& customer, const raw_row& row) {
    std::string out = customer + "," + format_date(row.as_of);
    for (std::size_t k = 0; k < change_metric_count; ++k) {
        const raw_cell& cell = row.cells[k];
        const metric_type type = change_metric_of[k].type;
        out += ",";
        if (cell.null())
            out += "NULL";
        else if (type == metric_type::category)
            out += cell.text;
        else if (type == metric_type::date)
            out += format_date(static_cast<std::int32_t>(cell.value));
        else if (type == metric_type::flag)
            out += cell.value == 0 ? "no" : "yes";
        else
            out += std::to_string(cell.value);
        out += "," + (cell.observed ? format_date(*cell.observed) : "NULL");
    }
    return out;
}

std::string change_columns() {
    std::string out = "customer,as_of";
    for (const change_metric& one : change_metric_of)
        out += std::string{","} + one.name + "," + one.name + "@";
    return out;
}

}  // namespace

TEST_CASE("a drop is what the split of every change says, in any model", "[action][alerts]") {
    // Caps, overrides, profiles, priors, ages and derived metrics: what there is of a fall through
    // behaviour is asked here of every two snapshots of a customer, as docs/change.md has it. The
    // library asks where it must.
    int drops = 0, hidden = 0;
    for (std::uint64_t seed = 0; seed < 120; ++seed) {
        dice by{1000 + seed};
        std::vector<watched_rule> rules;
        for (const char* of : {"I", "U", "E", "O", "overall"}) {
            watched_rule one;
            one.name = std::string{"drop-"} + of;
            one.of = of;
            one.drop = by.number(1, 15);
            one.window = static_cast<int>(20 + by.below(60));
            one.rearm = by.number(0, 10);
            one.quiet = static_cast<int>(by.below(40));
            rules.push_back(one);
        }
        std::string model = random_model(by);
        model.insert(model.rfind('}'), ", " + text_of(rules));
        CAPTURE(seed, model);
        std::string lines;
        std::vector<std::string> customers;
        std::vector<std::int32_t> days;
        for (int k = 0; k < 12; ++k) {
            raw_row row = random_row(by, first_day + static_cast<int>(by.below(20)));
            const std::uint64_t dates = 2 + by.below(4);
            for (std::uint64_t n = 0; n < dates; ++n) {
                if (n > 0) row = later_row(by, row, row.as_of + 1 + static_cast<int>(by.below(40)));
                customers.push_back("c" + std::to_string(10 + k));
                days.push_back(row.as_of);
                lines += (lines.empty() ? "" : "\n") + line_of(customers.back(), row);
            }
        }
        const acting_rows of = bound_to(plan_of(model), lines, change_columns());
        std::vector<row_pair> pairs;
        std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> number;
        for (std::size_t i = 0; i < customers.size(); ++i) {
            for (std::size_t j = i + 1; j < customers.size() && customers[i] == customers[j]; ++j) {
                const row_pair pair{static_cast<std::int64_t>(i), static_cast<std::int64_t>(j)};
                number[{pair.before, pair.after}] = pairs.size();
                pairs.push_back(pair);
            }
        }
        const change_sides sides{of.of.get(), of.rows.get(), of.rows.get()};
        changes split{sides, pairs.size()};
        REQUIRE(split_changes(sides, pairs, split).ok());
        const scores all = scored(*of.of, *of.rows);

        std::set<std::string> expected;
        for (std::size_t g = 0; g < rules.size(); ++g) {
            std::size_t which = 0;
            while (change_score_name(which) != rules[g].of) ++which;
            const auto score =
                which == overall_change ? all.overall() : all[static_cast<axis>(which)];
            for (std::size_t begin = 0, end = 0; begin < customers.size(); begin = end) {
                while (end < customers.size() && customers[end] == customers[begin]) ++end;
                const days_of_one mine{days.begin() + static_cast<std::ptrdiff_t>(begin),
                                       days.begin() + static_cast<std::ptrdiff_t>(end)};
                std::vector<double> points;
                for (std::size_t row = begin; row < end; ++row) points.push_back(score[row]);
                const auto behaviour = [&](std::size_t i, std::size_t j) {
                    const std::size_t at = number.at({static_cast<std::int64_t>(begin + i),
                                                      static_cast<std::int64_t>(begin + j)});
                    return split[which].parts[3][at];
                };
                for (const told_alert& one : plain_drops(rules[g], mine, points, behaviour)) {
                    expected.insert(rules[g].name + ":" + format_date(mine[one.at]) + ":" +
                                    customers[begin] + " " + format_date(mine[one.from]) + " " +
                                    four(one.behaviour) + (one.open ? " open" : " closed"));
                    ++drops;
                    hidden += points[one.from] - points[one.at] < rules[g].drop ? 1 : 0;
                }
            }
        }
        std::set<std::string> made;
        const json list = of.list("alerts", R"({"since": "2020-01-01"})");
        for (const json& row : list["rows"])
            made.insert(text_or(row["key"]) + " " + text_or(row["from"]) + " " +
                        text_or(row["behaviour"]) + (row["open"] == true ? " open" : " closed"));
        CHECK(made == expected);
    }
    // Some fell by less than they did through behaviour, and are told all the same.
    CAPTURE(drops, hidden);
    CHECK((drops > 1000 && hidden > 100));
}

TEST_CASE("a scorer that fails is told, wherever it fails", "[action][alerts]") {
    const auto left = std::make_shared<int>(0);
    const scorer_function twice = [left](const scorer_call& call) -> status {
        if ((*left)-- == 0) return make_error(errc::scorer_failed, "no more today");
        for (std::size_t i = 0; i < call.rows; ++i) call.out[i] = call.inputs[0][i];
        return {};
    };
    // The table may not know a word, so what is known must be scored, too.
    auto of = plan_of(model_text(R"("x": {"type": "number"}, "y": {"type": "number"},
                                    "w": {"type": "category"})",
                                 R"("U": {"min_coverage": 0.3, "components": {
                                      "s": {"scorer": "twice", "metrics": ["x"]},
                                      "y": {"metric": "y", "curve": [[0, 0], [100, 100]]},
                                      "w": {"metric": "w", "table": {"yes": 90}}}})",
                                 text_of({{.name = "fell", .window = 90}})),
                      {{"twice", twice}});
    // Of each customer: y becomes known, then unknown, and x falls at the end by 40: more than
    // two thousand questions, and more than a chunk of falls.
    std::string lines;
    for (int k = 0; k < 1100; ++k) {
        const std::string customer = (k > 0 ? "\nc" : "c") + std::to_string(k);
        lines += customer + ",2026-01-01,80,NULL,no\nc" + std::to_string(k) +
                 ",2026-01-31,80,70,yes\nc" + std::to_string(k) + ",2026-03-02,40,NULL,yes";
    }
    const acting_rows rows = bound_to(std::move(of), lines, "customer,as_of,x,y,w");
    int calls = 0;
    for (;; ++calls) {
        *left = calls;
        const auto made = rows.run("alerts");
        if (made.ok()) {
            CHECK(made->rows.rows() == 1100);
            CHECK(*left == 0);  // it was not called once more, to fail unheard
            break;
        }
        REQUIRE(made.error().code == errc::scorer_failed);
        REQUIRE(made.error().to_string() == "scorer \"twice\" no more today");
    }
    // 3,300 rows are thirteen chunks: scored, read for what is known, and asked.
    CHECK(calls > 3 * 13);
}

}  // namespace test_alerts_at_random
