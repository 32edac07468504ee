// What a forecast says of what it does not know.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/study/registry.hpp"

#include "forecast_world.hpp"
#include "nlohmann/json.hpp"

namespace test_forecast_words {

using namespace aiueo;
using namespace aiueo::testing;
using aiueo::detail::month_of;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

json told(const evidence& of) {
    const auto found = run_study(of, "forecast");
    if (!found.ok()) FAIL(found.error().to_string());
    return json::parse(*found);
}

std::string cautions(const forecast_finding& found) {
    std::string out;
    for (const label& one : found.told.cautions) out += one.en;
    return out;
}

}  // namespace

TEST_CASE("what is decided before its end is told", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 100;
    const told_history all = forecast_history_of(truth, 9);
    const std::int32_t close = forecast_first + 30, until = day_of(close + 1, 1) - 1;
    told_history told;
    for (const history_row& one : all.rows) {
        if (one.as_of <= until) told.rows.push_back(one);
    }
    std::int64_t decided = 0;
    for (const auto& [customer, one] : all.contracts) {
        if (one.start > until) continue;
        told.contracts.emplace_back(customer, one);
        if (one.outcome != contract_outcome::open && one.end > until) ++decided;
    }
    const contract_history contracts = history_of(told);
    const counted_rows rows = bound_rows(of, told.rows);
    evidence seen{of};
    histories known{contracts};
    known.data_until = until;
    REQUIRE(seen.update(*rows.rows, *rows.given, known).ok());
    const auto found = study_forecast(seen);
    REQUIRE(found.ok());
    CHECK(found->origin == month_name(close));
    CHECK(found->decided_ahead > 10);
    CHECK(found->decided_ahead <= decided);
    CHECK_THAT(cautions(*found),
               Contains("At least " + std::to_string(found->decided_ahead) + " contracts"));
    // As of then it was not known.
    forecast_options before;
    before.origin = close - 2;
    const auto past = study_forecast(seen, before);
    REQUIRE(past.ok());
    CHECK(past->decided_ahead == 0);
    CHECK(study_forecast(known_at(of, all, 30))->decided_ahead == 0);
}

TEST_CASE("renewals without a next contract are told", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 100;
    const told_history all = forecast_history_of(truth, 9);
    const auto whole = study_forecast(known_at(of, all, 30));
    REQUIRE(whole.ok());
    CHECK(whole->renewed > 20);
    CHECK(whole->unfollowed == 0);
    CHECK_THAT(cautions(*whole), !Contains("are followed by none"));
    // Renewals are written into the contract, and the next one is not.
    told_history first = all;
    first.contracts.clear();
    for (const auto& one : all.contracts) {
        if (first.contracts.empty() || first.contracts.back().first != one.first)
            first.contracts.push_back(one);
    }
    const auto found = study_forecast(known_at(of, first, 14));
    REQUIRE(found.ok());
    CHECK(found->renewed > 20);
    CHECK(found->unfollowed == found->renewed);
    CHECK_THAT(cautions(*found),
               Contains("Of " + std::to_string(found->renewed) +
                        " contracts renewed in the last 12 months " +
                        std::to_string(found->renewed) + " are followed by none"));
}

