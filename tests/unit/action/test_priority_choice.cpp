// In which order customers are ranked, how far the effort reaches, and what is said of it. In the
// past of equal_groups() a unit of MRR gains 1/16 at Entry and 1/4 at Active.
#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "priority_world.hpp"

namespace test_priority_choice {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

constexpr const char* columns = "customer,as_of,mrr,setup,logins,answers,wins";

/// What is lacked, and so the effort: a call of 1, a training of 2, both, or a meeting of 4.
constexpr const char *call = ",no,60,NULL,NULL\n", *training = ",yes,10,NULL,NULL\n",
                     *both = ",no,10,NULL,NULL\n", *meeting = ",yes,60,3,5\n";

std::string row(const std::string& customer, int mrr, const char* lacks) {
    return customer + ",2026-04-30," + std::to_string(mrr) + lacks;
}

/// Lines without the last break.
std::string lines(const std::vector<std::string>& rows) {
    std::string out;
    for (const std::string& one : rows) out += one;
    out.pop_back();
    return out;
}

/// Gains per effort: a 50 ÷ 1, b 60 ÷ 2, c 75 ÷ 3, d 80 ÷ 4.
const std::string& four() {
    static const std::string rows = lines({row("d", 320, meeting), row("a", 800, call),
                                           row("c", 1200, both), row("b", 960, training)});
    return rows;
}

/// Those that are chosen, in the list's order.
std::string chosen(const json& list) {
    std::string out;
    bool over = false;
    for (const json& one : list["rows"]) {
        // They come first.
        CHECK((!one["chosen"] || !over));
        over = over || !one["chosen"];
        if (one["chosen"]) out += one["customer"].get<std::string>();
    }
    return out;
}

std::string with_capacity(double capacity) {
    return "{\"capacity\": " + format_number(capacity) + "}";
}

model_json with_first(std::vector<std::string> bands, std::optional<double> capacity = {}) {
    model_json out = priority_model();
    out["priority"]["first"] = std::move(bands);
    if (capacity) out["priority"]["capacity"] = *capacity;
    return out;
}

struct drawn_customer {
    std::string name;
    double gain = 0, effort = 0, mrr = 0;
};

}  // namespace

