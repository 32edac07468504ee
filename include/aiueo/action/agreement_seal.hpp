// action › agreement_seal: stages that nobody sees until all ranks are given.
// … ─► evidence ─► study ─► action
//
// A rank is the member's own if it was given before the stage was known. So the stages are sealed
// first: one digest of all of them goes into a file, the customers without a stage onto a sheet.
// When the sheet is filled in, the seal is opened: the stages must be those that were sealed, and
// only then is anything said about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/json_writer.hpp"
#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/ranks.hpp"
#include "aiueo/score/batch.hpp"
#include "aiueo/score/scores.hpp"
#include "aiueo/study/agreement.hpp"

namespace aiueo {

/// "As of the latest snapshot".
inline constexpr std::int32_t latest_snapshot = INT32_MIN;
inline constexpr std::size_t min_nonce_bytes = 16;
inline constexpr std::size_t max_nonce_bytes = 256;

/// What the seal's file holds: no stage, and no digest of one customer's, which could be guessed.
struct agreement_seal {
    std::string model;   ///< its fingerprint
    std::string ladder;  ///< the first
    std::int32_t as_of = 0;
    std::int64_t customers = 0;
    std::string nonce;
    /// SHA-256, in hex, of "aiueo seal 1", nonce, model, ladder, as_of, and of the customers in
    /// byte order with the names of their stages; written as a fingerprint's bytes are.
    std::string commitment;
};

struct sealed_stages {
    agreement_seal seal;
    std::vector<std::string> customers;  ///< in byte order: the sheet that members fill in
};

/// Seals the stages of all customers with a snapshot in [as_of − 31, as_of], by the latest one.
/// `given`: scores of these rows without overrides. `nonce`: from the caller's source of random
/// numbers, 16 to 256 printable ASCII characters.
/// Errors: invalid_argument (scores of another kind, the nonce, a model without ladder or ranks, no
/// customer), bad_column (no customer or date), bad_value, duplicate_row (a customer's date twice).
[[nodiscard]] result<sealed_stages> seal_agreement(const batch& rows, const scores& given,
                                                   std::string_view nonce,
                                                   std::int32_t as_of = latest_snapshot);

/// A rank beside its stage.
struct opened_rank {
    std::string customer;
    std::int32_t rank = 0;
    std::int32_t stage = 0;
    std::string by;                   ///< empty: nobody named
    std::optional<std::int32_t> end;  ///< of the first contract or trial that ends within 90 days
    fate became = fate::none;
};

struct agreement_opening {
    agreement_seal seal;
    std::int64_t ranks = 0;
    bool contracts_given = false;
    agreement_finding found;
    /// Rank and stage differ; the furthest apart first. Empty where they are not as many.
    std::vector<opened_rank> disagreements;
    /// Ranked in the upper half, at a stage in the lower, and ending within 90 days; the next end
    /// first.
    std::vector<opened_rank> surprises;
};

/// Opens the seal, a text that write_json() wrote. `ranks`: finished, each given on the seal's day
/// or later. `contracts`: finished, or none.
/// Errors: bad_json, bad_value (not a seal; a rank from before it, or of a customer who was not
/// sealed), unsupported (a later version), duplicate_row (two ranks of one member), invalid_state
/// (ranks are missing: of how many and of whom), invalid_argument (the model, or the stages, are
/// not those that were sealed), and those of seal_agreement(). No error tells a stage.
[[nodiscard]] result<agreement_opening> open_agreement(const batch& rows, const scores& given,
                                                       const rank_history& ranks,
                                                       std::string_view seal,
                                                       const contract_history* contracts = nullptr);

/// By schema/agreement_seal.schema.json.
void write_json(json_writer& out, const agreement_seal& seal);
/// [{"customer", "as_of", "rank": null, "by": null}], what the members fill in.
void write_sheet(json_writer& out, const sealed_stages& sealed);
/// By schema/agreement_opening.schema.json.
void write_json(json_writer& out, const agreement_opening& opened);

}  // namespace aiueo
