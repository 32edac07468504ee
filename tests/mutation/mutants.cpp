// Chooses a mutant by the environment: AIUEO_MUTANT is its number; AIUEO_MUTANTS_REACHED names a
// file that is written at the end, a byte '0' or '1' for each mutant.
#include "mutants.hpp"

#include <cstdio>
#include <cstdlib>

extern "C" {
int aiueo_mutant = 0;
unsigned char aiueo_mutants_reached[AIUEO_MUTANTS + 1] = {};
}

namespace {

__attribute__((constructor(101))) void choose() {
    const char* number = std::getenv("AIUEO_MUTANT");
    if (number != nullptr) aiueo_mutant = std::atoi(number);
}

__attribute__((destructor)) void tell() {
    const char* name = std::getenv("AIUEO_MUTANTS_REACHED");
    std::FILE* file = name == nullptr ? nullptr : std::fopen(name, "wb");
    if (file == nullptr) return;
    for (const unsigned char one : aiueo_mutants_reached) std::fputc(one == 0 ? '0' : '1', file);
    std::fclose(file);
}

}  // namespace
