// Every study's JSON against the schema of its name, and what all studies have in common.
#include <fstream>
#include <set>

#include "aiueo/study/registry.hpp"

#include "forecast_world.hpp"
#include "nlohmann/json.hpp"
#include "nrr_books.hpp"
#include "observed_rows.hpp"
#include "revenue_world.hpp"

namespace test_findings {

using namespace aiueo;
using namespace aiueo::testing;
using nlohmann::json;

namespace {

/// As much of JSON Schema as the findings' schemas use; a keyword it does not know is a mistake.
class schema_check {
public:
    explicit schema_check(json schema) : schema_(std::move(schema)) {}

    /// The first thing that is wrong; empty: nothing.
    std::string operator()(const json& value) const { return problem(schema_, value, "$"); }

private:
    static bool is(const std::string& type, const json& value) {
        if (type == "object") return value.is_object();
        if (type == "array") return value.is_array();
        if (type == "string") return value.is_string();
        if (type == "boolean") return value.is_boolean();
        if (type == "null") return value.is_null();
        if (type == "integer") return value.is_number_integer();
        if (type == "number") return value.is_number();
        return false;
    }

    std::string problem(const json& rule, const json& value, const std::string& at) const {
        for (const auto& [key, want] : rule.items()) {
            if (const std::string found = one(key, want, rule, value, at); !found.empty())
                return found;
        }
        return "";
    }

    std::string one(const std::string& key, const json& want, const json& rule, const json& value,
                    const std::string& at) const {
        static const std::set<std::string> told{"$schema", "$id", "$defs", "title", "description"};
        if (told.contains(key)) return "";
        if (key == "$ref")
            return problem(schema_.at(json::json_pointer{want.get<std::string>().substr(1)}), value,
                           at);
        if (key == "type") {
            for (const json& type : want.is_array() ? want : json::array({want})) {
                if (is(type, value)) return "";
            }
            return at + " is " + value.dump() + ", not " + want.dump();
        }
        if (key == "const" || key == "enum") {
            for (const json& each : key == "enum" ? want : json::array({want})) {
                if (each == value) return "";
            }
            return at + " is " + value.dump() + ", not of " + want.dump();
        }
        if (key == "anyOf") {
            std::string last;
            for (const json& each : want) {
                last = problem(each, value, at);
                if (last.empty()) return "";
            }
            return last;
        }
        if (key == "minimum" || key == "maximum" || key == "exclusiveMinimum") {
            if (!value.is_number()) return "";
            const double x = value.get<double>(), edge = want.get<double>();
            const bool fine = key == "minimum"   ? x >= edge
                              : key == "maximum" ? x <= edge
                                                 : x > edge;
            return fine ? "" : at + " is " + value.dump() + ": " + key + " " + want.dump();
        }
        if (key == "items") {
            for (std::size_t k = 0; value.is_array() && k < value.size(); ++k) {
                const std::string found =
                    problem(want, value[k], at + "[" + std::to_string(k) + "]");
                if (!found.empty()) return found;
            }
            return "";
        }
        if (key == "required") {
            for (const json& name : want) {
                if (value.is_object() && !value.contains(name.get<std::string>()))
                    return at + " lacks " + name.dump();
            }
            return "";
        }
        if (key == "properties" || key == "additionalProperties")
            return members(key, want, rule, value, at);
        return "the schema has \"" + key + "\", which this check does not know";
    }

    std::string members(const std::string& key, const json& want, const json& rule,
                        const json& value, const std::string& at) const {
        if (!value.is_object()) return "";
        for (const auto& [name, member] : value.items()) {
            const bool named = rule.contains("properties") && rule["properties"].contains(name);
            std::string found;
            if (key == "properties" && named)
                found = problem(want[name], member, at + "." + name);
            else if (key == "additionalProperties" && !named && want.is_boolean())
                found = want.get<bool>() ? "" : at + "." + name + " is not in the schema";
            else if (key == "additionalProperties" && !named)
                found = problem(want, member, at + "." + name);
            if (!found.empty()) return found;
        }
        return "";
    }

