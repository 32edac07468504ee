// Stands for the host's own spdlog.
#pragma once

namespace spdlog {
__attribute__((noinline)) inline int version() { return 999; }
class logger {
public:
    virtual int log(const char*) { return version(); }
    virtual ~logger() = default;
};
}  // namespace spdlog
