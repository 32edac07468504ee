// model › expression_lexer: the words of a condition. base ─► table ─► model
//
// Tokens are made one at a time, so that nothing is stored for a text that is refused. Every byte
// sequence is safe: what is not UTF-8, not closed or not part of the language becomes `invalid`
// with a message that says what would be right.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/base/number.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/utf8.hpp"

namespace aiueo::expression_detail {

enum class word : std::uint8_t {
    end,
    invalid,
    number,
    text,
    name,
    plus,
    minus,
    star,
    slash,
    percent,
    less,
    less_equal,
    greater,
    greater_equal,
    equal,
    not_equal,
    logical_and,
    logical_or,
    logical_not,
    question,
    colon,
    comma,
    dot,
    open,
    close,
    open_list,
    close_list,
};

struct token {
    word what = word::end;
    std::uint32_t begin = 0;
    std::uint32_t end = 0;
    double number = 0;
    std::string text;  ///< names and text: the value; invalid: the message
};

/// `value` is a scalar value of Unicode.
inline void append_utf8(std::string& out, std::uint32_t value) {
    const auto put = [&out](std::uint32_t byte) {
        out += static_cast<char>(static_cast<unsigned char>(byte));
    };
    if (value < 0x80U) {
        put(value);
    } else if (value < 0x800U) {
        put(0xC0U | (value >> 6U));
        put(0x80U | (value & 0x3FU));
    } else if (value < 0x10000U) {
        put(0xE0U | (value >> 12U));
        put(0x80U | ((value >> 6U) & 0x3FU));
        put(0x80U | (value & 0x3FU));
    } else {
        put(0xF0U | (value >> 18U));
        put(0x80U | ((value >> 12U) & 0x3FU));
        put(0x80U | ((value >> 6U) & 0x3FU));
        put(0x80U | (value & 0x3FU));
    }
}

[[nodiscard]] constexpr bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }

[[nodiscard]] constexpr bool begins_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

/// Letters beyond ASCII, so that a word such as トライアル without quotes is one word in a message.
/// Punctuation, symbols, spaces and full-width forms are left out: they are slips of an input
/// method.
[[nodiscard]] constexpr bool is_letter_beyond_ascii(std::uint32_t c) noexcept {
    if (c < 0xC0U) return c == 0xAAU || c == 0xB5U || c == 0xBAU;
    if (c == 0xD7U || c == 0xF7U) return false;
    if (c >= 0x2000U && c <= 0x2BFFU) return false;
    if (c >= 0x2E00U && c <= 0x2E7FU) return false;
    if (c >= 0x3000U && c <= 0x3004U) return false;
    if (c >= 0x3008U && c <= 0x3020U) return false;
    if (c == 0x3030U || c == 0x30FBU || c == 0xFEFFU) return false;
    if (c >= 0xFE10U && c <= 0xFE6FU) return false;
    if (c >= 0xFF00U && c <= 0xFF65U) return false;
    return c < 0xFFE0U || c > 0xFFFFU;
}

/// What was probably meant by a character that an input method or a word processor put in.
[[nodiscard]] inline std::string plain_form(std::uint32_t c) {
    if (c >= 0xFF01U && c <= 0xFF5EU) return std::string(1, static_cast<char>(c - 0xFEE0U));
    switch (c) {
    case U'\u00A0':
    case U'\u2003':
    case U'\u3000': return " ";
    case U'\u2018':
    case U'\u2019': return "'";
    case U'\u201C':
    case U'\u201D': return "\"";
    case U'\u2260': return "!=";
    case U'\u2264':
    case U'\u2266': return "<=";
    case U'\u2265':
    case U'\u2267': return ">=";
    case U'\u00D7': return "*";
    case U'\u00F7': return "/";
    case U'\u2012':
    case U'\u2013':
    case U'\u2212': return "-";
    case U'\u2227': return "&&";
    case U'\u2228': return "||";
    case U'\u00AC': return "!";
    default: return {};
    }
}

