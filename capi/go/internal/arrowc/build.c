#include "build.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int64_t living;

int64_t arrowc_living(void) { return living; }

static char* copied(const char* text) {
    char* const out = malloc(strlen(text) + 1);
    if (out != NULL) strcpy(out, text);
    return out;
}

static void release_schema(struct ArrowSchema* self) {
    for (int64_t k = 0; k < self->n_children; ++k) {
        if (self->children[k]->release != NULL) self->children[k]->release(self->children[k]);
        free(self->children[k]);
    }
    free(self->children);
    if (self->dictionary != NULL && self->dictionary->release != NULL)
        self->dictionary->release(self->dictionary);
    free(self->dictionary);
    free((void*)self->name);
    free((void*)self->format);
    self->release = NULL;
    --living;
}

static void release_array(struct ArrowArray* self) {
    for (int64_t k = 0; k < self->n_children; ++k) {
        if (self->children[k]->release != NULL) self->children[k]->release(self->children[k]);
        free(self->children[k]);
    }
    free(self->children);
    if (self->dictionary != NULL && self->dictionary->release != NULL)
        self->dictionary->release(self->dictionary);
    free(self->dictionary);
    for (int64_t k = 0; k < self->n_buffers; ++k) free((void*)self->buffers[k]);
    free((void*)self->buffers);
    self->release = NULL;
    --living;
}

void arrowc_schema(struct ArrowSchema* out, const char* name, const char* format,
                   int64_t children) {
    memset(out, 0, sizeof *out);
    out->name = copied(name);
    out->format = copied(format);
    out->flags = ARROW_FLAG_NULLABLE;
    out->n_children = children;
    out->children = calloc((size_t)children + 1, sizeof *out->children);
    for (int64_t k = 0; k < children; ++k) out->children[k] = calloc(1, sizeof **out->children);
    out->release = release_schema;
    ++living;
}

void arrowc_array(struct ArrowArray* out, int64_t rows, int64_t buffers, int64_t children) {
    memset(out, 0, sizeof *out);
    out->length = rows;
    out->null_count = -1;
    out->n_buffers = buffers;
    out->buffers = calloc((size_t)buffers, sizeof *out->buffers);
    out->n_children = children;
    out->children = calloc((size_t)children + 1, sizeof *out->children);
    for (int64_t k = 0; k < children; ++k) out->children[k] = calloc(1, sizeof **out->children);
    out->release = release_array;
    ++living;
}

void arrowc_buffer(struct ArrowArray* array, int64_t at, const void* bytes, size_t size) {
    void* const out = malloc(size + 1);
    if (out != NULL && size > 0) memcpy(out, bytes, size);
    array->buffers[at] = out;
}

void arrowc_dictionary(struct ArrowSchema* schema, struct ArrowArray* array) {
    if (schema != NULL) schema->dictionary = calloc(1, sizeof *schema->dictionary);
    if (array != NULL) array->dictionary = calloc(1, sizeof *array->dictionary);
}

struct ArrowSchema* arrowc_schema_child(struct ArrowSchema* of, int64_t k) {
    return of->children[k];
}
struct ArrowArray* arrowc_array_child(struct ArrowArray* of, int64_t k) {
    return of->children[k];
}
const void* arrowc_get_buffer(struct ArrowArray* of, int64_t k) { return of->buffers[k]; }

/* A stream of arrays that were built before. */
typedef struct queue {
    struct ArrowSchema schema;
    struct ArrowArray* arrays;
    int64_t count, next;
    int32_t fail;
} queue;

static void copy_schema(const struct ArrowSchema* from, struct ArrowSchema* out) {
    arrowc_schema(out, from->name, from->format, from->n_children);
    for (int64_t k = 0; k < out->n_children; ++k) copy_schema(from->children[k], out->children[k]);
    if (from->dictionary == NULL) return;
    arrowc_dictionary(out, NULL);
    copy_schema(from->dictionary, out->dictionary);
}

static int stream_schema(struct ArrowArrayStream* self, struct ArrowSchema* out) {
    copy_schema(&((queue*)self->private_data)->schema, out);
    return 0;
}

static int stream_next(struct ArrowArrayStream* self, struct ArrowArray* out) {
    queue* const all = self->private_data;
    memset(out, 0, sizeof *out);
    if (all->next == all->count) return all->fail;
    *out = all->arrays[all->next];
    all->arrays[all->next++].release = NULL;
    return 0;
}

static const char* stream_error(struct ArrowArrayStream* self) {
    (void)self;
    return "the source broke off";
}

static void stream_release(struct ArrowArrayStream* self) {
    queue* const all = self->private_data;
    for (int64_t k = all->next; k < all->count; ++k) all->arrays[k].release(&all->arrays[k]);
    free(all->arrays);
    all->schema.release(&all->schema);
    free(all);
    self->release = NULL;
    --living;
}

void arrowc_stream(struct ArrowArrayStream* out, struct ArrowSchema* schema, int64_t count,
                   int32_t fails) {
    queue* const all = calloc(1, sizeof *all);
    all->schema = *schema;
    all->count = count;
    all->arrays = calloc((size_t)count + 1, sizeof *all->arrays);
    all->fail = fails ? EIO : 0;
    out->get_schema = stream_schema;
    out->get_next = stream_next;
    out->get_last_error = stream_error;
    out->release = stream_release;
    out->private_data = all;
    ++living;
}

struct ArrowArray* arrowc_stream_array(struct ArrowArrayStream* of, int64_t k) {
    return &((queue*)of->private_data)->arrays[k];
}

void arrowc_release_schema(struct ArrowSchema* one) {
    if (one->release != NULL) one->release(one);
}
void arrowc_release_array(struct ArrowArray* one) {
    if (one->release != NULL) one->release(one);
}
void arrowc_release_stream(struct ArrowArrayStream* one) {
    if (one->release != NULL) one->release(one);
}
