// action › comparison: a model that is proposed beside the one in use, before it is rolled out.
// … ─► evidence ─► study ─► action
//
// The same snapshots under both: who moves, by how much and through which component, by segment.
// With evidence of both, what became of the customers that either ranked so: the studies' own
// figures, side by side. No figure is computed here but counts and means of moves.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "aiueo/base/error.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/evidence/evidence.hpp"
#include "aiueo/model/fingerprint.hpp"
#include "aiueo/score/change_explain.hpp"
#include "aiueo/score/change_json.hpp"
#include "aiueo/score/match_customers.hpp"
#include "aiueo/study/finding.hpp"
#include "aiueo/study/renewal.hpp"
#include "aiueo/study/validation.hpp"

namespace aiueo {

/// The model in use and the proposed one, with the same rows bound to each. The proposed model's
/// segments are looked at, so its batch keeps all metrics.
struct comparison_sides {
    const plan* current = nullptr;
    const batch* current_rows = nullptr;
    const plan* proposed = nullptr;
    const batch* proposed_rows = nullptr;
    const evidence* current_seen = nullptr;  ///< both or none
    const evidence* proposed_seen = nullptr;
};

struct comparison_options {
    std::size_t movers = 20;  ///< so many at most
    contract_kind kind = contract_kind::contract;
};

/// How a level of a segment moves, in overall.
struct segment_moves {
    std::string segment;
    std::string level;  ///< empty: not known
    std::int64_t customers = 0;
    std::int64_t scored = 0;  ///< under both; the means are over these
    std::int64_t before = 0;  ///< sums in units of the grid
    std::int64_t after = 0;
    std::int64_t lost = 0;    ///< insufficient under the proposed model only
    std::int64_t gained = 0;  ///< under the current one only
    std::int64_t up = 0;      ///< on the first ladder that both have
    std::int64_t down = 0;
};

/// What the evidence says of one of the models.
struct judged_model {
    std::int64_t ends = 0;
    std::vector<std::pair<std::string, figure>> auc;  ///< overall first, as study validation has it
    std::vector<renewal_table> tables;                ///< of all terms: ladders and bands
    std::vector<renewal_segment> segments;
};

struct comparison_finding {
    std::string current;  ///< the models' names
    std::string proposed;
    std::string current_fingerprint;
    std::string proposed_fingerprint;
    std::optional<changes> moves;
    matched_customers customers;
    std::vector<change_report> movers;  ///< the largest change of overall first
    std::vector<segment_moves> segments;
    std::optional<std::int32_t> lead_days;  ///< of the evidence
    contract_kind kind = contract_kind::contract;
    std::optional<judged_model> current_judged;
    std::optional<judged_model> proposed_judged;
    remarks told;
};

namespace detail {

class comparison_job {
public:
    comparison_job(const comparison_sides& sides, const comparison_options& options)
        : sides_(sides), options_(options) {}

    [[nodiscard]] result<comparison_finding> run() {
        if (sides_.current == nullptr || sides_.proposed == nullptr ||
            (sides_.current_seen == nullptr) != (sides_.proposed_seen == nullptr)) {
            return make_error(errc::invalid_argument,
                              "a comparison needs two plans with their rows, and evidence of both "
                              "or of none");
        }
        change_.with = sides_.proposed;
        change_.before = change_.after = sides_.proposed_rows;
        change_.from = sides_.current;
        change_.from_rows = sides_.current_rows;
        if (status ok = change_.check(); !ok) return std::move(ok).error();
        auto matched = match_customers(*change_.before, *change_.after);
        if (!matched) return std::move(matched).error();
        out_.customers = std::move(*matched);
        out_.moves.emplace(change_, out_.customers.pairs.size());
        if (status ok = split_changes(change_, out_.customers.pairs, *out_.moves); !ok)
            return std::move(ok).error();
        out_.current = sides_.current->model().name;
        out_.proposed = sides_.proposed->model().name;
        out_.current_fingerprint = fingerprint_of(sides_.current->model());
        out_.proposed_fingerprint = fingerprint_of(sides_.proposed->model());
        find_ladder();
        if (status ok = find_movers(); !ok) return std::move(ok).error();
        if (status ok = count_segments(); !ok) return std::move(ok).error();
        if (status ok = judge(); !ok) return std::move(ok).error();
        tell();
        return std::move(out_);
    }

private:
    [[nodiscard]] const changes& moves() const noexcept { return *out_.moves; }

