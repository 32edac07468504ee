// evidence › ranks: which rank the members of the team gave each customer, and when.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/error.hpp"
#include "aiueo/base/number.hpp"
#include "aiueo/base/suggest.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/table/customer_rows.hpp"

namespace aiueo {

struct rank_entry {
    std::int32_t as_of = 0;              ///< days since 1970-01-01
    std::int32_t rank = 0;               ///< index into the model's ranks, worst first
    std::int32_t by = dictionary::none;  ///< id of the member; −1 = nobody named
    friend bool operator==(const rank_entry&, const rank_entry&) = default;
};

/// One row as it is written. An empty `by` names nobody.
struct rank_row {
    std::int32_t as_of = INT32_MIN;
    std::string_view rank{};
    std::string_view by{};
};

/// The ranks of each customer by (as_of, by). Made for a model's ranks (study.ranks) and time zone.
/// Ids of members are those of finish(): in byte order of the names, so the same for every order of
/// rows.
class rank_history : public customer_rows<rank_entry> {
public:
    explicit rank_history(std::vector<std::string> ranks, time_zone zone)
        : customer_rows("ranks"), zone_(std::move(zone)), ranks_(std::move(ranks)) {}

    /// One row; `row` is for messages, from 0, and −1 if there is none. INT32_MIN is no date.
    /// Blanks around a rank do not count. Errors: bad_value (a rank that the model has not, with
    /// the nearest), limit_exceeded (the length of a key or a member's name, the number of
    /// customers), invalid_state after finish(). After an error nothing was added.
    status add(std::string_view customer, const rank_row& one, std::int64_t row) {
        if (status ok = check_customer(customer, row); !ok) return ok;
        if (one.as_of == INT32_MIN) {
            return fail(errc::bad_value, "is empty; every rank has the date on which it was given",
                        customer, row, "as_of");
        }
        if (!is_text_day(one.as_of))
            return fail(errc::bad_value, no_text_day(one.as_of), customer, row, "as_of");
        const auto rank = find_rank(customer, one.rank, row);
        if (!rank) return rank.error();
        if (status ok = check_name(one.by, customer, row, "by"); !ok) return ok;
        std::int32_t by = dictionary::none;
        if (!one.by.empty()) {
            by = members_.intern(one.by);
            if (by == dictionary::none) {
                return fail(errc::limit_exceeded, "is one member too many", customer, row, "by");
            }
        }
        return insert(customer, {one.as_of, *rank, by}, row);
    }

    /// Sorts what was added. Call once, after the last row.
    /// Errors: duplicate_row (the same customer, as_of and by twice), then nothing is held;
    /// invalid_state if it was called before.
    status finish() {
        if (!open()) return not_open();
        const std::vector<std::int32_t> fresh = detail::sort_ids(members_);
        change_each([&fresh](rank_entry& one) {
            if (one.by >= 0) one.by = fresh[static_cast<std::size_t>(one.by)];
        });
        const auto key = [](const rank_entry& one) { return std::tuple{one.as_of, one.by}; };
        return sort([key](const rank_entry& a, const rank_entry& b) { return key(a) < key(b); },
                    [this](const pending& a, const pending& b) {
                        return std::optional<error>{twice(a, b)};
                    });
    }

    /// The model's ranks, worst first.
    [[nodiscard]] const std::vector<std::string>& ranks() const noexcept { return ranks_; }
    [[nodiscard]] const dictionary& members() const noexcept { return members_; }
    [[nodiscard]] const time_zone& zone() const noexcept { return zone_; }

    /// As that of every history.
    template <class fill_type>
    status all_or_nothing(fill_type fill) {
        const std::size_t members = members_.size();
        status done = customer_rows::all_or_nothing(std::move(fill));
        if (!done && open()) detail::keep_first(members_, members);
        return done;
    }

private:
    [[nodiscard]] result<std::int32_t> find_rank(std::string_view customer, std::string_view text,
                                                 std::int64_t row) const {
        const std::string_view wanted = trim_blanks(text);
        if (wanted.empty()) {
            return fail(errc::bad_value, "is empty; every row gives a rank", customer, row, "rank");
        }
        const auto found = std::find(ranks_.begin(), ranks_.end(), wanted);
        if (found != ranks_.end()) return static_cast<std::int32_t>(found - ranks_.begin());
        std::string message = quoted(wanted) + " is not a rank of the model";
        if (ranks_.empty()) message += ", which has none; list them in study.ranks, worst first";
        return fail(errc::bad_value, message + did_you_mean(wanted, ranks_), customer, row, "rank");
    }

    [[nodiscard]] error twice(const pending& a, const pending& b) const {
        std::string message = "this customer already has a rank for " + format_date(b.one.as_of);
        if (b.one.by >= 0) message += " by " + quoted(members_.text(b.one.by));
        if (a.row >= 0) message += ", row " + std::to_string(a.row + 1);
        message += "; a member gives a customer one rank a day";
        return fail(errc::duplicate_row, std::move(message), key_of(b), b.row);
    }

    time_zone zone_;
    std::vector<std::string> ranks_;
    dictionary members_;
};

}  // namespace aiueo
