// study › link_causes: why a link is broken, as a rule, whose job it is, and what would take its
// customers on. … ─► evidence ─► study
//
// The table of docs/bottleneck.md; what the model declares stands before it.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "aiueo/model/model.hpp"
#include "aiueo/study/bottleneck_finding.hpp"

namespace aiueo::detail {

struct link_cause {
    label cause;
    std::vector<label> owners;
};

[[nodiscard]] inline label owner_label(std::string_view name) {
    struct known {
        std::string_view en, ja;
    };
    static constexpr known names[] = {{"customer success", "カスタマーサクセス"},
                                      {"marketing", "マーケティング"},
                                      {"product", "プロダクト"},
                                      {"sales", "営業"},
                                      {"sales and marketing", "営業・マーケティング"},
                                      {"management", "経営"},
                                      {"product marketing", "プロダクトマーケティング"}};
    for (const known& one : names) {
        if (one.en == name) return {std::string{one.ja}, std::string{one.en}};
    }
    return {std::string{name}, std::string{name}};
}

[[nodiscard]] inline std::vector<label> owner_labels(const std::vector<std::string>& names) {
    std::vector<label> out;
    for (const std::string& one : names) out.push_back(owner_label(one));
    return out;
}

/// The library's own.
[[nodiscard]] inline link_cause usual_cause(chain_link which, bool starved, bool concentrated) {
    const auto cause = [](const char* en, const char* ja, const std::vector<std::string>& owners) {
        return link_cause{{ja, en}, owner_labels(owners)};
    };
    switch (which) {
    case chain_link::accompany_process:
        if (starved) {
            return concentrated
                       ? cause("coverage of the segment", "その区分への働きかけの不足",
                               {"customer success"})
                       : cause("capacity, and automation of touch", "人手と、働きかけの自動化",
                               {"customer success", "marketing"});
        }
        return concentrated ? cause("a playbook for the segment", "その区分向けのプレイブック",
                                    {"customer success"})
                            : cause("the approach itself: its channel and content",
                                    "働きかけそのもの（手段と内容）", {"customer success"});
    case chain_link::process_success:
        if (starved) {
            return concentrated
                       ? cause("onboarding of the segment", "その区分のオンボーディング",
                               {"customer success"})
                       : cause(
                             "why few get ready or use it: 1→2 first, then the design of onboarding",
                             "準備・利用に至る顧客の少なさ（先に1→2、次にオンボーディングの設計）",
                             {"customer success", "product"});
        }
        return concentrated
                   ? cause("winning customers who can succeed", "成功できる顧客の獲得",
                           {"sales and marketing"})
                   : cause("the design of the process, or the product",
                           "プロセスの設計、またはプロダクト", {"customer success", "product"});
    case chain_link::success_renewal:
    case chain_link::success_growth: break;
    }
    if (starved) {
        return concentrated ? cause("how well customers of the segment fit",
                                    "その区分の顧客との適合", {"sales and marketing"})
                            : cause("why success is rare: 2→3 first", "成果の少なさ（先に2→3）",
                                    {"customer success", "product"});
    }
    if (which == chain_link::success_renewal) {
        return concentrated
                   ? cause("contract terms of the segment", "その区分の契約条件", {"sales"})
                   : cause(
                         "pricing and the charging model, or an outcome that the buyer cannot see",
                         "価格と課金モデル、または購買者に見えていない成果",
                         {"management", "customer success"});
    }
    return concentrated ? cause("plan structure of the segment", "その区分のプラン構成",
                                {"product marketing"})
                        : cause("line-up and business model", "商品構成とビジネスモデル",
                                {"management", "product marketing"});
}

/// Of a broken link.
[[nodiscard]] inline link_cause cause_of(const step_rules& rules, chain_link which,
                                         link_verdict verdict, bool concentrated) {
    for (const cause_rule& one : rules.causes) {
        if (one.link == link_names[static_cast<std::size_t>(which)] &&
            one.verdict == name_of(verdict) && one.concentrated == concentrated)
            return {one.cause, owner_labels(one.owners)};
    }
    return usual_cause(which, verdict == link_verdict::starved, concentrated);
}

/// The groups whose components make up the step that a pattern lacks.
[[nodiscard]] inline std::vector<std::string_view> lacking_groups(pattern one) {
    switch (one) {
    case pattern::untouched: return {"touch"};
    case pattern::contacted_not_using:
    case pattern::outcome_without_use: return {"I", "U"};
    case pattern::using_without_outcome: return {"E", "O"};
    case pattern::unknown:
    case pattern::outcome_without_growth:
    case pattern::succeeding: break;
    }
    return {};
}

/// The model's plays that work on what a pattern lacks.
[[nodiscard]] inline std::vector<std::string> plays_for(const model& of, pattern one) {
    const std::vector<std::string_view> groups = lacking_groups(one);
    std::vector<std::string> out;
    for (const play& each : of.plays) {
        const bool fits =
            std::any_of(each.for_gaps.begin(), each.for_gaps.end(), [&](std::string_view gap) {
                return std::find(groups.begin(), groups.end(), gap.substr(0, gap.find('.'))) !=
                       groups.end();
            });
        if (fits) out.push_back(each.name);
    }
    return out;
}

}  // namespace aiueo::detail
