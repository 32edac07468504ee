// Sealing, and everything that keeps a seal closed.
#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "aiueo/action/agreement_seal.hpp"
#include "aiueo/base/sha256.hpp"

#include "../evidence/ranked.hpp"
#include "nlohmann/json.hpp"

namespace test_agreement_seal {

using namespace aiueo;
using namespace aiueo::testing;
using Catch::Matchers::Contains;
using nlohmann::json;

namespace {

constexpr std::string_view nonce = "0123456789abcdef0123456789abcdef";
constexpr std::int32_t today = 18300;
constexpr scores_options plain{.detail = false, .overrides = false};

/// Six customers: two at each of Entry, Active, Loyal; the last has not been seen for long.
std::vector<history_row> portfolio() {
    std::vector<history_row> out;
    for (int c = 0; c < 6; ++c) {
        history_row row;
        row.customer = "c" + std::to_string(c);
        row.as_of = today - c;
        row.logins = c < 2 ? 10 : 90;
        row.answers = c < 4 ? 2 : 9;
        out.push_back(row);
        row.as_of = today - 20;  // an earlier one says something else
        row.logins = 50;
        out.push_back(row);
    }
    history_row gone;
    gone.customer = "gone";
    gone.as_of = today - 32;
    out.push_back(gone);
    return out;
}

const std::vector<std::string> names{"C", "B", "A"};

rank_history ranked(const std::vector<told_rank>& rows) {
    told_ranks all;
    all.rows = rows;
    return history_of(all);
}

/// C, C, B, B, A, A but for those that `but` changes.
std::vector<told_rank> ranks_but(const std::vector<std::pair<int, int>>& but = {}) {
    std::vector<told_rank> out;
    for (int c = 0; c < 6; ++c) out.push_back({"c" + std::to_string(c), today, c / 2, "Yuki"});
    for (const auto& [customer, rank] : but) out[static_cast<std::size_t>(customer)].rank = rank;
    return out;
}

template <class... Given>
std::string text_of_json(const Given&... given) {
    std::string out;
    json_writer to{out};
    write_json(to, given...);
    return out;
}

struct sealed_portfolio {
    plan of = plan_of(ranked_model);
    counted_rows rows = bound_rows(of, portfolio(), plain);
    sealed_stages made = *seal_agreement(*rows.rows, *rows.given, nonce);
    std::string seal = text_of_json(made.seal);

    [[nodiscard]] auto open(const rank_history& ranks,
                            const contract_history* contracts = nullptr) const {
        return open_agreement(*rows.rows, *rows.given, ranks, seal, contracts);
    }
    void refuses(const rank_history& ranks, errc code, const char* why) const {
        const auto opened = open(ranks);
        REQUIRE(!opened.ok());
        CHECK(opened.error().code == code);
        const std::string said = opened.error().to_string();
        CHECK_THAT(said, Contains(why));
        for (const char* stage : {"Entry", "Active", "Loyal"})
            CHECK(said.find(stage) == std::string::npos);
    }
};

}  // namespace

TEST_CASE("a seal is one digest of all stages", "[action][seal]") {
    const sealed_portfolio one;
    CHECK(one.made.customers == std::vector<std::string>{"c0", "c1", "c2", "c3", "c4", "c5"});
    CHECK(one.made.seal.customers == 6);
    CHECK(one.made.seal.as_of == today);
    CHECK(one.made.seal.commitment.size() == 64);

    // By its definition.
    std::string bytes;
    const auto integer = [&bytes](std::int64_t value) {
        for (int shift = 0; shift < 64; shift += 8)
            bytes += static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xFFU);
    };
    const auto text = [&](std::string_view value) {
        integer(static_cast<std::int64_t>(value.size()));
        bytes += value;
    };
    text("aiueo seal 1");
    text(nonce);
    text(one.made.seal.model);
    text("stage");
    integer(today);
    integer(6);
    const std::vector<std::string> stages{"Entry", "Entry", "Active", "Active", "Loyal", "Loyal"};
    for (int c = 0; c < 6; ++c) {
        text("c" + std::to_string(c));
        text(stages[static_cast<std::size_t>(c)]);
    }
    CHECK(one.made.seal.commitment == sha256_hex(bytes));

