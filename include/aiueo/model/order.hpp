// model › order: in which order derived metrics, scores, ladders and bands can be computed.
// base ─► table ─► model
//
// A condition may read what another part of the model computes. The order is the model's own
// wherever that is free, and a circle is an error that spells it out.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/model/check_expression.hpp"
#include "aiueo/model/expression_place.hpp"
#include "aiueo/model/expression_scope.hpp"
#include "aiueo/model/model.hpp"

namespace aiueo {

struct evaluation_step {
    enum class kind : std::uint8_t { derived_metric, group, overall, ladder, band };
    kind what = kind::derived_metric;
    std::uint32_t index = 0;  ///< of model.metrics, scheme.groups or scheme.ladders
    friend bool operator==(const evaluation_step&, const evaluation_step&) = default;
};

namespace expression_detail {

/// "This step reads that one": through which name of which condition, and what the condition is.
struct reading {
    std::uint32_t of = 0;
    const expression* through = nullptr;  ///< null: by a weight, or by what bands are of
    std::uint32_t begin = 0;
    std::string as;    ///< "cap", "rung \"Active\""; empty for derived metrics and weights
    std::string path;  ///< of the condition in the model
};

/// Steps in the model's order and what each reads.
struct dependencies {
    std::vector<std::string> names;
    std::vector<std::vector<reading>> reads;

    std::uint32_t add(std::string name) {
        names.push_back(std::move(name));
        reads.emplace_back();
        return static_cast<std::uint32_t>(names.size() - 1);
    }
};

/// A circle among the steps that are not `done`: each reads the next, the last reads the first.
[[nodiscard]] inline std::vector<std::pair<std::uint32_t, const reading*>> find_circle(
    const dependencies& all, const std::vector<bool>& done) {
    // Every step that is left reads one that is left, so following them must come round.
    std::vector<std::pair<std::uint32_t, const reading*>> path;
    std::vector<std::size_t> seen_at(all.names.size(), all.names.size());
    std::uint32_t now = 0;
    while (now < done.size() && done[now]) ++now;
    while (now < done.size() && seen_at[now] == all.names.size()) {
        seen_at[now] = path.size();
        const auto next = std::find_if(all.reads[now].begin(), all.reads[now].end(),
                                       [&done](const reading& one) { return !done[one.of]; });
        if (next == all.reads[now].end()) return {};
        path.emplace_back(now, &*next);
        now = next->of;
    }
    if (now == done.size()) return {};
    path.erase(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(seen_at[now]));
    // Begin with the first of them in the model, so that the message does not depend on the walk.
    std::rotate(path.begin(),
                std::min_element(path.begin(), path.end(),
                                 [](const auto& a, const auto& b) { return a.first < b.first; }),
                path.end());
    return path;
}

/// Long circles are shown by their beginning and their end.
[[nodiscard]] inline error circle_error(
    const dependencies& all, const std::vector<std::pair<std::uint32_t, const reading*>>& circle) {
    constexpr std::size_t shown = 12;
    std::string spelled;
    const reading* blamed = nullptr;
    for (std::size_t i = 0; i < circle.size(); ++i) {
        const auto& [step, by] = circle[i];
        if (blamed == nullptr && by->through != nullptr) blamed = by;
        if (i == shown && circle.size() > shown + 1) spelled += "… → ";
        if (i >= shown && i + 1 < circle.size()) continue;
        spelled += all.names[step] + (by->as.empty() ? "" : " " + by->as) + " → ";
    }
    spelled += all.names[circle.front().first];
    const std::string message =
        "is computed from itself: " + spelled + "; one of these must not read the next";
    if (blamed == nullptr) return make_error(errc::bad_model, message);
    error out = error_in(blamed->through->source, blamed->through->where, blamed->begin, message);
    if (out.where.path.empty()) out.where.path = blamed->path;
    return out;
}

/// The steps' numbers so that each comes after all it reads, otherwise ascending; or the circle.
[[nodiscard]] inline result<std::vector<std::uint32_t>> sorted(
    const dependencies& all, std::vector<bool>* done_out = nullptr) {
    const std::size_t count = all.names.size();
    std::vector<std::vector<std::uint32_t>> read_by(count);
    std::vector<std::size_t> waiting(count, 0);
    for (std::uint32_t step = 0; step < count; ++step) {
        for (const reading& one : all.reads[step]) {
            read_by[one.of].push_back(step);
            ++waiting[step];
        }
    }
    std::priority_queue<std::uint32_t, std::vector<std::uint32_t>, std::greater<>> ready;
    for (std::uint32_t step = 0; step < count; ++step) {
        if (waiting[step] == 0) ready.push(step);
    }
    std::vector<std::uint32_t> out;
    std::vector<bool> done(count, false);
    while (!ready.empty()) {
        const std::uint32_t step = ready.top();
        ready.pop();
        done[step] = true;
        out.push_back(step);
        for (const std::uint32_t reader : read_by[step]) {
            if (--waiting[reader] == 0) ready.push(reader);
        }
    }
    if (done_out != nullptr) *done_out = done;
    if (out.size() == count) return out;
    return circle_error(all, find_circle(all, done));
}

/// Where derived metrics are steps: number of the step by metric, none for other metrics.
[[nodiscard]] inline std::vector<std::optional<std::uint32_t>> add_derived(const model& subject,
                                                                           dependencies& all) {
    std::vector<std::optional<std::uint32_t>> step_of(subject.metrics.size());
    for (std::size_t i = 0; i < subject.metrics.size(); ++i) {
        if (subject.metrics[i].from == metric::source::derived)
            step_of[i] = all.add(subject.metrics[i].name);
    }
    return step_of;
}

[[nodiscard]] inline std::string derive_path(const metric& one) {
    return "metrics." + one.name + ".derive";
}

/// The steps that the names of a condition belong to. Names are looked up afresh: this works before
/// a condition is checked, and for one that was checked under another scheme.
class reading_finder {
public:
    reading_finder(const expression_scope& scope, dependencies& all) : scope_(scope), all_(all) {}

