// study › agreement: the members' own ranks beside the stages of the data. … ─► evidence ─► study
//
// The k-th rank from below and the k-th rung of the first ladder are held to mean the same, where
// there are as many of one as of the other. Stages are those before overrides.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "aiueo/stats/correlation.hpp"
#include "aiueo/stats/kappa.hpp"
#include "aiueo/study/agreement_finding.hpp"
#include "aiueo/study/outcomes.hpp"

namespace aiueo {

struct agreement_options {
    /// Calendar months of the ranks, 12 × year + month − 1.
    std::int32_t first_month = std::numeric_limits<std::int32_t>::min();
    std::int32_t last_month = std::numeric_limits<std::int32_t>::max();
    std::optional<std::string> member;  ///< the ranks of this one alone
};

/// Ranks beside stages, as they are counted: [rank][stage][fate][group] of each member.
struct ranked_stages {
    struct of_member {
        std::string by;
        bool named = false;
        bool each_once = false;  ///< no customer has two ranks of this member here
        std::vector<std::int64_t> cells;
    };
    std::string ladder;
    std::vector<std::string> ranks;
    std::vector<std::string> stages;
    std::vector<of_member> members;
    bool each_once = false;
    bool sealed = false;  ///< the ranks were given before the stages were known
    std::int64_t unseen = 0;

    ranked_stages() = default;
    explicit ranked_stages(const model& of) : ranks(of.study.ranks) {
        if (of.rules.ladders.empty()) return;
        ladder = of.rules.ladders.front().name;
        for (const rung& one : of.rules.ladders.front().rungs) stages.push_back(one.name);
    }

    [[nodiscard]] std::size_t size() const noexcept {
        return ranks.size() * stages.size() * fates * evidence_groups;
    }
};

namespace detail {

/// What evidence holds of them.
[[nodiscard]] inline ranked_stages ranked_stages_of(const evidence& from,
                                                    const agreement_options& options) {
    const counted& shape = from.shape();
    ranked_stages out{shape.model()};
    out.unseen = from.count(total::ranks_unseen);
    out.each_once = from.count(total::ranks_seen) == from.count(total::customers_ranked);
    const count_table& table = from.table(table_id::ranks);
    struct part {
        std::int32_t months = 0;
        std::int32_t month = 0;
        std::int64_t ranks = 0, customers = 0;

        void add(std::int32_t in, std::int64_t n, std::int64_t first) {
            if (months == 0 || in != month) ++months;
            month = in;
            ranks += n;
            customers += first;
        }
        /// Of one month: each is the first of its customer.
        [[nodiscard]] bool each_once() const noexcept { return months <= 1 && ranks == customers; }
    };
    std::map<std::int32_t, std::pair<ranked_stages::of_member, part>> members;
    part all;
    for (const auto& [key, block] : table.blocks()) {
        if (key[0] < options.first_month || key[0] > options.last_month) continue;
        std::string by =
            key[1] < 0 ? std::string{} : table.names()[static_cast<std::size_t>(key[1])];
        if (options.member && (key[1] < 0 || by != *options.member)) continue;
        auto& [member, seen] = members[key[1]];
        member.by = std::move(by);
        member.named = key[1] >= 0;
        member.cells.resize(out.size());
        std::int64_t n = 0;
        for (std::size_t k = 0; k < out.size(); ++k) {
            member.cells[k] += block[k];
            n += block[k];
        }
        seen.add(key[0], n, block[shape.member_customers_cell()]);
        all.add(key[0], n, block[shape.rank_customers_cell()]);
    }
    const bool always = out.each_once;
    // One member's ranks are all there are.
    out.each_once = always || (options.member ? members.begin() != members.end() &&
                                                    members.begin()->second.second.each_once()
                                              : all.each_once());
    for (auto& [id, one] : members) {
        one.first.each_once = always || one.second.each_once();
        out.members.push_back(std::move(one.first));
    }
    return out;
}

class agreement_study {
public:
    explicit agreement_study(const ranked_stages& from)
        : from_(from), ranks_(from.ranks.size()), stages_(from.stages.size()) {}

