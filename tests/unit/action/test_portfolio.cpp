// What no list can be made of, and that a list reads the same as text and as columns.
#include <cstring>
#include <string>
#include <vector>

#include "acting.hpp"

namespace test_portfolio {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

constexpr std::string_view good =
    "a,2026-04-30,pro,500,2026-04-01,2027-03-31,Aoi,east,no,1,5,0\n"
    "b,2026-04-30,pro,NULL,2025-05-01,2026-05-29,NULL,east,yes,2,5,9\n"
    "c,2026-04-30,pro,500,2026-04-01,2027-03-31,\"Aoi\"\t日本,east,NULL,1,5,0";

/// Every action by name on these rows; all are refused alike.
void all_refuse(const acting_rows& of, errc code, const char* why, std::string_view options = {}) {
    for (const action_entry& one : actions()) {
        INFO(one.name);
        // Without evidence nothing else is asked.
        if (one.name == "priority" && options.empty()) continue;
        const auto made = of.run(one.name, options);
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().code == code);
        CHECK_THAT(made.error().to_string(), Contains(why));
    }
}

}  // namespace

TEST_CASE("rows that no list can be made of", "[action]") {
    const auto with = [](std::string_view columns, std::string_view rows) {
        auto of = compile_to_act(plan_of(acting_model), "logins < 5");
        REQUIRE(of.ok());
        return bound_to(std::move(*of), rows, columns);
    };
    all_refuse(with("as_of,logins", "2026-04-30,1"), errc::bad_column,
               "column \"customer\": is not there");
    // Where the model counts no days, nothing else asks for a date.
    auto timeless = compile_to_act(
        plan_of(model_text(
            R"("x": {"type": "number"})",
            R"("I": {"components": {"x": {"metric": "x", "steps": [[1, 100]]}}})",
            R"("ladders": {"stage": [{"name": "A"}, {"name": "B", "when": "I >= 60"}]})")),
        "x < 5");
    REQUIRE(timeless.ok());
    const acting_rows undated = bound_to(std::move(*timeless), "a,1", "customer,x");
    for (const char* name : {"next", "triggers", "segment"})
        CHECK_THAT(undated.refused(name), Contains("column \"as_of\": is not there"));
    all_refuse(with("customer,as_of,logins", "a,2026-04-30,1\nNULL,2026-04-30,1"), errc::bad_value,
               "the customer's key is missing");
    all_refuse(with("customer,as_of,logins", "a,2026-04-30,1\nb,2026-04-30,1\na,2026-04-30,2"),
               errc::duplicate_row, "has two snapshots of 2026-04-30");
    const acting_rows fine = with("customer,as_of,logins", "a,2026-04-30,1\nb,2026-02-28,2");
    all_refuse(fine, errc::invalid_argument, "\"x\" is not an option of this action",
               R"({"x": 1})");
    all_refuse(fine, errc::bad_json, "", "{");
    for (const char* name : {"next", "triggers", "segment"}) {
        INFO(name);
        const auto early = fine.run(name, R"({"as_of": "2026-02-27"})");
        REQUIRE_FALSE(early.ok());
        CHECK(early.error().code == errc::not_found);
        // 31 days after a snapshot it still counts, a day later it does not.
        CHECK(fine.list(name, R"({"as_of": "2026-03-31"})")["customers"] == 1);
        CHECK(fine.list(name, R"({"as_of": "2026-03-31"})")["as_of"] == "2026-03-31");
        CHECK_FALSE(fine.run(name, R"({"as_of": "2026-04-01"})").ok());
    }

    const plan other = plan_of(acting_model);
    for (const action_entry& one : actions()) {
        const auto made = run_action({other, *fine.rows, nullptr, nullptr}, one.name);
        REQUIRE_FALSE(made.ok());
        CHECK(made.error().code == errc::invalid_argument);
    }
}

TEST_CASE("actions by name", "[action]") {
    const acting_rows of = acting(good, "logins < 5");
    CHECK_THAT(of.refused("nxt"), Contains("\"nxt\" is not an action; did you mean \"next\"?"));
    CHECK(of.run("", {}).error().code == errc::not_found);
    REQUIRE(actions().size() >= 3);
    CHECK(actions().front().name == "next");
    for (const action_entry& one : actions()) {
        CHECK_FALSE(one.about.empty());
        CHECK(std::strlen(one.name.data()) == one.name.size());
    }
    for (const char* name : {"next", "triggers", "segment"}) {
        const json list = of.list(name);
        CHECK(list["action"] == name);
        CHECK(list["model"] == "acting");
        for (const char* language : {"en", "ja"})
            CHECK_FALSE(list["sentence"][language].get<std::string>().empty());
    }
}

