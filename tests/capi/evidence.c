/* Contracts → evidence → merge, write, read, study; and every function with NULL and nonsense. */
#include "evidence_support.h"

/* ── contracts ───────────────────────────────────────────────────────────────────────────────────
 */

static void refused_contracts(const aiueo_plan* plan) {
    aiueo_contracts* all = (aiueo_contracts*)(void*)poison;
    aiueo_contract one = contract_of(today, AIUEO_RENEWED);
    REFUSED("plan is NULL", aiueo_contracts_new(NULL, &all, &error));
    CHECK(all == NULL);
    REFUSED("out is NULL", aiueo_contracts_new(plan, NULL, &error));
    all = new_contracts(plan);
    REFUSED("contracts is NULL", aiueo_contracts_add(NULL, "a", 1, &one, &error));
    REFUSED("customer is NULL", aiueo_contracts_add(all, NULL, 1, &one, &error));
    REFUSED("contract is NULL", aiueo_contracts_add(all, "a", 1, NULL, &error));
    one.struct_size = 0;
    REFUSED("struct_size", aiueo_contracts_add(all, "a", 1, &one, &error));
    one.struct_size = 32; /* without money, which is not 0 */
    REFUSED("struct_size", aiueo_contracts_add(all, "a", 1, &one, &error));
    one.struct_size = sizeof one;
    one.kind = 2;
    REFUSED("kind", aiueo_contracts_add(all, "a", 1, &one, &error));
    one.kind = AIUEO_TRIAL;
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add(all, "a", 1, &one, &error));
    MESSAGE("a trial cannot be renewed");
    one.kind = -1;
    REFUSED("kind", aiueo_contracts_add(all, "a", 1, &one, &error));
    one = contract_of(today, 5);
    REFUSED("outcome", aiueo_contracts_add(all, "a", 1, &one, &error));
    one = contract_of(today, AIUEO_RENEWED);
    one.reserved = 1;
    STATUS(AIUEO_UNSUPPORTED, aiueo_contracts_add(all, "a", 1, &one, &error));
    one.reserved = 0;
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add(all, "", 0, &one, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add(all, "\xff", 1, &one, &error));
    one.start = one.end;
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add(all, "a", 1, &one, &error));
    one.start = AIUEO_NO_DATE;
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add(all, "a", 1, &one, &error));
    one.start = AIUEO_NO_DATE + 1;
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add(all, "a", 1, &one, &error));
    MESSAGE("1 to 9999");
    one.start = 0;
    one.end = INT32_MAX;
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add(all, "a", 1, &one, &error));
    one = contract_of(today, AIUEO_RENEWED);
    one.mrr_before = -1;
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add(all, "a", 1, &one, &error));
    MESSAGE("mrr_before");
    REFUSED("stream is NULL", aiueo_contracts_add_stream(all, NULL, &error));
    REFUSED("contracts is NULL", aiueo_contracts_finish(NULL, &error));
    needed = 77;
    REFUSED("contracts is NULL", aiueo_contracts_warnings(NULL, text, 1, &needed, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_contracts_warnings(all, text, 1, &needed, &error));
    MESSAGE("aiueo_contracts_finish");
    CHECK(needed == 77);
    STATUS(AIUEO_OK, aiueo_contracts_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_contracts_finish(all, &error));
    one = contract_of(today, AIUEO_RENEWED);
    STATUS(AIUEO_INVALID_STATE, aiueo_contracts_add(all, "a", 1, &one, &error));
    REFUSED("out is NULL", aiueo_contracts_warnings(all, NULL, 1, &needed, &error));
    STATUS(AIUEO_OK, aiueo_contracts_warnings(all, text, sizeof text, &needed, &error));
    CHECK(needed == 2 && strcmp(text, "[]") == 0); /* nothing that was refused is there */
    aiueo_contracts_free(all);
    aiueo_contracts_free(NULL);
}

