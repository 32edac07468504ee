// What the C++ tests of the C interface share: handles that free themselves, the model, a batch.
#pragma once

#include <array>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include <aiueo.h>

namespace capi_test {

struct freer {
    void operator()(aiueo_plan* one) const noexcept { aiueo_plan_free(one); }
    void operator()(aiueo_scorers* one) const noexcept { aiueo_scorers_free(one); }
    void operator()(aiueo_initiatives* one) const noexcept { aiueo_initiatives_free(one); }
    void operator()(aiueo_batch* one) const noexcept { aiueo_batch_free(one); }
    void operator()(aiueo_duplicates* one) const noexcept { aiueo_duplicates_free(one); }
    void operator()(aiueo_scores* one) const noexcept { aiueo_scores_free(one); }
    void operator()(aiueo_summary* one) const noexcept { aiueo_summary_free(one); }
    void operator()(aiueo_changes* one) const noexcept { aiueo_changes_free(one); }
    void operator()(aiueo_contracts* one) const noexcept { aiueo_contracts_free(one); }
    void operator()(aiueo_ledger* one) const noexcept { aiueo_ledger_free(one); }
    void operator()(aiueo_ranks* one) const noexcept { aiueo_ranks_free(one); }
    void operator()(aiueo_evidence* one) const noexcept { aiueo_evidence_free(one); }
    void operator()(aiueo_actions* one) const noexcept { aiueo_actions_free(one); }
};
template <class Handle>
using owned = std::unique_ptr<Handle, freer>;

inline void must(std::int32_t status) {
    if (status != AIUEO_OK) throw std::logic_error{aiueo_status_name(status)};
}

inline std::string read_file(const std::string& path) {
    std::ifstream in{path, std::ios::binary};
    if (!in) throw std::logic_error{"cannot read " + path};
    return {std::istreambuf_iterator<char>{in}, {}};
}

inline owned<aiueo_plan> load(std::string_view json, const aiueo_plan_options* options = nullptr) {
    aiueo_plan* out = nullptr;
    must(aiueo_plan_load(json.data(), json.size(), options, &out, nullptr));
    return owned<aiueo_plan>{out};
}

// A small model with one of everything that scoring does.
inline constexpr std::string_view small_model = R"json({ "aiueo": 1, "name": "small",
  "metrics": { "plan": { "type": "category" }, "setup": { "type": "flag" },
    "logins": { "type": "number" }, "last": { "type": "date" },
    "nps": { "type": "number", "max_age_days": 90 },
    "calls": { "from": "initiatives", "initiative": "call", "value": "count", "window_days": 30 } },
  "touch": { "components": { "calls": { "metric": "calls", "steps": [[1, 100]] } } },
  "axes": { "I": { "components": { "setup": { "metric": "setup" } } },
    "U": { "components": { "logins": { "metric": "logins", "curve": [[0, 0], [9, 100]] },
      "last": { "metric": "last", "days_since": [[0, 100], [30, 0]] } } },
    "E": { "components": { "nps": { "metric": "nps", "curve": [[0, 0], [10, 100]] } } } },
  "overall": { "weights": { "I": 1, "U": 1, "E": 1 } },
  "ladders": { "stage": [ { "name": "Entry" },
    { "name": "Active", "when": "U >= 60 && (setup || plan.startsWith('big'))" } ] },
  "bands": { "of": "overall", "edges": [50], "names": ["low", "high"] },
  "profiles": [ { "name": "trial", "when": "plan == 'trial'",
    "patch": { "overall": { "weights": { "E": null } } } } ],
  "plays": { "call": { "for": ["I.setup", "U.logins"] } },
  "triggers": { "quiet": { "when": "logins < 6", "play": "call", "once_per": "customer",
    "variants": { "a": 0.5, "b": 0.5 }, "success": "nps > 9", "window_days": 7 } },
  "study": { "ranks": ["C", "B", "A"] } })json";

inline constexpr std::int32_t today = 20778;
inline constexpr std::int64_t row_count = 3;

inline constexpr std::array<std::int32_t, 3> ids{7, 8, 9};
inline constexpr std::array<std::uint8_t, 3> setup{1, 0, 1};
inline constexpr std::array<double, 3> logins{9, 1, 5};
inline constexpr std::array<std::int32_t, 3> last{today, today - 40, today - 3};
inline constexpr std::array<double, 3> nps{9, 3, 7};
inline constexpr std::string_view plan_text = "big onetrialsmall";
inline constexpr std::array<std::int32_t, 4> plan_ends{0, 7, 12, 17};

inline aiueo_column column_of(std::int32_t type, const void* values,
                              std::int64_t length = row_count) {
    aiueo_column out{};
    out.struct_size = sizeof out;
    out.type = type;
    out.length = length;
    out.values = values;
    return out;
}

