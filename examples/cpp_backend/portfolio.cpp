#include "portfolio.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>

namespace backend {

namespace {

/// SplitMix64: the standard library's distributions differ between implementations.
class dice {
public:
    explicit dice(std::uint64_t seed) : state_(seed) {}
    /// 0 … sides − 1.
    std::int32_t roll(std::int32_t sides) {
        state_ += 0x9E3779B97F4A7C15u;
        std::uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
        z ^= z >> 31;
        return static_cast<std::int32_t>(z % static_cast<std::uint64_t>(sides));
    }

private:
    std::uint64_t state_;
};

}  // namespace

portfolio simulate(std::size_t customers, day as_of, std::uint64_t seed) {
    portfolio out;
    out.as_of = as_of;
    dice random{seed};
    for (std::size_t k = 0; k < customers; ++k) {
        char id[16];
        std::snprintf(id, sizeof id, "c-%06u", static_cast<unsigned>(k % 1000000));
        const std::int32_t health = random.roll(100);  // what the score is to find
        const std::int32_t seats = 1 + random.roll(40);
        out.id.emplace_back(id);
        out.plan.push_back(static_cast<std::int8_t>(random.roll(3)));
        out.mrr.push_back(100.0 * seats);
        out.setup_done.push_back(random.roll(100) < 40 + health / 2 ? 1 : 0);
        out.admins.push_back(random.roll(1 + health / 20));
        out.seats.push_back(seats);
        out.logins_28d.push_back(seats * random.roll(1 + health / 10) / 2);
        out.last_login.push_back(as_of - random.roll(1 + (100 - health) / 2));
        const bool answered = random.roll(3) != 0;
        const std::int32_t nps = std::clamp(health / 10 + random.roll(3) - 1, 0, 10);
        out.nps.push_back(answered ? static_cast<float>(nps)
                                   : std::numeric_limits<float>::quiet_NaN());
        out.nps_on.push_back(as_of - random.roll(300));
    }
    return out;
}

account portfolio::at(std::size_t row) const {
    account out;
    out.id = id[row];
    out.plan = plans[static_cast<std::size_t>(plan[row])];
    out.mrr = mrr[row];
    out.setup_done = setup_done[row] != 0;
    out.admins = admins[row];
    out.seats = seats[row];
    out.logins_28d = logins_28d[row];
    out.last_login = last_login[row];
    if (!std::isnan(nps[row])) out.nps = static_cast<std::int32_t>(nps[row]);
    out.nps_on = nps_on[row];
    return out;
}

}  // namespace backend
