// study › nrr_course_backtest: of cohorts that were called ahead of the course or behind it, how
// many ended there. … ─► evidence ─► study
//
// At every past close the course is drawn again of the lives that were known then, and the cohorts
// are judged as they were. A cohort counts once, with the first thing that it was called while it
// was younger than the horizon: whoever acts on a verdict acts on that one, and the later ones of
// the same cohort repeat it. How many were right depends on how many reach the target at all;
// whether a verdict tells anything is seen by those called ahead beside those called behind.
// Cohorts of neighbouring months live through the same months; the intervals take them for
// independent, `independent` says how far they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

#include "aiueo/stats/intervals.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/nrr_backtest.hpp"
#include "aiueo/study/nrr_cohorts.hpp"
#include "aiueo/study/nrr_curve.hpp"

namespace aiueo::detail {

class course_backtester {
public:
    course_backtester(const evidence& of, const nrr_cohorts& cohorts, double target,
                      std::int32_t last)
        : evidence_(of),
          cohorts_(cohorts),
          horizon_(static_cast<std::int32_t>(of.shape().revenue().horizon)),
          target_(target),
          last_(last) {}

    [[nodiscard]] nrr_course_backtest run() {
        const auto& all = cohorts_.all();
        if (!is_defined(target_) || all.empty()) return {};
        for (const auto& [start, one] : all) {
            if (start + horizon_ <= last_) ended_[start] = one.at(start + horizon_).total();
        }
        for (std::int32_t month = all.begin()->first + horizon_; month < last_; ++month) add(month);
        out_.origins = static_cast<std::int64_t>(out_.each.size());
        if (out_.origins == 0) return std::move(out_);
        out_.independent = 1 / overlap_of(months_, horizon_);
        count();
        judge();
        return std::move(out_);
    }

private:
    struct called {
        paying then;
        nrr_verdict first = nrr_verdict::on;
        std::int32_t months = 0;
        bool reversed = false;
    };

    /// Fewer cohorts that were called something say little of such calls.
    static constexpr std::int64_t least_calls = 5;

    void add(std::int32_t month) {
        const nrr_curve then = nrr_course{evidence_, cohorts_, target_, month}.run(false);
        if (then.why != nrr_gap::none || !then.together) return;
        nrr_course_origin out;
        out.month = month_name(month);
        out.lives = then.lives;
        out.verdict = then.together->verdict;
        out.difference = then.together->difference.of;
        paying began, ended;
        bool over = true, some = false;
        for (const nrr_cohort& one : then.cohorts) {
            const std::int32_t start = month - one.months;
            const auto came = ended_.find(start);
            over = over && came != ended_.end();
            if (over) {
                began += one.then;
                ended += came->second;
            }
            if (one.verdict == nrr_verdict::unknown) continue;
            some = true;
            out.ahead += one.verdict == nrr_verdict::ahead ? 1 : 0;
            out.behind += one.verdict == nrr_verdict::behind ? 1 : 0;
            // At the horizon it is no forecast any more.
            if (one.months < horizon_ && came != ended_.end()) note(start, one);
        }
        if (over) out.realised = stats_detail::ratio(ended.mrr, began.mrr);
        if (!some && out.verdict == nrr_verdict::unknown) return;
        months_.push_back(month);
        out_.each.push_back(std::move(out));
    }

    void note(std::int32_t start, const nrr_cohort& one) {
        called& here = calls_[start];
        here.then = one.then;
        if (one.verdict == nrr_verdict::on) return;
        if (here.first == nrr_verdict::on) {
            here.first = one.verdict;
            here.months = one.months;
        } else if (here.first != one.verdict) {
            here.reversed = true;
        }
    }

    void count() {
        std::int64_t right = 0, n = 0;
        for (const nrr_verdict which : {nrr_verdict::behind, nrr_verdict::on, nrr_verdict::ahead}) {
            nrr_call out;
            out.called = which;
            paying began, ended;
            std::int64_t months = 0;
            for (const auto& [start, one] : calls_) {
                if (one.first != which) continue;
                const paying& later = ended_.find(start)->second;
                began += one.then;
                ended += later;
                ++out.cohorts;
                months += one.months;
                out.reversed += one.reversed ? 1 : 0;
                out.reached += stats_detail::ratio(later.mrr, one.then.mrr) >= target_ ? 1 : 0;
            }
            out.customers = began.customers;
            out.realised = stats_detail::ratio(ended.mrr, began.mrr);
            if (which != nrr_verdict::on) {
                out.months = stats_detail::ratio(months, out.cohorts);
                n += out.cohorts;
                right += which == nrr_verdict::ahead ? out.reached : out.cohorts - out.reached;
            }
            out_.calls.push_back(out);
        }
        out_.right = {stats_detail::ratio(right, n), wilson_interval(right, n), n};
    }

    void judge() {
        const nrr_call *better = &out_.calls[2], *worse = &out_.calls[0];
        if (better->cohorts < least_calls) better = &out_.calls[1];
        if (worse->cohorts < least_calls) worse = &out_.calls[1];
        if (better == worse || better->cohorts < least_calls || worse->cohorts < least_calls)
            return;
        out_.better = better->called;
        out_.worse = worse->called;
        const estimate apart =
            newcombe_difference(better->reached, better->cohorts, worse->reached, worse->cohorts);
        out_.apart = {apart.value, apart.interval, better->cohorts + worse->cohorts};
        if (!enough_origins(out_.origins, horizon_)) return;
        const interval& at = out_.apart.interval;
        out_.verdict = at.lower > 0   ? nrr_course_trust::trust
                       : at.upper < 0 ? nrr_course_trust::misleading
                                      : nrr_course_trust::undecided;
    }

    const evidence& evidence_;
    const nrr_cohorts& cohorts_;
    std::int32_t horizon_;
    double target_;
    std::int32_t last_;
    std::map<std::int32_t, paying> ended_;  ///< by starting month, at the horizon where it has come
    std::map<std::int32_t, called> calls_;  ///< likewise
    std::vector<std::int32_t> months_;      ///< of the closes
    nrr_course_backtest out_;
};

}  // namespace aiueo::detail
