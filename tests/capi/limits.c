/* The limits on a model and on a state, lowered and raised by the host. */
#include "evidence_support.h"

static char model[1 << 16];

static aiueo_plan_options options_of(void) {
    aiueo_plan_options options;
    memset(&options, 0, sizeof options);
    options.struct_size = sizeof options;
    return options;
}

/* A model with one condition: `x > 1`, this often with `||` between, within so many parentheses,
 * behind so many blanks. */
static size_t model_of(size_t times, size_t levels, size_t blanks) {
    size_t k = 0;
    strcpy(
        model,
        "{\"aiueo\":1,\"metrics\":{\"x\":{\"type\":\"number\"}},\"axes\":{\"U\":{\"components\":{"
        "\"x\":{\"metric\":\"x\",\"curve\":[[0,0],[9,100]]}}}},\"ladders\":{\"stage\":[{\"name\":"
        "\"Entry\"},{\"name\":\"Active\",\"when\":\"");
    for (k = 0; k < blanks; ++k) strcat(model, " ");
    for (k = 0; k < levels; ++k) strcat(model, "(");
    for (k = 0; k < times; ++k) strcat(model, k == 0 ? "x > 1" : "||x > 1");
    for (k = 0; k < levels; ++k) strcat(model, ")");
    strcat(model, "\"}]}}");
    return strlen(model);
}

/* Loads the model, and checks it: both say the same. */
static int32_t tried(size_t length, const aiueo_plan_options* options) {
    aiueo_plan* plan = NULL;
    const int32_t status = aiueo_plan_load(model, length, options, &plan, &error);
    aiueo_error other;
    memset(&other, 0, sizeof other);
    other.struct_size = sizeof other;
    CHECK((plan != NULL) == (status == AIUEO_OK));
    aiueo_plan_free(plan);
    needed = 0;
    if (status == AIUEO_INVALID_ARGUMENT || status == AIUEO_UNSUPPORTED) {
        CHECK(aiueo_model_check_with(model, length, options, text, sizeof text, &needed, &other) ==
              status);
        CHECK(strcmp(error.message, other.message) == 0 && needed == 0);
    } else {
        CHECK(aiueo_model_check_with(model, length, options, text, sizeof text, &needed, &other) ==
              AIUEO_OK);
        CHECK(needed > 0);
        CHECK((strstr(text, "\"usable\":true") != NULL) == (status == AIUEO_OK));
        CHECK((strstr(text, "\"code\":\"limit_exceeded\"") != NULL) ==
              (status == AIUEO_LIMIT_EXCEEDED));
    }
    return status;
}

/* At most `limit` where the model has so much, and one less. */
#define AT_LIMIT(field, found, length, words)                \
    do {                                                     \
        aiueo_plan_options given = options_of();             \
        given.field = (found);                               \
        STATUS(AIUEO_OK, tried(length, &given));             \
        given.field = (found)-1;                             \
        STATUS(AIUEO_LIMIT_EXCEEDED, tried(length, &given)); \
        MESSAGE(words);                                      \
    } while (0)

static void lowered(void) {
    const size_t length = model_of(1, 0, 0);
    AT_LIMIT(max_bytes, length, length, "bytes; a model file may have");
    AT_LIMIT(max_depth, 7, length, "nested more than 6 levels deep");
    AT_LIMIT(max_nodes, 24, length, "more than 23 values");
    AT_LIMIT(max_condition_bytes, 5, length, "the condition is longer than 4 bytes");
    AT_LIMIT(max_condition_parts, 3, length, "the condition has more than 2 parts");
    AT_LIMIT(max_condition_depth, 3, model_of(1, 2, 0), "is nested deeper than 2 levels");
}

static void raised(void) {
    aiueo_plan_options options = options_of();
    size_t length = model_of(1, 0, 16380);
    STATUS(AIUEO_LIMIT_EXCEEDED, tried(length, &options));
    AT_LIMIT(max_condition_bytes, 16385, length, "the condition is longer than 16384 bytes");
    length = model_of(513, 0, 0);
    STATUS(AIUEO_LIMIT_EXCEEDED, tried(length, &options));
    AT_LIMIT(max_condition_parts, 2051, length, "the condition has more than 2050 parts");
    length = model_of(1, 64, 0);
    STATUS(AIUEO_LIMIT_EXCEEDED, tried(length, &options));
    AT_LIMIT(max_condition_depth, 65, length, "is nested deeper than 64 levels");
}

