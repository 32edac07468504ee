// A small model built by hand, for the tests of conditions.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/model/check_expression.hpp"
#include "aiueo/model/parse_expression.hpp"

#include "support/catch.hpp"

namespace aiueo::testing {

/// Line 7 of a model file, the condition's first character at column 21.
inline place in_file() {
    place out;
    out.file = "m.json";
    out.line = 7;
    out.column = 21;
    return out;
}

/// The tree of a condition that is well formed.
inline expression parsed(std::string_view source) {
    result<expression> out = parse_expression(source, in_file());
    INFO(source);
    REQUIRE(out.ok());
    return *std::move(out);
}

inline metric raw_metric(std::string name, metric_type type) {
    metric out;
    out.name = std::move(name);
    out.type = type;
    return out;
}

inline metric derived_metric(std::string name, std::string_view source) {
    metric out;
    out.name = std::move(name);
    out.from = metric::source::derived;
    out.derive = parsed(source);
    return out;
}

inline component flag_component(std::string name, std::string input) {
    component out;
    out.name = std::move(name);
    out.inputs.push_back(std::move(input));
    return out;
}

inline ladder ladder_of(std::string name,
                        const std::vector<std::pair<std::string, std::string>>& rungs) {
    ladder out;
    out.name = std::move(name);
    for (const auto& [rung_name, when] : rungs) {
        rung one;
        one.name = rung_name;
        if (!when.empty()) one.when = parsed(when);
        out.rungs.push_back(std::move(one));
    }
    return out;
}

/// Axes I and U and touch in use, overall of I and U, a ladder "stage", bands of overall.
inline model small_model() {
    model out;
    out.metrics.push_back(raw_metric("logins_28d", metric_type::number));
    out.metrics.push_back(raw_metric("seats", metric_type::number));
    out.metrics.push_back(raw_metric("nps", metric_type::number));
    out.metrics.push_back(raw_metric("mrr", metric_type::money));
    out.metrics.push_back(raw_metric("setup_done", metric_type::flag));
    out.metrics.push_back(raw_metric("plan", metric_type::category));
    out.metrics.push_back(raw_metric("region", metric_type::category));
    out.metrics.push_back(raw_metric("contract_end", metric_type::date));
    out.metrics.push_back(raw_metric("last_login", metric_type::date));
    out.metrics.push_back(raw_metric("ログイン", metric_type::number));
    const auto components = [&out](axis of) -> std::vector<component>& {
        return out.rules.groups[static_cast<std::size_t>(of)].components;
    };
    components(axis::implementation).push_back(flag_component("setup", "setup_done"));
    components(axis::utilization).push_back(flag_component("logins", "setup_done"));
    components(axis::utilization).push_back(flag_component("recency", "setup_done"));
    components(axis::touch).push_back(flag_component("mails", "setup_done"));
    out.rules.overall.weights[static_cast<std::size_t>(axis::implementation)] = 1;
    out.rules.overall.weights[static_cast<std::size_t>(axis::utilization)] = 2;
    out.rules.ladders.push_back(
        ladder_of("stage", {{"Entry", ""}, {"Onboard", "I >= 60"}, {"Active", "U >= 60"}}));
    band_rule bands;
    bands.edges = {50};
    bands.names = {"Lv1", "Lv2"};
    out.rules.bands = bands;
    return out;
}

}  // namespace aiueo::testing
