// RFC 7396 on documents: the result shares with target and patch what neither changes, and every
// value still knows the line it was written in.
#include <unordered_map>
#include <vector>

#include "model/json_document.hpp"

namespace aiueo::json {

index merge(document& in, index target, const cursor_step& patch, const patch_guard& may) {
    const value change = in[patch.at];
    if (change.what != kind::object) return patch.at;

    std::vector<link> members;
    std::unordered_map<std::string_view, std::size_t>
        by_key;  // views: no characters are added here
    if (target != nowhere && in[target].what == kind::object) {
        const value& before = in[target];
        members.reserve(before.count + change.count);
        for (std::uint32_t i = 0; i < before.count; ++i) {
            members.push_back(in.link_at(before.first + i));
            by_key.emplace(in.key_of(members.back()), members.size() - 1);
        }
    }
    for (std::uint32_t i = 0; i < change.count; ++i) {
        const link asked = in.link_at(change.first + i);
        const std::string_view key = in.key_of(asked);
        const trail step{patch.way, key, std::nullopt};
        const auto known = by_key.find(key);
        const bool there = known != by_key.end();
        const index before = there ? members[known->second].to : nowhere;
        if (!may({asked, before, &step})) continue;
        if (in[asked.to].what == kind::null) {
            if (there) members[known->second].to = nowhere;
            continue;
        }
        const index after = merge(in, before, {asked.to, &step}, may);
        if (there && before != nowhere) {
            members[known->second] =
                asked;  // with the patch's key: that is where it was last written
            members[known->second].to = after;
        } else {
            link made = asked;
            made.to = after;
            members.push_back(made);
        }
    }
    std::erase_if(members, [](const link& one) { return one.to == nowhere; });
    return in.add_container(kind::object, change.begin, change.end, members);
}

}  // namespace aiueo::json
