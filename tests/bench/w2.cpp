// W2: evidence from scored rows: half as many customers, each with a snapshot 90 days before its
// contract's end and one at the end.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "aiueo/evidence/contracts.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/score.hpp"

#include "bench.hpp"
#include "world.hpp"

namespace bench {

namespace {

constexpr std::array<const char*, 3> segment_names{"segment_a", "segment_b", "segment_c"};
constexpr std::int32_t segment_levels = 10;
constexpr std::int32_t first_end = 19'700;  // in December 2023; ends of three years
constexpr std::int32_t end_days = 1'095;

/// The model of W1 with three segments, two leads and two term bands.
std::string evidence_model() {
    std::string text = model_text();
    std::string metrics = "\"metrics\": {";
    std::string segments;
    for (const char* name : segment_names) {
        metrics += std::string{"\""} + name + "\": {\"type\": \"category\"},";
        segments += std::string{segments.empty() ? "\"" : ",\""} + name + "\"";
    }
    const std::string opening = "\"metrics\": {";
    text.replace(text.find(opening), opening.size(), metrics);
    const std::size_t end = text.rfind('}');
    text.insert(end, ",\"segments\": [" + segments +
                         "], \"study\": {\"leads\": [90, 0], \"term_bands\": [2, 13]}");
    return text;
}

struct history {
    std::vector<std::int32_t> customers;
    std::vector<std::int32_t> dates;
    std::array<std::vector<std::int32_t>, 3> codes;
    std::array<std::string, segment_levels> names;
    std::vector<std::int32_t> offsets;
    std::string bytes;
    aiueo::column_view dictionary;

    explicit history(std::int64_t rows) {
        for (std::int64_t row = 0; row < rows; ++row) {
            const auto customer = static_cast<std::int32_t>(row / 2);
            customers.push_back(customer);
            dates.push_back(end_of(customer) - (row % 2 == 0 ? 90 : 0));
            for (std::size_t s = 0; s < codes.size(); ++s) {
                codes[s].push_back((customer * (static_cast<std::int32_t>(s) * 2 + 3) / 7) %
                                   segment_levels);
            }
        }
        offsets.push_back(0);
        for (std::int32_t k = 0; k < segment_levels; ++k) {
            bytes += "level " + std::to_string(k);
            offsets.push_back(static_cast<std::int32_t>(bytes.size()));
        }
        dictionary.type = aiueo::column_type::text32;
        dictionary.length = segment_levels;
        dictionary.offsets = offsets.data();
        dictionary.bytes = bytes.data();
    }

    [[nodiscard]] static std::int32_t end_of(std::int32_t customer) noexcept {
        return first_end + customer % end_days;
    }
};

void must(const aiueo::status& ok) {
    if (!ok) fail(ok.error().to_string());
}

}  // namespace

void run_w2(const options& asked) {
    const std::int64_t rows = asked.rows;
    auto model = aiueo::read_model(evidence_model());
    if (!model) fail(model.error().to_string());
    auto plan = aiueo::compile(std::move(*model), {});
    if (!plan) fail(plan.error().to_string());
    const wide_world world{rows};
    const history told{rows};

    aiueo::batch_options keep;
    keep.all_metrics = true;
    aiueo::batch batch{*plan, rows, keep};
    for (std::size_t k = 0; k < column_count; ++k)
        must(batch.bind(column_rules[k].name, world.view(k)));
    aiueo::column_view column;
    column.length = rows;
    column.type = aiueo::column_type::int32;
    column.values = told.customers.data();
    must(batch.bind("customer", column));
    column.type = aiueo::column_type::date32;
    column.values = told.dates.data();
    must(batch.bind("as_of", column));
    for (std::size_t s = 0; s < segment_names.size(); ++s) {
        aiueo::column_view codes;
        codes.type = aiueo::column_type::dictionary;
        codes.index_type = aiueo::column_type::int32;
        codes.length = rows;
        codes.values = told.codes[s].data();
        codes.dictionary = &told.dictionary;
        must(batch.bind(segment_names[s], codes));
    }

    aiueo::contract_history contracts{2, {}};
    for (std::int64_t k = 0; k < (rows + 1) / 2; ++k) {
        aiueo::contract one;
        const auto customer = static_cast<std::int32_t>(k);
        one.end = history::end_of(customer);
        one.start = one.end - (k % 3 == 0 ? 365 : k % 3 == 1 ? 730 : 92);
        const bool kept = value_at(0, 2 * k) > 300 || k % 4 != 0;
        one.outcome = kept ? aiueo::contract_outcome::renewed : aiueo::contract_outcome::churned;
        one.mrr_before = 10'000 + k % 977;
        one.mrr_after = kept ? one.mrr_before + k % 5 * 100 : 0;
        must(contracts.add(std::to_string(k), one, k));
    }
    must(contracts.finish());

    aiueo::scores_options with;
    with.detail = true;
    with.overrides = false;
    aiueo::scores scores{*plan, rows, with};
    must(aiueo::score(*plan, batch, {0, rows}, scores));

    std::vector<contender> all;
    all.push_back({"aiueo", {}, 1, [&] {
                       aiueo::evidence seen{*plan};
                       must(seen.update(batch, scores, contracts));
                       if (seen.count(aiueo::total::observed) == 0) fail("nothing was observed");
                   }});
    race(all, rows, asked);
    line out{"W2"};
    out.timed(all[0], rows);
    out.print();
}

}  // namespace bench
