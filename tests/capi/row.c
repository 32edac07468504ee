/* A request's row: the batch owns its memory, one row is set, scored, and set again. */
#include "support.h"

static int32_t number_of(const aiueo_batch* batch, const char* name) {
    int32_t number = -7;
    STATUS(AIUEO_OK, aiueo_batch_metric(batch, name, strlen(name), &number, &error));
    return number;
}

static void set_row(aiueo_batch* batch, int64_t row) {
    static const char* const champions[rows] = {"yes", "no", "yes", "?"};
    static const char* const plans[rows] = {"paid", "trial", "paid", "paid"};
    STATUS(AIUEO_OK, aiueo_batch_set_text(batch, number_of(batch, "plan"), 0, plans[row],
                                          strlen(plans[row]), &error));
    STATUS(AIUEO_OK, aiueo_batch_set_text(batch, number_of(batch, "champion"), 0, champions[row],
                                          strlen(champions[row]), &error));
    STATUS(AIUEO_OK,
           aiueo_batch_set_number(batch, number_of(batch, "mrr"), 0, (double)mrr[row], &error));
    STATUS(AIUEO_OK, aiueo_batch_set_number(batch, number_of(batch, "mrr_before"), 0,
                                            mrr_before[row], &error));
    STATUS(AIUEO_OK,
           aiueo_batch_set_number(batch, number_of(batch, "setup"), 0, setup[row], &error));
    STATUS(AIUEO_OK,
           aiueo_batch_set_number(batch, number_of(batch, "logins"), 0, logins[row], &error));
    STATUS(AIUEO_OK,
           aiueo_batch_set_number(batch, number_of(batch, "seats"), 0, seats[row], &error));
    STATUS(AIUEO_OK, aiueo_batch_set_number(batch, number_of(batch, "last_login"), 0,
                                            last_login[row], &error));
    STATUS(AIUEO_OK, aiueo_batch_set_number(batch, number_of(batch, "nps"), 0,
                                            row == 2 ? (double)NAN : (double)nps[row], &error));
    STATUS(AIUEO_OK,
           aiueo_batch_set_observed(batch, number_of(batch, "nps"), 0, nps_day[row], &error));
}

/* The same row in one call. */
static void set_row_at_once(aiueo_batch* batch, int64_t row) {
    static const char* const names[] = {"plan",   "champion", "mrr",        "mrr_before", "setup",
                                        "logins", "seats",    "last_login", "nps",        "unread"};
    static const char* const champions[rows] = {"yes", "no", "yes", "?"};
    static const char* const plans[rows] = {"paid", "trial", "paid", "paid"};
    enum { count = sizeof names / sizeof names[0] };
    int32_t metrics[count];
    double values[count];
    int32_t observed[count];
    int32_t id = -7;
    size_t k = 0;
    for (k = 0; k < count; ++k) {
        metrics[k] = number_of(batch, names[k]);
        observed[k] = k == 8 ? nps_day[row] : AIUEO_NO_DATE;
    }
    STATUS(AIUEO_OK, aiueo_batch_text(batch, plans[row], strlen(plans[row]), &id, &error));
    values[0] = id;
    STATUS(AIUEO_OK, aiueo_batch_text(batch, champions[row], strlen(champions[row]), &id, &error));
    values[1] = id;
    values[2] = (double)mrr[row];
    values[3] = mrr_before[row];
    values[4] = setup[row];
    values[5] = logins[row];
    values[6] = seats[row];
    values[7] = last_login[row];
    values[8] = row == 2 ? (double)NAN : (double)nps[row];
    values[9] = 3;
    STATUS(AIUEO_OK, aiueo_batch_set_row(batch, 0, metrics, values, observed, count, &error));
}

