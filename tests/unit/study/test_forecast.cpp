// The forecast of renewals where the truth is known, and where a sum can be done by hand.
#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "aiueo/study/registry.hpp"

#include "forecast_world.hpp"
#include "nlohmann/json.hpp"

namespace test_forecast {

using namespace aiueo;
using namespace aiueo::testing;
using aiueo::detail::month_of;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

/// The forecast from rows and contracts, contract by contract, by the definitions alone.
class plain_forecast {
public:
    plain_forecast(const told_history& all, std::int32_t origin)
        : origin_(forecast_first + origin) {
        for (const history_row& row : all.rows) {
            const std::size_t level = row.logins < 40 ? 0 : row.answers < 6 ? 1 : 2;
            level_[row.customer][month_of(row.as_of)] = level;
        }
        for (const auto& [customer, one] : all.contracts) {
            const auto known = begun_.try_emplace(customer, month_of(one.start)).first;
            known->second = std::min(known->second, month_of(one.start));
        }
        std::map<std::pair<std::string, std::int32_t>, std::int32_t> terms_from;
        for (const auto& [customer, one] : all.contracts)
            terms_from[{customer, one.start}] = month_of(one.end) - month_of(one.start);
        for (const auto& [customer, one] : all.contracts) {
            const std::int32_t end = month_of(one.end);
            for (std::int32_t m = month_of(one.start); m < end; ++m) held_[customer][m] = true;
            if (one.outcome == contract_outcome::open || end > origin_) continue;
            auto& [n, x] = decided_[{at(customer, end - 1), band_of(one)}];
            ++n;
            x += one.outcome == contract_outcome::renewed ? 1 : 0;
            if (one.outcome != contract_outcome::renewed) continue;
            const auto next = terms_from.find({customer, one.end});
            if (next != terms_from.end()) {
                const std::int32_t term = next->second;
                const std::size_t level = at(customer, end - 1);
                const std::size_t tenure = tenure_of(end - begun_[customer]);
                auto& [known, changed] = followed_[{band_of(one), tenure}][level];
                ++known;
                if (term == end - month_of(one.start)) continue;
                ++changed;
                ++next_[band_of(one)][term];
            }
        }
        for (const auto& [customer, months] : held_) {
            for (const auto& [m, held] : months) {
                const auto next = months.find(m + 1);
                if (next == months.end() || m + 1 > origin_) continue;
                ++moves_[at(customer, m)][at(customer, m + 1)];
            }
        }
        for (const auto& [customer, one] : all.contracts) {
            const std::int32_t end = month_of(one.end);
            if (month_of(one.start) > origin_ || end <= origin_) continue;
            first_ = begun_[customer];
            follow(at(customer, origin_), origin_, end, band_of(one), end - month_of(one.start), 1);
        }
    }

    double renewed(std::int32_t ahead) const { return sum(renewed_, ahead); }
    double due(std::int32_t ahead) const { return sum(due_, ahead); }

    double rate(std::size_t level, std::size_t band) const {
        double n = 0, x = 0;
        for (std::size_t b = 0; b < 3; ++b) {
            const auto found = decided_.find({level, b});
            if (found == decided_.end()) continue;
            n += found->second.first;
            x += found->second.second;
        }
        const double mean = (x + 0.5) / (n + 1);
        const auto own = decided_.find({level, band});
        if (own == decided_.end()) return mean;
        return (own->second.second + 10 * mean) / (own->second.first + 10);
    }

    double share(std::size_t from, std::size_t to) const {
        double stayed = 0, all = 0, mine = 0;
        std::array<double, 4> arrived{};
        for (const auto& [a, row] : moves_) {
            for (const auto& [b, n] : row) {
                all += n;
                (a == b ? stayed : arrived[b]) += n;
                if (a == from) mine += n;
            }
        }
        const double stay = (stayed + 0.5) / (all + 1);
        double elsewhere = 0;
        for (std::size_t b = 0; b < 4; ++b) elsewhere += b == from ? 0 : arrived[b];
        const double usual = from == to ? stay : (1 - stay) * arrived[to] / elsewhere;
        const auto row = moves_.find(from);
        double n = 0;
        if (row != moves_.end() && row->second.contains(to)) n = row->second.at(to);
        return (n + usual) / (mine + 1);
    }

private:
    static std::size_t band_of(const contract& one) {
        const std::int32_t months = month_of(one.end) - month_of(one.start);
        return months < 2 ? 0 : months < 13 ? 1 : 2;
    }
    std::size_t at(const std::string& customer, std::int32_t month) const {
        const auto found = level_.find(customer);
        if (found == level_.end() || !found->second.contains(month)) return 3;
        return found->second.at(month);
    }
    static double sum(const std::map<std::int32_t, double>& of, std::int32_t ahead) {
        const auto found = of.find(ahead);
        return found == of.end() ? 0 : found->second;
    }

