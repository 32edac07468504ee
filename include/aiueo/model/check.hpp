// model › check: everything that makes a model meaningless, found before a score is. base ─► table
// ─► model
#pragma once

#include <algorithm>
#include <string>
#include <unordered_set>

#include "aiueo/base/error.hpp"
#include "aiueo/model/check_context.hpp"
#include "aiueo/model/check_metrics.hpp"
#include "aiueo/model/check_scheme.hpp"
#include "aiueo/model/check_sections.hpp"
#include "aiueo/model/fingerprint.hpp"
#include "aiueo/model/model.hpp"

namespace aiueo {
namespace detail {

/// Profiles share components, rungs and bands with the model, so that columns, names and evidence
/// are the same for every customer. The reader's patches cannot break this; a model built by hand
/// can.
[[nodiscard]] inline bool same_shape(const scheme& a, const scheme& b) {
    const auto same_names = [](const auto& x, const auto& y) {
        return std::equal(
            x.begin(), x.end(), y.begin(), y.end(),
            [](const auto& one, const auto& other) { return one.name == other.name; });
    };
    for (std::size_t i = 0; i < group_count; ++i) {
        if (!same_names(a.groups[i].components, b.groups[i].components)) return false;
    }
    if (!same_names(a.ladders, b.ladders)) return false;
    for (std::size_t i = 0; i < a.ladders.size(); ++i) {
        if (!same_names(a.ladders[i].rungs, b.ladders[i].rungs)) return false;
    }
    if (a.bands.has_value() != b.bands.has_value()) return false;
    return !a.bands || a.bands->names == b.bands->names;
}

inline void check_profile(check_context& in, profile& one, std::size_t i) {
    const std::string path = path_of(one.where, "profiles" + path_step(i));
    if (const std::string why = what_is_wrong_with_name(one.name); !why.empty()) {
        in.wrong(one.where, path + ".name", why);
    } else if (one.name == "default") {
        in.wrong(one.where, path + ".name",
                 "is what customers without a profile have; give it another name");
    }
    if (one.when.empty() && one.when.source.empty()) {
        in.wrong(one.where, path,
                 "needs \"when\": the condition on metrics under which it applies");
    }
    const expression_scope metrics_only{&in.subject(), &in.subject().rules, true};
    in.condition(one.when, metrics_only, value_type::flag, path + ".when");
    if (!same_shape(in.subject().rules, one.rules)) {
        in.wrong(
            one.where, path,
            "has other components, rungs or bands than the model; a profile may only weight and "
            "shape them anew");
        return;
    }
    in.begin_profile(path + ".patch.");
    scheme_checker{in, one.rules, path + ".patch."}.run();
    in.begin_profile({});
}

}  // namespace detail

/// Resolve names to indices, type every condition and find all that is wrong with a model, however
/// it was made. A plan may be compiled only from a model whose check found no error; the
/// fingerprint is then set.
[[nodiscard]] inline problems check_model(model& subject) {
    problems found;
    subject.fingerprint.clear();
    check_context in{subject, found};
    detail::check_metrics(in);
    if (subject.metrics.empty()) return found;
    detail::check_roles(in);
    detail::check_segments(in);
    detail::scheme_checker{in, subject.rules, {}}.run();
    in.end_defaults();
    std::unordered_set<std::string_view> seen;
    for (std::size_t i = 0; i < subject.profiles.size() && !in.full(); ++i) {
        profile& one = subject.profiles[i];
        detail::check_profile(in, one, i);
        if (!seen.insert(one.name).second) {
            in.wrong(one.where, path_of(one.where, "profiles" + path_step(i)) + ".name",
                     aiueo::quoted(one.name, 60) + " is the name of an earlier profile too");
        }
    }
    detail::section_checker{in}.run();
    const bool fine = std::none_of(found.begin(), found.end(), [](const problem& one) {
        return one.severity == problem::level::error;
    });
    if (fine) subject.fingerprint = fingerprint_of(subject);
    return found;
}

}  // namespace aiueo
