// The C ABI as a C program would use it, with every status checked.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "aiueo.h"

#include "bench.hpp"

namespace bench::c {

/// Ends the program unless a call succeeded.
inline void must(std::int32_t status, const aiueo_error& why) {
    if (status != AIUEO_OK) fail(why.message);
}

inline aiueo_error no_error() {
    aiueo_error out{};
    out.struct_size = sizeof out;
    return out;
}

struct deleter {
    void operator()(aiueo_plan* one) const noexcept { aiueo_plan_free(one); }
    void operator()(aiueo_batch* one) const noexcept { aiueo_batch_free(one); }
    void operator()(aiueo_scores* one) const noexcept { aiueo_scores_free(one); }
};
using plan = std::unique_ptr<aiueo_plan, deleter>;
using batch = std::unique_ptr<aiueo_batch, deleter>;
using scores = std::unique_ptr<aiueo_scores, deleter>;

/// A plan on one instruction set, or on the library's own choice.
inline plan load_plan(std::string_view isa = {}) {
    const std::string text = model_text();
    aiueo_plan_options options{};
    options.struct_size = sizeof options;
    options.instruction_set = isa.data();
    options.instruction_set_length = isa.size();
    aiueo_error e = no_error();
    aiueo_plan* out = nullptr;
    must(aiueo_plan_load(text.data(), text.size(), &options, &out, &e), e);
    return plan{out};
}

}  // namespace bench::c
