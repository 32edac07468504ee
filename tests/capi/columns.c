/* The same values in every type of column give the same bits; what no column may be is refused. */
#include "support.h"

enum { shift = 3 }; /* rows before the first */

static aiueo_plan* plan;
static aiueo_scores* expected;

static const char* const results[] = {"I",       "U",         "E",          "O",
                                      "overall", "coverage",  "lower",      "upper",
                                      "U.rate",  "U.recency", "E.champion", "O.worth"};

/* All columns, one of them as given, make the same scores. */
static void same_scores(const char* name, aiueo_column column, int line) {
    aiueo_batch* batch = new_batch(plan);
    aiueo_scores* scores = new_scores(plan, AIUEO_SCORES_DETAIL);
    const int before = checks_failed;
    size_t k = 0;
    int row = 0;
    bind_all(batch, name);
    bind(batch, name, column);
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    for (k = 0; k < sizeof results / sizeof results[0]; ++k) {
        for (row = 0; row < rows; ++row) {
            CHECK(same_bits(score_numbers(scores, results[k])[row],
                            score_numbers(expected, results[k])[row]));
        }
    }
    for (row = 0; row < rows; ++row) {
        CHECK(((const int16_t*)score_column(scores, "stage", AIUEO_TYPE_INT16))[row] ==
              ((const int16_t*)score_column(expected, "stage", AIUEO_TYPE_INT16))[row]);
    }
    if (checks_failed != before) fprintf(stderr, "  column %s of line %d\n", name, line);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
}
#define SAME(name, column) same_scores(name, column, __LINE__)

#define FILLED(type, array, from)                                           \
    static type array[rows + shift];                                        \
    do {                                                                    \
        int at = 0;                                                         \
        for (at = 0; at < rows; ++at) array[at + shift] = (type)(from)[at]; \
    } while (0)

static aiueo_column shifted(int32_t type, const void* values) {
    aiueo_column out = column_of(type, values);
    out.offset = shift;
    return out;
}

static void numbers(void) {
    static const uint16_t half[rows] = {0x4F80, 0x4000, 0x0000, 0x4A00}; /* 30, 2, 0, 12 */
    static int32_t wide[rows * 8];
    static int64_t twice[rows * 2];
    static const char bytes[] = "302e0 012.0";
    static const int32_t offsets32[rows + 1] = {0, 2, 5, 7, 11};
    static const int64_t offsets64[rows + 1] = {0, 2, 5, 7, 11};
    static const char worded[] = "0,30,2,12";
    static const int32_t word_offsets[10] = {0, 1, 2, 4, 5, 6, 7, 9, 9, 9};
    static const uint16_t index[rows] = {2, 4, 0, 6};
    aiueo_column column;
    aiueo_column words;
    int row = 0;
    FILLED(int8_t, i8, logins);
    FILLED(int16_t, i16, logins);
    FILLED(int32_t, i32, logins);
    FILLED(int64_t, i64, logins);
    FILLED(uint8_t, u8, logins);
    FILLED(uint16_t, u16, logins);
    FILLED(uint32_t, u32, logins);
    FILLED(uint64_t, u64, logins);
    FILLED(float, f32, logins);
    FILLED(double, f64, logins);
    SAME("logins", shifted(AIUEO_TYPE_INT8, i8));
    SAME("logins", shifted(AIUEO_TYPE_INT16, i16));
    SAME("logins", shifted(AIUEO_TYPE_INT32, i32));
    SAME("logins", shifted(AIUEO_TYPE_INT64, i64));
    SAME("logins", shifted(AIUEO_TYPE_UINT8, u8));
    SAME("logins", shifted(AIUEO_TYPE_UINT16, u16));
    SAME("logins", shifted(AIUEO_TYPE_UINT32, u32));
    SAME("logins", shifted(AIUEO_TYPE_UINT64, u64));
    SAME("logins", shifted(AIUEO_TYPE_FLOAT32, f32));
    SAME("logins", shifted(AIUEO_TYPE_FLOAT64, f64));
    SAME("logins", column_of(AIUEO_TYPE_FLOAT16, half));
    for (row = 0; row < rows; ++row) i32[row] = (int32_t)logins[row] * 100;
    column = column_of(AIUEO_TYPE_DECIMAL32, i32);
    column.scale = 2;
    SAME("logins", column);
    for (row = 0; row < rows; ++row) i64[row] = (int64_t)logins[row] * 100;
    column = column_of(AIUEO_TYPE_DECIMAL64, i64);
    column.scale = 2;
    SAME("logins", column);
    for (row = 0; row < rows; ++row) twice[row * 2] = (int64_t)logins[row] * 10;
    column = column_of(AIUEO_TYPE_DECIMAL128, twice);
    column.scale = 1;
    SAME("logins", column);
    for (row = 0; row < rows; ++row) wide[row * 8] = (int32_t)logins[row];
    SAME("logins", column_of(AIUEO_TYPE_DECIMAL256, wide));
    column = text_of(rows, offsets32, bytes);
    SAME("logins", column);
    column.type = AIUEO_TYPE_TEXT64;
    column.offsets = offsets64;
    SAME("logins", column);
    words = text_of(9, word_offsets, worded);
    column = column_of(AIUEO_TYPE_DICTIONARY, index);
    column.index_type = AIUEO_TYPE_UINT16;
    column.dictionary = &words;
    SAME("logins", column);
}