static void warns_of_contracts(const aiueo_plan* plan) {
    aiueo_contracts* all = new_contracts(plan);
    add(all, "a", contract_of(today, AIUEO_CHURNED));
    add(all, "a", contract_of(today - 30, AIUEO_RENEWED));
    STATUS(AIUEO_OK, aiueo_contracts_finish(all, &error));
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_contracts_warnings(all, text, 3, &needed, &error));
    STATUS(AIUEO_OK, aiueo_contracts_warnings(all, text, sizeof text, NULL, &error));
    CHECK(needed == strlen(text) && strstr(text, "1 of 2 contracts overlap") != NULL);
    aiueo_contracts_free(all);

    all = new_contracts(plan);
    add(all, "a", contract_of(today, AIUEO_CHURNED));
    add(all, "a", contract_of(today, AIUEO_RENEWED));
    STATUS(AIUEO_DUPLICATE_ROW, aiueo_contracts_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_contracts_warnings(all, text, 1, NULL, &error));
    aiueo_contracts_free(all);
}

static const char customers[] = "abc-2d";
static const char outcomes[] = "renewedchurnedrenewed";
static const int32_t outcome_offsets[rows + 1] = {0, 7, 14, 21, 21};
static const int32_t starts[rows] = {today - 265, today - 270, today - 355, today + 35};
static int32_t ends[rows] = {today + 100, today + 95, today + 10, today + 400};
static const int64_t before[rows] = {1000, 1000, 1000, 1000};
static const double after[rows] = {1100, 0, 1100, 0};
static const uint8_t after_known[1] = {0x05};

static struct ArrowSchema contracts_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "start", "tdD", 0);
    add_field(&out, "end", "tdD", 0);
    add_field(&out, "outcome", "u", 0);
    add_field(&out, "mrr_before", "l", 0);
    add_field(&out, "mrr_after", "g", 0);
    return out;
}

/* All four at once, as all_contracts() has them; the model's currency has no minor unit. */
static int next_contracts(void* state, struct ArrowArray* out) {
    int* given = state;
    if ((*given)++ > 0) return 0;
    *out = new_array(rows, 0);
    add_column(out, rows, customer_offsets, NULL, customers);
    add_column(out, rows, starts, NULL, NULL);
    add_column(out, rows, ends, NULL, NULL);
    add_column(out, rows, outcome_offsets, NULL, outcomes);
    add_column(out, rows, before, NULL, NULL);
    add_column(out, rows, after, after_known, NULL);
    return 0;
}

