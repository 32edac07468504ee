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
// overall a tenth, conditions and levels a sixth, the chunk's own steps the rest. Within groups a
// third is responses, a fifth the bits that count known and given rows; without division by
// exact quotients the divider alone would take as long as all responses.
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
#include "aiueo/score/kernel_program.hpp"

namespace aiueo::AIUEO_KERNELS {

// ── groups and overall ───────────────────────────────────────────────────────

/// 3-definitions section 1, for `Count` vectors of rows: all components, then the score. Sums stay
/// in registers. Coverage is compared with `min_coverage` on the score grid, so that weights like
/// 0.1 + 0.2 of 0.6 are the half they look like.
template <std::size_t Count, bool Whole>
AIUEO_INLINE void score_tile(const kernel_group& group, std::int64_t begin, std::size_t i,
                             std::size_t n, const kernel_score& out) noexcept {
    numbers weighted[Count]{};
    numbers in_score[Count]{};
    numbers standing[Count]{};
    numbers priors[Count]{};
    for (std::size_t k = 0; k < group.count; ++k) {
        kernel_part& part = group.parts[k];
        numbers s[Count];
        mask is_known[Count];
        run_part<Count, Whole>(part, begin, i, n, group.ahead, s, is_known);
        const numbers w = all(part.weight);
        for (std::size_t u = 0; u < Count; ++u) {
            weighted[u] = add_where(weighted[u], is_known[u], s[u]);
            in_score[u] = add_where(in_score[u], is_known[u], w);
        }
        if (!part.stands) continue;
        const numbers stands = all(part.weight * part.prior);
        for (std::size_t u = 0; u < Count; ++u) {
            standing[u] = add_where(standing[u], opposite(is_known[u]), stands);
            priors[u] = add_where(priors[u], opposite(is_known[u]), w);
        }
    }
    const numbers least = all(on_grid(group.min_coverage));
    for (std::size_t u = 0; u < Count; ++u) {
        const std::size_t at = i + u * lanes;
        numbers mean;
        if (group.priors) {
            mean = (weighted[u] + standing[u]) / (in_score[u] + priors[u]);
        } else {
            mean = weighted[u] / in_score[u];  // 0 ÷ 0, nothing known, is NaN by itself
        }
        const numbers covered = divide(in_score[u], group.total);
        const numbers low = divide(weighted[u], group.total);
        const numbers high = low + 100.0 * (1.0 - covered);
        store(out.coverage + at, covered);
        store(out.lower + at, on_grid(low));
        store(out.upper + at, on_grid(high));
        store(out.score + at, only(at_least(on_grid(covered), least), on_grid(mean)));
    }
}

inline void score_group(const kernel_group& group, std::int64_t begin, std::size_t n,
                        const kernel_score& out) noexcept {
    for (std::size_t k = 0; k < group.count; ++k) clear_counts(group.parts[k], n);
    std::size_t i = 0;
    for (; i + lanes * tile <= n; i += lanes * tile)
        score_tile<tile, true>(group, begin, i, n, out);
    for (; i < n; i += lanes) score_tile<1, false>(group, begin, i, n, out);
    for (std::size_t k = 0; k < group.count; ++k) count_rows(group.parts[k], n);
}

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
