#include "support/tests_dir.h"

const char* aiueo_tests_dir(void) { return AIUEO_TESTS_DIR; }
