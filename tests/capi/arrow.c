/* Arrow: a record batch in, scores out, a stream in and out, initiatives from a stream. */
#include <errno.h>

#include "arrow_support.h"

static aiueo_plan* plan;
static aiueo_scores* expected; /* of the four customers, with detail */

static struct ArrowSchema customers_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "plan", "c", 1);
    add_field(&out, "champion", "u", 0);
    add_field(&out, "mrr", "l", 0);
    add_field(&out, "mrr_before", "g", 0);
    add_field(&out, "setup", "b", 0);
    add_field(&out, "logins", "g", 0);
    add_field(&out, "seats", "i", 0);
    add_field(&out, "nps", "f", 0);
    add_field(&out, "last_login", "tdD", 0);
    add_field(&out, "nps@", "tdD", 0);
    add_field(&out, "nobody_reads", "+l", 0);
    return out;
}

/* Rows [first, first + length) of the four customers. Children have all rows and the struct has the
 * offset, but for `setup`, whose bitmap begins at its own odd place. */
static struct ArrowArray customers_array(int64_t first, int64_t length) {
    static const uint8_t setup_bits[2] = {0xA0, 0x01}; /* 1, 0, 1, 1 from bit 5 on */
    struct ArrowArray out = new_array(length, first);
    struct ArrowArray* child = NULL;
    add_column(&out, rows, customer_offsets, NULL, customer_bytes);
    child = add_column(&out, rows, plan_index, NULL, NULL);
    add_words(&out, child, 2, plan_offsets, plan_words);
    add_column(&out, rows, champion_offsets, NULL, champion_bytes);
    add_column(&out, rows, mrr, NULL, NULL);
    add_column(&out, rows, mrr_before, NULL, NULL);
    child = add_column(&out, rows, setup_bits, NULL, NULL);
    child->offset = 5;
    add_column(&out, rows, logins, NULL, NULL);
    add_column(&out, rows, seats, NULL, NULL);
    add_column(&out, rows, nps, nps_validity, NULL);
    add_column(&out, rows, last_login, NULL, NULL);
    add_column(&out, rows, nps_day, NULL, NULL);
    add_column(&out, rows, NULL, NULL, NULL);
    return out;
}

static void check_scores(const aiueo_scores* scores, int64_t first, int64_t length) {
    static const char* const names[] = {"I", "U", "E", "O", "overall", "lower", "upper", "E.nps"};
    int64_t row = 0;
    size_t k = 0;
    for (k = 0; k < sizeof names / sizeof names[0]; ++k) {
        for (row = 0; row < length; ++row) {
            CHECK(same_bits(score_numbers(scores, names[k])[row],
                            score_numbers(expected, names[k])[first + row]));
        }
    }
}

static void imports(void) {
    const aiueo_batch_options options = default_options();
    int64_t first = 0;
    int64_t length = 0;
    for (first = 0; first < rows; ++first) {
        for (length = 0; length <= rows - first; ++length) {
            struct ArrowSchema schema = customers_schema();
            struct ArrowArray array = customers_array(first, length);
            aiueo_batch* batch = NULL;
            aiueo_scores* scores = new_scores(plan, AIUEO_SCORES_DETAIL);
            STATUS(AIUEO_OK, aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array,
                                                AIUEO_VALIDATE_FULL, &options, &batch, &error));
            CHECK(array.release == NULL && schema.release != NULL);
            schema.release(&schema);
            CHECK(alive == 1 && aiueo_batch_rows(batch) == length);
            STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, length, scores, &error));
            check_scores(scores, first, length);
            aiueo_batch_free(batch);
            CHECK(alive == 0);
            aiueo_scores_free(scores);
        }
    }
}