    [[nodiscard]] agreement_finding run() {
        out_.ladder = from_.ladder;
        out_.ranks = from_.ranks;
        out_.stages = from_.stages;
        out_.unseen = from_.unseen;
        out_.each_once = from_.each_once;
        out_.comparable = ranks_ == stages_ && ranks_ > 1;
        std::vector<std::int64_t> all(from_.size());
        for (const ranked_stages::of_member& one : from_.members) {
            for (std::size_t k = 0; k < all.size(); ++k) all[k] += one.cells[k];
        }
        const table whole{*this, all};
        out_.cells = whole.total();
        for (const std::int64_t one : out_.cells) out_.n += one;
        out_.spearman = correlation_of(whole);
        out_.kendall = unsure(figure_of(whole.jackknife_of([this](const counts& one) {
            return kendall(one, ranks_, stages_).value;
        }),
                                        out_.n));
        if (out_.comparable) add_agreement(whole);
        add_corners(all);
        for (const ranked_stages::of_member& one : from_.members) add_member(one);
        const auto less_agreed = [](const agreement_member& a, const agreement_member& b) {
            if (is_defined(a.agreed.value) && is_defined(b.agreed.value) &&
                a.agreed.value != b.agreed.value)
                return a.agreed.value < b.agreed.value;
            if (a.agreed.n != b.agreed.n) return a.agreed.n > b.agreed.n;
            return a.by < b.by;
        };
        std::sort(out_.members.begin(), out_.members.end(), less_agreed);
        tell();
        return std::move(out_);
    }

private:
    using counts = std::vector<std::int64_t>;

    /// Ranks × stages of each group of customers, whatever became of them.
    class table {
    public:
        table(const agreement_study& of, const counts& cells)
            : size_(of.ranks_ * of.stages_), cells_(size_ * evidence_groups) {
            for (std::size_t k = 0; k < size_; ++k) {
                for (std::size_t f = 0; f < fates; ++f) {
                    for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g)
                        cells_[g * size_ + k] += cells[(k * fates + f) * evidence_groups + g];
                }
            }
        }

        [[nodiscard]] counts total() const {
            return of([](std::size_t) { return true; });
        }

        /// How many of each group, and of them those in the cells that `wanted` holds for.
        template <class Wanted>
        [[nodiscard]] grouped_ends among(Wanted wanted) const {
            grouped_ends out{};
            for (std::size_t g = 0; g < out.size(); ++g) {
                for (std::size_t k = 0; k < size_; ++k) {
                    const std::int64_t n = cells_[g * size_ + k];
                    out[g].by_field[static_cast<std::size_t>(end_field::ends)] += n;
                    if (wanted(k)) out[g].by_field[static_cast<std::size_t>(end_field::kept)] += n;
                }
            }
            return out;
        }

        template <class F>
        [[nodiscard]] jackknife_estimate jackknife_of(F f) const {
            std::array<double, evidence_groups> without{};
            std::array<std::int64_t, evidence_groups> rows{};
            for (std::size_t g = 0; g < without.size(); ++g) {
                without[g] = f(of([g](std::size_t other) { return other != g; }));
                for (std::size_t k = 0; k < size_; ++k) rows[g] += cells_[g * size_ + k];
            }
            return jackknife(f(total()), without, rows);
        }

    private:
        template <class Wanted>
        [[nodiscard]] counts of(Wanted wanted) const {
            counts out(size_);
            for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                for (std::size_t k = 0; wanted(g) && k < size_; ++k)
                    out[k] += cells_[g * size_ + k];
            }
            return out;
        }

        std::size_t size_;
        counts cells_;  ///< [group][rank][stage]
    };

    [[nodiscard]] std::size_t rank_of(std::size_t cell) const noexcept { return cell / stages_; }
    [[nodiscard]] std::size_t stage_of(std::size_t cell) const noexcept { return cell % stages_; }

    [[nodiscard]] figure correlation_of(const table& of) const {
        if (out_.each_once) {
            const correlation found = spearman(out_.cells, ranks_, stages_);
            return unsure({found.value, found.interval, out_.n});
        }
        return unsure(figure_of(of.jackknife_of([this](const counts& one) {
            return spearman(one, ranks_, stages_).value;
        }),
                                out_.n));
    }
    /// Where all agree there is no error to be seen, not none.
    [[nodiscard]] static figure unsure(figure of) {
        of = within(of, -1, 1);
        if (!(of.interval.lower < of.interval.upper)) of.interval = {};
        return of;
    }

