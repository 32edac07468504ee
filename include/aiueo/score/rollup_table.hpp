// score › rollup_table: rolled-up parents as the table that every runtime shows, writes and hands
// on. base ─► table ─► model ─► score
//
// customer (the parent), parent (its own), level, children, own; the axes and touch in use,
// overall, coverage, lower, upper, insufficient; U.coverage, U.lower, U.upper for each axis and
// touch; members_insufficient, unweighted, good, mrr, mrr_unknown.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/bits.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/score/rollup.hpp"
#include "aiueo/table/arrow_export.hpp"

namespace aiueo {

namespace detail {

class rollup_table_builder {
public:
    explicit rollup_table_builder(const rollup_result& from)
        : from_(from), out_(static_cast<std::int64_t>(from.parents.size())) {}

    [[nodiscard]] result<owned_table> run() {
        std::vector<std::uint8_t> own(bytes());
        std::vector<std::uint8_t> insufficient(bytes());
        text_builder keys;
        text_builder parents;
        for (std::size_t k = 0; k < from_.parents.size(); ++k) {
            const rolled_parent& one = from_.parents[k];
            const double overall = one.scores[overall_change].score;
            keys.add(one.key);
            if (one.parent.empty()) {
                parents.add_null();
            } else {
                parents.add(one.parent);
            }
            set_bit(own.data(), static_cast<std::int64_t>(k), one.own);
            set_bit(insufficient.data(), static_cast<std::int64_t>(k), overall != overall);
        }
        const plan_data& plan = *from_.plan;
        using parent = rolled_parent;
        add(out_.add_text("customer", std::move(keys)));
        add(out_.add_text("parent", std::move(parents)));
        count("level", [](const parent& one) { return std::int64_t{one.level}; });
        count("children", [](const parent& one) { return one.children; });
        add(out_.add_flags("own", std::move(own)));
        for (std::size_t g = 0; g < group_count; ++g) {
            if (plan.groups_in_use[g])
                number(group_names[g], [g](const parent& one) { return one.scores[g].score; });
        }
        number("overall", [](const parent& one) { return one.scores[overall_change].score; });
        add_bounds(overall_change, "");
        add(out_.add_flags("insufficient", std::move(insufficient)));
        for (std::size_t g = 0; g < group_count; ++g) {
            if (plan.groups_in_use[g]) add_bounds(g, std::string{group_names[g]} + ".");
        }
        count("members_insufficient", [](const parent& one) { return one.insufficient; });
        count("unweighted", [](const parent& one) { return one.unweighted; });
        number("good", [](const parent& one) { return one.good; });
        number("mrr", [](const parent& one) { return one.mrr; });
        count("mrr_unknown", [](const parent& one) { return one.mrr_unknown; });
        if (!done_) return std::move(done_).error();
        return std::move(out_);
    }

private:
    [[nodiscard]] std::size_t bytes() const noexcept {
        return static_cast<std::size_t>(
            bytes_for_bits(static_cast<std::int64_t>(from_.parents.size())));
    }
    void add(status added) {
        if (done_.ok()) done_ = std::move(added);
    }

    void add_bounds(std::size_t s, const std::string& before) {
        number(before + "coverage",
               [s](const rolled_parent& one) { return one.scores[s].coverage; });
        number(before + "lower", [s](const rolled_parent& one) { return one.scores[s].lower; });
        number(before + "upper", [s](const rolled_parent& one) { return one.scores[s].upper; });
    }

    template <class F>
    void number(std::string_view name, F of) {
        std::vector<double> values;
        for (const rolled_parent& one : from_.parents) values.push_back(of(one));
        add(out_.add_numbers(name, std::move(values)));
    }
    template <class F>
    void count(std::string_view name, F of) {
        std::vector<std::int64_t> values;
        for (const rolled_parent& one : from_.parents) values.push_back(of(one));
        add(out_.add_int64(name, std::move(values)));
    }

    const rollup_result& from_;
    owned_table out_;
    status done_;
};

}  // namespace detail

[[nodiscard]] inline result<owned_table> rollup_table(const rollup_result& from) {
    return detail::rollup_table_builder{from}.run();
}

}  // namespace aiueo
