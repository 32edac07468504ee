// The JSON Schema of model files, as it is published beside the library (cmake/embed_schema.cmake).
#include <string_view>

#include "aiueo/model/read.hpp"

namespace aiueo {

std::string_view model_schema() noexcept {
    static constexpr char text[] =
#include "model_schema.inc"
        ;
    return {text, sizeof text - 1};
}

}  // namespace aiueo
