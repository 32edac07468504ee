# aiueo_warnings(<target> [LIBRARY])
#
# Turns on the warnings that every file of the project holds, for g++ 12 and clang 14 upward.
# LIBRARY adds what only makes sense for code that ships.

include_guard(GLOBAL)

function(aiueo_warnings target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LIBRARY" "" "")

  if(MSVC)
    target_compile_options(${target} PRIVATE /W4 $<$<BOOL:${AIUEO_WERROR}>:/WX>)
    return()
  endif()

  set(both
      -Wall
      -Wextra
      -Wpedantic
      -Wcast-align
      -Wcast-qual
      -Wconversion
      -Wformat=2
      -Wimplicit-fallthrough
      -Wshadow
      -Wsign-conversion
      -Wswitch
      -Wundef
      -Wunused
      -Wvla
      -Wwrite-strings)
  set(cxx
      -Wextra-semi
      -Wnon-virtual-dtor
      -Wold-style-cast
      -Woverloaded-virtual)
  set(c -Wstrict-prototypes -Wmissing-prototypes)

  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    list(APPEND both -Wduplicated-cond -Wlogical-op)
    # These four guess from what is left after inlining, and g++ 12 guesses wrongly about
    # std::string, std::vector and std::optional at -O3. They stay warnings. -Wrestrict fires on
    # plain `"a" + s` (GCC bug 105651) and says nothing.
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      list(APPEND both -Wno-restrict)
    endif()
    set(guesses -Wno-error=array-bounds -Wno-error=maybe-uninitialized
                -Wno-error=stringop-overflow -Wno-error=stringop-overread)
  else()
    list(APPEND both -Wconditional-uninitialized -Wloop-analysis -Wunreachable-code-break)
    list(APPEND cxx -Wdeprecated-copy-dtor -Winconsistent-missing-destructor-override)
    set(guesses "")
  endif()

  if(arg_LIBRARY)
    list(APPEND cxx -Wmissing-declarations -Wdouble-promotion)
  endif()

  set(fatal "")
  if(AIUEO_WERROR)
    set(fatal -Werror ${guesses})
  endif()

  target_compile_options(
    ${target} PRIVATE ${both} ${fatal} $<$<COMPILE_LANGUAGE:CXX>:${cxx}>
                      $<$<COMPILE_LANGUAGE:C>:${c}>)
endfunction()
