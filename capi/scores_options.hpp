// capi › scores_options: AIUEO_SCORES_… as the core has them.
#pragma once

#include <cstdint>

#include "aiueo/base/error.hpp"
#include "aiueo/score/scores.hpp"

namespace aiueo::capi {

[[nodiscard]] result<scores_options> read_scores_flags(std::uint32_t flags);

}  // namespace aiueo::capi
