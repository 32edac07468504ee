// From text to document: nlohmann reads the tokens, this keeps where they stood and refuses what is
// too much.
#include <algorithm>
#include <charconv>
#include <cstddef>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "aiueo/model/check_context.hpp"

#include "model/json_document.hpp"

namespace aiueo::json {

namespace {

/// Reads the text and tells how far the lexer has come. nlohmann moves iterators into its adapters,
/// so the place it tells is outside.
class counting_iterator {
public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    counting_iterator(const char* at, const char** seen) : at_(at), seen_(seen) {}
    reference operator*() const { return *at_; }
    counting_iterator& operator++() {
        *seen_ = ++at_;
        return *this;
    }
    friend bool operator==(const counting_iterator& a, const counting_iterator& b) {
        return a.at_ == b.at_;
    }

private:
    const char* at_;
    const char** seen_;
};

class builder {
public:
    builder(document& out, const read_limits& limits, problems& found)
        : out_(out), text_(out.source()), seen_(text_.data()), found_(found), limits_(limits) {
        if (text_.starts_with("\xEF\xBB\xBF")) state_.after = 3;
    }

    void run() {
        const counting_iterator first{text_.data(), &seen_};
        const counting_iterator last{text_.data() + text_.size(), &seen_};
        if (!nlohmann::json::sax_parse(first, last, this)) out_.set_root(nowhere);
    }

    // --- SAX events; returning false stops the parser ---

    bool null() { return literal(kind::null, false, 4); }
    bool boolean(bool flag) { return literal(kind::flag, flag, flag ? 4 : 5); }
    bool number_integer(std::int64_t) { return number(); }
    bool number_unsigned(std::uint64_t) { return number(); }
    bool number_float(double, const std::string&) { return number(); }

    bool string(std::string& text) {
        value made;
        made.what = kind::text;
        made.begin = token_begin();
        made.end = offset();
        if (!no_nul(text, made.begin)) return false;
        made.first = out_.add_characters(text);
        made.count = static_cast<std::uint32_t>(text.size());
        return accept(made);
    }

    bool binary(std::vector<std::uint8_t>&) { return false; }  // JSON has none

    bool key(std::string& text) {
        link next;
        next.key_begin = token_begin();
        if (!no_nul(text, next.key_begin)) return false;
        next.key_first = out_.add_characters(text);
        next.key_count = static_cast<std::uint32_t>(text.size());
        pending_.push_back(next);
        state_.after = offset();
        state_.was = syntax_state::last::key;
        return true;
    }

    bool start_object(std::size_t) { return open(kind::object); }
    bool start_array(std::size_t) { return open(kind::array); }
    bool end_object() { return close(); }
    bool end_array() { return close(); }

    template <class exception>
    bool parse_error(std::size_t, const std::string&, const exception&) {
        state_.opened = stack_.empty() ? 0 : stack_.back().begin;
        diagnosis why = diagnose(text_, state_, out_.lines());
        report(errc::bad_json, why.at, std::move(why.message));
        return false;
    }

private:
    struct opened {
        kind what;
        std::uint32_t begin;
        std::size_t first;  ///< in pending_
    };

    [[nodiscard]] std::uint32_t offset() const noexcept {
        return static_cast<std::uint32_t>(seen_ - text_.data());
    }

    /// Between two tokens stand white space and one separator at most, which the lexer has already
    /// approved.
    [[nodiscard]] std::uint32_t token_begin() const noexcept {
        std::size_t at = state_.after;
        while (at < text_.size() && (is_space(text_[at]) || text_[at] == ',' || text_[at] == ':'))
            ++at;
        return static_cast<std::uint32_t>(at);
    }

    void report(errc code, std::size_t at, std::string message, std::string path = {}) {
        if (found_.size() >= most_problems) return;
        place where = out_.place_of(at);
        where.path = std::move(path);
        found_.push_back(
            {problem::level::error, make_error(code, std::move(message), std::move(where))});
    }

    /// Hosts in C read names as they print them; a NUL would end them early, so there is none.
    bool no_nul(std::string_view text, std::size_t at) {
        if (text.find('\0') == std::string_view::npos) return true;
        report(errc::bad_json, at, "a text here holds the character U+0000; leave it out");
        return false;
    }

    bool literal(kind what, bool flag, std::uint32_t size) {
        value made;
        made.what = what;
        made.flag = flag;
        made.begin = token_begin();
        made.end = made.begin + size;
        return accept(made);
    }

    /// The value comes from the token itself: neither the host's locale nor a detour over integers
    /// touches it.
    bool number() {
        value made;
        made.what = kind::number;
        made.begin = token_begin();
        const char* const first = text_.data() + made.begin;
        const std::from_chars_result read =
            std::from_chars(first, text_.data() + text_.size(), made.number);
        made.end = static_cast<std::uint32_t>(read.ptr - text_.data());
        if (const std::size_t sign = *first == '-' ? 1 : 0;
            first[sign] == '0' && first + sign + 1 < read.ptr && first[sign + 1] >= '0' &&
            first[sign + 1] <= '9') {
            made.end = made.begin + static_cast<std::uint32_t>(sign) +
                       1;  // to JSON "01" is 0, and then a 1 too many
        }
        if (read.ec == std::errc::result_out_of_range) {
            // Too large was an error already; what is left is too small to tell from 0.
            made.number = 0;
        }
        return accept(made);
    }

