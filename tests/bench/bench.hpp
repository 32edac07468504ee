// What every workload of aiueo_bench shares: options, a clock, one JSON line a result.
//
// The loop is our own because a comparison here is many programs taking turns (A B C A B C …),
// compared row by row before the clock starts; Google Benchmark runs one program after the other.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/score/plan.hpp"

namespace bench {

struct options {
    std::int64_t rows = 1'000'000;
    int rounds = 9;
    int threads = 2;  ///< the most that are tried
    bool quick = false;
    std::string data;               ///< W1 of Python: where to write the columns
    std::vector<std::string> isas;  ///< empty: whatever the library chooses
};

/// Ends the program with status 1: results differ, or a call that must not fail has failed.
[[noreturn]] void fail(const std::string& why);

// ── plans and instruction sets ───────────────────────────────────────────────

/// The model of W1, tests/bench/model.json.
[[nodiscard]] std::string model_text();

/// Instruction sets that the library has kernels for and this processor can run, slowest first.
[[nodiscard]] std::vector<std::string> available_isas();

/// Those of them that the options ask for.
[[nodiscard]] std::vector<std::string> chosen_isas(const options& asked);

[[nodiscard]] aiueo::plan plan_for(const std::string& isa);

/// x86-64 level 1 to 4; 0 on other processors.
[[nodiscard]] int processor_level() noexcept;

// ── time ─────────────────────────────────────────────────────────────────────

struct contender {
    std::string variant;
    std::string isa;  ///< empty: has no variants by instruction set
    int threads = 1;
    std::function<void()> run;        ///< all rows once
    std::vector<double> ns = {};      ///< a row, by round
    std::vector<double> cpu_ns = {};  ///< the same by the process's CPU time, all threads together
    std::int64_t rows = 0;            ///< where they are not the race's
};

[[nodiscard]] double best(const std::vector<double>& of);
[[nodiscard]] double median(std::vector<double> of);

/// Let all take turns: one unmeasured round, then `rounds` measured ones. A turn repeats until it
/// lasts long enough for the clock.
void race(std::vector<contender>& all, std::int64_t rows, const options& asked);

/// Calls part(begin, end) over row ranges of equal size on `threads` threads of its own.
void in_parts(std::int64_t rows, int threads,
              const std::function<void(std::int64_t, std::int64_t)>& part);

// ── lines ────────────────────────────────────────────────────────────────────

/// One JSON object on one line of standard output. Texts must need no escapes.
class line {
public:
    explicit line(std::string_view workload);
    line& text(std::string_view key, std::string_view value);
    line& number(std::string_view key, double value);
    line& count(std::string_view key, std::int64_t value);
    line& timed(const contender& one, std::int64_t rows);
    void print() const;

private:
    std::string out_;
};

/// `ours` is `ratio` times as fast as `theirs`: best round over best round; `median_ratio`: the
/// median of the rounds' own ratios; `cpu_ratio`: best over best by CPU time, which a busy machine
/// disturbs less.
[[nodiscard]] line compared(std::string_view workload, const contender& ours,
                            const contender& theirs, std::int64_t rows, std::string_view against);

// ── memory ───────────────────────────────────────────────────────────────────

/// Counted by this program's operator new, in all its threads and in libaiueo.
struct heap {
    std::int64_t allocations = 0;
    std::int64_t live_bytes = 0;
};
[[nodiscard]] heap heap_now() noexcept;

/// Peak resident memory of the process since the last reset, in bytes; 0 where the system does not
/// say.
[[nodiscard]] std::int64_t peak_memory();
void reset_peak_memory();

// ── workloads ────────────────────────────────────────────────────────────────

void run_data(const options& asked);
void run_w1(const options& asked);
void run_sizes(const options& asked);
void run_w1n(const options& asked);
void run_w2(const options& asked);
void run_links(const options& asked);
void run_lists(const options& asked);
void run_counts(const options& asked);
void run_w3(const options& asked);
void run_w4(const options& asked);

}  // namespace bench
