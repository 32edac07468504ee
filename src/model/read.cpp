// From the text of a model file to a checked model, with everything that is wrong with it.
#include "aiueo/model/read.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "aiueo/base/money.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/model/check.hpp"
#include "model/reader.hpp"

namespace aiueo {

namespace {

using reading::cursor;
using reading::object_reader;

void read_currency(const object_reader& top, model& out) {
    const auto at = top.find("currency");
    if (!at || !reading::read(*at, out.currency)) return;
    if (const std::optional<int> digits = minor_digits(out.currency)) {
        out.minor_digits = *digits;
        return;
    }
    std::string capitals = out.currency;
    for (char& c : capitals) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    at->wrong(json::shown(out.currency) + " is not the ISO 4217 code of a currency" +
              (minor_digits(capitals) ? "; did you mean " + json::shown(capitals) + "?"
                                      : std::string{", such as \"JPY\" or \"USD\""}));
}

void read_time_zone(const object_reader& top, model& out) {
    const auto at = top.find("time_zone");
    std::string name;
    if (!at || !reading::read(*at, name)) return;
    result<time_zone> zone = load_time_zone(name);
    if (zone) out.zone = std::move(*zone);
    else at->wrong(": " + zone.error().message);
}

void read_head(const object_reader& top, model& out) {
    if (top.need("aiueo", "the version of this format, 1")) {
        const auto version = top.find("aiueo");
        if (version->is(json::kind::number, "the number 1") && version->value().number != 1) {
            version->wrong("must be 1, not " + reading::found_text(*version) + "; this library reads version 1");
        }
    }
    std::string ignored;
    top("$schema", ignored);
    top("name", out.name);
    top("label", out.shown);
    read_currency(top, out);
    read_time_zone(top, out);
    top.need("metrics", "what is known of a customer");
}

/// Puts the checker's problems where they stand in the text. It knows paths, and places only of whole parts;
/// conditions know their own place to the character, which is kept.
class locator {
public:
    locator(const json::document& doc, const std::vector<json::index>& profiles) : doc_(doc), profiles_(profiles) {}

    void place_in_text(error& what) const {
        const json::index at = find(what.where.path);
        if (at == json::nowhere) return;
        const place found = doc_.place_of(doc_[at].begin);
        const bool inside = doc_[at].what == json::kind::text && what.where.line == found.line &&
                            what.where.column > found.column;
        if (inside) return;
        what.where.line = found.line;
        what.where.column = found.column;
    }

private:
    /// Below "profiles[2].patch" the merged rules stand for the patch: what it did not change has its place too.
    [[nodiscard]] json::index find(std::string_view path) const {
        constexpr std::string_view list = "profiles[";
        constexpr std::string_view patch = "].patch.";
        if (path.starts_with(list)) {
            std::size_t number = 0;
            const auto [stop, why] = std::from_chars(path.data() + list.size(), path.data() + path.size(), number);
            const std::string_view rest = path.substr(static_cast<std::size_t>(stop - path.data()));
            if (why == std::errc{} && rest.starts_with(patch) && number < profiles_.size() &&
                profiles_[number] != json::nowhere) {
                return doc_.locate(profiles_[number], rest.substr(patch.size()));
            }
        }
        return doc_.locate(doc_.root(), path);
    }

    const json::document& doc_;
    const std::vector<json::index>& profiles_;
};

/// Is a problem of the check only what follows from something that could not be read? It is if it speaks of
/// the unreadable part itself, or of what contains it.
class unread_parts {
public:
    explicit unread_parts(const problems& found) {
        for (const problem& one : found) {
            if (one.severity != problem::level::error) continue;
            std::string path = one.what.where.path;
            while (!path.empty() && paths_.insert(path).second) {
                const std::size_t cut = path.find_last_of(".[");
                path.resize(cut == std::string::npos ? 0 : cut);
            }
        }
    }
    [[nodiscard]] bool explain(const problem& one) const { return paths_.contains(one.what.where.path); }

private:
    std::unordered_set<std::string> paths_;
};

void sort_and_cut(problems& found, std::string_view file) {
    std::stable_sort(found.begin(), found.end(), [](const problem& a, const problem& b) {
        return std::tie(a.what.where.line, a.what.where.column) < std::tie(b.what.where.line, b.what.where.column);
    });
    if (found.size() >= most_problems) {
        found.resize(most_problems);
        place where = found.back().what.where;
        where.path.clear();
        found.push_back({problem::level::error,
                         make_error(errc::limit_exceeded,
                                    "more problems than " + std::to_string(most_problems) + "; mend these first",
                                    std::move(where))});
    }
    for (problem& one : found) one.what.where.file = file;
}

void read_document(json::document& doc, const read_options& options, model_reading& out) {
    reading::context in{doc, options.file, options.limits, out.found};
    const cursor root{in, doc.root()};
    const object_reader top{root,
                            "a model",
                            {"$schema", "aiueo", "name", "label", "currency", "time_zone", "roles", "metrics",
                             "segments", "touch", "axes", "overall", "ladders", "bands", "profiles", "steps", "plays",
                             "study", "rollup", "priority", "alerts", "triggers", "goals"}};
    if (!top.fine()) return;
    model& made = out.value;
    read_head(top, made);
    reading::read_metrics(top, made);
    reading::read_segments(top, made);
    reading::read_scheme(top, made.rules);
    const std::vector<json::index> profiles = reading::read_profiles(top, made);
    reading::read_sections(top, made);

    const unread_parts unread{out.found};
    const locator places{doc, profiles};
    for (problem& one : check_model(made)) {
        if (unread.explain(one) || out.found.size() >= most_problems) continue;
        places.place_in_text(one.what);
        out.found.push_back(std::move(one));
    }
}

}  // namespace

model_reading inspect_model(std::string_view text, const read_options& options) {
    model_reading out;
    out.value.file = options.file;
    json::document doc = json::parse(text, options.limits, out.found);
    if (doc.root() != json::nowhere) read_document(doc, options, out);
    sort_and_cut(out.found, options.file);
    out.usable = std::none_of(out.found.begin(), out.found.end(),
                              [](const problem& one) { return one.severity == problem::level::error; });
    if (!out.usable) out.value.fingerprint.clear();
    return out;
}

result<model> read_model(std::string_view text, const read_options& options) {
    model_reading read = inspect_model(text, options);
    if (read.usable) return std::move(read.value);
    const auto first = std::find_if(read.found.begin(), read.found.end(),
                                    [](const problem& one) { return one.severity == problem::level::error; });
    return std::move(first->what);
}

}  // namespace aiueo
