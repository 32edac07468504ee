// What else the study "revenue" says: contracts that were due, onboarding, stages; its words.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "aiueo/study/registry.hpp"

#include "nlohmann/json.hpp"
#include "revenue_world.hpp"

namespace test_revenue_parts {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

struct ended {
    const revenue_customer* who;
    const contract* what;
};

/// Decided ends of a month, of contracts in force at the close before.
std::vector<ended> ends_in(const revenue_world& world, std::int32_t first, std::int32_t last) {
    std::vector<ended> out;
    for (const revenue_customer& one : world.customers) {
        for (const contract& each : one.contracts) {
            const std::int32_t at = detail::month_of(each.end);
            if (at >= first && at <= last && each.outcome != contract_outcome::open &&
                detail::month_of(each.start) < at)
                out.push_back({&one, &each});
        }
    }
    return out;
}

template <class Part, class Whole>
figure ratio_of_ends(const std::vector<ended>& ends, Part part, Whole whole) {
    grouped_ratio of;
    const auto without = [&](std::size_t group) {
        double above = 0, below = 0;
        for (const ended& one : ends) {
            if (one.who->group == group) continue;
            above += static_cast<double>(part(*one.what));
            below += static_cast<double>(whole(*one.what));
        }
        return below == 0 ? undefined : above / below;
    };
    of.value = without(evidence_groups);
    of.n = static_cast<std::int64_t>(ends.size());
    for (std::size_t g = 0; g < of.without.size(); ++g) of.without[g] = without(g);
    for (const ended& one : ends) ++of.rows[one.who->group];
    return plain_share(of);
}

bool is_renewed(const contract& one) { return one.outcome == contract_outcome::renewed; }

}  // namespace

TEST_CASE("contracts that were due, one by one", "[study][revenue]") {
    const revenue_world world = made_world(220, 21, day("2025-02-10"));
    const revenue_finding found = study_revenue(*world.counted, {.months = 18});
    const auto check = [](const revenue_due& one, const std::vector<ended>& ends) {
        INFO(one.month);
        const auto before = [](const contract& each) { return each.mrr_before; };
        std::int64_t due = 0;
        for (const ended& each : ends) due += each.what->mrr_before;
        CHECK(one.due == due);
        CHECK_FIGURE(one.renewal_rate,
                     ratio_of_ends(
                         ends, [](const contract& each) { return is_renewed(each) ? 1 : 0; },
                         [](const contract&) { return 1; }));
        const auto kept = [](const contract& each) {
            return is_renewed(each) ? each.mrr_before : std::int64_t{0};
        };
        CHECK_FIGURE(one.renewed_mrr_rate, ratio_of_ends(ends, kept, before));
        double after = 0;
        for (const ended& each : ends)
            after += is_renewed(*each.what) ? static_cast<double>(each.what->mrr_after) : 0;
        CHECK(like(one.retained_mrr_rate.value, after / static_cast<double>(due)));
        CHECK(one.retained_mrr_rate.n == static_cast<std::int64_t>(ends.size()));
    };
    std::size_t next = 0;
    for (std::int32_t at = month("2023-08"); at <= month("2025-01"); ++at) {
        const std::vector<ended> ends = ends_in(world, at, at);
        if (ends.empty()) continue;
        REQUIRE(next < found.due.size());
        REQUIRE(found.due[next].month == month_text(at));
        check(found.due[next++], ends);
    }
    CHECK(next == found.due.size());
    CHECK(next > 10);
    REQUIRE(found.due_year);
    CHECK(found.due_year->month == "2025-01");
    check(*found.due_year, ends_in(world, month("2024-02"), month("2025-01")));
    // Of fewer months shown, the year is the same.
    const revenue_finding few = study_revenue(*world.counted, {.months = 2});
    CHECK(few.due.size() <= 2);
    CHECK_FIGURE(few.due_year->renewal_rate, found.due_year->renewal_rate);
}

// ── onboarding ───────────────────────────────────────────────────────────────

