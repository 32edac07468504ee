// model › check_context: what every part of the check shares: the problems found, the names, how a
// path is written. base ─► table ─► model
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/model/check_expression.hpp"
#include "aiueo/model/expression_scope.hpp"
#include "aiueo/model/model.hpp"

namespace aiueo {

/// After so many problems a reader stops listing them: nobody mends more at once, and a hostile
/// file must not turn its length into a multiple of it.
inline constexpr std::size_t most_problems = 1000;
/// Suggestions look at every name, so only so many problems get one.
inline constexpr std::size_t most_suggestions = 200;

/// A name in a path: ".logins", or "[\"log ins\"]" where it could be misread. The first of a path
/// has no dot.
[[nodiscard]] inline std::string path_step(std::string_view key) {
    bool plain = !key.empty() && key.size() <= 64;
    for (const char c : key) {
        plain = plain &&
                ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 c == '_' || c == '-' || c == '$' || (static_cast<unsigned char>(c) & 0x80U) != 0);
    }
    return plain ? "." + std::string{key} : "[" + aiueo::quoted(key, 60) + "]";
}
[[nodiscard]] inline std::string path_step(std::size_t element) {
    return "[" + std::to_string(element) + "]";
}

/// "a, b or c".
template <class range>
[[nodiscard]] std::string listed(const range& names, std::string_view last = " or ") {
    std::string out;
    std::size_t left = 0;
    for ([[maybe_unused]] const auto& name : names) ++left;
    for (const auto& name : names) {
        out += aiueo::quoted(name, 60);
        --left;
        if (left == 1)
            out += last;
        else if (left > 1)
            out += ", ";
    }
    return out;
}

/// [A-Za-z_][A-Za-z0-9_]*: what a condition can read without quotes.
[[nodiscard]] constexpr bool is_identifier(std::string_view name) noexcept {
    if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
    for (const char c : name) {
        const bool fits =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        if (!fits) return false;
    }
    return true;
}

/// Words that mean something else in a condition: literals, operators and functions of the
/// language, and what CEL reserves, so that a model stays readable to other CEL tools.
[[nodiscard]] inline bool is_reserved_word(std::string_view name) {
    static constexpr std::string_view words[] = {
        "true",       "false",    "null",       "in",        "as",      "break",  "const",
        "continue",   "else",     "for",        "function",  "if",      "import", "let",
        "loop",       "not",      "package",    "namespace", "return",  "var",    "void",
        "while",      "has",      "abs",        "min",       "max",     "date",   "days_since",
        "days_until", "at_least", "startsWith", "endsWith",  "contains"};
    for (const std::string_view word : words) {
        if (name == word) return true;
    }
    return false;
}

/// The columns of a scores table that every model has, and the tables' own: nothing else may be
/// called so.
[[nodiscard]] inline bool is_column_of_scores(std::string_view name) {
    static constexpr std::string_view columns[] = {
        "customer",     "as_of", "profile", "overall", "coverage", "lower", "upper",
        "insufficient", "band",  "pattern", "stale",   "invalid",  "unseen"};
    for (const std::string_view column : columns) {
        if (name == column) return true;
    }
    return false;
}

/// The columns of a scores table with detail that a model with `steps` has besides.
[[nodiscard]] inline bool is_column_of_steps(std::string_view name) {
    return name == "accompany" || name == "process" || name == "success";
}

/// "a number", "money": a type in a sentence.
[[nodiscard]] constexpr std::string_view noun_of(metric_type type) noexcept {
    switch (type) {
    case metric_type::number: return "a number";
    case metric_type::flag: return "a flag";
    case metric_type::category: return "a category";
    case metric_type::date: return "a date";
    case metric_type::money: return "money";
    }
    return "unknown";
}

/// A name that people read and conditions quote: any text, but one that can be printed and told
/// apart.
[[nodiscard]] inline std::string what_is_wrong_with_name(std::string_view name) {
    if (name.empty()) return "is empty; a name has at least one character";
    if (name.size() > 128) return "is too long; a name has at most 128 bytes";
    if (!is_utf8(name)) return "is not UTF-8";
    for (const char c : name) {
        if (static_cast<unsigned char>(c) < 0x20 || c == '\x7f')
            return "has a control character; leave it out";
    }
    if (trim_blanks(name).size() != name.size()) return "begins or ends with a blank; leave it out";
    return {};
}

