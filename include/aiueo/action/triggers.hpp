// action › triggers: whom to send what today, each once. … ─► evidence ─► study ─► action
//
// A trigger is for the customers whose latest snapshot makes its condition true. One that already
// did what it is for (`success`) or was sent it in the same period is not listed again. The variant
// or hold-out is drawn by a hash of trigger and customer, the same in every run and runtime, so
// that the study "initiative" can compare them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/action/action_list.hpp"
#include "aiueo/model/sections.hpp"

namespace aiueo {

struct trigger_options {
    std::string trigger;  ///< empty: all of the model
    std::int32_t as_of = latest_day;
    bool holdouts = true;  ///< list those who are left out on purpose, too: they are recorded
};

/// The variant that a customer gets: its position in `of.variants`, or −1 for the hold-out (and for
/// a trigger without variants: then nobody or `of.holdout` of the customers are held out, and 0 is
/// everybody else). By SipHash-1-3 of "NAME", U+001F and the customer's key: the first 53 bits as a
/// share, the hold-out first, then the variants in the model's order.
[[nodiscard]] std::int32_t variant_of(const trigger& of, std::string_view customer);

/// A row for each customer and trigger, in the model's order of triggers, then in byte order of the
/// keys: key (the same in every run: trigger, period and customer), customer, initiative (the
/// trigger's name), date (as_of), variant, holdout, play, owner, channel, effort, reason, period
/// (the day of once_per; null where the trigger is for once in a customer's life), stage, mrr
/// (major units), member, team. A period begins on its day; one whose day is still to come began
/// with the contract, by the role contract_start, or, where that is not known, at the beginning.
/// Its first columns are those of an initiatives table: what was sent is recorded by adding the
/// rows to it. `in.with` is made by compile_to_act(). Errors: those of list_next(); not_found (the
/// trigger), invalid_argument (a plan that does not ask triggers).
[[nodiscard]] result<action_list> list_triggers(const action_inputs& in,
                                                const trigger_options& with = {});

}  // namespace aiueo
