// capi › error: codes and messages at the boundary.
#include <algorithm>

#include "aiueo/base/utf8.hpp"

#include "guard.hpp"

namespace {

using aiueo::errc;

constexpr bool same(errc code, std::int32_t number) {
    return static_cast<std::int32_t>(code) == number;
}
static_assert(same(errc::ok, AIUEO_OK));
static_assert(same(errc::invalid_argument, AIUEO_INVALID_ARGUMENT));
static_assert(same(errc::invalid_state, AIUEO_INVALID_STATE));
static_assert(same(errc::not_found, AIUEO_NOT_FOUND));
static_assert(same(errc::buffer_too_small, AIUEO_BUFFER_TOO_SMALL));
static_assert(same(errc::unsupported, AIUEO_UNSUPPORTED));
static_assert(same(errc::bad_json, AIUEO_BAD_JSON));
static_assert(same(errc::bad_model, AIUEO_BAD_MODEL));
static_assert(same(errc::limit_exceeded, AIUEO_LIMIT_EXCEEDED));
static_assert(same(errc::bad_column, AIUEO_BAD_COLUMN));
static_assert(same(errc::bad_value, AIUEO_BAD_VALUE));
static_assert(same(errc::duplicate_row, AIUEO_DUPLICATE_ROW));
static_assert(same(errc::bad_arrow, AIUEO_BAD_ARROW));
static_assert(same(errc::bad_state, AIUEO_BAD_STATE));
static_assert(same(errc::scorer_failed, AIUEO_SCORER_FAILED));
static_assert(same(errc::cancelled, AIUEO_CANCELLED));
static_assert(same(errc::out_of_memory, AIUEO_OUT_OF_MEMORY));
static_assert(same(errc::io, AIUEO_IO));
static_assert(same(errc::internal, AIUEO_INTERNAL));

/// Characters at which a line would end, or a terminal misbehave.
constexpr bool breaks_a_line(std::uint32_t code) noexcept {
    return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x2028 || code == 0x2029;
}

/// `text` into `room` bytes with a final zero.
void write_line(char* out, std::size_t room, std::string_view text) noexcept {
    if (room == 0) return;
    std::size_t written = 0;
    for (std::size_t at = 0; at < text.size();) {
        const aiueo::utf8_char next = aiueo::decode_utf8(text, at);
        const std::size_t size = std::max<std::size_t>(next.size, 1);
        if (written + size >= room) break;
        if (next.size == 0 || breaks_a_line(next.code)) {
            out[written++] = next.size == 0 ? '?' : ' ';
        } else {
            std::memcpy(out + written, text.data() + at, size);
            written += size;
        }
        at += size;
    }
    out[written] = '\0';
}

}  // namespace

namespace aiueo::capi {

void write_error(aiueo_error* error, std::int32_t code, std::string_view message) noexcept {
    if (error == nullptr || !usable(error)) return;
    constexpr std::size_t before = offsetof(aiueo_error, message);
    const std::size_t size = std::min<std::size_t>(error->struct_size, sizeof(aiueo_error));
    error->code = code;
    write_line(error->message, size - before, message);
}

std::int32_t report(aiueo_error* error, const aiueo::error& why) noexcept {
    const auto code = static_cast<std::int32_t>(why.code);
    if (error == nullptr) return code;
    try {
        write_error(error, code, why.to_string());
    } catch (...) {
        write_error(error, code, why.message);
    }
    return code;
}

}  // namespace aiueo::capi

extern "C" const char* aiueo_status_name(int32_t code) {
    // The names are literals, so they end with a zero.
    return aiueo::name_of(static_cast<errc>(code)).data();
}
