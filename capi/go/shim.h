/* What Go cannot say about the C interface: callbacks, and structures that hold pointers of both
 * worlds. Built in C, they never put a Go pointer into memory that C keeps. */
#ifndef AIUEO_GO_SHIM_H
#define AIUEO_GO_SHIM_H

#include <stdint.h>
#include <stdlib.h>

#include <aiueo.h>

/* One call: the library's error, and the handle of the Go error that a callback left behind. */
typedef struct aiueo_go_call {
    aiueo_error error;
    uintptr_t failure;
} aiueo_go_call;

/* Sets the failure of the innermost call on this thread; 0 if there is none to set. */
int32_t aiueo_go_fail(uintptr_t failure);

int32_t aiueo_go_plan_load(const char* json, size_t json_length, const char* file,
                           size_t file_length, const aiueo_scorers* scorers, uintptr_t log,
                           const aiueo_plan_options* limits, const char* set, size_t set_length,
                           aiueo_plan** out, aiueo_error* error);
int32_t aiueo_go_model_check_with(const char* json, size_t json_length, const char* file,
                                  size_t file_length, const aiueo_plan_options* limits, char* out,
                                  size_t capacity, size_t* needed, aiueo_error* error);
int32_t aiueo_go_scorers_add(aiueo_scorers* scorers, const char* name, size_t name_length,
                             int32_t version, int32_t inputs, uintptr_t user, aiueo_error* error);
int32_t aiueo_go_bind(aiueo_batch* batch, const char* name, size_t name_length,
                      const aiueo_column* column, const aiueo_column* dictionary,
                      aiueo_error* error);

int32_t aiueo_go_initiatives_add_row(aiueo_initiatives* initiatives, const char* customer,
                                     size_t customer_length, const char* initiative,
                                     size_t initiative_length, int32_t date, int32_t attended,
                                     int32_t responded, const char* variant, size_t variant_length,
                                     int32_t holdout, aiueo_error* error);

int32_t aiueo_go_score(const aiueo_plan* plan, const aiueo_batch* batch, int64_t begin, int64_t end,
                       aiueo_scores* scores, aiueo_go_call* call);
/* The same rows again and again, for measurements: what is left when nothing is crossed. */
int32_t aiueo_go_score_times(const aiueo_plan* plan, const aiueo_batch* batch, int64_t rows,
                             aiueo_scores* scores, int64_t times, aiueo_go_call* call);
int32_t aiueo_go_explain(const aiueo_plan* plan, const aiueo_batch* batch, int64_t row, char* out,
                         size_t capacity, size_t* needed, aiueo_go_call* call);
int32_t aiueo_go_gap(const aiueo_plan* plan, const aiueo_batch* batch, int64_t row,
                     const char* ladder, size_t ladder_length, const char* target,
                     size_t target_length, char* out, size_t capacity, size_t* needed,
                     aiueo_go_call* call);

/* `keep` is let go when the stream is released; on failure it stays the caller's. */
int32_t aiueo_go_score_stream(const aiueo_plan* plan, struct ArrowArrayStream* in, uint32_t flags,
                              int32_t validation, uint32_t scores_flags,
                              const aiueo_batch_options* batch, aiueo_summary* summary,
                              int64_t duplicate_budget, uintptr_t progress, uintptr_t keep,
                              struct ArrowArrayStream* out, aiueo_error* error);
int32_t aiueo_go_stream_schema(struct ArrowArrayStream* stream, struct ArrowSchema* out,
                               aiueo_go_call* call);
int32_t aiueo_go_stream_next(struct ArrowArrayStream* stream, struct ArrowArray* out,
                             aiueo_go_call* call);

void aiueo_go_release_array(struct ArrowArray* array);
void aiueo_go_release_schema(struct ArrowSchema* schema);
void aiueo_go_release_stream(struct ArrowArrayStream* stream);

#endif