    /// A finished value takes its place in the innermost container, or is the root.
    bool accept(const value& made) {
        if (++count_ > limits_.nodes) {
            report(errc::limit_exceeded, made.begin,
                   "more than " + std::to_string(limits_.nodes) +
                       " values; a model may not have so many");
            return false;
        }
        place_value(out_.add(made), made.begin, made.end);
        return true;
    }

    void place_value(index made, std::size_t begin, std::size_t end) {
        state_.began = begin;
        state_.after = end;
        if (stack_.empty()) {
            out_.set_root(made);
            state_.was = syntax_state::last::end;
            return;
        }
        if (stack_.back().what == kind::array) pending_.push_back(link{});
        pending_.back().to = made;
        state_.was = stack_.back().what == kind::array ? syntax_state::last::value_in_array
                                                       : syntax_state::last::value_in_object;
    }

    bool open(kind what) {
        const std::uint32_t begin = token_begin();
        if (stack_.size() >= limits_.depth) {
            report(errc::limit_exceeded, begin,
                   "nested more than " + std::to_string(limits_.depth) +
                       " levels deep; a model needs fewer");
            return false;
        }
        if (++count_ > limits_.nodes) {
            report(errc::limit_exceeded, begin,
                   "more than " + std::to_string(limits_.nodes) +
                       " values; a model may not have so many");
            return false;
        }
        stack_.push_back({what, begin, pending_.size()});
        state_.after = begin + std::size_t{1};
        state_.was =
            what == kind::array ? syntax_state::last::open_array : syntax_state::last::open_object;
        return true;
    }

    bool close() {
        const opened done = stack_.back();
        const std::uint32_t end = token_begin() + 1;
        const auto first = pending_.begin() + static_cast<std::ptrdiff_t>(done.first);
        std::vector<link> members(first, pending_.end());
        pending_.erase(first, pending_.end());
        if (done.what == kind::object) refuse_duplicates(members);
        const index made = out_.add_container(done.what, done.begin, end, members);
        stack_.pop_back();
        place_value(made, done.begin, end);
        return true;
    }

    /// Which of two equal keys counts is not said by JSON, so a slip of copying would decide a
    /// score. The first stays, so that the rest is checked too.
    void refuse_duplicates(std::vector<link>& members) {
        const auto less = [this](const link& a, const link& b) {
            const int order = out_.key_of(a).compare(out_.key_of(b));
            return order != 0 ? order < 0 : a.key_begin < b.key_begin;
        };
        std::vector<link> sorted = members;
        std::sort(sorted.begin(), sorted.end(), less);
        std::vector<std::uint32_t> repeated;
        for (std::size_t i = 1; i < sorted.size(); ++i) {
            const link& first = sorted[i - 1];
            link& second = sorted[i];
            if (out_.key_of(first) != out_.key_of(second)) continue;
            repeated.push_back(second.key_begin);
            report(errc::bad_json, second.key_begin,
                   "is here a second time; the first is in line " +
                       std::to_string(out_.place_of(first.key_begin).line) + ". Keep one of them",
                   path_to(out_.key_of(second)));
            second = first;
        }
        if (repeated.empty()) return;
        std::sort(repeated.begin(), repeated.end());
        std::erase_if(members, [&repeated](const link& one) {
            return std::binary_search(repeated.begin(), repeated.end(), one.key_begin);
        });
    }

    /// Path of a key in the container that is being closed. Only for messages.
    [[nodiscard]] std::string path_to(std::string_view key) const {
        std::vector<trail> steps(stack_.size());
        for (std::size_t i = 0; i + 1 < stack_.size(); ++i) {
            // The innermost pending link of an outer object is the key under which the next one is
            // being read; of an outer array, what stands before it are its elements so far.
            const std::size_t end = stack_[i + 1].first;
            if (stack_[i].what == kind::object)
                steps[i].key = out_.key_of(pending_[end - 1]);
            else
                steps[i].element = end - stack_[i].first;
            steps[i].before = i == 0 ? nullptr : &steps[i - 1];
        }
        trail& last = steps.back();
        last.key = key;
        last.before = steps.size() == 1 ? nullptr : &steps[steps.size() - 2];
        return path_of(&last);
    }

    document& out_;
    std::string_view text_;
    const char* seen_;
    problems& found_;
    read_limits limits_;
    std::uint32_t count_ = 0;
    syntax_state state_;
    std::vector<opened> stack_;
    std::vector<link> pending_;  ///< members of the open containers, innermost last
};

}  // namespace

document parse(std::string_view text, const read_limits& limits, problems& found) {
    read_limits bounded = limits;
    bounded.bytes = std::min(bounded.bytes, read_limits::most_bytes);
    bounded.depth = std::min(bounded.depth, read_limits::most_depth);
    if (text.size() > bounded.bytes) {
        place where;
        where.line = where.column = 1;
        found.push_back(
            {problem::level::error,
             make_error(errc::limit_exceeded,
                        "the text has " + std::to_string(text.size()) +
                            " bytes; a model file may have " + std::to_string(bounded.bytes),
                        std::move(where))});
        return document{std::string_view{}};
    }
    document out{text};
    builder{out, bounded, found}.run();
    return out;
}

}  // namespace aiueo::json
