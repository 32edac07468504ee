/* A host that rounds upward, flushes subnormals to zero or traps on an invalid operation gets the
 * bits that every other host gets, from every kind of call, and its own mode back after each. */
#include <fenv.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

#include "host_world.h"

/* ── modes ───────────────────────────────────────────────────────────────────────────────────────
 */

struct mode {
    const char* name;
    int rounding;
    unsigned set;   /* bits of MXCSR, or of FPCR, that are set beside it */
    unsigned clear; /* and those that are cleared */
};

#if defined(__x86_64__)
enum {
    flush = 0x8040,                            /* flush-to-zero, denormals-are-zero */
    traps = 0x0080 | 0x0100 | 0x0200 | 0x0400, /* invalid, subnormal, by zero, overflow */
    sticky = 0x003F
};
static unsigned host_state(void) { return _mm_getcsr(); }
static void set_bits(unsigned set, unsigned clear) {
    _mm_setcsr((_mm_getcsr() | set) & ~(clear | (unsigned)sticky));
}
#elif defined(__aarch64__)
enum { flush = 1 << 24, traps = 0 };
static unsigned host_state(void) {
    unsigned long long out = 0;
    __asm__ __volatile__("mrs %0, fpcr" : "=r"(out));
    return (unsigned)out;
}
static void set_bits(unsigned set, unsigned clear) {
    const unsigned long long to = (host_state() | set) & ~clear;
    __asm__ __volatile__("msr fpcr, %0" : : "r"(to) : "memory");
}
#else
enum { flush = 0, traps = 0 };
static unsigned host_state(void) { return 0; }
static void set_bits(unsigned set, unsigned clear) { (void)set, (void)clear; }
#endif

static const struct mode modes[] = {
    {"the usual mode", FE_TONEAREST, 0, 0},
    {"upward", FE_UPWARD, 0, 0},
    {"downward", FE_DOWNWARD, 0, 0},
    {"toward zero", FE_TOWARDZERO, 0, 0},
    {"subnormals flushed", FE_TONEAREST, flush, 0},
    {"traps unmasked", FE_TONEAREST, 0, traps},
    {"upward, flushed, traps", FE_UPWARD, flush, traps},
};
enum { mode_count = sizeof modes / sizeof modes[0] };

static void enter(const struct mode* to) {
    fesetround(to->rounding);
    set_bits(to->set, to->clear);
}

/* ── what a host asks for ────────────────────────────────────────────────────────────────────────
 */

static aiueo_scores* host_scores(const aiueo_plan* plan, int64_t count, uint32_t flags) {
    aiueo_scores_options options = {sizeof options, 0};
    aiueo_scores* out = NULL;
    options.flags = flags;
    STATUS(AIUEO_OK, aiueo_scores_new(plan, count, &options, &out, &error));
    if (out == NULL) exit(2);
    return out;
}

static void keep_scores(const aiueo_scores* scores, const aiueo_batch* batch, int64_t count) {
    struct ArrowSchema schema;
    struct ArrowArray array;
    STATUS(AIUEO_OK, aiueo_scores_export(scores, batch, count, &schema, &array, &error));
    keep_table(&schema, &array);
}

static void reads_models(struct world* w) {
    size_t length = 0;
    char* model = read_text("capi/host_model.json", &length);
    keep_text(
        aiueo_model_check(model, length, NULL, 0, answer, sizeof answer, &answer_size, &error));
    free(model);
    w->plan = host_plan(NULL);
    keep_text(aiueo_plan_describe(w->plan, answer, sizeof answer, &answer_size, &error));
    STATUS(AIUEO_OK,
           aiueo_plan_for_actions(w->plan, "share * 0.1 >= 0.07", 19, &w->acting, &error));
}

