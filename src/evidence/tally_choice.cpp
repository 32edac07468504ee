// evidence › tally_choice: the compiled loops of an instruction set.
#include "aiueo/evidence/tally_choice.hpp"

#include "evidence/tally_sets.hpp"

namespace aiueo {

const tally_table& tally_for(instruction_set isa) noexcept {
    switch (isa) {
    case instruction_set::portable: break;
#if defined(__x86_64__) && defined(__GNUC__)
    case instruction_set::x86_64_v2: return detail::tally_v2;
    case instruction_set::x86_64_v3: return detail::tally_v3;
    case instruction_set::x86_64_v4: return detail::tally_v4;
#else
    case instruction_set::x86_64_v2:
    case instruction_set::x86_64_v3:
    case instruction_set::x86_64_v4: break;
#endif
    }
    return portable_tally;
}

}  // namespace aiueo
