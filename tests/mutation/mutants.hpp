// Included before every source that holds mutants: which of them is chosen. See schemata.py.
#pragma once

extern "C" {
// The mutant that runs; 0 is the program as it was written.
extern int aiueo_mutant;
// For each mutant whether its place was come by.
extern unsigned char aiueo_mutants_reached[];
}

constexpr bool aiueo_mutant_is(int number) noexcept {
    // What the compiler works out stays as it was.
    if (__builtin_is_constant_evaluated()) return false;
    __atomic_store_n(&aiueo_mutants_reached[number], static_cast<unsigned char>(1),
                     __ATOMIC_RELAXED);
    return aiueo_mutant == number;
}

// Only numbers have another sign: of anything else there is no such mutant, it does not compile.
template <typename T>
constexpr auto aiueo_mutant_negated(T value) noexcept -> decltype(static_cast<T>(T(1.5) - value)) {
    static_assert(!__is_same(T, bool), "a truth has no sign");
    static_assert(!__is_enum(T), "a name has no sign");
    return static_cast<T>(-value);
}
