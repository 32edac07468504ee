// The C interface as a host might use it: a sequence of calls, and every argument, come from the
// bytes. Pointers are right or NULL, lengths true, and what is borrowed lives long enough; all
// else is anything.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <limits>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <aiueo.h>

namespace {

constexpr std::string_view model = R"json({ "aiueo": 1, "name": "fuzz", "currency": "JPY",
  "roles": { "mrr": "mrr" },
  "metrics": { "plan": { "type": "category" }, "setup": { "type": "flag" },
    "mrr": { "type": "money", "min": 0 }, "logins": { "type": "number", "max": 1000 },
    "last": { "type": "date" }, "nps": { "type": "number", "max_age_days": 90 },
    "calls": { "from": "initiatives", "initiative": "call", "value": "days_since", "window_days": 30 },
    "rate": { "derive": "logins / mrr" } },
  "touch": { "components": { "calls": { "metric": "calls", "steps": [[1, 100]] } } },
  "axes": { "I": { "components": { "setup": { "metric": "setup" },
      "plan": { "metric": "plan", "table": { "big": 100, "trial": 10 } } } },
    "U": { "components": { "logins": { "metric": "rate", "curve": [[0, 0], [9, 100]] },
      "last": { "metric": "last", "days_since": [[0, 100], [30, 0]] } } },
    "E": { "components": { "nps": { "metric": "nps", "curve": [[0, 0], [10, 100]] } } } },
  "overall": { "weights": { "I": 1, "U": 1, "E": 1 } },
  "ladders": { "stage": [ { "name": "Entry" },
    { "name": "Active", "when": "U >= 60 && (setup || plan.startsWith('b'))" },
    { "name": "Loyal", "when": "days_since(last) < 7 || calls < 3" } ] },
  "bands": { "of": "overall", "edges": [50], "names": ["low", "high"] },
  "profiles": [ { "name": "trial", "when": "plan == 'trial'",
    "patch": { "overall": { "weights": { "E": null } } } } ],
  "steps": { "threshold": 60 }, "study": { "ranks": ["C", "B", "A"] },
  "plays": { "call": { "for": ["U.logins"] } },
  "triggers": { "quiet": { "when": "logins < 3", "play": "call", "once_per": "last", "holdout": 0.2,
      "variants": { "a": 0.8 }, "success": "setup", "window_days": 7 } } })json";

const aiueo_plan* the_plan() {
    static const aiueo_plan* const plan = [] {
        aiueo_plan* out = nullptr;
        if (aiueo_plan_load(model.data(), model.size(), nullptr, &out, nullptr) != AIUEO_OK) {
            std::abort();
        }
        return out;
    }();
    return plan;
}

// The same, asking triggers and a condition.
const aiueo_plan* the_acting_plan() {
    static const aiueo_plan* const plan = [] {
        constexpr std::string_view condition = "overall < 50 || !setup";
        aiueo_plan* out = nullptr;
        if (aiueo_plan_for_actions(the_plan(), condition.data(), condition.size(), &out, nullptr) !=
            AIUEO_OK) {
            std::abort();
        }
        return out;
    }();
    return plan;
}

class input {
public:
    input(const std::uint8_t* data, std::size_t size) : data_(data), size_(size) {}

    [[nodiscard]] bool empty() const { return size_ == 0; }
    std::uint8_t byte() {
        if (size_ == 0) return 0;
        --size_;
        return *data_++;
    }
    template <class T>
    T value() {
        T out{};
        const std::size_t n = size_ < sizeof out ? size_ : sizeof out;
        std::memcpy(&out, data_, n);
        data_ += n;
        size_ -= n;
        return out;
    }
    // Mostly small and sensible, sometimes anything at all.
    std::int64_t number(std::int64_t usual) {
        const std::uint8_t how = byte();
        if (how < 240) return how % (usual + 1);
        constexpr std::array<std::int64_t, 8> odd{-1,
                                                  0,
                                                  63,
                                                  64,
                                                  65,
                                                  std::int64_t{1} << 40,
                                                  std::numeric_limits<std::int64_t>::max(),
                                                  std::numeric_limits<std::int64_t>::min()};
        return odd[how % odd.size()];
    }
    std::string_view bytes(std::size_t most) {
        const std::size_t n = std::min<std::size_t>(byte() % (most + 1), size_);
        const std::string_view out{reinterpret_cast<const char*>(data_), n};
        data_ += n;
        size_ -= n;
        return out;
    }
    std::string_view name() {
        constexpr std::array<std::string_view, 16> names{
            "customer", "as_of", "plan", "setup", "mrr", "logins",  "last", "nps",
            "nps@",     "calls", "rate", "stage", "U",   "overall", "band", "pattern"};
        const std::uint8_t which = byte();
        return which < 240 ? names[which % names.size()] : bytes(8);
    }

private:
    const std::uint8_t* data_;
    std::size_t size_;
};

