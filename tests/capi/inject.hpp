// Failures on demand: the n-th allocation of the process throws.
//
// The test program replaces operator new; the shared library's calls come here too, as they would
// come to a host's own allocator.
#pragma once

#include <cstdint>

namespace inject {

enum class failure : std::uint8_t {
    out_of_memory,       // std::bad_alloc, once
    no_memory_at_all,    // std::bad_alloc, then and from then on
    too_long,            // std::length_error, once
    standard_exception,  // std::runtime_error("injected"), once
    unknown_exception,   // an int, once
};

// Arms the n-th allocation from now, counted from 1. One thread at a time.
void arm(failure what, std::int64_t n) noexcept;
// Back to normal. Has it happened?
bool disarm() noexcept;

// Allocations that have not been freed.
std::int64_t outstanding() noexcept;

}  // namespace inject
