// score › kernel_columns: reading a host's column, whatever its type, where it lies.
// base ─► table ─► model ─► score
//
// Included by kernels.hpp only, once for each namespace. A column's last rows are read one by one:
// nothing behind them is touched.
#ifdef AIUEO_KERNELS

namespace aiueo::AIUEO_KERNELS {

/// `count` bits, 32 at most, from bit `at` on. Reads no byte that holds none of them.
AIUEO_INLINE std::uint64_t bits_from(const std::uint8_t* bits, std::int64_t at,
                                     std::size_t count) noexcept {
    const std::uint8_t* from = bits + (at >> 3);
    const auto shift = static_cast<unsigned>(at & 7);
    std::uint64_t word = 0;
    const std::size_t size = (shift + count + 7) / 8;
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    for (std::size_t k = 0; k < size; ++k) word |= std::uint64_t{from[k]} << (8 * k);
#else
    if (count == lanes * tile) {  // a whole tile: as many bytes as its bits fill, and one more
        __builtin_memcpy(&word, from, lanes * tile / 8);
        if (shift != 0) word |= std::uint64_t{from[lanes * tile / 8]} << (lanes * tile);
    } else {
        for (std::size_t k = 0; k < size; ++k) word |= std::uint64_t{from[k]} << (8 * k);
    }
#endif
    return word >> shift;
}

template <class T>
struct plain_values {
    static constexpr std::size_t bits_each = sizeof(T) * 8;
    const char* from;
    plain_values(const kernel_input& in, std::int64_t begin) noexcept
        : from(static_cast<const char*>(in.values) + begin * static_cast<std::int64_t>(sizeof(T))) {
    }
    [[nodiscard]] inline numbers at(std::size_t i) const noexcept {
        typedef T raw __attribute__((vector_size(lanes * sizeof(T))));  // NOLINT
        raw values;
        __builtin_memcpy(&values, from + i * sizeof(T), sizeof values);
        return __builtin_convertvector(values, numbers);
    }
    template <std::size_t Count>
    AIUEO_INLINE void all_at(std::size_t i, numbers* x) const noexcept {
        for (std::size_t u = 0; u < Count; ++u) x[u] = at(i + u * lanes);
    }
    /// The first `count` of them; NaN behind.
    [[nodiscard]] inline numbers some(std::size_t i, std::size_t count) const noexcept {
        numbers out = all(nan_value);
        for (std::size_t k = 0; k < count; ++k) {
            T one;
            __builtin_memcpy(&one, from + (i + k) * sizeof(T), sizeof one);
            out[k] = static_cast<double>(one);
        }
        return out;
    }
    [[nodiscard]] inline const char* address(std::size_t i) const noexcept {
        return from + i * sizeof(T);
    }
};

struct bit_values {
    static constexpr std::size_t bits_each = 1;
    const std::uint8_t* bits;
    std::int64_t first;
    bit_values(const kernel_input& in, std::int64_t begin) noexcept
        : bits(static_cast<const std::uint8_t*>(in.values)), first(begin) {}
    template <std::size_t Count>
    AIUEO_INLINE void all_at(std::size_t i, numbers* x) const noexcept {
        const std::uint64_t word =
            bits_from(bits, first + static_cast<std::int64_t>(i), Count * lanes);
        for (std::size_t u = 0; u < Count; ++u)
            x[u] = or_zero(mask_of(static_cast<unsigned>(word >> (u * lanes))), all(1.0));
    }
    [[nodiscard]] inline numbers some(std::size_t i, std::size_t count) const noexcept {
        if (count == 0) return all(nan_value);
        const auto word =
            static_cast<unsigned>(bits_from(bits, first + static_cast<std::int64_t>(i), count));
        return only(mask_of((1U << count) - 1), or_zero(mask_of(word), all(1.0)));
    }
    [[nodiscard]] inline const char* address(std::size_t i) const noexcept {
        return reinterpret_cast<const char*>(bits) + ((first + static_cast<std::int64_t>(i)) >> 3);
    }
};

/// A C bool: any byte but 0 is true.
struct byte_values : plain_values<std::uint8_t> {
    using plain_values::plain_values;
    template <std::size_t Count>
    AIUEO_INLINE void all_at(std::size_t i, numbers* x) const noexcept {
        for (std::size_t u = 0; u < Count; ++u)
            x[u] = or_zero(above(plain_values::at(i + u * lanes), all(0.0)), all(1.0));
    }
    [[nodiscard]] inline numbers some(std::size_t i, std::size_t count) const noexcept {
        const numbers byte = plain_values::some(i, count);
        return choose(above(byte, all(0.0)), all(1.0), byte);  // NaN stays
    }
};

/// Calls f with the way to read a column's type.
template <class F>
AIUEO_INLINE void with_values(column_type type, F f) noexcept {
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
    default: return;  // never: reads_in_place()
    }
}

template <class T>
struct pointed;
template <class T>
struct pointed<T*> {
    using type = T;
};

/// The first row of a chunk in its column.
inline std::int64_t first_of(const kernel_input& in, std::int64_t begin) noexcept {
    return in.first + (in.moves ? begin : 0);
}

/// `Count` vectors from row i of the chunk on; without Whole, NaN behind row n. Asks for those that
/// the next chunk will read.
template <class Values, std::size_t Count, bool Whole>
AIUEO_INLINE void load_as(const kernel_input& in, std::int64_t begin, std::size_t i, std::size_t n,
                          std::size_t ahead, numbers* x) noexcept {
    const Values values{in, begin};
    if constexpr (Whole) {
        if (ahead != 0) {
            const char* from = values.address(i + ahead);
            constexpr std::size_t size = Count * lanes * Values::bits_each / 8;
            for (std::size_t k = 0; k < size; k += 64) __builtin_prefetch(from + k, 0, 2);
        }
        values.template all_at<Count>(i, x);
    } else {
        for (std::size_t u = 0; u < Count; ++u) {
            const std::size_t at = i + u * lanes;
            x[u] = values.some(at, at >= n ? 0 : (n - at < lanes ? n - at : lanes));
        }
    }
}

}  // namespace aiueo::AIUEO_KERNELS

#endif
