// A model file of any bytes is read, checked and answered: no crash, no undefined behaviour, and
// what the reader calls usable has no error in it and a fingerprint. Most changes are made to the
// JSON as such, so that they come as far as the checks.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "aiueo/base/utf8.hpp"
#include "aiueo/model/read.hpp"

#include "json_mutator.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t most);

namespace {

void insist(bool holds) {
    if (!holds) std::abort();
}

std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Writes `from` where libFuzzer wants it; 0 where it has no room.
std::size_t written(const fuzzing::json_part& from, std::uint8_t* to, std::size_t most) {
    std::string out;
    fuzzing::write_json(from, out);
    if (out.size() > most) return 0;
    std::memcpy(to, out.data(), out.size());
    return out.size();
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed);
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t most, unsigned seed) {
    fuzzing::json_part root;
    if (seed % 8 == 0 || !fuzzing::json_reader{text_of(data, size)}.read(root))
        return LLVMFuzzerMutate(data, size, most);
    fuzzing::json_mutator by{seed};
    for (unsigned n = 1 + seed / 8 % 4; n > 0; --n) by.change(root, nullptr);
    const std::size_t out = written(root, data, most);
    return out > 0 ? out : LLVMFuzzerMutate(data, size, most);
}

extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second,
                                                 std::size_t second_size, std::uint8_t* to,
                                                 std::size_t most, unsigned seed);
extern "C" std::size_t LLVMFuzzerCustomCrossOver(const std::uint8_t* first, std::size_t first_size,
                                                 const std::uint8_t* second,
                                                 std::size_t second_size, std::uint8_t* to,
                                                 std::size_t most, unsigned seed) {
    fuzzing::json_part root;
    fuzzing::json_part other;
    if (fuzzing::json_reader{text_of(first, first_size)}.read(root) &&
        fuzzing::json_reader{text_of(second, second_size)}.read(other)) {
        fuzzing::json_mutator by{seed};
        for (unsigned n = 1 + seed % 4; n > 0; --n) by.change(root, &other);
        if (const std::size_t out = written(root, to, most); out > 0) return out;
    }
    const std::size_t half = std::min(first_size, most / 2);
    const std::size_t rest = std::min(second_size, most - half);
    std::memcpy(to, first, half);
    std::memcpy(to + half, second, rest);
    return half + rest;
}

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
