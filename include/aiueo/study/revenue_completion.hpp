// study › revenue_completion: who completes onboarding in time, and how long it takes.
// … ─► evidence ─► study
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/stats/survival.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/revenue_finding.hpp"
#include "aiueo/study/revenue_rates.hpp"

namespace aiueo::detail {

/// Customers by the days after which they reached the rung, were last seen without it, or left.
class completion_days {
public:
    void add(std::int32_t days, std::span<const std::int64_t> block) {
        day_counts& to = by_day_[days];
        to.reached += field(block, completion_field::reached);
        to.seen += field(block, completion_field::seen);
        to.left += field(block, completion_field::left);
    }
    void add(const completion_days& other) {
        for (const auto& [days, one] : other.by_day_) {
            day_counts& to = by_day_[days];
            to.reached += one.reached;
            to.seen += one.seen;
            to.left += one.left;
        }
    }

    /// Counts; without a limit only who started and left.
    [[nodiscard]] completion_row row(std::string of, std::optional<std::int32_t> limit) const {
        completion_row out;
        out.of = std::move(of);
        for (const auto& [days, one] : by_day_) {
            out.started += one.reached + one.seen + one.left;
            out.left += one.left;
            if (!limit) continue;
            if (days <= *limit) out.in_time += one.reached;
            (days >= *limit ? out.judged : out.open) += one.seen;
            out.judged += one.reached + one.left;
        }
        return out;
    }

    /// Kaplan–Meier's curve. Leaving competes with reaching the rung: who left will not reach it,
    /// and stays at risk to the end, so that the curve is the share of all who started, not of
    /// those who stayed (Gooley et al. 1999; Fine, Gray 1999).
    [[nodiscard]] std::vector<survival_point> curve() const {
        std::vector<survival_count> counts;
        std::int64_t left = 0;
        for (const auto& [days, one] : by_day_) {
            counts.push_back({days, one.reached, one.seen});
            left += one.left;
        }
        if (counts.empty()) return {};
        if (left > 0) counts.push_back({counts.back().time + 1, 0, left});
        std::vector<survival_point> out(counts.size());
        if (!kaplan_meier(counts, out)) out.clear();
        return out;
    }

    /// Is the curve known up to a day? Somebody who may yet reach the rung was looked at then, or
    /// nobody was lost from sight before.
    [[nodiscard]] bool known_at(std::int32_t day) const noexcept {
        std::int64_t lost = 0;
        for (const auto& [days, one] : by_day_) {
            if (days >= day && one.reached + one.seen > 0) return true;
            lost += one.seen;
        }
        return lost == 0 && !by_day_.empty();
    }

private:
    struct day_counts {
        std::int64_t reached = 0, seen = 0, left = 0;
    };

    [[nodiscard]] static std::int64_t field(std::span<const std::int64_t> block,
                                            completion_field which) noexcept {
        return block[static_cast<std::size_t>(which)];
    }

    std::map<std::int32_t, day_counts> by_day_;
};

/// The share who have reached it by a day; `n`: all who started.
[[nodiscard]] inline figure reached_by(const completion_days& of,
                                       const std::vector<survival_point>& curve, std::int32_t day) {
    if (curve.empty() || !of.known_at(day)) return {};
    const survival_point* last = nullptr;
    for (const survival_point& one : curve) {
        if (one.time <= day) last = &one;
    }
    const std::int64_t n = curve.front().at_risk;
    if (last == nullptr) return {0, {}, n};
    return {1 - last->survival, {1 - last->interval.upper, 1 - last->interval.lower}, n};
}

class completion_study {
public:
    completion_study(const evidence& of, const revenue_known& known, std::int32_t first_month)
        : evidence_(of), shape_(of.shape()), known_(known), first_month_(first_month) {}

    /// Nothing where the model does not say what completes onboarding.
    [[nodiscard]] std::optional<revenue_completion> run() {
        if (!shape_.revenue().completes) return std::nullopt;
        const study_rules& study = shape_.model().study;
        out_.ladder = study.completion_ladder;
        out_.rung = study.completion_rung;
        out_.expected_by_days = expected_by_days();
        out_.begun_unseen = evidence_.count(total::begun_unseen);
        add_months();
        for (std::size_t s = 0; s < shape_.model().segments.size(); ++s) add_segment(s);
        return std::move(out_);
    }

private:
    /// Of the model itself: profiles may have other limits, but not other rungs.
    [[nodiscard]] std::optional<std::int32_t> expected_by_days() const {
        for (const ladder& one : shape_.model().rules.ladders) {
            if (one.name != out_.ladder) continue;
            for (const rung& each : one.rungs) {
                if (each.name == out_.rung) return each.expected_by_days;
            }
        }
        return std::nullopt;
    }

