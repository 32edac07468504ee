/* Scores three customers with a model file, in pure C: axes, stage, and what is missing for the next one.
 *
 *   c_minimal model.json
 */
#include <aiueo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { customers = 3 };

static aiueo_error error = {.struct_size = sizeof error};

/* Ends the program with the library's own sentence if a call has failed. */
static void check(int32_t status) {
    if (status == AIUEO_OK) return;
    fprintf(stderr, "%s: %s\n", aiueo_status_name(status), error.message);
    exit(2);
}

static char *read_file(const char *path, size_t *length) {
    FILE *file = fopen(path, "rb");
    char *text = malloc(65536);
    if (file == NULL || text == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    *length = fread(text, 1, 65536, file);
    fclose(file);
    return text;
}

/* Columns of numbers are borrowed: the arrays live until the batch is freed. */
static void bind(aiueo_batch *batch, const char *name, int32_t type, const void *values) {
    aiueo_column column = {.struct_size = sizeof column, .type = type, .length = customers, .values = values};
    check(aiueo_batch_bind(batch, name, strlen(name), &column, &error));
}

int main(int argc, char **argv) {
    static const char *const names[customers] = {"Aoba", "Midori", "Kuro"};
    static const uint8_t setup[customers] = {1, 1, 0};
    static const int32_t admins[customers] = {2, 1, 0};
    static const double logins[customers] = {35, 4, 12};
    static const int32_t last_login[customers] = {20778, 20771, 20748}; /* days since 1970-01-01 */
    const double nps[customers] = {9, NAN, 6};                          /* NaN is unknown */

    size_t length = 0;
    char *json = read_file(argc > 1 ? argv[1] : "model.json", &length);
    aiueo_plan *plan = NULL;
    check(aiueo_plan_load(json, length, NULL, &plan, &error));
    free(json);

    aiueo_batch *batch = NULL;
    aiueo_batch_options options = {.struct_size = sizeof options, .has_as_of = 1, .as_of = 20778};
    check(aiueo_batch_new(plan, AIUEO_SNAPSHOTS, customers, &options, &batch, &error));
    bind(batch, "setup_done", AIUEO_TYPE_BYTE, setup);
    bind(batch, "admins", AIUEO_TYPE_INT32, admins);
    bind(batch, "logins_28d", AIUEO_TYPE_FLOAT64, logins);
    bind(batch, "last_login", AIUEO_TYPE_DATE32, last_login);
    bind(batch, "nps", AIUEO_TYPE_FLOAT64, nps);

    aiueo_scores *scores = NULL;
    const double *axes[3], *overall = NULL;
    const void *column = NULL;
    int32_t type = 0;
    check(aiueo_scores_new(plan, customers, NULL, &scores, &error));
    check(aiueo_plan_score(plan, batch, 0, customers, scores, &error));
    for (int32_t k = 0; k < 3; ++k) check(aiueo_scores_axis(scores, AIUEO_IMPLEMENTATION + k, &axes[k], &error));
    check(aiueo_scores_column(scores, "overall", 7, &type, &column, &error));
    overall = column;
    check(aiueo_scores_column(scores, "stage", 5, &type, &column, &error));
    const int16_t *stage = column;

    static const char *const stages[] = {"Entry", "Onboard", "Active", "Loyal"}; /* as in model.json */
    for (int64_t row = 0; row < customers; ++row) {
        char missing[4096];
        check(aiueo_plan_gap(plan, batch, row, "stage", 5, NULL, 0, missing, sizeof missing, NULL, &error));
        printf("%-8s I %5.1f  U %5.1f  E %5.1f  overall %5.1f  %s\n         missing: %s\n", names[row], axes[0][row],
               axes[1][row], axes[2][row], overall[row], stages[stage[row]], missing);
    }
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return 0;
}
