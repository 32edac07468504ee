// evidence › sizes: how large the tables of a model are. … ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/evidence/counted.hpp"

namespace aiueo {

[[nodiscard]] constexpr std::string_view name_of(key_part one) noexcept {
    switch (one) {
    case key_part::kind: return "kind";
    case key_part::lead: return "lead";
    case key_part::group: return "group";
    case key_part::fold: return "fold";
    case key_part::month: return "month";
    case key_part::quarter: return "quarter";
    case key_part::name: return "name";
    case key_part::metric: return "metric";
    case key_part::code: return "code";
    case key_part::octave: return "octave";
    case key_part::stage: return "stage";
    case key_part::lag: return "lag";
    case key_part::day: return "day";
    case key_part::days: return "days";
    case key_part::term: return "term";
    case key_part::ratio: return "ratio";
    case key_part::next: return "next";
    case key_part::tenure: return "tenure";
    }
    return "unknown";
}

/// One table of evidence. A block takes 8 bytes an integer in memory; in a state zeros take next to
/// nothing and small numbers a byte.
struct table_size {
    std::string name;
    std::vector<key_part> key;          ///< a block for each that is met
    std::size_t integers = 0;           ///< a block
    std::optional<std::size_t> blocks;  ///< at most; nothing: as many as there are names or values
};

/// Of a history of so many calendar months of one kind of contract.
[[nodiscard]] inline std::vector<table_size> table_sizes(const counted& of, std::size_t months) {
    std::vector<table_size> out;
    for (const count_table& one : of.tables()) {
        table_size size{one.shape().name, one.shape().key, one.shape().width, 1};
        for (const key_part part : size.key) {
            const auto times = [&size](std::size_t n) {
                if (size.blocks) *size.blocks *= n;
            };
            switch (part) {
            case key_part::kind: break;
            case key_part::lead: times(of.leads().size()); break;
            case key_part::group: times(evidence_groups); break;
            case key_part::fold: times(evidence_folds); break;
            case key_part::month: times(months); break;
            case key_part::quarter: times((months + 2) / 3); break;
            case key_part::metric: times(of.model().metrics.size()); break;
            case key_part::stage: {
                const auto& ladders = of.model().rules.ladders;
                times(1 + (ladders.empty() ? 0 : ladders.front().rungs.size()));
                break;
            }
            case key_part::lag: times(of.lags().size()); break;
            case key_part::day: break;
            case key_part::ratio: times(largest_ratio + 1); break;
            case key_part::tenure: times(longest_tenure + 1); break;
            case key_part::name:
            case key_part::code:
            case key_part::days:
            case key_part::term:
            case key_part::next:
            case key_part::octave: size.blocks.reset(); break;
            }
        }
        out.push_back(std::move(size));
    }
    return out;
}

}  // namespace aiueo
