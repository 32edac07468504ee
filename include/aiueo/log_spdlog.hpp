// log_spdlog: the library's lines into a host's spdlog logger. Needs spdlog, which aiueo itself
// does not.
#pragma once

#include <memory>
#include <string_view>
#include <utility>

#include <spdlog/logger.h>

#include "aiueo/base/log.hpp"

namespace aiueo {

/// A sink that keeps the logger alive: compile(model, scorers, {.log = log_to(logger)}).
[[nodiscard]] inline log_sink log_to(std::shared_ptr<spdlog::logger> logger) {
    return [to = std::move(logger)](log_level level, std::string_view line) {
        to->log(level == log_level::warning ? spdlog::level::warn : spdlog::level::info,
                spdlog::string_view_t{line.data(), line.size()});
    };
}

}  // namespace aiueo
