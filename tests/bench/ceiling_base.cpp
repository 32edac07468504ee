#define BENCH_CEILING ceiling_base
#include "ceiling_loop.hpp"
