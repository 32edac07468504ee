// evidence › tally: the loops over observations. … ─► score ─► evidence
//
// One source, compiled again for wider instruction sets in namespaces of their own (AIUEO_TALLY),
// with no std templates inside that could leak wide code into shared symbols: see
// score/kernels.hpp. All sums are of integers, so every width gives the same.
#if defined(AIUEO_TALLY) || !defined(AIUEO_PORTABLE_TALLY)

#include <cstddef>
#include <cstdint>

#include "aiueo/evidence/tally_types.hpp"

#ifndef AIUEO_TALLY
#define AIUEO_TALLY portable
#define AIUEO_TALLY_DEFAULTED
#define AIUEO_PORTABLE_TALLY
#elif defined(__AVX512F__) && defined(__AVX512BW__)
#define AIUEO_TALLY_512
#elif defined(__AVX2__)
#define AIUEO_TALLY_256
#endif

#if defined(AIUEO_TALLY_512) || defined(AIUEO_TALLY_256)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace aiueo::tally::AIUEO_TALLY {

// ── a register of pairs, and one of their sums ───────────────────────────────

#if defined(AIUEO_TALLY_512)

inline constexpr std::size_t lanes = 16;
inline constexpr std::size_t across = 3;  // vectors of sums side by side that registers hold
using entries = __m512i;
using totals = __m512i;
inline entries load(const std::int16_t* from) noexcept { return _mm512_loadu_si512(from); }
inline totals load(const std::int32_t* from) noexcept { return _mm512_loadu_si512(from); }
inline void store(std::int32_t* to, totals x) noexcept { _mm512_storeu_si512(to, x); }
inline entries all(std::int32_t pair) noexcept { return _mm512_set1_epi32(pair); }
inline totals add_products(totals sum, entries a, entries b) noexcept {
    return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
}

#elif defined(AIUEO_TALLY_256)

inline constexpr std::size_t lanes = 8;
inline constexpr std::size_t across = 2;
using entries = __m256i;
using totals = __m256i;
inline entries load(const std::int16_t* from) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
inline totals load(const std::int32_t* from) noexcept {
    return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
}
inline void store(std::int32_t* to, totals x) noexcept {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), x);
}
inline entries all(std::int32_t pair) noexcept { return _mm256_set1_epi32(pair); }
inline totals add_products(totals sum, entries a, entries b) noexcept {
    return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
}

#elif defined(__SSE2__)

inline constexpr std::size_t lanes = 4;
inline constexpr std::size_t across = 2;
using entries = __m128i;
using totals = __m128i;
inline entries load(const std::int16_t* from) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
inline totals load(const std::int32_t* from) noexcept {
    return _mm_loadu_si128(reinterpret_cast<const __m128i*>(from));
}
inline void store(std::int32_t* to, totals x) noexcept {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), x);
}
inline entries all(std::int32_t pair) noexcept { return _mm_set1_epi32(pair); }
inline totals add_products(totals sum, entries a, entries b) noexcept {
    return _mm_add_epi32(sum, _mm_madd_epi16(a, b));
}

#else

inline constexpr std::size_t lanes = 4;
inline constexpr std::size_t across = 2;
struct entries {
    std::int16_t at[2 * lanes];
};
struct totals {
    std::int32_t at[lanes];
};
inline entries load(const std::int16_t* from) noexcept {
    entries out;
    __builtin_memcpy(&out, from, sizeof out);
    return out;
}
inline totals load(const std::int32_t* from) noexcept {
    totals out;
    __builtin_memcpy(&out, from, sizeof out);
    return out;
}
inline void store(std::int32_t* to, const totals& x) noexcept {
    __builtin_memcpy(to, &x, sizeof x);
}
inline entries all(std::int32_t pair) noexcept {
    entries out;
    for (std::size_t k = 0; k < lanes; ++k) __builtin_memcpy(out.at + 2 * k, &pair, sizeof pair);
    return out;
}
inline totals add_products(totals sum, const entries& a, const entries& b) noexcept {
    for (std::size_t k = 0; k < lanes; ++k)
        sum.at[k] += std::int32_t{a.at[2 * k]} * b.at[2 * k] +
                     std::int32_t{a.at[2 * k + 1]} * b.at[2 * k + 1];
    return sum;
}