static void refused_imports(void) {
    const aiueo_batch_options options = default_options();
    struct ArrowSchema schema = customers_schema();
    struct table_schema* fields = schema.private_data;
    struct ArrowArray array = customers_array(0, rows);
    aiueo_batch* batch = NULL;
    static const int32_t descending[rows + 1] = {0, 3, 2, 8, 9};
    struct table_array* parts = NULL;

    /* Released whatever fails: the plan, the options, the structure, the columns. */
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_batch_import(NULL, AIUEO_SNAPSHOTS, &schema, &array, 0, &options, &batch, &error));
    CHECK(array.release == NULL && alive == 1 && batch == NULL);
    array = customers_array(0, rows);
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array, 9, &options, &batch, &error));
    CHECK(array.release == NULL && alive == 1);
    array = customers_array(0, rows);
    parts = array.private_data;
    parts->buffers[2][1] = descending;
    STATUS(AIUEO_BAD_ARROW,
           aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array, 0, &options, &batch, &error));
    MESSAGE("champion");
    CHECK(array.release == NULL && alive == 1);
    array = customers_array(0, rows);
    --array.n_children;
    STATUS(AIUEO_BAD_ARROW,
           aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array, 0, &options, &batch, &error));
    array = customers_array(0, rows);
    fields->children[6].name = "login";
    STATUS(AIUEO_BAD_COLUMN,
           aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array, 0, &options, &batch, &error));
    MESSAGE("did you mean \"login\"?");
    array = customers_array(0, rows);
    fields->children[6].name = "logins";
    fields->children[11].name = "seats"; /* twice, and a list */
    STATUS(AIUEO_BAD_COLUMN,
           aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array, 0, &options, &batch, &error));
    array = customers_array(0, rows);
    fields->children[7].name = "other";
    STATUS(AIUEO_BAD_COLUMN,
           aiueo_batch_import(plan, AIUEO_SNAPSHOTS, &schema, &array, 0, &options, &batch, &error));
    MESSAGE("list");
    CHECK(batch == NULL && alive == 1);
    schema.release(&schema);
    CHECK(alive == 0);
}

static const struct ArrowArray* child_of(const struct ArrowSchema* schema,
                                         const struct ArrowArray* array, const char* name,
                                         const char* format) {
    int64_t k = 0;
    for (k = 0; k < schema->n_children; ++k) {
        if (strcmp(schema->children[k]->name, name) != 0) continue;
        CHECK(strcmp(schema->children[k]->format, format) == 0);
        return array->children[k];
    }
    fprintf(stderr, "no column %s\n", name);
    CHECK(0);
    return NULL;
}

static int is_known(const struct ArrowArray* array, int64_t row) {
    const uint8_t* validity = array->buffers[0];
    return validity == NULL || ((validity[row / 8] >> (row % 8)) & 1) != 0;
}

/* The word of a level column, or "" where it is null. */
static const char* word_of(const struct ArrowArray* array, int64_t row) {
    static char word[64];
    const uint16_t* codes = array->buffers[1];
    const int32_t* offsets = array->dictionary->buffers[1];
    const char* bytes = array->dictionary->buffers[2];
    memset(word, 0, sizeof word);
    if (!is_known(array, row)) return word;
    memcpy(word, bytes + offsets[codes[row]],
           (size_t)(offsets[codes[row] + 1] - offsets[codes[row]]));
    return word;
}