namespace {

/// Days until the rung was reached (what 'r'), last seen without it ('s'), or left ('l').
struct finished {
    char what;
    std::int32_t days;
};

std::optional<finished> finished_of(const revenue_customer& one, std::int32_t data_until) {
    if (one.seen.empty()) return {};
    const std::int32_t start = one.contracts.front().start;
    if (start > data_until || one.seen.front().first - start > 31) return {};
    for (const auto& [at, stage] : one.seen) {
        if (stage >= 1) return finished{'r', at - start};
    }
    std::int32_t until = 0;
    for (const ledger_entry& each : one.entries) {
        if (each.start <= data_until) until = std::max(until, each.end);
    }
    if (until <= data_until) return finished{'l', until - start};
    return finished{'s', one.seen.back().first - start};
}

/// 1 − Kaplan–Meier's survival up to a day, from its definition; leavers never leave the risk set.
double reached_plainly(const std::vector<finished>& of, std::int32_t day) {
    double stays = 1;
    for (std::int32_t t = 0; t <= day; ++t) {
        double at_risk = 0, events = 0;
        for (const finished& one : of) {
            at_risk += one.what == 'l' || one.days >= t ? 1 : 0;
            events += one.what == 'r' && one.days == t ? 1 : 0;
        }
        if (events > 0) stays *= 1 - events / at_risk;
    }
    return 1 - stays;
}

double median_plainly(const std::vector<finished>& of) {
    for (std::int32_t t = 0; t < 2000; ++t) {
        if (reached_plainly(of, t) >= 0.5 - 1e-9) return t;
    }
    return undefined;
}

void check_row(const completion_row& row, const std::vector<finished>& of) {
    INFO(row.of);
    std::int64_t in_time = 0, judged = 0, open = 0, left = 0;
    bool known = false;
    for (const finished& one : of) {
        in_time += one.what == 'r' && one.days <= 60 ? 1 : 0;
        const bool is_open = one.what == 's' && one.days < 60;
        (is_open ? open : judged) += 1;
        left += one.what == 'l' ? 1 : 0;
        known = known || (one.what != 'l' && one.days >= 60);
    }
    CHECK(row.started == static_cast<std::int64_t>(of.size()));
    CHECK(row.in_time == in_time);
    CHECK(row.judged == judged);
    CHECK(row.open == open);
    CHECK(row.left == left);
    if (known || open == 0)
        CHECK(like(row.by_limit.value, reached_plainly(of, 60)));
    else
        CHECK_FALSE(is_defined(row.by_limit.value));
    CHECK(row.by_limit.n == row.started);
    CHECK(same_bits(row.median_days.value, median_plainly(of)));
}

}  // namespace

