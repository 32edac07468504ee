/* Scores a folder of raw columns over the C interface, counts evidence where it has contracts,
 * makes its lists: runtime_c IN OUT. See ../folder.py. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aiueo.h>

static const char* in_folder;
static const char* out_folder;
static aiueo_error error = {sizeof(aiueo_error), 0, ""};

static void die(const char* what, const char* why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(2);
}

static void check(int32_t status, const char* what) {
    if (status != AIUEO_OK) die(what, error.message);
}

/* A file of the folder, terminated; NULL if there is none. */
static char* read_file(const char* name, size_t* length) {
    char path[4096];
    FILE* file;
    long size = 0;
    char* text;
    snprintf(path, sizeof path, "%s/%s", in_folder, name);
    file = fopen(path, "rb");
    if (file == NULL) return NULL;
    if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) die(path, "cannot be read");
    rewind(file);
    text = malloc((size_t)size + 1);
    if (text == NULL || fread(text, 1, (size_t)size, file) != (size_t)size)
        die(path, "cannot be read");
    text[size] = '\0';
    fclose(file);
    if (length != NULL) *length = (size_t)size;
    return text;
}

static char* must_read(const char* name, size_t* length) {
    char* text = read_file(name, length);
    if (text == NULL) die(name, "is not there");
    return text;
}

/* Ends the text at the next `at`, and says where what follows begins; NULL at the end. */
static char* cut(char* text, char at) {
    char* end = strchr(text, at);
    if (end == NULL) return NULL;
    *end = '\0';
    return end + 1;
}

static int32_t type_of(const char* name) {
    if (strcmp(name, "float64") == 0) return AIUEO_TYPE_FLOAT64;
    if (strcmp(name, "int64") == 0) return AIUEO_TYPE_INT64;
    if (strcmp(name, "bit") == 0) return AIUEO_TYPE_BIT;
    if (strcmp(name, "date32") == 0) return AIUEO_TYPE_DATE32;
    if (strcmp(name, "text32") == 0) return AIUEO_TYPE_TEXT32;
    die(name, "is no type of a column");
    return 0;
}

/* Each line of columns.tsv: type, name. The memory lives as long as the program. */
static void bind_all(aiueo_batch* batch, int64_t rows) {
    char* line = must_read("columns.tsv", NULL);
    char* next;
    int number = 0;
    for (; *line != '\0'; line = next, ++number) {
        char name[64];
        char* title;
        size_t bytes = 0;
        aiueo_column column;
        next = cut(line, '\n');
        title = cut(line, '\t');
        if (next == NULL || title == NULL) die("columns.tsv", "has a broken line");
        memset(&column, 0, sizeof column);
        column.struct_size = sizeof column;
        column.type = type_of(line);
        column.length = rows;
        snprintf(name, sizeof name, "%d.known", number);
        column.validity = (const uint8_t*)read_file(name, NULL);
        snprintf(name, sizeof name, "%d.values", number);
        column.values = must_read(name, &bytes);
        if (column.type == AIUEO_TYPE_TEXT32) {
            column.bytes = column.values;
            column.bytes_size = (int64_t)bytes;
            column.values = NULL;
            snprintf(name, sizeof name, "%d.offsets", number);
            column.offsets = must_read(name, NULL);
        }
        check(aiueo_batch_bind(batch, title, strlen(title), &column, &error), title);
    }
}

static int32_t day_of(const char* text) {
    return *text == '\0' ? AIUEO_NO_DATE : (int32_t)strtol(text, NULL, 10);
}

static int64_t money_of(const char* text) {
    return *text == '\0' ? AIUEO_NO_MONEY : (int64_t)strtoll(text, NULL, 10);
}

/* Cuts a line into so many cells; where the next one begins. */
static char* cells_of(const char* file, char* line, char** cell, int count) {
    char* next = cut(line, '\n');
    int k;
    cell[0] = line;
    for (k = 1; k < count; ++k) {
        cell[k] = cut(cell[k - 1], '\t');
        if (cell[k] == NULL || next == NULL) die(file, "has a broken line");
    }
    return next;
}

/* Each line of initiatives.tsv: customer, initiative, and three dates as days. `all`: every row. */
static aiueo_initiatives* read_initiatives(const aiueo_plan* plan, int all) {
    aiueo_initiatives* out = NULL;
    char* line = read_file("initiatives.tsv", NULL);
    char* cell[5];
    if (line == NULL) return NULL;
    check(aiueo_initiatives_new(plan, &out, &error), "initiatives");
    if (all) check(aiueo_initiatives_keep_all(out, &error), "initiatives");
    while (*line != '\0') {
        line = cells_of("initiatives.tsv", line, cell, 5);
        check(aiueo_initiatives_add(out, cell[0], strlen(cell[0]), cell[1], strlen(cell[1]),
                                    day_of(cell[2]), day_of(cell[3]), day_of(cell[4]), &error),
              cell[0]);
    }
    check(aiueo_initiatives_finish(out, &error), "initiatives");
    return out;
}

