/* Sizes and offsets that programs are compiled against. A change here is a change of the ABI. */
#include "support.h"

struct field {
    const char* name;
    size_t wanted;
    size_t found;
};

#define SIZE(type, wanted) \
    { "sizeof " #type, wanted, sizeof(type) }
#define AT(type, field, wanted) \
    { #type "." #field, wanted, offsetof(type, field) }

/* For pointers of 8 bytes. */
static const struct field fields[] = {
    SIZE(aiueo_error, 512),
    AT(aiueo_error, code, 4),
    AT(aiueo_error, message, 8),
    SIZE(aiueo_scorer_call, 56),
    AT(aiueo_scorer_call, input_count, 4),
    AT(aiueo_scorer_call, rows, 8),
    AT(aiueo_scorer_call, inputs, 16),
    AT(aiueo_scorer_call, as_of, 24),
    AT(aiueo_scorer_call, params, 32),
    AT(aiueo_scorer_call, params_length, 40),
    AT(aiueo_scorer_call, out, 48),
    SIZE(aiueo_plan_options, 96),
    AT(aiueo_plan_options, reserved, 4),
    AT(aiueo_plan_options, file, 8),
    AT(aiueo_plan_options, file_length, 16),
    AT(aiueo_plan_options, scorers, 24),
    AT(aiueo_plan_options, log, 32),
    AT(aiueo_plan_options, log_user, 40),
    AT(aiueo_plan_options, max_bytes, 48),
    AT(aiueo_plan_options, max_depth, 56),
    AT(aiueo_plan_options, max_nodes, 60),
    AT(aiueo_plan_options, instruction_set, 64),
    AT(aiueo_plan_options, instruction_set_length, 72),
    AT(aiueo_plan_options, max_condition_bytes, 80),
    AT(aiueo_plan_options, max_condition_parts, 84),
    AT(aiueo_plan_options, max_condition_depth, 88),
    AT(aiueo_plan_options, reserved_too, 92),
    SIZE(aiueo_column, 88),
    AT(aiueo_column, type, 4),
    AT(aiueo_column, length, 8),
    AT(aiueo_column, offset, 16),
    AT(aiueo_column, values, 24),
    AT(aiueo_column, validity, 32),
    AT(aiueo_column, offsets, 40),
    AT(aiueo_column, bytes, 48),
    AT(aiueo_column, bytes_size, 56),
    AT(aiueo_column, scale, 64),
    AT(aiueo_column, unit, 68),
    AT(aiueo_column, index_type, 72),
    AT(aiueo_column, flags, 76),
    AT(aiueo_column, dictionary, 80),
    SIZE(aiueo_initiative, 56),
    AT(aiueo_initiative, date, 4),
    AT(aiueo_initiative, attended, 8),
    AT(aiueo_initiative, responded, 12),
    AT(aiueo_initiative, initiative, 16),
    AT(aiueo_initiative, initiative_length, 24),
    AT(aiueo_initiative, variant, 32),
    AT(aiueo_initiative, variant_length, 40),
    AT(aiueo_initiative, holdout, 48),
    AT(aiueo_initiative, reserved, 52),
    SIZE(aiueo_batch_options, 48),
    AT(aiueo_batch_options, flags, 4),
    AT(aiueo_batch_options, first_row, 8),
    AT(aiueo_batch_options, null_texts, 16),
    AT(aiueo_batch_options, null_texts_length, 24),
    AT(aiueo_batch_options, initiatives, 32),
    AT(aiueo_batch_options, as_of, 40),
    AT(aiueo_batch_options, has_as_of, 44),
    SIZE(aiueo_scores_options, 8),
    AT(aiueo_scores_options, flags, 4),
    SIZE(aiueo_change_options, 16),
    AT(aiueo_change_options, flags, 4),
    AT(aiueo_change_options, from, 8),
    SIZE(aiueo_comparison_options, 32),
    AT(aiueo_comparison_options, kind, 4),
    AT(aiueo_comparison_options, current_seen, 8),
    AT(aiueo_comparison_options, proposed_seen, 16),
    AT(aiueo_comparison_options, movers, 24),
    SIZE(aiueo_stream_options, 56),
    AT(aiueo_stream_options, flags, 4),
    AT(aiueo_stream_options, validation, 8),
    AT(aiueo_stream_options, scores_flags, 12),
    AT(aiueo_stream_options, batch, 16),
    AT(aiueo_stream_options, summary, 24),
    AT(aiueo_stream_options, progress, 32),
    AT(aiueo_stream_options, progress_user, 40),
    AT(aiueo_stream_options, duplicate_budget, 48),
    SIZE(aiueo_contract, 40),
    AT(aiueo_contract, kind, 4),
    AT(aiueo_contract, start, 8),
    AT(aiueo_contract, end, 12),
    AT(aiueo_contract, outcome, 16),
    AT(aiueo_contract, reserved, 20),
    AT(aiueo_contract, mrr_before, 24),
    AT(aiueo_contract, mrr_after, 32),
    SIZE(aiueo_evidence_options, 16),
    AT(aiueo_evidence_options, flags, 4),
    AT(aiueo_evidence_options, max_integers, 8),
    SIZE(aiueo_histories, 48),
    AT(aiueo_histories, reserved, 4),
    AT(aiueo_histories, contracts, 8),
    AT(aiueo_histories, initiatives, 16),
    AT(aiueo_histories, ranks, 24),
    AT(aiueo_histories, ledger, 32),
    AT(aiueo_histories, data_until, 40),
    AT(aiueo_histories, has_data_until, 44),
    SIZE(struct ArrowSchema, 72),
    SIZE(struct ArrowArray, 80),
    SIZE(struct ArrowArrayStream, 40),
};

int main(void) {
    size_t k = 0;
    if (sizeof(void*) != 8) {
        printf("the table is for pointers of 8 bytes\n");
        return 0;
    }
    for (k = 0; k < sizeof fields / sizeof fields[0]; ++k) {
        CHECK(fields[k].wanted == fields[k].found);
        if (fields[k].wanted == fields[k].found) continue;
        fprintf(stderr, "%s is %lu, not %lu\n", fields[k].name, (unsigned long)fields[k].found,
                (unsigned long)fields[k].wanted);
    }
    return finish();
}
