#include "bench.hpp"
namespace bench {
void run_w3(const options&) {}
}  // namespace bench
