// capi › batch_options: the options of a batch, checked, as the core has them.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "aiueo/base/error.hpp"
#include "aiueo/score/batch.hpp"

#include "handles.hpp"

namespace aiueo::capi {

struct batch_settings {
    batch_options core;
    std::optional<std::int32_t> as_of;
    std::shared_ptr<const initiatives_state> initiatives;
};

/// Errors: invalid_argument, unsupported, invalid_state (initiatives that are not finished).
[[nodiscard]] result<batch_settings> read_batch_options(const aiueo_plan& plan,
                                                        const aiueo_batch_options* given);

/// A date that can be written as text; no other is the date of a snapshot.
[[nodiscard]] status check_as_of(std::int32_t day);

/// A batch handle with these settings.
[[nodiscard]] result<std::unique_ptr<aiueo_batch>> make_batch(const aiueo_plan& plan,
                                                              std::int64_t rows,
                                                              batch_settings settings);

/// `kind` of aiueo_batch_new() and aiueo_batch_import().
[[nodiscard]] status check_kind(std::int32_t kind);

/// AIUEO_VALIDATE_…
[[nodiscard]] result<arrow_validation> read_validation(std::int32_t level);

/// How many rows a check for duplicates remembers; 0 is the default.
[[nodiscard]] result<std::int64_t> read_budget(std::int64_t rows, const char* name);

}  // namespace aiueo::capi
