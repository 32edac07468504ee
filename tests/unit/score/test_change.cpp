// The parts of a change: they sum to it, and each is what re-scoring by hand gives.
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/score/change_table.hpp"

#include "changed_rows.hpp"

namespace test_change {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

constexpr std::int32_t first_day = 20000;
constexpr std::int32_t second_day = 20031;

bool in_range(std::size_t k, const raw_cell& one) {
    return change_metric_of[k].type == metric_type::category ||
           (one.value >= change_metric_of[k].low && one.value <= change_metric_of[k].high);
}

/// Is a value known at this age? Metrics without a limit have no column of ages here.
bool known(std::size_t k, const raw_cell& one, std::int32_t as_of) {
    if (one.null() || !in_range(k, one)) return false;
    if (!change_metric_of[k].max_age) return true;
    if (!one.observed) return false;
    const int age = as_of - *one.observed;
    return age >= 0 && age <= *change_metric_of[k].max_age;
}

/// Is it unknown to the component that looks at it: an unlisted category, a date on the wrong side?
bool unknown_to_component(const plan& of, std::size_t k, const raw_cell& one, std::int32_t as_of) {
    for (const auto& group : of.model().rules.groups) {
        for (const component& part : group.components) {
            if (part.inputs.size() != 1 || part.inputs[0] != change_metric_of[k].name) continue;
            if (part.how == response::table && !part.otherwise && one.text != "yes" &&
                one.text != "no")
                return true;
            if (part.how == response::days_since && one.value > as_of) return true;
            if (part.how == response::days_until && one.value < as_of) return true;
        }
    }
    return false;
}

/// The earlier row with the ages of the later.
raw_row aged_by_hand(const raw_row& before, const raw_row& after) {
    raw_row out = before;
    for (std::size_t k = 0; k < change_metric_count; ++k) {
        if (after.cells[k].null()) continue;
        out.cells[k].observed.reset();
        if (after.cells[k].observed)
            out.cells[k].observed = before.as_of - (after.as_of - *after.cells[k].observed);
    }
    return out;
}

/// And with its missing pattern.
raw_row patterned_by_hand(const plan& of, const raw_row& aged, const raw_row& after) {
    raw_row out = aged;
    for (std::size_t k = 0; k < change_metric_count; ++k) {
        const bool was = known(k, aged.cells[k], aged.as_of);
        const bool is = known(k, after.cells[k], after.as_of);
        const bool found_then = was && unknown_to_component(of, k, aged.cells[k], aged.as_of);
        const bool found_now = is && unknown_to_component(of, k, after.cells[k], after.as_of);
        if (was == is && found_then == found_now) continue;
        if (!is) {
            out.cells[k] = {};
            continue;
        }
        out.cells[k] = after.cells[k];
        out.cells[k].observed = aged.as_of;
        if (change_metric_of[k].type == metric_type::date)
            out.cells[k].value -= after.as_of - aged.as_of;
    }
    return out;
}

double overall_of(const plan& of, const raw_row& one, std::size_t which) {
    const scores out = scored(of, batch_of(of, {one}));
    return which == overall_change ? out.overall()[0] : out[static_cast<axis>(which)][0];
}

double grid(double points) { return portable::on_grid(points); }

struct world {
    plan with;
    std::vector<raw_row> before;
    std::vector<raw_row> after;
};

world random_world(std::uint64_t seed, std::size_t rows) {
    dice by{seed};
    world out{plan_of(random_model(by)), {}, {}};
    for (std::size_t i = 0; i < rows; ++i) {
        out.before.push_back(random_row(by, first_day));
        out.after.push_back(later_row(by, out.before.back(), second_day));
    }
    return out;
}

std::vector<row_pair> in_order(std::size_t rows) {
    std::vector<row_pair> out;
    for (std::size_t i = 0; i < rows; ++i)
        out.push_back({static_cast<std::int64_t>(i), static_cast<std::int64_t>(i)});
    return out;
}

changes split(const change_sides& sides, const std::vector<row_pair>& pairs) {
    changes out{sides, pairs.size()};
    const status ok = split_changes(sides, pairs, out);
    if (!ok) FAIL(ok.error().to_string());
    return out;
}

double sum_of(const changes::of_score& one, std::size_t row) {
    double out = 0;
    for (const auto& part : one.parts) out += part[row];
    return out;
}

}  // namespace