class expression_lexer {
public:
    explicit expression_lexer(std::string_view source) noexcept : source_(source) {}

    [[nodiscard]] token next() {
        skip_space();
        const std::size_t begin = at_;
        token out = read();
        if (out.what != word::invalid) {
            out.begin = static_cast<std::uint32_t>(begin);
            out.end = static_cast<std::uint32_t>(at_);
        }
        return out;
    }

private:
    [[nodiscard]] bool more(std::size_t ahead = 0) const noexcept {
        return at_ + ahead < source_.size();
    }
    [[nodiscard]] char peek(std::size_t ahead = 0) const noexcept {
        return more(ahead) ? source_[at_ + ahead] : '\0';
    }

    /// A token that stops the parser: a message and where it points to.
    [[nodiscard]] static token invalid(std::size_t at, std::string message) {
        token out;
        out.what = word::invalid;
        out.begin = out.end = static_cast<std::uint32_t>(at);
        out.text = std::move(message);
        return out;
    }

    [[nodiscard]] token take(word what, std::size_t length) noexcept {
        at_ += length;
        token out;
        out.what = what;
        return out;
    }

    void skip_space() noexcept {
        while (more()) {
            const char c = peek();
            if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f') {
                ++at_;
            } else if (c == '/' && peek(1) == '/') {
                // A comment is checked too: a source is UTF-8 or it is refused.
                while (more() && peek() != '\n') {
                    const std::size_t size = decode_utf8(source_, at_).size;
                    if (size == 0) return;
                    at_ += size;
                }
            } else {
                return;
            }
        }
    }

    [[nodiscard]] token read() {
        if (!more()) return {};
        const char c = peek();
        const char after = peek(1);
        if (is_digit(c) || (c == '.' && is_digit(after))) return number();
        if (begins_name(c) || static_cast<unsigned char>(c) >= 0x80U) return name();
        if (const token two = two_characters(c, after); two.what != word::end) return two;
        switch (c) {
        case '\'':
        case '"': return text(c);
        case '`': return invalid(at_, "names in backquotes are not part of the language");
        case '+': return take(word::plus, 1);
        case '-': return take(word::minus, 1);
        case '*': return take(word::star, 1);
        case '/': return take(word::slash, 1);
        case '%': return take(word::percent, 1);
        case '<': return take(word::less, 1);
        case '>': return take(word::greater, 1);
        case '!': return take(word::logical_not, 1);
        case '?': return take(word::question, 1);
        case ':': return take(word::colon, 1);
        case ',': return take(word::comma, 1);
        case '.': return take(word::dot, 1);
        case '(': return take(word::open, 1);
        case ')': return take(word::close, 1);
        case '[': return take(word::open_list, 1);
        case ']': return take(word::close_list, 1);
        case '=': return invalid(at_, "\"=\" is not an operator; write \"==\" to compare");
        case '&': return invalid(at_, "\"&\" is not an operator; write \"&&\" for and");
        case '|': return invalid(at_, "\"|\" is not an operator; write \"||\" for or");
        case '^':
            return invalid(at_, "\"^\" is not an operator; write a power as a product, x * x");
        case ';': return invalid(at_, "\";\" has no meaning here; a condition is one expression");
        case '{':
        case '}': return invalid(at_, "maps are not part of the language");
        case '#': return invalid(at_, "\"#\" has no meaning here; a comment begins with \"//\"");
        default: break;
        }
        if (static_cast<unsigned char>(c) < 0x20U || c == '\x7f') {
            return invalid(at_, "a control character stands outside of quotes");
        }
        return invalid(at_, "\"" + std::string(1, c) + "\" has no meaning here");
    }

    /// Operators of two characters, and the spellings of other languages that begin like them.
    [[nodiscard]] token two_characters(char c, char after) {
        if (c == '=' && after == '=') {
            if (peek(2) == '=')
                return invalid(at_, "\"===\" is not an operator; write \"==\" to compare");
            return take(word::equal, 2);
        }
        if (c == '!' && after == '=') {
            if (peek(2) == '=')
                return invalid(at_, "\"!==\" is not an operator; write \"!=\" to compare");
            return take(word::not_equal, 2);
        }
        if (c == '<' && after == '=') return take(word::less_equal, 2);
        if (c == '>' && after == '=') return take(word::greater_equal, 2);
        if (c == '&' && after == '&') return take(word::logical_and, 2);
        if (c == '|' && after == '|') return take(word::logical_or, 2);
        if (c == '<' && after == '>')
            return invalid(at_, "\"<>\" is not an operator; write \"!=\"");
        if (c == '=' && after == '>')
            return invalid(at_, "\"=>\" is not an operator; write \">=\" for at least");
        if (c == '=' && after == '<')
            return invalid(at_, "\"=<\" is not an operator; write \"<=\" for at most");
        if (c == ':' && after == '=')
            return invalid(at_, "\":=\" is not an operator; write \"==\" to compare");
        if (c == '?' && after == '?') {
            return invalid(at_, "\"??\" is not an operator; write has(x) ? x : y");
        }
        if (c == '*' && after == '*')
            return invalid(at_, "\"**\" is not an operator; write a power as a product, x * x");
        if (c == '/' && after == '*')
            return invalid(at_, "\"/*\" begins no comment here; a comment begins with \"//\"");
        return {};
    }

    [[nodiscard]] token number() {
        const std::size_t begin = at_;
        if (peek() == '0' && (peek(1) == 'x' || peek(1) == 'X')) {
            return invalid(begin,
                           "hexadecimal numbers are not part of the language; write it in decimal");
        }
        while (is_digit(peek())) ++at_;
        if (peek() == '.' && is_digit(peek(1))) {
            ++at_;
            while (is_digit(peek())) ++at_;
        } else if (peek() == '.' && !begins_name(peek(1))) {
            return invalid(begin, "a digit must follow the decimal point; write " +
                                      std::string{source_.substr(
                                          begin, std::min<std::size_t>(at_ - begin, 40))} +
                                      ".0");
        }
        if (peek() == 'e' || peek() == 'E') {
            const std::size_t sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
            if (is_digit(peek(1 + sign))) {
                at_ += 1 + sign;
                while (is_digit(peek())) ++at_;
            }
        }
        if (peek() == '_')
            return invalid(at_, "numbers are written without separators, as in 1000000");
        if ((peek() == 'u' || peek() == 'U') && !begins_name(peek(1)) && !is_digit(peek(1))) {
            return invalid(at_, "all numbers are doubles; leave the \"u\" out");
        }
        if (begins_name(peek()) || static_cast<unsigned char>(peek()) >= 0x80U) {
            return invalid(
                begin,
                "a number and a name stand together; an operator is missing between them, or a name "
                "begins with a digit, as no name does");
        }
        token out;
        out.what = word::number;
        const std::optional<double> value = parse_number(source_.substr(begin, at_ - begin));
        if (!value) return invalid(begin, "the number is larger than a double can hold");
        out.number = *value;
        return out;
    }

    [[nodiscard]] token name() {
        const std::size_t begin = at_;
        while (more()) {
            if (begins_name(peek()) || is_digit(peek())) {
                ++at_;
                continue;
            }
            if (static_cast<unsigned char>(peek()) < 0x80U) break;
            const utf8_char c = decode_utf8(source_, at_);
            if (c.size == 0) return not_utf8();
            if (!is_letter_beyond_ascii(c.code)) {
                if (at_ > begin) break;
                return strange(c);
            }
            at_ += c.size;
        }
        token out;
        out.what = word::name;
        out.text = source_.substr(begin, at_ - begin);
        if ((peek() == '\'' || peek() == '"') && is_text_prefix(out.text)) {
            return invalid(begin, "text with the prefix \"" + out.text +
                                      "\" is not part of the language; leave the prefix out");
        }
        return out;
    }

    /// r'…', b'…' and br'…' of CEL.
    [[nodiscard]] static bool is_text_prefix(std::string_view name) noexcept {
        return detail::same_but_for_case(name, "r") || detail::same_but_for_case(name, "b") ||
               detail::same_but_for_case(name, "br") || detail::same_but_for_case(name, "rb");
    }

    [[nodiscard]] token not_utf8() const { return invalid(at_, "the bytes here are not UTF-8"); }

    [[nodiscard]] token strange(utf8_char c) const {
        const std::string shown{source_.substr(at_, c.size)};
        const std::string plain = plain_form(c.code);
        if (plain == " ") return invalid(at_, "a wide space stands here; write a plain space");
        if (!plain.empty())
            return invalid(at_, "\"" + shown + "\" has no meaning here; write " + plain);
        return invalid(at_, "\"" + shown + "\" has no meaning here");
    }

    [[nodiscard]] token text(char quote) {
        const std::size_t begin = at_;
        if (peek(1) == quote && peek(2) == quote) {
            return invalid(
                begin,
                "text in triple quotes is not part of the language; write one quote on each side");
        }
        token out;
        out.what = word::text;
        ++at_;
        while (more() && peek() != quote) {
            const utf8_char c = decode_utf8(source_, at_);
            if (c.size == 0) return not_utf8();
            if (c.code == '\n' || c.code == '\r') break;
            if (c.code == '\\') {
                const std::string wrong = escape(out.text);
                if (!wrong.empty()) return invalid(at_, wrong);
                continue;
            }
            out.text += source_.substr(at_, c.size);
            at_ += c.size;
        }
        if (peek() != quote || !more()) {
            return invalid(begin, std::string{"the text is not closed; "} + quote + " is missing");
        }
        ++at_;
        return out;
    }

    /// One escape of CEL, at the backslash. A message if there is none such; else at_ is behind it.
    [[nodiscard]] std::string escape(std::string& out) {
        constexpr std::string_view spelled = "abfnrtv\\'\"`?";
        constexpr std::string_view meant = "\a\b\f\n\r\t\v\\'\"`?";
        const char c = peek(1);
        if (more(1)) {
            if (const std::size_t found = spelled.find(c); found != std::string_view::npos) {
                out += meant[found];
                at_ += 2;
                return {};
            }
        }
        std::size_t digits = 0;
        std::uint32_t base = 16;
        std::size_t skip = 2;
        if (c == 'x' || c == 'X') digits = 2;
        if (c == 'u') digits = 4;
        if (c == 'U') digits = 8;
        if (c >= '0' && c <= '3') {
            digits = 3;
            base = 8;
            skip = 1;
        }
        if (digits == 0) return "the escape is not known; a backslash itself is written \\\\";
        std::uint32_t value = 0;
        for (std::size_t i = 0; i < digits; ++i) {
            const std::uint32_t digit = digit_value(peek(skip + i));
            if (digit >= base) {
                return "the escape needs " + std::to_string(digits) +
                       (base == 8 ? " octal" : " hexadecimal") + " digits";
            }
            value = value * base + digit;
        }
        if (value > 0x10FFFFU || (value >= 0xD800U && value <= 0xDFFFU)) {
            return "the escape is not a character of Unicode";
        }
        append_utf8(out, value);
        at_ += skip + digits;
        return {};
    }

    [[nodiscard]] static std::uint32_t digit_value(char c) noexcept {
        if (is_digit(c)) return static_cast<std::uint32_t>(c - '0');
        const char low = detail::lower_ascii(c);
        if (low >= 'a' && low <= 'f') return static_cast<std::uint32_t>(low - 'a') + 10U;
        return 99;
    }

    std::string_view source_;
    std::size_t at_ = 0;
};

}  // namespace aiueo::expression_detail
