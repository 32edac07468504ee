/* What the C programs share: checks that count, the model, and a batch of four customers.
 * A program ends with `return finish();`: 0 if every check held. */
#ifndef AIUEO_TESTS_CAPI_SUPPORT_H
#define AIUEO_TESTS_CAPI_SUPPORT_H

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aiueo.h>

#include "support/tests_dir.h"

static int checks_done = 0;
static int checks_failed = 0;

#define CHECK(condition) check_that((condition) != 0, #condition, __FILE__, __LINE__)
/* A call and the status it must give. */
#define STATUS(wanted, call) check_status((wanted), (call), #call, __FILE__, __LINE__)
/* The last message contains a text. */
#define MESSAGE(part) check_message((part), __FILE__, __LINE__)

static aiueo_error error = {sizeof(aiueo_error), 0, ""};

static inline void check_that(int holds, const char* what, const char* file, int line) {
    ++checks_done;
    if (holds) return;
    ++checks_failed;
    fprintf(stderr, "%s:%d: %s\n", file, line, what);
}

static inline void check_status(int32_t wanted, int32_t got, const char* what, const char* file,
                                int line) {
    ++checks_done;
    if (wanted == got) return;
    ++checks_failed;
    fprintf(stderr, "%s:%d: %s\n  gave %s, not %s: %s\n", file, line, what, aiueo_status_name(got),
            aiueo_status_name(wanted), error.message);
}

static inline void check_message(const char* part, const char* file, int line) {
    ++checks_done;
    if (strstr(error.message, part) != NULL) return;
    ++checks_failed;
    fprintf(stderr, "%s:%d: \"%s\" is not in: %s\n", file, line, part, error.message);
}

static inline int finish(void) {
    printf("%d checks, %d failed\n", checks_done, checks_failed);
    if (checks_done == 0) return 2; /* a test that checks nothing is no test */
    return checks_failed == 0 ? 0 : 1;
}

/* The bits of a double: NaN is equal to itself, 0 and -0 are not. */
static inline int same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

/* The text of a file under tests/; the caller frees it. */
static inline char* read_text(const char* name, size_t* length) {
    char path[4096];
    char* text = NULL;
    FILE* file = NULL;
    snprintf(path, sizeof path, "%s/%s", aiueo_tests_dir(), name);
    file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    text = malloc(1u << 20);
    *length = text == NULL ? 0 : fread(text, 1, 1u << 20, file);
    fclose(file);
    return text;
}

static inline aiueo_plan* load_plan(void) {
    size_t length = 0;
    char* text = read_text("capi/model.json", &length);
    aiueo_plan* plan = NULL;
    STATUS(AIUEO_OK, aiueo_plan_load(text, length, NULL, &plan, &error));
    free(text);
    if (plan == NULL) exit(2);
    return plan;
}

/* ── four customers ──────────────────────────────────────────────────────────────────────────────
 */

enum { rows = 4, today = 20778 /* 2026-11-21 */ };

static const char customer_bytes[] = "abc-2d";
static const int32_t customer_offsets[rows + 1] = {0, 1, 2, 5, 6};
static const char plan_words[] = "paidtrial";
static const int32_t plan_offsets[3] = {0, 4, 9};
static const int8_t plan_index[rows] = {0, 1, 0, 0};
static const char champion_bytes[] = "yesnoyes?";
static const int32_t champion_offsets[rows + 1] = {0, 3, 5, 8, 9};
static const int64_t mrr[rows] = {1200, 300, 0, 500};
static const double mrr_before[rows] = {1000, 300, 0, 600};
static const uint8_t setup[rows] = {1, 0, 1, 1};
static const double logins[rows] = {30, 2, 0, 12};
static const int32_t seats[rows] = {10, 4, 1, 3};
static const int32_t last_login[rows] = {today - 1, today - 30, today - 90, today};
static const float nps[rows] = {9, 7, 10, 2};
static const uint8_t nps_validity[1] = {0x0B}; /* the third is unknown */
static const int32_t nps_day[rows] = {today - 10, today - 400, today, today - 180};

