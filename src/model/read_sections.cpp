// The sections that later rooms read: steps, plays, study, rollup, priority, alerts, triggers and
// goals.
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "model/reader.hpp"

namespace aiueo::reading {

using json::kind;

namespace {

void read_causes(const cursor& at, step_rules& out) {
    each_element(at, "a list of causes", [&out](const cursor& element) {
        const object_reader in{
            element, "a cause", {"link", "verdict", "concentration", "cause", "owners"}};
        if (!in.fine()) return;
        cause_rule made;
        made.where = element.where();
        if (in.need("link", "\"1-2\", \"2-3\", \"3-4a\" or \"3-4b\"")) in("link", made.link);
        if (in.need("verdict", "\"weak\", \"leaky\" or \"starved\"")) in("verdict", made.verdict);
        constexpr std::array<std::pair<std::string_view, bool>, 2> words{
            {{"general", false}, {"concentrated", true}}};
        if (in.need("concentration", "\"general\" or \"concentrated\"")) {
            in.one_of("concentration", made.concentrated, words);
        }
        if (in.need("cause", "what is to be mended, in words")) in("cause", made.cause);
        if (in.need("owners", "whose job it is")) in("owners", made.owners);
        out.causes.push_back(std::move(made));
    });
}

void read_steps(const object_reader& at, step_rules& out) {
    const auto steps = at.find("steps");
    if (!steps) return;
    out.declared = true;
    out.where = steps->where();
    const object_reader in{
        *steps,
        "steps",
        {"threshold", "lag_months", "min_n", "min_effect", "starved_below", "target", "causes"}};
    in("threshold", out.threshold);
    in.whole("lag_months", out.lag_months, 1, 120);
    in.whole("min_n", out.min_n, 1);
    in("min_effect", out.min_effect);
    in("starved_below", out.starved_below);
    if (const auto target = in.find("target")) {
        const object_reader each{*target, "target", {"1-2", "2-3", "3-4a", "3-4b"}};
        for (const std::string_view name : {"1-2", "2-3", "3-4a", "3-4b"}) {
            double share = 0;
            if (each(name, share)) out.target.emplace(std::string{name}, share);
        }
    }
    if (const auto causes = in.find("causes")) read_causes(*causes, out);
}

void read_plays(const object_reader& at, model& out) {
    const auto plays = at.find("plays");
    if (!plays) return;
    each_member(*plays, "an object with a play under each name", [&out](const cursor& member) {
        const object_reader in{member, "a play", {"for", "owner", "channel", "effort", "label"}};
        play& made = out.plays.emplace_back();
        made.name = member.key();
        made.where = member.where_key();
        in("for", made.for_gaps);
        in("owner", made.owner);
        in("channel", made.channel);
        in("effort", made.effort);
        in("label", made.shown);
    });
}

void read_study(const object_reader& at, study_rules& out) {
    const auto study = at.find("study");
    if (!study) return;
    out.where = study->where();
    const object_reader in{*study,
                           "study",
                           {"leads", "term_bands", "alpha", "shrinkage", "max_weight_share",
                            "grace_days", "free_entries", "nrr_target", "horizon_months",
                            "completion", "ranks", "rank_days", "exposure_days", "response_days"}};
    if (const auto leads = in.find("leads")) {
        std::vector<std::int32_t> days;
        bool fine = leads->what() == kind::array;
        each_element(*leads, "a list of days before the contract's end",
                     [&](const cursor& element) {
                         fine = read_whole(element, days.emplace_back(), 0, 3650) && fine;
                     });
        if (fine) out.leads = std::move(days);
    }
    in("term_bands", out.term_bands);
    in("alpha", out.alpha);
    in("shrinkage", out.shrinkage);
    in("max_weight_share", out.max_weight_share);
    in.whole("grace_days", out.grace_days, 0, 3650);
    in.one_of(
        "free_entries", out.free_is_customer,
        std::array<std::pair<std::string_view, bool>, 2>{{{"customer", true}, {"ignored", false}}});
    in("nrr_target", out.nrr_target);
    in.whole("horizon_months", out.horizon_months, 1, 120);
    in("ranks", out.ranks);
    in.whole("rank_days", out.rank_days, 1, 3650);
    in.whole("exposure_days", out.exposure_days, 1, 3650);
    in.whole("response_days", out.response_days, 1, 3650);
    if (const auto completion = in.find("completion")) {
        constexpr std::string_view wanted =
            "an object with one ladder and its rung, such as { \"stage\": \"Onboard\" }";
        if (!completion->is(kind::object, wanted)) return;
        if (completion->size() != 1) {
            completion->wrong("must be " + std::string{wanted});
            return;
        }
        const cursor member = completion->member(0);
        if (read(member, out.completion_rung)) out.completion_ladder = member.key();
    }
}

void read_rollup(const object_reader& at, std::optional<rollup_rule>& out) {
    const auto rollup = at.find("rollup");
    if (!rollup) return;
    const object_reader in{*rollup, "rollup", {"combine", "weight", "good_from"}};
    if (!in.fine()) return;
    rollup_rule made;
    made.where = rollup->where();
    using way = rollup_rule::combine;
    constexpr std::array<std::pair<std::string_view, way>, 3> ways{
        {{"weighted_mean", way::weighted_mean},
         {"minimum", way::minimum},
         {"share_good", way::share_good}}};
    in.one_of("combine", made.how, ways);
    in("weight", made.weight);
    in("good_from", made.good_from);
    out = std::move(made);
}

void read_priority(const object_reader& at, priority_rule& out) {
    const auto priority = at.find("priority");
    if (!priority) return;
    out.where = priority->where();
    const object_reader in{*priority, "priority", {"capacity", "first"}};
    in("capacity", out.capacity);
    in("first", out.first);
}

void read_alert(const cursor& member, alert& out) {
    out.name = member.key();
    out.where = member.where_key();
    const object_reader in{
        member,
        "an alert",
        {"on", "of", "ladder", "drop", "window_days", "rearm", "quiet_days", "label"}};
    if (!in.fine()) return;
    using on = alert::on;
    constexpr std::array<std::pair<std::string_view, on>, 3> words{
        {{"drop", on::drop}, {"down", on::down}, {"dark", on::dark}}};
    if (in.has("on")) {
        if (!in.one_of("on", out.what, words)) out.what = in.has("ladder") ? on::down : on::drop;
    } else if (in.has("ladder")) {
        member.wrong("needs \"on\": \"down\" to fire when a customer falls on the ladder");
        out.what = on::down;
    }
    in("of", out.of);
    in("ladder", out.ladder);
    in("drop", out.drop);
    in.whole("window_days", out.window_days, 1, 3650);
    in("rearm", out.rearm);
    in.whole("quiet_days", out.quiet_days, 0, 3650);
    in("label", out.shown);
    const auto only = [&in](std::string_view key, std::string_view kind_of) {
        if (in.has(key))
            in.find(key)->wrong_key("means nothing here; it belongs to an alert on a " +
                                    std::string{kind_of});
    };
    if (out.what != on::drop) {
        for (const std::string_view key : {"drop", "window_days", "rearm"}) only(key, "drop");
    }
    if (out.what == on::down)
        only("of", "score");
    else
        only("ladder", "ladder (\"on\": \"down\")");
    if (out.what == on::down)
        in.need("ladder", "the ladder that is watched");
    else
        in.need("of", "the score that is watched: \"overall\", an axis or \"touch\"");
    if (out.what == on::drop) in.need("drop", "by how many points the score must fall");
}

void read_trigger(const cursor& member, trigger& out) {
    out.name = member.key();
    out.where = member.where_key();
    const object_reader in{
        member,
        "a trigger",
        {"when", "play", "variants", "holdout", "once_per", "success", "window_days", "label"}};
    if (!in.fine()) return;
    if (in.need("when", "the condition under which it fires")) in("when", out.when);
    if (in.need("play", "the play that answers it")) in("play", out.play);
    if (const auto variants = in.find("variants")) {
        each_member(*variants, "an object with a share for each variant",
                    [&out](const cursor& variant) {
                        double share = 0;
                        if (read(variant, share))
                            out.variants.emplace_back(std::string{variant.key()}, share);
                    });
    }
    in("holdout", out.holdout);
    in("once_per", out.once_per);
    in("success", out.success);
    in.whole("window_days", out.window_days, 1, 3650);
    in("label", out.shown);
}

void read_goal(const cursor& member, goal& out) {
    out.name = member.key();
    out.where = member.where_key();
    const object_reader in{
        member, "a goal", {"ladder", "at_least", "share", "count", "weight", "by", "label"}};
    if (!in.fine()) return;
    if (in.need("ladder", "the ladder that is climbed")) in("ladder", out.ladder);
    if (in.need("at_least", "the rung to reach")) in("at_least", out.at_least);
    in("share", out.share);
    in("count", out.count);
    in("weight", out.weight);
    if (in.need("by", "the day by which it is to be reached")) in.date("by", out.by);
    in("label", out.shown);
    const auto share = in.find("share");
    const auto count = in.find("count");
    if (share && count) count->wrong_key("stands beside \"share\"; a goal has one of the two");
    if (!share && !count)
        member.wrong("needs \"share\" (0.6 is 60 % of the customers) or \"count\" (how many)");
}

}  // namespace

void read_sections(const object_reader& at, model& out) {
    read_steps(at, out.steps);
    read_plays(at, out);
    read_study(at, out.study);
    read_rollup(at, out.rollup);
    read_priority(at, out.priority);
    if (const auto alerts = at.find("alerts")) {
        each_member(
            *alerts, "an object with an alert under each name",
            [&out](const cursor& member) { read_alert(member, out.alerts.emplace_back()); });
    }
    if (const auto triggers = at.find("triggers")) {
        each_member(
            *triggers, "an object with a trigger under each name",
            [&out](const cursor& member) { read_trigger(member, out.triggers.emplace_back()); });
    }
    if (const auto goals = at.find("goals")) {
        each_member(*goals, "an object with a goal under each name",
                    [&out](const cursor& member) { read_goal(member, out.goals.emplace_back()); });
    }
}

}  // namespace aiueo::reading
