/* aiueo.h: the C interface of aiueo, an embeddable customer-health engine.
 *
 * C99, no dependencies. What holds for every function:
 *
 * - Functions that can fail return a status: AIUEO_OK, or one of the codes below. The last parameter, which
 *   may be NULL, receives the code and a sentence (AIUEO_OK and none on success). On failure every output
 *   handle is NULL and other outputs are untouched.
 * - Strings come in as pointer and length, UTF-8, and need no terminating zero. A NULL pointer with length 0
 *   is the empty string.
 * - Text goes out into the caller's buffer: `capacity` bytes at most are written, terminated by a zero when
 *   there is room, and `*needed` (may be NULL) gets the length without the zero. Too small a buffer is
 *   AIUEO_BUFFER_TOO_SMALL and stays untouched; call again with `*needed + 1` bytes.
 * - Structures begin with `struct_size` = sizeof the structure as you compiled it; 0 in any other field is the
 *   default. NULL options are all defaults. An older program's shorter structure is accepted; what a newer
 *   one's has beyond this version must be 0, else the call is AIUEO_UNSUPPORTED, as with unknown flags.
 * - *_free() takes NULL and cannot fail.
 * - Plans, initiatives, contracts, ledgers and ranks are immutable once made and may be used by any number of threads.
 * A batch has one writer; then any number of threads may score disjoint row ranges of it into the same scores. Evidence
 *   has one writer, see there.
 * - Handles may be freed in any order: what a handle needs of another, it keeps. A callback (a scorer, progress, a log,
 *   a stream or array of the caller's) may free handles and release streams that the call it is part of uses: they go
 *   when that call returns. It may not change or read what that call writes, and a stream of scores that is being read
 *   answers it EINVAL.
 * - Columns given to a batch are borrowed: their memory must live, unchanged, until the batch is freed. The
 *   structure that describes them is only read during the call.
 * - Dates are days since 1970-01-01. Unknown numbers are NaN. Rows are at most 2^40.
 * - The library starts no thread, prints nothing, reads no environment variable and never ends the process.
 */
#ifndef AIUEO_H
#define AIUEO_H

#include <stddef.h>
#include <stdint.h>

#if defined(_WIN32)
#if defined(AIUEO_BUILDING)
#define AIUEO_API __declspec(dllexport)
#else
#define AIUEO_API __declspec(dllimport)
#endif
#elif defined(__GNUC__)
#define AIUEO_API __attribute__((visibility("default")))
#else
#define AIUEO_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* Increased when a program compiled against an older header would no longer work. */
#define AIUEO_ABI_VERSION 1

/* ── status ────────────────────────────────────────────────────────────────────────────────────────────── */

#define AIUEO_OK 0
#define AIUEO_INVALID_ARGUMENT 10 /* an argument is out of its documented range */
#define AIUEO_INVALID_STATE 11    /* the call came at the wrong time */
#define AIUEO_NOT_FOUND 12        /* a name or a customer that is not there */
#define AIUEO_BUFFER_TOO_SMALL 13 /* the needed size was reported */
#define AIUEO_UNSUPPORTED 14      /* right in principle, but this build or type cannot do it */
#define AIUEO_BAD_JSON 20         /* not JSON, or JSON that is refused (duplicate keys, not UTF-8) */
#define AIUEO_BAD_MODEL 21        /* JSON, but not a model */
#define AIUEO_LIMIT_EXCEEDED 22   /* larger or deeper than a declared limit */
#define AIUEO_BAD_COLUMN 30       /* a column is missing, repeated or of the wrong type */
#define AIUEO_BAD_VALUE 31        /* one value cannot be what its column says */
#define AIUEO_DUPLICATE_ROW 32    /* the same customer and date twice */
#define AIUEO_BAD_ARROW 33        /* an Arrow structure contradicts itself */
#define AIUEO_BAD_STATE 34        /* not a state of evidence, or one that contradicts itself */
#define AIUEO_SCORER_FAILED 40    /* a custom scorer reported failure */
#define AIUEO_CANCELLED 41        /* a callback asked to stop */
#define AIUEO_OUT_OF_MEMORY 50
#define AIUEO_IO 60       /* a file could not be read or written */
#define AIUEO_INTERNAL 99 /* a defect of this library */

/* The caller's; set struct_size once (without it every call is AIUEO_INVALID_ARGUMENT, and nothing is
 * written). `message` is one line of UTF-8, always terminated, cut between characters if longer: where it
 * happened, what was found, what would be right. */
typedef struct aiueo_error {
    uint32_t struct_size;
    int32_t code;
    char message[504];
} aiueo_error;

/* "0.1.0", valid for the life of the process. */
AIUEO_API const char *aiueo_version(void);
/* AIUEO_ABI_VERSION of the library; compare it with the header's. */
AIUEO_API uint32_t aiueo_abi_version(void);
/* A code's name ("bad_value"), "unknown" for a number that is none; valid for the life of the process. */
AIUEO_API const char *aiueo_status_name(int32_t code);

/* ── handles ───────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct aiueo_scorers aiueo_scorers;         /* custom scorers, to be used by plans */
typedef struct aiueo_plan aiueo_plan;               /* a model compiled once */
typedef struct aiueo_initiatives aiueo_initiatives; /* what was done for customers, ready to be counted */
typedef struct aiueo_batch aiueo_batch;             /* columns bound to a plan */
typedef struct aiueo_duplicates aiueo_duplicates;   /* customers and dates of the batches seen so far */
typedef struct aiueo_scores aiueo_scores;           /* the results */
typedef struct aiueo_summary aiueo_summary;         /* counts over many scores */
typedef struct aiueo_changes aiueo_changes;         /* what changed between two snapshots, split into its parts */
typedef struct aiueo_contracts aiueo_contracts;     /* what was decided at the end of each contract and trial */
typedef struct aiueo_ledger aiueo_ledger;           /* which MRR each customer paid from when to when */
typedef struct aiueo_ranks aiueo_ranks;             /* which rank members of the team gave each customer, and when */
typedef struct aiueo_evidence aiueo_evidence;       /* what history says of a model, in counts that add up */
typedef struct aiueo_actions aiueo_actions;         /* a list for people: whom to help with what */

