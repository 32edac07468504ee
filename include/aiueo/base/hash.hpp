// base › hash: hashes of text of 64 and of 128 bits, the same on every machine.
//
// SipHash-1-3 (Aumasson, Bernstein: "SipHash: a fast short-input PRF", 2012, with the round counts
// of Rust's and Python's tables). With a key of one's own, a stranger cannot choose texts that
// collide.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "aiueo/base/version.hpp"

namespace aiueo {

struct hash_key {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

namespace detail {

struct sip_state {
    std::uint64_t v0, v1, v2, v3;

    constexpr explicit sip_state(hash_key key) noexcept
        : v0(key.low ^ 0x736f6d6570736575u),
          v1(key.high ^ 0x646f72616e646f6du),
          v2(key.low ^ 0x6c7967656e657261u),
          v3(key.high ^ 0x7465646279746573u) {}

    constexpr void round() noexcept {
        v0 += v1;
        v1 = std::rotl(v1, 13) ^ v0;
        v0 = std::rotl(v0, 32);
        v2 += v3;
        v3 = std::rotl(v3, 16) ^ v2;
        v0 += v3;
        v3 = std::rotl(v3, 21) ^ v0;
        v2 += v1;
        v1 = std::rotl(v1, 17) ^ v2;
        v2 = std::rotl(v2, 32);
    }
    constexpr void absorb(std::uint64_t word) noexcept {
        v3 ^= word;
        round();
        v0 ^= word;
    }
    void absorb_text(std::string_view text) noexcept {
        const auto word = [&text](std::size_t at, std::size_t bytes) {
            std::uint64_t out = 0;
            if (bytes == 8 && std::endian::native == std::endian::little) {
                std::memcpy(&out, text.data() + at, 8);
                return out;
            }
            for (std::size_t i = 0; i < bytes; ++i)
                out |= std::uint64_t{static_cast<std::uint8_t>(text[at + i])} << (8 * i);
            return out;
        };
        const std::size_t whole = text.size() / 8 * 8;
        for (std::size_t at = 0; at < whole; at += 8) absorb(word(at, 8));
        absorb(word(whole, text.size() - whole) | std::uint64_t{text.size()} << 56);
    }
    constexpr std::uint64_t finish() noexcept {
        round();
        round();
        round();
        return v0 ^ v1 ^ v2 ^ v3;
    }
};

}  // namespace detail

[[nodiscard]] inline std::uint64_t hash_text(std::string_view text, hash_key key = {}) noexcept {
    detail::sip_state state{key};
    state.absorb_text(text);
    state.v2 ^= 0xff;
    return state.finish();
}

struct hash_128 {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
};

/// 128 bits in one pass, for little more than 64 cost (the authors' own double-length form).
[[nodiscard]] inline hash_128 hash_text_128(std::string_view text, hash_key key = {}) noexcept {
    detail::sip_state state{key};
    state.v1 ^= 0xee;
    state.absorb_text(text);
    state.v2 ^= 0xee;
    hash_128 out;
    out.low = state.finish();
    state.v1 ^= 0xdd;
    out.high = state.finish();
    return out;
}

}  // namespace aiueo
