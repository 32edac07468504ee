// base › cache_line: vectors whose memory begins at a cache line. base
//
// A 64-byte load that straddles two lines costs two; with aligned columns none does.
#pragma once

#include <cstddef>
#include <new>
#include <vector>

#include "aiueo/base/version.hpp"

namespace aiueo {

inline constexpr std::size_t cache_line = 64;

/// An allocator for std::vector. Throws std::bad_alloc as the standard one does.
template <class T>
struct cache_line_allocator {
    using value_type = T;

    cache_line_allocator() noexcept = default;
    template <class U>
    cache_line_allocator(const cache_line_allocator<U>&) noexcept {}  // NOLINT: as allocators are

    [[nodiscard]] T* allocate(std::size_t n) {
        if (n > static_cast<std::size_t>(-1) / sizeof(T)) throw std::bad_array_new_length{};
        return static_cast<T*>(::operator new (n * sizeof(T), std::align_val_t{cache_line}));
    }
    void deallocate(T* at, std::size_t) noexcept {
        ::operator delete (at, std::align_val_t{cache_line});
    }
    template <class U>
    friend bool operator==(const cache_line_allocator&, const cache_line_allocator<U>&) noexcept {
        return true;
    }
};

template <class T>
using cache_line_vector = std::vector<T, cache_line_allocator<T>>;

}  // namespace aiueo
