# Toolchain: g++ for 64-bit ARM on Debian (package g++-aarch64-linux-gnu), programs run by qemu-user.
#
#   cmake --preset aarch64        or        -DCMAKE_TOOLCHAIN_FILE=cmake/aarch64-linux-gnu.cmake
#
# There is no second set of libraries. The headers that the project takes from others are the same
# for every processor, so the installed ones are used: cmake/host_headers.cmake offers these, and
# nothing else of /usr/include, which holds the host's own.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)

set(AIUEO_TRIPLE aarch64-linux-gnu)
set(CMAKE_C_COMPILER ${AIUEO_TRIPLE}-gcc)
set(CMAKE_CXX_COMPILER ${AIUEO_TRIPLE}-g++)

set(CMAKE_FIND_ROOT_PATH /usr/${AIUEO_TRIPLE})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

find_program(AIUEO_QEMU_AARCH64 NAMES qemu-aarch64 qemu-aarch64-static)
mark_as_advanced(AIUEO_QEMU_AARCH64)
if(AIUEO_QEMU_AARCH64)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${AIUEO_QEMU_AARCH64};-L;/usr/${AIUEO_TRIPLE}")
endif()

set(CMAKE_PROJECT_aiueo_INCLUDE "${CMAKE_CURRENT_LIST_DIR}/host_headers.cmake")
