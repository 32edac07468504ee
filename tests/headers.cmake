# Every public header compiles alone, and twice in one file. One small source per header is
# written into the build tree; ctest builds them, so that a broken header is a failed test and
# not a failed build.

set(generated "${CMAKE_CURRENT_BINARY_DIR}/headers")

# aiueo_alone(<out> <file> <include name>): appends the source that includes it.
function(aiueo_alone out file name)
  file(
    CONFIGURE
    OUTPUT "${generated}/${file}"
    CONTENT "#include <${name}>\n#include <${name}>  // guarded\n"
    @ONLY)
  set(${out} ${${out}} "${generated}/${file}" PARENT_SCOPE)
endfunction()

file(GLOB_RECURSE headers CONFIGURE_DEPENDS RELATIVE "${top}/include" "${top}/include/*.hpp")
set(cpp_sources "")
foreach(header IN LISTS headers)
  string(MAKE_C_IDENTIFIER "${header}" name)
  aiueo_alone(cpp_sources "${name}.cpp" "${header}")
endforeach()

add_custom_target(aiueo_headers_alone)

if(cpp_sources)
  add_library(aiueo_headers_cpp OBJECT EXCLUDE_FROM_ALL ${cpp_sources})
  set_target_properties(aiueo_headers_cpp PROPERTIES CXX_EXTENSIONS OFF)
  target_link_libraries(aiueo_headers_cpp PRIVATE aiueo::core spdlog::spdlog)
  target_compile_options(aiueo_headers_cpp PRIVATE -O0)
  aiueo_warnings(aiueo_headers_cpp LIBRARY)
  add_dependencies(aiueo_headers_alone aiueo_headers_cpp)
endif()

if(EXISTS "${top}/capi/include/aiueo.h")
  set(c_sources "")
  aiueo_alone(c_sources aiueo_h.c aiueo.h)
  aiueo_alone(c_sources aiueo_h.cpp aiueo.h)
  add_library(aiueo_headers_c OBJECT EXCLUDE_FROM_ALL ${c_sources})
  target_include_directories(aiueo_headers_c PRIVATE "${top}/capi/include")
  target_compile_options(
    aiueo_headers_c PRIVATE -pedantic -Werror $<$<COMPILE_LANGUAGE:C>:-std=c99>
                            $<$<COMPILE_LANGUAGE:CXX>:-std=c++20>)
  aiueo_warnings(aiueo_headers_c)
  add_dependencies(aiueo_headers_alone aiueo_headers_c)
endif()

# Once is enough: a sanitizer sees nothing in a header that no one calls.
if((cpp_sources OR c_sources) AND NOT AIUEO_SANITIZE)
  add_test(NAME headers_alone COMMAND ${CMAKE_COMMAND} --build "${PROJECT_BINARY_DIR}" --target
                                      aiueo_headers_alone --parallel 2)
  set_tests_properties(headers_alone PROPERTIES LABELS headers TIMEOUT 1800 RUN_SERIAL ON)
endif()