static void binds(struct world* w) {
    int64_t row = 0;
    int32_t day = 0;
    w->batch = host_batch(w->plan, every_row, NULL);
    STATUS(AIUEO_OK, aiueo_batch_check_rows(w->batch, &error));
    STATUS(AIUEO_OK, aiueo_batch_find(w->batch, "c007", key_bytes, &row, &error));
    STATUS(AIUEO_OK, aiueo_batch_latest_as_of(w->batch, &day, &error));
    keep(&row, sizeof row);
    keep(&day, sizeof day);
}

static void scores_all(struct world* w) {
    int32_t set = 0;
    for (set = 0; aiueo_instruction_set_name(set) != NULL; ++set) {
        aiueo_plan* plan = host_plan(aiueo_instruction_set_name(set));
        aiueo_batch* batch = host_batch(plan, every_row, NULL);
        aiueo_scores* scores = host_scores(plan, all_rows, AIUEO_SCORES_DETAIL);
        STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, 64, scores, &error));
        STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 64, all_rows, scores, &error));
        keep_scores(scores, batch, all_rows);
        aiueo_scores_free(scores);
        aiueo_batch_free(batch);
        aiueo_plan_free(plan);
    }
    w->scores = host_scores(w->plan, all_rows, AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES);
    STATUS(AIUEO_OK, aiueo_plan_score(w->plan, w->batch, 0, all_rows, w->scores, &error));
}

/* A request's row, value by value, in the batch's own memory. */
static void scores_one(struct world* w) {
    static const char* const names[] = {"tiny", "share", "narrow", "text", "nps", "mrr"};
    aiueo_batch* one = NULL;
    aiueo_scores* scores = host_scores(w->plan, 1, AIUEO_SCORES_DETAIL);
    int row = 0;
    size_t k = 0;
    STATUS(AIUEO_OK, aiueo_batch_new(w->plan, AIUEO_SNAPSHOTS, 1, NULL, &one, &error));
    STATUS(AIUEO_OK, aiueo_batch_own(one, &error));
    for (row = 0; row < all_rows; row += 5) {
        STATUS(AIUEO_OK, aiueo_batch_set_as_of(one, as_of[row], &error));
        for (k = 0; k < sizeof names / sizeof names[0]; ++k) {
            const double values[] = {tiny[row], part[row],   part[row],
                                     part[row], nps_of[row], paid[row]};
            int32_t metric = -1;
            STATUS(AIUEO_OK, aiueo_batch_metric(one, names[k], strlen(names[k]), &metric, &error));
            STATUS(AIUEO_OK, aiueo_batch_set_number(one, metric, 0, values[k], &error));
            if (strcmp(names[k], "nps") == 0)
                STATUS(AIUEO_OK, aiueo_batch_set_observed(one, metric, 0, as_of[row], &error));
        }
        STATUS(AIUEO_OK, aiueo_plan_score(w->plan, one, 0, 1, scores, &error));
        keep_scores(scores, NULL, 1);
    }
    aiueo_scores_free(scores);
    aiueo_batch_free(one);
}

/* Texts and doubles in, scores out. */
static struct ArrowSchema rows_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "as_of", "tdD", 0);
    add_field(&out, "tiny", "g", 0);
    add_field(&out, "share", "g", 0);
    add_field(&out, "narrow", "f", 0);
    add_field(&out, "text", "u", 0);
    return out;
}
static int rows_next(void* state, struct ArrowArray* out) {
    int* told = state;
    if ((*told)++ != 0) return 0;
    *out = new_array(all_rows, 0);
    add_column(out, all_rows, key_ends, NULL, keys);
    add_column(out, all_rows, as_of, NULL, NULL);
    add_column(out, all_rows, tiny, NULL, NULL);
    add_column(out, all_rows, part, NULL, NULL);
    add_column(out, all_rows, narrow, NULL, NULL);
    add_column(out, all_rows, number_ends, NULL, number_texts);
    return 0;
}

