// base › log: where a host hears of things worth knowing. The library itself never prints.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "aiueo/base/version.hpp"

namespace aiueo {

/// Numbers are part of the C ABI.
enum class log_level : std::int32_t { information = 1, warning = 2 };

/// One line, on the calling thread. Empty: nobody listens.
using log_sink = std::function<void(log_level, std::string_view)>;

}  // namespace aiueo
