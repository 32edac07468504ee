// A model as plain values, and the model file that says the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plain_expression.hpp"

namespace fuzzing {

struct plain_metric {
    enum class source : std::uint8_t { column, initiatives, derived };
    std::string name{};
    kind what = kind::number;
    bool money = false;
    source from = source::column;
    std::optional<double> min{};
    std::optional<double> max{};
    std::optional<int> max_age{};
    std::string initiative{};
    std::string counted = "count";  ///< count, done, days_since
    std::string dated_by = "date";
    int window = 1;
    tree derive{};
};

struct plain_component {
    std::string name{};
    std::vector<std::string> inputs{};  ///< two for a share
    std::optional<double> of_zero{};
    std::string how = "curve";  ///< the key of the response; "flag" has none
    std::vector<std::pair<double, double>> knots{};
    double below = 0;
    std::vector<std::pair<std::string, double>> table{};
    std::optional<double> otherwise{};
    bool invert = false;
    double weight = 1;
    std::string missing = "renormalize";
    double prior = 0;
    std::optional<int> from{};  ///< days from `today`, as are those of `until`
    std::optional<int> until{};
};

struct plain_cap {
    tree when{};
    double at_most = 100;
};

/// What groups and overall have alike.
struct plain_bounds {
    double min_coverage = 0.5;
    std::vector<plain_cap> caps{};
    std::string override_by{};  ///< a metric; empty: none
    std::string mode = "replace";
};

struct plain_group : plain_bounds {
    std::string name{};
    std::vector<plain_component> components{};
};

struct plain_overall : plain_bounds {
    std::map<std::string, double> weights{};  ///< by letter, which is the order A E I O U
    bool minimum = false;
    std::size_t min_axes = 2;
};

struct plain_rung {
    std::string name{};
    tree when{};
    std::optional<int> expected_by{};
};

struct plain_ladder {
    std::string name{};
    std::vector<plain_rung> rungs{};
};

struct plain_bands {
    std::string of = "overall";
    std::vector<double> edges{};
    std::vector<std::string> names{};
};

struct plain_rules {
    std::vector<plain_group> groups{};  ///< in the order A I U E O touch
    plain_overall overall{};
    std::vector<plain_ladder> ladders{};
    std::optional<plain_bands> bands{};

    [[nodiscard]] const plain_group* group(std::string_view name) const {
        for (const plain_group& one : groups) {
            if (one.name == name) return &one;
        }
        return nullptr;
    }
    [[nodiscard]] const plain_ladder* ladder(std::string_view name) const {
        for (const plain_ladder& one : ladders) {
            if (one.name == name) return &one;
        }
        return nullptr;
    }
};

struct plain_profile {
    std::string name{};
    tree when{};
    plain_rules rules{};
    std::string patch{};  ///< as the file has it
};

struct plain_model {
    int minor_digits = 0;
    std::vector<plain_metric> metrics{};
    plain_rules rules{};
    std::vector<plain_profile> profiles{};
    std::map<std::string, std::string> roles{};
    std::optional<double> threshold{};  ///< of steps; none: no steps

