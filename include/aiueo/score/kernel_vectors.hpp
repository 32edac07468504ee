// score › kernel_vectors: the few vector operations that kernels are written in.
// base ─► table ─► model ─► score
//
// Included by kernels.hpp only, once for each namespace. Arithmetic is the compiler's own on
// vectors (GCC and clang); what follows differs between instruction sets: masks live in registers
// of their own in AVX-512 and are vectors of −1 and 0 elsewhere.
#ifdef AIUEO_KERNELS

// What is inlined whole, so that arrays of vectors stay in registers.
#define AIUEO_INLINE __attribute__((always_inline)) inline
#define AIUEO_INLINED __attribute__((always_inline))

namespace aiueo::AIUEO_KERNELS {

#if defined(AIUEO_KERNELS_512)
inline constexpr std::size_t lanes = 8;
#elif defined(AIUEO_KERNELS_256)
inline constexpr std::size_t lanes = 4;
#else
inline constexpr std::size_t lanes = 2;
#endif
inline constexpr std::size_t tile = 4;  // vectors in flight
static_assert(vector_rows % lanes == 0);
inline constexpr std::size_t in_byte = 8 / lanes;  // vectors whose truths make a byte

typedef double numbers
    __attribute__((vector_size(lanes * 8)));  // NOLINT: no using-form of the attribute

inline constexpr double nan_value = __builtin_nan("");

inline numbers all(double x) noexcept { return x - numbers{}; }
inline numbers load(const double* from) noexcept {
    numbers out;
    __builtin_memcpy(&out, from, sizeof out);
    return out;
}
inline void store(double* to, numbers x) noexcept { __builtin_memcpy(to, &x, sizeof x); }

#if defined(AIUEO_KERNELS_512)

using mask = __mmask8;

inline mask at_least(numbers a, numbers b) noexcept { return _mm512_cmp_pd_mask(a, b, _CMP_GE_OQ); }
inline mask above(numbers a, numbers b) noexcept { return _mm512_cmp_pd_mask(a, b, _CMP_GT_OQ); }
inline mask same(numbers a, numbers b) noexcept { return _mm512_cmp_pd_mask(a, b, _CMP_EQ_OQ); }
inline mask known(numbers a) noexcept { return _mm512_cmp_pd_mask(a, a, _CMP_ORD_Q); }
inline mask both(mask a, mask b) noexcept { return _kand_mask8(a, b); }
inline mask either(mask a, mask b) noexcept { return _kor_mask8(a, b); }
inline mask but_not(mask a, mask b) noexcept { return _kandn_mask8(b, a); }
inline mask opposite(mask a) noexcept { return _knot_mask8(a); }

inline numbers choose(mask where, numbers yes, numbers no) noexcept {
    return _mm512_mask_blend_pd(where, no, yes);
}
inline numbers or_zero(mask where, numbers x) noexcept { return _mm512_maskz_mov_pd(where, x); }
inline numbers add_where(numbers sum, mask where, numbers x) noexcept {
    return _mm512_mask_add_pd(sum, where, sum, x);
}
// Masked forms where the plain ones start from an undefined register, which GCC 12 warns of.
inline numbers larger(numbers a, numbers b) noexcept { return _mm512_maskz_max_pd(0xFF, a, b); }
inline numbers pick(__m512i which, numbers from) noexcept {
    return _mm512_maskz_permutexvar_pd(0xFF, which, from);
}

inline unsigned bits_of(mask where) noexcept { return where; }
/// The low bits as a mask.
inline mask mask_of(unsigned bits) noexcept { return static_cast<mask>(bits); }

#else

typedef std::int64_t mask __attribute__((vector_size(lanes * 8)));  // NOLINT

inline mask at_least(numbers a, numbers b) noexcept { return a >= b; }
inline mask above(numbers a, numbers b) noexcept { return a > b; }
inline mask same(numbers a, numbers b) noexcept { return a == b; }
inline mask known(numbers a) noexcept { return a == a; }
inline mask both(mask a, mask b) noexcept { return a & b; }
inline mask either(mask a, mask b) noexcept { return a | b; }
inline mask but_not(mask a, mask b) noexcept { return a & ~b; }
inline mask opposite(mask a) noexcept { return ~a; }

inline numbers choose(mask where, numbers yes, numbers no) noexcept { return where ? yes : no; }
inline numbers or_zero(mask where, numbers x) noexcept {
    return reinterpret_cast<numbers>(where & reinterpret_cast<mask>(x));
}
inline numbers add_where(numbers sum, mask where, numbers x) noexcept {
    return sum + or_zero(where, x);
}
inline numbers larger(numbers a, numbers b) noexcept { return a > b ? a : b; }

#if defined(AIUEO_KERNELS_256)
/// Halves of four numbers by the low three bits of each index.
inline numbers pick(__m256i halves, numbers from) noexcept {
    return reinterpret_cast<numbers>(
        _mm256_permutevar8x32_epi32(reinterpret_cast<__m256i>(from), halves));
}
#endif

inline unsigned bits_of(mask where) noexcept {
#if defined(AIUEO_KERNELS_256)
    return static_cast<unsigned>(_mm256_movemask_pd(reinterpret_cast<__m256d>(where)));
#elif defined(__SSE2__)
    return static_cast<unsigned>(_mm_movemask_pd(reinterpret_cast<__m128d>(where)));
#else
    unsigned out = 0;
    for (std::size_t k = 0; k < lanes; ++k) out |= (where[k] != 0 ? 1U : 0U) << k;
    return out;
#endif
}

inline mask mask_of(unsigned bits) noexcept {
    mask lane{};
    for (std::size_t k = 0; k < lanes; ++k) lane[k] = std::int64_t{1} << k;
    const mask spread = static_cast<std::int64_t>(bits) - mask{};
    return (spread & lane) == lane;
}

#endif

/// Which bits differ; and what differs so from x.
inline numbers difference(numbers a, numbers b) noexcept {
    typedef std::int64_t words __attribute__((vector_size(lanes * 8)));  // NOLINT
    return reinterpret_cast<numbers>(reinterpret_cast<words>(a) ^ reinterpret_cast<words>(b));
}

/// x, and where it is asked for the number that `change` makes of it.
inline numbers change_where(mask where, numbers x, numbers change, numbers to) noexcept {
#if defined(AIUEO_KERNELS_512)
    static_cast<void>(change);
    return choose(where, to, x);
#else
    static_cast<void>(to);
    return difference(x, or_zero(where, change));
#endif
}

/// NaN where it is not true.
inline numbers only(mask where, numbers x) noexcept { return choose(where, x, all(nan_value)); }

/// Truths of rows [i, i + lanes · in_byte), a byte.
inline unsigned byte_of(const mask* where) noexcept {
    unsigned out = 0;
    for (std::size_t k = 0; k < in_byte; ++k) out |= bits_of(where[k]) << (k * lanes);
    return out;
}

/// The same, stored.
AIUEO_INLINE void put_byte(std::uint8_t* to, const mask* where) noexcept {
#if defined(AIUEO_KERNELS_512)
    // As it is: compilers would gather four bytes in general registers, for more than they save.
    asm("kmovb %1, %0" : "=m"(*to) : "k"(*where));
#else
    *to = static_cast<std::uint8_t>(byte_of(where));
#endif
}

/// Where x is, the same divided by a divisor that is the same for all rows: what x ÷ by gives, to
/// the bit, with the divider left to others.
AIUEO_INLINE numbers divide(numbers x, const kernel_divisor& by) noexcept {
#if defined(AIUEO_KERNELS_512)
    if (by.exact) {
        const __m512d high = _mm512_set1_pd(by.high);
        const __m512d near = _mm512_fmadd_pd(x, high, _mm512_mul_pd(x, _mm512_set1_pd(by.low)));
        const __m512d rest = _mm512_fnmadd_pd(near, _mm512_set1_pd(by.by), x);
        return _mm512_fmadd_pd(rest, high, near);
    }
#elif defined(AIUEO_KERNELS_256)
    if (by.exact) {
        const __m256d high = _mm256_set1_pd(by.high);
        const __m256d near = _mm256_fmadd_pd(x, high, _mm256_mul_pd(x, _mm256_set1_pd(by.low)));
        const __m256d rest = _mm256_fnmadd_pd(near, _mm256_set1_pd(by.by), x);
        return _mm256_fmadd_pd(rest, high, near);
    }
#endif
    return x / by.by;
}

/// Scores lie on multiples of 2⁻²⁰. Adding and subtracting 1.5 · 2³² rounds |x| ≤ 2³¹ to that grid,
/// ties to even.
inline constexpr double grid_shift = 6442450944.0;
inline double on_grid(double x) noexcept { return (x + grid_shift) - grid_shift; }
inline numbers on_grid(numbers x) noexcept { return (x + grid_shift) - grid_shift; }

}  // namespace aiueo::AIUEO_KERNELS

#endif
