/* Stages sealed, ranks given, the seal opened; and everything refused. */
#include "evidence_support.h"

static const char nonce[] = "0123456789abcdef";
enum { nonce_length = sizeof nonce - 1 };
static char seal[4096];
static size_t seal_length;

static int32_t seal_into(const aiueo_batch* batch, const aiueo_scores* scores, int32_t as_of,
                         char* out, size_t capacity) {
    return aiueo_agreement_seal(batch, scores, as_of, nonce, nonce_length, out, capacity,
                                &seal_length, &error);
}

/* Of the customers in `who`, separated by blanks. */
static aiueo_ranks* ranks_of(const aiueo_plan* plan, const char* who, int32_t as_of) {
    aiueo_ranks* out = NULL;
    STATUS(AIUEO_OK, aiueo_ranks_new(plan, &out, &error));
    if (out == NULL) exit(2);
    while (*who != '\0') {
        const size_t length = strcspn(who, " ");
        STATUS(AIUEO_OK, aiueo_ranks_add(out, who, length, as_of, "good", 4, "mika", 4, &error));
        who += length + strspn(who + length, " ");
    }
    STATUS(AIUEO_OK, aiueo_ranks_finish(out, &error));
    return out;
}

static int32_t open_with(const aiueo_batch* batch, const aiueo_scores* scores, aiueo_ranks* ranks,
                         const aiueo_contracts* contracts) {
    const int32_t status = aiueo_agreement_open(batch, scores, ranks, contracts, seal, seal_length,
                                                text, sizeof text, &needed, &error);
    aiueo_ranks_free(ranks);
    return status;
}

static void seals_and_opens(void) {
    aiueo_plan* plan = load_plan();
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_scores* overridden = new_scores(plan, AIUEO_SCORES_DETAIL);
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_contracts* unfinished = new_contracts(plan);
    aiueo_ranks* ranks = NULL;

    /* What is sealed tells no stage, and is the same however often it is asked for. */
    STATUS(AIUEO_BUFFER_TOO_SMALL, seal_into(batch, scores, AIUEO_NO_DATE, NULL, 0));
    CHECK(seal_length > 100 && seal_length < sizeof seal);
    STATUS(AIUEO_OK, seal_into(batch, scores, today, seal, sizeof seal));
    CHECK(strstr(seal, "{\"seal\":{\"aiueo_seal\":1,\"model\":\"") == seal);
    CHECK(strstr(seal, "\"sheet\":[{\"customer\":\"a\",\"as_of\":\"") != NULL);
    CHECK(strstr(seal, "Entry") == NULL && strstr(seal, "Active") == NULL);
    STATUS(AIUEO_OK, seal_into(batch, scores, AIUEO_NO_DATE, text, sizeof text));
    CHECK(strcmp(seal, text) == 0);

    REFUSED("batch is NULL", seal_into(NULL, scores, today, text, sizeof text));
    REFUSED("scores is NULL", seal_into(batch, NULL, today, text, sizeof text));
    REFUSED("without overrides", seal_into(batch, overridden, today, text, sizeof text));
    REFUSED("no customer has a snapshot", seal_into(batch, scores, today - 1, text, sizeof text));
    REFUSED("nonce is NULL", aiueo_agreement_seal(batch, scores, today, NULL, 1, text, sizeof text,
                                                  &needed, &error));
    REFUSED("the nonce has 2 bytes", aiueo_agreement_seal(batch, scores, today, "ab", 2, text,
                                                          sizeof text, &needed, &error));
    REFUSED("as_of is no date", seal_into(batch, scores, INT32_MAX, text, sizeof text));
    STATUS(AIUEO_OK, seal_into(batch, scores, today, seal, sizeof seal));

    /* Closed until all ranks are there. */
    STATUS(AIUEO_INVALID_STATE, open_with(batch, scores, ranks_of(plan, "a b", today), contracts));
    MESSAGE("customers have no rank yet: c-2, d");
    CHECK(strstr(error.message, "Entry") == NULL && strstr(error.message, "Onboard") == NULL);
    STATUS(AIUEO_OK, open_with(batch, scores, ranks_of(plan, "a b c-2 d", today + 3), contracts));
    CHECK(strstr(text, "\"ranks\":4") != NULL);
    CHECK(strstr(text, "\"agreement\":{\"study\":\"agreement\"") != NULL);
    CHECK(strstr(text, "\"surprises\":[") != NULL);
    STATUS(AIUEO_OK, open_with(batch, scores, ranks_of(plan, "a b c-2 d", today), NULL));
    CHECK(strstr(text, "\"surprises\":null") != NULL);

    STATUS(AIUEO_BAD_VALUE, open_with(batch, scores, ranks_of(plan, "a b c-2 d x", today), NULL));
    MESSAGE("\"x\" is not on the sheet");
    STATUS(AIUEO_BAD_VALUE, open_with(batch, scores, ranks_of(plan, "a b c-2 d", today - 1), NULL));
    MESSAGE("before the seal");
    ranks = ranks_of(plan, "a b c-2 d", today);
    REFUSED("batch is NULL", aiueo_agreement_open(NULL, scores, ranks, NULL, seal, seal_length,
                                                  text, sizeof text, &needed, &error));
    REFUSED("scores is NULL", aiueo_agreement_open(batch, NULL, ranks, NULL, seal, seal_length,
                                                   text, sizeof text, &needed, &error));
    REFUSED("ranks is NULL", aiueo_agreement_open(batch, scores, NULL, NULL, seal, seal_length,
                                                  text, sizeof text, &needed, &error));
    REFUSED("seal is NULL", aiueo_agreement_open(batch, scores, ranks, NULL, NULL, 1, text,
                                                 sizeof text, &needed, &error));
    STATUS(AIUEO_INVALID_STATE,
           aiueo_agreement_open(batch, scores, ranks, unfinished, seal, seal_length, text,
                                sizeof text, &needed, &error));
    STATUS(AIUEO_BAD_VALUE, aiueo_agreement_open(batch, scores, ranks, NULL, "{}", 2, text,
                                                 sizeof text, &needed, &error));
    MESSAGE("not a seal");
    STATUS(AIUEO_BAD_JSON, aiueo_agreement_open(batch, scores, ranks, NULL, "x", 1, text,
                                                sizeof text, &needed, &error));
    STATUS(AIUEO_BUFFER_TOO_SMALL, aiueo_agreement_open(batch, scores, ranks, NULL, seal,
                                                        seal_length, text, 10, &needed, &error));
    CHECK(needed > 10);
    {
        char* digit = strstr(seal, "\"commitment\":\"") + 14;
        *digit = *digit == '0' ? '1' : '0';
    }
    REFUSED("not the stages that were sealed", open_with(batch, scores, ranks, NULL));

    aiueo_contracts_free(unfinished);
    aiueo_contracts_free(contracts);
    aiueo_scores_free(overridden);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    aiueo_plan_free(plan);
}

int main(void) {
    seals_and_opens();
    return finish();
}
