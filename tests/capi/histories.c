/* Ranks and all initiatives, row by row and as streams, into evidence; and everything refused. */
#include "evidence_support.h"

/* ── ranks ───────────────────────────────────────────────────────────────────────────────────────
 */

static aiueo_ranks* new_ranks(const aiueo_plan* plan) {
    aiueo_ranks* out = NULL;
    STATUS(AIUEO_OK, aiueo_ranks_new(plan, &out, &error));
    if (out == NULL) exit(2);
    return out;
}

static int32_t rank(aiueo_ranks* to, const char* customer, int32_t as_of, const char* name,
                    const char* by) {
    return aiueo_ranks_add(to, customer, strlen(customer), as_of, name, strlen(name), by,
                           by == NULL ? 0 : strlen(by), &error);
}

static aiueo_ranks* all_ranks(const aiueo_plan* plan) {
    aiueo_ranks* out = new_ranks(plan);
    STATUS(AIUEO_OK, rank(out, "a", today, "good", "mika"));
    STATUS(AIUEO_OK, rank(out, "a", today, "normal", "jun"));
    STATUS(AIUEO_OK, rank(out, "b", today - 30, " risk ", NULL));
    STATUS(AIUEO_OK, aiueo_ranks_finish(out, &error));
    return out;
}

static void refused_ranks(const aiueo_plan* plan) {
    aiueo_ranks* all = (aiueo_ranks*)(void*)poison;
    aiueo_plan* none = NULL;
    REFUSED("plan is NULL", aiueo_ranks_new(NULL, &all, &error));
    CHECK(all == NULL);
    REFUSED("out is NULL", aiueo_ranks_new(plan, NULL, &error));
    all = new_ranks(plan);
    REFUSED("ranks is NULL", rank(NULL, "a", today, "good", NULL));
    REFUSED("customer is NULL", aiueo_ranks_add(all, NULL, 1, today, "good", 4, NULL, 0, &error));
    REFUSED("rank is NULL", aiueo_ranks_add(all, "a", 1, today, NULL, 4, NULL, 0, &error));
    REFUSED("by is NULL", aiueo_ranks_add(all, "a", 1, today, "good", 4, NULL, 1, &error));
    STATUS(AIUEO_BAD_VALUE, rank(all, "a", today, "god", NULL));
    MESSAGE("\"god\" is not a rank of the model");
    MESSAGE("did you mean \"good\"?");
    STATUS(AIUEO_BAD_VALUE, rank(all, "a", today, "  ", NULL));
    MESSAGE("every row gives a rank");
    STATUS(AIUEO_BAD_VALUE, rank(all, "a", AIUEO_NO_DATE, "good", NULL));
    MESSAGE("as_of");
    STATUS(AIUEO_BAD_VALUE, rank(all, "", today, "good", NULL));
    STATUS(AIUEO_BAD_VALUE, rank(all, "\xff", today, "good", NULL));
    STATUS(AIUEO_BAD_VALUE, rank(all, "a", today, "good", "\xff"));
    MESSAGE("by");
    REFUSED("stream is NULL", aiueo_ranks_add_stream(all, NULL, &error));
    REFUSED("ranks is NULL", aiueo_ranks_finish(NULL, &error));
    STATUS(AIUEO_OK, aiueo_ranks_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_ranks_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, rank(all, "a", today, "good", NULL));
    MESSAGE("finished");
    aiueo_ranks_free(all);
    aiueo_ranks_free(NULL);

    all = new_ranks(plan);
    STATUS(AIUEO_OK, rank(all, "a", today, "good", "mika"));
    STATUS(AIUEO_OK, rank(all, "a", today, "good", "jun"));
    STATUS(AIUEO_OK, rank(all, "a", today, "risk", "mika"));
    STATUS(AIUEO_DUPLICATE_ROW, aiueo_ranks_finish(all, &error));
    MESSAGE("by \"mika\"");
    STATUS(AIUEO_INVALID_STATE, rank(all, "a", today, "good", NULL));
    aiueo_ranks_free(all);

    all = new_ranks(plan); /* blanks name nobody, as nothing does */
    STATUS(AIUEO_OK, rank(all, "a", today, "good", NULL));
    STATUS(AIUEO_OK, rank(all, "a", today, "good", "  "));
    STATUS(AIUEO_DUPLICATE_ROW, aiueo_ranks_finish(all, &error));
    aiueo_ranks_free(all);

    none = other_plan();
    all = new_ranks(none);
    STATUS(AIUEO_BAD_VALUE, rank(all, "a", today, "good", NULL));
    MESSAGE("list them in study.ranks");
    aiueo_ranks_free(all);
    aiueo_plan_free(none);
}

