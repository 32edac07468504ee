/* load → batch → bind → score → read, explain, gap, summary; handles freed in any order. */
#include "support.h"

static void reads_scores(const aiueo_scores* scores) {
    const double* implementation = NULL;
    const double* account = NULL;
    const double* overall = score_numbers(scores, "overall");
    const int16_t* stage = score_column(scores, "stage", AIUEO_TYPE_INT16);
    const int16_t* could_be = score_column(scores, "stage_provisional", AIUEO_TYPE_INT16);
    const int16_t* profile = score_column(scores, "profile", AIUEO_TYPE_INT16);
    const int16_t* band = score_column(scores, "band", AIUEO_TYPE_INT16);
    const uint8_t* pattern = score_column(scores, "pattern", AIUEO_TYPE_UINT8);
    STATUS(AIUEO_OK, aiueo_scores_axis(scores, AIUEO_IMPLEMENTATION, &implementation, &error));
    CHECK(implementation == score_numbers(scores, "I"));
    CHECK(implementation[0] == 100 && implementation[1] == 0);
    /* 3 logins a seat: 40 + 2/3 of 60 = 80, weight 3; a day ago: 100 - 40/14. */
    CHECK(fabs(score_numbers(scores, "U")[0] - (3 * 80 + (100 - 40.0 / 14)) / 4) < 1e-5);
    CHECK(score_numbers(scores, "E")[0] == 95);
    CHECK(score_numbers(scores, "E")[1] == 20);  /* NPS is stale */
    CHECK(score_numbers(scores, "E")[2] == 100); /* NPS is null */
    CHECK(score_numbers(scores, "O")[0] == 100 && score_numbers(scores, "O")[3] == 50);
    CHECK(isnan(score_numbers(scores, "touch")[0])); /* no initiatives were given */
    CHECK(overall[0] > 90 && band[0] == 1 && stage[0] == 3 && could_be[0] == -1);
    CHECK(stage[1] == 0 && profile[0] == 0 && profile[1] == 1);
    CHECK(pattern[0] <= 6);
    STATUS(AIUEO_NOT_FOUND, aiueo_scores_axis(scores, AIUEO_ACCOUNT, &account, &error));
    CHECK(account == NULL);
    MESSAGE("does not use axis A");
}

static void reads_steps(const aiueo_scores* detailed) {
    const uint8_t* accompany = score_column(detailed, "accompany", AIUEO_TYPE_UINT8);
    const uint8_t* process = score_column(detailed, "process", AIUEO_TYPE_UINT8);
    const uint8_t* success = score_column(detailed, "success", AIUEO_TYPE_UINT8);
    const double* used = score_numbers(detailed, "U");
    /* 0 unknown, 1 not achieved, 2 achieved; no initiatives, so no touch. */
    CHECK(accompany[0] == 0 && process[0] == 2 && success[0] == 2);
    CHECK(fabs(score_numbers(detailed, "process.score")[0] - (100 + 2 * used[0]) / 3) < 1e-6);
    CHECK(score_numbers(detailed, "success.score")[0] == 97.5);
    /* A trial: O has no weight, so that success is E alone. */
    CHECK(score_numbers(detailed, "success.score")[1] == 20 && success[1] == 1);
}

