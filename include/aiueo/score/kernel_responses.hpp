// score › kernel_responses: from values to weight · response. base ─► table ─► model ─► score
//
// Included by kernels.hpp only, once for each namespace.
#ifdef AIUEO_KERNELS

namespace aiueo::AIUEO_KERNELS {

/// Two knots: a line, and what lies at the second and beyond.
template <std::size_t Count>
AIUEO_INLINE void respond_line(const kernel_part& part, const numbers* x, numbers* s) noexcept {
    const numbers first = all(part.at[0]);
    const numbers second = all(part.at[1]);
    const numbers from = all(part.score[0]);
    const numbers slope = all(part.slope[0]);
    const numbers to = all(part.score[1]);
    const numbers weight = all(part.weight);
    for (std::size_t u = 0; u < Count; ++u) {
        const numbers in = part.clamps ? larger(x[u], first) : x[u];
        const numbers on = from + (in - first) * slope;
        s[u] = weight * choose(at_least(x[u], second), to, on);
    }
}

/// The segment that x lies on, looked up knot by knot: at a knot the segment that begins there
/// counts, or (FirstCounts) the one that ends there.
template <std::size_t Count, bool FirstCounts>
AIUEO_INLINE void look_up(const kernel_part& part, const numbers* x, numbers* s) noexcept {
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
            const mask past = FirstCounts ? above(x[u], at) : at_least(x[u], at);
            base[u] = choose(past, at, base[u]);
            value[u] = choose(past, score, value[u]);
            rise[u] = choose(past, slope, rise[u]);
        }
    }
    for (std::size_t u = 0; u < Count; ++u)
        s[u] = part.weight * (value[u] + (larger(x[u], first) - base[u]) * rise[u]);
}

#if defined(AIUEO_KERNELS_512)

/// The same where the tables fit into registers: count the knots at or under x, then three
/// permutations.
template <std::size_t Count, bool FirstCounts>
AIUEO_INLINE void permute(const kernel_part& part, const numbers* x, numbers* s) noexcept {
    const numbers at = load(part.at);
    const numbers score = load(part.score);
    const numbers slope = load(part.slope);
    const numbers first = all(part.at[0]);
    const numbers weight = all(part.weight);
    __m512i on[Count];
    for (std::size_t u = 0; u < Count; ++u) on[u] = _mm512_setzero_si512();
    for (std::size_t j = 1; j < part.knots; ++j) {
        const numbers knot = all(part.at[j]);
        for (std::size_t u = 0; u < Count; ++u) {
            const mask past = FirstCounts ? above(x[u], knot) : at_least(x[u], knot);
            on[u] = _mm512_mask_sub_epi64(on[u], past, on[u], _mm512_set1_epi64(-1));
        }
    }
    for (std::size_t u = 0; u < Count; ++u) {
        const numbers in = part.clamps ? larger(x[u], first) : x[u];
        s[u] = weight * (pick(on[u], score) + (in - pick(on[u], at)) * pick(on[u], slope));
    }
}

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

template <std::size_t Count, bool FirstCounts>
AIUEO_INLINE void permute(const kernel_part& part, const numbers* x, numbers* s) noexcept {
    const eight_numbers at{part.at};
    const eight_numbers score{part.score};
    const eight_numbers slope{part.slope};
    const bool two = part.knots > 4;
    const numbers first = all(part.at[0]);
    const numbers fifth = all(two ? part.at[4] : 0);
    for (std::size_t u = 0; u < Count; ++u) {
        // Halves of the number at which a row lies: 2 k and 2 k + 1. Only three bits of them count,
        // so the fifth brings it back to the first of its table.
        __m256i on = _mm256_set1_epi64x(0x0000000100000000);
        for (std::size_t j = 1; j < part.knots; ++j) {
            const numbers knot = all(part.at[j]);
            const mask past = FirstCounts ? above(x[u], knot) : at_least(x[u], knot);
            on = _mm256_add_epi32(
                on, _mm256_and_si256(reinterpret_cast<__m256i>(past), _mm256_set1_epi32(2)));
        }
        const mask upper = FirstCounts ? above(x[u], fifth) : at_least(x[u], fifth);
        const numbers in = part.clamps ? larger(x[u], first) : x[u];
        s[u] = part.weight *
               (score.at(on, upper, two) + (in - at.at(on, upper, two)) * slope.at(on, upper, two));
    }
}

#endif

template <std::size_t Count, bool FirstCounts>
AIUEO_INLINE void respond_curve(const kernel_part& part, const numbers* x, numbers* s) noexcept {
#if defined(AIUEO_KERNELS_512) || defined(AIUEO_KERNELS_256)
    if (part.knots <= 8) return permute<Count, FirstCounts>(part, x, s);
#endif
    // Two at a time: with more, narrow instruction sets run out of registers.
    constexpr std::size_t pair = Count < 2 ? Count : 2;
    for (std::size_t u = 0; u < Count; u += pair) look_up<pair, FirstCounts>(part, x + u, s + u);
}

