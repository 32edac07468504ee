// Evidence of customers that are made of choices: snapshots, contracts, ledger, ranks and
// initiatives. Counted at once, in several updates, or in parts that are merged in any order, some
// through their bytes: always the same bytes, or an error each time.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "aiueo/evidence/evidence.hpp"
#include "aiueo/evidence/ledger.hpp"
#include "aiueo/evidence/state.hpp"
#include "aiueo/model/read.hpp"
#include "aiueo/score/compile.hpp"
#include "aiueo/score/score.hpp"

#include "choices.hpp"

namespace {

using namespace fuzzing;

constexpr std::string_view text = R"({"aiueo": 1, "name": "merge",
    "metrics": {"a": {"type": "number", "min": 0}, "b": {"type": "flag"},
                "plan": {"type": "category"}, "owner": {"type": "category"},
                "last": {"type": "date"}},
    "segments": ["plan", {"metric": "a", "edges": [20]}],
    "touch": {"components": {"a": {"metric": "a", "curve": [[0, 100], [50, 0]]}}},
    "axes": {"I": {"components": {"last": {"metric": "last", "days_since": [[0, 100], [90, 0]]}}},
             "U": {"components": {"a": {"metric": "a", "curve": [[0, 0], [50, 100]]}}},
             "O": {"components": {"b": {"metric": "b"}}}},
    "overall": {"weights": {"U": 1, "O": 2}},
    "ladders": {"stage": [{"name": "low"}, {"name": "high", "when": "U >= 50"},
                          {"name": "top", "when": "O > 0 && I > 20"}]},
    "bands": {"of": "overall", "edges": [50], "names": ["Lv1", "Lv2"]},
    "profiles": [{"name": "pro", "when": "plan == 'pro'",
                  "patch": {"overall": {"weights": {"O": null}}}}],
    "steps": {"threshold": 50},
    "roles": {"member": "owner"},
    "study": {"leads": [90, 0], "term_bands": [2, 6], "grace_days": 10, "horizon_months": 3,
              "ranks": ["C", "B", "A"], "completion": {"stage": "high"}}})";

const aiueo::plan& the_plan() {
    static const aiueo::plan made = [] {
        auto model = aiueo::read_model(text);
        if (!model) require(false, model.error().to_string());
        auto out = aiueo::compile(std::move(*model), {});
        require(out.ok(), "the model can be compiled");
        return std::move(*out);
    }();
    return made;
}

constexpr std::int32_t first_day = 19'700;

struct snapshot {
    std::int32_t as_of = 0;
    double a = 0;
    double b = 0;
    std::string plan{};
    std::string owner{};
    std::optional<std::int32_t> last{};
};

struct told_rank {
    std::int32_t as_of = 0;
    std::string rank{};
    std::string by{};
};

struct told_act {
    std::string initiative{};
    std::string variant{};
    std::int32_t date = 0;
    std::int32_t attended = aiueo::initiative_entry::no_date;
    std::int32_t responded = aiueo::initiative_entry::no_date;
    bool holdout = false;
};

/// Everything that is known of a customer.
struct told {
    std::string name{};
    std::vector<snapshot> snapshots{};
    std::vector<aiueo::contract> contracts{};
    std::vector<aiueo::ledger_entry> ledger{};
    std::vector<told_rank> ranks{};
    std::vector<told_act> acts{};
};

struct world {
    bool with_ledger = false;
    bool with_ranks = false;
    bool with_acts = false;
    bool count_unseen = false;
    std::int32_t data_until = aiueo::no_data_until;
    std::vector<told> customers{};
};

