/* Every golden case of scores over the C interface, on every instruction set there is here: text
 * columns in, bits out, and the same bits when the rows are scored in two parts. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <aiueo.h>

#include "support/tests_dir.h"

static int failures = 0;

static void die(const char* what, const char* why) {
    fprintf(stderr, "%s: %s\n", what, why);
    exit(2);
}

static void* must(void* memory) {
    if (memory == NULL) die("golden", "out of memory");
    return memory;
}

/* ── tables of text without quotes ─────────────────────────────────────────── */

/* The file's text, terminated; NULL if there is none. */
static char* read_file(const char* folder, const char* name) {
    char path[1024];
    FILE* file;
    long size = 0;
    char* text;
    snprintf(path, sizeof path, "%s/golden/scores/%s/%s", aiueo_tests_dir(), folder, name);
    file = fopen(path, "rb");
    if (file == NULL) return NULL;
    if (fseek(file, 0, SEEK_END) != 0 || (size = ftell(file)) < 0) die(path, "cannot be read");
    rewind(file);
    text = must(malloc((size_t)size + 1));
    if (fread(text, 1, (size_t)size, file) != (size_t)size) die(path, "cannot be read");
    text[size] = '\0';
    fclose(file);
    return text;
}

typedef struct table {
    char* text; /* the cells lie here */
    size_t columns;
    size_t rows;
    const char** cells; /* the names, then row by row */
} table;

static table parse(char* text) {
    table out = {NULL, 1, 0, NULL};
    size_t cells = 1;
    char* at;
    out.text = text;
    for (at = text; *at != '\0' && *at != '\n'; ++at) out.columns += *at == ',';
    for (at = text; *at != '\0'; ++at) cells += *at == ',' || *at == '\n';
    out.cells = must(malloc(cells * sizeof *out.cells));
    cells = 0;
    at = text;
    while (*at != '\0') {
        out.cells[cells++] = at;
        at += strcspn(at, ",\n");
        if (*at == '\0') die("golden", "the last line of a table has no end");
        *at++ = '\0';
    }
    if (cells % out.columns != 0) die("golden", "a line has too few or too many cells");
    out.rows = cells / out.columns - 1;
    return out;
}

static const char* cell(const table* of, size_t row, size_t column) {
    return of->cells[(row + 1) * of->columns + column];
}

static size_t column_named(const table* of, const char* name) {
    size_t i;
    for (i = 0; i < of->columns; ++i) {
        if (strcmp(of->cells[i], name) == 0) return i;
    }
    return of->columns;
}

static void free_table(table* of) {
    free(of->cells);
    free(of->text);
}

/* Days since 1970-01-01 of YYYY-MM-DD; empty has no date. */
static int32_t day_of(const char* text) {
    int year, month, day;
    long era, of_era, of_year;
    if (*text == '\0') return AIUEO_NO_DATE;
    if (sscanf(text, "%4d-%2d-%2d", &year, &month, &day) != 3) die(text, "is not a date");
    year -= month <= 2;
    era = year / 400;
    of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    of_era =
        (year - era * 400) * 365L + (year - era * 400) / 4 - (year - era * 400) / 100 + of_year;
    return (int32_t)(era * 146097 + of_era - 719468);
}

/* ── names of levels, from the description of the plan ─────────────────────── */

/* Copies the text of entry `index` of the "names" of a column; the texts have no escapes. */
static void level_name(const char* described, const char* column, int index, char* out,
                       size_t size) {
    char key[256];
    const char* at = strstr(described, "\"columns\":");
    const char* end;
    snprintf(key, sizeof key, "{\"name\":\"%s\",\"type\":", column);
    at = at == NULL ? NULL : strstr(at, key);
    at = at == NULL ? NULL : strstr(at, "\"names\":[");
    if (at == NULL) die(column, "is not described");
    at += strlen("\"names\":[");
    for (; index > 0; --index) {
        at = strchr(at + 1, '"');
        if (at == NULL || at[1] == ']') die(column, "has fewer names");
        at += 2;
    }
    end = strchr(at + 1, '"');
    if (*at != '"' || end == NULL || (size_t)(end - at) > size) die(column, "has a broken name");
    memcpy(out, at + 1, (size_t)(end - at - 1));
    out[end - at - 1] = '\0';
}

/* ── one case ──────────────────────────────────────────────────────────────── */

