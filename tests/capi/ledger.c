/* A ledger, row by row and as a stream, into evidence; customers whom nobody saw; and everything
 * refused. */
#include "evidence_support.h"

/* ── rows ────────────────────────────────────────────────────────────────────────────────────────
 */

static aiueo_ledger* new_ledger(const aiueo_plan* plan) {
    aiueo_ledger* out = NULL;
    STATUS(AIUEO_OK, aiueo_ledger_new(plan, &out, &error));
    if (out == NULL) exit(2);
    return out;
}

static int32_t pay(aiueo_ledger* to, const char* customer, int32_t start, int32_t end,
                   int64_t amount) {
    return aiueo_ledger_add(to, customer, strlen(customer), start, end, amount, &error);
}

static void refused_rows(const aiueo_plan* plan) {
    aiueo_ledger* all = (aiueo_ledger*)(void*)poison;
    REFUSED("plan is NULL", aiueo_ledger_new(NULL, &all, &error));
    CHECK(all == NULL);
    REFUSED("out is NULL", aiueo_ledger_new(plan, NULL, &error));
    all = new_ledger(plan);
    REFUSED("ledger is NULL", pay(NULL, "a", today, AIUEO_NO_DATE, 1));
    REFUSED("customer is NULL", aiueo_ledger_add(all, NULL, 1, today, AIUEO_NO_DATE, 1, &error));
    STATUS(AIUEO_BAD_VALUE, pay(all, "", today, AIUEO_NO_DATE, 1));
    STATUS(AIUEO_BAD_VALUE, pay(all, "\xff", today, AIUEO_NO_DATE, 1));
    STATUS(AIUEO_BAD_VALUE, pay(all, "a", AIUEO_NO_DATE, today, 1));
    MESSAGE("every row has a start");
    STATUS(AIUEO_BAD_VALUE, pay(all, "a", today, today, 1));
    MESSAGE("not later than the start");
    STATUS(AIUEO_BAD_VALUE, pay(all, "a", today, AIUEO_NO_DATE, AIUEO_NO_MONEY));
    MESSAGE("every row has an MRR");
    STATUS(AIUEO_BAD_VALUE, pay(all, "a", today, AIUEO_NO_DATE, -1));
    MESSAGE("negative");
    STATUS(AIUEO_BAD_VALUE, pay(all, "a", today, AIUEO_NO_DATE, INT64_MAX));
    MESSAGE("too large");
    STATUS(AIUEO_OK, pay(all, "a", today, today + 1, 0));
    REFUSED("stream is NULL", aiueo_ledger_add_stream(all, NULL, &error));
    REFUSED("ledger is NULL", aiueo_ledger_finish(NULL, &error));
    STATUS(AIUEO_OK, aiueo_ledger_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_ledger_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, pay(all, "a", today, AIUEO_NO_DATE, 1));
    MESSAGE("finished");
    aiueo_ledger_free(all);
    aiueo_ledger_free(NULL);
}

/* ── streams ─────────────────────────────────────────────────────────────────────────────────────
 */

/* a: two at a time, one of them still open; b: one that ended; z: one, and no snapshot. */
enum { ledger_rows = 4 };
static const char ledger_customers[] = "aabz";
static const int32_t ledger_customer_ends[ledger_rows + 1] = {0, 1, 2, 3, 4};
static const int32_t ledger_starts[ledger_rows] = {today - 300, today - 200, today - 400,
                                                   today - 500};
static const int32_t ledger_ends[ledger_rows] = {today + 65, 0, today - 60, 0};
static const uint8_t ledger_known[1] = {0x05}; /* of the ends: the first and the third */
static double ledger_mrr[ledger_rows] = {1000, 500, 700, 900};

static struct ArrowSchema ledger_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "start", "tdD", 0);
    add_field(&out, "end", "tdD", 0);
    add_field(&out, "mrr", "g", 0);
    return out;
}

static int next_ledger(void* state, struct ArrowArray* out) {
    int* given = state;
    if ((*given)++ > 0) return 0;
    *out = new_array(ledger_rows, 0);
    add_column(out, ledger_rows, ledger_customer_ends, NULL, ledger_customers);
    add_column(out, ledger_rows, ledger_starts, NULL, NULL);
    add_column(out, ledger_rows, ledger_ends, ledger_known, NULL);
    add_column(out, ledger_rows, ledger_mrr, NULL, NULL);
    return 0;
}

