/* Callbacks that free what the call that they are part of uses: it goes when that call returns. */
#include <errno.h>

#include "arrow_support.h"

static const char model[] =
    "{ \"aiueo\": 1, \"metrics\": { \"a\": { \"type\": \"number\" },\n"
    "    \"pulse\": { \"type\": \"number\" } },\n" /* of what range? That is a warning. */
    "  \"axes\": { \"U\": { \"components\": {\n"
    "    \"own\": { \"scorer\": \"host\", \"metrics\": [\"a\"] } }, \"override\": { \"metric\": \"pulse\" } } },\n"
    "  \"ladders\": { \"stage\": [ { \"name\": \"low\" }, { \"name\": \"high\", \"when\": \"U >= 50\" } ] },\n"
    "  \"study\": { \"ranks\": [\"bad\", \"good\"] } }";

/* What the next callback frees, and what is left of the host's own memory while it does. */
static struct {
    aiueo_scorers* scorers;
    aiueo_plan* plan;
    aiueo_batch* batch;
    aiueo_batch* other;
    aiueo_scores* scores;
    aiueo_evidence* evidence;
    struct ArrowArrayStream* stream;
    int64_t calls;
    int asks; /* does it ask the stream for more? */
} now;

static void free_all(void) {
    const int before = alive;
    aiueo_scorers_free(now.scorers);
    aiueo_plan_free(now.plan);
    aiueo_batch_free(now.batch);
    aiueo_batch_free(now.other);
    aiueo_scores_free(now.scores);
    aiueo_evidence_free(now.evidence);
    if (now.stream != NULL) now.stream->release(now.stream);
    CHECK(now.stream == NULL || now.stream->release == NULL);
    CHECK(alive == before); /* what the call uses of the host is there until it returns */
    memset(&now, 0, sizeof now);
}

static int32_t host(void* user, const aiueo_scorer_call* call, aiueo_error* why) {
    int64_t k = 0;
    (void)user;
    (void)why;
    if (now.calls++ == 0) free_all();
    for (k = 0; k < call->rows; ++k) call->out[k] = call->inputs[0][k];
    return AIUEO_OK;
}

static void on_log(void* user, int32_t level, const char* message, size_t length) {
    (void)user;
    (void)level;
    CHECK(length > 0 && message != NULL);
    free_all();
}

static aiueo_plan* compile(void) {
    aiueo_plan_options options;
    aiueo_plan* plan = NULL;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    STATUS(AIUEO_OK, aiueo_scorers_new(&now.scorers, &error));
    STATUS(AIUEO_OK, aiueo_scorers_add(now.scorers, "host", 4, 1, 1, host, NULL, &error));
    options.scorers = now.scorers;
    options.log = on_log;
    STATUS(AIUEO_OK, aiueo_plan_load(model, sizeof model - 1, &options, &plan, &error));
    CHECK(now.scorers == NULL); /* the log was told, and freed them */
    if (plan == NULL) exit(2);
    return plan;
}

/* ── rows ────────────────────────────────────────────────────────────────────────────────────────
 */

enum { count = 200 };

static double a[count];
static int32_t key_offsets[count + 1];
static char keys[2 * count];
static int32_t days[count];

static struct ArrowSchema rows_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "as_of", "tdD", 0);
    add_field(&out, "a", "g", 0);
    return out;
}

static struct ArrowArray rows_array(void) {
    struct ArrowArray out = new_array(count, 0);
    add_column(&out, count, key_offsets, NULL, keys);
    add_column(&out, count, days, NULL, NULL);
    add_column(&out, count, a, NULL, NULL);
    return out;
}

static void fill(void) {
    int k = 0;
    for (k = 0; k < count; ++k) {
        a[k] = k % 100;
        days[k] = today;
        keys[2 * k] = (char)('a' + k / 20);
        keys[2 * k + 1] = (char)('a' + k % 20);
        key_offsets[k + 1] = 2 * (k + 1);
    }
}

static aiueo_batch_options batch_options(void) {
    aiueo_batch_options out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.flags = AIUEO_BATCH_ALL_METRICS | AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN;
    return out;
}

static aiueo_batch* import(const aiueo_plan* plan) {
    const aiueo_batch_options options = batch_options();
    struct ArrowSchema schema = rows_schema();
    struct ArrowArray array = rows_array();
    aiueo_batch* batch = NULL;
    STATUS(AIUEO_OK,
           aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array, 0, &options, &batch, &error));
    schema.release(&schema);
    return batch;
}

/* Of a plan, and a batch of its rows: the next scorer frees both. */
static void about_to_free(void) {
    memset(&now, 0, sizeof now);
    now.plan = compile();
    now.batch = import(now.plan);
    CHECK(alive == 1);
}