TEST_CASE("Parts of a change are what re-scoring by hand gives, and sum to it") {
    std::size_t scored_rows = 0;
    std::array<std::size_t, change_part_count> moved{};
    for (std::uint64_t seed = 1; seed <= 120; ++seed) {
        const world one = random_world(seed, 12);
        dice other{seed + 9000};
        const plan old = plan_of(random_model(other));
        const batch before = batch_of(one.with, one.before);
        const batch after = batch_of(one.with, one.after);
        const batch old_rows = batch_of(old, one.before);
        change_sides sides{&one.with, &before, &after};
        const bool two_models = seed % 2 == 0;
        if (two_models) {
            sides.from = &old;
            sides.from_rows = &old_rows;
        }
        const changes out = split(sides, in_order(one.before.size()));
        const scores old_scores = two_models ? scored(old, old_rows) : scored(one.with, before);
        const scores new_scores = scored(one.with, after);
        CHECK(out.old_ladder(0) == 0);
        for (std::size_t i = 0; i < one.before.size(); ++i) {
            CHECK(out.stage(0, 0)[i] == old_scores.stage(0)[i]);
            CHECK(out.stage(0, 4)[i] == new_scores.stage(0)[i]);
            CHECK(out.band(0)[i] == old_scores.band()[i]);
            CHECK(out.band(4)[i] == new_scores.band()[i]);
            const raw_row aged = aged_by_hand(one.before[i], one.after[i]);
            const raw_row patterned = patterned_by_hand(one.with, aged, one.after[i]);
            for (std::size_t s = 0; s < change_scores; ++s) {
                if (out[s].before.empty()) continue;
                const double states[] = {
                    overall_of(two_models ? old : one.with, one.before[i], s),
                    overall_of(one.with, one.before[i], s), overall_of(one.with, aged, s),
                    overall_of(one.with, patterned, s), overall_of(one.with, one.after[i], s)};
                CAPTURE(seed, i, s);
                CHECK(same_bits(out[s].before[i], grid(states[0])));
                CHECK(same_bits(out[s].after[i], grid(states[4])));
                const change_outcome what = out[s].outcome[i];
                const bool was = states[0] == states[0];
                const bool is = states[4] == states[4];
                if (!was || !is) {
                    CHECK(what.kind == (was  ? change_kind::became_insufficient
                                        : is ? change_kind::became_sufficient
                                             : change_kind::insufficient));
                    for (const auto& part : out[s].parts) CHECK(part[i] != part[i]);
                    std::uint8_t cause = no_part;
                    for (std::uint8_t p = 0; p < change_part_count; ++p) {
                        const bool then = states[p] == states[p];
                        const bool now = states[p + 1] == states[p + 1];
                        if (then != now && now == is) cause = p;
                    }
                    CHECK(what.cause == (was == is ? no_part : cause));
                    continue;
                }
                CHECK(what.kind == change_kind::scored);
                CHECK(same_bits(sum_of(out[s], i), out[s].after[i] - out[s].before[i]));
                scored_rows += s == overall_change;
                double last = states[0];
                for (std::size_t p = 0; p < change_part_count; ++p) {
                    const double now = states[p + 1];
                    const bool told = now == now;
                    CHECK(same_bits(out[s].parts[p][i], told ? grid(now) - grid(last) : 0.0));
                    CHECK((what.joined >> p & 1) == (told ? 0 : 1));
                    moved[p] += told && grid(now) != grid(last);
                    if (told) last = now;
                }
            }
        }
    }
    CHECK(scored_rows > 400);
    for (const std::size_t times : moved) CHECK(times > 100);
}

namespace {

/// Every part of every score that is not `only` is 0, and nothing else made or lost a score.
void check_only(const changes& out, change_part only, std::size_t rows) {
    for (std::size_t s = 0; s < change_scores; ++s) {
        if (out[s].before.empty()) continue;
        for (std::size_t i = 0; i < rows; ++i) {
            CAPTURE(s, i);
            const change_outcome what = out[s].outcome[i];
            if (what.cause != no_part) CHECK(what.cause == static_cast<std::uint8_t>(only));
            if (what.kind != change_kind::scored) continue;
            CHECK(what.joined == 0);
            for (std::size_t p = 0; p < change_part_count; ++p) {
                if (p != static_cast<std::size_t>(only)) CHECK(out[s].parts[p][i] == 0);
            }
        }
    }
}

std::int64_t moved_by(const changes& out, change_part part) {
    std::int64_t rows = 0;
    for (const double one : out[overall_change].parts[static_cast<std::size_t>(part)])
        rows += one == one && one != 0;
    return rows;
}

std::vector<raw_row> moved_to(std::vector<raw_row> rows, std::int32_t as_of) {
    for (raw_row& one : rows) {
        for (std::size_t k = 0; k < change_metric_count; ++k) {
            if (one.cells[k].observed) *one.cells[k].observed += as_of - one.as_of;
            if (change_metric_of[k].type == metric_type::date)
                one.cells[k].value += as_of - one.as_of;
        }
        one.as_of = as_of;
    }
    return rows;
}

}  // namespace

