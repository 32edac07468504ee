// study › options: the JSON object that a caller gives a study. Every key must be known, in lists
// of objects too.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/stats/figure.hpp"

#include "model/json_document.hpp"

namespace aiueo::detail {

/// Takes its keys one by one; finish() says what nobody took, or the first thing that was wrong.
class study_options {
public:
    /// `of`: what the options are of, for messages.
    explicit study_options(std::string_view text, std::string_view of = "study")
        : text_(text.empty() ? "{}" : text), of_(of) {
        problems found;
        own_.emplace(json::parse(text_, read_limits{}, found));
        document_ = &*own_;
        at_ = document_->root();
        for (const problem& one : found) {
            if (one.severity != problem::level::error) continue;
            refuse(one.what);
            return;
        }
        if (at_ == json::nowhere || root().what != json::kind::object)
            refuse(make_error(errc::invalid_argument, "options are a JSON object"));
    }
    study_options(const study_options&) = delete;
    study_options& operator=(const study_options&) = delete;

    /// A whole number in [low, high].
    [[nodiscard]] std::int64_t integer(std::string_view key, std::int64_t usual, std::int64_t low,
                                       std::int64_t high) {
        const json::value* found = take(key);
        if (found == nullptr) return usual;
        if (found->what == json::kind::number && std::floor(found->number) == found->number &&
            found->number >= static_cast<double>(low) && found->number <= static_cast<double>(high))
            return static_cast<std::int64_t>(found->number);
        wrong(key, "a whole number from " + std::to_string(low) + " to " + std::to_string(high));
        return usual;
    }

    /// A number in [low, high].
    [[nodiscard]] double number(std::string_view key, double usual, double low, double high) {
        const json::value* found = take(key);
        if (found == nullptr) return usual;
        if (found->what == json::kind::number && found->number >= low && found->number <= high)
            return found->number;
        wrong(key, "a number from " + format_number(low) + " to " + format_number(high));
        return usual;
    }

    /// An object of numbers in [low, high] by these names.
    [[nodiscard]] std::map<std::string, double> numbers(std::string_view key,
                                                        const std::vector<std::string_view>& names,
                                                        double low, double high) {
        std::map<std::string, double> out;
        const json::value* found = take(key);
        if (found == nullptr) return out;
        if (found->what != json::kind::object) {
            wrong(key, "an object of numbers");
            return out;
        }
        for (std::uint32_t k = 0; k < found->count; ++k) {
            const json::link& one = document_->link_at(found->first + k);
            const std::string name{document_->key_of(one)};
            const json::value& value = (*document_)[one.to];
            if (std::find(names.begin(), names.end(), name) == names.end()) {
                refuse(make_error(errc::invalid_argument,
                                  "option \"" + std::string{key} + "\" names \"" + name +
                                      "\", which is not there" + did_you_mean(name, names)));
            } else if (value.what != json::kind::number ||
                       !(value.number >= low && value.number <= high)) {
                wrong(std::string{key} + "." + name,
                      "a number from " + format_number(low) + " to " + format_number(high));
            } else {
                out[name] = value.number;
            }
        }
        return out;
    }

    /// One of these words.
    [[nodiscard]] std::size_t word(std::string_view key, std::size_t usual,
                                   const std::vector<std::string_view>& words) {
        const json::value* found = take(key);
        if (found == nullptr) return usual;
        std::string list;
        for (std::size_t k = 0; k < words.size(); ++k) {
            if (found->what == json::kind::text && document_->text_of(*found) == words[k]) return k;
            list += (k == 0 ? "\"" : ", \"") + std::string{words[k]} + "\"";
        }
        wrong(key, "one of " + list);
        return usual;
    }

    [[nodiscard]] std::optional<std::string> text(std::string_view key) {
        const json::value* found = take(key);
        if (found == nullptr) return {};
        if (found->what == json::kind::text) return std::string{document_->text_of(*found)};
        wrong(key, "a text");
        return {};
    }

    /// "2026-04" as 12 × year + month − 1.
    [[nodiscard]] std::int32_t month(std::string_view key, std::int32_t usual) {
        const json::value* found = take(key);
        if (found == nullptr) return usual;
        if (found->what == json::kind::text) {
            const std::string first = std::string{document_->text_of(*found)} + "-01";
            if (const std::optional<std::int32_t> day = parse_date(first); day)
                return month_of(*day);
        }
        wrong(key, "a month, such as \"2026-04\"");
        return usual;
    }

    /// "2026-04-30" as days since 1970-01-01.
    [[nodiscard]] std::int32_t date(std::string_view key, std::int32_t usual) {
        const json::value* found = take(key);
        if (found == nullptr) return usual;
        if (found->what == json::kind::text) {
            if (const auto day = parse_date(document_->text_of(*found)); day) return *day;
        }
        wrong(key, "a date, such as \"2026-04-30\"");
        return usual;
    }

