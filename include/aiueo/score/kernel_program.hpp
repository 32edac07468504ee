// score › kernel_program: instructions over slots. base ─► table ─► model ─► score
//
// Included by kernels.hpp only, once for each namespace. Slots have room for whole vectors; what
// lies behind the last row is computed and never looked at.
#ifdef AIUEO_KERNELS

namespace aiueo::AIUEO_KERNELS {

inline numbers truth(mask where) noexcept { return where ? all(1.0) : all(0.0); }

/// A result that is not finite is unknown, so that no infinity ever reaches a comparison.
inline numbers finite(numbers x) noexcept { return only((x - x) == all(0.0), x); }

template <class F>
inline void each(std::size_t n, const double* a, double* out, F f) noexcept {
    for (std::size_t i = 0; i < n; i += lanes) store(out + i, f(load(a + i)));
}

template <class F>
inline void each(std::size_t n, const double* a, const double* b, double* out, F f) noexcept {
    for (std::size_t i = 0; i < n; i += lanes) store(out + i, f(load(a + i), load(b + i)));
}

/// A comparison, unknown where either side is.
template <class F>
inline void compare(std::size_t n, const double* a, const double* b, double* out, F f) noexcept {
    for (std::size_t i = 0; i < n; i += lanes) {
        const numbers x = load(a + i);
        const numbers y = load(b + i);
        store(out + i, only((x == x) & (y == y), truth(f(x, y))));
    }
}

inline void run_one(const instruction& one, double* const* slots, std::size_t n,
                    const text_answers& texts) noexcept {
    const double* a = slots[one.a];
    const double* b = slots[one.b];
    const double* c = slots[one.c];
    double* out = slots[one.out];
    const double immediate = static_cast<double>(one.immediate);
    using code = instruction::code;
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
            const numbers least = y < x ? y : x;
            return x != x ? x : (y != y ? y : least);
        });
    case code::maximum:
        return each(n, a, b, out, [](numbers x, numbers y) {
            const numbers most = x < y ? y : x;
            return x != x ? x : (y != y ? y : most);
        });
    case code::equal: return compare(n, a, b, out, [](numbers x, numbers y) { return x == y; });
    case code::not_equal: return compare(n, a, b, out, [](numbers x, numbers y) { return x != y; });
    case code::less: return compare(n, a, b, out, [](numbers x, numbers y) { return x < y; });
    case code::less_equal:
        return compare(n, a, b, out, [](numbers x, numbers y) { return x <= y; });
    case code::logical_and:
        return each(n, a, b, out, [](numbers x, numbers y) {
            const numbers open = x != x ? x : y;
            return ((x == all(0.0)) | (y == all(0.0))) ? all(0.0) : open;
        });
    case code::logical_or:
        return each(n, a, b, out, [](numbers x, numbers y) {
            const numbers open = x != x ? x : y;
            return ((x == all(1.0)) | (y == all(1.0))) ? all(1.0) : open;
        });
    case code::logical_not: return each(n, a, out, [](numbers x) { return all(1.0) - x; });
    case code::known: return each(n, a, out, [](numbers x) { return truth(x == x); });
    case code::select:
        for (std::size_t i = 0; i < n; i += lanes) {
            const numbers x = load(a + i);
            const numbers chosen = x != all(0.0) ? load(b + i) : load(c + i);
            store(out + i, x != x ? x : chosen);
        }
        return;
    case code::text_test:
        for (std::size_t i = 0; i < n; ++i) {
            out[i] =
                a[i] == a[i]
                    ? static_cast<double>(texts.of[one.immediate][static_cast<std::size_t>(a[i])])
                    : nan_value;
        }
        return;
    case code::rung_is:
        return each(n, a, b, out, [=](numbers stage, numbers could) {
            return only(stage == could, truth(stage == all(immediate)));
        });
    case code::rung_at_least:
        return each(n, a, b, out, [=](numbers stage, numbers could) {
            const numbers below = could >= all(immediate) ? all(nan_value) : all(0.0);
            return stage >= all(immediate) ? all(1.0) : below;
        });
    }
}

inline void run_code(const instruction* code, std::size_t count, double* const* slots,
                     std::size_t n, const text_answers& texts) noexcept {
    for (std::size_t k = 0; k < count; ++k) run_one(code[k], slots, n, texts);
}

}  // namespace aiueo::AIUEO_KERNELS

#endif