/* The Arrow C data and stream interfaces (arrow.apache.org), declared here unless they are already. */
#ifndef ARROW_C_DATA_INTERFACE
#define ARROW_C_DATA_INTERFACE
#define ARROW_FLAG_DICTIONARY_ORDERED 1
#define ARROW_FLAG_NULLABLE 2
#define ARROW_FLAG_MAP_KEYS_SORTED 4
struct ArrowSchema {
    const char *format;
    const char *name;
    const char *metadata;
    int64_t flags;
    int64_t n_children;
    struct ArrowSchema **children;
    struct ArrowSchema *dictionary;
    void (*release)(struct ArrowSchema *);
    void *private_data;
};
struct ArrowArray {
    int64_t length;
    int64_t null_count;
    int64_t offset;
    int64_t n_buffers;
    int64_t n_children;
    const void **buffers;
    struct ArrowArray **children;
    struct ArrowArray *dictionary;
    void (*release)(struct ArrowArray *);
    void *private_data;
};
#endif
#ifndef ARROW_C_STREAM_INTERFACE
#define ARROW_C_STREAM_INTERFACE
struct ArrowArrayStream {
    int (*get_schema)(struct ArrowArrayStream *, struct ArrowSchema *out);
    int (*get_next)(struct ArrowArrayStream *, struct ArrowArray *out);
    const char *(*get_last_error)(struct ArrowArrayStream *);
    void (*release)(struct ArrowArrayStream *);
    void *private_data;
};
#endif

/* ── model and plan ────────────────────────────────────────────────────────────────────────────────────── */

/* One line about something worth knowing. level: 1 information, 2 warning. Called on the calling thread. */
typedef void (*aiueo_log_fn)(void *user, int32_t level, const char *message, size_t length);

/* Everything that is wrong or doubtful with a model, as JSON:
 * {"usable":true,"name":…,"fingerprint":…,"problems":[{"level":"error","code":"bad_model","line":14,"column":22,
 * "path":"axes.U…","message":…,"text":"model.json:14:22: …"}],"profiles":[{"name":…,"changes":[…]}]}.
 * `file` is how messages name the text (empty: "model.json"). A model with errors is not a failure of this call. */
AIUEO_API int32_t aiueo_model_check(const char *json, size_t json_length, const char *file, size_t file_length,
                                    char *out, size_t capacity, size_t *needed, aiueo_error *error);

/* The JSON Schema (2020-12) of the model file. */
AIUEO_API int32_t aiueo_model_schema(char *out, size_t capacity, size_t *needed, aiueo_error *error);

/* One call of a custom scorer: `rows` values of each of `input_count` inputs, in the order of the component's
 * `metrics`: numbers and money in their unit, flags 0 or 1, dates in days; NaN is unknown. Write `rows`
 * scores 0..100 to `out`, NaN where unknown; anything else counts as invalid. */
typedef struct aiueo_scorer_call {
    uint32_t struct_size;
    uint32_t input_count;
    int64_t rows;
    const double *const *inputs;
    const double *as_of; /* days, NaN where the batch has no date */
    const char *params;  /* the component's params, JSON text */
    size_t params_length;
    double *out;
} aiueo_scorer_call;

/* Return AIUEO_OK, or any other number to fail the scoring call with AIUEO_SCORER_FAILED (AIUEO_CANCELLED with
 * that code); `error` may carry a message. Called on the thread that scores, possibly on several at once.
 * Must not throw or long-jump. */
typedef int32_t (*aiueo_scorer_fn)(void *user, const aiueo_scorer_call *call, aiueo_error *error);

AIUEO_API int32_t aiueo_scorers_new(aiueo_scorers **out, aiueo_error *error);
/* `version` must equal the model's (1 unless it says otherwise). `inputs`: how many metrics it takes, −1 = any.
 * `user` must live as long as any plan made with these scorers. */
AIUEO_API int32_t aiueo_scorers_add(aiueo_scorers *scorers, const char *name, size_t name_length, int32_t version,
                                    int32_t inputs, aiueo_scorer_fn function, void *user, aiueo_error *error);
AIUEO_API void aiueo_scorers_free(aiueo_scorers *scorers);

typedef struct aiueo_plan_options {
    uint32_t struct_size;
    uint32_t reserved;
    const char *file; /* how messages name the model, e.g. its path */
    size_t file_length;
    const aiueo_scorers *scorers; /* copied: may be freed after the call */
    aiueo_log_fn log;             /* warnings of the model; used only during the call */
    void *log_user;
    uint64_t max_bytes; /* limits on the model's text; 0 = 4 MiB, 64 levels, 200,000 values */
    uint32_t max_depth; /* at most 256 */
    uint32_t max_nodes;
    const char *instruction_set; /* a name of aiueo_instruction_set_name(); empty: the last, which is the widest */
    size_t instruction_set_length;
    uint32_t max_condition_bytes; /* limits on each condition of the model; 0 = 16,384 bytes, 2,048 parts, 64 levels */
    uint32_t max_condition_parts; /* at most 8,192; names, literals and operators */
    uint32_t max_condition_depth; /* at most 128 */
    uint32_t reserved_too;        /* 0 */
} aiueo_plan_options;

/* aiueo_model_check() within the limits that are given, as aiueo_plan_load() has them. Of the options `file` and the
 * limits count; the others are not looked at. */
AIUEO_API int32_t aiueo_model_check_with(const char *json, size_t json_length, const aiueo_plan_options *options,
                                         char *out, size_t capacity, size_t *needed, aiueo_error *error);

/* The instruction sets that this library has loops for and this processor can run ("portable", "x86-64-v3", …) by
 * number from 0, narrowest first; NULL for a number that is none. Every one gives the same bits. Valid for the life
 * of the process. */
AIUEO_API const char *aiueo_instruction_set_name(int32_t number);

/* Read, check and compile a model. AIUEO_UNSUPPORTED for an instruction set that is not available here. */
AIUEO_API int32_t aiueo_plan_load(const char *json, size_t json_length, const aiueo_plan_options *options,
                                  aiueo_plan **out, aiueo_error *error);
/* What the plan reads and writes, as JSON: name, fingerprint, needs_as_of, needs_initiatives, metrics, axes with
 * components and weights, ladders with rungs, bands, profiles, patterns, and the scores table's columns and
 * detail_columns: {"name":…,"type":"number"|"level"|"count"|"flag"|"text"|"date"}, levels with the "names" that
 * their codes index. "evidence": how large its tables get, each with its key, the integers (8 bytes in memory) of a
 * block and the blocks of 36 months (null: by names and values that there are). */
AIUEO_API int32_t aiueo_plan_describe(const aiueo_plan *plan, char *out, size_t capacity, size_t *needed,
                                      aiueo_error *error);
/* The instruction set that scoring with this plan uses, a name as above; NULL for NULL. */
AIUEO_API const char *aiueo_plan_instruction_set(const aiueo_plan *plan);
AIUEO_API void aiueo_plan_free(aiueo_plan *plan);

/* ── initiatives ───────────────────────────────────────────────────────────────────────────────────────── */

#define AIUEO_NO_DATE INT32_MIN

typedef struct aiueo_initiative {
    uint32_t struct_size;
    int32_t date; /* days or AIUEO_NO_DATE, as the next two */
    int32_t attended;
    int32_t responded;
    const char *initiative; /* its name */
    size_t initiative_length;
    const char *variant; /* which of the ways it was done; empty or blank: none is named */
    size_t variant_length;
    int32_t holdout;   /* 0 or 1: left out on purpose, to compare with; metrics do not count it */
    uint32_t reserved; /* 0 */
} aiueo_initiative;