    void follow(std::size_t level, std::int32_t close, std::int32_t end, std::size_t band,
                std::int32_t term, double chance) {
        if (end > origin_ + 12 || chance < 1e-14) return;
        std::array<double, 4> here{};
        here[level] = chance;
        for (; close < end - 1; ++close) {
            std::array<double, 4> next{};
            for (std::size_t a = 0; a < 4; ++a) {
                for (std::size_t b = 0; b < 4 && here[a] > 0; ++b) next[b] += here[a] * share(a, b);
            }
            here = next;
        }
        std::array<double, 4> kept{};
        for (std::size_t l = 0; l < 4; ++l) {
            kept[l] = here[l] * rate(l, band);
            due_[end - origin_] += here[l];
            renewed_[end - origin_] += kept[l];
        }
        for (std::size_t l = 0; l < 4; ++l) {
            const double other = change(l, band, tenure_of(end - first_));
            follow(l, end - 1, end + term, band, term, kept[l] * (1 - other));
            double all = 0;
            for (const auto& [months, n] : next_[band]) all += n;
            for (const auto& [months, n] : next_[band])
                follow(l, end - 1, end + months,
                       months < 2    ? 0
                       : months < 13 ? 1
                                     : 2,
                       months, kept[l] * other * n / all);
        }
    }

    static std::size_t tenure_of(std::int32_t months) {
        return months < 3 ? 0 : months < 6 ? 1 : months < 12 ? 2 : 3;
    }
    double change(std::size_t level, std::size_t band, std::size_t tenure) {
        std::array<double, 4> known_at{}, changed_at{};
        double n = 0, x = 0;
        for (std::size_t t = 0; t < 4; ++t) {
            for (const auto& [l, one] : followed_[{band, t}]) {
                known_at[t] += one.first;
                changed_at[t] += one.second;
            }
            n += known_at[t];
            x += changed_at[t];
        }
        if (x == 0) return 0;
        double usual = x / n;
        for (std::size_t t = 0; t <= tenure; ++t)
            usual = (changed_at[t] + 10 * usual) / (known_at[t] + 10);
        const auto& [known, changed] = followed_[{band, tenure}][level];
        return (changed + 10 * usual) / (known + 10);
    }

    std::int32_t origin_;
    std::map<std::string, std::map<std::int32_t, std::size_t>> level_;
    std::map<std::string, std::map<std::int32_t, bool>> held_;
    std::map<std::pair<std::size_t, std::size_t>, std::pair<double, double>> decided_;
    std::map<std::size_t, std::map<std::size_t, double>> moves_;
    std::map<std::int32_t, double> due_, renewed_;
    std::map<std::string, std::int32_t> begun_;
    std::int32_t first_ = 0;  ///< month of the first contract of the customer at hand
    /// By band and tenure, then by level.
    std::map<std::pair<std::size_t, std::size_t>, std::map<std::size_t, std::pair<double, double>>>
        followed_;
    std::map<std::size_t, std::map<std::int32_t, double>> next_;
};

std::string said(const result<std::string>& of) {
    return of.ok() ? std::string{"fine"} : of.error().to_string();
}

json told(const evidence& of, const std::string& options = "") {
    const auto found = run_study(of, "forecast", options);
    if (!found.ok()) FAIL(found.error().to_string());
    return json::parse(*found);
}

bool inside(double x, const interval& of) { return x >= of.lower && x <= of.upper; }

}  // namespace

