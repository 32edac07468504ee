/* Every function with NULL and nonsense arguments: a status, a message, outputs untouched. */
#include "support.h"

#define REFUSED(part, call)                          \
    do {                                             \
        STATUS(AIUEO_INVALID_ARGUMENT, call);        \
        MESSAGE(part);                               \
        CHECK(error.code == AIUEO_INVALID_ARGUMENT); \
    } while (0)

/* What a call must not touch. */
static char* const poison = (char*)&checks_done;
static char text[64];
static size_t needed;

/* The address of a handle that must become NULL. */
#define HANDLE(type, name) type* name = (type*)(void*)poison

static int32_t never_called(void* user, const aiueo_scorer_call* call, aiueo_error* why) {
    (void)user;
    (void)call;
    (void)why;
    return 99;
}

static void models(void) {
    HANDLE(aiueo_plan, plan);
    aiueo_plan_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    needed = 77;
    REFUSED("json is NULL",
            aiueo_model_check(NULL, 3, NULL, 0, text, sizeof text, &needed, &error));
    REFUSED("file is NULL",
            aiueo_model_check("{}", 2, NULL, 1, text, sizeof text, &needed, &error));
    REFUSED("out is NULL", aiueo_model_check("{}", 2, NULL, 0, NULL, 1, &needed, &error));
    REFUSED("json has a length",
            aiueo_model_check("{}", SIZE_MAX, NULL, 0, text, 1, &needed, &error));
    REFUSED("out is NULL", aiueo_model_schema(NULL, 1, &needed, &error));
    CHECK(needed == 77);
    REFUSED("out is NULL", aiueo_plan_load("{}", 2, NULL, NULL, &error));
    REFUSED("json is NULL", aiueo_plan_load(NULL, 2, NULL, &plan, &error));
    CHECK(plan == NULL);
    plan = (aiueo_plan*)(void*)poison;
    options.struct_size = 0;
    REFUSED("struct_size", aiueo_plan_load("{}", 2, &options, &plan, &error));
    CHECK(plan == NULL);
    options.struct_size = 12; /* between two fields */
    REFUSED("struct_size", aiueo_plan_load("{}", 2, &options, &plan, &error));
    options.struct_size = UINT32_MAX;
    REFUSED("struct_size", aiueo_plan_load("{}", 2, &options, &plan, &error));
    options.struct_size = sizeof options;
    options.file_length = 5;
    REFUSED("file is NULL", aiueo_plan_load("{}", 2, &options, &plan, &error));
    options.file_length = 0;
    options.max_depth = 100000;
    REFUSED("max_depth", aiueo_plan_load("{}", 2, &options, &plan, &error));
    options.max_depth = 0;
    options.max_bytes = UINT64_MAX;
    REFUSED("max_bytes", aiueo_plan_load("{}", 2, &options, &plan, &error));
    options.max_bytes = 1;
    STATUS(AIUEO_LIMIT_EXCEEDED, aiueo_plan_load("{}", 2, &options, &plan, &error));
    options.max_bytes = 0;
    options.reserved = 1;
    STATUS(AIUEO_UNSUPPORTED, aiueo_plan_load("{}", 2, &options, &plan, &error));
    options.reserved = 0;
    options.instruction_set_length = 1;
    REFUSED("instruction_set is NULL", aiueo_plan_load("{}", 2, &options, &plan, &error));
    options.instruction_set = "x86-64-v3000";
    options.instruction_set_length = 12;
    STATUS(AIUEO_UNSUPPORTED, aiueo_plan_load("{}", 2, &options, &plan, &error));
    MESSAGE("\"x86-64-v3000\" is not available here; there are portable");
    options.struct_size = 64; /* of a program that knows no instruction sets */
    STATUS(AIUEO_BAD_MODEL, aiueo_plan_load("{}", 2, &options, &plan, &error));
    REFUSED("plan is NULL", aiueo_plan_describe(NULL, text, sizeof text, &needed, &error));
    CHECK(needed == 77 && plan == NULL);
    aiueo_plan_free(NULL);
}

