#include "model/reader.hpp"

#include <algorithm>
#include <cmath>

#include "aiueo/base/date.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/model/parse_expression.hpp"

namespace aiueo::reading {

using json::kind;

// --- cursor -----------------------------------------------------------------------------------

place cursor::place_at(std::size_t offset) const {
    place out = in_->doc.place_of(offset);
    out.file = in_->file;
    out.path = path();
    return out;
}

void cursor::wrong(std::string message, errc code) const {
    // A container is pointed at by its key: that is where its name can be read.
    const bool container = what() == kind::object || what() == kind::array;
    report(container && key_begin_ != 0 ? where_key() : where(), std::move(message), code);
}

void cursor::unread(std::string_view below) const {
    if (in_->full()) return;
    in_->unread.insert(below.empty() ? path() : json::path_of(before()) + path_step(below));
}

void cursor::report(place where, std::string message, errc code) const {
    if (in_->full()) return;
    if (where.path.empty()) message.insert(0, "the model ");
    in_->found.push_back(
        {problem::level::error, make_error(code, std::move(message), std::move(where))});
}

std::string found_text(const cursor& at) {
    switch (at.what()) {
    case kind::null: return "null";
    case kind::flag: return at.value().flag ? "true" : "false";
    case kind::number: return at.doc().write(at.at(), 40);
    case kind::text: return "the text " + json::shown(at.text());
    case kind::array: return "a list";
    case kind::object: return "an object";
    }
    return "something else";
}

void cursor::wrong_kind(std::string_view wanted) const {
    unread();
    std::string hint;
    if (what() == kind::null) {
        hint = "; leave it out instead";
    } else if (what() == kind::text && wanted.find("number") != std::string_view::npos &&
               parse_number(text())) {
        hint = "; write it without the quotes";
    } else if (what() == kind::text && wanted == "true or false" &&
               (text() == "true" || text() == "false")) {
        hint = "; write it without the quotes";
    } else if ((what() == kind::number || what() == kind::flag) && wanted.starts_with("a text")) {
        hint = "; put it in double quotes";
    }
    wrong("must be " + std::string{wanted} + ", not " + found_text(*this) + hint);
}

bool cursor::is(kind wanted, std::string_view name) const {
    if (what() == wanted) return true;
    wrong_kind(name);
    return false;
}

// --- single values ----------------------------------------------------------------------------

bool read(const cursor& at, std::string& out) {
    if (!at.is(kind::text, "a text")) return false;
    out = at.text();
    return true;
}

bool read(const cursor& at, double& out) {
    if (!at.is(kind::number, "a number")) return false;
    out = at.value().number;
    return true;
}

bool read(const cursor& at, bool& out) {
    if (!at.is(kind::flag, "true or false")) return false;
    out = at.value().flag;
    return true;
}

bool read(const cursor& at, label& out) {
    if (at.what() == kind::text) {
        out.ja = out.en = at.text();
        return true;
    }
    if (at.what() != kind::object) {
        at.wrong_kind("a text, or an object with \"ja\" and \"en\"");
        return false;
    }
    const object_reader in{at, "a label", {"ja", "en"}};
    const bool ja = in("ja", out.ja);
    const bool en = in("en", out.en);
    if (at.size() == 0) at.wrong("is empty; give it \"ja\", \"en\" or both");
    return ja || en;
}

bool read(const cursor& at, expression& out) {
    if (!at.is(kind::text, "a condition as a text, such as \"U >= 60\"")) return false;
    place where = at.where();
    ++where.column;  // after the opening quote
    if (trim_blanks(at.text()).empty()) {
        at.wrong("is an empty condition; leave the key out where there is none");
        return false;
    }
    expression_limits limits = at.in().limits.conditions;
    limits.nodes = std::min(limits.nodes, read_limits::most_condition_parts);
    limits.depth = std::min(limits.depth, read_limits::most_condition_depth);
    result<expression> parsed = parse_expression(at.text(), std::move(where), limits);
    if (parsed) {
        out = std::move(*parsed);
        return true;
    }
    // Kept as text, so that a condition that is there but wrong is not also reported as missing.
    out.source = at.text();
    out.where = at.where();
    if (!at.in().full()) {
        at.in().found.push_back({problem::level::error, std::move(parsed).error()});
    }
    return false;
}

bool read(const cursor& at, std::vector<double>& out) {
    if (!at.is(kind::array, "a list of numbers")) return false;
    bool fine = true;
    std::vector<double> values;
    values.reserve(at.size());
    each_element(at, "a list of numbers", [&](const cursor& element) {
        double value = 0;
        fine = read(element, value) && fine;
        values.push_back(value);
    });
    if (fine) out = std::move(values);
    return fine;
}

bool read(const cursor& at, std::vector<std::string>& out) {
    if (at.what() == kind::text) {
        at.wrong("must be a list of texts, not " + found_text(at) + "; put it in brackets");
        return false;
    }
    if (!at.is(kind::array, "a list of texts")) return false;
    bool fine = true;
    std::vector<std::string> values;
    values.reserve(at.size());
    each_element(at, "a list of texts", [&](const cursor& element) {
        fine = read(element, values.emplace_back()) && fine;
    });
    if (fine) out = std::move(values);
    return fine;
}

bool read_date(const cursor& at, std::int32_t& out) {
    if (!at.is(kind::text, "a date such as \"2026-04-01\"")) return false;
    const std::optional<std::int32_t> day = parse_date(at.text());
    if (day) {
        out = *day;
        return true;
    }
    const std::string_view text = at.text();
    const bool looks_right = text.size() == 10 && text[4] == '-' && text[7] == '-';
    at.wrong(looks_right ? json::shown(text) + " is not a day of the calendar"
                         : "must be a date such as \"2026-04-01\", not " + json::shown(text));
    return false;
}

bool read_whole(const cursor& at, std::int32_t& out, std::int32_t least, std::int32_t most) {
    // The limit that nobody meets by honest means is named to whoever goes beyond it.
    const bool beyond = at.what() == kind::number && at.value().number > most;
    const std::string wanted = "a whole number from " + std::to_string(least) +
                               (most == 1000000 && !beyond ? " up" : " to " + std::to_string(most));
    if (!at.is(kind::number, wanted)) return false;
    const double value = at.value().number;
    if (!(value >= least && value <= most) || std::floor(value) != value) {
        at.wrong_kind(wanted);
        return false;
    }
    out = static_cast<std::int32_t>(value);
    return true;
}

bool read_pairs(const cursor& at, std::vector<knot>& out) {
    constexpr std::string_view wanted =
        "a list of pairs [position, score], such as [[0, 0], [10, 100]]";
    if (!at.is(kind::array, wanted)) return false;
    bool fine = true;
    std::vector<knot> knots;
    knots.reserve(at.size());
    each_element(at, wanted, [&](const cursor& pair) {
        if (pair.what() != kind::array || pair.size() != 2) {
            std::string found = found_text(pair);
            if (pair.what() == kind::array) found += " of " + std::to_string(pair.size());
            pair.wrong("must be a pair [position, score], not " + found);
            fine = false;
            return;
        }
        knot made;
        fine = read(pair.element(0), made.at) && fine;
        fine = read(pair.element(1), made.score) && fine;
        knots.push_back(made);
    });
    if (fine) out = std::move(knots);
    return fine;
}

// --- objects ----------------------------------------------------------------------------------

object_reader::object_reader(const cursor& at, std::string_view noun,
                             std::initializer_list<std::string_view> keys)
    : at_(at), fine_(at.what() == kind::object) {
    if (!fine_ && at.before() == nullptr) {
        at.wrong("must be a JSON object {…}, not " + found_text(at));
        return;
    }
    if (!fine_) {
        at.wrong_kind("an object (" + std::string{noun} + ")");
        return;
    }
    for (std::size_t i = 0; i < at.size(); ++i) {
        if (at.in().full()) return;
        const cursor member = at.member(i);
        if (std::find(keys.begin(), keys.end(), member.key()) != keys.end()) continue;
        const std::string meant = at.in().suggest(member.key(), keys);
        member.wrong_key("is not a key of " + std::string{noun} +
                         (meant.empty() ? "; it has " + listed(keys, " and ") : meant));
    }
}

std::optional<cursor> object_reader::find(std::string_view key) const {
    if (!fine_) return std::nullopt;
    const json::link* member = at_.doc().find(at_.at(), key);
    return member == nullptr ? std::nullopt : std::optional<cursor>{std::in_place, at_, *member};
}

bool object_reader::need(std::string_view key, std::string_view meaning) const {
    if (!fine_) return false;
    if (has(key)) return true;
    at_.unread(key);
    at_.wrong("needs " + json::shown(key) + ": " + std::string{meaning});
    return false;
}

}  // namespace aiueo::reading
