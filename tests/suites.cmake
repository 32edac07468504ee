# The Catch2 programs, the C programs and the checks written in Python.

include(Catch)

# Catch2's main(), compiled once.
if(TARGET Catch2::Catch2WithMain)
  add_library(aiueo_test_main INTERFACE)
  target_link_libraries(aiueo_test_main INTERFACE Catch2::Catch2WithMain)
else()
  add_library(aiueo_test_main STATIC support/main.cpp)
  target_link_libraries(aiueo_test_main PUBLIC Catch2::Catch2)
endif()
# A name that ctest cannot pass on (one with a semicolon) must not become a test that runs nothing
# and passes. Version 3 fails by itself.
set(no_tests_fail "")
if(Catch2_VERSION VERSION_LESS 3)
  set(no_tests_fail -w NoTests)
endif()
target_link_libraries(aiueo_test_main INTERFACE aiueo_test_support)

# aiueo_suite(<target> LABEL <label> SOURCES <files...> LINK <libraries...>)
# A Catch2 program; every test case in it is a ctest of its own.
function(aiueo_suite target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "LABEL" "SOURCES;LINK")
  if(NOT arg_SOURCES)
    return()
  endif()
  add_executable(${target} ${arg_SOURCES})
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE aiueo_test_main ${arg_LINK})
  aiueo_warnings(${target})
  if(AIUEO_BUILD_FUZZ)
    # No fuzzer asks these which branches ran; counting them is an eighth of compiling.
    target_compile_options(${target} PRIVATE -fno-sanitize=fuzzer-no-link)
  endif()
  catch_discover_tests(
    ${target}
    TEST_PREFIX "${target}/"
    EXTRA_ARGS ${no_tests_fail}
    PROPERTIES LABELS ${arg_LABEL} TIMEOUT 1800)
endfunction()

set(cpp_link aiueo::aiueo nlohmann_json::nlohmann_json spdlog::spdlog Threads::Threads)

