#ifdef __AVX2__
#define BENCH_CEILING ceiling_for_v3
#include "ceiling_loop.hpp"
#else
#include "ceiling.hpp"
namespace bench {
ceiling_function ceiling_for_v3(const ceiling_form&) noexcept { return nullptr; }
}  // namespace bench
#endif
