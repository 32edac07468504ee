// action › alert_watch: when an alert fires for a customer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/action/action_list.hpp"
#include "aiueo/model/sections.hpp"
#include "aiueo/score/change.hpp"

#include "portfolio.hpp"

namespace aiueo::detail {

/// An alert that fired.
struct fired_alert {
    std::size_t alert = 0;     ///< of the model
    std::size_t customer = 0;  ///< of the panel
    std::int32_t day = 0;
    std::int64_t from = -1;  ///< the row it is compared with
    std::int64_t row = -1;   ///< the row at which it fired
    bool open = true;
    double behaviour = unknown_value;  ///< of drops
    std::int32_t group = -1;           ///< of the component that behaviour moved most
    const component* because = nullptr;
};

/// Which inputs of each row are known.
class known_inputs {
public:
    /// Errors: those of score().
    [[nodiscard]] static result<known_inputs> read(const action_inputs& in);
    [[nodiscard]] bool same(std::int64_t a, std::int64_t b) const noexcept {
        const std::uint64_t* const first = words_.data() + static_cast<std::size_t>(a) * width_;
        const std::uint64_t* const second = words_.data() + static_cast<std::size_t>(b) * width_;
        std::uint64_t differ = 0;
        for (std::size_t k = 0; k < width_; ++k) differ |= first[k] ^ second[k];
        return differ == 0;
    }

private:
    std::size_t width_ = 0;             ///< words a row
    std::vector<std::uint64_t> words_;  ///< mixed_rows::known()
};

/// All that fired up to a day, by customer and day. `group`: of the score, overall_change for
/// overall; `ladder`: of the model.
/// Errors: those of split_changes().
[[nodiscard]] status watch_drop(const action_inputs& in, const portfolio& of,
                                const known_inputs& known, std::size_t alert, std::size_t group,
                                std::vector<fired_alert>& out);
void watch_fall(const portfolio& of, const model& subject, std::size_t alert, std::size_t ladder,
                std::vector<fired_alert>& out);
void watch_dark(const portfolio& of, const model& subject, std::size_t alert, std::size_t group,
                std::vector<fired_alert>& out);

}  // namespace aiueo::detail
