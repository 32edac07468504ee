#include <memory>
#include <sstream>

#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include "aiueo/log_spdlog.hpp"

#include "plans.hpp"

namespace test_log {

using namespace aiueo;
using namespace aiueo::testing;

TEST_CASE("a host's logger hears the model's warnings", "[log]") {
    auto read = read_model(model_text(R"("x": {"type": "flag"}, "pulse": {"type": "number"})",
                                      R"("U": {"components": {"x": {"metric": "x"}},
                                               "override": {"metric": "pulse", "mode": "replace"}})"));
    REQUIRE(read.ok());
    std::ostringstream heard;
    auto logger = std::make_shared<spdlog::logger>(
        "host", std::make_shared<spdlog::sinks::ostream_sink_mt>(heard));
    const auto compiled = compile(*read, {}, {.kernels = nullptr, .log = log_to(logger)});
    REQUIRE(compiled.ok());
    CHECK(heard.str().find("[warning]") != std::string::npos);
    CHECK(heard.str().find("pulse") != std::string::npos);
    CHECK(compile(*read).ok());  // nobody has to listen
}

}  // namespace test_log
