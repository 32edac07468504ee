// model › expression_scope: what the names in a condition stand for. base ─► table ─► model
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "aiueo/model/expression.hpp"
#include "aiueo/model/model.hpp"

namespace aiueo {

/// Names with a meaning of their own: a metric, ladder or component may not have one of them.
inline constexpr std::array<std::string_view, 12> reserved_names{
    "A", "I", "U", "E", "O", "touch", "overall", "band", "as_of", "true", "false", "null"};

[[nodiscard]] constexpr bool is_reserved_name(std::string_view name) noexcept {
    return name == "in" ||
           std::find(reserved_names.begin(), reserved_names.end(), name) != reserved_names.end();
}

/// Index of the axis or touch of that name.
[[nodiscard]] constexpr std::optional<std::uint32_t> group_named(std::string_view name) noexcept {
    for (std::uint32_t i = 0; i < group_count; ++i) {
        if (group_names[i] == name) return i;
    }
    return std::nullopt;
}

/// Is there an overall score at all: an axis with components and a weight?
[[nodiscard]] inline bool overall_in_use(const scheme& rules) noexcept {
    for (std::uint32_t i = 0; i < axis_count; ++i) {
        if (rules.groups[i].in_use() && rules.overall.weights[i] > 0) return true;
    }
    return false;
}

[[nodiscard]] constexpr value_type value_type_of(metric_type type) noexcept {
    switch (type) {
    case metric_type::number:
    case metric_type::money: return value_type::number;
    case metric_type::flag: return value_type::flag;
    case metric_type::category: return value_type::text;
    case metric_type::date: return value_type::date;
    }
    return value_type::unknown;
}

/// The names a condition can see. It is an index over a model and a scheme that must outlive it and
/// keep their names and places meanwhile; make one for a scheme, not one for a condition.
class expression_scope {
public:
    expression_scope(const model* subject, const scheme* rules, bool metrics_only = false)
        : subject_(subject), rules_(rules), metrics_only_(metrics_only) {
        using kind = symbol::kind;
        names_.reserve(subject->metrics.size() + 64);
        add("as_of", {kind::as_of, 0, 0});
        for (std::uint32_t g = 0; g < group_count; ++g) add_group(g);
        if (overall_in_use(*rules)) {
            add("overall", {kind::overall, 0, 0});
            add("overall.coverage", {kind::coverage, group_count, 0});
        }
        if (rules->bands) {
            add("band", {kind::band, 0, 0});
            for (std::uint32_t i = 0; i < rules->bands->names.size(); ++i)
                bands_.try_emplace(rules->bands->names[i], i);
        }
        for (std::uint32_t i = 0; i < subject->metrics.size(); ++i) {
            if (!is_reserved_name(subject->metrics[i].name))
                add(subject->metrics[i].name, {kind::metric, i, 0});
        }
        rungs_.resize(rules->ladders.size());
        for (std::uint32_t i = 0; i < rules->ladders.size(); ++i) {
            const ladder& one = rules->ladders[i];
            if (!is_reserved_name(one.name)) add(one.name, {kind::ladder, i, 0});
            for (std::uint32_t r = 0; r < one.rungs.size(); ++r)
                rungs_[i].try_emplace(one.rungs[r].name, r);
        }
    }

    [[nodiscard]] const model& subject() const noexcept { return *subject_; }
    [[nodiscard]] const scheme& rules() const noexcept { return *rules_; }
    [[nodiscard]] bool metrics_only() const noexcept { return metrics_only_; }

    /// What a name stands for in the model, whether or not this scope may see it; kind none if
    /// nothing.
    [[nodiscard]] symbol find(std::string_view name) const {
        const auto found = names_.find(std::string{name});
        return found == names_.end() ? symbol{} : found->second;
    }

    [[nodiscard]] bool sees(const symbol& what) const noexcept {
        return !metrics_only_ || what.what == symbol::kind::metric ||
               what.what == symbol::kind::as_of;
    }

    /// The rung or band of that name on the ladder, or the bands, that `of` stands for.
    [[nodiscard]] std::optional<std::uint32_t> member(const symbol& of,
                                                      std::string_view name) const {
        const auto& all = of.what == symbol::kind::band ? bands_ : rungs_[of.index];
        const auto found = all.find(name);
        if (found == all.end()) return std::nullopt;
        return found->second;
    }

    /// The names of those rungs or bands, lowest first.
    [[nodiscard]] std::vector<std::string_view> members(const symbol& of) const {
        std::vector<std::string_view> out;
        if (of.what == symbol::kind::band) {
            for (const std::string& name : rules_->bands->names) out.emplace_back(name);
        } else {
            for (const rung& one : rules_->ladders[of.index].rungs) out.emplace_back(one.name);
        }
        return out;
    }

    /// A derived metric that is not checked yet, or could not be, has no type.
    [[nodiscard]] value_type type_of(const symbol& what) const noexcept {
        switch (what.what) {
        case symbol::kind::none: return value_type::unknown;
        case symbol::kind::as_of: return value_type::date;
        case symbol::kind::metric: {
            const metric& one = subject_->metrics[what.index];
            const bool derived = one.from == metric::source::derived;
            if (derived && (one.derive.empty() || one.derive.root().type == value_type::unknown)) {
                return value_type::unknown;
            }
            return value_type_of(one.type);
        }
        case symbol::kind::group:
        case symbol::kind::coverage:
        case symbol::kind::component:
        case symbol::kind::overall: return value_type::number;
        case symbol::kind::ladder: return value_type::rung;
        case symbol::kind::band: return value_type::band;
        }
        return value_type::unknown;
    }

    /// All names this scope sees, in the model's order, for suggestions.
    [[nodiscard]] std::vector<std::string> visible() const {
        std::vector<std::string> out;
        for (const metric& one : subject_->metrics) out.push_back(one.name);
        if (!metrics_only_) {
            for (std::uint32_t g = 0; g < group_count; ++g) {
                if (!rules_->groups[g].in_use()) continue;
                out.emplace_back(group_names[g]);
                out.push_back(std::string{group_names[g]} + ".coverage");
                for (const component& one : rules_->groups[g].components) {
                    out.push_back(std::string{group_names[g]} + "." + one.name);
                }
            }
            if (overall_in_use(*rules_)) {
                out.emplace_back("overall");
                out.emplace_back("overall.coverage");
            }
            for (const ladder& one : rules_->ladders) out.push_back(one.name);
            if (rules_->bands) out.emplace_back("band");
        }
        for (const std::string_view one : {"as_of", "true", "false"}) out.emplace_back(one);
        return out;
    }

private:
    void add(std::string name, symbol what) { names_.try_emplace(std::move(name), what); }

    void add_group(std::uint32_t g) {
        const group& one = rules_->groups[g];
        if (!one.in_use()) return;
        const std::string name{group_names[g]};
        add(name, {symbol::kind::group, g, 0});
        add(name + ".coverage", {symbol::kind::coverage, g, 0});
        for (std::uint32_t i = 0; i < one.components.size(); ++i) {
            add(name + "." + one.components[i].name, {symbol::kind::component, g, i});
        }
    }

    const model* subject_;
    const scheme* rules_;
    bool metrics_only_;
    std::unordered_map<std::string, symbol> names_;
    std::unordered_map<std::string_view, std::uint32_t> bands_;
    std::vector<std::unordered_map<std::string_view, std::uint32_t>> rungs_;
};

}  // namespace aiueo
