#include "aiueo/model/read.hpp"

#include "aiueo/model/check.hpp"

namespace aiueo {

model_reading inspect_model(std::string_view, const read_options&) { return {}; }

result<model> read_model(std::string_view text, const read_options& options) {
    model_reading reading = inspect_model(text, options);
    return std::move(reading.value);
}

std::string_view model_schema() noexcept { return "{}"; }

}  // namespace aiueo
