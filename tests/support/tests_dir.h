/* Where the inputs of the tests are: one object file knows the folder, and every other compiles to
   the same in whichever folder the tree stands, so that a compiler's cache is shared. */
#ifndef AIUEO_TESTS_SUPPORT_TESTS_DIR_H
#define AIUEO_TESTS_SUPPORT_TESTS_DIR_H

#ifdef __cplusplus
extern "C" {
#endif

/* The folder tests/, absolute, without a slash at its end. */
const char* aiueo_tests_dir(void);

#ifdef __cplusplus
}
#endif

#endif
