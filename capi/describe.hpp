// capi › describe: what a plan reads and writes, as JSON.
#pragma once

#include <string>

#include "aiueo/score/plan.hpp"

namespace aiueo::capi {

[[nodiscard]] std::string describe(const plan& of);

}  // namespace aiueo::capi
