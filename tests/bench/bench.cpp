#include "bench.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>

#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"

#include "support/tests_dir.h"

namespace bench {

void fail(const std::string& why) {
    std::cout.flush();
    std::cerr << "aiueo_bench: " << why << '\n';
    std::exit(1);
}

std::string model_text() {
    const std::ifstream file{std::string{aiueo_tests_dir()} + "/bench/model.json"};
    std::ostringstream text;
    text << file.rdbuf();
    if (!file) fail("tests/bench/model.json cannot be read");
    return text.str();
}

std::vector<std::string> available_isas() {
    std::vector<std::string> names;
    for (const aiueo::kernel_table* one : aiueo::available_kernels()) names.emplace_back(one->name);
    return names;
}

aiueo::plan plan_for(const std::string& isa) {
    aiueo::compile_options with;
    for (const aiueo::kernel_table* one : aiueo::available_kernels()) {
        if (isa == one->name) with.kernels = one;
    }
    auto model = aiueo::read_model(model_text());
    if (!model) fail(model.error().to_string());
    auto made = aiueo::compile(std::move(*model), {}, with);
    if (!made) fail(made.error().to_string());
    return std::move(*made);
}

std::vector<std::string> chosen_isas(const options& asked) {
    const std::vector<std::string> all = available_isas();
    if (asked.isas.empty() || asked.isas[0] == "all") return all;
    for (const std::string& one : asked.isas) {
        if (std::find(all.begin(), all.end(), one) == all.end()) {
            fail("--isa " + one + ": not available here; see aiueo_bench isas");
        }
    }
    return asked.isas;
}

int processor_level() noexcept {
#if defined(__x86_64__)
    if (__builtin_cpu_supports("x86-64-v4")) return 4;
    if (__builtin_cpu_supports("x86-64-v3")) return 3;
    if (__builtin_cpu_supports("x86-64-v2")) return 2;
    return 1;
#else
    return 0;
#endif
}

// ── time ─────────────────────────────────────────────────────────────────────

double best(const std::vector<double>& of) { return *std::min_element(of.begin(), of.end()); }

double median(std::vector<double> of) {
    std::sort(of.begin(), of.end());
    const std::size_t middle = of.size() / 2;
    return of.size() % 2 == 1 ? of[middle] : (of[middle - 1] + of[middle]) / 2;
}

namespace {

/// CPU time of the process in seconds.
double cpu_now() noexcept {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace

void race(std::vector<contender>& all, std::int64_t rows, const options& asked) {
    using clock = std::chrono::steady_clock;
    const double shortest = asked.quick ? 0.0 : 0.005;  // seconds a turn
    std::vector<int> repeats(all.size(), 1);
    double cpu = 0;
    const auto turn = [&](std::size_t k) {
        const double cpu_begin = cpu_now();
        const auto begin = clock::now();
        for (int r = 0; r < repeats[k]; ++r) all[k].run();
        const double wall = std::chrono::duration<double>(clock::now() - begin).count();
        cpu = cpu_now() - cpu_begin;
        return wall;
    };
    for (std::size_t k = 0; k < all.size(); ++k) {
        all[k].run();
        while (turn(k) < shortest) repeats[k] *= 2;
    }
    for (int round = 0; round < asked.rounds; ++round) {
        for (std::size_t k = 0; k < all.size(); ++k) {
            const auto each = static_cast<double>(all[k].rows != 0 ? all[k].rows : rows);
            const double per_row = 1e9 / (each * repeats[k]);
            all[k].ns.push_back(turn(k) * per_row);
            all[k].cpu_ns.push_back(cpu * per_row);
        }
    }
}

void in_parts(std::int64_t rows, int threads,
              const std::function<void(std::int64_t, std::int64_t)>& part) {
    if (threads == 1) return part(0, rows);
    const std::int64_t share = (rows / threads + 63) / 64 * 64;
    std::vector<std::thread> others;
    for (int t = 1; t < threads; ++t) {
        const std::int64_t begin = std::min(rows, share * t);
        const std::int64_t end = t + 1 == threads ? rows : std::min(rows, share * (t + 1));
        others.emplace_back([&part, begin, end] { part(begin, end); });
    }
    part(0, std::min(rows, share));
    for (std::thread& one : others) one.join();
}

// ── lines ────────────────────────────────────────────────────────────────────

line::line(std::string_view workload) : out_("{\"workload\":\"" + std::string{workload} + '"') {}

line& line::text(std::string_view key, std::string_view value) {
    out_ += ",\"" + std::string{key} + "\":\"" + std::string{value} + '"';
    return *this;
}

line& line::number(std::string_view key, double value) {
    if (!std::isfinite(value)) fail(std::string{key} + " is not a number");
    char digits[32];
    const auto end =
        std::to_chars(digits, digits + sizeof digits, value, std::chars_format::general, 5).ptr;
    out_ += ",\"" + std::string{key} + "\":" + std::string{digits, end};
    return *this;
}

line& line::count(std::string_view key, std::int64_t value) {
    out_ += ",\"" + std::string{key} + "\":" + std::to_string(value);
    return *this;
}

line& line::timed(const contender& one, std::int64_t rows) {
    return text("variant", one.variant)
        .text("isa", one.isa)
        .count("threads", one.threads)
        .count("rows", rows)
        .number("ns_per_row", best(one.ns))
        .number("median_ns_per_row", median(one.ns))
        .number("cpu_ns_per_row", best(one.cpu_ns))
        .count("rounds", static_cast<std::int64_t>(one.ns.size()));
}

void line::print() const { std::cout << out_ << "}" << std::endl; }

line compared(std::string_view workload, const contender& ours, const contender& theirs,
              std::int64_t rows, std::string_view against) {
    std::vector<double> ratios;
    for (std::size_t k = 0; k < ours.ns.size(); ++k) ratios.push_back(theirs.ns[k] / ours.ns[k]);
    line out{workload};
    out.timed(ours, rows)
        .text("against", against)
        .number("ratio", best(theirs.ns) / best(ours.ns))
        .number("median_ratio", median(ratios))
        .number("cpu_ratio", best(theirs.cpu_ns) / best(ours.cpu_ns));
    return out;
}

}  // namespace bench