    void add_curve(const completion_days& of, completion_row& to,
                   const std::vector<survival_point>& curve) const {
        if (out_.expected_by_days) to.by_limit = reached_by(of, curve, *out_.expected_by_days);
        to.by_limit.n = to.started;
        const survival_quantile median = survival_time(curve);
        to.median_days = {median.time, median.interval, to.started};
    }

    /// Has the limit passed for whoever started on the last day of a month?
    [[nodiscard]] bool is_over(std::int32_t month) const noexcept {
        const std::int64_t last = days_from_civil((month + 1) / 12, (month + 1) % 12 + 1, 1) - 1;
        return out_.expected_by_days && last + *out_.expected_by_days <= known_.data_until;
    }

    void add_months() {
        std::map<std::int32_t, completion_days> months;
        for (const auto& [key, block] : evidence_.table(table_id::completion).blocks())
            months[key[0]].add(key[1], block);
        completion_days all;
        std::int64_t in_time = 0, judged = 0;
        for (const auto& [month, one] : months) {
            all.add(one);
            completion_row row = one.row(month_name(month), out_.expected_by_days);
            if (is_over(month)) {
                row.rate = wilson_figure(row.in_time, row.judged);
                in_time += row.in_time;
                judged += row.judged;
            }
            row.rate.n = row.judged;
            if (month < first_month_) continue;
            add_curve(one, row, one.curve());
            out_.months.push_back(std::move(row));
        }
        const std::vector<survival_point> curve = all.curve();
        completion_row& whole = out_.everybody;
        whole = all.row({}, out_.expected_by_days);
        // Of those who started while the limit runs, only who was quick is known.
        whole.in_time = in_time;
        whole.judged = judged;
        whole.rate = wilson_figure(in_time, judged);
        add_curve(all, whole, curve);
        add_points(all, curve);
    }

    void add_points(const completion_days& of, const std::vector<survival_point>& curve) {
        std::vector<std::int32_t> days{7, 14, 30, 60, 90, 120, 180, 270, 365, 730};
        if (out_.expected_by_days) days.push_back(*out_.expected_by_days);
        std::sort(days.begin(), days.end());
        days.erase(std::unique(days.begin(), days.end()), days.end());
        for (const std::int32_t day : days) {
            if (curve.empty() || !of.known_at(day)) continue;
            completion_point point;
            point.days = day;
            point.reached = reached_by(of, curve, day);
            const auto next =
                std::find_if(curve.begin(), curve.end(),
                             [day](const survival_point& one) { return one.time >= day; });
            point.at_risk = next == curve.end() ? curve.back().at_risk : next->at_risk;
            out_.curve.push_back(std::move(point));
        }
    }

    void add_segment(std::size_t s) {
        std::map<std::int32_t, completion_days> levels;
        for (const auto& [key, block] :
             evidence_.tables()[counted::completion_of_segment(s)].blocks())
            levels[key[1]].add(key[0], block);
        revenue_completion::segment& to = out_.segments.emplace_back(
            revenue_completion::segment{shape_.model().segments[s].metric, {}});
        const auto add = [&](std::int32_t id, std::string name) {
            const auto found = levels.find(id);
            if (found == levels.end()) return;
            completion_row row = found->second.row(std::move(name), out_.expected_by_days);
            row.rate.n = row.judged;
            add_curve(found->second, row, found->second.curve());
            to.levels.push_back(std::move(row));
        };
        for (const slices::segment_level& one : slices{evidence_}.segment_levels(s)) {
            if (one.id >= 0) add(one.id, one.name);
        }
        add(-1, {});
    }

    const evidence& evidence_;
    const counted& shape_;
    const revenue_known& known_;
    std::int32_t first_month_;
    revenue_completion out_;
};

}  // namespace aiueo::detail