TEST_CASE("who completed onboarding in time, and when", "[study][revenue]") {
    const revenue_world world = made_world(400, 22, day("2024-08-10"));
    const revenue_finding found = study_revenue(*world.counted);
    REQUIRE(found.completion);
    const revenue_completion& of = *found.completion;
    CHECK(of.ladder == "stage");
    CHECK(of.rung == "Active");
    CHECK(of.expected_by_days == 60);
    std::map<std::string, std::vector<finished>> months, plans;
    std::vector<finished> all;
    std::int64_t late = 0;
    for (const revenue_customer& one : world.customers) {
        const auto done = finished_of(one, world.options.data_until);
        const bool begun =
            !one.seen.empty() && one.contracts.front().start <= world.options.data_until;
        late += begun && !done ? 1 : 0;
        if (!done) continue;
        months[format_date(one.contracts.front().start).substr(0, 7)].push_back(*done);
        plans[one.plan].push_back(*done);
        all.push_back(*done);
    }
    CHECK(of.begun_unseen == late);
    CHECK(late > 10);
    REQUIRE(of.months.size() == months.size());
    std::size_t at = 0;
    std::int64_t in_time = 0, judged = 0;
    int running = 0;
    std::map<char, int> met;
    for (const auto& [name, here] : months) {
        const completion_row& row = of.months[at++];
        REQUIRE(row.of == name);
        check_row(row, here);
        for (const finished& one : here) ++met[one.what];
        // Who started on 2024-06-30 has until 2024-08-29, after data_until.
        if (name >= "2024-06") {
            ++running;
            CHECK_FALSE(is_defined(row.rate.value));
            CHECK(row.rate.n == row.judged);
        } else {
            CHECK_FIGURE(row.rate, plain_wilson(row.in_time, row.judged));
            in_time += row.in_time;
            judged += row.judged;
        }
    }
    CHECK(running >= 2);
    CHECK(met['r'] > 100);
    CHECK(met['s'] > 20);
    CHECK(met['l'] >= 20);
    CHECK_FIGURE(of.everybody.rate, plain_wilson(in_time, judged));
    CHECK(of.everybody.in_time == in_time);
    CHECK(of.everybody.started == static_cast<std::int64_t>(all.size()));
    CHECK(like(of.everybody.by_limit.value, reached_plainly(all, 60)));
    CHECK(same_bits(of.everybody.median_days.value, median_plainly(all)));
    CHECK(of.everybody.median_days.interval.lower <= of.everybody.median_days.value);
    REQUIRE(of.curve.size() > 6);
    for (const completion_point& one : of.curve) {
        CHECK(like(one.reached.value, reached_plainly(all, static_cast<std::int32_t>(one.days))));
        if (is_defined(one.reached.interval)) {
            CHECK(one.reached.interval.lower < one.reached.value);
            CHECK(one.reached.value < one.reached.interval.upper);
        }
        std::int64_t at_risk = 0;
        for (const finished& each : all)
            at_risk += each.what == 'l' || each.days >= one.days ? 1 : 0;
        CHECK(one.at_risk == at_risk);
    }
    REQUIRE(of.segments.size() == 2);
    REQUIRE(of.segments[0].levels.size() == plans.size());
    for (const completion_row& row : of.segments[0].levels) {
        check_row(row, plans[row.of]);
        CHECK_FALSE(is_defined(row.rate.value));
    }
}

TEST_CASE("the last day of the limit is in time", "[study][revenue]") {
    detail::completion_days days;
    days.add(60, std::array<std::int64_t, 3>{1, 2, 4});
    days.add(61, std::array<std::int64_t, 3>{8, 0, 0});
    days.add(59, std::array<std::int64_t, 3>{0, 16, 0});
    const completion_row row = days.row("2025-01", 60);
    CHECK(row.started == 31);
    CHECK(row.in_time == 1);
    CHECK(row.judged == 1 + 2 + 4 + 8);
    CHECK(row.open == 16);
    CHECK(row.left == 4);
    const completion_row open = days.row("2025-01", std::nullopt);
    CHECK(open.started == 31);
    CHECK(open.judged + open.in_time + open.open == 0);
}

TEST_CASE("without leavers and losses the curve is a share", "[study][revenue]") {
    detail::completion_days days;
    const auto block = [](std::int64_t reached, std::int64_t seen, std::int64_t left) {
        return std::array{reached, seen, left};
    };
    days.add(10, block(2, 0, 0));
    days.add(30, block(1, 0, 0));
    days.add(90, block(0, 1, 0));
    const auto curve = days.curve();
    CHECK(same_bits(detail::reached_by(days, curve, 9).value, 0.0));
    CHECK(like(detail::reached_by(days, curve, 10).value, 0.5));
    CHECK(like(detail::reached_by(days, curve, 90).value, 0.75));
    // Nobody was looked at later.
    CHECK_FALSE(is_defined(detail::reached_by(days, curve, 91).value));
    CHECK_FALSE(is_defined(detail::reached_by({}, {}, 1).value));
    // Leavers are of those who did not reach it, however late.
    days.add(5, block(0, 0, 4));
    CHECK(like(detail::reached_by(days, days.curve(), 30).value, 0.375));
    detail::completion_days gone;
    gone.add(3, block(1, 0, 0));
    gone.add(4, block(0, 0, 3));
    CHECK(like(detail::reached_by(gone, gone.curve(), 1000).value, 0.25));
    CHECK(same_bits(survival_time(gone.curve()).time, undefined));
}

