// The gap of random conditions beside every set of changes tried in order; long conditions.
#include <algorithm>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "plans.hpp"

namespace test_gap_search {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

constexpr std::size_t flags = 6;

/// A formula over flags with its meaning, which owes nothing to the library: 0 false, 1 true, 2
/// unknown.
struct formula {
    char what = 'f';  ///< f: a flag; !, &, |, ?
    std::size_t flag = 0;
    std::vector<formula> parts;

    [[nodiscard]] int value(const std::vector<int>& of) const {
        std::vector<int> in;
        for (const formula& one : parts) in.push_back(one.value(of));
        if (what == 'f') return of[flag];
        if (what == '!') return in[0] == 2 ? 2 : 1 - in[0];
        if (what == '?') return in[0] == 2 ? 2 : in[in[0] == 1 ? 1 : 2];
        const int decides = what == '&' ? 0 : 1;
        int out = 1 - decides;
        for (const int one : in) {
            if (one == decides) return decides;
            if (one == 2) out = 2;
        }
        return out;
    }
    [[nodiscard]] std::string text() const {
        if (what == 'f') return "f" + std::to_string(flag);
        if (what == '!') return "!(" + parts[0].text() + ")";
        if (what == '?')
            return "((" + parts[0].text() + ") ? (" + parts[1].text() + ") : (" + parts[2].text() +
                   "))";
        std::string out = "(" + parts[0].text();
        for (std::size_t k = 1; k < parts.size(); ++k)
            out += (what == '&' ? " && " : " || ") + parts[k].text();
        return out + ")";
    }
};

formula drawn_formula(std::mt19937& dice, int depth) {
    formula out;
    const auto up_to = [&dice](unsigned n) { return dice() % n; };
    if (depth == 0 || up_to(4) == 0) {
        out.flag = up_to(flags);
        return out;
    }
    out.what = "!&&|?"[up_to(5)];
    const std::size_t parts = out.what == '!' ? 1 : out.what == '?' ? 3 : 2 + up_to(2);
    for (std::size_t k = 0; k < parts; ++k) out.parts.push_back(drawn_formula(dice, depth - 1));
    return out;
}

/// The first flags that the formula reads, in the order in which it is written.
void list_flags(const formula& of, std::vector<std::size_t>& out) {
    if (of.what == 'f' && std::find(out.begin(), out.end(), of.flag) == out.end())
        out.push_back(of.flag);
    for (const formula& one : of.parts) list_flags(one, out);
}

/// The values after the first smallest set of changes, by size, then in the order written; of an
/// unknown flag true before false.
std::optional<std::vector<int>> tried_plainly(const formula& of, const std::vector<int>& now) {
    std::vector<std::size_t> order;
    list_flags(of, order);
    std::vector<std::size_t> chosen;
    std::optional<std::vector<int>> found;
    const auto change = [&](auto&& self, std::size_t at, std::vector<int>& to) -> bool {
        if (at == chosen.size()) {
            if (of.value(to) == 1) found = to;
            return found.has_value();
        }
        const std::size_t k = chosen[at];
        to[k] = now[k] == 2 ? 1 : 1 - now[k];
        if (self(self, at + 1, to)) return true;
        if (now[k] == 2) {
            to[k] = 0;
            if (self(self, at + 1, to)) return true;
        }
        to[k] = now[k];
        return false;
    };
    const auto choose = [&](auto&& self, std::size_t first, std::size_t left) -> bool {
        if (left == 0) {
            std::vector<int> to = now;
            return change(change, 0, to);
        }
        for (std::size_t k = first; k < order.size(); ++k) {
            chosen.push_back(order[k]);
            if (self(self, k + 1, left - 1)) return true;
            chosen.pop_back();
        }
        return false;
    };
    for (std::size_t size = 0; size <= order.size(); ++size) {
        if (choose(choose, 0, size)) return found;
    }
    return std::nullopt;
}

std::string flag_metrics() {
    std::string out;
    for (std::size_t k = 0; k < flags; ++k)
        out +=
            (k > 0 ? ", " : "") + std::string{"\"f"} + std::to_string(k) + R"(": {"type": "flag"})";
    return out;
}

/// `component`: what the one component of the model does with its metric.
plan ladder_plan(const std::string& metrics, const std::string& component,
                 const std::string& when) {
    std::string axes = R"("U": {"components": {"x": )";
    axes += component + "}}";
    std::string more = R"("overall": {"weights": {"U": 1}, "min_axes": 1}, "ladders": {"stage": )";
    more += R"([{"name": "low"}, {"name": "high", "when": ")" + when + R"("}]})";
    return plan_of(model_text(metrics, axes, more));
}

}  // namespace

