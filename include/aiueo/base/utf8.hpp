// base › utf8: is this text UTF-8, and how is a stranger's text shown in a message.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "aiueo/base/version.hpp"

namespace aiueo {

struct utf8_char {
    std::uint32_t code = 0;
    std::size_t size = 0;  ///< bytes; 0 = not UTF-8 here
};

/// The code point at `at` < text.size(). No overlong forms, no surrogates, nothing above U+10FFFF
/// (The Unicode Standard, table 3-7).
[[nodiscard]] constexpr utf8_char decode_utf8(std::string_view text, std::size_t at) noexcept {
    const auto byte = [text](std::size_t i) -> std::uint32_t {
        return i < text.size() ? static_cast<std::uint8_t>(text[i]) : 0u;
    };
    const auto follows = [&byte](std::size_t i) { return (byte(i) & 0xC0u) == 0x80u; };
    const std::uint32_t first = byte(at);
    if (first < 0x80) return {first, 1};
    if (first < 0xC2) return {};
    if (first < 0xE0) {
        if (!follows(at + 1)) return {};
        return {(first & 0x1Fu) << 6 | (byte(at + 1) & 0x3Fu), 2};
    }
    if (first < 0xF0) {
        const std::uint32_t low = first == 0xE0 ? 0xA0u : 0x80u;
        const std::uint32_t high = first == 0xED ? 0x9Fu : 0xBFu;
        if (byte(at + 1) < low || byte(at + 1) > high || !follows(at + 2)) return {};
        return {(first & 0x0Fu) << 12 | (byte(at + 1) & 0x3Fu) << 6 | (byte(at + 2) & 0x3Fu), 3};
    }
    if (first < 0xF5) {
        const std::uint32_t low = first == 0xF0 ? 0x90u : 0x80u;
        const std::uint32_t high = first == 0xF4 ? 0x8Fu : 0xBFu;
        if (byte(at + 1) < low || byte(at + 1) > high || !follows(at + 2) || !follows(at + 3))
            return {};
        return {(first & 0x07u) << 18 | (byte(at + 1) & 0x3Fu) << 12 | (byte(at + 2) & 0x3Fu) << 6 |
                    (byte(at + 3) & 0x3Fu),
                4};
    }
    return {};
}

/// Byte position of the first byte that is not UTF-8; npos if all is well.
[[nodiscard]] inline std::size_t find_invalid_utf8(std::string_view text) noexcept {
    std::size_t at = 0;
    while (at < text.size()) {
        // Most text is ASCII: eight bytes at a time while no high bit is set.
        std::uint64_t eight = 0;
        while (text.size() - at >= 8) {
            std::memcpy(&eight, text.data() + at, 8);
            if ((eight & 0x8080808080808080u) != 0) break;
            at += 8;
        }
        if (at == text.size()) break;
        const std::size_t size = decode_utf8(text, at).size;
        if (size == 0) return at;
        at += size;
    }
    return std::string_view::npos;
}

[[nodiscard]] inline bool is_utf8(std::string_view text) noexcept {
    return find_invalid_utf8(text) == std::string_view::npos;
}

/// Code points of valid UTF-8 (of other text: bytes that start one).
[[nodiscard]] constexpr std::size_t count_code_points(std::string_view text) noexcept {
    std::size_t count = 0;
    for (const char c : text) count += (static_cast<std::uint8_t>(c) & 0xC0u) != 0x80u;
    return count;
}

/// For messages: in double quotes, at most `max_code_points` of it then "…", quotes, control and
/// direction-changing characters and invalid bytes escaped. Safe on a terminal and in a log.
[[nodiscard]] inline std::string quoted(std::string_view text, std::size_t max_code_points = 40) {
    constexpr char hex[] = "0123456789ABCDEF";
    std::string out = "\"";
    std::size_t at = 0;
    for (std::size_t shown = 0; at < text.size(); ++shown) {
        if (shown == max_code_points) {
            out += "…";
            break;
        }
        const utf8_char next = decode_utf8(text, at);
        const auto byte = static_cast<std::uint8_t>(text[at]);
        if (next.size == 0) {
            out += {'\\', 'x', hex[byte >> 4], hex[byte & 15]};
            ++at;
            continue;
        }
        const bool directional = (next.code >= 0x202A && next.code <= 0x202E) ||
                                 (next.code >= 0x2066 && next.code <= 0x2069) ||
                                 next.code == 0x200E || next.code == 0x200F ||
                                 next.code == 0x2028 || next.code == 0x2029;
        if (next.code == '"' || next.code == '\\')
            out += {'\\', static_cast<char>(next.code)};
        else if (next.code == '\n')
            out += "\\n";
        else if (next.code == '\r')
            out += "\\r";
        else if (next.code == '\t')
            out += "\\t";
        else if (next.code < 0x20 || (next.code >= 0x7F && next.code < 0xA0) || directional) {
            out += "\\u";
            for (int shift = 12; shift >= 0; shift -= 4) out += hex[(next.code >> shift) & 15u];
        } else {
            out += text.substr(at, next.size);
        }
        at += next.size;
    }
    out += '"';
    return out;
}

}  // namespace aiueo
