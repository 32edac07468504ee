# fuzz/fuzz_NAME.cpp becomes the libFuzzer program fuzz_NAME. Its inputs are in fuzz/corpus/NAME/,
# its optional dictionary is fuzz/NAME.dict. ctest replays the corpus once; `./dev fuzz` searches.

file(GLOB sources CONFIGURE_DEPENDS "${here}/fuzz/fuzz_*.cpp")
add_custom_target(aiueo_fuzz_all)
foreach(source IN LISTS sources)
  get_filename_component(target "${source}" NAME_WE)
  string(REGEX REPLACE "^fuzz_" "" name "${target}")
  add_executable(${target} "${source}")
  set_target_properties(
    ${target} PROPERTIES CXX_EXTENSIONS OFF RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
  target_compile_features(${target} PRIVATE cxx_std_20)
  target_link_libraries(${target} PRIVATE aiueo_test_support aiueo::aiueo)
  # An entry of the C ABI is fuzzed through the shared library, as a host would call it.
  if(TARGET aiueo_capi)
    target_link_libraries(${target} PRIVATE aiueo::capi)
  endif()
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  aiueo_warnings(${target})
  add_dependencies(aiueo_fuzz_all ${target})

  set(corpus "${here}/fuzz/corpus/${name}")
  if(NOT IS_DIRECTORY "${corpus}")
    set(corpus "")
  endif()
  # Without a corpus -runs=0 still tries the empty input.
  add_test(NAME ${target}_corpus COMMAND ${target} -runs=0 ${corpus})
  set_tests_properties(${target}_corpus PROPERTIES LABELS fuzz TIMEOUT 900)
endforeach()
