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

/// A number or flag column, read where it lies.
struct kernel_input {
    column_type type = column_type::float64;  ///< a type that kernels read: reads_in_place()
    const void* values = nullptr;
    std::int64_t first = 0;                  ///< of the chunk, in values
    const std::uint8_t* validity = nullptr;  ///< bit per row, 1 = known; null = all known
    std::int64_t first_bit = 0;              ///< of the chunk, in validity
    double low = 0;                          ///< outside [low, high] is invalid
    double high = 0;
    bool zero_or_one = false;  ///< flags that lie as numbers: anything else is invalid
};

struct kernel_counts {
    std::int64_t known = 0;
    std::int64_t missing = 0;
};

/// s = score[j] + (x − at[j]) · slope[j] for the last knot j at or under x; score[0] before the
/// first.
struct kernel_curve {
    const double* at = nullptr;
    const double* score = nullptr;
    const double* slope = nullptr;
    std::size_t knots = 0;
    bool first_counts = false;  ///< at a knot the segment that ends there counts (percentiles)
};

/// The score of the last threshold at or under x; `below` under the first.
struct kernel_steps {
    const double* at = nullptr;
    const double* score = nullptr;
    std::size_t thresholds = 0;
    double below = 0;
};

/// Σ_K w s and Σ_K w, a value a row. Room for whole vectors: a multiple of 8 rows.
struct kernel_sums {
    double* weighted = nullptr;
    double* known = nullptr;
};

/// Σ_P w π and Σ_P w, Σ w of components in use, and 1 where a `fail` component is unknown; for
/// groups that need them.
struct kernel_extras {
    double* standing = nullptr;
    double* priors = nullptr;
    double* total = nullptr;
    double* failed = nullptr;
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
};

/// Where a score goes.
struct kernel_score {
    double* score = nullptr;
    double* coverage = nullptr;
    double* lower = nullptr;
    double* upper = nullptr;
};

/// One set of kernels. Arrays of a chunk have room for whole vectors, except where a column of the
/// host is read.
struct kernel_table {
    instruction_set isa = instruction_set::portable;
    const char* name = "portable";
    /// Read a column into a slot: unknown and invalid are NaN there.
    void (*read)(const kernel_input&, std::size_t n, double* out,
                 kernel_counts&) noexcept = nullptr;
    /// Read a column, respond, add to the sums. `response` may be null; unknown is NaN there.
    void (*add_curve)(const kernel_input&, std::size_t n, const kernel_curve&, double weight,
                      const kernel_sums&, double* response, kernel_counts&) noexcept = nullptr;
    void (*add_steps)(const kernel_input&, std::size_t n, const kernel_steps&, double weight,
                      const kernel_sums&, double* response, kernel_counts&) noexcept = nullptr;
    void (*add_flag)(const kernel_input&, std::size_t n, double when_true, double when_false,
                     double weight, const kernel_sums&, double* response,
                     kernel_counts&) noexcept = nullptr;
    /// Add a response that is there already.
    void (*add_response)(const double* response, std::size_t n, double weight,
                         const kernel_sums&) noexcept = nullptr;
    /// Score, coverage and bounds of a group whose components all are in use, none with a prior.
    void (*finish)(const kernel_sums&, std::size_t n, double total, double min_coverage,
                   const kernel_score&) noexcept = nullptr;
    void (*finish_with)(const kernel_sums&, const kernel_extras&, std::size_t n,
                        double min_coverage, const kernel_score&) noexcept = nullptr;
    void (*combine)(const kernel_overall&, std::size_t n, const kernel_score&) noexcept = nullptr;
    /// Instructions over slots, a pointer each.
    void (*run)(const instruction* code, std::size_t count, double* const* slots, std::size_t n,
                const text_answers&) noexcept = nullptr;
    void (*climb)(const double* holds, std::size_t n, double rung, double* stage,
                  double* could) noexcept = nullptr;
    void (*band)(const double* score, std::size_t n, const double* edges, std::size_t count,
                 double* out) noexcept = nullptr;
    /// Levels as int16, −1 for unknown; `provisional`: could where it is above stage.
    void (*store_level)(const double* level, std::size_t n, std::int16_t* out) noexcept = nullptr;
    void (*store_provisional)(const double* stage, const double* could, std::size_t n,
                              std::int16_t* out) noexcept = nullptr;
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

/// Rows of a chunk are padded to this many, so that kernels need no tails of their own in the
/// workspace.
inline constexpr std::size_t vector_rows = 8;

}  // namespace aiueo