    void add_agreement(const table& whole) {
        out_.agreed = kept_rate(agreed_in(whole), out_.each_once);
        constexpr std::array weights{kappa_weights::plain, kappa_weights::linear,
                                     kappa_weights::quadratic};
        for (std::size_t k = 0; k < weights.size(); ++k) {
            const agreement found = cohen_kappa(out_.cells, ranks_, weights[k]);
            if (k == 0) out_.chance = found.chance;
            figure& to = out_.kappa[k];
            to = {found.kappa, found.interval, out_.n};
            if (!out_.each_once) {
                to = figure_of(whole.jackknife_of([&](const counts& one) {
                    return cohen_kappa(one, ranks_, weights[k]).kappa;
                }),
                               out_.n);
            }
            // An error of 0, where all agree, is none that was seen.
            if (to.interval.lower == to.interval.upper) to.interval = {};
            to = within(to, -1, 1);
        }
        const auto [higher, lower] = apart_in(out_.cells);
        out_.ranked_higher = higher;
        out_.ranked_lower = lower;
    }

    [[nodiscard]] grouped_ends agreed_in(const table& of) const {
        return of.among([this](std::size_t cell) { return rank_of(cell) == stage_of(cell); });
    }

    /// Ranked higher than the stage, and lower.
    [[nodiscard]] std::pair<std::int64_t, std::int64_t> apart_in(const counts& cells) const {
        std::pair<std::int64_t, std::int64_t> out{};
        for (std::size_t k = 0; k < cells.size(); ++k) {
            if (rank_of(k) > stage_of(k)) out.first += cells[k];
            if (rank_of(k) < stage_of(k)) out.second += cells[k];
        }
        return out;
    }

    void add_member(const ranked_stages::of_member& one) {
        agreement_member out{one.by, one.named, {}, 0, 0};
        const table mine{*this, one.cells};
        const counts cells = mine.total();
        if (out_.comparable) {
            out.agreed = kept_rate(agreed_in(mine), one.each_once);
            std::tie(out.ranked_higher, out.ranked_lower) = apart_in(cells);
        }
        for (const std::int64_t n : cells) out.agreed.n += out_.comparable ? 0 : n;
        out_.members.push_back(std::move(out));
    }

    void add_corners(const counts& cells) {
        constexpr std::array<std::pair<bool, bool>, 4> all{
            {{true, false}, {false, true}, {true, true}, {false, false}}};
        // In the upper half, the lower half, or (of an odd number) in the middle.
        const auto in_half = [](std::size_t at, std::size_t of, bool high) {
            return high ? 2 * at + 1 > of : 2 * at + 1 < of;
        };
        for (std::size_t c = 0; c < all.size(); ++c) {
            agreement_corner& out = out_.corners[c];
            std::tie(out.ranked_high, out.stage_high) = all[c];
            grouped_ends decided{};
            for (std::size_t k = 0; k < ranks_ * stages_; ++k) {
                if (!in_half(rank_of(k), ranks_, out.ranked_high) ||
                    !in_half(stage_of(k), stages_, out.stage_high))
                    continue;
                for (std::size_t g = 0; g < std::size_t{evidence_groups}; ++g) {
                    const auto n = [&](fate became) {
                        return cells[(k * fates + static_cast<std::size_t>(became)) *
                                         evidence_groups +
                                     g];
                    };
                    out.ranks += n(fate::none) + n(fate::kept) + n(fate::lost) + n(fate::open);
                    out.open += n(fate::open);
                    out.kept += n(fate::kept);
                    out.lost += n(fate::lost);
                    auto& to = decided[g].by_field;
                    to[static_cast<std::size_t>(end_field::ends)] += n(fate::kept) + n(fate::lost);
                    to[static_cast<std::size_t>(end_field::kept)] += n(fate::kept);
                }
            }
            out.renewed = kept_rate(decided, out_.each_once);
        }
    }

    // ── words ────────────────────────────────────────────────────────────────

