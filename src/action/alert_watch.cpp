// action › alert_watch: see alert_watch.hpp.
#include "alert_watch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "aiueo/base/float_mode.hpp"
#include "aiueo/score/mixed_rows.hpp"

namespace aiueo::detail {

namespace {

/// No position in the list of what fired.
constexpr std::size_t none = static_cast<std::size_t>(-1);

[[nodiscard]] std::span<const double> scores_of(const scores& given, std::size_t group) {
    return group == overall_change ? given.overall() : given[static_cast<axis>(group)];
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

/// One customer's way through its snapshots.
struct drop_watch {
    std::size_t customer = 0;
    std::span<const std::int64_t> rows;
    quiet_period quiet{0};
    std::size_t at = 0;
    std::size_t since = 0;  ///< what is before is not compared with any more
    bool armed = true;
    double lowest = 0;              ///< since it fired
    std::size_t last_fired = none;  ///< position in the list of what fired
};

/// Did the score fall through behaviour? Asked as if it had not fallen before.
struct drop_question {
    std::size_t who = 0;  ///< of those who are watched
    std::size_t at = 0;   ///< of its snapshots
    row_pair pair{};
    double behaviour = 0;  ///< the answer, in points
};

class drop_search {
public:
    drop_search(const action_inputs& in, const portfolio& of, const known_inputs& known,
                std::size_t alert, std::size_t group, std::vector<fired_alert>& out)
        : in_(in),
          of_(of),
          known_(known),
          rule_(in.with.model().alerts[alert]),
          alert_(alert),
          group_(group),
          score_(scores_of(of.given(), group)),
          out_(out) {}

    /// Some thousand questions are answered together. Nearly all answers are no; who did fall is
    /// watched on, among the next customers, from there.
    [[nodiscard]] status run() {
        const change_sides sides{&in_.with, &in_.rows, &in_.rows, nullptr, nullptr, true};
        if (status ok = sides.check(); !ok) return ok;
        const change_layout layout{in_.with.data(), in_.with.data()};
        change_splitter splitter{sides, layout};
        for (std::size_t k = 0; k < of_.panel().customers(); ++k) {
            drop_watch one;
            one.customer = k;
            one.rows = of_.panel().rows_of(k);
            one.quiet = quiet_period{rule_.quiet_days};
            watch(one);
            if (questions_.size() < together) continue;
            if (status ok = answer(splitter, layout); !ok) return ok;
        }
        while (!questions_.empty()) {
            if (status ok = answer(splitter, layout); !ok) return ok;
        }
        return {};
    }

private:
    static constexpr std::size_t together = 8 * chunk_rows;

    [[nodiscard]] double score(std::int64_t row) const {
        return score_[static_cast<std::size_t>(row)];
    }

    /// Asks all that there is to ask unless one of the answers is yes.
    void watch(drop_watch one) {
        const std::size_t before = questions_.size();
        drop_watch ahead = one;
        for (row_pair pair; go_on(ahead, pair); ++ahead.at) {
            // What came before the first question has happened; what comes after it may not.
            if (questions_.size() == before) one = ahead;
            questions_.push_back({watched_.size(), ahead.at, pair});
        }
        if (questions_.size() > before) watched_.push_back(one);
    }

    /// To the next snapshot that may be a drop; false: there is none.
    [[nodiscard]] bool go_on(drop_watch& one, row_pair& pair) {
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
            if (score(highest) - now < rule_.drop && known_.same(highest, row)) continue;
            pair = {highest, row};
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

    /// Of those who fell, the first fall: what was asked after it was asked in vain.
    [[nodiscard]] status answer(change_splitter& splitter, const change_layout& layout) {
        if (status ok = find_fallen(splitter); !ok) return ok;
        const std::vector<drop_watch> watched = std::exchange(watched_, {});
        questions_.clear();
        for (std::size_t begin = 0; begin < fallen_.size(); begin += chunk_rows) {
            const std::span<const drop_question> block = std::span{fallen_}.subspan(
                begin, std::min<std::size_t>(chunk_rows, fallen_.size() - begin));
            take_pairs(block);
            if (status ok = splitter.run(pairs_); !ok) return ok;
            for (std::size_t i = 0; i < block.size(); ++i) {
                drop_watch one = watched[block[i].who];
                fire(one, block[i], splitter, layout, i);
                watch(one);
            }
        }
        return {};
    }

    [[nodiscard]] status find_fallen(change_splitter& splitter) {
        // Rows that follow each other are read together.
        const auto earlier = [](const drop_question& a, const drop_question& b) {
            return a.pair.before < b.pair.before;
        };
        if (!std::is_sorted(questions_.begin(), questions_.end(), earlier))
            std::sort(questions_.begin(), questions_.end(), earlier);
        fallen_.clear();
        for (std::size_t begin = 0; begin < questions_.size(); begin += chunk_rows) {
            const std::span<const drop_question> block = std::span{questions_}.subspan(
                begin, std::min<std::size_t>(chunk_rows, questions_.size() - begin));
            take_pairs(block);
            if (status ok = splitter.run_scores(pairs_, of_.given(), of_.given()); !ok) return ok;
            for (std::size_t i = 0; i < block.size(); ++i) {
                const double behaviour = through_behaviour(splitter, i);
                if (!(behaviour <= -rule_.drop)) continue;
                fallen_.push_back(block[i]);
                fallen_.back().behaviour = behaviour;
            }
        }
        std::sort(fallen_.begin(), fallen_.end(),
                  [](const drop_question& a, const drop_question& b) {
                      return a.who != b.who ? a.who < b.who : a.at < b.at;
                  });
        fallen_.erase(std::unique(fallen_.begin(), fallen_.end(),
                                  [](const drop_question& a, const drop_question& b) {
                                      return a.who == b.who;
                                  }),
                      fallen_.end());
        return {};
    }

    void take_pairs(std::span<const drop_question> block) {
        pairs_.clear();
        for (const drop_question& one : block) pairs_.push_back(one.pair);
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

    void fire(drop_watch& one, const drop_question& fell, const change_splitter& said,
              const change_layout& layout, std::size_t i) {
        fired_alert found;
        found.alert = alert_;
        found.customer = one.customer;
        found.from = fell.pair.before;
        found.row = fell.pair.after;
        found.day = of_.panel().day(found.row);
        found.behaviour = fell.behaviour;
        name_cause(said, layout, i, found);
        one.at = fell.at + 1;
        one.quiet.begin(found.day);
        one.armed = false;
        one.since = fell.at;
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
    const known_inputs& known_;
    const alert& rule_;
    std::size_t alert_;
    std::size_t group_;
    std::span<const double> score_;
    std::vector<drop_watch> watched_;  ///< who asks, as it was at its first question
    std::vector<drop_question> questions_;
    std::vector<drop_question> fallen_;
    std::vector<row_pair> pairs_;
    std::vector<fired_alert>& out_;
};

}  // namespace

result<known_inputs> known_inputs::read(const action_inputs& in) {
    const default_float_mode usual;
    const plan_data& plan = in.with.data();
    workspace space{plan, true};
    mixed_rows reader{plan, in.rows, in.rows, space, true};
    known_inputs out;
    out.width_ = reader.known_words();
    const auto rows = static_cast<std::size_t>(in.rows.rows());
    out.words_.resize(rows * out.width_);
    std::vector<row_pair> pairs;
    std::array<std::uint16_t, chunk_rows> all{};
    for (std::size_t begin = 0; begin < rows; begin += chunk_rows) {
        const std::size_t n = std::min<std::size_t>(chunk_rows, rows - begin);
        pairs.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            all[i] = static_cast<std::uint16_t>(i);
            pairs[i].before = static_cast<std::int64_t>(begin + i);
        }
        if (status ok = reader.load(pairs, false); !ok) return std::move(ok).error();
        if (reader.finds()) {
            const auto nothing = [](level_index, double* const*, std::span<const std::uint16_t>) {};
            if (status ok = reader.run(row_mix::before, std::span{all}.first(n), nothing); !ok)
                return std::move(ok).error();
        }
        for (std::size_t i = 0; i < n; ++i)
            reader.known(i, out.words_.data() + (begin + i) * out.width_);
    }
    return out;
}

status watch_drop(const action_inputs& in, const portfolio& of, const known_inputs& known,
                  std::size_t alert, std::size_t group, std::vector<fired_alert>& out) {
    return drop_search{in, of, known, alert, group, out}.run();
}

void watch_fall(const portfolio& of, const model& subject, std::size_t alert, std::size_t ladder,
                std::vector<fired_alert>& out) {
    struct open_fall {
        std::size_t at;    ///< in `out`
        level_index from;  ///< where it stands again once it is over
    };
    std::vector<open_fall> fallen;
    for (std::size_t k = 0; k < of.panel().customers(); ++k) {
        quiet_period quiet{subject.alerts[alert].quiet_days};
        std::int64_t stood = -1;  // the row that says where
        fallen.clear();
        for (const std::int64_t row : of.panel().rows_of(k)) {
            const std::int32_t day = of.panel().day(row);
            if (day > of.as_of()) break;
            const auto at = static_cast<std::size_t>(row);
            const level_index stage = of.given().stage(ladder)[at];
            const level_index could = of.given().provisional(ladder)[at];
            std::erase_if(fallen, [&](const open_fall& one) {
                if (stage >= one.from) out[one.at].open = false;
                return stage >= one.from;
            });
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
                fallen.push_back({out.size(), before});
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
