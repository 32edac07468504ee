#include "shim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "_cgo_export.h"

/* The call that is under way on this thread, where a callback leaves its error. */
static __thread aiueo_go_call* current;

int32_t aiueo_go_fail(uintptr_t failure) {
    if (current == NULL || current->failure != 0) return 0;
    current->failure = failure;
    return 1;
}

/* ── callbacks ─────────────────────────────────────────────────────────────── */

static void on_log(void* user, int32_t level, const char* message, size_t length) {
    aiueoGoLog((uintptr_t)user, level, (char*)message, length);
}

static int32_t on_score(void* user, const aiueo_scorer_call* call, aiueo_error* error) {
    return aiueoGoScore((uintptr_t)user, (aiueo_scorer_call*)call, error);
}

static int32_t on_progress(void* user, int64_t rows) {
    return aiueoGoProgress((uintptr_t)user, rows);
}

/* ── models and batches ────────────────────────────────────────────────────── */

int32_t aiueo_go_plan_load(const char* json, size_t json_length, const char* file,
                           size_t file_length, const aiueo_scorers* scorers, uintptr_t log,
                           const aiueo_plan_options* limits, const char* set, size_t set_length,
                           aiueo_plan** out, aiueo_error* error) {
    aiueo_plan_options options = *limits;
    options.struct_size = sizeof options;
    options.file = file;
    options.file_length = file_length;
    options.scorers = scorers;
    options.log = on_log;
    options.log_user = (void*)log;
    options.instruction_set = set;
    options.instruction_set_length = set_length;
    return aiueo_plan_load(json, json_length, &options, out, error);
}

int32_t aiueo_go_model_check_with(const char* json, size_t json_length, const char* file,
                                  size_t file_length, const aiueo_plan_options* limits, char* out,
                                  size_t capacity, size_t* needed, aiueo_error* error) {
    aiueo_plan_options options = *limits;
    options.struct_size = sizeof options;
    options.file = file;
    options.file_length = file_length;
    return aiueo_model_check_with(json, json_length, &options, out, capacity, needed, error);
}

int32_t aiueo_go_scorers_add(aiueo_scorers* scorers, const char* name, size_t name_length,
                             int32_t version, int32_t inputs, uintptr_t user, aiueo_error* error) {
    return aiueo_scorers_add(scorers, name, name_length, version, inputs, on_score, (void*)user,
                             error);
}

int32_t aiueo_go_bind(aiueo_batch* batch, const char* name, size_t name_length,
                      const aiueo_column* column, const aiueo_column* dictionary,
                      aiueo_error* error) {
    aiueo_column whole = *column;
    whole.dictionary = dictionary;
    return aiueo_batch_bind(batch, name, name_length, &whole, error);
}

int32_t aiueo_go_initiatives_add_row(aiueo_initiatives* initiatives, const char* customer,
                                     size_t customer_length, const char* initiative,
                                     size_t initiative_length, int32_t date, int32_t attended,
                                     int32_t responded, const char* variant, size_t variant_length,
                                     int32_t holdout, aiueo_error* error) {
    aiueo_initiative row;
    memset(&row, 0, sizeof row);
    row.struct_size = sizeof row;
    row.date = date;
    row.attended = attended;
    row.responded = responded;
    row.initiative = initiative;
    row.initiative_length = initiative_length;
    row.variant = variant;
    row.variant_length = variant_length;
    row.holdout = holdout;
    return aiueo_initiatives_add_row(initiatives, customer, customer_length, &row, error);
}

/* ── calls that may call back ──────────────────────────────────────────────── */

int32_t aiueo_go_score(const aiueo_plan* plan, const aiueo_batch* batch, int64_t begin, int64_t end,
                       aiueo_scores* scores, aiueo_go_call* call) {
    aiueo_go_call* const outer = current;
    int32_t status;
    current = call;
    status = aiueo_plan_score(plan, batch, begin, end, scores, &call->error);
    current = outer;
    return status;
}

int32_t aiueo_go_score_times(const aiueo_plan* plan, const aiueo_batch* batch, int64_t rows,
                             aiueo_scores* scores, int64_t times, aiueo_go_call* call) {
    int32_t status = AIUEO_OK;
    for (; times > 0 && status == AIUEO_OK; --times) {
        status = aiueo_go_score(plan, batch, 0, rows, scores, call);
    }
    return status;
}

int32_t aiueo_go_explain(const aiueo_plan* plan, const aiueo_batch* batch, int64_t row, char* out,
                         size_t capacity, size_t* needed, aiueo_go_call* call) {
    aiueo_go_call* const outer = current;
    int32_t status;
    current = call;
    status = aiueo_plan_explain(plan, batch, row, out, capacity, needed, &call->error);
    current = outer;
    return status;
}

