// capi › kept: handles that the host may free in a callback of a call that uses them.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>

namespace aiueo::capi {

/// What a handle is that is used while scorers or streams of the host are called. It counts its
/// owner, until `_free`, and the calls that use it; whoever is the last of them deletes it, so that
/// what is freed in a callback goes when the call returns. Threads that share a handle count it at
/// once.
class kept_handle {
public:
    void begin_use() const noexcept { uses_.fetch_add(1, std::memory_order_relaxed); }
    /// Was it the last one? What other threads did with the handle is done by then.
    [[nodiscard]] bool end_use() const noexcept {
        return uses_.fetch_sub(1, std::memory_order_acq_rel) == 1;
    }

private:
    mutable std::atomic<std::uint32_t> uses_{1};
};

/// The owner's `_free`, or the end of a call. NULL is fine.
template <class Handle>
void let_go(const Handle* handle) noexcept {
    if (handle == nullptr || !handle->end_use()) return;
    const std::unique_ptr<const Handle> gone{handle};
}

/// Keeps a handle, or NULL, as long as a call uses it.
template <class Handle>
class in_use {
public:
    explicit in_use(const Handle* handle) noexcept : handle_(handle) {
        if (handle_ != nullptr) handle_->begin_use();
    }
    ~in_use() { let_go(handle_); }
    in_use(const in_use&) = delete;
    in_use& operator=(const in_use&) = delete;

private:
    const Handle* handle_;
};

}  // namespace aiueo::capi
