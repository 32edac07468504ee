// action › goals: see action/goals.hpp.
#include "aiueo/action/goals.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "aiueo/base/date.hpp"
#include "aiueo/base/float_mode.hpp"
#include "aiueo/evidence/join.hpp"
#include "aiueo/score/trigger_ladders.hpp"
#include "aiueo/study/histories.hpp"
#include "aiueo/study/level_course.hpp"
#include "aiueo/study/outcomes.hpp"

#include "columns.hpp"
#include "heads.hpp"
#include "portfolio.hpp"

namespace aiueo {

namespace {

using namespace detail;

/// How many stand where at a date, by weight.
struct standing {
    double there = 0;  ///< surely
    double could = 0;  ///< those, and who perhaps is
    double all = 0;
    std::int64_t customers = 0;
};

struct goal_course {
    std::string month;
    double now = undefined;
    std::int64_t customers = 0;
};

struct goal_state {
    const goal* source = nullptr;
    double now = undefined;
    double could = undefined;
    std::int64_t customers = 0;
    double target = undefined;
    std::int32_t months = 0;
    level_course_point ahead;
    level_course_past past;
    double probability = undefined;
    goal_verdict verdict = goal_verdict::unknown;
    std::string_view why;
    std::vector<goal_course> course;
};

class goal_reader {
public:
    goal_reader(const action_inputs& in, const portfolio& of) : in_(in), of_(of) {
        if (in.seen != nullptr) course_.emplace(*in.seen);
    }

    [[nodiscard]] goal_state read(const goal& one) const {
        const model& subject = in_.with.model();
        goal_state out;
        out.source = &one;
        const std::size_t ladder = *own_ladder_named(subject, one.ladder);
        const std::size_t least = rung_of(subject.rules.ladders[ladder], one.at_least);
        const standing now = stand(one, ladder, least, of_.as_of());
        out.customers = now.customers;
        out.target = one.share ? *one.share : *one.count;
        out.now = value_of(one, now.there, now.all);
        out.could = value_of(one, now.could, now.all);
        out.months = std::max(0, month_of(one.by) - month_of(of_.as_of()));
        out.course = course_of(one, ladder, least);
        look_ahead(one, ladder, least, out);
        judge(one, ladder, least, out);
        return out;
    }

private:
    [[nodiscard]] static std::size_t rung_of(const ladder& of, std::string_view name) {
        std::size_t k = 0;
        while (k + 1 < of.rungs.size() && of.rungs[k].name != name) ++k;
        return k;
    }

    [[nodiscard]] static double value_of(const goal& one, double there, double all) {
        if (!one.share) return there;
        return all > 0 ? there / all : undefined;
    }

    /// Of a row; NaN = unknown, and not counted.
    [[nodiscard]] double weight_of(const goal& one, std::int64_t row) const {
        if (one.weight == "customers") return 1;
        const model& subject = in_.with.model();
        const metric* named = subject.find_metric(one.weight);
        if (named == nullptr) return of_.value(role::mrr, row);
        return of_.value(static_cast<std::uint32_t>(named - subject.metrics.data()), row);
    }

    [[nodiscard]] standing stand(const goal& one, std::size_t ladder, std::size_t least,
                                 std::int32_t day) const {
        standing out;
        for (std::size_t k = 0; k < of_.panel().customers(); ++k) {
            const std::int64_t row = of_.panel().latest(k, day);
            if (row < 0 || of_.left_by(row, day)) continue;
            const double weight = weight_of(one, row);
            if (weight != weight) continue;
            const auto at = static_cast<std::size_t>(row);
            const auto stage = static_cast<std::size_t>(of_.given().stage(ladder)[at]);
            const level_index perhaps = of_.given().provisional(ladder)[at];
            out.all += weight;
            ++out.customers;
            if (stage >= least) out.there += weight;
            if (stage >= least ||
                (perhaps != no_level && static_cast<std::size_t>(perhaps) >= least))
                out.could += weight;
        }
        return out;
    }