static void scorers(void) {
    aiueo_scorers* all = NULL;
    REFUSED("out is NULL", aiueo_scorers_new(NULL, &error));
    STATUS(AIUEO_OK, aiueo_scorers_new(&all, &error));
    REFUSED("scorers is NULL", aiueo_scorers_add(NULL, "a", 1, 1, 1, never_called, NULL, &error));
    REFUSED("name is NULL", aiueo_scorers_add(all, NULL, 1, 1, 1, never_called, NULL, &error));
    REFUSED("name", aiueo_scorers_add(all, "", 0, 1, 1, never_called, NULL, &error));
    REFUSED("name", aiueo_scorers_add(all, "\xff", 1, 1, 1, never_called, NULL, &error));
    REFUSED("version", aiueo_scorers_add(all, "a", 1, 0, 1, never_called, NULL, &error));
    REFUSED("inputs", aiueo_scorers_add(all, "a", 1, 1, -2, never_called, NULL, &error));
    REFUSED("function is NULL", aiueo_scorers_add(all, "a", 1, 1, 1, NULL, NULL, &error));
    aiueo_scorers_free(all);
    aiueo_scorers_free(NULL);
}

static void initiatives(const aiueo_plan* plan) {
    aiueo_initiatives* all = NULL;
    aiueo_batch_options options = default_options();
    HANDLE(aiueo_batch, batch);
    REFUSED("plan is NULL", aiueo_initiatives_new(NULL, &all, &error));
    REFUSED("out is NULL", aiueo_initiatives_new(plan, NULL, &error));
    STATUS(AIUEO_OK, aiueo_initiatives_new(plan, &all, &error));
    REFUSED("initiatives is NULL", aiueo_initiatives_add(NULL, "a", 1, "b", 1, 1, 1, 1, &error));
    REFUSED("customer is NULL", aiueo_initiatives_add(all, NULL, 1, "b", 1, 1, 1, 1, &error));
    REFUSED("initiative is NULL", aiueo_initiatives_add(all, "a", 1, NULL, 1, 1, 1, 1, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add(all, "", 0, "b", 1, 1, 1, 1, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add(all, "a", 1, "", 0, 1, 1, 1, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add(all, "\xc3", 1, "b", 1, 1, 1, 1, &error));
    REFUSED("stream is NULL", aiueo_initiatives_add_stream(all, NULL, &error));
    REFUSED("initiatives is NULL", aiueo_initiatives_finish(NULL, &error));
    needed = 77;
    REFUSED("initiatives is NULL",
            aiueo_initiatives_warnings(NULL, text, sizeof text, &needed, &error));
    REFUSED("out is NULL", aiueo_initiatives_warnings(all, NULL, 1, &needed, &error));
    STATUS(AIUEO_INVALID_STATE,
           aiueo_initiatives_warnings(all, text, sizeof text, &needed, &error));
    MESSAGE("aiueo_initiatives_finish");
    CHECK(needed == 77);
    options.initiatives = all;
    STATUS(AIUEO_INVALID_STATE,
           aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
    CHECK(batch == NULL);
    MESSAGE("aiueo_initiatives_finish");
    STATUS(AIUEO_OK, aiueo_initiatives_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_initiatives_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_initiatives_add(all, "a", 1, "b", 1, 1, 1, 1, &error));
    {
        aiueo_plan* other = load_plan();
        REFUSED("another plan",
                aiueo_batch_new(other, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
        aiueo_plan_free(other);
    }
    aiueo_initiatives_free(all);
    aiueo_initiatives_free(NULL);
}

static void batches(const aiueo_plan* plan) {
    aiueo_batch_options options = default_options();
    struct {
        aiueo_batch_options known;
        uint64_t later;
    } newer;
    HANDLE(aiueo_batch, batch);
    REFUSED("plan is NULL", aiueo_batch_new(NULL, AIUEO_SNAPSHOTS, 1, NULL, &batch, &error));
    CHECK(batch == NULL);
    REFUSED("out is NULL", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, NULL, NULL, &error));
    REFUSED("kind", aiueo_batch_new(plan, 2, 1, NULL, &batch, &error));
    REFUSED("rows", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, -1, NULL, &batch, &error));
    REFUSED("rows", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, INT64_MAX, NULL, &batch, &error));
    REFUSED("rows",
            aiueo_batch_new(plan, AIUEO_SNAPSHOTS, ((int64_t)1 << 40) + 1, NULL, &batch, &error));
    options.first_row = -1;
    REFUSED("first_row", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
    options.first_row = INT64_MAX;
    REFUSED("first_row", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
    options.first_row = 0;
    options.flags = 4;
    STATUS(AIUEO_UNSUPPORTED, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
    options.flags = 0;
    options.null_texts_length = 1;
    REFUSED("null_texts", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
    options.null_texts = "\xfe";
    REFUSED("null_texts", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
    options.null_texts = "\n";
    options.has_as_of = 2;
    REFUSED("has_as_of", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
    options.has_as_of = 1;
    options.as_of = INT32_MAX;
    REFUSED("as_of", aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &batch, &error));
    CHECK(batch == NULL);

    /* A newer program: zeros in what this version does not know are fine, anything else is not. */
    memset(&newer, 0, sizeof newer);
    newer.known = default_options();
    newer.known.struct_size = sizeof newer;
    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &newer.known, &batch, &error));
    aiueo_batch_free(batch);
    newer.later = 1;
    STATUS(AIUEO_UNSUPPORTED,
           aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &newer.known, &batch, &error));
    CHECK(batch == NULL);
    /* An older one: what it does not have is 0. */
    options = default_options();
    options.struct_size = offsetof(aiueo_batch_options, as_of);
    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
    STATUS(AIUEO_OK, aiueo_batch_own(batch, &error));
    {
        aiueo_scores* scores = new_scores(plan, 0);
        STATUS(AIUEO_BAD_COLUMN, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
        MESSAGE("as_of");
        aiueo_scores_free(scores);
    }
    aiueo_batch_free(batch);
    aiueo_batch_free(NULL);
}

static void batch_calls(const aiueo_plan* plan) {
    aiueo_batch* batch = new_batch(plan);
    aiueo_column column = column_of(AIUEO_TYPE_FLOAT64, logins);
    void* values = poison;
    uint8_t* validity = (uint8_t*)(void*)poison;
    int32_t id = -7;
    int32_t day = -7;
    int64_t row = -7;
    REFUSED("batch is NULL", aiueo_batch_bind(NULL, "logins", 6, &column, &error));
    REFUSED("name is NULL", aiueo_batch_bind(batch, NULL, 6, &column, &error));
    REFUSED("column is NULL", aiueo_batch_bind(batch, "logins", 6, NULL, &error));
    STATUS(AIUEO_NOT_FOUND, aiueo_batch_bind(batch, "login", 5, &column, &error));
    MESSAGE("did you mean");
    STATUS(AIUEO_NOT_FOUND, aiueo_batch_bind(batch, "", 0, &column, &error));
    STATUS(AIUEO_NOT_FOUND, aiueo_batch_bind(batch, "\xff\n", 2, &column, &error));
    CHECK(strchr(error.message, '\n') == NULL && strchr(error.message, '\xff') == NULL);
    REFUSED("batch is NULL",
            aiueo_batch_reserve(NULL, "logins", 6, 13, &values, &validity, &error));
    REFUSED("name is NULL", aiueo_batch_reserve(batch, NULL, 6, 13, &values, &validity, &error));
    REFUSED("values is NULL", aiueo_batch_reserve(batch, "logins", 6, 13, NULL, &validity, &error));
    REFUSED("validity is NULL", aiueo_batch_reserve(batch, "logins", 6, 13, &values, NULL, &error));
    REFUSED("batch is NULL", aiueo_batch_text(NULL, "a", 1, &id, &error));
    REFUSED("text is NULL", aiueo_batch_text(batch, NULL, 1, &id, &error));
    REFUSED("id is NULL", aiueo_batch_text(batch, "a", 1, NULL, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_batch_text(batch, "\xff", 1, &id, &error));
    REFUSED("batch is NULL", aiueo_batch_own(NULL, &error));
    REFUSED("batch is NULL", aiueo_batch_metric(NULL, "logins", 6, &id, &error));
    REFUSED("name is NULL", aiueo_batch_metric(batch, NULL, 6, &id, &error));
    REFUSED("number is NULL", aiueo_batch_metric(batch, "logins", 6, NULL, &error));
    REFUSED("batch is NULL", aiueo_batch_set_number(NULL, 0, 0, 1, &error));
    REFUSED("batch is NULL", aiueo_batch_set_text(NULL, 0, 0, "a", 1, &error));
    REFUSED("text is NULL", aiueo_batch_set_text(batch, 0, 0, NULL, 1, &error));
    REFUSED("batch is NULL", aiueo_batch_set_observed(NULL, 0, 0, 1, &error));
    REFUSED("batch is NULL", aiueo_batch_set_as_of(NULL, 0, &error));
    REFUSED("as_of", aiueo_batch_set_as_of(batch, AIUEO_NO_DATE, &error));
    REFUSED("batch is NULL", aiueo_batch_find(NULL, "a", 1, &row, &error));
    REFUSED("customer is NULL", aiueo_batch_find(batch, NULL, 1, &row, &error));
    REFUSED("row is NULL", aiueo_batch_find(batch, "a", 1, NULL, &error));
    REFUSED("batch is NULL", aiueo_batch_latest_as_of(NULL, &day, &error));
    REFUSED("day is NULL", aiueo_batch_latest_as_of(batch, NULL, &error));
    REFUSED("batch is NULL", aiueo_batch_check_rows(NULL, &error));
    {
        aiueo_duplicates* seen = NULL;
        REFUSED("out is NULL", aiueo_duplicates_new(0, NULL, &error));
        REFUSED("budget is -1", aiueo_duplicates_new(-1, &seen, &error));
        CHECK(seen == NULL);
        STATUS(AIUEO_OK, aiueo_duplicates_new(INT64_MAX, &seen, &error));
        REFUSED("seen is NULL", aiueo_duplicates_add(NULL, batch, &error));
        REFUSED("batch is NULL", aiueo_duplicates_add(seen, NULL, &error));
        aiueo_duplicates_free(seen);
    }
    STATUS(AIUEO_BAD_COLUMN, aiueo_batch_check_rows(batch, &error));
    CHECK(aiueo_batch_rows(NULL) < 0 && aiueo_batch_rows(batch) == rows);
    CHECK(values == poison && (void*)validity == (void*)poison && id == -7 && row == -7);
    aiueo_batch_free(batch);
}

static void imports(const aiueo_plan* plan) {
    struct ArrowSchema schema;
    struct ArrowArray array;
    HANDLE(aiueo_batch, batch);
    memset(&schema, 0, sizeof schema);
    memset(&array, 0, sizeof array);
    REFUSED("array is NULL", aiueo_batch_import(plan, 1, &schema, NULL, 0, NULL, &batch, &error));
    CHECK(batch == NULL);
    REFUSED("schema", aiueo_batch_import(plan, 1, NULL, &array, 0, NULL, &batch, &error));
    REFUSED("released", aiueo_batch_import(plan, 1, &schema, &array, 0, NULL, &batch, &error));
    REFUSED("plan is NULL", aiueo_batch_import(NULL, 1, &schema, &array, 0, NULL, &batch, &error));
    REFUSED("kind", aiueo_batch_import(plan, 0, &schema, &array, 0, NULL, &batch, &error));
    REFUSED("validation", aiueo_batch_import(plan, 1, &schema, &array, 3, NULL, &batch, &error));
    REFUSED("out is NULL", aiueo_batch_import(plan, 1, &schema, &array, 0, NULL, NULL, &error));
}

static void scores(const aiueo_plan* plan) {
    aiueo_batch* batch = full_batch(plan);
    aiueo_scores* some = new_scores(plan, 0);
    aiueo_scores_options options = {sizeof options, 4};
    HANDLE(aiueo_scores, none);
    const double* axis = (const double*)(void*)poison;
    const void* values = poison;
    int32_t type = -7;
    struct ArrowSchema schema;
    struct ArrowArray array;
    memset(&schema, 0x5a, sizeof schema);
    memset(&array, 0x5a, sizeof array);
    REFUSED("plan is NULL", aiueo_scores_new(NULL, 1, NULL, &none, &error));
    CHECK(none == NULL);
    REFUSED("rows", aiueo_scores_new(plan, -1, NULL, &none, &error));
    REFUSED("rows", aiueo_scores_new(plan, INT64_MIN, NULL, &none, &error));
    REFUSED("out is NULL", aiueo_scores_new(plan, 1, NULL, NULL, &error));
    STATUS(AIUEO_UNSUPPORTED, aiueo_scores_new(plan, 1, &options, &none, &error));
    REFUSED("plan is NULL", aiueo_plan_score(NULL, batch, 0, rows, some, &error));
    REFUSED("batch is NULL", aiueo_plan_score(plan, NULL, 0, rows, some, &error));
    REFUSED("scores is NULL", aiueo_plan_score(plan, batch, 0, rows, NULL, &error));
    REFUSED("rows", aiueo_plan_score(plan, batch, -64, rows, some, &error));
    REFUSED("rows", aiueo_plan_score(plan, batch, 0, rows + 1, some, &error));
    REFUSED("rows", aiueo_plan_score(plan, batch, 0, INT64_MIN, some, &error));
    REFUSED("64", aiueo_plan_score(plan, batch, 1, rows, some, &error));
    REFUSED("scores is NULL", aiueo_scores_axis(NULL, 0, &axis, &error));
    REFUSED("out is NULL", aiueo_scores_axis(some, 1, NULL, &error));
    REFUSED("axis", aiueo_scores_axis(some, -1, &axis, &error));
    REFUSED("axis", aiueo_scores_axis(some, 6, &axis, &error));
    REFUSED("scores is NULL", aiueo_scores_column(NULL, "U", 1, &type, &values, &error));
    REFUSED("name is NULL", aiueo_scores_column(some, NULL, 1, &type, &values, &error));
    REFUSED("type is NULL", aiueo_scores_column(some, "U", 1, NULL, &values, &error));
    REFUSED("values is NULL", aiueo_scores_column(some, "U", 1, &type, NULL, &error));
    STATUS(AIUEO_NOT_FOUND, aiueo_scores_column(some, "", 0, &type, &values, &error));
    REFUSED("scores is NULL", aiueo_scores_export(NULL, batch, rows, &schema, &array, &error));
    REFUSED("schema is NULL", aiueo_scores_export(some, batch, rows, NULL, &array, &error));
    REFUSED("array is NULL", aiueo_scores_export(some, batch, rows, &schema, NULL, &error));
    REFUSED("rows", aiueo_scores_export(some, batch, rows + 1, &schema, &array, &error));
    REFUSED("rows", aiueo_scores_export(some, batch, -1, &schema, &array, &error));
    CHECK(axis == (const double*)(void*)poison && values == poison && type == -7 && none == NULL);
    CHECK(schema.n_children == 0x5a5a5a5a5a5a5a5a && array.length == 0x5a5a5a5a5a5a5a5a);
    aiueo_scores_free(some);
    aiueo_scores_free(NULL);
    aiueo_batch_free(batch);
}

static void explanations(const aiueo_plan* plan) {
    aiueo_plan* other = load_plan();
    aiueo_batch* batch = full_batch(plan);
    needed = 77;
    REFUSED("plan is NULL", aiueo_plan_explain(NULL, batch, 0, text, 1, &needed, &error));
    REFUSED("batch is NULL", aiueo_plan_explain(plan, NULL, 0, text, 1, &needed, &error));
    REFUSED("out is NULL", aiueo_plan_explain(plan, batch, 0, NULL, 1, &needed, &error));
    REFUSED("row", aiueo_plan_explain(plan, batch, rows, text, 1, &needed, &error));
    REFUSED("row", aiueo_plan_explain(plan, batch, -1, text, 1, &needed, &error));
    REFUSED("plan", aiueo_plan_explain(other, batch, 0, text, 1, &needed, &error));
    REFUSED("plan is NULL",
            aiueo_plan_gap(NULL, batch, 0, "stage", 5, "", 0, text, 1, &needed, &error));
    REFUSED("batch is NULL",
            aiueo_plan_gap(plan, NULL, 0, "stage", 5, "", 0, text, 1, &needed, &error));
    REFUSED("ladder is NULL",
            aiueo_plan_gap(plan, batch, 0, NULL, 5, "", 0, text, 1, &needed, &error));
    REFUSED("target is NULL",
            aiueo_plan_gap(plan, batch, 0, "stage", 5, NULL, 1, text, 1, &needed, &error));
    REFUSED("out is NULL",
            aiueo_plan_gap(plan, batch, 0, "stage", 5, NULL, 0, NULL, 1, &needed, &error));
    REFUSED("row",
            aiueo_plan_gap(plan, batch, rows, "stage", 5, NULL, 0, text, 1, &needed, &error));
    CHECK(needed == 77);
    aiueo_batch_free(batch);
    aiueo_plan_free(other);
}

static void summaries_and_streams(const aiueo_plan* plan) {
    aiueo_plan* other = load_plan();
    aiueo_scores* some = new_scores(plan, 0);
    aiueo_scores* others = new_scores(other, 0);
    aiueo_summary* summary = NULL;
    struct ArrowArrayStream in;
    struct ArrowArrayStream out;
    memset(&in, 0, sizeof in);
    memset(&out, 0x5a, sizeof out);
    needed = 77;
    REFUSED("plan is NULL", aiueo_summary_new(NULL, &summary, &error));
    REFUSED("out is NULL", aiueo_summary_new(plan, NULL, &error));
    STATUS(AIUEO_OK, aiueo_summary_new(plan, &summary, &error));
    REFUSED("summary is NULL", aiueo_summary_add(NULL, some, 1, &error));
    REFUSED("scores is NULL", aiueo_summary_add(summary, NULL, 1, &error));
    REFUSED("rows", aiueo_summary_add(summary, some, -1, &error));
    REFUSED("rows", aiueo_summary_add(summary, some, rows + 1, &error));
    REFUSED("same plan", aiueo_summary_add(summary, others, 1, &error));
    REFUSED("summary is NULL", aiueo_summary_json(NULL, text, 1, &needed, &error));
    REFUSED("summary is NULL", aiueo_summary_merge(NULL, summary, &error));
    REFUSED("other is NULL", aiueo_summary_merge(summary, NULL, &error));
    REFUSED("out is NULL", aiueo_summary_json(summary, NULL, 1, &needed, &error));
    CHECK(needed == 77);
    REFUSED("in is NULL", aiueo_plan_score_stream(plan, NULL, NULL, &out, &error));
    REFUSED("out is NULL", aiueo_plan_score_stream(plan, &in, NULL, NULL, &error));
    REFUSED("plan is NULL", aiueo_plan_score_stream(NULL, &in, NULL, &out, &error));
    REFUSED("released", aiueo_plan_score_stream(plan, &in, NULL, &out, &error));
    {
        unsigned char bytes[sizeof out];
        memset(bytes, 0x5a, sizeof bytes);
        CHECK(memcmp(bytes, &out, sizeof out) == 0);
    }
    aiueo_summary_free(summary);
    aiueo_summary_free(NULL);
    aiueo_scores_free(others);
    aiueo_scores_free(some);
    aiueo_plan_free(other);
}

/* Error structures of other versions, and none. */
static void error_structures(void) {
    struct {
        aiueo_error known;
        char beyond[16];
    } larger;
    struct {
        uint32_t struct_size;
        int32_t code;
        char message[8];
        char beyond[8];
    } smaller;
    uint32_t tiny[4] = {8, 1, 0x5a5a5a5a, 0x5a5a5a5a};
    aiueo_error cut = {sizeof cut, 0, ""};
    aiueo_plan* plan = NULL;
    memset(&larger, 0x5a, sizeof larger);
    larger.known.struct_size = sizeof larger;
    CHECK(aiueo_plan_load(NULL, 1, NULL, &plan, &larger.known) == AIUEO_INVALID_ARGUMENT);
    CHECK(larger.known.code == AIUEO_INVALID_ARGUMENT && larger.beyond[0] == 0x5a);
    CHECK(strncmp(larger.known.message, "json is NULL", 12) == 0);

    memset(&smaller, 0x5a, sizeof smaller);
    smaller.struct_size = 16;
    CHECK(aiueo_plan_load(NULL, 1, NULL, &plan, (aiueo_error*)(void*)&smaller) ==
          AIUEO_INVALID_ARGUMENT);
    CHECK(smaller.code == AIUEO_INVALID_ARGUMENT && strcmp(smaller.message, "json is") == 0);
    CHECK(smaller.beyond[0] == 0x5a);

    CHECK(aiueo_plan_load(NULL, 1, NULL, &plan, (aiueo_error*)(void*)tiny) ==
          AIUEO_INVALID_ARGUMENT);
    CHECK(tiny[1] == AIUEO_INVALID_ARGUMENT && tiny[2] == 0x5a5a5a5a);

    /* Without its size nothing is written, and nothing is done. */
    tiny[0] = 0;
    tiny[1] = 1;
    CHECK(aiueo_model_schema(NULL, 0, NULL, (aiueo_error*)(void*)tiny) == AIUEO_INVALID_ARGUMENT);
    CHECK(tiny[1] == 1);
    CHECK(aiueo_plan_load(NULL, 1, NULL, &plan, NULL) == AIUEO_INVALID_ARGUMENT);

    /* Cut between characters: three bytes each, and as many as there is room for. */
    {
        char name[1200];
        size_t k = 0;
        size_t length = 0;
        aiueo_plan* made = load_plan();
        const void* values = NULL;
        int32_t type = 0;
        aiueo_scores* scores = new_scores(made, 0);
        char long_file[1200];
        aiueo_plan_options options;
        memset(&options, 0, sizeof options);
        options.struct_size = sizeof options;
        for (k = 0; k + 3 <= sizeof name; k += 3) memcpy(name + k, "\xe3\x81\x82", 3);
        STATUS(AIUEO_NOT_FOUND, aiueo_scores_column(scores, name, 1200, &type, &values, &cut));
        for (k = 0; k < 3; ++k) {
            memset(long_file, 'f', k);
            memcpy(long_file + k, name, 900);
            options.file = long_file;
            options.file_length = 900 + k;
            CHECK(aiueo_plan_load("{", 1, &options, &plan, &cut) == AIUEO_BAD_JSON);
            length = strlen(cut.message);
            CHECK(length <= 503 && length >= 501 && (length - k) % 3 == 0);
        }
        aiueo_scores_free(scores);
        aiueo_plan_free(made);
    }
}

int main(void) {
    aiueo_plan* plan = load_plan();
    models();
    scorers();
    initiatives(plan);
    batches(plan);
    batch_calls(plan);
    imports(plan);
    scores(plan);
    explanations(plan);
    summaries_and_streams(plan);
    error_structures();
    aiueo_plan_free(plan);
    return finish();
}
