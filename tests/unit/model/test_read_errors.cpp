// Every malformed model of tests/golden/errors is answered with the place and the words of
// expected.tsv. The messages in that file were read by people; change one only for a better one.
#include <algorithm>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "model_files.hpp"

namespace test_read_errors {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

std::vector<std::string> split(const std::string& line) {
    std::vector<std::string> out;
    std::istringstream in{line};
    for (std::string field; std::getline(in, field, '\t');) out.push_back(field);
    return out;
}

}  // namespace

TEST_CASE("each malformed model is answered with its place", "[model][errors]") {
    const std::filesystem::path folder = std::filesystem::path{tests_dir()} / "golden" / "errors";
    std::istringstream rows{file_text((folder / "expected.tsv").string())};
    std::string line;
    std::getline(rows, line);
    REQUIRE(line == "file\tline\tcolumn\tcode\tmessage");
    std::set<std::string> listed;
    while (std::getline(rows, line)) {
        const std::vector<std::string> row = split(line);
        REQUIRE(row.size() == 5);
        listed.insert(row[0]);
        const std::string text = file_text((folder / row[0]).string());
        const model_reading read = inspect_model(text, {row[0], {}});
        INFO(row[0]);
        REQUIRE_FALSE(read.found.empty());
        const problem& first = read.found.front();
        const bool warning = first.severity == problem::level::warning;
        CHECK(first.what.where.file == row[0]);
        CHECK(std::to_string(first.what.where.line) == row[1]);
        CHECK(std::to_string(first.what.where.column) == row[2]);
        CHECK((warning ? "warning" : std::string{name_of(first.what.code)}) == row[3]);
        CHECK((first.what.where.path.empty() ? "" : first.what.where.path + " ") +
                  first.what.message ==
              row[4]);
        CHECK(read.value.fingerprint.empty() == !read.usable);

        const result<model> made = read_model(text, {row[0], {}});
        CHECK(made.ok() == read.usable);
        if (!made.ok() && !warning) CHECK(made.error().to_string() == first.what.to_string());
    }
    CHECK(listed.size() >= 80);
    for (const auto& file : std::filesystem::directory_iterator{folder}) {
        if (file.path().extension() == ".json")
            CHECK(listed.contains(file.path().filename().string()));
    }
}

TEST_CASE("all problems are found at once, in the order of the text", "[model][errors]") {
    const model_reading read = inspect_model(R"({
  "aiueo": 1,
  "metrics": { "seats": { "type": "number" }, "plan": { "type": "categry" } },
  "axes": { "U": {
    "min_coverage": 2,
    "components": {
      "a": { "metric": "seat", "curve": [[0, 0], [1, 100]] },
      "b": { "metric": "seats", "curve": [[1, 0], [0, 100]], "weight": -1 } } } },
  "bands": { "edges": [50], "names": ["low"] },
  "plays": { "call": { "for": ["U.c"], "effort": "1" } }
})");
    CHECK(
        told(read.found) ==
        "3:65: metrics.plan.type must be \"number\", \"flag\", \"category\", \"date\" or \"money\", not \"categry\"; did "
        "you mean \"category\"?\n"
        "5:21: axes.U.min_coverage must be a share from 0 to 1 (0.5 is half of the weight), not 2\n"
        "7:24: axes.U.components.a.metric \"seat\" is not a metric; did you mean \"seats\"?\n"
        "8:52: axes.U.components.b.curve[1][0] is 0, below 1 before it; write the positions in ascending order\n"
        "8:72: axes.U.components.b.weight must be a number above 0 (at most 1000000), not -1\n"
        "9:29: bands.names has 1 name, but 1 edge makes 2 bands\n"
        "10:32: plays.call.for[0] \"U.c\" is not a component; did you mean \"U.a\"?\n"
        "10:50: plays.call.effort must be a number, not the text \"1\"; write it without the quotes\n");
    CHECK_FALSE(read.usable);
}

TEST_CASE("what is wrong with the model is not repeated for each profile", "[model][errors]") {
    const std::string rest = R"(
  "profiles": [
    { "name": "a", "when": "ready", "patch": { "axes": { "U": { "components": { "x": { "weight": 2 } } } } } },
    { "name": "b", "when": "!ready", "patch": {} } ])";
    const model_reading by_check = inspect_model(model_text(
        R"("axes": { "U": { "components": { "x": { "metric": "login", "curve": [[0, 0], [1, 100]] } } } },)" +
        rest));
    CHECK(by_check.found.size() == 1);
    const model_reading by_reader = inspect_model(model_text(
        R"("axes": { "U": { "components": { "x": { "metric": "logins", "curve": 7 } } } },)" +
        rest));
    CHECK(by_reader.found.size() == 1);
}