    /// A point at each month's end that the panel sees, and at the date itself.
    [[nodiscard]] std::vector<goal_course> course_of(const goal& one, std::size_t ladder,
                                                     std::size_t least) const {
        std::set<std::int32_t> months;
        for (std::size_t k = 0; k < of_.panel().customers(); ++k) {
            for (const std::int64_t row : of_.panel().rows_of(k)) {
                if (of_.panel().day(row) <= of_.as_of())
                    months.insert(month_of(of_.panel().day(row)));
            }
        }
        std::vector<goal_course> out;
        for (const std::int32_t month : months) {
            const auto next = static_cast<std::int32_t>(
                days_from_civil((month + 1) / 12, (month + 1) % 12 + 1, 1));
            const std::int32_t close = std::min(of_.as_of(), next - 1);
            const standing then = stand(one, ladder, least, close);
            out.push_back({month_name(month), value_of(one, then.there, then.all), then.customers});
        }
        return out;
    }

    /// Does the evidence count by the ladder that the model has first, rung by rung?
    [[nodiscard]] bool is_of_first_ladder() const {
        const std::vector<ladder>& counted = in_.seen->shape().model().rules.ladders;
        const ladder& mine = in_.with.model().rules.ladders.front();
        return !counted.empty() && counted.front().name == mine.name &&
               std::equal(counted.front().rungs.begin(), counted.front().rungs.end(),
                          mine.rungs.begin(), mine.rungs.end(),
                          [](const rung& a, const rung& b) { return a.name == b.name; });
    }

    void look_ahead(const goal& one, std::size_t ladder, std::size_t least, goal_state& out) const {
        if (one.by <= of_.as_of()) {
            out.why = "past";
        } else if (!course_) {
            out.why = "no_evidence";
        } else if (one.weight != "customers") {
            out.why = "weighted";
        } else if (ladder != 0 || !is_of_first_ladder()) {
            out.why = "other_ladder";
        } else if (!course_->knows()) {
            out.why = "too_short";
        }
        if (!out.why.empty()) return;
        level_mix_now mix(course_->levels(), 0);
        for (const std::size_t k : of_.seen()) {
            const auto at = static_cast<std::size_t>(of_.row_of(k));
            ++mix[static_cast<std::size_t>(of_.given().stage(0)[at])];
        }
        out.ahead = course_->at(mix, least, out.months, one.share.has_value());
        out.past = course_->past(least, std::max(1, out.months), one.share.has_value());
        // A number of customers is reached from half a customer below it.
        out.probability = reaches(out.ahead, out.target - (one.share ? 0 : 0.5));
        if (out.months == 0) out.probability = out.now >= out.target ? 1 : 0;
        if (!is_defined(out.probability)) out.why = "too_few";
    }

    void judge(const goal& one, std::size_t ladder, std::size_t least, goal_state& out) const {
        const bool there = out.now >= out.target;
        if (one.by <= of_.as_of())
            out.verdict = judge_on(one.by, one, ladder, least, out.target);
        else if (there && !(out.probability < 0.5))
            out.verdict = goal_verdict::reached;
        else if (!is_defined(out.probability))
            out.verdict = goal_verdict::unknown;
        else if (out.probability >= 0.8)
            out.verdict = goal_verdict::likely;
        else if (out.probability <= 0.2)
            out.verdict = goal_verdict::unlikely;
        else
            out.verdict = goal_verdict::open;
    }

    /// What was so on the goal's day, whatever came later; unknown where nobody was seen then.
    [[nodiscard]] goal_verdict judge_on(std::int32_t day, const goal& one, std::size_t ladder,
                                        std::size_t least, double target) const {
        const standing then = stand(one, ladder, least, day);
        if (then.customers == 0) return goal_verdict::unknown;
        return value_of(one, then.there, then.all) >= target ? goal_verdict::reached
                                                             : goal_verdict::missed;
    }

