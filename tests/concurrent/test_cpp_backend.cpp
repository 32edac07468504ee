// The service of examples/cpp_backend: requests on eight threads and a portfolio on four others,
// while models come and go. Every answer is of one model or of the other, to the bit.
#include <atomic>
#include <cstring>
#include <filesystem>
#include <memory>
#include <sstream>
#include <thread>
#include <vector>

#include <spdlog/sinks/ostream_sink.h>

#include "health_service.hpp"
#include "support/catch.hpp"

namespace {

using namespace backend;

constexpr day today = 20778;

std::filesystem::path models() {
    return std::filesystem::path{aiueo::testing::tests_dir()} / ".." / "examples" / "cpp_backend";
}

bool same(const health& a, const health& b) {
    const double left[] = {a.implementation, a.utilization, a.engagement, a.overall, a.coverage};
    const double right[] = {b.implementation, b.utilization, b.engagement, b.overall, b.coverage};
    return std::memcmp(left, right, sizeof left) == 0 && a.stage == b.stage &&
           a.could_be == b.could_be;
}

struct fixture {
    std::ostringstream said;
    std::shared_ptr<spdlog::logger> log = std::make_shared<spdlog::logger>(
        "backend", std::make_shared<spdlog::sinks::ostream_sink_mt>(said));
    health_service service{log, 4};
    portfolio customers = simulate(64 * 40 + 3, today, 20261121);
};

}  // namespace

TEST_CASE("a back end scores while models come and go") {
    fixture all;
    REQUIRE(all.service.load(models() / "model.json"));
    const auto first = all.service.score(all.customers);
    REQUIRE(all.service.load(models() / "model_next.json"));
    const auto second = all.service.score(all.customers);
    REQUIRE((first.ok() && second.ok()));

    std::atomic<bool> stop = false;
    std::atomic<int> wrong = 0;
    std::vector<std::thread> clients;
    for (std::size_t k = 0; k < 8; ++k) {
        clients.emplace_back([&, k] {
            request_scorer scorer{all.service};
            for (std::size_t row = k; !stop; row = (row + 8) % all.customers.id.size()) {
                const auto one = scorer.score(all.customers.at(row), today);
                const auto at = static_cast<std::int64_t>(row);
                const bool next = one.ok() && scorer.model()->plan().model().name == "backend-next";
                if (!one.ok() || !same(*one, (next ? second : first)->at(at))) ++wrong;
            }
        });
    }
    for (int turn = 0; turn < 6; ++turn) {
        const bool next = turn % 2 != 0;
        if (!all.service.load(models() / (next ? "model_next.json" : "model.json"))) ++wrong;
        if (all.service.load(models() / "model_broken.json")) ++wrong;
        const auto night = all.service.score(all.customers);
        for (std::int64_t row = 0; night.ok() && row < night->rows(); ++row) {
            if (!same(night->at(row), (next ? second : first)->at(row))) ++wrong;
        }
        if (!night.ok()) ++wrong;
    }
    stop = true;
    for (std::thread& one : clients) one.join();
    CHECK(wrong == 0);
}

TEST_CASE("a model file with a slip keeps the old model and is logged with line and column") {
    fixture all;
    const auto nothing = all.service.score(all.customers);
    REQUIRE_FALSE(nothing.ok());
    CHECK(nothing.error().code == aiueo::errc::invalid_state);
    request_scorer scorer{all.service};
    CHECK_FALSE(scorer.score(all.customers.at(0), today).ok());
    CHECK_FALSE(all.service.load(models() / "none.json"));
    CHECK_FALSE(all.service.load(models() / "model_broken.json"));
    CHECK(all.service.current() == nullptr);

    REQUIRE(all.service.load(models() / "model.json"));
    const shared_model before = all.service.current();
    CHECK_FALSE(all.service.load(models() / "model_broken.json"));
    CHECK(all.service.current() == before);
    CHECK(all.said.str().find("model_broken.json:12:31: axes.U.components.logins.metric") !=
          std::string::npos);
    CHECK(all.said.str().find("model_broken.json:17:76: ") != std::string::npos);
}

TEST_CASE("a portfolio with an error names its first row, however the threads ran") {
    fixture all;
    REQUIRE(all.service.load(models() / "model.json"));
    portfolio twice = all.customers;
    twice.id[2000] = twice.id[7];
    twice.id[2500] = twice.id[9];
    const auto refused = all.service.score(twice);
    REQUIRE_FALSE(refused.ok());
    CHECK(refused.error().code == aiueo::errc::duplicate_row);
    CHECK(refused.error().to_string().find("row 2001, customer c-000007") != std::string::npos);

    const auto night = all.service.score(all.customers);
    REQUIRE(night.ok());
    CHECK(night->explain("nobody").error().code == aiueo::errc::not_found);
    const auto why = night->explain("c-000742");
    REQUIRE(why.ok());
    CHECK(why->size() > 6);
}