/* For models with metrics "from": "initiatives", and for evidence. Add rows, finish, then share. A stream that fails,
 * or memory that runs out, in the middle of the rows leaves them of no use: free them and begin again. */
AIUEO_API int32_t aiueo_initiatives_new(const aiueo_plan *plan, aiueo_initiatives **out, aiueo_error *error);
/* Keep every row, with its variant and holdout, and not only what the model counts: evidence needs that, batches take
 * them as before. Call it before the first row, else it is AIUEO_INVALID_STATE. From then on nothing is added by a call
 * that fails, and only memory that runs out leaves the rows of no use; at most 4,096 different initiatives, and as many
 * variants, are held (AIUEO_LIMIT_EXCEEDED). */
AIUEO_API int32_t aiueo_initiatives_keep_all(aiueo_initiatives *initiatives, aiueo_error *error);
/* One row without variant and holdout; dates are days or AIUEO_NO_DATE. */
AIUEO_API int32_t aiueo_initiatives_add(aiueo_initiatives *initiatives, const char *customer, size_t customer_length,
                                        const char *initiative, size_t initiative_length, int32_t date,
                                        int32_t attended, int32_t responded, aiueo_error *error);
/* One row with all it can have. The variant is forgotten unless all rows are kept. */
AIUEO_API int32_t aiueo_initiatives_add_row(aiueo_initiatives *initiatives, const char *customer,
                                            size_t customer_length, const aiueo_initiative *row, aiueo_error *error);
/* All rows of a stream with columns customer, initiative, date and optionally attended, responded, holdout (a flag;
 * empty is no), and variant, which is read if all rows are kept. Takes the stream over and releases it, whatever the
 * outcome. */
AIUEO_API int32_t aiueo_initiatives_add_stream(aiueo_initiatives *initiatives, struct ArrowArrayStream *stream,
                                               aiueo_error *error);
AIUEO_API int32_t aiueo_initiatives_finish(aiueo_initiatives *initiatives, aiueo_error *error);
/* What is doubtful about finished initiatives, as a JSON array of texts: the initiatives that the model counts and no
 * row has (perhaps a slip in a name), with the name that is nearest. [] if there is nothing. */
AIUEO_API int32_t aiueo_initiatives_warnings(const aiueo_initiatives *initiatives, char *out, size_t capacity,
                                             size_t *needed, aiueo_error *error);
AIUEO_API void aiueo_initiatives_free(aiueo_initiatives *initiatives);

/* ── batch ─────────────────────────────────────────────────────────────────────────────────────────────── */

#define AIUEO_SNAPSHOTS 1

/* How values lie in memory; layouts are Arrow's. */
#define AIUEO_TYPE_NONE 0 /* no values: every row is unknown */
#define AIUEO_TYPE_BIT 1  /* one bit a row, least significant first */
#define AIUEO_TYPE_BYTE 2 /* one byte a row, 0 or not 0 */
#define AIUEO_TYPE_INT8 3
#define AIUEO_TYPE_INT16 4
#define AIUEO_TYPE_INT32 5
#define AIUEO_TYPE_INT64 6
#define AIUEO_TYPE_UINT8 7
#define AIUEO_TYPE_UINT16 8
#define AIUEO_TYPE_UINT32 9
#define AIUEO_TYPE_UINT64 10
#define AIUEO_TYPE_FLOAT16 11
#define AIUEO_TYPE_FLOAT32 12
#define AIUEO_TYPE_FLOAT64 13 /* NaN is unknown */
#define AIUEO_TYPE_DECIMAL32 14
#define AIUEO_TYPE_DECIMAL64 15
#define AIUEO_TYPE_DECIMAL128 16
#define AIUEO_TYPE_DECIMAL256 17
#define AIUEO_TYPE_DATE32 18     /* int32 days */
#define AIUEO_TYPE_DATE64 19     /* int64 milliseconds, whole days */
#define AIUEO_TYPE_TIMESTAMP 20  /* int64 in `unit` */
#define AIUEO_TYPE_TEXT32 21     /* UTF-8 with int32 offsets */
#define AIUEO_TYPE_TEXT64 22     /* UTF-8 with int64 offsets */
#define AIUEO_TYPE_DICTIONARY 24 /* integers of `index_type` into `dictionary`, a text column */

#define AIUEO_UNIT_SECOND 0
#define AIUEO_UNIT_MILLI 1
#define AIUEO_UNIT_MICRO 2
#define AIUEO_UNIT_NANO 3

#define AIUEO_COLUMN_ZONED 1u       /* timestamps are instants (UTC), shown in the model's time zone */
#define AIUEO_COLUMN_MINOR_UNITS 2u /* money: integers count the currency's minor unit */

typedef struct aiueo_column {
    uint32_t struct_size;
    int32_t type;
    int64_t length; /* rows; must equal the batch's (a dictionary: its entries) */
    int64_t offset; /* rows before the first in values, offsets and validity alike */
    const void *values;
    const uint8_t *validity; /* bit per row, least significant first, 1 = known; NULL = all known */
    const void *offsets;     /* text: offset + length + 1 of them */
    const char *bytes;       /* text: the characters */
    int64_t bytes_size;      /* text: how many of them there are */
    int32_t scale;           /* decimals: value = unscaled ÷ 10^scale */
    int32_t unit;            /* timestamps: AIUEO_UNIT_… */
    int32_t index_type;      /* dictionary: AIUEO_TYPE_INT8 … AIUEO_TYPE_UINT64 */
    uint32_t flags;          /* AIUEO_COLUMN_… */
    const struct aiueo_column *dictionary;
} aiueo_column;

#define AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN 1u /* a column the plan needs may be absent: its rows are unknown */
#define AIUEO_BATCH_ALL_METRICS 2u /* keep columns of metrics that scoring does not read, too: for evidence */

typedef struct aiueo_batch_options {
    uint32_t struct_size;
    uint32_t flags;         /* AIUEO_BATCH_… */
    int64_t first_row;      /* rows of the table before this batch, for messages */
    const char *null_texts; /* texts that mean unknown, each followed by a newline ("NA\nNone\n") */
    size_t null_texts_length;
    const aiueo_initiatives *initiatives;
    int32_t as_of;     /* one date for all rows, if has_as_of */
    int32_t has_as_of; /* 0 or 1 */
} aiueo_batch_options;

/* `kind`: AIUEO_SNAPSHOTS. `rows`: of every column. */
AIUEO_API int32_t aiueo_batch_new(const aiueo_plan *plan, int32_t kind, int64_t rows,
                                  const aiueo_batch_options *options, aiueo_batch **out, aiueo_error *error);
