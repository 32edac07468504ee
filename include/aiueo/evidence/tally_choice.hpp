// evidence › tally_choice: which instruction set counts. … ─► score ─► evidence
#pragma once

#include "aiueo/evidence/tally.hpp"
#include "aiueo/evidence/tally_types.hpp"

namespace aiueo {

/// The loops that headers alone give: what the compiler makes of them for its own target.
inline constexpr tally_table portable_tally =
    tally::portable::make_table(instruction_set::portable);

#ifdef AIUEO_COMPILED  // defined for whoever links aiueo::aiueo
/// Those compiled for the instruction set, which is one that scores: what it names can run here.
[[nodiscard]] const tally_table& tally_for(instruction_set isa) noexcept;
#else
[[nodiscard]] inline const tally_table& tally_for(instruction_set) noexcept {
    return portable_tally;
}
#endif

}  // namespace aiueo
