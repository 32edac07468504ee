# Every third-party library, and for each: the installed one first, a pinned archive second.
# Included, never called from a function: imported targets belong to the directory that finds them.

include_guard(DIRECTORY)
include(FetchContent)

if(POLICY CMP0135)
  cmake_policy(SET CMP0135 NEW) # archives: time stamps of extraction
endif()
if(POLICY CMP0167)
  cmake_policy(SET CMP0167 NEW) # Boost: its own package file, not FindBoost
endif()

# aiueo_dependency(<package> <minimum version> <fetch arguments...>)
macro(aiueo_dependency package version)
  if(CMAKE_VERSION VERSION_LESS 3.24)
    find_package(${package} ${version} QUIET)
    if(NOT ${package}_FOUND)
      FetchContent_Declare(${package} ${ARGN})
      FetchContent_MakeAvailable(${package})
    endif()
  else()
    FetchContent_Declare(${package} ${ARGN} FIND_PACKAGE_ARGS ${version} QUIET)
    FetchContent_MakeAvailable(${package})
  endif()
endmacro()

# Headers: the special functions of Boost.Math, the summaries of Boost.Accumulators.
set(BOOST_INCLUDE_LIBRARIES math accumulators)
aiueo_dependency(
  Boost 1.74
  URL https://github.com/boostorg/boost/releases/download/boost-1.84.0/boost-1.84.0.tar.xz
  URL_HASH SHA256=2e64e5d79a738d0fa6fb546c6e5c2bd28f88d268a2a080546f74e5ff98f29d0e)
if(TARGET Boost::math AND TARGET Boost::accumulators)
  set(AIUEO_BOOST_TARGETS Boost::math Boost::accumulators)
else()
  set(AIUEO_BOOST_TARGETS Boost::headers)
endif()

# JSON, inside src/ only.
set(JSON_BuildTests OFF)
set(JSON_Install OFF)
aiueo_dependency(
  nlohmann_json 3.10
  URL https://github.com/nlohmann/json/releases/download/v3.11.3/json.tar.xz
  URL_HASH SHA256=d6c65aca6b1ed68e7a182f4757257b107ae403032760ed6ef121c9d55e81757d)

if(PROJECT_IS_TOP_LEVEL AND AIUEO_BUILD_TESTS)
  # Version 2 and version 3 both do; tests/support/catch.hpp hides the difference.
  aiueo_dependency(Catch2 2.13 GIT_REPOSITORY https://github.com/catchorg/Catch2.git
                   GIT_TAG v3.5.4 GIT_SHALLOW ON)
  if(EXISTS "${Catch2_SOURCE_DIR}/extras")
    list(APPEND CMAKE_MODULE_PATH "${Catch2_SOURCE_DIR}/extras")
  endif()
  set(THREADS_PREFER_PTHREAD_FLAG ON)
  find_package(Threads REQUIRED)
endif()

# The log adapter aiueo/log_spdlog.hpp is the host's choice; the library itself links no logger.
if(PROJECT_IS_TOP_LEVEL AND (AIUEO_BUILD_TESTS OR AIUEO_BUILD_EXAMPLES))
  aiueo_dependency(spdlog 1.9 GIT_REPOSITORY https://github.com/gabime/spdlog.git GIT_TAG v1.13.0
                   GIT_SHALLOW ON)
endif()

