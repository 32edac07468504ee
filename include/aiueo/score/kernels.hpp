// score › kernels: the loops over a chunk of rows. base ─► table ─► model ─► score
//
// One source, compiled again for wider instruction sets in namespaces of their own (AIUEO_KERNELS),
// with no std templates inside that could leak wide code into shared symbols. Every row is computed
// on its own and in the same order of operations, so that the bits do not depend on the width, the
// chunk or the neighbours. Unknown is NaN.
//
// Kernel sources include this file once for each namespace; the portable one, of hosts, is there
// once.
//
// Where the time goes, with AVX-512 on columns in the cache (tests/bench, W1): groups two thirds,
// overall a tenth, conditions and levels an eighth, the chunk's own steps the rest. Within groups
// responses are a third and counting known and given rows a fifth; without division by exact
// quotients the divider alone would take as long as all responses. kernel_parts.hpp says why groups
// are scored in two ways.
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
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512DQ__) && \
    defined(__AVX512VL__)
#define AIUEO_KERNELS_512
#elif defined(__AVX2__) && defined(__FMA__)
#define AIUEO_KERNELS_256
#endif

#if defined(AIUEO_KERNELS_512) || defined(AIUEO_KERNELS_256)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

// The order matters: each reads what the ones before it define.
#include "aiueo/score/kernel_vectors.hpp"
//
#include "aiueo/score/kernel_columns.hpp"
//
#include "aiueo/score/kernel_responses.hpp"
//
#include "aiueo/score/kernel_parts.hpp"
//
#include "aiueo/score/kernel_program.hpp"

