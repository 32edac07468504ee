// Conditions that are right by construction, through the whole engine: written into a model file,
// read, compiled for every instruction set and evaluated on rows of edge values, as derived metrics
// (their bits, by a scorer that looks at them) and as rungs (true, false or unknown). An
// interpreter that walks the tree value by value must say the same.
#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/model/read.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/score.hpp"

#include "make_expression.hpp"

namespace {

using namespace fuzzing;

struct metric_here {
    std::string name;
    kind what;
    std::string declared;
};

const std::vector<metric_here>& metrics() {
    static const std::vector<metric_here> all{
        {"n0", kind::number, R"({"type": "number"})"},
        {"n1", kind::number, R"({"type": "number"})"},
        {"n2", kind::number, R"({"type": "number", "min": -1, "max": 1000})"},
        {"f0", kind::flag, R"({"type": "flag"})"},
        {"f1", kind::flag, R"({"type": "flag"})"},
        {"c0", kind::text, R"({"type": "category"})"},
        {"c1", kind::text, R"({"type": "category"})"},
        {"d0", kind::date, R"({"type": "date"})"},
        {"d1", kind::date, R"({"type": "date"})"}};
    return all;
}

struct expression_here {
    tree root;
    kind what = kind::flag;
};

/// A row as a condition sees it. Derived metrics are interpreted where they are met.
struct row_here {
    const std::vector<plain_value>& cells;  ///< as metrics(), then as_of
    const std::vector<expression_here>& derived;

