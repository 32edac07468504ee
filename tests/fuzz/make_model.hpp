// Models of choices, with tables that suit them: every response, policy, cap, override, ladder and
// profile, right by construction. Values are drawn near the places where something changes.
#pragma once

#include <algorithm>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "make_expression.hpp"
#include "plain_scores.hpp"

namespace fuzzing {

class model_maker {
public:
    explicit model_maker(choices& in) : in_(in) {}

    plain_model make() {
        out_.minor_digits = in_.pick({0, 2, 3});
        make_metrics();
        std::vector<std::string> groups;
        for (const char* name : {"U", "I", "E", "O", "A", "touch"}) {
            if (groups.empty() || in_.one_in(2)) groups.emplace_back(name);
        }
        if (groups.back() == "touch" && groups.size() == 1) groups = {"U", "touch"};
        // What is made later may look at what was made before, whatever their order in the file.
        if (in_.one_in(2)) std::reverse(groups.begin(), groups.end());
        for (const std::string& name : groups) out_.rules.groups.push_back(group(name));
        const auto place = [](const plain_group& one) {
            return std::string_view{"AIUEOt"}.find(one.name[0]);
        };
        std::sort(out_.rules.groups.begin(), out_.rules.groups.end(),
                  [place](const auto& a, const auto& b) { return place(a) < place(b); });
        make_overall();
        if (in_.one_in(2)) make_bands();
        for (std::size_t n = in_.below(3); n > 0; --n) make_ladder();
        if (in_.one_in(2)) {
            out_.threshold = in_.pick<double>({50, 60, 20, 100, 0});
            out_.roles = {{"mrr", "m0"}, {"mrr_before", in_.pick<const char*>({"n0", "n1"})}};
            if (in_.one_in(2)) out_.roles["contract_start"] = "d0";
        }
        for (std::size_t n = in_.below(3); n > 0; --n) make_profile();
        return std::move(out_);
    }

private:
    double position() {
        if (in_.one_in(10)) return in_.pick({1e18, -1e18, 1e6, 1e-9, 123456789.25, -1e-300});
        return in_.pick<double>({0, 1, 2, 3, 5, 10, -1, -2, 0.1, 0.3, 0.7, 2.5, 3.3, 7, 12, 100});
    }
    double score_value() {
        return in_.pick<double>({0, 100, 50, 60, 33.3, 10, 20, 40, 55.5, 70, 80, 90.1, 1e-7});
    }
    double weight() {
        if (in_.one_in(12)) return in_.pick({1e6, 1e-300, 123456.789, 1e-9});
        return in_.pick<double>({1, 2, 3, 0.5, 0.25, 5, 0.1, 0.7, 1.3});
    }
    std::vector<double> ascending(std::size_t count, bool repeat) {
        std::set<double> all;
        for (std::size_t k = 0; k < count; ++k) all.insert(position());
        std::vector<double> out(all.begin(), all.end());
        // Zero is another number than one so large that 1 more is the same, and within what a
        // position may be.
        if (out.size() < 2 && out.back() > 1e17) out.insert(out.begin(), 0);
        if (out.size() < 2) out.push_back(std::max(0.0, out.back() + 1));
        if (!repeat) return out;
        const std::size_t at = in_.below(out.size());
        out.insert(out.begin() + static_cast<std::ptrdiff_t>(at), out[at]);
        return out;
    }

    void add(plain_metric one) {
        auto& list = one.what == kind::number ? names_.numbers
                     : one.what == kind::flag ? names_.flags
                     : one.what == kind::text ? names_.texts
                                              : names_.dates;
        list.push_back(one.name);
        out_.metrics.push_back(std::move(one));
    }

    void make_metrics() {
        for (const char* name :
             {"n0", "n1", "n2", "pulse", "m0", "f0", "f1", "c0", "c1", "d0", "d1"}) {
            plain_metric one{name};
            one.money = name[0] == 'm';
            one.what = name[0] == 'f'   ? kind::flag
                       : name[0] == 'c' ? kind::text
                       : name[0] == 'd' ? kind::date
                                        : kind::number;
            if (one.what == kind::number) {
                if (in_.one_in(3)) one.min = in_.pick<double>({0, 1, -1, -1e300, 0.1});
                if (in_.one_in(4)) one.max = in_.pick<double>({10, 5, 10.5, 1e300, 100});
            }
            if (in_.one_in(5)) one.max_age = in_.pick({7, 0, 30, 180, 1000000});
            add(std::move(one));
        }
        for (std::size_t n = in_.below(3); n > 0; --n) {
            plain_metric one{"i" + std::to_string(n)};
            one.from = plain_metric::source::initiatives;
            one.initiative = in_.pick<const char*>({"call", "visit"});
            one.counted = in_.pick<const char*>({"count", "done", "days_since"});
            one.dated_by = in_.pick<const char*>({"date", "attended", "responded"});
            one.window = in_.pick({7, 1, 30, 1000000});
            one.what = one.counted == "done" ? kind::flag : kind::number;
            add(std::move(one));
        }
        for (std::size_t n = in_.below(4); n > 0; --n) {
            plain_metric one{"x" + std::to_string(n)};
            one.from = plain_metric::source::derived;
            one.what = in_.pick({kind::number, kind::number, kind::flag, kind::date, kind::text});
            one.derive = expression_maker{in_, names_, 20}.make(one.what, 1 + in_.below(4));
            add(std::move(one));
        }
    }

