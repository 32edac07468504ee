// score › scorer: a component's response that the host computes itself, a chunk at a time.
// base ─► table ─► model ─► score
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "aiueo/base/error.hpp"

namespace aiueo {

/// A component may give its scorer at most this many metrics.
inline constexpr std::size_t most_scorer_inputs = 64;

/// One call of a custom scorer: `rows` values of each input, in the order of the component's
/// `metrics`. Numbers and money in their unit, flags 0 or 1, dates as days since 1970-01-01; NaN is
/// unknown.
struct scorer_call {
    std::size_t rows = 0;
    std::span<const double* const> inputs;
    const double* as_of = nullptr;   ///< days since 1970-01-01, NaN where the batch has no date
    std::string_view params = "{}";  ///< the component's `params`, JSON text
    double* out = nullptr;  ///< rows scores 0..100; NaN = unknown; anything else counts as invalid
};

using scorer_function = std::function<status(const scorer_call&)>;

namespace detail {

template <class F>
struct arity_of : arity_of<decltype(&F::operator())> {};
template <class R, class... A>
struct arity_of<R (*)(A...)> : std::integral_constant<std::size_t, sizeof...(A)> {};
template <class R, class C, class... A>
struct arity_of<R (C::*)(A...) const> : std::integral_constant<std::size_t, sizeof...(A)> {};
template <class R, class C, class... A>
struct arity_of<R (C::*)(A...) const noexcept> : std::integral_constant<std::size_t, sizeof...(A)> {
};

template <class F, std::size_t... I>
double call_row(const F& f, const scorer_call& call, std::size_t row, std::index_sequence<I...>) {
    return f(call.inputs[I][row]...);
}

}  // namespace detail

/// A scorer under the name the model uses.
struct named_scorer {
    std::string name;
    std::int32_t version = 1;
    std::int32_t inputs = -1;  ///< how many it wants, −1 = any
    scorer_function run;

    /// From a function over chunks: status(const scorer_call&).
    named_scorer(std::string called, scorer_function over_chunks, std::int32_t since = 1)
        : name(std::move(called)), version(since), run(std::move(over_chunks)) {}

    /// From a function over one row: double(double, …). It is inlined into the loop over the chunk.
    template <class F>
    requires(!std::is_convertible_v<F, scorer_function>)
        named_scorer(std::string called, F over_row, std::int32_t since = 1)
        : name(std::move(called)),
          version(since),
          inputs(static_cast<std::int32_t>(detail::arity_of<F>::value)),
          run([f = std::move(over_row)](const scorer_call& call) -> status {
              for (std::size_t i = 0; i < call.rows; ++i) {
                  call.out[i] = detail::call_row(
                      f, call, i, std::make_index_sequence<detail::arity_of<F>::value>{});
              }
              return {};
          }) {}
};

}  // namespace aiueo