TEST_CASE("expected renewals are those of a plain sum, contract by contract", "[study][forecast]") {
    const plan of = plan_of(history_model);
    const std::vector<std::pair<std::vector<std::int32_t>, double>> worlds{
        {{12}, 0}, {{1, 3, 12}, 0}, {{24, 5}, 0}, {{1, 12}, 0.15}, {{4, 14}, 0.3}};
    for (const auto& [terms, change] : worlds) {
        forecast_truth truth;
        truth.change = change;
        truth.customers = 120;
        truth.terms = terms;
        truth.months = 40;
        const told_history all = forecast_history_of(truth, 7);
        const evidence then = known_at(of, all, 27);
        const auto found = study_forecast(then);
        REQUIRE(found.ok());
        CHECK(found->origin == "2020-04");
        CHECK(found->why.empty());
        const plain_forecast plain{all, 27};
        REQUIRE(found->months.size() == 12);
        double together = 0;
        for (std::int32_t k = 1; k <= 12; ++k) {
            const forecast_period& month = found->months[static_cast<std::size_t>(k - 1)];
            CHECK(near(month.due, plain.due(k), 1e-9));
            CHECK(near(month.renewed.mean, plain.renewed(k), 1e-9));
            together += month.renewed.mean;
            double levels = 0;
            for (const forecast_level& one : month.levels) levels += one.due * one.rate;
            CHECK(near(levels, month.renewed.mean, 1e-9));
        }
        CHECK(near(found->together.renewed.mean, together, 1e-9));
        // A distribution of its own, from the end backward, and yet of the same mean.
        CHECK(near(found->together.distribution.mean(), together, 1e-3));
        CHECK(found->next_terms.empty() == (change == 0));
        for (const forecast_rate& one : found->rates) {
            const std::size_t level = one.level == "Entry"    ? 0
                                      : one.level == "Active" ? 1
                                      : one.level == "Loyal"  ? 2
                                                              : 3;
            if (level == 3) {
                CHECK(one.borrowed);
                continue;
            }
            const std::size_t band = one.terms == "< 2" ? 0 : one.terms == "2 – 13" ? 1 : 2;
            CHECK(near(one.rate.value, plain.rate(level, band), 1e-12));
        }
        for (const forecast_move& one : found->moves) {
            if (one.from != "Entry" || one.to != "Active") continue;
            CHECK(near(one.share, plain.share(0, 1), 1e-12));
        }
    }
}

TEST_CASE("a forecast as of an earlier month knows nothing later", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 200;
    truth.terms = {1, 12};
    truth.month_effect = 0.3;
    const told_history all = forecast_history_of(truth, 3);
    const auto then = study_forecast(known_at(of, all, 30));
    const evidence later = known_at(of, all, 40);
    forecast_options with;
    with.origin = forecast_first + 30;
    const auto again = study_forecast(later, with);
    REQUIRE(then.ok());
    REQUIRE(again.ok());
    CHECK(then->origin == again->origin);
    CHECK(same_bits(then->month_effect, again->month_effect));
    for (std::size_t k = 0; k < then->months.size(); ++k) {
        const forecast_period &a = then->months[k], &b = again->months[k];
        CHECK(same_bits(a.due, b.due));
        CHECK(same_bits(a.renewed.mean, b.renewed.mean));
        CHECK(same_bits(a.renewed.error, b.renewed.error));
        CHECK(same_bits(a.kept_mrr.mean, b.kept_mrr.mean));
        CHECK(a.renewed.intervals[1].lower == b.renewed.intervals[1].lower);
        CHECK(a.renewed.intervals[1].upper == b.renewed.intervals[1].upper);
    }
    // What the backtest says of that origin is the forecast itself beside what came.
    REQUIRE(again->backtest);
    const auto past = std::find_if(again->backtest->origins.begin(), again->backtest->origins.end(),
                                   [&](const auto& one) { return one.origin == then->origin; });
    REQUIRE(past != again->backtest->origins.end());
    double forecast = 0;
    for (std::size_t k = 0; k < 10; ++k) forecast += then->months[k].renewed.mean;
    CHECK(past->months == 10);
    CHECK(near(past->forecast, forecast, 1e-9));
}

