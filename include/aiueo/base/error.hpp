// base › error: how an expected failure travels. Every later room returns these.
//
// An error says what went wrong, where (a place in a text, or a row and column of a table), what
// was found and what would be right. The sentence for people is built when it is asked for.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "aiueo/base/version.hpp"

namespace aiueo {

/// Codes cross the C boundary as they are: numbered with gaps, never reused.
enum class errc : std::int32_t {
    ok = 0,
    invalid_argument = 10,  ///< an argument is out of its documented range
    invalid_state = 11,     ///< the call came at the wrong time (a column is not bound yet, …)
    not_found = 12,         ///< a name or a customer that is not there
    buffer_too_small = 13,  ///< the needed size was reported
    unsupported = 14,       ///< right in principle, but this build or type cannot do it
    bad_json = 20,          ///< not JSON, or JSON we refuse (duplicate keys, not UTF-8)
    bad_model = 21,         ///< JSON, but not a model
    limit_exceeded = 22,    ///< larger or deeper than a declared limit
    bad_column = 30,        ///< a column is missing, repeated or of the wrong type
    bad_value = 31,         ///< one value cannot be what its column says
    duplicate_row = 32,     ///< the same customer and date twice
    bad_arrow = 33,         ///< an Arrow structure contradicts itself
    bad_state = 34,         ///< not a state of evidence, or one that contradicts itself
    scorer_failed = 40,     ///< a custom scorer reported failure
    cancelled = 41,         ///< a callback asked to stop
    out_of_memory = 50,
    io = 60,        ///< a file could not be read or written
    internal = 99,  ///< a defect of this library
};

/// The code's name as users see it ("bad_value").
[[nodiscard]] constexpr std::string_view name_of(errc code) noexcept {
    switch (code) {
    case errc::ok: return "ok";
    case errc::invalid_argument: return "invalid_argument";
    case errc::invalid_state: return "invalid_state";
    case errc::not_found: return "not_found";
    case errc::buffer_too_small: return "buffer_too_small";
    case errc::unsupported: return "unsupported";
    case errc::bad_json: return "bad_json";
    case errc::bad_model: return "bad_model";
    case errc::limit_exceeded: return "limit_exceeded";
    case errc::bad_column: return "bad_column";
    case errc::bad_value: return "bad_value";
    case errc::duplicate_row: return "duplicate_row";
    case errc::bad_arrow: return "bad_arrow";
    case errc::bad_state: return "bad_state";
    case errc::scorer_failed: return "scorer_failed";
    case errc::cancelled: return "cancelled";
    case errc::out_of_memory: return "out_of_memory";
    case errc::io: return "io";
    case errc::internal: return "internal";
    }
    return "unknown";
}

/// Where an error is: in a text (line, column, path), in a table (table, column name, row), or
/// nowhere.
struct place {
    std::string file;          ///< the name the caller gave to the text, may be empty
    std::uint32_t line = 0;    ///< 1-based; 0 = not in a text
    std::uint32_t column = 0;  ///< 1-based, counted in code points
    std::string path;          ///< "axes.U.components.logins.metric"
    std::string table;         ///< "snapshots"
    std::string column_name;   ///< the table's column
    std::int64_t row = -1;     ///< 0-based data row; -1 = not in a row
    std::string key;           ///< the row's customer, where known

    [[nodiscard]] std::string to_string() const {
        std::string out;
        if (line != 0) {
            out = file.empty() ? std::string{"line "} : file + ":";
            out += std::to_string(line) + ":" + std::to_string(column);
            return out;
        }
        const auto add = [&out](const std::string& part) {
            if (!out.empty()) out += ", ";
            out += part;
        };
        if (!table.empty()) out = table;
        if (row >= 0) add("row " + std::to_string(row + 1));
        if (!key.empty()) add("customer " + key);
        if (!column_name.empty()) add("column \"" + column_name + "\"");
        return out;
    }
};

/// An expected failure. `message` is a sentence without the place: what was found, what would be
/// right.
struct error {
    errc code = errc::internal;
    std::string message;
    place where;

    [[nodiscard]] std::string to_string() const {
        const std::string at = where.to_string();
        std::string out = at.empty() ? std::string{} : at + ": ";
        if (!where.path.empty()) out += where.path + " ";
        return out + message;
    }
};

[[nodiscard]] inline error make_error(errc code, std::string message, place where = {}) {
    return error{code, std::move(message), std::move(where)};
}

/// One thing that is wrong, or doubtful, with a model. A model with an error is not usable; a
/// warning is advice.
struct problem {
    enum class level : std::uint8_t { warning, error };
    level severity = level::error;
    error what;
};
using problems = std::vector<problem>;

/// A value, or the error that stands in its place. Like std::expected, which C++20 has not.
template <class T>
class [[nodiscard]] result {
public:
    result(T value)
        : state_(std::in_place_index<0>, std::move(value)) {}  // NOLINT: implicit by design
    result(aiueo::error why)
        : state_(std::in_place_index<1>, std::move(why)) {}  // NOLINT: implicit by design

    [[nodiscard]] bool ok() const noexcept { return state_.index() == 0; }
    [[nodiscard]] explicit operator bool() const noexcept { return ok(); }

    /// The value. Only when ok(); anything else throws std::bad_variant_access.
    [[nodiscard]] T& value() & { return std::get<0>(state_); }
    [[nodiscard]] const T& value() const& { return std::get<0>(state_); }
    [[nodiscard]] T&& value() && { return std::get<0>(std::move(state_)); }
    [[nodiscard]] T& operator*() & { return value(); }
    [[nodiscard]] const T& operator*() const& { return value(); }
    [[nodiscard]] T&& operator*() && { return std::move(*this).value(); }
    [[nodiscard]] T* operator->() { return &value(); }
    [[nodiscard]] const T* operator->() const { return &value(); }

    /// The error. Only when not ok().
    [[nodiscard]] const aiueo::error& error() const& { return std::get<1>(state_); }
    [[nodiscard]] aiueo::error&& error() && { return std::get<1>(std::move(state_)); }

private:
    std::variant<T, aiueo::error> state_;
};

/// Success, or an error.
template <>
class [[nodiscard]] result<void> {
public:
    result() = default;
    result(aiueo::error why) : why_(std::move(why)) {}  // NOLINT: implicit by design

    [[nodiscard]] bool ok() const noexcept { return !why_.has_value(); }
    [[nodiscard]] explicit operator bool() const noexcept { return ok(); }
    [[nodiscard]] const aiueo::error& error() const& { return why_.value(); }
    [[nodiscard]] aiueo::error&& error() && { return std::move(why_).value(); }

private:
    std::optional<aiueo::error> why_;
};
using status = result<void>;

}  // namespace aiueo
