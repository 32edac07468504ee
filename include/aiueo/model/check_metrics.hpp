// model › check_metrics: are the metrics, roles and segments sensible? base ─► table ─► model
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>

#include "aiueo/model/check_context.hpp"
#include "aiueo/model/order.hpp"

namespace aiueo::detail {

inline constexpr double largest_position =
    1e18;  ///< beyond, differences of knots lose their digits

inline void check_range(check_context& in, const metric& one, const std::string& path) {
    const bool measured = one.type == metric_type::number || one.type == metric_type::money;
    const auto check = [&](const std::optional<double>& limit, std::string_view key) {
        if (!limit) return;
        const std::string at = path + "." + std::string{key};
        if (!measured) {
            in.wrong(one.where, at,
                     "means nothing for " + std::string{noun_of(one.type)} +
                         "; only numbers and money have a range");
        } else if (!std::isfinite(*limit)) {
            in.wrong(one.where, at, "must be a finite number");
        }
    };
    check(one.min, "min");
    check(one.max, "max");
    if (measured && one.min && one.max && *one.min > *one.max) {
        in.wrong(one.where, path + ".max",
                 "is " + format_number(*one.max) + ", below \"min\", which is " +
                     format_number(*one.min) + "; no value could be valid");
    }
}

inline void check_metric(check_context& in, metric& one, const std::string& path) {
    if (one.name.size() > 1 && one.name.ends_with('@')) {
        const std::string observed = one.name.substr(0, one.name.size() - 1);
        in.wrong(
            one.where, path,
            "cannot be a metric: in a snapshots table it is the column with the dates on which " +
                aiueo::quoted(observed, 60) + " was observed, and needs no declaration");
    } else if (in.readable_name(one.name, one.where, path, "a metric")) {
        for (const std::string_view taken : {"customer", "as_of", "parent"}) {
            if (one.name != taken) continue;
            in.wrong(one.where, path,
                     "cannot be the name of a metric: a snapshots table has a column " +
                         aiueo::quoted(one.name) + " of its own");
        }
    }
    switch (one.from) {
    case metric::source::column:
        check_range(in, one, path);
        if (one.max_age_days && *one.max_age_days < 0) {
            in.wrong(one.where, path + ".max_age_days", "must be a whole number from 0 up");
        }
        if (one.type == metric_type::money && in.subject().currency.empty()) {
            in.wrong(one.where, path + ".type",
                     "is \"money\", but the model names no currency; add \"currency\": "
                     "\"JPY\" (or another ISO 4217 code), or make it a \"number\"");
        }
        break;
    case metric::source::initiatives:
        one.type = one.counted.what == initiative_source::value::done ? metric_type::flag
                                                                      : metric_type::number;
        if (one.counted.initiative.empty()) {
            in.wrong(one.where, path + ".initiative",
                     "is empty; give the name the initiatives table has");
        }
        if (one.counted.window_days < 1) {
            in.wrong(one.where, path + ".window_days", "must be a whole number from 1 up");
        }
        break;
    case metric::source::derived:
        if (one.derive.empty() && one.derive.source.empty()) {
            in.wrong(one.where, path + ".derive",
                     "is empty; give the expression that computes the metric");
        }
        break;
    }
}

/// Every metric, and the types of the derived ones.
inline void check_metrics(check_context& in) {
    model& subject = in.subject();
    if (subject.metrics.empty()) {
        in.wrong({}, "metrics", "is empty; a model needs at least one metric");
        return;
    }
    std::unordered_set<std::string_view> seen;
    for (metric& one : subject.metrics) {
        const std::string path = path_of(one.where, "metrics" + path_step(one.name));
        check_metric(in, one, path);
        if (!seen.insert(one.name).second)
            in.wrong(one.where, path, "is the second metric of this name");
    }
    const std::size_t before = in.found().size();
    check_derived_metrics(subject, in.found());
    in.settle(before);
}

inline void check_roles(check_context& in) {
    const auto fits = [](std::string_view role, metric_type type) {
        if (role == "mrr" || role == "mrr_before")
            return type == metric_type::money || type == metric_type::number;
        if (role == "contract_start" || role == "contract_end") return type == metric_type::date;
        return type == metric_type::category;
    };
    constexpr std::string_view known[] = {"mrr",          "mrr_before", "contract_start",
                                          "contract_end", "member",     "team"};
    for (const auto& [role, name] : in.subject().roles) {
        const std::string path = "roles" + path_step(role);
        bool is_known = false;
        for (const std::string_view one : known) is_known = is_known || role == one;
        if (!is_known) {
            in.wrong(
                {}, path,
                "is not a role; there are " + listed(known, " and ") + in.suggest(role, known));
            continue;
        }
        const std::optional<std::uint32_t> at = in.find_metric(name, {}, path);
        if (!at) continue;
        const metric_type type = in.subject().metrics[*at].type;
        if (fits(role, type)) continue;
        const std::string_view wanted = role.starts_with("mrr")        ? "money"
                                        : role.starts_with("contract") ? "a date"
                                                                       : "a category";
        in.wrong({}, path,
                 aiueo::quoted(name) + " is " + std::string{noun_of(type)} +
                     ", and the role needs " + std::string{wanted});
    }
}

/// Edges that split numbers: finite, each above the one before.
inline void check_edges(check_context& in, const std::vector<double>& edges, const place& where,
                        const std::string& path) {
    for (std::size_t i = 0; i < edges.size(); ++i) {
        if (!std::isfinite(edges[i])) {
            in.wrong(where, path + path_step(i), "must be a finite number");
        } else if (i > 0 && edges[i] <= edges[i - 1]) {
            in.wrong(where, path + path_step(i),
                     "is " + format_number(edges[i]) + ", not above the edge before it, " +
                         format_number(edges[i - 1]));
        }
    }
}

inline void check_segments(check_context& in) {
    std::unordered_set<std::string_view> seen;
    const std::vector<segment>& segments = in.subject().segments;
    for (std::size_t i = 0; i < segments.size(); ++i) {
        const segment& one = segments[i];
        const std::string path = path_of(one.where, "segments" + path_step(i));
        const std::optional<std::uint32_t> at = in.find_metric(one.metric, one.where, path);
        if (!at) continue;
        if (!seen.insert(one.metric).second)
            in.wrong(one.where, path, aiueo::quoted(one.metric) + " is here a second time");
        const metric_type type = in.subject().metrics[*at].type;
        const bool measured = type == metric_type::number || type == metric_type::money;
        if (measured && one.edges.empty()) {
            in.wrong(one.where, path,
                     aiueo::quoted(one.metric) + " is " + std::string{noun_of(type)} +
                         ", so the segment needs edges: { \"metric\": " +
                         aiueo::quoted(one.metric) + ", \"edges\": [2, 13] }");
        } else if (type == metric_type::date) {
            in.wrong(one.where, path,
                     aiueo::quoted(one.metric) +
                         " is a date; customers are split by a category, a flag "
                         "or a number with edges");
        } else if (!measured && !one.edges.empty()) {
            in.wrong(one.where, path + ".edges",
                     "mean nothing for " + std::string{noun_of(type)} + "; leave them out");
        }
        check_edges(in, one.edges, one.where, path + ".edges");
    }
}

}  // namespace aiueo::detail