// ── stages ───────────────────────────────────────────────────────────────────

namespace {

struct plain_move {
    const revenue_customer* who;
    std::int32_t then, now;

    [[nodiscard]] stage_move how() const {
        if (!who->active(then)) return stage_move::came;
        if (!who->active(now)) return stage_move::left;
        const std::size_t from = who->stage_at(then), to = who->stage_at(now);
        if (from == 3 || to == 3) return stage_move::unknown;
        return to > from ? stage_move::up : to < from ? stage_move::down : stage_move::same;
    }
    [[nodiscard]] moved_mrr sums() const {
        const std::int64_t a = who->mrr(then), b = who->mrr(now);
        moved_mrr out{1, a, b, 0, 0, 0, 0};
        if (how() == stage_move::came)
            out.came = b;
        else if (how() == stage_move::left)
            out.churned = a;
        else
            (b > a ? out.gained : out.lost) = b > a ? b - a : a - b;
        return out;
    }
};

std::vector<plain_move> moves_of(const some_customers& of, std::int32_t first, std::int32_t last,
                                 std::int32_t cycle = 1) {
    std::vector<plain_move> out;
    for (std::int32_t now = first; now <= last; ++now) {
        for (const revenue_customer* one : of) {
            if (one->active(now) || one->active(now - cycle))
                out.push_back({one, now - cycle, now});
        }
    }
    return out;
}

bool same_sums(const moved_mrr& a, const moved_mrr& b) {
    return a.customers == b.customers && a.before == b.before && a.after == b.after &&
           a.gained == b.gained && a.lost == b.lost && a.churned == b.churned && a.came == b.came;
}

template <class Wanted>
moved_mrr sum_of(const std::vector<plain_move>& of, Wanted wanted) {
    moved_mrr out;
    for (const plain_move& one : of) {
        if (wanted(one)) detail::add_moved(out, one.sums());
    }
    return out;
}

/// Σ part of those wanted ÷ Σ MRR before of all who were there.
template <class Wanted, class Part>
figure share_of_start(const std::vector<plain_move>& of, Wanted wanted, Part part) {
    std::array<std::int64_t, evidence_groups> above{}, below{}, rows{};
    std::int64_t n = 0;
    for (const plain_move& one : of) {
        if (one.how() == stage_move::came) continue;
        const moved_mrr sums = one.sums();
        const std::size_t g = one.who->group;
        above[g] += wanted(one) ? part(sums) : 0;
        below[g] += sums.before;
        ++rows[g];
        ++n;
    }
    const jackknife_estimate found = jackknife_ratio(above, below, rows);
    return {found.value, found.error > 0 ? found.interval : interval{}, n};
}

}  // namespace

