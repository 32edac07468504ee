// model › check_component: does a component have an input, and a response that fits it?
// base ─► table ─► model
#pragma once

#include <cmath>
#include <string>
#include <string_view>
#include <unordered_set>

#include "aiueo/model/check_context.hpp"
#include "aiueo/model/check_metrics.hpp"

namespace aiueo::detail {

inline constexpr double largest_weight = 1e6;
inline constexpr std::string_view a_score = "a score from 0 to 100";

/// The key under which a response stands in a model file.
[[nodiscard]] constexpr std::string_view key_of(response how) noexcept {
    switch (how) {
    case response::curve: return "curve";
    case response::steps: return "steps";
    case response::table: return "table";
    case response::days_since: return "days_since";
    case response::days_until: return "days_until";
    case response::percentile: return "percentile";
    case response::flag: return "invert";
    case response::custom: return "scorer";
    }
    return "curve";
}

[[nodiscard]] inline std::string responses_for(metric_type type) {
    switch (type) {
    case metric_type::number:
    case metric_type::money: return "\"curve\", \"steps\" or \"percentile\"";
    case metric_type::category: return "\"table\"";
    case metric_type::date: return "\"days_since\" or \"days_until\"";
    case metric_type::flag:
        return "no response: true is 100 and false 0, the other way round with \"invert\": true";
    }
    return {};
}

[[nodiscard]] constexpr bool fits(response how, metric_type type) noexcept {
    switch (how) {
    case response::curve:
    case response::steps:
    case response::percentile: return type == metric_type::number || type == metric_type::money;
    case response::table: return type == metric_type::category;
    case response::days_since:
    case response::days_until: return type == metric_type::date;
    case response::flag: return type == metric_type::flag;
    case response::custom: return true;
    }
    return false;
}

class component_checker {
public:
    component_checker(check_context& in, component& one, std::uint32_t group, std::string path)
        : in_(in), one_(one), group_(group), path_(std::move(path)) {}

    void run() {
        check_name();
        check_input();
        check_knots();
        check_table();
        if (one_.invert && one_.how != response::flag) {
            wrong(".invert", "belongs to a flag; turn the " + std::string{key_of(one_.how)} +
                                 " round instead");
        }
        if (!(one_.weight > 0 && one_.weight <= largest_weight)) {
            wrong(".weight",
                  "must be a number above 0 (at most 1000000), not " + format_number(one_.weight) +
                      (one_.weight == 0 ? "; to leave the component out, remove it" : ""));
        }
        if (one_.missing == missing_policy::prior) {
            in_.within(one_.prior, 0, 100, a_score, one_.where, path_ + ".missing.prior");
        }
        check_use();
    }

private:
    void wrong(std::string_view below, std::string message) {
        in_.wrong(one_.where, path_ + std::string{below}, std::move(message));
    }

    void check_name() {
        for (const std::string_view taken : {"coverage", "lower", "upper"}) {
            if (one_.name != taken) continue;
            wrong("", "cannot be the name of a component: every axis has a column " +
                          aiueo::quoted(one_.name));
            return;
        }
        in_.readable_name(one_.name, one_.where, path_, "a component");
    }

    [[nodiscard]] const metric& input(std::size_t i) const {
        return in_.subject().metrics[one_.input_metrics[i]];
    }

    void check_input() {
        one_.input_metrics.clear();
        const bool custom = one_.how == response::custom;
        if (custom && one_.scorer.empty())
            wrong(".scorer", "is empty; give the name the scorer is registered under");
        if (custom && one_.scorer_version < 1)
            wrong(".version", "must be a whole number from 1 up");
        if (custom && one_.inputs.empty())
            wrong(".metrics", "is empty; a scorer reads at least one metric");
        const std::size_t wanted = one_.is_share ? 2 : 1;
        if (!custom && one_.inputs.size() != wanted) {
            if (one_.is_share)
                wrong(".share", "must be [part, whole], two metrics");
            else
                wrong(".metric", "must be one metric");
            return;
        }
        bool all = true;
        for (std::size_t i = 0; i < one_.inputs.size(); ++i) {
            const std::string at = custom          ? ".metrics" + path_step(i)
                                   : one_.is_share ? ".share" + path_step(i)
                                                   : std::string{".metric"};
            const std::optional<std::uint32_t> found =
                in_.find_metric(one_.inputs[i], one_.where, path_ + at);
            all = all && found;
            one_.input_metrics.push_back(found.value_or(0));
        }
        if (!all || custom) return;
        if (one_.is_share)
            check_share();
        else if (!fits(one_.how, input(0).type))
            refuse_response(input(0).type);
    }