/* Bind a borrowed column by name: a metric, "METRIC@" (when it was observed), "customer", "as_of", "parent". */
AIUEO_API int32_t aiueo_batch_bind(aiueo_batch *batch, const char *name, size_t name_length, const aiueo_column *column,
                                   aiueo_error *error);
/* A column in the batch's memory, bound at once: `*values` gets `rows` zeroed values of a fixed-width type
 * (numbers: FLOAT32, FLOAT64, INT8 … UINT64; flags: BYTE; dates: DATE32; categories: INT32 ids of
 * aiueo_batch_text(), −1 unknown), `*validity` a bit for each row, all 0 (unknown) at first; categories have none
 * (NULL). Both stay until the batch is freed. For runtimes that may not lend their memory. */
AIUEO_API int32_t aiueo_batch_reserve(aiueo_batch *batch, const char *name, size_t name_length, int32_t type,
                                      void **values, uint8_t **validity, aiueo_error *error);
/* The id of a category's text in this batch. */
AIUEO_API int32_t aiueo_batch_text(aiueo_batch *batch, const char *text, size_t text_length, int32_t *id,
                                   aiueo_error *error);
/* Memory of the batch's own, all unknown, for every metric that has no column yet; to be filled by
 * aiueo_batch_set_…: a request's row. */
AIUEO_API int32_t aiueo_batch_own(aiueo_batch *batch, aiueo_error *error);
/* The number of a metric for aiueo_batch_set_…; −1: the plan does not read it, and setting it does nothing.
 * A metric that the model computes is AIUEO_BAD_COLUMN. */
AIUEO_API int32_t aiueo_batch_metric(const aiueo_batch *batch, const char *name, size_t name_length, int32_t *number,
                                     aiueo_error *error);
/* Numbers, money in major units, flags (0 or 1), dates in days; NaN is unknown. No allocation. */
AIUEO_API int32_t aiueo_batch_set_number(aiueo_batch *batch, int32_t metric, int64_t row, double value,
                                         aiueo_error *error);
/* A category; empty is unknown. */
AIUEO_API int32_t aiueo_batch_set_text(aiueo_batch *batch, int32_t metric, int64_t row, const char *text,
                                       size_t text_length, aiueo_error *error);
/* When a value was observed, or AIUEO_NO_DATE. */
AIUEO_API int32_t aiueo_batch_set_observed(aiueo_batch *batch, int32_t metric, int64_t row, int32_t day,
                                           aiueo_error *error);
/* Many metrics of a row in one call: values[k] for metrics[k], a number of aiueo_batch_metric() (−1 does nothing).
 * Values are those of aiueo_batch_set_number(); a category's is an id of aiueo_batch_text(), −1 or NaN unknown.
 * `observed`: NULL, or for each entry the day it was observed, AIUEO_NO_DATE = not known. Metrics that are not
 * named keep what they have. All or nothing: an error names the entry, from 0, and the row is as before. No
 * allocation. */
AIUEO_API int32_t aiueo_batch_set_row(aiueo_batch *batch, int64_t row, const int32_t *metrics, const double *values,
                                      const int32_t *observed, size_t count, aiueo_error *error);
AIUEO_API int32_t aiueo_batch_set_as_of(aiueo_batch *batch, int32_t day, aiueo_error *error);
/* How many; −1 for NULL. */
AIUEO_API int64_t aiueo_batch_rows(const aiueo_batch *batch);
/* The last row of a customer (latest date), by the text of its key. AIUEO_NOT_FOUND if there is none. */
AIUEO_API int32_t aiueo_batch_find(const aiueo_batch *batch, const char *customer, size_t customer_length, int64_t *row,
                                   aiueo_error *error);
/* The latest date of all rows. AIUEO_NOT_FOUND if there is no row, or no date. */
AIUEO_API int32_t aiueo_batch_latest_as_of(const aiueo_batch *batch, int32_t *day, aiueo_error *error);
/* Every row has a key and a date, and no customer two rows for one date. */
AIUEO_API int32_t aiueo_batch_check_rows(const aiueo_batch *batch, aiueo_error *error);
AIUEO_API void aiueo_batch_free(aiueo_batch *batch);

/* The same for a table that comes in several batches. Rows that come in order of customer and date (or of date and
 * customer) are checked without end; of others, `budget` rows are remembered at most: 0 is 16,777,216, and more than
 * 4,294,967,295 is as many as that. One thread at a time. */
AIUEO_API int32_t aiueo_duplicates_new(int64_t budget, aiueo_duplicates **out, aiueo_error *error);
/* Check a batch's rows, also against those of all batches before it. Messages count rows over all batches. After an
 * error the rest of the batch was not looked at: free it. */
AIUEO_API int32_t aiueo_duplicates_add(aiueo_duplicates *seen, const aiueo_batch *batch, aiueo_error *error);
/* How many of the rows, from the first on, were compared with all before them: all, or where the budget ended. −1 for
 * NULL. */
AIUEO_API int64_t aiueo_duplicates_checked(const aiueo_duplicates *seen);
AIUEO_API void aiueo_duplicates_free(aiueo_duplicates *seen);

/* How far an Arrow producer is trusted. The interface carries no sizes of buffers, so no level can tell that a
 * buffer is shorter than its lengths and offsets say. */
#define AIUEO_VALIDATE_FULL 0  /* every offset and index: for data from outside (default) */
#define AIUEO_VALIDATE_BASIC 1 /* structure and lengths */
#define AIUEO_VALIDATE_NONE 2  /* only what costs nothing */

/* A record batch (a struct array) as a batch: known columns are bound, others ignored. Takes `array` over (its
 * release is called when the batch is freed, or at once on failure); `schema` is only read. */
AIUEO_API int32_t aiueo_batch_import(const aiueo_plan *plan, int32_t kind, const struct ArrowSchema *schema,
                                     struct ArrowArray *array, int32_t validation, const aiueo_batch_options *options,
                                     aiueo_batch **out, aiueo_error *error);

/* ── scores ────────────────────────────────────────────────────────────────────────────────────────────── */

#define AIUEO_ACCOUNT 0
#define AIUEO_IMPLEMENTATION 1
#define AIUEO_UTILIZATION 2
#define AIUEO_ENGAGEMENT 3
#define AIUEO_OUTCOME 4
#define AIUEO_TOUCH 5

#define AIUEO_SCORES_DETAIL 1u       /* coverage, bounds and components of each group; steps; counts for each row */
#define AIUEO_SCORES_NO_OVERRIDES 2u /* without the managers' word, as evidence sees it */

typedef struct aiueo_scores_options {
    uint32_t struct_size;
    uint32_t flags; /* AIUEO_SCORES_… */
} aiueo_scores_options;

/* All memory for `rows` rows; scoring allocates none. */
AIUEO_API int32_t aiueo_scores_new(const aiueo_plan *plan, int64_t rows, const aiueo_scores_options *options,
                                   aiueo_scores **out, aiueo_error *error);
