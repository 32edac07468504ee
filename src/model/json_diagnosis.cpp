// What is wrong where a text stops being JSON, said as a person would: the parser knows only which
// token it did not expect. Runs once, on a text that has already been refused.
#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>

#include "aiueo/base/utf8.hpp"

#include "model/json_document.hpp"

namespace aiueo::json {

namespace {

using last = syntax_state::last;

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool is_hex(char c) noexcept {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}
bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c) || c == '_' ||
           c == '$' || c == '.' || c == '-' || c == '+' ||
           (static_cast<unsigned char>(c) & 0x80U) != 0;
}

class doctor {
public:
    doctor(std::string_view text, const syntax_state& state, const line_table& lines)
        : text_(text), state_(state), lines_(lines), at_(state.after) {}

    diagnosis look() {
        skip_space();
        switch (state_.was) {
        case last::nothing:
            return at_end() ? say("the text is empty; a model is a JSON object in {…}") : value();
        case last::open_object: return at_end() ? unclosed() : key();
        case last::open_array: return value();
        case last::key:
            if (at_end()) return unclosed();
            if (here() != ':')
                return say("expected \":\" between a key and its value, found " + found());
            ++at_;
            skip_space();
            return value();
        case last::value_in_object: return after_value("}");
        case last::value_in_array: return after_value("]");
        case last::end:
            return say("the model ends before this; remove what follows its last \"}\"");
        }
        return say("this is not JSON");
    }

private:
    diagnosis after_value(std::string_view closer) {
        if (at_end()) return unclosed();
        const bool object = closer == "}";
        // What touches a number belongs to it: 01, 2026-04-01, 3px.
        if (at_ == state_.after && is_word(here()) &&
            (is_digit(text_[state_.began]) || text_[state_.began] == '-')) {
            at_ = state_.began;
            return bad_number();
        }
        if (here() != ',') {
            if (here() == '}' || here() == ']') return mismatch(closer);
            if (is_comment()) return comment();
            return say("expected \",\" or \"" + std::string{closer} + "\" after a value, found " +
                       found() + (here() == '"' ? "; is a comma missing?" : ""));
        }
        const std::size_t comma = at_++;
        skip_space();
        if (at_end()) return unclosed();
        if (here() == '}' || here() == ']') {
            at_ = comma;
            return say("a comma before \"" + std::string{closer} +
                       "\"; JSON has none after the last " + (object ? "member" : "element"));
        }
        return object ? key() : value();
    }

    diagnosis key() {
        if (here() == '"') return bad_text();
        if (is_comment()) return comment();
        if (here() == ']') return mismatch("}");
        if (here() == '\'' || is_word(here()))
            return say("a key is written in double quotes: " + in_quotes());
        return say("expected a key in double quotes, found " + found());
    }

    diagnosis value() {
        if (at_end()) return unclosed();
        const char c = here();
        if (c == '"') return bad_text();
        if (is_comment()) return comment();
        if (c == '\'') return say("a text is written in double quotes: " + in_quotes());
        if (c == ']' || c == '}') {
            if (state_.was == last::open_array && c == '}') return mismatch("]");
            return say("expected a value, found " + found());
        }
        if (is_digit(c) || c == '-' || c == '+' || c == '.') return bad_number();
        if (is_word(c)) return bad_word();
        return say("expected a value, found " + found());
    }

