// action › registry: see action/registry.hpp.
#include "aiueo/action/registry.hpp"

#include <array>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/action/alerts.hpp"
#include "aiueo/action/goals.hpp"
#include "aiueo/action/next.hpp"
#include "aiueo/action/priority.hpp"
#include "aiueo/action/segment.hpp"
#include "aiueo/action/triggers.hpp"
#include "aiueo/base/suggest.hpp"

#include "study/options.hpp"

namespace aiueo {

namespace {

using options_of = detail::study_options;

result<action_list> next(const action_inputs& in, std::string_view text) {
    options_of options{text, "action"};
    next_options with;
    with.ladder = options.text("ladder").value_or("");
    with.as_of = options.date("as_of", latest_day);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return list_next(in, with);
}

result<action_list> triggers(const action_inputs& in, std::string_view text) {
    options_of options{text, "action"};
    trigger_options with;
    with.trigger = options.text("trigger").value_or("");
    with.as_of = options.date("as_of", latest_day);
    with.holdouts = options.flag("holdouts", true);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return list_triggers(in, with);
}

result<action_list> segment(const action_inputs& in, std::string_view text) {
    options_of options{text, "action"};
    segment_options with;
    with.as_of = options.date("as_of", latest_day);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return list_segment(in, with);
}

result<action_list> priority(const action_inputs& in, std::string_view text) {
    options_of options{text, "action"};
    priority_options with;
    with.as_of = options.date("as_of", latest_day);
    const double capacity = options.number("capacity", undefined, 0, most_capacity);
    if (is_defined(capacity)) with.capacity = capacity;
    with.first = options.flag("first", true);
    with.limit = options.integer("limit", with.limit, 0, 1'000'000'000);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return list_priority(in, with);
}

result<action_list> goals(const action_inputs& in, std::string_view text) {
    options_of options{text, "action"};
    goal_options with;
    with.as_of = options.date("as_of", latest_day);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return list_goals(in, with);
}

result<action_list> alerts(const action_inputs& in, std::string_view text) {
    options_of options{text, "action"};
    alert_options with;
    with.alert = options.text("alert").value_or("");
    with.as_of = options.date("as_of", latest_day);
    with.since = options.date("since", latest_day);
    if (status ok = options.finish(); !ok) return std::move(ok).error();
    return list_alerts(in, with);
}

constexpr std::array all{
    action_entry{"next", "what each customer lacks for its next rung, and which play answers it",
                 next},
    action_entry{"priority", "whom to help first, for the effort that there is", priority},
    action_entry{"goals", "how far each goal is, and whether it will be reached", goals},
    action_entry{"alerts", "what happened to whom: drops, falls, gone dark, each told once",
                 alerts},
    action_entry{"triggers", "whom to send what today, each once, with variants and hold-outs",
                 triggers},
    action_entry{"segment", "the customers for whom a condition of yours holds", segment},
};

}  // namespace

std::span<const action_entry> actions() noexcept { return all; }

result<action_list> run_action(const action_inputs& in, std::string_view name,
                               std::string_view options) {
    std::vector<std::string_view> names;
    for (const action_entry& one : all) {
        if (one.name == name) return one.run(in, options);
        names.push_back(one.name);
    }
    return make_error(errc::not_found,
                      "\"" + std::string{name} + "\" is not an action" + did_you_mean(name, names));
}

}  // namespace aiueo
