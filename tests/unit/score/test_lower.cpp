// Every golden condition through column instructions, against the independent reference.
#include <bit>
#include <fstream>
#include <sstream>

#include "aiueo/model/parse_expression.hpp"

#include "plans.hpp"

namespace test_lower {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

std::vector<std::string> split(const std::string& line, char by) {
    std::vector<std::string> out;
    std::string part;
    std::istringstream in{line};
    while (std::getline(in, part, by)) out.push_back(part);
    if (!line.empty() && line.back() == by) out.emplace_back();
    return out;
}

std::string read_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    REQUIRE(in.good());
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

}  // namespace

TEST_CASE("a long chain, a shared subject and constants of either sign", "[lower]") {
    std::string chain = "x";
    for (int k = 0; k < 900; ++k) chain += " + x";
    std::string nested = "x";
    for (int k = 0; k < 20; ++k) nested = "(" + nested + " in [1.0, 2.0, 3.0] ? 1.0 : 2.0)";
    const std::string metrics = R"("x": {"type": "number"}, "sum": {"derive": ")" + chain +
                                R"("}, "deep": {"derive": ")" + nested + "\"}";
    const plan p = plan_of(model_text(metrics, R"json("U": {"components": {
        "sum": {"metric": "sum", "curve": [[0, 0], [1000, 100]]},
        "deep": {"metric": "deep", "curve": [[0, 0], [100, 100]]}}})json"));
    const scores s = scored(p, row_of(p, {{"x", 1.0}}));
    CHECK(s.component(0)[0] == portable::on_grid(90.1));
    CHECK(s.component(1)[0] == 1);
    CHECK(p.data().slot_count < 200);
}

TEST_CASE("golden conditions", "[lower]") {
    const std::string folder = tests_dir() + "/golden/";
    auto subject = read_model(read_file(folder + "conditions_model.json"));
    REQUIRE(subject.ok());

    // A derived metric for every expression, read back from the workspace of a traced row.
    std::istringstream lines{read_file(folder + "conditions.tsv")};
    std::string line;
    std::vector<std::vector<std::string>> expected;
    std::vector<std::string> names;
    group& axis_of_all = subject->rules.groups[static_cast<std::size_t>(axis::utilization)];
    while (std::getline(lines, line)) {
        if (line.empty() || line[0] == '#') continue;
        auto cells = split(line, '\t');
        auto parsed = parse_expression(cells[0]);
        if (!parsed) continue;
        metric made;
        made.name = "golden_" + std::to_string(names.size());
        made.from = metric::source::derived;
        made.derive = std::move(*parsed);
        subject->metrics.push_back(std::move(made));
        names.push_back(cells[0]);
        cells.erase(cells.begin(), cells.begin() + 2);  // the expression and its type
        expected.push_back(std::move(cells));
    }
    REQUIRE(names.size() > 500);
    // Components that read them, so that the plan computes them.
    for (std::size_t k = 0; k < names.size(); ++k) {
        component part;
        part.name = "g" + std::to_string(k);
        part.inputs = {"golden_" + std::to_string(k)};
        part.how = response::custom;
        part.scorer = "any";
        axis_of_all.components.push_back(part);
    }
    auto compiled = compile(
        *subject, {{"any", scorer_function{[](const scorer_call&) -> status { return {}; }}}});
    if (!compiled) FAIL(compiled.error().to_string());
    const plan& p = *compiled;

    std::istringstream table{read_file(folder + "conditions_rows.csv")};
    std::getline(table, line);
    if (!line.empty() && line.back() == '\r') line.pop_back();
    const auto header = split(line, ',');
    std::vector<std::vector<std::string>> columns(header.size());
    std::int64_t rows = 0;
    while (std::getline(table, line)) {
        if (!line.empty() && line.back() == '\r') line.pop_back();
        if (line.empty()) continue;
        auto cells = split(line, ',');
        cells.resize(header.size());
        for (std::size_t c = 0; c < cells.size(); ++c) columns[c].push_back(cells[c]);
        ++rows;
    }
    std::vector<std::string> bytes(header.size());
    std::vector<std::vector<std::int32_t>> offsets(header.size());
    std::vector<named_column> bound;
    for (std::size_t c = 0; c < header.size(); ++c) {
        offsets[c].push_back(0);
        for (const std::string& cell : columns[c]) {
            bytes[c] += cell;
            offsets[c].push_back(static_cast<std::int32_t>(bytes[c].size()));
        }
        column_view view;
        view.type = column_type::text32;
        view.length = rows;
        view.offsets = offsets[c].data();
        view.bytes = bytes[c].data();
        bound.push_back({header[c], view});
    }
    batch b{p, rows};
    const status ok = b.bind_table(bound);
    if (!ok) FAIL(ok.error().to_string());

    for (std::int64_t row = 0; row < rows; ++row) {
        detail::row_trace trace{p, b, true};
        REQUIRE(trace.run(row).ok());
        for (std::size_t k = 0; k < names.size(); ++k) {
            const std::string& want = expected[k][static_cast<std::size_t>(row)];
            const metric& made = *p.model().find_metric("golden_" + std::to_string(k));
            const auto number =
                p.data().metric_number[static_cast<std::size_t>(&made - p.model().metrics.data())];
            const double got = trace.at(p.data().metrics[static_cast<std::size_t>(number)].values);
            INFO(names[k] << " in row " << row + 1);
            if (want == "U") {
                CHECK(std::isnan(got));
            } else if (want == "T" || want == "F") {
                CHECK(got == (want == "T" ? 1.0 : 0.0));
            } else {
                CHECK(same_bits(got, std::bit_cast<double>(static_cast<std::uint64_t>(
                                         std::stoull(want, nullptr, 16)))));
            }
        }
    }
}

}  // namespace test_lower
