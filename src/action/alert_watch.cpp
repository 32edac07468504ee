// action › alert_watch: see alert_watch.hpp.
#include "alert_watch.hpp"

#include <algorithm>
#include <span>
#include <utility>
#include <vector>

namespace aiueo::detail {

namespace {

/// No position in the list of what fired.
constexpr std::size_t none = static_cast<std::size_t>(-1);

[[nodiscard]] std::span<const double> scores_of(const scores& given, std::size_t group) {
    return group == overall_change ? given.overall() : given[static_cast<axis>(group)];
}
[[nodiscard]] std::span<const double> coverage_of(const scores& given, std::size_t group) {
    return group == overall_change ? given.coverage() : given.coverage(static_cast<axis>(group));
}

/// Days since an alert last fired for a customer.
class quiet_period {
public:
    explicit quiet_period(std::int32_t days) : days_(days) {}
    [[nodiscard]] bool holds(std::int32_t day) const noexcept {
        return std::int64_t{day} - last_ < days_;
    }
    void begin(std::int32_t day) noexcept { last_ = day; }

private:
    std::int32_t days_;
    std::int64_t last_ = INT64_MIN / 2;  ///< long ago
};

/// One customer's way through its snapshots, from one question to the next.
struct drop_watch {
    std::size_t customer = 0;
    std::span<const std::int64_t> rows;
    quiet_period quiet{0};
    std::size_t at = 0;
    std::size_t since = 0;  ///< what is before is not compared with any more
    bool armed = true;
    double lowest = 0;              ///< since it fired
    std::size_t last_fired = none;  ///< position in the list of what fired
    row_pair asked{};
};

class drop_search {
public:
    drop_search(const action_inputs& in, const portfolio& of, std::size_t alert, std::size_t group,
                std::vector<fired_alert>& out)
        : in_(in),
          of_(of),
          rule_(in.with.model().alerts[alert]),
          alert_(alert),
          group_(group),
          score_(scores_of(of.given(), group)),
          coverage_(coverage_of(of.given(), group)),
          out_(out) {}

    /// Customers go on together, so that what they ask is split in blocks.
    [[nodiscard]] status run() {
        const change_sides sides{&in_.with, &in_.rows, &in_.rows, nullptr, nullptr, true};
        if (status ok = sides.check(); !ok) return ok;
        const change_layout layout{in_.with.data(), in_.with.data()};
        change_splitter splitter{sides, layout};
        std::vector<drop_watch> asking;
        for (std::size_t k = 0; k < of_.panel().customers(); ++k) {
            drop_watch one;
            one.customer = k;
            one.rows = of_.panel().rows_of(k);
            one.quiet = quiet_period{rule_.quiet_days};
            if (go_on(one)) asking.push_back(one);
        }
        while (!asking.empty()) {
            std::size_t kept = 0;
            for (std::size_t begin = 0; begin < asking.size(); begin += chunk_rows) {
                const std::size_t n = std::min<std::size_t>(chunk_rows, asking.size() - begin);
                const std::span<drop_watch> block{asking.data() + begin, n};
                if (status ok = answer(block, splitter, layout); !ok) return ok;
                for (drop_watch one : block) {
                    if (go_on(one)) asking[kept++] = one;
                }
            }
            asking.resize(kept);
        }
        return {};
    }

private:
    [[nodiscard]] double score(std::int64_t row) const {
        return score_[static_cast<std::size_t>(row)];
    }

    /// To the next snapshot that may be a drop; false: there is none.
    [[nodiscard]] bool go_on(drop_watch& one) {
        for (; one.at < one.rows.size(); ++one.at) {
            const std::int64_t row = one.rows[one.at];
            const std::int32_t day = of_.panel().day(row);
            if (day > of_.as_of()) return false;
            const double now = score(row);
            if (now != now) continue;
            if (!one.armed) {
                one.lowest = std::min(one.lowest, now);
                if (now < one.lowest + rule_.rearm) continue;
                one.armed = true;
                one.since = one.at;
                out_[one.last_fired].open = false;
                continue;
            }
            if (one.quiet.holds(day)) continue;
            const std::int64_t highest = highest_before(one, day);
            if (highest < 0) continue;
            // What is not behaviour moves a score only where what is known of it changed.
            const bool as_much = coverage_[static_cast<std::size_t>(highest)] ==
                                 coverage_[static_cast<std::size_t>(row)];
            if (as_much && score(highest) - now < rule_.drop) continue;
            one.asked = {highest, row};
            return true;
        }
        return false;
    }

    /// The earliest of equals; −1: nothing to compare with.
    [[nodiscard]] std::int64_t highest_before(const drop_watch& one, std::int32_t day) const {
        std::int64_t best = -1;
        for (std::size_t k = one.at; k-- > one.since;) {
            const std::int64_t row = one.rows[k];
            if (std::int64_t{of_.panel().day(row)} < std::int64_t{day} - rule_.window_days) break;
            if (score(row) != score(row)) continue;
            if (best < 0 || score(row) >= score(best)) best = row;
        }
        return best;
    }

