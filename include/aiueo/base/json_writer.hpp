// base › json_writer: JSON text, written in order into a string.
//
// Commas and nesting are kept in two words of state. Nesting is at most 63 deep. What is written in
// a wrong order (a value in an object without its key, an end without a beginning) makes
// well_formed() false.
#pragma once

#include <charconv>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/number.hpp"
#include "aiueo/base/utf8.hpp"

namespace aiueo {

/// `text` as a JSON string with its quotes, appended. Bytes that are not UTF-8 become U+FFFD, one
/// for each.
/// '<', '>' and '&' are escaped too, so that the text is safe inside an HTML script element.
inline void append_json_string(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789abcdef";
    out += '"';
    std::size_t copied = 0;  // everything before is in `out`
    std::size_t at = 0;
    while (at < text.size()) {
        const auto byte = static_cast<std::uint8_t>(text[at]);
        const bool plain = byte >= 0x20 && byte < 0x7F && byte != '"' && byte != '\\' &&
                           byte != '<' && byte != '>' && byte != '&';
        if (plain) {
            ++at;
            continue;
        }
        const utf8_char next = decode_utf8(text, at);
        const bool separator =
            next.code == 0x2028 || next.code == 0x2029;  // line ends to JavaScript before 2019
        if (next.size > 1 && !separator) {
            at += next.size;
            continue;
        }
        out += text.substr(copied, at - copied);
        if (next.size == 0)
            out += "\xEF\xBF\xBD";
        else if (byte == '"')
            out += "\\\"";
        else if (byte == '\\')
            out += "\\\\";
        else if (byte == '\n')
            out += "\\n";
        else if (byte == '\r')
            out += "\\r";
        else if (byte == '\t')
            out += "\\t";
        else {
            out += "\\u";
            for (int shift = 12; shift >= 0; shift -= 4) out += hex[(next.code >> shift) & 15u];
        }
        at += next.size == 0 ? 1 : next.size;
        copied = at;
    }
    out += text.substr(copied);
    out += '"';
}

class json_writer {
public:
    /// Appends to `out`, which must outlive the writer.
    explicit json_writer(std::string& out) noexcept : out_(out) {}

    json_writer& begin_object() { return begin('{', true); }
    json_writer& end_object() { return end('}', true); }
    json_writer& begin_array() { return begin('[', false); }
    json_writer& end_array() { return end(']', false); }

    json_writer& key(std::string_view name) {
        if (!in_object() || after_key_) wrong_ = true;
        comma();
        append_json_string(out_, name);
        out_ += ':';
        after_key_ = true;
        return *this;
    }

    json_writer& string(std::string_view text) {
        before_value();
        append_json_string(out_, text);
        return *this;
    }
    /// The shortest text that reads back as the same double; null for NaN and infinities.
    json_writer& number(double value) {
        before_value();
        out_ += std::isfinite(value) ? format_number(value) : std::string{"null"};
        return *this;
    }
    template <std::integral T>
    requires(!std::same_as<T, bool>) json_writer& integer(T value) {
        before_value();
        char text[24];
        const auto written = std::to_chars(text, text + sizeof text, value);
        out_.append(text, written.ptr);
        return *this;
    }
    json_writer& boolean(bool value) { return raw(value ? "true" : "false"); }
    json_writer& null() { return raw("null"); }
    /// A value that is JSON already.
    json_writer& raw(std::string_view json) {
        before_value();
        out_ += json;
        return *this;
    }

    json_writer& member(std::string_view name, std::string_view text) {
        return key(name).string(text);
    }
    json_writer& member(std::string_view name, const char* text) { return key(name).string(text); }
    json_writer& member(std::string_view name, double value) { return key(name).number(value); }
    template <std::integral T>
    json_writer& member(std::string_view name, T value) {
        if constexpr (std::same_as<T, bool>)
            return key(name).boolean(value);
        else
            return key(name).integer(value);
    }

    /// One whole value was written, and every beginning has its end.
    [[nodiscard]] bool well_formed() const noexcept {
        return !wrong_ && depth_ == 0 && has_items_ == 1;
    }

private:
    [[nodiscard]] std::uint64_t here() const noexcept { return std::uint64_t{1} << depth_; }
    [[nodiscard]] bool in_object() const noexcept { return (is_object_ & here()) != 0; }

    void comma() {
        if ((has_items_ & here()) != 0) {
            if (depth_ == 0) wrong_ = true;
            out_ += ',';
        }
        has_items_ |= here();
    }
    void before_value() {
        if (after_key_) {
            after_key_ = false;
            return;
        }
        if (in_object()) wrong_ = true;
        comma();
    }
    json_writer& begin(char bracket, bool object) {
        before_value();
        out_ += bracket;
        if (depth_ == 63) {
            wrong_ = true;
            return *this;
        }
        ++depth_;
        is_object_ = object ? is_object_ | here() : is_object_ & ~here();
        has_items_ &= ~here();
        return *this;
    }
    json_writer& end(char bracket, bool object) {
        out_ += bracket;
        if (depth_ == 0 || in_object() != object || after_key_) {
            wrong_ = true;
            return *this;
        }
        --depth_;
        has_items_ &= here() | (here() - 1);
        return *this;
    }

    std::string& out_;
    std::uint64_t is_object_ = 0;  // a bit for each level
    std::uint64_t has_items_ = 0;
    int depth_ = 0;
    bool after_key_ = false;
    bool wrong_ = false;
};

}  // namespace aiueo
