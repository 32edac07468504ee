// model › json_document: the text of a model file as a flat, bounded tree that knows where
// everything stands.
//
// Filled by nlohmann's SAX events, never through its DOM: that one recurses, allocates without
// bound and can terminate the host when memory runs out. Here containers are ranges of links, so a
// tree is four vectors, and a merge patch shares what it does not change.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/model/read.hpp"

namespace aiueo::json {

enum class kind : std::uint8_t { null, flag, number, text, array, object };

/// "an object", "a number", … as a sentence about a mistake needs it.
[[nodiscard]] std::string_view article_name(kind what) noexcept;

/// What may stand between the parts of a text.
[[nodiscard]] constexpr bool is_space(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

using index = std::uint32_t;
inline constexpr index nowhere = 0xFFFFFFFF;

struct value {
    kind what = kind::null;
    bool flag = false;
    double number = 0;
    std::uint32_t begin = 0;  ///< bytes of the text that it covers, [begin, end)
    std::uint32_t end = 0;
    std::uint32_t first = 0;  ///< containers: in links; texts: in characters
    std::uint32_t count = 0;
};

/// From a container to what it contains.
struct link {
    std::uint32_t key_first = 0;  ///< in characters; arrays have no keys
    std::uint32_t key_count = 0;
    std::uint32_t key_begin = 0;  ///< where the key stands in the text
    index to = nowhere;
};

/// Line and column of any byte in constant time, since every part of a model remembers where it
/// stands.
class line_table {
public:
    explicit line_table(std::string_view text);
    [[nodiscard]] place at(std::size_t offset) const;

private:
    struct mark {
        std::uint32_t line;         ///< newlines before
        std::uint32_t code_points;  ///< since the start of that line
    };
    static constexpr std::size_t stride = 256;
    [[nodiscard]] static mark advance(mark from, std::string_view over) noexcept;
    std::string_view text_;
    std::size_t start_ = 0;  ///< after a byte order mark
    std::vector<mark> marks_;
};

/// One step from a container to what it contains, on the way from the root: a linked list on the
/// stack.
struct trail {
    const trail* before = nullptr;
    std::string_view key;  ///< empty with `element` set: an array's element
    std::optional<std::size_t> element;
};

/// "axes.U.components.logins", "bands.edges[2]", "metrics[\"log ins\"]".
[[nodiscard]] std::string path_of(const trail* last);

class document {
public:
    explicit document(std::string_view text) : text_(text), lines_(text) {}

    [[nodiscard]] index root() const noexcept { return root_; }
    [[nodiscard]] const value& operator[](index at) const { return values_[at]; }
    [[nodiscard]] const link& link_at(std::size_t at) const { return links_[at]; }
    [[nodiscard]] std::string_view text_of(const value& of) const {
        return std::string_view{characters_}.substr(of.first, of.count);
    }
    [[nodiscard]] std::string_view key_of(const link& of) const {
        return std::string_view{characters_}.substr(of.key_first, of.key_count);
    }
    [[nodiscard]] std::string_view source() const noexcept { return text_; }
    [[nodiscard]] std::string_view source_of(const value& of) const {
        return text_.substr(of.begin, of.end - of.begin);
    }

    /// The link to the member of that name, or null. Linear in the members.
    [[nodiscard]] const link* find(index object, std::string_view key) const;

    [[nodiscard]] const line_table& lines() const noexcept { return lines_; }
    [[nodiscard]] place place_of(std::size_t offset) const { return lines_.at(offset); }
    struct found {
        index value = nowhere;
        std::uint32_t key_begin = 0;  ///< 0: it has no key
    };
    /// The deepest part of `path` that exists below `from`.
    [[nodiscard]] found locate(index from, std::string_view path) const;

    /// The value as compact JSON, at most about `limit` bytes, an ellipsis at the end if cut.
    [[nodiscard]] std::string write(index at,
                                    std::size_t limit = static_cast<std::size_t>(-1)) const;

    /// Are both the same value, whatever the white space? Numbers by value, members in any order.
    [[nodiscard]] bool same(index a, index b) const;

    /// What a reader of the whole tree below `at` has to visit.
    struct extent {
        std::size_t values = 0;
        std::size_t bytes = 0;  ///< of texts and keys
    };
    [[nodiscard]] extent measure(index at) const;

    // Making values: what the SAX events and a merge patch add. Nothing is ever changed in place.
    index add(const value& one);
    /// An object or array of these links, standing where `like` stands.
    index add_container(kind what, std::uint32_t begin, std::uint32_t end,
                        const std::vector<link>& members);
    std::uint32_t add_characters(std::string_view text);
    void set_root(index at) noexcept { root_ = at; }

private:
    void write_to(std::string& out, index at, std::size_t limit) const;

    std::string_view text_;
    line_table lines_;
    std::vector<value> values_;
    std::vector<link> links_;
    std::string characters_;
    index root_ = nowhere;
};

/// A text as a sentence shows it: quoted, cut to a length that a line can bear.
[[nodiscard]] std::string shown(std::string_view text);

/// A value in a patch, and the way to it.
struct cursor_step {
    index at = nowhere;
    const trail* way = nullptr;
};
/// One member that a patch is about to set, merge or (null) remove.
struct patch_member {
    link asked;              ///< key, and the patch's value
    index before = nowhere;  ///< the target's value, if it has that member
    const trail* way = nullptr;
};
/// Says whether it may; what may not is left as it was.
using patch_guard = std::function<bool(const patch_member&)>;

/// RFC 7396: the target with the patch applied, as a new value; both stay. `target` may be nowhere.
[[nodiscard]] index merge(document& in, index target, const cursor_step& patch,
                          const patch_guard& may);

/// Parse. Syntax errors, limits and duplicate keys go to `found`; without a root the text is not
/// JSON.
[[nodiscard]] document parse(std::string_view text, const read_limits& limits, problems& found);

/// What is wrong at the first place where a text stops being JSON, in words. `after` is the end of
/// the last token that was right, `inside` says what it was and where.
struct syntax_state {
    std::size_t after = 0;
    std::size_t began = 0;  ///< where that token begins
    enum class last : std::uint8_t {
        nothing,
        open_object,
        open_array,
        key,
        value_in_object,
        value_in_array,
        end
    } was = last::nothing;
    std::size_t opened = 0;  ///< where the innermost open container begins
};
struct diagnosis {
    std::size_t at = 0;
    std::string message;
};
[[nodiscard]] diagnosis diagnose(std::string_view text, const syntax_state& state,
                                 const line_table& lines);

}  // namespace aiueo::json
