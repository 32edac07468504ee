// evidence › contradiction: what the checks of a state have in common. A state is an untrusted
// file.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/counted.hpp"

namespace aiueo::detail {

/// Counts of lost and kept by (kind, lead, group).
using outcomes = std::map<std::array<std::int32_t, 3>, std::array<std::int64_t, 2>>;

/// Looks for one: each step returns false with the first that it found.
class contradiction_search {
public:
    contradiction_search(const counted& shape, const std::vector<count_table>& tables)
        : shape_(shape), tables_(tables) {}

protected:
    [[nodiscard]] const count_table& table(table_id which) const noexcept {
        return tables_[static_cast<std::size_t>(which)];
    }
    /// What a total says; 0 where nothing was counted.
    [[nodiscard]] std::int64_t said(total which) const noexcept {
        const auto block = table(table_id::totals).find({});
        return block.empty() ? 0 : block[static_cast<std::size_t>(which)];
    }

    bool fail(std::string why) {
        wrong_ = std::move(why);
        return false;
    }
    bool fail(const count_table& in, const std::string& why) {
        return fail("table \"" + in.shape().name + "\" " + why);
    }

    /// Nothing in it is negative; a sum beyond 64 bits is a contradiction like any other.
    bool add(std::int64_t& to, std::int64_t what) {
        return !__builtin_add_overflow(to, what, &to) || fail("a sum does not fit into 64 bits");
    }

    /// A name stands in a table because something was counted under it.
    [[nodiscard]] static bool names_are_used(const count_table& in) {
        std::vector<bool> used(in.names().size());
        const std::size_t part = in.name_part();
        for (const auto& one : in.blocks()) {
            if (one.first[part] >= 0) used[static_cast<std::size_t>(one.first[part])] = true;
        }
        return std::find(used.begin(), used.end(), false) == used.end();
    }

    /// What decided ends added to a cell, by end_field: what is a part is not more than the whole.
    bool check_end(const count_table& in, const std::int64_t* cell) {
        using f = end_field;
        constexpr std::array<std::pair<f, f>, 8> parts{{{f::kept, f::ends},
                                                        {f::priced, f::ends},
                                                        {f::followed, f::priced},
                                                        {f::due_kept, f::due},
                                                        {f::base, f::due},
                                                        {f::followed_kept, f::followed},
                                                        {f::followed_kept, f::kept},
                                                        {f::expanded, f::followed_kept}}};
        const auto at = [cell](f field) { return cell[static_cast<std::size_t>(field)]; };
        for (const auto& [part, whole] : parts) {
            if (at(part) > at(whole)) return fail(in, "has a part that is more than its whole");
        }
        // What is lost pays nothing afterwards, and so is followed.
        if (at(f::due) - at(f::due_kept) > at(f::base))
            return fail(in, "has a part that is more than its whole");
        if ((at(f::due) > 0 && at(f::priced) == 0) || (at(f::base) > 0 && at(f::followed) == 0) ||
            (at(f::after) > 0 && at(f::followed) == 0))
            return fail(in, "has money of no end");
        return true;
    }

    const counted& shape_;
    const std::vector<count_table>& tables_;
    std::string wrong_;  ///< empty: nothing
};

}  // namespace aiueo::detail
