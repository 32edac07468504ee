// Scores of every golden case, bit for bit what the reference says.
#include <cmath>
#include <string>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/score.hpp"
#include "aiueo/score/scores_table.hpp"

#include "golden.hpp"

namespace {

using namespace aiueo;
using namespace aiueo::testing;
using field = score_column::field;

/// A cell of the scores table as expected.csv writes it.
std::string written(const scores& from, const score_column& column,
                    const std::vector<std::string_view>& words, std::int64_t row) {
    const auto at = static_cast<std::size_t>(row);
    if (column.what == field::insufficient)
        return std::isnan(from.overall()[at]) ? "true" : "false";
    if (column.is_count()) return std::to_string(score_counts(from, column)[at]);
    if (column.has_codes()) return std::string{words[score_codes(from, column)[at]]};
    if (column.is_level()) {
        const level_index level = score_levels(from, column)[at];
        return level < 0 ? std::string{} : std::string{words[static_cast<std::size_t>(level)]};
    }
    const double value = score_numbers(from, column)[at];
    return std::isnan(value) ? std::string{} : hex_of(value);
}

std::int32_t day_of(const std::string& text) {
    if (text.empty()) return initiative_history::no_date;
    const auto day = parse_date(text);
    REQUIRE(day.has_value());
    return *day;
}

/// How many cells differ; each is reported.
std::size_t differences(const std::string& name) {
    auto read = read_model(read_golden("scores/" + name + "/model.json"));
    if (!read) FAIL(read.error().to_string());
    auto compiled = compile(std::move(*read));
    if (!compiled) FAIL(compiled.error().to_string());
    const plan& subject = *compiled;

    const text_table snapshots{read_golden("scores/" + name + "/snapshots.csv")};
    const text_table wanted{read_golden("scores/" + name + "/expected.csv")};
    REQUIRE(wanted.rows.size() == snapshots.rows.size());
    const auto rows = static_cast<std::int64_t>(snapshots.rows.size());
    batch input{subject, rows};
    const status bound = input.bind_table(snapshots.views());
    if (!bound) FAIL(bound.error().to_string());

    initiative_history history{subject};
    if (const auto text = try_golden("scores/" + name + "/initiatives.csv")) {
        for (const auto& one : text_table{*text}.rows) {
            history.add(one[0], one[1], day_of(one[2]), day_of(one[3]), day_of(one[4]));
        }
        history.finish();
        REQUIRE(input.set_initiatives(history).ok());
    }

    scores found{subject, rows, {.detail = true, .overrides = true}};
    const status scored = score(subject, input, {0, rows}, found);
    if (!scored) FAIL(scored.error().to_string());

    const std::vector<score_column> columns = score_columns(subject.data(), true);
    std::vector<std::string> names;
    for (const score_column& one : columns) names.push_back(one.name);
    CHECK(names == wanted.names);

    std::size_t wrong = 0;
    for (const score_column& one : columns) {
        if (one.what == field::customer || one.what == field::as_of) continue;
        const std::size_t at = wanted.index(one.name);
        const auto words = score_words(subject.data().model, one);
        for (std::int64_t row = 0; row < rows; ++row) {
            const auto& cells = wanted.rows[static_cast<std::size_t>(row)];
            const std::string cell = written(found, one, words, row);
            if (cell == cells[at]) continue;
            ++wrong;
            UNSCOPED_INFO(name << ": " << one.name << " of " << cells[0] << " (row " << row + 1
                               << ") is '" << cell << "', expected '" << cells[at] << "'");
        }
    }
    return wrong;
}

}  // namespace

TEST_CASE("golden scores: the engine agrees with the reference bit for bit") {
    const std::vector<std::string> cases = lines_of(read_golden("scores/cases.txt"));
    CHECK(cases.size() >= 30);
    for (const std::string& name : cases) {
        DYNAMIC_SECTION(name) { CHECK(differences(name) == 0); }
    }
}
