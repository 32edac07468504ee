/* Scores a folder of raw columns over the C interface: runtime_c IN OUT. See ../folder.py. */
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

/* Each line of initiatives.tsv: customer, initiative, and three dates as days. */
static aiueo_initiatives* read_initiatives(const aiueo_plan* plan) {
    aiueo_initiatives* out = NULL;
    char* line = read_file("initiatives.tsv", NULL);
    char* next;
    if (line == NULL) return NULL;
    check(aiueo_initiatives_new(plan, &out, &error), "initiatives");
    for (; *line != '\0'; line = next) {
        char* cell[5];
        int k;
        next = cut(line, '\n');
        cell[0] = line;
        for (k = 1; k < 5; ++k) {
            cell[k] = cut(cell[k - 1], '\t');
            if (cell[k] == NULL || next == NULL) die("initiatives.tsv", "has a broken line");
        }
        check(aiueo_initiatives_add(out, cell[0], strlen(cell[0]), cell[1], strlen(cell[1]),
                                    day_of(cell[2]), day_of(cell[3]), day_of(cell[4]), &error),
              line);
    }
    check(aiueo_initiatives_finish(out, &error), "initiatives");
    return out;
}

static void write_file(int number, const void* values, size_t size) {
    char path[4096];
    FILE* file;
    snprintf(path, sizeof path, "%s/%d", out_folder, number);
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
        char* title;
        const char* source;
        const void* values = NULL;
        int32_t type = 0;
        size_t row;
        next = cut(line, '\n');
        title = cut(line, '\t');
        if (next == NULL || title == NULL) die("scores.tsv", "has a broken line");
        source = strcmp(line, "flag") == 0 ? "overall" : title; /* insufficient: it has no score */
        check(aiueo_scores_column(scores, source, strlen(source), &type, &values, &error), title);
        if (strcmp(line, "flag") == 0) {
            char* flags = malloc(rows + 1);
            if (flags == NULL) die(title, "out of memory");
            for (row = 0; row < rows; ++row)
                flags[row] = (char)(isnan(((const double*)values)[row]) != 0);
            write_file(number, flags, rows);
            free(flags);
        } else if (type == AIUEO_TYPE_UINT8) {
            int16_t* codes = malloc((rows + 1) * sizeof *codes);
            if (codes == NULL) die(title, "out of memory");
            for (row = 0; row < rows; ++row) codes[row] = ((const uint8_t*)values)[row];
            write_file(number, codes, rows * sizeof *codes);
            free(codes);
        } else {
            write_file(number, values, rows * (type == AIUEO_TYPE_FLOAT64 ? 8 : 2));
        }
    }
}

int main(int count, char** arguments) {
    aiueo_scores_options detail = {sizeof detail, AIUEO_SCORES_DETAIL};
    aiueo_batch_options options;
    aiueo_plan* plan = NULL;
    aiueo_batch* batch = NULL;
    aiueo_scores* scores = NULL;
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
    options.initiatives = read_initiatives(plan);
    check(aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error), "batch");
    bind_all(batch, rows);
    check(aiueo_scores_new(plan, rows, &detail, &scores, &error), "scores");
    check(aiueo_plan_score(plan, batch, 0, rows, scores, &error), "score");
    write_all(scores, (size_t)rows);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
    return 0;
}
