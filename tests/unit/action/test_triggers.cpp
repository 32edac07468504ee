// Whom to send what today, each once; and by which variant.
#include <cmath>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "aiueo/action/triggers.hpp"
#include "aiueo/base/hash.hpp"

#include "acting.hpp"

namespace test_triggers {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

// customer,as_of,plan,mrr,start,finish,member,team,setup,logins,answers,wins
constexpr std::string_view portfolio =
    "a,2026-04-30,pro,500,2026-04-01,2027-03-31,Aoi,east,no,1,5,0\n"
    "b,2026-04-30,pro,700,2025-05-01,2026-07-29,Aoi,east,yes,2,5,9\n"
    "c,2026-04-30,pro,NULL,2025-06-01,2026-07-30,NULL,NULL,no,50,5,1\n"
    "d,2026-04-30,pro,900,NULL,NULL,Yuki,west,NULL,0,5,NULL\n"
    "e,2026-04-30,pro,900,2025-08-01,NULL,Yuki,west,yes,2,5,0";

trigger welcome() {
    const plan of = plan_of(acting_model);
    return of.model().triggers[1];
}

std::vector<std::string> keys(const json& list) {
    std::vector<std::string> out;
    for (const json& row : list["rows"]) out.push_back(row["key"]);
    return out;
}

json counts(const json& list, const char* trigger) {
    for (const json& one : list["triggers"]) {
        if (one["trigger"] == trigger) return one;
    }
    FAIL(trigger);
    return {};
}

}  // namespace

TEST_CASE("triggers list whom their condition is true for", "[action][triggers]") {
    const json list = acting(portfolio).list("triggers");
    // b: wins say no. d: not known, so nothing is sent. c did what "welcome" is for.
    CHECK(keys(list) == std::vector<std::string>{"quiet:2026-04-01:a", "quiet:2025-08-01:e",
                                                 "welcome::a", "ends:2026-07-29:b"});
    const json& first = list["rows"][0];
    CHECK(first["customer"] == "a");
    CHECK(first["initiative"] == "quiet");
    CHECK(first["date"] == "2026-04-30");
    CHECK(first["variant"].is_null());
    CHECK(first["holdout"] == false);
    CHECK(first["play"] == "train");
    CHECK(first["owner"] == "training");
    CHECK(first["channel"].is_null());
    CHECK(first["effort"] == 2);
    CHECK(first["reason"] == "logins < 3 && !(wins > 5) (logins 1, wins 0)");
    CHECK(first["period"] == "2026-04-01");
    CHECK(first["stage"] == "Entry");
    CHECK(first["mrr"] == 500);
    CHECK(first["member"] == "Aoi");
    CHECK(first["team"] == "east");
    CHECK(list["rows"][2]["period"].is_null());
    CHECK(list["rows"][3]["reason"] == "days_until(finish) <= 90 (finish 2026-07-29)");

    const json quiet = counts(list, "quiet");
    CHECK(quiet["when"] == "logins < 3 && !(wins > 5)");
    CHECK((quiet["holds"] == 2 && quiet["unknown"] == 1 && quiet["to_send"] == 2));
    const json welcomed = counts(list, "welcome");
    CHECK((welcomed["holds"] == 2 && welcomed["succeeded"] == 1 && welcomed["unknown"] == 1));
    CHECK(welcomed["to_send"].get<int>() + welcomed["held_out"].get<int>() == 1);
    const json ends = counts(list, "ends");
    CHECK((ends["holds"] == 1 && ends["unknown"] == 2));
    CHECK_THAT(list["cautions"][0]["en"].get<std::string>(),
               Contains("nobody knows what was sent"));
    CHECK_THAT(list["cautions"][1]["en"].get<std::string>(),
               Contains("4 times a condition could not be told"));
}