    // Nothing else in it depends on a stage, and another nonce gives another digest.
    CHECK(one.seal.find("Active") == std::string::npos);
    const auto other = seal_agreement(*one.rows.rows, *one.rows.given, "another-nonce-of-16+");
    REQUIRE(other.ok());
    CHECK(other->seal.commitment != one.made.seal.commitment);
    const json keys = json::parse(one.seal);
    CHECK(keys.size() == 7);
    std::string sheet;
    json_writer to{sheet};
    write_sheet(to, one.made);
    CHECK(json::parse(sheet)[0] ==
          json{{"customer", "c0"}, {"as_of", "2020-02-08"}, {"rank", nullptr}, {"by", nullptr}});

    // As of an earlier day the earlier snapshots count.
    const auto before = seal_agreement(*one.rows.rows, *one.rows.given, nonce, today - 10);
    REQUIRE(before.ok());
    CHECK(before->customers.back() == "gone");
}

TEST_CASE("what cannot be sealed", "[action][seal]") {
    const plan plan = plan_of(ranked_model);
    const counted_rows rows = bound_rows(plan, portfolio(), plain);
    const auto refused = [&](const counted_rows& of, std::string_view random, std::int32_t as_of,
                             const char* why) {
        const auto made = seal_agreement(*of.rows, *of.given, random, as_of);
        REQUIRE(!made.ok());
        CHECK_THAT(made.error().to_string(), Contains(why));
    };
    refused(rows, "short", latest_snapshot, "the nonce has 5 bytes");
    refused(rows, "0123456789 abcdef", latest_snapshot, "printable");
    refused(rows, std::string(257, 'x'), latest_snapshot, "257");
    refused(rows, nonce, today - 100, "no customer has a snapshot");
    refused(rows, nonce, INT32_MAX, "no date");
    refused(bound_rows(plan, {}, plain), nonce, latest_snapshot, "no snapshots");
    refused(bound_rows(plan, portfolio(), {.detail = true, .overrides = true}), nonce,
            latest_snapshot, "without overrides");
    std::vector<history_row> twice = portfolio();
    twice.push_back(twice.front());
    refused(bound_rows(plan, twice, plain), nonce, latest_snapshot, "two snapshots of 2020-02-08");
    const aiueo::plan unranked = plan_of(history_model);
    refused(bound_rows(unranked, portfolio(), plain), nonce, latest_snapshot, "no ranks");
    const scores unscored{plan, rows.rows->rows(), plain};
    const auto none = seal_agreement(*rows.rows, unscored, nonce);
    REQUIRE(!none.ok());
    CHECK_THAT(none.error().message, Contains("was not scored"));
}

TEST_CASE("a seal stays closed until all ranks are there, and says no stage", "[action][seal]") {
    const sealed_portfolio one;
    std::vector<told_rank> some = ranks_but();
    some.erase(some.begin() + 1, some.begin() + 3);
    one.refuses(ranked(some), errc::invalid_state, "2 of 6 customers have no rank yet: c1, c2");
    std::vector<told_rank> other = ranks_but();
    other.push_back({"gone", today, 1, "Yuki"});
    one.refuses(ranked(other), errc::bad_value, "\"gone\" is not on the sheet");
    std::vector<told_rank> early = ranks_but();
    early[3].as_of = today - 1;
    one.refuses(ranked(early), errc::bad_value, "before the seal of 2020-02-08");
    std::vector<told_rank> again = ranks_but();
    again.push_back({"c2", today + 1, 0, "Yuki"});
    one.refuses(ranked(again), errc::duplicate_row, "ranked twice by \"Yuki\"");
    again.back().by = "Aoi";
    CHECK(one.open(ranked(again)).ok());
    rank_history foreign{{"bad", "good"}, time_zone{}};
    REQUIRE(foreign.finish().ok());
    one.refuses(foreign, errc::invalid_argument, "other ranks");
    one.refuses(rank_history{names, time_zone{}}, errc::invalid_state, "not finished");
}

