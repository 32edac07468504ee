#include <string>
#include <vector>

#include "../../../src/model/json_document.hpp"
#include "model_files.hpp"

namespace test_json_document {

using namespace aiueo;
using json::document;
using json::kind;

namespace {

document parsed(std::string_view text) {
    problems found;
    document out = json::parse(text, {}, found);
    INFO(aiueo::testing::told(found));
    REQUIRE(found.empty());
    REQUIRE(out.root() != json::nowhere);
    return out;
}

std::string at(const document& doc, std::size_t offset) {
    const place where = doc.place_of(offset);
    return std::to_string(where.line) + ":" + std::to_string(where.column);
}

std::string merged(const std::string& target, const std::string& patch) {
    const std::string text = "[" + target + "," + patch + "]";
    document doc = parsed(text);
    const json::value root = doc[doc.root()];
    const json::index out =
        json::merge(doc, doc.link_at(root.first).to, {doc.link_at(root.first + 1).to, nullptr},
                    [](const json::patch_member&) { return true; });
    return doc.write(out);
}

}  // namespace

TEST_CASE("every value knows the bytes it covers", "[json]") {
    const std::string text =
        "\xEF\xBB\xBF{ \"a\" : [1, -2.5e3 ,true,\n null, \"x\\u3042\\\"\"], \"b\":{} }";
    const document doc = parsed(text);
    const json::value root = doc[doc.root()];
    CHECK(doc.source_of(root) == text.substr(3));
    const json::value list = doc[doc.find(doc.root(), "a")->to];
    const std::vector<std::string> sources{"1", "-2.5e3", "true", "null", "\"x\\u3042\\\"\""};
    REQUIRE(list.count == sources.size());
    for (std::size_t i = 0; i < sources.size(); ++i)
        CHECK(doc.source_of(doc[doc.link_at(list.first + i).to]) == sources[i]);
    CHECK(doc[doc.link_at(list.first + 1).to].number == -2500.0);
    CHECK(doc.text_of(doc[doc.link_at(list.first + 4).to]) == "xあ\"");
    CHECK(doc.write(doc.root()) == "{\"a\":[1,-2.5e3,true,null,\"xあ\\\"\"],\"b\":{}}");
    CHECK(doc.write(doc.root(), 8) == "{\"a\":[1,…");
    CHECK(at(doc, doc[doc.link_at(list.first + 4).to].begin) == "2:8");
    CHECK(at(doc, 3) == "1:1");
}

TEST_CASE("numbers are read from their token", "[json]") {
    const document doc =
        parsed("[0.1, 1e-400, -0, 9007199254740993, 18446744073709551616, 5e-324]");
    const json::value root = doc[doc.root()];
    const double expected[] = {0.1, 0.0, -0.0, 9007199254740992.0, 18446744073709551616.0, 5e-324};
    for (std::size_t i = 0; i < 6; ++i) {
        CHECK(aiueo::testing::same_bits(doc[doc.link_at(root.first + i).to].number, expected[i]));
    }
}

TEST_CASE("lines and columns count code points, wherever they are", "[json]") {
    std::string text = "[";
    for (int i = 0; i < 500; ++i) text += i % 7 == 0 ? "\"日本\",\n" : "\"aé\", ";
    text += "0]";
    const document doc = parsed(text);
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
        const place where = doc.place_of(i);
        REQUIRE(where.line == line);
        REQUIRE(where.column == column);
        ++column;
        if (text[i] == '\n') {
            ++line;
            column = 1;
        }
    }
}

TEST_CASE("paths find their way back", "[json]") {
    const std::string text = R"({ "a": [ { "log ins": 1, "b": [2, 3] } ], "a.b": 4 })";
    const document doc = parsed(text);
    const auto source = [&doc](std::string_view path) {
        return std::string{doc.source_of(doc[doc.locate(doc.root(), path).value])};
    };
    CHECK(source("a[0][\"log ins\"]") == "1");
    CHECK(source("a[0].b[1]") == "3");
    CHECK(source("a[0].b[1].nothing") == "3");
    CHECK(source("[\"a.b\"]") == "4");
    CHECK(source("a[0].bb") == R"({ "log ins": 1, "b": [2, 3] })");
    CHECK(source("") == text);
    const json::trail first{nullptr, "a", {}};
    const json::trail second{&first, {}, std::size_t{0}};
    const json::trail third{&second, "log ins", {}};
    CHECK(json::path_of(&third) == "a[0][\"log ins\"]");
}

// RFC 7396, appendix A.
TEST_CASE("a merge patch does what its standard says", "[json]") {
    const std::vector<std::vector<std::string>> cases{
        {R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        {R"({"a":"b"})", R"({"a":null})", R"({})"},
        {R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
        {R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
        {R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
        {R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        {R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
        {R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
        {R"({"a":"b"})", R"(["c"])", R"(["c"])"},
        {R"({"a":"foo"})", R"(null)", R"(null)"},
        {R"({"a":"foo"})", R"("bar")", R"("bar")"},
        {R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
        {R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
        {R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"},
    };
    for (const auto& one : cases) CHECK(merged(one[0], one[1]) == one[2]);
}

TEST_CASE("a merge patch can be refused member by member", "[json]") {
    document doc = parsed(R"([{"a":1,"b":{"c":2}},{"a":null,"b":{"c":3,"d":4}}])");
    const json::value root = doc[doc.root()];
    std::string asked;
    const json::index out =
        json::merge(doc, doc.link_at(root.first).to, {doc.link_at(root.first + 1).to, nullptr},
                    [&](const json::patch_member& one) {
                        asked += json::path_of(one.way) + " ";
                        return doc.key_of(one.asked) != "a" && doc.key_of(one.asked) != "d";
                    });
    CHECK(asked == "a b b.c b.d ");
    CHECK(doc.write(out) == R"({"a":1,"b":{"c":3}})");
    CHECK(doc.write(doc.link_at(root.first).to) == R"({"a":1,"b":{"c":2}})");
}

TEST_CASE("values are compared as values", "[json]") {
    const document doc = parsed(
        R"([{"a":1,"b":[1,2]},{ "b": [1, 2.0], "a": 1e0 },{"a":1,"b":[2,1]},{"a":1},"a",true,false,null])");
    const json::value root = doc[doc.root()];
    const auto same = [&](std::size_t a, std::size_t b) {
        return doc.same(doc.link_at(root.first + a).to, doc.link_at(root.first + b).to);
    };
    CHECK(same(0, 1));
    CHECK_FALSE(same(0, 2));
    CHECK_FALSE(same(0, 3));
    CHECK_FALSE(same(4, 5));
    CHECK_FALSE(same(5, 6));
    CHECK(same(7, 7));
}

}  // namespace test_json_document