TEST_CASE("NRR by the stages that customers moved between", "[study][revenue]") {
    const revenue_world world = made_world(260, 31, day("2025-02-28"));
    const revenue_finding found = study_revenue(*world.counted, {.months = 6});
    REQUIRE(found.trees.size() == 2);
    const std::int32_t last = world.last();
    std::map<stage_move, std::int64_t> met;
    for (const revenue_tree& tree : found.trees) {
        const bool one_month = &tree == &found.trees[0];
        const std::int32_t first = one_month ? last : last - 11;
        REQUIRE(tree.first_month == month_text(first));
        REQUIRE(tree.last_month == month_text(last));
        const std::vector<plain_move> moves = moves_of(world.all(), first, last);
        const auto anybody = [](const plain_move&) { return true; };
        const auto there = [](const plain_move& one) { return one.how() != stage_move::came; };
        const moved_mrr all = sum_of(moves, there);
        CHECK(tree.start == mrr_sum{all.customers, all.before});
        CHECK(
            like(tree.nrr.value, static_cast<double>(all.after) / static_cast<double>(all.before)));
        CHECK(tree.nrr.n == all.customers);
        CHECK_FIGURE(tree.expansion, share_of_start(moves, anybody, [](const moved_mrr& one) {
                         return one.gained;
                     }));
        CHECK_FIGURE(tree.contraction,
                     share_of_start(moves, anybody, [](const moved_mrr& one) { return one.lost; }));
        CHECK_FIGURE(tree.churn, share_of_start(moves, anybody,
                                                [](const moved_mrr& one) { return one.churned; }));
        CHECK(like(tree.nrr.value,
                   1 + tree.expansion.value - tree.contraction.value - tree.churn.value));
        REQUIRE(tree.moves.size() == stage_moves);
        for (const revenue_tree::branch& branch : tree.moves) {
            INFO(name_of(branch.move));
            const auto wanted = [&](const plain_move& one) { return one.how() == branch.move; };
            CHECK(same_sums(branch.sums, sum_of(moves, wanted)));
            met[branch.move] += branch.sums.customers;
            if (branch.move == stage_move::came) {
                CHECK_FALSE(is_defined(branch.share.value));
                continue;
            }
            CHECK_FIGURE(branch.share, share_of_start(moves, wanted, [](const moved_mrr& one) {
                             return one.gained - one.lost - one.churned;
                         }));
        }
        REQUIRE(tree.levels.size() == 4);
        const std::array<std::string, 4> names{"Entry", "Active", "Loyal", ""};
        for (std::size_t k = 0; k < names.size(); ++k) {
            INFO("level " << names[k]);
            const revenue_tree::level& level = tree.levels[k];
            CHECK(level.name == names[k]);
            const auto at = [&](const plain_move& one) {
                return there(one) && one.who->stage_at(one.then) == k;
            };
            const moved_mrr sums = sum_of(moves, at);
            CHECK(same_sums(level.sums, sums));
            CHECK(like(level.nrr.value,
                       static_cast<double>(sums.after) / static_cast<double>(sums.before)));
            for (std::size_t m = 0; m < stage_moves; ++m) {
                const auto how = static_cast<stage_move>(m);
                CHECK(level.customers[m] == sum_of(moves, [&](const plain_move& one) {
                                                return at(one) && one.how() == how;
                                            }).customers);
            }
        }
        // The bridge moved as much.
        if (!one_month) continue;
        const mrr_month& bridge = found.months.back().bridge;
        CHECK(sum_of(moves, anybody).gained == bridge.expansion.mrr);
        CHECK(sum_of(moves, anybody).lost == bridge.contraction.mrr);
        CHECK(sum_of(moves, anybody).churned == bridge.churn.mrr);
        CHECK(sum_of(moves, anybody).came == bridge.new_customers.mrr + bridge.reactivation.mrr);
    }
    for (std::size_t k = 0; k < stage_moves; ++k) CHECK(met[static_cast<stage_move>(k)] > 5);
}

namespace {

/// Of the customers that were active then: through what was kept and what that grew to.
figure owned_nrr(const some_customers& of, std::int32_t then, std::int32_t now) {
    const auto before = [then](const revenue_customer& one) { return one.mrr(then); };
    const auto there = [then](const revenue_customer& one) { return one.active(then); };
    const auto after = [&](const revenue_customer& one) { return there(one) ? one.mrr(now) : 0; };
    const auto kept = [&](const revenue_customer& one) {
        return one.active(now) ? before(one) : 0;
    };
    grouped_ratio grown = plain_ratio(of, after, kept, there);
    for (std::size_t g = 0; g < grown.rows.size(); ++g) {
        const bool some = std::any_of(of.begin(), of.end(), [&](const revenue_customer* one) {
            return one->group == g && kept(*one) > 0;
        });
        if (!some) grown.rows[g] = 0;
    }
    return retained_of(plain_ratio(of, after, before, there), plain_ratio(of, kept, before, there),
                       grown);
}

}  // namespace