    json schema_;
};

json schema_of(std::string_view study) {
    const std::string name =
        tests_dir() + "/../schema/findings/" + std::string{study} + ".schema.json";
    std::ifstream file{name};
    if (!file) FAIL("cannot read " << name);
    return json::parse(file);
}

}  // namespace

TEST_CASE("a schema that does not fit is noticed", "[study][schema]") {
    json rule = schema_of("renewal");
    const plan model = plan_of(history_model);
    const auto found = run_study(evidence{model}, "renewal");
    REQUIRE(found.ok());
    const json good = json::parse(*found);
    CHECK(schema_check{rule}(good).empty());
    json bad = good;
    bad["open"] = "none";
    CHECK(schema_check{rule}(bad) == "$.open is \"none\", not \"integer\"");
    bad = good;
    bad["more"] = 1;
    CHECK(schema_check{rule}(bad) == "$.more is not in the schema");
    bad = good;
    bad.erase("sentence");
    CHECK(schema_check{rule}(bad) == "$ lacks \"sentence\"");
    bad = good;
    bad["tables"][0]["rows"][0]["rate"]["n"] = -1;
    CHECK(schema_check{rule}(bad).find("$.tables[0].rows[0].rate.n") == 0);
}

TEST_CASE("findings are what their schemas say", "[study][schema]") {
    const plan model = plan_of(history_model);
    const told_history real = lived(300, 5, [](history_row& row, std::uint64_t& state, int) {
        row.logins = std::floor(chance(state) * 101);
        row.answers = chance(state) < 0.2 ? no_value : std::floor(chance(state) * 11);
        row.setup = chance(state) < 0.5 ? 1 : 0;
        row.wins = std::floor(chance(state) * 41);
        row.plan = chance(state) < 0.5 ? "big" : "";
        return 0.2 + 0.006 * row.logins;
    });
    std::vector<evidence> worlds;
    worlds.emplace_back(model);
    worlds.push_back(evidence_of(model, made_history(150, 7)));
    worlds.push_back(evidence_of(model, with_initiatives(made_history(400, 7), 3)));
    worlds.push_back(evidence_of(model, real));
    const plan weighted = plan_of(weighted_model(R"({"leads": [90, 0]})"));
    worlds.push_back(evidence_of(weighted, real));
    const revenue_world paying = made_world(150, 3, day("2025-02-10"));
    worlds.push_back(*paying.counted);
    worlds.push_back(evidence_of(model, made_book(200, 40, 7)));
    forecast_truth truth;
    truth.customers = 80;
    worlds.push_back(known_at(model, forecast_history_of(truth, 4), 30));
    for (const study_entry& study : studies()) {
        const schema_check check{schema_of(study.name)};
        CHECK(!study.about.empty());
        for (const evidence& one : worlds) {
            INFO(study.name);
            const auto found = run_study(one, study.name);
            if (!found.ok()) FAIL(found.error().to_string());
            const json told = json::parse(*found);
            CHECK(check(told) == "");
            CHECK(told["study"] == std::string{study.name});
            CHECK(!told["sentence"]["en"].get<std::string>().empty());
            CHECK(!told["sentence"]["ja"].get<std::string>().empty());
            for (const json& caution : told["cautions"]) {
                CHECK(!caution["en"].get<std::string>().empty());
                CHECK(!caution["ja"].get<std::string>().empty());
            }
            CHECK(run_study(one, study.name).value() == *found);
        }
    }
    const auto wrong = run_study(worlds[0], "renewl");
    REQUIRE(!wrong.ok());
    CHECK(wrong.error().to_string().find("renewal") != std::string::npos);
}

TEST_CASE("a forecast's answers to questions are what its schema says", "[study][schema]") {
    const plan model = plan_of(history_model);
    forecast_truth truth;
    truth.customers = 80;
    truth.terms = {1, 12};
    const told_history all = forecast_history_of(truth, 4);
    const schema_check check{schema_of("forecast")};
    const auto saved = run_study(known_at(model, all, 24), "forecast");
    REQUIRE(saved.ok());
    const auto found = run_study(
        known_at(model, all, 30), "forecast",
        R"({"what_if": [{"from": "Entry", "to": "Loyal", "customers": 3, "before": "2021-01"}],
            "saved": )" +
            *saved + "}");
    if (!found.ok()) FAIL(found.error().to_string());
    const json told = json::parse(*found);
    CHECK(check(told) == "");
    CHECK(told["what_if"].size() == 1);
    CHECK(told["compared"]["months"].size() == 12);
}

}  // namespace test_findings
