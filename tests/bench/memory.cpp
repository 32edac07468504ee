// Counting what the program allocates, and the peak of its resident memory.
#include <atomic>
#include <cstdlib>
#include <fstream>
#include <malloc.h>
#include <new>
#include <string>

#include "bench.hpp"

namespace {

std::atomic<std::int64_t> allocations{0};
std::atomic<std::int64_t> live_bytes{0};

void* counted(void* at) {
    if (at == nullptr) throw std::bad_alloc{};
    allocations.fetch_add(1, std::memory_order_relaxed);
    live_bytes.fetch_add(static_cast<std::int64_t>(malloc_usable_size(at)),
                         std::memory_order_relaxed);
    return at;
}

void forget(void* at) noexcept {
    if (at != nullptr)
        live_bytes.fetch_sub(static_cast<std::int64_t>(malloc_usable_size(at)),
                             std::memory_order_relaxed);
    std::free(at);
}

}  // namespace

void* operator new(std::size_t size) { return counted(std::malloc(size == 0 ? 1 : size)); }
void* operator new(std::size_t size, std::align_val_t to) {
    const auto alignment = static_cast<std::size_t>(to);
    return counted(std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment));
}
void operator delete(void* at) noexcept { forget(at); }
void operator delete(void* at, std::size_t) noexcept { forget(at); }
void operator delete(void* at, std::align_val_t) noexcept { forget(at); }
void operator delete(void* at, std::size_t, std::align_val_t) noexcept { forget(at); }

namespace bench {

heap heap_now() noexcept {
    return {allocations.load(std::memory_order_relaxed),
            live_bytes.load(std::memory_order_relaxed)};
}

std::int64_t peak_memory() {
    std::ifstream file{"/proc/self/status"};
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with("VmHWM:")) return std::strtoll(line.c_str() + 6, nullptr, 10) * 1024;
    }
    return 0;
}

void reset_peak_memory() {
    malloc_trim(0);  // what earlier work has freed is not resident
    std::ofstream{"/proc/self/clear_refs"} << '5';
}

}  // namespace bench