TEST_CASE("the same by member, over a month and over review cycles", "[study][revenue]") {
    const revenue_world world = made_world(150, 32, day("2025-02-28"));
    const revenue_finding found = study_revenue(*world.counted, {.months = 1});
    CHECK(found.teams.empty());
    const std::int32_t last = world.last();
    // Whoever a customer's latest snapshot up to the month says.
    const auto owner = [last](const revenue_customer& one) {
        std::string out;
        for (const auto& [at, name] : one.plan_in) {
            if (at <= last) out = name;
        }
        return out;
    };
    std::size_t next = 0;
    int with_interval = 0;
    for (const std::string name : {"plan 0", "plan 1", "plan 2", ""}) {
        const some_customers of =
            world.those([&](const revenue_customer& one) { return owner(one) == name; });
        for (const std::int32_t cycle : {1, 3, 6}) {
            INFO(name << " over " << cycle);
            const std::vector<plain_move> moves = moves_of(of, last, last, cycle);
            if (moves.empty()) continue;
            REQUIRE(next < found.members.size());
            const revenue_owner& one = found.members[next++];
            CHECK(one.name == name);
            CHECK(one.cycle_months == cycle);
            moved_mrr there;
            for (std::size_t k = 0; k < stage_moves; ++k) {
                const auto how = static_cast<stage_move>(k);
                const moved_mrr sums =
                    sum_of(moves, [how](const plain_move& each) { return each.how() == how; });
                CHECK(same_sums(one.moves[k], sums));
                if (how != stage_move::came) detail::add_moved(there, sums);
            }
            CHECK(one.start == mrr_sum{there.customers, there.before});
            CHECK(like(one.nrr.value,
                       static_cast<double>(there.after) / static_cast<double>(there.before)));
            CHECK(one.nrr.n == there.customers);
            CHECK_FIGURE(one.nrr, owned_nrr(of, last - cycle, last));
            with_interval += is_defined(one.nrr.interval) ? 1 : 0;
        }
    }
    CHECK(next == found.members.size());
    CHECK(next >= 10);
    CHECK(with_interval >= 9);
}

// ── words, and little to say ─────────────────────────────────────────────────

namespace {

json told_by(const evidence& of, std::string_view options = "") {
    const auto found = run_study(of, "revenue", options);
    if (!found.ok()) FAIL(found.error().to_string());
    return json::parse(*found);
}

std::string all_cautions(const json& found, const char* language) {
    std::string out;
    for (const json& one : found["cautions"]) out += one[language].get<std::string>() + "\n";
    return out;
}

/// Ten customers of a year, two of whom leave, and one who comes back.
revenue_world small_world(std::string_view data_until, const std::string& study = "") {
    revenue_world out;
    out.options = {day(data_until), 0, free_entries::active};
    out.model = std::make_unique<plan>(plan_of(revenue_model(study)));
    const auto add = [&](const char* name, const ledger& entries, bool seen) {
        revenue_customer& one = out.customers.emplace_back();
        one.name = name;
        one.entries = entries;
        for (const char* const at : {"2025-01-20", "2025-02-20", "2025-03-20"}) {
            history_row row;
            row.customer = name;
            row.as_of = day(at);
            row.logins = 20;
            if (seen && row.as_of <= out.options.data_until) one.rows.push_back(row);
        }
    };
    for (const char* const name : {"a", "b", "c", "d", "e", "f", "g"})
        add(name, {entry("2024-02-01", "", 1000)}, true);
    add("h", {entry("2024-02-01", "2025-02-10", 5000)}, true);
    add("i", {entry("2024-03-01", "2025-02-10", 400), entry("2025-02-10", "", 900)}, true);
    add("j", {entry("2024-03-01", "2024-05-01", 700), entry("2025-02-11", "", 800)}, false);
    count_world(out);
    return out;
}

}  // namespace

