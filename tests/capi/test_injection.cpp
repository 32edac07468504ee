// Every entry of the C interface when memory runs out at its first, second, … n-th allocation, and
// when something throws what nobody expects: a status, outputs untouched, nothing leaked.
#include <set>
#include <sstream>
#include <vector>

#include "fixture.hpp"
#include "inject.hpp"
#include "scenarios.hpp"
#include "support/catch.hpp"

using namespace capi_test;

namespace {

std::int32_t quiet_scorer(void*, const aiueo_scorer_call*, aiueo_error*) { return AIUEO_OK; }

std::int32_t log_nothing_count = 0;
void log_nothing(void*, std::int32_t, const char*, std::size_t) { ++log_nothing_count; }

void add_models(scenarios& all) {
    all["aiueo_model_check"].run = [](attempt& now) {
        writes_text(now, [](char* out, std::size_t capacity, std::size_t* needed,
                            aiueo_error* error) {
            constexpr std::string_view bad = R"({"aiueo": 1, "metrics": {"a": {"typ": 1}}})";
            return aiueo_model_check(bad.data(), bad.size(), "m", 1, out, capacity, needed, error);
        });
    };
    all["aiueo_model_check_with"].run = [](attempt& now) {
        aiueo_plan_options options{};
        options.struct_size = sizeof options;
        options.max_condition_bytes = 100;
        writes_text(
            now, [&](char* out, std::size_t capacity, std::size_t* needed, aiueo_error* error) {
                constexpr std::string_view bad = R"({"aiueo": 1, "metrics": {"a": {"typ": 1}}})";
                return aiueo_model_check_with(bad.data(), bad.size(), &options, out, capacity,
                                              needed, error);
            });
    };
    all["aiueo_model_schema"] = {
        AIUEO_BUFFER_TOO_SMALL, [](attempt& now) {
            now([](aiueo_error* error) { return aiueo_model_schema(nullptr, 0, nullptr, error); });
        }};
    all["aiueo_plan_load"].run = [](attempt& now) {
        aiueo_plan_options options{};
        options.struct_size = sizeof options;
        options.log = log_nothing;
        options.instruction_set = "portable";
        options.instruction_set_length = 8;
        makes_handle<aiueo_plan>(now, [&](aiueo_plan** out, aiueo_error* error) {
            return aiueo_plan_load(small_model.data(), small_model.size(), &options, out, error);
        });
    };
    all["aiueo_plan_describe"].run = [](attempt& now) {
        const auto plan = load(small_model);
        writes_text(now,
                    [&](char* out, std::size_t capacity, std::size_t* needed, aiueo_error* error) {
                        return aiueo_plan_describe(plan.get(), out, capacity, needed, error);
                    });
    };
    all["aiueo_scorers_new"].run = [](attempt& now) {
        makes_handle<aiueo_scorers>(now, [](aiueo_scorers** out, aiueo_error* error) {
            return aiueo_scorers_new(out, error);
        });
    };
    all["aiueo_scorers_add"].run = [](attempt& now) {
        aiueo_scorers* made = nullptr;
        must(aiueo_scorers_new(&made, nullptr));
        const owned<aiueo_scorers> scorers{made};
        constexpr std::string_view name = "a name that is longer than any that fits in place";
        const auto add = [&](aiueo_error* error) {
            return aiueo_scorers_add(made, name.data(), name.size(), 1, -1, quiet_scorer, nullptr,
                                     error);
        };
        now(add);
        // If it failed it was not added.
        if (now.failed()) now.must_hold(add(nullptr) == AIUEO_OK);
    };
}

void add_initiatives(scenarios& all) {
    all["aiueo_initiatives_new"].run = [](attempt& now) {
        const auto plan = load(small_model);
        makes_handle<aiueo_initiatives>(now, [&](aiueo_initiatives** out, aiueo_error* error) {
            return aiueo_initiatives_new(plan.get(), out, error);
        });
    };
    all["aiueo_initiatives_add"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto initiatives = new_initiatives(plan.get());
        const auto add = [&](aiueo_error* error) {
            return aiueo_initiatives_add(initiatives.get(), "c", 1, "call", 4, today, today, today,
                                         error);
        };
        now(add);
        // Half a row is not added to.
        if (now.failed()) now.must_hold(add(nullptr) == AIUEO_INVALID_STATE);
    };
    all["aiueo_initiatives_add_stream"] = {
        AIUEO_BAD_COLUMN, [](attempt& now) {
            const auto plan = load(small_model);
            const auto initiatives = new_initiatives(plan.get());
            record_batch from;
            ArrowArrayStream in = from.stream();
            now([&](aiueo_error* error) {
                return aiueo_initiatives_add_stream(initiatives.get(), &in, error);
            });
            now.must_hold(in.release == nullptr && from.released >= 1);
        }};
    all["aiueo_initiatives_finish"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto initiatives = new_initiatives(plan.get());
        // What the model counts is then filled from all that is kept.
        must(aiueo_initiatives_keep_all(initiatives.get(), nullptr));
        must(aiueo_initiatives_add(initiatives.get(), "c", 1, "call", 4, 1, 1, 1, nullptr));
        now([&](aiueo_error* error) { return aiueo_initiatives_finish(initiatives.get(), error); });
    };
    all["aiueo_initiatives_keep_all"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto initiatives = new_initiatives(plan.get());
        const auto keep = [&](aiueo_error* error) {
            return aiueo_initiatives_keep_all(initiatives.get(), error);
        };
        now(keep);
        now.must_hold(keep(nullptr) == AIUEO_OK);
    };
    all["aiueo_initiatives_add_row"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto initiatives = new_initiatives(plan.get());
        const aiueo_initiative one = call_on(today);
        must(aiueo_initiatives_keep_all(initiatives.get(), nullptr));
        const auto add = [&](aiueo_error* error) {
            return aiueo_initiatives_add_row(initiatives.get(), "c", 1, &one, error);
        };
        now(add);
        if (now.failed()) now.must_hold(add(nullptr) == AIUEO_INVALID_STATE);
    };
    all["aiueo_initiatives_warnings"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto initiatives = new_initiatives(plan.get());
        must(aiueo_initiatives_add(initiatives.get(), "c", 1, "cal", 3, 1, 1, 1, nullptr));
        must(aiueo_initiatives_finish(initiatives.get(), nullptr));
        writes_text(
            now, [&](char* out, std::size_t capacity, std::size_t* needed, aiueo_error* error) {
                return aiueo_initiatives_warnings(initiatives.get(), out, capacity, needed, error);
            });
    };
}

void add_batches(scenarios& all) {
    all["aiueo_batch_new"].run = [](attempt& now) {
        const auto plan = load(small_model);
        aiueo_batch_options options = batch_options();
        options.null_texts = "NA\nnone of those that fit in place\n";
        options.null_texts_length = std::strlen(options.null_texts);
        makes_handle<aiueo_batch>(now, [&](aiueo_batch** out, aiueo_error* error) {
            return aiueo_batch_new(plan.get(), AIUEO_SNAPSHOTS, row_count, &options, out, error);
        });
    };
    all["aiueo_batch_bind"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = new_batch(plan.get());
        const aiueo_column words = plans();
        const std::array<std::int8_t, 3> index{0, 1, 2};
        aiueo_column column = column_of(AIUEO_TYPE_DICTIONARY, index.data());
        column.index_type = AIUEO_TYPE_INT8;
        column.dictionary = &words;
        now([&](aiueo_error* error) { return bind(batch.get(), "plan", column, error); });
        // What failed can be tried again, with another type too.
        if (now.failed()) now.must_hold(bind(batch.get(), "plan", words) == AIUEO_OK);
    };
    all["aiueo_batch_reserve"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = new_batch(plan.get());
        void* values = &now;
        std::uint8_t* validity = nullptr;
        const auto reserve = [&](aiueo_error* error) {
            return aiueo_batch_reserve(batch.get(), "logins", 6, AIUEO_TYPE_FLOAT64, &values,
                                       &validity, error);
        };
        now(reserve);
        now.must_hold(now.failed() == (values == &now) && now.failed() == (validity == nullptr));
        if (now.failed()) now.must_hold(reserve(nullptr) == AIUEO_OK);
    };
    all["aiueo_batch_text"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = new_batch(plan.get());
        std::int32_t id = -7;
        now([&](aiueo_error* error) {
            return aiueo_batch_text(batch.get(), "new word", 8, &id, error);
        });
        now.must_hold(now.failed() == (id == -7));
    };
    all["aiueo_batch_own"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = new_batch(plan.get());
        const auto scores = new_scores(plan.get());
        const auto own = [&](aiueo_error* error) { return aiueo_batch_own(batch.get(), error); };
        now(own);
        if (now.failed()) now.must_hold(own(nullptr) == AIUEO_OK);
        now.must_hold(aiueo_plan_score(plan.get(), batch.get(), 0, row_count, scores.get(),
                                       nullptr) == AIUEO_OK);
    };
    all["aiueo_batch_set_text"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto batch = new_batch(plan.get(), 1);
        std::int32_t number = -1;
        must(aiueo_batch_own(batch.get(), nullptr));
        must(aiueo_batch_metric(batch.get(), "plan", 4, &number, nullptr));
        const auto set = [&](aiueo_error* error) {
            return aiueo_batch_set_text(batch.get(), number, 0, "bigger and bigger", 17, error);
        };
        now(set);
        if (now.failed()) now.must_hold(set(nullptr) == AIUEO_OK);
        const auto scores = new_scores(plan.get());
        now.must_hold(aiueo_plan_score(plan.get(), batch.get(), 0, 1, scores.get(), nullptr) ==
                      AIUEO_OK);
    };
    // These allocate nothing when they succeed, so they are made to fail.
    const auto failing = [&all](const char* name, std::int32_t wanted, auto call) {
        all[name] = {wanted, [call](attempt& now) {
                         const auto plan = load(small_model);
                         const auto batch = full_batch(plan.get());
                         now([&](aiueo_error* error) { return call(batch.get(), error); });
                     }};
    };
    failing("aiueo_batch_metric", AIUEO_NOT_FOUND, [](aiueo_batch* batch, aiueo_error* error) {
        std::int32_t number = 0;
        return aiueo_batch_metric(batch, "login", 5, &number, error);
    });
    failing("aiueo_batch_set_number", AIUEO_INVALID_STATE,
            [](aiueo_batch* batch, aiueo_error* error) {
                return aiueo_batch_set_number(batch, 0, 0, 1, error);
            });
    failing("aiueo_batch_set_observed", AIUEO_INVALID_STATE,
            [](aiueo_batch* batch, aiueo_error* error) {
                return aiueo_batch_set_observed(batch, 0, 0, 1, error);
            });
    failing("aiueo_batch_set_row", AIUEO_INVALID_STATE, [](aiueo_batch* batch, aiueo_error* error) {
        const std::int32_t metric = 0;
        const double value = 1;
        return aiueo_batch_set_row(batch, 0, &metric, &value, nullptr, 1, error);
    });
    failing("aiueo_batch_set_as_of", AIUEO_INVALID_ARGUMENT,
            [](aiueo_batch* batch, aiueo_error* error) {
                return aiueo_batch_set_as_of(batch, AIUEO_NO_DATE, error);
            });
    failing("aiueo_batch_find", AIUEO_NOT_FOUND, [](aiueo_batch* batch, aiueo_error* error) {
        std::int64_t row = 0;
        return aiueo_batch_find(batch, "none", 4, &row, error);
    });
    failing("aiueo_batch_latest_as_of", AIUEO_OK, [](aiueo_batch* batch, aiueo_error* error) {
        std::int32_t day = 0;
        return aiueo_batch_latest_as_of(batch, &day, error);
    });
    failing("aiueo_batch_check_rows", AIUEO_OK, [](aiueo_batch* batch, aiueo_error* error) {
        return aiueo_batch_check_rows(batch, error);
    });
    all["aiueo_duplicates_new"].run = [](attempt& now) {
        makes_handle<aiueo_duplicates>(now, [](aiueo_duplicates** out, aiueo_error* error) {
            return aiueo_duplicates_new(0, out, error);
        });
    };
    all["aiueo_duplicates_add"] = {
        AIUEO_DUPLICATE_ROW, [](attempt& now) {
            const auto plan = load(small_model);
            const auto batch = full_batch(plan.get());
            aiueo_duplicates* made = nullptr;
            must(aiueo_duplicates_new(0, &made, nullptr));
            const owned<aiueo_duplicates> seen{made};
            must(aiueo_duplicates_add(made, batch.get(), nullptr));
            now([&](aiueo_error* error) { return aiueo_duplicates_add(made, batch.get(), error); });
        }};
    all["aiueo_batch_import"].run = [](attempt& now) {
        const auto plan = load(small_model);
        record_batch from;
        const aiueo_batch_options options = batch_options();
        makes_handle<aiueo_batch>(now, [&](aiueo_batch** out, aiueo_error* error) {
            return aiueo_batch_import(plan.get(), AIUEO_SNAPSHOTS, &from.schema, from.fresh(),
                                      AIUEO_VALIDATE_FULL, &options, out, error);
        });
        now.must_hold(from.released == 1);
    };
}

// A stream of three customers, scored into a summary.
void fill(const aiueo_plan* plan, aiueo_summary* to) {
    const aiueo_batch_options rows = batch_options();
    aiueo_stream_options options{};
    options.struct_size = sizeof options;
    options.batch = &rows;
    options.summary = to;
    record_batch from;
    ArrowArrayStream stream = from.stream();
    must(aiueo_plan_score_stream(plan, &stream, &options, &stream, nullptr));
    for (bool more = true; more;) {
        ArrowArray array{};
        must(stream.get_next(&stream, &array));
        more = array.release != nullptr;
        if (more) array.release(&array);
    }
    stream.release(&stream);
}

void add_scores(scenarios& all) {
    all["aiueo_scores_new"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const aiueo_scores_options options{sizeof options, AIUEO_SCORES_DETAIL};
        makes_handle<aiueo_scores>(now, [&](aiueo_scores** out, aiueo_error* error) {
            return aiueo_scores_new(plan.get(), row_count, &options, out, error);
        });
    };
    const auto with_scores = [&all](const char* name, std::int32_t wanted, auto call) {
        all[name] = {wanted, [call](attempt& now) {
                         const auto plan = load(small_model);
                         const auto batch = full_batch(plan.get());
                         const auto scores = new_scores(plan.get());
                         now([&](aiueo_error* error) {
                             return call(plan.get(), batch.get(), scores.get(), now, error);
                         });
                     }};
    };
    with_scores("aiueo_plan_score", AIUEO_INVALID_ARGUMENT,
                [](auto* plan, auto* batch, auto* scores, attempt&, aiueo_error* error) {
                    return aiueo_plan_score(plan, batch, 1, row_count, scores, error);
                });
    with_scores("aiueo_scores_axis", AIUEO_NOT_FOUND,
                [](auto*, auto*, auto* scores, attempt&, aiueo_error* error) {
                    const double* axis = nullptr;
                    return aiueo_scores_axis(scores, AIUEO_OUTCOME, &axis, error);
                });
    with_scores("aiueo_scores_column", AIUEO_OK,
                [](auto*, auto*, auto* scores, attempt& now, aiueo_error* error) {
                    std::int32_t type = -7;
                    const void* values = nullptr;
                    const std::int32_t status =
                        aiueo_scores_column(scores, "stage", 5, &type, &values, error);
                    now.must_hold((status != AIUEO_OK) == (type == -7));
                    now.must_hold((status != AIUEO_OK) == (values == nullptr));
                    return status;
                });
    with_scores("aiueo_scores_export", AIUEO_OK,
                [](auto*, auto* batch, auto* scores, attempt& now, aiueo_error* error) {
                    ArrowSchema schema{};
                    ArrowArray array{};
                    const std::int32_t status =
                        aiueo_scores_export(scores, batch, row_count, &schema, &array, error);
                    now.must_hold((status == AIUEO_OK) == (schema.release != nullptr));
                    now.must_hold((status == AIUEO_OK) == (array.release != nullptr));
                    if (status == AIUEO_OK) schema.release(&schema);
                    if (status == AIUEO_OK) array.release(&array);
                    return status;
                });
    with_scores("aiueo_plan_explain", AIUEO_BUFFER_TOO_SMALL,
                [](auto* plan, auto* batch, auto*, attempt&, aiueo_error* error) {
                    return aiueo_plan_explain(plan, batch, 1, nullptr, 0, nullptr, error);
                });
    with_scores("aiueo_plan_gap", AIUEO_BUFFER_TOO_SMALL,
                [](auto* plan, auto* batch, auto*, attempt&, aiueo_error* error) {
                    return aiueo_plan_gap(plan, batch, 1, "stage", 5, nullptr, 0, nullptr, 0,
                                          nullptr, error);
                });
    with_scores("aiueo_summary_add", AIUEO_INVALID_ARGUMENT,
                [](auto* plan, auto*, auto* scores, attempt&, aiueo_error* error) {
                    inject::disarm();
                    const auto summary = new_summary(plan);
                    return aiueo_summary_add(summary.get(), scores, -1, error);
                });
    all["aiueo_summary_merge"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto summary = new_summary(plan.get());
        const auto other = new_summary(plan.get());
        fill(plan.get(), other.get());  // with a warning: initiatives are not given
        const auto merge = [&](aiueo_error* error) {
            return aiueo_summary_merge(summary.get(), other.get(), error);
        };
        now(merge);
        // All or nothing: the rows are there once.
        if (now.failed()) now.must_hold(merge(nullptr) == AIUEO_OK);
        std::array<char, 1 << 14> text{};
        must(aiueo_summary_json(summary.get(), text.data(), text.size(), nullptr, nullptr));
        now.must_hold(std::string_view{text.data()}.find("\"rows\":3,") != std::string_view::npos);
    };
    all["aiueo_summary_new"].run = [](attempt& now) {
        const auto plan = load(small_model);
        makes_handle<aiueo_summary>(now, [&](aiueo_summary** out, aiueo_error* error) {
            return aiueo_summary_new(plan.get(), out, error);
        });
    };
    all["aiueo_summary_json"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const auto summary = new_summary(plan.get());
        writes_text(now,
                    [&](char* out, std::size_t capacity, std::size_t* needed, aiueo_error* error) {
                        return aiueo_summary_json(summary.get(), out, capacity, needed, error);
                    });
    };
    all["aiueo_plan_score_stream"].run = [](attempt& now) {
        const auto plan = load(small_model);
        const aiueo_batch_options rows = batch_options();
        aiueo_stream_options options{};
        options.struct_size = sizeof options;
        options.batch = &rows;
        record_batch from;
        ArrowArrayStream in = from.stream();
        ArrowArrayStream out{};
        now([&](aiueo_error* error) {
            return aiueo_plan_score_stream(plan.get(), &in, &options, &out, error);
        });
        now.must_hold(in.release == nullptr && now.failed() == (out.release == nullptr));
        now.must_hold(from.released == (now.failed() ? 1 : 0));
        if (!now.failed()) out.release(&out);
    };
}

/// Every structure is filled, or none.
template <class Call>
std::int32_t exports(attempt& now, Call call) {
    ArrowSchema schema{};
    ArrowArray array{};
    const std::int32_t status = call(&schema, &array);
    now.must_hold((status == AIUEO_OK) == (schema.release != nullptr));
    now.must_hold((status == AIUEO_OK) == (array.release != nullptr));
    if (status == AIUEO_OK) schema.release(&schema);
    if (status == AIUEO_OK) array.release(&array);
    return status;
}

void add_changes(scenarios& all) {
    const auto with_batches = [&all](const char* name, auto run) {
        all[name].run = [run](attempt& now) {
            const auto plan = load(small_model);
            const auto other = load(small_model);
            const auto batch = full_batch(plan.get());
            const auto others = full_batch(other.get());
            run(now, batch.get(), others.get());
        };
    };
    with_batches("aiueo_changes_new", [](attempt& now, auto* batch, auto* others) {
        const aiueo_change_options options{sizeof options, 0, others};
        makes_handle<aiueo_changes>(now, [&](aiueo_changes** out, aiueo_error* error) {
            return aiueo_changes_new(batch, batch, &options, out, error);
        });
    });
    with_batches("aiueo_change_explain", [](attempt& now, auto* batch, auto* others) {
        const aiueo_change_options options{sizeof options, 0, others};
        writes_text(now, [&](char* out, std::size_t room, std::size_t* needed, aiueo_error* error) {
            return aiueo_change_explain(batch, 0, batch, 1, &options, out, room, needed, error);
        });
    });
    with_batches("aiueo_comparison", [](attempt& now, auto* batch, auto* others) {
        writes_text(now, [&](char* out, std::size_t room, std::size_t* needed, aiueo_error* error) {
            return aiueo_comparison(batch, others, nullptr, out, room, needed, error);
        });
    });
    const auto with_changes = [&with_batches](const char* name, auto run) {
        with_batches(name, [run](attempt& now, auto* batch, auto*) {
            aiueo_changes* made = nullptr;
            must(aiueo_changes_new(batch, batch, nullptr, &made, nullptr));
            const owned<aiueo_changes> changes{made};
            run(now, changes.get());
        });
    };
    with_changes("aiueo_changes_json", [](attempt& now, auto* changes) {
        writes_text(now, [&](char* out, std::size_t room, std::size_t* needed, aiueo_error* error) {
            return aiueo_changes_json(changes, out, room, needed, error);
        });
    });
    with_changes("aiueo_changes_export", [](attempt& now, auto* changes) {
        now([&](aiueo_error* error) {
            return exports(now, [&](auto* schema, auto* array) {
                return aiueo_changes_export(changes, schema, array, error);
            });
        });
    });
    all["aiueo_rollup_export"].run = [](attempt& now) {
        static constexpr std::array<std::int32_t, 3> parents{70, 70, 71};
        const auto plan = load(small_model);
        const auto rows = full_batch(plan.get());
        must(bind(rows.get(), "parent", column_of(AIUEO_TYPE_INT32, parents.data())));
        const auto scores = new_scores(plan.get(), AIUEO_SCORES_DETAIL);
        must(aiueo_plan_score(plan.get(), rows.get(), 0, row_count, scores.get(), nullptr));
        now([&](aiueo_error* error) {
            return exports(now, [&](auto* schema, auto* array) {
                return aiueo_rollup_export(rows.get(), scores.get(), schema, array, error);
            });
        });
    };
}

scenarios every_entry() {
    scenarios all;
    add_models(all);
    add_initiatives(all);
    add_batches(all);
    add_scores(all);
    add_changes(all);
    add_contracts(all);
    add_ledger(all);
    add_ranks(all);
    add_evidence(all);
    add_agreement(all);
    add_actions(all);
    return all;
}

// Status for status, until nothing is injected any more. The number of allocations comes back.
std::int64_t run(const std::string& name, const scenario& one, inject::failure what,
                 std::int64_t stride) {
    {
        attempt warm{what, 0};  // what is made once and kept is no leak
        one.run(warm);
        INFO(name << " gave " << aiueo_status_name(warm.status) << ": " << warm.error.message);
        REQUIRE(warm.status == one.wanted);
    }
    const bool memory =
        what != inject::failure::standard_exception && what != inject::failure::unknown_exception;
    const std::int32_t failed = memory ? AIUEO_OUT_OF_MEMORY : AIUEO_INTERNAL;
    for (std::int64_t n = 1;; n += n < 100 ? 1 : stride) {
        const std::int64_t before = inject::outstanding();
        attempt now{what, n};
        one.run(now);
        const std::int64_t leaked = inject::outstanding() - before;
        INFO(name << ", allocation " << n << ": " << aiueo_status_name(now.status) << ": "
                  << now.error.message);
        REQUIRE(now.all_held);
        REQUIRE(leaked == 0);
        REQUIRE(now.error.code == now.status);
        if (!now.fired) {
            REQUIRE(now.status == one.wanted);
            return n - 1;
        }
        // An error that was being written down when it happened is still that error.
        const bool right =
            now.status == failed || (one.wanted != AIUEO_OK && now.status == one.wanted);
        REQUIRE(right);
        if (what == inject::failure::standard_exception && now.status == failed) {
            REQUIRE(std::string_view{now.error.message} == "injected");
        }
    }
}

void run_all(inject::failure what, std::int64_t stride) {
    std::int64_t allocations = 0;
    for (const auto& [name, one] : every_entry()) allocations += run(name, one, what, stride);
    // None would mean that the library's allocations do not come here, and nothing was tested.
    CHECK(allocations > 100);
}

}  // namespace

