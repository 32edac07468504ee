# How the two C libraries are linked: what leaves libaiueo.so, and what leaves libaiueo.a.
#
#   aiueo_shared_linking(<target>)              a shared library of the C ABI
#   aiueo_c_archive(<target> <object library>)  the archive libaiueo.a, with all that is beneath
#   aiueo_no_unique(<target>)                   what is compiled for either of them

include_guard(GLOBAL)

function(aiueo_shared_linking target)
  # Hidden visibility alone still exports what the standard library marks as default.
  set(map "${PROJECT_SOURCE_DIR}/capi/aiueo.map")
  if(UNIX AND NOT APPLE AND EXISTS "${map}")
    target_link_options(${target} PRIVATE "LINKER:--version-script=${map}")
    set_target_properties(${target} PROPERTIES LINK_DEPENDS "${map}")
  endif()
  # With a sanitizer the runtime's symbols come from the executable.
  if(UNIX AND NOT APPLE AND NOT AIUEO_SANITIZE)
    target_link_options(${target} PRIVATE LINKER:--no-undefined)
  endif()
endfunction()

# "Unique" symbols (g++, for static variables of inline functions) are one for the whole process
# whatever their visibility, and objcopy cannot make them local.
function(aiueo_no_unique target)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fno-gnu-unique>)
endfunction()

# What a C compiler does not link by itself and the C++ in an archive needs: stdc++ and m, mostly.
set(AIUEO_CXX_RUNTIME ${CMAKE_CXX_IMPLICIT_LINK_LIBRARIES})
if(CMAKE_C_IMPLICIT_LINK_LIBRARIES)
  list(REMOVE_ITEM AIUEO_CXX_RUNTIME ${CMAKE_C_IMPLICIT_LINK_LIBRARIES})
endif()
list(REMOVE_DUPLICATES AIUEO_CXX_RUNTIME)

# An archive has no export list: whatever is global in it meets the host's own symbols. A host with
# another nlohmann/json, or the same one compiled otherwise, would get one of the two definitions of
# each inline function, and hidden visibility does not help: it only counts in what is linked later.
# So everything is linked into one object first, and there all but the C functions is made local.
# Section groups have to go (--force-group-allocation): the linker compares them by name, and would
# still throw away our copy for the host's.
#
# Where the tools for this are missing (not ELF) or see no machine code (link-time optimisation), or
# the instrumentation needs the groups (sanitizers), it is a plain archive of the same objects.
function(aiueo_c_archive target objects)
  set(local ON)
  if(NOT CMAKE_EXECUTABLE_FORMAT STREQUAL "ELF"
     OR NOT CMAKE_OBJCOPY
     OR NOT CMAKE_LINKER
     OR AIUEO_SANITIZE
     OR AIUEO_BUILD_FUZZ
     OR CMAKE_INTERPROCEDURAL_OPTIMIZATION
     OR "${CMAKE_CXX_FLAGS} ${CMAKE_CXX_FLAGS_${CMAKE_BUILD_TYPE}}" MATCHES "-flto")
    set(local OFF)
  endif()

  if(local)
    set(folder "${PROJECT_BINARY_DIR}/CMakeFiles/${target}.dir")
    set(symbols "${PROJECT_SOURCE_DIR}/capi/symbols.txt")
    file(MAKE_DIRECTORY "${folder}")
    add_custom_command(
      OUTPUT "${folder}/aiueo.o"
      COMMAND ${CMAKE_LINKER} -r --force-group-allocation -o "${folder}/whole.o"
              "$<TARGET_OBJECTS:${objects}>" "$<TARGET_FILE:aiueo_static>"
      COMMAND ${CMAKE_OBJCOPY} "--keep-global-symbols=${symbols}" "${folder}/whole.o"
              "${folder}/aiueo.o"
      COMMAND ${CMAKE_COMMAND} -E rm "${folder}/whole.o"
      DEPENDS ${objects} "$<TARGET_OBJECTS:${objects}>" aiueo_static "${symbols}"
      COMMENT "Linking the objects of libaiueo.a into one"
      COMMAND_EXPAND_LISTS VERBATIM)
    add_library(${target} STATIC "${folder}/aiueo.o")
    set_source_files_properties("${folder}/aiueo.o" PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  else()
    message(STATUS "aiueo: libaiueo.a keeps the symbols of its C++ parts global")
    add_library(${target} STATIC $<TARGET_OBJECTS:${objects}> $<TARGET_OBJECTS:aiueo_static>)
  endif()

  # As a C library that names its runtime, it can be linked where no C++ is enabled.
  set_target_properties(
    ${target}
    PROPERTIES EXPORT_NAME capi_static
               OUTPUT_NAME aiueo
               LINKER_LANGUAGE C)
  target_include_directories(
    ${target} INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/capi/include>
                        $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${target} INTERFACE ${AIUEO_CXX_RUNTIME})
endfunction()