TEST_CASE("A change of one kind alone is of that kind alone") {
    std::array<std::int64_t, change_part_count> moved{};
    for (std::uint64_t seed = 300; seed < 340; ++seed) {
        const world one = random_world(seed, 20);
        const auto pairs = in_order(one.before.size());
        const batch before = batch_of(one.with, one.before);
        dice by{seed + 5000};
        const plan old = plan_of(random_model(by));
        const batch old_rows = batch_of(old, one.before);

        const changes model = split({&one.with, &before, &before, &old, &old_rows}, pairs);
        check_only(model, change_part::model, pairs.size());
        moved[0] += moved_by(model, change_part::model);

        // The same days later, everything as far away as it was: nothing changes.
        std::vector<raw_row> later = moved_to(one.before, second_day);
        const batch still_there = batch_of(one.with, later);
        const changes nothing = split({&one.with, &before, &still_there}, pairs);
        for (std::size_t p = 0; p < change_part_count; ++p)
            CHECK(moved_by(nothing, static_cast<change_part>(p)) == 0);

        std::vector<raw_row> aged = later;
        for (raw_row& row : aged) {
            for (raw_cell& cell : row.cells) {
                if (cell.observed) *cell.observed -= 25;
            }
        }
        const batch older = batch_of(one.with, aged);
        const changes age = split({&one.with, &before, &older}, pairs);
        check_only(age, change_part::staleness, pairs.size());
        moved[1] += moved_by(age, change_part::staleness);

        std::vector<raw_row> holes = later;
        for (raw_row& row : holes) {
            const std::size_t k = by.below(change_metric_count);
            row.cells[k].value = no_value;
            row.cells[k].text.clear();
        }
        const batch empty = batch_of(one.with, holes);
        const changes missing = split({&one.with, &before, &empty}, pairs);
        check_only(missing, change_part::missingness, pairs.size());
        moved[2] += moved_by(missing, change_part::missingness);
        const changes filled = split({&one.with, &empty, &before}, pairs);
        check_only(filled, change_part::missingness, pairs.size());

        std::vector<raw_row> acted = later;
        for (raw_row& row : acted) {
            if (row.cells[n3].value == row.cells[n3].value) row.cells[n3].value = 7;
            if (row.cells[n2].value == row.cells[n2].value) row.cells[n2].value += 20;
            if (row.cells[f0].value == row.cells[f0].value) row.cells[f0].value = 1;
        }
        const batch acting = batch_of(one.with, acted);
        const changes behaviour = split({&one.with, &before, &acting}, pairs);
        check_only(behaviour, change_part::behaviour, pairs.size());
        moved[3] += moved_by(behaviour, change_part::behaviour);
    }
    CAPTURE(moved[0], moved[1], moved[2], moved[3]);
    for (const std::int64_t rows : moved) CHECK(rows > 20);
}

TEST_CASE("Lines sum to the parts of their score, and to the score") {
    std::size_t seen = 0;
    for (std::uint64_t seed = 500; seed < 540; ++seed) {
        const world one = random_world(seed, 10);
        dice by{seed + 1};
        const plan old = plan_of(random_model(by));
        const batch before = batch_of(one.with, one.before);
        const batch after = batch_of(one.with, one.after);
        const batch old_rows = batch_of(old, one.before);
        const change_sides sides{&one.with, &before, &after, &old, &old_rows};
        for (std::int64_t i = 0; i < 10; ++i) {
            const auto report = explain_change(sides, {i, i});
            REQUIRE(report.ok());
            for (const explained_change& score : report->scores) {
                double was = 0;
                double is = 0;
                std::array<double, change_part_count> parts{};
                for (const explained_line& line : score.lines) {
                    was += line.before;
                    is += line.after;
                    for (std::size_t p = 0; p < change_part_count; ++p) parts[p] += line.parts[p];
                }
                CAPTURE(seed, i);
                if (!score.in_use) continue;
                if (score.before == score.before) CHECK(was == score.before);
                if (score.after == score.after) CHECK(is == score.after);
                if (score.outcome.kind != change_kind::scored) continue;
                ++seen;
                for (std::size_t p = 0; p < change_part_count; ++p)
                    CHECK(parts[p] == score.parts[p]);
            }
        }
    }
    CHECK(seen > 500);
}

