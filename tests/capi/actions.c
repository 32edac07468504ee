/* Lists for people: a plan that is made to act, every action, its head, rows and columns; and
 * everything refused. */
#include "evidence_support.h"

static const char condition[] = "U < 60";

static aiueo_plan* to_act(const aiueo_plan* plan, const char* asked) {
    aiueo_plan* out = NULL;
    STATUS(AIUEO_OK,
           aiueo_plan_for_actions(plan, asked, asked == NULL ? 0 : strlen(asked), &out, &error));
    if (out == NULL) exit(2);
    return out;
}

static int32_t act(const aiueo_plan* plan, const char* name, const aiueo_batch* batch,
                   const char* options, aiueo_actions** out) {
    return aiueo_plan_act(plan, name, strlen(name), batch, NULL, options,
                          options == NULL ? 0 : strlen(options), out, &error);
}

static int64_t rows_of(const aiueo_actions* list) {
    int64_t count = -1;
    STATUS(AIUEO_OK, aiueo_actions_count(list, &count, &error));
    return count;
}

static void names_actions(void) {
    int32_t number = 0;
    int found = 0;
    const char* name = NULL;
    for (number = 0; (name = aiueo_action_name(number)) != NULL; ++number) {
        CHECK(strlen(name) > 0);
        found += strcmp(name, "next") == 0 || strcmp(name, "triggers") == 0 ||
                 strcmp(name, "segment") == 0;
    }
    CHECK(found == 3);
    CHECK(strcmp(aiueo_action_name(0), "next") == 0);
    CHECK(aiueo_action_name(-1) == NULL && aiueo_action_name(INT32_MAX) == NULL);
}

/* Rows one by one are the rows at once, and as many columns as keys. */
static void reads_list(const aiueo_actions* list) {
    struct ArrowSchema schema;
    struct ArrowArray array;
    int64_t k = 0;
    const int64_t count = rows_of(list);
    char* all = malloc(sizeof text);
    if (all == NULL) exit(2);
    STATUS(AIUEO_OK, aiueo_actions_rows(list, 0, count, all, sizeof text, &needed, &error));
    CHECK(strlen(all) == needed - 1 || strlen(all) == needed);
    for (k = 0; k < count; ++k) {
        STATUS(AIUEO_OK, aiueo_actions_rows(list, k, 1, text, sizeof text, NULL, &error));
        CHECK(text[0] == '[' && text[strlen(text) - 1] == ']');
        text[strlen(text) - 1] = '\0';
        CHECK(strstr(all, text + 1) != NULL);
    }
    STATUS(AIUEO_OK, aiueo_actions_rows(list, count, 0, text, sizeof text, NULL, &error));
    CHECK(strcmp(text, "[]") == 0);
    for (k = 0; k < 2; ++k) { /* again and again */
        memset(&schema, 0, sizeof schema);
        memset(&array, 0, sizeof array);
        STATUS(AIUEO_OK, aiueo_actions_export(list, &schema, &array, &error));
        CHECK(array.length == count && array.n_children == schema.n_children);
        CHECK(strcmp(schema.format, "+s") == 0 && schema.n_children >= 8);
        schema.release(&schema);
        array.release(&array);
    }
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_actions_head(list, NULL, 0, &needed, &error));
    CHECK(needed > 50);
    STATUS(AIUEO_OK, aiueo_actions_head(list, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "{\"action\":\"") == text && strstr(text, "\"sentence\":{") != NULL);
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_actions_rows(list, 0, count, text, 2, &needed, &error));
    CHECK(needed > 2);
    free(all);
}

