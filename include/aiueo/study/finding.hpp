// study › finding: what every study returns beside its own figures. … ─► evidence ─► study
//
// A finding is a structure of its own type. It says itself in one sentence, in English and
// Japanese, and what not to conclude from it; and it writes itself as JSON, by the schema of its
// name.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/json_writer.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/model/metric.hpp"
#include "aiueo/stats/figure.hpp"
#include "aiueo/stats/jackknife.hpp"

namespace aiueo {

enum class language : std::uint8_t { en, ja };

/// The text in a language; the other where there is only that.
[[nodiscard]] inline std::string_view text_of(const label& of, language in) noexcept {
    const std::string_view wanted = in == language::ja ? of.ja : of.en;
    return wanted.empty() ? std::string_view{in == language::ja ? of.en : of.ja} : wanted;
}

/// What is told beside the figures.
struct remarks {
    label sentence;
    std::vector<label> cautions;  ///< what not to conclude

    void caution(std::string en, std::string ja) {
        cautions.push_back({std::move(ja), std::move(en)});
    }
};

/// A figure as a reader sees it: never without its interval or its number of observations.
struct figure {
    double value = undefined;
    aiueo::interval interval;
    std::int64_t n = 0;
};

[[nodiscard]] inline figure figure_of(const jackknife_estimate& from, std::int64_t n) noexcept {
    return {from.value, from.interval, n};
}
[[nodiscard]] inline figure figure_of(const estimate& from, std::int64_t n) noexcept {
    return {from.value, from.interval, n};
}

/// A figure that cannot leave a range has an interval that does not.
[[nodiscard]] inline figure within(figure of, double least,
                                   double most = std::numeric_limits<double>::infinity()) noexcept {
    if (is_defined(of.interval))
        of.interval = {std::max(least, of.interval.lower), std::min(most, of.interval.upper)};
    return of;
}

namespace detail {

/// {"value": …, "lower": …, "upper": …, "n": …}; null where undefined.
inline void write(json_writer& out, const figure& one) {
    out.begin_object()
        .member("value", one.value)
        .member("lower", one.interval.lower)
        .member("upper", one.interval.upper)
        .member("n", one.n)
        .end_object();
}

inline void write(json_writer& out, std::string_view key, const figure& one) {
    out.key(key);
    write(out, one);
}

/// null where there is none.
inline void write_text_or_null(json_writer& out, std::string_view key, std::string_view text) {
    out.key(key);
    if (text.empty())
        out.null();
    else
        out.string(text);
}

inline void write(json_writer& out, const label& one) {
    out.begin_object().member("en", one.en).member("ja", one.ja).end_object();
}

inline void write_text(json_writer& out, std::string_view key, const label& one) {
    out.key(key);
    write(out, one);
}

inline void write(json_writer& out, const remarks& told) {
    write_text(out, "sentence", told.sentence);
    out.key("cautions").begin_array();
    for (const label& one : told.cautions) write(out, one);
    out.end_array();
}

/// A number as people read it: so many digits after the point, half away from zero, "unknown" for
/// what is not defined.
[[nodiscard]] inline std::string shown(double value, int digits, language in) {
    if (value != value) return in == language::ja ? "不明" : "unknown";
    double scale = 1;
    for (int i = 0; i < digits; ++i) scale *= 10;
    const double rounded = std::round(std::fabs(value) * scale);
    if (!(rounded < 9e15)) return format_number(value);
    const auto whole = static_cast<std::int64_t>(rounded);
    std::string out = std::to_string(whole / static_cast<std::int64_t>(scale));
    if (digits > 0) {
        std::string rest = std::to_string(whole % static_cast<std::int64_t>(scale));
        out += "." + std::string(static_cast<std::size_t>(digits) - rest.size(), '0') + rest;
    }
    return (value < 0 && whole != 0 ? "−" : "") + out;
}

/// "85.0 %".
[[nodiscard]] inline std::string shown_share(double share, language in) {
    if (share != share) return shown(share, 1, in);
    return shown(share * 100, 1, in) + (in == language::ja ? "%" : " %");
}

/// "85.0 % (81.2–88.1)"; without what is not defined.
[[nodiscard]] inline std::string shown_share(const figure& of, language in) {
    std::string out = shown_share(of.value, in);
    if (of.value != of.value || !is_defined(of.interval)) return out;
    const bool ja = in == language::ja;
    return out + (ja ? "（" : " (") + shown(of.interval.lower * 100, 1, in) + (ja ? "〜" : "–") +
           shown(of.interval.upper * 100, 1, in) + (ja ? "）" : ")");
}

}  // namespace detail
}  // namespace aiueo