static void flags(void) {
    static const uint8_t bits[2] = {0x68 /* 1, 0, 1, 1 from the fourth on */, 0};
    static const char bytes[] = "truenoY1";
    static const int32_t offsets[rows + 1] = {0, 4, 6, 7, 8};
    static const uint8_t truthy[rows] = {255, 0, 2, 1};
    FILLED(double, f64, setup);
    FILLED(int32_t, i32, setup);
    SAME("setup", shifted(AIUEO_TYPE_BIT, bits));
    SAME("setup", column_of(AIUEO_TYPE_BYTE, truthy));
    SAME("setup", shifted(AIUEO_TYPE_FLOAT64, f64));
    SAME("setup", shifted(AIUEO_TYPE_INT32, i32));
    SAME("setup", text_of(rows, offsets, bytes));
}

static void dates(void) {
    static const char bytes[] = "2026-11-202026-10-222026-08-232026-11-21T00:00:00Z";
    static const int32_t offsets[rows + 1] = {0, 10, 20, 30, 50};
    static const int64_t per_day[] = {86400, 86400000, 86400000000, 86400000000000};
    static int64_t milli[rows];
    static int64_t at[rows];
    aiueo_column column;
    int32_t unit = 0;
    int row = 0;
    for (row = 0; row < rows; ++row) milli[row] = last_login[row] * per_day[1];
    SAME("last_login", column_of(AIUEO_TYPE_DATE64, milli));
    for (unit = AIUEO_UNIT_SECOND; unit <= AIUEO_UNIT_NANO; ++unit) {
        for (row = 0; row < rows; ++row) at[row] = last_login[row] * per_day[unit];
        column = column_of(AIUEO_TYPE_TIMESTAMP, at);
        column.unit = unit;
        SAME("last_login", column);
        for (row = 0; row < rows; ++row) at[row] += per_day[unit] / 2;
        column.flags = AIUEO_COLUMN_ZONED;
        SAME("last_login", column);
    }
    SAME("last_login", text_of(rows, offsets, bytes));
}

