// The bytes of an input as a series of choices, for targets that build what they test: a model, a
// condition, a history. Bytes that have run out are 0, and 0 is always the simplest choice, so that
// every input ends.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string_view>
#include <vector>

namespace fuzzing {

/// Ends the run with a line that says what was expected, so that a found input tells why.
inline void require(bool holds, std::string_view what) {
    if (holds) return;
    std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

class choices {
public:
    choices(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

    [[nodiscard]] bool left() const { return size_ > 0; }

    std::uint8_t byte() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }

    /// 0 to n − 1; n is at least 1.
    std::size_t below(std::size_t n) {
        if (n <= 256) return byte() % n;
        const std::size_t high = byte();
        return (high << 8U | byte()) % n;
    }

    /// True for one byte in n, never for 0.
    bool one_in(std::size_t n) { return byte() % n == n - 1; }

    template <class T>
    T pick(std::initializer_list<T> from) {
        return from.begin()[below(from.size())];
    }
    template <class T>
    const T& pick(const std::vector<T>& from) {
        return from[below(from.size())];
    }

    /// Any double at all: its eight bytes.
    double any_double() {
        std::uint64_t bits = 0;
        for (int i = 0; i < 8; ++i) bits = bits << 8U | byte();
        double out = 0;
        std::memcpy(&out, &bits, sizeof out);
        return out;
    }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

}  // namespace fuzzing
