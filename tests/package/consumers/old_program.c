/* A program of release 0.1.0: compiled against the header of that time, run with the library of
 * today. Every structure has a guard behind it, which the library may not touch. Prints "as ever".
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aiueo.h>

#define GUARD UINT64_C(0x5ca1ab1e0ddba11)
#define GUARDED(type, name)               \
    struct {                              \
        type it;                          \
        uint64_t guard;                   \
    } name;                               \
    memset(&name, 0, sizeof name);        \
    name.it.struct_size = sizeof name.it; \
    name.guard = GUARD

#define MUST(condition)                                                          \
    do {                                                                         \
        if (!(condition)) {                                                      \
            fprintf(stderr, "line %d: %s\n%s\n", __LINE__, #condition, message); \
            exit(1);                                                             \
        }                                                                        \
    } while (0)

static const char* message = "";

static const char model[] =
    "{\"aiueo\": 1, \"name\": \"old\", \"metrics\": {\"a\": {\"type\": \"number\"}, \"c\": {\"type\": "
    "\"category\"}, \"nps\": {\"type\": \"number\", \"max_age_days\": 100}, \"met\": {\"from\": "
    "\"initiatives\", \"initiative\": \"meeting\", \"value\": \"count\", \"window_days\": 90}},"
    "\"axes\": {\"U\": {\"components\": {\"own\": {\"scorer\": \"twice\", \"metrics\": [\"a\"]}}},"
    "\"E\": {\"components\": {\"nps\": {\"metric\": \"nps\", \"curve\": [[0, 0], [10, 100]]},"
    "\"kind\": {\"metric\": \"c\", \"table\": {\"good\": 100, \"bad\": 0}},"
    "\"met\": {\"metric\": \"met\", \"curve\": [[0, 0], [2, 100]]}}}},"
    "\"ladders\": {\"stage\": [{\"name\": \"Entry\"}, {\"name\": \"Active\", \"when\": \"a >= 30\"}]}}";

static int32_t twice(void* user, const aiueo_scorer_call* call, aiueo_error* why) {
    int64_t k = 0;
    (void)why;
    ++*(int*)user;
    for (k = 0; k < call->rows; ++k) call->out[k] = 2 * call->inputs[0][k];
    return AIUEO_OK;
}

static void hear(void* user, int32_t level, const char* text, size_t length) {
    (void)level;
    (void)text;
    *(size_t*)user += length;
}

static int32_t go_on(void* user, int64_t rows) {
    *(int64_t*)user = rows;
    return 0;
}

int main(void) {
    enum { rows = 2, today = 20778 };
    static char text[65536];
    int called = 0;
    size_t heard = 0, needed = 0;
    int64_t row = 0, progress = 0;
    int32_t type = 0, number = 0, id = 0;
    double a[rows] = {40, 10};
    uint8_t* validity = NULL;
    void* values = NULL;
    const void* column_values = NULL;
    const double* u = NULL;
    aiueo_scorers* scorers = NULL;
    aiueo_plan* plan = NULL;
    aiueo_initiatives* initiatives = NULL;
    aiueo_batch *batch = NULL, *one = NULL, *arrow_batch = NULL;
    aiueo_scores* scores = NULL;
    aiueo_summary* summary = NULL;
    struct ArrowSchema schema;
    struct ArrowArray array;
    GUARDED(aiueo_error, error);
    GUARDED(aiueo_plan_options, plan_options);
    GUARDED(aiueo_batch_options, batch_options);
    GUARDED(aiueo_column, column);
    GUARDED(aiueo_scores_options, scores_options);
    GUARDED(aiueo_stream_options, stream_options);
    aiueo_error* e = &error.it;
    message = e->message;

    MUST(aiueo_abi_version() == AIUEO_ABI_VERSION && strlen(aiueo_version()) >= 5);
    MUST(strcmp(aiueo_status_name(AIUEO_BAD_VALUE), "bad_value") == 0);
    MUST(strcmp(aiueo_instruction_set_name(0), "portable") == 0);
    MUST(aiueo_model_schema(text, sizeof text, &needed, e) == AIUEO_OK && needed > 100);
    MUST(aiueo_model_check(model, sizeof model - 1, "m", 1, text, sizeof text, NULL, e) == 0);

    MUST(aiueo_scorers_new(&scorers, e) == AIUEO_OK);
    MUST(aiueo_scorers_add(scorers, "twice", 5, 1, 1, twice, &called, e) == AIUEO_OK);
    plan_options.it.scorers = scorers;
    plan_options.it.log = hear;
    plan_options.it.log_user = &heard;
    plan_options.it.instruction_set = "portable";
    plan_options.it.instruction_set_length = 8;
    MUST(aiueo_plan_load(model, sizeof model - 1, &plan_options.it, &plan, e) == AIUEO_OK);
    aiueo_scorers_free(scorers);
    MUST(strcmp(aiueo_plan_instruction_set(plan), "portable") == 0);
    MUST(aiueo_plan_describe(plan, text, 1, &needed, e) == AIUEO_BUFFER_TOO_SMALL && needed > 1);

    MUST(aiueo_initiatives_new(plan, &initiatives, e) == AIUEO_OK);
    MUST(aiueo_initiatives_add(initiatives, "x", 1, "meeting", 7, today - 3, AIUEO_NO_DATE,
                               AIUEO_NO_DATE, e) == AIUEO_OK);
    MUST(aiueo_initiatives_finish(initiatives, e) == AIUEO_OK);
    MUST(aiueo_initiatives_warnings(initiatives, text, sizeof text, NULL, e) == AIUEO_OK);
    MUST(strcmp(text, "[]") == 0);

    batch_options.it.initiatives = initiatives;
    batch_options.it.has_as_of = 1;
    batch_options.it.as_of = today;
    MUST(aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &batch_options.it, &batch, e) == AIUEO_OK);
    column.it.type = AIUEO_TYPE_FLOAT64;
    column.it.length = rows;
    column.it.values = a;
    MUST(aiueo_batch_bind(batch, "a", 1, &column.it, e) == AIUEO_OK);
    MUST(aiueo_batch_reserve(batch, "c", 1, AIUEO_TYPE_INT32, &values, &validity, e) == AIUEO_OK);
    MUST(aiueo_batch_text(batch, "good", 4, &id, e) == AIUEO_OK);
    ((int32_t*)values)[0] = id;
    ((int32_t*)values)[1] = -1;
    {
        static const int32_t offsets[rows + 1] = {0, 1, 2};
        column.it.type = AIUEO_TYPE_TEXT32;
        column.it.values = NULL;
        column.it.offsets = offsets;
        column.it.bytes = "xy";
        column.it.bytes_size = 2;
        MUST(aiueo_batch_bind(batch, "customer", 8, &column.it, e) == AIUEO_OK);
    }
    MUST(aiueo_batch_own(batch, e) == AIUEO_OK);
    MUST(aiueo_batch_metric(batch, "nps", 3, &number, e) == AIUEO_OK);
    MUST(aiueo_batch_set_number(batch, number, 0, 10, e) == AIUEO_OK);
    MUST(aiueo_batch_set_observed(batch, number, 0, today - 1, e) == AIUEO_OK);
    MUST(aiueo_batch_rows(batch) == rows);
    MUST(aiueo_batch_find(batch, "y", 1, &row, e) == AIUEO_OK && row == 1);
    MUST(aiueo_batch_check_rows(batch, e) == AIUEO_OK);

    scores_options.it.flags = AIUEO_SCORES_DETAIL;
    MUST(aiueo_scores_new(plan, rows, &scores_options.it, &scores, e) == AIUEO_OK);
    MUST(aiueo_plan_score(plan, batch, 0, rows, scores, e) == AIUEO_OK && called > 0);
    MUST(aiueo_scores_axis(scores, AIUEO_UTILIZATION, &u, e) == AIUEO_OK);
    MUST(u[0] == 80 && u[1] == 20);
    MUST(aiueo_scores_axis(scores, AIUEO_ENGAGEMENT, &u, e) == AIUEO_OK);
    MUST(fabs(u[0] - 250.0 / 3) < 1e-6 && isnan(u[1]));
    MUST(aiueo_scores_column(scores, "stage", 5, &type, &column_values, e) == AIUEO_OK);
    MUST(type == AIUEO_TYPE_INT16 && ((const int16_t*)column_values)[0] == 1);
    MUST(aiueo_plan_explain(plan, batch, 0, text, sizeof text, &needed, e) == AIUEO_OK);
    MUST(aiueo_plan_gap(plan, batch, 1, "stage", 5, "", 0, text, sizeof text, NULL, e) == 0);
    MUST(strstr(text, "a \\u003e= 30") != NULL);
    MUST(aiueo_summary_new(plan, &summary, e) == AIUEO_OK);
    MUST(aiueo_summary_add(summary, scores, rows, e) == AIUEO_OK);
    MUST(aiueo_summary_json(summary, text, sizeof text, NULL, e) == AIUEO_OK);
    MUST(aiueo_scores_export(scores, batch, rows, &schema, &array, e) == AIUEO_OK);
    MUST(array.length == rows);

    /* A table of scores is no snapshot: it has none of the columns, and the date is given. */
    batch_options.it.flags = AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN;
    batch_options.it.has_as_of = 0;
    MUST(aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array, AIUEO_VALIDATE_FULL,
                            &batch_options.it, &arrow_batch, e) == AIUEO_OK);
    MUST(aiueo_batch_rows(arrow_batch) == rows);
    schema.release(&schema);

    MUST(aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, NULL, &one, e) == AIUEO_OK);
    MUST(aiueo_batch_own(one, e) == AIUEO_OK && aiueo_batch_set_as_of(one, today, e) == AIUEO_OK);
    {
        double value = 50;
        MUST(aiueo_batch_metric(one, "a", 1, &number, e) == AIUEO_OK);
        MUST(aiueo_batch_set_row(one, 0, &number, &value, NULL, 1, e) == AIUEO_OK);
        MUST(aiueo_batch_metric(one, "c", 1, &number, e) == AIUEO_OK);
        MUST(aiueo_batch_set_text(one, number, 0, "bad", 3, e) == AIUEO_OK);
    }

    stream_options.it.progress = go_on;
    stream_options.it.progress_user = &progress;
    stream_options.it.summary = summary;
    MUST(aiueo_plan_score_stream(plan, NULL, &stream_options.it, NULL, e) != AIUEO_OK);
    MUST(aiueo_initiatives_add_stream(initiatives, NULL, e) != AIUEO_OK);
    MUST(e->code != AIUEO_OK && strlen(e->message) > 0);

    aiueo_batch_free(arrow_batch);
    aiueo_batch_free(one);
    aiueo_batch_free(batch);
    aiueo_initiatives_free(initiatives);
    aiueo_scores_free(scores);
    aiueo_summary_free(summary);
    aiueo_plan_free(plan);
    MUST(error.guard == GUARD && plan_options.guard == GUARD && batch_options.guard == GUARD);
    MUST(column.guard == GUARD && scores_options.guard == GUARD && stream_options.guard == GUARD);
    puts("as ever");
    return 0;
}