static aiueo_ledger* streamed(const aiueo_plan* plan) {
    int given = 0;
    struct stream_source source = {ledger_schema, next_ledger, NULL};
    struct ArrowArrayStream in;
    aiueo_ledger* out = new_ledger(plan);
    source.state = &given;
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_ledger_add_stream(out, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    STATUS(AIUEO_OK, aiueo_ledger_finish(out, &error));
    return out;
}

static void reads_streams(const aiueo_plan* plan) {
    int given = 0;
    struct stream_source source = {ledger_schema, next_ledger, NULL};
    struct ArrowArrayStream in;
    aiueo_ledger* all = new_ledger(plan);
    source.state = &given;
    in = new_stream(&source);
    REFUSED("ledger is NULL", aiueo_ledger_add_stream(NULL, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    ledger_mrr[2] = -7;
    in = new_stream(&source);
    STATUS(AIUEO_BAD_VALUE, aiueo_ledger_add_stream(all, &in, &error));
    MESSAGE("ledger, row 3");
    MESSAGE("negative");
    CHECK(in.release == NULL && alive == 0);
    ledger_mrr[2] = 700;
    given = 0;
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_ledger_add_stream(all, &in, &error));
    STATUS(AIUEO_OK, aiueo_ledger_finish(all, &error));
    given = 0;
    in = new_stream(&source);
    STATUS(AIUEO_INVALID_STATE, aiueo_ledger_add_stream(all, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    aiueo_ledger_free(all);
}

/* ── evidence ────────────────────────────────────────────────────────────────────────────────────
 */

/* The stream's rows, in another order. */
static aiueo_ledger* all_rows(const aiueo_plan* plan) {
    aiueo_ledger* out = new_ledger(plan);
    STATUS(AIUEO_OK, pay(out, "z", today - 500, AIUEO_NO_DATE, 900));
    STATUS(AIUEO_OK, pay(out, "a", today - 200, AIUEO_NO_DATE, 500));
    STATUS(AIUEO_OK, pay(out, "b", today - 400, today - 60, 700));
    STATUS(AIUEO_OK, pay(out, "a", today - 300, today + 65, 1000));
    STATUS(AIUEO_OK, aiueo_ledger_finish(out, &error));
    return out;
}

static aiueo_histories histories_of(const aiueo_contracts* contracts, const aiueo_ledger* ledger) {
    aiueo_histories out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.contracts = contracts;
    out.ledger = ledger;
    out.data_until = today;
    out.has_data_until = 1;
    return out;
}

static int counted(const aiueo_evidence* of, const char* part) {
    STATUS(AIUEO_OK, aiueo_evidence_counts(of, text, sizeof text, &needed, &error));
    return strstr(text, part) != NULL;
}

static void counts_money_over_time(const aiueo_plan* plan) {
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_ledger* by_row = all_rows(plan);
    aiueo_plan* same = load_plan();
    aiueo_ledger* by_stream = streamed(same); /* of another plan of the same model */
    aiueo_evidence* seen = new_evidence(plan, 0);
    aiueo_evidence* more = new_evidence(plan, 0);
    aiueo_evidence* older = new_evidence(plan, 0);
    aiueo_evidence* whole = full_evidence(plan);
    aiueo_histories known = histories_of(contracts, by_row);
    aiueo_histories others = histories_of(contracts, by_stream);
    STATUS(AIUEO_OK, aiueo_evidence_update_from(seen, batch, scores, &known, &error));
    CHECK(counted(seen, "\"payers\":2,\"payers_unseen\":0,"));
    STATUS(AIUEO_OK, aiueo_evidence_count_unseen(seen, &known, &error));
    CHECK(counted(seen, "\"payers\":3,\"payers_unseen\":1,"));
    STATUS(AIUEO_OK, aiueo_evidence_update_from(more, batch, scores, &others, &error));
    CHECK(!same_state(seen, more));
    STATUS(AIUEO_OK, aiueo_evidence_count_unseen(more, &others, &error));
    CHECK(same_state(seen, more));
    STATUS(AIUEO_OK, aiueo_evidence_count_unseen(more, &others, &error)); /* nobody twice */
    CHECK(same_state(seen, more));

    known.struct_size = 32; /* a program that knows of no ledger: nothing of it is looked at */
    known.has_data_until = 7;
    STATUS(AIUEO_OK, aiueo_evidence_update_from(older, batch, scores, &known, &error));
    CHECK(same_state(older, whole));
    CHECK(counted(older, "\"payers\":0,"));
    aiueo_evidence_free(older);

    older = new_evidence(plan, 0); /* without a ledger the contracts tell */
    known = histories_of(contracts, NULL);
    STATUS(AIUEO_OK, aiueo_evidence_update_from(older, batch, scores, &known, &error));
    CHECK(counted(older, "\"payers\":3,\"payers_unseen\":0,")); /* one begins later */
    aiueo_evidence_free(older);
    aiueo_evidence_free(whole);
    aiueo_evidence_free(more);
    aiueo_evidence_free(seen);
    aiueo_ledger_free(by_stream);
    aiueo_plan_free(same);
    aiueo_ledger_free(by_row);
    aiueo_contracts_free(contracts);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
}

/* What both calls say of the same histories. */
static void refused_by_both(const aiueo_plan* plan, const aiueo_histories* known, int32_t code,
                            const char* part) {
    aiueo_evidence* seen = new_evidence(plan, 0);
    aiueo_evidence* fresh = new_evidence(plan, 0);
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* scores = scored(plan, batch);
    STATUS(code, aiueo_evidence_update_from(seen, batch, scores, known, &error));
    MESSAGE(part);
    STATUS(code, aiueo_evidence_count_unseen(seen, known, &error));
    MESSAGE(part);
    CHECK(same_state(seen, fresh));
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_evidence_free(fresh);
    aiueo_evidence_free(seen);
}

static void refused_histories(const aiueo_plan* plan) {
    aiueo_evidence* seen = new_evidence(plan, 0);
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_contracts* open = new_contracts(plan);
    aiueo_ledger* ledger = all_rows(plan);
    aiueo_ledger* unfinished = new_ledger(plan);
    aiueo_plan* foreign = other_plan();
    aiueo_ledger* dollars = new_ledger(foreign);
    aiueo_histories known = histories_of(contracts, ledger);
    STATUS(AIUEO_OK, aiueo_ledger_finish(dollars, &error));
    REFUSED("evidence is NULL", aiueo_evidence_count_unseen(NULL, &known, &error));
    REFUSED("histories is NULL", aiueo_evidence_count_unseen(seen, NULL, &error));
    known.has_data_until = 0;
    refused_by_both(plan, &known, AIUEO_INVALID_ARGUMENT, "data_until");
    known.has_data_until = 2;
    refused_by_both(plan, &known, AIUEO_INVALID_ARGUMENT, "has_data_until");
    known.has_data_until = -1;
    refused_by_both(plan, &known, AIUEO_INVALID_ARGUMENT, "has_data_until");
    known.has_data_until = 1;
    known.data_until = AIUEO_NO_DATE;
    refused_by_both(plan, &known, AIUEO_INVALID_ARGUMENT, "data_until is -2147483648");
    known.data_until = INT32_MAX;
    refused_by_both(plan, &known, AIUEO_INVALID_ARGUMENT, "the year 1 to 9999");
    known = histories_of(contracts, unfinished);
    refused_by_both(plan, &known, AIUEO_INVALID_STATE, "aiueo_ledger_finish");
    known = histories_of(contracts, dollars);
    refused_by_both(plan, &known, AIUEO_INVALID_ARGUMENT, "the ledger counts money with 2 digits");
    known = histories_of(open, ledger);
    refused_by_both(plan, &known, AIUEO_INVALID_STATE, "aiueo_contracts_finish");
    known = histories_of(NULL, ledger);
    refused_by_both(plan, &known, AIUEO_INVALID_ARGUMENT, "contracts is NULL");
    known = histories_of(contracts, ledger);
    known.reserved = 1;
    refused_by_both(plan, &known, AIUEO_UNSUPPORTED, "reserved");
    known = histories_of(contracts, NULL); /* nothing tells until when */
    known.has_data_until = 0;
    REFUSED("data_until", aiueo_evidence_count_unseen(seen, &known, &error));
    aiueo_ledger_free(dollars);
    aiueo_plan_free(foreign);
    aiueo_ledger_free(unfinished);
    aiueo_ledger_free(ledger);
    aiueo_contracts_free(open);
    aiueo_contracts_free(contracts);
    aiueo_evidence_free(seen);
}

int main(void) {
    aiueo_plan* plan = load_plan();
    refused_rows(plan);
    reads_streams(plan);
    counts_money_over_time(plan);
    refused_histories(plan);
    aiueo_plan_free(plan);
    return finish();
}
