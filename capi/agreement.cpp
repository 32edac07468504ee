// capi › agreement: stages sealed, and opened when all ranks are given.
#include <string>
#include <string_view>
#include <utility>

#include "aiueo/action/agreement_seal.hpp"
#include "aiueo/base/json_writer.hpp"

#include "evidence_handles.hpp"
#include "guard.hpp"

namespace {

using namespace aiueo;

static_assert(latest_snapshot == AIUEO_NO_DATE);

status require_rows(const aiueo_batch* batch, const aiueo_scores* scores) {
    if (status ok = capi::require(batch, "batch"); !ok) return ok;
    return capi::require(scores, "scores");
}

}  // namespace

extern "C" int32_t aiueo_agreement_seal(const aiueo_batch* batch, const aiueo_scores* scores,
                                        int32_t as_of, const char* nonce, size_t nonce_length,
                                        char* out, size_t capacity, size_t* needed,
                                        aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        std::string_view random;
        if (status ok = require_rows(batch, scores); !ok) return ok;
        if (status ok = capi::read_text(nonce, nonce_length, "nonce", random); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        const auto sealed = seal_agreement(batch->rows, scores->values, random, as_of);
        if (!sealed) return sealed.error();
        std::string text;
        json_writer to{text};
        to.begin_object().key("seal");
        write_json(to, sealed->seal);
        to.key("sheet");
        write_sheet(to, *sealed);
        to.end_object();
        return target.put(text);
    });
}

extern "C" int32_t aiueo_agreement_open(const aiueo_batch* batch, const aiueo_scores* scores,
                                        const aiueo_ranks* ranks, const aiueo_contracts* contracts,
                                        const char* seal, size_t seal_length, char* out,
                                        size_t capacity, size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        std::string_view sealed;
        if (status ok = require_rows(batch, scores); !ok) return ok;
        if (status ok = capi::require(ranks, "ranks"); !ok) return ok;
        if (status ok = capi::require_finished(*ranks); !ok) return ok;
        if (contracts != nullptr) {
            if (status ok = capi::require_finished(*contracts); !ok) return ok;
        }
        if (status ok = capi::read_text(seal, seal_length, "seal", sealed); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        const auto opened = open_agreement(batch->rows, scores->values, ranks->history, sealed,
                                           contracts == nullptr ? nullptr : &contracts->history);
        if (!opened) return opened.error();
        std::string text;
        json_writer to{text};
        write_json(to, *opened);
        return target.put(text);
    });
}
