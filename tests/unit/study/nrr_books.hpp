// Customers' books, closes one after another, as the tables of money over time hold them: what a
// test of a study writes down itself, without rows to be scored.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/int128.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/study/nrr.hpp"

#include "../evidence/histories.hpp"

namespace aiueo::testing {

inline constexpr std::int32_t book_start = 12 * 2020;  ///< the month of the first close
inline constexpr int unseen = -1;                      ///< without a snapshot in the month

/// What a customer pays at a close; nothing: it is no customer then.
struct book_close {
    std::optional<std::int64_t> mrr;
    int level = unseen;
};
inline book_close at_level(int level, std::int64_t mrr) { return {mrr, level}; }
inline book_close gone() { return {}; }

struct book_customer {
    std::size_t group = 0;
    std::vector<book_close> closes;  ///< from book_start on; all customers have as many
    std::string member, team;        ///< empty: unnamed
};

/// Customers that come, move between levels, pay more or less and leave, by chance.
inline std::vector<book_customer> made_book(int customers, int months, std::uint64_t seed) {
    std::uint64_t state = seed;
    const auto up_to = [&state](std::uint64_t n) { return static_cast<int>(drawn(state) % n); };
    std::vector<book_customer> out;
    for (int c = 0; c < customers; ++c) {
        book_customer one;
        one.group = static_cast<std::size_t>(up_to(20));
        one.member = std::string{"m"} + std::to_string(up_to(3));
        one.team = up_to(2) == 0 ? "" : "t";
        int level = up_to(3);
        std::int64_t mrr = 100 + up_to(900);
        int from = up_to(2) == 0 ? 0 : up_to(static_cast<std::uint64_t>(months));
        for (int t = 0; t < months; ++t) {
            if (t < from) {
                one.closes.push_back(gone());
                continue;
            }
            if (up_to(6) == 0) level = std::min(2, level + 1);
            if (up_to(8) == 0) level = std::max(0, level - 1);
            if (up_to(5) == 0) mrr = mrr * (90 + up_to(25) + 3 * level) / 100;
            if (up_to(static_cast<std::uint64_t>(20 + 20 * level)) == 0) from = months + 1;
            one.closes.push_back(from > months ? gone()
                                               : at_level(up_to(12) == 0 ? unseen : level, mrr));
        }
        out.push_back(std::move(one));
    }
    return out;
}

inline std::string nrr_model(int horizon, const std::string& study = "") {
    std::string text = history_model;
    const std::string at = "\"leads\"";
    return text.replace(text.find(at), 0,
                        "\"horizon_months\": " + std::to_string(horizon) + ", " + study);
}

inline nrr_options to(double target) {
    nrr_options out;
    out.target = target;
    return out;
}

/// Three levels of the ladder "stage"; the bands hear nothing.
class book_writer {
public:
    explicit book_writer(const plan& of)
        : out_(of), tables_(out_.sorted_tables()), shape_(out_.shape().revenue()) {}

    evidence write(const std::vector<book_customer>& book) {
        if (book.empty()) return std::move(out_);
        last_ = book_start + static_cast<std::int32_t>(book.front().closes.size()) - 1;
        const std::int32_t next = last_ + 1;
        const auto day =
            static_cast<std::int32_t>(days_from_civil(next / 12, next % 12 + 1, 1)) - 1;
        *table(table_id::known_until).at({day - min_text_day}) =
            static_cast<std::int64_t>(book.size());
        for (const book_customer& one : book) add(one);
        static_cast<void>(out_.sorted_tables());
        return std::move(out_);
    }

private:
    count_table& table(table_id which) { return tables_[static_cast<std::size_t>(which)]; }

    static const book_close& at(const book_customer& of, std::int32_t month) {
        static const book_close none;
        return month < book_start ? none
                                  : of.closes.at(static_cast<std::size_t>(month - book_start));
    }
    std::size_t place(const book_close& of) const {
        if (!of.mrr) return shape_.outside();
        return of.level == unseen ? shape_.unseen() : static_cast<std::size_t>(of.level);
    }