#endif

static_assert(panel_lanes % lanes == 0);

// ── columns ──────────────────────────────────────────────────────────────────

inline void to_tenths(const double* scores, std::size_t n, std::int16_t* to,
                      std::size_t stride) noexcept {
    constexpr std::size_t some = 128;
    std::int16_t tenths[some];
    for (std::size_t at = 0; at < n; at += some) {
        const std::size_t count = n - at < some ? n - at : some;
        // The scores of the next chunk are mostly read next.
        for (std::size_t i = 0; i < count; i += 8) __builtin_prefetch(scores + at + i + chunk_rows);
        for (std::size_t i = 0; i < count; ++i) {
            const double score = scores[at + i];
            const double tenth = score == score ? score * 10 + 0.5 : -1.0;
            tenths[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(tenth));
        }
        for (std::size_t i = 0; i < count; ++i) to[(at + i) * stride] = tenths[i];
    }
}

inline void to_bins(const std::int16_t* tenths, std::size_t n, std::uint8_t* to) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        // (t + 5) / 10, exact for t ≤ 1000: 6554 / 65536 is less than a thousandth above a tenth.
        const auto shifted = static_cast<std::uint16_t>(tenths[i] + 5);
        const auto points = static_cast<std::uint16_t>(std::uint32_t{shifted} * 6554U >> 16);
        to[i] = static_cast<std::uint8_t>(tenths[i] < 0 ? std::uint16_t{101} : points);
    }
}

inline void to_codes(const double* values, std::size_t n, std::int32_t* to) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double value = values[i];
        const auto bits = __builtin_bit_cast(std::uint64_t, value == 0 ? 0.0 : value);
        const auto top = static_cast<std::int32_t>(bits >> 47);
        const std::int32_t code = (top & 0x10000) != 0 ? 0x1FFFF - top : top + 0x10000;
        to[i] = value == value ? code : -1;
    }
}

// ── panels ───────────────────────────────────────────────────────────────────

/// Two rows' packed_columns entries from column `c` on, side by side.
inline void pack_some(const std::int16_t* a, const std::int16_t* b, std::int16_t* scores,
                      std::int16_t* known) noexcept {
#if defined(__SSE2__)
    const __m128i zero = _mm_setzero_si128();
    const __m128i one = _mm_set1_epi16(1);
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(a));
    const __m128i y = _mm_loadu_si128(reinterpret_cast<const __m128i*>(b));
    const auto put = [](std::int16_t* to, __m128i from, __m128i with) {
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_unpacklo_epi16(from, with));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to + packed_columns),
                         _mm_unpackhi_epi16(from, with));
    };
    put(scores, _mm_max_epi16(x, zero), _mm_max_epi16(y, zero));
    put(known, _mm_add_epi16(_mm_srai_epi16(x, 15), one),
        _mm_add_epi16(_mm_srai_epi16(y, 15), one));
#else
    for (std::size_t c = 0; c < packed_columns; ++c) {
        scores[2 * c] = a[c] < 0 ? std::int16_t{0} : a[c];
        scores[2 * c + 1] = b[c] < 0 ? std::int16_t{0} : b[c];
        known[2 * c] = a[c] < 0 ? 0 : 1;
        known[2 * c + 1] = b[c] < 0 ? 0 : 1;
    }
#endif
}

