// score › kernel_responses: from values to weight · response. base ─► table ─► model ─► score
//
// Included by kernels.hpp only, once for each namespace.
#ifdef AIUEO_KERNELS

namespace aiueo::AIUEO_KERNELS {

// A response is an object made once for a column, so that its constants stay in registers; `of`
// makes weight · response of `Count` vectors of values. What it makes of unknown values counts
// nothing.

/// It is there already.
struct ready_response {
    numbers weight;
    explicit ready_response(const kernel_part& part) noexcept : weight(all(part.weight)) {}
    template <std::size_t Count>
    AIUEO_INLINE void of(const numbers* x, numbers* s) const noexcept {
        for (std::size_t u = 0; u < Count; ++u) s[u] = weight * x[u];
    }
};

/// Where values may lie before the first knot, the first knot.
template <std::size_t Count>
AIUEO_INLINE void clamp(bool clamps, numbers first, const numbers* x, numbers* in) noexcept {
    for (std::size_t u = 0; u < Count; ++u) in[u] = x[u];
    if (!clamps) return;
    for (std::size_t u = 0; u < Count; ++u) in[u] = larger(x[u], first);
}

/// Two knots: a line, and what lies at the second and beyond.
struct line_response {
    numbers first;
    numbers second;
    numbers from;
    numbers slope;
    numbers to;
    numbers weight;
    bool clamps;
    explicit line_response(const kernel_part& part) noexcept
        : first(all(part.at[0])),
          second(all(part.at[1])),
          from(all(part.score[0])),
          slope(all(part.slope[0])),
          to(all(part.score[1])),
          weight(all(part.weight)),
          clamps(part.clamps) {}
    template <std::size_t Count>
    AIUEO_INLINE void of(const numbers* x, numbers* s) const noexcept {
        numbers in[Count];
        clamp<Count>(clamps, first, x, in);
        for (std::size_t u = 0; u < Count; ++u) {
            const numbers on = from + (in[u] - first) * slope;
            s[u] = weight * choose(at_least(x[u], second), to, on);
        }
    }
};

/// At a knot the segment that begins there counts, or (FirstCounts) the one that ends there.
template <bool FirstCounts>
AIUEO_INLINE mask beyond(numbers x, numbers knot) noexcept {
    if constexpr (FirstCounts) {
        return above(x, knot);
    } else {
        return at_least(x, knot);
    }
}

/// The segment that x lies on, looked up knot by knot.
template <bool FirstCounts>
struct looked_up_response {
    const kernel_part& part;
    explicit looked_up_response(const kernel_part& from) noexcept : part(from) {}
    template <std::size_t Count>
    AIUEO_INLINE void some_of(const numbers* x, numbers* s) const noexcept {
        const numbers first = all(part.at[0]);
        numbers base[Count];
        numbers value[Count];
        numbers rise[Count];
        for (std::size_t u = 0; u < Count; ++u) {
            base[u] = first;
            value[u] = all(part.score[0]);
            rise[u] = all(part.slope[0]);
        }
        for (std::size_t j = 1; j < part.knots; ++j) {
            const numbers at = all(part.at[j]);
            const numbers score = all(part.score[j]);
            const numbers slope = all(part.slope[j]);
            for (std::size_t u = 0; u < Count; ++u) {
                const mask past = beyond<FirstCounts>(x[u], at);
                base[u] = choose(past, at, base[u]);
                value[u] = choose(past, score, value[u]);
                rise[u] = choose(past, slope, rise[u]);
            }
        }
        for (std::size_t u = 0; u < Count; ++u)
            s[u] = part.weight * (value[u] + (larger(x[u], first) - base[u]) * rise[u]);
    }
    template <std::size_t Count>
    AIUEO_INLINE void of(const numbers* x, numbers* s) const noexcept {
        // Two at a time: with more, narrow instruction sets run out of registers.
        constexpr std::size_t pair = Count < 2 ? Count : 2;
        for (std::size_t u = 0; u < Count; u += pair) some_of<pair>(x + u, s + u);
    }
};

#if defined(AIUEO_KERNELS_512)

/// The same where the tables fit into registers: count the knots at or under x, then three
/// permutations.
struct permuted_response {
    numbers at;
    numbers score;
    numbers slope;
    numbers first;
    numbers weight;
    const double* knots;
    std::size_t count;
    bool clamps;
    explicit permuted_response(const kernel_part& part) noexcept
        : at(load(part.at)),
          score(load(part.score)),
          slope(load(part.slope)),
          first(all(part.at[0])),
          weight(all(part.weight)),
          knots(part.at),
          count(part.knots),
          clamps(part.clamps) {}
    template <std::size_t Count>
    AIUEO_INLINE void of(const numbers* x, numbers* s) const noexcept {
        __m512i on[Count];
        for (std::size_t u = 0; u < Count; ++u) on[u] = _mm512_setzero_si512();
        for (std::size_t j = 1; j < count; ++j) {
            const numbers knot = all(knots[j]);
            for (std::size_t u = 0; u < Count; ++u) {
                const mask past = at_least(x[u], knot);
                on[u] = _mm512_mask_sub_epi64(on[u], past, on[u], _mm512_set1_epi64(-1));
            }
        }
        numbers in[Count];
        clamp<Count>(clamps, first, x, in);
        for (std::size_t u = 0; u < Count; ++u)
            s[u] = weight * (pick(on[u], score) + (in[u] - pick(on[u], at)) * pick(on[u], slope));
    }
};

#endif

#if defined(AIUEO_KERNELS_256)

/// The same in two tables of four: the lower, and what is different in the upper.
struct eight_numbers {
    numbers lower;
    numbers change;
    explicit eight_numbers(const double* from) noexcept
        : lower(load(from)), change(difference(lower, load(from + 4))) {}
    [[nodiscard]] AIUEO_INLINE numbers at(__m256i which, mask upper, bool two) const noexcept {
        const numbers low = pick(which, lower);
        return two ? difference(low, or_zero(upper, pick(which, change))) : low;
    }
};

template <std::size_t Knots>
struct permuted_response {
    eight_numbers at;
    eight_numbers score;
    eight_numbers slope;
    numbers first;
    numbers knot[Knots];
    numbers weight;
    bool clamps;
    explicit permuted_response(const kernel_part& part) noexcept
        : at(part.at),
          score(part.score),
          slope(part.slope),
          first(all(part.at[0])),
          weight(all(part.weight)),
          clamps(part.clamps) {
        for (std::size_t j = 1; j < Knots; ++j) knot[j] = all(part.at[j]);
    }
    template <std::size_t Count>
    AIUEO_INLINE void of(const numbers* x, numbers* s) const noexcept {
        constexpr bool two = Knots > 4;
        numbers in[Count];
        clamp<Count>(clamps, first, x, in);
        for (std::size_t u = 0; u < Count; ++u) {
            // Halves of the number at which a row lies: 2 k and 2 k + 1. Only three bits of them
            // count, so the fifth brings it back to the first of its table.
            __m256i on = _mm256_set1_epi64x(0x0000000100000000);
            mask upper{};
            for (std::size_t j = 1; j < Knots; ++j) {
                const mask past = at_least(x[u], knot[j]);
                on = _mm256_add_epi32(
                    on, _mm256_and_si256(reinterpret_cast<__m256i>(past), _mm256_set1_epi32(2)));
                if (j == 4) upper = past;
            }
            s[u] = weight * (score.at(on, upper, two) +
                             (in[u] - at.at(on, upper, two)) * slope.at(on, upper, two));
        }
    }
};

#endif

/// Thresholds ascend, so a row past one is past all before it: each changes the score into its own.
struct steps_response {
    const kernel_part& part;
    explicit steps_response(const kernel_part& from) noexcept : part(from) {}
    template <std::size_t Count>
    AIUEO_INLINE void of(const numbers* x, numbers* s) const noexcept {
        numbers before = all(part.weight * part.below);
        for (std::size_t u = 0; u < Count; ++u) s[u] = before;
        for (std::size_t j = 0; j < part.knots; ++j) {
            const numbers at = all(part.at[j]);
            const numbers score = all(part.weight * part.score[j]);
            const numbers change = difference(before, score);
            for (std::size_t u = 0; u < Count; ++u)
                s[u] = change_where(at_least(x[u], at), s[u], change, score);
            before = score;
        }
    }
};

#if !defined(AIUEO_KERNELS_512)

/// The same, of which it is known how many there are.
template <std::size_t Steps>
struct few_steps_response {
    numbers below;
    numbers at[Steps];
    numbers score[Steps];
    numbers change[Steps];
    explicit few_steps_response(const kernel_part& part) noexcept
        : below(all(part.weight * part.below)) {
        for (std::size_t j = 0; j < Steps; ++j) {
            at[j] = all(part.at[j]);
            score[j] = all(part.weight * part.score[j]);
            change[j] = difference(j == 0 ? below : score[j - 1], score[j]);
        }
    }
    template <std::size_t Count>
    AIUEO_INLINE void of(const numbers* x, numbers* s) const noexcept {
        for (std::size_t u = 0; u < Count; ++u) {
            s[u] = below;
            for (std::size_t j = 0; j < Steps; ++j)
                s[u] = change_where(at_least(x[u], at[j]), s[u], change[j], score[j]);
        }
    }
};

#endif

struct flag_response {
    numbers yes;
    numbers no;
    explicit flag_response(const kernel_part& part) noexcept
        : yes(all(part.weight * part.score[0])), no(all(part.weight * part.below)) {}
    template <std::size_t Count>
    AIUEO_INLINE void of(const numbers* x, numbers* s) const noexcept {
        for (std::size_t u = 0; u < Count; ++u) s[u] = choose(above(x[u], all(0.0)), yes, no);
    }
};

/// Calls f with the response of a part, whatever its size.
template <class F>
AIUEO_INLINE void with_any_response(const kernel_part& part, F f) noexcept {
    switch (part.how) {
    case kernel_response::none: return;
    case kernel_response::ready: return f(ready_response{part});
    case kernel_response::line: return f(line_response{part});
    case kernel_response::curve:
        if (part.first_counts) return f(looked_up_response<true>{part});
        return f(looked_up_response<false>{part});
    case kernel_response::steps: return f(steps_response{part});
    case kernel_response::flag: return f(flag_response{part});
    }
}

/// The same where there is a faster one for its size.
template <class F>
AIUEO_INLINE void with_response(const kernel_part& part, F f) noexcept {
#if defined(AIUEO_KERNELS_512)
    if (part.how == kernel_response::curve && part.knots <= 8 && !part.first_counts)
        return f(permuted_response{part});
#else
    if (part.how == kernel_response::steps) {
        switch (part.knots) {
        case 1: return f(few_steps_response<1>{part});
        case 2: return f(few_steps_response<2>{part});
        case 3: return f(few_steps_response<3>{part});
        default: break;
        }
    }
#endif
#if defined(AIUEO_KERNELS_256)
    if (part.how == kernel_response::curve && !part.first_counts) {
        switch (part.knots) {
        case 3: return f(permuted_response<3>{part});
        case 4: return f(permuted_response<4>{part});
        case 5: return f(permuted_response<5>{part});
        case 6: return f(permuted_response<6>{part});
        case 7: return f(permuted_response<7>{part});
        case 8: return f(permuted_response<8>{part});
        default: break;
        }
    }
#endif
    with_any_response(part, f);
}

}  // namespace aiueo::AIUEO_KERNELS

#endif
