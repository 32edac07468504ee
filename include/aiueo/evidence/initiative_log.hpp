// evidence › initiative_log: all we did for each customer, whatever the model counts.
// base ─► table ─► model ─► score ─► evidence
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/time_zone.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/table/customer_rows.hpp"

namespace aiueo {

/// Days since 1970-01-01, no_date where the cell is empty.
struct initiative_entry {
    static constexpr std::int32_t no_date = INT32_MIN;

    std::int32_t initiative = 0;  ///< id of its name
    std::int32_t date = no_date;
    std::int32_t attended = no_date;
    std::int32_t responded = no_date;
    std::int32_t variant = dictionary::none;  ///< id of its name; −1 = none named
    bool holdout = false;                     ///< left out on purpose, to compare with
    friend bool operator==(const initiative_entry&, const initiative_entry&) = default;
};

/// One row as it is written. An empty `variant` names none.
struct initiative_row {
    std::string_view initiative{};
    std::int32_t date = initiative_entry::no_date;
    std::int32_t attended = initiative_entry::no_date;
    std::int32_t responded = initiative_entry::no_date;
    std::string_view variant{};
    bool holdout = false;
};

/// The initiatives of each customer by date (none first), then by all else. Ids of initiatives and
/// of variants are those of finish(): in byte order of the names, so the same for every order of
/// rows. Rows that are alike are all kept.
class initiative_log : public customer_rows<initiative_entry> {
public:
    static constexpr std::size_t most_names = 4096;  ///< different initiatives; and variants

    explicit initiative_log(time_zone zone)
        : customer_rows("initiatives"), zone_(std::move(zone)) {}

    /// One row; `row` is for messages, from 0, and −1 if there is none.
    /// Errors: bad_value, limit_exceeded (the length of a key or a name, the number of customers,
    /// initiatives or variants), invalid_state after finish(). After an error nothing was added.
    status add(std::string_view customer, const initiative_row& one, std::int64_t row) {
        if (status ok = check_customer(customer, row); !ok) return ok;
        if (one.initiative.empty()) {
            return fail(errc::bad_value, "is empty; every row names its initiative", customer, row,
                        "initiative");
        }
        if (status ok = check_name(one.initiative, customer, row, "initiative"); !ok) return ok;
        if (status ok = check_name(one.variant, customer, row, "variant"); !ok) return ok;
        for (const auto& [name, column] :
             {std::pair{one.initiative, "initiative"}, std::pair{one.variant, "variant"}}) {
            if (name.find('\x1F') == std::string_view::npos) continue;
            return fail(errc::bad_value,
                        quoted(name) +
                            " has the control character U+001F in it, which stands "
                            "between an initiative and its variant",
                        customer, row, column);
        }
        if (full(initiatives_, one.initiative)) {
            return fail(errc::limit_exceeded,
                        quoted(one.initiative) + " is one initiative too many; at most " +
                            std::to_string(most_names) + " different ones are held",
                        customer, row, "initiative");
        }
        if (!one.variant.empty() && full(variants_, one.variant)) {
            return fail(errc::limit_exceeded,
                        quoted(one.variant) + " is one variant too many; at most " +
                            std::to_string(most_names) + " different ones are held",
                        customer, row, "variant");
        }
        for (const auto& [column, day] : {std::pair{"date", one.date},
                                          {"attended", one.attended},
                                          {"responded", one.responded}}) {
            if (day == initiative_entry::no_date || is_text_day(day)) continue;
            return fail(errc::bad_value, no_text_day(day), customer, row, column);
        }
        initiative_entry kept;
        kept.initiative = initiatives_.intern(one.initiative);
        kept.date = one.date;
        kept.attended = one.attended;
        kept.responded = one.responded;
        if (!one.variant.empty()) kept.variant = variants_.intern(one.variant);
        kept.holdout = one.holdout;
        return insert(customer, kept, row);
    }

    /// Sorts what was added. Call once, after the last row. invalid_state if it was called before.
    status finish() {
        if (!open()) return not_open();
        const std::vector<std::int32_t> initiatives = detail::sort_ids(initiatives_);
        const std::vector<std::int32_t> variants = detail::sort_ids(variants_);
        change_each([&](initiative_entry& one) {
            one.initiative = initiatives[static_cast<std::size_t>(one.initiative)];
            if (one.variant >= 0) one.variant = variants[static_cast<std::size_t>(one.variant)];
        });
        const auto key = [](const initiative_entry& one) {
            return std::tuple{one.date,      one.initiative, one.attended,
                              one.responded, one.variant,    one.holdout};
        };
        return sort(
            [key](const initiative_entry& a, const initiative_entry& b) { return key(a) < key(b); },
            [](const pending&, const pending&) { return std::optional<error>{}; });
    }

    [[nodiscard]] const dictionary& initiatives() const noexcept { return initiatives_; }
    [[nodiscard]] const dictionary& variants() const noexcept { return variants_; }
    [[nodiscard]] const time_zone& zone() const noexcept { return zone_; }

    /// As that of every history.
    template <class fill_type>
    status all_or_nothing(fill_type fill) {
        const std::size_t initiatives = initiatives_.size();
        const std::size_t variants = variants_.size();
        status done = customer_rows::all_or_nothing(std::move(fill));
        if (!done && open()) {
            detail::keep_first(initiatives_, initiatives);
            detail::keep_first(variants_, variants);
        }
        return done;
    }

private:
    [[nodiscard]] static bool full(const dictionary& names, std::string_view name) noexcept {
        return names.size() >= most_names && names.find(name) == dictionary::none;
    }

    time_zone zone_;
    dictionary initiatives_;
    dictionary variants_;
};

}  // namespace aiueo
