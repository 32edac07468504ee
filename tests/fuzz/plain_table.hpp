// A table of snapshots, with initiatives, as plain values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "make_expression.hpp"

namespace fuzzing {

/// What a table holds for a metric. `bad`: of the right type, but nothing that the metric can be.
struct plain_cell {
    enum class state : std::uint8_t { missing, bad, given };
    state is = state::missing;
    double number = 0;
    std::string text{};
    std::optional<double> observed{};
};

struct plain_row {
    double as_of = today;
    std::string customer{};
    std::map<std::string, plain_cell> cells{};
};

struct plain_event {
    std::string customer{};
    std::string initiative{};
    std::map<std::string, std::optional<int>> days{};  ///< date, attended, responded
};

struct plain_table {
    std::vector<plain_row> rows{};
    std::optional<std::vector<plain_event>> events{};
};

}  // namespace fuzzing
