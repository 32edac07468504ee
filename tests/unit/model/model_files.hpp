// What the tests of the model reader share.
#pragma once

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "aiueo/model/read.hpp"

#include "support/catch.hpp"

namespace aiueo::testing {

inline std::string file_text(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    REQUIRE(in.good());
    std::ostringstream out;
    out << in.rdbuf();
    return out.str();
}

/// `line:column: path message` of every problem, a line each.
inline std::string told(const problems& found) {
    std::string out;
    for (const problem& one : found) {
        out += one.severity == problem::level::error ? "" : "warning ";
        error what = one.what;
        what.where.file.clear();
        out += std::to_string(what.where.line) + ":" + std::to_string(what.where.column) + ": ";
        out += (what.where.path.empty() ? "" : what.where.path + " ") + what.message + "\n";
    }
    return out;
}

/// A model with the metrics that small tests need, and these sections.
inline std::string model_text(std::string_view sections) {
    return R"({ "aiueo": 1, "currency": "JPY", "metrics": {
        "plan": { "type": "category" }, "mrr": { "type": "money" }, "start": { "type": "date" },
        "ready": { "type": "flag" }, "seats": { "type": "number" }, "logins": { "type": "number" } })" +
           std::string{sections.empty() ? "" : ",\n"} + std::string{sections} + "}";
}

inline model good_model(std::string_view text) {
    model_reading read = inspect_model(text);
    INFO(told(read.found));
    REQUIRE(read.usable);
    return std::move(read.value);
}

}  // namespace aiueo::testing
