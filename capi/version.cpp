// capi › version
#include "aiueo/base/version.hpp"

#include "aiueo.h"

extern "C" const char* aiueo_version(void) { return aiueo::version_string; }

extern "C" uint32_t aiueo_abi_version(void) { return AIUEO_ABI_VERSION; }