static void reads_detail(const aiueo_scores* plain, const aiueo_scores* detailed) {
    const void* values = NULL;
    int32_t type = 0;
    const uint16_t* stale = score_column(detailed, "stale", AIUEO_TYPE_UINT16);
    const uint16_t* unseen = score_column(detailed, "unseen", AIUEO_TYPE_UINT16);
    reads_steps(detailed);
    CHECK(stale[1] == 1 && stale[0] == 0 && unseen[3] == 1);
    CHECK(score_numbers(detailed, "E.coverage")[1] == 0.5);
    CHECK(score_numbers(detailed, "E.lower")[1] == 10 &&
          score_numbers(detailed, "E.upper")[1] == 60);
    CHECK(score_numbers(detailed, "E.champion")[1] == 20);
    STATUS(AIUEO_NOT_FOUND,
           aiueo_scores_column(detailed, "accompany.score", 15, &type, &values, &error));
    STATUS(AIUEO_NOT_FOUND, aiueo_scores_column(plain, "stale", 5, &type, &values, &error));
    MESSAGE("AIUEO_SCORES_DETAIL");
    STATUS(AIUEO_NOT_FOUND, aiueo_scores_column(plain, "process", 7, &type, &values, &error));
    MESSAGE("AIUEO_SCORES_DETAIL");
    STATUS(AIUEO_NOT_FOUND, aiueo_scores_column(plain, "overal", 6, &type, &values, &error));
    MESSAGE("did you mean \"overall\"?");
    STATUS(AIUEO_NOT_FOUND, aiueo_scores_column(plain, "insufficient", 12, &type, &values, &error));
    STATUS(AIUEO_NOT_FOUND, aiueo_scores_column(plain, "customer", 8, &type, &values, &error));
}

/* What another plan of the same model counted; `whole` is what this one would have. */
static void merges_summaries(const aiueo_plan* plan, const char* whole) {
    static char text[65536];
    aiueo_plan* same = load_plan();
    aiueo_summary* one = NULL;
    aiueo_summary* other = NULL;
    aiueo_batch* batch = full_batch(same);
    aiueo_scores* again = new_scores(same, 0);
    STATUS(AIUEO_OK, aiueo_summary_new(plan, &one, &error));
    STATUS(AIUEO_OK, aiueo_summary_new(same, &other, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(same, batch, 0, rows, again, &error));
    STATUS(AIUEO_OK, aiueo_summary_add(other, again, rows, &error));
    STATUS(AIUEO_OK, aiueo_summary_merge(one, other, &error));
    STATUS(AIUEO_OK, aiueo_summary_json(one, text, sizeof text, NULL, &error));
    CHECK(strcmp(text, whole) == 0);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_summary_merge(one, one, &error));
    MESSAGE("with itself");
    STATUS(AIUEO_OK, aiueo_summary_json(other, text, sizeof text, NULL, &error));
    CHECK(strcmp(text, whole) == 0);
    aiueo_summary_free(one);
    aiueo_summary_free(other);
    aiueo_scores_free(again);
    aiueo_batch_free(batch);
    aiueo_plan_free(same);
}

/* The same batch twice: all its customers are there already. */
static void finds_duplicates(const aiueo_plan* plan) {
    aiueo_batch* batch = full_batch(plan);
    aiueo_duplicates* seen = NULL;
    CHECK(aiueo_duplicates_checked(NULL) == -1);
    STATUS(AIUEO_OK, aiueo_duplicates_new(0, &seen, &error));
    STATUS(AIUEO_OK, aiueo_duplicates_add(seen, batch, &error));
    CHECK(aiueo_duplicates_checked(seen) == rows);
    STATUS(AIUEO_DUPLICATE_ROW, aiueo_duplicates_add(seen, batch, &error));
    MESSAGE("row 5, customer a");
    aiueo_duplicates_free(seen);

    /* Order breaks where more has passed by than is remembered: the rest is not looked at. */
    STATUS(AIUEO_OK, aiueo_duplicates_new(1, &seen, &error));
    STATUS(AIUEO_OK, aiueo_duplicates_add(seen, batch, &error));
    STATUS(AIUEO_OK, aiueo_duplicates_add(seen, batch, &error));
    CHECK(aiueo_duplicates_checked(seen) == rows);
    aiueo_duplicates_free(seen);
    aiueo_duplicates_free(NULL);
    aiueo_batch_free(batch);
}

