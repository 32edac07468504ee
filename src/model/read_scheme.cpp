// touch, axes, overall, ladders and bands: how what is known becomes a score and a stage. Read once
// for the model, and once for each profile from its merged rules.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "model/reader.hpp"

namespace aiueo::reading {

using json::kind;

namespace {

constexpr std::array<std::string_view, 6> response_keys{"curve",      "steps",      "table",
                                                        "days_since", "days_until", "percentile"};

void read_missing(const cursor& at, component& out) {
    constexpr std::string_view wanted =
        "\"renormalize\", \"pessimistic\", \"fail\" or { \"prior\": a score }";
    if (at.what() == kind::object) {
        const object_reader in{at, "missing", {"prior"}};
        if (in.need("prior", "the score from 0 to 100 that stands in for an unknown value") &&
            in("prior", out.prior)) {
            out.missing = missing_policy::prior;
        }
        return;
    }
    if (at.what() != kind::text) {
        at.wrong_kind(wanted);
        return;
    }
    constexpr std::array<std::string_view, 3> words{"renormalize", "pessimistic", "fail"};
    if (at.text() == words[0])
        out.missing = missing_policy::renormalize;
    else if (at.text() == words[1])
        out.missing = missing_policy::pessimistic;
    else if (at.text() == words[2])
        out.missing = missing_policy::fail;
    else
        at.wrong("must be " + std::string{wanted} + ", not " + json::shown(at.text()) +
                 at.in().suggest(at.text(), words));
}

void read_table(const cursor& at, component& out) {
    each_member(at, "an object with a score for each category", [&out](const cursor& member) {
        double score = 0;
        if (read(member, score)) out.table.emplace_back(std::string{member.key()}, score);
    });
}

/// Knots of a reference population at equal ranks: the score of each is its rank.
void read_percentile(const cursor& at, component& out) {
    std::vector<double> positions;
    if (!read(at, positions)) return;
    const double last = positions.size() < 2 ? 1.0 : static_cast<double>(positions.size() - 1);
    for (std::size_t i = 0; i < positions.size(); ++i) {
        out.knots.push_back({positions[i], 100.0 * static_cast<double>(i) / last});
    }
}

void read_input(const object_reader& in, component& out) {
    const auto single = in.find("metric");
    const auto share = in.find("share");
    if (single && share) {
        in.at().unread("metric");
        in.at().unread("share");
        share->wrong_key("stands beside \"metric\"; a component has one of the two");
        return;
    }
    if (single) {
        std::string name;
        if (read(*single, name)) out.inputs.push_back(std::move(name));
        if (in.has("of_zero"))
            in.find("of_zero")->wrong_key("belongs to \"share\" and means nothing without it");
        return;
    }
    if (!share) {
        in.at().unread("metric");
        in.at().wrong(
            "needs its input: \"metric\" with a metric's name, or \"share\" with [part, whole]");
        return;
    }
    out.is_share = true;
    std::vector<std::string> names;
    if (read(*share, names)) {
        if (names.size() == 2)
            out.inputs = std::move(names);
        else
            share->wrong("must be [part, whole], two metrics, not " + std::to_string(names.size()));
    }
    in("of_zero", out.of_zero);
}

void read_response(const object_reader& in, component& out) {
    std::optional<cursor> first;
    for (const std::string_view key : response_keys) {
        const auto at = in.find(key);
        if (!at) continue;
        if (first) {
            at->wrong_key("is a second response beside \"" + std::string{first->key()} +
                          "\" (line " + std::to_string(first->where_key().line) +
                          "); a component has one. In a profile, write \"" +
                          std::string{first->key()} + "\": null to take the first away");
            continue;
        }
        first.emplace(*at);
        if (key == "curve")
            out.how = response::curve;
        else if (key == "steps")
            out.how = response::steps;
        else if (key == "table")
            out.how = response::table;
        else if (key == "days_since")
            out.how = response::days_since;
        else if (key == "days_until")
            out.how = response::days_until;
        else
            out.how = response::percentile;
        if (key == "table")
            read_table(*at, out);
        else if (key == "percentile")
            read_percentile(*at, out);
        else
            read_pairs(*at, out.knots);
    }
    in("invert", out.invert);
    in("below", out.below);
    in("else", out.otherwise);
    if (in.has("below") && out.how != response::steps) {
        in.find("below")->wrong_key("belongs to \"steps\" and means nothing without it");
    }
    if (in.has("else") && out.how != response::table) {
        in.find("else")->wrong_key("belongs to \"table\" and means nothing without it");
    }
}

void read_custom(const object_reader& in, component& out) {
    out.how = response::custom;
    in("scorer", out.scorer);
    in.whole("version", out.scorer_version, 1);
    if (in.need("metrics", "the metrics that the scorer reads, in its order"))
        in("metrics", out.inputs);
    if (const auto params = in.find("params")) {
        if (params->is(kind::object, "an object {…} that the scorer understands")) {
            out.params = params->doc().write(params->at());
        }
    }
}

void read_component(const cursor& at, component& out) {
    out.name = at.key();
    out.where = at.where_key();
    const bool custom = at.what() == kind::object && at.doc().find(at.at(), "scorer") != nullptr;
    const auto common = [&out](const object_reader& in) {
        in("label", out.shown);
        in("weight", out.weight);
        if (const auto missing = in.find("missing")) read_missing(*missing, out);
        in.date("from", out.from);
        in.date("until", out.until);
    };
    if (custom) {
        const object_reader in{at,
                               "a component with a scorer of its own",
                               {"scorer", "version", "metrics", "params", "weight", "missing",
                                "from", "until", "label"}};
        read_custom(in, out);
        common(in);
        return;
    }
    const object_reader in{at,
                           "a component",
                           {"metric", "share", "of_zero", "curve", "steps", "below", "table",
                            "else", "days_since", "days_until", "percentile", "invert", "weight",
                            "missing", "from", "until", "label", "scorer"}};
    if (!in.fine()) return;
    read_input(in, out);
    read_response(in, out);
    common(in);
}

void read_caps(const object_reader& in, std::vector<cap>& out) {
    const auto caps = in.find("caps");
    if (!caps) return;
    each_element(*caps, "a list of caps", [&out](const cursor& element) {
        const object_reader one{element, "a cap", {"when", "at_most"}};
        if (!one.fine()) return;
        cap made;
        made.where = element.where();
        if (one.need("when", "the condition under which the score is capped"))
            one("when", made.when);
        if (one.need("at_most", "the highest score while the condition holds"))
            one("at_most", made.at_most);
        out.push_back(std::move(made));
    });
}

void read_override(const object_reader& in, std::optional<score_override>& out) {
    const auto at = in.find("override");
    if (!at) return;
    const object_reader one{*at, "an override", {"metric", "mode"}};
    if (!one.fine()) return;
    constexpr std::array<std::pair<std::string_view, score_override::mode>, 3> modes{
        {{"replace", score_override::mode::replace},
         {"floor", score_override::mode::floor},
         {"ceiling", score_override::mode::ceiling}}};
    score_override made;
    made.where = at->where();
    one.one_of("mode", made.how, modes);
    if (one.need("metric", "the metric whose value stands in") && one("metric", made.metric))
        out = std::move(made);
}

void read_group(const cursor& at, group& out) {
    const object_reader in{
        at, "an axis", {"components", "min_coverage", "caps", "override", "label"}};
    out.where = at.where();
    if (const auto components = in.find("components")) {
        each_member(*components, "an object with a component under each name",
                    [&out](const cursor& member) {
                        read_component(member, out.components.emplace_back());
                    });
    } else {
        in.need("components", "what the score is made of");
    }
    in("min_coverage", out.min_coverage);
    read_caps(in, out.caps);
    read_override(in, out.manual);
    in("label", out.shown);
}

void read_overall(const object_reader& at, scheme& out) {
    // Without weights every axis that says how the customer fares counts the same; A says who the
    // customer is.
    const auto equal_weights = [&out] {
        for (std::uint32_t i = 1; i < axis_count; ++i)
            out.overall.weights[i] = out.groups[i].in_use() ? 1.0 : 0.0;
    };
    const auto overall = at.find("overall");
    if (!overall) {
        equal_weights();
        return;
    }
    const object_reader in{*overall,
                           "overall",
                           {"weights", "combine", "min_axes", "min_coverage", "caps", "override"}};
    out.overall.where = overall->where();
    const auto weights = in.find("weights");
    if (!weights) {
        equal_weights();
    } else {
        const object_reader each{*weights, "weights", {"A", "I", "U", "E", "O"}};
        for (std::uint32_t i = 0; i < axis_count; ++i) each(group_names[i], out.overall.weights[i]);
    }
    constexpr std::array<std::pair<std::string_view, overall_rule::combine>, 2> ways{
        {{"weighted_mean", overall_rule::combine::weighted_mean},
         {"minimum", overall_rule::combine::minimum}}};
    in.one_of("combine", out.overall.how, ways);
    std::int32_t min_axes = 2;
    if (in.whole("min_axes", min_axes, 1, static_cast<std::int32_t>(axis_count))) {
        out.overall.min_axes = static_cast<std::uint32_t>(min_axes);
    }
    in("min_coverage", out.overall.min_coverage);
    read_caps(in, out.overall.caps);
    read_override(in, out.overall.manual);
}

void read_rung(const cursor& at, rung& out) {
    const object_reader in{at,
                           "a rung",
                           {"name", "label", "meaning", "approach", "when", "expected_by_days",
                            "status", "since", "review_by"}};
    out.where = at.where();
    if (in.need("name", "what the stage is called")) in("name", out.name);
    in("label", out.shown);
    in("meaning", out.meaning);
    in("approach", out.approach);
    in("when", out.when);
    in.whole("expected_by_days", out.expected_by_days, 0);
    constexpr std::array<std::pair<std::string_view, bool>, 2> words{
        {{"hypothesis", true}, {"confirmed", false}}};
    in.one_of("status", out.hypothesis, words);
    in.date("since", out.since);
    in.date("review_by", out.review_by);
}

void read_ladders(const object_reader& at, scheme& out) {
    const auto ladders = at.find("ladders");
    if (!ladders) return;
    each_member(*ladders, "an object with a list of rungs under each ladder's name",
                [&out](const cursor& member) {
                    ladder& made = out.ladders.emplace_back();
                    made.name = member.key();
                    made.where = member.where_key();
                    const auto read_rungs = [&made](const cursor& rungs) {
                        each_element(rungs, "a list of rungs, the lowest first",
                                     [&made](const cursor& element) {
                                         read_rung(element, made.rungs.emplace_back());
                                     });
                    };
                    if (member.what() == kind::object) {
                        const object_reader in{member, "a ladder", {"label", "rungs"}};
                        in("label", made.shown);
                        if (in.need("rungs", "the list of rungs, the lowest first"))
                            read_rungs(*in.find("rungs"));
                    } else {
                        read_rungs(member);
                    }
                });
}

void read_bands(const object_reader& at, scheme& out) {
    const auto bands = at.find("bands");
    if (!bands) return;
    const object_reader in{*bands, "bands", {"of", "edges", "names"}};
    if (!in.fine()) return;
    band_rule made;
    made.where = bands->where();
    in("of", made.of);
    if (in.need("edges", "the scores at which one band ends and the next begins"))
        in("edges", made.edges);
    if (in.need("names", "a name for each band, the lowest first")) in("names", made.names);
    out.bands = std::move(made);
}

}  // namespace

void read_scheme(const object_reader& at, scheme& out) {
    if (const auto touch = at.find("touch"))
        read_group(*touch, out.groups[static_cast<std::size_t>(axis::touch)]);
    if (const auto axes = at.find("axes")) {
        const object_reader in{*axes, "axes", {"A", "I", "U", "E", "O"}};
        for (std::uint32_t i = 0; i < axis_count; ++i) {
            if (const auto one = in.find(group_names[i])) read_group(*one, out.groups[i]);
        }
    }
    read_overall(at, out);
    read_ladders(at, out);
    read_bands(at, out);
}

}  // namespace aiueo::reading