static void check(int32_t status, const aiueo_error* error, const char* name) {
    if (status != AIUEO_OK) die(name, error->message);
}

/* A cell of the scores as expected.csv writes it. */
static void write_cell(const char* described, const char* name, int32_t type, const void* values,
                       size_t row, char* out, size_t size) {
    int level = -1;
    out[0] = '\0';
    if (type == AIUEO_TYPE_FLOAT64) {
        const double value = ((const double*)values)[row];
        uint64_t bits;
        memcpy(&bits, &value, sizeof bits);
        if (!isnan(value)) {
            snprintf(out, size, "%08lx%08lx", (unsigned long)(bits >> 32),
                     (unsigned long)(bits & 0xffffffffU));
        }
        return;
    }
    if (type == AIUEO_TYPE_UINT16) {
        snprintf(out, size, "%u", (unsigned)((const uint16_t*)values)[row]);
        return;
    }
    if (type == AIUEO_TYPE_INT16)
        level = ((const int16_t*)values)[row];
    else if (type == AIUEO_TYPE_UINT8)
        level = ((const uint8_t*)values)[row];
    else
        die(name, "has a type that no column of scores has");
    if (level >= 0) level_name(described, name, level, out, size);
}

static void compare(const char* name, const aiueo_scores* scores, const table* wanted,
                    const char* described) {
    aiueo_error error = {sizeof error, 0, {0}};
    char found[512];
    size_t column, row;
    for (column = 0; column < wanted->columns; ++column) {
        const char* title = wanted->cells[column];
        const int insufficient = strcmp(title, "insufficient") == 0;
        const char* source = insufficient ? "overall" : title;
        int32_t type = 0;
        const void* values = NULL;
        if (strcmp(title, "customer") == 0 || strcmp(title, "as_of") == 0) continue;
        check(aiueo_scores_column(scores, source, strlen(source), &type, &values, &error), &error,
              title);
        for (row = 0; row < wanted->rows; ++row) {
            write_cell(described, title, type, values, row, found, sizeof found);
            if (insufficient) strcpy(found, found[0] == '\0' ? "true" : "false");
            if (strcmp(found, cell(wanted, row, column)) == 0) continue;
            ++failures;
            fprintf(stderr, "%s: %s of %s (row %lu) is '%s', expected '%s'\n", name, title,
                    cell(wanted, row, 0), (unsigned long)row + 1, found, cell(wanted, row, column));
        }
    }
}

static aiueo_initiatives* read_initiatives(const char* name, const aiueo_plan* plan) {
    aiueo_error error = {sizeof error, 0, {0}};
    aiueo_initiatives* out = NULL;
    char* text = read_file(name, "initiatives.csv");
    table rows;
    size_t i;
    if (text == NULL) return NULL;
    rows = parse(text);
    check(aiueo_initiatives_new(plan, &out, &error), &error, name);
    for (i = 0; i < rows.rows; ++i) {
        const char* customer = cell(&rows, i, 0);
        const char* what = cell(&rows, i, 1);
        check(aiueo_initiatives_add(out, customer, strlen(customer), what, strlen(what),
                                    day_of(cell(&rows, i, 2)), day_of(cell(&rows, i, 3)),
                                    day_of(cell(&rows, i, 4)), &error),
              &error, name);
    }
    check(aiueo_initiatives_finish(out, &error), &error, name);
    free_table(&rows);
    return out;
}

typedef struct text_memory {
    int32_t* offsets;
    char* bytes;
} text_memory;

static text_memory bind(aiueo_batch* batch, const table* rows, size_t column) {
    aiueo_error error = {sizeof error, 0, {0}};
    const char* name = rows->cells[column];
    aiueo_column made;
    text_memory out;
    size_t row, size = 0;
    for (row = 0; row < rows->rows; ++row) size += strlen(cell(rows, row, column));
    out.offsets = must(malloc((rows->rows + 1) * sizeof *out.offsets));
    out.bytes = must(malloc(size + 1));
    out.offsets[0] = 0;
    size = 0;
    for (row = 0; row < rows->rows; ++row) {
        const size_t length = strlen(cell(rows, row, column));
        memcpy(out.bytes + size, cell(rows, row, column), length);
        size += length;
        out.offsets[row + 1] = (int32_t)size;
    }
    memset(&made, 0, sizeof made);
    made.struct_size = sizeof made;
    made.type = AIUEO_TYPE_TEXT32;
    made.length = (int64_t)rows->rows;
    made.offsets = out.offsets;
    made.bytes = out.bytes;
    made.bytes_size = (int64_t)size;
    check(aiueo_batch_bind(batch, name, strlen(name), &made, &error), &error, name);
    return out;
}

