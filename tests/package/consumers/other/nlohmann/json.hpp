// Stands for the host's own nlohmann/json: the names that libaiueo's copy has, in its inline
// namespace, with another layout and other answers.
#pragma once

#include <cstdint>
#include <string>

namespace nlohmann {
inline namespace OTHER_JSON_NAMESPACE {
namespace detail {

inline int calls = 0;  ///< of what libaiueo's copy has too

class exception {
public:
    virtual std::int64_t first() const { return 1; }
    virtual const char* what() const noexcept { return "the host's"; }
    virtual ~exception() { ++calls; }
    __attribute__((noinline)) static std::string name(const std::string&, int) {
        ++calls;
        return "the host's";
    }
    char padding[256] = {};
    int id = 7;
};
class parse_error : public exception {
public:
    ~parse_error() override { ++calls; }
};
class out_of_range : public exception {
public:
    ~out_of_range() override { ++calls; }
};

}  // namespace detail
}  // namespace OTHER_JSON_NAMESPACE
}  // namespace nlohmann