    /// The first ladder whose rungs have the same names in both: there up and down mean something.
    void find_ladder() {
        const auto& ladders = sides_.proposed->model().rules.ladders;
        for (std::size_t k = 0; k < ladders.size() && !ladder_; ++k) {
            const int old = moves().old_ladder(k);
            if (old < 0) continue;
            const auto& before =
                sides_.current->model().rules.ladders[static_cast<std::size_t>(old)].rungs;
            const auto same = [](const rung& a, const rung& b) { return a.name == b.name; };
            if (std::equal(before.begin(), before.end(), ladders[k].rungs.begin(),
                           ladders[k].rungs.end(), same))
                ladder_ = k;
        }
    }

    /// −1, 0 or 1 for a customer's step on that ladder.
    [[nodiscard]] int step_of(std::size_t i) const noexcept {
        if (!ladder_) return 0;
        const level_index before = moves().stage(*ladder_, 0)[i];
        const level_index after = moves().stage(*ladder_, change_state_count - 1)[i];
        return (after > before) - (after < before);
    }

    [[nodiscard]] status find_movers() {
        const changes::of_score& overall = moves()[overall_change];
        if (overall.before.empty()) return {};
        std::vector<std::size_t> order;
        const auto size = [&](std::size_t i) {
            return std::fabs(overall.after[i] - overall.before[i]);
        };
        for (std::size_t i = 0; i < overall.before.size(); ++i) {
            if (overall.outcome[i].kind == change_kind::scored && size(i) > 0) order.push_back(i);
        }
        // By key where equal, so that the order of rows decides nothing.
        std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
            if (size(a) != size(b)) return size(a) > size(b);
            return key_of(a) < key_of(b);
        });
        if (order.size() > options_.movers) order.resize(options_.movers);
        for (const std::size_t i : order) {
            auto one = explain_change(change_, out_.customers.pairs[i]);
            if (!one) return std::move(one).error();
            out_.movers.push_back(std::move(*one));
        }
        return {};
    }

    [[nodiscard]] std::string key_of(std::size_t i) const {
        return change_.after->customer(out_.customers.pairs[i].after);
    }

    // ── segments ─────────────────────────────────────────────────────────────

    [[nodiscard]] status count_segments() {
        const model& subject = sides_.proposed->model();
        for (const segment& one : subject.segments) {
            const metric* const source = subject.find_metric(one.metric);
            if (source == nullptr || source->from != metric::source::column) continue;
            const auto index = static_cast<std::size_t>(source - subject.metrics.data());
            if (status ok = count_segment(one, *source, index); !ok) return ok;
        }
        return {};
    }

    [[nodiscard]] status count_segment(const segment& by, const metric& source, std::size_t index) {
        const bound_metric* const column = change_.after->metric_column(index);
        std::vector<segment_moves> levels;
        for (std::size_t i = 0; i < out_.customers.pairs.size(); ++i) {
            double value = unknown_value;
            value_state state{};
            if (column != nullptr) {
                if (status ok = column->load(out_.customers.pairs[i].after, {&value, &state, 1},
                                             source, sides_.proposed->model());
                    !ok)
                    return ok;
            }
            add(level_in(levels, by, level_name(by, source, value)), i);
        }
        std::sort(levels.begin(), levels.end(),
                  [&](const segment_moves& a, const segment_moves& b) {
                      if (a.level.empty() != b.level.empty()) return b.level.empty();
                      const std::size_t x = rank_of(by, a.level);
                      const std::size_t y = rank_of(by, b.level);
                      return x != y ? x < y : a.level < b.level;
                  });
        std::move(levels.begin(), levels.end(), std::back_inserter(out_.segments));
        return {};
    }