static const char* second_rank = "goodnormalrisk"; /* its words; changed to be wrong */
static const char rank_customers[] = "aab";
static const int32_t rank_customer_ends[4] = {0, 1, 2, 3};
static const int32_t rank_days[3] = {today, today, today - 30};
static const int32_t rank_word_ends[4] = {0, 4, 10, 14};
static const int8_t rank_index[3] = {0, 1, 2};
static const char rank_members[] = "mikajun";
static const int64_t rank_member_ends[4] = {0, 4, 7, 7};

/* Texts of every layout: 32 and 64-bit offsets and a dictionary. */
static struct ArrowSchema ranks_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "as_of", "tdD", 0);
    add_field(&out, "rank", "c", 1);
    add_field(&out, "by", "U", 0);
    return out;
}

static int next_ranks(void* state, struct ArrowArray* out) {
    int* given = state;
    struct ArrowArray* child = NULL;
    if ((*given)++ > 0) return 0;
    *out = new_array(3, 0);
    add_column(out, 3, rank_customer_ends, NULL, rank_customers);
    add_column(out, 3, rank_days, NULL, NULL);
    child = add_column(out, 3, rank_index, NULL, NULL);
    add_words(out, child, 3, rank_word_ends, second_rank);
    add_column(out, 3, rank_member_ends, NULL, rank_members);
    return 0;
}