    const action_inputs& in_;
    const portfolio& of_;
    std::optional<level_course> course_;
};

[[nodiscard]] std::string kind_of(const goal& one) {
    if (one.count) return "count";
    return one.weight == "customers" ? "share" : "share of " + one.weight;
}

struct goal_columns {
    text_cells_out goal, ladder, at_least, of, verdict, why;
    date_cells by;
    number_cells now, could, target, missing, expected, lower, upper, lower_95, upper_95, chance;
    integer_cells customers, months, n, origins, held;

    void add(const goal_state& one) {
        goal.add(one.source->name);
        ladder.add(one.source->ladder);
        at_least.add(one.source->at_least);
        of.add(kind_of(*one.source));
        by.add(one.source->by);
        now.add(one.now);
        could.add(one.could);
        customers.add(one.customers);
        target.add(one.target);
        missing.add(one.now >= one.target ? undefined : one.target - one.now);
        months.add(one.months);
        expected.add(one.ahead.expected);
        lower.add(one.ahead.within_80.lower);
        upper.add(one.ahead.within_80.upper);
        lower_95.add(one.ahead.within_95.lower);
        upper_95.add(one.ahead.within_95.upper);
        chance.add(one.probability);
        if (is_defined(one.ahead.expected))
            n.add(one.ahead.n);
        else
            n.add_unknown();
        if (one.past.origins > 0) {
            origins.add(one.past.origins);
            held.add(one.past.held_80);
        } else {
            origins.add_unknown();
            held.add_unknown();
        }
        verdict.add(name_of(one.verdict));
        why.add(one.why);
    }

