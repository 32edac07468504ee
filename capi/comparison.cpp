// capi › comparison: a proposed model beside the one in use.
#include <string>
#include <utility>

#include "aiueo/action/comparison_json.hpp"

#include "evidence_handles.hpp"
#include "guard.hpp"

namespace {

using namespace aiueo;

constexpr std::int64_t most_movers = 10000;

status read_comparison(const aiueo_comparison_options& given, comparison_sides& sides,
                       comparison_options& out) {
    if (given.movers < -1 || given.movers > most_movers) {
        return capi::invalid("movers is " + std::to_string(given.movers) +
                             "; from -1 (none) to 10000 are told");
    }
    if (given.kind != AIUEO_CONTRACT && given.kind != AIUEO_TRIAL) {
        return capi::invalid("kind is " + std::to_string(given.kind) +
                             "; give AIUEO_CONTRACT or AIUEO_TRIAL");
    }
    if (given.movers != 0)
        out.movers = given.movers < 0 ? 0 : static_cast<std::size_t>(given.movers);
    out.kind = given.kind == AIUEO_TRIAL ? contract_kind::trial : contract_kind::contract;
    if (given.current_seen != nullptr) sides.current_seen = &given.current_seen->counts;
    if (given.proposed_seen != nullptr) sides.proposed_seen = &given.proposed_seen->counts;
    return {};
}

}  // namespace

extern "C" int32_t aiueo_comparison(const aiueo_batch* current, const aiueo_batch* proposed,
                                    const aiueo_comparison_options* options, char* out,
                                    size_t capacity, size_t* needed, aiueo_error* error) {
    return capi::guarded(error, [&]() -> status {
        const capi::text_target target{out, capacity, needed};
        aiueo_comparison_options given{};
        comparison_sides sides;
        comparison_options with;
        if (status ok = capi::require(current, "current"); !ok) return ok;
        if (status ok = capi::require(proposed, "proposed"); !ok) return ok;
        if (status ok = capi::read_options(options, "aiueo_comparison_options", given); !ok)
            return ok;
        if (status ok = read_comparison(given, sides, with); !ok) return ok;
        if (status ok = target.check(); !ok) return ok;
        sides.current = current->plan.get();
        sides.current_rows = &current->rows;
        sides.proposed = proposed->plan.get();
        sides.proposed_rows = &proposed->rows;
        // A scorer may free all of them.
        const capi::in_use kept_current{current};
        const capi::in_use kept_proposed{proposed};
        const capi::in_use kept_current_seen{given.current_seen};
        const capi::in_use kept_proposed_seen{given.proposed_seen};
        const auto found = compare_models(sides, with);
        if (!found) return found.error();
        std::string text;
        json_writer to{text};
        write_json(to, *found);
        return target.put(text);
    });
}
