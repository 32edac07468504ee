# AIUEO_UNITY: what one folder (a room) holds is compiled several files at a time. Most of what a
# file costs is in the headers that it shares with its neighbours, so a whole build is faster; after
# a change the neighbours are compiled too. The library is compiled so with sanitizers alone: what is
# measured and shipped does not depend on neighbours.
#
# For this to work, names without linkage differ within a room of the library, and a file of unit
# tests has a namespace of its own.

include_guard(GLOBAL)

# aiueo_unity(<target> [LIBRARY]): to be called after its sources are known. A source with options
# of its own (kernels of a wider instruction set) stays alone.
function(aiueo_unity target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LIBRARY" "" "")
  if(NOT AIUEO_UNITY OR (arg_LIBRARY AND NOT AIUEO_SANITIZE))
    return()
  endif()
  set(most 8)
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_MODE GROUP)
  get_target_property(sources ${target} SOURCES)
  foreach(source IN LISTS sources)
    get_filename_component(folder "${source}" DIRECTORY)
    get_filename_component(room "${folder}" NAME)
    if(NOT DEFINED count_${room})
      set(count_${room} 0)
    endif()
    math(EXPR part "${count_${room}} / ${most}")
    math(EXPR count_${room} "${count_${room}} + 1")
    set_source_files_properties("${source}" PROPERTIES UNITY_GROUP "${room}_${part}")
  endforeach()
endfunction()