TEST_CASE("the list goes by gain per effort, then MRR, then the bytes of keys",
          "[action][priority]") {
    // 50 for 1, 100 for 2 and 200 for 4 are 50 each: of 800, 1,600 and 800. Of equal ones "10" is
    // before "9", capitals before small letters, and these before "é".
    const json list =
        world_of(columns, lines({row("é", 800, call), row("b", 799, call), row("a", 800, call),
                                 row("9", 800, call), row("Z", 800, call), row("10", 800, call),
                                 row("meets", 800, meeting), row("most", 1600, training),
                                 row("best", 801, call), row("least", 0, call)}))
            .list();
    CHECK(column(list, "customer") ==
          texts{"best", "most", "10", "9", "Z", "a", "meets", "é", "b", "least"});
    CHECK(column(list, "rank") == texts{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"});
    CHECK(column(list, "gain_per_effort").at(6) == "50");
    // Whoever gains anything is chosen where there is no end to the effort.
    CHECK(chosen(list) == "bestmost109Zameetséb");
}

TEST_CASE("who gains nothing comes last and is never chosen", "[action][priority]") {
    // Customers at Loyal kept half: going up from Active loses 1/2 × (1/2 − 1) of the MRR.
    const priority_world of =
        world_of(columns,
                 lines({row("loss", 800, meeting), row("worse", 1600, meeting),
                        row("none", 0, call), row("gain", 16, call)}),
                 equal_groups(50));
    const json list = of.list();
    CHECK(column(list, "customer") == texts{"gain", "none", "loss", "worse"});
    CHECK(column(list, "gain") == texts{"1", "0", "-200", "-400"});
    CHECK(column(list, "gain_per_effort") == texts{"1", "0", "-50", "-100"});
    CHECK(chosen(list) == "gain");
    CHECK((list["at_most"] == 1 && list["ranked"] == 4));
    CHECK(list["chosen"]["effort"] == 1);
    // Bands tell of all of them.
    CHECK(list["bands"][2]["all"]["customers"] == 4);
    CHECK(list["bands"][2]["all"]["gain"]["value"] == -599);
    CHECK(list["bands"][2]["all"]["effort"] == 10);
    CHECK(list["bands"][2]["all"]["gain_per_effort"] == near(-59.9));
}

TEST_CASE("whoever fits into what is left of the capacity is chosen, from the top",
          "[action][priority]") {
    const priority_world of = world_of(columns, four());
    const auto at = [&](double capacity) { return of.list(with_capacity(capacity)); };
    const auto is = [&](double capacity, const char* who, double effort, double gain,
                        double at_most) {
        INFO(capacity);
        const json list = at(capacity);
        CHECK(list["capacity"] == capacity);
        CHECK(chosen(list) == who);
        CHECK(list["ranked"] == 4);
        CHECK(list["chosen"]["effort"] == effort);
        CHECK(list["chosen"]["gain"]["value"] == near(gain));
        CHECK(list["chosen"]["customers"] == std::string{who}.size());
        // The best by gain per effort, and the last one in part.
        CHECK(list["at_most"] == near(at_most));
    };
    is(0, "", 0, 0, 0);
    is(0.5, "", 0, 0, 25);
    is(1, "a", 1, 50, 50);
    is(2, "a", 1, 50, 50 + 30);
    is(3, "ab", 3, 110, 110);
    // c does not fit behind a and b, and d just so.
    is(5, "ab", 3, 110, 110 + 50);
    is(6, "abc", 6, 185, 185);
    is(7, "abc", 6, 185, 185 + 20);
    is(9.5, "abc", 6, 185, 185 + 70);
    is(10, "abcd", 10, 265, 265);
    is(1e12, "abcd", 10, 265, 265);
    const json all = of.list();
    CHECK(all["capacity"].is_null());
    CHECK(chosen(all) == "abcd");
    CHECK(all["at_most"] == 265);

    // Who does not fit is passed over, not the end: behind a, the large one, c fits.
    const json some =
        world_of(columns,
                 lines({row("a", 800, call), row("b", 3000, meeting), row("c", 640, call)}))
            .list(with_capacity(2));
    // b gains 750 for 4, a 50, c 40.
    CHECK(column(some, "customer") == texts{"a", "c", "b"});
    CHECK(chosen(some) == "ac");
    CHECK(some["at_most"] == near(375));
}

TEST_CASE("the model's capacity is taken where none is given", "[action][priority]") {
    model_json model = priority_model();
    model["priority"]["capacity"] = 3;
    const priority_world of = world_of(columns, four(), equal_groups(), model);
    CHECK(of.list()["capacity"] == 3);
    CHECK(chosen(of.list()) == "ab");
    CHECK(chosen(of.list(with_capacity(6))) == "abc");
    CHECK(chosen(of.list(with_capacity(0))).empty());
    priority_options with;
    CHECK(chosen(of.list(with)) == "ab");
    with.capacity = 1;
    CHECK(chosen(of.list(with)) == "a");
}

TEST_CASE("ten efforts of a tenth fit into one", "[action][priority]") {
    // Taken off one by one, ten doubles of 0.1 leave less than nothing.
    model_json model = priority_model();
    model["plays"]["call"]["effort"] = 0.1;
    std::vector<std::string> rows;
    for (int k = 0; k < 12; ++k)
        rows.push_back(row(std::string(1, static_cast<char>('a' + k)), 800, call));
    const priority_world of = world_of(columns, lines(rows), equal_groups(), model);
    for (int n : {1, 3, 6, 7, 10}) {
        INFO(n);
        const json list = of.list(with_capacity(n / 10.0));
        CHECK(list["chosen"]["customers"] == n);
        CHECK(list["at_most"] == near(50 * n));
    }
    CHECK(of.list(with_capacity(0.999))["chosen"]["customers"] == 9);
}

TEST_CASE("no choice is worth more than the bound, nor misses what a plain one takes",
          "[action][priority]") {
    constexpr int customers = 11;
    for (const std::uint64_t seed : {3U, 4U, 5U}) {
        std::uint64_t state = seed;
        const auto up_to = [&state](std::uint64_t n) { return static_cast<int>(drawn(state) % n); };
        std::vector<drawn_customer> drawn_ones;
        std::vector<std::string> rows;
        for (int k = 0; k < customers; ++k) {
            const int mrr = 10 * up_to(200), what = up_to(4);
            const char* const lacks = std::array<const char*, 4>{call, training, both, meeting}.at(
                static_cast<std::size_t>(what));
            drawn_ones.push_back({"c" + std::to_string(10 + k), mrr * (what == 3 ? 0.25 : 0.0625),
                                  what + 1.0, static_cast<double>(mrr)});
            rows.push_back(row(drawn_ones.back().name, mrr, lacks));
        }
        const priority_world of = world_of(columns, lines(rows));
        for (const double capacity : {0.0, 1.0, 4.5, 9.0, 13.0, 40.0}) {
            INFO("seed " << seed << ", capacity " << capacity);
            const json list = of.list(with_capacity(capacity));
            // From the best down, whoever fits.
            std::vector<drawn_customer> in_order = drawn_ones;
            std::sort(in_order.begin(), in_order.end(), [](const auto& a, const auto& b) {
                const double less = a.gain * b.effort - b.gain * a.effort;
                if (less != 0) return less > 0;
                return a.mrr != b.mrr ? a.mrr > b.mrr : a.name < b.name;
            });
            texts first, rest;
            double left = capacity, gain = 0;
            for (const drawn_customer& one : in_order) {
                const bool fits = one.gain > 0 && one.effort <= left;
                (fits ? first : rest).push_back(one.name);
                if (!fits) continue;
                left -= one.effort;
                gain += one.gain;
            }
            texts order = first;
            order.insert(order.end(), rest.begin(), rest.end());
            CHECK(column(list, "customer") == order);
            CHECK(list["chosen"]["customers"] == first.size());
            CHECK(list["chosen"]["gain"]["value"] == near(gain));
            CHECK(list["chosen"]["effort"] == near(capacity - left));
            // Every choice there is.
            double best = 0;
            for (unsigned which = 0; which < 1U << customers; ++which) {
                double sum = 0, effort = 0;
                for (std::size_t k = 0; k < customers; ++k) {
                    if ((which >> k & 1) == 0) continue;
                    sum += drawn_ones[k].gain;
                    effort += drawn_ones[k].effort;
                }
                if (effort <= capacity) best = std::max(best, sum);
            }
            CHECK(list["at_most"].get<double>() >= best * (1 - 1e-9));
            // It is the optimum in parts, by its dual: the least over prices of the capacity at
            // that price and what each gains beyond it.
            std::vector<double> prices{0};
            for (const drawn_customer& one : drawn_ones) prices.push_back(one.gain / one.effort);
            double bound = std::numeric_limits<double>::infinity();
            for (const double price : prices) {
                double sum = price * capacity;
                for (const drawn_customer& one : drawn_ones)
                    sum += std::max(0.0, one.gain - price * one.effort);
                bound = std::min(bound, sum);
            }
            CHECK(list["at_most"] == near(bound));
        }
    }
}

TEST_CASE("bands to start with come first, and what that costs is said", "[action][priority]") {
    // Of the bands of U: logins 10 are Lv1, 30 are Lv2, 60 are Lv3, none at all no band. All lack
    // a call, those below 50 logins a training, too.
    const std::string rows =
        "best,2026-04-30,1600,no,60,NULL,NULL\n"   // 100 for 1
        "next,2026-04-30,800,no,60,NULL,NULL\n"    // 50 for 1
        "low,2026-04-30,480,no,10,NULL,NULL\n"     // 30 for 3
        "lower,2026-04-30,240,no,10,NULL,NULL\n"   // 15 for 3
        "middle,2026-04-30,960,no,30,NULL,NULL\n"  // 60 for 3
        "dark,2026-04-30,1920,no,NULL,NULL,NULL";  // 120 for 3
    const priority_world of = world_of(columns, rows, equal_groups(), with_first({"Lv1"}, 3));
    const json list = of.list();
    CHECK(column(list, "customer") == texts{"low", "lower", "best", "next", "dark", "middle"});
    CHECK(column(list, "first") == texts{"true", "true", "false", "false", "false", "false"});
    CHECK(column(list, "band") == texts{"Lv1", "Lv1", "Lv3", "Lv3", "-", "Lv2"});
    CHECK(chosen(list) == "low");
    // Without them it were best and next, and a third of dark.
    CHECK(list["at_most"] == near(100 + 50 + 40));
    CHECK_THAT(cautions_of(list), Contains("If Lv1 did not come first, the same effort would be "
                                           "worth up to 190 JPY.\n"));
    CHECK_THAT(cautions_of(list, "ja"),
               Contains("Lv1を優先しなければ、同じ工数で最大190 JPYが見込めます。"));
    REQUIRE(list["bands"].size() == 3);
    const json& low = list["bands"][0];
    CHECK((low["band"] == "Lv1" && low["first"] == true));
    CHECK((low["all"]["customers"] == 2 && low["all"]["mrr"] == 720));
    CHECK(low["all"]["gain"]["value"] == 45);
    CHECK(low["all"]["gain"]["lower"] == near(45 - 720 * unsure_at_entry()));
    CHECK((low["all"]["effort"] == 6 && low["all"]["gain_per_effort"] == 7.5));
    CHECK((list["bands"][1]["first"] == false && list["bands"][1]["all"]["mrr"] == 960));
    // Who has no band is in none of them.
    CHECK(list["bands"][2]["all"]["customers"] == 2);

    const json free = of.list(R"({"first": false})");
    CHECK(chosen(free) == "bestnext");
    CHECK(column(free, "customer") == texts{"best", "next", "dark", "middle", "low", "lower"});
    CHECK(free["at_most"] == list["at_most"]);
    CHECK_THAT(cautions_of(free), !Contains("did not come first"));
    CHECK(free["cautions"].size() == 1);

    // Several bands are one: of them again the best first.
    const json two = world_of(columns, rows, equal_groups(), with_first({"Lv3", "Lv1"}, 3)).list();
    CHECK(column(two, "customer") == texts{"best", "next", "low", "lower", "dark", "middle"});
    // 150 of 190 is more than a tenth less.
    CHECK_THAT(cautions_of(two), Contains("If Lv3, Lv1 did not come first,"));
}

TEST_CASE("what coming first costs is said from a tenth on, where it is the bands' doing",
          "[action][priority]") {
    const auto said = [](const std::vector<std::string>& rows, const model_json& model) {
        const json list = world_of(columns, lines(rows), equal_groups(), model).list();
        return cautions_of(list).find("did not come first") != std::string::npos;
    };
    // For a training of 2: 90 of Lv1, or 100.
    const std::string usual = "a,2026-04-30,1600,yes,45,NULL,NULL\n";
    const auto low = [](int mrr) { return row("b", mrr, training); };
    CHECK_FALSE(said({usual, low(1440)}, with_first({"Lv1"}, 2)));
    CHECK(said({usual, low(1424)}, with_first({"Lv1"}, 2)));
    // Nobody is of a band that comes first: that the best does not fit is the capacity's doing.
    const std::vector<std::string> large{row("a", 160, call), row("b", 6400, meeting)};
    CHECK_FALSE(said(large, with_first({"Lv2"}, 2)));
    CHECK(said({large[0], large[1], row("c", 16, training)}, with_first({"Lv1"}, 2)));
    // As much as it takes costs nothing, nor does what is never chosen.
    CHECK_FALSE(said({usual, low(16)}, with_first({"Lv1"})));
    CHECK_FALSE(said({usual, low(16)}, with_first({"Lv1"}, 1)));
}

TEST_CASE("the sentence says how many, what for, and how sure that is", "[action][priority]") {
    const priority_world of =
        world_of(columns, lines({row("a", 16'000'000, call), row("b", 16'000'008, meeting)}));
    const json list = of.list();
    // 1,000,000 and 4,000,002 for 5, with 6,073.8 and 24,295.3 to either side; money is rounded.
    CHECK(list["sentence"]["en"] ==
          "Help 2 customers first: 5,000,002 JPY of MRR (95 %: 4,969,633 JPY to 5,030,371 JPY) "
          "for an effort of 5.");
    CHECK(list["sentence"]["ja"] ==
          "まず2件を支援してください。工数5に対し、MRR5,000,002 JPY"
          "（95%: 4,969,633 JPY〜5,030,371 JPY）が見込めます。");
    CHECK_THAT(of.list(with_capacity(1))["sentence"]["en"].get<std::string>(),
               Contains("Help 1 customer first: 1,000,000 JPY of MRR"));
    CHECK(of.list(with_capacity(0))["sentence"]["en"] ==
          "Nobody can be named whom to help first: no gain is above 0.");

    // Two groups: as the others are, and one whose Active keep 120 of 200, and so 320 of 400 of
    // both. A unit at Entry gains 1/4 × (0.8 − 0.75) = 0.0125, in the groups 0.0625 and −0.0375:
    // the error is half of what they are apart, 0.05, and t of one degree 12.7062.
    model_json model = priority_model();
    model["plays"]["call"]["effort"] = 0.25;
    std::vector<book_customer> book = equal_groups();
    book.resize(14);
    book[12].closes[1].mrr = 0;
    const json unsure = world_of(columns, lines({row("a", 800, call)}), book, model).list();
    CHECK(unsure["chosen"]["gain"]["lower"] == near(10 - 12.706204736174707 * 40));
    CHECK(unsure["sentence"]["en"] ==
          "Help 1 customer first: 10 JPY of MRR (95 %: −498 JPY to 518 "
          "JPY) for an effort of 0.3.");
    CHECK_THAT(cautions_of(unsure), Contains("The interval reaches below 0: it is not sure that "
                                             "there is a gain at all.\n"));
    CHECK_THAT(cautions_of(unsure, "ja"),
               Contains("区間が0を下回っており、見込みがあるとは言い切れません。"));
    CHECK_THAT(cautions_of(list), !Contains("The interval reaches below 0"));
}

TEST_CASE("a limit shortens the list and nothing that is said of it", "[action][priority]") {
    const priority_world of = world_of(columns, four());
    const json all = of.list(R"({"capacity": 6})");
    for (const std::int64_t limit : {0, 1, 3, 4, 5}) {
        INFO(limit);
        json some = of.list("{\"capacity\": 6, \"limit\": " + std::to_string(limit) + "}");
        REQUIRE(some["rows"].size() == static_cast<std::size_t>(std::min<std::int64_t>(4, limit)));
        for (std::size_t k = 0; k < some["rows"].size(); ++k)
            CHECK(some["rows"][k] == all["rows"][k]);
        some["rows"] = all["rows"];
        CHECK(some == all);
    }
    // Less than none is none.
    priority_options with;
    with.limit = -1;
    CHECK(of.list(with)["rows"].empty());
    // 1,000 unless given.
    std::vector<std::string> rows;
    for (int k = 0; k < 1001; ++k) rows.push_back(row("c" + std::to_string(k), 800, call));
    const json many = world_of(columns, lines(rows)).list();
    CHECK((many["rows"].size() == 1000 && many["ranked"] == 1001));
    CHECK(many["chosen"]["customers"] == 1001);
}

}  // namespace test_priority_choice