TEST_CASE("a seal of other stages stays closed", "[action][seal]") {
    const sealed_portfolio one;
    const rank_history ranks = ranked(ranks_but());
    const auto refused = [&](const plan& of, const std::vector<history_row>& rows,
                             const std::string& seal, errc code, const char* why) {
        const counted_rows now = bound_rows(of, rows, plain);
        const auto opened = open_agreement(*now.rows, *now.given, ranks, seal);
        REQUIRE(!opened.ok());
        CHECK(opened.error().code == code);
        CHECK_THAT(opened.error().to_string(), Contains(why));
    };
    // Later snapshots change nothing; earlier ones that change a stage do.
    std::vector<history_row> later = portfolio();
    later.push_back(later.front());
    later.back().as_of = today + 5;
    later.back().logins = 99;
    const counted_rows grown = bound_rows(one.of, later, plain);
    CHECK(open_agreement(*grown.rows, *grown.given, ranks, one.seal).ok());
    std::vector<history_row> changed = portfolio();
    changed[0].logins = 90;
    refused(one.of, changed, one.seal, errc::invalid_argument, "the snapshots or the seal");
    std::vector<history_row> fewer = portfolio();
    fewer.erase(fewer.begin(), fewer.begin() + 2);
    refused(one.of, fewer, one.seal, errc::invalid_argument,
            "of 6 customers, the snapshots have 5");
    std::string model = ranked_model;
    model.replace(model.find("U >= 40"), 7, "U >= 41");
    refused(plan_of(model), portfolio(), one.seal, errc::invalid_argument, "another model");

    for (const char* member : {"as_of", "nonce", "commitment", "ladder", "customers"}) {
        json seal = json::parse(one.seal);
        seal.erase(member);
        refused(one.of, portfolio(), seal.dump(), errc::bad_value, "not a seal");
    }
    json seal = json::parse(one.seal);
    seal["as_of"] = "2020-02-07";
    refused(one.of, portfolio(), seal.dump(), errc::invalid_argument, "not the stages");
    seal = json::parse(one.seal);
    seal["nonce"] = "0123456789abcdef0123456789abcdeg";
    refused(one.of, portfolio(), seal.dump(), errc::invalid_argument, "not the stages");
    seal["aiueo_seal"] = 2;
    refused(one.of, portfolio(), seal.dump(), errc::unsupported, "version 2");
    refused(one.of, portfolio(), "[]", errc::bad_value, "not a seal");
    refused(one.of, portfolio(), "{\"aiueo_seal\": 1", errc::bad_json, "");
}

TEST_CASE("an opened seal", "[action][seal]") {
    const sealed_portfolio one;
    contract_history contracts{2, {}};
    const auto ends = [&](const char* customer, std::int32_t day, contract_outcome outcome) {
        contract end;
        end.start = day - 365;
        end.end = day;
        end.outcome = outcome;
        REQUIRE(contracts.add(customer, end, -1).ok());
    };
    ends("c0", today + 60, contract_outcome::open);
    ends("c1", today + 30, contract_outcome::churned);
    ends("c1", today + 395, contract_outcome::open);
    ends("c2", today + 10, contract_outcome::renewed);
    ends("c5", today + 91, contract_outcome::open);
    REQUIRE(contracts.finish().ok());
    // c0 and c1 are at Entry, c5 at Loyal.
    const auto opened = one.open(ranked(ranks_but({{0, 2}, {1, 2}, {2, 2}, {5, 0}})), &contracts);
    REQUIRE(opened.ok());
    CHECK(opened->ranks == 6);
    CHECK(opened->found.n == 6);
    CHECK(opened->found.each_once);
    CHECK(near(opened->found.agreed.value, 2.0 / 6, 1e-12));
    for (const label& caution : opened->found.told.cautions)
        CHECK(caution.en.find("under a seal") == std::string::npos);
    const auto customers = [](const std::vector<opened_rank>& list) {
        std::vector<std::string> out;
        for (const opened_rank& each : list) out.push_back(each.customer);
        return out;
    };
    CHECK(customers(opened->disagreements) == std::vector<std::string>{"c0", "c1", "c5", "c2"});
    CHECK(customers(opened->surprises) == std::vector<std::string>{"c1", "c0"});
    const json told = json::parse(text_of_json(*opened));
    CHECK(told["surprises"][0] == json{{"customer", "c1"},
                                       {"rank", "A"},
                                       {"by", "Yuki"},
                                       {"stage", "Entry"},
                                       {"end", "2020-03-09"},
                                       {"days_to_end", 30},
                                       {"outcome", "lost"}});
    CHECK(told["disagreements"][2]["end"].is_null());
    CHECK(told["agreement"]["corners"][0]["ending"] == 2);
    CHECK(told["agreement"]["corners"][0]["lost"] == 1);

    const auto without = one.open(ranked(ranks_but()));
    REQUIRE(without.ok());
    const json plain_told = json::parse(text_of_json(*without));
    CHECK(plain_told["surprises"].is_null());
    CHECK(plain_told["disagreements"].empty());
}

}  // namespace test_agreement_seal