TEST_CASE("what came is told apart exactly, and a saved forecast says the same",
          "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 300;
    truth.terms = {1, 12};
    truth.month_effect = 0.4;
    const told_history all = forecast_history_of(truth, 11);
    const evidence then = known_at(of, all, 30), later = known_at(of, all, 38);
    const auto saved = run_study(then, "forecast");
    REQUIRE(saved.ok());
    const json found = told(later, "{\"saved\": " + *saved + "}");
    const json& compared = found["compared"];
    CHECK(compared["origin"] == "2020-07");
    CHECK(compared["same_model"] == true);
    CHECK(compared["same_levels"] == true);
    REQUIRE(compared["months"].size() == 12);
    std::map<std::string, int> came;
    for (const auto& [customer, one] : all.contracts) {
        if (one.outcome == contract_outcome::renewed) {
            const std::int32_t month = month_of(one.end);
            // Those who had a contract at the origin; all that follows is theirs.
            const bool there = std::any_of(
                all.contracts.begin(), all.contracts.end(), [&, who = customer](const auto& each) {
                    return each.first == who &&
                           month_of(each.second.start) <= forecast_first + 30 &&
                           month_of(each.second.end) > forecast_first + 30;
                });
            if (there && month > forecast_first + 30 && month <= forecast_first + 38)
                ++came[month_name(month)];
        }
    }
    for (std::size_t k = 0; k < 12; ++k) {
        const json& month = compared["months"][k];
        for (const char* const what : {"renewed", "kept_mrr_minor_units"}) {
            const json& one = month[what];
            if (k >= 8) {
                CHECK(one["came"].is_null());
                CHECK(one["inside"].is_null());
                CHECK(one["deviation"]["mix"].is_null());
                continue;
            }
            const double apart = one["came"].get<double>() - one["forecast"].get<double>();
            const json& split = one["deviation"];
            CHECK(near(split["ends"].get<double>() + split["mix"].get<double>() +
                           split["rate"].get<double>(),
                       apart, 1e-6));
            const double level = one["inside"].get<double>();
            for (const json& each : one["intervals"]) {
                const bool holds = one["came"] >= each["lower"] && one["came"] <= each["upper"];
                CHECK(holds == (each["level"].get<double>() >= level));
            }
        }
        if (k < 8) CHECK(month["renewed"]["came"] == came[month["month"].get<std::string>()]);
    }
    // Levels that are called otherwise now.
    json other = json::parse(*saved);
    other["months"][0]["levels"][1]["level"] = "Busy";
    other["model"] = "another";
    const json apart = told(later, json{{"saved", other}}.dump())["compared"];
    CHECK(apart["same_model"] == false);
    CHECK(apart["same_levels"] == false);
    CHECK(apart["months"][0]["renewed"]["deviation"]["rate"].is_null());
    CHECK(!apart["months"][0]["renewed"]["came"].is_null());
}

TEST_CASE("amounts of one price are counts of it, exactly", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 150;
    truth.growth = 1;
    truth.months = 40;
    told_history all = forecast_history_of(truth, 5);
    for (auto& [customer, one] : all.contracts) {
        one.mrr_before = 12345;
        if (one.mrr_after != no_money) one.mrr_after = 12345;
    }
    const auto found = study_forecast(known_at(of, all, 30));
    REQUIRE(found.ok());
    for (const forecast_period& month : found->months) {
        CHECK(month.renewed.method == forecast_method::exact);
        CHECK(month.kept_mrr.method == forecast_method::exact);
        CHECK(month.kept_mrr.error_bound == 0);
        for (std::size_t k = 0; k < forecast_levels.size(); ++k) {
            CHECK(near(month.kept_mrr.intervals[k].lower, 12345 * month.renewed.intervals[k].lower,
                       1e-6));
            CHECK(near(month.kept_mrr.intervals[k].upper, 12345 * month.renewed.intervals[k].upper,
                       1e-6));
        }
        CHECK(near(month.churned_mrr.mean, month.due_mrr - month.kept_mrr.mean, 1e-6));
        CHECK(near(month.churned_mrr.intervals[2].lower,
                   month.due_mrr - month.kept_mrr.intervals[2].upper, 1e-6));
        // The mixture has the variance that it was made for.
        CHECK(near(month.distribution.mean() / month.renewed.mean, 1, 2e-3));
        CHECK(near(month.distribution.variance() / (month.renewed.error * month.renewed.error), 1,
                   2e-2));
        const forecast_variance& parts = month.variance;
        CHECK(near(parts.chance + parts.parameters + parts.months,
                   month.renewed.error * month.renewed.error, 1e-9));
    }
    // Amounts that have no common unit: a normal, and how far it can be off.
    std::uint64_t state = 1;
    for (auto& [customer, one] : all.contracts)
        one.mrr_before = 10000019 + static_cast<std::int64_t>(drawn(state) % 90000000);
    const auto odd = study_forecast(known_at(of, all, 30));
    REQUIRE(odd.ok());
    for (const forecast_period& month : odd->months) {
        CHECK(month.kept_mrr.method == forecast_method::normal);
        CHECK(month.kept_mrr.error_bound > 0);
        CHECK(month.kept_mrr.error_bound <= 1);
        CHECK(month.kept_mrr.intervals[2].upper <= month.due_mrr);
    }
    CHECK(odd->together.kept_mrr.error_bound < 0.25);
}