    void tell() {
        if (out_.n == 0) {
            tell_nothing();
            return;
        }
        const std::string n = std::to_string(out_.n);
        std::string en, ja;
        if (out_.comparable) {
            std::int64_t agreed = 0;
            for (std::size_t k = 0; k < ranks_; ++k) agreed += out_.cells[k * stages_ + k];
            const std::string of = std::to_string(agreed);
            const bool one = out_.each_once;
            en = "Stage and the members' own ranks agree for " + of + " of " + n +
                 (one ? " customers, " : " ranks, ") + shown_share(out_.agreed, language::en) +
                 "; chance would give " + shown_share(out_.chance, language::en);
            ja = "ステージとメンバー自身のランクは、" + n + (one ? "社" : "件") + "のうち" + of +
                 (one ? "社、" : "件、") + shown_share(out_.agreed, language::ja) +
                 "で一致しました。偶然なら" + shown_share(out_.chance, language::ja) + "です";
        } else {
            en = "The model has " + std::to_string(ranks_) + " ranks and " +
                 std::to_string(stages_) + " stages, so " + n +
                 " ranks have no stage to agree with; their rank correlation is " +
                 shown_figure(out_.spearman, 2, language::en);
            ja = "ランクは" + std::to_string(ranks_) + "種類、ステージは" +
                 std::to_string(stages_) + "段階で、一致は定義できません。" + n + "件の順位相関は" +
                 shown_figure(out_.spearman, 2, language::ja) + "です";
        }
        const agreement_corner& surprise = out_.corners.front();
        if (surprise.ending() > 0) {
            const std::string ending = std::to_string(surprise.ending());
            en += ". Ranked high, at a low stage and with a contract end within " +
                  std::to_string(rank_horizon_days) + " days: " + ending + ", of which " +
                  std::to_string(surprise.lost) + " lost, " + std::to_string(surprise.kept) +
                  " kept, " + std::to_string(surprise.open) + " open";
            ja += "。ランクは上位なのにステージは下位で、" + std::to_string(rank_horizon_days) +
                  "日以内に契約が終わるのは" + ending + "件で、解約" +
                  std::to_string(surprise.lost) + "、更新" + std::to_string(surprise.kept) +
                  "、継続中" + std::to_string(surprise.open) + "です";
        }
        out_.told.sentence = {ja + "。", en + "."};
        add_cautions();
    }

    void tell_nothing() {
        if (ranks_ == 0) {
            out_.told.sentence = {"モデルにランク（study.ranks）がなく、一致は不明です。",
                                  "The model has no ranks (study.ranks); agreement is unknown."};
        } else if (stages_ == 0) {
            out_.told.sentence = {"モデルにラダーがなく、一致は不明です。",
                                  "The model has no ladder; agreement is unknown."};
        } else {
            out_.told.sentence = {
                "スナップショットと突き合わせられるランクがなく、一致は不明です。",
                "No rank has a snapshot in the 31 days before it; agreement is unknown."};
        }
        add_unseen();
    }

    void add_unseen() {
        if (out_.unseen == 0) return;
        const std::string n = std::to_string(out_.unseen);
        out_.told.caution(
            n + " ranks of all have no snapshot in the 31 days before them; they are in no "
                "figure.",
            "全体のうち" + n +
                "件のランクは、直前31日間のスナップショットがなく、どの数値にも含まれません。");
    }

    void add_cautions() {
        out_.told.caution(
            "That ranks and stages agree does not make them true: compare both with renewal.",
            "ランクとステージが一致しても、正しいとは限りません。両方を更新率と比べてください。");
        if (!from_.sealed)
            out_.told.caution(
                "A member who had seen the stages did not judge blindly; let ranks be given under "
                "a seal (aiueo agreement seal).",
                "先にステージを見たメンバーの判断は独立ではありません。封印したうえでランクを集めて"
                "ください（aiueo agreement seal）。");
        if (!out_.comparable)
            out_.told.caution("Agreement and kappa need as many ranks as the ladder has stages.",
                              "一致率とκには、ランクとステージの数が同じである必要があります。");
        if (!out_.each_once)
            out_.told.caution(
                "Customers count once for every rank they were given; intervals allow for that.",
                "同じ顧客が複数のランクで数えられています。区間はそれを考慮しています。");
        add_unseen();
    }

    const ranked_stages& from_;
    std::size_t ranks_;
    std::size_t stages_;
    agreement_finding out_;
};

}  // namespace detail

/// Of ranks and stages that were counted elsewhere.
[[nodiscard]] inline agreement_finding study_agreement(const ranked_stages& of) {
    return detail::agreement_study{of}.run();
}

/// Agreement of the members' ranks with the stages: share with Wilson's interval where each
/// customer counts once, else the jackknife's; what chance would give; Cohen's kappas (Fleiss,
/// Cohen, Everitt 1969, or the jackknife); rank correlation; by member; and what became of those
/// on whom rank and stage differ most.
[[nodiscard]] inline agreement_finding study_agreement(const evidence& of,
                                                       const agreement_options& options = {}) {
    return study_agreement(detail::ranked_stages_of(of, options));
}

}  // namespace aiueo
