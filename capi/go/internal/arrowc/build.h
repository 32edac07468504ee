/* Arrow structures by hand, for tests: record batches and streams of them. */
#ifndef ARROWC_BUILD_H
#define ARROWC_BUILD_H

#include <stddef.h>
#include <stdint.h>

#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_NULLABLE 2
struct ArrowSchema {
    const char* format;
    const char* name;
    const char* metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema** children;
    struct ArrowSchema* dictionary;
    void (*release)(struct ArrowSchema*);
    void* private_data;
};
struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void** buffers;
    struct ArrowArray** children;
    struct ArrowArray* dictionary;
    void (*release)(struct ArrowArray*);
    void* private_data;
};
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream*, struct ArrowSchema* out);
    int (*get_next)(struct ArrowArrayStream*, struct ArrowArray* out);
    const char* (*get_last_error)(struct ArrowArrayStream*);
    void (*release)(struct ArrowArrayStream*);
    void* private_data;
};

/* Structures that were built here and not yet released. */
int64_t arrowc_living(void);

void arrowc_schema(struct ArrowSchema* out, const char* name, const char* format, int64_t children);
void arrowc_array(struct ArrowArray* out, int64_t rows, int64_t buffers, int64_t children);
void arrowc_buffer(struct ArrowArray* array, int64_t at, const void* bytes, size_t size);
/* Memory for the dictionaries of both, to be made with the functions above; either may be NULL. */
void arrowc_dictionary(struct ArrowSchema* schema, struct ArrowArray* array);
struct ArrowSchema* arrowc_schema_child(struct ArrowSchema* of, int64_t k);
struct ArrowArray* arrowc_array_child(struct ArrowArray* of, int64_t k);
const void* arrowc_get_buffer(struct ArrowArray* of, int64_t k);

/* Takes the schema over; the arrays are filled in by arrowc_stream_array(). */
void arrowc_stream(struct ArrowArrayStream* out, struct ArrowSchema* schema, int64_t count,
                   int32_t fails);
struct ArrowArray* arrowc_stream_array(struct ArrowArrayStream* of, int64_t k);

void arrowc_release_schema(struct ArrowSchema* one);
void arrowc_release_array(struct ArrowArray* one);
void arrowc_release_stream(struct ArrowArrayStream* one);

#endif