    [[nodiscard]] std::string level_name(const segment& by, const metric& source,
                                         double value) const {
        if (value != value) return {};
        if (source.type == metric_type::category) return change_.after->text(value);
        return edge_level_name(by.edges, band_in(by, value));
    }

    [[nodiscard]] static std::size_t band_in(const segment& by, double value) noexcept {
        if (by.edges.empty()) return value == 0 ? 0 : 1;  // a flag
        return static_cast<std::size_t>(std::upper_bound(by.edges.begin(), by.edges.end(), value) -
                                        by.edges.begin());
    }

    /// Bands in their order; categories, which have none, all 0.
    [[nodiscard]] static std::size_t rank_of(const segment& by, const std::string& level) {
        for (std::size_t band = 0; band <= by.edges.size() && !by.edges.empty(); ++band) {
            if (edge_level_name(by.edges, band) == level) return band;
        }
        return 0;
    }

    [[nodiscard]] static segment_moves& level_in(std::vector<segment_moves>& levels,
                                                 const segment& by, const std::string& name) {
        for (segment_moves& one : levels) {
            if (one.level == name) return one;
        }
        levels.push_back({by.metric, name});
        return levels.back();
    }

    void add(segment_moves& to, std::size_t i) const {
        ++to.customers;
        const int step = step_of(i);
        to.up += step > 0;
        to.down += step < 0;
        const changes::of_score& overall = moves()[overall_change];
        if (overall.before.empty()) return;
        const change_kind kind = overall.outcome[i].kind;
        to.lost += kind == change_kind::became_insufficient;
        to.gained += kind == change_kind::became_sufficient;
        if (kind != change_kind::scored) return;
        ++to.scored;
        to.before += static_cast<std::int64_t>(overall.before[i] * 0x1p20);
        to.after += static_cast<std::int64_t>(overall.after[i] * 0x1p20);
    }

    // ── evidence ─────────────────────────────────────────────────────────────

    [[nodiscard]] status judge() {
        if (sides_.current_seen == nullptr) return {};
        if (status ok = sides_.current_seen->usable(); !ok) return ok;
        if (status ok = sides_.proposed_seen->usable(); !ok) return ok;
        if (&sides_.current_seen->shape().model() != &sides_.current->model() ||
            &sides_.proposed_seen->shape().model() != &sides_.proposed->model()) {
            return make_error(errc::invalid_argument,
                              "each model's evidence must be counted with its own plan");
        }
        out_.kind = options_.kind;
        out_.lead_days = sides_.proposed_seen->shape().leads()[0];
        if (sides_.current_seen->shape().leads()[0] != *out_.lead_days) {
            return make_error(errc::invalid_argument,
                              "the models look at other days before the end (study.leads); they "
                              "cannot be compared");
        }
        out_.current_judged = judged(*sides_.current_seen);
        out_.proposed_judged = judged(*sides_.proposed_seen);
        return {};
    }

    [[nodiscard]] judged_model judged(const evidence& seen) const {
        judged_model out;
        validation_options validate;
        validate.kind = options_.kind;
        const validation_finding validated = study_validation(seen, validate);
        out.ends = validated.ends;
        for (const validation_row& one : validated.scores) out.auc.emplace_back(one.name, one.auc);
        renewal_options renew;
        renew.kind = options_.kind;
        renewal_finding renewed = study_renewal(seen, renew);
        for (renewal_table& one : renewed.tables) {
            if (one.terms == "all" && one.ordered) out.tables.push_back(std::move(one));
        }
        out.segments = std::move(renewed.segments);
        return out;
    }

    // ── words ────────────────────────────────────────────────────────────────

    void tell();

