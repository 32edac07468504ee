// capi › evidence: history counted, merged, written, read and studied.
#include "aiueo/evidence/evidence.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/base/utf8.hpp"
#include "aiueo/evidence/state.hpp"
#include "aiueo/study/registry.hpp"

#include "evidence_handles.hpp"
#include "guard.hpp"

namespace {

using namespace aiueo;

status read_evidence_options(const aiueo_evidence_options* given, evidence_options& out,
                             state_limits& limits) {
    aiueo_evidence_options from{};
    if (status ok = capi::read_options(given, "aiueo_evidence_options", from); !ok) return ok;
    if (status ok = capi::check_flags(from.flags, AIUEO_EVIDENCE_DROP_LEAKS, "flags"); !ok) {
        return ok;
    }
    out.drop_leaks = (from.flags & AIUEO_EVIDENCE_DROP_LEAKS) != 0;
    if (from.max_integers != 0) limits.max_integers = from.max_integers;
    return {};
}

/// For reading it.
status require_usable(const aiueo_evidence* evidence) {
    if (status ok = capi::require(evidence, "evidence"); !ok) return ok;
    return evidence->counts.usable();
}

/// `what`: "contracts count", "ledger counts".
template <class Rows>
status require_same_money(const aiueo_evidence& evidence, const Rows& rows, const char* what) {
    const int wanted = evidence.plan->model().minor_digits;
    const int found = rows.history.minor_digits();
    if (found == wanted) return {};
    return capi::invalid("the " + std::string{what} + " money with " + std::to_string(found) +
                         " digits after the point, the model with " + std::to_string(wanted) +
                         "; make them for this plan");
}

status require_all_rows(const aiueo_initiatives& initiatives) {
    if (status ok = capi::require_finished(*initiatives.held); !ok) return ok;
    if (initiatives.held->log) return {};
    return make_error(errc::invalid_state,
                      "the initiatives hold only what the model counts; call "
                      "aiueo_initiatives_keep_all() before the first row is added");
}

std::string list_of(const std::vector<std::string>& ranks) {
    if (ranks.empty()) return "no ranks";
    std::string out = "the ranks ";
    for (std::size_t k = 0; k < ranks.size(); ++k)
        out += (k == 0 ? "" : ", ") + aiueo::quoted(ranks[k]);
    return out;
}

status require_same_ranks(const aiueo_evidence& evidence, const aiueo_ranks& ranks) {
    const std::vector<std::string>& wanted = evidence.plan->model().study.ranks;
    if (ranks.history.ranks() == wanted) return {};
    return capi::invalid("the ranks were prepared for another plan: its model has " +
                         list_of(ranks.history.ranks()) + ", that of the evidence " +
                         list_of(wanted));
}

status read_data_until(const aiueo_histories& from, std::int32_t& out) {
    if (from.has_data_until == 0) return {};
    if (from.has_data_until != 1) return capi::invalid("has_data_until is neither 0 nor 1");
    if (from.data_until < min_text_day || from.data_until > max_text_day) {
        return capi::invalid("data_until is " + std::to_string(from.data_until) +
                             "; dates are days since 1970-01-01, from the year 1 to 9999");
    }
    out = from.data_until;
    return {};
}

/// Checks what the caller gave, and hands it to `work`, a function of histories.
template <class Work>
status with_histories(const aiueo_evidence& evidence, const aiueo_histories& from, Work work) {
    if (status ok = capi::require(from.contracts, "contracts"); !ok) return ok;
    if (status ok = capi::require_finished(*from.contracts); !ok) return ok;
    if (status ok = require_same_money(evidence, *from.contracts, "contracts count"); !ok)
        return ok;
    histories known{from.contracts->history};
    if (from.initiatives != nullptr) {
        if (status ok = require_all_rows(*from.initiatives); !ok) return ok;
        known.initiatives = &*from.initiatives->held->log;
    }
    if (from.ranks != nullptr) {
        if (status ok = capi::require_finished(*from.ranks); !ok) return ok;
        if (status ok = require_same_ranks(evidence, *from.ranks); !ok) return ok;
        known.ranks = &from.ranks->history;
    }
    if (from.ledger != nullptr) {
        if (status ok = capi::require_finished(*from.ledger); !ok) return ok;
        if (status ok = require_same_money(evidence, *from.ledger, "ledger counts"); !ok) return ok;
        known.ledger = &from.ledger->history;
    }
    if (status ok = read_data_until(from, known.data_until); !ok) return ok;
    return work(known);
}

status read_histories(const aiueo_histories* given, aiueo_histories& out) {
    if (status ok = capi::require(given, "histories"); !ok) return ok;
    if (status ok = capi::read_options(given, "aiueo_histories", out); !ok) return ok;
    if (out.reserved == 0) return {};
    return make_error(errc::unsupported, "reserved of aiueo_histories is not 0");
}

status count(aiueo_evidence* evidence, const aiueo_batch* batch, const aiueo_scores* scores,
             const aiueo_histories& from) {
    if (status ok = capi::require(evidence, "evidence"); !ok) return ok;
    if (status ok = capi::require(batch, "batch"); !ok) return ok;
    if (status ok = capi::require(scores, "scores"); !ok) return ok;
    return with_histories(*evidence, from, [&](const histories& known) {
        return evidence->counts.update(batch->rows, scores->values, known);
    });
}

std::string counts_json(const evidence& of) {
    std::string text;
    json_writer out{text};
    out.begin_object();
    for (auto one = total::rows; one < total::due;
         one = static_cast<total>(static_cast<std::uint8_t>(one) + 1))
        out.member(name_of(one), of.count(one));
    out.end_object();
    return text;
}

}  // namespace