static void scorers_free(void) {
    static char text[1 << 16];
    aiueo_plan* plan = NULL;
    aiueo_batch* batch = NULL;
    aiueo_scores* scores = NULL;
    aiueo_changes* changes = NULL;
    aiueo_actions* actions = NULL;
    aiueo_change_options from = {sizeof from, 0, NULL};
    aiueo_comparison_options seen = {sizeof seen, AIUEO_CONTRACT, NULL, NULL, 0};

    about_to_free();
    STATUS(AIUEO_OK, aiueo_scores_new(now.plan, count, NULL, &now.scores, &error));
    plan = now.plan;
    batch = now.batch;
    scores = now.scores;
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, count, scores, &error));
    CHECK(alive == 0 && now.batch == NULL);

    about_to_free();
    STATUS(AIUEO_OK, aiueo_plan_explain(now.plan, now.batch, 1, text, sizeof text, NULL, &error));
    CHECK(alive == 0 && strstr(text, "\"own\"") != NULL);
    about_to_free();
    STATUS(AIUEO_OK, aiueo_plan_gap(now.plan, now.batch, 1, "stage", 5, "", 0, text, sizeof text,
                                    NULL, &error));
    CHECK(alive == 0);

    about_to_free();
    now.other = import(now.plan);
    from.from = now.other;
    STATUS(AIUEO_OK, aiueo_changes_new(now.batch, now.batch, &from, &changes, &error));
    CHECK(alive == 0);
    aiueo_changes_free(changes);
    about_to_free();
    now.other = import(now.plan);
    STATUS(AIUEO_OK,
           aiueo_change_explain(now.batch, 0, now.other, 1, NULL, text, sizeof text, NULL, &error));
    CHECK(alive == 0);

    about_to_free();
    STATUS(AIUEO_OK, aiueo_evidence_new(now.plan, NULL, &now.evidence, &error));
    STATUS(AIUEO_OK,
           aiueo_plan_act(now.plan, "next", 4, now.batch, now.evidence, "", 0, &actions, &error));
    CHECK(alive == 0);
    aiueo_actions_free(actions);

    about_to_free();
    now.other = import(now.plan);
    STATUS(AIUEO_OK, aiueo_evidence_new(now.plan, NULL, &now.evidence, &error));
    seen.current_seen = now.evidence;
    seen.proposed_seen = now.evidence;
    STATUS(AIUEO_OK,
           aiueo_comparison(now.batch, now.other, &seen, text, sizeof text, NULL, &error));
    CHECK(alive == 0);
}

/* ── a stream of scores ──────────────────────────────────────────────────────────────────────────
 */

static struct ArrowArrayStream scored;

static int thrice(void* state, struct ArrowArray* out) {
    int* left = state;
    if (*left > 0) {
        --*left;
        *out = rows_array();
    }
    return 0;
}

static int32_t on_progress(void* user, int64_t done) {
    struct ArrowArray more;
    const int32_t* answer = user;
    CHECK(done > 0);
    if (now.asks) {
        CHECK(scored.get_next(&scored, &more) == EINVAL && more.release == NULL);
        CHECK(strstr(scored.get_last_error(&scored), "being read") != NULL);
    }
    if (now.stream != NULL) free_all();
    return *answer;
}

/* A stream of three batches; its next progress gives the answer. */
static void open_stream(struct stream_source* source, int32_t* answer, int64_t calls) {
    struct ArrowArrayStream in = new_stream(source);
    const aiueo_batch_options columns = batch_options();
    aiueo_stream_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.flags = AIUEO_STREAM_NO_DUPLICATE_CHECK;
    options.batch = &columns;
    options.progress = on_progress;
    options.progress_user = answer;
    memset(&now, 0, sizeof now);
    now.plan = compile();
    now.calls = calls;
    STATUS(AIUEO_OK, aiueo_plan_score_stream(now.plan, &in, &options, &scored, &error));
    now.stream = &scored;
}

static void streams(void) {
    int left = 0;
    int32_t answer = 0;
    struct stream_source source = {rows_schema, thrice, NULL};
    struct ArrowArray array;
    int64_t calls = 0;
    source.state = &left;

    /* Released by a scorer (none was called before) and by progress. */
    for (calls = 0; calls < 2; ++calls) {
        left = 3;
        open_stream(&source, &answer, calls);
        CHECK(scored.get_next(&scored, &array) == 0);
        CHECK(scored.release == NULL && alive == 0 && left == 2);
        CHECK(array.length == count);
        array.release(&array);
    }

    /* Released and cancelled at once: nothing is left to ask. */
    left = 3;
    answer = 1;
    open_stream(&source, &answer, 1);
    CHECK(scored.get_next(&scored, &array) == ECANCELED && array.release == NULL);
    CHECK(scored.release == NULL && alive == 0 && scored.get_last_error(&scored) == NULL);

    /* Asked for more by its own callback, it says no, and goes on. */
    left = 3;
    answer = 0;
    open_stream(&source, &answer, 1);
    now.stream = NULL;
    now.asks = 1;
    while (scored.get_next(&scored, &array) == 0 && array.release != NULL) {
        CHECK(array.length == count);
        array.release(&array);
    }
    CHECK(left == 0 && scored.get_last_error(&scored) == NULL);
    now.stream = &scored;
    CHECK(alive > 0);
    scored.release(&scored);
    aiueo_plan_free(now.plan);
    memset(&now, 0, sizeof now);
    CHECK(alive == 0);
}