    diagnosis bad_word() {
        const std::string word{token()};
        std::string lower = word;
        std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) {
            return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        });
        if (lower == "true" || lower == "yes" || lower == "on")
            return say(found() + " is not JSON; write true");
        if (lower == "false" || lower == "no" || lower == "off")
            return say(found() + " is not JSON; write false");
        if (lower == "none" || lower == "nil" || lower == "null" || lower == "undefined") {
            return say(found() + " is not JSON; leave the key out");
        }
        if (lower == "nan" || lower.starts_with("inf"))
            return say(found() + " is not a number that JSON can hold");
        return say("a text is written in double quotes: " + in_quotes());
    }

    diagnosis bad_number() {
        const std::string_view word = token();
        std::string_view digits = word;
        if (digits.starts_with('-')) digits.remove_prefix(1);
        if (word.starts_with('+')) return say(found() + " is not JSON; write it without the \"+\"");
        if (digits.starts_with('.'))
            return say(found() + " is not JSON; write a 0 before the point");
        if (digits.ends_with('.'))
            return say(found() + " is not JSON; write a digit after the point");
        if (digits.size() > 1 && digits[0] == '0' && (digits[1] == 'x' || digits[1] == 'X')) {
            return say(found() + " is not JSON; numbers are decimal");
        }
        if (digits.size() > 1 && digits[0] == '0' && is_digit(digits[1])) {
            return say(found() + " is not JSON; numbers do not begin with 0" +
                       (std::count(digits.begin(), digits.end(), '-') == 2
                            ? ", and dates are in double quotes"
                            : ""));
        }
        if (std::count(digits.begin(), digits.end(), '-') == 2)
            return say("a date is written in double quotes: " + in_quotes());
        const bool numeric = std::all_of(digits.begin(), digits.end(), [](char c) {
            return is_digit(c) || c == '.' || c == 'e' || c == 'E' || c == '-' || c == '+';
        });
        if (numeric && std::count(digits.begin(), digits.end(), '.') <= 1 && !digits.empty() &&
            is_digit(digits.back()) && is_digit(digits.front())) {
            return say(found() + " is too large a number");
        }
        return say(found() + " is not a number");
    }

    /// At the opening quote of a text that is not right: find the first character that is not.
    diagnosis bad_text() {
        const std::size_t open = at_;
        for (std::size_t i = open + 1; i < text_.size();) {
            const char c = text_[i];
            if (c == '"') break;
            if (c == '\n' || c == '\r')
                return say_at(open, "this text has no closing quote in its line");
            if (c == '\t') return say_at(i, "a tab inside a text; write \\t");
            if (static_cast<unsigned char>(c) < 0x20)
                return say_at(i, "a control character inside a text; leave it out");
            if (c == '\\') {
                const char what = i + 1 < text_.size() ? text_[i + 1] : '\0';
                if (what == 'u') {
                    if (!four_hex(i + 2))
                        return say_at(i, "\\u is followed by four hexadecimal digits");
                    const std::uint32_t unit = hex_value(i + 2);
                    if (unit >= 0xDC00 && unit <= 0xDFFF)
                        return say_at(i, "half of a surrogate pair; write the character itself");
                    if (unit >= 0xD800 && unit <= 0xDBFF) {
                        const bool paired = i + 7 < text_.size() && text_[i + 6] == '\\' &&
                                            text_[i + 7] == 'u' && four_hex(i + 8) &&
                                            hex_value(i + 8) >= 0xDC00 &&
                                            hex_value(i + 8) <= 0xDFFF;
                        if (!paired)
                            return say_at(i,
                                          "half of a surrogate pair; write the character itself");
                        i += 12;
                        continue;
                    }
                    i += 6;
                    continue;
                }
                if (std::string_view{"\"\\/bfnrt"}.find(what) == std::string_view::npos ||
                    what == '\0') {
                    return say_at(i,
                                  "a backslash here means nothing; to write one, double it: \\\\");
                }
                i += 2;
                continue;
            }
            const utf8_char next = decode_utf8(text_, i);
            if (next.size == 0) return say_at(i, "not UTF-8; save the file as UTF-8");
            i += next.size;
        }
        if (text_.find('"', open + 1) == std::string_view::npos)
            return say_at(open, "this text has no closing quote");
        return say_at(open, "expected a value, found " + found());
    }

    bool four_hex(std::size_t at) const {
        return at + 4 <= text_.size() && is_hex(text_[at]) && is_hex(text_[at + 1]) &&
               is_hex(text_[at + 2]) && is_hex(text_[at + 3]);
    }
    std::uint32_t hex_value(std::size_t at) const {
        std::uint32_t out = 0;
        for (std::size_t i = at; i < at + 4; ++i) {
            const char c = text_[i];
            out = out * 16 +
                  static_cast<std::uint32_t>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        return out;
    }

    diagnosis unclosed() {
        at_ = text_.size();
        if (state_.was == last::nothing)
            return say("the text is empty; a model is a JSON object in {…}");
        const bool array = state_.opened < text_.size() && text_[state_.opened] == '[';
        return say("the text ends here, but the \"" + std::string{array ? "[" : "{"} +
                   "\" of line " + std::to_string(lines_.at(state_.opened).line) +
                   " is not closed");
    }

    diagnosis mismatch(std::string_view closer) {
        return say("expected \"" + std::string{closer} + "\" to close what line " +
                   std::to_string(lines_.at(state_.opened).line) + " opened, found " + found());
    }

    bool is_comment() const {
        return here() == '#' || (here() == '/' && at_ + 1 < text_.size() &&
                                 (text_[at_ + 1] == '/' || text_[at_ + 1] == '*'));
    }
    diagnosis comment() { return say("JSON has no comments; remove this one"); }

    // --- reading ---

    bool at_end() const { return at_ >= text_.size(); }
    char here() const { return at_end() ? '\0' : text_[at_]; }
    void skip_space() {
        while (!at_end() && is_space(text_[at_])) ++at_;
    }
    std::string_view token() const {
        std::size_t end = at_;
        while (end < text_.size() && is_word(text_[end])) ++end;
        return text_.substr(at_, std::max<std::size_t>(end - at_, 1));
    }
    std::string found() const {
        if (at_end()) return "the end of the text";
        if (is_word(here())) return aiueo::quoted(token(), 40);
        if (here() == '"') return "a text";
        const utf8_char next = decode_utf8(text_, at_);
        return aiueo::quoted(text_.substr(at_, std::max<std::size_t>(next.size, 1)), 40);
    }
    /// The word or single-quoted text at hand as it should have been written.
    std::string in_quotes() const {
        if (here() != '\'') return aiueo::quoted(token(), 40);
        const std::size_t end = text_.find_first_of("'\n", at_ + 1);
        return aiueo::quoted(
            text_.substr(at_ + 1, (end == std::string_view::npos ? text_.size() : end) - at_ - 1),
            40);
    }

    diagnosis say(std::string message) const { return {at_, std::move(message)}; }
    static diagnosis say_at(std::size_t at, std::string message) {
        return {at, std::move(message)};
    }

    std::string_view text_;
    const syntax_state& state_;
    const line_table& lines_;
    std::size_t at_;
};

}  // namespace

diagnosis diagnose(std::string_view text, const syntax_state& state, const line_table& lines) {
    return doctor{text, state, lines}.look();
}

}  // namespace aiueo::json