TEST_CASE("what is not known is said, not guessed", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 60;
    truth.months = 30;
    const told_history all = forecast_history_of(truth, 2);
    const json nothing = told(evidence_of(of, all));
    CHECK(nothing["why"] == "no_data_until");
    CHECK(nothing["origin"].is_null());
    CHECK(nothing["together"].is_null());
    CHECK_THAT(nothing["sentence"]["en"].get<std::string>(), Contains("give data_until"));
    // Before the first end nobody has decided.
    const json early = told(known_at(of, all, 10));
    CHECK(early["why"] == "no_decisions");
    CHECK(early["months"].size() == 12);
    CHECK(early["together"]["due"].get<double>() > 0);
    CHECK(early["together"]["renewed"]["mean"].is_null());
    CHECK(early["together"]["renewed"]["intervals"][1]["lower"].is_null());
    CHECK(early["rates"].empty());
    // Years after the last end nothing is due.
    const json late = told(known_at(of, all, 80));
    CHECK(late["why"] == "nothing_due");
    CHECK(late["months"].empty());
    CHECK(late["overdue"].get<int>() > 0);
    CHECK_THAT(late["cautions"].dump(), Contains("past their end and not decided"));
    // Few months: how they differ is unknown.
    const json few = told(known_at(of, all, 13));
    CHECK(few["why"].is_null());
    CHECK(few["month_effect"]["error"].is_null());
    CHECK(few["backtest"]["verdict"] == "too_little_history");
    CHECK_THAT(few["cautions"].dump(), Contains("intervals are too narrow"));
    // A level at which nobody decided.
    told_history climbed = all;
    for (history_row& row : climbed.rows) {
        if (month_of(row.as_of) == forecast_first + 25) row.logins = row.answers = 10;
        if (month_of(row.as_of) == forecast_first + 25) row.logins = 90;
        if (month_of(row.as_of) < forecast_first + 25) row.answers = 0;
    }
    const json borrowed = told(known_at(of, climbed, 25));
    CHECK_THAT(borrowed["cautions"].dump(), Contains("Nobody has decided yet at Loyal"));
    CHECK(borrowed["rates"].dump().find("\"borrowed\":true") != std::string::npos);
    // No price.
    told_history free = all;
    for (auto& [customer, one] : free.contracts) {
        if (customer < "c3") one.mrr_before = no_money;
    }
    const json unpriced = told(known_at(of, free, 25)), priced = told(known_at(of, all, 25));
    CHECK(unpriced["together"]["unpriced"].get<int>() > 0);
    CHECK(unpriced["together"]["due_mrr_minor_units"].get<double>() <
          priced["together"]["due_mrr_minor_units"].get<double>());
    CHECK_THAT(unpriced["cautions"].dump(), Contains("have no known MRR"));
}

TEST_CASE("levels stay where nobody was seen in two months running", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 200;
    const told_history all = forecast_history_of(truth, 4);
    told_history seldom = all;
    seldom.rows.clear();
    for (const history_row& one : all.rows) {
        if (month_of(one.as_of) % 2 == 1) seldom.rows.push_back(one);
    }
    const auto found = study_forecast(known_at(of, seldom, 30));
    REQUIRE(found.ok());
    CHECK(found->why.empty());
    CHECK_THAT(cautions(*found), Contains("levels are taken to stay"));
    CHECK_THAT(cautions(*study_forecast(known_at(of, all, 30))), !Contains("taken to stay"));
}

TEST_CASE("billions of contracts are no matter of counting", "[study][forecast]") {
    const plan of = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 300;
    const auto times = [&](std::int64_t factor) {
        evidence seen = known_at(of, forecast_history_of(truth, 4), 30);
        count_table& due = seen.sorted_tables()[static_cast<std::size_t>(table_id::due)];
        std::vector<count_key> keys;
        for (const auto& [key, block] : due.blocks()) keys.push_back(key);
        for (const count_key& key : keys) {
            std::int64_t* const block = due.at(key);
            const std::size_t levels = seen.shape().revenue().levels + 1;
            for (std::size_t l = 0; l < levels; ++l)
                block[revenue_shape::due_cell(l) +
                      static_cast<std::size_t>(due_field::contracts)] *= factor;
        }
        return *study_forecast(seen);
    };
    const forecast_finding one = times(1), many = times(1'000'000'000);
    CHECK(one.together.renewed.method == forecast_method::exact);
    CHECK(one.together.distribution.is_defined());
    CHECK(many.together.renewed.method == forecast_method::normal);
    CHECK(!many.together.distribution.is_defined());
    CHECK(std::fabs(many.together.renewed.mean / one.together.renewed.mean / 1e9 - 1) < 1e-9);
    // Chance has gone, what is not known of the rates has not.
    const interval &at = many.together.rate.intervals[1], &of_few = one.together.rate.intervals[1];
    CHECK(at.lower > of_few.lower);
    CHECK(at.upper < of_few.upper);
    CHECK(at.upper - at.lower > 0.01);
}

}  // namespace test_forecast_words