/* Score rows [begin, end) of the batch into the same rows of the scores; `begin` is a multiple of 64. */
AIUEO_API int32_t aiueo_plan_score(const aiueo_plan *plan, const aiueo_batch *batch, int64_t begin, int64_t end,
                                   aiueo_scores *scores, aiueo_error *error);
/* An axis's scores, 0..100, NaN = insufficient; valid until the scores are freed. AIUEO_NOT_FOUND if not in use. */
AIUEO_API int32_t aiueo_scores_axis(const aiueo_scores *scores, int32_t axis, const double **out, aiueo_error *error);
/* Any column by its name in the scores table. `*type` gets AIUEO_TYPE_FLOAT64 (axes, touch, overall, coverage, lower,
 * upper, and with detail U.coverage, U.lower, U.upper, U.COMPONENT, process.score, success.score), AIUEO_TYPE_INT16
 * (profile, ladders, LADDER_provisional, band: an index into the names of aiueo_plan_describe(), −1 = none),
 * AIUEO_TYPE_UINT8 (pattern, and with detail accompany, process, success: an index likewise) or AIUEO_TYPE_UINT16
 * (with detail: stale, invalid, unseen). */
AIUEO_API int32_t aiueo_scores_column(const aiueo_scores *scores, const char *name, size_t name_length, int32_t *type,
                                      const void **values, aiueo_error *error);
/* Rows [0, rows) as the scores table: customer and as_of from the batch (may be NULL: without them), then the
 * columns of 5-model's scores table, levels as dictionaries of their names. Copies: lives on its own. */
AIUEO_API int32_t aiueo_scores_export(const aiueo_scores *scores, const aiueo_batch *batch, int64_t rows,
                                      struct ArrowSchema *schema, struct ArrowArray *array, aiueo_error *error);
AIUEO_API void aiueo_scores_free(aiueo_scores *scores);

/* ── streams ───────────────────────────────────────────────────────────────────────────────────────────── */

/* Called after each batch of a stream, which it may release, with the rows scored so far; anything but 0 cancels. */
typedef int32_t (*aiueo_progress_fn)(void *user, int64_t rows);

#define AIUEO_STREAM_NO_DUPLICATE_CHECK 1u

typedef struct aiueo_stream_options {
    uint32_t struct_size;
    uint32_t flags;                   /* AIUEO_STREAM_… */
    int32_t validation;               /* AIUEO_VALIDATE_… */
    uint32_t scores_flags;            /* AIUEO_SCORES_… */
    const aiueo_batch_options *batch; /* read during the call; first_row is ignored */
    aiueo_summary *summary;           /* every batch is added to it */
    aiueo_progress_fn progress;
    void *progress_user;
    int64_t duplicate_budget; /* rows remembered at most by the check for duplicates, as in aiueo_duplicates_new() */
} aiueo_stream_options;

/* Snapshots in, scores out, a batch at a time as `out` is read; memory is bounded by the largest batch and the
 * check for duplicates (26 bytes a remembered row at most). Takes `in` over, whatever the outcome; `out` may
 * be the same structure. Errors while streaming come through out->get_last_error(): ENOMEM, ECANCELED, EIO, or
 * EINVAL for what is wrong with the rows. */
AIUEO_API int32_t aiueo_plan_score_stream(const aiueo_plan *plan, struct ArrowArrayStream *in,
                                          const aiueo_stream_options *options, struct ArrowArrayStream *out,
                                          aiueo_error *error);

/* ── explanation ───────────────────────────────────────────────────────────────────────────────────────── */

/* Why a row's scores are what they are, as JSON (schema/explanation.schema.json). */
AIUEO_API int32_t aiueo_plan_explain(const aiueo_plan *plan, const aiueo_batch *batch, int64_t row, char *out,
                                     size_t capacity, size_t *needed, aiueo_error *error);
/* What a row lacks for rung `target` of a ladder (empty: the next), as JSON (schema/gap.schema.json). */
AIUEO_API int32_t aiueo_plan_gap(const aiueo_plan *plan, const aiueo_batch *batch, int64_t row, const char *ladder,
                                 size_t ladder_length, const char *target, size_t target_length, char *out,
                                 size_t capacity, size_t *needed, aiueo_error *error);

/* ── change ────────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct aiueo_change_options {
    uint32_t struct_size;
    uint32_t flags; /* AIUEO_SCORES_NO_OVERRIDES */
    /* Where the earlier snapshots were scored with another model: the same rows, bound to its plan; only read. */
    const aiueo_batch *from;
} aiueo_change_options;

/* What changed between the latest row of each customer in `before` and in `after`, two batches of one plan (or one
 * batch twice, for a single row each): every score's change is split into model, staleness, missingness and behaviour,
 * which sum to it. A change to or from insufficient is named and has no parts. Customers are matched by their key.
 * Nothing of the batches is needed afterwards. */
AIUEO_API int32_t aiueo_changes_new(const aiueo_batch *before, const aiueo_batch *after,
                                    const aiueo_change_options *options, aiueo_changes **out, aiueo_error *error);
/* The portfolio as JSON (schema/changes.schema.json): means of the parts by score and component over the customers
 * with a score both times, how many became insufficient or sufficient through what, who moved on the ladders, how many
 * are new and gone. */
AIUEO_API int32_t aiueo_changes_json(const aiueo_changes *changes, char *out, size_t capacity, size_t *needed,
                                     aiueo_error *error);
/* A table with a row a customer: customer, presence (both, new, gone), before_as_of, after_as_of; of each axis, touch
 * and overall (SCORE) SCORE.before, SCORE.after, SCORE.model, SCORE.staleness, SCORE.missingness, SCORE.behaviour,
 * SCORE.kind and SCORE.cause; LADDER.before and LADDER.after; band.before and band.after. Copies: lives on its own. */
AIUEO_API int32_t aiueo_changes_export(const aiueo_changes *changes, struct ArrowSchema *schema,
                                       struct ArrowArray *array, aiueo_error *error);
AIUEO_API void aiueo_changes_free(aiueo_changes *changes);
/* The change between two rows, line by line, as JSON (schema/change.schema.json). */
AIUEO_API int32_t aiueo_change_explain(const aiueo_batch *before, int64_t row_before, const aiueo_batch *after,
                                       int64_t row_after, const aiueo_change_options *options, char *out,
                                       size_t capacity, size_t *needed, aiueo_error *error);

/* ── roll-up ───────────────────────────────────────────────────────────────────────────────────────────── */

