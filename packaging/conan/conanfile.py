"""Conan 2 recipe: `conan create packaging/conan`. See docs/install.md.

The package is what `cmake --install` makes, with its own files for find_package and pkg-config, so
that a program does not change when it comes from Conan. It holds the shared library and the
archive; the target that is linked chooses.
"""

import re
from pathlib import Path

from conan import ConanFile
from conan.errors import ConanInvalidConfiguration
from conan.tools.build import check_min_cppstd
from conan.tools.cmake import CMake, CMakeDeps, CMakeToolchain, cmake_layout
from conan.tools.files import copy

required_conan_version = ">=2.1"


class Aiueo(ConanFile):
    name = "aiueo"
    description = "Embeddable customer-health engine"
    license = "Apache-2.0"
    topics = ("customer-success", "churn", "scoring")
    package_type = "shared-library"
    settings = "os", "arch", "compiler", "build_type"

    @property
    def _top(self):
        return Path(self.recipe_folder).parents[1]

    def set_version(self):
        text = (self._top / "CMakeLists.txt").read_text(encoding="utf-8")
        self.version = re.search(r"\n  VERSION (\d+\.\d+\.\d+)\n", text)[1]

    def export_sources(self):
        folders = ("cmake", "include", "src", "schema", "capi/include")
        for pattern in ("CMakeLists.txt", "LICENSE", *(f"{one}/*" for one in folders)):
            copy(self, pattern, self._top, self.export_sources_folder)
        for pattern in ("*.cpp", "*.hpp", "*.txt", "*.map"):
            capi = Path(self.export_sources_folder) / "capi"
            copy(self, pattern, self._top / "capi", capi, excludes=("go/*", "python/*"))

    def requirements(self):
        # Headers only, both: Boost in the public ones, JSON inside.
        self.requires("boost/[>=1.74]", transitive_headers=True, options={"header_only": True})
        self.requires("nlohmann_json/[>=3.10 <4]", visible=False)

    def validate(self):
        check_min_cppstd(self, 20)
        if self.settings.os == "Windows":
            raise ConanInvalidConfiguration("aiueo is built with g++ or clang")

    def layout(self):
        cmake_layout(self)

    def generate(self):
        CMakeDeps(self).generate()
        toolchain = CMakeToolchain(self)
        toolchain.cache_variables["AIUEO_BUILD_TESTS"] = False
        toolchain.cache_variables["AIUEO_WERROR"] = False
        # What is not found is an error, not a download.
        toolchain.cache_variables["FETCHCONTENT_FULLY_DISCONNECTED"] = True
        toolchain.generate()

    def build(self):
        cmake = CMake(self)
        cmake.configure()
        cmake.build()

    def package(self):
        CMake(self).install()
        copy(self, "LICENSE", self.source_folder, Path(self.package_folder) / "licenses")

    def package_info(self):
        self.cpp_info.set_property("cmake_find_mode", "none")
        self.cpp_info.builddirs = ["lib/cmake/aiueo"]
        self.cpp_info.libs = ["aiueo"]