TEST_CASE("the rows of a list as JSON are its columns", "[action]") {
    const acting_rows of = acting(good, "logins < 5");
    for (const char* name : {"next", "triggers", "segment"}) {
        INFO(name);
        const auto made = of.run(name);
        REQUIRE(made.ok());
        const owned_table& table = made->rows;
        const json rows = json::parse(rows_json(table, 0, table.rows()));
        REQUIRE(rows.size() == static_cast<std::size_t>(table.rows()));
        REQUIRE(table.rows() > 0);
        const auto bit = [](const owned_table::bitmap& in, std::size_t at) {
            return (in[at / 8] >> (at % 8) & 1) != 0;
        };
        for (std::size_t row = 0; row < rows.size(); ++row) {
            CHECK(rows[row].size() == table.columns().size());
            for (const owned_table::column& one : table.columns()) {
                INFO(one.field.name << " of row " << row);
                const json& cell = rows[row][one.field.name];
                if (!one.validity.empty() && !bit(one.validity, row)) {
                    CHECK(cell.is_null());
                    continue;
                }
                switch (one.field.type) {
                case export_type::float64:
                    CHECK(
                        (std::isnan(one.float64[row]) ? cell.is_null() : cell == one.float64[row]));
                    break;
                case export_type::int64: CHECK(cell == one.int64[row]); break;
                case export_type::flag: CHECK(cell == bit(one.bits, row)); break;
                case export_type::date: CHECK(cell == format_date(one.int32[row])); break;
                case export_type::text:
                    CHECK(cell == one.characters.substr(static_cast<std::size_t>(one.int32[row]),
                                                        static_cast<std::size_t>(
                                                            one.int32[row + 1] - one.int32[row])));
                    break;
                case export_type::int32:
                case export_type::uint32:
                case export_type::dictionary16:
                case export_type::dictionary32: FAIL("a type that no list has"); break;
                }
            }
        }
        json second = json::array();
        second.push_back(rows.size() > 1 ? rows[1] : json{});
        CHECK(json::parse(rows_json(table, 1, 1)) == second);
        CHECK(rows_json(table, table.rows(), 5) == "[]");
        CHECK(json::parse(rows_json(table, -3, 1 << 20)).size() == rows.size());
    }
}

TEST_CASE("whose contract ended after the latest snapshot is in no list", "[action]") {
    const auto with = [](std::string_view rows) {
        auto of = compile_to_act(plan_of(acting_model), "logins < 50");
        REQUIRE(of.ok());
        return bound_to(std::move(*of), rows, "customer,as_of,finish,logins,setup");
    };
    const acting_rows some = with(
        "a,2026-04-15,2026-04-15,1,no\n"  // on the day of its snapshot
        "b,2026-04-15,2026-04-30,1,no\n"  // on the day of the list
        "c,2026-04-15,2026-05-01,1,no\n"  // still to come
        "d,2026-04-15,2026-04-14,1,no\n"  // over, and seen since
        "e,2026-04-30,2026-04-30,1,no\n"  // seen on the day of the list
        "f,2026-04-15,NULL,1,no\n"        // nobody knows
        "g,2026-03-15,2026-03-20,1,no");  // too long ago to tell
    for (const char* name : {"next", "triggers", "segment"}) {
        INFO(name);
        const json list = some.list(name);
        CHECK(list["customers"] == 4);
        CHECK(list["left"] == 2);
        CHECK(list["not_seen"] == 1);
        CHECK_THAT(
            list["cautions"].dump(),
            Contains("The contracts of 2 customers ended after the latest snapshot, and they "
                     "are not in the list."));
        // On the day before, all that had been seen are there.
        const json before = some.list(name, R"({"as_of": "2026-04-15"})");
        CHECK(before["left"] == 1);  // g
        CHECK(before["customers"] == 5);
    }
    const acting_rows none = with("a,2026-04-15,2026-04-20,1,no");
    CHECK_THAT(none.run("next", R"({"as_of": "2026-04-21"})").error().to_string(),
               Contains("every customer's contract has ended since its latest snapshot"));
}

}  // namespace test_portfolio