static void check_table(const struct ArrowSchema* schema, const struct ArrowArray* array,
                        int64_t first) {
    static const char* const names[] = {"I",       "U",        "E",     "O",    "touch",
                                        "overall", "coverage", "lower", "upper"};
    const struct ArrowArray* customer = child_of(schema, array, "customer", "u");
    const struct ArrowArray* as_of = child_of(schema, array, "as_of", "tdD");
    const struct ArrowArray* stage = child_of(schema, array, "stage", "S");
    const struct ArrowArray* profile = child_of(schema, array, "profile", "S");
    const struct ArrowArray* insufficient = child_of(schema, array, "insufficient", "b");
    const int32_t* offsets = customer->buffers[1];
    int64_t row = 0;
    size_t k = 0;
    child_of(schema, array, "stage_provisional", "S");
    child_of(schema, array, "band", "S");
    child_of(schema, array, "pattern", "S");
    for (row = 0; row < array->length; ++row) {
        const int64_t at = first + row;
        const int32_t size = offsets[row + 1] - offsets[row];
        CHECK(size == customer_offsets[at + 1] - customer_offsets[at]);
        CHECK(memcmp((const char*)customer->buffers[2] + offsets[row],
                     customer_bytes + customer_offsets[at], (size_t)size) == 0);
        CHECK(((const int32_t*)as_of->buffers[1])[row] == today);
        CHECK(strcmp(word_of(profile, row), at == 1 ? "trial" : "default") == 0);
        CHECK(word_of(stage, row)[0] != '\0');
        CHECK(((((const uint8_t*)insufficient->buffers[1])[row / 8] >> (row % 8)) & 1) ==
              isnan(score_numbers(expected, "overall")[at]));
        for (k = 0; k < sizeof names / sizeof names[0]; ++k) {
            const struct ArrowArray* child = child_of(schema, array, names[k], "g");
            const double wanted = score_numbers(expected, names[k])[at];
            CHECK(is_known(child, row) == !isnan(wanted));
            if (!isnan(wanted)) CHECK(same_bits(((const double*)child->buffers[1])[row], wanted));
        }
    }
}

static void exports(void) {
    static const char* const detail[] = {"process.score", "success.score", "U.coverage",
                                         "U.lower",       "U.upper",       "U.rate",
                                         "touch.meetings"};
    struct ArrowSchema schema;
    struct ArrowArray array;
    aiueo_batch* batch = full_batch(plan);
    aiueo_scores* scores = new_scores(plan, 0);
    size_t k = 0;
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    STATUS(AIUEO_OK, aiueo_scores_export(scores, batch, rows, &schema, &array, &error));
    aiueo_batch_free(batch);
    aiueo_scores_free(scores);
    CHECK(array.length == rows && schema.n_children == array.n_children);
    CHECK(strcmp(schema.children[0]->name, "customer") == 0 &&
          strcmp(schema.children[2]->name, "profile") == 0);
    check_table(&schema, &array, 0); /* lives on its own */
    array.release(&array);
    schema.release(&schema);

    STATUS(AIUEO_OK, aiueo_scores_export(expected, NULL, 2, &schema, &array, &error));
    CHECK(array.length == 2 && strcmp(schema.children[0]->name, "profile") == 0);
    for (k = 0; k < sizeof detail / sizeof detail[0]; ++k)
        child_of(&schema, &array, detail[k], "g");
    CHECK(((const uint32_t*)child_of(&schema, &array, "stale", "I")->buffers[1])[1] == 1);
    CHECK(strcmp(word_of(child_of(&schema, &array, "success", "S"), 1), "not_achieved") == 0);
    CHECK(strcmp(word_of(child_of(&schema, &array, "process", "S"), 0), "achieved") == 0);
    CHECK(strcmp(word_of(child_of(&schema, &array, "accompany", "S"), 0), "unknown") == 0);
    child_of(&schema, &array, "invalid", "I");
    child_of(&schema, &array, "unseen", "I");
    array.release(&array);
    schema.release(&schema);
}

/* ── streams ─────────────────────────────────────────────────────────────────────────────────────
 */

struct walk {
    int64_t at;
    int64_t step;
    int64_t fail_at; /* a producer's error here */
    int64_t again;   /* begin again this often: customers twice */
};

static int walk_next(void* state, struct ArrowArray* out) {
    struct walk* walk = state;
    int64_t length = walk->step;
    if (walk->fail_at >= 0 && walk->at >= walk->fail_at) return EIO;
    if (walk->at >= rows && walk->again > 0) {
        --walk->again;
        walk->at = 0;
    }
    if (walk->at >= rows) return 0;
    if (length > rows - walk->at) length = rows - walk->at;
    *out = customers_array(walk->at, length);
    walk->at += length;
    return 0;
}

struct progress {
    int64_t seen;
    int64_t cancel_at;
};

static int32_t on_progress(void* user, int64_t done) {
    struct progress* progress = user;
    CHECK(done > progress->seen);
    progress->seen = done;
    return progress->cancel_at > 0 && done >= progress->cancel_at;
}

