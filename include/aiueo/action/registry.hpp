// action › registry: actions by name. … ─► evidence ─► study ─► action
//
// The one list that the C ABI, the bindings and the command line read. An action's options come as
// a JSON object of its own keys; its list goes out as columns, with a head as JSON by the schema of
// its name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "aiueo/action/action_list.hpp"
#include "aiueo/base/error.hpp"

namespace aiueo {

struct action_entry {
    std::string_view name;
    std::string_view about;  ///< a line for help texts
    result<action_list> (*run)(const action_inputs& in, std::string_view options) = nullptr;
};

/// All actions in the order in which a reader meets them. Compiled: needs aiueo::aiueo.
[[nodiscard]] std::span<const action_entry> actions() noexcept;

/// An action by its name, with options as a JSON object (empty: none).
/// Errors: not_found (no such action, with a suggestion), bad_json, invalid_argument (an option
/// unknown or out of range), and those of the action.
[[nodiscard]] result<action_list> run_action(const action_inputs& in, std::string_view name,
                                             std::string_view options = {});

}  // namespace aiueo
