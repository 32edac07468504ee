// Changes to a JSON text by its structure: members are dropped, doubled, swapped and renamed,
// numbers become edge values, parts of it or of another text take the place of parts. What is no
// JSON is left to the bytes.
#pragma once

#include <array>
#include <cctype>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzzing {

/// A value as text; objects and arrays as their parts.
struct json_part {
    enum class kind : std::uint8_t { scalar, array, object };
    kind what = kind::scalar;
    std::string text{};               ///< of scalars, quotes and all
    std::vector<std::string> keys{};  ///< of objects, in quotes; one for each part
    std::vector<json_part> parts{};
};

/// Reads what a model file mostly is; false for anything else.
class json_reader {
public:
    explicit json_reader(std::string_view text) : text_(text) {}

    bool read(json_part& out) {
        const bool fine = value(out, 0);
        blanks();
        return fine && at_ == text_.size();
    }

private:
    void blanks() {
        while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0)
            ++at_;
    }
    bool take(char wanted) {
        blanks();
        if (at_ == text_.size() || text_[at_] != wanted) return false;
        ++at_;
        return true;
    }
    bool string(std::string& out) {
        const std::size_t from = at_;
        if (!take('"')) return false;
        while (at_ < text_.size() && text_[at_] != '"') at_ += text_[at_] == '\\' ? 2U : 1U;
        if (at_ >= text_.size()) return false;
        ++at_;
        out = text_.substr(text_.find('"', from), at_ - text_.find('"', from));
        return true;
    }
    bool value(json_part& out, int depth) {
        blanks();
        if (at_ == text_.size() || depth > 100) return false;
        if (text_[at_] == '"') return string(out.text);
        const bool object = text_[at_] == '{';
        if (object || text_[at_] == '[') {
            ++at_;
            out.what = object ? json_part::kind::object : json_part::kind::array;
            const char end = object ? '}' : ']';
            if (take(end)) return true;
            do {
                if (object) {
                    blanks();
                    if (!string(out.keys.emplace_back()) || !take(':')) return false;
                }
                if (!value(out.parts.emplace_back(), depth + 1)) return false;
            } while (take(','));
            return take(end);
        }
        const std::size_t from = at_;
        while (at_ < text_.size() &&
               std::string_view{",]}: \n\t\r"}.find(text_[at_]) == std::string_view::npos)
            ++at_;
        out.text = text_.substr(from, at_ - from);
        return at_ > from;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

inline void write_json(const json_part& from, std::string& to) {
    if (from.what == json_part::kind::scalar) {
        to += from.text;
        return;
    }
    const bool object = from.what == json_part::kind::object;
    to += object ? '{' : '[';
    for (std::size_t i = 0; i < from.parts.size(); ++i) {
        if (i > 0) to += ", ";
        if (object) to += from.keys[i] + ": ";
        write_json(from.parts[i], to);
    }
    to += object ? '}' : ']';
}

class json_mutator {
public:
    explicit json_mutator(unsigned seed) : random_(seed) {}

    /// One change; `other` may lend a part.
    void change(json_part& root, json_part* other) {
        std::vector<json_part*> all;
        collect(root, all);
        json_part& here = *all[below(all.size())];
        if (here.what == json_part::kind::scalar)
            change_scalar(here, all);
        else if (!here.parts.empty())
            change_parts(here);
        if (other == nullptr || below(3) != 0) return;
        // A part of the other comes instead of one here, or beside it.
        std::vector<json_part*> now;
        collect(root, now);
        std::vector<json_part*> theirs;
        collect(*other, theirs);
        json_part taken = *theirs[below(theirs.size())];
        json_part& to = *now[below(now.size())];
        if (to.what == json_part::kind::array && below(2) == 0)
            to.parts.push_back(std::move(taken));
        else
            take_part(to, taken);
    }

private:
    std::size_t below(std::size_t n) { return n == 0 ? 0 : random_() % n; }

    static void collect(json_part& from, std::vector<json_part*>& to) {
        to.push_back(&from);
        for (json_part& one : from.parts) collect(one, to);
    }

    /// By a copy of its own: `from` may hold `to`.
    static void take_part(json_part& to, const json_part& from) {
        json_part taken = from;
        to = std::move(taken);
    }

    void change_scalar(json_part& here, const std::vector<json_part*>& all) {
        constexpr std::array<std::string_view, 30> numbers{"0",
                                                           "-0",
                                                           "1",
                                                           "-1",
                                                           "2",
                                                           "0.5",
                                                           "100",
                                                           "100.5",
                                                           "1e18",
                                                           "-1e18",
                                                           "1.1e18",
                                                           "1e-300",
                                                           "5e-324",
                                                           "1e308",
                                                           "1e309",
                                                           "1000000",
                                                           "1000001",
                                                           "3650",
                                                           "3651",
                                                           "2147483647",
                                                           "2147483648",
                                                           "4294967296",
                                                           "9007199254740993",
                                                           "18446744073709551616",
                                                           "0.1",
                                                           "33.3",
                                                           "63",
                                                           "64",
                                                           "99",
                                                           "60"};
        constexpr std::array<std::string_view, 8> others{
            "null", "true", "false", "\"\"", "[]", "{}", "\"touch\"", "\"overall\""};
        const bool number = !here.text.empty() && here.text[0] != '"' && here.text[0] != 't' &&
                            here.text[0] != 'f' && here.text[0] != 'n';
        switch (below(number ? 4 : 5)) {
        case 0: here.text = others[below(others.size())]; return;
        case 1: take_part(here, *all[below(all.size())]); return;
        case 4: change_text(here.text); return;
        default: break;
        }
        if (number || below(4) == 0)
            here.text = numbers[below(numbers.size())];
        else
            take_text(here.text, all);
    }

    /// Another text of the same file: a name that exists, in the wrong place.
    void take_text(std::string& to, const std::vector<json_part*>& all) {
        std::vector<std::string> texts;
        for (const json_part* one : all) {
            texts.insert(texts.end(), one->keys.begin(), one->keys.end());
            if (one->what == json_part::kind::scalar && one->text[0] == '"')
                texts.push_back(one->text);
        }
        if (!texts.empty()) to = texts[below(texts.size())];
    }

    /// A near name: a character more, less, doubled or changed; the quotes stay.
    void change_text(std::string& text) {
        if (text.size() < 3 || text[0] != '"') return;
        const std::size_t at = 1 + below(text.size() - 2);
        constexpr std::string_view characters = "abkUIEO.@_ 0'()<>=&|!?:*/%-+,";
        const char one = characters[below(characters.size())];
        if (text[at] == '\\' || text[at - 1] == '\\') return;
        switch (below(4)) {
        case 0: text.erase(at, 1); return;
        case 1: text.insert(at, 1, one); return;
        case 2: text.insert(at, 1, text[at]); return;
        default: text[at] = one; return;
        }
    }

    void change_parts(json_part& here) {
        const std::size_t at = below(here.parts.size());
        const std::size_t to = below(here.parts.size());
        const bool object = here.what == json_part::kind::object;
        switch (below(object ? 6 : 4)) {
        case 0: {
            const auto place = static_cast<std::ptrdiff_t>(at);
            here.parts.erase(here.parts.begin() + place);
            if (object) here.keys.erase(here.keys.begin() + place);
            return;
        }
        case 1: {
            json_part again = here.parts[at];
            here.parts.push_back(std::move(again));
            if (!object) return;
            std::string key = here.keys[at];
            if (below(4) != 0) change_text(key);
            here.keys.push_back(std::move(key));
            return;
        }
        case 2: std::swap(here.parts[at], here.parts[to]); return;
        case 3: here.parts[to] = json_part{here.parts[at]}; return;
        case 4: std::swap(here.keys[at], here.keys[to]); return;
        default: change_text(here.keys[at]); return;
        }
    }

    std::minstd_rand random_;
};

}  // namespace fuzzing
