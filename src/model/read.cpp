// From the text of a model file to a checked model, with everything that is wrong with it.
#include "aiueo/model/read.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>
#include <system_error>
#include <tuple>
#include <unordered_set>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
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
    if (zone)
        out.zone = std::move(*zone);
    else
        at->wrong("cannot be used: " + zone.error().message);
}

void read_head(const object_reader& top, model& out) {
    if (top.need("aiueo", "the version of this format, 1")) {
        const auto version = top.find("aiueo");
        if (version->is(json::kind::number, "the number 1") && version->value().number != 1) {
            version->wrong("must be 1, not " + reading::found_text(*version) +
                           "; this library reads version 1");
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

/// Puts the checker's problems where they stand in the text. It knows paths, and places only of
/// whole parts; conditions know their own place to the character, which is kept.
class locator {
public:
    locator(const json::document& doc, const std::vector<json::index>& profiles)
        : doc_(doc), profiles_(profiles) {}

    void place_in_text(error& what) const {
        const json::document::found at = find(what.where.path);
        // Nothing of the path is in the text: a part that has no key yet. What contains it is near
        // enough.
        if (at.value == json::nowhere || (at.value == doc_.root() && what.where.line != 0)) return;
        const json::kind kind = doc_[at.value].what;
        const bool by_key =
            at.key_begin != 0 && (kind == json::kind::object || kind == json::kind::array);
        const place found = doc_.place_of(by_key ? at.key_begin : doc_[at.value].begin);
        const bool inside = kind == json::kind::text && what.where.line == found.line &&
                            what.where.column > found.column;
        if (inside) return;
        what.where.line = found.line;
        what.where.column = found.column;
    }

private:
    /// Below "profiles[2].patch" the merged rules stand for the patch: what it did not change has
    /// its place too.
    [[nodiscard]] json::document::found find(std::string_view path) const {
        constexpr std::string_view list = "profiles[";
        constexpr std::string_view patch = "].patch.";
        if (path.starts_with(list)) {
            std::size_t number = 0;
            const auto [stop, why] =
                std::from_chars(path.data() + list.size(), path.data() + path.size(), number);
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

std::string container_of(std::string path) {
    const std::size_t cut = path.find_last_of(".[");
    path.resize(cut == std::string::npos ? 0 : cut);
    return path;
}

/// Does a problem of the check only follow from what could not be read? It does if it speaks of a
/// part that the reader has said something about, or of what contains that, or of what is below an
/// unread part.
class read_problems {
public:
    read_problems(const problems& found, const std::unordered_set<std::string>& unread)
        : unread_(unread) {
        for (const problem& one : found) {
            for (std::string path = one.what.where.path;
                 !path.empty() && said_.insert(path).second;) {
                path = container_of(std::move(path));
            }
        }
    }
    [[nodiscard]] bool explain(const problem& one) const {
        std::string path = one.what.where.path;
        if (said_.contains(path)) return true;
        for (; !path.empty(); path = container_of(std::move(path))) {
            if (unread_.contains(path)) return true;
        }
        return false;
    }

private:
    std::unordered_set<std::string> said_;
    const std::unordered_set<std::string>& unread_;
};

/// A rung is patched by its name, so a problem in a profile names it so:
/// "ladders.stage.Active.when", where the rules that were merged have "ladders.stage[2].when".
void name_patched_rungs(std::string& path, const model& of) {
    constexpr std::string_view list = "profiles[";
    constexpr std::string_view ladders = "].patch.ladders";
    if (!path.starts_with(list)) return;
    std::size_t number = 0;
    const char* const end = path.data() + path.size();
    const auto [stop, why] = std::from_chars(path.data() + list.size(), end, number);
    const auto at = static_cast<std::size_t>(stop - path.data());
    if (why != std::errc{} || number >= of.profiles.size()) return;
    if (!std::string_view{path}.substr(at).starts_with(ladders)) return;
    for (const ladder& one : of.profiles[number].rules.ladders) {
        const std::string before = path.substr(0, at) + std::string{ladders} + path_step(one.name);
        for (const std::string_view form : {"[", ".rungs["}) {
            if (!path.starts_with(before + std::string{form})) continue;
            std::size_t rung_number = 0;
            const char* const first = path.data() + before.size() + form.size();
            const auto [last, wrong] = std::from_chars(first, end, rung_number);
            if (wrong != std::errc{} || last == end || *last != ']' ||
                rung_number >= one.rungs.size())
                return;
            path = before + path_step(one.rungs[rung_number].name) + std::string{last + 1, end};
            return;
        }
    }
}

void sort_and_cut(problems& found, std::string_view file) {
    std::stable_sort(found.begin(), found.end(), [](const problem& a, const problem& b) {
        return std::tie(a.what.where.line, a.what.where.column) <
               std::tie(b.what.where.line, b.what.where.column);
    });
    if (found.size() >= most_problems) {
        found.resize(most_problems);
        place where = found.back().what.where;
        where.path.clear();
        found.push_back({problem::level::error,
                         make_error(errc::limit_exceeded,
                                    "these are the first " + std::to_string(most_problems) +
                                        " problems; mend these first",
                                    std::move(where))});
    }
    for (problem& one : found) one.what.where.file = file;
}

void read_document(json::document& doc, const read_options& options, model_reading& out) {
    reading::context in{doc, options.file, options.limits, out.found, {}};
    const cursor root{in, doc.root()};
    const object_reader top{
        root, "a model", {"$schema", "aiueo",    "name",     "label",    "currency", "time_zone",
                          "roles",   "metrics",  "segments", "touch",    "axes",     "overall",
                          "ladders", "bands",    "profiles", "steps",    "plays",    "study",
                          "rollup",  "priority", "alerts",   "triggers", "goals"}};
    if (!top.fine()) return;
    model& made = out.value;
    read_head(top, made);
    reading::read_metrics(top, made);
    reading::read_segments(top, made);
    reading::read_scheme(top, made.rules);
    const std::vector<json::index> profiles = reading::read_profiles(top, made);
    reading::read_sections(top, made);
    if (made.metrics.empty() && !out.found.empty()) return;  // every name would be unknown

    const locator places{doc, profiles};
    const read_problems known{out.found, in.unread};
    for (problem& one : check_model(made)) {
        if (known.explain(one) || in.full()) continue;
        places.place_in_text(one.what);
        out.found.push_back(std::move(one));
    }
    for (problem& one : out.found) name_patched_rungs(one.what.where.path, made);
}

}  // namespace

model_reading inspect_model(std::string_view text, const read_options& options) {
    const default_float_mode usual;
    model_reading out;
    out.value.file = options.file;
    json::document doc = json::parse(text, options.limits, out.found);
    if (doc.root() != json::nowhere) read_document(doc, options, out);
    sort_and_cut(out.found, options.file);
    out.usable = std::none_of(out.found.begin(), out.found.end(), [](const problem& one) {
        return one.severity == problem::level::error;
    });
    if (!out.usable) out.value.fingerprint.clear();
    return out;
}

result<model> read_model(std::string_view text, const read_options& options) {
    model_reading read = inspect_model(text, options);
    if (read.usable) return std::move(read.value);
    const auto first = std::find_if(read.found.begin(), read.found.end(), [](const problem& one) {
        return one.severity == problem::level::error;
    });
    return std::move(first->what);
}

}  // namespace aiueo
