// capi › plan_options: the options of a plan, checked, as the reader of models has them.
#pragma once

#include "aiueo.h"
#include "aiueo/base/error.hpp"
#include "aiueo/model/read.hpp"

namespace aiueo::capi {

/// `out`: the options as far as the caller's version of them goes. `reading`: the model's name and
/// the limits on its text. Errors: invalid_argument (a limit that no model is read with),
/// unsupported.
[[nodiscard]] status read_plan_options(const aiueo_plan_options* given, aiueo_plan_options& out,
                                       aiueo::read_options& reading);

}  // namespace aiueo::capi