/* One row at a time gives the bits of four rows together. */
static void same_as_together(const aiueo_plan* plan, aiueo_batch* one,
                             void (*set)(aiueo_batch*, int64_t)) {
    static const char* const numbers[] = {"I",
                                          "U",
                                          "E",
                                          "O",
                                          "touch",
                                          "overall",
                                          "coverage",
                                          "lower",
                                          "upper",
                                          "U.rate",
                                          "E.nps",
                                          "E.upper",
                                          "I.coverage",
                                          "U.recency",
                                          "process.score",
                                          "success.score"};
    static const char* const codes[] = {"pattern", "accompany", "process", "success"};
    aiueo_batch* batch = full_batch(plan);
    aiueo_scores* all = new_scores(plan, AIUEO_SCORES_DETAIL);
    aiueo_scores* single = new_scores(plan, AIUEO_SCORES_DETAIL);
    int64_t row = 0;
    size_t k = 0;
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, all, &error));
    for (row = 0; row < rows; ++row) {
        set(one, row);
        STATUS(AIUEO_OK, aiueo_plan_score(plan, one, 0, 1, single, &error));
        for (k = 0; k < sizeof numbers / sizeof numbers[0]; ++k) {
            CHECK(same_bits(score_numbers(all, numbers[k])[row],
                            score_numbers(single, numbers[k])[0]));
        }
        CHECK(((const int16_t*)score_column(all, "stage", AIUEO_TYPE_INT16))[row] ==
              ((const int16_t*)score_column(single, "stage", AIUEO_TYPE_INT16))[0]);
        CHECK(((const int16_t*)score_column(all, "profile", AIUEO_TYPE_INT16))[row] ==
              ((const int16_t*)score_column(single, "profile", AIUEO_TYPE_INT16))[0]);
        for (k = 0; k < sizeof codes / sizeof codes[0]; ++k) {
            CHECK(((const uint8_t*)score_column(all, codes[k], AIUEO_TYPE_UINT8))[row] ==
                  ((const uint8_t*)score_column(single, codes[k], AIUEO_TYPE_UINT8))[0]);
        }
    }
    aiueo_scores_free(single);
    aiueo_scores_free(all);
    aiueo_batch_free(batch);
}

