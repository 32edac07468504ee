/* A portfolio whose figures another rounding mode, or one that flushes small numbers to zero, would
 * change: subnormals, tenths, texts, narrow floats. Everything is bytes in a log, to be compared.
 */
#ifndef AIUEO_TESTS_CAPI_HOST_WORLD_H
#define AIUEO_TESTS_CAPI_HOST_WORLD_H

#include "arrow_support.h"

enum { people = 48, dates = 3, all_rows = people * dates, key_bytes = 4, most_text = 1 << 20 };

/* ── the log ─────────────────────────────────────────────────────────────────────────────────────
 */

struct bytes {
    char* data;
    size_t size;
    size_t room;
};

static struct bytes* taken = NULL; /* where keep() writes */
static char answer[most_text];     /* what a call tells */
static size_t answer_size;

static inline void keep(const void* from, size_t size) {
    if (taken->size + size > taken->room) {
        taken->room = 2 * (taken->size + size) + 4096;
        taken->data = realloc(taken->data, taken->room);
        if (taken->data == NULL) exit(2);
    }
    if (size != 0) memcpy(taken->data + taken->size, from, size);
    taken->size += size;
}

/* A status and, where it is good, the text that came with it. */
static inline int32_t keep_text(int32_t status) {
    keep(&status, sizeof status);
    if (status == AIUEO_OK) {
        keep(answer, answer_size);
    } else {
        keep(error.message, strlen(error.message));
    }
    return status;
}

/* A buffer is there, and where it is empty may be NULL. */
static inline void keep_at(const void* from, int64_t at, int64_t size) {
    if (size > 0) keep((const char*)from + at, (size_t)size);
}

static inline void keep_column(const struct ArrowSchema* schema, const struct ArrowArray* array) {
    static const struct {
        char format;
        int64_t width;
    } widths[] = {{'g', 8}, {'l', 8}, {'i', 4}, {'I', 4}, {'s', 2}, {'S', 2}, {'c', 1}, {'C', 1}};
    const int64_t n = array->length;
    size_t k = 0;
    keep(schema->name, strlen(schema->name));
    if (array->buffers[0] != NULL) keep_at(array->buffers[0], array->offset / 8, n / 8);
    if (schema->format[0] == 'u') {
        const int32_t* ends = (const int32_t*)array->buffers[1] + array->offset;
        keep_at(ends, 0, 4 * (n + 1));
        keep_at(array->buffers[2], ends[0], ends[n] - ends[0]);
    } else if (schema->format[0] == 'b') {
        keep_at(array->buffers[1], array->offset / 8, n / 8);
    } else if (strcmp(schema->format, "tdD") == 0) {
        keep_at(array->buffers[1], 4 * array->offset, 4 * n);
    } else {
        for (k = 0; k < sizeof widths / sizeof widths[0]; ++k) {
            if (widths[k].format != schema->format[0]) continue;
            keep_at(array->buffers[1], widths[k].width * array->offset, widths[k].width * n);
            break;
        }
        CHECK(k < sizeof widths / sizeof widths[0]); /* a type that nobody compares */
    }
    if (schema->dictionary != NULL) keep_column(schema->dictionary, array->dictionary);
}

/* A table that was exported, which is then released. */
static inline void keep_table(struct ArrowSchema* schema, struct ArrowArray* array) {
    int64_t k = 0;
    for (k = 0; k < schema->n_children; ++k) keep_column(schema->children[k], array->children[k]);
    schema->release(schema);
    array->release(array);
}

/* ── the portfolio ───────────────────────────────────────────────────────────────────────────────
 */

static char keys[all_rows * key_bytes + 1];
static int32_t key_ends[all_rows + 1];
static char parents[all_rows * 2 + 1];
static int32_t parent_ends[all_rows + 1];
static int32_t as_of[all_rows], begun[all_rows], ends[all_rows], observed[all_rows];
static int32_t plan_code[all_rows], member_code[all_rows];
static uint8_t is_set[all_rows];
static double tiny[all_rows], part[all_rows], paid[all_rows], nps_of[all_rows], pulse[all_rows];
static float narrow[all_rows];
static char number_texts[all_rows * 16];
static int32_t number_ends[all_rows + 1];
static const char word_bytes[] = "protrial";
static const int32_t word_ends[3] = {0, 3, 8};
static const char member_bytes[] = "aokiyuki";
static const int32_t member_ends[3] = {0, 4, 8};