static void reads_streams(const aiueo_plan* plan) {
    int given = 0;
    struct stream_source source = {contracts_schema, next_contracts, NULL};
    struct ArrowArrayStream in;
    aiueo_contracts* all = new_contracts(plan);
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_evidence* one = new_evidence(plan, 0);
    aiueo_evidence* other = full_evidence(plan);
    source.state = &given;
    in = new_stream(&source);
    REFUSED("contracts is NULL", aiueo_contracts_add_stream(NULL, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    ends[1] = starts[1];
    in = new_stream(&source);
    STATUS(AIUEO_BAD_VALUE, aiueo_contracts_add_stream(all, &in, &error));
    MESSAGE("contracts, row 2");
    CHECK(in.release == NULL && alive == 0);
    ends[1] = today + 95;
    given = 0; /* nothing of the failed call is there: the rows are not twice */
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_contracts_add_stream(all, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    STATUS(AIUEO_OK, aiueo_contracts_finish(all, &error));
    in = new_stream(&source);
    STATUS(AIUEO_INVALID_STATE, aiueo_contracts_add_stream(all, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    STATUS(AIUEO_OK, aiueo_evidence_update(one, batch, scores, all, &error));
    CHECK(same_state(one, other));
    aiueo_evidence_free(other);
    aiueo_evidence_free(one);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_contracts_free(all);
}

/* ── evidence ────────────────────────────────────────────────────────────────────────────────────
 */

static void counts_and_studies(aiueo_evidence* seen) {
    STATUS(AIUEO_OK, aiueo_evidence_counts(seen, text, sizeof text, &needed, &error));
    CHECK(needed == strlen(text));
    CHECK(
        strcmp(
            text,
            "{\"rows\":4,\"customers\":4,\"ends\":3,\"open\":1,\"observed\":3,"
            "\"unobserved\":3,\"lead_too_long\":0,\"leaked\":0,\"without_contract\":0,"
            "\"customer_months\":4,\"pending_calls\":0,\"ranks_seen\":0,\"ranks_unseen\":0,\"customers_ranked\":0,"
            "\"payers\":0,\"payers_unseen\":0,\"never_active\":0,\"unpriced\":0,\"overdue\":0,\"begun_unseen\":0}") ==
        0);
    STATUS(AIUEO_OK,
           aiueo_evidence_study(seen, "renewal", 7, NULL, 0, text, sizeof text, &needed, &error));
    CHECK(needed == strlen(text) && strstr(text, "\"lead_days\":90,\"customers\":2") != NULL);
    CHECK(strstr(text,
                 "{\"of\":\"stage\",\"terms\":\"all\",\"ordered\":true,\"rows\":[{\"level\":"
                 "\"everybody\",\"kept\":1,\"rate\":{\"value\":0.5,") != NULL);
    STATUS(AIUEO_OK, aiueo_evidence_study(seen, "renewal", 7, "{\"lead\":0}", 10, text, sizeof text,
                                          NULL, &error));
    CHECK(strstr(text, "\"lead_days\":0,\"customers\":1") != NULL);
    STATUS(AIUEO_BUFFER_TOO_SMALL,
           aiueo_evidence_study(seen, "renewal", 7, NULL, 0, text, 10, &needed, &error));
    CHECK(needed > 100);
    STATUS(AIUEO_NOT_FOUND,
           aiueo_evidence_study(seen, "renewals", 8, NULL, 0, text, 10, NULL, &error));
    MESSAGE("did you mean \"renewal\"?");
    REFUSED("leads",
            aiueo_evidence_study(seen, "renewal", 7, "{\"lead\":7}", 10, text, 10, NULL, &error));
    STATUS(AIUEO_BAD_JSON,
           aiueo_evidence_study(seen, "renewal", 7, "{", 1, text, 10, NULL, &error));
}

static void lists_studies(void) {
    int32_t number = 0;
    int found = 0;
    const char* name = NULL;
    for (number = 0; (name = aiueo_study_name(number)) != NULL; ++number) {
        found += strcmp(name, "renewal") == 0;
    }
    CHECK(found == 1);
    CHECK(aiueo_study_name(-1) == NULL && aiueo_study_name(INT32_MAX) == NULL);
}

/* The customers in two batches: the same bytes, merged in either order. */
static void merges(const aiueo_plan* plan, aiueo_evidence* whole) {
    static const char bytes[2][7] = {"abxy", "zuc-2d"};
    static const int32_t offsets[2][rows + 1] = {{0, 1, 2, 3, 4}, {0, 1, 2, 5, 6}};
    aiueo_plan* same = load_plan();
    aiueo_evidence* parts[2];
    aiueo_evidence* sum = new_evidence(same, 0);
    size_t k = 0;
    for (k = 0; k < 2; ++k) {
        aiueo_batch* batch = all_columns(plan, "customer");
        aiueo_scores* scores = scored(plan, batch);
        aiueo_contracts* contracts = all_contracts(plan);
        parts[k] = new_evidence(plan, 0);
        bind(batch, "customer", text_of(rows, offsets[k], bytes[k]));
        STATUS(AIUEO_OK, aiueo_evidence_update(parts[k], batch, scores, contracts, &error));
        STATUS(AIUEO_DUPLICATE_ROW,
               aiueo_evidence_update(parts[k], batch, scores, contracts, &error));
        aiueo_contracts_free(contracts);
        aiueo_scores_free(scores);
        aiueo_batch_free(batch);
    }
    CHECK(!same_state(parts[0], parts[1]));
    STATUS(AIUEO_OK, aiueo_evidence_merge(sum, parts[1], &error));
    STATUS(AIUEO_OK, aiueo_evidence_merge(sum, parts[0], &error));
    STATUS(AIUEO_OK, aiueo_evidence_merge(parts[0], parts[1], &error));
    CHECK(same_state(sum, parts[0]));
    /* Four customers more than the whole, of whom no contract is known. */
    STATUS(AIUEO_OK, aiueo_evidence_counts(sum, text, sizeof text, NULL, &error));
    CHECK(strstr(text, "\"customers\":8,\"ends\":3,\"open\":1,\"observed\":3,") != NULL);
    CHECK(strstr(text, "\"without_contract\":4") != NULL);
    CHECK(!same_state(sum, whole));
    REFUSED("itself", aiueo_evidence_merge(sum, sum, &error));
    aiueo_evidence_free(parts[0]);
    aiueo_evidence_free(parts[1]);
    aiueo_plan_free(same);
    STATUS(AIUEO_OK, aiueo_evidence_counts(sum, text, sizeof text, NULL, &error));
    aiueo_evidence_free(sum);
}

static void writes_and_reads(const aiueo_plan* plan, aiueo_evidence* seen) {
    size_t size = 0;
    size_t cut = 0;
    char* state = written(seen, &size);
    char* small = malloc(size);
    aiueo_plan* other = other_plan();
    aiueo_evidence* read = NULL;
    memset(small, 'x', size);
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_evidence_write(seen, NULL, 0, &needed, &error));
    CHECK(needed == size);
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_evidence_write(seen, small, size - 1, NULL, &error));
    CHECK(small[0] == 'x' && small[size - 1] == 'x');
    STATUS(AIUEO_OK, aiueo_evidence_write(seen, small, size, NULL, &error));
    CHECK(memcmp(small, state, size) == 0);
    REFUSED("evidence is NULL", aiueo_evidence_write(NULL, small, size, NULL, &error));
    REFUSED("out is NULL", aiueo_evidence_write(seen, NULL, 1, NULL, &error));

    STATUS(AIUEO_OK, aiueo_evidence_read(plan, state, size, NULL, &read, &error));
    CHECK(same_state(read, seen));
    aiueo_evidence_free(read);
    read = (aiueo_evidence*)(void*)poison;
    for (cut = 0; cut < size; cut += cut < 100 ? 1 : 97) {
        STATUS(AIUEO_BAD_STATE, aiueo_evidence_read(plan, state, cut, NULL, &read, &error));
        CHECK(read == NULL);
    }
    small[size / 2] = (char)(small[size / 2] ^ 1);
    STATUS(AIUEO_BAD_STATE, aiueo_evidence_read(plan, small, size, NULL, &read, &error));
    REFUSED("model", aiueo_evidence_read(other, state, size, NULL, &read, &error));
    REFUSED("plan is NULL", aiueo_evidence_read(NULL, state, size, NULL, &read, &error));
    REFUSED("bytes is NULL", aiueo_evidence_read(plan, NULL, size, NULL, &read, &error));
    REFUSED("out is NULL", aiueo_evidence_read(plan, state, size, NULL, NULL, &error));
    CHECK(read == NULL);
    aiueo_plan_free(other);
    free(small);
    free(state);
}

/* An input observed after the day that the evidence looks from. */
static void finds_leaks(const aiueo_plan* plan) {
    static const int32_t late[rows] = {today - 10, today + 20, today, today};
    aiueo_batch* batch = all_columns(plan, "nps@");
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_evidence* strict = new_evidence(plan, 0);
    aiueo_evidence* dropping = new_evidence(plan, AIUEO_EVIDENCE_DROP_LEAKS);
    aiueo_scores* scores = NULL;
    bind(batch, "nps@", column_of(AIUEO_TYPE_DATE32, late));
    scores = scored(plan, batch);
    STATUS(AIUEO_BAD_VALUE, aiueo_evidence_update(strict, batch, scores, contracts, &error));
    MESSAGE("row 2, customer b");
    STATUS(AIUEO_OK, aiueo_evidence_counts(strict, text, sizeof text, NULL, &error));
    CHECK(strstr(text, "{\"rows\":0,") != NULL); /* nothing of it is counted */
    STATUS(AIUEO_OK, aiueo_evidence_update(dropping, batch, scores, contracts, &error));
    STATUS(AIUEO_OK, aiueo_evidence_counts(dropping, text, sizeof text, NULL, &error));
    CHECK(strstr(text, "\"observed\":2,") != NULL && strstr(text, "\"leaked\":1,") != NULL);
    aiueo_scores_free(scores);
    aiueo_evidence_free(dropping);
    aiueo_evidence_free(strict);
    aiueo_contracts_free(contracts);
    aiueo_batch_free(batch);
}

/* Metrics that scoring does not read are looked at where the batch keeps them. */
static void keeps_all_metrics(const aiueo_plan* plan, aiueo_evidence* whole) {
    aiueo_batch* batch = full_batch(plan);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_evidence* seen = new_evidence(plan, 0);
    bind(batch, "unread", column_of(AIUEO_TYPE_FLOAT64, logins));
    STATUS(AIUEO_OK, aiueo_evidence_update(seen, batch, scores, contracts, &error));
    CHECK(!same_state(seen, whole));
    aiueo_evidence_free(seen);
    aiueo_contracts_free(contracts);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
}

static void refused_evidence(const aiueo_plan* plan, aiueo_evidence* seen) {
    aiueo_evidence_options options = {sizeof options, 2, 0};
    aiueo_evidence* none = (aiueo_evidence*)(void*)poison;
    aiueo_plan* foreign = other_plan();
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* plain = new_scores(plan, 0);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_contracts* open = new_contracts(plan);
    aiueo_contracts* cents = new_contracts(foreign);
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_evidence* others = new_evidence(foreign, 0);
    REFUSED("plan is NULL", aiueo_evidence_new(NULL, NULL, &none, &error));
    CHECK(none == NULL);
    REFUSED("out is NULL", aiueo_evidence_new(plan, NULL, NULL, &error));
    STATUS(AIUEO_UNSUPPORTED, aiueo_evidence_new(plan, &options, &none, &error));
    options.struct_size = 4;
    REFUSED("struct_size", aiueo_evidence_new(plan, &options, &none, &error));
    REFUSED("evidence is NULL", aiueo_evidence_update(NULL, batch, scores, contracts, &error));
    REFUSED("batch is NULL", aiueo_evidence_update(seen, NULL, scores, contracts, &error));
    REFUSED("scores is NULL", aiueo_evidence_update(seen, batch, NULL, contracts, &error));
    REFUSED("contracts is NULL", aiueo_evidence_update(seen, batch, scores, NULL, &error));
    REFUSED("detail", aiueo_evidence_update(seen, batch, plain, contracts, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_evidence_update(others, batch, scores, cents, &error));
    STATUS(AIUEO_OK, aiueo_contracts_finish(cents, &error));
    REFUSED("plan of the evidence", aiueo_evidence_update(others, batch, scores, cents, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_evidence_update(seen, batch, scores, open, &error));
    MESSAGE("aiueo_contracts_finish");
    REFUSED("digits after the point", aiueo_evidence_update(seen, batch, scores, cents, &error));
    REFUSED("evidence is NULL", aiueo_evidence_merge(NULL, seen, &error));
    REFUSED("other is NULL", aiueo_evidence_merge(seen, NULL, &error));
    REFUSED("different models", aiueo_evidence_merge(seen, others, &error));
    needed = 77;
    REFUSED("evidence is NULL", aiueo_evidence_counts(NULL, text, 1, &needed, &error));
    REFUSED("out is NULL", aiueo_evidence_counts(seen, NULL, 1, &needed, &error));
    REFUSED("evidence is NULL",
            aiueo_evidence_study(NULL, "renewal", 7, NULL, 0, text, 1, &needed, &error));
    REFUSED("name is NULL", aiueo_evidence_study(seen, NULL, 7, NULL, 0, text, 1, &needed, &error));
    REFUSED("options is NULL",
            aiueo_evidence_study(seen, "renewal", 7, NULL, 1, text, 1, &needed, &error));
    REFUSED("out is NULL",
            aiueo_evidence_study(seen, "renewal", 7, NULL, 0, NULL, 1, &needed, &error));
    CHECK(needed == 77);
    aiueo_evidence_free(others);
    aiueo_contracts_free(contracts);
    aiueo_contracts_free(cents);
    aiueo_contracts_free(open);
    aiueo_scores_free(scores);
    aiueo_scores_free(plain);
    aiueo_batch_free(batch);
    aiueo_plan_free(foreign);
    aiueo_evidence_free(NULL);
}

int main(void) {
    aiueo_plan* plan = load_plan();
    aiueo_evidence* seen = full_evidence(plan);
    refused_contracts(plan);
    warns_of_contracts(plan);
    reads_streams(plan);
    lists_studies();
    counts_and_studies(seen);
    merges(plan, seen);
    writes_and_reads(plan, seen);
    finds_leaks(plan);
    keeps_all_metrics(plan, seen);
    refused_evidence(plan, seen);
    aiueo_plan_free(plan); /* the evidence keeps what it needs */
    counts_and_studies(seen);
    aiueo_evidence_free(seen);
    return finish();
}