TEST_CASE(
    "A component's line is its contribution, and caps, overrides and bounds are lines of their own") {
    const plan with = plan_of(model_text(
        R"("a": {"type": "number"}, "b": {"type": "number"}, "p": {"type": "number", "max_age_days": 9})",
        R"("U": {"components": {"a": {"metric": "a", "curve": [[0, 0], [100, 100]], "weight": 3},
                                "b": {"metric": "b", "curve": [[0, 0], [100, 100]]}},
                 "caps": [{"when": "b < 50", "at_most": 60}], "override": {"metric": "p", "mode": "floor"}})",
        R"("overall": {"weights": {"U": 2}, "min_axes": 1})"));
    batch before = row_of(with, {{"a", 80.0}, {"b", 60.0}}, first_day);
    batch after = row_of(with, {{"a", 80.0}, {"b", 40.0}}, second_day);
    const auto report = explain_change({&with, &before, &after}, {0, 0});
    REQUIRE(report.ok());
    const explained_change& u = report->scores[static_cast<std::size_t>(axis::utilization)];
    CHECK(u.before == 75);
    CHECK(u.after == 60);
    CHECK(u.parts == std::array<double, 4>{0, 0, 0, -15});
    REQUIRE(u.lines.size() == 5);
    CHECK(u.lines[0].what.either().name == "a");
    CHECK(u.lines[0].before == 60);
    CHECK(u.lines[0].parts[3] == 0);
    CHECK(u.lines[1].before == 15);
    CHECK(u.lines[1].parts[3] == -5);
    CHECK(u.lines[2].what.what == change_line::kind::caps);
    CHECK(u.lines[2].after == -10);
    CHECK(u.lines[2].parts[3] == -10);
    CHECK(u.lines[3].parts[3] == 0);
    // A pulse that came holds the score up: what is known changed.
    const auto number = after.number_of("p");
    REQUIRE(after.set(*number, 0, 70.0).ok());
    REQUIRE(after.set_observed(*number, 0, second_day - 3).ok());
    const auto held = explain_change({&with, &before, &after}, {0, 0});
    const explained_change& now = held->scores[static_cast<std::size_t>(axis::utilization)];
    CHECK(now.after == 70);
    CHECK(now.lines[3].after == 10);
    CHECK(now.lines[3].parts[3] == 10);
    const auto without = explain_change({&with, &before, &after, nullptr, nullptr, false}, {0, 0});
    CHECK(without->scores[static_cast<std::size_t>(axis::utilization)].after == 60);
}

TEST_CASE("Overall has lines of the axis that it is, and of its override") {
    const plan with = plan_of(model_text(
        R"("a": {"type": "number"}, "b": {"type": "number"}, "p": {"type": "number", "max_age_days": 9})",
        R"("I": {"components": {"a": {"metric": "a", "curve": [[0, 0], [100, 100]]}}},
           "U": {"components": {"b": {"metric": "b", "curve": [[0, 0], [100, 100]]}}})",
        R"("overall": {"weights": {"I": 1, "U": 1}, "min_axes": 1, "combine": "minimum",
                       "override": {"metric": "p", "mode": "floor"}})"));
    const batch before = row_of(with, {{"a", 80.0}, {"b", 60.0}}, first_day);
    batch after = row_of(with, {{"a", 80.0}, {"b", 40.0}}, second_day);
    const auto number = after.number_of("p");
    REQUIRE(after.set(*number, 0, 70.0).ok());
    REQUIRE(after.set_observed(*number, 0, second_day - 3).ok());
    const auto report = explain_change({&with, &before, &after}, {0, 0});
    REQUIRE(report.ok());
    const explained_change& all = report->scores[overall_change];
    CHECK(all.before == 60);
    CHECK(all.after == 70);
    double a_after = 0, b_before = 0, b_after = 0, held = 0, rest = 0;
    for (const explained_line& line : all.lines) {
        using kind = change_line::kind;
        if (line.what.what == kind::component && line.what.either().name == "a")
            a_after += line.after;
        else if (line.what.what == kind::component) {
            b_before += line.before;
            b_after += line.after;
        } else if (line.what.what == kind::override_ && line.what.group == overall_change) {
            held += line.after;
        } else {
            rest += std::fabs(line.before) + std::fabs(line.after);
        }
    }
    CHECK(a_after == 0);  // the higher axis gives nothing
    CHECK(b_before == 60);
    CHECK(b_after == 40);
    CHECK(held == 30);
    CHECK(rest == 0);
}