    comparison_sides sides_;
    comparison_options options_;
    change_sides change_;
    std::optional<std::size_t> ladder_;
    comparison_finding out_;
};

inline void comparison_job::tell() {
    const change_totals& totals = moves().totals();
    const change_totals::of_score& overall = totals.scores[overall_change];
    std::int64_t up = 0;
    std::int64_t down = 0;
    for (std::size_t i = 0; i < out_.customers.pairs.size(); ++i) {
        up += step_of(i) > 0;
        down += step_of(i) < 0;
    }
    const auto lost = static_cast<std::size_t>(change_kind::became_insufficient);
    const auto gained = static_cast<std::size_t>(change_kind::became_sufficient);
    const auto by_model = static_cast<std::size_t>(change_part::model);
    const double mean = overall.scored > 0 ? points_of(overall.after - overall.before) /
                                                 static_cast<double>(overall.scored)
                                           : unknown_value;
    for (const language in : {language::en, language::ja}) {
        const bool ja = in == language::ja;
        const auto count = [](std::int64_t n) { return std::to_string(n); };
        std::string text;
        if (ja) {
            text = "新しいモデルでは、" + count(totals.rows) + "社のうち" + count(up) +
                   "社が上の段階に、" + count(down) + "社が下の段階に移り、総合点は平均" +
                   shown(mean, 1, in) + "点動く。" + count(overall.named[lost][by_model]) +
                   "社は点が付かなくなり、" + count(overall.named[gained][by_model]) +
                   "社は付くようになる。";
        } else {
            text = "Under the proposed model " + count(up) + " of " + count(totals.rows) +
                   " customers move up a stage and " + count(down) + " down; overall moves by " +
                   shown(mean, 1, in) + " points in the mean; " +
                   count(overall.named[lost][by_model]) + " lose their score and " +
                   count(overall.named[gained][by_model]) + " get one.";
        }
        if (out_.current_judged && !out_.current_judged->auc.empty() &&
            !out_.proposed_judged->auc.empty()) {
            const auto auc = [&](const judged_model& of) {
                const figure& one = of.auc.front().second;
                std::string said = shown(one.value, 3, in);
                if (one.value == one.value && is_defined(one.interval))
                    said += (ja ? "（" : " (") + shown(one.interval.lower, 3, in) +
                            (ja ? "〜" : "–") + shown(one.interval.upper, 3, in) +
                            (ja ? "）" : ")");
                return said;
            };
            text += ja ? "更新を見分ける力（AUC）は今のモデルが" + auc(*out_.current_judged) +
                             "、新しいモデルが" + auc(*out_.proposed_judged) + "。"
                       : " Overall's AUC for renewal is " + auc(*out_.current_judged) +
                             " for the current model and " + auc(*out_.proposed_judged) +
                             " for the proposed one.";
        }
        (ja ? out_.told.sentence.ja : out_.told.sentence.en) = std::move(text);
    }
    out_.told.caution("A customer that moves did nothing: all of this change is the model's.",
                      "動いた顧客が何かをしたのではない。この変化はすべてモデルによる。");
    if (!out_.current_judged) {
        out_.told.caution("Without contracts nothing says which of the models is right.",
                          "契約の結果がなければ、どちらのモデルが正しいかは分からない。");
        return;
    }
    out_.told.caution(
        "Both are judged by the same customers, so their intervals may overlap and one still be "
        "better; and a model that was fitted to these contracts looks better than it is.",
        "どちらも同じ顧客で評価しているので、区間が重なっていても差がないとは言えない。また、"
        "この契約に合わせて作ったモデルは実際より良く見える。");
}

}  // namespace detail

/// Compares two models on the latest row of each customer. Errors: invalid_argument (sides that do
/// not belong together), bad_column, bad_value, scorer_failed.
[[nodiscard]] inline result<comparison_finding> compare_models(
    const comparison_sides& sides, const comparison_options& options = {}) {
    const default_float_mode usual;
    return detail::comparison_job{sides, options}.run();
}

}  // namespace aiueo