extern "C" int32_t aiueo_evidence_new(const aiueo_plan* plan, const aiueo_evidence_options* options,
                                      aiueo_evidence** out, aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        evidence_options given;
        state_limits limits;
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        if (status ok = read_evidence_options(options, given, limits); !ok) return ok;
        *out = std::make_unique<aiueo_evidence>(plan->held, evidence{*plan->held, given}).release();
        return {};
    });
}

extern "C" int32_t aiueo_evidence_update(aiueo_evidence* evidence, const aiueo_batch* batch,
                                         const aiueo_scores* scores,
                                         const aiueo_contracts* contracts, aiueo_error* error) {
    return capi::guarded(error, [&] {
        aiueo_histories from{};
        from.contracts = contracts;
        return count(evidence, batch, scores, from);
    });
}

extern "C" int32_t aiueo_evidence_update_from(aiueo_evidence* evidence, const aiueo_batch* batch,
                                              const aiueo_scores* scores,
                                              const aiueo_histories* histories,
                                              aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        aiueo_histories from{};
        if (status ok = read_histories(histories, from); !ok) return ok;
        return count(evidence, batch, scores, from);
    });
}

extern "C" int32_t aiueo_evidence_count_unseen(aiueo_evidence* evidence,
                                               const aiueo_histories* histories,
                                               aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        aiueo_histories from{};
        if (status ok = capi::require(evidence, "evidence"); !ok) return ok;
        if (status ok = read_histories(histories, from); !ok) return ok;
        return with_histories(*evidence, from, [&](const aiueo::histories& known) {
            return evidence->counts.count_unseen(known);
        });
    });
}

extern "C" int32_t aiueo_evidence_merge(aiueo_evidence* evidence, const aiueo_evidence* other,
                                        aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        if (status ok = capi::require(evidence, "evidence"); !ok) return ok;
        if (status ok = capi::require(other, "other"); !ok) return ok;
        return evidence->counts.merge(other->counts);
    });
}

extern "C" int32_t aiueo_evidence_write(aiueo_evidence* evidence, char* out, size_t capacity,
                                        size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = capi::require(evidence, "evidence"); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        auto bytes = write_state(evidence->counts);
        if (!bytes) return std::move(bytes).error();
        return target.put(*bytes);
    });
}

extern "C" int32_t aiueo_evidence_read(const aiueo_plan* plan, const void* bytes, size_t size,
                                       const aiueo_evidence_options* options, aiueo_evidence** out,
                                       aiueo_error* error) {
    return capi::guarded_new(out, error, [&]() -> status {
        std::string_view state;
        evidence_options given;
        state_limits limits;
        if (status ok = capi::require(plan, "plan"); !ok) return ok;
        if (status ok = capi::read_text(static_cast<const char*>(bytes), size, "bytes", state); !ok)
            return ok;
        if (status ok = read_evidence_options(options, given, limits); !ok) return ok;
        auto read = read_state(*plan->held, state, limits, given);
        if (!read) return std::move(read).error();
        *out = std::make_unique<aiueo_evidence>(plan->held, *std::move(read)).release();
        return {};
    });
}

extern "C" int32_t aiueo_evidence_counts(const aiueo_evidence* evidence, char* out, size_t capacity,
                                         size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        if (status ok = require_usable(evidence); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        return target.put(counts_json(evidence->counts));
    });
}

extern "C" const char* aiueo_study_name(int32_t number) {
    const auto all = studies();
    if (number < 0 || static_cast<std::size_t>(number) >= all.size()) return nullptr;
    // The names are literals, so they end with a zero.
    return all[static_cast<std::size_t>(number)].name.data();
}

extern "C" int32_t aiueo_evidence_study(const aiueo_evidence* evidence, const char* name,
                                        size_t name_length, const char* options,
                                        size_t options_length, char* out, size_t capacity,
                                        size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        std::string_view called;
        std::string_view given;
        if (status ok = require_usable(evidence); !ok) return ok;
        if (status ok = capi::read_text(name, name_length, "name", called); !ok) return ok;
        if (status ok = capi::read_text(options, options_length, "options", given); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        auto found = run_study(evidence->counts, called, given);
        if (!found) return std::move(found).error();
        return target.put(*found);
    });
}

extern "C" void aiueo_evidence_free(aiueo_evidence* evidence) { capi::let_go(evidence); }