/* The latest row of each customer rolled up to its parent (the snapshots' column "parent"), and parents to theirs, by
 * the model's section `rollup`: a table with a row a parent: customer (the parent), parent (its own), level, children,
 * own; the axes and touch in use, overall, coverage, lower, upper, insufficient; U.coverage, U.lower, U.upper for each;
 * members_insufficient, unweighted, good, mrr, mrr_unknown. `scores`: of all rows of the batch, made with
 * AIUEO_SCORES_DETAIL; the batch with AIUEO_BATCH_ALL_METRICS, if the weight or the MRR is not scored. Parents that go
 * round in a circle are AIUEO_BAD_VALUE, which names them. Copies: lives on its own. */
AIUEO_API int32_t aiueo_rollup_export(const aiueo_batch *batch, const aiueo_scores *scores, struct ArrowSchema *schema,
                                      struct ArrowArray *array, aiueo_error *error);

/* ── summary ───────────────────────────────────────────────────────────────────────────────────────────── */

/* Counts over any number of scores: exact, whatever the order and the batches. */
AIUEO_API int32_t aiueo_summary_new(const aiueo_plan *plan, aiueo_summary **out, aiueo_error *error);
/* Add rows [0, rows) of scores, and what was stale, invalid and unseen since they were made or last added. */
AIUEO_API int32_t aiueo_summary_add(aiueo_summary *summary, aiueo_scores *scores, int64_t rows, aiueo_error *error);
/* Add what `other` counted over other rows, which is only read: the same as if they had been added here, in whatever
 * order. Their models must score alike (one fingerprint); the plans may be different ones. AIUEO_LIMIT_EXCEEDED beyond
 * 2^36 rows. */
AIUEO_API int32_t aiueo_summary_merge(aiueo_summary *summary, const aiueo_summary *other, aiueo_error *error);
/* As JSON (schema/summary.schema.json). */
AIUEO_API int32_t aiueo_summary_json(const aiueo_summary *summary, char *out, size_t capacity, size_t *needed,
                                     aiueo_error *error);
AIUEO_API void aiueo_summary_free(aiueo_summary *summary);

/* ── contracts ─────────────────────────────────────────────────────────────────────────────────────────── */

#define AIUEO_NO_MONEY INT64_MIN

#define AIUEO_CONTRACT 0
#define AIUEO_TRIAL 1

#define AIUEO_OPEN 0 /* not decided yet */
#define AIUEO_RENEWED 1
#define AIUEO_CHURNED 2
#define AIUEO_CONVERTED 3 /* of trials, as is the next */
#define AIUEO_LAPSED 4

typedef struct aiueo_contract {
    uint32_t struct_size;
    int32_t kind;       /* AIUEO_CONTRACT or AIUEO_TRIAL */
    int32_t start;      /* days */
    int32_t end;        /* the day on which the decision takes effect; later than start */
    int32_t outcome;    /* AIUEO_OPEN … AIUEO_LAPSED */
    uint32_t reserved;  /* 0 */
    int64_t mrr_before; /* minor units of the model's currency, or AIUEO_NO_MONEY */
    int64_t mrr_after;  /* the same; of what churned or lapsed 0 if it is not known */
} aiueo_contract;

/* For the currency, time zone and grace period of the plan's model. Add rows, finish, then share. Memory that runs out
 * in the middle of a call leaves them of no use: free them and begin again. After any other error nothing of that call
 * was added. */
AIUEO_API int32_t aiueo_contracts_new(const aiueo_plan *plan, aiueo_contracts **out, aiueo_error *error);
AIUEO_API int32_t aiueo_contracts_add(aiueo_contracts *contracts, const char *customer, size_t customer_length,
                                      const aiueo_contract *contract, aiueo_error *error);
/* All rows of a stream with columns customer, start, end, outcome ("renewed", "churned", "converted", "lapsed", nothing
 * while it is open) and optionally kind ("contract", "trial"), mrr_before, mrr_after (major units), currency (the
 * model's, or nothing; another is AIUEO_BAD_VALUE). Takes the stream over and releases it, whatever the outcome. */
AIUEO_API int32_t aiueo_contracts_add_stream(aiueo_contracts *contracts, struct ArrowArrayStream *stream,
                                             aiueo_error *error);
/* AIUEO_DUPLICATE_ROW: a customer has the same contract twice; then they are of no more use. */
AIUEO_API int32_t aiueo_contracts_finish(aiueo_contracts *contracts, aiueo_error *error);
/* What is doubtful about finished contracts, as a JSON array of texts: those that overlap, that churned and yet went
 * on, that lack an MRR. [] if there is nothing. */
AIUEO_API int32_t aiueo_contracts_warnings(const aiueo_contracts *contracts, char *out, size_t capacity, size_t *needed,
                                           aiueo_error *error);
AIUEO_API void aiueo_contracts_free(aiueo_contracts *contracts);

/* ── ledger ────────────────────────────────────────────────────────────────────────────────────────────── */

/* The MRR of each customer's subscriptions, for the currency and the time zone of the plan's model; those of a customer
 * that overlap add up. Add rows, finish, then share. Memory that runs out in the middle of a call leaves it of no use:
 * free it and begin again. After any other error nothing of that call was added. */
AIUEO_API int32_t aiueo_ledger_new(const aiueo_plan *plan, aiueo_ledger **out, aiueo_error *error);
/* One row: its first day, the first day without it (later than the start; AIUEO_NO_DATE while it is open), and its MRR
 * in minor units of the model's currency. */
AIUEO_API int32_t aiueo_ledger_add(aiueo_ledger *ledger, const char *customer, size_t customer_length, int32_t start,
                                   int32_t end, int64_t mrr, aiueo_error *error);
/* All rows of a stream with columns customer, start, end (nothing while it is open), mrr (major units) and optionally
 * currency (the model's, or nothing; another is AIUEO_BAD_VALUE). Takes the stream over and releases it, whatever the
 * outcome. */
AIUEO_API int32_t aiueo_ledger_add_stream(aiueo_ledger *ledger, struct ArrowArrayStream *stream, aiueo_error *error);
AIUEO_API int32_t aiueo_ledger_finish(aiueo_ledger *ledger, aiueo_error *error);
AIUEO_API void aiueo_ledger_free(aiueo_ledger *ledger);

/* ── ranks ─────────────────────────────────────────────────────────────────────────────────────────────── */

/* The judgement of members of the team, for the ranks (study.ranks) and the time zone of the plan's model. Add rows,
 * finish, then share. Memory that runs out in the middle of a call leaves them of no use: free them and begin again.
 * After any other error nothing of that call was added. */
AIUEO_API int32_t aiueo_ranks_new(const aiueo_plan *plan, aiueo_ranks **out, aiueo_error *error);
/* One row: the day of the judgement, one of the model's ranks (another one is AIUEO_BAD_VALUE, with the nearest), and
 * the member, empty or blank if nobody is named. */
AIUEO_API int32_t aiueo_ranks_add(aiueo_ranks *ranks, const char *customer, size_t customer_length, int32_t as_of,
                                  const char *rank, size_t rank_length, const char *by, size_t by_length,
                                  aiueo_error *error);