/// The nearest name that a condition could read.
[[nodiscard]] inline std::string as_identifier(std::string_view name) {
    std::string out;
    for (const char c : name.substr(0, 64)) {
        const bool fits =
            (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (fits)
            out += c;
        else if (!out.empty() && out.back() != '_')
            out += '_';
    }
    while (!out.empty() && out.back() == '_') out.pop_back();
    if (!out.empty() && out[0] >= '0' && out[0] <= '9') out.insert(0, "_");
    return out;
}

/// What the parts of check_model() share.
class check_context {
public:
    check_context(model& subject, problems& found) : subject_(subject), found_(found) {
        for (std::size_t i = 0; i < subject.metrics.size(); ++i) {
            metrics_.emplace(subject.metrics[i].name, static_cast<std::uint32_t>(i));
        }
    }

    [[nodiscard]] model& subject() noexcept { return subject_; }
    [[nodiscard]] problems& found() noexcept { return found_; }
    [[nodiscard]] bool full() const noexcept { return found_.size() >= most_problems; }

    [[nodiscard]] std::optional<std::uint32_t> metric_named(std::string_view name) const {
        const auto at = metrics_.find(name);
        return at == metrics_.end() ? std::nullopt : std::optional{at->second};
    }

    /// The metric of that name; without one a problem, with the nearest name that there is.
    std::optional<std::uint32_t> find_metric(std::string_view name, const place& where,
                                             const std::string& path) {
        const std::optional<std::uint32_t> found = metric_named(name);
        if (!found && !full()) {
            const bool suggesting = found_.size() < most_suggestions;
            wrong(where, path,
                  aiueo::quoted(name, 60) + " is not a metric" +
                      (suggesting ? did_you_mean(name, metric_names()) : std::string{}));
        }
        return found;
    }

    /// `; did you mean "…"?`, while there are few enough problems to be worth it: every name is
    /// looked at.
    template <class range>
    [[nodiscard]] std::string suggest(std::string_view name, const range& candidates) const {
        return found_.size() < most_suggestions ? did_you_mean(name, candidates) : std::string{};
    }

    [[nodiscard]] std::vector<std::string_view> metric_names() const {
        std::vector<std::string_view> names;
        names.reserve(subject_.metrics.size());
        for (const metric& one : subject_.metrics) names.push_back(one.name);
        return names;
    }

    void wrong(const place& where, std::string path, std::string message) {
        report(problem::level::error, where, std::move(path), std::move(message));
    }
    void doubtful(const place& where, std::string path, std::string message) {
        report(problem::level::warning, where, std::move(path), std::move(message));
    }

    /// Problems of a profile's rules that the default rules have too are said once. `prefix` is
    /// what the profile puts before a path of the model.
    void begin_profile(std::string prefix) { prefix_ = std::move(prefix); }
    void end_defaults() {
        for (const problem& one : found_)
            said_.insert(one.what.where.path + '\n' + one.what.message);
    }

    /// The name of something that conditions read. False, and a problem, if they could not.
    bool readable_name(std::string_view name, const place& where, const std::string& path,
                       std::string_view noun) {
        if (name.size() > 128) {
            wrong(where, path,
                  "cannot be the name of " + std::string{noun} + ": it has " +
                      std::to_string(name.size()) + " bytes, and a name at most 128");
            return false;
        }
        if (!is_identifier(name)) {
            const std::string instead = as_identifier(name);
            const bool useful = !instead.empty() && !is_taken_word(instead);
            wrong(where, path,
                  "cannot be the name of " + std::string{noun} +
                      ": a name has letters, digits and \"_\", and begins with no digit" +
                      (useful ? ", such as " + aiueo::quoted(instead) : std::string{}));
            return false;
        }
        if (is_taken_word(name)) {
            wrong(where, path,
                  "cannot be the name of " + std::string{noun} + ": " + aiueo::quoted(name) +
                      " has a meaning of its own in conditions");
            return false;
        }
        return true;
    }

    /// A condition, or a derived metric (`wanted` unknown), with its problems under `path`.
    void condition(expression& subject, const expression_scope& scope, value_type wanted,
                   const std::string& path) {
        if (full()) return;
        const std::size_t before = found_.size();
        check_expression(subject, scope, wanted, path, found_);
        settle(before);
    }

    /// Problems that another function appended pass through add() as if they had come one by one.
    void settle(std::size_t before) {
        problems fresh(
            std::make_move_iterator(found_.begin() + static_cast<std::ptrdiff_t>(before)),
            std::make_move_iterator(found_.end()));
        found_.resize(before);
        for (problem& one : fresh) add(std::move(one));
    }

    /// Numbers that must lie in a range, ends included. `of` names what is allowed: "a score from 0
    /// to 100".
    void within(double value, double least, double most, std::string_view of, const place& where,
                std::string path) {
        if (value >= least && value <= most) return;
        wrong(where, std::move(path),
              "must be " + std::string{of} + ", not " + format_number(value));
    }

    void add(problem one) {
        if (full()) return;
        if (!prefix_.empty() && one.what.where.path.starts_with(prefix_) &&
            said_.contains(one.what.where.path.substr(prefix_.size()) + '\n' + one.what.message)) {
            return;
        }
        found_.push_back(std::move(one));
    }

private:
    [[nodiscard]] static bool is_taken_word(std::string_view name) {
        return is_reserved_name(name) || is_reserved_word(name);
    }

    void report(problem::level severity, const place& where, std::string path,
                std::string message) {
        if (full()) return;
        place at = where;
        at.path = std::move(path);
        add({severity, make_error(errc::bad_model, std::move(message), std::move(at))});
    }

    model& subject_;
    problems& found_;
    std::unordered_map<std::string_view, std::uint32_t> metrics_;
    std::string prefix_;
    std::unordered_set<std::string> said_;
};

/// Where a part stands: as the reader noted it, or by its names for a model built by hand.
[[nodiscard]] inline std::string path_of(const place& where, std::string by_name) {
    return where.path.empty() ? std::move(by_name) : where.path;
}

}  // namespace aiueo