/// Thresholds ascend, so a row past one is past all before it: each changes the score into its own.
template <std::size_t Count>
AIUEO_INLINE void respond_steps(const kernel_part& part, const numbers* x, numbers* s) noexcept {
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

template <std::size_t Count>
AIUEO_INLINE void respond_flag(const kernel_part& part, const numbers* x, numbers* s) noexcept {
    const numbers yes = all(part.weight * part.score[0]);
    const numbers no = all(part.weight * part.below);
    for (std::size_t u = 0; u < Count; ++u) s[u] = choose(above(x[u], all(0.0)), yes, no);
}

template <std::size_t Count>
AIUEO_INLINE void respond(const kernel_part& part, const numbers* x, numbers* s) noexcept {
    switch (part.how) {
    case kernel_response::none: return;
    case kernel_response::ready:
        for (std::size_t u = 0; u < Count; ++u) s[u] = part.weight * x[u];
        return;
    case kernel_response::line: return respond_line<Count>(part, x, s);
    case kernel_response::curve:
        if (part.first_counts) return respond_curve<Count, true>(part, x, s);
        return respond_curve<Count, false>(part, x, s);
    case kernel_response::steps: return respond_steps<Count>(part, x, s);
    case kernel_response::flag: return respond_flag<Count>(part, x, s);
    }
}

// ── parts ────────────────────────────────────────────────────────────────────

/// Which rows of a part are known; the bits of these and of the given ones are kept for counting.
/// The others are missing, or given and invalid.
template <std::size_t Count>
AIUEO_INLINE void judge(kernel_part& part, std::int64_t begin, std::size_t i, std::size_t n,
                        const numbers* x, mask* is_known) noexcept {
    const kernel_input& in = part.in;
    mask is_given[Count];
    if (in.zero_or_one) {
        for (std::size_t u = 0; u < Count; ++u) {
            is_known[u] = either(same(x[u], all(0.0)), same(x[u], all(1.0)));
            is_given[u] = known(x[u]);
        }
        if (in.validity == nullptr) put_bits<Count>(part.given_rows, i, is_given);
    } else {
        // NaN is neither at least the one nor at most the other, and low is no larger than high.
        const numbers low = all(in.low);
        const numbers high = all(in.high);
        for (std::size_t u = 0; u < Count; ++u) {
            const mask over = at_least(x[u], low);
            const mask under = at_least(high, x[u]);
            is_known[u] = both(over, under);
            is_given[u] = in_order(x[u], over, under);
        }
        if (in.validity == nullptr) put_bits<Count>(part.given_rows, i, is_given);
    }
    if (in.validity != nullptr) {
        const std::size_t rows = n - i < Count * lanes ? n - i : Count * lanes;
        const std::uint64_t valid =
            bits_from(in.validity, first_of(in, begin) + static_cast<std::int64_t>(i), rows);
        for (std::size_t u = 0; u < Count; ++u) {
            const mask here = mask_of(static_cast<unsigned>(valid >> (u * lanes)));
            is_given[u] = both(known(x[u]), here);  // NaN behind the last row
            is_known[u] = both(is_known[u], here);
        }
        put_bits<Count>(part.given_rows, i, is_given);
    }
    put_bits<Count>(part.known_rows, i, is_known);
}

inline void clear_counts(kernel_part& part, std::size_t n) noexcept {
    const std::size_t words = (n + 63) / 64;
    __builtin_memset(part.known_rows, 0, words * 8);
    __builtin_memset(part.given_rows, 0, words * 8);
}

inline void count_rows(kernel_part& part, std::size_t n) noexcept {
    std::int64_t is_known = 0;
    std::int64_t is_given = 0;
    for (std::size_t k = 0; k < (n + 63) / 64; ++k) {
        is_known += __builtin_popcountll(part.known_rows[k]);
        is_given += __builtin_popcountll(part.given_rows[k]);
    }
    part.known = is_known;
    part.missing = static_cast<std::int64_t>(n) - is_given;
}

/// Read and respond for rows [i, i + Count · lanes) of the chunk: s is weight · response.
template <std::size_t Count, bool Whole>
AIUEO_INLINE void run_part(kernel_part& part, std::int64_t begin, std::size_t i, std::size_t n,
                           std::size_t ahead, numbers* s, mask* is_known) noexcept {
    numbers x[Count];
    load_values<Count, Whole>(part.in, first_of(part.in, begin), i, n, ahead, x);
    judge<Count>(part, begin, i, n, x, is_known);
    if (part.values != nullptr) {
        for (std::size_t u = 0; u < Count; ++u)
            store(part.values + i + u * lanes, only(is_known[u], x[u]));
    }
    respond<Count>(part, x, s);
}

inline void read_parts(kernel_part* parts, std::size_t count, std::int64_t begin, std::size_t n,
                       std::size_t ahead) noexcept {
    for (std::size_t k = 0; k < count; ++k) {
        kernel_part& part = parts[k];
        clear_counts(part, n);
        const auto keep = [&](std::size_t at, mask is_known, numbers s) {
            if (part.response != nullptr) store(part.response + at, only(is_known, s));
        };
        std::size_t i = 0;
        for (; i + lanes * tile <= n; i += lanes * tile) {
            numbers s[tile]{};
            mask is_known[tile];
            run_part<tile, true>(part, begin, i, n, ahead, s, is_known);
            for (std::size_t u = 0; u < tile; ++u) keep(i + u * lanes, is_known[u], s[u]);
        }
        for (; i < n; i += lanes) {
            numbers s{};
            mask is_known;
            run_part<1, false>(part, begin, i, n, 0, &s, &is_known);
            keep(i, is_known, s);
        }
        count_rows(part, n);
    }
}

}  // namespace aiueo::AIUEO_KERNELS

#endif
