// A model file of any bytes is read, checked and answered: no crash, no undefined behaviour, and
// what the reader calls usable has no error in it and a fingerprint.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "aiueo/base/utf8.hpp"
#include "aiueo/model/read.hpp"

namespace {

void insist(bool holds) {
    if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const aiueo::model_reading read = aiueo::inspect_model(text);
    bool error = false;
    for (const aiueo::problem& one : read.found) {
        error = error || one.severity == aiueo::problem::level::error;
        insist(one.what.where.line >= 1 && one.what.where.column >= 1);
        insist(one.what.where.line <= size + 1 && one.what.where.column <= size + 2);
        insist(!one.what.message.empty());
        insist(aiueo::is_utf8(one.what.to_string()));
        // A message is for a person: a text that is quoted in it is cut.
        insist(one.what.message.size() < 4096);
    }
    insist(read.usable == !error);
    insist(read.value.fingerprint.size() == (read.usable ? 64U : 0U));
    insist(aiueo::read_model(text).ok() == read.usable);
    // Narrower limits refuse more, and change nothing else.
    aiueo::read_options narrow;
    narrow.limits.depth = 6;
    narrow.limits.nodes = 100;
    narrow.limits.conditions = {40, 9, 3};
    const aiueo::model_reading less = aiueo::inspect_model(text, narrow);
    insist(!less.usable || less.value.fingerprint == read.value.fingerprint);
    return 0;
}