constexpr std::int64_t most_rows = 200;

// Everything one sequence of calls has made. Borrowed memory is freed after the batches.
class host {
public:
    explicit host(input from) : in_(from) { error_.struct_size = sizeof error_; }
    host(const host&) = delete;
    host& operator=(const host&) = delete;
    ~host() {
        for (aiueo_batch* one : batches_) aiueo_batch_free(one);
        for (aiueo_scores* one : scores_) aiueo_scores_free(one);
        aiueo_initiatives_free(initiatives_);
        aiueo_summary_free(summary_);
        aiueo_summary_free(other_);
        aiueo_duplicates_free(seen_);
        aiueo_contracts_free(contracts_);
        aiueo_ledger_free(ledger_);
        aiueo_ranks_free(ranks_);
        aiueo_evidence_free(evidence_);
        aiueo_evidence_free(more_evidence_);
    }

    void run() {
        for (int calls = 0; calls < 64 && !in_.empty(); ++calls) {
            check(step());
        }
    }

private:
    void check(std::int32_t status) const {
        // A status is one that has a name, memory never runs out here, and no defect is met.
        if (std::strcmp(aiueo_status_name(status), "unknown") == 0) std::abort();
        if (status == AIUEO_INTERNAL) std::abort();
        if (std::memchr(error_.message, 0, sizeof error_.message) == nullptr) std::abort();
    }

    aiueo_batch*& batch() { return batches_[in_.byte() % batches_.size()]; }
    aiueo_scores*& scores() { return scores_[in_.byte() % scores_.size()]; }

    // Memory of the host's that lives as long as this: `size` bytes of the input, again and again.
    void* memory(std::size_t size) {
        memory_.push_back(std::make_unique<std::uint64_t[]>(size / 8 + 1));
        auto* const out = reinterpret_cast<unsigned char*>(memory_.back().get());
        const std::string_view some = in_.bytes(64);
        for (std::size_t k = 0; k < size && !some.empty(); ++k) {
            out[k] = static_cast<unsigned char>(some[k % some.size()]);
        }
        return out;
    }

    aiueo_column column(int depth) {
        aiueo_column out{};
        out.struct_size = sizeof out;
        if (in_.byte() >= 250) out.struct_size = in_.byte() % (sizeof out + 1);  // an older one
        out.type = in_.byte() < 250 ? in_.byte() % 26 : in_.value<std::int32_t>();
        out.length = in_.number(most_rows);
        if (in_.byte() < 200) out.length = rows_;
        out.offset = in_.number(9);
        out.scale = in_.value<std::int8_t>();
        out.unit = in_.byte() % 5;
        out.index_type = in_.byte() % 12;
        out.flags = in_.byte() % 5;
        // Enough for the widest type, the largest length and offset that are not refused.
        const bool small =
            out.length >= 0 && out.length <= most_rows && out.offset >= 0 && out.offset <= 65;
        if (!small) out.length = -1;
        const auto places = static_cast<std::size_t>(most_rows + 65 + 1);
        if (in_.byte() < 250) out.values = memory(places * 32);
        if (in_.byte() < 100) out.validity = static_cast<const std::uint8_t*>(memory(places));
        if (in_.byte() < 250) out.offsets = text_offsets(out, places);
        out.bytes = static_cast<const char*>(memory(256));
        out.bytes_size = in_.byte() < 250 ? 256 : -1;
        if (in_.byte() < 250 && depth == 0) {
            words_.push_back(column(depth + 1));
            out.dictionary = &words_.back();
        }
        return out;
    }

