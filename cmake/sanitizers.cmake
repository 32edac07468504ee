# AIUEO_SANITIZE and AIUEO_COVERAGE. Both apply to everything built from here on, because a
# program is only checked as far as all of it is instrumented.

include_guard(GLOBAL)

if(AIUEO_SANITIZE)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    message(FATAL_ERROR "AIUEO_SANITIZE needs g++ or clang++, not ${CMAKE_CXX_COMPILER_ID}")
  endif()
  if(AIUEO_SANITIZE MATCHES "thread" AND AIUEO_SANITIZE MATCHES "address")
    message(FATAL_ERROR "AIUEO_SANITIZE: thread and address exclude each other")
  endif()
  # The presets choose -O (-O1 where speed matters, as for fuzzing; stack traces stay readable); their
  # build type adds none of its own.
  add_compile_options(-fsanitize=${AIUEO_SANITIZE} -fno-omit-frame-pointer
                      -fno-sanitize-recover=all -g1)
  add_link_options(-fsanitize=${AIUEO_SANITIZE} -fno-sanitize-recover=all)
endif()

if(AIUEO_BUILD_FUZZ)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "AIUEO_BUILD_FUZZ needs clang++ (libFuzzer), not ${CMAKE_CXX_COMPILER_ID}")
  endif()
  # The library tells the fuzzer which branches ran; only the fuzz programs get its main().
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()

if(AIUEO_COVERAGE)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "AIUEO_COVERAGE needs clang++ (llvm-cov), not ${CMAKE_CXX_COMPILER_ID}")
  endif()
  # By source: a branch is one of the text, however many functions a template becomes, and what the
  # compiler adds (exceptions, destructors) is none.
  add_compile_options(-fprofile-instr-generate -fcoverage-mapping)
  add_link_options(-fprofile-instr-generate)
endif()