static char* describe(const aiueo_plan* plan, const char* name) {
    aiueo_error error = {sizeof error, 0, {0}};
    size_t needed = 0;
    char* out;
    if (aiueo_plan_describe(plan, NULL, 0, &needed, NULL) != AIUEO_BUFFER_TOO_SMALL)
        die(name, "has no description");
    out = must(malloc(needed + 1));
    check(aiueo_plan_describe(plan, out, needed + 1, &needed, &error), &error, name);
    return out;
}

static void run_case(const char* name, const char* instruction_set) {
    aiueo_error error = {sizeof error, 0, {0}};
    aiueo_scores_options detail = {sizeof detail, AIUEO_SCORES_DETAIL};
    aiueo_batch_options options;
    aiueo_plan_options choice;
    aiueo_plan* plan = NULL;
    aiueo_batch* batch = NULL;
    aiueo_scores* scores = NULL;
    aiueo_initiatives* initiatives;
    text_memory* memory;
    table rows, wanted;
    char* model = read_file(name, "model.json");
    char* snapshots = read_file(name, "snapshots.csv");
    char* expected = read_file(name, "expected.csv");
    char* described;
    int64_t count, middle;
    size_t i;
    if (model == NULL || snapshots == NULL || expected == NULL) die(name, "lacks a file");
    rows = parse(snapshots);
    wanted = parse(expected);
    if (rows.rows != wanted.rows || column_named(&wanted, "profile") == wanted.columns)
        die(name, "is no case");
    count = (int64_t)rows.rows;
    memset(&choice, 0, sizeof choice);
    choice.struct_size = sizeof choice;
    choice.instruction_set = instruction_set;
    choice.instruction_set_length = strlen(instruction_set);
    check(aiueo_plan_load(model, strlen(model), &choice, &plan, &error), &error, name);
    if (strcmp(aiueo_plan_instruction_set(plan), instruction_set) != 0)
        die(name, "runs on another instruction set than asked for");
    described = describe(plan, name);
    initiatives = read_initiatives(name, plan);
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    options.initiatives = initiatives;
    check(aiueo_batch_new(plan, AIUEO_SNAPSHOTS, count, &options, &batch, &error), &error, name);
    memory = must(malloc(rows.columns * sizeof *memory));
    for (i = 0; i < rows.columns; ++i) memory[i] = bind(batch, &rows, i);

    check(aiueo_scores_new(plan, count, &detail, &scores, &error), &error, name);
    check(aiueo_plan_score(plan, batch, 0, count, scores, &error), &error, name);
    compare(name, scores, &wanted, described);
    aiueo_scores_free(scores);

    middle = count > 64 ? 64 : 0;
    check(aiueo_scores_new(plan, count, &detail, &scores, &error), &error, name);
    check(aiueo_plan_score(plan, batch, middle, count, scores, &error), &error, name);
    check(aiueo_plan_score(plan, batch, 0, middle, scores, &error), &error, name);
    compare(name, scores, &wanted, described);
    aiueo_scores_free(scores);

    aiueo_batch_free(batch);
    for (i = 0; i < rows.columns; ++i) {
        free(memory[i].offsets);
        free(memory[i].bytes);
    }
    free(memory);
    aiueo_initiatives_free(initiatives);
    aiueo_plan_free(plan);
    free_table(&rows);
    free_table(&wanted);
    free(described);
    free(model);
}

int main(void) {
    char* cases = read_file(".", "cases.txt");
    char* name;
    int count = 0;
    if (cases == NULL) die("cases.txt", "is not there");
    for (name = strtok(cases, "\n"); name != NULL; name = strtok(NULL, "\n")) {
        /* run_case uses no strtok. */
        const char* set;
        int32_t number;
        for (number = 0; (set = aiueo_instruction_set_name(number)) != NULL; ++number)
            run_case(name, set);
        ++count;
    }
    free(cases);
    if (count < 30) die("cases.txt", "lists too few cases");
    printf("%d cases, %d differences\n", count, failures);
    return failures == 0 ? 0 : 1;
}
