/* The studies of money over time: revenue, forecast and nrr, with each of their options, and what
 * they refuse. */
#include "evidence_support.h"

static aiueo_evidence* with_money(const aiueo_plan* plan) {
    aiueo_batch* batch = all_columns(plan, NULL);
    aiueo_scores* scores = scored(plan, batch);
    aiueo_contracts* contracts = all_contracts(plan);
    aiueo_evidence* out = new_evidence(plan, 0);
    aiueo_ledger* ledger = NULL;
    aiueo_histories known;
    memset(&known, 0, sizeof known);
    STATUS(AIUEO_OK, aiueo_ledger_new(plan, &ledger, &error));
    STATUS(AIUEO_OK, aiueo_ledger_add(ledger, "a", 1, today - 800, AIUEO_NO_DATE, 1000, &error));
    STATUS(AIUEO_OK, aiueo_ledger_add(ledger, "a", 1, today - 300, AIUEO_NO_DATE, 500, &error));
    STATUS(AIUEO_OK, aiueo_ledger_add(ledger, "b", 1, today - 800, today - 60, 700, &error));
    STATUS(AIUEO_OK, aiueo_ledger_add(ledger, "z", 1, today - 800, AIUEO_NO_DATE, 300, &error));
    STATUS(AIUEO_OK, aiueo_ledger_finish(ledger, &error));
    known.struct_size = sizeof known;
    known.contracts = contracts;
    known.ledger = ledger;
    known.data_until = today;
    known.has_data_until = 1;
    STATUS(AIUEO_OK, aiueo_evidence_update_from(out, batch, scores, &known, &error));
    STATUS(AIUEO_OK, aiueo_evidence_count_unseen(out, &known, &error));
    aiueo_ledger_free(ledger);
    aiueo_contracts_free(contracts);
    aiueo_scores_free(scores);
    aiueo_batch_free(batch);
    return out;
}

static char found[1 << 19];

static int32_t ask(const aiueo_evidence* of, const char* study, const char* options) {
    return aiueo_evidence_study(of, study, strlen(study), options,
                                options == NULL ? 0 : strlen(options), found, sizeof found, &needed,
                                &error);
}

static int says(const aiueo_evidence* of, const char* study, const char* options,
                const char* part) {
    STATUS(AIUEO_OK, ask(of, study, options));
    CHECK(needed > 0 && needed < sizeof found);
    return strstr(found, part) != NULL;
}

static void answers(const aiueo_evidence* seen) {
    /* A quarter more than then of a, nothing of b, all of z. */
    CHECK(says(seen, "nrr", NULL, "\"study\":\"nrr\""));
    CHECK(strstr(found, "\"why\":null") != NULL);
    CHECK(strstr(found, "\"grr\":") != NULL);
    CHECK(says(seen, "nrr", "{\"target\":1.2,\"capacity\":3,\"effort\":{\"Entry\":2}}",
               "\"target\":1.2,\"capacity\":3"));
    CHECK(says(seen, "nrr", "{\"months\":2}", "\"study\":\"nrr\""));
    CHECK(says(seen, "nrr", "{\"of\":\"band\"}", "\"of\":\"band\""));
    CHECK(says(seen, "revenue", NULL, "\"study\":\"revenue\""));
    CHECK(strstr(found, "\"grr\":") != NULL);
    CHECK(says(seen, "revenue", "{\"months\":1,\"reactivation\":\"counted\"}",
               "\"reactivation\":\"counted\""));
    CHECK(says(seen, "forecast", NULL, "\"study\":\"forecast\""));
}

static void refuses(const aiueo_evidence* seen) {
    const char* const studies[] = {"nrr", "revenue", "forecast"};
    size_t k;
    for (k = 0; k < 3; ++k) {
        const char* const study = studies[k];
        STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, study, "{\"month\":1}"));
        MESSAGE("month");
        STATUS(AIUEO_BAD_JSON, ask(seen, study, "{"));
        STATUS(AIUEO_BUFFER_TOO_SMALL,
               aiueo_evidence_study(seen, study, strlen(study), NULL, 0, text, 8, &needed, &error));
        CHECK(needed > 8);
    }
    STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, "nrr", "{\"target\":108}"));
    MESSAGE("target");
    STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, "nrr", "{\"months\":0}"));
    MESSAGE("months");
    STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, "nrr", "{\"capacity\":-1}"));
    MESSAGE("capacity");
    STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, "nrr", "{\"effort\":{\"Entrance\":1}}"));
    MESSAGE("Entrance");
    STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, "nrr", "{\"of\":\"stages\"}"));
    MESSAGE("of");
    STATUS(AIUEO_NOT_FOUND, ask(seen, "revenue", "{\"segment\":\"colour\"}"));
    MESSAGE("colour");
    STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, "revenue", "{\"reactivation\":\"maybe\"}"));
    MESSAGE("reactivation");
    STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, "forecast", "{\"origin\":\"2026\"}"));
    MESSAGE("origin");
    STATUS(AIUEO_INVALID_ARGUMENT, ask(seen, "forecast", "{\"what_if\":[{\"from\":\"Entry\"}]}"));
    MESSAGE("to");
}

/* Without data_until nothing is counted of money over time: the findings say so. */
static void says_what_is_missing(const aiueo_plan* plan) {
    aiueo_evidence* nothing = full_evidence(plan);
    CHECK(says(nothing, "nrr", NULL, "\"why\":\"nothing_counted\""));
    CHECK(says(nothing, "revenue", NULL, "data_until"));
    CHECK(says(nothing, "forecast", NULL, "data_until"));
    aiueo_evidence_free(nothing);
}

int main(void) {
    aiueo_plan* plan = load_plan();
    aiueo_evidence* seen = with_money(plan);
    answers(seen);
    refuses(seen);
    says_what_is_missing(plan);
    aiueo_evidence_free(seen);
    aiueo_plan_free(plan);
    return finish();
}