TEST_CASE("a month in words", "[study][revenue]") {
    const revenue_world world = small_world("2025-02-28");
    const json found = told_by(*world.counted);
    CHECK(found["sentence"]["en"] ==
          "In 2025-02 MRR went from 12,400 JPY to 8,700 JPY, of 9 customers. NRR was 63.7 % "
          "(7.9–238.8), GRR 59.7 % (7.2–96.6); 11.1 % (2.0–43.5) of 9 customers left. Of the 8 "
          "customers of 12 months before, NRR is 58.3 % (6.0–262.2) and 12.5 % (2.2–47.1) have "
          "left. What moved it most: churn, −5,000 JPY, all of it at Entry.");
    CHECK(found["sentence"]["ja"] ==
          "2025-02のMRRは12,400 JPYから8,700 "
          "JPY（9社）になりました。NRRは63.7%（7.9〜238.8）、GRRは59.7%（7.2〜96.6）、顧客解約率は9"
          "社の11.1%（2.0〜43.5）です。12か月前の8社で見ると、NRRは58.3%（6.0〜262.2）、解約率は12."
          "5%（2.2〜47.1）です。最も大きく動いたのは解約（−5,000 "
          "JPY）で、すべてEntryの顧客です。");
    CHECK(all_cautions(found, "en") ==
          "What is known begins in 2024-02: the 8 customers of that month are new there, whenever "
          "they came.\n"
          "10 months begin with fewer than 10 customers: read the intervals there, not the rates.\n"
          "That MRR grew with customers who moved up does not say that moving up made it grow.\n"
          "In the bridge, but at no stage and in no segment, for want of snapshots: 1 customer.\n"
          "Not among those who were onboarded, because first seen more than 31 days after the "
          "start: 9 customers.\n");
    CHECK(all_cautions(found, "ja") ==
          "記録は2024-02から始まるため、その月の8社は、いつからの顧客でも新規と数えられています。\n"
          "10か月は月初の顧客が10社未満です。率ではなく区間を見てください。\n"
          "段階が上がった顧客のMRRが増えていても、段階を上げれば増えるとは限りません。\n"
          "1社はスナップショットがなく、金額には含まれますが、段階と区分は不明です。\n"
          "9社は開始から31日を過ぎて初めて記録され、オンボーディングの集計に含まれていません。\n");
    // A year on: what was known then is told beside it.
    const json later = told_by(*small_world("2026-02-28").counted);
    CHECK_THAT(later["sentence"]["en"].get<std::string>(),
               Contains("a year earlier it was 58.3 % (6.0–262.2) and 12.5 % (2.2–47.1).") &&
                   Contains("No amount moved."));
    CHECK_THAT(later["sentence"]["ja"].get<std::string>(),
               Contains("1年前はそれぞれ58.3%（6.0〜262.2）と12.5%（2.2〜47.1）でした。") &&
                   Contains("金額の動きはありません。"));
}

TEST_CASE("each caution where it belongs", "[study][revenue]") {
    const auto cautions = [](const revenue_world& world) {
        return all_cautions(told_by(*world.counted), "en");
    };
    const std::string partial = cautions(small_world("2025-03-30"));
    CHECK_THAT(partial, Contains("Data ends within 2025-03: nothing is said of that month."));
    CHECK_THAT(cautions(small_world("2025-02-28", "\"horizon_months\": 6, ")),
               Contains("over 6 months, the model's horizon_months"));
    CHECK_THAT(cautions(small_world("2025-02-28", "\"free_entries\": \"ignored\", ")),
               Contains("Entries of MRR 0 are ignored"));
}

TEST_CASE("an undecided churn is told, and grace days", "[study][revenue]") {
    payers all{{day("2025-02-28"), 40}};
    all.add({entry("2025-01-01", "2025-02-20", 100)});
    all.add({entry("2025-01-01", "", 50)});
    const json found = told_by(all.counted());
    CHECK(found["months"][1]["undecided"]["mrr_minor_units"] == 100);
    CHECK(found["grace_days"] == 40);
    const std::string cautions = all_cautions(found, "en");
    CHECK_THAT(cautions, Contains("that of 1 customer (1) is undecided"));
    CHECK_THAT(cautions, Contains("A gap of at most 40 days"));
    CHECK_THAT(cautions, Contains("for want of snapshots: 2 customers."));
    CHECK_THAT(cautions, Contains("What is known begins in 2025-01: the 2 customers"));
    CHECK(found["completion"].is_null());
    CHECK(found["members"].empty());
}