static void scores_stream(struct world* w) {
    int told = 0;
    struct stream_source source = {rows_schema, rows_next, NULL};
    struct ArrowArrayStream stream;
    struct ArrowSchema schema;
    struct ArrowArray array;
    aiueo_summary* summary = NULL;
    aiueo_summary* other = NULL;
    aiueo_batch_options batch;
    aiueo_stream_options options;
    memset(&batch, 0, sizeof batch);
    batch.struct_size = sizeof batch;
    batch.flags = AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.batch = &batch;
    source.state = &told;
    stream = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_summary_new(w->plan, &summary, &error));
    STATUS(AIUEO_OK, aiueo_summary_new(w->plan, &other, &error));
    options.summary = summary;
    STATUS(AIUEO_OK, aiueo_plan_score_stream(w->plan, &stream, &options, &stream, &error));
    CHECK(stream.get_schema(&stream, &schema) == 0);
    CHECK(stream.get_next(&stream, &array) == 0);
    if (array.release == NULL) exit(2);
    keep_table(&schema, &array);
    stream.release(&stream);
    STATUS(AIUEO_OK, aiueo_summary_add(other, w->scores, all_rows, &error));
    STATUS(AIUEO_OK, aiueo_summary_merge(summary, other, &error));
    keep_text(aiueo_summary_json(summary, answer, sizeof answer, &answer_size, &error));
    aiueo_summary_free(other);
    aiueo_summary_free(summary);
}

static void explains(struct world* w) {
    int64_t row = 0;
    for (row = 0; row < all_rows; row += 3) {
        STATUS(AIUEO_OK, keep_text(aiueo_plan_explain(w->plan, w->batch, row, answer, sizeof answer,
                                                      &answer_size, &error)));
        STATUS(AIUEO_OK, keep_text(aiueo_plan_gap(w->plan, w->batch, row, "stage", 5, NULL, 0,
                                                  answer, sizeof answer, &answer_size, &error)));
    }
}

static void changes(struct world* w) {
    static const struct rows_of half = {0, all_rows / 2};
    aiueo_batch* before = host_batch(w->plan, half, NULL);
    aiueo_changes* found = NULL;
    struct ArrowSchema schema;
    struct ArrowArray array;
    int64_t row = 0;
    STATUS(AIUEO_OK, aiueo_changes_new(before, w->batch, NULL, &found, &error));
    STATUS(AIUEO_OK,
           keep_text(aiueo_changes_json(found, answer, sizeof answer, &answer_size, &error)));
    STATUS(AIUEO_OK, aiueo_changes_export(found, &schema, &array, &error));
    keep_table(&schema, &array);
    for (row = 0; row < all_rows / 2; row += 7) {
        STATUS(AIUEO_OK,
               keep_text(aiueo_change_explain(before, row, w->batch, row + 2, NULL, answer,
                                              sizeof answer, &answer_size, &error)));
    }
    aiueo_changes_free(found);
    aiueo_batch_free(before);
}

static void rolls_up(struct world* w) {
    struct ArrowSchema schema;
    struct ArrowArray array;
    STATUS(AIUEO_OK, aiueo_rollup_export(w->batch, w->scores, &schema, &array, &error));
    keep_table(&schema, &array);
}

static aiueo_evidence* host_evidence(const aiueo_plan* plan, const aiueo_histories* known) {
    aiueo_evidence* out = NULL;
    aiueo_batch* batch = host_batch(plan, every_row, NULL);
    aiueo_scores* scores =
        host_scores(plan, all_rows, AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES);
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, all_rows, scores, &error));
    STATUS(AIUEO_OK, aiueo_evidence_new(plan, NULL, &out, &error));
    STATUS(AIUEO_OK, aiueo_evidence_update_from(out, batch, scores, known, &error));
    STATUS(AIUEO_OK, aiueo_evidence_count_unseen(out, known, &error));
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    return out;
}

static aiueo_histories histories_of(const struct world* w) {
    aiueo_histories out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.contracts = w->contracts;
    out.ranks = w->ranks;
    out.ledger = w->ledger;
    out.data_until = today;
    out.has_data_until = 1;
    return out;
}