    void check_share() {
        const auto measured = [](const metric& one) {
            return one.type == metric_type::number || one.type == metric_type::money;
        };
        for (std::size_t i = 0; i < 2; ++i) {
            if (measured(input(i))) continue;
            wrong(".share" + path_step(i),
                  aiueo::quoted(input(i).name) + " is " + std::string{noun_of(input(i).type)} +
                      "; a share is made of two numbers, or two amounts of money");
            return;
        }
        if (input(0).type != input(1).type) {
            wrong(".share", "mixes " + std::string{noun_of(input(0).type)} + " and " +
                                std::string{noun_of(input(1).type)} +
                                "; a share is made of two numbers, or two amounts of money");
        } else if (one_.input_metrics[0] == one_.input_metrics[1]) {
            wrong(".share", "is " + aiueo::quoted(input(0).name) +
                                " of itself, which is always 1; give [part, whole]");
        }
        if (one_.of_zero && !std::isfinite(*one_.of_zero))
            wrong(".of_zero", "must be a finite number");
        if (!fits(one_.how, metric_type::number)) refuse_response(metric_type::number);
    }

    void refuse_response(metric_type type) {
        const std::string noun{one_.is_share ? "a share" : noun_of(type)};
        const std::string what = one_.is_share ? noun : aiueo::quoted(input(0).name) + ", " + noun;
        if (one_.how == response::flag) {
            wrong("", "needs a response: what is " + what + (one_.is_share ? "" : ",") +
                          " worth from 0 to 100? Give it " + responses_for(type));
            return;
        }
        wrong("." + std::string{key_of(one_.how)},
              "does not fit " + what + "; " + noun + " takes " + responses_for(type));
    }

    void check_knots() {
        const bool days = one_.how == response::days_since || one_.how == response::days_until;
        const bool curve = one_.how == response::curve || days;
        const bool steps = one_.how == response::steps;
        const bool percentile = one_.how == response::percentile;
        if (!curve && !steps && !percentile) return;
        const std::string_view key = key_of(one_.how);
        const std::string list = "." + std::string{key};
        const std::size_t count = one_.knots.size();
        if (count == 0) {
            wrong(
                list,
                percentile
                    ? "is empty; give the values of a reference population at equal ranks, such as "
                      "[0, 3, 8, 20]"
                    : "is empty; give pairs [position, score], such as [[0, 0], [10, 100]]");
            return;
        }
        if (count == 1 && !steps) {
            wrong(list,
                  "has one knot, so every customer would get the same score; give at least two");
            return;
        }
        for (std::size_t i = 0; i < count; ++i) {
            const knot& here = one_.knots[i];
            const std::string element = list + path_step(i);
            const std::string at = percentile ? element : element + "[0]";
            if (!(std::fabs(here.at) <= largest_position)) {
                wrong(at, "must be a number from -1e18 to 1e18");
                return;
            }
            if (!(here.score >= 0 && here.score <= 100)) {
                wrong(percentile ? element : element + "[1]",
                      "must be " + std::string{a_score} + ", not " + format_number(here.score));
            }
            if (days && here.at < 0) {
                wrong(at, "is " + format_number(here.at) +
                              "; days are counted from 0 up, since a date on the wrong "
                              "side of the snapshot is invalid");
            }
            if (i == 0) continue;
            const double before = one_.knots[i - 1].at;
            if (here.at < before || (steps && here.at == before)) {
                wrong(at, "is " + format_number(here.at) + (steps ? ", not above " : ", below ") +
                              format_number(before) + " before it; write the " +
                              (percentile ? "values" : "positions") + " in ascending order");
                return;
            }
            if (curve && i > 1 && here.at == before && one_.knots[i - 2].at == before) {
                wrong(at, "is a third knot at " + format_number(here.at) +
                              "; two make a jump, a third has no meaning");
                return;
            }
        }
        if (percentile && one_.knots.front().at == one_.knots.back().at) {
            wrong(list,
                  "has the same value at every rank, so every customer would get the same score");
        }
        if (steps) in_.within(one_.below, 0, 100, a_score, one_.where, path_ + ".below");
    }

    void check_table() {
        if (one_.how != response::table) return;
        if (one_.table.empty())
            wrong(".table",
                  "is empty; give each category a score, such as { \"yes\": 100, \"no\": 20 }");
        std::unordered_set<std::string_view> seen;
        for (const auto& [category, score] : one_.table) {
            in_.within(score, 0, 100, a_score, one_.where, path_ + ".table" + path_step(category));
            if (!seen.insert(category).second)
                wrong(".table" + path_step(category), "is here a second time");
        }
        if (one_.otherwise)
            in_.within(*one_.otherwise, 0, 100, a_score, one_.where, path_ + ".else");
    }

    /// When it is in use. Only what we do for the customer begins and ends; an axis means the same
    /// every day.
    void check_use() {
        const bool touch = group_ == static_cast<std::uint32_t>(axis::touch);
        if (!touch && (one_.from || one_.until)) {
            wrong(one_.from ? ".from" : ".until",
                  "is only for components of \"touch\", which may begin and end");
        } else if (one_.from && one_.until && *one_.from > *one_.until) {
            wrong(".until", "is before \"from\", so the component would never be in use");
        }
    }

    check_context& in_;
    component& one_;
    std::uint32_t group_;
    std::string path_;
};

}  // namespace aiueo::detail
