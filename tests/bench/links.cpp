// Links: evidence of customers that are seen every month, with the chain of steps and without it.
#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/score.hpp"

#include "bench.hpp"

namespace bench {

namespace {

constexpr std::int64_t months = 24;
constexpr std::int32_t first_day = 18'993;  // 1 January 2022
constexpr std::array<const char*, 5> metrics{"calls", "setup", "logins", "answers", "wins"};

/// A component a step's part, one segment; `steps`: the section's text, or nothing.
std::string chain_model(const std::string& steps) {
    std::string text = R"({"aiueo": 1, "name": "links", "metrics": {"plan": {"type": "category"})";
    for (const char* name : metrics)
        text += std::string{", \""} + name + R"(": {"type": "number", "min": 0, "max": 100})";
    const auto group = [](const char* name, const char* metric) {
        return std::string{"\""} + name + R"(": {"components": {"one": {"metric": ")" + metric +
               R"(", "curve": [[0, 0], [100, 100]]}}})";
    };
    text += R"(}, "segments": ["plan"], "touch": )" + group("touch", "calls").substr(9) +
            R"(, "axes": {)" + group("I", "setup") + ", " + group("U", "logins") + ", " +
            group("E", "answers") + ", " + group("O", "wins") +
            R"(}, "overall": {"weights": {"I": 1, "U": 2, "E": 1, "O": 2}})";
    return text + steps + "}";
}

struct monthly_world {
    std::vector<std::int32_t> customers, dates, plans;
    std::array<std::vector<float>, metrics.size()> values;
    std::vector<std::int32_t> offsets{0};
    std::string bytes;
    aiueo::column_view dictionary;

    explicit monthly_world(std::int64_t rows) {
        std::uint64_t state = 1;
        for (std::int64_t row = 0; row < rows; ++row) {
            customers.push_back(static_cast<std::int32_t>(row / months));
            dates.push_back(first_day + static_cast<std::int32_t>(row % months * 30 + 15));
            plans.push_back(static_cast<std::int32_t>(row / months % 5));
            for (auto& one : values) {
                state = state * 6364136223846793005ULL + 1442695040888963407ULL;
                one.push_back(static_cast<float>((state >> 33) % 101));
            }
        }
        for (int k = 0; k < 5; ++k) {
            bytes += "plan " + std::to_string(k);
            offsets.push_back(static_cast<std::int32_t>(bytes.size()));
        }
        dictionary.type = aiueo::column_type::text32;
        dictionary.length = 5;
        dictionary.offsets = offsets.data();
        dictionary.bytes = bytes.data();
    }
};

void must(const aiueo::status& ok) {
    if (!ok) fail(ok.error().to_string());
}

/// A plan with what was scored by it.
struct scored {
    aiueo::plan plan;
    std::unique_ptr<aiueo::batch> rows;
    std::unique_ptr<aiueo::scores> given;

    scored(aiueo::plan of, const monthly_world& world) : plan(std::move(of)) {
        const auto n = static_cast<std::int64_t>(world.customers.size());
        aiueo::batch_options keep;
        keep.all_metrics = true;
        rows = std::make_unique<aiueo::batch>(plan, n, keep);
        aiueo::column_view column;
        column.length = n;
        const auto bind = [&](const char* name, aiueo::column_type type, const void* from) {
            column.type = type;
            column.values = from;
            must(rows->bind(name, column));
        };
        bind("customer", aiueo::column_type::int32, world.customers.data());
        bind("as_of", aiueo::column_type::date32, world.dates.data());
        for (std::size_t k = 0; k < metrics.size(); ++k)
            bind(metrics[k], aiueo::column_type::float32, world.values[k].data());
        aiueo::column_view codes;
        codes.type = aiueo::column_type::dictionary;
        codes.index_type = aiueo::column_type::int32;
        codes.length = n;
        codes.values = world.plans.data();
        codes.dictionary = &world.dictionary;
        must(rows->bind("plan", codes));
        aiueo::scores_options with;
        with.detail = true;
        with.overrides = false;
        given = std::make_unique<aiueo::scores>(plan, n, with);
        must(aiueo::score(plan, *rows, {0, n}, *given));
    }
};

aiueo::plan plan_of(const std::string& steps) {
    auto model = aiueo::read_model(chain_model(steps));
    if (!model) fail(model.error().to_string());
    auto plan = aiueo::compile(std::move(*model), {});
    if (!plan) fail(plan.error().to_string());
    return std::move(*plan);
}

}  // namespace

void run_links(const options& asked) {
    const std::int64_t rows = asked.rows / months * months;
    if (rows == 0) fail("links takes at least 24 rows");
    const monthly_world world{rows};
    aiueo::contract_history contracts{2, {}};
    for (std::int64_t k = 0; k < rows / months; ++k) {
        aiueo::contract one;
        one.start = first_day + static_cast<std::int32_t>(k % 300);
        one.end = one.start + 365;
        one.outcome =
            k % 5 == 0 ? aiueo::contract_outcome::churned : aiueo::contract_outcome::renewed;
        one.mrr_before = 10'000 + k % 977;
        one.mrr_after = k % 5 == 0 ? 0 : one.mrr_before;
        must(contracts.add(std::to_string(k), one, k));
    }
    must(contracts.finish());
    const scored without{plan_of(""), world};
    const scored chosen{plan_of(R"(, "steps": {"threshold": 60})"), world};
    const scored declared{plan_of(R"(, "steps": {"threshold": 60, "lag_months": 2})"), world};
    std::vector<contender> all;
    const auto add = [&](const char* name, const scored& of) {
        all.push_back({name, {}, 1, [&] {
                           aiueo::evidence seen{of.plan};
                           must(seen.update(*of.rows, *of.given, contracts));
                           if (seen.count(aiueo::total::customer_months) != rows)
                               fail("months are missing");
                       }});
    };
    add("without steps", without);
    add("a declared lag", declared);
    add("a lag to choose", chosen);
    race(all, rows, asked);
    for (const contender& one : all) {
        line out{"links"};
        out.timed(one, rows);
        out.print();
    }
}

}  // namespace bench
