// The calls of contracts, ledger, ranks, evidence and sealed agreement that test_injection.cpp lets
// fail.
#include <string_view>

#include "scenarios.hpp"

namespace capi_test {

namespace {

// Evidence of the three customers.
owned<aiueo_evidence> counted(const aiueo_plan* plan) {
    auto out = new_evidence(plan);
    const auto batch = full_batch(plan);
    const auto scores = new_scores(plan, AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES);
    const auto contracts = some_contracts(plan);
    must(aiueo_plan_score(plan, batch.get(), 0, row_count, scores.get(), nullptr));
    must(aiueo_evidence_update(out.get(), batch.get(), scores.get(), contracts.get(), nullptr));
    return out;
}

// Of their snapshots with what `known` says.
std::int32_t update_from(aiueo_evidence* seen, const aiueo_plan* plan,
                         const aiueo_histories& known) {
    const auto batch = full_batch(plan);
    const auto scores = new_scores(plan, AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES);
    must(aiueo_plan_score(plan, batch.get(), 0, row_count, scores.get(), nullptr));
    return aiueo_evidence_update_from(seen, batch.get(), scores.get(), &known, nullptr);
}

aiueo_histories histories_of(const aiueo_contracts* contracts) {
    aiueo_histories out{};
    out.struct_size = sizeof out;
    out.contracts = contracts;
    return out;
}

aiueo_histories over_time(const aiueo_contracts* contracts, const aiueo_ledger* ledger) {
    aiueo_histories out = histories_of(contracts);
    out.ledger = ledger;
    out.data_until = today;
    out.has_data_until = 1;
    return out;
}

}  // namespace

void add_contracts(scenarios& all) {
    all["aiueo_contracts_new"].run = [](attempt& now) {
        const auto plan = load(small_model);
        makes_handle<aiueo_contracts>(now, [&](aiueo_contracts** out, aiueo_error* error) {
            return aiueo_contracts_new(plan.get(), out, error);
        });
    };
    all["aiueo_contracts_add"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto contracts = new_contracts(plan.get());
        const aiueo_contract one = renewed(today);
        const auto add = [&](aiueo_error* error) {
            return aiueo_contracts_add(contracts.get(), "c", 1, &one, error);
        };
        now(add);
        // Half a row is not added to.
        if (now.failed()) now.must_hold(add(nullptr) == AIUEO_INVALID_STATE);
    };
    all["aiueo_contracts_add_stream"] = {
        AIUEO_BAD_COLUMN, [](attempt& now) {
            const auto plan = load(small_model);
            const auto contracts = new_contracts(plan.get());
            record_batch from;
            ArrowArrayStream in = from.stream();
            now([&](aiueo_error* error) {
                return aiueo_contracts_add_stream(contracts.get(), &in, error);
            });
            now.must_hold(in.release == nullptr && from.released >= 1);
        }};
    all["aiueo_contracts_finish"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto contracts = new_contracts(plan.get());
        const aiueo_contract one = renewed(today);
        must(aiueo_contracts_add(contracts.get(), "c", 1, &one, nullptr));
        must(aiueo_contracts_add(contracts.get(), "d", 1, &one, nullptr));
        now([&](aiueo_error* error) { return aiueo_contracts_finish(contracts.get(), error); });
        const auto seen = new_evidence(plan.get());
        const auto batch = full_batch(plan.get());
        const auto scores = new_scores(plan.get(), AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES);
        must(aiueo_plan_score(plan.get(), batch.get(), 0, row_count, scores.get(), nullptr));
        now.must_hold(aiueo_evidence_update(seen.get(), batch.get(), scores.get(), contracts.get(),
                                            nullptr) ==
                      (now.failed() ? AIUEO_INVALID_STATE : AIUEO_OK));
    };
    all["aiueo_contracts_warnings"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto contracts = some_contracts(plan.get());
        writes_text(
            now, [&](char* out, std::size_t capacity, std::size_t* needed, aiueo_error* error) {
                return aiueo_contracts_warnings(contracts.get(), out, capacity, needed, error);
            });
    };
}

void add_ledger(scenarios& all) {
    all["aiueo_ledger_new"].run = [](attempt& now) {
        const auto plan = load(small_model);
        makes_handle<aiueo_ledger>(now, [&](aiueo_ledger** out, aiueo_error* error) {
            return aiueo_ledger_new(plan.get(), out, error);
        });
    };
    all["aiueo_ledger_add"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto ledger = new_ledger(plan.get());
        const auto add = [&](aiueo_error* error) {
            return aiueo_ledger_add(ledger.get(), "c", 1, today, AIUEO_NO_DATE, 500, error);
        };
        now(add);
        if (now.failed()) now.must_hold(add(nullptr) == AIUEO_INVALID_STATE);
    };
    all["aiueo_ledger_add_stream"] = {
        AIUEO_BAD_COLUMN, [](attempt& now) {
            const auto plan = load(small_model);
            const auto ledger = new_ledger(plan.get());
            record_batch from;
            ArrowArrayStream in = from.stream();
            now([&](aiueo_error* error) {
                return aiueo_ledger_add_stream(ledger.get(), &in, error);
            });
            now.must_hold(in.release == nullptr && from.released >= 1);
        }};
    all["aiueo_ledger_finish"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto ledger = new_ledger(plan.get());
        must(aiueo_ledger_add(ledger.get(), "7", 1, today - 9, today, 500, nullptr));
        must(aiueo_ledger_add(ledger.get(), "8", 1, today - 9, today, 500, nullptr));
        now([&](aiueo_error* error) { return aiueo_ledger_finish(ledger.get(), error); });
        const auto contracts = some_contracts(plan.get());
        const auto seen = new_evidence(plan.get());
        now.must_hold(
            update_from(seen.get(), plan.get(), over_time(contracts.get(), ledger.get())) ==
            (now.failed() ? AIUEO_INVALID_STATE : AIUEO_OK));
    };
}

void add_ranks(scenarios& all) {
    all["aiueo_ranks_new"].run = [](attempt& now) {
        const auto plan = load(small_model);
        makes_handle<aiueo_ranks>(now, [&](aiueo_ranks** out, aiueo_error* error) {
            return aiueo_ranks_new(plan.get(), out, error);
        });
    };
    all["aiueo_ranks_add"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto ranks = new_ranks(plan.get());
        const auto add = [&](aiueo_error* error) {
            return aiueo_ranks_add(ranks.get(), "c", 1, today, "B", 1, "mika", 4, error);
        };
        now(add);
        if (now.failed()) now.must_hold(add(nullptr) == AIUEO_INVALID_STATE);
    };
    all["aiueo_ranks_add_stream"] = {AIUEO_BAD_COLUMN, [](attempt& now) {
                                         const auto plan = load(small_model);
                                         const auto ranks = new_ranks(plan.get());
                                         record_batch from;
                                         ArrowArrayStream in = from.stream();
                                         now([&](aiueo_error* error) {
                                             return aiueo_ranks_add_stream(ranks.get(), &in, error);
                                         });
                                         now.must_hold(in.release == nullptr && from.released >= 1);
                                     }};
    all["aiueo_ranks_finish"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto ranks = new_ranks(plan.get());
        must(aiueo_ranks_add(ranks.get(), "7", 1, today, "B", 1, "mika", 4, nullptr));
        must(aiueo_ranks_add(ranks.get(), "8", 1, today, "C", 1, "anna", 4, nullptr));
        now([&](aiueo_error* error) { return aiueo_ranks_finish(ranks.get(), error); });
        const auto seen = new_evidence(plan.get());
        const auto contracts = some_contracts(plan.get());
        aiueo_histories known = histories_of(contracts.get());
        known.ranks = ranks.get();
        now.must_hold(update_from(seen.get(), plan.get(), known) ==
                      (now.failed() ? AIUEO_INVALID_STATE : AIUEO_OK));
    };
}

void add_evidence(scenarios& all) {
    all["aiueo_evidence_new"].run = [](attempt& now) {
        const auto plan = load(small_model);
        makes_handle<aiueo_evidence>(now, [&](aiueo_evidence** out, aiueo_error* error) {
            return aiueo_evidence_new(plan.get(), nullptr, out, error);
        });
    };
    all["aiueo_evidence_update"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto seen = new_evidence(plan.get());
        const auto batch = full_batch(plan.get());
        const auto scores = new_scores(plan.get(), AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES);
        const auto contracts = some_contracts(plan.get());
        must(aiueo_plan_score(plan.get(), batch.get(), 0, row_count, scores.get(), nullptr));
        const auto update = [&](aiueo_error* error) {
            return aiueo_evidence_update(seen.get(), batch.get(), scores.get(), contracts.get(),
                                         error);
        };
        now(update);
        // Nothing is counted twice: either nothing was, or it says that it is of no more use.
        const std::int32_t again = update(nullptr);
        now.must_hold(now.failed() ? again == AIUEO_OK || again == AIUEO_INVALID_STATE
                                   : again == AIUEO_DUPLICATE_ROW);
    };
    all["aiueo_evidence_update_from"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto seen = new_evidence(plan.get());
        const auto batch = full_batch(plan.get());
        const auto scores = new_scores(plan.get(), AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES);
        const auto contracts = some_contracts(plan.get());
        const auto initiatives = all_initiatives(plan.get());
        const auto ranks = some_ranks(plan.get());
        must(aiueo_plan_score(plan.get(), batch.get(), 0, row_count, scores.get(), nullptr));
        const auto ledger = some_ledger(plan.get());
        aiueo_histories known = over_time(contracts.get(), ledger.get());
        known.initiatives = initiatives.get();
        known.ranks = ranks.get();
        const auto update = [&](aiueo_error* error) {
            return aiueo_evidence_update_from(seen.get(), batch.get(), scores.get(), &known, error);
        };
        now(update);
        const std::int32_t again = update(nullptr);
        now.must_hold(now.failed() ? again == AIUEO_OK || again == AIUEO_INVALID_STATE
                                   : again == AIUEO_DUPLICATE_ROW);
    };
    all["aiueo_evidence_count_unseen"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto seen = new_evidence(plan.get());
        const auto contracts = some_contracts(plan.get());
        const auto ledger = some_ledger(plan.get());
        const aiueo_histories known = over_time(contracts.get(), ledger.get());
        must(update_from(seen.get(), plan.get(), known));
        const auto count = [&](aiueo_error* error) {
            return aiueo_evidence_count_unseen(seen.get(), &known, error);
        };
        now(count);
        // The one without snapshots is counted once, or the evidence is of no more use.
        const std::int32_t again = count(nullptr);
        now.must_hold(again == AIUEO_OK || (now.failed() && again == AIUEO_INVALID_STATE));
        if (again != AIUEO_OK) return;
        std::array<char, 1024> text{};
        must(aiueo_evidence_counts(seen.get(), text.data(), text.size(), nullptr, nullptr));
        now.must_hold(std::string_view{text.data()}.find("\"payers_unseen\":1,") !=
                      std::string_view::npos);
    };
    all["aiueo_evidence_merge"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto seen = new_evidence(plan.get());
        const auto other = counted(plan.get());
        const auto merge = [&](aiueo_error* error) {
            return aiueo_evidence_merge(seen.get(), other.get(), error);
        };
        now(merge);
        if (now.failed()) {
            const std::int32_t again = merge(nullptr);
            now.must_hold(again == AIUEO_OK || again == AIUEO_INVALID_STATE);
            if (again != AIUEO_OK) return;
        }
        std::array<char, 1024> text{};
        must(aiueo_evidence_counts(seen.get(), text.data(), text.size(), nullptr, nullptr));
        now.must_hold(std::string_view{text.data()}.find("\"ends\":3,") != std::string_view::npos);
    };
    all["aiueo_evidence_read"].run = [](attempt& now) {
        static std::array<char, 1 << 16> state;
        std::size_t size = 0;
        const auto plan = load(small_model);
        const auto seen = counted(plan.get());
        must(aiueo_evidence_write(seen.get(), state.data(), state.size(), &size, nullptr));
        makes_handle<aiueo_evidence>(now, [&](aiueo_evidence** out, aiueo_error* error) {
            return aiueo_evidence_read(plan.get(), state.data(), size, nullptr, out, error);
        });
    };
    const auto writes = [&all](const char* name, auto call) {
        all[name].run = [call](attempt& now) {
            const auto plan = load(small_model);
            const auto seen = counted(plan.get());
            writes_text(now, [&](auto... rest) { return call(seen.get(), rest...); });
        };
    };
    writes("aiueo_evidence_write",
           [](auto* seen, auto... rest) { return aiueo_evidence_write(seen, rest...); });
    writes("aiueo_evidence_counts",
           [](auto* seen, auto... rest) { return aiueo_evidence_counts(seen, rest...); });
    writes("aiueo_evidence_study", [](auto* seen, auto... rest) {
        return aiueo_evidence_study(seen, "renewal", 7, "{\"kind\":\"contract\"}", 19, rest...);
    });
}

void add_agreement(scenarios& all) {
    static constexpr std::string_view nonce = "0123456789abcdef";
    all["aiueo_agreement_seal"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = full_batch(plan.get());
        const auto scores = new_scores(plan.get(), AIUEO_SCORES_NO_OVERRIDES);
        must(aiueo_plan_score(plan.get(), batch.get(), 0, row_count, scores.get(), nullptr));
        writes_text(now, [&](auto... rest) {
            return aiueo_agreement_seal(batch.get(), scores.get(), AIUEO_NO_DATE, nonce.data(),
                                        nonce.size(), rest...);
        });
    };
    all["aiueo_agreement_open"].run = [](attempt& now) {
        static std::array<char, 4096> seal;
        std::size_t size = 0;
        const auto plan = load(small_model);
        const auto batch = full_batch(plan.get());
        const auto scores = new_scores(plan.get(), AIUEO_SCORES_NO_OVERRIDES);
        const auto contracts = some_contracts(plan.get());
        const auto ranks = new_ranks(plan.get());
        must(aiueo_plan_score(plan.get(), batch.get(), 0, row_count, scores.get(), nullptr));
        must(aiueo_agreement_seal(batch.get(), scores.get(), today, nonce.data(), nonce.size(),
                                  seal.data(), seal.size(), &size, nullptr));
        for (const char* customer : {"7", "8", "9"})
            must(aiueo_ranks_add(ranks.get(), customer, 1, today, "A", 1, "mika", 4, nullptr));
        must(aiueo_ranks_finish(ranks.get(), nullptr));
        writes_text(now, [&](auto... rest) {
            return aiueo_agreement_open(batch.get(), scores.get(), ranks.get(), contracts.get(),
                                        seal.data(), size, rest...);
        });
    };
}

}  // namespace capi_test
