// The loop of ceiling.hpp, compiled once for each instruction set: BENCH_CEILING names the
// function, vectors are as wide as the compiler may make them. No include guard: one inclusion a
// source.
#include <cstring>

#if defined(__SSE2__)
#include <immintrin.h>
#endif

#include "ceiling.hpp"

namespace bench {

namespace {

#if defined(__AVX512F__)
constexpr std::size_t width = 8;
#elif defined(__AVX__)
constexpr std::size_t width = 4;
#else
constexpr std::size_t width = 2;
#endif

using vec [[gnu::vector_size(width * sizeof(double))]] = double;
using words [[gnu::vector_size(width * sizeof(double))]] = std::int16_t;

inline vec load(const double* from) noexcept {
    vec out;
    std::memcpy(&out, from, sizeof out);
    return out;
}

template <bool Stream, class V, class T>
inline void store(T* to, V what) noexcept {
    if constexpr (Stream) {
#if defined(__AVX512F__)
        _mm512_stream_si512(reinterpret_cast<__m512i*>(to), reinterpret_cast<__m512i>(what));
        return;
#elif defined(__AVX__)
        _mm256_stream_si256(reinterpret_cast<__m256i*>(to), reinterpret_cast<__m256i>(what));
        return;
#elif defined(__SSE2__)
        _mm_stream_si128(reinterpret_cast<__m128i*>(to), reinterpret_cast<__m128i>(what));
        return;
#endif
    }
    std::memcpy(to, &what, sizeof what);
}

constexpr std::size_t tile = 32;   // rows: a cache line of int16
constexpr std::size_t ahead = 64;  // rows

template <bool Prefetch>
inline void fetch(const double* column, std::size_t row) noexcept {
    if constexpr (Prefetch) {
        for (std::size_t i = 0; i < tile; i += 8) __builtin_prefetch(column + row + ahead + i);
    }
}

/// The sum of an axis's six columns over a tile.
template <bool Prefetch>
inline void sum_axis(const ceiling_call& all, std::size_t axis, std::size_t row,
                     vec* sum) noexcept {
    constexpr std::size_t parts = tile / width;
    const std::size_t first = axis * 6;
    fetch<Prefetch>(all.in[first], row);
    for (std::size_t v = 0; v < parts; ++v) sum[v] = load(all.in[first] + row + v * width);
    for (std::size_t k = first + 1; k < first + 6; ++k) {
        fetch<Prefetch>(all.in[k], row);
        for (std::size_t v = 0; v < parts; ++v) sum[v] += load(all.in[k] + row + v * width);
    }
}

template <bool Stream>
inline void finish(const ceiling_call& all, std::size_t row, const vec* total) noexcept {
    for (std::size_t k = 4; k < outputs::numbers; ++k) {
        for (std::size_t v = 0; v < tile / width; ++v)
            store<Stream>(all.number[k] + row + v * width, total[v]);
    }
    const words none{};
    for (std::int16_t* level : all.level) {
        for (std::size_t i = 0; i < tile; i += 4 * width) store<Stream>(level + row + i, none);
    }
}

template <bool Blocks, bool Stream, bool Prefetch>
void loop(const ceiling_call& all, std::size_t begin, std::size_t end) noexcept {
    constexpr std::size_t parts = tile / width;
    constexpr std::size_t block = Blocks ? 1024 : tile;
    std::size_t at = begin;
    for (; at + tile <= end;) {
        const std::size_t whole = (end - at) / tile * tile;
        const std::size_t rows = whole < block ? whole : block;
        alignas(64) vec totals[block / width];
        for (std::size_t axis = 0; axis < 4; ++axis) {
            for (std::size_t i = 0; i < rows; i += tile) {
                vec sum[parts];
                sum_axis<Prefetch>(all, axis, at + i, sum);
                vec* total = totals + i / width;
                for (std::size_t v = 0; v < parts; ++v) {
                    store<Stream>(all.number[axis] + at + i + v * width, sum[v]);
                    total[v] = axis == 0 ? sum[v] : total[v] + sum[v];
                }
            }
        }
        for (std::size_t i = 0; i < rows; i += tile)
            finish<Stream>(all, at + i, totals + i / width);
        at += rows;
    }
    for (; at < end; ++at) {
        double total = 0;
        for (std::size_t axis = 0; axis < 4; ++axis) {
            double sum = 0;
            for (std::size_t k = axis * 6; k < axis * 6 + 6; ++k) sum += all.in[k][at];
            all.number[axis][at] = sum;
            total += sum;
        }
        for (std::size_t k = 4; k < outputs::numbers; ++k) all.number[k][at] = total;
        for (std::int16_t* level : all.level) level[at] = 0;
    }
#if defined(__SSE2__)
    if constexpr (Stream) _mm_sfence();
#endif
}

}  // namespace

ceiling_function BENCH_CEILING(const ceiling_form& form) noexcept {
    if (form.blocks) {
        if (form.stream) return form.prefetch ? loop<true, true, true> : loop<true, true, false>;
        return form.prefetch ? loop<true, false, true> : loop<true, false, false>;
    }
    if (form.stream) return form.prefetch ? loop<false, true, true> : loop<false, true, false>;
    return form.prefetch ? loop<false, false, true> : loop<false, false, false>;
}

}  // namespace bench
