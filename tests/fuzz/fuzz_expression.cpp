// Conditions come from model files, which may come from anyone: parse, check and order whatever the
// bytes are, and hold the tree to what its readers rely on.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/utf8.hpp"
#include "aiueo/model/check_expression.hpp"
#include "aiueo/model/order.hpp"
#include "aiueo/model/parse_expression.hpp"

namespace {

using namespace aiueo;

void require(bool holds) {
    if (!holds) std::abort();
}

component component_of(const char* name) {
    component out;
    out.name = name;
    out.inputs.emplace_back("setup_done");
    return out;
}

model small_model() {
    model out;
    const auto add = [&out](const char* name, metric_type type) {
        metric one;
        one.name = name;
        one.type = type;
        out.metrics.push_back(std::move(one));
    };
    add("logins", metric_type::number);
    add("mrr", metric_type::money);
    add("setup_done", metric_type::flag);
    add("plan", metric_type::category);
    add("contract_end", metric_type::date);
    for (const std::size_t g : {std::size_t{1}, std::size_t{2}, std::size_t{5}}) {
        out.rules.groups[g].components.push_back(component_of("setup"));
    }
    out.rules.overall.weights[1] = 1;
    ladder stage;
    stage.name = "stage";
    for (const char* name : {"Entry", "Onboard", "Active"}) {
        rung one;
        one.name = name;
        stage.rungs.push_back(std::move(one));
    }
    out.rules.ladders.push_back(std::move(stage));
    band_rule bands;
    bands.edges = {50};
    bands.names = {"Lv1", "Lv2"};
    out.rules.bands = bands;
    return out;
}

void hold_shape(const expression& tree) {
    std::vector<bool> used(tree.nodes.size(), false);
    for (std::uint32_t i = 0; i < tree.nodes.size(); ++i) {
        const node& one = tree.nodes[i];
        require(one.begin < one.end && one.end <= tree.source.size());
        require(!tree.text_of(one).empty());
        for (const std::uint32_t child : one.operands) {
            require(child < i && !used[child]);
            require(tree.nodes[child].begin >= one.begin && tree.nodes[child].end <= one.end);
            used[child] = true;
        }
    }
}

/// Without an error everything that is compiled later is there.
void hold_meaning(const expression& tree) {
    for (const node& one : tree.nodes) {
        require(one.type != value_type::unknown);
        require((one.what == op::name) == (one.resolved.what != symbol::kind::none));
        if (one.what == op::at_least) {
            const node& scale = tree.nodes[one.operands[0]];
            const node& member = tree.nodes[one.operands[1]];
            require(scale.what == op::name && scale.type == member.type);
            require(member.member < (scale.type == value_type::rung ? 3U : 2U));
        }
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const model subject = small_model();
    static const expression_scope scope{&subject, &subject.rules};
    static const expression_scope metrics{&subject, &subject.rules, true};

    const std::string source(data, data + size);
    place where;
    where.file = "model.json";
    where.line = 1;
    where.column = 1;
    result<expression> tree = parse_expression(source, where);
    if (!tree) {
        require(tree.error().where.line == 1 && tree.error().where.column >= 1);
        require(is_utf8(tree.error().message) && tree.error().message.size() < 1000);
        return 0;
    }
    hold_shape(*tree);
    for (const expression_scope* names : {&metrics, &scope}) {
        for (const value_type wanted : {value_type::unknown, value_type::flag}) {
            problems found;
            check_expression(*tree, *names, wanted, "overall.caps[0].when", found);
            require(found.size() <= 8);
            for (const problem& one : found)
                require(is_utf8(one.what.message) && one.what.message.size() < 1000);
            if (found.empty()) hold_meaning(*tree);
        }
    }
    model reading = subject;
    cap one;
    one.when = *tree;
    reading.rules.overall.caps.push_back(one);
    metric derived;
    derived.name = "derived";
    derived.from = metric::source::derived;
    derived.derive = *std::move(tree);
    reading.metrics.push_back(std::move(derived));
    problems found;
    check_derived_metrics(reading, found);
    static_cast<void>(evaluation_order(reading, reading.rules).ok());
    return 0;
}
