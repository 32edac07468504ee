// A day in the life of a back end that scores its customers: requests, a night's portfolio, a new
// model while both run, a model file with a slip in it, and one customer explained.
//
//   cpp_backend [FOLDER WITH THE MODELS]
#include <atomic>
#include <cmath>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <spdlog/sinks/stdout_sinks.h>

#include "health_service.hpp"

namespace {

constexpr backend::day today = 20778;  // 2026-11-21

void print(const char* what, std::string_view id, const backend::health& one) {
    std::printf("%s: %.*s I %.1f, U %.1f, E %.1f, overall %.1f of %.0f %% known, %.*s%s%.*s\n",
                what, static_cast<int>(id.size()), id.data(), one.implementation, one.utilization,
                one.engagement, one.overall, 100 * one.coverage, static_cast<int>(one.stage.size()),
                one.stage.data(), one.could_be.empty() ? "" : ", perhaps ",
                static_cast<int>(one.could_be.size()), one.could_be.data());
}

void print(const backend::scored_portfolio& night) {
    std::printf("night: %lld customers by model %s:", static_cast<long long>(night.rows()),
                night.model().plan().model().name.c_str());
    const auto& rungs = night.model().plan().model().rules.ladders.front().rungs;
    const auto counts = night.by_stage();
    for (std::size_t k = 0; k < counts.size(); ++k) {
        std::printf(" %s %lld", rungs[k].name.c_str(), static_cast<long long>(counts[k]));
    }
    std::printf("\n");
}

bool same(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

/// A row as a request says what the same row in the portfolio says.
bool agrees(const backend::scored_portfolio& night, const backend::portfolio& customers,
            backend::request_scorer& requests, std::size_t row) {
    const auto one = requests.score(customers.at(row), today);
    const backend::health other = night.at(static_cast<std::int64_t>(row));
    return one.ok() && same(one->overall, other.overall) && one->stage == other.stage;
}

int fail(const std::string& why) {
    std::fprintf(stderr, "cpp_backend: %s\n", why.c_str());
    return 1;
}

int day_in_the_life(const std::filesystem::path& models) {
    const auto log = std::make_shared<spdlog::logger>(
        "health", std::make_shared<spdlog::sinks::stdout_sink_mt>());
    log->set_pattern("[%n] %l: %v");
    backend::health_service service{log, 4};
    if (!service.load(models / "model.json")) return 1;

    backend::request_scorer requests{service};
    const backend::account customer{.id = "c-7",
                                    .plan = "standard",
                                    .mrr = 1200,
                                    .setup_done = true,
                                    .admins = 2,
                                    .seats = 10,
                                    .logins_28d = 35,
                                    .last_login = today - 1,
                                    .nps = 9,
                                    .nps_on = today - 51};
    auto answer = requests.score(customer, today);
    if (!answer) return fail(answer.error().to_string());
    print("request", customer.id, *answer);
    backend::account silent = customer;
    silent.id = "c-8";
    silent.nps.reset();  // unknown: not zero, and not left out in silence
    answer = requests.score(silent, today);
    if (!answer) return fail(answer.error().to_string());
    print("request", silent.id, *answer);

    // Requests go on while models come and go.
    const backend::portfolio customers = backend::simulate(10000, today, 7);
    std::atomic<bool> stop = false;
    std::atomic<bool> wrong = false;
    std::vector<std::thread> clients;
    for (int k = 0; k < 2; ++k) {
        clients.emplace_back([&] {
            backend::request_scorer own{service};  // one a thread
            while (!stop) {
                if (!own.score(customer, today).ok()) wrong = true;
            }
        });
    }
    auto night = service.score(customers);
    const bool taken = service.load(models / "model_next.json");
    const bool refused = !service.load(models / "model_broken.json");
    auto next_night = service.score(customers);
    stop = true;
    for (std::thread& one : clients) one.join();
    if (!night) return fail(night.error().to_string());
    if (!next_night) return fail(next_night.error().to_string());
    if (wrong || !taken || !refused) return fail("a request or a reload went wrong");

    print(*night);
    print(*next_night);
    for (std::size_t row = 0; row < customers.id.size(); row += 97) {
        if (!agrees(*next_night, customers, requests, row)) {
            return fail("a request and the night disagree about " + customers.id[row]);
        }
    }

    const auto why = next_night->explain("c-000742");
    if (!why) return fail(why.error().to_string());
    print("why", "c-000742", next_night->at(742));
    for (const std::string& line : *why) std::printf("    %s\n", line.c_str());
    std::printf("ended well\n");
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return day_in_the_life(argc > 1 ? argv[1] : ".");
    } catch (const std::exception& why) {  // memory
        return fail(why.what());
    }
}