static void money(void) {
    static const char bytes[] = "12003000500.0";
    static const int32_t offsets[rows + 1] = {0, 4, 7, 8, 13};
    static int64_t wide[rows * 2];
    aiueo_column column;
    int row = 0;
    FILLED(double, f64, mrr);
    FILLED(int16_t, i16, mrr);
    SAME("mrr", shifted(AIUEO_TYPE_FLOAT64, f64));
    SAME("mrr", shifted(AIUEO_TYPE_INT16, i16));
    column = column_of(AIUEO_TYPE_INT64, mrr);
    column.flags = AIUEO_COLUMN_MINOR_UNITS; /* a yen has none */
    SAME("mrr", column);
    for (row = 0; row < rows; ++row) wide[row * 2] = mrr[row] * 1000;
    column = column_of(AIUEO_TYPE_DECIMAL128, wide);
    column.scale = 3;
    SAME("mrr", column);
    SAME("mrr", text_of(rows, offsets, bytes));
}

static void categories(void) {
    static const int32_t index_types[] = {AIUEO_TYPE_INT8,   AIUEO_TYPE_INT16, AIUEO_TYPE_INT32,
                                          AIUEO_TYPE_INT64,  AIUEO_TYPE_UINT8, AIUEO_TYPE_UINT16,
                                          AIUEO_TYPE_UINT32, AIUEO_TYPE_UINT64};
    static const char words_bytes[] = "noyes?";
    static const int32_t words_offsets[4] = {0, 2, 5, 6};
    static const uint64_t wanted[rows] = {1, 0, 1, 2};
    static const int64_t offsets64[rows + 1] = {0, 3, 5, 8, 9};
    const aiueo_column words = text_of(3, words_offsets, words_bytes);
    aiueo_column column;
    size_t k = 0;
    FILLED(uint8_t, u8, wanted);
    FILLED(uint16_t, u16, wanted);
    FILLED(uint32_t, u32, wanted);
    FILLED(uint64_t, u64, wanted);
    for (k = 0; k < sizeof index_types / sizeof index_types[0]; ++k) {
        const void* const values[] = {u8, u16, u32, u64};
        column = shifted(AIUEO_TYPE_DICTIONARY, values[k % 4]);
        column.index_type = index_types[k];
        column.dictionary = &words;
        SAME("champion", column);
    }
    column = text_of(rows, champion_offsets, champion_bytes);
    column.type = AIUEO_TYPE_TEXT64;
    column.offsets = offsets64;
    SAME("champion", column);
    /* An index beyond the words is invalid, and reads nothing. */
    {
        aiueo_batch* batch = new_batch(plan);
        aiueo_scores* scores = new_scores(plan, AIUEO_SCORES_DETAIL);
        u8[shift] = 250;
        column = shifted(AIUEO_TYPE_DICTIONARY, u8);
        column.index_type = AIUEO_TYPE_UINT8;
        column.dictionary = &words;
        bind_all(batch, "champion");
        bind(batch, "champion", column);
        STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
        CHECK(((const uint16_t*)score_column(scores, "invalid", AIUEO_TYPE_UINT16))[0] == 1);
        aiueo_scores_free(scores);
        aiueo_batch_free(batch);
    }
}

