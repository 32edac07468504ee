// operator new and delete of the test program. See inject.hpp.
#include "inject.hpp"

#include <atomic>
#include <cstddef>
#include <cstdlib>
#include <new>
#include <stdexcept>

namespace {

std::atomic<std::int64_t> alive{0};
std::atomic<std::int64_t> until{0};  // 0 = not armed
inject::failure armed_with = inject::failure::out_of_memory;
bool fired = false;

void count_down() {
    if (until.load(std::memory_order_relaxed) == 0) return;
    if (until.fetch_sub(1, std::memory_order_relaxed) > 1) return;
    fired = true;
    if (armed_with == inject::failure::no_memory_at_all) {
        until.store(1, std::memory_order_relaxed);
        throw std::bad_alloc{};
    }
    until.store(0, std::memory_order_relaxed);
    if (armed_with == inject::failure::too_long) throw std::length_error{"injected"};
    if (armed_with == inject::failure::standard_exception) throw std::runtime_error{"injected"};
    if (armed_with == inject::failure::unknown_exception) throw 42;
    throw std::bad_alloc{};
}

void* take(std::size_t size, std::size_t alignment) noexcept {
    void* out = nullptr;
    if (alignment <= alignof(std::max_align_t)) {
        out = std::malloc(size == 0 ? 1 : size);
    } else {
        out = std::aligned_alloc(alignment, (size + alignment - 1) / alignment * alignment);
    }
    if (out != nullptr) alive.fetch_add(1, std::memory_order_relaxed);
    return out;
}

void* take_or_throw(std::size_t size, std::size_t alignment) {
    count_down();
    void* out = take(size, alignment);
    if (out == nullptr) throw std::bad_alloc{};
    return out;
}

void give_back(void* what) noexcept {
    if (what == nullptr) return;
    alive.fetch_sub(1, std::memory_order_relaxed);
    std::free(what);
}

constexpr std::size_t usual = alignof(std::max_align_t);

}  // namespace

namespace inject {

void arm(failure what, std::int64_t n) noexcept {
    armed_with = what;
    fired = false;
    until.store(n, std::memory_order_relaxed);
}

bool disarm() noexcept {
    until.store(0, std::memory_order_relaxed);
    return fired;
}

std::int64_t outstanding() noexcept { return alive.load(std::memory_order_relaxed); }

}  // namespace inject

void* operator new(std::size_t size) { return take_or_throw(size, usual); }
void* operator new[](std::size_t size) { return take_or_throw(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment) {
    return take_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return take_or_throw(size, static_cast<std::size_t>(alignment));
}
// Who asks for null instead of an exception can do without.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return take(size, usual); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return take(size, usual); }
void* operator new(std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return take(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment, const std::nothrow_t&) noexcept {
    return take(size, static_cast<std::size_t>(alignment));
}
void operator delete(void* what) noexcept { give_back(what); }
void operator delete[](void* what) noexcept { give_back(what); }
void operator delete(void* what, std::size_t) noexcept { give_back(what); }
void operator delete[](void* what, std::size_t) noexcept { give_back(what); }
void operator delete(void* what, std::align_val_t) noexcept { give_back(what); }
void operator delete[](void* what, std::align_val_t) noexcept { give_back(what); }
void operator delete(void* what, std::size_t, std::align_val_t) noexcept { give_back(what); }
void operator delete[](void* what, std::size_t, std::align_val_t) noexcept { give_back(what); }
void operator delete(void* what, const std::nothrow_t&) noexcept { give_back(what); }
void operator delete[](void* what, const std::nothrow_t&) noexcept { give_back(what); }
