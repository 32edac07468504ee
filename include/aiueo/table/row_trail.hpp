// table › row_trail: customers and dates in the order they came, in few bytes. base ─► table
//
// duplicate_finder writes one while rows arrive in order, and reads it once if the order breaks. A
// row says only how it differs from the row before: in a sorted table 1 or 2 bytes for a further
// date of a customer, about 3 for the next number, what follows the common beginning for a longer
// key. Where that beginning is short (random identifiers), 12 bytes of the key's hash stand in for
// the text, so that no trail takes more than 18 bytes a row, and 16 on average.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/hash.hpp"

namespace aiueo::detail {

/// Leading bytes that two texts have in common.
[[nodiscard]] inline std::size_t common_prefix(std::string_view a, std::string_view b) noexcept {
    const std::size_t shorter = std::min(a.size(), b.size());
    std::size_t at = 0;
    if constexpr (std::endian::native == std::endian::little) {
        const auto differ = [&]<class T>(T, std::size_t from) {
            T x = 0;
            T y = 0;
            std::memcpy(&x, a.data() + from, sizeof(T));
            std::memcpy(&y, b.data() + from, sizeof(T));
            return static_cast<T>(x ^ y);
        };
        constexpr std::uint64_t eight = 0;
        constexpr std::uint32_t four = 0;
        // The last word overlaps the one before.
        if (shorter >= 8) {
            for (; at < shorter; at += 8) {
                at = std::min(at, shorter - 8);
                if (const auto bits = differ(eight, at); bits != 0)
                    return at + static_cast<std::size_t>(std::countr_zero(bits)) / 8;
            }
            return shorter;
        }
        if (shorter >= 4) {
            const std::uint64_t bits = differ(four, 0) | std::uint64_t{differ(four, shorter - 4)}
                                                             << (8 * (shorter - 4));
            return std::min(shorter, static_cast<std::size_t>(std::countr_zero(bits)) / 8);
        }
    }
    while (at < shorter && a[at] == b[at]) ++at;
    return at;
}

/// What stands for a customer in duplicate_finder: 96 bits.
struct customer_hash {
    std::uint64_t low = 0;
    std::uint32_t high = 0;

    [[nodiscard]] static customer_hash of(std::string_view customer, hash_key key) noexcept {
        const hash_128 all = hash_text_128(customer, key);
        return {all.low, static_cast<std::uint32_t>(all.high >> 32)};
    }
};

class row_trail {
public:
    /// The next row. `common`: leading bytes shared with the row before.
    void add(std::string_view customer, std::int32_t as_of, std::size_t common, bool same_customer,
             hash_key key) {
        std::uint8_t* at = room();
        const std::uint64_t step = folded(std::int64_t{as_of} - last_day_);
        const bool same_day = step == 0;
        ++rows_;
        last_day_ = as_of;
        if (same_customer) {
            at = put(at, step << 2 | same);
        } else {
            const std::size_t known = std::min(common, told_);
            const std::size_t rest = customer.size() - known;
            if (rest <= longest_rest && bytes_ + rest <= rows_ * average) {
                at = put(at, known << 2 | (same_day ? text_same_day : text));
                at = put(at, rest);
                std::memcpy(at, customer.data() + known, rest);
                at += rest;
                if (!same_day) at = put(at, step);
                told_ = customer.size();
            } else {
                // The reader does not see this text: later rows can build on less of it.
                const customer_hash hash = customer_hash::of(customer, key);
                at = put(at, step << 2 | hashed);
                std::memcpy(at, &hash.low, 8);
                std::memcpy(at + 8, &hash.high, 4);
                at += 12;
                told_ = known;
            }
        }
        block& last = blocks_.back();
        const auto used = static_cast<std::size_t>(at - last.bytes.data());
        bytes_ += used - last.used;
        last.used = used;
    }

    /// Calls visit(customer_hash, as_of) for each row in order, and gives memory back on the way:
    /// the trail is empty afterwards.
    template <class Visit>
    void replay(hash_key key, Visit visit) {
        std::string customer;
        customer_hash hash;
        std::int64_t day = 0;
        for (block& one : blocks_) {
            const std::uint8_t* at = one.bytes.data();
            const std::uint8_t* const end = at + one.used;
            while (at != end) {
                const std::uint64_t head = take(at);
                const std::uint64_t kind = head & 3;
                std::uint64_t step = head >> 2;
                if (kind == hashed) {
                    std::memcpy(&hash.low, at, 8);
                    std::memcpy(&hash.high, at + 8, 4);
                    at += 12;
                } else if (kind != same) {
                    customer.resize(static_cast<std::size_t>(step));
                    const auto rest = static_cast<std::size_t>(take(at));
                    customer.append(reinterpret_cast<const char*>(at), rest);
                    at += rest;
                    hash = customer_hash::of(customer, key);
                    step = kind == text ? take(at) : 0;
                }
                day += unfolded(step);
                visit(hash, static_cast<std::int32_t>(day));
            }
            std::vector<std::uint8_t>{}.swap(one.bytes);
        }
        *this = {};
    }

    /// An address, which whoever wrote the table does not know.
    [[nodiscard]] std::uint64_t secret() { return reinterpret_cast<std::uintptr_t>(room()); }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

private:
    /// Two low bits of a row's first number.
    enum : std::uint64_t { same = 0, text = 1, text_same_day = 2, hashed = 3 };
    static constexpr std::size_t average = 16;
    static constexpr std::size_t longest_rest = 255;
    static constexpr std::size_t longest_row = longest_rest + 16;

    struct block {
        std::vector<std::uint8_t> bytes;
        std::size_t used = 0;
    };

    /// Where the next row goes: at least longest_row bytes. Small tables need little, and no block
    /// is ever copied.
    [[nodiscard]] std::uint8_t* room() {
        if (blocks_.empty() || blocks_.back().used + longest_row > blocks_.back().bytes.size()) {
            const std::size_t size = blocks_.empty() ? 1024 : std::size_t{1} << 16;
            blocks_.push_back({std::vector<std::uint8_t>(size), 0});
        }
        return blocks_.back().bytes.data() + blocks_.back().used;
    }

    /// Small steps of either sign as small numbers.
    [[nodiscard]] static std::uint64_t folded(std::int64_t step) noexcept {
        return (static_cast<std::uint64_t>(step) << 1) ^ static_cast<std::uint64_t>(step >> 63);
    }
    [[nodiscard]] static std::int64_t unfolded(std::uint64_t step) noexcept {
        return static_cast<std::int64_t>(step >> 1) ^ -static_cast<std::int64_t>(step & 1);
    }

    /// Seven bits a byte, the last with its high bit clear.
    [[nodiscard]] static std::uint8_t* put(std::uint8_t* at, std::uint64_t number) noexcept {
        while (number >= 128) {
            *at++ = static_cast<std::uint8_t>(number | 128);
            number >>= 7;
        }
        *at++ = static_cast<std::uint8_t>(number);
        return at;
    }
    [[nodiscard]] static std::uint64_t take(const std::uint8_t*& at) noexcept {
        std::uint64_t number = 0;
        for (int shift = 0;; shift += 7) {
            const std::uint8_t one = *at++;
            number |= std::uint64_t{one & 127u} << shift;
            if (one < 128) return number;
        }
    }

    std::vector<block> blocks_;
    std::size_t bytes_ = 0;
    std::uint64_t rows_ = 0;
    std::int64_t last_day_ = 0;
    std::size_t told_ = 0;  ///< leading bytes of the last customer that the reader has, too
};

}  // namespace aiueo::detail
