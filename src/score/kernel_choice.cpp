// score › kernel_choice: which of the compiled kernels this processor can run.
#include "aiueo/score/kernel_choice.hpp"

#include <array>
#include <cstddef>

#include "score/kernel_sets.hpp"

#if defined(__x86_64__) && defined(__GNUC__)
#include <cpuid.h>
#endif

namespace aiueo {

namespace {

#if defined(__x86_64__) && defined(__GNUC__)

struct register_bits {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
};

register_bits leaf(unsigned number) noexcept {
    register_bits out;
    __get_cpuid_count(number, 0, &out.a, &out.b, &out.c, &out.d);
    return out;
}

constexpr unsigned bit(int at) noexcept { return 1U << at; }

bool has(unsigned from, unsigned wanted) noexcept { return (from & wanted) == wanted; }

/// The levels of the x86-64 psABI. The builtin also asks whether the system saves the wide
/// registers.
bool runs_v2() noexcept {
    // SSE3, SSSE3, CX16, SSE4.1, SSE4.2, POPCNT; LAHF
    return has(leaf(1).c, bit(0) | bit(9) | bit(13) | bit(19) | bit(20) | bit(23)) &&
           has(leaf(0x80000001).c, bit(0));
}

bool runs_v3() noexcept {
    // FMA, MOVBE, AVX, F16C; LZCNT; BMI1, AVX2, BMI2
    return runs_v2() && __builtin_cpu_supports("avx2") &&
           has(leaf(1).c, bit(12) | bit(22) | bit(28) | bit(29)) &&
           has(leaf(0x80000001).c, bit(5)) && has(leaf(7).b, bit(3) | bit(5) | bit(8));
}

bool runs_v4() noexcept {
    // AVX512F, DQ, CD, BW, VL
    return runs_v3() && __builtin_cpu_supports("avx512f") &&
           has(leaf(7).b, bit(16) | bit(17) | bit(28) | bit(30) | bit(31));
}

#endif

struct kernel_list {
    std::array<const kernel_table*, 4> all{&portable_kernels};
    std::size_t count = 1;

    kernel_list() noexcept {
#if defined(__x86_64__) && defined(__GNUC__)
        if (runs_v2()) all[count++] = &detail::kernels_v2;
        if (runs_v3()) all[count++] = &detail::kernels_v3;
        if (runs_v4()) all[count++] = &detail::kernels_v4;
#endif
    }
};

}  // namespace

std::span<const kernel_table* const> available_kernels() noexcept {
    static const kernel_list list;
    return {list.all.data(), list.count};
}

}  // namespace aiueo