/* Before any mode is set: here numbers are computed. */
static inline void fill_portfolio(void) {
    int k = 0;
    for (k = 0; k < all_rows; ++k) {
        const int who = k / dates;
        const int when = k % dates;
        snprintf(keys + k * key_bytes, key_bytes + 1, "c%03d", who);
        key_ends[k + 1] = (k + 1) * key_bytes;
        snprintf(parents + k * 2, 3, "p%d", who % 5);
        parent_ends[k + 1] = (k + 1) * 2;
        as_of[k] = today - 100 * (dates - 1 - when);
        begun[k] = today - 700 + 7 * who;
        ends[k] = today + 3 * who;
        observed[k] = as_of[k] - who % 60;
        plan_code[k] = who % 3 == 0;
        member_code[k] = who % 2;
        is_set[k] = (uint8_t)((who + when) % 4 != 0);
        tiny[k] = (double)((who * 37 + when * 11) % 97) * 1e-311; /* subnormals, and some 0 */
        if (who % 7 == 0) tiny[k] = 4.9406564584124654e-324;      /* the least there is */
        part[k] = 0.1 + (double)(who % 9) * 0.1 + when * 0.01;
        paid[k] = 100.1 + (double)(who % 11) * 33.3;
        paid[k] = floor(paid[k] * 100) / 100;
        nps_of[k] = who % 10 == 3 ? (double)NAN : (double)((who + 2 * when) % 11);
        pulse[k] = who % 8 == 1 ? 33.3 : (double)NAN;
        narrow[k] = who % 6 == 0 ? 1e-41f : 0.1f * (float)(who % 13); /* subnormal as a float */
        number_ends[k + 1] =
            number_ends[k] + snprintf(number_texts + number_ends[k], 16, "%d.%d%s", who % 4,
                                      (who * 7 + when) % 10, who % 5 == 0 ? "7e-310" : "3333333");
    }
}

static inline void key_of(int who, char* to) { snprintf(to, key_bytes + 1, "c%03d", who); }

/* Rows from `first` on: all of them, or those of one date. */
struct rows_of {
    int first;
    int count;
};
static const struct rows_of every_row = {0, all_rows};

static inline aiueo_column rows_column(struct rows_of of, int32_t type, const void* values) {
    aiueo_column out = column_of(type, values);
    out.length = of.count;
    out.offset = of.first;
    return out;
}

static inline aiueo_column rows_text(struct rows_of of, const int32_t* text_ends,
                                     const char* bytes) {
    aiueo_column out = rows_column(of, AIUEO_TYPE_TEXT32, NULL);
    out.offsets = text_ends;
    out.bytes = bytes;
    out.bytes_size = text_ends[all_rows];
    return out;
}

static inline aiueo_column rows_words(struct rows_of of, const int32_t* codes,
                                      const aiueo_column* words) {
    aiueo_column out = rows_column(of, AIUEO_TYPE_DICTIONARY, codes);
    out.index_type = AIUEO_TYPE_INT32;
    out.dictionary = words;
    return out;
}

static inline aiueo_batch* host_batch(const aiueo_plan* plan, struct rows_of of,
                                      const aiueo_initiatives* done) {
    const aiueo_column words = text_of(2, word_ends, word_bytes);
    const aiueo_column names = text_of(2, member_ends, member_bytes);
    aiueo_batch_options options;
    aiueo_batch* out = NULL;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.flags = AIUEO_BATCH_ALL_METRICS;
    options.initiatives = done;
    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, of.count, &options, &out, &error));
    if (out == NULL) exit(2);
    bind(out, "customer", rows_text(of, key_ends, keys));
    bind(out, "parent", rows_text(of, parent_ends, parents));
    bind(out, "as_of", rows_column(of, AIUEO_TYPE_DATE32, as_of));
    bind(out, "begun", rows_column(of, AIUEO_TYPE_DATE32, begun));
    bind(out, "ends", rows_column(of, AIUEO_TYPE_DATE32, ends));
    bind(out, "nps@", rows_column(of, AIUEO_TYPE_DATE32, observed));
    bind(out, "pulse@", rows_column(of, AIUEO_TYPE_DATE32, observed));
    bind(out, "plan", rows_words(of, plan_code, &words));
    bind(out, "member", rows_words(of, member_code, &names));
    bind(out, "setup", rows_column(of, AIUEO_TYPE_BYTE, is_set));
    bind(out, "tiny", rows_column(of, AIUEO_TYPE_FLOAT64, tiny));
    bind(out, "share", rows_column(of, AIUEO_TYPE_FLOAT64, part));
    bind(out, "unread", rows_column(of, AIUEO_TYPE_FLOAT64, part));
    bind(out, "mrr", rows_column(of, AIUEO_TYPE_FLOAT64, paid));
    bind(out, "mrr_before", rows_column(of, AIUEO_TYPE_FLOAT64, paid));
    bind(out, "nps", rows_column(of, AIUEO_TYPE_FLOAT64, nps_of));
    bind(out, "pulse", rows_column(of, AIUEO_TYPE_FLOAT64, pulse));
    bind(out, "narrow", rows_column(of, AIUEO_TYPE_FLOAT32, narrow));
    bind(out, "text", rows_text(of, number_ends, number_texts));
    return out;
}

/* ── the host's own scorer ───────────────────────────────────────────────────────────────────────
 */

/* Computes, on the thread and in the mode that the library calls it in. */
static inline int32_t own_scorer(void* user, const aiueo_scorer_call* call, aiueo_error* why) {
    int64_t k = 0;
    (void)user;
    (void)why;
    for (k = 0; k < call->rows; ++k) {
        const double sum = call->inputs[0][k] * 0.1 + call->inputs[1][k] * 1e308 * 0.3;
        const double out = sum * 33.3;
        call->out[k] = out > 100 ? 100 : out;
    }
    return AIUEO_OK;
}