/* Each line of contracts.tsv: customer, start, end, outcome, kind, MRR before and after. */
static aiueo_contracts* read_contracts(const aiueo_plan* plan) {
    aiueo_contracts* out = NULL;
    char* line = read_file("contracts.tsv", NULL);
    char* cell[7];
    if (line == NULL) return NULL;
    check(aiueo_contracts_new(plan, &out, &error), "contracts");
    while (*line != '\0') {
        aiueo_contract one;
        line = cells_of("contracts.tsv", line, cell, 7);
        memset(&one, 0, sizeof one);
        one.struct_size = sizeof one;
        one.start = day_of(cell[1]);
        one.end = day_of(cell[2]);
        one.outcome = (int32_t)strtol(cell[3], NULL, 10);
        one.kind = (int32_t)strtol(cell[4], NULL, 10);
        one.mrr_before = money_of(cell[5]);
        one.mrr_after = money_of(cell[6]);
        check(aiueo_contracts_add(out, cell[0], strlen(cell[0]), &one, &error), cell[0]);
    }
    check(aiueo_contracts_finish(out, &error), "contracts");
    return out;
}

/* Each line of ledger.tsv: customer, start, end, MRR. */
static aiueo_ledger* read_ledger(const aiueo_plan* plan) {
    aiueo_ledger* out = NULL;
    char* line = must_read("ledger.tsv", NULL);
    char* cell[4];
    check(aiueo_ledger_new(plan, &out, &error), "ledger");
    while (*line != '\0') {
        line = cells_of("ledger.tsv", line, cell, 4);
        check(aiueo_ledger_add(out, cell[0], strlen(cell[0]), day_of(cell[1]), day_of(cell[2]),
                               money_of(cell[3]), &error),
              cell[0]);
    }
    check(aiueo_ledger_finish(out, &error), "ledger");
    return out;
}

static void write_file(const char* name, const void* values, size_t size) {
    char path[4096];
    FILE* file;
    snprintf(path, sizeof path, "%s/%s", out_folder, name);
    file = fopen(path, "wb");
    if (file == NULL || fwrite(values, 1, size, file) != size || fclose(file) != 0)
        die(path, "cannot be written");
}

/* Each line of scores.tsv: kind, name. */
static void write_all(const aiueo_scores* scores, size_t rows) {
    char* line = must_read("scores.tsv", NULL);
    char* next;
    int number = 0;
    for (; *line != '\0'; line = next, ++number) {
        char name[16];
        char* title;
        const char* source;
        const void* values = NULL;
        int32_t type = 0;
        size_t row;
        next = cut(line, '\n');
        title = cut(line, '\t');
        if (next == NULL || title == NULL) die("scores.tsv", "has a broken line");
        snprintf(name, sizeof name, "%d", number);
        source = strcmp(line, "flag") == 0 ? "overall" : title; /* insufficient: it has no score */
        check(aiueo_scores_column(scores, source, strlen(source), &type, &values, &error), title);
        if (strcmp(line, "flag") == 0) {
            char* flags = malloc(rows + 1);
            if (flags == NULL) die(title, "out of memory");
            for (row = 0; row < rows; ++row)
                flags[row] = (char)(isnan(((const double*)values)[row]) != 0);
            write_file(name, flags, rows);
            free(flags);
        } else if (type == AIUEO_TYPE_UINT8) {
            int16_t* codes = malloc((rows + 1) * sizeof *codes);
            if (codes == NULL) die(title, "out of memory");
            for (row = 0; row < rows; ++row) codes[row] = ((const uint8_t*)values)[row];
            write_file(name, codes, rows * sizeof *codes);
            free(codes);
        } else {
            write_file(name, values, rows * (type == AIUEO_TYPE_FLOAT64 ? 8 : 2));
        }
    }
}

/* The state of all rows' evidence, with what customers paid until the batch's latest day. */
static void write_evidence(const aiueo_plan* plan, const aiueo_batch* batch,
                           const aiueo_contracts* contracts, const aiueo_initiatives* initiatives) {
    const aiueo_scores_options as_seen = {sizeof as_seen,
                                          AIUEO_SCORES_DETAIL | AIUEO_SCORES_NO_OVERRIDES};
    const int64_t rows = aiueo_batch_rows(batch);
    aiueo_scores* scores = NULL;
    aiueo_evidence* seen = NULL;
    aiueo_ledger* ledger = read_ledger(plan);
    aiueo_histories known;
    size_t size = 0;
    char* state;
    memset(&known, 0, sizeof known);
    known.struct_size = sizeof known;
    known.contracts = contracts;
    known.initiatives = initiatives;
    known.ledger = ledger;
    known.has_data_until = 1;
    check(aiueo_batch_latest_as_of(batch, &known.data_until, &error), "latest");
    check(aiueo_scores_new(plan, rows, &as_seen, &scores, &error), "scores");
    check(aiueo_plan_score(plan, batch, 0, rows, scores, &error), "score");
    check(aiueo_evidence_new(plan, NULL, &seen, &error), "evidence");
    check(aiueo_evidence_update_from(seen, batch, scores, &known, &error), "update");
    check(aiueo_evidence_count_unseen(seen, &known, &error), "unseen");
    aiueo_evidence_write(seen, NULL, 0, &size, NULL); /* how large it is */
    state = malloc(size + 1);
    if (state == NULL) die("state", "out of memory");
    check(aiueo_evidence_write(seen, state, size, &size, &error), "state");
    write_file("state", state, size);
    free(state);
    aiueo_evidence_free(seen);
    aiueo_scores_free(scores);
    aiueo_ledger_free(ledger);
}

