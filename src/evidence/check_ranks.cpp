// evidence › check_ranks: see check_ranks.hpp.
#include "check_ranks.hpp"

#include <map>
#include <utility>

#include "contradiction.hpp"

namespace aiueo::detail {

namespace {

class rank_check : contradiction_search {
public:
    using contradiction_search::contradiction_search;

    [[nodiscard]] std::string run() {
        static_cast<void>(check_totals() && check_blocks());
        return std::move(wrong_);
    }

private:
    bool check_totals() {
        const std::int64_t seen = said(total::ranks_seen);
        const std::int64_t customers = said(total::customers_ranked);
        if (shape_.model().study.ranks.empty() && (seen != 0 || said(total::ranks_unseen) != 0))
            return fail("it counts ranks, but the model has none");
        if (customers > seen || customers > said(total::customers) ||
            (customers == 0) != (seen == 0))
            return fail("its total of ranked customers is not one of its ranks");
        return true;
    }

    bool check_blocks() {
        const count_table& ranks = table(table_id::ranks);
        const auto wrong = [&](const std::string& why) { return fail(ranks, why); };
        if (shape_.rank_stages() == 0) {
            return (ranks.empty() && ranks.names().empty()) ||
                   wrong("is there, but the model has no ladder");
        }
        std::int64_t all = 0, first = 0;
        std::map<std::int32_t, std::int64_t> first_of_month;
        for (const auto& [key, block] : ranks.blocks()) {
            std::int64_t here = 0;
            for (std::size_t k = 0; k < shape_.rank_customers_cell(); ++k) {
                if (!add(here, block[k])) return false;
            }
            const std::int64_t customers = block[shape_.rank_customers_cell()];
            const std::int64_t by_member = block[shape_.member_customers_cell()];
            if (by_member > here || by_member == 0 || customers > by_member)
                return wrong("has more customers than ranks");
            if (!add(all, here) || !add(first, customers) ||
                !add(first_of_month[key[0]], customers))
                return false;
        }
        if (all != said(total::ranks_seen)) return wrong("does not hold every rank");
        if (!names_are_used(ranks)) return wrong("names a member who gave no rank");
        const std::int64_t customers = said(total::customers_ranked);
        if (customers > first) return wrong("has less customers than its totals");
        for (const auto& [month, count] : first_of_month) {
            if (count == 0) return wrong("has a month without customers");
            if (count > customers) return wrong("has more customers than its totals");
        }
        return true;
    }
};

}  // namespace

std::string what_is_wrong_with_ranks(const counted& shape, const std::vector<count_table>& tables) {
    return rank_check{shape, tables}.run();
}

}  // namespace aiueo::detail
