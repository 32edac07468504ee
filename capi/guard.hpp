// capi › guard: every entry of the C interface passes through here.
//
// No exception leaves, no argument is believed, and whatever goes wrong becomes a status and one
// line in the caller's error, of which no byte beyond the caller's own size is touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <exception>
#include <new>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo.h"
#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"

namespace aiueo::capi {

/// More rows than any machine holds; a limit that keeps every size in bytes within 64 bits.
inline constexpr std::int64_t max_rows = std::int64_t{1} << 40;
/// A structure larger than this was not given its size.
inline constexpr std::uint32_t max_struct_size = 4096;

/// Writes code and message as far as the caller's structure goes: one line of UTF-8, cut between
/// characters, what is not UTF-8 or would break the line replaced.
void write_error(aiueo_error* error, std::int32_t code, std::string_view message) noexcept;

/// The same for an expected failure; its sentence is built here, and shortened to its message where
/// there is no memory for more.
std::int32_t report(aiueo_error* error, const aiueo::error& why) noexcept;

/// Is this an error that can be written to? NULL is; a structure without its size is not.
[[nodiscard]] constexpr bool usable(const aiueo_error* error) noexcept {
    return error == nullptr ||
           error->struct_size >= offsetof(aiueo_error, message);  // size and code at least
}

/// Runs `work`, a function that returns status, and turns what comes of it into a status of C. It
/// runs in the default floating-point mode: texts become numbers and numbers become text here too,
/// and a host that rounds otherwise, flushes or traps would get others, or a signal.
template <class Work>
std::int32_t guarded(aiueo_error* error, Work&& work) noexcept {
    const default_float_mode usual;
    if (!usable(error)) return AIUEO_INVALID_ARGUMENT;
    try {
        if (status done = std::forward<Work>(work)(); !done) return report(error, done.error());
        if (error != nullptr) write_error(error, AIUEO_OK, {});
        return AIUEO_OK;
    } catch (const std::bad_alloc&) {
        write_error(error, AIUEO_OUT_OF_MEMORY, "there is not enough memory");
        return AIUEO_OUT_OF_MEMORY;
    } catch (const std::length_error&) {  // a container larger than any memory
        write_error(error, AIUEO_OUT_OF_MEMORY, "there is not enough memory");
        return AIUEO_OUT_OF_MEMORY;
    } catch (const std::exception& why) {
        write_error(error, AIUEO_INTERNAL, why.what());
        return AIUEO_INTERNAL;
    } catch (...) {
        write_error(error, AIUEO_INTERNAL, "an exception of an unknown type");
        return AIUEO_INTERNAL;
    }
}

/// The same for a function that makes a handle: `*out` is NULL unless it succeeds.
template <class Handle, class Work>
std::int32_t guarded_new(Handle** out, aiueo_error* error, Work&& work) noexcept {
    if (out != nullptr) *out = nullptr;
    return guarded(error, [&]() -> status {
        if (out == nullptr) {
            return make_error(errc::invalid_argument, "out is NULL; give the address of a handle");
        }
        return std::forward<Work>(work)();
    });
}

[[nodiscard]] inline aiueo::error invalid(std::string message) {
    return make_error(errc::invalid_argument, std::move(message));
}

/// "plan is NULL".
[[nodiscard]] inline status require(const void* given, const char* name) {
    if (given != nullptr) return {};
    return invalid(std::string{name} + " is NULL");
}

/// A string that came as pointer and length.
[[nodiscard]] inline status read_text(const char* text, std::size_t length, const char* name,
                                      std::string_view& out) {
    if (text == nullptr && length != 0) {
        return invalid(std::string{name} + " is NULL but its length is " + std::to_string(length));
    }
    if (length > static_cast<std::size_t>(PTRDIFF_MAX)) {
        return invalid(std::string{name} + " has a length that no memory has");
    }
    out = length == 0 ? std::string_view{} : std::string_view{text, length};
    return {};
}

/// A structure of options, as far as the caller's version of it goes; the rest is 0.
/// Errors: invalid_argument for a size that no version has, unsupported for options that this
/// version does not know.
template <class Options>
[[nodiscard]] status read_options(const Options* given, const char* name, Options& out) {
    out = Options{};
    if (given == nullptr) return {};
    // Byte by byte: an older program's structure may be aligned for less.
    const auto* const bytes = reinterpret_cast<const unsigned char*>(given);
    std::uint32_t size = 0;
    std::memcpy(&size, bytes, sizeof size);
    // Sizes are multiples of the alignment: no other cut goes between fields.
    if (size < sizeof(std::uint32_t) * 2 || size > max_struct_size ||
        size % alignof(Options) != 0) {
        return invalid("struct_size of " + std::string{name} + " is " + std::to_string(size) +
                       "; set it to sizeof(" + name + "), which is " +
                       std::to_string(sizeof(Options)) + " here");
    }
    for (std::size_t at = sizeof(Options); at < size; ++at) {
        if (bytes[at] == 0) continue;
        return make_error(errc::unsupported,
                          std::string{name} +
                              " has options that this version of the library does " +
                              "not know; it knows " + std::to_string(sizeof(Options)) + " bytes");
    }
    std::memcpy(&out, bytes, size < sizeof(Options) ? size : sizeof(Options));
    return {};
}

/// Are these flags all known?
[[nodiscard]] inline status check_flags(std::uint32_t flags, std::uint32_t known,
                                        const char* name) {
    if ((flags & ~known) == 0) return {};
    return make_error(errc::unsupported, std::string{name} + " has bits that this version of the " +
                                             "library does not know");
}

[[nodiscard]] inline status check_rows(std::int64_t rows) {
    if (rows >= 0 && rows <= max_rows) return {};
    return invalid("rows is " + std::to_string(rows) + "; from 0 to 2^40 are read");
}

/// The caller's buffer for a text.
struct text_target {
    text_target(char* buffer, std::size_t room, std::size_t* length) noexcept
        : out(buffer), capacity(room), needed(length) {}
    char* out;
    std::size_t capacity;
    std::size_t* needed;

    /// Before the work is done.
    [[nodiscard]] status check() const {
        if (out == nullptr && capacity != 0) {
            return invalid("out is NULL but capacity is " + std::to_string(capacity));
        }
        return {};
    }

    /// Nothing is written to `out` unless all of it fits.
    [[nodiscard]] status put(std::string_view text) const {
        if (needed != nullptr) *needed = text.size();
        if (text.size() > capacity) {
            return make_error(errc::buffer_too_small,
                              "the text has " + std::to_string(text.size()) +
                                  " bytes; the buffer has " + std::to_string(capacity));
        }
        if (!text.empty()) std::memcpy(out, text.data(), text.size());
        if (text.size() < capacity) out[text.size()] = '\0';
        return {};
    }
};

}  // namespace aiueo::capi
