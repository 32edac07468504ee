/* Change, roll-up and comparison from pure C: what they tell, and every argument that is refused.
 */
#include "support.h"

static char text[1 << 17];
static size_t needed;

static void tells_changes(const aiueo_batch* before, const aiueo_batch* after) {
    aiueo_changes* changes = NULL;
    aiueo_change_options options = {sizeof options, AIUEO_SCORES_NO_OVERRIDES, NULL};
    struct ArrowSchema schema;
    struct ArrowArray array;
    memset(&schema, 0, sizeof schema);
    memset(&array, 0, sizeof array);
    STATUS(AIUEO_OK, aiueo_changes_new(before, after, &options, &changes, &error));
    STATUS(AIUEO_OK, aiueo_changes_json(changes, text, sizeof text, &needed, &error));
    CHECK(needed == strlen(text));
    CHECK(strstr(text, "\"same\":true") != NULL);
    CHECK(strstr(text, "\"new\":0,\"gone\":0") != NULL);
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_changes_json(changes, text, 3, &needed, &error));
    STATUS(AIUEO_OK, aiueo_changes_export(changes, &schema, &array, &error));
    CHECK(array.length == rows);
    CHECK(strcmp(schema.children[0]->name, "customer") == 0);
    array.release(&array);
    schema.release(&schema);
    /* Again: exporting takes nothing away. */
    STATUS(AIUEO_OK, aiueo_changes_export(changes, &schema, &array, NULL));
    array.release(&array);
    schema.release(&schema);
    CHECK(aiueo_changes_json(NULL, text, 1, &needed, &error) == AIUEO_INVALID_ARGUMENT);
    MESSAGE("changes is NULL");
    CHECK(aiueo_changes_json(changes, NULL, 1, &needed, &error) == AIUEO_INVALID_ARGUMENT);
    MESSAGE("out is NULL");
    CHECK(aiueo_changes_export(NULL, &schema, &array, &error) == AIUEO_INVALID_ARGUMENT);
    CHECK(aiueo_changes_export(changes, NULL, &array, &error) == AIUEO_INVALID_ARGUMENT);
    MESSAGE("schema is NULL");
    CHECK(aiueo_changes_export(changes, &schema, NULL, &error) == AIUEO_INVALID_ARGUMENT);
    MESSAGE("array is NULL");
    aiueo_changes_free(changes);
    aiueo_changes_free(NULL);
}

static void refuses_changes(const aiueo_plan* plan, const aiueo_batch* batch) {
    aiueo_plan* other = load_plan();
    aiueo_batch* others = full_batch(other);
    aiueo_batch* fewer = NULL;
    aiueo_changes* changes = (aiueo_changes*)text;
    aiueo_change_options options = {sizeof options, 0, NULL};
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_changes_new(NULL, batch, NULL, &changes, &error));
    MESSAGE("before is NULL");
    CHECK(changes == NULL);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_changes_new(batch, NULL, NULL, &changes, &error));
    MESSAGE("after is NULL");
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_changes_new(batch, batch, NULL, NULL, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_changes_new(batch, others, NULL, &changes, &error));
    MESSAGE("the plan that scores it");
    /* The same model twice is two plans: the earlier rows may be scored with the other. */
    options.from = others;
    STATUS(AIUEO_OK, aiueo_changes_new(batch, batch, &options, &changes, &error));
    STATUS(AIUEO_OK, aiueo_changes_json(changes, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "\"same\":false") != NULL);
    aiueo_changes_free(changes);
    STATUS(AIUEO_OK, aiueo_batch_new(other, AIUEO_SNAPSHOTS, 0, NULL, &fewer, &error));
    options.from = fewer;
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_changes_new(batch, batch, &options, &changes, &error));
    options.from = NULL;
    options.flags = AIUEO_SCORES_DETAIL;
    STATUS(AIUEO_UNSUPPORTED, aiueo_changes_new(batch, batch, &options, &changes, &error));
    options.flags = 0;
    options.struct_size = 8; /* an older caller's, without `from` */
    STATUS(AIUEO_OK, aiueo_changes_new(batch, batch, &options, &changes, &error));
    aiueo_changes_free(changes);
    options.struct_size = 2;
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_changes_new(batch, batch, &options, &changes, &error));
    STATUS(AIUEO_OK,
           aiueo_change_explain(batch, 0, batch, 1, NULL, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "\"scores\":[") != NULL);
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_change_explain(batch, 0, batch, rows, NULL, text, sizeof text, &needed, &error));
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_change_explain(batch, -1, batch, 0, NULL, text, sizeof text, &needed, &error));
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_change_explain(NULL, 0, batch, 0, NULL, text, 1, &needed, &error));
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_change_explain(batch, 0, NULL, 0, NULL, text, 1, &needed, &error));
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_change_explain(batch, 0, batch, 0, NULL, NULL, 1, &needed, &error));
    aiueo_batch_free(fewer);
    aiueo_batch_free(others);
    aiueo_plan_free(other);
    (void)plan;
}