TEST_CASE("the gap is the first smallest set of changes, whatever the condition", "[gap]") {
    std::mt19937 dice{20261123};
    int reached = 0, changes = 0;
    for (int round = 0; round < 400; ++round) {
        const formula what = drawn_formula(dice, 3);
        INFO(what.text());
        const plan p = ladder_plan(flag_metrics(), R"({"metric": "f0"})", what.text());
        std::vector<int> now(flags);
        batch row{p, 1, {.all_metrics = true}};
        row.own_all();
        row.set_as_of(20000);
        for (std::size_t k = 0; k < flags; ++k) {
            now[k] = static_cast<int>(dice() % 3);
            if (now[k] == 2) continue;
            const auto number = row.number_of("f" + std::to_string(k));
            REQUIRE(number.ok());
            REQUIRE(row.set(*number, 0, static_cast<double>(now[k])).ok());
        }
        const auto found = gap(p, row, 0, "stage", "high");
        REQUIRE(found.ok());
        const auto wanted = tried_plainly(what, now);
        if (what.value(now) == 1) {
            CHECK(found->target <= found->stage);
            continue;
        }
        CHECK(found->minimal);
        CHECK(found->reachable == wanted.has_value());
        if (!wanted) continue;
        ++reached;
        std::vector<int> to = now;
        for (const gap_condition& one : found->conditions) {
            to[static_cast<std::size_t>(one.text[1] - '0')] = one.wanted ? 1 : 0;
            ++changes;
        }
        CHECK(to == *wanted);
    }
    CHECK(reached > 150);
    CHECK(changes > reached);
}

TEST_CASE("a long chain of comparisons has its gap at once, one that cannot be is cut off",
          "[gap]") {
    std::string metrics = R"("x": {"type": "number"})", all, pairs;
    for (int k = 0; k < 200; ++k) {
        const std::string name = "m" + std::to_string(k);
        metrics += ", \"" + name + R"(": {"type": "number"})";
        all += (k > 0 ? " && " : "") + name + " > 3";
        const std::string other = "m" + std::to_string((k + 1) % 200);
        pairs += (k > 0 ? " && (" : "(") + name + " > 3 || " + other + " > 3)";
    }
    const std::string of_x = R"({"metric": "x", "curve": [[0, 0], [10, 100]]})";
    const plan chain = ladder_plan(metrics, of_x, all);
    const auto long_gap = gap(chain, row_of(chain, {{"m5", 9.0}, {"m7", 1.0}}), 0, "stage");
    REQUIRE(long_gap.ok());
    CHECK(long_gap->minimal);
    CHECK(long_gap->conditions.size() == 199);

    // A ring, each tied to the next: a set that does, and the word that a smaller one may.
    const plan tied = ladder_plan(metrics, of_x, pairs);
    const auto cut = gap(tied, row_of(tied, {{"m5", 1.0}}), 0, "stage");
    REQUIRE(cut.ok());
    CHECK_FALSE(cut->minimal);
    CHECK(cut->reachable);
    CHECK(cut->conditions.size() >= 100);
    CHECK(cut->conditions.size() <= 200);
}

TEST_CASE("a gap breaks no rung beneath the target", "[gap]") {
    const auto gap_with = [](const std::string& first, const std::string& second) {
        const plan p = plan_of(model_text(
            R"("paused": {"type": "flag"}, "setup": {"type": "flag"}, "wins": {"type": "flag"},
               "x": {"type": "number"})",
            R"("U": {"components": {"x": {"metric": "x", "curve": [[0, 0], [10, 100]]}}})",
            R"("ladders": {"stage": [{"name": "Entry"}, {"name": "Paying", "when": ")" + first +
                R"("}, {"name": "Active", "when": ")" + second + R"("}]})"));
        auto found = gap(p, row_of(p, {{"paused", 0.0}, {"setup", 1.0}, {"wins", 0.0}, {"x", 1.0}}),
                         0, "stage");
        REQUIRE(found.ok());
        CHECK(found->stage == 1);
        return *std::move(found);
    };
    // To pause would be enough for Active, and lose Paying.
    const gap_report other = gap_with("!paused && setup", "paused || x >= 5");
    REQUIRE(other.conditions.size() == 1);
    CHECK(other.conditions[0].text == "x >= 5");
    // What must change beneath is told with its rung: setup or wins is needed for Paying.
    const gap_report both = gap_with("setup || wins", "!setup");
    REQUIRE(both.conditions.size() == 2);
    CHECK((both.conditions[0].text == "setup" && both.conditions[0].rung == 2));
    CHECK((both.conditions[1].text == "wins" && both.conditions[1].rung == 1));
    CHECK_FALSE(both.conditions[0].wanted);
    CHECK(both.conditions[1].wanted);
    // Nothing does both.
    CHECK_FALSE(gap_with("setup", "!setup").reachable);
    // Where they share nothing, nothing is said of the rung beneath.
    CHECK(gap_with("setup", "wins").conditions.size() == 1);
}

}  // namespace test_gap_search
