// evidence › conditions: which comparisons of the rungs hold for the rows of a chunk.
// … ─► score ─► evidence
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/metric_values.hpp"

namespace aiueo::detail {

class condition_states {
public:
    /// Of a row whose profile does not ask for the condition.
    static constexpr std::uint8_t not_asked = 3;

    explicit condition_states(const counted& shape)
        : states_(shape.conditions().size() * chunk_rows, not_asked),
          asked_(shape.plan().schemes.size()) {
        for (std::size_t s = 0; s < asked_.size(); ++s) {
            const planned_scheme& scheme = shape.plan().schemes[s];
            for (std::size_t k = 0; k < scheme.ladders.size(); ++k) {
                for (std::size_t r = 0; r < scheme.ladders[k].rungs.size(); ++r) {
                    for (const planned_atom& one : scheme.ladders[k].rungs[r].atoms)
                        ask(s,
                            shape.find_condition(k, counted::text_of_condition(scheme, k, r, one)),
                            one.truth);
                }
            }
        }
    }

    /// Of rows [begin, begin + n) of the batch, which are loaded.
    void run(metric_values& values, const scores& given, std::int64_t begin, std::size_t n) {
        const level_index* profile = given.profile().data() + begin;
        std::fill(states_.begin(), states_.end(), not_asked);
        for (std::size_t s = 0; s < asked_.size(); ++s) {
            if (asked_[s].empty()) continue;
            bool any = false;
            for (std::size_t i = 0; i < n; ++i)
                any = any || profile[i] == static_cast<level_index>(s);
            if (!any) continue;
            values.chunk().recall(s, given, begin, n);
            for (const question& one : asked_[s]) {
                values.chunk().answer(*one.truth, answers_);
                std::uint8_t* to = states_.data() + one.condition * chunk_rows;
                for (std::size_t i = 0; i < n; ++i) {
                    if (profile[i] == static_cast<level_index>(s)) to[i] = state_of(i);
                }
            }
        }
    }

    /// By row of the chunk: a `met`, or not_asked.
    [[nodiscard]] const std::uint8_t* of(std::size_t condition) const noexcept {
        return states_.data() + condition * chunk_rows;
    }

private:
    struct question {
        std::size_t condition = 0;
        const program* truth = nullptr;
    };

    /// The same comparison in two rungs is asked once.
    void ask(std::size_t scheme, std::size_t condition, const program& truth) {
        for (const question& one : asked_[scheme]) {
            if (one.condition == condition) return;
        }
        asked_[scheme].push_back({condition, &truth});
    }

    [[nodiscard]] std::uint8_t state_of(std::size_t i) const noexcept {
        if ((answers_.yes[i / 8] >> (i % 8) & 1) != 0) return static_cast<std::uint8_t>(met::yes);
        if ((answers_.no[i / 8] >> (i % 8) & 1) != 0) return static_cast<std::uint8_t>(met::no);
        return static_cast<std::uint8_t>(met::unknown);
    }

    std::vector<std::uint8_t> states_;          ///< [condition][row of the chunk]
    std::vector<std::vector<question>> asked_;  ///< [scheme]
    truth_column answers_{};
};

}  // namespace aiueo::detail
