// operator new that can be told to fail, as a library to preload into a program that is not ours:
// Python, or a Go program. Only what libaiueo itself asks for is counted: other libraries of the
// process, Arrow's for one, end the program where memory runs out.
//
//   aiueo_fail_at(n)   the n-th allocation from here on throws std::bad_alloc, once; 0 disarms
//   aiueo_has_failed() whether it did, and disarms
//   AIUEO_FAIL_AT=n    the same from the start of the process
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <link.h>
#include <new>

namespace {

struct range {
    std::uintptr_t begin = 0;
    std::uintptr_t end = 0;
};

/// Where libaiueo's code is in memory; empty before it is loaded.
range find_library() noexcept {
    range out;
    dl_iterate_phdr(
        [](dl_phdr_info* one, std::size_t, void* to) {
            if (std::strstr(one->dlpi_name, "libaiueo.so") == nullptr) return 0;
            for (int i = 0; i < one->dlpi_phnum; ++i) {
                const auto& part = one->dlpi_phdr[i];
                if (part.p_type != PT_LOAD || (part.p_flags & PF_X) == 0) continue;
                const std::uintptr_t begin = one->dlpi_addr + part.p_vaddr;
                *static_cast<range*>(to) = {begin, begin + part.p_memsz};
            }
            return 1;
        },
        &out);
    return out;
}

bool is_ours(const void* caller) noexcept {
    static range code;  // several threads would find the same
    if (code.end == 0) code = find_library();
    const auto at = reinterpret_cast<std::uintptr_t>(caller);
    return code.begin <= at && at < code.end;
}

std::atomic<std::int64_t> left{0};  // 0: not armed
std::atomic<bool> fired{false};

const struct read_environment {
    read_environment() {
        if (const char* n = std::getenv("AIUEO_FAIL_AT")) left = std::strtoll(n, nullptr, 10);
    }
} at_start;

bool now(const void* caller) noexcept {
    if (left.load(std::memory_order_relaxed) <= 0 || !is_ours(caller)) return false;
    if (left.fetch_sub(1, std::memory_order_relaxed) != 1) return false;
    fired = true;
    return true;
}

constexpr std::size_t usual = alignof(std::max_align_t);

void* take(const void* caller, std::size_t size, std::size_t alignment) noexcept {
    if (now(caller)) return nullptr;
    if (alignment <= usual) return std::malloc(size == 0 ? 1 : size);
    return std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
}

void* take_or_throw(const void* caller, std::size_t size, std::size_t alignment) {
    void* out = take(caller, size, alignment);
    if (out == nullptr) throw std::bad_alloc{};
    return out;
}

}  // namespace

extern "C" {
__attribute__((visibility("default"))) void aiueo_fail_at(std::int64_t n) {
    fired = false;
    left = n;
}
__attribute__((visibility("default"))) int aiueo_has_failed(void) {
    left = 0;
    return fired.exchange(false) ? 1 : 0;
}
}

// NOLINTBEGIN(misc-new-delete-overloads): the pairs that are not named here call those that are
void* operator new(std::size_t size) {
    return take_or_throw(__builtin_return_address(0), size, usual);
}
void* operator new[](std::size_t size) {
    return take_or_throw(__builtin_return_address(0), size, usual);
}
void* operator new(std::size_t size, std::align_val_t to) {
    return take_or_throw(__builtin_return_address(0), size, static_cast<std::size_t>(to));
}
void* operator new[](std::size_t size, std::align_val_t to) {
    return take_or_throw(__builtin_return_address(0), size, static_cast<std::size_t>(to));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return take(__builtin_return_address(0), size, usual);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return take(__builtin_return_address(0), size, usual);
}
void operator delete(void* what) noexcept { std::free(what); }
void operator delete[](void* what) noexcept { std::free(what); }
void operator delete(void* what, std::size_t) noexcept { std::free(what); }
void operator delete[](void* what, std::size_t) noexcept { std::free(what); }
void operator delete(void* what, std::align_val_t) noexcept { std::free(what); }
void operator delete[](void* what, std::align_val_t) noexcept { std::free(what); }
void operator delete(void* what, std::size_t, std::align_val_t) noexcept { std::free(what); }
void operator delete[](void* what, std::size_t, std::align_val_t) noexcept { std::free(what); }
// NOLINTEND(misc-new-delete-overloads)
