// Eight threads on one plan: one batch into one scores, and a batch for each; the same bits as one
// thread.
#include <array>
#include <cstring>
#include <random>
#include <thread>
#include <vector>

#include "capi/fixture.hpp"
#include "support/catch.hpp"

using namespace capi_test;

namespace {

constexpr std::int64_t many = 64 * 8 * 25 + 17;
constexpr std::size_t threads = 8;

struct columns {
    std::vector<std::uint8_t> setup = std::vector<std::uint8_t>(many);
    std::vector<double> logins = std::vector<double>(many);
    std::vector<std::int32_t> last = std::vector<std::int32_t>(many);
    std::vector<std::int8_t> plan = std::vector<std::int8_t>(many);
    aiueo_column words = plans();

    columns() {
        std::mt19937 random{20261121};
        for (std::size_t i = 0; i < static_cast<std::size_t>(many); ++i) {
            setup[i] = static_cast<std::uint8_t>(random() % 2);
            logins[i] = static_cast<double>(random() % 1000) / 100;
            last[i] = today - static_cast<std::int32_t>(random() % 60);
            plan[i] = static_cast<std::int8_t>(random() % 3);
        }
    }

    [[nodiscard]] owned<aiueo_batch> bound(const aiueo_plan* to) const {
        owned<aiueo_batch> out = new_batch(to, many);
        aiueo_column index = column_of(AIUEO_TYPE_DICTIONARY, plan.data(), many);
        index.index_type = AIUEO_TYPE_INT8;
        index.dictionary = &words;
        must(bind(out.get(), "plan", index));
        must(bind(out.get(), "setup", column_of(AIUEO_TYPE_BYTE, setup.data(), many)));
        must(bind(out.get(), "logins", column_of(AIUEO_TYPE_FLOAT64, logins.data(), many)));
        must(bind(out.get(), "last", column_of(AIUEO_TYPE_DATE32, last.data(), many)));
        must(bind(out.get(), "nps", column_of(AIUEO_TYPE_FLOAT64, logins.data(), many)));
        must(bind(out.get(), "nps@", column_of(AIUEO_TYPE_DATE32, last.data(), many)));
        return out;
    }
};

// All columns of the scores, one after the other.
std::vector<unsigned char> bytes_of(const aiueo_scores* scores) {
    struct kind {
        const char* name;
        std::size_t width;
    };
    constexpr std::array<kind, 14> kinds{{{"I", 8},
                                          {"U", 8},
                                          {"E", 8},
                                          {"touch", 8},
                                          {"overall", 8},
                                          {"coverage", 8},
                                          {"lower", 8},
                                          {"upper", 8},
                                          {"stage", 2},
                                          {"stage_provisional", 2},
                                          {"band", 2},
                                          {"profile", 2},
                                          {"U.logins", 8},
                                          {"stale", 2}}};
    std::vector<unsigned char> out;
    for (const kind& one : kinds) {
        std::int32_t type = 0;
        const void* values = nullptr;
        must(aiueo_scores_column(scores, one.name, std::strlen(one.name), &type, &values, nullptr));
        const auto* const bytes = static_cast<const unsigned char*>(values);
        out.insert(out.end(), bytes, bytes + one.width * static_cast<std::size_t>(many));
    }
    return out;
}

template <class Work>
void on_all_threads(Work work) {
    std::vector<std::thread> pool;
    for (std::size_t k = 0; k < threads; ++k) pool.emplace_back([&work, k] { work(k); });
    for (std::thread& one : pool) one.join();
}

std::vector<unsigned char> by_one_thread(const aiueo_plan* plan, const columns& from) {
    const auto batch = from.bound(plan);
    const auto scores = new_scores(plan, AIUEO_SCORES_DETAIL, many);
    must(aiueo_plan_score(plan, batch.get(), 0, many, scores.get(), nullptr));
    return bytes_of(scores.get());
}

}  // namespace

TEST_CASE("threads score one batch into one scores") {
    const columns from;
    const auto plan = load(small_model);
    const auto expected = by_one_thread(plan.get(), from);
    const auto batch = from.bound(plan.get());
    const auto scores = new_scores(plan.get(), AIUEO_SCORES_DETAIL, many);
    std::array<std::int32_t, threads> status{};
    on_all_threads([&](std::size_t k) {
        // Ranges of 64 rows, dealt in turn: every thread works beside every other.
        for (std::int64_t at = static_cast<std::int64_t>(k) * 64; at < many;
             at += static_cast<std::int64_t>(threads) * 64) {
            const std::int64_t end = std::min(at + 64, many);
            status[k] |= aiueo_plan_score(plan.get(), batch.get(), at, end, scores.get(), nullptr);
        }
    });
    for (const std::int32_t one : status) CHECK(one == AIUEO_OK);
    CHECK(bytes_of(scores.get()) == expected);

    // What was counted does not depend on who counted it.
    const auto summary_of = [&](aiueo_scores* of) {
        const auto summary = new_summary(plan.get());
        std::string text(1 << 16, '\0');
        std::size_t needed = 0;
        must(aiueo_summary_add(summary.get(), of, many, nullptr));
        must(aiueo_summary_json(summary.get(), text.data(), text.size(), &needed, nullptr));
        text.resize(needed);
        return text;
    };
    const auto alone = new_scores(plan.get(), AIUEO_SCORES_DETAIL, many);
    must(aiueo_plan_score(plan.get(), batch.get(), 0, many, alone.get(), nullptr));
    CHECK(summary_of(scores.get()) == summary_of(alone.get()));
}

TEST_CASE("threads share a plan and initiatives") {
    const columns from;
    const auto plan = load(small_model);
    const auto initiatives = new_initiatives(plan.get());
    must(aiueo_initiatives_add(initiatives.get(), "7", 1, "call", 4, today, 0, 0, nullptr));
    must(aiueo_initiatives_finish(initiatives.get(), nullptr));
    const auto expected = by_one_thread(plan.get(), from);
    std::array<std::int32_t, threads> wrong{};
    on_all_threads([&](std::size_t k) {
        wrong[k] += by_one_thread(plan.get(), from) != expected ? 1 : 0;
        std::string text(1 << 16, '\0');
        wrong[k] += aiueo_plan_describe(plan.get(), text.data(), text.size(), nullptr, nullptr);
        aiueo_batch* batch = nullptr;
        const aiueo_batch_options options = batch_options(initiatives.get());
        wrong[k] +=
            aiueo_batch_new(plan.get(), AIUEO_SNAPSHOTS, row_count, &options, &batch, nullptr);
        wrong[k] += bind(batch, "customer", column_of(AIUEO_TYPE_INT32, ids.data()));
        wrong[k] += aiueo_batch_own(batch, nullptr);
        const auto scores = new_scores(plan.get());
        wrong[k] += aiueo_plan_score(plan.get(), batch, 0, row_count, scores.get(), nullptr);
        const double* touch = nullptr;
        wrong[k] += aiueo_scores_axis(scores.get(), AIUEO_TOUCH, &touch, nullptr);
        wrong[k] += touch[0] == 100 && touch[1] == 0 ? 0 : 1;
        aiueo_batch_free(batch);
    });
    for (const std::int32_t one : wrong) CHECK(one == 0);
}
