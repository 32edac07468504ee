// model › read: from the text of a model file to a checked model. base ─► table ─► model
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/error.hpp"
#include "aiueo/model/expression.hpp"
#include "aiueo/model/model.hpp"

namespace aiueo {

/// What a hostile model file may cost at most. Walks over a document and over a condition recurse,
/// so that whatever is asked, no more is read than the constants say.
struct read_limits {
    static constexpr std::size_t most_bytes = std::size_t{1} << 30;  ///< offsets have 32 bits
    static constexpr std::uint32_t most_depth = 256;
    static constexpr std::uint32_t most_condition_parts = 8192;
    static constexpr std::uint32_t most_condition_depth = 128;

    std::size_t bytes = std::size_t{4} << 20;
    std::uint32_t depth = 64;
    std::uint32_t nodes = 200000;
    expression_limits conditions;  ///< of each condition, and of each derived metric
};

struct read_options {
    std::string file = "model.json";  ///< how messages name the text
    read_limits limits;
};

/// A model as far as it could be read, and all that is wrong with it. `usable` if no problem is an
/// error.
struct model_reading {
    model value;
    problems found;
    bool usable = false;
};

/// Read and check, collecting every problem (what `aiueo check` prints).
[[nodiscard]] model_reading inspect_model(std::string_view text, const read_options& options = {});

/// Read and check; the first error is the result's error.
[[nodiscard]] result<model> read_model(std::string_view text, const read_options& options = {});

/// The JSON Schema (2020-12) of the model file, as published in schema/aiueo-model.schema.json.
[[nodiscard]] std::string_view model_schema() noexcept;

}  // namespace aiueo
