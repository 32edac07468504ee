// What the study "revenue" says of a world, against the world's customers one by one.
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "revenue_world.hpp"

namespace test_revenue {

using namespace aiueo;
using namespace aiueo::testing;

namespace {

/// What one customer adds to a month.
struct moved_plainly {
    const revenue_customer& of;
    std::int32_t at;

    [[nodiscard]] bool before() const { return of.active(at - 1); }
    [[nodiscard]] bool now() const { return of.active(at); }
    [[nodiscard]] std::int64_t start() const { return of.mrr(at - 1); }
    [[nodiscard]] std::int64_t churn() const { return before() && !now() ? start() : 0; }
    [[nodiscard]] std::int64_t up() const {
        return before() && now() ? std::max<std::int64_t>(0, of.mrr(at) - start()) : 0;
    }
    [[nodiscard]] std::int64_t down() const {
        return before() && now() ? std::max<std::int64_t>(0, start() - of.mrr(at)) : 0;
    }
    [[nodiscard]] std::int64_t back() const {
        return !before() && now() && of.first() < at ? of.mrr(at) : 0;
    }
};

using part = std::int64_t (*)(const moved_plainly&);

grouped_ratio month_ratio(const some_customers& of, std::int32_t at, part above, part below) {
    return plain_ratio(
        of,
        [=](const revenue_customer& one) {
            return above({one, at});
        },
        [=](const revenue_customer& one) {
            return below({one, at});
        },
        [=](const revenue_customer& one) {
            return moved_plainly{one, at}.before();
        });
}

/// Π over so many months; rows over all of them, n at the first start.
grouped_ratio product(const some_customers& of, std::int32_t last, std::int32_t months, part above,
                      part below) {
    grouped_ratio out = month_ratio(of, last - months + 1, above, below);
    for (std::int32_t at = last - months + 2; at <= last; ++at) {
        const grouped_ratio one = month_ratio(of, at, above, below);
        out.value *= one.value;
        for (std::size_t g = 0; g < out.without.size(); ++g) {
            out.without[g] *= one.without[g];
            out.rows[g] += one.rows[g];
        }
    }
    return out;
}

constexpr part start_of = [](const moved_plainly& of) { return of.start(); };
constexpr part kept_of = [](const moved_plainly& of) { return of.start() - of.churn(); };
constexpr part net_of = [](const moved_plainly& of) {
    return of.start() + of.up() - of.down() - of.churn();
};
constexpr part net_back_of = [](const moved_plainly& of) {
    return of.start() + of.up() - of.down() - of.churn() + of.back();
};
constexpr part gross_of = [](const moved_plainly& of) {
    return of.start() - of.down() - of.churn();
};
constexpr part here_of = [](const moved_plainly& of) -> std::int64_t {
    return of.before() ? 1 : 0;
};
constexpr part stayed_of = [](const moved_plainly& of) -> std::int64_t {
    return of.before() && of.now() ? 1 : 0;
};

/// Rates of so many months on end.
void check_rates(const revenue_rates& found, const some_customers& of, std::int32_t last,
                 std::int32_t months, reactivated back = reactivated::left_out) {
    INFO("months " << months << " to " << month_text(last));
    const auto over = [&](part above, part below) {
        return product(of, last, months, above, below);
    };
    if (months == 1) {
        const grouped_ratio stayed = over(stayed_of, here_of);
        std::int64_t lost = 0;
        for (const revenue_customer* one : of) {
            const moved_plainly moved{*one, last};
            lost += moved.before() && !moved.now() ? 1 : 0;
        }
        CHECK_FIGURE(found.customer_churn, plain_wilson(lost, stayed.n));
    } else {
        CHECK_FIGURE(found.customer_churn, one_less(plain_share(over(stayed_of, here_of))));
    }
    CHECK_FIGURE(found.lost_mrr, one_less(plain_share(over(kept_of, start_of))));
    CHECK_FIGURE(found.grr, plain_share(over(gross_of, start_of)));
    CHECK_FIGURE(found.gross_churn, one_less(plain_share(over(gross_of, start_of))));
    const part net = back == reactivated::counted ? net_back_of : net_of;
    grouped_ratio grown = over(net, kept_of);
    for (std::size_t g = 0; g < grown.rows.size(); ++g) {
        bool some = false;
        for (const revenue_customer* one : of) {
            for (std::int32_t at = last - months + 1; at <= last; ++at)
                some = some || (one->group == g && kept_of({*one, at}) > 0);
        }
        if (!some) grown.rows[g] = 0;
    }
    CHECK_FIGURE(found.nrr, retained_of(over(net, start_of), over(kept_of, start_of), grown));
}

struct then_and_now {
    std::int32_t then, now;
    [[nodiscard]] grouped_ratio nrr(const some_customers& of) const {
        return plain_ratio(
            of, [this](const revenue_customer& one) { return one.active(then) ? one.mrr(now) : 0; },
            [this](const revenue_customer& one) { return one.mrr(then); },
            [this](const revenue_customer& one) { return one.active(then); });
    }
    [[nodiscard]] grouped_ratio kept(const some_customers& of) const {
        return plain_ratio(
            of, [this](const revenue_customer& one) { return one.active(now) ? one.mrr(then) : 0; },
            [this](const revenue_customer& one) { return one.mrr(then); },
            [this](const revenue_customer& one) { return one.active(then); });
    }
    [[nodiscard]] grouped_ratio lasting(const some_customers& of) const {
        return plain_ratio(
            of,
            [this](const revenue_customer& one) {
                return one.active(then) ? std::min(one.mrr(then), one.mrr(now)) : 0;
            },
            [this](const revenue_customer& one) { return one.mrr(then); },
            [this](const revenue_customer& one) { return one.active(then); });
    }
    [[nodiscard]] grouped_ratio grown(const some_customers& of) const {
        return plain_ratio(
            of, [this](const revenue_customer& one) { return one.active(then) ? one.mrr(now) : 0; },
            [this](const revenue_customer& one) { return one.active(now) ? one.mrr(then) : 0; },
            [this](const revenue_customer& one) { return one.active(then) && one.active(now); });
    }
    [[nodiscard]] std::int64_t count(const some_customers& of, bool left) const {
        return std::count_if(of.begin(), of.end(), [&](const revenue_customer* one) {
            return one->active(then) && (!left || !one->active(now));
        });
    }
};

void check_trailing(const revenue_trailing& found, const some_customers& of, std::int32_t last) {
    INFO("twelve months to " << month_text(last));
    const then_and_now when{last - 12, last};
    CHECK_FIGURE(found.customer_churn, plain_wilson(when.count(of, true), when.count(of, false)));
    CHECK_FIGURE(found.lost_mrr, one_less(plain_share(when.kept(of))));
    CHECK_FIGURE(found.grr, plain_share(when.lasting(of)));
    const grouped_ratio grown = when.grown(of);
    CHECK_FIGURE(found.kept_growth,
                 figure_of(jackknife_positive(grown.value, grown.without, grown.rows), grown.n));
    CHECK(like(found.nrr.value, when.nrr(of).value));
    CHECK(found.nrr.n == when.count(of, false));
}

lines plain_bridge(const some_customers& of, std::int32_t first, std::int32_t last) {
    std::vector<mrr_month> rows;
    for (std::int32_t at = first; at <= last; ++at) {
        mrr_month& row = rows.emplace_back();
        row.month = at;
        for (const revenue_customer* one : of) {
            const moved_plainly moved{*one, at};
            const auto put = [](mrr_sum& to, bool counts, std::int64_t mrr) {
                if (counts) to = {to.customers + 1, to.mrr + mrr};
            };
            put(row.start, moved.before(), moved.start());
            put(row.end, moved.now(), one->mrr(at));
            put(row.churn, moved.before() && !moved.now(), moved.start());
            put(row.expansion, moved.up() > 0, moved.up());
            put(row.contraction, moved.down() > 0, moved.down());
            const bool came = !moved.before() && moved.now();
            put(row.new_customers, came && one->first() == at, one->mrr(at));
            put(row.reactivation, came && one->first() < at, one->mrr(at));
            if (moved.before() && moved.now() && moved.up() + moved.down() == 0) ++row.unchanged;
        }
    }
    return told(rows);
}

/// Without the churn that is undecided: the tests of mrr_rows.hpp have it.
lines decided(std::vector<mrr_month> rows) {
    for (mrr_month& one : rows) one.undecided = {};
    return told(rows);
}

lines bridge_of(const std::vector<revenue_month>& months) {
    std::vector<mrr_month> rows;
    for (const revenue_month& one : months) rows.push_back(one.bridge);
    return decided(rows);
}

}  // namespace

TEST_CASE("months, year and trailing rates of a world, customer by customer", "[study][revenue]") {
    const revenue_world world = made_world(160, 11, day("2025-03-20"));
    const revenue_finding found = study_revenue(*world.counted, {.months = 15});
    const some_customers all = world.all();
    REQUIRE(found.months.size() == 15);
    CHECK(found.known->partial_month() == month("2025-03"));
    CHECK(bridge_of(found.months) == plain_bridge(all, month("2023-12"), month("2025-02")));
    for (const revenue_month& one : found.months) {
        check_rates(one.rates, all, one.bridge.month, 1);
        check_rates(one.compounded, all, one.bridge.month, 12);
        check_trailing(one.trailing, all, one.bridge.month);
    }
    const then_and_now when{month("2024-02"), month("2025-02")};
    CHECK_FIGURE(found.months.back().trailing.nrr,
                 retained_of(when.nrr(all), when.kept(all), when.grown(all)));

    const revenue_finding back =
        study_revenue(*world.counted, {.months = 3, .back = reactivated::counted});
    for (const revenue_month& one : back.months) {
        check_rates(one.rates, all, one.bridge.month, 1, reactivated::counted);
        check_rates(one.compounded, all, one.bridge.month, 12, reactivated::counted);
    }
    // All months: from the first in which anybody was active.
    const revenue_finding whole = study_revenue(*world.counted);
    std::int32_t first = world.last();
    for (const revenue_customer* one : all) {
        if (!one->paid.empty()) first = std::min(first, one->first());
    }
    CHECK(bridge_of(whole.months) == plain_bridge(all, first, world.last()));
    CHECK_FALSE(is_defined(whole.months.front().rates.nrr.value));
    CHECK_FALSE(is_defined(whole.months[11].compounded.nrr.value));
    CHECK(is_defined(whole.months[12].compounded.nrr.value));
    CHECK_FALSE(is_defined(whole.months[11].trailing.nrr.value));
    CHECK(whole.months[11].trailing.nrr.n == 0);
    CHECK(is_defined(whole.months[12].trailing.nrr.value));
}

TEST_CASE("cohorts of a world, customer by customer", "[study][revenue]") {
    const revenue_world world = made_world(200, 12, day("2025-02-28"));
    const revenue_finding found = study_revenue(*world.counted, {.months = 20});
    std::map<std::string, some_customers> cohorts;
    for (const revenue_customer& one : world.customers) {
        if (!one.paid.empty()) cohorts[month_text(one.first())].push_back(&one);
    }
    std::size_t shown = 0;
    for (const auto& cohort : cohorts) {
        const auto& name = cohort.first;
        const auto& of = cohort.second;
        if (month(name) < month("2023-07")) continue;
        INFO(name);
        REQUIRE(shown < found.cohorts.size());
        const revenue_cohort& one = found.cohorts[shown++];
        REQUIRE(one.month == name);
        REQUIRE(one.months.size() == static_cast<std::size_t>(world.last() - month(name) + 1));
        for (const cohort_month& row : one.months) {
            INFO("after " << row.months);
            const std::int32_t first = month(name), at = first + row.months;
            mrr_sum active;
            for (const revenue_customer* each : of) {
                if (each->active(at)) active = {active.customers + 1, active.mrr + each->mrr(at)};
            }
            CHECK(row.active == active);
            const auto n = static_cast<std::int64_t>(of.size());
            CHECK_FIGURE(row.customers_kept, plain_wilson(active.customers, n));
            const auto here = [](const revenue_customer&) { return true; };
            const grouped_ratio left = plain_ratio(
                of, [at](const revenue_customer& each) { return each.mrr(at); },
                [first](const revenue_customer& each) { return each.mrr(first); }, here);
            const jackknife_estimate mrr = jackknife_positive(left.value, left.without, left.rows);
            CHECK_FIGURE(row.mrr_kept,
                         (figure{left.value, mrr.error > 0 ? mrr.interval : interval{}, n}));
            // What is lost stays lost.
            const auto gross = [&](std::size_t without) {
                double out = 1;
                for (std::int32_t k = first + 1; k <= at && out != 0; ++k) {
                    std::int64_t above = 0, below = 0;
                    for (const revenue_customer* each : of) {
                        if (each->group == without) continue;
                        above += gross_of({*each, k});
                        below += start_of({*each, k});
                    }
                    out *= below == 0 ? undefined
                                      : static_cast<double>(above) / static_cast<double>(below);
                }
                return out;
            };
            const double everybody = gross(evidence_groups);
            if (is_defined(left.value)) CHECK(like(row.gross_kept.value, everybody));
            if (!is_defined(left.value)) CHECK_FALSE(is_defined(row.gross_kept.value));
            if (row.months == 0 || !is_defined(left.value)) continue;
            grouped_ratio parts = left;
            parts.value = everybody;
            for (std::size_t g = 0; g < parts.without.size(); ++g) parts.without[g] = gross(g);
            CHECK_FIGURE(row.gross_kept, plain_share(parts));
        }
    }
    CHECK(shown == found.cohorts.size());
    CHECK(shown > 12);
}

TEST_CASE("levels of segments, each against all others", "[study][revenue]") {
    const revenue_world world = made_world(240, 13, day("2025-02-28"));
    const revenue_finding found = study_revenue(*world.counted, {.months = 4, .segment = "plan"});
    REQUIRE(found.segments.size() == 1);
    CHECK(found.segments[0].segment == "plan");
    REQUIRE(found.segments[0].levels.size() == 4);
    const std::int32_t last = world.last();
    std::vector<double> churn_p, nrr_p;
    for (const revenue_level& level : found.segments[0].levels) {
        INFO(level.level);
        const some_customers of =
            world.those([&](const revenue_customer& one) { return one.plan == level.level; });
        const some_customers rest =
            world.those([&](const revenue_customer& one) { return one.plan != level.level; });
        CHECK(decided(level.months) == plain_bridge(of, last - 3, last));
        check_rates(level.rates, of, last, 1);
        check_rates(level.compounded, of, last, 12);
        check_trailing(level.trailing, of, last);
        const then_and_now when{last - 12, last};
        const std::int64_t x1 = when.count(of, true), n1 = when.count(of, false);
        const std::int64_t x0 = when.count(rest, true), n0 = when.count(rest, false);
        CHECK_FIGURE(level.churn_difference.of, figure_of(newcombe_difference(x1, n1, x0, n0), n1));
        const grouped_ratio here = when.nrr(of), there = when.nrr(rest);
        std::array<double, evidence_groups> apart{};
        std::array<std::int64_t, evidence_groups> rows{};
        for (std::size_t g = 0; g < apart.size(); ++g) {
            apart[g] = here.without[g] - there.without[g];
            rows[g] = here.rows[g] + there.rows[g];
        }
        const jackknife_estimate nrr = jackknife(here.value - there.value, apart, rows);
        CHECK_FIGURE(level.nrr_difference.of, figure_of(nrr, n1));
        if (level.level.empty()) {
            CHECK_FALSE(is_defined(level.churn_difference.p));
            CHECK_FALSE(is_defined(level.nrr_difference.p));
        } else {
            // The pooled test of two shares.
            const double a = static_cast<double>(x1) / static_cast<double>(n1);
            const double b = static_cast<double>(x0) / static_cast<double>(n0);
            const double p = static_cast<double>(x1 + x0) / static_cast<double>(n1 + n0);
            const double error = std::sqrt(
                p * (1 - p) * (1 / static_cast<double>(n1) + 1 / static_cast<double>(n0)));
            CHECK(std::fabs(level.churn_difference.p - normal_two_sided((a - b) / error)) < 1e-12);
            CHECK(like(level.nrr_difference.p,
                       t_two_sided(nrr.value / nrr.error, static_cast<double>(nrr.groups - 1))));
        }
        churn_p.push_back(level.churn_difference.p);
        nrr_p.push_back(level.nrr_difference.p);
    }
    benjamini_hochberg(churn_p, churn_p);
    benjamini_hochberg(nrr_p, nrr_p);
    for (std::size_t k = 0; k < churn_p.size(); ++k) {
        CHECK(like(found.segments[0].levels[k].churn_difference.q, churn_p[k]));
        CHECK(like(found.segments[0].levels[k].nrr_difference.q, nrr_p[k]));
    }
    CHECK(study_revenue(*world.counted).segments.size() == 2);
    // With fewer than asked for on either side nothing is tested.
    const count_key then{last - 12, 0, 0, 0};
    const grouped_ends some = detail::retained_ends(
        world.counted->tables()[counted::retention_of_segment(0)].find(then), 0);
    const grouped_ends everybody =
        detail::retained_ends(world.counted->table(table_id::retention).find(then), 0);
    for (const std::int64_t least : {1, 1000}) {
        revenue_level level;
        detail::compare_trailing(some, everybody, least, level);
        CHECK(is_defined(level.nrr_difference.of.value));
        CHECK(is_defined(level.churn_difference.p) == (least == 1));
        CHECK(is_defined(level.nrr_difference.p) == (least == 1));
    }
}

}  // namespace test_revenue