/* Scores the stream and reads it to its end; the errno comes back. */
static int run_stream(struct walk walk, aiueo_stream_options options, int64_t* scored, char* said) {
    struct stream_source source = {customers_schema, walk_next, NULL};
    struct ArrowArrayStream in;
    struct ArrowArrayStream out;
    struct ArrowSchema schema;
    struct ArrowArray array;
    int code = 0;
    source.state = &walk;
    in = new_stream(&source);
    *scored = 0;
    STATUS(AIUEO_OK, aiueo_plan_score_stream(plan, &in, &options, &out, &error));
    CHECK(in.release == NULL);
    CHECK(out.get_schema(&out, &schema) == 0);
    for (;;) {
        code = out.get_next(&out, &array);
        if (code != 0 || array.release == NULL) break;
        check_table(&schema, &array, *scored % rows);
        *scored += array.length;
        array.release(&array);
    }
    if (code != 0) {
        CHECK(out.get_next(&out, &array) == code); /* it stays in error */
        snprintf(said, 512, "%s", out.get_last_error(&out));
    }
    schema.release(&schema);
    out.release(&out);
    CHECK(alive == 0);
    return code;
}

static void streams(void) {
    const struct walk plain = {0, 2, -1, 0};
    struct progress progress = {0, 0};
    const aiueo_batch_options batch_options = default_options();
    aiueo_stream_options options;
    aiueo_summary* summary = NULL;
    struct walk walk = plain;
    int64_t scored = 0;
    char said[512];
    char text[65536];
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.batch = &batch_options;
    options.progress = on_progress;
    options.progress_user = &progress;
    STATUS(AIUEO_OK, aiueo_summary_new(plan, &summary, &error));
    options.summary = summary;
    for (walk.step = 1; walk.step <= rows; ++walk.step) {
        progress.seen = 0;
        CHECK(run_stream(walk, options, &scored, said) == 0);
        CHECK(scored == rows && progress.seen == rows);
    }
    STATUS(AIUEO_OK, aiueo_summary_json(summary, text, sizeof text, NULL, &error));
    CHECK(strstr(text, "\"rows\":16") != NULL && strstr(text, "initiatives") != NULL);
    aiueo_summary_free(summary);
    options.summary = NULL;

    /* With detail the same scores, and more columns. */
    options.scores_flags = AIUEO_SCORES_DETAIL;
    progress.seen = 0;
    CHECK(run_stream(plain, options, &scored, said) == 0);
    options.scores_flags = 0;

    progress.seen = 0;
    progress.cancel_at = 2;
    CHECK(run_stream(plain, options, &scored, said) == ECANCELED);
    CHECK(strstr(said, "cancelled after 2 rows") != NULL && scored == 0);
    progress.cancel_at = 0;

    walk = plain;
    walk.again = 1;
    progress.seen = 0;
    CHECK(run_stream(walk, options, &scored, said) == EINVAL);
    CHECK(scored == 4 && strstr(said, "row 5") != NULL && strstr(said, "customer a") != NULL);
    options.flags = AIUEO_STREAM_NO_DUPLICATE_CHECK;
    progress.seen = 0;
    CHECK(run_stream(walk, options, &scored, said) == 0 && scored == 8);
    options.flags = 0;

    /* The order breaks after more rows than are remembered, and the summary says so. */
    options.duplicate_budget = 1;
    progress.seen = 0;
    STATUS(AIUEO_OK, aiueo_summary_new(plan, &summary, &error));
    options.summary = summary;
    CHECK(run_stream(walk, options, &scored, said) == 0 && scored == 8);
    STATUS(AIUEO_OK, aiueo_summary_json(summary, text, sizeof text, NULL, &error));
    CHECK(strstr(text, "only the first 4 rows were checked for duplicates") != NULL);
    aiueo_summary_free(summary);
    options.summary = NULL;
    options.struct_size = 48; /* of a program that knows no budget */
    progress.seen = 0;
    CHECK(run_stream(walk, options, &scored, said) == EINVAL);
    options.struct_size = sizeof options;
    options.duplicate_budget = 0;

    walk = plain;
    walk.fail_at = 2;
    progress.seen = 0;
    CHECK(run_stream(walk, options, &scored, said) == EIO);
    CHECK(strstr(said, "the producer's own words") != NULL && scored == 2);
}

