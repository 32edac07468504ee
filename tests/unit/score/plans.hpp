// Plans and one-row batches for the tests of scoring.
#pragma once

#include <cmath>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/gap.hpp"
#include "aiueo/score/score.hpp"

#include "support/catch.hpp"

namespace aiueo::testing {

/// A plan from the text of a model that must be good.
inline plan plan_of(std::string_view json, std::vector<named_scorer> scorers = {}) {
    auto read = read_model(json);
    if (!read) FAIL(read.error().to_string());
    auto compiled = compile(std::move(*read), std::move(scorers));
    if (!compiled) FAIL(compiled.error().to_string());
    return std::move(*compiled);
}

/// {"aiueo": 1, "metrics": …, "axes": …} and what else a test wants.
inline std::string model_text(std::string_view metrics, std::string_view axes,
                              std::string_view more = "") {
    std::string out = R"({"aiueo": 1, "name": "test", "metrics": {)";
    out += metrics;
    out += R"(}, "axes": {)";
    out += axes;
    out += "}";
    if (!more.empty()) out += ", ";
    return out + std::string{more} + "}";
}

using cell_value = std::variant<double, std::string>;

/// One row of a batch's own memory; metrics that are not named are unknown.
inline batch row_of(const plan& of,
                    std::initializer_list<std::pair<const char*, cell_value>> values,
                    std::int32_t as_of = 20000) {
    batch out{of, 1};
    out.own_all();
    out.set_as_of(as_of);
    for (const auto& [name, value] : values) {
        const auto number = out.number_of(name);
        REQUIRE(number.ok());
        const status set =
            std::holds_alternative<double>(value)
                ? out.set(*number, 0, std::get<double>(value))
                : out.set(*number, 0, std::string_view{std::get<std::string>(value)});
        REQUIRE(set.ok());
    }
    return out;
}

/// Scores of a whole batch, with detail.
inline scores scored(const plan& of, const batch& rows, bool overrides = true) {
    scores out{of, rows.rows(), {.detail = true, .overrides = overrides}};
    const status ok = score(of, rows, {0, rows.rows()}, out);
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

inline constexpr double no_value = std::numeric_limits<double>::quiet_NaN();

}  // namespace aiueo::testing
