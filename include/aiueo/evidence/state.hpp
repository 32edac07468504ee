// evidence › state: evidence as bytes, and back. … ─► score ─► evidence
//
// The same counts are the same bytes, however customers were divided, ordered and merged. Compiled:
// needs aiueo::aiueo.
//
//   8 bytes  "aiueoEV" and 0
//   u32      evidence_state_version
//   u32      0
//   32 bytes counted::fingerprint()
//   u64      bytes of what follows, up to the check sum
//   tables in the order of counted::tables(), each:
//            names: their number, then each its length and its bytes, ascending
//            blocks: their number, then each its key and its integers, ascending by key
//   u64      SipHash-1-3 with the key 0 of everything before
//
// u32 and u64 are little-endian; numbers between are LEB128. A part of a key is written + 1, since
// −1 is "unknown". A block's integers are runs: how many zeros, how many others, then those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "aiueo/base/error.hpp"
#include "aiueo/evidence/evidence.hpp"

namespace aiueo {

inline constexpr std::uint32_t evidence_state_version = 6;

struct state_limits {
    /// Integers of all blocks together: 8 bytes each in memory. A small file can name many blocks.
    std::uint64_t max_integers = std::uint64_t{1} << 27;
};

/// Errors: invalid_state (see evidence::usable()), bad_state (more was merged than there can be:
/// what read_state() would say of the bytes).
[[nodiscard]] result<std::string> write_state(evidence& from);

/// What write_state() made, for a plan that counts the same. Nothing is believed: lengths, order,
/// ranges, the check sum, and that tables which count the same ends agree.
/// Errors: bad_state (what is wrong, and at which byte), invalid_argument (of another model),
/// unsupported (a later version), limit_exceeded.
[[nodiscard]] result<evidence> read_state(const plan& of, std::string_view bytes,
                                          const state_limits& limits = {},
                                          evidence_options options = {});

namespace detail {

/// Do the tables say the same wherever they count the same ends? bad_state says where not.
[[nodiscard]] status check_tables(const counted& shape, const std::vector<count_table>& tables);

}  // namespace detail
}  // namespace aiueo
