// What the shared library exports: the functions of symbols.txt, and nothing else.
#include <algorithm>
#include <cstdio>
#include <dlfcn.h>
#include <memory>
#include <regex>
#include <set>
#include <sstream>

#include "fixture.hpp"
#include "support/catch.hpp"

namespace {

using names = std::set<std::string>;

names listed() {
    std::istringstream lines{
        capi_test::read_file(aiueo::testing::tests_dir() + "/../capi/symbols.txt")};
    return {std::istream_iterator<std::string>{lines}, {}};
}

std::string library_path() {
    Dl_info found{};
    REQUIRE(dladdr(reinterpret_cast<const void*>(&aiueo_plan_load), &found) != 0);
    return found.dli_fname;
}

// Names and versions of the dynamic symbols that the library defines: "name@@version".
std::vector<std::string> exported() {
    const std::string command = "nm -D --defined-only '" + library_path() + "'";
    struct closer {
        void operator()(FILE* file) const { pclose(file); }
    };
    const std::unique_ptr<FILE, closer> pipe{popen(command.c_str(), "r")};
    REQUIRE(pipe != nullptr);
    std::vector<std::string> out;
    std::array<char, 4096> line{};
    while (std::fgets(line.data(), static_cast<int>(line.size()), pipe.get()) != nullptr) {
        std::istringstream parts{line.data()};
        std::string address;
        std::string type;
        std::string name;
        parts >> address >> type >> name;
        if (type != "A") out.push_back(name);  // the name of the version itself
    }
    return out;
}

}  // namespace

TEST_CASE("the library exports the listed functions and nothing else") {
    names found;
    for (const std::string& one : exported()) {
        INFO(one);
        CHECK(one.ends_with("@@AIUEO_1"));
        found.insert(one.substr(0, one.find('@')));
    }
    CHECK(found == listed());
}

TEST_CASE("the header declares the listed functions and nothing else") {
    const std::string header =
        capi_test::read_file(aiueo::testing::tests_dir() + "/../capi/include/aiueo.h");
    const std::regex declaration{R"(AIUEO_API [^;(]*?\b(aiueo_\w+)\()"};
    names found;
    for (std::sregex_iterator at{header.begin(), header.end(), declaration}, end; at != end; ++at) {
        found.insert((*at)[1]);
    }
    CHECK(found == listed());
}

TEST_CASE("the map names the listed functions and nothing else") {
    const std::string map =
        capi_test::read_file(aiueo::testing::tests_dir() + "/../capi/aiueo.map");
    const std::regex name{R"((aiueo_\w+);)"};
    names found;
    for (std::sregex_iterator at{map.begin(), map.end(), name}, end; at != end; ++at) {
        found.insert((*at)[1]);
    }
    CHECK(found == listed());
}