    const void* text_offsets(const aiueo_column& of, std::size_t places) {
        void* const out = memory(places * 8);
        if (in_.byte() < 50) return out;  // as they come
        const std::int64_t step = in_.byte() % 3;
        for (std::size_t k = 0; k < places; ++k) {
            const std::int64_t at =
                std::min<std::int64_t>(static_cast<std::int64_t>(k) * step, 256);
            if (of.type == AIUEO_TYPE_TEXT64) {
                static_cast<std::int64_t*>(out)[k] = at;
            } else {
                static_cast<std::int32_t*>(out)[k] = static_cast<std::int32_t>(at);
            }
        }
        return out;
    }

    std::int32_t new_batch() {
        aiueo_batch*& out = batch();
        aiueo_batch_free(out);
        aiueo_batch_options options{};
        options.struct_size = sizeof options;
        const std::uint8_t how = in_.byte();
        const bool to_act = how >= 192;
        options.flags = to_act ? AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN | AIUEO_BATCH_ALL_METRICS
                               : std::uint32_t{how} % 3;
        options.first_row = in_.number(1000);
        options.null_texts = "NA\n-\n";
        options.null_texts_length = in_.byte() % 6;
        options.has_as_of = in_.byte() % 8 == 0 ? 0 : 1;
        options.as_of = in_.byte() < 240 ? 20000 : in_.value<std::int32_t>();
        if (in_.byte() % 4 == 0) options.initiatives = initiatives_;
        return aiueo_batch_new(
            to_act ? the_acting_plan() : the_plan(), in_.byte() < 250 ? AIUEO_SNAPSHOTS : 0,
            in_.byte() < 230 ? rows_ : std::min<std::int64_t>(in_.number(most_rows), 1 << 20),
            &options, &out, &error_);
    }

    std::int32_t reserve() {
        aiueo_batch* const to = batch();
        void* values = nullptr;
        std::uint8_t* validity = nullptr;
        const std::string_view name = in_.name();
        const std::int32_t type = in_.byte() % 26;
        // Its rows times eight bytes: not for the largest.
        if (aiueo_batch_rows(to) > 4096) return AIUEO_OK;
        const std::int32_t status =
            aiueo_batch_reserve(to, name.data(), name.size(), type, &values, &validity, &error_);
        if (status == AIUEO_OK && aiueo_batch_rows(to) > 0) {
            // A byte a row is there whatever the type.
            const auto rows = static_cast<std::size_t>(aiueo_batch_rows(to));
            std::memset(values, in_.byte(), rows);
            if (validity != nullptr) std::memset(validity, 0xFF, (rows + 7) / 8);
        }
        return status;
    }

    std::int32_t set() {
        aiueo_batch* const to = batch();
        const auto metric = static_cast<std::int32_t>(in_.number(8));
        const std::int64_t row = in_.number(rows_);
        switch (in_.byte() % 6) {
        case 0: return aiueo_batch_set_number(to, metric, row, in_.value<double>(), &error_);
        case 1: {
            const std::string_view text = in_.bytes(8);
            return aiueo_batch_set_text(to, metric, row, text.data(), text.size(), &error_);
        }
        case 2:
            return aiueo_batch_set_observed(to, metric, row, in_.value<std::int32_t>(), &error_);
        case 3: return set_row(to, row);
        default: return aiueo_batch_set_as_of(to, in_.value<std::int32_t>() % 30000, &error_);
        }
    }

    std::int32_t set_row(aiueo_batch* to, std::int64_t row) {
        std::array<std::int32_t, 8> metrics{};
        std::array<double, 8> values{};
        std::array<std::int32_t, 8> observed{};
        const std::size_t count = in_.byte() % (metrics.size() + 1);
        for (std::size_t k = 0; k < count; ++k) {
            metrics[k] = static_cast<std::int32_t>(in_.number(8));
            values[k] =
                in_.byte() < 128 ? static_cast<double>(in_.number(100)) - 1 : in_.value<double>();
            observed[k] = in_.byte() < 128 ? AIUEO_NO_DATE : in_.value<std::int32_t>();
        }
        return aiueo_batch_set_row(to, row, metrics.data(), values.data(),
                                   in_.byte() % 2 == 0 ? observed.data() : nullptr, count, &error_);
    }

