// study › initiative_finding: what study_initiative() returns, and its JSON.
// … ─► evidence ─► study
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/study/outcomes.hpp"

namespace aiueo {

/// Those of one stage at the window's start.
struct initiative_stage {
    std::string stage;  ///< empty: not known
    figure exposed;     ///< rate
    figure unexposed;
    bool carried = false;  ///< it has both, so that it is in the stratified difference
};

/// One initiative met in one way, beside the outcome. An association.
struct initiative_association {
    std::string initiative;
    std::string_view exposure;  ///< "invited", "attended", "responded", "attended and responded"
    bool judged = false;        ///< enough on both sides; else it has no p and is in no order
    bool reversed = false;      ///< crude and stratified say opposite things, beyond chance
    std::int64_t strata = 0;    ///< stages that carried the stratified difference
    figure exposed;             ///< rate of those who met it so
    figure unexposed;           ///< of all others
    figure crude;               ///< exposed − unexposed
    tested_figure stratified;   ///< the same within stages; n: of those that carried it
    std::vector<initiative_stage> stages;
};

/// Those who were drawn for an initiative against those who were held out of it.
struct initiative_effect {
    std::string initiative;
    bool judged = false;
    figure chosen;         ///< rate
    figure held;           ///< rate
    tested_figure effect;  ///< chosen − held
};

/// One variant of a call to action, or those to whom it was not sent.
struct call_variant {
    std::string variant;  ///< empty: none was named
    bool holdout = false;
    std::int64_t answered = 0;
    figure rate;               ///< of those that were sent
    tested_figure difference;  ///< rate − that of the hold-out
};

/// The variant with the highest rate against the one that comes next.
struct call_best {
    std::string variant;
    std::string next;
    tested_figure difference;
};

struct call_rates {
    std::string initiative;
    std::int32_t answer_days = 0;
    std::vector<call_variant> rows;  ///< the highest rate first; the hold-out last
    std::optional<call_best> best;
};

struct initiative_finding {
    contract_kind kind = contract_kind::contract;
    std::int32_t lead_days = 0;
    std::int32_t exposure_days = 0;
    bool each_once = false;  ///< no customer has two ends here
    std::int64_t customers = 0;
    std::int64_t ends = 0;
    std::int64_t known = 0;     ///< ends whose customers' initiatives are known
    std::int64_t unstaged = 0;  ///< of them without a stage at the window's start
    std::int64_t pending = 0;   ///< calls that there was no time to answer
    std::int64_t min_n = 0;
    double alpha = undefined;
    std::vector<initiative_association>
        initiatives;                         ///< judged ones first, the highest difference first
    std::vector<initiative_effect> effects;  ///< likewise
    std::vector<call_rates> calls;           ///< by name
    remarks told;
};

namespace detail {

inline void write(json_writer& out, const initiative_association& one) {
    out.begin_object().member("initiative", one.initiative).member("exposure", one.exposure);
    out.member("judged", one.judged).member("reversed", one.reversed).member("strata", one.strata);
    const auto put = [&out](std::string_view key, const auto& of) {
        out.key(key);
        write(out, of);
    };
    put("exposed", one.exposed);
    put("unexposed", one.unexposed);
    put("crude", one.crude);
    put("stratified", one.stratified);
    out.key("stages").begin_array();
    for (const initiative_stage& each : one.stages) {
        out.begin_object();
        out.key("stage");
        each.stage.empty() ? out.null() : out.string(each.stage);
        out.member("carried", each.carried);
        put("exposed", each.exposed);
        put("unexposed", each.unexposed);
        out.end_object();
    }
    out.end_array().end_object();
}

inline void write(json_writer& out, const initiative_effect& one) {
    out.begin_object().member("initiative", one.initiative).member("judged", one.judged);
    write(out, "chosen", one.chosen);
    write(out, "held_out", one.held);
    write(out, "effect", one.effect);
    out.end_object();
}

inline void write(json_writer& out, const call_rates& one) {
    out.begin_object().member("initiative", one.initiative);
    out.member("answer_days", one.answer_days).key("rows").begin_array();
    for (const call_variant& row : one.rows) {
        out.begin_object();
        out.member("variant", row.variant);
        out.member("holdout", row.holdout).member("answered", row.answered);
        write(out, "rate", row.rate);
        write(out, "difference", row.difference);
        out.end_object();
    }
    out.end_array();
    if (one.best) {
        out.key("best").begin_object();
        out.member("variant", one.best->variant);
        out.member("next", one.best->next);
        write(out, "difference", one.best->difference);
        out.end_object();
    }
    out.end_object();
}

}  // namespace detail

/// By schema/findings/initiative.schema.json.
inline void write_json(json_writer& out, const initiative_finding& found) {
    out.begin_object().member("study", "initiative").member("kind", name_of(found.kind));
    out.member("lead_days", found.lead_days)
        .member("exposure_days", found.exposure_days)
        .member("customers", found.customers)
        .member("ends", found.ends)
        .member("known", found.known)
        .member("without_stage", found.unstaged)
        .member("pending_calls", found.pending)
        .member("each_once", found.each_once)
        .member("min_n", found.min_n)
        .member("alpha", found.alpha);
    detail::write(out, found.told);
    const auto put = [&out](std::string_view key, const auto& rows) {
        out.key(key).begin_array();
        for (const auto& one : rows) detail::write(out, one);
        out.end_array();
    };
    put("initiatives", found.initiatives);
    put("effects", found.effects);
    put("calls", found.calls);
    out.end_object();
}

}  // namespace aiueo