static void makes_lists(const aiueo_plan* plan) {
    aiueo_plan* acting = to_act(plan, condition);
    aiueo_batch* batch = all_columns(acting, NULL);
    aiueo_actions* list = NULL;

    STATUS(AIUEO_OK, act(acting, "next", batch, NULL, &list));
    CHECK(rows_of(list) == rows);
    STATUS(AIUEO_OK, aiueo_actions_rows(list, 1, 1, text, sizeof text, NULL, &error));
    CHECK(strstr(text, "\"customer\":\"b\"") != NULL && strstr(text, "\"play\":\"call\"") != NULL);
    reads_list(list);
    aiueo_actions_free(list);

    STATUS(AIUEO_OK, act(acting, "triggers", batch, "{\"as_of\":\"2026-11-21\"}", &list));
    CHECK(rows_of(list) == 2);
    STATUS(AIUEO_OK, aiueo_actions_rows(list, 0, 2, text, sizeof text, NULL, &error));
    CHECK(strstr(text, "[{\"key\":\"quiet::b\"") == text && strstr(text, "quiet::c-2") != NULL);
    reads_list(list);
    aiueo_actions_free(list);

    STATUS(AIUEO_OK, act(acting, "segment", batch, "{}", &list));
    CHECK(rows_of(list) > 0 && rows_of(list) < rows);
    reads_list(list);
    aiueo_batch_free(batch); /* the list keeps what it needs */
    aiueo_plan_free(acting);
    reads_list(list);
    aiueo_actions_free(list);
    aiueo_actions_free(NULL);
}