TEST_CASE("customers moved up renew as their new level does", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 400;
    truth.moves = {{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}}};
    const evidence then = known_at(of, forecast_history_of(truth, 9), 40);
    forecast_options with;
    const std::int32_t origin = forecast_first + 40;
    with.what_if = {{"Entry", "Loyal", 30, origin + 1},
                    {"Entry", "Active", 30, origin + 1},
                    {"Entry", "Active", 30, origin + 12}};
    truth.moves[0] = {0.5, 0.3, 0.2};
    // Loyal is nobody: with levels that never move it borrows everybody's rate.
    const auto found = study_forecast(then, with);
    REQUIRE(found.ok());
    REQUIRE(found->what_if.size() == 3);
    std::map<std::string, double> rate;
    for (const forecast_rate& one : found->rates) {
        if (one.terms == "2 – 13") rate[one.level] = one.rate.value;
    }
    const forecast_what_if& one = found->what_if[1];
    // All contracts are of twelve months: each customer's ends once within the horizon.
    CHECK(near(one.contracts, 30, 1e-9));
    CHECK(near(one.renewed.value, 30 * (rate["Active"] - rate["Entry"]), 0.1));
    CHECK(one.renewed.interval.lower < one.renewed.value);
    CHECK(one.renewed.interval.upper > one.renewed.value);
    CHECK(one.renewed.interval.lower > 0);
    CHECK(one.kept_mrr.value > 0);
    CHECK(near(one.renewed_mrr.value / one.kept_mrr.value, 1.05, 1e-3));
    CHECK(found->what_if[2].contracts < 6);
    CHECK(found->what_if[2].renewed.value < one.renewed.value / 4);
    CHECK(found->what_if[0].renewed.value > 0);
    const std::string borrowed = found->told.cautions.front().en;
    CHECK_THAT(found->told.sentence.en, Contains("of them (80 %: "));
    const forecast_amount& shown = found->together.rate;
    const auto percent = [](double share) { return detail::shown(share * 100, 1, language::en); };
    CHECK_THAT(found->told.sentence.en, Contains("a rate of " + percent(shown.mean) +
                                                 " % (80 %: " + percent(shown.intervals[1].lower) +
                                                 "–" + percent(shown.intervals[1].upper) + ")."));
}

