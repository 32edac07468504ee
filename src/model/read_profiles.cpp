// profiles: the model's rules with a merge patch applied, and what the patch may not do. A profile
// re-weights and re-shapes; what there is to score, and the names that come out, are the same for
// every customer.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "model/reader.hpp"

namespace aiueo::reading {

using json::index;
using json::kind;
using json::link;
using json::nowhere;
using json::patch_member;
using json::value;

namespace {

constexpr std::array<std::string_view, 5> rule_keys{"touch", "axes", "overall", "ladders", "bands"};

std::vector<std::string_view> keys_of(const json::document& doc, index object) {
    std::vector<std::string_view> out;
    if (doc[object].what != kind::object) return out;
    for (std::uint32_t i = 0; i < doc[object].count; ++i)
        out.push_back(doc.key_of(doc.link_at(doc[object].first + i)));
    return out;
}

class patcher {
public:
    patcher(const cursor& root, const cursor& patch, std::vector<std::string>& changes)
        : root_(root), patch_(patch), doc_(root.doc()), changes_(changes) {}

    /// The merged rules.
    index run() {
        for (std::size_t i = 0; i < patch_.size(); ++i) refuse_other_sections(patch_.member(i));
        const index merged = json::merge(doc_, rules(), {patch_.at(), patch_.before()},
                                         [this](const patch_member& one) { return allowed(one); });
        const link* const ladders = doc_.find(patch_.at(), "ladders");
        return ladders == nullptr ? merged : with_ladders(merged, *ladders);
    }

private:
    /// The part of the model that a profile may change, as an object of its own.
    index rules() {
        std::vector<link> members;
        for (const std::string_view key : rule_keys) {
            if (const link* member = doc_.find(root_.at(), key)) members.push_back(*member);
        }
        const value all = root_.value();
        return doc_.add_container(kind::object, all.begin, all.end, members);
    }

    void refuse_other_sections(const cursor& member) const {
        if (std::find(rule_keys.begin(), rule_keys.end(), member.key()) != rule_keys.end()) return;
        const std::string meant = member.in().suggest(member.key(), rule_keys);
        member.wrong_key("is nothing that a profile may change; it may change " +
                         listed(rule_keys, " and ") + meant);
    }

    /// The keys from the patch to this member.
    [[nodiscard]] std::vector<std::string_view> steps_to(const patch_member& one) const {
        std::vector<std::string_view> out;
        for (const json::trail* step = one.way; step != patch_.before(); step = step->before)
            out.push_back(step->key);
        std::reverse(out.begin(), out.end());
        return out;
    }

    bool refuse(const patch_member& one, std::string message) const {
        if (patch_.in().full()) return false;
        place where = doc_.place_of(one.asked.key_begin);
        where.file = patch_.in().file;
        where.path = json::path_of(one.way);
        patch_.in().found.push_back(
            {problem::level::error,
             make_error(errc::bad_model, std::move(message), std::move(where))});
        return false;
    }