/* A text of the library's, however long, behind what `text` has; the caller frees it. */
static char* text_of(const aiueo_actions* list, char* text) {
    const size_t before = text == NULL ? 0 : strlen(text);
    int64_t rows = 0;
    size_t size = 0;
    check(aiueo_actions_count(list, &rows, &error), "count");
    if (text == NULL)
        aiueo_actions_head(list, NULL, 0, &size, NULL);
    else
        aiueo_actions_rows(list, 0, rows, NULL, 0, &size, NULL);
    text = realloc(text, before + size + 2);
    if (text == NULL) die("list", "out of memory");
    if (before == 0) {
        check(aiueo_actions_head(list, text, size + 1, &size, &error), "head");
        strcat(text, "\n");
    } else {
        check(aiueo_actions_rows(list, 0, rows, text + before, size + 1, &size, &error), "rows");
    }
    return text;
}

/* What is written of each line of actions.tsv (action, condition, options): head and rows. */
static void write_actions(const aiueo_plan* plan, int64_t rows) {
    char* line = read_file("actions.tsv", NULL);
    char* cell[3];
    char names[1024] = "";
    char name[64];
    int32_t number;
    if (line == NULL) return;
    for (number = 0; aiueo_action_name(number) != NULL; ++number) {
        strcat(names, aiueo_action_name(number));
        strcat(names, "\n");
    }
    write_file("actions", names, strlen(names));
    while (*line != '\0') {
        aiueo_plan* acting = NULL;
        aiueo_batch* batch = NULL;
        aiueo_actions* list = NULL;
        aiueo_batch_options options;
        char* text;
        line = cells_of("actions.tsv", line, cell, 3);
        check(aiueo_plan_for_actions(plan, cell[1], strlen(cell[1]), &acting, &error), cell[1]);
        memset(&options, 0, sizeof options);
        options.struct_size = sizeof options;
        options.flags = AIUEO_BATCH_ALL_METRICS;
        options.initiatives = read_initiatives(acting, 1);
        check(aiueo_batch_new(acting, AIUEO_SNAPSHOTS, rows, &options, &batch, &error), "batch");
        bind_all(batch, rows);
        check(aiueo_plan_act(acting, cell[0], strlen(cell[0]), batch, NULL, cell[2],
                             strlen(cell[2]), &list, &error),
              cell[0]);
        text = text_of(list, text_of(list, NULL));
        snprintf(name, sizeof name, "%s.json", cell[0]);
        write_file(name, text, strlen(text));
        free(text);
        aiueo_actions_free(list);
        aiueo_batch_free(batch);
        aiueo_plan_free(acting);
    }
}

int main(int count, char** arguments) {
    aiueo_scores_options detail = {sizeof detail, AIUEO_SCORES_DETAIL};
    aiueo_batch_options options;
    aiueo_plan* plan = NULL;
    aiueo_batch* batch = NULL;
    aiueo_scores* scores = NULL;
    aiueo_contracts* contracts;
    char* model;
    size_t length = 0;
    int64_t rows;
    if (count != 3) die("usage", "runtime_c IN OUT");
    in_folder = arguments[1];
    out_folder = arguments[2];
    rows = strtol(must_read("rows", NULL), NULL, 10);
    model = must_read("model.json", &length);
    check(aiueo_plan_load(model, length, NULL, &plan, &error), "model.json");
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    contracts = read_contracts(plan);
    options.flags = contracts != NULL ? AIUEO_BATCH_ALL_METRICS : 0;
    options.initiatives = read_initiatives(plan, contracts != NULL);
    check(aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error), "batch");
    bind_all(batch, rows);
    check(aiueo_scores_new(plan, rows, &detail, &scores, &error), "scores");
    check(aiueo_plan_score(plan, batch, 0, rows, scores, &error), "score");
    write_all(scores, (size_t)rows);
    if (contracts != NULL) write_evidence(plan, batch, contracts, options.initiatives);
    write_actions(plan, rows);
    aiueo_contracts_free(contracts);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return 0;
}
