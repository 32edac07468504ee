// score › kernels: the loops over a chunk of rows. base ─► table ─► model ─► score
//
// One source, compiled again for wider instruction sets in namespaces of their own (AIUEO_KERNELS),
// with no std templates inside that could leak wide code into shared symbols. Vectors are the
// compiler's (GCC and clang), as wide as the instruction set; every row is computed on its own and
// in the same order of operations, so that the bits do not depend on the width, the chunk or the
// neighbours. Unknown is NaN; a condition is 0, 1 or NaN.
//
// Kernel sources include this file once for each namespace; the portable one, of hosts, is there
// once.
#if defined(AIUEO_KERNELS) || !defined(AIUEO_PORTABLE_KERNELS)

#include <cstddef>
#include <cstdint>

#include "aiueo/score/kernel_types.hpp"

#ifdef __FAST_MATH__
#error \
    "aiueo promises the same bits everywhere; -ffast-math breaks that promise. Compile without it."
#endif

#ifndef AIUEO_KERNELS
#define AIUEO_KERNELS portable
#define AIUEO_KERNELS_DEFAULTED
#define AIUEO_PORTABLE_KERNELS
#endif

namespace aiueo::AIUEO_KERNELS {

#if defined(__AVX512F__) && !defined(AIUEO_KERNELS_DEFAULTED)
inline constexpr std::size_t lanes = 8;
inline constexpr std::size_t unrolled = 4;  // vectors in flight: 32 rows
#elif defined(__AVX2__) && !defined(AIUEO_KERNELS_DEFAULTED)
inline constexpr std::size_t lanes = 4;
inline constexpr std::size_t unrolled = 2;
#else
inline constexpr std::size_t lanes = 2;
inline constexpr std::size_t unrolled = 2;
#endif
static_assert(vector_rows % lanes == 0);

typedef double numbers
    __attribute__((vector_size(lanes * 8)));  // NOLINT: no using-form of the attribute
typedef std::int64_t mask __attribute__((vector_size(lanes * 8)));  // NOLINT

inline constexpr double nan_value = __builtin_nan("");

inline numbers all(double x) noexcept { return x - numbers{}; }
inline numbers load(const double* from) noexcept {
    numbers out;
    __builtin_memcpy(&out, from, sizeof out);
    return out;
}
inline void store(double* to, numbers x) noexcept { __builtin_memcpy(to, &x, sizeof x); }
/// NaN where it is not true.
inline numbers only(mask where, numbers x) noexcept { return where ? x : all(nan_value); }

/// Scores lie on multiples of 2⁻²⁰. Adding and subtracting 1.5 · 2³² rounds |x| ≤ 2³¹ to that grid,
/// ties to even.
inline constexpr double grid_shift = 6442450944.0;
inline double on_grid(double x) noexcept { return (x + grid_shift) - grid_shift; }
inline numbers on_grid(numbers x) noexcept { return (x + grid_shift) - grid_shift; }

// ── reading a column ─────────────────────────────────────────────────────────

/// Bits [at, at + lanes) as a mask. Reads no byte that holds none of them.
inline mask bit_mask(const std::uint8_t* bits, std::int64_t at, std::size_t count) noexcept {
    const std::uint8_t* from = bits + (at >> 3);
    const auto shift = static_cast<unsigned>(at & 7);
    unsigned word = from[0];
    if (shift + count > 8) word |= static_cast<unsigned>(from[1]) << 8;
    word >>= shift;
    mask lane{};
    for (std::size_t i = 0; i < lanes; ++i) lane[i] = std::int64_t{1} << i;
    const mask spread = static_cast<std::int64_t>(word) - mask{};
    return (spread & lane) != mask{};
}

template <class T>
struct plain_values {
    const char* from;
    explicit plain_values(const kernel_input& in) noexcept
        : from(static_cast<const char*>(in.values) +
               in.first * static_cast<std::int64_t>(sizeof(T))) {}
    inline numbers at(std::size_t i, std::size_t count) const noexcept {
        typedef T raw __attribute__((vector_size(lanes * sizeof(T))));  // NOLINT
        raw values{};
        if (count == lanes) {
            __builtin_memcpy(&values, from + i * sizeof(T), sizeof values);
        } else {
            for (std::size_t k = 0; k < count; ++k) {
                T one;
                __builtin_memcpy(&one, from + (i + k) * sizeof(T), sizeof one);
                values[k] = one;
            }
        }
        return __builtin_convertvector(values, numbers);
    }
};

struct bit_values {
    const std::uint8_t* bits;
    std::int64_t first;
    explicit bit_values(const kernel_input& in) noexcept
        : bits(static_cast<const std::uint8_t*>(in.values)), first(in.first) {}
    inline numbers at(std::size_t i, std::size_t count) const noexcept {
        return bit_mask(bits, first + static_cast<std::int64_t>(i), count) ? all(1.0) : all(0.0);
    }
};

/// A C bool: any byte but 0 is true.
struct byte_values {
    plain_values<std::uint8_t> bytes;
    explicit byte_values(const kernel_input& in) noexcept : bytes(in) {}
    inline numbers at(std::size_t i, std::size_t count) const noexcept {
        return bytes.at(i, count) != all(0.0) ? all(1.0) : all(0.0);
    }
};

/// Rows [0, count) of a vector: the others are no rows.
inline mask first_lanes(std::size_t count) noexcept {
    mask lane{};
    for (std::size_t i = 0; i < lanes; ++i) lane[i] = static_cast<std::int64_t>(i);
    return lane < (static_cast<std::int64_t>(count) - mask{});
}

/// Is it a value the metric can have?
inline mask possible(const kernel_input& in, numbers x) noexcept {
    if (in.zero_or_one) return (x == 0.0) | (x == 1.0);
    return (x >= in.low) & (x <= in.high);
}

template <class Values, bool Nullable>
inline void read_rows(const kernel_input& in, std::size_t n, double* out,
                      kernel_counts& counts) noexcept {
    const Values values{in};
    mask known_rows{};
    mask missing_rows{};
    for (std::size_t i = 0; i < n; i += lanes) {
        const std::size_t count = n - i < lanes ? n - i : lanes;
        const mask rows = count == lanes ? mask{} == mask{} : first_lanes(count);
        numbers x = values.at(i, count);
        if constexpr (Nullable)
            x = only(bit_mask(in.validity, in.first_bit + static_cast<std::int64_t>(i), count), x);
        const mask inside = possible(in, x);
        known_rows += inside & rows;  // a true lane is −1
        missing_rows += (x != x) & rows;
        store(out + i, only(inside, x));
    }
    for (std::size_t k = 0; k < lanes; ++k) {
        counts.known -= known_rows[k];
        counts.missing -= missing_rows[k];
    }
}

/// Read, respond, add: the inner loop of scoring. `respond` maps vectors of known inputs.
template <class Values, bool Nullable, class Respond>
inline void add_rows(const kernel_input& in, std::size_t n, double weight, const kernel_sums& sums,
                     double* response, kernel_counts& counts, Respond respond) noexcept {
    const Values values{in};
    mask known_rows{};
    mask missing_rows{};
    const numbers w = all(weight);
    const auto step = [&](std::size_t i, numbers x, numbers s, mask rows)
        __attribute__((always_inline)) {
        const mask inside = possible(in, x) & rows;
        known_rows += inside;  // a true lane is −1
        missing_rows += (x != x) & rows;
        store(sums.weighted + i, load(sums.weighted + i) + (inside ? w * s : all(0.0)));
        store(sums.known + i, load(sums.known + i) + (inside ? w : all(0.0)));
        if (response != nullptr) store(response + i, only(inside, s));
    };
    const auto fetch = [&](std::size_t i, std::size_t count) __attribute__((always_inline)) {
        numbers x = values.at(i, count);
        if constexpr (Nullable)
            x = only(bit_mask(in.validity, in.first_bit + static_cast<std::int64_t>(i), count), x);
        return x;
    };
    const mask every = mask{} == mask{};
    std::size_t i = 0;
    for (; i + lanes * unrolled <= n; i += lanes * unrolled) {
        numbers x[unrolled];
        numbers s[unrolled];
        for (std::size_t u = 0; u < unrolled; ++u) x[u] = fetch(i + u * lanes, lanes);
        respond(x, s);
        for (std::size_t u = 0; u < unrolled; ++u) step(i + u * lanes, x[u], s[u], every);
    }
    for (; i < n; i += lanes) {
        const std::size_t count = n - i < lanes ? n - i : lanes;
        numbers x[unrolled];
        numbers s[unrolled];
        for (std::size_t u = 0; u < unrolled; ++u) x[u] = all(0.0);
        x[0] = fetch(i, count);
        respond(x, s);
        step(i, x[0], s[0], first_lanes(count));
    }
    for (std::size_t k = 0; k < lanes; ++k) {
        counts.known -= known_rows[k];
        counts.missing -= missing_rows[k];
    }
}

/// Calls f with the way to read a column's type.
template <class F>
inline void with_values(column_type type, F f) noexcept {
    switch (type) {
    case column_type::bit: return f(static_cast<bit_values*>(nullptr));
    case column_type::byte: return f(static_cast<byte_values*>(nullptr));
    case column_type::int8: return f(static_cast<plain_values<std::int8_t>*>(nullptr));
    case column_type::int16: return f(static_cast<plain_values<std::int16_t>*>(nullptr));
    case column_type::int32: return f(static_cast<plain_values<std::int32_t>*>(nullptr));
    case column_type::int64: return f(static_cast<plain_values<std::int64_t>*>(nullptr));
    case column_type::uint8: return f(static_cast<plain_values<std::uint8_t>*>(nullptr));
    case column_type::uint16: return f(static_cast<plain_values<std::uint16_t>*>(nullptr));
    case column_type::uint32: return f(static_cast<plain_values<std::uint32_t>*>(nullptr));
    case column_type::uint64: return f(static_cast<plain_values<std::uint64_t>*>(nullptr));
    case column_type::float32: return f(static_cast<plain_values<float>*>(nullptr));
    case column_type::float64: return f(static_cast<plain_values<double>*>(nullptr));
    default: return;  // never given: reads_in_place()
    }
}

template <class T>
struct pointed;
template <class T>
struct pointed<T*> {
    using type = T;
};

template <class Respond>
inline void add_column(const kernel_input& in, std::size_t n, double weight,
                       const kernel_sums& sums, double* response, kernel_counts& counts,
                       Respond respond) noexcept {
    with_values(in.type, [&](auto* how) {
        using values = typename pointed<decltype(how)>::type;
        if (in.validity != nullptr) {
            add_rows<values, true>(in, n, weight, sums, response, counts, respond);
        } else {
            add_rows<values, false>(in, n, weight, sums, response, counts, respond);
        }
    });
}

inline void read(const kernel_input& in, std::size_t n, double* out,
                 kernel_counts& counts) noexcept {
    with_values(in.type, [&](auto* how) {
        using values = typename pointed<decltype(how)>::type;
        if (in.validity != nullptr) {
            read_rows<values, true>(in, n, out, counts);
        } else {
            read_rows<values, false>(in, n, out, counts);
        }
    });
}

// ── components ───────────────────────────────────────────────────────────────

template <bool FirstCounts>
inline void add_curve_of(const kernel_input& in, std::size_t n, const kernel_curve& curve,
                         double weight, const kernel_sums& sums, double* response,
                         kernel_counts& counts) noexcept {
    add_column(
        in, n, weight, sums, response,
        counts, [&](const numbers* x, numbers* s) __attribute__((always_inline)) {
            numbers base[unrolled];
            numbers value[unrolled];
            numbers rise[unrolled];
            for (std::size_t u = 0; u < unrolled; ++u) {
                base[u] = all(curve.at[0]);
                value[u] = all(curve.score[0]);
                rise[u] = all(0.0);
            }
            for (std::size_t j = 0; j < curve.knots; ++j) {
                const numbers at = all(curve.at[j]);
                const numbers score = all(curve.score[j]);
                const numbers slope = all(curve.slope[j]);
                for (std::size_t u = 0; u < unrolled; ++u) {
                    const mask past = FirstCounts ? x[u] > at : x[u] >= at;
                    base[u] = past ? at : base[u];
                    value[u] = past ? score : value[u];
                    rise[u] = past ? slope : rise[u];
                }
            }
            for (std::size_t u = 0; u < unrolled; ++u) s[u] = value[u] + (x[u] - base[u]) * rise[u];
        });
}

inline void add_curve(const kernel_input& in, std::size_t n, const kernel_curve& curve,
                      double weight, const kernel_sums& sums, double* response,
                      kernel_counts& counts) noexcept {
    if (curve.first_counts) {
        add_curve_of<true>(in, n, curve, weight, sums, response, counts);
    } else {
        add_curve_of<false>(in, n, curve, weight, sums, response, counts);
    }
}

inline void add_steps(const kernel_input& in, std::size_t n, const kernel_steps& steps,
                      double weight, const kernel_sums& sums, double* response,
                      kernel_counts& counts) noexcept {
    add_column(
        in, n, weight, sums, response,
        counts, [&](const numbers* x, numbers* s) __attribute__((always_inline)) {
            for (std::size_t u = 0; u < unrolled; ++u) s[u] = all(steps.below);
            for (std::size_t j = 0; j < steps.thresholds; ++j) {
                const numbers at = all(steps.at[j]);
                const numbers score = all(steps.score[j]);
                for (std::size_t u = 0; u < unrolled; ++u) s[u] = x[u] >= at ? score : s[u];
            }
        });
}

inline void add_flag(const kernel_input& in, std::size_t n, double when_true, double when_false,
                     double weight, const kernel_sums& sums, double* response,
                     kernel_counts& counts) noexcept {
    add_column(
        in, n, weight, sums, response,
        counts, [=](const numbers* x, numbers* s) __attribute__((always_inline)) {
            for (std::size_t u = 0; u < unrolled; ++u)
                s[u] = x[u] != all(0.0) ? all(when_true) : all(when_false);
        });
}

inline void add_response(const double* response, std::size_t n, double weight,
                         const kernel_sums& sums) noexcept {
    const numbers w = all(weight);
    for (std::size_t i = 0; i < n; i += lanes) {
        const numbers s = load(response + i);
        const mask known = s == s;
        store(sums.weighted + i, load(sums.weighted + i) + (known ? w * s : all(0.0)));
        store(sums.known + i, load(sums.known + i) + (known ? w : all(0.0)));
    }
}

// ── groups and overall ───────────────────────────────────────────────────────

/// 3-definitions section 1. Coverage is compared with `min_coverage` on the score grid, so that
/// weights like 0.1 + 0.2 of 0.6 are the half they look like.
inline void finish(const kernel_sums& sums, std::size_t n, double total, double min_coverage,
                   const kernel_score& out) noexcept {
    const numbers least = all(on_grid(min_coverage));
    for (std::size_t i = 0; i < n; i += lanes) {
        const numbers weighted = load(sums.weighted + i);
        const numbers known = load(sums.known + i);
        const numbers covered = known / total;
        const numbers low = weighted / total;
        const numbers high = low + 100.0 * (1.0 - covered);
        const numbers mean = weighted / known;  // 0 ÷ 0, nothing known, is NaN by itself
        store(out.coverage + i, covered);
        store(out.lower + i, on_grid(low));
        store(out.upper + i, on_grid(high));
        store(out.score + i, only(on_grid(covered) >= least, on_grid(mean)));
    }
}

inline void finish_with(const kernel_sums& sums, const kernel_extras& extras, std::size_t n,
                        double min_coverage, const kernel_score& out) noexcept {
    const numbers least = all(on_grid(min_coverage));
    const numbers zero = all(0.0);
    for (std::size_t i = 0; i < n; i += lanes) {
        const numbers weighted = load(sums.weighted + i);
        const numbers known = load(sums.known + i);
        const numbers total = load(extras.total + i);
        const mask some = total != zero;
        const numbers covered = some ? known / total : zero;
        const numbers low = some ? weighted / total : zero;
        const numbers high = low + 100.0 * (1.0 - covered);
        const numbers mean =
            (weighted + load(extras.standing + i)) / (known + load(extras.priors + i));
        const mask enough = some & (on_grid(covered) >= least) & (load(extras.failed + i) == zero);
        store(out.coverage + i, covered);
        store(out.lower + i, on_grid(low));
        store(out.upper + i, on_grid(high));
        store(out.score + i, only(enough, on_grid(mean)));
    }
}

/// Overall from the axes in use. `least_axes` is already limited to their number.
inline void combine(const kernel_overall& rule, std::size_t n, const kernel_score& out) noexcept {
    const numbers least = all(on_grid(rule.min_coverage));
    const numbers zero = all(0.0);
    double in_use = 0;
    for (std::size_t a = 0; a < rule.count; ++a) in_use += rule.axes[a].weight;
    for (std::size_t i = 0; i < n; i += lanes) {
        numbers weighted = zero;
        numbers known = zero;
        numbers have = zero;
        numbers covered = zero;
        numbers low = rule.minimum ? all(100.0) : zero;
        numbers high = low;
        numbers worst = all(nan_value);
        for (std::size_t a = 0; a < rule.count; ++a) {
            const kernel_axis& axis = rule.axes[a];
            const numbers s = load(axis.score + i);
            const numbers w = all(axis.weight);
            const numbers axis_low = load(axis.lower + i);
            const numbers axis_high = load(axis.upper + i);
            const mask scored = s == s;
            weighted += scored ? w * s : zero;
            known += scored ? w : zero;
            have += scored ? all(1.0) : zero;
            covered += w * load(axis.coverage + i);
            if (rule.minimum) {
                worst = ((s < worst) | ((worst != worst) & scored)) ? s : worst;
                low = axis_low < low ? axis_low : low;
                high = axis_high < high ? axis_high : high;
            } else {
                low += w * axis_low;
                high += w * axis_high;
            }
        }
        const numbers share = covered / in_use;
        low = on_grid(rule.minimum ? low : low / in_use);
        high = on_grid(rule.minimum ? high : high / in_use);
        numbers s = on_grid(rule.minimum ? worst : weighted / known);
        s = s < low ? low : s;
        s = s > high ? high : s;
        const mask enough = (have >= rule.least_axes) & (on_grid(share) >= least);
        store(out.score + i, only(enough, s));
        store(out.coverage + i, share);
        store(out.lower + i, low);
        store(out.upper + i, high);
    }
}

// ── ladders and bands ────────────────────────────────────────────────────────

/// One more rung: `stage` climbs where every condition so far is true, `could` where none is false.
/// Both start at 0; `rung` counts from 1.
inline void climb(const double* holds, std::size_t n, double rung, double* stage,
                  double* could) noexcept {
    const numbers below = all(rung - 1);
    const numbers here = all(rung);
    for (std::size_t i = 0; i < n; i += lanes) {
        const numbers h = load(holds + i);
        const numbers now = load(stage + i);
        const numbers may = load(could + i);
        store(stage + i, ((h == 1.0) & (now == below)) ? here : now);
        store(could + i, ((h != 0.0) & (may == below)) ? here : may);
    }
}

/// The number of edges at or under the score; unknown for an insufficient one.
inline void band(const double* score, std::size_t n, const double* edges, std::size_t count,
                 double* out) noexcept {
    for (std::size_t i = 0; i < n; i += lanes) {
        const numbers s = load(score + i);
        numbers at = only(s == s, all(0.0));
        for (std::size_t j = 0; j < count; ++j) at += s >= all(edges[j]) ? all(1.0) : all(0.0);
        store(out + i, at);
    }
}

inline void store_level(const double* level, std::size_t n, std::int16_t* out) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double here = level[i] == level[i] ? level[i] : -1.0;
        out[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(here));
    }
}

inline void store_provisional(const double* stage, const double* could, std::size_t n,
                              std::int16_t* out) noexcept {
    for (std::size_t i = 0; i < n; ++i) {
        const double here = could[i] > stage[i] ? could[i] : -1.0;
        out[i] = static_cast<std::int16_t>(static_cast<std::int32_t>(here));
    }
}

}  // namespace aiueo::AIUEO_KERNELS

#include "aiueo/score/kernel_program.hpp"

namespace aiueo::AIUEO_KERNELS {

inline constexpr kernel_table make_table(instruction_set isa, const char* name) noexcept {
    return {isa,      name,         read,   add_curve,   add_steps,
            add_flag, add_response, finish, finish_with, combine,
            run_code, climb,        band,   store_level, store_provisional};
}

}  // namespace aiueo::AIUEO_KERNELS

#ifdef AIUEO_KERNELS_DEFAULTED
#undef AIUEO_KERNELS
#undef AIUEO_KERNELS_DEFAULTED
#endif

#endif