/* All rows of a stream with columns customer, as_of, rank and optionally by. Takes the stream over and releases it,
 * whatever the outcome. */
AIUEO_API int32_t aiueo_ranks_add_stream(aiueo_ranks *ranks, struct ArrowArrayStream *stream, aiueo_error *error);
/* AIUEO_DUPLICATE_ROW: a member, or nobody named, ranked a customer twice on one day; then they are of no more use. */
AIUEO_API int32_t aiueo_ranks_finish(aiueo_ranks *ranks, aiueo_error *error);
AIUEO_API void aiueo_ranks_free(aiueo_ranks *ranks);

/* ── evidence ──────────────────────────────────────────────────────────────────────────────────────────── */

/* What became of customers that scored so and so: whole numbers that add up, so that the same customers give the same
 * bytes however they were divided, ordered and merged. One writer: while a thread is in aiueo_evidence_update(),
 * aiueo_evidence_update_from(), aiueo_evidence_merge() (of the first) or aiueo_evidence_write(), no other may use the
 * same evidence; all else only reads it. Evidence that ran out of memory in the middle of counting is
 * AIUEO_INVALID_STATE from then on. */

#define AIUEO_EVIDENCE_DROP_LEAKS 1u /* drop and count what was observed after the cutoff, instead of failing */

typedef struct aiueo_evidence_options {
    uint32_t struct_size;
    uint32_t flags; /* AIUEO_EVIDENCE_… */
    /* Of aiueo_evidence_read(): a state of more integers, of 8 bytes in memory, is AIUEO_LIMIT_EXCEEDED; 0 is 2^27. A
     * small file can name many. */
    uint64_t max_integers;
} aiueo_evidence_options;

AIUEO_API int32_t aiueo_evidence_new(const aiueo_plan *plan, const aiueo_evidence_options *options,
                                     aiueo_evidence **out, aiueo_error *error);
/* Count all snapshots of some customers: every row of a customer is in this batch, in any order, and a customer is
 * counted once in all. The batch has customer and as_of, and AIUEO_BATCH_ALL_METRICS unless the model's segments and
 * metrics that it does not score need not be looked at. `scores`: of all its rows, made with AIUEO_SCORES_DETAIL and
 * AIUEO_SCORES_NO_OVERRIDES by the same plan. `contracts`: finished, those of other customers are not looked at. After
 * an error nothing of this call is counted. */
AIUEO_API int32_t aiueo_evidence_update(aiueo_evidence *evidence, const aiueo_batch *batch, const aiueo_scores *scores,
                                        const aiueo_contracts *contracts, aiueo_error *error);

/* What is known of the customers beside their snapshots; all finished, those of other customers are not looked at. A
 * table that is NULL is unknown, not empty. */
typedef struct aiueo_histories {
    uint32_t struct_size;
    uint32_t reserved;                    /* 0 */
    const aiueo_contracts *contracts;     /* needed */
    const aiueo_initiatives *initiatives; /* with all rows kept, see aiueo_initiatives_keep_all() */
    const aiueo_ranks *ranks;             /* made for the same ranks as the plan's */
    const aiueo_ledger *ledger;           /* in the plan's currency; NULL: the contracts say what customers paid */
    int32_t data_until;                   /* the last day that contracts and ledger tell of, if has_data_until */
    int32_t has_data_until;               /* 0 or 1; without it nothing is counted of money over time */
} aiueo_histories;

/* aiueo_evidence_update() with all that is known. AIUEO_INVALID_STATE also for initiatives that hold only what the
 * model counts, AIUEO_INVALID_ARGUMENT for ranks of other names than those of the evidence's plan, for a ledger of
 * another currency's minor units, for one without data_until, and for another data_until than in updates before. */
AIUEO_API int32_t aiueo_evidence_update_from(aiueo_evidence *evidence, const aiueo_batch *batch,
                                             const aiueo_scores *scores, const aiueo_histories *histories,
                                             aiueo_error *error);
/* Count the money over time of all customers of ledger and contracts that no update has seen, because they have no
 * snapshots: once, after the last update, with the same histories. It needs data_until. Whom it has counted is
 * remembered: a second call adds nothing. Who was in what was merged or read is not known, so of evidence in parts each
 * calls it with the rows of its own customers. After an error nothing of this call is counted. */
AIUEO_API int32_t aiueo_evidence_count_unseen(aiueo_evidence *evidence, const aiueo_histories *histories,
                                              aiueo_error *error);
/* Add what `other`, which is only read, counted of other customers. AIUEO_INVALID_ARGUMENT if it counted other things:
 * scoring, segments, leads, term bands or steps of the models differ; the plans may be different ones. */
AIUEO_API int32_t aiueo_evidence_merge(aiueo_evidence *evidence, const aiueo_evidence *other, aiueo_error *error);
/* The state as bytes, into a buffer as text goes out. AIUEO_BAD_STATE for one that could not be read again: more was
 * merged than there can be. */
AIUEO_API int32_t aiueo_evidence_write(aiueo_evidence *evidence, char *out, size_t capacity, size_t *needed,
                                       aiueo_error *error);
/* What aiueo_evidence_write() gave, for a plan that counts the same. Nothing in it is believed: AIUEO_BAD_STATE says
 * what is wrong, AIUEO_INVALID_ARGUMENT that it was counted with another model. Customers are not in it: that one was
 * counted before is not noticed. */
AIUEO_API int32_t aiueo_evidence_read(const aiueo_plan *plan, const void *bytes, size_t size,
                                      const aiueo_evidence_options *options, aiueo_evidence **out, aiueo_error *error);
/* {"rows":…,"customers":…,"ends":…,"open":…,"observed":…,"unobserved":…,"lead_too_long":…,"leaked":…,
 * "without_contract":…,"customer_months":…,"pending_calls":…,"ranks_seen":…,"ranks_unseen":…,"customers_ranked":…,
 * "payers":…,"payers_unseen":…,"never_active":…,"unpriced":…,"overdue":…,"begun_unseen":…}:
 * snapshots, customers with any, their decided and their open contracts; pairs of an end and a lead with a snapshot in
 * time, without one, whose lead is not shorter than the contract, dropped as leaks; customers without a contract; pairs
 * of a customer and a calendar month with a snapshot; initiatives whose customer was not seen since they could be
 * answered; members' ranks with a snapshot in the 31 days before them, without one, and the customers of the former. Of
 * money over time: customers that the ledger (the contracts, where there is none) tells of; customers without
 * snapshots; customers active at no month's close; those left out because the MRR of a contract is not known;
 * contracts past their end and not decided; customers first seen too late to tell when onboarding was completed. */
AIUEO_API int32_t aiueo_evidence_counts(const aiueo_evidence *evidence, char *out, size_t capacity, size_t *needed,
                                        aiueo_error *error);

