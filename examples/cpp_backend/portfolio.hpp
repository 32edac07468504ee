// Customers as the back end knew them before there was a score.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace backend {

/// Days since 1970-01-01.
using day = std::int32_t;

/// One customer, as a request brings it.
struct account {
    std::string id;
    std::string plan;
    double mrr = 0;
    bool setup_done = false;
    std::int32_t admins = 0;
    std::int32_t seats = 1;
    std::int32_t logins_28d = 0;
    day last_login = 0;
    std::optional<std::int32_t> nps;  ///< not everybody answers
    day nps_on = 0;
};

/// All of them, by column, as the warehouse hands them over every night.
struct portfolio {
    static constexpr std::string_view plans[] = {"trial", "standard", "premium"};

    day as_of = 0;
    std::vector<std::string> id;
    std::vector<std::int8_t> plan;  ///< index into `plans`
    std::vector<double> mrr;
    std::vector<std::uint8_t> setup_done;
    std::vector<std::int32_t> admins;
    std::vector<std::int32_t> seats;
    std::vector<std::int32_t> logins_28d;
    std::vector<day> last_login;
    std::vector<float> nps;  ///< NaN where nobody answered
    std::vector<day> nps_on;

    [[nodiscard]] std::int64_t rows() const noexcept {
        return static_cast<std::int64_t>(id.size());
    }
    [[nodiscard]] account at(std::size_t row) const;
};

/// The same customers for the same size and seed, on every machine.
[[nodiscard]] portfolio simulate(std::size_t customers, day as_of, std::uint64_t seed);

}  // namespace backend
