// table › arrow_abi: the structures of the Arrow C data and C stream interfaces, as their
// specification gives them (https://arrow.apache.org/docs/format/CDataInterface.html). Any library
// may define them; the guards are the specification's own. base ─► table
#pragma once

#include <cstdint>

#include "aiueo/base/version.hpp"

extern "C" {

#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE

#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4

struct ArrowSchema {
    const char* format;
    const char* name;
    const char* metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema** children;
    struct ArrowSchema* dictionary;
    void (*release)(struct ArrowSchema*);
    void* private_data;
};

struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void** buffers;
    struct ArrowArray** children;
    struct ArrowArray* dictionary;
    void (*release)(struct ArrowArray*);
    void* private_data;
};

#endif  // ARROW_C_DATA_INTERFACE

#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE

struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
    int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
    const char* (*get_last_error)(struct ArrowArrayStream*);
    void (*release)(struct ArrowArrayStream*);
    void* private_data;
};

#endif  // ARROW_C_STREAM_INTERFACE

}  // extern "C"

namespace aiueo {

/// One of the three structures, owned: released once, when this goes. Empty if `release` is null.
template <class Structure>
class arrow_owner {
public:
    arrow_owner() = default;
    /// Takes over `from`, which is left released, as the specification says of moving.
    explicit arrow_owner(Structure& from) noexcept : held_(from) { from.release = nullptr; }
    arrow_owner(arrow_owner&& other) noexcept : held_(other.held_) {
        other.held_.release = nullptr;
    }
    arrow_owner& operator=(arrow_owner&& other) noexcept {
        if (this != &other) {
            reset();
            held_ = other.held_;
            other.held_.release = nullptr;
        }
        return *this;
    }
    arrow_owner(const arrow_owner&) = delete;
    arrow_owner& operator=(const arrow_owner&) = delete;
    ~arrow_owner() { reset(); }

    void reset() noexcept {
        if (held_.release != nullptr) held_.release(&held_);
        held_.release = nullptr;
    }
    [[nodiscard]] bool empty() const noexcept { return held_.release == nullptr; }
    [[nodiscard]] Structure* get() noexcept { return &held_; }
    [[nodiscard]] const Structure* get() const noexcept { return &held_; }

private:
    Structure held_{};
};

}  // namespace aiueo
