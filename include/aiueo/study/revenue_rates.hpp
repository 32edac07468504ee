// study › revenue_rates: rates of a bridge's months, and how sure they are. … ─► evidence ─► study
//
// A customer moves at most once in a month, so that customers are counted once there: Wilson's
// interval. Money is not, nor are customers over several months: the jackknife's.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "aiueo/stats/intervals.hpp"
#include "aiueo/stats/trend.hpp"
#include "aiueo/study/outcomes.hpp"
#include "aiueo/study/revenue_finding.hpp"
#include "aiueo/study/slices.hpp"

namespace aiueo::detail {

/// A bridge of all, and of each group of customers.
struct grouped_months {
    explicit grouped_months(const mrr_rows& of) : all(of.months()) {
        for (std::size_t g = 0; g < by_group.size(); ++g) by_group[g] = of.months_of(g);
    }

    std::vector<mrr_month> all;
    std::array<std::vector<mrr_month>, evidence_groups> by_group;
};

[[nodiscard]] inline figure share_figure(const grouped_ratio& of) noexcept {
    return figure_of(jackknife_share(of.value, of.without, of.rows), of.n);
}

/// 1 − a share.
[[nodiscard]] inline figure complement(const figure& of) noexcept {
    return {1 - of.value, {1 - of.interval.upper, 1 - of.interval.lower}, of.n};
}

/// Wilson's, of customers who count once.
[[nodiscard]] inline figure wilson_figure(std::int64_t part, std::int64_t all) noexcept {
    return {stats_detail::ratio(part, all), wilson_interval(part, all), all};
}

/// Parts of a month's start, and of a month.
struct month_parts {
    [[nodiscard]] static std::int64_t start_customers(const mrr_month& of) noexcept {
        return of.start.customers;
    }
    [[nodiscard]] static std::int64_t stayed_customers(const mrr_month& of) noexcept {
        return of.start.customers - of.churn.customers;
    }
    [[nodiscard]] static std::int64_t start(const mrr_month& of) noexcept { return of.start.mrr; }
    [[nodiscard]] static std::int64_t lost(const mrr_month& of) noexcept { return of.churn.mrr; }
    [[nodiscard]] static std::int64_t stayed(const mrr_month& of) noexcept {
        return of.start.mrr - of.churn.mrr;
    }
    [[nodiscard]] static std::int64_t gone(const mrr_month& of) noexcept {
        return gross_revenue_churn(of).part;
    }
    [[nodiscard]] static std::int64_t gross(const mrr_month& of) noexcept { return grr(of).part; }
    [[nodiscard]] static std::int64_t net(const mrr_month& of) noexcept { return nrr(of).part; }
    [[nodiscard]] static std::int64_t net_with_returned(const mrr_month& of) noexcept {
        return nrr(of, reactivated::counted).part;
    }
};
using month_part = std::int64_t (*)(const mrr_month&) noexcept;

/// Π of part ÷ whole over `months` months up to the one at `last`, of all and without each group.
/// Rows, and n, are customers at the first start. Undefined where there are not so many months, or
/// one of them had nothing at its start.
[[nodiscard]] inline grouped_ratio product_of(const grouped_months& of, std::size_t last,
                                              std::size_t months, month_part part,
                                              month_part whole) noexcept {
    grouped_ratio out;
    if (last + 1 < months) return out;
    out.value = 1;
    out.without.fill(1);
    for (std::size_t i = last + 1 - months; i <= last; ++i) {
        const mrr_month& all = of.all[i];
        out.value *= stats_detail::ratio(part(all), whole(all));
        for (std::size_t g = 0; g < out.without.size(); ++g) {
            const mrr_month& own = of.by_group[g][i];
            out.without[g] *= stats_detail::ratio(part(all) - part(own), whole(all) - whole(own));
            out.rows[g] += own.start.customers;
        }
    }
    out.n = of.all[last + 1 - months].start.customers;
    return out;
}

/// Rates of `months` months, one after another, up to the one at `last`.
[[nodiscard]] inline revenue_rates rates_over(const grouped_months& of, std::size_t last,
                                              std::size_t months, reactivated back) {
    using part = month_parts;
    const auto product = [&](month_part above, month_part below) {
        return product_of(of, last, months, above, below);
    };
    revenue_rates out;
    out.customer_churn =
        complement(share_figure(product(part::stayed_customers, part::start_customers)));
    const grouped_ratio kept = product(part::stayed, part::start);
    out.lost_mrr = complement(share_figure(kept));
    out.grr = share_figure(product(part::gross, part::start));
    out.gross_churn = complement(out.grr);
    const month_part later = back == reactivated::counted ? part::net_with_returned : part::net;
    grouped_ratio grown = product(later, part::stayed);
    for (std::size_t g = 0; g < grown.rows.size(); ++g) {
        std::int64_t stayed = 0;
        for (std::size_t i = last + 1 - months; last + 1 >= months && i <= last; ++i)
            stayed += part::stayed(of.by_group[g][i]);
        if (stayed == 0) grown.rows[g] = 0;
    }
    out.nrr = retained_of(product(later, part::start), kept, grown);
    return out;
}

/// Rates of one month: with the values of mrr_rows.hpp, not 1 less another.
[[nodiscard]] inline revenue_rates rates_at(const grouped_months& of, std::size_t at,
                                            reactivated back) {
    revenue_rates out = rates_over(of, at, 1, back);
    const mrr_month& month = of.all[at];
    out.customer_churn = wilson_figure(month.churn.customers, month.start.customers);
    out.lost_mrr.value = lost_mrr_rate(month).value;
    out.gross_churn.value = gross_revenue_churn(month).value;
    return out;
}

// ── from close to close ──────────────────────────────────────────────────────

/// A block of a table `retention` as ends of contracts that were all due: at the level `rung`.
[[nodiscard]] inline grouped_ends retained_ends(std::span<const std::int64_t> block,
                                                std::size_t rung) noexcept {
    grouped_ends out{};
    for (std::size_t g = 0; g < out.size() && !block.empty(); ++g) {
        const std::int64_t* const cell = block.data() + revenue_shape::retention_cell(rung, g);
        const auto at = [cell](retention_field field) {
            return cell[static_cast<std::size_t>(field)];
        };
        const auto put = [&to = out[g]](end_field field, std::int64_t value) {
            to.by_field[static_cast<std::size_t>(field)] = value;
        };
        for (const end_field field : {end_field::ends, end_field::priced, end_field::followed})
            put(field, at(retention_field::customers));
        put(end_field::kept, at(retention_field::kept));
        put(end_field::followed_kept, at(retention_field::kept));
        put(end_field::due, at(retention_field::mrr));
        put(end_field::base, at(retention_field::mrr));
        put(end_field::due_kept, at(retention_field::kept_mrr));
        put(end_field::after, at(retention_field::later));
    }
    return out;
}

/// Σ of the smaller of MRR then and later ÷ Σ MRR then, of a block of a table `retention`.
[[nodiscard]] inline figure lasting_share(std::span<const std::int64_t> block, std::size_t rung) {
    std::array<std::int64_t, evidence_groups> lasting{}, mrr{}, rows{};
    grouped_ratio out;
    std::int64_t above = 0, below = 0;
    for (std::size_t g = 0; g < rows.size() && !block.empty(); ++g) {
        const std::int64_t* const cell = block.data() + revenue_shape::retention_cell(rung, g);
        lasting[g] = cell[static_cast<std::size_t>(retention_field::lasting)];
        mrr[g] = cell[static_cast<std::size_t>(retention_field::mrr)];
        rows[g] = cell[static_cast<std::size_t>(retention_field::customers)];
        above += lasting[g];
        below += mrr[g];
        out.n += rows[g];
    }
    out.value = stats_detail::ratio(above, below);
    for (std::size_t g = 0; g < rows.size(); ++g)
        out.without[g] = stats_detail::ratio(above - lasting[g], below - mrr[g]);
    out.rows = rows;
    return share_figure(out);
}

/// Of a block of a table `retention`: everybody.
[[nodiscard]] inline revenue_trailing trailing_of(std::span<const std::int64_t> block) {
    const grouped_ends of = retained_ends(block, 0);
    const end_sums all = slices::total(of);
    revenue_trailing out;
    out.customer_churn =
        wilson_figure(all[end_field::ends] - all[end_field::kept], all[end_field::ends]);
    out.lost_mrr = complement(share_of(of, end_field::due_kept, end_field::due, end_field::priced));
    out.grr = lasting_share(block, 0);
    out.nrr = retained_of(of);
    const grouped_ratio grown =
        ratio_of(of, end_field::after, end_field::due_kept, end_field::followed_kept);
    out.kept_growth =
        figure_of(jackknife_positive(grown.value, grown.without, grown.rows), grown.n);
    return out;
}

/// The trailing rates of some customers less those of all others; p by the pooled test of two
/// shares, and by t of the jackknife. Nothing is tested with fewer than `least` on either side.
inline void compare_trailing(const grouped_ends& some, const grouped_ends& all, std::int64_t least,
                             revenue_level& to) {
    grouped_ends rest = all;
    for (std::size_t g = 0; g < rest.size(); ++g) {
        for (std::size_t f = 0; f < end_fields; ++f) rest[g].by_field[f] -= some[g].by_field[f];
    }
    const end_sums a = slices::total(some), b = slices::total(rest);
    const std::int64_t n1 = a[end_field::ends], n0 = b[end_field::ends];
    const std::int64_t x1 = n1 - a[end_field::kept], x0 = n0 - b[end_field::kept];
    const bool enough = n1 >= least && n0 >= least;
    const std::int64_t lost[] = {x0, x1}, of[] = {n0, n1};
    to.churn_difference = {figure_of(newcombe_difference(x1, n1, x0, n0), n1),
                           enough ? cochran_armitage(lost, of).p : undefined, undefined};
    const grouped_ratio here =
        ratio_of(some, end_field::after, end_field::base, end_field::followed);
    const grouped_ratio there =
        ratio_of(rest, end_field::after, end_field::base, end_field::followed);
    grouped_outcomes::left_out apart;
    apart.value = here.value - there.value;
    for (std::size_t g = 0; g < apart.without.size(); ++g) {
        apart.without[g] = here.without[g] - there.without[g];
        apart.rows[g] = here.rows[g] + there.rows[g];
    }
    to.nrr_difference = tested_of(apart.plain(), 0, n1);
    if (!enough) to.nrr_difference.p = undefined;
}

}  // namespace aiueo::detail