static void reads_rank_streams(const aiueo_plan* plan) {
    int given = 0;
    struct stream_source source = {ranks_schema, next_ranks, NULL};
    struct ArrowArrayStream in;
    aiueo_ranks* all = new_ranks(plan);
    source.state = &given;
    in = new_stream(&source);
    REFUSED("ranks is NULL", aiueo_ranks_add_stream(NULL, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    second_rank = "goodnormelrisk";
    in = new_stream(&source);
    STATUS(AIUEO_BAD_VALUE, aiueo_ranks_add_stream(all, &in, &error));
    MESSAGE("ranks, row 2");
    MESSAGE("did you mean \"normal\"?");
    CHECK(in.release == NULL && alive == 0);
    second_rank = "goodnormalrisk";
    given = 0; /* nothing of the failed call is there: no row is twice */
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_ranks_add_stream(all, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    STATUS(AIUEO_OK, aiueo_ranks_finish(all, &error));
    in = new_stream(&source);
    STATUS(AIUEO_INVALID_STATE, aiueo_ranks_add_stream(all, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    aiueo_ranks_free(all);

    all = new_ranks(plan); /* the stream's rows are those that were added one by one */
    given = 0;
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_ranks_add_stream(all, &in, &error));
    STATUS(AIUEO_OK, rank(all, "a", today, "good", "mika"));
    STATUS(AIUEO_DUPLICATE_ROW, aiueo_ranks_finish(all, &error));
    MESSAGE("by \"mika\"");
    aiueo_ranks_free(all);
}

/* ── initiatives ─────────────────────────────────────────────────────────────────────────────────
 */

static aiueo_initiatives* new_initiatives(const aiueo_plan* plan, int keep_all) {
    aiueo_initiatives* out = NULL;
    STATUS(AIUEO_OK, aiueo_initiatives_new(plan, &out, &error));
    if (out == NULL) exit(2);
    if (keep_all) STATUS(AIUEO_OK, aiueo_initiatives_keep_all(out, &error));
    return out;
}

static aiueo_initiative initiative_of(const char* name, int32_t date, const char* variant) {
    aiueo_initiative out;
    memset(&out, 0, sizeof out);
    out.struct_size = sizeof out;
    out.date = date;
    out.attended = AIUEO_NO_DATE;
    out.responded = AIUEO_NO_DATE;
    out.initiative = name;
    out.initiative_length = strlen(name);
    out.variant = variant;
    out.variant_length = variant == NULL ? 0 : strlen(variant);
    return out;
}

/* a: three meetings and a mail; b: one meeting, long ago. */
static aiueo_initiatives* all_initiatives(const aiueo_plan* plan, int keep_all, int by_row) {
    static const char* const who[5] = {"a", "b", "a", "a", "a"};
    static const char* const what[5] = {"user_meeting", "user_meeting", "mail", "user_meeting",
                                        "user_meeting"};
    static const int32_t days[5] = {today, today - 800, today - 4, today - 5, today - 364};
    aiueo_initiatives* out = new_initiatives(plan, keep_all);
    size_t k = 0;
    for (k = 0; k < 5; ++k) {
        aiueo_initiative one = initiative_of(what[k], days[k], k == 2 ? "short" : NULL);
        one.holdout = k == 3;
        if (by_row) {
            STATUS(AIUEO_OK, aiueo_initiatives_add_row(out, who[k], 1, &one, &error));
        } else {
            STATUS(AIUEO_OK, aiueo_initiatives_add(out, who[k], 1, what[k], strlen(what[k]),
                                                   days[k], AIUEO_NO_DATE, AIUEO_NO_DATE, &error));
        }
    }
    STATUS(AIUEO_OK, aiueo_initiatives_finish(out, &error));
    return out;
}

/* Whether all rows are kept or not, scores are the same. */
static void counts_what_is_kept(const aiueo_plan* plan) {
    int way = 0;
    for (way = 0; way < 4; ++way) {
        aiueo_batch_options options = default_options();
        aiueo_initiatives* all = all_initiatives(plan, way / 2, way % 2);
        aiueo_batch* batch = NULL;
        aiueo_scores* scores = new_scores(plan, 0);
        STATUS(AIUEO_OK, aiueo_initiatives_warnings(all, text, sizeof text, &needed, &error));
        CHECK(strcmp(text, "[]") == 0);
        options.initiatives = all;
        STATUS(AIUEO_OK, aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &batch, &error));
        aiueo_initiatives_free(all); /* the batch keeps what it needs */
        bind_all(batch, NULL);
        STATUS(AIUEO_OK, aiueo_plan_score(plan, batch, 0, rows, scores, &error));
        /* three; by row one of them is a hold-out, which was not done */
        CHECK(score_numbers(scores, "touch")[0] == (way % 2 == 0 ? 100 : 60));
        CHECK(score_numbers(scores, "touch")[1] == 0); /* none within the window */
        CHECK(score_numbers(scores, "touch")[2] == 0); /* no row: none */
        aiueo_scores_free(scores);
        aiueo_batch_free(batch);
    }
}

static void refused_initiatives(const aiueo_plan* plan) {
    aiueo_initiatives* all = NULL;
    aiueo_initiative one = initiative_of("call", today, NULL);
    REFUSED("initiatives is NULL", aiueo_initiatives_keep_all(NULL, &error));
    REFUSED("initiatives is NULL", aiueo_initiatives_add_row(NULL, "a", 1, &one, &error));
    all = new_initiatives(plan, 0);
    STATUS(AIUEO_OK, aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_initiatives_keep_all(all, &error));
    MESSAGE("before the first");
    STATUS(AIUEO_OK, aiueo_initiatives_finish(all, &error));
    STATUS(AIUEO_INVALID_STATE, aiueo_initiatives_keep_all(all, &error));
    MESSAGE("finished");
    aiueo_initiatives_free(all);

    all = new_initiatives(plan, 1);
    STATUS(AIUEO_OK, aiueo_initiatives_keep_all(all, &error));
    REFUSED("customer is NULL", aiueo_initiatives_add_row(all, NULL, 1, &one, &error));
    REFUSED("row is NULL", aiueo_initiatives_add_row(all, "a", 1, NULL, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add_row(all, "", 0, &one, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add_row(all, "\xff", 1, &one, &error));
    one.struct_size = 0;
    REFUSED("struct_size", aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one.struct_size = 24; /* without the name's length */
    REFUSED("struct_size", aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one.struct_size = 32;
    one.variant_length = 1; /* not looked at */
    STATUS(AIUEO_OK, aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one.struct_size = sizeof one;
    REFUSED("variant is NULL", aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one = initiative_of("call", today, "\xff");
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one = initiative_of("call", today, "  ");
    one.holdout = 2;
    REFUSED("holdout", aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one.holdout = -1;
    REFUSED("holdout", aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one.holdout = 1;
    one.reserved = 1;
    STATUS(AIUEO_UNSUPPORTED, aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one.reserved = 0;
    one.initiative = NULL;
    REFUSED("initiative is NULL", aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    one = initiative_of("", today, NULL);
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    /* What was refused did no harm. */
    STATUS(AIUEO_OK, aiueo_initiatives_finish(all, &error));
    one = initiative_of("call", today, NULL);
    STATUS(AIUEO_INVALID_STATE, aiueo_initiatives_add_row(all, "a", 1, &one, &error));
    aiueo_initiatives_free(all);
}

static const char* initiative_names = "user_meetingmail";
static int32_t holdout_values[2] = {0, 1};

static struct ArrowSchema initiatives_schema(void) {
    struct ArrowSchema out = new_schema();
    add_field(&out, "customer", "u", 0);
    add_field(&out, "initiative", "u", 0);
    add_field(&out, "date", "tdD", 0);
    add_field(&out, "variant", "c", 1);
    add_field(&out, "holdout", "i", 0);
    return out;
}

static int next_initiatives(void* state, struct ArrowArray* out) {
    static const int32_t customer_ends[3] = {0, 1, 2};
    static const int32_t name_ends[3] = {0, 12, 16};
    static const int32_t days[2] = {today, today - 1};
    static const int8_t index[2] = {1, 0};
    static const int32_t variant_ends[3] = {0, 4, 9};
    int* given = state;
    struct ArrowArray* child = NULL;
    if ((*given)++ > 0) return 0;
    *out = new_array(2, 0);
    add_column(out, 2, customer_ends, NULL, "ab");
    add_column(out, 2, name_ends, NULL, initiative_names);
    add_column(out, 2, days, NULL, NULL);
    child = add_column(out, 2, index, NULL, NULL);
    add_words(out, child, 2, variant_ends, "longshort");
    add_column(out, 2, holdout_values, NULL, NULL);
    return 0;
}

static void reads_initiative_streams(const aiueo_plan* plan) {
    int given = 0;
    struct stream_source source = {initiatives_schema, next_initiatives, NULL};
    struct ArrowArrayStream in;
    aiueo_initiatives* all = new_initiatives(plan, 0);
    source.state = &given;
    holdout_values[1] = 2;
    in = new_stream(&source);
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add_stream(all, &in, &error));
    MESSAGE("holdout");
    aiueo_initiatives_free(all);

    all = new_initiatives(plan, 1);
    given = 0;
    in = new_stream(&source);
    STATUS(AIUEO_BAD_VALUE, aiueo_initiatives_add_stream(all, &in, &error));
    MESSAGE("row 2");
    MESSAGE("holdout");
    CHECK(in.release == NULL && alive == 0);
    holdout_values[1] = 1;
    given = 0; /* nothing of the failed call is there, and more can be added */
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_initiatives_add_stream(all, &in, &error));
    CHECK(in.release == NULL && alive == 0);
    STATUS(AIUEO_OK, aiueo_initiatives_finish(all, &error));
    STATUS(AIUEO_OK, aiueo_initiatives_warnings(all, text, sizeof text, &needed, &error));
    CHECK(strcmp(text, "[]") == 0);
    aiueo_initiatives_free(all);

    all = new_initiatives(plan, 1); /* warnings are those of what the model counts */
    initiative_names = "user_meatingmail";
    given = 0;
    in = new_stream(&source);
    STATUS(AIUEO_OK, aiueo_initiatives_add_stream(all, &in, &error));
    STATUS(AIUEO_OK, aiueo_initiatives_finish(all, &error));
    STATUS(AIUEO_OK, aiueo_initiatives_warnings(all, text, sizeof text, &needed, &error));
    CHECK(strstr(text, "user_meeting") != NULL && strstr(text, "user_meating") != NULL);
    aiueo_initiatives_free(all);
    CHECK(alive == 0);
}

/* ── evidence ────────────────────────────────────────────────────────────────────────────────────
 */

/* With no history but contracts, it is aiueo_evidence_update(). */
static void updates(const aiueo_plan* plan) {
    aiueo_evidence* whole = full_evidence(plan);
    aiueo_evidence* seen = new_evidence(plan, 0);
    aiueo_evidence* more = new_evidence(plan, 0);
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_initiatives* initiatives = all_initiatives(plan, 1, 1);
    aiueo_plan* same = load_plan();
    aiueo_ranks* ranks = all_ranks(same); /* of the same names, though of another plan */
    aiueo_histories known;
    memset(&known, 0, sizeof known);
    known.struct_size = sizeof known;
    known.contracts = contracts;
    STATUS(AIUEO_OK, aiueo_evidence_update_from(seen, batch, scores, &known, &error));
    CHECK(same_state(seen, whole));
    known.initiatives = initiatives;
    known.ranks = ranks;
    STATUS(AIUEO_DUPLICATE_ROW, aiueo_evidence_update_from(seen, batch, scores, &known, &error));
    STATUS(AIUEO_OK, aiueo_evidence_update_from(more, batch, scores, &known, &error));
    STATUS(AIUEO_OK, aiueo_evidence_counts(more, text, sizeof text, NULL, &error));
    CHECK(strstr(text, "\"customers\":4,\"ends\":3,\"open\":1,\"observed\":3,") != NULL);
    aiueo_evidence_free(more);
    more = new_evidence(plan, 0);
    known.struct_size = 16; /* a program that knows of contracts alone */
    STATUS(AIUEO_OK, aiueo_evidence_update_from(more, batch, scores, &known, &error));
    CHECK(same_state(more, whole));
    aiueo_plan_free(same);
    aiueo_ranks_free(ranks);
    aiueo_initiatives_free(initiatives);
    aiueo_contracts_free(contracts);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_evidence_free(more);
    aiueo_evidence_free(seen);
    aiueo_evidence_free(whole);
}

static void refused_updates(const aiueo_plan* plan) {
    aiueo_evidence* seen = new_evidence(plan, 0);
    aiueo_evidence* fresh = new_evidence(plan, 0);
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_contracts* open = new_contracts(plan);
    aiueo_initiatives* counted = all_initiatives(plan, 0, 0);
    aiueo_initiatives* unfinished = new_initiatives(plan, 1);
    aiueo_ranks* ranks = new_ranks(plan);
    aiueo_plan* foreign = other_plan();
    aiueo_ranks* others = new_ranks(foreign);
    struct {
        aiueo_histories known;
        uint32_t more[2];
    } newer;
    aiueo_histories* known = &newer.known;
    memset(&newer, 0, sizeof newer);
    known->struct_size = sizeof *known;
    REFUSED("histories is NULL", aiueo_evidence_update_from(seen, batch, scores, NULL, &error));
    REFUSED("contracts is NULL", aiueo_evidence_update_from(seen, batch, scores, known, &error));
    known->contracts = contracts;
    REFUSED("evidence is NULL", aiueo_evidence_update_from(NULL, batch, scores, known, &error));
    REFUSED("batch is NULL", aiueo_evidence_update_from(seen, NULL, scores, known, &error));
    REFUSED("scores is NULL", aiueo_evidence_update_from(seen, batch, NULL, known, &error));
    known->struct_size = 0;
    REFUSED("struct_size", aiueo_evidence_update_from(seen, batch, scores, known, &error));
    known->struct_size = sizeof newer;
    newer.more[1] = 1;
    STATUS(AIUEO_UNSUPPORTED, aiueo_evidence_update_from(seen, batch, scores, known, &error));
    newer.more[1] = 0;
    known->reserved = 1;
    STATUS(AIUEO_UNSUPPORTED, aiueo_evidence_update_from(seen, batch, scores, known, &error));
    known->reserved = 0;
    known->contracts = open;
    STATUS(AIUEO_INVALID_STATE, aiueo_evidence_update_from(seen, batch, scores, known, &error));
    MESSAGE("aiueo_contracts_finish");
    known->contracts = contracts;
    known->initiatives = counted;
    STATUS(AIUEO_INVALID_STATE, aiueo_evidence_update_from(seen, batch, scores, known, &error));
    MESSAGE("aiueo_initiatives_keep_all");
    known->initiatives = unfinished;
    STATUS(AIUEO_INVALID_STATE, aiueo_evidence_update_from(seen, batch, scores, known, &error));
    MESSAGE("aiueo_initiatives_finish");
    known->initiatives = NULL;
    known->ranks = ranks;
    STATUS(AIUEO_INVALID_STATE, aiueo_evidence_update_from(seen, batch, scores, known, &error));
    MESSAGE("aiueo_ranks_finish");
    known->ranks = others;
    STATUS(AIUEO_OK, aiueo_ranks_finish(others, &error));
    REFUSED("no ranks, that of the evidence the ranks \"risk\", \"normal\", \"good\"",
            aiueo_evidence_update_from(seen, batch, scores, known, &error));
    CHECK(same_state(seen, fresh)); /* nothing was counted */
    known->ranks = NULL;
    STATUS(AIUEO_OK, aiueo_evidence_update_from(seen, batch, scores, known, &error));
    CHECK(!same_state(seen, fresh));
    aiueo_ranks_free(others);
    aiueo_plan_free(foreign);
    aiueo_ranks_free(ranks);
    aiueo_initiatives_free(unfinished);
    aiueo_initiatives_free(counted);
    aiueo_contracts_free(open);
    aiueo_contracts_free(contracts);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_evidence_free(fresh);
    aiueo_evidence_free(seen);
}

int main(void) {
    aiueo_plan* plan = load_plan();
    refused_ranks(plan);
    reads_rank_streams(plan);
    counts_what_is_kept(plan);
    refused_initiatives(plan);
    reads_initiative_streams(plan);
    updates(plan);
    refused_updates(plan);
    aiueo_plan_free(plan);
    return finish();
}