    void add(const book_customer& one) {
        std::int32_t first = book_start;
        while (first <= last_ && !at(one, first).mrr) ++first;
        if (first > last_) return;
        const auto horizon = static_cast<std::int32_t>(shape_.horizon);
        for (std::int32_t month = first; month <= last_; ++month) {
            add_movement(one, first, month);
            add_moves(one, month);
            if (month + horizon <= last_ && at(one, month).mrr) add_retention(one, month);
        }
        const std::int64_t begun = *at(one, first).mrr;
        if (begun == 0 || first + horizon > last_) return;
        const std::int64_t ended = at(one, first + horizon).mrr.value_or(0);
        const auto ratio = static_cast<std::int32_t>(
            std::min<int128>((int128{ended} * 200 + begun) / (int128{begun} * 2), largest_ratio));
        std::int64_t* const to =
            table(table_id::lives).at({static_cast<std::int32_t>(one.group), ratio, first});
        ++to[0];
        for (std::int32_t k = 0; k <= horizon; ++k) to[1 + k] += at(one, first + k).mrr.value_or(0);
    }

    void add_movement(const book_customer& one, std::int32_t first, std::int32_t month) {
        const auto before = at(one, month - 1).mrr, now = at(one, month).mrr;
        mrr_movement what = mrr_movement::churn;
        std::int64_t by = 0;
        if (!before && !now) return;
        if (!before) {
            what = month == first ? mrr_movement::new_customer : mrr_movement::reactivation;
            by = *now;
        } else if (!now) {
            by = *before;
        } else if (*now == *before) {
            return;
        } else {
            what = *now > *before ? mrr_movement::expansion : mrr_movement::contraction;
            by = *now > *before ? *now - *before : *before - *now;
        }
        std::int64_t* const to = table(table_id::movements).at({first, month}) +
                                 revenue_shape::movement_cell(one.group) +
                                 2 * static_cast<std::size_t>(what);
        to[0] += 1;
        to[1] += by;
    }

    void add_retention(const book_customer& one, std::int32_t month) {
        const auto horizon = static_cast<std::int32_t>(shape_.horizon);
        const std::int64_t now = *at(one, month).mrr;
        const auto later = at(one, month + horizon).mrr;
        std::int64_t* const block = table(table_id::retention).at({month});
        const int level = at(one, month).level;
        const std::size_t first = out_.shape().revenue_levels()->first;
        for (const bool everybody : {true, false}) {
            if (!everybody && level == unseen) continue;
            std::int64_t* const to =
                block + revenue_shape::retention_cell(
                            everybody ? 0 : first + static_cast<std::size_t>(level), one.group);
            to[0] += 1;
            to[1] += now;
            if (!later) continue;
            to[2] += 1;
            to[3] += now;
            to[4] += *later;
            to[5] += std::min(now, *later);
        }
    }

    void add_moves(const book_customer& one, std::int32_t month) {
        const auto put = [](std::int64_t* to, std::int64_t before, std::int64_t after) {
            to[0] += 1;
            to[1] += before;
            to[2] += after;
            to[3] += std::max<std::int64_t>(0, after - before);
        };
        const std::size_t to = place(at(one, month));
        const std::int64_t after = at(one, month).mrr.value_or(0);
        for (std::size_t cycle = 0; cycle < move_cycles.size(); ++cycle) {
            const book_close& then = at(one, month - move_cycles[cycle]);
            const std::size_t from = place(then);
            if (from == shape_.outside() && to == shape_.outside()) continue;
            const std::int64_t before = then.mrr.value_or(0);
            if (cycle == 0) {
                put(table(table_id::moves).at({month}) + shape_.move_cell(from, to, one.group),
                    before, after);
            }
            for (const bool team : {false, true}) {
                const std::string& owner = team ? one.team : one.member;
                count_table& owners =
                    table(team ? table_id::moves_by_team : table_id::moves_by_member);
                const std::int32_t id = owner.empty() ? -1 : *owners.name_id(owner);
                std::int64_t* const block = owners.at({month, id});
                put(block + shape_.owner_move_cell(cycle, from, to), before, after);
                if (from == shape_.outside()) continue;
                std::int64_t* const mine = block + shape_.owner_cell(cycle, one.group);
                mine[0] += 1;
                mine[1] += before;
                mine[2] += to == shape_.outside() ? 0 : before;
                mine[3] += after;
            }
        }
    }

    evidence out_;
    std::vector<count_table>& tables_;
    const revenue_shape& shape_;
    std::int32_t last_ = 0;
};

inline evidence evidence_of(const plan& of, const std::vector<book_customer>& book) {
    return book_writer{of}.write(book);
}

inline nrr_finding found_in(const std::vector<book_customer>& book, int horizon = 2,
                            const nrr_options& options = {}, const std::string& study = "") {
    const plan plan = plan_of(nrr_model(horizon, study));
    return study_nrr(evidence_of(plan, book), options);
}

inline std::string cautions_of(const nrr_finding& found) {
    std::string out;
    for (const label& one : found.told.cautions) out += one.en + "\n";
    return out;
}

}  // namespace aiueo::testing