# Where building costs much, a part of the unit tests can be chosen.
set(AIUEO_UNIT_TESTS "" CACHE STRING "Regular expression: the unit tests to build (empty: all)")
file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${here}/unit/*.cpp")
if(AIUEO_UNIT_TESTS)
  list(FILTER sources INCLUDE REGEX "${AIUEO_UNIT_TESTS}")
endif()
aiueo_suite(aiueo_unit LABEL unit SOURCES ${sources} LINK ${cpp_link})
if(TARGET aiueo_unit)
  aiueo_unity(aiueo_unit)
  # Last, so that the tests it speaks of are there.
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${here}/costs.cmake")
  # Little of a unit test's time goes into running: with -O1 after the build type's own it compiles
  # in two thirds of the time, with sanitizers and -O0 in a third. What is measured, and the kernels,
  # are compiled in the library.
  if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(aiueo_unit PRIVATE $<$<CONFIG:Release>:-O1>)
    if(AIUEO_SANITIZE)
      target_compile_options(aiueo_unit PRIVATE -O0)
    endif()
  endif()
endif()

file(GLOB sources CONFIGURE_DEPENDS "${here}/golden/*.cpp")
aiueo_suite(aiueo_golden LABEL golden SOURCES ${sources} LINK ${cpp_link})

file(GLOB sources CONFIGURE_DEPENDS "${here}/concurrent/*.cpp")
# With the service of an example, so that a back end's threads are seen by the thread sanitizer.
set(backend "${top}/examples/cpp_backend")
aiueo_suite(
  aiueo_concurrent LABEL concurrent
  SOURCES ${sources} "${backend}/health_service.cpp" "${backend}/portfolio.cpp"
  LINK ${cpp_link})
target_include_directories(aiueo_concurrent PRIVATE "${backend}")

# The shared library is tested from outside: these link nothing else of ours.
if(TARGET aiueo_capi)
  file(GLOB sources CONFIGURE_DEPENDS "${here}/capi/*.cpp")
  aiueo_suite(aiueo_capi_tests LABEL capi SOURCES ${sources} LINK aiueo::capi
                                                                  nlohmann_json::nlohmann_json)

  file(GLOB sources CONFIGURE_DEPENDS "${here}/concurrent/capi/*.cpp")
  aiueo_suite(aiueo_concurrent_capi LABEL concurrent SOURCES ${sources} LINK aiueo::capi
                                                                             Threads::Threads)

  file(GLOB sources CONFIGURE_DEPENDS "${here}/capi/*.c")
  foreach(source IN LISTS sources)
    get_filename_component(name "${source}" NAME_WE)
    add_executable(capi_${name} "${source}")
    # CMake would drop -std when the compiler's default is newer.
    target_compile_options(capi_${name} PRIVATE -std=c99 -pedantic -Werror)
    target_link_libraries(capi_${name} PRIVATE aiueo_test_support aiueo::capi
                                               $<$<BOOL:${UNIX}>:m>)
    aiueo_warnings(capi_${name})
    if(AIUEO_SANITIZE)
      # The sanitizer's runtime for the C++ in the shared library.
      set_target_properties(capi_${name} PROPERTIES LINKER_LANGUAGE CXX)
    endif()
    add_test(NAME capi_${name} COMMAND capi_${name})
    set_tests_properties(capi_${name} PROPERTIES LABELS capi TIMEOUT 900)
  endforeach()
endif()

# What a reference test asks over a pipe, beside the library that it belongs to. The tests ask that
# of a release.
set(sources "")
if(NOT AIUEO_SANITIZE)
  file(GLOB sources CONFIGURE_DEPENDS "${here}/reference/*_probe.cpp")
endif()
foreach(source IN LISTS sources)
  get_filename_component(name "${source}" NAME_WE)
  add_executable(aiueo_${name} "${source}")
  set_target_properties(aiueo_${name} PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(aiueo_${name} PRIVATE aiueo::core)
  aiueo_warnings(aiueo_${name})
endforeach()

# Preloaded into Python and Go by their tests: tests/python/test_short_of_memory.py says how.
if(UNIX AND NOT APPLE AND NOT AIUEO_SANITIZE)
  add_library(aiueo_failing_new MODULE support/failing_new.cpp)
  target_compile_features(aiueo_failing_new PRIVATE cxx_std_20)
  aiueo_warnings(aiueo_failing_new)
endif()

# One program for each runtime that scores a folder of raw columns: tests/runtimes compares them.
if(NOT AIUEO_SANITIZE)
  add_executable(runtime_cpp runtimes/cpp/scores.cpp)
  set_target_properties(runtime_cpp PROPERTIES CXX_EXTENSIONS OFF)
  target_compile_features(runtime_cpp PRIVATE cxx_std_20)
  target_link_libraries(runtime_cpp PRIVATE aiueo::aiueo)
  aiueo_warnings(runtime_cpp)
  if(TARGET aiueo_capi)
    add_executable(runtime_c runtimes/c/scores.c)
    target_compile_options(runtime_c PRIVATE -std=c99 -pedantic -Werror)
    target_link_libraries(runtime_c PRIVATE aiueo::capi)
    aiueo_warnings(runtime_c)
  endif()
endif()

# ./dev test -> ctest, in the tsan build: this target and the label `concurrent`.
add_custom_target(aiueo_concurrent_all)
foreach(target aiueo_concurrent aiueo_concurrent_capi)
  if(TARGET ${target})
    add_dependencies(aiueo_concurrent_all ${target})
  endif()
endforeach()

# By its path: as a target it would be given to the emulator of a cross build.
find_package(Python3 3.9 COMPONENTS Interpreter)
if(Python3_Interpreter_FOUND)
  add_test(NAME rooms COMMAND "${Python3_EXECUTABLE}" "${here}/check_rooms.py")
  add_test(NAME rooms_can_fail COMMAND "${Python3_EXECUTABLE}" "${here}/check_rooms.py" --self-test)
  set_tests_properties(rooms rooms_can_fail PROPERTIES LABELS rooms)

  # What a sanitizer adds is not disassembled.
  if(CMAKE_OBJDUMP AND TARGET aiueo_golden AND NOT AIUEO_SANITIZE)
    set(shipped $<TARGET_FILE:aiueo_golden>)
    if(TARGET aiueo_capi)
      list(APPEND shipped $<TARGET_FILE:aiueo_capi>)
    endif()
    add_test(NAME fused COMMAND "${Python3_EXECUTABLE}" "${here}/check_fused.py" --objdump
                                "${CMAKE_OBJDUMP}" ${shipped})
    add_test(NAME fused_can_fail COMMAND "${Python3_EXECUTABLE}" "${here}/check_fused.py"
                                         --self-test)
    set_tests_properties(fused fused_can_fail PROPERTIES LABELS golden TIMEOUT 900)
  endif()
endif()
