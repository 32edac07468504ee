// model › expression_place: where in a condition, and where in the model file, something is wrong.
// base ─► table ─► model
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/error.hpp"

namespace aiueo {

/// A byte of a condition as people count: lines and characters from 1.
struct text_position {
    std::uint32_t line = 1;
    std::uint32_t character = 1;
    std::uint32_t json_offset =
        0;  ///< characters before it in the JSON string that spells the condition
};

/// Characters are code points; a byte that is not UTF-8 counts as one. In JSON a quotation mark, a
/// backslash and a control character can only be written escaped, so their width is known; a
/// character that was escaped without need is counted as one.
[[nodiscard]] inline text_position position_in(std::string_view source, std::size_t byte) noexcept {
    text_position at;
    for (const char c : source.substr(0, byte < source.size() ? byte : source.size())) {
        const auto unit = static_cast<unsigned char>(c);
        if ((unit & 0xC0U) == 0x80U) continue;
        const bool short_escape = c == '"' || c == '\\' || (c >= '\b' && c <= '\r' && c != '\v');
        at.json_offset += short_escape ? 2U : unit < 0x20U ? 6U : 1U;
        if (c == '\n') {
            ++at.line;
            at.character = 1;
        } else {
            ++at.character;
        }
    }
    return at;
}

/// An error at a byte of a condition. `where` is the place of the condition's first character; the
/// message names the position within the condition too, because people look there first. A tree
/// built by hand has no text to point into.
[[nodiscard]] inline error error_in(std::string_view source, const place& where, std::size_t byte,
                                    std::string_view what, errc code = errc::bad_model) {
    const text_position at = position_in(source, byte);
    std::string message;
    if (!source.empty()) {
        message = at.line > 1 ? "at line " + std::to_string(at.line) + ", " : "at ";
        message += "character " + std::to_string(at.character) + ": ";
    }
    message += what;
    error out = make_error(code, std::move(message), where);
    if (where.line != 0) out.where.column = where.column + at.json_offset;
    return out;
}

}  // namespace aiueo