    tree condition() {
        return expression_maker{in_, names_, 20}.make(kind::flag, 1 + in_.below(4));
    }

    std::vector<std::pair<double, double>> knots(const std::vector<double>& at) {
        std::vector<std::pair<double, double>> out;
        for (const double one : at) out.emplace_back(one, score_value());
        return out;
    }

    void respond(plain_component& one, kind to) {
        switch (to) {
        case kind::flag:
            one.how = "flag";
            one.invert = in_.one_in(2);
            return;
        case kind::text:
            one.how = "table";
            for (const std::string& text : plain_texts()) {
                if (one.table.empty() || in_.one_in(2)) one.table.emplace_back(text, score_value());
            }
            if (in_.one_in(2)) one.otherwise = score_value();
            return;
        case kind::date: {
            one.how = in_.pick<const char*>({"days_since", "days_until"});
            std::vector<double> days{0, in_.pick<double>({7, 1, 30, 365, 0.5}), 400};
            if (in_.one_in(3)) days.push_back(in_.pick<double>({400, 1e9}));
            one.knots = knots(days);
            return;
        }
        case kind::number:
        case kind::unknown: break;
        }
        one.how = in_.pick<const char*>({"curve", "steps", "percentile", "curve"});
        one.knots = knots(ascending(1 + in_.below(12), one.how != "steps" && in_.one_in(3)));
        if (one.how == "steps") one.below = score_value();
    }

    plain_component component(const std::string& name) {
        plain_component out{name};
        if (in_.one_in(7)) {
            out.inputs = in_.one_in(2) ? std::vector<std::string>{"n0", "n1"}
                                       : std::vector<std::string>{"n2", "pulse"};
            if (in_.one_in(2)) out.of_zero = in_.pick<double>({0, 1, 0.3, -1e300});
            respond(out, kind::number);
        } else {
            const plain_metric& metric = in_.pick(out_.metrics);
            out.inputs = {metric.name};
            respond(out, metric.what);
        }
        out.weight = weight();
        out.missing =
            in_.pick<const char*>({"renormalize", "renormalize", "pessimistic", "prior", "fail"});
        out.prior = score_value();
        return out;
    }

    void bound(plain_bounds& out) {
        out.min_coverage = in_.pick<double>({0.5, 0, 0.25, 0.6, 0.75, 1, 1.0 / 3});
        for (std::size_t n = in_.one_in(3) ? 1 + in_.below(2) : 0; n > 0; --n)
            out.caps.push_back({condition(), score_value()});
        if (!in_.one_in(5)) return;
        out.override_by = in_.pick<const char*>({"pulse", "n0", "n2"});
        out.mode = in_.pick<const char*>({"replace", "floor", "ceiling"});
    }

    plain_group group(const std::string& name) {
        plain_group out;
        out.name = name;
        for (std::size_t n = 1 + in_.below(4); n > 0; --n) {
            out.components.push_back(component("k" + std::to_string(n)));
            plain_component& one = out.components.back();
            if (name != "touch") continue;
            if (in_.one_in(3)) one.from = in_.pick({0, -1, 1, -20});
            if (in_.one_in(3)) one.until = in_.pick({0, -1, 1, 9});
            if (one.from && one.until && *one.until < *one.from) one.until = one.from;
        }
        // A cap sees the components and the coverage of its own group, and groups made before.
        const plain_names before = names_;
        for (const plain_component& one : out.components)
            names_.scores.push_back(name + "." + one.name);
        names_.coverages.push_back(name + ".coverage");
        bound(out);
        if (before.scores.empty())
            names_.scores.insert(names_.scores.begin(), name);
        else
            names_.scores.push_back(name);
        return out;
    }

