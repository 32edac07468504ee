/* Arrow structures built by hand, as a producer without any library would. Every structure counts
 * its release; memory is static or malloc'ed by the structure. */
#ifndef AIUEO_TESTS_CAPI_ARROW_SUPPORT_H
#define AIUEO_TESTS_CAPI_ARROW_SUPPORT_H

#include "support.h"

enum { most_columns = 12 };

static int alive = 0; /* structures that were made and not yet released */

struct table_schema {
    struct ArrowSchema children[most_columns];
    struct ArrowSchema* pointers[most_columns];
    struct ArrowSchema words;
};

struct table_array {
    struct ArrowArray children[most_columns];
    struct ArrowArray* pointers[most_columns];
    const void* buffers[most_columns][3];
    const void* none[1];
    struct ArrowArray words;
    const void* word_buffers[3];
};

static inline void release_schema_part(struct ArrowSchema* schema) { schema->release = NULL; }
static inline void release_array_part(struct ArrowArray* array) { array->release = NULL; }
static inline void release_schema(struct ArrowSchema* schema) {
    free(schema->private_data);
    schema->release = NULL;
    --alive;
}
static inline void release_array(struct ArrowArray* array) {
    free(array->private_data);
    array->release = NULL;
    --alive;
}

static inline struct ArrowSchema new_schema(void) {
    struct ArrowSchema out;
    struct table_schema* parts = calloc(1, sizeof *parts);
    memset(&out, 0, sizeof out);
    if (parts == NULL) exit(2);
    out.format = "+s";
    out.name = "";
    out.children = parts->pointers;
    out.release = release_schema;
    out.private_data = parts;
    ++alive;
    return out;
}

/* `words`: a dictionary of text. */
static inline void add_field(struct ArrowSchema* schema, const char* name, const char* format,
                             int words) {
    struct table_schema* parts = schema->private_data;
    const int64_t at = schema->n_children++;
    struct ArrowSchema* child = &parts->children[at];
    parts->pointers[at] = child;
    child->format = format;
    child->name = name;
    child->flags = ARROW_FLAG_NULLABLE;
    child->release = release_schema_part;
    if (!words) return;
    parts->words.format = "u";
    parts->words.name = "";
    parts->words.release = release_schema_part;
    child->dictionary = &parts->words;
}

static inline struct ArrowArray new_array(int64_t length, int64_t offset) {
    struct ArrowArray out;
    struct table_array* parts = calloc(1, sizeof *parts);
    memset(&out, 0, sizeof out);
    if (parts == NULL) exit(2);
    out.length = length;
    out.offset = offset;
    out.n_buffers = 1;
    out.buffers = parts->none;
    out.children = parts->pointers;
    out.release = release_array;
    out.private_data = parts;
    ++alive;
    return out;
}

/* A child of `length` rows; text has `bytes` beside its offsets. */
static inline struct ArrowArray* add_column(struct ArrowArray* array, int64_t length,
                                            const void* values, const void* validity,
                                            const char* bytes) {
    struct table_array* parts = array->private_data;
    const int64_t at = array->n_children++;
    struct ArrowArray* child = &parts->children[at];
    parts->pointers[at] = child;
    parts->buffers[at][0] = validity;
    parts->buffers[at][1] = values;
    parts->buffers[at][2] = bytes;
    child->length = length;
    child->null_count = validity == NULL ? 0 : -1;
    child->n_buffers = bytes == NULL ? 2 : 3;
    child->buffers = parts->buffers[at];
    child->release = release_array_part;
    return child;
}

static inline void add_words(struct ArrowArray* array, struct ArrowArray* child, int64_t length,
                             const int32_t* offsets, const char* bytes) {
    struct table_array* parts = array->private_data;
    parts->word_buffers[1] = offsets;
    parts->word_buffers[2] = bytes;
    parts->words.length = length;
    parts->words.n_buffers = 3;
    parts->words.buffers = parts->word_buffers;
    parts->words.release = release_array_part;
    child->dictionary = &parts->words;
}

/* ── a stream over what a function makes ─────────────────────────────────────────────────────────
 */

struct stream_source {
    struct ArrowSchema (*schema)(void);
    int (*next)(void* state,
                struct ArrowArray* out); /* 0, or an errno; leaves `out` as it is at the end */
    void* state;
};

static inline int stream_schema(struct ArrowArrayStream* stream, struct ArrowSchema* out) {
    const struct stream_source* source = stream->private_data;
    *out = source->schema();
    return 0;
}
static inline int stream_next(struct ArrowArrayStream* stream, struct ArrowArray* out) {
    const struct stream_source* source = stream->private_data;
    memset(out, 0, sizeof *out);
    return source->next(source->state, out);
}
static inline const char* stream_error(struct ArrowArrayStream* stream) {
    (void)stream;
    return "the producer's own words";
}
static inline void stream_release(struct ArrowArrayStream* stream) {
    stream->release = NULL;
    --alive;
}
static inline struct ArrowArrayStream new_stream(struct stream_source* source) {
    struct ArrowArrayStream out;
    out.get_schema = stream_schema;
    out.get_next = stream_next;
    out.get_last_error = stream_error;
    out.release = stream_release;
    out.private_data = source;
    ++alive;
    return out;
}

#endif