    [[nodiscard]] result<owned_table> table(std::size_t rows) {
        return table_out{static_cast<std::int64_t>(rows)}
            .put("goal", goal)
            .put("ladder", ladder)
            .put("at_least", at_least)
            .put("of", of)
            .put("by", by)
            .put("now", now)
            .put("could", could)
            .put("customers", customers)
            .put("target", target)
            .put("missing", missing)
            .put("months", months)
            .put("expected", expected)
            .put("lower", lower)
            .put("upper", upper)
            .put("lower_95", lower_95)
            .put("upper_95", upper_95)
            .put("probability", chance)
            .put("n", n)
            .put("origins", origins)
            .put("held_80", held)
            .put("verdict", verdict)
            .put("why", why)
            .finish();
    }
};

[[nodiscard]] std::string amount(const goal_state& one, double value, language in) {
    return one.source->share ? shown_share(value, in) : shown(value, 0, in);
}

void tell(const goal_state& one, remarks& out) {
    const auto sentence = [&](language in) {
        const bool ja = in == language::ja;
        const std::string_view named = text_of(one.source->shown, in);
        const std::string name{named.empty() ? std::string_view{one.source->name} : named};
        const std::string now = amount(one, one.now, in), target = amount(one, one.target, in);
        std::string text = ja ? name + "：現在" + now + "、目標は" + format_date(one.source->by) +
                                    "までに" + target
                              : name + ": " + now + " now, " + target + " wanted by " +
                                    format_date(one.source->by);
        if (is_defined(one.ahead.expected)) {
            const std::string expected = amount(one, one.ahead.expected, in);
            const std::string lower = amount(one, one.ahead.within_80.lower, in);
            const std::string upper = amount(one, one.ahead.within_80.upper, in);
            text +=
                ja ? "、見込みは" + expected + "（80%の確からしさで" + lower + "〜" + upper + "）"
                   : ", " + expected + " expected (80 %: " + lower + " to " + upper + ")";
        }
        return text + (ja ? "。" : ".");
    };
    out.sentence.en += (out.sentence.en.empty() ? "" : " ") + sentence(language::en);
    out.sentence.ja += sentence(language::ja);
}

[[nodiscard]] remarks told_of(const std::vector<goal_state>& all, const portfolio& of) {
    remarks out;
    std::int64_t unsure = 0;
    bool bare = false, other = false, young = false, few = false, weighted = false;
    for (const goal_state& one : all) {
        tell(one, out);
        bare = bare || one.why == "no_evidence";
        other = other || one.why == "other_ladder";
        young = young || one.why == "too_short";
        few = few || one.why == "too_few";
        weighted = weighted || one.why == "weighted";
        if (one.past.origins > 0 && one.past.held_80 * 10 < one.past.origins * 6) ++unsure;
    }
    if (all.empty()) {
        out.sentence = {"モデルに目標（goals）がありません。", "The model has no goals."};
        return out;
    }
    if (bare)
        out.caution("There is no forecast without evidence of money over time.",
                    "金額の履歴を数えた証拠（evidence）がないため、見込みは出せません。");
    if (other)
        out.caution(
            "Moves between levels are counted of the first ladder only; goals of others "
            "have no forecast.",
            "段階間の移動は最初のはしごだけで数えているため、他の目標の見込みは出せません。");
    if (young)
        out.caution("The history of moves is too short for a forecast: six months are needed.",
                    "見込みを出すには移動の履歴が短すぎます（6か月必要です）。");
    if (few)
        out.caution("The history is of too few customers to tell how sure a forecast is.",
                    "見込みの確からしさを示すには、履歴のある顧客が少なすぎます。");
    if (weighted)
        out.caution("There is no forecast of shares that are weighted.",
                    "重み付きの割合の見込みは出せません。");
    if (unsure > 0)
        out.caution(
            "At past closes, what came was within such 80 % intervals less than 6 times of "
            "10: take the forecasts as rough.",
            "過去の時点では、実績がこの80%区間に入ったのは10回中6回未満でした。"
            "見込みは目安と考えてください。");
    out.caution(
        "The forecast takes it that customers go on moving as they did; what is done for "
        "the goal from now on is not in it.",
        "見込みは、顧客がこれまでと同じように動き続けるとした場合のものです。"
        "これから行う施策の効果は含みません。");
    caution_not_seen(of, out);
    return out;
}

[[nodiscard]] std::string head_of(const model& subject, const portfolio& of,
                                  const std::vector<goal_state>& all) {
    std::string text;
    json_writer out{text};
    begin_head(out, "goals", subject, of, told_of(all, of));
    out.key("goals").begin_array();
    for (const goal_state& one : all) {
        out.begin_object();
        out.member("goal", one.source->name);
        write_text(out, "label", one.source->shown);
        out.member("verdict", name_of(one.verdict));
        out.member("bias", one.past.bias);
        out.key("course").begin_array();
        for (const goal_course& point : one.course) {
            out.begin_object()
                .member("month", point.month)
                .member("now", point.now)
                .member("customers", point.customers)
                .end_object();
        }
        out.end_array();
        out.end_object();
    }
    out.end_array();
    out.end_object();
    return text;
}

}  // namespace

result<action_list> list_goals(const action_inputs& in, const goal_options& with) {
    const default_float_mode usual;
    const model& subject = in.with.model();
    std::vector<std::uint32_t> weights;
    for (const goal& one : subject.goals) {
        const metric* named = subject.find_metric(one.weight);
        if (named != nullptr)
            weights.push_back(static_cast<std::uint32_t>(named - subject.metrics.data()));
    }
    auto of = portfolio::make(in, with.as_of, weights);
    if (!of) return std::move(of).error();
    const goal_reader reader{in, *of};
    std::vector<goal_state> all;
    goal_columns columns;
    for (const goal& one : subject.goals) {
        all.push_back(reader.read(one));
        columns.add(all.back());
    }
    action_list out;
    auto rows = columns.table(all.size());
    if (!rows) return std::move(rows).error();
    out.rows = *std::move(rows);
    out.head = head_of(subject, *of, all);
    return out;
}

}  // namespace aiueo
