#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/model/expression_ops.hpp"
#include "aiueo/model/parse_expression.hpp"

#include "unit/model/conditions_fixture.hpp"

namespace test_parse_expression {

using namespace aiueo;
using aiueo::testing::in_file;
using aiueo::testing::parsed;

namespace {

/// A tree with all its parentheses: (&& (> a 1) b).
std::string tree_of(const expression& all, const node& one) {
    switch (one.what) {
    case op::number: return (one.type == value_type::date ? "@" : "") + format_number(one.number);
    case op::text: return "'" + one.text + "'";
    case op::flag: return one.number != 0 ? "true" : "false";
    case op::name: return one.text;
    default: break;
    }
    std::string out = "(" + std::string{expression_detail::spelling(one.what)};
    for (const std::uint32_t child : one.operands) out += " " + tree_of(all, all.nodes[child]);
    return out + ")";
}

std::string tree_of(std::string_view source) {
    const expression all = parsed(source);
    return tree_of(all, all.root());
}

/// "LINE:COLUMN message" of what is wrong.
std::string wrong(std::string_view source, const expression_limits& limits = {}) {
    const result<expression> out = parse_expression(source, in_file(), limits);
    if (out) return "nothing";
    return std::to_string(out.error().where.line) + ":" + std::to_string(out.error().where.column) +
           " " + out.error().message;
}

}  // namespace

TEST_CASE("precedence is CEL's", "[parse_expression]") {
    CHECK(tree_of("a || b && c") == "(|| a (&& b c))");
    CHECK(tree_of("(a || b) && c") == "(&& (|| a b) c)");
    CHECK(tree_of("a && b || c && d") == "(|| (&& a b) (&& c d))");
    CHECK(tree_of("a == b && c != d") == "(&& (== a b) (!= c d))");
    CHECK(tree_of("a + b < c - d") == "(< (+ a b) (- c d))");
    CHECK(tree_of("a + b * c") == "(+ a (* b c))");
    CHECK(tree_of("a * b % c / d") == "(/ (% (* a b) c) d)");
    CHECK(tree_of("a - b - c") == "(- (- a b) c)");
    CHECK(tree_of("-a * b") == "(* (- a) b)");
    CHECK(tree_of("!a && b") == "(&& (! a) b)");
    CHECK(tree_of("!(a && b)") == "(! (&& a b))");
    CHECK(tree_of("a ? b : c ? d : e") == "(?: a b (?: c d e))");
    CHECK(tree_of("a ? (b ? c : d) : e") == "(?: a (?: b c d) e)");
    CHECK(tree_of("a || b ? c : d") == "(?: (|| a b) c d)");
    CHECK(tree_of("a in [1, 2] && b") == "(&& (in a 1 2) b)");
    CHECK(tree_of("a + 1 in [b * 2]") == "(in (+ a 1) (* b 2))");
    CHECK(tree_of("(a < b) == c") == "(== (< a b) c)");
}

TEST_CASE("literals and names", "[parse_expression]") {
    CHECK(tree_of("1") == "1");
    CHECK(tree_of("0.5") == "0.5");
    CHECK(tree_of(".5") == "0.5");
    CHECK(tree_of("1e3") == "1000");
    CHECK(tree_of("2.5E-2") == "0.025");
    CHECK(tree_of("007") == "7");
    CHECK(tree_of("-5") == "-5");
    CHECK(tree_of("--5") == "5");
    CHECK(tree_of("- 5") == "-5");
    CHECK(tree_of("-(5)") == "(- 5)");
    CHECK(tree_of("-0") == "-0");
    CHECK(tree_of("3 - -5") == "(- 3 -5)");
    CHECK(tree_of("true != false") == "(!= true false)");
    CHECK(tree_of("U.logins + touch.coverage") == "(+ U.logins touch.coverage)");
    CHECK(tree_of("U . logins") == "U.logins");
    CHECK(tree_of("ログイン数 > 3") == "(> ログイン数 3)");
    CHECK(tree_of("_a1 > 3") == "(> _a1 3)");
    CHECK(tree_of("min + max") == "(+ min max)");
    CHECK(tree_of("as_of - date('2026-04-01')") == "(- as_of @20544)");
    CHECK(tree_of("date(\"1969-12-31\")") == "@-1");
}

TEST_CASE("text and its escapes", "[parse_expression]") {
    CHECK(parsed("'it\"s'").root().text == "it\"s");
    CHECK(parsed("\"it's\"").root().text == "it's");
    CHECK(parsed(R"('it\'s')").root().text == "it's");
    CHECK(parsed(R"('\a\b\f\n\r\t\v\\\?\"\`')").root().text == "\a\b\f\n\r\t\v\\?\"`");
    CHECK(parsed(R"('\x41\X42\103')").root().text == "ABC");
    CHECK(parsed(R"('\xe9')").root().text == "é");
    CHECK(parsed(R"('\377')").root().text == "ÿ");
    CHECK(parsed(R"('\u6771\U00004eac')").root().text == "東京");
    CHECK(parsed(R"('\U0001F600')").root().text == "\xF0\x9F\x98\x80");
    CHECK(parsed("'東京'").root().text == "東京");
    CHECK(parsed("''").root().text.empty());
    CHECK(parsed("'a // b'").root().text == "a // b");
    CHECK(parsed(R"('\000')").root().text == std::string(1, '\0'));
}

TEST_CASE("functions, methods and lists", "[parse_expression]") {
    CHECK(tree_of("has(nps)") == "(has() nps)");
    CHECK(tree_of("has ( nps )") == "(has() nps)");
    CHECK(tree_of("days_since(a) + days_until(b)") == "(+ (days_since() a) (days_until() b))");
    CHECK(tree_of("at_least(stage, 'Active')") == "(at_least() stage 'Active')");
    CHECK(tree_of("min(1, a, b + 2)") == "(min() 1 a (+ b 2))");
    CHECK(tree_of("max(1)") == "(max() 1)");
    CHECK(tree_of("abs(-a)") == "(abs() (- a))");
    CHECK(tree_of("plan.startsWith('a')") == "(startsWith() plan 'a')");
    CHECK(tree_of("(a ? b : c).endsWith('a')") == "(endsWith() (?: a b c) 'a')");
    CHECK(tree_of("'ab'.contains('a')") == "(contains() 'ab' 'a')");
    CHECK(tree_of("!plan.contains('a')") == "(! (contains() plan 'a'))");
    CHECK(tree_of("x in ['a', \"b\",]") == "(in x 'a' 'b')");
    CHECK(tree_of("x in [-1, date('1970-01-02')]") == "(in x -1 @1)");
}

TEST_CASE("blanks and comments separate and mean nothing", "[parse_expression]") {
    CHECK(tree_of(" a\t+\r\n b // and so on") == "(+ a b)");
    CHECK(tree_of("// first\na // second\n// third") == "a");
    CHECK(tree_of("a&&b||!c") == "(|| (&& a b) (! c))");
    CHECK(tree_of("a// 日本語\n+b") == "(+ a b)");
}

TEST_CASE("spans quote the source exactly", "[parse_expression]") {
    const expression all = parsed(" (a + b) * -c >= min( 1, d ) || x in [ 1 ] ");
    std::vector<std::string> parts;
    for (const node& one : all.nodes) parts.emplace_back(all.text_of(one));
    const std::vector<std::string> wanted{
        "a",           "b",
        "a + b",       "c",
        "-c",          "(a + b) * -c",
        "1",           "d",
        "min( 1, d )", "(a + b) * -c >= min( 1, d )",
        "x",           "1",
        "x in [ 1 ]",  "(a + b) * -c >= min( 1, d ) || x in [ 1 ]"};
    CHECK(parts == wanted);
    CHECK(parsed("( a )").text_of(parsed("( a )").root()) == "a");
    const expression folded = parsed("- 5 + U . coverage");
    CHECK(folded.text_of(folded.nodes[0]) == "- 5");
    CHECK(folded.text_of(folded.nodes[1]) == "U . coverage");
    const expression method = parsed("(plan).startsWith('a')");
    CHECK(method.text_of(method.root()) == "(plan).startsWith('a')");
}

TEST_CASE("operands come before their operator and are used once", "[parse_expression]") {
    const expression all = parsed("a && (b || c) ? min(1, 2, 3) : x in [4, 5] ? 6 : 7");
    std::vector<int> used(all.nodes.size(), 0);
    for (std::uint32_t i = 0; i < all.nodes.size(); ++i) {
        for (const std::uint32_t child : all.nodes[i].operands) {
            CHECK(child < i);
            ++used[child];
        }
    }
    for (std::size_t i = 0; i + 1 < used.size(); ++i) CHECK(used[i] == 1);
    CHECK(used.back() == 0);
    CHECK(all.source == "a && (b || c) ? min(1, 2, 3) : x in [4, 5] ? 6 : 7");
    CHECK(all.where.line == 7);
}

TEST_CASE("what is malformed is named with its place", "[parse_expression]") {
    struct row {
        std::string_view source;
        std::string_view says;
    };
    const row rows[] = {
        {"", "7:21 the condition is empty; leave it out, or write true"},
        {"  // nothing",
         "7:21 at character 1: the condition is empty; leave it out, or write true"},
        {"a = 1", "7:23 at character 3: \"=\" is not an operator; write \"==\" to compare"},
        {"a === 1", "7:23 at character 3: \"===\" is not an operator; write \"==\" to compare"},
        {"a !== 1", "7:23 at character 3: \"!==\" is not an operator; write \"!=\" to compare"},
        {"a <> 1", "7:23 at character 3: \"<>\" is not an operator; write \"!=\""},
        {"a => 1", "7:23 at character 3: \"=>\" is not an operator; write \">=\" for at least"},
        {"a =< 1", "7:23 at character 3: \"=<\" is not an operator; write \"<=\" for at most"},
        {"a := 1", "7:23 at character 3: \":=\" is not an operator; write \"==\" to compare"},
        {"a ?? 1", "7:23 at character 3: \"??\" is not an operator; write has(x) ? x : y"},
        {"a ** 2",
         "7:23 at character 3: \"**\" is not an operator; write a power as a product, x * x"},
        {"a ^ 2",
         "7:23 at character 3: \"^\" is not an operator; write a power as a product, x * x"},
        {"a /* b */",
         "7:23 at character 3: \"/*\" begins no comment here; a comment begins with \"//\""},
        {"a # b", "7:23 at character 3: \"#\" has no meaning here; a comment begins with \"//\""},
        {"a & b", "7:23 at character 3: \"&\" is not an operator; write \"&&\" for and"},
        {"a | b", "7:23 at character 3: \"|\" is not an operator; write \"||\" for or"},
        {"a;", "7:22 at character 2: \";\" has no meaning here; a condition is one expression"},
        {"{a}", "7:21 at character 1: maps are not part of the language"},
        {"a @ b", "7:23 at character 3: \"@\" has no meaning here"},
        {"a and b", "7:23 at character 3: \"and\" is not an operator; write \"&&\" for and"},
        {"a OR b", "7:23 at character 3: \"OR\" is not an operator; write \"||\" for or"},
        {"not a", "7:21 at character 1: \"not\" is not an operator; write \"!\" for not"},
        {"not (a)", "7:21 at character 1: \"not\" is not an operator; write \"!\" for not"},
        {"a not in [1]",
         "7:23 at character 3: \"not\" is not an operator; \"x not in [..]\" is written !(x in [..])"},
        {"a is b",
         "7:23 at character 3: \"is\" is not an operator; write \"==\" to compare, has(x) for \"is known\""},
        {"a like 'b'",
         "7:23 at character 3: \"like\" is not an operator; write x.startsWith('…'), x.endsWith('…') or "
         "x.contains('…')"},
        {"a between 1",
         "7:23 at character 3: \"between\" is not an operator; write x >= a && x <= b"},
        {"a IN [1]", "7:23 at character 3: \"IN\" is not an operator; write \"in\" in lower case"},
        {"a == null",
         "7:26 at character 6: null cannot be compared; write has(x) for \"is known\" and !has(x) for \"is "
         "unknown\""},
        {"a < b < c",
         "7:27 at character 7: comparisons do not chain; write a < b && b < c, or put one in parentheses"},
        {"a in [1] == b",
         "7:30 at character 10: comparisons do not chain; write a < b && b < c, or put one in "
         "parentheses"},
        {"a < ", "7:25 at character 5: the condition ends where a value should follow"},
        {"50% > a",
         "7:25 at character 5: a value is missing before \">\"; \"%\" is the remainder, a share of 50 % is "
         "written 0.5"},
        {"50%",
         "7:24 at character 4: the condition ends where a value should follow; \"%\" is the remainder, a share of "
         "50 % is written 0.5"},
        {"a > = b", "7:25 at character 5: \"=\" is not an operator; write \"==\" to compare"},
        {"a < > b",
         "7:25 at character 5: a value is missing before \">\"; an operator is written without spaces"},
        {"a > +1",
         "7:25 at character 5: a value is missing before \"+\"; a positive number has no sign"},
        {"&& a", "7:21 at character 1: a value is missing before \"&&\""},
        {"in [1]", "7:21 at character 1: a value is missing before \"in\""},
        {"a b", "7:23 at character 3: an operator is missing before \"b\""},
        {"a 'b'", "7:23 at character 3: an operator is missing before \"'b'\""},
        {"(a)(b)", "7:24 at character 4: an operator is missing before \"(\""},
        {"1,000 > a",
         "7:22 at character 2: a comma has no meaning here; numbers are written without separators, as in "
         "1000000"},
        {"a, b",
         "7:22 at character 2: a comma has no meaning here; it separates the values of a list or a function"},
        {"1_000", "7:22 at character 2: numbers are written without separators, as in 1000000"},
        {"1.", "7:21 at character 1: a digit must follow the decimal point; write 1.0"},
        {"1u", "7:22 at character 2: all numbers are doubles; leave the \"u\" out"},
        {"0x1F",
         "7:21 at character 1: hexadecimal numbers are not part of the language; write it in decimal"},
        {"1e999", "7:21 at character 1: the number is larger than a double can hold"},
        {"28d > 1",
         "7:21 at character 1: a number and a name stand together; an operator is missing between them, or a "
         "name begins with a digit, as no name does"},
        {"(a", "7:21 at character 1: the parenthesis is not closed; \")\" is missing"},
        {"a)", "7:22 at character 2: \")\" closes nothing that is open here"},
        {"()", "7:22 at character 2: there is nothing between the parentheses"},
        {"a ]", "7:23 at character 3: \"]\" closes nothing that is open here"},
        {"a[0]", "7:22 at character 2: \"[\" picks nothing here; a list stands only after \"in\""},
        {"[1] == a", "7:21 at character 1: a list stands only after \"in\", as in x in [1, 2]"},
        {"a in [1", "7:26 at character 6: the list is not closed; \"]\" is missing"},
        {"a in []", "7:26 at character 6: the list is empty, so nothing can be in it"},
        {"a in (1, 2)", "7:26 at character 6: a list is written in brackets, as in x in [1, 2]"},
        {"a in b", "7:26 at character 6: a list in brackets must follow \"in\", as in x in [1, 2]"},
        {"a ? b", "7:23 at character 3: \"?\" needs a \":\" and a second value"},
        {"a ? b ? c : d : e",
         "7:27 at character 7: a conditional between \"?\" and \":\" needs parentheses"},
        {"a : b", "7:23 at character 3: \":\" belongs to a conditional, c ? a : b"},
        {"foo(1)", "7:21 at character 1: there is no function \"foo\""},
        {"day_since(a)",
         "7:21 at character 1: there is no function \"day_since\"; did you mean \"days_since\"?"},
        {"now() > a",
         "7:21 at character 1: there is no function \"now\"; the snapshot's date is as_of"},
        {"isnull(a)", "7:21 at character 1: there is no function \"isnull\"; write !has(x)"},
        {"startsWith(a, 'b')",
         "7:21 at character 1: startsWith() is written behind its category, as in "
         "plan.startsWith('pro')"},
        {"a.has()", "7:23 at character 3: has() is written before its value, as in has(x)"},
        {"a.startswith('b')",
         "7:23 at character 3: there is no method \"startswith\"; did you mean \"startsWith\"?"},
        {"a.size()", "7:23 at character 3: there is no method \"size\"; a text has no length here"},
        {"a.contains()",
         "7:31 at character 11: contains() takes a text, as in plan.contains('pro')"},
        {"a.contains('b', 'c')", "7:37 at character 17: contains() takes one text"},
        {"1.b", "7:23 at character 3: only a name has parts, as in U.coverage"},
        {"(U).coverage", "7:25 at character 5: only a name has parts, as in U.coverage"},
        {"U.", "7:23 at character 3: a name must follow the point"},
        {"has()", "7:21 at character 1: has() takes one name, as in has(nps)"},
        {"min()", "7:21 at character 1: min() takes at least one value"},
        {"at_least(stage)",
         "7:21 at character 1: at_least() takes a ladder and a rung, as in at_least(stage, 'Active')"},
        {"min(1, )", "7:28 at character 8: a value is missing before \")\""},
        {"date(1)", "7:26 at character 6: date() takes a date in quotes, as in date('2026-04-01')"},
        {"date('2026-02-29')",
         "7:26 at character 6: \"2026-02-29\" is not a date of the calendar as in '2026-04-01'"},
        {"date('2026-2-1')",
         "7:26 at character 6: \"2026-2-1\" is not a date of the calendar as in '2026-04-01'"},
        {"'abc", "7:21 at character 1: the text is not closed; ' is missing"},
        {"'abc\ndef'", "7:21 at character 1: the text is not closed; ' is missing"},
        {"'a\\",
         "7:23 at character 3: the escape is not known; a backslash itself is written \\\\"},
        {"'a\\q'",
         "7:23 at character 3: the escape is not known; a backslash itself is written \\\\"},
        {"'\\x4'", "7:22 at character 2: the escape needs 2 hexadecimal digits"},
        {"'\\09'", "7:22 at character 2: the escape needs 3 octal digits"},
        {"'\\ud800'", "7:22 at character 2: the escape is not a character of Unicode"},
        {"'\\U00110000'", "7:22 at character 2: the escape is not a character of Unicode"},
        {"'''abc'''",
         "7:21 at character 1: text in triple quotes is not part of the language; write one quote on each "
         "side"},
        {"r'abc'",
         "7:21 at character 1: text with the prefix \"r\" is not part of the language; leave the prefix out"},
        {"`abc`", "7:21 at character 1: names in backquotes are not part of the language"},
        {"a ＞ 3", "7:23 at character 3: \"＞\" has no meaning here; write >"},
        {"a ≥ 3", "7:23 at character 3: \"≥\" has no meaning here; write >="},
        {"a\u3000> 3", "7:22 at character 2: a wide space stands here; write a plain space"},
        {"a == ‘b’", "7:26 at character 6: \"‘\" has no meaning here; write '"},
        {"a → b", "7:23 at character 3: \"→\" has no meaning here"},
        {"a \x01 b", "7:23 at character 3: a control character stands outside of quotes"},
        {"a \xff", "7:23 at character 3: the bytes here are not UTF-8"},
        {"'\xc3'", "7:22 at character 2: the bytes here are not UTF-8"},
        {"a // \xed\xa0\x80", "7:26 at character 6: the bytes here are not UTF-8"},
        {"ログイン = 1", "7:26 at character 6: \"=\" is not an operator; write \"==\" to compare"},
    };
    for (const row& one : rows) {
        INFO(one.source);
        CHECK(wrong(one.source) == one.says);
    }
}

TEST_CASE("the column counts what JSON must escape, the message what people see",
          "[parse_expression]") {
    // In the file: "plan == \"a\" = b", so the second = is two characters further.
    CHECK(wrong("plan == \"a\" = b") ==
          "7:35 at character 13: \"=\" is not an operator; write \"==\" to compare");
    CHECK(wrong("a\n\n  = b") ==
          "7:28 at line 3, character 3: \"=\" is not an operator; write \"==\" to compare");
    CHECK(wrong("'\\\\' = b") ==
          "7:28 at character 6: \"=\" is not an operator; write \"==\" to compare");
}

TEST_CASE("a condition that stands in no file has no line", "[parse_expression]") {
    const result<expression> out = parse_expression("a = b");
    REQUIRE_FALSE(out);
    CHECK(out.error().code == errc::bad_model);
    CHECK(out.error().where.line == 0);
    CHECK(out.error().to_string() ==
          "at character 3: \"=\" is not an operator; write \"==\" to compare");
}

TEST_CASE("limits are errors of their own", "[parse_expression]") {
    const auto code = [](std::string_view source, const expression_limits& limits) {
        const result<expression> out = parse_expression(source, {}, limits);
        return out ? errc::ok : out.error().code;
    };
    expression_limits limits;
    limits.bytes = 5;
    CHECK(code("a + b", limits) == errc::ok);
    CHECK(code("a + bc", limits) == errc::limit_exceeded);
    limits = {};
    limits.nodes = 3;
    CHECK(code("a + b", limits) == errc::ok);
    CHECK(code("a + -b", limits) == errc::limit_exceeded);
    CHECK(wrong("a + b + c", limits) == "7:29 at character 9: the condition has more than 3 parts");

    const auto nested = [](std::size_t levels, std::string_view open, std::string_view close) {
        std::string out;
        for (std::size_t i = 0; i < levels; ++i) out += open;
        out += "a";
        for (std::size_t i = 0; i < levels; ++i) out += close;
        return out;
    };
    CHECK(code(nested(63, "(", ")"), {}) == errc::ok);
    CHECK(code(nested(64, "(", ")"), {}) == errc::limit_exceeded);
    CHECK(code(nested(63, "!", ""), {}) == errc::ok);
    CHECK(code(nested(5000, "!", ""), {}) == errc::limit_exceeded);
    CHECK(code(nested(5000, "-", ""), {}) == errc::limit_exceeded);
    CHECK(code(nested(3000, "abs(", ")"), {}) == errc::limit_exceeded);
    CHECK(code(nested(3000, "a in [", "]"), {}) == errc::limit_exceeded);
    CHECK(code(nested(3000, "b ? c : ", ""), {}) == errc::limit_exceeded);
    // Chains are no nesting.
    CHECK(code(nested(1000, "b && ", ""), {}) == errc::ok);
    CHECK(code(nested(1000, "b + ", ""), {}) == errc::ok);
}

TEST_CASE("every sequence of bytes is safe", "[parse_expression]") {
    std::mt19937 random(20261122);
    const std::string_view pieces[] = {"a",      "1",    "'",    "\"",  "`",  "(",    ")",
                                       "[",      "]",    "&&",   "||",  "==", "<",    "in",
                                       " ",      "?",    ":",    ".",   ",",  "-",    "!",
                                       "date('", "has(", "min(", "//",  "\n", "\xe3", "\x80",
                                       "true",   "null", "\\",   "not", "1e", "ロ",   "％"};
    for (int i = 0; i < 20000; ++i) {
        std::string source;
        const std::size_t count = random() % 12;
        for (std::size_t k = 0; k < count; ++k) source += pieces[random() % std::size(pieces)];
        const result<expression> out = parse_expression(source, in_file());
        if (out) {
            REQUIRE_FALSE(out->empty());
            REQUIRE(out->root().end <= source.size());
        } else {
            REQUIRE(out.error().where.line == 7);
            REQUIRE(out.error().where.column >= 21);
            REQUIRE((source.empty() || out.error().message.substr(0, 3) == "at "));
        }
    }
}

}  // namespace test_parse_expression