    void make_overall() {
        plain_overall& out = out_.rules.overall;
        for (const plain_group& one : out_.rules.groups) {
            if (one.name != "touch" && !in_.one_in(5)) out.weights[one.name] = weight();
        }
        if (out.weights.empty()) {
            for (const plain_group& one : out_.rules.groups) {
                if (one.name != "touch") out.weights[one.name] = 1;
            }
        }
        out.minimum = in_.one_in(3);
        out.min_axes = in_.pick<std::size_t>({2, 1, 3, 5});
        names_.coverages.emplace_back("overall.coverage");
        bound(out);
        names_.scores.emplace_back("overall");
    }

    void make_bands() {
        plain_bands out;
        std::set<double> edges;
        for (std::size_t n = 1 + in_.below(4); n > 0; --n)
            edges.insert(in_.pick<double>({50, 20, 40, 33.3, 60, 80, 99.5, 1e-7}));
        out.edges.assign(edges.begin(), edges.end());
        for (std::size_t k = 0; k <= edges.size(); ++k)
            out.names.push_back("Lv" + std::to_string(k));
        if (in_.one_in(3)) out.of = in_.pick(out_.rules.groups).name;
        names_.levels.emplace_back("band", out.names);
        out_.rules.bands = std::move(out);
    }

    void make_ladder() {
        plain_ladder out;
        out.name = out_.rules.ladders.empty() ? "stage" : "trust";
        std::vector<std::string> members;
        for (std::size_t k = 0; k < 4; ++k) {
            if (k > 1 && in_.one_in(4)) break;
            plain_rung one{"R" + std::to_string(k)};
            if (k > 0) one.when = condition();
            if (k > 0 && in_.one_in(3)) one.expected_by = in_.pick({30, 0, 7, 1000000});
            members.push_back(one.name);
            out.rungs.push_back(std::move(one));
        }
        names_.levels.emplace_back(out.name, std::move(members));
        out_.rules.ladders.push_back(std::move(out));
    }

    void make_profile() {
        plain_profile out;
        out.name = "p" + std::to_string(out_.profiles.size());
        out.rules = out_.rules;
        json_list patch;
        plain_group& group = out.rules.groups[in_.below(out.rules.groups.size())];
        plain_component& part = group.components[in_.below(group.components.size())];
        json_list change;
        if (in_.one_in(2)) {
            part.weight = weight();
            change.add("weight", written_number(part.weight));
        }
        if (in_.one_in(2)) {
            part.missing = in_.pick<const char*>({"fail", "pessimistic", "renormalize"});
            change.add("missing", json_of_missing(part));
        }
        json_list in_group;
        json_list components;
        components.add(part.name, change.object());
        in_group.add("components", components.object());
        if (in_.one_in(3) && !group.caps.empty()) {
            group.caps.clear();
            in_group.add("caps", "null");
        }
        if (in_.one_in(3)) {
            group.min_coverage = in_.pick({0.1, 1.0});
            in_group.add("min_coverage", written_number(group.min_coverage));
        }
        json_list axes;
        axes.add(group.name, in_group.object());
        if (group.name == "touch")
            patch.add("touch", in_group.object());
        else
            patch.add("axes", axes.object());
        patch.add("overall", overall_patch(out.rules.overall));
        if (out.rules.bands && in_.one_in(3)) {
            json_list edges;
            for (double& edge : out.rules.bands->edges) edges.add(written_number(edge += 0.125));
            patch.add("bands", "{\"edges\": " + edges.array() + "}");
        }
        const plain_names all = names_;
        // A condition of a profile sees metrics alone.
        names_.scores.clear();
        names_.coverages.clear();
        names_.levels.clear();
        out.when = condition();
        if (!out.rules.ladders.empty() && in_.one_in(3)) {
            plain_rung& rung = out.rules.ladders[0].rungs[1];
            rung.when = condition();
            json_list when;
            when.add("when", json_text(written(rung.when)));
            patch.add("ladders",
                      "{\"" + out.rules.ladders[0].name + "\": {\"R1\": " + when.object() + "}}");
        }
        names_ = all;
        out.patch = patch.object();
        out_.profiles.push_back(std::move(out));
    }

    std::string overall_patch(plain_overall& to) {
        json_list out;
        const std::string name = to.weights.begin()->first;
        json_list weights;
        if (to.weights.size() > 1 && in_.one_in(2)) {
            to.weights.erase(name);
            weights.add(name, "null");
        } else {
            weights.add(name, written_number(to.weights[name] = weight()));
        }
        out.add("weights", weights.object());
        to.minimum = in_.one_in(2);
        out.add("combine", to.minimum ? "\"minimum\"" : "\"weighted_mean\"");
        return out.object();
    }

    choices& in_;
    plain_model out_;
    plain_names names_;
};

}  // namespace fuzzing
