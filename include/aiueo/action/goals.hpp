// action › goals: how far each goal of the model is, and whether it will be reached.
// … ─► evidence ─► study ─► action
#pragma once

#include <cstdint>
#include <string_view>

#include "aiueo/action/action_list.hpp"

namespace aiueo {

/// What is to be thought of a goal. Chances are those that the forecast gives.
enum class goal_verdict : std::uint8_t {
    reached,   ///< it is now, or was on the day; with a forecast, what to expect by it, too
    likely,    ///< chance of at least 80 %
    open,      ///< between
    unlikely,  ///< chance of at most 20 %
    missed,    ///< it was not on the day
    unknown,   ///< no forecast: see `why`; or nobody was seen by the day that is over
};
[[nodiscard]] constexpr std::string_view name_of(goal_verdict one) noexcept {
    switch (one) {
    case goal_verdict::reached: return "reached";
    case goal_verdict::likely: return "likely";
    case goal_verdict::open: return "open";
    case goal_verdict::unlikely: return "unlikely";
    case goal_verdict::missed: return "missed";
    case goal_verdict::unknown: return "unknown";
    }
    return "unknown";
}

struct goal_options {
    std::int32_t as_of = latest_day;
};

/// A row for each goal of the model, in its order: goal, ladder, at_least, of ("share", "count" or
/// "share of METRIC"), by, now (share 0..1 or number of customers; customers that surely stand
/// there), could (with those whose level is not known but may be), customers (that are seen),
/// target, missing (target less now; null when reached), months (left), expected, lower and upper
/// (80 %), lower_95, upper_95, probability (of at least the target on the day), n (customer-months
/// behind the rates), origins and held_80 (how often such words were right: study::level_course),
/// verdict, why (no forecast: no_evidence, too_short, too_few, other_ladder, weighted, past).
/// The head has each goal's course so far, a point a month of the panel.
/// Errors: those of list_next() but for the ladder.
[[nodiscard]] result<action_list> list_goals(const action_inputs& in,
                                             const goal_options& with = {});

}  // namespace aiueo