    plain_value value(const std::string& name) {
        if (name == "as_of") return cells.back();
        if (name[0] == 'v') return meaning(derived[std::stoul(name.substr(1))].root, *this);
        for (std::size_t k = 0; k < metrics().size(); ++k) {
            if (metrics()[k].name == name) return cells[k];
        }
        require(false, "a name that the model has");
        return {};
    }
    plain_value at_least(const std::string&, const std::string&) { return {}; }
};

/// What a host may give for a number, and what a condition sees of it.
plain_value drawn(choices& in, const metric_here& metric, double& given, std::string& text) {
    given = std::numeric_limits<double>::quiet_NaN();
    text.clear();
    if (in.byte() % 5 == 4) return {};
    switch (metric.what) {
    case kind::flag:
        given = in.pick<double>({0, 1, 0, 1, 0, 1, -0.0, 2});
        return given == 2 ? plain_value{} : of_flag(given == 1);
    case kind::text: text = in.pick(plain_texts()); return of_text(text);
    case kind::date: {
        given = in.one_in(4) ? in.pick<double>({-1e9, 1e9, 0, -1})
                             : plain_days[in.below(plain_days.size())].day;
        return of_date(given);
    }
    case kind::number:
    case kind::unknown: break;
    }
    given = in.one_in(5) ? in.any_double()
                         : in.pick<double>({0, 1, -1, 2, 3, 60, 0.5, 0.1, 7, 100, -0.0, 1e308,
                                            -1e308, 5e-324, 1e-308, 9007199254740993.0, 30,
                                            std::numeric_limits<double>::infinity()});
    const bool inside = metric.name != "n2" || (given >= -1 && given <= 1000);
    return inside ? of_number(given) : plain_value{};
}

std::string model_of(const std::vector<expression_here>& all) {
    std::string metrics_text;
    std::string inputs;
    std::string ladders;
    for (const metric_here& one : metrics()) {
        metrics_text +=
            (metrics_text.empty() ? "" : ", ") + json_text(one.name) + ": " + one.declared;
    }
    for (std::size_t i = 0; i < all.size(); ++i) {
        const std::string number = std::to_string(i);
        const std::string source = json_text(written(all[i].root));
        metrics_text += ", \"v" + number + "\": {\"derive\": " + source + "}";
        inputs += (inputs.empty() ? "\"v" : ", \"v") + number + "\"";
        if (all[i].what != kind::flag) continue;
        ladders += (ladders.empty() ? "\"q" : ", \"q") + number +
                   "\": [{\"name\": \"F\"}, {\"name\": \"T\", \"when\": " + source + "}]";
    }
    std::string out = R"({"aiueo": 1, "name": "conditions", "metrics": {)";
    out += metrics_text + "}, \"axes\": {\"E\": {\"components\": {\"probe\": ";
    out += R"({"scorer": "probe", "metrics": [)" + inputs + "]}}}}";
    return out + (ladders.empty() ? "}" : ", \"ladders\": {" + ladders + "}}");
}

/// What the scorer saw of each derived metric, by row.
using seen_values = std::vector<std::vector<double>>;

void compare(const plain_value& wanted, double found, const aiueo::dictionary& texts,
             const tree& root) {
    bool same = false;
    if (!wanted.known())
        same = found != found;
    else if (wanted.what == kind::text)
        same = found == found && texts.text(static_cast<std::int32_t>(found)) == wanted.text;
    else
        same = found == wanted.number;
    require(same, "the interpreter agrees about " + written(root));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    choices in{data, size};
    // One instruction set each time: to read and compile a model takes longer than all the rest.
    const auto sets = aiueo::available_kernels();
    const aiueo::kernel_table* const kernels = sets[in.below(sets.size())];
    const std::size_t rows = 1 + in.below(9);
    std::vector<std::vector<plain_value>> cells(rows);
    std::vector<std::vector<double>> given(rows);
    std::vector<std::vector<std::string>> texts(rows);
    for (std::size_t i = 0; i < rows; ++i) {
        for (const metric_here& one : metrics()) {
            double number = 0;
            std::string text;
            cells[i].push_back(drawn(in, one, number, text));
            given[i].push_back(number);
            texts[i].push_back(std::move(text));
        }
    }
    const std::int32_t as_of = in.pick({20778, 20778, 0, 2932896, -719162, INT32_MAX, INT32_MIN});
    for (std::size_t i = 0; i < rows; ++i) cells[i].push_back(of_date(as_of));

    std::vector<expression_here> all;
    plain_names names;
    const auto named = [&names](kind what) -> std::vector<std::string>& {
        return what == kind::number ? names.numbers
               : what == kind::flag ? names.flags
               : what == kind::text ? names.texts
                                    : names.dates;
    };
    for (const metric_here& one : metrics()) named(one.what).push_back(one.name);
    for (std::size_t n = 1 + in.below(4); n > 0; --n) {
        expression_here one;
        one.what =
            in.pick({kind::flag, kind::flag, kind::number, kind::number, kind::date, kind::text});
        expression_maker maker{in, names, 100};
        one.root = maker.make(one.what, 2 + in.below(9));
        named(one.what).push_back("v" + std::to_string(all.size()));
        all.push_back(std::move(one));
    }

    const std::string text = model_of(all);
    auto model = aiueo::read_model(text);
    if (!model) require(false, model.error().to_string() + "\n" + text);
    seen_values seen(all.size(), std::vector<double>(rows));
    const aiueo::scorer_function probe = [&](const aiueo::scorer_call& call) -> aiueo::status {
        require(call.rows == rows && call.inputs.size() == all.size(), "the scorer's shape");
        for (std::size_t k = 0; k < all.size(); ++k)
            std::copy_n(call.inputs[k], rows, seen[k].begin());
        std::fill_n(call.out, rows, 50.0);
        return {};
    };
    auto plan = aiueo::compile(*model, {{"probe", probe}}, {.kernels = kernels, .log = {}});
    if (!plan) require(false, plan.error().to_string());
    const auto count = static_cast<std::int64_t>(rows);
    aiueo::batch input{*plan, count};
    input.own_all();
    input.set_as_of(as_of);
    for (std::size_t k = 0; k < metrics().size(); ++k) {
        const auto number = input.number_of(metrics()[k].name);
        require(number.ok(), "the metric has a number");
        for (std::size_t i = 0; i < rows; ++i) {
            const auto row = static_cast<std::int64_t>(i);
            const bool is_text = metrics()[k].what == kind::text;
            const aiueo::status set = is_text
                                          ? input.set(*number, row, std::string_view{texts[i][k]})
                                          : input.set(*number, row, given[i][k]);
            require(set.ok(), "the value can be set");
        }
    }
    aiueo::scores found{*plan, count};
    require(aiueo::score(*plan, input, {0, count}, found).ok(), "the rows can be scored");
    for (std::size_t i = 0; i < rows; ++i) {
        row_here row{cells[i], all};
        std::size_t ladder = 0;
        for (std::size_t k = 0; k < all.size(); ++k) {
            const plain_value wanted = meaning(all[k].root, row);
            require(!wanted.known() || wanted.what == all[k].what, "the type is the wanted one");
            compare(wanted, seen[k][i], input.known_texts(), all[k].root);
            if (all[k].what != kind::flag) continue;
            const bool reached = found.stage(ladder)[i] == 1;
            const bool could_be = found.provisional(ladder)[i] == 1;
            require(reached == wanted.is_true() && could_be == !wanted.known(),
                    "the rung agrees about " + written(all[k].root));
            ++ladder;
        }
    }
    return 0;
}