TEST_CASE("what was sent in the same period is not sent again", "[action][triggers]") {
    const acting_rows of = acting(portfolio);
    const auto left = [&](std::string_view lines) {
        const initiative_log done = sent(lines);
        const json list = of.list("triggers", {}, &done);
        for (const json& one : list["cautions"])
            CHECK(one["en"].get<std::string>().find("nobody knows") == std::string::npos);
        return keys(list);
    };
    using texts = std::vector<std::string>;
    const texts all{"quiet:2026-04-01:a", "quiet:2025-08-01:e", "welcome::a", "ends:2026-07-29:b"};
    CHECK(left("x,quiet,2026-04-02") == all);
    // On the day the contract began, and the day before.
    CHECK(left("a,quiet,2026-04-01") == texts{all[1], all[2], all[3]});
    CHECK(left("a,quiet,2026-03-31") == all);
    // Once in a customer's life; another initiative; without a date; after the list's day.
    CHECK(left("a,welcome,2019-01-01") == texts{all[0], all[1], all[3]});
    CHECK(left("a,other,2026-04-02") == all);
    CHECK(left("a,welcome,") == all);
    CHECK(left("a,quiet,2026-05-01") == all);
    CHECK(left("a,quiet,2026-04-30\ne,quiet,2025-08-01") == texts{all[2], all[3]});
    // A day that is still to come ends its period, which began with the contract.
    CHECK(left("b,ends,2026-04-29") == texts{all[0], all[1], all[2]});
    CHECK(left("b,ends,2025-05-01") == texts{all[0], all[1], all[2]});
    CHECK(left("b,ends,2025-04-30") == all);

    const initiative_log done = sent("a,quiet,2026-04-30\na,welcome,2020-01-01");
    const json list = of.list("triggers", {}, &done);
    CHECK(counts(list, "quiet")["sent_before"] == 1);
    CHECK(counts(list, "welcome")["sent_before"] == 1);
    CHECK_THAT(list["sentence"]["en"].get<std::string>(), Contains("2 were sent before"));
}

TEST_CASE("where nobody knows when the period began it comes once", "[action][triggers]") {
    for (const char* start : {"NULL", "2026-05-01"}) {
        const acting_rows of =
            acting("a,2026-04-30,pro,1," + std::string{start} + ",2026-06-30,A,t,yes,9,5,9");
        CHECK(keys(of.list("triggers")) == std::vector<std::string>{"ends:2026-06-30:a"});
        const initiative_log done = sent("a,ends,2020-01-01");
        CHECK(keys(of.list("triggers", {}, &done)).empty());
    }
}

TEST_CASE("a success is not known where what it reads is not", "[action][triggers]") {
    const json list = acting("a,2026-04-30,pro,1,2026-04-01,NULL,A,t,no,9,5,NULL").list("triggers");
    CHECK(keys(list) == std::vector<std::string>{"welcome::a"});
}

TEST_CASE("each is sent its variant, and nobody twice", "[action][triggers]") {
    constexpr int customers = 20000;
    const trigger of = welcome();
    std::map<std::int32_t, int> drawn;
    for (int k = 0; k < customers; ++k) ++drawn[variant_of(of, "customer " + std::to_string(k))];
    // 4.5 standard deviations: by chance once in 100,000 programs, and the keys are always these.
    const auto near_share = [&](std::int32_t variant, double share) {
        const double sd = std::sqrt(customers * share * (1 - share));
        INFO(variant << ": " << drawn[variant]);
        CHECK(std::fabs(drawn[variant] - customers * share) < 4.5 * sd);
    };
    CHECK(drawn.size() == 3);
    near_share(-1, 0.2);
    near_share(0, 0.5);
    near_share(1, 0.3);

    // By its definition.
    const auto share_of = [](std::string_view key) {
        return std::ldexp(static_cast<double>(hash_text("welcome\x1F" + std::string{key}) >> 11),
                          -53);
    };
    for (int k = 0; k < 200; ++k) {
        const std::string key = "c" + std::to_string(k);
        const double at = share_of(key);
        CHECK(variant_of(of, key) == (at < 0.2 ? -1 : (at < 0.7 ? 0 : 1)));
    }
    // They are the same for good: who was held out stays held out.
    std::string golden;
    for (int k = 0; k < 40; ++k) golden += "-01"[variant_of(of, "c" + std::to_string(k)) + 1];
    CHECK(golden == "0100010111-0000010101-1000010-01-0-100-1");
    CHECK(variant_of(of, "日本") == variant_of(of, "日本"));

    // Another trigger draws another lot.
    trigger other = of;
    other.name = "other";
    int same = 0;
    for (int k = 0; k < customers; ++k) {
        const std::string key = "customer " + std::to_string(k);
        same += variant_of(of, key) == variant_of(other, key) ? 1 : 0;
    }
    CHECK(same < customers * 0.41);
    CHECK(same > customers * 0.35);

    trigger plain = of;
    plain.variants.clear();
    plain.holdout = 0;
    for (int k = 0; k < 50; ++k) CHECK(variant_of(plain, std::to_string(k)) == 0);
    plain.holdout = 0.2;
    for (int k = 0; k < 50; ++k) {
        const std::string key = std::to_string(k);
        CHECK(variant_of(plain, key) == (variant_of(of, key) < 0 ? -1 : 0));
    }
}

