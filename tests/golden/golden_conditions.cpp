// Conditions through the whole engine: each golden expression is written into a model file and its
// value read back from scoring, as a derived metric by a custom scorer (the bits) and, flags, as
// the condition of a rung (true, false, unknown).
#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/score.hpp"

#include "golden.hpp"

namespace {

using namespace aiueo;
using namespace aiueo::testing;

constexpr std::size_t at_once = most_scorer_inputs;  // expressions in one model

std::string json_text(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        REQUIRE(static_cast<unsigned char>(c) >= 0x20);
        out += c;
    }
    return out + "\"";
}

std::string replaced(std::string text, std::string_view from, const std::string& to) {
    const std::size_t at = text.find(from);
    REQUIRE(at != std::string::npos);
    return text.replace(at, from.size(), to);
}

/// The golden model with the expressions as derived metrics, an axis that reads them all, and for
/// each flag a ladder with two rungs.
std::string model_with(const std::vector<std::vector<std::string>>& lines) {
    std::string derived;
    std::string inputs;
    std::string ladders;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::string name = std::to_string(i);
        const std::string source = json_text(lines[i][0]);
        derived += "\"v" + name + "\": {\"derive\": " + source + "}, ";
        inputs += (i == 0 ? "\"v" : ", \"v") + name + "\"";
        if (lines[i][1] != "flag") continue;
        ladders += (ladders.empty() ? "\"q" : ", \"q") + name +
                   "\": [{\"name\": \"F\"}, {\"name\": \"T\", \"when\": " + source + "}]";
    }
    std::string out = read_golden("conditions_model.json");
    out = replaced(std::move(out), "\"metrics\": {", "\"metrics\": {" + derived);
    return replaced(std::move(out), "\"axes\": {",
                    "\"ladders\": {" + ladders +
                        "}, \"axes\": {\"E\": {\"components\": {\"probe\": "
                        "{\"scorer\": \"probe\", \"metrics\": [" +
                        inputs + "]}}}, ");
}

/// T, F, U or the digits of a number.
std::string written(const std::string& type, double value) {
    if (std::isnan(value)) return "U";
    if (type != "flag") return hex_of(value);
    return value == 1 ? "T" : value == 0 ? "F" : "neither true nor false";
}

std::size_t differences(const std::vector<std::vector<std::string>>& lines,
                        const text_table& table) {
    const std::size_t rows = table.rows.size();
    std::vector<std::vector<double>> seen(
        lines.size(), std::vector<double>(rows, std::numeric_limits<double>::infinity()));
    const scorer_function probe = [&seen, rows](const scorer_call& call) -> status {
        REQUIRE(call.rows == rows);
        REQUIRE(call.inputs.size() == seen.size());
        for (std::size_t i = 0; i < seen.size(); ++i) {
            std::copy_n(call.inputs[i], rows, seen[i].begin());
        }
        std::fill_n(call.out, rows, 50.0);
        return {};
    };
    auto read = read_model(model_with(lines));
    if (!read) FAIL(read.error().to_string());
    auto compiled = compile(std::move(*read), {{"probe", probe}});
    if (!compiled) FAIL(compiled.error().to_string());
    const plan& subject = *compiled;
    const auto count = static_cast<std::int64_t>(rows);
    batch input{subject, count};
    const status bound = input.bind_table(table.views());
    if (!bound) FAIL(bound.error().to_string());
    scores found{subject, count};
    const status scored = score(subject, input, {0, count}, found);
    if (!scored) FAIL(scored.error().to_string());

    std::size_t wrong = 0;
    std::size_t ladder = 0;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        const std::vector<std::string>& line = lines[i];
        const bool flag = line[1] == "flag";
        for (std::size_t row = 0; row < rows; ++row) {
            const std::string& wanted = line[2 + row];
            const std::string value = written(line[1], seen[i][row]);
            std::string rung = wanted;
            if (flag) {
                rung = found.stage(ladder)[row] == 1         ? "T"
                       : found.provisional(ladder)[row] == 1 ? "U"
                                                             : "F";
            }
            if (value == wanted && rung == wanted) continue;
            ++wrong;
            UNSCOPED_INFO(line[0] << " of " << table.rows[row][0] << " is " << value
                                  << " as a metric and " << rung << " as a rung, expected "
                                  << wanted);
        }
        if (flag) ++ladder;
    }
    return wrong;
}

}  // namespace

TEST_CASE("golden conditions: model files with each expression mean what the reference says") {
    const text_table table{read_golden("conditions_rows.csv")};
    std::vector<std::vector<std::string>> all;
    for (const std::string& line : lines_of(read_golden("conditions.tsv"))) {
        all.push_back(split(line, '\t'));
        REQUIRE(all.back().size() == 2 + table.rows.size());
    }
    CHECK(all.size() >= 900);
    for (std::size_t begin = 0; begin < all.size(); begin += at_once) {
        const auto first = all.begin() + static_cast<std::ptrdiff_t>(begin);
        const auto last =
            all.begin() + static_cast<std::ptrdiff_t>(std::min(begin + at_once, all.size()));
        CHECK(differences({first, last}, table) == 0);
    }
}

TEST_CASE("golden conditions: a scorer is never given fewer metrics than the model says") {
    auto read = read_model(model_with({most_scorer_inputs + 1, {"1", "number"}}));
    REQUIRE(read.ok());
    const auto compiled =
        compile(std::move(*read), {{"probe", [](const scorer_call&) { return status{}; }}});
    REQUIRE_FALSE(compiled.ok());
    CHECK(compiled.error().code == errc::limit_exceeded);
}