static void rolls_up(const aiueo_plan* plan) {
    aiueo_batch* batch = full_batch(plan);
    aiueo_scores* scores = new_scores(plan, AIUEO_SCORES_DETAIL);
    aiueo_scores* plain = new_scores(plan, 0);
    struct ArrowSchema schema;
    struct ArrowArray array;
    int32_t parents[16];
    aiueo_column column;
    int k;
    memset(&schema, 0, sizeof schema);
    memset(&array, 0, sizeof array);
    memset(&column, 0, sizeof column);
    for (k = 0; k < 16; ++k) parents[k] = 77000 + k % 2;
    column.struct_size = sizeof column;
    column.type = AIUEO_TYPE_INT32;
    column.length = rows;
    column.values = parents;
    CHECK(rows <= 16);
    STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
    STATUS(AIUEO_BAD_COLUMN, aiueo_rollup_export(batch, scores, &schema, &array, &error));
    MESSAGE("parent");
    STATUS(AIUEO_OK, aiueo_batch_bind(batch, "parent", 6, &column, &error));
    STATUS(AIUEO_OK, aiueo_rollup_export(batch, scores, &schema, &array, &error));
    CHECK(array.length == (rows > 1 ? 2 : 1));
    array.release(&array);
    schema.release(&schema);
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_rollup_export(batch, plain, &schema, &array, &error));
    MESSAGE("detail");
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_rollup_export(NULL, scores, &schema, &array, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_rollup_export(batch, NULL, &schema, &array, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_rollup_export(batch, scores, NULL, &array, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_rollup_export(batch, scores, &schema, NULL, &error));
    aiueo_scores_free(plain);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
}

static void compares(const aiueo_plan* plan, const aiueo_batch* batch) {
    aiueo_plan* other = load_plan();
    aiueo_batch* others = full_batch(other);
    aiueo_evidence* seen = NULL;
    aiueo_evidence* seen_by_other = NULL;
    aiueo_comparison_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    STATUS(AIUEO_OK, aiueo_comparison(batch, others, NULL, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "\"movers\":[]") != NULL);
    CHECK(strstr(text, "\"evidence\":null") != NULL);
    STATUS(AIUEO_OK, aiueo_evidence_new(plan, NULL, &seen, &error));
    STATUS(AIUEO_OK, aiueo_evidence_new(other, NULL, &seen_by_other, &error));
    options.current_seen = seen;
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_comparison(batch, others, &options, text, sizeof text, &needed, &error));
    options.proposed_seen = seen;
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_comparison(batch, others, &options, text, sizeof text, &needed, &error));
    MESSAGE("own plan");
    options.proposed_seen = seen_by_other;
    STATUS(AIUEO_OK, aiueo_comparison(batch, others, &options, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "\"ends\":0") != NULL);
    options.movers = -2;
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_comparison(batch, others, &options, text, 1, &needed, &error));
    MESSAGE("movers");
    options.movers = 10001;
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_comparison(batch, others, &options, text, 1, &needed, &error));
    options.movers = -1;
    options.kind = 7;
    STATUS(AIUEO_INVALID_ARGUMENT,
           aiueo_comparison(batch, others, &options, text, 1, &needed, &error));
    MESSAGE("kind");
    options.kind = AIUEO_TRIAL;
    STATUS(AIUEO_OK, aiueo_comparison(batch, others, &options, text, sizeof text, &needed, &error));
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_comparison(NULL, others, NULL, text, 1, &needed, &error));
    MESSAGE("current is NULL");
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_comparison(batch, NULL, NULL, text, 1, &needed, &error));
    MESSAGE("proposed is NULL");
    STATUS(AIUEO_INVALID_ARGUMENT, aiueo_comparison(batch, others, NULL, NULL, 1, &needed, &error));
    aiueo_evidence_free(seen_by_other);
    aiueo_evidence_free(seen);
    aiueo_batch_free(others);
    aiueo_plan_free(other);
}

int main(void) {
    aiueo_plan* plan = load_plan();
    aiueo_batch* batch = full_batch(plan);
    tells_changes(batch, batch);
    refuses_changes(plan, batch);
    rolls_up(plan);
    compares(plan, batch);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return finish();
}