int32_t aiueo_go_gap(const aiueo_plan* plan, const aiueo_batch* batch, int64_t row,
                     const char* ladder, size_t ladder_length, const char* target,
                     size_t target_length, char* out, size_t capacity, size_t* needed,
                     aiueo_go_call* call) {
    aiueo_go_call* const outer = current;
    int32_t status;
    current = call;
    status = aiueo_plan_gap(plan, batch, row, ladder, ladder_length, target, target_length, out,
                            capacity, needed, &call->error);
    current = outer;
    return status;
}

/* ── streams ───────────────────────────────────────────────────────────────── */

/* The library's stream, and what Go must keep as long as somebody reads it. */
typedef struct kept_stream {
    struct ArrowArrayStream inner;
    uintptr_t keep;
    int busy;     /* being read: scorers and progress are called */
    int released; /* meanwhile: given up when the call returns, since scorers are needed until then
                   */
} kept_stream;

static void give_up(kept_stream* held) {
    held->inner.release(&held->inner);
    aiueoGoLetGo(held->keep);
    free(held);
}

static int kept_schema(struct ArrowArrayStream* self, struct ArrowSchema* out) {
    kept_stream* const held = self->private_data;
    return held->inner.get_schema(&held->inner, out);
}

static int kept_next(struct ArrowArrayStream* self, struct ArrowArray* out) {
    kept_stream* const held = self->private_data;
    int code;
    if (held->busy) return held->inner.get_next(&held->inner, out); /* which refuses */
    held->busy = 1;
    code = held->inner.get_next(&held->inner, out);
    held->busy = 0;
    if (held->released) give_up(held);
    return code;
}

static const char* kept_error(struct ArrowArrayStream* self) {
    kept_stream* const held = self->private_data;
    return held->inner.get_last_error(&held->inner);
}

static void kept_release(struct ArrowArrayStream* self) {
    kept_stream* const held = self->private_data;
    self->release = NULL;
    if (held->busy) {
        held->released = 1;
    } else {
        give_up(held);
    }
}

int32_t aiueo_go_score_stream(const aiueo_plan* plan, struct ArrowArrayStream* in, uint32_t flags,
                              int32_t validation, uint32_t scores_flags,
                              const aiueo_batch_options* batch, aiueo_summary* summary,
                              int64_t duplicate_budget, uintptr_t progress, uintptr_t keep,
                              struct ArrowArrayStream* out, aiueo_error* error) {
    aiueo_stream_options options;
    kept_stream* const held = malloc(sizeof *held);
    int32_t status;
    if (held == NULL) {
        aiueo_go_release_stream(in);
        return AIUEO_OUT_OF_MEMORY;
    }
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.flags = flags;
    options.validation = validation;
    options.scores_flags = scores_flags;
    options.batch = batch;
    options.summary = summary;
    options.duplicate_budget = duplicate_budget;
    options.progress = progress == 0 ? NULL : on_progress;
    options.progress_user = (void*)progress;
    status = aiueo_plan_score_stream(plan, in, &options, &held->inner, error);
    if (status != AIUEO_OK) {
        free(held);
        return status;
    }
    held->keep = keep;
    held->busy = 0;
    held->released = 0;
    out->get_schema = kept_schema;
    out->get_next = kept_next;
    out->get_last_error = kept_error;
    out->release = kept_release;
    out->private_data = held;
    return AIUEO_OK;
}

/* A stream's answer, an errno, as a status with the stream's sentence. */
static int32_t answer(struct ArrowArrayStream* stream, int code, aiueo_error* error) {
    const char* said = NULL;
    if (code == 0) return AIUEO_OK;
    /* A callback may have handed the stream on, or released it. */
    if (stream->release != NULL) said = stream->get_last_error(stream);
    error->message[0] = '\0';
    if (said != NULL) strncat(error->message, said, sizeof error->message - 1);
    switch (code) {
    case ENOMEM: return AIUEO_OUT_OF_MEMORY;
    case ECANCELED: return AIUEO_CANCELLED;
    case EIO: return AIUEO_IO;
    case ENOSYS: return AIUEO_UNSUPPORTED;
    default: return AIUEO_BAD_VALUE;
    }
}

int32_t aiueo_go_stream_schema(struct ArrowArrayStream* stream, struct ArrowSchema* out,
                               aiueo_go_call* call) {
    return answer(stream, stream->get_schema(stream, out), &call->error);
}

int32_t aiueo_go_stream_next(struct ArrowArrayStream* stream, struct ArrowArray* out,
                             aiueo_go_call* call) {
    aiueo_go_call* const outer = current;
    int code;
    current = call;
    code = stream->get_next(stream, out);
    current = outer;
    return answer(stream, code, &call->error);
}

void aiueo_go_release_array(struct ArrowArray* array) {
    if (array != NULL && array->release != NULL) array->release(array);
}

void aiueo_go_release_schema(struct ArrowSchema* schema) {
    if (schema != NULL && schema->release != NULL) schema->release(schema);
}

void aiueo_go_release_stream(struct ArrowArrayStream* stream) {
    if (stream != NULL && stream->release != NULL) stream->release(stream);
}
