// score › kernel_program: instructions over slots and truths, caps and levels.
// base ─► table ─► model ─► score
//
// Included by kernels.hpp only, once for each namespace. Slots have room for whole vectors; what
// lies behind the last row is computed and never looked at. A comparison reads its column once and
// leaves two bits a row; and, or, not then work on 64 bytes a chunk.
#ifdef AIUEO_KERNELS

namespace aiueo::AIUEO_KERNELS {

/// Ordered and different.
inline mask differ(numbers a, numbers b) noexcept { return either(above(a, b), above(b, a)); }

/// A result that is not finite is unknown, so that no infinity ever reaches a comparison.
inline numbers finite(numbers x) noexcept { return only(same(x - x, all(0.0)), x); }

template <class F>
inline void each(std::size_t n, const double* a, double* out, F f) noexcept {
    for (std::size_t i = 0; i < n; i += lanes) store(out + i, f(load(a + i)));
}

template <class F>
inline void each(std::size_t n, const double* a, const double* b, double* out, F f) noexcept {
    for (std::size_t i = 0; i < n; i += lanes) store(out + i, f(load(a + i), load(b + i)));
}

/// `yes(x, y)` and `no(x, y)` are both false where either side is unknown.
template <class Side, class Yes, class No>
inline void compare(std::size_t n, const double* a, Side other, truth_column& out, Yes yes,
                    No no) noexcept {
    for (std::size_t i = 0; i < n; i += 8) {
        mask is[in_byte];
        mask is_not[in_byte];
        for (std::size_t k = 0; k < in_byte; ++k) {
            const numbers x = load(a + i + k * lanes);
            const numbers y = other(i + k * lanes);
            is[k] = yes(x, y);
            is_not[k] = no(x, y);
        }
        put_byte(out.yes + i / 8, is);
        put_byte(out.no + i / 8, is_not);
    }
}

template <class Yes, class No>
inline void compare(std::size_t n, const double* a, const double* b, truth_column& out, Yes yes,
                    No no) noexcept {
    compare(
        n, a, [b](std::size_t i) { return load(b + i); }, out, yes, no);
}

template <class Yes, class No>
inline void compare(std::size_t n, const double* a, double constant, truth_column& out, Yes yes,
                    No no) noexcept {
    const numbers c = all(constant);
    compare(
        n, a, [c](std::size_t) { return c; }, out, yes, no);
}

/// Rows [i, i + lanes) of truths as a mask.
inline mask mask_at(const std::uint8_t* bits, std::size_t i) noexcept {
    return mask_of(static_cast<unsigned>(bits[i / 8]) >> (i % 8));
}

/// Byte by byte, the whole column.
template <class Yes, class No>
inline void each_truth(const truth_column& a, const truth_column& b, truth_column& out, Yes yes,
                       No no) noexcept {
    std::uint8_t is[truth_column::bytes];
    std::uint8_t is_not[truth_column::bytes];
    for (std::size_t k = 0; k < truth_column::bytes; ++k) {
        is[k] = static_cast<std::uint8_t>(yes(a.yes[k], a.no[k], b.yes[k], b.no[k]));
        is_not[k] = static_cast<std::uint8_t>(no(a.yes[k], a.no[k], b.yes[k], b.no[k]));
    }
    __builtin_memcpy(out.yes, is, sizeof is);  // out may be a or b
    __builtin_memcpy(out.no, is_not, sizeof is_not);
}

/// Instructions that leave numbers.
inline void run_numbers(const instruction& one, double* const* slots, truth_column* truths,
                        std::size_t n) noexcept {
    using code = instruction::code;
    double* out = slots[one.out];
    if (one.what == code::number_of) {
        const truth_column& from = truths[one.a];
        for (std::size_t i = 0; i < n; i += lanes) {
            const numbers no = only(mask_at(from.no, i), all(0.0));
            store(out + i, choose(mask_at(from.yes, i), all(1.0), no));
        }
        return;
    }
    const double* a = slots[one.a];
    const double* b = slots[one.b];
    switch (one.what) {
    case code::copy: return each(n, a, out, [](numbers x) { return x; });
    case code::add: return each(n, a, b, out, [](numbers x, numbers y) { return finite(x + y); });
    case code::subtract:
        return each(n, a, b, out, [](numbers x, numbers y) { return finite(x - y); });
    case code::multiply:
        return each(n, a, b, out, [](numbers x, numbers y) { return finite(x * y); });
    case code::divide:
        return each(n, a, b, out, [](numbers x, numbers y) { return finite(x / y); });
    case code::remainder:
        // fmod is exact in IEEE arithmetic, so it is the same everywhere; x % 0 is NaN by itself.
        for (std::size_t i = 0; i < n; ++i) out[i] = __builtin_fmod(a[i], b[i]);
        return;
    case code::negate: return each(n, a, out, [](numbers x) { return -x; });
    case code::absolute:
        for (std::size_t i = 0; i < n; ++i) out[i] = __builtin_fabs(a[i]);
        return;
    case code::minimum:
        return each(n, a, b, out, [](numbers x, numbers y) {
            return choose(known(x), choose(known(y), choose(above(x, y), y, x), y), x);
        });
    case code::maximum:
        return each(n, a, b, out, [](numbers x, numbers y) {
            return choose(known(x), choose(known(y), choose(above(y, x), y, x), y), x);
        });
    case code::weighted_mean:
        for (std::size_t i = 0; i < n; i += lanes) {
            const numbers sum = one.constant * load(a + i) + one.other_constant * load(b + i);
            store(out + i, on_grid(sum / (one.constant + one.other_constant)));
        }
        return;
    case code::select: {
        const truth_column& which = truths[one.c];
        for (std::size_t i = 0; i < n; i += lanes) {
            store(out + i, choose(mask_at(which.yes, i), load(a + i),
                                  only(mask_at(which.no, i), load(b + i))));
        }
        return;
    }
    default: return;
    }
}

/// Instructions that leave truths and read numbers.
inline void run_comparisons(const instruction& one, double* const* slots, truth_column* truths,
                            std::size_t n, const text_answers& texts) noexcept {
    const double* a = slots[one.a];
    const double* b = slots[one.b];
    truth_column& out = truths[one.out];
    using code = instruction::code;
    const auto is_above = [](numbers x, numbers y) { return above(x, y); };
    const auto is_least = [](numbers x, numbers y) { return at_least(x, y); };
    const auto is_below = [](numbers x, numbers y) { return above(y, x); };
    const auto is_most = [](numbers x, numbers y) { return at_least(y, x); };
    const auto is_same = [](numbers x, numbers y) { return same(x, y); };
    const auto is_other = [](numbers x, numbers y) { return differ(x, y); };
    switch (one.what) {
    case code::equal: return compare(n, a, b, out, is_same, is_other);
    case code::less: return compare(n, a, b, out, is_below, is_least);
    case code::less_equal: return compare(n, a, b, out, is_most, is_above);
    case code::equal_to: return compare(n, a, one.constant, out, is_same, is_other);
    case code::less_than: return compare(n, a, one.constant, out, is_below, is_least);
    case code::at_most: return compare(n, a, one.constant, out, is_most, is_above);
    case code::more_than: return compare(n, a, one.constant, out, is_above, is_most);
    case code::at_least: return compare(n, a, one.constant, out, is_least, is_below);
    case code::holds: return compare(n, a, 0.0, out, is_other, is_same);
    case code::known:
        return compare(
            n, a, 0.0, out, [](numbers x, numbers) { return known(x); },
            [](numbers x, numbers) { return opposite(known(x)); });
    case code::text_test:
        for (std::size_t i = 0; i < n; i += 8) {
            unsigned is = 0;
            unsigned is_not = 0;
            for (std::size_t k = 0; k < 8 && i + k < n; ++k) {
                const double id = a[i + k];
                if (id != id) continue;
                const bool answer = texts.of[one.immediate][static_cast<std::size_t>(id)] != 0;
                (answer ? is : is_not) |= 1U << k;
            }
            out.yes[i / 8] = static_cast<std::uint8_t>(is);
            out.no[i / 8] = static_cast<std::uint8_t>(is_not);
        }
        return;
    default: return;
    }
}

/// Instructions on truths alone.
inline void run_truths(const instruction& one, truth_column* truths) noexcept {
    const truth_column& a = truths[one.a];
    const truth_column& b = truths[one.b];
    truth_column& out = truths[one.out];
    using code = instruction::code;
    switch (one.what) {
    case code::constant_truth:
        __builtin_memset(out.yes, one.immediate == 1 ? 0xFF : 0, sizeof out.yes);
        __builtin_memset(out.no, one.immediate == 0 ? 0xFF : 0, sizeof out.no);
        return;
    case code::copy_truth:
        return each_truth(
            a, a, out, [](int yes, int, int, int) { return yes; },
            [](int, int no, int, int) { return no; });
    case code::logical_and:
        return each_truth(
            a, b, out, [](int yes, int, int yes_b, int) { return yes & yes_b; },
            [](int, int no, int, int no_b) { return no | no_b; });
    case code::logical_or:
        return each_truth(
            a, b, out, [](int yes, int, int yes_b, int) { return yes | yes_b; },
            [](int, int no, int, int no_b) { return no & no_b; });
    case code::logical_not:
        return each_truth(
            a, a, out, [](int, int no, int, int) { return no; },
            [](int yes, int, int, int) { return yes; });
    case code::same_truth:
        return each_truth(
            a, b, out,
            [](int yes, int no, int yes_b, int no_b) { return (yes & yes_b) | (no & no_b); },
            [](int yes, int no, int yes_b, int no_b) { return (yes & no_b) | (no & yes_b); });
    case code::known_truth:
        return each_truth(
            a, a, out, [](int yes, int no, int, int) { return yes | no; },
            [](int yes, int no, int, int) { return ~(yes | no); });
    case code::surely_not:
        return each_truth(
            a, a, out, [](int, int no, int, int) { return no; },
            [](int, int no, int, int) { return ~no; });
    case code::only_where:
        return each_truth(
            a, b, out, [](int yes, int, int where, int) { return yes & where; },
            [](int, int no, int where, int) { return no & where; });
    case code::select_truth: {
        truth_column then;
        const truth_column& which = truths[one.c];
        each_truth(
            a, which, then, [](int yes, int, int where, int) { return yes & where; },
            [](int, int no, int where, int) { return no & where; });
        truth_column otherwise;
        each_truth(
            b, which, otherwise, [](int yes, int, int, int where) { return yes & where; },
            [](int, int no, int, int where) { return no & where; });
        return each_truth(
            then, otherwise, out, [](int yes, int, int yes_b, int) { return yes | yes_b; },
            [](int, int no, int, int no_b) { return no | no_b; });
    }
    default: return;
    }
}

inline void run_code(const instruction* code, std::size_t count, double* const* slots,
                     truth_column* truths, std::size_t n, const text_answers& texts) noexcept {
    for (std::size_t k = 0; k < count; ++k) {
        const instruction& one = code[k];
        if (one.what <= instruction::last_of_numbers) {
            run_numbers(one, slots, truths, n);
        } else if (one.what <= instruction::last_of_comparisons) {
            run_comparisons(one, slots, truths, n, texts);
        } else {
            run_truths(one, truths);
        }
    }
}

inline void apply_cap(const truth_column& holds, std::size_t n, double at_most,
                      const kernel_score& to) noexcept {
    const numbers most = all(at_most);
    const auto cut = [&](double* column, std::size_t i, mask where) {
        const numbers x = load(column + i);
        store(column + i, choose(both(where, above(x, most)), most, x));
    };
    for (std::size_t i = 0; i < n; i += lanes) {
        const mask yes = mask_at(holds.yes, i);
        cut(to.score, i, yes);
        cut(to.upper, i, yes);
        cut(to.lower, i, opposite(mask_at(holds.no, i)));
    }
}

// ── levels ───────────────────────────────────────────────────────────────────

/// Rows whose levels are counted together.
#if defined(AIUEO_KERNELS_512)
inline constexpr std::size_t level_rows = 32;
using level_mask = __mmask32;
using level_counts = __m512i;
inline level_mask levels_of(const std::uint8_t* bits, std::size_t i) noexcept {
    level_mask out;
    __builtin_memcpy(&out, bits + i / 8, sizeof out);
    return out;
}
inline level_counts no_levels() noexcept { return _mm512_setzero_si512(); }
inline level_counts one_more(level_counts so_far, level_mask where) noexcept {
    return _mm512_mask_add_epi16(so_far, where, so_far, _mm512_set1_epi16(1));
}
inline level_counts minus_one_where(level_counts levels, level_mask where) noexcept {
    return _mm512_mask_mov_epi16(levels, where, _mm512_set1_epi16(-1));
}
inline level_counts if_more(level_counts could, level_counts stage) noexcept {
    return minus_one_where(could, _mm512_cmple_epi16_mask(could, stage));
}
inline level_mask others(level_mask where) noexcept { return ~where; }
#else
inline constexpr std::size_t level_rows = 8;
typedef std::int16_t level_counts __attribute__((vector_size(16)));  // NOLINT
using level_mask = level_counts;
inline level_mask levels_of(const std::uint8_t* bits, std::size_t i) noexcept {
    const level_counts lane{1, 2, 4, 8, 16, 32, 64, 128};
    const level_counts spread = static_cast<std::int16_t>(bits[i / 8]) - level_counts{};
    return (spread & lane) == lane;
}
inline level_counts no_levels() noexcept { return level_counts{}; }
inline level_counts one_more(level_counts so_far, level_mask where) noexcept {
    return so_far - where;
}
inline level_counts minus_one_where(level_counts levels, level_mask where) noexcept {
    return levels | where;
}
inline level_counts if_more(level_counts could, level_counts stage) noexcept {
    return minus_one_where(could, could <= stage);
}
inline level_mask others(level_mask where) noexcept { return ~where; }
#endif

/// The results have no room behind their last row.
inline void store_counts(std::int16_t* out, std::size_t i, std::size_t n,
                         level_counts levels) noexcept {
    const std::size_t count = n - i < level_rows ? n - i : level_rows;
    if (count == level_rows) {
        __builtin_memcpy(out + i, &levels, sizeof levels);
    } else {
        __builtin_memcpy(out + i, &levels, count * sizeof(std::int16_t));
    }
}

inline void store_levels(const kernel_levels& from, std::size_t n, std::int16_t* out) noexcept {
    for (std::size_t i = 0; i < n; i += level_rows) {
        level_counts levels = no_levels();
        for (std::size_t k = 0; k < from.count; ++k)
            levels = one_more(levels, levels_of(from.truths[from.of[k]].yes, i));
        if (from.certain != nullptr)
            levels = minus_one_where(levels, levels_of(from.certain->no, i));
        store_counts(out, i, n, levels);
    }
}

inline void store_provisional(const kernel_levels& from, std::size_t n,
                              std::int16_t* out) noexcept {
    for (std::size_t i = 0; i < n; i += level_rows) {
        level_counts stage = no_levels();
        level_counts could = no_levels();
        for (std::size_t k = 0; k < from.count; ++k) {
            const truth_column& reached = from.truths[from.of[k]];
            stage = one_more(stage, levels_of(reached.yes, i));
            could = one_more(could, others(levels_of(reached.no, i)));
        }
        store_counts(out, i, n, if_more(could, stage));
    }
}

/// Truths of which one holds at most, as its number counted from 1; 0 where none does.
inline void store_codes(const kernel_levels& from, std::size_t n, std::uint8_t* out) noexcept {
    typedef std::uint8_t codes __attribute__((vector_size(8)));  // NOLINT
    const codes lane{1, 2, 4, 8, 16, 32, 64, 128};
    for (std::size_t i = 0; i < n; i += 8) {
        codes found{};
        for (std::size_t k = 0; k < from.count; ++k) {
            const codes spread = from.truths[from.of[k]].yes[i / 8] - codes{};
            const codes where = reinterpret_cast<codes>((spread & lane) == lane);
            found |= where & (static_cast<std::uint8_t>(k + 1) - codes{});
        }
        const std::size_t count = n - i < 8 ? n - i : 8;
        __builtin_memcpy(out + i, &found, count);
    }
}

}  // namespace aiueo::AIUEO_KERNELS

#endif
