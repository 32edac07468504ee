#include "model/json_document.hpp"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "aiueo/base/utf8.hpp"
#include "aiueo/model/check_context.hpp"

namespace aiueo::json {

std::string_view article_name(kind what) noexcept {
    switch (what) {
    case kind::null: return "null";
    case kind::flag: return "true or false";
    case kind::number: return "a number";
    case kind::text: return "a text";
    case kind::array: return "a list";
    case kind::object: return "an object";
    }
    return "a value";
}

std::string shown(std::string_view text) { return aiueo::quoted(text, 60); }

// --- lines ------------------------------------------------------------------------------------

line_table::line_table(std::string_view text)
    : text_(text), start_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {
    marks_.reserve(text.size() / stride + 1);
    mark now{0, 0};
    for (std::size_t at = start_; at <= text.size(); at += stride) {
        marks_.push_back(now);
        now = advance(now, text.substr(at, stride));
    }
}

line_table::mark line_table::advance(mark from, std::string_view over) noexcept {
    for (const char c : over) {
        if (c == '\n') {
            ++from.line;
            from.code_points = 0;
        } else if ((static_cast<unsigned char>(c) & 0xC0U) != 0x80U) {
            ++from.code_points;
        }
    }
    return from;
}

place line_table::at(std::size_t offset) const {
    offset = std::clamp(offset, start_, text_.size()) - start_;
    const std::size_t block = offset / stride;
    const mark here =
        advance(marks_[block], text_.substr(start_ + block * stride, offset % stride));
    place out;
    out.line = here.line + 1;
    out.column = here.code_points + 1;
    return out;
}

// --- paths ------------------------------------------------------------------------------------

std::string path_of(const trail* last) {
    std::vector<const trail*> steps;
    for (; last != nullptr; last = last->before) steps.push_back(last);
    std::string out;
    for (auto step = steps.rbegin(); step != steps.rend(); ++step) {
        out += (*step)->element ? path_step(*(*step)->element) : path_step((*step)->key);
    }
    if (out.starts_with('.')) out.erase(0, 1);
    return out;
}

document::found document::locate(index from, std::string_view path) const {
    found out{from, 0};
    if (from == nowhere) return out;
    std::string rest{path};
    if (!rest.empty() && !rest.starts_with('[')) rest.insert(0, ".");
    std::string_view left = rest;
    while (!left.empty()) {
        const value& here = values_[out.value];
        found next;
        std::size_t used = 0;
        for (std::uint32_t i = 0;
             i < here.count && (here.what == kind::object || here.what == kind::array); ++i) {
            const link& one = links_[here.first + i];
            // A plain key is compared as it stands: a path is looked up among all names of a model.
            if (here.what == kind::object && left[0] == '.' &&
                !left.substr(1).starts_with(key_of(one)))
                continue;
            const std::string step =
                here.what == kind::object ? path_step(key_of(one)) : path_step(std::size_t{i});
            if (!left.starts_with(step)) continue;
            const std::string_view after = left.substr(step.size());
            if (!after.empty() && after.front() != '.' && after.front() != '[') continue;
            next = {one.to, one.key_begin};
            used = step.size();
            break;
        }
        if (next.value == nowhere) break;
        out = next;
        left.remove_prefix(used);
    }
    return out;
}

// --- values -----------------------------------------------------------------------------------

const link* document::find(index object, std::string_view key) const {
    const value& here = values_[object];
    if (here.what != kind::object) return nullptr;
    for (std::uint32_t i = 0; i < here.count; ++i) {
        const link& one = links_[here.first + i];
        if (key_of(one) == key) return &one;
    }
    return nullptr;
}

index document::add(const value& one) {
    values_.push_back(one);
    return static_cast<index>(values_.size() - 1);
}

index document::add_container(kind what, std::uint32_t begin, std::uint32_t end,
                              const std::vector<link>& members) {
    value made;
    made.what = what;
    made.begin = begin;
    made.end = end;
    made.first = static_cast<std::uint32_t>(links_.size());
    made.count = static_cast<std::uint32_t>(members.size());
    links_.insert(links_.end(), members.begin(), members.end());
    return add(made);
}

std::uint32_t document::add_characters(std::string_view text) {
    const auto at = static_cast<std::uint32_t>(characters_.size());
    characters_ += text;
    return at;
}

document::extent document::measure(index at) const {
    const value& here = values_[at];
    extent out{1, here.what == kind::text ? here.count : std::size_t{0}};
    if (here.what != kind::array && here.what != kind::object) return out;
    for (std::uint32_t i = 0; i < here.count; ++i) {
        const link& one = links_[here.first + i];
        const extent part = measure(one.to);
        out.values += part.values;
        out.bytes += part.bytes + one.key_count;
    }
    return out;
}

namespace {

/// A JSON string. Texts were UTF-8 when they were read, so only what JSON forbids is escaped.
void write_text(std::string& out, std::string_view text) {
    constexpr char hex[] = "0123456789abcdef";
    out += '"';
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (byte < 0x20)
            out += {'\\', 'u', '0', '0', hex[byte >> 4U], hex[byte & 15U]};
        else
            out += c;
    }
    out += '"';
}

}  // namespace

void document::write_to(std::string& out, index at, std::size_t limit) const {
    if (out.size() > limit) return;
    const value& here = values_[at];
    switch (here.what) {
    case kind::null: out += "null"; return;
    case kind::flag: out += here.flag ? "true" : "false"; return;
    case kind::number: out += source_of(here); return;
    case kind::text: write_text(out, text_of(here).substr(0, limit)); return;
    case kind::array:
    case kind::object: break;
    }
    const bool named = here.what == kind::object;
    out += named ? '{' : '[';
    for (std::uint32_t i = 0; i < here.count && out.size() <= limit; ++i) {
        const link& one = links_[here.first + i];
        if (i != 0) out += ',';
        if (named) {
            write_text(out, key_of(one).substr(0, limit));
            out += ':';
        }
        write_to(out, one.to, limit);
    }
    out += named ? '}' : ']';
}

std::string document::write(index at, std::size_t limit) const {
    std::string out;
    write_to(out, at, limit);
    if (out.size() <= limit) return out;
    while (limit > 0 && (static_cast<unsigned char>(out[limit]) & 0xC0U) == 0x80U) --limit;
    out.resize(limit);
    return out + "…";
}

bool document::same(index a, index b) const {
    if (a == b) return true;
    const value& x = values_[a];
    const value& y = values_[b];
    if (x.what != y.what) return false;
    switch (x.what) {
    case kind::null: return true;
    case kind::flag: return x.flag == y.flag;
    case kind::number: return x.number == y.number;
    case kind::text: return text_of(x) == text_of(y);
    case kind::array:
        if (x.count != y.count) return false;
        for (std::uint32_t i = 0; i < x.count; ++i) {
            if (!same(links_[x.first + i].to, links_[y.first + i].to)) return false;
        }
        return true;
    case kind::object: {
        if (x.count != y.count) return false;
        std::unordered_map<std::string_view, index> members;
        for (std::uint32_t i = 0; i < y.count; ++i) {
            members.emplace(key_of(links_[y.first + i]), links_[y.first + i].to);
        }
        for (std::uint32_t i = 0; i < x.count; ++i) {
            const auto other = members.find(key_of(links_[x.first + i]));
            if (other == members.end() || !same(links_[x.first + i].to, other->second))
                return false;
        }
        return true;
    }
    }
    return false;
}

}  // namespace aiueo::json