TEST_CASE("a profile changes no rung without a name", "[model][errors]") {
    // A text's characters are no members of an object.
    for (const char* const rung :
         {R"("when")", R"(["name"])", R"({"when": "true"})", R"({"name": 7})", "3", "null"}) {
        INFO(rung);
        const model_reading read = inspect_model(
            R"({"aiueo": 1, "metrics": {"x": {"type": "number"}},
                "axes": {"U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [1, 1]]}}}},
                "ladders": {"stage": [{"name": "low"}, )" +
            std::string{rung} + R"(]},
                "profiles": [{"name": "p", "when": "x > 1",
                              "patch": {"ladders": {"stage": {"": {"when": "x > 2"}}}}}]})");
        CHECK_FALSE(read.usable);
        const auto said = [&](const char* what) {
            return std::any_of(read.found.begin(), read.found.end(), [&](const problem& one) {
                return one.what.message.find(what) != std::string::npos;
            });
        };
        CHECK(said("is not a rung of this ladder, and a profile may not add one"));
    }
}

TEST_CASE("limits of a model's conditions are the host's", "[model][errors]") {
    const auto found = [](const std::string& when, const read_limits& limits) {
        read_options options;
        options.limits = limits;
        const model_reading read = inspect_model(
            model_text(R"("ladders": { "stage": [ { "name": "a" }, { "name": "b", "when": ")" +
                       when + R"(" } ] })"),
            options);
        for (const problem& one : read.found) {
            if (one.what.code == errc::limit_exceeded) return one.what.message;
        }
        return std::string{read.usable ? "" : "something else"};
    };
    const auto deep = [](std::size_t levels) {
        return std::string(levels - 1, '(') + "logins > 1" + std::string(levels - 1, ')');
    };
    const auto chain = [](std::size_t comparisons) {
        std::string out = "logins > 1";
        while (--comparisons > 0) out += "||logins > 1";
        return out;
    };
    read_limits limits;
    limits.conditions = {10, 3, 1};
    CHECK(found("logins > 1", limits).empty());
    CHECK(found("logins > 10", limits).find("longer than 10 bytes") != std::string::npos);
    limits.conditions.bytes = 100;
    CHECK(found(deep(2), limits).find("deeper than 1 levels") != std::string::npos);
    CHECK(found(chain(2), limits).find("more than 3 parts") != std::string::npos);
    limits.conditions = {100000, 4 * 600 - 1, 100};
    CHECK(found(chain(600), limits).empty());
    CHECK(found(chain(601), limits).find("more than 2399 parts") != std::string::npos);
    CHECK(found(deep(100), limits).empty());
    CHECK(found(deep(101), limits).find("deeper than 100 levels") != std::string::npos);
    // Walks recurse: no more than the most, whatever is asked.
    limits.conditions = {1000000, 1000000, 1000000};
    CHECK(found(deep(read_limits::most_condition_depth), limits).empty());
    CHECK(found(deep(read_limits::most_condition_depth + 1), limits).find("128 levels") !=
          std::string::npos);
    CHECK(found(chain(read_limits::most_condition_parts / 4), limits).empty());
    CHECK(found(chain(read_limits::most_condition_parts / 4 + 1), limits).find("8192 parts") !=
          std::string::npos);
}

TEST_CASE("a hostile file is answered in time and space like its length", "[model][errors]") {
    SECTION("too many bytes") {
        read_options options;
        options.limits.bytes = 10;
        const model_reading read = inspect_model(model_text(""), options);
        REQUIRE(read.found.size() == 1);
        CHECK(read.found[0].what.code == errc::limit_exceeded);
    }
    SECTION("too many values") {
        read_options options;
        options.limits.nodes = 10;
        const model_reading read = inspect_model(model_text(""), options);
        REQUIRE(read.found.size() == 1);
        CHECK(read.found[0].what.code == errc::limit_exceeded);
    }
    SECTION("too many problems") {
        std::string sections = "\"segments\": [";
        for (int i = 0; i < 5000; ++i) sections += (i == 0 ? "\"x\"" : ",\"x\"");
        const model_reading read = inspect_model(model_text(sections + "]"));
        CHECK(read.found.size() == 1001);
        CHECK(read.found.back().what.code == errc::limit_exceeded);
    }
    SECTION("many duplicate keys, many unknown ones, long names") {
        std::string sections = "\"plays\": {";
        for (int i = 0; i < 20000; ++i) sections += "\"a\": {}, ";
        sections += "\"b\": { ";
        for (int i = 0; i < 20000; ++i) sections += "\"k" + std::to_string(i) + "\": 1, ";
        sections += "\"" + std::string(100000, 'k') + "\": 1 } }";
        const model_reading read = inspect_model(model_text(sections));
        CHECK(read.found.size() == 1001);
    }
    SECTION("many profiles of a large model") {
        std::string sections = "\"axes\": { \"U\": { \"components\": {";
        for (int i = 0; i < 2000; ++i) {
            sections +=
                (i == 0 ? "\"c" : ", \"c") + std::to_string(i) + "\": { \"metric\": \"ready\" }";
        }
        sections += "} } }, \"profiles\": [";
        for (int i = 0; i < 2000; ++i) {
            sections += (i == 0 ? "" : ", ") + std::string{"{ \"name\": \"p"} + std::to_string(i) +
                        "\", \"when\": \"ready\", \"patch\": {} }";
        }
        const model_reading read = inspect_model(model_text(sections + "]"));
        CHECK_FALSE(read.usable);
        CHECK(std::any_of(read.found.begin(), read.found.end(), [](const problem& one) {
            return one.what.code == errc::limit_exceeded;
        }));
    }
}

}  // namespace test_read_errors