TEST_CASE("Sums and columns do not depend on which rows are split together") {
    const world one = random_world(77, 700);
    const batch before = batch_of(one.with, one.before);
    const batch after = batch_of(one.with, one.after);
    const change_sides sides{&one.with, &before, &after};
    const auto pairs = in_order(700);
    const changes whole = split(sides, pairs);
    // Backwards, so that no two rows follow each other.
    std::vector<row_pair> turned(pairs.rbegin(), pairs.rend());
    const changes back = split(sides, turned);
    // And both snapshots in one table.
    std::vector<raw_row> all = one.before;
    all.insert(all.end(), one.after.begin(), one.after.end());
    const batch panel = batch_of(one.with, all);
    std::vector<row_pair> far;
    for (const row_pair& pair : pairs) far.push_back({pair.before, pair.after + 700});
    const changes together = split({&one.with, &panel, &panel}, far);
    for (std::size_t s = 0; s < change_scores; ++s) {
        for (std::size_t i = 0; i < whole[s].before.size(); ++i) {
            for (std::size_t p = 0; p < change_part_count; ++p) {
                const double part = whole[s].parts[p][i];
                CHECK(same_bits(part, back[s].parts[p][699 - i]));
                CHECK(same_bits(part, together[s].parts[p][i]));
            }
        }
        for (const changes* other : {&back, &together}) {
            const auto& a = whole.totals().scores[s];
            const auto& b = other->totals().scores[s];
            CHECK((a.scored == b.scored && a.parts == b.parts && a.named == b.named));
            double sum = 0;
            std::int64_t n = 0;
            for (std::size_t i = 0; i < whole[s].before.size(); ++i) {
                if (whole[s].outcome[i].kind != change_kind::scored) continue;
                sum += whole[s].parts[3][i];
                ++n;
            }
            CHECK(n == a.scored);
            CHECK(sum == points_of(a.parts[3]));
        }
        const change_layout::block& block = whole.layout().blocks[s];
        std::array<std::int64_t, change_part_count> lines{};
        for (std::size_t k = block.first; k < block.first + block.count; ++k) {
            for (std::size_t p = 0; p < change_part_count; ++p)
                lines[p] += whole.totals().lines[k][p];
        }
        CHECK(lines == whole.totals().scores[s].parts);
    }
    CHECK(whole.totals().lines == back.totals().lines);
    // Of two halves the sums are those of the whole.
    change_totals halves = split(sides, {pairs.begin(), pairs.begin() + 300}).totals();
    halves.add(split(sides, {pairs.begin() + 300, pairs.end()}).totals());
    CHECK(halves.rows == 700);
    CHECK(halves.lines == whole.totals().lines);
    for (std::size_t s = 0; s < change_scores; ++s) {
        const auto& a = whole.totals().scores[s];
        const auto& b = halves.scores[s];
        CHECK((a.scored == b.scored && a.insufficient == b.insufficient && a.joined == b.joined));
        CHECK((a.before == b.before && a.after == b.after));
        CHECK((a.parts == b.parts && a.named == b.named));
    }
    CHECK(whole.totals().rows == 700);
}