/* What was sent is not sent again, where all rows of the initiatives are kept. */
static void remembers(const aiueo_plan* plan) {
    aiueo_plan* acting = to_act(plan, NULL);
    aiueo_initiatives* done = NULL;
    aiueo_batch_options options = default_options();
    aiueo_batch* batch = NULL;
    aiueo_actions* list = NULL;
    int keep = 0;
    options.flags = AIUEO_BATCH_ALL_METRICS;
    for (keep = 0; keep < 2; ++keep) {
        STATUS(AIUEO_OK, aiueo_initiatives_new(acting, &done, &error));
        if (keep) STATUS(AIUEO_OK, aiueo_initiatives_keep_all(done, &error));
        STATUS(AIUEO_OK, aiueo_initiatives_add(done, "b", 1, "quiet", 5, today - 400, AIUEO_NO_DATE,
                                               AIUEO_NO_DATE, &error));
        STATUS(AIUEO_OK, aiueo_initiatives_finish(done, &error));
        options.initiatives = done;
        STATUS(AIUEO_OK, aiueo_batch_new(acting, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
        aiueo_initiatives_free(done);
        bind_all(batch, NULL);
        STATUS(AIUEO_OK, act(acting, "triggers", batch, NULL, &list));
        CHECK(rows_of(list) == 2 - keep);
        aiueo_actions_free(list);
        aiueo_batch_free(batch);
    }
    aiueo_plan_free(acting);
}

static void refused_plans(const aiueo_plan* plan) {
    aiueo_plan* none = (aiueo_plan*)poison;
    REFUSED("plan is NULL", aiueo_plan_for_actions(NULL, condition, 6, &none, &error));
    CHECK(none == NULL);
    REFUSED("out is NULL", aiueo_plan_for_actions(plan, condition, 6, NULL, &error));
    none = (aiueo_plan*)poison;
    REFUSED("condition is NULL", aiueo_plan_for_actions(plan, NULL, 6, &none, &error));
    CHECK(none == NULL);
    STATUS(AIUEO_BAD_MODEL, aiueo_plan_for_actions(plan, "U < ", 4, &none, &error));
    MESSAGE("when at character");
    STATUS(AIUEO_BAD_MODEL, aiueo_plan_for_actions(plan, "lgins < 4", 9, &none, &error));
    MESSAGE("did you mean \"logins\"?");
    CHECK(none == NULL);
}

static void refused_lists(const aiueo_plan* plan) {
    aiueo_plan* acting = to_act(plan, condition);
    aiueo_plan* foreign = other_plan();
    aiueo_batch* batch = all_columns(acting, NULL);
    aiueo_batch* plain = all_columns(plan, NULL);
    aiueo_batch* unnamed = all_columns(acting, "customer");
    aiueo_evidence* seen = full_evidence(plan);
    aiueo_evidence* others = new_evidence(foreign, 0);
    aiueo_actions* list = (aiueo_actions*)poison;
    struct ArrowSchema schema;
    struct ArrowArray array;
    int64_t count = 77;

    REFUSED("plan is NULL", act(NULL, "next", batch, NULL, &list));
    CHECK(list == NULL);
    REFUSED("batch is NULL", act(acting, "next", NULL, NULL, &list));
    REFUSED("name is NULL", aiueo_plan_act(acting, NULL, 4, batch, NULL, NULL, 0, &list, &error));
    REFUSED("options is NULL",
            aiueo_plan_act(acting, "next", 4, batch, NULL, NULL, 1, &list, &error));
    REFUSED("out is NULL", act(acting, "next", batch, NULL, NULL));
    STATUS(AIUEO_NOT_FOUND, act(acting, "nxt", batch, NULL, &list));
    MESSAGE("did you mean \"next\"?");
    STATUS(AIUEO_NOT_FOUND, act(acting, "triggers", batch, "{\"trigger\":\"quite\"}", &list));
    MESSAGE("did you mean \"quiet\"?");
    STATUS(AIUEO_NOT_FOUND, act(acting, "next", batch, "{\"as_of\":\"2020-01-01\"}", &list));
    REFUSED("not an option of this action", act(acting, "next", batch, "{\"x\":1}", &list));
    STATUS(AIUEO_BAD_JSON, act(acting, "next", batch, "{", &list));
    STATUS(AIUEO_BAD_COLUMN, act(acting, "next", unnamed, NULL, &list));
    REFUSED("must come from the plan", act(plan, "next", batch, NULL, &list));
    REFUSED("must come from the plan", act(acting, "next", plain, NULL, &list));
    REFUSED("does not ask triggers", act(plan, "triggers", plain, NULL, &list));
    REFUSED("no condition", act(plan, "segment", plain, NULL, &list));
    CHECK(list == NULL);
    /* Evidence that an action does not ask for does no harm. */
    STATUS(AIUEO_OK, aiueo_plan_act(acting, "next", 4, batch, seen, NULL, 0, &list, &error));

    REFUSED("actions is NULL", aiueo_actions_count(NULL, &count, &error));
    REFUSED("rows is NULL", aiueo_actions_count(list, NULL, &error));
    CHECK(count == 77);
    needed = 77;
    REFUSED("actions is NULL", aiueo_actions_head(NULL, text, 9, &needed, &error));
    REFUSED("out is NULL", aiueo_actions_head(list, NULL, 9, &needed, &error));
    REFUSED("actions is NULL", aiueo_actions_rows(NULL, 0, 1, text, 9, &needed, &error));
    REFUSED("out is NULL", aiueo_actions_rows(list, 0, 1, NULL, 9, &needed, &error));
    REFUSED("are not within the list's 4 rows",
            aiueo_actions_rows(list, -1, 1, text, 9, &needed, &error));
    REFUSED("are not within", aiueo_actions_rows(list, 0, -1, text, 9, &needed, &error));
    REFUSED("are not within", aiueo_actions_rows(list, 5, 0, text, 9, &needed, &error));
    REFUSED("are not within", aiueo_actions_rows(list, 1, INT64_MAX, text, 9, &needed, &error));
    CHECK(needed == 77);
    REFUSED("actions is NULL", aiueo_actions_export(NULL, &schema, &array, &error));
    REFUSED("schema is NULL", aiueo_actions_export(list, NULL, &array, &error));
    REFUSED("array is NULL", aiueo_actions_export(list, &schema, NULL, &error));

    aiueo_actions_free(list);
    aiueo_evidence_free(others);
    aiueo_evidence_free(seen);
    aiueo_batch_free(unnamed);
    aiueo_batch_free(plain);
    aiueo_batch_free(batch);
    aiueo_plan_free(foreign);
    aiueo_plan_free(acting);
}

int main(void) {
    aiueo_plan* plan = load_plan();
    names_actions();
    makes_lists(plan);
    remembers(plan);
    refused_plans(plan);
    refused_lists(plan);
    aiueo_plan_free(plan);
    return finish();
}