    std::int32_t look() {
        std::array<char, 512> text{};
        std::size_t needed = 0;
        const std::size_t capacity = in_.byte() % 2 == 0 ? text.size() : 3;
        const std::int64_t row = in_.number(rows_);
        aiueo_batch* const at = batch();
        switch (in_.byte() % 7) {
        case 0:
            return aiueo_plan_explain(the_plan(), at, row, text.data(), capacity, &needed, &error_);
        case 1: {
            const std::string_view to = in_.byte() % 2 == 0 ? "Loyal" : in_.bytes(6);
            return aiueo_plan_gap(the_plan(), at, row, "stage", 5, to.data(), to.size(),
                                  text.data(), capacity, &needed, &error_);
        }
        case 2: {
            std::int64_t found = 0;
            const std::string_view key = in_.bytes(4);
            return aiueo_batch_find(at, key.data(), key.size(), &found, &error_);
        }
        case 3: {
            std::int32_t day = 0;
            check(aiueo_batch_latest_as_of(at, &day, &error_));
            if (in_.byte() % 2 == 0) return aiueo_batch_check_rows(at, &error_);
            if (seen_ == nullptr) check(aiueo_duplicates_new(in_.number(4), &seen_, &error_));
            if (aiueo_duplicates_checked(seen_) < -1) std::abort();
            return aiueo_duplicates_add(seen_, at, &error_);
        }
        case 4: return changes(at);
        case 5: {
            const aiueo_change_options options{sizeof options, in_.byte() % 2u, batch()};
            return aiueo_change_explain(at, row, batch(), in_.number(rows_),
                                        in_.byte() % 2 == 0 ? &options : nullptr, text.data(),
                                        capacity, &needed, &error_);
        }
        default: return aiueo_summary_json(summary_, text.data(), capacity, &needed, &error_);
        }
    }

    // Between two batches; rolled up to parents; compared with another plan's.
    std::int32_t changes(aiueo_batch* at) {
        std::array<char, 512> text{};
        std::size_t needed = 0;
        if (in_.byte() % 3 == 0) {
            ArrowSchema schema{};
            ArrowArray array{};
            check(aiueo_rollup_export(at, scores(), &schema, &array, &error_));
            if (schema.release != nullptr) schema.release(&schema);
            if (array.release != nullptr) array.release(&array);
            return aiueo_comparison(at, batch(), nullptr, text.data(), text.size(), &needed,
                                    &error_);
        }
        aiueo_changes* made = nullptr;
        check(aiueo_changes_new(at, batch(), nullptr, &made, &error_));
        if (made == nullptr) return AIUEO_OK;
        const std::int32_t status =
            aiueo_changes_json(made, text.data(), text.size(), &needed, &error_);
        aiueo_changes_free(made);
        return status;
    }

    std::int32_t read_scores() {
        aiueo_scores* const from = scores();
        const std::string_view name = in_.name();
        const void* values = nullptr;
        std::int32_t type = 0;
        const double* axis = nullptr;
        check(aiueo_scores_axis(from, static_cast<std::int32_t>(in_.number(6)), &axis, &error_));
        return aiueo_scores_column(from, name.data(), name.size(), &type, &values, &error_);
    }

    // Scores exported, and that table imported as if it were snapshots.
    std::int32_t pass_on() {
        ArrowSchema schema{};
        ArrowArray array{};
        aiueo_batch*& into = batches_[0];
        const std::int32_t status =
            aiueo_scores_export(scores(), in_.byte() % 4 == 0 ? nullptr : batch(),
                                in_.number(rows_), &schema, &array, &error_);
        if (status != AIUEO_OK) return status;
        aiueo_batch_free(into);
        aiueo_batch_options options{};
        options.struct_size = sizeof options;
        options.flags = AIUEO_BATCH_MISSING_COLUMNS_UNKNOWN;
        const std::int32_t imported =
            aiueo_batch_import(the_plan(), AIUEO_SNAPSHOTS, &schema, &array,
                               static_cast<std::int32_t>(in_.number(3)), &options, &into, &error_);
        schema.release(&schema);
        if (array.release != nullptr) std::abort();
        return imported;
    }