static void reads_texts(const aiueo_plan* plan, const aiueo_batch* batch, aiueo_scores* scores) {
    char text[65536];
    size_t needed = 0;
    aiueo_summary* summary = NULL;
    STATUS(AIUEO_OK, aiueo_plan_describe(plan, text, sizeof text, &needed, &error));
    CHECK(needed == strlen(text) && strstr(text, "\"capi-tests\"") != NULL);
    STATUS(AIUEO_OK, aiueo_plan_explain(plan, batch, 1, text, sizeof text, &needed, &error));
    CHECK(needed == strlen(text) && strstr(text, "\"customer\":\"b\"") != NULL);
    CHECK(strstr(text, "{\"name\":\"success\",\"score\":20,\"threshold\":60,\"achieved\":false}") !=
          NULL);
    STATUS(AIUEO_OK,
           aiueo_plan_gap(plan, batch, 1, "stage", 5, NULL, 0, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "\"target\":\"Onboard\"") != NULL);
    STATUS(AIUEO_OK, aiueo_plan_gap(plan, batch, 1, "stage", 5, "Loyal", 5, text, sizeof text,
                                    &needed, &error));
    CHECK(strstr(text, "\"target\":\"Loyal\"") != NULL);
    STATUS(AIUEO_NOT_FOUND,
           aiueo_plan_gap(plan, batch, 1, "stag", 4, NULL, 0, text, sizeof text, &needed, &error));
    MESSAGE("did you mean \"stage\"?");

    /* Needed size, exact size, a byte less. */
    memset(text, 'x', sizeof text);
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_plan_describe(plan, NULL, 0, &needed, &error));
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_plan_describe(plan, text, needed - 1, NULL, &error));
    CHECK(text[0] == 'x');
    STATUS(AIUEO_OK, aiueo_plan_describe(plan, text, needed, NULL, &error));
    CHECK(text[needed - 1] == '}' && text[needed] == 'x');
    STATUS(AIUEO_OK, aiueo_plan_describe(plan, text, needed + 1, NULL, &error));
    CHECK(text[needed] == '\0' && text[needed + 1] == 'x');

    STATUS(AIUEO_OK, aiueo_summary_new(plan, &summary, &error));
    STATUS(AIUEO_OK, aiueo_summary_add(summary, scores, rows, &error));
    STATUS(AIUEO_OK, aiueo_summary_json(summary, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "\"rows\":4") != NULL);
    merges_summaries(plan, text);
    aiueo_summary_free(summary);
    STATUS(AIUEO_OK,
           aiueo_model_schema(NULL, 0, &needed, NULL) == AIUEO_BUFFER_TOO_SMALL ? AIUEO_OK : 1);
    CHECK(needed > 1000);
}

static void checks_models(void) {
    static const char bad[] = "{\"aiueo\": 1,\n \"metric\": {}}";
    char text[65536];
    char small[16];
    size_t needed = 0;
    aiueo_plan* plan = NULL;
    STATUS(AIUEO_OK, aiueo_model_check(bad, sizeof bad - 1, "my.json", 7, text, sizeof text,
                                       &needed, &error));
    CHECK(strstr(text, "\"usable\":false") != NULL && strstr(text, "my.json:2:") != NULL);
    CHECK(strstr(text, "did you mean") != NULL);
    STATUS(AIUEO_OK, aiueo_model_check(NULL, 0, NULL, 0, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "\"usable\":false") != NULL && strstr(text, "model.json:") != NULL);
    STATUS(AIUEO_BUFFER_TOO_SMALL,
           aiueo_model_check(NULL, 0, NULL, 0, small, sizeof small, &needed, &error));
    STATUS(AIUEO_BAD_JSON, aiueo_plan_load("{", 1, NULL, &plan, &error));
    CHECK(plan == NULL && error.code == AIUEO_BAD_JSON);
    STATUS(AIUEO_BAD_MODEL, aiueo_plan_load(bad, sizeof bad - 1, NULL, &plan, &error));
    CHECK(plan == NULL);
}

