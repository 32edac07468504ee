#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/base/suggest.hpp"

#include "support/catch.hpp"

namespace test_suggest {

using aiueo::did_you_mean;
using aiueo::edit_distance;
using aiueo::nearest;

TEST_CASE("edit distance counts inserts, deletes, replacements and swaps", "[suggest]") {
    CHECK(edit_distance("", "", 3) == 0);
    CHECK(edit_distance("abc", "abc", 3) == 0);
    CHECK(edit_distance("abc", "ABC", 3) == 0);
    CHECK(edit_distance("abc", "abcd", 3) == 1);
    CHECK(edit_distance("abc", "ab", 3) == 1);
    CHECK(edit_distance("abc", "axc", 3) == 1);
    CHECK(edit_distance("abc", "acb", 3) == 1);
    CHECK(edit_distance("kitten", "sitting", 3) == 3);
    CHECK(edit_distance("", "abc", 3) == 3);
}

TEST_CASE("edit distance stops at its bound and refuses long names", "[suggest]") {
    CHECK(edit_distance("kitten", "sitting", 2) == 3);
    CHECK(edit_distance("a", "abcdefgh", 2) == 3);
    const std::string longer(65, 'a');
    CHECK(edit_distance(longer, longer, 5) == 6);
    const std::string longest(64, 'a');
    CHECK(edit_distance(longest, longest, 5) == 0);
}

TEST_CASE("nearest finds a slip and nothing farther than a third", "[suggest]") {
    const std::vector<std::string> names{"logins_28d", "seats", "setup_done", "U", "plan"};
    CHECK(nearest("login_28d", names) == "logins_28d");
    CHECK(nearest("setup_doen", names) == "setup_done");
    CHECK(nearest("plna", names) == "plan");
    CHECK_FALSE(nearest("revenue", names));
    CHECK_FALSE(nearest("V", names));
    CHECK_FALSE(nearest("", names));
}

TEST_CASE("a difference in case alone wins, whatever the length", "[suggest]") {
    const std::vector<std::string> names{"plans", "Plan", std::string(100, 'x')};
    CHECK(nearest("plan", names) == "Plan");
    CHECK(nearest(std::string(100, 'X'), names) == std::string(100, 'x'));
    CHECK_FALSE(nearest(std::string(99, 'X'), names));
    CHECK(nearest("u", std::vector<const char*>{"U"}) == "U");
}

TEST_CASE("the name itself is never suggested, the first of equals is", "[suggest]") {
    const std::array<std::string_view, 3> names{"abcd", "abce", "abcf"};
    CHECK(nearest("abcd", names) == "abce");
    CHECK(nearest("abcx", std::span<const std::string_view>{names}) == "abcd");
}

TEST_CASE("did_you_mean is the end of a message, or nothing", "[suggest]") {
    const std::array<std::string_view, 1> names{"stage"};
    CHECK(did_you_mean("stgae", names) == "; did you mean \"stage\"?");
    CHECK(did_you_mean("overall", names).empty());
    CHECK(did_you_mean("x", std::vector<std::string>{}).empty());
}

TEST_CASE("only so many candidates are looked at", "[suggest]") {
    std::vector<std::string> names(aiueo::suggest_candidates, "something else");
    names.emplace_back("stage");
    CHECK_FALSE(nearest("stgae", names));
    names[0] = "stage";
    CHECK(nearest("stgae", names) == "stage");
}

}  // namespace test_suggest