TEST_CASE("Initiatives follow the date: their change is behaviour") {
    const plan with = plan_of(model_text(
        R"("m": {"from": "initiatives", "initiative": "talk", "value": "count", "window_days": 90},
           "d": {"from": "initiatives", "initiative": "talk", "value": "days_since", "window_days": 90})",
        R"("E": {"components": {"m": {"metric": "m", "curve": [[0, 0], [4, 100]]},
                                "d": {"metric": "d", "curve": [[0, 100], [90, 0]]}}, "min_coverage": 0.1})",
        R"("overall": {"weights": {"E": 1}, "min_axes": 1, "min_coverage": 0.1})"));
    initiative_history history{with};
    for (const std::int32_t day : {first_day - 5, first_day + 10, second_day - 1})
        history.add("k0", "talk", day, initiative_history::no_date, initiative_history::no_date);
    history.add("k1", "talk", second_day - 9, initiative_history::no_date,
                initiative_history::no_date);
    history.finish();
    const std::vector<std::string> keys{"k0", "k1"};
    const auto made = [&](std::int32_t day) {
        batch out{with, 2};
        REQUIRE(out.bind_source("customer", keys).ok());
        out.set_as_of(day);
        REQUIRE(out.set_initiatives(history).ok());
        return out;
    };
    const batch before = made(first_day);
    const batch after = made(second_day);
    const changes out = split({&with, &before, &after}, in_order(2));
    check_only(out, change_part::behaviour, 2);
    CHECK(out[overall_change].parts[3][0] != 0);
    CHECK(out[overall_change].parts[3][1] != 0);  // days_since was unknown, the count was 0
}

TEST_CASE("What became of scores that are known is told without scoring them again") {
    const plan with = plan_of(
        model_text(R"("a": {"type": "number"}, "b": {"type": "number"})",
                   R"("U": {"components": {"a": {"metric": "a", "curve": [[0, 0], [100, 100]]},
                                "b": {"metric": "b", "curve": [[0, 0], [100, 100]]}},
                 "min_coverage": 0.6})",
                   R"("overall": {"weights": {"U": 2}, "min_axes": 1})"));
    const std::vector<double> a{80, no_value, 10, no_value}, b{60, no_value, 20, 5};
    const std::vector<double> later_a{80, 50, no_value, 3}, later_b{40, 50, no_value, no_value};
    batch before{with, 4}, after{with, 4};
    REQUIRE((before.bind_source("a", a).ok() && before.bind_source("b", b).ok()));
    REQUIRE((after.bind_source("a", later_a).ok() && after.bind_source("b", later_b).ok()));
    const change_sides sides{&with, &before, &after};
    const std::vector<row_pair> pairs{{3, 3}, {1, 1}, {0, 0}, {2, 2}};
    const changes out = split(sides, pairs);
    change_splitter job{sides, out.layout()};
    REQUIRE(job.run_scores(pairs, scored(with, before), scored(with, after)).ok());
    const change_kind kinds[] = {change_kind::insufficient, change_kind::became_sufficient,
                                 change_kind::scored, change_kind::became_insufficient};
    for (std::size_t i = 0; i < 4; ++i) {
        for (const std::size_t s : {static_cast<std::size_t>(axis::utilization), overall_change}) {
            const change_outcome found = job.outcome(s, i), wanted = out[s].outcome[i];
            CHECK(found.kind == kinds[i]);
            CHECK(wanted.kind == kinds[i]);
            CHECK(found.cause == wanted.cause);
            CHECK(found.joined == wanted.joined);
        }
    }
}

TEST_CASE("A ladder is followed by its name from model to model") {
    const auto model = [](std::string_view ladders) {
        return plan_of(model_text(R"("x": {"type": "flag"})",
                                  R"("U": {"components": {"x": {"metric": "x"}}})",
                                  R"("ladders": {)" + std::string{ladders} + "}"));
    };
    const plan now = model(R"("fresh": [{"name": "a"}, {"name": "b", "when": "x"}],
                              "stage": [{"name": "c"}, {"name": "d", "when": "x"}])");
    const plan old = model(R"("gone": [{"name": "e"}], "other": [{"name": "f"}],
                              "stage": [{"name": "g"}, {"name": "h", "when": "!x"}])");
    const batch row = row_of(now, {{"x", 1.0}}), old_row = row_of(old, {{"x", 1.0}});
    const changes out = split({&now, &row, &row, &old, &old_row}, in_order(1));
    CHECK(out.old_ladder(0) == -1);
    CHECK(out.old_ladder(1) == 2);
    CHECK(out.stage(0, 0)[0] == no_level);
    CHECK(out.stage(1, 0)[0] == 0);
    CHECK(out.stage(0, 4)[0] == 1);
    CHECK(out.stage(1, 4)[0] == 1);
}