std::int64_t amount(choices& in) {
    if (in.one_in(16)) return in.pick<std::int64_t>({(std::int64_t{1} << 48) - 1, 1LL << 40});
    return in.pick<std::int64_t>({1000, 0, 1, 990, 1200, 999'999, aiueo::no_money});
}

void add_contract(choices& in, told& to) {
    using aiueo::contract_kind;
    using aiueo::contract_outcome;
    aiueo::contract one;
    one.start = to.contracts.empty() || in.one_in(4)
                    ? first_day + static_cast<std::int32_t>(in.below(600))
                    : to.contracts.back().end + in.pick({0, 0, 1, 10, 11, 200});
    one.end = one.start + in.pick({30, 90, 180, 365, 1, 31, 400, 2000});
    const bool trial = in.one_in(4);
    const bool goes_on = !in.one_in(3);
    one.kind = trial ? contract_kind::trial : contract_kind::contract;
    one.outcome = trial ? (goes_on ? contract_outcome::converted : contract_outcome::lapsed)
                        : (goes_on ? contract_outcome::renewed : contract_outcome::churned);
    if (in.one_in(4)) one.outcome = contract_outcome::open;
    one.mrr_before = amount(in);
    if (goes_on) one.mrr_after = amount(in);
    for (const aiueo::contract& other : to.contracts) {
        if (std::tuple{other.kind, other.start, other.end} ==
            std::tuple{one.kind, one.start, one.end})
            return;  // one too many: a duplicate is an error
    }
    to.contracts.push_back(one);
}

told customer(choices& in, std::size_t number) {
    told out;
    out.name = (in.one_in(8) ? "長い名前-" : "c") + std::to_string(number);
    for (std::size_t n = in.below(4); n > 0; --n) add_contract(in, out);
    for (std::size_t n = in.below(3); n > 0; --n) {
        aiueo::ledger_entry one;
        one.start = first_day + static_cast<std::int32_t>(in.below(800));
        one.end = in.one_in(3) ? aiueo::ledger_entry::no_end
                               : one.start + in.pick({1, 30, 31, 100, 365, 800});
        one.mrr = std::max<std::int64_t>(0, amount(in));
        out.ledger.push_back(one);
    }
    std::set<std::int32_t> days;
    for (std::size_t n = in.below(5); n > 0; --n) {
        const bool at_an_end = !out.contracts.empty() && !in.one_in(3);
        const std::int32_t day =
            at_an_end ? in.pick(out.contracts).end - in.pick({0, 1, 31, 32, 90, 100, 121, 122, -1})
                      : first_day + static_cast<std::int32_t>(in.below(900));
        if (!days.insert(day).second) continue;
        snapshot one;
        one.as_of = day;
        const double unknown = std::numeric_limits<double>::quiet_NaN();
        one.a = in.pick({25.0, 0.0, 50.0, 20.0, unknown, -1.0, 33.3, 1e300, 49.999});
        one.b = in.pick({1.0, 0.0, unknown});
        one.plan = in.pick<const char*>({"pro", "basic", "", "東"});
        one.owner = in.pick<const char*>({"ann", "bob", ""});
        if (!in.one_in(4)) one.last = day - in.pick({0, 5, 90, 200, -3});
        out.snapshots.push_back(std::move(one));
    }
    std::set<std::pair<std::int32_t, std::string>> given;
    for (std::size_t n = in.below(3); n > 0; --n) {
        told_rank one;
        one.as_of = first_day + static_cast<std::int32_t>(in.below(900));
        one.rank = in.pick<const char*>({"A", "B", "C"});
        one.by = in.pick<const char*>({"ann", "bob", "cai", ""});
        if (given.emplace(one.as_of, one.by).second) out.ranks.push_back(std::move(one));
    }
    for (std::size_t n = in.below(4); n > 0; --n) {
        told_act one;
        one.initiative = in.pick<const char*>({"call", "mail", "visit"});
        one.variant = in.pick<const char*>({"", "x", "y"});
        const bool before_an_end = !out.contracts.empty() && !in.one_in(4);
        one.date = before_an_end
                       ? in.pick(out.contracts).end - in.pick({90, 0, 1, 89, 91, 179, 180, 181})
                       : first_day + static_cast<std::int32_t>(in.below(900));
        if (in.one_in(3)) one.attended = one.date + in.pick({0, 3, 40});
        if (in.one_in(3)) one.responded = one.date + in.pick({0, 13, 14, 15, -1});
        one.holdout = in.one_in(4);
        out.acts.push_back(std::move(one));
    }
    return out;
}

using people = std::vector<const told*>;

/// The histories of some customers, finished.
struct known_of {
    aiueo::contract_history contracts{2, {}};
    aiueo::ledger_history ledger{2, {}};
    aiueo::rank_history ranks{{"C", "B", "A"}, {}};
    aiueo::initiative_log acts{aiueo::time_zone{}};
    aiueo::histories all{contracts};

    known_of(const world& here, const people& of, bool backwards) {
        bool added = true;
        const auto each = [&](const auto& list, auto add) {
            if (backwards) {
                for (auto one = list.rbegin(); one != list.rend(); ++one)
                    added = added && add(*one).ok();
            } else {
                for (const auto& one : list) added = added && add(one).ok();
            }
        };
        for (const told* const who : of) {
            each(who->contracts,
                 [&](const auto& one) { return contracts.add(who->name, one, -1); });
            each(who->ledger, [&](const auto& one) { return ledger.add(who->name, one, -1); });
            each(who->ranks, [&](const told_rank& one) {
                return ranks.add(who->name, {one.as_of, one.rank, one.by}, -1);
            });
            each(who->acts, [&](const told_act& one) {
                return acts.add(who->name,
                                {one.initiative, one.date, one.attended, one.responded, one.variant,
                                 one.holdout},
                                -1);
            });
        }
        added = added && contracts.finish().ok() && ledger.finish().ok() && ranks.finish().ok() &&
                acts.finish().ok();
        require(added, "histories without an error are taken");
        if (here.with_ledger) all.ledger = &ledger;
        if (here.with_ranks) all.ranks = &ranks;
        if (here.with_acts) all.initiatives = &acts;
        all.data_until = here.data_until;
    }
    known_of(const known_of&) = delete;
    known_of& operator=(const known_of&) = delete;
};

/// One update; false where it is refused.
bool update(aiueo::evidence& to, const people& of, const aiueo::histories& known, bool backwards) {
    std::vector<std::pair<const told*, const snapshot*>> rows;
    for (const told* const who : of) {
        for (const snapshot& one : who->snapshots) rows.emplace_back(who, &one);
    }
    if (backwards) std::reverse(rows.begin(), rows.end());
    const auto count = static_cast<std::int64_t>(rows.size());
    aiueo::batch input{the_plan(), count, {.all_metrics = true}};
    std::string characters;
    std::vector<std::int32_t> offsets{0};
    for (const auto& [who, one] : rows) {
        characters += who->name;
        offsets.push_back(static_cast<std::int32_t>(characters.size()));
    }
    aiueo::column_view keys;
    keys.type = aiueo::column_type::text32;
    keys.length = count;
    keys.offsets = offsets.data();
    keys.bytes = characters.data();
    require(input.bind("customer", keys).ok(), "customers");
    const auto as_of = input.reserve("as_of", aiueo::column_type::date32);
    const auto a = input.reserve("a", aiueo::column_type::float64);
    const auto b = input.reserve("b", aiueo::column_type::float64);
    const auto plans = input.reserve("plan", aiueo::column_type::int32);
    const auto owners = input.reserve("owner", aiueo::column_type::int32);
    const auto last = input.reserve("last", aiueo::column_type::date32);
    require(as_of && a && b && plans && owners && last, "memory for the columns");
    const auto known_at = [](std::uint8_t* bits, std::size_t i, bool is) {
        if (is) bits[i / 8] = static_cast<std::uint8_t>(bits[i / 8] | 1U << (i % 8));
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const snapshot& one = *rows[i].second;
        static_cast<std::int32_t*>(as_of->values)[i] = one.as_of;
        static_cast<double*>(a->values)[i] = one.a;
        static_cast<double*>(b->values)[i] = one.b;
        static_cast<std::int32_t*>(plans->values)[i] =
            one.plan.empty() ? -1 : *input.text_id(one.plan);
        static_cast<std::int32_t*>(owners->values)[i] =
            one.owner.empty() ? -1 : *input.text_id(one.owner);
        static_cast<std::int32_t*>(last->values)[i] = one.last.value_or(0);
        known_at(as_of->validity, i, true);
        known_at(a->validity, i, true);
        known_at(b->validity, i, true);
        known_at(last->validity, i, one.last.has_value());
    }
    aiueo::scores given{the_plan(), count, {.detail = true, .overrides = false}};
    require(aiueo::score(the_plan(), input, {0, count}, given).ok(), "the rows can be scored");
    const aiueo::status done = to.update(input, given, known);
    if (!done) require(!done.error().to_string().empty(), "an error says something");
    return done.ok();
}

std::string bytes_of(aiueo::evidence& of) {
    auto out = aiueo::write_state(of);
    require(out.ok(), "a state can be written");
    return std::move(*out);
}

/// Everything at once; nothing where it is refused.
std::optional<std::string> at_once(const world& here, const people& all) {
    const known_of known{here, all, false};
    aiueo::evidence out{the_plan()};
    if (!update(out, all, known.all, false)) return {};
    if (here.count_unseen && !out.count_unseen(known.all)) return {};
    return bytes_of(out);
}

/// Several updates of one evidence, which are told of all histories.
std::optional<std::string> one_by_one(const world& here, const std::vector<people>& parts,
                                      const people& all) {
    const known_of known{here, all, true};
    aiueo::evidence out{the_plan()};
    for (const people& one : parts) {
        if (!update(out, one, known.all, true)) return {};
    }
    if (here.count_unseen && !out.count_unseen(known.all)) return {};
    return bytes_of(out);
}

std::optional<std::string> merged(choices& in, const world& here,
                                  const std::vector<people>& parts) {
    std::vector<aiueo::evidence> states;
    for (const people& one : parts) {
        const bool backwards = in.one_in(2);
        const known_of known{here, one, backwards};
        states.emplace_back(the_plan());
        if (!update(states.back(), one, known.all, backwards)) return {};
        if (here.count_unseen && !states.back().count_unseen(known.all)) return {};
    }
    while (states.size() > 1) {
        const std::size_t from = in.below(states.size());
        aiueo::evidence taken = std::move(states[from]);
        states.erase(states.begin() + static_cast<std::ptrdiff_t>(from));
        if (in.one_in(2)) {  // as between machines
            const std::string written = bytes_of(taken);
            auto read = aiueo::read_state(the_plan(), written);
            if (!read) require(false, read.error().to_string());
            taken = std::move(*read);
            require(bytes_of(taken) == written, "a state that was read is written as it was");
        }
        if (!states[in.below(states.size())].merge(taken)) return {};
    }
    return bytes_of(states[0]);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    choices in{data, size};
    world here;
    const std::uint8_t what = in.byte();
    here.with_ledger = (what & 1) != 0;
    here.with_ranks = (what & 2) != 0;
    here.with_acts = (what & 4) != 0;
    if ((what & 8) != 0) {
        here.data_until = first_day + static_cast<std::int32_t>(in.below(900));
        here.count_unseen = (what & 16) != 0;
    }
    for (std::size_t n = 1 + in.below(10); n > 0; --n) here.customers.push_back(customer(in, n));

    people all;
    std::vector<people> parts(1 + in.below(4));
    for (const told& one : here.customers) {
        all.push_back(&one);
        parts[in.below(parts.size())].push_back(&one);
    }
    const auto wanted = at_once(here, all);
    require(one_by_one(here, parts, all) == wanted, "several updates count what one does");
    require(merged(in, here, parts) == wanted, "parts that are merged count what one update does");
    return 0;
}