    std::int32_t initiatives() {
        const std::string_view who = in_.bytes(4);
        switch (in_.byte() % 8) {
        case 0:
            aiueo_initiatives_free(initiatives_);
            return aiueo_initiatives_new(the_plan(), &initiatives_, &error_);
        case 1: return aiueo_initiatives_finish(initiatives_, &error_);
        case 2: {
            std::array<char, 256> text{};
            std::size_t needed = 0;
            return aiueo_initiatives_warnings(initiatives_, text.data(), text.size(), &needed,
                                              &error_);
        }
        case 3: return aiueo_initiatives_keep_all(initiatives_, &error_);
        case 4: {
            const std::string_view variant = in_.bytes(4);
            aiueo_initiative one{};
            one.struct_size = in_.byte() < 250 ? sizeof one : in_.byte() % (sizeof one + 1);
            one.date = in_.value<std::int32_t>();
            one.attended = in_.value<std::int32_t>();
            one.responded = AIUEO_NO_DATE;
            one.initiative = in_.byte() < 128 ? "call" : "mail";
            one.initiative_length = in_.byte() % 5;
            one.variant = variant.data();
            one.variant_length = variant.size();
            one.holdout = in_.byte() % 3;
            return aiueo_initiatives_add_row(initiatives_, who.data(), who.size(), &one, &error_);
        }
        default:
            return aiueo_initiatives_add(initiatives_, who.data(), who.size(), "call", 4,
                                         in_.value<std::int32_t>(), in_.value<std::int32_t>(),
                                         AIUEO_NO_DATE, &error_);
        }
    }

    std::int32_t ranks() {
        constexpr std::array<std::string_view, 4> names{"C", "B", "A", "D"};
        const std::string_view who = in_.bytes(3);
        switch (in_.byte() % 8) {
        case 0: aiueo_ranks_free(ranks_); return aiueo_ranks_new(the_plan(), &ranks_, &error_);
        case 1: return aiueo_ranks_finish(ranks_, &error_);
        case 3: return seal_and_open();
        case 4: return ledger();
        case 2: {
            aiueo_histories known{};
            known.struct_size = in_.byte() < 250 ? sizeof known : in_.byte() % (sizeof known + 1);
            known.contracts = contracts_;
            known.initiatives = in_.byte() < 128 ? initiatives_ : nullptr;
            known.ranks = in_.byte() < 128 ? ranks_ : nullptr;
            known.ledger = in_.byte() < 128 ? ledger_ : nullptr;
            known.has_data_until = in_.byte() < 250 ? in_.byte() % 2 : 7;
            known.data_until = in_.byte() < 200 ? 20000 + in_.byte() : in_.value<std::int32_t>();
            if (in_.byte() < 64) return aiueo_evidence_count_unseen(evidence_, &known, &error_);
            return aiueo_evidence_update_from(evidence_, batch(), scores(), &known, &error_);
        }
        default: {
            const std::string_view by = in_.bytes(3);
            const std::string_view rank = names[in_.byte() % names.size()];
            return aiueo_ranks_add(ranks_, who.data(), who.size(), in_.value<std::int32_t>(),
                                   rank.data(), rank.size(), by.data(), by.size(), &error_);
        }
        }
    }

    std::int32_t ledger() {
        const std::string_view who = in_.bytes(3);
        switch (in_.byte() % 4) {
        case 0: aiueo_ledger_free(ledger_); return aiueo_ledger_new(the_plan(), &ledger_, &error_);
        case 1: return aiueo_ledger_finish(ledger_, &error_);
        default: {
            const std::int32_t start =
                in_.byte() < 200 ? 19000 + 4 * in_.byte() : in_.value<std::int32_t>();
            const std::int32_t days = 3 * in_.byte();
            const std::int32_t end = days < 384 ? AIUEO_NO_DATE : std::min(start, 99999) + days;
            const std::int64_t mrr = in_.byte() < 200 ? in_.byte() : in_.value<std::int64_t>();
            return aiueo_ledger_add(ledger_, who.data(), who.size(), start, end, mrr, &error_);
        }
        }
    }

    // A seal of any batch and scores; opened as it is, cut off, or with a byte changed.
    std::int32_t seal_and_open() {
        constexpr std::string_view nonce = "0123456789abcdef";
        std::vector<char> seal(std::size_t{1} << 16);
        std::size_t size = 0;
        const std::int32_t as_of = in_.byte() < 128 ? AIUEO_NO_DATE : in_.value<std::int32_t>();
        const aiueo_batch* const rows = batch();
        const aiueo_scores* const given = scores();
        const std::int32_t done =
            aiueo_agreement_seal(rows, given, as_of, nonce.data(), in_.byte() < 250 ? 16 : 3,
                                 seal.data(), seal.size(), &size, &error_);
        if (done != AIUEO_OK) size = 0;
        if (size > 0 && in_.byte() < 64) size -= in_.byte() % size;
        if (size > 0 && in_.byte() < 64) seal[in_.value<std::uint16_t>() % size] ^= 1;
        std::vector<char> text(std::size_t{1} << 16);
        return aiueo_agreement_open(rows, given, ranks_, in_.byte() < 128 ? contracts_ : nullptr,
                                    seal.data(), size, text.data(), text.size(), nullptr, &error_);
    }

