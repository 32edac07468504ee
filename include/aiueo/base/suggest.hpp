// base › suggest: "did you mean …?" for a name that is not there.
//
// A suggestion must help with a slip of the finger and never cost a hostile text more than its
// length: long names are compared for equality only, and only so many candidates are looked at.
#pragma once

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <ranges>
#include <string>
#include <string_view>

#include "aiueo/base/utf8.hpp"

namespace aiueo {

inline constexpr std::size_t suggest_longest = 64;       ///< bytes of a name that is still measured
inline constexpr std::size_t suggest_candidates = 4096;  ///< names looked at

namespace detail {

[[nodiscard]] constexpr char lower_ascii(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] constexpr bool same_but_for_case(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) {
               return lower_ascii(x) == lower_ascii(y);
           });
}

}  // namespace detail

/// Edits between two names: insert, delete, replace, swap two neighbours (Damerau–Levenshtein,
/// optimal string alignment), upper and lower case the same. More than `at_most`, or a name longer
/// than `suggest_longest` bytes, gives at_most + 1. Counted in bytes; cost is at most
/// suggest_longest².
[[nodiscard]] inline std::size_t edit_distance(std::string_view a, std::string_view b,
                                               std::size_t at_most) {
    const std::size_t far = at_most + 1;
    if (a.size() > suggest_longest || b.size() > suggest_longest) return far;
    if ((a.size() > b.size() ? a.size() - b.size() : b.size() - a.size()) > at_most) return far;

    using row = std::array<std::size_t, suggest_longest + 1>;
    row before_last{};
    row last{};
    row now{};
    for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
    for (std::size_t i = 1; i <= a.size(); ++i) {
        now[0] = i;
        std::size_t best = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const char x = detail::lower_ascii(a[i - 1]);
            const char y = detail::lower_ascii(b[j - 1]);
            std::size_t cost =
                std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (x == y ? 0U : 1U)});
            if (i > 1 && j > 1 && x == detail::lower_ascii(b[j - 2]) &&
                y == detail::lower_ascii(a[i - 2])) {
                cost = std::min(cost, before_last[j - 2] + 1);
            }
            now[j] = cost;
            best = std::min(best, cost);
        }
        if (best > at_most) return far;
        before_last = last;
        last = now;
    }
    return std::min(last[b.size()], far);
}

template <class range>
concept range_of_names = std::ranges::input_range<range> &&
    std::convertible_to<std::ranges::range_reference_t<range>, std::string_view>;

/// The candidate that `wanted` most likely means: one that differs in case only, else the one with
/// the fewest edits if those are at most a third of the longer name (at least 1; none for a single
/// character). The first of several equally near. None if nothing is near.
template <range_of_names range>
[[nodiscard]] std::optional<std::string> nearest(std::string_view wanted, const range& candidates) {
    std::optional<std::string> found;
    std::size_t fewest = suggest_longest + 1;
    std::size_t looked_at = 0;
    for (const auto& candidate : candidates) {
        if (++looked_at > suggest_candidates) break;
        const std::string_view name{candidate};
        if (name.empty() || name == wanted) continue;
        if (detail::same_but_for_case(wanted, name)) return std::string{name};
        const std::size_t longer = std::max(wanted.size(), name.size());
        if (longer < 2 || wanted.size() > suggest_longest) continue;
        const std::size_t allowed = std::max<std::size_t>(1, longer / 3);
        const std::size_t edits = edit_distance(wanted, name, std::min(allowed, fewest));
        // With every character replaced the two have nothing in common.
        if (edits > allowed || edits >= fewest || edits >= longer) continue;
        fewest = edits;
        found = std::string{name};
    }
    return found;
}

/// `; did you mean "logins_28d"?`, or nothing. To be put at the end of a message.
template <range_of_names range>
[[nodiscard]] std::string did_you_mean(std::string_view wanted, const range& candidates) {
    const std::optional<std::string> name = nearest(wanted, candidates);
    return name ? "; did you mean " + aiueo::quoted(*name) + "?" : std::string{};
}

}  // namespace aiueo
