// model › scheme: everything a profile may change: groups, overall, ladders, bands. base ─► table
// ─► model
#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/model/component.hpp"

namespace aiueo {

/// The five axes あいうえお in their order, and touch 伴走, which is scored like one.
enum class axis : std::uint8_t {
    account = 0,         ///< あ
    implementation = 1,  ///< い
    utilization = 2,     ///< う
    engagement = 3,      ///< え
    outcome = 4,         ///< お
    touch = 5,           ///< 伴走: what we do for the customer
};
inline constexpr std::uint32_t axis_count = 5;
inline constexpr std::uint32_t group_count = 6;  ///< axes and touch
inline constexpr std::array<std::string_view, group_count> group_names{"A", "I", "U",
                                                                       "E", "O", "touch"};

/// What a reader meets first: the kana of each, and its title.
inline constexpr std::array<std::string_view, group_count> group_kana{"あ", "い", "う",
                                                                      "え", "お", "伴走"};
inline constexpr std::array<std::string_view, group_count> group_titles{
    "Account", "Implementation", "Utilization", "Engagement", "Outcome", "Touch"};

/// An axis or touch: components with weights. No components: absent, not zero.
struct group {
    std::vector<component> components;
    double min_coverage = 0.5;
    std::vector<cap> caps;
    std::optional<score_override> manual;
    label shown;
    place where;
    [[nodiscard]] bool in_use() const noexcept { return !components.empty(); }
};

struct overall_rule {
    enum class combine : std::uint8_t { weighted_mean, minimum };
    std::array<double, axis_count> weights{};  ///< 0 = outside overall
    combine how = combine::weighted_mean;
    std::uint32_t min_axes = 2;  ///< never more than the axes in overall
    double min_coverage = 0.5;
    std::vector<cap> caps;
    std::optional<score_override> manual;
    place where;
};

struct rung {
    std::string name;
    label shown;
    label meaning;    ///< what it means, in words
    label approach;   ///< what we do for customers here
    expression when;  ///< empty for the first rung
    std::optional<std::int32_t> expected_by_days;
    bool hypothesis = false;            ///< "status": "hypothesis"
    std::optional<std::int32_t> since;  ///< days since 1970-01-01
    std::optional<std::int32_t> review_by;
    place where;
};

struct ladder {
    std::string name;
    label shown;
    std::vector<rung> rungs;  ///< lowest first, at least one
    place where;
};

struct band_rule {
    std::string of = "overall";  ///< "overall", an axis or "touch"
    std::uint32_t group =
        group_count;            ///< index of the group; group_count = overall. Set by check_model()
    std::vector<double> edges;  ///< ascending; band i is [edge i−1, edge i)
    std::vector<std::string> names;  ///< edges.size() + 1
    place where;
};

struct scheme {
    std::array<group, group_count> groups;
    overall_rule overall;
    std::vector<ladder> ladders;
    std::optional<band_rule> bands;
};

}  // namespace aiueo