/* Unknown in every way there is. */
static void unknowns(void) {
    static const double nan_values[rows] = {NAN, NAN, NAN, NAN};
    static const uint8_t none_valid[2] = {0x07, 0xF8}; /* 4 rows from the fourth on are not known */
    static const char bytes[] = "NA  -";
    static const int32_t offsets[rows + 1] = {0, 2, 3, 4, 5};
    aiueo_batch_options options = default_options();
    aiueo_column columns[4];
    aiueo_batch* batch = NULL;
    aiueo_scores* scores = new_scores(plan, AIUEO_SCORES_DETAIL);
    size_t k = 0;
    columns[0] = column_of(AIUEO_TYPE_NONE, NULL);
    columns[1] = column_of(AIUEO_TYPE_FLOAT64, nan_values);
    columns[2] = shifted(AIUEO_TYPE_UINT8, plan_words); /* any bytes */
    columns[2].validity = none_valid;
    columns[3] = text_of(rows, offsets, bytes);
    options.null_texts = "NA\n-";
    options.null_texts_length = 4;
    for (k = 0; k < 4; ++k) {
        STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
        bind_all(batch, "logins");
        bind(batch, "logins", columns[k]);
        STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
        CHECK(isnan(score_numbers(scores, "U.rate")[0]) &&
              isnan(score_numbers(scores, "U.rate")[3]));
        CHECK(score_numbers(scores, "U.coverage")[0] == 0.25);
        aiueo_batch_free(batch);
    }
    /* A column that is missing is an error, unless that is asked for. */
    batch = new_batch(plan);
    bind_all(batch, "logins");
    STATUS(AIUEO_BAD_COLUMN, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    MESSAGE("\"logins\"");
    aiueo_batch_free(batch);
    options.flags = AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN;
    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
    bind_all(batch, "logins");
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    CHECK(isnan(score_numbers(scores, "U.rate")[0]));
    aiueo_batch_free(batch);
    aiueo_scores_free(scores);
}

static void refuse(aiueo_batch* batch, const char* name, aiueo_column column, int32_t status,
                   const char* part, int line) {
    const int before = checks_failed;
    STATUS(status, aiueo_batch_bind(batch, name, strlen(name), &column, &error));
    MESSAGE(part);
    if (checks_failed != before) fprintf(stderr, "  of line %d\n", line);
}
#define REFUSE(name, column, status, part) refuse(batch, name, column, status, part, __LINE__)

static void refusals(void) {
    static const int32_t descending[rows + 1] = {0, 3, 2, 8, 9};
    static const int32_t negative[rows + 1] = {-1, 3, 5, 8, 9};
    static const int32_t beyond[rows + 1] = {0, 3, 5, 8, 10};
    static const char bad_bytes[] = "1\n2\xff 3four5";
    static const int32_t bad_offsets[rows + 1] = {0, 1, 1, 6, 11};
    static const int64_t noon[rows] = {0, 43200, 0, 0};
    struct {
        aiueo_column known;
        int64_t later;
    } newer;
    const aiueo_column words = text_of(2, plan_offsets, plan_words);
    aiueo_batch* batch = new_batch(plan);
    aiueo_column column = column_of(AIUEO_TYPE_FLOAT64, logins);
    column.length = rows - 1;
    REFUSE("logins", column, AIUEO_BAD_COLUMN, "3 rows; the batch has 4");
    column.length = -1;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "length");
    column.length = INT64_MAX;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "length");
    column.length = rows;
    column.offset = -1;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "offset");
    column.offset = INT64_MAX - 1;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "offset");
    column.offset = 0;
    column.values = NULL;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "values is NULL");
    column.values = logins;
    column.type = 23;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "type is 23");
    column.type = -1;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "type is -1");
    column.type = AIUEO_TYPE_FLOAT64;
    column.flags = 4;
    REFUSE("logins", column, AIUEO_UNSUPPORTED, "flags");
    column.flags = AIUEO_COLUMN_MINOR_UNITS;
    REFUSE("mrr", column, AIUEO_BAD_COLUMN, "minor units");
    column.flags = 0;
    column.struct_size = 4;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "struct_size");
    column.struct_size = 0;
    REFUSE("logins", column, AIUEO_INVALID_ARGUMENT, "struct_size");
    memset(&newer, 0, sizeof newer);
    newer.known = column_of(AIUEO_TYPE_FLOAT64, logins);
    newer.known.struct_size = sizeof newer;
    newer.later = 1;
    STATUS(AIUEO_UNSUPPORTED, aiueo_batch_bind(batch, "logins", 6, &newer.known, &error));
    column = column_of(AIUEO_TYPE_DECIMAL64, mrr);
    column.scale = 1000;
    REFUSE("logins", column, AIUEO_BAD_COLUMN, "scale");
    column = column_of(AIUEO_TYPE_TIMESTAMP, noon);
    column.unit = 4;
    REFUSE("last_login", column, AIUEO_INVALID_ARGUMENT, "unit is 4");
    REFUSE("setup", column_of(AIUEO_TYPE_DATE32, last_login), AIUEO_BAD_COLUMN, "flag");
    REFUSE("champion", column_of(AIUEO_TYPE_INT32, seats), AIUEO_BAD_COLUMN, "category");
    REFUSE("login_rate", column_of(AIUEO_TYPE_FLOAT64, logins), AIUEO_BAD_COLUMN, "computed");
    REFUSE("customer", column_of(AIUEO_TYPE_FLOAT64, logins), AIUEO_BAD_COLUMN, "key");

    REFUSE("champion", text_of(rows, descending, champion_bytes), AIUEO_BAD_VALUE, "offset is 2");
    REFUSE("champion", text_of(rows, negative, champion_bytes), AIUEO_BAD_VALUE, "offset is -1");
    column = text_of(rows, beyond, champion_bytes);
    column.bytes_size = 9;
    REFUSE("champion", column, AIUEO_BAD_VALUE, "offset is 10");
    column = text_of(rows, champion_offsets, champion_bytes);
    column.bytes = NULL;
    REFUSE("champion", column, AIUEO_INVALID_ARGUMENT, "bytes is NULL");
    column.bytes_size = -1;
    REFUSE("champion", column, AIUEO_INVALID_ARGUMENT, "bytes_size");
    column.bytes_size = 9;
    column.offsets = NULL;
    REFUSE("champion", column, AIUEO_INVALID_ARGUMENT, "offsets is NULL");
    REFUSE("logins", text_of(rows, bad_offsets, bad_bytes), AIUEO_BAD_VALUE, "row 3");
    REFUSE("champion", text_of(rows, bad_offsets, bad_bytes), AIUEO_BAD_VALUE, "not UTF-8");

    column = column_of(AIUEO_TYPE_DICTIONARY, plan_index);
    column.index_type = AIUEO_TYPE_INT8;
    REFUSE("plan", column, AIUEO_INVALID_ARGUMENT, "dictionary is NULL");
    column.dictionary = &words;
    column.index_type = AIUEO_TYPE_FLOAT64;
    REFUSE("plan", column, AIUEO_INVALID_ARGUMENT, "index_type");
    column.index_type = AIUEO_TYPE_INT8;
    {
        const aiueo_column nested = column;
        const aiueo_column numeric = column_of(AIUEO_TYPE_FLOAT64, logins);
        aiueo_column outer = column;
        outer.dictionary = &nested;
        REFUSE("plan", outer, AIUEO_BAD_COLUMN, "dictionary has type 24");
        outer.dictionary = &numeric;
        REFUSE("plan", outer, AIUEO_BAD_COLUMN, "dictionary has type 13");
    }
    /* A column that could not be bound leaves its place free. */
    bind_all(batch, NULL);
    REFUSE("logins", column_of(AIUEO_TYPE_FLOAT64, logins), AIUEO_BAD_COLUMN, "twice");
    REFUSE("customer", column_of(AIUEO_TYPE_INT32, seats), AIUEO_BAD_COLUMN, "twice");
    aiueo_batch_free(batch);

    /* A wall clock is no date; the message has the table's row. */
    {
        aiueo_batch_options options = default_options();
        aiueo_scores* scores = new_scores(plan, 0);
        options.first_row = 1000;
        STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
        bind_all(batch, "last_login");
        bind(batch, "last_login", column_of(AIUEO_TYPE_TIMESTAMP, noon));
        STATUS(AIUEO_BAD_VALUE, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
        MESSAGE("row 1002");
        aiueo_scores_free(scores);
        aiueo_batch_free(batch);
    }
}

int main(void) {
    aiueo_batch* batch = NULL;
    plan = load_plan();
    batch = full_batch(plan);
    expected = new_scores(plan, AIUEO_SCORES_DETAIL);
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, expected, &error));
    numbers();
    flags();
    dates();
    money();
    categories();
    unknowns();
    refusals();
    aiueo_scores_free(expected);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return finish();
}
