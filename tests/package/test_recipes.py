"""The recipes for Conan and vcpkg.

Conan runs, with the libraries of the system. vcpkg downloads its own tools, so its port is run by
CMake with stand-ins for vcpkg's functions.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from installed import ROOT, build, run, tool, version

CONAN = ROOT / "packaging" / "conan"
PORT = ROOT / "packaging" / "vcpkg" / "aiueo"

PROFILE = """\
include(default)
[settings]
compiler.cppstd=20
build_type=Debug
[platform_requires]
boost/1.74.0
nlohmann_json/3.11.2
[buildenv]
CXXFLAGS=-g0
"""


def test_conan(tmp_path: Path) -> None:
    conan = tool("conan")
    if not Path("/usr/include/nlohmann/json.hpp").exists():
        pytest.skip("no nlohmann/json in the system, and Conan's own would be downloaded")
    home = {"CONAN_HOME": str(tmp_path / "home")}
    run(conan, "profile", "detect", env=home)
    (tmp_path / "profile").write_text(PROFILE)
    options = ("-pr:a", tmp_path / "profile", "--no-remote")
    run(conan, "create", CONAN, *options, "--test-folder=", env=home)
    trial = tmp_path / "test_package"
    shutil.copytree(CONAN / "test_package", trial, ignore=shutil.ignore_patterns("build"))
    said = run(conan, "test", trial, f"aiueo/{version()}", *options, env=home)
    assert said.count(f"\naiueo {version()}\n") == 2, said


VCPKG = """\
set(CURRENT_PACKAGES_DIR "${OUT}/aiueo")
function(vcpkg_cmake_configure)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "SOURCE_PATH" "OPTIONS")
  execute_process(
    COMMAND ${CMAKE_COMMAND} -S ${arg_SOURCE_PATH} -B ${OUT}/build -G ${GENERATOR} ${arg_OPTIONS}
    COMMAND_ERROR_IS_FATAL ANY)
endfunction()
function(vcpkg_cmake_install)
  foreach(to IN ITEMS . debug)
    execute_process(
      COMMAND ${CMAKE_COMMAND} --install ${BUILD} --prefix ${CURRENT_PACKAGES_DIR}/${to}
      COMMAND_ERROR_IS_FATAL ANY)
  endforeach()
endfunction()
function(vcpkg_cmake_config_fixup)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "CONFIG_PATH;PACKAGE_NAME" "")
  foreach(to IN ITEMS . debug)
    file(GLOB files "${CURRENT_PACKAGES_DIR}/${to}/${arg_CONFIG_PATH}/*.cmake")
    if(NOT files)
      message(FATAL_ERROR "nothing in ${arg_CONFIG_PATH}")
    endif()
    file(MAKE_DIRECTORY "${CURRENT_PACKAGES_DIR}/${to}/share")
    file(RENAME "${CURRENT_PACKAGES_DIR}/${to}/${arg_CONFIG_PATH}"
         "${CURRENT_PACKAGES_DIR}/${to}/share/aiueo")
  endforeach()
endfunction()
function(vcpkg_fixup_pkgconfig)
endfunction()
function(vcpkg_install_copyright)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "" "FILE_LIST")
  file(COPY_FILE "${arg_FILE_LIST}" "${CURRENT_PACKAGES_DIR}/share/aiueo/copyright")
endfunction()
include("${PORT}/portfile.cmake")
"""


def test_the_vcpkg_port(tmp_path: Path) -> None:
    script = tmp_path / "vcpkg.cmake"
    script.write_text(VCPKG)
    generator = "Ninja" if shutil.which("ninja") else "Unix Makefiles"
    said = run(
        *(tool("cmake"), f"-DPORT={PORT}", f"-DOUT={tmp_path}", f"-DBUILD={build()}"),
        *(f"-DGENERATOR={generator}", "-P", script),
    )
    assert "Manually-specified variables were not used" not in said
    made = tmp_path / "aiueo"
    assert (made / "share" / "aiueo" / "copyright").read_bytes() == (ROOT / "LICENSE").read_bytes()
    assert (made / "share" / "aiueo" / "aiueo-config.cmake").exists()
    assert sorted(os.listdir(made / "debug")) == ["lib"]
    assert sorted(os.listdir(made / "share")) == ["aiueo"]


def test_the_vcpkg_manifest() -> None:
    manifest = json.loads((PORT / "vcpkg.json").read_text(encoding="utf-8"))
    assert manifest["name"] == PORT.name
    assert manifest["version"] == version()
    assert manifest["license"] == "Apache-2.0"
