#include <string>

#include "aiueo/model/fingerprint.hpp"

#include "model_files.hpp"

namespace test_fingerprint {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

std::string example() { return file_text(tests_dir() + "/golden/models/hr-saas.json"); }

std::string with(std::string_view before, std::string_view after) {
    std::string text = example();
    const std::size_t at = text.find(before);
    REQUIRE(at != std::string::npos);
    return text.replace(at, before.size(), after);
}

std::string print_of(const std::string& text) { return good_model(text).fingerprint; }

}  // namespace

TEST_CASE("the fingerprint follows what decides scores", "[model][fingerprint]") {
    const std::string base = print_of(example());
    CHECK(base.size() == 64);
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
             {"\"min\": 0, \"max\": 10,", "\"min\": 0, \"max\": 11,"},
             {"\"max_age_days\": 180", "\"max_age_days\": 181"},
             {"\"window_days\": 365", "\"window_days\": 364"},
             {"logins_28d / seats", "logins_28d / (seats + 1)"},
             {"\"weight\": 3", "\"weight\": 4"},
             {"[1, 40], [4, 100]", "[1, 41], [4, 100]"},
             {"\"pessimistic\"", "\"renormalize\""},
             {"\"else\": 50", "\"else\": 51"},
             {"\"of_zero\": 0", "\"of_zero\": 1"},
             {"\"at_most\": 40", "\"at_most\": 41"},
             {"\"mode\": \"replace\"", "\"mode\": \"floor\""},
             {"\"O\": 2 }", "\"O\": 3 }"},
             {"\"min_axes\": 2", "\"min_axes\": 3"},
             {"\"name\": \"Active\"", "\"name\": \"Active\", \"expected_by_days\": 90"},
             {"I >= 60", "I >= 61"},
             {"[20, 40, 60, 80]", "[20, 40, 60, 81]"},
             {"plan == 'trial'", "plan == 'test'"},
             {"\"threshold\": 60", "\"threshold\": 61"},
             {"\"mrr_before\": \"mrr_12m_ago\"", "\"mrr_before\": \"mrr\""},
             {"\"JPY\"", "\"USD\""},
             {"\"Asia/Tokyo\"", "\"UTC\""},
             {"\"from\": \"2026-04-01\"", "\"from\": \"2026-04-02\""},
         }) {
        INFO(before);
        CHECK(print_of(with(before, after)) != base);
    }
}

TEST_CASE("the fingerprint leaves alone what people read and what comes later",
          "[model][fingerprint]") {
    const std::string base = print_of(example());
    for (const auto& [before, after] : std::vector<std::pair<std::string, std::string>>{
             {"\"en\": \"Plan\"", "\"en\": \"Contract plan\""},
             {"Signed, not yet ready", "Signed, not ready yet"},
             {"\"onboarding call\"", "\"a call\""},
             {"\"review_by\": \"2026-08-01\"", "\"review_by\": \"2026-09-01\""},
             {"\"name\": \"hr-saas\"", "\"name\": \"other\""},
             {"setup_done && I >= 60", "(setup_done)  &&  I>=60.0"},
             {"\"capacity\": 20", "\"capacity\": 21"},
             {"\"effort\": 2.0", "\"effort\": 3"},
             {"\"count\": 30", "\"count\": 31"},
             {"\"drop\": 15", "\"drop\": 16"},
             {"\"once_per\": \"contract_end\"", "\"once_per\": \"customer\""},
             {"\"leads\": [90, 0]", "\"leads\": [60, 0]"},
             {"[0, 0], [3, 60]", "[0, -0], [3, 6e1]"},
         }) {
        INFO(before);
        CHECK(print_of(with(before, after)) == base);
    }
}

TEST_CASE("the canonical bytes are as documented", "[model][fingerprint]") {
    const model made =
        good_model(R"({ "aiueo": 1, "metrics": { "n": { "type": "number", "min": 1 } } })");
    const std::string bytes = canonical_bytes(made);
    const std::string begin{
        "\x0d\0\0\0\0\0\0\0aiueo model 1\x02\0\0\0\0\0\0\0\x03\0\0\0\0\0\0\0UTC",
        13 + 8 + 8 + 8 + 3};
    CHECK(bytes.starts_with(begin));
    CHECK(bytes.find(std::string{"\x01\0\0\0\0\0\0\0n\0\0\x01\0\0\0\0\0\0\xf0\x3f\0", 21}) !=
          std::string::npos);
    // A golden value: a change of it voids every stored evidence state, so it is made on purpose
    // only.
    CHECK(fingerprint_of(made) ==
          "ce23003660a094cf293b5b09c83c2f22f663711b31d00b3cba5e3c1a66891d83");
}

}  // namespace test_fingerprint