    [[nodiscard]] const plain_metric* metric(std::string_view name) const {
        for (const plain_metric& one : metrics) {
            if (one.name == name) return &one;
        }
        return nullptr;
    }
};

/// The metrics that scoring reads: by the rules of the model and of every profile, and, where there
/// are patterns, by roles; with those that derived ones are made of.
inline std::set<std::string> metrics_read(const plain_model& of) {
    std::vector<std::string> todo;
    const auto of_bounds = [&todo](const plain_bounds& one) {
        for (const plain_cap& cap : one.caps) collect_names(cap.when, todo);
        if (!one.override_by.empty()) todo.push_back(one.override_by);
    };
    const auto of_rules = [&](const plain_rules& rules) {
        for (const plain_group& group : rules.groups) {
            for (const plain_component& one : group.components)
                todo.insert(todo.end(), one.inputs.begin(), one.inputs.end());
            of_bounds(group);
        }
        of_bounds(rules.overall);
        for (const plain_ladder& ladder : rules.ladders) {
            for (const plain_rung& rung : ladder.rungs) collect_names(rung.when, todo);
        }
    };
    of_rules(of.rules);
    for (const plain_profile& one : of.profiles) {
        collect_names(one.when, todo);
        of_rules(one.rules);
    }
    if (of.threshold) {
        for (const auto& [role, metric] : of.roles) todo.push_back(metric);
    }
    std::set<std::string> out;
    while (!todo.empty()) {
        const std::string name = todo.back();
        todo.pop_back();
        const plain_metric* const found = of.metric(name);
        if (found != nullptr && out.insert(name).second) collect_names(found->derive, todo);
    }
    return out;
}

// ── the file ──

/// Items between commas.
class json_list {
public:
    void add(const std::string& item) { text_ += (text_.empty() ? "" : ", ") + item; }
    void add(std::string_view key, const std::string& value) { add(json_text(key) + ": " + value); }
    [[nodiscard]] bool empty() const { return text_.empty(); }
    [[nodiscard]] std::string object() const { return "{" + text_ + "}"; }
    [[nodiscard]] std::string array() const { return "[" + text_ + "]"; }

private:
    std::string text_;
};

inline std::string day_text(int days) {
    // Around 2026-11-21 only: what a component of touch begins and ends by.
    const int day = 21 + days;
    return "\"2026-11-" + std::string{day < 10 ? "0" : ""} + std::to_string(day) + "\"";
}

inline std::string json_of(const plain_metric& of) {
    json_list out;
    if (of.from == plain_metric::source::derived) {
        out.add("derive", json_text(written(of.derive)));
        return out.object();
    }
    if (of.from == plain_metric::source::initiatives) {
        out.add("from", "\"initiatives\"");
        out.add("initiative", json_text(of.initiative));
        out.add("value", json_text(of.counted));
        out.add("of", json_text(of.dated_by));
        out.add("window_days", std::to_string(of.window));
        return out.object();
    }
    out.add("type", of.money                ? "\"money\""
                    : of.what == kind::flag ? "\"flag\""
                    : of.what == kind::text ? "\"category\""
                    : of.what == kind::date ? "\"date\""
                                            : "\"number\"");
    if (of.min) out.add("min", written_number(*of.min));
    if (of.max) out.add("max", written_number(*of.max));
    if (of.max_age) out.add("max_age_days", std::to_string(*of.max_age));
    return out.object();
}

inline std::string json_of_response(const plain_component& of) {
    json_list out;
    for (const auto& [at, score] : of.knots) {
        if (of.how == "percentile")
            out.add(written_number(at));
        else
            out.add("[" + written_number(at) + ", " + written_number(score) + "]");
    }
    return out.array();
}

inline std::string json_of_missing(const plain_component& of) {
    return of.missing == "prior" ? "{\"prior\": " + written_number(of.prior) + "}"
                                 : json_text(of.missing);
}

inline std::string json_of(const plain_component& of) {
    json_list out;
    if (of.inputs.size() == 2) {
        out.add("share", "[" + json_text(of.inputs[0]) + ", " + json_text(of.inputs[1]) + "]");
        if (of.of_zero) out.add("of_zero", written_number(*of.of_zero));
    } else {
        out.add("metric", json_text(of.inputs[0]));
    }
    if (of.how == "table") {
        json_list table;
        for (const auto& [text, score] : of.table) table.add(text, written_number(score));
        out.add("table", table.object());
        if (of.otherwise) out.add("else", written_number(*of.otherwise));
    } else if (of.how == "flag") {
        if (of.invert) out.add("invert", "true");
    } else {
        out.add(of.how, json_of_response(of));
        if (of.how == "steps") out.add("below", written_number(of.below));
    }
    out.add("weight", written_number(of.weight));
    out.add("missing", json_of_missing(of));
    if (of.from) out.add("from", day_text(*of.from));
    if (of.until) out.add("until", day_text(*of.until));
    return out.object();
}

inline void add_bounds(const plain_bounds& of, json_list& to) {
    to.add("min_coverage", written_number(of.min_coverage));
    json_list caps;
    for (const plain_cap& one : of.caps) {
        json_list cap;
        cap.add("when", json_text(written(one.when)));
        cap.add("at_most", written_number(one.at_most));
        caps.add(cap.object());
    }
    if (!caps.empty()) to.add("caps", caps.array());
    if (of.override_by.empty()) return;
    json_list by;
    by.add("metric", json_text(of.override_by));
    by.add("mode", json_text(of.mode));
    to.add("override", by.object());
}

inline std::string json_of(const plain_group& of) {
    json_list out;
    json_list components;
    for (const plain_component& one : of.components) components.add(one.name, json_of(one));
    out.add("components", components.object());
    add_bounds(of, out);
    return out.object();
}

inline std::string json_of(const plain_ladder& of) {
    json_list rungs;
    for (const plain_rung& one : of.rungs) {
        json_list rung;
        rung.add("name", json_text(one.name));
        if (&one != of.rungs.data()) rung.add("when", json_text(written(one.when)));
        if (one.expected_by) rung.add("expected_by_days", std::to_string(*one.expected_by));
        rungs.add(rung.object());
    }
    return rungs.array();
}

inline std::string json_of(const plain_bands& of) {
    json_list edges;
    json_list names;
    for (const double edge : of.edges) edges.add(written_number(edge));
    for (const std::string& name : of.names) names.add(json_text(name));
    json_list out;
    out.add("of", json_text(of.of));
    out.add("edges", edges.array());
    out.add("names", names.array());
    return out.object();
}

inline std::string json_of(const plain_overall& of) {
    json_list out;
    json_list weights;
    for (const auto& [name, weight] : of.weights) weights.add(name, written_number(weight));
    out.add("weights", weights.object());
    if (of.minimum) out.add("combine", "\"minimum\"");
    out.add("min_axes", std::to_string(of.min_axes));
    add_bounds(of, out);
    return out.object();
}

inline std::string json_of(const plain_model& of) {
    json_list out;
    out.add("aiueo", "1");
    out.add("name", "\"made\"");
    out.add("currency", of.minor_digits == 0   ? "\"JPY\""
                        : of.minor_digits == 2 ? "\"USD\""
                                               : "\"KWD\"");
    json_list metrics;
    for (const plain_metric& one : of.metrics) metrics.add(one.name, json_of(one));
    out.add("metrics", metrics.object());
    json_list roles;
    for (const auto& [role, metric] : of.roles) roles.add(role, json_text(metric));
    if (!roles.empty()) out.add("roles", roles.object());
    if (of.threshold) out.add("steps", "{\"threshold\": " + written_number(*of.threshold) + "}");
    json_list axes;
    for (const plain_group& one : of.rules.groups) {
        if (one.name == "touch")
            out.add("touch", json_of(one));
        else
            axes.add(one.name, json_of(one));
    }
    out.add("axes", axes.object());
    out.add("overall", json_of(of.rules.overall));
    if (of.rules.bands) out.add("bands", json_of(*of.rules.bands));
    json_list ladders;
    for (const plain_ladder& one : of.rules.ladders) ladders.add(one.name, json_of(one));
    if (!ladders.empty()) out.add("ladders", ladders.object());
    json_list profiles;
    for (const plain_profile& one : of.profiles) {
        json_list profile;
        profile.add("name", json_text(one.name));
        profile.add("when", json_text(written(one.when)));
        profile.add("patch", one.patch);
        profiles.add(profile.object());
    }
    if (!profiles.empty()) out.add("profiles", profiles.array());
    return out.object();
}

}  // namespace fuzzing
