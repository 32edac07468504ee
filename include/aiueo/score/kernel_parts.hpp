// score › kernel_parts: a column from its values to sums, one column after the other.
// base ─► table ─► model ─► score
//
// Included by kernels.hpp only, once for each namespace. Two ways:
// A column at a time: what is the same for all rows (the way to read it, its range, its response)
// is asked once for a chunk and its constants stay in registers; the sums of a group lie in the
// first-level cache. The faster one by a fifth where registers are few.
// A tile at a time, all columns: sums stay in registers, and columns are fetched side by side. With
// AVX-512 it is a tenth slower on columns in the cache, but faster on those that are not
// (tests/bench/README.md).
#ifdef AIUEO_KERNELS

namespace aiueo::AIUEO_KERNELS {

/// Rows counted while they pass by: those in both of two masks, and those in either. Bits where
/// masks are bits, else a sum for each lane.
struct row_counts {
#if defined(AIUEO_KERNELS_512)
    kernel_part& of;
    row_counts(kernel_part& part, std::size_t n) noexcept : of(part) { clear(part, n); }
    /// Whole bytes are overwritten; only the last word may not be filled.
    static AIUEO_INLINE void clear(kernel_part& part, std::size_t n) noexcept {
        part.some_rows[n == 0 ? 0 : (n - 1) / 64] = 0;
        part.other_rows[n == 0 ? 0 : (n - 1) / 64] = 0;
    }
    static AIUEO_INLINE void put(kernel_part& part, std::size_t i, mask a, mask b) noexcept {
        put_byte(reinterpret_cast<std::uint8_t*>(part.some_rows) + i / 8, &a);
        put_byte(reinterpret_cast<std::uint8_t*>(part.other_rows) + i / 8, &b);
    }
    AIUEO_INLINE void add(std::size_t i, mask a, mask b, mask) noexcept { put(of, i, a, b); }
    AIUEO_INLINE void total(std::size_t n) const noexcept { total(of, n); }
    static AIUEO_INLINE void total(kernel_part& part, std::size_t n) noexcept {
        part.known = 0;
        part.missing = static_cast<std::int64_t>(n);
        for (std::size_t k = 0; k < (n + 63) / 64; ++k) {
            part.known += __builtin_popcountll(part.some_rows[k] & part.other_rows[k]);
            part.missing -= __builtin_popcountll(part.some_rows[k] | part.other_rows[k]);
        }
    }
#else
    kernel_part& of;
    mask in_both{};
    mask in_either{};
    row_counts(kernel_part& part, std::size_t) noexcept : of(part) {}
    AIUEO_INLINE void add(std::size_t, mask a, mask b, mask shared) noexcept {
        in_both -= shared;
        in_either -= a | b;
    }
    AIUEO_INLINE void total(std::size_t n) const noexcept {
        of.known = 0;
        of.missing = static_cast<std::int64_t>(n);
        for (std::size_t k = 0; k < lanes; ++k) {
            of.known += in_both[k];
            of.missing -= in_either[k];
        }
    }
#endif
};

/// Says of values whether they are known, and counts these and those that are given. The others
/// are missing, the rows between invalid.
struct range_judge {
    numbers low;
    numbers high;
    row_counts counts;
    range_judge(kernel_part& part, std::size_t n) noexcept
        : low(all(part.in.low)), high(all(part.in.high)), counts(part, n) {}
    [[nodiscard]] AIUEO_INLINE mask is_known(std::size_t i, numbers x) noexcept {
        // NaN is neither at least the one nor at most the other, and low is no larger than high.
        const mask over = at_least(x, low);
        const mask under = at_least(high, x);
        const mask here = both(over, under);
        counts.add(i, over, under, here);
        return here;
    }
    [[nodiscard]] AIUEO_INLINE mask is_known(std::size_t i, numbers x, mask valid) noexcept {
        const mask here = both(both(at_least(x, low), at_least(high, x)), valid);
        counts.add(i, both(known(x), valid), here, here);
        return here;
    }
};

/// Flags that lie as numbers: neither 0 nor 1 is invalid.
struct flag_judge {
    row_counts counts;
    flag_judge(kernel_part& part, std::size_t n) noexcept : counts(part, n) {}
    [[nodiscard]] AIUEO_INLINE mask is_known(std::size_t i, numbers x) noexcept {
        const mask here = either(same(x, all(0.0)), same(x, all(1.0)));
        counts.add(i, known(x), here, here);
        return here;
    }
    [[nodiscard]] AIUEO_INLINE mask is_known(std::size_t i, numbers x, mask valid) noexcept {
        const mask here = both(either(same(x, all(0.0)), same(x, all(1.0))), valid);
        counts.add(i, both(known(x), valid), here, here);
        return here;
    }
};

/// `Count` vectors from row i of the chunk on into `to`, NaN where unknown.
template <class Values, std::size_t Count, bool Whole, class Judge>
AIUEO_INLINE void read_rows(const kernel_input& in, std::int64_t first, std::size_t i,
                            std::size_t n, std::size_t ahead, Judge& judge, double* to) noexcept {
    numbers x[Count];
    load_as<Values, Count, Whole>(in, first, i, n, ahead, x);
    if (in.validity != nullptr) {
        const std::size_t rows = n - i < Count * lanes ? n - i : Count * lanes;
        const std::uint64_t valid =
            bits_from(in.validity, first + static_cast<std::int64_t>(i), rows);
        for (std::size_t u = 0; u < Count; ++u) {
            const mask here = mask_of(static_cast<unsigned>(valid >> (u * lanes)));
            const std::size_t at = i + u * lanes;
            store(to + at, only(judge.is_known(at, x[u], here), x[u]));
        }
    } else {
        for (std::size_t u = 0; u < Count; ++u) {
            const std::size_t at = i + u * lanes;
            store(to + at, only(judge.is_known(at, x[u]), x[u]));
        }
    }
}

template <class Judge>
AIUEO_INLINE void read_column_by(kernel_part& part, std::int64_t begin, std::size_t n,
                                 std::size_t ahead, double* to) noexcept {
    const kernel_input& in = part.in;
    const std::int64_t first = first_of(in, begin);
    with_values(in.type, [&](auto* how) AIUEO_INLINED {
        using values = typename pointed<decltype(how)>::type;
        Judge judge{part, n};
        std::size_t i = 0;
        for (; i + lanes * tile <= n; i += lanes * tile)
            read_rows<values, tile, true>(in, first, i, n, ahead, judge, to);
        for (; i < n; i += lanes) read_rows<values, 1, false>(in, first, i, n, ahead, judge, to);
        judge.counts.total(n);
    });
}

/// A column as it is, judged: values, NaN where unknown, into `to`, which has room for whole
/// vectors; and how many are known and missing.
inline void read_column(kernel_part& part, std::int64_t begin, std::size_t n, std::size_t ahead,
                        double* to) noexcept {
    if (part.in.zero_or_one) {
        read_column_by<flag_judge>(part, begin, n, ahead, to);
    } else {
        read_column_by<range_judge>(part, begin, n, ahead, to);
    }
}

/// Of values that are judged already: NaN is all that is unknown.
struct known_judge {
    [[nodiscard]] AIUEO_INLINE mask is_known(std::size_t, numbers x) noexcept { return known(x); }
};

/// Rows [i, i + Count · lanes): judged, responded to, and the response left to a sink.
template <std::size_t Count, class Judge, class Response, class Sink>
AIUEO_INLINE void respond_to(const double* x, std::size_t i, Judge& judge, const Response& response,
                             const Sink& sink) noexcept {
    numbers in[Count];
    numbers s[Count];
    mask is_known[Count];
    for (std::size_t u = 0; u < Count; ++u) {
        in[u] = load(x + i + u * lanes);
        is_known[u] = judge.is_known(i + u * lanes, in[u]);
    }
    sink.template keep<Count>(i, is_known, in);
    response.template of<Count>(in, s);
    sink.template add<Count>(i, is_known, s);
}

#if !defined(AIUEO_KERNELS_512)

/// Plain doubles, whole tiles of them, judged on the way.
template <class Judge, class Response, class Sink>
AIUEO_INLINE void respond_at_once(kernel_part& part, const double* x, std::size_t n,
                                  std::size_t ahead, const Response& response,
                                  const Sink& sink) noexcept {
    Judge judge{part, n};
    for (std::size_t i = 0; i < n; i += lanes * tile) {
        for (std::size_t k = 0; k < lanes * tile; k += 8)
            __builtin_prefetch(x + i + ahead + k, 0, 2);
        respond_to<tile>(x, i, judge, response, sink);
    }
    judge.counts.total(n);
}

/// Any column: read and judged first, so that one code fits all types.
template <class Sink>
AIUEO_INLINE void respond_in_steps(kernel_part& part, std::int64_t begin, std::size_t n,
                                   std::size_t ahead, const Sink& sink) noexcept {
    alignas(64) double own[chunk_rows];
    double* values = part.values != nullptr ? part.values : own;
    read_column(part, begin, n, ahead, values);
    known_judge judge;
    const std::size_t whole = n - n % (lanes * tile);
    if (whole != 0) {
        with_response(part, [&](const auto& response) AIUEO_INLINED {
            for (std::size_t i = 0; i < whole; i += lanes * tile)
                respond_to<tile>(values, i, judge, response, sink);
        });
    }
    if (whole == n) return;
    with_any_response(part, [&](const auto& response) AIUEO_INLINED {
        for (std::size_t i = whole; i < n; i += lanes)
            respond_to<1>(values, i, judge, response, sink);
    });
}

/// Rows [0, n) of a part's column: weight · response, tile by tile, to where the sink puts it.
template <class Sink>
AIUEO_INLINE void run_part(kernel_part& part, std::int64_t begin, std::size_t n, std::size_t ahead,
                           const Sink& sink) noexcept {
    const kernel_input& in = part.in;
    const bool is_flag = part.how == kernel_response::flag;
    const bool plain = in.type == column_type::float64 && in.validity == nullptr;
    if (!plain || n % (lanes * tile) != 0 || (in.zero_or_one && !is_flag) || part.first_counts)
        return respond_in_steps(part, begin, n, ahead, sink);
    const auto* x = static_cast<const double*>(in.values) + first_of(in, begin);
    if (in.zero_or_one)
        return respond_at_once<flag_judge>(part, x, n, ahead, flag_response{part}, sink);
    with_response(part, [&](const auto& response) AIUEO_INLINED {
        respond_at_once<range_judge>(part, x, n, ahead, response, sink);
    });
}

#else

/// `Count` vectors of any column, from row i of the chunk on: s is weight · response.
template <std::size_t Count, bool Whole>
AIUEO_INLINE void run_tile(kernel_part& part, std::int64_t begin, std::size_t i, std::size_t n,
                           std::size_t ahead, numbers* s, mask* is_known) noexcept {
    const kernel_input& in = part.in;
    const std::int64_t first = first_of(in, begin);
    numbers x[Count]{};
    if (in.type == column_type::float64) {
        load_as<plain_values<double>, Count, Whole>(in, first, i, n, ahead, x);
    } else {
        with_values(in.type, [&](auto* how) AIUEO_INLINED {
            load_as<typename pointed<decltype(how)>::type, Count, Whole>(in, first, i, n, ahead, x);
        });
    }
    const auto judged = [&](mask a, mask b, mask here, std::size_t u) AIUEO_INLINED {
        row_counts::put(part, i + u * lanes, a, b);
        is_known[u] = here;
    };
    const std::size_t rows = n - i < Count * lanes ? n - i : Count * lanes;
    const std::uint64_t valid_rows =
        in.validity == nullptr ? 0
                               : bits_from(in.validity, first + static_cast<std::int64_t>(i), rows);
    const auto by_validity = [&](mask here, std::size_t u) AIUEO_INLINED {
        const mask valid = mask_of(static_cast<unsigned>(valid_rows >> (u * lanes)));
        judged(both(known(x[u]), valid), both(here, valid), both(here, valid), u);
    };
    if (in.zero_or_one) {
        for (std::size_t u = 0; u < Count; ++u) {
            const mask here = either(same(x[u], all(0.0)), same(x[u], all(1.0)));
            if (in.validity == nullptr) {
                judged(known(x[u]), here, here, u);
            } else {
                by_validity(here, u);
            }
        }
    } else {
        // NaN is neither at least the one nor at most the other, and low is no larger than high.
        const numbers low = all(in.low);
        const numbers high = all(in.high);
        for (std::size_t u = 0; u < Count; ++u) {
            const mask over = at_least(x[u], low);
            const mask under = at_least(high, x[u]);
            if (in.validity == nullptr) {
                judged(over, under, both(over, under), u);
            } else {
                by_validity(both(over, under), u);
            }
        }
    }
    if (part.values != nullptr) {
        for (std::size_t u = 0; u < Count; ++u)
            store(part.values + i + u * lanes, only(is_known[u], x[u]));
    }
    with_response(part,
                  [&](const auto& response) AIUEO_INLINED { response.template of<Count>(x, s); });
}

#endif

/// Keeps responses.
struct kept_responses {
    double* to;
    template <std::size_t Count>
    AIUEO_INLINE void keep(std::size_t, const mask*, const numbers*) const noexcept {}
    template <std::size_t Count>
    AIUEO_INLINE void add(std::size_t i, const mask* is_known, const numbers* s) const noexcept {
        for (std::size_t u = 0; u < Count; ++u) store(to + i + u * lanes, only(is_known[u], s[u]));
    }
};

inline void read_parts(kernel_part* parts, std::size_t count, std::int64_t begin, std::size_t n,
                       std::size_t ahead) noexcept {
    for (std::size_t k = 0; k < count; ++k) {
        kernel_part& part = parts[k];
        alignas(64) double own[chunk_rows];
        double* values = part.values != nullptr ? part.values : own;
        read_column(part, begin, n, ahead, values);
        if (part.response == nullptr) continue;
        with_any_response(part, [&](const auto& response) AIUEO_INLINED {
            known_judge judge;
            for (std::size_t i = 0; i < n; i += lanes)
                respond_to<1>(values, i, judge, response, kept_responses{part.response});
        });
    }
}

}  // namespace aiueo::AIUEO_KERNELS

#endif