/* An initiative that the model counts and no row has is worth a word. */
static void warns_of_initiatives(const aiueo_plan* plan) {
    static const char* const names[] = {"user_meeting", "user_meetin"};
    char text[1024];
    size_t needed = 0;
    size_t k = 0;
    for (k = 0; k < 2; ++k) {
        aiueo_initiatives* all = NULL;
        STATUS(AIUEO_OK, aiueo_initiatives_new(plan, &all, &error));
        STATUS(AIUEO_OK, aiueo_initiatives_add(all, "a", 1, names[k], strlen(names[k]), today,
                                               AIUEO_NO_DATE, AIUEO_NO_DATE, &error));
        STATUS(AIUEO_OK, aiueo_initiatives_finish(all, &error));
        STATUS(AIUEO_OK, aiueo_initiatives_warnings(all, text, sizeof text, &needed, &error));
        CHECK(needed == strlen(text));
        if (k == 0) {
            CHECK(strcmp(text, "[]") == 0);
        } else {
            CHECK(strstr(text, "has initiative \\\"user_meeting\\\"") != NULL);
            CHECK(strstr(text, "did you mean \\\"user_meetin\\\"") != NULL);
            STATUS(AIUEO_BUFFER_TOO_SMALL,
                   aiueo_initiatives_warnings(all, text, 3, &needed, &error));
        }
        aiueo_initiatives_free(all);
    }
}

/* The library lists its instruction sets, takes the widest itself, and the one it is told. */
static void instruction_sets(void) {
    aiueo_plan* plan = load_plan();
    aiueo_plan_options options;
    const char* set = NULL;
    const char* widest = "";
    size_t length = 0;
    char* model = read_text("capi/model.json", &length);
    int32_t number = 0;
    CHECK(strcmp(aiueo_instruction_set_name(0), "portable") == 0);
    CHECK(aiueo_instruction_set_name(-1) == NULL);
    CHECK(aiueo_instruction_set_name(INT32_MAX) == NULL);
    CHECK(aiueo_plan_instruction_set(NULL) == NULL);
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    for (number = 0; (set = aiueo_instruction_set_name(number)) != NULL; ++number) {
        aiueo_plan* forced = NULL;
        options.instruction_set = set;
        options.instruction_set_length = strlen(set);
        STATUS(AIUEO_OK, aiueo_plan_load(model, length, &options, &forced, &error));
        CHECK(aiueo_plan_instruction_set(forced) == set);
        aiueo_plan_free(forced);
        widest = set;
    }
    CHECK(number >= 1 && aiueo_plan_instruction_set(plan) == widest);
    free(model);
    aiueo_plan_free(plan);
}

/* A success leaves no older message behind. */
static void clears_errors(const aiueo_plan* plan) {
    size_t needed = 0;
    char text[1];
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_plan_describe(plan, text, 1, &needed, &error));
    CHECK(error.code == AIUEO_BUFFER_TOO_SMALL && error.message[0] != '\0');
    STATUS(AIUEO_OK, aiueo_batch_rows(NULL) < 0 ? AIUEO_OK : 1);
    aiueo_batch_free(full_batch(plan));
    CHECK(error.code == AIUEO_OK && error.message[0] == '\0');
}

/* The plan goes first, and what was made of it still works. */
static void frees_in_any_order(void) {
    aiueo_plan* plan = load_plan();
    aiueo_plan* other = load_plan();
    aiueo_batch* batch = full_batch(plan);
    aiueo_scores* scores = new_scores(plan, 0);
    aiueo_summary* summary = NULL;
    char text[65536];
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_plan_score(other, batch, 0, rows, scores, &error));
    STATUS(AIUEO_OK, aiueo_summary_new(plan, &summary, &error));
    aiueo_plan_free(other);
    aiueo_plan_free(plan);
    CHECK(score_numbers(scores, "I")[0] == 100);
    STATUS(AIUEO_OK, aiueo_summary_add(summary, scores, rows, &error));
    aiueo_scores_free(scores);
    CHECK(aiueo_batch_rows(batch) == rows);
    STATUS(AIUEO_OK, aiueo_batch_check_rows(batch, &error));
    aiueo_batch_free(batch);
    STATUS(AIUEO_OK, aiueo_summary_json(summary, text, sizeof text, NULL, &error));
    aiueo_summary_free(summary);
}

