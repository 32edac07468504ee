#include "bench.hpp"
namespace bench {
void run_w4(const options&) {}
}  // namespace bench