TEST_CASE("variants and hold-outs are listed, and can be left out", "[action][triggers]") {
    std::string rows;
    const trigger of = welcome();
    int held_out = 0, video = 0;
    for (int k = 0; k < 100; ++k) {
        const std::string key = "c" + std::to_string(100 + k);
        rows += (k > 0 ? "\n" : "") + key + ",2026-04-30,pro,1,2026-04-01,NULL,A,t,no,9,5,0";
        held_out += variant_of(of, key) < 0 ? 1 : 0;
        video += variant_of(of, key) == 0 ? 1 : 0;
    }
    const acting_rows bound = acting(rows);
    const json list = bound.list("triggers", R"({"trigger": "welcome"})");
    REQUIRE(list["rows"].size() == 100);
    REQUIRE(held_out > 0);
    for (const json& row : list["rows"]) {
        const std::int32_t variant = variant_of(of, row["customer"].get<std::string>());
        CHECK(row["holdout"] == (variant < 0));
        CHECK(row["variant"] ==
              (variant < 0 ? json{} : json(of.variants[static_cast<std::size_t>(variant)].first)));
    }
    REQUIRE(list["triggers"].size() == 1);
    const json& told = list["triggers"][0];
    CHECK(told["held_out"] == held_out);
    CHECK(told["to_send"] == 100 - held_out);
    CHECK(told["variants"][0] == json{{"variant", "video"}, {"share", 0.5}, {"to_send", video}});

    const json sent_only = bound.list("triggers", R"({"trigger": "welcome", "holdouts": false})");
    CHECK(sent_only["rows"].size() == static_cast<std::size_t>(100 - held_out));
    CHECK(sent_only["triggers"][0]["held_out"] == held_out);
    const std::vector<std::string> left = keys(sent_only);
    CHECK(std::set<std::string>(left.begin(), left.end()).size() == left.size());
}

TEST_CASE("what triggers cannot do", "[action][triggers]") {
    const acting_rows of = acting(portfolio);
    CHECK_THAT(of.refused("triggers", R"({"trigger": "welcom"})"),
               Contains("no trigger \"welcom\"; did you mean \"welcome\"?"));
    CHECK_THAT(bound_to(plan_of(acting_model), portfolio).refused("triggers"),
               Contains("this plan does not ask triggers"));
    CHECK_THAT(of.refused("triggers", R"({"holdouts": 1})"), Contains("true or false"));
    CHECK_THAT(of.refused("triggers", R"({"as_of": "30.4."})"), Contains("a date, such as"));

    auto none = compile_to_act(
        plan_of(model_text(R"("x": {"type": "number"})",
                           R"("I": {"components": {"x": {"metric": "x", "steps": [[1, 100]]}}})")));
    REQUIRE(none.ok());
    const json list =
        bound_to(std::move(*none), "c,2026-04-30,0", "customer,as_of,x").list("triggers");
    CHECK(list["rows"].empty());
    CHECK(list["sentence"]["en"] == "0 messages to send by 0 triggers.");
}

}  // namespace test_triggers