/* The names of the studies by number from 0, in the order in which a reader meets them; NULL for a number that is none.
 * Valid for the life of the process. */
AIUEO_API const char *aiueo_study_name(int32_t number);
/* A study of the evidence: its finding as JSON, with "study", "sentence" and "cautions" (what not to conclude; texts
 * are {"en":…,"ja":…}) beside its own figures, each {"value":…,"lower":…,"upper":…,"n":…}. `options`: a JSON object
 * of the study's own keys (empty: none), such as {"lead":90,"kind":"trial"}. AIUEO_NOT_FOUND for a name that is none.
 */
AIUEO_API int32_t aiueo_evidence_study(const aiueo_evidence *evidence, const char *name, size_t name_length,
                                       const char *options, size_t options_length, char *out, size_t capacity,
                                       size_t *needed, aiueo_error *error);
AIUEO_API void aiueo_evidence_free(aiueo_evidence *evidence);

/* ── actions ───────────────────────────────────────────────────────────────────────────────────────────── */

/* A plan of the same model and scorers that asks the model's triggers too, and `condition` for the action "segment"
 * (empty: none). Batches for those two actions are bound to it; all other actions take them as well. It is not one to
 * score, explain or make evidence with for others: it has more ladders than the model. AIUEO_BAD_MODEL says what is
 * wrong with the condition. */
AIUEO_API int32_t aiueo_plan_for_actions(const aiueo_plan *plan, const char *condition, size_t condition_length,
                                         aiueo_plan **out, aiueo_error *error);
/* The names of the actions by number from 0, in the order in which a reader meets them; NULL for a number that is none.
 * Valid for the life of the process. */
AIUEO_API const char *aiueo_action_name(int32_t number);
/* An action on snapshots: a list for people. `batch`: bound to `plan` with AIUEO_BATCH_ALL_METRICS, with the columns
 * customer and as_of; several dates are a panel. Its initiatives, with all rows kept, say what was done. `evidence`: of
 * the same model, for the actions that rest on findings; NULL: there is none. `options`: a JSON object of the action's
 * own keys (empty: none), such as {"as_of":"2026-04-30"}. AIUEO_NOT_FOUND for a name that is none, and where no
 * customer has a snapshot then. */
AIUEO_API int32_t aiueo_plan_act(const aiueo_plan *plan, const char *name, size_t name_length, const aiueo_batch *batch,
                                 const aiueo_evidence *evidence, const char *options, size_t options_length,
                                 aiueo_actions **out, aiueo_error *error);
/* What is said above the list: "action", "as_of", "customers", "sentence" and "cautions" beside its own figures. */
AIUEO_API int32_t aiueo_actions_head(const aiueo_actions *actions, char *out, size_t capacity, size_t *needed,
                                     aiueo_error *error);
/* How many rows the list has. */
AIUEO_API int32_t aiueo_actions_count(const aiueo_actions *actions, int64_t *rows, aiueo_error *error);
/* Rows [first, first + count) as a JSON array of objects, a member for each column; null where unknown. */
AIUEO_API int32_t aiueo_actions_rows(const aiueo_actions *actions, int64_t first, int64_t count, char *out,
                                     size_t capacity, size_t *needed, aiueo_error *error);
/* The whole list as an Arrow struct array of its columns, the caller's to release. May be called again. */
AIUEO_API int32_t aiueo_actions_export(const aiueo_actions *actions, struct ArrowSchema *schema,
                                       struct ArrowArray *array, aiueo_error *error);
AIUEO_API void aiueo_actions_free(aiueo_actions *actions);
/* ── comparison ────────────────────────────────────────────────────────────────────────────────────────── */

typedef struct aiueo_comparison_options {
    uint32_t struct_size;
    int32_t kind;                       /* of the ends: AIUEO_CONTRACT or AIUEO_TRIAL */
    const aiueo_evidence *current_seen; /* what became of the customers, counted with either plan: both, or none */
    const aiueo_evidence *proposed_seen;
    int64_t movers; /* customers that move most: 0 is 20, -1 none, at most 10,000 */
} aiueo_comparison_options;

/* A proposed model beside the one in use, before it is rolled out, as JSON (schema/comparison.schema.json): the same
 * snapshots bound to both plans (`proposed` with AIUEO_BATCH_ALL_METRICS, for its segments), the latest row of each
 * customer; who moves, by how much and through which component, by segment; with evidence, AUC and renewal by stage
 * and segment under either. */
AIUEO_API int32_t aiueo_comparison(const aiueo_batch *current, const aiueo_batch *proposed,
                                   const aiueo_comparison_options *options, char *out, size_t capacity, size_t *needed,
                                   aiueo_error *error);

/* ── sealed agreement ──────────────────────────────────────────────────────────────────────────────────── */

/* Seal the stages of all customers with a snapshot in the 31 days up to `as_of` (AIUEO_NO_DATE: the latest snapshot),
 * so that members rank the customers before anyone knows the stages. `scores`: of all rows of the batch, made with
 * AIUEO_SCORES_NO_OVERRIDES. `nonce`: 16 to 256 printable ASCII characters from the caller's source of random numbers.
 * The text is {"seal":{…},"sheet":[{"customer":…,"as_of":…,"rank":null,"by":null},…]}: the seal holds one digest of all
 * stages, the sheet is what the members fill in. AIUEO_INVALID_ARGUMENT: a model without ladder or ranks, scores with
 * overrides, no customer. */
AIUEO_API int32_t aiueo_agreement_seal(const aiueo_batch *batch, const aiueo_scores *scores, int32_t as_of,
                                       const char *nonce, size_t nonce_length, char *out, size_t capacity,
                                       size_t *needed, aiueo_error *error);
/* Open a seal: what aiueo_agreement_seal() gave, or its "seal" alone. `ranks`: finished, all given on the seal's day or
 * later. `contracts`: finished, or NULL. The text has the study "agreement", the disagreements, and the surprises
 * (ranked high, at a low stage, a contract ending within 90 days). AIUEO_INVALID_STATE while ranks are missing (says of
 * whom), AIUEO_INVALID_ARGUMENT for a model or stages other than those that were sealed, AIUEO_BAD_JSON and
 * AIUEO_BAD_VALUE for what is no seal, AIUEO_BAD_VALUE and AIUEO_DUPLICATE_ROW for ranks of other customers, from
 * before the seal, or two of one member. No error tells a stage. */
AIUEO_API int32_t aiueo_agreement_open(const aiueo_batch *batch, const aiueo_scores *scores, const aiueo_ranks *ranks,
                                       const aiueo_contracts *contracts, const char *seal, size_t seal_length,
                                       char *out, size_t capacity, size_t *needed, aiueo_error *error);

#ifdef __cplusplus
}
#endif

#endif /* AIUEO_H */
