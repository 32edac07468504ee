// model › reader: the common way from a JSON value to a field of the model, with a problem for what
// does not fit.
//
// Messages are predicates of the path that stands before them: `axes.U.min_coverage must be a
// number, not …`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "aiueo/model/check_context.hpp"
#include "aiueo/model/model.hpp"

#include "model/json_document.hpp"

namespace aiueo::reading {

/// One reading of one text.
struct context {
    json::document& doc;
    const std::string& file;
    const read_limits& limits;
    problems& found;
    std::unordered_set<std::string>
        unread;  ///< paths of what is not in the model though the text has it, or should

    [[nodiscard]] bool full() const noexcept { return found.size() >= most_problems; }
    /// `; did you mean "…"?`, while there are few enough problems to be worth it.
    template <class range>
    [[nodiscard]] std::string suggest(std::string_view name, const range& candidates) const {
        return found.size() < most_suggestions ? did_you_mean(name, candidates) : std::string{};
    }
};

/// A value of the document and the way to it. Its children point to it, so it stays where it is.
class cursor {
public:
    cursor(context& in, json::index at) : in_(&in), at_(at) {}
    /// A member or element of another value.
    cursor(const cursor& parent, const json::link& member)
        : in_(parent.in_),
          at_(member.to),
          key_begin_(member.key_begin),
          way_{parent.before(), parent.in_->doc.key_of(member), {}},
          has_way_(true) {}
    cursor(const cursor& parent, json::index at, std::size_t element)
        : in_(parent.in_), at_(at), way_{parent.before(), {}, element}, has_way_(true) {}
    /// Another value in the place of this one, such as a merged object in the place of its patch.
    [[nodiscard]] cursor standing_for(json::index at) const {
        cursor out = *this;
        out.at_ = at;
        return out;
    }
    cursor(const cursor&) = default;
    cursor& operator=(const cursor&) = delete;

    [[nodiscard]] context& in() const noexcept { return *in_; }
    [[nodiscard]] json::document& doc() const noexcept { return in_->doc; }
    [[nodiscard]] json::index at() const noexcept { return at_; }
    [[nodiscard]] const json::value& value() const { return in_->doc[at_]; }
    [[nodiscard]] json::kind what() const { return value().what; }
    [[nodiscard]] std::string_view text() const { return in_->doc.text_of(value()); }
    [[nodiscard]] std::string_view key() const noexcept { return way_.key; }
    [[nodiscard]] const json::trail* before() const noexcept { return has_way_ ? &way_ : nullptr; }
    [[nodiscard]] std::string path() const { return json::path_of(before()); }
    [[nodiscard]] std::size_t size() const { return value().count; }
    [[nodiscard]] cursor element(std::size_t i) const {
        return cursor{*this, doc().link_at(value().first + i).to, i};
    }
    [[nodiscard]] cursor member(std::size_t i) const {
        return cursor{*this, doc().link_at(value().first + i)};
    }

    /// The place of the value, or of its key.
    [[nodiscard]] place where() const { return place_at(value().begin); }
    [[nodiscard]] place where_key() const { return place_at(key_begin_); }

    void wrong(std::string message, errc code = errc::bad_model) const;
    void wrong_key(std::string message) const {
        report(where_key(), std::move(message), errc::bad_model);
    }
    /// `must be WANTED, not FOUND`, with the usual slip named.
    void wrong_kind(std::string_view wanted) const;
    [[nodiscard]] bool is(json::kind wanted, std::string_view name) const;
    /// This, or a member of it, could not be read: what the check would say of it only follows from
    /// that.
    void unread(std::string_view below = {}) const;

private:
    [[nodiscard]] place place_at(std::size_t offset) const;
    void report(place where, std::string message, errc code) const;

