// evidence › check_exposures: see check_exposures.hpp.
#include "check_exposures.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace aiueo::detail {

namespace {

class exposure_check : contradiction_search {
public:
    exposure_check(const counted& shape, const std::vector<count_table>& tables,
                   const outcomes& ends)
        : contradiction_search(shape, tables),
          initiatives_(table(table_id::initiatives)),
          calls_(table(table_id::calls)),
          ends_(ends) {}

    [[nodiscard]] std::string run() {
        static_cast<void>(check_names(initiatives_) && check_names(calls_) && check_all() &&
                          check_initiatives() && check_calls());
        return std::move(wrong_);
    }

private:
    bool check_names(const count_table& in) {
        return names_are_used(in) || fail(in, "has a name of nothing");
    }

    static std::int64_t at(const count_table::block& block, exposure what, std::size_t y,
                           std::size_t g) noexcept {
        return block[counted::exposure_cell(what, y != 0, g)];
    }

    /// Ends whose initiatives are known are ends; each has one stage.
    bool check_all() {
        outcomes left;
        for (const auto& [key, counts] : ends_) {
            if (key[1] == 0) left.emplace(key, counts);
        }
        for (const auto& [key, block] : initiatives_.blocks()) {
            if (key[2] >= 0) continue;
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                for (std::size_t y = 0; y < 2; ++y) {
                    const std::int64_t all = at(block, exposure::all, y, g);
                    for (std::size_t k = 1; k < exposures; ++k) {
                        if (at(block, static_cast<exposure>(k), y, g) != 0)
                            return fail(initiatives_, "counts an exposure to nothing");
                    }
                    if (all == 0) continue;
                    const auto here = left.find({key[0], 0, static_cast<std::int32_t>(g)});
                    if (here == left.end() || all > here->second[y])
                        return fail(initiatives_, "counts more ends than table \"ends\"");
                    here->second[y] -= all;
                }
            }
        }
        return true;
    }

    bool check_initiatives() {
        for (const auto& [key, block] : initiatives_.blocks()) {
            if (key[2] < 0) continue;
            const auto whole = initiatives_.blocks().find({key[0], key[1], -1});
            if (whole == initiatives_.blocks().end())
                return fail(initiatives_, "has an initiative at a stage without ends");
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                for (std::size_t y = 0; y < 2; ++y) {
                    if (!fits(block, y, g, at(whole->second, exposure::all, y, g)))
                        return fail(initiatives_, "has a part that is more than its whole");
                }
            }
        }
        return true;
    }

    /// Of `all` ends. No sum overflows: what it is made of is at most `all`, which is below 2^40.
    static bool fits(const count_table::block& block, std::size_t y, std::size_t g,
                     std::int64_t all) noexcept {
        for (std::size_t k = 1; k < exposures; ++k) {
            if (at(block, static_cast<exposure>(k), y, g) > all) return false;
        }
        using e = exposure;
        const auto of = [&](e what) { return at(block, what, y, g); };
        return of(e::all) == 0 && of(e::held) + of(e::chosen) <= all &&
               of(e::chosen) <= of(e::invited) && of(e::invited) <= of(e::held) + of(e::chosen) &&
               of(e::both) <= std::min(of(e::attended), of(e::responded)) &&
               of(e::attended) + of(e::responded) - of(e::both) <= all;
    }

    bool check_calls() {
        for (const std::string& name : calls_.names()) {
            const std::size_t end = name.find(call_separator);
            if (end == 0 || end == std::string::npos ||
                name.find(call_separator, end + 1) != std::string::npos)
                return fail(calls_, "has a name that is not an initiative's and a variant's");
        }
        std::int64_t all = 0;
        for (const auto& [key, block] : calls_.blocks()) {
            if (key[0] < 0) return fail(calls_, "has calls without a name");
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                const auto of = [g, &cells = block](call_field field) {
                    return cells[counted::call_cell(g, field)];
                };
                // Studies add them up.
                constexpr std::int64_t most = std::int64_t{1} << 40;
                if (of(call_field::sent) > most || of(call_field::held) > most)
                    return fail(calls_, "counts more than there can be");
                all += of(call_field::sent) + of(call_field::held);
                if (of(call_field::answered) > of(call_field::sent) ||
                    of(call_field::held_answered) > of(call_field::held))
                    return fail(calls_, "has a part that is more than its whole");
                if (all > most) return fail(calls_, "counts more than there can be");
            }
        }
        return true;
    }

    const count_table& initiatives_;
    const count_table& calls_;
    const outcomes& ends_;
};

}  // namespace

std::string what_is_wrong_with_exposures(const counted& shape,
                                         const std::vector<count_table>& tables,
                                         const outcomes& ends) {
    return exposure_check{shape, tables, ends}.run();
}

}  // namespace aiueo::detail