TEST_CASE("options of a forecast are checked", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 60;
    const evidence then = known_at(of, forecast_history_of(truth, 2), 40);
    const auto answer = [&then](const std::string& options) {
        return said(run_study(then, "forecast", options));
    };
    CHECK(answer("") == "fine");
    CHECK(answer(R"({"origin": "2020-01"})") == "fine");
    CHECK_THAT(answer(R"({"origin": "2031-01"})"), Contains("is 2021-05; option \"origin\""));
    CHECK_THAT(answer(R"({"orign": "2020-01"})"), Contains("\"orign\" is not an option"));
    CHECK_THAT(answer(R"({"orign": "2020-01"})"), Contains("origin"));
    const auto changed = [&](const std::string& one) {
        return answer("{\"what_if\": [" + one + "]}");
    };
    CHECK(changed(R"({"from": "Entry", "to": "Active", "customers": 3, "before": "2021-09"})") ==
          "fine");
    CHECK_THAT(changed(R"({"from": "Entry", "to": "Active", "customers": 3})"),
               Contains("option \"what_if[0]\" has no \"before\""));
    CHECK_THAT(
        changed(
            R"({"from": "Entry", "to": "Active", "customers": 3, "before": "2021-09", "cost": 1})"),
        Contains("\"cost\" is not a key of option \"what_if[0]\""));
    CHECK_THAT(changed(R"({"from": "Entry", "to": "Activ", "customers": 3, "before": "2021-09"})"),
               Contains("did you mean \"Active\"?"));
    CHECK_THAT(changed(R"({"from": "Entry", "to": "Entry", "customers": 3, "before": "2021-09"})"),
               Contains("the same level"));
    CHECK_THAT(
        changed(R"({"from": "Entry", "to": "Active", "customers": 9999, "before": "2021-09"})"),
        Contains("customers are at \"Entry\""));
    CHECK_THAT(changed(R"({"from": "Entry", "to": "Active", "customers": 0, "before": "2021-09"})"),
               Contains("what_if[0].customers"));
    CHECK_THAT(changed(R"({"from": "Entry", "to": "Active", "customers": 3, "before": "2021-05"})"),
               Contains("a month from 2021-06 to 2022-05"));
    CHECK_THAT(changed(R"({"from": "Entry", "to": "Active", "customers": 3, "before": "soon"})"),
               Contains("what_if[0].before\" is a month"));
    CHECK_THAT(changed("3"), Contains("\"what_if\" is a list of objects"));
    CHECK_THAT(answer(R"({"what_if": {}})"), Contains("\"what_if\" is a list of objects"));
    CHECK_THAT(answer(R"({"saved": 3})"), Contains("\"saved\" is an object"));
    CHECK_THAT(answer(R"({"saved": {}})"), Contains("option \"saved\" has no \"origin\""));
    CHECK_THAT(answer(R"({"saved": {"origin": null, "model": "", "months": []}})"),
               Contains("no forecast"));
    CHECK_THAT(answer(R"({"saved": {"origin": "2031-01", "model": "", "months": []}})"),
               Contains("later than what is known now"));
    CHECK_THAT(answer(R"({"saved": {"origin": "2020-01", "model": "", "months": [{}]}})"),
               Contains("\"saved.months[0]\" has no \"month\""));
}

TEST_CASE("intervals hold as often as they say, and months that differ are noticed",
          "[study][forecast][planted]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 500;
    truth.month_effect = 0.4;
    truth.months = 52;
    int months = 0, held = 0, held_mrr = 0, years = 0;
    double effect = 0;
    const std::uint64_t seeds = 10;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
        const told_history all = forecast_history_of(truth, seed);
        forecast_options with;
        const auto found = study_forecast(known_at(of, all, 39));
        REQUIRE(found.ok());
        effect += found->month_effect;
        with.saved = *found;
        const auto later = study_forecast(known_at(of, all, 51), with);
        REQUIRE(later.ok());
        double came = 0;
        for (const forecast_compared_month& one : later->compared->months) {
            ++months;
            came += static_cast<double>(*one.came);
            held += one.inside <= 0.8 ? 1 : 0;
            held_mrr += one.mrr_inside <= 0.8 ? 1 : 0;
        }
        years += inside(came, found->together.renewed.intervals[1]) ? 1 : 0;
    }
    INFO(held << " and " << held_mrr << " of " << months << ", " << years << " years, "
              << effect / static_cast<double>(seeds));
    // 120 months of 10 worlds; 80 % less and more three standard errors.
    CHECK(held >= 83);
    CHECK(held <= 112);
    CHECK(held_mrr >= 83);
    CHECK(held_mrr <= 112);
    CHECK(years >= 5);
    CHECK(effect / static_cast<double>(seeds) > 0.25);
    CHECK(effect / static_cast<double>(seeds) < 0.55);
}

}  // namespace test_forecast
