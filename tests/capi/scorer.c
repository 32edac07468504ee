/* A custom scorer by callback: its inputs, its failure, its cancellation, what it may not give. */
#include "support.h"

static const char model[] =
    "{ \"aiueo\": 1, \"metrics\": { \"a\": { \"type\": \"number\" }, \"b\": { \"type\": \"flag\" },\n"
    "  \"d\": { \"type\": \"date\" } },\n"
    "  \"axes\": { \"U\": { \"components\": { \"own\": { \"scorer\": \"pressure\", \"version\": 2,\n"
    "    \"metrics\": [\"a\", \"b\", \"d\"], \"params\": {\"scale\": 10} } } } } }";

enum { count = 300 };

struct host {
    int32_t answer;      /* what the callback returns */
    const char* message; /* and says */
    int64_t calls;
    int64_t seen;
    double bad_value;
};

static int32_t pressure(void* user, const aiueo_scorer_call* call, aiueo_error* why) {
    struct host* host = user;
    int64_t k = 0;
    ++host->calls;
    CHECK(call->struct_size == sizeof *call && call->input_count == 3 && call->rows > 0);
    CHECK(call->params_length > 0 && memchr(call->params, '1', call->params_length) != NULL);
    CHECK(why != NULL && why->struct_size == sizeof *why);
    for (k = 0; k < call->rows; ++k) {
        CHECK(call->as_of[k] == today);
        CHECK(call->inputs[2][k] == today - 1);
        call->out[k] = call->inputs[1][k] == 1 ? call->inputs[0][k] / 10 : (double)NAN;
    }
    if (host->bad_value != 0) call->out[0] = host->bad_value;
    host->seen += call->rows;
    if (host->message != NULL) strncpy(why->message, host->message, sizeof why->message - 1);
    return host->answer;
}

static aiueo_plan* compile(aiueo_scorers* scorers) {
    aiueo_plan_options options;
    aiueo_plan* plan = NULL;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.scorers = scorers;
    STATUS(AIUEO_OK, aiueo_plan_load(model, sizeof model - 1, &options, &plan, &error));
    return plan;
}

int main(void) {
    static double a[count];
    static uint8_t b[count];
    static int32_t d[count];
    static double before[count];
    struct host host = {AIUEO_OK, NULL, 0, 0, 0};
    aiueo_scorers* scorers = NULL;
    aiueo_plan* plan = NULL;
    aiueo_batch* batch = NULL;
    aiueo_scores* scores = NULL;
    aiueo_batch_options options = default_options();
    const double* u = NULL;
    char text[65536];
    int k = 0;
    for (k = 0; k < count; ++k) {
        a[k] = k;
        b[k] = k % 3 != 0;
        d[k] = today - 1;
    }

    STATUS(AIUEO_BAD_MODEL, aiueo_plan_load(model, sizeof model - 1, NULL, &plan, &error));
    MESSAGE("pressure");
    STATUS(AIUEO_OK, aiueo_scorers_new(&scorers, &error));
    STATUS(AIUEO_OK, aiueo_scorers_add(scorers, "pressure", 8, 2, 3, pressure, &host, &error));
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_scorers_add(scorers, "pressure", 8, 2, 3, pressure, &host, &error));
    STATUS(AIUEO_OK, aiueo_scorers_add(scorers, "other", 5, 1, -1, pressure, &host, &error));
    plan = compile(scorers);
    aiueo_scorers_free(scorers);

    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, count, &options, &batch, &error));
    {
        aiueo_column column = column_of(AIUEO_TYPE_FLOAT64, a);
        column.length = count;
        bind(batch, "a", column);
        column.type = AIUEO_TYPE_BYTE;
        column.values = b;
        bind(batch, "b", column);
        column.type = AIUEO_TYPE_DATE32;
        column.values = d;
        bind(batch, "d", column);
    }
    STATUS(AIUEO_OK, aiueo_scores_new(plan, count, NULL, &scores, &error));
    STATUS(AIUEO_OK, aiueo_scores_axis(scores, AIUEO_UTILIZATION, &u, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, count, scores, &error));
    CHECK(host.seen == count && host.calls > 1);
    for (k = 0; k < count; ++k) {
        CHECK(k % 3 == 0 ? isnan(u[k]) : fabs(u[k] - k / 10.0) < 1e-5);
    }

    memcpy(before, u, sizeof before);
    /* Out of 0..100 is invalid, not a score. */
    host.bad_value = 100.5;
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, count, scores, &error));
    CHECK(isnan(u[0]));
    host.bad_value = 0;
    STATUS(AIUEO_OK, aiueo_plan_explain(plan, batch, 1, text, sizeof text, NULL, &error));

    host.answer = 7;
    STATUS(AIUEO_SCORER_FAILED, aiueo_plan_score(plan, batch, 0, count, scores, &error));
    MESSAGE("status 7");
    MESSAGE("pressure");
    host.message = "no connection\nat all";
    STATUS(AIUEO_SCORER_FAILED, aiueo_plan_score(plan, batch, 0, count, scores, &error));
    MESSAGE("no connection at all"); /* one line */
    host.answer = AIUEO_CANCELLED;
    STATUS(AIUEO_CANCELLED, aiueo_plan_score(plan, batch, 0, count, scores, &error));
    STATUS(AIUEO_CANCELLED, aiueo_plan_explain(plan, batch, 1, text, sizeof text, NULL, &error));
    host.answer = AIUEO_OK;
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, count, scores, &error));
    for (k = 0; k < count; ++k) CHECK(same_bits(before[k], u[k]));

    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return finish();
}