/* At most so much of each limit that recursion has, all at once. */
static void the_most(void) {
    aiueo_plan_options options = options_of();
    size_t length = model_of(1, 127, 0);
    options.max_bytes = UINT64_MAX / 4;
    options.max_depth = 256;
    options.max_nodes = UINT32_MAX;
    options.max_condition_bytes = UINT32_MAX;
    options.max_condition_parts = 8192;
    options.max_condition_depth = 128;
    STATUS(AIUEO_OK, tried(length, &options));
    length = model_of(1, 128, 0);
    STATUS(AIUEO_LIMIT_EXCEEDED, tried(length, &options));
    length = model_of(2048, 0, 0);
    STATUS(AIUEO_OK, tried(length, &options));
    length = model_of(2049, 0, 0);
    STATUS(AIUEO_LIMIT_EXCEEDED, tried(length, &options));
    MESSAGE("the condition has more than 8192 parts");
}

static void refused(void) {
    aiueo_plan_options options = options_of();
    const size_t length = model_of(1, 0, 0);
    STATUS(AIUEO_OK, tried(length, NULL));
    options.max_depth = 257;
    REFUSED("max_depth is 257; at most 256 levels are read", tried(length, &options));
    options = options_of();
    options.max_bytes = UINT64_MAX;
    REFUSED("max_bytes", tried(length, &options));
    options = options_of();
    options.max_condition_parts = 8193;
    REFUSED("max_condition_parts is 8193; at most 8192 parts", tried(length, &options));
    options = options_of();
    options.max_condition_depth = 129;
    REFUSED("max_condition_depth is 129; at most 128 levels", tried(length, &options));
    options = options_of();
    options.reserved_too = 1;
    STATUS(AIUEO_UNSUPPORTED, tried(length, &options));
    options = options_of();
    options.max_condition_bytes = 1;
    options.struct_size = 80; /* of a program that knows no limits of conditions */
    STATUS(AIUEO_OK, tried(length, &options));
    options = options_of();
    REFUSED("json is NULL",
            aiueo_model_check_with(NULL, 3, &options, text, sizeof text, NULL, &error));
    REFUSED("out is NULL", aiueo_model_check_with(model, length, &options, NULL, 1, NULL, &error));
    STATUS(AIUEO_BUFFER_TOO_SMALL,
           aiueo_model_check_with(model, length, &options, text, 5, &needed, &error));
    options.file = "my.json";
    options.file_length = 7;
    STATUS(AIUEO_OK, aiueo_model_check_with("{", 1, &options, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "\"text\":\"my.json:1:") != NULL);
}

static void states(void) {
    aiueo_plan* plan = load_plan();
    aiueo_evidence* seen = full_evidence(plan);
    aiueo_evidence* read = NULL;
    aiueo_evidence_options options = {sizeof options, 0, 0};
    size_t size = 0;
    char* state = written(seen, &size);
    uint64_t least = 1;
    uint64_t most = 1 << 27;
    STATUS(AIUEO_OK, aiueo_evidence_read(plan, state, size, &options, &read, &error));
    aiueo_evidence_free(read);
    while (least < most) { /* how many it has */
        options.max_integers = (least + most) / 2;
        if (aiueo_evidence_read(plan, state, size, &options, &read, &error) == AIUEO_OK) {
            most = options.max_integers;
        } else {
            CHECK(error.code == AIUEO_LIMIT_EXCEEDED && read == NULL);
            MESSAGE("integers; the reader may allow more");
            least = options.max_integers + 1;
        }
        aiueo_evidence_free(read);
        read = NULL;
    }
    CHECK(least > 100 && least < 1 << 20);
    options.max_integers = UINT64_MAX;
    STATUS(AIUEO_OK, aiueo_evidence_read(plan, state, size, &options, &read, &error));
    aiueo_evidence_free(read);
    options.max_integers = 1;
    options.struct_size = 8; /* of a program that knows no limit of a state */
    STATUS(AIUEO_OK, aiueo_evidence_read(plan, state, size, &options, &read, &error));
    aiueo_evidence_free(read);
    aiueo_evidence_free(seen);
    aiueo_plan_free(plan);
    free(state);
}

int main(void) {
    lowered();
    raised();
    the_most();
    refused();
    states();
    return finish();
}
