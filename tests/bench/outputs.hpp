// What scoring W1 leaves behind, as plain columns: written by the comparators, compared with the
// library's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <new>
#include <vector>

#include "aiueo/score/scores.hpp"

namespace bench {

/// Memory that begins at a cache line, as streaming stores want it.
template <class T>
struct line_allocator {
    using value_type = T;
    line_allocator() = default;
    template <class U>
    line_allocator(const line_allocator<U>&) noexcept {}
    [[nodiscard]] T* allocate(std::size_t n) {
        return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{64}));
    }
    void deallocate(T* at, std::size_t) noexcept { ::operator delete (at, std::align_val_t{64}); }
    friend bool operator==(const line_allocator&, const line_allocator&) noexcept { return true; }
};
template <class T>
using line_vector = std::vector<T, line_allocator<T>>;

struct outputs {
    static constexpr std::size_t numbers = 8;  ///< I, U, E, O, overall, coverage, lower, upper
    static constexpr std::size_t levels = 4;   ///< stage, provisional, band, profile
    static constexpr std::int64_t bytes_per_row = numbers * 8 + levels * 2;

    explicit outputs(std::int64_t rows) {
        for (auto& one : number) one.assign(static_cast<std::size_t>(rows), 0);
        for (auto& one : level) one.assign(static_cast<std::size_t>(rows), 0);
    }
    std::array<line_vector<double>, numbers> number;
    std::array<line_vector<std::int16_t>, levels> level;
};

inline constexpr std::array<const char*, outputs::numbers> number_names{
    "I", "U", "E", "O", "overall", "coverage", "lower", "upper"};
inline constexpr std::array<const char*, outputs::levels> level_names{"stage", "provisional",
                                                                      "band", "profile"};

/// The library's columns in the order above.
struct score_columns {
    std::array<const double*, outputs::numbers> number{};
    std::array<const std::int16_t*, outputs::levels> level{};
};
[[nodiscard]] score_columns columns_of(const aiueo::scores& from) noexcept;
[[nodiscard]] score_columns columns_of(const outputs& from) noexcept;

/// Ends the program unless all rows are equal to the bit (all NaN are one).
void must_equal(const score_columns& ours, const score_columns& theirs, std::int64_t rows,
                const char* whose);

}  // namespace bench