TEST_CASE("Customers are matched by their key, the latest row of each") {
    const plan with = plan_of(
        model_text(R"("a": {"type": "number"})",
                   R"("U": {"components": {"a": {"metric": "a", "curve": [[0, 0], [9, 90]]}}})"));
    const std::vector<std::string> then_keys{"x", "gone", "y", "x"};
    const std::vector<std::int64_t> now_keys{7, 8};
    const std::vector<std::string> now_texts{"y", "new", "x"};
    const std::vector<double> values{1, 2, 3, 4};
    const std::vector<std::int32_t> days{5, 5, 5, 4};
    batch before{with, 4};
    REQUIRE(before.bind_source("customer", then_keys).ok());
    REQUIRE(before.bind("as_of", dates(days)).ok());
    REQUIRE(before.bind_source("a", values).ok());
    batch after{with, 3};
    REQUIRE(after.bind_source("customer", now_texts).ok());
    after.set_as_of(9);
    const auto both = match_customers(before, after);
    REQUIRE(both.ok());
    REQUIRE(both->pairs.size() == 2);
    CHECK((both->pairs[0].before == 2 && both->pairs[0].after == 0));
    CHECK((both->pairs[1].before == 0 && both->pairs[1].after == 2));
    CHECK(both->new_rows == std::vector<std::int64_t>{1});
    CHECK(both->gone_rows == std::vector<std::int64_t>{1});
    CHECK(before.find_customer("x") == 0);  // of the later date
    CHECK(before.find_customer("y") == 2);
    CHECK(before.find_customer("nobody") == -1);
    const std::vector<std::string> twice{"x", "y", "x"};
    batch same_day{with, 3};
    REQUIRE(same_day.bind_source("customer", twice).ok());
    same_day.set_as_of(9);
    CHECK(same_day.find_customer("x") == 2);
    // A row without a date is before all others.
    const std::vector<std::int32_t> some_days{7, 5, 6};
    const std::uint8_t dated = 0x06;
    column_view holes = dates(some_days);
    holes.validity = &dated;
    batch undated{with, 3};
    REQUIRE(undated.bind_source("customer", twice).ok());
    REQUIRE(undated.bind("as_of", holes).ok());
    CHECK(undated.find_customer("x") == 2);
    batch nameless{with, 1};
    CHECK(match_customers(before, nameless).error().code == errc::bad_column);
    // The earlier snapshots lack the column that the model needs.
    batch bare{with, 3};
    changes out{{&with, &bare, &bare}, 2};
    CHECK(split_changes({&with, &bare, &bare}, both->pairs, out).error().code == errc::bad_column);
    const row_pair outside[] = {{0, 4}};
    CHECK(split_changes({&with, &before, &before}, outside, out).error().code ==
          errc::invalid_argument);
    CHECK(split_changes({&with, &before, nullptr}, outside, out).error().code ==
          errc::invalid_argument);
}

TEST_CASE("A change is told as JSON and as a table") {
    const world one = random_world(5, 30);
    const batch before = batch_of(one.with, one.before);
    std::vector<raw_row> fewer(one.after.begin(), one.after.end() - 4);
    const batch after = batch_of(one.with, fewer);
    const change_sides sides{&one.with, &before, &after};
    const auto both = match_customers(before, after);
    REQUIRE(both.ok());
    const changes out = split(sides, both->pairs);
    const std::string text = changes_json(out, *both);
    CHECK(text.find(R"("customers":26,"new":0,"gone":4)") != std::string::npos);
    auto table = change_table(out, sides, *both);
    REQUIRE(table.ok());
    CHECK(table->rows() == 30);
    CHECK(table->fields().size() == 4 + 5 * 8 + 2 + 2);
    const auto report = explain_change(sides, both->pairs[0]);
    REQUIRE(report.ok());
    const std::string why = change_json(*report);
    CHECK(why.find(R"("customer":"k0")") == 1);
    CHECK(why.find(R"("moved_by":)") != std::string::npos);
    // The band as it was and as it is, by name.
    const scores now = scored(one.with, after);
    std::size_t named = 0;
    for (const row_pair& pair : both->pairs) {
        const level_index level = now.band()[static_cast<std::size_t>(pair.after)];
        if (level == no_level) continue;
        const auto told = explain_change(sides, pair);
        REQUIRE(told.ok());
        const std::string json = change_json(*told);
        const std::string band = json.substr(json.find(R"("band":)"));
        CHECK(band.find('"' + one.with.model().rules.bands->names[static_cast<std::size_t>(level)] +
                        '"') != std::string::npos);
        ++named;
    }
    CHECK(named > 0);
}

}  // namespace test_change
