/* What the C programs about evidence share: contracts, batches with all columns, states as bytes.
 */
#ifndef AIUEO_TESTS_CAPI_EVIDENCE_SUPPORT_H
#define AIUEO_TESTS_CAPI_EVIDENCE_SUPPORT_H

#include "arrow_support.h"

#define REFUSED(part, call)                   \
    do {                                      \
        STATUS(AIUEO_INVALID_ARGUMENT, call); \
        MESSAGE(part);                        \
    } while (0)

enum { most_bytes = 1 << 20 };
static char* const poison = (char*)&checks_done;
static char text[65536];
static size_t needed;

static inline aiueo_contract contract_of(int32_t end, int32_t outcome) {
    aiueo_contract out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.start = end - 365;
    out.end = end;
    out.outcome = outcome;
    out.mrr_before = 1000;
    out.mrr_after = outcome == AIUEO_RENEWED ? 1100 : AIUEO_NO_MONEY;
    return out;
}

static inline void add(aiueo_contracts* to, const char* customer, aiueo_contract one) {
    STATUS(AIUEO_OK, aiueo_contracts_add(to, customer, strlen(customer), &one, &error));
}

static inline aiueo_contracts* new_contracts(const aiueo_plan* plan) {
    aiueo_contracts* out = NULL;
    STATUS(AIUEO_OK, aiueo_contracts_new(plan, &out, &error));
    if (out == NULL) exit(2);
    return out;
}

/* Ends 90 to 121 days after today are seen 90 days ahead, ends up to 31 days after it at the end.
 */
static inline aiueo_contracts* all_contracts(const aiueo_plan* plan) {
    aiueo_contracts* out = new_contracts(plan);
    add(out, "a", contract_of(today + 100, AIUEO_RENEWED));
    add(out, "b", contract_of(today + 95, AIUEO_CHURNED));
    add(out, "c-2", contract_of(today + 10, AIUEO_RENEWED));
    add(out, "d", contract_of(today + 400, AIUEO_OPEN));
    STATUS(AIUEO_OK, aiueo_contracts_finish(out, &error));
    return out;
}

static inline aiueo_batch* all_columns(const aiueo_plan* plan, const char* without) {
    aiueo_batch_options options = default_options();
    aiueo_batch* out = NULL;
    options.flags = AIUEO_BATCH_ALL_METRICS;
    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &out, &error));
    if (out == NULL) exit(2);
    bind_all(out, without);
    bind(out, "unread", column_of(AIUEO_TYPE_FLOAT64, logins));
    return out;
}

static inline aiueo_scores* scored(const aiueo_plan* plan, const aiueo_batch* batch) {
    aiueo_scores* out = new_scores(plan, AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES);
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, out, &error));
    return out;
}

static inline aiueo_evidence* new_evidence(const aiueo_plan* plan, uint32_t flags) {
    aiueo_evidence_options options = {sizeof options, 0, 0};
    aiueo_evidence* out = NULL;
    options.flags = flags;
    STATUS(AIUEO_OK, aiueo_evidence_new(plan, &options, &out, &error));
    if (out == NULL) exit(2);
    return out;
}

/* Of all four customers. */
static inline aiueo_evidence* full_evidence(const aiueo_plan* plan) {
    aiueo_evidence* out = new_evidence(plan, 0);
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_contracts* contracts = all_contracts(plan);
    STATUS(AIUEO_OK, aiueo_evidence_update(out, batch, scores, contracts, &error));
    aiueo_contracts_free(contracts);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    return out;
}

/* The bytes of a state; the caller frees them. */
static inline char* written(aiueo_evidence* of, size_t* size) {
    char* out = malloc(most_bytes);
    STATUS(AIUEO_OK, aiueo_evidence_write(of, out, most_bytes, size, &error));
    return out;
}

static inline int same_state(aiueo_evidence* one, aiueo_evidence* other) {
    size_t sizes[2] = {0, 1};
    char* first = written(one, &sizes[0]);
    char* second = written(other, &sizes[1]);
    const int same = sizes[0] == sizes[1] && memcmp(first, second, sizes[0]) == 0;
    free(first);
    free(second);
    return same;
}

/* Another model, with another currency and no ranks. */
static inline aiueo_plan* other_plan(void) {
    static const char model[] =
        "{\"aiueo\": 1, \"metrics\": {\"logins\": {\"type\": \"number\"}}, \"currency\": \"USD\","
        "\"axes\": {\"U\": {\"components\": {\"logins\": {\"metric\": \"logins\","
        "\"curve\": [[0, 0], [9, 100]]}}}}}";
    aiueo_plan* out = NULL;
    STATUS(AIUEO_OK, aiueo_plan_load(model, sizeof model - 1, NULL, &out, &error));
    if (out == NULL) exit(2);
    return out;
}

#endif
