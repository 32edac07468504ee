# Toolchain: g++ for IBM Z on Debian (package g++-s390x-linux-gnu), programs run by qemu-user. Its
# numbers begin with the highest byte, so it shows what depends on the order of bytes.
#
#   cmake --preset s390x        or        -DCMAKE_TOOLCHAIN_FILE=cmake/s390x-linux-gnu.cmake
#
# Libraries: see aarch64-linux-gnu.cmake.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR s390x)

set(AIUEO_TRIPLE s390x-linux-gnu)
set(CMAKE_C_COMPILER ${AIUEO_TRIPLE}-gcc)
set(CMAKE_CXX_COMPILER ${AIUEO_TRIPLE}-g++)

set(CMAKE_FIND_ROOT_PATH /usr/${AIUEO_TRIPLE})
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

find_program(AIUEO_QEMU_S390X NAMES qemu-s390x qemu-s390x-static)
mark_as_advanced(AIUEO_QEMU_S390X)
if(AIUEO_QEMU_S390X)
  set(CMAKE_CROSSCOMPILING_EMULATOR "${AIUEO_QEMU_S390X};-L;/usr/${AIUEO_TRIPLE}")
endif()

set(CMAKE_PROJECT_aiueo_INCLUDE "${CMAKE_CURRENT_LIST_DIR}/host_headers.cmake")