static void counts(struct world* w) {
    const aiueo_histories known = histories_of(w);
    aiueo_evidence* again = NULL;
    aiueo_evidence* sum = host_evidence(w->plan, &known);
    w->seen = host_evidence(w->plan, &known);
    STATUS(AIUEO_OK,
           keep_text(aiueo_evidence_counts(w->seen, answer, sizeof answer, &answer_size, &error)));
    STATUS(AIUEO_OK,
           keep_text(aiueo_evidence_write(w->seen, answer, sizeof answer, &answer_size, &error)));
    STATUS(AIUEO_OK, aiueo_evidence_read(w->plan, answer, answer_size, NULL, &again, &error));
    STATUS(AIUEO_OK, aiueo_evidence_merge(sum, again, &error));
    STATUS(AIUEO_OK,
           keep_text(aiueo_evidence_write(sum, answer, sizeof answer, &answer_size, &error)));
    aiueo_evidence_free(again);
    aiueo_evidence_free(sum);
}

static void studies(struct world* w) {
    int32_t number = 0;
    const char* name = NULL;
    for (number = 0; (name = aiueo_study_name(number)) != NULL; ++number) {
        STATUS(AIUEO_OK,
               keep_text(aiueo_evidence_study(w->seen, name, strlen(name), NULL, 0, answer,
                                              sizeof answer, &answer_size, &error)));
    }
}

static void acts(struct world* w) {
    aiueo_batch* batch = host_batch(w->acting, every_row, w->done);
    int32_t number = 0;
    const char* name = NULL;
    for (number = 0; (name = aiueo_action_name(number)) != NULL; ++number) {
        aiueo_actions* list = NULL;
        struct ArrowSchema schema;
        struct ArrowArray array;
        int64_t count = 0;
        STATUS(AIUEO_OK, aiueo_plan_act(w->acting, name, strlen(name), batch, w->seen, NULL, 0,
                                        &list, &error));
        if (list == NULL) continue;
        STATUS(AIUEO_OK,
               keep_text(aiueo_actions_head(list, answer, sizeof answer, &answer_size, &error)));
        STATUS(AIUEO_OK, aiueo_actions_count(list, &count, &error));
        STATUS(AIUEO_OK, keep_text(aiueo_actions_rows(list, 0, count, answer, sizeof answer,
                                                      &answer_size, &error)));
        STATUS(AIUEO_OK, aiueo_actions_export(list, &schema, &array, &error));
        keep_table(&schema, &array);
        aiueo_actions_free(list);
    }
    aiueo_batch_free(batch);
}

static void compares(struct world* w) {
    const aiueo_histories known = histories_of(w);
    aiueo_plan* other = host_plan(NULL);
    aiueo_batch* others = host_batch(other, every_row, NULL);
    aiueo_evidence* seen = host_evidence(other, &known);
    aiueo_comparison_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.current_seen = w->seen;
    options.proposed_seen = seen;
    STATUS(AIUEO_OK, keep_text(aiueo_comparison(w->batch, others, &options, answer, sizeof answer,
                                                &answer_size, &error)));
    aiueo_evidence_free(seen);
    aiueo_batch_free(others);
    aiueo_plan_free(other);
}

static void seals(struct world* w) {
    static char seal[most_text];
    size_t size = 0;
    STATUS(AIUEO_OK, aiueo_agreement_seal(w->batch, w->scores, today, "0123456789abcdef", 16, seal,
                                          sizeof seal, &size, &error));
    keep(seal, size);
    STATUS(AIUEO_OK,
           keep_text(aiueo_agreement_open(w->batch, w->scores, w->ranks, w->contracts, seal, size,
                                          answer, sizeof answer, &answer_size, &error)));
}