static inline aiueo_column column_of(int32_t type, const void* values) {
    aiueo_column out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.type = type;
    out.length = rows;
    out.values = values;
    return out;
}

static inline aiueo_column text_of(int64_t length, const int32_t* offsets, const char* bytes) {
    aiueo_column out = column_of(AIUEO_TYPE_TEXT32, NULL);
    out.length = length;
    out.offsets = offsets;
    out.bytes = bytes;
    out.bytes_size = offsets[length];
    return out;
}

static inline void bind(aiueo_batch* batch, const char* name, aiueo_column column) {
    STATUS(AIUEO_OK, aiueo_batch_bind(batch, name, strlen(name), &column, &error));
}

/* All columns but `without` (may be NULL). */
static inline void bind_all(aiueo_batch* batch, const char* without) {
    const aiueo_column words = text_of(2, plan_offsets, plan_words);
    const char* const names[] = {"customer",   "plan",       "champion", "mrr",
                                 "mrr_before", "setup",      "logins",   "seats",
                                 "nps",        "last_login", "nps@"};
    aiueo_column columns[11];
    size_t k = 0;
    columns[0] = text_of(rows, customer_offsets, customer_bytes);
    columns[1] = column_of(AIUEO_TYPE_DICTIONARY, plan_index);
    columns[1].index_type = AIUEO_TYPE_INT8;
    columns[1].dictionary = &words;
    columns[2] = text_of(rows, champion_offsets, champion_bytes);
    columns[3] = column_of(AIUEO_TYPE_INT64, mrr);
    columns[4] = column_of(AIUEO_TYPE_FLOAT64, mrr_before);
    columns[5] = column_of(AIUEO_TYPE_BYTE, setup);
    columns[6] = column_of(AIUEO_TYPE_FLOAT64, logins);
    columns[7] = column_of(AIUEO_TYPE_INT32, seats);
    columns[8] = column_of(AIUEO_TYPE_FLOAT32, nps);
    columns[8].validity = nps_validity;
    columns[9] = column_of(AIUEO_TYPE_DATE32, last_login);
    columns[10] = column_of(AIUEO_TYPE_DATE32, nps_day);
    for (k = 0; k < sizeof columns / sizeof columns[0]; ++k) {
        if (without != NULL && strcmp(without, names[k]) == 0) continue;
        bind(batch, names[k], columns[k]);
    }
}

static inline aiueo_batch_options default_options(void) {
    aiueo_batch_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.has_as_of = 1;
    options.as_of = today;
    return options;
}

static inline aiueo_batch* new_batch(const aiueo_plan* plan) {
    const aiueo_batch_options options = default_options();
    aiueo_batch* batch = NULL;
    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
    if (batch == NULL) exit(2);
    return batch;
}

static inline aiueo_batch* full_batch(const aiueo_plan* plan) {
    aiueo_batch* batch = new_batch(plan);
    bind_all(batch, NULL);
    return batch;
}

static inline aiueo_scores* new_scores(const aiueo_plan* plan, uint32_t flags) {
    aiueo_scores_options options = {sizeof options, 0};
    aiueo_scores* scores = NULL;
    options.flags = flags;
    STATUS(AIUEO_OK, aiueo_scores_new(plan, rows, &options, &scores, &error));
    if (scores == NULL) exit(2);
    return scores;
}

static inline const void* score_column(const aiueo_scores* scores, const char* name, int32_t type) {
    const void* values = NULL;
    int32_t found = -1;
    STATUS(AIUEO_OK, aiueo_scores_column(scores, name, strlen(name), &found, &values, &error));
    CHECK(found == type);
    return values;
}

static inline const double* score_numbers(const aiueo_scores* scores, const char* name) {
    return score_column(scores, name, AIUEO_TYPE_FLOAT64);
}

#endif