    bool allowed(const patch_member& one) {
        if (patch_.in().full()) return false;
        const std::vector<std::string_view> steps = steps_to(one);
        const bool removes = doc_[one.asked.to].what == kind::null;
        const bool there = one.before != nowhere;
        const auto is = [&steps](std::size_t i, std::string_view key) {
            return i < steps.size() && steps[i] == key;
        };

        if (steps.size() == 1) {
            if (std::find(rule_keys.begin(), rule_keys.end(), steps[0]) == rule_keys.end())
                return false;
            if (removes) return refuse(one, "may not be removed by a profile");
            if (steps[0] == "ladders") return false;  // by rung, below
            if (steps[0] != "overall" && !there)
                return refuse(one, "is not in the model, and a profile may not add it");
        }
        // The axes and touch, and their components, are the same in every profile.
        const std::size_t group = is(0, "axes") ? 1 : 0;
        if (is(0, "axes") && steps.size() == 2) {
            if (!there) {
                return refuse(one, "is not an axis of the model, and a profile may not add one" +
                                       suggestion(steps[1], root_axes()));
            }
            if (removes) {
                return refuse(
                    one,
                    "may not be removed by a profile; to leave the axis out of overall, write "
                    "\"overall\": { \"weights\": { \"" +
                        std::string{steps[1]} + "\": null } }");
            }
        }
        if (is(0, "axes") || is(0, "touch")) {
            if (steps.size() == group + 2 && steps.back() == "components") {
                if (doc_[one.asked.to].what != kind::object) {
                    return refuse(
                        one,
                        "must be an object with the components to change; a profile may not remove any");
                }
            }
            if (steps.size() == group + 3 && is(group + 1, "components")) {
                if (!there) {
                    const link* const group_at =
                        is(0, "axes") ? member(doc_.find(root_.at(), "axes"), steps[1])
                                      : doc_.find(root_.at(), "touch");
                    const link* const all = member(group_at, "components");
                    return refuse(one,
                                  "is not a component of " + std::string{steps[group]} +
                                      ", and a profile may not add one" +
                                      suggestion(steps.back(), all == nullptr
                                                                   ? std::vector<std::string_view>{}
                                                                   : keys_of(doc_, all->to)));
                }
                if (removes)
                    return refuse(
                        one,
                        "is a component; a profile may not remove one, only give it another weight");
            }
        }
        if (is(0, "overall") && is(1, "weights") && steps.size() == 2 && !there) {
            return refuse(one,
                          "cannot be changed, since the model does not write its weights; write "
                          "\"overall\": { \"weights\": {…} } there first");
        }
        if (is(0, "bands") && is(1, "names") && steps.size() == 2 &&
            !(there && doc_.same(one.before, one.asked.to))) {
            return refuse(one, "may not change in a profile; only \"edges\" and \"of\" may");
        }
        note(one, steps, removes);
        return true;
    }

    /// A line for people about what really changes, at the level where a value takes the place of
    /// another.
    void note(const patch_member& one, const std::vector<std::string_view>& steps, bool removes) {
        const bool there = one.before != nowhere;
        const bool object = doc_[one.asked.to].what == kind::object;
        if (object && (!there || doc_[one.before].what == kind::object)) return;
        std::string path;
        for (const std::string_view step : steps) path += path_step(step);
        path.erase(0, 1);
        if (!whole_.empty() && path.starts_with(whole_)) return;
        if (object) whole_ = path + ".";
        if (removes && !there) return;
        if (!removes && there && doc_.same(one.before, one.asked.to)) return;
        add_change(path, there ? doc_.write(one.before, 80) : "not set",
                   removes ? "left out" : doc_.write(one.asked.to, 80));
    }

    void add_change(const std::string& path, const std::string& before, const std::string& after) {
        changes_.push_back(path + ": " + before + " → " + after);
    }

    [[nodiscard]] const link* member(const link* of, std::string_view key) const {
        return of == nullptr ? nullptr : doc_.find(of->to, key);
    }
    [[nodiscard]] std::vector<std::string_view> root_axes() const {
        const link* const axes = doc_.find(root_.at(), "axes");
        return axes == nullptr ? std::vector<std::string_view>{} : keys_of(doc_, axes->to);
    }
    [[nodiscard]] std::string suggestion(std::string_view name,
                                         const std::vector<std::string_view>& all) const {
        return patch_.in().suggest(name, all);
    }

    // --- ladders: a list of rungs, patched by their names
    // -----------------------------------------