/* Whatever is wrong with the call, the stream is taken over and released. */
static void refused_streams(void) {
    struct walk walk = {0, 2, -1, 0};
    struct stream_source source = {customers_schema, walk_next, NULL};
    struct ArrowArrayStream in;
    struct ArrowArrayStream out;
    aiueo_stream_options options;
    aiueo_plan* other = load_plan();
    source.state = &walk;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    STATUS(AIUEO_OK, aiueo_summary_new(other, &options.summary, &error));
    in = new_stream(&source);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_plan_score_stream(NULL, &in, NULL, &out, &error));
    CHECK(in.release == NULL && alive == 0);
    in = new_stream(&source);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_plan_score_stream(plan, &in, NULL, NULL, &error));
    CHECK(alive == 0);
    in = new_stream(&source);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_plan_score_stream(plan, &in, &options, &out, &error));
    MESSAGE("another plan");
    CHECK(alive == 0);
    aiueo_summary_free(options.summary);
    options.summary = NULL;
    options.duplicate_budget = -1;
    in = new_stream(&source);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_plan_score_stream(plan, &in, &options, &out, &error));
    MESSAGE("duplicate_budget is -1");
    options.duplicate_budget = 0;
    options.validation = 7;
    in = new_stream(&source);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_plan_score_stream(plan, &in, &options, &out, &error));
    options.validation = 0;
    options.flags = 2;
    in = new_stream(&source);
    STATUS(AIUEO_UNSUPPORTED, aiueo_plan_score_stream(plan, &in, &options, &out, &error));
    options.flags = 0;
    options.scores_flags = 8;
    in = new_stream(&source);
    STATUS(AIUEO_UNSUPPORTED, aiueo_plan_score_stream(plan, &in, &options, &out, &error));
    in = new_stream(&source);
    in.get_next = NULL;
    STATUS(AIUEO_BAD_ARROW, aiueo_plan_score_stream(plan, &in, NULL, &out, &error));
    CHECK(alive == 0);
    /* Into the structure it came from, and released unread, after the plan. */
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_plan_score_stream(other, &in, NULL, &in, &error));
    aiueo_plan_free(other);
    CHECK(in.release != NULL && alive == 2);
    in.release(&in);
    CHECK(alive == 0);
}

/* ── initiatives ─────────────────────────────────────────────────────────────────────────────────
 */

struct meetings {
    int given;
    const char* date_format;
    const void* dates;
    const char* date_bytes;
    const char* date_name;
};

static struct meetings meetings;

static struct ArrowSchema meetings_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "initiative", "c", 1);
    add_field(&out, meetings.date_name, meetings.date_format, 0);
    return out;
}

/* a: three meetings and a mail; b: one meeting, long ago. Twice two rows and a half. */
static int meetings_next(void* state, struct ArrowArray* out) {
    static const char customers[] = "aaaba";
    static const int32_t customer_ends[6] = {0, 1, 2, 3, 4, 5};
    static const char names[] = "user_meetingmail";
    static const int32_t name_ends[3] = {0, 12, 16};
    static const int8_t index[5] = {0, 1, 0, 0, 0};
    struct ArrowArray* child = NULL;
    const int64_t first = meetings.given * 3;
    (void)state;
    if (meetings.given == 2) return 0;
    *out = new_array(meetings.given == 0 ? 3 : 2, first);
    add_column(out, 5, customer_ends, NULL, customers);
    child = add_column(out, 5, index, NULL, NULL);
    add_words(out, child, 2, name_ends, names);
    add_column(out, 5, meetings.dates, NULL, meetings.date_bytes);
    ++meetings.given;
    return 0;
}

