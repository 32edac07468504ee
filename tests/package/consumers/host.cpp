// A host with its own nlohmann/json and spdlog. Prints what aiueo says to broken JSON, then checks
// that its own classes are still its own, and were not called by the library.
#include <cstdio>
#include <cstring>
#include <string>

#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

#include <aiueo.h>

int main() {
    for (const char* text : {"{\"aiueo\": 1,", "{\"a\": 1e999}", "[\"\\ud800\"]", "\"\xff\""}) {
        aiueo_error error{};
        error.struct_size = sizeof error;
        aiueo_plan* plan = nullptr;
        if (aiueo_plan_load(text, std::strlen(text), nullptr, &plan, &error) == AIUEO_OK) return 1;
        std::puts(error.message);
    }
    const bool untouched = nlohmann::detail::calls == 0;
    nlohmann::detail::exception* volatile mine = new nlohmann::detail::parse_error;
    const bool same = untouched && mine->first() == 1 &&
                      std::strcmp(mine->what(), "the host's") == 0 &&
                      mine->name("", 0) == "the host's" && mine->id == 7;
    delete mine;
    spdlog::logger* volatile logger = new spdlog::logger;
    const bool logs = logger->log("") == 999;
    delete logger;
    std::puts(same && logs ? "the host's own" : "not the host's own");
    return same && logs ? 0 : 1;
}
