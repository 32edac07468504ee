// One call of each function of the C interface, for a failure to strike at its n-th allocation.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "fixture.hpp"
#include "inject.hpp"

namespace capi_test {

// One call, with what must be there before and what must hold after it.
class attempt {
public:
    attempt(inject::failure what, std::int64_t n) : what_(what), n_(n) {}

    // The call under test, and whether it left alone what it must.
    template <class Call>
    std::int32_t operator()(Call&& call) {
        inject::arm(what_, n_);
        status = call(&error);
        fired = inject::disarm();
        return status;
    }
    void must_hold(bool holds) { all_held = all_held && holds; }
    [[nodiscard]] bool failed() const { return status != AIUEO_OK; }

    aiueo_error error{sizeof(aiueo_error), 0, {}};
    std::int32_t status = AIUEO_OK;
    bool fired = false;
    bool all_held = true;

private:
    inject::failure what_;
    std::int64_t n_;
};

struct scenario {
    std::int32_t wanted = AIUEO_OK;  // when nothing is injected
    std::function<void(attempt&)> run;
};

template <class Handle, class Call>
void makes_handle(attempt& now, Call call) {
    auto* out = reinterpret_cast<Handle*>(&now);  // anything but NULL
    now([&](aiueo_error* error) { return call(&out, error); });
    now.must_hold((out == nullptr) == now.failed());
    if (!now.failed()) owned<Handle>{out};
}

template <class Call>
void writes_text(attempt& now, Call call) {
    static std::array<char, 1 << 16> text;
    text[0] = 'x';
    std::size_t needed = 77;
    now([&](aiueo_error* error) { return call(text.data(), text.size(), &needed, error); });
    now.must_hold(now.failed() == (text[0] == 'x'));
    now.must_hold(now.failed() == (needed == 77));
}

using scenarios = std::map<std::string, scenario>;

// Those of contracts, ledger, ranks, evidence, sealed agreement and actions.
void add_contracts(scenarios& all);
void add_ledger(scenarios& all);
void add_ranks(scenarios& all);
void add_evidence(scenarios& all);
void add_agreement(scenarios& all);
void add_actions(scenarios& all);

}  // namespace capi_test