    // An action, mostly of the batch's plan; its list in every form.
    std::int32_t act() {
        constexpr std::array<std::string_view, 6> given{"",
                                                        "{}",
                                                        R"({"as_of":"2024-10-04"})",
                                                        R"({"ladder":"stage"})",
                                                        R"({"trigger":"quiet","holdouts":false})",
                                                        R"({"holdouts":1})"};
        const std::uint8_t how = in_.byte();
        const char* const known = aiueo_action_name(how % 8);
        const std::string_view name = known == nullptr ? in_.bytes(9) : std::string_view{known};
        const std::uint8_t which = in_.byte();
        const std::string_view options = which < 200 ? given[which % given.size()] : in_.bytes(40);
        const aiueo_plan* const plan = how < 192 ? the_acting_plan() : the_plan();
        aiueo_actions* out = nullptr;
        const std::int32_t done = aiueo_plan_act(plan, name.data(), name.size(), batch(), evidence_,
                                                 options.data(), options.size(), &out, &error_);
        if ((done == AIUEO_OK) != (out != nullptr)) std::abort();
        if (out == nullptr) return done;
        std::vector<char> text(std::size_t{1} << 17);
        std::int64_t count = 0;
        check(aiueo_actions_head(out, text.data(), text.size(), nullptr, &error_));
        check(aiueo_actions_count(out, &count, &error_));
        check(aiueo_actions_rows(out, in_.number(count), in_.number(count), text.data(),
                                 text.size(), nullptr, &error_));
        ArrowSchema schema{};
        ArrowArray array{};
        if (aiueo_actions_export(out, &schema, &array, &error_) != AIUEO_OK) std::abort();
        if (array.length != count) std::abort();
        aiueo_actions_free(out);
        schema.release(&schema);
        array.release(&array);
        return done;
    }

    // A condition as a user might type it.
    std::int32_t ask() {
        constexpr std::string_view good = "U < 40 && (!setup || stage == 'Entry')";
        std::string condition{good};
        const std::string_view some = in_.bytes(24);
        if (!some.empty()) condition.replace(in_.byte() % condition.size(), some.size(), some);
        aiueo_plan* out = nullptr;
        const std::int32_t done =
            aiueo_plan_for_actions(in_.byte() < 128 ? the_plan() : the_acting_plan(),
                                   condition.data(), condition.size(), &out, &error_);
        aiueo_plan_free(out);
        return done;
    }

    // Contracts of the rows' customers, and evidence of any batch and scores.
    std::int32_t history() {
        const std::string_view who = in_.bytes(3);
        switch (in_.byte() % 8) {
        case 0:
            aiueo_contracts_free(contracts_);
            return aiueo_contracts_new(the_plan(), &contracts_, &error_);
        case 1: return aiueo_contracts_finish(contracts_, &error_);
        case 2: {
            std::array<char, 256> text{};
            return aiueo_contracts_warnings(contracts_, text.data(), text.size(), nullptr, &error_);
        }
        case 3: {
            if (evidence_ != nullptr) {
                return aiueo_evidence_update(evidence_, batch(), scores(), contracts_, &error_);
            }
            const aiueo_evidence_options options{sizeof options, in_.byte() % 3u, 0};
            return aiueo_evidence_new(the_plan(), &options, &evidence_, &error_);
        }
        case 4:
            std::swap(evidence_, more_evidence_);
            return aiueo_evidence_merge(evidence_, more_evidence_, &error_);
        case 5: return write_and_read();
        case 6: {
            std::vector<char> text(std::size_t{1} << 16);
            const std::string_view options = in_.byte() < 128 ? std::string_view{} : in_.bytes(24);
            const std::int32_t done =
                aiueo_evidence_study(evidence_, "renewal", 7, options.data(), options.size(),
                                     text.data(), text.size(), nullptr, &error_);
            check(aiueo_evidence_counts(evidence_, text.data(), text.size(), nullptr, &error_));
            return done;
        }
        default: {
            aiueo_contract one{};
            one.struct_size = in_.byte() < 250 ? sizeof one : in_.byte() % (sizeof one + 1);
            one.kind = in_.byte() % 3;
            one.start = in_.value<std::int32_t>();
            one.end = in_.byte() < 200 ? static_cast<std::int32_t>(in_.number(40000))
                                       : in_.value<std::int32_t>();
            one.outcome = in_.byte() % 6;
            one.mrr_before = in_.byte() < 200 ? in_.byte() : in_.value<std::int64_t>();
            one.mrr_after = AIUEO_NO_MONEY;
            return aiueo_contracts_add(contracts_, who.data(), who.size(), &one, &error_);
        }
        }
    }

