// model › model: what health means for one product, as plain values. base ─► table ─► model
//
// Built by hand, or read from a model file by read_model() (model/read.hpp). Either way
// check_model() (model/check.hpp) must have passed before a plan is compiled from it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/model/scheme.hpp"
#include "aiueo/model/sections.hpp"

namespace aiueo {

struct profile {
    std::string name;
    label shown;
    expression when;                   ///< sees metrics only
    scheme rules;                      ///< the model's scheme with this profile's patch applied
    std::vector<std::string> changes;  ///< what the patch changed, a line each, for people
    place where;
};

struct model {
    std::string name;
    std::string file;  ///< the name the text was read under, for messages
    label shown;
    std::string currency;           ///< ISO 4217, empty = none declared
    std::int32_t minor_digits = 2;  ///< of the currency
    time_zone zone;                 ///< UTC unless declared
    std::map<std::string, std::string> roles;

    std::vector<metric> metrics;
    scheme rules;  ///< the default
    std::vector<profile> profiles;

    // Read, checked and kept for the rooms that come later.
    std::vector<segment> segments;
    step_rules steps;
    std::vector<play> plays;
    study_rules study;
    std::optional<rollup_rule> rollup;
    priority_rule priority;
    std::vector<alert> alerts;
    std::vector<trigger> triggers;
    std::vector<goal> goals;

    std::string fingerprint;  ///< of what decides scores: 64 hex digits, set by check_model()

    [[nodiscard]] const metric* find_metric(std::string_view wanted) const noexcept {
        for (const metric& one : metrics) {
            if (one.name == wanted) return &one;
        }
        return nullptr;
    }
};

}  // namespace aiueo