    std::vector<std::optional<std::uint32_t>> metric_step;
    std::vector<std::optional<std::uint32_t>> group_step;
    std::optional<std::uint32_t> overall_step;
    std::vector<std::optional<std::uint32_t>> ladder_step;
    std::optional<std::uint32_t> band_step;

    void add(std::uint32_t reader, const expression& through, const std::string& as,
             const std::string& path) {
        for (const node& one : through.nodes) {
            if (one.what != op::name) continue;
            const symbol what = scope_.find(one.text);
            const std::optional<std::uint32_t> read = step_of(what);
            if (!read) continue;
            // Components and coverage are known before the caps of their own score.
            const bool inner =
                what.what == symbol::kind::component || what.what == symbol::kind::coverage;
            if (inner && *read == reader) continue;
            all_.reads[reader].push_back({*read, &through, one.begin, as, path});
        }
    }

    [[nodiscard]] std::optional<std::uint32_t> step_of(const symbol& what) const {
        const auto in = [](const std::vector<std::optional<std::uint32_t>>& steps,
                           std::uint32_t i) { return i < steps.size() ? steps[i] : std::nullopt; };
        switch (what.what) {
        case symbol::kind::none:
        case symbol::kind::as_of: return std::nullopt;
        case symbol::kind::metric: return in(metric_step, what.index);
        case symbol::kind::group:
        case symbol::kind::component: return in(group_step, what.index);
        case symbol::kind::coverage:
            return what.index == group_count ? overall_step : in(group_step, what.index);
        case symbol::kind::overall: return overall_step;
        case symbol::kind::ladder: return in(ladder_step, what.index);
        case symbol::kind::band: return band_step;
        }
        return std::nullopt;
    }

private:
    const expression_scope& scope_;
    dependencies& all_;
};

}  // namespace expression_detail

/// Check all derived metrics in the order in which they read each other, and set their types. Of
/// metrics that are computed from themselves one circle is reported; they keep no type, and what
/// reads them is not blamed.
inline void check_derived_metrics(model& subject, problems& found) {
    const expression_scope scope{&subject, &subject.rules, true};
    expression_detail::dependencies all;
    expression_detail::reading_finder finder{scope, all};
    finder.metric_step = expression_detail::add_derived(subject, all);
    std::vector<std::uint32_t> metric_of;
    for (std::uint32_t i = 0; i < subject.metrics.size(); ++i) {
        if (finder.metric_step[i]) metric_of.push_back(i);
    }
    for (const std::uint32_t i : metric_of) {
        finder.add(*finder.metric_step[i], subject.metrics[i].derive, {},
                   expression_detail::derive_path(subject.metrics[i]));
    }

    std::vector<bool> sortable;
    result<std::vector<std::uint32_t>> order = expression_detail::sorted(all, &sortable);
    for (const std::uint32_t i : metric_of) {
        for (node& one : subject.metrics[i].derive.nodes) {
            if (one.what != op::number) one.type = value_type::unknown;
        }
    }
    const auto check = [&](std::uint32_t step) {
        metric& one = subject.metrics[metric_of[step]];
        check_expression(one.derive, scope, value_type::unknown,
                         expression_detail::derive_path(one), found);
        if (one.derive.empty()) return;
        switch (one.derive.root().type) {
        case value_type::number: one.type = metric_type::number; break;
        case value_type::flag: one.type = metric_type::flag; break;
        case value_type::text: one.type = metric_type::category; break;
        case value_type::date: one.type = metric_type::date; break;
        case value_type::unknown:
        case value_type::rung:
        case value_type::band: break;
        }
    };
    if (order) {
        for (const std::uint32_t step : *order) check(step);
        return;
    }
    found.push_back({problem::level::error, order.error()});
    for (std::uint32_t step = 0; step < metric_of.size(); ++step) {
        if (sortable[step]) check(step);
    }
}

/// The steps that score a row under one scheme: derived metrics, groups in use, overall if an axis
/// has a weight in it, ladders, bands; each after all it reads, otherwise in that order. A circle
/// is an error at the condition that closes it. Component and coverage names of a group are ready
/// with the group; its own caps may read them.
[[nodiscard]] inline result<std::vector<evaluation_step>> evaluation_order(const model& subject,
                                                                           const scheme& rules) {
    using kind = evaluation_step::kind;
    const expression_scope scope{&subject, &rules};
    expression_detail::dependencies all;
    expression_detail::reading_finder finder{scope, all};
    std::vector<evaluation_step> steps;

    finder.metric_step = expression_detail::add_derived(subject, all);
    for (std::uint32_t i = 0; i < subject.metrics.size(); ++i) {
        if (finder.metric_step[i]) steps.push_back({kind::derived_metric, i});
    }
    finder.group_step.resize(group_count);
    for (std::uint32_t g = 0; g < group_count; ++g) {
        if (!rules.groups[g].in_use()) continue;
        finder.group_step[g] = all.add(std::string{group_names[g]});
        steps.push_back({kind::group, g});
    }
    if (overall_in_use(rules)) {
        finder.overall_step = all.add("overall");
        steps.push_back({kind::overall, 0});
    }
    finder.ladder_step.resize(rules.ladders.size());
    for (std::uint32_t i = 0; i < rules.ladders.size(); ++i) {
        finder.ladder_step[i] = all.add(rules.ladders[i].name);
        steps.push_back({kind::ladder, i});
    }
    if (rules.bands) {
        finder.band_step = all.add("band");
        steps.push_back({kind::band, 0});
    }

    const auto add_caps = [&finder](std::uint32_t reader, const std::vector<cap>& caps,
                                    const std::string& path) {
        for (std::size_t k = 0; k < caps.size(); ++k) {
            finder.add(reader, caps[k].when, "cap", path + ".caps[" + std::to_string(k) + "].when");
        }
    };
    for (std::uint32_t i = 0; i < steps.size(); ++i) {
        const std::uint32_t at = steps[i].index;
        switch (steps[i].what) {
        case kind::derived_metric:
            finder.add(i, subject.metrics[at].derive, {},
                       expression_detail::derive_path(subject.metrics[at]));
            break;
        case kind::group:
            add_caps(i, rules.groups[at].caps,
                     (at < axis_count ? "axes." : "") + std::string{group_names[at]});
            break;
        case kind::overall:
            for (std::uint32_t g = 0; g < axis_count; ++g) {
                if (finder.group_step[g] && rules.overall.weights[g] > 0) {
                    all.reads[i].push_back({*finder.group_step[g], nullptr, 0, {}, {}});
                }
            }
            add_caps(i, rules.overall.caps, "overall");
            break;
        case kind::ladder:
            for (std::size_t k = 0; k < rules.ladders[at].rungs.size(); ++k) {
                const rung& one = rules.ladders[at].rungs[k];
                finder.add(
                    i, one.when, "rung " + aiueo::quoted(one.name),
                    "ladders." + rules.ladders[at].name + "[" + std::to_string(k) + "].when");
            }
            break;
        case kind::band:
            if (const std::optional<std::uint32_t> of =
                    finder.step_of(scope.find(rules.bands->of))) {
                all.reads[i].push_back({*of, nullptr, 0, {}, {}});
            }
            break;
        }
    }

    const result<std::vector<std::uint32_t>> order = expression_detail::sorted(all);
    if (!order) return order.error();
    std::vector<evaluation_step> out;
    for (const std::uint32_t step : *order) out.push_back(steps[step]);
    return out;
}

}  // namespace aiueo