inline aiueo_column plans() {
    aiueo_column out = column_of(AIUEO_TYPE_TEXT32, nullptr);
    out.offsets = plan_ends.data();
    out.bytes = plan_text.data();
    out.bytes_size = static_cast<std::int64_t>(plan_text.size());
    return out;
}

inline std::int32_t bind(aiueo_batch* batch, std::string_view name, const aiueo_column& column,
                         aiueo_error* error = nullptr) {
    return aiueo_batch_bind(batch, name.data(), name.size(), &column, error);
}

inline aiueo_batch_options batch_options(const aiueo_initiatives* initiatives = nullptr) {
    aiueo_batch_options out{};
    out.struct_size = sizeof out;
    out.has_as_of = 1;
    out.as_of = today;
    out.initiatives = initiatives;
    return out;
}

inline owned<aiueo_batch> new_batch(const aiueo_plan* plan, std::int64_t rows = row_count) {
    aiueo_batch* out = nullptr;
    const aiueo_batch_options options = batch_options();
    must(aiueo_batch_new(plan, AIUEO_SNAPSHOTS, rows, &options, &out, nullptr));
    return owned<aiueo_batch>{out};
}

inline void bind_all(aiueo_batch* to) {
    must(bind(to, "customer", column_of(AIUEO_TYPE_INT32, ids.data())));
    must(bind(to, "plan", plans()));
    must(bind(to, "setup", column_of(AIUEO_TYPE_BYTE, setup.data())));
    must(bind(to, "logins", column_of(AIUEO_TYPE_FLOAT64, logins.data())));
    must(bind(to, "last", column_of(AIUEO_TYPE_DATE32, last.data())));
    must(bind(to, "nps", column_of(AIUEO_TYPE_FLOAT64, nps.data())));
    must(bind(to, "nps@", column_of(AIUEO_TYPE_DATE32, last.data())));
}

inline owned<aiueo_batch> full_batch(const aiueo_plan* plan) {
    owned<aiueo_batch> out = new_batch(plan);
    bind_all(out.get());
    return out;
}

inline owned<aiueo_scores> new_scores(const aiueo_plan* plan, std::uint32_t flags = 0,
                                      std::int64_t rows = row_count) {
    aiueo_scores* out = nullptr;
    const aiueo_scores_options options{sizeof options, flags};
    must(aiueo_scores_new(plan, rows, &options, &out, nullptr));
    return owned<aiueo_scores>{out};
}

inline owned<aiueo_initiatives> new_initiatives(const aiueo_plan* plan) {
    aiueo_initiatives* out = nullptr;
    must(aiueo_initiatives_new(plan, &out, nullptr));
    return owned<aiueo_initiatives>{out};
}

inline owned<aiueo_summary> new_summary(const aiueo_plan* plan) {
    aiueo_summary* out = nullptr;
    must(aiueo_summary_new(plan, &out, nullptr));
    return owned<aiueo_summary>{out};
}

inline aiueo_contract renewed(std::int32_t end) {
    aiueo_contract out{};
    out.struct_size = sizeof out;
    out.start = end - 365;
    out.end = end;
    out.outcome = AIUEO_RENEWED;
    out.mrr_before = 500;
    out.mrr_after = AIUEO_NO_MONEY;
    return out;
}

inline owned<aiueo_contracts> new_contracts(const aiueo_plan* plan) {
    aiueo_contracts* out = nullptr;
    must(aiueo_contracts_new(plan, &out, nullptr));
    return owned<aiueo_contracts>{out};
}

// A contract of each of the three customers, seen 90 days ahead of its end.
inline owned<aiueo_contracts> some_contracts(const aiueo_plan* plan) {
    owned<aiueo_contracts> out = new_contracts(plan);
    const aiueo_contract one = renewed(today + 100);
    for (const char* customer : {"7", "8", "9"})
        must(aiueo_contracts_add(out.get(), customer, 1, &one, nullptr));
    must(aiueo_contracts_finish(out.get(), nullptr));
    return out;
}

inline owned<aiueo_ledger> new_ledger(const aiueo_plan* plan) {
    aiueo_ledger* out = nullptr;
    must(aiueo_ledger_new(plan, &out, nullptr));
    return owned<aiueo_ledger>{out};
}

// What the customer "7" pays, and one without a snapshot.
inline owned<aiueo_ledger> some_ledger(const aiueo_plan* plan) {
    owned<aiueo_ledger> out = new_ledger(plan);
    must(aiueo_ledger_add(out.get(), "7", 1, today - 300, AIUEO_NO_DATE, 500, nullptr));
    must(aiueo_ledger_add(out.get(), "6", 1, today - 300, today - 30, 700, nullptr));
    must(aiueo_ledger_finish(out.get(), nullptr));
    return out;
}