static inline aiueo_plan* host_plan(const char* instruction_set) {
    aiueo_plan_options options;
    aiueo_scorers* scorers = NULL;
    aiueo_plan* out = NULL;
    size_t length = 0;
    char* model = read_text("capi/host_model.json", &length);
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    STATUS(AIUEO_OK, aiueo_scorers_new(&scorers, &error));
    STATUS(AIUEO_OK, aiueo_scorers_add(scorers, "own", 3, 1, 2, own_scorer, NULL, &error));
    options.scorers = scorers;
    if (instruction_set != NULL) {
        options.instruction_set = instruction_set;
        options.instruction_set_length = strlen(instruction_set);
    }
    STATUS(AIUEO_OK, aiueo_plan_load(model, length, &options, &out, &error));
    aiueo_scorers_free(scorers);
    free(model);
    if (out == NULL) exit(2);
    return out;
}

/* ── what is told beside the snapshots ───────────────────────────────────────────────────────────
 */

struct world {
    aiueo_plan* plan;
    aiueo_plan* acting;
    aiueo_initiatives* done;
    aiueo_contracts* contracts;
    aiueo_ledger* ledger;
    aiueo_ranks* ranks;
    aiueo_batch* batch;
    aiueo_batch* latest; /* one row a customer */
    aiueo_scores* scores;
    aiueo_evidence* seen;
};

static inline void reads_initiatives(struct world* w) {
    int k = 0;
    char key[key_bytes + 1];
    STATUS(AIUEO_OK, aiueo_initiatives_new(w->acting, &w->done, &error));
    STATUS(AIUEO_OK, aiueo_initiatives_keep_all(w->done, &error));
    for (k = 0; k < people; k += 2) {
        key_of(k, key);
        STATUS(AIUEO_OK,
               aiueo_initiatives_add(w->done, key, key_bytes, "meeting", 7, today - 50 - k,
                                     today - 50 - k, AIUEO_NO_DATE, &error));
    }
    STATUS(AIUEO_OK, aiueo_initiatives_finish(w->done, &error));
}

static inline void reads_contracts(struct world* w) {
    int k = 0;
    char key[key_bytes + 1];
    STATUS(AIUEO_OK, aiueo_contracts_new(w->plan, &w->contracts, &error));
    for (k = 0; k < people; ++k) {
        aiueo_contract one;
        memset(&one, 0, sizeof one);
        one.struct_size = sizeof one;
        one.start = today - 400 + k;
        one.end = today - 35 + k;
        one.outcome = k > 40 ? AIUEO_OPEN : k % 3 == 1 ? AIUEO_CHURNED : AIUEO_RENEWED;
        one.mrr_before = 10010 + 777 * k;
        one.mrr_after = one.outcome == AIUEO_RENEWED ? 10010 + 801 * k : AIUEO_NO_MONEY;
        key_of(k, key);
        STATUS(AIUEO_OK, aiueo_contracts_add(w->contracts, key, key_bytes, &one, &error));
    }
    STATUS(AIUEO_OK, aiueo_contracts_finish(w->contracts, &error));
}

/* The ledger comes as a stream of doubles, which become whole cents. */
static inline struct ArrowSchema ledger_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "start", "tdD", 0);
    add_field(&out, "end", "tdD", 0);
    add_field(&out, "mrr", "g", 0);
    return out;
}
static inline int ledger_next(void* state, struct ArrowArray* out) {
    static uint8_t none[(all_rows + 7) / 8];
    int* told = state;
    if ((*told)++ != 0) return 0;
    *out = new_array(all_rows, 0);
    add_column(out, all_rows, key_ends, NULL, keys);
    add_column(out, all_rows, begun, NULL, NULL);
    add_column(out, all_rows, begun, none, NULL);
    add_column(out, all_rows, paid, NULL, NULL);
    return 0;
}

static inline void reads_ledgers(struct world* w) {
    int told = 0;
    struct stream_source source = {ledger_schema, ledger_next, NULL};
    struct ArrowArrayStream stream;
    source.state = &told;
    stream = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_ledger_new(w->plan, &w->ledger, &error));
    STATUS(AIUEO_OK, aiueo_ledger_add_stream(w->ledger, &stream, &error));
    STATUS(AIUEO_OK, aiueo_ledger_finish(w->ledger, &error));
}

static inline void reads_ranks(struct world* w) {
    static const char* const names[] = {"risk", "normal", "good"};
    int k = 0;
    char key[key_bytes + 1];
    STATUS(AIUEO_OK, aiueo_ranks_new(w->plan, &w->ranks, &error));
    for (k = 0; k < people; ++k) {
        key_of(k, key);
        STATUS(AIUEO_OK, aiueo_ranks_add(w->ranks, key, key_bytes, today, names[k % 3],
                                         strlen(names[k % 3]), "aoki", 4, &error));
    }
    STATUS(AIUEO_OK, aiueo_ranks_finish(w->ranks, &error));
}

#endif