/* ── streams of histories ────────────────────────────────────────────────────────────────────────
 */

static const int32_t two_offsets[3] = {0, 1, 2};
static const char two_keys[] = "ab";
static const int32_t two_days[2] = {today - 400, today - 400};
static const int32_t two_ends[2] = {today - 35, today - 35};
static const int32_t word_offsets[3] = {0, 4, 8};
static const char two_words[] = "goodgood";
static const double two_mrr[2] = {10, 20};

static struct ArrowSchema contracts_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "start", "tdD", 0);
    add_field(&out, "end", "tdD", 0);
    add_field(&out, "mrr", "g", 0);
    add_field(&out, "outcome", "u", 0);
    return out;
}

static struct ArrowSchema ranks_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "as_of", "tdD", 0);
    add_field(&out, "rank", "u", 0);
    return out;
}

static struct ArrowSchema initiatives_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "date", "tdD", 0);
    add_field(&out, "initiative", "u", 0);
    return out;
}

static void (*free_handle)(void);

static struct ArrowArray two_rows(int with_money) {
    static const int32_t none[3] = {0, 0, 0};
    struct ArrowArray out = new_array(2, 0);
    add_column(&out, 2, two_offsets, NULL, two_keys);
    add_column(&out, 2, two_days, NULL, NULL);
    if (with_money) {
        add_column(&out, 2, two_ends, NULL, NULL);
        add_column(&out, 2, two_mrr, NULL, NULL);
        add_column(&out, 2, none, NULL, two_words); /* open */
    } else {
        add_column(&out, 2, word_offsets, NULL, two_words);
    }
    return out;
}

static int with_money(void* state, struct ArrowArray* out) {
    int* left = state;
    if (*left == 1) free_handle();
    if ((*left)-- > 0) *out = two_rows(1);
    return 0;
}

static int without_money(void* state, struct ArrowArray* out) {
    int* left = state;
    if (*left == 1) free_handle();
    if ((*left)-- > 0) *out = two_rows(0);
    return 0;
}

static aiueo_contracts* contracts;
static aiueo_ledger* ledger;
static aiueo_ranks* ranks;
static aiueo_initiatives* initiatives;

static void free_contracts(void) { aiueo_contracts_free(contracts); }
static void free_ledger(void) { aiueo_ledger_free(ledger); }
static void free_ranks(void) { aiueo_ranks_free(ranks); }
static void free_initiatives(void) { aiueo_initiatives_free(initiatives); }

/* The producer frees what its rows are added to, between two tables. */
static void producers(void) {
    aiueo_plan* plan = compile();
    struct stream_source source = {contracts_schema, with_money, NULL};
    struct ArrowArrayStream in;
    int left = 2;
    int all = 0;
    source.state = &left;

    free_handle = free_contracts;
    STATUS(AIUEO_OK, aiueo_contracts_new(plan, &contracts, &error));
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_contracts_add_stream(contracts, &in, &error));
    CHECK(left == -1 && alive == 0);

    left = 2;
    free_handle = free_ledger;
    STATUS(AIUEO_OK, aiueo_ledger_new(plan, &ledger, &error));
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_ledger_add_stream(ledger, &in, &error));
    CHECK(left == -1 && alive == 0);

    left = 2;
    source.next = without_money;
    source.schema = ranks_schema;
    free_handle = free_ranks;
    STATUS(AIUEO_OK, aiueo_ranks_new(plan, &ranks, &error));
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_ranks_add_stream(ranks, &in, &error));
    CHECK(left == -1 && alive == 0);

    source.schema = initiatives_schema;
    free_handle = free_initiatives;
    for (all = 0; all < 2; ++all) {
        left = 2;
        STATUS(AIUEO_OK, aiueo_initiatives_new(plan, &initiatives, &error));
        if (all) STATUS(AIUEO_OK, aiueo_initiatives_keep_all(initiatives, &error));
        in = new_stream(&source);
        STATUS(AIUEO_OK, aiueo_initiatives_add_stream(initiatives, &in, &error));
        CHECK(left == -1 && alive == 0);
    }
    aiueo_plan_free(plan);
}

int main(void) {
    fill();
    scorers_free();
    streams();
    producers();
    return finish();
}