static int32_t read_meetings(aiueo_initiatives* initiatives, const char* name, const char* format,
                             const void* dates, const char* bytes) {
    struct stream_source source = {meetings_schema, meetings_next, NULL};
    struct ArrowArrayStream in = new_stream(&source);
    int32_t status = 0;
    meetings.given = 0;
    meetings.date_name = name;
    meetings.date_format = format;
    meetings.dates = dates;
    meetings.date_bytes = bytes;
    status = aiueo_initiatives_add_stream(initiatives, &in, &error);
    CHECK(in.release == NULL && alive == 0);
    return status;
}

static void initiatives(void) {
    static const int32_t days[5] = {today - 5, today - 4, today, today - 800, today - 364};
    static const char texts[] = "2026-11-162026-11-172026-11-212024-09-122025-11-22";
    static const int32_t ends[6] = {0, 10, 20, 30, 40, 50};
    static const char bad_texts[] = "2026-11-162026-11-172026-11-212024-09-122025-11-31";
    aiueo_batch_options options = default_options();
    int way = 0;
    for (way = 0; way < 3; ++way) {
        aiueo_initiatives* all = NULL;
        aiueo_batch* batch = NULL;
        aiueo_scores* scores = new_scores(plan, 0);
        int k = 0;
        STATUS(AIUEO_OK, aiueo_initiatives_new(plan, &all, &error));
        if (way == 0) STATUS(AIUEO_OK, read_meetings(all, "date", "tdD", days, NULL));
        if (way == 1) STATUS(AIUEO_OK, read_meetings(all, "date", "u", ends, texts));
        for (k = 0; way == 2 && k < 5; ++k) {
            STATUS(AIUEO_OK, aiueo_initiatives_add(
                                 all, k == 3 ? "b" : "a", 1, k == 1 ? "mail" : "user_meeting",
                                 k == 1 ? 4 : 12, days[k], AIUEO_NO_DATE, AIUEO_NO_DATE, &error));
        }
        STATUS(AIUEO_OK, aiueo_initiatives_finish(all, &error));
        options.initiatives = all;
        STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
        aiueo_initiatives_free(all); /* the batch keeps what it needs */
        bind_all(batch, NULL);
        STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
        CHECK(score_numbers(scores, "touch")[0] == 100); /* three */
        CHECK(score_numbers(scores, "touch")[1] == 0);   /* none within the window */
        CHECK(score_numbers(scores, "touch")[2] == 0);   /* no row: none */
        aiueo_scores_free(scores);
        aiueo_batch_free(batch);
    }
    {
        aiueo_initiatives* all = NULL;
        STATUS(AIUEO_OK, aiueo_initiatives_new(plan, &all, &error));
        STATUS(AIUEO_BAD_VALUE, read_meetings(all, "date", "u", ends, bad_texts));
        MESSAGE("row 5");
        MESSAGE("column \"date\"");
        /* Half of a table is no table. */
        STATUS(AIUEO_INVALID_STATE, aiueo_initiatives_finish(all, &error));
        aiueo_initiatives_free(all);
        STATUS(AIUEO_OK, aiueo_initiatives_new(plan, &all, &error));
        STATUS(AIUEO_BAD_COLUMN, read_meetings(all, "dates", "tdD", days, NULL));
        MESSAGE("did you mean \"dates\"?");
        aiueo_initiatives_free(all);
        STATUS(AIUEO_OK, aiueo_initiatives_new(plan, &all, &error));
        STATUS(AIUEO_BAD_COLUMN, read_meetings(all, "date", "i", days, NULL));
        aiueo_initiatives_free(all);
        STATUS(AIUEO_INVALID_ARGUMENT, read_meetings(NULL, "date", "tdD", days, NULL));
    }
}

int main(void) {
    aiueo_batch* batch = NULL;
    plan = load_plan();
    batch = full_batch(plan);
    expected = new_scores(plan, AIUEO_SCORES_DETAIL);
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, expected, &error));
    imports();
    refused_imports();
    exports();
    streams();
    refused_streams();
    initiatives();
    CHECK(alive == 0);
    aiueo_scores_free(expected);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return finish();
}
