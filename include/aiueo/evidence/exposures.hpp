// evidence › exposures: what was done for customers in a window before their ends, and who answered
// what was sent. … ─► score ─► evidence
//
// The window is as long for everybody: otherwise those who live longer would have had more of
// everything. What has no row did not happen; where no table was given, nothing is known, and
// nothing is counted.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/evidence/count_table.hpp"
#include "aiueo/evidence/counted.hpp"
#include "aiueo/evidence/initiative_log.hpp"
#include "aiueo/evidence/join.hpp"

namespace aiueo::detail {

/// The counts of one update, under the log's ids until fit() has said that the names have room.
class initiative_counts {
public:
    initiative_counts(const counted& shape, const initiative_log* log) : shape_(shape), log_(log) {
        if (log == nullptr) return;
        const dictionary& names = log->initiatives();
        seen_.resize(names.size());
        for (std::size_t k = 0; k < names.size(); ++k)
            days_.push_back(shape.response_days(names.text(static_cast<dictionary::id>(k))));
    }

    /// A decided end at the first lead. `stage`: at the window's start, −1 = unknown. `entries`:
    /// all of the customer, by date.
    void add_end(const observation& seen, std::int32_t stage,
                 std::span<const initiative_entry> entries) {
        look(seen, entries);
        const auto kind = static_cast<std::int32_t>(seen.end->kind);
        const bool kept = is_kept(*seen.end);
        const auto group = static_cast<std::size_t>(seen.group);
        const auto count = [&](std::int32_t initiative, exposure what) {
            std::vector<std::int64_t>& block = ends_[{kind, stage, initiative}];
            block.resize(exposures * 2 * evidence_groups);
            ++block[counted::exposure_cell(what, kept, group)];
        };
        count(unnamed, exposure::all);
        for (const std::int32_t initiative : met_) {
            facts& one = seen_[static_cast<std::size_t>(initiative)];
            if (one.dated) count(initiative, one.held ? exposure::held : exposure::chosen);
            if (one.invited) count(initiative, exposure::invited);
            if (one.attended) count(initiative, exposure::attended);
            if (one.responded) count(initiative, exposure::responded);
            if (one.attended && one.responded) count(initiative, exposure::both);
            one = {};
        }
        met_.clear();
    }

    /// All entries of a customer that was last seen on a day. A call counts when its time to answer
    /// was over by then.
    void add_calls(std::span<const initiative_entry> entries, std::int32_t last_seen,
                   std::int32_t group) {
        for (const initiative_entry& one : entries) {
            if (one.date == initiative_entry::no_date) continue;
            const std::int64_t until =
                std::int64_t{one.date} + days_[static_cast<std::size_t>(one.initiative)];
            if (until > last_seen) {
                ++pending_;
                continue;
            }
            const bool answered = one.responded >= one.date && one.responded <= until;
            std::vector<std::int64_t>& block =
                calls_[{one.initiative, one.variant, month_of(one.date)}];
            block.resize(std::size_t{evidence_groups} * call_fields);
            const auto count = [&](call_field field) {
                ++block[counted::call_cell(static_cast<std::size_t>(group), field)];
            };
            count(one.holdout ? call_field::held : call_field::sent);
            if (answered) count(one.holdout ? call_field::held_answered : call_field::answered);
        }
    }

    [[nodiscard]] std::int64_t pending() const noexcept { return pending_; }

    /// Do the names that are new fit into the tables? limit_exceeded names the table.
    [[nodiscard]] status fit(const std::vector<count_table>& tables) const {
        if (status ok = fit(tables[number_of(table_id::initiatives)], ends_,
                            [this](const auto& key) { return initiative_name(key[2]); });
            !ok)
            return ok;
        return fit(tables[number_of(table_id::calls)], calls_,
                   [this](const auto& key) { return call_name(key); });
    }

    /// After fit() said yes.
    void count(std::vector<count_table>& tables) const {
        count_table& ends = tables[number_of(table_id::initiatives)];
        for (const auto& [key, block] : ends_) {
            const std::string_view name = initiative_name(key[2]);
            add(block, ends.at({key[0], key[1], name.empty() ? unnamed : *ends.name_id(name)}));
        }
        count_table& calls = tables[number_of(table_id::calls)];
        for (const auto& [key, block] : calls_)
            add(block, calls.at({*calls.name_id(call_name(key)), key[2]}));
    }

private:
    using key_of_three = std::array<std::int32_t, 3>;
    using blocks = std::map<key_of_three, std::vector<std::int64_t>>;
    static constexpr std::int32_t unnamed = -1;

    struct facts {
        std::int32_t first = 0;  ///< the first date in the window
        bool dated = false, held = false, invited = false, attended = false, responded = false;
    };

    [[nodiscard]] static std::size_t number_of(table_id which) noexcept {
        return static_cast<std::size_t>(which);
    }

    /// Fills seen_ for the initiatives in met_.
    void look(const observation& seen, std::span<const initiative_entry> entries) {
        const std::int64_t after = std::int64_t{seen.cutoff} - shape_.model().study.exposure_days;
        const auto within = [&](std::int32_t day) { return day > after && day <= seen.cutoff; };
        for (const initiative_entry& one : entries) {
            const bool dated = within(one.date), attended = within(one.attended),
                       responded = within(one.responded);
            if (!dated && !attended && !responded) continue;
            facts& to = seen_[static_cast<std::size_t>(one.initiative)];
            if (!to.dated && !to.attended && !to.responded) met_.push_back(one.initiative);
            if (dated) {
                if (!to.dated) to.first = one.date;
                to.dated = true;
                to.held = to.held || (one.holdout && one.date == to.first);
                to.invited = to.invited || !one.holdout;
            }
            to.attended = to.attended || attended;
            to.responded = to.responded || responded;
        }
    }

    /// Empty of `unnamed`, and of that alone.
    [[nodiscard]] std::string_view initiative_name(std::int32_t id) const noexcept {
        return id == unnamed ? std::string_view{} : log_->initiatives().text(id);
    }
    [[nodiscard]] std::string call_name(const key_of_three& key) const {
        std::string out{initiative_name(key[0])};
        out += call_separator;
        if (key[1] >= 0) out += log_->variants().text(key[1]);
        return out;
    }

    template <class Name>
    [[nodiscard]] static status fit(const count_table& to, const blocks& from, const Name& name) {
        std::set<std::string, std::less<>> names;
        for (const auto& one : from) {
            const auto text = name(one.first);
            if (!text.empty()) names.emplace(text);
        }
        return to.can_name(names);
    }

    static void add(const std::vector<std::int64_t>& block, std::int64_t* to) noexcept {
        for (std::size_t k = 0; k < block.size(); ++k) to[k] += block[k];
    }

    const counted& shape_;
    const initiative_log* log_;
    std::vector<std::int32_t> days_;  ///< to answer, by initiative
    std::vector<facts> seen_;         ///< by initiative; those not in met_ are empty
    std::vector<std::int32_t> met_;
    blocks ends_;   ///< kind, stage, initiative
    blocks calls_;  ///< initiative, variant, month
    std::int64_t pending_ = 0;
};

}  // namespace aiueo::detail
