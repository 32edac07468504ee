// A state of evidence in the tree: the same histories are the same bytes on every machine, whatever
// its order of bytes, and what another machine or an earlier build of this version wrote is read.
//
// Whether the counts are right is for tests/unit/evidence, which counts plainly. After a change of
// the format, with its new version: aiueo_golden "[write]" makes the file anew.
#include <fstream>
#include <string>
#include <utility>

#include "aiueo/evidence/ledger.hpp"
#include "aiueo/study/registry.hpp"

#include "../unit/evidence/histories.hpp"
#include "golden.hpp"

namespace {

using namespace aiueo;
using namespace aiueo::testing;

constexpr const char* model_file = "state/model.json";
constexpr const char* state_file = "state/counted.state";

plan golden_plan() {
    auto read = read_model(read_golden(model_file));
    if (!read) FAIL(read.error().to_string());
    auto out = compile(std::move(*read));
    if (!out) FAIL(out.error().to_string());
    return std::move(*out);
}

/// Snapshots, contracts, initiatives and a ledger of 16 customers, drawn with whole numbers alone.
std::string counted_bytes(const plan& of) {
    const told_history told = with_initiatives(made_history(16, 20261), 7);
    const contract_history contracts = history_of(told);
    const initiative_log log = log_of(told);
    ledger_history ledger{2, {}};
    std::int64_t row = 0;
    for (const auto& [customer, one] : told.contracts) {
        const std::int64_t mrr = one.mrr_before == no_money ? 700 : one.mrr_before;
        REQUIRE(ledger.add(customer, {one.start, one.end, mrr}, row++).ok());
    }
    REQUIRE(ledger.finish().ok());

    histories known{contracts};
    known.initiatives = &log;
    known.ledger = &ledger;
    known.data_until = 19'000;
    const counted_rows rows = bound_rows(of, told.rows);
    evidence out{of};
    REQUIRE(out.update(*rows.rows, *rows.given, known).ok());
    REQUIRE(out.count_unseen(known).ok());
    return bytes_of(out);
}

}  // namespace

TEST_CASE("golden evidence: the same histories are the same bytes on every machine") {
    const std::string counted = counted_bytes(golden_plan());
    const std::string golden = read_golden(state_file);
    CHECK(counted.size() == golden.size());
    // Not compared by CHECK, which would print both.
    const bool same = counted == golden;
    CHECK(same);
}

TEST_CASE("golden evidence: a state that was written elsewhere is read and studied") {
    const plan of = golden_plan();
    const std::string golden = read_golden(state_file);
    auto read = read_state(of, golden);
    if (!read) FAIL(read.error().to_string());
    CHECK(read->count(total::customer_months) > 100);
    const bool same = bytes_of(*read) == golden;
    CHECK(same);
    for (const study_entry& one : studies()) {
        const auto found = one.run(*read, {});
        if (!found) FAIL(one.name << ": " << found.error().to_string());
        CHECK_FALSE(found->empty());
    }
}

TEST_CASE("write the golden state", "[.][write]") {
    const std::string counted = counted_bytes(golden_plan());
    std::ofstream out{golden_path(state_file), std::ios::binary};
    out.write(counted.data(), static_cast<std::streamsize>(counted.size()));
    REQUIRE(out.good());
}