TEST_CASE("contracts instead of a ledger, some of them without a price", "[study][revenue]") {
    const plan model = plan_of(revenue_model());
    told_history told;
    const auto add = [&](const char* name, const char* start, const char* end,
                         contract_outcome outcome, std::int64_t mrr) {
        contract one;
        one.start = day(start);
        one.end = day(end);
        one.outcome = outcome;
        one.mrr_before = mrr;
        told.contracts.emplace_back(name, one);
    };
    add("a", "2025-01-01", "2025-02-15", contract_outcome::open, 70000);
    add("b", "2025-01-01", "2026-01-01", contract_outcome::open, no_money);
    add("c", "2025-01-01", "2025-02-15", contract_outcome::churned, 30000);
    const contract_history contracts = history_of(told);
    evidence counted{model};
    REQUIRE(counted.count_unseen({contracts, nullptr, nullptr, nullptr, day("2025-03-31")}).ok());
    const json found = told_by(counted);
    CHECK(found["months"].size() == 3);
    CHECK(found["months"][2]["end"]["customers"] == 1);
    CHECK(found["months"][2]["end"]["mrr_minor_units"] == 70000);
    const std::string cautions = all_cautions(found, "en");
    CHECK_THAT(cautions, Contains("is not known: 1 customer."));
    CHECK_THAT(cautions, Contains("1 contract is past the end and not decided"));
}

TEST_CASE("nothing counted, and nobody there", "[study][revenue]") {
    const plan model = plan_of(history_model);
    const json none = told_by(evidence{model});
    CHECK(none["sentence"]["en"] ==
          "No money over time was counted: give data_until, the last day that is told of, and a "
          "ledger or contracts with their MRR.");
    CHECK(none["data_until"].is_null());
    CHECK(none["months"].empty());
    CHECK(none["cautions"].empty());
    // Contract ends without data_until are not money over time.
    CHECK(told_by(evidence_of(model, made_history(50, 3)))["sentence"] == none["sentence"]);
    payers nobody{{day("2025-02-10"), 0}};
    nobody.add({entry("2025-02-01", "", 100)});
    const json few = told_by(nobody.counted());
    CHECK(few["sentence"]["en"] ==
          "Nobody was a customer at the close of a month up to 2025-02-10.");
    CHECK(few["data_until"] == "2025-02-10");
    CHECK(few["last_month"] == "2025-01");
    CHECK(few["partial_month"] == "2025-02");
    CHECK(few["months"].empty());
    CHECK(few["trees"].empty());
}

TEST_CASE("options of the study", "[study][revenue]") {
    const revenue_world world = small_world("2025-02-28");
    CHECK(told_by(*world.counted, R"({"months": 2})")["months"].size() == 2);
    CHECK(told_by(*world.counted, R"({"reactivation": "counted"})")["reactivation"] == "counted");
    CHECK(told_by(*world.counted, R"({"segment": "term"})")["segments"].size() == 1);
    CHECK(told_by(*world.counted)["segments"].size() == 2);
    const auto refused = [&](std::string_view options, const char* why) {
        const auto found = run_study(*world.counted, "revenue", options);
        REQUIRE_FALSE(found.ok());
        CHECK_THAT(found.error().message, Contains(why));
    };
    refused(R"({"months": 0})", "a whole number from 1 to 1200");
    refused(R"({"months": 1201})", "a whole number from 1 to 1200");
    refused(R"({"segment": "plans"})",
            "the model has no segment \"plans\"; did you mean \"plan\"?");
    refused(R"({"reactivation": "yes"})", "one of \"left_out\", \"counted\"");
    refused(R"({"month": 3})", "did you mean \"months\"?");
}

}  // namespace test_revenue_parts