TEST_CASE("every exported function is in the table") {
    const std::set<std::string> cannot_fail{"aiueo_version",
                                            "aiueo_abi_version",
                                            "aiueo_status_name",
                                            "aiueo_instruction_set_name",
                                            "aiueo_plan_instruction_set",
                                            "aiueo_study_name",
                                            "aiueo_action_name",
                                            "aiueo_batch_rows",
                                            "aiueo_duplicates_checked"};
    const scenarios all = every_entry();
    std::istringstream lines{read_file(aiueo::testing::tests_dir() + "/../capi/symbols.txt")};
    for (std::string name; lines >> name;) {
        INFO(name);
        CHECK(all.contains(name) != (cannot_fail.contains(name) || name.ends_with("_free")));
    }
}

TEST_CASE("memory runs out once") { run_all(inject::failure::out_of_memory, 1); }

TEST_CASE("memory runs out for good") { run_all(inject::failure::no_memory_at_all, 7); }

TEST_CASE("a container too long for any memory is memory that ran out") {
    run_all(inject::failure::too_long, 31);
}

TEST_CASE("a standard exception stays inside") { run_all(inject::failure::standard_exception, 31); }

TEST_CASE("any other exception stays inside") { run_all(inject::failure::unknown_exception, 31); }

TEST_CASE("a stream of scores runs out of memory") {
    const auto plan = load(small_model);
    const aiueo_batch_options rows = batch_options();
    for (std::int64_t n = 1;; ++n) {
        const std::int64_t before = inject::outstanding();
        bool fired = false;
        int code = 0;
        bool stays = true;
        int released = 0;
        {
            aiueo_stream_options options{};
            options.struct_size = sizeof options;
            options.batch = &rows;
            record_batch from;
            ArrowArrayStream in = from.stream();
            ArrowArrayStream out{};
            ArrowArray scored{};
            must(aiueo_plan_score_stream(plan.get(), &in, &options, &out, nullptr));
            inject::arm(inject::failure::out_of_memory, n);
            code = out.get_next(&out, &scored);
            fired = inject::disarm();
            if (code == 0) {
                scored.release(&scored);
            } else {
                stays = out.get_last_error(&out) != nullptr && out.get_next(&out, &scored) == code;
            }
            out.release(&out);
            released = from.released;
        }
        const std::int64_t leaked = inject::outstanding() - before;
        INFO("allocation " << n << ": errno " << code);
        REQUIRE(leaked == 0);
        REQUIRE(stays);
        REQUIRE(released == 2);  // the batch and the stream
        REQUIRE(fired == (code != 0));
        if (!fired) break;
    }
}
