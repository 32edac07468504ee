# Packages for a cross build, out of the host's headers that are the same for every processor.
#
# /usr/include itself must not be searched: beside these headers stand those of the host's C
# library. So each library's folder is linked into the build tree, with a package file that names
# it. A library that is not installed, or only as one that must be compiled, is left to
# dependencies.cmake, which fetches it. Included by project(), from a toolchain file.

set(AIUEO_HOST_HEADERS "${PROJECT_BINARY_DIR}/host-headers")
file(MAKE_DIRECTORY "${AIUEO_HOST_HEADERS}/include")

# aiueo_host_headers(<package> <target> <version line> HEADERS ... [DEFINITIONS ...])
# The first of the headers must be there; the version is the numbers in those of all their lines
# that match <version line>.
function(aiueo_host_headers package target version_line)
  cmake_parse_arguments(PARSE_ARGV 3 arg "" "" "HEADERS;DEFINITIONS")
  list(GET arg_HEADERS 0 header)
  if(NOT EXISTS "/usr/include/${header}")
    return()
  endif()
  set(lines "")
  foreach(one IN LISTS arg_HEADERS)
    if(EXISTS "/usr/include/${one}")
      file(STRINGS "/usr/include/${one}" more REGEX "${version_line}")
      list(APPEND lines ${more})
    endif()
  endforeach()
  string(REGEX MATCHALL "[0-9]+" numbers "${lines}")
  list(JOIN numbers "." version)
  string(REGEX REPLACE "/.*" "" folder "${header}")
  file(CREATE_LINK "/usr/include/${folder}" "${AIUEO_HOST_HEADERS}/include/${folder}" SYMBOLIC)
  set(config "${AIUEO_HOST_HEADERS}/cmake/${package}")
  file(
    WRITE "${config}/${package}Config.cmake"
    "if(NOT TARGET ${target})
  add_library(${target} INTERFACE IMPORTED)
  target_include_directories(${target} SYSTEM INTERFACE \"${AIUEO_HOST_HEADERS}/include\")
  target_compile_definitions(${target} INTERFACE ${arg_DEFINITIONS})
endif()
")
  file(
    WRITE "${config}/${package}ConfigVersion.cmake"
    "set(PACKAGE_VERSION \"${version}\")
if(NOT PACKAGE_FIND_VERSION VERSION_GREATER PACKAGE_VERSION)
  set(PACKAGE_VERSION_COMPATIBLE TRUE)
endif()
")
  # Beside the root path, where find_package() looks for the target's own packages only.
  set(${package}_DIR "${config}" CACHE PATH "Made by cmake/host_headers.cmake" FORCE)
endfunction()

aiueo_host_headers(Boost Boost::headers "#define BOOST_LIB_VERSION" HEADERS boost/version.hpp)
aiueo_host_headers(
  nlohmann_json nlohmann_json::nlohmann_json "#define NLOHMANN_JSON_VERSION_(MAJOR|MINOR|PATCH)"
  HEADERS nlohmann/json.hpp nlohmann/detail/abi_macros.hpp)
# Version 2 is headers alone, and its script for ctest comes with the host's package.
aiueo_host_headers(Catch2 Catch2::Catch2 "#define CATCH_VERSION_(MAJOR|MINOR|PATCH)" HEADERS
                   catch2/catch.hpp)
list(APPEND CMAKE_MODULE_PATH /usr/lib/cmake/Catch2)
# Both can be had without their libraries.
if(EXISTS /usr/include/fmt/format.h)
  aiueo_host_headers(
    spdlog spdlog::spdlog "#define SPDLOG_VER_(MAJOR|MINOR|PATCH)" HEADERS spdlog/version.h
    DEFINITIONS SPDLOG_FMT_EXTERNAL FMT_HEADER_ONLY)
  file(CREATE_LINK /usr/include/fmt "${AIUEO_HOST_HEADERS}/include/fmt" SYMBOLIC)
endif()
