# Puts the published JSON Schema into the library, so that a host can hand it to an editor without a file.
#
#   include(cmake/embed_schema.cmake)  aiueo_embed_schema(<target>)
#   cmake -D IN=schema.json -D OUT=model_schema.inc -P cmake/embed_schema.cmake
#
# The text becomes raw string literals of a size that every compiler takes, one after the other.

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ "${IN}" text)
  if(text MATCHES "[^ -~\n]")
    message(FATAL_ERROR "${IN}: only ASCII, since a piece may end inside any other character")
  endif()
  set(out "")
  string(LENGTH "${text}" left)
  set(at 0)
  while(at LESS left)
    string(SUBSTRING "${text}" ${at} 4000 piece)
    string(APPEND out "R\"AIUEO(${piece})AIUEO\"\n")
    math(EXPR at "${at} + 4000")
  endwhile()
  file(WRITE "${OUT}" "${out}")
  return()
endif()

include_guard(GLOBAL)

function(aiueo_embed_schema target)
  set(in "${PROJECT_SOURCE_DIR}/schema/aiueo-model.schema.json")
  set(script "${PROJECT_SOURCE_DIR}/cmake/embed_schema.cmake")
  set(folder "${PROJECT_BINARY_DIR}/generated")
  add_custom_command(
    OUTPUT "${folder}/model_schema.inc"
    COMMAND ${CMAKE_COMMAND} -D "IN=${in}" -D "OUT=${folder}/model_schema.inc" -P "${script}"
    DEPENDS "${in}" "${script}"
    VERBATIM)
  target_sources(${target} PRIVATE "${folder}/model_schema.inc")
  target_include_directories(${target} PRIVATE "${folder}")
endfunction()