static void finds_customers(const aiueo_plan* plan) {
    aiueo_batch* batch = new_batch(plan);
    int64_t row = -7;
    STATUS(AIUEO_INVALID_STATE, aiueo_batch_find(batch, "a", 1, &row, &error));
    bind_all(batch, NULL);
    STATUS(AIUEO_OK, aiueo_batch_find(batch, "c-2", 3, &row, &error));
    CHECK(row == 2);
    STATUS(AIUEO_NOT_FOUND, aiueo_batch_find(batch, "C-2", 3, &row, &error));
    CHECK(row == 2);
    aiueo_batch_free(batch);
}

/* Of columns, of one date for all rows, and where there is none. */
static void finds_the_latest_date(const aiueo_plan* plan) {
    static const int32_t dates[rows] = {today - 5, today + 3, today - 900, today};
    aiueo_batch_options options = default_options();
    aiueo_batch* batch = new_batch(plan);
    int32_t day = -7;
    STATUS(AIUEO_OK, aiueo_batch_latest_as_of(batch, &day, &error));
    CHECK(day == today);
    aiueo_batch_free(batch);
    options.has_as_of = 0;
    options.as_of = 0;
    STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
    STATUS(AIUEO_NOT_FOUND, aiueo_batch_latest_as_of(batch, &day, &error));
    CHECK(day == today);
    bind(batch, "as_of", column_of(AIUEO_TYPE_DATE32, dates));
    STATUS(AIUEO_OK, aiueo_batch_latest_as_of(batch, &day, &error));
    CHECK(day == today + 3);
    aiueo_batch_free(batch);
}

/* A date twice for one customer, and a key that is missing. */
static void checks_rows(const aiueo_plan* plan) {
    static const char bytes[] = "aab";
    static const int32_t offsets[rows + 1] = {0, 1, 2, 3, 3};
    static const int32_t twice[rows] = {5, 5, 6, 7};
    aiueo_batch* batch = new_batch(plan);
    bind(batch, "customer", column_of(AIUEO_TYPE_INT32, twice));
    STATUS(AIUEO_DUPLICATE_ROW, aiueo_batch_check_rows(batch, &error));
    MESSAGE("row 2");
    aiueo_batch_free(batch);
    batch = new_batch(plan);
    bind(batch, "customer", text_of(rows, offsets, bytes));
    STATUS(AIUEO_BAD_VALUE, aiueo_batch_check_rows(batch, &error));
    MESSAGE("row 4");
    aiueo_batch_free(batch);
}

int main(void) {
    aiueo_plan* plan = load_plan();
    aiueo_batch* batch = full_batch(plan);
    aiueo_scores* scores = new_scores(plan, 0);
    aiueo_scores* detailed = new_scores(plan, AIUEO_SCORES_DETAIL);
    CHECK(aiueo_abi_version() == AIUEO_ABI_VERSION);
    CHECK(strcmp(aiueo_version(), "0.1.0") == 0);
    CHECK(strcmp(aiueo_status_name(AIUEO_BAD_VALUE), "bad_value") == 0);
    CHECK(strcmp(aiueo_status_name(12345), "unknown") == 0);
    CHECK(strcmp(aiueo_status_name(-1), "unknown") == 0);
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, detailed, NULL));
    reads_scores(scores);
    reads_scores(detailed);
    reads_detail(scores, detailed);
    reads_texts(plan, batch, scores);
    checks_models();
    warns_of_initiatives(plan);
    instruction_sets();
    clears_errors(plan);
    frees_in_any_order();
    finds_customers(plan);
    finds_the_latest_date(plan);
    finds_duplicates(plan);
    checks_rows(plan);
    aiueo_scores_free(detailed);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return finish();
}
