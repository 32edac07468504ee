# What `cmake --install` puts where. One export set for each component of find_package(aiueo), so
# that an installation without the shared library, or without the archive, is still a good one.

include(CMakePackageConfigHelpers)

set(AIUEO_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/aiueo")

install(TARGETS aiueo_core EXPORT aiueo-core-targets)
install(
  TARGETS aiueo_static
  EXPORT aiueo-aiueo-targets
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(
  DIRECTORY "${PROJECT_SOURCE_DIR}/include/"
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
  COMPONENT development
  FILES_MATCHING
  PATTERN "*.hpp")
set(AIUEO_EXPORTS core aiueo)

if(TARGET aiueo_capi)
  install(
    TARGETS aiueo_capi
    EXPORT aiueo-capi-targets
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT development
    RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT runtime
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
  install(
    DIRECTORY "${PROJECT_SOURCE_DIR}/capi/include/"
    DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    COMPONENT development
    FILES_MATCHING
    PATTERN "*.h")
  install(
    TARGETS aiueo_capi_static
    EXPORT aiueo-capi_static-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
  list(APPEND AIUEO_EXPORTS capi capi_static)

  # libaiueo.so in the Python package: one real file, since a wheel cannot hold links.
  install(
    FILES "$<TARGET_FILE:aiueo_capi>"
    DESTINATION aiueo
    RENAME "libaiueo${CMAKE_SHARED_LIBRARY_SUFFIX}"
    COMPONENT python EXCLUDE_FROM_ALL)

  # Paths relative to the .pc file: an installation can be moved, or given a --prefix late.
  set(AIUEO_PC_DIR "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig")
  file(RELATIVE_PATH AIUEO_PC_PREFIX "${AIUEO_PC_DIR}" "${CMAKE_INSTALL_PREFIX}")
  string(REGEX REPLACE "/$" "" AIUEO_PC_PREFIX "${AIUEO_PC_PREFIX}")
  file(RELATIVE_PATH AIUEO_PC_LIBDIR "${CMAKE_INSTALL_PREFIX}" "${CMAKE_INSTALL_FULL_LIBDIR}")
  file(RELATIVE_PATH AIUEO_PC_INCLUDEDIR "${CMAKE_INSTALL_PREFIX}"
       "${CMAKE_INSTALL_FULL_INCLUDEDIR}")
  # The first is the C++ library, which aiueo-static.pc lets a user replace.
  set(AIUEO_PC_RUNTIME ${AIUEO_CXX_RUNTIME})
  list(POP_FRONT AIUEO_PC_RUNTIME AIUEO_PC_CXX)
  list(TRANSFORM AIUEO_PC_RUNTIME PREPEND "-l")
  list(JOIN AIUEO_PC_RUNTIME " " AIUEO_PC_RUNTIME)
  foreach(name aiueo aiueo-static)
    configure_file("${PROJECT_SOURCE_DIR}/cmake/${name}.pc.in" "${PROJECT_BINARY_DIR}/${name}.pc"
                   @ONLY)
    install(
      FILES "${PROJECT_BINARY_DIR}/${name}.pc"
      DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
      COMPONENT development)
  endforeach()
endif()

foreach(export IN LISTS AIUEO_EXPORTS)
  install(
    EXPORT aiueo-${export}-targets
    NAMESPACE aiueo::
    DESTINATION ${AIUEO_CMAKE_DIR}
    COMPONENT development)
endforeach()

configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/aiueo-config.cmake.in" "${PROJECT_BINARY_DIR}/aiueo-config.cmake"
  INSTALL_DESTINATION ${AIUEO_CMAKE_DIR}
  NO_SET_AND_CHECK_MACRO)
# Before 1.0 a minor version may break its users.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/aiueo-config-version.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(
  FILES "${PROJECT_BINARY_DIR}/aiueo-config.cmake"
        "${PROJECT_BINARY_DIR}/aiueo-config-version.cmake"
  DESTINATION ${AIUEO_CMAKE_DIR}
  COMPONENT development)
install(
  FILES "${PROJECT_SOURCE_DIR}/LICENSE"
  DESTINATION ${CMAKE_INSTALL_DOCDIR}
  COMPONENT development)

if(PROJECT_IS_TOP_LEVEL)
  set(CPACK_PACKAGE_NAME aiueo)
  set(CPACK_PACKAGE_CONTACT "The aiueo authors <aiueo@localhost>")
  set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "${PROJECT_DESCRIPTION}")
  set(CPACK_RESOURCE_FILE_LICENSE "${PROJECT_SOURCE_DIR}/LICENSE")
  set(CPACK_PACKAGE_DIRECTORY "${PROJECT_BINARY_DIR}/packages")
  set(CPACK_GENERATOR DEB)
  set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
  set(CPACK_STRIP_FILES ON)
  set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
  set(CPACK_DEBIAN_PACKAGE_SECTION libs)
  set(CPACK_DEBIAN_PACKAGE_DEPENDS "libc6, libstdc++6 (>= 12)")
  set(CPACK_DEBIAN_PACKAGE_SUGGESTS "libboost-dev")
  include(CPack)
endif()