    /// Most of those who ask have not fallen: lines are read of those who have.
    [[nodiscard]] status answer(std::span<drop_watch> block, change_splitter& splitter,
                                const change_layout& layout) {
        pairs_.clear();
        for (const drop_watch& one : block) pairs_.push_back(one.asked);
        if (status ok = splitter.run_scores(pairs_); !ok) return ok;
        pairs_.clear();
        fallen_.clear();
        for (std::size_t i = 0; i < block.size(); ++i) {
            const double behaviour = through_behaviour(splitter, i);
            if (!(behaviour <= -rule_.drop)) {
                ++block[i].at;
                continue;
            }
            pairs_.push_back(block[i].asked);
            fallen_.push_back({&block[i], behaviour});
        }
        if (fallen_.empty()) return {};
        if (status ok = splitter.run(pairs_); !ok) return ok;
        for (std::size_t i = 0; i < fallen_.size(); ++i)
            fire(*fallen_[i].first, fallen_[i].second, splitter, layout, i);
        return {};
    }

    /// Points; NaN where there is no score both times.
    [[nodiscard]] double through_behaviour(const change_splitter& said, std::size_t i) const {
        if (said.outcome(group_, i).kind != change_kind::scored) return unknown_value;
        std::size_t last = 0;
        for (std::size_t k = 1; k + 1 < change_state_count; ++k) {
            const double between = said.state(k).scores[group_][i];
            if (between == between) last = k;
        }
        return said.state(change_state_count - 1).scores[group_][i] -
               said.state(last).scores[group_][i];
    }

    void fire(drop_watch& one, double behaviour, const change_splitter& said,
              const change_layout& layout, std::size_t i) {
        const std::size_t at = one.at++;
        fired_alert found;
        found.alert = alert_;
        found.customer = one.customer;
        found.from = one.asked.before;
        found.row = one.asked.after;
        found.day = of_.panel().day(found.row);
        found.behaviour = behaviour;
        name_cause(said, layout, i, found);
        one.quiet.begin(found.day);
        one.armed = false;
        one.since = at;
        one.lowest = score(found.row);
        one.last_fired = out_.size();
        out_.push_back(found);
    }

    /// The component that behaviour took most from.
    void name_cause(const change_splitter& said, const change_layout& layout, std::size_t i,
                    fired_alert& found) const {
        constexpr auto behaviour = static_cast<std::size_t>(change_part::behaviour);
        const change_layout::block& block = layout.blocks[group_];
        grid_units most = 0;
        for (std::size_t k = block.first; k < block.first + block.count; ++k) {
            const change_line& line = layout.lines[k];
            if (line.what != change_line::kind::component || line.source == nullptr) continue;
            const grid_units part = said.parts(group_, k, i)[behaviour];
            if (part >= most) continue;
            most = part;
            found.group = line.group;
            found.because = line.source;
        }
    }

    const action_inputs& in_;
    const portfolio& of_;
    const alert& rule_;
    std::size_t alert_;
    std::size_t group_;
    std::span<const double> score_;
    std::span<const double> coverage_;
    std::vector<row_pair> pairs_;
    std::vector<std::pair<drop_watch*, double>> fallen_;  ///< of a block, with its behaviour
    std::vector<fired_alert>& out_;
};

}  // namespace

status watch_drop(const action_inputs& in, const portfolio& of, std::size_t alert,
                  std::size_t group, std::vector<fired_alert>& out) {
    return drop_search{in, of, alert, group, out}.run();
}

void watch_fall(const portfolio& of, const model& subject, std::size_t alert, std::size_t ladder,
                std::vector<fired_alert>& out) {
    for (std::size_t k = 0; k < of.panel().customers(); ++k) {
        quiet_period quiet{subject.alerts[alert].quiet_days};
        std::int64_t stood = -1;  // the row that says where
        std::size_t last = none;
        level_index fell_from = no_level;
        for (const std::int64_t row : of.panel().rows_of(k)) {
            const std::int32_t day = of.panel().day(row);
            if (day > of.as_of()) break;
            const auto at = static_cast<std::size_t>(row);
            const level_index stage = of.given().stage(ladder)[at];
            const level_index could = of.given().provisional(ladder)[at];
            if (last != none && stage >= fell_from) out[last].open = false;
            if (stood < 0) {
                stood = row;
                continue;
            }
            const level_index before = of.given().stage(ladder)[static_cast<std::size_t>(stood)];
            if (stage >= before) {
                stood = row;
                continue;
            }
            if (could >= before) continue;  // it may stand where it stood
            if (!quiet.holds(day)) {
                fired_alert found;
                found.alert = alert;
                found.customer = k;
                found.day = day;
                found.from = stood;
                found.row = row;
                quiet.begin(day);
                last = out.size();
                fell_from = before;
                out.push_back(found);
            }
            stood = row;
        }
    }
}

void watch_dark(const portfolio& of, const model& subject, std::size_t alert, std::size_t group,
                std::vector<fired_alert>& out) {
    const std::span<const double> score = scores_of(of.given(), group);
    for (std::size_t k = 0; k < of.panel().customers(); ++k) {
        quiet_period quiet{subject.alerts[alert].quiet_days};
        std::int64_t known = -1;
        std::size_t last = none;
        for (const std::int64_t row : of.panel().rows_of(k)) {
            const std::int32_t day = of.panel().day(row);
            if (day > of.as_of()) break;
            const double now = score[static_cast<std::size_t>(row)];
            if (now == now) {
                known = row;
                if (last != none) out[last].open = false;
                last = none;
                continue;
            }
            if (known < 0 || last != none || quiet.holds(day)) continue;
            fired_alert found;
            found.alert = alert;
            found.customer = k;
            found.day = day;
            found.from = known;
            found.row = row;
            quiet.begin(day);
            last = out.size();
            out.push_back(found);
        }
    }
}

}  // namespace aiueo::detail
