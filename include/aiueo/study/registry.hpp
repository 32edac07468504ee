// study › registry: studies by name. … ─► evidence ─► study
//
// The one list that the C ABI, the bindings and the command line read. A study's options come as a
// JSON object of its own keys, its finding goes out as JSON by the schema of its name.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "aiueo/base/error.hpp"
#include "aiueo/evidence/evidence.hpp"

namespace aiueo {

struct study_entry {
    std::string_view name;
    std::string_view about;  ///< a line for help texts
    result<std::string> (*run)(const evidence& of, std::string_view options) = nullptr;
};

/// All studies in the order in which a reader meets them. Compiled: needs aiueo::aiueo.
[[nodiscard]] std::span<const study_entry> studies() noexcept;

/// A study by its name, with options as a JSON object (empty: none).
/// Errors: not_found (no such study, with a suggestion), bad_json, invalid_argument (an option
/// unknown or out of range).
[[nodiscard]] result<std::string> run_study(const evidence& of, std::string_view name,
                                            std::string_view options = {});

}  // namespace aiueo
