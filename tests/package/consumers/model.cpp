// A model file read by the compiled parts: prints what it is called, and a problem of another.
#include <cstdio>
#include <fstream>
#include <iterator>
#include <string>

#include <aiueo/aiueo.hpp>

#ifndef AIUEO_COMPILED
#error "aiueo::aiueo says that its kernels are there"
#endif

int main(int, char** argv) {
    std::ifstream file{argv[1]};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    const auto model = aiueo::read_model(text);
    if (!model) return 1;
    const auto plan = aiueo::compile(*model);
    if (!plan) return 1;
    std::printf("%s\n", model->name.c_str());
    const auto wrong = aiueo::read_model("{\"aiueo\": 1,");
    std::printf("%s\n", wrong ? "read" : "refused");
}