    context* in_;
    json::index at_;
    std::uint32_t key_begin_ = 0;
    json::trail way_;
    bool has_way_ = false;
};

/// What was found, as a message shows it: `the text "3"`, `true`, `a list`.
[[nodiscard]] std::string found_text(const cursor& at);

/// A single value into a field. False, and a problem, if it does not fit.
bool read(const cursor& at, std::string& out);
bool read(const cursor& at, double& out);
bool read(const cursor& at, bool& out);
bool read(const cursor& at, label& out);
bool read(const cursor& at, expression& out);
bool read(const cursor& at, std::vector<double>& out);
bool read(const cursor& at, std::vector<std::string>& out);
bool read_date(const cursor& at, std::int32_t& out);
bool read_whole(const cursor& at, std::int32_t& out, std::int32_t least, std::int32_t most);
/// A curve: [[position, score], …].
bool read_pairs(const cursor& at, std::vector<knot>& out);

/// An object whose keys are known. Unknown ones are problems as soon as it is made.
class object_reader {
public:
    object_reader(const cursor& at, std::string_view noun,
                  std::initializer_list<std::string_view> keys);

    [[nodiscard]] bool fine() const noexcept { return fine_; }
    [[nodiscard]] const cursor& at() const noexcept { return at_; }
    [[nodiscard]] bool has(std::string_view key) const {
        return fine_ && at_.doc().find(at_.at(), key) != nullptr;
    }
    [[nodiscard]] std::optional<cursor> find(std::string_view key) const;

    template <class field>
    bool operator()(std::string_view key, field& out) const {
        const std::optional<cursor> at = find(key);
        return at && read(*at, out);
    }
    template <class field>
    bool operator()(std::string_view key, std::optional<field>& out) const {
        field value{};
        if (!(*this)(key, value)) return false;
        out = std::move(value);
        return true;
    }
    bool date(std::string_view key, std::int32_t& out) const {
        const std::optional<cursor> at = find(key);
        return at && read_date(*at, out);
    }
    bool date(std::string_view key, std::optional<std::int32_t>& out) const {
        std::int32_t value = 0;
        if (!date(key, value)) return false;
        out = value;
        return true;
    }
    /// A whole number from `least` to `most`.
    bool whole(std::string_view key, std::int32_t& out, std::int32_t least,
               std::int32_t most = 1000000) const {
        const std::optional<cursor> at = find(key);
        return at && read_whole(*at, out, least, most);
    }
    bool whole(std::string_view key, std::optional<std::int32_t>& out, std::int32_t least,
               std::int32_t most = 1000000) const {
        std::int32_t value = 0;
        if (!whole(key, value, least, most)) return false;
        out = value;
        return true;
    }
    /// One of a few words.
    template <class choice, std::size_t n>
    bool one_of(std::string_view key, choice& out,
                const std::array<std::pair<std::string_view, choice>, n>& words) const {
        const std::optional<cursor> at = find(key);
        if (!at || !at->is(json::kind::text, "a text")) return false;
        std::array<std::string_view, n> names{};
        for (std::size_t i = 0; i < n; ++i) {
            names[i] = words[i].first;
            if (at->text() == names[i]) {
                out = words[i].second;
                return true;
            }
        }
        at->wrong("must be " + listed(names) + ", not " + json::shown(at->text()) +
                  at_.in().suggest(at->text(), names));
        return false;
    }
    /// The key must be there; without it a problem that says what it is for.
    bool need(std::string_view key, std::string_view meaning) const;

private:
    const cursor& at_;
    bool fine_ = false;
};

/// Every member of an object, or a problem if it is none.
template <class action>
void each_member(const cursor& at, std::string_view noun, action&& act) {
    if (!at.is(json::kind::object, noun)) return;
    for (std::size_t i = 0; i < at.size(); ++i) {
        const cursor member = at.member(i);
        act(member);
    }
}
template <class action>
void each_element(const cursor& at, std::string_view noun, action&& act) {
    if (!at.is(json::kind::array, noun)) return;
    for (std::size_t i = 0; i < at.size(); ++i) {
        const cursor element = at.element(i);
        act(element);
    }
}

// The sections, each in its file. `at` is the whole document.
void read_metrics(const object_reader& at, model& out);
void read_segments(const object_reader& at, model& out);
/// touch, axes, overall, ladders and bands; `at` is the document, or a profile's merged rules.
void read_scheme(const object_reader& at, scheme& out);
/// Returns, for each profile read, the merged rules that its problems are looked up in.
[[nodiscard]] std::vector<json::index> read_profiles(const object_reader& at, model& out);
void read_sections(const object_reader& at, model& out);

}  // namespace aiueo::reading
