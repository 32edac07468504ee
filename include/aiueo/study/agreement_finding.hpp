// study › agreement_finding: do the stages say what the members feel? What the study returns, and
// how it is written. … ─► evidence ─► study
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "aiueo/study/finding.hpp"

namespace aiueo {

/// Ranks at one end of both scales: high is the upper half, low the lower; a middle one is neither.
struct agreement_corner {
    bool ranked_high = false;
    bool stage_high = false;
    std::int64_t ranks = 0;
    std::int64_t open = 0;  ///< with a contract end within 90 days that is not decided
    std::int64_t kept = 0;  ///< with one that was
    std::int64_t lost = 0;
    figure renewed;  ///< kept ÷ (kept + lost)

    [[nodiscard]] std::int64_t ending() const noexcept { return open + kept + lost; }
};

/// The ranks that one member gave.
struct agreement_member {
    std::string by;
    bool named = false;
    figure agreed;
    std::int64_t ranked_higher = 0;  ///< than the stage
    std::int64_t ranked_lower = 0;
};

struct agreement_finding {
    remarks told;
    std::string ladder;               ///< the first; empty if the model has none
    std::vector<std::string> ranks;   ///< worst first
    std::vector<std::string> stages;  ///< lowest first
    std::int64_t n = 0;               ///< ranks that were given, each beside a stage
    std::int64_t unseen = 0;          ///< ranks without a snapshot in the 31 days before them
    bool each_once = false;           ///< no customer has two of the ranks here
    bool comparable = false;          ///< as many ranks as stages, so that each has its own
    std::vector<std::int64_t> cells;  ///< ranks × stages
    figure agreed;                    ///< share of ranks that are the stage's
    double chance = undefined;        ///< the share that the margins alone would give
    std::array<figure, 3> kappa;      ///< plain, linear, quadratic
    figure spearman, kendall;
    std::int64_t ranked_higher = 0;  ///< than the stage
    std::int64_t ranked_lower = 0;
    std::array<agreement_corner, 4> corners;  ///< high–low first: what the member may not have seen
    std::vector<agreement_member> members;    ///< who agrees least comes first

    [[nodiscard]] std::string_view sentence(language in = language::en) const noexcept {
        return text_of(told.sentence, in);
    }
};

/// By schema/findings/agreement.schema.json.
inline void write_json(json_writer& out, const agreement_finding& found) {
    using detail::write;
    out.begin_object().member("study", "agreement").key("ladder");
    const auto text_or_null = [&out](bool there, const std::string& text) {
        if (there) {
            out.string(text);
        } else {
            out.null();
        }
    };
    text_or_null(!found.ladder.empty(), found.ladder);
    out.member("n", found.n)
        .member("unseen", found.unseen)
        .member("each_once", found.each_once)
        .member("comparable", found.comparable);
    write(out, found.told);
    write(out, "agreed", found.agreed);
    out.member("chance", found.chance)
        .member("ranked_higher", found.ranked_higher)
        .member("ranked_lower", found.ranked_lower);
    out.key("matrix").begin_array();
    for (std::size_t r = 0; r < found.ranks.size() && !found.stages.empty(); ++r) {
        out.begin_object().member("rank", found.ranks[r]).key("stages").begin_object();
        for (std::size_t s = 0; s < found.stages.size(); ++s)
            out.member(found.stages[s], found.cells[r * found.stages.size() + s]);
        out.end_object().end_object();
    }
    out.end_array().key("kappas").begin_array();
    constexpr std::array<std::string_view, 3> weights{"plain", "linear", "quadratic"};
    for (std::size_t k = 0; k < weights.size(); ++k) {
        out.begin_object().member("weights", weights[k]).key("kappa");
        write(out, found.kappa[k]);
        out.end_object();
    }
    out.end_array().key("correlations").begin_array();
    const std::array<const figure*, 2> correlations{&found.spearman, &found.kendall};
    constexpr std::array<std::string_view, 2> names{"spearman", "kendall"};
    for (std::size_t k = 0; k < names.size(); ++k) {
        out.begin_object().member("of", names[k]).key("correlation");
        write(out, *correlations[k]);
        out.end_object();
    }
    out.end_array().key("corners").begin_array();
    for (const agreement_corner& one : found.corners) {
        out.begin_object()
            .member("ranked", one.ranked_high ? "high" : "low")
            .member("stage", one.stage_high ? "high" : "low")
            .member("ranks", one.ranks)
            .member("ending", one.ending())
            .member("open", one.open)
            .member("kept", one.kept)
            .member("lost", one.lost);
        write(out, "renewed", one.renewed);
        out.end_object();
    }
    out.end_array().key("members").begin_array();
    for (const agreement_member& one : found.members) {
        out.begin_object().key("by");
        text_or_null(one.named, one.by);
        write(out, "agreed", one.agreed);
        out.member("ranked_higher", one.ranked_higher)
            .member("ranked_lower", one.ranked_lower)
            .end_object();
    }
    out.end_array().end_object();
}

}  // namespace aiueo