    /// true or false.
    [[nodiscard]] bool flag(std::string_view key, bool usual) {
        const json::value* found = take(key);
        if (found == nullptr) return usual;
        if (found->what == json::kind::flag) return found->flag;
        wrong(key, "true or false");
        return usual;
    }

    /// Refuses if a key is not there.
    void require(std::string_view key) {
        if (take(key) == nullptr && failure_.ok())
            refuse(make_error(errc::invalid_argument,
                              "option \"" + path_ + "\" has no \"" + std::string{key} + "\""));
    }

    /// A number, or undefined where it is null.
    [[nodiscard]] double figure(std::string_view key) {
        const json::value* found = take(key);
        if (found != nullptr && found->what == json::kind::number) return found->number;
        if (found != nullptr && found->what != json::kind::null) wrong(key, "a number or null");
        return undefined;
    }

    /// Is it there, and not null?
    [[nodiscard]] bool has(std::string_view key) {
        const json::value* found = take(key);
        return found != nullptr && found->what != json::kind::null;
    }

    /// read(inner) of an object; it says whether the inner keys it took are all there may be.
    template <class Read>
    void object(std::string_view key, Read read) {
        const json::value* found = take(key);
        if (found == nullptr) return;
        if (found->what != json::kind::object) return wrong(key, "an object");
        inner(document_->find(at_, key)->to, path_of(key), read);
    }

    /// The same of each object of a list.
    template <class Read>
    void each(std::string_view key, Read read) {
        const json::value* found = take(key);
        if (found == nullptr) return;
        if (found->what != json::kind::array) return wrong(key, "a list of objects");
        for (std::uint32_t k = 0; k < found->count && failure_.ok(); ++k) {
            const json::index one = document_->link_at(found->first + k).to;
            if ((*document_)[one].what != json::kind::object)
                return wrong(key, "a list of objects");
            inner(one, path_of(key) + "[" + std::to_string(k) + "]", read);
        }
    }

    /// The position of a number of days among the model's leads.
    [[nodiscard]] std::int32_t lead(const counted& shape) {
        const json::value* found = take("lead");
        if (found == nullptr) return 0;
        std::string list;
        for (std::size_t k = 0; k < shape.leads().size(); ++k) {
            if (found->what == json::kind::number && found->number == shape.leads()[k])
                return static_cast<std::int32_t>(k);
            list += (k == 0 ? "" : ", ") + std::to_string(shape.leads()[k]);
        }
        wrong("lead", "one of the model's leads: " + list);
        return 0;
    }

    [[nodiscard]] status finish() {
        if (!failure_.ok()) return std::move(failure_);
        for (std::uint32_t k = 0; k < root().count; ++k) {
            const std::string_view key = document_->key_of(document_->link_at(root().first + k));
            bool known = false;
            for (const std::string_view one : known_) known = known || one == key;
            if (known) continue;
            return make_error(errc::invalid_argument,
                              "\"" + std::string{key} + "\" is not " +
                                  (path_.empty() ? "an option of this " + of_
                                                 : "a key of option \"" + path_ + "\"") +
                                  did_you_mean(key, known_));
        }
        return {};
    }

private:
    study_options(const json::document& document, json::index at, std::string path)
        : document_(&document), at_(at), path_(std::move(path)) {}

    template <class Read>
    void inner(json::index at, std::string path, Read read) {
        study_options one{*document_, at, std::move(path)};
        const bool all = read(one);
        if (status ok = all ? one.finish() : std::move(one.failure_); !ok)
            refuse(std::move(ok).error());
    }

    [[nodiscard]] std::string path_of(std::string_view key) const {
        return path_.empty() ? std::string{key} : path_ + "." + std::string{key};
    }

    [[nodiscard]] const json::value& root() const { return (*document_)[at_]; }

    void refuse(error why) {
        if (failure_.ok()) failure_ = std::move(why);
    }

    void wrong(std::string_view key, const std::string& right) {
        refuse(make_error(errc::invalid_argument, "option \"" + path_of(key) + "\" is " + right));
    }

    [[nodiscard]] const json::value* take(std::string_view key) {
        known_.push_back(key);
        if (!failure_.ok()) return nullptr;
        const json::link* found = document_->find(at_, key);
        return found == nullptr ? nullptr : &(*document_)[found->to];
    }

    std::string text_;
    std::string of_ = "study";
    std::optional<json::document> own_;
    const json::document* document_ = nullptr;  ///< its own, or that of the options around it
    json::index at_ = json::nowhere;
    std::string path_;  ///< empty: the options themselves
    std::vector<std::string_view> known_;
    status failure_;
};

}  // namespace aiueo::detail
