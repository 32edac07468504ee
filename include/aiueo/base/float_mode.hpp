// base › float_mode: compute in the default floating-point mode, whatever the host has set.
//
// A host that flushes denormals to zero or rounds upward would get other bits. Compiled entries
// hold one of these while they work; the destructor gives the host its own mode back, exception
// flags included.
#pragma once

#include <cstdint>

#if defined(__x86_64__) || defined(_M_X64)
#include <xmmintrin.h>
#elif !defined(__aarch64__)
#include <cfenv>
#endif

#include "aiueo/base/version.hpp"

namespace aiueo {

class default_float_mode {
public:
#if defined(__x86_64__) || defined(_M_X64)
    /// Round to nearest, no flush-to-zero, no denormals-are-zero, every exception masked: MXCSR at
    /// reset.
    default_float_mode() noexcept : host_(_mm_getcsr()) { _mm_setcsr(0x1F80u); }
    ~default_float_mode() { _mm_setcsr(host_); }
#elif defined(__aarch64__)
    default_float_mode() noexcept {
        asm volatile("mrs %0, fpcr" : "=r"(host_));
        asm volatile("msr fpcr, %0" : : "r"(std::uint64_t{0}) : "memory");
    }
    ~default_float_mode() { asm volatile("msr fpcr, %0" : : "r"(host_) : "memory"); }
#else
    default_float_mode() noexcept {
        std::fegetenv(&host_);
        std::fesetenv(FE_DFL_ENV);
    }
    ~default_float_mode() { std::fesetenv(&host_); }
#endif
    default_float_mode(const default_float_mode&) = delete;
    default_float_mode& operator=(const default_float_mode&) = delete;

private:
#if defined(__x86_64__) || defined(_M_X64)
    unsigned int host_;
#elif defined(__aarch64__)
    std::uint64_t host_ = 0;
#else
    std::fenv_t host_{};
#endif
};

}  // namespace aiueo