inline void pack(const std::int16_t* tenths, std::size_t width, const std::uint32_t* rows,
                 std::size_t n, const tally_panel& to) noexcept {
    constexpr std::int16_t nobody[packed_columns] = {-1, -1, -1, -1, -1, -1, -1, -1};
    // Entries beyond the last column are 0. Those of the scores lie where columns of `known` will
    // be: the last block goes through a copy.
    for (std::size_t i = 0; i < n; i += 2) {
        const std::int16_t* a = tenths + std::size_t{rows[i]} * width;
        const std::int16_t* b = i + 1 < n ? tenths + std::size_t{rows[i + 1]} * width : nullptr;
        std::int16_t* scores = to.pairs + i * to.lanes;
        std::int16_t* known = scores + 2 * to.columns;
        std::size_t c = 0;
        for (; c + packed_columns <= to.columns; c += packed_columns)
            pack_some(a + c, b != nullptr ? b + c : nobody, scores + 2 * c, known + 2 * c);
        if (c == to.columns) continue;
        std::int16_t last[2 * packed_columns];
        pack_some(a + c, b != nullptr ? b + c : nobody, last, known + 2 * c);
        for (std::size_t k = 0; k < 2 * (to.columns - c); ++k) scores[2 * c + k] = last[k];
    }
}

inline void add_squares(const tally_panel& of, std::size_t pairs, std::int32_t* sums,
                        std::int32_t* squares) noexcept {
    const entries ones = all(0x00010001);
    for (std::size_t lane = 0; lane < of.lanes; lane += lanes) {
        totals sum = load(sums + lane);
        totals square = load(squares + lane);
        for (std::size_t p = 0; p < pairs; ++p) {
            const entries one = load(of.pairs + 2 * (p * of.lanes + lane));
            sum = add_products(sum, one, ones);
            square = add_products(square, one, one);
        }
        store(sums + lane, sum);
        store(squares + lane, square);
    }
}

inline constexpr std::size_t down = 4;  // lanes that meet others at a time

/// `down` lanes from `i` on with `Across` vectors of lanes from `j` on.
template <std::size_t Across>
__attribute__((always_inline)) inline void add_block(const tally_panel& of, std::size_t pairs,
                                                     std::size_t i, std::size_t j,
                                                     std::int32_t* sums) noexcept {
    totals sum[down][Across];
    for (std::size_t r = 0; r < down; ++r) {
        for (std::size_t v = 0; v < Across; ++v)
            sum[r][v] = load(sums + (i + r) * of.lanes + j + v * lanes);
    }
    for (std::size_t p = 0; p < pairs; ++p) {
        const std::int16_t* pair = of.pairs + 2 * p * of.lanes;
        entries many[Across];
        for (std::size_t v = 0; v < Across; ++v) many[v] = load(pair + 2 * (j + v * lanes));
        for (std::size_t r = 0; r < down; ++r) {
            std::int32_t both;
            __builtin_memcpy(&both, pair + 2 * (i + r), sizeof both);
            const entries one = all(both);
            for (std::size_t v = 0; v < Across; ++v)
                sum[r][v] = add_products(sum[r][v], one, many[v]);
        }
    }
    for (std::size_t r = 0; r < down; ++r) {
        for (std::size_t v = 0; v < Across; ++v)
            store(sums + (i + r) * of.lanes + j + v * lanes, sum[r][v]);
    }
}

inline void add_products_of(const tally_panel& of, std::size_t pairs, std::int32_t* sums) noexcept {
    static_assert(panel_lanes % down == 0 && across <= 3);
    for (std::size_t i = 0; i < 2 * of.columns; i += down) {
        std::size_t j = i / lanes * lanes;
        for (; j + across * lanes <= of.lanes; j += across * lanes)
            add_block<across>(of, pairs, i, j, sums);
        if (j + 2 * lanes <= of.lanes) {
            add_block<2>(of, pairs, i, j, sums);
            j += 2 * lanes;
        }
        if (j < of.lanes) add_block<1>(of, pairs, i, j, sums);
    }
}

inline constexpr tally_table make_table(instruction_set isa) noexcept {
    return {isa, to_tenths, to_bins, to_codes, pack, add_squares, add_products_of};
}

}  // namespace aiueo::tally::AIUEO_TALLY

#undef AIUEO_TALLY_512
#undef AIUEO_TALLY_256
#ifdef AIUEO_TALLY_DEFAULTED
#undef AIUEO_TALLY
#undef AIUEO_TALLY_DEFAULTED
#endif

#endif