namespace aiueo::AIUEO_KERNELS {

// ── groups and overall ───────────────────────────────────────────────────────

/// What a score is made of, for a vector of rows.
struct row_sums {
    numbers weighted{};
    numbers known{};
    numbers standing{};
    numbers priors{};
};

/// docs/scores.md: scores from sums. Coverage is compared with `min_coverage` on the score
/// grid, so that weights like 0.1 + 0.2 of 0.6 are the half they look like.
template <bool Priors>
AIUEO_INLINE void finish_rows(const row_sums& of, const kernel_divisor& total, numbers least,
                              std::size_t i, const kernel_score& out) noexcept {
    numbers mean;
    if constexpr (Priors) {
        mean = (of.weighted + of.standing) / (of.known + of.priors);
    } else {
        mean = of.weighted / of.known;  // 0 ÷ 0, nothing known, is NaN by itself
    }
    const numbers covered = divide(of.known, total);
    const numbers low = divide(of.weighted, total);
    const numbers high = low + 100.0 * (1.0 - covered);
    store(out.coverage + i, covered);
    store(out.lower + i, on_grid(low));
    store(out.upper + i, on_grid(high));
    store(out.score + i, only(at_least(on_grid(covered), least), on_grid(mean)));
}

#if defined(AIUEO_KERNELS_512)

/// All components of `Count` vectors of rows, then the score.
template <std::size_t Count, bool Whole, bool Priors>
AIUEO_INLINE void score_tile(const kernel_group& group, std::int64_t begin, std::size_t i,
                             std::size_t n, const kernel_score& out) noexcept {
    row_sums sums[Count];
    for (std::size_t k = 0; k < group.count; ++k) {
        kernel_part& part = group.parts[k];
        numbers s[Count]{};
        mask is_known[Count];
        run_tile<Count, Whole>(part, begin, i, n, group.ahead, s, is_known);
        const numbers w = all(part.weight);
        for (std::size_t u = 0; u < Count; ++u) {
            sums[u].weighted = add_where(sums[u].weighted, is_known[u], s[u]);
            sums[u].known = add_where(sums[u].known, is_known[u], w);
        }
        if (!Priors || !part.stands) continue;
        const numbers stands = all(part.weight * part.prior);
        for (std::size_t u = 0; u < Count; ++u) {
            sums[u].standing = add_where(sums[u].standing, opposite(is_known[u]), stands);
            sums[u].priors = add_where(sums[u].priors, opposite(is_known[u]), w);
        }
    }
    const numbers least = all(on_grid(group.min_coverage));
    for (std::size_t u = 0; u < Count; ++u)
        finish_rows<Priors>(sums[u], group.total, least, i + u * lanes, out);
}

template <bool Priors>
AIUEO_INLINE void score_tiles(const kernel_group& group, std::int64_t begin, std::size_t n,
                              const kernel_score& out) noexcept {
    std::size_t i = 0;
    for (; i + lanes * tile <= n; i += lanes * tile)
        score_tile<tile, true, Priors>(group, begin, i, n, out);
    for (; i < n; i += lanes) score_tile<1, false, Priors>(group, begin, i, n, out);
}

inline void score_group(const kernel_group& group, std::int64_t begin, std::size_t n,
                        const kernel_score& out) noexcept {
    for (std::size_t k = 0; k < group.count; ++k) row_counts::clear(group.parts[k], n);
    if (group.priors) {
        score_tiles<true>(group, begin, n, out);
    } else {
        score_tiles<false>(group, begin, n, out);
    }
    for (std::size_t k = 0; k < group.count; ++k) row_counts::total(group.parts[k], n);
}

#else

/// Sums of a group, a value a row.
struct group_sums {
    alignas(64) double weighted[chunk_rows];
    alignas(64) double known[chunk_rows];
    alignas(64) double standing[chunk_rows];
    alignas(64) double priors[chunk_rows];
};

/// Adds the responses of a part to the sums of its group. More: it stands in where it is unknown,
/// or its values are kept.
template <bool More>
struct added_responses {
    group_sums& sums;
    numbers weight;
    numbers stands;
    bool stands_in;
    double* values;
    added_responses(const kernel_part& part, group_sums& to) noexcept
        : sums(to),
          weight(all(part.weight)),
          stands(all(part.weight * part.prior)),
          stands_in(part.stands),
          values(part.values) {}
    template <std::size_t Count>
    AIUEO_INLINE void keep(std::size_t i, const mask* is_known, const numbers* x) const noexcept {
        if constexpr (More) {
            for (std::size_t u = 0; values != nullptr && u < Count; ++u)
                store(values + i + u * lanes, only(is_known[u], x[u]));
        }
    }
    template <std::size_t Count>
    AIUEO_INLINE void add(std::size_t i, const mask* is_known, const numbers* s) const noexcept {
        const auto to = [&](double* sum, std::size_t u, mask where, numbers x) AIUEO_INLINED {
            double* at = sum + i + u * lanes;
            store(at, add_where(load(at), where, x));
        };
        for (std::size_t u = 0; u < Count; ++u) {
            to(sums.weighted, u, is_known[u], s[u]);
            to(sums.known, u, is_known[u], weight);
        }
        if constexpr (More) {
            for (std::size_t u = 0; stands_in && u < Count; ++u) {
                to(sums.standing, u, opposite(is_known[u]), stands);
                to(sums.priors, u, opposite(is_known[u]), weight);
            }
        }
    }
};

template <bool Priors>
AIUEO_INLINE void finish_group(const kernel_group& group, const group_sums& sums, std::size_t n,
                               const kernel_score& to) noexcept {
    // Of their own, so that compilers need not suspect the results to change them.
    const kernel_divisor total = group.total;
    const numbers least = all(on_grid(group.min_coverage));
    const kernel_score out = to;
    for (std::size_t i = 0; i < n; i += lanes) {
        row_sums of{load(sums.weighted + i), load(sums.known + i), {}, {}};
        if constexpr (Priors) {
            of.standing = load(sums.standing + i);
            of.priors = load(sums.priors + i);
        }
        finish_rows<Priors>(of, total, least, i, out);
    }
}

/// All components, one after the other, then the score.
inline void score_group(const kernel_group& group, std::int64_t begin, std::size_t n,
                        const kernel_score& out) noexcept {
    group_sums sums;
    for (std::size_t i = 0; i < n; i += lanes) {
        store(sums.weighted + i, all(0.0));
        store(sums.known + i, all(0.0));
        if (!group.priors) continue;
        store(sums.standing + i, all(0.0));
        store(sums.priors + i, all(0.0));
    }
    for (std::size_t k = 0; k < group.count; ++k) {
        kernel_part& part = group.parts[k];
        if (part.stands || part.values != nullptr) {
            run_part(part, begin, n, group.ahead, added_responses<true>{part, sums});
        } else {
            run_part(part, begin, n, group.ahead, added_responses<false>{part, sums});
        }
    }
    if (group.priors) {
        finish_group<true>(group, sums, n, out);
    } else {
        finish_group<false>(group, sums, n, out);
    }
}

#endif

inline void add_response(const double* response, std::size_t n, double weight,
                         const kernel_sums& sums) noexcept {
    const numbers w = all(weight);
    for (std::size_t i = 0; i < n; i += lanes) {
        const numbers s = load(response + i);
        const mask is_known = known(s);
        store(sums.weighted + i, add_where(load(sums.weighted + i), is_known, w * s));
        store(sums.known + i, add_where(load(sums.known + i), is_known, w));
    }
}

inline void finish_with(const kernel_sums& sums, const kernel_extras& extras, std::size_t n,
                        double min_coverage, const kernel_score& out) noexcept {
    const numbers least = all(on_grid(min_coverage));
    const numbers zero = all(0.0);
    for (std::size_t i = 0; i < n; i += lanes) {
        const numbers weighted = load(sums.weighted + i);
        const numbers is_known = load(sums.known + i);
        const numbers total = load(extras.total + i);
        const mask some = above(total, zero);
        const numbers covered = choose(some, is_known / total, zero);
        const numbers low = choose(some, weighted / total, zero);
        const numbers high = low + 100.0 * (1.0 - covered);
        const numbers mean =
            (weighted + load(sums.standing + i)) / (is_known + load(sums.priors + i));
        const mask enough = both(both(some, at_least(on_grid(covered), least)),
                                 same(load(extras.failed + i), zero));
        store(out.coverage + i, covered);
        store(out.lower + i, on_grid(low));
        store(out.upper + i, on_grid(high));
        store(out.score + i, only(enough, on_grid(mean)));
    }
}

/// Overall from the axes in use. `least_axes` is already limited to their number.
template <bool Minimum>
inline void combine_by(const kernel_overall& rule, std::size_t n,
                       const kernel_score& out) noexcept {
    const numbers least = all(on_grid(rule.min_coverage));
    const numbers zero = all(0.0);
    for (std::size_t i = 0; i < n; i += lanes) {
        numbers weighted = zero;
        numbers in_score = zero;
        numbers have = zero;
        numbers covered = zero;
        numbers low = Minimum ? all(100.0) : zero;
        numbers high = low;
        numbers worst = all(nan_value);
        for (std::size_t a = 0; a < rule.count; ++a) {
            const kernel_axis& axis = rule.axes[a];
            const numbers s = load(axis.score + i);
            const numbers w = all(axis.weight);
            const numbers axis_low = load(axis.lower + i);
            const numbers axis_high = load(axis.upper + i);
            const mask scored = known(s);
            have = add_where(have, scored, all(1.0));
            covered += w * load(axis.coverage + i);
            if constexpr (Minimum) {
                const mask lower = either(above(worst, s), but_not(scored, known(worst)));
                worst = choose(lower, s, worst);
                low = choose(above(low, axis_low), axis_low, low);
                high = choose(above(high, axis_high), axis_high, high);
            } else {
                weighted = add_where(weighted, scored, w * s);
                in_score = add_where(in_score, scored, w);
                low += w * axis_low;
                high += w * axis_high;
            }
        }
        const numbers share = divide(covered, rule.in_use);
        low = on_grid(Minimum ? low : divide(low, rule.in_use));
        high = on_grid(Minimum ? high : divide(high, rule.in_use));
        numbers s = on_grid(Minimum ? worst : weighted / in_score);
        s = choose(above(low, s), low, s);
        s = choose(above(s, high), high, s);
        const mask enough =
            both(at_least(have, all(rule.least_axes)), at_least(on_grid(share), least));
        store(out.score + i, only(enough, s));
        store(out.coverage + i, share);
        store(out.lower + i, low);
        store(out.upper + i, high);
    }
}

inline void combine(const kernel_overall& rule, std::size_t n, const kernel_score& out) noexcept {
    if (rule.minimum) {
        combine_by<true>(rule, n, out);
    } else {
        combine_by<false>(rule, n, out);
    }
}

inline constexpr kernel_table make_table(instruction_set isa, const char* name) noexcept {
    return {isa,     name,     read_parts, score_group,  add_response,      finish_with,
            combine, run_code, apply_cap,  store_levels, store_provisional, store_codes};
}

}  // namespace aiueo::AIUEO_KERNELS

#undef AIUEO_INLINE
#undef AIUEO_INLINED
#undef AIUEO_KERNELS_512
#undef AIUEO_KERNELS_256
#ifdef AIUEO_KERNELS_DEFAULTED
#undef AIUEO_KERNELS
#undef AIUEO_KERNELS_DEFAULTED
#endif

#endif
