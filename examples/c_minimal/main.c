/* Scores three customers in pure C: axes, stage, and what is missing for the next stage.
 *
 *   c_minimal model.json
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aiueo.h>

enum { customers = 3, today = 20778 /* 2026-11-21 in days since 1970-01-01 */ };

static aiueo_error error = {.struct_size = sizeof error};

/* Ends the program with the library's own sentence if a call has failed. */
static void check(int32_t status) {
    if (status == AIUEO_OK) return;
    fprintf(stderr, "%s: %s\n", aiueo_status_name(status), error.message);
    exit(2);
}

static aiueo_plan* load(const char* path) {
    static char json[65536];
    aiueo_plan_options options = {
        .struct_size = sizeof options, .file = path, .file_length = strlen(path)};
    aiueo_plan* plan = NULL;
    FILE* file = fopen(path, "rb");
    if (file == NULL) {
        fprintf(stderr, "cannot read %s\n", path);
        exit(2);
    }
    const size_t length = fread(json, 1, sizeof json, file);
    fclose(file);
    check(aiueo_plan_load(json, length, &options, &plan, &error));
    return plan;
}

/* Columns are borrowed: the arrays live until the batch is freed. */
static void bind(aiueo_batch* batch, const char* name, int32_t type, const void* values) {
    aiueo_column column = {
        .struct_size = sizeof column, .type = type, .length = customers, .values = values};
    check(aiueo_batch_bind(batch, name, strlen(name), &column, &error));
}

/* The conditions of a gap. Results that are not columns are JSON; a real host has a parser for it.
 */
static void print_conditions(const char* json) {
    static const char key[] = "\"condition\":\"";
    const char* at = json;
    while ((at = strstr(at, key)) != NULL) {
        printf("    needs ");
        for (at += sizeof key - 1; *at != '"'; ++at) {
            unsigned code = 0;
            if (sscanf(at, "\\u%4x", &code) == 1) at += 5; /* <, > and & are written as \u003c … */
            putchar(code != 0 ? (int)code : *at);
        }
        putchar('\n');
    }
}

int main(int argc, char** argv) {
    static const char* const names[customers] = {"Aoba", "Midori", "Kuro"};
    static const char* const stages[] = {"Entry", "Onboard", "Active",
                                         "Loyal"}; /* as in model.json */
    static const uint8_t setup[customers] = {1, 1, 0};
    static const int32_t admins[customers] = {2, 1, 0};
    static const double logins[customers] = {35, 4, 12};
    static const int32_t last_login[customers] = {today, today - 7, today - 30};
    const double nps[customers] = {9, NAN, 6}; /* NAN is unknown, not zero */

    aiueo_plan* plan = load(argc > 1 ? argv[1] : "model.json");
    aiueo_batch_options options = {.struct_size = sizeof options, .has_as_of = 1, .as_of = today};
    aiueo_batch* batch = NULL;
    check(aiueo_batch_new(plan, AIUEO_SNAPSHOTS, customers, &options, &batch, &error));
    bind(batch, "setup_done", AIUEO_TYPE_BYTE, setup);
    bind(batch, "admins", AIUEO_TYPE_INT32, admins);
    bind(batch, "logins_28d", AIUEO_TYPE_FLOAT64, logins);
    bind(batch, "last_login", AIUEO_TYPE_DATE32, last_login);
    bind(batch, "nps", AIUEO_TYPE_FLOAT64, nps);

    aiueo_scores* scores = NULL;
    const double *i = NULL, *u = NULL, *e = NULL;
    const void *overall = NULL, *stage = NULL;
    int32_t type = 0;
    check(aiueo_scores_new(plan, customers, NULL, &scores, &error));
    check(aiueo_plan_score(plan, batch, 0, customers, scores, &error));
    check(aiueo_scores_axis(scores, AIUEO_IMPLEMENTATION, &i, &error));
    check(aiueo_scores_axis(scores, AIUEO_UTILIZATION, &u, &error));
    check(aiueo_scores_axis(scores, AIUEO_ENGAGEMENT, &e, &error));
    check(aiueo_scores_column(scores, "overall", 7, &type, &overall, &error));
    check(aiueo_scores_column(scores, "stage", 5, &type, &stage, &error));

    for (int row = 0; row < customers; ++row) {
        char gap[4096];
        printf("%-7s I %5.1f  U %5.1f  E %5.1f  overall %5.1f  %s\n", names[row], i[row], u[row],
               e[row], ((const double*)overall)[row], stages[((const int16_t*)stage)[row]]);
        check(aiueo_plan_gap(plan, batch, row, "stage", 5, NULL, 0, gap, sizeof gap, NULL, &error));
        print_conditions(gap);
    }
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return 0;
}