static void unknown_again(const aiueo_plan* plan, aiueo_batch* one) {
    aiueo_scores* scores = new_scores(plan, 0);
    set_row(one, 0);
    STATUS(AIUEO_OK, aiueo_batch_set_text(one, number_of(one, "champion"), 0, NULL, 0, &error));
    STATUS(AIUEO_OK,
           aiueo_batch_set_observed(one, number_of(one, "nps"), 0, AIUEO_NO_DATE, &error));
    STATUS(AIUEO_OK,
           aiueo_batch_set_number(one, number_of(one, "last_login"), 0, (double)NAN, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(plan, one, 0, 1, scores, &error));
    CHECK(isnan(score_numbers(scores, "E")[0]));
    CHECK(!isnan(score_numbers(scores, "U")[0]));
    aiueo_scores_free(scores);
}

/* One wrong entry, wherever it is, and the whole row stays as it was. */
static void all_or_nothing(const aiueo_plan* plan, aiueo_batch* one) {
    const int32_t metrics[] = {number_of(one, "logins"), number_of(one, "champion"),
                               number_of(one, "last_login"), number_of(one, "nps")};
    const double unknown[] = {NAN, NAN, NAN, NAN};
    const int32_t no_dates[] = {AIUEO_NO_DATE, AIUEO_NO_DATE, AIUEO_NO_DATE, AIUEO_NO_DATE};
    const struct {
        size_t entry;
        double value;
        int32_t status;
        const char* message;
    } wrong[] = {
        {1, 0.5, AIUEO_INVALID_ARGUMENT, "entry 1, metric \"champion\": 0.5"},
        {1, -2, AIUEO_INVALID_ARGUMENT, "is the id of no text"},
        {1, 1e9, AIUEO_INVALID_ARGUMENT, "is the id of no text"},
        {1, INFINITY, AIUEO_INVALID_ARGUMENT, "is the id of no text"},
        {2, 20778.5, AIUEO_BAD_VALUE, "entry 2, metric \"last_login\": 20778.5"},
        {2, 1e300, AIUEO_BAD_VALUE, "is no date"},
        {2, -INFINITY, AIUEO_BAD_VALUE, "is no date"},
    };
    aiueo_scores* scores = new_scores(plan, 0);
    double before = 0;
    size_t k = 0;
    set_row(one, 0);
    STATUS(AIUEO_OK, aiueo_plan_score(plan, one, 0, 1, scores, &error));
    before = score_numbers(scores, "overall")[0];
    CHECK(!isnan(before));
    for (k = 0; k < sizeof wrong / sizeof wrong[0]; ++k) {
        double values[4];
        memcpy(values, unknown, sizeof values);
        values[wrong[k].entry] = wrong[k].value;
        STATUS(wrong[k].status, aiueo_batch_set_row(one, 0, metrics, values, no_dates, 4, &error));
        MESSAGE(wrong[k].message);
        STATUS(AIUEO_OK, aiueo_plan_score(plan, one, 0, 1, scores, &error));
        CHECK(same_bits(score_numbers(scores, "overall")[0], before));
    }
    {
        int32_t others[4];
        memcpy(others, metrics, sizeof others);
        others[3] = -2;
        STATUS(AIUEO_INVALID_ARGUMENT,
               aiueo_batch_set_row(one, 0, others, unknown, NULL, 4, &error));
        MESSAGE("entry 3: -2 is the number of no metric");
        others[3] = 1000;
        STATUS(AIUEO_INVALID_ARGUMENT,
               aiueo_batch_set_row(one, 0, others, unknown, NULL, 4, &error));
    }
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_row(one, 1, metrics, unknown, NULL, 4, &error));
    MESSAGE("row 1 is not within");
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_row(one, -1, metrics, unknown, NULL, 4, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_row(one, 0, NULL, unknown, NULL, 4, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_row(one, 0, metrics, NULL, NULL, 4, &error));
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_batch_set_row(one, 0, metrics, unknown, NULL, SIZE_MAX, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_row(NULL, 0, metrics, unknown, NULL, 4, &error));
    STATUS(AIUEO_OK, aiueo_batch_set_row(one, 0, NULL, NULL, NULL, 0, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(plan, one, 0, 1, scores, &error));
    CHECK(same_bits(score_numbers(scores, "overall")[0], before));

    /* Without `observed` the days stay; with it they go. */
    STATUS(AIUEO_OK, aiueo_batch_set_row(one, 0, metrics, unknown, NULL, 3, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(plan, one, 0, 1, scores, &error));
    CHECK(isnan(score_numbers(scores, "U")[0]) && !isnan(score_numbers(scores, "E")[0]));
    {
        const double nine = 9;
        STATUS(AIUEO_OK, aiueo_batch_set_row(one, 0, metrics + 3, &nine, no_dates, 1, &error));
        STATUS(AIUEO_OK, aiueo_plan_score(plan, one, 0, 1, scores, &error));
        CHECK(isnan(score_numbers(scores, "E")[0]));
    }
    aiueo_scores_free(scores);
}

static void wrong_values(aiueo_batch* one) {
    const int32_t champion = number_of(one, "champion");
    const int32_t day = number_of(one, "last_login");
    int32_t number = -7;
    /* Nothing happens with a metric that the plan does not read. */
    CHECK(number_of(one, "unread") == -1);
    STATUS(AIUEO_OK, aiueo_batch_set_number(one, -1, 0, 1, &error));
    STATUS(AIUEO_OK, aiueo_batch_set_text(one, -1, 0, "x", 1, &error));
    STATUS(AIUEO_OK, aiueo_batch_set_observed(one, -1, 0, 1, &error));
    STATUS(AIUEO_NOT_FOUND, aiueo_batch_metric(one, "login", 5, &number, &error));
    MESSAGE("did you mean \"logins\"?");
    STATUS(AIUEO_BAD_COLUMN, aiueo_batch_metric(one, "login_rate", 10, &number, &error));
    STATUS(AIUEO_BAD_COLUMN, aiueo_batch_metric(one, "meetings", 8, &number, &error));
    CHECK(number == -7);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_number(one, champion, 0, 1, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_text(one, day, 0, "x", 1, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_batch_set_text(one, champion, 0, "\xff", 1, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_batch_set_number(one, day, 0, 0.5, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_batch_set_number(one, day, 0, 1e300, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_number(one, -2, 0, 1, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_number(one, 1000, 0, 1, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_number(one, day, 1, 1, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_batch_set_number(one, day, -1, 1, &error));
}

/* Memory of the batch, written by the host. */
static void reserved(const aiueo_plan* plan) {
    static const int32_t types[] = {AIUEO_TYPE_NONE,
                                    AIUEO_TYPE_BIT,
                                    AIUEO_TYPE_FLOAT16,
                                    AIUEO_TYPE_DECIMAL32,
                                    AIUEO_TYPE_DATE64,
                                    AIUEO_TYPE_TEXT32,
                                    AIUEO_TYPE_DICTIONARY,
                                    77,
                                    -1};
    aiueo_batch* batch = new_batch(plan);
    aiueo_batch* bound = full_batch(plan);
    aiueo_scores* scores = new_scores(plan, AIUEO_SCORES_DETAIL);
    aiueo_scores* expected = new_scores(plan, AIUEO_SCORES_DETAIL);
    void* values = NULL;
    void* codes = NULL;
    uint8_t* validity = NULL;
    int32_t id = -7;
    int32_t again = -8;
    size_t k = 0;
    bind_all(batch, "champion");
    STATUS(AIUEO_OK,
           aiueo_batch_reserve(batch, "champion", 8, AIUEO_TYPE_INT32, &codes, &validity, &error));
    CHECK(codes != NULL && validity == NULL && ((const int32_t*)codes)[rows - 1] == -1);
    STATUS(AIUEO_OK, aiueo_batch_text(batch, "yes", 3, &id, &error));
    STATUS(AIUEO_OK, aiueo_batch_text(batch, "yes", 3, &again, &error));
    CHECK(id >= 0 && id == again);
    ((int32_t*)codes)[0] = id;
    ((int32_t*)codes)[2] = id;
    STATUS(AIUEO_OK, aiueo_batch_text(batch, "no", 2, &id, &error));
    ((int32_t*)codes)[1] = id;
    STATUS(AIUEO_OK, aiueo_batch_text(batch, "?", 1, &id, &error));
    ((int32_t*)codes)[3] = id;
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(plan, bound, 0, rows, expected, &error));
    for (k = 0; k < rows; ++k) {
        CHECK(same_bits(score_numbers(scores, "E")[k], score_numbers(expected, "E")[k]));
    }
    /* An id that nobody gave out is invalid, and reads nothing. */
    ((int32_t*)codes)[0] = INT32_MAX;
    ((int32_t*)codes)[1] = 1000;
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    CHECK(((const uint16_t*)score_column(scores, "invalid", AIUEO_TYPE_UINT16))[0] == 1);
    CHECK(((const uint16_t*)score_column(scores, "invalid", AIUEO_TYPE_UINT16))[1] == 1);

    STATUS(AIUEO_BAD_COLUMN,
           aiueo_batch_reserve(batch, "setup", 5, AIUEO_TYPE_BYTE, &values, &validity, &error));
    MESSAGE("twice");
    aiueo_batch_free(batch);
    batch = new_batch(plan);
    for (k = 0; k < sizeof types / sizeof types[0]; ++k) {
        STATUS(AIUEO_INVALID_ARGUMENT,
               aiueo_batch_reserve(batch, "logins", 6, types[k], &values, &validity, &error));
    }
    STATUS(AIUEO_BAD_COLUMN,
           aiueo_batch_reserve(batch, "champion", 8, AIUEO_TYPE_BYTE, &values, &validity, &error));
    STATUS(AIUEO_NOT_FOUND,
           aiueo_batch_reserve(batch, "none", 4, AIUEO_TYPE_BYTE, &values, &validity, &error));
    CHECK(values == NULL && validity == NULL);
    STATUS(AIUEO_OK,
           aiueo_batch_reserve(batch, "logins", 6, AIUEO_TYPE_INT16, &values, &validity, &error));
    CHECK(values != NULL && validity != NULL && validity[0] == 0 &&
          ((const int16_t*)values)[rows - 1] == 0);
    STATUS(AIUEO_OK,
           aiueo_batch_reserve(batch, "customer", 8, AIUEO_TYPE_INT64, &values, &validity, &error));
    ((int64_t*)values)[2] = 42;
    validity[0] = 0x04;
    {
        int64_t row = -1;
        STATUS(AIUEO_OK, aiueo_batch_find(batch, "42", 2, &row, &error));
        CHECK(row == 2);
        STATUS(AIUEO_NOT_FOUND, aiueo_batch_find(batch, "0", 1, &row, &error));
    }
    aiueo_scores_free(expected);
    aiueo_scores_free(scores);
    aiueo_batch_free(bound);
    aiueo_batch_free(batch);
}

/* What is bound stays bound; the rest becomes the batch's own. */
static void owns_the_rest(const aiueo_plan* plan) {
    aiueo_batch* batch = new_batch(plan);
    aiueo_scores* scores = new_scores(plan, 0);
    bind(batch, "setup", column_of(AIUEO_TYPE_BYTE, setup));
    STATUS(AIUEO_INVALID_STATE,
           aiueo_batch_set_number(batch, number_of(batch, "setup"), 0, 1, &error));
    STATUS(AIUEO_OK, aiueo_batch_own(batch, &error));
    STATUS(AIUEO_INVALID_STATE,
           aiueo_batch_set_number(batch, number_of(batch, "setup"), 0, 1, &error));
    {
        const int32_t metrics[] = {number_of(batch, "mrr"), number_of(batch, "setup")};
        const double values[] = {500, 1};
        STATUS(AIUEO_INVALID_STATE,
               aiueo_batch_set_row(batch, 1, metrics, values, NULL, 2, &error));
        MESSAGE("entry 1, metric \"setup\": has no memory");
        STATUS(AIUEO_OK, aiueo_batch_set_row(batch, 1, metrics, values, NULL, 1, &error));
    }
    STATUS(AIUEO_OK, aiueo_batch_own(batch, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    CHECK(score_numbers(scores, "I")[0] == 100 && score_numbers(scores, "I")[1] == 0);
    CHECK(score_numbers(scores, "O")[1] == 50 && isnan(score_numbers(scores, "O")[0]));
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
}

/* Text is converted into memory of the library, which is not the host's to fill. */
static void converted_is_not_owned(const aiueo_plan* plan) {
    static const char days[] = "2026-11-202026-11-202026-11-202026-11-20";
    static const int32_t ends[rows + 1] = {0, 10, 20, 30, 40};
    aiueo_batch* batch = new_batch(plan);
    aiueo_scores* scores = new_scores(plan, 0);
    bind(batch, "last_login", text_of(rows, ends, days));
    bind(batch, "nps@", text_of(rows, ends, days));
    STATUS(AIUEO_OK, aiueo_batch_own(batch, &error));
    STATUS(AIUEO_INVALID_STATE,
           aiueo_batch_set_number(batch, number_of(batch, "last_login"), 0, today, &error));
    STATUS(AIUEO_OK, aiueo_batch_set_observed(batch, number_of(batch, "nps"), 0, today, &error));
    STATUS(AIUEO_OK, aiueo_batch_set_number(batch, number_of(batch, "nps"), 0, 10, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    CHECK(score_numbers(scores, "E")[0] == 100);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
}

int main(void) {
    aiueo_plan* plan = load_plan();
    const aiueo_batch_options options = {sizeof options, 0, 0, NULL, 0, NULL, 0, 0};
    aiueo_batch* one = NULL;
    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, 1, &options, &one, &error));
    STATUS(AIUEO_OK, aiueo_batch_own(one, &error));
    STATUS(AIUEO_OK, aiueo_batch_set_as_of(one, today, &error));
    same_as_together(plan, one, set_row);
    same_as_together(plan, one, set_row_at_once);
    same_as_together(plan, one, set_row);
    unknown_again(plan, one);
    all_or_nothing(plan, one);
    wrong_values(one);
    reserved(plan);
    owns_the_rest(plan);
    converted_is_not_owned(plan);
    aiueo_batch_free(one);
    aiueo_plan_free(plan);
    return finish();
}