    index with_ladders(index merged, const link& patch_link) {
        const cursor patch{patch_, patch_link};
        if (patch.what() == kind::null) return merged;  // refused above
        const link* const at = doc_.find(merged, "ladders");
        const link before = at == nullptr ? link{} : *at;
        if (!patch.is(kind::object, "an object with the ladders to change")) return merged;
        if (before.to == nowhere || doc_[before.to].what != kind::object) {
            if (before.to == nowhere)
                patch.wrong_key("is not in the model, and a profile may not add it");
            return merged;
        }
        std::vector<link> ladders = links_of(before.to);
        std::unordered_map<std::string_view, std::size_t> by_name;
        for (std::size_t i = 0; i < ladders.size(); ++i)
            by_name.emplace(doc_.key_of(ladders[i]), i);
        for (std::size_t i = 0; i < patch.size(); ++i) {
            const cursor one = patch.member(i);
            if (patch_.in().full()) return merged;
            const auto found = by_name.find(one.key());
            if (found == by_name.end()) {
                one.wrong_key("is not a ladder of the model, and a profile may not add one" +
                              suggestion(one.key(), keys_of(doc_, before.to)));
                continue;
            }
            link* const known = &ladders[found->second];
            if (one.what() != kind::object) {
                one.wrong(
                    "must be an object with the rungs to change by name, such as "
                    "{ \"Active\": { \"when\": \"U >= 50\" } }, not " +
                    found_text(one));
                continue;
            }
            known->to = with_rungs(known->to, one);
        }
        return replaced(merged, before, with_links(before.to, patch, ladders));
    }

    index with_rungs(index ladder, const cursor& patch) {
        if (doc_[ladder].what == kind::object) {  // with a label
            const link* const rungs = doc_.find(ladder, "rungs");
            if (rungs == nullptr || doc_[rungs->to].what != kind::array) return ladder;
            const link before = *rungs;
            return replaced(ladder, before, with_rungs(before.to, patch));
        }
        if (doc_[ladder].what != kind::array) return ladder;
        std::vector<link> rungs = links_of(ladder);
        std::vector<std::string_view> names;  // views: no characters are added here
        std::unordered_map<std::string_view, std::size_t> by_name;
        for (const link& each : rungs) {
            const link* const name = doc_.find(each.to, "name");
            const bool text = name != nullptr && doc_[name->to].what == kind::text;
            names.push_back(text ? doc_.text_of(doc_[name->to]) : std::string_view{});
            // What has no name, or is no object at all, is refused where the model is read.
            if (text) by_name.emplace(names.back(), names.size() - 1);
        }
        for (std::size_t i = 0; i < patch.size(); ++i) {
            const cursor one = patch.member(i);
            if (patch_.in().full()) return ladder;
            const auto known = by_name.find(one.key());
            if (known == by_name.end()) {
                one.wrong_key("is not a rung of this ladder, and a profile may not add one" +
                              suggestion(one.key(), names));
                continue;
            }
            const std::size_t at = known->second;
            rungs[at].to = with_condition(rungs[at].to, one, at == 0);
        }
        return with_links(ladder, patch, rungs);
    }

    index with_condition(index rung, const cursor& patch, bool first) {
        if (!patch.is(kind::object, "an object with the rung's new \"when\"")) return rung;
        index out = rung;
        for (std::size_t i = 0; i < patch.size(); ++i) {
            const cursor one = patch.member(i);
            if (one.key() != "when") {
                one.wrong_key("may not change in a profile; of a rung only \"when\" may");
                continue;
            }
            if (first) {
                one.wrong_key("is not for the first rung, which has no condition");
                continue;
            }
            if (one.what() == kind::null) {
                one.wrong(
                    "may not be removed by a profile; for a rung that always holds write \"true\"");
                continue;
            }
            const link* const at = doc_.find(rung, "when");
            link before;
            if (at != nullptr)
                before = *at;
            else
                before = doc_.link_at(patch.value().first + i);
            if (at == nullptr || !doc_.same(before.to, one.at())) {
                std::string path = one.path();
                path.erase(0, patch_.path().size() + 1);
                add_change(path, at == nullptr ? "not set" : doc_.write(before.to, 200),
                           doc_.write(one.at(), 200));
            }
            out = replaced(out, before, one.at());
        }
        return out;
    }