    // What was written is read as the same.
    std::int32_t write_and_read() {
        std::vector<char> state(std::size_t{1} << 20);
        std::size_t size = 0;
        const std::int32_t done =
            aiueo_evidence_write(evidence_, state.data(), state.size(), &size, &error_);
        if (done != AIUEO_OK) return done;
        aiueo_evidence* read = nullptr;
        if (aiueo_evidence_read(the_plan(), state.data(), size, nullptr, &read, &error_) != 0) {
            std::abort();
        }
        aiueo_evidence_free(read);
        state[in_.byte() % size] ^= 1;
        const std::int32_t broken =
            aiueo_evidence_read(the_plan(), state.data(), size, nullptr, &read, &error_);
        if (broken == AIUEO_OK || read != nullptr) std::abort();
        return broken;
    }

    std::int32_t step() {
        const std::uint8_t what = in_.byte();
        if (what >= 252) return what == 255 ? ask() : act();
        switch (what % 14) {
        case 0: rows_ = in_.byte() % most_rows; return new_batch();
        case 1: return new_batch();
        case 2:
        case 3:
        case 4: {
            const std::string_view name = in_.name();
            const aiueo_column given = column(0);
            return aiueo_batch_bind(batch(), name.data(), name.size(), &given, &error_);
        }
        case 5: return reserve();
        case 6: return aiueo_batch_rows(batch()) > 4096 ? 0 : aiueo_batch_own(batch(), &error_);
        case 7: return set();
        case 8: {
            aiueo_scores*& out = scores();
            const aiueo_scores_options options{sizeof options, in_.byte() % 5u};
            aiueo_scores_free(out);
            return aiueo_scores_new(the_plan(), in_.byte() < 250 ? rows_ : -1, &options, &out,
                                    &error_);
        }
        case 9: {
            const std::int64_t begin = in_.number(1);
            return aiueo_plan_score(the_plan(), batch(), begin == 1 ? 64 : begin, in_.number(rows_),
                                    scores(), &error_);
        }
        case 10: return look();
        case 11: return read_scores();
        case 12:
            switch (in_.byte() % 4) {
            case 0: return pass_on();
            case 1: return initiatives();
            case 2: return ranks();
            default: return history();
            }
        default:
            if (summary_ == nullptr) return aiueo_summary_new(the_plan(), &summary_, &error_);
            if (in_.byte() % 4 == 0) {
                std::swap(summary_, other_);
                return aiueo_summary_merge(summary_, other_, &error_);
            }
            return aiueo_summary_add(summary_, scores(), in_.number(rows_), &error_);
        }
    }

    input in_;
    aiueo_error error_{};
    std::int64_t rows_ = 5;
    std::array<aiueo_batch*, 2> batches_{};
    std::array<aiueo_scores*, 2> scores_{};
    aiueo_initiatives* initiatives_ = nullptr;
    aiueo_summary* summary_ = nullptr;
    aiueo_summary* other_ = nullptr;
    aiueo_duplicates* seen_ = nullptr;
    aiueo_contracts* contracts_ = nullptr;
    aiueo_ledger* ledger_ = nullptr;
    aiueo_ranks* ranks_ = nullptr;
    aiueo_evidence* evidence_ = nullptr;
    aiueo_evidence* more_evidence_ = nullptr;
    std::vector<std::unique_ptr<std::uint64_t[]>> memory_;
    std::deque<aiueo_column> words_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    host{input{data, size}}.run();
    return 0;
}