static const struct step {
    const char* name;
    void (*run)(struct world*);
} steps[] = {
    {"model", reads_models},
    {"initiatives", reads_initiatives},
    {"contracts", reads_contracts},
    {"ledger", reads_ledgers},
    {"ranks", reads_ranks},
    {"batch", binds},
    {"score", scores_all},
    {"one row", scores_one},
    {"stream", scores_stream},
    {"explain, gap", explains},
    {"change", changes},
    {"roll-up", rolls_up},
    {"evidence", counts},
    {"study", studies},
    {"act", acts},
    {"compare", compares},
    {"agreement", seals},
};
enum { step_count = sizeof steps / sizeof steps[0] };

static void forget(struct world* w) {
    aiueo_evidence_free(w->seen);
    aiueo_scores_free(w->scores);
    aiueo_batch_free(w->batch);
    aiueo_ranks_free(w->ranks);
    aiueo_ledger_free(w->ledger);
    aiueo_contracts_free(w->contracts);
    aiueo_initiatives_free(w->done);
    aiueo_plan_free(w->acting);
    aiueo_plan_free(w->plan);
}

/* ── the same in every mode ──────────────────────────────────────────────────────────────────────
 */

static struct bytes logs[mode_count][step_count];

static void run_in(size_t mode) {
    struct world w;
    size_t k = 0;
    memset(&w, 0, sizeof w);
    for (k = 0; k < step_count; ++k) {
        unsigned before = 0;
        unsigned after = 0;
        int rounding = 0;
        taken = &logs[mode][k];
        enter(&modes[mode]);
        before = host_state();
        steps[k].run(&w);
        after = host_state();
        rounding = fegetround();
        if (after != before || rounding != modes[mode].rounding) {
            fprintf(stderr, "%s, %s: the mode was %#x and is %#x\n", modes[mode].name,
                    steps[k].name, before, after);
        }
        CHECK(after == before);
        CHECK(rounding == modes[mode].rounding);
    }
    forget(&w);
    fesetround(FE_TONEAREST);
    set_bits(traps, flush);
}

static void compare(size_t mode, size_t step) {
    const struct bytes* usual = &logs[0][step];
    const struct bytes* here = &logs[mode][step];
    size_t at = 0;
    CHECK(usual->size > 0 || usual->size == here->size);
    while (at < usual->size && at < here->size && usual->data[at] == here->data[at]) ++at;
    CHECK(at == usual->size && at == here->size);
    if (at == usual->size && at == here->size) return;
    fprintf(stderr, "%s, %s: byte %lu of %lu differs\n  usual: %.100s\n  here:  %.100s\n",
            modes[mode].name, steps[step].name, (unsigned long)at, (unsigned long)usual->size,
            usual->data + (at < 60 ? 0 : at - 60), here->data + (at < 60 ? 0 : at - 60));
}

/* Does a mode that is set change arithmetic at all? Else this program shows nothing. */
static void modes_matter(void) {
    volatile double third = 3;
    volatile double least = 4.9406564584124654e-324;
    double nearest = 0;
    nearest = 1 / third;
    enter(&modes[1]);
    third = 1 / third;
    CHECK(fegetround() == FE_UPWARD);
    fesetround(FE_TONEAREST);
    CHECK(third > nearest);
    if (flush == 0) return;
    set_bits(flush, 0);
    least = least * 3;
    set_bits(0, flush);
    CHECK(least == 0);
}

int main(void) {
    size_t mode = 0;
    size_t step = 0;
    fill_portfolio();
    modes_matter();
    for (mode = 0; mode < mode_count; ++mode) run_in(mode);
    for (mode = 1; mode < mode_count; ++mode) {
        for (step = 0; step < step_count; ++step) compare(mode, step);
    }
    for (step = 0; step < step_count; ++step) {
        printf("%s: %lu bytes\n", steps[step].name, (unsigned long)logs[0][step].size);
        for (mode = 0; mode < mode_count; ++mode) free(logs[mode][step].data);
    }
    CHECK(alive == 0);
    return finish();
}