    [[nodiscard]] std::vector<link> links_of(index container) const {
        std::vector<link> out;
        for (std::uint32_t i = 0; i < doc_[container].count; ++i)
            out.push_back(doc_.link_at(doc_[container].first + i));
        return out;
    }
    /// The same container with other members, standing where the patch stands.
    index with_links(index container, const cursor& patch, const std::vector<link>& members) {
        const value stands = patch.value();
        return doc_.add_container(doc_[container].what, stands.begin, stands.end, members);
    }
    /// The object with one member, known by its key, changed or added.
    index replaced(index object, const link& member, index to) {
        const value before = doc_[object];
        std::vector<link> members = links_of(object);
        const std::string_view key = doc_.key_of(member);
        const auto known = std::find_if(members.begin(), members.end(),
                                        [&](const link& each) { return doc_.key_of(each) == key; });
        if (known != members.end()) {
            known->to = to;
        } else {
            members.push_back(member);
            members.back().to = to;
        }
        return doc_.add_container(kind::object, before.begin, before.end, members);
    }

    const cursor& root_;
    const cursor& patch_;
    json::document& doc_;
    std::vector<std::string>& changes_;
    std::string whole_;  ///< below this path the change has been noted
};

/// What is wrong with the model itself is found again in each profile's copy: say it once.
void drop_repeated(problems& found, std::size_t since) {
    if (found.size() == since) return;
    const auto key_of = [](const problem& one) {
        return std::to_string(one.what.where.line) + ':' + std::to_string(one.what.where.column) +
               ':' + one.what.message;
    };
    std::unordered_set<std::string> said;
    for (std::size_t i = 0; i < since; ++i) said.insert(key_of(found[i]));
    const auto fresh = found.begin() + static_cast<std::ptrdiff_t>(since);
    found.erase(std::remove_if(fresh, found.end(),
                               [&](const problem& one) { return said.contains(key_of(one)); }),
                found.end());
}

}  // namespace

std::vector<index> read_profiles(const object_reader& at, model& out) {
    std::vector<index> merged;
    const auto profiles = at.find("profiles");
    if (!profiles) return merged;
    // Each profile is a copy of the rules; together they may cost what a model itself may.
    json::document::extent total;
    each_element(*profiles, "a list of profiles", [&](const cursor& element) {
        context& in = element.in();
        if (total.values > in.limits.nodes || total.bytes > in.limits.bytes) return;
        const std::size_t known = in.found.size();
        profile& made = out.profiles.emplace_back();
        merged.push_back(nowhere);
        made.where = element.where();
        const object_reader one{element, "a profile", {"name", "when", "patch", "label"}};
        made.rules = out.rules;
        if (!one.fine()) return;
        if (one.need("name", "what the profile is called in the scores table"))
            one("name", made.name);
        if (one.need("when", "the condition on metrics under which the profile applies"))
            one("when", made.when);
        one("label", made.shown);
        if (!one.need("patch", "what it changes")) return;
        const cursor patch = *one.find("patch");
        if (!patch.is(kind::object, "an object with what the profile changes")) return;
        merged.back() = patcher{at.at(), patch, made.changes}.run();
        const json::document::extent size = in.doc.measure(merged.back());
        total.values += size.values;
        total.bytes += size.bytes;
        if (total.values > in.limits.nodes || total.bytes > in.limits.bytes) {
            element.wrong(
                "is one too many: each profile is a copy of the rules, and together they are too large",
                errc::limit_exceeded);
            return;
        }
        const cursor rules_at = patch.standing_for(merged.back());
        const object_reader rules{
            rules_at, "a profile's patch", {"touch", "axes", "overall", "ladders", "bands"}};
        made.rules = scheme{};
        read_scheme(rules, made.rules);
        drop_repeated(in.found, known);
    });
    return merged;
}

}  // namespace aiueo::reading