inline owned<aiueo_ranks> new_ranks(const aiueo_plan* plan) {
    aiueo_ranks* out = nullptr;
    must(aiueo_ranks_new(plan, &out, nullptr));
    return owned<aiueo_ranks>{out};
}

// A rank of the customer "7", by a member.
inline owned<aiueo_ranks> some_ranks(const aiueo_plan* plan) {
    owned<aiueo_ranks> out = new_ranks(plan);
    must(aiueo_ranks_add(out.get(), "7", 1, today, "A", 1, "mika", 4, nullptr));
    must(aiueo_ranks_finish(out.get(), nullptr));
    return out;
}

inline aiueo_initiative call_on(std::int32_t date) {
    aiueo_initiative out{};
    out.struct_size = sizeof out;
    out.date = date;
    out.attended = AIUEO_NO_DATE;
    out.responded = AIUEO_NO_DATE;
    out.initiative = "call";
    out.initiative_length = 4;
    out.variant = "long enough not to fit in place";
    out.variant_length = 31;
    return out;
}

// A call to the customer "7", all of it kept.
inline owned<aiueo_initiatives> all_initiatives(const aiueo_plan* plan) {
    owned<aiueo_initiatives> out = new_initiatives(plan);
    const aiueo_initiative one = call_on(today);
    must(aiueo_initiatives_keep_all(out.get(), nullptr));
    must(aiueo_initiatives_add_row(out.get(), "7", 1, &one, nullptr));
    must(aiueo_initiatives_finish(out.get(), nullptr));
    return out;
}

inline owned<aiueo_evidence> new_evidence(const aiueo_plan* plan) {
    aiueo_evidence* out = nullptr;
    must(aiueo_evidence_new(plan, nullptr, &out, nullptr));
    return owned<aiueo_evidence>{out};
}

// A record batch of the three customers, in static memory; counts its releases.
struct record_batch {
    std::array<ArrowSchema, 7> fields{};
    std::array<ArrowSchema*, 7> field_pointers{};
    ArrowSchema schema{};
    std::array<ArrowArray, 7> columns{};
    std::array<ArrowArray*, 7> column_pointers{};
    std::array<std::array<const void*, 3>, 7> buffers{};
    std::array<const void*, 1> none{};
    ArrowArray array{};
    int released = 0;
    int given = 0;  // as a stream: batches given so far

    record_batch() {
        add(0, "customer", "i", ids.data());
        add(1, "plan", "u", plan_ends.data(), plan_text.data());
        add(2, "setup", "C", setup.data());
        add(3, "logins", "g", logins.data());
        add(4, "last", "tdD", last.data());
        add(5, "nps", "g", nps.data());
        add(6, "nps@", "tdD", last.data());
        schema.format = "+s";
        schema.n_children = 7;
        schema.children = field_pointers.data();
        schema.release = [](ArrowSchema* one) { one->release = nullptr; };
    }
    record_batch(const record_batch&) = delete;
    record_batch& operator=(const record_batch&) = delete;

    ArrowArray* fresh() {
        array = {};
        array.length = row_count;
        array.n_buffers = 1;
        array.buffers = none.data();
        array.n_children = 7;
        array.children = column_pointers.data();
        array.private_data = this;
        array.release = [](ArrowArray* one) {
            ++static_cast<record_batch*>(one->private_data)->released;
            one->release = nullptr;
        };
        return &array;
    }

    // A stream of one batch.
    ArrowArrayStream stream() {
        given = 0;
        ArrowArrayStream out{};
        out.private_data = this;
        out.get_schema = [](ArrowArrayStream* from, ArrowSchema* to) {
            *to = static_cast<record_batch*>(from->private_data)->schema;
            return 0;
        };
        out.get_next = [](ArrowArrayStream* from, ArrowArray* to) {
            auto* const self = static_cast<record_batch*>(from->private_data);
            *to = self->given++ == 0 ? *self->fresh() : ArrowArray{};
            return 0;
        };
        out.get_last_error = [](ArrowArrayStream*) -> const char* { return nullptr; };
        out.release = [](ArrowArrayStream* one) {
            ++static_cast<record_batch*>(one->private_data)->released;
            one->release = nullptr;
        };
        return out;
    }

private:
    void add(std::size_t at, const char* name, const char* format, const void* values,
             const void* bytes = nullptr) {
        fields[at].name = name;
        fields[at].format = format;
        fields[at].release = [](ArrowSchema* one) { one->release = nullptr; };
        field_pointers[at] = &fields[at];
        buffers[at] = {nullptr, values, bytes};
        columns[at].length = row_count;
        columns[at].n_buffers = bytes == nullptr ? 2 : 3;
        columns[at].buffers = buffers[at].data();
        columns[at].release = [](ArrowArray* one) { one->release = nullptr; };
        column_pointers[at] = &columns[at];
    }
};

}  // namespace capi_test
