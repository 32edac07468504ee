// score › kernel_types: what kernels are told, and the table through which they are called.
// base ─► table ─► model ─► score
#pragma once

#include <cstddef>
#include <cstdint>

#include "aiueo/score/program.hpp"
#include "aiueo/table/column.hpp"

namespace aiueo {

/// An instruction set for which kernels are compiled. Every one gives the same bits.
enum class instruction_set : std::uint8_t { portable, x86_64_v2, x86_64_v3, x86_64_v4 };

/// Rows that are worked on together: 2 KiB of doubles, so that the columns of a group stay in the
/// first-level cache and all of a plan in the second.
inline constexpr std::size_t chunk_rows = 256;
/// Rows of a chunk are padded to this many, so that kernels need no tails of their own in the
/// workspace.
inline constexpr std::size_t vector_rows = 8;

/// Truths of a chunk, Kleene: a bit a row, least significant first, in `yes` where it holds and in
/// `no` where it does not; in neither where that is unknown.
struct truth_column {
    static constexpr std::size_t bytes = chunk_rows / 8;
    alignas(64) std::uint8_t yes[bytes];
    alignas(64) std::uint8_t no[bytes];
};

/// A number or flag column, read where it lies.
struct kernel_input {
    column_type type = column_type::float64;  ///< a type that kernels read: reads_in_place()
    bool zero_or_one = false;                 ///< flags that lie as numbers: all else is invalid
    bool moves = false;      ///< a column of the batch; else one of the chunk alone
    std::int64_t first = 0;  ///< of the batch or chunk, in values and in validity
    const void* values = nullptr;
    const std::uint8_t* validity = nullptr;  ///< bit per row, 1 = known; null = all known
    double low = 0;                          ///< outside [low, high] is invalid
    double high = 0;
};

/// What is made of a value.
enum class kernel_response : std::uint8_t {
    none,   ///< nothing: it is only read
    ready,  ///< it is the response
    line,   ///< between two knots
    curve,
    steps,
    flag,
};

/// One component of a group, or one column to be read.
/// curve: s = score[j] + (x − at[j]) · slope[j] for the last knot j at or under x, score[0] before
/// the first. steps: score[j] of the last threshold at or under x; `below` under the first.
/// flag: `score[0]` where true, `below` where false.
struct kernel_part {
    kernel_input in;
    kernel_response how = kernel_response::none;
    bool first_counts = false;  ///< at a knot the segment that ends there counts (percentiles)
    bool clamps = true;         ///< values may lie before the first knot
    bool stands = false;        ///< where it is unknown, `prior` stands in for the response
    std::uint32_t knots = 0;    ///< or thresholds; of curves the tables have room for eight
    const double* at = nullptr;
    const double* score = nullptr;
    const double* slope = nullptr;
    double below = 0;
    double weight = 1;
    double prior = 0;
    double* values = nullptr;    ///< if not null: the values read, NaN where unknown
    double* response = nullptr;  ///< if not null: the response, NaN where unknown
    std::int64_t known = 0;      ///< counted while reading
    std::int64_t missing = 0;
    std::uint64_t some_rows[chunk_rows / 64];  ///< known: in both; given: in either; for counting
    std::uint64_t other_rows[chunk_rows / 64];
};

/// Σ_K w s and Σ_K w, a value a row, and Σ_P w π and Σ_P w. Room for whole vectors: a multiple of 8
/// rows.
struct kernel_sums {
    double* weighted = nullptr;
    double* known = nullptr;
    double* standing = nullptr;
    double* priors = nullptr;
};

/// What only some groups need: Σ w of components in use, and 1 where a `fail` component is unknown.
struct kernel_extras {
    double* total = nullptr;
    double* failed = nullptr;
};

/// A divisor that is the same for all rows. Where `exact`, two fused steps give the very quotient
/// that a division would (Markstein 1990; Brisebarre, Muller and Raina 2004): high is 1 ÷ by
/// rounded, low the rest of it.
struct kernel_divisor {
    double by = 1;
    double high = 1;
    double low = 0;
    bool exact = false;
};

/// One axis as overall sees it.
struct kernel_axis {
    const double* score = nullptr;
    const double* coverage = nullptr;
    const double* lower = nullptr;
    const double* upper = nullptr;
    double weight = 0;
};

struct kernel_overall {
    const kernel_axis* axes = nullptr;
    std::size_t count = 0;
    bool minimum = false;
    double least_axes = 0;
    double min_coverage = 0;
    kernel_divisor in_use;  ///< by the sum of the axes' weights
};

/// Where a score goes.
struct kernel_score {
    double* score = nullptr;
    double* coverage = nullptr;
    double* lower = nullptr;
    double* upper = nullptr;
};

/// A group whose components all are in use.
struct kernel_group {
    kernel_part* parts = nullptr;
    std::size_t count = 0;
    bool priors = false;   ///< some component stands in
    kernel_divisor total;  ///< by Σ w
    double min_coverage = 0;
    std::size_t ahead = 0;  ///< fetch values so many rows further on into the cache; 0 = none
};

/// Truths that make a level: how many of `of` hold. `certain`: where it is not known, no level.
struct kernel_levels {
    const truth_column* truths = nullptr;
    const std::uint32_t* of = nullptr;
    std::size_t count = 0;
    const truth_column* certain = nullptr;
};

/// One set of kernels. Arrays of a chunk have room for whole vectors, except where a column of the
/// host is read.
struct kernel_table {
    instruction_set isa = instruction_set::portable;
    const char* name = "portable";
    /// Reads n rows from row `begin` of each part's column, leaves values and responses, counts.
    void (*read)(kernel_part* parts, std::size_t count, std::int64_t begin, std::size_t n,
                 std::size_t ahead) noexcept = nullptr;
    /// The same, and the score, coverage and bounds of the group.
    void (*group)(const kernel_group&, std::int64_t begin, std::size_t n,
                  const kernel_score&) noexcept = nullptr;
    /// Adds a response that is there already, where it is known.
    void (*add_response)(const double* response, std::size_t n, double weight,
                         const kernel_sums&) noexcept = nullptr;
    void (*finish_with)(const kernel_sums&, const kernel_extras&, std::size_t n,
                        double min_coverage, const kernel_score&) noexcept = nullptr;
    void (*combine)(const kernel_overall&, std::size_t n, const kernel_score&) noexcept = nullptr;
    /// Instructions over slots, a pointer each, and truths.
    void (*run)(const instruction* code, std::size_t count, double* const* slots,
                truth_column* truths, std::size_t n, const text_answers&) noexcept = nullptr;
    /// min(cap, ·) where the condition holds; where it is unknown only the lower bound gives way.
    void (*cap)(const truth_column& holds, std::size_t n, double at_most,
                const kernel_score&) noexcept = nullptr;
    /// How many hold for sure, −1 where `certain` is unknown.
    void (*levels)(const kernel_levels&, std::size_t n, std::int16_t* out) noexcept = nullptr;
    /// How many could hold where that is more, else −1.
    void (*provisional)(const kernel_levels&, std::size_t n, std::int16_t* out) noexcept = nullptr;
    /// Of truths that exclude each other, which holds, counted from 1; 0 = none.
    void (*codes)(const kernel_levels&, std::size_t n, std::uint8_t* out) noexcept = nullptr;
};

/// Can add_… read this type where it lies?
[[nodiscard]] constexpr bool reads_in_place(column_type type) noexcept {
    switch (type) {
    case column_type::bit:
    case column_type::byte:
    case column_type::int8:
    case column_type::int16:
    case column_type::int32:
    case column_type::int64:
    case column_type::uint8:
    case column_type::uint16:
    case column_type::uint32:
    case column_type::uint64:
    case column_type::float32:
    case column_type::float64: return true;
    default: return false;
    }
}

}  // namespace aiueo
